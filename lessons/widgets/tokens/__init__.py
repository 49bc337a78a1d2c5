"""Merge player: watch byte-pair encoding learn; three tokenizers: one text, cut three ways.

Both compute in the browser (formulas.js); tests compare what is seen with `lessons.tokens`. The vocabularies of
GPT-2 and MiniLM travel to the page once for each widget, about 0.7 MB, and are stored nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Any

import regex
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from lessons.tokens import BYTE_CHARACTERS, BYTE_OF, BytePairTokenizer, Token, WordPieceTokenizer, pre_tokenise
from lessons.widgets import base
from lessons.widgets.base.byte_pair import byte_level_data

Pair = tuple[str, str]

TEXT = "the cat sat on the mat. the cat ate the rat that sat on the hat."
SENTENCE = "The tokenizer's job: unbelievably dull? 👩🏽‍🚀 Not in 中文."
MOST_MERGES = 300
LONGEST_LESSON, LONGEST_TEXT = 2_000, 20_000  # characters that the widgets take
SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}
INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Z}]|^\p{M}")
SURROGATE = re.compile("[\ud800-\udfff]")
TINTS = ("sky", "yellow", "pink", "green")


# --- formulas ---------------------------------------------------------------------------------------------------------


def pair_table(text: str, tokenizer: BytePairTokenizer, step: int) -> list[tuple[Pair, int]]:
    """How often each pair of neighbours occurs after the first `step` merges; the first one is merged next."""
    cut = BytePairTokenizer(tokenizer.vocabulary, tokenizer.merges[:step])
    counts = Counter(pair for word in pre_tokenise(text) for pair in pairwise(cut.tokens(word)))
    ids = tokenizer.vocabulary
    return sorted(counts.items(), key=lambda row: (-row[1], ids[row[0][0]], ids[row[0][1]]))


def label(token: str) -> str:
    """A token as it is read: its text where its bytes are whole characters, else the bytes in hexadecimal."""
    if not BYTE_OF.keys() >= set(token):
        return visible(token)
    found = bytes(BYTE_OF[character] for character in token)
    try:
        return visible(found.decode())
    except UnicodeDecodeError:
        return found.hex(" ").upper()


def visible(text: str) -> str:
    """A text in which spaces, controls and a mark without its letter are seen: as a sign, or as U+ and their number."""
    return INVISIBLE.sub(lambda found: SIGNS.get(found[0]) or f"U+{ord(found[0]):04X}", text)


def byte_tokens(text: str) -> list[Token]:
    """The bytes of a text in UTF-8 as tokens of their own: the id of a byte is its value."""
    rows = [(byte, place) for place, character in enumerate(_sayable(text)) for byte in character.encode()]
    return [Token(byte, BYTE_CHARACTERS[byte], place, place + 1) for byte, place in rows]


def word_piece_data(tokenizer: WordPieceTokenizer) -> dict[str, Any]:
    """The vocabulary as lines, in the order of the ids."""
    return {
        "vocabulary": "\n".join(sorted(tokenizer.vocabulary, key=tokenizer.vocabulary.__getitem__)),
        "special": {token: tokenizer.vocabulary[token] for token in tokenizer.special_tokens},
    }


def _sayable(text: str) -> str:
    return SURROGATE.sub("\ufffd", text)  # what no message to the browser can hold


gpt2 = lru_cache(maxsize=1)(BytePairTokenizer.gpt2)
minilm = lru_cache(maxsize=1)(WordPieceTokenizer.minilm)


# --- merge player -----------------------------------------------------------------------------------------------------


class MergePlayer(base.Widget):
    """Byte-pair encoding of a short text, merge by merge; `text` and `step` follow what is seen.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for a text that is too long.
    """

    _esm = base.javascript("tokens/formulas.js", "tokens/tokens.js", "tokens/player.js")
    _css = base.style("tokens/tokens.css")

    name = "Merge player"
    task = (
        "Before each step, say which pair comes next; then press Step. After how many merges is <code>␣the</code> one "
        "token, and which merge could not have been learnt before it?"
    )
    question = (
        "Write a text in which <code>th</code> is not among the first three merges. What happens to emoji and to "
        "Chinese, of which one character is three or four bytes?"
    )

    text = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)
    most = traitlets.Int(60, min=1, max=MOST_MERGES).tag(sync=True)

    @traitlets.validate("text")
    def _short(self, proposal: Any) -> str:
        text = _sayable(proposal["value"])
        if len(text) > LONGEST_LESSON:
            raise traitlets.TraitError(f"The player takes {LONGEST_LESSON:,} characters at most, not {len(text):,}.")
        return text

    @property
    def tokenizer(self) -> BytePairTokenizer:
        """What the player has learnt so far, as a tokenizer of `lessons.tokens`."""
        return BytePairTokenizer.train(self.text, len(BYTE_CHARACTERS) + min(self.step, self.most))

    @property
    def merges(self) -> list[Pair]:
        """The pairs merged so far, spelt as in the vocabulary."""
        return self.tokenizer.merges

    @property
    def tokens(self) -> list[str]:
        """The text in the tokens learnt so far, spelt as in the vocabulary."""
        return self.tokenizer.tokens(self.text)

    def picture(self) -> Figure:
        """The beginning of the text in tokens at four steps, and the pairs that compete at the present one."""
        learnt = BytePairTokenizer.train(self.text, len(BYTE_CHARACTERS) + self.most)
        n = len(learnt.merges)
        steps = sorted({0, n // 6, n // 3, n})
        figure = Figure(figsize=(9, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 1.3))
        rows = [BytePairTokenizer(learnt.vocabulary, learnt.merges[:step]).tokens(self.text) for step in steps]
        titles = [f"{step} merges: {len(row)} tokens" for step, row in zip(steps, rows, strict=True)]
        _draw_rows(left, titles, [[label(token) for token in row] for row in rows])
        table = pair_table(self.text, learnt, min(self.step, n))[:8]
        names = [" + ".join(map(_drawable, map(label, pair))) for pair, _ in table]
        right.barh(range(len(table)), [count for _, count in table], color=base.COLOURS["sky"])
        right.set_yticks(range(len(table)), names)
        right.invert_yaxis()
        right.xaxis.set_major_locator(MaxNLocator(integer=True))
        right.set(xlabel="occurrences")
        right.set_title(f"pairs after {min(self.step, n)} merges", fontsize=11)
        return figure


def merge_player(text: str = TEXT, merges: int = 60, step: int = 0) -> MergePlayer:
    """Watch byte-pair encoding learn up to `merges` merges from a text of at most 2,000 characters.

    Read `widget.text`, `widget.step`, `widget.merges`, `widget.tokens` or `widget.tokenizer` in any later cell. Raises
    traitlets.TraitError for a longer text or for more than 300 merges.
    """
    return MergePlayer(text=text, most=merges, step=step)


# --- three tokenizers -------------------------------------------------------------------------------------------------


class ThreeTokenizers(base.Widget):
    """A text in GPT-2's tokens, in MiniLM's, and in bytes or in those of your own tokenizer; `text` follows the view.

    Setting `text` in Python moves the picture. Raises traitlets.TraitError for a text that is too long.
    """

    _esm = base.javascript("tokens/formulas.js", "tokens/tokens.js", "tokens/three.js")
    _css = base.style("tokens/tokens.css")

    name = "Three tokenizers"
    task = (
        "Point at a token, or walk with Tab and the arrow keys: the other rows show what holds the same characters. "
        "Find a word that GPT-2 keeps whole and MiniLM cuts, and one the other way round."
    )
    question = (
        "How many tokens does <code>3,141,592</code> have, and do its digits fall into groups that help with adding? "
        "Which of the three could give your text back to the letter?"
    )

    text = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, text: str, own: BytePairTokenizer | None = None) -> None:
        self._own = own
        data: dict[str, Any] = {"gpt2": _gpt2_data(), "minilm": _minilm_data(), "own": None}
        if own is not None:
            data["own"] = {**byte_level_data(own), "size": len(own)}
        super().__init__(text=text, data=data)

    @traitlets.validate("text")
    def _not_too_long(self, proposal: Any) -> str:
        text = _sayable(proposal["value"])
        if len(text) > LONGEST_TEXT:
            raise traitlets.TraitError(f"The widget takes {LONGEST_TEXT:,} characters at most, not {len(text):,}.")
        return text

    @property
    def tokens(self) -> dict[str, list[Token]]:
        """The tokens of each row, with ids and places in the text."""
        third = (
            ("yours", self._own.encode_with_offsets(self.text))
            if self._own is not None
            else ("bytes", byte_tokens(self.text))
        )
        rows = {"GPT-2": gpt2().encode_with_offsets(self.text), "MiniLM": minilm().encode_with_offsets(self.text)}
        return {**rows, third[0]: third[1]}

    def picture(self) -> Figure:
        """The beginning of the text in the tokens of each row, with their numbers."""
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        rows = self.tokens
        titles = [f"{name}: {len(row):,} tokens" for name, row in rows.items()]
        labels = [[t.text if name == "MiniLM" else label(t.text) for t in row] for name, row in rows.items()]
        _draw_rows(figure.subplots(), titles, labels, [[str(t.id) for t in row] for row in rows.values()])
        return figure


@lru_cache(maxsize=1)
def _gpt2_data() -> dict[str, Any]:
    return byte_level_data(gpt2())


@lru_cache(maxsize=1)
def _minilm_data() -> dict[str, Any]:
    return word_piece_data(minilm())


def three_tokenizers(text: str = SENTENCE, tokenizer: BytePairTokenizer | None = None) -> ThreeTokenizers:
    """Type a text and see it in GPT-2's tokens, in MiniLM's and in bytes, or in those of a tokenizer of your own.

    Read `widget.text` or `widget.tokens` in any later cell. Raises ValueError for another kind of tokenizer, and
    traitlets.TraitError for a text of more than 20,000 characters.
    """
    if tokenizer is not None and not isinstance(tokenizer, BytePairTokenizer):
        raise ValueError(f"tokenizer must be a BytePairTokenizer, not {type(tokenizer).__name__}.")
    return ThreeTokenizers(text, tokenizer)


# --- static pictures --------------------------------------------------------------------------------------------------


def _draw_rows(axes: Axes, titles: list[str], rows: list[list[str]], below: list[list[str]] | None = None) -> None:
    """Each row of tokens as boxes from the left, as many as fit, under its title; `below` has a small text for each."""
    width, height = (74, 1.0) if below is None else (108, 1.0)
    for number, (title, row) in enumerate(zip(titles, rows, strict=True)):
        top, x = number * 1.9 * height, 0.0
        axes.text(0, top - 0.12, title, fontsize=11, va="bottom")
        for index, token in enumerate(row):
            shown, small = _drawable(token), below[number][index] if below else ""
            wide = max(1.1 + 1.15 * len(shown), 0.9 * len(small) + 0.8)
            if x + wide > width - 3:
                axes.text(x + 0.5, top + 0.5, "…", va="center")
                break
            colour = base.COLOURS[TINTS[index % len(TINTS)]]
            axes.add_patch(Rectangle((x, top), wide, height, facecolor=colour, alpha=0.35))
            axes.add_patch(Rectangle((x, top), wide, height, fill=False, edgecolor="black", linewidth=0.7))
            axes.text(x + wide / 2, top + (0.36 if small else 0.5), shown, ha="center", va="center", family="monospace")
            axes.text(x + wide / 2, top + 0.78, small, ha="center", va="center", fontsize=8)
            x += wide
    axes.set(xlim=(0, width), ylim=(len(rows) * 1.9 * height, -0.9))
    axes.axis("off")


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="monospace"))).get_charmap())


def _drawable(text: str) -> str:
    """A text as matplotlib can write it: characters that its font lacks become □, and $ starts no formula."""
    short = text if len(text) <= 14 else text[:13] + "…"
    return "".join(letter if ord(letter) in _letters() else "□" for letter in short).replace("$", r"\$")
