"""Makes data/speech/spoken.safetensors: digits, vowels and sentences by synthetic voices. Nobody speaks in it.

    python data/synthetic_speech.py

needs the programs espeak-ng 1.51 and flite 2.2 (Debian's packages of that name), which the course itself does not. The
file is stored in the repository; this script says how it was made.

- digits: zero to nine at 8 kHz, by 60 voices of espeak-ng, which computes speech from rules for formants. A voice is
  one of its variants with an accent, a pitch and a speed, drawn once. The voices are split by variant: 40 for training,
  8 for validation, 12 for testing. "Other" are 4 voices of flite, each at 3 speeds; these join pieces of recorded
  speech, or were fitted to it.
- vowels: a, i and u, held, at 8 kHz, by 4 variants of espeak-ng at 2 pitches.
- sentences: 6 at 16 kHz, by 2 voices of flite and 1 of espeak-ng.

Everything is stored as µ-law with 256 levels, one wave after the other.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import save_file

from lessons.speech import sound as sounds

FILE = Path(__file__).resolve().parent / "speech" / "spoken.safetensors"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VARIANTS = {
    "train": ("m1", "m2", "m3", "m4", "m5", "m6", "f1", "f2", "f4", "f5", "adam", "Alex", "Andrea", "Andy", "Annie",
              "aunty", "benjamin", "boris", "caleb", "david", "Denis", "ed", "edward", "Gene", "grandma", "Henrique",
              "Hugo", "iven", "john", "Lee", "linda", "Marco", "Mario", "Michael", "Mike", "Nguyen", "paul", "quincy",
              "rob", "steph"),
    "validation": ("m7", "f3", "Alicia", "Diogo", "max", "pablo", "steph3", "travis"),
    "test": ("m8", "belinda", "antonio", "grandpa", "gustave", "marcelo", "michel", "norbert", "robert", "anika",
             "victor", "zac"),
}  # fmt: skip
ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-us-nyc")
FLITE = ("kal", "awb", "rms", "slt")
VOWELS = {"a": "[[A:A:A:A:]]", "i": "[[i:i:i:i:]]", "u": "[[u:u:u:u:]]"}
SENTENCES = (
    "The knight rode home at night.",
    "She sells sea shells by the sea shore.",
    "Please call me at half past nine.",
    "The weather will be cold and clear tomorrow.",
    "Two people want to go there too.",
    "It is easy to recognise speech.",
)


class Spoken(NamedTuple):
    """One utterance, and what is known of it."""

    wave: torch.Tensor
    told: dict[str, Any]


def espeak(text: str, voice: str, pitch: int = 50, speed: int = 160) -> sounds.Sound:
    """What espeak-ng says; pitch from 0 to 99, speed in words a minute."""
    return _spoken(["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "-w", "{}", text])


def flite(text: str, voice: str, stretch: float = 1.0) -> sounds.Sound:
    """What flite says, `stretch` times as slowly as usual."""
    return _spoken(["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-t", text, "-o", "{}"])


def _spoken(command: list[str]) -> sounds.Sound:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "spoken.wav")
        subprocess.run([part.replace("{}", file) for part in command], check=True, capture_output=True)
        return sounds.read(file)


def stored(sound: sounds.Sound, sample_rate: int, rest: float = 0.03) -> torch.Tensor:
    """At another rate, without the silence around it but for a rest (seconds), half as loud as could be."""
    wave = sounds.resampled(sound, sample_rate).wave
    loud = (wave.abs() > 0.02 * wave.abs().max()).nonzero()[:, 0]
    margin = round(rest * sample_rate)
    wave = wave[max(0, int(loud[0]) - margin) : int(loud[-1]) + margin]
    return 0.5 * wave / wave.abs().max()


def digits() -> Iterator[Spoken]:
    """60 voices of espeak-ng, 12 of flite."""
    rng = random.Random(18)
    for split, variants in VARIANTS.items():
        for variant in variants:
            accent, pitch, speed = rng.choice(ACCENTS), rng.randint(20, 80), rng.randint(130, 220)
            for label, word in enumerate(DIGITS):
                wave = stored(espeak(word, f"{accent}+{variant}", pitch, speed), 8000)
                yield Spoken(wave, {"label": label, "split": split, "voice": variant})
    for voice in FLITE:
        for stretch in (0.8, 1.0, 1.25):
            for label, word in enumerate(DIGITS):
                wave = stored(flite(word, voice, stretch), 8000)
                yield Spoken(wave, {"label": label, "split": "other", "voice": f"flite {voice}"})


def vowels() -> Iterator[Spoken]:
    """4 variants at 2 pitches; the held middle of each vowel."""
    for variant in ("m1", "m3", "m7", "f2"):
        for pitch in (35, 65):
            for label, phonemes in enumerate(VOWELS.values()):
                wave = stored(espeak(phonemes, f"en-us+{variant}", pitch, 120), 8000, rest=0)
                middle = wave[len(wave) // 8 : -len(wave) // 8][:4800]
                yield Spoken(middle, {"label": label, "voice": variant, "pitch": pitch})


def sentences() -> Iterator[Spoken]:
    """Each sentence by three voices."""
    for text in SENTENCES:
        for voice in ("awb", "slt"):
            yield Spoken(stored(flite(text, voice), 16_000), {"text": text, "voice": f"flite {voice}"})
        yield Spoken(stored(espeak(text, "en-us+m3", 45, 150), 16_000), {"text": text, "voice": "espeak-ng m3"})


def main() -> None:
    """Write the file."""
    tensors, told = {}, {}
    for name, spoken in (("digits", digits()), ("vowels", vowels()), ("sentences", sentences())):
        found = list(spoken)
        tensors[f"{name}.codes"] = torch.cat([sounds.mu_law(each.wave) for each in found]).to(torch.uint8)
        tensors[f"{name}.lengths"] = torch.tensor([len(each.wave) for each in found])
        told[name] = json.dumps([each.told for each in found], sort_keys=True)
    FILE.parent.mkdir(exist_ok=True)
    save_file(tensors, FILE, metadata=told)
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
