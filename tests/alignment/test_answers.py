"""The loss is that of the answers' tokens, and texts that share a row do not see each other."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from lessons.alignment.answers import Answered, answer_loss, log_probabilities, of_answers, packed, packed_mask
from lessons.gpt import GPT, GPTConfig
from tests.alignment import small

EXACT = {"rtol": 0, "atol": 1e-10}


def model(seed: int = 0) -> GPT:
    torch.manual_seed(seed)
    return GPT(GPTConfig(11, 16, 2, 2, 12, dropout=0.0, std=0.4)).double().eval()


@pytest.mark.parametrize("seed", range(3))
def test_log_probabilities_token_by_token(seed) -> None:
    gpt, ids = model(seed), torch.randint(11, (3, 7), generator=torch.Generator().manual_seed(seed))
    found = log_probabilities(gpt, ids)
    for row in range(3):
        for place in range(1, 7):
            told = gpt(ids[row : row + 1, :place])[0, -1].softmax(-1)[ids[row, place]].log()
            torch.testing.assert_close(found[row, place - 1], told, **EXACT)


@pytest.mark.parametrize("seed", range(3))
def test_only_answers_cost(seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    gpt, ids = model(seed), torch.randint(11, (4, 8), generator=generator)
    mask = torch.rand(4, 8, generator=generator) < 0.5
    mask[:, 0], mask[:, 3] = False, True
    batch = Answered(ids, mask)
    said = log_probabilities(gpt, ids)
    torch.testing.assert_close(answer_loss(gpt, batch), -said[mask[:, 1:]].mean(), **EXACT)
    wanted = torch.stack([said[row][mask[row, 1:]].sum() for row in range(4)])
    torch.testing.assert_close(of_answers(gpt, batch), wanted, **EXACT)
    every = torch.ones_like(mask)
    every[:, 0] = False
    whole = F.cross_entropy(gpt(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    torch.testing.assert_close(answer_loss(gpt, Answered(ids, every)), whole, **EXACT)


def test_what_is_padding_changes_nothing() -> None:
    gpt, ids = model(), torch.randint(11, (2, 8), generator=torch.Generator().manual_seed(0))
    mask = torch.zeros(2, 8, dtype=torch.bool)
    mask[:, 2:5] = True
    other = ids.clone()
    other[:, 5:] = 0
    torch.testing.assert_close(answer_loss(gpt, Answered(other, mask)), answer_loss(gpt, Answered(ids, mask)), **EXACT)


@pytest.mark.parametrize(
    "mask",
    [torch.ones(2, 4, dtype=torch.bool), torch.zeros(2, 4, dtype=torch.bool), torch.ones(2, 3, dtype=torch.bool),
     torch.ones(2, 4)],
)  # fmt: skip
def test_a_mask_that_does_not_fit_is_refused(mask) -> None:
    with pytest.raises(ValueError, match=r"token of an answer|boolean mask"):
        answer_loss(model(), Answered(torch.ones(2, 4, dtype=torch.long), mask))


def test_packed_texts_look_back_within_themselves() -> None:
    row = packed([([5, 6], [7]), ([8], [9, 3])])
    assert row.token_ids.tolist() == [5, 6, 7, 8, 9, 3]
    assert row.answers.tolist() == [False, False, True, False, True, True]
    assert row.places.tolist() == [0, 1, 2, 0, 1, 2]
    lower = torch.ones(3, 3, dtype=torch.bool).tril()
    assert torch.equal(row.mask, torch.block_diag(lower.long(), lower.long()).bool())
    assert torch.equal(packed_mask(torch.tensor([0, 0, 0, 1, 1, 1])), row.mask)
    with pytest.raises(ValueError, match="one text or more"):
        packed([([], [1])])


def test_trls_masks_are_ours() -> None:
    """trl counts the same tokens, and its losses are compared on them (`test_trl.py`)."""
    batch = small.part("dpo.batch")
    assert batch["completion_mask"][:, 0].sum() == 0
    assert (batch["completion_mask"] <= batch["attention_mask"]).all()
