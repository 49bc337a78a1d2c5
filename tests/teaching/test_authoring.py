"""Stored notebooks are clean."""

import base64
import io
import sys

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from lessons.teaching import authoring, slides


def test_only_what_was_left_on_the_screen_is_stored():
    streams = [new_output("stream", name="stdout", text=t) for t in ("\r 10%", "\r 50%", "\r100%\nleft\n")]
    cell = new_code_cell("x", outputs=streams, metadata={"tags": ["long"], "execution": {"a": "b"}, "collapsed": True})
    kernel = {"name": "mine", "display_name": "Mine"}
    notebook = new_notebook(cells=[cell], metadata={"widgets": {"state": {}}, "kernelspec": kernel})
    cleaned = authoring.clean(notebook)
    assert [o.text for o in cleaned.cells[0].outputs] == ["100%\nleft\n"]
    assert cleaned.cells[0].metadata == {"tags": ["long"]}
    assert "widgets" not in cleaned.metadata
    assert cleaned.metadata.kernelspec["name"] == "python3"


def test_executing_numbers_the_cells_and_keeps_the_learners_home_away(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_HOME", "/the/learner's/own")
    source = "import os\nprint(os.environ['LESSONS_HOME'] != \"/the/learner's/own\")"
    nbformat.write(new_notebook(cells=[new_code_cell(source), new_code_cell("1 + 1")]), tmp_path / "n.ipynb")
    done = authoring.execute(tmp_path / "n.ipynb")
    assert [cell.execution_count for cell in done.cells] == [1, 2]
    assert done.cells[0].outputs[0].text == "True\n"


def test_figures_become_smaller_and_look_the_same():
    axes = plt.subplots(figsize=(6, 3))[1]
    axes.plot(np.sin(np.linspace(0, 9, 200)))
    axes.set(xlabel="x", ylabel="sin x")
    stream = io.BytesIO()
    axes.figure.savefig(stream, format="png")
    plt.close(axes.figure)
    before = base64.b64encode(stream.getvalue()).decode()
    shown = new_output("display_data", data={"image/png": before, "text/plain": "<Figure>"})
    cleaned = authoring.clean(new_notebook(cells=[new_code_cell("x", outputs=[shown])]))
    after = cleaned.cells[0].outputs[0].data["image/png"]
    assert len(after) < 0.6 * len(before)
    pictures = [np.asarray(Image.open(io.BytesIO(base64.b64decode(p))).convert("RGB"), int) for p in (before, after)]
    assert np.abs(pictures[0] - pictures[1]).max() < 40
    assert authoring.clean(cleaned).cells[0].outputs[0].data["image/png"] == after  # once is enough


@pytest.fixture
def stored(tmp_path):
    """A notebook as it is stored."""
    code = new_code_cell("1 + 1", execution_count=1, outputs=[new_output("execute_result", {"text/plain": "2"})])
    notebook = slides.assign(authoring.clean(new_notebook(cells=[new_markdown_cell("# 00 · Title"), code])))
    file = tmp_path / "00_title.ipynb"
    nbformat.write(notebook, file)
    return file


CHANGES = {
    "not run": lambda notebook: notebook.cells[1].update(execution_count=None),
    "run twice": lambda notebook: notebook.cells[1].update(execution_count=2),
    "an error": lambda notebook: notebook.cells[1].outputs.append(new_output("error", ename="E", evalue="")),
    "widget state": lambda notebook: notebook.metadata.update(widgets={"state": {}}),
    "metadata of a cell": lambda notebook: notebook.cells[0].metadata.update(collapsed=True),
    "no slide types": lambda notebook: notebook.cells[0].metadata.pop("slideshow"),
    "a progress bar": lambda notebook: notebook.cells[1].outputs.append(new_output("stream", text="1\r2\r3")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_not_stored_clean_is_noticed_and_left_alone(stored, change, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["authoring", "--check", str(stored)])
    assert authoring.main() == 0
    notebook = nbformat.read(stored, as_version=4)
    change(notebook)
    nbformat.write(notebook, stored)
    before = stored.read_bytes()
    assert authoring.main() == 1
    assert "00_title.ipynb is not stored clean" in capsys.readouterr().out
    assert stored.read_bytes() == before
