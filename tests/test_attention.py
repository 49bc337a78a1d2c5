"""Attention against PyTorch and Hugging Face: masks, heads, limits, cost; and the versions in the notebook."""

import ast
import json
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from lessons import attention
from lessons.attention import MultiHeadAttention, drawings, masked_softmax, scaled_dot_product_attention
from lessons.course.assets import ROOT
from lessons.kit import results

SHAPES = [((), 3, 5, 4, 2), ((2,), 1, 1, 1, 1), ((2, 3), 4, 4, 8, 8), ((1,), 6, 2, 3, 7)]  # leading, n, m, dim, value
EXACT = {"rtol": 0, "atol": 1e-10}


def drawn(leading, n, m, dim, value_dim, seed=0, dtype=torch.double):
    torch.manual_seed(seed)
    sizes = ((n, dim), (m, dim), (m, value_dim))
    return [torch.randn(*leading, *size, dtype=dtype, requires_grad=True) for size in sizes]


def gradients(output, inputs):
    return torch.autograd.grad(output.sin().sum(), inputs)


# --- one attention ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_attention_is_pytorchs_in_values_and_gradients(shape, masked, seed):
    inputs = drawn(*shape, seed=seed)
    mask = torch.rand(*shape[0], shape[1], shape[2]) < 0.5 if masked else None  # some rows may look nowhere
    output, weights = scaled_dot_product_attention(*inputs, mask)
    reference = F.scaled_dot_product_attention(*inputs, mask)
    torch.testing.assert_close(output, reference, **EXACT)
    for ours, theirs in zip(gradients(output, inputs), gradients(reference, inputs), strict=True):
        torch.testing.assert_close(ours, theirs, **EXACT)
    sums = torch.ones_like(weights[..., 0]) if mask is None else mask.any(-1).double()
    torch.testing.assert_close(weights.sum(-1), sums, **EXACT)
    assert (weights >= 0).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_attention_in_float32(shape):
    inputs = drawn(*shape, dtype=torch.float32)
    torch.testing.assert_close(
        scaled_dot_product_attention(*inputs)[0], F.scaled_dot_product_attention(*inputs), rtol=1.3e-6, atol=1e-5
    )


@pytest.mark.parametrize("size", [1e3, 1e6, 1e30])
def test_large_scores_give_the_key_with_the_largest(size):
    query, key, value = drawn((), 5, 7, 4, 2)
    weights = scaled_dot_product_attention(size * query, key, value)[1]
    assert torch.isfinite(weights).all()
    assert (weights.argmax(-1) == (query @ key.T).argmax(-1)).all()


def test_finite_differences_agree():
    mask = torch.tensor([[True, False, True], [False, False, False], [True, True, True]])
    inputs = drawn((2,), 3, 3, 4, 2)
    assert torch.autograd.gradcheck(lambda *x: scaled_dot_product_attention(*x, mask), inputs)


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
def test_a_row_that_may_look_nowhere_is_zero_and_so_is_its_gradient():
    scores = torch.randn(2, 3, 4, dtype=torch.double, requires_grad=True)
    mask = torch.ones(2, 3, 4, dtype=torch.bool)
    mask[0, 1], mask[1] = False, False
    with torch.autograd.detect_anomaly(check_nan=True):
        weights = masked_softmax(scores, mask)
        weights.square().sum().backward()
    assert (weights[~mask] == 0).all()
    assert (scores.grad[~mask] == 0).all()
    torch.testing.assert_close(weights[0, 0], scores[0, 0].softmax(-1), **EXACT)


def test_hidden_keys_have_no_say_whatever_they_hold():
    query, key, value = drawn((2,), 3, 5, 4, 2)
    mask = torch.tensor([True, False, True, True, False])
    output = scaled_dot_product_attention(query, key, value, mask.expand(3, 5))[0]
    with torch.no_grad():
        key[:, ~mask], value[:, ~mask] = 1e6, -1e6
        again = scaled_dot_product_attention(query, key, value, mask.expand(3, 5))[0]
        alone = scaled_dot_product_attention(query, key[:, mask], value[:, mask])[0]
    torch.testing.assert_close(output, again, **EXACT)
    torch.testing.assert_close(output, alone, **EXACT)


def test_where_minus_ten_thousand_fails_and_minus_infinity_does_not():
    mask = torch.tensor([[True, True, False], [False, False, False]])

    def with_constant(scores):
        return (scores + torch.where(mask, 0.0, -10_000.0)).softmax(-1)

    ordinary, large = torch.tensor([[2.0, 1.0, 3.0]] * 2), torch.tensor([[2.0, 1.0, 12_000.0]] * 2)
    assert (with_constant(ordinary)[0] == masked_softmax(ordinary, mask)[0]).all()
    assert with_constant(large)[0, 2] == 1
    assert masked_softmax(large, mask)[0, 2] == 0
    torch.testing.assert_close(with_constant(ordinary)[1], ordinary[1].softmax(-1))
    assert (masked_softmax(ordinary, mask)[1] == 0).all()


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_causal_prefix_does_not_depend_on_what_follows(n):
    inputs = drawn((2,), n + 3, n + 3, 4, 4)
    whole = scaled_dot_product_attention(*inputs, attention.causal_mask(n + 3))[0]
    torch.testing.assert_close(whole, F.scaled_dot_product_attention(*inputs, is_causal=True), **EXACT)
    prefix = scaled_dot_product_attention(*(x[:, :n] for x in inputs), attention.causal_mask(n))[0]
    torch.testing.assert_close(whole[:, :n], prefix, **EXACT)


