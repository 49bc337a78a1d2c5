"""The translator on another device than the processor: what it is given is moved to it, what it gives can be read."""

from collections.abc import Iterator

import pytest
import torch

from lessons.kit.training import fit
from lessons.transformer import Transformer, dates, letter_order, weekdays
from lessons.widgets import transformer as wt
from tests.support.elsewhere import SECOND, SecondDevice

PAIRS = dates.date_pairs("train", 40)
CHARACTERS = dates.Characters(PAIRS.texts)


@pytest.fixture(autouse=True)
def second_device() -> Iterator[None]:
    with SecondDevice():
        yield


@pytest.fixture
def model() -> Transformer:
    """Trained for a moment: `fit` takes it to the second device."""
    torch.manual_seed(0)
    made = Transformer(len(CHARACTERS), dates.TARGETS, hidden_size=8, n_heads=2, n_layers=1, intermediate_size=8)
    fit(made, dates.DateBatches(PAIRS, CHARACTERS, 20), dates.translation_loss, progress=False)
    assert next(made.parameters()).device == SECOND
    return made


def test_dates_are_translated_there(model):
    texts, (token_ids, alignment) = dates.translate(model, CHARACTERS, PAIRS.texts[:4])
    assert token_ids.device == alignment.device == SECOND
    assert dates.translations(model, CHARACTERS, PAIRS.texts[:4], batch_size=2) == texts
    assert 0 <= dates.exact_match(model, CHARACTERS, PAIRS) <= 1
    written = model.greedy(CHARACTERS.encode(PAIRS.texts[:4]), dates.START, dates.ISO_LENGTH)  # ids of the processor
    assert torch.equal(written.token_ids.cpu(), token_ids.cpu())


def test_the_loss_of_a_batch_that_is_still_here(model):
    batch = next(iter(dates.DateBatches(PAIRS, CHARACTERS, 4)))
    assert dates.translation_loss(model, batch).item() > 0


def test_the_weekday_is_looked_at_there(model):
    pairs = weekdays.changed_dates(4)["as it was"]
    _, written = dates.translate(model, CHARACTERS, pairs.texts)
    found = weekdays.month_looks_at_weekday(written.alignment, pairs)
    assert all(0 <= share <= 1 for share in found.values())


def test_the_viewer_reads_a_model_from_there(model):
    text = PAIRS.texts[0]
    there, here = wt.read(model, CHARACTERS, text), wt.alignment_viewer(model, CHARACTERS, text).data
    assert there["written"] == here["written"]
    assert there["probabilities"][9] == pytest.approx(here["probabilities"][9], abs=1e-5)


def test_letters_are_learnt_there():
    assert 0 <= letter_order.accuracy_after_training(0, 1, steps=2, causal=True) <= 1
