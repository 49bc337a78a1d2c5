"""Which PyTorch there is for this machine, told before anything is downloaded.

PyTorch is the one package that is not built for every machine with Python, and on Linux there are two builds of it:
the package index has the one for NVIDIA cards, of several GB; PyTorch's own index has one for processors alone.
Only the standard library is used, because nothing else is there before the first install.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from lessons.course.errors import CourseError
from lessons.course.places import ROOT, part

CHECKED = "2.13.0"  # the PyTorch that the sentences below are about; tests compare them with what the index has
OLDEST_MACOS = 14
LAST_FOR_OLD_MACOS = "2.11.0"  # for macOS 12 and 13; on 11 SciPy ends it
OLDEST_GLIBC = (2, 28)
LAST_FOR_INTEL_MACS = "2.2.2"
CPU_PAGE = "https://download.pytorch.org/whl/cpu/torch/"
PATIENCE = 5.0  # seconds that PyTorch's index has to answer
SWITCH = "LESSONS_CPU_TORCH"  # "0": leave the choice of the build to pip
OWN_WHEELS = ("LESSONS_WHEELS", "PIP_NO_INDEX", "PIP_FIND_LINKS")  # who sets these brings what the index lacks


class MachineError(CourseError):
    """There is no PyTorch for this machine; the message says what there is."""


def pinned(package: str = "torch") -> str:
    """The version in constraints.txt, "" if there is none. Raises CourseError without the course."""
    text = part(ROOT / "constraints.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{package}==(\S+)", text, re.MULTILINE)
    return found[1] if found else ""


def check() -> None:
    """Raises MachineError where pip would find no PyTorch; not if you bring wheels, or pinned another version."""
    if pinned() == CHECKED and not any(os.environ.get(name) for name in OWN_WHEELS) and (trouble := lacking()):
        raise MachineError(trouble)


def lacking() -> str:
    """The sentences for a machine without a PyTorch, "" for all others."""
    if sys.maxsize < 2**32:
        return f"This is a 32-bit Python, and PyTorch {CHECKED} has 64-bit builds only: get a 64-bit Python."
    if sys.platform == "darwin":
        return INTEL_MAC if platform.machine() == "x86_64" else _old_macos(platform.mac_ver()[0])
    if sysconfig.get_platform() == "win-arm64":
        return WINDOWS_ARM
    return _other_linux() if sys.platform == "linux" else ""


INTEL_MAC = (
    f"This Python is made for Intel Macs, for which PyTorch ended with {LAST_FOR_INTEL_MACS}; the course needs "
    f"{CHECKED}. On a Mac with an M1 or newer, get Python from python.org (it has both kinds), started in a terminal "
    "that is not under Rosetta. On an Intel Mac, use the course in a virtual machine or container with Linux, or "
    "on another machine."
)
WINDOWS_ARM = (
    "This Python is made for Windows on ARM, for which the package index has no PyTorch. Use WSL (`wsl --install`), "
    f"which is Linux on ARM: PyTorch {CHECKED} has builds for it. Or get the Windows installer (64-bit) from "
    "python.org, not the one for ARM64: Windows 11 runs it, but nobody has tried the course with it."
)


def _old_macos(version: str) -> str:
    """Why a macOS is too old; "" if it is not, or if Python does not say which one it is."""
    major = int(version.partition(".")[0] or 0)
    if not 11 <= major < OLDEST_MACOS:
        return ""
    told = f"This is macOS {version}, and PyTorch {CHECKED} needs macOS {OLDEST_MACOS} or newer: update macOS."
    if major == 11:
        return told
    return (
        f"{told} Or take PyTorch {LAST_FOR_OLD_MACOS}, the last one for macOS {major}, with which nobody has tried the "
        f"course: in constraints.txt change the line torch=={CHECKED} to torch=={LAST_FOR_OLD_MACOS}, "
        "and give the same command again."
    )


def _other_linux() -> str:
    """Why PyTorch is not built for a Linux; "" if it is."""
    if platform.machine() not in LINUX_PROCESSORS:
        return (
            f"PyTorch {CHECKED} is built for Linux on x86-64 and ARM (aarch64); this processor is {platform.machine()}."
        )
    if "musl" in (sysconfig.get_config_var("SOABI") or ""):
        return MUSL
    library, version = platform.libc_ver()
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if library != "glibc" or len(found) < 2 or found >= OLDEST_GLIBC:
        return ""
    return (
        f"This Linux has glibc {version}, and PyTorch {CHECKED} needs 2.28 or newer, as in Debian 10, Ubuntu 20.04 and "
        f"Red Hat 8. {CONTAINER}"
    )


LINUX_PROCESSORS = ("x86_64", "aarch64", "AMD64", "arm64")
CONTAINER = "Use a newer Linux, or the course in a container such as python:3.12-slim."
MUSL = (
    f"This Linux has musl in place of glibc, as Alpine does, and PyTorch {CHECKED} is not built for it. In a container "
    "take an image such as python:3.12-slim in place of python:3.12-alpine; elsewhere use Debian, Ubuntu or Fedora."
)


def cpu_links(venv: Path) -> list[str]:
    """pip's options with which this machine gets the CPU build, [] where pip decides; says which of the two it is.

    Nothing is asked of the network on other systems, with a card, with a PyTorch in `venv`, or if you chose otherwise.
    """
    if sys.platform != "linux" or not pinned() or is_settled(os.environ) or has_nvidia() or has_torch(venv):
        return []
    if found := links(wheel()):
        print("  No NVIDIA card: taking PyTorch's CPU build, hundreds of MB in place of several GB", flush=True)
        print(f"  ({SWITCH}=0 leaves the choice to pip).", flush=True)
        return found
    print(
        f"  PyTorch's index of CPU builds, {CPU_PAGE}, was not reached, so pip takes the build that it finds:\n"
        "  usually the one for NVIDIA cards, which works without a card, too, but takes several GB.",
        flush=True,
    )
    return []


def has_torch(venv: Path) -> bool:
    """Whether an environment on Linux has the pinned PyTorch, in whatever build; pip leaves it alone then."""
    return any(venv.glob(f"lib/python*/site-packages/torch-{pinned()}*.dist-info"))


def is_settled(variables: Mapping[str, str]) -> bool:
    """Whether the variables say already which PyTorch it is to be, or that the network is not to be used."""
    ours = variables.get(SWITCH) == "0" or variables.get("LESSONS_WHEELS")
    places = (variables.get(name, "") for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"))
    return bool(ours or is_offline(variables) or any("pytorch.org" in place for place in places))


def is_offline(variables: Mapping[str, str]) -> bool:
    """Whether the variables tell pip to use no index."""
    return variables.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on", "y", "t")


def has_nvidia(root: Path = Path("/")) -> bool:
    """Whether there is an NVIDIA card: a driver that runs, a display controller on the bus, or WSL's window to one."""
    if any((root / "dev").glob("nvidia[0-9]*")) or (root / "usr/lib/wsl/lib/libcuda.so.1").exists():
        return True
    devices = (root / "sys/bus/pci/devices").glob("*")
    return any(
        _read(device / "vendor") == "0x10de" and _read(device / "class").startswith("0x03") for device in devices
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def wheel(python: Sequence[int] = (), processor: str = "") -> str:
    """A pattern for the name of the CPU build for a Python on Linux, by default this one."""
    major, minor = python[:2] or sys.version_info[:2]
    tag = f"cp{major}{minor}"
    return rf"torch-{re.escape(pinned())}(?:\+|%2B)cpu-{tag}-{tag}-[\w.]*{processor or platform.machine()}\.whl"


def links(pattern: str) -> list[str]:
    """pip's options for the CPU builds if their page answers within PATIENCE and names a file like this, else []."""
    found: list[bool] = []
    asking = threading.Thread(target=lambda: found.append(bool(re.search(pattern, _get(CPU_PAGE)))), daemon=True)
    asking.start()  # a thread, for the look-up of a name has no time limit of its own
    asking.join(PATIENCE)
    return ["--find-links", CPU_PAGE] if found == [True] else []


def _get(page: str) -> str:
    try:
        with urllib.request.urlopen(page, timeout=PATIENCE) as answer:
            return answer.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
