"""Examples of one's own: a list of texts with labels, or a CSV file, checked, cleared of repetitions and split."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lessons.kit import checks
from lessons.kit.datasets import LabelledData, Split, normalised, trec_questions

LEAST = 10  # examples of each label: six to learn from, two to choose with, two to judge by
COLUMNS = ("text", "label")
Rows = list[tuple[object, object]]


def epochs_for(n: int) -> int:
    """Passes over n examples so that about 2,000 are seen: 2 at least, 40 at most (`benchmarks/fine_tuning.py epochs`).

    Raises ValueError for less than one example.
    """
    checks.whole(n=n)
    return max(2, min(40, round(2000 / n)))


def own_examples(source: Sequence[str] | str | Path, labels: Sequence[object] | None = None) -> LabelledData:
    """Texts and labels of one's own in three splits, every label in each: three fifths, one fifth, one fifth.

    `source` is a list of texts, with `labels` beside it, or a CSV file whose first line names the columns text and
    label. Repetitions are kept once. Which text goes where is decided by a hash, the same everywhere.

    Raises ValueError with a sentence for each thing that is wrong, FileNotFoundError for a file that is not there.
    """
    name, rows = ("my examples", _paired(source, labels)) if labels is not None else _from_file(source)
    if found := problems(rows):
        raise ValueError("\n".join(["These examples cannot be used yet:", *(f"- {each}" for each in found)]))
    texts: dict[str, dict[str, str]] = defaultdict(dict)  # label -> normalised text -> text
    for text, label in rows:
        texts[str(label).strip()].setdefault(normalised(str(text)), str(text).strip())
    names = tuple(sorted(texts))
    parts: dict[str, list[tuple[str, int]]] = {"train": [], "validation": [], "test": []}
    for label, label_name in enumerate(names):
        ordered = [texts[label_name][key] for key in sorted(texts[label_name], key=_rank)]
        fifth = len(ordered) // 5
        cuts = {"test": ordered[:fifth], "validation": ordered[fifth : 2 * fifth], "train": ordered[2 * fifth :]}
        for part, chosen in cuts.items():
            parts[part] += [(text, label) for text in chosen]
    train, validation, test = (
        _split(sorted(parts[part], key=lambda row: _rank(row[0]))) for part in ("train", "validation", "test")
    )
    return LabelledData(name, train, validation, test, names, source=name, licence="yours to know")


def example_file(folder: str | Path, n_each: int = 40) -> Path:
    """Write questions.csv, a file to try with: questions that ask for a person, a place or a number; so many of each.

    Raises ValueError for less than one.
    """
    checks.whole(n_each=n_each)
    questions, file = trec_questions(), Path(folder) / "questions.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for name in ("human", "location", "number"):
            chosen = np.flatnonzero(questions.train.labels == questions.label_names.index(name))[:n_each]
            writer.writerows([questions.train.inputs[i], name] for i in chosen)
    return file


def _split(rows: list[tuple[str, int]]) -> Split[Sequence[str]]:
    return Split(tuple(text for text, _ in rows), np.array([label for _, label in rows], dtype=np.int64))


def _rank(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _paired(texts: object, labels: Sequence[object]) -> Rows:
    """Raises ValueError unless both are lists of the same length."""
    for what, given in (("texts", texts), ("labels", labels)):
        if isinstance(given, str | Path) or not hasattr(given, "__len__"):
            raise ValueError(f"Give a list of {what}, not {given!r:.60}.")
    if len(texts) != len(labels):  # type: ignore[arg-type]
        raise ValueError(f"One label for each text is due: {len(texts)} texts, {len(labels)} labels.")  # type: ignore[arg-type]
    return list(zip(texts, labels, strict=True))  # type: ignore[call-overload]


def _from_file(source: object) -> tuple[str, Rows]:
    """The name and the rows of a CSV file. Raises ValueError for one that is not UTF-8, or lacks a column."""
    if not isinstance(source, str | Path):
        raise ValueError("Give the labels, too: own_examples(texts, labels); or the name of a CSV file.")
    file = Path(source)
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {str(source)!r:.80}. (With a list of texts, give the labels, too.)")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns, rows = reader.fieldnames or [], list(reader)
    except UnicodeDecodeError as error:
        raise ValueError(f"{file.name} is not UTF-8 (byte {error.start}): save it as “CSV UTF-8”.") from error
    if missing := [column for column in COLUMNS if column not in columns]:
        there = ", ".join(map(repr, columns)) or "nothing"
        raise ValueError(f"The first line of {file.name} must name the column {missing[0]!r}; it names {there}.")
    return file.name, [(row["text"], row["label"]) for row in rows]


# --- what may be wrong ------------------------------------------------------------------------------------------------


def problems(rows: Rows) -> list[str]:
    """A sentence for each thing that keeps (text, label) rows from being learnt from; rows are counted from 1."""
    for check in (_empty, _contradictions, _label_problems):  # what a later check says may follow from an earlier one
        if found := check(rows):
            return found
    return []


def _empty(rows: Rows) -> list[str]:
    if not rows:
        return ["There is no row."]
    no_text = [n for n, (text, _) in enumerate(rows, 1) if not (isinstance(text, str) and normalised(text))]
    no_label = [n for n, (_, label) in enumerate(rows, 1) if label is None or not str(label).strip()]
    found = [f"Without a text, or with nothing but signs in it: {_places(no_text)}."] if no_text else []
    return found + ([f"Without a label: {_places(no_label)}."] if no_label else [])


def _contradictions(rows: Rows) -> list[str]:
    seen: dict[str, tuple[int, str]] = {}
    for n, (text, label) in enumerate(rows, 1):
        before = seen.setdefault(normalised(str(text)), (n, str(label).strip()))
        if before[1] != str(label).strip():
            return [f"Rows {before[0]} and {n} hold the same text and two labels, {before[1]!r} and {str(label)!r}."]
    return []


def _label_problems(rows: Rows) -> list[str]:
    texts: dict[str, set[str]] = defaultdict(set)
    for text, label in rows:
        texts[str(label).strip()].add(normalised(str(text)))
    spelt: dict[str, str] = {}
    for name in texts:
        other = spelt.setdefault(name.casefold(), name)
        if other != name:
            return [f"The labels {other!r} and {name!r} differ only in capitals: write one of them."]
    if len(texts) == 1:
        return [f"All {len(rows)} labels are {next(iter(texts))!r}: there is nothing to tell apart."]
    if len(texts) > max(20, len(rows) // LEAST):
        return [f"There are {len(texts)} different labels for {len(rows)} texts: is `label` the right column?"]
    rare = {name: len(each) for name, each in texts.items() if len(each) < LEAST}
    return [f"The label {name!r} has {n} different texts; {LEAST} are the least to split." for name, n in rare.items()]


def _places(numbers: list[int]) -> str:
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:5]))}{more}"
