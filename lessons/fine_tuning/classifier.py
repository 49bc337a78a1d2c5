"""The model with a head: it trains without waste, and writes a file that others can load."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, to_hugging_face
from lessons.course.files import write_whole
from lessons.kit import checks, pretrained, training
from lessons.kit.batches import Batch, TextBatches, by_length, pad
from lessons.kit.texts import listed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


Texts = Sequence[str] | Sequence[tuple[str, str]]  # texts, or pairs of them
Labels = Sequence[int] | NDArray[np.int64]


class TextClassifier(nn.Module):
    """BERT with a linear head on the pooled [CLS] vector, ready to use (Devlin et al. 2019, section 4.1, their code).

    The layout is that of transformers' BertForSequenceClassification, which can load what `save` writes.
    """

    def __init__(self, bert: BERT, tokenizer: PreTrainedTokenizerBase, label_names: Sequence[str]) -> None:
        """Raises ValueError unless there are two or more names, in a list, and all different."""
        super().__init__()
        if isinstance(label_names, str):
            raise ValueError(f"Give a list of names, not one text: [{label_names!r}, ...].")
        if wrong := [name for name in label_names if not isinstance(name, str)]:
            raise ValueError(f"A label is named by a text, not by {wrong[0]!r:.60}.")
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
        """A pretrained encoder under a new head, whose random weights follow from the seed.

        Raises ValueError as the class does, and for a seed below 0.
        """
        checks.whole(0, seed=seed)
        bert, tokenizer = BERT.from_pretrained(name), pretrained.tokenizer(name)
        torch.manual_seed(seed)
        return cls(bert, tokenizer, label_names).eval()

    def forward(
        self, token_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        """(batch, tokens) -> logits (batch, labels)."""
        return self.classifier(self.dropout(self.bert.pooled(token_ids, attention_mask, token_type_ids)))

    def encode(self, texts: Texts) -> list[list[int]]:
        """Texts -> token ids with [CLS] and [SEP]; longer texts are cut to `max_tokens`.

        Of a pair (first, second), such as a question and its answer, the longer one is cut. Raises TypeError for one
        bare string, and for anything that is not a text or, if the first one is a pair, not a pair.
        """
        return self._encoded(texts)["input_ids"]

    def _encoded(self, texts: Texts) -> dict[str, list[list[int]]]:
        """The tokenizer's "input_ids" and, for pairs of texts, "token_type_ids"."""
        columns = _columns(texts)
        if not columns[0]:
            return {"input_ids": []}
        found = self.tokenizer(*columns, truncation=True, max_length=self.max_tokens, return_token_type_ids=True)
        return {name: found[name] for name in ("input_ids", "token_type_ids")[: len(columns)]}

    def fit(
        self,
        texts: Texts,
        labels: Labels,
        *,
        validation: tuple[Texts, Labels] | None = None,
        epochs: int = 2,
        learning_rate: float = 1e-4,
        batch_size: int = 16,
        weight_decay: float = 0.01,
        seed: int = 0,
        progress: bool = True,
    ) -> training.History:
        """Fine-tune every weight on texts, or pairs of texts, and labels (0 .. labels - 1).

        Validation accuracy is taken after each epoch. Raises TypeError as `encode` does, and ValueError for labels that
        do not fit.
        """
        _check_labels(labels, len(self.label_names))
        checks.whole(0, seed=seed)
        encoded = self._encoded(texts)
        examples, types = encoded["input_ids"], encoded.get("token_type_ids")
        batches = TextBatches(examples, labels, batch_size, pad_id=self.pad_id, seed=seed, token_types=types)
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
    def predict_proba(self, texts: Texts, batch_size: int = 32) -> NDArray[np.float32]:
        """Probabilities (n, labels), in the order of the texts; dropout is off. Raises as `encode` and `by_length`."""
        encoded, device = self._encoded(texts), self.classifier.weight.device
        examples, types = encoded["input_ids"], encoded.get("token_type_ids")
        result = np.zeros((len(examples), len(self.label_names)), dtype=np.float32)
        with training.evaluating(self):
            for chosen in by_length(examples, batch_size):
                batch = pad([examples[i] for i in chosen], self.pad_id)
                segments = pad([types[i] for i in chosen])[0] if types else None
                result[chosen] = self(*training.to_device((*batch, segments), device)).softmax(-1).cpu().numpy()
        return result

    def predict(self, texts: Texts) -> NDArray[np.int64]:
        """The most probable label of each text, an integer array (n,)."""
        return self.predict_proba(texts).argmax(1)

    def accuracy(self, texts: Texts, labels: Labels) -> float:
        """The share of texts that get their label. Raises ValueError for no text, or labels that do not fit."""
        _check_labels(labels, len(self.label_names))
        guesses = self.predict(texts)
        if len(guesses) != len(labels) or not len(guesses):
            raise ValueError(f"One label for each text is due: {len(guesses)} texts, {len(labels)} labels.")
        return float((guesses == np.asarray(labels)).mean())

    def save(self, folder: str | Path) -> Path:
        """Write a folder that `TextClassifier.load` and transformers' AutoModelForSequenceClassification can read.

        The tokenizer in it cuts texts where this one does: `tokenizer(text, truncation=True)`.
        """
        from safetensors.torch import save

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        encoder = self.bert.state_dict()
        if isinstance(self.bert.embeddings.word, TouchedRows):  # in the middle of a training
            encoder["embeddings.word.weight"] = self.bert.embeddings.word.whole()
        bert = {f"bert.{name}": tensor for name, tensor in to_hugging_face(encoder).items()}
        head = {f"classifier.{name}": tensor for name, tensor in self.classifier.state_dict().items()}
        weights = {name: tensor.contiguous().cpu() for name, tensor in {**bert, **head}.items()}
        write_whole(place / "model.safetensors", save(weights, metadata={"format": "pt"}))
        write_whole(place / "config.json", json.dumps(self._config(), indent=2, ensure_ascii=False))
        tokenizer = copy.deepcopy(self.tokenizer)
        tokenizer.model_max_length = self.max_tokens
        tokenizer.save_pretrained(place)
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
        """Read what `save`, or transformers, wrote: labels without a name are called LABEL_0, LABEL_1 and so on.

        Raises FileNotFoundError if the folder holds no saved classifier, ValueError if its files do not fit together.
        """
        place = Path(folder).absolute()  # never the name of a packaged model
        if not (place / "config.json").is_file():
            raise FileNotFoundError(f"{folder} holds no saved classifier (no config.json is in it).")
        found = pretrained.load(str(place))
        head = {name: found.weights.get(f"classifier.{name}") for name in ("weight", "bias")}
        if any(tensor is None for tensor in head.values()):
            raise FileNotFoundError(f"{folder} holds no saved classifier (no weights of a classifier are in it).")
        model = cls(BERT.from_pretrained(str(place)), found.tokenizer, _names(found.config, len(head["bias"])))  # type: ignore[arg-type]
        model.classifier.load_state_dict(head)
        model.max_tokens = min(found.tokenizer.model_max_length, model.bert.config.max_position_embeddings)
        return model.eval()


