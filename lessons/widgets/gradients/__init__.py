"""Computation graph: an expression, or a learner's own `Value`, drawn as a graph; forward and backward step by step.

The grammar of an expression, in which spaces do not matter:

    sum      = product { ("+" | "-") product }
    product  = signed { ("*" | "/") signed }
    signed   = ("-" | "+") signed | power                       the minus of a number belongs to the number
    power    = called [ "**" signed ]                           so that -a ** 2 is -(a ** 2), as in Python
    called   = atom { "." function "(" ")" }                    (a + b).tanh()
    atom     = number | variable | function "(" sum ")" | "(" sum ")"
    function = "tanh" | "exp" | "log" | "relu"

A variable is one Latin or Greek letter, with up to three digits if you like (x, w1, w_2, θ), or any name that got a
value in the call. A variable is one node however often it is written; every number and operation is a node of its own,
only an exponent that is a number is part of its operation. `×`, `·` and `−` count as `*`, `*` and `-`.

This module reads an expression with Python's own parser and computes with `lessons.gradients.Value`; the browser does
both itself, in formulas.js. A test runs both on the same texts.
"""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from lessons.gradients import Value
from lessons.widgets import base

MOST_NODES = 40
MOST_CHARACTERS = 300
LARGEST = 1e12  # of a variable: a slider beyond it could not be moved with sense
DUMMY = 0.55  # the height that a passing edge takes, where a node takes 1
FUNCTIONS = ("tanh", "exp", "log", "relu")
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
VARIABLE = re.compile(r"[A-Za-zΑ-Ωα-ω]_?[0-9]{0,3}")


@dataclass
class Node:
    """A node of a graph: its parents are places in the list of nodes, all before its own."""

    operation: str
    parents: tuple[int, ...]
    label: str
    data: float
    locals: tuple[float, ...]
    grad: float = 0.0


@dataclass
class Layout:
    """Column and row of each node, and for each of its edges the places that the edge passes on its way."""

    column: list[int] = field(default_factory=list)
    row: list[float] = field(default_factory=list)
    routes: list[list[list[tuple[int, float]]]] = field(default_factory=list)


# --- reading ----------------------------------------------------------------------------------------------------------


