"""Long runs that may be cut off: each row is made once, kept at once, and not made again."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lessons.kit import results

Row = dict[str, Any]


class Study:
    """The rows of `benchmarks/results/NAME.json`, made where they are missing; a quick one writes nothing."""

    def __init__(self, name: str, quick: bool = False, minutes: float = math.inf) -> None:
        """After so many minutes no further row is begun."""
        self.name, self.quick, self.saves = name, quick, not quick
        self.end = time.monotonic() + 60 * minutes
        self._tried: dict[str, list[Row]] = {}  # of what is not saved

    def size(self, whole: int, little: int) -> int:
        """How much of something to take."""
        return little if self.quick else whole

    def some(self, every: Sequence[Any], n: int = 1) -> Sequence[Any]:
        """All, or the first few."""
        return every[:n] if self.quick else every

    def stored(self, section: str) -> list[Row]:
        """The rows of a section that are there."""
        if not self.saves:
            return self._tried.get(section, [])
        try:
            return list(results.rows(self.name, section))
        except (FileNotFoundError, ValueError):
            return []

    def once(self, section: str, wanted: Row, work: Callable[[], Row], **beside: Any) -> Row:
        """The row that has the wanted values, or the one that is made now; `beside` is written beside the rows.

        Leaves the program with code 3 when the time is over.
        """
        stored = self.stored(section)
        for row in stored:
            if wanted.items() <= row.items():
                return row
        if time.monotonic() > self.end:
            print("Time is up; the same command goes on.")
            sys.exit(3)
        start = time.process_time()
        made = {**wanted, **work()}
        made.setdefault("processor_s", round(time.process_time() - start, 1))
        if self.saves:
            results.save(self.name, section, {"rows": [*stored, made], **beside})
        else:
            self._tried[section] = [*stored, made]
        print(section, {key: value for key, value in made.items() if len(str(value)) < 70}, flush=True)
        return made

    def rows(self, section: str, wanted: Iterable[Row], work: Callable[[Row], Row]) -> list[Row]:
        """A row for each of the wanted ones, in their order."""
        return [self.once(section, each, lambda each=each: work(each)) for each in wanted]  # type: ignore[misc]

    def grown(
        self, grid: Sequence[float], score: Callable[[float], float], low: float = 0.0, high: float = math.inf
    ) -> float:
        """The value of the highest score. While it is an edge the grid grows by its ratio, but not beyond low and high.

        Raises RuntimeError if it is still at an edge after six more. A quick study tries the first value alone.
        """
        tried = {value: score(value) for value in self.some(grid)}
        while not self.quick:
            best, ordered = max(tried, key=lambda value: tried[value]), sorted(tried)
            if best not in (ordered[0], ordered[-1]):
                return best
            ratio = ordered[1] / ordered[0]
            further = best * ratio if best == ordered[-1] else best / ratio
            if not low <= further <= high:
                return best  # a bound, which the study's docstring names
            if len(tried) > len(grid) + 5:
                raise RuntimeError(f"The best is still at an edge, {best}.")
            tried[further] = score(further)
        return grid[0]


def main(
    description: str | None, parts: Mapping[str, Callable[[Any], None]], start: Callable[[bool, float], Study]
) -> None:
    """Run the parts of a script that its command line names, or "all", in one study: `--minutes` are for all of them.

    `start(quick, minutes)` begins the study.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=[*parts, "all"])
    parser.add_argument("--quick", action="store_true", help="little of everything, nothing written")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no row after so many; exit with 3")
    chosen = parser.parse_args()
    run = start(chosen.quick, chosen.minutes)
    for name in parts if "all" in chosen.what else chosen.what:
        parts[name](run)
