"""Predict the next token: first by counting pairs, then with a small neural network.

A language model says how probable each token of the vocabulary is as the next one, given those before it. Both models
here take contexts (batch, context) of token ids and return logits (batch, vocabulary), so the same three functions
measure them (`bits`), compare them (`bits_per_character`) and let them write (`generate`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit.batches import check_batch_size
from lessons.kit.training import evaluating


def bigram_counts(token_ids: Sequence[int] | Tensor, vocab_size: int) -> Tensor:
    """How often token b directly follows token a, at [a, b]: (tokens,) -> (vocabulary, vocabulary), float64.

    Raises ValueError for fewer than two tokens, or ids outside the vocabulary.
    """
    tokens = _checked(token_ids, vocab_size, at_least=2)
    places = tokens[:-1] * vocab_size + tokens[1:]  # (tokens - 1,): the index of each pair in the flattened table
    counts = torch.bincount(places, minlength=vocab_size**2)
    return counts.view(vocab_size, vocab_size).double()


def smoothed(counts: Tensor, strength: float, prior: Tensor | None = None) -> Tensor:
    """P(next | token) from counts, as if each token had been seen `strength` times more, followed as `prior` says.

    counts (vocabulary, vocabulary); prior (vocabulary,) adds up to 1 (MacKay & Peto 1995). None is the uniform one:
    then this is add-alpha smoothing (Lidstone) with alpha = strength / vocabulary. Rows add up to 1.
    Raises ValueError if strength is not a positive number.
    """
    if not (strength > 0 and math.isfinite(strength)):
        raise ValueError(f"The strength of smoothing must be a positive number, not {strength}.")
    if prior is None:
        prior = torch.full_like(counts[0], 1 / len(counts))
    return (counts + strength * prior) / (counts.sum(1, keepdim=True) + strength)


def unigram(counts: Tensor) -> Tensor:
    """How probable each token is as the next one if nothing is known, counts + 1 normalised: (vocabulary,)."""
    seen = counts.sum(0) + 1
    return seen / seen.sum()


class Bigram(nn.Module):
    """A table: the logarithm of the probability of each next token, given one token (Shannon 1948, section 3)."""

    log_probabilities: Tensor  # (vocabulary, vocabulary)

    def __init__(self, probabilities: Tensor) -> None:
        super().__init__()
        self.register_buffer("log_probabilities", probabilities.log())

    def forward(self, contexts: Tensor) -> Tensor:
        """(batch, context) -> logits (batch, vocabulary); only the last token of each context counts."""
        return self.log_probabilities[contexts[:, -1]]


class NextToken(nn.Module):
    """Vectors of the last few tokens, side by side, through one hidden layer (Bengio et al. 2003, section 2).

    Without the direct connections of that paper, and with GELU in place of tanh.
    """

    def __init__(self, vocab_size: int, context: int = 8, dim: int = 32, hidden: int = 256) -> None:
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(vocab_size, dim)
        self.hidden = nn.Linear(context * dim, hidden)
        self.output = nn.Linear(hidden, vocab_size)

    def forward(self, contexts: Tensor) -> Tensor:
        """(batch, context) -> logits (batch, vocabulary)."""
        vectors = self.embedding(contexts).flatten(1)  # (batch, context * dim)
        return self.output(F.gelu(self.hidden(vectors)))


def windows(token_ids: Tensor, context: int) -> tuple[Tensor, Tensor]:
    """Each token with the `context` tokens before it: (tokens,) -> contexts (n, context), next tokens (n,).

    n = tokens - context; the contexts are views and take no memory. Raises ValueError if n would be less than 1.
    """
    if len(token_ids) <= context:
        raise ValueError(
            f"{len(token_ids)} tokens are too few: {context} for the context and one to predict are needed."
        )
    return token_ids.unfold(0, context, 1)[:-1], token_ids[context:]


class WindowBatches:
    """`steps` batches of windows drawn at random from running text, anew in every pass: for `training.fit`."""

    def __init__(self, token_ids: Tensor, context: int, batch_size: int, steps: int, seed: int = 0) -> None:
        self.contexts, self.targets = windows(token_ids, context)
        self.batch_size, self.steps = batch_size, steps
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self.steps):
            chosen = torch.randint(len(self.targets), (self.batch_size,), generator=self.generator)
            yield self.contexts[chosen], self.targets[chosen]


def next_token_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean cross-entropy of the right next token, in nats."""
    contexts, targets = batch
    return F.cross_entropy(model(contexts), targets)


@torch.no_grad()
def bits(model: nn.Module, token_ids: Tensor, context: int = 8, batch_size: int = 4096) -> Tensor:
    """-log2 of the probability that a model gave to each token, after the first `context` ones: (tokens - context,).

    float64. Its mean is the cross-entropy in bits per token, and 2 to that power the perplexity (Jurafsky & Martin,
    on evaluating n-grams). Raises ValueError as `windows` does.
    """
    check_batch_size(batch_size)
    contexts, targets = windows(token_ids, context)
    device = _device(model)
    with evaluating(model):
        parts = [
            F.cross_entropy(model(c.to(device)), t.to(device), reduction="none").double().cpu()
            for c, t in zip(contexts.split(batch_size), targets.split(batch_size), strict=True)
        ]
    return torch.cat(parts) / math.log(2)


def bits_per_character(token_bits: Tensor, n_characters: int) -> float:
    """What a text costs for each of its characters: comparable between vocabularies, as bits per token are not.

    Raises ValueError for a text without characters.
    """
    if n_characters < 1:
        raise ValueError("A text without characters has no bits per character.")
    return token_bits.sum().item() / n_characters


@torch.no_grad()
def generate(model: nn.Module, token_ids: Sequence[int], n: int, context: int = 8, seed: int = 0) -> list[int]:
    """Draw n tokens one after the other, each from the model's probabilities, and return them with the first ids.

    Raises ValueError if there are fewer than `context` ids to start from.
    """
    if len(token_ids) < context:
        raise ValueError(f"To start, the model needs {context} tokens, not {len(token_ids)}.")
    generator, written, device = torch.Generator().manual_seed(seed), list(token_ids), _device(model)
    with evaluating(model):
        for _ in range(n):
            logits = model(torch.tensor([written[-context:]], device=device))[0].cpu()  # (vocabulary,)
            written.append(int(torch.multinomial(logits.softmax(0), 1, generator=generator)))
    return written


def _device(model: nn.Module) -> torch.device:
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def _checked(token_ids: Sequence[int] | Tensor, vocab_size: int, at_least: int) -> Tensor:
    tokens = torch.as_tensor(token_ids, dtype=torch.long)
    if tokens.ndim != 1 or len(tokens) < at_least:
        raise ValueError(f"token_ids must be one row of {at_least} or more tokens; the shape is {tuple(tokens.shape)}.")
    low, high = tokens.aminmax()
    if low < 0 or high >= vocab_size:
        raise ValueError(f"Token ids go from {low} to {high}; the vocabulary has {vocab_size:,}.")
    return tokens
