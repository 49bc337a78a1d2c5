"""The beam as a tree: every text that was kept or left, and where the model looked as it wrote each token.

The kernel asks the model once, for the table that a beam of any width needs; the search itself runs in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import traitlets
from matplotlib.figure import Figure

from lessons.kit import checks
from lessons.kit.texts import listed
from lessons.kit.training import evaluating
from lessons.tokens import BytePairTokenizer
from lessons.transformer import Transformer
from lessons.translation.search import Hypothesis, beam_search, continuations
from lessons.translation.sentences import END, START, encoded, pieces
from lessons.translation.translator import reader
from lessons.widgets import base

WIDEST = 6
MAX_LENGTH = 24
MOST_TEXTS = 6  # sentences that one widget holds
HIGHEST_POWER = 2.0

Table = dict[str, dict[str, Any]]  # "5,17" -> the next tokens of that text, and where the model looked for them


def key(token_ids: Sequence[int]) -> str:
    """The name of a text in the table: its ids with commas, as JavaScript writes a list."""
    return ",".join(map(str, token_ids))


@torch.no_grad()
def table(model: Transformer, tokenizer: BytePairTokenizer, text: str, widest: int, max_length: int) -> dict[str, Any]:
    """What the browser needs for one sentence: its tokens, and for each text that a beam reaches, what may follow.

    An entry holds `next`, a list of [id, spelling, log-probability], and `look`, a share for each token of the source.
    """
    (source_ids,) = encoded(tokenizer, [text])
    device = next(model.parameters()).device
    with evaluating(model):
        sources = torch.tensor([source_ids], device=device)
        memory, mask = model.encode(sources)
        step = reader(model, sources)
        found = continuations(step, start_id=START, end_id=END, widest=widest, max_length=max_length)
        entries: Table = {}
        for written, best in found.items():
            read = torch.tensor([[START, *written]], device=device)
            look = model.alignment(read, memory, mask)[0, -1].cpu().double().tolist()
            spelt = pieces(tokenizer, [i for i, _ in best])
            rows = [[i, words, value] for (i, value), words in zip(best, spelt, strict=True)]
            entries[key(written)] = {"next": rows, "look": look}
    return {"text": text, "source": pieces(tokenizer, source_ids), "table": entries}


def search(data: dict[str, Any], beam_size: int, length_power: float) -> list[Hypothesis]:
    """What the browser finds in a table, computed here: the texts of a beam, the best first."""
    entries, vocab_size = data["table"], 1 + max(i for e in data["table"].values() for i, *_ in e["next"])

    def step(rows: torch.Tensor, written: torch.Tensor) -> torch.Tensor:
        logs = torch.full((len(written), vocab_size), -torch.inf, dtype=torch.float64)
        for row, text in zip(logs, written[:, 1:].tolist(), strict=True):
            for i, _, value in entries[key(text)]["next"]:
                row[i] = value
        return logs

    settings: dict[str, Any] = {"beam_size": beam_size, "max_length": data["max_length"], "length_power": length_power}
    return beam_search(step, 1, start_id=START, end_id=END, **settings)[0]


class BeamTree(base.Widget):
    """A tree of what a beam keeps: `sentence` is the place of the sentence, `beam_size` and `length_power` steer it."""

    _esm = base.javascript("translation/beam.js")
    _css = base.style("translation/translation.css")

    name = "The beam as a tree"
    task = (
        "Start with a beam of 1, then widen it. Find the step at which the best text of the wide beam was not the most "
        "probable one: a greedy search would have lost it there. Point at a token to see where the model looked."
    )
    question = "Set the power of the length to 0 and to 2. Which texts win, and would you have chosen them?"

    data: traitlets.List = traitlets.List().tag(sync=True)
    sentence = traitlets.Int(0).tag(sync=True)
    beam_size = traitlets.Int(1).tag(sync=True)
    length_power = traitlets.Float(1.0).tag(sync=True)
    widest = traitlets.Int(WIDEST).tag(sync=True)

    @traitlets.validate("sentence")
    def _one_of_them(self, proposal: Any) -> int:
        return min(max(0, proposal["value"]), max(0, len(self.data) - 1))

    @traitlets.validate("beam_size")
    def _from_one(self, proposal: Any) -> int:
        return min(max(1, proposal["value"]), self.widest)

    @traitlets.validate("length_power")
    def _power(self, proposal: Any) -> float:
        value = proposal["value"]
        return min(max(0.0, value), HIGHEST_POWER) if value == value else 1.0  # NaN is no number

    @property
    def hypotheses(self) -> list[Hypothesis]:
        """The texts that the beam found for the sentence on the screen, the best first."""
        return search(self.data[self.sentence], self.beam_size, self.length_power)

    def picture(self) -> Figure:
        """The texts of a beam of four, each token in a box, and their scores."""
        shown = self.data[self.sentence]
        found = search(shown, min(4, self.widest), 1.0)
        figure = Figure(figsize=(9, 0.5 * len(found) + 0.9), layout="constrained")
        axes = figure.subplots()
        axes.axis("off")
        axes.set(xlim=(0, 1), ylim=(len(found) + 0.5, -0.5), title=shown["text"][:80].replace("$", r"\$"))
        for row, text in enumerate(found):
            words = f"{text.score(1.0):6.2f}   {self._spelt(shown, text)}"
            axes.text(0, row + 0.3, words.replace("$", r"\$")[:110], family="monospace", fontsize=10, va="center")
        return figure

    def _spelt(self, shown: dict[str, Any], text: Hypothesis) -> str:
        words = []
        for at, token_id in enumerate(text.token_ids):
            rows = shown["table"][key(text.token_ids[:at])]["next"]
            words.append(next(spelt for i, spelt, _ in rows if i == token_id))
        return "|".join(words)


TEXTS = (
    "I have never seen such a beautiful city.",
    "The cat is sleeping under the table.",
    "He didn't know what to do.",
)


def beam_tree(
    model: Transformer,
    tokenizer: BytePairTokenizer,
    texts: Sequence[str] = TEXTS,
    *,
    beam_size: int = 3,
    widest: int = WIDEST,
    max_length: int = MAX_LENGTH,
) -> BeamTree:
    """The beam of a translator on some sentences, as a tree. The model is asked here; afterwards it is not needed.

    Read `widget.hypotheses` in any later cell. Raises ValueError for no sentence or more than six, one that is empty,
    a beam wider than `widest`, and a model and a tokenizer that do not fit; TypeError for one bare string.
    """
    texts = listed(texts)
    checks.whole(beam_size=beam_size, widest=widest, max_length=max_length)
    if not isinstance(model, Transformer) or not isinstance(tokenizer, BytePairTokenizer):
        raise ValueError("A translator and its tokenizer are due: a lessons.translation.Translator and the subwords.")
    if model.source.num_embeddings != len(tokenizer):
        raise ValueError(f"The model has {model.source.num_embeddings:,} tokens, the tokenizer {len(tokenizer):,}.")
    if not 1 <= len(texts) <= MOST_TEXTS or not all(text.strip() for text in texts):
        raise ValueError(f"Give 1 to {MOST_TEXTS} sentences, none of them empty.")
    if beam_size > widest:
        raise ValueError(f"A beam of {beam_size} is wider than {widest}, the widest that is prepared.")
    more = {"max_length": max_length, "end": END}
    data = [{**table(model, tokenizer, text, widest, max_length), **more} for text in texts]
    return BeamTree(data=data, beam_size=beam_size, widest=widest)
