"""What was handed in: every file and every folder of a class becomes a submission of somebody, or says why not.

Notebooks are taken as they are, also as `.ipynb.txt` (a mail program's idea). A `.py` becomes a notebook of its cells,
a student's `.zip` is unpacked. Whoever handed in something else, or an empty folder, gets a submission that says so.
An archive that a learning platform gives out can be graded as it is.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from lessons.course.errors import CourseError
from lessons.teaching.grading.names import Owner, is_platform_s, of_folder, owner
from lessons.teaching.grading.reading import LARGEST, MOST_CODE, Submission

NOTEBOOK = (".ipynb", ".ipynb.txt", ".ipynb.json")
WORK = (*NOTEBOOK, ".py", ".zip")  # what may hold exercises
TEXTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".htm", ".md", ".txt", ".json", ".url", ".webloc")
PICTURES = (".png", ".jpg", ".jpeg", ".heic")
PACKED = (".rar", ".7z", ".gz", ".tar", ".tgz")
OTHERS = (*TEXTS, *PICTURES, *PACKED)  # what people hand in instead of a notebook
NOISE = ("__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__")
MOST_MEMBERS = 100  # files with exercises in one student's archive
LARGEST_ARCHIVE = 4_000_000_000  # bytes of the work in a platform's archive, unpacked
LARGEST_LIST = 1_000_000  # bytes of the list of a student's archive: some 10,000 files
MARK = re.compile(r"^# ?(?:%%|In ?\[[ \d]*\]:?)(?P<rest>.*)$", re.MULTILINE)  # how a .py tells where a cell begins
COURSE_OF_NBGRADER = ("nbgrader_config.py", "gradebook.db", "source", "release")


@contextmanager
def collected(place: Path, besides: Iterable[Path] = ()) -> Iterator[list[Submission]]:
    """Every submission in a folder, or in a platform's archive, by student; `besides` are the teacher's own files.

    What had to be unpacked is there until the end of the `with`. Raises CourseError if there is nothing to grade.
    """
    with tempfile.TemporaryDirectory(prefix="lessons-handed-in-", ignore_cleanup_errors=True) as scratch:
        if place.is_file() and zipfile.is_zipfile(place):
            folder = _unpacked_class(place, Path(scratch) / "class" / _title(place))
        else:
            folder = place
        yield gather(folder, Path(scratch), besides)


def gather(folder: Path, scratch: Path, besides: Iterable[Path] = ()) -> list[Submission]:
    """Every submission below a folder, by student; `scratch` is a place for what is unpacked. Raises CourseError."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name the folder with the notebooks that were handed in.")
    folder, out = _of_submissions(folder), Path(tempfile.mkdtemp(dir=scratch))
    own = {place.resolve() for place in besides}
    entries = [entry for entry in sorted(folder.iterdir()) if _counts(entry.name) and entry.resolve() not in own]
    found = [one for entry in entries if _is_whose(entry) for one in _entry(entry, folder, out)]
    told = {(one.student, one.number) for one in found}
    for entry in entries:  # a platform's notes, or a PDF beside a notebook, are no submissions of their own
        who = owner((entry.name,), folder.resolve().name)
        if not _is_whose(entry) and _is_instead(entry) and (who.name, who.number) not in told:
            found.append(_submission(entry, entry.name, who, f"It is no notebook: {entry.name}"))
    if not found:
        raise CourseError(f"There is no notebook (.ipynb) in {folder}.")
    return sorted(_told_apart(found), key=lambda one: (one.student.casefold(), one.place))


def _of_submissions(folder: Path) -> Path:
    """Of a course folder of nbgrader's the folder `submitted`: what else is there is the teacher's."""
    inner = folder / "submitted"
    if not inner.is_dir():
        return folder
    visible = [entry for entry in folder.iterdir() if _counts(entry.name)]
    ours = visible == [inner] or any((folder / name).exists() for name in COURSE_OF_NBGRADER)
    return inner if ours else folder


def _counts(name: str) -> bool:
    """Whether a file is none of those that systems and Jupyter put beside people's own."""
    return not name.startswith((".", "~$")) and name not in NOISE


# --- from entries to submissions --------------------------------------------------------------------------------------


def _is_whose(entry: Path) -> bool:
    """Whether it may hold exercises: a folder, a file of work, or a link that will be told."""
    return entry.is_dir() or entry.is_symlink() or _is_work(entry.name)


