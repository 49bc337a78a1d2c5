"""Scenes: boxes are those of the ink, nothing lies over anything, and detections are what their definition says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lessons.vision import scenes
from lessons.vision.looking import overlap, sliding_windows


def glyph(width: int, height: int, colour: int, side: int = 20) -> np.ndarray:
    """A block of colour with a white middle, on white."""
    found = np.full((side, side, 3), 255, np.uint8)
    found[3 : 3 + height, 5 : 5 + width] = colour
    found[3 + height // 2, 5 + width // 2] = 255
    return found


def white(side: int = 60) -> np.ndarray:
    return np.full((side, side, 3), 255, np.uint8)


@pytest.mark.parametrize("seed", range(5))
def test_each_box_is_its_ink(seed: int) -> None:
    sizes = [(6, 9), (10, 4), (7, 7)]
    glyphs = [glyph(width, height, 40 * (at + 1)) for at, (width, height) in enumerate(sizes)]
    found = scenes.scene(glyphs, [0, 1, 1], np.random.default_rng(seed), white())
    assert found.labels.tolist() == [0, 1, 1]
    assert [(right - left, bottom - top) for left, top, right, bottom in found.boxes] == sizes
    for at, (left, top, right, bottom) in enumerate(found.boxes):
        part = found.picture[top:bottom, left:right]
        assert (part == 40 * (at + 1)).all(-1).sum() == part.shape[0] * part.shape[1] - 1
    shared = overlap(found.boxes, found.boxes)
    assert torch.equal(shared, torch.eye(3, dtype=torch.float64))


def test_paper_around_a_glyph_is_transparent_and_inside_it_is_not() -> None:
    ground = np.full((30, 30, 3), 99, np.uint8)
    found = scenes.scene([glyph(6, 6, 0)], [0], np.random.default_rng(0), ground)
    left, top, right, bottom = found.boxes[0]
    outside = np.ones((30, 30), bool)
    outside[top:bottom, left:right] = False
    assert (found.picture[outside] == 99).all()
    assert (found.picture[top + 3, left + 3] == 255).all()
    assert (ground == 99).all()


def test_what_does_not_fit_gets_a_sentence() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="does not fit"):
        scenes.scene([glyph(12, 12, 0)], [0], rng, white(10))
    with pytest.raises(ValueError, match="No free place"):
        scenes.scene([glyph(9, 9, 0)] * 9, [0] * 9, rng, white(20))
    with pytest.raises(ValueError, match="no ink"):
        scenes.ink_box(white(5))
    with pytest.raises(ValueError, match="One label for each"):
        scenes.scene([glyph(3, 3, 0)], [], rng, white())


def test_detections_have_ink_are_sure_and_stand_alone() -> None:
    image = torch.ones(3, 8, 12)
    image[:, 2:6, 1:5] = -1
    windows = sliding_windows(8, 12, 4, 1)
    wanted = torch.tensor([[1, 2, 5, 6]])
    scores = overlap(windows, wanted)[:, 0].float()
    probabilities = torch.stack([1 - scores, scores], 1)
    boxes, kept = scenes.detections(image, windows, probabilities, 1, least=0.3)
    assert boxes[0].tolist() == wanted[0].tolist()
    assert kept[0] == 1
    assert (overlap(boxes, boxes) <= 0.3).sum() == len(boxes) ** 2 - len(boxes)
    probabilities[:, 1] = 1.0  # sure of everything, also of blank paper
    boxes, _ = scenes.detections(image, windows, probabilities, 1, most=0.0)
    assert (overlap(boxes, wanted) > 0).any()
    assert all(image[0, top:bottom, left:right].min() < 0 for left, top, right, bottom in boxes.tolist())


def test_windows_of_nothing_keep_away_from_every_target() -> None:
    image, targets = torch.ones(3, 12, 12), [(2, 2, 6, 6), (8, 8, 12, 12)]
    found = scenes.partial_windows(image, targets, 4, 2, least=0.2)
    every = sliding_windows(12, 12, 4, 2)
    expected = [box for box in every.tolist() if overlap([box], targets).max() < 0.2]
    assert found.tolist() == expected
    assert len(scenes.partial_windows(image, [], 4, 2)) == len(every)
