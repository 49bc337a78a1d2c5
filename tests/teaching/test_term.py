"""A teacher's term: roster, lateness, attempts, points, overrides, own exercises, exports to three platforms."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lessons.commands import cli
from lessons.course.errors import CourseError
from lessons.exercises import Kind, Verdict, find
from lessons.teaching.grading import export, overrides, own, roster, rows, term
from lessons.teaching.grading.checker import Checker
from lessons.teaching.grading.collect import gather
from lessons.teaching.grading.marks import Due, Points, shown
from lessons.teaching.grading.reading import Submission
from lessons.teaching.grading.report import Row
from lessons.teaching.grading.roster import Person
from lessons.teaching.grading.sandbox import Limits
from lessons.teaching.grading.term import Rules, Term
from lessons.tutor.observe import Outcome

LEAK, MSE, RIDGE = "linear_models.quiz_leak", "linear_models.mse_gradient", "linear_models.ridge"
ITEMS = {name: find(name) for name in (LEAK, MSE, RIDGE, "gradients.quiz_price")}
RIGHT, WRONG = Verdict(Kind.CORRECT, "Yes."), Verdict(Kind.WRONG, "No.", share=0.25)
HERE = Path(__file__).with_name("test_term.py")  # it has a line, and is no roster
DUE = datetime(2026, 2, 1, 23, 59)

MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 101,Lei Li,li@uni.example,Submitted,,100.00,Yes,"Sunday, 1 February 2026, 10:00 PM",-,\n'
    'Participant 102,Bo Berg,bo@uni.example,Submitted,,100.00,Yes,"Tuesday, 3 February 2026, 1:00 AM",-,\n'
    "Participant 103,Cy Cole,cy@uni.example,No submission,,100.00,Yes,-,-,\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711),Homework 2 (4712),Current Score\n"
    "    Points Possible,,,,,10,20,(read only)\n"
    '"Li, Lei",101,s101,lli,A,,,90\n'
    '"Berg, Bo",102,s102,bberg,A,,,80\n'
    '"Student, Test",103,,,A,,,\n'
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Homework 1 [Total Pts: 30 Score] |12345"\n'
    '"Li"\t"Lei"\t"lli"\t"101"\t"2026-01-01"\t""\n'
    '"Berg"\t"Bo"\t"bberg"\t"102"\t"2026-01-01"\t""\n'
)


@dataclass
class Graded:
    """A graded submission, as the grader makes it."""

    submission: Submission
    verdicts: dict[str, Verdict]
    seconds: float = 1.0


def graded(student: str, place: str = "", when: datetime | None = None, **verdicts: Verdict) -> Graded:
    """Verdicts by the last word of the exercise's id."""
    full = {name: verdict for name in ITEMS for key, verdict in verdicts.items() if name.endswith(f".{key}")}
    return Graded(Submission(Path(place), place or f"{student}.ipynb", student, when=when), full)


def people(tmp_path: Path, text: str, encoding: str = "utf-8") -> roster.Roster:
    (tmp_path / "roster.csv").write_text(text, encoding=encoding)
    return roster.read(tmp_path / "roster.csv")


# --- the roster -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "platform", "names"),
    [
        (MOODLE, "moodle", ["Lei Li", "Bo Berg", "Cy Cole"]),
        (CANVAS, "canvas", ["Li, Lei", "Berg, Bo"]),
        (BLACKBOARD, "blackboard", ["Lei Li", "Bo Berg"]),
        ("Identifier,Status,Grade,Maximum Grade\nParticipant 7,Submitted,,100\n", "moodle", ["Participant 7"]),
        ("student;email;late days\nann;a@x.example;2\nbo;;\n", "", ["ann", "bo"]),
        ("email\nann@x.example\n", "", ["ann@x.example"]),
    ],
)
def test_a_roster_is_known_by_its_headings(text: str, platform: str, names: list[str], tmp_path: Path) -> None:
    found = people(tmp_path, text)
    assert (found.platform, [one.name for one in found.people]) == (platform, names)
    utf16 = people(tmp_path, text.removeprefix("\ufeff"), "utf-16")
    assert [one.name for one in utf16.people] == names


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("Lei Li", "Lei Li"), ("li, lei", "Lei Li"), ("LiLei", "Lei Li"), ("li", "Lei Li"), ("berg_bo", "Bo Berg"),
        ("bo@uni.example", "Bo Berg"), ("Berg", None), ("", None), ("Cölé, Cy", "Cy Cole"), ("Participant", None),
    ],
)  # fmt: skip
def test_whom_a_name_stands_for(name: str, who: str | None, tmp_path: Path) -> None:
    found = people(tmp_path, MOODLE).named(name)
    assert (found.name if found else None) == who


