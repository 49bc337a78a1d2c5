"""The computation graph without a browser: what it reads, its gradients against torch, places, outputs, sentences."""

from __future__ import annotations

import base64
import io
import math
import re
from typing import Any

import pytest
import torch
from matplotlib import image
from traitlets import TraitError

from lessons.gradients import Value
from lessons.widgets import gradients as cg
from tests.support.expressions import NUMBERS, READABLE, UNREADABLE


def with_torch(text: str) -> tuple[float, dict[str, float]]:
    """Value and gradients of an expression that Python itself evaluates on torch scalars."""
    names = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in NUMBERS.items()}
    functions: dict[str, Any] = {name: getattr(torch, name) for name in cg.FUNCTIONS}
    plain = text.replace("·", "*").replace("×", "*").replace("−", "-")
    plain = re.sub(r"(?<![\w.])(\d+\.?\d*(?:e-?\d+)?|\.\d+)", r"number(\1)", plain)
    result = eval(
        plain,
        {"__builtins__": {}},
        names | functions | {"number": lambda value: torch.tensor(float(value), dtype=torch.float64)},
    )
    if result.requires_grad:
        result.backward()
    return result.item(), {name: 0.0 if leaf.grad is None else leaf.grad.item() for name, leaf in names.items()}


# --- what it reads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [text for text in READABLE if text != "00 + a"])
def test_value_and_gradients_are_torchs(text):
    value, slopes = with_torch(text)
    widget = cg.computation_graph(text, **NUMBERS)
    assert widget.value == pytest.approx(value, rel=1e-10, abs=1e-12)
    for name, slope in widget.gradients.items():
        assert slope == pytest.approx(slopes[name], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: ascii(text[:20]))
def test_what_cannot_be_read_gets_a_sentence(text):
    with pytest.raises(ValueError, match=r"^[A-Z]") as caught:
        cg.computation_graph(text)
    assert len(str(caught.value)) < 400
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a + foo", "At character 5: I do not know the name “foo”"),
        ("(a + b", "At character 1: For this bracket a ) is missing."),
        ("a + b)", "At character 6: This ) closes nothing"),
        ("a + sin(b)", "At character 5: I do not know the function “sin”; I know tanh, exp, log and relu."),
        ("a ^ 2", "At character 3: A power is written **"),
        ("x" * 10_000, "This has 10,000 characters; I read at most 300."),
        ("log(-1)", "log(-1) is not defined"),
        ("1 / (a - a)", "Division by zero"),
        ("exp(1000)", "too large"),
        ("1e308 * 10", "not all are finite"),
        ("(-8) ** 0.5", "not a real number"),
        ("+".join(["a * b"] * 30), "more than 40 nodes"),
    ],
)
def test_the_sentence_says_where_and_what(text, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        cg.computation_graph(text)


def test_names_that_got_a_value_are_known_and_others_are_one():
    widget = cg.computation_graph("weight * x", weight=3)
    assert (widget.value, widget.gradients) == (3, {"weight": 1, "x": 3})


@pytest.mark.parametrize(
    "options", [{"tanh": 1}, {"a": math.nan}, {"a": 1e13}, {"a": "2"}, {"a": True}, {"a": None}], ids=str
)
def test_variables_that_no_slider_can_show_are_refused(options):
    with pytest.raises(ValueError, match="variable"):
        cg.computation_graph("a + 1", **options)


# --- graphs of Values -------------------------------------------------------------------------------------------------


class Mine:
    """A learner's own class: only the attributes."""

    def __init__(self, data, parents=(), local_gradients=(), operation=""):
        self.data, self.parents, self.local_gradients, self.operation = data, parents, local_gradients, operation


def test_a_graph_of_values_keeps_shared_nodes_once():
    a = Value(3.0, label="a")
    b = a * a
    root = (b + b) * b
    root.backward()
    widget = cg.computation_graph(root)
    assert len(widget.nodes) == 4
    assert widget.gradients == {"a": pytest.approx(a.grad)}
    assert a.grad == pytest.approx(8 * 3.0**3)
    assert widget.nodes[0]["grad"] == a.grad


def test_a_class_with_the_same_attributes_will_do():
    a = Mine(2.0)
    root = Mine(math.sin(2.0) * 2.0, (a, a), (math.sin(2.0), 2 * math.cos(2.0)), "x sin x")
    nodes = cg.computation_graph(root).graph()
    assert cg.gradients(nodes)[0] == pytest.approx(math.sin(2) + 2 * math.cos(2))


def test_objects_that_are_no_graph_are_refused():
    circle = Mine(1.0)
    circle.parents, circle.local_gradients = (circle,), (1.0,)
    long = Value(1.0)
    for _ in range(100_000):
        long = long + 1.0
    refusals = [(circle, "circle"), (long, "more than 40"), (Mine(1.0, (Mine(2.0),), ()), "local gradients")]
    for root, sentence in [*refusals, (Mine(math.nan), "finite")]:
        with pytest.raises(ValueError, match=sentence):
            cg.computation_graph(root)
    for root in (3.0, None, [Value(1.0)], Mine(1.0, (2.0,), (1.0,))):
        with pytest.raises(TypeError, match="no data"):
            cg.computation_graph(root)
    with pytest.raises(TypeError, match="leave them out"):
        cg.computation_graph(Value(1.0), a=2)


# --- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [*READABLE, "+".join("abcdefghij") + "*a", "a+a+a+a+a+a+a+a+a+a", "tanh(" * 38 + "x" + ")" * 38]
)
def test_parents_stand_left_and_nothing_overlaps(text):
    nodes = cg.graph(cg.evaluate(text, NUMBERS))
    places = cg.layout(nodes)
    spots = [(places.column[index], places.row[index], 1.0) for index in range(len(nodes))]
    for index, node in enumerate(nodes):
        assert all(places.column[parent] < places.column[index] for parent in node.parents)
        for parent, passed in zip(node.parents, places.routes[index], strict=True):
            assert [column for column, _ in passed] == list(range(places.column[parent] + 1, places.column[index]))
            spots += [(column, row, cg.DUMMY) for column, row in passed]
    assert min(row for _, row, _ in spots) == 0
    for index, (column, row, height) in enumerate(spots):
        for other_column, other_row, other_height in spots[index + 1 :]:
            assert column != other_column or abs(row - other_row) >= (height + other_height) / 2 - 1e-9


