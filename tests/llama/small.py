"""A small Llama and a tokenizer of its own, for tests that need no real weights."""

from __future__ import annotations

import torch

from lessons.llama import Llama, LlamaConfig, Tokenizer
from lessons.tokens import BytePairTokenizer

VOCAB_SIZE = 280
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def tokenizer() -> Tokenizer:
    """280 tokens, learnt from a line."""
    words = BytePairTokenizer.train(
        "the king and the queen and the user asks the assistant\n" * 20, VOCAB_SIZE, SPECIAL
    )
    return Tokenizer(words.vocabulary, words.merges, SPECIAL)


def model(vocab_size: int, seed: int = 0) -> Llama:
    """With weights large enough that its texts vary."""
    torch.manual_seed(seed)
    found = Llama(LlamaConfig(vocab_size, 24, 2, 4, 2, 40, 64, std=0.3)).double()
    return found.eval()
