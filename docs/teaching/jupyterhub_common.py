"""What every JupyterHub of the course shares; `load_subconfig` in the configurations beside this file reads it.

Who may come in, how much each may use, what is ended when nobody looks at it, and the address with TLS. Set the names
in the first block, by hand or in the environment of the hub.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub defines it

PLACE = Path(os.environ.get("LESSONS_HUB", "/srv/lessons-hub"))  # the hub's database, its secrets, its certificate
ADDRESS = os.environ.get("LESSONS_HUB_ADDRESS", "https://127.0.0.1:8000")
ADMINS = set(filter(None, os.environ.get("LESSONS_HUB_ADMINS", "").split(",")))
ROSTER = PLACE / "learners.txt"  # a login in each line; nobody else comes in
MEMORY, CORES, IDLE = "3G", 1.0, 3600  # for each learner; seconds without activity

PLACE.mkdir(parents=True, exist_ok=True, mode=0o700)
c.JupyterHub.bind_url = ADDRESS
if ADDRESS.startswith("https:"):  # a certificate of your own, or one that `certbot` keeps fresh
    c.JupyterHub.ssl_cert = str(PLACE / "tls" / "fullchain.pem")
    c.JupyterHub.ssl_key = str(PLACE / "tls" / "privkey.pem")
c.JupyterHub.db_url = f"sqlite:///{PLACE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(PLACE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(PLACE / "proxy.pid")
c.JupyterHub.concurrent_spawn_limit = 10  # a whole room presses Start in the same minute
c.JupyterHub.active_server_limit = 130
c.JupyterHub.shutdown_on_logout = True

c.Authenticator.admin_users = ADMINS
c.Authenticator.allowed_users = set(ROSTER.read_text(encoding="utf-8").split()) if ROSTER.exists() else set()
c.Authenticator.allow_all = False

c.Spawner.mem_limit = MEMORY
c.Spawner.cpu_limit = CORES
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.start_timeout = 120
c.Spawner.environment = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
c.Spawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={IDLE}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
]

# A server that nobody has used for an hour is ended; files stay.
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE}", "--cull-every=300"],
    }
]


def never_as_root(spawner) -> None:
    """Nobody's code runs as root: raises RuntimeError for that login."""
    if spawner.user.name == "root":
        raise RuntimeError("root is no learner: log in under another name.")


c.Spawner.pre_spawn_hook = never_as_root
