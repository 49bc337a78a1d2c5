"""Sampling, Fourier against NumPy, µ-law against its definition, resampling against tones known at every moment."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from lessons.course.errors import CourseError
from lessons.speech import sound as sounds
from lessons.speech.sound import Sound, fast_fourier, fourier, from_mu_law, heard_frequency, mu_law, resampled, tone


@pytest.mark.parametrize("shape", [(1,), (7,), (64,), (2, 3, 50)])
def test_fourier_equals_numpy(shape) -> None:
    wave = np.random.default_rng(len(shape)).normal(size=shape)
    found = fourier(torch.from_numpy(wave))
    np.testing.assert_allclose(found.numpy(), np.fft.fft(wave), atol=1e-10, rtol=0)


@pytest.mark.parametrize("shape", [(1,), (2,), (3, 64), (1024,)])
def test_fast_fourier_equals_numpy(shape) -> None:
    wave = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_allclose(fast_fourier(torch.from_numpy(wave)).numpy(), np.fft.fft(wave), atol=1e-10, rtol=0)
    single = torch.from_numpy(wave).float()
    torch.testing.assert_close(fast_fourier(single), torch.fft.fft(single))


def test_only_powers_of_two_are_halved() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        fast_fourier(torch.zeros(12))


@pytest.mark.parametrize(("frequency", "rate", "heard"), [(300, 8000, 300), (5000, 8000, 3000), (8000, 8000, 0),
                                                         (8100, 8000, 100), (19_000, 8000, 3000)])  # fmt: skip
def test_what_is_too_high_is_folded_back(frequency, rate, heard) -> None:
    assert heard_frequency(frequency, rate) == heard
    high, low = tone(frequency, 0.1, rate).wave, tone(heard, 0.1, rate).wave if heard else torch.zeros(800)
    sign = 1.0 if frequency % rate <= rate / 2 else -1.0
    torch.testing.assert_close(high, sign * low, atol=1e-4, rtol=0)  # the tone's angle is some thousand turns


@pytest.mark.parametrize(("old", "new"), [(16_000, 8000), (22_050, 8000), (8000, 16_000), (44_100, 16_000)])
def test_resampling_gives_the_tone_at_the_new_moments(old, new) -> None:
    found = resampled(tone(440, 0.5, old), new)
    expected = tone(440, 0.5, new)
    assert (found.sample_rate, len(found.wave)) == (new, len(expected.wave))
    middle = slice(len(expected.wave) // 8, -len(expected.wave) // 8)  # at its ends a tone is cut off
    assert (found.wave - expected.wave)[middle].abs().max() < 2e-3  # a window of 16 zeros is no perfect sinc


def test_resampling_takes_away_what_cannot_be_held() -> None:
    assert resampled(tone(6000, 0.5, 16_000), 8000).wave[500:-500].abs().max() < 2e-3
    same = tone(440, 0.1)
    assert resampled(same, same.sample_rate) is same


def test_mu_law_is_the_formula_and_comes_back() -> None:
    wave = torch.linspace(-1, 1, 1001, dtype=torch.float64)
    expected = [math.floor((math.copysign(math.log1p(255 * abs(x)) / math.log(256), x) + 1) / 2 * 255 + 0.5)
                for x in wave.tolist()]  # fmt: skip
    assert mu_law(wave).tolist() == expected
    codes = torch.arange(256)
    torch.testing.assert_close(mu_law(from_mu_law(codes)), codes)
    assert (from_mu_law(mu_law(wave)).double() - wave).abs().max() < 0.025
    quiet = torch.linspace(-0.01, 0.01, 101)
    assert (from_mu_law(mu_law(quiet)) - quiet).abs().max() < 3e-4  # with equal steps it would be 4e-3


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.float32])
def test_a_file_comes_back(tmp_path, kind) -> None:
    wave = np.random.default_rng(0).uniform(-0.9, 0.9, 500)
    stored = {np.uint8: wave * 127 + 128, np.int16: wave * 32767, np.int32: wave * (2**31 - 1), np.float32: wave}[kind]
    wavfile.write(tmp_path / "a.wav", 8000, stored.astype(kind))
    found = sounds.read(tmp_path / "a.wav")
    assert found.sample_rate == 8000
    assert np.abs(found.wave.numpy() - wave).max() < (0.02 if kind is np.uint8 else 1e-4)


def test_two_channels_become_one_and_other_files_are_refused(tmp_path) -> None:
    wavfile.write(tmp_path / "two.wav", 8000, np.array([[1, 0], [0.5, 0.5]], np.float32))
    assert sounds.read(tmp_path / "two.wav").wave.tolist() == [0.5, 0.5]
    (tmp_path / "no.wav").write_bytes(b"no sound at all")
    for name in ("no.wav", "missing.wav"):
        with pytest.raises(CourseError, match="cannot be read as a WAV file"):
            sounds.read(tmp_path / name)


def test_wav_bytes_are_a_wav_file() -> None:
    rate, stored = wavfile.read(io.BytesIO(sounds.wav_bytes(Sound(torch.tensor([0.0, 0.5, -2.0]), 8000))))
    assert (rate, stored.tolist()) == (8000, [0, 16384, -32767])
    rate, stored = wavfile.read(io.BytesIO(sounds.wav_bytes(Sound(torch.tensor([0.0, 0.25, -2.0]), 8000), bits=8)))
    assert (rate, stored.tolist()) == (8000, [128, 160, 1])
    with pytest.raises(ValueError, match="8 or 16 bits"):
        sounds.wav_bytes(tone(200, 0.1), bits=12)


@pytest.mark.parametrize("decibels", [-5.0, 0.0, 20.0])
def test_noise_is_as_loud_as_asked(decibels) -> None:
    sound = tone(200, 0.2)
    noise = sounds.mixed(sound, torch.randn(len(sound.wave)), decibels).wave - sound.wave
    found = 10 * math.log10(float(sound.wave.square().mean() / noise.square().mean()))
    assert found == pytest.approx(decibels, abs=1e-3)


def test_the_packaged_clips_are_there() -> None:
    found = sounds.clips()
    assert found["counting"][1].startswith("One two three")
    assert {sound.sample_rate for sound, _ in found.values()} == {16_000}
    assert [round(sound.seconds, 2) for sound, _ in found.values()] == [1.14, 2.89, 2.99]
