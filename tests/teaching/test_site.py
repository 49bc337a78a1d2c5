"""The course as a site: every lesson is there, every heading can be found, and nothing in a notebook can act."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons.commands import cli
from lessons.course import places, syllabus
from lessons.course.errors import CourseError
from lessons.teaching.pages import export, front, search
from tests.support import site as support

STORED = [file.stem for file in places.notebooks()]
WORKFLOW = (places.ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
README = (places.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return support.build(tmp_path_factory.mktemp("site") / "new" / "course")


def texts(markup: str) -> dict[str, Any]:
    """What the search of a front page reads."""
    (packed,) = re.findall(r'<script type="text/plain" id="site-texts">([A-Za-z0-9+/=]+)</script>', markup)
    return json.loads(zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS))


def policy(markup: str) -> str:
    (found,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', markup)
    return re.sub(r"'sha256-[\w+/=]+'", "HASH", found)


# --- the front page ---------------------------------------------------------------------------------------------------


def test_every_lesson_is_in_the_map_and_in_the_table(index: Path) -> None:
    markup = index.read_text(encoding="utf-8")
    drawn, table = markup.split('<div class="site-lessons">')
    assert re.findall(r'href="(\d\d_\w+)\.html"', drawn) == STORED
    assert re.findall(r'href="(\d\d_\w+)\.html"', table) == STORED
    assert drawn.count("<i>to come</i>") == table.count("<td>to come</td>") == len(syllabus.LESSONS) - len(STORED)
    for lesson in syllabus.LESSONS:
        assert f"<b>{lesson.number} {lesson.title}</b>" in drawn
        assert lesson.question in html.unescape(drawn)
    assert {file.stem for file in index.parent.glob("*.html")} == {*STORED, "index"}


def test_the_front_page_says_what_the_readme_says(index: Path) -> None:
    markup = index.read_text(encoding="utf-8")
    shown = README.partition("## While you learn")[0]
    assert f"<title>{README.splitlines()[0][2:]}</title>" in markup
    assert markup.count('<img src="data:image/png;base64,') == len(re.findall(r"!\[", shown)) > 2
    for bold in re.findall(r"^- \*\*(.+?)\*\*", shown, re.MULTILINE):
        assert f"<strong>{bold}</strong>" in markup
    assert f'<a href="{support.SOURCE}"' in markup
    assert "<th></th>" not in markup


def test_nothing_is_asked_of_another_host(index: Path) -> None:
    markup = index.read_text(encoding="utf-8")
    assert policy(markup) == (
        "default-src 'none'; script-src HASH; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"<(img|script|link|iframe|audio)\b[^>]*\bhttps?:|@import|url\(|<link|<form", markup)
    assert set(re.findall(r'href="(https?:[^"]*)"', markup)) == {support.SOURCE}
    assert all((index.parent / name).is_file() for name in re.findall(r'href="(\w+\.html)', markup))


@pytest.mark.parametrize("at", range(len(STORED)))
def test_a_page_leads_to_its_neighbours_and_to_all_lessons(index: Path, at: int) -> None:
    markup = index.with_name(f"{STORED[at]}.html").read_text(encoding="utf-8")
    (ends,) = re.findall(r'<nav class="page-ends".*?</nav>', markup)
    around = [*STORED[max(at - 1, 0) : at], "index", *STORED[at + 1 : at + 2]]
    assert re.findall(r'href="(\w+)\.html"', ends) == around
    assert '<a href="index.html">All lessons</a> · <a href="index.html#search">Search</a>' in markup.split("<main")[0]
    alone = export._page(places.NOTEBOOKS / f"{STORED[at]}.ipynb", "", [], "")
    assert policy(markup) == policy(alone)
    assert "index.html" not in alone.split("<script>")[0]


# --- the search -------------------------------------------------------------------------------------------------------


def test_every_heading_can_be_found(index: Path) -> None:
    known = texts(index.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {stem: [] for stem, _ in known["lessons"]}
    for number, anchor, title, _ in known["sections"]:
        assert title or not anchor
        found[known["lessons"][number][0]].append(anchor)
    assert list(found) == STORED
    for stem, anchors in found.items():
        markup = index.with_name(f"{stem}.html").read_text(encoding="utf-8")
        assert [name for name in anchors if name] == re.findall(r'<h\d id="(s-[^"]+)"', markup)


def test_the_texts_are_those_of_the_notebooks_and_small(index: Path) -> None:
    markup = index.read_text(encoding="utf-8")
    known = texts(markup)
    everything = " ".join(title + " " + text for _, _, title, text in known["sections"])
    for stem in STORED:
        cells = export.read(places.NOTEBOOKS / f"{stem}.ipynb").cells
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        words = set(
            re.findall(r"(?<=[a-z,] )[a-z]{5,}(?=[ ,.])", re.sub(r"```.*?```|\$.*?\$|<.*?>", "", prose, flags=re.S))
        )
        assert len(words) > 300
        assert {word for word in words if word not in everything} == set()
    assert len(re.findall(r'id="site-texts">([^<]*)', markup)[0]) * 20 / len(STORED) < 400_000
    assert len(markup.encode()) < 1_500_000


def test_words_of_neighbouring_paragraphs_stay_apart_and_code_is_left_out(tmp_path: Path) -> None:
    said = "Before.\n\n## A *part* of $x^2$\n\nOne, **tw**o.\n\n| a | b |\n|---|---|\n| c | d |\n\n$$y = 7$$\n\nThree."
    cells = [new_markdown_cell(said), new_code_cell("secret = 1", outputs=[new_output("stream", text="printed")])]
    nbformat.write(new_notebook(cells=[*cells, new_markdown_cell("Four.")]), tmp_path / "one.ipynb")
    assert search.sections(export.export(tmp_path / "one.ipynb").markup) == [
        search.Section("", "", "Before."),
        search.Section("s-a-part-of-x2", "A part of x2", "One, two. a b c d Three. Four."),
    ]


# --- hostile notebooks ------------------------------------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "# <img src=x onerror=alert(1)> alert\n\nand `<img src=x onerror=alert(1)>` again",
    "## `</script><script>alert(1)</script>` alert",
    "### &lt;img src=x onerror=alert(1)&gt; alert",
    "</div></main><div class=page-text><h2 id='s-mine' onclick=alert(1)>alert</h2></div>",
    "<p id=site-texts>alert</p><h2 id='site-texts'>alert \u2028 \U0001f600</h2>",
]


def test_nothing_in_a_notebook_acts_on_the_front_page(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[new_markdown_cell(source) for source in HOSTILE]), tmp_path / "one.ipynb")
    page = export.export(tmp_path / "one.ipynb")
    sections = search.sections(page.markup)
    packed = search.pack([search.Lesson("00_start_here", "<b>&", sections)])
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed)
    markup = front.page(["00_start_here.ipynb"], packed)
    assert markup.count("<script") == markup.count("</script") == 2
    known = texts(markup)
    assert known["lessons"] == [["00_start_here", "<b>&"]]
    assert all(re.fullmatch(r"s-[\w-]+|", anchor) for _, anchor, _, _ in known["sections"])
    assert known["sections"] == [[0, one.anchor, one.title, one.text] for one in sections]


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source", ["example.org", "javascript:alert(1)", 'https://a" onclick="alert(1)', "https://a b"]
)
def test_an_address_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(CourseError, match="is no address"):
        front.page([], "", source)


def test_another_site_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert cli.main(["site", str(tmp_path)]) == 1
    assert "holds an index.html that is not the course's" in capsys.readouterr().err
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert cli.main(["site", str(place)]) == 1
        assert "The site cannot be written to" in capsys.readouterr().err
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {
        "index.html": "mine", "file": "mine",
    }  # fmt: skip


def test_a_site_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(places.notebooks()[0], folder)
    monkeypatch.setattr(places, "NOTEBOOKS", folder)
    first = support.build(tmp_path / "site").read_bytes()
    assert support.build(tmp_path / "site").read_bytes() == first
    assert first.decode().count("<i>to come</i>") == len(syllabus.LESSONS) - 1


def test_a_readme_without_its_sections_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "README.md").write_text("# Title\n\nWords.\n\n## Other\n", encoding="utf-8")
    monkeypatch.setattr(places, "ROOT", tmp_path)
    with pytest.raises(CourseError, match='no section "What is different here"'):
        front.page([], "")


# --- the workflow -----------------------------------------------------------------------------------------------------


def test_the_workflow_may_do_no_more_than_it_must() -> None:
    plan = yaml.safe_load(WORKFLOW)
    assert set(plan[True]) == {"push", "workflow_dispatch"}  # YAML reads `on` as True: no pull request starts it
    assert plan["permissions"] == {"contents": "read"}
    assert "permissions" not in plan["jobs"]["build"]
    assert plan["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert not re.search(r"https?://|github\.io|secrets\.", WORKFLOW)


def test_the_workflow_calls_the_command_as_it_is() -> None:
    steps = yaml.safe_load(WORKFLOW)["jobs"]["build"]["steps"]
    (line,) = [step["run"] for step in steps if "run" in step]
    options = cli.parser().parse_args(line.replace("python setup_course.py ", "").split())
    assert (str(options.folder), options.run_cells) == (steps[-1]["with"]["path"], True)
