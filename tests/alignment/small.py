"""What the tests of chapter 12 share: trl's answers, and the small models that they were made with."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from lessons.alignment import digits
from lessons.gpt import GPT, GPTConfig
from lessons.llama import Llama, LlamaConfig
from lessons.llama.model import from_hugging_face

TRL = load_file(Path(__file__).with_name("trl.safetensors"))


def part(name: str) -> dict[str, Tensor]:
    """What is stored under names that begin so, without that beginning."""
    return {key.removeprefix(f"{name}."): value for key, value in TRL.items() if key.startswith(f"{name}.")}


def llama(name: str) -> Llama:
    """The tiny Llama of `trl_answers.py` with weights that are stored under a name."""
    weights = from_hugging_face(part(name))
    model = Llama(LlamaConfig(len(weights["token.weight"]), 16, 2, 2, 1, 24, 64, base=10_000.0, epsilon=1e-6))
    model.load_state_dict(weights)
    return model


def writer(seed: int = 0) -> GPT:
    """A tiny untrained model of digits whose answers vary."""
    torch.manual_seed(seed)
    return GPT(GPTConfig(len(digits.ALPHABET), 16, 1, 2, digits.MAX_LENGTH, dropout=0.0, std=0.5)).eval()
