"""A byte-pair tokenizer for the browser: what `byteLevel` in tokens/formulas.js is given."""

from __future__ import annotations

from typing import Any

from lessons.tokens import BYTE_CHARACTERS, BytePairTokenizer


def byte_level_data(tokenizer: BytePairTokenizer) -> dict[str, Any]:
    """What the browser needs to encode as this tokenizer does; `merge_ids` is one number where they count up."""
    ids = [tokenizer.vocabulary[first + second] for first, second in tokenizer.merges]
    counts_up = ids == [*range(ids[0], ids[0] + len(ids))] if ids else False
    return {
        "byte_ids": [tokenizer.vocabulary[character] for character in BYTE_CHARACTERS],
        "merges": "\n".join(" ".join(merge) for merge in tokenizer.merges),
        "merge_ids": ids[0] if counts_up else ids,
        "special": {token: tokenizer.vocabulary[token] for token in tokenizer.special_tokens},
    }
