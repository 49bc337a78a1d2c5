"""pass@k by going through all ways to take k; votes and verifiers by hand."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch

from lessons.alignment import thinking as t


@pytest.mark.parametrize("n", [1, 4, 7])
def test_pass_at_k_is_the_share_of_all_ways(n) -> None:
    for n_right in range(n + 1):
        for k in range(1, n + 1):
            ways = list(combinations([True] * n_right + [False] * (n - n_right), k))
            assert t.pass_at_k(n, n_right, k) == pytest.approx(sum(map(any, ways)) / len(ways), abs=1e-12)


def test_votes_and_scores() -> None:
    answers = torch.tensor([[[1, 2], [3, 4], [3, 4]], [[1, 2], [3, 4], [5, 6]]])
    assert t.majority(answers).tolist() == [1, 0]
    assert t.best_of(torch.tensor([[0.1, 0.3, 0.3], [2.0, 0.0, 1.0]])).tolist() == [1, 0]


def test_longer_is_never_worse_for_any_and_one_answer_is_one_answer() -> None:
    generator = torch.Generator().manual_seed(0)
    answers = torch.randint(3, (30, 8, 2), generator=generator)
    right = (answers.sum(-1) == 2).float()
    rows = t.longer(answers, right, right, (1, 2, 8))
    assert [row["answers"] for row in rows] == [1, 2, 8]
    assert rows[0]["vote"] == rows[0]["verifier"] == pytest.approx(right[:, 0].mean().item())
    assert rows[0]["any"] == pytest.approx(right.mean().item())
    assert rows[2]["verifier"] == rows[2]["any"] == pytest.approx(right.any(1).float().mean().item())
    assert rows[0]["any"] < rows[1]["any"] < rows[2]["any"]


def test_numbers_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="cannot be right"):
        t.pass_at_k(3, 4, 1)
    with pytest.raises(ValueError, match="cannot be right"):
        t.pass_at_k(3, 2, 4)
    with pytest.raises(ValueError, match="not 9"):
        t.longer(torch.ones(2, 3, 1).long(), torch.ones(2, 3), torch.ones(2, 3), (9,))
