"""The folder for a room without internet: what is in it, and that the course installs from it alone."""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from lessons.commands import cli, pack
from lessons.course import installing, machine, places
from lessons.course.places import ROOT
from tests.support.small_course import SmallCourse, is_one_sentence, make_wheel


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A course of one package and one asset, whose wheels pip finds in a folder of its own."""
    made = SmallCourse(tmp_path)
    project = (made.root / "pyproject.toml").read_text().replace("requires = []", 'requires = ["tiny"]')
    (made.root / "pyproject.toml").write_text(project)
    monkeypatch.setattr(places, "ROOT", made.root)
    monkeypatch.setattr(installing, "ROOT", made.root)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.setenv(name, made.environment[name])
    monkeypatch.delenv("LESSONS_WHEELS", raising=False)
    return made


def test_the_course_installs_from_a_packed_folder_and_from_nothing_else(tiny, tmp_path: Path, capsys) -> None:
    room = tmp_path / "a stick"
    assert cli.main(["pack", str(room)]) == 0
    assert "1 wheels and course.zip" in capsys.readouterr().out
    assert "--from" in (room / "README.txt").read_text()
    with zipfile.ZipFile(room / "course.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert "course/setup_course.py" in names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]
    shutil.rmtree(tiny.wheels)
    tiny.root = tmp_path / "unpacked" / "course"
    del tiny.environment["PIP_FIND_LINKS"]
    done = tiny.set_up("lab", "--from", str(room))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "command: ['lab']" in done.stdout
    tiny.assert_ready()


@pytest.mark.parametrize(
    ("arguments", "said"), [(["--from"], "--from needs the folder"), (["--from", "nowhere"], "no wheels")]
)
def test_a_folder_that_is_none_is_told(tiny, arguments: list[str], said: str) -> None:
    done = tiny.set_up("lab", *arguments)
    assert done.returncode == 1
    assert is_one_sentence(done.stderr)
    assert said in done.stderr


def test_a_wheel_that_the_folder_lacks_is_named(tiny, tmp_path: Path) -> None:
    tiny.needs("absent")
    done = tiny.set_up(LESSONS_WHEELS=str(tiny.wheels))
    assert done.returncode == 1
    assert "has no wheel of absent for this Python" in done.stderr
    assert is_one_sentence(done.stderr)


def test_a_wheel_that_is_nowhere_for_a_platform_is_named(tiny, tmp_path: Path, capsys) -> None:
    (tiny.root / "constraints.txt").write_text("tiny==1.0\nabsent==2.0 ; sys_platform == 'win32'\n")
    assert cli.main(["pack", str(tmp_path / "linux"), "--platform", "linux"]) == 0
    capsys.readouterr()
    assert cli.main(["pack", str(tmp_path / "windows"), "--platform", "windows", "--python", "3.12"]) == 1
    assert "There is no wheel of absent==2.0 for windows and Python 3.12" in capsys.readouterr().err
    assert cli.main(["pack", str(tmp_path / "vms"), "--platform", "vms"]) == 1
    assert "These exist: linux, linux-arm, windows, macos" in capsys.readouterr().err


def test_a_full_disk_and_the_build_for_graphics_cards_are_told(tiny, tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "room" / "wheels").mkdir(parents=True)
    (tmp_path / "room" / "wheels" / "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl").write_bytes(b"")
    assert cli.main(["pack", str(tmp_path / "room")]) == 1
    assert "the build for graphics cards" in capsys.readouterr().err
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(10**11, 10**11, 3 * 10**8))
    assert cli.main(["pack", str(tmp_path / "room")]) == 1
    assert "Only 0.3 GB are free" in capsys.readouterr().err
    (tmp_path / "a file").write_text("")
    assert cli.main(["pack", str(tmp_path / "a file")]) == 1
    assert "cannot be filled" in capsys.readouterr().err


def test_the_markers_are_those_of_the_other_platform() -> None:
    everywhere = {name: set(pack.requirements(name, "3.11")) for name in pack.PLATFORMS}
    assert any(pin.startswith("pywinpty==") for pin in everywhere["windows"] - everywhere["linux"])
    assert any(pin.startswith("pexpect==") for pin in everywhere["macos"])
    assert not any(pin.startswith("pexpect==") for pin in everywhere["windows"])
    assert any(pin.startswith("appnope==") for pin in everywhere["macos"] - everywhere["linux"])
    assert any(pin.startswith("setuptools>=") for pin in everywhere["linux"])
    if sys.platform == "linux":
        assert set(pack.requirements()) == everywhere["linux"]
    assert ROOT == places.ROOT


def test_a_folder_for_another_machine_has_the_same_assets(tiny, tmp_path: Path, capsys) -> None:
    (tiny.wheels / "tiny-1.0-py3-none-any.whl").rename(tiny.wheels / "tiny-1.0-cp38-abi3-manylinux_2_17_x86_64.whl")
    (tiny.root / "constraints.txt").write_text("")
    project = (tiny.root / "pyproject.toml").read_text().replace('requires = ["tiny"]', 'requires = ["other"]')
    (tiny.root / "pyproject.toml").write_text(project)
    make_wheel(tiny.wheels, "other-1.0-py3-none-any.whl")
    for platform in pack.PLATFORMS:
        assert cli.main(["pack", str(tmp_path / platform), "--platform", platform, "--python", "3.14"]) == 0
        there = {wheel.name for wheel in (tmp_path / platform / "wheels").iterdir()}
        assert there == {"tiny-1.0-cp38-abi3-manylinux_2_17_x86_64.whl", "other-1.0-py3-none-any.whl"}
    capsys.readouterr()


@pytest.mark.parametrize(
    ("platform", "python", "tail"),
    [
        ("linux", "3.13", "cp313-cp313-manylinux_2_28_x86_64.whl"),
        ("linux-arm", "3.14", "cp314-cp314-manylinux_2_28_aarch64.whl"),
        ("linux", "", "cp3{}-cp3{}-manylinux_2_28_x86_64.whl".format(*[sys.version_info[1]] * 2)),
    ],
)
def test_a_folder_for_linux_gets_the_cpu_build(monkeypatch, platform: str, python: str, tail: str) -> None:
    for name in ("LESSONS_WHEELS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL", "LESSONS_CPU_TORCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine, "_get", lambda page: f'<a href="/torch-{machine.CHECKED}%2Bcpu-{tail}">')
    assert pack._cpu_links(platform, python) == ["--find-links", machine.CPU_PAGE]
    assert pack._cpu_links("linux", "3.12") == []
    assert pack._cpu_links("windows", python) == []
    monkeypatch.setenv("LESSONS_CPU_TORCH", "0")
    assert pack._cpu_links(platform, python) == []


def test_a_version_without_its_third_number_is_the_first_release() -> None:
    assert pack._target("windows", "3.12")[-3:] == ["3.12.0", "--implementation", "cp"]
    assert pack._target("windows", "3.12.4")[-3] == "3.12.4"
    assert pack._target("windows", "")[-3] == ".".join(map(str, sys.version_info[:3]))
    assert pack._target("", "") == []
