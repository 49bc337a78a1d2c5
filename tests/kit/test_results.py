"""Results files and the interval over seeds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.kit import results

PRINTED = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 10: 2.262}  # any printed table of Student's t, two-sided 95 %


@settings(deadline=None)  # the first call imports scipy.stats
@given(st.sampled_from(sorted(PRINTED)).flatmap(lambda n: st.lists(st.floats(0, 1), min_size=n, max_size=n)))
def test_the_interval_is_that_of_the_printed_table(values):
    mean, half = results.mean_interval(values)
    n, spread = len(values), float(np.std(values, ddof=1))
    assert mean == pytest.approx(np.mean(values), abs=1e-12)
    assert half == pytest.approx(PRINTED[n] * spread / n**0.5, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("n", [0, 1])
def test_one_run_has_no_interval(n):
    with pytest.raises(ValueError, match=f"not {n}"):
        results.mean_interval([0.5] * n)


def test_sections_are_kept_when_another_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"benchmarks/demo\.py"):
        results.load("demo")
    results.save("demo", "a", {"x": 1})
    results.save("demo", "b", {"x": 2})
    results.save("demo", "a", {"x": 3})
    found = results.load("demo")
    assert (found["a"]["x"], found["b"]["x"]) == (3, 2)
    assert found["a"]["machine"]["cores"] >= 1
    assert [f.name for f in tmp_path.iterdir()] == ["demo.json"]


@pytest.fixture
def demo(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    grid = [{"dim": d, "rate": r, "right": d * r} for d in (16, 64) for r in (0.001, 0.1)]
    results.save("demo", "grid", {"rows": [*grid, {"dim": 64, "note": "stopped"}]})
    results.save("demo", "dates", {"steps": 3, "unseen": {"ca": {"n": 5}, "da": {"n": 6}}, "rows": {"all": {"n": 9}}})
    results.save("demo", "nothing", {"rows": []})


@pytest.mark.usefixtures("demo")
def test_rows_are_those_whose_values_equal_the_wanted_ones():
    assert results.rows("demo", "grid", dim=64, rate=0.1) == [{"dim": 64, "rate": 0.1, "right": 6.4}]
    assert [row["dim"] for row in results.rows("demo", "grid")] == [16, 16, 64, 64, 64]
    assert results.rows("demo", "grid", dim=32) == results.rows("demo", "nothing") == []
    assert results.rows("demo", "grid", note=None) == []  # a row without the value has no None


@pytest.mark.usefixtures("demo")
def test_rows_stored_by_name_get_their_name():
    assert results.rows("demo", "dates/unseen") == [{"name": "ca", "n": 5}, {"name": "da", "n": 6}]
    assert results.rows("demo", "dates/unseen", name="da") == [{"name": "da", "n": 6}]
    assert results.rows("demo", "dates") == [{"name": "all", "n": 9}]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("section", "wanted", "said"),
    [
        ("grids", {}, "no “grids” on the way to demo/grids; there is: grid, dates, nothing"),
        ("dates/steps/x", {}, "no “x” on the way to demo/dates/steps/x; there is: nothing"),
        ("dates/steps", {}, "demo/dates/steps holds no rows"),
        ("grid", {"dims": 64}, "No row of demo/grid has “dims”; they have: dim, rate, right, note"),
    ],
)
def test_a_section_or_value_that_is_not_there_is_said(section, wanted, said):
    with pytest.raises(ValueError, match=said):
        results.rows("demo", section, **wanted)
