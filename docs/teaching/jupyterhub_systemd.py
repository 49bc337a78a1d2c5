"""JupyterHub with an account for each learner: `jupyterhub --config docs/teaching/jupyterhub_systemd.py`.

Whoever can log in to this Linux machine gets a server under their own account, in a unit of systemd with limits of its
own, and cannot read the files of others. The hub itself starts the units and runs as root, and nothing else does.
Needs `pip install jupyterhub jupyterhub-systemdspawner jupyterhub-idle-culler` and configurable-http-proxy.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

from lessons.course import assets, places

c = get_config()  # noqa: F821 - JupyterHub defines it
load_subconfig("jupyterhub_common.py")  # noqa: F821 - JupyterHub defines it
never_as_root = c.Spawner.pre_spawn_hook

c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.unit_name_template = "lessons-{USERNAME}"
c.SystemdSpawner.user_workingdir = "{HOME}"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.readonly_paths = [str(places.ROOT)]  # one copy of the course for all
c.SystemdSpawner.unit_extra_properties = {"TasksMax": "128", "MemorySwapMax": "0"}
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = "~/course"
c.Spawner.environment |= {"LESSONS_ASSETS": str(assets.folder()), "LESSONS_COURSE": str(places.ROOT)}


def hand_out(spawner) -> None:
    """Lay the lessons into a learner's folder, as that learner: what is there already stays."""
    never_as_root(spawner)
    account = pwd.getpwnam(spawner.user.name)
    folder = Path(account.pw_dir) / "course"
    subprocess.run(
        [sys.executable, str(places.ROOT / "docs" / "teaching" / "hand_out.py"), str(folder)],
        check=True,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ["PATH"], "LESSONS_COURSE": str(places.ROOT), "HOME": account.pw_dir},
    )


c.Spawner.pre_spawn_hook = hand_out
