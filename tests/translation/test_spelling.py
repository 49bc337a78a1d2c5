"""The speller is transformers' BART, number for number, and spells what transformers' `generate` spells."""

from functools import cache

import numpy as np
import pytest
import torch
from transformers import BartConfig, BartForConditionalGeneration

from lessons.course import assets
from lessons.translation import spelling


@cache
def speller() -> spelling.Packaged:
    return spelling.load()


def config(**more: int) -> BartConfig:
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 1, "decoder_attention_heads": 1,
             "encoder_ffn_dim": 1024, "decoder_ffn_dim": 1024, "d_model": 128, "vocab_size": 63, **more}  # fmt: skip
    return BartConfig(
        max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1,
        forced_eos_token_id=None, scale_embedding=False, activation_function="gelu", **sizes,
    )  # fmt: skip


@cache
def theirs() -> BartForConditionalGeneration:
    stored = np.load(assets.path(spelling.FILE))
    model = BartForConditionalGeneration(config()).eval()
    weights = {name: torch.from_numpy(stored[name]) for name in stored.files if name != "meta_json"}
    weights["lm_head.weight"] = weights["model.shared.weight"]
    for side in ("encoder", "decoder"):
        weights[f"model.{side}.embed_tokens.weight"] = weights["model.shared.weight"]
    model.load_state_dict(weights)
    return model


WORDS = ["language", "translate", "attention", "bank", "xylophone", "a", "thoroughly", "don't"]


def test_it_has_its_parameters() -> None:
    without_bias = sum(p.numel() for name, p in speller().model.named_parameters() if name != "output_bias")
    assert without_bias == 751_488  # the file holds 63 more, a bias that is never trained


def test_logits_are_those_of_transformers() -> None:
    source_ids, target_ids = spelling.letter_ids(speller(), WORDS), torch.randint(1, 63, (len(WORDS), 7))
    with torch.no_grad():
        ours = speller().model(source_ids, target_ids)
        wanted = theirs()(input_ids=source_ids, attention_mask=(source_ids != 0).long(), decoder_input_ids=target_ids)
    torch.testing.assert_close(ours, wanted.logits)


@pytest.mark.parametrize("layers", [1, 2])
def test_any_bart_is_taken_over(layers: int) -> None:
    torch.manual_seed(layers)
    sizes = {"encoder_layers": layers, "decoder_layers": layers, "encoder_attention_heads": 2,
             "decoder_attention_heads": 2, "encoder_ffn_dim": 12, "decoder_ffn_dim": 12, "d_model": 8,
             "vocab_size": 17}  # fmt: skip
    wanted = BartForConditionalGeneration(config(**sizes)).eval().double()
    ours = spelling.Speller(17, hidden_size=8, n_heads=2, n_layers=layers, intermediate_size=12).double().eval()
    found = spelling.renamed(wanted.state_dict())
    found["output_bias"] = found["output_bias"].reshape(-1)
    ours.load_state_dict(found)
    source_ids, target_ids = torch.tensor([[3, 4, 5], [6, 7, 0]]), torch.tensor([[1, 8, 9, 10], [1, 2, 3, 4]])
    with torch.no_grad():
        logits = wanted(input_ids=source_ids, attention_mask=(source_ids != 0).long(), decoder_input_ids=target_ids)
    torch.testing.assert_close(ours(source_ids, target_ids), logits.logits, rtol=0, atol=1e-10)


def test_words_are_spelt_as_by_generate() -> None:
    source_ids = spelling.letter_ids(speller(), WORDS)
    with torch.no_grad():
        wanted = theirs().generate(source_ids, attention_mask=(source_ids != 0).long(), max_length=40, num_beams=1,
                                   do_sample=False)  # fmt: skip
    for row, (found, *_) in zip(wanted.tolist(), spelling.spell(speller(), WORDS), strict=True):
        assert spelling.sounds(speller(), found.token_ids) == spelling.sounds(speller(), row)


def test_the_dictionary_knows_words() -> None:
    assert spelling.dictionary()["language"] == "lˈæŋɡwɪʤ"
    assert len(spelling.dictionary()) > 50_000


def test_what_cannot_be_spelt_is_refused() -> None:
    for words in ([], [""], ["a" * 63]):
        with pytest.raises(ValueError, match="list of words"):
            spelling.spell(speller(), words)
    with pytest.raises(ValueError, match="no tensor"):
        spelling.renamed({"model.encoder.layers.0.fc3.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match="Ids go from 0"):
        spelling.sounds(speller(), [900])
