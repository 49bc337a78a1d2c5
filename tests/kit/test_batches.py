"""Padding and batches by length."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit.batches import TextBatches, by_length, pad

TEXTS = st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=12), min_size=1, max_size=40)


@given(TEXTS)
def test_padding_keeps_every_token_and_marks_the_rest(texts):
    token_ids, mask = pad(texts)
    real = torch.ones_like(token_ids) if mask is None else mask
    assert [row[keep == 1].tolist() for row, keep in zip(token_ids, real, strict=True)] == texts
    assert (token_ids[real == 0] == 0).all()
    assert token_ids.shape[1] == max(map(len, texts))
    assert (mask is None) == (len(set(map(len, texts))) == 1)


def test_padding_uses_the_id_that_it_is_given_and_refuses_an_empty_batch():
    assert pad([[1], [2, 3]], pad_id=7)[0].tolist() == [[1, 7], [2, 3]]
    with pytest.raises(ValueError, match="empty batch"):
        pad([])


@given(TEXTS, st.integers(1, 9), st.booleans())
def test_each_text_is_met_once_in_a_pass_with_its_own_label(texts, batch_size, by_length):
    batches = TextBatches(texts, range(len(texts)), batch_size, by_length=by_length)
    seen = []
    for batch in batches:
        assert 1 <= len(batch["labels"]) <= batch_size
        mask = batch["attention_mask"] if batch["attention_mask"] is not None else torch.ones_like(batch["token_ids"])
        for ids, keep, label in zip(batch["token_ids"], mask, batch["labels"].tolist(), strict=True):
            assert ids[keep == 1].tolist() == texts[label]
            seen.append(label)
    assert sorted(seen) == list(range(len(texts)))
    assert len(list(batches)) == len(batches)


@given(TEXTS, st.integers(1, 9), st.randoms())
def test_by_length_meets_each_text_once_shortest_first_ties_in_order(texts, batch_size, random):
    order = random.sample(range(len(texts)), len(texts))
    batches = by_length(texts, batch_size, order)
    flat = [i for batch in batches for i in batch]
    assert flat == [i for n in range(1 + max(map(len, texts), default=0)) for i in order if len(texts[i]) == n]
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert by_length(texts, batch_size) == by_length(texts, batch_size, range(len(texts)))
    assert by_length([], batch_size) == []


def test_batches_by_length_pad_less_and_passes_differ_but_seeds_repeat():
    texts = [[1] * (1 + i * 7 % 30) for i in range(200)]

    def places(**options):
        return sum(batch["token_ids"].numel() for batch in TextBatches(texts, [0] * 200, 8, **options))

    def order(batches):
        return [batch["labels"].tolist() for batch in batches]

    real = sum(map(len, texts))
    assert places(by_length=True) < 1.1 * real < places(by_length=False)
    one, same, other = (TextBatches(texts, range(200), 8, seed=seed) for seed in (0, 0, 1))
    first = order(one)
    assert first == order(same) != order(other)
    assert order(one) != first


def test_equal_lengths_meet_different_neighbours_in_each_pass():
    batches = TextBatches([[1, 2]] * 64, range(64), 8)
    assert {frozenset(b["labels"].tolist()) for b in batches} != {frozenset(b["labels"].tolist()) for b in batches}


def test_texts_and_labels_must_match():
    with pytest.raises(ValueError, match="2 texts, but 1 labels"):
        TextBatches([[1], [2]], [0])
    with pytest.raises(ValueError, match="no text"):
        TextBatches([], [])
