"""A wave seen as frequencies over time: short-time Fourier, back again, the phase that is lost, mel, Whisper's input.

`stft` gives complex numbers (..., frequencies, frames): their size is how loud a frequency is, their angle is where in
its swing it stands. A spectrogram keeps the size alone.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lessons.kit import checks
from lessons.speech.sound import HEARD, Sound, check_sound, check_wave, resampled

SIZE, HOP = 400, 160  # Whisper's: 25 ms every 10 ms, at 16,000 moments a second
MELS = 80
SECONDS = 30  # what Whisper reads at once


def hann(size: int) -> Tensor:
    """sin²(πt / size) for t = 0 ... size − 1, in double precision: fades in and out. Raises ValueError for none."""
    checks.sizes(size=size)
    return torch.sin(math.pi * torch.arange(size, dtype=torch.float64) / size).square()


def frames(wave: Tensor, size: int = SIZE, hop: int = HOP) -> Tensor:
    """Pieces of `size` moments, one every `hop`: (..., n) -> (..., frames, size).

    The first is centred on the first moment: the wave is mirrored at both ends by half a piece. Raises ValueError for a
    wave that is too short for that.
    """
    checks.sizes(size=size, hop=hop)
    check_wave(wave, size // 2 + 1)
    flat = wave.reshape(-1, wave.shape[-1])
    mirrored = F.pad(flat, (size // 2, size // 2), mode="reflect") if size > 1 else flat
    return mirrored.unfold(-1, size, hop).reshape(*wave.shape[:-1], -1, size)


def stft(wave: Tensor, size: int = SIZE, hop: int = HOP) -> Tensor:
    """The frequencies of each piece, faded at its ends: (..., n) -> complex (..., size // 2 + 1, frames).

    Frequency k is k · sample_rate / size hertz. Raises ValueError as `frames`.
    """
    pieces = frames(wave, size, hop)
    return torch.fft.rfft(pieces * hann(size).to(pieces)).mT


def istft(spectrum: Tensor, length: int, size: int = SIZE, hop: int = HOP) -> Tensor:
    """Back to a wave of `length` moments: complex (..., size // 2 + 1, frames) -> (..., length).

    Pieces are laid over each other where they came from, faded once more, and divided by what the fades sum to
    (Griffin & Lim 1984, equation 6). Raises ValueError for another shape, or frames too few for the length.
    """
    _check_spectrum(spectrum, size, hop, length)
    window = hann(size).to(spectrum.real)
    pieces = torch.fft.irfft(spectrum.mT, n=size) * window  # (..., frames, size)
    laid, fades = _overlaid(pieces, hop), _overlaid((window * window).expand(pieces.shape[-2], size), hop)
    start = size // 2
    wave = laid[..., start : start + length] / fades[start : start + length].clamp(min=1e-11)
    return F.pad(wave, (0, length - wave.shape[-1]))


def _overlaid(pieces: Tensor, hop: int) -> Tensor:
    """Pieces (..., frames, size), each `hop` after the one before, summed: (..., (frames − 1) · hop + size)."""
    n_frames, size = pieces.shape[-2:]
    found = pieces.new_zeros(*pieces.shape[:-2], (n_frames - 1) * hop + size)
    for number in range(n_frames):
        found[..., number * hop : number * hop + size] += pieces[..., number, :]
    return found


def _check_spectrum(spectrum: Tensor, size: int, hop: int, length: int) -> None:
    checks.sizes(size=size, hop=hop, length=length)
    if hop > size // 2 or size < 2:
        raise ValueError(f"Pieces of {size} must overlap by half to give the wave back; the hop is {hop}.")
    if not spectrum.is_complex() or spectrum.ndim < 2 or spectrum.shape[-2] != size // 2 + 1 or not spectrum.numel():
        raise ValueError(
            f"Complex numbers (..., {size // 2 + 1}, frames) are due; these are {checks.described(spectrum)}."
        )
    if not spectrum.isfinite().all():
        raise ValueError("A spectrum must not hold NaN or infinity.")
    if length > (spectrum.shape[-1] - 1) * hop + size // 2:
        raise ValueError(f"{spectrum.shape[-1]} frames give no wave of {length} moments.")


def griffin_lim(
    loudness: Tensor, length: int, rounds: int = 32, size: int = SIZE, hop: int = HOP, seed: int = 0
) -> Tensor:
    """A wave (length,) whose spectrogram is nearly this one, (size // 2 + 1, frames): a phase is guessed and repaired.

    Random angles at first; then, again and again, to a wave and back, which keeps the angles that agree with each other
    and puts the given loudness in place (Griffin & Lim 1984, section III). Raises ValueError as `istft`, and for
    loudness below 0.
    """
    checks.whole(0, rounds=rounds, seed=seed)
    if not loudness.is_floating_point() or not (loudness >= 0).all():
        raise ValueError("Loudness is floating-point numbers, 0 or more.")
    angles = 2 * math.pi * torch.rand(loudness.shape, generator=torch.Generator().manual_seed(seed)).to(loudness)
    spectrum = torch.polar(loudness, angles)
    for _ in range(rounds):
        wave = istft(spectrum, length, size, hop)
        spectrum = torch.polar(loudness, stft(wave, size, hop).angle()[..., : loudness.shape[-1]])
    return istft(spectrum, length, size, hop)


# --- mel --------------------------------------------------------------------------------------------------------------

LINEAR = 200 / 3  # hertz in a mel, below 1,000 hertz
GROWTH = math.log(6.4) / 27  # above, 27 mels for a factor of 6.4
BREAK = 1000.0


def to_mel(hertz: Tensor) -> Tensor:
    """Frequencies on a scale where equal steps sound about equal: in a line to 1,000 Hz, by factors above.

    Slaney (1998), as Whisper's filters have it. Raises ValueError for frequencies below 0.
    """
    _check_numbers("hertz", hertz)
    high = BREAK / LINEAR + torch.log(hertz.clamp(min=BREAK) / BREAK) / GROWTH
    return torch.where(hertz < BREAK, hertz / LINEAR, high)


def from_mel(mel: Tensor) -> Tensor:
    """Undoes `to_mel`. Raises ValueError for numbers below 0."""
    _check_numbers("mel", mel)
    start = BREAK / LINEAR
    return torch.where(mel < start, mel * LINEAR, BREAK * torch.exp(GROWTH * (mel - start).clamp(min=0)))


def _check_numbers(name: str, values: Tensor) -> None:
    if not isinstance(values, Tensor) or not values.is_floating_point() or not (values >= 0).all():
        raise ValueError(f"{name} must be floating-point numbers, 0 or more.")


def mel_filters(n_mels: int = MELS, size: int = SIZE, sample_rate: int = HEARD) -> Tensor:
    """Triangles over the frequencies of `stft`, equally wide in mel: (n_mels, size // 2 + 1), in double precision.

    Each begins at the top of the one before, and is divided by its width in hertz: wide ones are lower. Raises
    ValueError for sizes below 1.
    """
    checks.sizes(n_mels=n_mels, size=size, sample_rate=sample_rate)
    top = torch.tensor(sample_rate / 2, dtype=torch.float64)
    corners = from_mel(torch.linspace(0, 1, n_mels + 2, dtype=torch.float64) * to_mel(top))  # hertz
    frequencies = torch.linspace(0, sample_rate / 2, size // 2 + 1, dtype=torch.float64)
    low, peak, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (frequencies - low) / (peak - low), (high - frequencies) / (high - peak)
    return torch.minimum(rising, falling).clamp(min=0) * 2 / (high - low)


def log_mel(wave: Tensor, n_mels: int = MELS, sample_rate: int = HEARD) -> Tensor:
    """Powers in mel bands, as powers of 10, cut 8 below the loudest, then moved near 0: (n,) -> (n_mels, n // 160).

    Radford et al. 2022 (Whisper), section 2.2; the cut and the shift, (x + 4) / 4, are those of their code. Pieces of
    25 ms every 10 ms. Raises ValueError for a wave shorter than half a piece, or of more than one channel.
    """
    checks.sizes(sample_rate=sample_rate)
    size, hop = round(sample_rate * 0.025), round(sample_rate * 0.01)
    if wave.ndim != 1:
        raise ValueError(f"One channel (n,) is due, not {tuple(wave.shape)}.")
    power = stft(wave, size, hop)[:, :-1].abs().square()  # (frequencies, frames)
    bands = mel_filters(n_mels, size, sample_rate).to(power) @ power
    exponents = bands.clamp(min=1e-10).log10()
    return (exponents.clamp(min=float(exponents.max()) - 8) + 4) / 4


def whisper_features(sound: Sound, seconds: float = SECONDS) -> Tensor:
    """What Whisper's encoder reads: the sound at 16 kHz, filled up with silence or cut, (80, 100 · seconds).

    Raises ValueError for what is no sound, or more than 30 seconds to fill.
    """
    check_sound(sound)
    checks.positive(seconds=seconds)
    if seconds > SECONDS:
        raise ValueError(f"Whisper reads {SECONDS} seconds at once, not {seconds}.")
    wave = resampled(sound, HEARD).wave.double()[: round(seconds * HEARD)]  # quiet bands are small differences
    return log_mel(F.pad(wave, (0, round(seconds * HEARD) - len(wave)))).float()


def table(sound: Sound, n_mels: int | None = None) -> dict[str, Any]:
    """A spectrogram for a picture: decibels below the loudest (bands, frames), its seconds, and each band's hertz.

    Raises ValueError as `log_mel`.
    """
    check_sound(sound)
    size, hop = round(sound.sample_rate * 0.025), round(sound.sample_rate * 0.01)
    power = stft(sound.wave, size, hop).abs().square()
    hertz = torch.linspace(0, sound.sample_rate / 2, size // 2 + 1)
    if n_mels:
        power = mel_filters(n_mels, size, sound.sample_rate).to(power) @ power
        top = to_mel(torch.tensor(sound.sample_rate / 2))
        hertz = from_mel(torch.linspace(0, float(top), n_mels + 2))[1:-1]
    decibels = 10 * (power.clamp(min=1e-12) / power.max().clamp(min=1e-12)).log10()
    return {"decibels": decibels.clamp(min=-80), "seconds": torch.arange(power.shape[-1]) * hop / sound.sample_rate,
            "hertz": hertz}  # fmt: skip
