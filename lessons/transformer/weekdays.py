"""Does the translator read the month off the weekday? Dates are written under a weekday that is not theirs.

Where a decoder looks says little about what it uses. So we change what it looks at: a date in the full format
("Samstag, 14. März 1987") keeps day, month and year under another weekday, or its weekday with another month.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Sequence
from datetime import date

from babel import Locale
from torch import Tensor

from lessons.kit import checks
from lessons.transformer import dates


def written_under(day: date, language: str, weekday: int) -> str:
    """A date in the full format, under the name of any weekday (0 is Monday).

    written_under(date(1987, 3, 14), "de", 0) is "Montag, 14. März 1987", though it was a Saturday. Raises ValueError
    for a language that Babel does not know, a weekday that is none, and where the weekday's name is not found.
    """
    checks.whole(0, weekday=weekday)
    if weekday > 6:
        raise ValueError(f"A weekday is a number from 0, Monday, to 6, not {weekday}.")
    text = dates.written(day, language, "full")
    first, end = weekday_span(text, day, language)
    names = _names(text[first:end], day, language)
    return text[:first] + names[weekday] + text[end:]


def weekday_span(text: str, day: date, language: str) -> tuple[int, int]:
    """Where the name of its weekday stands in the full form of a date: first character, and the one after the last.

    Raises ValueError if it does not stand there.
    """
    found = [table[day.weekday()] for table in _tables(language) if table[day.weekday()] in text]
    if not found:
        raise ValueError(f"There is no weekday in {text!r:.40}.")
    name = max(found, key=len)
    return text.index(name), text.index(name) + len(name)


def _tables(language: str) -> list[dict[int, str]]:
    """The names of the weekdays as they stand in dates and by themselves."""
    days = Locale.parse(language).days
    return [dict(days[kind]["wide"]) for kind in ("format", "stand-alone")]


def _names(name: str, day: date, language: str) -> dict[int, str]:
    return next(table for table in _tables(language) if table[day.weekday()] == name)


def changed_dates(n: int, seed: int = 0) -> dict[str, dates.DatePairs]:
    """n days of the validation split in the full format, three times: as they are, under another weekday, and with
    another month under the old weekday. The ISO dates are those of the day, month and year in the text.

    Raises ValueError for n below 1.
    """
    pairs, rng = dates.date_pairs("validation", n, seed, formats=("full",)), random.Random(seed)
    days = [date.fromisoformat(iso) for iso in pairs.isos]
    found: dict[str, list[tuple[str, date]]] = {"as it was": [], "another weekday": [], "another month": []}
    for day, language in zip(days, pairs.languages, strict=True):
        weekday, month = (day.weekday() + rng.randint(1, 6)) % 7, _another_month(day, rng)
        found["as it was"].append((dates.written(day, language, "full"), day))
        found["another weekday"].append((written_under(day, language, weekday), day))
        found["another month"].append((written_under(month, language, day.weekday()), month))
    return {name: _pairs(rows, pairs) for name, rows in found.items()}


def _another_month(day: date, rng: random.Random) -> date:
    """The same day of another month of the year that has such a day."""
    months = [month for month in range(1, 13) if day.day <= calendar.monthrange(day.year, month)[1]]
    return day.replace(month=rng.choice([month for month in months if month != day.month]))


def _pairs(rows: Sequence[tuple[str, date]], like: dates.DatePairs) -> dates.DatePairs:
    texts, days = zip(*rows, strict=True)
    return dates.DatePairs(texts, tuple(day.isoformat() for day in days), like.languages, like.formats)


def month_looks_at_weekday(alignment: Tensor, pairs: dates.DatePairs) -> dict[str, float]:
    """The mean share of the look on the weekday, for the month's two digits and for all others, and of its characters.

    `alignment` (batch, 10, sources) is that of `dates.translate` for these dates in the full format.
    """
    looks, others, characters = 0.0, 0.0, 0.0
    month = range(*dates.PARTS["month"].indices(dates.ISO_LENGTH))
    rest = [place for place in range(dates.ISO_LENGTH) if place not in month]
    for row, (text, iso, language) in enumerate(zip(pairs.texts, pairs.isos, pairs.languages, strict=True)):
        first, end = weekday_span(text, date.fromisoformat(iso), language)
        shares = alignment[row, :, first:end].sum(-1)  # (10,)
        looks += shares[month.start : month.stop].mean().item() / len(pairs)
        others += shares[rest].mean().item() / len(pairs)
        characters += (end - first) / len(text) / len(pairs)
    return {"the month's digits": looks, "the other eight": others, "its share of the characters": characters}
