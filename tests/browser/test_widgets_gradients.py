"""The computation graph in a real Chromium: read, stepped through, moved; its numbers are those of Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lessons.gradients import Value
from lessons.widgets import gradients as cg
from tests.support.expressions import NUMBERS, READABLE, UNREADABLE

pytestmark = pytest.mark.browser

GRAPH = (
    "from lessons.widgets.gradients import computation_graph\n"
    "widget = computation_graph('(a * b + c).tanh()', a=2, b=-3, c=7)\nwidget"
)
READ = "import json; print(json.dumps([widget.expression, widget.variables, widget.value, widget.gradients]))"
OWN = (
    "from lessons.gradients import Value\nx = Value(3.0, label='x')\ny = x * x\nz = y * y\n"
    "z.backward()\nx.grad = 54.0\ncomputation_graph(z)"
)
TEXTS = [(".lw-graph text", "fill"), ("label", "color"), (".lw-message", "color"), (".lw-keys .lw-hint", "color")]
MARKS = [(".lw-box rect", "stroke"), (".lw-edge.lw-used", "stroke")]


def number(text: str) -> float:
    """A number as the widgets write it: "−0.45", "3.2 × 10⁷"."""
    plain = text.replace("−", "-").replace(" × 10", "e")
    return float(plain.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def text_of(element: Any) -> str:
    """Its text, after the frame in which a change that waits is drawn."""
    element.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return element.text_content()


def shown(out: Any) -> dict[str, tuple[str, str]]:
    """Value and gradient of each node, by what stands at its top."""
    text_of(out.locator(".lw-message"))
    rows = out.locator(".lw-box").evaluate_all(
        """all => all.map((box) =>
            ['.lw-name', '.lw-value', '.lw-gradient'].map((one) => box.querySelector(one).textContent))"""
    )
    return {name: (value, gradient) for name, value, gradient in rows}


def assert_shows(out: Any, text: str, variables: dict[str, float]) -> None:
    """Every value and gradient on the screen equals the one computed here, to the three digits shown."""
    nodes = cg.graph(cg.evaluate(text, variables))
    expected = [pair for node, slope in zip(nodes, cg.gradients(nodes), strict=True) for pair in (node.data, slope)]
    found = [number(text) for pair in shown(out).values() for text in pair]
    assert found == pytest.approx(expected, rel=5.1e-3)


# --- in JupyterLab ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    opened = open_for_all(GRAPH, READ, OWN, zoom=1.5)
    opened.run_all()
    return opened


@pytest.fixture
def graph(notebook: Any) -> Any:
    """The output with a fresh graph of (a * b + c).tanh() at a = 2, b = −3, c = 7."""
    notebook.run_cell(0)
    out = notebook.output(0)
    out.locator(".lessons-widget").scroll_into_view_if_needed()
    return out


def python_says(notebook: Any) -> list:
    """Expression, variables, value and gradients as Python has them now."""
    notebook.page.wait_for_timeout(200)
    notebook.run_cell(1)
    return json.loads(notebook.output(1).locator("pre").text_content())


def test_forward_by_key_and_by_button(notebook: Any, graph: Any) -> None:
    assert shown(graph)["v1 = a × b"] == ("", "")
    graph.locator(".lw-graph-window").focus()
    notebook.page.keyboard.press("ArrowRight")
    assert shown(graph)["v1 = a × b"] == ("−6.00", "")
    told = "v1 = a × b = 2.00 × (−3.00) = −6.00. Local derivatives: −3.00 in a, 2.00 in b"
    assert told in text_of(graph.locator(".lw-message"))
    graph.get_by_role("button", name="To the result").click()
    assert shown(graph)["v3 = tanh(v2)"] == ("0.762", "")


def test_backward_step_by_step_to_the_end_and_one_back(notebook: Any, graph: Any) -> None:
    message, keyboard = graph.locator(".lw-message"), notebook.page.keyboard
    graph.get_by_role("button", name="To the result").click()
    for _ in range(2):
        graph.get_by_role("button", name="Step").click()
    assert "gradient of v2 += local derivative × gradient of v3 = 0.420 × 1.00 = 0.420." in text_of(message)
    assert shown(graph)["v1 = a × b"] == ("−6.00", "0")
    graph.locator(".lw-graph-window").focus()
    keyboard.press("End")
    assert_shows(graph, "(a * b + c).tanh()", {"a": 2, "b": -3, "c": 7})
    assert "−1.26 in a, 0.840 in b, 0.420 in c" in text_of(message)
    keyboard.press("ArrowLeft")
    assert shown(graph)["b"] == ("−3.00", "0")
    assert notebook.page.locator(".jp-Notebook .jp-Cell").count() == 3  # no key was taken for a command on cells


def test_values_by_slider_and_by_field(graph: Any) -> None:
    graph.locator(".lw-graph-window").press("End")
    graph.get_by_label("c, slider").press("ArrowLeft")
    assert_shows(graph, "(a * b + c).tanh()", {"a": 2, "b": -3, "c": 6.8})
    graph.get_by_label("b =", exact=True).fill("-3.3")
    assert_shows(graph, "(a * b + c).tanh()", {"a": 2, "b": -3.3, "c": 6.8})


def test_what_cannot_be_read_is_told_and_the_graph_stays(graph: Any) -> None:
    root, fault, field = graph.locator(".lessons-widget"), graph.locator(".lw-fault"), graph.get_by_label("Expression")
    graph.locator(".lw-graph-window").press("End")
    height = root.bounding_box()["height"]
    field.fill("(a * b + c).tan")
    assert "At character 13: I do not know the function “tan”; I know tanh, exp, log and relu." in text_of(fault)
    assert field.get_attribute("aria-invalid") == "true"
    assert_shows(graph, "(a * b + c).tanh()", {"a": 2, "b": -3, "c": 7})
    sentences = {"x" * 10_000: "10,000 characters", "你好": "“你好”", "😀": "sign “😀”", "": "Type an expression"}
    for text, sentence in sentences.items():
        field.fill(text)
        assert sentence in text_of(fault)
    assert abs(root.bounding_box()["height"] - height) < 1


def test_a_value_that_does_not_exist_is_told(graph: Any) -> None:
    message, field = graph.locator(".lw-message"), graph.get_by_label("Expression")
    graph.locator(".lw-graph-window").press("End")
    field.fill("log(b - c) * a")
    assert text_of(graph.locator(".lw-fault")) == ""
    told = "at v2 = log(v1): log(−10.0) is not defined: a logarithm needs a number above 0."
    assert told in text_of(message)
    field.fill("exp(a * 1000)")
    assert "The result of this exp is too large" in text_of(message)


def test_shared_nodes_add_up_new_names_get_a_slider_and_python_hears(notebook: Any, graph: Any) -> None:
    graph.get_by_label("Expression").fill("a * a + a * d")
    graph.locator(".lw-graph-window").press("End")
    assert_shows(graph, "a * a + a * d", {"a": 2, "d": 1})
    told = "3 edges lead to a, and all count: 3.00 + 2.00 = 5.00."
    assert told in text_of(graph.locator(".lw-message"))
    assert graph.locator(".lw-variable").count() == 2
    expression, variables, value, slopes = python_says(notebook)
    assert (expression, value, slopes) == ("a * a + a * d", 6, {"a": 5, "d": 2})
    assert variables == {"a": 2, "b": -3, "c": 7, "d": 1}


def test_a_wrong_gradient_in_a_graph_of_values_is_found_out(notebook: Any) -> None:
    notebook.run_cell(2)
    own = notebook.output(2)
    assert own.get_by_label("Expression").count() == 0
    own.get_by_role("button", name="To the gradients").click()
    assert number(shown(own)["x"][1]) == pytest.approx(4 * 3**3)
    assert "the .grad of x is 54.0, here it is 108" in text_of(own.locator(".lw-message"))


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_how_it_looks(notebook: Any, graph: Any, looks: Callable, theme: str) -> None:
    notebook.theme(theme)
    graph.locator(".lw-graph-window").press("End")
    root, own = graph.locator(".lessons-widget"), notebook.output(2).locator(".lessons-widget")
    looks(root, TEXTS, MARKS)
    looks(own, [TEXTS[0], TEXTS[2], TEXTS[3]], [MARKS[0]])
    markup = root.evaluate("node => node.outerHTML")
    assert not any(word in markup for word in ("NaN", "Infinity", "undefined"))
    notebook.theme("Light")


BARE = """async ([source, style, values]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    const set = (name, value) => { values[name] = value; };
    const model = { get: (name) => values[name], set, save_changes: () => {}, on: () => {} };
    widget.render({ model, el: document.getElementById("here") });
}"""


def test_it_lives_in_a_narrow_page_without_python(browser: Any, looks: Callable) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    text = "+".join(f"x{index}" for index in range(20))
    widget = cg.computation_graph(text)
    names = ("expression", "variables", "step", "nodes")
    page.evaluate(BARE, [widget._esm, widget._css, {name: getattr(widget, name) for name in names}])
    page.get_by_role("button", name="To the gradients").click()
    assert_shows(page, text, {})
    looks(page.locator(".lessons-widget"), TEXTS, MARKS)
    window = page.locator(".lw-graph-window")
    assert window.evaluate("node => node.scrollWidth > 3 * node.clientWidth")  # long graphs scroll, they do not shrink
    window.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    active = page.locator(".lw-box.lw-active").bounding_box()
    assert 0 <= active["x"] < 360
    page.close()


# --- the formulas, in both languages ----------------------------------------------------------------------------------


ALL = """(texts, numbers) => texts.map((text) => {
    try {
        const nodes = widget.parse(text, Object.keys(numbers));
        const { values, locals, problem } = widget.forward(nodes, numbers);
        if (problem) return { problem: problem.reason };
        const { gradients, steps } = widget.backward(nodes, locals);
        const { column, row, routes } = widget.layout(nodes);
        const names = widget.nodeNames(nodes);
        return { nodes, values, locals, gradients, names, column, row, routes, last: steps.map(({ after }) => after) };
    } catch (error) {
        return { fault: error.message };
    }
})"""


@pytest.fixture(scope="module")
def compute(javascript: Callable) -> Callable:
    """Reads, computes and lays out texts with the widget's own functions."""
    page = javascript(cg.ComputationGraph._esm).page
    return lambda texts, numbers: page.evaluate(f"([texts, numbers]) => ({ALL})(texts, numbers)", [texts, numbers])


