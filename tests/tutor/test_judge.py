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
from lessons.tutor.values import brief


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


def scaled(x: torch.Tensor) -> torch.Tensor:
    return 2 * x.mean(0)


@mistake("You added up over the rows. A mean is due.")
def summed(x: torch.Tensor) -> torch.Tensor:
    return 2 * x.sum(0)


def test_a_mistake_is_named_beside_a_gradient_that_is_lost_on_every_input() -> None:
    """Only on one of three inputs is the value wrong at all."""
    item = asking(
        scaled,
        lambda rng: [(torch.tensor([[1.0, 2.0]]),), (torch.tensor([[3.0]]),), (torch.tensor([[1.0], [2.0]]),)],
        mistakes=[summed],
        gradient=["x"],
    )
    verdict = item.check(lambda x: torch.tensor(summed.attempt(x).tolist()))
    assert verdict.kind is Kind.KNOWN_MISTAKE
    assert (
        verdict.sentence == f"{summed.sentence} Something else is wrong, too: mend this first, then run the cell again."
    )
    assert "no gradient flows" in item.check(lambda x: torch.tensor(scaled(x).tolist())).sentence


def first_letters(words: list[str]) -> list[str]:
    return [word[0] for word in words]


@mistake("Your `return` stands in the loop: it ends after the first word.")
def one_letter(words: list[str]) -> list[str]:
    return [words[0][0]] if words else []


def returning_early(words: list[str]) -> list[str] | None:
    for word in words:
        return [word[0]]
    return None


def test_nothing_where_the_loop_never_ran_is_no_second_mistake() -> None:
    inputs = [(["ab", "c"],), (["x"],), (["de", "f", "g"],), ([],)]
    item = asking(first_letters, lambda rng: inputs, mistakes=[one_letter])
    assert item.check(returning_early).sentence == one_letter.sentence


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda x: [x[i + 1] - x[i] for i in range(len(x))], "past the end"),
        (lambda x: x.tolist()[9], "past the end"),
        (lambda x: np.zeros(3, dtype=int).__iadd__(0.5), "cannot take fractions in place"),
        (lambda x: torch.from_numpy(x).sum(0).sum(1), "An axis is named that is not there"),
        (lambda x: torch.cat([torch.zeros(1, 2), torch.zeros(2, 3)], 1), "`cat` repeats nothing"),
        (lambda x: torch.from_numpy(x).reshape(3, 3), "keeps the number of elements"),
        (lambda x: x.reshape(3, 3), "keeps the number of elements"),
        (lambda x: torch.from_numpy(x).reshape(1, 2 / 1), "divide sizes with `//`"),
        (lambda x: list(range(len(x) / 2)), "divide sizes with `//`"),
        (lambda x: torch.stack([torch.zeros(1), torch.zeros(2)]), "which slice is too short"),
        (lambda x: torch.from_numpy(x).mm(torch.zeros(2)), "take any"),
        (lambda x: torch.bmm(torch.zeros(2, 2), torch.zeros(2, 2)), "take any"),
        (lambda x: [1 / (number - 1) for number in x.tolist()], "which input is the divisor 0"),
        (lambda x: torch.tensor([[1], [2, 3]]), "they make no rectangle"),
        (lambda x: np.array([[1], [2, 3]]), "they make no rectangle"),
    ],
)
def test_more_errors_of_beginners_in_words(attempt: Callable[..., Any], sentence: str) -> None:
    item = asking(lambda x: x + 1, lambda rng: [(np.array([1.0, 2.0]),)])
    verdict = item.check(attempt)
    assert verdict.kind is Kind.RAISED
    assert sentence in verdict.sentence
    assert "(Python says: " in verdict.sentence


def half(x: float) -> float:
    """Half of a number."""
    return x / 2


