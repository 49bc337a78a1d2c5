"""The set-up: every way in which it can be stopped, and the call after it."""

import ast
import errno
import http.server
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from lessons.course import conflicts, installing, machine
from lessons.course.places import ROOT
from tests.support.small_course import BACKEND, PROJECT, SCRIPT, SmallCourse, is_one_sentence, load, make_wheel

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor inherited locks")


@pytest.fixture
def script() -> ModuleType:
    return load(SCRIPT)


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course that was never set up."""
    return SmallCourse(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    """A course that is set up once for all tests; each leaves it ready."""
    made = SmallCourse(tmp_path_factory.mktemp("ready"))
    first = made.set_up()
    assert first.returncode == 0, first.stdout + first.stderr
    assert (
        f"The course is ready. Its commands: {os.path.relpath(made.python_file.parent / 'lessons', made.root)} --help"
        in first.stdout
    )
    return made


# The script itself


def test_an_old_python_can_read_the_script() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports
    assert not [node for node in imports if isinstance(node, ast.ImportFrom) and node.module == "__future__"]


def test_the_script_needs_only_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    top = [name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names]
    assert "sys" in top
    assert set(top) <= sys.stdlib_module_names
    for module in (installing, conflicts, machine, sys.modules["lessons.course"], sys.modules["lessons.course.errors"]):
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {module.__name__}, lessons.course.assets"
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (2, 7, 18), (3, 15, 0)])
def test_a_python_that_is_too_old_or_too_new_gets_a_sentence(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(script.sys, "version_info", version)
    assert script.main(["lab"]) == 1
    told = capsys.readouterr().err
    assert is_one_sentence(told)
    assert f"needs Python 3.11 to 3.14; this is Python {'.'.join(map(str, version))}" in told


def test_help_is_help(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--help"]) == 0
    assert "python setup_course.py lab" in capsys.readouterr().out


def test_a_full_disk_is_told_first(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    elsewhere(monkeypatch, tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(10**11, 10**11, 12 * 10**8))
    assert script.main([]) == 1
    told = capsys.readouterr().err
    assert is_one_sentence(told)
    assert "Only 1.2 GB are free" in told
    assert not installing.VENV.exists()


def elsewhere(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Let the set-up believe that the course is in `root`."""
    monkeypatch.setattr(installing, "ROOT", root)
    monkeypatch.setattr(installing, "VENV", root / ".venv")
    monkeypatch.setattr(installing, "MADE", root / ".venv" / ".made")
    monkeypatch.setattr(installing, "PYTHON", root / ".venv" / "bin" / "python")


def test_a_folder_that_cannot_be_written(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "course").write_text("a file: nothing can be made in it, by root neither")
    elsewhere(monkeypatch, tmp_path / "course")
    assert script.main([]) == 1
    told = capsys.readouterr().err
    assert is_one_sentence(told)
    assert "cannot be written" in told


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system", "/course/.venv"), "/course/.venv: Read-only file system"),
        (KeyboardInterrupt(), "Give the same command again to go on"),
    ],
)
def test_what_goes_wrong_anywhere_is_one_sentence(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    said: str,
) -> None:
    def failing(extra: str) -> None:
        raise error

    monkeypatch.setattr(script, "set_up", failing)
    assert script.main([]) in (1, 130)
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_python_without_ensurepip_names_the_package(script: ModuleType) -> None:
    told = script.explain_venv(
        "The virtual environment was not created because ensurepip is not available.", installing
    )
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in told


def test_an_environment_that_cannot_be_made_says_what_python_said(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere(monkeypatch, tmp_path)
    (tmp_path / "venv.py").write_text("import sys; sys.exit('Error: [Errno 28] No space left on device')")
    monkeypatch.chdir(tmp_path)  # where `python -m venv` finds the module above
    with pytest.raises(script.Problem, match=r"The disk is full[\s\S]*Errno 28"):
        script.make_venv(installing)
    assert not installing.MADE.exists()


# pip, replaced by a script that says what pip says


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], installing.Output]:
    """Runs `installing.pip` with a module `pip` of the given code; returns the runner."""

    def run(code: str) -> installing.Output:
        (tmp_path / "pip.py").write_text(code, encoding="utf-8")
        output = installing.Output()
        installing.pip(sys.executable, ["install"], "packages", output)
        return output

    monkeypatch.setattr(installing, "ROOT", tmp_path)
    return run


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [WinError 112] There is not enough space on the disk", "disk is full"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'", "Connect to the internet"),
        ("ERROR: HTTPSConnectionPool(...): Read timed out.", "Connect to the internet"),
        ("ERROR: ProxyError('Cannot connect to proxy.')", "Connect to the internet"),
        ("ERROR: Package 'lessons' requires a different Python: 3.11.2 not in '>=3.12'", "lessons needs Python 3.12"),
        ("WARNING: Retrying after connection broken by 'ReadTimeoutError(...)'", "Connect to the internet"),
        ("SSLError(SSLCertVerificationError('certificate verify failed: self-signed'))", "certificate"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", "Close programs"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "that was cut off"),
        ("ERROR: something that nobody has seen before", "pip failed"),
    ],
)
def test_a_failing_pip_is_explained_with_its_own_words(fake_pip, line: str, said: str) -> None:
    with pytest.raises(installing.InstallError) as caught:
        fake_pip(f"print('Collecting torch')\nimport sys\nsys.exit({line!r})")
    first, *rest = str(caught.value).splitlines()
    assert said in first
    assert rest[-1] == f"  pip: {line}"


