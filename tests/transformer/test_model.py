"""The Transformer against PyTorch's layers with copied weights, its causality by gradients, its size by formula."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.testing import assert_close
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel

from lessons import transformer
from lessons.attention import causal_mask, padding_mask, watched
from lessons.transformer import DecoderLayer, EncoderLayer, Transformer

EXACT = {"rtol": 0, "atol": 1e-10}


def randomised(module: nn.Module, seed: int) -> nn.Module:
    """Norms that are not 1 and biases that are not 0: a swapped copy must show."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return module


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def gradients_agree(ours: torch.Tensor, theirs: torch.Tensor, one: torch.Tensor, two: torch.Tensor, **close) -> None:
    direction = noise(*ours.shape, seed=9, dtype=ours.dtype)
    assert_close(
        torch.autograd.grad((ours * direction).sum(), one),
        torch.autograd.grad((theirs * direction).sum(), two),
        **close,
    )


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "size"), [(1, 2), (7, 6), (512, 64)])
def test_positions_are_the_formula_of_the_paper(n, size):
    table = transformer.sinusoidal_positions(n, size)
    for position in {0, n // 2, n - 1}:
        for i in range(size // 2):
            angle = position / 10_000 ** (2 * i / size)
            assert table[position, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-6)
            assert table[position, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)


def test_a_shift_of_sinusoidal_positions_is_one_linear_map():
    table = transformer.sinusoidal_positions(60, 16).double()
    shift = torch.linalg.lstsq(table[:40], table[5:45]).solution
    assert_close(table[:55] @ shift, table[5:], rtol=0, atol=1e-4)  # the table is rounded to float32
    with pytest.raises(ValueError, match="even hidden_size"):
        transformer.sinusoidal_positions(3, 5)


# --- layers -----------------------------------------------------------------------------------------------------------

LAYERS = pytest.mark.parametrize(
    ("norm_first", "activation", "dtype"),
    [(False, F.relu, torch.float64), (True, F.gelu, torch.float64), (True, F.relu, torch.float32)],
)


def both(kind, ours, norm_first, activation, dtype, seed=0):
    options = {"norm_first": norm_first, "batch_first": True, "layer_norm_eps": 1e-3}
    theirs = kind(12, 3, 20, dropout=0.1, activation=activation, dtype=dtype, **options)
    theirs = randomised(theirs, seed).eval()
    return ours.from_torch(theirs), theirs


@LAYERS
@pytest.mark.parametrize(("batch", "tokens"), [(1, 1), (2, 7), (4, 3)])
def test_the_encoder_layer_is_pytorchs(norm_first, activation, dtype, batch, tokens):
    ours, theirs = both(nn.TransformerEncoderLayer, EncoderLayer, norm_first, activation, dtype)
    close = EXACT if dtype == torch.float64 else {}
    attention_mask = torch.ones(batch, tokens, dtype=torch.long)
    attention_mask[0, (tokens + 1) // 2 :] = 0
    x = noise(batch, tokens, 12, dtype=dtype).requires_grad_()
    for mask, options in [
        (None, {}),
        (causal_mask(tokens), {"src_mask": ~causal_mask(tokens)}),
        (padding_mask(attention_mask), {"src_key_padding_mask": attention_mask == 0}),
    ]:
        assert_close(ours(x, mask), theirs(x, **options), **close)
        gradients_agree(ours(x, mask), theirs(x, **options), x, x, **close)


@LAYERS
@pytest.mark.parametrize(("batch", "tokens", "sources"), [(1, 1, 1), (2, 5, 8), (3, 6, 2)])
def test_the_decoder_layer_is_pytorchs(norm_first, activation, dtype, batch, tokens, sources):
    ours, theirs = both(nn.TransformerDecoderLayer, DecoderLayer, norm_first, activation, dtype)
    close = EXACT if dtype == torch.float64 else {}
    attention_mask = torch.ones(batch, sources, dtype=torch.long)
    attention_mask[-1, (sources + 1) // 2 :] = 0
    x, memory = noise(batch, tokens, 12, dtype=dtype), noise(batch, sources, 12, seed=1, dtype=dtype).requires_grad_()
    with watched([ours.attention, ours.cross_attention]) as seen:
        output = ours(x, memory, causal_mask(tokens), padding_mask(attention_mask))
    own, weights = seen
    expected = theirs(x, memory, tgt_mask=~causal_mask(tokens), memory_key_padding_mask=attention_mask == 0)
    assert_close(output, expected, **close)
    gradients_agree(output, expected, memory, memory, **close)
    assert_close(weights.sum(-1), torch.ones(batch, 3, tokens, dtype=dtype))
    assert (weights[-1, :, :, (sources + 1) // 2 :] == 0).all()
    assert (own.triu(1) == 0).all()


def test_a_copy_in_training_mode_has_the_dropout_of_the_original():
    ours, _ = both(nn.TransformerEncoderLayer, EncoderLayer, True, F.relu, torch.float64)
    assert not ours.training
    assert ours.dropout.p == ours.attention.dropout.p == 0.1
    x = noise(2, 4, 12)
    assert not torch.equal(ours.train()(x), ours(x))


@pytest.mark.parametrize("norm_first", [True, False])
def test_what_a_layer_cannot_read_is_refused(norm_first):
    encoder, decoder = (kind(8, 2, 8, norm_first=norm_first) for kind in (EncoderLayer, DecoderLayer))
    with pytest.raises(ValueError, match="needs a memory"):
        decoder(torch.randn(1, 3, 8), None)
    with pytest.raises(ValueError, match="8"):  # nothing is stretched from 1 to 8
        encoder(torch.randn(1, 3, 1))
    with pytest.raises(ValueError, match="must be boolean"):
        encoder(torch.randn(1, 3, 8), torch.zeros(3, 3))
    with pytest.raises(ValueError, match="must be boolean"):
        decoder(torch.randn(1, 3, 8), torch.randn(1, 2, 8), memory_mask=torch.ones(1, 1, 2))


def test_one_source_does_not_serve_for_three_targets():
    layer = DecoderLayer(8, 2, 8)
    with pytest.raises(ValueError, match="one is due for each"):
        layer(torch.randn(3, 2, 8), torch.randn(1, 2, 8))


def test_ids_outside_the_vocabulary_and_no_step_are_told():
    model = Transformer(5, 4, hidden_size=8, n_heads=2, n_layers=1, intermediate_size=8, max_length=6)
    sources = torch.tensor([[1, 4, 0]])
    for wrong in (torch.tensor([[1, 5]]), torch.tensor([[-1, 2]]), torch.tensor([1, 2]), torch.ones(1, 2)):
        with pytest.raises(ValueError, match="source ids"):
            model(wrong, torch.tensor([[1, 2]]))
    for wrong in (torch.tensor([[4]]), torch.tensor([[-1]]), torch.empty(1, 0, dtype=torch.long)):
        with pytest.raises(ValueError, match="target ids"):
            model(sources, wrong)
    for steps in (0, -1):
        with pytest.raises(ValueError, match="At least one step"):
            model.greedy(sources, 0, steps)
    with pytest.raises(ValueError, match="6 positions"):
        model.greedy(sources, 0, 7)


def test_what_cannot_be_copied_is_refused():
    with pytest.raises(ValueError, match="TransformerEncoderLayer is due"):
        EncoderLayer.from_torch(nn.TransformerDecoderLayer(8, 2, 8, batch_first=True))
    with pytest.raises(ValueError, match="TransformerDecoderLayer is due"):
        DecoderLayer.from_torch(nn.TransformerEncoderLayer(8, 2, 8, batch_first=True))
    with pytest.raises(ValueError, match="batch_first"):
        EncoderLayer.from_torch(nn.TransformerEncoderLayer(8, 2, 8))
    with pytest.raises(ValueError, match="biases"):
        DecoderLayer.from_torch(nn.TransformerDecoderLayer(8, 2, 8, batch_first=True, bias=False))


# --- the whole --------------------------------------------------------------------------------------------------------


def small(**options) -> Transformer:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "n_heads": 2, "intermediate_size": 24, "max_length": 12, **options}
    return randomised(Transformer(9, 7, **sizes).double(), 2).eval()


@pytest.mark.parametrize("norm_first", [True, False])
def test_the_whole_is_nn_transformer(norm_first):
    ours = small(norm_first=norm_first, n_layers=3)
    theirs = nn.Transformer(
        16, 2, 3, 3, 24, dropout=0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64
    ).eval()
    randomised(theirs, 5)
    ours.encoder = nn.ModuleList(map(EncoderLayer.from_torch, theirs.encoder.layers))
    ours.decoder = nn.ModuleList(map(DecoderLayer.from_torch, theirs.decoder.layers))
    if norm_first:
        ours.encoder_norm.load_state_dict(theirs.encoder.norm.state_dict())
        ours.decoder_norm.load_state_dict(theirs.decoder.norm.state_dict())
    else:
        theirs.encoder.norm = theirs.decoder.norm = None
    source, target = torch.tensor([[3, 1, 4, 1, 5], [2, 7, 0, 0, 0]]), torch.tensor([[6, 1, 2], [6, 3, 3]])
    expected = theirs(
        ours.source(source) + ours.source_position.weight[:5],
        ours.target(target) + ours.target_position.weight[:3],
        tgt_mask=~causal_mask(3),
        src_key_padding_mask=source == 0,
        memory_key_padding_mask=source == 0,
    )
    assert_close(ours(source, target), ours.output(expected), **EXACT)


@pytest.mark.parametrize("norm_first", [True, False])
def test_no_output_depends_on_a_later_input(norm_first):
    """By the gradient: of every logit in every embedded target, which must be 0 for later ones and not for others."""
    model = small(norm_first=norm_first)
    memory, mask = model.encode(torch.tensor([[3, 1, 4, 1]]))
    embedded = noise(1, 6, 16).requires_grad_()
    model.target.forward = lambda ids: embedded
    logits = model.decode(torch.zeros(1, 6, dtype=torch.long), memory, mask)
    for place in range(6):
        gradient = torch.autograd.grad(logits[0, place].square().sum(), embedded, retain_graph=True)[0][0].abs().sum(-1)
        assert (gradient[place + 1 :] == 0).all()
        assert (gradient[: place + 1] > 0).all()


def test_padding_changes_nothing():
    model, source, target = small(), torch.tensor([[3, 1, 4]]), torch.tensor([[6, 2]])
    padded = torch.tensor([[3, 1, 4, 0, 0, 0]])
    assert_close(model(source, target), model(padded, target), **EXACT)


def test_greedy_writes_what_step_by_step_argmax_writes():
    model, source = small(), torch.tensor([[3, 1, 4, 1], [5, 2, 0, 0]])
    written = model.greedy(source, start_id=6, steps=5)
    assert written.token_ids.shape == (2, 5)
    assert written.alignment.shape == (2, 5, 4)
    assert_close(written.alignment.sum(-1), torch.ones(2, 5, dtype=torch.float64))
    assert (written.alignment[1, :, 2:] == 0).all()
    for row in range(2):
        so_far = [6]
        for step in range(5):
            logits = model(source[row : row + 1], torch.tensor([so_far]))
            assert logits[0, -1].argmax() == written.token_ids[row, step]
            so_far.append(int(written.token_ids[row, step]))


def test_too_long_a_text_is_refused():
    with pytest.raises(ValueError, match="12 positions; the text has 13"):
        small().encode(torch.ones(1, 13, dtype=torch.long))


# --- sizes ------------------------------------------------------------------------------------------------------------


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(("d", "f", "heads"), [(12, 20, 3), (64, 256, 4)])
def test_the_formula_for_a_block_is_right(d, f, heads):
    assert transformer.block_parameters(d, f) == count(EncoderLayer(d, heads, f))
    assert transformer.block_parameters(d, f, cross_attention=True) == count(DecoderLayer(d, heads, f))
    assert transformer.block_parameters(d, f) == count(nn.TransformerEncoderLayer(d, heads, f))
    assert transformer.block_parameters(d, f, cross_attention=True) == count(nn.TransformerDecoderLayer(d, heads, f))


def test_published_sizes():
    assert transformer.bert_parameters(30_522, 768, 12, 3072) == 109_482_240  # BERT-base
    assert transformer.bert_parameters(30_522, 384, 6, 1536) == 22_713_216  # MiniLM-L6
    assert transformer.bert_parameters(30_522, 128, 2, 512) == 4_385_920  # BERT-Tiny
    assert transformer.gpt_parameters(50_257, 768, 12, 1024) == 124_439_808  # GPT-2
    assert round(transformer.gpt_parameters(50_257, 12_288, 96, 2048) / 1e9, 1) == 174.6  # GPT-3
    assert transformer.gpt_flops(1024, 50_257, 768, 12) == 291_648_307_200  # GPT-2, nanoGPT's transformer_sizing


def test_sizes_are_those_of_the_real_classes():
    with torch.device("meta"):
        assert count(BertModel(BertConfig())) == transformer.bert_parameters(30_522, 768, 12, 3072)
        assert count(GPT2LMHeadModel(GPT2Config())) == transformer.gpt_parameters(50_257, 768, 12, 1024)


@pytest.mark.parametrize("tokens", [1, 5, 32])
def test_flops_are_those_that_pytorch_counts(tokens):
    from torch.utils.flop_counter import FlopCounterMode

    layer = EncoderLayer(24, 3, 40).eval()
    # the counter does not know the fused kernel of processors
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        layer(torch.randn(1, tokens, 24))
    assert counter.get_total_flops() == transformer.block_flops(tokens, 24, 40)