def _is_instead(entry: Path) -> bool:
    """Whether it is what people hand in instead of a notebook."""
    return entry.suffix.lower() in OTHERS or is_platform_s(entry.name)


def _entry(entry: Path, folder: Path, out: Path) -> Iterator[Submission]:
    """The submissions in one file or folder at the top."""
    if entry.is_dir() and not entry.is_symlink():
        yield from _student_s_folder(entry, folder, out)
    else:
        yield from _file(entry, owner((entry.name,), folder.resolve().name), entry.name, out)


def _student_s_folder(entry: Path, folder: Path, out: Path) -> Iterator[Submission]:
    """The submissions in one student's folder; a single one, with a problem, if no work is in it."""
    inside = sorted(path for path in entry.rglob("*") if _visible(path.relative_to(folder)))
    if any(is_platform_s(path.name) and path.is_dir() for path in inside):
        told = "It holds folders that a learning platform has named. Grade this folder by itself, not the one above it."
        yield _submission(entry, entry.name, of_folder(entry.name), told)
        return
    files = [path for path in inside if path.is_symlink() or not path.is_dir()]
    work = [path for path in files if _is_work(path.name)]
    for path in work:
        relative = path.relative_to(folder)
        yield from _file(path, owner(relative.parts, folder.resolve().name), relative.as_posix(), out)
    if not work:
        others = ", ".join(path.name for path in files[:5])
        problem = f"No notebook is in the folder, but: {others}" if others else "The folder is empty"
        yield _submission(entry, entry.name, of_folder(entry.name), problem)


def _visible(relative: Path) -> bool:
    return all(map(_counts, relative.parts))


def _is_work(name: str) -> bool:
    return name.lower().endswith(WORK)


def _file(file: Path, who: Owner, place: str, out: Path) -> Iterator[Submission]:
    """The submissions in one file: a notebook, a .py, an archive."""
    name = file.name.lower()
    problem = _unfit(file)
    if problem or name.endswith(NOTEBOOK):
        yield _submission(file, place, who, problem)
    elif name.endswith(".py"):
        yield _submission(_as_notebook(file, out), place, who)
    else:
        yield from _unpacked(file, who, place, out)


def _unfit(file: Path) -> str:
    """Why a file is not opened, "" if it may be."""
    try:
        if file.is_symlink():
            return "It is a link to another place, not a notebook."
        if not file.is_file():
            return "It is not a file."
        if file.stat().st_size > LARGEST:
            return f"It is too large ({file.stat().st_size / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f})."
    except OSError as error:
        return f"It cannot be read ({error.strerror})."
    return ""


def _submission(file: Path, place: str, who: Owner, problem: str = "") -> Submission:
    problem = f"{problem.rstrip('.')}." if problem else ""
    when = who.when or _timestamp(file)
    return Submission(
        file, place, who.name, who.lesson, who.number, problem, platform=who.platform, late=who.late, when=when
    )


def _timestamp(file: Path) -> datetime | None:
    """When nbgrader collected a file: `timestamp.txt` beside it."""
    note = file.with_name("timestamp.txt")
    try:
        if note.is_symlink() or not note.is_file() or note.stat().st_size > 200:
            return None
        return datetime.fromisoformat(note.read_text(encoding="utf-8").strip().replace(" UTC", "+00:00"))
    except (OSError, ValueError):
        return None


def _told_apart(found: list[Submission]) -> list[Submission]:
    """Where files of one name carry different numbers, they may be of two students: each keeps its number."""
    numbers: dict[str, set[str]] = {}
    for one in found:
        numbers.setdefault(one.student, set()).update([one.number] if one.number else [])
    for one in found:
        if one.number and len(numbers[one.student]) > 1:
            one.student = f"{one.student} ({one.number})"
    return found


# --- a script as a notebook -------------------------------------------------------------------------------------------


