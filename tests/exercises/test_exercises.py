"""Every exercise of the catalogue, and the engine behind them: what a learner does, and what it is answered."""

from __future__ import annotations

import builtins
import dataclasses
import importlib
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lessons import exercises
from lessons.exercises import Kind, UnknownExercise, answer, catalogue, exercise, find, hint, reset, solution, topics
from lessons.tutor import (
    CodeExercise,
    Exercise,
    NumberExercise,
    Quiz,
    dialogue,
    html,
    mistake,
    present,
    record,
    timer,
    wrong_number,
)
from lessons.tutor.compare import difference
from lessons.tutor.observe import is_stub, observe, undisturbed
from lessons.tutor.values import brief, duplicate, identical, share_memory

ALL = catalogue()
CODE = [item for item in ALL if isinstance(item, CodeExercise)]
NUMBERS = [item for item in ALL if isinstance(item, NumberExercise)]
QUIZZES = [item for item in ALL if isinstance(item, Quiz)]
MISTAKES = [(item, index) for item in ALL for index in range(len(item.mistakes))]
BRIEFLY = 0.4  # seconds that an endless loop is given here


def named(item: Any) -> str:
    return item.id if isinstance(item, Exercise) else str(item)


each_exercise = pytest.mark.parametrize("item", ALL, ids=named)
each_function = pytest.mark.parametrize("item", CODE, ids=named)


def function_from(source: str, **names: Any) -> Callable[..., Any]:
    """The last function that a source defines; no file holds that source, as in a grading process."""
    space: dict[str, Any] = {"np": np, "torch": torch, **names}
    exec(textwrap.dedent(source), space)
    return [value for value in space.values() if callable(value)][-1]


# --- every exercise, automatically ------------------------------------------------------------------------------------


@each_exercise
def test_the_solution_is_correct(item: Exercise) -> None:
    verdict = item.check(item.solution)
    assert verdict.kind is Kind.CORRECT, verdict


@pytest.mark.parametrize(("item", "index"), MISTAKES, ids=named)
def test_each_mistake_draws_its_own_sentence(item: Exercise, index: int) -> None:
    known = item.mistakes[index]
    verdict = item.check(known.attempt)
    assert (verdict.kind, verdict.sentence) == (Kind.KNOWN_MISTAKE, known.sentence)


@each_function
def test_no_two_mistakes_behave_alike(item: CodeExercise) -> None:
    """Each is met first by its own sentence, even if the order of the list is turned round."""
    outcomes = [known.outcomes for known in item.mistaken]
    item.mistaken.reverse()
    try:
        found = [item.judge(seen).sentence for seen in outcomes]
    finally:
        item.mistaken.reverse()
    assert found == [known.sentence for known in item.mistakes]


@each_exercise
def test_the_stub_is_not_attempted(item: Exercise) -> None:
    stub = function_from(_imports(item) + item.stub_text()) if isinstance(item, CodeExercise) else ...
    assert item.check(stub).kind is Kind.NOT_ATTEMPTED


def _imports(item: CodeExercise) -> str:
    """What a notebook imports before a stub; the decorator is left out of the test."""
    return f"{item.imports}\nexercise = lambda name: lambda function: function\n"


@each_exercise
def test_an_exercise_is_complete(item: Exercise) -> None:
    assert item.id == item.id.lower()
    assert item.topic in topics()
    assert item.title[0].isupper()
    assert item.task.rstrip().endswith((".", "?"))
    assert 1 <= item.stars <= 3
    assert 1 <= item.minutes <= 30
    assert len(item.hints) >= 2
    assert len(item.mistakes) >= 2
    sentences = [known.sentence for known in item.mistakes]
    assert len(set(sentences)) == len(sentences)
    for text in [*item.hints, *sentences, item.remark]:
        assert "!" not in text.replace("!=", "")
        assert not text or text[-1] in ".?", text


@each_function
def test_the_reference_accepts_every_input(item: CodeExercise) -> None:
    assert [outcome.raised or outcome.stopped for outcome in item.expected if outcome.raised or outcome.stopped] == []
    assert len(item.draw()) >= 6


