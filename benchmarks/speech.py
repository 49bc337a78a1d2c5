"""The longer runs of notebook 18: what Whisper writes and why, digits in other voices, few shots, WaveNet, spelling.

    python benchmarks/speech.py clips      21 utterances at six levels of noise (some 4 minutes of processor time)
    python benchmarks/speech.py context    the same sounds after other texts and none, clean and in noise (5 minutes)
    python benchmarks/speech.py invented   what Whisper writes where nobody speaks, by its rules and freely (1 minute)
    python benchmarks/speech.py shots      a few examples of other voices, for four kinds of features (3 minutes)
    python benchmarks/speech.py digits     changed voices, layers and voices: learning rate on validation (9 minutes)
    python benchmarks/speech.py spelling   CTC on spelt digits: epochs on validation, three starts (3 minutes)
    python benchmarks/speech.py vowels     WaveNet: learning rate on a held-out voice, three starts (6 minutes)
    python benchmarks/speech.py long       as digits, with and without changed voices, four times as long (19 minutes)
    python benchmarks/speech.py kinds      as digits: each change alone, twice the width, a longer look (11 minutes)

Each writes its sections of benchmarks/results/speech.json. A training is a row that is not made again, so a run may be
cut off and go on later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes
nothing.
All sounds are synthetic or probably so; voices of training, validation and test are of one program, "other" of another
one. A section of trials ("digit_trials", ...) holds every setting that was tried, judged on all splits; settings are
chosen by the loss on validation voices alone, and what was chosen stands in a section of its own. Whisper is greedy, so
it has no seeds; noise is drawn once for each utterance. All digit readers of a part take as many steps, with a
learning rate of its own (by the mean of three starts); epochs of the speller and WaveNet's learning rate are chosen on
one start.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from torch import Tensor
from torch.nn import functional as F

from lessons.kit.studies import Row, Study, main
from lessons.kit.training import fit
from lessons.neural_networks import ShuffledBatches, classification_loss, count_parameters
from lessons.speech import ctc, scoring, spoken, wavenet
from lessons.speech.sound import Sound, clips, from_mu_law, mixed, tone
from lessons.speech.spectrogram import whisper_features
from lessons.speech.transcribing import prompt, silence, transcribe, write
from lessons.speech.whisper import Whisper

NAME = "speech"
SEEDS = (0, 1, 2)


# --- what Whisper writes ----------------------------------------------------------------------------------------------

LEVELS = (None, 20, 10, 5, 0, -5)  # decibels that the noise lies below the sound


def utterances() -> list[tuple[str, Sound, str]]:
    """Where it is from, the sound, and what is said: packaged clips and synthetic sentences."""
    found = [(f"clip {name}", sound, text) for name, (sound, text) in clips().items()]
    return found + [(each.told["voice"], each.sound, each.told["text"]) for each in spoken.sentences()]


def noisy(sound: Sound, place: int, decibels: float | None) -> Sound:
    """An utterance with white noise, which is drawn once for each place in the list."""
    if decibels is None:
        return sound
    return mixed(sound, torch.randn(len(sound.wave), generator=torch.Generator().manual_seed(place)), decibels)


def wrong_words(said: str, written: str) -> Row:
    """What was written, and how many words of it are wrong when both are spelt alike."""
    found = scoring.edits(scoring.spelt_alike(said, True), scoring.spelt_alike(written, True))
    return {"written": written, "errors": found.total, "words": found.n_reference}


def clips_in_noise(run: Study) -> None:
    """Each utterance as it is, and with white noise: what is written, and how many words are wrong."""
    model = Whisper.packaged()
    for place, (source, sound, text) in list(enumerate(utterances()))[:: run.size(1, 11)]:
        for decibels in LEVELS[:: run.size(1, 5)]:

            def heard(place: int = place, sound: Sound = sound, text: str = text, level: Any = decibels) -> Row:
                found = transcribe(model, noisy(sound, place, level))
                return {**wrong_words(text, found.text), "confidence": found.confidence, "no_speech": found.no_speech}

            run.once("clips", {"source": source, "said": text, "decibels": decibels}, heard)


BEFORE = {  # texts that are given as if they had been said before
    "none": "",
    "breakfast": "We had bread and tea for breakfast.",
    "capitals": "THIS IS A TELEGRAM. ALL IN CAPITALS.",
    "digits": "The code was 4 9 2 7 1.",
    "night": "They met at night, and the night was cold.",
    "German": "Guten Tag, wie geht es Ihnen heute?",
}


@torch.no_grad()
def remembered(model: Whisper, sound: Sound) -> Tensor:
    """What Whisper's encoder makes of a sound, (1, places, hidden_size)."""
    return model.encoder(whisper_features(sound)[None].to(model.decoder.position))


