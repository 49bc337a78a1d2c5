"""Writing a file whole, and keeping a damaged one: whatever happens, no reader meets half a file."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path: str | Path, data: str | bytes | memoryview, *, previous: str | Path | None = None) -> None:
    """Write a file so that it is there whole or, if anything fails, as it was before; text is stored as UTF-8.

    Its permissions stay. Under the name `previous` the old file is kept; of the two, one is there at every moment.
    Raises OSError.
    """
    file = Path(os.path.realpath(path))  # a link stays a link
    draft = _draft(file, data)
    try:
        if file.exists():
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
