"""A cell that takes too long is one failure, however many cells come after it."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat

from lessons.commands import test as checks
from lessons.course.places import ROOT


def test_a_cell_that_times_out_is_one_failure(tmp_path: Path) -> None:
    cells = ["import time", "time.sleep(600)", *(f"x = {number}" for number in range(5)), "raise ValueError"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    nbformat.write(notebook, tmp_path / "slow.ipynb")
    (step,) = (step for step in checks.steps() if step.name == "notebooks")
    assert (step.command[0], step.command[-1]) == ("pytest", "notebooks")
    options = [word for word in step.command[1:-1] if not word.startswith("--nbval-cell-timeout")]
    report = tmp_path / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--nbval-cell-timeout=2", "-n0", f"--junitxml={report}", tmp_path],
        cwd=ROOT,
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stdout
    (suite,) = ET.parse(report).getroot().iter("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("8", "1", "0")
    assert "Timeout of 2 seconds exceeded" in done.stdout
