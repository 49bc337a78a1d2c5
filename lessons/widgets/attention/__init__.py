"""Attention explorer: every layer and head of a real model on any text, or the learner's own attention.

The kernel sends the scores before the softmax once, as float32; temperature and masks are applied in the browser
(formulas.js) and, for `widget.weights` and the static picture, by `lessons.attention.masked_softmax`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from torch import Tensor

from lessons.attention import causal_mask, masked_softmax, split_heads
from lessons.bert import BERT
from lessons.kit import plots, pretrained
from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, PADDING, SPECIAL, TextWidget, notes, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FIRST_HEAD = 10  # of layer 0 in MiniLM: words look at the words that they have to do with
TEXT = "The bank of the river was muddy."
MOST_TOKENS = 64  # what can be drawn legibly; 72 heads of 64 tokens are 1.2 MB
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.1, 10.0


# --- formulas ---------------------------------------------------------------------------------------------------------


def allowed_pairs(tokens: Sequence[str], causal: bool, hide_padding: bool, hide_special: bool) -> Tensor:
    """Which token (row) may look at which (column): boolean (tokens, tokens)."""
    hidden = [(hide_padding and token == PADDING) or (hide_special and token in SPECIAL) for token in tokens]
    every = torch.ones(len(tokens), len(tokens), dtype=torch.bool)
    return (causal_mask(len(tokens)) if causal else every) & ~torch.tensor(hidden)


def attention_weights(scores: ArrayLike, mask: Tensor, temperature: float) -> np.ndarray:
    """Softmax of scores / temperature over the keys that the mask allows, in float64; a row without one is zeros."""
    return masked_softmax(torch.from_numpy(np.asarray(scores, dtype=float)) / temperature, mask).numpy()


def entropy_bits(row: ArrayLike) -> float:
    """-Σ p log2 p: 0 for a row that looks at one token (or at none), log2 k for k tokens equally."""
    weights = np.asarray(row, dtype=float)
    weights = weights[weights > 0]
    return float(-(weights * np.log2(weights)).sum()) + 0.0


# --- where the scores come from ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scores:
    """Tokens, the scores of all heads before masks and softmax, and what a reader should be told about them."""

    tokens: list[str]
    scores: np.ndarray  # (layers, heads, tokens, tokens), float32
    note: str = ""


def scores_of_text(text: str, model: BERT, tokenizer: PreTrainedTokenizerBase) -> Scores:
    """What every head of the model computes on a text: query · key / √head_dim.

    [PAD] typed anywhere in the text goes to the end, as in a batch. Longer texts than MOST_TOKENS are cut, and the note
    says so.
    """
    limit = min(MOST_TOKENS, model.config.max_position_embeddings)
    pieces = tokenizer(text[:MOST_CHARACTERS], add_special_tokens=False, verbose=False)["input_ids"]
    real = [piece for piece in pieces if piece != tokenizer.pad_token_id]
    token_ids = [tokenizer.cls_token_id, *real[: limit - 2], tokenizer.sep_token_id]
    token_ids += [tokenizer.pad_token_id] * min(len(pieces) - len(real), limit - len(token_ids))
    tokens = list(tokenizer.convert_ids_to_tokens(token_ids))
    ids = torch.tensor([token_ids])
    with torch.no_grad():
        states = model(ids, (ids != tokenizer.pad_token_id).long(), every_layer=True).hidden_states
        scores = torch.cat([layer.attention.scores(x) for layer, x in zip(model.layers, states[:-1], strict=True)])
    return Scores(tokens, scores.numpy(), " ".join(notes(text, tokens, len(real) + 2, limit)))


def scores_of_vectors(tokens: Sequence[str], query: ArrayLike | Tensor, key: ArrayLike | Tensor) -> Scores:
    """query · key / √dim of your own vectors: (tokens, dim), (heads, tokens, dim) or (layers, heads, tokens, dim).

    Raises ValueError for shapes that do not fit each other or the tokens, and for scores that are not finite.
    """
    names, queries, keys = _names(tokens), _array(query, "query"), _array(key, "key")
    if queries.shape != keys.shape:
        raise ValueError(f"query and key need the same shape; they have {queries.shape} and {keys.shape}.")
    if queries.ndim not in (2, 3, 4) or 0 in queries.shape:
        raise ValueError(
            f"query must be (tokens, dim), (heads, tokens, dim) or with layers first, not {queries.shape}."
        )
    if queries.shape[-2] != len(names):
        raise ValueError(
            f"There are {len(names)} tokens, but query holds {queries.shape[-2]} of them: {queries.shape}."
        )
    with np.errstate(over="ignore", invalid="ignore"):
        scores = (queries @ keys.swapaxes(-2, -1) / math.sqrt(queries.shape[-1])).astype(np.float32)
    if not np.isfinite(scores).all():
        raise ValueError("Some scores are not finite numbers: look for NaN or very large values in query and key.")
    return Scores(names, scores.reshape(-1, *scores.shape[-3:]) if scores.ndim > 2 else scores[None, None])


def scores_of_module(tokens: Sequence[str], module: Any, hidden: ArrayLike | Tensor) -> Scores:
    """The scores of an attention module (with `query`, `key` and `n_heads`) on its input `hidden` (tokens, dim).

    Raises ValueError if the module is of another kind or the vectors do not fit it.
    """
    parts = [getattr(module, name, None) for name in ("query", "key", "n_heads")]
    if not all(parts):
        raise ValueError(
            "module needs `query` and `key` (linear maps) and `n_heads`, as lessons.attention.MultiHeadAttention has."
        )
    first = next(module.parameters())
    vectors = torch.as_tensor(np.asarray(_array(hidden, "hidden"))).to(first)
    vectors = vectors[0] if vectors.ndim == 3 and len(vectors) == 1 else vectors  # a batch of one
    if vectors.ndim != 2 or vectors.shape[1] != module.query.in_features:
        raise ValueError(f"hidden must be (tokens, {module.query.in_features}), not {tuple(vectors.shape)}.")
    with torch.no_grad():
        query, key = (split_heads(part(vectors), module.n_heads) for part in (module.query, module.key))
    return scores_of_vectors(tokens, query, key)


def _names(tokens: Sequence[str]) -> list[str]:
    if isinstance(tokens, str):
        raise ValueError("tokens must be a list of strings, not one string: tokens=text.split().")
    if not 1 <= len(tokens) <= MOST_TOKENS:
        raise ValueError(f"The explorer draws 1 to {MOST_TOKENS} tokens, not {len(tokens)}.")
    return [str(token) for token in tokens]


def _array(values: ArrayLike | Tensor, name: str) -> np.ndarray:
    try:
        return np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in a regular array: {error}") from error


# --- the widget -------------------------------------------------------------------------------------------------------


class AttentionExplorer(TextWidget):
    """Who looks at whom, in every head; `text`, `layer`, `head`, `token`, `temperature` and the masks follow the view.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for values that no picture can show.
    """

    _esm = base.javascript("base/text.js", "attention/formulas.js", "attention/attention.js")
    _css = base.style("base/text.css", "attention/attention.css")

    name = "Attention explorer"

    editable = traitlets.Bool().tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    token = traitlets.Int(0).tag(sync=True)
    direction = traitlets.Enum(["from", "to"], "from").tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    causal = traitlets.Bool(False).tag(sync=True)
    hide_padding = traitlets.Bool(False).tag(sync=True)
    hide_special = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, scores: Scores, texts: tuple[str, str], read: Callable[[str], Scores] | None = None, **values: Any
    ) -> None:
        editable = read is not None
        self.task, self.question = texts
        values = {"hide_padding": editable, "token": min(2, len(scores.tokens) - 1), **values}
        data = {**_packed(scores), "text": values.get("text", "")}
        super().__init__((lambda text: _packed(read(text))) if read else None, data=data, editable=editable, **values)

    @property
    def tokens(self) -> list[str]:
        """The tokens of the current text."""
        return list(self.data["tokens"])

    @property
    def scores(self) -> np.ndarray:
        """Scores before masks and softmax: (layers, heads, tokens, tokens)."""
        n = len(self.data["tokens"])
        return np.frombuffer(self.data["scores"], dtype="<f4").reshape(*self.data["shape"], n, n)

    @property
    def weights(self) -> np.ndarray:
        """The weights (tokens, tokens) that are seen now, of one head, with its temperature and masks."""
        allowed = allowed_pairs(self.tokens, self.causal, self.hide_padding, self.hide_special)
        return attention_weights(self.scores[self.layer, self.head], allowed, self.temperature)

    @traitlets.validate("layer", "head")
    def _existing(self, proposal: Any) -> Any:
        what, value = proposal["trait"].name, proposal["value"]
        count = self.data["shape"][0 if what == "layer" else 1]
        if not 0 <= value < count:
            raise traitlets.TraitError(f"There are {count} {what}s, counted from 0; {value} is none of them.")
        return value

    @traitlets.validate("token")
    def _not_negative(self, proposal: Any) -> Any:
        if proposal["value"] < 0:
            raise traitlets.TraitError("token counts from 0.")
        return proposal["value"]

    @traitlets.validate("temperature")
    def _in_range(self, proposal: Any) -> Any:
        if not LEAST_TEMPERATURE <= proposal["value"] <= MOST_TEMPERATURE:
            raise traitlets.TraitError(
                f"The temperature must be between {LEAST_TEMPERATURE} and {MOST_TEMPERATURE}, not {proposal['value']}."
            )
        return proposal["value"]

    def picture(self) -> Figure:
        """Where one token looks, as lines and bars, and all weights of the head."""
        weights, tokens = self.weights, [printable(token) for token in self.tokens]
        token, n = min(self.token, len(tokens) - 1), len(tokens)
        figure = Figure(figsize=(9, float(np.clip(0.2 * n, 3.8, 8))), layout="constrained")
        left, right = figure.subplots(1, 2)
        looked = weights[token] if self.direction == "from" else weights[:, token]
        _draw_columns(left, tokens, token, looked)
        title = "where “{}” looks" if self.direction == "from" else "who looks at “{}”"
        left.set_title(title.format(tokens[token]), fontsize=11)
        plots.attention(np.sqrt(weights), tokens, right)
        right.set_title(f"layer {self.layer}, head {self.head} (counted from 0)", fontsize=11)
        right.tick_params(labelsize=9 if n <= 24 else 4)
        return figure


# Task and open question, for each source of attention.
ONE_SIDED = "Who looks at a token need not be whom it looks at. What in query · key makes attention one-sided?"
MINILM = (
    "Somewhere in layer 0 a head always looks one token back; elsewhere one looks ahead, and many at "
    "<code>[CLS]</code>. Find one of each (the arrow keys go from head to head), then write a sentence that breaks "
    "its habit.",
    "The vectors of a head have d = 32 numbers, and its scores were divided by √32. "
    "Temperature 1/√32 ≈ 0.18 undoes that. "
    "What happens to the entropy, and what would it mean for the gradients of the softmax?",
)
MODEL = (
    "Choose heads with the arrow keys and look for habits: a diagonal, one dark column, words of one kind that look at "
    "each other. Write another sentence: which habits does a head keep?",
    ONE_SIDED,
)
VECTORS = (
    "Choose a token and see where it looks. Lower the temperature: does its entropy fall below one bit? Raise it: "
    "when does it look everywhere alike? Then switch on the causal mask and say which row cannot change any more.",
    ONE_SIDED,
)


def _packed(scores: Scores) -> dict[str, Any]:
    flat = np.ascontiguousarray(scores.scores, dtype="<f4")
    return {
        "tokens": scores.tokens,
        "scores": flat.tobytes(),
        "shape": list(flat.shape[:2]),
        "note": scores.note,
    }


def _draw_columns(axes: Axes, tokens: Sequence[str], token: int, weights: np.ndarray) -> None:
    """The chosen token on the left, lines as thick as weights, all tokens with bars on the right."""
    size = float(np.clip(170 / len(tokens), 4, 11))
    for other, weight in enumerate(weights):
        axes.plot([0, 1], [token, other], color=base.COLOURS["blue"], linewidth=9 * weight, solid_capstyle="butt")
        axes.barh(other, 0.5 * weight, left=1.75, height=0.7, color=base.COLOURS["blue"])
        axes.text(2.3, other, f"{weight:.3f}", fontsize=size, va="center")
        weight_of_type = "bold" if other == token else "normal"
        axes.text(-0.04, other, tokens[other], fontsize=size, va="center", ha="right", fontweight=weight_of_type)
        axes.text(1.04, other, tokens[other], fontsize=size, va="center")
    axes.set(xlim=(-0.7, 2.7), ylim=(len(tokens) - 0.4, -0.6))
    axes.axis("off")


@lru_cache(maxsize=1)
def _minilm() -> tuple[BERT, PreTrainedTokenizerBase]:
    return BERT.from_pretrained("minilm"), pretrained.tokenizer("minilm")


def _reader(model: BERT | None, tokenizer: PreTrainedTokenizerBase | None) -> Callable[[str], Scores]:
    """A function text -> scores. Your own model is copied: training it further must not disturb the widget."""
    if model is None or tokenizer is None:
        return lambda text: scores_of_text(text, *_minilm())
    if not isinstance(model, BERT):
        raise ValueError(f"model must be a lessons.bert.BERT, not {type(model).__name__}.")
    still = copy.deepcopy(model).cpu().float().eval()
    return lambda text: scores_of_text(text, still, tokenizer)


def attention_explorer(
    text: str | None = None,
    *,
    model: BERT | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    tokens: Sequence[str] | None = None,
    query: Any = None,
    key: Any = None,
    module: Any = None,
    hidden: Any = None,
    layer: int = 0,
    head: int | None = None,
) -> AttentionExplorer:
    """Explore attention; there are three ways to say whose.

    - `attention_explorer("Some text.")`: MiniLM, or your own `model=` (a lessons.bert.BERT, copied as it is now) with
      its `tokenizer=`. The text can be changed in the widget.
    - `attention_explorer(tokens=[...], query=..., key=...)`: your own vectors, (tokens, dim), (heads, tokens, dim) or
      (layers, heads, tokens, dim).
    - `attention_explorer(tokens=[...], module=..., hidden=...)`: a MultiHeadAttention and its input (tokens, dim).

    Layers and heads count from 0. Read `widget.weights`, `widget.tokens` or `widget.scores` in any later cell. Raises
    ValueError for a mixture of these, shapes that do not fit, and more than 64 tokens of your own.
    """
    if text is not None and not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    number = FIRST_HEAD if head is None and model is None and tokens is None else head or 0
    parts = {"model": model, "tokenizer": tokenizer, "tokens": tokens, "query": query, "key": key}
    given = {name for name, value in {**parts, "module": module, "hidden": hidden}.items() if value is not None}
    if text is None and tokens is not None and given == {"tokens", "query", "key"}:
        return AttentionExplorer(scores_of_vectors(tokens, query, key), VECTORS, layer=layer, head=number)
    if text is None and tokens is not None and given == {"tokens", "module", "hidden"}:
        return AttentionExplorer(scores_of_module(tokens, module, hidden), VECTORS, layer=layer, head=number)
    if given not in (set(), {"model", "tokenizer"}):
        raise ValueError(
            "Give a text (and perhaps model= with tokenizer=), or tokens= with query= and key=, "
            "or tokens= with module= and hidden=; nothing else goes together."
        )
    text = TEXT if text is None else text
    read = _reader(model, tokenizer)
    texts = MINILM if model is None else MODEL
    return AttentionExplorer(read(text), texts, read, text=text, layer=layer, head=number)
