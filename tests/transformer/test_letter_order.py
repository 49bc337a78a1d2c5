"""The task of two letters: well posed, and answered exactly by those models that can see order."""

import pytest
import torch
from torch.testing import assert_close

from lessons.transformer.letter_order import LetterOrder, accuracy_after_training, letter_rows, spelled

ROWS, LABELS = letter_rows(300, torch.Generator().manual_seed(0))


def test_every_row_holds_one_a_and_one_b_and_its_label_is_their_order():
    texts = [spelled(row) for row in ROWS]
    assert all(text.count("a") == text.count("b") == 1 and len(text) == 13 and text.endswith("?") for text in texts)
    assert LABELS.tolist() == [int(text.index("a") < text.index("b")) for text in texts]
    assert 0.4 < LABELS.double().mean() < 0.6


def shuffled(seed: int) -> torch.Tensor:
    """The letters of each row in another order, the question mark where it was."""
    order = torch.randperm(12, generator=torch.Generator().manual_seed(seed))
    return torch.cat([ROWS[:, :12][:, order], ROWS[:, 12:]], dim=1)


@pytest.mark.parametrize(
    ("options", "blind"),
    [
        ({"positions": False, "n_layers": 1}, True),
        ({"positions": False, "n_layers": 3}, True),
        ({"positions": False, "causal": True, "n_layers": 1}, True),
        ({"positions": False, "causal": True, "n_layers": 2}, False),
        ({"positions": True, "n_layers": 1}, False),
    ],
)
def test_who_can_see_order_at_all(options, blind):
    """Whatever the weights: a model that gives the same logits to the shuffled letters cannot know their order."""
    torch.manual_seed(1)
    model = LetterOrder(**options).double().eval()
    with torch.no_grad():
        difference = (model(ROWS) - model(shuffled(2))).abs().max().item()
    assert (difference < 1e-10) == blind
    assert blind or difference > 1e-3


def test_one_layer_with_positions_learns_it_and_the_seed_decides():
    first = accuracy_after_training(0, steps=150)
    assert first > 0.95
    assert accuracy_after_training(0, steps=150) == first


def test_another_seed_or_rate_trains_another_model():
    short = {"steps": 5, "positions": True}
    assert accuracy_after_training(0, **short) != accuracy_after_training(3, **short)
    assert accuracy_after_training(0, **short) != accuracy_after_training(0, learning_rate=0.03, **short)


def test_without_positions_it_is_a_coin_toss():
    assert accuracy_after_training(0, steps=150, positions=False) == pytest.approx(0.5, abs=0.05)


def test_the_logits_are_those_of_the_last_token():
    model = LetterOrder(2).eval()
    whole = model(ROWS[:4])
    assert whole.shape == (4, 2)
    assert_close(model(ROWS[:1]), whole[:1])
