"""Llama: what changed since GPT-2, and a real chat model of that kind, opened: SmolLM2-135M-Instruct.

- `model`: RMSNorm, rotary positions, SwiGLU, grouped queries, the model and its cache.
- `changes`: 10's GPT with one change after the other.
- `weights`, `tokenizer`: what is in a GGUF file, and how it becomes numbers.
- `chat`: the template, writing with a cache, a conversation.
- `constrained`: JSON by masked logits. `grounded`: answering from a passage. `analysis`: what it knows.
"""

from . import weights
from .chat import SYSTEM, Chat, Choice, Message, Reply, Writer, log_probability, prompt, turn
from .constrained import JSONObject
from .model import (
    Cache,
    GroupedAttention,
    Llama,
    LlamaConfig,
    LlamaLayer,
    RMSNorm,
    Rotation,
    SwiGLU,
    frequencies,
    rotated,
    rotation,
)
from .tokenizer import Tokenizer

__all__ = [
    "Llama",
    "LlamaConfig",
    "LlamaLayer",
    "RMSNorm",
    "SwiGLU",
    "GroupedAttention",
    "Rotation",
    "frequencies",
    "rotation",
    "rotated",
    "Cache",
    "Tokenizer",
    "Chat",
    "Reply",
    "Choice",
    "Writer",
    "Message",
    "SYSTEM",
    "prompt",
    "turn",
    "log_probability",
    "JSONObject",
    "smollm2",
    "weights",
]


def smollm2(progress: bool = True) -> tuple[Llama, Tokenizer]:
    """SmolLM2-135M-Instruct and its tokenizer: 134,515,008 parameters in 32-bit floats, in evaluation mode.

    The first use converts the packaged 4-bit file, see `weights.load`. Raises AssetError if that file is damaged.
    """
    import torch

    file, found = weights.load(progress)
    with torch.device("meta"):  # shapes without numbers: nothing is drawn that is thrown away
        model = Llama(LlamaConfig(**weights.sizes(file)))
    model.load_state_dict(found, assign=True)
    model.requires_grad_(False)
    return model.eval(), Tokenizer.from_gguf(file)