@each_function
def test_the_solution_stands_on_its_own(item: CodeExercise) -> None:
    """What `lessons solve` and the panel show runs with nothing but the imports that they show with it."""
    source = item.solution_text()
    space: dict[str, Any] = {}
    exec(compile(f"{item.imports}\n\n{source}", "solution", "exec", dont_inherit=True), space)  # evaluates annotations
    used = space[item.name].__code__.co_names
    known = set(space) | set(dir(builtins))
    attributes = {name for name in used if name not in known}
    assert not attributes & set(vars(sys.modules[item.solution.__module__])) - set(dir(np)) - set(dir(torch.Tensor))
    assert item.check(space[item.name]).kind is Kind.CORRECT


JUNK: dict[str, tuple[str, str]] = {
    "None": ("def f(*args):\n    args\n    return None", "returns nothing"),
    "a string": ("def f(*args):\n    return 'seven'", "should"),
    "an object": ("def f(*args):\n    return object()", "should"),
    "an empty list": ("def f(*args):\n    return []", "should"),
    "a generator": ("def f(*args):\n    yield 1", "should"),
    "the function": ("def f(*args):\n    return f", "should"),
    "wrong shape": ("def f(*args):\n    return np.zeros((2, 3, 4, 5))", "should|one number is due"),
    "NaN": ("def f(*args):\n    return float('nan')", "NaN|should"),
    "an exception": ("def f(*args):\n    return {}['key']", "KeyError"),
    "sys.exit": ("import sys\ndef f(*args):\n    sys.exit(3)", "calls `exit"),
    "a BaseException": ("class Odd(BaseException): pass\ndef f(*args):\n    raise Odd('odd')", "Odd: odd"),
    "recursion": ("def f(*args):\n    return f(*args)", "calls itself"),
    "a blank": ("def f(*args):\n    x = ...\n    return x + 1", "still a `...` to fill in"),
}


@each_function
@pytest.mark.parametrize("name", JUNK)
def test_junk_draws_a_clear_verdict(item: CodeExercise, name: str) -> None:
    source, clue = JUNK[name]
    verdict = item.check(function_from(source))
    assert verdict.kind in (Kind.WRONG, Kind.RAISED), verdict
    assert any(part in verdict.sentence for part in clue.split("|")), verdict.sentence


@each_function
def test_a_loop_that_catches_everything_is_stopped(item: CodeExercise) -> None:
    source = "def f(*args):\n    while True:\n        try:\n            1 / 0\n        except:\n            pass"
    verdict = item.check(function_from(source), seconds=BRIEFLY)
    assert verdict.kind is Kind.TOO_SLOW
    assert any(label.startswith("input") for label, _ in verdict.details)


@each_function
def test_a_changed_input_is_noticed(item: CodeExercise) -> None:
    def careless(*args: Any) -> Any:
        result = item.reference(*duplicate(args))
        for arg in args:
            if isinstance(arg, list):
                arg.append(arg[0] if arg else 0)
            elif isinstance(arg, np.ndarray | torch.Tensor):
                with torch.no_grad():
                    arg += True if "bool" in str(arg.dtype) else 1
        return result

    verdict = item.check(careless)
    if all(isinstance(arg, int | float) for args in item.draw() for arg in args):
        assert verdict.kind is Kind.CORRECT
    else:
        assert verdict.kind in (Kind.WRONG, Kind.RAISED, Kind.KNOWN_MISTAKE)
        assert "input" in verdict.sentence or "in-place" in verdict.sentence or verdict.kind is Kind.KNOWN_MISTAKE


@each_function
def test_a_copied_answer_fails(item: CodeExercise) -> None:
    """The expected result of any one input, returned always."""
    for outcome in item.expected[:4]:
        verdict = item.check(lambda *args, value=outcome.value: duplicate(value))
        assert verdict.kind is not Kind.CORRECT


@each_function
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_solution_and_reference_agree_on_any_input(item: CodeExercise, seed: int) -> None:
    with undisturbed():
        for args in item.draw([seed]):
            found = difference(item.reference(*duplicate(args)), item.solution(*duplicate(args)))
            assert found is None, (found, args)


