"""How large should a vocabulary be, and how far back should a language model look? Bits per character on Shakespeare.

    python benchmarks/language_models.py vocabulary    counts and networks, by size of vocabulary
    python benchmarks/language_models.py contexts      counts and networks that see 1, 2, 4 or 8 tokens, vocabulary 512

Each writes its section of benchmarks/results/language_models.json. Nine of the 34 training plays are read once by
everybody: the tokenizer learns from them, counts count them, and a network takes each of their tokens as target exactly
once (batches of 512, shuffled, AdamW, warm-up 10 %, then down to 0). Counts, which cost little, are also made on all
34 plays. Fixed for all networks: 32 numbers for each token, a hidden layer of 128, the schedule. Free, and reported:
the parameters, which grow with the vocabulary.

Chosen on the two validation plays, for every arm alike: the peak learning rate of each network (factors of about 3; the
grid grows until the best is not at its edge; seed 0) and the strength of smoothing of each order of counts (factors of
about 3; the largest leaves an order out). The two test plays are then read once, with three starts of each network. The
starts share their text, so they are reported one by one, without an interval. The tokenizers are
trained by the Rust library, whose merges are those of `lessons.tokens`. A window of 8 tokens reaches further back in
characters where tokens are longer: that is part of what a vocabulary does, and stays.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from lessons.kit import results
from lessons.kit.datasets import shakespeare
from lessons.kit.training import fit
from lessons.tokens.language_models import NextToken, bits, bits_per_character, next_token_loss, windows

SIZES, SIZE_OF_CONTEXTS = (256, 512, 1024), 512
SIZES_OF_COUNTS = (*SIZES, 2048, 4096)
CONTEXTS, CONTEXT = (1, 2, 4, 8), 8
STRENGTHS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 1_000_000)  # the last: this order is left out
LEARNING_RATES = (1e-2, 3e-2)  # where the search begins
PLAYS, ALL_PLAYS, DIM, HIDDEN, BATCH, SEEDS = 9, 34, 32, 128, 512, 3


def bpe(documents: Sequence[str], vocab_size: int) -> Tokenizer:
    """A byte-level BPE tokenizer with GPT-2's pre-tokenisation."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def tokens(tokenizer: Tokenizer, documents: Sequence[str]) -> torch.Tensor:
    """The ids of all documents, one after the other."""
    return torch.tensor([token for encoding in tokenizer.encode_batch(list(documents)) for token in encoding.ids])


class Texts:
    """The plays in the tokens of one vocabulary: `train`, `validation`, `test`."""

    def __init__(self, vocab_size: int, plays: int = PLAYS) -> None:
        data = shakespeare()
        self.vocab_size, self.plays = vocab_size, plays
        self.tokenizer = bpe(data.train[:plays], vocab_size)
        self.train = tokens(self.tokenizer, data.train[:plays])
        self.held_out = {
            "validation": tokens(self.tokenizer, data.validation),
            "test": tokens(self.tokenizer, data.test),
        }
        ends = {split: token_ids[CONTEXT:].tolist() for split, token_ids in self.held_out.items()}
        self._characters = {split: len(self.tokenizer.decode(token_ids)) for split, token_ids in ends.items()}

    def characters(self, split: str) -> int:
        """How many characters the tokens after the first CONTEXT ones stand for."""
        return self._characters[split]


# --- counts -----------------------------------------------------------------------------------------------------------


def ngram_counts(train: np.ndarray, held_out: np.ndarray, vocab_size: int, order: int) -> list[np.ndarray]:
    """For each held-out token: how often its last 0, 1, ... `order` tokens were followed by it, and by anything.

    Arrays (2, held-out tokens), one for each length of the context. At 0 every token counts once more than it occurs.
    """
    n, both = len(train), np.concatenate([train, held_out]).astype(np.int64)
    seen = np.bincount(train, minlength=vocab_size)[held_out] + 1
    found = [np.stack([seen, np.full(len(held_out), n + vocab_size)])]
    contexts = np.zeros(len(both), dtype=np.int64)  # the number of the context that stands before each place
    for back in range(1, order + 1):
        contexts = np.unique(contexts * vocab_size + np.roll(both, back), return_inverse=True)[1]
        pairs = np.unique(contexts * vocab_size + both, return_inverse=True)[1]
        rows = [np.bincount(keys[back:n], minlength=keys.max() + 1)[keys[n:]] for keys in (pairs, contexts)]
        found.append(np.stack(rows))
    return found


def mixed_bits(found: Sequence[np.ndarray], strengths: Sequence[float]) -> np.ndarray:
    """Bits of each held-out token after the first `len(strengths)`, from what `ngram_counts` gives.

    Each order is smoothed towards the one below it, as if the context had been seen `strength` times more (MacKay &
    Peto 1995); the lowest is how frequent each token is, counts + 1.
    """
    chances = found[0][0] / found[0][1]
    for (seen, total), strength in zip(found[1:], strengths, strict=False):
        chances = (seen + strength * chances) / (total + strength)
    return -np.log2(chances[len(strengths) :])


def best_strength(cost: Callable[[float], float]) -> float:
    """The strength of the lowest cost. Raises AssertionError if it is the weakest: then a weaker one may be better."""
    costs = {strength: cost(strength) for strength in STRENGTHS}
    best = min(costs, key=costs.__getitem__)
    assert best != STRENGTHS[0], f"{best} is at the edge of {costs}"
    return best


