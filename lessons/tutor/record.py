"""What a learner has done so far: one small JSON file in their own data folder, sent nowhere.

The file is read and written under a lock and replaced in one step, so that two notebooks may be open at once and a
crash leaves the old file. A damaged file is moved aside, never deleted. Where nothing can be written, progress is kept
in memory until the kernel ends. `LESSONS_HOME` moves the file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lessons.course.files import set_aside, write_whole
from lessons.course.places import home

WAIT = 5.0  # seconds to wait for another notebook that is writing


@dataclass(frozen=True)
class Record:
    """One exercise: how often it was tried, the last verdict, when it was first solved (UTC), hints seen."""

    attempts: int = 0
    last: str = ""
    solved: str = ""
    hints: int = 0


Records = dict[str, Record]
_thread_lock = threading.RLock()  # a widget of the same notebook may write from a second thread
_memory: Records | None = None  # the records of this process once the file cannot be written
_notices: list[str] = []
_noticed: set[str] = set()


def file() -> Path:
    """Where progress is kept."""
    return home() / "progress.json"


def load() -> Records:
    """All records by exercise id; empty at first. A damaged file is moved aside."""
    if _memory is not None:
        return dict(_memory)
    with suppress(OSError):
        return _read(file())
    return {}


def record(exercise_id: str, verdict: str) -> Record:
    """Count one attempt with this verdict, such as "correct"."""
    now = datetime.now(UTC).isoformat(timespec="seconds")

    def change(old: Record) -> Record:
        solved = old.solved or (now if verdict == "correct" else "")
        return replace(old, attempts=old.attempts + 1, last=verdict, solved=solved)

    return _change(exercise_id, change)


def hint_seen(exercise_id: str, number: int) -> Record:
    """Remember that this many hints have been seen."""
    return _change(exercise_id, lambda old: replace(old, hints=max(old.hints, number)))


def reset(exercise_ids: Iterable[str] | None = None) -> None:
    """Forget these exercises, or all of them."""

    def forget(records: Records) -> Records:
        return {} if exercise_ids is None else {key: value for key, value in records.items() if key not in gone}

    gone = set(exercise_ids or ())
    _update(forget)


def notices() -> list[str]:
    """Sentences that the learner should see, such as that progress cannot be saved; each is given once."""
    taken = list(_notices)
    _notices.clear()
    return taken


def _change(exercise_id: str, change: Callable[[Record], Record]) -> Record:
    """Apply a change to one record; returns the new one."""
    records = _update(lambda records: records | {exercise_id: change(records.get(exercise_id, Record()))})
    return records[exercise_id]


def _update(change: Callable[[Records], Records]) -> Records:
    """Read, change and write under the lock, or in memory if that cannot be done."""
    global _memory
    with _thread_lock:
        if _memory is None:
            try:
                return _update_file(change)
            except OSError as error:  # filelock.Timeout is one, too
                reason = error.strerror or "another notebook holds it"
                _notice(f"Progress cannot be saved in {home()} ({reason}). It is kept until this kernel ends.")
                _memory = load()
        _memory = change(_memory)
        return dict(_memory)


def _update_file(change: Callable[[Records], Records]) -> Records:
    from filelock import FileLock

    home().mkdir(parents=True, exist_ok=True)
    with FileLock(home() / "progress.lock", timeout=WAIT):
        records = change(_read(file()))
        _write(file(), records)
    return records


def _notice(sentence: str) -> None:
    if sentence not in _noticed:
        _noticed.add(sentence)
        _notices.append(sentence)


def _read(path: Path) -> Records:
    """The records in a file. Raises OSError if it exists and cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        return {key: _parse(fields) for key, fields in json.loads(content)["exercises"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        aside = set_aside(path)
        _notice(f"The file of your progress was damaged. It is kept as {aside.name}, and a new one is begun.")
        return {}


def _parse(fields: dict[str, Any]) -> Record:
    """A record from its JSON form; unknown fields are ignored, wrong types raise TypeError."""
    known = {name: fields[name] for name in asdict(Record()) if name in fields}
    for name, value in known.items():
        if type(value) is not type(getattr(Record(), name)):
            raise TypeError(f"{name} is {value!r}")
    return Record(**known)


def _write(path: Path, records: Records) -> None:
    """Replace the file in one step."""
    text = json.dumps({"version": 1, "exercises": {key: asdict(value) for key, value in records.items()}}, indent=1)
    write_whole(path, text)
