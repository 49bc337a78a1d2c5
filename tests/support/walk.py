"""The commands in docs/teaching.md, played: what the page shows is what they print.

`python -m tests.support.walk` writes what they print today into the page; a test compares. Seconds and megabytes may
differ, and long tables may be cut (`...`).
"""

from __future__ import annotations

import io
import re
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import nbformat

from lessons.commands import cli
from lessons.course import places
from lessons.teaching import solve
from lessons.teaching.grading import sandbox
from lessons.teaching.grading.sandbox import Limits
from lessons.teaching.pages import export
from tests.support import homework

PAGE = places.ROOT / "docs" / "teaching.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BAR = re.compile(r".*\d+/\d+ \[.*notebook.*")
VARY = ((r"\d+(?:\.\d+)? s\b", "N s"), (r"\d+\.\d MB", "N MB"))


@dataclass(frozen=True)
class Step:
    """One command of the page and what the page says that it prints."""

    command: str
    shown: str


def steps(text: str) -> list[list[Step]]:
    """The commands of each block of the page."""
    return [[Step(*one) for one in _commands(block[1])] for block in BLOCK.finditer(text)]


def _commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = f"{command}\n{more}"
        yield command, shown


def plain(text: str) -> str:
    """What is printed, without what differs from one machine to the next."""
    for pattern, word in VARY:
        text = re.sub(pattern, word, text)
    return text


class Stage:
    """A folder with the class's files, in which commands run as the page has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = homework.made(folder)
        for name, source in FILE.findall(PAGE.read_text(encoding="utf-8")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(source, encoding="utf-8")
        (folder / "short").mkdir()
        nbformat.write(homework.short(), folder / "short" / f"{homework.LESSON}.ipynb")
        self.walls = _walls()

    def play(self, command: str) -> str:
        """What a command prints."""
        words = shlex.split(command.replace("\\\n", " "))
        with chdir(self.folder):
            match words:
                case ["lessons", *arguments]:
                    return self._lessons(arguments)
                case ["cat", name]:
                    return Path(name).read_text(encoding="utf-8-sig").replace("\r\n", "\n")
                case ["ls", name]:
                    return "".join(f"{entry.name}\n" for entry in sorted(Path(name).iterdir()))
        raise ValueError(f"The page may not say: {command}")

    def _lessons(self, arguments: Sequence[str]) -> str:
        out, err = io.StringIO(), io.StringIO()
        notebooks = self.folder / "short" if arguments[0] == "solve" else places.NOTEBOOKS  # in seconds, not in 35
        more = [] if arguments[0] != "grade" or self.walls else ["--sandbox", "off"]
        with (
            patch.object(places, "NOTEBOOKS", notebooks),
            patch.object(solve, "SOLVED", Path("build/solved")),
            patch.object(export, "PAGES", Path("build/pages")),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = cli.main([*arguments, *more])
        lines = out.getvalue().replace("\r", "\n").splitlines()
        printed = "".join(f"{line.rstrip()}\n" for line in lines if not BAR.match(line)).lstrip("\n")
        return printed + (err.getvalue() if code else "")


def _walls() -> bool:
    """Whether there is a sandbox here; without one the page's commands print the same."""
    with sandbox.view() as view:
        return not sandbox.build(view, [], Limits(start_seconds=60))[1]


def rewritten(text: str, stage: Stage) -> str:
    """The page with what its commands print now."""

    def played(block: re.Match[str]) -> str:
        made = "".join(f"$ {command}\n{stage.play(command)}" for command, _ in _commands(block[1]))
        return f"```console\n{made}```"

    return BLOCK.sub(played, text)


def main() -> None:
    """Play the page and write it anew."""
    with tempfile.TemporaryDirectory() as folder:
        text = rewritten(PAGE.read_text(encoding="utf-8"), Stage(Path(folder)))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
