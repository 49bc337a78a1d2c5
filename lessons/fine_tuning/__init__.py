"""Fine-tuning BERT to classify texts: the model with a head, your own examples, and what its numbers are worth.

- `classifier`: BERT under a head, training, freezing, saving.
- `examples`: a list or a CSV file of yours, checked and split.
- `evaluation`: two models on the same texts, probabilities that keep what they promise.
- `trainer`: Hugging Face's loop on the same batches.
- `studies`: what the benchmark has stored, as the notebook shows it.
- `pictures`: the drawings of notebook 08.
"""

from .classifier import TextClassifier, TouchedRows, classification_loss, only_touched_rows, train_only_last
from .evaluation import (
    PairedTest,
    accuracy_interval,
    best_temperature,
    calibration,
    mcnemar,
    paired_difference,
    shares_a_name,
    tempered,
)
from .examples import epochs_for, example_file, own_examples
from .trainer import trainer_losses

__all__ = [
    "PairedTest",
    "TextClassifier",
    "TouchedRows",
    "accuracy_interval",
    "best_temperature",
    "calibration",
    "classification_loss",
    "epochs_for",
    "example_file",
    "mcnemar",
    "only_touched_rows",
    "own_examples",
    "paired_difference",
    "shares_a_name",
    "tempered",
    "train_only_last",
    "trainer_losses",
]
