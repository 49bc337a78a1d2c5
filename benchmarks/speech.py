"""The longer runs of notebook 18: what Whisper writes and why, digits in other voices, few shots, WaveNet, spelling.

    python benchmarks/speech.py clips      21 utterances at six levels of noise (some 4 minutes of processor time)
    python benchmarks/speech.py invented   what Whisper writes where nobody speaks, by its rules and freely (1 minute)
    python benchmarks/speech.py context    the same sounds after other texts, and after none (2 minutes)
    python benchmarks/speech.py digits     augmentations, layers and voices; epochs on validation (some 60 minutes)
    python benchmarks/speech.py shots      a few examples of other voices, for three kinds of features (4 minutes)
    python benchmarks/speech.py vowels     WaveNet: learning rate on a held-out voice, three starts (some 30 minutes)
    python benchmarks/speech.py spelling   CTC on spelt digits: epochs on validation, three starts (some 30 minutes)

Each writes its section of benchmarks/results/speech.json. A training is a row that is not run again, so a run may be
cut off and go on later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes
nothing.
All sounds are synthetic or probably so; voices of training, validation and test are of one program, "other" of another
one. Settings are chosen on validation voices; the test and other voices are read once, for what was chosen. Whisper is
greedy, so it has no seeds; noise is drawn once for each utterance.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn import functional as F

from lessons.kit.studies import Study
from lessons.kit.training import fit
from lessons.neural_networks import ShuffledBatches, classification_loss, count_parameters
from lessons.speech import ctc, scoring, spoken, wavenet
from lessons.speech.sound import Sound, clips, from_mu_law, mixed, tone
from lessons.speech.transcribing import silence, transcribe
from lessons.speech.whisper import Whisper

NAME = "speech"
SEEDS = (0, 1, 2)
Row = dict[str, Any]


# --- what Whisper writes ----------------------------------------------------------------------------------------------

LEVELS = (None, 20, 10, 5, 0, -5)  # decibels that the noise lies below the sound


def utterances() -> list[tuple[str, Sound, str]]:
    """Where it is from, the sound, and what is said: packaged clips and synthetic sentences."""
    found = [(f"clip {name}", sound, text) for name, (sound, text) in clips().items()]
    return found + [(each.told["voice"], each.sound, each.told["text"]) for each in spoken.sentences()]


def clips_in_noise(run: Study) -> None:
    """Each utterance as it is, and with white noise: what is written, and how many words are wrong."""
    model = Whisper.packaged()
    for place, (source, sound, text) in list(enumerate(utterances()))[:: run.size(1, 11)]:
        for decibels in LEVELS[:: run.size(1, 5)]:
            noise = torch.randn(len(sound.wave), generator=torch.Generator().manual_seed(place))

            def heard(sound: Sound = sound, text: str = text, noise: Tensor = noise, level: Any = decibels) -> Row:
                found = transcribe(model, sound if level is None else mixed(sound, noise, level))
                edits = scoring.edits(scoring.spelt_alike(text, True), scoring.spelt_alike(found.text, True))
                return {"written": found.text, "errors": edits.total, "words": edits.n_reference,
                        "confidence": found.confidence, "no_speech": found.no_speech}  # fmt: skip

            run.once("clips", {"source": source, "said": text, "decibels": decibels}, heard)


def without_words(seed: int, seconds: float = 4.0) -> dict[str, Sound]:
    """Sounds in which nobody speaks."""
    n, generator = round(seconds * 16_000), torch.Generator().manual_seed(seed)
    white = torch.randn(n, generator=generator)
    brown = torch.cumsum(white, 0)
    brown = brown - F.avg_pool1d(brown[None], 801, 1, 400)[0]  # without its slow drift
    clicks = (torch.rand(n, generator=generator) < 3 / 16_000).float()
    return {
        "silence": silence(seconds), "white noise": Sound(0.1 * white, 16_000),
        "dark noise": Sound(0.1 * brown / brown.std(), 16_000), "a hum of 100 Hz": tone(100, seconds),
        "clicks": Sound(0.8 * clicks, 16_000),
    }  # fmt: skip


def invented(run: Study) -> None:
    """What is written for sounds without words."""
    model = Whisper.packaged()
    for seed in SEEDS[: run.size(3, 1)]:
        for kind, sound in list(without_words(seed).items())[: run.size(5, 2)]:
            for suppress in (True, False):

                def heard(sound: Sound = sound, suppress: bool = suppress) -> Row:
                    found = transcribe(model, sound, suppress=suppress, most=40)
                    return {"written": found.text, "no_speech": found.no_speech, "confidence": found.confidence}

                run.once("invented", {"sound": kind, "seed": seed, "suppress": suppress}, heard)


BEFORE = {  # texts that are given as if they had been said before
    "none": "",
    "capitals": "THIS IS A TELEGRAM. ALL IN CAPITALS.",
    "digits": "The code was 4 9 2 7 1.",
    "night": "They met at night, and the night was cold.",
    "ocean": "A film about whales, the sea and its shells.",
    "German": "Guten Tag, wie geht es Ihnen heute?",
}


def context(run: Study) -> None:
    """The same sounds after other texts."""
    model = Whisper.packaged()
    for source, sound, text in utterances()[:: run.size(1, 12)]:
        for name, before in list(BEFORE.items())[: run.size(6, 2)]:

            def heard(sound: Sound = sound, before: str = before) -> Row:
                return {"written": transcribe(model, sound, before=before).text}

            run.once("context", {"source": source, "said": text, "before": name}, heard)


# --- digits in other voices -------------------------------------------------------------------------------------------

ARMS: dict[str, Row] = {
    "as they are": {},
    "noise": {"kinds": ["noise"]},
    "speed": {"kinds": ["speed"]},
    "pitch": {"kinds": ["pitch"]},
    "noise, speed, pitch": {"kinds": ["noise", "speed", "pitch"]},
    "three more layers": {"n_layers": 6},
    "twice as wide": {"width": 32},
    "a quarter of the voices": {"voices": 10},
    "half of the voices": {"voices": 20},
}
VIEWS = 4  # how often each training sound is seen in an epoch, changed or not: all arms take as many steps


def digit_set(run: Study, arm: Row, seed: int) -> tuple[Tensor, Tensor]:
    """The features that an arm is trained on: each sound four times, as it is or changed."""
    voices = sorted({each.told["voice"] for each in spoken.digits("train")})[: run.size(arm.get("voices", 40), 2)]
    utterances = [each for each in spoken.digits("train") if each.told["voice"] in voices]
    rng, kinds, sounds = np.random.default_rng(seed), arm.get("kinds", []), [each.sound for each in utterances]
    repeats = run.size(VIEWS * 40 // len(voices), 2)  # fewer voices are seen more often
    every = list(sounds)
    for _ in range(repeats - 1):
        every += [spoken.augmented(each, kinds, rng) if kinds else each for each in sounds]
    return spoken.digit_features(every), spoken.labels(utterances).repeat(repeats)


def judged(model: torch.nn.Module, split: str) -> Row:
    """Accuracy and mean loss on a split, and which answers are right, as a text of 0 and 1."""
    found = spoken.digits(split)
    with torch.no_grad():
        inputs = spoken.digit_features([each.sound for each in found]).to(next(model.parameters()))
        logits = model.eval()(inputs).cpu()
    labels = spoken.labels(found)
    right = logits.argmax(-1) == labels
    return {f"{split}": right.float().mean().item(), f"{split}_loss": F.cross_entropy(logits, labels).item(),
            f"{split}_right": "".join(str(int(one)) for one in right)}  # fmt: skip


def digits(run: Study) -> None:
    """Each arm with its own number of epochs, chosen on validation voices; then three starts on test and other ones."""
    for name, arm in list(ARMS.items())[:: run.size(1, 5)]:

        def trained(epochs: int, seed: int, splits: Sequence[str], name: str = name, arm: Row = arm) -> Row:
            def work() -> Row:
                inputs, labels = digit_set(run, arm, seed)
                torch.manual_seed(seed)
                model = spoken.DigitReader(arm.get("width", 16), arm.get("n_layers", 3))
                batches = ShuffledBatches(inputs, labels, 32)
                fit(model, batches, classification_loss, epochs=epochs, learning_rate=5e-3, progress=False)
                row: Row = {"parameters": count_parameters(model)}
                for split in splits:
                    row |= judged(model, split)
                return row

            wanted = {"arm": name, "epochs": epochs, "seed": seed, "splits": ", ".join(splits)}
            return run.once("digits", wanted, work)

        def loss_after(epochs: float, tried: Callable[..., Row] = trained) -> float:
            return tried(round(epochs), 0, ("validation",))["validation_loss"]

        epochs = round(run.grown((1, 2, 4), lambda value: -loss_after(value), low=1))
        for seed in SEEDS[: run.size(3, 1)]:
            trained(epochs, seed, ("validation", "test", "other"))


# --- few shots --------------------------------------------------------------------------------------------------------


def shots(run: Study) -> None:
    """k examples of each digit from three of the other voices, tested on the fourth: three kinds of features."""
    features = other_features(run)
    every = spoken.digits("other")
    labels = spoken.labels(every).numpy()
    voices = np.array([each.told["voice"] for each in every])
    for kind, inputs in features.items():
        for k in (1, 2, 5)[: run.size(3, 1)]:
            for seed in SEEDS[: run.size(3, 1)]:

                def tried(inputs: NDArray[Any] = inputs, k: int = k, seed: int = seed) -> Row:
                    return {"right": few_shots(inputs, labels, voices, k, seed)}

                run.once("shots", {"features": kind, "k": k, "seed": seed}, tried)


def few_shots(inputs: NDArray[Any], labels: NDArray[Any], voices: NDArray[Any], k: int, seed: int) -> float:
    """The share of right answers, a mean over the voice that is left out."""
    rng, shares = np.random.default_rng(seed), []
    for voice in sorted(set(voices)):
        chosen = [i for digit in range(10)
                  for i in rng.permutation(np.flatnonzero((labels == digit) & (voices != voice)))[:k]]  # fmt: skip
        model = LogisticRegression(C=100.0, max_iter=2000).fit(inputs[chosen], labels[chosen])
        shares.append(model.score(inputs[voices == voice], labels[voices == voice]))
    return float(np.mean(shares))


def other_features(run: Study) -> dict[str, NDArray[Any]]:
    """Of the other voices: Whisper's ear, the same without training, and mel bands over time."""
    sounds = [each.sound for each in spoken.digits("other")]
    ears = spoken.ear(Whisper.packaged(), sounds)
    torch.manual_seed(0)
    untrained = Whisper(Whisper.packaged().config).eval()
    torch.nn.init.normal_(untrained.encoder.position, std=0.02)
    bands = spoken.digit_features(sounds).flatten(1)
    return {"Whisper's encoder": ears, "the same untrained": spoken.ear(untrained, sounds),
            "mel bands": F.normalize(bands, dim=-1).numpy()}  # fmt: skip


