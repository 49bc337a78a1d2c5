"""The skeleton of a new chapter: notebook, module, exercises, widget, tests, benchmark, from the texts in `recipe/`.

The skeleton works as it stands, with an average where the lesson will be. Whatever has to be written is marked, and a
test finds every mark that is left. In the texts `@topic@` and the like stand for what the syllabus says of the lesson.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessons.course import places, syllabus
from lessons.course.errors import CourseError
from lessons.course.syllabus import Lesson
from lessons.teaching import authoring, slides

RECIPE = Path(__file__).parent / "recipe"
MARK = "FILL"  # what stands, with a colon, wherever something has to be written
FILES = {  # text of the recipe -> where it goes
    "notebook": "notebooks/@NN@_@topic@.ipynb",
    "module": "lessons/@topic@.py",
    "exercises": "lessons/exercises/@topic@.py",
    "widget": "lessons/widgets/@topic@/__init__.py",
    "widget.js": "lessons/widgets/@topic@/@topic@.js",
    "widget.css": "lessons/widgets/@topic@/@topic@.css",
    "test": "tests/test_@topic@.py",
    "test_widget": "tests/widgets/test_@topic@.py",
    "test_browser": "tests/browser/test_widgets_@topic@.py",
    "attempts_function": "tests/exercises/attempts/@topic@/average.py",
    "attempts_number": "tests/exercises/attempts/@topic@/experiment.py",
    "benchmark": "benchmarks/@topic@.py",
}


def run(number: str, topic: str) -> int:
    """Lay the skeleton of one lesson and say what was written; returns 0. Raises CourseError as `lay` does."""
    for file in lay(find(number, topic), places.ROOT):
        print(file.relative_to(places.ROOT).as_posix())
    print(f'Each "{MARK}:" is a place to fill. CONTRIBUTING.md, "A new chapter", says in which order.')
    return 0


def find(number: str, topic: str) -> Lesson:
    """The lesson of this number and topic. Raises CourseError if the syllabus does not know it."""
    number = number.zfill(2)
    for lesson in syllabus.LESSONS:
        if (lesson.number, lesson.topic) == (number, topic):
            return lesson
    near = [f"{lesson.number} {lesson.topic}" for lesson in syllabus.LESSONS if number == lesson.number]
    near += [f"{lesson.number} {lesson.topic}" for lesson in syllabus.LESSONS if topic == lesson.topic]
    known = f"It has {' and '.join(near)}." if near else "Its lessons are in lessons/course/syllabus.py."
    raise CourseError(f"The syllabus has no lesson {number} {topic}. {known}")


def lay(lesson: Lesson, root: Path) -> list[Path]:
    """Write the skeleton below `root` and return its files. Raises CourseError, and writes nothing, if one exists."""
    words = _words(lesson, root)
    texts = {root / _filled(place, words): _filled(_text(name), words) for name, place in FILES.items()}
    taken = [file.relative_to(root).as_posix() for file in [*texts, _folder(lesson, root)] if file.exists()]
    if taken:
        raise CourseError(f"Nothing was written, because this exists: {', '.join(taken)}.")
    try:
        for file, text in texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, text)
    except OSError as error:
        raise CourseError(f"The skeleton cannot be written to {root} ({error.strerror}).") from error
    return list(texts)


def _folder(lesson: Lesson, root: Path) -> Path:
    """Where the chapter would be, had it parts."""
    return root / "lessons" / lesson.topic


def _words(lesson: Lesson, root: Path) -> dict[str, str]:
    """What the texts of the recipe leave open."""
    return {
        "NN": lesson.number,
        "topic": lesson.topic,
        "Topic": lesson.topic.title().replace("_", ""),
        "dashed": lesson.topic.replace("_", "-"),
        "title": lesson.title,
        "question": lesson.question,
        "before": _link(lesson, -1, root),
        "after": _link(lesson, 1, root),
    }


def _link(lesson: Lesson, step: int, root: Path) -> str:
    """A link to the lesson before or after, or its name where it is not yet written."""
    at = syllabus.LESSONS.index(lesson) + step
    if not 0 <= at < len(syllabus.LESSONS):
        return "[00 Start here](00_start_here.ipynb)"
    other = syllabus.LESSONS[at]
    name = f"{other.number} {other.title}"
    if (root / "notebooks" / other.file).is_file():
        return f"[← {name}]({other.file})" if step < 0 else f"[{name} →]({other.file})"
    return f"{'before' if step < 0 else 'next'}: {name} (being written)"


def _text(name: str) -> str:
    return (RECIPE / f"{name}.txt").read_text(encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def _write(file: Path, text: str) -> None:
    if file.suffix == ".ipynb":
        nbformat.write(slides.assign(authoring.clean(notebook(text))), file)
    else:
        file.write_text(text, encoding="utf-8")


def notebook(text: str) -> NotebookNode:
    """The notebook of a text in which each cell begins with a line `%% markdown` or `%% code TAG ...`."""
    cells = []
    for part in text.removeprefix("%% ").split("\n%% "):
        head, _, source = part.partition("\n")
        kind, *tags = head.split()
        make = new_code_cell if kind == "code" else new_markdown_cell
        cells.append(make(source.strip(), metadata={"tags": tags} if tags else {}))
    for at, cell in enumerate(cells):
        cell.id = f"cell-{at}"
    return new_notebook(cells=cells)
