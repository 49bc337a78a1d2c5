"""Every notebook can be projected: rules give each cell its slide type, and leave alone what a hand has set."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons.course.places import ROOT
from lessons.teaching import authoring, slides

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LONG = "word " * (slides.WORDS + 1)
FIGURE = [new_output("display_data", data={"image/png": "", "text/plain": "<Figure>"})]


def types(*cells: NotebookNode) -> list[str]:
    return [slides.shown_type(cell) for cell in slides.assign(new_notebook(cells=list(cells))).cells]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
class TestNotebooks:
    def test_the_stored_types_are_those_of_the_rules(self, file: Path) -> None:
        notebook = nbformat.read(file, as_version=4)
        before = [cell.metadata.get("slideshow") for cell in notebook.cells]
        after = [cell.metadata.get("slideshow") for cell in slides.assign(notebook).cells]
        assert before == after, f"run: python -m lessons.teaching.authoring --slides notebooks/{file.name}"

    def test_there_are_enough_slides_and_none_is_crowded(self, file: Path) -> None:
        pages = list(slides.slides(nbformat.read(file, as_version=4).cells))
        assert 30 <= len(pages) <= 62
        counts = [
            sum(slides.words(cell.source) for cell in page if cell.cell_type == "markdown") for page in pages[1:]
        ]  # without the title
        assert max(counts) <= slides.WORDS
        assert all(pages)

    def test_every_exercise_is_on_a_slide(self, file: Path) -> None:
        cells = nbformat.read(file, as_version=4).cells
        exercises = [cell for cell in cells if cell.cell_type == "code" and "@exercise(" in cell.source]
        assert {slides.shown_type(cell) for cell in exercises} <= {"-", "slide", "subslide"}


def test_headings_pictures_predictions_and_long_texts() -> None:
    found = types(
        new_markdown_cell(f"# 01 · Title\n\n{LONG}"),
        new_code_cell("import math\nimport numpy as np"),
        new_markdown_cell("## A section"),
        new_code_cell("x = 1\nprint(x)"),
        new_markdown_cell("It is one."),
        new_code_cell("y = 2"),
        new_markdown_cell("**Predict:** is it two?"),
        new_code_cell("print(y)"),
        new_code_cell("draw()", outputs=FIGURE),
        new_markdown_cell("*What to see:* a line."),
        new_markdown_cell(LONG),
        new_markdown_cell("### Exercise: a smaller heading"),
        new_code_cell('@exercise("a.b")\ndef b():\n    ...', outputs=FIGURE),
        new_markdown_cell(f"## A section that is all talk\n\n{LONG}"),
        new_code_cell("z = 3"),
        new_markdown_cell("**Further reading.** A book."),
    )
    assert found == [
        *("slide", "skip", "slide", "-", "fragment", "subslide", "subslide", "subslide", "subslide", "fragment"),
        *("notes", "subslide", "-", "notes", "slide", "skip"),
    ]


def test_texts_share_a_slide_while_there_is_room() -> None:
    half = "word " * (slides.WORDS // 2)
    cells = [new_markdown_cell(text) for text in ("# Title", "## Section", half, half, "more")]
    assert types(*cells) == ["slide", "slide", "-", "subslide", "-"]
    code = [new_code_cell("\n".join(["x = 1"] * lines)) for lines in (slides.LINES, slides.LINES + 1)]
    assert types(cells[0], code[0]) == ["slide", "-"]
    assert types(cells[0], code[1]) == ["slide", "subslide"]


def test_a_formula_a_link_and_code_count_as_a_word_each() -> None:
    assert slides.words("The loss $L(a, b) = (a - b)^2$ is [small here](https://a.b/c d) in `x + y`.") == 8
    assert slides.words("$$a\nb c d$$ and\n```\nx y z\n```") == 3


def test_what_a_hand_has_set_stays_and_a_second_run_changes_nothing() -> None:
    cells = [new_markdown_cell(text) for text in ("# Title", "## One", "## Two", "## Three")]
    notebook = slides.assign(new_notebook(cells=cells))
    notebook.cells[1].metadata.slideshow.slide_type = "skip"  # as JupyterLab's Property Inspector does
    del notebook.cells[2].metadata.slideshow["slide_type"]  # as it does for "-"
    notebook.cells[3].source = "no heading any more"
    first = nbformat.writes(slides.assign(notebook))
    assert [slides.shown_type(cell) for cell in notebook.cells] == ["slide", "skip", "-", "-"]
    assert nbformat.writes(slides.assign(notebook)) == first
    cleaned = slides.assign(authoring.clean(notebook))
    assert [slides.shown_type(cell) for cell in cleaned.cells] == ["slide", "skip", "-", "-"]


def test_slide_types_are_assigned_without_running_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = [new_output("stream", name="stdout", text="kept\n")]
    cells = [new_markdown_cell("# Title"), new_code_cell("1 / 0", outputs=output, execution_count=7)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    monkeypatch.setattr("sys.argv", ["authoring", "--slides", str(tmp_path / "n.ipynb")])
    authoring.main()
    stored = nbformat.read(tmp_path / "n.ipynb", as_version=4)
    assert stored.cells[0].metadata.slideshow.slide_type == "slide"
    assert (stored.cells[1].execution_count, stored.cells[1].outputs[0].text) == (7, "kept\n")


def test_magics_and_metadata_of_another_form_are_borne() -> None:
    cells = [new_markdown_cell("# Title"), new_code_cell("%pip list"), new_markdown_cell("## Two")]
    cells[2].metadata["slideshow"] = "slide, please"
    assert types(*cells) == ["slide", "-", "slide"]
