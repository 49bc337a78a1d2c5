"""What a machine puts around the course: paths, consoles, libraries, memory limits, a package without its course."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from lessons.commands import cli
from lessons.course import installing, places, surroundings
from lessons.course.errors import CourseError
from lessons.course.places import ROOT
from tests.support.small_course import SCRIPT, load

# Paths


def be_windows(monkeypatch: pytest.MonkeyPatch, long_paths: object) -> None:
    """Let this be a Windows whose registry says this of long paths (None: nothing)."""

    @contextmanager
    def open_key(key: object, name: str):
        assert name.endswith("FileSystem")
        yield name

    def query(key: str, name: str) -> tuple[object, int]:
        if long_paths is None:
            raise FileNotFoundError(name)
        return long_paths, 4

    registry = SimpleNamespace(OpenKey=open_key, QueryValueEx=query, HKEY_LOCAL_MACHINE=0)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr(surroundings, "sys", SimpleNamespace(platform="win32"))


LONG, SHORT = Path("/" + "x" * 67), Path("/" + "x" * 66)


@pytest.mark.parametrize("value", [0, None])
def test_a_folder_whose_paths_windows_would_refuse_is_told_first(monkeypatch, value: object) -> None:
    be_windows(monkeypatch, value)
    surroundings.check_paths(SHORT)
    with pytest.raises(CourseError, match=r"up to 260, .* takes 259\. Move .*at most 67 letters.*LongPathsEnabled /t"):
        surroundings.check_paths(LONG)


def test_long_paths_that_are_allowed_or_another_system_go_on(monkeypatch) -> None:
    surroundings.check_paths(LONG)
    be_windows(monkeypatch, 1)
    surroundings.check_paths(LONG)


def test_no_path_of_this_environment_is_longer_than_said() -> None:
    packages = Path(pytest.__file__).parents[1]
    inside = max((os.path.relpath(file, packages).replace("+cpu", "") for file in walk(packages)), key=len)
    on_windows = f".venv\\Lib\\site-packages\\{inside}"
    assert surroundings.LONGEST_INSIDE - 10 <= len(on_windows) <= surroundings.LONGEST_INSIDE, inside


def walk(folder: Path):
    for place, _, files in os.walk(folder):
        yield from (os.path.join(place, name) for name in files)


def test_the_set_up_tells_a_long_path_before_it_makes_anything(monkeypatch, tmp_path: Path, capsys) -> None:
    script = load(SCRIPT)
    for name, place in {"ROOT": "", "VENV": ".venv", "MADE": ".venv/.made", "PYTHON": ".venv/bin/python"}.items():
        monkeypatch.setattr(installing, name, tmp_path / place)
    be_windows(monkeypatch, 0)
    monkeypatch.setattr(surroundings, "SHORTEST_LIMIT", 100)
    assert script.main([]) == 1
    assert "Set-up stopped: The folder of the course" in capsys.readouterr().err
    assert not installing.VENV.exists()


# Consoles


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_a_console_without_our_letters_shows_question_marks(encoding: str, tmp_path: Path) -> None:
    folder = tmp_path / "ş → ★ 课"
    commands = (["lessons", "grade", str(folder), "--out", "x.csv"], ["lessons.course.assets", "verify"])
    for command in commands:
        variables = {"PYTHONIOENCODING": encoding, "LESSONS_ASSETS": str(folder), "PYTHONUTF8": "0"}
        done = subprocess.run([sys.executable, "-m", *command], env={**os.environ, **variables}, capture_output=True)
        assert done.returncode == 1
        assert b"?" in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr


# Libraries

NO_DLL = '[WinError {}] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\c10.dll".'


@pytest.mark.parametrize("number", [126, 127, 1114])
def test_a_library_that_windows_lacks_is_named(number: int, monkeypatch, capsys) -> None:
    assert "vc_redist.x64.exe" in surroundings.dll_advice(NO_DLL.format(number))

    def failing(numbers: list[str]) -> int:
        raise OSError(NO_DLL.format(number))

    monkeypatch.setattr("lessons.commands.copies.update", failing)
    assert cli.main(["update", "08"]) == 1
    assert "lessons: Windows lacks a library" in capsys.readouterr().err


def test_another_error_stays_what_it_is(monkeypatch) -> None:
    assert surroundings.dll_advice("OSError: [WinError 5] Access is denied") == ""

    def failing(numbers: list[str]) -> int:
        raise OSError("another")

    monkeypatch.setattr("lessons.commands.copies.update", failing)
    with pytest.raises(OSError, match="another"):
        cli.main(["update", "08"])


@pytest.mark.parametrize(
    ("code", "said"), [(f"raise OSError({NO_DLL.format(126)!r})", "vc_redist"), ("1 / 0", ""), ("", "")]
)
def test_the_set_up_tries_pytorch_on_windows(code: str, said: str, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert surroundings.torch_trouble(sys.executable) == ""  # not on this system
    monkeypatch.setattr(surroundings, "sys", SimpleNamespace(platform="win32"))
    told = surroundings.torch_trouble(sys.executable)
    assert said in told if said else told == ""
    assert not said or "torch: OSError: [WinError 126]" in told


def test_on_a_mac_what_its_gpu_lacks_runs_on_the_processor(monkeypatch, capsys) -> None:
    monkeypatch.delenv("PYTORCH_ENABLE_MPS_FALLBACK", raising=False)
    cli.main([])
    assert os.environ["PYTORCH_ENABLE_MPS_FALLBACK"] == "1"
    monkeypatch.setenv("PYTORCH_ENABLE_MPS_FALLBACK", "0")
    cli.main([])
    assert os.environ["PYTORCH_ENABLE_MPS_FALLBACK"] == "0"


# Memory

GB = 10**9
V1_NONE = 9223372036854771712


def machine_with(root: Path, groups: str, **files: str) -> Path:
    """A root with the control groups of a process; in a file's name, two underscores are a slash."""
    for name, text in {"proc__self__cgroup": groups, **files}.items():
        place = root / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


