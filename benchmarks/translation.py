"""The longer runs of notebook 13: its recipe with one thing changed, a longer training, beams, a chat model, dates.

    python benchmarks/translation.py ablations  smoothing, warm-up, shared vectors: each left out (about 90 minutes)
    python benchmarks/translation.py test       the recipe on the test split, three starts, once (about 15 minutes)
    python benchmarks/translation.py long       a larger translator and a longer training (about 60 minutes)
    python benchmarks/translation.py beams      beams of 1 to 64, three powers of the length (about 30 minutes)
    python benchmarks/translation.py chat       SmolLM2 asked to translate 200 sentences (about 25 minutes)
    python benchmarks/translation.py dates      a recurrent translator and 06's on dates (about 40 minutes)

The minutes are estimates for one thread of a quiet core. Each part writes its section of
benchmarks/results/translation.json. Every row is kept as it comes and not made again, so a run may be cut off and go on
later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes nothing.

Learning rates are chosen for each arm on the validation split with the first start, from grids that grow until the best
is not at an edge; the other starts follow with the chosen one. The test split is opened in `test`, `long` and `chat`,
once each, with settings that were chosen before. Starts differ in the weights and in the order of the batches.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lessons.course import places
from lessons.kit import datasets, results
from lessons.kit.studies import Study
from lessons.kit.training import fit
from lessons.tokens import BytePairTokenizer
from lessons.transformer import Transformer, dates
from lessons.translation import recipe, scores, sentences
from lessons.translation.recurrent import RecurrentTranslator
from lessons.translation.search import Hypothesis
from lessons.translation.sentences import END, Pair, decoded
from lessons.translation.translator import Translator, candidates, repeats, translate

NAME = "translation"
SEEDS = (0, 1, 2)
ARMS: dict[str, dict[str, Any]] = {
    "recipe": {},
    "no smoothing": {"smoothing": 0.0},
    "no warm-up": {"warmup": 0.0},
    "vectors apart": {"shared": False},
}
RATES = (1e-3, 2e-3, 4e-3)
BEAMS = (1, 2, 4, 8, 16, 32, 64)
POWERS = (0.0, 0.5, 1.0)
LONG = {"hidden_size": 256, "n_layers": 3, "intermediate_size": 1024, "n_heads": 4, "dropout": 0.1}
LONG_VOCABULARY, LONG_STEPS, LONG_RATE = 8_000, 10_000, 1e-3
Row = dict[str, Any]


# --- data -------------------------------------------------------------------------------------------------------------


@cache
def words(vocab_size: int) -> tuple[BytePairTokenizer, list[Pair]]:
    """Subwords of so many tokens, and the training pairs in them."""
    train = datasets.translations().train
    tokenizer = sentences.subwords(train, vocab_size)
    return tokenizer, sentences.encoded_pairs(tokenizer, train)


def judged(model: Transformer, tokenizer: BytePairTokenizer, split: str, n: int, beam_size: int) -> Row:
    """BLEU and chrF with intervals over the sentences, and how often it loops."""
    texts, references = sentences.with_references(getattr(datasets.translations(), split), n)
    written = translate(model, tokenizer, texts, beam_size=beam_size)
    row: Row = {"sentences": len(texts), "loops": statistics.mean(repeats(text, 3) for text in written)}
    for name, counts, formula in (
        ("bleu", scores.bleu_counts(written, references), scores.bleu_of),
        ("chrf", scores.chrf_counts(written, references), scores.chrf_of),
    ):
        found = scores.bootstrap(counts, formula)
        row |= {name: found.score, f"{name}_low": found.low, f"{name}_high": found.high}
    return row


# --- the recipe, and what it is made of -------------------------------------------------------------------------------


def trained(run: Study, arm: str, learning_rate: float, seed: int) -> tuple[Translator, float]:
    """A translator trained by the recipe with one thing changed, and its mean loss over the last fifty steps."""
    settings = dict(ARMS[arm])
    tokenizer, pairs = words(recipe.VOCAB_SIZE)
    model = recipe.new_translator(len(tokenizer), seed, shared=settings.pop("shared", True))
    steps = run.size(recipe.STEPS, 3)
    history = recipe.train(
        model, pairs, steps=steps, learning_rate=learning_rate, seed=seed, progress=False, **settings
    )
    return model, statistics.mean(history.loss[-50:])


def ablations(run: Study) -> None:
    """Each arm with its own learning rate, on 1,000 sentences of the validation split."""
    for arm in ARMS:

        def one(learning_rate: float, seed: int, arm: str = arm) -> Row:
            def work() -> Row:
                model, loss = trained(run, arm, learning_rate, seed)
                n = run.size(1000, 4)
                tokenizer = words(recipe.VOCAB_SIZE)[0]
                greedy = judged(model, tokenizer, "validation", n, 1)
                beam = judged(model, tokenizer, "validation", n, 4)
                return {"loss": loss, **{f"greedy_{key}": value for key, value in greedy.items()}, **beam}

            return run.once("ablations", {"arm": arm, "learning_rate": learning_rate, "seed": seed}, work)

        best = run.grown(RATES, lambda rate, one=one: one(rate, SEEDS[0])["bleu"])
        for seed in run.some(SEEDS):
            one(best, seed)


def best_rate(run: Study, section: str, arm: str) -> float:
    """The rate that an arm was given for all its starts. Raises ValueError before that section is there."""
    if run.quick:
        return RATES[1]
    rows = [row for row in results.rows(NAME, section, arm=arm) if row["seed"] == SEEDS[-1]]
    if not rows:
        raise ValueError(f"Run `{section}` first: it chooses the learning rate.")
    return rows[0]["learning_rate"]


def test(run: Study) -> None:
    """The recipe on the whole test split, greedily and with a beam of four; the first start's weights are kept."""
    rate = best_rate(run, "ablations", "recipe")
    for seed in run.some(SEEDS):

        def work(seed: int = seed) -> Row:
            model, _ = trained(run, "recipe", rate, seed)
            tokenizer, n = words(recipe.VOCAB_SIZE)[0], run.size(10_000, 4)
            if not run.quick and seed == SEEDS[0]:
                keep(model, "recipe")
            row: Row = {"learning_rate": rate}
            for beam_size, name in ((1, "greedy_"), (4, "")):
                found = judged(model, tokenizer, "test", n, beam_size)
                row |= {f"{name}{key}": value for key, value in found.items()}
            return row

        run.once("test", {"seed": seed}, work)


