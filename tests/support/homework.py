"""A class of five for the walk through docs/teaching.md: what a teacher has at hand on the last day."""

from __future__ import annotations

import io
import json
import re
import zipfile
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessons.course import places
from lessons.teaching import solve
from tests.support.notebooks import exercises_only

LESSON = "01_linear_models"
WORKSHEET = """Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (submission),Feedback comments
Participant 101,Ada Berg,ada@uni.example,,100.00,"Sunday, 1 February 2026, 9:12 PM",
Participant 102,Ben Cole,ben@uni.example,,100.00,"Tuesday, 3 February 2026, 8:00 AM",
Participant 103,Chen Li,chen@uni.example,,100.00,"Sunday, 1 February 2026, 11:58 PM",
Participant 104,Dee Okoro,dee@uni.example,,100.00,-,
Participant 105,Eli Moss,eli@uni.example,,100.00,"Sunday, 1 February 2026, 7:00 PM",
"""
RULES = """--roster worksheet.csv
--lessons 01 --points stars
--due "2026-02-01 23:59" --late-days 1 --late-cost 20   # one day is free, each further one costs 20 %
--overrides overrides.csv
"""
OVERRIDES = """student,exercise,points,reason
ben@uni.example,linear_models.mse_gradient,0.5,only the factor is missing
"""
SUM = """def mse_gradient(weights, inputs, targets):
    return 2 * inputs.T @ (inputs @ weights - targets)"""


def short(lesson: str = LESSON) -> NotebookNode:
    """The exercises of a lesson with their imports: it runs in seconds."""
    return exercises_only(nbformat.read(places.ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4))


def made(folder: Path) -> Path:
    """The files of the class in a folder, which is returned."""
    right = solve.solved(short())
    wrong = deepcopy(right)
    for cell in wrong.cells:
        if "def mse_gradient" in cell.source:
            cell.source = re.sub(r"def mse_gradient.*", SUM, cell.source, flags=re.DOTALL)
    files = {
        f"Ada Berg_101_assignsubmission_file_/{LESSON}.ipynb": nbformat.writes(right),
        f"Ben Cole_102_assignsubmission_file_/{LESSON}.ipynb": nbformat.writes(wrong),
        "Chen Li_103_assignsubmission_file_/hw.zip": _packed({"homework.py": _script(right)}),
        "Eli Moss_105_assignsubmission_file_/essay.pdf": b"%PDF-1.7",
    }
    (folder / "CS1-HW1-4711.zip").write_bytes(_packed(files))
    late = {f"Dee Okoro_104_assignsubmission_file_/{LESSON}.ipynb": nbformat.writes(right)}
    (folder / "CS1-HW1-4712.zip").write_bytes(_packed(files | late))
    for name, text in {"worksheet.csv": WORKSHEET, "hw1.txt": RULES, "overrides.csv": OVERRIDES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    _own(folder)
    return folder


def _script(notebook: NotebookNode) -> str:
    """A script of the imports and the first two exercises, as an editor exports it."""
    return "\n".join(f"# %%\n{cell.source}\n" for cell in notebook.cells[:3])


def _packed(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _own(folder: Path) -> None:
    """Two submissions for the exercise of one's own that the page shows, beside the folder of that exercise."""
    for name, body in {"ada": "numbers.max() - numbers.min()", "ben": "-numbers.min()"}.items():
        cell = f'@exercise("quiz1.spread")\ndef spread(numbers):\n    return {body}'
        made_of = {"cells": [{"cell_type": "code", "source": cell}]}
        (folder / "quiz").mkdir(exist_ok=True)
        (folder / "quiz" / f"{name}.ipynb").write_text(json.dumps(made_of), encoding="utf-8")
