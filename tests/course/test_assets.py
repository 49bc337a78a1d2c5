"""The assets: whole or a clear sentence, and never half there."""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import namedtuple
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lessons.course import assets, installing

FILE = "tiny/words.txt"
CONTENT = b"one two three"


def make_wheel(folder: Path, content: bytes = CONTENT) -> str:
    """A wheel with one small file in it; returns its line for the lock file."""
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(FILE, content)
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    return f"tiny==1.0 --hash=sha256:{assets.sha256(wheel)}\n"


def unpack(python: str, arguments: Sequence[str], label: str, output: installing.Output) -> None:
    """Stands in for pip, which takes a second; `pip_shelf` has the real one."""
    for wheel in Path(os.environ["PIP_FIND_LINKS"]).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(arguments[arguments.index("--target") + 1])


@pytest.fixture
def shelf(pip_shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As `pip_shelf`, but quick."""
    monkeypatch.setattr(assets, "pip", unpack)
    return pip_shelf


@pytest.fixture
def pip_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A course whose only asset is the tiny wheel; returns the (not yet made) folder of its assets."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    lock, manifest, folder = tmp_path / "assets.txt", tmp_path / "manifest.json", tmp_path / "my cöurse 课程" / "assets"
    lock.write_text(make_wheel(wheels), encoding="utf-8")
    (tmp_path / "whole.txt").write_bytes(CONTENT)
    entry = {"sha256": assets.sha256(tmp_path / "whole.txt"), "bytes": len(CONTENT)}
    manifest.write_text(json.dumps({FILE: entry}), encoding="utf-8")
    monkeypatch.setattr(assets, "LOCK", lock)
    monkeypatch.setattr(assets, "MANIFEST", manifest)
    variables = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    for name, value in (variables | {"LESSONS_ASSETS": str(folder)}).items():
        monkeypatch.setenv(name, value)
    assets.manifest.cache_clear()
    yield folder
    assets.manifest.cache_clear()


def leftovers(folder: Path) -> list[str]:
    return sorted(
        path.name for path in folder.parent.iterdir() if path.name.startswith(f"{folder.name}.") and path.is_dir()
    )


def test_every_real_asset_is_whole() -> None:
    assert list(assets.problems()) == []
    assert len(assets.manifest()) >= 51


def test_pip_puts_whole_files_in_place(pip_shelf: Path) -> None:
    assert not assets.is_installed()
    assets.install()
    assert assets.is_installed()
    assert assets.path(FILE).read_bytes() == CONTENT
    assert leftovers(pip_shelf) == []


OTHER_MACHINE = """
import platform, runpy, sys, sysconfig
platform.system, platform.mac_ver = lambda: "Darwin", lambda: ("14.5", ("", "", ""), "arm64")
platform.machine, sysconfig.get_platform = lambda: "arm64", lambda: "macosx-14.5-arm64"
sys.argv = ["pip", *sys.argv[3:]]  # after -m pip
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="a script that stands in for Python needs a #! line")
@pytest.mark.parametrize("tag", ["cp38-abi3-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"])
def test_another_machine_takes_the_same_wheels(pip_shelf: Path, tmp_path: Path, tag: str) -> None:
    found = next(Path(os.environ["PIP_FIND_LINKS"]).glob("*.whl"))
    wheel = found.rename(found.with_name(f"tiny-1.0-{tag}.whl"))
    mac, script = tmp_path / "python", tmp_path / "other.py"
    script.write_text(OTHER_MACHINE, encoding="utf-8")
    mac.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")  # paths may have spaces
    mac.chmod(0o755)
    plain = [mac, "-m", "pip", "install", "--no-deps", "--target", tmp_path / "plain", wheel]
    refused = subprocess.run(plain, capture_output=True, text=True)
    assert "is not a supported wheel on this platform" in refused.stderr
    assets.install(mac)
    assert assets.path(FILE).read_bytes() == CONTENT


