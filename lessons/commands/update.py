"""`lessons update`: today's version of a lesson beside the learner's copy, as in `lessons.commands.copies`."""

from __future__ import annotations

import argparse

HELP = "lay today's version of a lesson beside your copy"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which lessons, for example 08")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.commands import copies

    return copies.update(options.numbers)
