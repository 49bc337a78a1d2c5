"""`lessons grade`: a folder of submitted notebooks, as in `lessons.teaching.grading`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "grade a folder of submitted notebooks: a table, a page per student"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("folder", metavar="FOLDER", help="the notebooks, a folder per student, or a platform's .zip")
    parser.add_argument("--out", required=True, metavar="FILE", help="the table to write, for example grades.csv")
    parser.add_argument("--jobs", type=int, metavar="N", help="notebooks to run at a time (default: one per core)")
    parser.add_argument("--seed", type=int, metavar="N", help="the fresh inputs of an earlier table")
    parser.add_argument(
        "--sandbox",
        choices=["auto", "required", "off"],
        default="auto",
        help="auto: required where bwrap is installed, else a warning; required; off: in a container of your own",
    )
    parser.add_argument("--again", action="store_true", help="grade anew what an earlier run has graded")
    _class(parser.add_argument_group("the class"))
    _marks(parser.add_argument_group("what counts"))


def _class(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--roster", type=Path, metavar="FILE", help="who is in it: a CSV file, or a platform's export")
    group.add_argument("--export", nargs="?", const="", metavar="COLUMN", help="fill this column of the roster's copy")
    group.add_argument("--overrides", type=Path, metavar="FILE", help="your decisions: student,exercise,points,reason")


def _marks(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--lessons", nargs="+", default=[], metavar="NN", help="what is due from everybody, such as 01")
    group.add_argument("--exercises", type=Path, metavar="FOLDER", help="exercises of your own, outside the course")
    group.add_argument("--points", choices=["one", "stars"], default="one", help="what an exercise is worth")
    group.add_argument("--partial", action="store_true", help="a share of the points for a share of the inputs")
    group.add_argument("--attempts", choices=["each", "best", "last"], default="each", help="of several by one student")
    group.add_argument("--due", default="", metavar="TIME", help='until when, such as "2026-02-01 23:59"')
    group.add_argument("--late-days", type=int, default=0, metavar="N", help="days late that cost nothing")
    group.add_argument("--late-cost", type=float, default=0, metavar="PERCENT", help="off for each day after these")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching.grading.grade import grade
    from lessons.teaching.grading.term import Term

    term = Term(
        roster=options.roster,
        lessons=options.lessons,
        exercises=options.exercises,
        overrides=options.overrides,
        export=options.export,
        by_stars=options.points == "stars",
        partial=options.partial,
        attempts=options.attempts,
        due=options.due,
        late_days=options.late_days,
        cost=options.late_cost / 100,
    )
    grade(
        Path(options.folder),
        Path(options.out),
        jobs=options.jobs,
        wanted=options.sandbox,
        seed=options.seed,
        anew=options.again,
        term=term,
    )
    return 0
