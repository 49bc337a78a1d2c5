"""`lessons run`: every notebook from top to bottom, as in `lessons.teaching.running`."""

from __future__ import annotations

import argparse

HELP = "execute the notebooks from top to bottom, without a browser"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which ones (default: all)")
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching import running

    return running.run(options.numbers, options.cell_timeout)
