"""A process that answers frames, and is ended when it uses more than it may.

What counts is processor time, not the clock on the wall: on a busy machine, nobody's code is slow because of
somebody else's. The clock counts too, but wide (`PATIENCE`), for those that sleep. Memory is counted with what
processes share, each page once.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from lessons.teaching.grading import wire

TICK = 0.1  # seconds between two looks at what a process uses
PATIENCE = 6.5  # seconds on the wall for each second of the processor
OWN = 500_000_000  # bytes of memory that Python and its libraries need themselves


class Ended(Exception):
    """The process is gone; the message says why, as far as is known."""


class OutOfTime(Exception):
    """The process gave no reply in time."""


@dataclass(frozen=True)
class Bounds:
    """What a process and all that it starts may use: bytes, processes, bytes that it may send in all."""

    memory: int
    processes: int
    replies: int
    longest: int = wire.LONGEST_FRAME  # bytes of a header or of a block of one reply


class Child:
    """A started process. `receive()` waits for a frame, `send()` sends some, `end()` ends it and its descendants."""

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        bounds: Bounds,
        folder: str | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.bounds = bounds
        self.busy_at: dict[int, float] = {}  # processor seconds of each process that was ever seen
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                list(command),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                cwd=folder,
                env=environment,
                start_new_session=True,
                pass_fds=tuple(descriptors),
            )
        except OSError as error:
            raise Ended(f"no process can be started: {error.strerror}") from error
        self.replies: queue.Queue[bytes | Exception] = queue.Queue(maxsize=2)
        self.over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        self.to_send: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._speak, daemon=True).start()

    def send(self, *frames: bytes) -> None:
        """Send frames, without waiting until they are read."""
        for frame in frames:
            self.to_send.put(frame)

    def receive(self, busy: float, wall: float | None = None) -> bytes:
        """The next frame, within so many seconds of the processor, and of the wall. Raises Ended or OutOfTime."""
        begun, until = self.busy(), time.monotonic() + (busy * PATIENCE if wall is None else wall)
        while time.monotonic() < until:
            with suppress(queue.Empty):
                reply = self.replies.get(timeout=TICK)
                if isinstance(reply, Exception):
                    raise reply
                return reply
            self.look()
            if self.busy() - begun > busy:
                break
        raise OutOfTime("it gave no reply in time")

    def busy(self) -> float:
        """Processor seconds of the process and all that it started, as far as they were seen."""
        for process in self.tree():
            with suppress(psutil.Error):
                times = process.cpu_times()
                total = times.user + times.system + times.children_user + times.children_system
                self.busy_at[process.pid] = max(total, self.busy_at.get(process.pid, 0.0))
        return sum(self.busy_at.values())

    def look(self) -> None:
        """Raise Ended for a process that uses too much memory or has started too many others."""
        alive = self.tree()
        if len(alive) > self.bounds.processes:
            raise Ended("it started too many processes")
        if sum(map(_memory, alive)) > self.bounds.memory + OWN:
            raise Ended("it used too much memory")

    def tree(self) -> list[psutil.Process]:
        """The process and its descendants."""
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
                frame = wire.read(self.process.stdout.fileno(), self.bounds.longest)
                total += len(frame or b"")
                reply: bytes | Exception = frame if frame else Ended(self._last_words())
                if total > self.bounds.replies:
                    reply = Ended("it sent too much")
            except (OSError, ValueError, MemoryError) as error:  # WireError is one
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
        """The last line that was written to standard error before other people's code could run."""
        assert self.process.stderr is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        with suppress(OSError, ValueError, AttributeError):  # Windows has no set_blocking before Python 3.12
            os.set_blocking(self.process.stderr.fileno(), False)
            lines = os.read(self.process.stderr.fileno(), 4096).decode(errors="replace").strip().splitlines()
            return lines[-1][:200] if lines else "the process ended"
        return "the process ended"

    def end(self) -> None:
        """End the process and everything that it started."""
        self.over.set()
        self.to_send.put(None)
        others = self.tree()[1:]
        with suppress(OSError):
            self.process.kill()
        self.end_others(others)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stderr):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def end_others(self, others: list[psutil.Process]) -> None:
        """End the process group, and these descendants."""
        with suppress(OSError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for process in others:
            with suppress(psutil.Error):
                process.kill()


def _memory(process: psutil.Process) -> int:
    """Bytes that a process holds: its own, and its share of what it shares with others; without files."""
    if sys.platform.startswith("linux"):
        for name, fields in (("smaps_rollup", ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")), ("status", _PLAIN)):
            with suppress(OSError, ValueError):
                lines = Path(f"/proc/{process.pid}/{name}").read_text(encoding="ascii", errors="replace").splitlines()
                found = [int(line.split()[1]) for line in lines if line.startswith(fields)]
                if found:
                    return 1024 * sum(found)
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


_PLAIN = ("RssAnon:", "RssShmem:", "VmSwap:")  # where another user's pages may not be looked at one by one
