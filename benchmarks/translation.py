"""The longer runs of notebook 13: its recipe with one thing left out, longer, with other beams; a chat model; dates.

    python benchmarks/translation.py ablations  smoothing, warm-up, sharing, Muon: each left out  (56 minutes)
    python benchmarks/translation.py test       the recipe's three starts on the test split         (4 minutes)
    python benchmarks/translation.py beams      beams of 1 to 64, three powers of the length        (7 minutes)
    python benchmarks/translation.py dates      a recurrent translator and 06's on dates            (9 minutes)
    python benchmarks/translation.py chat       SmolLM2 asked to translate 120 sentences            (7 minutes)
    python benchmarks/translation.py long       the recipe for two and for five times as long      (23 minutes)

The minutes are estimates for one thread of a core that has it to itself, from 20 timed steps and a few rows of each
part; a grid that grows takes a minute more for each value. Each part writes its sections of
benchmarks/results/translation.json, a row at a time, and no row is made again. Weights, checkpoints and texts are kept
in build/translation/, so a run may be cut off anywhere and goes on there; without them, a part makes what it needs.
`--minutes` begins no further row after so many, and exits with 3. `--quick` tries each part on little and writes
nothing.

What is opened when. The subwords are learnt from the training split alone. Learning rates are chosen for each arm by
the plain cross-entropy of the validation split, with the first start and trainings of half the recipe's length:
grids of three values grow until the best is no longer at an edge. BLEU and chrF of the ablations are those of another
1,000 sentences of that split, and the beams are compared on 600 of these. The test split is opened in `test`, `long`
and `chat`, with settings that were chosen before. `long` takes the recipe's rate, which is not tuned again.

What varies. Start k has the same batches in every arm, and the same weights but for the vectors apart, which are more.
All write the same sentences. So differences are paired: intervals draw the sentences anew (the starts are averaged),
and beside them stands the difference of each start. `beams` and `long` are one start each.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import torch as weights
from torch import nn
from torch.nn import functional as F

from lessons.course import places
from lessons.course.files import write_whole
from lessons.fine_tuning import mcnemar
from lessons.kit import checkpoints, datasets, results
from lessons.kit.studies import Study, main
from lessons.kit.training import TrainingDiverged, evaluating, fit
from lessons.tokens import BytePairTokenizer
from lessons.transformer import Transformer, dates
from lessons.translation import recipe, scores, sentences
from lessons.translation.recurrent import RecurrentTranslator
from lessons.translation.search import Hypothesis
from lessons.translation.sentences import END, PADDING, Pair, decoded
from lessons.translation.translator import Translator, candidates, repeats, teacher_forcing, translate

NAME = "translation"
SEEDS = (0, 1, 2)
ARMS: dict[str, dict[str, Any]] = {
    "recipe": {},
    "no smoothing": {"smoothing": 0.0},
    "no warm-up": {"warmup": 0.0},
    "vectors apart": {"shared": False},
    "AdamW alone": {"muon": None},
}
RATES = (4e-3, 8e-3, 16e-3)  # of AdamW beside Muon, whose rate is the recipe's in all arms
RATES_ALONE = (1e-3, 2e-3, 4e-3)
RATE_STEPS = recipe.STEPS // 2
CHOOSE, REPORT = (0, 1000), (1000, 2000)  # sentences of the validation split
SEARCHES = (1, 4)  # widths: greedy, and a beam
LONG_STEPS = (2 * recipe.STEPS, 5 * recipe.STEPS)  # three quarters of a pass over the pairs, and nearly two passes
BEAMS = (1, 2, 4, 8, 16, 32, 64)
POWERS = (0.0, 0.5, 1.0)
DATES = (8_000, 24_000)  # examples, each seen once: below the ceiling, and near it
DATE_RATES = (1e-3, 2e-3, 4e-3)
Row = dict[str, Any]


# --- data, and what is kept between the parts -------------------------------------------------------------------------


@cache
def words() -> tuple[BytePairTokenizer, list[Pair]]:
    """The recipe's subwords, and the training pairs in them. Raises ValueError if the model cannot read a test text."""
    data = datasets.translations()
    tokenizer = sentences.subwords(data.train, recipe.VOCAB_SIZE)
    asked = [pair.first for split in (data.validation, data.test) for pair in split]
    if max(map(len, sentences.encoded(tokenizer, asked))) > 64:  # before any training, not after
        raise ValueError("A sentence of the validation or test split has more tokens than the model has positions.")
    return tokenizer, sentences.encoded_pairs(tokenizer, data.train)