def test_install_runs_again_over_an_old_folder(shelf: Path) -> None:
    assets.install()
    (shelf / "stale.txt").write_text("of an older course")
    assets.install()
    assert not (shelf / "stale.txt").exists()
    assert assets.is_installed()


def remove(file: Path) -> None:
    file.unlink()


def truncate(file: Path) -> None:
    file.write_bytes(CONTENT[:5])


def tamper(file: Path) -> None:
    file.write_bytes(CONTENT.upper())


def put_a_folder_there(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (remove, "is missing"),
        (truncate, "is 5 bytes long instead of 13"),
        (tamper, "sha256 differs"),
        (put_a_folder_there, "is missing"),
    ],
)
def test_a_damaged_file_names_the_command_that_mends_it(shelf: Path, harm, said: str) -> None:
    assets.install()
    assert assets.path(FILE)  # verified once: the damage below comes later, in the same process
    harm(shelf / FILE)
    with pytest.raises(assets.AssetError, match=said) as caught:
        assets.path(FILE)
    assert "lessons doctor --repair" in str(caught.value)
    assert [said in trouble for trouble in assets.problems()] == [True]
    assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT


def test_a_file_that_is_not_an_asset_is_a_mistake_of_ours(shelf: Path) -> None:
    with pytest.raises(KeyError):
        assets.path("tiny/other.txt")


def test_a_wheel_with_another_hash_is_refused_and_the_old_folder_stays(pip_shelf: Path) -> None:
    unpack_and_stamp(pip_shelf)
    make_wheel(Path(os.environ["PIP_FIND_LINKS"]), b"something else")
    with pytest.raises(assets.AssetError, match=r"does not have the hash in data/assets\.txt"):
        assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT
    assert leftovers(pip_shelf) == []


