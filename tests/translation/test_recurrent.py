"""Additive attention against its formula, and the recurrent translator against PyTorch's own cells."""

import pytest
import torch

from lessons.transformer import dates
from lessons.translation.recurrent import AdditiveAttention, RecurrentTranslator


@pytest.mark.parametrize("shape", [(1, 1, 2, 3, 4), (3, 5, 4, 2, 6)])
def test_attention_is_its_formula(shape: tuple[int, ...]) -> None:
    batch, n, query_size, key_size, hidden_size = shape
    torch.manual_seed(0)
    attention = AdditiveAttention(query_size, key_size, hidden_size).double()
    query, keys = torch.randn(batch, query_size).double(), torch.randn(batch, n, key_size).double()
    mask = torch.rand(batch, n) < 0.7
    mask[:, 0] = True
    found, weights = attention(query, keys, mask)
    W, b, U, v = attention.query.weight, attention.query.bias, attention.key.weight, attention.score.weight[0]
    for row in range(batch):
        scores = torch.stack([v @ (W @ query[row] + b + U @ key).tanh() for key in keys[row][mask[row]]])
        share = scores.exp() / scores.exp().sum()
        torch.testing.assert_close(weights[row][mask[row]], share, rtol=0, atol=1e-10)
        torch.testing.assert_close(found[row], share @ keys[row][mask[row]], rtol=0, atol=1e-10)
    assert (weights[~mask] == 0).all()


def model() -> RecurrentTranslator:
    torch.manual_seed(0)
    return RecurrentTranslator(9, 7, 8).double().eval()


def test_padding_changes_nothing() -> None:
    short, long = torch.tensor([[3, 4, 5]]), torch.tensor([[3, 4, 5, 0, 0], [8, 7, 6, 5, 4]])
    targets = torch.tensor([[1, 2, 3], [4, 5, 6]])
    torch.testing.assert_close(model()(long, targets)[:1], model()(short, targets[:1]), rtol=0, atol=1e-10)


def test_greedy_is_forward_step_by_step() -> None:
    sources = torch.tensor([[3, 4, 5, 0], [8, 7, 6, 5]])
    found = model().greedy(sources, 1, 5)
    read = torch.cat([torch.ones(2, 1, dtype=torch.long), found.token_ids[:, :-1]], 1)
    torch.testing.assert_close(model()(sources, read).argmax(-1), found.token_ids)
    torch.testing.assert_close(found.alignment.sum(-1), torch.ones(2, 5).double())
    assert (found.alignment[0, :, 3] == 0).all()


def test_the_cell_sees_the_mixture_and_the_last_token() -> None:
    ours = model()
    keys, mask = ours.encode(torch.tensor([[3, 4, 5]]))
    state, token = torch.randn(1, 8).double(), torch.tensor([2])
    mixture, _ = ours.attention(state, keys, mask)
    wanted = ours.cell(torch.cat([ours.target(token), mixture], -1), state)
    _, found, _ = ours.step(token, state, keys, mask)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-10)


def test_it_translates_dates_as_06s_model_does() -> None:
    """It can be trained and used by what 06 wrote for its Transformer."""
    pairs = dates.date_pairs("train", 64)
    characters = dates.Characters(pairs.texts)
    ours = RecurrentTranslator(len(characters), dates.TARGETS, 16)
    batch = characters.encode(pairs.texts[:8]), dates.iso_ids(pairs.isos[:8])
    optimizer = torch.optim.Adam(ours.parameters(), 1e-2)
    losses = []
    for _ in range(15):
        loss = dates.translation_loss(ours, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    written, found = dates.translate(ours, characters, pairs.texts[:3])
    assert [len(text) for text in written] == [10, 10, 10]
    assert found.alignment.shape[:2] == (3, 10)


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="must be even"):
        RecurrentTranslator(5, 5, 7)
    with pytest.raises(ValueError, match="from 0 to 8"):
        model()(torch.tensor([[9]]), torch.tensor([[1]]))
