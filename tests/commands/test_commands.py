"""The command line, the Makefile and the script of continuous integration: thin, and never a traceback."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lessons.commands import cli
from lessons.course.errors import CourseError
from lessons.course.places import ROOT

HEAVY = ("torch", "transformers", "numpy", "matplotlib", "jupyterlab", "nbformat", "sklearn")


def lessons(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lessons", *arguments],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )


def test_help_names_every_command() -> None:
    done = lessons("--help")
    assert done.returncode == 0
    for name in ("lab", "run", "test", "update", "reset", "doctor"):
        assert f"\n    {name} " in done.stdout


def test_help_imports_nothing_heavy() -> None:
    show = f"print(set({HEAVY}) & set(sys.modules))"
    code = f"import sys; from lessons.commands.cli import parser; parser().format_help(); {show}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "set()\n", done.stderr


def test_without_a_command_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "usage: lessons" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["polish"], "invalid choice"),
        (["lab", "--port", "0"], "0 is not a port"),
        (["lab", "--port", "65536"], "not a port"),
        (["lab", "--port", "first"], "first is not a port"),
        (["update"], "required"),
        (["reset"], "required"),
    ],
)
def test_a_wrong_command_line_is_told_with_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(CourseError("The disk is full."), 1, "lessons: The disk is full.\n"), (KeyboardInterrupt(), 130, "\nStopped.\n")],
)
def test_an_expected_problem_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    def failing(numbers: list[str]) -> int:
        raise error

    monkeypatch.setattr("lessons.commands.copies.update", failing)
    assert cli.main(["update", "08"]) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("command", [["run", "77"], ["update", "77"], ["run", "00", "poetry"]])
def test_an_unknown_notebook_names_those_that_exist(command: list[str]) -> None:
    done = lessons(*command)
    assert done.returncode == 1
    assert f"There is no notebook {command[-1]}" in done.stderr
    assert "00_start_here" in done.stderr
    assert "Traceback" not in done.stderr


def test_assets_in_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    done = lessons("doctor", "--repair", LESSONS_ASSETS=str(tmp_path / "a file"))
    assert done.returncode == 1
    assert done.stderr.startswith("lessons: LESSONS_ASSETS names a file")
    assert "Traceback" not in done.stderr


def test_the_doctor_names_modules_that_hide_those_of_the_course(tmp_path: Path) -> None:
    for name in ("filelock", "packaging", "psutil"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a file of other work')")
    done = lessons("doctor", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert f"filelock, packaging, psutil would come from {tmp_path}" in done.stdout
    assert "a file of other work" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_doctor_examines_this_very_environment(tmp_path: Path) -> None:
    done = lessons("doctor", LESSONS_HOME=str(tmp_path / "my höme"))
    assert done.returncode == 0, done.stdout
    for name in (
        "Python", "set-up", "modules", "packages", "torch", "assets", "disk", "memory", "port", "progress", "copies",
        "Jupyter", "settings",
    ):  # fmt: skip
        assert f"  {name} " in done.stdout
    assert str(tmp_path / "my höme") in done.stdout
    assert "PROBLEM" not in done.stdout


# make and continuous integration

MAKE = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here (Windows has none)")
BASH = pytest.mark.skipif(os.name == "nt", reason="the script is for Linux")


@MAKE
@pytest.mark.parametrize(
    ("target", "script"),
    [("course", "setup_course.py lab"), ("run", "setup_course.py run"), ("test", "setup_course.py test"),
     ("setup", "setup_course.py")],
)  # fmt: skip
def test_each_target_is_one_call_of_the_script(target: str, script: str) -> None:
    done = subprocess.run(["make", "-n", target, "PYTHON=py3"], cwd=ROOT, capture_output=True, text=True)
    assert [line for line in done.stdout.splitlines() if "make" not in line] == [f"py3 {script}"]


@MAKE
def test_make_alone_says_what_there_is() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True)
    for target in ("course", "run", "test", "setup"):
        assert f"make {target}" in done.stdout


def machine(place: Path, **programs: str) -> dict[str, str]:
    """An environment whose only programs are these scripts and the few that a shell script needs."""
    for name in ("bash", "env", "dirname", "grep", "id", "cat", "git", "tar", "mktemp", "mkdir", "rm"):
        (place / name).symlink_to(shutil.which(name) or name)
    for name, text in programs.items():
        (place / name).write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
        (place / name).chmod(0o755)
    return {"PATH": str(place), "SYSTEM_PYTHON": str(place / "no other Python")}


def continuous_integration(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ROOT / ".ci" / "run")], env=environment, capture_output=True, text=True, cwd="/")


@BASH
def test_ci_with_a_browser_only_calls_make(tmp_path: Path) -> None:
    fonts = "echo Noto Sans CJK; echo Noto Color Emoji"
    done = continuous_integration(
        machine(tmp_path, chromium="", **{"fc-list": fonts}, make='echo "make $@ in $PWD"; exit 3')
    )
    assert done.stdout == f"make test in {ROOT}\n"
    assert done.returncode == 3


@BASH
def test_ci_installs_what_lacks_and_goes_on_if_it_cannot(tmp_path: Path) -> None:
    programs = {"apt-get": f'echo "$@" >> {tmp_path}/asked; exit 100', "sudo": 'shift; "$@"', "make": "echo tested"}
    done = continuous_integration(machine(tmp_path, **programs))
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "tested"
    assert "WARNING: chromium" in done.stderr
    assert "skipped" in done.stderr
    assert "update" in (tmp_path / "asked").read_text()


@BASH
@pytest.mark.parametrize(("code", "result"), [(0, "tested"), (9, "FAILED: the set-up with Python 3.12.99")])
def test_ci_sets_up_with_the_systems_own_python_first(tmp_path: Path, code: int, result: str) -> None:
    """In a copy of the tracked files in another folder; if that fails, nothing else is run."""
    python = (
        f'case "$1" in -c) echo other; exit 0;; --version) echo "Python 3.12.99"; exit 0;; esac\n'
        f'echo "$@ in $PWD" > {tmp_path}/called; [ -f lessons/course/places.py ] || exit 7; exit {code}'
    )
    fonts = "echo Noto Sans CJK; echo Noto Color Emoji"
    environment = machine(tmp_path, chromium="", bwrap="", make="echo tested", other=python, **{"fc-list": fonts})
    done = continuous_integration({**environment, "SYSTEM_PYTHON": str(tmp_path / "other"), "TMPDIR": str(tmp_path)})
    assert done.returncode == int(code > 0)
    assert result in done.stdout + done.stderr
    assert ("tested" in done.stdout) == (code == 0)
    arguments, _, place = (tmp_path / "called").read_text().strip().partition(" in ")
    assert arguments == "setup_course.py run 00"
    assert not Path(place).exists()


@BASH
def test_ci_is_executable() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR
