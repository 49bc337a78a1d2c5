"""Whose a file is, and that nobody vanishes: archives, scripts, renamed notebooks, empty folders."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lessons.course.errors import CourseError
from lessons.teaching.grading import collect, reading
from lessons.teaching.grading.reading import Submission

QUIZ = "answer('linear_models.quiz_leak', 'B')"
KNOWN = ["linear_models.quiz_leak", "linear_models.mse_gradient"]


def read(one: Submission, known: list[str]) -> None:
    """What is in a submission, or its problem."""
    try:
        one.attempts = {} if one.problem else reading.notebook(one.file.read_bytes(), set(known)).attempts
    except CourseError as error:
        one.problem = str(error)


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def packed(files: dict[str, str | bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def place(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    """These files below a folder; None makes a folder."""
    for name, content in files.items():
        file = folder / name
        (file if content is None else file.parent).mkdir(parents=True, exist_ok=True)
        if content is not None:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def told(folder: Path, scratch: Path) -> dict[str, str]:
    """By student, "read" or the problem of the one submission."""
    found = collect.gather(folder, scratch)
    assert len({one.student for one in found}) == len(found)
    for one in found:
        read(one, KNOWN)
    return {one.student: one.problem or "read" for one in found}


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "student", "lesson"),
    [
        ("smith_05_attention.ipynb", "smith", "attention"),
        ("05_attention (李雷).ipynb", "李雷", "attention"),
        ("submitted/zoe/week1/05_attention.ipynb", "zoe", "attention"),
        ("course/submitted/zoe/week1/x.ipynb", "course", ""),
        ("li lei/my-course/01_linear_models.ipynb", "li lei", "linear_models"),
        ("homework.ipynb", "homework", ""),
        ("02_gradients.ipynb", "handed-in", "gradients"),
        ("smith_05_attention (1).ipynb", "smith", "attention"),
        ("smith_05_attention(12).ipynb", "smith", "attention"),
        ("smith_05_attention-Copy1.ipynb", "smith", "attention"),
        ("smith_05_attention - Copy.ipynb", "smith", "attention"),
        ("smith_05_attention - Copy (2).ipynb", "smith", "attention"),
        ("smith_05_attention - Kopie.ipynb", "smith", "attention"),
        ("smith_05_attention copy 2.ipynb", "smith", "attention"),
        ("Copy of smith_05_attention.ipynb", "smith", "attention"),
        ("Copy of Copy of 05_attention (李雷).ipynb", "李雷", "attention"),
        ("Ann - Copy.ipynb", "Ann", ""),
        ("05_attention (1).ipynb", "05_attention (1)", "attention"),
        ("Copy of 05_attention.ipynb", "Copy of 05_attention", "attention"),
        ("(1).ipynb", "(1)", ""),
        ("Li (2)_05_attention.ipynb", "Li (2)", "attention"),
        ("Li Lei_123456_assignsubmission_file_/05_attention.ipynb", "Li Lei", "attention"),
        ("Li Lei_123456_assignsubmission_file_05_attention (1).ipynb", "Li Lei", "attention"),
        ("lilei_12345_67890_05_attention-1.ipynb", "lilei", "attention"),
        ("lilei_LATE_12345_67890_05_attention.ipynb", "lilei", "attention"),
        ("zoe_2024_05_attention.ipynb", "zoe_2024", "attention"),
        ("Homework 1_zoe5_attempt_2026-01-31-23-59-59_05_attention.ipynb", "zoe5", "attention"),
    ],
)
def test_whose_notebook_it_is(path: str, student: str, lesson: str, tmp_path: Path, scratch: Path) -> None:
    folder = tmp_path / "handed-in"
    file = folder / path
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    (file.parent / ".ipynb_checkpoints").mkdir()
    (file.parent / ".ipynb_checkpoints" / "x-checkpoint.ipynb").write_text("{}")
    (found,) = collect.gather(folder, scratch)
    assert (found.student, found.lesson) == (student, lesson)


@pytest.mark.parametrize(
    ("paths", "students"),
    [
        (["Li_1_assignsubmission_file_/05_attention.ipynb", "Li_2_assignsubmission_file_/02_gradients.ipynb"],
         ["Li (1)", "Li (2)"]),
        (["li_11111_900_05_attention.ipynb", "li_11111_901_02_gradients.ipynb"], ["li", "li"]),
        (["li_11111_900_05_attention.ipynb", "li_22222_901_02_gradients.ipynb"], ["li (11111)", "li (22222)"]),
        (["05_attention_Li (1).ipynb", "02_gradients_Li (2).ipynb"], ["Li (1)", "Li (2)"]),
        (["li_05_attention (1).ipynb", "li_05_attention.ipynb"], ["li", "li"]),  # rows of their own: they clash
        (["05_attention (1).ipynb", "02_gradients (2).ipynb"], ["02_gradients (2)", "05_attention (1)"]),
        (["Li (1)_05_attention.ipynb", "Li (2)_02_gradients.ipynb"], ["Li (1)", "Li (2)"]),
    ],
)  # fmt: skip
def test_two_students_are_never_made_one(paths: list[str], students: list[str], tmp_path: Path, scratch: Path) -> None:
    for path in paths:
        place(tmp_path / "in", {path: "{}"})
    assert sorted(one.student for one in collect.gather(tmp_path / "in", scratch)) == students


@pytest.mark.parametrize(
    "path",
    [
        "ada/submitted/ben/05_attention.ipynb",
        "ada/Ben_1_assignsubmission_file_05_attention.ipynb",
        "ada/x/ben_12345_67890_05_attention.ipynb",
        "ada/ben.zip/05_attention.ipynb",
        "ada_12345_67890_ben_attempt_2026-01-31-23-59-59_x.ipynb",
        "ada_12345_67890_Ben_1_assignsubmission_file_x.ipynb",
    ],
)
def test_what_a_student_names_is_never_somebody_else_s(path: str, tmp_path: Path, scratch: Path) -> None:
    folder = place(tmp_path / "in", {path: notebook(QUIZ), "zoe/a.ipynb": notebook(QUIZ)})
    first = collect.gather(folder, scratch)[0].student
    assert first.startswith("ada")
    assert not first.lower().startswith("ben")


def test_a_folder_of_a_platform_inside_another_one_is_told(tmp_path: Path, scratch: Path) -> None:
    folder = place(tmp_path / "in", {"week 1/Li Lei_12_assignsubmission_file/05_attention.ipynb": notebook(QUIZ)})
    (found,) = collect.gather(folder, scratch)
    assert (found.student, "by itself" in found.problem) == ("week 1", True)


def test_what_platforms_say_of_the_time_is_kept(tmp_path: Path, scratch: Path) -> None:
    files = {
        "Homework 1_zoe5_attempt_2026-01-31-23-59-58_05_attention.ipynb": notebook(QUIZ),
        "lilei_LATE_12345_67890_05_attention.ipynb": notebook(QUIZ),
        "ann/01/01_linear_models.ipynb": notebook(QUIZ),
        "ann/01/timestamp.txt": "2026-02-01 10:00:00 UTC",
        "bo/01/01_linear_models.ipynb": notebook(QUIZ),
        "bo/01/timestamp.txt": "yesterday",
    }
    found = {one.student: one for one in collect.gather(place(tmp_path / "in", files), scratch)}
    assert found["zoe5"].when == datetime(2026, 1, 31, 23, 59, 58)
    assert (found["lilei"].late, found["zoe5"].late) == (True, False)
    assert (found["lilei"].platform, found["lilei"].number, found["ann"].platform) == ("canvas", "12345", "")
    assert found["ann"].when == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert found["bo"].when is None


# --- nobody vanishes --------------------------------------------------------------------------------------------------


def test_everybody_gets_a_row_whatever_was_handed_in(tmp_path: Path, scratch: Path) -> None:
    script = "# %% [markdown]\n# Words that are no Python: don't\n# %%\nimport numpy as np\n# %%\n" + QUIZ + "\n"
    files: dict[str, str | bytes | None] = {
        "ann/01_linear_models.ipynb": notebook(QUIZ),
        "bo": None,
        "cy/essay.pdf": b"%PDF",
        "dee_01_linear_models.ipynb.txt": notebook(QUIZ),
        "eli_01_linear_models.py": script,
        "fay.zip": packed({"work/01_linear_models.ipynb": notebook(QUIZ), "__MACOSX/._01_linear_models.ipynb": "x"}),
        "gus/hw.zip": packed({"a.py": script}),
        "hal.pdf": b"%PDF",
        "ivy.zip": packed({"notes.docx": "x"}),
        "jo.zip": b"PK\x03\x04 and nothing more",
        "kim.ipynb": "",
        ".DS_Store": "x",
        "lea/.ipynb_checkpoints/01_linear_models.ipynb": notebook(QUIZ),
        "mo_01_linear_models.IPYNB": notebook(QUIZ),
    }
    found = told(place(tmp_path / "in", files), scratch)
    assert found == {
        "ann": "read",
        "bo": "The folder is empty.",
        "cy": "No notebook is in the folder, but: essay.pdf.",
        "dee": "read",
        "eli": "read",
        "fay": "read",
        "gus": "read",
        "hal": "It is no notebook: hal.pdf.",
        "ivy": "No notebook is in the archive.",
        "jo": "The archive holds too many files, or is damaged.",
        "kim": "The file is empty.",
        "lea": "The folder is empty.",
        "mo": "read",
    }


def test_a_note_beside_a_notebook_is_no_submission(tmp_path: Path, scratch: Path) -> None:
    files = {
        "HW_zoe5_attempt_2026-01-31-23-59-59.txt": "Name: Zoe",
        "HW_zoe5_attempt_2026-01-31-23-59-59_05_attention.ipynb": notebook(QUIZ),
        "HW_ben_attempt_2026-01-31-23-59-59.txt": "Name: Ben",
    }
    found = collect.gather(place(tmp_path / "in", files), scratch)
    assert [(one.student, bool(one.problem)) for one in found] == [("ben", True), ("zoe5", False)]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("x = 1\ny = 2\n", ["x = 1\ny = 2\n"]),
        (
            "#!/usr/bin/env python\n# In[1]:\n\n\nx = 1\n\n\n# In[ ]:\n\ny\n",
            ["#!/usr/bin/env python\n", "x = 1\n", "y\n"],
        ),
        ("# %% first\nx\n#%% [markdown]\n# no\n# %%\ny", ["x\n", "y\n"]),
        ("", []),
    ],
)
def test_a_script_is_cut_at_its_marks(text: str, cells: list[str]) -> None:
    assert collect.script_cells(text) == cells


def test_one_cell_that_is_no_python_does_not_void_a_script(tmp_path: Path, scratch: Path) -> None:
    script = f"# %%\ndef f(:\n# %%\n{QUIZ}\n"
    (found,) = collect.gather(place(tmp_path / "in", {"ann.py": script}), scratch)
    read(found, KNOWN)
    assert found.attempts["linear_models.quiz_leak"].literal == ("B",)


BOMB = packed({"a.ipynb": bytes(31_000_000)})
DAMAGED = bytearray(packed({"a.ipynb": notebook(QUIZ) * 50}))
DAMAGED[60:90] = bytes(30)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "holds more than 30 MB"),
        (packed({f"{n}.ipynb": "{}" for n in range(101)}), "holds 101 notebooks"),
        (packed({f"{n}.txt": "" for n in range(20_000)}), "too many files"),
        (packed({"a.ipynb": notebook(QUIZ)}, zipfile.ZIP_LZMA), "packed in a way"),
        (bytes(DAMAGED), "The archive"),
        (b"", "too many files, or is damaged"),
    ],
    ids=["bomb", "many notebooks", "many files", "lzma", "damaged", "empty"],
)
def test_an_archive_that_does_harm_is_told(content: bytes, sentence: str, tmp_path: Path, scratch: Path) -> None:
    (found,) = collect.gather(place(tmp_path / "in", {"ann.zip": content}), scratch)
    assert sentence in found.problem
    written = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
    assert written <= collect.LARGEST


def test_no_archive_writes_outside_its_place(tmp_path: Path, scratch: Path) -> None:
    wicked = packed({"../../../evil.py": QUIZ, "/tmp/evil.py": QUIZ, "..\\..\\evil2.py": QUIZ, "ok.py": QUIZ})
    found = collect.gather(place(tmp_path / "in", {"ann.zip": wicked}), scratch)
    assert {one.student for one in found} == {"ann"}
    assert all(one.file.resolve().is_relative_to(scratch.resolve()) for one in found)
    assert not list(tmp_path.glob("evil*"))


@pytest.fixture
def of_archive(tmp_path: Path) -> Iterator[list[Submission]]:
    """What is in an archive of Moodle's with the names of two students and one empty folder."""
    content = packed(
        {
            "Li Lei_123_assignsubmission_file_/01_linear_models.ipynb": notebook(QUIZ),
            "Bo Berg_124_assignsubmission_file_/hw.zip": packed({"x/01_linear_models.ipynb": notebook(QUIZ)}),
            "Cy Cole_125_assignsubmission_file_/": "",
            "../outside.ipynb": notebook(QUIZ),
        }
    )
    (tmp_path / "CS-1-HW 1-4711.zip").write_bytes(content)
    with collect.collected(tmp_path / "CS-1-HW 1-4711.zip") as found:
        yield found


