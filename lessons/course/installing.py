"""What the set-up and the assets share: one pip run with a status line, a lock, and stamps that say what is done.

Only the standard library is used, because nothing else is there before the first install.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from lessons.course import conflicts, machine
from lessons.course.errors import CourseError
from lessons.course.places import ROOT

VENV = ROOT / ".venv"
MADE = VENV / ".made"  # the last thing that making the environment writes, and the first that an install removes
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
Output = deque[str]
# What names where to install or what to import; left in place, each of these makes pip write or look elsewhere.
HARMFUL = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "__PYVENV_LAUNCHER__")


class InstallError(CourseError):
    """Something could not be installed; the message says why and what to do."""


class LockedError(CourseError):
    """Another process is doing the same thing in the same place."""


def fingerprint(extra: str = "") -> str:
    """A hash of what the environment was made from: requirements, versions, the folder, the Python in it."""
    digest = hashlib.sha256(f"{ROOT}\0{extra}\0".encode(errors="surrogateescape"))
    for file in (ROOT / "pyproject.toml", ROOT / "constraints.txt", VENV / "pyvenv.cfg"):
        digest.update(file.read_bytes() if file.is_file() else b"missing")
        digest.update(b"\0")
    return digest.hexdigest()


def stamp(extra: str = "") -> Path:
    """The file that is written last when the environment is complete (`extra` is "" or "test")."""
    return VENV / (f".ready-{extra}" if extra else ".ready")


def is_ready(extra: str = "") -> bool:
    """Whether the packages were installed from today's files, here; the test extra includes all that a course needs."""
    extras = (extra,) if extra else ("", "test")
    return any(_holds(stamp(name), fingerprint(name)) for name in extras)


def _holds(file: Path, text: str) -> bool:
    try:
        return file.read_text(encoding="utf-8").strip() == text
    except OSError:
        return False


@contextmanager
def lock(file: Path, doing: str) -> Iterator[int]:
    """Hold an advisory lock that the system releases when the process ends; yields its file descriptor.

    A child that inherits the descriptor keeps the lock, so that the pip of a killed set-up is waited for as well.
    Raises LockedError if somebody else holds it, InstallError if the lock file cannot be written.
    """
    try:
        stream = file.open("a", encoding="utf-8")
    except OSError as error:
        raise InstallError(_unwritable(file.parent, error)) from error
    with stream:
        if not _try_lock(stream.fileno()):
            raise LockedError(
                f"Another {doing} is running in {file.parent} (or one that was stopped is just ending). "
                "Wait until it has finished, then give this command again."
            )
        yield stream.fileno()


def _try_lock(descriptor: int) -> bool:
    """Take the lock if it is free; on a file system that knows no locks, go on without one."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _unwritable(place: Path, error: OSError) -> str:
    return (
        f"The folder {place} cannot be written ({error.strerror}). "
        "Give yourself write permission, or move the course to a folder of your own."
    )


def wheels() -> Path | None:
    """The folder of wheels to install from without internet: LESSONS_WHEELS, or `wheels` in it; None if unset.

    Raises InstallError if there are no wheels in it.
    """
    named = os.environ.get("LESSONS_WHEELS")
    if not named:
        return None
    folder = Path(named).expanduser().resolve()
    for place in (folder / "wheels", folder):
        if any(place.glob("*.whl")):
            return place
    raise InstallError(f"There are no wheels in {folder}. `lessons pack FOLDER` fills such a folder; name that one.")


def environment() -> dict[str, str]:
    """The variables that pip runs with: yours (index, proxy, certificates), less what would install somewhere else."""
    variables = {name: value for name, value in os.environ.items() if name not in HARMFUL}
    if place := wheels():
        variables |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": place.as_uri()}  # an URL, for pip splits at blanks
    return variables | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONIOENCODING": "utf-8"}


def pip(
    python: str | Path, arguments: Sequence[str], label: str, output: Output, keep_open: tuple[int, ...] = ()
) -> None:
    """Run `python -m pip` in the course's folder, showing the seconds and what pip is at.

    `output` gets pip's lines; `keep_open` are descriptors that pip inherits. Raises InstallError, with pip's last
    lines, if pip fails.
    """
    command = [str(python), "-m", "pip", *arguments, "--progress-bar", "off", "--no-input"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=() if os.name == "nt" else keep_open,
    ) as process:
        reader = threading.Thread(target=output.extend, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            _watch(process, output, label)
        except BaseException:
            _end(process)
            raise
        finally:
            reader.join()
    if process.returncode:
        raise InstallError(explain(output, python))


def platform() -> str:
    """This Python in words, such as "3.11 on linux"."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} on {sys.platform}"


def changed_something(output: Output) -> bool:
    """Whether pip got as far as writing packages; before that it only resolves, downloads and builds."""
    return any(line.startswith(("Installing collected packages", "  Attempting uninstall")) for line in output)


