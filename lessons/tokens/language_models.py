"""Predict the next token: first by counting pairs, then with a small neural network.

A language model says how probable each token of the vocabulary is as the next one, given those before it. Both models
here take contexts (batch, context) of token ids and return logits (batch, vocabulary), so the same three functions
measure them (`bits`), compare them (`bits_per_character`) and let them write (`generate`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.training import evaluating
from lessons.tokens.byte_pair import BytePairTokenizer


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
    Raises ValueError if strength is not a positive number, or for another shape.
    """
    _check_square(counts, "counts")
    if not (strength > 0 and math.isfinite(strength)):
        raise ValueError(f"The strength of smoothing must be a positive number, not {strength}.")
    if prior is not None and prior.shape != counts.shape[1:]:
        raise ValueError(f"A prior (vocabulary,) is due, {tuple(counts.shape[1:])}, not {tuple(prior.shape)}.")
    if prior is None:
        prior = torch.full_like(counts[0], 1 / len(counts))
    return (counts + strength * prior) / (counts.sum(1, keepdim=True) + strength)


def unigram(counts: Tensor) -> Tensor:
    """How probable each token is as the next one if nothing is known, counts + 1 normalised: (vocabulary,).

    Raises ValueError for another shape than (vocabulary, vocabulary).
    """
    _check_square(counts, "counts")
    seen = counts.sum(0) + 1
    return seen / seen.sum()


class Bigram(nn.Module):
    """A table: the logarithm of the probability of each next token, given one token (Shannon 1948, section 3)."""

    log_probabilities: Tensor  # (vocabulary, vocabulary)

    def __init__(self, probabilities: Tensor) -> None:
        """Raises ValueError for another shape than (vocabulary, vocabulary), and for numbers below 0."""
        _check_square(probabilities, "probabilities")
        super().__init__()
        self.register_buffer("log_probabilities", probabilities.log())

    def forward(self, contexts: Tensor) -> Tensor:
        """(batch, context) -> logits (batch, vocabulary); only the last token of each context counts.

        Raises ValueError for ids outside the vocabulary, or another shape.
        """
        checks.token_ids("contexts", contexts, len(self.log_probabilities), "batch", "context")
        return self.log_probabilities[contexts[:, -1]]


class NextToken(nn.Module):
    """Vectors of the last few tokens, side by side, through one hidden layer (Bengio et al. 2003, section 2).

    Without the direct connections of that paper, and with GELU in place of tanh.
    """

    def __init__(self, vocab_size: int, context: int = 8, dim: int = 32, hidden: int = 256) -> None:
        """Raises ValueError for sizes below 1."""
        checks.sizes(vocab_size=vocab_size, context=context, dim=dim, hidden=hidden)
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(vocab_size, dim)
        self.hidden = nn.Linear(context * dim, hidden)
        self.output = nn.Linear(hidden, vocab_size)

    def forward(self, contexts: Tensor) -> Tensor:
        """(batch, context) -> logits (batch, vocabulary). Raises ValueError for other ids or another context."""
        checks.token_ids("contexts", contexts, self.embedding.num_embeddings, "batch", "context")
        if contexts.shape[1] != self.context:
            raise ValueError(f"This model sees {self.context} tokens, not {contexts.shape[1]}.")
        vectors = self.embedding(contexts).flatten(1)  # (batch, context * dim)
        return self.output(F.gelu(self.hidden(vectors)))


def windows(token_ids: Tensor, context: int) -> tuple[Tensor, Tensor]:
    """Each token with the `context` tokens before it: (tokens,) -> contexts (n, context), next tokens (n,).

    n = tokens - context; the contexts are views and take no memory. Raises ValueError if n would be less than 1, for a
    context below 1, and for what is no row of whole numbers.
    """
    checks.whole(context=context)
    if token_ids.ndim != 1 or not checks.is_whole(token_ids):
        raise ValueError(f"token_ids must be one row of whole numbers; these are {checks.described(token_ids)}.")
    if len(token_ids) <= context:
        raise ValueError(
            f"{len(token_ids)} tokens are too few: {context} for the context and one to predict are needed."
        )
    return token_ids.unfold(0, context, 1)[:-1], token_ids[context:]


class WindowBatches:
    """`steps` batches of windows drawn at random from running text, anew in every pass: for `training.fit`."""

    def __init__(self, token_ids: Tensor, context: int, batch_size: int, steps: int, seed: int = 0) -> None:
        """Raises ValueError as `windows` does, and for less than one example or step."""
        checks.sizes(batch_size=batch_size, steps=steps)
        checks.whole(0, seed=seed)
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
    """Mean cross-entropy of the right next token, in nats. Raises ValueError for targets that do not fit."""
    contexts, targets = batch
    logits = model(contexts)
    checks.labels(logits, targets)
    return F.cross_entropy(logits, targets)