def context(run: Study) -> None:
    """The same sounds after other texts, clean, in noise, and in as much noise as speech."""
    model = Whisper.packaged()
    for place, (source, sound, text) in list(enumerate(utterances()))[:: run.size(1, 12)]:
        for level in (None, 5, 0)[: run.size(3, 1)]:
            memory = cache(partial(remembered, model, noisy(sound, place, level)))
            for name, before in list(BEFORE.items())[: run.size(6, 2)]:

                def heard(before: str = before, text: str = text, memory: Any = memory) -> Row:
                    found = write(model, memory(), prompt(before))
                    return {**wrong_words(text, found.text), "confidence": found.confidence}

                run.once("context", {"source": source, "said": text, "before": name, "decibels": level}, heard)


def without_words(seed: int, seconds: float = 4.0) -> dict[str, Sound]:
    """Sounds in which nobody speaks; silence and the hum are the same for every seed and come with the first one."""
    n, generator = round(seconds * 16_000), torch.Generator().manual_seed(seed)
    white = torch.randn(n, generator=generator)
    brown = torch.cumsum(white, 0)
    brown = brown - F.avg_pool1d(brown[None], 801, 1, 400)[0]  # without its slow drift
    clicks = (torch.rand(n, generator=generator) < 3 / 16_000).float()
    waves = {"white noise": 0.1 * white, "quiet noise": 0.003 * white, "dark noise": 0.1 * brown / brown.std(),
             "clicks": 0.8 * clicks}  # fmt: skip
    drawn = {kind: Sound(wave, 16_000) for kind, wave in waves.items()}
    return {"silence": silence(seconds), "a hum of 100 Hz": tone(100, seconds), **drawn} if not seed else drawn


def invented(run: Study) -> None:
    """What is written for sounds without words."""
    model = Whisper.packaged()
    for seed in run.some(SEEDS):
        for kind, sound in list(without_words(seed).items())[: run.size(6, 2)]:
            memory = cache(partial(remembered, model, sound))
            for suppress in (True, False):

                def heard(memory: Any = memory, suppress: bool = suppress) -> Row:
                    found = write(model, memory(), prompt(), 40, suppress)
                    return {"written": found.text, "no_speech": found.no_speech, "confidence": found.confidence}

                run.once("invented", {"sound": kind, "seed": seed, "suppress": suppress}, heard)


# --- few shots --------------------------------------------------------------------------------------------------------

DRAWS = range(20)
SHOTS = (1, 2, 5)


def shots(run: Study) -> None:
    """k examples of each digit from all but one of the other voices, tested on that one: four kinds of features.

    The price of large weights is chosen on validation voices, for each kind and k, up to the bounds 0.1 and 100,000.
    """
    reader = trained_reader(run)
    heard = judged(reader, "other")
    run.once("shots", {"features": "a reader of the first program", "k": 0, "seed": 0},
             lambda: {"right": heard["other"], "answers": heard["other_right"]})  # fmt: skip
    chosen_on, tested_on = (shot_features(split, reader) for split in ("validation", "other"))
    for kind, inputs in tested_on.items():
        for k in SHOTS[: run.size(3, 1)]:

            def score(price: float, kind: str = kind, k: int = k) -> float:
                found = [few_shots(chosen_on[kind], "validation", k, price, seed) for seed in run.some(SEEDS)]
                return -statistics.mean(each["loss"] for each in found)

            price = run.grown((10.0, 100.0, 1000.0), score, 0.1, 1e5)
            for seed in run.some(DRAWS):
                wanted = {"features": kind, "k": k, "price": price, "seed": seed}
                run.once("shots", wanted, partial(few_shots, inputs, "other", k, price, seed))


