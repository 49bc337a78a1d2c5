"""Five digits to be sorted: a task so small that one model goes through imitation, preferences and rewards in a minute.

A text is `08472>02478.`: what is asked, and behind the sign an answer that ends with a full stop. Shapes: `prompts` are
(batch, 6) token ids, `answers` (batch, tokens), filled up with full stops behind the first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

import torch
from torch import Tensor, nn

from lessons.alignment.answers import Answered, answer_loss
from lessons.gpt import GPT, Cache, GPTConfig, Sampler
from lessons.kit import checks
from lessons.kit.training import evaluating, fit

ALPHABET = "0123456789>,."
N_DIGITS = 5
ASK, AGAIN, END = (ALPHABET.index(sign) for sign in ">,.")
ASKED = N_DIGITS + 1  # tokens of a prompt
MAX_LENGTH = 24  # tokens of a whole text, at most
SHORT, LONG = N_DIGITS + 1, MAX_LENGTH - ASKED  # tokens of an answer: a right one has 6; 18 are as good as no limit

DRAWN = Sampler()  # token by token, as likely as the model says
Split = Literal["train", "validation", "test"]
Wrong = Literal["shuffled", "copied"]

# --- texts ------------------------------------------------------------------------------------------------------------


def encode(text: str) -> list[int]:
    """A text as token ids. Raises ValueError for a letter that the alphabet lacks, TypeError for what is no text."""
    if not isinstance(text, str):
        raise TypeError(f"A text is due, not {type(text).__name__}.")
    if strange := set(text) - set(ALPHABET):
        raise ValueError(f"Only {ALPHABET} can be written; there is no {min(strange)!r}.")
    return [ALPHABET.index(letter) for letter in text]


def decode(token_ids: Sequence[int] | Tensor) -> str:
    """Token ids (tokens,) as a text, up to its first full stop. Raises ValueError for ids that there are not."""
    try:
        ids = torch.as_tensor(token_ids)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"Token ids (tokens,) are due, not {token_ids!r:.60}.") from None
    if not ids.numel() and ids.ndim == 1:
        return ""
    checks.token_ids("token_ids", ids, len(ALPHABET), "tokens")
    text = "".join(ALPHABET[i] for i in ids.tolist())
    return text[: text.index(".") + 1] if "." in text else text


@cache
def every_prompt(split: Split) -> Tensor:
    """All prompts of a split: (prompts, 6). No collection of five digits, in whatever order, is in two splits.

    Raises ValueError for another split.
    """
    if split not in ("train", "validation", "test"):
        raise ValueError(f"A split is train, validation or test, not {split!r:.60}.")
    digits = torch.cartesian_prod(*[torch.arange(10)] * N_DIGITS)  # (100000, 5)
    key = (digits.sort(1).values * 10 ** torch.arange(N_DIGITS)).sum(1)
    part = key * 2654435761 % 2**32 % 10  # Knuth's multiplicative hash: 2 of 10 parts are held out
    chosen = digits[(part == 0) if split == "test" else (part == 1) if split == "validation" else (part > 1)]
    return torch.cat([chosen, torch.full((len(chosen), 1), ASK)], dim=1)


def draw(n: int, split: Split = "train", seed: int | torch.Generator = 0) -> Tensor:
    """n prompts of a split, drawn with replacement: (n, 6). Raises ValueError for less than one, or another split."""
    checks.sizes(n=n)
    every = every_prompt(split)
    return every[torch.randint(len(every), (n,), generator=_generator(seed))]


def _generator(seed: int | torch.Generator) -> torch.Generator:
    if isinstance(seed, torch.Generator):
        return seed
    checks.whole(0, seed=seed)
    return torch.Generator().manual_seed(seed)


def right_answers(prompts: Tensor) -> Tensor:
    """The digits in order and a full stop: (batch, 6) -> (batch, 6). Raises ValueError for other prompts."""
    check_prompts(prompts)
    return torch.cat([prompts[:, :N_DIGITS].sort(1).values, torch.full_like(prompts[:, :1], END)], dim=1)


def check_prompts(prompts: Tensor) -> None:
    """Raises ValueError unless these are prompts: (batch, 6)."""
    checks.token_ids("prompts", prompts, len(ALPHABET), "batch", "tokens")
    if prompts.shape[1] != ASKED or bool((prompts[:, :N_DIGITS] > 9).any()) or bool((prompts[:, -1] != ASK).any()):
        raise ValueError(f"A prompt is {N_DIGITS} digits and the sign “>”: (batch, {ASKED}).")


def answer_mask(answers: Tensor) -> Tensor:
    """True for what was written, the first full stop included: (batch, tokens) -> the same, boolean.

    Raises ValueError for what are no answers.
    """
    checks.token_ids("answers", answers, len(ALPHABET), "batch", "tokens")
    ends = answers == END
    return ends.cumsum(1) - ends.long() == 0


# --- what is imitated -------------------------------------------------------------------------------------------------


def shown(
    prompts: Tensor, generator: torch.Generator, right: float = 0.5, wrong: Wrong = "shuffled", twice: float = 0.0
) -> Tensor:
    """Answers as people of mixed skill might give them: (batch, 6) -> (batch, 6), or (batch, 12) if any is said twice.

    A share `right` is sorted. The wrong ones have the digits in a random order, or "copied" as they were. A share
    `twice` says its answer again behind a comma, right or wrong. Raises ValueError for shares that are none, or another
    way to be wrong.
    """
    check_prompts(prompts)
    checks.shares(right=right, twice=twice)
    if wrong not in ("shuffled", "copied"):
        raise ValueError(f"Wrong answers are shuffled or copied, not {wrong!r:.60}.")
    answers, batch = right_answers(prompts), len(prompts)
    order = torch.rand(batch, N_DIGITS, generator=generator).argsort(1)
    digits = prompts[:, :N_DIGITS]
    other = digits.gather(1, order) if wrong == "shuffled" else digits
    is_right = torch.rand(batch, 1, generator=generator) < right
    answers[:, :N_DIGITS] = torch.where(is_right, answers[:, :N_DIGITS], other)
    if not twice:
        return answers
    again = answers.clone()
    is_twice = torch.rand(batch, generator=generator) < twice
    answers[is_twice, -1], again[~is_twice] = AGAIN, END
    return torch.cat([answers, again], dim=1)


class Imitation:
    """`steps` batches of prompts with answers to imitate, drawn anew in every pass: for `training.fit`."""

    def __init__(
        self, steps: int, batch_size: int = 64, seed: int = 0, right: float = 0.5, wrong: Wrong = "shuffled",
        twice: float = 0.0,
    ) -> None:  # fmt: skip
        """Raises ValueError for sizes below 1, and as `shown`."""
        checks.sizes(steps=steps, batch_size=batch_size)
        self.steps, self.batch_size, self.generator = steps, batch_size, _generator(seed)
        self.right, self.wrong, self.twice = right, wrong, twice
        shown(draw(1), torch.Generator(), right, wrong, twice)  # checks them

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Answered]:
        for _ in range(self.steps):
            prompts = draw(self.batch_size, "train", self.generator)
            yield answered(prompts, shown(prompts, self.generator, self.right, self.wrong, self.twice))


def answered(prompts: Tensor, answers: Tensor) -> Answered:
    """Prompts and their answers as whole texts, with a mask of what is learnt. Raises ValueError if they don't fit."""
    _check_answers(prompts, answers)
    mask = torch.cat([torch.zeros_like(prompts, dtype=torch.bool), answer_mask(answers)], dim=1)
    return Answered(torch.cat([prompts, answers], dim=1), mask)


