"""The exercises of notebook 10, GPT: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, Mistake, NumberExercise, Quiz, mistake, right, wrong, wrong_number

if TYPE_CHECKING:
    from lessons.tutor.observe import Outcome
    from lessons.tutor.verdict import Verdict


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- the loss at every place ------------------------------------------------------------------------------------------


def _logits_and_texts(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    sure = torch.tensor([[[0.0, 3.0], [2.0, 0.0], [0.0, 5.0]]], dtype=torch.double)
    yield sure, torch.tensor([[0, 1, 0]])  # one text of three tokens, to be read
    for batch, tokens, vocab_size in ((2, 5, 4), (3, 4, 7), (4, 2, 3), (1, 9, 5)):
        token_ids = torch.from_numpy(rng.integers(vocab_size, size=(batch, tokens)))
        yield 2 * _normal(rng, batch, tokens, vocab_size), token_ids


def next_token_loss(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Mean cross-entropy in nats: (batch, tokens, vocab_size), (batch, tokens) -> ().

    The logits at place t are about token t + 1 of the same text; what follows the last token nobody knows. Every text
    has two tokens or more, and every id is that of an ordinary token: there is no padding.
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


@mistake("You shifted twice: the logits at place t are compared with token t + 2. They are about the very next one.")
def _shifted_twice(logits: Tensor, token_ids: Tensor) -> Tensor:
    return F.cross_entropy(logits[:, :-2].flatten(0, 1), token_ids[:, 2:].flatten())


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


@mistake("The logarithm is missing: this is the mean of the probabilities, with a minus.")
def _without_logarithm(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -(-_costs(logits, token_ids)).exp().mean()


@mistake("You took the logarithm of the mean probability. The loss is the mean of the logarithms.")
def _log_of_the_mean(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -(-_costs(logits, token_ids)).exp().mean().log()


@mistake("This is the perplexity, e to the power of the loss. The loss itself is asked for.")
def _exponential(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).mean().exp()


def _chosen(table: Tensor, token_ids: Tensor) -> Tensor:
    """What a table (batch, tokens, vocab_size) has for the next token: (batch, tokens - 1)."""
    return table[:, :-1].gather(-1, token_ids[:, 1:, None])[..., 0]


@mistake("Your softmax runs over the places of the text. At one place the *tokens* share what there is: the last axis.")
def _over_the_places(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -_chosen(logits.log_softmax(1), token_ids).mean()


@mistake("Your softmax runs over the texts of the batch. The tokens of the vocabulary compete: the last axis.")
def _over_the_batch(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -_chosen(logits.log_softmax(0), token_ids).mean()


@mistake("The softmax is missing: this is the mean of minus the logits of what came.")
def _no_softmax_at_all(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -_chosen(logits, token_ids).mean()


@mistake("The largest logit was subtracted before the softmax, but not from the logit of what came.")
def _maximum_not_added_back(logits: Tensor, token_ids: Tensor) -> Tensor:
    largest = logits[:, :-1].amax(-1)
    return (_costs(logits, token_ids) - largest).mean()


@mistake("You averaged over the vocabulary as well. Of each place only the token that came counts.")
def _all_of_the_vocabulary(logits: Tensor, token_ids: Tensor) -> Tensor:
    return -logits[:, :-1].log_softmax(-1).mean()


@mistake("Yours is divided by the size of the vocabulary, too. Divide the sum by the number of targets alone.")
def _divided_by_vocabulary(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).mean() / logits.shape[-1]


@mistake("Only the first text counts in yours. The mean runs over all texts of the batch.")
def _first_text(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits[:1], token_ids[:1]).mean()


@mistake("This is one loss for each text. Take the mean over the texts, too: one number is asked for.")
def _one_for_each_text(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids).mean(1)


@mistake("This is a loss for each place of each text. Take the mean over all of them: one number is asked for.")
def _not_averaged(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids)


@mistake("Targets with the id 0 are left out of yours. 0 is a token like any other here: there is no padding.")
def _zero_left_out(logits: Tensor, token_ids: Tensor) -> Tensor:
    return _costs(logits, token_ids)[token_ids[:, 1:] != 0].mean()


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
        "`F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten())` is the mean over all of them.",
    ],
    solution=next_token_loss,
    reference=_one_by_one,
    inputs=_logits_and_texts,
    gradient=["logits"],
    mistakes=[
        _not_shifted, _shifted_back, _shifted_twice, _last_left_out, _first_left_out, _rolled, _across_texts, _sum,
        _sum_of_each_text, _divided_by_all, _in_bits, _softmax_twice, _negative, _last_place_alone, _reshaped,
        _without_logarithm, _log_of_the_mean, _exponential, _over_the_places, _over_the_batch, _no_softmax_at_all,
        _maximum_not_added_back, _all_of_the_vocabulary, _divided_by_vocabulary, _first_text, _one_for_each_text,
        _not_averaged, _zero_left_out,
    ],
    remark=(
        "`softmax` and then `log` is right as well, until a probability rounds to 0, whose logarithm is infinite. "
        "`log_softmax` and `F.cross_entropy` survive that."
    ),
)  # fmt: skip

# --- bits for each character ------------------------------------------------------------------------------------------


def _costs_of_texts(rng: Generator) -> Iterator[tuple[float, int, int]]:
    yield math.log(8), 100, 300  # 3 bits for each token, 3 characters to a token
    for _ in range(3):
        yield float(rng.uniform(0.5, 6)), int(rng.integers(50, 999)), int(rng.integers(1000, 3000))
    yield 1.3, 500, 500  # tokens are characters


def bits_per_character(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    """What a text costs for each of its n_characters, in bits.

    A model needs nats_per_token for each of its n_tokens, on average over all of them.
    """
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


@mistake("This would be base 10. A bit is a choice between *two*: divide by ln 2, not by ln 10.")
def _base_10(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(10) * n_tokens / n_characters


@mistake("You divided by 2. It is the *logarithm* of 2, 0.693, that turns nats into bits.")
def _without_log(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / 2 * n_tokens / n_characters


@mistake("0.7 is too coarse for ln 2, which is 0.693147…: take `math.log(2)`.")
def _coarse(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / 0.7 * n_tokens / n_characters


@mistake("The sign is turned round. The loss you are given is positive already, and so are bits.")
def _sign(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return -bits_per_character(nats_per_token, n_tokens, n_characters)


@mistake("An eighth of what it should be. If these are bytes: a byte has 8 bits, and bits are asked for.")
def _bytes(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return bits_per_character(nats_per_token, n_tokens, n_characters) / 8


@mistake("This is the perplexity of a character, 2 to the power of its bits. The bits are asked for.")
def _perplexity_of_a_character(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return 2 ** bits_per_character(nats_per_token, n_tokens, n_characters)


@mistake("This is the perplexity of a token. Bits are the loss itself in another unit.")
def _perplexity_of_a_token(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return math.exp(nats_per_token)


@mistake("The tokens for each character ended up inside the logarithm. It is the bits that the characters share.")
def _log_around_all(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return math.log2(math.exp(nats_per_token) * n_tokens / n_characters)


@mistake("This is upside down: how many characters a bit pays for. Divide the bits by the characters.")
def _characters_per_bit(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return 1 / bits_per_character(nats_per_token, n_tokens, n_characters)


@mistake("You subtracted the characters of a token from its bits. They share the bits: divide.")
def _subtracted(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) - n_characters / n_tokens


@mistake("You divided by the tokens. The text costs that of one token *times* its tokens.")
def _divided_by_both(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) / n_tokens / n_characters


@mistake("You divided by ln 2 twice. The unit changes once, for the token or for the text.")
def _changed_twice(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) ** 2 * n_tokens / n_characters


@mistake("The tokens count twice in yours. The text costs that of one token times its tokens, once.")
def _tokens_twice(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return bits_per_character(nats_per_token, n_tokens, n_characters) * n_tokens


@mistake("You divided by the characters twice. The cost of the whole text over its characters is all.")
def _characters_twice(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return bits_per_character(nats_per_token, n_tokens, n_characters) / n_characters


@mistake("The characters for each token are cut to a whole number in yours: `//` drops the fraction, `/` keeps it.")
def _whole_characters(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) / (n_characters // n_tokens)


@mistake("You took 4 characters to a token, whatever the text. Here it is n_characters / n_tokens.")
def _four_characters(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
    return nats_per_token / math.log(2) / 4


def _rounded(places: int) -> Mistake:
    """The right number, rounded."""

    def rounded(nats_per_token: float, n_tokens: int, n_characters: int) -> float:
        return round(bits_per_character(nats_per_token, n_tokens, n_characters), places)

    return mistake(f"You rounded to {places} decimals. Give the number as it is; who prints it can round it.")(rounded)


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
        _log10, _base_10, _without_log, _coarse, _sign, _bytes, _perplexity_of_a_character, _perplexity_of_a_token,
        _log_around_all, _characters_per_bit, _subtracted, _divided_by_both, _whole_characters, _four_characters,
        _changed_twice, _tokens_twice, _characters_twice, _rounded(2), _rounded(3), _rounded(4),
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
    powers = -math.log(2) * torch.tensor([2, 0, 1, 2], dtype=torch.double)
    yield powers, 0.75  # 1/2 and 1/4 are exactly enough
    yield powers, 0.5
    yield torch.zeros(7, dtype=torch.double), 1.0  # all stay, though the sum of seven 1/7 rounds to less than 1


TIES = (  # at the border stand tokens that are equally likely
    (torch.zeros(6, dtype=torch.double), 0.4),
    (math.log(2) * torch.tensor([0, 0, 2, 0, 0], dtype=torch.double), 0.7),  # 1/2 and four times 1/8
)


def nucleus(logits: Tensor, p: float) -> Tensor:
    """(vocab_size,) -> probabilities (vocab_size,) with the sum 1: of the nucleus, and 0 for all other tokens.

    The nucleus is the smallest set of the likeliest tokens whose probabilities add up to p or more; p is in (0, 1]. At
    its border tokens may be equally likely: then it does not matter which of them are kept, but no more than needed.
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


