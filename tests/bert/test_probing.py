"""Probes: every layer as the model gives it, least squares as scikit-learn has it, controls that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression
from torch.nn import functional as F
from torch.testing import assert_close

from lessons.bert import BERT, BERTConfig, probing
from lessons.bert import masked_language as mlm
from lessons.exercises import find
from lessons.tutor import Kind

TEXTS = ["the cat sat on the mat", "a dog", "so so", "the dog sat on the cat and the mat"] * 3


@pytest.fixture(scope="module")
def tokenizer():
    return mlm.train_wordpiece(TEXTS * 5, vocab_size=50)


@pytest.fixture(scope="module")
def model(tokenizer) -> BERT:
    torch.manual_seed(0)
    return BERT(BERTConfig(len(tokenizer), 24, 2, 3, 40, 20)).double().train()


def clouds(seed: int, n: int = 60, dim: int = 5) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(3, (n,), generator=generator)
    labels[:3] = torch.arange(3)
    centres = 3 + torch.randn(3, dim, generator=generator).double()
    drawn = torch.randn(2, n, dim, generator=generator).double()
    return centres[labels] + drawn[0], labels, centres[labels] + 2 * drawn[1]


def test_every_layer_is_that_of_the_model_text_by_text_without_dropout(model, tokenizer) -> None:
    ids, vectors = probing.every_layer(model, tokenizer, TEXTS, batch_size=5)
    assert model.training
    for text, row, found in zip(TEXTS, ids, vectors, strict=True):
        assert row == tokenizer(text)["input_ids"]
        with torch.no_grad():
            alone = model.eval()(torch.tensor([row]), every_layer=True).hidden_states
        assert_close(found, torch.stack(alone, 2)[0], rtol=0, atol=1e-10)
    model.train()


def test_one_bare_string_is_told(model, tokenizer) -> None:
    with pytest.raises(TypeError):
        probing.every_layer(model, tokenizer, "the cat")


@pytest.mark.parametrize("seed", range(3))
def test_the_probe_is_least_squares_of_scikit_learn(seed: int) -> None:
    vectors, labels, new = clouds(seed)
    reference = LinearRegression().fit(vectors, F.one_hot(labels)).predict(new).argmax(1)
    assert probing.linear_probe(vectors, labels, new).tolist() == reference.tolist()
    moved = vectors * 7 + 2, labels, new * 7 + 2  # another unit, another origin: nothing to tune
    assert probing.linear_probe(*moved).tolist() == reference.tolist()


def test_the_probe_says_what_does_not_fit() -> None:
    vectors, labels, new = clouds(0)
    for wrong in ((vectors, labels[:-1], new), (vectors, labels.double(), new), (vectors, labels - 1, new)):
        with pytest.raises(ValueError, match="are due"):
            probing.linear_probe(*wrong)
    with pytest.raises(ValueError, match="new_vectors"):
        probing.linear_probe(vectors, labels, new[:, 1:])


def test_tokens_are_asked_about_in_order_and_without_the_special_ones() -> None:
    ids = [[2, 7, 8, 3], [2, 9, 3], [2, 8, 7, 8, 3]]
    vectors = [100.0 * row + torch.arange(len(text))[:, None, None].expand(-1, 2, 4) for row, text in enumerate(ids)]

    def label(row: list[int], at: int) -> int | None:
        return at if row[at] != 9 else None

    found = probing.token_examples(ids, vectors, label, 4)
    assert found.vectors[:, 0, 0].tolist() == [1, 2, 201, 202]
    assert (found.labels.tolist(), found.words.tolist()) == ([1, 2, 1, 2], [7, 8, 8, 7])
    with pytest.raises(ValueError, match="Nothing is asked"):
        probing.token_examples(ids, vectors, lambda row, at: None, 4)


def test_a_word_has_one_random_label_in_both_parts_and_labels_come_from_those_that_are_there() -> None:
    words = torch.tensor([4, 9, 4, 7, 9, 11])
    train = probing.Examples(torch.zeros(6, 1, 1), torch.tensor([0, 0, 0, 0, 0, 5]), words)
    new = probing.Examples(torch.zeros(3, 1, 1), torch.tensor([0, 0, 0]), torch.tensor([9, 50, 4]))
    for seed in range(5):
        drawn, new_drawn = probing.random_labels(train, new, seed)
        label_of = dict(zip(words.tolist(), drawn.tolist(), strict=True))
        assert [label_of[word] for word in words.tolist()] == drawn.tolist()
        assert (new_drawn[0], new_drawn[2]) == (label_of[9], label_of[4])
        assert {*drawn.tolist(), *new_drawn.tolist()} <= {0, 5}


def test_accuracies_go_layer_by_layer_and_guessing_takes_the_commonest() -> None:
    vectors, labels, new = clouds(1)
    other = torch.randn(60, 5, generator=torch.Generator().manual_seed(9)).double()
    found = probing.accuracies(torch.stack([vectors, other], 1), labels, torch.stack([new, other], 1), labels)
    expected = [
        (probing.linear_probe(v, labels, n) == labels).double().mean().item()
        for v, n in ((vectors, new), (other, other))
    ]
    assert found == pytest.approx(expected)
    assert probing.always_the_same(torch.tensor([1, 1, 0]), torch.tensor([1, 0, 2, 1])) == 0.5


def test_controls_stand_beside_each_encoder(model, tokenizer) -> None:
    encoded = {name: probing.encode(model, tokenizer, TEXTS, TEXTS[:4]) for name in ("trained", "untrained")}
    lines = probing.with_controls(encoded, lambda row, at: min(at - 1, 1), most=40)
    assert list(lines) == ["trained", "untrained", "random labels", "commonest label"]
    assert [len(v) for v in list(lines.values())[:3]] == [3, 3, 3]
    assert lines["trained"] == lines["untrained"]


def test_rows_have_a_column_for_each_layer_and_end_in_the_selectivity() -> None:
    rows = probing.layer_rows({"trained": [0.5, 0.75], "random labels": torch.tensor([0.25, 1.0]), "guessing": 0.125})
    assert rows == [
        {"layer": "trained", 0: 0.5, 1: 0.75},
        {"layer": "random labels", 0: 0.25, 1: 1.0},
        {"layer": "guessing", 0: 0.125},
        {"layer": "selectivity", 0: 0.25, 1: -0.25},
    ]
    assert probing.layer_rows({"one": [1.0]}) == [{"layer": "one", 0: 1.0}]


def test_vectors_of_a_word_are_those_at_its_places(model, tokenizer) -> None:
    _, vectors = probing.every_layer(model, tokenizer, TEXTS[:4])
    assert_close(
        probing.word_vectors(model, tokenizer, TEXTS[:4], "the"),
        torch.stack([vectors[0][1], vectors[0][5], vectors[3][1], vectors[3][5], vectors[3][8]]),
    )
    with pytest.raises(ValueError, match="holds the token"):
        probing.word_vectors(model, tokenizer, TEXTS[:4], "[MASK]")


def test_each_sentence_has_its_bank_once_and_one_has_both() -> None:
    for sentence in (*probing.MONEY, *probing.RIVER):
        assert sentence.count("bank") == 1
    assert probing.BOTH.count("bank") == 2
    assert len(probing.MONEY) == len(probing.RIVER) == 8


def test_a_lean_is_a_difference_of_mean_cosines() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = (
        torch.randn(3, 2, 6, generator=generator).double(),
        torch.randn(4, 2, 6, generator=generator).double(),
    )
    found = probing.leans(first, second)
    assert found.shape == (7, 2)

    def cosine(a, b):
        return float(a @ b / (a.norm() * b.norm()))

    own = np.mean([cosine(second[1, 0], second[i, 0]) for i in (0, 2, 3)])
    other = np.mean([cosine(second[1, 0], first[i, 0]) for i in range(3)])
    assert found[4, 0].item() == pytest.approx(own - other, abs=1e-12)
    assert_close(probing.lean(first[0], first[1:], second), found[0])


# --- other right answers to the exercise ------------------------------------------------------------------------------


def _with_scikit_learn(vectors, labels, new_vectors):
    return LinearRegression().fit(vectors, np.eye(int(labels.max()) + 1)[labels]).predict(new_vectors).argmax(1)


def _with_numpy(vectors, labels, new_vectors):
    x, new = (np.column_stack([np.asarray(v), np.ones(len(v))]) for v in (vectors, new_vectors))
    targets = (np.asarray(labels)[:, None] == np.arange(int(labels.max()) + 1)) * 2.0 - 1  # -1 and 1 serve as well
    return [int(row.argmax()) for row in new @ np.linalg.lstsq(x, targets, rcond=None)[0]]


def _normal_equations(vectors, labels, new_vectors):
    x = F.pad(vectors, (1, 0), value=1.0)
    targets = torch.stack([(labels == label).to(vectors.dtype) for label in range(int(labels.max()) + 1)])
    weights = torch.linalg.solve(x.T @ x, x.T @ targets.T)
    return (F.pad(new_vectors, (1, 0), value=1.0) @ weights).softmax(1).max(1).indices


@pytest.mark.parametrize("attempt", [_with_scikit_learn, _with_numpy, _normal_equations])
def test_other_right_answers_are_accepted(attempt) -> None:
    assert find("bert.linear_probe").check(attempt).kind is Kind.CORRECT
