"""A process for student code, and walls around it.

With bubblewrap (`bwrap`, Linux) the process sees no network, no home folder, no other submission and no solution: a
read-only file system that holds Python, its packages and a copy of the course without its exercises; a small /tmp in
memory; processes of its own number space, which all end with it. `seccomp` refuses calls of the system that no notebook
needs, `cgroup` lets the kernel count memory, processes and processor time where it may. Without bubblewrap it gets a
temporary folder, limits on time and output, and the end of its whole process tree. That stops accidents; hostile code
needs a container.

In both, each process serves one submission and ends with it, so that nothing a student does outlives their row.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psutil

import lessons
from lessons.course import assets
from lessons.course.places import ROOT
from lessons.teaching.grading import cgroup, seccomp, wire
from lessons.teaching.grading.child import PATIENCE, Bounds, Child, Ended, OutOfTime

PACKAGE = Path(lessons.__file__).resolve().parent
TUTOR = ("observe.py", "values.py", "timer.py")  # what a student's process needs of the tutor
HIDDEN = ("exercises", "tutor", "teaching", "commands", "__pycache__")  # nothing that knows a solution or a check
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts")
OURS = 4  # processes that belong to the walls themselves
PRIORITY = 5 if os.name == "posix" else None  # how "nice" student code is to all else
USERS = itertools.count(200_000)  # a user number for each process, where we may choose one


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts that one submission may use; the defaults are generous for honest code.

    Seconds are those of the processor, but for `start_seconds`.
    """

    seconds: float = 10.0  # all calls of one exercise
    setup_seconds: float = 30.0  # the imports and definitions that one exercise needs
    submission_seconds: float = 120.0  # everything of one notebook
    start_seconds: float = 300.0  # until a process is ready, on the wall; a busy machine is slow at it
    reading_seconds: float = 10.0  # to read a notebook as data
    judging_seconds: float = 10.0  # to judge one reply
    memory: int = 2_000_000_000  # bytes, beyond what the libraries need
    processes: int = 32
    file: int = 16_000_000  # bytes of one file
    scratch: int = 64_000_000  # bytes of /tmp, all files together
    replies: int = 64_000_000  # bytes that a process may send in all


# --- the course without its solutions ---------------------------------------------------------------------------------


