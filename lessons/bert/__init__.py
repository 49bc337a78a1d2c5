"""BERT: the encoder with real pretrained weights, and the training that made it.

- `model`: embeddings, layers, pooler; names and weights to and from Hugging Face.
- `masked_language`: guessing hidden words, the pre-training task.
- `probing`: what a linear map reads from the vectors of a layer, beside controls.
- `drawings`: the pictures of the notebook.
"""

from .model import (
    BERT,
    BERTConfig,
    BERTOutput,
    Embeddings,
    encoder_layer,
    first_token,
    from_hugging_face,
    initialise,
    to_hugging_face,
)

__all__ = [
    "BERT",
    "BERTConfig",
    "BERTOutput",
    "Embeddings",
    "encoder_layer",
    "first_token",
    "initialise",
    "from_hugging_face",
    "to_hugging_face",
]
