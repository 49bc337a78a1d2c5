"""Two widgets on the Transformer: where a translator of dates looks, and what the place of the norm does when deep.

`alignment_viewer` asks the kernel for every new text; `norm_and_depth` computes its numbers once, for all depths.
"""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from lessons.attention import MultiHeadAttention
from lessons.transformer import FeedForward, Transformer, dates
from lessons.widgets import base
from lessons.widgets.base.text import TextWidget

# --- where the translator looks ---------------------------------------------------------------------------------------

TEXT = "воскресенье, 14 марта 1999 г."
EXAMPLES = {
    "Russian": TEXT,
    "German": "Freitag, 1. Februar 2036",
    "Spanish": "domingo, 30 de junio de 2019",
    "Japanese": "2011年10月5日水曜日",
    "Hebrew": "14 במרץ 1999",  # never trained on
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
        logits = model(characters.encode([cleaned]).to(ids.device), dates.teacher_forcing(ids)).cpu()  # (1, 10, 12)
    alignment = alignment.cpu()  # Apple's graphics cards know no double precision
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


class AlignmentViewer(TextWidget):
    """Which characters of a date the decoder looked at for each that it wrote; `text` and `place` (0 to 9) follow it.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("base/text.js", "transformer/transformer.js")
    _css = base.style("base/text.css", "transformer/transformer.css")

    name = "Alignment viewer"
    task = (
        "Write a date of your own, in any language, and walk along what was written with the arrow keys. Then spoil "
        "it: another weekday, a letter of the month, Hebrew. What gives way first?"
    )
    question = "For the hyphens there is nothing to find in the text. Where does it look then?"

    place = traitlets.Int(0).tag(sync=True)
    examples = traitlets.Dict(EXAMPLES).tag(sync=True)
    places = traitlets.List(list(PLACES)).tag(sync=True)

    def __init__(self, reader: Callable[..., dict[str, Any]], text: str) -> None:
        super().__init__(reader, data={**reader(text=text), "text": text}, text=text)

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
        raise ValueError(
            "Give a lessons.transformer.Transformer and the Characters (lessons.transformer.dates) that it reads."
        )
    sizes = (model.source.num_embeddings, model.output.out_features)
    if sizes != (len(characters), dates.TARGETS):
        raise ValueError(f"The model reads {sizes[0]} characters and writes {sizes[1]}, not {len(characters)} and 12.")
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    still = copy.deepcopy(model).cpu().eval()  # training it further must not disturb the widget
    return AlignmentViewer(lambda text: read(still, characters, text), text)


# --- the norm and depth -----------------------------------------------------------------------------------------------

DEPTH, SIZE, TOKENS, BATCH, PUSH = 24, 64, 10, 2, 1e-4
Step = Callable[[Tensor, nn.Module, Callable[[Tensor], Tensor]], Tensor]
STEPS: dict[str, Step] = {
    "pre-norm": lambda x, norm, f: x + f(norm(x)),
    "post-norm": lambda x, norm, f: norm(x + f(x)),
    "residuals only": lambda x, norm, f: x + f(x),
    "norms only": lambda x, norm, f: norm(f(x)),
    "neither": lambda x, norm, f: f(x),
}
NORM = nn.LayerNorm(SIZE).double().requires_grad_(False)  # untrained ones are all alike


def stack(seed: int) -> nn.ModuleList:
    """24 untrained layers: pairs of attention and feed-forward, in float64. Its first n are a stack of depth n."""
    torch.manual_seed(seed)
    pairs = [nn.ModuleList([MultiHeadAttention(SIZE, 4), FeedForward(SIZE, 4 * SIZE)]) for _ in range(DEPTH)]
    return nn.ModuleList(pairs).double()


def _through(step: Step, attend: Any, think: Any, x: Tensor) -> Tensor:
    return step(step(x, NORM, attend), NORM, think)


def run(layers: Iterable[Any], step: Step, x: Tensor) -> list[Tensor]:
    """The stream before the first layer and after each; the output at any depth is the norm of the stream there."""
    stream = [x]
    for attend, think in layers:
        stream.append(_through(step, attend, think, stream[-1]))
    return stream


def slopes(layers: Sequence[nn.Module], stream: list[Tensor], probe: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """The gradients of Σ probe · output in the stream and in the weights of these layers."""
    weights = [weight for layer in layers for weight in layer.parameters()]
    loss = (NORM(stream[len(layers)]) * probe).sum()
    found = torch.autograd.grad(loss, [*stream[: len(layers) + 1], *weights], retain_graph=True)
    return list(found[: len(layers) + 1]), list(found[len(layers) + 1 :])


@torch.no_grad()
def push(layers: Iterable[nn.Module], copies: Iterable[nn.Module], downhill: Iterable[Tensor]) -> None:
    """Set the weights of the copies to those of the layers, each moved by 0.0001 against its gradient."""
    pairs = zip(layers, copies, strict=True)
    weights = [pair for layer, other in pairs for pair in zip(layer.parameters(), other.parameters(), strict=True)]
    for (weight, moved), gradient in zip(weights, downhill, strict=True):
        torch.sub(weight, gradient.sign(), alpha=PUSH, out=moved)


@cache
def numbers() -> dict[str, dict[str, list]]:
    """What is drawn, for each step and 1 to 24 layers of one untrained stack: `gradients` and `moves`.

    Gradients are lengths along the stream, relative to the last. A move is how far the push of all weights moves the
    output, relative to its length; "neither" has none, for nothing but its last layers counts.
    """
    found: dict[str, dict[str, list]] = {name: {"gradients": [], "moves": []} for name in STEPS}
    with torch.random.fork_rng():
        layers = list(stack(0))
        copies = copy.deepcopy(layers)
        for copied in copies:
            copied.requires_grad_(False)
        x, probe = torch.randn(2, BATCH, TOKENS, SIZE, dtype=torch.double)
        for name, step in STEPS.items():
            stream = run(layers, step, x.requires_grad_())
            for depth in range(1, DEPTH + 1):
                along, downhill = slopes(layers[:depth], stream, probe)
                lengths = [gradient.norm().item() for gradient in along]
                found[name]["gradients"].append([length / lengths[-1] for length in lengths])
                if name != "neither":
                    push(layers[:depth], copies[:depth], downhill)
                    before, after = NORM(stream[depth]).detach(), NORM(run(copies[:depth], step, x.detach())[-1])
                    found[name]["moves"].append(((after - before).norm() / before.norm()).item())
    return found


class NormAndDepth(base.Widget):
    """Gradients and steps in untrained stacks of 1 to 24 layers; `depth` follows the slider, and moves it."""

    _esm = base.javascript("transformer/depth.js")
    _css = base.style("transformer/transformer.css")

    name = "Norm and depth"
    task = (
        "Make the stack deeper. Which curve leaves the left picture? From which depth on do post-norm and pre-norm "
        "part in the right one, where every weight moves by 0.0001 against its gradient, as in a first step of Adam?"
    )
    question = "Why should a deep post-norm stack begin with smaller steps than a pre-norm stack?"

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
        looks = {
            "pre-norm": ("blue", "-", "o"),
            "post-norm": ("red", "--", "s"),
            "residuals only": ("orange", ":", "v"),
            "norms only": ("pink", "-.", "D"),
            "neither": ("green", ":", "^"),
        }
        for name, (colour, line, marker) in looks.items():
            look = {"color": base.COLOURS[colour], "linestyle": line, "marker": marker, "markersize": 4, "label": name}
            left.plot(range(self.depth + 1), self.data[name]["gradients"][self.depth - 1], **look)
            if name != "neither":
                right.plot(range(1, DEPTH + 1), 100 * np.array(self.data[name]["moves"]), **look)
        left.set(yscale="log", ylim=(1e-9, 30), xlim=(-0.5, DEPTH + 0.5))
        left.set(xlabel="layers passed", ylabel="gradient, relative to the end")
        left.legend(fontsize=9)
        right.axvline(self.depth, color="0.5")
        right.set(xlabel="layers in the stack", ylabel="the output moves by (%)", ylim=(0, None))
        return figure


def norm_and_depth() -> NormAndDepth:
    """Norms, residuals, both or none in untrained stacks of 1 to 24 layers; read `widget.data` in any later cell."""
    return NormAndDepth(data=numbers())
