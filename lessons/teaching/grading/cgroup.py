"""Limits that the kernel keeps for a process and all that it starts together: Linux's control groups, where we may.

Memory (shared memory and files in memory with it), processes, the share of one processor core, and the processor time
that was used. Both kinds of groups are known: version 2, also in the part that a desktop gives to its user, and
version 1, as in many containers. Where no group can be made, `sandbox` counts and ends by itself.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

MOUNT = Path("/sys/fs/cgroup")
CORE = "100000"  # microseconds of the processor in each CORE microseconds: one core
VERSION_1 = ("memory", "pids", "cpu", "cpuacct")


@dataclass(frozen=True)
class Group:
    """One group: a folder in version 2, a folder for each controller in version 1."""

    folders: tuple[Path, ...]

    def add(self, process: int) -> None:
        """Put a process into the group. Raises OSError."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(process), encoding="ascii")

    def busy(self) -> float | None:
        """Processor seconds used by all that was ever in the group, None if that is not counted."""
        for folder in self.folders:
            with suppress(OSError, ValueError, IndexError):
                if (usage := folder / "cpuacct.usage").exists():
                    return int(usage.read_text(encoding="ascii")) / 1e9
                line = (folder / "cpu.stat").read_text(encoding="ascii").split("usage_usec", 1)[1]
                return int(line.split()[0]) / 1e6
        return None

    def end(self) -> None:
        """End everything in the group, and the group."""
        for _ in range(100):
            for folder in self.folders:
                with suppress(OSError):
                    (folder / "cgroup.kill").write_text("1", encoding="ascii")
            for process in self._members():
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            for folder in self.folders:
                with suppress(OSError):
                    folder.rmdir()
            if not any(folder.exists() for folder in self.folders):
                return
            time.sleep(0.02)

    def _members(self) -> set[int]:
        found: set[int] = set()
        for folder in self.folders:
            with suppress(OSError, ValueError):
                found |= set(map(int, (folder / "cgroup.procs").read_text(encoding="ascii").split()))
        return found


def make(memory: int, processes: int) -> Group | None:
    """A group with these limits, or None where none can be made."""
    for parents in _places():
        name, made = f"lessons-{token_hex(6)}", []
        try:
            for parent in parents:
                (parent / name).mkdir()
                made.append(parent / name)
            _limit(made, memory, processes)
            return Group(tuple(made))
        except OSError:
            for folder in made:
                with suppress(OSError):
                    folder.rmdir()
    return None


def _limit(folders: list[Path], memory: int, processes: int) -> None:
    """Write the limits; those of memory and of processes must hold. Raises OSError."""
    due: dict[str, int | str] = {"memory.max": memory, "memory.limit_in_bytes": memory, "pids.max": processes}
    wanted: dict[str, int | str] = {"memory.swap.max": 0, "memory.memsw.limit_in_bytes": memory, "memory.oom.group": 1}
    wanted |= {"cpu.max": f"{CORE} {CORE}", "cpu.cfs_period_us": CORE, "cpu.cfs_quota_us": CORE}
    kept = set()
    for folder in folders:
        for name, value in due.items():
            if (folder / name).exists():
                (folder / name).write_text(str(value), encoding="ascii")
                kept.add(name.partition(".")[0])
        for name, value in wanted.items():
            with suppress(OSError):
                if (folder / name).exists():
                    (folder / name).write_text(str(value), encoding="ascii")
    if kept != {"memory", "pids"}:
        raise OSError("no group that limits memory and processes")


def _places() -> Iterator[tuple[Path, ...]]:
    """Where a group might be made: folders that stand for one place, the nearest first."""
    own = _own()
    if (MOUNT / "cgroup.controllers").exists():
        here = MOUNT / own.get("", "/").strip("/")
        for place in (here, *here.parents):
            if place.is_relative_to(MOUNT):
                yield (place,)
    else:
        mounts = [MOUNT / name for name in VERSION_1]
        for places in ([mount / own.get(mount.name, "/").strip("/") for mount in mounts], mounts):
            found = tuple(dict.fromkeys(place.resolve() for place in places))  # cpu and cpuacct may be one
            if all(map(Path.is_dir, found)):
                yield found


def _own() -> dict[str, str]:
    """The groups of this process, by controller ("" for version 2)."""
    with suppress(OSError, ValueError):
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        found = [line.split(":", 2) for line in lines]
        return {name: path for _, names, path in found for name in names.split(",")}
    return {}
