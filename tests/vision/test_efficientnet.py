"""The real network: its own package's numbers, its parts in PyTorch's functions, and photographs that it knows."""

from __future__ import annotations

import copy
import importlib
import sys

import pytest
import torch

from lessons.course import assets
from lessons.vision import efficientnet, pictures
from lessons.vision.efficientnet import EfficientNetLite, SameConv, efficientnet_lite0, name_of, renamed, top


@pytest.fixture(scope="module")
def theirs():
    """The network as the package of its weights builds it; the course itself never imports an asset."""
    sys.path.insert(0, str(assets.folder()))
    try:
        package = importlib.import_module("efficientnet_lite_pytorch")
        model = package.EfficientNet.from_name("efficientnet-lite0")
    finally:
        sys.path.pop(0)
    stored = torch.load(assets.path(efficientnet.WEIGHTS), weights_only=True)
    model.load_state_dict(stored)
    return model.eval()


def test_it_has_the_published_number_of_parameters(lite0) -> None:
    assert sum(parameter.numel() for parameter in lite0.parameters()) == 4_652_008
    assert len(lite0.blocks) == 16
    assert not lite0.training


@torch.no_grad()
def test_logits_equal_its_own_package(lite0, theirs) -> None:
    torch.manual_seed(0)
    images = torch.cat([torch.randn(1, 3, 224, 224), pictures.as_input(pictures.square(pictures.photograph("cat")))])
    torch.testing.assert_close(lite0.maps(images), theirs.extract_features(images), rtol=0, atol=0)
    torch.testing.assert_close(lite0(images), theirs(images))  # the mean of a map is added up in another order
    ours, double = copy.deepcopy(lite0).double(), images[1:].double()
    torch.testing.assert_close(ours(double), copy.deepcopy(theirs).double()(double), rtol=0, atol=1e-10)


@torch.no_grad()
def test_each_loading_is_a_copy(lite0) -> None:
    other = efficientnet_lite0()
    other.output.weight.zero_()
    assert lite0.output.weight.any()
    assert efficientnet_lite0().output.weight.any()


@pytest.mark.parametrize("size", [7, 8, 9])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 2), (1, 1)])
def test_the_margin_is_tensorflows(size: int, kernel: int, stride: int) -> None:
    """From the definition: places at 0, stride, 2 stride ...; the smaller half of the margin goes before."""
    torch.manual_seed(size)
    layer = SameConv(2, 3, kernel, stride).double()
    images = torch.randn(1, 2, size, size, dtype=torch.float64)
    found = layer(images)
    places = -(-size // stride)
    assert found.shape[-2:] == (places, places)
    before = max((places - 1) * stride + kernel - size, 0) // 2
    for row, column in ((0, 0), (places - 1, 0), (places // 2, places - 1)):
        total = layer.bias.clone()
        for down in range(kernel):
            for right in range(kernel):
                y, x = row * stride + down - before, column * stride + right - before
                if 0 <= y < size and 0 <= x < size:
                    total = total + layer.weight[:, :, down, right] @ images[0, :, y, x]
        torch.testing.assert_close(found[0, :, row, column], total, rtol=0, atol=1e-10)


@torch.no_grad()
@pytest.mark.parametrize(
    ("name", "expected"), [("cat", {281, 282, 285}), ("coffee", {967}), ("rocket", {657}), ("camera", {872})]
)
def test_it_knows_the_photographs(lite0, name: str, expected: set[int]) -> None:
    logits = lite0(pictures.as_input(pictures.square(pictures.photograph(name))))[0]
    assert int(logits.argmax()) in expected
    best = top(logits, 3)
    assert best[0][0] == name_of(int(logits.argmax()))
    assert best[0][1] == pytest.approx(logits.softmax(-1).max().item())
    assert [value for _, value in best] == sorted((value for _, value in best), reverse=True)


@torch.no_grad()
def test_parts_add_up(lite0) -> None:
    images = torch.randn(2, 3, 64, 96)
    maps = lite0.maps(images)
    assert maps.shape == (2, 1280, 2, 3)
    torch.testing.assert_close(lite0.features(images), maps.mean((2, 3)))
    torch.testing.assert_close(lite0(images), lite0.output(maps.mean((2, 3))))


def test_another_number_of_classes_and_other_names() -> None:
    model = EfficientNetLite(3).eval()
    with torch.no_grad():
        assert model(torch.zeros(1, 3, 32, 32)).shape == (1, 3)
    assert renamed("_blocks.3._bn2.bias") == "blocks.3.project.1.bias"
    assert renamed("_conv_stem.weight") == "stem.0.weight"
    with pytest.raises(ValueError, match="has no weight"):
        renamed("_blocks.3._fc.weight")
    assert name_of(3) == "class 3"
    with pytest.raises(ValueError, match="from 0 to 999"):
        name_of(1000)
