"""Attempts in the manner of learners, written before any solution was seen: what the exercises answer to them.

`tests/exercises/attempts/tokens/merge.py` holds functions named `right_...` and `wrong_...` for `tokens.merge`; for an
exercise that asks for a number, `RIGHT` and `WRONG` list numbers. From these the known mistakes were chosen, and the
inputs. `merge_held_out.py` has more, written when that was done: how many of these are told what is wrong is the fairer
figure. The files are written as learners write, so they are held to no style.

`python -m tests.support.attempts tokens` prints each verdict that is not as it should be, and how many of the wrong
attempts were told what is wrong; `--held-out` looks at those alone, and `--all` prints every verdict, to be read.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons.course.places import ROOT
from lessons.exercises import catalogue
from lessons.tutor import CodeExercise, Exercise, Quiz
from lessons.tutor.verdict import Kind, Verdict

FOLDER = ROOT / "tests/exercises/attempts"
HELD_OUT = "_held_out"  # how the names of those files end
CAUSES = (  # in sentences that name what is wrong, though no stored mistake was met
    "changes its input",
    "shares its memory",
    "leaves gradients switched on",
    "no gradient flows",
    "to do it without",
    "(Python says:",
    "a loop that never ends",
    "returns nothing (None)",
    "should be a list, and is",
    "should be a dictionary, and is",
)


@dataclass(frozen=True)
class Attempt:
    """One attempt: its name, what it is, whether it is right."""

    name: str
    attempt: Any
    right: bool
    about: str = ""
    held_out: bool = False


@dataclass
class Tally:
    """How the attempts of one exercise fared. `named` counts the wrong ones that were told what is wrong."""

    right: int = 0
    accepted: int = 0
    wrong: int = 0
    refused: int = 0
    named: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def load(item: Exercise) -> list[Attempt]:
    """The attempts at an exercise, in the order of their file; none if there is no file."""
    topic, _, name = item.id.partition(".")
    paths = [FOLDER / topic / f"{name}{ending}.py" for ending in ("", HELD_OUT)]
    return [each for path in paths if path.is_file() for each in read(path, isinstance(item, CodeExercise))]


def read(path: Path, functions: bool) -> Iterator[Attempt]:
    """The attempts in a file."""
    spec = importlib.util.spec_from_file_location(f"attempts_{path.parent.name}_{path.stem}", path)
    assert spec
    assert spec.loader
    module, held_out = importlib.util.module_from_spec(spec), path.stem.endswith(HELD_OUT)
    spec.loader.exec_module(module)
    if not functions:
        yield from (Attempt(repr(value), value, True, "", held_out) for value in module.RIGHT)
        yield from (Attempt(repr(value), value, False, about, held_out) for value, about in module.WRONG)
        return
    for name, value in list(vars(module).items()):  # a warning in an attempt adds to them
        if name.startswith(("right_", "wrong_")):
            yield Attempt(name, value, name.startswith("right_"), inspect.getdoc(value) or "", held_out)


@functools.cache
def judged(item: Exercise) -> list[tuple[Attempt, Verdict]]:
    """Each attempt at an exercise with its verdict."""
    return [(attempt, item.check(attempt.attempt)) for attempt in load(item)]


def names_the_cause(verdict: Verdict) -> bool:
    """Whether a verdict says what is wrong, and not only that or where it is."""
    return verdict.kind is Kind.KNOWN_MISTAKE or any(cause in verdict.sentence for cause in CAUSES)


def tally(verdicts: list[tuple[Attempt, Verdict]]) -> Tally:
    """The figures of these verdicts."""
    found = Tally()
    for attempt, verdict in verdicts:
        correct = verdict.kind is Kind.CORRECT
        found += Tally(
            right=attempt.right,
            accepted=attempt.right and correct,
            wrong=not attempt.right,
            refused=not attempt.right and not correct,
            named=not attempt.right and names_the_cause(verdict),
        )
    return found


def asked(prefix: str = "") -> list[Exercise]:
    """The exercises that ask for a function or a number, those of a topic, or one."""
    return [item for item in catalogue() if not isinstance(item, Quiz) and item.id.startswith(prefix)]


def main() -> None:
    """Print what was answered to the attempts at the named exercises, or at all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=[""], help="exercises or topics, such as tokens or tokens.merge")
    parser.add_argument("--held-out", action="store_true", help="only those that served for no choice")
    parser.add_argument("--all", action="store_true", help="print every verdict on a wrong attempt, with its details")
    options = parser.parse_args()
    total = Tally()
    for item in [item for name in options.names for item in asked(name)]:
        verdicts = [(each, verdict) for each, verdict in judged(item) if each.held_out or not options.held_out]
        found = tally(verdicts)
        total += found
        print(f"{item.id:36} {_figures(found)}")
        for attempt, verdict in verdicts:
            correct = verdict.kind is Kind.CORRECT
            unnamed = not attempt.right and not names_the_cause(verdict)
            if attempt.right != correct or unnamed or (options.all and not attempt.right):
                fault = "" if attempt.right != correct else "  "
                print(f"  {fault or '!!'} {attempt.name}: {attempt.about}\n       {verdict.kind}: {verdict.sentence}")
                if options.all:
                    print("".join(f"       | {label}: {text}\n" for label, text in verdict.details), end="")
    print(f"{'all':36} {_figures(total)}")


def _figures(found: Tally) -> str:
    return (
        f"right: {found.accepted}/{found.right} accepted; wrong: {found.refused}/{found.wrong} refused, "
        f"{found.named} named ({found.named / max(found.wrong, 1):.0%})"
    )


if __name__ == "__main__":
    main()
