"""What all tests share: a home of their own, so that no test reads or writes a learner's progress."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from lessons.tutor import record
from tests.support.figures import closed_figures

__all__ = ["closed_figures", "double_by_default", "home", "homes"]


class AtOnce:
    """Names each failure when it happens: a run that is stopped before its end still says what was wrong."""

    def __init__(self, terminal: Any) -> None:
        self.terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            reason = report.longreprtext.strip().splitlines()[-1:]
            self.terminal.write_line(f"\nFAILED {report.nodeid} ({report.when}, {report.duration:.0f} s): {reason}")


@pytest.hookimpl(trylast=True)  # when there is a terminal
def pytest_configure(config: pytest.Config) -> None:
    """The process that prints hears of every failure; the workers of pytest-xdist do not print."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not hasattr(config, "workerinput"):
        config.pluginmanager.register(AtOnce(terminal))


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the homes of all tests."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty LESSONS_HOME for this test; pytest would list all the others to number it."""
    place = Path(tempfile.mkdtemp(dir=homes))
    monkeypatch.setenv("LESSONS_HOME", str(place))
    for name, empty in {"_waiting": [], "_known": {}, "_trouble": "", "_noticed": set()}.items():
        monkeypatch.setattr(record, name, empty)
    record.notices()
    yield place
    record.notices()


@pytest.fixture
def double_by_default() -> Iterator[None]:
    """A learner has made float64 PyTorch's default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
