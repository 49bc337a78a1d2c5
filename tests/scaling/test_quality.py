"""Copies, junk, mixtures and contamination: by brute force, by statistics, and on WikiText-2."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
import torch

from lessons.kit.datasets import wikitext
from lessons.scaling import MinHash, quality


@pytest.fixture(scope="module")
def paragraphs() -> list[str]:
    return [line for article in wikitext().train[:40] for line in article.split("\n") if len(line) > 200][:600]


def test_exact_copies() -> None:
    texts = ["A b, c.", "x", "a B c", "y", "x ", "A b c d"]
    assert quality.exact_copies(texts) == [[0, 2], [1, 4]]
    assert quality.exact_copies([]) == []


def test_shingles() -> None:
    assert quality.shingles("One two, THREE four", 3) == {"one two three", "two three four"}
    assert quality.shingles("one two", 3) == {"one two"}
    assert quality.shingles(" . ", 3) == set()
    assert quality.jaccard({"a", "b", "c"}, {"b", "c", "d"}) == 0.5
    assert quality.jaccard(set(), set()) == 1


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_agreement_estimates_jaccard(share: float) -> None:
    both = {f"both {i}" for i in range(int(200 * share))}
    first, second = (both | {f"{name} {i}" for i in range(200 - len(both))} for name in "ab")
    wanted = quality.jaccard(first, second)
    hashed = MinHash(2000, seed=3)
    found = quality.agreement(hashed(first), hashed(second))
    assert abs(found - wanted) <= 4 * (wanted * (1 - wanted) / 2000) ** 0.5


def test_a_signature_is_the_least_of_every_hash() -> None:
    hashed, members = MinHash(5, seed=1), {"x", "y z", "ü"}
    import zlib

    for place in range(5):
        values = [
            (int(hashed.a[place]) * (zlib.crc32(m.encode()) % quality.PRIME) + int(hashed.b[place])) for m in members
        ]
        assert hashed(members)[place] == min(value % quality.PRIME for value in values)
    assert (hashed([]) == quality.EMPTY).all()


@pytest.mark.parametrize(("bands", "rows"), [(1, 1), (32, 4), (4, 32), (20, 5)])
def test_candidates_by_brute_force(bands: int, rows: int) -> None:
    rng = np.random.default_rng(bands)
    signatures = list(rng.integers(0, 2, (9, bands * rows)))
    wanted = {
        (i, j)
        for i, j in combinations(range(9), 2)
        if any((signatures[i][k : k + rows] == signatures[j][k : k + rows]).all() for k in range(0, bands * rows, rows))
    }
    assert quality.candidates(signatures, bands) == wanted


def test_the_curve_of_candidates() -> None:
    assert quality.caught(1.0, 3, 4) == 1
    assert quality.caught(0.0, 3, 4) == 0
    assert quality.caught(0.5, 2, 1) == 0.75
    rng, hits = random.Random(0), 0
    for _ in range(4000):
        hits += any(all(rng.random() < 0.7 for _ in range(4)) for _ in range(8))
    assert hits / 4000 == pytest.approx(quality.caught(0.7, 8, 4), abs=0.03)


def test_near_copies_are_those_of_brute_force(paragraphs: list[str]) -> None:
    copies = [text for text, kind in quality.dirtied(paragraphs[:150], 60) if kind == "copy"]
    texts = [*paragraphs[:150], *copies]
    sets = [quality.shingles(text) for text in texts]
    wanted = {(i, j) for i, j in combinations(range(len(texts)), 2) if quality.jaccard(sets[i], sets[j]) >= 0.6}
    assert len(wanted) >= len(copies) > 5
    assert {(i, j) for i, j, _ in quality.near_copies(texts, 0.6)} == wanted
    kept = quality.without_copies(texts, 0.6)
    assert kept == sorted(set(range(len(texts))) - {j for _, j in wanted})


def test_the_filter_knows_menus_and_scrambled_text_but_not_copies(paragraphs: list[str]) -> None:
    bad = [text for text, kind in quality.dirtied(paragraphs[:200], 250, seed=1) if kind != "copy"]
    judge = quality.trained_filter(paragraphs[:200], bad)
    unseen = paragraphs[400:480]
    assert (judge.clean(unseen) > 0.5).mean() > 0.9
    dirty = quality.dirtied(unseen, 120, seed=2)
    judged = judge.clean([text for text, _ in dirty]) > 0.5
    for kind, low, high in (("menu", 0, 0.05), ("letters", 0, 0.3), ("copy", 0.8, 1)):
        passed = np.mean([ok for ok, (_, name) in zip(judged, dirty, strict=True) if name == kind])
        assert low <= passed <= high, kind


def test_dirt_is_of_every_kind_and_the_same_again(paragraphs: list[str]) -> None:
    found = quality.dirtied(paragraphs[:50], 100, seed=4)
    assert {kind for _, kind in found} == set(quality.KINDS)
    assert found == quality.dirtied(paragraphs[:50], 100, seed=4)
    for text, kind in found:
        if kind == "shuffled":
            assert sorted(text.split(" ")) in [sorted(p.split(" ")) for p in paragraphs[:50]]


def test_shares() -> None:
    assert quality.shares({"a": 9, "b": 1}, 1) == {"a": 0.9, "b": 0.1}
    assert quality.shares({"a": 9, "b": 1}, 0) == {"a": 0.5, "b": 0.5}
    assert quality.shares({"a": 9, "b": 1}, 0.5) == {"a": 0.75, "b": 0.25}


def test_mixed_chunks_come_from_their_sources() -> None:
    first, second = torch.arange(0, 50), torch.arange(100, 300)
    batches = quality.MixedChunks([first, second], [3, 1], 5, 40, 25)
    every = list(batches)
    assert len(batches) == len(every) == 25
    inputs, targets = (torch.cat(parts) for parts in zip(*every, strict=True))
    assert inputs.shape == (1000, 5)
    assert ((inputs[:, 1:] == targets[:, :-1]).all() and (targets - inputs == 1).all()).item()
    assert (inputs[:, 0] < 100).double().mean().item() == pytest.approx(0.75, abs=0.05)
    one = list(quality.MixedChunks([first, second], [1, 0], 5, 4, 2))
    assert all((inputs < 100).all() for inputs, _ in one)
    again = list(quality.MixedChunks([first, second], [1, 0], 5, 4, 2))
    assert all(torch.equal(a[0], b[0]) for a, b in zip(one, again, strict=True))


def test_contamination() -> None:
    text = "one two three four five six"
    assert quality.contamination(text, ["nothing here"], 3) == 0
    assert quality.contamination(text, ["zero one two three", "x four five six"], 3) == 0.5
    assert quality.contamination(text, [text], 3) == 1
    assert quality.contamination("", [text], 3) == 0


def test_junk_gets_a_sentence() -> None:
    for call in (
        lambda: quality.exact_copies("text"),
        lambda: quality.contamination("a", "b"),
        lambda: MinHash(3)("text"),
        lambda: quality.agreement(np.zeros(2), np.zeros(3)),
        lambda: quality.candidates([np.zeros(5)], 2),
        lambda: quality.trained_filter([], ["a"]),
        lambda: quality.shares({}, 1),
        lambda: quality.MixedChunks([torch.arange(9)], [0], 3, 2, 2),
    ):
        with pytest.raises(ValueError, match=r"\.$"):
            call()
