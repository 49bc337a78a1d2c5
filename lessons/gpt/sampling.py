"""From logits to the next token: what is done to the distribution before it is drawn from, and writing a text.

Every function takes logits (batch, vocab_size) and gives others; minus infinity stands for what must not come. They are
those of transformers' logits processors, number for number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lessons.gpt.model import GPT, Cache
from lessons.kit import checks
from lessons.kit.training import evaluating


def temperature(logits: Tensor, degree: float) -> Tensor:
    """Logits divided by `degree`: below 1 the likely becomes likelier, above 1 all become alike.

    Raises ValueError for a degree that is not above 0.
    """
    checks.positive(degree=degree)
    return _checked(logits) / degree


def top_k(logits: Tensor, k: int) -> Tensor:
    """Only the k likeliest stay, and what equals the last of them (Fan et al. 2018, section 5.4).

    Raises ValueError for a k below 1.
    """
    checks.whole(k=k)
    least = _checked(logits).topk(min(k, logits.shape[-1])).values[..., -1:]  # (batch, 1)
    return logits.masked_fill(logits < least, -math.inf)


def top_p(logits: Tensor, p: float) -> Tensor:
    """Only the smallest set stays whose probability is at least p: the nucleus (Holtzman et al. 2020, section 3.1).

    Raises ValueError for a p that is not above 0 and at most 1.
    """
    _check_share("p", p)
    ordered, places = _checked(logits).sort()  # from the least likely
    tail = ordered.softmax(-1).cumsum(-1) <= 1 - p
    tail[..., -1] = False  # the likeliest stays
    return logits.masked_fill(tail.scatter(-1, places, tail), -math.inf)


def min_p(logits: Tensor, share: float) -> Tensor:
    """Only those stay that are at least `share` times as probable as the likeliest (Nguyen et al. 2024, section 3).

    Raises ValueError for a share that is not above 0 and at most 1.
    """
    _check_share("share", share)
    probabilities = _checked(logits).softmax(-1)
    return logits.masked_fill(probabilities < share * probabilities.amax(-1, keepdim=True), -math.inf)


def repetition_penalty(logits: Tensor, token_ids: Tensor, penalty: float) -> Tensor:
    """What stands in the text (batch, tokens) already becomes less likely, for a penalty above 1.

    Its logit is divided by the penalty if it is above 0, and multiplied if below, as in Hugging Face's code. Keskar et
    al. (2019, section 4.1) divide it whatever its sign, which makes a token with a negative one likelier. Raises
    ValueError for a penalty that is not above 0, and for ids that are not (batch, tokens).
    """
    checks.positive(penalty=penalty)
    checks.token_ids("token_ids", token_ids, _checked(logits).shape[-1], "batch", "tokens")
    if len(token_ids) != len(logits):
        raise ValueError(f"There are logits for {len(logits)} texts, and {len(token_ids)} texts.")
    found = logits.gather(-1, token_ids)
    return logits.scatter(-1, token_ids, torch.where(found < 0, found * penalty, found / penalty))


def _check_share(name: str, value: float) -> None:
    checks.positive(**{name: value})
    if value > 1:
        raise ValueError(f"{name} is a share, above 0 and at most 1, not {value}.")


def _checked(logits: Tensor) -> Tensor:
    if logits.ndim != 2 or not logits.numel() or not logits.is_floating_point():
        raise ValueError(f"Logits (batch, vocab_size) are due; these are {checks.described(logits)}.")
    return logits


@dataclass(frozen=True)
class Sampler:
    """How the next token is chosen. Temperature 0 takes the likeliest, and so draws nothing at random."""

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError for settings that are none."""
        checks.not_negative(temperature=self.temperature)
        self.logits(torch.zeros(1, 2), torch.zeros(1, 1, dtype=torch.long))

    def logits(self, logits: Tensor, token_ids: Tensor) -> Tensor:
        """What is drawn from: (batch, vocab_size), after a text (batch, tokens); in transformers' order."""
        if self.repetition_penalty != 1:
            logits = repetition_penalty(logits, token_ids, self.repetition_penalty)
        if self.temperature:
            logits = temperature(logits, self.temperature)
        if self.top_k is not None:
            logits = top_k(logits, self.top_k)
        if self.top_p is not None:
            logits = top_p(logits, self.top_p)
        return logits if self.min_p is None else min_p(logits, self.min_p)

    def draw(self, logits: Tensor, token_ids: Tensor, generator: torch.Generator) -> Tensor:
        """One next token for each text: (batch, vocab_size), (batch, tokens) -> (batch, 1).

        Raises ValueError where a logit is NaN, as those of a model are that has diverged.
        """
        logits = self.logits(logits, token_ids)
        if bool(logits.isnan().any()):
            raise ValueError("Nothing can be drawn: some logits are NaN.")
        if not self.temperature:
            return logits.argmax(-1, keepdim=True)
        return torch.multinomial(logits.softmax(-1), 1, generator=generator)


GREEDY = Sampler(temperature=0)


@torch.inference_mode()
def generate(
    model: GPT, token_ids: Sequence[int], n: int, sampler: Sampler = Sampler(), *, seed: int = 0, cached: bool = True
) -> list[int]:
    """Write n tokens after the first ones, and return all: with a cache, or computing everything anew for each.

    Both ways give the same tokens. When the positions are used up, the model goes on with the last half of them.
    Raises ValueError for a text without tokens, ids outside the vocabulary, or an n below 0.
    """
    checks.whole(0, n=n, seed=seed)
    checks.whole(0, **{f"token_ids[{place}]": each for place, each in enumerate(token_ids)})
    written = torch.tensor([list(token_ids)])
    checks.token_ids("token_ids", written, model.config.vocab_size, "batch", "tokens")
    device, generator = model.token.weight.device, torch.Generator().manual_seed(seed)
    cache, start = Cache(model.config, like=model.token.weight), 0
    with evaluating(model):
        for _ in range(n):
            begin = window_start(written.shape[1], model.config.max_length)
            if begin != start:
                cache, start = Cache(model.config, like=model.token.weight), begin
            new = written[:, start + cache.length :] if cached else written[:, start:]
            logits = model(new.to(device), cache if cached else None)[:, -1].cpu()
            written = torch.cat([written, sampler.draw(logits, written, generator)], dim=1)
    return written[0].tolist()


def window_start(n_tokens: int, max_length: int) -> int:
    """Where the window of at most max_length tokens begins that ends with the last: it moves by half of that at a time.

    A window that moved by one token would change every position, and so everything that a cache holds. Raises
    ValueError for sizes below 1.
    """
    checks.sizes(n_tokens=n_tokens, max_length=max_length)
    half = max(1, max_length // 2)
    return max(0, math.ceil((n_tokens - max_length) / half) * half)
