"""Maps of low rank: nothing at the start, the same outputs when folded, and the same model out of a small file."""

from __future__ import annotations

import pytest
import torch

from lessons.applications import adapters, entities
from lessons.bert import BERT, BERTConfig
from lessons.kit import pretrained
from lessons.kit.low_rank import LoRALinear


def small() -> entities.EntityFinder:
    torch.manual_seed(0)
    config = BERTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    return entities.EntityFinder(BERT(config), pretrained.tokenizer(), entities.tag_names(("city",))).eval()


IDS = torch.tensor([[101, 2057, 2066, 3000, 102]])


def trained() -> entities.EntityFinder:
    model = small()
    adapters.add_low_rank(model, rank=4)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, LoRALinear):
                module.up.normal_()
    return model


def test_at_the_start_nothing_changes_and_only_the_new_is_trained():
    model = small()
    before = model(IDS)
    n = adapters.add_low_rank(model, rank=4)
    torch.testing.assert_close(model(IDS), before, rtol=0, atol=0)
    one_layer = 4 * 4 * (32 + 32) + 2 * 4 * (32 + 64)
    assert n == 2 * one_layer + 3 * 32 + 3
    with pytest.raises(ValueError, match="already"):
        adapters.add_low_rank(model)


def test_folded_maps_give_the_same_outputs():
    model = trained().double()
    before = model(IDS)
    adapters.fold(model)
    assert not any(isinstance(module, LoRALinear) for module in model.modules())
    assert all(parameter.requires_grad for parameter in model.parameters())
    torch.testing.assert_close(model(IDS), before, rtol=0, atol=1e-10)


def test_a_model_comes_back_from_its_file(tmp_path):
    model = trained()
    file = adapters.write(model, tmp_path / "small.safetensors")
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.copy_(parameter.half())
    again = small()
    adapters.read(again, file)
    torch.testing.assert_close(again(IDS), model(IDS), rtol=1e-4, atol=1e-4)
    assert not any(isinstance(module, LoRALinear) for module in again.modules())


def test_files_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        adapters.read(small(), tmp_path / "none.safetensors")
    with pytest.raises(ValueError, match="no maps of low rank"):
        adapters.write(small(), tmp_path / "none.safetensors")
    file = adapters.write(trained(), tmp_path / "small.safetensors")
    config = BERTConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    other = entities.EntityFinder(BERT(config), pretrained.tokenizer(), entities.tag_names(("city",)))
    with pytest.raises(ValueError, match="of another model"):
        adapters.read(other, file)
