"""Make the pictures of the README: python docs/pictures.py [NAME ...]

Those of widgets, exercises and notebooks are screenshots of JupyterLab in a headless Chromium, as a learner sees them;
the figures are cut out of the stored notebooks. Each is stored as a PNG with a palette of 128 colours.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1000, 1700  # tall: nothing of a widget lies outside the window

FIGURES = {"fine_tuning.png": ("08_fine_tuning", "history.plot()")}  # name -> notebook, code of the cell that drew it

MISTAKE = '''
from lessons.exercises import exercise

@exercise("attention.attend")
def attend(query, key, value):
    """query (..., n, d), key (..., m, d), value (..., m, e) -> (..., n, e)."""
    scores = query @ key.mT / query.shape[-1]
    return scores.softmax(-1) @ value
'''


def _wait(page: Any) -> None:
    page.wait_for_timeout(1500)


def _to_the_gradients(page: Any) -> None:
    page.get_by_role("button", name="To the gradients").click()
    _wait(page)


SCREENSHOTS: dict[
    str, tuple[str, str, Callable[[Any], None]]
] = {  # name -> source, what is cut out, what is done first
    "attention_explorer.png": (
        "from lessons.widgets.attention import attention_explorer\nattention_explorer()",
        ".lessons-widget",
        _wait,
    ),
    "computation_graph.png": (
        "from lessons.widgets.gradients import computation_graph\ncomputation_graph()",
        ".lessons-widget",
        _to_the_gradients,
    ),
    "fit_a_line.png": ("from lessons.widgets.linear_models import fit_a_line\nfit_a_line()", ".lessons-widget", _wait),
    "exercise.png": (MISTAKE.strip(), ".jp-Notebook .jp-Cell", _wait),
}


def small(png: bytes) -> bytes:
    """The picture with a palette of 128 colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, "png", optimize=True)
    return min(png, out.getvalue(), key=len)


def figure(notebook: str, code: str) -> bytes:
    """The first PNG below the cell with this code. Raises LookupError if there is none."""
    file = ROOT / "notebooks" / f"{notebook}.ipynb"
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        if code in "".join(cell["source"]):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    return base64.b64decode("".join(output["data"]["image/png"]))
    raise LookupError(f"{file.name} has no picture below a cell with {code!r}.")


def screenshots(names: list[str]) -> None:
    """Run each source in a notebook of its own, and store what it shows."""
    sys.path.insert(0, str(ROOT))  # a script knows its own folder alone
    from tests.support import browser as tools

    with tempfile.TemporaryDirectory() as place, tools.jupyterlab(Path(place)) as lab, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=next(filter(None, tools.CHROMIUM)), args=tools.FLAGS)
        for name in names:
            source, selector, prepare = SCREENSHOTS[name]
            file = lab.folder / f"{Path(name).stem}.ipynb"
            nbformat.write(new_notebook(cells=[new_code_cell(source)], metadata=tools.KERNEL), file)
            notebook = tools.Notebook(chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}))
            notebook.page.goto(f"{lab.url}/lab/tree/{file.name}?token={tools.TOKEN}&reset", timeout=tools.PATIENCE)
            notebook.wait_until_open()
            notebook.wait_until_idle()
            if notebook.page.locator("#jp-left-stack:visible").count():
                notebook.command("application:toggle-left-area")
            notebook.run_all()
            part = notebook.page.locator(selector).first
            part.wait_for(timeout=tools.PATIENCE)
            prepare(notebook.page)
            store(name, part.screenshot())
            notebook.page.close()
        chromium.close()


def store(name: str, png: bytes) -> None:
    """Write one picture, and say how large it is."""
    data = small(png)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / name).write_bytes(data)
    print(f"{name}: {len(data) / 1024:.0f} KB", flush=True)


def main(names: list[str]) -> None:
    """Make the pictures that are named, or all."""
    wanted = names or [*FIGURES, *SCREENSHOTS]
    if unknown := [name for name in wanted if name not in {*FIGURES, *SCREENSHOTS}]:
        sys.exit(f"There is no picture {', '.join(unknown)}. These are: {', '.join([*FIGURES, *SCREENSHOTS])}.")
    for name in wanted:
        if name in FIGURES:
            store(name, figure(*FIGURES[name]))
    if live := [name for name in wanted if name in SCREENSHOTS]:
        screenshots(live)


if __name__ == "__main__":
    main(sys.argv[1:])
