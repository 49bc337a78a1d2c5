"""JupyterLab in a real Chromium, for every test of something that is seen and pressed.

`lab` is a server on 127.0.0.1 with folders of its own, started once; `notebook` opens a notebook in it and gives a
`Notebook` to run and press. After each test the page must have logged no error and asked nothing of any other machine.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

CHROMIUM = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
TOKEN = "test"
PATIENCE = 90_000  # milliseconds: a kernel that imports torch on a busy machine


@dataclass
class Lab:
    """A running server: its address, the folder that it shows, and where its kernels keep progress."""

    url: str
    folder: Path
    home: Path


@dataclass
class Notebook:
    """A notebook that is open in the browser."""

    page: Any
    address: str
    file: str
    zoom: float = 1.0
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Execute one of JupyterLab's commands, such as "notebook:run-all-cells"."""
        call = "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }"
        self.page.evaluate(call, [name, arguments or {}])

    def run_all(self) -> None:
        """Run every cell and wait until the last has finished."""
        self.command("notebook:run-all-cells")
        self.wait_until_idle()

    def run_cell(self, index: int) -> None:
        """Run one cell again, counted from 0, and wait until it has finished: its widget begins anew."""
        self.page.evaluate("(at) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", index)
        self.command("notebook:run-cell")
        self.wait_until_idle()

    def theme(self, name: str) -> None:
        """Change JupyterLab's theme, "Light" or "Dark"."""
        self.command("apputils:change-theme", {"theme": f"JupyterLab {name}"})
        light = "true" if name == "Light" else "false"
        self.page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=light)
        self._wait_until_splash_is_gone()

    def _wait_until_splash_is_gone(self) -> None:
        """It fades out for a while after each change of the theme, and a change before its end removes it twice."""
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)

    def reopen(self) -> None:
        """Save it, end its kernel, and load the page again, as on the next day."""
        self.command("docmanager:save")
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.goto(self.address, timeout=PATIENCE)
        self.wait_until_open()

    def wait_until_open(self) -> None:
        """Wait until its cells are drawn and nothing lies over them."""
        self.page.wait_for_function("() => window.jupyterapp", timeout=PATIENCE)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
        self._wait_until_splash_is_gone()

    def wait_until_idle(self) -> None:
        """Wait until no cell is running or waiting."""
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const prompts = [...panel.node.querySelectorAll('.jp-InputPrompt')].map((node) => node.textContent);
                return panel.sessionContext.session?.kernel?.status === 'idle'
                    && !prompts.some((text) => text.includes('*'));
            }""",
            timeout=PATIENCE,
        )

    def output(self, cell: int) -> Any:
        """Everything below one cell, counted from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-Cell-outputArea")


def _why_not() -> str:
    if not any(CHROMIUM):
        return "no chromium, chromium-browser or google-chrome on the PATH"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return ""


@contextmanager
def jupyterlab(place: Path) -> Iterator[Lab]:
    """JupyterLab on 127.0.0.1 with notebooks, settings, workspaces and progress in one folder."""
    (place / "notebooks").mkdir()
    port = _free_port()
    with (place / "log.txt").open("w") as log:
        command = [sys.executable, "-m", "jupyter", "lab", *_options(port, place)]
        server = subprocess.Popen(command, env=_environment(place), stdout=log, stderr=log, cwd=place)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server, place / "log.txt")
            yield Lab(f"http://127.0.0.1:{port}", place / "notebooks", place / "progress")
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One server for all tests, in a temporary folder."""
    if reason := _why_not():
        pytest.skip(reason)
    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _options(port: int, place: Path) -> list[str]:
    return [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={place / 'notebooks'}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        "--KernelManager.transport=ipc",
    ]


def _environment(place: Path) -> dict[str, str]:
    """The environment of the server and its kernels."""
    settings = place / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), encoding="utf-8")
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(place / "config"),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(place / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        "IPYTHONDIR": str(place / "ipython"),
        "LESSONS_HOME": str(place / "progress"),
    }


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for this folder: its driver keeps an event loop running, which other tests could not bear."""
    if reason := _why_not():
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=next(filter(None, CHROMIUM)), args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Module:
    """The JavaScript of a widget in an empty page, which knows it as `widget`."""

    page: Any

    def __call__(self, name: str, *arguments: Any) -> Any:
        """Calls a function that it exports; typed arrays come back as lists."""
        call = """([name, args]) => {
            const found = widget[name](...args);
            return ArrayBuffer.isView(found) ? [...found] : found;
        }"""
        return self.page.evaluate(call, [name, list(arguments)])

    def evaluate(self, code: str, argument: Any) -> Any:
        """Evaluates an expression in which `x` is the argument."""
        return self.page.evaluate(f"(x) => {code}", argument)


