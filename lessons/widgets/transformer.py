"""Two widgets on the Transformer: where a translator of dates looks, and what the place of the norm does when deep.

`alignment_viewer` asks the kernel for every new text; `norm_and_depth` computes its numbers once, for all depths.
"""

from __future__ import annotations

import copy
import math
import threading
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from lessons import dates
from lessons.attention import MultiHeadAttention
from lessons.transformer import FeedForward, LayerNorm, Transformer

from . import base

# --- where the translator looks ---------------------------------------------------------------------------------------

TEXT = "суббота, 14 марта 1987 г."
EXAMPLES = {
    "Russian": TEXT,
    "German": "Montag, 1. Februar 2010",
    "Spanish": "viernes, 30 de junio de 2034",
    "Japanese": "2004年10月5日火曜日",
    "Hebrew": "14 במרץ 1987",  # never trained on
}
MOST_CHARACTERS = 64
PLACES = (
    *("1st digit of the year", "2nd digit of the year", "3rd digit of the year", "4th digit of the year"),
    *("hyphen after the year", "1st digit of the month", "2nd digit of the month", "hyphen after the month"),
    *("1st digit of the day", "2nd digit of the day"),
)
RIGHT_TO_LEFT = "This is written from right to left. Here its characters stand as the model reads them: first to last."


def read(model: Transformer, characters: dates.Characters, text: str) -> dict[str, Any]:
    """What is drawn for a text: its characters, what was written, shares (10, n), entropies and probabilities (10, 12).

    The shares are the mean over layers and heads of the cross-attention. Raises ValueError for a text that is empty or
    too long.
    """
    cleaned = " ".join(text.split())  # as in training: ordinary spaces only
    most = min(MOST_CHARACTERS, model.source_position.num_embeddings)
    if not cleaned:
        raise ValueError("there is nothing to translate. Write a date, such as 14 March 1987.")
    if len(cleaned) > most:
        raise ValueError(f"the text has {len(cleaned):,} characters, and {most} can be read.")
    (written,), (ids, alignment) = dates.translate(model, characters, [cleaned])
    with torch.no_grad():
        logits = model(characters.encode([cleaned]), dates.teacher_forcing(ids))  # (1, 10, 12)
    return {
        "characters": [shown(character) for character in cleaned],
        "written": written,
        "shares": alignment[0].double().tolist(),
        "entropies": [entropy_bits(row) for row in alignment[0]],
        "probabilities": logits[0].double().softmax(-1).tolist(),
        "note": _note(cleaned, characters),
    }


def entropy_bits(shares: Tensor) -> float:
    """-Σ p log2 p: 0 if one character has all, log2 k for k characters alike."""
    return -torch.special.xlogy(shares.double(), shares.double()).sum().item() / math.log(2) + 0.0


def shown(character: str) -> str:
    """A character as it is drawn alone: a space as ␣, an accent on a dotted circle, an invisible one by its number."""
    category = unicodedata.category(character)
    if category.startswith("M"):
        return f"◌{character}"
    if category.startswith("C"):
        return f"U+{ord(character):04X}"
    return "␣" if character == " " else character


def _note(text: str, characters: dates.Characters) -> str:
    unknown = sorted(set(text) - set(characters.characters))
    notes = []
    if unknown:
        names = ", ".join(f"\u2068{shown(character)}\u2069" for character in unknown)  # isolated: Hebrew runs left
        missing = f"Unknown, because no training text has them: {names}."
        notes.append(f"{missing} The model reads the same “unknown” for each.")
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        notes.append(RIGHT_TO_LEFT)
    return " ".join(notes)


