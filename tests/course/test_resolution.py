"""The promise of pyproject.toml: each pin takes each Python, and there is a wheel of it on each system of the README.

The second half asks the package index, and is skipped where that is not reached.
"""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import tomllib
from importlib import metadata, util
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from lessons.course import machine
from lessons.course.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROMISED = SpecifierSet(PROJECT["requires-python"])
LOWEST = "3.11.0"
PYTHONS = (LOWEST, "3.12", "3.13", "3.14")
SYSTEMS = {  # as the README calls them -> as uv does
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux ARM": "aarch64-manylinux_2_28",
    "Windows x86-64": "x86_64-pc-windows-msvc",
    "macOS 14 ARM": "aarch64-apple-darwin",
}
SOURCES = ("rouge-score", "seqeval")  # of these the index has no wheel; they are built, and needed by tests alone


def pins() -> dict[str, str]:
    """Normal name -> version, of every line of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in wanted}


# What is installed


def test_every_installed_package_takes_the_lowest_python() -> None:
    installed = list(metadata.distributions())
    needs = {each.name: each.metadata["Requires-Python"] for each in installed if each.metadata["Requires-Python"]}
    assert len(needs) > 100
    assert {name: said for name, said in needs.items() if not SpecifierSet(said).contains(LOWEST)} == {}


def test_the_lowest_and_the_highest_python_are_the_promised_ones() -> None:
    spec = util.spec_from_file_location("setup_course", ROOT / "setup_course.py")
    assert spec
    assert spec.loader
    script = util.module_from_spec(spec)
    spec.loader.exec_module(script)
    minors = [minor for minor in range(30) if PROMISED.contains(f"3.{minor}.0")]
    assert (minors[0], minors[-1]) == (script.OLDEST[1], script.NEWEST[1])
    assert f"3.{minors[0]}.0" == LOWEST
    assert [python.split(".")[1] for python in PYTHONS] == [str(minor) for minor in minors]


def test_what_is_installed_is_what_constraints_txt_says() -> None:
    pinned = pins()
    # Not all of sys.path: a package may put its own copies of others there while the tests run (setuptools does).
    installed = metadata.distributions(path=[sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    found = {canonicalize_name(each.name): each.version.partition("+")[0] for each in installed}
    assert {name: version for name, version in found.items() if pinned.get(name, version) != version} == {}
    assert len(found.keys() & pinned.keys()) > 100


# What the index has


def uv(*arguments: str, macos: str = "14.0") -> subprocess.CompletedProcess[str]:
    """Resolve for another machine, from wheels alone."""
    only = [option for name in SOURCES for option in ("--no-binary", name)]
    quiet = ["--quiet", "--no-header", "--no-annotate", "--no-python-downloads"]
    command = [find_uv_bin(), "pip", "compile", *quiet, "--only-binary", ":all:", *only, *arguments]
    variables = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": macos}
    how = {"cwd": ROOT, "env": variables, "capture_output": True, "text": True, "encoding": "utf-8"}
    return subprocess.run(command, timeout=300, **how)  # an index that falls silent ends the test, not the patience


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips a test where the package index is not reached."""
    wanted = tmp_path_factory.mktemp("index") / "wanted.txt"
    wanted.write_text("pip", encoding="utf-8")
    done = uv("--no-cache", str(wanted))
    if "error sending request" in done.stderr:
        pytest.skip("the package index is not reached")
    assert done.returncode == 0, done.stderr


def everything(python: str, system: str, constraints: Path = ROOT / "constraints.txt", macos: str = "14.0"):
    """Resolve the course with all its extras under the constraints."""
    there = ["--python-version", python, "--python-platform", system]
    return uv(*there, "--all-extras", "--constraints", str(constraints), "pyproject.toml", macos=macos)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_course_resolves(system: str, python: str) -> None:
    done = everything(python, SYSTEMS[system])
    assert done.returncode == 0, done.stderr
    chosen = dict(line.split("==") for line in done.stdout.splitlines() if "==" in line)
    pinned = pins()
    assert chosen["torch"] == machine.CHECKED
    unpinned = {name for name in chosen if canonicalize_name(name) not in pinned}
    assert {name for name in unpinned if not name.startswith(("nvidia-", "cuda-", "triton"))} == set()