def some(split: str, first: int = 0, last: int | None = None) -> tuple[list[str], list[list[str]]]:
    """Sentences of a split, and the references of each."""
    texts, references = sentences.with_references(getattr(datasets.translations(), split))
    return texts[first:last], references[first:last]


def reported(run: Study) -> tuple[list[str], list[list[str]]]:
    """The validation sentences whose scores are reported; others have chosen the rates."""
    return some("validation", REPORT[0], run.size(REPORT[1], REPORT[0] + 4))


def place(name: str) -> Path:
    """Where something is kept between the parts: not in the repository."""
    return places.ROOT / "build" / "translation" / name


def kept_texts(run: Study, name: str, make: Callable[[], list[str]]) -> list[str]:
    """What a model wrote, read from where it was kept, or made now and kept."""
    file = place(f"{name}.json")
    if not run.quick and file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    found = make()
    if not run.quick:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(found, ensure_ascii=False))
    return found


# --- the recipe, and what it is made of -------------------------------------------------------------------------------


def trained(run: Study, arm: str, learning_rate: float, seed: int, steps: int = recipe.STEPS) -> Translator:
    """A translator trained by the recipe with one thing left out; its weights are kept. Raises TrainingDiverged."""
    settings = dict(ARMS[arm])
    tokenizer, pairs = words()
    model = recipe.new_translator(len(tokenizer), seed, shared=settings.pop("shared", True))
    settings |= {"learning_rate": learning_rate, "seed": seed, "progress": False}
    if run.quick:
        recipe.train(model, pairs, steps=3, **settings)
        return model
    file = place(f"{arm}-{learning_rate:g}-{seed}-{steps}.safetensors")
    if file.is_file():
        model.load_state_dict(weights.load_file(file), strict=False)  # what is shared is there once
        return model
    folder = file.with_suffix("")
    recipe.train(model, pairs, steps=steps, checkpoint=checkpoints.Checkpoint(folder, every_seconds=60), **settings)
    weights.save_file({key: value.detach().contiguous() for key, value in model.named_parameters()}, file)
    checkpoints.remove(folder)
    return model


@torch.no_grad()
def validation_loss(run: Study, model: Translator) -> float:
    """The plain cross-entropy of the validation pairs that choose, in nats a token: not smoothed in any arm."""
    chosen = set(some("validation", CHOOSE[0], run.size(CHOOSE[1], 20))[0])
    pairs = [pair for pair in datasets.translations().validation if pair.first in chosen]
    total, tokens = 0.0, 0
    with evaluating(model):
        for source_ids, target_ids in sentences.PairBatches(sentences.encoded_pairs(words()[0], pairs), 4_000):
            logits = model(source_ids, teacher_forcing(target_ids)).flatten(0, 1)
            total += F.cross_entropy(logits, target_ids.flatten(), ignore_index=PADDING, reduction="sum").item()
            tokens += int((target_ids != PADDING).sum())
    return total / tokens


def score(written: Sequence[str], references: list[list[str]]) -> Row:
    """BLEU and chrF with intervals over the sentences, how long the texts are, and how many loop."""
    counts = scores.bleu_counts(written, references)
    row: Row = {"sentences": len(written), "loops": statistics.mean(repeats(text, 3) for text in written)}
    row["ratio"] = float(counts[:, 0].sum() / counts[:, 1].sum())  # of the closest references' length
    for name, each, formula in (
        ("bleu", counts, scores.bleu_of),
        ("chrf", scores.chrf_counts(written, references), scores.chrf_of),
    ):
        found = scores.bootstrap(each, formula)
        row |= {name: found.score, f"{name}_low": found.low, f"{name}_high": found.high}
    return row


def wrote(run: Study, arm: str, learning_rate: float, seed: int, beam_size: int) -> list[str]:
    """What an arm's start wrote for the reported sentences."""

    def make() -> list[str]:
        model = trained(run, arm, learning_rate, seed)
        return translate(model, words()[0], reported(run)[0], beam_size=beam_size)

    return kept_texts(run, f"{arm}-{learning_rate:g}-{seed}-beam{beam_size}", make)


def ablations(run: Study) -> None:
    """Each arm with a learning rate of its own: its losses in the grid, its scores, and how it differs."""
    for arm in ARMS:
        rate = run.grown(RATES_ALONE if arm == "AdamW alone" else RATES, partial(rate_score, run, arm))
        for seed in run.some(SEEDS):
            wanted = {"arm": arm, "learning_rate": rate, "seed": seed}
            run.once("ablations", wanted, partial(ablation, run, wanted), threads=1)
    for arm in list(ARMS)[1:]:
        for beam_size in SEARCHES:
            wanted = {"arm": arm, "beam_size": beam_size}
            run.once("ablation_differences", wanted, partial(difference, run, wanted), threads=1)