def test_javascript_and_python_agree(compute: Callable) -> None:
    for text, found in zip(READABLE, compute(READABLE, NUMBERS), strict=True):
        nodes = cg.graph(cg.evaluate(text, NUMBERS))
        assert "fault" not in found, (text, found)
        assert [tuple(node["parents"]) for node in found["nodes"]] == [node.parents for node in nodes], text
        assert [node["operation"] for node in found["nodes"]] == [node.operation for node in nodes], text
        assert found["names"] == cg.node_names(nodes)
        scale = {"rel": 1e-10, "abs": 1e-14}
        assert found["values"] == pytest.approx([node.data for node in nodes], **scale), text
        assert found["gradients"] == pytest.approx(cg.gradients(nodes), **scale), text
        slopes = [slope for node in nodes for slope in node.locals]
        assert [slope for all_ in found["locals"] for slope in all_] == pytest.approx(slopes, **scale), text
        places = cg.layout(nodes)
        assert found["column"] == places.column, text
        assert found["row"] == pytest.approx(places.row), text
        assert [[[tuple(place) for place in way] for way in ways] for ways in found["routes"]] == [
            [[(column, pytest.approx(row)) for column, row in way] for way in ways] for ways in places.routes
        ]


def test_both_refuse_the_same_texts_with_a_sentence(compute: Callable) -> None:
    for text, found in zip(UNREADABLE, compute(UNREADABLE, {}), strict=True):
        assert found.get("fault", "") > "", ascii(text[:40])
        assert len(found["fault"]) < 400
        assert found["fault"].endswith((".", "x, w1."))


