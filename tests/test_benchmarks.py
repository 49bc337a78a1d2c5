"""The table of side-by-side runs: every results file is in it, and each row says what the file says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks import __main__ as report
from lessons.course.places import ROOT
from lessons.kit import results

FILES = sorted(file.stem for file in results.FOLDER.glob("*.json"))


def test_every_results_file_is_a_side_by_side_run_or_a_study() -> None:
    named = {group.file for group in report.GROUPS} | set(report.STUDIES)
    assert set(FILES) <= named


@pytest.mark.parametrize("name", FILES)
def test_every_section_says_which_machine_and_which_script(name: str) -> None:
    assert (ROOT / "benchmarks" / f"{name}.py").is_file()
    for section, found in results.load(name).items():
        assert {"system", "cores", "python", "torch"} <= set(found["machine"]), section


def test_one_command_prints_every_group_with_its_machine() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks")], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    for group in report.GROUPS:
        assert group.title in done.stdout
    assert done.stdout.count("[Linux") + done.stdout.count("[Windows") + done.stdout.count("[Darwin") == len(
        report.GROUPS
    )


def test_a_ratio_below_one_is_never_called_faster() -> None:
    assert report._ratio(2.0) == "ours is 2.00 times as fast"
    assert report._ratio(0.5) == "ours takes 2.00 times as long"


def test_shares_are_of_the_measured_ceiling() -> None:
    found = results.load("throughput")["training"]
    rows = list(report.training(found))
    assert len(rows) == len(found["rows"])
    for row, (name, values) in zip(rows, found["rows"].items(), strict=True):
        assert row.what == name
        assert 0 < values["share_of_ceiling"] <= 1.05
        assert row.verdict == f"{values['share_of_ceiling']:.0%} of the ceiling"


def test_a_missing_results_file_is_a_sentence(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    (tmp_path / "autograd.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(KeyError, match="micrograd"):
        report.table()
    (tmp_path / "autograd.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"python benchmarks/autograd\.py"):
        report.table()
