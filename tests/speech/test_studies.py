"""The rows that the notebook shows are those of the stored runs."""

from __future__ import annotations

import pytest
from sklearn.metrics import roc_auc_score

from lessons.kit import results
from lessons.speech import studies


def test_error_rates() -> None:
    assert studies.error_rate([{"errors": 1, "words": 4}, {"errors": 3, "words": 4}]) == 0.5
    with pytest.raises(ValueError, match="needs a word"):
        studies.error_rate([{"errors": 1, "words": 0}])


def test_every_transcript_is_in_one_group() -> None:
    groups = studies.transcripts()
    assert list(groups) == ["packaged clips", "flite", "espeak-ng"]
    rows = [row for levels in groups.values() for found in levels.values() for row in found]
    assert sorted(map(str, rows)) == sorted(map(str, results.rows("speech", "clips")))


def test_pairs_are_told_apart_as_a_ranking_is() -> None:
    rows = results.rows("speech", "clips")
    share, n = studies.told_apart([rows])
    wrong = [row["errors"] > 0 for row in rows]
    assert share == pytest.approx(roc_auc_score(wrong, [-row["confidence"] for row in rows]), abs=1e-9)
    assert n == sum(wrong) * (len(wrong) - sum(wrong))
    right = {"errors": 0, "confidence": 0.5}
    assert studies.told_apart([[right, {"errors": 2, "confidence": 0.4}], [{"errors": 1, "confidence": 0.9}]]) == (1, 1)
    with pytest.raises(ValueError, match="No group"):
        studies.told_apart([[right]])


def test_a_transcript_after_a_text_stands_beside_the_one_without() -> None:
    rows = studies.after_texts()
    stored = results.rows("speech", "context")
    assert len(rows) == sum(row["before"] != "none" for row in stored)
    for row in rows[::40]:
        (alone,) = [
            each
            for each in stored
            if (each["source"], each["said"], each["decibels"], each["before"])
            == (row["source"], row["said"], row["decibels"], "none")
        ]
        assert (row["alone"], row["right"]) == (alone["written"], alone["errors"] == 0)
        assert not row["changed"] or row["written"] != row["alone"]
    assert studies.counted([{"a": 1, "b": True}, {"a": 1, "b": False}, {"a": 2, "b": True}], "b", a=1) == "1 of 2"


def test_arms_and_shots_are_means_of_their_rows() -> None:
    arms = {row["arm"]: row for row in studies.arms()}
    assert list(arms)[-1].endswith("4 × as long")
    stored = results.rows("speech", "digits", arm="as they are")
    row = arms["as they are"]
    assert row["other"] == pytest.approx(sum(each["other"] for each in stored) / len(stored), abs=1e-6)
    assert row["worst voice"] < row["other"] < row["best"]
    assert row["starts"] == [each["other"] for each in stored]
    (mels,) = [row for row in studies.few_shots() if row["features"] == "mel bands"]
    shares = [row["right"] for row in results.rows("speech", "shots", features="mel bands", k=2)]
    assert mels["2 each"] == pytest.approx(sum(shares) / len(shares))