def few_shots(inputs: NDArray[Any], split: str, k: int, price: float, seed: int) -> Row:
    """Share of right answers and log loss, means over the voice that is left out, and the answers as 0 and 1.

    The same sounds are drawn for every kind of features.
    """
    every = spoken.digits(split)
    labels, voices = spoken.labels(every).numpy(), np.array([each.told["voice"] for each in every])
    rng, right, losses = np.random.default_rng(seed), np.zeros(len(every), bool), []
    for voice in sorted(set(voices)):
        chosen = [i for digit in range(10)
                  for i in rng.permutation(np.flatnonzero((labels == digit) & (voices != voice)))[:k]]  # fmt: skip
        model = LogisticRegression(C=price, max_iter=2000).fit(inputs[chosen], labels[chosen])
        shares = model.predict_proba(inputs[voices == voice])
        right[voices == voice] = shares.argmax(-1) == labels[voices == voice]
        losses.append(log_loss(labels[voices == voice], shares, labels=range(10)))
    return {"right": float(right.mean()), "loss": statistics.mean(losses), "answers": _bits(right)}


def trained_reader(run: Study) -> spoken.DigitReader:
    """The notebook's digit reader, trained as it trains it."""
    torch.manual_seed(0)
    reader = spoken.DigitReader()
    batches = ShuffledBatches(*spoken.training_set(), 32)
    fit(reader, batches, classification_loss, epochs=run.size(12, 1), learning_rate=5e-3, progress=False)
    return reader.eval()


@torch.no_grad()
def shot_features(split: str, reader: spoken.DigitReader) -> Mapping[str, NDArray[Any]]:
    """Whisper's ear, the same without training, mel bands over time, and what the digit reader's last layer reads."""
    sounds = [each.sound for each in spoken.digits(split)]
    model = Whisper.packaged()
    torch.manual_seed(0)
    untrained = Whisper(model.config).eval()
    untrained.encoder.position.copy_(model.encoder.position)  # sines, which no training made
    bands = spoken.digit_features(sounds)
    own = reader.layers(bands).mean(-1).flatten(1)
    return {"Whisper's encoder": spoken.ear(model, sounds), "the same untrained": spoken.ear(untrained, sounds),
            "mel bands": F.normalize(bands.flatten(1), dim=-1).numpy(),
            "a reader of the first program": F.normalize(own, dim=-1).numpy()}  # fmt: skip


# --- digits in other voices -------------------------------------------------------------------------------------------

ALL = ["noise", "speed", "pitch"]
ARMS: dict[str, Row] = {
    "as they are": {},
    "a quarter of the voices": {"voices": 10},
    "three more layers": {"n_layers": 6},
    "noise, speed, pitch": {"kinds": ALL},
    "three more layers, all changes": {"n_layers": 6, "kinds": ALL},
    # the part "long"
    "as they are, four times as long": {"epochs": 12},
    "noise, speed, pitch, four times as long": {"kinds": ALL, "epochs": 12},
    "three more layers, four times as long": {"n_layers": 6, "epochs": 12},
    "three more layers, all changes, four times as long": {"n_layers": 6, "kinds": ALL, "epochs": 12},
    # the part "kinds"
    "twice as wide": {"width": 32},
    "looking as far as six layers": {"reach": 4},
    "noise": {"kinds": ["noise"]},
    "speed": {"kinds": ["speed"]},
    "pitch": {"kinds": ["pitch"]},
}
VIEWS = 4  # how often each training sound is seen in an epoch, changed or not: all arms take as many steps
EPOCHS = 3  # of 50 steps


