"""Minutes of a notebook: counted by hand on a small one."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell as code
from nbformat.v4 import new_markdown_cell as prose

from lessons.teaching import minutes

WORDS = "word " * 100
LINES = "x = 1\n\n" * 8


def test_words_lines_exercises_and_quizzes_are_added_up() -> None:
    title, exercise = prose(f"# 01 · Title\n\n*About 30 minutes.* {WORDS}"), prose("★★☆ · 10 minutes · to 6 digits")
    quiz = code('answer("linear_models.quiz_1", 1)')
    # three words and 100; 8 lines; three words and 10 minutes; one line and 2 minutes
    expected = 1.03 + 1 + 10.03 + 1 / 8 + 2
    found = minutes.read([title, code(LINES), exercise, quiz])
    assert found.sittings == (pytest.approx(expected),)
    assert found.stated == 30
    assert found.whole == found.path


def test_a_stop_ends_a_sitting_and_deeper_is_not_in_it() -> None:
    stop, deeper = prose("### A place to stop\n\nSo far."), prose("## Deeper\n\nMore.")
    found = minutes.read([prose(WORDS), stop, code(LINES), deeper, code(LINES), prose(WORDS)])
    assert found.sittings == (pytest.approx(1 + 0.05), pytest.approx(1.0))
    assert found.deeper == pytest.approx(2.02)
    assert found.whole == pytest.approx(found.path + found.deeper)
    assert found.stated is None
    assert found.cells == 6


def test_a_notebook_without_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="no cells"):
        minutes.read([])


def test_the_command_prints_a_row_for_each_notebook(tmp_path, capsys) -> None:
    notebook = nbformat.v4.new_notebook(cells=[prose(f"*About 2 minutes.* {WORDS}"), code(LINES)])
    nbformat.write(notebook, tmp_path / "01_topic.ipynb")
    assert minutes.main([str(tmp_path / "01_topic.ipynb")]) == 0
    head, _, row = capsys.readouterr().out.splitlines()[:3]
    assert head.split() == ["notebook", "cells", "says", "sittings", "path", "deeper", "whole"]
    assert row.split() == ["01_topic", "2", "2", "2", "2", "0", "2"]
