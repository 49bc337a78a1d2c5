"""DPO's and GRPO's losses and gradients are trl 1.16.0's, on its own batches (`trl_answers.py` stored them)."""

from __future__ import annotations

import pytest
import torch

from lessons.alignment import answers, preferences, reinforcement
from lessons.alignment.answers import Answered
from lessons.llama.model import from_hugging_face
from tests.alignment import small
from tests.alignment.trl_answers import BETA, BETA_DPO, CLIP, GROUP

CLOSE = {"rtol": 1e-5, "atol": 1e-6}  # theirs is in 32-bit floats


def assert_gradients(model: torch.nn.Module, name: str) -> None:
    wanted = from_hugging_face(small.part(f"{name}.gradient"))
    found = dict(model.named_parameters())
    assert found.keys() == wanted.keys()
    for key, gradient in wanted.items():
        torch.testing.assert_close(found[key].grad, gradient, **CLOSE)


def sides() -> tuple[Answered, Answered]:
    """trl puts the chosen texts into the first half of a batch, the rejected ones into the second."""
    batch = small.part("dpo.batch")
    good, bad = (Answered(*part) for part in zip(
        batch["input_ids"].chunk(2), batch["completion_mask"].bool().chunk(2), strict=True))  # fmt: skip
    return good, bad


def test_dpo_is_trls() -> None:
    model, reference = small.llama("weight"), small.llama("reference")
    said = [answers.of_answers(model, side) for side in sides()]
    with torch.no_grad():
        before = [answers.of_answers(reference, side) for side in sides()]
    loss = preferences.dpo_loss(*said, *before, beta=BETA_DPO)
    torch.testing.assert_close(loss, small.TRL["dpo.loss"], **CLOSE)
    loss.backward()
    assert_gradients(model, "dpo")


def test_their_batch_is_hard_enough() -> None:
    good, bad = sides()
    assert (
        len(set(good.answer_mask.sum(1).tolist() + bad.answer_mask.sum(1).tolist())) > 3
    )  # answers of unequal lengths
    batch = small.part("grpo.batch")
    model = small.llama("grpo.weight")
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    with torch.no_grad():
        ratio = (answers.log_probabilities(model, ids)[:, -6:] - batch["old_per_token_logps"]).exp()
    assert ((ratio > 1 + CLIP) | (ratio < 1 - CLIP)).float().mean() > 0.05
    assert set(batch["completion_mask"].sum(1).tolist()) == {1, 2, 5, 6}
    assert small.TRL["grpo.rewards"].unique().numel() > 2


def test_advantages_are_trls() -> None:
    found = reinforcement.group_advantages(small.TRL["grpo.rewards"].reshape(-1, GROUP)).flatten()
    torch.testing.assert_close(found, small.part("grpo.batch")["advantages"], **CLOSE)


def test_grpo_is_trls() -> None:
    batch, model = small.part("grpo.batch"), small.llama("grpo.weight")
    assert batch["prompt_mask"].all()  # nothing is padded on the left, so places are as ours
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    said = answers.log_probabilities(model, ids)[:, -batch["completion_ids"].shape[1] :]
    loss = reinforcement.grpo_loss(
        said, batch["old_per_token_logps"], batch["ref_per_token_logps"], batch["advantages"],
        batch["completion_mask"].bool(), CLIP, BETA,
    )  # fmt: skip
    torch.testing.assert_close(loss, small.TRL["grpo.loss"], **CLOSE)
    loss.backward()
    assert_gradients(model, "grpo")


@pytest.mark.parametrize(("name", "weights"), [("old_per_token_logps", "weight"), ("ref_per_token_logps", "reference")])
def test_what_trl_says_of_tokens_is_what_we_say(name, weights) -> None:
    batch = small.part("grpo.batch")
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    with torch.no_grad():
        said = answers.log_probabilities(small.llama(weights), ids)[:, -batch["completion_ids"].shape[1] :]
    mask = batch["completion_mask"].bool()
    torch.testing.assert_close(said[mask], batch[name][mask], **CLOSE)