# --- WaveNet ----------------------------------------------------------------------------------------------------------

HELD_OUT = "m7"  # the voice that WaveNet's learning rate is chosen on


def vowels(run: Study) -> None:
    """WaveNet: learning rate on the held-out voice, then three starts; spectra of what it draws; speed of the cache."""
    every = spoken.vowels()
    training = [each for each in every if each.told["voice"] != HELD_OUT]
    held_out = [each for each in every if each.told["voice"] == HELD_OUT]
    steps = run.size(400, 3)

    def trained(learning_rate: float, seed: int, draws: int) -> Row:
        def work() -> Row:
            torch.manual_seed(seed)
            model = wavenet.WaveNet()
            batches = wavenet.PieceBatches(training, steps, seed=seed)
            history = fit(model, batches, wavenet.next_code_loss, learning_rate=learning_rate, weight_decay=0.0,
                          progress=False)  # fmt: skip
            row: Row = {
                "parameters": count_parameters(model),
                "loss": [round(value, 4) for value in history.loss[::10]],
            }
            row["validation"] = mean_loss(model.eval(), held_out, run)
            return row | drawn(model, training, draws, run)

        wanted = {"learning_rate": learning_rate, "seed": seed, "steps": steps, "draws": draws}
        return run.once("vowels", wanted, work)

    rate = run.grown((1e-3, 3e-3, 9e-3), lambda value: -trained(value, 0, 0)["validation"])
    for seed in SEEDS[: run.size(3, 1)]:
        trained(rate, seed, 10)
    run.once("cache", {"seed": 0}, lambda: cache_speed(run))


