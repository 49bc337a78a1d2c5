"""What an exercise is: three kinds, one form. See `lessons/exercises/fine_tuning.py` for how one is written.

A `CodeExercise` asks for a function, a `NumberExercise` for a number (a prediction, a count, a share), a `Quiz` for one
of several options. Each has an id, a task, hints, a solution, and the mistakes that learners make, each with its
sentence; `check(attempt)` gives a Verdict.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import EllipsisType
from typing import Any

import numpy as np

from .compare import digits_compared
from .judge import Known, judge, known
from .observe import Outcome, is_stub, observe, undisturbed
from .values import as_array, brief, is_array, is_number
from .verdict import Kind, Verdict

SEEDS = (0, 1, 2)
SECONDS = 5.0  # for all calls of one check; a check of a solution takes a small part of it


@dataclass(frozen=True)
class Mistake:
    """An attempt that learners really make, and what a tutor says to it; a number is meant `within` so much of it."""

    attempt: Any
    sentence: str
    within: float | None = None


def mistake(sentence: str) -> Callable[[Callable[..., Any]], Mistake]:
    """Mark a function as a known mistake: `@mistake("You divided by d, not by its root.")`."""
    return lambda function: Mistake(function, sentence)


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """What every exercise has. `stars` are 1 to 3, `remark` is added when the attempt is correct."""

    id: str
    title: str
    stars: int
    minutes: int
    task: str
    hints: Sequence[str]
    mistakes: Sequence[Mistake] = ()
    solution: Any
    remark: str = ""

    @property
    def topic(self) -> str:
        """The lesson it belongs to, such as "fine_tuning"."""
        return self.id.partition(".")[0]

    @property
    def terms(self) -> str:
        """What an answer has to keep to, as the notebook says it: how exact, and with which library functions."""
        return ""

    def check(self, attempt: Any, seconds: float | None = SECONDS) -> Verdict:
        """The verdict on an attempt: a function, a number or a letter. Never raises."""
        raise NotImplementedError

    def solution_text(self) -> str:
        """The solution as Python source."""
        raise NotImplementedError

    @property
    def imports(self) -> str:
        """The import lines that the solution needs."""
        return ""

    def _correct(self, sentence: str) -> str:
        return f"{sentence} {self.remark}".strip()


@dataclass(frozen=True, kw_only=True, eq=False)
class CodeExercise(Exercise):
    """Asks for a function with the signature of `solution`.

    `inputs(rng)` yields tuples of arguments for a NumPy generator, drawn for several seeds; `reference` is independent
    of the solution. `gradient` names the parameters in which the result must be differentiable, `forbidden` the
    functions that the task excludes, such as the library's own. Set `may_share` if the result may be a view of an
    input.
    """

    reference: Callable[..., Any]
    inputs: Callable[[np.random.Generator], Iterable[tuple]]
    gradient: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    may_share: bool = False

    @property
    def name(self) -> str:
        """The function's name in the notebook."""
        return self.solution.__name__

    @property
    def terms(self) -> str:
        """To how many digits the result is compared, whether gradients flow, which library functions are allowed."""
        digits = sorted({number for outcome in self.expected for number in digits_compared(outcome.value)})
        exact = f"to {digits[0]} digits" if digits else "exactly"
        names = ", ".join(f"`{name}`" for name in self.forbidden if name.islower())  # classes go without saying
        allowed = f"without {names}" if names else "with any library function"
        return " · ".join([exact, *(["gradients flow"] if self.gradient else []), allowed])

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that a call must give."""
        parameters = inspect.signature(self.solution).parameters.values()
        return tuple(parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty)

    def draw(self, seeds: Iterable[int] = SEEDS) -> list[tuple]:
        """The inputs for these seeds, whatever PyTorch's default device and dtype are."""
        with undisturbed():
            return [args for seed in seeds for args in self.inputs(np.random.default_rng(seed))]

    def observe(self, function: Callable[..., Any], seconds: float | None = None) -> tuple[Outcome, ...]:
        """What a function does on the check's inputs. This is all that has to run beside learners' code."""
        return observe(function, self.draw(), self.parameters, self.gradient, seconds, self.forbidden)

    @cached_property
    def expected(self) -> tuple[Outcome, ...]:
        """What the reference does on the check's inputs."""
        return tuple(replace(outcome, faults=frozenset()) for outcome in self.observe(self.reference))

    @cached_property
    def mistaken(self) -> list[Known]:
        """The known mistakes, with what each does on the check's inputs."""
        seen = ((each.sentence, self.observe(each.attempt)) for each in self.mistakes)
        return [known(sentence, outcomes, self.expected, self.may_share) for sentence, outcomes in seen]

    def check(self, attempt: Any, seconds: float | None = SECONDS) -> Verdict:
        """The verdict on a function. Never raises; the attempt is stopped after so many seconds."""
        if verdict := self.before_running(attempt):
            return verdict
        assert self.expected  # before the attempt runs, which may change the library that the reference uses
        return self.judge(self.observe(attempt, seconds))

    def before_running(self, attempt: Any) -> Verdict | None:
        """The verdict on what need not run: no function, a stub, a function of other parameters; else None."""
        if not callable(attempt):
            return Verdict(Kind.WRONG, f"A function is due here, and this is {brief(attempt, 80)}.")
        if is_stub(attempt):
            return not_attempted("Replace the `...` by your code and run the cell.")
        if problem := self._signature_problem(attempt):
            return Verdict(Kind.WRONG, problem)
        return None

    def judge(self, seen: Sequence[Outcome]) -> Verdict:
        """The verdict on what an attempt did; runs no learner's code."""
        if any(isinstance(outcome.value, EllipsisType) for outcome in seen):
            return not_attempted("Your function still returns `...`.")
        with undisturbed():
            verdict = judge(seen, self.expected, self.draw(), self.parameters, lambda: self.mistaken, self.may_share)
        return replace(verdict, sentence=self._correct(verdict.sentence)) if verdict.kind is Kind.CORRECT else verdict

    def _signature_problem(self, attempt: Callable[..., Any]) -> str:
        """A sentence if the function cannot be called with this exercise's arguments."""
        try:
            signature = inspect.signature(attempt)
        except (ValueError, TypeError):
            return ""
        try:
            signature.bind(*self.parameters)
        except TypeError:
            return (
                f"Your function takes `{signature}`; it is called with {len(self.parameters)} "
                f"argument{'s' if len(self.parameters) != 1 else ''}: `({', '.join(self.parameters)})`."
            )
        return ""

    def solution_text(self) -> str:
        """The source of the solution."""
        return inspect.getsource(self.solution).rstrip()

    @property
    def imports(self) -> str:
        """The import lines that the solution needs, one below the other."""
        return "\n".join(imports_for(self.solution))

    def stub_text(self) -> str:
        """The cell that a notebook shows: the decorated signature, the docstring and `...`."""
        lines = inspect.getsource(self.solution).splitlines()
        function = ast.parse("\n".join(lines)).body[0]
        assert isinstance(function, ast.FunctionDef)
        first = function.body[0]
        kept = first.end_lineno if ast.get_docstring(function) else first.lineno - 1
        return "\n".join([f'@exercise("{self.id}")', *lines[:kept], "    ..."])