@lru_cache(3)  # the starts of one arm, which all learning rates share
def digit_set(name: str, seed: int, voices: int, views: int) -> tuple[Tensor, Tensor]:
    """The features that an arm is trained on: each sound as it is, and several times as it is or changed.

    Fewer voices are seen more often; each start draws them anew.
    """
    every = sorted({each.told["voice"] for each in spoken.digits("train")})
    order = np.random.default_rng([18, seed]).permutation(len(every))
    chosen = {every[place] for place in order[:voices]}
    found = [each for each in spoken.digits("train") if each.told["voice"] in chosen]
    rng, kinds, sounds = np.random.default_rng(seed), ARMS[name].get("kinds"), [each.sound for each in found]
    if not kinds:
        return spoken.digit_features(sounds).repeat(views, 1, 1, 1), spoken.labels(found).repeat(views)
    changed = [spoken.augmented(each, kinds, rng) for _ in range(views - 1) for each in sounds]
    return spoken.digit_features(sounds + changed), spoken.labels(found).repeat(views)


def _bits(right: Any) -> str:
    return "".join(str(int(one)) for one in right)


@torch.no_grad()
def judged(model: spoken.DigitReader, split: str) -> Row:
    """Accuracy and mean loss on a split, and which answers are right, as a text of 0 and 1."""
    inputs, labels = split_features(split)
    logits = model.eval()(inputs.to(model.output.weight)).cpu()
    right = logits.argmax(-1) == labels
    loss = F.cross_entropy(logits, labels).item()
    return {split: right.float().mean().item(), f"{split}_loss": loss, f"{split}_right": _bits(right)}


@cache
def split_features(split: str) -> tuple[Tensor, Tensor]:
    """Features and labels of a split."""
    found = spoken.digits(split)
    return spoken.digit_features([each.sound for each in found]), spoken.labels(found)


