"""The values with which widgets begin on a page: notebooks store none.

A widget whose call has only literal arguments, such as `fit_a_line()`, is made here, in seconds. One that needs what
the notebook computes, such as `draw_a_digit(model)`, is made by running the notebook as far as its cell (`--run`).
"""

from __future__ import annotations

import ast
import base64
import copy
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lessons.course.errors import CourseError
from lessons.teaching.running import execute, reason

VIEW = "application/vnd.jupyter.widget-view+json"
MINE = "application/vnd.lessons.widgets+json"
STILL = {"training_monitor": "It draws a training while it runs; here it is a picture."}
NO_ANSWER = "This needs the notebook, where Python answers. The picture is that of what was asked before."
MOST_TOKENS = 40  # of a text, each asked about by itself
Place = tuple[int, int]  # cell, output


@dataclass(frozen=True)
class Call:
    """A call that made a widget: where it is shown, the module and function, and the parsed call."""

    place: Place
    module: str
    function: str
    node: ast.Call


@dataclass
class Widget:
    """A widget on a page: its values, or why there are none, and a sentence for the reader."""

    name: str
    values: dict[str, Any] | None = None
    note: str = ""


# --- which widgets a notebook shows -----------------------------------------------------------------------------------


def calls(notebook: NotebookNode) -> list[Call]:
    """The calls whose widgets are shown, in their order: the n-th of a cell belongs to its n-th living output."""
    imported: dict[str, tuple[str, str]] = {}
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lessons.widgets."):
                imported |= {name.asname or name.name: (str(node.module), name.name) for name in node.names}
        made = [node for node in ast.walk(tree) if _name(node) in imported]
        shown = [i for i, output in enumerate(cell.outputs) if is_widget(output)]
        for number, node in zip(shown, made, strict=False):
            assert isinstance(node, ast.Call)
            found.append(Call((index, number), *imported[_name(node)], node))
    return found