@torch.no_grad()
def mean_loss(model: wavenet.WaveNet, utterances: Sequence[spoken.Utterance], run: Study) -> float:
    """Nats a moment on whole waves."""
    n = run.size(4000, 400)
    waves = [(wavenet.mu_law(each.sound.wave)[None, :n], torch.tensor([each.told["label"]])) for each in utterances]
    return statistics.mean(wavenet.next_code_loss(model, batch).item() for batch in waves)


def drawn(model: wavenet.WaveNet, utterances: Sequence[spoken.Utterance], draws: int, run: Study) -> Row:
    """How many of so many draws of each vowel have a spectrum that is nearest to their own vowel's."""
    if not draws:
        return {}
    shapes = torch.stack([wavenet.loudness_by_frequency(each.sound) for each in utterances])
    labels = spoken.labels(utterances)
    centres = torch.stack([shapes[labels == label].mean(0) for label in range(3)])
    asked = torch.arange(3).repeat(draws)
    codes = wavenet.write(model, asked, run.size(4000, 500), seed=0)
    found = [wavenet.loudness_by_frequency(Sound(wave, spoken.SAMPLE_RATE)) for wave in from_mu_law(codes)]
    nearest = (torch.stack(found) @ centres.T).argmax(-1)
    return {"right_spectra": int((nearest == asked).sum()), "drawn": len(asked)}


