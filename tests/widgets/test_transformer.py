"""The two widgets on the Transformer without a browser: numbers, texts and what they leave in a notebook."""

from __future__ import annotations

import base64
import math
import re
import threading
import warnings
from datetime import date

import numpy as np
import pytest
import torch
from torch import nn
from traitlets import TraitError

from lessons.attention import watched
from lessons.transformer import Transformer, dates
from lessons.widgets import base
from lessons.widgets import transformer as wt


@pytest.fixture(scope="module")
def characters() -> dates.Characters:
    return dates.Characters(dates.date_pairs("train", 4000).texts)


@pytest.fixture(scope="module")
def model(characters) -> Transformer:
    """Small and untrained: what it writes is nonsense, where it looks is not uniform."""
    torch.manual_seed(0)
    made = Transformer(len(characters), dates.TARGETS, hidden_size=16, n_heads=2, intermediate_size=32)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(3)
    return made


@pytest.fixture
def viewer(model, characters) -> wt.AlignmentViewer:
    return wt.alignment_viewer(model, characters)


# --- the alignment ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", wt.EXAMPLES.values(), ids=wt.EXAMPLES)
def test_shares_and_probabilities_are_those_of_writing_step_by_step(model, characters, text):
    widget = wt.alignment_viewer(model, characters, text)
    ids, source = [dates.START], characters.encode([text])
    for place in range(10):
        with torch.no_grad(), watched(layer.cross_attention for layer in model.decoder) as seen:
            logits = model.eval()(source, torch.tensor([ids]))[0, -1].double()
        shares = torch.cat(seen).mean((0, 1))[-1]  # over layers and heads, of the last place
        torch.testing.assert_close(torch.tensor(widget.shares[place]).float(), shares)
        bits = torch.distributions.Categorical(probs=shares.double()).entropy().item() / math.log(2)
        assert widget.data["entropies"][place] == pytest.approx(bits, abs=1e-5)
        assert widget.data["probabilities"][place] == pytest.approx(logits.softmax(-1).tolist(), abs=1e-5)
        ids.append(int(logits.argmax()))
    assert widget.data["written"] == "".join("0123456789-?"[i] for i in ids[1:])
    assert widget.shares.shape == (10, len(text)) == (10, len(widget.data["characters"]))
    assert widget.shares.sum(1) == pytest.approx(1, abs=1e-5)


def test_the_examples_are_dates_as_they_are_written():
    days = [
        *[((1999, 3, 14), "ru", "full"), ((2036, 2, 1), "de", "full"), ((2019, 6, 30), "es", "full")],
        *[((2011, 10, 5), "ja", "full"), ((1999, 3, 14), "he", "long")],
    ]
    assert {dates.split_of(date(*day)) for day, *_ in days} == {"validation"}  # never trained on
    assert [dates.written(date(*day), *how) for day, *how in days] == list(wt.EXAMPLES.values())


@pytest.mark.parametrize(("k", "bits"), [(1, 0.0), (2, 1.0), (8, 3.0)])
def test_entropy_of_an_even_look(k, bits):
    assert wt.entropy_bits(torch.tensor([1 / k] * k + [0.0] * 3)) == pytest.approx(bits, abs=1e-10)


@pytest.mark.parametrize(
    ("text", "shown", "note"),
    [
        ("14 марта", list("14␣марта"), ""),
        ("  14\u202fмарта \n", list("14␣марта"), ""),
        ("2004年10月5日", list("2004年10月5日"), ""),
        ("14 🙂", list("14␣🙂"), "Unknown, because no training text has them: \u2068🙂\u2069."),
        ("我们 14", list("我们␣14"), "\u2068们\u2069, \u2068我\u2069"),
        ("14 במרץ", list("14␣במרץ"), "\u2069. The model reads the same “unknown” for each. " + wt.RIGHT_TO_LEFT),
        ("١٤ مارس", list("١٤␣مارس"), wt.RIGHT_TO_LEFT),
        ("x\u0302\u200d", ["x", "◌\u0302", "U+200D"], "U+200D"),
        ("14 मार्च", ["1", "4", "␣", "म", "◌ा", "र", "◌्", "च"], ""),
        ("\ud83d 1", list("?␣1"), "?"),
        ("<b>&amp;$x$", list("<b>&amp;$x$"), "Unknown"),
        ("1" * 64, ["1"] * 64, ""),
    ],
)
def test_texts(viewer, text, shown, note):
    viewer.text = text
    assert viewer.data["text"] == viewer.text  # the browser knows by this that it has the answer
    assert viewer.data["characters"] == shown
    assert note in viewer.data["note"] if note else viewer.data["note"] == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing letter in the font would be one
        assert base.png(viewer.picture()).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "there is nothing to translate. Write a date"),
        (" \n\t", "there is nothing to translate"),
        ("1" * 65, "the text has 65 characters, and 64 can be read."),
        ("我 " * 5000, "the text has 9,999 characters"),
    ],
)
def test_what_cannot_be_read_leaves_the_picture_and_says_why(viewer, text, note):
    before = viewer.data
    viewer.text = text
    assert viewer.data["note"].startswith(f"This text could not be read, the picture is that of the one before: {note}")
    assert viewer.data == {**before, "text": text, "note": viewer.data["note"]}


def test_a_text_is_read_in_another_thread_and_only_once(viewer):
    seen = []
    viewer.observe(lambda change: seen.append(change["new"]["characters"]), "data")
    thread = threading.Thread(target=setattr, args=(viewer, "text", "5 mai"))
    thread.start()
    thread.join()
    viewer.text = "5 mai"
    assert seen == [list("5␣mai")]