def parse(text: str, known: Sequence[str] = ()) -> ast.expr:
    """The syntax tree of an expression; `known` are names besides single letters.

    Raises ValueError with a sentence that says where and what if the text is not in the grammar above.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"This has {len(text):,} characters; I read at most {MOST_CHARACTERS}.")
    plain = re.sub(r"[\n\r\t]", " ", re.sub("[−–]", "-", re.sub("[×·]", "*", text))).strip(" ")
    if not plain:
        raise ValueError("Type an expression, such as tanh(a * b + c).")
    _check_words(plain)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        place = getattr(error, "offset", None)
        where = f"At character {place}: " if place else ""
        raise ValueError(f"{where}Something is missing or too much in “{plain}”.") from None
    _check(tree, plain, known)
    return tree


def _check_words(text: str) -> None:
    """Signs that no expression has, numbers glued to names, brackets without a partner."""
    place, opened, after_number = 0, [], False
    while place < len(text):
        character = text[place]
        number = NUMBER.match(text, place)
        if number and not after_number:
            place, after_number = number.end(), True
            continue
        if _is_letter(character):
            if after_number:
                raise ValueError(f"At character {place + 1}: before “{character}” a sign such as * is missing.")
            while place < len(text) and (_is_letter(text[place]) or text[place] in "0123456789"):
                place += 1
            continue
        if character == "^":
            raise ValueError(f"At character {place + 1}: A power is written **, as in a ** 2.")
        if character not in " +-*/().0123456789":
            raise ValueError(f"At character {place + 1}: I do not know the sign “{character}”.")
        if character == "(":
            opened.append(place)
        if character == ")" and not opened:
            raise ValueError(f"At character {place + 1}: This ) closes nothing: a ( is missing before it.")
        if character == ")":
            opened.pop()
        place, after_number = place + 1, False
    if opened:
        raise ValueError(f"At character {opened[-1] + 1}: For this bracket a ) is missing.")


def _is_letter(character: str) -> bool:
    return character == "_" or character.isalpha()


def _check(tree: ast.expr, text: str, known: Sequence[str]) -> None:
    """Raises ValueError at the first piece that is Python but not in the grammar."""
    if isinstance(tree, ast.Constant):
        _check_number(tree, text)
    elif isinstance(tree, ast.Name):
        _check_name(tree, known)
    elif isinstance(tree, ast.BinOp) and type(tree.op) in OPERATORS:
        _check(tree.left, text, known)
        _check(tree.right, text, known)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.UAdd | ast.USub):
        _check(tree.operand, text, known)
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and len(tree.args) == 1:
        _check_function(tree.func.id, tree)
        _check(tree.args[0], text, known)
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and not tree.args:
        _check_function(tree.func.attr, tree)
        _check(tree.func.value, text, known)
    else:
        piece = ast.get_source_segment(text, tree) or text
        raise ValueError(f"{_where(tree)}I cannot read “{piece}”. I know + - * / **, brackets, {_function_names()}.")


def _check_number(tree: ast.Constant, text: str) -> None:
    piece = ast.get_source_segment(text, tree) or ""
    if not NUMBER.fullmatch(piece):
        raise ValueError(f"{_where(tree)}I do not know the name “{piece}”.")
    if math.isinf(float(piece)):
        raise ValueError(f"{_where(tree)}The number {piece[:12]} is too large for a computer's numbers.")


def _check_name(tree: ast.Name, known: Sequence[str]) -> None:
    if tree.id in FUNCTIONS:
        raise ValueError(f"{_where(tree)}After {tree.id} a ( is missing.")
    if not VARIABLE.fullmatch(tree.id) and tree.id not in known:
        rule = "A variable is one letter, with a number if you like: x, w1."
        raise ValueError(f"{_where(tree)}I do not know the name “{tree.id}”. {rule}")


def _check_function(name: str, tree: ast.expr) -> None:
    if name not in FUNCTIONS:
        raise ValueError(f"{_where(tree)}I do not know the function “{name}”; I know {_function_names()}.")


def _where(tree: ast.expr) -> str:
    return f"At character {tree.col_offset + 1}: "


def _function_names() -> str:
    return f"{', '.join(FUNCTIONS[:-1])} and {FUNCTIONS[-1]}"


# --- values and gradients ---------------------------------------------------------------------------------------------


def evaluate(text: str, variables: Mapping[str, float]) -> Value:
    """The result of an expression, as the last node of a graph of `Value`s. Variables without a value are 1.

    Raises ValueError with a sentence if the text cannot be read or has no value here, as log(-1).
    """
    leaves: dict[str, Value] = {}
    return _value(parse(text, list(variables)), variables, leaves)


def _value(tree: ast.expr, variables: Mapping[str, float], leaves: dict[str, Value]) -> Value:
    if isinstance(tree, ast.BinOp):
        left, right = _value(tree.left, variables, leaves), _value(tree.right, variables, leaves)
        if isinstance(tree.op, ast.Pow):
            return left**right.data if _is_number(right) else left**right
        operation = {"+": Value.__add__, "-": Value.__sub__, "*": Value.__mul__, "/": Value.__truediv__}
        return operation[OPERATORS[type(tree.op)]](left, right)
    if isinstance(tree, ast.UnaryOp):
        inner = _value(tree.operand, variables, leaves)
        if isinstance(tree.op, ast.UAdd):
            return inner
        return Value(-inner.data) if _is_number(inner) else -inner
    if isinstance(tree, ast.Call):
        if isinstance(tree.func, ast.Attribute):
            return getattr(_value(tree.func.value, variables, leaves), tree.func.attr)()
        assert isinstance(tree.func, ast.Name)
        return getattr(_value(tree.args[0], variables, leaves), tree.func.id)()
    if isinstance(tree, ast.Name):
        return leaves.setdefault(tree.id, Value(variables.get(tree.id, 1.0), label=tree.id))
    assert isinstance(tree, ast.Constant)
    return Value(float(tree.value))  # type: ignore[arg-type]  # _check let only numbers pass


def _is_number(value: Value) -> bool:
    return not value.parents and not value.label


def graph(root: Any) -> list[Node]:
    """The nodes that root was computed from, root last, each one once and after its parents.

    Root is a `Value`, or anything with the same attributes: data, parents, local_gradients, operation and, if it likes,
    label and grad. Raises TypeError for something else, ValueError for a cycle, more than 40 nodes, values that are not
    finite, or parents without local gradients.
    """
    places: dict[int, int] = {}
    nodes: list[Node] = []
    entered: set[int] = set()
    waiting = [(root, False)]
    while waiting:
        value, parents_are_done = waiting.pop()
        if parents_are_done and id(value) not in places:
            places[id(value)] = len(nodes)
            nodes.append(_node(value, places))
        elif not parents_are_done and id(value) not in places:
            if id(value) in entered:
                raise ValueError("This graph runs in a circle: a value is computed from itself.")
            entered.add(id(value))
            waiting.append((value, True))
            waiting += [(parent, False) for parent in reversed(_parents(value)) if id(parent) not in places]
            if len(entered) > MOST_NODES:
                raise ValueError(f"This graph has more than {MOST_NODES} nodes; at most {MOST_NODES} can be drawn.")
    return nodes


def _parents(value: Any) -> tuple[Any, ...]:
    missing = [name for name in ("data", "parents", "local_gradients", "operation") if not hasattr(value, name)]
    if missing:
        kind = type(value).__name__
        raise TypeError(f"A graph is drawn of values with {', '.join(missing)}; this {kind} has no {missing[0]}.")
    return tuple(value.parents)


def _node(value: Any, places: dict[int, int]) -> Node:
    parents = tuple(places[id(parent)] for parent in value.parents)
    slopes = tuple(float(slope) for slope in value.local_gradients)
    name = f"the value {value.label}" if getattr(value, "label", "") else f"a value ({value.operation or 'input'})"
    if len(slopes) != len(parents):
        raise ValueError(f"In this graph {name} has {len(parents)} parents but {len(slopes)} local gradients.")
    data, grad = float(value.data), float(getattr(value, "grad", 0.0) or 0.0)
    if not all(map(math.isfinite, (data, *slopes))):
        raise ValueError(f"In this graph {name} is {data:g} with local gradients {list(slopes)}: not all are finite.")
    label = str(getattr(value, "label", "") or "")
    return Node(str(value.operation), parents, label, data, slopes, grad if math.isfinite(grad) else 0.0)


def gradients(nodes: Sequence[Node]) -> list[float]:
    """The derivative of the last node in each node: over all edges, local derivative times gradient, added up."""
    found = [0.0] * len(nodes)
    found[-1] = 1.0
    for index in reversed(range(len(nodes))):
        for parent, slope in zip(nodes[index].parents, nodes[index].locals, strict=True):
            found[parent] += slope * found[index]
    return found


# --- names and places -------------------------------------------------------------------------------------------------


def node_names(nodes: Sequence[Node]) -> list[str]:
    """What each node is called: its label, or v1, v2, ... in the order of computation."""
    labels = [node.label for node in nodes]
    stems = [stem for stem in "vntu" if not any(label.startswith(stem) for label in labels)]
    stem, count, names = (stems or ["node "])[0], 0, []
    for node in nodes:
        count += bool(node.parents and not node.label)
        unnamed = f"{stem}{count}" if node.parents else "number"
        names.append(_shortened(node.label, 10) if node.label else unnamed)
    return names


def formula(operation: str, inputs: Sequence[str]) -> str:
    """An operation written with the names of its inputs."""
    infix = {"+": "+", "-": "−", "*": "×", "/": "/", "**": "**"}
    if operation in infix and len(inputs) == 2:
        return f"{inputs[0]} {infix[operation]} {inputs[1]}"
    if operation == "neg" and len(inputs) == 1:
        return f"−{inputs[0]}"
    if operation.startswith("**") and len(inputs) == 1:
        return f"{inputs[0]} ** {operation[2:].replace('-', '−')}"
    return f"{operation}({', '.join(inputs)})"


def _shortened(text: str, most: int) -> str:
    return f"{text[: most - 1]}…" if len(text) > most else text


def columns_of(nodes: Sequence[Node]) -> list[int]:
    """Columns from left to right: inputs just left of their first use, every other node right of all its parents."""
    column: list[int] = []
    for node in nodes:
        column.append(1 + max(column[parent] for parent in node.parents) if node.parents else 0)
    first = [math.inf] * len(nodes)
    for index, node in enumerate(nodes):
        for parent in node.parents:
            first[parent] = min(first[parent], column[index])
    return [
        at if node.parents or first[index] == math.inf else int(first[index]) - 1
        for index, (node, at) in enumerate(zip(nodes, column, strict=True))
    ]


def layout(nodes: Sequence[Node]) -> Layout:
    """Places for nodes and edges: columns by order of computation, in them few crossings and short ways."""
    column = columns_of(nodes)
    columns: list[list[int]] = [[] for _ in range(max(column) + 1)]
    left: list[list[int]] = [[] for _ in nodes]
    right: list[list[int]] = [[] for _ in nodes]
    for index in range(len(nodes)):
        columns[column[index]].append(index)
    routes: list[list[list[int]]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        for parent in node.parents:
            last, passed = parent, []
            for at in range(column[parent] + 1, column[index] + 1):
                item = index
                if at < column[index]:
                    item = len(left)
                    left.append([])
                    right.append([])
                    columns[at].append(item)
                    column.append(at)
                    passed.append(item)
                right[last].append(item)
                left[item].append(last)
                last = item
            routes[index].append(passed)
    heights = [1.0] * len(nodes) + [DUMMY] * (len(left) - len(nodes))
    row = _rows(_fewest_crossings(columns, left, right), left, right, heights)
    places = [[[(column[item], row[item]) for item in passed] for passed in all_] for all_ in routes]
    return Layout(column[: len(nodes)], row[: len(nodes)], places)


def _fewest_crossings(columns: list[list[int]], left: list[list[int]], right: list[list[int]]) -> list[list[int]]:
    """Sorts each column by the mean place of its neighbours, to and fro, and keeps the best order seen."""
    best, fewest = [list(items) for items in columns], _crossings(columns, right)
    now = [list(items) for items in columns]
    for sweep in range(8):
        if fewest == 0:
            break
        forward = sweep % 2 == 1
        for at in range(len(now)) if forward else reversed(range(len(now))):
            beside = at - 1 if forward else at + 1
            near = now[beside] if 0 <= beside < len(now) else []
            now[at] = _sorted(now[at], near, left if forward else right)
        count = _crossings(now, right)
        if count < fewest:
            best, fewest = [list(items) for items in now], count
    return best


def _sorted(items: list[int], near: list[int], neighbours: list[list[int]]) -> list[int]:
    places = {item: index for index, item in enumerate(near)}
    keys = {
        item: sum(places[other] for other in neighbours[item]) / len(neighbours[item]) if neighbours[item] else index
        for index, item in enumerate(items)
    }
    return sorted(items, key=lambda item: keys[item])


def _crossings(columns: list[list[int]], right: list[list[int]]) -> int:
    count = 0
    for items, after in pairwise(columns):
        places = {item: index for index, item in enumerate(after)}
        edges = [(index, places[other]) for index, item in enumerate(items) for other in right[item]]
        for index, (a, b) in enumerate(edges):
            count += sum((a - c) * (b - d) < 0 for c, d in edges[index + 1 :])
    return count


def _rows(columns: list[list[int]], left: list[list[int]], right: list[list[int]], heights: list[float]) -> list[float]:
    """Rows: each item as near as its column allows to the mean of its neighbours; 0 at the top."""
    row = [0.0] * len(left)
    for items in columns:
        top = -sum(heights[item] for item in items) / 2
        for item in items:
            row[item] = top + heights[item] / 2
            top += heights[item]
    for sweep in range(12):
        for items in reversed(columns) if sweep % 2 else columns:
            _settle(items, row, left, right, heights)
    return [value - min(row) for value in row]


def _settle(
    items: list[int], row: list[float], left: list[list[int]], right: list[list[int]], heights: list[float]
) -> None:
    wanted = []
    for item in items:
        near = left[item] + right[item]
        wanted.append(sum(row[other] for other in near) / len(near) if near else row[item])
    apart = [(heights[one] + heights[other]) / 2 for one, other in pairwise(items)]
    down, up = list(wanted), list(wanted)
    for index in range(1, len(items)):
        down[index] = max(wanted[index], down[index - 1] + apart[index - 1])
    for index in reversed(range(len(items) - 1)):
        up[index] = min(wanted[index], up[index + 1] - apart[index])
    for index, item in enumerate(items):
        row[item] = (down[index] + up[index]) / 2


# --- the widget -------------------------------------------------------------------------------------------------------

EXPRESSION_TASK = (
    "Step to the result and back, and guess each gradient before it appears. Then play with the values: when does "
    "hardly any gradient reach <code>a</code> and <code>b</code>, and which edge stops it?"
)
VALUE_TASK = (
    "This is your own graph. Step forward to the result; then step back, and before each step say what will be added "
    "to which gradient."
)


class ComputationGraph(base.Widget):
    """A graph to step through; `expression`, `variables` and `step` follow what is seen, and may be set.

    `value` and `gradients` are what the whole passes give. Raises traitlets.TraitError for an expression that cannot
    be read and for variables that are not finite numbers.
    """

    _esm = base.javascript("gradients/formulas.js", "gradients/gradients.js")
    _css = base.style("gradients/gradients.css")

    name = "Computation graph"
    question = (
        "Type <code>a * a + a</code>, or build it from <code>Value</code>s. How many edges lead to <code>a</code>, "
        "what does each one add, and what would <code>=</code> in place of <code>+=</code> leave behind?"
    )

    expression = traitlets.Unicode().tag(sync=True)
    variables = traitlets.Dict(value_trait=traitlets.Float(), key_trait=traitlets.Unicode()).tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)
    nodes: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, expression: str, variables: Mapping[str, float], nodes: Sequence[Node] = ()) -> None:
        plain = [vars(node) | {"parents": list(node.parents), "locals": list(node.locals)} for node in nodes]
        super().__init__(expression=expression, variables=dict(variables), nodes=plain)
        self._own = list(nodes)

    @property
    def task(self) -> str:  # type: ignore[override]
        """What to do: a graph of the learner's own has no values to move."""
        return VALUE_TASK if self.nodes else EXPRESSION_TASK

    @traitlets.validate("expression")
    def _readable(self, proposal: Any) -> Any:
        if proposal["value"]:
            try:
                parse(proposal["value"], list(self.variables))
            except ValueError as error:
                raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @traitlets.validate("variables")
    def _sane_variables(self, proposal: Any) -> Any:
        for name, value in proposal["value"].items():
            _check_variable(name, value, traitlets.TraitError)
        return proposal["value"]

    def graph(self) -> list[Node]:
        """The nodes as they are now. Raises ValueError where the expression has no value, as log(-1)."""
        return self._own or graph(evaluate(self.expression, self.variables))

    @property
    def value(self) -> float:
        """The result."""
        return self.graph()[-1].data

    @property
    def gradients(self) -> dict[str, float]:
        """The derivative of the result in each input that has a name."""
        nodes = self.graph()
        found = zip(nodes, gradients(nodes), strict=True)
        return {node.label: slope for node, slope in found if node.label and not node.parents}

    def picture(self) -> Figure:
        """The whole graph with values, local derivatives and gradients."""
        nodes = self.graph()
        places = layout(nodes)
        height = max(1.6, 0.85 * (max(places.row) + 1.1))
        figure = Figure(figsize=(9, height), layout="none")  # type: ignore[arg-type]  # the stubs lack "none"
        axes = figure.add_axes((0, 0, 1, 1))
        _draw(axes, nodes, places)
        return figure