def cache_speed(run: Study) -> Row:
    """Processor seconds of the same moments, with the cache and without, in turns."""
    torch.manual_seed(0)
    model, moments = wavenet.WaveNet().eval(), run.size(600, 30)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(run.size(3, 1)):
        for cached, found in times.items():
            start = time.process_time()
            wavenet.write(model, torch.tensor([0]), moments, cached=cached)
            found.append(time.process_time() - start)
    fast, slow = (statistics.median(times[cached]) for cached in (True, False))
    return {"moments": moments, "moments_a_second": moments / fast, "times_as_fast": slow / fast}


# --- spelling ---------------------------------------------------------------------------------------------------------


def spelling(run: Study) -> None:
    """CTC on runs of digits: epochs on validation voices, then three starts on test and other voices."""
    n = run.size(800, 32)
    tests = {split: ctc.spoken_numbers(spoken.digits(split), run.size(120, 4), seed=1)
             for split in ("validation", "test", "other")}  # fmt: skip

    def trained(epochs: int, seed: int, splits: Sequence[str]) -> Row:
        def work() -> Row:
            numbers = ctc.spoken_numbers(spoken.digits("train"), n, seed=seed)
            torch.manual_seed(seed)
            model = ctc.Speller()
            history = fit(model, ctc.NumberBatches(numbers, 16, seed), ctc.spelling_loss, epochs=epochs,
                          learning_rate=5e-3, progress=False)  # fmt: skip
            row: Row = {"parameters": count_parameters(model), "loss": statistics.mean(history.loss[-20:])}
            for split in splits:
                row |= read_by(model, tests[split], split)
            return row

        return run.once("spelling", {"epochs": epochs, "seed": seed, "splits": ", ".join(splits)}, work)

    epochs = round(
        run.grown((2, 4, 8), lambda value: -trained(round(value), 0, ("validation",))["validation_loss"], low=1)
    )
    for seed in SEEDS[: run.size(3, 1)]:
        trained(epochs, seed, ("validation", "test", "other"))


@torch.no_grad()
def read_by(model: ctc.Speller, numbers: Sequence[tuple[Sound, str]], split: str) -> Row:
    """Mean loss, word error rate and letter error rate of the best paths."""
    found = [model.hear(sound) for sound, _ in numbers]
    texts = [text for _, text in numbers]
    read = [ctc.read_out(ctc.best_path(each)) for each in found]
    losses = [-ctc.log_probability(each, ctc.spelt(text)).item() for each, text in zip(found, texts, strict=True)]
    letters = [scoring.edits(text, written) for text, written in zip(texts, read, strict=True)]
    return {f"{split}_loss": statistics.mean(losses), f"{split}_words": scoring.word_error_rate(texts, read),
            f"{split}_letters": sum(each.total for each in letters) / sum(each.n_reference for each in letters),
            f"{split}_read": list(zip(texts[:8], read[:8], strict=True))}  # fmt: skip


PARTS: dict[str, Callable[[Study], None]] = {
    "clips": clips_in_noise, "invented": invented, "context": context, "digits": digits, "shots": shots,
    "vowels": vowels, "spelling": spelling,
}  # fmt: skip

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=PARTS)
    parser.add_argument("--quick", action="store_true", help="little of everything, nothing written")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    chosen = parser.parse_args()
    for each in chosen.what:
        PARTS[each](Study(NAME, chosen.quick, chosen.minutes))