def test_a_causal_mask_for_the_last_queries_is_the_end_of_the_whole_one():
    for n_queries in (1, 3, 8):
        assert (attention.causal_mask(n_queries, 8) == attention.causal_mask(8)[-n_queries:]).all()
    for sizes in ((0,), (3, 2), (0, 4)):
        with pytest.raises(ValueError, match="1 <= queries <= keys"):
            attention.causal_mask(*sizes)


def test_padding_makes_no_difference():
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(12, 3).double(), torch.randn(2, 6, 12, dtype=torch.double)
    attention_mask = torch.tensor([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]])
    padded = layer(x, mask=attention.padding_mask(attention_mask))
    torch.testing.assert_close(padded[0, :4], layer(x[:1, :4])[0], **EXACT)
    torch.testing.assert_close(padded[1], layer(x[1:])[0], **EXACT)


def test_masks_that_are_none_get_a_sentence():
    inputs = drawn((2,), 3, 5, 4, 2)
    for mask in (torch.ones(3, 5), torch.ones(3, 5).long()):
        with pytest.raises(ValueError, match="must be boolean, True where a query may look"):
            scaled_dot_product_attention(*inputs, mask)
    for shape in ((5, 3), (4, 3, 5), (2, 2, 3, 5)):
        with pytest.raises(ValueError, match="does not fit the scores"):
            scaled_dot_product_attention(*inputs, torch.ones(shape, dtype=torch.bool))
    for bad in (torch.tensor([1, 1]), torch.zeros(1, 2, 3)):
        with pytest.raises(ValueError, match=r"must be \(batch, tokens\)"):
            attention.padding_mask(bad)
    added = torch.tensor([[0.0, -10_000.0]])  # to scores, by others: there 0 is a real token
    for bad in (torch.tensor([[1, 2]]), torch.tensor([[1.0, float("nan")]]), added, torch.zeros(1, 2)):
        with pytest.raises(ValueError, match="integers 1 for real tokens and 0 for padding"):
            attention.padding_mask(bad)
    assert attention.padding_mask(torch.tensor([[True, False]])).tolist() == [[[True, False]]]


def test_shapes_that_do_not_fit_get_a_sentence():
    query, key, value = (x.detach() for x in drawn((2,), 3, 5, 4, 2))
    with pytest.raises(ValueError, match="same dim"):
        scaled_dot_product_attention(query[..., :3], key, value)
    with pytest.raises(ValueError, match="Every key needs one value"):
        scaled_dot_product_attention(query, key, value[:, :4])
    with pytest.raises(ValueError, match="two axes or more"):
        scaled_dot_product_attention(query[0, 0], key, value)


# --- many heads -------------------------------------------------------------------------------------------------------


def pair(hidden_size, n_heads, dtype=torch.double):
    torch.manual_seed(hidden_size)
    theirs = nn.MultiheadAttention(hidden_size, n_heads, batch_first=True, dtype=dtype)
    for bias in (theirs.in_proj_bias, theirs.out_proj.bias):
        nn.init.normal_(bias)  # zeros, as PyTorch starts them, would hide a mistake
    return MultiHeadAttention.from_torch(theirs), theirs


def masks(kind, batch, n, m):
    torch.manual_seed(1)
    some = torch.rand(batch, n, m) < 0.5
    some[..., 0] = True
    return {"none": None, "one for all": some[0], "one each": some}[kind]


@pytest.mark.parametrize("kind", ["none", "one for all", "one each"])
@pytest.mark.parametrize("memory_tokens", [None, 1, 7])
@pytest.mark.parametrize(("batch", "hidden_size", "n_heads"), [(1, 4, 1), (3, 12, 3), (2, 16, 16)])
def test_heads_are_pytorchs_in_values_weights_and_gradients(batch, hidden_size, n_heads, memory_tokens, kind):
    ours, theirs = pair(hidden_size, n_heads)
    x = torch.randn(batch, 5, hidden_size, dtype=torch.double)
    memory = x if memory_tokens is None else torch.randn(batch, memory_tokens, hidden_size, dtype=torch.double)
    mask = masks(kind, batch, 5, memory.shape[1])
    hidden = None if mask is None else ~(mask if mask.ndim == 2 else mask.repeat_interleave(n_heads, 0))
    given = None if memory_tokens is None else memory
    a, w = ours(x, given, mask=mask), ours.weights(x, given, mask=mask)
    b, v = theirs(x, memory, memory, attn_mask=hidden, average_attn_weights=False)
    torch.testing.assert_close(a, b, **EXACT)
    torch.testing.assert_close(w, v, **EXACT)
    a.sin().sum().backward()
    b.sin().sum().backward()
    three = (ours.query, ours.key, ours.value)
    torch.testing.assert_close(torch.cat([m.weight.grad for m in three]), theirs.in_proj_weight.grad, **EXACT)
    torch.testing.assert_close(torch.cat([m.bias.grad for m in three]), theirs.in_proj_bias.grad, **EXACT)
    torch.testing.assert_close(ours.output.weight.grad, theirs.out_proj.weight.grad, **EXACT)
    torch.testing.assert_close(ours.output.bias.grad, theirs.out_proj.bias.grad, **EXACT)


