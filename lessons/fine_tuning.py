"""Fine-tuning BERT to classify texts: the model with a head, batches without waste, and a file that others can load."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, to_hugging_face
from lessons.course.files import write_whole
from lessons.kit import pretrained, training
from lessons.kit.batches import Batch, TextBatches, by_length, pad

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class TextClassifier(nn.Module):
    """BERT with a linear head on the pooled [CLS] vector, ready to use (Devlin et al. 2019, section 4.1, their code).

    The layout is that of transformers' BertForSequenceClassification, which can load what `save` writes.
    """

    def __init__(self, bert: BERT, tokenizer: PreTrainedTokenizerBase, label_names: Sequence[str]) -> None:
        super().__init__()
        if len(label_names) < 2:
            raise ValueError(f"A classifier needs two or more labels, not {list(label_names)}.")
        if len(set(label_names)) < len(label_names):
            raise ValueError(f"Every label needs a name of its own; got {list(label_names)}.")
        self.bert, self.tokenizer, self.label_names = bert, tokenizer, tuple(label_names)
        self.max_tokens = min(128, bert.config.max_position_embeddings)  # longer texts are cut
        self.dropout = nn.Dropout(bert.config.hidden_dropout_prob)
        self.classifier = nn.Linear(bert.config.hidden_size, len(label_names))
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)

    @classmethod
    def from_pretrained(
        cls, name: str = "minilm", label_names: Sequence[str] = ("negative", "positive"), *, seed: int = 0
    ) -> TextClassifier:
        """A pretrained encoder under a new head, whose random weights follow from the seed."""
        bert, tokenizer = BERT.from_pretrained(name), pretrained.tokenizer(name)
        torch.manual_seed(seed)
        return cls(bert, tokenizer, label_names).eval()

    def forward(self, token_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """(batch, tokens) -> logits (batch, labels)."""
        return self.classifier(self.dropout(self.bert.pooled(token_ids, attention_mask)))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Texts -> token ids with [CLS] and [SEP]; longer texts are cut to `max_tokens`.

        Raises TypeError for one bare string or for anything that is not a string.
        """
        if isinstance(texts, str):
            raise TypeError("Give a list of texts, not one string: [text].")
        texts = list(texts)  # an array or a column of a table is as good
        if wrong := [text for text in texts if not isinstance(text, str)]:
            raise TypeError(f"Every text must be a string; found {type(wrong[0]).__name__}: {wrong[0]!r}.")
        if not texts:
            return []
        whole = [text.encode("utf-8", "replace").decode() for text in texts]  # half a surrogate pair becomes "?"
        return self.tokenizer(whole, truncation=True, max_length=self.max_tokens)["input_ids"]

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int] | NDArray[np.int64],
        *,
        validation: tuple[Sequence[str], Sequence[int] | NDArray[np.int64]] | None = None,
        epochs: int = 2,
        learning_rate: float = 1e-4,
        batch_size: int = 16,
        weight_decay: float = 0.01,
        seed: int = 0,
        progress: bool = True,
    ) -> training.History:
        """Fine-tune every weight on texts and labels (0 .. labels - 1); validation accuracy after each epoch."""
        _check_labels(labels, len(self.label_names))
        examples = self.encode(texts)
        batches = TextBatches(examples, labels, batch_size, pad_id=self.pad_id, seed=seed)
        torch.manual_seed(seed)

        def accuracy(_: nn.Module) -> training.Metrics:
            assert validation is not None
            return {"accuracy": self.accuracy(*validation)}

        with only_touched_rows(self.bert, examples):
            return training.fit(
                self,
                batches,
                classification_loss,
                epochs=epochs,
                learning_rate=learning_rate,
                weight_decay=weight_decay,
                validate=accuracy if validation else None,
                progress=progress,
            )

    @property
    def pad_id(self) -> int:
        """The id of the [PAD] token."""
        return self.tokenizer.pad_token_id or 0

    @torch.no_grad()
    def predict_proba(self, texts: Sequence[str], batch_size: int = 32) -> NDArray[np.float32]:
        """Probabilities (n, labels), in the order of the texts; dropout is off."""
        examples, device = self.encode(texts), self.classifier.weight.device
        result = np.zeros((len(examples), len(self.label_names)), dtype=np.float32)
        with training.evaluating(self):
            for chosen in by_length(examples, batch_size):
                token_ids, mask = training.to_device(pad([examples[i] for i in chosen], self.pad_id), device)
                result[chosen] = self(token_ids, mask).softmax(-1).cpu().numpy()
        return result

    def predict(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The most probable label of each text, an integer array (n,)."""
        return self.predict_proba(texts).argmax(1)

    def accuracy(self, texts: Sequence[str], labels: Sequence[int] | NDArray[np.int64]) -> float:
        """The share of texts that get their label."""
        return float((self.predict(texts) == np.asarray(labels)).mean())

    def save(self, folder: str | Path) -> Path:
        """Write a folder that `TextClassifier.load` and transformers' AutoModelForSequenceClassification can read."""
        from safetensors.torch import save

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        bert = {f"bert.{name}": tensor for name, tensor in to_hugging_face(self.bert.state_dict()).items()}
        head = {f"classifier.{name}": tensor for name, tensor in self.classifier.state_dict().items()}
        weights = {name: tensor.contiguous().cpu() for name, tensor in {**bert, **head}.items()}
        write_whole(place / "model.safetensors", save(weights, metadata={"format": "pt"}))
        write_whole(place / "config.json", json.dumps(self._config(), indent=2, ensure_ascii=False))
        self.tokenizer.save_pretrained(place)
        return place

    def _config(self) -> dict[str, object]:
        names = {str(label): name for label, name in enumerate(self.label_names)}
        return {
            **asdict(self.bert.config),
            "model_type": "bert",
            "architectures": ["BertForSequenceClassification"],
            "hidden_act": "gelu",
            "pad_token_id": self.pad_id,
            "id2label": names,
            "label2id": {name: int(label) for label, name in names.items()},
        }

    @classmethod
    def load(cls, folder: str | Path) -> TextClassifier:
        """Read what `save` wrote. Raises FileNotFoundError if the folder holds no saved classifier."""
        place = Path(folder).absolute()  # never the name of a packaged model
        file = place / "config.json"
        config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        if "id2label" not in config:
            raise FileNotFoundError(f"{folder} holds no saved classifier (no config.json with labels is in it).")
        checkpoint = pretrained.load(str(place))
        names = [config["id2label"][str(label)] for label in range(len(config["id2label"]))]
        model = cls(BERT.from_pretrained(str(place)), checkpoint.tokenizer, names)
        head = {name: checkpoint.weights[f"classifier.{name}"] for name in ("weight", "bias")}
        model.classifier.load_state_dict(head)
        return model.eval()


def train_only_last(model: TextClassifier, n_layers: int) -> None:
    """Freeze the embeddings and all layers but the last `n_layers`; the pooler and the head always stay trainable.

    No gradient is computed below the lowest layer that is trained, so this saves time as well (compare Lee, Tang & Lin
    2019, "What Would Elsa Do?", section 3). Raises ValueError unless 0 <= n_layers <= the number of layers.
    """
    layers = model.bert.layers
    if not 0 <= n_layers <= len(layers):
        raise ValueError(f"This BERT has {len(layers)} layers; the last {n_layers} of them cannot be trained.")
    first = len(layers) - n_layers
    model.bert.embeddings.requires_grad_(False)
    for number, layer in enumerate(layers):
        layer.requires_grad_(number >= first)


class TouchedRows(nn.Embedding):
    """A word embedding of which only the rows of some tokens are parameters; the others are there, but fixed."""

    lookup: Tensor
    fixed: Tensor

    def __init__(self, weight: Tensor, token_ids: Tensor) -> None:
        super().__init__(len(token_ids), weight.shape[1], _weight=weight.detach()[token_ids])  # (touched, dim)
        lookup = torch.full((len(weight),), -1, device=weight.device)
        lookup[token_ids] = torch.arange(len(token_ids), device=weight.device)
        self.register_buffer("lookup", lookup, persistent=False)  # (vocabulary,): place in `weight`, or -1
        self.register_buffer("fixed", weight.detach(), persistent=False)  # (vocabulary, dim)

    def forward(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, tokens, dim)."""
        place = self.lookup[token_ids]
        trained = super().forward(place.clamp(min=0))
        is_fixed = place < 0
        return torch.where(is_fixed[..., None], self.fixed[token_ids], trained) if is_fixed.any() else trained


@contextmanager
def only_touched_rows(bert: BERT, examples: Sequence[Sequence[int]]) -> Iterator[None]:
    """While training inside, only the word vectors of tokens that occur in the examples are parameters.

    The others get no gradient and (see `training.parameter_groups`) no decay, so the result is the same as without;
    but the optimiser no longer walks through a table of which most rows never change.
    """
    word = bert.embeddings.word
    if not word.weight.requires_grad:
        yield
        return
    touched = torch.tensor(sorted({token for example in examples for token in example}), device=word.weight.device)
    partial = TouchedRows(word.weight, touched)
    bert.embeddings.word = partial
    try:
        yield
    finally:
        bert.embeddings.word = word.to(partial.weight.device)
        with torch.no_grad():
            word.weight[touched.to(word.weight.device)] = partial.weight


def classification_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy of a batch of `TextBatches`."""
    return F.cross_entropy(model(batch["token_ids"], batch["attention_mask"]), batch["labels"])  # type: ignore[arg-type]


def _check_labels(labels: Sequence[int] | NDArray[np.int64], n_labels: int) -> None:
    values = np.asarray(labels)
    if values.ndim != 1:
        raise ValueError(f"Labels must be one number for each text, (n,); their shape is {values.shape}.")
    if values.size and (not np.issubdtype(values.dtype, np.integer) or values.min() < 0 or values.max() >= n_labels):
        found = sorted(set(values.tolist()), key=str)[:5]
        raise ValueError(f"Labels must be whole numbers from 0 to {n_labels - 1}; found {found}.")
