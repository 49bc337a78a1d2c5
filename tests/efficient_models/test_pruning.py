"""Masks against torch.nn.utils.prune and brute force; parts taken out against parts set to 0."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from lessons.attention import MultiHeadAttention
from lessons.efficient_models import pruning
from lessons.efficient_models.quantization import linear_maps
from lessons.fine_tuning import classification_loss
from lessons.kit.batches import TextBatches
from lessons.kit.training import fit
from lessons.transformer import FeedForward
from tests.efficient_models import small

EXACT = {"rtol": 0, "atol": 1e-10}


def maps(seed: int = 0) -> dict[str, nn.Linear]:
    torch.manual_seed(seed)
    return {"a": nn.Linear(7, 5), "b": nn.Linear(5, 3, bias=False)}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_masks_are_those_of_pytorch(share, seed) -> None:
    ours, theirs = maps(seed), maps(seed)
    prune.global_unstructured([(m, "weight") for m in theirs.values()], prune.L1Unstructured, amount=share)
    for name, kept in pruning.magnitude_masks(ours, share).items():
        assert torch.equal(kept, theirs[name].weight_mask.bool())
    alone = maps(seed)
    for name, kept in pruning.magnitude_masks(ours, share, together=False).items():
        prune.l1_unstructured(alone[name], "weight", amount=share)
        assert torch.equal(kept, alone[name].weight_mask.bool())


def test_two_of_four_keeps_the_most_that_it_can() -> None:
    weights = torch.randn(6, 12, generator=torch.Generator().manual_seed(0))
    kept = pruning.two_of_four(weights)
    for row, mask in zip(weights.reshape(-1, 4), kept.reshape(-1, 4), strict=True):
        best = max(itertools.combinations(range(4), 2), key=lambda pair: sum(abs(row[i].item()) for i in pair))
        assert mask.nonzero().flatten().tolist() == list(best)
    with pytest.raises(ValueError, match="cut into fours"):
        pruning.two_of_four(torch.ones(2, 6))


def test_apply_says_what_is_left_and_checks_masks() -> None:
    found = maps()
    assert pruning.apply(found, pruning.magnitude_masks(found, 0.6)) == pytest.approx(20 / 50)
    assert sum(int((m.weight != 0).sum()) for m in found.values()) == 20
    for masks, words in (
        ({}, "Masks of the maps"),
        ({"c": torch.ones(5, 7, dtype=torch.bool)}, "Masks of the maps"),
        ({"a": torch.ones(5, 7)}, "must be"),
        ({"a": torch.ones(7, 5, dtype=torch.bool)}, "must be"),
    ):
        with pytest.raises(ValueError, match=words):
            pruning.apply(found, masks)


def test_what_is_held_at_0_stays_0_in_a_training() -> None:
    model = small.classifier(2)
    found = linear_maps(model.bert.layers)
    masks = pruning.magnitude_masks(found, 0.5)
    before = {name: linear.weight.detach().clone() for name, linear in found.items()}
    with pruning.held(found, masks):
        fit(model, small.batches(), classification_loss, epochs=2, learning_rate=1e-2, progress=False)
    for name, kept in masks.items():
        weight = found[name].weight
        assert not weight[~kept].any()
        assert (weight[kept] != before[name][kept]).float().mean() > 0.9
        assert not weight._backward_hooks


# --- whole parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("removed", [[0], [3, 1], [0, 1, 2]])
def test_an_attention_without_heads_is_one_whose_heads_find_zeros(removed) -> None:
    torch.manual_seed(0)
    attention = MultiHeadAttention(24, 4).double()
    zeroed = copy.deepcopy(attention)
    with torch.no_grad():
        for head in removed:
            zeroed.output.weight[:, 6 * head : 6 * (head + 1)] = 0
    pruning.remove_heads(attention, removed)
    hidden, mask = torch.randn(2, 5, 24, dtype=torch.double), torch.rand(5, 5) > 0.3
    torch.testing.assert_close(attention(hidden, mask=mask), zeroed(hidden, mask=mask), **EXACT)
    assert attention.query.weight.shape == (6 * (4 - len(removed)), 24)
    assert attention.output.weight.shape == (24, 6 * (4 - len(removed)))
    torch.testing.assert_close(
        attention.weights(hidden), zeroed.weights(hidden)[:, [h for h in range(4) if h not in removed]], **EXACT
    )


def test_a_network_without_inner_numbers_is_one_that_does_not_read_them() -> None:
    torch.manual_seed(0)
    network = FeedForward(6, 10).double()
    zeroed = copy.deepcopy(network)
    with torch.no_grad():
        zeroed.contract.weight[:, [2, 7]] = 0
    pruning.remove_inner(network, [7, 2])
    hidden = torch.randn(3, 6, dtype=torch.double)
    torch.testing.assert_close(network(hidden), zeroed(hidden), **EXACT)
    assert network.expand.out_features == 8


def test_inner_sizes_are_those_of_rank_one_products() -> None:
    network = FeedForward(6, 4)
    for i, size in enumerate(pruning.inner_sizes(network)):
        product = torch.outer(network.contract.weight[:, i], network.expand.weight[i])
        torch.testing.assert_close(size, product.norm())


def test_layers_go_and_the_rest_is_as_it_was() -> None:
    model = small.classifier()
    smaller = pruning.without_layers(model, [1, 4])
    assert len(smaller.bert.layers) == smaller.bert.config.num_hidden_layers == 4
    assert len(model.bert.layers) == 6
    hidden = torch.tensor([[3, 4, 5, 6]])
    expected = model.bert.embeddings(hidden, torch.zeros_like(hidden))
    for i in (0, 2, 3, 5):
        expected = model.bert.layers[i](expected)
    torch.testing.assert_close(smaller.bert(hidden).last_hidden_state, expected)
    whole = model.bert(hidden).last_hidden_state
    assert not torch.allclose(whole, expected)


@pytest.mark.parametrize("removed", [[6], [0, 0], [0, 1, 2, 3, 4, 5], [-1], [1.5]])
def test_layers_that_cannot_go(removed) -> None:
    with pytest.raises(ValueError, match="layer"):
        pruning.without_layers(small.classifier(), removed)


def test_scores_of_heads_are_slopes_of_the_loss_of_each_text() -> None:
    model = small.classifier(2).double()
    batches = list(small.batches(8))
    found = pruning.head_scores(model, batches, classification_loss)
    assert found.shape == (2, 3)
    texts, labels = small.examples(8)
    alone = [next(iter(TextBatches(texts[i : i + 1], labels[i : i + 1], 1))) for i in range(len(texts))]
    step = 1e-5
    for layer, head in ((0, 0), (0, 2), (1, 1)):
        slopes = []
        for text in alone:
            ends = []
            for gate in (1 + step, 1 - step):
                other = copy.deepcopy(model)
                with torch.no_grad():
                    other.bert.layers[layer].attention.output.weight[:, 8 * head : 8 * (head + 1)] *= gate
                    ends.append(classification_loss(other, text).item())
            slopes.append(abs(ends[0] - ends[1]) / (2 * step))
        assert found[layer, head].item() == pytest.approx(sum(slopes) / len(slopes), rel=1e-5)
    assert not any(layer.attention.output._forward_pre_hooks for layer in model.bert.layers)
    with pytest.raises(ValueError, match="at least one batch"):
        pruning.head_scores(model, [], classification_loss)


def test_the_least_heads_go_and_each_layer_keeps_one() -> None:
    scores = torch.tensor([[0.1, 0.2, 0.3], [0.9, 0.8, 0.7], [0.4, 0.6, 0.5]])
    assert pruning.least_heads(scores, 3) == {0: [0, 1], 2: [0]}
    assert pruning.least_heads(scores, 6) == {0: [0, 1], 1: [1, 2], 2: [0, 2]}
    assert pruning.least_heads(scores, 0) == {}
    with pytest.raises(ValueError, match="each layer keeps one"):
        pruning.least_heads(scores, 7)


def test_a_classifier_without_heads() -> None:
    model = small.classifier(2)
    smaller = pruning.without_heads(model, {1: [0, 2]})
    assert [layer.attention.n_heads for layer in smaller.bert.layers] == [3, 1]
    assert model.bert.layers[1].attention.n_heads == 3
    with pytest.raises(ValueError, match="no layer 5"):
        pruning.without_heads(model, {5: [0]})
    with pytest.raises(ValueError, match="different numbers of heads"):
        pruning.head_scores(smaller, small.batches(), classification_loss)