def test_heads_in_float32():
    ours, theirs = pair(24, 4, torch.float32)
    x, memory = torch.randn(2, 3, 24), torch.randn(2, 6, 24)
    torch.testing.assert_close(ours(x, memory), theirs(x, memory, memory)[0])


@pytest.mark.parametrize("kind", ["none", "one for all", "one each"])
def test_the_fused_kernel_computes_the_formula_with_the_weights_that_are_shown(kind):
    ours, _ = pair(12, 3)
    x, memory, mask = *torch.randn(2, 3, 5, 12, dtype=torch.double), masks(kind, 3, 5, 5)
    query, key, value = (
        attention.split_heads(part(vectors), 3)
        for part, vectors in ((ours.query, x), (ours.key, memory), (ours.value, memory))
    )
    per_head = mask if mask is None or mask.ndim == 2 else mask[:, None]
    mixed, weights = scaled_dot_product_attention(query, key, value, per_head)
    torch.testing.assert_close(ours(x, memory, mask), ours.output(attention.merge_heads(mixed)), **EXACT)
    torch.testing.assert_close(ours.weights(x, memory, mask), weights, **EXACT)
    torch.testing.assert_close(masked_softmax(ours.scores(x, memory), per_head), weights, **EXACT)


def test_dropout_of_the_weights_is_only_for_training_and_is_copied():
    theirs, x = nn.MultiheadAttention(8, 2, dropout=0.5, batch_first=True).eval(), torch.randn(2, 5, 8)
    ours = MultiHeadAttention.from_torch(theirs)  # in evaluation mode, as the original is
    torch.testing.assert_close(ours(x), theirs(x, x, x)[0])
    ours.train()
    torch.manual_seed(0)
    several = torch.stack([ours(x) for _ in range(2000)])
    assert not torch.equal(several[0], several[1])
    torch.testing.assert_close(several.mean(0), ours.eval()(x), rtol=0, atol=0.05)  # what is left is scaled up
    assert torch.equal(ours.train().weights(x), ours.eval().weights(x))


def test_watched_heads_show_the_weights_of_each_call_and_then_no_more():
    (first, _), (second, _) = pair(8, 2), pair(16, 4)
    x, memory = torch.randn(2, 3, 8, dtype=torch.double), torch.randn(2, 5, 16, dtype=torch.double)
    with pytest.raises(ValueError, match="must be boolean"), attention.watched([first, second]) as seen:
        _ = first(x, mask=attention.causal_mask(3)), second(memory[:, :2], memory), first(x), first(x, mask=x)
    first(x)
    expected = first.weights(x, mask=attention.causal_mask(3)), second.weights(memory[:, :2], memory), first.weights(x)
    torch.testing.assert_close(tuple(seen), expected, **EXACT)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_without_biases_it_is_pytorchs_without_biases(dropout):
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(8, 2, dropout=dropout, bias=False, batch_first=True, dtype=torch.double).eval()
    ours = MultiHeadAttention.from_torch(theirs)
    assert [name for name, _ in ours.named_parameters() if "bias" in name] == []
    assert ours.dropout.p == dropout
    x = torch.randn(2, 5, 8, dtype=torch.double)
    torch.testing.assert_close(ours(x), theirs(x, x, x)[0], **EXACT)


def test_the_copy_is_a_copy():
    ours, theirs = pair(8, 2)
    with torch.no_grad():
        theirs.in_proj_weight.zero_()
        theirs.out_proj.weight.zero_()
    assert all(parameter.abs().max() > 0 for parameter in ours.parameters())


def test_an_empty_text_in_a_batch_poisons_nothing():
    ours, _ = pair(8, 2)
    x = torch.randn(2, 3, 8, dtype=torch.double, requires_grad=True)
    mask = attention.padding_mask(torch.tensor([[1, 1, 0], [0, 0, 0]]))
    output, weights = ours(x, mask=mask), ours.weights(x, mask=mask)
    output.square().sum().backward()
    torch.testing.assert_close(output[1], ours.output.bias.expand(3, 8), **EXACT)
    assert (weights[1] == 0).all()
    assert all(torch.isfinite(p.grad).all() for p in (x, *ours.parameters()))