@pytest.fixture(scope="module")
def javascript(browser: Any) -> Iterator[Callable[..., Module]]:
    """Imports the sources of one widget or more into an empty page, without Python and without a view."""
    pages = []

    def import_(*sources: str) -> Module:
        page = browser.new_page()
        pages.append(page)
        load = """async (sources) => {
            const address = (source) => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const modules = await Promise.all(sources.map((source) => import(address(source))));
            window.widget = Object.assign({}, ...modules);
        }"""
        page.evaluate(load, list(sources))
        return Module(page)

    yield import_
    for page in pages:
        page.close()


class Pages:
    """JupyterLab in one Chromium: a notebook takes a page of its zoom and gives it back, for loading takes seconds."""

    def __init__(self, lab: Lab, browser: Any) -> None:
        self.lab, self.browser = lab, browser
        self.free: dict[float, list[Any]] = {}
        self.watched: dict[Any, Notebook] = {}

    def open(self, *sources: str, zoom: float = 1.0, theme: str = "JupyterLab Light") -> Notebook:
        """A new notebook of these sources, in a page that no other one is in."""
        file = self.lab.folder / f"test-{len(list(self.lab.folder.iterdir()))}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources], metadata=KERNEL), file)
        address = f"{self.lab.url}/lab/tree/{file.name}?token={TOKEN}&reset"
        free = self.free.get(zoom)
        notebook = Notebook(free.pop() if free else self._new_page(zoom), address, file.name, zoom)
        is_loaded = notebook.page in self.watched
        self.watched[notebook.page] = notebook
        if is_loaded:
            notebook.command("docmanager:open", {"path": file.name})
        else:
            notebook.page.goto(address, timeout=PATIENCE)
        notebook.wait_until_open()
        notebook.theme(theme.removeprefix("JupyterLab "))
        notebook.wait_until_idle()
        return notebook

    def close(self, notebook: Notebook) -> None:
        """End its kernel and free its page; AssertionError if it logged an error or asked another machine."""
        self.watched[notebook.page] = Notebook(notebook.page, "", "")  # a kernel that is let go may be complained of
        notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.dispose()")
        notebook.page.mouse.move(0, 0)
        _end_kernel(self.lab, notebook.file)
        self.free.setdefault(notebook.zoom, []).append(notebook.page)
        assert notebook.errors == [], notebook.errors
        assert notebook.strangers == [], notebook.strangers

    def _new_page(self, zoom: float) -> Any:
        size = {"width": round(1280 / zoom), "height": round(900 / zoom)}
        page = self.browser.new_context(viewport=size, device_scale_factor=zoom).new_page()
        page.on("console", lambda message: self._said(page, message))
        page.on("pageerror", lambda error: self.watched[page].errors.append(f"{error}\n{error.stack}"))
        page.on("request", lambda request: self._asked(page, request))
        return page

    def _said(self, page: Any, message: Any) -> None:
        if message.type == "error":
            self.watched[page].errors.append(message.text)

    def _asked(self, page: Any, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.watched[page].strangers.append(request.url)


@pytest.fixture(scope="package")
def pages(lab: Lab, browser: Any) -> Pages:
    """The pages of all tests that need the browser."""
    return Pages(lab, browser)


@pytest.fixture
def open_notebook(pages: Pages) -> Iterator[Callable[..., Notebook]]:
    """Opens a new notebook of these sources; `zoom` is that of the browser window, `theme` JupyterLab's."""
    with _opener(pages) as open_:
        yield open_


@pytest.fixture(scope="module")
def open_for_all(pages: Pages) -> Iterator[Callable[..., Notebook]]:
    """The same for a notebook that all tests of a file share; each runs its cell again, for a fresh widget."""
    with _opener(pages) as open_:
        yield open_


@contextmanager
def _opener(pages: Pages) -> Iterator[Callable[..., Notebook]]:
    shutil.rmtree(pages.lab.home, ignore_errors=True)
    opened: list[Notebook] = []

    def open_(*sources: str, **options: Any) -> Notebook:
        opened.append(pages.open(*sources, **options))
        return opened[-1]

    yield open_
    with ExitStack() as stack:  # each is closed, whatever the others say
        for notebook in opened:
            stack.callback(pages.close, notebook)


def _end_kernel(lab: Lab, file: str) -> None:
    """End the kernel of a notebook that nobody looks at any more: dozens of idle ones make the last tests slow."""

    def ask(method: str, place: str) -> bytes:
        request = urllib.request.Request(f"{lab.url}/api/{place}?token={TOKEN}", method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.read()

    for found in json.loads(ask("GET", "sessions")):
        if found["path"] == file:
            ask("DELETE", f"sessions/{found['id']}")


# --- how it looks -----------------------------------------------------------------------------------------------------

LOOKS = """(root, [texts, marks]) => {
    const luminance = (colour) => {
        const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = luminance(getComputedStyle(root).backgroundColor);
    const contrast = (selector, property) => [...root.querySelectorAll(selector)].map((node) => {
        const [low, high] = [luminance(getComputedStyle(node)[property]), ground].sort((one, other) => one - other);
        return [selector, (high + 0.05) / (low + 0.05)];
    });
    const types = [...root.querySelectorAll("svg text")].filter((node) => node.getBoundingClientRect().width);
    const outer = root.parentElement.getBoundingClientRect();
    const boxes = [...root.querySelectorAll("figure, button, dd, label, p:not(.lw-live), input, canvas")];
    const out = boxes.filter((node) => node.getBoundingClientRect().right > outer.right + 1);
    return {
        found: [...texts, ...marks].map(([selector]) => root.querySelectorAll(selector).length),
        faint_texts: texts.flatMap((pair) => contrast(...pair)).filter(([, value]) => value < 4.5),
        faint_marks: marks.flatMap((pair) => contrast(...pair)).filter(([, value]) => value < 3),
        cut_off: [root.scrollWidth - root.clientWidth, out.map((node) => node.className || node.tagName)],
        smallest: Math.min(...types.map((node) =>
            parseFloat(getComputedStyle(node).fontSize) * node.ownerSVGElement.getScreenCTM().a)),
    };
}"""


@pytest.fixture(scope="session")
def looks() -> Callable[..., None]:
    """Asserts that a widget's texts and marks stand out from its ground, that nothing is cut off, no type too small.

    Texts and marks are pairs of a selector and the property that holds the colour, each of which must be there.
    """

    def assert_looks(root: Any, texts: list[tuple[str, str]], marks: list[tuple[str, str]]) -> None:
        found = root.evaluate(LOOKS, [texts, marks])
        assert min(found["found"]) > 0
        faults = (found["faint_texts"], found["faint_marks"], found["cut_off"])
        assert faults == ([], [], [0, []]), faults
        assert found["smallest"] is None or found["smallest"] > 10.5, found["smallest"]

    return assert_looks
