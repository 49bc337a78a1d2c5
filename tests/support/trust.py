"""The figures of `docs/trust.md`: how each exercise answers to attempts of learners and to mutants of its solution.

`python -m tests.support.trust` tries all of them (minutes) and writes the page; it ends with 1, and writes nothing, if
a right attempt is refused, a wrong one accepted, or a mutant accepted that `tests/exercises/equivalent.toml` does not
list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from lessons.course.places import ROOT
from lessons.tutor import CodeExercise, Exercise

from .attempts import Tally, asked, judged, tally
from .mutants import accepts, equivalent, mutants

PAGE = ROOT / "docs/trust.md"
HEAD = """# How far a verdict can be trusted

Each exercise is tried with attempts that were written from its task alone, before the solution was seen, and with every
small change of its solution that a program can make. This page has the figures; `python -m tests.support.trust` tries
everything again and writes it, and the tests hold it to what they find.

- **right**: right attempts (loops, vectorised, recursive, library functions, other types), and how many are accepted.
- **wrong**: wrong attempts, how many are refused, and how many of them are told in a sentence what they did wrong.
- **held out**: the same share for attempts that others wrote when the known mistakes had been chosen, from the rest.
  No mistake was added to meet them, so this is what a class may expect.
- **changed**: solutions with one operator, constant, bound, term, argument or statement changed or left out, and how
  many are refused. The rest is as right as the solution; `tests/exercises/equivalent.toml` says why for each.

| exercise | right | accepted | wrong | refused | told why | held out | changed | refused | as right |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""


Row = tuple[str, Tally, Tally, int, int]


def rows(items: Iterable[Exercise]) -> list[Row]:
    """For each exercise: its id, how all attempts and those held out fared, its mutants, the equivalent ones."""
    known = equivalent()
    return [
        (
            item.id,
            tally(judged(item)),
            tally([(attempt, verdict) for attempt, verdict in judged(item) if attempt.held_out]),
            len(mutants(item.solution)) if isinstance(item, CodeExercise) else 0,
            len(known.get(item.id, {})),
        )
        for item in items
    ]


def page(found: Sequence[Row]) -> str:
    """The page, from those rows."""
    lines = [_line(*row) for row in found]
    totals = [sum((row[i] for row in found), Tally()) for i in (1, 2)]
    lines.append(_line("**all**", *totals, *(sum(row[i] for row in found) for i in (3, 4))))
    return HEAD + "\n".join(lines) + "\n"


def _line(name: str, found: Tally, held_out: Tally, changed: int, as_right: int) -> str:
    told = [f"{each.named} of {each.wrong} ({each.named / max(each.wrong, 1):.0%})" for each in (found, held_out)]
    cells = (name, found.right, found.accepted, found.wrong, found.refused, *told)
    return "| " + " | ".join(map(str, (*cells, changed, changed - as_right, as_right))) + " |"


def problems(item: Exercise) -> list[str]:
    """What an exercise gets wrong, a sentence each; this runs all its mutants."""
    found = [
        f"{item.id} {'refuses' if attempt.right else 'accepts'} {attempt.name}: {verdict.sentence}"
        for attempt, verdict in judged(item)
        if attempt.right != (verdict.kind == "correct")
    ]
    if isinstance(item, CodeExercise):
        known = equivalent().get(item.id, {})
        accepted = {mutant.change for mutant in mutants(item.solution) if accepts(item, mutant)}
        found += [f"{item.id} accepts {change}" for change in sorted(accepted - known.keys())]
        found += [f"{item.id} refuses what is listed as equivalent: {change}" for change in known.keys() - accepted]
    return found


def main() -> None:
    """Try everything; write the page if nothing is wrong."""
    found = []
    for item in asked():
        found += problems(item)
        print(f"{item.id}: {'; '.join(found) or 'as it should be'}", flush=True)
    if found:
        sys.exit(1)
    PAGE.write_text(page(rows(asked())), encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