@each_function
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scale=st.floats(-3, 3), shift=st.floats(-3, 3))
def test_a_result_that_is_off_is_never_correct(item: CodeExercise, scale: float, shift: float) -> None:
    assume(abs(scale - 1) + abs(shift) > 0.01)

    def off(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(map(off, value))
        if isinstance(value, dict):
            return {key: off(one) for key, one in value.items()}
        return f"{value}{shift}" if isinstance(value, str) else value * scale + shift

    verdict = item.check(lambda *args: off(item.solution(*args)))
    assert verdict.kind in (Kind.WRONG, Kind.KNOWN_MISTAKE)


@pytest.mark.parametrize("item", NUMBERS, ids=named)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.floats() | st.integers())
def test_a_number_is_right_within_its_tolerance_only(item: NumberExercise, value: float) -> None:
    right = abs(value - item.solution) <= item.tolerance
    assert (item.check(value).kind is Kind.CORRECT) == right
    assert item.check(np.float64(item.solution)).kind is Kind.CORRECT
    assert item.check(torch.tensor(item.solution)).kind is Kind.CORRECT


@pytest.mark.parametrize("item", NUMBERS, ids=named)
def test_a_number_is_its_working(item: NumberExercise) -> None:
    assert abs(eval(item.working) - item.solution) < 1e-12
    for value, clue in (
        (None, "A number"),
        ("0.5", "A number"),
        (True, "A number"),
        ([1], "A number"),
        (1j, "A number"),
    ):
        assert clue in item.check(value).sentence
    assert "NaN" in item.check(float("nan")).sentence
    assert "too large" in item.check(1e9).sentence


@pytest.mark.parametrize("item", QUIZZES, ids=named)
def test_a_quiz_explains_every_option(item: Quiz) -> None:
    assert len(item.options) >= 3
    told = item.check(f" {item.solution.upper()}) ")
    shown = told.sentence + " ".join(text for _, text in told.notes)
    assert all(option.why in shown for option in item.options)
    for value in ("z", "", 3, None, ["a"]):
        assert "Choose one of" in item.check(value).sentence


def test_the_right_letter_is_not_always_the_same() -> None:
    assert len({item.solution for item in QUIZZES}) > 1


def test_the_schedule_is_that_of_transformers() -> None:
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=3e-4)
    schedule = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=7, num_training_steps=40)
    for step in range(45):
        ours = find("fine_tuning.linear_warmup_decay").solution(step, 7, 40, 3e-4)
        assert ours == pytest.approx(schedule.get_last_lr()[0], abs=1e-15)
        optimizer.step()
        schedule.step()


def test_adam_is_that_of_torch_over_many_steps() -> None:
    parameter = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
    optimizer = torch.optim.Adam([parameter], lr=0.03)
    weights, first, second = parameter.detach().numpy().copy(), np.zeros(3), np.zeros(3)
    for step in range(1, 101):
        gradient = np.cos(weights) + 0.1 * weights
        weights, first, second = find("gradients.adam_step").solution(weights, gradient, first, second, step, 0.03)
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        torch.testing.assert_close(torch.tensor(weights), parameter.detach(), rtol=0, atol=1e-10)


# --- what an attempt may do -------------------------------------------------------------------------------------------

LOSS = dataclasses.replace(find("neural_networks.cross_entropy"), gradient=["logits"], forbidden=())
PAD = find("fine_tuning.pad_batch")
MSE = find("linear_models.mse_gradient")


@pytest.mark.parametrize("cut", ["loss.item()", "loss.detach()", "torch.tensor(loss.item())"])
def test_a_lost_gradient_is_noticed(cut: str) -> None:
    attempt = function_from(f"def f(x, y):\n    loss = torch.nn.functional.cross_entropy(x, y)\n    return {cut}")
    verdict = LOSS.check(attempt)
    assert verdict.kind is Kind.WRONG
    assert "no gradient flows" in verdict.sentence