def test_pip_runs_without_what_would_install_elsewhere(fake_pip, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in installing.HARMFUL:
        monkeypatch.setenv(name, "harm")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "kept")
    output = fake_pip("import os\nprint({k: v for k, v in os.environ.items() if k.startswith(('PIP', 'PYTHON'))})")
    told = ast.literal_eval(output[0])
    assert set(told).isdisjoint(installing.HARMFUL)
    assert (told["PIP_USER"], told["PIP_INDEX_URL"]) == ("0", "kept")


def test_the_status_line_says_what_pip_is_at() -> None:
    lines = ["Collecting torch==2.13.0 (from -c x)", "  Downloading torch.whl (190 MB)", "WARNING: a warning"]
    assert installing._stage(lines) == "Downloading torch.whl (190 MB)"
    assert installing._stage([*lines, "Installing collected packages: a, b"]) == "Installing collected packages"
    assert installing._stage([]) == "starting"


@POSIX
def test_an_interrupted_pip_is_ended_with_the_set_up(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text("import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)")
    code = f"""
import signal
from pathlib import Path
from lessons.course import installing
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
installing.ROOT = Path({str(tmp_path)!r})
try:
    installing.pip({sys.executable!r}, [], "packages", installing.Output())
except KeyboardInterrupt:
    print("interrupted")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        pid = int(wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
        process.send_signal(signal.SIGINT)
        assert "interrupted" in process.communicate(timeout=60)[0]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def wait_for(condition: Callable[[], object]) -> object:
    """The first true value of a condition that another process brings about."""
    for _ in range(600):
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError("waited a minute in vain")


# The lock

HOLD = """
import sys
from pathlib import Path
from lessons.course import installing
installing.ROOT = Path({root!r})
with installing.lock(Path({root!r}) / ".venv.lock", "set-up") as descriptor:
    print("held", flush=True)
    {then}
"""


def holder(root: Path, then: str = "sys.stdin.read()") -> subprocess.Popen[str]:
    """Another process that holds the lock of the set-up in `root`."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HOLD.format(root=str(root), then=then)], text=True, **pipes)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def is_locked(root: Path) -> bool:
    try:
        with installing.lock(root / ".venv.lock", "set-up"):
            return False
    except installing.LockedError:
        return True


def test_a_second_copy_is_told_to_wait_and_a_dead_one_is_not_waited_for(course: SmallCourse) -> None:
    with holder(course.root) as other:
        second = course.set_up()
        assert second.returncode == 1
        assert is_one_sentence(second.stderr)
        assert "Another set-up is running" in second.stderr
        assert not (course.root / ".venv").exists()
        other.kill()
        other.wait()
    assert (course.root / ".venv.lock").exists()  # the file stays; only the lock counts
    assert not is_locked(course.root)


@POSIX
def test_the_pip_of_a_killed_set_up_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text("import os, time\nwhile not os.path.exists('end'): time.sleep(0.05)")
    pip = "installing.pip(sys.executable, [], 'packages', installing.Output(), keep_open=(descriptor,))"
    with holder(tmp_path, f"open({str(tmp_path / 'started')!r}, 'w'); {pip}") as other:
        wait_for((tmp_path / "started").exists)
        time.sleep(0.5)  # until pip itself runs
        other.kill()
        other.wait()
        assert is_locked(tmp_path)
        (tmp_path / "end").touch()
        wait_for(lambda: not is_locked(tmp_path))


# The whole, in a small course: really an environment, really pip


def test_set_up_again_does_nothing_and_says_nothing(ready: SmallCourse) -> None:
    before = (ready.root / ".venv" / ".ready").stat().st_mtime_ns
    ready.assert_ready()
    assert (ready.root / ".venv" / ".ready").stat().st_mtime_ns == before


def test_a_command_runs_in_the_environment_and_gives_its_exit_code(ready: SmallCourse) -> None:
    done = ready.set_up("run", "08", "--cell-timeout", "5")
    assert done.returncode == 0
    assert done.stdout == f"command: ['run', '08', '--cell-timeout', '5'] {ready.root / '.venv'}\n"
    assert ready.set_up("fail").returncode == 7


def test_the_test_extra_has_a_stamp_of_its_own_and_covers_the_other(ready: SmallCourse) -> None:
    tiny = "import importlib.metadata as m; print(sum(d.name == 'tiny' for d in m.distributions()))"
    (ready.root / ".venv" / ".ready-test").unlink(missing_ok=True)
    done = ready.set_up("test")
    assert "command: ['test']" in done.stdout, done.stderr
    assert ready.python(tiny) == "1"
    assert (ready.root / ".venv" / ".ready-test").is_file()
    ready.assert_ready()


def test_a_changed_requirement_that_cannot_be_had_offline_leaves_what_worked(ready: SmallCourse) -> None:
    backend = ready.root / "backend.py"
    project = ready.root / "pyproject.toml"
    backend.write_text(BACKEND.replace("Provides-Extra", "Requires-Dist: absent\\nProvides-Extra"), encoding="utf-8")
    project.write_text(PROJECT + "# changed\n", encoding="utf-8")
    unreachable = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    failed = ready.set_up(**unreachable)
    assert failed.returncode == 1
    assert is_one_sentence(failed.stderr)
    assert "Connect to the internet" in failed.stderr
    assert "pip: " in failed.stderr
    backend.write_text(BACKEND, encoding="utf-8")
    project.write_text(PROJECT, encoding="utf-8")
    ready.assert_ready()


# An index on this machine


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A folder that is served on 127.0.0.1: its address, and where it is."""
    place = tmp_path / "served"
    place.mkdir()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", place
        server.shutdown()


def test_a_pin_that_refuses_this_python_is_named(course: SmallCourse, served: tuple[str, Path]) -> None:
    address, place = served
    shutil.move(course.wheels / "tiny-1.0-py3-none-any.whl", place)
    (place / "simple" / "tiny").mkdir(parents=True)
    link = '<a href="/tiny-1.0-py3-none-any.whl" data-requires-python="&gt;=3.99.5">tiny-1.0-py3-none-any.whl</a>'
    (place / "simple" / "tiny" / "index.html").write_text(f"<!DOCTYPE html><html><body>{link}</body></html>")
    make_wheel(course.wheels, "other-1.0-py3-none-any.whl")
    course.needs("tiny", "other")
    failed = course.set_up(PIP_NO_INDEX="0", PIP_INDEX_URL=f"{address}/simple")
    assert failed.returncode == 1
    assert is_one_sentence(failed.stderr)
    assert f"tiny 1.0 needs Python 3.99.5, this is {platform.python_version()}" in failed.stderr
    assert "make course PYTHON=" in failed.stderr
    assert "internet" not in failed.stderr


def test_a_mirror_that_lacks_a_package_is_named_without_its_password(
    course: SmallCourse, served: tuple[str, Path]
) -> None:
    address, place = served
    pages = {"tiny": "tiny-0.9-py3-none-any.whl", "other": "other-1.0-py3-none-any.whl"}
    for name, wheel in pages.items():
        (place / "simple" / name).mkdir(parents=True)
        link = f'<a href="/{wheel}">{wheel}</a>'
        (place / "simple" / name / "index.html").write_text(f"<!DOCTYPE html><html><body>{link}</body></html>")
    (course.wheels / "tiny-1.0-py3-none-any.whl").unlink()
    course.needs("tiny")
    mirror = address.replace("//", "//me:secret@")
    failed = course.set_up(PIP_NO_INDEX="0", PIP_INDEX_URL=f"{mirror}/simple")
    assert failed.returncode == 1
    first = failed.stderr.strip().splitlines()[0]
    assert f"Your package index, {address}/simple, has no tiny 1.0 for Python" in first
    assert "(there are: 0.9)" in first
    assert "PIP_INDEX_URL=" in first
    assert "secret" not in first


class Proxy(http.server.BaseHTTPRequestHandler):
    """A company's proxy, to whom nobody has given a name."""

    def do_CONNECT(self) -> None:
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_a_proxy_that_wants_a_password_is_told_with_the_variable(course: SmallCourse) -> None:
    (course.wheels / "tiny-1.0-py3-none-any.whl").unlink()
    course.needs("tiny")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        proxy = f"http://127.0.0.1:{server.server_port}"
        failed = course.set_up(
            PIP_NO_INDEX="0",
            PIP_INDEX_URL="https://pypi.org/simple",
            PIP_RETRIES="1",
            HTTPS_PROXY=proxy,
            https_proxy=proxy,
        )
        server.shutdown()
    assert failed.returncode == 1
    assert is_one_sentence(failed.stderr)
    assert "HTTP 407" in failed.stderr.splitlines()[1]
    assert "HTTPS_PROXY: http://NAME:PASSWORD@HOST:PORT" in failed.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are there two builds")
@pytest.mark.parametrize(
    ("page", "switch", "version", "said"),
    [
        ("/torch/", "", "2.13.0+cpu", "taking PyTorch's CPU build"),
        ("/absent/", "", "2.13.0", "was not reached"),
        ("/torch/", "0", "2.13.0", ""),
    ],
)
def test_without_a_card_the_cpu_build_is_taken_where_its_index_answers(
    course: SmallCourse, served: tuple[str, Path], page: str, switch: str, version: str, said: str
) -> None:
    address, place = served
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    make_wheel(course.wheels, "torch-2.13.0-py3-none-any.whl")
    made = make_wheel(place / "torch", f"torch-2.13.0+cpu-{tag}-{tag}-manylinux_2_28_{platform.machine()}.whl")
    link = f'<a href="/torch/{made.name.replace("+", "%2B")}">{made.name}</a>'
    (place / "torch" / "index.html").write_text(f"<!DOCTYPE html><html><body>{link}</body></html>")
    course.needs("torch")
    (course.root / "constraints.txt").write_text("tiny==1.0\ntorch==2.13.0\n")
    patch = (
        f"from lessons.course import machine\nmachine.CPU_PAGE = {address + page!r}\nmachine.has_nvidia = lambda: False"
    )
    done = course.set_up_and_die(patch, PIP_NO_INDEX="0", PIP_INDEX_URL=f"{address}/simple", LESSONS_CPU_TORCH=switch)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert ("PyTorch" in done.stdout) == bool(said)
    assert course.python("import importlib.metadata as m; print(m.version('torch'))") == version


def test_lost_assets_come_back_without_a_new_environment(ready: SmallCourse) -> None:
    made = (ready.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    shutil.rmtree(ready.root / "data" / "assets")
    done = ready.set_up()
    assert "Installing the models and data" in done.stdout
    assert "packages" not in done.stdout
    assert (ready.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made
    ready.assert_ready()


def test_assets_may_lie_elsewhere(ready: SmallCourse, tmp_path: Path) -> None:
    shared = tmp_path / "shared disk"
    assert ready.set_up(LESSONS_ASSETS=str(shared)).returncode == 0
    assert (shared / "tiny" / "words.txt").is_file()
    (tmp_path / "a file").write_text("")
    wrong = ready.set_up(LESSONS_ASSETS=str(tmp_path / "a file"))
    assert wrong.returncode == 1
    assert is_one_sentence(wrong.stderr)
    assert "LESSONS_ASSETS names a file" in wrong.stderr


def test_killed_while_the_environment_is_made(course: SmallCourse) -> None:
    died = course.set_up_and_die(
        "real = subprocess.run\n"
        "def run(command, **k):\n    done = real([*command, '--without-pip'], **k)\n    die()\n"
        "subprocess.run = run"
    )
    assert died.returncode == 77, died.stderr
    assert (course.root / ".venv").is_dir()
    then = course.set_up()
    assert "unfinished" in then.stdout
    course.assert_ready()


def test_killed_while_pip_writes_and_then_during_the_assets(course: SmallCourse) -> None:
    died = course.set_up_and_die(
        "from lessons.course import installing\nreal = installing.pip\n"
        "def pip(*a, **k):\n    real(*a, **k)\n    die()\n"  # before any stamp: as good as in the middle
        "installing.pip = pip"
    )
    assert died.returncode == 77, died.stderr
    died = course.set_up_and_die("from lessons.course import assets\nassets._swap = die")
    assert died.returncode == 77, died.stderr
    assert "unfinished" in died.stdout
    then = course.set_up()
    assert "Making" not in then.stdout
    assert "Installing the packages" not in then.stdout
    assert "Installing the models and data" in then.stdout
    course.assert_ready()


@pytest.mark.parametrize(("made_in", "works"), [("here", True), ("in a folder that was moved", False), ("", False)])
def test_an_environment_that_was_moved_does_not_count(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made_in: str, works: bool
) -> None:
    elsewhere(monkeypatch, tmp_path / "here")
    monkeypatch.setattr(installing, "PYTHON", Path(sys.executable))
    installing.VENV.mkdir(parents=True)
    installing.MADE.write_text(str(tmp_path / made_in / ".venv"))
    assert script.venv_works(installing) == works
    monkeypatch.setattr(installing, "PYTHON", tmp_path / "taken away by a system upgrade")
    assert not script.venv_works(installing)


def test_a_moved_folder_has_another_fingerprint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prints = set()
    for name in ("one", "two"):
        elsewhere(monkeypatch, tmp_path / name)
        prints |= {installing.fingerprint(), installing.fingerprint("test")}
    assert len(prints) == 4