def _check_variable(name: str, value: Any, error: type[Exception]) -> None:
    letters = bool(name) and name.isidentifier() and unicodedata.normalize("NFKC", name) == name
    if not letters or name in FUNCTIONS:
        raise error(f"“{name}” cannot be the name of a variable: use letters and digits, and none of {FUNCTIONS}.")
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise error(f"The variable {name} must be a number, not {value!r:.40}.")
    if not abs(float(value)) <= LARGEST:
        raise error(f"The variable {name} must be a number between -{LARGEST:g} and {LARGEST:g}, not {value}.")


def _draw(axes: Axes, nodes: Sequence[Node], places: Layout) -> None:
    """Boxes with name, value and gradient; on each edge the local derivative."""
    names, slopes = node_names(nodes), gradients(nodes)
    half, high = 0.37, 0.38
    size = 9 if max(places.column) < 5 else 6.5
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size}
    for index, node in enumerate(nodes):
        x, y = places.column[index], places.row[index]
        for order, edge in enumerate(_arrival(nodes, places, index)):
            port = y + (order - (len(node.parents) - 1) / 2) * 0.3
            parent = node.parents[edge]
            twins = node.parents.count(parent) > 1
            start = places.row[parent] + (port - y if twins else 0)
            way = [(places.column[parent] + half, start), *places.routes[index][edge], (x - half, port)]
            axes.plot(*zip(*way, strict=True), color="0.45", linewidth=1.2, zorder=1)
            (x1, y1), (x2, y2) = way[-2:]
            label = axes.text(0.4 * x1 + 0.6 * x2, 0.4 * y1 + 0.6 * y2, _number(node.locals[edge]), zorder=2, **style)
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})
        box = FancyBboxPatch((x - half, y - high), 2 * half, 2 * high, boxstyle="round,pad=0,rounding_size=0.05")
        box.set(facecolor="white", edgecolor="black", linewidth=1.2, zorder=3)
        axes.add_patch(box)
        inputs = [
            names[parent] if names[parent] != "number" else _number(nodes[parent].data) for parent in node.parents
        ]
        title = names[index] + (f" = {formula(node.operation, inputs)}" if node.parents else "")
        axes.text(x, y - 0.22, _shortened(title, 18), weight="bold", zorder=4, **style)
        axes.text(x, y + 0.02, f"value {_number(node.data)}", color=base.COLOURS["blue"], zorder=4, **style)
        axes.text(x, y + 0.25, f"gradient {_number(slopes[index])}", color=base.COLOURS["red"], zorder=4, **style)
    axes.set(xlim=(-0.45, max(places.column) + 0.45), ylim=(max(places.row) + 0.5, -0.5))
    axes.axis("off")


