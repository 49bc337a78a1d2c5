"""From what an attempt did to what its author is told. Pure: no learner's code runs here, nothing is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .compare import Difference, difference, dress
from .observe import Outcome, Raised
from .values import as_array, brief, duplicate, is_array, is_number, size
from .verdict import Kind, Verdict

SIGNS = (  # in what Python says of an error, and what a tutor says
    ("ellipsis", "There is still a `...` to fill in."),
    ("^RecursionError", "Your function calls itself without coming to an end: which input needs no further call?"),
    (
        "leaf Variable that requires grad|variables needed for gradient computation has been modified",
        "You change a tensor in place (`+=`, `x[...] = `) through which gradients flow: make a new one instead, with "
        "`x = x + ...`, `torch.where` or `masked_fill`.",
    ),
    (
        "gufunc signature|shapes cannot be multiplied|not aligned|inconsistent tensor|expected size for first two dim",
        "The shapes do not fit a matrix product: the last axis of the left one must be as long as the one before the "
        "last of the right one. Is a transpose missing?",
    ),
    (
        "could not be broadcast|must match the size of tensor|not broadcastable|doesn't match the broadcast shape",
        "Two shapes do not fit together. They are lined up from the right. If one lacks an axis, give it one of size "
        "1, with `[:, None]`, `keepdim` or `keepdims`; if none is lacking, look at what was swapped or cut before.",
    ),
    (
        "Dimension out of range",
        "An axis is named that is not there: every `sum`, `any` or index before it may have taken one away.",
    ),
    (
        "Sizes of tensors must match except in dimension",
        "Apart from the axis along which they are joined, tensors need the same sizes: `cat` repeats nothing.",
    ),
    (
        "^IndexError: .*(out of range|out of bounds)",
        "A place past the end is asked for. The last of n is number n - 1; `i + 1` must not go beyond it either.",
    ),
    (
        "Cannot cast ufunc|can't be cast to the desired output type",
        "An array of whole numbers cannot take fractions in place: make it one of floats from the start.",
    ),
    (
        "is invalid for input of size|cannot reshape array of size",
        "A reshape keeps the number of elements: multiply the sizes of the new shape, and compare with the old one.",
    ),
    (
        "argument 'shape' failed to unpack|'float' object cannot be interpreted as an integer",
        "A whole number is due here, such as a size or an index, and this is a fraction: divide sizes with `//`.",
    ),
    (
        "stack expects each tensor to be equal size",
        "Tensors that are stacked need the same shape, and these differ: which slice is too short?",
    ),
    (
        "must be a matrix|must be a 3D tensor",
        "`mm`, `bmm` and `t()` take a fixed number of axes; `@` and `transpose(-2, -1)` take any.",
    ),
    (
        "^ZeroDivisionError",
        "You divide by 0: for which input is the divisor 0? Treat that one before you divide.",
    ),
    (
        "expected sequence of length|inhomogeneous shape",
        "The rows have different lengths, so they make no rectangle: fill the short ones up first.",
    ),
    (
        "^(NameError|UnboundLocalError)",
        "A name is used that has no value yet: is it spelt as where it was set, and was the cell that sets it run?",
    ),
    (
        "can't convert .* to numpy|Can't call numpy\\(\\) on Tensor that requires grad",
        "A tensor with gradients cannot become a NumPy array: stay with torch's functions.",
    ),
)


def judge(
    seen: Sequence[Outcome],
    expected: Sequence[Outcome],
    inputs: Sequence[tuple],
    names: Sequence[str],
    mistakes: Callable[[], Sequence[Known]] = tuple,
    may_share: bool = False,
) -> Verdict:
    """The verdict on an attempt, given what the reference does, and the known mistakes.

    `mistakes` is called only if the attempt is not correct.
    """
    if seen and seen[-1].stopped:
        return _stopped(seen, inputs[len(seen) - 1], names)
    calls = list(zip(expected, seen, strict=True))
    failing = [index for index, call in enumerate(calls) if not agree(*call, may_share)]
    if not failing:
        other = dress(expected[0].value, seen[0].value)
        sentence = f"It agrees with the reference on all {len(calls)} inputs. {other}".strip()
        return Verdict(Kind.CORRECT, sentence, (), seen[0].printed)
    simplest = min(failing, key=lambda index: (*_tells_little(*calls[index]), size(inputs[index])))
    explained = _explain(expected[simplest], seen[simplest], may_share)
    details, printed = explained.details + show_input(inputs[simplest], names), seen[simplest].printed
    if sentence := _known(calls, set(failing), mistakes(), may_share):
        return Verdict(Kind.KNOWN_MISTAKE, sentence, details, printed)
    sentence = f"{explained.sentence} {_advice([calls[index] for index in failing])}".strip()
    if len(failing) < len(calls) and explained.kind is not Kind.TOO_SLOW:
        sentence += f" ({len(calls) - len(failing)} of {len(calls)} inputs pass; here is one that does not.)"
    return Verdict(explained.kind, sentence, details, printed)


Call = tuple[Outcome, Outcome]  # what the reference does with an input, and what the attempt does


SOMETHING_ELSE = " Something else is wrong, too: mend this first, then run the cell again."


@dataclass(frozen=True)
class Known:
    """A known mistake: its sentence, what it does on the inputs, and the inputs on which that is not right."""

    sentence: str
    outcomes: Sequence[Outcome]
    apart: frozenset[int]


def known(sentence: str, outcomes: Sequence[Outcome], expected: Sequence[Outcome], may_share: bool = False) -> Known:
    """A mistake, compared with the reference once for all attempts."""
    calls = enumerate(zip(expected, outcomes, strict=True))
    return Known(sentence, outcomes, frozenset(i for i, call in calls if not agree(*call, may_share)))


def _known(calls: Sequence[Call], failing: set[int], mistakes: Sequence[Known], may_share: bool) -> str:
    """The sentence of the mistake that was made, if it is a known one; `failing` are the inputs that show a fault.

    It is the one that does the same on all inputs, or else the one that explains most: on every input on which it
    differs from the reference, the attempt does the same, and these are half of those on which its value is wrong, or
    more. Inputs on which the attempt gives nothing, or an overflow, speak neither for a mistake nor against it, since
    they may come of the same slip. Where it fails on others as well, something else is wrong, too, and that is said.
    """
    silent = {i for i in failing if not (calls[i][1].raised or _tells(calls[i][1]))}
    wrong = {i for i in failing - silent if not _same_result(*calls[i])} or failing
    best, explained = "", set[int]()
    for mistake in mistakes:

        def does_the_same(i: int, mistake: Known = mistake) -> bool:
            return _does_the_same(calls[i][0], mistake.outcomes[i], calls[i][1], may_share)

        if not (mistake.apart <= failing and all(map(does_the_same, mistake.apart - silent))):
            continue
        same = {i for i in mistake.apart if i not in silent or does_the_same(i)}
        if same == failing:
            # A result that shares memory may stop to do so once it is right: that is not told beside a mistake.
            more = any(_new_faults(mistake.outcomes[i], calls[i][1], may_share=True) for i in same)
            return mistake.sentence + (SOMETHING_ELSE if more else "")
        telling = sum(_tells(mistake.outcomes[i]) for i in same)  # many a mistake ends in a NaN, a None, an error
        if telling > sum(_tells(calls[i][0]) for i in explained) and 2 * telling >= len(wrong):
            best, explained = mistake.sentence, same
    if best and failing - explained - silent:
        best += SOMETHING_ELSE
    return best


def _tells(outcome: Outcome) -> bool:
    """Whether a call gave a value of its own: not an error, nothing, or numbers that overflowed."""
    if outcome.raised or outcome.value is None:
        return False
    if not (is_number(outcome.value) or is_array(outcome.value)):
        return True
    numbers = as_array(outcome.value)
    return numbers.dtype.kind not in "fc" or bool(np.isfinite(numbers).all())


def _advice(failing: Sequence[Call]) -> str:
    """A guess at the cause that every failing input suggests; a single one, of a single number, suggests nothing."""
    if any(want.raised or got.raised or got.stopped for want, got in failing):
        return ""
    found = [difference(want.value, got.value) for want, got in failing]
    advice = {part.advice if part else "" for part in found}
    numbers = sum({brief(want.value): size(want.value) for want, _ in failing}.values())  # an input may come thrice
    return advice.pop() if len(advice) == 1 and numbers > 1 else ""


def show_input(args: tuple, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The arguments of one call as labelled details."""
    labels = [*names, *(f"argument {index + 1}" for index in range(len(names), len(args)))]
    return tuple((f"input {label}", brief(arg)) for label, arg in zip(labels, args, strict=False))


