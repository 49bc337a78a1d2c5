"""Mask a word: hide tokens of a sentence of one's own and see what a masked-language model guesses in their place.

The kernel computes every answer; the browser draws it. Model and tokenizer are those of `lessons.bert.masked_language`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import nn

from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, TextWidget, notes, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TEXT = "I do not know what you mean, but I want to go home now."
MOST_TOKENS = 64  # what is read at most; a model of fewer positions reads less
MOST_MASKED = 10
GUESSES = 6  # drawn for each mask
LARGE_VOCABULARY = 10_000  # below it, English words too are cut into many pieces


# --- the guesses ------------------------------------------------------------------------------------------------------


def read(
    model: nn.Module, tokenizer: PreTrainedTokenizerBase, text: str, masked: Sequence[int], most: int = MOST_TOKENS
) -> dict[str, Any]:
    """The tokens of a text, and for each that is masked the best guesses and the place of the truth among all tokens.

    A [MASK] in the text is guessed, too, without a truth. Positions that cannot be masked are passed over.
    """
    found = tokenizer(text[:MOST_CHARACTERS], add_special_tokens=False, verbose=False)["input_ids"]
    ids = torch.tensor([[tokenizer.cls_token_id, *found[: most - 2], tokenizer.sep_token_id]])  # (1, tokens)
    fixed = [token in tokenizer.all_special_ids for token in ids[0].tolist()]
    hidden = [at for at in masked if at < len(fixed) and not fixed[at]]
    holes = ids.clone()
    holes[0, hidden] = tokenizer.mask_token_id
    places = (holes[0] == tokenizer.mask_token_id).nonzero()[:, 0].tolist()
    with torch.no_grad():
        output = model(holes, torch.ones_like(holes))
    logits = getattr(output, "logits", output)[0, places]  # (masks, vocabulary)
    tokens = list(tokenizer.convert_ids_to_tokens(ids[0].tolist()))
    truths = [None if fixed[at] else int(ids[0, at]) for at in places]
    pieces_a_word = 2.2 if logits.shape[-1] >= LARGE_VOCABULARY else math.inf
    return {
        "tokens": tokens,
        "fixed": fixed,
        "vocabulary": logits.shape[-1],
        "guesses": [
            {"at": at, "token": None if truth is None else tokens[at], **_guess(row, truth, tokenizer)}
            for at, truth, row in zip(places, truths, logits.double().softmax(-1), strict=True)
        ],
        "note": " ".join(notes(text, tokens, len(found) + 2, most, pieces_a_word)),
    }


def _guess(probabilities: torch.Tensor, truth: int | None, tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """The best of (vocabulary,) probabilities, and where the truth stands: the first place has rank 1."""
    best = probabilities.topk(min(GUESSES, len(probabilities)))
    names = tokenizer.convert_ids_to_tokens(best.indices.tolist())
    own = None if truth is None else probabilities[truth].item()
    return {
        "top": [[name, value] for name, value in zip(names, best.values.tolist(), strict=True)],
        "probability": own,
        "rank": None if own is None else int((probabilities > own).sum()) + 1,
    }


def first_mask(tokens: Sequence[str], fixed: Sequence[bool]) -> list[int]:
    """The longest whole word of a text, the first of equals; nothing if there is no word."""
    words = [
        (-len(token), at)
        for at, token in enumerate(tokens)
        if not fixed[at] and token.isalpha() and not "".join(tokens[at + 1 : at + 2]).startswith("##")
    ]
    return [min(words)[1]] if words else []


# --- the widget -------------------------------------------------------------------------------------------------------


class MaskAWord(TextWidget):
    """A sentence, some of its tokens masked, and what a model guesses; `text` and `masked` (positions) follow the view.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for positions that no text has, and for
    more than ten.
    """

    _esm = base.javascript("base/text.js", "bert/bert.js")
    _css = base.style("base/text.css", "bert/bert.css")

    name = "Mask a word"
    task = (
        "Mask a word and see what the model guesses. Find a word that it gets right, one of which it knows the kind "
        "but not which, and one that surprises it by more than guessing blindly. Then mask the neighbours, too: what "
        "is left of its best guess? Write a sentence of your own."
    )
    question = (
        "A rare word is cut into pieces (##). Mask one piece, then all of them. Why is the first so much easier, and "
        "what would you change in the pre-training, so that the model cannot live on it?"
    )

    masked = traitlets.List(traitlets.Int()).tag(sync=True)
    most_masked = traitlets.Int(MOST_MASKED).tag(sync=True)

    asks = ("text", "masked")

    @traitlets.validate("masked")
    def _sane(self, proposal: Any) -> Any:
        masked = sorted(set(proposal["value"]))
        if len(masked) > MOST_MASKED:
            raise traitlets.TraitError(f"At most {MOST_MASKED} tokens can be masked here, not {len(masked)}.")
        if masked and masked[0] < 0:
            raise traitlets.TraitError("masked holds the positions of tokens, counted from 0.")
        return masked

    def picture(self) -> Figure:
        """The best guesses for up to three masks."""
        guesses = self.data["guesses"][:3]
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        figure.suptitle(_sentence(self.data["tokens"], {guess["at"] for guess in self.data["guesses"]}), fontsize=11)
        for axes, guess in zip(np.ravel(figure.subplots(1, max(1, len(guesses)))), guesses, strict=False):
            names, values = zip(*guess["top"], strict=True)
            colours = [base.COLOURS["orange" if name == guess["token"] else "blue"] for name in names]
            axes.barh(range(len(names)), values, color=colours)
            axes.set_yticks(range(len(names)), [printable(name) for name in names])
            axes.set(xlim=(0, 1), xlabel="probability", ylim=(len(names) - 0.4, -0.6))
            if guess["token"] is not None:
                where = f"“{printable(guess['token'])}” is in place {guess['rank']:,} of {self.data['vocabulary']:,}"
                axes.set_title(where, fontsize=11)
        return figure


def _sentence(tokens: Sequence[str], masked: set[int]) -> str:
    """The tokens with their masks, as much as fits on a line."""
    line = ""
    for at, token in enumerate(tokens):
        piece = "[MASK]" if at in masked else printable(token)
        line += piece[2:] if piece.startswith("##") else f" {piece}"
    return line[1:] if len(line) <= 110 else line[1:110] + "…"


def mask_a_word(
    model: nn.Module, tokenizer: PreTrainedTokenizerBase, text: str = TEXT, masked: Sequence[int] | None = None
) -> MaskAWord:
    """Mask words of a sentence and see the guesses of a model, which is copied as it is now.

    `model(token_ids, attention_mask)` gives logits (batch, tokens, vocabulary), as lessons.bert.masked_language's does;
    `tokenizer` is one of transformers with [CLS], [SEP] and [MASK]. `masked` are positions; without them it is the
    longest word. Read `widget.text`, `widget.masked` and `widget.data["guesses"]` in any later cell. Raises ValueError
    for a model, tokenizer or text of another kind.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"model must be a torch.nn.Module, not {type(model).__name__}.")
    needed = ("cls_token_id", "sep_token_id", "mask_token_id")
    if not callable(tokenizer) or None in [getattr(tokenizer, name, None) for name in needed]:
        raise ValueError("tokenizer must be one of transformers, with the tokens [CLS], [SEP] and [MASK].")
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    still = copy.deepcopy(model).cpu().float().eval()  # training it further must not disturb the widget
    config = getattr(model, "config", getattr(getattr(model, "bert", None), "config", None))
    most = min(MOST_TOKENS, getattr(config, "max_position_embeddings", MOST_TOKENS))

    def answer(text: str, masked: Sequence[int]) -> dict[str, Any]:
        return read(still, tokenizer, text, masked, most)

    text = text.encode("utf-8", "replace").decode()
    try:
        first = answer(text, masked or [])
    except (RuntimeError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"The model cannot guess tokens of this tokenizer: {error}") from error
    if first["vocabulary"] < len(tokenizer):
        raise ValueError(f"The model knows {first['vocabulary']:,} tokens, the tokenizer {len(tokenizer):,}.")
    places = first_mask(first["tokens"], first["fixed"]) if masked is None else sorted(set(masked))
    return MaskAWord(answer, data={**answer(text, places), "text": text, "masked": places}, text=text, masked=places)
