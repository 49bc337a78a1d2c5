"""`lessons site`: the course as a folder of pages with a front page, as in `lessons.teaching.pages.site`."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "export the whole course to a folder: a front page with a search, and a page for each notebook"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="an empty folder, or one with such a site")
    widgets = "run the notebooks' code, so that widgets that need their models live as well"
    parser.add_argument("--run", dest="run_cells", action="store_true", help=widgets)
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")
    kept = "where the course is kept, for a link on the front page"
    parser.add_argument("--source", default="", metavar="ADDRESS", help=kept)


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching.pages import site

    return site.run(options.folder, options.run_cells, options.cell_timeout, options.source)
