"""The course as a site in seconds: its widgets are pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessons.commands import cli
from lessons.teaching.pages import states

SOURCE = "https://example.org/someone/a-course"


def build(folder: Path) -> Path:
    """Write the site of the stored notebooks; returns its front page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(states, "make", lambda call: states.Widget(call.function))
        assert cli.main(["site", str(folder), "--source", SOURCE]) == 0
    return folder / "index.html"