def test_a_wrong_gradient_is_noticed() -> None:
    def attempt(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return logits.logsumexp(-1).detach().mean() - logits[range(len(labels)), labels].mean()

    assert "its gradient is not" in LOSS.check(attempt).sentence


def test_a_single_number_taken_from_an_input_is_a_number() -> None:
    sorted_once = torch.tensor([0.25, 0.5])
    assert not share_memory(sorted_once[1], sorted_once)
    assert share_memory(sorted_once[1:], sorted_once)


def test_shared_memory_is_noticed() -> None:
    twice = CodeExercise(
        id="x.same",
        title="Same",
        stars=1,
        minutes=1,
        task="Copy.",
        hints=["a.", "b."],
        solution=lambda x: x * 1 if not isinstance(x, list) else list(x),
        reference=duplicate,
        inputs=lambda rng: iter([(rng.normal(size=3),), (torch.from_numpy(rng.normal(size=2)),), ([1, 2],)]),
    )
    assert "shares its memory" in twice.check(lambda x: x[:]).sentence
    assert twice.check(lambda x: x if isinstance(x, list) else x * 1).kind is Kind.CORRECT  # a list is no view
    assert twice.check(lambda x: x.copy() if isinstance(x, list | np.ndarray) else x.clone()).kind is Kind.CORRECT


def test_truth_values_are_told_from_numbers() -> None:
    assert "booleans" in PAD.check(lambda t, p: (PAD.solution(t, p)[0], PAD.solution(t, p)[1].bool())).sentence


def test_a_wrong_result_is_located() -> None:
    def attempt(weights: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        gradient = MSE.solution(weights, inputs, targets)
        gradient[-1] += 1
        return gradient

    verdict = MSE.check(attempt)
    assert verdict.kind is Kind.WRONG
    assert verdict.sentence == "Your result[2] is too large; 1 of 3 elements differ."
    labels = [label for label, _ in verdict.details]
    assert labels[:4] == ["expected at [2]", "yours at [2]", "expected", "your result"]
    assert labels[4:] == ["input weights", "input inputs", "input targets"]


def test_a_multiple_is_named() -> None:
    assert "Every number is 3 times what it should be." in MSE.check(lambda w, x, y: 3 * MSE.solution(w, x, y)).sentence
    found = difference(np.array([1.0, 2.0]), np.array([3.0, 6.0]))
    assert found is not None
    assert found.advice == "Every number is 3 times what it should be."
    for surplus in (np.nan, 0.5):  # where 0 is due; the others are right, or three times too large
        for factor in (1.0, 3.0):
            found = difference(np.array([1.0, 2.0, 0.0]), np.array([factor, 2 * factor, surplus]))
            assert found is not None
            assert found.advice == ""


def test_shapes_are_explained() -> None:
    cases = {"transposed": ((2, 3), (3, 2)), "keepdim": ((3,), (3, 1)), "a mean or a sum": ((), (4,))}
    for clue, (want, have) in cases.items():
        found = difference(np.zeros(want), np.zeros(have))
        assert found is not None
        assert clue in found.advice


def _pairs(arguments: Callable) -> CodeExercise:
    """All dot products, on a batch of one and on larger ones; the batch of one is the smallest input."""
    return CodeExercise(
        id="x.pairs",
        title="Pairs",
        stars=1,
        minutes=1,
        task="Multiply.",
        hints=["a.", "b."],
        solution=lambda a, b: a @ b.swapaxes(1, 2),
        reference=lambda a, b: a @ b.swapaxes(1, 2),
        inputs=lambda rng: ((arguments(rng, (n, 2, 3)), arguments(rng, (n, 4, 3))) for n in (1, 2, 3)),
    )


def test_a_stray_axis_is_blamed_only_where_it_is_the_fault_on_every_input() -> None:
    arrays = _pairs(lambda rng, shape: rng.normal(size=shape))
    misled = arrays.check(lambda a, b: np.einsum("bnd,cmd->bcnm", a, b)).sentence
    assert "(2, 2, 2, 4); it should be (2, 2, 4)" in misled  # not the batch of one, where only an axis of 1 is too much
    assert "size 1" not in misled
    assert "(2, 4); it should be (2, 2, 4)" in arrays.check(lambda a, b: np.einsum("bnd,bmd->nm", a, b)).sentence
    raised = arrays.check(lambda a, b: (a @ b.swapaxes(1, 2)).reshape(2, 4)).sentence  # right but for a batch of one
    assert "cannot reshape" in raised
    for blamed in (lambda a, b: (a @ b.swapaxes(1, 2)).squeeze(), lambda a, b: (a @ b.swapaxes(1, 2))[:, None]):
        assert "Only axes of size 1 differ" in arrays.check(blamed).sentence


def test_the_stray_axis_is_told_in_the_words_of_the_library() -> None:
    found = difference(np.zeros(3), np.zeros((3, 1))), difference(torch.zeros(3), torch.zeros(3, 1))
    assert ["keepdims" in one.advice for one in found if one] == [True, False]
    assert ["`keepdim`" in one.advice for one in found if one] == [False, True]


def test_the_nearest_known_number_is_meant() -> None:
    item = NumberExercise(
        id="x.number",
        title="Number",
        stars=1,
        minutes=1,
        task="Count.",
        hints=["a.", "b."],
        solution=0.5,
        working="1 / 2",
        tolerance=0.01,
        mistakes=[
            wrong_number(0.02, "First."),
            wrong_number(0.019, "Second."),
            wrong_number(50, "In per cent.", within=0.5),
            wrong_number(2, "Exactly two.", within=0),
        ],
    )
    for value, said in ((0.0192, "Second."), (0.0196, "First."), (49.6, "In per cent."), (2, "Exactly two.")):
        assert (item.check(value).kind, item.check(value).sentence) == (Kind.KNOWN_MISTAKE, said)
    for value in (51, 2.001, 0.04):
        assert item.check(value).kind is Kind.WRONG


def test_the_learners_own_line_is_shown() -> None:
    def attempt(token_lists: list, pad_id: int) -> None:
        longest = 3
        np.zeros(2).reshape(longest)  # the slip

    verdict = PAD.check(attempt)
    assert verdict.kind is Kind.RAISED
    assert "cannot reshape" in verdict.sentence
    assert "np.zeros(2).reshape(longest)  # the slip" in dict(verdict.details)["your line"]


@pytest.mark.parametrize("source", ["def f(x): return x", "def f(a, b, c, d): return a", "def f(*, a, b): return a"])
def test_a_wrong_signature_is_told(source: str) -> None:
    sentence = PAD.check(function_from(source)).sentence
    assert "called with 2 arguments: `(token_lists, pad_id)`" in sentence


def test_prints_are_kept_and_bounded() -> None:
    def noisy(token_lists: list, pad_id: int) -> None:
        print("first words")
        for _ in range(2_000):
            print("x" * 1_000)

    verdict = PAD.check(noisy)
    assert verdict.printed.startswith("first words")
    assert "more characters" in verdict.printed
    assert len(verdict.printed) < 3_000


def test_what_an_attempt_changes_for_everyone_is_put_back() -> None:
    def vandal(token_lists: list, pad_id: int) -> None:
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(0), np.random.seed(0), random.seed(0)
        sys.setrecursionlimit(5_000)
        np.seterr(all="raise")

    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    before = (torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist())
    others = (torch.is_grad_enabled(), torch.get_default_dtype(), sys.getrecursionlimit(), np.geterr())
    PAD.check(vandal)
    assert (torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()) == before
    assert (torch.is_grad_enabled(), torch.get_default_dtype(), sys.getrecursionlimit(), np.geterr()) == others


def test_patching_the_reference_does_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    def patcher(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        monkeypatch.setattr(torch.nn.functional, "cross_entropy", lambda *args: logits.sum() * 0)
        return logits.sum() * 0

    assert LOSS.check(patcher).kind is Kind.WRONG


def test_an_object_that_cannot_be_shown_or_compared_is_survived() -> None:
    class Nasty:
        def __repr__(self) -> str:
            raise RuntimeError("no")

        __eq__ = __deepcopy__ = __repr__  # type: ignore[assignment]

    for item in CODE:
        assert dialogue.check(item, lambda *args: Nasty()).kind is Kind.WRONG


def test_something_that_is_no_function_is_told() -> None:
    assert "A function is due" in PAD.check(3).sentence
    assert PAD.check(len).kind in (Kind.WRONG, Kind.RAISED)
    assert PAD.check(PAD.solution).kind is Kind.CORRECT


def _documented(x: int) -> int:
    """Only a docstring."""


def _todo(x: int) -> int:
    raise NotImplementedError("your turn")


def _dots(x: int) -> int:
    ...
    return ...


def _none(x: int) -> None:
    return None


@pytest.mark.parametrize(
    ("function", "expected"),
    [(_documented, True), (_todo, True), (_dots, True), (_none, False), (lambda x: None, False), (len, False)],
)
def test_stubs_are_recognised(function: Callable, expected: bool) -> None:
    assert is_stub(function) is expected


@pytest.mark.parametrize("body", ["...", "pass", '"""Words."""', '"""Words."""\n    ...'])
def test_stubs_are_recognised_without_source(body: str) -> None:
    assert is_stub(function_from(f"def f(x):\n    {body}"))
    assert not is_stub(function_from(f"def f(x):\n    {body}\n    x + 1"))


def test_a_stub_that_returns_dots_is_not_attempted() -> None:
    assert PAD.check(function_from("def f(a, b):\n    return ...")).kind is Kind.NOT_ATTEMPTED


# --- the timer --------------------------------------------------------------------------------------------------------

ENDLESS = {
    "empty": "while True: pass",
    "except Exception": "while True:\n    try: sum(range(9))\n    except Exception: pass",
    "sleeping": "while True:\n    try: time.sleep(0.01)\n    except: pass",
    "one long sleep": "time.sleep(60)",
    "nested": """
        while True:
            try:
                while True:
                    try:
                        while True:
                            try: time.sleep(5)
                            except: continue
                    finally: continue
            except BaseException: print(end="")
        """,
    "a comprehension": "return [0 for _ in iter(int, 1)]",
    "torch": "x = torch.ones(3)\nwhile True:\n    try: x = x * 1\n    except: pass",
}


def _loop(name: str) -> Callable[[], Any]:
    body = textwrap.indent(textwrap.dedent(ENDLESS[name]).strip(), "    ")
    return function_from(f"import time\ndef f():\n{body}")


@pytest.mark.parametrize("name", ENDLESS)
def test_every_endless_loop_is_stopped(name: str) -> None:
    before = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
    with pytest.raises(timer.OutOfTime):
        timer.call_within(0.2, _loop(name), ())
    if before is not None:
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert sum(range(100_000)) == 4_999_950_000  # nothing is raised later


@pytest.mark.parametrize("name", ["empty", "sleeping", "except Exception", "torch"])
def test_the_way_of_windows_stops_loops_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(timer.OutOfTime):
        timer.call_within(0.2, _loop(name), ())
    assert signal.getsignal(signal.SIGINT) is before


def test_a_call_in_time_is_left_alone() -> None:
    assert timer.call_within(5, lambda a, b: a + b, (2, 3)) == 5
    with pytest.raises(ZeroDivisionError):
        timer.call_within(5, lambda: 1 / 0, ())


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no interval timers on Windows")
def test_the_timer_of_someone_else_goes_on() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        assert timer.call_within(0.1, lambda: "done", ()) == "done"
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.3
        while not rung:
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_another_thread_runs_without_a_limit() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(PAD.check(PAD.solution)))
    thread.start()
    thread.join()
    assert found[0].kind is Kind.CORRECT


def test_an_interrupt_gives_a_gentle_verdict() -> None:
    def interrupted(token_lists: list, pad_id: int) -> None:
        raise KeyboardInterrupt

    verdict = PAD.check(interrupted)
    assert verdict.kind is Kind.TOO_SLOW
    assert "You interrupted the check" in verdict.sentence


# --- the public functions ---------------------------------------------------------------------------------------------


def test_the_decorator_returns_the_function_and_tells_the_verdict(capsys: pytest.CaptureFixture) -> None:
    @exercise("fine_tuning.pad_batch")
    def pad_batch(token_lists: list, pad_id: int) -> int:
        return 7

    assert pad_batch([], 0) == 7
    said = capsys.readouterr().out
    assert "✘ Wrong" in said
    assert "Your result should be 2 values, and is an int." in said
    assert record.load()["fine_tuning.pad_batch"].attempts == 1


def test_an_unchanged_stub_is_not_counted(capsys: pytest.CaptureFixture) -> None:
    @exercise("fine_tuning.pad_batch")
    def pad_batch(token_lists: list, pad_id: int) -> None: ...

    answer("fine_tuning.padding_share", ...)
    assert capsys.readouterr().out.count("○ Not attempted") == 2
    assert record.load() == {}


def test_hints_come_one_at_a_time_and_the_solution_on_request(capsys: pytest.CaptureFixture) -> None:
    def said() -> str:
        return capsys.readouterr().out.strip()

    for expected in (*PAD.hints, "These were all the hints."):
        hint(PAD.id)
        assert said() == expected
    solution(PAD.id)
    assert "You have not tried yet" in said()
    solution(PAD.id, now=True)
    assert said() == PAD.solution_text()
    answer("fine_tuning.quiz_buckets", "a")
    said()
    solution("fine_tuning.quiz_buckets")
    assert said() == '"c"'
    reset(PAD.id)
    hint(PAD.id)
    assert said().endswith(PAD.hints[0])


def test_a_wrong_id_is_told_and_nothing_is_raised(capsys: pytest.CaptureFixture) -> None:
    @exercise("fine_tuning.pad_bach")
    def one() -> int:
        return 1

    @exercise  # type: ignore[arg-type]
    def two() -> int:
        return 2

    for call in (hint, solution, reset, lambda name: answer(name, 3)):
        call("nothing.like_it")
    said = capsys.readouterr().out
    assert 'Did you mean "fine_tuning.pad_batch"?' in said
    assert "Write the id of the exercise" in said
    assert said.count('There is no exercise "nothing.like_it"') == 4
    assert (one(), two()) == (1, 2)
    with pytest.raises(UnknownExercise):
        find("engine.definition")


def test_a_broken_check_does_not_stop_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, attempt: Any, seconds: float = 0) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr(CodeExercise, "check", broken)
    assert "cannot be compared" in dialogue.check(PAD, PAD.solution).sentence


def test_html_is_escaped() -> None:
    verdict = PAD.check(lambda t, p: "<script>alert(1)</script>")
    block = html.verdict_block(PAD, verdict)
    assert "<script>" not in block
    assert "&lt;script&gt;" in block
    assert html.prose("`a < b` and *this*, 2 * 3 * 4") == "<code>a &lt; b</code> and <em>this</em>, 2 * 3 * 4"


def test_the_panel_answers_messages() -> None:
    from lessons.tutor.panel import Panel

    item = find("fine_tuning.quiz_buckets")
    panel = Panel(item, item.check(...))
    panel._pressed(panel, {"do": "hint"}, [])
    assert len(panel.hints) == 1
    panel._pressed(panel, {"do": "solution"}, [])
    assert panel.sure
    assert "not tried" in panel.message
    panel._pressed(panel, {"do": "answer", "letter": None}, [])
    assert panel.message == "Choose a letter first."
    thread = threading.Thread(target=panel._pressed, args=(panel, {"do": "answer", "letter": "a"}, []))
    thread.start()
    thread.join()
    assert panel.kind == "known-mistake"
    panel._pressed(panel, {"do": "solution"}, [])
    assert '"c"' in panel.solution or "&quot;c&quot;" in panel.solution
    panel._pressed(panel, {"do": "reset"}, [])
    assert (panel.hints, panel.solution, panel.verdict) == ([], "", "")
    panel._pressed(panel, {"do": "something else"}, [])
    answer(item.id, "c")
    assert "Solved before" in Panel(item, item.check(...)).message


def test_a_plain_process_is_no_notebook() -> None:
    assert not present.in_notebook()


def test_the_import_is_light() -> None:
    """Numbers and lists need no torch; a check of one topic loads only that topic."""
    code = (
        "import sys, lessons.exercises as e; assert 'torch' not in sys.modules; e.find('linear_models.standardise');"
        "assert 'torch' not in sys.modules and 'lessons.exercises.fine_tuning' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_topic_module_can_be_run_alone() -> None:
    for topic in topics():
        module = importlib.import_module(f"lessons.exercises.{topic}")
        assert module.__doc__
    assert [item.id for item in exercises.catalogue()] == [item.id for item in ALL]


# --- values -----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
        lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_copies_are_identical_and_descriptions_short(value: Any) -> None:
    copy = duplicate(value)
    if value == value:  # NaN is not
        assert identical(copy, value)
    assert len(brief(value)) <= 400
    difference(value, copy)


def test_observing_needs_no_exercise() -> None:
    """The half that runs learners' code knows inputs and outcomes only."""
    outcomes = observe(lambda x: x / 0 if x else 1.0, [(0.0,), (1.0,)], ["x"], seconds=1)
    assert outcomes[0].value == 1.0
    assert outcomes[1].raised is not None
    assert outcomes[1].raised.type == "ZeroDivisionError"


def test_a_mistake_is_ordinary_code() -> None:
    @mistake("Too big.")
    def doubled(x: int) -> int:
        return 2 * x

    assert doubled.attempt(4) == 8
    assert doubled.sentence == "Too big."
