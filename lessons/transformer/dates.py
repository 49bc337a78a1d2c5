"""Dates as people write them in twenty languages, and in ISO 8601: the small translation task of notebook 06.

Unicode's locale data (CLDR, in the package Babel) knows how each language writes a date: "Samstag, 14. März 1987",
"1987年3月14日". Every day from 1950 to 2049 belongs to one split, so no date of the training split is in another one.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import torch
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from torch import Tensor
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.batches import by_length, check_batches
from lessons.kit.texts import listed
from lessons.kit.training import evaluating, to_device
from lessons.transformer import Transformer, Translation

LANGUAGES = (
    *("cs", "de", "el", "en", "es", "fi", "fr", "hi", "hu", "id"),
    *("it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"),
)
STRANGERS = ("ca", "da", "he")  # never trained on: a sister of Spanish, one of Swedish, and another script
FORMATS = ("medium", "long", "full")
UNSEEN_FORMAT = "short"  # never trained on as such; nine of the languages write two digits of the year
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
    if not isinstance(language, str):
        raise ValueError(f"A language is named by a code such as 'de', not {language!r}.")
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

    Raises ValueError for an unknown split, language or format or none, for n below 1; TypeError for one bare string.
    """
    checks.whole(None, n=n)
    checks.whole(0, seed=seed)
    languages, formats = listed(languages), listed(formats)
    if not languages or not formats:
        raise ValueError("Give at least one language and one format.")
    if n < 1:
        raise ValueError(f"At least one date, please; {n} were asked for.")
    rng, pool = random.Random(seed), days(split)
    drawn = [(rng.choice(pool), rng.choice(languages), rng.choice(formats)) for _ in range(n)]
    chosen, tongues, forms = zip(*drawn, strict=True)
    return DatePairs(tuple(written(*one) for one in drawn), tuple(day.isoformat() for day in chosen), tongues, forms)


def kept(pairs: DatePairs, keep: Callable[[str, str], bool]) -> DatePairs:
    """Those pairs for which keep(text, iso) is true."""
    rows = [i for i, (text, iso) in enumerate(zip(pairs.texts, pairs.isos, strict=True)) if keep(text, iso)]
    columns = (pairs.texts, pairs.isos, pairs.languages, pairs.formats)
    return DatePairs(*(tuple(column[i] for i in rows) for column in columns))


def is_trained(text: str, iso: str) -> bool:
    """Whether a day is written exactly so in one of the languages and formats of the training split.

    Raises ValueError for what is no date in ISO 8601, TypeError for what is no text.
    """
    (text,) = listed([text])
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        raise ValueError(f"A date in ISO 8601 is due, such as 1987-03-14, not {iso!r:.40}.") from None
    return any(text == written(day, language, form) for language in LANGUAGES for form in FORMATS)


def days_meant(text: str) -> Counter[date]:
    """Every day that a language of LANGUAGES writes so in the short format, with the number of languages that do.

    days_meant("3/4/99") holds 3 April 1999 three times (Greek, Hindi, Spanish) and 4 March 1999 once (English). Two
    digits of a year mean one from 1950 to 2049. Raises TypeError for what is no text.
    """
    (text,) = listed([text])
    found: Counter[date] = Counter()
    for year, month, day in set(itertools.permutations(map(int, re.findall(r"[0-9]+", text)), 3)):
        try:
            meant = date(year if year > 99 else year + (1900 if year >= 50 else 2000), month, day)
        except (ValueError, OverflowError):
            continue
        writers = sum(written(meant, language, UNSEEN_FORMAT) == text for language in LANGUAGES)
        found += Counter({meant: writers})
    return found


def doubt(n: int, seed: int = 0) -> tuple[float, float]:
    """How unclear two digits of the year leave a date: n short test dates, those with four digits left out.

    Two shares of the others: the texts that mean more than one day, and the most that a reader could get right who
    sees nothing but the text, and always writes the day that most languages mean by it. Raises as `date_pairs`,
    and ValueError if no date is left.
    """
    pairs = kept(date_pairs("test", n, seed, formats=(UNSEEN_FORMAT,)), lambda text, iso: iso[:4] not in text)
    if not len(pairs):
        raise ValueError(f"Among {n} short dates none has two digits of the year: draw more.")
    days = [days_meant(text) for text in pairs.texts]
    best = [max(each.values()) / each.total() for each in days]
    return sum(len(each) > 1 for each in days) / len(days), sum(best) / len(best)


# --- as numbers -------------------------------------------------------------------------------------------------------

PADDING, UNKNOWN = 0, 1  # source ids
DIGITS = "0123456789-"  # target ids 0 ... 10
START = len(DIGITS)  # what the decoder reads before it has written anything
TARGETS = START + 1
ISO_LENGTH = 10


class Characters:
    """The source vocabulary: every character of the training texts has an id from 2 on; 0 is padding, 1 unknown."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises TypeError for one bare string or for what is no text."""
        self.characters = sorted(set().union(*listed(texts)))
        self._ids = {character: number for number, character in enumerate(self.characters, start=2)}

    def __len__(self) -> int:
        return len(self.characters) + 2

    def encode(self, texts: Sequence[str]) -> Tensor:
        """(batch,) texts -> ids (batch, longest text), filled up with 0.

        Raises ValueError if there is none, TypeError for one bare string or for what is no text.
        """
        texts = listed(texts)
        if not texts or not max(map(len, texts)):
            raise ValueError("There is nothing to translate: write a date, such as 14 March 1987.")
        token_ids = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.long)
        for row, text in enumerate(texts):
            token_ids[row, : len(text)] = torch.tensor([self._ids.get(c, UNKNOWN) for c in text], dtype=torch.long)
        return token_ids


