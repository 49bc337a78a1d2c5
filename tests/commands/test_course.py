"""Learner copies, headless runs, JupyterLab, the doctor and the sequence of checks."""

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections import namedtuple
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from lessons.commands import cli, copies, doctor, lab
from lessons.commands import test as checks
from lessons.course import assets, installing, places, surroundings
from lessons.course.errors import CourseError
from lessons.course.files import held
from lessons.course.places import home
from lessons.teaching import running


def notebook(*sources: str, ran: bool = True) -> dict[str, Any]:
    """A notebook of code cells, as if it had been run."""
    output = {"output_type": "stream", "name": "stdout", "text": ["an answer\n"]}
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{i}",
            "metadata": {"tags": ["long"], "execution": {"iopub.execute_input": "2026"}},
            "source": [source],
            "outputs": [output] if ran else [],
            "execution_count": i if ran else None,
        }
        for i, source in enumerate(sources, 1)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons in a path that is not easy."""
    root = tmp_path / "my cöurse 课程"
    for name, folder in {
        "ROOT": "",
        "NOTEBOOKS": "notebooks",
        "COPIES": "my-course",
        "EXECUTED": "build/executed",
    }.items():
        monkeypatch.setattr(places, name, root / folder)
    places.NOTEBOOKS.mkdir(parents=True)
    write("00_start_here", "print('π')")
    write("08_fine_tuning", "x = 1", "print(x)")
    return root


def write(name: str, *sources: str) -> Path:
    file = places.NOTEBOOKS / f"{name}.ipynb"
    file.write_text(json.dumps(notebook(*sources)), encoding="utf-8")
    return file


def copy(name: str = "08_fine_tuning") -> Path:
    return places.COPIES / f"{name}.ipynb"


def edit(file: Path, source: str) -> bytes:
    """A learner's work in a notebook; returns the bytes of the file."""
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = [source]
    file.write_text(json.dumps(content), encoding="utf-8")
    return file.read_bytes()


# Which notebooks there are


@pytest.mark.parametrize("name", ["8", "08", "08_fine_tuning", "08_fine_tuning.ipynb"])
def test_a_notebook_has_several_names(place: Path, name: str) -> None:
    assert [file.stem for file in places.find([name, "0"])] == ["00_start_here", "08_fine_tuning"]


def test_no_notebook_at_all(place: Path) -> None:
    shutil.rmtree(places.NOTEBOOKS)
    with pytest.raises(CourseError, match="no notebooks"):
        places.find([])


# Learner copies


def test_the_first_copy_has_no_outputs(place: Path) -> None:
    assert copies.refresh() == []
    cells = json.loads(copy().read_text(encoding="utf-8"))["cells"]
    assert [cell["source"] for cell in cells] == [["x = 1"], ["print(x)"]]
    assert [(cell["outputs"], cell["execution_count"], cell["metadata"]) for cell in cells] == [
        ([], None, {"tags": ["long"]})
    ] * 2
    assert "π" in copy("00_start_here").read_text(encoding="utf-8")
    assert sorted(os.listdir(places.COPIES)) == [
        ".lessons.json",
        ".lock",
        "00_start_here.ipynb",
        "08_fine_tuning.ipynb",
    ]


def test_a_learners_work_is_never_touched(place: Path) -> None:
    copies.refresh()
    mine = edit(copy(), "x = 'my own work'")
    assert copies.refresh() == []
    write("08_fine_tuning", "x = 2", "print(x)")
    told = copies.refresh()
    assert told == [
        "Lesson 08 has changed since you copied it. "
        "Your copy is untouched; `lessons update 08` lays the new one beside it."
    ]
    assert copy().read_bytes() == mine


def test_a_lesson_that_was_only_run_again_has_not_changed(place: Path) -> None:
    copies.refresh()
    content = notebook("x = 1", "print(x)", ran=False)
    content["cells"][1]["metadata"]["execution"] = {"iopub.execute_input": "2027"}
    (places.NOTEBOOKS / "08_fine_tuning.ipynb").write_text(json.dumps(content), encoding="utf-8")
    assert copies.refresh() == []


