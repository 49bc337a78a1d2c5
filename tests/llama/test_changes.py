"""Without a change it is notebook 10's GPT, with all of them a Llama, weight for weight."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from lessons.gpt import GPT, GPTConfig
from lessons.llama import Llama, LlamaConfig
from lessons.llama.changes import CHANGES, Changed

SMALL = GPTConfig(vocab_size=37, hidden_size=24, n_layers=3, n_heads=4, max_length=16, dropout=0.0)
IDS = torch.randint(37, (2, 16), generator=torch.Generator().manual_seed(0))


def shaken(model):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model.double().eval()


def test_without_a_change_it_is_notebook_10s() -> None:
    torch.manual_seed(0)
    theirs, ours = shaken(GPT(SMALL)), Changed(SMALL, ()).double()
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(IDS), theirs(IDS), rtol=0, atol=1e-10)


def test_with_all_it_is_a_llama() -> None:
    config = LlamaConfig(37, 24, 3, 4, 2, round(8 * 24 / 3), 16, base=10_000.0)
    torch.manual_seed(0)
    theirs, ours = shaken(Llama(config)), Changed(SMALL).double()
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(IDS), theirs(IDS), rtol=0, atol=1e-10)


@pytest.mark.parametrize("n", range(1, len(CHANGES)))
def test_each_step_changes_what_it_says(n) -> None:
    before, after = (set(Changed(SMALL, CHANGES[:m]).state_dict()) for m in (n - 1, n))
    gone = {name.split(".")[-1] if name.endswith("bias") else name.split(".")[-2] for name in before - after}
    expected = {"RMSNorm": {"bias"}, "rotary positions": {"position"}, "SwiGLU": set(), "grouped queries": set()}
    assert gone == expected[CHANGES[n - 1]]
    with torch.no_grad():
        assert Changed(SMALL, CHANGES[:n])(IDS).shape == (2, 16, 37)


def test_no_bias_is_left() -> None:
    for changes in (("no biases",), CHANGES, ("no biases", "SwiGLU")):
        assert not [name for name in Changed(SMALL, changes).state_dict() if name.endswith("bias")]


def test_a_gated_network_is_about_as_large() -> None:
    config = dataclasses.replace(SMALL, hidden_size=128)
    plain, gated = (sum(p.numel() for p in Changed(config, changes).parameters()) for changes in ((), ("SwiGLU",)))
    assert abs(gated / plain - 1) < 0.002


def test_only_learnt_positions_end() -> None:
    long = torch.zeros(1, 17, dtype=torch.long)
    with pytest.raises(ValueError, match="16 positions"):
        Changed(SMALL, ())(long)
    assert Changed(SMALL, ("rotary positions",))(long).isfinite().all()


@pytest.mark.parametrize("changes", [("rotary",), ("RMSNorm", "")])
def test_an_unknown_change_is_refused(changes) -> None:
    with pytest.raises(ValueError, match="The changes are"):
        Changed(SMALL, changes)
