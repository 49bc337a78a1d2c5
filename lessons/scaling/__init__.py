"""Scaling: what it takes to make a model big. Counted first, then tried with two processes, then played through.

- `account`: parameters, operations and bytes of any Transformer; Chinchilla's law. `allocations`: bytes, counted.
- `one_machine`: a batch in pieces, layers computed twice, numbers of 16 bits.
- `collectives`: sums over devices, round by round. `processes`: the same and training under torchrun.
- `simulator`: step times of machines that are not here. `planner`: a plan for a cluster, and published runs.
- `quality`: copies, junk, several sources, and a test that crept into the training.
- `drawings`: the pictures of notebook 15.
"""

from . import account, allocations, collectives, one_machine, planner, processes, quality, simulator
from .account import CHINCHILLA, MODELS, Law, Sizes
from .allocations import Allocations, peak_bytes
from .one_machine import LossScaler, accumulated, layer_by_layer, recomputed
from .quality import MinHash, near_copies

__all__ = [
    "account",
    "allocations",
    "one_machine",
    "collectives",
    "processes",
    "simulator",
    "planner",
    "quality",
    "Sizes",
    "MODELS",
    "Law",
    "CHINCHILLA",
    "Allocations",
    "peak_bytes",
    "accumulated",
    "recomputed",
    "layer_by_layer",
    "LossScaler",
    "MinHash",
    "near_copies",
]
