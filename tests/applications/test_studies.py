"""What notebook 09 shows of stored runs is what the file holds."""

from __future__ import annotations

import numpy as np
import pytest

from lessons.applications import studies
from lessons.kit import results


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A results file of our own."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)

    def save(section: str, *rows: dict) -> None:
        results.save("applications", section, {"rows": list(rows)})

    return save


def test_runs_of_one_setting_stand_side_by_side(stored):
    stored("search", *({"system": s, "seed": i, "MRR": m} for s, i, m in (("a", 0, 0.1), ("b", 0, 0.3), ("a", 1, 0.2))))
    assert studies.side_by_side("search", ("system", "pairs"), ("MRR",)) == [
        {"system": "a", "pairs": None, "runs": 2, "MRR": [0.1, 0.2]},
        {"system": "b", "pairs": None, "runs": 1, "MRR": [0.3]},
    ]
    with pytest.raises(ValueError, match="'recall@1'"):
        studies.side_by_side("search", ("system",), ("recall@1",))


def test_what_has_no_question_stands_once(stored):
    systems = ("MiniLM", "MiniLM, question deleted")
    rows = [
        {"system": s, "wordings": w, "EM": 0.5, "F1": 0.6, "by_kind": {"no answer": 0.7, "area": 0.1}, "right": "011"}
        for s in systems
        for w in ("known", "unseen")
    ]
    stored("answers", *rows)
    found = studies.answer_rows()
    assert [(row["system"], row["wordings"]) for row in found] == [
        ("MiniLM", "known"),
        ("MiniLM", "unseen"),
        ("MiniLM, question deleted", "known"),
    ]
    assert found[0] == {**found[0], "EM": [0.5], "EM, no answer": [0.7]}
    assert studies.was_right("MiniLM", "known").tolist() == [False, True, True]


def test_ranks_are_those_of_the_pool(stored):
    stored("words", *({"pool": pool, "system": "E5", "ranks": ranks} for pool, ranks in (("a", "1 20"), ("b", "3 4"))))
    assert studies.first_ranks("b", "E5").tolist() == [3, 4]


def test_a_summary_row_has_every_aspect_and_those_who_know_the_marks_come_last(stored):
    rows = [
        {"system": s, "aspect": a, "R1": r, "RL": r / 2, "words": 10.0, "each_R1": f"{r} {r / 2}"}
        for s in ("whole text", "TextRank")
        for a, r in (("outcome", 0.4), ("approach", 0.2))
    ]
    stored("summaries", *rows)
    assert studies.summary_rows()[0] == pytest.approx(
        {"system": "TextRank", "outcome": 0.4, "approach": 0.2, "RL": 0.15, "words": 10.0}
    )
    assert [row["system"] for row in studies.summary_rows()] == ["TextRank", "whole text"]
    assert studies.paper_r1("TextRank") == pytest.approx([0.3, 0.15])


def test_a_difference_of_f1_is_that_of_all_tweets_and_lies_in_its_interval(stored):
    rng = np.random.default_rng(0)
    there = rng.integers(1, 4, size=200)
    tables = {name: np.stack([rng.binomial(there, share), there, there], 1) for name, share in (("a", 0.6), ("b", 0.4))}
    stored("entities", *({"system": n, "counts": " ".join(map(str, t.ravel()))} for n, t in tables.items()))
    found, low, high = studies.f1_difference("a", "b", draws=300)
    expected = [2 * table[:, 0].sum() / table[:, 1:].sum() for table in tables.values()]
    assert found == pytest.approx(expected[0] - expected[1], abs=1e-12)
    assert 0 < low < found < high < 0.4
    assert studies.f1_difference("a", "a", draws=20) == (0, 0, 0)  # paired: the same tweets for both
