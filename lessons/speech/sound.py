"""Sound as numbers: pressure at equal moments, what sampling can hold, Fourier by hand and fast, µ-law, files.

A `wave` (..., n) holds the pressure at n moments, `sample_rate` of them in a second, between −1 and 1.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lessons.course import assets
from lessons.course.errors import CourseError
from lessons.kit import checks

HEARD = 16_000  # moments a second that Whisper reads; so are the packaged clips


class Sound(NamedTuple):
    """One channel of sound."""

    wave: Tensor  # (n,), between −1 and 1
    sample_rate: int  # moments in a second

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.wave) / self.sample_rate


def check_wave(wave: Tensor, least: int = 1) -> None:
    """Raises ValueError unless these are floating-point numbers (..., n), `least` or more, all finite."""
    is_wave = isinstance(wave, Tensor) and wave.is_floating_point() and wave.ndim > 0 and wave.numel() > 0
    if not is_wave or wave.shape[-1] < least:
        shape = checks.described(wave) if isinstance(wave, Tensor) else type(wave).__name__
        raise ValueError(f"A wave is floating-point numbers (..., n), {least} or more; this is {shape}.")
    if not wave.isfinite().all():
        raise ValueError("A wave must not hold NaN or infinity.")


def check_sound(sound: Sound) -> None:
    """Raises ValueError unless it is one channel with a rate above 0."""
    if not isinstance(sound, Sound):
        raise ValueError(f"A Sound is due, a wave with its sample_rate, not {type(sound).__name__}.")
    checks.sizes(sample_rate=sound.sample_rate)
    check_wave(sound.wave)
    if sound.wave.ndim != 1:
        raise ValueError(f"One channel (n,) is due; this wave is {tuple(sound.wave.shape)}.")


# --- tones and sampling -----------------------------------------------------------------------------------------------


def tone(frequency: float, seconds: float = 1.0, sample_rate: int = HEARD, amplitude: float = 0.5) -> Sound:
    """amplitude · sin(2π · frequency · t) at the moments t = 0, 1 / sample_rate, ...; the frequency is in hertz.

    Raises ValueError for what is not above 0, or an amplitude that is no share.
    """
    checks.positive(frequency=frequency, seconds=seconds)
    checks.sizes(sample_rate=sample_rate)
    checks.shares(amplitude=amplitude)
    n = max(1, round(seconds * sample_rate))
    checks.sizes(n=n)
    moments = torch.arange(n, dtype=torch.float64) / sample_rate
    return Sound((amplitude * torch.sin(2 * math.pi * frequency * moments)).float(), sample_rate)


def heard_frequency(frequency: float, sample_rate: int) -> float:
    """The frequency from 0 to sample_rate / 2 (hertz) that has the same values at the sampled moments, but for sign.

    What lies above half the sample rate is folded back (Shannon 1949, theorem 1, says when nothing is). Raises
    ValueError for a frequency below 0, or a rate that is no whole number above 0.
    """
    checks.not_negative(frequency=frequency)
    checks.sizes(sample_rate=sample_rate)
    folded = frequency % sample_rate
    return min(folded, sample_rate - folded)


def resampled(sound: Sound, sample_rate: int, zeros: int = 16) -> Sound:
    """The same sound at another number of moments a second, without what those cannot hold.

    Each new moment is a mean of the old ones around it, weighted by a sinc with a Hann window that crosses zero `zeros`
    times on either side (Smith & Gossett 1984). Raises ValueError for what is no sound, or rates below 1.
    """
    check_sound(sound)
    checks.sizes(sample_rate=sample_rate, zeros=zeros)
    if sample_rate == sound.sample_rate:
        return sound
    share = min(1.0, sample_rate / sound.sample_rate)  # of the frequencies that both can hold
    reach = math.ceil(zeros / share)
    moments = torch.arange(round(len(sound.wave) * sample_rate / sound.sample_rate), dtype=torch.float64)
    places = moments * sound.sample_rate / sample_rate  # of the new moments, counted in old ones
    nearest = places.floor().long()[:, None] + torch.arange(1 - reach, reach + 1)  # (new, 2 reach)
    distance = share * (places[:, None] - nearest)
    weights = torch.sinc(distance) * torch.cos(math.pi * distance / (2 * zeros)).square()
    weights = weights.masked_fill(distance.abs() >= zeros, 0)
    padded = torch.nn.functional.pad(sound.wave.double(), (reach, reach))
    mixed = (padded[(nearest + reach).clamp(0, len(padded) - 1)] * weights).sum(-1) * share
    return Sound(mixed.to(sound.wave.dtype), sample_rate)


# --- Fourier ----------------------------------------------------------------------------------------------------------


def fourier(wave: Tensor) -> Tensor:
    """How much of each frequency is in a wave, by its definition: (..., n) -> complex (..., n).

    Number k is Σ wave[t] · exp(−2πi k t / n): the wave beside a cosine and a sine that turn k times. It takes n²
    products. Raises ValueError for what is no wave.
    """
    check_wave(wave)
    n = wave.shape[-1]
    turns = torch.outer(torch.arange(n), torch.arange(n)) % n  # whole turns change nothing, and rounding stays small
    angles = -2 * math.pi * turns.double() / n
    waves = torch.polar(torch.ones_like(angles), angles)  # (frequencies, moments)
    kind = torch.complex128 if wave.dtype == torch.float64 else torch.complex64
    return (wave.to(torch.complex128) @ waves.T).to(kind)


def fast_fourier(wave: Tensor) -> Tensor:
    """The same in n log n products, for n a power of 2 (Cooley & Tukey 1965): (..., n) -> complex (..., n).

    The even and the odd moments are transformed on their own; the odd ones come a moment later, which turns each
    frequency by its own angle. Raises ValueError for another n.
    """
    check_wave(wave)
    if (n := wave.shape[-1]) & (n - 1):
        raise ValueError(f"Halving again and again needs a power of 2; this wave has {n} moments.")
    kind = torch.complex128 if wave.dtype == torch.float64 else torch.complex64
    return _halved(wave.to(torch.complex128)).to(kind)


def _halved(wave: Tensor) -> Tensor:
    n = wave.shape[-1]
    if n == 1:
        return wave
    even, odd = _halved(wave[..., 0::2]), _halved(wave[..., 1::2])
    angles = -2 * math.pi * torch.arange(n // 2, dtype=torch.float64) / n
    later = torch.polar(torch.ones_like(angles), angles) * odd
    return torch.cat([even + later, even - later], -1)  # half a turn further the sign changes


# --- µ-law ------------------------------------------------------------------------------------------------------------


def mu_law(wave: Tensor, levels: int = 256) -> Tensor:
    """Pressures between −1 and 1 as whole numbers from 0 to levels − 1, finer near silence; (..., n) -> (..., n).

    sign(x) · ln(1 + µ |x|) / ln(1 + µ) with µ = levels − 1, rounded (van den Oord et al. 2016, WaveNet, section 2.2).
    Louder ones are cut to ±1. Raises ValueError for what is no wave, or fewer than 2 levels.
    """
    check_wave(wave)
    mu = _mu(levels)
    bent = wave.sign() * torch.log1p(mu * wave.abs().clamp(max=1)) / math.log1p(mu)
    return ((bent + 1) / 2 * mu + 0.5).floor().long()


def from_mu_law(codes: Tensor, levels: int = 256) -> Tensor:
    """Whole numbers from 0 to levels − 1 back to pressures (..., n), 32-bit floats: undoes `mu_law` but for rounding.

    Raises ValueError for other numbers.
    """
    mu = _mu(levels)
    if not isinstance(codes, Tensor) or not checks.is_whole(codes) or not codes.numel():
        raise ValueError("Codes are whole numbers, one or more.")
    if codes.min() < 0 or codes.max() >= levels:
        raise ValueError(f"Codes go from 0 to {mu}; these go from {codes.min()} to {codes.max()}.")
    bent = codes.double() / mu * 2 - 1
    return (bent.sign() * torch.expm1(bent.abs() * math.log1p(mu)) / mu).float()


def _mu(levels: int) -> int:
    checks.sizes(levels=levels)
    if levels < 2:
        raise ValueError("A wave needs two levels at least, not 1.")
    return levels - 1


# --- files ------------------------------------------------------------------------------------------------------------


def read(file: str | Path) -> Sound:
    """A WAV file as one channel, the mean of those it has. Raises CourseError for one that cannot be read as WAV."""
    from scipy.io import wavfile

    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # parts that hold no sound are passed over
            sample_rate, stored = wavfile.read(file)
    except (OSError, ValueError) as error:
        raise CourseError(f"{Path(file).name} cannot be read as a WAV file ({error}): save it as PCM, mono.") from error
    if not stored.size:
        raise CourseError(f"{Path(file).name} holds no sound.")
    wave = _between_ones(stored)
    return Sound(torch.from_numpy(wave if wave.ndim == 1 else wave.mean(1)), int(sample_rate))


def _between_ones(stored: np.ndarray) -> np.ndarray:
    """Integers of 8 (from 0), 16 or 32 bits, or floats, as 32-bit floats."""
    if stored.dtype == np.uint8:
        return (stored.astype(np.float32) - 128) / 128
    scale = -float(np.iinfo(stored.dtype).min) if stored.dtype.kind == "i" else 1.0
    return (stored / scale).astype(np.float32)


def wav_bytes(sound: Sound, bits: int = 16) -> bytes:
    """A WAV file of 16 or 8 bits a number, as bytes; what is louder than ±1 is cut.

    Raises ValueError for what is no sound, and for other numbers of bits.
    """
    from scipy.io import wavfile

    check_sound(sound)
    if bits not in (8, 16):
        raise ValueError(f"A number of this file has 8 or 16 bits, not {bits!r}.")
    wave = sound.wave.detach().cpu().double().clamp(-1, 1)
    whole = (wave * 32767).round().short() if bits == 16 else (wave * 127 + 128).round().byte()  # 8 bits: no sign
    file = io.BytesIO()
    wavfile.write(file, sound.sample_rate, whole.numpy())
    return file.getvalue()


def player(sound: Sound, bits: int = 16) -> Any:
    """A sound to listen to in a notebook; it lies in the page, at 8 bits in half the space. Raises as `wav_bytes`."""
    from IPython.display import Audio

    return Audio(data=wav_bytes(sound, bits))


def mixed(sound: Sound, noise: Tensor, decibels: float) -> Sound:
    """A sound with noise (n,), whose mean power lies so many decibels below that of the sound (a ratio: SNR).

    Raises ValueError for noise of another length, silence on either side, and a ratio that is no finite number.
    """
    check_sound(sound)
    check_wave(noise)
    if noise.shape != sound.wave.shape or not noise.any() or not sound.wave.any():
        raise ValueError("Sound and noise must be equally long, and neither of them silent.")
    if not math.isfinite(decibels):
        raise ValueError(f"A ratio in decibels is a finite number, not {decibels!r}.")
    wanted = sound.wave.square().mean() / 10 ** (decibels / 10)
    return Sound(sound.wave + noise * (wanted / noise.square().mean()).sqrt(), sound.sample_rate)


# --- what is packaged -------------------------------------------------------------------------------------------------

CLIPS = "pytest_audioeval/samples/audio/en/{}"


def clips() -> dict[str, tuple[Sound, str]]:
    """The three packaged clips in English, each with its transcript, by name; their voice is probably synthetic.

    Raises AssetError if a file is damaged.
    """
    found = {}
    for name in ("hello_world", "quick_brown_fox", "counting"):
        words = assets.path(CLIPS.format(f"{name}.txt")).read_text(encoding="utf-8").strip()
        found[name] = (read(assets.path(CLIPS.format(f"{name}.wav"))), words)
    return found