def test_without_a_network_the_old_folder_stays(pip_shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpack_and_stamp(pip_shelf)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(assets.AssetError, match="Connect to the internet"):
        assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT


def unpack_and_stamp(folder: Path) -> None:
    """What an install leaves, without a pip."""
    unpack("", ["--target", str(folder)], "", installing.Output())
    (folder / assets.STAMP).write_text(assets.sha256(assets.LOCK))


def test_a_wheel_that_the_manifest_does_not_know_is_refused(shelf: Path) -> None:
    assets.install()
    assets.LOCK.write_text(make_wheel(Path(os.environ["PIP_FIND_LINKS"]), b"one two four!"), encoding="utf-8")
    assert not assets.is_installed()
    with pytest.raises(assets.AssetError, match="do not agree"):
        assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT
    assert leftovers(shelf) == []


def install_in_a_process_that_dies(at: int) -> None:
    """Install, and be killed (as by the system, without a chance to tidy up) at the rename of this number."""
    code = f"""
import os, pathlib, signal
from pathlib import Path
from lessons.course import assets
assets.LOCK, assets.MANIFEST = Path({str(assets.LOCK)!r}), Path({str(assets.MANIFEST)!r})
def unpack(python, arguments, label, output):
    (Path(arguments[arguments.index("--target") + 1]) / "tiny").mkdir()
    (Path(arguments[arguments.index("--target") + 1]) / {FILE!r}).write_bytes({CONTENT!r})
assets.pip = unpack
rename, done = pathlib.Path.replace, []
def dying(self, target):
    done.append(target)
    if len(done) == {at}:
        os._exit(77)
    return rename(self, target)
pathlib.Path.replace = dying
assets.install()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 77, done.stderr


def test_killed_before_the_swap_leaves_the_old_folder(shelf: Path) -> None:
    assets.install()
    install_in_a_process_that_dies(at=1)
    assert assets.is_installed()
    assert leftovers(shelf) != []
    assets.install()
    assert leftovers(shelf) == []


def test_killed_between_the_two_renames_is_mended_by_the_next_install(shelf: Path) -> None:
    assets.install()
    install_in_a_process_that_dies(at=2)
    assert not shelf.exists()
    assert not assets.is_installed()
    assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT
    assert leftovers(shelf) == []


def test_killed_between_the_two_renames_and_then_offline_the_old_folder_comes_back(shelf: Path) -> None:
    assets.install()
    install_in_a_process_that_dies(at=2)
    shutil.rmtree(os.environ["PIP_FIND_LINKS"])  # so that what is unpacked next is not whole
    with pytest.raises(assets.AssetError):
        assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT


def test_a_new_folder_that_cannot_be_moved_gives_the_old_one_back(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets.install()
    rename = Path.replace

    def refusing(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(assets.AssetError, match="Permission denied"):
        assets.install()
    assert assets.path(FILE).read_bytes() == CONTENT


def test_a_folder_with_other_files_is_never_replaced(shelf: Path) -> None:
    shelf.mkdir(parents=True)
    (shelf / "thesis.txt").write_text("years of work")
    with pytest.raises(assets.AssetError, match="holds other files"):
        assets.install()
    assert (shelf / "thesis.txt").read_text() == "years of work"


def test_an_empty_folder_is_filled(shelf: Path) -> None:
    shelf.mkdir(parents=True)
    assets.install()
    assert assets.is_installed()


def test_a_link_to_another_disk_stays_a_link(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    shelf.parent.mkdir()
    try:
        shelf.symlink_to(tmp_path / "big disk", target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make links (Windows)")
    assets.install()
    assets.install()
    assert shelf.is_symlink()
    assert (tmp_path / "big disk" / FILE).read_bytes() == CONTENT


def test_a_file_in_the_place_of_the_folder(shelf: Path) -> None:
    shelf.parent.mkdir()
    shelf.write_text("not a folder")
    with pytest.raises(assets.AssetError, match="names a file"):
        assets.install()
    assert not assets.is_installed()
    assert "missing" in next(assets.problems())


def test_a_folder_that_cannot_be_made(shelf: Path) -> None:
    shelf.parent.write_text("a file where a folder is needed")
    with pytest.raises(assets.AssetError, match="LESSONS_ASSETS"):
        assets.install()


def test_a_full_disk_is_told_before_anything_is_written(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(10**10, 10**10, 2 * 10**8))
    with pytest.raises(assets.AssetError, match=r"Only 0\.2 GB are free"):
        assets.install()
    assert leftovers(shelf) == []


def test_a_second_install_at_the_same_time_is_refused(shelf: Path) -> None:
    shelf.parent.mkdir()
    with installing.lock(shelf.with_name("assets.lock"), "installation of the assets"):
        done = subprocess.run(
            [sys.executable, "-m", "lessons.course.assets", "install"], capture_output=True, text=True, encoding="utf-8"
        )
    assert done.returncode == 1
    assert "Another installation of the assets is running" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_folder_is_relative_to_the_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LESSONS_ASSETS", "elsewhere/assets")
    monkeypatch.chdir(tmp_path)  # a notebook runs in another folder than the set-up did
    assert assets.folder() == assets.ROOT / "elsewhere" / "assets"


def test_an_empty_variable_means_the_usual_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSONS_ASSETS", "")
    assert assets.folder() == assets.ROOT / "data" / "assets"


def test_the_commands_verify_and_manifest(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert assets.main(["install"]) == 0
    assert assets.main(["verify"]) == 0
    tamper(shelf / FILE)
    assert assets.main(["verify"]) == 1
    assert "sha256 differs" in capsys.readouterr().out
    assert assets.main(["manifest"]) == 0
    assets.manifest.cache_clear()
    assert assets.main(["verify"]) == 0
    assert assets.main(["manifest", "tiny/absent.txt"]) == 1
    assert "stays as it is" in capsys.readouterr().err
    assert assets.main(["polish"]) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_says_so_and_leaves_nothing_behind(shelf: Path, tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from lessons.course import assets
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
assets.LOCK, assets.MANIFEST = Path({str(assets.LOCK)!r}), Path({str(assets.MANIFEST)!r})
assets.pip = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)
sys.exit(assets.main(["install"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 128 + signal.SIGINT
    assert "go on" in done.stderr
    assert "Traceback" not in done.stderr
    assert leftovers(shelf) == []
