"""A process for student code, and walls around it.

With bubblewrap (`bwrap`, Linux) the process sees no network, no home folder, no other submission and no solution: a
read-only file system that holds Python, its packages and a copy of the course without its exercises; a small /tmp in
memory; processes of its own number space, which all end with it. Without bubblewrap it gets a temporary folder, limits
on time and output, and the end of its whole process tree. That stops accidents; hostile code needs a container.

In both, each process serves one submission and ends with it, so that nothing a student does outlives their row.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psutil

import lessons
from lessons.course import assets
from lessons.course.places import ROOT
from lessons.teaching.grading import wire

PACKAGE = Path(lessons.__file__).resolve().parent
TUTOR = ("observe.py", "values.py", "timer.py")  # what a student's process needs of the tutor
HIDDEN = ("exercises", "tutor", "teaching", "commands", "__pycache__")  # nothing that knows a solution or a check
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts")
TICK = 0.1  # seconds between two looks at what a process uses
USERS = itertools.count(200_000)  # a user number for each process, where we may choose one


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts that one submission may use; the defaults are generous for honest code."""

    seconds: float = 10.0  # all calls of one exercise
    setup_seconds: float = 30.0  # the imports and definitions that one exercise needs
    submission_seconds: float = 120.0  # everything of one notebook
    start_seconds: float = 120.0  # until a process is ready; a busy machine is slow at it
    memory: int = 2_000_000_000  # bytes, beyond what the libraries need
    processes: int = 32
    file: int = 16_000_000  # bytes of one file
    scratch: int = 64_000_000  # bytes of /tmp, all files together
    replies: int = 64_000_000  # bytes that a process may send in all


class Ended(Exception):
    """The process is gone; the message says why, as far as is known."""


class OutOfTime(Exception):
    """The process gave no reply in time."""


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

    def command(self, settings: dict[str, object]) -> list[str]:
        """The command line that starts a worker."""
        start = [sys.executable, "-B", "-s", "-m", "lessons.teaching.grading.worker", json.dumps(settings)]
        return start if self.kind == "plain" else [*_bubblewrap(self), "--", *start]


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
    for kind in (["user"] if os.geteuid() == 0 else []) + ["namespace"]:
        walls = Walls(kind, folder, tuple(place.resolve() for place in (PACKAGE, ROOT, *hidden)))
        worker = Worker(walls, limits)
        try:
            worker.ready()
            return walls, ""
        except (Ended, OutOfTime) as error:
            reason = f"bubblewrap does not start here ({error})"
        finally:
            worker.end()
    return Walls("plain", folder), reason


# --- one process ------------------------------------------------------------------------------------------------------


class Worker:
    """A started process. `ready()` waits for it, `ask()` sends a unit and waits for the reply, `end()` ends it all."""

    def __init__(self, walls: Walls, limits: Limits, torch: bool = False) -> None:
        self.walls, self.limits = walls, limits
        self.token = token_hex(8)
        settings: dict[str, object] = {
            "uid": next(USERS) if walls.kind == "user" else 0,
            "torch": torch,
            "memory": limits.memory,
            "processes": limits.processes,
            "file": limits.file,
            "cpu": int(limits.submission_seconds) + 30,
            "plain": walls.kind == "plain",
        }
        self.scratch = tempfile.mkdtemp(prefix="lessons-student-") if walls.kind == "plain" else None
        environment = _own_environment(walls, self.scratch, self.token) if self.scratch else dict(os.environ)
        try:
            self.process = subprocess.Popen(
                walls.command(settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.scratch,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise Ended(f"no process can be started: {error.strerror}") from error
        self.replies: queue.Queue[bytes | Exception] = queue.Queue(maxsize=2)
        self.over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        self.to_send: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._speak, daemon=True).start()

    def ready(self) -> None:
        """Wait until the process is ready. Raises Ended or OutOfTime."""
        if self._receive(self.limits.start_seconds) != wire.pack("ready"):
            raise Ended("it did not start as it should")

    def ask(self, unit: bytes, inputs: bytes, seconds: float) -> bytes:
        """Send a unit and its inputs; returns the reply's frame. Raises Ended or OutOfTime."""
        self.to_send.put(unit)
        self.to_send.put(inputs)
        return self._receive(seconds)

    def _receive(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                reply = self.replies.get(timeout=min(left, TICK))
                if isinstance(reply, Exception):
                    raise reply
                return reply
            self._look()
        raise OutOfTime("it gave no reply in time")

    def _look(self) -> None:
        """End a process that uses too much memory or starts too many others. Raises Ended."""
        used, alive = 0, self._tree()
        for process in alive:
            with suppress(psutil.Error):
                memory = process.memory_info()
                used += memory.rss - getattr(memory, "shared", 0)
        if len(alive) > self.limits.processes:
            raise Ended("it started too many processes")
        if used > self.limits.memory + 500_000_000:  # what Python and its libraries need themselves
            raise Ended("it used too much memory")

    def _tree(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            process = psutil.Process(self.process.pid)
            return [process, *process.children(recursive=True)]
        return []

    def _listen(self) -> None:
        """Hand on the frames that arrive: each within bounds, and not too many in all."""
        assert self.process.stdout is not None
        total = 0
        while not self.over.is_set():
            try:
                frame = wire.read(self.process.stdout.fileno())
                total += len(frame or b"")
                reply: bytes | Exception = frame if frame else Ended(self._last_words())
                if total > self.limits.replies:
                    reply = Ended("it sent too much")
            except (OSError, ValueError) as error:  # WireError is one
                reply = Ended(str(error))
            while not self.over.is_set():
                with suppress(queue.Full):
                    self.replies.put(reply, timeout=TICK)
                    break
            if isinstance(reply, Exception):
                return

    def _speak(self) -> None:
        assert self.process.stdin is not None
        while (frame := self.to_send.get()) is not None:
            with suppress(OSError, ValueError):
                wire.write(self.process.stdin.fileno(), frame)

    def _last_words(self) -> str:
        """The last line that was written to standard error before student code could run."""
        assert self.process.stderr is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        with suppress(OSError, ValueError, AttributeError):  # Windows has no set_blocking before Python 3.12
            os.set_blocking(self.process.stderr.fileno(), False)
            lines = os.read(self.process.stderr.fileno(), 4096).decode(errors="replace").strip().splitlines()
            return lines[-1][:200] if lines else "the process ended"
        return "the process ended"

    def end(self) -> None:
        """End the process, everything that it started, and its temporary folder."""
        self.over.set()
        self.to_send.put(None)
        others = self._tree()[1:]
        with suppress(OSError):
            self.process.kill()
        if self.walls.kind == "plain":
            self._end_tree(others)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stderr):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _end_tree(self, others: list[psutil.Process]) -> None:
        """Without bubblewrap: end the process group, the children, and whoever carries our mark, until none is left."""
        with suppress(OSError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for _ in range(20):
            found = [*others, *self._marked()]
            for process in found:
                with suppress(psutil.Error):
                    process.kill()
            others = []
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
