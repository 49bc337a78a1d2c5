"""What may keep the course from working on this machine, and what to do about it: `lessons doctor`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from lessons.commands import lab
from lessons.course import assets, installing, places
from lessons.course.places import home

SET_UP = "Run `python setup_course.py` in the course's folder."
HELP = "check Python, packages, assets, disk, memory; say what to do"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("--repair", action="store_true", help="install the assets again if one is missing or damaged")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    return run(repair=options.repair)


@dataclass(frozen=True)
class Check:
    """One line of the doctor's table; `advice` is what to do, empty if all is well."""

    name: str
    found: str
    advice: str = ""
    is_problem: bool = False

    @property
    def state(self) -> str:
        """`ok`, `note` (works, but good to know) or `PROBLEM`."""
        return "PROBLEM" if self.is_problem else "note" if self.advice else "ok"


def problem(name: str, found: str, advice: str) -> Check:
    """A line that makes the doctor's exit code 1."""
    return Check(name, found, advice, is_problem=True)


def run(repair: bool = False) -> int:
    """Print the table of checks; returns 1 if a problem remains. Raises AssetError if a repair fails."""
    if repair and (not assets.is_installed() or any(assets.problems())):
        assets.install()
    found = [check for examine in CHECKS for check in examine()]
    print(table(found))
    bad = sum(check.is_problem for check in found)
    print(f"\n{bad} problem{'s' * (bad != 1)}." if bad else "\nEverything the course needs is there.")
    return int(bad > 0)


def table(checks: list[Check]) -> str:
    """One line for each check; below it, indented, what to do."""
    wide = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{check.state:7}  {check.name:{wide}}  {check.found}")
        if check.advice:
            lines.append(f"{'':7}  {'':{wide}}  -> {check.advice}")
    return "\n".join(lines)


def python() -> Iterator[Check]:
    """The Python that runs this."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", f"{version} ({sys.executable})")  # an older one cannot import this module


def set_up() -> Iterator[Check]:
    """Whether the set-up has been through with today's files."""
    if Path(sys.prefix) != installing.VENV:
        yield Check("set-up", f"runs in {sys.prefix}", "Not the course's own .venv; fine if it is meant.")
    elif not (installing.is_ready() and installing.MADE.is_file()):
        yield problem("set-up", "unfinished, or older than the course's files", SET_UP)
    else:
        yield Check("set-up", "complete and up to date")


def packages() -> Iterator[Check]:
    """Every requirement of pyproject.toml against what is installed."""
    from packaging.requirements import Requirement

    project = tomllib.loads((places.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [Requirement(line) for line in project["dependencies"]]
    wrong = 0
    for requirement in requirements:
        if requirement.marker and not requirement.marker.evaluate():
            continue
        version = _version(requirement.name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            wrong += 1
            yield problem(requirement.name, f"{version or 'missing'}, needed: {requirement.specifier}", SET_UP)
    if not wrong:
        yield Check("packages", f"all {len(requirements)} in the ranges of pyproject.toml")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def torch() -> Iterator[Check]:
    """Whether torch starts, tried in a process of its own: on an unsuitable processor it takes Python down with it."""
    code = "import torch; print(torch.__version__, 'with a GPU' if torch.cuda.is_available() else 'on the CPU')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it crashed with code {done.returncode}"])[-1]
        yield problem("torch", last, f"{SET_UP} If that does not help, delete .venv first.")
    else:
        yield Check("torch", done.stdout.strip())


def asset_files() -> Iterator[Check]:
    """Every asset file against data/manifest.json."""
    damaged = list(assets.problems())
    advice = "Run `lessons doctor --repair`."
    yield from (problem("assets", trouble, advice) for trouble in damaged)
    if not damaged and not assets.is_installed():
        yield Check("assets", "whole, but from another data/assets.txt", advice)
    elif not damaged:
        yield Check("assets", f"{len(assets.manifest())} files whole in {assets.folder()}")


def disk() -> Iterator[Check]:
    """Room for checkpoints and caches."""
    free = shutil.disk_usage(places.ROOT).free / 1e9
    if free < 1:
        yield problem("disk", f"{free:.1f} GB free", "Saved models need about 1 GB: free some space.")
    else:
        yield Check("disk", f"{free:.0f} GB free")


def memory() -> Iterator[Check]:
    """Room for a model in training, beside a browser."""
    import psutil

    free, total = psutil.virtual_memory().available / 1e9, psutil.virtual_memory().total / 1e9
    found = f"{free:.1f} of {total:.0f} GB free"
    if free < 2:
        yield problem("memory", found, "Fine-tuning takes about 2 GB: close other programs before lesson 08.")
    else:
        yield Check("memory", found)


def port() -> Iterator[Check]:
    """Whether JupyterLab gets its usual port."""
    if lab.is_free(8888):
        yield Check("port", "8888 is free")
    else:
        yield Check("port", "8888 is in use", "`lessons lab` takes the next one and says so.")


def learner() -> Iterator[Check]:
    """Whether progress and the learner's copies can be written."""
    for name, place in (("progress", home()), ("copies", places.COPIES)):
        trouble = _cannot_write(place)
        if trouble:
            yield problem(name, f"{place}: {trouble}", f"Give yourself write permission to {place}{HINTS[name]}.")
        else:
            yield Check(name, str(place))


HINTS = {
    "progress": ", or set LESSONS_HOME to a folder of your own",
    "copies": ", or move the course to your own folder",
}


def _cannot_write(place: Path) -> str | None:
    """Why no file can be made in a folder, or, where it is not there yet, in the nearest one above; None if one can."""
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        return error.strerror or os.strerror(error.errno or 0)


CHECKS: list[Callable[[], Iterator[Check]]] = [
    python,
    set_up,
    packages,
    torch,
    asset_files,
    disk,
    memory,
    port,
    learner,
]