def _as_notebook(file: Path, out: Path) -> Path:
    """A notebook of a script's cells, as editors mark them by `# %%`; what is no text stays as it is."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return file
    made = [{"cell_type": "code", "source": source} for source in script_cells(text[: MOST_CODE + 1])]
    target = Path(tempfile.mkdtemp(dir=out)) / f"{file.stem}.ipynb"
    target.write_text(json.dumps({"cells": made}), encoding="utf-8")
    return target


def script_cells(text: str) -> list[str]:
    """The code cells of a script, as Jupyter, Colab and VS Code mark them; prose is left out."""
    marks = list(MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    pieces = [text[: marks[0].start()]] if marks else [text]
    for mark, end in zip(marks, ends, strict=False):
        if not re.search(r"\[(?:markdown|raw)\]", mark["rest"]):
            pieces.append(text[mark.end() : end])
    return [piece.strip("\n") + "\n" for piece in pieces if piece.strip()]


# --- archives ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Refused(Exception):
    """An archive that is not unpacked; the message is a sentence."""

    sentence: str


def _unpacked(file: Path, who: Owner, place: str, out: Path) -> Iterator[Submission]:
    """The submissions in a student's archive, all of which are that student's."""
    target = Path(tempfile.mkdtemp(dir=out))
    try:
        names = list(_members(file, target))
    except _Refused as refused:
        yield _submission(file, place, who, refused.sentence)
        return
    if not names:
        yield _submission(file, place, who, "No notebook is in the archive.")
    for inner in names:
        for one in _file(target / inner, who, f"{place}/{inner}", out):
            one.lesson = one.lesson or owner(("x", PurePosixPath(inner).name), "x").lesson
            yield one


def _members(file: Path, target: Path) -> Iterator[str]:
    """Unpack what may hold exercises; yields the names. Raises _Refused."""
    if _list_size(file) > LARGEST_LIST:
        raise _Refused("The archive holds too many files, or is damaged.")
    left = LARGEST
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if _is_member(one) and not one.filename.endswith(".zip")]
            if len(members) > MOST_MEMBERS:
                raise _Refused(f"The archive holds {len(members)} notebooks.")
            for number, member in enumerate(members):
                name = f"{number:03d}/{PurePosixPath(member.filename).name}"
                left -= _extract(archive, member, target / name, left)
                yield name
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise _Refused("The archive is damaged, or locked by a password.") from None
    except Exception as error:  # zlib's own; a damaged archive has many ways to be so
        if isinstance(error, _Refused):
            raise
        raise _Refused(f"The archive cannot be unpacked ({type(error).__name__}).") from None


def _is_member(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return not member.is_dir() and all(map(_counts, path.parts)) and _is_work(path.name)


def _list_size(file: Path) -> int:
    """Bytes of an archive's list of files, as its last lines say it; a number too large where they say nothing."""
    with file.open("rb") as stream:
        stream.seek(max(file.stat().st_size - 66_000, 0))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return LARGEST_LIST + 1
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Unpack one file of at most so many bytes, whatever the archive says of its size; returns its size."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Refused("The archive is packed in a way that is not read here: use an ordinary .zip.")
    with archive.open(member) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise _Refused(f"The archive holds more than {LARGEST / 1e6:.0f} MB.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return len(content)


def _title(place: Path) -> str:
    return re.sub(r"[^\w -]", "-", place.stem) or "class"


def _unpacked_class(file: Path, target: Path) -> Path:
    """The folder of a platform's archive, unpacked. Raises CourseError if that cannot be done."""
    left = LARGEST_ARCHIVE
    target.mkdir(parents=True)
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                path = _inside(target, member.filename)
                if path is None or not _visible(path.relative_to(target)):
                    continue
                if member.is_dir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                left -= member.file_size
                if left < 0:
                    raise CourseError(f"{file} holds more than {LARGEST_ARCHIVE / 1e9:.0f} GB. Unpack it yourself.")
                with archive.open(member) as stream, path.open("wb") as out:
                    shutil.copyfileobj(stream, out)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise CourseError(f"{file} cannot be unpacked ({error}). Unpack it yourself, and name the folder.") from error
    inner = [entry for entry in target.iterdir() if _counts(entry.name)]
    alone = len(inner) == 1 and inner[0].is_dir() and not is_platform_s(inner[0].name)
    return inner[0] if alone and any(child.is_dir() or _is_work(child.name) for child in inner[0].iterdir()) else target


def _inside(target: Path, name: str) -> Path | None:
    """Where a member of an archive goes, None for a name that leads out of its folder."""
    path = (target / name.replace("\\", "/")).resolve()
    return path if path.is_relative_to(target.resolve()) and path != target.resolve() else None
