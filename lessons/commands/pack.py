"""Everything for a room without internet in one folder: `lessons pack FOLDER`.

    FOLDER/wheels/       every package of constraints.txt, what builds the course's own, and the models and data
    FOLDER/course.zip    the course as it is here
    FOLDER/README.txt    what to type in the room

Versions are exactly those of constraints.txt, so no resolver is needed, and its markers are read for the platform that
the folder is for, not for this one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from lessons.course import assets, installing, machine, places
from lessons.course.errors import CourseError

PLATFORMS = {  # name -> the wheel tags that such a machine takes, and how its Python describes it
    "linux": (["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64",
               "manylinux_2_12_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"],
              {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}),
    "linux-arm": (["manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux_2_26_aarch64",
                   "manylinux_2_17_aarch64", "manylinux2014_aarch64", "linux_aarch64"],
                  {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
                   "platform_machine": "aarch64"}),
    "windows": (["win_amd64"],
                {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}),
    "macos": ([f"macosx_{version}_{kind}" for version in ("14_0", "13_0", "12_0", "11_0", "10_12", "10_9")
               for kind in ("arm64", "universal2")],
              {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"}),
}  # fmt: skip
NEEDED_GB = 2.0
UNPACKED = {"rouge-score", "seqeval"}  # of these there is no wheel; tests need them, a class does not
SKIPPED = {".git", ".venv", "build", "my-course", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
HELP = "for teachers: fill a folder from which the course installs offline"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="an empty folder, or one to complete")
    parser.add_argument("--platform", default="", help="linux, windows or macos (default: this machine's)")
    parser.add_argument("--python", default="", metavar="3.N", help="Python there (default: this one's version)")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    return run(options.folder, options.platform, options.python)


def run(folder: Path, platform: str = "", python: str = "") -> int:
    """Fill the folder; returns 0. Raises CourseError, naming what is missing, if it cannot be done."""
    wheels = folder.resolve() / "wheels"
    if platform and platform not in PLATFORMS:
        raise CourseError(f"There is no platform {platform}. These exist: {', '.join(PLATFORMS)}.")
    target = _target(platform, python)
    try:
        wheels.mkdir(parents=True, exist_ok=True)
        _check_disk(wheels)
        wanted = ["--no-deps", "--only-binary", ":all:", *target, *_cpu_links(platform, python)]
        _download([*wanted, *requirements(platform, python)], wheels, platform, python)
        _refuse_cuda(wheels)
        locked = [*assets.SAME_WHEELS, "--requirement", str(places.ROOT / "data" / "assets.txt")]
        _download(locked, wheels, platform, python)
        _snapshot(folder / "course.zip")
        (folder / "README.txt").write_text(_readme(platform, python), encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{folder} cannot be filled ({error.strerror}). Free space, or name another folder."
        ) from error
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9
    print(f"{folder}: {len(list(wheels.iterdir()))} wheels and course.zip, {size:.2f} GB. README.txt says what to do.")
    return 0


def requirements(platform: str = "", python: str = "") -> list[str]:
    """What to download: every pin that counts on the platform, and what builds the course's own package."""
    from packaging.requirements import Requirement

    there = dict(PLATFORMS[platform][1]) if platform else {}
    if python:
        there |= {"python_version": ".".join(_full(python).split(".")[:2]), "python_full_version": _full(python)}
    lines = (places.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    builders = tomllib.loads((places.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    wanted = [pin for pin in pins if pin.name not in UNPACKED and (not pin.marker or pin.marker.evaluate(there))]
    return [f"{pin.name}{pin.specifier}" for pin in wanted] + builders


def _target(platform: str, python: str) -> list[str]:
    """pip's options for another machine than this one."""
    tags = [option for tag in (PLATFORMS[platform][0] if platform else []) for option in ("--platform", tag)]
    version = _full(python) if python or platform else ""
    return [*tags, *(["--python-version", version, "--implementation", "cp"] if version else [])]


def _cpu_links(platform: str, python: str) -> list[str]:
    """pip's options for PyTorch's CPU build on Linux, where PyTorch's own index is reached."""
    if not (platform or sys.platform).startswith("linux") or machine.is_settled(os.environ):
        return []
    processor = PLATFORMS[platform][1]["platform_machine"] if platform else ""
    version = [int(number) for number in _full(python).split(".")]
    return machine.links(machine.wheel(version, processor))


def _full(python: str) -> str:
    """A version with its third number; the first release stands for all that follow it."""
    if not python:
        return ".".join(map(str, sys.version_info[:3]))
    return python if python.count(".") > 1 else f"{python}.0"


def _download(arguments: Sequence[str], wheels: Path, platform: str, python: str) -> None:
    output = installing.Output()
    try:
        command = ["download", "--dest", str(wheels), *arguments]
        installing.pip(sys.executable, command, f"wheels into {wheels}", output)
    except installing.InstallError as error:
        missing = re.search(r"No matching distribution found for (\S+)", "\n".join(output))
        if not missing or "could not be reached" in str(error):
            raise
        kind = f"{platform or 'this platform'} and Python {python or '.'.join(map(str, sys.version_info[:2]))}"
        raise CourseError(
            f"There is no wheel of {missing[1]} for {kind}, so the folder stays incomplete. "
            "Choose another --python, or put such a wheel where pip looks (PIP_FIND_LINKS) and repeat."
        ) from error


def _check_disk(place: Path) -> None:
    there = sum(file.stat().st_size for file in place.iterdir() if file.is_file()) / 1e9
    free = shutil.disk_usage(place).free / 1e9
    if free + there < NEEDED_GB:
        raise CourseError(
            f"Only {free:.1f} GB are free on the disk of {place}; a full folder takes {NEEDED_GB:.0f} GB."
        )


def _refuse_cuda(wheels: Path) -> None:
    """PyTorch's CUDA build needs gigabytes of wheels beside it, which are not in constraints.txt."""
    builds = [file.name for file in wheels.glob("torch-*linux*.whl")]
    if builds and not any("+cpu" in name or "%2Bcpu" in name for name in builds):
        raise CourseError(
            f"pip chose {builds[0]}, the build for graphics cards, which needs several GB more. "
            "PyTorch's index of CPU builds was not reached. Repeat where it is, or put that wheel where pip looks "
            "(PIP_FIND_LINKS)."
        )


def _snapshot(file: Path) -> None:
    """The course as a zip file: what Git knows, or else all but what the course makes itself."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for relative in sorted(_course_files()):
            archive.write(places.ROOT / relative, Path("course") / relative)


def _course_files() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=places.ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = map(Path, listed.stdout.decode("utf-8", "surrogateescape").strip("\0").split("\0"))
        yield from (name for name in names if (places.ROOT / name).is_file())
        return
    for path in places.ROOT.rglob("*"):
        relative = path.relative_to(places.ROOT)
        if path.is_file() and not SKIPPED & set(relative.parts) and relative.parts[:2] != ("data", "assets"):
            yield relative


def _readme(platform: str, python: str) -> str:
    version = python or ".".join(map(str, sys.version_info[:2]))
    return (
        f"The course for {platform or 'machines like the one that filled this'}, Python {version}, no internet.\n\n"
        f"1. Install Python {version} if it is not there (it is not in this folder).\n"
        "2. Unpack course.zip where you may write, and open a terminal in the folder `course`.\n"
        "3. python setup_course.py lab --from PATH/TO/THIS/FOLDER\n\n"
        "Later calls need no --from. Many machines, one copy of the models and data: set LESSONS_ASSETS to a shared\n"
        "folder before step 3.\n"
    )