def torch(wanted: str, place: Path, python: str, system: str, macos: str = "14.0") -> subprocess.CompletedProcess[str]:
    """Look for a PyTorch alone."""
    (place / "wanted.txt").write_text(wanted, encoding="utf-8")
    there = ["--python-version", python, "--python-platform", system]
    return uv("--no-deps", *there, str(place / "wanted.txt"), macos=macos)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("python", "system", "macos"),
    [
        ("3.12", "x86_64-apple-darwin", "14.0"),
        ("3.12", "aarch64-pc-windows-msvc", "14.0"),
        ("3.12", "aarch64-apple-darwin", "13.0"),
        ("3.15", "x86_64-manylinux_2_28", "14.0"),
    ],
)
def test_the_set_up_turns_away_only_whom_pytorch_does(tmp_path: Path, python: str, system: str, macos: str) -> None:
    done = torch(f"torch=={machine.CHECKED}", tmp_path, python, system, macos)
    assert done.returncode != 0
    assert f"torch=={machine.CHECKED} has no wheels with a matching" in done.stderr


@pytest.mark.usefixtures("index")
def test_there_is_no_pytorch_for_intel_macs_after_the_one_that_is_named(tmp_path: Path) -> None:
    done = torch("torch", tmp_path, "3.12", "x86_64-apple-darwin")
    assert done.stdout.strip() == f"torch=={machine.LAST_FOR_INTEL_MACS}"


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("macos", ["12.0", "13.0"])
def test_there_is_no_pytorch_for_an_old_macos_after_the_one_that_is_named(tmp_path: Path, macos: str) -> None:
    done = torch(f"torch<={machine.CHECKED}", tmp_path, "3.12", "aarch64-apple-darwin", macos)
    assert done.stdout.strip() == f"torch=={machine.LAST_FOR_OLD_MACOS}"


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("macos", ["12.0", "13.0"])
def test_the_advice_for_an_old_macos_resolves(tmp_path: Path, macos: str) -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    changed, count = re.subn(r"(?m)^torch==.*$", f"torch=={machine.LAST_FOR_OLD_MACOS}", text)
    assert count == 1
    (tmp_path / "constraints.txt").write_text(changed, encoding="utf-8")
    done = everything(LOWEST, "aarch64-apple-darwin", tmp_path / "constraints.txt", macos)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("lock", sorted((ROOT / "data").glob("assets*.txt")), ids=lambda file: file.name)
def test_the_assets_are_wheels_of_the_one_machine_that_all_take_them_from(lock: Path) -> None:
    there = ["--python-version", "3.11", "--python-platform", SYSTEMS["Linux x86-64"]]
    done = uv("--no-deps", "--generate-hashes", *there, str(lock))
    assert done.returncode == 0, done.stderr
    on_the_index = set(re.findall(r"sha256:[0-9a-f]{64}", done.stdout))
    ours = re.findall(r"sha256:[0-9a-f]{64}", lock.read_text(encoding="utf-8"))
    assert ours
    assert set(ours) <= on_the_index


# What the README says of it


def test_the_readme_has_the_table_that_is_checked_here() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    firsts = "|".join(map(re.escape, SYSTEMS))
    head, *rows = re.findall(rf"^\| (.*3\.11\.0 .*|(?:{firsts}) .*) \|$", readme, re.MULTILINE)
    assert [cell.strip() for cell in head.split("|")][1:] == list(PYTHONS)
    cells = {row.split("|")[0].strip(): [cell.strip() for cell in row.split("|")[1:]] for row in rows}
    assert cells.keys() == SYSTEMS.keys()
    assert all(cell.startswith("resolved") for row in cells.values() for cell in row)
    assert f"PyTorch {machine.CHECKED}" in readme
