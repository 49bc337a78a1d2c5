"""Erase a word, without a browser: the table is the model's, formulas are the chapter's, junk gets a sentence."""

from __future__ import annotations

import base64

import matplotlib as mpl

mpl.use("Agg")

import pytest
import torch
from traitlets import TraitError

from lessons.interpretability import attribution
from lessons.widgets import interpretability as shown
from tests.interpretability import small

TEXT = "5 6 7 8"


@pytest.fixture
def widget() -> shown.EraseAWord:
    return shown.erase_a_word(small.classifier(), TEXT)


def test_the_table_is_the_models(widget) -> None:
    model = small.classifier()
    label = int(model(torch.tensor([[1, 5, 6, 7, 8, 2]])).argmax())
    for present in range(16):
        row = [5 + i if present >> i & 1 else 3 for i in range(4)]
        widget.present = present
        due = model(torch.tensor([[1, *row, 2]])).softmax(-1)[0, label].item()
        assert widget.probability == pytest.approx(due, abs=1e-5)


def test_formulas_are_the_chapters(widget) -> None:
    table = torch.tensor(widget.table, dtype=torch.double)
    assert shown.shares(widget.table, 15) == pytest.approx(attribution.shapley(table).tolist())
    assert shown.shares(widget.table, 0b0101)[1] == 0
    few = table[[0, 1, 4, 5]]  # the words 0 and 2 alone
    assert [shown.shares(widget.table, 0b0101)[i] for i in (0, 2)] == pytest.approx(attribution.shapley(few).tolist())
    model, ids = small.classifier(), torch.tensor([[1, 5, 6, 7, 8, 2]])
    label = int(model(ids).argmax())
    due = attribution.leave_one_out(model, ids, label)[1:-1].tolist()
    assert shown.left_out(widget.table, 15) == pytest.approx(due, abs=1e-5)


def test_gradients_are_those_of_each_subset(widget) -> None:
    model = small.classifier()
    for present in (15, 0b0110):
        row = torch.tensor([[1, *(5 + i if present >> i & 1 else 3 for i in range(4)), 2]])
        label = int(model(torch.tensor([[1, 5, 6, 7, 8, 2]])).argmax())
        score, words = attribution.score_of(model, label), attribution.word_vectors(model, row)
        widget.present = present
        times = attribution.gradient_times_input(score, words)[0, 1:-1]
        times = [value if present >> i & 1 else 0 for i, value in enumerate(times.tolist())]
        assert widget.explanation("gradient × input") == pytest.approx(times, abs=1e-4)
        found = attribution.integrated_gradients(score, words, attribution.masked_base(model, row), shown.STEPS)
        assert widget.explanation("integrated gradients") == pytest.approx(found[1:-1].tolist(), abs=1e-4)


def test_it_is_drawn_and_has_a_fallback(widget) -> None:
    bundle = widget.bundle()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == "Erase a word: run this cell in JupyterLab to use the widget."
    widget.present, widget.left = 0, "Shapley values"
    assert widget.explanation(widget.left) == [0, 0, 0, 0]
    assert widget.picture().axes[0].get_title() == "Shapley values"


@pytest.mark.parametrize(("name", "value"), [("present", -1), ("present", 16), ("left", "magic")])
def test_traits_are_checked(widget, name, value) -> None:
    with pytest.raises(TraitError):
        setattr(widget, name, value)


def test_what_cannot_be_shown_is_said(widget) -> None:
    model = small.classifier()
    for classifier, text in ((None, TEXT), (model, 3), (model, "5"), (model, "5 6 7 8 9 10 11 12")):
        with pytest.raises(ValueError, match=r"\.$"):
            shown.erase_a_word(classifier, text)
    with pytest.raises(ValueError, match="there is no"):
        widget.explanation("magic")
