"""Shows a verdict where the learner is: in a notebook as HTML with buttons under it, in a terminal as text."""

from __future__ import annotations

import sys

from lessons.tutor import record

from .definition import Exercise
from .html import verdict_block
from .text import verdict_text
from .verdict import Verdict

WIDGET = "application/vnd.jupyter.widget-view+json"
NO_BUTTONS = "Run this cell for its hints, solution and reset."


def show(exercise: Exercise, verdict: Verdict) -> None:
    """Show a verdict. In a notebook there are two outputs, each with constant plain text beside it.

    Two, because a widget view is dead in a notebook that is opened without its kernel, and takes everything in its
    bundle with it; the verdict must outlive it.
    """
    if in_notebook():
        _display(exercise, verdict)
    else:
        print(verdict_text(exercise, verdict), usage(exercise), sep="\n")
    for notice in record.notices():
        print(notice)


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None


def usage(exercise: Exercise) -> str:
    """What to type for help in a terminal."""
    name = exercise.id
    return f'  for help: hint("{name}")   solution("{name}")   reset("{name}")'


def _display(exercise: Exercise, verdict: Verdict) -> None:
    from IPython.display import display

    from .panel import Panel

    bundle = {"text/html": verdict_block(exercise, verdict), "text/plain": verdict_text(exercise, verdict)}
    display(bundle, raw=True, metadata={"lessons": {"exercise": exercise.id, "verdict": verdict.kind.value}})
    view = {"version_major": 2, "version_minor": 1, "model_id": Panel(exercise, verdict).model_id}
    display({WIDGET: view, "text/plain": NO_BUTTONS}, raw=True)
