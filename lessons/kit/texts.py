"""Texts as every tokenizer of the course takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable


def readable(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate: half of a character, which UTF-8 cannot write.

    Raises ValueError for anything but a str.
    """
    if not isinstance(text, str):
        raise ValueError(f"A tokenizer takes a text (str), not {type(text).__name__}.")
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def listed(texts: Iterable[str]) -> list[str]:
    """Many texts, such as a column of a table, as a list of readable ones.

    Raises TypeError for one bare string, and for anything that is not a text.
    """
    if isinstance(texts, str):
        raise TypeError("Give a list of texts, not one string: [text].")
    if not isinstance(texts, Iterable):
        raise TypeError(f"Give a list of texts, not {type(texts).__name__}.")
    found = list(texts)
    if wrong := [text for text in found if not isinstance(text, str)]:
        raise TypeError(f"Every text must be a string; found {type(wrong[0]).__name__}: {wrong[0]!r:.60}.")
    return [readable(text) for text in found]
