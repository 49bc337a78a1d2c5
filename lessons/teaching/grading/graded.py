"""One submission on its way through the grader."""

from __future__ import annotations

from dataclasses import dataclass, field

from lessons.exercises import Verdict
from lessons.teaching.grading.reading import Submission


@dataclass
class Graded:
    """One submission: its verdicts by exercise, the seconds it took; `sure` unless the grader itself had trouble."""

    submission: Submission
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    processor: float = 0.0  # of these, seconds of the processor
    sure: bool = True

    def problem(self, sentence: str) -> None:
        """Add a sentence to what is wrong with the submission."""
        self.submission.problem = f"{self.submission.problem} {sentence}".strip()
