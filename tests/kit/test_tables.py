"""Tables are aligned for any characters, and say what they cannot show."""

import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit import tables
from lessons.kit.tables import table, text


def width(line):
    """Columns of a terminal: two for wide characters, none for combining ones (Unicode's own tables)."""
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) else wide.get(unicodedata.east_asian_width(c), 1) for c in line)


def test_numbers_stand_on_the_right_words_on_the_left_below_their_headers():
    rows = [{"model": "bag", "parameters": 1234567, "accuracy": 0.5}, {"model": "attention", "accuracy": 1.0}]
    assert text(rows, formats={"accuracy": ".1%"}).splitlines() == [
        "model      parameters  accuracy",
        "───────────────────────────────",
        "bag         1,234,567     50.0%",
        "attention           –    100.0%",
    ]


def test_columns_of_any_kind_give_the_same_table(capsys):
    table({"step": range(3), "loss": np.array([0.5, 0.25, np.nan])})
    table({"step": torch.arange(3), "loss": torch.tensor([0.5, 0.25, np.nan], dtype=torch.float64)})
    rows = [{"step": np.int64(0), "loss": torch.tensor(0.5)}, {"step": 1, "loss": np.float32(0.25)}]
    table([*rows, {"step": 2, "loss": None}])
    one, two, three = capsys.readouterr().out.split("step")[1:]
    assert one == two == three
    assert one.splitlines()[-2:] == ["   1  0.250", "   2      –"]


@given(st.lists(st.text("aé电影ｗ ", max_size=12), min_size=1, max_size=5))
def test_wide_and_combining_characters_keep_the_next_column_aligned(words):
    lines = text([{"word": word, "n": 7} for word in words]).splitlines()
    assert {width(line) for line in lines if not line.startswith("─")} == {width(lines[0])}
    assert all(line.endswith("  7") for line in lines[2:])
    assert width(lines[0]) == len(lines[1])


def test_columns_choose_rename_and_order():
    rows = [{"n": 10, "bits_per_token": 2.0, "seed": 0}]
    assert text(rows, columns=["bits_per_token", "n"]).splitlines()[0] == "bits per token   n"
    lines = text(rows, {"n": "examples\nseen"}).splitlines()
    assert lines == ["examples", "    seen", "────────", "      10"]
    lines = text(rows, {"n": "examples\nseen", "seed": "seed"}).splitlines()
    assert lines == ["examples", "    seen  seed", "──────────────", "      10     0"]
    with pytest.raises(ValueError, match=r"no column “N”; there are: n, bits_per_token, seed"):
        text(rows, columns=["N"])
    with pytest.raises(ValueError, match=r"no column “seed”; there are: n"):
        text(rows, columns=["n"], formats={"seed": "d"})


def test_an_interval_and_several_values_in_one_column():
    rows = [{"a": (0.5, 0.012), "b": [0.1, None, 0.3]}, {"a": (0.4, None), "b": []}]
    assert text(rows, formats={"a": ".1%", "b": ".1f"}).splitlines()[2:] == [
        "50.0% ± 1.2%  0.1  –  0.3",
        "   40.0% ± –",
    ]
    assert text(rows, formats={"a": lambda pair: f"{pair[0]:.0%}"}).splitlines()[2].startswith("50%")


def test_one_format_for_all_fractions_leaves_whole_numbers_and_words():
    lines = text([{"n": 1000, "what": "a", "mean": 0.5, "change": (-0.25, 0.125)}], formats="+.2f").splitlines()
    assert lines[2].split() == ["1,000", "a", "+0.50", "-0.25", "±", "0.12"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1, 20_000], ["1", "20,000"]),
        ([0.5, 12.25], ["0.500", "12.250"]),
        ([1e-9, 2.0], ["1.00e-09", "2.00e+00"]),
        ([0.0, float("inf")], ["0.000", "inf"]),
        ([True, False], ["True", "False"]),
        ([None, None], ["–", "–"]),
    ],
)
def test_without_a_format_numbers_are_readable(values, written):
    assert [line.strip() for line in text({"x": values}).splitlines()[2:]] == written


def test_long_words_are_cut_and_lines_stay_lines():
    assert text({"x": ["电影很好看"]}, longest=6).splitlines()[2] == "电影…"
    assert text({"x": ["a\nb\tc"]}).splitlines()[2] == "a b c"
    assert text({"x": ["exact"]}, longest=5).splitlines()[2] == "exact"


def test_empty_tables():
    assert text([]) == text([{}]) == text({}) == "(nothing)"
    assert text({"a": [], "b": []}, columns=["a", "b"]).splitlines() == ["a  b", "────"]


@pytest.mark.parametrize(
    ("given_", "error", "said"),
    [
        ({"a": [1], "b": [1, 2]}, ValueError, r"different lengths: \{'a': 1, 'b': 2\}"),
        ({"a": "word"}, TypeError, "“a” must be a list, not str"),
        ({"a": 3}, TypeError, "“a” must be a list, not int"),
        ([1, 2], TypeError, "A row is a dict from column to value, not int: 1"),
        ("rows", TypeError, "“rows” must be a list, not str"),
        (None, TypeError, "“rows” must be a list, not NoneType"),
    ],
)
def test_what_is_no_table_is_said(given_, error, said):
    with pytest.raises(error, match=said):
        text(given_)


def test_formats_that_do_not_fit_are_said():
    with pytest.raises(ValueError, match=r"0.5 in column “x” cannot be written as 'd'"):
        text({"x": [0.5]}, formats={"x": "d"})
    with pytest.raises(TypeError, match="not one string"):
        text({"x": [0.5]}, columns="x")
    assert text({"x": ["word", 0.5]}, formats={"x": ".0%"}).splitlines()[2:] == ["word", "50%"]  # words need none
    assert tables.MISSING in text({"x": [float("nan")]}, formats={"x": ".0%"})