def _arrival(nodes: Sequence[Node], places: Layout, index: int) -> list[int]:
    """The edges into a node, from the top."""
    parents = nodes[index].parents
    rows = [
        passed[-1][1] if passed else places.row[parent]
        for parent, passed in zip(parents, places.routes[index], strict=True)
    ]
    return sorted(range(len(parents)), key=lambda edge: rows[edge])


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def computation_graph(of: Any = "(a * b + c).tanh()", /, **variables: float) -> ComputationGraph:
    """Step forward and backward through the graph of an expression, or of a `Value` of your own.

    `computation_graph("(a * b + c).tanh()", a=2, b=-3, c=10)` reads the grammar at the top of this module; variables
    that get no number are 1. `computation_graph(loss)` draws the graph behind a `lessons.gradients.Value` or an object
    with the same attributes. Raises ValueError with a sentence for an expression that cannot be read or has no value,
    and for graphs of more than 40 nodes; TypeError for anything else.
    """
    if not isinstance(of, str):
        if variables:
            raise TypeError("The variables of a finished graph have their values already: leave them out.")
        return ComputationGraph("", {}, graph(of))
    for name, value in variables.items():
        _check_variable(name, value, ValueError)
    numbers = {name: float(value) for name, value in variables.items()}
    if of == "(a * b + c).tanh()" and not numbers:
        numbers = {"a": 2.0, "b": -3.0, "c": 7.0}
    graph(evaluate(of, numbers))
    return ComputationGraph(of, numbers)
