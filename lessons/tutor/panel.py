"""The buttons under an exercise in a notebook: hint, solution, reset, and the letters of a quiz.

The verdict itself is ordinary HTML beside this widget, not part of it, so a notebook that is opened again without a
kernel still shows it. Messages may arrive in a second thread (JupyterLab's subshells); they only read and write
progress, under its lock, and set traits. Quizzes are judged here, learners' functions never.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from . import dialogue, record
from .definition import Exercise, Quiz
from .html import code, css, prose, say
from .verdict import Verdict


class Panel(anywidget.AnyWidget):
    """Buttons for one exercise; the state that they show is in the traits, as HTML."""

    _esm = Path(__file__).parent / "panel.js"
    _css = css()

    letters = traitlets.List(traitlets.Unicode()).tag(sync=True)
    n_hints = traitlets.Int().tag(sync=True)
    hints = traitlets.List(traitlets.Unicode()).tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    solution = traitlets.Unicode().tag(sync=True)
    sure = traitlets.Bool(False).tag(sync=True)

    def __init__(self, exercise: Exercise, verdict: Verdict) -> None:
        self.exercise = exercise
        solved = dialogue.so_far(exercise).solved_on
        super().__init__(
            letters=list(exercise.lettered) if isinstance(exercise, Quiz) else [],
            n_hints=len(exercise.hints),
            hints=self._hints(),
            kind=_class(verdict),
            message=f"Solved before, on {solved}." if solved and verdict.kind != "correct" else "",
        )
        self.on_msg(self._pressed)

    def _pressed(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        """One message from the browser: {"do": "hint" | "solution" | "reset" | "answer", ...}."""
        actions = {"hint": self.hint, "solution": self.show_solution, "reset": self.start_over}
        if content.get("do") == "answer":
            self.answer(content.get("letter"))
        elif action := actions.get(str(content.get("do"))):
            action()

    def hint(self) -> None:
        """Show one more hint."""
        said = dialogue.next_hint(self.exercise)
        self.hints = self._hints()
        self._tell("" if said in self.exercise.hints else said)

    def show_solution(self) -> None:
        """Show or hide the solution; before any attempt, ask first."""
        if self.solution:
            self.solution = ""
        elif self.sure or dialogue.may_see_solution(self.exercise):
            self.sure, self.solution = False, code(self.exercise.solution_text())
            self._tell("")
        else:
            self.sure = True
            self._tell("You have not tried yet. Press again if you want to see the solution all the same.")

    def start_over(self) -> None:
        """Forget attempts and hints, and hide everything."""
        said = dialogue.reset(self.exercise)
        self.hints, self.solution, self.sure, self.verdict = [], "", False, ""
        self.kind = "not-attempted"
        self._tell(said)

    def answer(self, letter: Any) -> None:
        """Judge the letter chosen in a quiz."""
        if letter is None:
            self._tell("Choose a letter first.")
            return
        verdict = dialogue.check(self.exercise, letter)
        self.kind, self.verdict = _class(verdict), say(verdict)
        self._tell("")

    def _hints(self) -> list[str]:
        return [prose(hint) for hint in dialogue.hints_seen(self.exercise)]

    def _tell(self, message: str) -> None:
        self.message = " ".join([message, *record.notices()]).strip()


def _class(verdict: Verdict) -> str:
    return verdict.kind.replace(" ", "-")
