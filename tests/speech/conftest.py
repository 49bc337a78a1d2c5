"""Whisper once for all tests that need its real weights, and Hugging Face's with the same numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lessons.speech import Sound, Whisper, clips
from lessons.speech.whisper import config_of_hugging_face, to_hugging_face


@pytest.fixture(scope="session")
def whisper() -> Whisper:
    """tiny.en with its packaged weights."""
    return Whisper.packaged()


@pytest.fixture(scope="session")
def theirs(whisper: Whisper) -> Any:
    """transformers' model with the same weights."""
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    with torch.device("meta"):
        model = WhisperForConditionalGeneration(WhisperConfig(**config_of_hugging_face(whisper.config)))
    model.load_state_dict(to_hugging_face(whisper.state_dict()), assign=True)
    return model.eval()


@pytest.fixture(scope="session")
def fox() -> Sound:
    """The clip of the quick brown fox."""
    return clips()["quick_brown_fox"][0]
