"""Where attention came from: a recurrent encoder and decoder with attention, on 06's dates (Bahdanau et al. 2015).

The decoder keeps one vector, its state. Before it writes a character, it compares the state with every vector of the
encoder, through a small network instead of a dot product, and reads a mixture. Everything runs from left to right, one
step after the other: that is what the Transformer did away with.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lessons.attention import masked_softmax
from lessons.kit import checks
from lessons.transformer import Translation


class AdditiveAttention(nn.Module):
    """score = v · tanh(W query + U key) (Bahdanau et al. 2015, appendix A.1.2), and a mixture of the keys."""

    def __init__(self, query_size: int, key_size: int, hidden_size: int) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(query_size=query_size, key_size=key_size, hidden_size=hidden_size)
        self.query = nn.Linear(query_size, hidden_size)
        self.key = nn.Linear(key_size, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, query: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, query_size), (batch, sources, key_size) -> the mixture (batch, key_size), weights (batch, sources).

        `mask` (batch, sources) is True where it may look. Raises ValueError for vectors or a mask that do not fit.
        """
        checks.vectors("query", query, self.query.in_features, 2)
        checks.vectors("keys", keys, self.key.in_features, 3)
        if len(query) != len(keys) or mask.shape != keys.shape[:2]:
            raise ValueError(
                f"For keys {tuple(keys.shape)} a query and a mask for each are due, not {checks.described(query)} and "
                f"{checks.described(mask)}."
            )
        scores = self.score((self.query(query)[:, None] + self.key(keys)).tanh())[..., 0]  # (batch, sources)
        weights = masked_softmax(scores[:, None], mask[:, None])  # one query: (batch, 1, sources)
        return (weights @ keys)[:, 0], weights[:, 0]


class RecurrentTranslator(nn.Module):
    """A two-way GRU reads, a GRU cell with attention writes; `forward` and `greedy` are those of 06's Transformer."""

    def __init__(self, source_vocab_size: int, target_vocab_size: int, hidden_size: int = 128) -> None:
        """Raises ValueError for sizes below 1, or an odd hidden_size."""
        super().__init__()
        checks.sizes(source_vocab_size=source_vocab_size, target_vocab_size=target_vocab_size, hidden_size=hidden_size)
        if hidden_size % 2:
            raise ValueError(f"Two directions share the hidden_size: it must be even, not {hidden_size}.")
        self.source = nn.Embedding(source_vocab_size, hidden_size)
        self.target = nn.Embedding(target_vocab_size, hidden_size)
        self.encoder = nn.GRU(hidden_size, hidden_size // 2, batch_first=True, bidirectional=True)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(2 * hidden_size, hidden_size)
        self.output = nn.Linear(2 * hidden_size, target_vocab_size)

    def encode(self, source_ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, sources) -> one vector for each (batch, sources, hidden_size), and where one may look.

        Raises ValueError for ids outside the vocabulary.
        """
        checks.token_ids("The source ids", source_ids, self.source.num_embeddings, "batch", "tokens")
        mask = source_ids != 0
        lengths = mask.sum(1).clamp(min=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(self.source(source_ids), lengths, True, enforce_sorted=False)
        keys, _ = nn.utils.rnn.pad_packed_sequence(self.encoder(packed)[0], True, total_length=source_ids.shape[1])
        return keys, mask

    def step(self, token_ids: Tensor, state: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One token (batch,) more is read -> logits of the next (batch, targets), the new state, where it looked.

        The state is (batch, hidden_size). Raises ValueError for what does not fit.
        """
        found, weights = self.attention(state, keys, mask)
        state = self.cell(torch.cat([self.target(token_ids), found], -1), state)
        return self.output(torch.cat([state, found], -1)), state, weights

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """(batch, sources), (batch, targets) -> logits (batch, targets, target vocabulary), for teacher forcing.

        Raises ValueError for ids outside the vocabularies.
        """
        checks.token_ids("The target ids", target_ids, self.target.num_embeddings, "batch", "tokens")
        keys, mask = self.encode(source_ids)
        if len(source_ids) != len(target_ids):
            raise ValueError(f"There are {len(source_ids)} sources, and targets for {len(target_ids)}.")
        state, logits = torch.zeros_like(keys[:, 0]), []
        for token_ids in target_ids.T:
            scores, state, _ = self.step(token_ids, state, keys, mask)
            logits.append(scores)
        return torch.stack(logits, dim=1)

    @torch.no_grad()
    def greedy(self, source_ids: Tensor, start_id: int, steps: int) -> Translation:
        """Write `steps` ids for each source, always the most probable next one. Raises ValueError for no step or id."""
        checks.whole(steps=steps)
        checks.whole(0, start_id=start_id)
        if start_id >= self.target.num_embeddings:
            raise ValueError(f"Target ids go from 0 to {self.target.num_embeddings - 1}; the start id is {start_id}.")
        keys, mask = self.encode(source_ids.to(self.output.weight.device))
        state, written, looks = torch.zeros_like(keys[:, 0]), [], []
        token_ids = torch.full((len(keys),), start_id, device=keys.device)
        for _ in range(steps):
            logits, state, weights = self.step(token_ids, state, keys, mask)
            token_ids = logits.argmax(-1)
            written.append(token_ids)
            looks.append(weights)
        return Translation(torch.stack(written, 1), torch.stack(looks, 1))