def test_a_function_among_the_inputs_is_shown_by_what_it_does() -> None:
    item = asking(lambda f, x: f(x), lambda rng: [(half, 3.0)])
    verdict = item.check(lambda f, x: 0.0)
    assert ("input f", "the function half: Half of a number.") in verdict.details
    assert brief(torch.square) == "the function square"


def test_terms_say_how_exact_a_result_is_compared() -> None:
    assert asking(lambda x: x, lambda rng: [(1.5,)]).terms == "to 6 digits · with any library function"
    assert asking(lambda x: x, lambda rng: [("a",)]).terms == "exactly · with any library function"
    single = asking(lambda x: [x], lambda rng: [(torch.tensor([1.5]),)], gradient=["x"], forbidden=["sum", "Softmax"])
    assert single.terms == "to 4 digits · gradients flow · without `sum`"
    assert (
        NumberExercise(
            id="a.b", title="A", stars=1, minutes=1, task="?", hints=[], solution=2.0, working="2", tolerance=0.01
        ).terms
        == "to within 0.01"
    )


FORBIDDEN = asking(
    lambda x: x - np.log(np.exp(x).sum()), lambda rng: [(np.array([1.0, 2.0]),)], forbidden=["log_softmax"]
)


@pytest.mark.parametrize(
    ("source", "called", "kind"),
    [
        ("def log_softmax(x):\n    return x - np.log(np.exp(x).sum())", "log_softmax", Kind.CORRECT),
        (
            "def log_softmax(x):\n    from torch.nn.functional import log_softmax as better\n"
            "    return better(torch.from_numpy(x), 0)",
            "log_softmax",
            Kind.WRONG,
        ),
        ("from scipy.special import log_softmax", "log_softmax", Kind.WRONG),
        ("from scipy.special import log_softmax as better", "better", Kind.WRONG),
        ("import scipy.special as better", "better.log_softmax", Kind.WRONG),
        ("def helper(x):\n    return torch.from_numpy(x).log_softmax(0)", "helper", Kind.WRONG),
    ],
)
def test_a_helper_of_ones_own_may_have_the_name_of_a_forbidden_function(source: str, called: str, kind: Kind) -> None:
    cell = f"{source}\n\n@check\ndef attempt(x):\n    return {called}(x)"
    assert checked(FORBIDDEN, cell) == kind


def test_rounded_numbers_are_told_so() -> None:
    item = asking(lambda x: x / 7, lambda rng: [(1.0,), (2.0,), (np.array([3.0, 4.0]),)])
    verdict = item.check(lambda x: np.round(x / 7, 3))
    assert "It looks rounded" in verdict.sentence
    assert "rounded" not in item.check(lambda x: x / 7 + 1e-3).sentence


@mistake("You added up. A mean is due.")
def total(x: np.ndarray) -> float:
    return float(np.logaddexp(0, x).sum())


def test_a_mistake_is_named_beside_an_overflow() -> None:
    inputs = [(np.array([1.0, 2.0]),), (np.array([0.5, 1.5, 2.5]),), (np.array([1000.0, 1.0]),)]
    item = asking(lambda x: float(np.logaddexp(0, x).mean()), lambda rng: inputs, mistakes=[total])
    verdict = item.check(lambda x: float(np.log(1 + np.exp(x)).sum()))
    assert verdict.sentence == "You added up. A mean is due."  # the overflow may come of the same slip, and is met next
    assert item.check(lambda x: float(np.log(1 + np.exp(x)).mean())).kind is Kind.WRONG


def shares_of(x: torch.Tensor) -> torch.Tensor:
    return x.softmax(-1)


@mistake("In yours the gradient is NaN.")
def broken_gradient(x: torch.Tensor) -> torch.Tensor:
    return x.softmax(-1) + 0 * (x - x).sqrt()


SHARES = asking(
    shares_of,
    lambda rng: [(torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64),), (torch.zeros(2, dtype=torch.float64),)],
    mistakes=[broken_gradient],
    gradient=["x"],
)


