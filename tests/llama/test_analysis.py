"""The exam has right answers, separation is the area under the curve, and sizes are counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from lessons.llama import Llama, LlamaConfig, analysis
from lessons.llama.analysis import (
    Question,
    cache_bytes,
    exam,
    llama_parameters,
    obeys,
    separation,
    separation_interval,
    tokens_a_second,
    window_mask,
)


def test_the_exam_is_what_it_says() -> None:
    questions = exam()
    counted = {
        name: sum(q.subject == name for q in questions) for name in ("facts", "arithmetic", "negation", "made up")
    }
    assert counted == {"facts": 24, "arithmetic": 24, "negation": 24, "made up": 24}
    assert len({q.text for q in questions if q.subject != "arithmetic"}) == 72
    for question in questions:
        if question.subject == "arithmetic":
            a, sign, b = question.text.removeprefix("What is ").removesuffix("?").split(" ")
            assert question.answers == (str(int(a) + int(b) if sign == "+" else int(a) * int(b)),)


def test_a_not_turns_the_answer_round() -> None:
    answers = {q.text: q.answers[0] for q in exam() if q.subject == "negation"}
    assert answers["True or false: A cat is an animal."] == "true"
    assert answers["True or false: A cat is not an animal."] == "false"
    assert answers["True or false: Dogs do lay eggs."] == "false"
    assert answers["True or false: Dogs do not lay eggs."] == "true"
    assert sum(answer == "true" for answer in answers.values()) == 12


def test_replies_are_judged() -> None:
    assert Question("facts", "", ("ice", "water ice")).is_right("It is called Ice.")
    assert not Question("facts", "", ("ice",)).is_right("It is nice.")
    assert Question("arithmetic", "", ("12",)).is_right("7 + 5 = 12")
    assert Question("negation", "", ("false",)).is_right("False. It is true that cats")
    assert not Question("negation", "", ("true",)).is_right("Perhaps.")
    assert Question("made up", "", ()).is_right("I don't know.")
    assert not Question("made up", "", ()).is_right("It is Paris.")


@pytest.mark.parametrize("seed", range(5))
def test_separation_is_the_area_under_the_curve(seed) -> None:
    rng = np.random.default_rng(seed)
    high, low = rng.integers(0, 8, 30) / 8, rng.integers(0, 6, 20) / 8  # with ties
    expected = roc_auc_score([1] * 30 + [0] * 20, [*high, *low])
    assert separation(high, low) == pytest.approx(expected)
    first, last = separation_interval(high, low, 500)
    assert first < expected < last


def test_separation_at_its_ends() -> None:
    assert separation([3, 4], [1, 2]) == 1
    assert separation([1], [1]) == 0.5
    assert separation([1, 2], [3]) == 0
    for wrong in (([], [1]), ([1], [np.nan]), ([[1]], [1])):
        with pytest.raises(ValueError, match="one row of finite numbers"):
            separation(*wrong)


@pytest.mark.parametrize(("n_heads", "n_key_heads"), [(4, 4), (4, 2), (4, 1)])
def test_parameters_are_counted(n_heads, n_key_heads) -> None:
    with torch.device("meta"):
        model = Llama(LlamaConfig(50, 24, 3, n_heads, n_key_heads, 40))
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert llama_parameters(50, 24, 3, n_heads, n_key_heads, 40) == counted
    with pytest.raises(ValueError, match="cannot share"):
        llama_parameters(50, 24, 3, 5, 1, 40)


def test_memory_and_speed_by_hand() -> None:
    assert cache_bytes(1, 30, 3, 64) == 2 * 30 * 3 * 64 * 4
    assert cache_bytes(1000, 30, 9, 64) == 3 * cache_bytes(1000, 30, 3, 64)
    assert tokens_a_second(500e6, 10e9) == 20
    with pytest.raises(ValueError, match="weight_bytes"):
        tokens_a_second(0, 1)


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("one word", "Paris.", "It is Paris."),
        ("capitals", "IT IS 12, PARIS.", "It is Paris."),
        ("ends with DONE", "Paris. DONE.", "DONE: Paris"),
        ("never says the", "Paris", "The capital is Paris"),
    ],
)
def test_rules_can_be_checked(rule, kept, broken) -> None:
    assert obeys(rule, kept)
    assert not obeys(rule, broken)
    assert not obeys(rule, "")


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="The rules are"):
        obeys("nothing", "Paris")
    assert set(analysis.RULES) == {"one word", "capitals", "ends with DONE", "never says the"}


@pytest.mark.parametrize(("start", "n", "window", "sinks"), [(0, 7, 3, 0), (0, 7, 3, 2), (5, 3, 2, 1), (0, 4, 9, 0)])
def test_a_window_is_the_last_and_the_first(start, n, window, sinks) -> None:
    mask = window_mask(start, n, window, sinks)
    for row in range(n):
        query = start + row
        seen = {key for key in range(query + 1) if query - key < window or key < sinks}
        assert set(mask[row].nonzero().flatten().tolist()) == seen
    assert mask.shape == (n, start + n)


def test_a_window_without_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        window_mask(0, 3, 0)