def test_the_layer_refuses_what_it_cannot_do():
    for sizes in ((10, 3), (4, 0), (0, 1)):
        with pytest.raises(ValueError, match="cannot be shared equally"):
            MultiHeadAttention(*sizes)
    layer, x = MultiHeadAttention(4, 2), torch.randn(2, 3, 4)
    for ask in (layer, layer.weights):
        with pytest.raises(ValueError, match=r"must be \(queries, keys\)"):
            ask(x, mask=torch.ones(1, 2, 3, 3, dtype=torch.bool))
        for added_to_scores in (torch.zeros(3, 3), torch.ones(2, 1, 3).long()):
            with pytest.raises(ValueError, match="must be boolean, True where a query may look"):
                ask(x, mask=added_to_scores)
        for shape in ((4, 3), (3, 1, 3), (2, 3, 4)):
            with pytest.raises(ValueError, match="does not fit the scores"):
                ask(x, mask=torch.ones(shape, dtype=torch.bool))
    for memory in (torch.randn(1, 3, 4), torch.randn(3, 3, 4)):  # one text for two, and three of them
        with pytest.raises(ValueError, match="one is due for each"):
            layer(x, memory)
    for wrong in (x[0], x[..., :3], torch.randn(2, 1, 1, 4)):
        with pytest.raises(ValueError, match=r"Vectors \(batch, tokens, 4\) are due"):
            layer(x, wrong)
    for odd in ({"add_bias_kv": True}, {"add_zero_attn": True}, {"kdim": 3}):
        with pytest.raises(ValueError, match="Only the ordinary"):
            MultiHeadAttention.from_torch(nn.MultiheadAttention(4, 2, **odd))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_splitting_is_chunking_and_merging_undoes_it(batch, tokens, n_heads, head_dim):
    x = torch.arange(batch * tokens * n_heads * head_dim).view(batch, tokens, -1)
    split = attention.split_heads(x, n_heads)
    assert (split == torch.stack(x.chunk(n_heads, -1), 1)).all()
    assert (attention.merge_heads(split) == x).all()


# --- what attention cannot do -----------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 8))
def test_shuffled_tokens_give_shuffled_outputs(seed, n):
    ours, _ = pair(8, 2)
    torch.manual_seed(seed)
    x, order = torch.randn(1, n, 8, dtype=torch.double), torch.randperm(n)
    torch.testing.assert_close(ours(x[:, order]), ours(x)[:, order], **EXACT)


def test_equal_tokens_cannot_be_counted_unless_another_one_is_there():
    ours, _ = pair(8, 2)
    x, other = torch.randn(2, 1, 1, 8, dtype=torch.double)
    torch.testing.assert_close(ours(x.expand(1, 50, 8)), ours(x).expand(1, 50, 8), **EXACT)
    few, many = (ours(torch.cat([other, x.expand(1, count, 8)], 1))[:, 0] for count in (1, 4))
    assert (few - many).abs().max() > 1e-2


def test_a_key_bias_changes_nothing_and_learns_nothing():
    ours, theirs = pair(8, 2)
    x = torch.randn(2, 5, 8, dtype=torch.double)
    before = ours(x)
    with torch.no_grad():
        ours.key.bias += 3 * torch.randn(8, dtype=torch.double)
    torch.testing.assert_close(ours(x), before, **EXACT)
    theirs(x, x, x)[0].sin().sum().backward()
    query_bias, key_bias, value_bias = theirs.in_proj_bias.grad.chunk(3)
    assert key_bias.abs().max() < 1e-12
    assert min(query_bias.abs().max(), value_bias.abs().max()) > 1e-3


def test_the_output_is_a_sum_over_heads():
    ours, _ = pair(12, 3)
    x = torch.randn(2, 5, 12, dtype=torch.double)
    output, weights = ours(x), ours.weights(x)
    each = weights @ attention.split_heads(ours.value(x), 3) @ ours.output.weight.T.unflatten(0, (3, 4))
    torch.testing.assert_close(each.sum(1) + ours.output.bias, output, **EXACT)


# --- a real model -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 5])
def test_minilms_attention_is_hugging_faces(number):
    from transformers import BertModel

    from lessons.kit import pretrained

    checkpoint = pretrained.load("minilm")
    theirs = BertModel.from_pretrained(checkpoint.folder, attn_implementation="eager").eval()
    texts = checkpoint.tokenizer(["A long sentence, with a 🎬 in it.", "Short."], padding=True, return_tensors="pt")
    layer = MultiHeadAttention(384, 12)
    for ours, name in (
        ("query", "self.query"),
        ("key", "self.key"),
        ("value", "self.value"),
        ("output", "output.dense"),
    ):
        for kind in ("weight", "bias"):
            real = checkpoint.weights[f"encoder.layer.{number}.attention.{name}.{kind}"]
            getattr(getattr(layer, ours), kind).data.copy_(real)
    seen = []
    dense = theirs.encoder.layer[number].attention.output.dense
    hook = dense.register_forward_hook(lambda module, inputs, output: seen.append(output))
    with torch.no_grad():
        found = theirs(**texts, output_hidden_states=True, output_attentions=True)
        hidden, mask = found.hidden_states[number], attention.padding_mask(texts["attention_mask"])
        mixed, weights = layer(hidden, mask=mask), layer.weights(hidden, mask=mask)
    hook.remove()
    torch.testing.assert_close(weights, found.attentions[number])
    torch.testing.assert_close(mixed, seen[0])