def test_a_lost_gradient_is_not_taken_for_a_wrong_one() -> None:
    assert SHARES.check(broken_gradient.attempt).sentence == broken_gradient.sentence
    lost = SHARES.check(lambda x: x.detach().softmax(-1))
    assert lost.kind is Kind.WRONG
    assert "no gradient flows" in lost.sentence


def test_the_gradient_of_a_softmax_is_compared_although_its_sum_is_constant() -> None:
    cut = SHARES.check(lambda x: x.detach().softmax(-1) + 0 * x.sum())
    assert cut.kind is Kind.WRONG
    assert "its gradient is not" in cut.sentence
    assert SHARES.check(lambda x: x.exp() / (x.exp().sum(-1, keepdim=True) + 1e-12)).kind is Kind.CORRECT


def test_a_gradient_flows_through_a_list_of_tensors_too() -> None:
    item = asking(lambda x: 2 * x, lambda rng: [(torch.tensor([1.0, 2.0]),)], gradient=["x"])
    assert item.check(lambda x: [2 * number for number in x]).kind is Kind.CORRECT
    assert "no gradient flows" in item.check(lambda x: [2 * number for number in x.tolist()]).sentence


def test_gradients_left_at_an_input_are_a_side_effect() -> None:
    item = asking(lambda x: 2 * x, lambda rng: [(torch.tensor([1.0, 2.0]),)])

    def marking(x: torch.Tensor) -> torch.Tensor:
        x.requires_grad_()
        return (2 * x).detach()

    def leaving(x: torch.Tensor) -> torch.Tensor:
        x.requires_grad_()
        (x**2).sum().backward()
        x.requires_grad_(False)
        return 2 * x

    for attempt in (marking, leaving):
        assert "leaves gradients switched on" in item.check(attempt).sentence
    assert item.check(lambda x: (2 * x.detach().clone().requires_grad_()).detach()).kind is Kind.CORRECT


def test_whole_numbers_as_floats_are_accepted_with_a_remark() -> None:
    item = asking(lambda x: x + 1, lambda rng: [(torch.tensor([1, 2]),)])
    verdict = item.check(lambda x: x + 1.0)
    assert verdict.kind is Kind.CORRECT
    assert "has to be an integer" in verdict.sentence


def test_tiny_numbers_are_not_shown_as_zero() -> None:
    assert "1.e-07" in brief(np.array([1e-7, 0.0]))
    assert "e" not in brief(np.array([0.5, 12.25])).splitlines()[1]


def halved(x: np.ndarray) -> np.ndarray:
    return x / 2


@mistake("You changed the input.")
def halved_in_place(x: np.ndarray) -> np.ndarray:
    x /= 2
    return x.copy()


def test_giving_back_a_changed_input_is_one_fault() -> None:
    item = asking(halved, lambda rng: [(np.array([1.0, 2.0]),)], mistakes=[halved_in_place])

    def in_place(x: np.ndarray) -> np.ndarray:
        x /= 2
        return x

    assert item.check(in_place).sentence == "You changed the input."


def test_advice_needs_more_than_one_number_though_it_comes_three_times() -> None:
    item = asking(lambda x: x + 1, lambda rng: [(2.0,), (2.0,), (2.0,)])
    assert "times what it should be" not in item.check(lambda x: x + 4).sentence
    two = asking(lambda x: x + 1, lambda rng: [(2.0,), (5.0,)])
    assert "Every number is 2 times" in two.check(lambda x: 2 * (x + 1)).sentence


@mistake("You left it as it came.")
def as_it_came(x: np.ndarray) -> np.ndarray:
    return x.copy()


def test_a_wrong_result_that_is_the_input_itself_is_one_mistake() -> None:
    item = asking(halved, lambda rng: [(np.array([1.0, 2.0]),)], mistakes=[as_it_came])
    assert item.check(lambda x: x).sentence == "You left it as it came."