def agree(expected: Outcome, got: Outcome, may_share: bool = False) -> bool:
    """Whether one call did what the reference does."""
    return _same_result(expected, got) and not _new_faults(expected, got, may_share)


def _same_result(expected: Outcome, got: Outcome) -> bool:
    if expected.raised or got.raised or got.stopped:
        return bool(expected.raised and got.raised) and _error(expected.raised) == _error(got.raised)
    if difference(expected.value, got.value):
        return False
    return not (expected.gradients and got.gradients) or not difference(expected.gradients, got.gradients)


def _tells_little(expected: Outcome, got: Outcome) -> tuple[bool, bool]:
    """Whether a failing input hides what is wrong: its value is right, or only axes of size 1 seem to be wrong."""
    if expected.raised or got.raised or got.stopped:
        return False, False
    found = difference(expected.value, got.value)
    return found is None, found is not None and found.stray_axis


def _error(raised: Raised | None) -> tuple[str, str]:
    assert raised is not None
    return raised.type, raised.message


def _new_faults(expected: Outcome, got: Outcome, may_share: bool) -> list[str]:
    """What the one does and the other does not. Giving back an input that was changed is one fault, not two."""
    both = {fault.replace("mutates", "shares", 1) for fault in got.faults if fault.startswith("mutates")}
    faults = sorted(got.faults - expected.faults - both)
    return [fault for fault in faults if not (may_share and fault.startswith("shares"))]