@pytest.mark.parametrize("n", [5, 9])
def test_shares_of_places_are_means_over_words_between_two_words(n):
    torch.manual_seed(n)
    weights = torch.randn(3, 2, n, n, dtype=torch.double).softmax(-1)  # (layers, heads, tokens, tokens)
    found = attention.place_shares(weights)
    assert found.shape == (len(attention.PLACES), 3, 2)
    for layer in range(3):
        for head in range(2):
            rows = weights[layer, head].tolist()
            looked = [(rows[w][w - 1], rows[w][w], rows[w][w + 1], rows[w][0], rows[w][n - 1]) for w in range(2, n - 2)]
            expected = torch.tensor(looked, dtype=torch.double).mean(0)
            torch.testing.assert_close(found[:, layer, head], expected, **EXACT)
    with pytest.raises(ValueError, match="five tokens"):
        attention.place_shares(weights[..., :4, :4])


# --- the recall task --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_pairs", [1, 6, 10])
def test_scenes_have_different_names_and_colours_and_the_right_answer(n_pairs):
    scenes = attention.recall_scenes(300, torch.Generator().manual_seed(0), n_pairs)
    assert scenes.names.shape == scenes.colours.shape == (300, n_pairs)
    for names, colours, asked, right in zip(*(x.tolist() for x in scenes), strict=True):
        assert len(set(names)) == len(set(colours)) == n_pairs
        assert max(names) < 20
        assert max(colours) < 10
        assert dict(zip(names, colours, strict=True))[asked] == right
    for bad in (0, 11):
        with pytest.raises(ValueError, match="1 to 10 pairs"):
            attention.recall_scenes(1, torch.Generator(), bad)


def test_the_bag_cannot_tell_who_swapped_cups_and_attention_can():
    torch.manual_seed(0)
    scenes = attention.recall_scenes(50, torch.Generator().manual_seed(0))
    swapped = scenes.colours[:, [1, 0, 2, 3, 4, 5]]
    bag, looker = attention.BagRecall(16).double(), attention.AttentionRecall(16).double()
    first = scenes.names[:, 0]
    torch.testing.assert_close(bag(scenes.names, scenes.colours, first), bag(scenes.names, swapped, first), **EXACT)
    a, b = (looker(scenes.names, colours, first)[0] for colours in (scenes.colours, swapped))
    assert (a - b).abs().amax(-1).min() > 1e-6


def test_the_attention_in_recall_is_the_scaled_one():
    torch.manual_seed(0)
    scenes, model = (
        attention.recall_scenes(20, torch.Generator().manual_seed(0)),
        attention.AttentionRecall(16).double(),
    )
    pairs, question = model.name(scenes.names) + model.colour(scenes.colours), model.name(scenes.asked)[:, None]
    mixed = F.scaled_dot_product_attention(model.query(question), model.key(pairs), model.value(pairs))[:, 0]
    torch.testing.assert_close(model(*scenes[:3])[0], model.output(mixed), **EXACT)


def test_attention_learns_the_task_and_the_bag_does_not():
    torch.manual_seed(0)
    scenes, model = attention.recall_scenes(500, torch.Generator().manual_seed(1)), attention.AttentionRecall(32)
    found = attention.train_recall(model, scenes, steps=120, learning_rate=0.01, every=60)
    logits, weights = model(*scenes[:3])
    assert len(found) == 3
    assert found[-1] == (logits.argmax(-1) == scenes.answers).float().mean().item()
    assert found[0] < 0.3 < 0.95 < found[-1]
    looked = scenes.names.gather(1, weights.argmax(-1, keepdim=True))[:, 0]
    assert (looked == scenes.asked).float().mean() > 0.95
    assert attention.train_recall(attention.BagRecall(32), scenes, steps=60, every=60)[-1] < 0.25
    with pytest.raises(ValueError, match="steps"):
        attention.train_recall(model, scenes, steps=0)


def test_a_seed_gives_every_model_the_same_training_scenes():
    scenes, found = attention.recall_scenes(50, torch.Generator().manual_seed(1)), []
    for _ in range(2):
        torch.manual_seed(0)
        model = attention.AttentionRecall(8)
        attention.train_recall(model, scenes, steps=5, seed=3)
        found.append(torch.cat([parameter.detach().flatten() for parameter in model.parameters()]))
    assert torch.equal(*found)


