"""What a model learns from is the answer: masks, what the answer's tokens cost, many conversations in one row.

Shapes: `token_ids` (batch, tokens) hold prompt and answer, `answer_mask` (batch, tokens) is True for tokens of an
answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks


class Answered(NamedTuple):
    """Whole texts, and which of their tokens are answers: (batch, tokens) both."""

    token_ids: Tensor
    answer_mask: Tensor


def log_probabilities(model: nn.Module, token_ids: Tensor) -> Tensor:
    """ln of the probability that a model gives to each token but the first: (batch, tokens) -> (batch, tokens − 1).

    Raises ValueError for fewer than two tokens, and what is no whole number.
    """
    if token_ids.ndim != 2 or token_ids.shape[1] < 2 or not checks.is_whole(token_ids):
        raise ValueError(f"Token ids (batch, 2 or more) are due; these are {checks.described(token_ids)}.")
    logits = model(token_ids[:, :-1])  # (batch, tokens − 1, vocab_size)
    return logits.log_softmax(-1).gather(-1, token_ids[:, 1:, None]).squeeze(-1)


def of_answers(model: nn.Module, batch: Answered) -> Tensor:
    """ln of the probability of each whole answer, the sum over its tokens: (batch,). Raises ValueError as below."""
    check_answered(*batch)
    return (log_probabilities(model, batch.token_ids) * batch.answer_mask[:, 1:]).sum(1)


def answer_loss(model: nn.Module, batch: Answered) -> Tensor:
    """Mean cross-entropy of the answers' tokens, in nats; prompts and padding are read, but cost nothing.

    Raises ValueError for a mask that does not fit, or is True nowhere, or for a first token.
    """
    token_ids, answer_mask = batch
    check_answered(token_ids, answer_mask)
    labels = token_ids.masked_fill(~answer_mask, -100)  # what cross_entropy leaves out
    return F.cross_entropy(model(token_ids[:, :-1]).flatten(0, 1), labels[:, 1:].flatten())


def check_answered(token_ids: Tensor, answer_mask: Tensor) -> None:
    """Raises ValueError unless the mask is boolean, as large as the ids, and True somewhere behind the first token."""
    if answer_mask.dtype != torch.bool or answer_mask.shape != token_ids.shape or answer_mask.ndim != 2:
        raise ValueError(
            f"For token ids {tuple(token_ids.shape)} a boolean mask of that shape is due, not "
            f"{checks.described(answer_mask)}."
        )
    if answer_mask[:, 0].any() or not answer_mask.any(1).all():
        raise ValueError("Every text needs a token of an answer, and none of them may be its first token.")


# --- many texts in one row --------------------------------------------------------------------------------------------


class Packed(NamedTuple):
    """Texts one after the other, without padding."""

    token_ids: Tensor  # (tokens,)
    answers: Tensor  # (tokens,), True for the tokens of answers
    places: Tensor  # (tokens,), counted from 0 in each text
    mask: Tensor  # (tokens, tokens), True where a token may look: back, within its own text


def packed(texts: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Packed:
    """Pairs of a prompt's and an answer's token ids in one row. Raises ValueError for none, or an empty part."""
    if not texts or not all(len(text) == 2 and len(text[0]) and len(text[1]) for text in texts):
        raise ValueError("Give one text or more, each with a prompt and an answer of a token or more.")
    ids: list[int] = []
    answers: list[bool] = []
    places: list[int] = []
    owners: list[int] = []
    for number, (prompt, answer) in enumerate(texts):
        length = len(prompt) + len(answer)
        ids += [*prompt, *answer]
        answers += [False] * len(prompt) + [True] * len(answer)
        places += range(length)
        owners += [number] * length
    checks.whole(0, **{f"token_ids[{place}]": each for place, each in enumerate(ids)})
    return Packed(torch.tensor(ids), torch.tensor(answers), torch.tensor(places), packed_mask(torch.tensor(owners)))


def packed_mask(owners: Tensor) -> Tensor:
    """Who may look where when texts share a row: (tokens,) numbers of texts -> (tokens, tokens), boolean.

    Raises ValueError for what is no row of whole numbers.
    """
    if owners.ndim != 1 or not owners.numel() or not checks.is_whole(owners):
        raise ValueError(f"The texts' numbers are one row of whole numbers, not {checks.described(owners)}.")
    same = owners[:, None] == owners
    return same & torch.ones_like(same).tril()
