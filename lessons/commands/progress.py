"""`lessons progress`: which exercises are solved, as in `lessons.tutor.overview`."""

from __future__ import annotations

import argparse

HELP = "show which exercises you have solved"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument(
        "--reset",
        nargs="*",
        metavar="NN",
        help="forget a lesson (08), an exercise (fine_tuning.pad_batch), or everything",
    )


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.exercises import catalogue
    from lessons.tutor import overview

    if options.reset is not None:
        overview.forget(options.reset, catalogue())
    overview.show(catalogue())
    return 0
