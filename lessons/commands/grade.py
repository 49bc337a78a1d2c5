"""`lessons grade`: a folder of submitted notebooks, as in `lessons.teaching.grading`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "grade a folder of submitted notebooks: a table, a page per student"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("folder", metavar="FOLDER", help="the notebooks, or a folder for each student")
    parser.add_argument("--out", required=True, metavar="FILE", help="the table to write, for example grades.csv")
    parser.add_argument("--jobs", type=int, metavar="N", help="notebooks to run at a time (default: one per core)")
    parser.add_argument(
        "--sandbox",
        choices=["auto", "required", "off"],
        default="auto",
        help="auto: required where bwrap is installed, else a warning; required; off: in a container of your own",
    )
    parser.add_argument("--again", action="store_true", help="grade anew what an earlier run has graded")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching.grading.grade import grade

    grade(Path(options.folder), Path(options.out), jobs=options.jobs, wanted=options.sandbox, anew=options.again)
    return 0
