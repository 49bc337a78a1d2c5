"""Blocks of 4 bits: back to numbers, as they were packed; multilingual E5 is whole, and a BERT of transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lessons.bert import BERT
from lessons.kit import four_bit, pretrained
from lessons.start_here import sentence_vectors


def packed(whole: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Whole numbers (blocks, 32) from 0 to 15 and a scale for each block -> bytes (blocks, 18)."""
    halves = whole[:, :16] | (whole[:, 16:] << 4)
    return np.concatenate([scales.astype(np.float16)[:, None].view(np.uint8), halves.astype(np.uint8)], axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_blocks_come_back_as_they_were_packed(seed):
    rng = np.random.default_rng(seed)
    whole, scales = rng.integers(16, size=(5, 32)).astype(np.uint8), rng.random(5)
    wanted = (whole.astype(float) - 8) * scales.astype(np.float16)[:, None]
    np.testing.assert_array_equal(four_bit.from_blocks(packed(whole, scales)), wanted.reshape(-1).astype(np.float32))


@pytest.mark.parametrize("stored", [np.zeros((2, 17), np.uint8), np.zeros(18, np.uint8), np.zeros((2, 18), np.int32)])
def test_what_are_no_blocks_is_refused(stored):
    with pytest.raises(ValueError, match="Blocks are bytes"):
        four_bit.from_blocks(stored)


def test_another_file_is_refused():
    with pytest.raises(ValueError, match="no file of E5"):
        four_bit.contents(b"GGUF" + bytes(100))


def test_e5_has_the_published_number_of_parameters_and_equals_transformers():
    from transformers import BertConfig, BertModel

    found = pretrained.load("e5")
    counted = sum(tensor.numel() for name, tensor in found.weights.items() if not name.startswith("pooler"))
    assert counted == 117_505_920
    texts = ["query: How do I reset my password?", "query: 怎样重置我的密码？", "query: 今天天气很好"]
    ours = sentence_vectors(BERT.from_pretrained("e5"), found.tokenizer, texts)
    with torch.device("meta"):
        theirs = BertModel(BertConfig(**found.config), add_pooling_layer=False)
    weights = {name: tensor for name, tensor in found.weights.items() if not name.startswith("pooler")}
    assert not theirs.load_state_dict(weights, strict=False, assign=True).missing_keys
    theirs.embeddings.position_ids = torch.arange(512)[None]
    theirs.embeddings.token_type_ids = torch.zeros(1, 512, dtype=torch.long)
    batch = found.tokenizer(texts, padding=True, return_tensors="pt")
    mask = batch["attention_mask"]
    with torch.no_grad():
        hidden = theirs.eval()(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state
    means = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    torch.testing.assert_close(ours, torch.nn.functional.normalize(means, dim=-1))
    assert ours[0] @ ours[1] > 0.85 > 0.8 > ours[0] @ ours[2]  # the same question in Chinese is near, another text less