def _does_the_same(expected: Outcome, mistake: Outcome, got: Outcome, may_share: bool) -> bool:
    """Whether a call gave the mistake's result, with at least the mistake's side effects.

    Where only the mistake's gradients are wrong, an attempt without any does something else.
    """
    if mistake.gradients and not got.gradients and not _same_result(expected, mistake):
        values_agree = not (expected.raised or mistake.raised) and not difference(expected.value, mistake.value)
        if values_agree:
            return False
    return _same_result(mistake, got) and not _new_faults(got, mistake, may_share)


def _explain(expected: Outcome, got: Outcome, may_share: bool) -> Verdict:
    """Why one call is not what it should be."""
    if got.raised:
        return _raised(got.raised)
    found = difference(expected.value, got.value) or _side_effect(expected, got, may_share)
    return Verdict(Kind.WRONG, found.sentence, found.details)


def _side_effect(expected: Outcome, got: Outcome, may_share: bool) -> Difference:
    """The right numbers, but not the right way: the sentence for the first fault."""
    faults = _new_faults(expected, got, may_share)
    for fault in faults:
        effect, name = fault.split(" ", 1)
        if effect == "uses":
            return Difference(f"The result is right, but the task asks you to do it without `{name}`.")
        if effect == "mutates":
            return Difference(
                f"The result is right, but your function changes its input `{name}`. Whoever called it still needs "
                f"that: work on a copy, and look for in-place steps such as `+=`, `x[...] = `, `sort()`, `append`."
            )
        if effect == "marks":
            return Difference(
                f"The result is right, but your function leaves gradients switched on, or a `.grad`, at its input "
                f"`{name}`. Whoever called it did not ask for that: work on `{name}.detach().clone()`, and take "
                "derivatives with `torch.autograd.grad`."
            )
        if effect == "shares":
            return Difference(
                f"The numbers are right, but your result shares its memory with the input `{name}`: changing one later "
                "changes the other. Return a fresh result (`clone()`, `copy()`)."
            )
    if faults:
        return Difference(
            "The result is right, but no gradient flows back from it: `.item()`, `.tolist()`, `.detach()`, `.data`, "
            "`math`, NumPy, `torch.no_grad()` or a new `torch.tensor(...)` leave the graph. Stay with tensors all the "
            "way."
        )
    wrong = difference(expected.gradients, got.gradients, "the gradients")
    details = wrong.details if wrong else ()
    return Difference(
        "The result is right, but its gradient is not: part of the graph is cut or counted twice.", details
    )


def _raised(raised: Raised) -> Verdict:
    """The verdict on an exception: its message, and the learner's own line."""
    line = f"line {raised.line_number}: {raised.line}".rstrip(": ") if raised.line_number else ""
    sentence = f"{raised.type}: {raised.message}" if raised.message else f"{raised.type}."
    if raised.type == "SystemExit":
        sentence = "Your function calls `exit()`. A function gives its result with `return`; the notebook goes on."
    elif explained := next((words for sign, words in SIGNS if re.search(sign, f"{raised.type}: {raised.message}")), ""):
        sentence = f"{explained} (Python says: {sentence})"
    return Verdict(Kind.RAISED, sentence, (("your line", line),) if line else ())


def _stopped(seen: Sequence[Outcome], args: tuple, names: Sequence[str]) -> Verdict:
    if seen[-1].stopped == "interrupt":
        return Verdict(Kind.TOO_SLOW, "You interrupted the check, so nothing was judged.", (), seen[-1].printed)
    sentence = "Your function had not finished when its time was up: look for a loop that never ends."
    return Verdict(Kind.TOO_SLOW, sentence, show_input(duplicate(args), names), seen[-1].printed)
