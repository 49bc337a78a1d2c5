"""Decision threshold and classify a sentence: formulas against scikit-learn, and what is seen in JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from lessons.widgets import fine_tuning as wf

pytestmark = pytest.mark.browser

THRESHOLD = """import numpy as np
from lessons.widgets.fine_tuning import decision_threshold

rng = np.random.default_rng(0)
labels = np.arange(200) % 2
probabilities = (1 / (1 + np.exp(-2 * rng.normal(size=200) - 1.5 * (2 * labels - 1)))).round(3)
widget = decision_threshold(labels, probabilities, ("ham", "spam"))
widget"""
CLASSIFY = """import torch
from lessons.kit import pretrained
from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.widgets.fine_tuning import classify_sentence

torch.manual_seed(0)
sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 32}
bert = BERT(BERTConfig(**sizes, max_position_embeddings=40))
classifier = TextClassifier(bert, pretrained.tokenizer("minilm"), ["bad", "so-so", "好"])
with torch.no_grad():
    for parameter in classifier.parameters():
        parameter.mul_(10 if parameter.ndim > 1 else 1)
widget = classify_sentence(classifier, "A long film with a thin story.")
widget"""
TEXTS = [("dt", "color"), ("dd", "color"), (".lw-message", "color")]
THRESHOLD_TEXTS = [*TEXTS, ("figcaption", "color"), ("th", "color"), ("td strong", "color"), (".lw-plot text", "fill")]
THRESHOLD_MARKS = [(".lw-curve", "stroke"), (".lw-edge", "stroke"), (".lw-blind", "stroke"), (".lw-positive", "fill")]
CLASSIFY_TEXTS = [*TEXTS, (".lw-bars bdi", "color"), (".lw-percent", "color"), (".lw-piece", "color")]


def made(source: str) -> Any:
    """The widget of a cell, in this process."""
    names: dict[str, Any] = {}
    exec(source, names)
    return names["widget"]


# --- the formulas, in both languages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the threshold widget exports, by name."""
    return javascript(wf.DecisionThreshold._esm)


@pytest.mark.parametrize(("n", "digits"), [(2, 1), (7, 0), (40, 1), (200, 2), (500, 9)])
def test_javascript_is_scikit_learn(module: Callable, n: int, digits: int) -> None:
    rng = np.random.default_rng(n)
    labels = np.arange(n) % 2
    probabilities = rng.beta(1 + labels, 2 - labels).round(digits)
    examples = module("sortedExamples", labels.tolist(), probabilities.tolist())
    for threshold in [0, 0.5, 1, *rng.choice(probabilities, 5), *rng.uniform(size=5)]:
        called = (probabilities >= threshold).astype(int)
        counts = module("confusion", examples, float(threshold))
        (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, called, labels=[0, 1])
        assert counts == {"tp": tp, "fp": fp, "fn": fn, "tn": tn} == wf.confusion(labels, probabilities, threshold)
        found = module("measures", counts)
        assert found == wf.measures(**counts)
        assert found["recall"] == pytest.approx(metrics.recall_score(labels, called), rel=1e-10)
        assert found["f1"] == pytest.approx(metrics.f1_score(labels, called), rel=1e-10)
        assert found["accuracy"] == pytest.approx(metrics.accuracy_score(labels, called), rel=1e-10)
        if called.any():
            assert found["precision"] == pytest.approx(metrics.precision_score(labels, called), rel=1e-10)
        else:
            assert found["precision"] is None
    precision, recall, thresholds = metrics.precision_recall_curve(labels, probabilities)
    points = module("curve", examples)
    assert [point["threshold"] for point in points] == thresholds[::-1].tolist()
    assert [point["precision"] for point in points] == pytest.approx(precision[-2::-1].tolist(), rel=1e-10)
    assert [point["recall"] for point in points] == pytest.approx(recall[-2::-1].tolist(), rel=1e-10)
    area = metrics.average_precision_score(labels, probabilities)
    assert module("averagePrecision", examples) == pytest.approx(area, rel=1e-10)
    best = module("bestThreshold", examples)
    scores = [metrics.f1_score(labels, probabilities >= threshold) for threshold in thresholds]
    assert metrics.f1_score(labels, probabilities >= best) == pytest.approx(max(scores), rel=1e-12)
    piles = module("histogram", labels.tolist(), probabilities.tolist(), 16)  # sixteenths are exact
    for label in (0, 1):
        assert piles[label] == np.histogram(probabilities[labels == label], np.linspace(0, 1, 17))[0].tolist()


# --- the threshold ----------------------------------------------------------------------------------------------------