def weights_file(name: str) -> Path:
    """Where weights are kept between the parts: not in the repository."""
    return places.ROOT / "build" / "translation" / f"{name}.safetensors"


def keep(model: nn.Module, name: str) -> None:
    """Write a model's weights, each once: what is shared has one name among the parameters."""
    from safetensors.torch import save_file

    weights_file(name).parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().contiguous() for key, value in model.named_parameters()}, weights_file(name))


def kept(run: Study, name: str) -> Translator:
    """The recipe's translator, as `test` left it; trained now if it did not."""
    from safetensors.torch import load_file

    if run.quick or not weights_file(name).is_file():
        model, _ = trained(run, "recipe", best_rate(run, "ablations", "recipe"), SEEDS[0])
        if not run.quick:
            keep(model, name)
        return model
    model = recipe.new_translator(len(words(recipe.VOCAB_SIZE)[0]))
    model.load_state_dict(load_file(weights_file(name)), strict=False)  # shared tables are there once
    return model


# --- longer -----------------------------------------------------------------------------------------------------------


def long(run: Study) -> None:
    """A larger translator on all pairs, several times; its settings are not tuned, and nothing is compared with it."""

    def work() -> Row:
        tokenizer, pairs = words(run.size(LONG_VOCABULARY, 600))
        sizes = {**LONG, "hidden_size": run.size(256, 16), "intermediate_size": run.size(1024, 16)}
        model = recipe.new_translator(len(tokenizer), **sizes)
        start = time.process_time()
        recipe.train(
            model, pairs, steps=run.size(LONG_STEPS, 2), learning_rate=LONG_RATE, n_tokens=1500, progress=False
        )
        row: Row = {"parameters": sum(p.numel() for p in model.parameters()), "cpu_s": time.process_time() - start}
        n = run.size(10_000, 4)
        for beam_size, name in ((1, "greedy_"), (4, "")):
            found = judged(model, tokenizer, "test", n, beam_size)
            row |= {f"{name}{key}": value for key, value in found.items()}
        texts, references = sentences.with_references(datasets.translations().test, run.size(40, 2))
        written = translate(model, tokenizer, texts, beam_size=4)
        row["samples"] = [list(each) for each in zip(texts, written, [r[0] for r in references], strict=True)]
        return row

    run.once("long", {"steps": LONG_STEPS, **LONG}, work)


# --- beams ------------------------------------------------------------------------------------------------------------


def beams(run: Study) -> None:
    """What a wider beam finds, and what that is worth: 300 sentences of the validation split."""
    model, tokenizer = kept(run, "recipe"), words(recipe.VOCAB_SIZE)[0]
    texts, references = sentences.with_references(datasets.translations().validation, run.size(300, 3))
    for beam_size in run.some(BEAMS, 2):

        def work(beam_size: int = beam_size) -> Row:
            found = candidates(model, tokenizer, texts, beam_size=beam_size, batch_size=16)
            row: Row = {"best_log": statistics.mean(max(t.log_probability for t in each) for each in found)}
            for power in POWERS:
                best = [max(each, key=lambda text, p=power: text.score(p)) for each in found]
                row |= {f"{key}_{power}": value for key, value in of_texts(tokenizer, best, references).items()}
            return row

        run.once("beams", {"beam_size": beam_size}, work, sentences=len(texts))


