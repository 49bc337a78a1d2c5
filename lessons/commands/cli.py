"""The command line `lessons`: open the course, run it, test it, look after it.

Each verb is a file beside this one with its HELP, its `arguments(parser)` and its `command(options)`, which returns the
exit code. To add a verb, write such a file and put it into VERBS. The files import nothing heavy before their command
runs, so that `lessons --help` is instant.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from lessons.commands import (
    chapter,
    doctor,
    grade,
    lab,
    nbgrader,
    pack,
    page,
    progress,
    reset,
    run,
    site,
    solve,
    test,
    update,
)
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.surroundings import dll_advice, forgiving

VERBS = (lab, run, test, update, reset, doctor, progress, solve, grade, nbgrader, pack, page, site, chapter)


class Options(argparse.ArgumentParser):
    """A parser that also reads options from a file: `lessons grade submitted @hw1.txt`; `#` begins a comment."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"fromfile_prefix_chars": "@"})

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        """The words of one line, with quotes as in a terminal."""
        return shlex.split(arg_line, comments=True)


def parser() -> argparse.ArgumentParser:
    """The command line of the course."""
    top = argparse.ArgumentParser(
        prog="lessons",
        description="Understand Transformers by building them, then fine-tune a real one.",
        epilog="`lessons COMMAND --help` tells more about a command.",
    )
    commands = top.add_subparsers(metavar="COMMAND", title="commands", parser_class=Options)
    for verb in VERBS:
        below = commands.add_parser(verb.__name__.rpartition(".")[2], help=verb.HELP)
        verb.arguments(below)
        below.set_defaults(run=verb.command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and turns an expected problem into one sentence on stderr."""
    forgiving(sys.stdout, sys.stderr)
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")  # on a Mac's GPU, what it lacks runs on the CPU
    options = parser().parse_args(arguments)
    if not hasattr(options, "run"):
        parser().print_help()
        return 0
    try:
        return options.run(options)
    except CourseError as problem:
        print(f"lessons: {problem}", file=sys.stderr)
        return 1
    except (ImportError, OSError) as error:
        if not (advice := _advice(error)):
            raise
        print(f"lessons: {advice}\n  {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _advice(error: Exception) -> str:
    """What to do about a library that Windows lacks, or about a course that is not there; "" for any other error."""
    if isinstance(error, FileNotFoundError) and not places.is_course(places.ROOT):
        return places.NO_COURSE
    return dll_advice(str(error))