def test_an_archive_of_a_platform_is_graded_as_it_is(of_archive: list[Submission]) -> None:
    assert [(one.student, one.number, one.problem) for one in of_archive] == [
        ("Bo Berg", "124", ""),
        ("Cy Cole", "125", "The folder is empty."),
        ("Li Lei", "123", ""),
    ]
    assert all(one.file.exists() for one in of_archive)


def test_an_archive_that_is_damaged_and_a_file_that_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(packed({"a.ipynb": "x" * 500})[:-30])
    with pytest.raises(CourseError, match="not a folder"), collect.collected(tmp_path / "class.zip"):
        pass


def test_of_a_course_of_nbgrader_s_only_what_was_submitted_is_read(tmp_path: Path, scratch: Path) -> None:
    files: dict[str, str | bytes | None] = {
        f"{part}/01_linear_models/01_linear_models.ipynb": notebook(QUIZ) for part in ("source", "release")
    }
    files |= {
        f"{part}/ann/01/01_linear_models.ipynb": notebook(QUIZ) for part in ("submitted", "autograded", "feedback")
    }
    files |= {"nbgrader_config.py": "c = 1", "gradebook.db": b"x"}
    assert told(place(tmp_path / "course", files), scratch) == {"ann": "read"}


def test_the_teacher_s_own_files_are_nobody_s(tmp_path: Path, scratch: Path) -> None:
    folder = place(tmp_path / "in", {"own/mine.py": "x = 1", "ann.ipynb": notebook(QUIZ)})
    assert [one.student for one in collect.gather(folder, scratch, [folder / "own"])] == ["ann"]
