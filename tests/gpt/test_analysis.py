"""Repetition, overlap and patterns, counted by hand or by brute force."""

from __future__ import annotations

import pytest
import torch

from lessons.gpt import GPT, GPTConfig, causal_loss
from lessons.gpt.analysis import bits_of_pattern, longest_overlap, repeated_pattern, repeated_share
from lessons.kit.training import fit


def test_repeated_runs_are_counted() -> None:
    assert repeated_share([1, 2, 3, 4], 2) == 0
    assert repeated_share([1, 2, 1, 2, 1], 2) == pytest.approx(2 / 4)  # 12 21 12 21
    assert repeated_share([5] * 11, 8) == pytest.approx(3 / 4)
    assert repeated_share([1, 2], 2) == 0


def test_a_text_shorter_than_a_run_is_refused() -> None:
    with pytest.raises(ValueError, match="no run of 8"):
        repeated_share([1, 2, 3])
    with pytest.raises(ValueError, match="n must"):
        repeated_share([1, 2, 3], 0)


def brute(text: str, corpus: str) -> int:
    pieces = (text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1))
    return max((len(piece) for piece in pieces if piece in corpus), default=0)


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_overlap_equals_brute_force(seed) -> None:
    letters = torch.randint(3, (60,), generator=torch.Generator().manual_seed(seed)).tolist()
    text, corpus = "".join("abc"[i] for i in letters[:20]), "".join("abc"[i] for i in letters[20:])
    found = longest_overlap(text, corpus)
    assert len(found) == brute(text, corpus)
    assert found in corpus
    assert found in text


def test_an_overlap_may_be_nothing_or_everything() -> None:
    assert longest_overlap("xyz", "abc") == ""
    assert longest_overlap("abc", "zabcz") == "abc"
    assert longest_overlap("", "abc") == ""


def test_a_pattern_is_the_same_twice() -> None:
    pattern = repeated_pattern(30, 12, seed=3)
    assert pattern[:12].tolist() == pattern[12:].tolist()
    assert len(set(pattern[:12].tolist())) == 12
    with pytest.raises(ValueError, match="5 different"):
        repeated_pattern(4, 5)


def test_a_model_that_copies_is_told_from_one_that_does_not() -> None:
    """Trained on repetitions it pays for the first half alone; fresh, it pays alike for both."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=8, hidden_size=32, n_layers=2, n_heads=2, max_length=8, dropout=0.0))
    before = bits_of_pattern(model, 4)
    assert before[0] == pytest.approx(3, abs=0.3)
    assert before[1] == pytest.approx(3, abs=0.3)
    rows = torch.stack([repeated_pattern(8, 4, seed) for seed in range(1000, 3000)])
    batches = [(rows[i : i + 50, :-1], rows[i : i + 50, 1:]) for i in range(0, 2000, 50)]
    fit(model, batches, causal_loss, epochs=10, learning_rate=5e-3, progress=False, device="cpu")
    first, second = bits_of_pattern(model, 4)
    assert first > 1.5
    assert second < 0.5