def assert_threshold(out: Any, widget: wf.DecisionThreshold) -> None:
    """Matrix, numbers, line and point on the screen are those of the widget in Python."""
    for name, count in widget.counts.items():
        assert out.locator(f"td[data-name={name}] strong").text_content() == str(count)
    cells = dict(
        out.locator("dd").evaluate_all("all => all.map((dd) => [dd.dataset.name.toLowerCase(), dd.textContent])")
    )
    found = widget.measures
    assert cells == {name: "0 of 0: none" if value is None else f"{value:.3f}" for name, value in found.items()}
    ground = out.locator(".lw-ground")
    frames = [{key: float(ground.nth(at).get_attribute(key)) for key in ("x", "y", "width", "height")} for at in (0, 1)]
    edge = float(out.locator(".lw-edge").get_attribute("x1"))
    assert edge == pytest.approx(frames[0]["x"] + frames[0]["width"] * widget.threshold, abs=0.01)
    point = out.locator(".lw-now")
    if found["precision"] is None:
        assert point.get_attribute("visibility") == "hidden"
    else:
        across = frames[1]["x"] + frames[1]["width"] * found["recall"] / 1.02
        up = frames[1]["y"] + frames[1]["height"] * (1 - found["precision"] / 1.04)
        at = [float(point.get_attribute(name)) for name in ("cx", "cy")]
        assert at == pytest.approx([across, up], abs=0.01)


def test_threshold_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(THRESHOLD, "widget.threshold", theme="JupyterLab Dark")
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), made(THRESHOLD)
    slider = out.get_by_label("Threshold:")
    slider.wait_for()
    assert_threshold(out, widget)
    looks(out.locator(".lessons-widget"), THRESHOLD_TEXTS, THRESHOLD_MARKS)

    slider.focus()
    for key, value in (("ArrowLeft", 0.49), ("Home", 0.0), ("End", 1.0), ("ArrowLeft", 0.99)):
        page.keyboard.press(key)
        widget.threshold = value
        assert_threshold(out, widget)
    out.locator(".lw-ground").first.scroll_into_view_if_needed()
    box = out.locator(".lw-ground").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=5)
    page.mouse.up()
    page.wait_for_timeout(100)
    widget.threshold = float(out.locator("output").text_content())
    assert widget.threshold == pytest.approx(0.7, abs=0.01)
    assert_threshold(out, widget)
    out.get_by_role("button", name="largest F1").click()
    scores = {t: metrics.f1_score(widget.labels, widget.probabilities >= t) for t in widget.probabilities}
    widget.threshold = float(out.locator("output").text_content())
    assert widget.measures["f1"] == pytest.approx(max(scores.values()))
    assert_threshold(out, widget)
    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    assert float(notebook.output(1).locator("pre").text_content()) == widget.threshold


# --- a sentence -------------------------------------------------------------------------------------------------------


def assert_sentence(out: Any, widget: wf.ClassifySentence) -> None:
    """Wait for the answer; then bars, tokens and effects on the screen are those of the widget in Python."""
    note = re.compile(f"^{re.escape(widget.data['note'])}$")
    out.locator(".lw-status[data-state=read]", has_text=note).wait_for()
    out.page.wait_for_timeout(60)
    data = widget.data
    assert out.locator(".lw-bars bdi").all_text_contents() == data["labels"]
    widths = out.locator(".lw-share span").evaluate_all("all => all.map((bar) => parseFloat(bar.style.width))")
    assert widths == pytest.approx([100 * share for share in data["probabilities"]], abs=0.02)
    assert out.locator(".lw-piece").all_text_contents() == data["tokens"]
    assert out.locator(".lw-piece.lw-unknown").count() == sum(data["unknown"])
    best = data["labels"][int(np.argmax(data["probabilities"]))]
    assert out.locator("dd[data-name=label]").text_content() == best
    assert out.locator(".lw-emphasis bdi").all_text_contents() == [best]
    effects = data["effects"] or []
    assert out.locator(".lw-effect bdi").all_text_contents() == [word for word, _ in effects]
    shown = [text.replace("−", "-") for text in out.locator(".lw-effect small").all_text_contents()]
    assert [float(text) for text in shown] == pytest.approx([100 * change for _, change in effects], abs=0.06)


def test_a_sentence_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(CLASSIFY, theme="JupyterLab Dark", zoom=1.25)
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), made(CLASSIFY)
    field = out.get_by_label("Your sentence")
    field.wait_for()
    assert_sentence(out, widget)
    looks(out.locator(".lessons-widget"), CLASSIFY_TEXTS, [(".lw-share span", "backgroundColor")])

    for text in ("", "这部电影很好看", "A 🙂 film, and not a bad one", "the film " * 1200, "<b>$x$</b> &amp; the end"):
        field.fill(text)  # without Enter, after a pause
        widget.text = text
        out.locator(".lw-piece").nth(len(widget.data["tokens"]) - 1).wait_for()
        page.wait_for_timeout(600)
        assert_sentence(out, widget)
    field.fill("")
    field.type("It is not a bad film")
    field.press("Tab")  # to the box, before the pause is over
    page.keyboard.press("Space")
    widget.text, widget.leave_out = "It is not a bad film", True
    out.locator(".lw-effect").nth(5).wait_for()
    page.wait_for_timeout(600)
    assert_sentence(out, widget)
    assert "without that word" in out.locator(".lw-message").text_content()
    looks(out.locator(".lessons-widget"), [*CLASSIFY_TEXTS, (".lw-effect small", "color")], [])

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    field.fill("Who reads this?")
    out.get_by_text("A new text needs a running kernel: run this cell again.").wait_for()
    notebook.wait_until_idle()
