"""`lessons page`: a notebook as one HTML file, as in `lessons.teaching.pages`."""

from __future__ import annotations

import argparse

HELP = "export a notebook to one HTML file that needs no kernel and no network"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("notebooks", nargs="*", metavar="NN", help="which ones: a number, or the path of a notebook")
    parser.add_argument("--all", action="store_true", help="every notebook of the course")
    parser.add_argument("--out", metavar="PLACE", help="the file, or a folder for several (default: build/pages)")
    parser.add_argument("--slides", action="store_true", help="shown slide by slide: keys, a clicker, N for the notes")
    widgets = "run the notebook's code, so that widgets that need its models live as well"
    parser.add_argument("--run", dest="run_cells", action="store_true", help=widgets)
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    from lessons.teaching.pages import export

    asked = (options.notebooks, options.all, options.out, options.run_cells, options.cell_timeout)
    return export.run(*asked, as_slides=options.slides)