def rate_score(run: Study, arm: str, learning_rate: float) -> float:
    """Less the validation loss after a shorter training; that of even odds for all tokens if it broke off."""

    def work() -> Row:
        try:
            model = trained(run, arm, learning_rate, SEEDS[0], RATE_STEPS)
        except TrainingDiverged:
            return {"validation_loss": math.log(recipe.VOCAB_SIZE), "diverged": True}
        return {"validation_loss": validation_loss(run, model), "diverged": False}

    wanted = {"arm": arm, "learning_rate": learning_rate, "steps": RATE_STEPS, "seed": SEEDS[0]}
    return -run.once("rates", wanted, work, threads=1)["validation_loss"]


def ablation(run: Study, wanted: Row) -> Row:
    """The loss of one start, and what greedy search and a beam of four write."""
    row: Row = {"validation_loss": validation_loss(run, trained(run, **wanted))}
    for beam_size, name in zip(SEARCHES, ("greedy_", ""), strict=True):
        found = score(wrote(run, **wanted, beam_size=beam_size), reported(run)[1])
        row |= {f"{name}{key}": value for key, value in found.items()}
    return row


def rate_of(run: Study, arm: str) -> float:
    """The learning rate that an arm was given. Raises ValueError before there is one."""
    found = [row["learning_rate"] for row in run.stored("ablations") if row["arm"] == arm]
    if not found and not run.quick:
        raise ValueError("Run `ablations` first: it chooses the learning rate.")
    return found[0] if found else RATES[0]


def difference(run: Study, wanted: Row) -> Row:
    """An arm's BLEU less the recipe's: starts are paired and averaged, sentences drawn anew."""
    references, seeds = reported(run)[1], run.some(SEEDS)

    def counts(arm: str) -> list[scores.Counts]:
        texts = [wrote(run, arm, rate_of(run, arm), seed, wanted["beam_size"]) for seed in seeds]
        return [scores.bleu_counts(each, references) for each in texts]

    pairs = list(zip(counts("recipe"), counts(wanted["arm"]), strict=True))
    every = [slice(None), *scores.resamples(len(references))]
    found = [
        [scores.bleu_of(new[rows].sum(0)) - scores.bleu_of(old[rows].sum(0)) for old, new in pairs] for rows in every
    ]
    low, high = np.quantile([statistics.mean(each) for each in found[1:]], [0.025, 0.975])
    return {"difference": statistics.mean(found[0]), "low": float(low), "high": float(high), "by_start": found[0]}


# --- the test split, and longer ---------------------------------------------------------------------------------------


def on_test(run: Study, steps: int, seed: int, beam_size: int) -> list[str]:
    """What the recipe writes for the test split after so many steps."""

    def make() -> list[str]:
        model = trained(run, "recipe", rate_of(run, "recipe"), seed, steps)
        return translate(model, words()[0], some("test", 0, run.size(10_000, 4))[0], beam_size=beam_size)

    return kept_texts(run, f"test-{steps}-{seed}-beam{beam_size}", make)


def tested(run: Study, steps: int, seed: int) -> Row:
    """The scores of both searches on the test split."""
    row: Row = {"learning_rate": rate_of(run, "recipe")}
    for beam_size, name in zip(SEARCHES, ("greedy_", ""), strict=True):
        found = score(on_test(run, steps, seed, beam_size), some("test", 0, run.size(10_000, 4))[1])
        row |= {f"{name}{key}": value for key, value in found.items()}
    return row


def test(run: Study) -> None:
    """The recipe's three starts on the whole test split."""
    wanted = [{"steps": recipe.STEPS, "seed": seed} for seed in run.some(SEEDS)]
    run.rows("test", wanted, lambda row: tested(run, **row))


def long(run: Study) -> None:
    """The same translator trained longer; compared with the first start of `test`, sentence by sentence."""
    for steps in run.some(LONG_STEPS):

        def work(steps: int = steps) -> Row:
            row, references = tested(run, steps, SEEDS[0]), some("test", 0, run.size(10_000, 4))[1]
            before, after = (
                scores.bleu_counts(on_test(run, n, SEEDS[0], SEARCHES[-1]), references) for n in (recipe.STEPS, steps)
            )
            found = scores.compare(before, after, scores.bleu_of)._asdict()
            model = trained(run, "recipe", rate_of(run, "recipe"), SEEDS[0], steps)
            asked = translate(model, words()[0], recipe.ASKED, beam_size=SEARCHES[-1])
            return row | found | {"asked": asked}

        run.once("long", {"steps": steps, "seed": SEEDS[0]}, work, threads=1)


