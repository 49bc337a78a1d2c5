"""What the heads of this chapter share: one linear map on every token of a BERT, its batches, a folder for others."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, to_hugging_face
from lessons.course.files import write_whole
from lessons.fine_tuning import only_touched_rows
from lessons.kit import checks, pretrained, training
from lessons.kit.batches import Batch, TextBatches, by_length, pad

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100  # a label that no loss counts; the value that PyTorch's cross-entropy leaves out


class Encoded(NamedTuple):
    """Texts as a tokenizer cuts them: token ids and segments, and for each token the number of its word, or None."""

    token_ids: list[list[int]]
    token_types: list[list[int]]
    word_numbers: list[list[int | None]]


class RowBatches(TextBatches):
    """As `TextBatches`, but each text has a row of labels: (batch, longest row), filled up with IGNORED."""

    def __init__(
        self, encoded: Encoded, rows: Sequence[Sequence[int]], batch_size: int, pad_id: int, seed: int
    ) -> None:
        """Raises ValueError as `TextBatches`, and unless there is one row for each text."""
        if len(rows) != len(encoded.token_ids):
            raise ValueError(f"{len(encoded.token_ids)} texts, but {len(rows)} rows of labels.")
        numbers = np.arange(len(rows))
        super().__init__(
            encoded.token_ids, numbers, batch_size, pad_id=pad_id, seed=seed, token_types=encoded.token_types
        )
        self.rows = rows

    def __iter__(self) -> Iterator[Batch]:
        for batch in super().__iter__():
            chosen = batch["labels"]
            assert chosen is not None
            yield {**batch, "labels": pad([self.rows[i] for i in chosen.tolist()], IGNORED)[0]}


class EveryToken(nn.Module):
    """A BERT with one linear map on every token's vector, in the layout of transformers' models of that kind."""

    head_name: ClassVar[str]  # of the map, in the saved weights
    architecture: ClassVar[str]  # the class of transformers that reads them

    def __init__(self, bert: BERT, tokenizer: PreTrainedTokenizerBase, n_outputs: int, max_tokens: int) -> None:
        """Raises ValueError for less than one output or token."""
        super().__init__()
        checks.sizes(n_outputs=n_outputs, max_tokens=max_tokens)
        self.bert, self.tokenizer = bert, tokenizer
        self.max_tokens = min(max_tokens, bert.config.max_position_embeddings)  # longer texts are cut
        self.dropout = nn.Dropout(bert.config.hidden_dropout_prob)
        self.head = nn.Linear(bert.config.hidden_size, n_outputs)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, token_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        """(batch, tokens) -> (batch, tokens, outputs). Raises ValueError as a BERT does."""
        return self.head(self.dropout(self.bert(token_ids, attention_mask, token_type_ids).last_hidden_state))

    @property
    def pad_id(self) -> int:
        """The id of the [PAD] token."""
        return self.tokenizer.pad_token_id or 0

    def _train(
        self, encoded: Encoded, rows: Sequence[Sequence[int]], loss: Any, seed: int, **how: Any
    ) -> training.History:
        """Fine-tune every weight. `how` goes to `training.fit`, but for the batch size."""
        checks.whole(0, seed=seed)
        batches = RowBatches(encoded, rows, how.pop("batch_size"), self.pad_id, seed)
        torch.manual_seed(seed)
        with only_touched_rows(self.bert, encoded.token_ids):
            return training.fit(self, batches, loss, **how)

    @torch.no_grad()
    def _logits(self, encoded: Encoded, batch_size: int = 32) -> list[Tensor]:
        """For each text its logits (tokens, outputs), in the order of the texts; dropout is off."""
        found: list[Tensor] = [torch.empty(0)] * len(encoded.token_ids)
        with training.evaluating(self):
            for chosen in by_length(encoded.token_ids, batch_size):
                batch = pad([encoded.token_ids[i] for i in chosen], self.pad_id)
                types = pad([encoded.token_types[i] for i in chosen])[0]
                logits = self(*training.to_device((*batch, types), self.head.weight.device)).cpu()
                for i, row in zip(chosen, logits, strict=True):
                    found[i] = row[: len(encoded.token_ids[i])]
        return found

    def save(self, folder: str | Path) -> Path:
        """Write a folder that `load` and transformers read; its tokenizer cuts texts where this one does."""
        from safetensors.torch import save

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        bert = {f"bert.{name}": tensor for name, tensor in to_hugging_face(self.bert.state_dict()).items()}
        head = {f"{self.head_name}.{name}": tensor for name, tensor in self.head.state_dict().items()}
        weights = {name: tensor.contiguous().cpu() for name, tensor in {**bert, **head}.items()}
        write_whole(place / "model.safetensors", save(weights, metadata={"format": "pt"}))
        config = {
            **asdict(self.bert.config),
            "model_type": "bert",
            "architectures": [self.architecture],
            "hidden_act": "gelu",
            "pad_token_id": self.pad_id,
            **self._names(),
        }
        write_whole(place / "config.json", json.dumps(config, indent=2, ensure_ascii=False))
        tokenizer = copy.deepcopy(self.tokenizer)
        tokenizer.model_max_length = self.max_tokens
        tokenizer.save_pretrained(place)
        return place

    def _names(self) -> dict[str, Any]:
        """What the configuration says of the outputs."""
        return {}

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote. Raises FileNotFoundError if it holds no such model, ValueError if it is damaged."""
        place = Path(folder).absolute()  # never the name of a packaged model
        if not (place / "config.json").is_file():
            raise FileNotFoundError(f"{folder} holds no saved model (no config.json is in it).")
        found = pretrained.load(str(place))
        head = {name: found.weights.get(f"{cls.head_name}.{name}") for name in ("weight", "bias")}
        if any(tensor is None for tensor in head.values()):
            raise FileNotFoundError(f"{folder} holds no {cls.architecture} (no weights {cls.head_name} are in it).")
        model = cls._made(BERT.from_pretrained(str(place)), found)
        model.head.load_state_dict(head)
        model.max_tokens = min(found.tokenizer.model_max_length, model.bert.config.max_position_embeddings)
        return model.eval()

    @classmethod
    def _made(cls, bert: BERT, found: pretrained.PretrainedModel) -> Self:
        """The model around a BERT, as a saved configuration describes it."""
        raise NotImplementedError


def check_scores(logits: Tensor, labels: Tensor | None) -> None:
    """Raises ValueError unless the logits are floating-point numbers (batch, tokens, outputs) and there are labels."""
    if logits.ndim != 3 or not logits.is_floating_point():
        raise ValueError(f"Logits are numbers (batch, tokens, outputs); these are {checks.described(logits)}.")
    if labels is None:
        raise ValueError("This batch has no labels.")


def token_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy over all tokens that have a label (not IGNORED): logits (batch, tokens, labels) -> ().

    Raises ValueError for labels that do not fit.
    """
    logits = model(batch["token_ids"], batch["attention_mask"], batch["token_type_ids"])
    labels = batch["labels"]
    check_scores(logits, labels)
    assert labels is not None
    checks.labels(logits, labels, IGNORED)
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
