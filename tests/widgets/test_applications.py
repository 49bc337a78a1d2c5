"""Search your own texts, without a browser: each score is that of the module, and no text breaks it."""

from __future__ import annotations

import base64
import warnings

import pytest
import torch
from traitlets import TraitError

from lessons import start_here
from lessons.applications import search
from lessons.widgets import applications as shown

FEW = ("Refunds take three days.", "A dog bit a man.", "A man bit a dog.", "Error E-4012: no paper.")


@pytest.fixture(scope="module")
def widget() -> shown.SearchTexts:
    return shown.search_your_texts(FEW, "a dog bit")


@pytest.fixture(autouse=True)
def _as_it_was(widget: shown.SearchTexts) -> None:
    widget.set_trait("library", "\n".join(FEW))
    widget.text, widget.k1, widget.b = "a dog bit", 1.2, 0.75


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.0, 0.5), (3.0, 0.0), (0.4, 1.0)])
def test_words_are_counted_by_bm25(widget, k1, b):
    widget.k1, widget.b = k1, b
    for query in ("a dog bit", "paper paper", "zebra", ""):
        widget.text = query
        expected = search.BM25(FEW, k1, b).scores([query])[0]
        assert widget.scores["words"] == pytest.approx(expected.tolist(), abs=1e-12)


def test_vectors_are_those_of_minilm(widget):
    for query in ("How do I get my money back?", "a man was bitten"):
        widget.text = query
        vectors = [start_here.sentence_vectors(*start_here.minilm(), texts) for texts in ([query], FEW)]
        expected = search.cosine_similarities(*vectors)[0]
        torch.testing.assert_close(torch.tensor(widget.scores["vectors"]), expected, rtol=0, atol=1e-5)
    widget.text = "How do I get my money back?"
    assert widget.found["words"] == []
    assert widget.found["vectors"][0] == widget.found["both"][0] == FEW[0]
    widget.text = "4012"
    assert widget.found["words"] == [FEW[3]]


def test_rankings_are_added_up():
    words, vectors = [0.0, 2.0, 1.0, 1.0], [0.3, 0.1, 0.2, -0.4]
    rankings = [shown.ranking(words, 0), shown.ranking(vectors)]
    assert rankings == [[1, 2, 3], [0, 2, 1, 3]]  # the first of equals first; what shares no word has no place
    expected = [1 / 61, 1 / 61 + 1 / 63, 1 / 62 + 1 / 62, 1 / 63 + 1 / 64]
    assert shown.added_ranks(rankings, 4) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "no word"),
        ("  ", "no word"),
        ("🎬🎉", "trained on English"),
        ("the cat " * 5_000, "cut to the first 512"),
        ("\ud83d hi", ""),
        ("<b>dog</b> $x$ \x00", ""),
        ("İSTANBUL ΣΑΣ straße", ""),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_any_query(widget, text, note):
    widget.text = text
    assert widget.data["text"] == widget.text
    assert note in widget.data["note"]
    assert len(widget.scores["words"]) == 4
    assert len(widget.scores["vectors"]) == (4 if text.strip() else 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that the font lacks would be one
        assert shown.base.png(widget.picture()).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("library", "n", "note"),
    [
        ("", 0, ""),
        ("\n \n\t\n", 0, ""),
        ("one\r\n  two  \n\n", 2, ""),
        ("\n".join(f"text {i}" for i in range(80)), 60, "Of 80 texts the first 60"),
        ("word " * 200, 1, "first 400 characters"),
        ("\ud83d\n电影 🎬", 2, ""),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_any_library(widget, library, n, note):
    widget.library = library
    assert widget.data["library"] == widget.library
    assert len(widget.texts) == len(widget.scores["words"]) == len(widget.scores["vectors"]) == n
    assert max(map(len, widget.texts), default=0) <= shown.LONGEST
    assert note in widget.data["note"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert shown.base.png(widget.picture())


def test_each_text_is_read_once(widget, monkeypatch):
    read = []
    whole = shown.sentence_vectors
    monkeypatch.setattr(shown, "sentence_vectors", lambda *to: read.extend(to[2]) or whole(*to))
    widget.text = "something that nobody asked"
    widget.library = "\n".join([*FEW, "one that is new"])
    assert read == ["something that nobody asked", "one that is new"]


def test_an_error_becomes_a_sentence(widget, monkeypatch):
    def broken() -> None:
        raise OSError("the weights are gone.")

    monkeypatch.setattr(shown, "minilm", broken)
    widget.text = "something else again"
    assert widget.data["note"].endswith("the weights are gone.")


def test_values_that_do_not_fit_are_refused(widget):
    for name, value in (("k1", -1), ("k1", 4), ("b", 1.5)):
        with pytest.raises(TraitError):
            setattr(widget, name, value)
    for texts in ("one", [], [3], ["a"] * 61):
        with pytest.raises(ValueError, match="Give a list of texts"):
            shown.search_your_texts(texts)
    with pytest.raises(ValueError, match="must be a string, not int"):
        shown.search_your_texts(FEW, 3)


def test_what_stays_in_a_notebook(widget):
    bundle = widget.bundle()
    assert bundle["text/plain"] == "Search your own texts: run this cell in JupyterLab to use the widget."
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert len(bundle["image/png"]) < 60_000
    assert "Open question" in widget.heading()
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "")