@mistake("You go on where the sum is exactly p. `p or more` is reached then: no further token is needed.")
def _more_than_p(logits: Tensor, p: float) -> Tensor:
    ordered = _ordered(logits)
    return _cut(logits, ordered.cumsum(0) - ordered <= p)


@mistake("You kept every token that is as likely as the last one needed. Of equals keep only as many as are needed.")
def _all_equals(logits: Tensor, p: float) -> Tensor:
    probabilities, ordered = logits.softmax(0), _ordered(logits)
    least = ordered[ordered.cumsum(0) - ordered < p].min()
    kept = torch.where(probabilities >= least, probabilities, 0.0)
    return kept / kept.sum()


@mistake("You kept a share p of the *vocabulary*. p is a share of the probability: add up until it is reached.")
def _share_of_the_vocabulary(logits: Tensor, p: float) -> Tensor:
    return _cut(logits, torch.arange(len(logits)) < max(1, math.ceil(p * len(logits))))


@mistake("You added up in the order of the vocabulary. The likeliest come first: sort before you add.")
def _not_sorted(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    kept = torch.where(probabilities.cumsum(0) - probabilities < p, probabilities, 0.0)
    return kept / kept.sum()


@mistake("Your mask is in the order of probability, and you laid it over tokens in the order of the vocabulary.")
def _mask_in_another_order(logits: Tensor, p: float) -> Tensor:
    ordered = _ordered(logits)
    kept = logits.softmax(0) * (ordered.cumsum(0) - ordered < p)
    return kept / kept.sum()


@mistake("You sorted the sorted row once more. `places` says where each came *from*: write to `kept[places]`.")
def _sorted_once_more(logits: Tensor, p: float) -> Tensor:
    places, row = logits.argsort(descending=True), _left_in_order.attempt(logits, p)
    return row[places]


@mistake("You gave the nucleus alone. Give a probability for every token of the vocabulary: 0 for the others.")
def _nucleus_alone(logits: Tensor, p: float) -> Tensor:
    ordered = _ordered(logits)
    kept = ordered[ordered.cumsum(0) - ordered < p]
    return kept / kept.sum()


@mistake("You divided by p. The nucleus holds p *or more*: divide by what it adds up to.")
def _divided_by_p(logits: Tensor, p: float) -> Tensor:
    return _not_divided.attempt(logits, p) / p


@mistake("A second softmax ran over the probabilities of the nucleus. Divide them by their sum.")
def _softmax_of_the_kept(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0)
    return probabilities.masked_fill(nucleus(logits, p) == 0, -math.inf).softmax(0)


@mistake("The softmax is missing: logits are no probabilities, some are below 0, and they add up to anything.")
def _no_softmax_before(logits: Tensor, p: float) -> Tensor:
    ordered, places = logits.sort(descending=True)
    kept = torch.zeros_like(logits)
    kept[places] = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)
    return kept / kept.sum()


