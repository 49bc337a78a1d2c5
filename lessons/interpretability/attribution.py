"""Which words made the answer? Seven ways to say so, for one text at a time.

What is explained is the *evidence* for a label: its logit minus those of the others (of two labels, their difference).
It has no ceiling, as a probability has. Shapes: `token_ids` (1, tokens) is a text with [CLS] and [SEP], `words` (batch,
tokens, dim) are its word vectors, before position and segment are added. A method gives each token a number, (tokens,).

- by leaving out: `leave_one_out`, and over all subsets `shapley`;
- by gradients: `saliency`, `gradient_times_input`, `integrated_gradients`;
- by looking at attention: `last_attention`, `rollout`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lessons.bert.model import first_token
from lessons.fine_tuning import TextClassifier
from lessons.kit import checks
from lessons.kit.batches import pad

Score = Callable[[Tensor], Tensor]  # word vectors (batch, tokens, dim) -> evidence (batch,)
Method = Callable[[TextClassifier, Tensor, int], Tensor]  # a model, a text, a label -> a number for each token
WAYS = ("mask", "remove")

# --- what is explained ------------------------------------------------------------------------------------------------


def evidence(logits: Tensor, label: int) -> Tensor:
    """The logit of a label minus log Σ exp of the others': logits (batch, labels) -> (batch,).

    It is the logarithm of the odds p / (1 − p). Raises ValueError for fewer than two labels, or a label that there is
    not.
    """
    if logits.ndim != 2 or logits.shape[1] < 2 or not logits.is_floating_point():
        raise ValueError(f"Logits (batch, labels) of two or more labels are due, not {checks.described(logits)}.")
    checks.whole(0, label=label)
    if label >= logits.shape[1]:
        raise ValueError(f"There are {logits.shape[1]} labels, from 0; no label {label}.")
    others = [other for other in range(logits.shape[1]) if other != label]
    return logits[:, label] - logits[:, others].logsumexp(-1)


def word_vectors(model: TextClassifier, token_ids: Tensor) -> Tensor:
    """Rows of the word table, without a gradient: (batch, tokens) -> (batch, tokens, dim)."""
    checks.token_ids("token_ids", token_ids, model.bert.config.vocab_size, "batch", "tokens")
    return model.bert.embeddings.word(token_ids).detach()


def logits_of_words(model: TextClassifier, words: Tensor) -> Tensor:
    """What the classifier makes of word vectors: (batch, tokens, dim) -> logits (batch, labels).

    The same as `model(token_ids)` for the rows of its table, but here one may come from between two rows. Raises
    ValueError for other vectors, or more tokens than positions.
    """
    embeddings, n = model.bert.embeddings, words.shape[-2] if words.ndim == 3 else 0
    checks.vectors("words", words, model.bert.config.hidden_size, 3)
    if not 1 <= n <= model.bert.config.max_position_embeddings:
        raise ValueError(f"One token is due, and {model.bert.config.max_position_embeddings} at most, not {n}.")
    hidden = embeddings.norm(words + embeddings.position.weight[:n] + embeddings.segment.weight[0])
    *before, last = model.bert.layers
    for layer in before:
        hidden = layer(hidden)
    hidden = first_token(last, hidden, None)
    return model.classifier(torch.tanh(model.bert.pooler(hidden[:, 0])))


def score_of(model: TextClassifier, label: int) -> Score:
    """The evidence for a label as a function of word vectors, without dropout."""
    model.eval()
    return lambda words: evidence(logits_of_words(model, words), label)


# --- by gradients -----------------------------------------------------------------------------------------------------


def gradients(score: Score, words: Tensor) -> Tensor:
    """By how much the score of each text grows with each number: (batch, tokens, dim) -> the same shape.

    Raises ValueError for what are no word vectors.
    """
    if words.ndim != 3 or not words.is_floating_point():
        raise ValueError(f"Word vectors (batch, tokens, dim) are due, not {checks.described(words)}.")
    asked = words.detach().requires_grad_()
    with torch.enable_grad():
        (found,) = torch.autograd.grad(score(asked).sum(), asked)
    return found


def saliency(score: Score, words: Tensor) -> Tensor:
    """How steep the score is at each word: the length of its gradient, (batch, tokens) (Simonyan et al. 2013)."""
    return gradients(score, words).norm(dim=-1)


def gradient_times_input(score: Score, words: Tensor) -> Tensor:
    """The gradient of each word times its vector, summed: (batch, tokens); it has a sign (Shrikumar et al. 2016)."""
    return (gradients(score, words) * words).sum(-1)


def integrated_gradients(score: Score, words: Tensor, base: Tensor, steps: int = 16) -> Tensor:
    """The mean gradient on the straight way from a base to the words, times that way: (1, tokens, dim) -> (tokens,).

    The way is cut into equal pieces, and the gradient taken in the middle of each. The numbers add up to score(words)
    − score(base) as the pieces become short (Sundararajan et al. 2017, equations 1 and 3). Raises ValueError for a base
    of another shape, several texts, and no step.
    """
    checks.sizes(steps=steps)
    numbers = words.is_floating_point() and base.is_floating_point()
    if words.ndim != 3 or words.shape != base.shape or len(words) != 1 or not numbers:
        raise ValueError(f"One text and a base like it are due, not {tuple(words.shape)} and {tuple(base.shape)}.")
    shares = (torch.arange(steps, dtype=words.dtype) + 0.5) / steps  # the middles of the pieces
    way = words - base  # (1, tokens, dim)
    found = gradients(score, base + shares[:, None, None].to(words) * way)  # (steps, tokens, dim)
    return (found.mean(0) * way[0]).sum(-1)


def masked_base(model: TextClassifier, token_ids: Tensor) -> Tensor:
    """The word vectors of a text that says nothing: [MASK] everywhere between [CLS] and [SEP], (1, tokens, dim)."""
    hidden = token_ids.clone()
    hidden[:, 1:-1] = _mask_id(model)
    return word_vectors(model, hidden)


def completeness_gap(score: Score, words: Tensor, base: Tensor, attribution: Tensor) -> float:
    """How far the sum of attributions (tokens,) is from score(words) − score(base)."""
    with torch.no_grad():
        due = score(words) - score(base)
    return abs((attribution.sum() - due).item())


# --- by leaving out ---------------------------------------------------------------------------------------------------


def check_places(places: Sequence[int], low: int, high: int) -> None:
    """Raises ValueError unless these are different whole numbers from low to high."""
    for place in places:
        checks.whole(None, place=place)
        if not low <= place <= high:
            raise ValueError(f"Places go from {low} to {high} here; there is no word at {place}.")
    if len(set(places)) < len(places):
        raise ValueError("A place stands there twice.")


def with_places(token_ids: Tensor, gone: Sequence[Sequence[int]], way: str, mask_id: int) -> list[list[int]]:
    """The text once for each list of places, without these: masked, or removed so that the rest moves together.

    Raises ValueError for another way, and for places that are not between the first and the last token.
    """
    if way not in WAYS:
        raise ValueError(f"Words are left out by {' or '.join(WAYS)}, not by {way!r:.40}.")
    if token_ids.ndim != 2 or len(token_ids) != 1:
        raise ValueError(f"One text (1, tokens) is due, not {checks.described(token_ids)}.")
    checks.whole(0, mask_id=mask_id)
    checks.token_ids("token_ids", token_ids, checks.LARGEST, "one", "tokens")
    checks.token_ids("mask_id", torch.tensor([mask_id]), checks.LARGEST, "one")
    row = token_ids[0].tolist()
    for places in gone:
        check_places(places, 1, len(row) - 2)
    if way == "mask":
        return [[mask_id if i in set(places) else token for i, token in enumerate(row)] for places in gone]
    return [[token for i, token in enumerate(row) if i not in set(places)] for places in gone]


@torch.no_grad()
def logits_of_lists(model: TextClassifier, texts: Sequence[Sequence[int]], batch_size: int = 128) -> Tensor:
    """Logits (n, labels) of lists of token ids, without dropout. Raises ValueError for no list."""
    checks.whole(batch_size=batch_size)
    if not texts:
        raise ValueError("There is no text to judge.")
    model.eval()
    parts = [texts[start : start + batch_size] for start in range(0, len(texts), batch_size)]
    return torch.cat([model(*pad(part, model.pad_id)) for part in parts])


def leave_one_out(model: TextClassifier, token_ids: Tensor, label: int, way: str = "mask") -> Tensor:
    """How much evidence for a label goes when each word goes, one at a time: (1, tokens) -> (tokens,).

    [CLS] and [SEP] stay, and get 0. Raises ValueError as `with_places`.
    """
    places = range(1, token_ids.shape[-1] - 1)
    lists = with_places(token_ids, [[], *([place] for place in places)], way, _mask_id(model))
    found = evidence(logits_of_lists(model, lists), label)
    return torch.cat([found.new_zeros(1), found[0] - found[1:], found.new_zeros(1)])


def subsets(n: int) -> list[list[int]]:
    """All subsets of 0 ... n − 1, at the place whose binary digits say who is in: [], [0], [1], [0, 1], [2], ...

    Raises ValueError unless n is from 1 to 12.
    """
    checks.whole(n=n)
    if n > 12:
        raise ValueError(f"{n} words have 2 to the {n} subsets; 12 words are the most here.")
    return [[i for i in range(n) if number >> i & 1] for number in range(2**n)]


def shapley(values: Tensor) -> Tensor:
    """Each player's share of values[-1] − values[0]: a value for each of `subsets(n)`, (2^n,) -> (n,).

    The mean, over all orders in which players may come, of what the value gains when this one comes (Shapley 1953;
    Lundberg & Lee 2017, equation 4). Raises ValueError unless there are 2, 4, 8, ... values, up to 4096.
    """
    n = max(values.numel().bit_length() - 1, 0)
    if values.ndim != 1 or not 1 <= n <= 12 or values.numel() != 2**n or not values.is_floating_point():
        raise ValueError(f"2 to the n values, n from 1 to 12, are due, not {checks.described(values)}.")
    number = torch.arange(2**n)
    sizes = torch.stack([number >> i & 1 for i in range(n)]).sum(0)
    shares = []
    for player in range(n):
        without = number[(number >> player & 1) == 0]
        orders = [math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in sizes[without].tolist()]
        gains = values[without + (1 << player)] - values[without]
        shares.append((torch.tensor(orders, dtype=values.dtype, device=values.device) * gains).sum())
    return torch.stack(shares)


# --- by looking at attention ------------------------------------------------------------------------------------------


def rollout(attentions: Sequence[Tensor]) -> Tensor:
    """How much of each token's first vector reaches each token at the end, if attention were all: (tokens, tokens).

    Each of `attentions` is (heads, tokens, tokens), from the first layer to the last. A layer passes half on by the
    residual path and half by the mean of its heads; layers are multiplied (Abnar & Zuidema 2020, section 3). Raises
    ValueError for no layer, and for what are no weights.
    """
    if not attentions or any(each.ndim != 3 or not each.is_floating_point() for each in attentions):
        raise ValueError("Weights (heads, tokens, tokens) of one layer or more are due.")
    n = attentions[0].shape[-1]
    if any(each.shape[-2:] != (n, n) for each in attentions):
        raise ValueError(f"All layers must have weights (heads, {n}, {n}).")
    passed = torch.eye(n).to(attentions[0])
    for weights in attentions:
        passed = (0.5 * weights.mean(0) + 0.5 * torch.eye(n).to(weights)) @ passed
    return passed


@torch.no_grad()
def attentions_of(model: TextClassifier, token_ids: Tensor) -> list[Tensor]:
    """The weights of every layer on one text (1, tokens): (heads, tokens, tokens) each."""
    model.eval()
    return [weights[0] for weights in model.bert(token_ids, every_layer=True).attentions]


def last_attention(model: TextClassifier, token_ids: Tensor) -> Tensor:
    """Where [CLS] looks in the last layer, the mean over its heads: (1, tokens) -> (tokens,)."""
    return attentions_of(model, token_ids)[-1][:, 0].mean(0)


# --- all of them ------------------------------------------------------------------------------------------------------


def _mask_id(model: TextClassifier) -> int:
    found = model.tokenizer.mask_token_id
    return 0 if found is None else int(found)


def _by_gradient(way: Callable[[Score, Tensor], Tensor]) -> Method:
    return lambda model, ids, label: way(score_of(model, label), word_vectors(model, ids))[0]


def _integrated(model: TextClassifier, token_ids: Tensor, label: int) -> Tensor:
    base = masked_base(model, token_ids)
    return integrated_gradients(score_of(model, label), word_vectors(model, token_ids), base)


METHODS: dict[str, Method] = {
    "leave one out": leave_one_out,
    "integrated gradients": _integrated,
    "gradient × input": _by_gradient(gradient_times_input),
    "saliency": _by_gradient(saliency),
    "rollout": lambda model, ids, label: rollout(attentions_of(model, ids))[0],
    "last attention": lambda model, ids, label: last_attention(model, ids),
}


def explained(model: TextClassifier, text: str, method: str, label: int | None = None) -> tuple[list[str], Tensor]:
    """The tokens of a text without [CLS] and [SEP], and a number for each, for the predicted label unless one is given.

    Raises ValueError for another method than METHODS, a text without words, and a label that there is not.
    """
    if method not in METHODS:
        raise ValueError(f"The methods are {', '.join(METHODS)}; there is no {method!r:.60}.")
    (ids,) = model.encode([text])
    if len(ids) < 3:
        raise ValueError("The text holds no word.")
    token_ids = torch.tensor([ids])
    logits = logits_of_lists(model, [ids])
    chosen = int(logits.argmax()) if label is None else label
    evidence(logits, chosen)
    tokens = model.tokenizer.convert_ids_to_tokens(ids)
    return list(tokens[1:-1]), METHODS[method](model, token_ids, chosen)[1:-1]
