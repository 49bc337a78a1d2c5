"""The Transformer, in its parts and whole, and what this chapter trains with it.

- `model`: positions, feed-forward, the layers on their residual stream; encoder, decoder, both; parameters and FLOPs.
- `dates`: a translator of dates, from twenty languages into ISO 8601.
- `weekdays`: a test of what the translator uses, by dates under a wrong weekday.
- `stacks`: untrained stacks, with the norm in other places and the weights drawn in other ways.
- `drawings`: the pictures of notebook 06.
- `letter_order`: an experiment on what knows of order where there are no positions.
"""

from .model import (
    Activation,
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    Transformer,
    Translation,
    bert_parameters,
    block_flops,
    block_parameters,
    gpt_flops,
    gpt_parameters,
    sinusoidal_positions,
)

__all__ = [
    "sinusoidal_positions",
    "FeedForward",
    "EncoderLayer",
    "DecoderLayer",
    "Transformer",
    "Translation",
    "Activation",
    "block_parameters",
    "bert_parameters",
    "gpt_parameters",
    "block_flops",
    "gpt_flops",
]
