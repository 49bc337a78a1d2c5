"""A class that is made up: notebooks as 120 students hand them in, of whom some attack and some send damaged files.

For each honest one it is known which exercises are right, so a run of the grader can be held to every row. What the
hostile ones try, and how files are damaged, stands in `tests/teaching/test_grading_hostile.py`.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from lessons.exercises import Exercise, Kind, catalogue
from lessons.teaching.grading.report import Row
from lessons.tutor import CodeExercise, Quiz
from tests.teaching import test_grading_hostile as hostile

LESSONS = {"linear_models": "01_linear_models", "attention": "05_attention"}
WAYS = ("solved", "stub", "wrong", "by value", "by a name", "called", "in a loop", "missing")


@dataclass
class Classroom:
    """Who is in the class: for each honest student the exercises that are right, the ids of all that were due."""

    right: dict[str, set[str]] = field(default_factory=dict)
    due: dict[str, set[str]] = field(default_factory=dict)
    hostile: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def wrongly_graded(self, rows: list[Row]) -> list[str]:
        """The honest students whose row is not as it should be, and whoever else has points that are not theirs."""
        found = {row.student: row for row in rows}
        bad = [name for name in self.right if name not in found or not self._is_right(name, found[name])]
        return bad + [name for name in [*self.hostile, *self.damaged] if name not in found]

    def _is_right(self, name: str, row: Row) -> bool:
        correct = {one for one, (verdict, _) in row.results.items() if verdict.kind is Kind.CORRECT}
        return correct == self.right[name] and row.results.keys() == self.due[name]


def make(folder: Path, students: int = 120, attackers: int = 20, broken: int = 10, seed: int = 0) -> Classroom:
    """Write a class of so many notebooks, attackers and broken files among them, into a folder."""
    rng, made = random.Random(seed), Classroom()
    honest = students - attackers - broken
    for number in range(honest):
        topic = list(LESSONS)[number % len(LESSONS)]
        name = f"student-{number:03d}"
        items = [item for item in catalogue() if item.topic == topic]
        ways = [rng.choice(WAYS) for _ in items]
        ways[0] = "solved"
        made.due[name] = {item.id for item in items}
        made.right[name] = {item.id for item, way in zip(items, ways, strict=True) if way not in WAYS[1:3] + WAYS[-1:]}
        cells = ["import numpy as np\nfrom lessons.exercises import answer, exercise"]
        for item, way in zip(items, ways, strict=True):
            cells += _cells(item, way)
        _write(folder, name, LESSONS[topic], json.dumps({"cells": [_cell(one) for one in cells]}).encode())
    made.hostile = _others(
        folder, "attacker", {n: hostile.attack(*rest).encode() for n, (_, *rest) in _attacks()}, attackers
    )
    made.damaged = _others(folder, "damaged", {n: content for n, (content, _) in hostile.FILES.items()}, broken)
    return made


def _attacks() -> list[tuple[str, tuple]]:
    """Those that were tried in earnest first, then those of every kind; without places in the file system."""
    chosen = [*hostile.TRIED.items(), *hostile.ATTACKS.items()]
    return [(name, one) for name, one in chosen if not any(word.isupper() and len(word) > 4 for word in one[1].split())]


def _others(folder: Path, kind: str, contents: dict[str, bytes], many: int) -> list[str]:
    names = []
    for number, (what, content) in enumerate(list(contents.items())[:many]):
        name = f"{kind}-{number:02d} {what}"
        _write(folder, name, LESSONS["linear_models"], content)
        names.append(name)
    return names


def _write(folder: Path, name: str, lesson: str, content: bytes) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / f"{lesson}.ipynb").write_bytes(content)


def _cell(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "metadata": {}, "outputs": []}


def _cells(item: Exercise, way: str) -> list[str]:
    """The cells of one exercise, handed over in this way."""
    if way == "missing":
        return []
    if not isinstance(item, CodeExercise):
        return _answer(item, way)
    source, name = item.solution_text(), item.name
    if way == "stub":
        return [item.stub_text()]
    if way == "wrong":
        source = f"def {name}({', '.join(item.parameters)}):\n    return 'nothing of the kind'"
    forms = {
        "by a name": [f"ID = '{item.id}'", f"@exercise(ID)\n{source}"],
        "called": [source, f"exercise('{item.id}')({name})"],
        "in a loop": [source, f"for id_, made in [('{item.id}', {name})]:\n    exercise(id_)(made)"],
    }
    return [item.imports, *forms.get(way, [f"@exercise('{item.id}')\n{source}"])]


def _answer(item: Exercise, way: str) -> list[str]:
    right = item.solution_text()
    wrong = repr(item.mistakes[0].attempt) if isinstance(item, Quiz) else "-12345.5"
    value = {"stub": "...", "wrong": wrong}.get(way, right)
    forms = {
        "by value": f"answer('{item.id}', value={value})",
        "by a name": f"ID = '{item.id}'\nanswer(ID, {value})",
        "called": f"shown = answer('{item.id}', {value})",
        "in a loop": f"for id_, value in [('{item.id}', {value})]:\n    answer(id_, value)",
    }
    return [forms.get(way, f"answer('{item.id}', {value})")]