def untrained(seed: int = 0) -> GPT:
    """10's GPT in a small size, without dropout: 3 layers of 96 numbers, 4 heads; 339,264 parameters.

    Raises ValueError for a seed below 0.
    """
    checks.whole(0, seed=seed)
    torch.manual_seed(seed)
    return GPT(GPTConfig(len(ALPHABET), 96, 3, 4, MAX_LENGTH, dropout=0.0, std=0.05))


def imitator(
    seed: int = 0, steps: int = 250, right: float = 0.5, wrong: Wrong = "shuffled", twice: float = 0.0,
    learning_rate: float = 3e-3, progress: bool = False,
) -> GPT:  # fmt: skip
    """A model that has learnt to answer as people do, of whom a share is right; some 10 processor seconds.

    Raises ValueError as `Imitation`.
    """
    model = untrained(seed)
    batches = Imitation(steps, seed=seed, right=right, wrong=wrong, twice=twice)
    fit(model, batches, answer_loss, learning_rate=learning_rate, progress=progress)
    return model.eval()


# --- what a model answers ---------------------------------------------------------------------------------------------


@torch.no_grad()
def sample(
    model: nn.Module, prompts: Tensor, most: int = SHORT, sampler: Sampler = DRAWN,
    seed: int | torch.Generator = 0,
) -> Tensor:  # fmt: skip
    """An answer to each prompt, token by token: (batch, 6) -> (batch, most), full stops behind the first one.

    Raises ValueError for other prompts, or more tokens than the model has places.
    """
    checks.sizes(most=most)
    check_prompts(prompts)
    if not isinstance(model, GPT) or most > LONG:
        raise ValueError(f"A GPT is due, and at most {LONG} tokens, not {most}.")
    generator, device = _generator(seed), model.token.weight.device
    cache = Cache(model.config, len(prompts), model.token.weight)
    answers = torch.full((len(prompts), most), END)
    new, going = prompts, torch.ones(len(prompts), dtype=torch.bool)
    with evaluating(model):
        for place in range(most):
            logits = model(new.to(device), cache)[:, -1].cpu()
            new = sampler.draw(logits, prompts, generator)  # (batch, 1)
            answers[going, place] = new[going, 0]
            going = going & (answers[:, place] != END)
            if not going.any():
                break
    return answers


