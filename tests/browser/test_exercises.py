"""The panel of an exercise, pressed in a real JupyterLab by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SETUP = "import torch\nfrom lessons.exercises import answer, exercise"
STUB = '@exercise("linear_models.standardise")\ndef standardise(train, test): ...'
QUIZ = 'answer("fine_tuning.quiz_buckets", ...)'
UPSIDE_DOWN = """
@exercise("fine_tuning.pad_batch")
def pad_batch(token_lists, pad_id):
    longest = max(map(len, token_lists))
    ids = [tokens + [pad_id] * (longest - len(tokens)) for tokens in token_lists]
    mask = [[0] * len(tokens) + [1] * (longest - len(tokens)) for tokens in token_lists]
    return torch.tensor(ids), torch.tensor(mask)
"""
ENDLESS = """
@exercise("fine_tuning.cheapest_threshold")
def cheapest_threshold(labels, probabilities, miss_cost):
    while True:
        try:
            pass
        except:
            pass
"""
OVERVIEW = "from lessons import exercises\nexercises.show_progress()"


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """The imports in cell 0, already run; four exercises in cells 1 to 4, then what shows that the kernel lives."""
    opened = open_for_all(SETUP, UPSIDE_DOWN, STUB, QUIZ, ENDLESS, "print('still', 'here')", OVERVIEW)
    opened.run_cell(0)
    return opened


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_hints_solution_and_reset(notebook: Any, theme: str) -> None:
    notebook.theme(theme)
    notebook.run_cell(1)
    out, page = notebook.output(1), notebook.page
    out.get_by_text("Your mask is upside down").wait_for()

    out.get_by_role("button", name="Hint 1 of 3").click()  # by mouse
    out.get_by_text("How long is the longest list?").wait_for()
    assert out.get_by_text("joins two lists").count() == 0

    button = out.get_by_role("button", name="Hint 2 of 3")  # by keyboard
    button.focus()
    page.keyboard.press("Enter")
    out.get_by_text("joins two lists").wait_for()
    page.keyboard.press("Space")
    out.get_by_text("does not look at the ids").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    out.get_by_text("return torch.tensor(token_ids)").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == 7  # Enter and Space did nothing else

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    out.get_by_text("are forgotten").wait_for()
    out.get_by_role("button", name="Hint 1 of 3").wait_for()
    assert out.get_by_text("return torch.tensor(token_ids)").count() == 0


def test_the_solution_is_asked_for_twice_before_any_attempt(notebook: Any) -> None:
    notebook.run_cell(2)
    out = notebook.output(2)
    out.get_by_text("Not attempted").wait_for()
    out.get_by_role("button", name="Solution").click()
    out.get_by_text("You have not tried yet").wait_for()
    out.get_by_role("button", name="Show it anyway").click()
    out.get_by_text("return (train - mean) / deviation").wait_for()


def test_a_quiz_is_answered_by_keyboard(notebook: Any) -> None:
    notebook.run_cell(3)
    out, page = notebook.output(3), notebook.page
    out.get_by_label("a", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    out.get_by_text("The mask hides padding").wait_for()
    assert not out.get_by_text("Not attempted").is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    out.get_by_text("Less padding, less arithmetic").wait_for()
    out.get_by_text("Masked places are computed like all others").wait_for()  # the other options, too


def test_an_endless_loop_leaves_the_kernel_alive(notebook: Any) -> None:
    for cell in (4, 5, 6):
        notebook.run_cell(cell)
    notebook.output(4).get_by_text("Took too long").wait_for()
    notebook.output(5).get_by_text("still here").wait_for()
    assert "fine tuning" in notebook.output(6).locator("svg[role=img]").text_content()


def test_a_reopened_notebook_still_shows_the_verdict(notebook: Any) -> None:
    """The last one: it takes away the kernel."""
    notebook.run_cell(1)
    out = notebook.output(1)
    out.get_by_role("button", name="Solution").wait_for()
    notebook.reopen()
    out.get_by_text("Your mask is upside down").wait_for()
    out.locator(".jupyter-widgets", has_text="model not found").wait_for(state="attached")
    shown = out.locator(".jupyter-widgets").evaluate(
        "node => [getComputedStyle(node).fontSize, getComputedStyle(node, '::after').content]"
    )
    assert shown == ["0px", '"Run this cell for its hints, solution and reset."']
    notebook.errors.clear()  # JupyterLab logs the missing model
