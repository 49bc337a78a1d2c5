"""How large should a vocabulary be? Bits per character of two language models on Shakespeare, by size of vocabulary.

    python benchmarks/language_models.py bigrams    counts, on all training plays and on the first tenth of their text
    python benchmarks/language_models.py neural     `NextToken` with a fixed number of parameters, several seeds

Each writes its section of benchmarks/results/language_models.json. Only the validation plays are read, not the test
plays. The tokenizers are trained by the Rust library, whose merges are those of `lessons.tokens`, on the same text as
the model. `neural` fixes parameters, steps and learning rate. The width of the layers, the characters in a window and
how often each row is trained change with the vocabulary, so it cannot say which of them matters.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from lessons.kit import results
from lessons.kit.datasets import shakespeare
from lessons.kit.training import fit
from lessons.tokens.language_models import NextToken, WindowBatches, bits, bits_per_character, next_token_loss

SIZES = (256, 512, 1024, 2048, 4096, 8192, 16384)
STRENGTHS = (1, 3, 10, 30, 100, 300, 1000, 3000)  # of the smoothing; the best one on validation is reported
CONTEXT, PARAMETERS, STEPS, BATCH = 8, 213_000, 1500, 512


def bpe(documents: list[str], vocab_size: int) -> Tokenizer:
    """A byte-level BPE tokenizer with GPT-2's pre-tokenisation."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def tokens(tokenizer: Tokenizer, documents: list[str]) -> torch.Tensor:
    """The ids of all documents, one after the other."""
    return torch.tensor([token for encoding in tokenizer.encode_batch(documents) for token in encoding.ids])


def bigram_bits(train: np.ndarray, held_out: np.ndarray, size: int, strength: float) -> np.ndarray:
    """Bits of each held-out token after the first, smoothed towards the unigram; no table of size * size is built."""
    unigram = (np.bincount(train[1:], minlength=size) + 1) / (len(train) - 1 + size)
    before = np.bincount(train[:-1], minlength=size)
    keys, counts = np.unique(train[:-1].astype(np.int64) * size + train[1:], return_counts=True)
    wanted = held_out[:-1].astype(np.int64) * size + held_out[1:]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    seen = np.where(keys[place] == wanted, counts[place], 0)
    return -np.log2((seen + strength * unigram[held_out[1:]]) / (before[held_out[:-1]] + strength))


def bigrams() -> None:
    """Both amounts of text, every size."""
    data = shakespeare()
    everything = "".join(data.train)
    rows = []
    for name, text in (("all", everything), ("a tenth", everything[: len(everything) // 10])):
        for size in SIZES:
            tokenizer = bpe([text], size)
            train, held_out = tokens(tokenizer, [text]).numpy(), tokens(tokenizer, list(data.validation)).numpy()
            characters = len(tokenizer.decode(held_out[CONTEXT:].tolist()))
            plays = [(tokens(tokenizer, [play]).numpy(), len(play)) for play in data.validation]
            scores = {s: bigram_bits(train, held_out, size, s)[CONTEXT - 1 :] for s in STRENGTHS}
            strength = min(scores, key=lambda s: scores[s].sum())
            in_use = np.bincount(train, minlength=size)
            rows.append(
                {
                    "text": name,
                    "characters": len(text),
                    "vocabulary": tokenizer.get_vocab_size(),
                    "strength": strength,
                    "bits_per_token": float(scores[strength].mean()),
                    "bits_per_character": float(scores[strength].sum() / characters),
                    "of_each_play": [float(bigram_bits(train, ids, size, strength).sum() / n) for ids, n in plays],
                    "characters_per_token": characters / len(scores[strength]),
                    "seen_less_than_100_times": float((in_use < 100).mean()),
                }
            )
            print(rows[-1], flush=True)
    print(results.save("language_models", "bigrams", {"rows": rows}))


def width(vocabulary: int) -> int:
    """The hidden size, 8 times that of the embedding, with which NextToken has about PARAMETERS parameters."""
    quadratic, linear = CONTEXT / 8, vocabulary / 8 + vocabulary + 1
    return max(8, round((-linear + math.sqrt(linear**2 + 4 * quadratic * (PARAMETERS - vocabulary))) / (2 * quadratic)))


def neural(seeds: int) -> None:
    """The same number of parameters, steps and windows for every size; nothing is tuned for any of them."""
    data = shakespeare()
    rows = []
    for size in SIZES[:-1]:
        tokenizer = bpe(list(data.train), size)
        train, held_out = tokens(tokenizer, list(data.train)), tokens(tokenizer, list(data.validation))
        characters = len(tokenizer.decode(held_out[CONTEXT:].tolist()))
        hidden = width(size)
        for seed in range(seeds):
            torch.manual_seed(seed)
            model = NextToken(size, CONTEXT, max(1, round(hidden / 8)), hidden)
            batches = WindowBatches(train, CONTEXT, BATCH, STEPS, seed)
            fit(model, batches, next_token_loss, learning_rate=3e-3, progress=False, device="cpu")
            rows.append(
                {
                    "vocabulary": size,
                    "seed": seed,
                    "hidden": hidden,
                    "parameters": sum(p.numel() for p in model.parameters()),
                    "bits_per_character": bits_per_character(bits(model, held_out), characters),
                }
            )
            print(rows[-1], flush=True)
    print(results.save("language_models", "neural", {"steps": STEPS, "batch": BATCH, "rows": rows}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("bigrams", "neural"))
    parser.add_argument("--seeds", type=int, default=3, help="for neural")
    arguments = parser.parse_args()
    bigrams() if arguments.what == "bigrams" else neural(arguments.seeds)
