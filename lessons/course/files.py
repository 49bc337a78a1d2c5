"""Writing a file whole, one writer at a time, and keeping a damaged one: no reader ever meets half a file."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock

NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}  # some network file systems
ABANDONED = 5.0  # seconds after which a mark in the place of a lock is taken for that of a crashed program


class HeldError(OSError):
    """Another program holds the lock, and went on holding it."""


@contextmanager
def held(lock: Path, wait: float) -> Iterator[None]:
    """Hold a lock file, for which others may be waited for so many seconds. Raises HeldError, OSError.

    On a file system without locks a folder of that name stands for one, for only one program can make it.
    """
    ours = _lock(lock, wait)
    mark = None if ours else _mark(lock.with_name(f"{lock.name}.held"), wait)
    try:
        yield
    finally:
        if ours:
            ours.release()
        elif mark:
            _take_away(mark)


def has_locks(folder: Path) -> bool:
    """Whether the file system of a folder, or of the nearest one above, knows locks. Raises OSError."""
    with tempfile.TemporaryDirectory(dir=nearest(folder)) as place:
        lock = _lock(Path(place) / "lock", 1)
        if lock:
            lock.release()
        return bool(lock)


def _lock(lock: Path, wait: float) -> FileLock | None:
    """The lock, held; None on a file system that knows none. Raises HeldError, OSError."""
    from filelock import FileLock, Timeout  # not of the standard library; the set-up never comes here

    ours = FileLock(lock)
    try:
        ours.acquire(timeout=wait)
        return ours
    except Timeout:
        raise HeldError(errno.EBUSY, "another notebook or command holds it") from None
    except NotImplementedError:
        return None
    except OSError as error:
        if error.errno in NO_LOCKS:
            return None
        raise


def _mark(mark: Path, wait: float) -> Path:
    """Make a folder that nobody has made; one that stays was left by a crash. Raises HeldError, OSError."""
    end, seen = time.monotonic() + max(wait, ABANDONED), _made(mark)
    while True:
        with suppress(FileExistsError):
            mark.mkdir()
            return mark
        if time.monotonic() > end:
            if _made(mark) != seen:
                raise HeldError(errno.EBUSY, "other notebooks or commands hold it")
            _take_away(mark)
        time.sleep(0.02)


def _made(mark: Path) -> int | None:
    with suppress(OSError):
        return mark.stat().st_mtime_ns
    return None


def _take_away(mark: Path) -> None:
    with suppress(FileNotFoundError):  # another program was quicker
        mark.rmdir()


def nearest(place: Path) -> Path:
    """A folder, or, where it is not there yet, the nearest one above that is. Raises OSError if one may not be seen."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def cannot_write(place: Path) -> str | None:
    """Why no file can be kept in a folder, or in the nearest one above it; None if one can."""
    try:
        with tempfile.TemporaryFile(dir=nearest(place)) as stream:
            stream.write(bytes(65536))  # a full disk lets a file be made, but not filled
            stream.flush()
            os.fsync(stream.fileno())
            return None
    except OSError as error:
        return error.strerror or os.strerror(error.errno or 0)


def write_whole(path: str | Path, data: str | bytes | memoryview, *, previous: str | Path | None = None) -> None:
    """Write a file so that it is there whole or, if anything fails, as it was before; text is stored as UTF-8.

    Its permissions stay. Under the name `previous` the old file is kept; of the two, one is there at every moment.
    Raises OSError.
    """
    file = Path(os.path.realpath(path))  # a link stays a link
    draft = _draft(file, data)
    try:
        if file.exists():
            with suppress(PermissionError):  # a file system that keeps no permissions may refuse to set them
                draft.chmod(file.stat().st_mode & 0o7777)
            if previous:
                os.replace(file, previous)
        os.replace(draft, file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _settle(file.parent)


def write_new(path: str | Path, data: str | bytes | memoryview) -> None:
    """Write a file whole, and never over another. Raises FileExistsError, OSError."""
    file = Path(path)
    draft = _draft(file, data)
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if file.exists():
            raise FileExistsError(file) from None
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    _settle(file.parent)


def set_aside(file: Path) -> Path:
    """Rename a damaged file to the first free `NAME.damaged-<n>`, which is returned. Raises OSError."""
    number = 1
    while (aside := file.with_name(f"{file.name}.damaged-{number}")).exists():
        number += 1
    with suppress(FileNotFoundError):  # another process was quicker
        os.replace(file, aside)
    return aside


def _draft(file: Path, data: str | bytes | memoryview) -> Path:
    """The data in a new hidden file beside another, on the disk and not only in memory."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    stream = draft.open("xb")
    try:
        with stream:
            stream.write(data.encode() if isinstance(data, str) else data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _settle(folder: Path) -> None:
    """Force the renaming onto the disk: on POSIX it is safe from a power cut only once the folder is."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems cannot; the file is in its place all the same
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
