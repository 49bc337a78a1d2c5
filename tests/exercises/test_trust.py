"""What the exercises answer to attempts as learners make them, and to changed solutions (docs/trust.md)."""

from __future__ import annotations

import inspect

import pytest

from lessons.exercises import find
from lessons.tutor import CodeExercise, Exercise
from lessons.tutor.verdict import Kind
from tests.support import trust
from tests.support.attempts import FOLDER, HELD_OUT, asked, judged, load
from tests.support.mutants import accepts, code_exercises, equivalent, mutants, sample

SAMPLE, SEED = 4, 0  # mutants of each solution that are tried here; `python -m tests.support.trust` tries all
NAMED = 0.7  # of the wrong attempts at the exercises of a topic are told what is wrong

each_exercise = pytest.mark.parametrize("item", asked(), ids=lambda item: item.id)
each_function = pytest.mark.parametrize("item", code_exercises(), ids=lambda item: item.id)


@each_exercise
def test_right_attempts_are_accepted_and_wrong_ones_refused_as_the_page_says(item: Exercise) -> None:
    verdicts = judged(item)
    assert {a.name: v.sentence for a, v in verdicts if a.right and v.kind is not Kind.CORRECT} == {}
    assert [a.name for a, v in verdicts if not a.right and v.kind is Kind.CORRECT] == []
    (row,) = trust.rows([item])
    assert trust.line(*row) in trust.PAGE.read_text(encoding="utf-8").splitlines()


@each_exercise
def test_there_are_three_other_right_answers_and_many_wrong_ones(item: Exercise) -> None:
    attempts = [each for each in load(item) if not each.held_out]
    functions = [inspect.getsource(each.attempt) for each in attempts if callable(each.attempt)]
    assert len(set(functions)) == len(functions)
    assert sum(each.right for each in attempts) >= 3
    assert sum(not each.right for each in attempts) >= 10


@pytest.mark.parametrize("topic", sorted({item.topic for item in asked()}))
@pytest.mark.parametrize("column", [4, 5], ids=["all", "held out"])
def test_seven_of_ten_wrong_attempts_are_told_what_is_wrong(topic: str, column: int) -> None:
    shares = [trust.figures(text)[column] for name, text in trust.lines().items() if name.startswith(f"{topic}.")]
    assert sum(named for named, *_ in shares) >= NAMED * sum(wrong for _, wrong, _ in shares)


def test_the_page_has_a_line_for_each_exercise_and_one_that_adds_them_up() -> None:
    *rows, last = trust.lines().values()
    assert list(trust.lines()) == [*(item.id for item in asked()), "**all**"]
    assert last == trust.whole(rows)
    assert trust.PAGE.read_text(encoding="utf-8") == trust.HEAD + "\n".join([*rows, last]) + "\n"


def test_every_file_of_attempts_belongs_to_an_exercise() -> None:
    for path in FOLDER.rglob("*.py"):
        assert find(f"{path.parent.name}.{path.stem.removesuffix(HELD_OUT)}").topic == path.parent.name


@each_function
def test_a_changed_solution_is_refused(item: CodeExercise) -> None:
    """A seeded sample; see docs/trust.md for all of them."""
    listed = equivalent().get(item.id, {})
    chosen = sample(item, SAMPLE, SEED)
    assert {mutant.change for mutant in chosen if accepts(item, mutant)} == {m.change for m in chosen} & listed.keys()


@each_function
def test_what_is_listed_as_equivalent_is_a_change_of_the_solution_and_has_a_reason(item: CodeExercise) -> None:
    listed = equivalent().get(item.id, {})
    assert listed.keys() <= {mutant.change for mutant in mutants(item.solution)}
    assert all(reason.endswith(".") and len(reason.split()) >= 3 for reason in listed.values()), listed


def test_only_exercises_are_listed() -> None:
    assert equivalent().keys() <= {item.id for item in code_exercises()}


def example(values: list[float], limit: float, axis: int = 0) -> list[float]:
    """A function with a few things to change."""
    total = 0.0
    for value in values[1:]:
        if value < limit and not axis:
            total += value
    return [total, -limit]


def test_a_program_changes_what_beginners_get_wrong() -> None:
    changes = {mutant.change for mutant in mutants(example)}
    assert {
        "for value in values[1:]: -> for value in values:",
        "for value in values[1:]: -> for value in values[2:]:",
        "if value < limit and (not axis): -> if value <= limit and (not axis):",
        "if value < limit and (not axis): -> if value < limit or not axis:",
        "if value < limit and (not axis): -> if value < limit:",
        "total += value -> total = value",
        "total += value -> total -= value",
        "total += value -> pass",
        "return [total, -limit] -> return [total, limit]",
        "return [total, -limit] -> return [total, -axis]",
    } <= changes
    assert len({mutant.source for mutant in mutants(example)}) == len(mutants(example)) > 20
