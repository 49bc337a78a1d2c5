"""Exercises and verdicts as plain text: for a terminal, and as the lasting part of a notebook's output."""

from __future__ import annotations

import textwrap

from .definition import Exercise, Quiz
from .verdict import Verdict

WIDTH = 100


def heading(exercise: Exercise) -> str:
    """Title, difficulty and minutes in one line."""
    return f"{exercise.title}   {stars(exercise)}   {exercise.minutes} min   [{exercise.id}]"


def stars(exercise: Exercise) -> str:
    """One to three filled stars of three."""
    return "★" * exercise.stars + "☆" * (3 - exercise.stars)


def verdict_text(exercise: Exercise, verdict: Verdict) -> str:
    """The whole verdict: what it is, the sentence, the details, what was printed."""
    lines = [f"{verdict.kind.symbol} {capital(verdict.kind)}   {heading(exercise)}"]
    if isinstance(exercise, Quiz):
        lines += [_wrap(exercise.task), *(_wrap(f"{key})  {option.text}") for key, option in exercise.lettered.items())]
    lines.append(_wrap(verdict.sentence))
    lines += [_wrap(f"{label}: {text}") for label, text in verdict.notes]
    for label, text in verdict.details:
        lines.append(textwrap.indent(_labelled(label, text), "  "))
    if verdict.printed:
        lines += ["  your function printed:", textwrap.indent(verdict.printed.rstrip(), "    ")]
    return "\n".join(lines)


def capital(text: str) -> str:
    """The same text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if "\n" not in text else f"{label}:\n{textwrap.indent(text, '  ')}"


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
