"""A right answer is accepted in whatever way it is written; a verdict blames only what it has seen."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lessons.exercises import answer, exercise, find
from lessons.tutor import CodeExercise, Kind, NumberExercise, mistake
from lessons.tutor.observe import observe, undisturbed
from lessons.tutor.timer import Clock, OutOfTime, call_within


def asking(solution: Callable[..., Any], inputs: Callable[..., Any], **more: Any) -> CodeExercise:
    """A small exercise."""
    words = {"id": "x.small", "title": "Small", "stars": 1, "minutes": 1, "task": "Compute.", "hints": ["a.", "b."]}
    return CodeExercise(**words, solution=solution, inputs=inputs, **{"reference": solution, **more})


def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)


FACTORIAL = asking(factorial, lambda rng: [(n,) for n in range(6)])


def checked(item: CodeExercise, source: str, **space: Any) -> str:
    """The kind of the verdict on the decorated function of a cell, at the moment when the decorator runs."""
    kinds: list[str] = []

    def check(function: Callable[..., Any]) -> Callable[..., Any]:
        kinds.append(item.check(function).kind)
        return function

    exec(textwrap.dedent(source), space | {"check": check, "np": np, "torch": torch})
    return kinds[-1]


# --- a function may call itself ---------------------------------------------------------------------------------------

RECURSIVE = """
@check
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
"""


@pytest.mark.parametrize("before", [{}, {"factorial": lambda n: -1}, {"factorial": None}])
def test_a_recursive_answer_is_accepted_at_its_first_run(before: dict[str, Any]) -> None:
    assert checked(FACTORIAL, RECURSIVE, **before) == Kind.CORRECT


def test_a_name_means_what_it_meant_once_the_check_is_over() -> None:
    space: dict[str, Any] = {"factorial": "before"}
    exec("def factorial(n):\n    return 1 if n < 2 else n * factorial(n - 1)", space)
    attempt, space["factorial"] = space["factorial"], "before"
    assert FACTORIAL.check(attempt).kind is Kind.CORRECT
    assert space["factorial"] == "before"
    del space["factorial"]
    assert FACTORIAL.check(attempt).kind is Kind.CORRECT
    assert "factorial" not in space


def test_recursion_inside_another_function_and_through_a_helper() -> None:
    inside = """
    def lesson():
        @check
        def product(n):
            return 1 if n < 2 else n * product(n - 1)
        return product
    lesson()
    """
    assert checked(FACTORIAL, inside) == Kind.CORRECT
    helper = """
    def smaller(n):
        return factorial(n - 1)
    @check
    def factorial(n):
        return 1 if n < 2 else n * smaller(n)
    """
    assert checked(FACTORIAL, helper) == Kind.CORRECT


# --- loading a module is not the learner's time -----------------------------------------------------------------------


def test_an_import_is_neither_counted_nor_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_module.py").write_text("import time\ntime.sleep(0.5)\nDONE = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def attempt(n: int) -> int:
        import slow_module

        return factorial(n) if slow_module.DONE else 0

    assert FACTORIAL.check(attempt, seconds=0.2).kind is Kind.CORRECT
    assert sys.modules.pop("slow_module").DONE


def test_an_import_is_not_stopped_by_a_learner_who_swallows_the_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_again.py").write_text("import time\nfor _ in range(20):\n    time.sleep(0.02)\nDONE = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def attempt(n: int) -> int:
        while True:
            try:
                import slow_again

                while slow_again.DONE:
                    pass
            except Exception:
                continue

    assert FACTORIAL.check(attempt, seconds=0.2).kind is Kind.TOO_SLOW
    assert sys.modules.pop("slow_again").DONE


def test_a_loop_after_an_import_is_stopped() -> None:
    def forever() -> None:
        sys.modules.pop("this_is_no_module", None)
        while True:
            pass

    with pytest.raises(OutOfTime):
        call_within(Clock(0.1), forever, ())


# --- a check is undisturbed, and disturbs nothing ---------------------------------------------------------------------


@pytest.fixture
def on_meta() -> Iterator[None]:
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


@pytest.mark.parametrize("name", ["fine_tuning.pad_batch", "attention.attend", "neural_networks.cross_entropy"])
def test_a_default_device_changes_no_verdict(on_meta: None, name: str) -> None:
    item = find(name)
    assert item.check(item.solution).kind is Kind.CORRECT
    assert item.check(item.mistakes[0].attempt).kind is Kind.KNOWN_MISTAKE
    assert torch.get_default_device() == torch.device("meta")


def test_a_device_of_a_with_block_and_one_that_an_attempt_sets() -> None:
    item = find("fine_tuning.pad_batch")
    with torch.device("meta"):
        assert item.check(item.solution).kind is Kind.CORRECT
        assert torch.zeros(1).device.type == "meta"

    def attempt(*args: Any) -> Any:
        torch.set_default_device("meta")
        return None

    item.check(attempt)
    assert torch.get_default_device() == torch.device("cpu")


def test_print_options_are_put_back() -> None:
    before, torchs = np.get_printoptions(), dict(vars(torch._tensor_str.PRINT_OPTS))
    with undisturbed():
        np.set_printoptions(precision=1, sign="+")
        torch.set_printoptions(precision=1)
    assert np.get_printoptions() == before
    assert vars(torch._tensor_str.PRINT_OPTS) == torchs


def test_a_learners_print_options_do_not_reach_a_verdict() -> None:
    item = find("linear_models.mse_gradient")
    plain = item.check(lambda w, x, y: np.zeros(len(w)))
    with np.printoptions(precision=0, sign="+", formatter={"float": lambda value: "?"}):
        assert item.check(lambda w, x, y: np.zeros(len(w))) == plain


# --- the same numbers in another dress --------------------------------------------------------------------------------

SQUARES = asking(lambda x: x**2, lambda rng: [(rng.normal(size=n),) for n in (1, 3)])
HALVES = asking(lambda x: [value / 2 for value in x], lambda rng: [([1, 2, 3],), ([4.0],)])
WORDS = asking(lambda x: list(x), lambda rng: [(["a", "b"],), (["c"],)])
TENSORS = asking(lambda x: x * 2, lambda rng: [(torch.arange(n),) for n in (1, 4)])
TOTAL = asking(lambda x: float(x.sum()), lambda rng: [(rng.normal(size=n),) for n in (1, 3)])


@pytest.mark.parametrize(
    ("item", "attempt"),
    [
        (SQUARES, lambda x: [value**2 for value in x]),
        (SQUARES, lambda x: tuple(value.item() ** 2 for value in x)),
        (SQUARES, lambda x: torch.from_numpy(x) ** 2),
        (HALVES, lambda x: np.array(x) / 2),
        (HALVES, lambda x: torch.tensor(x) / 2),
        (HALVES, lambda x: tuple(value * 0.5 for value in x)),
        (WORDS, lambda x: x),
        (WORDS, lambda x: np.array(x)),
        (WORDS, lambda x: tuple(x)),
        (TENSORS, lambda x: x * 2.0),
        (TENSORS, lambda x: x.numpy() * 2),
        (TENSORS, lambda x: [value * 2 for value in x]),
        (TOTAL, lambda x: x.sum()),
        (TOTAL, lambda x: torch.from_numpy(x).sum()),
        (TOTAL, lambda x: np.array(x.sum())),
    ],
)
def test_a_right_answer_in_another_dress_is_right(item: CodeExercise, attempt: Callable[..., Any]) -> None:
    assert item.check(attempt).kind is Kind.CORRECT


def test_another_dress_is_remarked_on() -> None:
    said = SQUARES.check(lambda x: [value**2 for value in x]).sentence
    assert said.endswith("It is a list here, where the course goes on with a NumPy array (float64).")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda x: [value**2 + 1e-3 for value in x],
        lambda x: [[value**2 for value in x]],
        lambda x: [str(value**2) for value in x],
        lambda x: {value**2 for value in x},
        lambda x: [],
        lambda x: [x**2, x[:1]],
    ],
)
def test_a_wrong_answer_in_another_dress_is_wrong(attempt: Callable[..., Any]) -> None:
    assert SQUARES.check(attempt).kind is Kind.WRONG


def test_an_input_whose_whole_numbers_become_fractions_is_unchanged() -> None:
    def attempt(x: list[float]) -> list[float]:
        for index, value in enumerate(x):
            x[index] = float(value)
        return [value / 2 for value in x]

    assert HALVES.check(attempt).kind is Kind.CORRECT


@pytest.mark.parametrize("value", [Fraction(1, 2), Decimal("0.5"), np.array([0.5]), torch.tensor(0.5), np.float32(0.5)])
def test_a_number_of_any_kind_is_a_number(value: Any) -> None:
    words = {"id": "x.half", "title": "Half", "stars": 1, "minutes": 1, "task": "Halve 1.", "hints": ["a.", "b."]}
    assert NumberExercise(**words, solution=0.5, working="1 / 2").check(value).kind is Kind.CORRECT


# --- what the task forbids --------------------------------------------------------------------------------------------

OWN = asking(lambda x: float(np.sum(x)), lambda rng: [(rng.normal(size=3),)], forbidden=["sum", "fsum"])


@pytest.mark.parametrize(
    "source",
    [
        "@check\ndef f(x):\n    return x.sum()",
        "@check\ndef f(x):\n    return sum(x)",
        "def helper(x):\n    return np.sum(x)\n@check\ndef f(x):\n    return helper(x)",
        "@check\ndef f(x):\n    def inner():\n        return np.sum(x)\n    return inner()",
    ],
)
def test_a_forbidden_function_is_noticed_and_said(source: str) -> None:
    assert checked(OWN, source) == Kind.WRONG
    verdict = OWN.check(lambda x: np.sum(x))
    assert verdict.sentence == "The result is right, but the task asks you to do it without `sum`."


def test_what_is_not_used_is_not_forbidden() -> None:
    loop = "@check\ndef f(x):\n    total = 0.0\n    for value in x:\n        total += value\n    return total"
    assert checked(OWN, loop) == Kind.CORRECT


# --- a verdict blames only what it has seen ---------------------------------------------------------------------------


def test_a_gradient_is_blamed_only_where_every_value_is_right() -> None:
    item = asking(
        lambda x: (x**2).mean(),
        lambda rng: [(torch.full((3,), 2.0),), (torch.tensor([1.0, 2.0, 3.0]),)],
        gradient=["x"],
    )
    verdict = item.check(lambda x: x.max() ** 2)  # right where all entries are equal
    assert "too large" in verdict.sentence
    assert "gradient" not in verdict.sentence


def test_a_multiple_is_told_only_where_every_failing_input_shows_it() -> None:
    told = SQUARES.check(lambda x: 3 * x**2).sentence
    assert "Every number is 3 times what it should be." in told
    assert "times" not in SQUARES.check(lambda x: x**3).sentence
    single = asking(lambda x: x * 2, lambda rng: [(rng.normal(size=1),)])  # each number is a multiple of every other
    assert "2.5 times" in single.check(lambda x: x * 5).sentence
    assert "times" not in single.check(lambda x: x * 2 + 1).sentence


def test_a_shape_of_one_is_not_called_a_missing_sum() -> None:
    said = TOTAL.check(lambda x: np.array([x.sum()])).sentence
    assert "missing" not in said
    assert "`.item()`" in said


def test_truth_values_are_not_too_large() -> None:
    item = asking(lambda x: x > 0, lambda rng: [(np.array([-1.0, 2.0]),)])
    said = item.check(lambda x: x < 0).sentence
    assert "True where False is due" in said
    assert "too" not in said


@pytest.mark.parametrize(("value", "said"), [(355e6, "wanted exactly"), (3.0, "too small.")])
def test_a_near_miss_is_told_how_exact_it_must_be(value: float, said: str) -> None:
    words = {"id": "x.many", "title": "Many", "stars": 1, "minutes": 1, "task": "Count.", "hints": ["a.", "b."]}
    assert said in NumberExercise(**words, solution=354_823_168, working="...").check(value).sentence


# --- errors of Python in words ----------------------------------------------------------------------------------------


def _in_place(x: torch.Tensor) -> torch.Tensor:
    x += 1
    return x


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (_in_place, "in place"),
        (lambda x: x @ torch.ones(5, 2), "transpose"),
        (lambda x: torch.from_numpy(np.ones((3, 2)) @ np.ones((3, 2))), "transpose"),
        (lambda x: x + torch.ones(5), "lined up from the right"),
        (lambda x: x + absent, "no value yet"),  # noqa: F821
        (lambda x: x.numpy(), "torch's functions"),
    ],
)
def test_an_error_is_explained(attempt: Callable[..., Any], said: str) -> None:
    item = asking(lambda x: x + 1.0, lambda rng: [(torch.ones(3, 2),)], gradient=["x"])
    verdict = item.check(attempt)
    assert verdict.kind is Kind.RAISED
    assert said in verdict.sentence
    assert "(Python says: " in verdict.sentence


def test_a_decimal_comma_and_a_keyword(capsys: pytest.CaptureFixture[str]) -> None:
    answer("linear_models.fastest_rate", 0, 5)
    assert capsys.readouterr().out == "0,5 is two numbers in Python. Write it with a point: 0.5\n"
    answer("linear_models.fastest_rate", value=find("linear_models.fastest_rate").solution)
    assert "Correct" in capsys.readouterr().out
    answer("linear_models.fastest_rate")
    assert "Give one value" in capsys.readouterr().out


@pytest.mark.parametrize("letter", ["а", "Ａ", "α", "A)", " a "])
def test_a_letter_of_another_keyboard_is_that_letter(letter: str) -> None:
    quiz = next(item for item in (find("fine_tuning.quiz_buckets"),))
    assert quiz.check(letter) == quiz.check("a")


# --- mistakes that are known ------------------------------------------------------------------------------------------


@mistake("You took `<` for `<=`.")
def strict(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, 0.0, x + 1)


@mistake("You forgot to add 1.")
def unchanged(x: np.ndarray) -> np.ndarray:
    return np.where(x <= 0, 0.0, x)


SHIFTED = asking(
    lambda x: np.where(x <= 0, 0.0, x + 1),
    lambda rng: [(np.array([-1.0, 0.0]),), (np.array([2.0, 3.0]),), (np.array([-3.0, -4.0]),)],
    mistakes=[strict, unchanged],
)


def test_a_known_mistake_is_named_beside_another_fault() -> None:
    both = SHIFTED.check(lambda x: np.where(x < 0, 0.0, x + (x == 0)))
    assert both.kind is Kind.KNOWN_MISTAKE
    assert both.sentence.endswith("Something else is wrong, too: mend this first, then run the cell again.")
    alone = SHIFTED.check(strict.attempt)
    assert (alone.kind, alone.sentence) == (Kind.KNOWN_MISTAKE, "You took `<` for `<=`.")


def test_an_attempt_that_only_looks_alike_on_one_input_is_not_named() -> None:
    assert SHIFTED.check(lambda x: x * 0.0).kind is Kind.WRONG


def test_the_decorator_is_the_same_judge(capsys: pytest.CaptureFixture[str]) -> None:
    exercise("start_here.first_try")(find("start_here.first_try").solution)
    assert "Correct" in capsys.readouterr().out
    assert observe(factorial, [(3,)])[0].value == 6
