"""The command `lessons`: open the course, run it, test it, look after it.

Each command is one function that adds its parser and names what to run; what it runs is imported only then, so that
`lessons --help` is instant. To add a command, write such a function and put it into COMMANDS.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lessons.errors import CourseError


def _lab(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("lab", help="open the course in JupyterLab, in your own copies of the notebooks")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    parser.add_argument("--port", type=_port, default=8888, metavar="N", help="port to listen on (default 8888)")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import lab

        return lab.start(options.port, browser=not options.no_browser)

    parser.set_defaults(run=run)


def _run(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("run", help="execute the notebooks from top to bottom, without a browser")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which ones (default: all)")
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import headless

        return headless.run(options.numbers, options.cell_timeout)

    parser.set_defaults(run=run)


def _test(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("test", help="run every check of the course: style, types, tests, notebooks")
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these: lint format types unit notebooks")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import checks

        return checks.run(options.steps)

    parser.set_defaults(run=run)


def _update(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("update", help="lay today's version of a lesson beside your copy")
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which lessons, for example 08")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import copies

        return copies.update(options.numbers)

    parser.set_defaults(run=run)


def _reset(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("reset", help="begin a lesson anew; your copy is kept aside with a date")
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which lessons, for example 08")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import copies

        return copies.reset(options.numbers)

    parser.set_defaults(run=run)


def _doctor(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("doctor", help="check Python, packages, assets, disk, memory; say what to do")
    parser.add_argument("--repair", action="store_true", help="install the assets again if one is missing or damaged")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import doctor

        return doctor.run(repair=options.repair)

    parser.set_defaults(run=run)


def _progress(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("progress", help="show which exercises you have solved")
    parser.add_argument(
        "--reset",
        nargs="*",
        metavar="NN",
        help="forget a lesson (08), an exercise (fine_tuning.pad_batch), or everything",
    )

    def run(options: argparse.Namespace) -> int:
        from lessons.exercises.engine import overview

        if options.reset is not None:
            overview.forget(options.reset)
        overview.show()
        return 0

    parser.set_defaults(run=run)


def _solve(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("solve", help="write copies with the solutions in place, and run them")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which notebooks (default: all)")
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")

    def run(options: argparse.Namespace) -> int:
        from lessons import solve

        return solve.run(options.numbers, options.cell_timeout)

    parser.set_defaults(run=run)


def _nbgrader(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("nbgrader", help="for teachers: export notebooks as assignments of nbgrader")
    parser.add_argument("numbers", nargs="+", metavar="NN", help="which notebooks, for example 01 02")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the folder of your nbgrader course")

    def run(options: argparse.Namespace) -> int:
        from lessons import nbgrader

        return nbgrader.run(options.numbers, options.out)

    parser.set_defaults(run=run)


def _page(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("page", help="export a notebook to one HTML file that needs no kernel and no network")
    parser.add_argument("notebooks", nargs="*", metavar="NN", help="which ones: a number, or the path of a notebook")
    parser.add_argument("--all", action="store_true", help="every notebook of the course")
    parser.add_argument("--out", metavar="PLACE", help="the file, or a folder for several (default: build/pages)")
    parser.add_argument("--slides", action="store_true", help="shown slide by slide: keys, a clicker, N for the notes")
    widgets = "run the notebook's code, so that widgets that need its models live as well"
    parser.add_argument("--run", dest="run_cells", action="store_true", help=widgets)
    parser.add_argument("--cell-timeout", type=int, default=600, metavar="S", help="seconds a cell may take (600)")

    def run(options: argparse.Namespace) -> int:
        from lessons.pages import export

        asked = (options.notebooks, options.all, options.out, options.run_cells, options.cell_timeout)
        return export.run(*asked, as_slides=options.slides)

    parser.set_defaults(run=run)


def _pack(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("pack", help="for teachers: fill a folder from which the course installs offline")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="an empty folder, or one to complete")
    parser.add_argument("--platform", default="", help="linux, windows or macos (default: this machine's)")
    parser.add_argument("--python", default="", metavar="3.N", help="Python there (default: this one's version)")

    def run(options: argparse.Namespace) -> int:
        from lessons.course import packing

        return packing.run(options.folder, options.platform, options.python)

    parser.set_defaults(run=run)


def _grade(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("grade", help="grade a folder of submitted notebooks: a table, a page per student")
    parser.add_argument("folder", metavar="FOLDER", help="the notebooks, or a folder for each student")
    parser.add_argument("--out", required=True, metavar="FILE", help="the table to write, for example grades.csv")
    parser.add_argument("--jobs", type=int, metavar="N", help="notebooks to run at a time (default: one per core)")
    parser.add_argument(
        "--sandbox",
        choices=["auto", "required", "off"],
        default="auto",
        help="auto: if there is one (Linux with bwrap); required: else run nothing; off: in a container of your own",
    )

    def run(options: argparse.Namespace) -> int:
        from lessons.grading import command

        return command.main(options.folder, options.out, options.jobs, options.sandbox)

    parser.set_defaults(run=run)


COMMANDS: list[Callable[[argparse._SubParsersAction], None]] = [
    _lab,
    _run,
    _test,
    _update,
    _reset,
    _doctor,
    _progress,
    _solve,
    _grade,
    _nbgrader,
    _pack,
    _page,
]


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; give a number from 1 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The command line of the course."""
    top = argparse.ArgumentParser(
        prog="lessons",
        description="Understand Transformers by building them, then fine-tune a real one.",
        epilog="`lessons COMMAND --help` tells more about a command.",
    )
    commands = top.add_subparsers(metavar="COMMAND", title="commands")
    for add in COMMANDS:
        add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and turns an expected problem into one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Windows console may lack letters of a path
    options = parser().parse_args(arguments)
    if not hasattr(options, "run"):
        parser().print_help()
        return 0
    try:
        return options.run(options)
    except CourseError as problem:
        print(f"lessons: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