def test_update_lays_the_new_lesson_beside_the_old(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.refresh()
    mine = edit(copy(), "x = 'my own work'")
    for i in (1, 2):
        write("08_fine_tuning", f"x = {i + 10}")
        assert copies.update(["8"]) == 0
        beside = copy(f"08_fine_tuning (new {i})")
        assert f"x = {i + 10}" in beside.read_text(encoding="utf-8")
        assert beside.name in capsys.readouterr().out
    assert copy().read_bytes() == mine
    assert copies.refresh() == []
    copies.update(["08"])
    assert "already in 08_fine_tuning (new 2).ipynb" in capsys.readouterr().out
    assert not copy("08_fine_tuning (new 3)").exists()


def saved_by_jupyterlab(file: Path) -> None:
    """What JupyterLab makes of a file that was opened, run and saved: all new but sources, types and tags."""
    content = json.loads(file.read_text(encoding="utf-8"))
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    content["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.13.1"}}
    content["nbformat_minor"] = 4
    for cell in content["cells"]:
        cell.pop("id", None)
        cell["metadata"] |= {"editable": True, "slideshow": {"slide_type": ""}, "collapsed": False}
        cell["source"] = "".join(cell["source"])
    file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n\n", encoding="utf-8", newline="\r\n")


def test_what_jupyterlab_rewrites_is_no_change(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.refresh()
    saved_by_jupyterlab(copy())
    copies.update(["08"])
    assert "already in 08_fine_tuning.ipynb" in capsys.readouterr().out
    copies.reset(["08"])
    assert "nothing to do" in capsys.readouterr().out
    (places.COPIES / copies.RECORD).unlink()
    assert copies.refresh() == []
    saved_by_jupyterlab(places.NOTEBOOKS / copy().name)
    assert copies.refresh() == []
    assert [file.name for file in places.COPIES.glob("08*")] == ["08_fine_tuning.ipynb"]


@pytest.mark.parametrize("change", [{"source": "x = 1 "}, {"cell_type": "markdown"}, {"metadata": {"tags": ["short"]}}])
def test_a_changed_source_type_or_tag_is_a_change(place: Path, change: dict[str, Any]) -> None:
    copies.refresh()
    content = notebook("x = 1", "print(x)")
    content["cells"][0] |= change
    (places.NOTEBOOKS / copy().name).write_text(json.dumps(content), encoding="utf-8")
    assert [line[:29] for line in copies.refresh()] == ["Lesson 08 has changed since y"]
    copies.update(["08"])
    assert copy("08_fine_tuning (new 1)").is_file()


def test_a_reset_clears_what_was_only_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.refresh()
    copy().write_text(json.dumps(notebook("x = 1", "print(x)")), encoding="utf-8")
    copies.reset(["08"])
    assert "begins anew" in capsys.readouterr().out
    assert "an answer" not in copy().read_text(encoding="utf-8")


def test_a_record_of_an_earlier_course_raises_no_alarm(place: Path) -> None:
    """It held the hash of the whole file that was handed out."""
    copies.refresh()
    handed_out = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in places.COPIES.glob("*.ipynb")}
    (places.COPIES / copies.RECORD).write_text(json.dumps(handed_out), encoding="utf-8")
    edit(copy(), "x = 'my own work'")
    assert copies.refresh() == []
    write("08_fine_tuning", "x = 2")
    assert len(copies.refresh()) == 1


@pytest.mark.parametrize("error", [OSError(37, "No locks available"), NotImplementedError()], ids=repr)
def test_copies_are_made_on_a_file_system_without_locks(
    place: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(lock: object) -> None:
        raise error

    monkeypatch.setattr("filelock.FileLock._acquire", refuse)
    assert copies.refresh() == []
    assert copy().is_file()


def test_a_busy_folder_is_waited_for_and_then_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "WAIT", 0.1)
    places.COPIES.mkdir()
    with held(places.COPIES / ".lock", 0.1), pytest.raises(CourseError, match="Another `lessons` command is busy"):
        copies.refresh()


def test_update_gives_a_fresh_copy_of_an_unchanged_lesson_that_was_worked_in(place: Path) -> None:
    copies.refresh()
    edit(copy(), "x = 'my own work'")
    copies.update(["08"])
    assert "x = 1" in copy("08_fine_tuning (new 1)").read_text(encoding="utf-8")