# --- beams ------------------------------------------------------------------------------------------------------------


def beams(run: Study) -> None:
    """What a wider beam finds, and what that is worth: always compared with a beam of four on the same sentences."""
    model, tokenizer = trained(run, "recipe", rate_of(run, "recipe"), SEEDS[0]), words()[0]
    texts, references = reported(run)
    texts, references = texts[: run.size(600, 3)], references[: run.size(600, 3)]

    def found(beam_size: int) -> list[list[Hypothesis]]:
        return candidates(model, tokenizer, texts, beam_size=beam_size, batch_size=16)

    four = {power: scores.bleu_counts(spelt(tokenizer, found(4), power), references) for power in POWERS}
    for beam_size in run.some(BEAMS, 2):

        def work(beam_size: int = beam_size) -> Row:
            every = found(beam_size)
            row: Row = {"best_log": statistics.mean(max(text.log_probability for text in each) for each in every)}
            for power in POWERS:
                values = of_beam(tokenizer, every, power, references, four[power])
                row |= {f"{key}_{power}": value for key, value in values.items()}
            return row

        run.once("beams", {"beam_size": beam_size}, work, sentences=len(texts), threads=1)


def best(every: list[list[Hypothesis]], power: float) -> list[Hypothesis]:
    """Of each sentence's texts the one that scores best with this power of the length."""
    return [max(each, key=lambda text: text.score(power)) for each in every]


def spelt(tokenizer: BytePairTokenizer, every: list[list[Hypothesis]], power: float) -> list[str]:
    """The best texts as they read."""
    return [decoded(tokenizer, text.token_ids) for text in best(every, power)]


def of_beam(
    tokenizer: BytePairTokenizer,
    every: list[list[Hypothesis]],
    power: float,
    references: list[list[str]],
    four: scores.Counts,
) -> Row:
    """BLEU, its paired difference to a beam of four, chrF, length, loops, and the share that says nothing at all."""
    written = spelt(tokenizer, every, power)
    counts = scores.bleu_counts(written, references)
    compared = scores.compare(four, counts, scores.bleu_of)
    return {
        "bleu": scores.bleu_of(counts),
        **{f"bleu_{key}": value for key, value in compared._asdict().items()},
        "chrf": scores.chrf(written, references),
        "ratio": float(counts[:, 0].sum() / counts[:, 1].sum()),
        "tokens": statistics.mean(len(text.token_ids) for text in best(every, power)),
        "empty": statistics.mean(text.token_ids == (END,) for text in best(every, power)),
        "loops": statistics.mean(repeats(text, 3) for text in written),
    }


# --- a chat model -----------------------------------------------------------------------------------------------------

EXAMPLES = ("Where is the station?", "I don't have time today.", "She bought a new car.")  # none is in the test split
SPANISH = ("¿Dónde está la estación?", "Hoy no tengo tiempo.", "Ella compró un coche nuevo.")


def question(text: str) -> str:
    """Three examples and a sentence; written before any answer was seen, and not tuned."""
    shown = "\n".join(f"English: {a}\nSpanish: {b}" for a, b in zip(EXAMPLES, SPANISH, strict=True))
    return f"Translate from English to Spanish.\n\n{shown}\nEnglish: {text}\nSpanish:"


def chat(run: Study) -> None:
    """SmolLM2's answers, up to their first line's end, beside the recipe's translations of the same sentences."""
    from lessons import llama
    from lessons.llama import Chat

    texts, references = some("test", 0, run.size(120, 2))
    ours = on_test(run, recipe.STEPS, SEEDS[0], SEARCHES[-1])
    asked = Chat(*llama.smollm2(progress=False))
    start = list(asked.token_ids)
    answers = []
    for text, translation, wanted in zip(texts, ours, references, strict=False):

        def work(text: str = text, translation: str = translation, wanted: list[str] = wanted) -> Row:
            asked.token_ids = list(start)  # each sentence by itself; what they begin with is in the cache
            reply = asked.ask(question(text), 40)
            said = reply.text.strip().split("\n")[0].removeprefix("Spanish:").strip()
            return {"chat": said, "finished": reply.finished, "ours": translation, "references": wanted}

        answers.append(run.once("chat", {"text": text}, work, threads=1))
    compared(run, answers)


