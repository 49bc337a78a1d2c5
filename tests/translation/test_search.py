"""A wide beam finds what trying everything finds; a beam of one is greedy; the rest against plain loops."""

import math

import pytest
import torch
from torch import Tensor

from lessons.translation import search

START, END, VOCABULARY = 0, 1, 4
IDS = {"start_id": START, "end_id": END}


def toy(seed: int, sharpness: float = 1.5) -> search.Step:
    """A model whose next token depends on all that was written, and on the source."""

    def step(rows: Tensor, written: Tensor) -> Tensor:
        logs = []
        for row, text in zip(rows.tolist(), written.tolist(), strict=True):
            number = hash((seed, row, *text)) % 2**31
            logits = sharpness * torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(number))
            logits[START] = -math.inf
            logs.append(logits.double().log_softmax(-1))
        return torch.stack(logs)

    return step


@pytest.mark.parametrize("length_power", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(6))
def test_a_beam_that_holds_everything_is_exhaustive(seed: int, length_power: float) -> None:
    every = search.exhaustive_search(toy(seed), VOCABULARY, max_length=4, length_power=length_power, **IDS)
    (found,) = search.beam_search(toy(seed), 1, beam_size=400, max_length=4, length_power=length_power, **IDS)
    possible = [text for text in every if text.log_probability > -math.inf]
    assert [text.token_ids for text in found] == [text.token_ids for text in possible]
    torch.testing.assert_close([t.log_probability for t in found], [t.log_probability for t in possible])


@pytest.mark.parametrize("seed", range(4))
def test_the_probabilities_of_all_texts_sum_to_one(seed: int) -> None:
    every = search.exhaustive_search(toy(seed), VOCABULARY, max_length=5, **IDS)
    assert sum(math.exp(text.log_probability) for text in every) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("seed", range(6))
def test_a_beam_of_one_is_greedy(seed: int) -> None:
    step, written, total = toy(seed), [START], 0.0
    while written[-1] != END and len(written) <= 8:
        logs = step(torch.tensor([0]), torch.tensor([written]))[0]
        total += logs.max().item()
        written.append(int(logs.argmax()))
    (found,) = search.greedy_search(step, 1, max_length=8, **IDS)
    assert list(found.token_ids) == written[1:]
    assert found.log_probability == pytest.approx(total, abs=1e-10)


def test_many_sources_at_once_are_each_by_itself() -> None:
    together = search.beam_search(toy(3), 5, beam_size=3, max_length=6, **IDS)
    for source in range(5):
        (alone,) = search.beam_search(
            lambda rows, written, source=source: toy(3)(rows + source, written), 1, beam_size=3, max_length=6, **IDS
        )
        assert alone == together[source]


@pytest.mark.parametrize("seed", range(5))
def test_log_probabilities_are_those_of_the_tokens(seed: int) -> None:
    (found,) = search.beam_search(toy(seed), 1, beam_size=4, max_length=7, **IDS)
    assert len(found) == 4
    for text in found:
        logs = [
            toy(seed)(torch.tensor([0]), torch.tensor([[START, *text.token_ids[:t]]]))[0, i].item()
            for t, i in enumerate(text.token_ids)
        ]
        assert text.log_probability == pytest.approx(sum(logs), abs=1e-10)
        assert END not in text.token_ids[:-1]


def test_greedy_is_not_the_best_and_a_beam_finds_it() -> None:
    """Token 2 is likelier at first, and leads nowhere: .6 · .4 against .4 · .9."""

    def step(rows: Tensor, written: Tensor) -> Tensor:
        probabilities = {(): [0, 0, 0.6, 0.4], (2,): [0, 0.4, 0.3, 0.3], (3,): [0, 0.9, 0.05, 0.05]}
        found = [probabilities.get(tuple(text[1:]), [0, 1, 0, 0]) for text in written.tolist()]
        return torch.tensor(found, dtype=torch.float64).log()

    (greedy,) = search.greedy_search(step, 1, max_length=3, **IDS)
    (found,) = search.beam_search(step, 1, beam_size=2, max_length=3, length_power=0.0, **IDS)
    assert greedy.token_ids == (2, 1)
    assert found[0].token_ids == (3, 1)
    assert math.exp(found[0].log_probability) == pytest.approx(0.36)


def test_the_length_is_divided_out() -> None:
    text = search.Hypothesis((5, 6, 1), -6.0)
    assert (text.score(), text.score(1.0), text.score(0.5)) == pytest.approx((-6, -2, -6 / math.sqrt(3)))


@pytest.mark.parametrize("seed", range(3))
def test_the_table_serves_every_narrower_beam(seed: int) -> None:
    table = search.continuations(toy(seed), widest=3, max_length=6, **IDS)

    def stored(rows: Tensor, written: Tensor) -> Tensor:
        logs = torch.full((len(written), VOCABULARY), -math.inf, dtype=torch.float64)
        for row, text in zip(logs, written[:, 1:].tolist(), strict=True):
            for i, value in table[tuple(text)]:
                row[i] = value
        return logs

    for beam_size in (1, 2, 3):
        settings = {"beam_size": beam_size, "max_length": 6, **IDS}
        assert search.beam_search(stored, 1, **settings) == search.beam_search(toy(seed), 1, **settings)


def test_the_watch_sees_every_step() -> None:
    seen: list[int] = []
    search.beam_search(toy(1), 1, beam_size=3, max_length=4, watch=lambda live: seen.append(len(live[0])), **IDS)
    assert 1 <= len(seen) <= 4
    assert max(seen) <= 3


def test_samples_are_as_frequent_as_they_are_probable() -> None:
    step, n = toy(2), 4000
    drawn = search.sample(step, n, max_length=2, seed=1, **IDS)
    assert len(drawn) == n
    for text in search.exhaustive_search(step, VOCABULARY, max_length=2, **IDS):
        probability = math.exp(text.log_probability)
        share = sum(other.token_ids == text.token_ids for other in drawn) / n
        assert abs(share - probability) < 5 * math.sqrt(probability * (1 - probability) / n) + 1e-9


def test_minimum_bayes_risk_takes_the_middle() -> None:
    texts = ["0", "4", "5", "6", "40"]
    assert search.minimum_bayes_risk(texts, lambda a, b: -abs(int(a) - int(b))) == 2
    assert search.minimum_bayes_risk(["one"], lambda a, b: 0.0) == 0
    with pytest.raises(ValueError, match="one or more"):
        search.minimum_bayes_risk([], lambda a, b: 0.0)


def test_what_is_no_search_is_refused() -> None:
    with pytest.raises(ValueError, match="beam_size"):
        search.beam_search(toy(0), 1, beam_size=0, **IDS)
    with pytest.raises(ValueError, match="log-probabilities"):
        search.beam_search(lambda rows, written: torch.ones(len(rows), 3), 1, **IDS)
    with pytest.raises(ValueError, match="texts; 200,000"):
        search.exhaustive_search(toy(0), 30, max_length=9, **IDS)
