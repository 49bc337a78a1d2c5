"""`lessons reset`: a lesson anew, the old copy kept, as in `lessons.commands.copies`."""

from __future__ import annotations

import argparse

HELP = "begin a lesson anew; your copy is kept aside with a date"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which lessons, for example 08")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.commands import copies

    return copies.reset(options.numbers)
