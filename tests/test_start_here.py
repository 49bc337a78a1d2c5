"""Sentence vectors and nearest neighbours, against a plain computation with transformers."""

import ast
import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close
from transformers import AutoModel, AutoTokenizer

from lessons import start_here
from lessons.bert import BERT
from lessons.kit import pretrained
from lessons.start_here import pictures
from tests.support.figures import words

TEXTS = ["A film.", "", "Tears ran down my cheeks, and I could not stop them.", "🎬 电影", "word " * 700]


@pytest.fixture(scope="module")
def vectors() -> torch.Tensor:
    return start_here.sentence_vectors(BERT.from_pretrained(), pretrained.tokenizer(), TEXTS, batch_size=2)


def test_vectors_are_the_masked_mean_of_the_last_layer(vectors):
    reference = AutoModel.from_pretrained(pretrained.folder()).eval()
    tokenizer = AutoTokenizer.from_pretrained(pretrained.folder())
    for text, vector in zip(TEXTS, vectors, strict=True):
        with torch.no_grad():
            hidden = reference(
                **tokenizer(text, truncation=True, max_length=512, return_tensors="pt")
            ).last_hidden_state
        mean = hidden[0].mean(0)
        assert_close(vector, mean / mean.norm())


def test_nearest_sorts_by_similarity_and_takes_no_more_than_there_are(vectors):
    similarities, indices = start_here.nearest(vectors[2], vectors, k=10)
    assert indices[0] == 2
    assert similarities == sorted(similarities, reverse=True)
    assert sorted(indices) == list(range(5))
    assert similarities[0] == pytest.approx(1.0, abs=1e-5)


def test_a_model_in_training_mode_gives_the_same_vectors_and_stays_in_it(vectors):
    bert = BERT.from_pretrained().train()
    assert_close(start_here.sentence_vectors(bert, pretrained.tokenizer(), TEXTS[:1]), vectors[:1])
    assert bert.training


def test_one_bare_string_gets_a_sentence():
    with pytest.raises(TypeError, match="list of texts"):
        start_here.sentence_vectors(BERT.from_pretrained(), pretrained.tokenizer(), "a film")


def test_no_text_gets_a_sentence():
    with pytest.raises(ValueError, match="at least one text"):
        start_here.sentence_vectors(BERT.from_pretrained(), pretrained.tokenizer(), [])


