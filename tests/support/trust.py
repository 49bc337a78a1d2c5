"""The figures of `docs/trust.md`: how each exercise answers to attempts and to mutants of its solution.

`python -m tests.support.trust` tries all of them (minutes) and writes the page; with the name of a topic only those,
and their lines. It ends with 1, and writes nothing, if a right attempt is refused, a wrong one accepted, or a mutant
accepted that `tests/exercises/equivalent.toml` does not list.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

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
- **held out**: the same share for attempts that were written when the known mistakes had been chosen, from the others.
  No mistake was added to meet them, so this is the fairer figure; no class has been tried. (Seven of the first 624
  wrong ones were accepted when first tried, and about twenty were told something not quite true: four of the seven are
  refused now, the others are as right as the task asks; the sentences are mended.)
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


def line(name: str, found: Tally, held_out: Tally, changed: int, as_right: int) -> str:
    """A line of the table."""
    told = [f"{each.named} of {each.wrong} ({each.named / max(each.wrong, 1):.0%})" for each in (found, held_out)]
    cells = (name, found.right, found.accepted, found.wrong, found.refused, *told)
    return "| " + " | ".join(map(str, (*cells, changed, changed - as_right, as_right))) + " |"


def lines() -> dict[str, str]:
    """The lines of the page as it stands, by what each is about; none if there is no page."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    found = [each for each in text.removeprefix(HEAD).splitlines() if each.startswith("|")]
    return {each.strip("| ").partition(" | ")[0]: each for each in found}


def figures(text: str) -> list[list[int]]:
    """The numbers in the cells of a line, after the first cell."""
    return [[int(number) for number in re.findall(r"\d+", cell)] for cell in text.strip("| ").split(" | ")[1:]]


def whole(rows: Iterable[str]) -> str:
    """The last line, which adds up the others."""
    sums = [[sum(part) for part in zip(*cells, strict=True)] for cells in zip(*map(figures, rows), strict=True)]
    (right,), (accepted,), (wrong,), (refused,), told, held_out, (changed,), _, (as_right,) = sums
    tallies = Tally(right, accepted, wrong, refused, told[0]), Tally(wrong=held_out[1], named=held_out[0])
    return line("**all**", *tallies, changed, as_right)


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
    """Try the named exercises or topics, or everything; write their lines of the page if nothing is wrong."""
    items = [item for name in sys.argv[1:] or [""] for item in asked(name)]
    found = []
    for item in items:
        found += problems(item)
        print(f"{item.id}: {'; '.join(found) or 'as it should be'}", flush=True)
    if found:
        sys.exit(1)
    written = lines() | {row[0]: line(*row) for row in rows(items)}
    kept = [written[item.id] for item in asked() if item.id in written]
    PAGE.write_text(HEAD + "\n".join([*kept, whole(kept)]) + "\n", encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