def test_a_tree_is_drawn_without_a_crossing():
    nodes = cg.graph(cg.evaluate("(a + b * c) * (d + e / (f - g)) - h", {"f": 3.0}))
    places = cg.layout(nodes)
    edges = [(parent, index) for index, node in enumerate(nodes) for parent in node.parents]
    between = [
        ((places.row[p] - places.row[r]) * (places.row[q] - places.row[s]))
        for p, q in edges
        for r, s in edges
        if places.column[p] == places.column[r] and places.column[q] == places.column[s]
    ]
    assert min(between) >= 0


def test_names_and_formulas():
    nodes = cg.graph(cg.evaluate("-(v1 ** 2) * 3", {"v1": 2.0}))
    assert cg.node_names(nodes) == ["v1", "n1", "n2", "number", "n3"]
    assert [cg.formula(node.operation, ["p", "q"][: len(node.parents)]) for node in nodes[1:3]] == ["p ** 2", "−p"]
    assert cg.formula("softplus", ["p"]) == "softplus(p)"


# --- the widget without its view --------------------------------------------------------------------------------------


def test_the_values_can_be_read_and_set():
    widget = cg.computation_graph("a * b", a=2, b=5)
    widget.variables = {"a": 3.0, "b": 5.0}
    widget.expression = "a * b + a"
    assert (widget.value, widget.gradients) == (18, {"a": 6, "b": 3})
    for name, value in (
        ("expression", "a *"),
        ("variables", {"a": math.inf}),
        ("variables", {"log": 1.0}),
        ("step", -1),
    ):
        with pytest.raises(TraitError):
            setattr(widget, name, value)
    assert widget.expression == "a * b + a"


@pytest.mark.parametrize("text", ["(a * b + c).tanh()", "a", "+".join("abcdefghijklmnop"), "a * a + a / (b - c) ** 2"])
def test_the_output_is_view_picture_and_a_constant_text(text):
    first, second = (cg.computation_graph(text, b=3).bundle() for _ in range(2))
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert first["text/plain"] == second["text/plain"]
    assert first["image/png"] == second["image/png"]
    picture = base64.b64decode(first["image/png"])
    _, width, _ = image.imread(io.BytesIO(picture)).shape
    assert width == 720
    assert len(picture) < 60_000


def test_the_picture_shows_values_local_derivatives_and_gradients():
    texts = [text.get_text() for text in cg.computation_graph("a * b", a=2, b=-3).picture().axes[0].texts]
    assert {"a", "b", "v1 = a × b", "value −6", "gradient −3", "gradient 2", "gradient 1", "−3", "2"} <= set(texts)


def test_the_heading_has_the_task_the_question_and_the_note():
    for widget, task in (
        (cg.computation_graph(), "guess each gradient"),
        (cg.computation_graph(Value(1.0)), "your own graph"),
    ):
        assert task in widget.heading()
        assert "Open question" in widget.heading()
        assert "Run this cell to bring “Computation graph” to life." in widget.heading()


def test_the_module_is_one_file_that_asks_nothing_of_anyone():
    source = cg.ComputationGraph._esm
    assert source.count("export default") == 1
    assert not re.search(r"\beval\(|\bFunction\(|\bimport\(", source)
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(cg.ComputationGraph._css)
    assert set(re.findall(r"model\.(\w+)\(", source)) <= {"get", "set", "save_changes", "on"}
