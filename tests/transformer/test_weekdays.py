"""Dates under another weekday: only the weekday changes, in every language, and looks are counted on its letters."""

from datetime import date

import pytest
import torch

from lessons.transformer import dates, weekdays

DAYS = [date(1987, 3, 14), date(2010, 5, 5), date(1999, 12, 27), date(2024, 2, 29)]


@pytest.mark.parametrize("language", dates.LANGUAGES)
def test_only_the_weekday_changes(language):
    for day in DAYS:
        text = dates.written(day, language, "full")
        assert weekdays.written_under(day, language, day.weekday()) == text
        first, end = weekdays.weekday_span(text, day, language)
        others = {weekdays.written_under(day, language, weekday) for weekday in range(7)}
        assert len(others) == 7
        assert all(other.startswith(text[:first]) and other.endswith(text[end:]) for other in others)
        week = [date.fromordinal(day.toordinal() + ahead) for ahead in range(7)]
        names = {dates.written(each, language, "full") for each in week}
        assert all(any(other[first : len(other) - len(text) + end] in name for name in names) for other in others)


def test_known_dates():
    assert weekdays.written_under(date(1987, 3, 14), "de", 0) == "Montag, 14. März 1987"
    assert weekdays.written_under(date(1999, 3, 14), "ja", 2) == "1999年3月14日水曜日"
    assert weekdays.weekday_span("lauantai 14. maaliskuuta 1987", date(1987, 3, 14), "fi") == (0, 8)


def test_three_kinds_of_changed_dates_agree_in_what_is_kept():
    found = weekdays.changed_dates(60, seed=1)
    rows = zip(*(zip(pairs.texts, pairs.isos, pairs.languages, strict=True) for pairs in found.values()), strict=True)
    for (text, iso, language), (under, same, _), (moved, other, _) in rows:
        day, another = date.fromisoformat(iso), date.fromisoformat(other)
        assert text == dates.written(day, language, "full")
        assert same == iso
        assert under != text
        assert under in {weekdays.written_under(day, language, weekday) for weekday in range(7)}
        assert (another.year, another.day) == (day.year, day.day)
        assert another.month != day.month
        assert moved == weekdays.written_under(another, language, day.weekday())
        assert dates.split_of(day) == "validation"


def test_looks_are_counted_on_the_letters_of_the_weekday():
    text, iso = "Montag, 14. März 1983", "1983-03-14"
    pairs = dates.DatePairs((text,), (iso,), ("de",), ("full",))
    alignment = torch.zeros(1, 10, 30)  # padded
    alignment[0, :, 29] = 1
    alignment[0, 5, :6], alignment[0, 5, 29] = 0.1, 0.4
    alignment[0, 0, 5:7], alignment[0, 0, 29] = 0.4, 0.2
    found = weekdays.month_looks_at_weekday(alignment, pairs)
    assert list(found.values()) == pytest.approx([0.6 / 2, 0.4 / 8, 6 / len(text)])


def test_what_is_refused_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="number from 0, Monday, to 6"):
        weekdays.written_under(DAYS[0], "de", 7)
    with pytest.raises(ValueError, match="There is no language"):
        weekdays.written_under(DAYS[0], "klingon", 1)
    with pytest.raises(ValueError, match="no weekday"):
        weekdays.weekday_span("14. März 1987", DAYS[0], "de")
    with pytest.raises(ValueError, match="At least one date"):
        weekdays.changed_dates(0)
