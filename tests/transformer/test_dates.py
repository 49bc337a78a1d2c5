"""Written dates: read back by an independent parser, disjoint splits, clear refusals."""

import re
from datetime import date, timedelta
from functools import cache

import pytest
import torch
from babel.dates import get_day_names, get_month_names
from hypothesis import example, given
from hypothesis import strategies as st

from lessons.kit.training import fit
from lessons.transformer import Transformer, dates

ALL_DAYS = st.dates(dates.FIRST, dates.FIRST + timedelta(dates.DAYS - 1))


def read_back(text: str, language: str) -> str:
    """Find year, month and day without knowing the format: by the names of months, else by the order of numbers."""
    for name in get_day_names(
        "wide", locale=language
    ).values():  # only the full format has them: "mar" is March in Italian
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    months = [
        (" ".join(name.split()), number)
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
        if not name[0].isdigit()
    ]
    for name, number in sorted(months, key=lambda pair: -len(pair[0])):
        if name.casefold() in text.casefold():
            day = re.search(r"(?<!\d)\d{1,2}(?!\d)", text).group()
            return f"{re.search(r'[0-9]{4}', text).group()}-{number:02d}-{int(day):02d}"
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    return f"{year}-{month:02d}-{day:02d}"


@example(day=date(2000, 3, 1), language="it", form="medium")
@given(day=ALL_DAYS, language=st.sampled_from(dates.LANGUAGES), form=st.sampled_from(dates.FORMATS))
def test_every_text_means_its_date(day, language, form):
    assert read_back(dates.written(day, language, form), language) == day.isoformat()


def test_known_dates():
    day = date(1987, 3, 14)
    assert dates.written(day, "de") == "14. März 1987"
    assert dates.written(day, "zh", "full") == "1987年3月14日星期六"
    assert dates.written(day, "en", "medium") == "Mar 14, 1987"
    assert "\u202f" not in dates.written(day, "ru", "full")


def test_the_splits_are_disjoint_and_hold_every_day():
    parts = [set(dates.days(split)) for split in dates.SPLITS]
    assert sum(map(len, parts)) == len(set.union(*parts)) == dates.DAYS
    assert [round(len(part) / dates.DAYS, 2) for part in parts] == [0.8, 0.1, 0.1]
    assert max(parts[0] | parts[1] | parts[2]) == date(2049, 12, 31)


def test_pairs_are_drawn_from_their_split_and_the_seed_decides():
    pairs = dates.date_pairs("validation", 500, seed=3)
    assert len(pairs) == len(pairs.isos) == len(pairs.languages) == len(pairs.formats) == 500
    assert {dates.split_of(date.fromisoformat(iso)) for iso in pairs.isos} == {"validation"}
    assert set(pairs.languages) == set(dates.LANGUAGES)
    assert set(pairs.formats) == set(dates.FORMATS)
    assert pairs == dates.date_pairs("validation", 500, seed=3) != dates.date_pairs("validation", 500, seed=4)
    assert set(dates.date_pairs("train", 20, languages=("ca",)).languages) == {"ca"}
    for text, iso, language, form in zip(pairs.texts, pairs.isos, pairs.languages, pairs.formats, strict=True):
        assert text == dates.written(date.fromisoformat(iso), language, form)


def test_nothing_that_is_held_out_is_trained_on():
    assert len(dates.LANGUAGES) >= 12
    assert not set(dates.STRANGERS) & set(dates.LANGUAGES)
    assert dates.UNSEEN_FORMAT not in dates.FORMATS
    trained = {written_so for day in DAYS for written_so in every_trained_text(day)}
    assert all(dates.is_trained(text, iso) for text, iso in trained)
    drawn = dates.date_pairs("test", 400, languages=(*dates.LANGUAGES, *dates.STRANGERS), formats=("short", "long"))
    held_out = dates.kept(drawn, lambda text, iso: not dates.is_trained(text, iso))
    assert 0 < len(held_out) < len(drawn)  # some short texts are those of a trained format, such as 14.3.1999 in fi
    for text, iso in zip(held_out.texts, held_out.isos, strict=True):
        assert (text, iso) not in every_trained_text(date.fromisoformat(iso))


