"""Inside your GPT, without a browser: weights as bytes, what their rounding costs, and what stays in a notebook."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from traitlets import TraitError

from lessons.gpt import GPT, GPTConfig
from lessons.tokens import BytePairTokenizer
from lessons.widgets import gpt as shown


def small(vocab_size: int = 300) -> GPT:
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=vocab_size, hidden_size=16, n_layers=2, n_heads=4, max_length=12, dropout=0.0))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model


def tokenizer() -> BytePairTokenizer:
    return BytePairTokenizer.train("the king and the queen and the king ’s men\n" * 20, 300)


@pytest.fixture(scope="module")
def words() -> BytePairTokenizer:
    found = tokenizer()
    assert len(found) <= 300
    return found


def test_rounded_weights_are_within_half_a_step() -> None:
    model = small()
    for (name, ours), (_, theirs) in zip(
        model.state_dict().items(), shown.rounded(model).state_dict().items(), strict=True
    ):
        if ours.ndim == 2:
            step = ours.abs().amax(1, keepdim=True) / 127
            assert ((ours - theirs).abs() <= step / 2 + 1e-6).all(), name
        else:
            torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_bytes_are_one_for_each_number_of_a_matrix() -> None:
    model = small()
    content, tensors = shown.packed(model)
    numbers = sum(p.numel() for p in model.parameters() if p.ndim == 2)
    others = sum(4 * (p.numel() if p.ndim == 1 else p.shape[0]) for p in model.parameters())
    assert numbers + others <= len(content) <= numbers + others + 3 * len(tensors)
    assert all(row["start"] % 4 == 0 for row in tensors)


def test_what_rounding_costs_is_measured() -> None:
    model, ids = small(), torch.randint(300, (1, 12))
    difference, bits = shown.cost_of_rounding(model, ids)
    assert 0 < difference < 0.2
    assert abs(bits) < 0.05
    exact = shown.rounded(model)  # a second rounding changes nothing
    assert shown.cost_of_rounding(exact, ids)[0] < 1e-4


def test_probabilities_follow_text_and_settings(words) -> None:
    model = small(len(words))
    widget = shown.inside_gpt(model, words, "the king")
    for settings in ({}, {"temperature": 0.5}, {"top_k": 3}, {"top_p": 0.5}, {"min_p": 0.3}, {"temperature": 0.0}):
        for name, value in {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, **settings}.items():
            setattr(widget, name, value)
        assert widget.probabilities.sum().item() == pytest.approx(1)
    assert int((widget.probabilities > 0).sum()) == 1
    before = widget.probabilities
    widget.text = "queen"
    assert widget.token_ids == words.encode("queen")
    assert before.shape == widget.probabilities.shape


def test_an_empty_text_begins_with_a_new_line(words) -> None:
    widget = shown.inside_gpt(small(len(words)), words, "")
    assert widget.token_ids == []
    assert widget.probabilities.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("text", ["🙂 你好 ’", "x" * 5000, "\\n\\n"])
def test_any_text_is_taken(words, text) -> None:
    widget = shown.inside_gpt(small(len(words)), words, text)
    assert len(widget.token_ids) <= 12
    assert np.isfinite(widget.probabilities.numpy()).all()
    assert shown.base.png(widget.picture()).startswith(b"\x89PNG")


def test_models_that_do_not_fit_are_refused(words) -> None:
    with pytest.raises(ValueError, match="tokens and the tokenizer"):
        shown.inside_gpt(small(200), words)
    with torch.device("meta"):
        large = GPT(GPTConfig())
    with pytest.raises(ValueError, match="3,000,000"):
        shown.inside_gpt(large, words)


@pytest.mark.parametrize(("name", "value"), [("temperature", -1), ("temperature", 3), ("top_k", -1), ("top_p", 0.0)])
def test_settings_that_are_none_are_refused(words, name, value) -> None:
    widget = shown.inside_gpt(small(len(words)), words)
    with pytest.raises(TraitError):
        setattr(widget, name, value)


def test_what_stays_in_a_notebook(words) -> None:
    widget = shown.inside_gpt(small(len(words)), words)
    assert widget.bundle()["text/plain"].endswith("run this cell in JupyterLab to use the widget.")
    assert "Open question" in widget.heading()
    assert "8 bits" in widget.structure["note"]
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "")
