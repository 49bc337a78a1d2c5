"""Dates as people write them in twenty languages, and in ISO 8601: the small translation task of notebook 06.

Unicode's locale data (CLDR, in the package Babel) knows how each language writes a date: "Samstag, 14. März 1987",
"1987年3月14日". Every day from 1950 to 2049 belongs to one split, so no date of the training split is in another one.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date

LANGUAGES = (
    *("cs", "de", "el", "en", "es", "fi", "fr", "hi", "hu", "id"),
    *("it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"),
)
STRANGERS = ("ca", "da", "he")  # never trained on: a sister of Spanish, one of Swedish, and another script
FORMATS = ("medium", "long", "full")
UNSEEN_FORMAT = "short"  # never trained on: often only two digits of the year
SPLITS = ("train", "validation", "test")
FIRST, DAYS = date(1950, 1, 1), 36_525  # to 31 December 2049


@dataclass(frozen=True)
class DatePairs:
    """Written dates, the same in ISO 8601 ("1987-03-14"), and the language and format that each is written in."""

    texts: tuple[str, ...]
    isos: tuple[str, ...]
    languages: tuple[str, ...]
    formats: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)


def written(day: date, language: str, form: str = "long") -> str:
    """A date as it is written in a language, with ordinary spaces: written(date(1987, 3, 14), "de") is "14. März 1987".

    Raises ValueError for a language or a format that Babel does not know.
    """
    if form not in (*FORMATS, UNSEEN_FORMAT):
        raise ValueError(f"The formats are {', '.join((*FORMATS, UNSEEN_FORMAT))}, not {form!r}.")
    try:
        text = format_date(day, form, locale=_locale(language))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise ValueError(f"There is no language {language!r}. Examples: {', '.join(LANGUAGES)}.") from error
    return " ".join(text.split())  # narrow and unbreakable spaces too


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def split_of(day: date) -> str:
    """The split of a day, by a hash of it: 80 % train, 10 % validation, 10 % test."""
    share = int(hashlib.sha256(day.isoformat().encode()).hexdigest()[:8], 16) / 16**8
    return "train" if share < 0.8 else "validation" if share < 0.9 else "test"


@cache
def days(split: str) -> tuple[date, ...]:
    """All days of a split, in order. Raises ValueError for another name than train, validation or test."""
    if split not in SPLITS:
        raise ValueError(f"The splits are {', '.join(SPLITS)}, not {split!r}.")
    every = (FIRST + timedelta(number) for number in range(DAYS))
    return tuple(day for day in every if split_of(day) == split)


def date_pairs(
    split: str,
    n: int,
    seed: int = 0,
    languages: Sequence[str] = LANGUAGES,
    formats: Sequence[str] = FORMATS,
) -> DatePairs:
    """n dates drawn from a split, each in a language and a format drawn at random.

    Raises ValueError for an unknown split, language or format, and for n below 1.
    """
    if n < 1:
        raise ValueError(f"At least one date, please; {n} were asked for.")
    rng, pool = random.Random(seed), days(split)
    drawn = [(rng.choice(pool), rng.choice(languages), rng.choice(formats)) for _ in range(n)]
    chosen, tongues, forms = zip(*drawn, strict=True)
    return DatePairs(tuple(written(*one) for one in drawn), tuple(day.isoformat() for day in chosen), tongues, forms)
