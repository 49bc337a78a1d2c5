"""What a learner is told about an attempt: the form of it. `judge` chooses the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The six verdicts. Each has a symbol, so that none is told by colour alone."""

    NOT_ATTEMPTED = "not attempted"
    CORRECT = "correct"
    KNOWN_MISTAKE = "known mistake"
    WRONG = "wrong"
    RAISED = "raised an error"
    TOO_SLOW = "took too long"

    @property
    def symbol(self) -> str:
        """One character for this verdict."""
        return dict(zip(Kind, "○✔≈✘⚠⧖", strict=True))[self]


@dataclass(frozen=True)
class Verdict:
    """A kind and the tutor's sentence; values with labels, such as ("expected", "0.5"); what the attempt printed.

    `notes` are sentences with labels, such as why each other option of a quiz is wrong. `share` is that of the inputs
    that came out right, from 0 to 1, where a grader has asked for it.
    """

    kind: Kind
    sentence: str
    details: tuple[tuple[str, str], ...] = ()
    printed: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    share: float = 0.0
