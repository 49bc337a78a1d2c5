"""Notebooks from top to bottom without a browser: one by `execute`, every one by `lessons run`."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.teaching import jupyter


@dataclass
class Row:
    """What became of one notebook; `cells` are the code cells that ran through."""

    name: str
    cells: str = "-"
    seconds: float = 0.0
    result: str = "ok"


def run(numbers: Sequence[str], cell_timeout: int = 600) -> int:
    """Execute the notebooks in order; returns 1 if one failed. Raises CourseError for an unknown number."""
    files = places.find(numbers)
    try:
        places.EXECUTED.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Executed notebooks cannot be written to {places.EXECUTED} ({error.strerror}).") from error
    loaded = [(file, _load(file)) for file in files]
    total = sum(len(_code_cells(notebook)) for _, notebook in loaded if not isinstance(notebook, str))
    with _bar(total) as bar:
        rows = [_run_one(file, notebook, cell_timeout, bar) for file, notebook in loaded]
    print(table(rows))
    print(f"The executed copies are in {places.EXECUTED}.")
    return int(any(row.result != "ok" for row in rows))


def _bar(total: int) -> tqdm:
    """A live bar in a terminal; in a log, a line now and then."""
    live = sys.stdout.isatty()
    return tqdm(total=total, unit="cell", file=sys.stdout, dynamic_ncols=live, mininterval=0.1 if live else 15)


@contextmanager
def _own_home() -> Iterator[None]:
    """A temporary home for progress, IPython and Jupyter, so that a run neither reads nor writes the learner's."""
    with tempfile.TemporaryDirectory(prefix="lessons-", ignore_cleanup_errors=True) as place:
        ours = {"LESSONS_HOME": f"{place}/progress", "IPYTHONDIR": f"{place}/ipython", "HF_HUB_OFFLINE": "1"}
        ours |= {"JUPYTER_RUNTIME_DIR": f"{place}/runtime", "JUPYTER_PATH": jupyter.own_kernel(Path(place))}
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _load(file: Path) -> nbformat.NotebookNode | str:
    """The notebook, or the sentence that says why it is none."""
    try:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError, OSError) as error:
        return f"is not a valid notebook ({str(error).strip().splitlines()[0][:80]})"


def _code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells that the kernel is given; nbclient passes over empty ones."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _run_one(file: Path, notebook: nbformat.NotebookNode | str, cell_timeout: int, bar: tqdm) -> Row:
    row = Row(file.stem)
    if isinstance(notebook, str):
        row.result = notebook
        return row
    bar.set_description(file.stem)
    begun, progress = time.monotonic(), _Progress(notebook, bar)
    try:
        hooks = {"on_cell_execute": progress.started, "on_cell_executed": progress.executed}
        execute(notebook, file.parent, cell_timeout, **hooks)
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError, OSError) as error:
        row.result = f"{progress.where}: {reason(error, cell_timeout)}"
    finally:
        write_whole(places.EXECUTED / file.name, nbformat.writes(notebook) + "\n")
    row.seconds = time.monotonic() - begun
    row.cells = f"{progress.done}/{len(_code_cells(notebook))}"
    bar.update(len(_code_cells(notebook)) - progress.done)
    return row


class _Progress:
    """Counts cells for the bar, and remembers which one is running."""

    def __init__(self, notebook: nbformat.NotebookNode, bar: tqdm) -> None:
        self.places = {id(cell): f"code cell {i}" for i, cell in enumerate(_code_cells(notebook), 1)}
        self.bar, self.done, self.where = bar, 0, "before the first cell"

    def started(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        self.where = self.places.get(id(cell), f"cell {cell_index + 1}")

    def executed(self, cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        if id(cell) in self.places and execute_reply["content"]["status"] == "ok":
            self.done += 1
            self.bar.update()


def execute(notebook: nbformat.NotebookNode, folder: Path, cell_timeout: int = 600, **options: Any) -> None:
    """Run a notebook in place as JupyterLab would in its folder, but in a home of its own for progress.

    `options` are NotebookClient's. Raises nbclient's CellExecutionError, CellTimeoutError and DeadKernelError.
    """
    client = NotebookClient(
        notebook,
        timeout=cell_timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        on_notebook_start=_leave_signals_alone,
        shutdown_kernel="immediate",
        **options,
    )
    with _own_home():
        asyncio.run(client.async_execute())


def _leave_signals_alone(notebook: nbformat.NotebookNode) -> None:
    """Undo nbclient's handlers, which turn Ctrl-C into a dead kernel and let us go on with the next notebook."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(RuntimeError, ValueError):
            loop.remove_signal_handler(number)
    loop.set_exception_handler(_ignore_dead_kernel)


def _ignore_dead_kernel(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Stay silent about the kernel that Ctrl-C ends: nbclient reports its cancelled cell as a death."""
    if not isinstance(context.get("exception"), DeadKernelError):
        loop.default_exception_handler(context)


def reason(error: BaseException, cell_timeout: int) -> str:
    """One line for the table: the last line of the traceback, or what became of the kernel."""
    if isinstance(error, CellTimeoutError):
        return f"took longer than {cell_timeout} s"
    if isinstance(error, DeadKernelError):
        return "the kernel died (out of memory, or a crash in compiled code)"
    lines = [line for line in re.sub(r"\x1b\[[\d;]*m", "", str(error)).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__


def table(rows: Sequence[Row]) -> str:
    """Notebook, cells, seconds and result, one line each."""
    wide = max(len("notebook"), *(len(row.name) for row in rows))
    lines = [f"{'notebook':{wide}}  {'cells':>7}  {'seconds':>7}  result"]
    lines += [f"{row.name:{wide}}  {row.cells:>7}  {row.seconds:7.1f}  {row.result}" for row in rows]
    return "\n".join(lines)
