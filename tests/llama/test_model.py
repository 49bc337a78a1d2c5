"""Llama against Hugging Face's with the same weights, its cache against computing all anew, and what rotation promises.

In 32-bit floats with `assert_close`'s defaults: Hugging Face's norm, rotary tables and eager softmax are computed in
these whatever the model's type, so in float64 the two differ by about 1e-7 of their size.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.llama import (
    Cache,
    GroupedAttention,
    Llama,
    LlamaConfig,
    RMSNorm,
    SwiGLU,
    frequencies,
    rotated,
    rotation,
)
from lessons.llama.analysis import cache_bytes, llama_parameters
from lessons.llama.model import from_hugging_face, to_hugging_face

SMALL = LlamaConfig(
    vocab_size=37, hidden_size=24, n_layers=3, n_heads=4, n_key_heads=2, intermediate_size=40, max_length=32
)


def token_ids(batch: int, n: int, seed: int = 0) -> Tensor:
    return torch.randint(37, (batch, n), generator=torch.Generator().manual_seed(seed))


def shaken(model: nn.Module) -> nn.Module:
    """With larger weights, norms drawn, too."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model.eval()


def small(seed: int = 0) -> Llama:
    torch.manual_seed(seed)
    return shaken(Llama(SMALL).double())  # type: ignore[return-value]


def hugging_face(seed: int, attention: str = "eager", **sizes: object) -> nn.Module:
    from transformers import LlamaConfig as Theirs
    from transformers import LlamaForCausalLM

    torch.manual_seed(seed)
    usual = {"vocab_size": 37, "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4,
             "num_key_value_heads": 2, "intermediate_size": 40, "max_position_embeddings": 32,
             "tie_word_embeddings": True}  # fmt: skip
    config = Theirs(**{**usual, **sizes}, attn_implementation=attention, bos_token_id=0, eos_token_id=None)
    return shaken(LlamaForCausalLM(config))


# --- against Hugging Face ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize(
    ("seed", "sizes"),
    [
        (0, {}),
        (1, {"num_key_value_heads": 4}),
        (2, {"num_key_value_heads": 1, "rope_parameters": {"rope_type": "default", "rope_theta": 100_000.0}}),
        (3, {"hidden_size": 36, "num_attention_heads": 9, "num_key_value_heads": 3, "num_hidden_layers": 1}),
    ],
)
def test_every_layer_equals_hugging_face(seed, sizes, attention) -> None:
    theirs = hugging_face(seed, attention, **sizes)
    ours = Llama.from_hugging_face(theirs)
    for n in (1, 2, 17, 32):
        ids = token_ids(2, n, seed)
        with torch.no_grad():
            expected = theirs(ids, output_hidden_states=True, output_attentions=attention == "eager")
            found = ours.every_layer(ids)
            torch.testing.assert_close(ours(ids), expected.logits)
        torch.testing.assert_close(found.logits, expected.logits)
        states = (*found.hidden_states[:-1], ours.norm(found.hidden_states[-1]))  # theirs ends behind the last norm
        torch.testing.assert_close(states, expected.hidden_states)
        if attention == "eager":
            torch.testing.assert_close(found.attentions, expected.attentions)


def test_gradients_equal_hugging_face() -> None:
    theirs = hugging_face(3)
    ours, ids = Llama.from_hugging_face(theirs), token_ids(2, 16)
    theirs(ids).logits.square().mean().backward()
    ours(ids).square().mean().backward()
    expected = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    expected = from_hugging_face({name: gradient for name, gradient in expected.items() if name != "lm_head.weight"})
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name])


def test_greedy_text_equals_hugging_face() -> None:
    from lessons.llama import Writer

    theirs = hugging_face(0)
    expected = theirs.generate(token_ids(1, 3), max_new_tokens=28, do_sample=False, pad_token_id=0)
    writer = Writer(Llama.from_hugging_face(theirs))
    found = [choice.token_id for choice in writer.write(token_ids(1, 3)[0].tolist(), 28)]
    assert found == expected[0, 3:].tolist()


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_act": "gelu"},
        {"tie_word_embeddings": False},
        {"attention_bias": True},
        {"mlp_bias": True},
        {"head_dim": 8},
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0}},
    ],
)
def test_what_cannot_be_copied_is_refused(changes) -> None:
    with pytest.raises(ValueError, match="ordinary Llama"):
        Llama.from_hugging_face(hugging_face(0, **changes))


def test_names_there_and_back() -> None:
    theirs = hugging_face(0).state_dict()
    again = to_hugging_face(from_hugging_face(theirs))
    assert set(again) == set(theirs)
    assert all(torch.equal(again[name], theirs[name]) for name in theirs)


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (2, 3, 7), (1, 1)])
def test_the_norm_equals_torchs(shape) -> None:
    norm = RMSNorm(shape[-1], 1e-3).double()
    nn.init.normal_(norm.weight)
    hidden = torch.randn(shape, dtype=torch.double)
    torch.testing.assert_close(norm(hidden), F.rms_norm(hidden, shape[-1:], norm.weight, 1e-3), rtol=0, atol=1e-10)