@torch.no_grad()
def bits(model: nn.Module, token_ids: Tensor, context: int = 8, batch_size: int = 4096) -> Tensor:
    """-log2 of the probability that a model gave to each token, after the first `context` ones: (tokens - context,).

    float64. Its mean is the cross-entropy in bits per token, and 2 to that power the perplexity (Jurafsky & Martin,
    on evaluating n-grams). Raises ValueError as `windows` does.
    """
    checks.whole(batch_size=batch_size)
    contexts, targets = windows(token_ids, context)
    device = _device(model)
    with evaluating(model):
        parts = [
            F.cross_entropy(model(c.to(device)), t.to(device), reduction="none").cpu().double()
            for c, t in zip(contexts.split(batch_size), targets.split(batch_size), strict=True)
        ]
    return torch.cat(parts) / math.log(2)


def bits_per_character(token_bits: Tensor, n_characters: int) -> float:
    """What a text costs for each of its characters: comparable between vocabularies, as bits per token are not.

    Raises ValueError for a text without characters or tokens.
    """
    if token_bits.ndim != 1 or not len(token_bits):
        raise ValueError(f"token_bits must be one row, one number for each token, not {tuple(token_bits.shape)}.")
    checks.whole(0, n_characters=n_characters)
    if n_characters < 1:
        raise ValueError("A text without characters has no bits per character.")
    return token_bits.sum().item() / n_characters


def compared(
    models: Mapping[str, tuple[nn.Module, int]], token_ids: Tensor, tokenizer: BytePairTokenizer
) -> list[dict[str, Any]]:
    """A row for each model, name -> (model, context): its numbers, and what it needs for the same tokens of a text.

    These are the tokens after the longest context. "parameters" counts all stored numbers, a table's too. Raises
    ValueError as `bits` does, and if there is no model.
    """
    if not models:
        raise ValueError("Give at least one model to compare.")
    longest = max(context for _, context in models.values())
    windows(token_ids, longest)  # refuses what is no text, or a text that is too short
    n_characters, rows = len(tokenizer.decode(token_ids[longest:].tolist())), []
    for name, (model, context) in models.items():
        found = bits(model, token_ids, context)[longest - context :]  # (tokens - longest,)
        stored = sum(values.numel() for values in model.state_dict().values())
        row = {"model": name, "parameters": stored, "bits per token": found.mean().item()}
        row |= {"perplexity": 2 ** row["bits per token"]}
        rows.append(row | {"bits per character": bits_per_character(found, n_characters)})
    return rows


@torch.no_grad()
def generate(model: nn.Module, token_ids: Sequence[int], n: int, context: int = 8, seed: int = 0) -> list[int]:
    """Draw n tokens one after the other, each from the model's probabilities, and return them with the first ids.

    Raises ValueError if there are fewer than `context` ids to start from, or for numbers that are no whole ones.
    """
    checks.whole(0, n=n, seed=seed)
    checks.whole(context=context)
    if len(token_ids) < context:
        raise ValueError(f"To start, the model needs {context} tokens, not {len(token_ids)}.")
    written, device = list(token_ids), _device(model)
    checks.whole(0, **{f"token_ids[{place}]": token for place, token in enumerate(written[-context:])})
    generator = torch.Generator().manual_seed(seed)
    with evaluating(model):
        for _ in range(n):
            logits = model(torch.tensor([written[-context:]], device=device))[0].cpu()  # (vocabulary,)
            written.append(int(torch.multinomial(logits.softmax(0), 1, generator=generator)))
    return written


def _device(model: nn.Module) -> torch.device:
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def _check_square(values: Tensor, name: str) -> None:
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not len(values) or (values < 0).any():
        raise ValueError(f"{name} must be (vocabulary, vocabulary), none below 0; these are {tuple(values.shape)}.")


def _checked(token_ids: Sequence[int] | Tensor, vocab_size: int, at_least: int) -> Tensor:
    checks.sizes(vocab_size=vocab_size)
    try:
        tokens = torch.as_tensor(token_ids)
    except (TypeError, ValueError, RuntimeError):
        tokens = torch.tensor(0.5)
    if not checks.is_whole(tokens) and tokens.numel():
        raise ValueError(f"Token ids are whole numbers; these are {token_ids!r:.60}.")
    tokens = tokens.long()
    if tokens.ndim != 1 or len(tokens) < at_least:
        raise ValueError(f"token_ids must be one row of {at_least} or more tokens; the shape is {tuple(tokens.shape)}.")
    low, high = tokens.aminmax()
    if low < 0 or high >= vocab_size:
        raise ValueError(f"Token ids go from {low} to {high}; the vocabulary has {vocab_size:,}.")
    return tokens
