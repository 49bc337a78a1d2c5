"""Pairs, references and batches: nothing lost, nothing in two splits, little padding."""

from pathlib import Path

import pytest
import torch
from torch import nn

from lessons.kit import datasets
from lessons.kit.checkpoints import Checkpoint
from lessons.kit.datasets import Translation
from lessons.kit.training import Listener, Training, fit
from lessons.translation import sentences


def pair(first: str, second: str) -> Translation:
    return Translation(first, second, "")


PAIRS = [
    pair("Go.", "Ve."), pair("Go.", "Vaya."), pair("The cat sleeps.", "El gato duerme."),
    pair("The cat eats.", "El gato come."), pair("The dog eats.", "El perro come."), pair("Go!", "¡Ve!"),
]  # fmt: skip


def test_no_english_sentence_is_in_two_splits() -> None:
    data = datasets.translations()
    first, second, third = ({p.first for p in split} for split in (data.train, data.validation, data.test))
    assert not first & second
    assert not first & third
    assert not second & third
    assert all(p.attribution for p in data.test)


def test_references_are_gathered() -> None:
    texts, references = sentences.with_references(PAIRS)
    assert texts == ["Go.", "The cat sleeps.", "The cat eats.", "The dog eats.", "Go!"]
    assert references[0] == ["Ve.", "Vaya."]
    assert sentences.with_references(PAIRS, 1) == (["Go."], [["Ve.", "Vaya."]])


def test_what_is_encoded_is_decoded() -> None:
    tokenizer = sentences.subwords(PAIRS, 290)
    texts = ["El gato duerme.", "¡Ve! </s>", "señor"]
    token_ids = sentences.encoded(tokenizer, texts)
    assert all(ids[-1] == sentences.END and sentences.END not in ids[:-1] for ids in token_ids)
    assert [sentences.decoded(tokenizer, [*ids, 5, 6]) for ids in token_ids] == texts
    assert "".join(sentences.pieces(tokenizer, token_ids[0])) == "␣El␣gato␣duerme.</s>"
    assert sentences.encoded(tokenizer, ["gato"])[0][0] == sentences.encoded(tokenizer, ["El gato"])[0][-2]


def test_long_pairs_are_left_out() -> None:
    tokenizer = sentences.subwords(PAIRS, 290)
    every, short = (sentences.encoded_pairs(tokenizer, PAIRS, n) for n in (60, 5))
    assert len(every) == len(PAIRS)
    assert 0 < len(short) < len(PAIRS)
    assert all(len(side) <= 5 for both in short for side in both)


def random_pairs(n: int, seed: int = 0) -> list[sentences.Pair]:
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(2, 30, (n, 2), generator=generator).tolist()
    return [([3 + i] * a, [3 + i] * b) for i, (a, b) in enumerate(lengths)]


@pytest.mark.parametrize("n_tokens", [29, 100, 700])
def test_batches_hold_every_pair_once_and_not_too_much(n_tokens: int) -> None:
    pairs = random_pairs(300)
    batches = list(sentences.PairBatches(pairs, n_tokens))
    seen = []
    for source, target in batches:
        assert len(source) * max(source.shape[1], target.shape[1]) <= n_tokens
        assert torch.equal(source[:, 0], target[:, 0])
        seen += source[:, 0].tolist()
    assert sorted(seen) == [3 + i for i in range(300)]


def test_no_pair_comes_again_before_all_were_seen() -> None:
    pairs = random_pairs(60)
    whole = len(sentences.PairBatches(pairs, 100))
    seen = [int(i) for source, _ in sentences.PairBatches(pairs, 100, n_batches=2 * whole) for i in source[:, 0]]
    assert sorted(seen[:60]) == sorted(seen[60:]) == [3 + i for i in range(60)]
    assert seen[:60] != seen[60:]
    short = sentences.PairBatches(pairs, 100, n_batches=3)
    assert len(list(short)) == len(short) == 3


@pytest.mark.parametrize("cut", [1, 4, 30])
def test_a_training_that_was_cut_off_goes_on_to_the_same_bits(tmp_path: Path, cut: int) -> None:
    """Also when the pairs were shuffled anew before the cut, and will be after it."""

    def training(watch: Listener | None) -> list[float]:
        torch.manual_seed(0)
        model = nn.Embedding(100, 4)
        batches = sentences.PairBatches(random_pairs(60), 100, n_batches=50)
        loss = lambda model, batch: model(batch[0]).square().mean()  # noqa: E731
        return fit(model, batches, loss, checkpoint=watch, progress=False).loss

    class Cut(Checkpoint):
        def on_step(self, run: Training) -> None:
            super().on_step(run)
            if run.step == cut:
                raise KeyError("cut")

    assert len(sentences.PairBatches(random_pairs(60), 100)) < 30
    whole = training(None)
    with pytest.raises(KeyError, match="cut"):
        training(Cut(tmp_path, every_batches=1))
    assert training(Checkpoint(tmp_path)) == whole


def test_sorting_saves_padding() -> None:
    pairs = random_pairs(400)
    sorted_share = sentences.share_of_padding(sentences.PairBatches(pairs, 700))
    by_chance = [
        (sentences.padded([p[0] for p in pairs[i : i + 24]]), sentences.padded([p[1] for p in pairs[i : i + 24]]))
        for i in range(0, 400, 24)
    ]
    assert sorted_share < sentences.share_of_padding(by_chance)


def test_orders_differ_between_passes_and_seeds() -> None:
    pairs = random_pairs(100)
    batches = sentences.PairBatches(pairs, 100)
    first, second = ([source.tolist() for source, _ in batches] for _ in range(2))
    again = [source.tolist() for source, _ in sentences.PairBatches(pairs, 100)]
    assert first != second
    assert first == again


def test_what_is_no_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="no pair"):
        sentences.PairBatches([])
    with pytest.raises(ValueError, match="a batch may hold 10"):
        sentences.PairBatches([([3] * 11, [4])], 10)
    with pytest.raises(ValueError, match="no batch"):
        sentences.share_of_padding([])
    with pytest.raises(ValueError, match="none of them empty"):
        sentences.padded([[1], []])
