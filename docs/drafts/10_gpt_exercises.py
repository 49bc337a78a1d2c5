"""The exercises of notebook 10, GPT: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- the loss at every place ------------------------------------------------------------------------------------------


def _logits_and_texts(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    sure = torch.tensor([[[0.0, 3.0], [2.0, 0.0], [0.0, 5.0]]], dtype=torch.double)
    yield sure, torch.tensor([[0, 1, 0]])  # one text of three tokens, to be read
    for batch, tokens, vocab_size in ((2, 5, 4), (3, 4, 7), (4, 2, 3), (1, 9, 5)):
        token_ids = torch.from_numpy(rng.integers(vocab_size, size=(batch, tokens)))
        yield 2 * _normal(rng, batch, tokens, vocab_size), token_ids
    yield 400 * _normal(rng, 2, 3, 4), torch.from_numpy(rng.integers(4, size=(2, 3)))  # large logits


def next_token_loss(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Mean cross-entropy in nats: (batch, tokens, vocab_size), (batch, tokens) -> ().

    The logits at place t are about token t + 1 of the same text; what follows the last token nobody knows.
    """
    predictions, targets = logits[:, :-1], token_ids[:, 1:]
    return F.cross_entropy(predictions.flatten(0, 1), targets.flatten())


def _costs(logits: Tensor, token_ids: Tensor) -> Tensor:
    """(batch, tokens - 1), in nats."""
    return -logits[:, :-1].log_softmax(-1).gather(-1, token_ids[:, 1:, None])[..., 0]


@mistake("Nothing is shifted: you compare the logits at place t with token t, which the model has just read.")
def _not_shifted(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), token_ids.flatten())


@mistake("You shifted the wrong way: the logits at place t are compared with token t − 1. Drop the *last* logits.")
def _shifted_back(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), token_ids[:, :-1].flatten())


@mistake("You compare the logits at place t with token t, and left out the last: the targets begin at token 1.")
def _last_left_out(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, :-1].flatten())


@mistake("You compare the logits at place t with token t, and left out the first: the logits end before the last.")
def _first_left_out(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), token_ids[:, 1:].flatten())


@mistake(
    "`roll` brings the first token behind the last one. There is nothing to compare the last logits with: drop them."
)
def _rolled(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), token_ids.roll(-1, dims=1).flatten())


@mistake("You flattened first and shifted then, so the end of one text is asked for the beginning of the next.")
def _across_texts(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1)[:-1], token_ids.flatten()[1:])


@mistake("This is the sum over all tokens. Take their mean, or a long text costs more than a short one.")
def _sum(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).sum()


@mistake("You added up the tokens of each text and took the mean over texts. The mean runs over all tokens.")
def _sum_of_each_text(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).sum(1).mean()


@mistake("You divided by all tokens. The first one of each text is never predicted: there is one target fewer.")
def _divided_by_all(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).sum() / token_ids.numel()


@mistake("These are bits. The task asks for nats, the unit of `F.cross_entropy` and the natural logarithm.")
def _in_bits(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).mean() / math.log(2)


@mistake("The softmax is applied twice: `F.cross_entropy` takes the logits themselves.")
def _softmax_twice(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits[:, :-1].softmax(-1).flatten(0, 1), token_ids[:, 1:].flatten())