V2 = {
    "sys__fs__cgroup__memory.max": f"{4 * GB}\n",
    "sys__fs__cgroup__memory.current": f"{3 * GB}\n",
    "sys__fs__cgroup__memory.stat": f"anon 12\ninactive_file {GB}\n",
}
V1 = {
    "sys__fs__cgroup__memory__memory.limit_in_bytes": f"{4 * GB}\n",
    "sys__fs__cgroup__memory__memory.usage_in_bytes": f"{3 * GB}\n",
    "sys__fs__cgroup__memory__memory.stat": f"cache 12\ntotal_inactive_file {GB}\n",
}


@pytest.mark.parametrize(
    ("groups", "files"),
    [("0::/\n", V2), ("0::/../../x.slice/docker-1.scope\n", V2), ("4:memory:/docker/abc\n0::/\n", V1),
     ("3:cpu,cpuacct:/\n2:memory:/\n", V1)],
)  # fmt: skip
def test_a_container_has_the_memory_of_its_limit(tmp_path: Path, groups: str, files: dict[str, str]) -> None:
    root = machine_with(tmp_path, groups, **files)
    assert surroundings.memory(60 * GB, 64 * GB, root) == (2 * GB, 4 * GB)
    assert surroundings.memory(1 * GB, 64 * GB, root) == (1 * GB, 4 * GB)  # the machine itself is fuller
    assert surroundings.memory(1 * GB, 2 * GB, root) == (1 * GB, 2 * GB)


def test_the_closest_of_several_limits_counts(tmp_path: Path) -> None:
    root = machine_with(
        tmp_path, "0::/user.slice/one.scope\n",
        **{"sys__fs__cgroup__user.slice__memory.max": f"{4 * GB}", "sys__fs__cgroup__user.slice__memory.current": "0",
           "sys__fs__cgroup__user.slice__one.scope__memory.max": f"{8 * GB}",
           "sys__fs__cgroup__user.slice__one.scope__memory.current": f"{7 * GB}"},
    )  # fmt: skip
    assert surroundings.memory(60 * GB, 64 * GB, root) == (GB, 4 * GB)


