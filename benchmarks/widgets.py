"""How fast a widget answers in JupyterLab: milliseconds from an input event to the new picture, p50 and p95.

    python benchmarks/widgets.py [--events 240] [--only graph]

`Fit a line` and the attention explorer compute in the browser; two small sliders let the kernel compute. Every event
is a real one, of the mouse or the keyboard in a headless Chromium. "picture" is the changed document, "screen" the end
of the frame that draws it (or, for kernels, the loaded picture). Writes benchmarks/results/widgets.json.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from lessons.course.assets import ROOT
from lessons.kit import results

TARGETS = {"browser": 16.0, "kernel": 100.0, "whole text": 150.0}  # the last: all tokens of a text are computed anew

FIT = "from lessons.widgets.linear_models import fit_a_line\nfit_a_line()"

EXPLORE = """
from lessons.widgets.attention import attention_explorer
attention_explorer("the cat sat on the mat and looked at the muddy river " * 6)  # 64 tokens
"""

ROOT_NODE = ".lessons-widget"

GRAPH = """
from lessons.widgets.gradients import computation_graph
widget = computation_graph("log(a*b+9)+a*a/(b-c)**2+relu(a)-exp(-c)*c**b", a=2, b=3, c=7)
widget.step = 41
widget
"""

DIGIT = """
import torch
from lessons.neural_networks import mlp
from lessons.widgets.neural_networks import draw_a_digit
torch.manual_seed(0)
draw_a_digit(mlp((784, 512, 256, 10)))
"""

WRITE = """
import torch
from lessons.gpt import GPT, recipe
from lessons.widgets.gpt import inside_gpt
torch.manual_seed(0)
inside_gpt(GPT(recipe.config()), recipe.tokenizer(), "To be or not to be, " * 7)  # most of its 64 positions
"""

CURVE = '''
import anywidget, numpy as np, traitlets
from lessons.widgets import base

class Curve(anywidget.AnyWidget):
    """A slider whose curve the kernel computes and the browser draws."""
    _esm = base.javascript() + """
    export default { render({ model, el }) {
      const { root } = frame({ model, el }, "Curve");
      const input = html("input", { type: "range", min: 1, max: 1000 });
      const figure = plot({ title: "Curve", xLabel: "x", yLabel: "y" });
      figure.setDomain([0, 1], [-1, 1]);
      const line = svg("path", { fill: "none", stroke: COLOURS.blue });
      figure.layer("curve").append(line);
      const place = (y, index, all) => [figure.x(index / all.length), figure.y(y)];
      const draw = () => setAttributes(line, { d: pathData(model.get("y").map(place)) });
      input.addEventListener("input", () => update(model, root, { frequency: Number(input.value) }));
      model.on("change:y", draw);
      draw();
      root.append(input, figure.root);
    } };"""
    _css = base.style()
    frequency = traitlets.Int(1).tag(sync=True)
    y = traitlets.List().tag(sync=True)

    @traitlets.observe("frequency")
    def compute(self, change=None):
        self.y = np.sin(0.1 * self.frequency * np.linspace(0, 1, 200)).tolist()

curve = Curve()
curve.compute()
curve
'''

FIGURE = """
import io, ipywidgets, numpy as np
from matplotlib.figure import Figure
x = np.linspace(0, 1, 200)
figure = Figure(figsize=(5, 3))
axes = figure.subplots()
line, = axes.plot(x, x)
axes.set_ylim(-1, 1)
picture = ipywidgets.Image(format="png")
slider = ipywidgets.IntSlider(1, 1, 1000)

def draw(change=None):
    line.set_ydata(np.sin(0.1 * slider.value * x))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture.value = buffer.getvalue()

