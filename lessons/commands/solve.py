"""`lessons solve`: copies with the solutions in place, as in `lessons.teaching.solve`."""

from __future__ import annotations

import argparse

HELP = "write copies with the solutions in place, and run them"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which notebooks (default: all)")
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching import solve

    return solve.run(options.numbers, options.cell_timeout)
