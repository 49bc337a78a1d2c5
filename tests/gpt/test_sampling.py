"""Each change of the distribution equals transformers' own; writing with and without a cache gives the same tokens."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from lessons.gpt import (
    GPT,
    GREEDY,
    GPTConfig,
    Sampler,
    generate,
    min_p,
    repetition_penalty,
    temperature,
    top_k,
    top_p,
)
from lessons.gpt.sampling import window_start

TEXT = torch.tensor([[3, 5, 5, 0], [1, 2, 6, 6]])


def scores(seed: int, spread: float = 3.0) -> Tensor:
    return spread * torch.randn(2, 7, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


CASES = [
    *[(lambda x, t=t: temperature(x, t), TemperatureLogitsWarper(t)) for t in (0.3, 1.0, 2.5)],
    *[(lambda x, k=k: top_k(x, k), TopKLogitsWarper(k)) for k in (1, 3, 7, 50)],
    *[(lambda x, p=p: top_p(x, p), TopPLogitsWarper(p)) for p in (0.01, 0.5, 0.9, 1.0)],
    *[(lambda x, s=s: min_p(x, s), MinPLogitsWarper(s)) for s in (0.01, 0.2, 1.0)],
    *[(lambda x, r=r: repetition_penalty(x, TEXT, r), RepetitionPenaltyLogitsProcessor(r)) for r in (0.5, 1.0, 1.7)],
]


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("seed", range(3))
def test_each_equals_transformers(case, seed) -> None:
    ours, theirs = CASES[case]
    for logits in (scores(seed), scores(seed, 0.0), scores(seed, 30.0)):
        torch.testing.assert_close(ours(logits), theirs(TEXT, logits), rtol=0, atol=1e-10)


def test_all_together_in_their_order() -> None:
    from transformers import LogitsProcessorList

    theirs = LogitsProcessorList(
        [
            RepetitionPenaltyLogitsProcessor(1.3),
            TemperatureLogitsWarper(0.7),
            TopKLogitsWarper(5),
            TopPLogitsWarper(0.8),
            MinPLogitsWarper(0.1),
        ]
    )
    ours = Sampler(temperature=0.7, top_k=5, top_p=0.8, min_p=0.1, repetition_penalty=1.3)
    for seed in range(5):
        torch.testing.assert_close(ours.logits(scores(seed), TEXT), theirs(TEXT, scores(seed)), rtol=0, atol=1e-10)


def test_a_token_that_stands_twice_is_made_less_likely_once() -> None:
    logits = torch.tensor([[2.0, -2.0, 1.0]])
    found = repetition_penalty(logits, torch.tensor([[0, 0, 1, 1]]), 2.0)
    assert found.tolist() == [[1.0, -4.0, 1.0]]


def test_ties_with_the_last_one_stay() -> None:
    assert top_k(torch.tensor([[1.0, 2.0, 1.0, 0.0]]), 2).isfinite().tolist() == [[True, True, True, False]]


def test_the_likeliest_always_stays() -> None:
    logits = torch.tensor([[0.0, 5.0, 1.0]])
    for narrowed in (top_k(logits, 1), top_p(logits, 1e-6), min_p(logits, 1.0)):
        assert narrowed.isfinite().tolist() == [[False, True, False]]


def test_draws_follow_the_distribution() -> None:
    logits = torch.tensor([[0.0, 1.0, 2.0, 3.0]])
    sampler, generator = Sampler(temperature=0.8, top_k=3), torch.Generator().manual_seed(0)
    drawn = sampler.draw(logits.expand(20_000, -1), torch.zeros(20_000, 1, dtype=torch.long), generator)
    shares = torch.bincount(drawn.flatten(), minlength=4) / 20_000
    expected = sampler.logits(logits, torch.zeros(1, 1, dtype=torch.long)).softmax(-1)[0]
    assert shares[0] == 0
    assert (shares - expected).abs().max() < 0.015  # four standard deviations


def model() -> GPT:
    torch.manual_seed(0)
    found = GPT(GPTConfig(vocab_size=7, hidden_size=16, n_layers=2, n_heads=2, max_length=12)).double()
    with torch.no_grad():
        for parameter in found.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return found


@pytest.mark.parametrize(
    "sampler", [GREEDY, Sampler(), Sampler(0.7, top_k=3), Sampler(1.2, top_p=0.8, repetition_penalty=1.5)]
)
@pytest.mark.parametrize("start", [[1], [2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3]])
def test_the_cache_changes_no_token_even_beyond_the_positions(sampler, start) -> None:
    gpt = model()
    quick, slow = (generate(gpt, start, 40, sampler, seed=4, cached=cached) for cached in (True, False))
    assert quick == slow
    assert quick[: len(start)] == start
    assert len(quick) == len(start) + 40


def test_greedy_text_equals_hugging_face() -> None:
    from tests.gpt.test_model import hugging_face

    theirs = hugging_face(0, vocab_size=37, n_embd=24, n_layer=2, n_head=4, n_positions=64)
    expected = theirs.generate(
        torch.tensor([[1, 2, 3]]), max_new_tokens=50, do_sample=False, eos_token_id=None, pad_token_id=0
    )
    assert generate(GPT.from_hugging_face(theirs), [1, 2, 3], 50, GREEDY) == expected[0].tolist()


def test_a_seed_gives_the_same_text_and_another_seed_another() -> None:
    gpt = model()
    texts = [generate(gpt, [1], 30, seed=seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_the_mode_is_as_before_and_dropout_is_off() -> None:
    gpt = model().train()
    assert generate(gpt, [1], 10, GREEDY) == generate(gpt, [1], 10, GREEDY)
    assert gpt.training


def test_the_window_moves_by_half_of_the_positions() -> None:
    starts = [window_start(n, 8) for n in range(1, 18)]
    assert starts == [0] * 8 + [4] * 4 + [8] * 4 + [12]
    assert all(n - start <= 8 for n, start in enumerate(starts, 1))
    assert window_start(3, 1) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -1}, {"temperature": math.nan}, {"top_k": 0}, {"top_k": 1.5}, {"top_p": 0.0}, {"top_p": 1.1},
        {"min_p": -0.1}, {"min_p": 2}, {"repetition_penalty": 0.0},
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused(wrong) -> None:
    with pytest.raises((ValueError, TypeError)):
        Sampler(**wrong)


@pytest.mark.parametrize("logits", [torch.zeros(3), torch.zeros(1, 0), torch.zeros(1, 3, dtype=torch.long)])
def test_what_are_no_logits_is_refused(logits) -> None:
    with pytest.raises(ValueError, match="vocab_size"):
        temperature(logits, 1.0)


@pytest.mark.parametrize("start", [[], [7], [-1]])
def test_a_start_that_is_none_is_refused(start) -> None:
    with pytest.raises(ValueError, match="token_ids"):
        generate(model(), start, 1)


def test_nothing_written_gives_the_start() -> None:
    assert generate(model(), [1, 2], 0) == [1, 2]
