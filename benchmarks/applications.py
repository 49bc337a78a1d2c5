"""Entities, search, answers and summaries: what each head reaches beside what it must beat, on the test splits.

    python benchmarks/applications.py entities      rate and epochs on validation, then 3 seeds on test tweets
    python benchmarks/applications.py search        English finds Spanish: BM25, MiniLM, E5, two towers (3 seeds)
    python benchmarks/applications.py words         paraphrases and snippets in English: when counting words wins
    python benchmarks/applications.py rerank        a cross-encoder puts the ten best of BM25 in another order (3 seeds)
    python benchmarks/applications.py cells         approximate neighbours: what is found against what is looked at
    python benchmarks/applications.py answers       choose on validation, then 3 seeds; writes answers.safetensors
    python benchmarks/applications.py summaries     one sentence for each of three aspects of 100 papers

Each writes its sections of benchmarks/results/applications.json. Trainings are rows that are not run again, so a run
may be cut off and go on later; with --minutes it stops by itself and exits with 3. Everything is chosen on
validation: the test splits are opened once, for what was chosen. `--quick` tries every step on little data and writes
nothing here.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn import functional as F

from lessons.applications import adapters, answers, entities, search, summaries
from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.kit import pretrained, results
from lessons.kit.datasets import Tagged, Translation, normalised, papers, translations, tweets
from lessons.kit.studies import Study, main
from lessons.start_here import minilm, sentence_vectors
from lessons.tokens import BytePairTokenizer

SEEDS = (0, 1, 2)
NAME = "applications"
Row = dict[str, Any]
ADAPTER = results.FOLDER / "answers.safetensors"


# --- entities ---------------------------------------------------------------------------------------------------------


def words(split: Sequence[Tagged]) -> list[tuple[str, ...]]:
    return [row.words for row in split]


def tags(split: Sequence[Tagged]) -> list[tuple[str, ...]]:
    return [row.tags for row in split]


def counts(split: Sequence[Tagged], predictions: Sequence[Sequence[str]]) -> str:
    """For each text how many entities are right, found and there, three numbers: what a paired bootstrap needs."""
    found: list[int] = []
    for row, guess in zip(split, predictions, strict=True):
        true, given = set(entities.spans(row.tags)), set(entities.spans(guess))
        found += [len(true & given), len(given), len(true)]
    return " ".join(map(str, found))


def judged(split: Sequence[Tagged], predictions: Sequence[Sequence[str]]) -> Row:
    """The scores of predictions."""
    return {
        "f1": round(entities.span_scores(tags(split), predictions).f1, 4),
        "strict_f1": round(entities.span_scores(tags(split), predictions, strict=True).f1, 4),
        "accuracy": round(entities.tag_accuracy(tags(split), predictions), 4),
    }


def word_features_model(train: Sequence[Tagged], c: float) -> Callable[[Sequence[Tagged]], list[list[str]]]:
    """Logistic regression on the features of each word."""

    def features(split: Sequence[Tagged]) -> list[dict[str, float]]:
        return [entities.word_features(row.words, i) for row in split for i in range(len(row.words))]

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform(features(train))
    model = LogisticRegression(C=c, max_iter=300).fit(table, [tag for row in train for tag in row.tags])

    def predict(split: Sequence[Tagged]) -> list[list[str]]:
        guesses = iter(model.predict(vectorizer.transform(features(split))))
        return [[str(next(guesses)) for _ in row.words] for row in split]

    return predict


def finder(setting: Row, train: Sequence[Tagged], pretrained_weights: bool = True) -> entities.EntityFinder:
    """A trained head on MiniLM, or on a BERT of the same shape with random weights."""
    kinds, seed = tweets().kinds, setting["seed"]
    model = entities.EntityFinder.from_pretrained(kinds, seed=seed)
    if not pretrained_weights:
        torch.manual_seed(seed)
        fresh = BERT(BERTConfig.from_dict(pretrained.load("minilm").config))
        model = entities.EntityFinder(fresh, model.tokenizer, model.label_names)
    how = {key: setting[key] for key in ("epochs", "learning_rate", "seed")}
    model.fit(words(train), tags(train), progress=False, **how)
    return model


def study_entities(run: Study) -> None:
    """Choose on validation; the test tweets are read once by each that was chosen.

    Of MiniLM the rate is chosen with 2 passes, then the passes, of which more than 8 are not tried. Random weights find
    no name in 2 passes, so they have all 8, and their rate is chosen with these.
    """
    data = tweets()
    train, validation, test = (split[: run.size(2000, 40)] for split in (data.train, data.validation, data.test))

    def tuned(system: str) -> Row:
        def tried(learning_rate: float, epochs: int) -> float:
            setting = {"system": system, "learning_rate": learning_rate, "epochs": epochs, "seed": 0}

            def work() -> Row:
                return judged(validation, finder(setting, train, system == "MiniLM").predict(words(validation)))

            return run.once("entities_choose", setting, work)["f1"]

        most = run.size(8, 1)
        if system != "MiniLM":
            return {"learning_rate": run.grown((1e-4, 3e-4, 9e-4), lambda value: tried(value, most)), "epochs": most}
        rate = run.grown((1e-4, 2e-4, 4e-4), lambda value: tried(value, run.size(2, 1)))
        epochs = 1 if run.quick else run.grown((1, 2, 4), lambda value: tried(rate, round(value)), 1, most)
        return {"learning_rate": rate, "epochs": round(epochs)}

    def c_score(c: float) -> float:
        row = run.once(
            "entities_choose", {"C": c}, lambda: judged(validation, word_features_model(train, c)(validation))
        )
        return row["f1"]

    c = run.grown((10.0, 100.0, 1000.0), c_score)

    def least_score(least: float) -> float:
        def work() -> Row:
            guess = entities.Gazetteer(words(train), tags(train), least).predict(words(validation))
            return judged(validation, guess)

        return run.once("entities_choose", {"least": least}, work)["f1"]

    least = max((0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0), key=least_score)

    def on_test(predict: Callable[[], Sequence[Sequence[str]]]) -> Callable[[], Row]:
        def work() -> Row:
            guess = predict()
            return {**judged(test, guess), "counts": counts(test, guess)}

        return work

    nothing = [["O"] * len(row.words) for row in test]
    run.once("entities", {"system": "nothing"}, on_test(lambda: nothing))
    names = entities.Gazetteer(words(train), tags(train), least)
    run.once("entities", {"system": "list of names", "least": least}, on_test(lambda: names.predict(words(test))))
    run.once("entities", {"system": "word features", "C": c}, on_test(lambda: word_features_model(train, c)(test)))
    for system in ("MiniLM", "random weights"):
        setting = tuned(system)
        for seed in SEEDS[: run.size(3, 1)]:
            each = {"system": system, **setting, "seed": seed}
            run.once(
                "entities", each, on_test(lambda e=each: finder(e, train, e["system"] == "MiniLM").predict(words(test)))
            )


# --- search -----------------------------------------------------------------------------------------------------------


class Languages:
    """Questions in English, documents in Spanish, and which answer which."""

    def __init__(self, split: Sequence[Translation], n: int) -> None:
        self.documents = sorted({row.second for row in split})
        place = {document: i for i, document in enumerate(self.documents)}
        right: dict[str, list[int]] = {}
        for row in split:
            right.setdefault(row.first, []).append(place[row.second])
        self.queries = list(right)[:n]
        self.right = [right[query] for query in self.queries]

    def judged(self, scores: Any) -> Row:
        """The rank of each question."""
        return ranked(search.ranks(scores, self.right))


def ranked(found: np.ndarray) -> Row:
    """Measures, and the ranks themselves for paired comparisons."""
    measures = {f"recall@{k}": round(search.recall_at(k, found), 4) for k in (1, 10)}
    return {**measures, "MRR": round(search.mean_reciprocal_rank(found), 4), "ranks": " ".join(map(str, found))}


def e5_scores(queries: Sequence[str], documents: Sequence[str]) -> Tensor:
    """Cosines of E5's vectors, with the prefixes that it was trained with."""
    model, tokenizer = BERT.from_pretrained("e5"), pretrained.tokenizer("e5")
    vectors = [
        sentence_vectors(model, tokenizer, [f"{role}: {text}" for text in texts])
        for role, texts in (("query", queries), ("passage", documents))
    ]
    return search.cosine_similarities(*vectors)


