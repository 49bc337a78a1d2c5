"""What both tokenizers need: a token with its place, special tokens cut out of a text, ids back to tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from operator import index
from typing import NamedTuple

CACHED_LENGTH, CACHED_WORDS = 100, 200_000  # longer words are not kept; a full cache starts anew


class Token(NamedTuple):
    """One token: its number, how the vocabulary spells it, and the characters text[start:end] that it stands for."""

    id: int
    text: str
    start: int
    end: int


class Specials:
    """Tokens such as [CLS] or <|endoftext|>, which are cut out of a text before all else; the longest one wins."""

    def __init__(self, tokens: Iterable[str]) -> None:
        if isinstance(tokens, str):
            raise ValueError(f"Give a list of special tokens, not one text: [{tokens!r}].")
        self.tokens = tuple(tokens)
        if not all(isinstance(token, str) and token for token in self.tokens):
            raise ValueError("Each special token must be a text with at least one character.")
        longest_first = sorted(self.tokens, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first))) if self.tokens else None

    def parts(self, text: str) -> Iterator[tuple[str, int, bool]]:
        """(part, where it starts, whether it is a special token); no part is empty."""
        start = 0
        for match in self.pattern.finditer(text) if self.pattern else ():
            if match.start() > start:
                yield text[start : match.start()], start, False
            yield match[0], match.start(), True
            start = match.end()
        if start < len(text):
            yield text[start:], start, False


def text_of(token_ids: Iterable[int], known: Mapping[int, str]) -> list[str]:
    """The token of each id. Raises ValueError for one that the vocabulary does not have, or no whole number."""
    try:
        return [known[index(i)] for i in token_ids]
    except KeyError as error:
        raise ValueError(f"No token has the id {error}; the vocabulary has {len(known):,} tokens.") from None
    except TypeError:
        raise ValueError(f"Give a list of token ids, whole numbers, not {token_ids!r:.60}.") from None
