"""The first taste without a browser: what it says of a text is what the model computes, and no text breaks it."""

from __future__ import annotations

import base64
import threading
import warnings

import numpy as np
import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from lessons import start_here
from lessons.kit import pretrained
from lessons.widgets import base
from lessons.widgets import start_here as ws

LIBRARY = ("A film.", "Tears ran down my cheeks.", "It made me a profit.", "I slept through it.", "电影", "🎬 $x$")


@pytest.fixture(scope="module")
def vectors() -> torch.Tensor:
    return start_here.sentence_vectors(*start_here.minilm(), LIBRARY)


@pytest.fixture
def widget(vectors, monkeypatch: pytest.MonkeyPatch) -> ws.FirstTaste:
    """The widget with six sentences for a library."""
    monkeypatch.setattr(ws, "film_library", lambda: (LIBRARY, vectors))
    return ws.first_taste("It made me weep.")


def test_attention_is_that_of_hugging_face(widget):
    from transformers import AutoModel

    theirs = AutoModel.from_pretrained(pretrained.folder("minilm"), attn_implementation="eager").eval()
    for text in ("It made me weep.", "unbelievable 🙂 mats"):
        widget.text = text
        with torch.no_grad():
            found = theirs(torch.tensor([widget.data["ids"]]), output_attentions=True).attentions
        expected = [
            found[layer][0].mean(0) if head is None else found[layer][0, head] for layer, head in ws.HEADS.values()
        ]
        assert_close(torch.tensor(widget.data["attention"]), torch.stack(expected), rtol=0, atol=6e-5)  # 4 decimals


def test_neighbours_are_those_of_the_sentence_vectors(widget, vectors):
    query = start_here.sentence_vectors(*start_here.minilm(), ["It made me weep."])[0]
    similarities = (vectors @ query).numpy()
    order = np.argsort(-similarities)[:5]
    assert [sentence for sentence, _ in widget.neighbours] == [LIBRARY[i] for i in order]
    assert [value for _, value in widget.neighbours] == pytest.approx(similarities[order], abs=1e-5)
    assert widget.neighbours[0][0] == "Tears ran down my cheeks."


@pytest.mark.parametrize(
    ("text", "n_tokens", "n_near", "note"),
    [
        ("", 2, 0, "no word"),
        ("  \n", 2, 0, "no word"),
        ("🎬🎉", 3, 0, "trained on English"),
        ("电影很好看", None, None, "trained on English"),
        ("a" * 10_000, 3, 0, "trained on English"),
        ("the cat " * 5_000, 40, 5, "cut to the first 40"),
        ("\ud83d hi", 4, 5, ""),
        ("Das ist nicht gut.", None, 5, "trained on English"),
        ("<b>bold</b> $x$ \x00", None, 5, ""),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_any_text(widget, text, n_tokens, n_near, note):
    widget.text = text
    assert widget.data["text"] == widget.text
    assert n_tokens in (None, len(widget.tokens))
    assert n_near in (None, len(widget.neighbours))
    assert note in widget.data["note"] if note else widget.data["note"] == ""
    n = len(widget.tokens)
    attention = np.array(widget.data["attention"])
    assert attention.shape == (4, n, n)
    assert attention.sum(-1) == pytest.approx(1, abs=0.004)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that the font lacks would be one
        assert base.png(widget.picture()).startswith(b"\x89PNG")


def test_the_two_simple_heads_look_one_back_and_one_ahead(widget):
    widget.text = "I fell asleep before it was over."
    back, ahead = (np.array(widget.data["attention"][at]).argmax(1) for at in (0, 1))
    n = len(widget.tokens)
    assert back[1:].tolist() == list(range(n - 1))
    assert sum(ahead[:-1] == np.arange(1, n)) >= n - 3


def test_it_answers_from_another_thread(widget):
    thread = threading.Thread(target=setattr, args=(widget, "text", "two words"))
    thread.start()
    thread.join()
    assert widget.tokens == ["[CLS]", "two", "words", "[SEP]"]


def test_an_error_becomes_a_sentence(widget, monkeypatch):
    def broken() -> None:
        raise OSError("the weights are gone.")

    monkeypatch.setattr(ws, "minilm", broken)
    before = widget.tokens
    widget.text = "something else"
    assert widget.data["note"].endswith("the weights are gone.")
    assert widget.tokens == before


def test_values_that_cannot_be_drawn(widget):
    for name, value in (("token", -1), ("head", 4), ("head", -1)):
        with pytest.raises(TraitError):
            setattr(widget, name, value)
    with pytest.raises(ValueError, match="must be a string, not int"):
        ws.first_taste(3)
    widget.token = 1000  # of a longer text: the last is drawn
    assert base.png(widget.picture())


def test_what_stays_in_a_notebook(widget):
    bundle = widget.bundle()
    assert bundle["text/plain"] == "A first taste: run this cell in JupyterLab to use the widget."
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert len(bundle["image/png"]) < 60_000
    assert "Open question" in widget.heading()
    assert "http" not in ws.FirstTaste._esm.replace("http://www.w3.org/2000/svg", "")