def test_a_very_warm_softmax_is_the_bag():
    torch.manual_seed(0)
    scenes = attention.recall_scenes(40, torch.Generator().manual_seed(0))
    model = attention.AttentionRecall(16, divisor=1e12).double()
    logits, weights = model(*scenes[:3])
    torch.testing.assert_close(weights, torch.full_like(weights, 1 / 6), **EXACT)
    average = (model.name(scenes.names) + model.colour(scenes.colours)).mean(1)
    torch.testing.assert_close(logits, model.output(model.value(average)), **EXACT)


# --- relatives --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bandwidth", [0.3, 1.0, 20.0])
def test_smoothing_is_nadaraya_and_watsons(bandwidth):
    rng = np.random.default_rng(0)
    new_x, x, y = rng.normal(size=7), rng.normal(size=30), rng.normal(size=30)
    kernel = norm.pdf(new_x[:, None], loc=x, scale=bandwidth)
    smooth, weights = attention.kernel_smoothing(*map(torch.from_numpy, (new_x, x, y)), bandwidth)
    np.testing.assert_allclose(smooth, kernel @ y / kernel.sum(1), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(weights, kernel / kernel.sum(1, keepdims=True), rtol=1e-10, atol=1e-12)


def test_smoothing_far_from_all_keys_takes_the_nearest():
    x, y = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([5.0, 6.0, 7.0])
    assert attention.kernel_smoothing(torch.tensor([1e4]), x, y, 0.1)[0].item() == 7  # kernels would all round to 0
    for bad in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="bandwidth must be above 0"):
            attention.kernel_smoothing(x, x, y, bad)


@pytest.mark.parametrize("size", [1.0, 100.0])
@pytest.mark.parametrize("block_size", [1, 2, 5, 100])
@pytest.mark.parametrize("shape", SHAPES)
def test_online_attention_is_the_dense_one(shape, block_size, size):
    query, key, value = drawn(*shape)
    ours = attention.online_attention(size * query, key, value, block_size)
    torch.testing.assert_close(ours, F.scaled_dot_product_attention(size * query, key, value), **EXACT)


def test_online_attention_checks_its_input():
    query, key, value = drawn((), 3, 5, 4, 2)
    with pytest.raises(ValueError, match="at least one key"):
        attention.online_attention(query, key, value, 0)
    with pytest.raises(ValueError, match="Every key needs one value"):
        attention.online_attention(query, key, value[:3], 2)


@pytest.mark.parametrize("block_size", [1, 2, 3, 100])
def test_online_attention_with_a_mask_is_the_dense_one(block_size):
    query, key, value = drawn((2,), 4, 6, 4, 3)
    mask = torch.rand(2, 4, 6, generator=torch.Generator().manual_seed(0)) < 0.6
    mask[0, 0, :3] = False  # for small blocks the first one is closed
    mask[1, 2] = False  # and this query may look nowhere
    expected = attention.scaled_dot_product_attention(query, key, value, mask)[0]
    torch.testing.assert_close(attention.online_attention(query, key, value, block_size, mask), expected, **EXACT)
    assert (expected[1, 2] == 0).all()
    one_row = mask[:, :1]  # the same for all queries
    expected = attention.scaled_dot_product_attention(query, key, value, one_row)[0]
    torch.testing.assert_close(attention.online_attention(query, key, value, block_size, one_row), expected, **EXACT)
    for wrong in (mask.long(), mask[:, :, :4]):
        with pytest.raises(ValueError, match="mask"):
            attention.online_attention(query, key, value, block_size, wrong)


def test_in_half_precision_scores_are_finite_where_pytorchs_are():
    torch.manual_seed(0)
    query, key, value = (150 * torch.randn(1, 5, 64, dtype=torch.float16) for _ in range(3))
    assert not (query @ key.transpose(-2, -1)).isfinite().all()  # before the division
    ours = attention.scaled_dot_product_attention(query, key, value)[0]
    assert F.scaled_dot_product_attention(query, key, value).isfinite().all()
    assert ours.isfinite().all()
    torch.testing.assert_close(attention.online_attention(query, key, value, 2), ours)


# --- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "hidden_size", "n_heads"), [(1, 8, 2), (16, 8, 1), (33, 48, 4)])
def test_flops_are_those_that_pytorch_counts(n, hidden_size, n_heads):
    # the counter does not know the fused kernel of processors
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        MultiHeadAttention(hidden_size, n_heads)(torch.randn(1, n, hidden_size))
    assert counter.get_total_flops() == sum(attention.attention_flops(n, hidden_size))


@pytest.mark.parametrize("hidden_size", [1, 64, 384])
def test_pairs_overtake_projections_at_twice_the_hidden_size(hidden_size):
    at = attention.attention_flops(2 * hidden_size, hidden_size)
    assert at.pairs == at.projections
    for bad in ((0, 4), (4, 0)):
        with pytest.raises(ValueError, match="at least 1"):
            attention.attention_flops(*bad)


