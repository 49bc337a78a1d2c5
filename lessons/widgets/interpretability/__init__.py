"""Erase a word, watch the reason: a sentence whose every subset of words was judged, so the browser needs no model.

Of n words all 2^n subsets are masked once. Leaving out and Shapley values follow from that table, in the browser as in
Python (formulas.js is the twin); explanations by gradients were taken for each subset.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import traitlets
from matplotlib.figure import Figure

from lessons.fine_tuning import TextClassifier
from lessons.interpretability import attribution
from lessons.widgets import base
from lessons.widgets.base.text import printable

MOST_WORDS, STEPS = 7, 8  # tokens of a sentence, and points on the way of integrated gradients
BY_TABLE = ("leave one out", "Shapley values")
BY_GRADIENT = ("gradient × input", "integrated gradients")
METHODS = (*BY_TABLE, *BY_GRADIENT)

# --- formulas ---------------------------------------------------------------------------------------------------------


def left_out(evidence: Sequence[float], present: int) -> list[float]:
    """For each word that is there, how much evidence goes with it; 0 for the others: (2^n,), a subset -> (n,)."""
    n = len(evidence).bit_length() - 1
    return [evidence[present] - evidence[present & ~(1 << i)] if present >> i & 1 else 0.0 for i in range(n)]


def shares(evidence: Sequence[float], present: int) -> list[float]:
    """The Shapley values of the words that are there, among themselves; 0 for the others: (2^n,), a subset -> (n,)."""
    n = len(evidence).bit_length() - 1
    here = [i for i in range(n) if present >> i & 1]
    found = [0.0] * n
    for i in here:
        others = [j for j in here if j != i]
        for number in range(2 ** len(others)):
            chosen = [j for k, j in enumerate(others) if number >> k & 1]
            subset = sum(1 << j for j in chosen)
            size, all_of = len(chosen), len(here)
            orders = math.factorial(size) * math.factorial(all_of - 1 - size) / math.factorial(all_of)
            found[i] += orders * (evidence[subset | 1 << i] - evidence[subset])
    return found


def probability(evidence: float) -> float:
    """The probability of two labels' one whose evidence this is."""
    return 1 / (1 + math.exp(-evidence)) if evidence > -700 else 0.0


# --- the widget -------------------------------------------------------------------------------------------------------


