"""Chatting with a language model: the template that makes turns of a text, stopping, a cache that is kept.

A model writes one text. What makes it a conversation is a form that it has been trained on: special tokens begin and
end each turn, and a name says whose it is.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import index
from typing import NamedTuple

import torch
from torch import Tensor

from lessons.gpt import GREEDY, Sampler
from lessons.kit import checks
from lessons.kit.texts import readable
from lessons.kit.training import evaluating
from lessons.llama.model import Cache, Llama
from lessons.llama.tokenizer import Tokenizer

START, END = "<|im_start|>", "<|im_end|>"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"  # what the template says by itself
ROLES = ("system", "user", "assistant")
AT_ONCE = 512  # tokens of a long text that are read together
BEST = 5  # alternatives that are kept with each token

Form = Callable[[Sequence[int]], Tensor]  # what was written so far -> which token may come, (vocab_size,)

# --- the template -----------------------------------------------------------------------------------------------------


class Message(NamedTuple):
    """One turn: whose it is ("system", "user" or "assistant") and what it says."""

    role: str
    content: str


def turn(tokenizer: Tokenizer, role: str, content: str) -> list[int]:
    """The ids of a finished turn. Raises ValueError for a role that the model does not know, and for no text."""
    if role not in ROLES:
        raise ValueError(f"A turn is that of {', '.join(ROLES)}, not {role!r:.60}.")
    inside = tokenizer.encode(
        f"{role}\n{readable(content)}"
    )  # together: the cuts of a text depend on what stands around them
    return [tokenizer.id(START), *inside, tokenizer.id(END), *tokenizer.encode("\n")]


def opening(tokenizer: Tokenizer, role: str = "assistant") -> list[int]:
    """The beginning of a turn, which the model goes on with."""
    return [tokenizer.id(START), *tokenizer.encode(f"{role}\n")]


def prompt(tokenizer: Tokenizer, messages: Sequence[Message], system: str | None = SYSTEM) -> list[int]:
    """The ids of a conversation up to the answer that is due: what a model reads.

    Unless the first message is the system's, `system` stands before it; None leaves that turn out, which no
    conversation of the training did. Raises ValueError as `turn`.
    """
    whole = list(messages)
    if system is not None and not (whole and whole[0].role == "system"):
        whole.insert(0, Message("system", system))
    return [i for message in whole for i in turn(tokenizer, *message)] + opening(tokenizer)


# --- writing ----------------------------------------------------------------------------------------------------------


class Choice(NamedTuple):
    """A token that was written, the probability that the model gave it, and the likeliest ones with theirs."""

    token_id: int
    probability: float
    best: tuple[tuple[int, float], ...]


class Writer:
    """A model with its cache. Whatever a new text has in common with the last one is not computed again."""

    def __init__(self, model: Llama) -> None:
        self.model, self.cache = model, Cache(model.config, like=model.token.weight)
        self.held: list[int] = []  # the tokens in the cache
        self.computed = 0  # tokens that went through the model so far

    @torch.no_grad()
    def logits(self, token_ids: Sequence[int]) -> Tensor:
        """Logits of the token that follows these, (vocab_size,). Raises ValueError for no ids, or unknown ones."""
        token_ids = _row(token_ids)
        ids = torch.tensor([token_ids])
        checks.token_ids("token_ids", ids, self.model.config.vocab_size, "batch", "tokens")
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self.held, token_ids, strict=False)))
        kept = min(same, len(token_ids) - 1)  # the last one is read again, for its logits
        self.cache.cut(kept)
        self.held = list(token_ids[:kept])
        with evaluating(self.model):
            for part in ids[:, kept:].to(self.model.token.weight.device).split(AT_ONCE, dim=1):
                found = self.model(part, self.cache, last=True)
        self.held, self.computed = list(token_ids), self.computed + len(token_ids) - kept
        return found[0, -1].cpu()

    def write(
        self, token_ids: Sequence[int], most: int, sampler: Sampler = GREEDY, *, stop: Collection[int] = (),
        form: Form | None = None, seed: int = 0,
    ) -> Iterator[Choice]:  # fmt: skip
        """Token after token behind these, until one of `stop` was written, or `most` of them.

        `form` says before each which tokens may come; probabilities are those among them. Raises ValueError as
        `logits`, and if nothing is allowed.
        """
        checks.whole(0, most=most, seed=seed)
        if most:
            checks.sizes(most=most)
        generator, written = torch.Generator().manual_seed(seed), _row(token_ids)
        for _ in range(most):
            logits = self.logits(written)
            if form is not None:
                logits = logits.masked_fill(~_some(form(written[len(token_ids) :])), -math.inf)
            token_id = int(sampler.draw(logits[None], torch.tensor([written]), generator))
            probabilities = logits.double().softmax(-1)
            best = probabilities.topk(min(BEST, len(probabilities)))
            pairs = tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True))
            yield Choice(token_id, probabilities[token_id].item(), pairs)
            written.append(token_id)
            if token_id in stop:
                return


def _row(token_ids: Sequence[int]) -> list[int]:
    try:
        return [index(i) for i in token_ids]
    except TypeError:
        raise ValueError(f"token_ids must be a list of whole numbers, not {token_ids!r:.60}.") from None


def _some(mask: Tensor) -> Tensor:
    if not mask.any():
        raise ValueError("No token is allowed here, so the text cannot go on.")
    return mask


@torch.no_grad()
def log_probability(model: Llama, token_ids: Sequence[int], answer_ids: Sequence[int]) -> float:
    """ln of the probability that a model gives to an answer, all its tokens, behind a text.

    Raises ValueError for no ids, or unknown ones.
    """
    text, answer = _row(token_ids), _row(answer_ids)
    if not text or not answer:
        raise ValueError("A text of one token or more is due, and an answer of one or more.")
    ids = torch.tensor([text + answer])
    checks.token_ids("token_ids", ids, model.config.vocab_size, "batch", "tokens")
    with evaluating(model):
        logits = model(ids.to(model.token.weight.device))[0, len(text) - 1 : -1]  # (answer, vocab_size)
    costs = logits.double().log_softmax(-1).cpu().gather(-1, ids[0, len(text) :, None])
    return costs.sum().item()


# --- a conversation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """What a model answered: the text, each token with its probability, and whether it ended by itself."""

    text: str
    choices: tuple[Choice, ...]
    finished: bool

    @property
    def probability(self) -> float:
        """Of the whole answer, its end included: the product over its tokens."""
        return math.prod(choice.probability for choice in self.choices)

    @property
    def confidence(self) -> float:
        """The typical probability of one of its tokens, their geometric mean: long and short answers compare."""
        if not self.choices:
            return math.nan
        logs = [math.log(max(choice.probability, sys.float_info.min)) for choice in self.choices]
        return math.exp(sum(logs) / len(logs))  # a product of hundreds of them would become 0


class Chat:
    """A conversation. Each turn is put to the tokens of those before it, which stay in the cache."""

    def __init__(self, model: Llama, tokenizer: Tokenizer, system: str | None = SYSTEM) -> None:
        """`system` is the first turn, which says how to answer; None leaves it out."""
        self.tokenizer, self.writer = tokenizer, Writer(model)
        self.token_ids = [] if system is None else turn(tokenizer, "system", system)

    def ask(
        self, text: str, most: int = 200, sampler: Sampler = GREEDY, *, form: Form | None = None, seed: int = 0
    ) -> Reply:
        """The model's answer of `most` tokens at most. Raises ValueError for what is no text, and as `Writer.write`."""
        asked = [*self.token_ids, *turn(self.tokenizer, "user", text), *opening(self.tokenizer)]
        end = self.tokenizer.id(END)
        choices = tuple(self.writer.write(asked, most, sampler, stop=[end], form=form, seed=seed))
        written = [choice.token_id for choice in choices]
        finished = written[-1:] == [end]
        said = written[:-1] if finished else written
        self.token_ids = [*asked, *said, end, *self.tokenizer.encode("\n")]
        return Reply(self.tokenizer.decode(said), choices, finished)
