"""Where is a fact on its way through a language model? Put a vector from one text into another, and see what it says.

Two texts differ in one word: "The capital of France is", "The capital of Italy is". In the run on the second, the
vector at one place after one layer is replaced by that of the first. If the model now says Paris, what makes the
difference has passed through that vector (Vig et al. 2020; Meng et al. 2022, section 2, call it causal tracing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lessons.kit import checks
from lessons.llama import Llama, Tokenizer

TEMPLATE = "The capital of {} is"
PAIRS = (  # ten pairs of neighbours, or nearly; whether the model knows them is checked before they are used
    ("France", "Italy"), ("Germany", "Spain"), ("Japan", "China"), ("Russia", "Poland"), ("Egypt", "Kenya"),
    ("Greece", "Turkey"), ("Norway", "Sweden"), ("Canada", "Cuba"), ("Iran", "Iraq"), ("Portugal", "Ireland"),
)  # fmt: skip
CAPITALS = {
    "France": "Paris", "Italy": "Rome", "Germany": "Berlin", "Spain": "Madrid", "Japan": "Tokyo", "China": "Beijing",
    "Russia": "Moscow", "Poland": "Warsaw", "Egypt": "Cairo", "Kenya": "Nairobi", "Greece": "Athens",
    "Turkey": "Ankara", "Norway": "Oslo", "Sweden": "Stockholm", "Canada": "Ottawa", "Cuba": "Havana",
    "Iran": "Tehran", "Iraq": "Baghdad", "Portugal": "Lisbon", "Ireland": "Dublin",
}  # fmt: skip


class Pair(NamedTuple):
    """Two texts of as many tokens, and the first token of what each should go on with."""

    first: Tensor  # (1, tokens)
    second: Tensor  # (1, tokens)
    answer: int
    other: int
    tokens: list[str]  # of the second text
    differs: int  # the place where the texts differ last


def pair(tokenizer: Tokenizer, names: tuple[str, str], template: str = TEMPLATE) -> Pair:
    """The two texts of a pair of countries.

    Raises ValueError if the texts have different numbers of tokens, or the answers begin with the same one.
    """
    lists = [tokenizer.encode(template.format(name)) for name in names]
    answers = [tokenizer.encode(f" {CAPITALS[name]}")[0] for name in names]
    if len(lists[0]) != len(lists[1]) or answers[0] == answers[1]:
        raise ValueError(f"{names[0]} and {names[1]} cannot be compared token by token.")
    places = [i for i, (a, b) in enumerate(zip(*lists, strict=True)) if a != b]
    tokens = [tokenizer.decode([token]) for token in lists[1]]
    first, second = (torch.tensor([each]) for each in lists)
    return Pair(first, second, answers[0], answers[1], tokens, max(places))


def preference(logits: Tensor, answer: int, other: int) -> Tensor:
    """By how much the last token's logits prefer an answer to another: (batch, tokens, vocab_size) -> (batch,).

    Raises ValueError for answers that there are not.
    """
    checks.whole(0, answer=answer, other=other)
    if logits.ndim != 3 or not logits.is_floating_point() or max(answer, other) >= logits.shape[-1]:
        raise ValueError(f"Logits (batch, tokens, vocab_size) with both answers are due, not {tuple(logits.shape)}.")
    return logits[:, -1, answer] - logits[:, -1, other]


@torch.no_grad()
def from_layer(model: Llama, hidden: Tensor, layer: int) -> Tensor:
    """The stream (batch, tokens, hidden_size) before a layer -> logits (batch, tokens, vocab_size).

    `layer` may be the number of layers: then only the end is left. Raises ValueError for another.
    """
    checks.whole(0, layer=layer)
    if layer > len(model.layers):
        raise ValueError(f"There are {len(model.layers)} layers; the stream has no place {layer}.")
    checks.vectors("hidden", hidden, model.config.hidden_size, 3)
    turn, mask = model.turns(0, hidden.shape[1]), model.mask(0, hidden.shape[1])
    for each in model.layers[layer:]:
        hidden = each(hidden, turn, mask)
    return model.logits(hidden[:, -1:])


@torch.no_grad()
def recovery(model: Llama, texts: Pair, layers: Sequence[int] | None = None) -> Tensor:
    """How much of the first text's preference comes back if one vector of its stream is put into the second's run.

    (layers, tokens): 0 as in the second text, 1 as in the first. `layers` count the places of the stream, 0 before the
    first layer; all of them unless given. Raises ValueError if the model prefers the same in both texts.
    """
    first, second = model.every_layer(texts.first), model.every_layer(texts.second)
    high = preference(first.logits, texts.answer, texts.other)
    low = preference(second.logits, texts.answer, texts.other)
    if not high > 0 > low:
        raise ValueError("The model does not tell these two facts apart; there is nothing to look for.")
    n, rows = texts.second.shape[1], []
    for layer in range(len(model.layers) + 1) if layers is None else layers:
        patched = second.hidden_states[layer].repeat(n, 1, 1)  # a row for each place
        place = torch.arange(n)
        patched[place, place] = first.hidden_states[layer][0]
        found = preference(from_layer(model, patched, layer), texts.answer, texts.other)
        rows.append((found - low) / (high - low))
    return torch.stack(rows)


@torch.no_grad()
def known_pairs(
    model: Llama, tokenizer: Tokenizer, names: Sequence[tuple[str, str]] = PAIRS, template: str = TEMPLATE
) -> list[tuple[str, str]]:
    """The pairs that can be compared token by token, and of which the model prefers the right capital in both."""
    found = []
    for each in names:
        try:
            texts = pair(tokenizer, each, template)
        except ValueError:
            continue
        logits = model(torch.cat([texts.first, texts.second]), last=True)
        high, low = preference(logits, texts.answer, texts.other).tolist()
        if high > 0 > low:
            found.append(each)
    return found


class Handover(NamedTuple):
    """Where a fact stands in the stream: at the word that differs until `left`, at the last token from `arrived` on."""

    left: int  # the last place of the stream at which the differing word brings back half or more
    arrived: int  # the first at which the last token does


def handover(found: Tensor, differs: int) -> Handover:
    """Read `recovery` (layers, tokens). Raises ValueError for another shape, or if half never comes back."""
    checks.whole(0, differs=differs)
    if found.ndim != 2 or not 0 <= differs < found.shape[1]:
        raise ValueError(f"Recovery (layers, tokens) and one of its places are due, not {checks.described(found)}.")
    at_word, at_end = (found[:, place] >= 0.5 for place in (differs, found.shape[1] - 1))
    if not at_word.any() or not at_end.any():
        raise ValueError("Half of the preference never comes back here.")
    return Handover(int(at_word.nonzero().max()), int(at_end.nonzero().min()))
