"""06's encoder and decoder as a translator of languages: shared embeddings, a smoothed loss, writing with a beam."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.texts import listed
from lessons.kit.training import evaluating, to_device
from lessons.tokens import BytePairTokenizer
from lessons.transformer import Transformer
from lessons.translation.search import Hypothesis, Step, beam_search
from lessons.translation.sentences import END, PADDING, START, decoded, encoded, padded


class ScaledEmbedding(nn.Embedding):
    """Vectors of length about 1, read √dim times as long (Vaswani et al. 2017, section 3.4)."""

    def forward(self, token_ids: Tensor) -> Tensor:
        """(...) -> (..., dim)."""
        return super().forward(token_ids) * math.sqrt(self.embedding_dim)


class Translator(Transformer):
    """06's `Transformer` between two languages of one vocabulary; `shared`: one matrix reads, writes and chooses.

    A token's vector in the source, in the target, and in the output layer is then the same (Press & Wolf 2017; Vaswani
    et al. 2017, section 3.4). Choosing wants short vectors and reading long ones, so they are read √dim times as long.
    """

    def __init__(
        self,
        vocab_size: int = 2_000,
        *,
        shared: bool = True,
        hidden_size: int = 128,
        n_heads: int = 4,
        n_layers: int = 2,
        intermediate_size: int = 512,
        dropout: float = 0.0,
        max_length: int = 64,
    ) -> None:
        """Raises ValueError for sizes below 1, or a dropout that is no share."""
        super().__init__(
            vocab_size,
            vocab_size,
            hidden_size=hidden_size,
            n_heads=n_heads,
            n_layers=n_layers,
            intermediate_size=intermediate_size,
            dropout=dropout,
            max_length=max_length,
        )
        self.source, self.target = (_scaled(table) for table in (self.source, self.target))
        if shared:
            self.target = self.source
            self.output.weight = self.source.weight


def _scaled(table: nn.Embedding) -> ScaledEmbedding:
    return ScaledEmbedding.from_pretrained(table.weight.detach(), freeze=False)


def teacher_forcing(target_ids: Tensor) -> Tensor:
    """What the decoder reads while it learns: the start, then all targets but the last; (batch, n) -> the same.

    Raises ValueError for what are no ids.
    """
    checks.token_ids("target_ids", target_ids, checks.LARGEST, "batch", "tokens")
    return torch.cat([torch.full_like(target_ids[:, :1], START), target_ids[:, :-1]], dim=1)


def smoothed_cross_entropy(logits: Tensor, target_ids: Tensor, smoothing: float = 0.1) -> Tensor:
    """The mean over all real targets, in nats; padding is passed over: (batch, n, vocab_size), (batch, n) -> scalar.

    The wanted distribution gives 1 − smoothing to the target, and shares the rest among all tokens equally (Szegedy et
    al. 2016, section 7). Raises ValueError for a smoothing that is no share, and targets that do not fit or are none.
    """
    checks.shares(smoothing=smoothing)
    checks.vectors("logits", logits, logits.shape[-1])
    checks.labels(logits, target_ids)
    logs = logits.log_softmax(-1)
    surprise = -logs.gather(-1, target_ids[..., None])[..., 0]  # (batch, n)
    costs = (1 - smoothing) * surprise - smoothing * logs.mean(-1)
    real = target_ids != PADDING
    if not real.any():
        raise ValueError("All targets are padding: there is nothing to learn.")
    return costs[real].mean()


class TranslationLoss:
    """What `fit` minimises: the smoothed cross-entropy of each next token, given the true ones before it."""

    def __init__(self, smoothing: float = 0.1) -> None:
        """Raises ValueError for a smoothing that is no share."""
        checks.shares(smoothing=smoothing)
        self.smoothing = smoothing

    def __call__(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        """A batch (source ids, target ids) -> scalar, in nats. Raises ValueError for ids that are none."""
        source_ids, target_ids = to_device(batch, next(model.parameters()).device)
        logits = model(source_ids, teacher_forcing(target_ids))
        # The same number as `smoothed_cross_entropy`, in one pass over the logits.
        return F.cross_entropy(
            logits.flatten(0, 1), target_ids.flatten(), ignore_index=PADDING, label_smoothing=self.smoothing
        )


# --- writing ----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def reader(model: Transformer, source_ids: Tensor) -> Step:
    """A step for `search`: the sources (batch, sources) are read once, then asked about again and again.

    Raises ValueError for ids that are none, or a source longer than the model has positions.
    """
    device = next(model.parameters()).device
    memory, mask = model.encode(source_ids.to(device))

    @torch.no_grad()
    def step(rows: Tensor, written: Tensor) -> Tensor:
        found = rows.to(device)
        logits = model.decode(written.to(device), memory[found], mask[found])
        return logits[:, -1].log_softmax(-1).cpu()

    return step


def candidates(
    model: Transformer,
    tokenizer: BytePairTokenizer,
    texts: Sequence[str],
    *,
    beam_size: int = 4,
    length_power: float = 1.0,
    max_length: int = 60,
    batch_size: int = 64,
) -> list[list[Hypothesis]]:
    """For each text what a beam finds, the best first, in evaluation mode. Raises ValueError for no text; TypeError
    for one bare string."""
    checks.whole(batch_size=batch_size)
    rows = encoded(tokenizer, texts)
    if not rows:
        raise ValueError("There is nothing to translate: give a list of sentences.")
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))  # little padding, and texts that end together
    found: list[list[Hypothesis]] = [[] for _ in rows]
    settings = {"beam_size": beam_size, "length_power": length_power, "max_length": max_length}
    with evaluating(model):
        for first in range(0, len(order), batch_size):
            chosen = order[first : first + batch_size]
            step = reader(model, padded([rows[i] for i in chosen]))
            every = beam_search(step, len(chosen), start_id=START, end_id=END, **settings)  # type: ignore[arg-type]
            for i, hypotheses in zip(chosen, every, strict=True):
                found[i] = hypotheses
    return found


def translate(
    model: Transformer,
    tokenizer: BytePairTokenizer,
    texts: Sequence[str],
    *,
    beam_size: int = 1,
    length_power: float = 1.0,
    max_length: int = 60,
    batch_size: int = 64,
) -> list[str]:
    """The best translation that the search finds for each text; greedily if `beam_size` is 1. Raises as above."""
    found = candidates(
        model,
        tokenizer,
        texts,
        beam_size=beam_size,
        length_power=length_power,
        max_length=max_length,
        batch_size=batch_size,
    )
    return [decoded(tokenizer, hypotheses[0].token_ids) for hypotheses in found]


# --- looking ----------------------------------------------------------------------------------------------------------


class Alignment(NamedTuple):
    """The tokens of a source and of a translation, and where each of the second looked: weights (targets, sources)."""

    source_ids: list[int]
    target_ids: list[int]
    weights: Tensor


@torch.no_grad()
def alignment(model: Transformer, tokenizer: BytePairTokenizer, text: str, target: str) -> Alignment:
    """Where the model looks while it is made to write `target`: the mean over layers and heads, in evaluation mode.

    Raises ValueError for a text longer than the model has positions.
    """
    source_ids, target_ids = encoded(tokenizer, [text, target])
    device = next(model.parameters()).device
    written = torch.tensor([[START, *target_ids[:-1]]], device=device)
    with evaluating(model):
        memory, mask = model.encode(torch.tensor([source_ids], device=device))
        return Alignment(source_ids, target_ids, model.alignment(written, memory, mask)[0].cpu())


def repeats(text: str, n: int = 2) -> bool:
    """Whether some run of n words comes twice in a row, as in "the the" (n = 1): a loop. Raises TypeError for no text.

    Runs of up to n words are looked at. Raises ValueError for n below 1.
    """
    checks.whole(n=n)
    found = listed([text])[0].split()
    return any(
        found[i : i + k] == found[i + k : i + 2 * k] for k in range(1, n + 1) for i in range(len(found) - 2 * k + 1)
    )
