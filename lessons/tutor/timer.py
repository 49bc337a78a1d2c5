"""A time limit that a learner's loop cannot swallow.

On Linux and macOS the limit is SIGALRM, on Windows a thread that interrupts the main thread. `OutOfTime` derives from
BaseException, so `except Exception` does not catch it. A bare `except:` does; therefore the exception comes again at
the next line and at the next jump, for as long as the attempt is on the stack, and never once it has left it.

Loading a module is not the learner's time, and a module that is stopped half-way stays broken until the kernel is
restarted. So an alarm that finds one being loaded, or more of them loaded than before, starts the clock anew.

What no timer in the same process can stop is one long call into C (a huge matrix product; on Windows also a long
`sleep`) and a thread that the attempt started: use "Interrupt the kernel", or restart it. Signals reach only the main
thread, so in any other thread the attempt runs without a limit. `os._exit` ends the kernel, as it is meant to.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

AGAIN = 0.05  # seconds between two alarms once the time is up


class OutOfTime(BaseException):
    """The attempt used up its seconds."""


class Clock:
    """The seconds of an attempt, over all its calls. Loading a module starts it anew.

    `now` tells the time; grading gives one that goes by the processor, so that a busy machine makes nobody slow.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.modules, self.now = seconds, len(sys.modules), now
        self.deadline = now() + seconds

    def left(self) -> float:
        """Seconds until the deadline, at least one millisecond: a timer of 0 would never ring."""
        return max(self.deadline - self.now(), 1e-3)

    def is_up(self, frame: FrameType) -> bool:
        """Whether the attempt, which is at this frame, has used up its time."""
        if _is_loading(frame) or len(sys.modules) != self.modules:
            self.modules, self.deadline = len(sys.modules), self.now() + self.seconds
        return self.now() >= self.deadline


def call_within(limit: float | Clock | None, function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """The result of `function(*args)`. Raises OutOfTime after so many seconds (None, or another thread: no limit)."""
    if limit is None or threading.current_thread() is not threading.main_thread():
        return _call(function, args)
    tracer = sys.gettrace()
    with _alarm(limit if isinstance(limit, Clock) else Clock(limit)):
        try:
            return _call(function, args)
        except OutOfTime:
            sys.settrace(tracer)
            raise


def _call(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """The frame that marks where the attempt begins: alarms count only above it."""
    return function(*args)


@contextmanager
def _alarm(clock: Clock) -> Iterator[None]:
    """Alarms when the clock's time is up and again every AGAIN; handler and timer are as before on leaving."""
    number = getattr(signal, "SIGALRM", signal.SIGINT)
    started = time.monotonic()
    previous = signal.signal(number, _handler(number, clock, signal.getsignal(number)))
    stop_clock = _start_clock(number, clock)
    try:
        yield
    finally:
        stop_clock(time.monotonic() - started)
        signal.signal(number, previous or signal.SIG_DFL)


def _start_clock(number: signal.Signals, clock: Clock) -> Callable[[float], None]:
    """Start the alarms; returns what stops them, given the seconds that have passed."""
    if number == signal.SIGINT:
        return _start_thread(clock)
    left, interval = signal.setitimer(signal.ITIMER_REAL, clock.left(), AGAIN)

    def stop(passed: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(left - passed, 1e-3) if left else 0, interval)

    return stop


def _start_thread(clock: Clock) -> Callable[[float], None]:
    """The clock where there is no SIGALRM: a thread that interrupts the main thread, again and again."""
    done = threading.Event()

    def nag() -> None:
        while not done.wait(max(clock.left(), AGAIN)):
            if clock.now() >= clock.deadline:
                interrupt_main(signal.SIGINT)

    thread = threading.Thread(target=nag, daemon=True)
    thread.start()

    def stop(passed: float) -> None:
        done.set()
        thread.join()

    return stop


def _handler(number: signal.Signals, clock: Clock, previous: Any) -> Callable[[int, FrameType | None], None]:
    """What happens at an alarm: nothing outside the attempt, OutOfTime inside it, now and at every later line."""

    def stop_at_line(frame: FrameType, event: str, arg: Any) -> Any:
        if event != "line":
            return None if _is_loading(frame) else stop_at_line
        (_,) = map(interrupt_main, again)
        raise OutOfTime

    def handle(signum: int, frame: FrameType | None) -> None:
        if frame is None or frame.f_code in ours or not _inside_attempt(frame):
            return
        if clock.now() < clock.deadline:  # the learner's own Ctrl-C, where SIGINT is also our alarm
            if callable(previous):
                previous(signum, frame)
            return
        if not clock.is_up(frame):
            if number != signal.SIGINT:  # there the thread looks at the clock by itself
                signal.setitimer(signal.ITIMER_REAL, clock.left(), AGAIN)
            return
        sys.settrace(stop_at_line)
        while frame is not None and frame.f_code is not _call.__code__:
            frame.f_trace = stop_at_line
            frame = frame.f_back
        # Raising once is not enough: `while True: try: ... except: pass` would catch it and go on. So the same alarm
        # is set off again here. Unpacking a map does that without a call in this frame, hence it is not handled here
        # but at the next jump of the attempt, which lies outside that `try`.
        (_,) = map(interrupt_main, again)
        raise OutOfTime

    again = (number,)
    ours = (handle.__code__, stop_at_line.__code__)
    return handle


def _inside_attempt(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code is not _call.__code__:
        frame = frame.f_back
    return frame is not None


def _is_loading(frame: FrameType | None) -> bool:
    """Whether a module is being loaded on the way from the attempt to this frame."""
    while frame is not None and frame.f_code is not _call.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
