"""Whom the set-up turns away before it downloads, and whom it gives which PyTorch."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from lessons.course import machine


def be(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    processor: str,
    version: str = "",
    bits: int = 64,
    library: tuple[str, str] = ("glibc", "2.36"),
) -> None:
    """Let this be another machine."""
    monkeypatch.setattr(machine, "sys", SimpleNamespace(platform=system, maxsize=2 ** (bits - 1) - 1))
    mac = (version, ("", "", ""), processor)
    fake = SimpleNamespace(machine=lambda: processor, mac_ver=lambda: mac, libc_ver=lambda: library)
    monkeypatch.setattr(machine, "platform", fake)
    kinds = {"win32": "win-arm64" if processor == "ARM64" else "win-amd64", "darwin": "macosx-11.0-universal2"}
    settings = {"SOABI": f"cpython-311-{processor}-linux-{'musl' if library[0] != 'glibc' else 'gnu'}"}
    told = SimpleNamespace(get_platform=lambda: kinds.get(system, "linux-x86_64"), get_config_var=settings.get)
    monkeypatch.setattr(machine, "sysconfig", told)
    for name in machine.OWN_WHEELS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("system", "processor", "version", "bits", "said"),
    [
        ("darwin", "x86_64", "14.5", 64, ["Intel Macs", "2.2.2", "Rosetta", "Linux"]),
        ("darwin", "arm64", "13.7", 64, ["macOS 13.7", "needs macOS 14", "torch==2.11.0"]),
        ("darwin", "arm64", "12.1", 64, ["macOS 12.1", "torch==2.11.0"]),
        ("darwin", "arm64", "11.6", 64, ["macOS 11.6", "update macOS"]),
        ("win32", "ARM64", "", 64, ["Windows on ARM", "WSL", "64-bit"]),
        ("win32", "AMD64", "", 32, ["32-bit Python"]),
    ],
)
def test_a_machine_without_a_pytorch_is_told_which_there_is(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str, version: str, bits: int, said: list[str]
) -> None:
    be(monkeypatch, system, processor, version, bits)
    with pytest.raises(machine.MachineError) as caught:
        machine.check()
    assert [words for words in said if words not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("processor", "library", "said"),
    [
        ("x86_64", ("", ""), ["musl", "Alpine", "python:3.12-slim"]),
        ("aarch64", ("musl", "1.2.5"), ["musl", "Alpine"]),
        ("x86_64", ("glibc", "2.17"), ["glibc 2.17", "2.28", "container"]),
        ("aarch64", ("glibc", "2.27"), ["glibc 2.27"]),
        ("ppc64le", ("glibc", "2.36"), ["x86-64 and ARM", "ppc64le"]),
        ("riscv64", ("glibc", "2.41"), ["riscv64"]),
    ],
)
def test_a_linux_without_a_pytorch_is_told_so(monkeypatch, processor: str, library, said: list[str]) -> None:
    be(monkeypatch, "linux", processor, library=library)
    with pytest.raises(machine.MachineError) as caught:
        machine.check()
    assert [words for words in said if words not in str(caught.value)] == []
    for version in ("2.28", "2.36", "2.100", "3.0"):
        be(monkeypatch, "linux", "aarch64", library=("glibc", version))
        machine.check()


@pytest.mark.parametrize(
    ("system", "processor", "version"),
    [
        ("linux", "x86_64", ""),
        ("linux", "aarch64", ""),
        ("darwin", "arm64", "14.0"),
        ("darwin", "arm64", "26.1"),
        ("darwin", "arm64", "10.16"),  # what a Python of an old kit says of every newer macOS
        ("darwin", "arm64", ""),
        ("win32", "AMD64", ""),
    ],
)
def test_all_others_go_on(monkeypatch: pytest.MonkeyPatch, system: str, processor: str, version: str) -> None:
    be(monkeypatch, system, processor, version)
    assert machine.lacking() == ""
    machine.check()


def test_whoever_brings_wheels_or_pins_another_version_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    be(monkeypatch, "win32", "ARM64")
    monkeypatch.setenv("PIP_FIND_LINKS", "my wheels")
    machine.check()
    monkeypatch.delenv("PIP_FIND_LINKS")
    with pytest.raises(machine.MachineError):
        machine.check()
    (tmp_path / "constraints.txt").write_text("torchaudio==1.0\ntorch==2.11.0\n")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    assert machine.pinned() == "2.11.0"
    machine.check()


def test_the_pytorch_of_the_sentences_is_the_pinned_one() -> None:
    assert machine.pinned() == machine.CHECKED


# The CPU build


@pytest.mark.parametrize(
    ("variables", "settled"),
    [
        ({}, False),
        ({"LESSONS_CPU_TORCH": "0"}, True),
        ({"LESSONS_CPU_TORCH": "1"}, False),
        ({"LESSONS_WHEELS": "stick"}, True),
        ({"PIP_NO_INDEX": "1"}, True),
        ({"PIP_NO_INDEX": "0"}, False),
        ({"PIP_EXTRA_INDEX_URL": "https://download.pytorch.org/whl/cu130"}, True),
        ({"PIP_EXTRA_INDEX_URL": "https://mirror.example/simple"}, False),
    ],
)
def test_what_you_chose_is_left_alone(variables: dict[str, str], settled: bool) -> None:
    assert machine.is_settled(variables) == settled


def test_a_card_is_seen_by_its_driver_on_the_bus_or_through_wsl(tmp_path: Path) -> None:
    def machine_with(name: str, **files: str) -> Path:
        for file, text in files.items():
            place = tmp_path / name / file.replace("__", "/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return tmp_path / name

    bus = "sys__bus__pci__devices__0"
    assert not machine.has_nvidia(tmp_path / "nothing at all")
    assert not machine.has_nvidia(machine_with("amd", **{f"{bus}__vendor": "0x1002\n", f"{bus}__class": "0x030000\n"}))
    assert not machine.has_nvidia(
        machine_with("sound", **{f"{bus}__vendor": "0x10de\n", f"{bus}__class": "0x040300\n"})
    )
    assert machine.has_nvidia(
        machine_with("no driver", **{f"{bus}__vendor": "0x10de\n", f"{bus}__class": "0x030200\n"})
    )
    assert machine.has_nvidia(machine_with("driver", dev__nvidia0=""))
    assert machine.has_nvidia(machine_with("wsl", **{"usr__lib__wsl__lib__libcuda.so.1": ""}))


def test_only_the_wheel_of_this_python_and_processor_counts() -> None:
    pattern = machine.wheel((3, 12, 4), "aarch64")
    page = "torch-2.13.0%2Bcpu-cp312-cp312-manylinux_2_28_{}.whl"
    assert re.search(pattern, page.format("aarch64"))
    assert re.search(pattern, page.format("aarch64").replace("%2B", "+"))
    for other in (page.format("x86_64"), page.replace("312", "313").format("aarch64"), page.replace("2.13", "2.12")):
        assert not re.search(pattern, other)
    assert not re.search(pattern, page.format("aarch64").replace("cpu", "cu130"))
    assert not re.search(pattern, page.format("aarch64").replace("cp312-cp312", "cp312-cp312t"))


def test_an_index_that_hangs_is_left_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PATIENCE", 0.05)
    monkeypatch.setattr(machine, "_get", lambda page: time.sleep(0.5) or "torch")
    assert machine.links("torch") == []


def test_a_pytorch_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def never(page: str) -> str:
        raise AssertionError(page)

    monkeypatch.setattr(machine, "_get", never)
    (tmp_path / "lib/python3.11/site-packages" / f"torch-{machine.CHECKED}.dist-info").mkdir(parents=True)
    assert machine.has_torch(tmp_path)
    assert not machine.has_torch(tmp_path / "elsewhere")
    assert machine.cpu_links(tmp_path) == []
    monkeypatch.setattr(machine, "has_nvidia", lambda: True)
    assert machine.cpu_links(tmp_path / "elsewhere") == []
    monkeypatch.setattr(machine, "sys", SimpleNamespace(platform="darwin", maxsize=sys.maxsize))
    assert machine.cpu_links(tmp_path / "elsewhere") == []
