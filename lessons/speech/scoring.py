"""How wrong a transcript is: edits from the true words to the written ones, after both are spelt alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SPELLINGS = {  # two ways to spell what is said in the course's own sentences
    "seashell": "sea shell", "seashells": "sea shells", "seashore": "sea shore", "recognize": "recognise",
}  # fmt: skip


class Edits(NamedTuple):
    """The fewest changes that turn one sequence into another, by kind."""

    substitutions: int
    deletions: int  # of what was said and not written
    insertions: int  # of what was written and not said
    n_reference: int  # how many there were

    @property
    def total(self) -> int:
        """All changes."""
        return self.substitutions + self.deletions + self.insertions


def edits(reference: Sequence[object], written: Sequence[object]) -> Edits:
    """The fewest substitutions, deletions and insertions from a reference to what was written (Levenshtein 1966).

    Of equally few, substitutions are preferred. Raises ValueError unless both are sequences.
    """
    if not isinstance(reference, Sequence) or not isinstance(written, Sequence):
        raise ValueError("Both must be sequences, such as lists of words.")
    row = [(j, 0, 0, j) for j in range(len(written) + 1)]  # total, substitutions, deletions, insertions
    for i, said in enumerate(reference, 1):
        before, row = row, [(i, 0, i, 0)]
        for j, word in enumerate(written, 1):
            other = int(said != word)
            total, s, d, n = before[j - 1]
            replaced = (total + other, s + other, d, n)
            total, s, d, n = before[j]
            left_out = (total + 1, s, d + 1, n)
            total, s, d, n = row[j - 1]
            added = (total + 1, s, d, n + 1)
            row.append(min(replaced, left_out, added, key=lambda way: way[0]))
    _, substitutions, deletions, insertions = row[-1]
    return Edits(substitutions, deletions, insertions, len(reference))


def spelt_alike(text: str, digits: bool = False) -> list[str]:
    """The words of a text in lower case without punctuation, spelt as in SPELLINGS; with `digits` 0 to 10 become words.

    Digits may be run together: "1-2-345" is then one two three four five. Raises ValueError for what is no str.
    """
    if not isinstance(text, str):
        raise ValueError(f"A text is a str, not {type(text).__name__}.")
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)
    words = [part for word in found for part in SPELLINGS.get(word, word).split()]
    return [word for each in words for word in (_as_words(each) if digits else [each])]


def _as_words(word: str) -> list[str]:
    if not word.isascii() or not word.isdecimal():
        return [word]
    return [NUMBERS[int(number)] for number in re.findall(r"10|\d", word)]


def word_error_rate(references: Sequence[str], transcripts: Sequence[str], digits: bool = False) -> float:
    """All edits over all words of the references; above 1 where much is invented.

    Raises ValueError for lists of different lengths, and if the references hold no word.
    """
    if isinstance(references, str) or isinstance(transcripts, str) or len(references) != len(transcripts):
        raise ValueError("Two equally long lists of texts are due.")
    pairs = zip(references, transcripts, strict=True)
    found = [edits(spelt_alike(said, digits), spelt_alike(written, digits)) for said, written in pairs]
    if not sum(each.n_reference for each in found):
        raise ValueError("The references hold no word, so there is nothing to be wrong about.")
    return sum(each.total for each in found) / sum(each.n_reference for each in found)
