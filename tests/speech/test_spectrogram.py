"""Against torch.stft, and against the features that transformers makes for Whisper."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lessons.speech import spectrogram as seen
from lessons.speech.sound import Sound


def waves(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize(("shape", "size", "hop"), [((900,), 400, 160), ((2, 3, 333), 64, 16), ((50,), 31, 7)])
def test_stft_equals_torch(shape, size, hop) -> None:
    wave = waves(*shape)
    window = torch.hann_window(size, dtype=torch.float64)
    expected = torch.stft(wave.view(-1, shape[-1]), size, hop, window=window, return_complex=True)
    torch.testing.assert_close(seen.stft(wave, size, hop), expected.view(*shape[:-1], *expected.shape[1:]), atol=1e-10,
                               rtol=0)  # fmt: skip


@pytest.mark.parametrize(("n", "size", "hop"), [(900, 400, 160), (1000, 64, 16), (257, 64, 32)])
def test_istft_gives_the_wave_back_and_equals_torch(n, size, hop) -> None:
    wave = waves(n)
    spectrum = seen.stft(wave, size, hop)
    known = (spectrum.shape[-1] - 1) * hop
    torch.testing.assert_close(seen.istft(spectrum, n, size, hop)[:known], wave[:known], atol=1e-10, rtol=0)
    other = spectrum * torch.rand(spectrum.shape, dtype=torch.float64)  # no wave has exactly this one
    window = torch.hann_window(size, dtype=torch.float64)
    expected = torch.istft(other, size, hop, window=window, length=known)
    torch.testing.assert_close(seen.istft(other, known, size, hop), expected, atol=1e-10, rtol=0)


def test_mel_filters_and_scale_equal_transformers() -> None:
    from transformers.audio_utils import hertz_to_mel, mel_filter_bank

    hertz = torch.tensor([0, 200.0, 1000, 1001, 7000], dtype=torch.float64)
    np.testing.assert_allclose(seen.to_mel(hertz), hertz_to_mel(hertz.numpy(), "slaney"), atol=1e-10)
    torch.testing.assert_close(seen.from_mel(seen.to_mel(hertz)), hertz, atol=1e-9, rtol=0)
    for n_mels, size, rate in ((80, 400, 16_000), (40, 200, 8000), (24, 512, 22_050)):
        theirs = mel_filter_bank(size // 2 + 1, n_mels, 0.0, rate / 2, rate, norm="slaney", mel_scale="slaney")
        np.testing.assert_allclose(seen.mel_filters(n_mels, size, rate), theirs.T, atol=1e-10)


@pytest.mark.parametrize("n", [1000, 16_001, 480_000, 500_000])
def test_features_equal_transformers(n) -> None:
    from transformers import WhisperFeatureExtractor

    wave = 0.1 * waves(n).float()
    extractor = WhisperFeatureExtractor(feature_size=80)
    full = torch.nn.functional.pad(wave, (0, max(0, 480_000 - n)))[:480_000]
    doubles = extractor._np_extract_fbank_features(full.numpy()[None], "cpu")[0]  # theirs without PyTorch
    found = seen.whisper_features(Sound(wave, 16_000))
    assert found.shape == (80, 3000)
    torch.testing.assert_close(found, torch.from_numpy(doubles).float())
    usual = extractor(wave.numpy(), sampling_rate=16_000, return_tensors="np").input_features[0]
    # theirs with PyTorch is in single precision: a quiet band is a small difference of large numbers
    torch.testing.assert_close(found, torch.from_numpy(usual), atol=2e-3, rtol=0)


def test_a_tone_is_one_line() -> None:
    wave = torch.sin(2 * torch.pi * 1000 * torch.arange(8000, dtype=torch.float64) / 8000)
    power = seen.stft(wave, 200, 80).abs()[:, 5:-5]
    assert set(power.argmax(0).tolist()) == {25}  # 25 · 8000 / 200 = 1000 hertz
    found = seen.table(Sound(wave.float(), 8000), 40)
    assert found["decibels"].shape == (40, 101)
    assert found["hertz"][found["decibels"][:, 50].argmax()] == pytest.approx(1000, abs=60)


def test_griffin_lim_comes_nearer_with_each_round() -> None:
    moments = torch.arange(4000, dtype=torch.float64) / 8000
    wave = torch.sin(2 * torch.pi * (300 + 400 * moments) * moments)
    loudness = seen.stft(wave, 200, 50).abs()

    def distance(rounds: int) -> float:
        found = seen.griffin_lim(loudness, 4000, rounds, 200, 50)
        return float((seen.stft(found, 200, 50).abs() - loudness).norm() / loudness.norm())

    far, nearer, near = distance(0), distance(4), distance(32)
    assert far > nearer > near
    assert near < 0.25


@pytest.mark.parametrize("spoilt", [torch.zeros(33, 4), torch.zeros(32, 4, dtype=torch.cfloat)])
def test_what_is_no_spectrum_is_refused(spoilt) -> None:
    with pytest.raises(ValueError, match="Complex numbers"):
        seen.istft(spoilt, 40, 64, 16)
