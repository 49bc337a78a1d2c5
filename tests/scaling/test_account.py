"""What is counted before a model is made: against models that were made, PyTorch's counters, and scipy."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from scipy.optimize import minimize_scalar
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode
from transformers import BloomConfig, BloomForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from lessons.gpt import GPT, GPTConfig
from lessons.scaling import account
from lessons.scaling.account import CHINCHILLA, MODELS, Sizes


def theirs(sizes: Sizes) -> torch.nn.Module:
    """The model of Hugging Face with these sizes, without numbers."""
    names: dict[str, Any] = {"vocab_size": sizes.vocab_size}
    with torch.device("meta"):
        if sizes.name.startswith("GPT"):
            return GPT2LMHeadModel(GPT2Config(n_embd=sizes.hidden_size, n_layer=sizes.n_layers, n_head=sizes.n_heads,
                                              n_positions=sizes.tokens, **names))  # fmt: skip
        if sizes.name == "BLOOM":
            return BloomForCausalLM(
                BloomConfig(hidden_size=sizes.hidden_size, n_layer=sizes.n_layers, n_head=sizes.n_heads, **names)
            )
        return LlamaForCausalLM(
            LlamaConfig(
                hidden_size=sizes.hidden_size, num_hidden_layers=sizes.n_layers, num_attention_heads=sizes.n_heads,
                num_key_value_heads=sizes.n_key_heads or sizes.n_heads, intermediate_size=sizes.intermediate_size,
                tie_word_embeddings=False, **names,
            )
        )  # fmt: skip


SOME = [
    *MODELS.values(),
    Sizes("GPT odd", 11, 6, 3, 2, 5),
    Sizes("Llama odd", 11, 12, 3, 6, 5, 2, 7, gated=True, biases=False, tied=False, positions=False),
]


@pytest.mark.parametrize("sizes", SOME, ids=[each.name for each in SOME])
def test_parameters_are_those_of_the_model(sizes: Sizes) -> None:
    """With one layer and with two; each further one must add as much as the second."""
    one, two = (sum(each.numel() for each in theirs(replace(sizes, n_layers=layers)).parameters()) for layers in (1, 2))
    assert replace(sizes, n_layers=1).parameters == one
    assert sizes.layer_parameters == two - one
    assert sizes.parameters == one + (sizes.n_layers - 1) * (two - one)


def test_published_counts() -> None:
    found = {name: MODELS[name].parameters for name in ("GPT-2", "BLOOM", "Llama 3 70B")}
    assert found == {"GPT-2": 124_439_808, "BLOOM": 176_247_271_424, "Llama 3 70B": 70_553_706_496}
    assert MODELS["GPT-2"].operations() == 291_648_307_200


@pytest.mark.parametrize(("layers", "d", "heads", "tokens"), [(1, 8, 2, 4), (3, 12, 3, 7), (2, 32, 4, 16)])
def test_operations_are_those_that_pytorch_counts(layers: int, d: int, heads: int, tokens: int) -> None:
    sizes = Sizes("x", 50, d, layers, heads, tokens)
    model, ids = GPT(GPTConfig(50, d, layers, heads, tokens, dropout=0.0)), torch.randint(50, (1, tokens))
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:  # the others are not counted
        logits = model(ids)
    assert counter.get_total_flops() == sizes.operations()
    with FlopCounterMode(display=False) as counter:
        logits.sum().backward()
    assert counter.get_total_flops() == 2 * sizes.operations()
    assert account.training_operations(sizes) == 3 * sizes.operations()
    assert account.training_operations(sizes, recomputed=True) == 4 * sizes.operations() - 2 * tokens * 50 * d


def test_six_n_d_is_near_for_large_models() -> None:
    for name, least in (("GPT-3", 0.97), ("BLOOM", 0.97), ("Llama 3 405B", 0.92), ("GPT-2", 0.87)):
        sizes = MODELS[name]
        share = account.six_n_d(sizes.parameters, sizes.tokens) / account.training_operations(sizes)
        assert least < share < 1


@pytest.mark.parametrize("sharded", [0, 1, 2, 3])
def test_states_are_cut_in_their_order(sharded: int) -> None:
    found = account.state_bytes(10, "mixed", 4, sharded)
    cut = ("optimizer", "gradients", "weights")[:sharded]
    whole = {"weights": 20, "gradients": 20, "optimizer": 120}
    assert found == {name: size / (4 if name in cut else 1) for name, size in whole.items()}
    assert sum(account.state_bytes(7, "float32").values()) == 7 * 16


def test_activations_of_a_layer_are_those_of_the_paper() -> None:
    sizes = MODELS["GPT-3"]
    unit = 3 * 2048 * 12288
    assert account.activation_bytes(sizes, 3) == 34 * unit
    assert account.activation_bytes(sizes, 3, n_tensor=8) == 34 * unit / 8
    assert account.activation_bytes(sizes, 3, recomputed=True) == 2 * unit


def test_chinchilla() -> None:
    assert CHINCHILLA.loss(70e9, 1.4e12) == pytest.approx(1.937, abs=5e-4)


@pytest.mark.parametrize("operations", [1e17, 5.76e23, 3.8e25])
@pytest.mark.parametrize("law", [CHINCHILLA, account.Law(1.0, 100.0, 300.0, 0.5, 0.4)])
def test_the_best_size_is_the_lowest_point(operations: float, law: account.Law) -> None:
    parameters, tokens = law.best_size(operations)
    assert account.six_n_d(parameters, tokens) == pytest.approx(operations)
    lowest = minimize_scalar(lambda x: law.loss(10**x, operations / 6 / 10**x), bounds=(3, 15), method="bounded")
    assert math.log10(parameters) == pytest.approx(lowest.x, abs=1e-3)


def test_tokens_for_a_loss_are_the_inverse() -> None:
    for parameters, tokens in ((1e9, 1e10), (7e10, 1.4e12)):
        assert CHINCHILLA.tokens_for(parameters, CHINCHILLA.loss(parameters, tokens)) == pytest.approx(tokens)
    assert CHINCHILLA.tokens_for(1e6, 1.7) == math.inf


def test_bad_sizes_get_a_sentence() -> None:
    with pytest.raises(ValueError, match="heads must share"):
        Sizes("x", 10, 10, 1, 3, 4)
    with pytest.raises(ValueError, match="heads must share"):
        Sizes("x", 10, 12, 1, 4, 4, 3)
    with pytest.raises(ValueError, match="Precision"):
        account.state_bytes(1, "int4")