def _watch(process: subprocess.Popen[str], lines: Output, label: str) -> None:
    """Wait for pip; a terminal gets one line that is rewritten, a log gets a line every 15 seconds."""
    started = time.monotonic()
    terminal = sys.stdout.isatty()
    while process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1 if terminal else 15)
            break
        text = f"  {label}: {time.monotonic() - started:.0f} s  {_stage(list(lines))}"
        text = text[: shutil.get_terminal_size().columns - 1]
        print(f"\r\033[K{text}" if terminal else text, end="" if terminal else "\n", flush=True)
    done = "failed" if process.returncode else f"done in {time.monotonic() - started:.0f} s"
    print(("\r\033[K" if terminal else "") + f"  {label}: {done}", flush=True)


def _stage(lines: Sequence[str]) -> str:
    """What pip is at: its last line that says so."""
    words = ("Collecting", "Downloading", "Using cached", "Processing", "Building", "Installing collected packages")
    told = [line.strip() for line in lines if line.strip().startswith(words)]
    return told[-1].partition(": ")[0] if told else "starting"


def _end(process: subprocess.Popen[str]) -> None:
    """Let an interrupted pip end before we do, so that nothing is written behind our back."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


REASONS = (
    (
        ("407 proxy", "proxy authentication required", "407 authenticationrequired"),
        "The proxy of your network wants a name and a password (HTTP 407). Put them into HTTPS_PROXY: "
        "http://NAME:PASSWORD@HOST:PORT, with % codes for letters such as @ (%40), then give the same command again.",
    ),
    (
        ("no space left", "errno 28", "not enough space on the disk", "disk quota"),
        "The disk is full. The packages need about 4 GB while they install and the assets 1.4 GB: free some space "
        "(`pip cache purge` may help), then give the same command again.",
    ),
    (
        ("do not match the hashes", "hashes are required"),
        "A downloaded file does not have the hash in data/assets.txt or of the index, so it was refused. A download "
        "that was cut off looks like this, too: give the same command again. If it stays so, your package index serves "
        "altered files.",
    ),
    (
        ("certificate_verify_failed", "certificate verify failed"),
        "The package index's certificate was not accepted. Behind a company proxy, give pip its certificate "
        "(`pip config set global.cert FILE`), then give the same command again.",
    ),
    (
        ("read-only file system", "permission denied", "errno 13", "access is denied"),
        "A file could not be written. Close programs that use the course (notebooks, editors), "
        "make sure that its folder is yours, then give the same command again.",
    ),
)
UNREACHED = ("newconnectionerror", "connection", "name resolution", "timed out", "proxyerror", "unreachable")
UNRESOLVED = ("no matching distribution", "resolutionimpossible", "requires a different python")


def explain(lines: Iterable[str], python: str | Path = "") -> str:
    """A sentence for the usual ways in which pip fails, and below it pip's own last lines.

    `python` is one whose pip can be asked what it lacks; without one only its words are read.
    """
    lines = list(lines)
    told = [line.rstrip() for line in lines if line.strip() and not line.startswith("[notice]")]
    return "\n".join([_reason("\n".join(told), python), *(f"  pip: {line}" for line in told[-4:])])


def _reason(words: str, python: str | Path) -> str:
    text = words.lower()
    for marks, sentence in REASONS:
        if any(mark in text for mark in marks):
            return sentence
    if python and any(mark in text for mark in UNRESOLVED):
        return _why_unresolved(words, python)
    return conflicts.INTERNET if any(mark in text for mark in UNREACHED) else "pip failed."


def _why_unresolved(words: str, python: str | Path) -> str:
    """What pip could not find, or what does not fit together; in a room without internet, what its folder lacks."""
    if place := wheels():
        lacking = ", ".join(conflicts.requirements(words)) or "something that the course needs"
        return (
            f"{place} has no wheel of {lacking} for this Python ({platform()}). Fill the folder again with "
            "`lessons pack` for this machine's platform and Python version, or use the Python that it was filled for."
        )
    version = _answer([str(python), "-c", "import platform; print(platform.python_version())"]).strip()
    here = f"{version} on {sysconfig.get_platform()}"
    return conflicts.reason(words, partial(ask, python), here, not machine.is_offline(os.environ), mirror(python))


def mirror(python: str | Path) -> str:
    """The package index that pip was told to use, without name and password; "" for the public one."""
    settings = _answer([str(python), "-m", "pip", "config", "list"])
    told = dict(re.findall(r"^(:env:|global|install)\.index-url='([^'\n]*)'", settings, re.MULTILINE))
    address = told.get(":env:") or told.get("install") or told.get("global") or ""
    return "" if "//pypi.org/" in address else re.sub(r"//[^/]*@", "//", address)


def ask(python: str | Path, requirement: str) -> str:
    """What pip says when it is to find a requirement, one try and ten seconds for each answer of the index."""
    options = ["--no-deps", "--no-input", "--retries", "0", "--timeout", "10", "--dest", tempfile.gettempdir()]
    return _answer([str(python), "-m", "pip", "download", *options, requirement])


def _answer(command: list[str]) -> str:
    """What a command prints, be it on success or not."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return done.stdout
