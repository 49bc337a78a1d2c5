"""A map of low rank is a dense matrix plus a product; it is put in once, where it is asked for, and merged again."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lessons.kit import low_rank
from lessons.kit.low_rank import LoRALinear


class Encoder(nn.Module):
    """Two layers of two named maps, and a map behind them that is none of theirs."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.ModuleDict({"first": nn.Linear(4, 6), "second": nn.Linear(6, 4)}) for _ in range(2)]
        self.layers, self.last = nn.ModuleList(layers), nn.Linear(4, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = layer["second"](layer["first"](inputs).relu())
        return self.last(inputs)


def random_maps(module: nn.Module) -> None:
    for part in module.modules():
        if isinstance(part, LoRALinear):
            nn.init.normal_(part.up)


@pytest.mark.parametrize(("rank", "alpha", "bias"), [(1, None, True), (3, 3.0, False), (5, 0.5, True)])
def test_it_is_a_matrix_plus_a_product(rank, alpha, bias) -> None:
    linear = nn.Linear(7, 5, bias=bias).double()
    weight, bias_vector = linear.weight.detach().clone(), linear.bias
    thin = LoRALinear(linear, rank, alpha)
    assert thin.down.dtype == thin.up.dtype == torch.double
    random_maps(thin)
    dense = weight + (2 if alpha is None else alpha / rank) * thin.up @ thin.down
    inputs = torch.randn(2, 3, 7, dtype=torch.double)
    wanted = nn.functional.linear(inputs, dense, bias_vector)
    torch.testing.assert_close(thin(inputs), wanted, rtol=0, atol=1e-10)
    torch.testing.assert_close(thin.merged()(inputs), wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("where", "n"), [(None, 4), (("first",), 2), (("nowhere",), 0)])
def test_maps_are_put_into_layers_and_all_else_is_frozen(where, n) -> None:
    model = Encoder()
    low_rank.put_in(model, 2, where=where)
    found = list(low_rank.places(model, LoRALinear))
    assert len(found) == n
    assert {name for _, name, _ in found} == set(where or ("first", "second")) - {"nowhere"}
    assert {name.rpartition(".")[2] for name, p in model.named_parameters() if p.requires_grad} <= {"down", "up"}
    assert low_rank.n_trained(model) == n * 2 * (4 + 6)
    assert low_rank.has_low_rank(model) == bool(n)


def test_merged_it_gives_the_same() -> None:
    model = Encoder().double()
    inputs = torch.randn(3, 4, dtype=torch.double)
    before = model(inputs)
    low_rank.put_in(model, 2, 2.0)
    assert torch.equal(model(inputs), before)
    random_maps(model)
    after = model(inputs)
    assert (after - before).abs().max() > 1e-3
    low_rank.merge(model)
    assert not low_rank.has_low_rank(model)
    torch.testing.assert_close(model(inputs), after, rtol=0, atol=1e-10)


def test_what_is_refused_leaves_a_model_as_it_was() -> None:
    model = Encoder()
    for rank, alpha, seed in ((0, None, 0), (2, 0.0, 0), (2, None, -1)):
        with pytest.raises(ValueError, match=r"\.$"):
            low_rank.put_in(model, rank, alpha, seed=seed)
    assert not low_rank.has_low_rank(model)
    assert low_rank.n_trained(model) == sum(p.numel() for p in model.parameters())
    low_rank.put_in(model, 2)
    with pytest.raises(ValueError, match="merge them first"):
        low_rank.put_in(model, 2)
