"""JupyterLab on the learner's copies: this machine only, a token always, nothing sent anywhere.

Of the user's own Jupyter only the settings of the interface are used (colours, keys). A configuration of the server,
written for other work, is passed over: with another address, certificate or store of files no lesson would open.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lessons.commands import copies
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.files import cannot_write
from lessons.teaching import jupyter

SETTINGS = Path(__file__).resolve().parent / "jupyter"  # defaults only: a learner's own settings win
HELP = "open the course in JupyterLab, in your own copies of the notebooks"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may follow the verb."""
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    parser.add_argument("--port", type=_port, default=8888, metavar="N", help="port to listen on (default 8888)")


def command(options: argparse.Namespace) -> int:
    """Run the verb; returns its exit code."""
    return start(options.port, browser=not options.no_browser)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; give a number from 1 to 65535")
    return int(text)


def start(port: int, browser: bool) -> int:
    """Copy new lessons, then open the course: in a running server if there is one, else in a new one."""
    for line in [*copies.refresh(), *make_room()]:
        print(line)
    page = f"lab/tree/{quote(places.COPIES.name)}/{quote(places.notebooks()[0].name)}"
    server = running()
    if server:
        return _show(f"{server['url']}{page}?token={server['token']}", browser)
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    free = free_port(port)
    if free != port:
        print(f"Port {port} is taken; the course uses {free} instead.")
    print(f"The course is at http://127.0.0.1:{free}/{page}?token={token}")
    print("Ctrl-C, twice, stops it.", flush=True)
    _serve(options(free, token, f"/{page}", browser))
    return 0


def make_room() -> list[str]:
    """Let Jupyter use a folder beside the copies for each of its own that cannot be written; returns what to tell."""
    told = []
    for variable in jupyter.folders():
        place = jupyter.folders()[variable]  # anew, for the second of them may be in the first
        if trouble := cannot_write(place):
            ours = _own(variable.lower())
            os.environ[variable] = str(ours)
            told.append(f"Jupyter cannot write to {place} ({trouble}), so it uses {ours} for the course.")
    return told


def _own(name: str) -> Path:
    """A folder of the course's own JupyterLab, which only the learner may read. Raises CourseError if it cannot be."""
    folder = places.COPIES / ".lab" / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(_cannot(folder, error)) from error
    return folder


def _cannot(folder: Path, error: OSError) -> str:
    return (
        f"JupyterLab needs {folder}, which cannot be written ({error.strerror or error}). "
        "Free some space, or give yourself write permission there; `lessons doctor` looks at both."
    )


def _show(address: str, browser: bool) -> int:
    print(f"The course is already open at {address}")
    if browser:
        webbrowser.open(address)
    return 0


def running() -> dict[str, Any] | None:
    """The live Jupyter server, if any, whose root is this course."""
    from jupyter_server.serverapp import list_running_servers

    return next((server for server in list_running_servers() if _is_ours(server) and _answers(server)), None)


def _is_ours(server: dict[str, Any]) -> bool:
    try:
        return os.path.samefile(server["root_dir"], places.ROOT)
    except (OSError, KeyError):
        return False


def _answers(server: dict[str, Any]) -> bool:
    """Whether the server is alive: a crashed one leaves its file behind, and its port may be another program's now."""
    token = {"Authorization": f"token {server['token']}"}
    request = urllib.request.Request(f"{server['url']}api/status", headers=token)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy must not see this machine's address
    try:
        with opener.open(request, timeout=3) as reply:
            return "started" in json.load(reply)
    except (OSError, ValueError):
        return False


def free_port(wanted: int) -> int:
    """The wanted port if it can be had, or the next one that can. Raises CourseError if none can."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if is_free(port):
            return port
    raise CourseError(f"No port from {wanted} on can be had. Name another: `lessons lab --port 9000`.")


def is_free(port: int) -> bool:
    """Whether a server of ours could listen on this port of this machine."""
    with socket.socket() as probe:
        if os.name != "nt":  # there the option would take a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def options(port: int, token: str, page: str, browser: bool) -> list[str]:
    """The options of the server. They stay inside this process, so the token is not in the list of processes."""
    chosen = [
        f"--ServerApp.root_dir={places.ROOT}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.base_url=/",  # these five against a configuration of the whole machine, which is read all the same
        "--ServerApp.certfile=",
        "--ServerApp.sock=",
        "--ServerApp.contents_manager_class=jupyter_server.services.contents.largefilemanager.AsyncLargeFileManager",
        "--FileContentsManager.preferred_dir=",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.log_level=WARN",
        f"--LabApp.default_url={page}",
        f"--LabApp.workspaces_dir={places.COPIES / '.lab'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*chosen, "--allow-root"] if is_root else chosen


def _serve(arguments: list[str]) -> None:
    os.environ.update(_variables())
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    os.chdir(places.ROOT)
    LabApp.launch_instance(arguments)


def _variables() -> dict[str, str]:
    """What makes JupyterLab take the course's kernel and settings. Raises CourseError if they cannot be written."""
    paths = [os.environ.get("JUPYTER_CONFIG_PATH"), str(SETTINGS)]
    ours = _own("data")
    try:
        kernel = jupyter.own_kernel(ours)
    except OSError as error:
        raise CourseError(_cannot(ours, error)) from error
    return {
        "JUPYTER_PATH": kernel,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        "JUPYTER_CONFIG_DIR": str(_own("config")),
        "JUPYTERLAB_SETTINGS_DIR": str(jupyter.folders()["JUPYTERLAB_SETTINGS_DIR"]),
    }