def minilm_scores(queries: Sequence[str], documents: Sequence[str]) -> Tensor:
    """Cosines of MiniLM's vectors."""
    return search.cosine_similarities(*(sentence_vectors(*minilm(), texts) for texts in (queries, documents)))


class Bags:
    """Training pairs as bags of subwords."""

    def __init__(self, train: Sequence[Translation], vocab_size: int = 4000) -> None:
        sides = [[row.first.lower() for row in train], [row.second.lower() for row in train]]
        self.tokenizers = [BytePairTokenizer.train(side[:40_000], vocab_size) for side in sides]
        self.bags = [self.encoded(i, side) for i, side in enumerate(sides)]

    def encoded(self, side: int, texts: Sequence[str]) -> list[list[int]]:
        """Texts of one side as bags."""
        return [self.tokenizers[side].encode(text.lower()) for text in texts]

    def towers(self, seed: int, n: int, learning_rate: float, epochs: int) -> search.Towers:
        """Trained on the first n pairs."""
        sizes = (len(self.tokenizers[0]), len(self.tokenizers[1]))
        how = {"learning_rate": learning_rate, "epochs": epochs, "progress": False}
        return search.train_towers(self.bags[0][:n], self.bags[1][:n], sizes, seed=seed, **how)[0]

    @torch.no_grad()
    def scores(self, towers: search.Towers, queries: Sequence[str], documents: Sequence[str]) -> Tensor:
        """Cosines of two towers' vectors."""
        asked = towers.vectors(towers.first, self.encoded(0, queries))
        return search.cosine_similarities(asked, towers.vectors(towers.second, self.encoded(1, documents)))


