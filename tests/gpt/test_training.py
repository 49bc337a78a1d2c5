"""Chunks, the loss at every place, bits by windows against one token at a time, Muon against its definition."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from lessons.gpt import GPT, Chunks, GPTConfig, Muon, Together, bits, causal_loss, muon_and_adamw, orthogonalised
from lessons.kit.training import fit
from tests.gpt.test_model import small, token_ids


def test_chunks_are_neighbours_and_targets_are_one_further() -> None:
    batches = Chunks(torch.arange(100), context=5, batch_size=50, steps=3, seed=1)
    seen = list(batches)
    assert len(batches) == len(seen) == 3
    for inputs, targets in seen:
        assert inputs.shape == targets.shape == (50, 5)
        assert torch.equal(targets, inputs + 1)
        assert torch.equal(inputs.diff(dim=1), torch.ones(50, 4, dtype=torch.long))
    assert not torch.equal(seen[0][0], seen[1][0])


def test_every_chunk_can_be_drawn() -> None:
    ((inputs, _),) = Chunks(torch.arange(7), context=3, batch_size=500, steps=1)
    assert sorted(set(inputs[:, 0].tolist())) == [0, 1, 2, 3]


def test_a_seed_gives_the_same_batches_and_each_pass_others() -> None:
    first, again = (Chunks(torch.arange(1000), 4, 8, 2, seed=3) for _ in range(2))
    one, two = list(first), list(first)
    assert torch.equal(one[0][0], next(iter(again))[0])
    assert not torch.equal(one[0][0], two[0][0])


@pytest.mark.parametrize("ids", [torch.arange(5), torch.zeros(2, 9, dtype=torch.long), torch.rand(20)])
def test_too_little_text_is_refused(ids) -> None:
    with pytest.raises(ValueError, match="row of 6"):
        Chunks(ids, context=5, batch_size=1, steps=1)


def test_the_loss_is_the_mean_over_all_places() -> None:
    model, ids = small(), token_ids(2, 9)
    logits = model(ids[:, :-1]).log_softmax(-1)
    by_hand = -sum(logits[b, t, ids[b, t + 1]] for b in range(2) for t in range(8)) / 16
    torch.testing.assert_close(causal_loss(model, (ids[:, :-1], ids[:, 1:])), by_hand, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("n", "context", "stride"), [(40, 16, 8), (17, 16, 16), (2, 16, 1), (33, 7, 3), (16, 16, 5), (200, 5, 1)]
)
def test_bits_equal_one_prediction_at_a_time(n, context, stride) -> None:
    model, ids = small(2), token_ids(1, n, 3)[0]
    expected = []
    for target in range(1, n):
        # the first window that reaches this target
        window = max(0, math.ceil((target - context) / stride)) * stride
        log = model(ids[None, window:target])[0, -1].log_softmax(-1)[ids[target]]
        expected.append(-log.item() / math.log(2))
    found = bits(model, ids, context, stride)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-10)


def test_bits_refuse_what_would_leave_tokens_out() -> None:
    with pytest.raises(ValueError, match="stride"):
        bits(small(), token_ids(1, 30)[0], context=8, stride=9)
    with pytest.raises(ValueError, match="row of 2"):
        bits(small(), torch.tensor([1]))


@pytest.mark.parametrize("shape", [(6, 6), (3, 9), (9, 3), (1, 4), (4, 1)])
def test_singular_values_come_near_one(shape) -> None:
    torch.manual_seed(0)
    matrix = torch.randn(shape, dtype=torch.float64)
    found = torch.linalg.svdvals(orthogonalised(matrix))
    assert found.min() > 0.6
    assert found.max() < 1.3
    assert orthogonalised(matrix).shape == shape


def test_it_only_changes_the_singular_values() -> None:
    torch.manual_seed(1)
    matrix = torch.randn(4, 6, dtype=torch.float64)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    a, b, c = 3.4445, -4.7750, 2.0315
    values = values / (matrix.norm() + 1e-7)
    for _ in range(5):
        values = a * values + b * values**3 + c * values**5
    torch.testing.assert_close(orthogonalised(matrix), left @ torch.diag(values) @ right, rtol=0, atol=1e-10)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_muon_equals_torchs(weight_decay) -> None:
    if not hasattr(torch.optim, "Muon"):
        pytest.skip("this PyTorch has no Muon")
    torch.manual_seed(0)
    start, gradients = torch.randn(8, 5), [torch.randn(8, 5) for _ in range(6)]
    ours, theirs = (nn.Parameter(start.clone()) for _ in range(2))
    optimizers = (
        Muon([ours], 0.1, weight_decay=weight_decay),
        torch.optim.Muon([theirs], 0.1, weight_decay=weight_decay),
    )
    for gradient in gradients:
        for parameter, optimizer in zip((ours, theirs), optimizers, strict=True):
            parameter.grad = gradient.clone()
            optimizer.step()
    # PyTorch's iteration runs in bfloat16, with 8 bits after the point
    assert (ours - theirs).norm() < 0.02 * (theirs - start).norm()


def test_muon_is_for_matrices() -> None:
    with pytest.raises(ValueError, match="matrices"):
        Muon([nn.Parameter(torch.zeros(3))], 0.1)


def test_two_optimizers_share_the_parameters_and_keep_their_state() -> None:
    model = GPT(GPTConfig(vocab_size=11, hidden_size=16, n_layers=2, n_heads=2, max_length=8))
    both = muon_and_adamw(model, 1e-3, 2e-2)
    held = [id(p) for group in both.param_groups for p in group["params"]]
    assert sorted(held) == sorted(id(p) for p in model.parameters())
    assert {group["lr"] for group in both.param_groups} == {1e-3, 2e-2}
    again = muon_and_adamw(model, 1e-3, 2e-2)
    causal_loss(model, (token_ids(2, 8, vocab_size=11), token_ids(2, 8, 1, vocab_size=11))).backward()
    both.step()
    again.load_state_dict(both.state_dict())
    assert str(again.state_dict()) == str(both.state_dict())
    with pytest.raises(ValueError, match="optimizer"):
        Together()


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_a_small_gpt_learns_to_count(name) -> None:
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=10, hidden_size=32, n_layers=2, n_heads=2, max_length=16, dropout=0.0))
    text = torch.arange(500) % 10
    optimizer = muon_and_adamw(model, 1e-2, 3e-2) if name == "muon" else None
    batches = Chunks(text, 15, 16, 60)
    fit(model, batches, causal_loss, learning_rate=1e-2, optimizer=optimizer, progress=False, device="cpu")
    assert bits(model, text[:100]).mean() < 0.2 < math.log2(10)
    assert model(torch.tensor([[3, 4, 5]]))[0, -1].argmax() == 6