def test_the_model_is_copied_and_may_know_few_positions(characters):
    small = Transformer(len(characters), dates.TARGETS, hidden_size=8, n_heads=1, intermediate_size=8, max_length=20)
    widget = wt.alignment_viewer(small, characters, "1 Mai")
    assert small.training
    before = widget.shares
    with torch.no_grad():
        small.source.weight.zero_()
    widget.text = "1" * 21
    assert widget.data["note"].endswith("the text has 21 characters, and 20 can be read.")
    widget.text = "1 Mai"
    assert np.array_equal(widget.shares, before)


def test_what_cannot_be_shown_is_refused_with_a_sentence(model, characters, viewer):
    for arguments, message in [
        ((nn.Linear(1, 1), characters), "Give a lessons.transformer.Transformer"),
        ((model, "abc"), "and the Characters (lessons.transformer.dates)"),
        (
            (model, dates.Characters(["abc"])),
            f"The model reads {len(characters)} characters and writes 12, not 5 and 12",
        ),
        ((model, characters, 3), "text must be a string, not int"),
        ((model, characters, ""), "there is nothing to translate"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            wt.alignment_viewer(*arguments)
    for place in (-1, 10):
        with pytest.raises(TraitError, match="0 to 9"):
            viewer.place = place


# --- the norm and depth -----------------------------------------------------------------------------------------------


def plainly(layers: nn.ModuleList, name: str, x: torch.Tensor, depth: int) -> list[torch.Tensor]:
    """The stream, written out, with PyTorch's layer norm."""
    stream = [x]
    for attend, think in list(layers)[:depth]:
        x = stream[-1]
        for part in (attend, think):
            if name == "pre-norm":
                x = x + part(nn.functional.layer_norm(x, (64,)))
            else:
                x = part(x) + (x if name in ("post-norm", "residuals only") else 0)
                x = nn.functional.layer_norm(x, (64,)) if name in ("post-norm", "norms only") else x
        stream.append(x)
    return stream


@pytest.mark.parametrize("name", wt.STEPS)
@pytest.mark.parametrize("depth", [1, 2, 7, 24])
def test_gradients_are_those_of_one_stack_at_a_time(name, depth):
    layers = wt.stack(0)
    x, probe = torch.randn(2, wt.BATCH, 10, 64, dtype=torch.double)
    stream = plainly(layers, name, x.requires_grad_(), depth)
    output = nn.functional.layer_norm(stream[-1], (64,))
    found = [gradient.norm().item() for gradient in torch.autograd.grad((output * probe).sum(), stream)]
    expected = wt.numbers()[name]["gradients"][depth - 1]
    assert np.array(found) / found[-1] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", list(wt.STEPS)[:4])
@pytest.mark.parametrize("depth", [1, 9])
def test_the_output_moves_as_far_as_said_against_the_true_gradient(name, depth):
    layers = wt.stack(0)
    x, probe = torch.randn(2, wt.BATCH, 10, 64, dtype=torch.double)
    before = nn.functional.layer_norm(plainly(layers, name, x, depth)[-1], (64,))
    (before * probe).sum().backward()
    with torch.no_grad():
        for weight in layers[:depth].parameters():
            weight -= 0.0001 * weight.grad.sign()
        after = nn.functional.layer_norm(plainly(layers, name, x, depth)[-1], (64,))
    moved = ((after - before).norm() / before.norm()).item()
    assert moved == pytest.approx(wt.numbers()[name]["moves"][depth - 1], rel=1e-9)


def test_what_the_task_says_is_so():
    data = wt.numbers()
    first = {name: np.array([row[0] for row in data[name]["gradients"]]) for name in wt.STEPS}
    assert (first["neither"][3:] < 1e-4).all()
    assert all(0.5 < value < 2 for name in ("pre-norm", "post-norm") for value in first[name])
    assert all(0.01 < value < 5 for name in ("residuals only", "norms only") for value in first[name])
    ratio = np.array(data["post-norm"]["moves"]) / np.array(data["pre-norm"]["moves"])
    assert (ratio[:8] < 1.25).all()
    assert (ratio[8:] > 1.25).all()
    assert data["norms only"]["moves"][-1] == max(data[name]["moves"][-1] for name in list(wt.STEPS)[:4])


def test_the_numbers_leave_the_learners_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    wt.numbers.cache_clear()
    wt.numbers()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("depth", [1, 24])
def test_the_picture_follows_the_depth(depth):
    widget = wt.norm_and_depth()
    widget.depth = depth
    left, right = widget.picture().axes
    assert [len(line.get_xdata()) for line in left.lines] == [depth + 1] * 5
    assert list(right.lines[-1].get_xdata()) == [depth, depth]


@pytest.mark.parametrize("depth", [0, 25])
def test_a_depth_that_was_not_computed_is_refused(depth):
    with pytest.raises(TraitError, match="1 to 24"):
        wt.norm_and_depth().depth = depth


# --- both -------------------------------------------------------------------------------------------------------------


def test_the_output_is_view_picture_and_a_constant_text(viewer):
    for widget in (viewer, wt.norm_and_depth()):
        first, second = widget.bundle(), widget.bundle()
        assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
        assert first == second
        assert first["text/plain"] == f"{widget.name}: run this cell in JupyterLab to use the widget."
        assert len(base64.b64decode(first["image/png"])) < 40_000
        assert "Open question" in widget.heading()


@pytest.mark.parametrize("widget", [wt.AlignmentViewer, wt.NormAndDepth])
def test_the_module_is_one_file_that_asks_for_nothing_from_outside(widget):
    source = widget._esm
    assert source.count("export default") == 1
    assert "import " not in source.replace("no imports", "")
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(widget._css)
    assert set(re.findall(r"model\.(\w+)\(", source)) <= {"get", "set", "save_changes", "on"}