def shuffled(train: Sequence[Translation]) -> list[Translation]:
    """In another order than that of their groups, the same every time."""
    return [train[i] for i in np.random.default_rng(0).permutation(len(train))]


def study_search(run: Study) -> None:
    """Rate and epochs of the towers on validation; all systems on the same questions and documents of the test."""
    data = translations()
    little = run.size(5000, 300)
    validation, test = (Languages(split[:little], run.size(500, 50)) for split in (data.validation, data.test))
    bags = Bags(shuffled(data.train)[: run.size(200_000, 2000)])
    every = len(bags.bags[0])

    def tried(learning_rate: float, epochs: int) -> float:
        setting = {"pairs": every, "learning_rate": learning_rate, "epochs": epochs, "seed": 0}

        def work() -> Row:
            towers = bags.towers(0, every, learning_rate, epochs)
            row = validation.judged(bags.scores(towers, validation.queries, validation.documents))
            return {key: value for key, value in row.items() if key != "ranks"}

        return run.once("search_choose", setting, work)["MRR"]

    rate = run.grown((1e-2, 2e-2, 4e-2), lambda value: tried(value, 1))
    epochs = round(run.grown((2, 4, 8), lambda value: tried(rate, round(value)), 1))
    asked, documents = test.queries, test.documents
    size = {"documents": len(documents), "queries": len(asked)}
    run.once("search", {"system": "BM25", **size}, lambda: test.judged(search.BM25(documents).scores(asked)))
    run.once("search", {"system": "MiniLM", **size}, lambda: test.judged(minilm_scores(asked, documents)))
    run.once("search", {"system": "E5", **size}, lambda: test.judged(e5_scores(asked, documents)))
    for n in sorted({min(n, every) for n in (1000, 10_000, every)}):
        for seed in SEEDS:
            setting = {"system": "towers", "pairs": n, "seed": seed, **size}

            def work(n: int = n, seed: int = seed) -> Row:
                passes = epochs * max(1, min(20, every // n // 4))  # few pairs are seen more often
                return test.judged(bags.scores(bags.towers(seed, n, rate, passes), asked, documents))

            run.once("search", setting, work)


def paraphrases(split: Sequence[Translation], n: int) -> tuple[list[str], list[str], list[list[int]]]:
    """English sentences with a common Spanish translation: queries, all other sentences, and which are right."""
    by_second: dict[str, list[str]] = {}
    for row in split:
        same = by_second.setdefault(normalised(row.second), [])
        if all(normalised(row.first) != normalised(other) for other in same):
            same.append(row.first)
    pairs = [group for group in by_second.values() if len(group) > 1]
    taken: set[str] = set()
    queries, right = [], []
    for group in pairs:
        if not taken & set(group) and len(queries) < n:
            queries.append(group[0])
            right.append(group[1:])
            taken.update(group)
    documents = sorted({row.first for row in split} - set(queries))
    place = {document: i for i, document in enumerate(documents)}
    return queries, documents, [[place[each] for each in group] for group in right]


def study_words(run: Study) -> None:
    """Two pools in one language: paraphrases, where meaning counts, and snippets, where the words themselves do."""
    queries, documents, which = paraphrases(translations().test[: run.size(10_000, 800)], run.size(300, 20))
    sentences = answers.distractors("test")[: run.size(3000, 60)]
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(sentences), run.size(300, 20), replace=False)
    snippets = []
    for i in chosen:
        parts = sentences[i].split()
        start = int(rng.integers(len(parts) - 4))
        snippets.append(" ".join(parts[start : start + 4]))
    pools = {
        "paraphrases": (queries, documents, which),
        "snippets of four words": (snippets, list(sentences), [[int(i)] for i in chosen]),
    }
    systems: dict[str, Callable[[Sequence[str], Sequence[str]], Any]] = {
        "BM25": lambda asked, pool: search.BM25(pool).scores(asked), "MiniLM": minilm_scores, "E5": e5_scores,
    }  # fmt: skip
    for pool, (asked, searched, good) in pools.items():
        for system, scores in systems.items():
            setting = {"pool": pool, "system": system, "documents": len(searched), "queries": len(asked)}
            run.once("words", setting, lambda f=scores, a=asked, s=searched, g=good: ranked(search.ranks(f(a, s), g)))


def study_rerank(run: Study) -> None:
    """The ten best of BM25 among paraphrases, in the order of a cross-encoder that read both sentences together.

    Its rate and its passes are chosen on validation pairs, of which the passes from 1 on.
    """
    data = translations()
    pairs, labels = pairs_to_tell_apart(
        *paraphrases(shuffled(data.train)[: run.size(40_000, 4000)], run.size(1500, 30))
    )
    validation, test = (Ten(*paraphrases(split, run.size(300, 20))) for split in (data.validation, data.test))

    def cross(ten: Ten, learning_rate: float, epochs: int, seed: int) -> Row:
        model = TextClassifier.from_pretrained(label_names=("other", "same"), seed=seed)
        model.fit(pairs, labels, epochs=epochs, learning_rate=learning_rate, seed=seed, progress=False)
        return ten.reordered(lambda i: model.predict_proba([(ten.asked[i], ten.pool[j]) for j in ten.best[i]])[:, 1])

    def tried(learning_rate: float, epochs: int) -> float:
        setting = {"learning_rate": learning_rate, "epochs": epochs, "seed": 0, "pairs": len(pairs)}
        keys = ("recall@1", "MRR")
        work = lambda: {k: v for k, v in cross(validation, learning_rate, epochs, 0).items() if k in keys}  # noqa: E731
        return run.once("rerank_choose", setting, work)["MRR"]

    run.once("rerank", {"system": "BM25"}, lambda: ranked(search.ranks(test.scores, test.right)))
    for name, scores in {"MiniLM's cosines": minilm_scores, "E5's cosines": e5_scores}.items():

        def work(scores: Callable[[Sequence[str], Sequence[str]], Tensor] = scores) -> Row:
            table = scores(test.asked, test.pool).numpy()
            return test.reordered(lambda i: table[i, test.best[i]])

        run.once("rerank", {"system": name}, work)
    rate = run.grown((2.5e-5, 5e-5, 1e-4), lambda value: tried(value, run.size(2, 1)))
    epochs = round(run.grown((1, 2, 4), lambda value: tried(rate, round(value)), 1, 4)) if not run.quick else 1
    for seed in SEEDS[: run.size(3, 1)]:
        setting = {"learning_rate": rate, "epochs": epochs, "pairs": len(pairs), "seed": seed}
        run.once("rerank", {"system": "cross-encoder", **setting}, lambda s=seed: cross(test, rate, epochs, s))


def pairs_to_tell_apart(
    queries: list[str], documents: list[str], right: list[list[int]]
) -> tuple[list[tuple[str, str]], list[int]]:
    """Each query with a paraphrase (1) and with the two wrong sentences that BM25 likes best (0)."""
    scores = search.BM25(documents).scores(queries)
    pairs, labels = [], []
    for query, row, good in zip(queries, scores, right, strict=True):
        wrong = [int(i) for i in np.argsort(-row, kind="stable")[:4] if i not in good][:2]
        pairs += [(query, documents[good[0]]), *((query, documents[i]) for i in wrong)]
        labels += [1, *[0] * len(wrong)]
    return pairs, labels


class Ten:
    """Queries, a pool, which is right, and for each query the ten that BM25 puts first."""

    def __init__(self, asked: list[str], pool: list[str], right: list[list[int]]) -> None:
        self.asked, self.pool, self.right = asked, pool, right
        self.scores = search.BM25(pool).scores(asked)
        self.best = np.argsort(-self.scores, axis=1, kind="stable")[:, :10]

    def reordered(self, again: Callable[[int], np.ndarray]) -> Row:
        """The ranks when the ten of query i stand in the order of again(i), before all others."""
        table = np.array(self.scores, dtype=np.float64)
        for i, places in enumerate(self.best):
            # in float32 a million would swallow what cosines differ by
            table[i, places] = 1e6 + np.asarray(again(i), dtype=np.float64)
        return ranked(search.ranks(table, self.right))


def study_cells(run: Study) -> None:
    """All Spanish training sentences as vectors of the towers, in cells."""
    data = translations()
    bags = Bags(shuffled(data.train)[: run.size(200_000, 2000)])
    towers = bags.towers(0, len(bags.bags[0]), 2e-2, 1)
    with torch.no_grad():
        documents = F.normalize(towers.vectors(towers.second, bags.bags[1]), dim=-1)
        asked = towers.vectors(towers.first, bags.encoded(0, [row.first for row in data.test[:200]]))
    exact = [set((documents @ query).topk(10).indices.tolist()) for query in asked]
    n_cells = run.size(300, 20)
    cells = search.Cells(documents, n_cells)
    for n_probe in (1, 2, 4, 8, 16):

        def work(n_probe: int = n_probe) -> Row:
            found = [cells.nearest(query, 10, n_probe) for query in asked]
            shares = [len(best & set(places)) / 10 for best, (places, _) in zip(exact, found, strict=True)]
            looked = statistics.mean(products for _, products in found)
            return {"found": round(statistics.mean(shares), 4), "looked_at": round(looked / len(documents), 4)}

        run.once("cells", {"documents": len(documents), "cells": n_cells, "probes": n_probe}, work)


# --- answers ----------------------------------------------------------------------------------------------------------

RANK = 8


def reader(n: int, learning_rate: float, seed: int, blind: bool = False) -> answers.AnswerFinder:
    """MiniLM with maps of low rank, trained on n made questions, each seen once; blind: without their words."""
    model = answers.AnswerFinder.from_pretrained(seed=seed)
    adapters.add_low_rank(model, RANK, seed)
    asked = answers.make_questions(n, seed=100 + seed)
    asked = answers.without_question(asked) if blind else asked
    model.fit(asked, learning_rate=learning_rate, seed=seed, progress=False)
    return model


def right(questions: Sequence[answers.Question], given: Sequence[str]) -> Row:
    """Exact match and F1, by kind, and for each question whether it was right."""
    bits = "".join(str(int(answers.exact_match(q.answers, a))) for q, a in zip(questions, given, strict=True))
    measures = {name: round(value, 4) for name, value in answers.judged(questions, given).items()}
    by_kind = {name: round(value, 4) for name, value in answers.by_kind(questions, given).items()}
    return {**measures, "by_kind": by_kind, "right": bits}


def study_answers(run: Study) -> None:
    """The rate on validation countries; then countries that no training has seen, in known and in unseen wordings."""
    validation = answers.make_questions(run.size(400, 10), "validation", seed=1)
    n = run.size(1500, 32)

    def tried(learning_rate: float) -> float:
        def work() -> Row:
            given = [answer.text for answer in reader(n, learning_rate, 0).predict(validation)]
            return {k: v for k, v in right(validation, given).items() if k in ("EM", "F1")}

        return run.once("answers_choose", {"n": n, "rank": RANK, "learning_rate": learning_rate, "seed": 0}, work)["EM"]

    rate = run.grown((1e-3, 3e-3, 9e-3), tried)
    sets = {
        wordings: answers.make_questions(run.size(500, 10), "test", wordings=wordings, seed=2)
        for wordings in ("known", "unseen")
    }
    always = statistics.mode(question.answers for question in answers.make_questions(run.size(2000, 20), seed=99))
    for wordings, asked in sets.items():
        for system, given in {
            "rule by hand": [answers.hand_rule(question) for question in asked],
            "rule by hand, question deleted": [answers.hand_rule(q) for q in answers.without_question(asked)],
            "always the same": [always[0] if always else ""] * len(asked),
        }.items():
            run.once("answers", {"system": system, "wordings": wordings}, lambda a=asked, g=given: right(a, g))
    n = run.size(6000, 32)
    for seed in SEEDS[: run.size(3, 1)]:
        setting = {"n": n, "rank": RANK, "learning_rate": rate, "seed": seed}
        kinds = [(wordings, deleted) for wordings in sets for deleted in (False, True)]
        names = {pair: "MiniLM, question deleted" if pair[1] else "MiniLM" for pair in kinds}
        wanted = [{"system": names[pair], "wordings": pair[0], **setting} for pair in kinds]
        stored = run.stored("answers")
        if all(any(all(row.get(k) == v for k, v in each.items()) for row in stored) for each in wanted):
            continue
        if time.monotonic() > run.end:
            sys.exit(3)
        model = reader(n, rate, seed)
        if seed == 0:
            adapters.write(model, Path(tempfile.mkdtemp()) / ADAPTER.name if run.quick else ADAPTER)
        for (wordings, deleted), each in zip(kinds, wanted, strict=True):
            asked = answers.without_question(sets[wordings]) if deleted else sets[wordings]
            run.once(
                "answers", each, lambda a=asked, w=wordings, m=model: right(sets[w], [x.text for x in m.predict(a)])
            )
    asked = answers.without_question(sets["known"])  # the same passages stand in both sets
    for seed in SEEDS[: run.size(3, 1)]:
        each = {"system": "MiniLM, trained without questions", "wordings": "known",
                "n": n, "rank": RANK, "learning_rate": rate, "seed": seed}  # fmt: skip

        def work(seed: int = seed) -> Row:
            return right(sets["known"], [x.text for x in reader(n, rate, seed, blind=True).predict(asked)])

        run.once("answers", each, work)


# --- summaries --------------------------------------------------------------------------------------------------------


def study_summaries(run: Study) -> None:
    """One sentence for each aspect; the scorer's C on validation, everything else is without choices."""
    data = papers()
    splits = {name: getattr(data, name)[: run.size(200, 6)] for name in ("train", "validation", "test")}
    vectors = {name: [sentence_vectors(*minilm(), paper.sentences) for paper in few] for name, few in splits.items()}
    features = {
        name: [summaries.sentence_features(p, v) for p, v in zip(splits[name], vectors[name], strict=True)]
        for name in splits
    }
    learnt = np.concatenate(features["train"])
    mean, spread = learnt.mean(0), learnt.std(0) + 1e-9

    def scorer(aspect: str, c: float, part: slice) -> LogisticRegression:
        marks = np.concatenate([summaries.is_highlighted(paper, aspect) for paper in splits["train"]])
        model = LogisticRegression(C=c, max_iter=3000, class_weight="balanced")
        return model.fit(((learnt - mean) / spread)[:, part], marks)

    def chosen(name: str, aspect: str, c: float, part: slice) -> list[str]:
        model = scorer(aspect, c, part)
        return [
            summaries.best_sentence(paper.sentences, model.decision_function(((table - mean) / spread)[:, part]))
            for paper, table in zip(splits[name], features[name], strict=True)
        ]

    def row(name: str, aspect: str, sentences: Sequence[str]) -> Row:
        few = splits[name]
        each = [summaries.rouge(p.summaries[aspect], s) for p, s in zip(few, sentences, strict=True)]
        means = {key: round(statistics.mean(one[key] for one in each), 4) for key in each[0]}
        length = statistics.mean(len(summaries.rouge_terms(s)) for s in sentences)
        return {**means, "words": round(length, 1), "each_R1": " ".join(f"{one['R1']:.4f}" for one in each)}

    parts = {"trained scorer": slice(None), "trained scorer, places alone": slice(-8, -2)}  # not length, not centrality
    for aspect in data.aspects:
        fixed = dict(baselines(splits["test"], vectors["test"], aspect))
        for system, sentences in fixed.items():
            run.once("summaries", {"system": system, "aspect": aspect}, lambda a=aspect, s=sentences: row("test", a, s))
        for system, part in parts.items():

            def score(c: float, aspect: str = aspect, system: str = system, part: slice = part) -> float:
                setting = {"system": system, "aspect": aspect, "C": c}
                work = lambda: {"R1": row("validation", aspect, chosen("validation", aspect, c, part))["R1"]}  # noqa: E731
                return run.once("summaries_choose", setting, work)["R1"]

            c = run.grown((1e-3, 1e-2, 1e-1), score)
            run.once(
                "summaries",
                {"system": system, "aspect": aspect, "C": c},
                lambda a=aspect, c=c, p=part: row("test", a, chosen("test", a, c, p)),
            )


def baselines(few: Sequence[Any], vectors: Sequence[Tensor], aspect: str) -> Iterator[tuple[str, list[str]]]:
    """What learns nothing, and what experts marked."""
    rng = np.random.default_rng(0)
    yield "random sentence", [paper.sentences[int(rng.integers(len(paper.sentences)))] for paper in few]
    yield "first sentence", [paper.sentences[0] for paper in few]
    yield "longest sentence", [max(p.sentences, key=lambda s: len(summaries.rouge_terms(s))) for p in few]
    ranks = [summaries.textrank(summaries.overlap(paper.sentences)) for paper in few]
    yield "TextRank", [summaries.best_sentence(p.sentences, r) for p, r in zip(few, ranks, strict=True)]
    central = [summaries.centrality(v).numpy() for v in vectors]
    yield "nearest to the mean", [summaries.best_sentence(p.sentences, c) for p, c in zip(few, central, strict=True)]
    marked = [[paper.sentences[i] for i in paper.highlights[aspect]] for paper in few]

    def gain(paper: Any, sentence: str) -> float:
        return summaries.rouge(paper.summaries[aspect], sentence)["R1"]

    yield "best marked by an expert", [max(m, key=lambda s, p=p: gain(p, s)) for p, m in zip(few, marked, strict=True)]
    yield "all marked by an expert", [" ".join(m) for m in marked]
    yield "whole text", [" ".join(paper.sentences) for paper in few]


STUDIES = {
    "entities": study_entities, "search": study_search, "words": study_words, "rerank": study_rerank,
    "cells": study_cells, "answers": study_answers, "summaries": study_summaries,
}  # fmt: skip


if __name__ == "__main__":
    main(__doc__, STUDIES, partial(Study, NAME))
