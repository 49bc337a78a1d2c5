"""The stored synthetic speech, a classifier of it, and voices made out of other ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lessons.course.errors import CourseError
from lessons.speech import spoken
from lessons.speech.sound import Sound, tone
from lessons.speech.spectrogram import stft


def loudest(sound: Sound) -> float:
    """The frequency (hertz) that is strongest in the middle of a sound."""
    wave = sound.wave[len(sound.wave) // 4 : -len(sound.wave) // 4]
    return float(torch.fft.rfft(wave * torch.hann_window(len(wave))).abs().argmax()) * sound.sample_rate / len(wave)


def test_the_splits_hold_other_voices() -> None:
    sizes = {split: len(spoken.digits(split)) for split in spoken.SPLITS}
    assert sizes == {"train": 400, "validation": 80, "test": 120, "other": 120}
    voices = [{each.told["voice"] for each in spoken.digits(split)} for split in spoken.SPLITS]
    assert sum(map(len, voices)) == len(set.union(*voices)) == 64
    for split in spoken.SPLITS:
        assert torch.bincount(spoken.labels(spoken.digits(split))).tolist() == [sizes[split] // 10] * 10
    assert len(spoken.vowels()) == 24
    assert len({each.told["text"] for each in spoken.sentences()}) == 6
    assert all(each.sound.wave.abs().max() <= 0.51 for each in spoken.digits("train"))


def test_a_missing_file_is_said(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(spoken, "FILE", tmp_path / "spoken.safetensors")
    with pytest.raises(CourseError, match="Get it again"):
        spoken.vowels()
    spoken.FILE.write_bytes(b"damaged")
    with pytest.raises(CourseError, match="Get it again"):
        spoken.vowels()


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.0, 1.4])
def test_stretching_keeps_the_pitch(speed) -> None:
    found = spoken.stretched(tone(500, 0.6, 8000), speed)
    assert found.seconds == pytest.approx(0.6 / speed, rel=0.03)
    assert loudest(found) == pytest.approx(500, abs=8)
    middle = found.wave[len(found.wave) // 4 : -len(found.wave) // 4]
    assert 0.25 < middle.abs().max() < 0.55  # where neighbouring frequencies lose step, some loudness goes


def test_at_speed_one_nothing_changes() -> None:
    sound = spoken.digits("test")[3].sound
    found = spoken.stretched(sound, 1.0)
    torch.testing.assert_close(found.wave, sound.wave[: len(found.wave)], atol=1e-4, rtol=0)  # angles are summed


@pytest.mark.parametrize("semitones", [-5, 3, 12])
def test_pitch_keeps_the_length(semitones) -> None:
    found = spoken.pitched(tone(500, 0.6, 8000), semitones)
    assert found.seconds == pytest.approx(0.6, rel=0.03)
    assert loudest(found) == pytest.approx(500 * 2 ** (semitones / 12), rel=0.02)


def test_augmentation_is_drawn_and_repeats_with_its_seed() -> None:
    sound = spoken.digits("train")[0].sound
    first, second = (spoken.augmented(sound, spoken.AUGMENTATIONS, np.random.default_rng(4)) for _ in range(2))
    assert torch.equal(first.wave, second.wave)
    assert spoken.augmented(sound, (), np.random.default_rng(4)) is sound
    with pytest.raises(ValueError, match="kinds are a list"):
        spoken.augmented(sound, "noise", np.random.default_rng(0))


def test_features_and_reader() -> None:
    sounds = [each.sound for each in spoken.digits("test")[:12]]
    features = spoken.digit_features(sounds)
    assert features.shape == (12, 1, 40, 80)
    assert features.mean((1, 2, 3)).abs().max() < 1e-5
    torch.manual_seed(0)
    model = spoken.DigitReader()
    logits = model.eval()(features)
    assert logits.shape == (12, 10)
    assert torch.equal(model.train().predict(sounds), logits.argmax(-1))  # whatever mode it is in
    assert model.training
    assert sum(parameter.numel() for parameter in model.parameters()) < 21_000


@pytest.mark.parametrize(("sizes", "frames"), [({}, 18), ({"n_layers": 6}, 42), ({"reach": 4}, 42)])
def test_a_reader_sees_so_many_frames(sizes: dict[str, int], frames: int) -> None:
    torch.manual_seed(0)
    model = spoken.DigitReader(**sizes).double().eval()
    features = torch.randn(64, 1, 40, 80, dtype=torch.double, requires_grad=True)  # of four places the loudest is kept
    model.layers(features)[..., 10].sum().backward()
    assert features.grad is not None
    seen = features.grad.abs().sum((0, 1, 2)).nonzero()
    assert seen[-1] - seen[0] + 1 == frames


def test_ears_are_of_length_one(whisper) -> None:
    found = spoken.ear(whisper, [each.sound for each in spoken.digits("other")[:3]])
    assert found.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)


def test_a_spectrum_of_silence_is_no_trouble() -> None:
    assert stft(torch.zeros(500)).abs().max() == 0