def compared(run: Study, answers: Sequence[Row]) -> None:
    """Both, and the English sentence itself, which shares names and signs with its translation: pairwise, in chrF."""
    wanted = [row["references"] for row in answers]
    counts = {name: scores.chrf_counts([row[name] for row in answers], wanted) for name in ("text", "chat", "ours")}
    rows = [{"name": name, "chrf": scores.chrf_of(each)} for name, each in counts.items()]
    for row, against in zip(rows[1:], ("text", "chat"), strict=True):
        found = scores.compare(counts[against], counts[str(row["name"])], scores.chrf_of)
        row |= {"against": against, **found._asdict()}
    print(rows)
    if not run.quick:
        results.save(NAME, "chat_scores", {"rows": rows, "sentences": len(answers)})


# --- dates ------------------------------------------------------------------------------------------------------------


def date_models(n_characters: int) -> dict[str, Callable[[], nn.Module]]:
    """06's translator of dates and the recurrent one, of about the same size."""
    return {
        "recurrent": lambda: RecurrentTranslator(n_characters, dates.TARGETS, 128),
        "Transformer": lambda: Transformer(
            n_characters, dates.TARGETS, hidden_size=64, n_heads=4, intermediate_size=256
        ),
    }


def date_model(run: Study, wanted: Row) -> tuple[Any, dates.Characters, float]:
    """A model after so many dates, each seen once; the characters that it knows; its processor seconds."""
    pairs = dates.date_pairs("train", run.size(wanted["examples"], 64))
    characters = dates.Characters(pairs.texts)
    torch.manual_seed(wanted["seed"])
    model, start = date_models(len(characters))[wanted["arm"]](), time.process_time()
    batches = dates.DateBatches(pairs, characters, 64, wanted["seed"])
    fit(model, batches, dates.translation_loss, learning_rate=wanted["learning_rate"], progress=False)
    return model, characters, time.process_time() - start


def date_loss(run: Study, wanted: Row) -> Row:
    """The cross-entropy of 1,000 validation dates, in nats a character."""
    try:
        model, characters, _ = date_model(run, wanted)
    except TrainingDiverged:
        return {"validation_loss": math.log(dates.TARGETS), "diverged": True}
    batches = dates.DateBatches(dates.date_pairs("validation", run.size(1000, 8), seed=1), characters, 500)
    with evaluating(model), torch.no_grad():
        losses = [dates.translation_loss(model, batch).item() for batch in batches]
    return {"validation_loss": statistics.mean(losses), "diverged": False}


def dates_right(run: Study, wanted: Row) -> Row:
    """Which of 2,000 test dates are exact, as a number with a bit for each."""
    model, characters, seconds = date_model(run, wanted)
    pairs = dates.date_pairs("test", run.size(2000, 8), seed=2)
    guesses = dates.translations(model, characters, pairs.texts)
    right = [guess == iso for guess, iso in zip(guesses, pairs.isos, strict=True)]
    size = sum(p.numel() for p in model.parameters())
    bits = f"{int('1' + ''.join(str(int(each)) for each in right), 2):x}"  # a 1 before them keeps the zeros
    return {"right": statistics.mean(right), "bits": bits, "cpu_s": seconds, "parameters": size}


def by_dates(run: Study) -> None:
    """Each arm and budget with its own learning rate; then the same dates and the same start, pairwise."""
    for examples in run.some(DATES):
        rows: dict[str, list[Row]] = {}
        for arm in date_models(1):
            wanted: Row = {"arm": arm, "examples": examples}

            def loss(rate: float, wanted: Row = wanted) -> float:
                row = {**wanted, "learning_rate": rate, "seed": SEEDS[0]}
                return -run.once("date_rates", row, lambda: date_loss(run, row), threads=1)["validation_loss"]

            wanted["learning_rate"] = run.grown(DATE_RATES, loss)
            starts = [{**wanted, "seed": seed} for seed in run.some(SEEDS)]
            rows[arm] = run.rows("dates", starts, lambda row: dates_right(run, row))
        for first, second in zip(*rows.values(), strict=True):
            run.once("date_pairs", {"examples": examples, "seed": first["seed"]}, partial(paired, first, second))


def paired(first: Row, second: Row) -> Row:
    """On how many dates only one of two models is right, and McNemar's p."""
    found = mcnemar(*([digit == "1" for digit in f"{int(row['bits'], 16):b}"[1:]] for row in (first, second)))
    return {f"only_{first['arm']}": found.only_first, f"only_{second['arm']}": found.only_second, "p": found.p_value}


PARTS: dict[str, Callable[[Study], None]] = {
    "ablations": ablations, "test": test, "beams": beams, "dates": by_dates, "chat": chat, "long": long,
}  # fmt: skip


if __name__ == "__main__":
    torch.set_num_threads(1)  # processor seconds of two threads are not those of one
    main(__doc__, PARTS, partial(Study, NAME))
