"""`lessons nbgrader`: assignments for nbgrader, as in `lessons.teaching.nbgrader`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "for teachers: export notebooks as assignments of nbgrader"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which notebooks, for example 01 02")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the folder of your nbgrader course")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching import nbgrader

    return nbgrader.run(options.numbers, options.out)
