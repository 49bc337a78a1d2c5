"""The spectrogram brush without a browser: what strokes leave, what is kept in Python, what a page shows."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch
from traitlets import TraitError

from lessons.speech import Sound, tone
from lessons.widgets import speech as shown


def two_tones() -> Sound:
    return Sound(tone(500, 0.5, 8000, 0.3).wave + tone(2000, 0.5, 8000, 0.3).wave, 8000)


def test_nothing_rubbed_out_is_the_sound_itself() -> None:
    widget = shown.spectrogram_brush({"tones": two_tones()})
    torch.testing.assert_close(widget.sound.wave, two_tones().wave, atol=1e-4, rtol=0)  # 16-bit numbers
    assert widget.share_left == 1


def test_a_stroke_takes_one_tone_away() -> None:
    widget = shown.spectrogram_brush({"tones": two_tones()})
    widget.strokes = [(0, 4, 1000, 4000)]
    middle = slice(800, -800)
    torch.testing.assert_close(widget.sound.wave[middle], tone(500, 0.5, 8000, 0.3).wave[middle], atol=2e-3, rtol=0)
    assert widget.share_left == pytest.approx(0.5, abs=0.01)
    widget.strokes = [(0, 4, 0, 4000)]
    assert widget.share_left == 0
    assert widget.sound.wave.abs().max() == 0


def test_a_stroke_reaches_what_lies_inside_of_it() -> None:
    left = shown.kept(two_tones(), [(0.008, 0.016, 31.25, 62.5)])  # frames 1 and 2, bands 1 and 2
    assert (~left).nonzero().tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]


def test_what_is_stored_are_16_bit_numbers_at_8_khz_of_four_seconds() -> None:
    widget = shown.spectrogram_brush({"long": tone(440, 6.0, 16_000)})
    stored = np.frombuffer(base64.b64decode(widget.sounds["long"]), "<i2")
    assert len(stored) == 4 * 8000
    np.testing.assert_allclose(stored / 32767, widget._ready["long"].wave, atol=1e-6)


@pytest.mark.parametrize("sounds", [{}, None, [tone(1)], {"short": tone(1, 0.01)}, {"none": 3}])
def test_what_is_no_sound_is_refused(sounds) -> None:
    with pytest.raises(ValueError, match="due"):
        shown.spectrogram_brush(sounds)


def test_other_values_are_refused() -> None:
    widget = shown.spectrogram_brush({"tones": two_tones()})
    for name, value in (("chosen", "other"), ("strokes", [(1, 2, 3)]), ("strokes", [(0, 1, float("nan"), 2)])):
        with pytest.raises((ValueError, TraitError)):
            setattr(widget, name, value)


def test_the_picture_has_the_strokes() -> None:
    widget = shown.spectrogram_brush({"tones": two_tones()})
    widget.strokes = [(0, 0.2, 1000, 4000)]
    (image,) = widget.picture().axes[0].images
    assert np.isnan(np.asarray(image.get_array().filled(np.nan))).any()
    bundle = widget.bundle()
    assert bundle["text/plain"] == "See and hear a spectrogram: run this cell in JupyterLab to use the widget."
