"""From what an attempt did to what its author is told. Pure: no learner's code runs here, nothing is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .compare import Difference, difference
from .observe import Outcome, Raised
from .values import brief, duplicate, size
from .verdict import Kind, Verdict


def judge(
    seen: Sequence[Outcome],
    expected: Sequence[Outcome],
    inputs: Sequence[tuple],
    names: Sequence[str],
    mistakes: Callable[[], Sequence[tuple[str, Sequence[Outcome]]]] = tuple,
    may_share: bool = False,
) -> Verdict:
    """The verdict on an attempt, given what the reference does, and each known mistake: its sentence and outcomes.

    `mistakes` is called only if the attempt is not correct.
    """
    if seen and seen[-1].stopped:
        return _stopped(seen, inputs[len(seen) - 1], names)
    calls = list(zip(expected, seen, strict=True))
    failing = [index for index, call in enumerate(calls) if not agree(*call, may_share)]
    if not failing:
        return Verdict(Kind.CORRECT, f"It agrees with the reference on all {len(calls)} inputs.", (), seen[0].printed)
    simplest = min(failing, key=lambda index: (_looks_stray(*calls[index]), size(inputs[index])))
    explained = _explain(expected[simplest], seen[simplest], may_share)
    details, printed = explained.details + show_input(inputs[simplest], names), seen[simplest].printed
    for sentence, outcomes in mistakes():
        if _behaves_like(outcomes, seen, may_share):
            return Verdict(Kind.KNOWN_MISTAKE, sentence, details, printed)
    sentence = explained.sentence
    if len(failing) < len(calls) and explained.kind is not Kind.TOO_SLOW:
        sentence += f" ({len(calls) - len(failing)} of {len(calls)} inputs come out right; here is one that does not.)"
    return Verdict(explained.kind, sentence, details, printed)


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


def _looks_stray(expected: Outcome, got: Outcome) -> bool:
    """Whether only axes of size 1 seem wrong: with a batch of one this hides what is really wrong on larger inputs."""
    if expected.raised or got.raised or got.stopped:
        return False
    found = difference(expected.value, got.value)
    return found is not None and found.stray_axis


def _error(raised: Raised | None) -> tuple[str, str]:
    assert raised is not None
    return raised.type, raised.message


def _new_faults(expected: Outcome, got: Outcome, may_share: bool) -> list[str]:
    faults = sorted(got.faults - expected.faults)
    return [fault for fault in faults if not (may_share and fault.startswith("shares"))]


def _behaves_like(mistake: Sequence[Outcome], attempt: Sequence[Outcome], may_share: bool) -> bool:
    """Whether every call gave the mistake's result, with at least the mistake's side effects."""
    calls = zip(mistake, attempt, strict=True)
    return all(_same_result(wrong, got) and not _new_faults(got, wrong, may_share) for wrong, got in calls)


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
        if effect == "mutates":
            return Difference(
                f"The result is right, but your function changes its input `{name}`. Whoever called it still needs "
                f"that: work on a copy, and look for in-place steps such as `+=`, `x[...] = `, `sort()`, `append`."
            )
        if effect == "shares":
            return Difference(
                f"The numbers are right, but your result shares its memory with the input `{name}`: changing one later "
                "changes the other. Return a fresh result (`clone()`, `copy()`)."
            )
    if faults:
        return Difference(
            "The number is right, but no gradient flows back from it: `.item()`, `.tolist()`, `.detach()`, `math`, "
            "NumPy, `torch.no_grad()` or a new `torch.tensor(...)` leave the graph. Stay with tensors all the way."
        )
    wrong = difference(expected.gradients, got.gradients, "the gradients")
    details = wrong.details if wrong else ()
    return Difference(
        "The number is right, but its gradient is not: part of the graph is cut or counted twice.", details
    )


def _raised(raised: Raised) -> Verdict:
    """The verdict on an exception: its message, and the learner's own line."""
    line = f"line {raised.line_number}: {raised.line}".rstrip(": ") if raised.line_number else ""
    sentence = f"{raised.type}: {raised.message}" if raised.message else f"{raised.type}."
    if raised.type == "SystemExit":
        sentence = "Your function calls `exit()`. A function gives its result with `return`; the notebook goes on."
    elif raised.type == "RecursionError":
        sentence += ". Your function calls itself without coming to an end."
    elif "ellipsis" in raised.message:
        sentence += ". There is still a `...` to fill in."
    return Verdict(Kind.RAISED, sentence, (("your line", line),) if line else ())


def _stopped(seen: Sequence[Outcome], args: tuple, names: Sequence[str]) -> Verdict:
    if seen[-1].stopped == "interrupt":
        return Verdict(Kind.TOO_SLOW, "You interrupted the check, so nothing was judged.", (), seen[-1].printed)
    sentence = "Your function had not finished when its time was up: look for a loop that never ends."
    return Verdict(Kind.TOO_SLOW, sentence, show_input(duplicate(args), names), seen[-1].printed)