def of_texts(tokenizer: BytePairTokenizer, best: Sequence[Hypothesis], references: list[list[str]]) -> Row:
    """BLEU, chrF, length and loops of what was chosen, and the share that says nothing at all."""
    written = [decoded(tokenizer, text.token_ids) for text in best]
    return {
        "bleu": scores.bleu(written, references),
        "chrf": scores.chrf(written, references),
        "tokens": statistics.mean(len(text.token_ids) for text in best),
        "empty": statistics.mean(text.token_ids == (END,) for text in best),
        "loops": statistics.mean(repeats(text, 3) for text in written),
    }


# --- a chat model -----------------------------------------------------------------------------------------------------

EXAMPLES = ("Where is the station?", "I don't have time today.", "She bought a new car.")
SPANISH = ("¿Dónde está la estación?", "Hoy no tengo tiempo.", "Ella compró un coche nuevo.")


def question(text: str) -> str:
    """Three examples and a sentence; written before any answer was seen, and not tuned."""
    shown = "\n".join(f"English: {a}\nSpanish: {b}" for a, b in zip(EXAMPLES, SPANISH, strict=True))
    return f"Translate from English to Spanish.\n\n{shown}\nEnglish: {text}\nSpanish:"


def chat(run: Study) -> None:
    """SmolLM2's answers, up to their first line's end, beside the recipe's translations of the same sentences."""
    from lessons import llama
    from lessons.llama import Chat

    texts, references = sentences.with_references(datasets.translations().test, run.size(200, 2))
    model, tokenizer = llama.smollm2(progress=False)
    ours = translate(kept(run, "recipe"), words(recipe.VOCAB_SIZE)[0], texts, beam_size=4)
    answers = []
    for text, translation, wanted in zip(texts, ours, references, strict=True):

        def work(text: str = text, translation: str = translation, wanted: list[str] = wanted) -> Row:
            said = Chat(model, tokenizer).ask(question(text), 40).text.strip().split("\n")[0]
            said = said.removeprefix("Spanish:").strip()
            return {"chat": said, "ours": translation, "references": wanted}

        answers.append(run.once("chat", {"text": text}, work))
    report(run, answers)


def report(run: Study, answers: Sequence[Row]) -> None:
    """Both on the same sentences, compared pairwise."""
    wanted = [row["references"] for row in answers]
    sides = {name: scores.chrf_counts([row[name] for row in answers], wanted) for name in ("chat", "ours")}
    found = scores.compare(sides["chat"], sides["ours"], scores.chrf_of)
    row = {name: scores.chrf_of(counts) for name, counts in sides.items()} | found._asdict()
    print(row)
    if not run.quick:
        results.save(NAME, "chat", {"rows": list(answers), "chrf": row})


# --- dates ------------------------------------------------------------------------------------------------------------


def dates_models(n_characters: int) -> dict[str, Callable[[], nn.Module]]:
    """06's translator of dates and the recurrent one, of about the same size."""
    return {
        "recurrent": lambda: RecurrentTranslator(n_characters, dates.TARGETS, 128),
        "Transformer": lambda: Transformer(
            n_characters, dates.TARGETS, hidden_size=64, n_heads=4, intermediate_size=256
        ),
    }


def by_dates(run: Study) -> None:
    """Exact dates after the same number of examples; each with its own learning rate."""
    pairs = dates.date_pairs("train", run.size(30_000, 64))
    characters = dates.Characters(pairs.texts)
    validation = dates.date_pairs("validation", run.size(1000, 8), seed=1)
    for name, make in dates_models(len(characters)).items():

        def one(rate: float, seed: int, name: str = name, make: Callable[[], nn.Module] = make) -> Row:
            def work() -> Row:
                torch.manual_seed(seed)
                model = make()
                batches, start = dates.DateBatches(pairs, characters, 64, seed), time.process_time()
                fit(model, batches, dates.translation_loss, epochs=run.size(2, 1), learning_rate=rate, progress=False)
                seconds = time.process_time() - start
                right = dates.exact_match(model, characters, validation)  # type: ignore[arg-type]
                size = sum(p.numel() for p in model.parameters())
                return {"right": right, "cpu_s": seconds, "parameters": size}

            return run.once("dates", {"arm": name, "learning_rate": rate, "seed": seed}, work)

        best = run.grown(RATES, lambda rate, one=one: one(rate, SEEDS[0])["right"])
        for seed in run.some(SEEDS):
            one(best, seed)


PARTS: dict[str, Callable[[Study], None]] = {
    "ablations": ablations, "test": test, "long": long, "beams": beams, "chat": chat, "dates": by_dates,
}  # fmt: skip


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the parts that were named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=PARTS)
    parser.add_argument("--quick", action="store_true", help="little of everything, nothing written")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    for each in chosen.what:
        PARTS[each](Study(NAME, chosen.quick, chosen.minutes))


if __name__ == "__main__":
    main()