def test_the_platform_s_number_goes_before_the_name_and_nobody_is_guessed(tmp_path: Path) -> None:
    same = MOODLE.replace("Bo Berg", "Lei Li")
    found = people(tmp_path, same)
    files = {
        "Lei Li_102_assignsubmission_file_": "bo@uni.example",
        "Participant_103_assignsubmission_file_": "cy@uni.example",
        "Lei Li_999_assignsubmission_file_": None,
    }
    for name, email in files.items():
        folder = tmp_path / name / "in" / name
        folder.mkdir(parents=True)
        (one,) = gather(tmp_path / name / "in", tmp_path)
        person = found.match(one)
        assert (person.email if person else None) == email
    assert [one.email for one in found.candidates("Lei Li")] == ["li@uni.example", "bo@uni.example"]
    first, turned = people(tmp_path, "student\nLei Li\nLi Lei\n").people
    both = people(tmp_path, "student\nLei Li\nLi Lei\n")
    assert (both.named("lei li"), both.named("li lei")) == (both.people[0], both.people[1])
    assert (first.name, turned.name) == ("Lei Li", "Li Lei")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"), ("a,b\n1,2\n", "names nobody"), ("student\nann\nann\n", "of two people"),
        ("student,handed in\nann,late in the evening\n", "no time that is understood"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_roster_is_told(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=sentence):
        people(tmp_path, text)


# --- who gets a row ---------------------------------------------------------------------------------------------------


def test_nobody_of_the_roster_vanishes_and_strangers_are_told(tmp_path: Path) -> None:
    rules = Rules(ITEMS, roster=people(tmp_path, MOODLE))
    done = rows.assemble([graded("li lei", quiz_leak=RIGHT), graded("Zoe", quiz_leak=RIGHT)], rules)
    assert [(row.student, row.total, row.problems) for row in done] == [
        ("Bo Berg", 0, [rows.NOTHING]),
        ("Cy Cole", 0, [rows.NOTHING]),
        ("Lei Li", 1, []),
        ("Zoe", 1, [rows.NOBODY]),
    ]


def test_files_under_several_names_of_one_person_make_one_row(tmp_path: Path) -> None:
    rules = Rules(ITEMS, roster=people(tmp_path, MOODLE))
    found = [graded("Lei Li", quiz_leak=RIGHT), graded("li@uni.example", quiz_price=RIGHT)]
    row = rows.assemble(found, rules)[-1]
    assert (row.student, row.total, row.of) == ("Lei Li", 2, 2)


def test_what_is_due_counts_for_everybody_and_nothing_else_does() -> None:
    rules = Rules(ITEMS, topics=["linear_models"])
    done = rows.assemble([graded("ann", quiz_leak=RIGHT, quiz_price=RIGHT), graded("bo", quiz_price=RIGHT)], rules)
    assert [(row.total, row.of) for row in done] == [(1, 3), (0, 3)]
    assert "not due" in done[1].problems[0]


# --- points -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "right", "wrong"),
    [(Points(), 1, 0), (Points(by_stars=True), 3, 0), (Points(partial=True), 1, 0.25), (Points(True, True), 3, 0.75)],
)
def test_points_by_stars_and_in_part(points: Points, right: float, wrong: float) -> None:
    assert (points.earned(ITEMS[RIDGE], RIGHT), points.earned(ITEMS[RIDGE], WRONG)) == (right, wrong)
    assert points.earned(ITEMS[RIDGE], Verdict(Kind.NOT_ATTEMPTED, "")) == 0
    assert [shown(number) for number in (2.0, 0.666, 10.0, 1e-9)] == ["2", "0.67", "10", "0"]


def test_the_share_is_that_of_the_fresh_inputs() -> None:
    checker, item = Checker(Limits(), seed=5), find(MSE)
    drawn = checker._drawn(item)
    fresh = drawn.expected
    assert drawn.share(fresh) == 1
    assert drawn.share(fresh[:1]) == pytest.approx(1 / len(fresh))
    assert drawn.share([]) == 0
    assert drawn.share([Outcome(None) for _ in fresh]) == 0


