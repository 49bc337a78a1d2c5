"""Gradients: the chain rule on a graph, what PyTorch does with it, and the optimisers that use the result.

- `values`: `Value`, a number that remembers how it was computed, and a network made of such numbers.
- `arrays`: `Array`, the same for whole arrays, with broadcasting and its way back.
- `modes`: derivatives by differences, forwards and in reverse through layers.
- `optimizers`: SGD, momentum, Adam and AdamW for torch tensors, as torch.optim has them.
- `surfaces`: where optimisers race.
- `pictures`: the drawings of notebook 02; nothing else imports it.
"""

from .arrays import Array, unbroadcast
from .modes import forward_mode, multiplications, numerical_gradient, reverse_mode
from .optimizers import SGD, Adam, AdamW, Momentum, clip_gradients, cosine_warmup_decay
from .surfaces import banana, best_learning_rate, descend, turned_valley, valley
from .values import MLP, Neuron, Value, topological_order

__all__ = [
    "Value",
    "topological_order",
    "Neuron",
    "MLP",
    "Array",
    "unbroadcast",
    "numerical_gradient",
    "forward_mode",
    "reverse_mode",
    "multiplications",
    "SGD",
    "Momentum",
    "Adam",
    "AdamW",
    "clip_gradients",
    "cosine_warmup_decay",
    "valley",
    "turned_valley",
    "banana",
    "descend",
    "best_learning_rate",
]
