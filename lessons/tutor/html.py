"""Exercises and verdicts as HTML. It stays legible where styles are stripped, as on a code-hosting site."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

from .definition import Exercise, Quiz
from .text import capital, stars
from .verdict import Verdict


@cache
def css() -> str:
    """The style of verdicts and panels, on the colours of JupyterLab's own theme."""
    return (Path(__file__).parent / "panel.css").read_text(encoding="utf-8")


def verdict_block(exercise: Exercise, verdict: Verdict) -> str:
    """The lasting output of an exercise's cell: heading, task of a quiz, verdict, details."""
    name = verdict.kind.replace(" ", "-")
    heading = (
        f'<p class="lessons-head"><strong>{prose(exercise.title)}</strong> '
        f'<span title="difficulty {exercise.stars} of 3">{stars(exercise)}</span> {exercise.minutes} min '
        f"<code>{exercise.id}</code></p>"
    )
    question = _question(exercise) if isinstance(exercise, Quiz) else ""
    return f'<div class="lessons-exercise lessons-{name}"><style>{css()}</style>{heading}{question}{say(verdict)}</div>'


def _question(quiz: Quiz) -> str:
    # Letters as text: where JupyterLab does not trust a notebook it drops styles, and a numbered list would say 1 to 4.
    lettered = zip("abcdefgh", quiz.options, strict=False)
    options = "".join(f"<li><strong>{letter}</strong>&ensp;{prose(option.text)}</li>" for letter, option in lettered)
    return f'<p>{prose(quiz.task)}</p><ul class="lessons-options">{options}</ul>'


def say(verdict: Verdict) -> str:
    """The verdict's symbol and word, its sentence, and the details as a table."""
    values = [*verdict.details, *([("your function printed", verdict.printed)] if verdict.printed else [])]
    rows = "".join(f"<dt>{html.escape(label)}</dt><dd>{prose(text)}</dd>" for label, text in verdict.notes)
    rows += "".join(f"<dt>{html.escape(label)}</dt><dd><pre>{html.escape(text)}</pre></dd>" for label, text in values)
    mark = f'<strong class="lessons-mark">{verdict.kind.symbol} {capital(verdict.kind)}.</strong>'
    return f'<p class="lessons-say">{mark} {prose(verdict.sentence)}</p>' + (f"<dl>{rows}</dl>" if rows else "")


def prose(text: str) -> str:
    """A sentence as HTML: `code` in backticks, *emphasis* in asterisks."""
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<]*)\*", r"<em>\1</em>", escaped)


def code(source: str) -> str:
    """Python source, highlighted in the colours of JupyterLab's editor."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return f'<pre class="lessons-code">{highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))}</pre>'
