"""Searching for a text: greedily, with a beam, exhaustively; and choosing among samples instead of searching.

A model that writes from left to right is, for a search, one function: `step(rows, written)` is told for each unfinished
text which source it belongs to, `rows` (live,), and what is written of it, `written` (live, tokens), which begins with
the start id. It gives the log-probabilities of the next token, (live, vocab_size). All live texts are equally long.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lessons.kit import checks

Step = Callable[[Tensor, Tensor], Tensor]  # (live,), (live, tokens) -> log-probabilities (live, vocab_size)
Watch = Callable[[list[list["Hypothesis"]]], None]  # called after every step with the live texts of each source


class Hypothesis(NamedTuple):
    """A text as far as it is written, with its end if it has one, and the sum of its tokens' log-probabilities."""

    token_ids: tuple[int, ...]
    log_probability: float

    def score(self, length_power: float = 0.0) -> float:
        """Its log-probability divided by its length to a power: 0 is the sum, 1 the mean of a token.

        Raises ValueError for a power below 0.
        """
        checks.not_negative(length_power=length_power)
        return self.log_probability / max(1, len(self.token_ids)) ** length_power


def greedy_search(step: Step, n_sources: int, *, start_id: int, end_id: int, max_length: int = 60) -> list[Hypothesis]:
    """For each source the text that takes the most probable next token every time.

    Raises ValueError for numbers that are none, and for what are no log-probabilities.
    """
    found = beam_search(step, n_sources, start_id=start_id, end_id=end_id, beam_size=1, max_length=max_length)
    return [texts[0] for texts in found]


def beam_search(
    step: Step,
    n_sources: int,
    *,
    start_id: int,
    end_id: int,
    beam_size: int = 4,
    max_length: int = 60,
    length_power: float = 1.0,
    watch: Watch | None = None,
) -> list[list[Hypothesis]]:
    """For each source the texts that a beam finds, the best first; they hold their end, unless `max_length` cut them.

    In every step the best continuations of all live texts go on, as many as the beam is wide, by the sum of
    log-probabilities. One that ends leaves the beam, which is one narrower from then on. Only at the end is the length
    divided out (Wu et al. 2016, section 7, in its simplest form). Raises ValueError for numbers that are none, and for
    what are no log-probabilities.
    """
    _check(n_sources, max_length, length_power, start_id=start_id, end_id=end_id)
    checks.sizes(beam_size=beam_size)
    live = [[Hypothesis((), 0.0)] for _ in range(n_sources)]
    ended: list[list[Hypothesis]] = [[] for _ in range(n_sources)]
    for _ in range(max_length):
        for source, candidates in enumerate(_continued(step, live, start_id, beam_size)):
            best = sorted(candidates, key=lambda text: -text.log_probability)[: beam_size - len(ended[source])]
            ended[source] += [text for text in best if text.token_ids[-1] == end_id]
            live[source] = [text for text in best if text.token_ids[-1] != end_id]
        if watch:
            watch(live)
        if not any(live):
            break
    return [_ranked([*done, *rest], length_power) for done, rest in zip(ended, live, strict=True)]


def _ranked(texts: Iterable[Hypothesis], length_power: float) -> list[Hypothesis]:
    return sorted(texts, key=lambda text: -text.score(length_power))


def _continued(step: Step, live: list[list[Hypothesis]], start_id: int, n: int) -> list[list[Hypothesis]]:
    """For each source all continuations of its live texts by one of their n most probable next tokens."""
    flat = [(source, text) for source, texts in enumerate(live) for text in texts]
    rows = torch.tensor([source for source, _ in flat])
    written = torch.tensor([[start_id, *text.token_ids] for _, text in flat])
    logs = _log_probabilities(step, rows, written)
    values, token_ids = logs.topk(min(n, logs.shape[1]), dim=-1)  # (live, n): no more of one text can be in the beam
    found: list[list[Hypothesis]] = [[] for _ in live]
    for (source, text), more, ids in zip(flat, values.tolist(), token_ids.tolist(), strict=True):
        found[source] += [
            Hypothesis((*text.token_ids, i), text.log_probability + value)
            for value, i in zip(more, ids, strict=True)
            if value > -math.inf
        ]
    return found


def _log_probabilities(step: Step, rows: Tensor, written: Tensor) -> Tensor:
    logs = step(rows, written)
    if logs.ndim != 2 or len(logs) != len(rows) or not logs.is_floating_point() or not (logs <= 1e-5).all():
        raise ValueError(
            f"A step must give log-probabilities ({len(rows)}, vocab_size), none above 0; it gave "
            f"{checks.described(logs)}."
        )
    return logs


def _check(n_sources: int, max_length: int, length_power: float, **ids: int) -> None:
    checks.sizes(n_sources=n_sources, max_length=max_length)
    checks.not_negative(length_power=length_power)
    checks.whole(0, **ids)


# --- every text -------------------------------------------------------------------------------------------------------