@contextmanager
def view() -> Iterator[Path]:
    """A temporary folder with a copy of the package in which the exercises and their checks are replaced by names."""
    with tempfile.TemporaryDirectory(prefix="lessons-view-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        copy = folder / "lessons"
        shutil.copytree(PACKAGE, copy, ignore=_hidden)
        tutor = copy / "tutor"
        tutor.mkdir(parents=True)
        grading = copy / "teaching" / "grading"
        grading.mkdir(parents=True)
        (copy / "exercises").mkdir()
        shutil.copy(Path(__file__).with_name("stand_in.py"), copy / "exercises" / "__init__.py")
        for name in TUTOR:
            shutil.copy(PACKAGE / "tutor" / name, tutor / name)
        for name in ("wire.py", "worker.py"):
            shutil.copy(Path(__file__).with_name(name), grading / name)
        for package in (tutor, grading.parent, grading):
            (package / "__init__.py").touch()
        if (ROOT / "data" / "manifest.json").is_file():
            (folder / "data").mkdir()
            shutil.copy(ROOT / "data" / "manifest.json", folder / "data")
        for inner in _data():
            (folder / inner).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        yield folder


def _hidden(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in HIDDEN and (Path(folder) == PACKAGE or name == "__pycache__")]


def _data() -> dict[str, Path]:
    """Folders of the course that a definition may read, by their place in the view."""
    found = {"data/assets": assets.folder(), "benchmarks/results": ROOT / "benchmarks" / "results"}
    return {inner: place.resolve() for inner, place in found.items() if place.is_dir()}


# --- the walls --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walls:
    """How a process is started: `kind` is "user" (bubblewrap and a user of its own), "namespace" or "plain"."""

    kind: str
    view: Path
    hidden: tuple[Path, ...] = ()  # folders that must not be seen even if they lie in one that is
    filtered: bool = False  # whether calls of the system are
    grouped: bool = False  # whether the kernel counts for a whole group of processes

    @property
    def said(self) -> str:
        """What holds and what is not to be had here, in a few words for the table."""
        if self.kind == "plain":
            return "no sandbox"
        parts = {"seccomp": self.filtered, "cgroup": self.grouped}
        return ", ".join(["bubblewrap", *(name if there else f"no {name}" for name, there in parts.items())])

    def command(self, settings: dict[str, object], descriptor: int | None = None) -> list[str]:
        """The command line that starts a worker; `descriptor` holds the filter for calls of the system."""
        start = [sys.executable, "-B", "-s", "-P", "-m", "lessons.teaching.grading.worker", json.dumps(settings)]
        if self.kind == "plain":
            return start
        return [*_bubblewrap(self), *(["--seccomp", str(descriptor)] if descriptor else []), "--", *start]


def _bubblewrap(walls: Walls) -> list[str]:
    """The options of bwrap: an empty file system, and into it only what Python and the course need."""
    bwrap = shutil.which("bwrap")
    assert bwrap is not None
    options = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    options += ["--die-with-parent", "--new-session", "--hostname", "student", "--clearenv"]
    if walls.kind == "namespace":
        options += ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    else:  # to become another user, then nothing
        options += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    options += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    options += ["--size", "1000000", "--perms", "1777", "--tmpfs", "/dev/shm"]
    options += ["--size", str(Limits.scratch), "--perms", "1777", "--tmpfs", "/tmp"]
    seen = _visible()
    parents = {parent for place in (*seen, Path("/course")) for parent in list(place.parents)[:-1]}
    for parent in sorted(parents - {Path("/tmp")}):  # bwrap makes them for root alone
        options += ["--perms", "0755", "--dir", str(parent)]
    for place in seen:
        options += ["--symlink", os.readlink(place), str(place)] if place.is_symlink() else _bind(place)
    masked = [hidden for hidden in walls.hidden if any(hidden.is_relative_to(place) for place in seen)]
    for place in masked:
        options += ["--tmpfs", str(place)]
    for place in seen:  # an environment inside the course's folder, for one
        if any(place != hidden and place.is_relative_to(hidden) for hidden in masked):
            options += _bind(place)
    options += [*_bind(walls.view, "/course"), "--chdir", "/tmp", "--remount-ro", "/"]
    for inner, place in _data().items():
        options += _bind(place, f"/course/{inner}")
    for name, value in _environment("/course", "/tmp").items():
        options += ["--setenv", name, value]
    return options


def _bind(place: Path, at: str = "") -> list[str]:
    return ["--ro-bind", str(place), at or str(place)]


def _visible() -> list[Path]:
    """The folders that Python needs: the system's libraries, Python itself, and the packages."""
    found = [place for place in map(Path, SYSTEM) if place.exists()]
    found += [place for name in ETC if (place := Path("/etc", name)).exists() and not place.is_symlink()]
    packages = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    for place in (Path(sys.base_prefix), Path(sys.prefix), *packages):
        covered = any(place.resolve().is_relative_to(other.resolve()) for other in found)
        if place.is_dir() and not covered:
            found.append(place)
    return found


def _environment(course: str, scratch: str) -> dict[str, str]:
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    return threads | {
        "PYTHONPATH": course,
        "PYTHONHASHSEED": "0",
        "HOME": scratch,
        "TMPDIR": scratch,
        "USER": "student",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LESSONS_HOME": f"{scratch}/lessons",
        "HF_HUB_OFFLINE": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": scratch,
    }


def build(folder: Path, hidden: Sequence[Path], limits: Limits, wanted: str = "auto") -> tuple[Walls, str]:
    """The strongest walls that hold here, and why they are not stronger ("" if they are); each kind is tried out.

    `wanted` is "auto", or "plain" for none.
    """
    if wanted == "plain":
        return Walls("plain", folder), "the sandbox was switched off"
    if not sys.platform.startswith("linux"):
        return Walls("plain", folder), "bubblewrap exists on Linux only"
    if shutil.which("bwrap") is None:
        return Walls("plain", folder), "bubblewrap (the command `bwrap`) is not installed"
    reason = ""
    grouped = _can_group(limits)
    for kind in (["user"] if os.geteuid() == 0 else []) + ["namespace"]:
        hide = tuple(place.resolve() for place in (PACKAGE, ROOT, *hidden))
        for filtered in ([True] if seccomp.known() else []) + [False]:
            walls = Walls(kind, folder, hide, filtered, grouped)
            if not (reason := _fault(walls, limits)):
                return walls, ""
    return Walls("plain", folder), f"bubblewrap does not start here ({reason})"


def _can_group(limits: Limits) -> bool:
    """Whether a control group can be made."""
    group = cgroup.make(limits.memory, limits.processes)
    if group:
        group.end()
    return group is not None


def _fault(walls: Walls, limits: Limits) -> str:
    """Why no process starts behind these walls, "" if one does."""
    try:
        worker = Worker(walls, limits)
    except Ended as error:
        return str(error)
    try:
        worker.ready()
        return ""
    except (Ended, OutOfTime) as error:
        return str(error)
    finally:
        worker.end()


# --- one process ------------------------------------------------------------------------------------------------------


class Worker(Child):
    """A process for student code. `ready()` waits for it, `ask()` sends a unit and waits for the reply."""

    def __init__(self, walls: Walls, limits: Limits, torch: bool = False, core: int | None = None) -> None:
        self.walls, self.limits = walls, limits
        self.token, self.core = token_hex(8), core
        self.group: cgroup.Group | None = None
        self.start = 0.0  # processor seconds until it was ready
        self.scratch = tempfile.mkdtemp(prefix="lessons-student-") if walls.kind == "plain" else None
        environment = _own_environment(walls, self.scratch, self.token) if self.scratch else dict(os.environ)
        descriptor = seccomp.descriptor() if walls.filtered else None
        try:
            super().__init__(
                walls.command(self._settings(torch), descriptor),
                environment,
                Bounds(limits.memory, limits.processes + OURS, limits.replies),
                self.scratch,
                () if descriptor is None else (descriptor,),
            )
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _settings(self, torch: bool) -> dict[str, object]:
        limits = self.limits
        return {
            "uid": next(USERS) if self.walls.kind == "user" else 0,
            "torch": torch,
            "memory": limits.memory,
            "processes": limits.processes,
            "file": limits.file,
            "cpu": int(limits.submission_seconds) + 30,
            "plain": self.walls.kind == "plain",
        }

    def ready(self) -> None:
        """Wait until the process is ready, and fence it in before any student code runs. Raises Ended or OutOfTime."""
        if self.receive(self.limits.start_seconds, self.limits.start_seconds) != wire.pack("ready"):
            raise Ended("it did not start as it should")
        self.start = super().busy()
        self.group = cgroup.make(self.limits.memory, self.limits.processes + OURS) if self.walls.grouped else None
        for process in self.tree():
            with suppress(OSError, psutil.Error):
                process.nice(PRIORITY)  # whoever judges goes first
            with suppress(OSError, psutil.Error, AttributeError):  # Linux and Windows alone
                process.cpu_affinity([] if self.core is None else [self.core])
            with suppress(OSError):
                if self.group:
                    self.group.add(process.pid)

    def ask(self, unit: bytes, inputs: bytes, seconds: float, wall: float | None = None) -> bytes:
        """Send a unit and its inputs; returns the reply's frame. Raises Ended or OutOfTime.

        `seconds` are those of the processor, `wall` those on the wall that are left.
        """
        self.send(unit, inputs)
        return self.receive(seconds, min(seconds * PATIENCE, seconds * PATIENCE if wall is None else wall))

    def busy(self) -> float:
        """Processor seconds used: as the kernel counts them for the group, where it does."""
        counted = self.group.busy() if self.group else None
        return super().busy() if counted is None else self.start + counted

    def end(self) -> None:
        """End the process, everything that it started, its group and its temporary folder."""
        if self.group:
            self.group.end()
        super().end()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def end_others(self, others: list[psutil.Process]) -> None:
        """Without bubblewrap: end the process group, the children, and whoever carries our mark, until none is left."""
        if self.walls.kind != "plain":
            return
        super().end_others(others)
        for _ in range(20):
            found = list(self._marked())
            for process in found:
                with suppress(psutil.Error):
                    process.kill()
            if not found:
                return

    def _marked(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("LESSONS_STUDENT") == self.token:
                    yield process


def _own_environment(walls: Walls, scratch: str, token: str) -> dict[str, str]:
    """The environment without bubblewrap: nothing of the teacher's own but what the system needs."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "TEMP", "TMP") if name in os.environ}
    return kept | _environment(str(walls.view), scratch) | {"PATH": kept.get("PATH", ""), "LESSONS_STUDENT": token}
