"""A course of two small packages, which sets itself up in seconds without any network."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType

from lessons.course.assets import sha256
from lessons.course.places import ROOT

SCRIPT = ROOT / "setup_course.py"
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = '''
"""Installs this folder editably, without downloading a build system first."""
import os, zipfile

def get_requires_for_build_editable(settings=None):
    return []

def build_editable(folder, settings=None, metadata=None):
    name = "lessons-1.0-py3-none-any.whl"
    info = "Metadata-Version: 2.1\\nName: lessons\\nVersion: 1.0\\nProvides-Extra: test\\n"
    info += "Requires-Dist: tiny; extra == 'test'\\n"
    tag = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("lessons.pth", os.getcwd() + "\\n")
        wheel.writestr("lessons-1.0.dist-info/METADATA", info)
        wheel.writestr("lessons-1.0.dist-info/WHEEL", tag)
        wheel.writestr("lessons-1.0.dist-info/RECORD", "")
    return name
'''

ENSUREPIP = """
import shutil, sysconfig
for source in {sources!r}:
    shutil.copytree(source, sysconfig.get_path("purelib") + "/" + source.rpartition("/")[2])
"""  # the same pip, copied: Python's own unpacks and compiles it, which takes seconds


def load(path: Path) -> ModuleType:
    """The set-up script as a module, without running it."""
    spec = importlib.util.spec_from_file_location("setup_course", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_wheel(folder: Path, name: str) -> Path:
    """A wheel of this file name that holds one small file."""
    package, version, tag = name.removesuffix(".whl").split("-", 2)
    info = f"{package}-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr(f"{package}/words.txt", "one two three")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return folder / name


class SmallCourse:
    """A course of two small packages, in a path that is not easy, set up without any network."""

    def __init__(self, place: Path) -> None:
        self.root = place / "my cöurse 课程"
        self.wheels = place / "wheels"
        self.wheels.mkdir(parents=True)
        self._package()
        self._data()
        self._quick_pip(place / "quick")
        ours = {
            "PYTHONPATH": str(place / "quick"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_CONFIG_FILE": os.devnull,
        }
        yours = {name: value for name, value in os.environ.items() if not name.startswith(("LESSONS_", "PIP_"))}
        self.environment = {**yours, **ours, "PYTHONIOENCODING": "utf-8"}

    def _package(self) -> None:
        course = ("__init__", "assets", "conflicts", "errors", "installing", "machine", "places", "surroundings")
        needed = ["setup_course.py", "lessons/__init__.py", *(f"lessons/course/{name}.py" for name in course)]
        for name in needed:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        say = "import sys\nprint('command:', sys.argv[1:], sys.prefix)\nsys.exit(7 if 'fail' in sys.argv else 0)\n"
        for name, text in {
            "pyproject.toml": PROJECT,
            "backend.py": BACKEND,
            "constraints.txt": "tiny==1.0\n",
            "lessons/__main__.py": say,
        }.items():
            (self.root / name).write_text(text, encoding="utf-8")

    def _quick_pip(self, folder: Path) -> None:
        """An `ensurepip` for the Python of the environment; whoever sets up the course for real has used Python's."""
        found = metadata.distribution("pip")
        sources = [Path(str(found.locate_file(name))).as_posix() for name in ("pip", f"pip-{found.version}.dist-info")]
        folder.mkdir()
        (folder / "ensurepip.py").write_text(ENSUREPIP.format(sources=sources), encoding="utf-8")

    def needs(self, *requirements: str) -> None:
        """Let the package of this course require more."""
        told = "".join(f"Requires-Dist: {requirement}\\n" for requirement in requirements)
        text = BACKEND.replace("Provides-Extra", f"{told}Provides-Extra")
        (self.root / "backend.py").write_text(text, encoding="utf-8")

    def _data(self) -> None:
        wheel = make_wheel(self.wheels, "tiny-1.0-py3-none-any.whl")
        (self.root / "data").mkdir()
        (self.root / "data" / "assets.txt").write_text(f"tiny==1.0 --hash=sha256:{sha256(wheel)}\n", encoding="utf-8")
        (self.wheels / "words.txt").write_bytes(b"one two three")
        entry = {"sha256": sha256(self.wheels / "words.txt"), "bytes": 13}
        (self.root / "data" / "manifest.json").write_text(json.dumps({"tiny/words.txt": entry}), encoding="utf-8")

    def set_up(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call the script as a learner would."""
        return self._call([str(self.root / "setup_course.py"), *arguments], environment)

    def set_up_and_die(self, patch: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call the script after `patch`, Python code in which `die()` kills the process as the system would."""
        code = (
            "import os, sys, runpy, subprocess\n"
            "def die(*a, **k): os._exit(77)\n"
            f"sys.path.insert(0, {str(self.root)!r}); sys.argv = ['setup_course.py']\n"
            f"{patch}\nrunpy.run_path({str(self.root / 'setup_course.py')!r}, run_name='__main__')\n"
        )
        return self._call(["-c", code], environment)

    def _call(self, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**self.environment, **environment},
            cwd=self.root.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )

    @property
    def python_file(self) -> Path:
        """The Python of the environment that is made."""
        return self.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def python(self, code: str) -> str:
        """What code prints in the environment that was made."""
        done = subprocess.run(
            [self.python_file, "-c", code], cwd=self.root.parent, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def assert_ready(self) -> None:
        """The package is importable from here, the assets are whole, and a further call does nothing."""
        assert self.python("import lessons; print(ascii(lessons.__file__))") == ascii(
            str(self.root / "lessons/__init__.py")
        )
        assert (self.root / "data" / "assets" / "tiny" / "words.txt").read_text() == "one two three"
        again = self.set_up()
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def is_one_sentence(error: str) -> bool:
    """A message for a person: it names the set-up, and is no traceback."""
    return "Set-up stopped: " in error and "Traceback" not in error
