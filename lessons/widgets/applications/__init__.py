"""Search your own texts, as you type: by words, by vectors, and by both. formulas.js is its twin.

Words are counted in the browser (BM25); the kernel makes MiniLM's vectors, one forward pass for each new text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lessons.applications import BM25
from lessons.applications.search import cosine_similarities
from lessons.start_here import minilm, sentence_vectors
from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, TextWidget, notes, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_TEXTS, LONGEST = 60, 400  # texts, and characters of each
MOST_TOKENS = 512  # what MiniLM reads of a text
ADDED = 60  # to each rank, before it is turned over
SHOWN = 6
SIDES = (
    ("words", "by words: BM25", "no text holds a word of the query"),
    ("vectors", "by vectors: MiniLM", "nothing to compare"),
)
QUERY = "How do I get my money back?"
TEXTS = (
    "Refunds take three to five days after the parcel has arrived.",
    "Our shop opens at nine in the morning.",
    "Error E-4012: the printer is out of paper.",
    "Error E-4021: the printer does not answer.",
    "Passwords are changed under Settings, Security.",
    "A dog bit a man in the park.",
    "A man bit a dog in the park.",
    "She sat on the bank of the river and read.",
    "The bank is closed on the first of May.",
    "The train to London leaves at a quarter past seven.",
    "Water boils at a lower temperature on a mountain.",
    "El tren a Londres sale a las siete.",
)

# --- formulas ---------------------------------------------------------------------------------------------------------


def texts_of(library: str) -> list[str]:
    """The texts of a library: its lines without spaces around them, as many and as long as fit here."""
    lines = (line.strip(" \t\r") for line in library.split("\n"))
    return [line[:LONGEST] for line in lines if line][:MOST_TEXTS]


def by_words(texts: Sequence[str], query: str, k1: float, b: float) -> list[float]:
    """The score of each text, by BM25; none without texts."""
    return BM25(texts, k1, b).scores([query])[0].tolist() if texts else []


def ranking(scores: Sequence[float], least: float = -math.inf) -> list[int]:
    """The places of all scores above `least`, best first, the first of equals first."""
    return sorted((at for at, score in enumerate(scores) if score > least), key=lambda at: -scores[at])


def added_ranks(rankings: Sequence[Sequence[int]], n: int) -> list[float]:
    """For each of n texts the sum of 1 / (60 + rank) over the rankings that hold it (Cormack et al. 2009)."""
    scores = [0.0] * n
    for places in rankings:
        for rank, at in enumerate(places, 1):
            scores[at] += 1 / (ADDED + rank)
    return scores


# --- the widget -------------------------------------------------------------------------------------------------------


class Vectors:
    """MiniLM's vectors of texts; each text is read once."""

    def __init__(self) -> None:
        self.known: dict[str, Tensor] = {}

    def cosines(self, text: str, texts: Sequence[str]) -> list[float] | None:
        """The cosine of a text with each of the others; None if there is nothing to compare."""
        if not text.strip() or not texts:
            return None
        new = [each for each in dict.fromkeys((text, *texts)) if each not in self.known]
        if new:
            self.known.update(zip(new, sentence_vectors(*minilm(), new), strict=True))
        table = [self.known[each][None] for each in texts]
        return [round(cosine_similarities(self.known[text][None], each).item(), 6) for each in table]


def read(text: str, library: str, vectors: Vectors) -> dict[str, Any]:
    """What the kernel says of a query: its cosine with each text of the library, and what a reader should be told."""
    start = text[:MOST_CHARACTERS]
    tokenizer: PreTrainedTokenizerBase = minilm()[1]
    found = tokenizer(start, verbose=False)["input_ids"]
    told = notes(text, list(tokenizer.convert_ids_to_tokens(found[:MOST_TOKENS])), len(found), MOST_TOKENS)
    lines = sum(bool(line.strip(" \t\r")) for line in library.split("\n"))
    if lines > MOST_TEXTS:
        told.append(f"Of {lines} texts the first {MOST_TEXTS} are searched.")
    if any(len(line.strip(" \t\r")) > LONGEST for line in library.split("\n")):
        told.append(f"Texts are cut to their first {LONGEST} characters.")
    return {"cosines": vectors.cosines(start, texts_of(library)), "note": " ".join(told)}


