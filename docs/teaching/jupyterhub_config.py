"""JupyterHub for one room on one machine: `jupyterhub --config docs/teaching/jupyterhub_config.py`.

Everybody's code runs under the account that starts the hub (SimpleLocalProcessSpawner), so that must never be root.
Right for a room that trusts its members on a machine that holds nothing else. For an account or a container of each
learner's own take jupyterhub_systemd.py or jupyterhub_docker.py, beside this file. How it was tried is in
docs/teaching.md.
"""

import os
import shutil
import sys
from pathlib import Path

from lessons.commands import copies
from lessons.course import assets, places

c = get_config()  # noqa: F821 - JupyterHub defines it

if hasattr(os, "geteuid") and os.geteuid() == 0:
    raise SystemExit("This hub would run everybody's code as root. Start it under an account that owns nothing else.")

PLACE = Path(os.environ.get("LESSONS_HUB", "hub")).resolve()  # folders of the users, the hub's database, its secrets
MEMORY = 8 * 10**9  # bytes of address space for one process; PyTorch maps 3 to 5 GB of it without using them
THREADS = 2  # of PyTorch and NumPy in one kernel

PLACE.mkdir(parents=True, exist_ok=True)
c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # only this machine: let a web server with TLS stand before it
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8081"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"
c.JupyterHub.db_url = f"sqlite:///{PLACE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(PLACE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(PLACE / "proxy.pid")
c.JupyterHub.concurrent_spawn_limit = 5  # a whole room presses Start in the same minute
c.JupyterHub.active_server_limit = 40
c.Authenticator.allow_all = True  # whoever can log in to this machine (PAM, the default authenticator)

c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.SimpleLocalProcessSpawner.home_dir_template = str(PLACE / "users" / "{username}")
limit = ["prlimit", f"--as={MEMORY}"] if shutil.which("prlimit") else []
c.Spawner.cmd = [*limit, sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.start_timeout = 120
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",  # a forgotten kernel gives its memory back after an hour
    "--ServerApp.shutdown_no_activity_timeout=7200",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
]


def hand_out(spawner) -> None:
    """Give a user the lessons that are not there yet, a record of progress, and the shared models and data."""
    folder = Path(spawner.home_dir)
    notebooks = folder / "course"
    notebooks.mkdir(parents=True, exist_ok=True)
    for lesson in places.notebooks():
        copy = notebooks / lesson.name
        if not copy.exists():
            copy.write_text(copies.cleared(lesson.read_text(encoding="utf-8")), encoding="utf-8")
    spawner.notebook_dir = str(notebooks)
    spawner.environment |= {
        "LESSONS_ASSETS": str(assets.folder()),  # one copy for all; nobody needs to write it
        "LESSONS_HOME": str(folder / "progress"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": str(THREADS),
    }


c.Spawner.pre_spawn_hook = hand_out