class EraseAWord(base.Widget):
    """A sentence as `words`; `present` says in binary digits which are there, `left` and `right` what explains them.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("interpretability/formulas.js", "interpretability/interpretability.js")
    _css = base.style("interpretability/interpretability.css")

    name = "Erase a word"
    task = (
        "Press a word to erase it, and again to bring it back. Before each press, predict from the bars how far the "
        "answer will move. Find a word that one method calls important and the other does not: which was right?"
    )
    question = "Find two words of which neither matters alone, but both together. Which of the methods shows that?"

    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    evidence = traitlets.List(traitlets.Float()).tag(sync=True)
    given = traitlets.Dict().tag(sync=True)
    label_names = traitlets.List(traitlets.Unicode(), minlen=2, maxlen=2).tag(sync=True)
    present = traitlets.Int(0).tag(sync=True)
    left = traitlets.Enum(METHODS, default_value=METHODS[0]).tag(sync=True)
    right = traitlets.Enum(METHODS, default_value=METHODS[3]).tag(sync=True)

    def __init__(
        self, words: Sequence[str], evidence: Sequence[float], given: Mapping[str, Any], names: Sequence[str]
    ) -> None:
        self.table = [float(value) for value in evidence]
        named = {"words": list(words), "given": dict(given), "label_names": list(names)}
        super().__init__(evidence=self.table, present=len(evidence) - 1, **named)

    @traitlets.validate("present")
    def _a_subset(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < len(self.table):
            raise traitlets.TraitError(f"Subsets go from 0 to {len(self.table) - 1}, not {proposal['value']}.")
        return proposal["value"]

    def explanation(self, method: str) -> list[float]:
        """A number for each word as things are now. Raises ValueError for another method than METHODS."""
        if method not in METHODS:
            raise ValueError(f"The methods are {', '.join(METHODS)}; there is no {method!r:.40}.")
        if method == BY_TABLE[0]:
            return left_out(self.table, self.present)
        if method == BY_TABLE[1]:
            return shares(self.table, self.present)
        return list(self.given[method][self.present])

    @property
    def probability(self) -> float:
        """Of the label that the whole sentence got."""
        return probability(self.table[self.present])

    def picture(self) -> Figure:
        """Both explanations as bars, word by word."""
        figure = Figure(figsize=(9, 0.9 + 0.36 * len(self.words)), layout="constrained")
        panels = figure.subplots(1, 2, sharey=True)
        names = [printable(w, 16) if self.present >> i & 1 else "·" for i, w in enumerate(self.words)]
        for axes, method in zip(panels, (self.left, self.right), strict=True):
            values = self.explanation(method)
            colours = [base.COLOURS["orange" if value >= 0 else "blue"] for value in values]
            axes.barh(range(len(values)), values, color=colours)
            axes.set_yticks(range(len(values)), names)
            axes.axvline(0, color="black", linewidth=1)
            axes.set_title(method, fontsize=11)
        panels[0].invert_yaxis()
        figure.suptitle(f"{printable(self.label_names[1], 24)}: {self.probability:.2f}", fontsize=11)
        return figure


def erase_a_word(classifier: TextClassifier, text: str = "not a dull moment in this film") -> EraseAWord:
    """Erase words of a sentence of 2 to 7 tokens, and watch the answer and two explanations of it.

    Read `widget.present`, `widget.probability` or `widget.explanation(method)` in any later cell. Raises ValueError for
    anything but a classifier of two labels, a text, and for fewer or more tokens.
    """
    if not isinstance(classifier, TextClassifier) or len(classifier.label_names) != 2:
        raise ValueError("Give a lessons.fine_tuning.TextClassifier of two labels.")
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    (ids,) = classifier.encode([text])
    n = len(ids) - 2
    if not 2 <= n <= MOST_WORDS:
        raise ValueError(f"The sentence has {n} tokens; from 2 to {MOST_WORDS} can be erased here.")
    words = [token.removeprefix("##") for token in classifier.tokenizer.convert_ids_to_tokens(ids)[1:-1]]
    row = torch.tensor([ids])
    gone = [[i + 1 for i in range(n) if i not in subset] for subset in attribution.subsets(n)]
    lists = attribution.with_places(row, gone, "mask", classifier.tokenizer.mask_token_id or 0)
    logits = attribution.logits_of_lists(classifier, lists)
    label = int(logits[-1].argmax())
    evidence = attribution.evidence(logits, label)
    names = [classifier.label_names[1 - label], classifier.label_names[label]]
    return EraseAWord(words, evidence.tolist(), _gradients(classifier, lists, label), names)


def _gradients(classifier: TextClassifier, lists: Sequence[Sequence[int]], label: int) -> dict[str, list[list[float]]]:
    """Both explanations by gradients of every subset: name -> (2^n, n), 0 for words that are masked."""
    score = attribution.score_of(classifier, label)
    found: dict[str, list[list[float]]] = {name: [] for name in BY_GRADIENT}
    token_ids = torch.tensor(lists)
    words, base_of = attribution.word_vectors(classifier, token_ids), attribution.masked_base(classifier, token_ids)
    is_there = token_ids[:, 1:-1] != (classifier.tokenizer.mask_token_id or 0)
    times = attribution.gradient_times_input(score, words)[:, 1:-1] * is_there
    found[BY_GRADIENT[0]] = times.tolist()
    for each, start in zip(words.split(1), base_of.split(1), strict=True):
        found[BY_GRADIENT[1]].append(attribution.integrated_gradients(score, each, start, STEPS)[1:-1].tolist())
    return found
