"""Maps against their definition; boxes, overlaps, suppression, average precision against other ways to get them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from lessons.vision import looking, pictures
from lessons.vision.efficientnet import EfficientNetLite
from lessons.vision.looking import (
    average_precision,
    box_of,
    class_map,
    cut_out,
    gradient_map,
    hits,
    overlap,
    sliding_windows,
    spread_out,
    without_doubles,
)


@pytest.fixture(scope="module")
def small_net() -> EfficientNetLite:
    torch.manual_seed(0)
    return EfficientNetLite(4).double().eval()


def test_both_maps_are_one(small_net) -> None:
    images = torch.randn(2, 3, 64, 96, dtype=torch.float64)
    places = 2 * 3
    for label in (0, 3):
        ours = class_map(small_net, images, label)
        assert ours.shape == (2, 2, 3)
        torch.testing.assert_close(gradient_map(small_net, images, label) * places, ours, rtol=0, atol=1e-10)
        with torch.no_grad():  # the mean of the map is the logit
            logits = small_net(images)[:, label]
        torch.testing.assert_close(ours.mean((1, 2)) + small_net.output.bias[label], logits, rtol=0, atol=1e-10)


def test_a_gradient_map_is_its_definition(small_net) -> None:
    images = torch.randn(1, 3, 64, 64, dtype=torch.float64)
    maps = small_net.maps(images).detach()
    expected = torch.zeros(2, 2, dtype=torch.float64)
    for channel in range(maps.shape[1]):
        weight = small_net.output.weight[1, channel] / 4  # what one place of a mean over four adds to the logit
        expected += weight * maps[0, channel]
    torch.testing.assert_close(gradient_map(small_net, images, 1)[0], expected.detach(), rtol=0, atol=1e-10)


def test_on_a_collage_the_cat_is_in_its_half(lite0) -> None:
    cat, coffee = (pictures.square(pictures.photograph(name)) for name in ("cat", "coffee"))
    images = pictures.as_input(pictures.collage(cat, coffee))
    for label, half in ((282, 0), (967, 1)):
        found = class_map(lite0, images, label)[0].clamp(min=0)
        halves = found.chunk(2, -1)
        assert halves[half].sum() / found.sum() > 0.85


# --- boxes ------------------------------------------------------------------------------------------------------------


def regions(hot: np.ndarray) -> list[set[tuple[int, int]]]:
    """Connected regions (over corners as well), found by walking."""
    left, found = {tuple(at) for at in np.argwhere(hot)}, []
    while left:
        waiting, region = [left.pop()], set()
        while waiting:
            row, column = waiting.pop()
            region.add((row, column))
            near = {(row + a, column + b) for a, b in itertools.product((-1, 0, 1), repeat=2)} & left
            left -= near
            waiting += near
        found.append(region)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_box_is_around_the_region_of_the_largest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = torch.tensor(rng.random((9, 12)) ** 2)
    share = float(rng.uniform(0.2, 0.9))
    best = np.unravel_index(int(values.argmax()), values.shape)
    region = next(
        r
        for r in regions((values >= share * values.max()).numpy())
        if tuple(map(int, best)) in {(int(a), int(b)) for a, b in r}
    )
    rows, columns = zip(*region, strict=True)
    expected = (min(columns), min(rows), max(columns) + 1, max(rows) + 1)
    assert box_of(values, share) == tuple(map(int, expected))


def test_maps_spread_from_zero_to_one() -> None:
    found = spread_out(torch.tensor([[-1.0, 2.0], [0.5, 1.0]]), 8, 10)
    assert found.shape == (8, 10)
    assert (found.min(), found.max()) == (0, 1)
    assert not spread_out(torch.full((2, 2), -1.0), 4, 4).any()
    with pytest.raises(ValueError, match="above 0"):
        box_of(torch.zeros(3, 3))


def pixels(box) -> set[tuple[int, int]]:
    left, top, right, bottom = map(int, box)
    return set(itertools.product(range(left, right), range(top, bottom)))


def random_boxes(rng: np.random.Generator, n: int) -> np.ndarray:
    corners = rng.integers(0, 10, (n, 2))
    return np.concatenate([corners, corners + rng.integers(1, 8, (n, 2))], 1)


@pytest.mark.parametrize("seed", range(5))
def test_overlap_counts_pixels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = random_boxes(rng, 5), random_boxes(rng, 7)
    found = overlap(torch.tensor(first), torch.tensor(second))
    for i, j in itertools.product(range(5), range(7)):
        a, b = pixels(first[i]), pixels(second[j])
        assert found[i, j].item() == pytest.approx(len(a & b) / len(a | b), abs=1e-12)
    assert overlap(first.tolist(), []).shape == (5, 0)


def test_windows_are_every_place_and_cut_out_what_they_say() -> None:
    boxes = sliding_windows(7, 9, 3, 2)
    assert boxes.tolist() == [[x, y, x + 3, y + 3] for y in (0, 2, 4) for x in (0, 2, 4, 6)]
    image = torch.arange(2 * 7 * 9, dtype=torch.float32).view(2, 7, 9)
    found = cut_out(image, boxes)
    for patch, (left, top, right, bottom) in zip(found, boxes.tolist(), strict=True):
        assert torch.equal(patch, image[:, top:bottom, left:right])


def suppressed(boxes: np.ndarray, scores: np.ndarray, most: float) -> list[int]:
    """By its definition, the other way round: a box stays if no box that stays beats and overlaps it."""
    order = sorted(range(len(boxes)), key=lambda i: (-scores[i], i))
    stays: list[int] = []
    for i in order:
        table = [len(pixels(boxes[i]) & pixels(boxes[j])) / len(pixels(boxes[i]) | pixels(boxes[j])) for j in stays]
        if all(value <= most for value in table):
            stays.append(i)
    return stays


@pytest.mark.parametrize("seed", range(10))
def test_suppression_equals_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes, scores = random_boxes(rng, 14), rng.integers(0, 9, 14) / 8  # with equal scores
    for most in (0.0, 0.3, 1.0):
        found = without_doubles(torch.tensor(boxes), torch.tensor(scores), most)
        assert found == suppressed(boxes, scores, most)
    assert without_doubles([], torch.zeros(0)) == []


# --- judging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_average_precision_is_scikit_learns_times_the_share_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, right = rng.permutation(30) / 30, rng.random(30) < 0.4
    n_targets = int(right.sum()) + int(rng.integers(0, 5))
    expected = average_precision_score(right, scores) * right.sum() / n_targets
    found = average_precision(torch.tensor(scores), torch.tensor(right), n_targets)
    assert found == pytest.approx(expected, abs=1e-12)


def test_average_precision_by_hand() -> None:
    scores, right = torch.tensor([0.9, 0.8, 0.7, 0.6]), torch.tensor([True, False, True, False])
    assert average_precision(scores, right, 3) == pytest.approx((1 + 2 / 3) / 3)
    assert average_precision(torch.zeros(0), torch.zeros(0, dtype=torch.bool), 2) == 0


def test_a_target_is_found_once() -> None:
    boxes = [[0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12], [20, 20, 24, 24]]
    targets = [[0, 0, 4, 4], [20, 20, 24, 25]]
    found = hits(boxes, torch.tensor([0.5, 0.9, 0.8, 0.1]), targets)
    assert found.tolist() == [False, True, False, True]
    assert not hits(boxes, torch.ones(4), []).any()


def test_what_does_not_fit_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="left < right"):
        overlap([[3, 0, 3, 4]], [[0, 0, 1, 1]])
    with pytest.raises(ValueError, match="inside the image"):
        cut_out(torch.zeros(1, 4, 4), torch.tensor([[2, 2, 5, 5]]))
    with pytest.raises(ValueError, match="at most 1 right ones"):
        average_precision(torch.ones(2), torch.tensor([True, True]), 1)
    with pytest.raises(ValueError, match="classes go from 0"):
        looking.class_map(EfficientNetLite(2), torch.zeros(1, 3, 32, 32), 2)
