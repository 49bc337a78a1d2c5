"""The pretended second device raises what a real one raises, and what the package trains there it also runs there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lessons.kit.checkpoints import random_state, set_random_state
from lessons.kit.training import best_device, fit
from tests.support.elsewhere import MACHINES, SECOND, SecondDevice

ON_BOTH = "Expected all tensors to be on the same device"


@pytest.fixture(autouse=True)
def second_device() -> Iterator[None]:
    with SecondDevice():
        yield


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))


def test_it_is_the_best_device() -> None:
    assert best_device() == SECOND


@pytest.mark.parametrize(
    "operation",
    [
        lambda there, here: there + here,
        lambda there, here: here @ there.T,
        lambda there, here: torch.cat([there, here]),
        lambda there, here: F.embedding(torch.tensor([0]), there),
        lambda there, here: here[there.argmax(1)],
        lambda there, here: torch.where(there > 0, there, here),
    ],
    ids=["sum", "product", "cat", "embedding", "index", "where"],
)
def test_two_devices_do_not_meet(operation) -> None:
    there, here = torch.randn(2, 3).to(SECOND), torch.randn(2, 3)
    with pytest.raises(RuntimeError, match=ON_BOTH):
        operation(there, here)


@pytest.mark.parametrize(
    "operation",
    [
        lambda there: there * torch.tensor(2.0),
        lambda there: there[torch.tensor([0])],
        lambda there: there.copy_(torch.zeros(2, 3)),
        lambda there: there.sum() + 1,
        lambda there: torch.zeros(2, 3).to(there),
        torch.zeros_like,
        lambda there: torch.arange(3, device=there.device),
        lambda there: there.new_zeros(3),
        lambda there: there.view(3, 2)[1:],
    ],
    ids=["number", "index", "copy", "reduce", "to another", "like", "factory", "new", "view"],
)
def test_what_pytorch_allows_stays_there(operation) -> None:
    assert operation(torch.randn(2, 3).to(SECOND)).device == SECOND


def test_numpy_and_double_precision_need_the_processor() -> None:
    there = torch.ones(2).to(SECOND)
    with pytest.raises(TypeError, match="numpy"):
        there.numpy()
    with pytest.raises(TypeError, match="float64"):
        there.double()
    with pytest.raises(TypeError, match="float64"):
        torch.zeros(2, dtype=torch.float64, device=SECOND)
    assert there.cpu().numpy().tolist() == there.tolist() == [1.0, 1.0]
    assert there.cpu().device.type == "cpu"


def test_a_generator_of_the_processor_is_refused_there() -> None:
    with pytest.raises(RuntimeError, match="generator"):
        torch.randn(2, device=SECOND, generator=torch.Generator())


def test_a_module_moves_whole_and_learns_the_same() -> None:
    inputs, labels = torch.randn(8, 3), torch.tensor([0, 1] * 4)
    here = network()
    there = network().to(SECOND)
    for model, device in ((here, "cpu"), (there, SECOND)):
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            F.cross_entropy(model(inputs.to(device)), labels.to(device)).backward()
            optimizer.step()
    for one, other in zip(here.parameters(), there.parameters(), strict=True):
        assert other.device == other.grad.device == SECOND
        torch.testing.assert_close(other.cpu(), one, rtol=0, atol=0)


def test_gradients_come_back_to_the_processor() -> None:
    here = torch.ones(3, requires_grad=True)
    (here.to(SECOND) * 2).sum().backward()
    assert here.grad.device.type == "cpu"
    assert here.grad.tolist() == [2.0] * 3


def test_fit_leaves_the_model_there_and_says_so_by_its_parameters() -> None:
    model = network()
    batches = [(torch.randn(4, 3), torch.tensor([0, 1, 0, 1]))] * 2
    fit(model, batches, loss=lambda model, batch: F.cross_entropy(model(batch[0]), batch[1]), epochs=1, progress=False)
    assert {each.device for each in model.parameters()} == {SECOND}
    with pytest.raises(RuntimeError, match=ON_BOTH):
        model(batches[0][0])


def test_every_machine_has_a_name() -> None:
    assert set(MACHINES) == {"device", "double", "style"}


def test_its_random_numbers_can_be_kept_and_set_again() -> None:
    """As a checkpoint does."""
    state = random_state()
    first = torch.rand(3)
    set_random_state(state)
    assert torch.equal(torch.rand(3), first)
    assert torch.equal(state["mps"], state["torch"])


def test_shapes_without_numbers_stay_without_them() -> None:
    with torch.device("meta"):
        layer = nn.Linear(10**6, 10**6)  # four terabytes, if it were made
    assert layer.weight.device.type == "meta"
    assert network().to("meta")[0].weight.device.type == "meta"
    assert torch.empty(2, device="meta").device.type == "meta"
