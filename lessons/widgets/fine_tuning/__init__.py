"""Two widgets on classifying texts: what a decision threshold does, and a classifier on a sentence of one's own.

`decision_threshold` computes in the browser (formulas.js says the same as `confusion` and `measures`);
`classify_sentence` asks the kernel for every text.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lessons.fine_tuning import TextClassifier
from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, UNKNOWN, TextWidget, notes, printable

# --- formulas ---------------------------------------------------------------------------------------------------------


def confusion(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> dict[str, int]:
    """Counts tp, fp, fn, tn of labels (n,) and probabilities (n,) of label 1, called positive from the threshold on."""
    truth, called = np.asarray(labels) == 1, np.asarray(probabilities) >= threshold
    pairs = {"tp": truth & called, "fp": ~truth & called, "fn": truth & ~called, "tn": ~truth & ~called}
    return {name: int(which.sum()) for name, which in pairs.items()}


def measures(tp: int, fp: int, fn: int, tn: int) -> dict[str, float | None]:
    """Precision (None if nothing is called positive), recall, F1 and accuracy of a confusion matrix."""
    return {
        "precision": tp / (tp + fp) if tp + fp else None,
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "accuracy": (tp + tn) / (tp + fp + fn + tn),
    }


def curve(labels: ArrayLike, probabilities: ArrayLike) -> tuple[NDArray, NDArray]:
    """Recall and precision at each probability that occurs, from the largest down."""
    truth, values = np.asarray(labels), np.asarray(probabilities)
    order = np.argsort(-values, kind="stable")
    last = np.append(np.diff(values[order]) != 0, True)  # equal probabilities are called together
    found = np.cumsum(truth[order])[last]
    return found / truth.sum(), found / (np.flatnonzero(last) + 1)


# --- the threshold ----------------------------------------------------------------------------------------------------

MOST_EXAMPLES = 50_000


class DecisionThreshold(base.Widget):
    """Labels, probabilities, and a `threshold` that follows the slider; setting it in Python moves the picture."""

    _esm = base.javascript("fine_tuning/formulas.js", "fine_tuning/fine_tuning.js")
    _css = base.style("fine_tuning/fine_tuning.css")

    name = "Decision threshold"
    question = (
        "The threshold with the largest F1 was chosen on these very examples. "
        "Will F1 be as large on new ones, and which split can tell?"
    )

    threshold = traitlets.Float(0.5).tag(sync=True)
    examples = traitlets.Dict().tag(sync=True)
    label_names = traitlets.List(traitlets.Unicode(), minlen=2, maxlen=2).tag(sync=True)

    def __init__(self, labels: NDArray, probabilities: NDArray, label_names: Sequence[str], threshold: float) -> None:
        self.labels, self.probabilities = labels, probabilities
        self.task = (
            f"Move the threshold until at least 95 % of “{base.html.escape(label_names[1])}” are found. "
            "What does it cost in precision? Is accuracy largest where F1 is?"
        )
        examples = {"labels": labels.tolist(), "probabilities": probabilities.tolist()}
        super().__init__(examples=examples, label_names=list(label_names), threshold=threshold)

    @traitlets.validate("threshold")
    def _in_range(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] <= 1:
            raise traitlets.TraitError(f"The threshold is a probability, from 0 to 1, not {proposal['value']}.")
        return proposal["value"]

    @property
    def counts(self) -> dict[str, int]:
        """The confusion matrix at the threshold: tp, fp, fn, tn."""
        return confusion(self.labels, self.probabilities, self.threshold)

    @property
    def measures(self) -> dict[str, float | None]:
        """Precision, recall, f1 and accuracy at the threshold."""
        return measures(**self.counts)

    def picture(self) -> Figure:
        """The examples by probability, the curve, and the numbers at the threshold."""
        figure = Figure(figsize=(9, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        self._draw_piles(left)
        self._draw_curve(right)
        return figure

    def _draw_piles(self, axes: Axes) -> None:
        negative, positive = self.label_names
        edges = np.linspace(0, 1, 21)
        for label, sign, colour in ((1, 1, "blue"), (0, -1, "orange")):
            heights = sign * np.histogram(self.probabilities[self.labels == label], edges)[0]
            name = printable((negative, positive)[label], 24)
            axes.bar(edges[:-1], heights, 0.046, align="edge", color=base.COLOURS[colour], label=f"in truth {name}")
        axes.axvline(self.threshold, color="black")
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.set(xlabel=f"probability of “{printable(positive, 24)}”", ylabel="examples", xlim=(0, 1))
        axes.legend(fontsize=9)
        counts = self.counts
        axes.set_title("found {tp}, missed {fn}, false alarms {fp}".format(**counts), fontsize=11)

    def _draw_curve(self, axes: Axes) -> None:
        found = self.measures
        axes.plot(*curve(self.labels, self.probabilities), color=base.COLOURS["blue"])
        axes.axhline(self.labels.mean(), color=base.COLOURS["red"], linestyle="--", label="guessing")
        recall, precision = found["recall"], found["precision"]
        if recall is not None and precision is not None:
            axes.plot(recall, precision, "o", color=base.COLOURS["blue"], markersize=8)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.04))
        axes.legend(fontsize=9)
        text = ", ".join(f"{name} {value:.3f}" for name, value in found.items() if value is not None)
        axes.set_title(f"at {self.threshold:.3g}: {text}", fontsize=9)


def decision_threshold(
    labels: ArrayLike,
    probabilities: ArrayLike,
    label_names: Sequence[str] = ("negative", "positive"),
    threshold: float = 0.5,
) -> DecisionThreshold:
    """See what a threshold on the probability of label 1 does to the confusion matrix, precision, recall and F1.

    `labels` (n,) are 0 or 1; `probabilities` are those of label 1, (n,), or of both labels, (n, 2). Read
    `widget.threshold`, `widget.counts` or `widget.measures` in any later cell. Raises ValueError for no examples, for
    examples of one label only, and for values that are no labels or no probabilities.
    """
    names = [label_names] if isinstance(label_names, str) else [str(name) for name in label_names]
    if len(names) != 2 or len(set(names)) != 2:
        raise ValueError(f"A threshold decides between two labels, with two different names; got {names}.")
    truth, values = _numbers(labels, "labels"), _numbers(probabilities, "probabilities")
    if values.ndim == 2 and values.shape[1] == 2:
        values = values[:, 1]
    if truth.ndim != 1 or values.shape != truth.shape:
        raise ValueError(f"labels are (n,), probabilities (n,) or (n, 2), not {truth.shape} and {values.shape}.")
    if not 1 <= len(truth) <= MOST_EXAMPLES:
        raise ValueError(f"Give 1 to {MOST_EXAMPLES:,} examples, not {len(truth):,}.")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError(f"labels must be 0 or 1; found {sorted(set(truth.tolist()) - {0.0, 1.0}, key=str)[:3]}.")
    if not ((values >= 0) & (values <= 1)).all():  # NaN is in no range
        raise ValueError("probabilities must be numbers from 0 to 1: not logits, and none of them NaN.")
    if truth.min() == truth.max():
        raise ValueError(f"All {len(truth)} labels are {truth[0]:.0f}: a threshold needs examples of both.")
    return DecisionThreshold(truth.astype(int), values, names, float(threshold))


def _numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in a regular array: {error}") from error


# --- a sentence -------------------------------------------------------------------------------------------------------

TEXT = "A long film with a thin story, and I would happily watch it again."
MOST_WORDS = 40  # that are left out, one at a time


def read(classifier: TextClassifier, text: str, leave_out: bool) -> dict[str, Any]:
    """What is drawn for a text: probabilities, tokens, which are [UNK], and the effect of each word if asked."""
    start = text[:MOST_CHARACTERS]
    probabilities = classifier.predict_proba([start])[0].astype(float)
    ids = classifier.encode([start])[0]
    tokens = list(classifier.tokenizer.convert_ids_to_tokens(ids))
    whole = len(classifier.tokenizer(start, verbose=False)["input_ids"])
    told = notes(text, tokens, whole, classifier.max_tokens)
    unknown = [token == UNKNOWN for token in tokens]
    if any(unknown) and not any("English" in note for note in told):
        told.append(f"{sum(unknown)} of {len(tokens)} tokens are {UNKNOWN}: what stands there is lost to the model.")
    effects = None
    if leave_out:
        words = start.split()
        effects = word_effects(classifier, words[:MOST_WORDS], words[MOST_WORDS:])
        if len(words) > MOST_WORDS:
            told.append(f"Only the first {MOST_WORDS} words are left out in turn.")
    return {
        "labels": list(classifier.label_names),
        "probabilities": probabilities.tolist(),
        "tokens": tokens,
        "unknown": unknown,
        "effects": effects,
        "note": " ".join(told),
    }


def word_effects(classifier: TextClassifier, words: Sequence[str], rest: Sequence[str] = ()) -> list[tuple[str, float]]:
    """For each word, how the probability of the predicted label changes when it is left out; `rest` always stays."""
    texts = [" ".join([*words, *rest])]
    texts += [" ".join([*words[:at], *words[at + 1 :], *rest]) for at in range(len(words))]
    probabilities = classifier.predict_proba(texts).astype(float)  # (1 + words, labels)
    label = probabilities[0].argmax()
    changes = probabilities[1:, label] - probabilities[0, label]
    return list(zip(words, changes.tolist(), strict=True))


class ClassifySentence(TextWidget):
    """A classifier on one text; `text` and `leave_out` (is the effect of each word computed?) follow the view.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("base/text.js", "fine_tuning/classify.js")
    _css = base.style("base/text.css", "fine_tuning/fine_tuning.css")

    name = "Classify a sentence"
    task = (
        "Write a sentence of your own, and make the classifier sure. Then find the smallest change that turns its "
        "answer round: a <em>not</em>, a <em>but</em>, a name. Tick the box: does the word that you would blame matter "
        "most?"
    )
    question = (
        "Sometimes no word alone matters, though the answer is sure. "
        "What does that say about explaining a prediction by leaving out one word at a time?"
    )

    leave_out = traitlets.Bool(False).tag(sync=True)

    asks = ("text", "leave_out")

    @property
    def probabilities(self) -> dict[str, float]:
        """Label -> probability, for the current text."""
        return dict(zip(self.data["labels"], self.data["probabilities"], strict=True))

    def picture(self) -> Figure:
        """The probability of each label."""
        labels, values = self.data["labels"], self.data["probabilities"]
        figure = Figure(figsize=(9, float(np.clip(1.4 + 0.32 * len(labels), 2.2, 8))), layout="constrained")
        axes = figure.subplots()
        axes.barh(range(len(labels)), values, color=base.COLOURS["blue"])
        axes.set_yticks(range(len(labels)), [printable(label, 30) for label in labels])
        axes.set(xlim=(0, 1), xlabel="probability", ylim=(len(labels) - 0.4, -0.6))
        axes.set_title(f"“{printable(self.text, 90)}”", fontsize=11)
        return figure


def classify_sentence(classifier: TextClassifier, text: str = TEXT) -> ClassifySentence:
    """Classify a sentence of one's own while typing; the classifier is copied as it is now.

    Read `widget.text` and `widget.probabilities` in any later cell. Raises ValueError for anything but a
    lessons.fine_tuning.TextClassifier and a string.
    """
    if not isinstance(classifier, TextClassifier):
        raise ValueError(f"classifier must be a lessons.fine_tuning.TextClassifier, not {type(classifier).__name__}.")
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    still = copy.deepcopy(classifier).cpu().eval()  # training it further must not disturb the widget

    def answer(text: str, leave_out: bool) -> dict[str, Any]:
        return read(still, text, leave_out)

    text = text.encode("utf-8", "replace").decode()
    return ClassifySentence(answer, data={**answer(text, False), "text": text, "leave_out": False}, text=text)
