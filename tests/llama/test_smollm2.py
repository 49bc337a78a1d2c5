"""The real weights: as the gguf package and Hugging Face read them, layer by layer, and 200 greedy tokens."""

from __future__ import annotations

import gguf
import numpy as np
import pytest
import torch

from lessons.course import assets
from lessons.llama import Llama, Message, Writer, prompt, weights
from lessons.llama.model import to_hugging_face

QUESTION = [Message("user", "Write a story about a lighthouse keeper and his cat, in many sentences.")]


@pytest.fixture(scope="module")
def theirs(smollm2):
    """Hugging Face's Llama with the same tensors, not copies of them."""
    from transformers import LlamaConfig, LlamaForCausalLM

    c = smollm2[0].config
    config = LlamaConfig(
        vocab_size=c.vocab_size, hidden_size=c.hidden_size, num_hidden_layers=c.n_layers, num_attention_heads=c.n_heads,
        num_key_value_heads=c.n_key_heads, intermediate_size=c.intermediate_size, rms_norm_eps=c.epsilon,
        max_position_embeddings=c.max_length, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
        rope_parameters={"rope_type": "default", "rope_theta": c.base},
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model.load_state_dict(to_hugging_face(smollm2[0].state_dict()), assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # its tables are no weights
    model.tie_weights()
    return model.eval()


def test_it_has_the_published_sizes(smollm2) -> None:
    model, tokenizer = smollm2
    assert sum(parameter.numel() for parameter in model.parameters()) == 134_515_008
    assert len(tokenizer) == model.config.vocab_size
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_tensors_equal_the_gguf_package(smollm2) -> None:
    reader, found = gguf.GGUFReader(assets.path(weights.SMOLLM2)), smollm2[0].state_dict()
    names = {
        "token_embd.weight",
        "output_norm.weight",
        "blk.0.ffn_down.weight",
        "blk.29.attn_v.weight",
        "blk.7.attn_norm.weight",
    }
    for tensor in reader.tensors:
        if tensor.name in names:
            expected = gguf.quants.dequantize(tensor.data[:500], tensor.tensor_type)
            np.testing.assert_array_equal(found[weights.renamed(tensor.name)][:500].numpy(), expected)


def spread(one, other) -> list[float]:
    """Of each layer, how far two streams are apart, in parts of their size."""
    return [((a - b).norm() / a.norm()).item() for a, b in zip(one, other, strict=True)]


def test_each_layer_is_as_near_to_hugging_faces_as_its_two_ways_are_to_each_other(smollm2, theirs) -> None:
    model, tokenizer = smollm2
    ids = torch.tensor([prompt(tokenizer, QUESTION)])
    states = {}
    with torch.no_grad():
        for way in ("eager", "sdpa"):
            theirs.set_attn_implementation(way)
            states[way] = theirs(ids, output_hidden_states=True).hidden_states
        ours = model.every_layer(ids).hidden_states
        ours = (*ours[:-1], model.norm(ours[-1]))
    assert max(state.abs().max().item() for state in ours[:-1]) > 10_000  # so an absolute tolerance would say nothing
    allowed = spread(states["eager"], states["sdpa"])
    for place, (mine, twice) in enumerate(zip(spread(ours, states["sdpa"]), allowed, strict=True)):
        assert mine <= 2 * twice, place


def test_200_greedy_tokens_equal_hugging_faces(smollm2, theirs) -> None:
    """Without a mask of its own, `generate` takes each `<|im_end|>` of the prompt for padding, and hides it."""
    model, tokenizer = smollm2
    start = prompt(tokenizer, QUESTION)
    theirs.set_attn_implementation("sdpa")
    ids = torch.tensor([start])
    settings = {"attention_mask": torch.ones_like(ids), "do_sample": False, "pad_token_id": 2, "eos_token_id": None}
    expected = theirs.generate(ids, max_new_tokens=200, **settings)[0, len(start) :]
    found = [choice.token_id for choice in Writer(model).write(start, 200)]
    assert found == expected.tolist()


def test_it_answers(smollm2) -> None:
    from lessons.llama import Chat

    reply = Chat(*smollm2).ask("What is the capital of France?", 30)
    assert "Paris" in reply.text
    assert reply.finished
    assert isinstance(smollm2[0], Llama)