def test_the_environment_names_versions():
    found = start_here.environment()
    assert found["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert {"Python", "transformers", "jupyterlab", "graphics card"} <= set(found)


def test_the_library_is_read_once_with_its_progress(monkeypatch, capsys):
    calls = []
    vectors_of = start_here.sentence_vectors
    monkeypatch.setattr(start_here, "sentence_vectors", lambda *args, **k: calls.append(k) or vectors_of(*args, **k))
    start_here.film_library.cache_clear()
    sentences, vectors = start_here.film_library(5)
    assert start_here.film_library(5)[1] is vectors
    assert calls == [{"progress": True}]
    captured = capsys.readouterr()
    assert "reading" in captured.out
    assert captured.err == ""
    assert_close(vectors, vectors_of(*start_here.minilm(), sentences))
    assert vectors.norm(dim=1).tolist() == pytest.approx([1] * 5, abs=1e-5)
    start_here.film_library.cache_clear()


def test_word_vectors_are_those_of_transformers_before_and_after_every_layer():
    reference = AutoModel.from_pretrained(pretrained.folder()).eval()
    tokenizer, texts = pretrained.tokenizer(), ["The bank of the river.", "I need a bank, any bank."]
    found = start_here.word_vectors(BERT.from_pretrained(), tokenizer, "bank", texts)
    assert found.shape == (2, 7, 384)
    for text, place, vectors in zip(texts, (2, 4), found, strict=True):
        with torch.no_grad():
            states = reference(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
        assert_close(vectors, torch.stack([state[0, place] for state in states]))


def test_word_vectors_say_what_is_missing():
    bert, tokenizer = start_here.minilm()
    with pytest.raises(ValueError, match="“bank” is no token of 'A river"):
        start_here.word_vectors(bert, tokenizer, "bank", ["A bank.", "A river."])
    with pytest.raises(ValueError, match="at least one"):
        start_here.word_vectors(bert, tokenizer, "bank", [])


def test_neighbour_shares_count_the_largest_shares_of_transformers():
    texts = ["A bank, by the river.", "It was not a good film at all."]
    reference = AutoModel.from_pretrained(pretrained.folder(), attn_implementation="eager").eval()
    hits: list[list[bool]] = [[], []]
    for text in texts:
        with torch.no_grad():
            layers = reference(**pretrained.tokenizer()(text, return_tensors="pt"), output_attentions=True).attentions
        n = layers[0].shape[-1]
        hits[0] += [int(layers[0][0, 2, i].argmax()) == i - 1 for i in range(1, n)]
        hits[1] += [int(layers[1][0, 8, i].argmax()) == i + 1 for i in range(n - 1)]
    found = start_here.neighbour_shares(*start_here.minilm(), texts)
    assert found == pytest.approx([sum(row) / len(row) for row in hits])
    with pytest.raises(ValueError, match="at least one"):
        start_here.neighbour_shares(*start_here.minilm(), [])


# --- the drawings -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("closed_figures")
class TestPictures:
    def test_a_sentence_is_drawn_with_its_tokens_and_shapes(self):
        drawn = words(pictures.sentence_to_vector(["[CLS]", "weep", "[SEP]"], n_layers=2, dim=8))
        assert {"[CLS]", "weep", "[SEP]", "tokens\n(3,)", "a vector each\n(3, 8)"} <= set(drawn)
        assert "2 layers: each token takes something from the others" in drawn
        with pytest.raises(ValueError, match="these are 8"):
            pictures.sentence_to_vector(["a"] * 8)

    def test_the_banks_are_the_first_and_the_last_step(self):
        values = np.linspace(0.4, 1, 2 * 2 * 3).reshape(2, 2, 3)
        shown = [axes.images[0].get_array() for axes in pictures.banks(values, ["a", "b"]).axes]
        np.testing.assert_allclose(shown, [values[..., 0], values[..., -1]])

    def test_every_number_of_a_tensor_stands_in_its_table(self):
        drawn = words(pictures.tensor(np.arange(12).reshape(2, 3, 2)))
        assert [word for word in drawn if word.isdigit()] == [str(number) for number in range(12)]
        assert any("axis 1: which token (3)" in word for word in drawn)

    def test_what_numpy_repeats_is_what_is_drawn(self):
        axes = pictures.broadcasting()
        titles = [text for text in words(axes) if text.startswith("(2, 3) + ")]
        drawn = [patch for patch in axes.patches if patch.get_y() >= 3.9]
        for title, left in zip(titles, (0.5, 7.9, 15.3), strict=True):
            shape = ast.literal_eval(title.removeprefix("(2, 3) + "))
            here = [patch for patch in drawn if left <= patch.get_x() < left + 3]
            own = [patch for patch in here if patch.get_linestyle() == "-"]
            assert len(own) == math.prod(shape)
            fits = shape != (2,)
            assert len(here) == (np.broadcast_to(np.ones(shape), (2, 3)).size if fits else 2)

    def test_heaps_hold_every_sample(self):
        shares = {4: [0.25, 0.5, 0.5], 10: [0.4, 0.5]}
        figure = pictures.sample_shares(shares, 0.5)
        heights = [sum(patch.get_height() for patch in axes.patches) for axes in figure.axes]
        assert heights == [3, 2]
        assert [axes.get_ylabel() for axes in figure.axes] == ["n = 4", "n = 10"]

    def test_the_summary_names_the_shapes(self):
        assert any("(batch, tokens, dim)" in word for word in words(pictures.what_you_own()))