def _name(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def is_widget(output: NotebookNode) -> bool:
    """Whether an output is a widget of the course: a view with a picture. The panel of an exercise has no picture."""
    data = output.get("data", {})
    return VIEW in data and "image/png" in data


# --- made here --------------------------------------------------------------------------------------------------------


def make(call: Call) -> Widget:
    """The widget of a call with literal arguments; named ones that are no literals are left out, and it is said."""
    widget = Widget(call.function)
    if call.function in STILL:
        widget.note = STILL[call.function]
        return widget
    dropped = [keyword for keyword in call.node.keywords if not _is_literal(keyword.value)]
    if not all(map(_is_literal, call.node.args)) or any(keyword.arg is None for keyword in dropped):
        widget.note = "Here it is a picture; in the notebook it lives, with what the cells above compute."
        return widget
    arguments = [ast.literal_eval(value) for value in call.node.args]
    named = {k.arg: ast.literal_eval(k.value) for k in call.node.keywords if k.arg and k not in dropped}
    try:
        made = _function(call)(*arguments, **named)
        widget.values = pack(made)
    except Exception as error:  # whatever a widget says of these arguments, the page keeps its picture
        widget.note = f"Here it is a picture: it could not be made again ({type(error).__name__}: {str(error)[:120]})."
        return widget
    left_out = ", ".join(ast.unparse(keyword) for keyword in dropped)
    widget.note = f"Here without {left_out}, which the notebook computes." if dropped else ""
    return widget


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _function(call: Call) -> Any:
    """The function that makes a widget. Raises ValueError for a name that stands for anything else."""
    from lessons.widgets import base

    module = importlib.import_module(call.module)
    function = getattr(module, call.function, None)
    kind = getattr(module, str(getattr(function, "__annotations__", {}).get("return")), None)
    ours = getattr(function, "__module__", None) == call.module
    if not (ours and isinstance(kind, type) and issubclass(kind, base.Widget)):
        raise ValueError(f"{call.function} makes no widget")
    return function


# --- made by the notebook ---------------------------------------------------------------------------------------------


def run(notebook: NotebookNode, folder: Path, places: list[Place], cell_timeout: int) -> dict[Place, Widget]:
    """Run the notebook as far as these widgets, in a home of its own; returns what it made. Raises CourseError."""
    part = copy.deepcopy(notebook)
    part.cells = [*part.cells[: max(index for index, _ in places) + 1], new_code_cell(TELL)]
    try:
        execute(part, folder, cell_timeout, allow_errors=True)  # a cell that has nothing to do with a widget may fail
    except (CellTimeoutError, DeadKernelError, RuntimeError, OSError) as error:
        raise _unfinished(reason(error, cell_timeout)) from error
    told: dict[str, Any] = next((o.data[MINE] for o in part.cells[-1].outputs if MINE in o.get("data", {})), {})
    found = dict(_placed(part, told, places))
    if len(found) < len(places):
        failures = [o for cell in part.cells for o in cell.get("outputs", []) if o.output_type == "error"]
        raise _unfinished(f"{failures[0].ename}: {failures[0].evalue}" if failures else "a cell shows no widget")
    return found


def _unfinished(why: str) -> CourseError:
    said = f"The notebook did not run as far as its widgets: {why[:200]}."
    return CourseError(f"{said} Without --run the page has their pictures.")


def _placed(part: NotebookNode, told: dict[str, Any], places: list[Place]) -> Iterator[tuple[Place, Widget]]:
    """A run may print other outputs than those stored: the n-th widget of a cell is its n-th widget."""
    for index in {index for index, _ in places}:
        views = [output.data[VIEW]["model_id"] for output in part.cells[index].outputs if is_widget(output)]
        stored = [place for place in sorted(places) if place[0] == index]
        for place, model_id in zip(stored, views, strict=False):
            if model_id in told:
                yield place, Widget(**told[model_id])


TELL = "from lessons.teaching.pages import states\n\nstates.tell()"


def tell() -> None:
    """In a kernel: display the values of every widget of the course, by model id."""
    from IPython.display import display
    from ipywidgets.widgets.widget import _instances

    from lessons.widgets import base

    found = {key: {"name": w.name, "values": pack(w)} for key, w in _instances.items() if isinstance(w, base.Widget)}
    display({MINE: json.loads(json.dumps(found))}, raw=True)


# --- packing ----------------------------------------------------------------------------------------------------------


def pack(widget: Any) -> dict[str, Any]:
    """A widget as JSON: its module, its style, its values, and Python's answers to foreseen questions."""
    hidden = ("layout", "tabbable", "tooltip")
    state = {k: v for k, v in widget.get_state().items() if not k.startswith("_") and k not in hidden}
    packed = {"module": widget._esm, "style": widget._css, "state": state}
    names = asked(widget)
    if names:
        packed |= {"asks": list(names), "answers": answers(widget, names), "unknown": NO_ANSWER}
    return json.loads(json.dumps(packed, default=_bytes, allow_nan=False))


def asked(widget: Any) -> tuple[str, ...]:
    """The values about which a widget asks Python, such as its text; its `data` repeat them."""
    data = getattr(widget, "data", None)
    names = getattr(widget, "asks", ("text",)) if isinstance(data, dict) and "text" in data else ()
    return tuple(name for name in names if widget.has_trait(name))


def answers(widget: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """What Python says to the questions that a page can foresee, and last to that with which the widget begins."""
    first = {name: getattr(widget, name) for name in names}
    found = []
    for question in [*_foreseen(widget, first), first]:
        for name, value in {**first, **question}.items():
            setattr(widget, name, value)
        found.append(widget.data)
    return found


def _foreseen(widget: Any, first: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The texts behind its buttons; of its own text each switch the other way, and each token by itself."""
    examples = getattr(widget, "examples", {})
    if isinstance(examples, dict):
        yield from ({"text": text} for text in examples.values())
    for name, value in first.items():
        if isinstance(value, bool):
            yield {name: not value}
        elif isinstance(value, list):
            yield from ({name: [at]} for at in range(min(len(widget.data.get("tokens", ())), MOST_TOKENS)))


def _bytes(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} cannot travel to a page")
