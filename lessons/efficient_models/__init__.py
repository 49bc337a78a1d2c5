"""Efficient models: the same answers for less. What rounding, pruning, distillation and LoRA buy, counted first.

- `costs`: bytes and operations, the least time that they take, and what was measured.
- `quantization`: levels and scales, blocks of 4 bits, NF4, whole numbers in the product.
- `pruning`: single weights, heads, layers and inner numbers taken away.
- `distillation`: a small model that learns from a large one.
- `low_rank`: LoRA in a classifier, its places and ranks, adapters that are switched.
- `choices`: all of it beside each other. `studies`: what was stored. `drawings`: the pictures of notebook 14.
"""

from lessons.kit.low_rank import LoRALinear

from . import choices, costs, distillation, low_rank, pruning, quantization, studies
from .choices import Choice, best_within, frontier
from .distillation import Lesson, distillation_loss, student_of
from .low_rank import Adapter, add_low_rank, merge
from .quantization import NF4, Levels, affine, dynamic_int8, nf4, symmetric

__all__ = [
    "costs",
    "quantization",
    "pruning",
    "distillation",
    "low_rank",
    "choices",
    "studies",
    "Levels",
    "symmetric",
    "affine",
    "NF4",
    "nf4",
    "dynamic_int8",
    "Lesson",
    "distillation_loss",
    "student_of",
    "LoRALinear",
    "add_low_rank",
    "merge",
    "Adapter",
    "Choice",
    "frontier",
    "best_within",
]
