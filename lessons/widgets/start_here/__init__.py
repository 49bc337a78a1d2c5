"""A first taste: type a sentence; see its tokens, where each of them looks, and the film sentences nearest in meaning.

The kernel runs MiniLM once for each text; the browser draws what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional as F

from lessons.start_here import film_library, minilm, nearest
from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, SPECIAL, UNKNOWN, TextWidget, notes, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from lessons.bert import BERT

TEXT = "I fell asleep before it was over."
MOST_TOKENS = 40  # what can be drawn legibly
NEIGHBOURS = 5
HEADS = {  # name -> layer and head, counted from 0; no head means the mean of all of the layer
    "layer 0, head 2": (0, 2),
    "layer 1, head 8": (1, 8),
    "layer 0, head 10": (0, 10),
    "layer 5, mean of its 12 heads": (5, None),
}


@torch.no_grad()
def read(
    text: str, bert: BERT, tokenizer: PreTrainedTokenizerBase, sentences: Sequence[str], vectors: Tensor
) -> dict[str, Any]:
    """Tokens, their numbers, attention (heads, tokens, tokens) and nearest sentences of a text, in one forward pass.

    `vectors` (n, dim) of length 1 belong to the n sentences. A text without a known word has no neighbours.
    """
    found = tokenizer(text[:MOST_CHARACTERS], add_special_tokens=False, verbose=False)["input_ids"]
    ids = [tokenizer.cls_token_id, *found[: MOST_TOKENS - 2], tokenizer.sep_token_id]
    output = bert(torch.tensor([ids]), every_layer=True)
    attention = [_chosen(output.attentions[layer][0], head) for layer, head in HEADS.values()]
    tokens = list(tokenizer.convert_ids_to_tokens(ids))
    near: list[list[Any]] = []
    if any(token not in (*SPECIAL, UNKNOWN) for token in tokens):
        vector = F.normalize(output.last_hidden_state[0].mean(0), dim=0)  # (dim,)
        near = [[sentences[i], value] for value, i in zip(*nearest(vector, vectors, NEIGHBOURS), strict=True)]
    told = notes(text, tokens, len(found) + 2, MOST_TOKENS)
    return {
        "tokens": tokens,
        "ids": ids,
        "attention": [[[round(value, 4) for value in row] for row in head.tolist()] for head in attention],
        "neighbours": near,
        "library": len(sentences),
        "note": " ".join(told),
    }


def _chosen(weights: Tensor, head: int | None) -> Tensor:
    """(heads, tokens, tokens) -> (tokens, tokens)."""
    return weights.mean(0) if head is None else weights[head]


class FirstTaste(TextWidget):
    """One sentence seen by MiniLM; `text`, `token` (which one looks) and `head` (an entry of HEADS) follow the view.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for values that no picture can show.
    """

    _esm = base.javascript("base/text.js", "start_here/start_here.js")
    _css = base.style("base/text.css", "start_here/start_here.css")

    name = "A first taste"
    task = (
        "Choose a word with a click or the arrow keys and see where it looks. Two of the four heads do something "
        "simple: which, and what? Then write a sentence of your own, and one that says the same in other words. "
        "Do they have the same neighbours?"
    )
    question = "Put a <em>not</em> into your sentence. Do the neighbours turn into their opposite?"

    token = traitlets.Int(2).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    heads = traitlets.List(traitlets.Unicode(), list(HEADS)).tag(sync=True)

    @property
    def tokens(self) -> list[str]:
        """The tokens of the current text."""
        return list(self.data["tokens"])

    @property
    def neighbours(self) -> list[tuple[str, float]]:
        """The nearest film sentences with their cosine similarity, best first."""
        return [(sentence, similarity) for sentence, similarity in self.data["neighbours"]]

    @traitlets.validate("head")
    def _existing(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < len(HEADS):
            raise traitlets.TraitError(f"head counts the {len(HEADS)} entries of `heads` from 0.")
        return proposal["value"]

    @traitlets.validate("token")
    def _not_negative(self, proposal: Any) -> Any:
        if proposal["value"] < 0:
            raise traitlets.TraitError("token counts from 0.")
        return proposal["value"]

    def picture(self) -> Figure:
        """Where the chosen token looks, and the nearest sentences."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=(1, 1.1))
        tokens = [printable(token) for token in self.tokens]
        at = min(self.token, len(tokens) - 1)
        above.bar(range(len(tokens)), self.data["attention"][self.head][at], color=base.COLOURS["blue"])
        turn = {"rotation": 45, "ha": "right"} if len(tokens) > 14 else {}
        above.set_xticks(range(len(tokens)), tokens, fontsize=9, **turn)
        above.set(ylim=(0, 1), ylabel="attention", title=f"Where “{tokens[at]}” looks: {self.heads[self.head]}")
        near = self.neighbours
        below.barh(range(len(near)), [similarity for _, similarity in near], color=base.COLOURS["blue"], alpha=0.35)
        for row, (sentence, similarity) in enumerate(near):
            below.text(0.01, row, f"{similarity:.2f}  {printable(sentence, 95)}", va="center", fontsize=10)
        below.set(xlim=(0, 1), ylim=(NEIGHBOURS - 0.4, -0.6), yticks=[], xlabel="cosine similarity")
        below.set_title("The nearest film sentences" if near else "No known word, no neighbours")
        return figure


def first_taste(text: str = TEXT) -> FirstTaste:
    """Type a sentence and see what MiniLM makes of it; the first call reads 1,000 film sentences, which takes a while.

    Read `widget.tokens` and `widget.neighbours` in any later cell. Raises ValueError if the text is no string.
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    clean = text.encode("utf-8", "replace").decode()  # half an emoji is no text

    def answer(text: str) -> dict[str, Any]:
        return read(text, *minilm(), *film_library())

    return FirstTaste(answer, data={**answer(clean), "text": clean}, text=clean)