@pytest.mark.parametrize(("n", "hidden_size", "n_heads"), [(5, 8, 2), (33, 48, 4)])
def test_what_is_kept_for_the_backward_pass_is_counted(n, hidden_size, n_heads):
    """Inputs, queries, keys, values and mixture, and every head's weights, where these are written down."""

    class Plain(MultiHeadAttention):
        def forward(self, x):
            queries, keys = self._queries_and_keys(x, x)
            values = attention.split_heads(self.value(x), self.n_heads)
            mixed = (queries @ keys.transpose(-2, -1)).softmax(-1) @ values
            return self.output(attention.merge_heads(mixed))

    x = torch.randn(1, n, hidden_size, requires_grad=True)
    expected = 4 * (n_heads * n**2 + 5 * n * hidden_size)
    assert attention.saved_bytes(Plain(hidden_size, n_heads), x) == expected
    assert attention.saved_bytes(nn.Linear(hidden_size, 1), x) == 4 * n * hidden_size


def test_variance_of_a_score_is_d():
    torch.manual_seed(0)
    for d in (4, 64, 512):
        scores = (torch.randn(20_000, d) * torch.randn(20_000, d)).sum(-1)
        assert abs(scores.var().item() / d - 1) < 0.1


# --- pictures ---------------------------------------------------------------------------------------------------------


def words(axes):
    return "\n".join(text.get_text() for text in axes.texts)


@pytest.fixture(autouse=True)
def _figures_are_closed():
    yield
    plt.close("all")


def test_the_look_up_shows_its_numbers_shapes_and_tokens():
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 3, 2)
    scores = query @ key.T
    output, weights = scaled_dot_product_attention(query, key, value)
    tables = {"Q": query, "K": key, "scores": scores, "weights": weights, "V": value, "output": output}
    shown = words(drawings.look_up(["a", "b", "c"], tables, marked=1)).split("\n")
    for numbers in tables.values():
        assert {f"{number:.2f}" for number in numbers.flatten().tolist()} <= set(shown)
    for title in ("Q  (3, 2)", "Kᵀ  (2, 3)", "scores  (3, 3)", "weights  (3, 3)", "V  (3, 2)", "output  (3, 2)"):
        assert title in shown
    assert shown.count("a") == 6  # rows of Q, weights and V; columns of Kᵀ, scores and weights


@pytest.mark.parametrize(("hidden_size", "n_heads"), [(384, 12), (8, 2)])
def test_the_drawn_shapes_of_heads_are_the_real_ones(hidden_size, n_heads):
    shown = words(drawings.heads(hidden_size, n_heads))
    layer, x = MultiHeadAttention(hidden_size, n_heads), torch.randn(1, 3, hidden_size)
    _, heads, _, head_dim = attention.split_heads(layer.key(x), n_heads).shape
    assert shown.count(f"(batch, {heads}, n, {head_dim})") == 4  # query, key, value and mixture
    assert shown.count(f"(batch, {layer.weights(x).shape[1]}, n, n)") == 2
    assert shown.count(f"(batch, n, {layer(x).shape[-1]})") == 6
    assert f"√{head_dim}" in shown
    with pytest.raises(ValueError, match="cannot be shared equally"):
        drawings.heads(10, 3)


def test_masks_say_yes_where_a_query_may_look():
    table = attention.causal_mask(4)
    axes = drawings.masks("abcd", {"causal": table, "all": torch.ones(1, 4).expand(4, 4)}).axes
    assert [text.get_text() for text in axes[0].texts] == ["yes" if may else "–" for may in table.flatten()]
    assert words(axes[1]).count("yes") == 16


def test_the_other_drawings_say_what_they_should():
    shown = words(drawings.translators())
    assert shown.count("(d,)") == 13  # six states of readers, five of writers, one vector for all, one mixture
    shown = words(drawings.summary())
    for part in ("query, key, value", "heads", "scores", "mask", "softmax", "mixture", "8 n h²", "4 n² h"):
        assert part in shown


def test_measured_pictures_hold_what_they_are_given():
    bars = drawings.shares({"one": [0.25, 0.75], "two": [1.0, 0.0]}).axes
    assert [bar.get_height() for bar in bars[0].patches] == [0.25, 0.75]
    left, right = drawings.recall({"a": [0.1, 0.5], "b": [0.1, 0.2]}, torch.full((3, 2), 0.5), [0, 1, 1]).axes[:2]
    assert left.lines[0].get_xydata().tolist() == [[0, 0.1], [15, 0.5]]
    assert right.lines[0].get_xydata().tolist() == [[0, 0], [1, 1], [1, 2]]
    rows = [
        {"dim": dim, "learning_rate": rate, "divisor": "1", "accuracies": [rate, 2 * rate, 9 * rate]}
        for dim in (4, 8)
        for rate in (0.01, 0.1)
    ]
    panels = drawings.scaling(rows, {"1": "not divided"}).axes
    assert [panel.get_title() for panel in panels] == ["d = 4", "d = 8"]
    assert panels[1].lines[0].get_xydata().tolist() == [[0.01, 0.02], [0.1, 0.2]]
    assert words(drawings.habits([[0.9, 0.1]], [[1, 0]], ["before", "itself"])) == "itself\n90%\n10%"
    smooth = drawings.smoothing([1, 2], [3, 4], {"line": ([1, 2], [3, 3])}, xlabel="x")
    assert smooth.lines[1].get_ydata().tolist() == [3, 3]
    assert smooth.get_xlabel() == "x"