@pytest.mark.parametrize(
    ("groups", "files"),
    [("0::/\n", {"sys__fs__cgroup__memory.max": "max\n"}), ("nonsense\n", {}),
     ("4:memory:/\n", {"sys__fs__cgroup__memory__memory.limit_in_bytes": f"{V1_NONE}"}),
     ("0::/\n", {"sys__fs__cgroup__memory.max": "\n"})],
)  # fmt: skip
def test_without_a_limit_the_machine_is_believed(tmp_path: Path, groups: str, files: dict[str, str]) -> None:
    root = machine_with(tmp_path / "some", groups, **files)
    assert surroundings.memory(6 * GB, 8 * GB, root) == (6 * GB, 8 * GB)
    assert surroundings.memory(6 * GB, 8 * GB, tmp_path / "no proc at all") == (6 * GB, 8 * GB)


# The package, installed without the course


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with a copy of ours, as an installed wheel leaves it."""
    site = tmp_path_factory.mktemp("site-packages")
    shutil.copytree(ROOT / "lessons", site / "lessons", ignore=shutil.ignore_patterns("__pycache__"))
    return site


def in_it(alone: Path, code: str, here: Path, **variables: str) -> str:
    """What code prints in a process that has that copy of the package, and no other."""
    setting = {**os.environ, "PYTHONPATH": str(alone), "PYTHONIOENCODING": "utf-8", **variables}
    catching = (
        f"from lessons.course.errors import CourseError\ntry:\n    {code}\nexcept CourseError as e:\n    print(e)"
    )
    done = subprocess.run(
        [sys.executable, "-c", catching], cwd=here, env=setting, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "code",
    [
        "from lessons.course import assets; assets.path('tiny')",
        "from lessons.course import assets; assets.install()",
        "from lessons.course import places; places.find(['5'])",
        "from lessons.course import machine; machine.check()",
        "from lessons.kit import results; results.load('attention')",
    ],
)
def test_without_the_course_a_sentence_says_how_to_get_it(alone: Path, tmp_path: Path, code: str) -> None:
    told = in_it(alone, code, tmp_path)
    assert "installed here without the course's folder" in told
    assert "git clone" in told
    assert "LESSONS_COURSE" in told


@pytest.mark.parametrize("command", [["doctor"], ["update", "05"], ["pack", "here"], ["grade", ".", "--out", "x.csv"]])
def test_no_command_breaks_without_the_course(alone: Path, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "li_05_attention.ipynb").write_text("{}")
    setting = {**os.environ, "PYTHONPATH": str(alone), "PYTHONIOENCODING": "utf-8", "LESSONS_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "lessons", *command], cwd=tmp_path, env=setting, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "git clone" in done.stderr + done.stdout


def test_the_course_is_found_where_one_works_or_where_it_is_named(alone: Path, tmp_path: Path) -> None:
    code = "from lessons.course import assets, places; print(places.ROOT, len(assets.manifest()), len(places.find([])))"
    inside = in_it(alone, code, ROOT / "notebooks")
    assert inside == in_it(alone, code, tmp_path, LESSONS_COURSE=str(ROOT))
    assert inside.startswith(f"{ROOT} ")
    results = "from lessons.kit import results; print(sorted(results.load('attention')) > [])"
    assert in_it(alone, results, ROOT / "notebooks") == "True"


def test_a_package_inside_its_course_takes_no_other(monkeypatch, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "lessons").mkdir(parents=True)
        (tmp_path / name / places.MARK).touch()
    monkeypatch.setenv("LESSONS_COURSE", str(tmp_path / "two"))
    assert places.find_root(tmp_path / "one" / "lessons", tmp_path / "two") == tmp_path / "one"
    monkeypatch.setenv("LESSONS_COURSE", str(tmp_path / "absent"))
    assert places.find_root(tmp_path / "site" / "lessons", tmp_path / "two") == tmp_path / "site"
    monkeypatch.delenv("LESSONS_COURSE")
    assert places.find_root(tmp_path / "site" / "lessons", tmp_path / "two" / "lessons") == tmp_path / "two"
