"""The 20 lessons of the course, and its map: what leads to what, and how much of each lesson has been solved.

The map is HTML, not a picture file: its boxes are links, it follows the theme, and a screen reader reads it as a list.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One notebook: its number, topic (the name of its file), title, and the question that it answers."""

    number: str
    topic: str
    title: str
    question: str

    @property
    def file(self) -> str:
        """The name of its notebook."""
        return f"{self.number}_{self.topic}.ipynb"


PARTS: dict[str, tuple[Lesson, ...]] = {
    "How a machine learns": (
        Lesson("00", "start_here", "Start here", "What is it all about?"),
        Lesson("01", "linear_models", "Linear models", "How do you find the best line?"),
        Lesson("02", "gradients", "Gradients", "Which way is downhill?"),
        Lesson("03", "neural_networks", "Neural networks", "What if no line will do?"),
    ),
    "From text to the Transformer": (
        Lesson("04", "tokens", "Tokens", "How does text become numbers?"),
        Lesson("05", "attention", "Attention", "Who should look at whom?"),
        Lesson("06", "transformer", "The Transformer", "How do the parts make a whole?"),
    ),
    "A real model, and a task of yours": (
        Lesson("07", "bert", "BERT", "How does it learn from raw text?"),
        Lesson("08", "fine_tuning", "Fine-tuning", "How do you teach it a task?"),
        Lesson("09", "applications", "Applications", "Names, answers, search: how?"),
    ),
    "Models that write": (
        Lesson("10", "gpt", "GPT", "How does a model write?"),
        Lesson("11", "llama", "Llama", "What is in a modern one?"),
        Lesson("12", "alignment", "Alignment", "How does it learn what we want?"),
        Lesson("13", "translation", "Translation", "How is one text turned into another?"),
    ),
    "Smaller, larger, and from the inside": (
        Lesson("14", "efficient_models", "Efficient models", "Can it be smaller?"),
        Lesson("15", "scaling", "Scaling", "What does bigger cost?"),
        Lesson("16", "interpretability", "Interpretability", "What goes on inside?"),
    ),
    "Beyond text, and on your own": (
        Lesson("17", "vision", "Vision", "How does a model see?"),
        Lesson("18", "speech", "Speech", "How does a model hear?"),
        Lesson("19", "capstone", "Capstone", "Your own data, from end to end?"),
    ),
}
LESSONS = tuple(lesson for part in PARTS.values() for lesson in part)

Counts = Mapping[str, tuple[int, int]]  # topic -> exercises solved, exercises in all


def state(lesson: Lesson, counts: Counts, existing: Collection[str]) -> str:
    """How far a learner is with one lesson, in words."""
    solved, total = counts.get(lesson.topic, (0, 0))
    if lesson.file not in existing:
        return "not yet written"
    if not total:
        return "no exercises"
    return f"✔ all {total} solved" if solved >= total else f"{solved} of {total} solved"


def map_text(counts: Counts, existing: Collection[str]) -> str:
    """The map as plain text."""
    lines = []
    for part, lessons in PARTS.items():
        lines.append(part)
        lines += [f"  {lesson.number} {lesson.title:18s} {state(lesson, counts, existing)}" for lesson in lessons]
    return "\n".join(lines)


def map_html(counts: Counts, existing: Collection[str]) -> str:
    """The map as boxes in rows: one row for each part, one box for each lesson, a bar for what has been solved."""
    rows = []
    for part, lessons in PARTS.items():
        arrow = '<span aria-hidden="true" style="align-self: center; padding: 0 2px">→</span>'
        boxes = arrow.join(_box(lesson, counts, existing) for lesson in lessons)
        rows.append(
            f'<div style="margin: 10px 0 2px; font-weight: 600">{html.escape(part)}</div>'
            f'<div style="display: flex; flex-wrap: wrap; gap: 4px">{boxes}</div>'
        )
    solved = sum(min(pair) for pair in counts.values())
    total = sum(total for _, total in counts.values())
    label = f"Map of the course: {len(LESSONS)} lessons in {len(PARTS)} parts; {solved} of {total} exercises solved"
    return (
        f'<div role="group" aria-label="{label}" style="font-size: 13px; line-height: 1.35; max-width: 900px; '
        f'color: var(--jp-content-font-color1, currentColor)">{"".join(rows)}'
        f'<div style="margin-top: 10px"><b>{solved} of {total}</b> exercises solved. A blue bar: the share of each '
        "lesson; a broken frame is a lesson that is not yet written.</div></div>"
    )


def _box(lesson: Lesson, counts: Counts, existing: Collection[str]) -> str:
    solved, total = counts.get(lesson.topic, (0, 0))
    there = lesson.file in existing
    share = 100 * min(solved, total) / total if total else 0
    title = f"<b>{lesson.number}</b> {html.escape(lesson.title)}"
    title = f'<a href="{lesson.file}">{title}</a>' if there else title
    bar = (
        '<div aria-hidden="true" style="height: 6px; margin: 4px 0 2px; border: 1px solid #767676">'
        f'<div style="height: 100%; width: {share:.0f}%; background: #0072B2"></div></div>'
    )
    return (
        '<div style="flex: 0 1 150px; min-width: 120px; box-sizing: border-box; padding: 5px 8px; '
        f'border-radius: 4px; border: {"2px solid #0072B2" if there else "2px dashed #767676"}">{title}<br>'
        f'<span style="font-size: 12px">{html.escape(lesson.question)}</span>{bar if there and total else "<br>"}'
        f'<span style="font-size: 12px">{state(lesson, counts, existing)}</span></div>'
    )