slider.observe(draw, "value")
draw()
ipywidgets.VBox([slider, picture])
"""

# Notes when each input event arrives, when the picture has changed, and when the frame that shows it is over.
WATCH = """([selector, type]) => {
    const picture = document.querySelector(selector);
    const record = (window.record = { events: 0, picture: [], screen: [], frames: new Set() });
    let waiting = [];
    const asked = () => { record.events += 1; waiting.push(performance.now()); };
    addEventListener(type, asked, true);
    const changed = () => {
        const [events, now] = [waiting, performance.now()];
        waiting = [];
        if (!events.length) return;
        record.picture.push(...events.map((start) => now - start));
        const shown = () => record.screen.push(...events.map((start) => performance.now() - start));
        requestAnimationFrame((frame) => {
            record.frames.add(frame);
            const channel = new MessageChannel();
            channel.port1.onmessage = shown;
            channel.port2.postMessage(0);
        });
    };
    if (picture.tagName === "IMG") picture.addEventListener("load", changed);
    else new MutationObserver(changed).observe(picture, { subtree: true, childList: true, attributes: true });
}"""


def opened(tools: ModuleType, browser: Any, lab: Any, source: str) -> Any:
    """A page that shows the output of one cell."""
    notebook = tools.Pages(lab, browser).open(source)
    notebook.run_all()
    return notebook.page


def drag_round(page: Any, selector: str, n: int, radius: float = 40) -> None:
    """Hold an element and move it round a circle, one move every sixtieth of a second."""
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for angle in np.linspace(0, 6 * np.pi, n):
        paced(lambda angle=angle: page.mouse.move(x + radius * np.cos(angle), y + radius * np.sin(angle)))
    page.mouse.up()


def draw_spiral(page: Any, selector: str, n: int) -> None:
    """Draw a spiral, one move every sixtieth of a second, on paper cleared before."""
    page.get_by_role("button", name="Clear").click()
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for turn in np.linspace(0, 1, n):
        radius, angle = 0.42 * box["width"] * turn, 6 * np.pi * turn
        place = (x + radius * np.cos(angle), y + radius * np.sin(angle))
        paced(lambda place=place: page.mouse.move(*place))
    page.mouse.up()


def paced(act: Callable[[], None], seconds: float = 1 / 60) -> None:
    """Act, then wait until the sixtieth of a second is over."""
    start = time.perf_counter()
    act()
    time.sleep(max(0.0, seconds - (time.perf_counter() - start)))


def press_paced(page: Any, selector: str, n: int) -> None:
    """Arrow keys at thirty a second, as a held key repeats."""
    page.locator(selector).focus()
    for turn in range(n):
        paced(lambda turn=turn: page.keyboard.press("ArrowLeft" if turn % 40 < 20 else "ArrowRight"), 1 / 30)


def press_and_wait(page: Any, selector: str, n: int) -> None:
    """Arrow keys, each after the answer to the one before."""
    page.locator(selector).focus()
    for turn in range(n):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"record.screen.length > {turn}", polling=20)


def hover_paced(page: Any, selector: str, n: int) -> None:
    """From token to token, one move every sixtieth of a second."""
    page.locator(selector).nth(19).scroll_into_view_if_needed()
    page.locator(selector).first.scroll_into_view_if_needed()
    boxes = [page.locator(selector).nth(index).bounding_box() for index in range(20)]
    for turn in range(n):
        box = boxes[turn % 20]
        paced(lambda box=box: page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))


def edit_the_beginning(page: Any, selector: str, n: int) -> None:
    """Another first letter, four times a second: every token has to be computed again."""
    page.locator(selector).focus()
    page.keyboard.press("Home")
    for _ in range(n):
        paced(lambda: page.keyboard.type("x"), 1 / 4)
        page.keyboard.press("Backspace")


def write_and_remove(page: Any, selector: str, n: int) -> None:
    """A token more, then one less, four times a second."""
    for turn in range(n):
        name = "Write a token" if turn % 2 == 0 else "Remove the last"
        paced(page.locator(selector).get_by_role("button", name=name).click, 1 / 4)


SCENES: dict[str, tuple[str, str, str, str, str, Callable[[Any, str, int], None]]] = {
    "drag a point, browser": ("browser", FIT, ".lw-panels", "pointermove", ".lw-points .lw-dot >> nth=3", drag_round),
    "drag the line, browser": ("browser", FIT, ".lw-panels", "pointermove", ".lw-place", drag_round),
    "learning rate by keys, browser": ("browser", FIT, ROOT_NODE, "keydown", "input[type=range]", press_paced),
    "temperature, 64 tokens": ("browser", EXPLORE, ROOT_NODE, "keydown", "input[type=range]", press_paced),
    "hover tokens, 64 tokens": ("browser", EXPLORE, ".lw-columns", "pointerover", ".lw-token", hover_paced),
    "heads by keys, 64 tokens": ("browser", EXPLORE, ROOT_NODE, "keydown", ".lw-heads", press_paced),
    "graph of 19 nodes by slider, browser": (
        "browser", GRAPH, ".lw-graph", "keydown", "[aria-label='a, slider']", press_paced,
    ),
    "draw a digit, 784-512-256-10, browser": (
        "browser", DIGIT, ".lessons-widget", "pointermove", ".lw-paper", draw_spiral,
    ),
    "write a token, your GPT": ("browser", WRITE, ".lw-gpt-tokens", "click", ".lw-buttons", write_and_remove),
    "another first letter, your GPT": (
        "whole text", WRITE, ".lw-gpt-stages", "input", ".lw-text input", edit_the_beginning,
    ),
    "curve from the kernel": ("kernel", CURVE, ".lw-curve", "keydown", "input[type=range]", press_and_wait),
    "matplotlib in the kernel": ("kernel", FIGURE, ".jp-OutputArea img", "keydown", ".noUi-handle", press_and_wait),
}  # fmt: skip


def measure(page: Any, picture: str, event: str, target: str, act: Callable, n: int) -> dict[str, float]:
    """Milliseconds and frames of one scene; a tenth as many events warm it up."""
    page.locator(target).first.wait_for()
    page.evaluate(WATCH, [picture, event])
    act(page, target, n // 10)
    page.wait_for_timeout(500)
    page.evaluate("() => { Object.assign(record, { events: 0, picture: [], screen: [] }); record.frames.clear(); }")
    act(page, target, n)
    page.wait_for_timeout(500)
    record = page.evaluate("() => ({ ...record, frames: record.frames.size })")
    row: dict[str, float] = {"events": record["events"], "frames_shown": record["frames"]}
    for name in ("picture", "screen"):
        for percent in (50, 95):
            row[f"{name}_p{percent}_ms"] = round(float(np.percentile(record[name], percent)), 1)
    return row


def main(events: int, only: str) -> None:
    """Run all scenes, print the table, write it down."""
    sys.path.insert(0, str(ROOT))  # a script knows its own folder alone
    from tests.support import browser as tools

    rows = {}
    with tempfile.TemporaryDirectory() as place, tools.jupyterlab(Path(place)) as lab, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=next(filter(None, tools.CHROMIUM)), args=tools.FLAGS)
        for name, (kind, source, picture, event, target, act) in SCENES.items():
            if only not in name:
                continue
            page = opened(tools, browser, lab, source)
            n = events if kind == "browser" else max(20, events // 4)
            rows[name] = {**measure(page, picture, event, target, act, n), "target_ms": TARGETS[kind]}
            page.close()
            print(f"{name:37s}", rows[name], flush=True)
        chromium = browser.version
        browser.close()
    tooling = {name: version(name) for name in ("jupyterlab", "anywidget", "ipywidgets", "ipykernel")}
    if only:
        return table(rows)
    file = results.save("widgets", "latency", {"rows": rows, "chromium": chromium, **tooling})
    table(rows)
    print(f"Chromium {chromium}, {tooling}, {results.machine()}\nwritten to {file.name}")


def table(rows: dict[str, dict[str, float]]) -> None:
    """The rows as text."""
    print(f"\n{'':37s} {'picture p50':>11s} {'p95':>6s} {'target':>7s} {'screen p50':>11s} {'p95':>6s} {'frames':>9s}")
    for name, row in rows.items():
        times = f"{row['picture_p50_ms']:11.1f} {row['picture_p95_ms']:6.1f} {row['target_ms']:7.0f}"
        screen = f"{row['screen_p50_ms']:11.1f} {row['screen_p95_ms']:6.1f}"
        print(f"{name:37s} {times} {screen} {row['frames_shown']:4.0f}/{row['events']:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=240)
    parser.add_argument("--only", default="", help="scenes whose name has this in it; printed, not written down")
    options = parser.parse_args()
    if not shutil.which("chromium") and not shutil.which("google-chrome"):
        parser.error("there is no Chromium on the PATH")
    main(options.events, options.only)