class AlignmentViewer(base.Widget):
    """Which characters of a date the decoder looked at for each that it wrote; `text` and `place` (0 to 9) follow it.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("transformer.js")
    _css = base.style("text.css", "transformer.css")

    name = "Alignment viewer"
    task = (
        "Move along the written characters with the arrow keys. Where does it look for the year, the month, the day? "
        "Then change a letter of the weekday, and one of the month: does what is written change, and is it less "
        "sure? At last try a language that it was never trained on: Hebrew."
    )
    question = (
        "For the hyphens, there is nothing to find in the text. Where does it look then? "
        "And does a large share prove that what stands there was used?"
    )

    text = traitlets.Unicode().tag(sync=True)
    place = traitlets.Int(0).tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    examples = traitlets.Dict(EXAMPLES).tag(sync=True)
    places = traitlets.List(list(PLACES)).tag(sync=True)

    def __init__(self, reader: Callable[[str], dict[str, Any]], text: str) -> None:
        self._read, self._busy = reader, threading.RLock()
        super().__init__(data={**reader(text), "text": text}, text=text)

    @traitlets.observe("text")
    def _read_text(self, change: Any) -> None:
        """Runs in a second thread of the kernel when the browser asks, in the main one when Python does."""
        text = change["new"]
        with self._busy:
            if text == self.data.get("text"):
                return
            try:
                self.data = {**self._read(text), "text": text}
            except Exception as error:  # whatever it is, the learner gets a sentence and keeps the last picture
                self.data = {**self.data, "text": text, "note": f"The picture is that of the text before: {error}"}

    @traitlets.validate("text")
    def _clean_text(self, proposal: Any) -> Any:
        return proposal["value"].encode("utf-8", "replace").decode()  # half an emoji is no text

    @traitlets.validate("place")
    def _existing(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < dates.ISO_LENGTH:
            raise traitlets.TraitError(f"place counts the written characters, 0 to 9, not {proposal['value']}.")
        return proposal["value"]

    @property
    def shares(self) -> np.ndarray:
        """The alignment (10, characters): each row sums to 1."""
        return np.array(self.data["shares"])

    def picture(self) -> Figure:
        """All shares: rows are written, columns are read."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.imshow(self.shares, cmap="Blues", aspect="auto", vmin=0, vmax=1)
        drawable = [c if c < "\u0590" or c == "␣" else "□" for c in self.data["characters"]]  # what the font has
        axes.set_xticks(range(len(drawable)), drawable)
        axes.set_yticks(range(dates.ISO_LENGTH), list(self.data["written"]))
        axes.set(xlabel="read", ylabel="written", title="share of each look: the mean over layers and heads")
        return figure


def alignment_viewer(model: Transformer, characters: dates.Characters, text: str = TEXT) -> AlignmentViewer:
    """See where a translator of dates looks; the model is copied as it is now.

    Read `widget.shares` and `widget.data["written"]` in any later cell. Raises ValueError for a model or characters of
    another kind or size, and for a text that is empty or longer than 64 characters.
    """
    if not isinstance(model, Transformer) or not isinstance(characters, dates.Characters):
        raise ValueError("Give a lessons.transformer.Transformer and the lessons.dates.Characters that it reads.")
    sizes = (model.source.num_embeddings, model.output.out_features)
    if sizes != (len(characters), dates.TARGETS):
        raise ValueError(f"The model reads {sizes[0]} characters and writes {sizes[1]}, not {len(characters)} and 12.")
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    still = copy.deepcopy(model).cpu().eval()  # training it further must not disturb the widget
    return AlignmentViewer(lambda new: read(still, characters, new), text)


# --- the norm and depth -----------------------------------------------------------------------------------------------

DEPTH, SIZE, TOKENS, BATCH, SEEDS, MOVE = 24, 64, 10, 2, 4, 0.003
Step = Callable[[Tensor, nn.Module, Callable[[Tensor], Tensor]], Tensor]
STEPS: dict[str, Step] = {
    "pre-norm": lambda x, norm, f: x + f(norm(x)),
    "post-norm": lambda x, norm, f: norm(x + f(x)),
    "neither": lambda x, norm, f: f(x),
}
NORM = LayerNorm(SIZE).double().requires_grad_(False)  # untrained ones are all alike


def stack(seed: int) -> nn.ModuleList:
    """24 untrained layers: pairs of attention and feed-forward, in float64. Its first n are a stack of depth n."""
    torch.manual_seed(seed)
    pairs = [nn.ModuleList([MultiHeadAttention(SIZE, 4), FeedForward(SIZE, 4 * SIZE)]) for _ in range(DEPTH)]
    return nn.ModuleList(pairs).double().requires_grad_(False)


def through(pair: Any, step: Step, x: Tensor) -> Tensor:
    """One layer: (batch, tokens, size) -> the same."""
    attend, think = pair
    return step(step(x, NORM, lambda hidden: attend(hidden)[0]), NORM, think)


def run(layers: nn.ModuleList, step: Step, x: Tensor) -> list[Tensor]:
    """The stream before the first layer and after each; the output at any depth is the norm of the stream there."""
    stream = [x]
    for pair in layers:
        stream.append(through(pair, step, stream[-1]))
    return stream


