"""Tokens: from characters to numbers. A tokenizer cuts a text into pieces that it knows and numbers them.

- `byte_pair`: byte-level byte-pair encoding, as in GPT-2. Nothing is unknown to it.
- `word_piece`: WordPiece, as in BERT. What it cannot piece together becomes `[UNK]`.
- `language_models`: the first language models, which predict the next token from the last one.

Both tokenizers give, id for id, what the Rust library `tokenizers` gives; tests/tokens/test_tokenizers.py says where
their tables of Unicode differ. A lone surrogate (half of a UTF-16 pair, which no file in UTF-8 can hold) counts as
U+FFFD, "�".
"""

from .byte_pair import BYTE_CHARACTERS, BYTE_OF, GPT2_PATTERN, BytePairTokenizer, pre_tokenise, spelling
from .pieces import CACHED_LENGTH, CACHED_WORDS, Token
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
    "CACHED_LENGTH",
    "CACHED_WORDS",
]
