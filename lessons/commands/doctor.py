"""What may keep the course from working on this machine, and what to do about it: `lessons doctor`."""

from __future__ import annotations

import argparse
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from lessons.commands import lab
from lessons.course import assets, installing, places, surroundings
from lessons.course.errors import CourseError
from lessons.course.files import cannot_write, has_locks, nearest
from lessons.course.places import home
from lessons.teaching import jupyter

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
    found = [check for examine in CHECKS for check in _whatever_happens(examine)]
    print(table(found))
    bad = sum(check.is_problem for check in found)
    print(f"\n{bad} problem{'s' * (bad != 1)}." if bad else "\nEverything the course needs is there.")
    return int(bad > 0)


def _whatever_happens(examine: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The lines of one examination; one that breaks off is a problem, and does not keep the others away."""
    try:
        yield from examine()
    except CourseError as error:
        yield problem(examine.__name__, "cannot be examined", str(error))
    except Exception as error:
        yield problem(examine.__name__, f"cannot be examined ({type(error).__name__}: {error})", SET_UP)


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
        again = f"{SET_UP} If that does not help, delete .venv first."
        yield problem("torch", last, surroundings.dll_advice(done.stderr) or again)
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

    machine = psutil.virtual_memory()
    free, total = surroundings.memory(machine.available, machine.total)  # a container may have less than its machine
    found = f"{free / 1e9:.1f} of {total / 1e9:.0f} GB free"
    if free < 2e9:
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
        trouble = cannot_write(place)
        if trouble:
            yield problem(name, f"{place}: {trouble}", f"Give yourself write permission to {place}{HINTS[name]}.")
        elif not has_locks(place):
            yield Check(
                name, f"{place}, on a file system without locks", f"It works, slowly, and as it is{HINTS[name]}."
            )
        else:
            yield Check(name, str(place))


HINTS = {
    "progress": ", or set LESSONS_HOME to a folder of your own",
    "copies": ", or move the course to your own folder",
}


def jupyter_folders() -> Iterator[Check]:
    """Whether Jupyter and IPython can keep what they keep: settings, signatures, the ways to a kernel, a history."""
    bad = False
    for variable, place in jupyter.folders().items():
        advice = f"`lessons lab` does without it. For other programs, set {variable} to a folder that can be written."
        if trouble := cannot_write(place):
            bad = True
            yield Check("Jupyter", f"{place}: {trouble}", advice)
        elif variable in ("JUPYTER_DATA_DIR", "IPYTHONDIR") and (trouble := _no_database(place)):
            bad = True
            yield Check("Jupyter", f"{place}: {trouble}", f"Set {variable} to a folder on a disk of this machine.")
    if not bad:
        yield Check("Jupyter", "its folders can be written")


def _no_database(place: Path) -> str | None:
    """Why SQLite cannot work in a folder, as on a network disk without locks; None if it can."""
    import sqlite3

    try:
        with (
            tempfile.TemporaryDirectory(dir=nearest(place)) as folder,
            closing(sqlite3.connect(Path(folder) / "tried.sqlite", timeout=1)) as database,
        ):
            database.execute("create table tried (x)")
        return None
    except (sqlite3.Error, OSError) as error:
        return f"no database can be kept ({error})"


def modules() -> Iterator[Check]:
    """Whether files of other work have the names of modules that the course needs, and are found before them."""
    installed = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
    needed = {"lessons", *sys.stdlib_module_names, *(name for place in installed for name in _modules(place))} - UNUSED
    bad = False
    for place, advice in _found_first():
        own = {"lessons"} if place == places.ROOT else set()
        if place not in installed and (names := sorted((_modules(place) & needed) - own)):
            bad = True
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            yield problem("modules", f"{', '.join(names[:5])}{more} would come from {place}", advice)
    if not bad:
        yield Check("modules", "none is taken from another place")


UNUSED = {"test", "tests", "docs", "examples", "benchmarks", "this", "antigravity", "idlelib", "turtle", "turtledemo"}


def _found_first() -> Iterator[tuple[Path, str]]:
    """The folders where Python looks before it comes to the installed packages; what to do if one is in the way."""
    for name in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        yield Path(name).absolute(), "Start the course without PYTHONPATH, or take this folder out of it."
    yield places.COPIES, "Rename what has these names: the notebooks beside it would import it."


def _modules(folder: Path) -> set[str]:
    return {module.name for module in pkgutil.iter_modules([str(folder)])}


def settings() -> Iterator[Check]:
    """Settings for other work that change a notebook where `lessons lab` has not started it, as in an editor."""
    notes = [*_ipython_settings(), *_matplotlib_settings(), *_other_kernel()]
    yield from notes or [Check("settings", "none of yours changes the notebooks")]


def _ipython_settings() -> Iterator[Check]:
    for file in sorted((jupyter.folders()["IPYTHONDIR"] / "profile_default").glob("ipython*_config.*")):
        if re.search(r"^[^#\n]*\bast_node_interactivity\b", file.read_text("utf-8", errors="replace"), re.MULTILINE):
            advice = f"A cell shows more, or less, than the text says. {ELSEWHERE}, take the line out."
            yield Check("settings", f"ast_node_interactivity in {file}", advice)


ELSEWHERE = "`lessons lab` does without it; elsewhere"


def _matplotlib_settings() -> Iterator[Check]:
    import matplotlib

    if matplotlib.rcParams["text.usetex"]:
        advice = f"Figures need LaTeX, and fail at a % or a _. {ELSEWHERE}, put `text.usetex: False` there."
        yield Check("settings", f"text.usetex in {matplotlib.matplotlib_fname()}", advice)


def _other_kernel() -> Iterator[Check]:
    """Whether `python3` is another Python's kernel; the bare name `python` stands for the one that runs Jupyter."""
    from jupyter_client.kernelspec import KernelSpecManager

    advice = f"`lessons lab` has its own. Elsewhere, choose {sys.executable} for the notebooks."
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
        program = Path(spec.argv[0])
    except (LookupError, ValueError, OSError) as error:
        yield Check("settings", f"the kernel python3 cannot be read ({error})", advice)
    else:
        if program.is_absolute() and program != Path(sys.executable):
            yield Check("settings", f"the kernel python3 is {program}, says {spec.resource_dir}", advice)


CHECKS: list[Callable[[], Iterator[Check]]] = [
    python,
    set_up,
    modules,
    packages,
    torch,
    asset_files,
    disk,
    memory,
    port,
    learner,
    jupyter_folders,
    settings,
]
