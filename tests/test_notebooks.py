"""What every notebook must have (its anatomy), read from the file without running it."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from lessons.course.assets import ROOT
from lessons.teaching import minutes

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ENDING = (r"^## Claim check", r"^## Recap", r"^## Quiz", r"\*\*Further reading\.\*\*")
FORBIDDEN = {
    r"^\s*[!%]\s*(pip|conda|apt)": "installs something",
    r"(?<![\w.])/(home|root|work|Users|tmp)/": "holds an absolute path",
    r"weights_only\s*=\s*False|torch\.load\((?!.*weights_only=True)|pickle\.load": "may run code when it loads a file",
    r"\.cuda\(\)|device\s*=\s*[\"']cuda": "needs a graphics card",
}


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def prose(path: Path) -> str:
    return "\n".join(text(cell) for cell in cells(path, "markdown"))


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def test_there_are_notebooks_and_their_names_are_numbered():
    assert [path.name for path in NOTEBOOKS if not re.fullmatch(r"\d\d_[a-z_]+\.ipynb", path.name)] == []
    assert NOTEBOOKS[0].name == "00_start_here.ipynb"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestAnatomy:
    def test_it_was_run_from_top_to_bottom_without_errors(self, path):
        code = cells(path, "code")
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        assert [o["ename"] for cell in code for o in cell["outputs"] if o["output_type"] == "error"] == []

    def test_no_warning_or_log_line_is_left_in_an_output(self, path):
        streams = [o for cell in cells(path, "code") for o in cell["outputs"] if o["output_type"] == "stream"]
        assert [o["text"] for o in streams if o["name"] == "stderr"] == []

    def test_the_file_is_small_and_holds_no_widget_state(self, path):
        assert path.stat().st_size < 600 * 1024
        assert "widgets" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]

    def test_it_opens_with_title_links_minutes_objectives_and_needs(self, path):
        first = text(cells(path, "markdown")[0])
        assert first.startswith(f"# {path.stem[:2]} · ")
        for part in (r"→|←|next: ", r"\bminutes\b", r"\*\*Objectives\.\*\*", r"\*\*You need\*\*"):
            assert re.search(part, first), part

    def test_no_cell_is_longer_than_thirty_lines(self, path):
        lines = [sum(bool(line.strip()) for line in text(cell).splitlines()) for cell in cells(path, "code")]
        assert max(lines) <= 30

    def test_its_minutes_are_honest_and_fit_sittings(self, path):
        found = minutes.read(nbformat.read(path, as_version=4).cells)
        assert abs(found.stated - found.whole) <= 0.15 * found.whole
        assert max(found.sittings) < 77  # 75, and what a last correction may add
        assert found.path < 153
        assert found.cells <= 78

    def test_it_has_predictions_a_claim_check_a_recap_and_reading(self, path):
        words = prose(path)
        assert len(re.findall(r"\bpredict\b", words, re.IGNORECASE)) >= 2
        for heading in (r"^## Claim check", r"^## Recap", r"\*\*Further reading\.\*\*"):
            assert re.search(heading, words, re.MULTILINE), heading

    def test_the_end_comes_in_its_order(self, path):
        found = [re.search(pattern, prose(path), re.MULTILINE) for pattern in ENDING]
        places = [match.start() for match in found if match]
        assert len(places) == len(ENDING)
        assert places == sorted(places)

    def test_nothing_is_left_to_fill(self, path):
        every = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert [text(cell)[:80] for cell in every if re.search(r"\bFILL\b", text(cell))] == []

    def test_numbers_are_checked_and_code_is_compared(self, path):
        code = cells(path, "code")
        assert sum("nbval-check-output" in tags(cell) for cell in code) >= 3
        assert sum(text(cell).count("assert") for cell in code) >= 3

    def test_known_tags_only(self, path):
        known = {"nbval-check-output", "long", "solution-skip"}
        assert {tag for cell in cells(path, "code") for tag in tags(cell)} <= known

    @pytest.mark.parametrize(("pattern", "what"), FORBIDDEN.items(), ids=FORBIDDEN.values())
    def test_no_cell_does_what_none_may(self, path, pattern, what):
        assert [text(cell) for cell in cells(path, "code") if re.search(pattern, text(cell), re.MULTILINE)] == []

    def test_links_to_other_notebooks_lead_somewhere(self, path):
        for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", prose(path)):
            assert (path.parent / target).is_file(), target

    def test_every_code_cell_is_python(self, path):
        for cell in cells(path, "code"):
            assert ast.parse(text(cell)) is not None

    def test_every_picture_has_words_below_or_above_it(self, path):
        every = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for index, cell in enumerate(every):
            pictures = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
            near = every[max(0, index - 1) : index + 3]
            assert not pictures or any(other["cell_type"] == "markdown" for other in near), text(cell)[:80]