@mistake("You kept the others and cut off the nucleus. It is the nucleus that stays.")
def _the_others(logits: Tensor, p: float) -> Tensor:
    ordered = _ordered(logits)
    return _cut(logits, ordered.cumsum(0) - ordered >= p)


@mistake("You stopped at 1 − p. p is the share that stays, not the share that is cut off.")
def _cut_off_p(logits: Tensor, p: float) -> Tensor:
    ordered = _ordered(logits)
    return _cut(logits, ordered.cumsum(0) - ordered < 1 - p)


@mistake("All tokens of your nucleus are equally likely. They keep their probabilities, each divided by their sum.")
def _equal_shares(logits: Tensor, p: float) -> Tensor:
    kept = (nucleus(logits, p) > 0).to(logits)
    return kept / kept.sum()


def _nucleus_one_by_one(logits: Tensor, p: float) -> Tensor:
    probabilities = logits.softmax(0).tolist()
    kept, total = [0.0] * len(probabilities), 0.0
    for token in sorted(range(len(probabilities)), key=lambda each: -probabilities[each]):
        if total < p:
            kept[token] = probabilities[token]
            total += probabilities[token]
    return torch.tensor(kept, dtype=logits.dtype) / sum(kept)


class _AnyOfEquals(CodeExercise):
    """It does not matter which of several equally likely tokens are kept: results are compared up to their order."""

    def draw(self, seeds: Iterable[int] | None = None) -> list[tuple]:
        """The inputs; ties are among the usual ones alone, which nobody compares without `judge`."""
        return [*super().draw(), *TIES] if seeds is None else super().draw(seeds)

    def observe(self, function: Callable[..., Any], seconds: float | None = None) -> tuple[Outcome, ...]:
        """What a function does on the check's inputs, equals in order."""
        return self._equals_in_order(super().observe(function, seconds))

    def judge(self, seen: Sequence[Outcome]) -> Verdict:
        """The verdict on what an attempt did."""
        return super().judge(self._equals_in_order(seen))

    def _equals_in_order(self, seen: Sequence[Outcome]) -> tuple[Outcome, ...]:
        calls = zip(seen, self.draw(), strict=False)  # an attempt that was stopped made fewer
        return tuple(replace(outcome, value=_largest_first(outcome.value, args[0])) for outcome, args in calls)


