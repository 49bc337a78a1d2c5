"""From verdicts to points: by exercise or by stars, whole or in part, and what coming late costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from lessons.exercises import Exercise, Kind, Verdict

DAY = timedelta(days=1)
GRACE = timedelta(minutes=1)  # "due 23:59" means the whole of that minute


@dataclass(frozen=True)
class Points:
    """What an exercise is worth: one point, or its stars; for a part of the inputs a part of them, if `partial`."""

    by_stars: bool = False
    partial: bool = False

    def worth(self, item: Exercise) -> float:
        """The points of a right answer."""
        return float(item.stars if self.by_stars else 1)

    def earned(self, item: Exercise, verdict: Verdict) -> float:
        """The points of this answer, to two places."""
        if verdict.kind is Kind.CORRECT:
            return self.worth(item)
        return round(self.worth(item) * (verdict.share if self.partial else 0.0), 2)


@dataclass(frozen=True)
class Due:
    """Until when a notebook is in time, the days after it that cost nothing, and the share that each further one costs.

    A day counts once it has begun.
    """

    at: datetime | None = None
    free_days: int = 0
    per_day: float = 0.0

    def days_late(self, when: datetime | None) -> int:
        """Days, begun ones included, between the due time and the time that something was handed in."""
        if self.at is None or when is None:
            return 0
        late = _alike(when, self.at) - self.at
        return math.ceil(late / DAY) if late >= GRACE else 0

    def lost(self, days: int, free_days: int | None = None) -> float:
        """The share of the points that so many days cost, from 0 to 1; somebody may have more free days than others."""
        return min(1.0, self.per_day * max(0, days - (self.free_days if free_days is None else free_days)))


def _alike(when: datetime, at: datetime) -> datetime:
    """A time with a time zone if the other has one, and without if it has none."""
    if (when.tzinfo is None) == (at.tzinfo is None):
        return when
    return when.astimezone(at.tzinfo) if at.tzinfo else when.astimezone().replace(tzinfo=None)


def shown(points: float) -> str:
    """Points as a table shows them: "2", "0.67"."""
    return f"{round(points, 2):g}"
