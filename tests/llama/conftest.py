"""SmolLM2 once for all tests that need the real weights, in the course's own folder for converted weights."""

from __future__ import annotations

import pytest

from lessons import llama


@pytest.fixture(scope="session")
def smollm2() -> tuple[llama.Llama, llama.Tokenizer]:
    """The real model and its tokenizer: half a gigabyte, converted at the first run of the tests."""
    return llama.smollm2(progress=False)