def _largest_first(row: Any, logits: Tensor) -> Any:
    """The row, where several tokens have one logit with the largest of their numbers first; or what is no such row."""
    try:
        numbers = torch.as_tensor(row)
        if numbers.shape != logits.shape:
            return row
    except (TypeError, ValueError, RuntimeError):  # a text, rows of several lengths
        return row
    turned = numbers.clone()
    for logit in logits.unique():
        turned[logits == logit] = numbers[logits == logit].sort(descending=True).values
    return row if bool((turned == numbers).all()) else turned


NUCLEUS = _AnyOfEquals(
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
        _more_than_p, _all_equals, _share_of_the_vocabulary, _not_sorted, _mask_in_another_order, _sorted_once_more,
        _nucleus_alone, _divided_by_p, _softmax_of_the_kept, _no_softmax_before, _the_others, _cut_off_p, _equal_shares,
    ],
)  # fmt: skip

# --- one step with a cache --------------------------------------------------------------------------------------------

Step = tuple[Tensor, Tensor, Tensor]


def _new_and_past(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    one = torch.tensor([[[1.0, 0.0]]], dtype=torch.double)
    two = torch.tensor([[[0.0, 1.0], [0.0, 2.0]]], dtype=torch.double)
    yield one, one, 4 * one, two, 2 * two  # one head, two tokens in the cache, to be read
    for heads, past, dim in ((2, 3, 4), (3, 5, 2), (4, 2, 4), (1, 7, 9)):
        shapes = [(heads, 1, dim)] * 3 + [(heads, past, dim)] * 2
        yield tuple(_normal(rng, *shape) for shape in shapes)  # type: ignore[misc]
    yield tuple(_normal(rng, 2, n, 3) for n in (1, 1, 1, 0, 0))  # type: ignore[misc]  # the very first token


def attend_next(
    query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Scaled dot-product attention of one new token, over those in the cache and itself; nothing is masked.

    query, key and value are the new token's, (heads, 1, dim); past_keys and past_values (heads, past, dim) are the
    cache, which is empty before the first token. Scores are divided by √dim, as in notebook 05. Returns three tensors:
    what the token finds (heads, 1, dim), then all keys, then all values (heads, past + 1, dim), its own at the end.
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


@mistake("You gave what it finds alone. The next token needs the grown cache: `return found, keys, values`.")
def _found_alone(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Tensor:
    return attend_next(query, key, value, past_keys, past_values)[0]


@mistake("What it finds comes first, then keys, then values. Yours are the other way round.")
def _backwards(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query, key, value, past_keys, past_values)[::-1]


@mistake("The axis of the one new token is gone from what it finds. Keep it: (heads, 1, dim).")
def _axis_lost(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    found, keys, values = attend_next(query, key, value, past_keys, past_values)
    return found[:, 0], keys, values


@mistake(
    "You put the *query* into the cache. A query asks once and is forgotten; the key is what later tokens look for."
)
def _query_kept(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query, query, value, past_keys, past_values)


@mistake("You put the *value* among the keys. Keys and values are two caches, and each gets its own.")
def _value_for_key(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query, value, value, past_keys, past_values)


@mistake("You put the *key* among the values. Keys and values are two caches, and each gets its own.")
def _key_for_value(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query, key, key, past_keys, past_values)


@mistake("In yours the new *key* is compared with the keys. It is the query that asks.")
def _key_asks(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(key, key, value, past_keys, past_values)


@mistake("You joined along the heads, the axis that `torch.cat` takes unless told otherwise. Tokens are axis 1.")
def _along_the_heads(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    keys, values = torch.cat([past_keys, key]), torch.cat([past_values, value])
    return _found(query, keys, values), keys, values


@mistake("These are the weights. Mix the values with them: multiply by the values.")
def _weights_alone(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(-1), keys, values


@mistake("You multiplied by √dim. Dividing is what brings the variance of the scores back to 1.")
def _multiplied(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query * query.shape[-1], key, value, past_keys, past_values)


@mistake("You always divide by 8. That is √dim for heads of 64 numbers: take the width from `query.shape[-1]`.")
def _by_eight(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query * math.sqrt(query.shape[-1]) / 8, key, value, past_keys, past_values)


@mistake("You divide by dim / 2, not by √dim. `** 1 / 2` takes the power 1, then the half: write `** 0.5`.")
def _by_half(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query * 2 / math.sqrt(query.shape[-1]), key, value, past_keys, past_values)


@mistake("You divide by dim and by 2, not by √dim. A root is `math.sqrt` or `** 0.5`.")
def _divided_twice(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    return attend_next(query / math.sqrt(query.shape[-1]) / 2, key, value, past_keys, past_values)


@mistake("You divided after the softmax. Scores must shrink *before* it; afterwards the weights no longer add up to 1.")
def _scaled_afterwards(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    return (query @ keys.transpose(1, 2)).softmax(-1) / math.sqrt(query.shape[-1]) @ values, keys, values


@mistake(
    "You divided scores by their sum, but some are negative, and the sum may be near 0. A softmax takes exp first."
)
def _shares_without_exp(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    scores = query @ keys.transpose(1, 2)
    return scores / scores.sum(-1, keepdim=True) @ values, keys, values


@mistake("`reshape` and `view` keep the numbers in order: the columns are no keys then. Swap axes: `transpose(1, 2)`.")
def _keys_reshaped(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    turned = keys.reshape(keys.shape[0], keys.shape[2], keys.shape[1])
    return (query @ turned / math.sqrt(query.shape[-1])).softmax(-1) @ values, keys, values


@mistake("The softmax runs twice in yours, which evens the weights out. Once is enough.")
def _softmax_again(query: Tensor, key: Tensor, value: Tensor, past_keys: Tensor, past_values: Tensor) -> Step:
    _, keys, values = attend_next(query, key, value, past_keys, past_values)
    weights = (query @ keys.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(-1)
    return weights.softmax(-1) @ values, keys, values


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
        _keys_mixed, _no_softmax, _exchanged, _causal, _keys_alone, _found_alone, _backwards, _axis_lost, _query_kept,
        _value_for_key, _key_for_value, _key_asks, _along_the_heads, _weights_alone, _multiplied, _by_eight, _by_half,
        _divided_twice, _scaled_afterwards, _softmax_again, _shares_without_exp, _keys_reshaped,
    ],
)  # fmt: skip

# --- numbers ----------------------------------------------------------------------------------------------------------

CACHE_SIZE = NumberExercise(
    id="gpt.cache_size",
    title="What the cache of GPT-2 weighs",
    stars=1,
    minutes=5,
    task=(
        "GPT-2 has 12 layers, and hidden_size 768, which the 12 heads of a layer share. How many megabytes (10⁶ bytes) "
        "are the keys and values of 1,024 tokens, at 2 bytes for a number?"
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
        wrong_number(12 * 1024 * 768 / 1e6, "That is a quarter. Keys *and* values are kept, and a number has 2 bytes."),
        wrong_number(
            2 * 12 * 1024 * 768 * 4 / 1e6,
            "Twice too much: one 2 is for keys and values, one for the bytes of a number.",
        ),
        wrong_number(
            4 * 12 * 1024 * 768 * 4 / 1e6,
            "Four times too much. Of each token a key and a value are kept, nothing of the feed-forward part.",
        ),
        wrong_number(
            8 * 2 * 12 * 1024 * 768 * 2 / 1e6,
            "Eight times too much. If these are bits: a byte has 8. If these are scores, 1,024 by 1,024 in each head: "
            "they are not kept.",
        ),
        wrong_number(3 * 12 * 1024 * 768 * 2 / 1e6, "That would be three for each token. Queries are not kept."),
        wrong_number(
            2 * 12 * 1024**2 * 768 * 2 / 1e6,
            "1,024 counts twice in yours. Each token keeps its own key and value, once.",
            1,
        ),
        wrong_number(
            2 * 12 * 1024 * 768**2 * 2 / 1e6, "768 counts twice in yours. A key has 768 numbers, not 768 by 768.", 1
        ),
        wrong_number(2 * 1024 * 768 * 2 / 1e6, "That is a twelfth: one layer of 12, or one head of 12."),
        wrong_number(2 * 12 * 12 * 1024 * 768 * 2 / 1e6, "The heads share hidden_size: 12 heads of 64 are 768."),
        wrong_number(
            2 * 12 * 12 * 1024 * 2 / 1e6, "The numbers of a head are missing: it has 64 of the 768.", within=0.001
        ),
        wrong_number(
            2 * 12 * 1024 * 2 / 1e6, "hidden_size is missing: a key has 768 numbers in each layer.", within=0.0001
        ),
        wrong_number(2 * 12 * 768 * 768 * 2 / 1e6, "That would be right for 768 tokens. There are 1,024."),
        wrong_number(2 * 12 * 1000 * 768 * 2 / 1e6, "That would be right for 1,000 tokens. There are 1,024.", 0.05),
        wrong_number(2 * 13 * 1024 * 768 * 2 / 1e6, "That would be right for 13 layers. The embedding keeps nothing."),
        wrong_number(2 * 12 * 1024 * 768 * 2 / 2**20, "You divided by 2²⁰. A megabyte is 10⁶ bytes here."),
        wrong_number(37, "Close: this is cut off, not rounded. Give a digit after the point.", within=0.01),
        wrong_number(2 * 12 * 768 * 2 / 1e6, "That is one token. There are 1,024.", within=0.0001),
        wrong_number(2 * 12 * 1024 * 768 * 2 / 1e9, "Those are gigabytes. Megabytes are asked for.", within=0.0003),
        wrong_number(2 * 12 * 1024 * 768 * 2, "Those are bytes. Divide by 10⁶.", within=1e6),
        wrong_number(2 * 12 * 1024 * 768 * 2 / 1e3, "Those are kilobytes. Divide by 1,000 once more.", within=100),
    ],
)

SCORES = (4.0, 2.0, 1.0, 0.0, -1.0)


def entropy_bits(degree: float, scores: Sequence[float] = SCORES) -> float:
    """The entropy of softmax(scores / degree), in bits."""
    logs = (torch.tensor(scores, dtype=torch.double) / degree).log_softmax(0)
    return float(-(logs.exp() * logs).sum()) / math.log(2)


def degree_for(bits: float, scores: Sequence[float] = SCORES) -> float:
    """The temperature at which the entropy is so many bits, by halving."""
    low, high = 0.01, 100.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if entropy_bits(middle, scores) < bits else (low, middle)
    return low


def _there(degree: float, more: str, within: float = 0.005) -> Mistake:
    """A wrong temperature, and how unsure the distribution is there."""
    return wrong_number(
        degree, f"At temperature {degree:.3g} the entropy is {entropy_bits(degree):.2f} bits. {more}", within
    )


TEMPERATURE = NumberExercise(
    id="gpt.temperature",
    title="As unsure as a coin",
    stars=1,
    minutes=5,
    task=(
        "The logits are 4, 2, 1, 0, −1. At which temperature, to two decimals, is the distribution as unsure as a "
        "coin, with an entropy of 1 bit?"
    ),
    hints=[
        "Try temperature 1 first: is the entropy below or above 1 bit?",
        "Entropy grows with the temperature. Halve the interval in which the answer lies.",
        "`-(p * p.log2()).sum()` is the entropy in bits, with `p = (logits / temperature).softmax(0)`.",
    ],
    solution=1.0681,
    working="1.0681",
    tolerance=0.03,
    mistakes=[
        _there(degree_for(1 / math.log(2)), "That is 1 *nat*: use `log2`."),
        _there(degree_for(math.log(2)), "So many *nats* are 1 bit: use `log2`, or divide nats by ln 2."),
        _there(degree_for(0.5), "Half a bit is not enough: a coin has 1."),
        _there(degree_for(math.log2(5) / 2), "That is half of what five equally likely tokens have, not 1."),
        _there(1 / degree_for(1.0), "If this is a factor on the logits: the temperature *divides* them."),
        _there(degree_for(1.0) / math.log(2), "If you divided by ln 2 at the end: the unit is that of the entropy."),
        _there(2.3365, "The likeliest token has ½ there, but four others share the rest, which adds to it."),
        _there(0.5, "One half is how likely heads are; the coin's entropy of 1 bit is what to look for."),
        _there(1.0, "The logits are as they were."),
        _there(1.1, "Tenths are too coarse: go on to hundredths."),
        _there(2.0, "That is less sure than a coin."),
        wrong_number(
            degree_for(1.0, (4, 2, 1, 0)), "That would be right without the last logit. It is −1, not absent.", 0.005
        ),
        wrong_number(degree_for(1.0, (4, 2, 1, 0, 1)), "That would be right with a last logit of 1. It is −1.", 0.005),
        wrong_number(
            degree_for(1.0, (4, 3, 2, 1, 0)), "That would be right for even steps. The second logit is 2.", 0.005
        ),
        wrong_number(
            0.802,
            "That is the probability of the likeliest token where the entropy is 1 bit. At which temperature?",
            0.003,
        ),
        wrong_number(
            entropy_bits(1.0), "That is the entropy at temperature 1. Change the temperature until it is 1.", 0.002
        ),
        wrong_number(100 * degree_for(1.0), "If this is in per cent: a temperature is a plain number.", 4),
        wrong_number(0.0, "At temperature 0 the likeliest is certain: 0 bits."),
        wrong_number(2.1, "There the entropy is more than 1 bit: it is less sure than a coin. Go lower.", 0.99),
        wrong_number(0.55, "There the entropy is less than 1 bit: it is surer than a coin. Go higher.", 0.47),
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
