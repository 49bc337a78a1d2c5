"""Sentence vectors and nearest neighbours, against a plain computation with transformers."""

import pytest
import torch
from torch.testing import assert_close
from transformers import AutoModel, AutoTokenizer

from lessons import start_here
from lessons.bert import BERT
from lessons.kit import pretrained

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