def read_digits(run: Study, name: str, rate: float, seed: int) -> Row:
    """One training of an arm, judged on all splits."""
    arm = ARMS[name]
    epochs = arm.get("epochs", EPOCHS)

    def work() -> Row:
        voices = arm.get("voices", 40)
        batches = ShuffledBatches(*digit_set(name, seed, run.size(voices, 2), run.size(VIEWS * 40 // voices, 2)), 32)
        torch.manual_seed(seed)
        model = spoken.DigitReader(arm.get("width", 16), arm.get("n_layers", 3), arm.get("reach", 1))
        history = fit(model, batches, classification_loss, epochs=run.size(epochs, 1), learning_rate=rate,
                      progress=False)  # fmt: skip
        row: Row = {"parameters": count_parameters(model), "loss": statistics.mean(history.loss[-20:])}
        for split in ("validation", "test", "other"):
            row |= judged(model, split)
        return row

    return run.once("digit_trials", {"arm": name, "learning_rate": rate, "epochs": epochs, "seed": seed}, work)


def digits(run: Study) -> None:
    """What the claim on layers and data needs."""
    trained_arms(run, list(ARMS)[:5])


def long(run: Study) -> None:
    """Whether changed voices want more steps than the same ones."""
    trained_arms(run, list(ARMS)[5:9])


def kinds(run: Study) -> None:
    """The other arms."""
    trained_arms(run, list(ARMS)[9:])


def trained_arms(run: Study, names: Sequence[str]) -> None:
    """Each arm with its own learning rate, chosen on validation voices by the mean loss of three starts."""
    starts = run.some(SEEDS)
    for name in names[:: run.size(1, 3)]:

        def score(rate: float, name: str = name) -> float:
            return -statistics.mean(read_digits(run, name, rate, seed)["validation_loss"] for seed in starts)

        rate = run.grown((2.5e-3, 1e-2, 4e-2), score)
        for seed in starts:
            kept = read_digits(run, name, rate, seed)
            run.once("digits", {"arm": name, "seed": seed}, partial(dict, kept))


# --- spelling ---------------------------------------------------------------------------------------------------------


def spelling(run: Study) -> None:
    """CTC on runs of digits: epochs on validation voices (from 1 to 16), then three starts."""
    splits = ("validation", "test", "other")
    tests = {split: ctc.spoken_numbers(spoken.digits(split), run.size(120, 4), seed=1) for split in splits}

    def trained(epochs: int, seed: int) -> Row:
        def work() -> Row:
            numbers = ctc.spoken_numbers(spoken.digits("train"), run.size(800, 32), seed=seed)
            torch.manual_seed(seed)
            model = ctc.Speller()
            history = fit(model, ctc.NumberBatches(numbers, 16, seed), ctc.spelling_loss, epochs=epochs,
                          learning_rate=5e-3, progress=False)  # fmt: skip
            row: Row = {"parameters": count_parameters(model), "loss": statistics.mean(history.loss[-20:])}
            for split in splits:
                row |= read_by(model, tests[split], split)
            return row

        return run.once("spelling_trials", {"epochs": epochs, "seed": seed}, work)

    epochs = round(run.grown((4, 8, 16), lambda value: -trained(round(value), 0)["validation_loss"], 1, 16))
    for seed in run.some(SEEDS):
        kept = trained(epochs, seed)
        run.once("spelling", {"seed": seed}, partial(dict, kept))


@torch.no_grad()
def read_by(model: ctc.Speller, numbers: Sequence[tuple[Sound, str]], split: str) -> Row:
    """Mean loss, word error rate and letter error rate of the best paths, and the pairs of said and read."""
    found = [model.hear(sound) for sound, _ in numbers]
    texts = [text for _, text in numbers]
    read = [ctc.read_out(ctc.best_path(each)) for each in found]
    losses = [-ctc.log_probability(each, ctc.spelt(text)).item() for each, text in zip(found, texts, strict=True)]
    letters = [scoring.edits(text, written) for text, written in zip(texts, read, strict=True)]
    return {f"{split}_loss": statistics.mean(losses), f"{split}_words": scoring.word_error_rate(texts, read),
            f"{split}_letters": sum(each.total for each in letters) / sum(each.n_reference for each in letters),
            f"{split}_read": list(zip(texts, read, strict=True))}  # fmt: skip


# --- WaveNet ----------------------------------------------------------------------------------------------------------

HELD_OUT = "m7"  # the voice that WaveNet's learning rate is chosen on
STEPS = 300


def vowels(run: Study) -> None:
    """WaveNet: learning rate on the held-out voice, then three starts; what a table of pairs pays, and true spectra."""
    every = spoken.vowels()
    training = [each for each in every if each.told["voice"] != HELD_OUT]
    held_out = [each for each in every if each.told["voice"] == HELD_OUT]
    run.once("vowel_rivals", {"voice": HELD_OUT}, lambda: rivals(training, held_out))

    def trained(rate: float, seed: int) -> Row:
        def work() -> Row:
            torch.manual_seed(seed)
            model = wavenet.WaveNet()
            batches = wavenet.PieceBatches(training, run.size(STEPS, 3), seed=seed)
            history = fit(model, batches, wavenet.next_code_loss, learning_rate=rate, weight_decay=0.0,
                          progress=False)  # fmt: skip
            row: Row = {"parameters": count_parameters(model), "loss": [round(one, 4) for one in history.loss[::10]]}
            row |= {"validation": mean_loss(model.eval(), held_out), "told_wrong": mean_loss(model, held_out, 1)}
            return row | drawn(model, training, run)

        return run.once("vowel_trials", {"learning_rate": rate, "seed": seed, "steps": STEPS}, work)

    rate = run.grown((2e-3, 6e-3, 1.8e-2), lambda value: -trained(value, 0)["validation"])
    for seed in run.some(SEEDS):
        kept = trained(rate, seed)
        run.once("vowels", {"seed": seed}, partial(dict, kept))


@torch.no_grad()
def mean_loss(model: wavenet.WaveNet, found: Sequence[spoken.Utterance], wrong: int = 0) -> float:
    """Nats a moment on whole waves, told the true vowel or the one so many further."""
    labels = (spoken.labels(found) + wrong) % 3
    waves = [wavenet.mu_law(each.sound.wave)[None] for each in found]
    pairs = zip(waves, labels.split(1), strict=True)
    return statistics.mean(wavenet.next_code_loss(model, pair).item() for pair in pairs)


def shapes(found: Sequence[spoken.Utterance]) -> Tensor:
    """The shape of each spectrum, (n, bands)."""
    return torch.stack([wavenet.loudness_by_frequency(each.sound) for each in found])


def centres(training: Sequence[spoken.Utterance]) -> Tensor:
    """The mean shape of each vowel's spectra, (3, bands)."""
    found, labels = shapes(training), spoken.labels(training)
    return torch.stack([found[labels == label].mean(0) for label in range(3)])


def rivals(training: Sequence[spoken.Utterance], held_out: Sequence[spoken.Utterance]) -> Row:
    """What a table of pairs of codes pays on the held-out voice, and how many of its vowels have the right spectrum."""
    pairs, alone = torch.zeros(256, 256), torch.ones(256)
    for each in training:
        codes = wavenet.mu_law(each.sound.wave)
        pairs.index_put_((codes[:-1], codes[1:]), torch.ones(len(codes) - 1), accumulate=True)
        alone += torch.bincount(codes, minlength=256)
    share = (pairs + 8 * alone / alone.sum()) / (pairs.sum(1, keepdim=True) + 8)
    waves = [wavenet.mu_law(each.sound.wave) for each in held_out]
    nats = statistics.mean(-share[codes[:-1], codes[1:]].log().mean().item() for codes in waves)
    nearest = (shapes(held_out) @ centres(training).T).argmax(-1)
    return {
        "pairs": nats,
        "linear": linear_nats(training, held_out),
        "right_spectra": int((nearest == spoken.labels(held_out)).sum()),
        "of": len(held_out),
    }


def linear_nats(training: Sequence[spoken.Utterance], held_out: Sequence[spoken.Utterance], order: int = 16) -> float:
    """Nats a number of a guess that is linear in the last pressures, fitted for each vowel, with Laplace errors."""
    inner = torch.linspace(-1, 1, 256, dtype=torch.float64)[:-1] + 1 / 255  # between neighbouring codes, still bent
    inner = inner.sign() * torch.expm1(inner.abs() * math.log(256)) / 255
    bounds = torch.cat([inner.new_tensor([-math.inf]), inner, inner.new_tensor([math.inf])])
    fitted = []
    for label in range(3):
        pairs = [lagged(each, order) for each in training if each.told["label"] == label]
        before, now = (torch.cat(part) for part in zip(*pairs, strict=True))
        ridge = 1e-6 * len(now) * torch.eye(order, dtype=torch.float64)
        weights = torch.linalg.solve(before.T @ before + ridge, before.T @ now)
        fitted.append((weights, (now - before @ weights).abs().mean()))
    found = []
    for each in held_out:
        (weights, scale), (before, _) = fitted[each.told["label"]], lagged(each, order)
        guess, codes = before @ weights, wavenet.mu_law(each.sound.wave)[order:]
        errors = torch.distributions.Laplace(torch.zeros((), dtype=torch.float64), scale, validate_args=False)
        share = errors.cdf(bounds[codes + 1] - guess) - errors.cdf(bounds[codes] - guess)
        found.append(-(0.999 * share + 0.001 / 256).log().mean().item())  # a thousandth is spread evenly
    return statistics.mean(found)


def lagged(each: spoken.Utterance, order: int) -> tuple[Tensor, Tensor]:
    """The last pressures before each moment, and the pressure then."""
    wave = each.sound.wave.double()
    return wave.unfold(0, order, 1)[:-1], wave[order:]


def drawn(model: wavenet.WaveNet, training: Sequence[spoken.Utterance], run: Study, draws: int = 10) -> Row:
    """How many of so many draws of each vowel have a spectrum that is nearest to their own vowel's."""
    asked = torch.arange(3).repeat(draws)
    codes = wavenet.write(model, asked, run.size(4000, 500), seed=0)
    found = [wavenet.loudness_by_frequency(Sound(wave, spoken.SAMPLE_RATE)) for wave in from_mu_law(codes)]
    nearest = (torch.stack(found) @ centres(training).T).argmax(-1)
    return {"right_spectra": int((nearest == asked).sum()), "drawn": len(asked)}


PARTS: dict[str, Callable[[Study], None]] = {
    "clips": clips_in_noise, "context": context, "invented": invented, "shots": shots, "digits": digits,
    "spelling": spelling, "vowels": vowels, "long": long,
    "kinds": kinds,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, PARTS, partial(Study, NAME))
