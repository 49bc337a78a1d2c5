"""The forward algorithm against torch's, and against all paths; reading; the speller."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lessons.speech import ctc
from lessons.speech.spoken import digits


def scores(frames: int, symbols: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(frames, symbols, generator=generator, dtype=torch.float64).log_softmax(-1)


@pytest.mark.parametrize("target", [[], [1], [1, 1], [2, 1, 2], [1, 1, 1], [1, 2, 2, 1]])
@pytest.mark.parametrize("frames", [1, 4, 6])
def test_it_sums_all_paths(target, frames) -> None:
    found = scores(frames, 3, len(target))
    paths = product(range(3), repeat=frames)
    total = sum(math.exp(sum(float(found[t, s]) for t, s in enumerate(path))) for path in paths
                if ctc.collapsed(path) == target)  # fmt: skip
    assert math.exp(float(ctc.log_probability(found, target))) == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_and_its_gradient_equal_torch(seed) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(6, 15, size=4).tolist()
    targets = [rng.integers(1, 6, size=rng.integers(1, 4)).tolist() for _ in lengths]
    logits = torch.from_numpy(rng.normal(size=(4, 15, 6)))
    ours, theirs = (logits.clone().requires_grad_() for _ in range(2))
    loss = ctc.ctc_loss(ours.log_softmax(-1), targets, lengths)
    flat = torch.tensor([symbol for target in targets for symbol in target])
    expected = F.ctc_loss(theirs.log_softmax(-1).transpose(0, 1), flat, torch.tensor(lengths),
                          torch.tensor([len(target) for target in targets]), reduction="none").mean()  # fmt: skip
    torch.testing.assert_close(loss, expected, atol=1e-10, rtol=0)
    loss.backward()
    expected.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-10, rtol=0)


def test_too_few_frames_are_impossible() -> None:
    assert ctc.log_probability(scores(2, 3), [1, 1]) == -math.inf  # two equal letters need a blank between them
    assert ctc.log_probability(scores(3, 3), [1, 1]) > -math.inf


@pytest.mark.parametrize("seed", range(6))
def test_a_wide_beam_finds_the_best_text(seed) -> None:
    found = scores(5, 3, seed)
    totals: dict[tuple[int, ...], float] = {}
    for path in product(range(3), repeat=5):
        text = tuple(ctc.collapsed(path))
        totals[text] = totals.get(text, 0.0) + math.exp(sum(float(found[t, s]) for t, s in enumerate(path)))
    best = max(totals, key=totals.__getitem__)
    beams = ctc.beam_search(found, 100)
    assert (tuple(beams[0][0]), beams[0][1]) == (best, pytest.approx(math.log(totals[best]), abs=1e-10))
    assert {tuple(text): pytest.approx(score, abs=1e-10) for text, score in beams} == {
        text: math.log(total) for text, total in totals.items()
    }


def test_the_best_path_is_not_always_the_best_text() -> None:
    found = torch.tensor([[0.6, 0.4], [0.6, 0.4]]).log()
    assert ctc.best_path(found) == []  # blank, blank: 0.36
    text, score = ctc.beam_search(found)[0]
    assert (text, math.exp(score)) == ([1], pytest.approx(0.64))


def test_texts_go_to_symbols_and_back() -> None:
    assert ctc.read_out(ctc.spelt("three seven")) == "three seven"
    with pytest.raises(ValueError, match="of the letters"):
        ctc.spelt("élan")


def test_the_speller_takes_the_batches() -> None:
    numbers = ctc.spoken_numbers(digits("validation"), 5, seed=1)
    assert [len(text.split()) for _, text in numbers] == [
        len(text.split()) for _, text in ctc.spoken_numbers(digits("validation"), 5, seed=1)
    ]
    batches = ctc.NumberBatches(numbers, 3)
    assert len(batches) == 2
    torch.manual_seed(0)
    model = ctc.Speller(8)
    for batch in batches:
        features, targets, lengths = batch
        found = model(features)
        assert found.shape[1] >= max(lengths)
        expected = ctc.ctc_loss(found, targets, lengths)
        torch.testing.assert_close(ctc.spelling_loss(model, batch), expected, rtol=1e-4, atol=1e-4)
    sound = numbers[0][0]
    torch.testing.assert_close(model.hear(sound), model(ctc.speller_features(sound)[None])[0].detach())
