"""A file is there whole, or as it was before: a full disk, a crash at any moment, permissions, links, damage."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lessons.course import files
from lessons.course.files import HeldError, cannot_write, held, set_aside, write_new, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="permissions, links and SIGKILL as POSIX has them")


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_is_read_again_and_replaces_what_was_there(tmp_path, seed):
    rng, file = random.Random(seed), tmp_path / "ü 中.bin"
    for size in (rng.randrange(10_000), 0, rng.randrange(1_000_000)):
        data = rng.randbytes(size)
        write_whole(file, data)
        assert file.read_bytes() == data
        write_whole(str(file), memoryview(data))
        assert file.read_bytes() == data
    assert names(tmp_path) == {file.name}


def test_text_is_utf_8_with_the_line_ends_that_it_has(tmp_path):
    write_whole(tmp_path / "text", "ü 中 🙂\n\r\n")
    assert (tmp_path / "text").read_bytes() == "ü 中 🙂\n\r\n".encode()


def test_text_that_no_file_can_hold_leaves_the_old_file(tmp_path):
    write_whole(tmp_path / "text", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "text", "\ud800")
    assert (tmp_path / "text").read_text() == "old"
    assert names(tmp_path) == {"text"}


def test_the_file_before_is_kept_under_another_name_if_asked(tmp_path):
    file, previous = tmp_path / "now", tmp_path / "before"
    for text in ("one", "two", "three"):
        write_whole(file, text, previous=previous)
    assert (file.read_text(), previous.read_text()) == ("three", "two")
    assert names(tmp_path) == {"now", "before"}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    file = tmp_path / "file"
    write_whole(file, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, call, full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, "new")
    assert file.read_text() == "old"
    assert names(tmp_path) == {"file"}


@posix
def test_a_file_that_may_not_grow_leaves_the_old_one(tmp_path):
    script = """
import resource, signal, sys
from lessons.course.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
write_whole(sys.argv[1], b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(sys.argv[1], b"new" * 1000)
except OSError as error:
    print(error.strerror)
"""
    result = subprocess.run([sys.executable, "-c", script, str(tmp_path / "file")], capture_output=True, text=True)
    assert result.stdout == "File too large\n"
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == {"file"}


@posix
@pytest.mark.parametrize("moment", ["write", "fsync", "first replace", "second replace", "after"])
def test_a_crash_at_any_moment_leaves_a_whole_file(tmp_path, moment):
    """A process is killed at this moment of its second writing."""
    script = """
import os, signal, sys
from lessons.course import files
folder, moment = sys.argv[1:]
files.write_whole(f"{folder}/file", b"old" * 1000, previous=f"{folder}/before")
kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
replace, fsync, calls = os.replace, os.fsync, []
def trapped_replace(*names):
    calls.append(1)
    if moment == ("first replace", "second replace")[len(calls) - 1]: kill()
    replace(*names)
def trapped_fsync(descriptor):
    if moment == "write": os.truncate(descriptor, 1500)
    if moment in ("write", "fsync"): kill()
    fsync(descriptor)
os.replace, os.fsync = trapped_replace, trapped_fsync
files.write_whole(f"{folder}/file", b"new" * 1000, previous=f"{folder}/before")
kill()
"""
    result = subprocess.run([sys.executable, "-c", script, str(tmp_path), moment])
    assert result.returncode == -signal.SIGKILL
    found = {name: (tmp_path / name).read_bytes() for name in ("file", "before") if (tmp_path / name).exists()}
    old, new = b"old" * 1000, b"new" * 1000
    wanted = {"second replace": {"before": old}, "after": {"file": new, "before": old}}
    assert found == wanted.get(moment, {"file": old})


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "folder" / "file", "x")
    assert names(tmp_path) == set()


@posix
def test_permissions_stay_and_a_new_file_has_the_usual_ones(tmp_path):
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "new", "x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode
    for mode in (0o600, 0o644, 0o664):
        (tmp_path / "new").chmod(mode)
        write_whole(tmp_path / "new", "y")
        assert (tmp_path / "new").stat().st_mode & 0o777 == mode


def test_a_file_system_that_refuses_permissions_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    write_whole(tmp_path / "file", "old")
    monkeypatch.setattr(Path, "chmod", refuse)  # as on some mounts of Windows' shares
    write_whole(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"


@posix
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_is_never_written_over_another(tmp_path, monkeypatch, links):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if not links:  # as on exFAT
        monkeypatch.setattr(files.os, "link", refuse)
    write_new(tmp_path / "file", "one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", "two")
    assert (tmp_path / "file").read_text() == "one"
    assert names(tmp_path) == {"file"}


def test_damaged_files_are_set_aside_under_free_names(tmp_path):
    for number in (1, 2, 3):
        (tmp_path / "file").write_text(str(number))
        assert set_aside(tmp_path / "file") == tmp_path / f"file.damaged-{number}"
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        f"file.damaged-{n}": f"{n}" for n in (1, 2, 3)
    }
    assert set_aside(tmp_path / "file").name == "file.damaged-4"  # gone already: nothing happens
    assert len(names(tmp_path)) == 3


@pytest.fixture
def no_locks(monkeypatch):
    """A file system that knows no locks."""

    def refuse(lock: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("filelock.FileLock._acquire", refuse)


def test_without_locks_a_mark_stands_for_one_and_goes_away(tmp_path, no_locks):
    with held(tmp_path / "lock", 1):
        assert (tmp_path / "lock.held").is_dir()
    assert not (tmp_path / "lock.held").exists()


def test_a_mark_that_a_crash_left_behind_is_no_hindrance(tmp_path, no_locks, monkeypatch):
    monkeypatch.setattr(files, "ABANDONED", 0.05)
    (tmp_path / "lock.held").mkdir()
    with held(tmp_path / "lock", 0):
        assert (tmp_path / "lock.held").is_dir()
    assert not (tmp_path / "lock.held").exists()


def test_a_mark_that_changes_hands_is_respected(tmp_path, no_locks, monkeypatch):
    monkeypatch.setattr(files, "ABANDONED", 0.05)
    times = iter(range(10))
    monkeypatch.setattr(files, "_made", lambda mark: next(times))
    (tmp_path / "lock.held").mkdir()
    with pytest.raises(HeldError, match="hold it"), held(tmp_path / "lock", 0):
        pass
    assert (tmp_path / "lock.held").is_dir()


def test_a_lock_that_another_program_holds(tmp_path):
    script = (
        "import sys\nfrom filelock import FileLock\nwith FileLock(sys.argv[1]): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        with pytest.raises(HeldError, match="holds it"), held(tmp_path / "lock", 0.1):
            pass
        other.stdin.close()
    with held(tmp_path / "lock", 0.1):
        pass


def test_a_folder_that_cannot_be_written_is_known_before(tmp_path, monkeypatch):
    assert cannot_write(tmp_path / "not" / "there") is None
    assert names(tmp_path) == set()
    (tmp_path / "file").touch()
    assert cannot_write(tmp_path / "file" / "folder")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    assert cannot_write(tmp_path) == "No space left on device"
