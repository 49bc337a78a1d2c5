"""The pictures: each is drawn and says what it should."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from lessons.speech import drawings
from lessons.speech.sound import Sound, tone
from lessons.speech.whisper import Word


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words_of(axes) -> str:
    return " ".join(text.get_text() for text in axes.texts)


def test_the_lower_tone_goes_through_every_measured_point() -> None:
    axes = drawings.sampled(5000, 8000, 0.002)
    lower, measured = axes.lines[1], axes.lines[2]
    times, heights = measured.get_data()
    np.testing.assert_allclose(np.interp(times, *lower.get_data()), heights, atol=0.02)


def test_the_mean_of_a_wound_wave_is_far_out_at_its_own_frequency() -> None:
    figure = drawings.winding(tone(50, 0.2, 1000).wave, 1000, (50, 80))
    far, near = (float(np.hypot(*(axis[0] for axis in axes.lines[1].get_data()))) for axes in figure.axes)
    assert far > 0.2 > 5 * near


def test_the_dots_are_the_field() -> None:
    axes = drawings.dilated((1, 2))
    assert [len(dots.get_offsets()) for dots in axes.collections] == [4, 4, 4]
    assert len(axes.lines) == 2 + 4


def test_paths_begin_and_end_at_a_blank_or_a_letter() -> None:
    axes = drawings.paths("no", 4)
    assert [text.get_text() for text in axes.texts[:5]] == ["–", "n", "–", "o", "–"]
    starts = {tuple(line.get_xydata()[0]) for line in axes.lines if line.get_xdata()[0] == 0}
    assert starts == {(0.0, 0.0), (0.0, 1.0)}
    assert drawings._steps(["–", "n", "–", "n", "–"], 1) == [0, 1]  # equal letters need the blank


def test_the_others_are_drawn() -> None:
    assert "(1500, 384)" in words_of(drawings.whisper())
    assert "400 → 201" in words_of(drawings.framed())
    assert "angles are gone" in words_of(drawings.summary())
    sound = tone(440, 0.3)
    figure = drawings.spectrograms({"a": sound, "b": Sound(sound.wave, 8000)}, 20)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    assert len(drawings.filters(6).lines) == 6
    assert len(drawings.looks(torch.rand(3, 9), list("abc"), 1.0, [Word("a", 0.1, 0.2)]).lines) == 1
    assert len(drawings.loud_spans(sound, torch.zeros(5), [(0.1, 0.2)]).patches) == 1
    assert len(drawings.errors_by_noise({"a": [(0, 0.5), (10, 0.1)]}).lines) == 1
    assert len(drawings.bars({"x": [0.1, 0.3], "y": [1.0]}, "share").patches) == 2
    assert len(drawings.waves({"x": sound, "y": sound}).axes) == 2
    shown = torch.tensor([[0.1, 0.9], [0.8, 0.2]]).log()
    assert words_of(drawings.letters(shown, "-a", 1.0)) == "a"