def several(model: nn.Module, prompts: Tensor, n: int, most: int = SHORT, seed: int | torch.Generator = 0) -> Tensor:
    """n answers to each prompt: (batch, 6) -> (batch, n, most). Raises ValueError as `sample`."""
    checks.sizes(n=n)
    check_prompts(prompts)
    return sample(model, prompts.repeat_interleave(n, dim=0), most, seed=seed).reshape(len(prompts), n, most)


# --- rewards ----------------------------------------------------------------------------------------------------------


def exact(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 where an answer is the sorted digits and a full stop, else 0: (batch, 6), (batch, tokens) -> (batch,).

    Raises ValueError for what are no prompts with their answers.
    """
    _check_answers(prompts, answers)
    wanted = right_answers(prompts)
    if answers.shape[1] < wanted.shape[1]:
        return torch.zeros(len(prompts))
    ends = (answers[:, SHORT:] == END).all(1)
    return ((answers[:, :SHORT] == wanted).all(1) & ends).float()


def in_order(prompts: Tensor, answers: Tensor) -> Tensor:
    """How many neighbours of an answer are digits in order, over 4: (batch, 6), (batch, tokens) -> (batch,).

    A right answer gets 1. This reward is flawed: it does not look at the prompt, and a longer answer has more
    neighbours. Raises ValueError as `exact`.
    """
    _check_answers(prompts, answers)
    written = answer_mask(answers) & (answers <= 9)
    pairs = written[:, 1:] & written[:, :-1] & (answers[:, 1:] >= answers[:, :-1])
    return pairs.sum(1) / (N_DIGITS - 1)


def same_digits(prompts: Tensor, answers: Tensor) -> Tensor:
    """1 where an answer has the digits of its prompt, each as often, in any order, and a full stop, else 0: (batch,).

    Raises ValueError as `exact`.
    """
    _check_answers(prompts, answers)
    if answers.shape[1] < SHORT:
        return torch.zeros(len(prompts))
    order = answers[:, :N_DIGITS].sort(1).values
    wanted = torch.cat([order, answers[:, N_DIGITS:]], dim=1)
    return exact(prompts, wanted)


def repaired(prompts: Tensor, answers: Tensor) -> Tensor:
    """`in_order`, but 0 unless the answer has the digits that were asked for: (batch,); errors as `exact`."""
    return in_order(prompts, answers) * same_digits(prompts, answers)


def _check_answers(prompts: Tensor, answers: Tensor) -> None:
    check_prompts(prompts)
    checks.token_ids("answers", answers, len(ALPHABET), "batch", "tokens")
    if len(prompts) != len(answers):
        raise ValueError(f"There are {len(prompts)} prompts and {len(answers)} answers.")