def n_rows(train: np.ndarray, vocab_size: int, context: int) -> int:
    """How many different rows of `context` + 1 tokens were counted: the numbers that a table of counts has to keep."""
    rows = train.astype(np.int64)
    for back in range(1, context + 1):
        earlier = train[: len(train) - back].astype(np.int64)
        rows = np.unique(rows[1:] * vocab_size + earlier, return_inverse=True)[1]
    return int(rows.max()) + 1


def counts_row(texts: Texts, context: int) -> dict[str, Any]:
    """Counts of up to `context` tokens back: strengths chosen on validation, order by order; then the test."""
    train, strengths = texts.train.numpy(), []
    found = {
        split: ngram_counts(train, ids.numpy(), texts.vocab_size, context) for split, ids in texts.held_out.items()
    }

    def scored(split: str, strengths: Sequence[float]) -> float:
        token_bits = mixed_bits(found[split], strengths)[CONTEXT - len(strengths) :]
        return bits_per_character(torch.from_numpy(token_bits), texts.characters(split))

    for _ in range(context):
        chosen = best_strength(lambda strength: scored("validation", [*strengths, strength]))
        strengths.append(chosen)
    return {
        "model": "counts",
        "vocabulary": texts.vocab_size,
        "context": context,
        "parameters": n_rows(train, texts.vocab_size, context),
        "strengths": strengths,
        "validation": scored("validation", strengths),
        "test": [scored("test", strengths)],
    }


# --- networks ---------------------------------------------------------------------------------------------------------


class OnePass:
    """Every token of a text as target exactly once, in shuffled batches, with the `context` tokens before it."""

    def __init__(self, token_ids: torch.Tensor, context: int, batch_size: int, seed: int) -> None:
        self.contexts, self.targets = windows(token_ids, context)
        order = torch.randperm(len(self.targets), generator=torch.Generator().manual_seed(seed))
        self.parts = order.split(batch_size)

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for part in self.parts:
            yield self.contexts[part], self.targets[part]


def trained(texts: Texts, context: int, learning_rate: float, seed: int) -> NextToken:
    """A network after one pass over the training text."""
    torch.manual_seed(seed)
    model = NextToken(texts.vocab_size, context, DIM, HIDDEN)
    batches = OnePass(texts.train, context, BATCH, seed)
    fit(model, batches, next_token_loss, learning_rate=learning_rate, progress=False, device="cpu")
    return model


def network_score(texts: Texts, model: NextToken, split: str) -> float:
    """Bits per character after the first CONTEXT tokens, the same for every model."""
    found = bits(model, texts.held_out[split], context=model.context)
    return bits_per_character(found[CONTEXT - model.context :], texts.characters(split))


def network_row(texts: Texts, context: int) -> dict[str, Any]:
    """The learning rate chosen on validation with seed 0, then the test with three starts."""
    found: dict[float, NextToken] = {}
    scores: dict[float, float] = {}
    candidates = list(LEARNING_RATES)
    while len(scores) < len(candidates):
        for rate in candidates:
            if rate not in scores:
                found[rate] = trained(texts, context, rate, seed=0)
                scores[rate] = network_score(texts, found[rate], "validation")
                print(texts.vocab_size, context, rate, scores[rate], flush=True)
        best = min(scores, key=scores.__getitem__)
        if best == candidates[-1]:
            candidates.append(float(f"{best * 10**0.5:.0e}"))
        elif best == candidates[0]:
            candidates.insert(0, float(f"{best / 10**0.5:.0e}"))
    starts = [found[best], *(trained(texts, context, best, seed) for seed in range(1, SEEDS))]
    return {
        "model": "network",
        "vocabulary": texts.vocab_size,
        "context": context,
        "parameters": sum(p.numel() for p in starts[0].parameters()),
        "learning_rate": best,
        "tried": {f"{rate:g}": score for rate, score in sorted(scores.items())},
        "validation": scores[best],
        "test": [network_score(texts, model, "test") for model in starts],
    }


# --- the studies --------------------------------------------------------------------------------------------------


def about(texts: Texts) -> dict[str, Any]:
    """What a vocabulary does to the text."""
    seldom = torch.bincount(texts.train, minlength=texts.vocab_size) < 100
    return {
        "plays": texts.plays,
        "tokens": len(texts.train),
        "characters_per_token": texts.characters("test") / (len(texts.held_out["test"]) - CONTEXT),
        "seen_less_than_100_times": float(seldom.double().mean()),
    }


def vocabulary() -> Iterator[dict[str, Any]]:
    """Counts of up to 3 tokens back and networks of 8, by size of vocabulary."""
    for vocab_size in SIZES_OF_COUNTS:
        for plays in (PLAYS, ALL_PLAYS):
            texts = Texts(vocab_size, plays)
            yield counts_row(texts, context=3) | about(texts)
            if plays == PLAYS and vocab_size == SIZE_OF_CONTEXTS:  # the same runs
                yield from results.rows("language_models", "contexts", model="network", context=CONTEXT)
            elif plays == PLAYS and vocab_size in SIZES:
                yield network_row(texts, CONTEXT) | about(texts)


def contexts() -> Iterator[dict[str, Any]]:
    """Counts and networks that look equally far back."""
    texts = Texts(SIZE_OF_CONTEXTS)
    for context in CONTEXTS:
        yield counts_row(texts, context) | about(texts)
        yield network_row(texts, context) | about(texts)


STUDIES = {"vocabulary": vocabulary, "contexts": contexts}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=STUDIES)
    section = parser.parse_args().what
    rows: list[dict[str, Any]] = []
    for row in STUDIES[section]():
        rows.append(row)
        print(row, flush=True)
        results.save("language_models", section, {"batch": BATCH, "hidden": HIDDEN, "dim": DIM, "rows": rows})