def test_reset_begins_anew_and_keeps_every_version(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.refresh()
    fresh = copy().read_bytes()
    other = edit(copy("00_start_here"), "untouched")
    today = f"{date.today()}"
    mine = []
    for name in (f"(kept {today})", f"(kept {today} 2)"):
        mine.append(edit(copy(), name))
        assert cli.main(["reset", "8"]) == 0
        said = capsys.readouterr().out
        assert f"what you had is in 08_fine_tuning {name}.ipynb" in said
        assert "lessons progress --reset 08" in said
        assert copy().read_bytes() == fresh
    assert [copy(f"08_fine_tuning (kept {today}{n})").read_bytes() for n in ("", " 2")] == mine
    assert copy("00_start_here").read_bytes() == other
    assert copies.refresh() == []  # neither complains nor counts what was kept as a lesson


def test_reset_lays_todays_lesson_and_leaves_a_fresh_one(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.refresh()
    assert copies.reset(["08"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    write("08_fine_tuning", "x = 2")
    copy().write_bytes(b"\xff not even a notebook")
    copies.reset(["08"])
    assert "x = 2" in copy().read_text(encoding="utf-8")
    assert copy(f"08_fine_tuning (kept {date.today()})").read_bytes() == b"\xff not even a notebook"
    copy().unlink()
    copies.reset(["08"])
    assert "is now in 08_fine_tuning.ipynb" in capsys.readouterr().out
    assert copies.refresh() == []


def test_a_reset_that_fails_leaves_the_copy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies.refresh()
    mine = edit(copy(), "mine")

    def full(file: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "write_new", full)
    with pytest.raises(CourseError, match="No space left"):
        copies.reset(["08"])
    assert copy().read_bytes() == mine
    assert not list(places.COPIES.glob("*kept*"))


def test_a_deleted_copy_comes_back_fresh(place: Path) -> None:
    copies.refresh()
    copy().unlink()
    copies.refresh()
    assert "x = 1" in copy().read_text(encoding="utf-8")
    copy().unlink()
    copies.update(["08"])
    assert "x = 1" in copy().read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["{ half", "[]", '{"08_fine_tuning.ipynb": 3}', "\ufffd\x00"])
def test_a_damaged_record_is_kept_aside_and_nothing_is_lost(place: Path, damage: str) -> None:
    copies.refresh()
    mine = edit(copy(), "x = 'my own work'")
    (places.COPIES / copies.RECORD).write_text(damage, encoding="utf-8")
    told = copies.refresh()
    assert "was damaged" in told[0]
    assert [line for line in told if line.startswith("Lesson 08")]
    assert not [line for line in told if line.startswith("Lesson 00")]
    assert copy().read_bytes() == mine
    assert (places.COPIES / f"{copies.RECORD}.damaged-1").read_text(encoding="utf-8") == damage
    assert copies.refresh() == []


def test_a_damaged_lesson_does_not_keep_the_others_away(place: Path) -> None:
    (places.NOTEBOOKS / "00_start_here.ipynb").write_text("<<<<<<< HEAD", encoding="utf-8")
    (places.NOTEBOOKS / "05_attention.ipynb").write_text("[]", encoding="utf-8")
    told = copies.refresh()
    assert [line[:9] for line in told] == ["Lesson 00", "Lesson 05"]
    assert copy().is_file()
    with pytest.raises(CourseError, match="is not a notebook"):
        copies.update(["00"])


def test_a_folder_that_cannot_be_written(place: Path) -> None:
    places.COPIES.write_text("a file in the place of the folder: root cannot write into it either")
    with pytest.raises(CourseError, match=r"cannot be written to .*my-course"):
        copies.refresh()


def test_a_disk_that_fills_up_leaves_no_half_copy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CourseError, match="No space left"):
        copies.refresh()
    assert not list(places.COPIES.glob("*.ipynb"))
    assert not list(places.COPIES.glob(".*.part"))


def test_without_hard_links_nothing_is_overwritten_either(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(source: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    copies.refresh()
    mine = edit(copy(), "x = 'my own work'")
    with pytest.raises(FileExistsError):
        copies.write_new(copy(), "another")
    copies.update(["08"])
    assert copy().read_bytes() == mine
    assert copy("08_fine_tuning (new 1)").is_file()


# Headless runs


def test_a_run_goes_through_all_and_tells_what_failed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (places.NOTEBOOKS / "notes.txt").write_text("beside the notebook")
    write(
        "00_start_here",
        "import os, pathlib; print(os.environ['LESSONS_HOME'])",
        "",
        "pathlib.Path('notes.txt').read_text()",
    )
    write("01_raises", "x = 1", "print(unknown_name)", "print('never')")
    write("02_dies", "import os", "os._exit(1)")
    write("03_hangs", "import time; time.sleep(600)")
    (places.NOTEBOOKS / "04_broken.ipynb").write_text("{ half", encoding="utf-8")
    before = os.environ.get("LESSONS_HOME")
    assert running.run([], cell_timeout=4) == 1
    told = capsys.readouterr().out
    rows = {
        line.split()[0]: " ".join(line.split()[1:]) for line in told.splitlines() if line[:1] == "0" and "|" not in line
    }
    assert list(rows) == ["00_start_here", "01_raises", "02_dies", "03_hangs", "04_broken", "08_fine_tuning"]
    for name, cells, result in [
        ("00_start_here", "2/2", "ok"),
        ("01_raises", "1/3", "code cell 2: NameError: name 'unknown_name' is not defined"),
        ("02_dies", "1/2", "code cell 2: the kernel died (out of memory, or a crash in compiled code)"),
        ("03_hangs", "0/1", "code cell 1: took longer than 4 s"),
        ("08_fine_tuning", "2/2", "ok"),
    ]:
        assert rows[name].startswith(cells)
        assert rows[name].endswith(result)
    assert "is not a valid notebook" in rows["04_broken"]
    first = executed("00_start_here")["cells"][0]["outputs"][0]["text"]
    assert "lessons-" in "".join(first)
    assert str(home()) not in "".join(first)
    assert executed("01_raises")["cells"][1]["outputs"][0]["ename"] == "NameError"
    assert os.environ.get("LESSONS_HOME") == before
    assert "an answer" in (places.NOTEBOOKS / "08_fine_tuning.ipynb").read_text(encoding="utf-8")


def test_a_run_uses_this_python_and_no_folder_of_jupyter(
    place: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (place / "file").touch()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(place / "file" / "runtime"))
    write("00_start_here", LOOK)
    assert running.run(["00"]) == 0, capsys.readouterr().out
    values = [output for output in executed("00_start_here")["cells"][0]["outputs"] if "execution_count" in output]
    assert [value["data"]["text/plain"] for value in values] == [[str((sys.prefix, False, 7.0))]]
    assert os.environ["JUPYTER_PATH"] == settings["JUPYTER_PATH"]


def executed(name: str) -> dict[str, Any]:
    return json.loads((places.EXECUTED / f"{name}.ipynb").read_text(encoding="utf-8"))


def test_a_run_without_a_place_for_its_copies(place: Path) -> None:
    (place / "build").write_text("a file in the place of the folder")
    with pytest.raises(CourseError, match="cannot be written"):
        running.run(["00"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_stops_the_run_and_its_kernel(place: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    write("00_start_here", f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    with in_another_process(place, "run") as process:
        pid = int(wait_for(lambda: pid_file.exists() and pid_file.read_text()))
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.endswith("Stopped.\n")
    assert "Traceback" not in error
    assert "08_fine_tuning" not in out
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def in_another_process(place: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`lessons ARGUMENTS` for the course in `place`."""
    code = f"""
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from lessons.commands import cli
from lessons.course import places
root = Path({str(place)!r})
places.ROOT, places.NOTEBOOKS, places.COPIES = root, root / "notebooks", root / "my-course"
places.EXECUTED = root / "build" / "executed"
sys.exit(cli.main({list(arguments)}))
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wait_for(condition: Any) -> Any:
    """The first true value of a condition that another process brings about."""
    for _ in range(600):
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError("waited a minute in vain")


# JupyterLab


def test_a_real_lab_opens_the_learners_copy_with_a_token_and_only_once(place: Path, tmp_path: Path) -> None:
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("RUNTIME", "CONFIG", "DATA")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with in_another_process(place, "lab", "--no-browser", "--port", str(port), **own) as first:
            try:
                server = wait_for(lambda: server_of(tmp_path / "runtime"))
                assert_served(server)
                with in_another_process(place, "lab", "--no-browser", **own) as second:
                    told = second.communicate(timeout=60)[0]
                assert second.returncode == 0
                assert f"already open at {server['url']}lab/tree/my-course/00_start_here.ipynb?token=" in told
            finally:
                first.terminate()
                out = first.communicate(timeout=60)[0]
    assert f"Port {port} is taken; the course uses {server['port']} instead." in out
    assert f"lab/tree/my-course/00_start_here.ipynb?token={server['token']}" in out
    assert server["root_dir"] == str(place)


HOSTILE = """
c.ServerApp.base_url = "/mine/"
c.ServerApp.certfile = "/nowhere/certificate.pem"
c.ServerApp.contents_manager_class = "nowhere.Manager"
c.ServerApp.preferred_dir = "/"
c.ServerApp.root_dir = "/"
"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has set up Jupyter, IPython and matplotlib for other work."""
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("RUNTIME", "CONFIG", "DATA")}
    texts = {
        "config/jupyter_server_config.py": HOSTILE + "c.ServerApp.answer_yes = 1 / 0",
        "config/jupyter_server_config.json": json.dumps({"ServerApp": {"base_url": "/json/", "sock": "/nowhere/x"}}),
        "config/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings": '{"theme": "mine"}',
        "system/jupyter_server_config.py": HOSTILE,
        "other/kernels/python3/kernel.json": json.dumps({"argv": ["/nowhere/python"], "display_name": "Other"}),
        "ipython/profile_default/ipython_config.py": 'c.InteractiveShell.ast_node_interactivity = "all"',
        "matplotlibrc": "text.usetex: True\nlines.linewidth: 7",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    others = {"JUPYTER_CONFIG_PATH": "system", "JUPYTER_PATH": "other", "IPYTHONDIR": "ipython"}
    others["MATPLOTLIBRC"] = "matplotlibrc"
    return own | {name: str(tmp_path / place) for name, place in others.items()}


LOOK = """
import sys, matplotlib.pyplot as plt
title = plt.title("50 %")
1
(sys.prefix, title.get_usetex(), plt.rcParams["lines.linewidth"])
"""


def test_a_real_lab_is_the_courses_whatever_the_user_has_set(
    place: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    with in_another_process(place, "lab", "--no-browser", **settings) as process:
        try:
            server = wait_for(lambda: process.poll() or server_of(tmp_path / "runtime"))
            assert isinstance(server, dict), process.communicate()[1]
            assert_served(server)
            theme = json.loads(fetch(server, "lab/api/settings/@jupyterlab/apputils-extension:themes"))
            assert theme["settings"] == {"theme": "mine"}
            spec = json.loads(fetch(server, "api/kernelspecs"))["kernelspecs"]["python3"]["spec"]
            assert spec["display_name"] == "Python 3 (ipykernel)"
            kernel = json.loads(fetch(server, "api/kernels", data=b'{"name": "python3"}'))["id"]
            shown = results(tmp_path / "runtime" / f"kernel-{kernel}.json", LOOK)
            assert shown == [str((sys.prefix, False, 7.0))]
        finally:
            process.terminate()
            error = process.communicate(timeout=60)[1]
    for word in ("eavesdropping", "deprecated", "Traceback"):
        assert word not in error


def test_a_real_lab_needs_no_home_that_can_be_written(place: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the place of a home, where nobody can write")
    own = {
        "HOME": str(tmp_path / "a file"),
        "USERPROFILE": str(tmp_path / "a file"),
        "APPDATA": str(tmp_path / "a file"),
    }
    own |= {f"JUPYTER_{name}_DIR": "" for name in ("RUNTIME", "CONFIG", "DATA")} | {"IPYTHONDIR": ""}
    with in_another_process(place, "lab", "--no-browser", **own) as first:
        try:
            ours = places.COPIES / ".lab" / "jupyter_data_dir"
            server = wait_for(lambda: first.poll() or server_of(ours / "runtime"))
            assert isinstance(server, dict), first.communicate()[1]
            assert_served(server)
            kernel = json.loads(fetch(server, "api/kernels", data=b'{"name": "python3"}'))["id"]
            assert results(ours / "runtime" / f"kernel-{kernel}.json", "6 * 7") == ["42"]
            with in_another_process(place, "lab", "--no-browser", **own) as second:
                assert "already open" in second.communicate(timeout=60)[0]
        finally:
            first.terminate()
            out, error = first.communicate(timeout=60)
    assert f"so it uses {ours} for the course" in out
    assert "Traceback" not in error


def results(connection: Path, code: str) -> list[str]:
    """The values that a running kernel shows for a cell."""
    from jupyter_client.blocking import BlockingKernelClient

    client = BlockingKernelClient()
    client.load_connection_file(str(wait_for(lambda: connection.exists() and connection)))
    client.hb_channel.time_to_dead = 30  # seconds without a heartbeat: on a busy machine the imports of one take a few
    client.start_channels()
    client.wait_for_ready(60)
    shown: list[str] = []

    def look(message: dict[str, Any]) -> None:
        if message["msg_type"] == "execute_result":
            shown.append(message["content"]["data"]["text/plain"])

    client.execute_interactive(code, output_hook=look, timeout=60)
    client.stop_channels()
    return shown


def server_of(runtime: Path) -> dict[str, Any] | None:
    """What a running server says of itself, once it answers."""
    for file in runtime.glob("jpserver-*.json"):
        server = json.loads(file.read_text() or "{}")
        if server and lab._answers(server):
            return server
    return None


def assert_served(server: dict[str, Any]) -> None:
    assert server["url"].startswith("http://127.0.0.1:")
    assert len(server["token"]) >= 32
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fetch(server, "api/contents/my-course", token="")
    names = [file["name"] for file in json.loads(fetch(server, "api/contents/my-course"))["content"]]
    assert names == ["00_start_here.ipynb", "08_fine_tuning.ipynb"]
    setting = json.loads(fetch(server, "lab/api/settings/@jupyterlab/apputils-extension:notification"))
    defaults = setting["schema"]["properties"]
    assert (defaults["fetchNews"]["default"], defaults["checkForUpdates"]["default"]) == ("false", False)
    assert json.loads(fetch(server, "lab/api/news")) == {"news": []}
    assert json.loads(fetch(server, "lab/api/update")) == {"notification": None}


def fetch(server: dict[str, Any], page: str, token: str | None = None, data: bytes | None = None) -> str:
    token = server["token"] if token is None else token
    head = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(server["url"] + page, data, head)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as reply:
        return reply.read().decode()


def test_a_lab_that_cannot_keep_its_kernel_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> str:
        raise OSError(28, "No space left on device")

    copies.refresh()
    monkeypatch.setattr("lessons.teaching.jupyter.own_kernel", full)
    monkeypatch.setattr(lab, "running", lambda: None)
    with pytest.raises(CourseError, match=r"needs .*\.lab.*No space left"):
        lab.start(8888, browser=False)
    shutil.rmtree(places.COPIES / ".lab")
    (places.COPIES / ".lab").touch()
    with pytest.raises(CourseError, match="cannot be written"):
        lab.start(8888, browser=False)


def test_a_server_that_crashed_does_not_count(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    crashed = {"root_dir": str(place), "url": closed, "token": "t"}
    foreign = {"root_dir": str(place.parent), "url": closed, "token": "t"}
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter([foreign, {}, crashed]))
    assert lab.running() is None


def test_the_wanted_port_is_taken_only_if_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not lab.is_free(port)
        assert port < lab.free_port(port) < port + 100
    assert lab.free_port(port) == port


def test_no_port_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "is_free", lambda port: False)
    with pytest.raises(CourseError, match="--port"):
        lab.free_port(65530)


@pytest.mark.parametrize(("uid", "allowed"), [(0, True), (1000, False)])
def test_only_root_needs_to_be_allowed(monkeypatch: pytest.MonkeyPatch, uid: int, allowed: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)
    chosen = lab.options(8888, "secret", "/lab", browser=False)
    assert ("--allow-root" in chosen) == allowed
    assert "--ServerApp.ip=127.0.0.1" in chosen
    assert "--IdentityProvider.token=secret" in chosen


# The doctor


def test_the_home_is_yours_to_choose(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LESSONS_HOME", str(tmp_path / "here"))
    assert home() == tmp_path / "here"
    monkeypatch.setenv("LESSONS_HOME", "")
    assert home().is_absolute()
    assert home().name == "lessons"


def found(examine: Any) -> list[tuple[str, str]]:
    return [(check.state, check.found) for check in examine()]


def test_the_doctor_tells_every_damaged_asset_and_repairs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = ["The asset a is missing.", "The asset b is 5 bytes long."]
    monkeypatch.setattr(assets, "problems", lambda: iter(damaged))
    monkeypatch.setattr(assets, "install", damaged.clear)
    monkeypatch.setattr(doctor, "CHECKS", [doctor.asset_files])
    assert doctor.run() == 1
    told = capsys.readouterr().out
    assert told.count("PROBLEM") == 2
    assert "lessons doctor --repair" in told
    assert "2 problems." in told
    assert doctor.run(repair=True) == 0
    assert "PROBLEM" not in capsys.readouterr().out


def test_the_doctor_notes_assets_of_another_course(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "is_installed", lambda: False)
    monkeypatch.setattr(assets, "problems", lambda: iter(()))
    assert found(doctor.asset_files) == [("note", "whole, but from another data/assets.txt")]


def test_the_doctor_compares_versions(place: Path) -> None:
    ranges = (
        '[project]\ndependencies = ["pytest>=1", "numpy>=99", "absent-package>=1", "x; sys_platform == \'none\'"]\n'
    )
    (place / "pyproject.toml").write_text(ranges)
    told = found(doctor.packages)
    assert [state for state, _ in told] == ["PROBLEM", "PROBLEM"]
    assert told[0][1].endswith("needed: >=99")
    assert told[1][1] == "missing, needed: >=1"
    (place / "pyproject.toml").write_text('[project]\ndependencies = ["pytest>=1"]\n')
    assert found(doctor.packages) == [("ok", "all 1 in the ranges of pyproject.toml")]


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [(1, "Traceback\nImportError: libx.so", "ImportError: libx.so"), (-4, "", "it crashed with code -4")],
)
def test_the_doctor_survives_a_torch_that_does_not(
    monkeypatch: pytest.MonkeyPatch, code: int, error: str, told: str
) -> None:
    done = subprocess.CompletedProcess([], code, "", error)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: done)
    assert found(doctor.torch) == [("PROBLEM", told)]


@pytest.mark.parametrize(("free", "state"), [(5 * 10**8, "PROBLEM"), (5 * 10**10, "ok")])
def test_the_doctor_looks_at_disk_and_memory(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = namedtuple("usage", "total used free available")(10**11, 0, free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    monkeypatch.setattr("psutil.virtual_memory", lambda: usage)
    monkeypatch.setattr(surroundings, "memory", lambda free, total: (free, total))
    assert [found(doctor.disk)[0][0], found(doctor.memory)[0][0]] == [state, state]


def test_the_doctor_counts_what_a_container_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "memory", lambda free, total: (10**9, 4 * 10**9))
    assert found(doctor.memory) == [("PROBLEM", "1.0 of 4 GB free")]


def test_the_doctor_knows_the_library_that_windows_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    error = "OSError: [WinError 126] The specified module could not be found. Error loading c10.dll"
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess([], 1, "", error))
    (check,) = doctor.torch()
    assert "Visual C++" in check.advice


def test_a_taken_port_is_a_note_not_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "is_free", lambda port: False)
    assert found(doctor.port) == [("note", "8888 is in use")]


def test_the_doctor_finds_folders_that_cannot_be_written(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("LESSONS_HOME", str(tmp_path / "a file" / "home"))
    states = [check.state for check in doctor.learner()]
    assert states == ["PROBLEM", "ok"]
    assert not places.COPIES.exists()


def test_the_doctor_names_a_file_system_without_locks(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lock: object) -> None:
        raise NotImplementedError

    assert [check.state for check in doctor.learner()] == ["ok", "ok"]
    monkeypatch.setattr("filelock.FileLock._acquire", refuse)
    told = list(doctor.learner())
    assert [check.state for check in told] == ["note", "note"]
    assert "LESSONS_HOME" in told[0].advice


@pytest.fixture
def jupyter_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which Jupyter, IPython and matplotlib find nothing yet."""
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTER_PATH", "PYTHONPATH", "MATPLOTLIBRC"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_doctor_tries_the_folders_of_jupyter(jupyter_homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(doctor.jupyter_folders) == [("ok", "its folders can be written")]
    assert list(jupyter_homes.iterdir()) == []
    (jupyter_homes / "file").touch()
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR"):
        with monkeypatch.context() as patch:
            patch.setenv(name, str(jupyter_homes / "file" / "below"))
            (check,) = doctor.jupyter_folders()
        assert (check.state, check.found) == ("note", f"{jupyter_homes / 'file' / 'below'}: Not a directory")
        assert f"set {name} to" in check.advice


def test_the_doctor_tries_a_database(jupyter_homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("locking protocol")

    monkeypatch.setattr(sqlite3, "connect", locked)
    told = list(doctor.jupyter_folders())
    assert [check.found for check in told] == [
        f"{jupyter_homes / name}: no database can be kept (locking protocol)"
        for name in ("JUPYTER_DATA_DIR", "IPYTHONDIR")
    ]
    assert "disk of this machine" in told[0].advice


def test_the_doctor_names_what_hides_a_module(
    place: Path, jupyter_homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(doctor.modules) == [("ok", "none is taken from another place")]
    (jupyter_homes / "work" / "numpy").mkdir(parents=True)
    for name in ("numpy/__init__.py", "random.py", "helpers.py", "test.py"):
        (jupyter_homes / "work" / name).touch()
    harmless = [str(places.ROOT), sysconfig.get_path("purelib"), str(jupyter_homes / "not there")]
    (places.ROOT / "lessons").mkdir()
    (places.ROOT / "lessons" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", *harmless, str(jupyter_homes / "work")]))
    places.COPIES.mkdir()
    (places.COPIES / "torch.py").touch()
    hiding, beside = doctor.modules()
    assert hiding.found == f"numpy, random would come from {jupyter_homes / 'work'}"
    assert "PYTHONPATH" in hiding.advice
    assert beside.found == f"torch would come from {places.COPIES}"
    assert hiding.is_problem
    assert beside.is_problem


def test_the_doctor_names_settings_for_other_work(jupyter_homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(doctor.settings) == [("ok", "none of yours changes the notebooks")]
    profile = jupyter_homes / "IPYTHONDIR" / "profile_default"
    kernel = jupyter_homes / "other" / "kernels" / "python3" / "kernel.json"
    for folder in (profile, kernel.parent):
        folder.mkdir(parents=True)
    (profile / "ipython_config.py").write_text("# c.InteractiveShell.ast_node_interactivity = 'all'")
    (profile / "ipython_kernel_config.py").write_text("c.InteractiveShell.ast_node_interactivity = 'all'")
    kernel.write_text(json.dumps({"argv": ["/nowhere/python"], "display_name": "Other"}))
    monkeypatch.setenv("JUPYTER_PATH", str(jupyter_homes / "other"))
    monkeypatch.setitem(matplotlib.rcParams, "text.usetex", True)
    interactivity, latex, other = (check.found for check in doctor.settings())
    assert interactivity == f"ast_node_interactivity in {profile / 'ipython_kernel_config.py'}"
    assert latex.startswith("text.usetex in ")
    assert other == f"the kernel python3 is {Path('/nowhere/python')}, says {kernel.parent}"
    assert {check.state for check in doctor.settings()} == {"note"}
    kernel.write_text("{ half")
    assert "cannot be read" in list(doctor.settings())[-1].found


def test_an_examination_that_breaks_off_keeps_no_other_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def strange() -> Any:
        yield doctor.Check("first", "well")
        raise AttributeError("module 'packaging' has no attribute 'requirements'")

    def expected() -> Any:
        raise CourseError("Do this.")
        yield

    monkeypatch.setattr(doctor, "CHECKS", [strange, expected, doctor.python])
    assert doctor.run() == 1
    told = capsys.readouterr().out
    assert "PROBLEM  strange   cannot be examined (AttributeError: module 'packaging'" in told
    assert "-> Do this." in told
    assert "ok       Python" in told
    assert "2 problems." in told


def test_the_doctor_knows_an_unfinished_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert found(doctor.set_up)[0][0] in ("ok", "note")
    monkeypatch.setattr(installing, "VENV", Path(sys.prefix))
    monkeypatch.setattr(installing, "is_ready", lambda: False)
    assert found(doctor.set_up) == [("PROBLEM", "unfinished, or older than the course's files")]


# The sequence of checks


def test_the_sequence_covers_everything() -> None:
    commands = {step.name: " ".join(step.command) for step in checks.steps()}
    assert list(commands) == ["lint", "format", "types", "unit", "notebooks"]
    for flag in ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout="):
        assert flag in commands["notebooks"]
    for name in checks.PYTHON_FILES:
        assert (installing.ROOT / name).exists()
        assert name in commands["lint"]
        assert name in commands["format"]


def test_an_unknown_step() -> None:
    with pytest.raises(CourseError, match=r"no step poetry\. These exist: lint, format"):
        checks.run(["unit", "poetry"])


def test_every_step_runs_even_if_one_fails(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = """
import os, pathlib, pytest
def test_home(): assert pathlib.Path(os.environ["LESSONS_HOME"]).parent.is_dir()
def test_offline(): assert os.environ["HF_HUB_OFFLINE"] == "1"
@pytest.mark.skip(reason="no browser")
def test_skipped(): pass
"""
    files = {"passes": code, "fails": "def test_no(): assert 0", "empty": ""}
    files["skips"] = "import pytest\n@pytest.mark.skip(reason='no')\ndef test_it(): pass"
    for name, text in files.items():
        (place / f"test_{name}.py").write_text(text)
    ran = [checks.Step(name, ["pytest", "-q", f"test_{name}.py"]) for name in files]
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # quicker
    monkeypatch.setattr(checks, "steps", lambda: [checks.Step("lint", ["json.tool", "absent.json"]), *ran])
    assert checks.run() == 1
    told = capfd.readouterr().out
    table = told[told.index("step       seconds") :].splitlines()
    assert [line.split()[0] for line in table[1:6]] == ["lint", "passes", "fails", "empty", "skips"]
    assert [" ".join(line.split()[2:]) for line in table[1:6]] == [
        "FAILED",
        "ok (2 passed, 1 skipped)",
        "FAILED (1 failed)",
        "FAILED",
        "FAILED (1 skipped)",
    ]
    assert table[-1] == "2 passed, 1 failed, 2 skipped"
    assert checks.run(["passes"]) == 0
