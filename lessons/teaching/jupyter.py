"""What Jupyter gets from the course: this environment's kernel, before all others, and folders that can be written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

KERNEL_OPTIONS = [
    "--log-level=ERROR",  # no remarks about its transport between the lines of a terminal
    "--InteractiveShell.ast_node_interactivity=last_expr",  # a cell shows its last value, as the text says
    "--InlineBackend.rc={'text.usetex': False}",  # figures without LaTeX, which would choke on their words
]


def own_kernel(folder: Path) -> str:
    """Write the kernel `python3` of this environment into a folder; returns the JUPYTER_PATH that puts it first.

    Raises OSError.
    """
    from ipykernel.kernelspec import write_kernel_spec

    place = folder / "kernels" / "python3"
    shutil.rmtree(place, ignore_errors=True)
    write_kernel_spec(place, extra_arguments=KERNEL_OPTIONS)
    return first(folder, "JUPYTER_PATH")


def first(folder: Path, variable: str) -> str:
    """The value of a variable that lists folders, with this one before all others."""
    return os.pathsep.join(filter(None, [str(folder), os.environ.get(variable)]))


def folders() -> dict[str, Path]:
    """The folders of the user that Jupyter writes to, by the variable that moves each."""
    from jupyter_core import paths

    settings = os.environ.get("JUPYTERLAB_SETTINGS_DIR") or f"{paths.jupyter_config_dir()}/lab/user-settings"
    return {
        "JUPYTER_DATA_DIR": Path(paths.jupyter_data_dir()),
        "JUPYTER_RUNTIME_DIR": Path(paths.jupyter_runtime_dir()),
        "JUPYTERLAB_SETTINGS_DIR": Path(settings),
        "IPYTHONDIR": Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser(),
    }
