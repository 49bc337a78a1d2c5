"""Every check of the course in one sequence: `lessons test`, which `make test` calls."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lessons.course import places
from lessons.course.errors import CourseError

PYTHON_FILES = ("lessons", "tests", "benchmarks", "docs", "notebooks", "setup_course.py")
WORKERS = 2  # processes of a pytest run, each with one thread: more would not fit the memory of a small machine
CELL_TIMEOUT = 600  # seconds: a shared machine is slower than the three minutes a notebook may take
TEST_TIMEOUT = 300  # seconds for any other test, on such a machine
# nbval expects each cell after one that timed out to fail; strictly, those that pass would be failures of their own.
ONE_FAILURE = ("-o", "xfail_strict=false")
HELP = "run every check of the course: style, types, tests, notebooks"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these: lint format types unit notebooks")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    return run(options.steps)


@dataclass
class Step:
    """One check: what to type after `python -m`, and what came of it."""

    name: str
    command: list[str]
    seconds: float = 0.0
    code: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def result(self) -> str:
        """The cell of the table: `ok` or `FAILED`, with the numbers of tests."""
        counted = ", ".join(f"{number} {kind}" for kind, number in self.counts.items() if number)
        return " ".join(filter(None, ["FAILED" if self.code else "ok", f"({counted})" if counted else ""]))


def steps() -> list[Step]:
    """The whole sequence, in its order."""
    notebooks = [
        "--nbval-lax",
        "--nbval-current-env",
        f"--nbval-cell-timeout={CELL_TIMEOUT}",
        *ONE_FAILURE,
        "notebooks",
    ]
    two_at_once = ["-n", str(WORKERS), "--dist"]
    return [
        Step("lint", ["ruff", "check", *PYTHON_FILES]),
        Step("format", ["ruff", "format", "--check", *PYTHON_FILES]),
        Step("types", ["mypy"]),
        Step("unit", ["pytest", "-o", f"faulthandler_timeout={TEST_TIMEOUT}", *two_at_once, "worksteal", "tests"]),
        Step("notebooks", ["pytest", "-p", "no:cacheprovider", *two_at_once, "loadfile", *notebooks]),
    ]


def run(names: Sequence[str] = ()) -> int:
    """Run the steps (all if none is named), each even if one before failed; returns 1 if any did.

    Raises CourseError for an unknown step.
    """
    everything = steps()
    known = [step.name for step in everything]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CourseError(f"There is no step {', '.join(unknown)}. These exist: {', '.join(known)}.")
    chosen = [step for step in everything if not names or step.name in names]
    with tempfile.TemporaryDirectory(prefix="lessons-test-", ignore_cleanup_errors=True) as place:
        for step in chosen:
            _run_step(step, Path(place))
    print(summary(chosen), flush=True)
    return int(any(step.code for step in chosen))


def _run_step(step: Step, place: Path) -> None:
    report = place / f"{step.name}.xml"
    command = [sys.executable, "-m", *step.command]
    if step.command[0] == "pytest":
        command.append(f"--junitxml={report}")
    print(f"\n== {step.name}: {' '.join(step.command)}", flush=True)
    begun = time.monotonic()
    step.code = subprocess.run(command, cwd=places.ROOT, env=_environment(place), check=False).returncode
    step.seconds = time.monotonic() - begun
    step.counts = _count(report)
    if report.is_file() and not step.counts["passed"]:
        step.code = step.code or 5  # a run in which everything was skipped proves nothing


def _environment(place: Path) -> dict[str, str]:
    """A home of their own for the tests: nothing of the learner's is read or written, nothing is fetched."""
    ours = {
        "LESSONS_HOME": str(place / "progress"),
        "IPYTHONDIR": str(place / "ipython"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }
    return {**os.environ, **ours}


def _count(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of one pytest run, from its report."""
    if not report.is_file():
        return Counter()
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    tests, skipped = (sum(int(suite.get(kind, 0)) for suite in suites) for kind in ("tests", "skipped"))
    failed = sum(int(suite.get(kind, 0)) for suite in suites for kind in ("failures", "errors"))
    return Counter(passed=max(tests - failed - skipped, 0), failed=failed, skipped=skipped)


def summary(done: Sequence[Step]) -> str:
    """The closing table, and below it the number of tests of all runs together."""
    lines = ["", "step       seconds  result"]
    lines += [f"{step.name:10} {step.seconds:7.1f}  {step.result}" for step in done]
    total = sum((step.counts for step in done), Counter())
    lines += ["", f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped"]
    return "\n".join(lines)
