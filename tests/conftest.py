"""What all tests share: a home of their own, so that no test reads or writes a learner's progress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from lessons.tutor import record
from tests.support.figures import closed_figures

__all__ = ["closed_figures", "double_by_default", "home"]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty LESSONS_HOME for this test."""
    place = tmp_path_factory.mktemp("home")
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