def test_the_norm_knows_no_size_but_a_direction_and_keeps_the_mean() -> None:
    norm, hidden = RMSNorm(6, 0.0).double(), torch.randn(4, 6, dtype=torch.double)
    torch.testing.assert_close(norm(7 * hidden), norm(hidden), rtol=0, atol=1e-10)
    torch.testing.assert_close(norm(hidden).square().mean(-1), torch.ones(4, dtype=torch.double), rtol=0, atol=1e-10)
    assert (norm(hidden + 3).mean(-1) > 0.3).all()  # a layer norm would take this away


def test_frequencies_by_hand() -> None:
    torch.testing.assert_close(frequencies(4, 100.0), torch.tensor([1.0, 0.1]))
    found = frequencies(64, 100_000.0, torch.float64)
    torch.testing.assert_close(found, 100_000.0 ** (-torch.arange(32, dtype=torch.double) / 32), rtol=0, atol=1e-12)


def test_a_turn_by_hand() -> None:
    """A quarter turn brings (1, 0) to (0, 1)."""
    turn = rotation(torch.tensor([math.pi / 2], dtype=torch.double), 2, dtype=torch.float64)
    vector = torch.tensor([[1.0, 0.0]], dtype=torch.double)
    torch.testing.assert_close(
        rotated(vector, turn), torch.tensor([[0.0, 1.0]], dtype=torch.double), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("shift", [1, 17, 1000])
@pytest.mark.parametrize("base", [10_000.0, 100_000.0])
def test_scores_depend_on_distance_alone(shift, base) -> None:
    query, key = torch.randn(2, 5, 8, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    places = torch.tensor([0, 3, 4, 9, 30])

    def scores(start: int) -> Tensor:
        turn = rotation(places + start, 8, base, torch.float64)
        return rotated(query, turn) @ rotated(key, turn).T

    torch.testing.assert_close(scores(shift), scores(0), rtol=0, atol=1e-10)
    assert not torch.allclose(scores(0), query @ key.T)


def test_a_turn_keeps_lengths_and_place_0_turns_nothing() -> None:
    vectors = torch.randn(2, 3, 6, 10, dtype=torch.double)
    turned = rotated(vectors, rotation(torch.arange(6), 10, dtype=torch.float64))
    torch.testing.assert_close(turned.norm(dim=-1), vectors.norm(dim=-1), rtol=0, atol=1e-10)
    torch.testing.assert_close(turned[..., 0, :], vectors[..., 0, :], rtol=0, atol=0)


def test_the_gated_network_by_hand() -> None:
    net = SwiGLU(1, 1).double()
    for linear, weight in ((net.gate, 2.0), (net.expand, 3.0), (net.contract, 5.0)):
        nn.init.constant_(linear.weight, weight)
    x = torch.tensor([[0.5]], dtype=torch.double)
    assert net(x).item() == pytest.approx(5 * (1 / (1 + math.exp(-1))) * (3 * 0.5))
    assert not [name for name, _ in net.named_parameters() if "bias" in name]


@pytest.mark.parametrize("n_key_heads", [1, 2, 4])
def test_grouped_attention_is_05s_with_keys_and_values_repeated(n_key_heads) -> None:
    from lessons.attention import MultiHeadAttention, causal_mask

    torch.manual_seed(0)
    grouped = GroupedAttention(24, 4, n_key_heads).double()
    full = MultiHeadAttention(24, 4, bias=False).double()
    with torch.no_grad():
        full.query.weight.copy_(grouped.query.weight)
        full.output.weight.copy_(grouped.output.weight)
        for name in ("key", "value"):
            shared = getattr(grouped, name).weight.unflatten(0, (n_key_heads, 6))  # (key heads, head_dim, hidden_size)
            getattr(full, name).weight.copy_(shared.repeat_interleave(4 // n_key_heads, 0).flatten(0, 1))
    hidden, mask = torch.randn(2, 5, 24, dtype=torch.double), causal_mask(5)
    torch.testing.assert_close(grouped(hidden, mask=mask), full(hidden, mask=mask), rtol=0, atol=1e-10)
    weights = grouped.weights(hidden, mask=mask)
    torch.testing.assert_close(weights, full.weights(hidden, mask=mask), rtol=0, atol=1e-10)


# --- who may look where -----------------------------------------------------------------------------------------------


def test_an_early_token_changes_what_comes_after_it_alone() -> None:
    model, ids = small(), token_ids(1, 11)
    other = ids.clone()
    other[0, 4] = (other[0, 4] + 1) % 37
    with torch.no_grad():
        changed = (model(ids) - model(other)).abs().amax(-1)[0] > 1e-9
    assert changed.tolist() == [False] * 4 + [True] * 7


def test_places_matter_and_only_their_distances() -> None:
    """The same tokens in another order give other logits; the same text later in the count gives the same ones."""
    model, ids = small(), token_ids(1, 8)
    with torch.no_grad():
        swapped = ids[:, [1, 0, *range(2, 8)]]
        assert not torch.allclose(model(ids)[0, -1], model(swapped)[0, -1])
        usual = model(ids)
        model.turns = lambda start, n: rotation(torch.arange(100, 100 + n), 6, SMALL.base)  # type: ignore[method-assign]
        torch.testing.assert_close(model(ids), usual, rtol=1e-4, atol=1e-5)  # tables are 32-bit floats


# --- the cache --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [[1] * 13, [7, 1, 1, 4], [13], [1, 12]])
def test_the_cache_gives_the_same_logits(parts) -> None:
    model, ids = small(1), token_ids(3, 13, 5)
    cache = Cache(model.config, 3, model.token.weight)
    with torch.no_grad():
        found = [model(part, cache) for part in ids.split(parts, dim=1)]
        torch.testing.assert_close(torch.cat(found, 1), model(ids), rtol=0, atol=1e-10)
        torch.testing.assert_close(model(ids, last=True), model(ids)[:, -1:], rtol=0, atol=1e-10)
    assert cache.length == 13
    assert cache.bytes == 3 * cache_bytes(13, 3, 2, 6, 8)


def test_the_cache_grows_and_goes_back() -> None:
    model, ids = small(), token_ids(1, 200, 1)
    cache = Cache(model.config, like=model.token.weight)
    with torch.no_grad():
        for part in ids.split(30, dim=1):
            found = model(part, cache)
        torch.testing.assert_close(found, model(ids)[:, 180:], rtol=0, atol=1e-9)  # 200 tokens: sums of more terms
        cache.cut(50)
        again = model(token_ids(1, 7, 2), cache)
        whole = model(torch.cat([ids[:, :50], token_ids(1, 7, 2)], dim=1))
        torch.testing.assert_close(again, whole[:, 50:], rtol=0, atol=1e-10)
    for length in (58, -1):
        with pytest.raises(ValueError, match=r"first 58|0 or more"):
            cache.cut(length)


def test_an_empty_cache_weighs_nothing() -> None:
    assert Cache(SMALL).bytes == 0


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_parameters_are_those_published() -> None:
    with torch.device("meta"):
        model = Llama(LlamaConfig())
    counted = sum(each.numel() for each in model.parameters())
    assert counted == 134_515_008 == llama_parameters(49152, 576, 30, 9, 3, 1536)


@pytest.mark.parametrize("n_layers", [2, 8])
def test_weights_at_the_start(n_layers) -> None:
    torch.manual_seed(0)
    model = Llama(LlamaConfig(200, 128, n_layers, 4, 2, 300))
    added = torch.cat([layer.feed_forward.contract.weight.flatten() for layer in model.layers])
    assert added.std().item() == pytest.approx(0.02 / math.sqrt(2 * n_layers), rel=0.02)
    assert model.layers[0].attention.query.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert model.token.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert model.norm.weight.unique().tolist() == [1]


@pytest.mark.parametrize(
    "wrong",
    [{"n_heads": 5}, {"n_key_heads": 3}, {"n_layers": 0}, {"base": 0}, {"epsilon": -1}, {"intermediate_size": 1.5}],
)
def test_sizes_that_are_none_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"heads|n_layers|base|epsilon|intermediate_size"):
        LlamaConfig(**{**SMALL.__dict__, **wrong})


def test_odd_heads_cannot_be_turned() -> None:
    with pytest.raises(ValueError, match="even, not 3"):
        Llama(LlamaConfig(10, 12, 1, 4, 2, 8))


@pytest.mark.parametrize("ids", [torch.tensor([1, 2]), torch.tensor([[37]]), torch.tensor([[-1]]), torch.ones(1, 2)])
def test_ids_that_are_none_are_refused(ids) -> None:
    with pytest.raises(ValueError, match="token_ids"):
        small()(ids)


def test_vectors_that_do_not_fit_are_refused() -> None:
    turn = rotation(torch.arange(3), 4)
    for vectors in (torch.zeros(3, 6), torch.zeros(2, 4), torch.zeros(4), torch.zeros(3, 4, dtype=torch.long)):
        with pytest.raises(ValueError, match="vectors"):
            rotated(vectors, turn)
    with pytest.raises(ValueError, match="one row"):
        rotation(torch.zeros(2, 2), 4)
    for part in (RMSNorm(4), SwiGLU(4, 8), GroupedAttention(4, 2, 1)):
        with pytest.raises(ValueError, match="hidden"):
            part(torch.zeros(1, 2, 5))
