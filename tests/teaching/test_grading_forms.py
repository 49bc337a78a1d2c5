"""What is green in the notebook counts in the grade: every form of handing over, and honest lines above it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lessons.exercises import Kind, Verdict, catalogue, find
from lessons.teaching.grading import reading, running, sandbox
from lessons.teaching.grading.graded import Graded
from lessons.teaching.grading.reading import Submission
from lessons.teaching.grading.running import Setting
from lessons.teaching.grading.sandbox import Limits

IDS = {item.id for item in catalogue()}
MSE = "linear_models.mse_gradient"
QUIZ = "linear_models.quiz_leak"
LETTER = find(QUIZ).solution
BODY = "(weights, inputs, targets):\n    return 2 * inputs.T @ (inputs @ weights - targets) / len(targets)\n"
PATIENT = Limits(seconds=20, setup_seconds=20, submission_seconds=600, judging_seconds=60, reading_seconds=60)

READ = {  # told by reading: the cells, and what the target is
    "value=": [f"answer('{QUIZ}', value='{LETTER}')"],
    "another word": [f"answer('{QUIZ}', letter='{LETTER}')"],
    "both by word": [f"answer(exercise_id='{QUIZ}', value='{LETTER}')"],
    "x =": [f"x = answer('{QUIZ}', '{LETTER}')"],
    "in a call": [f"print(answer('{QUIZ}', '{LETTER}'))"],
    "in a tuple": [f"answer('{QUIZ}', '{LETTER}'), 3"],
    "a name for the id": [f"ID = '{QUIZ}'", f"answer(ID, '{LETTER}')"],
    "a sum for the id": [f"topic = 'linear_models'\nanswer(topic + '.quiz_leak', '{LETTER}')"],
    "an f-string": [f"topic = 'linear_models'\nanswer(f'{{topic}}.quiz_leak', '{LETTER}')"],
    "another name": ["from lessons.exercises import answer as a", f"a('{QUIZ}', '{LETTER}')"],
    "a module": ["import lessons.exercises as e", f"e.answer('{QUIZ}', '{LETTER}')"],
    "the whole name": ["import lessons.exercises", f"lessons.exercises.answer('{QUIZ}', '{LETTER}')"],
    "assigned": [f"a = answer\na('{QUIZ}', '{LETTER}')"],
    "under with": [f"with open('/dev/null'):\n    answer('{QUIZ}', '{LETTER}')"],
    "behind %time": [f"%time answer('{QUIZ}', '{LETTER}')"],
    "below %%time": [f"%%time\nanswer('{QUIZ}', '{LETTER}')"],
    "beside !": [f"files = !ls\nx = %pwd\nanswer('{QUIZ}', '{LETTER}')\nlen?"],
}


def attempts(cells: list[str]) -> reading.Notebook:
    return reading._read(cells, IDS)


@pytest.mark.parametrize("name", READ)
def test_forms_that_reading_tells(name: str) -> None:
    book = attempts(READ[name])
    assert book.attempts[QUIZ].literal == (LETTER,)
    assert not [place for place in book.indirect if f"'{QUIZ}'" in book.statements[place].text]


@pytest.mark.parametrize(
    "cells",
    [
        [f"ID = '{MSE}'", f"@exercise(ID)\ndef f{BODY}"],
        ["from lessons.exercises import exercise as task", f"@task('{MSE}')\ndef f{BODY}"],
        [f"import lessons.exercises as e\n@e.exercise('{MSE}')\ndef f{BODY}"],
        [f"if True:\n    pass\nelse:\n    @exercise('{MSE}')\n    def f{BODY.replace(chr(10), chr(10) + '    ')}"],
    ],
)
def test_functions_that_reading_finds(cells: list[str]) -> None:
    found = attempts(cells).attempts[MSE]
    assert found.function is not None
    assert "exercise" not in found.setup[-1].text
    assert found.setup[-1].text.startswith("def f(")


def test_a_module_is_not_changed_by_its_functions() -> None:
    cells = ["import numpy as np\nfrom torch import nn", "losses = np.append([], slow())\nlayer = nn.Linear(1, 1)"]
    cells += ["nn.init.zeros_(layer.weight)", "words = ['a']\nnp.random.shuffle(words)"]
    taken = attempts([*cells, f"@exercise('{MSE}')\ndef f(weights):\n    return np.abs(layer(weights))"]).attempts[MSE]
    assert [one.text for one in taken.setup][:-1] == [
        "import numpy as np", "from torch import nn", "layer = nn.Linear(1, 1)", "nn.init.zeros_(layer.weight)"
    ]  # fmt: skip
    taken = attempts([*cells, f"@exercise('{MSE}')\ndef f(weights):\n    return words"]).attempts[MSE]
    assert "np.random.shuffle(words)" in [one.text for one in taken.setup]


def test_what_is_assigned_later_is_not_taken_for_the_id() -> None:
    book = attempts(["ID = 'nothing'", f"answer(ID, '{LETTER}')", f"ID = '{QUIZ}'"])
    assert book.attempts == {}
    assert book.indirect == [1]


# --- over the wire ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk() -> Iterator[running._Desk]:
    """One judge, and one process for all that is honest."""
    with sandbox.view() as view:
        made = running._Desk(Setting(sandbox.build(view, [], PATIENT)[0], PATIENT, 7), None)
        yield made
        made.close()


@pytest.fixture
def grade(desk: running._Desk, tmp_path: Path) -> Callable[..., Graded]:
    """Grades a notebook of these cells, with these outputs at its last one."""

    def graded(*cells: str, outputs: Any = ()) -> Graded:
        made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
        made[-1]["outputs"] = list(outputs)
        file = tmp_path / "01_linear_models.ipynb"
        file.write_text(json.dumps({"cells": made}))
        desk.shown, desk.failures, desk.spent = b"", 0, 0.0
        found = Graded(Submission(file, file.name, "ann"))
        desk.grade(found)
        return found

    return graded


def claim(name: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {},
        "metadata": {"lessons": {"exercise": name, "verdict": "correct"}},
    }


NUMPY = "import numpy as np"
FORMS = {  # accepted by a notebook: cells whose function, or answer, is right
    "a call of a call": [f"def f{BODY}", f"exercise('{MSE}')(f)"],
    "a lambda": [f"exercise('{MSE}')(lambda weights, inputs, targets: f(weights, inputs, targets))", f"def f{BODY}"],
    "bound": [f"def f{BODY}", f"g = exercise('{MSE}')(f)"],
    "in a function": [
        f"def hand_in():\n    @exercise('{MSE}')\n    def f{BODY.replace(chr(10), chr(10) + '    ')}",
        "hand_in()",
    ],
    "in a class": [f"class Mine:\n    @exercise('{MSE}')\n    def f{BODY.replace(chr(10), chr(10) + '    ')}"],
    "in a loop": [f"def f{BODY}", f"for name, value in {{'{MSE}': f}}.items():\n    exercise(name)(value)"],
    "answer for a function": [f"def f{BODY}", f"answer('{MSE}', f)"],
    "under an if, twice": [
        f"def f{BODY}",
        f"if len('a') == 1:\n    answer('{MSE}', f)\nelse:\n    answer('{MSE}', ...)",
    ],
    "mapped": [f"def f{BODY}", f"list(map(answer, ['{MSE}'], [f]))"],
}
LINES = {  # honest lines above: the factor 2 comes from them
    "append": ["parts = []\nparts.append(2)", "parts[0]"],
    "a loop": ["parts = []\nfor k in range(3):\n    parts.append(k)", "parts[2]"],
    "globals": ["globals()['factor'] = 2", "factor"],
    "globals of a name": ["name = 'factor'\nglobals()[name] = 2", "factor"],
    "update": ["table = {}\ntable.update(a=2)", "table['a']"],
    "setattr": ["class Box: pass\nsetattr(Box, 'factor', 2)", "Box.factor"],
    "a function that sets": ["def begin():\n    global factor\n    factor = 2\nbegin()", "factor"],
    "an if that may not": ["factor = 2\nif len('a') > 1:\n    factor = 3", "factor"],
    "a tuple of parts": ["parts = [0, 0]\nparts[0], rest = 2, 3", "parts[0]"],
    "torch in place": ["import torch\nones = torch.ones(1)\nones.add_(1)", "ones.item()"],
    "exec": ["exec('factor = 2')", "factor"],
    "a method of one's own": [
        "class Box:\n    n = 0\n    def grow(self): self.n += 2\nbox = Box()\nbox.add = box.grow\nbox.add()",
        "box.n",
    ],
}


def kind(graded: Graded, name: str = MSE) -> tuple[Kind, str]:
    verdict: Verdict = graded.verdicts[name]
    return verdict.kind, verdict.sentence


@pytest.mark.parametrize("name", FORMS)
def test_every_form_counts(name: str, grade: Callable[..., Graded]) -> None:
    assert kind(grade(NUMPY, *FORMS[name]))[0] is Kind.CORRECT


@pytest.mark.parametrize("name", LINES)
def test_honest_lines_above_are_run(name: str, grade: Callable[..., Graded]) -> None:
    above, factor = LINES[name]
    found = grade(NUMPY, above, f"@exercise('{MSE}')\ndef f{BODY.replace('return 2', f'return {factor}')}")
    assert kind(found)[0] is Kind.CORRECT, kind(found)


def test_a_stub_and_other_parameters_are_told_in_indirect_forms_too(grade: Callable[..., Graded]) -> None:
    stub = grade(NUMPY, "def f(weights, inputs, targets):\n    ...", f"exercise('{MSE}')(f)")
    assert kind(stub)[0] is Kind.NOT_ATTEMPTED
    there = find(MSE).check(lambda a, b=2: 0)
    assert kind(grade(f"exercise('{MSE}')(lambda a, b=2: 0)")) == (Kind.WRONG, there.sentence)


def test_the_last_attempt_counts_in_whatever_form(grade: Callable[..., Graded]) -> None:
    wrong = "def g(weights, inputs, targets):\n    return weights"
    assert kind(grade(f"def f{BODY}", wrong, f"exercise('{MSE}')(g)", f"exercise('{MSE}')(f)"))[0] is Kind.CORRECT
    found = grade(f"@exercise('{MSE}')\ndef f{BODY}", wrong, f"for name in ['{MSE}']:\n    exercise(name)(g)")
    assert kind(found)[0] is not Kind.CORRECT


def test_a_saved_verdict_gets_all_lines_run_and_else_the_row_says_so(grade: Callable[..., Graded]) -> None:
    hidden = "import sys\nsys.modules['__main__' if 0 else 'here'] = type('here', (), {'n': 2})\n1 / 0"
    right = f"@exercise('{MSE}')\ndef f{BODY.replace('return 2', 'import here; return here.n')}"
    found = grade(hidden, right, outputs=[claim(MSE)])
    assert kind(found)[0] is Kind.CORRECT, kind(found)
    assert found.submission.problem == ""
    wrong = f"@exercise('{MSE}')\ndef f{BODY.replace('return 2', 'return 3')}"
    found = grade(wrong, outputs=[claim(MSE), claim("no.such"), {"metadata": 3}, 3])
    assert kind(found)[0] is not Kind.CORRECT
    assert MSE in found.submission.problem
    assert "the grade does not" in found.submission.problem


def test_the_course_s_own_function_does_not_pass(grade: Callable[..., Graded]) -> None:
    name = "attention.masked_softmax"
    first, second = find(name).parameters  # type: ignore[attr-defined]
    call = f"def f({first}, {second}):\n    return own({first}, {second})"
    cells = ["import lessons.attention as chapter", "own = chapter.masked_softmax", f"@exercise('{name}')\n{call}"]
    found = grade(*cells)
    assert kind(found, name)[0] is Kind.WRONG
    assert "lessons.attention.masked_softmax" in kind(found, name)[1]


def test_verdicts_travel_whole() -> None:
    from dataclasses import asdict

    from lessons.teaching.grading.judge import verdict_from

    verdict = Verdict(Kind.WRONG, "Why", (("a", "b"),), "printed", (("not a", "because"),))
    assert verdict_from(json.loads(json.dumps(asdict(verdict)))) == verdict