# --- coming late ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "days"),
    [
        (None, 0), (DUE, 0), (datetime(2026, 2, 1, 23, 59, 59), 0), (datetime(2026, 2, 2, 0, 1), 1),
        (datetime(2026, 2, 2, 23, 59), 1), (datetime(2026, 2, 3, 0, 30), 2), (datetime(2026, 1, 1), 0),
    ],
)  # fmt: skip
def test_a_day_counts_once_it_has_begun(when: datetime | None, days: int) -> None:
    assert Due(DUE).days_late(when) == days


def test_time_zones_meet() -> None:
    aware = Due(datetime(2026, 2, 1, 23, 59, tzinfo=UTC))
    assert aware.days_late(datetime.fromisoformat("2026-02-02T01:30:00+02:00")) == 0
    assert aware.days_late(datetime.fromisoformat("2026-02-02T01:30:00+01:00")) == 1
    assert Due(datetime(2026, 2, 1)).days_late(datetime(2026, 3, 1, tzinfo=UTC)) in (27, 28, 29)


def test_late_days_are_free_then_cost_and_end_at_nothing() -> None:
    due = Due(DUE, free_days=1, per_day=0.25)
    assert [due.lost(days) for days in range(8)] == [0, 0, 0.25, 0.5, 0.75, 1, 1, 1]
    assert due.lost(2, free_days=2) == 0


def test_lateness_is_taken_off_each_file_and_people_may_have_their_own_days(tmp_path: Path) -> None:
    text = "student,late days\nann,0\nbo,5\n"
    rules = Rules(ITEMS, due=Due(DUE, 1, 0.5), roster=people(tmp_path, text))
    two_days = datetime(2026, 2, 3, 12)
    found = [
        graded("ann", "1.ipynb", DUE, quiz_leak=RIGHT, ridge=RIGHT),
        graded("ann", "2.ipynb", two_days, quiz_price=RIGHT),
        graded("bo", "3.ipynb", two_days, quiz_leak=RIGHT),
    ]
    ann, bo = rows.assemble(found, rules)
    assert (ann.total, ann.deducted, ann.late_days) == (2, 1, 2)
    assert (bo.total, bo.deducted, bo.late_days) == (1, 0, 2)


def test_what_canvas_marks_as_late_without_a_time_is_told() -> None:
    one = graded("ann", quiz_leak=RIGHT)
    one.submission.late = True
    (row,) = rows.assemble([one], Rules(ITEMS, due=Due(DUE, 0, 0.5)))
    assert (row.total, row.deducted) == (1, 0)
    assert "by how much is not known" in row.problems[0]


# --- several attempts -------------------------------------------------------------------------------------------------


def three_attempts() -> list[Graded]:
    return [
        graded("ann", "first.ipynb", datetime(2026, 2, 1), quiz_leak=RIGHT, ridge=WRONG, mse_gradient=RIGHT),
        graded("ann", "second.ipynb", datetime(2026, 2, 4), quiz_leak=RIGHT, ridge=RIGHT, mse_gradient=RIGHT),
        graded("ann", "third.ipynb", datetime(2026, 2, 6), quiz_leak=WRONG, ridge=WRONG, mse_gradient=WRONG),
    ]


@pytest.mark.parametrize(
    ("attempts", "cost", "totals"),
    [("each", 0.0, [2, 3, 0]), ("best", 0.0, [3]), ("best", 0.2, [2]), ("last", 0.0, [0])],
)
def test_the_best_or_the_last_attempt_counts(attempts: term.Attempts, cost: float, totals: list[float]) -> None:
    done = rows.assemble(three_attempts(), Rules(ITEMS, attempts=attempts, due=Due(DUE, 0, cost)))
    assert [row.total for row in done] == totals
    if len(totals) == 1:
        assert len([file for file in done[0].files if file.endswith("(not counted)")]) == 2


