"""What notebook 09 says of its stored runs is true of them."""

from __future__ import annotations

import numpy as np

from lessons.applications import studies
from lessons.fine_tuning import mcnemar, paired_difference
from lessons.kit import results


def means(section: str, column: str, **wanted: str) -> dict[str, float]:
    """The mean of a column over the runs of each system."""
    rows = studies.side_by_side(section, ("system",), (column,), **wanted)
    return {row["system"]: float(np.mean(row[column])) for row in rows}


def test_accuracy_hardly_tells_a_tagger_from_silence_and_f1_does() -> None:
    accuracies, scores = means("entities", "accuracy"), means("entities", "f1")
    assert all(abs(value - accuracies["nothing"]) < 0.04 for value in accuracies.values())
    assert scores["nothing"] == 0
    assert scores["MiniLM"] == max(scores.values())
    assert scores["MiniLM"] > scores["random weights"] + 0.1
    assert studies.f1_difference("MiniLM", "word features", draws=400)[1] > 0


def test_towers_of_all_pairs_pass_e5_and_those_of_ten_thousand_do_not() -> None:
    rows = studies.side_by_side("search", ("system", "pairs"), ("MRR", "recall@1"))
    mrr = {(row["system"], row["pairs"]): row["MRR"] for row in rows}
    (e5,), (minilm,), (bm25,) = (mrr[system, None] for system in ("E5", "MiniLM", "BM25"))
    sizes = sorted(pairs for system, pairs in mrr if system == "towers")
    assert max(mrr["towers", sizes[-2]]) < e5 < min(mrr["towers", sizes[-1]])
    assert bm25 < minilm < min(mrr["towers", sizes[0]])


def test_a_re_ranker_keeps_the_ten_of_the_first_search() -> None:
    assert len({round(value, 9) for value in means("rerank", "recall@10").values()}) == 1
    first, outside = means("rerank", "recall@1"), 1 - means("rerank", "recall@10")["BM25"]
    for system, found in means("words", "recall@1", pool="paraphrases").items():  # the first of all is first of ten
        if system != "BM25":
            assert first[f"{system}'s cosines"] >= found - outside - 1e-9
    mrr = means("rerank", "MRR")
    cosines = [mrr["MiniLM's cosines"], mrr["E5's cosines"]]
    assert mrr["BM25"] + 0.05 < mrr["cross-encoder"] <= max(cosines)
    assert min(cosines) > mrr["BM25"] + 0.05


def test_words_win_where_the_words_are_the_same_and_vectors_where_they_are_not() -> None:
    for pool, winner, other in (("paraphrases", "E5", "BM25"), ("snippets of four words", "BM25", "E5")):
        mrr = means("words", "MRR", pool=pool)
        assert mrr[winner] > mrr[other]
        first, second = (studies.first_ranks(pool, system) for system in (winner, other))
        assert mcnemar(first < second, first > second).p_value < 0.01


def test_more_cells_find_more_and_the_last_are_dear() -> None:
    rows = results.rows("applications", "cells")
    gains = np.diff([row["found"] for row in rows]) / np.diff([row["looked_at"] for row in rows])
    assert (gains > 0).all()
    assert (np.diff(gains) < 0).all()
    assert rows[-1]["found"] > 0.9
    assert rows[-1]["looked_at"] < 0.1


def test_the_question_is_read_and_best_in_known_wordings() -> None:
    rows = {(row["system"], row["wordings"]): row for row in studies.answer_rows()}
    known, unseen = rows["MiniLM", "known"]["EM"], rows["MiniLM", "unseen"]["EM"]
    assert all(0.07 < 1 - new / old < 0.27 for old, new in zip(known, unseen, strict=True))
    for system in ("MiniLM, question deleted", "MiniLM, trained without questions"):
        assert all(value < 0.25 for value in rows[system, "known"]["EM"])
    assert min(rows["MiniLM, question deleted", "known"]["EM, no answer"]) > 0.8
    assert max(rows["MiniLM, trained without questions", "known"]["EM, no answer"]) < 0.2
    assert min(known) > rows["rule by hand", "known"]["EM"][0]
    assert mcnemar(studies.was_right("MiniLM", "known"), studies.was_right("MiniLM", "unseen")).p_value < 1e-6


def test_a_scorer_that_knows_what_is_asked_is_above_one_that_does_not() -> None:
    rows = {row["system"]: row for row in studies.summary_rows()}
    assert rows["TextRank"]["words"] > 1.5 * rows["trained scorer"]["words"]
    assert all(rows["longest sentence"][a] < rows["TextRank"][a] for a in ("challenge", "approach", "outcome"))
    for other in ("TextRank", "trained scorer, places alone"):
        assert paired_difference(studies.paper_r1("trained scorer"), studies.paper_r1(other), 2000)[1] > 0
    places, first = rows["trained scorer, places alone"], rows["first sentence"]
    assert [places[aspect] for aspect in ("challenge", "approach")] == [first[a] for a in ("challenge", "approach")]
    assert first["challenge"] > rows["trained scorer"]["challenge"]
    best = rows["best marked by an expert"]
    assert all(best[aspect] > rows["trained scorer"][aspect] for aspect in ("challenge", "approach", "outcome"))
    assert rows["all marked by an expert"]["words"] > best["words"]
