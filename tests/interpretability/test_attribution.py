"""Attributions against captum's stored answers, closed forms, and brute force over orders."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lessons.interpretability import attribution as a
from tests.interpretability import small

EXACT = {"rtol": 0, "atol": 1e-10}
# Made by make_references.py with captum 0.9.0 and PyKEEN 1.11.1, which are no requirements of the course.
STORED = load_file(Path(__file__).with_name("references.safetensors"))


@pytest.fixture(params=range(small.N_MODELS))
def asked(request: pytest.FixtureRequest) -> tuple:
    return request.param, *small.asked(request.param)


def test_gradients_are_captums(asked) -> None:
    seed, _, _, words, base, score = asked
    torch.testing.assert_close(score(words), STORED[f"{seed}.score"], **EXACT)  # the same model
    torch.testing.assert_close(a.gradients(score, words), STORED[f"{seed}.gradients"], **EXACT)
    torch.testing.assert_close(a.gradient_times_input(score, words), STORED[f"{seed}.times_input"], **EXACT)
    for steps in (4, 16):
        found = a.integrated_gradients(score, words, base, steps)
        torch.testing.assert_close(found, STORED[f"{seed}.integrated.{steps}"], **EXACT)


def test_shapley_values_are_captums(asked) -> None:
    seed, _, _, words, base, score = asked
    inside = words.shape[1] - 2
    tables = [torch.where(_is_in(subset, words), words, base) for subset in a.subsets(inside)]
    values = score(torch.cat(tables))
    torch.testing.assert_close(a.shapley(values).float(), STORED[f"{seed}.shapley"])  # captum keeps these in 32 bits


def _is_in(subset: list[int], words: torch.Tensor) -> torch.Tensor:
    found = torch.zeros(words.shape[1], dtype=torch.bool)
    found[[0, -1]] = True
    found[[place + 1 for place in subset]] = True
    return found[None, :, None]


def test_words_go_the_way_of_token_ids(asked) -> None:
    _, model, token_ids, words, _, score = asked
    torch.testing.assert_close(a.logits_of_words(model, words), model(token_ids), **EXACT)
    torch.testing.assert_close(score(words), a.evidence(model(token_ids), 1), **EXACT)


def test_evidence_is_log_odds() -> None:
    logits = torch.randn(9, 4, dtype=torch.double)
    p = logits.softmax(-1)[:, 2]
    torch.testing.assert_close(a.evidence(logits, 2), (p / (1 - p)).log(), **EXACT)
    torch.testing.assert_close(a.evidence(logits[:, :2], 0), logits[:, 0] - logits[:, 1], **EXACT)
    with pytest.raises(ValueError, match="no label 4"):
        a.evidence(logits, 4)


def test_integrated_gradients_are_complete_in_the_end(asked) -> None:
    _, _, _, words, base, score = asked
    gaps = [a.completeness_gap(score, words, base, a.integrated_gradients(score, words, base, n)) for n in (4, 64, 512)]
    assert gaps[2] < gaps[0]
    assert gaps[2] < 1e-2


def test_of_a_linear_score_all_gradients_are_exact() -> None:
    weight = torch.randn(5, 3, dtype=torch.double)
    words, base = torch.randn(2, 1, 5, 3, dtype=torch.double)
    found = a.integrated_gradients(lambda w: (w * weight).sum((1, 2)), words, base, 1)
    torch.testing.assert_close(found, ((words - base)[0] * weight).sum(-1), **EXACT)
    times = a.gradient_times_input(lambda w: (w * weight).sum((1, 2)), words)
    torch.testing.assert_close(times[0], (words[0] * weight).sum(-1), **EXACT)
    lengths = a.saliency(lambda w: (w * weight).sum((1, 2)), words)
    torch.testing.assert_close(lengths[0], weight.norm(dim=-1), **EXACT)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_shapley_values_are_the_mean_over_all_orders(n: int) -> None:
    values = torch.randn(2**n, dtype=torch.double, generator=torch.Generator().manual_seed(n))
    gains = torch.zeros(n, dtype=torch.double)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        here = 0
        for player in order:
            gains[player] += values[here | 1 << player] - values[here]
            here |= 1 << player
    torch.testing.assert_close(a.shapley(values), gains / len(orders), **EXACT)
    torch.testing.assert_close(a.shapley(values).sum(), values[-1] - values[0], **EXACT)


def test_subsets_are_binary_numbers() -> None:
    assert a.subsets(3) == [[], [0], [1], [0, 1], [2], [0, 2], [1, 2], [0, 1, 2]]
    with pytest.raises(ValueError, match="12 words"):
        a.subsets(13)


@pytest.mark.parametrize("way", a.WAYS)
def test_leaving_out_is_leaving_out(way: str) -> None:
    model, token_ids, *_ = small.asked(0)
    found = a.leave_one_out(model, token_ids, 1, way)
    row = token_ids[0].tolist()
    whole = a.evidence(model(token_ids), 1)
    for place in range(1, len(row) - 1):
        less = [*row[:place], *([3] if way == "mask" else []), *row[place + 1 :]]
        due = whole - a.evidence(model(torch.tensor([less])), 1)
        torch.testing.assert_close(found[place : place + 1], due, **EXACT)
    assert found[0] == found[-1] == 0


def test_rollout_by_hand() -> None:
    first = torch.tensor([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]])  # two heads
    second = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    one = torch.tensor([[0.75, 0.25], [0.25, 0.75]])
    two = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    torch.testing.assert_close(a.rollout([first, second]), two @ one)
    torch.testing.assert_close(a.rollout([first]), one)


def test_rollout_gives_shares() -> None:
    weights = [torch.rand(3, 6, 6, dtype=torch.double).softmax(-1) for _ in range(4)]
    torch.testing.assert_close(a.rollout(weights).sum(-1), torch.ones(6, dtype=torch.double), **EXACT)


@pytest.mark.parametrize("method", a.METHODS)
def test_every_method_gives_a_number_to_each_token(method: str) -> None:
    model = small.classifier(1)
    tokens, found = a.explained(model, "5 6 7 8", method)
    assert len(tokens) == 4
    assert found.shape == (4,)
    assert found.isfinite().all()
    with pytest.raises(ValueError, match="no word"):
        a.explained(model, "", method)


def test_what_cannot_be_explained_is_said() -> None:
    model, token_ids, words, base, score = small.asked(0)
    with pytest.raises(ValueError, match="there is no 'magic'"):
        a.explained(model, "5 6", "magic")
    with pytest.raises(ValueError, match="mask or remove"):
        a.with_places(token_ids, [[1]], "hide", 3)
    with pytest.raises(ValueError, match="no word at 5"):
        a.with_places(token_ids, [[5]], "mask", 3)
    with pytest.raises(ValueError, match="a base like it"):
        a.integrated_gradients(score, words, base[:, 1:])
