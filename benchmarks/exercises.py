"""Seconds per check: each exercise's solution in a fresh process, the first time and after that.

    python benchmarks/exercises.py [--rounds 5]

The goal is under 2 seconds. PyTorch and scikit-learn are imported before the clock starts, as a notebook does at its
top; what that takes is the column `imports`. Writes benchmarks/results/exercises.json.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import time

from lessons.exercises import catalogue, find
from lessons.kit import results

LIBRARIES = ("torch", "sklearn.linear_model", "sklearn.metrics", "sklearn.preprocessing")


def measure(exercise_id: str, rounds: int) -> dict[str, float]:
    """Seconds of the libraries' import, of the first check with its topic's import, and of a later check (median)."""
    opened = time.perf_counter()
    for library in LIBRARIES:
        importlib.import_module(library)
    start = time.perf_counter()
    exercise = find(exercise_id)
    assert exercise.check(exercise.solution).kind == "correct"
    first = time.perf_counter()
    later = []
    for _ in range(rounds):
        begun = time.perf_counter()
        exercise.check(exercise.solution)
        later.append(time.perf_counter() - begun)
    return {"imports_s": start - opened, "first_s": first - start, "later_s": statistics.median(later)}


def main(rounds: int) -> None:
    """Measure each exercise in a process of its own, print and store the table."""
    table = {}
    print(f"{'exercise':34}  {'imports':>7}  {'first':>7}  {'later':>7}   seconds")
    for exercise in catalogue():
        command = [sys.executable, __file__, "--one", exercise.id, "--rounds", str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = table[exercise.id] = json.loads(done.stdout)
        print(f"{exercise.id:34}  {row['imports_s']:7.2f}  {row['first_s']:7.2f}  {row['later_s']:7.3f}", flush=True)
    print(results.machine())
    results.save("exercises", "seconds", table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.rounds)))
    else:
        main(options.rounds)
