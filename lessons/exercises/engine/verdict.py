"""What a learner is told about an attempt."""

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
    """A kind, the tutor's sentence, labelled details such as ("expected", "0.5"), and what the attempt printed."""

    kind: Kind
    sentence: str
    details: tuple[tuple[str, str], ...] = ()
    printed: str = ""
