"""The glossary names lessons of the course and words that stand in them; the map knows every notebook."""

import json
import re

import pytest

from lessons import exercises
from lessons.course import glossary, places, syllabus
from lessons.tutor import overview, record

EXISTING = {file.name: file for file in places.notebooks()}


def prose(file) -> str:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown").lower()


TEXTS = {name[:2]: prose(file) for name, file in EXISTING.items()}


# --- glossary ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.english)
def test_a_term_stands_in_the_lesson_that_introduces_it(term):
    assert term.lesson in {lesson.number for lesson in syllabus.LESSONS}
    if term.lesson in TEXTS:  # a lesson that is not written yet has no text
        assert re.search(rf"\b{re.escape((term.met_as or term.english).lower())}", TEXTS[term.lesson])
    assert re.search(r"[\u4e00-\u9fff]", term.chinese)
    assert 10 <= len(term.meaning) <= 80
    assert not term.meaning.endswith(".")


def test_there_are_many_terms_and_none_twice():
    assert 30 <= len(glossary.TERMS) <= 140  # some six for each of the twenty lessons
    for names in ([term.english for term in glossary.TERMS], [term.chinese for term in glossary.TERMS]):
        assert len(set(names)) == len(names)


def test_the_words_of_the_first_notebook_are_among_them():
    words = {term.english for term in glossary.TERMS if term.lesson == "00"}
    assert {"tensor", "shape", "axis", "broadcasting", "vector", "cosine similarity", "standard deviation"} <= words


def test_terms_come_in_the_order_of_the_course(capsys):
    lessons = [term.lesson for term in glossary.in_order()]
    assert lessons == sorted(lessons)
    assert glossary.glossary_html().count("<tr>") == len(glossary.TERMS) + 1
    glossary.show()  # in a terminal
    assert capsys.readouterr().out.count("\n") == len(glossary.TERMS)


# --- the map ----------------------------------------------------------------------------------------------------------


def test_the_map_has_the_20_lessons_and_every_notebook():
    assert [lesson.number for lesson in syllabus.LESSONS] == [f"{number:02}" for number in range(20)]
    assert set(EXISTING) <= {lesson.file for lesson in syllabus.LESSONS}


def test_titles_are_those_of_the_notebooks():
    for lesson in syllabus.LESSONS:
        if lesson.file in EXISTING:
            assert TEXTS[lesson.number].startswith(f"# {lesson.number} · {lesson.title.lower()}")


def test_only_existing_lessons_are_links():
    picture = syllabus.map_html({}, {"01_linear_models.ipynb"})
    assert re.findall(r'href="([^"]*)"', picture) == ["01_linear_models.ipynb"]
    assert picture.count("dashed") == 19


def test_the_map_counts_and_says_what_is_solved():
    counts = {"start_here": (2, 8), "gradients": (5, 5)}
    existing = {"00_start_here.ipynb", "02_gradients.ipynb"}
    picture, text = syllabus.map_html(counts, existing), syllabus.map_text(counts, existing)
    for said in ("2 of 8 solved", "✔ all 5 solved"):
        assert said in picture
        assert said in text
    assert 'aria-label="Map of the course: 20 lessons in 6 parts; 7 of 13 exercises solved"' in picture
    assert "width: 25%" in picture
    assert "width: 100%" in picture


def test_a_damaged_file_of_progress_gives_an_empty_map_and_a_sentence(capsys):
    record.record("start_here.first_try", "correct")
    exercises.show_map()
    total = sum(item.topic == "start_here" for row in overview.rows(exercises.catalogue()) for item, _ in row.exercises)
    assert f"1 of {total} solved" in capsys.readouterr().out
    record.file().write_text("{", encoding="utf-8")
    exercises.show_map()
    said = capsys.readouterr().out
    assert f"00 Start here         0 of {total} solved" in said
    assert "was damaged" in said


def test_in_a_notebook_it_is_boxes_with_text_beside_them(monkeypatch):
    shown = []
    monkeypatch.setattr(overview, "in_notebook", lambda: True)
    import IPython.display

    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: shown.append(bundle))
    exercises.show_map()
    assert set(shown[0]) == {"text/html", "text/plain"}
    assert "<a href=" in shown[0]["text/html"]
