"""Tokens: from characters to numbers. A tokenizer cuts a text into pieces that it knows and numbers them.

- `byte_pair`: byte-level byte-pair encoding, as in GPT-2. Nothing is unknown to it.
- `word_piece`: WordPiece, as in BERT. What it cannot piece together becomes `[UNK]`.
- `unigram`: the cheapest row of pieces, as in Unigram and SentencePiece.
- `language_models`: the first language models, which predict the next token from those before it.
- `word_vectors`: neighbours and analogies of words that have one vector each.
- `samples`, `references`, `pictures`: small texts, the Rust library set up alike, and the drawings of the notebook.

Both tokenizers give, id for id, what the Rust library `tokenizers` gives; tests/tokens/test_tokenizers.py says where
their tables of Unicode differ. A lone surrogate (half of a UTF-16 pair, which no file in UTF-8 can hold) counts as
U+FFFD, "�".
"""

from .byte_pair import (
    BYTE_CHARACTERS,
    BYTE_OF,
    GPT2_PATTERN,
    GPT4_PATTERN,
    BytePairTokenizer,
    pre_tokenise,
    spelling,
)
from .pieces import CACHED_LENGTH, CACHED_WORDS, Token
from .unigram import cheapest_cut
from .word_piece import WordPieceTokenizer

__all__ = [
    "BytePairTokenizer",
    "WordPieceTokenizer",
    "Token",
    "pre_tokenise",
    "spelling",
    "BYTE_CHARACTERS",
    "BYTE_OF",
    "GPT2_PATTERN",
    "GPT4_PATTERN",
    "cheapest_cut",
    "CACHED_LENGTH",
    "CACHED_WORDS",
]
