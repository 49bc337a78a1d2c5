"""Interpretability: ask a model why, and then check whether the answer is true.

- `attribution`: which words made the answer, seven ways. `faithfulness`: which of them is true of the model.
- `erasing`: what a probe reads is taken out; does the behaviour follow?
- `circuits`: heads that copy, grown and silenced. `patching`: where a fact is on its way through SmolLM2.
- `dictionaries`: superposition, and sparse autoencoders.
- `graphs`: facts as arithmetic: TransE, DistMult, ComplEx, RotatE.
- `studies`: what was stored. `drawings`: the pictures of notebook 16.
"""

from . import attribution, circuits, dictionaries, erasing, faithfulness, graphs, patching
from .attribution import METHODS, explained, integrated_gradients, rollout, shapley
from .circuits import Copier, repeats, silenced, train_copier
from .dictionaries import SparseAutoencoder, Squeezed
from .erasing import erased, eraser
from .graphs import GraphModel, graph

__all__ = [
    "attribution",
    "faithfulness",
    "erasing",
    "circuits",
    "patching",
    "dictionaries",
    "graphs",
    "METHODS",
    "explained",
    "integrated_gradients",
    "rollout",
    "shapley",
    "eraser",
    "erased",
    "Copier",
    "repeats",
    "silenced",
    "train_copier",
    "Squeezed",
    "SparseAutoencoder",
    "GraphModel",
    "graph",
]
