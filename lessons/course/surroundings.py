"""What a machine puts around the course, however good its Python is: short paths, consoles, libraries, memory limits.

Only the standard library is used, because the set-up asks before the first install.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lessons.course.errors import CourseError
from lessons.course.places import ROOT

SHORTEST_LIMIT = 259  # letters of a path on a Windows without long paths
LONGEST_INSIDE = 191  # letters of the longest path below the course's folder: a licence of PyTorch's, in .venv
FILE_SYSTEM = r"SYSTEM\CurrentControlSet\Control\FileSystem"  # where the registry says it
NO_LIMIT = 1 << 60  # what cgroup v1 says where nothing is limited is above it
DLL_MARKS = ("winerror 126]", "winerror 127]", "winerror 1114]", "dll load failed")
DLL_ADVICE = (
    "Windows lacks a library that PyTorch needs, most often Microsoft's Visual C++ Redistributable: install "
    "https://aka.ms/vs/17/release/vc_redist.x64.exe, start Windows anew, then give the same command again."
)


class SurroundingsError(CourseError):
    """Something around the course keeps it from being installed; the message says what to do."""


# --- consoles ---------------------------------------------------------------------------------------------------------


def forgiving(*streams: object) -> None:
    """Let a console whose code page lacks a letter (GBK, cp1252) show a question mark for it, and go on."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# --- paths ------------------------------------------------------------------------------------------------------------


def check_paths(root: Path = ROOT) -> None:
    """Raises SurroundingsError where the paths inside .venv would be too long for this Windows."""
    whole = len(str(root)) + 1 + LONGEST_INSIDE
    if sys.platform == "win32" and whole > SHORTEST_LIMIT and not has_long_paths():
        raise SurroundingsError(
            f"The folder of the course, {root}, has a path of {len(str(root))} letters, so that files inside .venv get "
            f"up to {whole}, and this Windows takes {SHORTEST_LIMIT}. Move the folder to a short place such as "
            f"C:\\course (at most {SHORTEST_LIMIT - 1 - LONGEST_INSIDE} letters), or allow long paths: "
            f"as administrator, `reg add HKLM\\{FILE_SYSTEM} /v LongPathsEnabled /t REG_DWORD /d 1 /f`. "
            "Then give the same command again."
        )


def has_long_paths() -> bool:
    """Whether this Windows was told to allow paths of more than 259 letters."""
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, FILE_SYSTEM) as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    return False


# --- libraries --------------------------------------------------------------------------------------------------------


def dll_advice(words: str) -> str:
    """What to do if these words are of a library that Windows could not load, "" if they are not."""
    return DLL_ADVICE if any(mark in words.lower() for mark in DLL_MARKS) else ""


def torch_trouble(python: str | Path) -> str:
    """On Windows, why the PyTorch of that Python does not start and what to do; "" if it does, or for other reasons."""
    if sys.platform != "win32":
        return ""
    command = [str(python), "-c", "import torch"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    last = done.stderr.strip().splitlines()[-1:]
    advice = dll_advice(done.stderr)
    return "\n".join([advice, *(f"  torch: {line}" for line in last)]) if done.returncode and advice else ""


# --- memory -----------------------------------------------------------------------------------------------------------


def memory(free: int, total: int, root: Path = Path("/")) -> tuple[int, int]:
    """Bytes of free memory and of all, of a machine that says `free` and `total`, where a container may have less."""
    for limit, used in _limits(root):
        if limit < total:
            total = limit
        free = min(free, max(limit - used, 0))
    return free, total


def _limits(root: Path) -> Iterator[tuple[int, int]]:
    """Limit and use of every control group that this process is in (cgroup v2, then v1), where there is a limit."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for _, controllers, group in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if not controllers:
            names = ("memory.max", "memory.current", "inactive_file")
            yield from _upwards(root / "sys/fs/cgroup", group, names)
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _upwards(root / "sys/fs/cgroup/memory", group, names)


def _upwards(top: Path, group: str, names: tuple[str, str, str]) -> Iterator[tuple[int, int]]:
    """A group and those above it. In a container they may not be seen under their names: then only the top is there."""
    below = [part for part in group.split("/") if part not in ("", "..")]
    for depth in range(len(below), -1, -1):
        place = top.joinpath(*below[:depth])
        limit = _number(place / names[0])
        if limit is not None and limit < NO_LIMIT:
            yield limit, max((_number(place / names[1]) or 0) - _cached(place / "memory.stat", names[2]), 0)


def _number(file: Path) -> int | None:
    """The number in a file; None if there is no file or, as in "max", no number."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _cached(file: Path, name: str) -> int:
    """Bytes that a group's files take in the cache, which the system gives back when they are wanted."""
    with suppress(OSError, ValueError):
        table = (line.split() for line in file.read_text(encoding="ascii").splitlines())
        return int(dict(row for row in table if len(row) == 2).get(name, 0))
    return 0
