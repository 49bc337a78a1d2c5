"""What a learner has done so far: one small JSON file in their own data folder, sent nowhere.

The file is read and written under a lock and replaced in one step, so that two notebooks may be open at once and a
crash leaves the old file. A damaged file is moved aside, never deleted. What cannot be written waits in memory: each
further change, and at last the end of the kernel, tries again. `LESSONS_HOME` moves the file.
"""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from lessons.course.files import held, set_aside, write_whole
from lessons.course.places import home

WAIT = 5.0  # seconds to wait for another notebook that is writing
AGAIN = 0.5  # and once it has been waited for in vain


@dataclass(frozen=True)
class Record:
    """One exercise: how often it was tried, the last verdict, when it was first solved (UTC), hints seen."""

    attempts: int = 0
    last: str = ""
    solved: str = ""
    hints: int = 0

    @property
    def solved_on(self) -> str:
        """The day on which it was first solved, as on the learner's own clock; empty if it is not solved."""
        try:
            return str(datetime.fromisoformat(self.solved).astimezone().date())
        except (ValueError, OverflowError, OSError):  # written by hand, or before any clock that this system knows
            return self.solved[:10]


Records = dict[str, Record]
Change = Callable[[Records], Records]
_thread_lock = threading.RLock()  # a widget of the same notebook may write from a second thread
_waiting: list[Change] = []  # what is not in the file yet, in its order
_known: Records = {}  # what the file held when it could last be read
_trouble = ""  # why it cannot be written at the moment, as the learner was told
_notices: list[str] = []
_noticed: set[str] = set()


def file() -> Path:
    """Where progress is kept."""
    return home() / "progress.json"


def load() -> Records:
    """All records by exercise id; empty at first. A damaged file is moved aside."""
    with _thread_lock:
        with suppress(OSError):
            _look()
        return _merged()


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


def _update(change: Change) -> Records:
    """Read, change and write under the lock; if that cannot be done, the change waits for the next one."""
    global _trouble
    with _thread_lock:
        _waiting.append(change)
        try:
            records = _save()
        except OSError as error:
            _tell_trouble(error.strerror or str(error))
            return _merged()
        if _trouble:
            _trouble = ""
            _notices.append(f"Progress is saved in {home()} again.")
        return records


def _save() -> Records:
    """Write all that waits. Raises OSError; then it goes on waiting."""
    global _known
    home().mkdir(parents=True, exist_ok=True)
    with held(home() / "progress.lock", AGAIN if _trouble else WAIT):
        _look()
        records = _merged()
        _write(file(), records)
        _known = records
        _waiting.clear()
    return dict(records)


def _look() -> None:
    """Read the file. Raises OSError if it exists and cannot be read."""
    global _known
    _known = _read(file())


def _merged() -> Records:
    """What the file holds, or last held, with all that waits."""
    return reduce(lambda records, change: change(records), _waiting, dict(_known))


def _tell_trouble(reason: str) -> None:
    global _trouble
    if not _trouble:
        atexit.register(_save_at_the_end)
    if reason != _trouble:
        _trouble = reason
        again = "It is kept until this kernel ends; each further exercise tries again."
        _notices.append(f"Progress cannot be saved in {home()} ({reason}). {again}")


def _save_at_the_end() -> None:
    with suppress(OSError), _thread_lock:
        if _waiting:
            _save()


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