class SearchTexts(TextWidget):
    """A query, `text`, and a `library` of texts, one in each line; `k1` and `b` are BM25's.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("base/text.js", "applications/formulas.js", "applications/applications.js")
    _css = base.style("base/text.css", "applications/applications.css")

    name = "Search your own texts"
    task = (
        "Put in ten texts of your own. Find a query that words find and vectors do not, and one the other way round. "
        "Click a text to see how its score is made."
    )
    question = "Is there a query for which the added ranks put a text first that neither ranking has first?"

    library = traitlets.Unicode().tag(sync=True)
    k1 = traitlets.Float(1.2, min=0, max=3).tag(sync=True)
    b = traitlets.Float(0.75, min=0, max=1).tag(sync=True)
    limits = traitlets.Dict({"most": MOST_TEXTS, "longest": LONGEST}).tag(sync=True)

    asks = ("text", "library")

    @traitlets.validate("library")
    def _clean_library(self, proposal: Any) -> Any:
        return proposal["value"].encode("utf-8", "replace").decode()  # half an emoji is no text

    @property
    def texts(self) -> list[str]:
        """The texts that are searched."""
        return texts_of(self.library)

    @property
    def scores(self) -> dict[str, list[float]]:
        """The score of each text by "words", by "vectors" and by "both"; vectors have none where there is no query."""
        words = by_words(self.texts, self.text, self.k1, self.b)
        cosines = list(self.data["cosines"] or [])
        both = added_ranks([ranking(words, 0), ranking(cosines)], len(words)) if cosines else []
        return {"words": words, "vectors": cosines, "both": both}

    @property
    def found(self) -> dict[str, list[str]]:
        """The texts, best first, by "words", by "vectors" and by "both"."""
        least = {"words": 0.0, "vectors": -math.inf, "both": 0.0}
        return {name: [self.texts[at] for at in ranking(each, least[name])] for name, each in self.scores.items()}

    def picture(self) -> Figure:
        """The best texts by words and by vectors."""
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        scores, found = self.scores, self.found
        for axes, (name, title, nothing) in zip(figure.subplots(1, 2), SIDES, strict=True):
            best = sorted(scores[name], reverse=True)[: len(found[name])][:SHOWN]
            axes.barh(range(len(best)), best, color=base.COLOURS["blue"], alpha=0.35)
            for row, (value, words) in enumerate(zip(best, found[name], strict=False)):
                axes.text(0.01, row, f"{value:.2f}  {printable(words, 48)}", va="center", fontsize=9)
            axes.set(xlim=(0, max([1.0, *best])), ylim=(SHOWN - 0.4, -0.6), yticks=[])
            axes.set_title(title if best else nothing, fontsize=11)
        figure.suptitle(f"“{printable(self.text, 80)}”", fontsize=11)
        return figure


def search_your_texts(texts: Sequence[str] = TEXTS, query: str = QUERY) -> SearchTexts:
    """Search texts of one's own while typing: by words, by vectors, and by both.

    Read `widget.found` in any later cell. Raises ValueError for what are no texts, for none and for more than 60, and
    for a query that is none.
    """
    if isinstance(texts, str) or not 1 <= len(texts) <= MOST_TEXTS or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"Give a list of texts, from 1 to {MOST_TEXTS}, not {texts!r:.60}.")
    if not isinstance(query, str):
        raise ValueError(f"query must be a string, not {type(query).__name__}.")
    library = "\n".join(" ".join(text.split("\n")) for text in texts).encode("utf-8", "replace").decode()
    query = query.encode("utf-8", "replace").decode()
    vectors = Vectors()

    def answer(text: str, library: str) -> dict[str, Any]:
        return read(text, library, vectors)

    data = {**answer(query, library), "text": query, "library": library}
    return SearchTexts(answer, data=data, text=query, library=library)