def _names(config: dict[str, Any], n_labels: int) -> list[str]:
    """The names of the labels in a config.json. Raises ValueError if there is not one for each row of the weights."""
    names = config.get("id2label") or {str(label): f"LABEL_{label}" for label in range(n_labels)}
    if names.keys() != {str(label) for label in range(n_labels)}:
        raise ValueError(f"config.json names the labels {', '.join(names)}; the weights have {n_labels} labels.")
    return [names[str(label)] for label in range(n_labels)]


def _columns(texts: Texts) -> tuple[list[str], ...]:
    """The texts as the tokenizer takes them: one list, or for pairs two, the first texts and the second ones."""
    rows = texts if isinstance(texts, str) else list(texts)
    if not rows or not isinstance(rows[0], tuple | list):
        return (listed(rows),)  # type: ignore[arg-type]
    if wrong := [row for row in rows if not (isinstance(row, tuple | list) and len(row) == 2)]:
        raise TypeError(f"Each must be a pair (first text, second text), as the first one is; found {wrong[0]!r:.60}.")
    return tuple(listed(column) for column in zip(*rows, strict=True))


def train_only_last(model: TextClassifier, n_layers: int) -> None:
    """Freeze the embeddings and all layers but the last `n_layers`; the pooler and the head always stay trainable.

    No gradient is computed below the lowest layer that is trained, so this saves time as well (compare Lee, Tang & Lin
    2019, "What Would Elsa Do?", section 3). Raises ValueError unless 0 <= n_layers <= the number of layers.
    """
    layers = model.bert.layers
    checks.whole(None, n_layers=n_layers)
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
        """Raises ValueError for what is no table (vocabulary, dim), and for ids outside it."""
        if weight.ndim != 2 or not weight.is_floating_point():
            raise ValueError(f"weight must be (vocabulary, dim), numbers; it is {checks.described(weight)}.")
        checks.token_ids("token_ids", token_ids, len(weight), "touched")
        super().__init__(len(token_ids), weight.shape[1], _weight=weight.detach()[token_ids])  # (touched, dim)
        lookup = torch.full((len(weight),), -1, device=weight.device)
        lookup[token_ids] = torch.arange(len(token_ids), device=weight.device)
        self.register_buffer("lookup", lookup, persistent=False)  # (vocabulary,): place in `weight`, or -1
        self.register_buffer("fixed", weight.detach(), persistent=False)  # (vocabulary, dim)

    def whole(self) -> Tensor:
        """The table of all tokens, (vocabulary, dim): the rows that are parameters in their places."""
        table, touched = self.fixed.clone(), self.lookup >= 0
        table[touched] = self.weight.detach()[self.lookup[touched]]
        return table

    def forward(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, tokens, dim). Raises ValueError for ids outside the vocabulary."""
        checks.token_ids("token_ids", token_ids, len(self.lookup), "batch", "tokens")
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
    """Mean cross-entropy of a batch of `TextBatches`. Raises ValueError for labels that do not fit."""
    names = ("token_ids", "attention_mask", "token_type_ids")
    logits = model(*(batch[name] for name in names if name in batch))
    labels = cast(Tensor, batch["labels"])
    checks.labels(logits, labels)
    return F.cross_entropy(logits, labels)


def _check_labels(labels: Labels, n_labels: int) -> None:
    values = np.asarray(labels)
    if values.ndim != 1:
        raise ValueError(f"Labels must be one number for each text, (n,); their shape is {values.shape}.")
    if values.size and (not np.issubdtype(values.dtype, np.integer) or values.min() < 0 or values.max() >= n_labels):
        found = sorted(set(values.tolist()), key=str)[:5]
        raise ValueError(f"Labels must be whole numbers from 0 to {n_labels - 1}; found {found}.")
