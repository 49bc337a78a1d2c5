"""GPT: a decoder-only Transformer that writes, trained from nothing and looked into.

- `model`: the model, its cache, weights from Hugging Face.
- `sampling`: from logits to the next token; writing a text.
- `training`: chunks of text, the loss at every place, Muon, bits per character.
"""

from .model import GELU, GPT, Cache, GPTConfig, GPTOutput, from_hugging_face, gpt_layer
from .sampling import GREEDY, Sampler, generate, min_p, repetition_penalty, temperature, top_k, top_p
from .training import Chunks, Muon, Together, bits, causal_loss, muon_and_adamw, orthogonalised

__all__ = [
    "GPT",
    "GPTConfig",
    "GPTOutput",
    "GELU",
    "gpt_layer",
    "Cache",
    "from_hugging_face",
    "Sampler",
    "GREEDY",
    "generate",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "Chunks",
    "causal_loss",
    "bits",
    "Muon",
    "orthogonalised",
    "Together",
    "muon_and_adamw",
]