@mistake("The sign is missing: a log-probability is negative, the loss is minus that.")
def _negative(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -_costs(logits, token_ids).mean()


@mistake("You asked at the last place alone. Every place but the last has a next token: that is what the mask is for.")
def _last_place_alone(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids)[:, -1].mean()


@mistake(
    "`reshape` does not exchange axes, it keeps the numbers in their order. `F.cross_entropy` wants the vocabulary on "
    "axis 1, which is `logits.transpose(1, 2)`, or everything flattened to (batch · tokens, vocab_size)."
)
def _reshaped(logits: Tensor, token_ids: Tensor) -> Tensor:
    shifted = logits[:, :-1]
    return F.cross_entropy(shifted.reshape(shifted.shape[0], shifted.shape[2], -1), token_ids[:, 1:])


@mistake(
    "Right for small logits; `softmax` and then `log` gives minus infinity for a probability that rounds to 0. "
    "`log_softmax` and `F.cross_entropy` do not."
)
def _log_of_softmax(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -logits[:, :-1].softmax(-1).gather(-1, token_ids[:, 1:, None]).log().mean()


def _one_by_one(logits: Tensor, token_ids: Tensor) -> Tensor:
    losses = []
    for text, scores in zip(token_ids, logits, strict=True):
        for place in range(len(text) - 1):
            losses.append(scores[place].logsumexp(0) - scores[place, text[place + 1]])
    return torch.stack(losses).mean()


NEXT_TOKEN_LOSS = CodeExercise(
    id="gpt.next_token_loss",
    title="A question at every place",
    stars=2,
    minutes=10,
    task="Write the loss of a language model from its logits and the text itself.",
    hints=[
        "With five tokens, how many places know what comes next?",
        "Leave out the last logits of each text, and its first token.",
        "`F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten())`",
    ],
    solution=next_token_loss,
    reference=_one_by_one,
    inputs=_logits_and_texts,
    gradient=["logits"],
    mistakes=[
        _not_shifted, _shifted_back, _last_left_out, _first_left_out, _rolled, _across_texts, _sum, _sum_of_each_text,
        _divided_by_all, _in_bits, _softmax_twice, _negative, _last_place_alone, _reshaped, _log_of_softmax,
    ],
)  # fmt: skip

# --- bits for each character ------------------------------------------------------------------------------------------


def _costs_of_texts(rng: Generator) -> Iterator[tuple[float, int, int]]:
    yield math.log(8), 100, 300  # 3 bits for each token, 3 characters to a token
    for _ in range(3):
        yield float(rng.uniform(0.5, 6)), int(rng.integers(50, 999)), int(rng.integers(1000, 3000))
    yield 1.3, 500, 500  # tokens are characters


def bits_per_character(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    """What a text of n_characters costs for each of them, in bits, if a model needs nats_per_token for each token."""
    return nats_per_token / math.log(2) * n_tokens / n_characters


@mistake("This is nats for each character. One bit is ln 2 nats: divide by ln 2.")
def _still_nats(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token * n_tokens / n_characters


@mistake("You multiplied by ln 2. A nat is more than a bit, 1.44 of them: divide by ln 2.")
def _times_ln_2(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token * math.log(2) * n_tokens / n_characters


@mistake("Tokens and characters are exchanged. First the whole text: cost of a token times tokens; then per character.")
def _upside_down(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) * n_characters / n_tokens


@mistake("These are bits for each *token*. Multiply by the tokens, divide by the characters.")
def _per_token(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2)


@mistake("This is what the whole text costs. Divide by its characters.")
def _whole_text(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) * n_tokens


@mistake("You divided the cost of one token by the characters of the whole text. Multiply by the tokens first.")
def _one_token(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) / n_characters


@mistake("`log2` of the loss is not the loss in bits. Nats become bits by a factor: divide by ln 2.")
def _log2_of_it(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return math.log2(nats_per_token) * n_tokens / n_characters


@mistake("You took e to the power of the loss: that is a perplexity. Bits are the loss itself in another unit.")
def _perplexity(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return math.exp(nats_per_token) * n_tokens / n_characters


@mistake("`math.log10(2)` is 0.30; a nat becomes bits by the natural logarithm of 2, 0.69.")
def _log10(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log10(2) * n_tokens / n_characters


def _by_the_product(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return n_tokens * math.log2(math.e) * nats_per_token / n_characters


BITS_PER_CHARACTER = CodeExercise(
    id="gpt.bits_per_character",
    title="The one unit that compares",
    stars=1,
    minutes=5,
    task="Turn a loss in nats per token into bits per character.",
    hints=[
        "What does the whole text cost in nats?",
        "One bit is ln 2 = 0.693 nats.",
        "Cost of a token in bits, times tokens, over characters.",
    ],
    solution=bits_per_character,
    reference=_by_the_product,
    inputs=_costs_of_texts,
    mistakes=[
        _still_nats, _times_ln_2, _upside_down, _per_token, _whole_text, _one_token, _log2_of_it, _perplexity,
        _log10,
    ],
)  # fmt: skip

# --- the nucleus ------------------------------------------------------------------------------------------------------


def _logits_and_shares(rng: Generator) -> Iterator[tuple[Tensor, float]]:
    shares = torch.tensor([0.1, 0.5, 0.25, 0.15], dtype=torch.double)
    yield shares.log(), 0.7  # one half is not enough, three quarters are: two tokens stay
    yield shares.log(), 0.4  # the likeliest alone
    for size in (5, 8, 12):
        logits = 2 * _normal(rng, size)
        sums = logits.softmax(0).sort(descending=True).values.cumsum(0)
        cut = int(rng.integers(1, size - 2))
        yield logits, float((sums[cut] + sums[cut - 1]) / 2)  # in the middle of a token's share
    yield _normal(rng, 6), 1.0  # all stay
    yield torch.tensor([800.0, 799.0, -800.0, 0.0], dtype=torch.double), 0.9  # large logits


def nucleus(logits: Tensor, p: float) -> Tensor:
    """(vocab_size,) -> probabilities (vocab_size,) with the sum 1: of the nucleus, and 0 for all other tokens.

    The nucleus is the smallest set of the likeliest tokens whose probabilities add up to p or more; p is in (0, 1].
    """
    probabilities = logits.softmax(0)
    ordered, places = probabilities.sort(descending=True)
    before = ordered.cumsum(0) - ordered  # what the likelier ones add up to
    kept = torch.zeros_like(probabilities)
    kept[places] = torch.where(before < p, ordered, 0.0)
    return kept / kept.sum()


def _cut(logits: Tensor, keep: Tensor) -> Tensor:
    """Probabilities of what is kept, in the order of probability, with the sum 1."""
    probabilities = logits.softmax(0)
    ordered, places = probabilities.sort(descending=True)
    kept = torch.zeros_like(probabilities)
    kept[places] = torch.where(keep, ordered, 0.0)
    return kept / kept.sum()


def _ordered(logits: Tensor) -> Tensor:
    return logits.softmax(0).sort(descending=True).values


@mistake("The token that reaches p is missing: without it the set adds up to less than p.")
def _without_the_last(logits: Tensor, p: float) -> Tensor:
    return _cut(logits, _ordered(logits).cumsum(0) <= p)


@mistake("The token that reaches p is missing in yours; only the likeliest is always kept.")
def _without_the_last_but_one(logits: Tensor, p: float) -> Tensor:
    keep = _ordered(logits).cumsum(0) <= p
    keep[0] = True
    return _cut(logits, keep)


@mistake("The probabilities do not add up to 1: divide by what the nucleus adds up to.")
def _not_divided(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    return torch.where(nucleus(logits, p) > 0, probabilities, 0.0)


@mistake("The nucleus is right, but the result is in the order of probability. Put each back in its token's place.")
def _left_in_order(logits: Tensor, p: float) -> Tensor:
    return nucleus(logits, p).sort(descending=True).values


@mistake("You kept the *least* likely tokens: sort with `descending=True`.")
def _from_the_bottom(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    ordered, places = probabilities.sort()
    kept = torch.zeros_like(probabilities)
    kept[places] = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)
    return kept / kept.sum()


@mistake("You compared each probability with p. It is their *sum*, from the likeliest on, that has to reach p.")
def _each_with_p(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    kept = torch.where(probabilities >= p, probabilities, 0.0)
    return kept / kept.sum()


@mistake("This is min-p: all that are at least p times as likely as the likeliest. For top-p their sum decides.")
def _min_p(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    kept = torch.where(probabilities >= p * probabilities.max(), probabilities, 0.0)
    return kept / kept.sum()


@mistake("One token too many: the set had reached p before it.")
def _one_too_many(logits: Tensor, p: float) -> Tensor:
    keep = _ordered(logits).cumsum(0)
    enough = int((keep < p - 1e-12).sum()) + 2
    return _cut(logits, torch.arange(len(logits)) < enough)


@mistake("The softmax over *all* logits comes after the cut in yours: tokens with logit 0 or less got in again.")
def _zeros_for_logits(logits: Tensor, p: float) -> Tensor:
    return torch.where(nucleus(logits, p) > 0, logits, 0.0).softmax(0)


@mistake("Probabilities went through a softmax once more. Divide what is kept by its sum.")
def _softmax_of_probabilities(logits: Tensor, p: float) -> Tensor:
    return nucleus(logits, p).softmax(0)


@mistake("Nothing is cut off in yours.")
def _all_kept(logits: Tensor, p: float) -> Tensor:
    return logits.softmax(0)


@mistake("These are the logits of the nucleus. The task asks for probabilities with the sum 1.")
def _logits_of_it(logits: Tensor, p: float) -> Tensor:
    return logits.masked_fill(nucleus(logits, p) == 0, -math.inf)


@mistake("Only the likeliest token stays in yours: add the next ones until the sum reaches p.")
def _greedy(logits: Tensor, p: float) -> Tensor:
    return F.one_hot(logits.argmax(), len(logits)).to(logits)


@mistake(
    "Right for small logits; exp of a large one is infinite, and ∞/∞ is NaN. `softmax` subtracts the largest first."
)
def _overflowing(logits: Tensor, p: float) -> Tensor:
    exponentials = logits.exp()
    probabilities = exponentials / exponentials.sum()
    ordered, places = probabilities.sort(descending=True)
    kept = torch.zeros_like(probabilities)
    kept[places] = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)
    return kept / kept.sum()


def _nucleus_one_by_one(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0).tolist()
    kept, total = [0.0] * len(probabilities), 0.0
    for token in sorted(range(len(probabilities)), key=lambda each: -probabilities[each]):
        if total < p:
            kept[token] = probabilities[token]
            total += probabilities[token]
    return torch.tensor(kept, dtype=logits.dtype) / sum(kept)


NUCLEUS = CodeExercise(
    id="gpt.nucleus",
    title="The nucleus",
    stars=2,
    minutes=15,
    task="Keep the smallest set of the likeliest tokens that holds a share p of the probability.",
    hints=[
        "Sort the probabilities, the largest first, and add them up one after the other.",
        "A token stays if what stands *before* it adds up to less than p.",
        "`kept[places] = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)`, then divide by the sum.",
    ],
    solution=nucleus,
    reference=_nucleus_one_by_one,
    inputs=_logits_and_shares,
    mistakes=[
        _without_the_last, _without_the_last_but_one, _not_divided, _left_in_order, _from_the_bottom, _each_with_p,
        _min_p, _one_too_many, _zeros_for_logits, _softmax_of_probabilities, _all_kept, _logits_of_it, _greedy,
        _overflowing,
    ],
)  # fmt: skip

# --- one step with a cache --------------------------------------------------------------------------------------------

Step = tuple[Tensor, Tensor, Tensor]


def _new_and_past(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    one = torch.tensor([[[1.0, 0.0]]], dtype=torch.double)
    other = torch.tensor([[[0.0, 1.0]]], dtype=torch.double)
    yield one, one, 4 * one, other, 2 * other  # one head, one token in the cache, to be read
    for heads, past, dim in ((2, 3, 4), (3, 5, 2), (4, 1, 4), (1, 7, 9)):
        shapes = [(heads, 1, dim)] * 3 + [(heads, past, dim)] * 2
        yield tuple(_normal(rng, *shape) for shape in shapes)  # type: ignore[misc]
    yield tuple(_normal(rng, 2, n, 3) for n in (1, 1, 1, 0, 0))  # type: ignore[misc]  # the very first token


def attend_next(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    """One new token (heads, 1, dim) each, after those in the cache (heads, past, dim) each.

    Returns what it finds (heads, 1, dim), and the keys and values with its own at the end (heads, past + 1, dim).
    """
    keys, values = torch.cat([past_keys, key], 1), torch.cat([past_values, value], 1)
    scores = query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])  # (heads, 1, past + 1)
    return scores.softmax(-1) @ values, keys, values


def _found(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    return (query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(-1) @ values


@mistake("The new token does not see itself in yours: its own key and value belong to what it looks at.")
def _blind_to_itself(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return _found(query, past_keys, past_values), keys, values


@mistake("The cache has not grown: the next token will need this one's key and value.")
def _not_grown(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query, key, value, past_keys, past_values)[0], past_keys, past_values


@mistake("The new key and value stand in front of the old ones. The cache is in the order of the text: put them last.")
def _in_front(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    found = attend_next(query, key, value, past_keys, past_values)[0]
    return found, torch.cat([key, past_keys], 1), torch.cat([value, past_values], 1)


@mistake("The scores are not divided by √dim.")
def _not_scaled_step(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2)).softmax(-1) @ values, keys, values


@mistake("You divided by dim, not by its root.")
def _by_dim(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2) / query.shape[-1]).softmax(-1) @ values, keys, values


@mistake("You divided by the root of the number of keys. What makes scores grow is the width of the vectors, dim.")
def _by_keys(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2) / math.sqrt(keys.shape[1])).softmax(-1) @ values, keys, values


@mistake("Your softmax does not run over the keys. They are the last axis of the scores: `softmax(-1)`.")
def _other_axis(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(1) @ values, keys, values


@mistake("Your softmax runs over the heads. Each head shares out its own attention, over the keys: `softmax(-1)`.")
def _over_heads(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(0) @ values, keys, values


@mistake("You mixed the keys. What is handed out are the *values*.")
def _keys_mixed(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return _found(query, keys, keys), keys, values


@mistake("There is no softmax: scores are no shares.")
def _no_softmax(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1]) @ values, keys, values


@mistake("Values come before keys in your result. The order is: what it finds, keys, values.")
def _exchanged(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    found, keys, values = attend_next(query, key, value, past_keys, past_values)
    return found, values, keys


@mistake(
    "`is_causal=True` aligns the *first* query with the first key, so your one query sees the oldest key alone. One "
    "query, the last, may see everything: no mask is needed."
)
def _causal(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return values[:, :1].clone(), keys, values


@mistake("The values did not grow with the keys.")
def _keys_alone(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    found, keys, _ = attend_next(query, key, value, past_keys, past_values)
    return found, keys, past_values


def _with_pytorch(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    keys, values = torch.hstack([past_keys, key]), torch.hstack([past_values, value])
    return F.scaled_dot_product_attention(query, keys, values), keys, values


ATTEND_NEXT = CodeExercise(
    id="gpt.attend_next",
    title="One step with a cache",
    stars=2,
    minutes=10,
    task="Let one new token look at all before it and at itself, and keep its key and value for the next.",
    hints=[
        "Nothing that is in the cache changes. What must it gain before the new token looks?",
        "`torch.cat([past_keys, key], 1)`: the axis of the tokens is axis 1.",
        "Then the scaled dot product of notebook 05, with one query.",
    ],
    solution=attend_next,
    reference=_with_pytorch,
    inputs=_new_and_past,
    mistakes=[
        _blind_to_itself, _not_grown, _in_front, _not_scaled_step, _by_dim, _by_keys, _other_axis, _over_heads,
        _keys_mixed, _no_softmax, _exchanged, _causal, _keys_alone,
    ],
)  # fmt: skip

# --- numbers ----------------------------------------------------------------------------------------------------------

CACHE_SIZE = NumberExercise(
    id="gpt.cache_size",
    title="What the cache of GPT-2 weighs",
    stars=1,
    minutes=5,
    task=(
        "GPT-2 has 12 layers, 12 heads and hidden_size 768. How many megabytes (10⁶ bytes) are the keys and values of "
        "1,024 tokens, at 2 bytes for a number?"
    ),
    hints=[
        "How many numbers does one token leave in one layer?",
        "Keys and values: 2 · 768. All heads together share the 768.",
        "2 · 12 · 1,024 · 768 numbers.",
    ],
    solution=2 * 12 * 1024 * 768 * 2 / 1e6,
    working="2 * 12 * 1024 * 768 * 2 / 1e6",
    tolerance=0.3,
    mistakes=[
        wrong_number(12 * 1024 * 768 * 2 / 1e6, "That is half. Keys *and* values are kept, and a number has 2 bytes."),
        wrong_number(2 * 12 * 1024 * 768 * 4 / 1e6, "You counted 4 bytes for a number. Here it has 2."),
        wrong_number(2 * 1024 * 768 * 2 / 1e6, "That is a twelfth: one layer of 12, or one head of 12."),
        wrong_number(2 * 12 * 12 * 1024 * 768 * 2 / 1e6, "The heads share hidden_size: 12 heads of 64 are 768."),
        wrong_number(2 * 12 * 1024 * 768 * 2 / 2**20, "You divided by 2²⁰. A megabyte is 10⁶ bytes here."),
        wrong_number(2 * 12 * 768 * 2 / 1e6, "That is one token. There are 1,024.", within=0.001),
        wrong_number(2 * 12 * 1024 * 768 * 2, "Those are bytes. Divide by 10⁶.", within=1e6),
        wrong_number(2 * 12 * 1024 * 768 * 2 / 1e3, "Those are kilobytes. Divide by 1,000 once more.", within=100),
    ],
)

SCORES = (4.0, 2.0, 1.0, 0.0, -1.0)


def entropy_bits(degree: float) -> float:
    """The entropy of softmax(SCORES / degree), in bits."""
    logs = (torch.tensor(SCORES, dtype=torch.double) / degree).log_softmax(0)
    return float(-(logs.exp() * logs).sum()) / math.log(2)


def degree_for(bits: float, low: float = 0.01, high: float = 100.0) -> float:
    """The temperature at which the entropy is so many bits, by halving."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if entropy_bits(middle) < bits else (low, middle)
    return low


TEMPERATURE = NumberExercise(
    id="gpt.temperature",
    title="As unsure as a coin",
    stars=1,
    minutes=5,
    task="The logits are 4, 2, 1, 0, −1. At which temperature is the distribution as unsure as a coin, 1 bit?",
    hints=[
        "Try temperature 1 first: is the entropy below or above 1 bit?",
        "Entropy grows with the temperature. Halve the interval in which the answer lies.",
        "`-(p * p.log2()).sum()` with `p = (logits / temperature).softmax(0)`",
    ],
    solution=degree_for(1.0),
    working="# by trying; between 0.5 and 2\n" + f"{degree_for(1.0):.2f}",
    tolerance=0.03,
    mistakes=[
        wrong_number(degree_for(1 / math.log(2)), "There the entropy is 1 *nat*, 1.44 bits. Use `log2`."),
        wrong_number(1 / degree_for(1.0), "That is the factor on the logits. The temperature divides them."),
        wrong_number(1.0, "At temperature 1 nothing changes. Is its entropy 1 bit?"),
        wrong_number(0.0, "At temperature 0 the likeliest is certain: 0 bits."),
        wrong_number(entropy_bits(1.0), "That is the entropy at temperature 1. Change the temperature until it is 1."),
        wrong_number(2.0, "At temperature 2 it is less sure than a coin."),
    ],
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_DIFFERENCE = Quiz(
    id="gpt.quiz_difference",
    title="From encoder to GPT",
    task="What makes notebook 06's pre-norm encoder a GPT-2, apart from its size?",
    hints=["Which of its parts would look ahead?", "What does the output layer of GPT-2 consist of?"],
    options=[
        wrong(
            "A second attention, over an encoder's output", "That is a translator's decoder. GPT reads itself alone."
        ),
        right(
            "A causal mask, and an output layer that is the embedding",
            "Layers, norms and feed-forward networks are the same; the smaller start of what is added is the third.",
        ),
        wrong("Other feed-forward networks, with a gate", "Those came later: notebook 11."),
        wrong("Nothing looks at positions any more", "GPT-2 learns a table of positions, as BERT does."),
    ],
)

QUIZ_COMPARE = Quiz(
    id="gpt.quiz_compare",
    title="Which model is better?",
    task=(
        "Model A: perplexity 20 for each token, 4 characters to a token. Model B: 10, and 3 characters. Which needs "
        "fewer bits for a text?"
    ),
    hints=["How many bits does a token cost each of them?", "log₂ 20 = 4.3, log₂ 10 = 3.3: divide by the characters."],
    options=[
        wrong("B: its perplexity is half as large", "Its tokens are shorter, so it pays more often."),
        right(
            "A: 1.08 bits for each character, B 1.11",
            "log₂ 20 / 4 = 1.08 and log₂ 10 / 3 = 1.11. The larger perplexity belongs to the better model here.",
        ),
        wrong("They are equal", "log₂ 20 / 4 and log₂ 10 / 3 are close, and not equal."),
        wrong("That cannot be said without the loss in nats", "Perplexity is e to that loss: it says the same."),
    ],
)

QUIZ_CACHE = Quiz(
    id="gpt.quiz_cache",
    title="What the cache may keep",
    task="Why can GPT keep keys and values of earlier tokens, and BERT cannot?",
    hints=["On which tokens does the key of token 3 depend, in layer 5?", "What may an earlier token see in each?"],
    options=[
        wrong("BERT has no keys and values", "Every attention has them."),
        wrong("GPT's positions are learnt, BERT's are not", "Both learn them."),
        right(
            "In GPT an earlier token never sees a later one, so nothing of it changes",
            "In BERT each new token would change the vectors of all others from the second layer on.",
        ),
        wrong("BERT's texts are shorter", "It would not work for any length."),
    ],
)
