"""The base of all widgets: one JavaScript module and one style sheet put together from our files, and a static picture.

A widget subclasses `Widget`, names its JavaScript files and draws its static picture. It is displayed as two outputs:
the task in words, and a bundle of the live view, the picture and a constant text. JupyterLab shows the view, a reader
on the web the picture, a test the text. No widget state is stored in the notebook.
"""

from __future__ import annotations

import base64
import html
import io
import json
from pathlib import Path
from typing import Any

import anywidget
from IPython.display import HTML, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lessons.kit import plots

FOLDER = Path(__file__).parent.parent  # lessons/widgets: a file is named with its folder, "attention/formulas.js"
COLOURS = {
    "blue": plots.BLUE,
    "orange": plots.ORANGE,
    "green": plots.GREEN,
    "pink": plots.PINK,
    "sky": plots.SKY,
    "red": plots.RED,
    "yellow": plots.YELLOW,
}


def javascript(*files: str) -> str:
    """One module: the colours, base.js, and the widget's own files, in the order given."""
    return "\n".join([f"const COLOURS = {json.dumps(COLOURS)};", *(_read(name) for name in ("base/base.js", *files))])


def style(*files: str) -> str:
    """One style sheet: the colours as --lessons-blue and so on, base.css, and the widget's own files."""
    colours = " ".join(f"--lessons-{name}: {colour};" for name, colour in COLOURS.items())
    return "\n".join([f".lessons-widget {{ {colours} }}", *(_read(name) for name in ("base/base.css", *files))])


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


class Widget(anywidget.AnyWidget):
    """A widget with a name, a task in words and a static picture; subclasses set these and `_esm`, `_css`."""

    name = "Widget"
    task = ""
    question = ""

    def picture(self) -> Figure:
        """What a reader without a kernel sees."""
        raise NotImplementedError

    def heading(self) -> str:
        """Name, task and open question as HTML, with the note that is seen when the view has lost its kernel."""
        texts = [f"<p><strong>{html.escape(self.name)}.</strong> {self.task}</p>"]
        if self.question:
            texts.append(f"<p><strong>Open question.</strong> {self.question}</p>")
        return f'<div class="lessons-widget-heading">{_note(self.name)}{"".join(texts)}</div>'

    def bundle(self) -> dict[str, Any]:
        """The output bundle: the live view, the picture as PNG, a constant text."""
        return {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
            "image/png": base64.b64encode(png(self.picture())).decode("ascii"),
            "text/plain": f"{self.name}: run this cell in JupyterLab to use the widget.",
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.bundle(), {}

    def _ipython_display_(self) -> None:
        display(HTML(self.heading()))
        display(self.bundle(), raw=True)


def _note(name: str) -> str:
    """JupyterLab writes "model not found" for a view without its kernel; this style says what to do instead."""
    lost = ".jp-OutputArea-child:has(.lessons-widget-heading) + .jp-OutputArea-child .jupyter-widgets:not(:has(*))"
    words = f"Run this cell to bring “{name}” to life."
    return (
        f"<style>{lost} {{ font-size: 0; padding: 0.5em; }} "
        f'{lost}::after {{ content: "{words}"; font-size: var(--jp-content-font-size1, 14px); }}</style>'
    )


def png(figure: Figure) -> bytes:
    """A figure as the bytes of a small PNG on a white ground."""
    drawn, packed = io.BytesIO(), io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(drawn, format="png", dpi=80, facecolor="white")
    Image.open(drawn).convert("RGB").quantize(64).save(packed, format="png", optimize=True)  # a third of the size
    return packed.getvalue()