MOST_TEXTS = 200_000


def exhaustive_search(
    step: Step, vocab_size: int, *, start_id: int, end_id: int, max_length: int, length_power: float = 1.0
) -> list[Hypothesis]:
    """Every text of one source up to `max_length` tokens with its end, the best first; those cut off are there, too.

    Raises ValueError for more than 200,000 texts, of which there are about vocab_size to the power of max_length, and
    for an end that is no token.
    """
    _check(1, max_length, length_power, start_id=start_id, end_id=end_id)
    checks.sizes(vocab_size=vocab_size)
    if vocab_size**max_length > MOST_TEXTS:
        raise ValueError(f"{vocab_size} tokens make {vocab_size}^{max_length} texts; {MOST_TEXTS:,} can be tried.")
    if end_id >= vocab_size:
        raise ValueError(f"The end is token {end_id}, of {vocab_size} tokens that are numbered from 0.")
    others = [i for i in range(vocab_size) if i != end_id]
    known: dict[tuple[int, ...], float] = {(): 0.0}
    found = []
    for n in range(max_length):
        written = list(itertools.product(others, repeat=n))
        starts = torch.tensor([[start_id, *text] for text in written])
        logs = _log_probabilities(step, torch.zeros(len(written), dtype=torch.long), starts).tolist()
        for text, row in zip(written, logs, strict=True):
            known |= {(*text, i): known[text] + row[i] for i in range(vocab_size)}
        found += [Hypothesis((*text, end_id), known[(*text, end_id)]) for text in written]
    found += [Hypothesis(text, known[text]) for text in itertools.product(others, repeat=max_length)]
    return _ranked(found, length_power)


# --- the table that a beam of any width up to some needs: for the widget ----------------------------------------------


def continuations(
    step: Step, *, start_id: int, end_id: int, widest: int, max_length: int
) -> dict[tuple[int, ...], list[tuple[int, float]]]:
    """For every text that a beam of 1 ... `widest` reaches, its `widest` most probable next tokens and their logs.

    With this table a beam of any of these widths can be searched again without the model. Raises ValueError for numbers
    that are none.
    """
    _check(1, max_length, 0.0, start_id=start_id, end_id=end_id)
    checks.sizes(widest=widest)
    table: dict[tuple[int, ...], list[tuple[int, float]]] = {}

    def remembered(rows: Tensor, written: Tensor) -> Tensor:
        logs = step(rows, written)
        values, ids = logs.topk(min(widest, logs.shape[1]), dim=-1)
        for text, some, each in zip(written[:, 1:].tolist(), ids.tolist(), values.tolist(), strict=True):
            table[tuple(text)] = list(zip(some, each, strict=True))
        return logs

    for beam_size in range(1, widest + 1):
        beam_search(remembered, 1, start_id=start_id, end_id=end_id, beam_size=beam_size, max_length=max_length)
    return table


# --- samples ----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def sample(
    step: Step, n_samples: int, *, start_id: int, end_id: int, max_length: int = 60, seed: int = 0
) -> list[Hypothesis]:
    """Texts of one source, each token drawn with its probability. Raises ValueError for numbers that are none."""
    _check(1, max_length, 0.0, start_id=start_id, end_id=end_id)
    checks.sizes(n_samples=n_samples)
    checks.whole(0, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    live, found = [Hypothesis((), 0.0)] * n_samples, []
    for _ in range(max_length):
        written = torch.tensor([[start_id, *text.token_ids] for text in live])
        logs = _log_probabilities(step, torch.zeros(len(live), dtype=torch.long), written).cpu()
        ids = logs.exp().multinomial(1, generator=generator)[:, 0].tolist()
        longer = [Hypothesis((*text.token_ids, i), text.log_probability + logs[k, i].item())
                  for k, (text, i) in enumerate(zip(live, ids, strict=True))]  # fmt: skip
        found += [text for text in longer if text.token_ids[-1] == end_id]
        live = [text for text in longer if text.token_ids[-1] != end_id]
        if not live:
            break
    return [*found, *live]


def minimum_bayes_risk(texts: Sequence[str], utility: Callable[[str, str], float]) -> int:
    """The place of the text that is most like all others: the highest mean of utility(text, other).

    With samples of the model, it is the text that is best on average over what the model holds for possible (Kumar &
    Byrne 2004; Eikema & Aziz 2020, section 6). Raises ValueError if there is no text.
    """
    if isinstance(texts, str) or not len(texts):
        raise ValueError("Give a list of texts, one or more.")
    known: dict[tuple[str, str], float] = {}

    def mean(i: int) -> float:
        pairs = [(texts[i], other) for k, other in enumerate(texts) if k != i]
        for pair in pairs:
            if pair not in known:
                known[pair] = utility(*pair)
        return sum(known[pair] for pair in pairs) / max(1, len(pairs))

    return max(range(len(texts)), key=mean)
