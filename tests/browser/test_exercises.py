"""The panel of an exercise, pressed in a real JupyterLab by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

SETUP = "import torch\nfrom lessons.exercises import answer, exercise"
STUB = '@exercise("fine_tuning.pad_batch")\ndef pad_batch(token_lists, pad_id): ...'
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


@pytest.mark.parametrize(
    ("theme", "zoom"), [("JupyterLab Light", 1.0), ("JupyterLab Dark", 1.5)], ids=["light", "dark, 150 %"]
)
def test_hints_solution_and_reset(open_notebook: Callable, theme: str, zoom: float) -> None:
    notebook = open_notebook(SETUP, UPSIDE_DOWN, theme=theme, zoom=zoom)
    notebook.run_all()
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
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # Enter and Space did nothing else

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    out.get_by_text("are forgotten").wait_for()
    out.get_by_role("button", name="Hint 1 of 3").wait_for()
    assert out.get_by_text("return torch.tensor(token_ids)").count() == 0


def test_the_solution_is_asked_for_twice_before_any_attempt(open_notebook: Callable) -> None:
    notebook = open_notebook(SETUP, STUB)
    notebook.run_all()
    out = notebook.output(1)
    out.get_by_text("Not attempted").wait_for()
    out.get_by_role("button", name="Solution").click()
    out.get_by_text("You have not tried yet").wait_for()
    out.get_by_role("button", name="Show it anyway").click()
    out.get_by_text("return torch.tensor(token_ids)").wait_for()


def test_a_quiz_is_answered_by_keyboard(open_notebook: Callable) -> None:
    notebook = open_notebook(SETUP, 'answer("fine_tuning.quiz_buckets", ...)')
    notebook.run_all()
    out, page = notebook.output(1), notebook.page
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


def test_an_endless_loop_leaves_the_kernel_alive(open_notebook: Callable) -> None:
    overview = "from lessons import exercises\nexercises.show_progress()"
    notebook = open_notebook(SETUP, ENDLESS, "print('still', 'here')", overview)
    notebook.run_all()
    notebook.output(1).get_by_text("Took too long").wait_for()
    notebook.output(2).get_by_text("still here").wait_for()
    assert "fine tuning" in notebook.output(3).locator("svg[role=img]").text_content()


def test_a_reopened_notebook_still_shows_the_verdict(open_notebook: Callable) -> None:
    notebook = open_notebook(SETUP, UPSIDE_DOWN)
    notebook.run_all()
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
