"""Photographs and emoji: read, cut, put together; what is left without shapes, colours or textures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageFont

from lessons.course.errors import CourseError
from lessons.vision import emoji as emoji_module
from lessons.vision import pictures
from lessons.vision.emoji import LABEL_NAMES, NEIGHBOURS, SIZE, code_points, emoji, split_rows


@pytest.mark.parametrize("name", pictures.PHOTOGRAPHS)
def test_photographs_are_pictures(name: str) -> None:
    found = pictures.photograph(name)
    pictures.check_picture("it", found)
    assert not found.flags.writeable
    assert pictures.square(found, 64).shape == (64, 64, 3)


def test_the_square_is_the_middle() -> None:
    picture = np.zeros((40, 100, 3), np.uint8)
    picture[:, 40:60] = 255
    found = pictures.square(picture, 20, margin=0)
    assert found.shape == (20, 20, 3)
    bright = np.flatnonzero(found[10, :, 0] > 128)
    assert (bright[0], bright[-1]) == (5, 14)


def test_inputs_are_scaled_and_turned() -> None:
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[1, 2] = (255, 127, 0)
    found = pictures.as_input(picture, picture)
    assert found.shape == (2, 3, 2, 3)
    torch.testing.assert_close(found[1, :, 1, 2], torch.tensor([1.0, 0.0, -127 / 128]))


def test_a_file_is_read_or_the_reader_is_told(tmp_path) -> None:
    Image.new("L", (5, 4), 7).save(tmp_path / "grey.png")
    assert pictures.read_picture(tmp_path / "grey.png").shape == (4, 5, 3)
    (tmp_path / "text.png").write_text("no picture")
    for file in (tmp_path / "text.png", tmp_path / "missing.png"):
        with pytest.raises(CourseError, match="PNG or JPEG"):
            pictures.read_picture(file)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_tiles_move_and_nothing_is_lost(n: int) -> None:
    images = torch.rand(2, 3, 8, 12)
    found = pictures.tiles_shuffled(images, n, seed=3)
    torch.testing.assert_close(found.flatten(2).sort(-1).values, images.flatten(2).sort(-1).values, rtol=0, atol=0)
    tall, wide = 8 // n, 12 // n
    old = {
        images[0, :, r : r + tall, c : c + wide].numpy().tobytes()
        for r in range(0, 8, tall)
        for c in range(0, 12, wide)
    }
    new = {
        found[0, :, r : r + tall, c : c + wide].numpy().tobytes() for r in range(0, 8, tall) for c in range(0, 12, wide)
    }
    assert old == new
    assert torch.equal(found, images) == (n == 1)


def test_grey_has_no_colour_and_a_silhouette_no_inside() -> None:
    images = torch.ones(1, 3, 9, 9)
    images[:, :, 2:7, 2:7] = torch.tensor([-1.0, 0.0, 0.5])[None, :, None, None]
    images[:, :, 4, 4] = 1.0  # white, but inside
    assert torch.equal(pictures.grey(images)[:, 0], pictures.grey(images)[:, 2])
    found = pictures.silhouettes(images)
    expected = torch.ones(1, 3, 9, 9)
    expected[:, :, 2:7, 2:7] = -1
    assert torch.equal(found, expected)


def test_a_collage_is_both() -> None:
    left, right = np.zeros((4, 2, 3), np.uint8), np.ones((4, 3, 3), np.uint8)
    assert pictures.collage(left, right).sum() == 36
    with pytest.raises(ValueError, match="one height"):
        pictures.collage(left, right[:2])


# --- emoji ------------------------------------------------------------------------------------------------------------


def test_both_artists_draw_the_same_things_in_the_same_split() -> None:
    noto, openmoji = emoji("noto"), emoji("openmoji")
    for split in ("train", "validation", "test"):
        one, other = getattr(noto, split), getattr(openmoji, split)
        assert one.inputs.shape == other.inputs.shape == (len(one), SIZE, SIZE, 3)
        np.testing.assert_array_equal(one.labels, other.labels)
        assert set(one.labels) == set(range(len(LABEL_NAMES)))
        assert not np.array_equal(one.inputs, other.inputs)


def test_no_thing_and_no_neighbourhood_is_in_two_splits() -> None:
    every = list(code_points())
    rows = split_rows()
    assert sorted(np.concatenate(rows).tolist()) == list(range(len(every))) == list(range(439))
    homes = [{(every[row][1], every[row][0] // NEIGHBOURS) for row in part} for part in rows]
    assert not homes[0] & homes[1]
    assert not homes[0] & homes[2]
    assert not homes[1] & homes[2]
    labels = np.array([label for _, label in every])
    assert np.bincount(labels[rows[0]]).min() >= 18


def test_every_glyph_is_drawn_once() -> None:
    for artist in ("noto", "openmoji"):
        data = emoji(artist)
        glyphs = np.concatenate([data.train.inputs, data.validation.inputs, data.test.inputs])
        ink = (glyphs < 250).any(-1).mean((1, 2))
        assert ink.min() > 0.02  # none is empty
        assert len({glyph.tobytes() for glyph in glyphs}) > 430  # none is the box that stands for a missing one


def test_the_stored_sheet_is_that_of_the_font() -> None:
    """Where the font is there, in its stored version, some of its glyphs are drawn again."""
    try:
        font = ImageFont.truetype("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", 109)
    except OSError:
        pytest.skip("needs Debian's fonts-noto-color-emoji 2.042")
    stored = emoji_module._stored()
    for row in range(0, 439, 60):
        again = emoji_module._glyph(font, chr(list(code_points())[row][0]))
        assert np.abs(again.astype(int) - stored[row]).mean() < 8  # 256 colours for all


def test_an_unknown_artist_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="noto, openmoji"):
        emoji("picasso")  # type: ignore[arg-type]