def test_a_decision_that_does_not_say_for_which_file_is_told_and_so_is_a_grade_that_stays_empty(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(f"student,exercise,points,reason\nann,{LEAK},1,\nann (third.ipynb),total,9,\n")
    decided = overrides.read(tmp_path / "o.csv", ITEMS)
    done = rows.assemble(three_attempts(), Rules(ITEMS, overrides=decided))
    assert [row.total for row in done] == [2, 3, 9]
    assert all("line 2 was not followed" in row.problems[-1] for row in done)
    found = people(tmp_path, "student\nann\nbo\n")
    done = rows.assemble(three_attempts(), Rules(ITEMS, roster=found))
    assert export.without(done, found) == ["ann"]


def test_without_times_it_is_told_that_the_last_is_not_known() -> None:
    found = [replace(one, submission=replace(one.submission, when=None)) for one in three_attempts()]
    done = rows.assemble(found, Rules(ITEMS, attempts="last"))
    assert len(done) == 3
    assert all("which is the last" in row.problems[0] for row in done)


# --- what the teacher decides -----------------------------------------------------------------------------------------

DECISIONS = f"student,exercise,points,reason\nann,{RIDGE},0.5,right idea\nann,late,0,ill\nBo Berg,total,7,by mouth\n\n"


def test_decisions_stand_against_the_machine_and_lateness(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(DECISIONS + f"cy,{LEAK},1,\n")
    decided = overrides.read(tmp_path / "o.csv", ITEMS)
    rules = Rules(ITEMS, due=Due(DUE, 0, 0.5), overrides=decided)
    late = datetime(2026, 2, 2, 12)
    found = [graded(name, "", late, quiz_leak=RIGHT, ridge=WRONG) for name in ("ann", "bo berg", "cy", "dee")]
    ann, bo, cy, dee = rows.assemble(found, rules)
    assert (ann.total, ann.deducted, ann.decided) == (1.5, 0, {RIDGE: "0.5: right idea", "late": "0: ill"})
    assert (bo.total, bo.deducted) == (7, 0)
    assert (cy.total, cy.deducted) == (1, 0)  # what is decided is not taken from
    assert (dee.total, dee.deducted, dee.decided) == (0.5, 0.5, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n", "needs the headings"),
        ("student,exercise,points\nann,linear_models.no,1\n", 'line 2: there is no exercise "linear_models.no"'),
        (f"student,exercise,points\nann,{LEAK},many\n", 'line 2: "many" is no number'),
        (f"student,exercise,points\nann,{LEAK},-1\n", 'line 2: "-1" is no number'),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_followed_is_told(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(text)
    with pytest.raises(CourseError, match=sentence):
        overrides.read(tmp_path / "o.csv", ITEMS)


def test_a_decision_on_nobody_is_told_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(DECISIONS)
    rules = Rules(ITEMS, overrides=overrides.read(tmp_path / "o.csv", ITEMS))
    rules.check([Submission(Path(), "", "ann"), Submission(Path(), "", "Bo Berg (12)", number="12")])
    with pytest.raises(CourseError, match='line 4: there is no student "Bo Berg"'):
        rules.check([Submission(Path(), "", "ann")])


# --- exports ----------------------------------------------------------------------------------------------------------


def lines(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def of_class(found: roster.Roster) -> list[Row]:
    first, second = found.people[:2]
    done = [Row(first.name, email=first.email, total=4, of=5, late_days=2, deducted=1, decided={"late": "2: agreed"})]
    absent = [Row(one.name, email=one.email, problems=[rows.NOTHING], of=5) for one in found.people[1:]]
    assert second.name == absent[0].student
    return [*done, *absent, Row("Zoe", total=5, of=5)]


def test_moodle_gets_its_worksheet_back_scaled_to_its_maximum(tmp_path: Path) -> None:
    found = people(tmp_path, MOODLE)
    done = lines(export.filled(of_class(found), found, export.column(found, "")))
    before = lines(MOODLE.removeprefix("\ufeff"))
    assert [row["Grade"] for row in done] == ["80", "", ""]
    assert done[0]["Feedback comments"] == "4 of 5 points. 1 off for 2 days late. late: 2: agreed."
    filled = {"Grade", "Feedback comments"}
    assert [{k: v for k, v in row.items() if k not in filled} for row in done] == [
        {k: v for k, v in row.items() if k not in filled} for row in before
    ]


def test_canvas_gets_the_columns_that_it_needs_and_one_assignment(tmp_path: Path) -> None:
    found = people(tmp_path, CANVAS)
    with pytest.raises(CourseError, match=r"Homework 1 \(4711\); Homework 2 \(4712\)"):
        export.column(found, "")
    text = export.filled(of_class(found), found, "Homework 2 (4712)")
    done = lines(text)
    assert list(done[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 2 (4712)"]
    assert [row["Homework 2 (4712)"] for row in done] == ["20", "16", "", ""]
    assert done[0]["Student"].strip() == "Points Possible"
    new = lines(export.filled(of_class(found), found, "Homework 3"))
    assert [row["Homework 3"] for row in new] == ["", "4", "", ""]


def test_blackboard_gets_names_and_one_column(tmp_path: Path) -> None:
    found = people(tmp_path, BLACKBOARD, "utf-16")
    name = export.column(found, "")
    done = lines(export.filled(of_class(found), found, name), "\t")
    assert list(done[0]) == ["Last Name", "First Name", "Username", "Student ID", name]
    assert [row[name] for row in done] == ["24", ""]
    place = export.write(tmp_path / "grades.csv", of_class(found), found, "")
    assert place.name == "grades-blackboard.csv"
    assert place.read_text(encoding="utf-16").startswith('"Last Name"\t')


# --- own exercises ----------------------------------------------------------------------------------------------------

OWN = '''"""Exercises that are in no notebook of the course."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from lessons.tutor import CodeExercise, mistake


def _numbers(rng: Generator) -> Iterator[tuple]:
    yield (np.array([3.0, 1.0, 2.0]),)
    yield (rng.normal(size=6),)


def spread(numbers: np.ndarray) -> float:
    """The largest number minus the smallest."""
    return numbers.max() - numbers.min()


@mistake("You took the smallest number alone.")
def _smallest(numbers: np.ndarray) -> float:
    return -numbers.min()


SPREAD = CodeExercise(
    id="quiz1.spread",
    title="How far apart",
    stars=2,
    minutes=3,
    task="Take the smallest number from the largest.",
    hints=["NumPy has both."],
    solution=spread,
    reference=lambda numbers: float(np.ptp(numbers)),
    inputs=_numbers,
    mistakes=[_smallest],
)
'''


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def spread_of(body: str) -> str:
    return notebook("import numpy as np", f'@exercise("quiz1.spread")\ndef spread(numbers):\n    return {body}')


def test_a_teacher_s_own_exercises_are_graded_from_their_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in {
        "mine/quiz1.py": OWN,
        "in/ann.ipynb": spread_of("np.max(numbers) - np.min(numbers)"),
        "in/bo.ipynb": spread_of("-np.min(numbers)"),
        "in/cy.ipynb": spread_of("open(__file__).read()"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    out = tmp_path / "out" / "grades.csv"
    call = ["grade", str(tmp_path / "in"), "--out", str(out), "--exercises", str(tmp_path / "mine")]
    assert cli.main([*call, "--lessons", "quiz1", "--points", "stars", "--seed", "7"]) == 0
    found = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(row["student"], row["total"], row["of"], row["verdict quiz1.spread"]) for row in found] == [
        ("ann", "2", "2", "correct"),
        ("bo", "0", "2", "known mistake"),
        ("cy", "0", "2", "raised an error"),
    ]
    assert {row["seed"] for row in found} == {"7"}
    assert all(row["version"] and len(row["graded"]) == 10 for row in found)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("x.txt", "", "no module"),
        ("quiz1.py", "1 / 0", "ZeroDivisionError"),
        ("quiz1.py", "x = 1", "holds no exercise"),
        ("other.py", OWN, 'must begin with "other."'),
        ("quiz1.py", OWN.replace("np.ptp(numbers)", "np.ptp(numbers) + 1"), "refuses its own solution"),
        ("linear_models.py", OWN.replace("quiz1.spread", "linear_models.ridge"), "two exercises linear_models.ridge"),
    ],
)
def test_an_own_exercise_that_is_not_right_is_told(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CourseError, match=sentence):
        own.load(tmp_path)


# --- what is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (Term(export=""), "--roster"), (Term(export="", roster=HERE), "--lessons"),
        (Term(lessons=["99"]), "no notebook 99"),
        (Term(roster=Path("nowhere.csv")), "cannot be read"), (Term(exercises=Path("nowhere")), "no module"),
        (Term(due="tomorrow"), "is no time"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_told_before_anything_runs(typed: Term, sentence: str) -> None:
    with pytest.raises(CourseError, match=sentence):
        term.read(typed)


def test_lessons_are_named_by_number_or_name() -> None:
    assert term.read(Term(lessons=["1", "02_gradients", "attention"])).topics == [
        "linear_models",
        "gradients",
        "attention",
    ]


def test_a_person_without_logins_is_told_by_the_name_alone() -> None:
    assert Person("x").keys == ()
