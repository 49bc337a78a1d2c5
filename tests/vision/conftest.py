"""EfficientNet-lite0 once for all tests that need the real weights."""

from __future__ import annotations

import pytest

from lessons.vision import EfficientNetLite, efficientnet_lite0


@pytest.fixture(scope="session")
def lite0() -> EfficientNetLite:
    """The real network, in evaluation mode; nobody may train it."""
    return efficientnet_lite0()
