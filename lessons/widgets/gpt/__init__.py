"""Inside your GPT: a model that the learner has trained, whole, in the browser. formulas.js is its twin.

Weights travel as bytes: matrices as 8-bit integers with a float32 factor for each row, vectors as float32. What this
rounding costs is measured and shown.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lessons.gpt import GPT, Sampler
from lessons.kit.training import evaluating
from lessons.tokens import BytePairTokenizer
from lessons.widgets import base
from lessons.widgets.base.byte_pair import byte_level_data
from lessons.widgets.base.text import printable

MOST_PARAMETERS = 3_000_000  # a page has to carry them
TEXT = "ROMEO:\\nI will"


def packed(model: GPT) -> tuple[bytes, list[dict[str, Any]]]:
    """The weights as bytes, and where each tensor stands in them."""
    content, tensors = bytearray(), []
    for name, tensor in model.state_dict().items():
        values = tensor.detach().cpu().float().numpy()
        rows, columns = values.shape if values.ndim == 2 else (1, values.size)
        row: dict[str, Any] = {"name": name, "rows": rows, "columns": columns, "factors": None}
        if values.ndim == 2:
            factors = np.maximum(np.abs(values).max(1), 1e-12).astype("<f4") / np.float32(127)
            row["factors"] = len(content)
            content += factors.tobytes()
            row["start"] = len(content)
            content += np.rint(values / factors[:, None]).astype(np.int8).tobytes()
            content += bytes(-len(content) % 4)
        else:
            row["start"] = len(content)
            content += values.astype("<f4").tobytes()
        tensors.append(row)
    return bytes(content), tensors


def rounded(model: GPT) -> GPT:
    """A copy with the weights that the browser has."""
    content, tensors = packed(model)
    ours, found = copy.deepcopy(model), {}
    for row in tensors:
        n = row["rows"] * row["columns"]
        if row["factors"] is None:
            values = np.frombuffer(content, "<f4", n, row["start"])
        else:
            factors = np.frombuffer(content, "<f4", row["rows"], row["factors"])
            whole = np.frombuffer(content, np.int8, n, row["start"]).reshape(row["rows"], row["columns"])
            values = whole * factors[:, None]
        shape = model.state_dict()[row["name"]].shape
        found[row["name"]] = torch.from_numpy(values.astype(np.float32)).reshape(shape)
    ours.load_state_dict(found)
    return ours


@torch.no_grad()
def cost_of_rounding(model: GPT, token_ids: Tensor) -> tuple[float, float]:
    """Largest difference of any logit on a text (1, tokens), and bits per token lost on it, negative if gained."""
    logits = []
    for each in (model, rounded(model)):
        with evaluating(each):
            logits.append(each(token_ids.to(each.token.weight.device))[0, :-1].cpu().double())
    targets = token_ids[0, 1:].cpu()
    losses = [torch.nn.functional.cross_entropy(each, targets).item() for each in logits]
    return (logits[0] - logits[1]).abs().max().item(), (losses[1] - losses[0]) / math.log(2)


class InsideGPT(base.Widget):
    """A `text` and how the next token is chosen; everything else is computed in the browser.

    Setting `text` or a setting in Python moves the picture.
    """

    _esm = base.javascript("base/text.js", "tokens/formulas.js", "gpt/formulas.js", "gpt/inside.js")
    _css = base.style("base/text.css", "gpt/gpt.css")

    name = "Inside your GPT"
    task = (
        "Let it write, then click a token, a layer, a head, and any number: the sum that made it appears. Find a head "
        "that looks at the token before."
    )
    question = "At temperature 0, how many tokens does it take to fall into a loop?"

    weights = traitlets.Bytes().tag(sync=True)
    structure = traitlets.Dict().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(0.8, min=0, max=2).tag(sync=True)
    top_k = traitlets.Int(0, min=0, max=50).tag(sync=True)
    top_p = traitlets.Float(1.0, min=0.05, max=1).tag(sync=True)
    min_p = traitlets.Float(0.0, min=0, max=0.5).tag(sync=True)

    def __init__(self, model: GPT, tokenizer: BytePairTokenizer, text: str) -> None:
        self._gpt, self._tokenizer = rounded(model).cpu().eval(), tokenizer
        super().__init__(text=text)
        content, tensors = packed(model)
        config = model.config
        sizes = {name: getattr(config, name) for name in ("vocab_size", "hidden_size", "n_layers", "n_heads")}
        self.structure = {
            "tensors": tensors,
            "sizes": {**sizes, "max_length": config.max_length, "epsilon": config.epsilon},
            "tokenizer": byte_level_data(tokenizer),
            "tokens": [tokenizer.decode([i]) for i in range(len(tokenizer))],
            "note": self._note(model, content),
        }
        self.weights = content

    def _note(self, model: GPT, content: bytes) -> str:
        difference, bits = cost_of_rounding(model, torch.tensor([self.token_ids or [0, 0]]))
        size = sum(parameter.numel() for parameter in model.parameters())
        return (
            f"{size:,} weights in {len(content) / 1e6:.1f} MB, rounded to 8 bits: on this text no logit moves by more "
            f"than {difference:.2f}, and a token costs {abs(bits):.3f} bits {'more' if bits >= 0 else 'less'}."
        )

    @property
    def token_ids(self) -> list[int]:
        """The tokens of the text, as many as the model has positions."""
        text = self.text.replace("\\n", "\n")
        return self._tokenizer.encode(text)[: self._gpt.config.max_length]

    @property
    def probabilities(self) -> Tensor:
        """What the next token is drawn from, (vocab_size,), with the weights that the browser has."""
        ids = torch.tensor([self.token_ids or self._tokenizer.encode("\n")])
        sampler = Sampler(
            self.temperature, self.top_k or None, self.top_p if self.top_p < 1 else None, self.min_p or None
        )
        with torch.no_grad():
            logits = sampler.logits(self._gpt(ids)[:, -1].double(), ids)[0]
        return (
            logits.softmax(0) if self.temperature else torch.nn.functional.one_hot(logits.argmax(), len(logits)) * 1.0
        )

    def picture(self) -> Figure:
        """The ten likeliest next tokens as bars."""
        figure = Figure(figsize=(6, 3.2), layout="constrained")
        axes = figure.subplots()
        found = self.probabilities.topk(10)
        names = [printable(repr(self._tokenizer.decode([i]))[1:-1] or " ") for i in found.indices.tolist()]
        axes.barh(range(10), found.values.numpy(), color=base.COLOURS["blue"])
        axes.set_yticks(range(10), names)
        axes.invert_yaxis()
        axes.set(xlabel="probability", title=f"after {printable(self.text[-40:], 42)}")
        return figure


def inside_gpt(model: GPT, tokenizer: BytePairTokenizer, text: str = TEXT) -> InsideGPT:
    """A GPT, whole, in the browser: type or let it write, and look at any number. `\\n` in the text is a new line.

    Raises ValueError for a model of more than 3 million parameters, or another vocabulary than the tokenizer's.
    """
    size = sum(parameter.numel() for parameter in model.parameters())
    if size > MOST_PARAMETERS:
        raise ValueError(f"The browser takes models of {MOST_PARAMETERS:,} parameters at most; this one has {size:,}.")
    if len(tokenizer) != model.config.vocab_size:
        raise ValueError(f"The model has {model.config.vocab_size:,} tokens and the tokenizer {len(tokenizer):,}.")
    return InsideGPT(model, tokenizer, text)
