"""Transfer: what is frozen stays, the convex head is at scikit-learn's optimum, calibration takes the data's means."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from lessons.vision import transfer
from lessons.vision.efficientnet import EfficientNetLite
from lessons.vision.transfer import Transferred, calibrated, features_of, first_of_each, linear_head


@pytest.fixture(scope="module")
def random_net() -> EfficientNetLite:
    torch.manual_seed(0)
    return EfficientNetLite(5).eval()


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.randn(6, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def moved(before: dict, model: nn.Module) -> set[str]:
    return {name for name, value in model.state_dict().items() if not torch.equal(before[name], value)}


@pytest.mark.parametrize("arm", ["frozen", "last block", "all"])
def test_only_what_is_asked_for_is_trained(random_net, images, arm: str) -> None:
    torch.manual_seed(1)
    model = Transferred(random_net, 3, arm)
    nn.init.normal_(model.output.weight, std=0.1)  # so that a gradient goes on to the first step
    before = {name: value.clone() for name, value in model.state_dict().items()}
    transfer.trained(model, images, torch.tensor([0, 1, 2, 0, 1, 2]), steps=2, learning_rate=1e-2, batch_size=3)
    changed = moved(before, model)
    assert {"output.weight", "output.bias"} <= changed
    assert not {
        name for name in changed if "running" in name or "tracked" in name or name.startswith("backbone.output")
    }
    starts = {"frozen": (), "last block": ("backbone.blocks.15", "backbone.head"), "all": ("backbone",)}[arm]
    assert {name for name in changed if name.startswith("backbone")} == {
        name for name in changed if starts and name.startswith(starts)
    }
    assert any(name.startswith("backbone") for name in changed) == (arm != "frozen")


def test_the_backbone_of_others_is_copied(random_net, images) -> None:
    before = {name: value.clone() for name, value in random_net.state_dict().items()}
    transfer.trained(Transferred(random_net, 2, "all"), images, torch.tensor([0, 1] * 3), steps=1)
    calibrated(random_net, images)
    assert moved(before, random_net) == set()


def test_calibration_gives_the_means_of_the_data(random_net, images) -> None:
    model = calibrated(random_net, images)
    assert not model.training
    first = model.stem[0](images)
    torch.testing.assert_close(model.stem[1].running_mean, first.mean((0, 2, 3)))
    torch.testing.assert_close(model.stem[1].running_var, first.var((0, 2, 3)))
    features = features_of(model, images)
    spread = features.std(0).mean()
    assert spread > 2 * features_of(random_net, images).std(0).mean()


def test_features_have_length_one_and_do_not_depend_on_the_batch(random_net, images) -> None:
    random_net.train()
    found = features_of(random_net, images, batch_size=4)
    assert random_net.training
    random_net.eval()
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(6))
    with torch.no_grad():
        torch.testing.assert_close(found, nn.functional.normalize(random_net.features(images), dim=-1))


@pytest.mark.parametrize("weight_decay", [1e-3, 1e-1])
def test_the_head_is_at_the_optimum_of_scikit_learn(weight_decay: float) -> None:
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(60, 7)), rng.integers(0, 3, 60)
    head = linear_head(torch.tensor(features), torch.tensor(labels), 3, weight_decay)
    theirs = LogisticRegression(C=1 / (2 * weight_decay * 60), tol=1e-10, max_iter=2000).fit(features, labels)
    ours = head(torch.tensor(features)).softmax(-1).numpy()
    np.testing.assert_allclose(ours, theirs.predict_proba(features), atol=2e-4)


def test_as_many_of_each_class_and_other_ones_with_another_seed() -> None:
    labels = np.array([0, 1, 2] * 10)
    places = first_of_each(labels, 4, seed=1)
    assert np.bincount(labels[places]).tolist() == [4, 4, 4]
    assert len(set(places.tolist())) == 12
    assert not torch.equal(places, first_of_each(labels, 4, seed=2))
    with pytest.raises(ValueError, match="10 examples; 11"):
        first_of_each(labels, 11)


def test_glyphs_become_inputs() -> None:
    glyphs = np.full((2, 8, 8, 3), 255, np.uint8)
    found = transfer.of_glyphs(glyphs, 16)
    assert found.shape == (2, 3, 16, 16)
    torch.testing.assert_close(found, torch.ones(2, 3, 16, 16))


def test_every_arm_starts_and_predicts(random_net, images) -> None:
    for arm in transfer.ARMS:
        model = transfer.start(arm, random_net, 3, size=32)
        assert transfer.predictions(model, images, 4).shape == (6,)
    assert transfer.agreement(torch.tensor([0, 1, 1]), [0, 1, 2]) == pytest.approx(2 / 3)
