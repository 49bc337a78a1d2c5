"""Who is in the class: a roster as CSV, a list of one's own or what Moodle, Canvas or Blackboard export.

A submission belongs to somebody of the roster if the platform's number, the login, the e-mail address or the whole name
says so, in any order of first and last name. Where that fits two people, nobody is chosen and it is told.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lessons.course.errors import CourseError
from lessons.teaching.grading.reading import Submission

LARGEST = 20_000_000  # bytes of a roster
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
SIGNS = {  # the headings by which a platform's export is known
    "moodle": {"identifier", "maximum grade"},
    "canvas": {"student", "id", "section"},
    "blackboard": {"last name", "first name", "username"},
}
WHOLE = ("student", "full name", "name", "identifier")  # the last where Moodle hides names
PARTS = ("first name", "last name")
LOGINS = ("sis login id", "username", "login", "sis user id", "student id", "id number", "email address", "email")
NUMBERS = {"moodle": "identifier", "canvas": "id"}  # what the platform puts into the names of files
TEST_STUDENT = "Student, Test"  # whom Canvas puts into each course
HANDED_IN = ("last modified (submission)", "handed in")
TIMES = ("%A, %d %B %Y, %I:%M %p", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%A, %d %B %Y, %H:%M", "%d %B %Y, %I:%M %p")


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody of the class: the name that the table shows, when they handed in, their own number of late days."""

    name: str
    email: str = ""
    number: str = ""
    keys: tuple[frozenset[str], ...] = ()  # what names them: as it is written, then in another order
    handed_in: datetime | None = None
    late_days: int | None = None
    line: int = 0  # of the roster's rows, from 0


@dataclass(frozen=True, eq=False)
class Roster:
    """A class, and the file as it was read: `platform` is "moodle", "canvas", "blackboard" or "" for one's own."""

    file: Path
    platform: str = ""
    head: Sequence[str] = ()
    rows: Sequence[dict[str, str]] = ()
    people: Sequence[Person] = ()
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    _found: dict[str, list[Person]] = field(default_factory=dict)

    def match(self, submission: Submission) -> Person | None:
        """Whose a submission is, None if that is nobody of the class or not clear."""
        if self.platform == submission.platform and submission.number:
            same = [one for one in self.people if one.number == submission.number]
            if len(same) == 1:
                return same[0]
        return self.named(submission.student.removesuffix(f" ({submission.number})"))

    def named(self, name: str) -> Person | None:
        """The one person that a name, a login or an address stands for; None if there is none or more than one."""
        found = self.candidates(name)
        return found[0] if len(found) == 1 else None

    def candidates(self, name: str) -> list[Person]:
        """All whom a name may stand for: those that are called so, else those whose name has another order."""
        key = plain(name)
        for tier in range(2):
            if found := [one for one in self.people if key and key in one.keys[tier]]:
                return found
        return []


def plain(text: str) -> str:
    """A name as it can be compared: letters and digits alone, small, without accents: "O'Neill, Zoë" -> "oneillzoe"."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum() and not unicodedata.combining(letter))


def read(file: Path) -> Roster:
    """The roster in a CSV file. Raises CourseError with what is wrong."""
    text, encoding = _text(file)
    head, rows, delimiter = _table(file, text)
    known = {name.strip().casefold() for name in head}
    platform = next((name for name, signs in SIGNS.items() if signs <= known), "")
    people = list(_people(file, rows, platform))
    if not people:
        raise CourseError(f"{file} names nobody: it needs a column `student`, or what your platform exports.")
    twice = _twice(one.keys[0] for one in people)
    if twice:
        raise CourseError(f'{file} says "{twice}" of two people. Give each a login or an address of their own.')
    return Roster(file, platform, head, rows, people, delimiter, encoding)


def _twice(names: Iterable[frozenset[str]]) -> str:
    """A login, address or name that two people share although they have nothing else to be told by."""
    seen: list[frozenset[str]] = []
    for keys in names:
        if keys in seen:
            return min(keys)
        seen.append(keys)
    return ""


def _text(file: Path) -> tuple[str, str]:
    try:
        if file.stat().st_size > LARGEST:
            raise CourseError(f"{file} is too large for a roster.")
        content = file.read_bytes()
    except OSError as error:
        raise CourseError(f"{file} cannot be read ({error.strerror}).") from error
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ENCODINGS[1:2] if wide else (ENCODINGS[0], ENCODINGS[2]):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise CourseError(f"{file} is no text. Save the roster as CSV in UTF-8.")


def _table(file: Path, text: str) -> tuple[list[str], list[dict[str, str]], str]:
    """The headings, the rows by heading, and what stands between the columns."""
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=False))
    if len(lines) < 2:
        raise CourseError(f"{file} is empty. A roster has a row of headings, then a row for each student.")
    head = lines[0]
    return head, [dict(zip(head, line, strict=False)) for line in lines[1:] if any(map(str.strip, line))], delimiter


def _people(file: Path, rows: Sequence[dict[str, str]], platform: str) -> Iterator[Person]:
    for line, row in enumerate(rows):
        cells = {name.strip().casefold(): value.strip() for name, value in row.items()}
        if platform == "canvas" and not (cells["id"].isdigit() and cells["student"] != TEST_STUDENT):
            continue  # "Points Possible", for one
        whole = next((cells[name] for name in WHOLE if cells.get(name)), "")
        name = whole or " ".join(cells[part] for part in PARTS if cells.get(part))
        logins = [cells[name] for name in LOGINS if cells.get(name)]
        if name or logins:
            number = re.sub(r"\D", "", cells.get(NUMBERS.get(platform, ""), ""))
            when = _when(file, next((cells[name] for name in HANDED_IN if cells.get(name)), ""))
            days = cells.get("late days", "")
            email = next((cells[one] for one in ("email", "email address") if cells.get(one)), "")
            keys = _keys(name, logins)
            late_days = int(days) if days.isdigit() else None
            yield Person(name or logins[0], email, number, keys, when, late_days, line)


def _keys(name: str, logins: Sequence[str]) -> tuple[frozenset[str], ...]:
    """What names a person: name and logins as they are written, then the name with its last word first or last."""
    words = re.split(r"[\s,]+", name.strip())
    turned = [" ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]])]
    if "," in name:
        last, _, first = name.partition(",")
        turned.append(f"{first} {last}")
    locals_ = [login.partition("@")[0] for login in logins if "@" in login]
    exact = {plain(one) for one in (name, *logins)}
    return frozenset(exact - {""}), frozenset({plain(one) for one in (*turned, *locals_)} - exact - {""})


def _when(file: Path, text: str) -> datetime | None:
    """When somebody handed in, by the roster. Raises CourseError for a time that cannot be read."""
    if not text or text == "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for pattern in TIMES:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    raise CourseError(f'{file}: "{text}" is no time that is understood. Write it as 2026-02-01 23:59.')
