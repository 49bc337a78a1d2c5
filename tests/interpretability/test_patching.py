"""Patching a small Llama against a forward pass with a hook; ends of the stream by definition."""

from __future__ import annotations

import pytest
import torch

from lessons.interpretability import patching as p
from lessons.llama import Llama, LlamaConfig, smollm2


@pytest.fixture
def model() -> Llama:
    torch.manual_seed(3)
    found = Llama(LlamaConfig(30, 24, 3, 3, 1, 32, 16, std=0.3)).eval()
    found.requires_grad_(False)
    return found


def test_from_layer_is_the_rest_of_the_model(model) -> None:
    ids = torch.randint(30, (2, 6))
    states = model.every_layer(ids).hidden_states
    for layer, hidden in enumerate(states):
        torch.testing.assert_close(p.from_layer(model, hidden, layer), model(ids)[:, -1:])
    with pytest.raises(ValueError, match="no place 4"):
        p.from_layer(model, states[0], 4)


def test_recovery_is_a_hook_that_changes_one_vector(model) -> None:
    pair = _straddling(model)
    first = model.every_layer(pair.first).hidden_states
    high, low = (p.preference(model(each), pair.answer, pair.other) for each in (pair.first, pair.second))
    found = p.recovery(model, pair)
    assert found.shape == (4, 5)
    for layer in range(1, 4):
        for place in range(5):

            def put(module, inputs, output, layer=layer, place=place):
                output = output.clone()
                output[:, place] = first[layer][:, place]
                return output

            hook = model.layers[layer - 1].register_forward_hook(put)
            said = p.preference(model(pair.second), pair.answer, pair.other)
            hook.remove()
            torch.testing.assert_close(found[layer, place], ((said - low) / (high - low))[0], atol=1e-4, rtol=1e-4)


def test_the_two_ends_of_the_stream(model) -> None:
    pair = _straddling(model)
    found = p.recovery(model, pair)
    torch.testing.assert_close(found[0], torch.tensor([0.0, 0, 1, 0, 0]), atol=1e-4, rtol=0)
    torch.testing.assert_close(found[-1], torch.tensor([0.0, 0, 0, 0, 1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(p.recovery(model, pair, [2])[0], found[2])
    moved = p.handover(found, pair.differs)
    assert 0 <= moved.arrived <= 3
    assert 0 <= moved.left <= 3


def _straddling(model: Llama) -> p.Pair:
    """A pair of texts and of answers for which the model prefers the one in the first, the other in the second."""
    for token in range(30):
        first, second = torch.tensor([[4, 9, 11, 7, 3]]), torch.tensor([[4, 9, token, 7, 3]])
        a, b = (model(each)[0, -1] for each in (first, second))
        if a.argmax() != b.argmax():
            return p.Pair(first, second, int(a.argmax()), int(b.argmax()), list("abcde"), 2)
    raise AssertionError("the small model says the same after every word")


def test_facts_that_are_not_told_apart_are_refused(model) -> None:
    pair = _straddling(model)
    with pytest.raises(ValueError, match="does not tell"):
        p.recovery(model, pair._replace(second=pair.first))


def test_handover_by_hand() -> None:
    found = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.4, 0.6], [0.0, 1.0]])
    assert p.handover(found, 0) == (1, 2)
    with pytest.raises(ValueError, match="never comes back"):
        p.handover(torch.zeros(3, 2), 0)


def test_every_country_of_a_pair_has_a_capital() -> None:
    assert len(p.PAIRS) == 10
    assert len({name for pair in p.PAIRS for name in pair}) == 20
    assert {name for pair in p.PAIRS for name in pair} <= p.CAPITALS.keys()


def test_a_capital_moves_to_the_last_token_in_smollm2() -> None:
    """The real model: the country decides through 22 layers, the last token from 24 on, in each of two pairs."""
    model, tokenizer = smollm2(progress=False)
    pairs = (("France", "Italy"), ("Japan", "China"))
    assert p.known_pairs(model, tokenizer, pairs) == list(pairs)
    for names in pairs:
        texts = p.pair(tokenizer, names)
        assert texts.tokens[texts.differs].strip() == names[1]
        before, after = p.recovery(model, texts, [22, 24])
        assert before[texts.differs] > 0.8 > 0.2 > before[-1]
        assert after[-1] > 0.8 > 0.2 > after[texts.differs]