def test_both_see_where_there_is_no_value(compute: Callable) -> None:
    texts = [
        "log(-1)",
        "log(0)",
        "1 / 0",
        "a / (a - a)",
        "exp(1000)",
        "1e308 * 10",
        "(-8) ** 0.5",
        "0 ** -1",
        "0 ** 0.5",
        "(-2) ** a",
    ]
    texts += ["(1e200) ** 2", "log(1e-320)", "0 / 0", "tanh(exp(800))"]
    for text, found in zip(texts, compute(texts, {"a": 1.0}), strict=True):
        assert found.get("problem", "") > "", (text, found)
        with pytest.raises(ValueError, match=r"\w+ \w+"):
            cg.computation_graph(text, a=1)


def test_random_expressions_are_the_same_graph(compute: Callable) -> None:
    import random

    rng = random.Random(0)

    def write(depth: int) -> str:
        if depth == 0 or rng.random() < 0.15:
            return rng.choice(["a", "b", "c", "0.7", "2", "θ", "x_1"])
        kind = rng.random()
        if kind < 0.55:
            return f"({write(depth - 1)} {rng.choice('+-*')} {write(depth - 1)})"
        if kind < 0.75:
            return f"{rng.choice(['tanh', 'relu'])}({write(depth - 1)})"
        if kind < 0.85:
            return f"-{write(depth - 1)} ** {rng.choice([0, 1, 2, 3])}"
        return f"({write(depth - 1)}) / ({write(depth - 1)} ** 2 + 1)"

    texts = [text for text in (write(4) for _ in range(300)) if len(text) <= cg.MOST_CHARACTERS]
    numbers = {"a": 0.5, "b": -1.2, "c": 0.9, "θ": 1.1}
    checked = 0
    for text, found in zip(texts, compute(texts, numbers), strict=True):
        try:
            nodes = cg.graph(cg.evaluate(text, numbers))
        except ValueError:
            assert set(found) & {"fault", "problem"}, text
            continue
        size = max(abs(slope) for slope in cg.gradients(nodes))
        assert found["gradients"] == pytest.approx(cg.gradients(nodes), rel=1e-10, abs=1e-12 * size), text
        assert found["column"] == cg.layout(nodes).column, text
        checked += 1
    assert checked > 200


def test_the_backward_pass_adds_edge_by_edge(compute: Callable) -> None:
    [found] = compute(["a * a + a"], {"a": 3.0})
    assert found["last"] == [1, 1, 4, 7]  # to v1; to a: 1, then 3 more, then 3 more
    a = Value(3.0)
    (a * a + a).backward()
    assert a.grad == found["last"][-1]