DAYS = [date(1999, 3, 14), date(2019, 12, 1), date(2049, 7, 31)]


def every_trained_text(day: date) -> set[tuple[str, str]]:
    return {
        (dates.written(day, language, form), day.isoformat())
        for language in dates.LANGUAGES
        for form in ("medium", "long", "full")
    }


def test_kept_pairs_keep_their_columns_together_and_none_may_be_left():
    pairs = dates.date_pairs("test", 60, seed=4)
    months = dates.kept(pairs, lambda text, iso: iso[5:7] == "03")
    rows = list(zip(pairs.texts, pairs.isos, pairs.languages, pairs.formats, strict=True))
    expected = [row for row in rows if row[1][5:7] == "03"]
    assert list(zip(months.texts, months.isos, months.languages, months.formats, strict=True)) == expected
    assert len(dates.kept(pairs, lambda text, iso: False)) == 0


def test_parts_are_counted_each_by_itself():
    isos = ["1999-03-14", "2019-12-01", "2049-07-31", "1950-01-02"]
    guesses = ["1999-03-14", "2019-11-01", "2048-07-31", "?950-01-20"]
    assert dates.parts_right(guesses, isos) == {"whole": 0.25, "year": 0.5, "month": 0.75, "day": 0.75}
    for wrong in ([], guesses[:3]):
        with pytest.raises(ValueError, match="One guess for each date"):
            dates.parts_right(wrong, isos)
    with pytest.raises(ValueError, match="0 dates"):
        dates.parts_right([], [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("training", 5), "The splits are"),
        (("train", 0), "At least one date"),
        (("train", 5, 0, ("xx",)), "There is no language"),
        (("train", 5, 0, ("",)), "There is no language"),
        (("train", 5, 0, ("中文",)), "There is no language"),
        (("train", 5, 0, ("en",), ("tiny",)), "The formats are"),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        dates.date_pairs(*arguments)


# --- as numbers, and learnt -------------------------------------------------------------------------------------------


@cache
def some_pairs() -> dates.DatePairs:
    return dates.date_pairs("train", 150, seed=1)


@cache
def alphabet() -> dates.Characters:
    return dates.Characters(some_pairs().texts)


def test_days_meant_by_digits_alone():
    assert dates.days_meant("3/4/99") == {date(1999, 4, 3): 3, date(1999, 3, 4): 1}  # el, es, hi; en
    assert dates.days_meant("99. 4. 3.") == {date(1999, 4, 3): 1}  # ko
    assert dates.days_meant("14.03.49") == {date(2049, 3, 14): 2}  # cs, de
    assert dates.days_meant("31/12") == dates.days_meant("hello") == dates.days_meant("1/1/" + "9" * 30) == {}
    with pytest.raises(TypeError, match="text"):
        dates.days_meant(3)


@given(day=ALL_DAYS, language=st.sampled_from(dates.LANGUAGES))
def test_what_a_language_writes_means_at_least_its_day(day, language):
    assert day in dates.days_meant(dates.written(day, language, dates.UNSEEN_FORMAT))


def test_doubt_is_that_of_the_texts_counted_one_by_one():
    pairs = dates.date_pairs("test", 200, 1, formats=(dates.UNSEEN_FORMAT,))
    texts = [text for text, iso in zip(pairs.texts, pairs.isos, strict=True) if iso[:4] not in text]
    two, best = 0, 0.0
    for text in texts:
        counts = list(dates.days_meant(text).values())
        two, best = two + (len(counts) == 2), best + max(counts) / sum(counts)
    assert dates.doubt(200, 1) == pytest.approx((two / len(texts), best / len(texts)))
    assert 0.1 < two / len(texts) < 0.25
    with pytest.raises(ValueError, match="draw more"):
        [dates.doubt(1, seed) for seed in range(50)]  # one of them has four digits of the year


def test_characters_are_numbered_from_two_and_padded_with_zero():
    characters = dates.Characters(["ba", "c"])
    assert characters.encode(["abc", "c", "xb", ""]).tolist() == [[2, 3, 4], [4, 0, 0], [1, 3, 0], [0, 0, 0]]
    assert len(characters) == 5
    for nothing in ([], [""]):
        with pytest.raises(ValueError, match="nothing to translate"):
            characters.encode(nothing)


def test_isos_become_ids_and_back():
    assert dates.iso_ids(["1987-03-14"]).tolist() == [[1, 9, 8, 7, 10, 0, 3, 10, 1, 4]]
    assert dates.iso_texts(dates.iso_ids(some_pairs().isos)) == list(some_pairs().isos)
    assert dates.iso_texts(torch.tensor([[dates.START, 5]])) == ["?5"]


def test_batches_hold_every_pair_once_and_the_order_changes():
    batches = dates.DateBatches(some_pairs(), alphabet(), batch_size=16)
    epochs = [list(batches), list(batches)]
    for epoch in epochs:
        assert len(epoch) == len(batches) == 10
        assert sorted(iso for _, target in epoch for iso in dates.iso_texts(target)) == sorted(some_pairs().isos)
    assert [target.tolist() for _, target in epochs[0]] != [target.tolist() for _, target in epochs[1]]
    padding = sum(int((source == 0).sum()) for source, _ in epochs[0]) / sum(source.numel() for source, _ in epochs[0])
    assert padding < 0.1


def test_the_decoder_reads_one_place_later():
    assert dates.teacher_forcing(torch.tensor([[3, 1, 4], [1, 5, 9]])).tolist() == [[11, 3, 1], [11, 1, 5]]


def test_the_loss_is_the_mean_of_minus_log_probability():
    torch.manual_seed(0)
    model = Transformer(len(alphabet()), dates.TARGETS, hidden_size=16, n_heads=2, n_layers=1, intermediate_size=16)
    source, target = next(iter(dates.DateBatches(some_pairs(), alphabet(), batch_size=3)))
    chances = model(source, dates.teacher_forcing(target)).softmax(-1)
    logs = [chances[row, place, target[row, place]].log() for row in range(3) for place in range(10)]
    torch.testing.assert_close(dates.translation_loss(model, (source, target)), -torch.stack(logs).mean())


def test_a_small_model_learns_a_few_dates_by_heart_and_translates_them():
    torch.manual_seed(0)
    few = dates.date_pairs("train", 8, seed=2, languages=("en", "de"))
    model = Transformer(len(alphabet()), dates.TARGETS, hidden_size=32, n_heads=2, n_layers=1, intermediate_size=64)
    before = dates.exact_match(model, alphabet(), few)
    batches = dates.DateBatches(few, alphabet(), batch_size=8)
    fit(model, batches, dates.translation_loss, epochs=150, learning_rate=5e-3, progress=False)
    assert before == 0
    assert dates.exact_match(model, alphabet(), few, batch_size=3) == 1
    guesses, written = dates.translate(model, alphabet(), few.texts)
    assert guesses == list(few.isos)
    assert written.alignment.shape == (8, 10, max(map(len, few.texts)))
    assert model.training


def test_a_text_that_is_too_long_is_refused():
    model = Transformer(len(alphabet()), dates.TARGETS, hidden_size=8, n_heads=1, n_layers=1, max_length=20)
    with pytest.raises(ValueError, match="20 positions"):
        dates.translate(model, alphabet(), ["9" * 21])
    assert model.training  # as it was


def test_one_bare_date_is_not_read_letter_by_letter():
    characters = dates.Characters(["14 March 1987"])
    with pytest.raises(TypeError, match="Give a list of texts"):
        characters.encode("14 March 1987")
    with pytest.raises(TypeError, match="must be a string"):
        characters.encode(["14 March 1987", None])
    for size in (0, -2):
        with pytest.raises(ValueError, match="batch_size"):
            dates.DateBatches(dates.date_pairs("train", 3), characters, size)
