"""The receptive field by gradient, the causal convolution against nn.Conv1d, the cache against the slow way."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lessons.speech import wavenet
from lessons.speech.sound import Sound
from lessons.speech.spoken import Utterance, vowels
from lessons.speech.wavenet import CausalConvolution, Memory, PieceBatches, WaveNet, receptive_field


def small(dilations=(1, 2, 4, 1), seed: int = 0) -> WaveNet:
    torch.manual_seed(seed)
    return WaveNet(5, 7, dilations, 2).double().eval()


@pytest.mark.parametrize("dilation", [1, 3, 8])
def test_the_convolution_equals_torch(dilation) -> None:
    torch.manual_seed(dilation)
    ours = CausalConvolution(3, 4, dilation).double()
    theirs = nn.Conv1d(3, 4, 2, dilation=dilation).double()
    with torch.no_grad():
        theirs.weight.copy_(torch.stack([ours.before.weight, ours.now.weight], -1))
        theirs.bias.copy_(ours.before.bias)
    hidden = torch.randn(2, 10, 3, dtype=torch.float64)
    expected = theirs(nn.functional.pad(hidden.mT, (dilation, 0))).mT
    torch.testing.assert_close(ours(hidden), expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("dilations", [(1,), (1, 2, 4, 1), (1, 2, 3), wavenet.DILATIONS])
def test_the_gradient_reaches_exactly_the_field(dilations) -> None:
    model = small(dilations)
    field, n = receptive_field(dilations), receptive_field(dilations) + 20
    hidden = torch.randn(1, n, 5, dtype=torch.float64, requires_grad=True)
    model.through(hidden, torch.tensor([1]))[0, -6].sum().backward()
    reached = hidden.grad[0].abs().sum(-1).nonzero()[:, 0].tolist()
    assert reached == list(range(n - 5 - field, n - 5))
    assert model.field == field


def test_the_course_s_own_sees_255_moments() -> None:
    assert receptive_field(wavenet.DILATIONS) == 255
    assert receptive_field((1, 2, 4), kernel=3) == 15


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_cache_writes_what_the_slow_way_writes(temperature) -> None:
    model, labels = small(), torch.tensor([0, 1, 1])
    fast, slow = (wavenet.write(model, labels, 40, temperature=temperature, seed=3, cached=cached)
                  for cached in (True, False))  # fmt: skip
    assert torch.equal(fast, slow)
    assert fast.shape == (3, 40)


def test_cached_logits_are_those_of_the_whole_wave() -> None:
    model, labels = small((1, 2, 4, 8)), torch.tensor([0, 1])
    codes = torch.randint(256, (2, 50))
    memory = Memory(model, labels)
    steps = torch.stack([memory.next_logits(codes[:, t]) for t in range(50)], 1)
    torch.testing.assert_close(steps, model(codes, labels), atol=1e-10, rtol=0)


def test_pieces_are_pieces_and_the_loss_begins_where_a_field_is_known() -> None:
    utterances = [Utterance(Sound(torch.linspace(-0.9, 0.9, 60), 8000), {"label": label}) for label in (0, 1)]
    (batch,) = PieceBatches(utterances, 1, 4, 30)
    codes, labels = batch
    assert codes.shape == (4, 31)
    assert (codes.diff(dim=1) >= 0).all()
    model = small((1, 2))
    logits = model(codes[:, :-1], labels)[:, model.field - 1 :]
    expected = nn.functional.cross_entropy(logits.mT, codes[:, model.field :])
    torch.testing.assert_close(wavenet.next_code_loss(model, batch), expected)


def test_vowels_have_shapes_of_their_own() -> None:
    shapes = torch.stack([wavenet.loudness_by_frequency(each.sound) for each in vowels()])
    labels = torch.tensor([each.told["label"] for each in vowels()])
    centres = torch.stack([shapes[labels == label].mean(0) for label in range(3)])
    assert ((shapes @ centres.T).argmax(-1) == labels).float().mean() == 1
