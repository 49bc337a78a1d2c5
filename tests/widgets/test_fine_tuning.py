"""Decision threshold and classify a sentence without a browser: formulas, texts, what is refused, what is left."""

from __future__ import annotations

import base64
import io
import math
import re
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image
from sklearn import metrics
from traitlets import TraitError

from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.kit import pretrained
from lessons.widgets import base
from lessons.widgets import fine_tuning as wf


def examples(n: int = 60, seed: int = 0, digits: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities that have to do with each other; with few digits many are equal."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    return labels, (1 / (1 + np.exp(-2 * rng.normal(size=n) - 1.5 * (2 * labels - 1)))).round(digits)


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    """A small BERT of random weights with a head, three labels, and 40 tokens at most."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 32}
    bert = BERT(BERTConfig(**sizes, max_position_embeddings=40))
    made = TextClassifier(bert, pretrained.tokenizer("minilm"), ["bad", "so-so", "好"])
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(10 if parameter.ndim > 1 else 1)  # so that it has opinions
    return made


# --- the threshold ----------------------------------------------------------------------------------------------------


@given(st.integers(2, 40), st.integers(0, 30), st.integers(0, 3), st.floats(0, 1))
def test_formulas_are_those_of_scikit_learn(n, seed, digits, threshold):
    labels, probabilities = examples(n, seed, digits)
    called = (probabilities >= threshold).astype(int)
    counts = wf.confusion(labels, probabilities, threshold)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, called, labels=[0, 1])
    assert counts == {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    found = wf.measures(**counts)
    if called.any():
        assert found["precision"] == pytest.approx(metrics.precision_score(labels, called), abs=1e-12)
    else:
        assert found["precision"] is None
    assert found["recall"] == pytest.approx(metrics.recall_score(labels, called), abs=1e-12)
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, called), abs=1e-12)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(labels, called), abs=1e-12)
    precision, recall, _ = metrics.precision_recall_curve(labels, probabilities)
    ours = wf.curve(labels, probabilities)
    assert ours[0] == pytest.approx(recall[-2::-1], abs=1e-12)
    assert ours[1] == pytest.approx(precision[-2::-1], abs=1e-12)


def test_the_widget_takes_what_predict_proba_gives():
    labels, probabilities = examples()
    both = np.stack([1 - probabilities, probabilities], axis=1).astype(np.float32)
    for given_ in (both, torch.from_numpy(both), both.tolist()):
        widget = wf.decision_threshold(labels, given_, ("ham", "spam"))
        assert widget.examples["probabilities"] == both[:, 1].astype(float).tolist()
    widget.threshold = 0.8
    assert widget.counts == wf.confusion(labels, both[:, 1], 0.8)
    assert widget.measures == wf.measures(**widget.counts)
    assert "“spam” are found" in widget.heading()
    assert wf.decision_threshold(labels == 1, probabilities).counts["tp"] > 0  # booleans are labels


Y, P = [0, 1, 1], [0.1, 0.6, 0.9]
BAD = {
    "Give 1 to 50,000 examples, not 0": ([], []),
    "All 3 labels are 1: a threshold needs examples of both": ([1, 1, 1], P),
    "All 3 labels are 0": ([0, 0, 0], P),
    "labels are (n,), probabilities (n,) or (n, 2), not (3,) and (2,)": (Y, [0.1, 0.6]),
    "not (3,) and (3, 3)": (Y, np.ones((3, 3)) / 3),
    "not (3, 1)": ([[0], [1], [1]], P),
    "labels must be 0 or 1; found [2.0]": ([0, 1, 2], P),
    "labels must be numbers": (["bad", "good", "good"], P),
    "labels must be 0 or 1; found [nan]": ([0, 1, math.nan], P),
    "not logits, and none of them NaN": (Y, [0.1, math.nan, 0.9]),
    "probabilities must be numbers from 0 to 1": (Y, [-2.0, 0.1, 3.0]),
    "probabilities must be numbers in a regular array": (Y, [[0.1], [0.2, 0.3], [0.4]]),
    "between two labels": (Y, P, ["a", "b", "c"]),
    "with two different names": (Y, P, ["a", "a"]),
    "got ['ab']": (Y, P, "ab"),
    "not 50,001": (np.arange(50_001) % 2, np.full(50_001, 0.5)),
}


@pytest.mark.parametrize(("message", "arguments"), BAD.items(), ids=BAD)
def test_what_no_threshold_can_be_drawn_for_is_refused_with_a_sentence(message, arguments):
    with pytest.raises(ValueError, match=re.escape(message)):
        wf.decision_threshold(*arguments)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_a_threshold_is_a_probability(value):
    widget = wf.decision_threshold(Y, P)
    with pytest.raises(TraitError, match="from 0 to 1"):
        widget.threshold = value
    with pytest.raises(TraitError, match="from 0 to 1"):
        wf.decision_threshold(Y, P, threshold=value)


def test_names_are_text_and_no_markup():
    widget = wf.decision_threshold(Y, P, ("<b>", "$x$ & 好 🙂"))
    assert "$x$ &amp; 好" in widget.heading()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert base.png(widget.picture()).startswith(b"\x89PNG")


# --- a sentence -------------------------------------------------------------------------------------------------------


def test_probabilities_are_those_of_the_classifier(classifier):
    widget = wf.classify_sentence(classifier, "A fine film.")
    assert list(widget.probabilities.values()) == pytest.approx(classifier.predict_proba(["A fine film."])[0].tolist())
    widget.text = "Not at all."
    assert widget.probabilities == dict(
        zip(["bad", "so-so", "好"], classifier.predict_proba(["Not at all."])[0].astype(float), strict=True)
    )
    assert widget.data["tokens"] == ["[CLS]", "not", "at", "all", ".", "[SEP]"]
    assert widget.data["effects"] is None


def test_leaving_out_a_word_is_classifying_the_text_without_it(classifier):
    widget = wf.classify_sentence(classifier, "A  fine film , not\nbad .")
    widget.leave_out = True
    words = ["A", "fine", "film", ",", "not", "bad", "."]
    assert [word for word, _ in widget.data["effects"]] == words
    whole = classifier.predict_proba([" ".join(words)])[0]
    label = whole.argmax()
    for at, (_, change) in enumerate(widget.data["effects"]):
        rest = " ".join(word for other, word in enumerate(words) if other != at)
        assert change == pytest.approx(float(classifier.predict_proba([rest])[0, label] - whole[label]), abs=1e-5)
    assert any(abs(change) > 0.01 for _, change in widget.data["effects"])


ENGLISH = "trained on English"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "no word"), (" \t", "no word"), ("🙂🎉", ENGLISH), ("这部电影很好看", ENGLISH),
        ("Der Hund schläft.", ENGLISH),
        ("a" * 10_000, ENGLISH), ("the film " * 5_000, "more than"), ("the film " * 60, "has 122 tokens; it was cut"),
        ("I like this film 🙂 and you should see it", "1 of 12 tokens are [UNK]"), ("\ud83d hi", None),
        ("A film that I would like to see again.", ""), ("[PAD] [MASK]", None), ("$x$ \x00 <b>&amp;", None),
    ],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
@pytest.mark.parametrize("leave_out", [False, True])
def test_texts(classifier, text, note, leave_out):
    widget = wf.classify_sentence(classifier, "hello")
    widget.leave_out = leave_out
    widget.text = text
    assert (widget.data["text"], widget.data["leave_out"]) == (widget.text, leave_out)  # the browser knows it is here
    found = widget.data["note"].replace(" Only the first 40 words are left out in turn.", "")
    assert note is None or (note in found if note else found == "")
    assert sum(widget.probabilities.values()) == pytest.approx(1)
    assert len(widget.data["tokens"]) == len(widget.data["unknown"]) <= 40
    assert widget.data["effects"] is None or len(widget.data["effects"]) == min(40, len(text.split()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert base.png(widget.picture()).startswith(b"\x89PNG")


def test_the_classifier_is_copied_as_it_is(classifier):
    widget = wf.classify_sentence(classifier, "A fine film.")
    before = widget.probabilities
    with torch.no_grad():
        classifier.classifier.bias.add_(torch.tensor([3.0, 0.0, 0.0]))
    widget.text, widget.text = "x", "A fine film."
    assert widget.probabilities == before
    with torch.no_grad():
        classifier.classifier.bias.zero_()


def test_an_error_becomes_a_sentence_and_the_picture_stays(classifier):
    widget = wf.classify_sentence(classifier, "A fine film.")
    before = widget.probabilities

    def broken(**asked):
        raise MemoryError("too little memory.")

    widget._read = broken
    widget.text = "Another."
    assert widget.probabilities == before
    assert widget.data["note"].endswith("too little memory.")


def test_what_is_no_classifier_is_refused(classifier):
    with pytest.raises(ValueError, match=r"must be a lessons.fine_tuning.TextClassifier, not Linear"):
        wf.classify_sentence(torch.nn.Linear(2, 2))
    with pytest.raises(ValueError, match="text must be a string, not int"):
        wf.classify_sentence(classifier, 3)


# --- what is left in a notebook ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["threshold", "sentence"])
def test_the_output_is_view_picture_and_a_constant_text(classifier, kind):
    make = (
        (lambda: wf.decision_threshold(*examples()))
        if kind == "threshold"
        else lambda: wf.classify_sentence(classifier)
    )
    first, second = make().bundle(), make().bundle()
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert (first["text/plain"], first["image/png"]) == (second["text/plain"], second["image/png"])
    picture = base64.b64decode(first["image/png"])
    assert image.imread(io.BytesIO(picture)).shape[1] == 720
    assert len(picture) < 60_000
    assert "Open question" in make().heading()


def test_the_pictures_show_what_the_widgets_know(classifier):
    labels, probabilities = examples()
    left, right = wf.decision_threshold(labels, probabilities, threshold=0.4).picture().axes
    assert sum(bar.get_height() for bar in left.patches) == labels.sum() - (1 - labels).sum()
    counts = wf.confusion(labels, probabilities, 0.4)
    assert "found {tp}, missed {fn}, false alarms {fp}".format(**counts) == left.get_title()
    (point,) = (line for line in right.lines if line.get_marker() == "o")
    found = wf.measures(**counts)
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (found["recall"], found["precision"])
    widget = wf.classify_sentence(classifier)
    (axes,) = widget.picture().axes
    assert [bar.get_width() for bar in axes.patches] == list(widget.probabilities.values())


@pytest.mark.parametrize("widget", [wf.DecisionThreshold, wf.ClassifySentence])
def test_each_module_is_one_file_that_asks_for_nothing_else(widget):
    assert widget._esm.count("export default") == 1
    assert set(re.findall(r"model\.(\w+)\(", widget._esm)) <= {"get", "set", "save_changes", "on"}
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "") + str(widget._css)
