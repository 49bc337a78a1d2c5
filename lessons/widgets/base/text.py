"""What widgets share that ask the kernel about a text: the trait, its answer, and what a reader should be told.

text.js is their field in the browser: a pause in typing or Enter sends the text; an answer is there when `data["text"]`
is the text that was asked. `looks_english` guesses the language.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import traitlets
from matplotlib.font_manager import FontProperties, findfont, get_font

from lessons.widgets import base

SPECIAL, PADDING, UNKNOWN = ("[CLS]", "[SEP]"), "[PAD]", "[UNK]"
MOST_CHARACTERS = 20_000  # of a text that a tokenizer is given


class TextWidget(base.Widget):
    """A widget about a `text`: what the kernel says of it is in `data`, with the text itself and a `note` on it.

    `read` makes the data of a text. If it fails, the picture stays and the note says why: never a traceback.
    """

    text = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)

    asks: tuple[str, ...] = ("text",)  # the values that need a new answer; the data repeat them

    def __init__(self, read: Callable[..., dict[str, Any]] | None, **values: Any) -> None:
        self._read, self._busy = read, threading.RLock()
        super().__init__(**values)
        self.observe(self._answer, list(self.asks))

    def _answer(self, change: Any) -> None:
        """Runs in a second thread of the kernel when the browser asks, in the main one when Python does."""
        if self._read is None:
            return
        with self._busy:
            asked = {name: getattr(self, name) for name in self.asks}
            if all(self.data.get(name) == value for name, value in asked.items()):
                return
            try:
                self.data = {**self._read(**asked), **asked}
            except Exception as error:  # whatever it is, the learner gets a sentence and keeps the last picture
                note = f"This text could not be read, the picture is that of the one before: {error}"
                self.data = {**self.data, **asked, "note": note}

    @traitlets.validate("text")
    def _clean_text(self, proposal: Any) -> Any:
        return proposal["value"].encode("utf-8", "replace").decode()  # half an emoji is no text


def notes(text: str, tokens: Sequence[str], found: int, most: int, pieces_a_word: float = 2.2) -> list[str]:
    """What a reader should be told of a text: that it is cut, empty, or not English.

    `tokens` are those that a model sees; the text has `found` of them, with [CLS] and [SEP], and `most` would fit.
    `pieces_a_word` is what English stays below; it depends on the size of the vocabulary.
    """
    told = []
    more = "more than " if len(text) > MOST_CHARACTERS else ""
    if found > most:
        told.append(f"The text has {more}{found:,} tokens; it was cut to the first {most}, as many as fit here.")
    if all(token in (*SPECIAL, PADDING) for token in tokens):
        told.append("There is no word here: the model sees its special tokens alone.")
    elif not looks_english(text[:MOST_CHARACTERS], tokens, pieces_a_word):
        unknown = f" {UNKNOWN} stands for what its vocabulary cannot spell." if UNKNOWN in tokens else ""
        told.append(f"This does not look like English, and this model was trained on English.{unknown}")
    return told


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties())).get_charmap())


def printable(token: str, most: int = 14) -> str:
    """A token as matplotlib can write it: characters that its font lacks become □, and $ is no formula."""
    short = token if len(token) <= most else token[: most - 1] + "…"
    return "".join(letter if ord(letter) in _drawable() else "□" for letter in short).replace("$", r"\$")


# --- is it English? ---------------------------------------------------------------------------------------------------


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Words that hold a language together. A word that two languages share says nothing, and stands in neither list.
ENGLISH = _words(
    "the of and to that it for on with this you he she we they his her was were are be been have had not but from by",
    "or which what there their would when who how where why my your our its than then some i is",
)
OTHERS = _words(
    "der das und ist ich nicht wie ein eine den dem mit auf für sie von zu le la les et est une dans que qui pas je il",
    "sur pour avec du des au el los las y en por para una con del es se lo su di che non per sono è della gli het een",
    "niet dat van zijn maar os um uma não com mais foi och att det som inte på jag är ve bir bu için ne nie jest na że",
)


def looks_english(text: str, tokens: Sequence[str], pieces_a_word: float = 2.2) -> bool:
    """A guess from alphabet, unknown tokens, small words and the number of pieces; short texts pass."""
    pieces = [token for token in tokens if token not in (*SPECIAL, PADDING)]
    letters = [letter for letter in text if letter.isalpha()]
    foreign_letters = sum(letter > "\u024f" for letter in letters)  # beyond the Latin alphabets
    if pieces.count(UNKNOWN) > len(pieces) / 4 or foreign_letters > len(letters) / 3:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    english, others = (sum(word in known for word in words) for known in (ENGLISH, OTHERS))
    if others > english and (others >= 2 or len(words) >= 4):
        return False
    spelled = sum(any(map(str.isalpha, piece)) for piece in pieces)  # pieces with a letter
    return english > 0 or len(words) < 3 or spelled < pieces_a_word * len(words)