def iso_ids(isos: Sequence[str]) -> Tensor:
    """ISO dates -> ids (batch, 10). Raises ValueError for none or other spellings, TypeError for one bare string."""
    isos = listed(isos)
    if not isos or any(len(iso) != ISO_LENGTH or not set(iso) <= set(DIGITS) for iso in isos):
        raise ValueError(f"Dates in ISO 8601 are due, such as 1987-03-14, one or more; not {isos!r:.60}.")
    return torch.tensor([[DIGITS.index(character) for character in iso] for iso in isos])


def iso_texts(token_ids: Tensor) -> list[str]:
    """Ids (batch, 10) -> what they spell; the start id, which a model may write by mistake, becomes "?".

    Raises ValueError for other ids.
    """
    checks.token_ids("token_ids", token_ids, TARGETS, "batch", "characters")
    return ["".join(f"{DIGITS}?"[i] for i in row) for row in token_ids.tolist()]


class DateBatches:
    """Pairs (source ids, target ids) in batches of dates that are about equally long, in another order every epoch."""

    def __init__(self, pairs: DatePairs, characters: Characters, batch_size: int = 64, seed: int = 0) -> None:
        """Raises ValueError if there is nothing to make batches of, for a batch size below 1 or a seed below 0."""
        check_batches(pairs, batch_size)
        checks.whole(0, seed=seed)
        self.pairs, self.characters, self.batch_size = pairs, characters, batch_size
        self.generator = random.Random(seed)

    def __len__(self) -> int:
        return -(-len(self.pairs) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = list(range(len(self.pairs)))
        self.generator.shuffle(order)
        batches = by_length(self.pairs.texts, self.batch_size, order)
        self.generator.shuffle(batches)
        for batch in batches:
            texts, isos = [self.pairs.texts[i] for i in batch], [self.pairs.isos[i] for i in batch]
            yield self.characters.encode(texts), iso_ids(isos)


# --- learning and translating -----------------------------------------------------------------------------------------


def teacher_forcing(target_ids: Tensor) -> Tensor:
    """What the decoder reads while it learns: the start id, then all targets but the last; (batch, n) -> the same.

    Raises ValueError for what are no target ids.
    """
    checks.token_ids("target_ids", target_ids, TARGETS, "batch", "characters")
    start = torch.full_like(target_ids[:, :1], START)
    return torch.cat([start, target_ids[:, :-1]], dim=1)


def translation_loss(model: torch.nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """The mean cross-entropy, in nats, of each next character given the true ones before it.

    Raises ValueError for ids that are none, or not one row of targets for each source.
    """
    source_ids, target_ids = to_device(batch, next(model.parameters()).device)
    logits = model(source_ids, teacher_forcing(target_ids))  # (batch, 10, targets)
    checks.labels(logits, target_ids)
    return F.cross_entropy(logits.flatten(0, 1), target_ids.flatten())


def translate(model: Transformer, characters: Characters, texts: Sequence[str]) -> tuple[list[str], Translation]:
    """Texts -> what the model writes for each, greedily, in evaluation mode; and where it looked.

    Raises ValueError if there is no text, or one is longer than the model has positions.
    """
    source_ids = characters.encode(texts).to(next(model.parameters()).device)
    with evaluating(model):
        written = model.greedy(source_ids, START, ISO_LENGTH)
    return iso_texts(written.token_ids), written


def translations(model: Transformer, characters: Characters, texts: Sequence[str], batch_size: int = 500) -> list[str]:
    """What the model writes for each text, in batches. Raises as `translate`, ValueError for a batch size below 1."""
    checks.whole(batch_size=batch_size)
    texts = listed(texts)
    starts = range(0, len(texts), batch_size)
    return [iso for i in starts for iso in translate(model, characters, texts[i : i + batch_size])[0]]


def exact_match(model: Transformer, characters: Characters, pairs: DatePairs, batch_size: int = 500) -> float:
    """The share of dates of which every character is right. Raises ValueError for no dates, and as `translations`."""
    check_batches(pairs, batch_size)
    guesses = translations(model, characters, pairs.texts, batch_size)
    return sum(guess == iso for guess, iso in zip(guesses, pairs.isos, strict=True)) / len(pairs)


PARTS = {"year": slice(0, 4), "month": slice(5, 7), "day": slice(8, 10)}  # of "1987-03-14"


def parts_right(guesses: Sequence[str], isos: Sequence[str]) -> dict[str, float]:
    """The share of dates of which the whole is right, and the year, the month and the day, each by itself.

    Raises ValueError if there is no date, or not one guess for each; TypeError for one bare string.
    """
    guesses, isos = listed(guesses), listed(isos)
    if not isos or len(guesses) != len(isos):
        raise ValueError(f"One guess for each date is due: {len(guesses)} guesses, {len(isos)} dates.")
    pieces = {"whole": slice(None), **PARTS}
    pairs = list(zip(guesses, isos, strict=True))
    return {name: sum(g[piece] == iso[piece] for g, iso in pairs) / len(pairs) for name, piece in pieces.items()}
