"""The configurations of JupyterHub: they can be read, nobody is root, everybody has limits, lessons are handed out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config

from lessons.course.places import ROOT

FOLDER = ROOT / "docs" / "teaching"


def read(name: str, monkeypatch: pytest.MonkeyPatch, place: Path, **environment: str) -> Config:
    """The configuration that a file makes, as JupyterHub reads it."""
    for key, value in ({"LESSONS_HUB": str(place)} | environment).items():
        monkeypatch.setenv(key, value)
    found = Config()

    def load(file: str) -> None:
        space = {"get_config": lambda: found, "load_subconfig": load, "__file__": str(FOLDER / file)}
        exec(compile((FOLDER / file).read_text(encoding="utf-8"), file, "exec"), space)

    load(name)
    return found


def somebody(name: str) -> Any:
    return SimpleNamespace(user=SimpleNamespace(name=name))


@pytest.mark.parametrize("name", ["jupyterhub_systemd.py", "jupyterhub_docker.py"])
def test_each_learner_has_limits_and_nobody_is_root(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "hub"
    place.mkdir()
    (place / "learners.txt").write_text("ada\nben\n")
    c = read(name, monkeypatch, place, LESSONS_HUB_ADMINS="zoe", LESSONS_HUB_ADDRESS="https://:443")
    assert (c.Authenticator.allowed_users, c.Authenticator.admin_users) == ({"ada", "ben"}, {"zoe"})
    assert c.Authenticator.allow_all is False
    assert (c.Spawner.mem_limit, c.Spawner.cpu_limit) == ("3G", 1.0)
    assert c.JupyterHub.ssl_cert.startswith(str(place))
    assert c.JupyterHub.services[0]["command"][:3] == [sys.executable, "-m", "jupyterhub_idle_culler"]
    assert c.JupyterHub.load_roles[0]["services"] == [c.JupyterHub.services[0]["name"]]
    with pytest.raises(RuntimeError, match="root is no learner"):
        c.Spawner.pre_spawn_hook(somebody("root"))


def test_an_account_for_each_is_walled_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    c = read("jupyterhub_systemd.py", monkeypatch, tmp_path / "hub")
    spawner = c.SystemdSpawner
    assert (spawner.isolate_tmp, spawner.isolate_devices, spawner.disable_user_sudo) == (True, True, True)
    assert spawner.readonly_paths == [str(ROOT)]
    assert c.Authenticator.allowed_users == set()  # without a list nobody comes in
    assert "ssl_cert" in c.JupyterHub  # the address is https unless it is said otherwise


def test_a_container_for_each_has_no_rights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    c = read("jupyterhub_docker.py", monkeypatch, tmp_path / "hub", LESSONS_HUB_ADDRESS="http://127.0.0.1:8000")
    host = c.DockerSpawner.extra_host_config
    assert (host["cap_drop"], host["security_opt"]) == (["ALL"], ["no-new-privileges"])
    assert host["memswap_limit"] == c.Spawner.mem_limit
    assert c.DockerSpawner.volumes == {"lessons-{username}": "/home/learner"}
    assert "ssl_cert" not in c.JupyterHub
    image = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert image.index("USER learner") > image.index("useradd --uid 1000")


def test_the_hub_of_one_room_does_not_run_as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(SystemExit, match="as root"):
        read("jupyterhub_config.py", monkeypatch, tmp_path / "hub")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    c = read("jupyterhub_config.py", monkeypatch, tmp_path / "hub")
    assert c.JupyterHub.bind_url == "http://127.0.0.1:8000"


def test_lessons_are_laid_into_a_folder_and_what_is_there_stays(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    command = [sys.executable, str(FOLDER / "hand_out.py"), str(folder)]
    subprocess.run(command, check=True)
    lessons = sorted(folder.glob("*.ipynb"))
    assert [file.name for file in lessons] == sorted(
        file.name for file in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")
    )
    lessons[1].write_text("mine")
    lessons[2].unlink()
    subprocess.run(command, check=True)
    assert (lessons[1].read_text(), lessons[2].exists()) == ("mine", True)
