"""For those who write notebooks: run one from top to bottom, in place, and store it clean.

    python -m lessons.teaching.authoring notebooks/08_fine_tuning.ipynb
    python -m lessons.teaching.authoring --slides notebooks/*.ipynb           only the slide types, nothing is run
    python -m lessons.teaching.authoring --check notebooks/*.ipynb            only says which are not stored clean

The stored notebook has execution counts 1..n, no widget state, no metadata but tags and slide types, figures with a
small palette, and of each progress bar only what was left on the screen.
"""

from __future__ import annotations

import argparse
import base64
import copy
import io
import sys
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessons.course.files import write_whole
from lessons.teaching import running, slides

KEPT = ("tags", "slideshow")  # what a stored cell's metadata may hold


def execute(file: Path, cell_timeout: int = 600) -> NotebookNode:
    """A stored notebook, run in its own folder. Raises nbclient's CellExecutionError."""
    notebook = nbformat.read(file, as_version=4)
    running.execute(notebook, file.parent, cell_timeout)
    return notebook


def clean(notebook: NotebookNode) -> NotebookNode:
    """Keep what a reader needs: sources, tags, slide types, outputs as they looked in the end."""
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for cell in notebook.cells:
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)})
        if cell.cell_type == "code":
            cell.outputs = [_clean_output(output) for output in _merged(cell.outputs)]
    return notebook


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of the same stream become one."""
    result: list[NotebookNode] = []
    for output in outputs:
        same = result and output.output_type == result[-1].output_type == "stream" and output.name == result[-1].name
        if same:
            result[-1].text += output.text
        else:
            result.append(output)
    return result


def _clean_output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in output.text.split("\n"))
    if "metadata" in output:
        output.metadata = NotebookNode()
    if "image/png" in output.get("data", {}):
        output.data["image/png"] = _smaller(output.data["image/png"])
    return output


def _smaller(png: str) -> str:
    """A figure (base64) with a palette of 128 colours, which looks the same in a third of the bytes."""
    from PIL import Image

    original, small = base64.b64decode(png), io.BytesIO()
    picture = Image.open(io.BytesIO(original))
    if picture.mode == "P":  # it has a palette already
        return png
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return base64.b64encode(min(original, small.getvalue(), key=len)).decode()


def is_clean(file: Path) -> bool:
    """Whether a notebook is stored as this command would store it, was run from top to bottom, and shows no error."""
    stored = nbformat.read(file, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    in_order = [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    errors = [output for cell in code for output in cell.outputs if output.output_type == "error"]
    return in_order and not errors and slides.assign(clean(copy.deepcopy(stored))) == stored


def _check(files: list[Path]) -> int:
    """Name the notebooks that are not clean; returns 1 if there is one."""
    unclean = [file for file in files if not is_clean(file)]
    for file in unclean:
        print(f"{file} is not stored clean: run `python -m lessons.teaching.authoring {file}`.")
    return int(bool(unclean))


def main() -> int:
    """Refresh the notebooks named on the command line, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--slides", action="store_true", help="assign slide types only; run nothing")
    parser.add_argument("--check", action="store_true", help="say which are not stored clean; run and write nothing")
    options = parser.parse_args()
    if options.check:
        return _check(options.notebooks)
    for file in options.notebooks:
        start = time.perf_counter()
        notebook = nbformat.read(file, as_version=4) if options.slides else clean(execute(file))
        nbformat.validate(slides.assign(notebook))
        write_whole(file, nbformat.writes(notebook) + "\n")
        print(f"{file.name}: {time.perf_counter() - start:.0f} s, {file.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