def imports_for(function: Callable[..., Any]) -> list[str]:
    """The import statements at the top of the function's module that bind names it uses."""
    used = {
        node.id
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function))))
        if isinstance(node, ast.Name)
    }
    module = ast.parse(Path(inspect.getfile(function)).read_text(encoding="utf-8"))
    found = []
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            kept = [alias for alias in node.names if (alias.asname or alias.name).partition(".")[0] in used]
            if kept:
                found.append(ast.unparse(_with_names(node, kept)))
    return found


def _with_names(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.Import | ast.ImportFrom:
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(node.module, names, node.level)


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberExercise(Exercise):
    """Asks for a number; right within `tolerance` (absolute). `working` is the expression that gives the solution."""

    solution: float
    working: str
    tolerance: float = 1e-9

    @property
    def terms(self) -> str:
        """How exact the number has to be."""
        return f"to within {self.tolerance:g}" if self.tolerance > 1e-6 else "exactly"

    def check(self, attempt: Any, seconds: float | None = SECONDS) -> Verdict:
        """The verdict on a number. Never raises."""
        if isinstance(attempt, EllipsisType):
            return not_attempted("Replace the `...` by your number and run the cell.")
        value = _as_float(attempt)
        if value is None:
            return Verdict(Kind.WRONG, f"A number is due here, such as 0.5 or 12; this is {brief(attempt, 80)}.")
        if math.isnan(value):
            return Verdict(Kind.WRONG, "This is NaN, not a number.")
        if abs(value - self.solution) <= self.tolerance:
            return Verdict(Kind.CORRECT, self._correct(f"It is {self.working}."))
        for each in sorted(self.mistakes, key=lambda each: abs(value - each.attempt)):
            if abs(value - each.attempt) <= (self.tolerance if each.within is None else each.within):
                return Verdict(Kind.KNOWN_MISTAKE, each.sentence)
        said = f"{brief(attempt, 80)} is too {'small' if value < self.solution else 'large'}."
        return Verdict(Kind.WRONG, f"{said} {self._how_close(value)}".strip())

    def _how_close(self, value: float) -> str:
        """Where an answer is nearly right: how exactly it is wanted."""
        if abs(value - self.solution) > 0.02 * abs(self.solution):
            return ""
        return f"It is close; the number is wanted {self.terms}."

    def solution_text(self) -> str:
        """The expression that gives the number."""
        return self.working


def _as_float(attempt: Any) -> float | None:
    """A number of any kind, or the one number of an array, as a float."""
    if isinstance(attempt, bool | np.bool_) or not (is_number(attempt) or is_array(attempt) or _is_exact(attempt)):
        return None
    try:
        return float(as_array(attempt).item() if is_array(attempt) else attempt)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_exact(attempt: Any) -> bool:
    return isinstance(attempt, Fraction | Decimal)


def wrong_number(value: float, sentence: str, within: float | None = None) -> Mistake:
    """A number that learners arrive at, and what a tutor says to it; `within` replaces the exercise's tolerance."""
    return Mistake(value, sentence, within)


@dataclass(frozen=True)
class Option:
    """One option of a quiz, why it is right or wrong, and which of the two."""

    text: str
    why: str
    right: bool = False


def right(text: str, why: str) -> Option:
    """The right option of a quiz, and why."""
    return Option(text, why, True)


def wrong(text: str, why: str) -> Option:
    """A wrong option of a quiz, and why it tempts and fails."""
    return Option(text, why)


@dataclass(frozen=True, kw_only=True, eq=False)
class Quiz(Exercise):
    """Asks for one option, by its letter. Every option is explained; `solution` and `mistakes` follow from them."""

    options: Sequence[Option]
    solution: str = ""
    stars: int = 1
    minutes: int = 2

    def __post_init__(self) -> None:
        rights = [letter for letter, option in self.lettered.items() if option.right]
        if len(rights) != 1:
            raise ValueError(f"{self.id} needs exactly one right option, and has {len(rights)}.")
        wrongs = [Mistake(letter, option.why) for letter, option in self.lettered.items() if not option.right]
        object.__setattr__(self, "solution", rights[0])
        object.__setattr__(self, "mistakes", wrongs)

    @property
    def lettered(self) -> dict[str, Option]:
        """The options by letter: a, b, c ..."""
        return dict(zip("abcdefgh", self.options, strict=False))

    def check(self, attempt: Any, seconds: float | None = SECONDS) -> Verdict:
        """The verdict on a letter ("a", "B", "c)"). Never raises."""
        if isinstance(attempt, EllipsisType):
            return not_attempted(f"Replace the `...` by a letter in quotes: {self._letters()}.")
        letter = _latin(attempt).strip(" ().").lower() if isinstance(attempt, str) else ""
        option = self.lettered.get(letter)
        if option is None:
            return Verdict(Kind.WRONG, f"Choose one of {self._letters()}; this is {brief(attempt, 80)}.")
        if not option.right:
            return Verdict(Kind.KNOWN_MISTAKE, option.why)
        others = tuple((f"not {key}", other.why) for key, other in self.lettered.items() if not other.right)
        return Verdict(Kind.CORRECT, self._correct(option.why), notes=others)

    def _letters(self) -> str:
        return ", ".join(f'"{letter}"' for letter in self.lettered)

    def solution_text(self) -> str:
        """The right letter, in quotes."""
        return f'"{self.solution}"'


def _latin(letter: str) -> str:
    """A letter typed on another keyboard (full width, Cyrillic, Greek) as the Latin one that looks like it."""
    return unicodedata.normalize("NFKC", letter).translate(str.maketrans("авсеАВСЕαβАΒ", "abceABCEabAB"))


def not_attempted(sentence: str) -> Verdict:
    """The verdict on an unchanged stub."""
    return Verdict(Kind.NOT_ATTEMPTED, sentence)