# --- the notebook -----------------------------------------------------------------------------------------------------

NOTEBOOK = ROOT / "notebooks" / "05_attention.ipynb"


@pytest.fixture(scope="module")
def defined():
    """The functions and classes that the notebook defines, exercises left out."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    nodes = [
        node
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.parse("".join(cell["source"])).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list
    ]
    names = {"math": math, "torch": torch, "nn": nn, "attention": attention, "F": F}
    exec(compile(ast.Module(nodes, []), str(NOTEBOOK), "exec"), names)
    return names


@pytest.mark.parametrize("shape", SHAPES)
def test_the_notebooks_attention_is_the_courses(defined, shape):
    inputs = drawn(*shape)
    pairs = zip(defined["scaled_dot_product_attention"](*inputs), scaled_dot_product_attention(*inputs), strict=True)
    for a, b in pairs:
        torch.testing.assert_close(a, b, **EXACT)
    for block_size in (1, 3):
        a = defined["online_attention"](*inputs, block_size)
        torch.testing.assert_close(a, attention.online_attention(*inputs, block_size), **EXACT)


def test_the_notebooks_heads_and_models_are_the_courses(defined):
    torch.manual_seed(0)
    ours, theirs = defined["MultiHeadAttention"](12, 3), MultiHeadAttention(12, 3)
    ours.load_state_dict(theirs.state_dict())
    x, mask = torch.randn(2, 5, 12), attention.causal_mask(5)
    torch.testing.assert_close(ours(x, x, x, mask), (theirs(x, mask=mask), theirs.weights(x, mask=mask)))
    scenes = attention.recall_scenes(20, torch.Generator().manual_seed(0))
    a, b = defined["AttentionRecall"](16), attention.AttentionRecall(16)
    a.load_state_dict(b.state_dict())
    torch.testing.assert_close(a(*scenes[:3]), b(*scenes[:3]))


def test_the_notebooks_smoothing_is_the_courses(defined):
    x, y = torch.linspace(-3, 3, 20, dtype=torch.double), torch.randn(20, dtype=torch.double)
    for h in (0.5, 2.0):
        a = defined["as_attention"](x[:7] + 0.1, x, y, h)
        torch.testing.assert_close(a, attention.kernel_smoothing(x[:7] + 0.1, x, y, h)[0], rtol=1e-10, atol=1e-10)


def test_the_studies_say_what_the_notebook_reads():
    stored = results.load("attention")
    accuracies = {(r["dim"], r["learning_rate"], r["divisor"]): r["accuracies"] for r in stored["scaling"]["rows"]}
    assert max(accuracies[256, 0.003, "1"]) < min(accuracies[256, 0.003, "√dim"])
    assert max(accuracies[256, 0.01, "1"]) < 0.5
    for rate in (0.003, 0.01):  # a small start helps little, and dividing by d is better still
        assert max(accuracies[256, rate, "1, small start"]) < min(accuracies[256, rate, "√dim"])
        assert min(accuracies[256, rate, "dim"]) > max(accuracies[256, rate, "√dim"])
        assert max(accuracies[16, 0.001, "dim"]) < min(accuracies[16, 0.001, "√dim"])
    assert min(min(accuracies[256, 0.0003, rule]) for rule in ("√dim", "1", "dim", "1, small start")) > 0.99
    for other in ("√dim", "1", "dim"):  # the smallest size: long steps are a help there
        assert min(accuracies[16, 0.001, "1, small start"]) > max(accuracies[16, 0.001, other])
    assert min(min(accuracies[dim, 0.003, "√dim"]) for dim in (16, 64, 256)) > 0.95  # one rate for all sizes
    starts = stored["scaling"]["score_size_before_training"]["256"]
    assert starts["1, small start"] == starts["√dim"]
    shares = {}
    for row in stored["cost"]["rows"]:
        times = row["time_ratios"]
        for name in ("pairs", "pairs, fused"):
            shares[row["n_tokens"], name] = times[name] / (1 + times["feed-forward"] + times[name])
    assert shares[256, "pairs"] < 0.4 < shares[512, "pairs"] < 0.6
    assert shares[1024, "pairs, fused"] < 0.4 < shares[2048, "pairs, fused"] < 0.6
    for row in stored["pages"]["rows"]:
        one_table = row["weights_mib"] * 2**20 / stored["pages"]["page_bytes"]
        assert row["fresh_pages"]["pairs, fused"] < 0.01 * one_table
        assert row["n_tokens"] < 512 or 2 <= row["fresh_pages"]["pairs"] / one_table < 2.1  # scores and weights
    for row in stored["cost"]["rows"]:
        flops = attention.attention_flops(row["n_tokens"], stored["cost"]["hidden_size"])
        assert row["flop_ratio"] == pytest.approx(flops.pairs / flops.projections)