def gradients(layers: nn.ModuleList, step: Step, stream: list[Tensor], probe: Tensor) -> np.ndarray:
    """(depth, places): lengths of the gradient of Σ probe · output, in each stack relative to its last place.

    Row n belongs to the stack of the first n layers; what lies beyond its end is NaN. All stacks go back together.
    """
    depth = len(layers)
    lengths = np.full((depth + 1, depth + 1), np.nan)
    arriving = probe.new_empty(0, *probe.shape)  # one for each stack that reaches as far as this place
    for place in range(depth, -1, -1):
        last = stream[place].detach().requires_grad_()
        (begun,) = torch.autograd.grad(NORM(last), last, probe)
        arriving = torch.cat([begun[None], arriving])
        lengths[place:, place] = arriving.flatten(1).norm(dim=1)
        if place:
            below = stream[place - 1].detach().repeat(len(arriving), 1, 1).requires_grad_()
            after = through(layers[place - 1], step, below)
            (gradient,) = torch.autograd.grad(after, below, arriving.flatten(0, 1))
            arriving = gradient.unflatten(0, (len(arriving), -1))
    return lengths / np.diag(lengths)[:, None]


@torch.no_grad()
def move(layers: nn.ModuleList) -> None:
    """Move every weight by +0.003 or −0.003, each by chance."""
    for parameter in layers.parameters():
        parameter.add_(MOVE * torch.randn_like(parameter).sign())


def output_moves(before: list[Tensor], after: list[Tensor]) -> np.ndarray:
    """(depth + 1,): how far apart the outputs of two streams are at every depth, relative to the first's length."""
    ends = [(NORM(one), NORM(other)) for one, other in zip(before, after, strict=True)]
    return np.array([((other - one).norm() / one.norm()).item() for one, other in ends])


@cache
def numbers() -> dict[str, dict[str, list]]:
    """What is drawn, for each step: `gradients` of stacks of 1 to 24 layers, of one seed; `moves`, the mean of four."""
    lengths: dict[str, np.ndarray] = {}
    moves = {name: np.zeros(DEPTH + 1) for name in STEPS}
    with torch.random.fork_rng():
        for seed in range(SEEDS):
            layers = stack(seed)
            x, probe = torch.randn(2, BATCH, TOKENS, SIZE, dtype=torch.double)
            streams = {name: run(layers, step, x) for name, step in STEPS.items()}
            if seed == 0:
                lengths = {name: gradients(layers, step, streams[name], probe) for name, step in STEPS.items()}
            move(layers)
            for name, step in STEPS.items():
                moves[name] += output_moves(streams[name], run(layers, step, x)) / SEEDS
    rows = range(1, DEPTH + 1)
    return {
        name: {"gradients": [lengths[name][n, : n + 1].tolist() for n in rows], "moves": moves[name][1:].tolist()}
        for name in STEPS
    }


class NormAndDepth(base.Widget):
    """Gradients and steps in untrained stacks of 1 to 24 layers; `depth` follows the slider, and moves it."""

    _esm = base.javascript("transformer.depth.js")
    _css = base.style("transformer.css")

    name = "Norm and depth"
    task = (
        "Make the stack deeper, one layer at a time. Which of the three gradients (left) no longer arrives, and from "
        "which depth on? Then look right: from which depth on does post-norm’s output move at least a fifth farther "
        "than pre-norm’s, though each weight moves by the same ±0.003?"
    )
    question = (
        "With residuals, the gradient arrives wherever the norm stands. Why then does a deep post-norm stack need a "
        "warm-up of the learning rate, and a pre-norm stack hardly?"
    )

    depth = traitlets.Int(12).tag(sync=True)
    data = traitlets.Dict().tag(sync=True)

    @traitlets.validate("depth")
    def _in_range(self, proposal: Any) -> Any:
        if not 1 <= proposal["value"] <= DEPTH:
            raise traitlets.TraitError(f"depth must be 1 to {DEPTH} layers, not {proposal['value']}.")
        return proposal["value"]

    def picture(self) -> Figure:
        """Both pictures at the chosen depth."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        looks = {"pre-norm": ("blue", "-", "o"), "post-norm": ("red", "--", "s"), "neither": ("green", ":", "^")}
        for name, (colour, line, marker) in looks.items():
            look = {"color": base.COLOURS[colour], "linestyle": line, "marker": marker, "markersize": 4, "label": name}
            left.plot(range(self.depth + 1), self.data[name]["gradients"][self.depth - 1], **look)
            if name != "neither":
                right.plot(range(1, DEPTH + 1), 100 * np.array(self.data[name]["moves"]), **look)
        left.set(yscale="log", ylim=(1e-9, 30), xlim=(-0.5, DEPTH + 0.5))
        left.set(xlabel="layers passed", ylabel="gradient, relative to the end")
        left.legend()
        right.axvline(self.depth, color="0.5")
        right.set(xlabel="layers in the stack", ylabel="the output moves by (%)", ylim=(0, None))
        return figure


def norm_and_depth() -> NormAndDepth:
    """Pre-norm, post-norm and neither in untrained stacks of 1 to 24 layers; read `widget.data` in any later cell."""
    return NormAndDepth(data=numbers())
