"""Neural networks against PyTorch; the theory of initialisation; the signs of each broken run; bad input."""

import ast
import json
import math
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from lessons import neural_networks as nets
from lessons.course.assets import ROOT
from lessons.exercises import find
from lessons.kit import results
from lessons.kit.datasets import mnist
from lessons.kit.training import fit
from lessons.neural_networks import figures

EXACT = {"rtol": 0, "atol": 1e-10}
SHAPES = [(1, 2), (3, 3), (1, 10), (50, 10), (7, 1), (10, 1000)]


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def batch(n, classes, seed=0, scale=1.0):
    labels = torch.randint(classes, (n,), generator=torch.Generator().manual_seed(seed + 1))
    return scale * normal(n, classes, seed=seed), labels


# --- activations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (0,)])
def test_activations_are_pytorchs(shape):
    z = 3 * normal(*shape)
    assert_close(nets.relu(z), F.relu(z), **EXACT)
    assert_close(nets.gelu(z), F.gelu(z), **EXACT)
    assert_close(nets.gelu_tanh(z), F.gelu(z, approximate="tanh"), **EXACT)
    assert_close(nets.gelu(z.float()), F.gelu(z.float()))


# --- softmax and cross-entropy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1000.0, 1e-8, 0.0])
@pytest.mark.parametrize(("n", "classes"), SHAPES)
def test_cross_entropy_is_pytorchs(n, classes, scale):
    logits, labels = batch(n, classes, scale=scale)
    assert_close(nets.log_softmax(logits), F.log_softmax(logits, -1), **EXACT)
    assert_close(nets.cross_entropy(logits, labels), F.cross_entropy(logits, labels), **EXACT)
    assert_close(nets.cross_entropy(logits.float(), labels), F.cross_entropy(logits.float(), labels))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8), st.floats(-1e3, 1e3))
def test_softmax_sums_to_one_and_does_not_see_a_shift(logits, shift):
    z = torch.tensor(logits, dtype=torch.float64)
    p = nets.log_softmax(z).exp()
    assert_close(p.sum(), torch.tensor(1.0, dtype=torch.float64), **EXACT)
    assert_close(nets.log_softmax(z + shift).exp(), p, rtol=0, atol=1e-9)  # z + shift itself is rounded at 1e6


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize(("n", "classes"), SHAPES)
def test_the_gradient_of_the_loss_is_autograds(n, classes, scale):
    logits, labels = batch(n, classes, scale=scale)
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(leaf, labels), leaf)
    assert_close(nets.cross_entropy_gradient(logits, labels), expected, **EXACT)


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (torch.zeros(3), torch.tensor([0, 1, 2]), r"\(batch, classes\)"),
        (torch.zeros(3, 2), torch.tensor([0, 1]), "are due"),
        (torch.zeros(0, 2), torch.zeros(0, dtype=torch.int64), "empty"),
        (torch.zeros(2, 2), torch.tensor([0.0, 1.0]), "int64"),
        (torch.zeros(2, 2), torch.tensor([0, 2]), "from 0 to 1"),
        (torch.zeros(2, 2), torch.tensor([-1, 0]), "from 0 to 1"),
    ],
)
@pytest.mark.parametrize("function", [nets.cross_entropy, nets.cross_entropy_gradient])
def test_bad_labels_get_a_sentence(function, logits, labels, message):
    with pytest.raises(ValueError, match=message):
        function(logits, labels)


# --- two layers -------------------------------------------------------------------------------------------------------


def by_autograd(inputs, labels, parameters):
    leaves = [p.clone().requires_grad_() for p in parameters]
    logits = F.relu(inputs @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3]
    return logits, torch.autograd.grad(F.cross_entropy(logits, labels), leaves)


@pytest.mark.parametrize(
    ("n", "features", "hidden", "classes"), [(1, 1, 1, 2), (20, 6, 8, 3), (3, 784, 5, 10), (64, 2, 300, 4)]
)
def test_two_layers_forwards_and_backwards_are_pytorchs(n, features, hidden, classes):
    net = nets.TwoLayers.random(features, hidden, classes, torch.Generator().manual_seed(3))
    net.bias_1 += normal(hidden, seed=4)
    inputs, (_, labels) = normal(n, features, seed=5), batch(n, classes)
    logits, expected = by_autograd(inputs, labels, net.parameters)
    assert_close(net.forward(inputs)[1], logits.detach(), **EXACT)
    for mine, theirs in zip(net.gradients(inputs, labels), expected, strict=True):
        assert_close(mine, theirs, **EXACT)


def test_a_dead_unit_and_a_sum_of_exactly_zero_have_no_gradient():
    net = nets.TwoLayers.random(3, 4, 2, torch.Generator().manual_seed(0))
    net.bias_1[0] = -1e6
    net.weights_1[:, 1] = 0  # its sum is exactly 0 for every example
    inputs, labels = normal(10, 3), torch.tensor([0, 1] * 5)
    for mine, theirs in zip(net.gradients(inputs, labels), by_autograd(inputs, labels, net.parameters)[1], strict=True):
        assert_close(mine, theirs, **EXACT)
    assert (net.gradients(inputs, labels)[0][:, :2] == 0).all()
    assert nets.dead_units(net.forward(inputs)[0]) == pytest.approx(0.5)


# --- exclusive or -----------------------------------------------------------------------------------------------------


def test_more_hidden_units_find_exclusive_or_more_often():
    few, many = (nets.xor_share(size, networks=60) for size in (2, 16))
    assert few < 0.6 < 0.9 < many
    assert nets.xor_share(4, networks=20, steps=3) == nets.xor_share(4, networks=20, steps=3)
    with pytest.raises(ValueError, match="hidden_size"):
        nets.xor_share(0)


# --- initialisation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_from", [784, 10, 1])
def test_the_deviation_is_pytorchs(n_from):
    gain = nn.init.calculate_gain("relu")
    assert nets.he_deviation(n_from) == pytest.approx(gain / math.sqrt(n_from), rel=1e-12)


def test_each_layer_multiplies_the_signal_as_the_theory_says():
    wide = {"width": 1000, "examples": 300, "depth": 3}
    for deviation in (0.01, 0.05, nets.he_deviation(1000)):
        for activation, share in ((nets.relu, 1 / 2), (lambda z: z, 1)):
            sizes, gradients = np.array(nets.signal(deviation, activation, **wide))
            assert len(sizes) == len(gradients) == 4
            np.testing.assert_allclose(sizes[1:] / sizes[:-1], 1000 * deviation**2 * share, rtol=0.1)
            np.testing.assert_allclose(gradients[:-1] / gradients[1:], 1000 * deviation**2 * share, rtol=0.1)


def test_large_weights_hold_the_signal_of_tanh_and_let_its_gradient_explode():
    sizes, gradients = nets.signal(0.2, torch.tanh)
    assert 0.5 < sizes[-1] < 1
    assert gradients[-1] == pytest.approx(1, abs=0.05)
    assert gradients[0] > 1e5
    # the formula for one layer, without autograd: back through tanh, then through the matrix
    generator = torch.Generator().manual_seed(3)
    inputs, weights = (torch.randn(5, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    arriving = torch.randn(5, 5, generator=generator, dtype=torch.float64)
    by_hand = (arriving * (1 - (inputs @ (0.7 * weights)).tanh() ** 2)) @ (0.7 * weights).T
    assert nets.signal(0.7, torch.tanh, 1, 5, 5, seed=3)[1][0] == pytest.approx(by_hand.square().mean().item())


def test_signal_wants_sizes():
    with pytest.raises(ValueError, match="At least one of each"):
        nets.signal(0.1, nets.relu, depth=0)


# --- a network to use -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 0.9])
def test_dropout_is_pytorchs_with_the_same_random_numbers(probability):
    inputs = normal(40, 30)
    torch.manual_seed(7)
    ours = nets.dropout(inputs, probability)
    torch.manual_seed(7)
    assert_close(ours, F.dropout(inputs, probability), **EXACT)
    assert torch.equal(nets.dropout(inputs, probability, training=False), inputs)


@pytest.mark.parametrize("probability", [-0.1, 1.0, math.nan])
def test_dropout_wants_a_probability(probability):
    with pytest.raises(ValueError, match="below 1"):
        nets.dropout(torch.ones(2), probability)


def test_mlp_is_a_sequence_of_known_layers_and_its_loss_starts_at_ln_classes():
    torch.manual_seed(0)
    model = nets.mlp([784, 512, 256, 10], dropout=0.5)
    assert [type(m).__name__ for m in model] == ["Flatten", *["Linear", "ReLU", "Dropout"] * 2, "Linear"]
    assert nets.count_parameters(model) == find("neural_networks.count_parameters").solution == 535_818
    images, labels = nets.digits(mnist().validation)
    assert nets.evaluate(model, images, labels)["loss"] == pytest.approx(math.log(10), abs=0.05)
    assert model[1].weight.std().item() == pytest.approx(nets.he_deviation(784), rel=0.01)
    assert [type(m) for m in nets.mlp([3, 2])] == [nn.Flatten, nn.Linear]
    with pytest.raises(ValueError, match="Two or more sizes"):
        nets.mlp([3])
    with pytest.raises(ValueError, match="at least 1"):
        nets.mlp([3, 0, 2])


def test_evaluate_switches_dropout_off_and_restores_the_mode():
    model, (inputs, labels) = nets.mlp([5, 50, 3], dropout=0.5), (torch.randn(20, 5), torch.arange(20) % 3)
    for mode in (True, False):
        model.train(mode)
        assert nets.evaluate(model, inputs, labels) == nets.evaluate(model, inputs, labels)
        assert model.training is mode
    by_hand = (model.eval()(inputs).argmax(1) == labels).double().mean().item()
    assert nets.evaluate(model, inputs, labels)["accuracy"] == pytest.approx(by_hand)


# --- digits -----------------------------------------------------------------------------------------------------------


def test_evaluate_takes_the_inputs_to_the_device_of_the_model():
    class Elsewhere(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.seen = nn.Parameter(torch.ones(1, device="meta")), []

        def forward(self, inputs):
            self.seen.append(inputs.device.type)
            return torch.eye(10)[: len(inputs)]

    model = Elsewhere()
    assert nets.evaluate(model, torch.rand(4, 28, 28), torch.tensor([0, 1, 2, 9]))["accuracy"] == 0.75
    assert model.seen == ["meta"]


def test_digits_have_the_dtype_of_a_new_network(double_by_default):
    images, labels = nets.digits(mnist().first(3).train)
    assert images.dtype == nets.mlp([784, 10])(images).dtype == torch.float64
    assert labels.dtype == torch.int64


def test_digits_go_from_paper_to_ink():
    images, labels = nets.digits(mnist().validation)
    assert images.shape == (500, 28, 28)
    assert (images.min(), images.max()) == (0, 1)
    assert labels.bincount().tolist() == [50] * 10


@pytest.mark.parametrize("pixels", [0, 1, 3])
def test_shifted_moves_whole_images_and_no_further(pixels):
    images = torch.zeros(200, 9, 11)
    images[:, 4, 5] = 1
    torch.manual_seed(0)
    places = nets.shifted(images, pixels).nonzero()
    assert len(places) == 200
    moves = places[:, 1:] - torch.tensor([4, 5])
    assert {tuple(move) for move in moves.tolist()} == {
        (a, b) for a in range(-pixels, pixels + 1) for b in range(-pixels, pixels + 1)
    }


def test_shifted_loses_what_leaves_the_paper_and_changes_no_input():
    images = torch.ones(1, 3, 3)
    torch.manual_seed(1)
    sums = {nets.shifted(images, 1).sum().item() for _ in range(50)}
    assert sums == {4.0, 6.0, 9.0}
    assert (images == 1).all()
    with pytest.raises(ValueError, match="0 or more pixels"):
        nets.shifted(images, -1)


@pytest.mark.parametrize(("n", "size"), [(10, 3), (10, 10), (10, 50), (1, 1)])
def test_batches_hold_every_example_once_in_a_new_order(n, size):
    inputs, labels = torch.arange(n).float()[:, None], torch.arange(n)
    batches = nets.ShuffledBatches(inputs, labels, size, change=lambda x: 2 * x)
    torch.manual_seed(0)
    epochs = [list(batches) for _ in range(2)]
    for epoch in epochs:
        assert len(epoch) == len(batches)
        assert sorted(torch.cat([y for _, y in epoch]).tolist()) == list(range(n))
        assert all((x[:, 0] == 2 * y).all() for x, y in epoch)
    assert n == 1 or torch.cat([y for _, y in epochs[0]]).tolist() != torch.cat([y for _, y in epochs[1]]).tolist()


def test_bad_batches_get_a_sentence():
    for inputs, labels, size in ((torch.ones(2, 1), torch.ones(3), 1), (torch.ones(0, 1), torch.ones(0), 1)):
        with pytest.raises(ValueError, match="As many inputs as labels"):
            nets.ShuffledBatches(inputs, labels, size)
    with pytest.raises(ValueError, match="at least one"):
        nets.ShuffledBatches(torch.ones(2, 1), torch.ones(2), 0)


def test_a_network_fits_digits_that_a_line_fits_less_well():
    images, labels = nets.digits(mnist().first(500).train)
    torch.manual_seed(0)
    model = nets.mlp([784, 64, 10])
    fit(
        model,
        nets.ShuffledBatches(images, labels),
        nets.classification_loss,
        epochs=15,
        progress=False,
        learning_rate=3e-3,
    )
    assert nets.evaluate(model, images, labels)["accuracy"] > 0.98
    assert nets.evaluate(model, *nets.digits(mnist().validation))["accuracy"] > 0.8


# --- which learning rate? ---------------------------------------------------------------------------------------------


def test_the_range_test_raises_the_rate_leaves_the_model_alone_and_ends_when_it_explodes():
    images, labels = nets.digits(mnist().first(200).train)
    torch.manual_seed(0)
    model = nets.mlp([784, 32, 10])
    before = [p.clone() for p in model.parameters()]
    rates, losses = nets.learning_rate_range_test(model, nets.ShuffledBatches(images, labels, 20), 1e-3, 100, steps=60)
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    assert len(rates) == len(losses) < 60  # ended early
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(1e5) / 59, rtol=1e-9)
    assert losses[0] == pytest.approx(math.log(10), abs=0.1)
    assert min(losses) < 2 < losses[-1]


@pytest.mark.parametrize("bad", [{"lowest": 0.0}, {"lowest": 2.0, "highest": 1.0}, {"steps": 1}])
def test_the_range_test_wants_a_range(bad):
    with pytest.raises(ValueError, match="from low to high"):
        nets.learning_rate_range_test(
            nets.mlp([2, 2]), nets.ShuffledBatches(torch.ones(2, 2), torch.tensor([0, 1])), **bad
        )


def test_the_last_rate_of_the_range_test_is_the_highest():
    batches = nets.ShuffledBatches(normal(40, 3).float(), torch.arange(40) % 2, 10)
    rates, _ = nets.learning_rate_range_test(nets.mlp([3, 2]), batches, 1e-5, 1e-3, steps=10)
    assert (rates[0], rates[-1]) == (pytest.approx(1e-5), pytest.approx(1e-3))


def test_the_steepest_rate_is_where_the_loss_falls_fastest():
    rates = [10 ** (step / 20) for step in range(60)]
    losses = [2.3 - 2 / (1 + math.exp(-(step - 30) / 3)) for step in range(60)]  # a smooth step down around step 30
    assert nets.steepest(rates, losses) == pytest.approx(rates[30])
    slopes = [np.polyfit(range(15), losses[start : start + 15], 1)[0] for start in range(46)]  # an independent fit
    assert nets.steepest(rates, losses) == rates[int(np.argmin(slopes)) + 7]
    with pytest.raises(ValueError, match="15 or more"):
        nets.steepest(rates[:3], losses[:3])


# --- is every layer alive? --------------------------------------------------------------------------------------------


def test_the_update_is_measured_against_the_weights():
    assert nets.update_ratio(torch.tensor([3.0, 4.0]), torch.tensor([3.003, 3.996])) == pytest.approx(1e-3, rel=1e-3)
    before, after = normal(5, 7), normal(5, 7, seed=1)
    assert nets.update_ratio(before, after) == pytest.approx(
        np.linalg.norm((after - before).numpy()) / np.linalg.norm(before.numpy())
    )
    with pytest.raises(ValueError, match="all 0"):
        nets.update_ratio(torch.zeros(2), torch.ones(2))


def test_health_measures_each_step_of_plain_sgd_and_leaves_the_model_alone():
    inputs, labels = normal(20, 6).float(), torch.arange(20) % 3
    torch.manual_seed(0)
    model, batches = nets.mlp([6, 8, 3]), nets.ShuffledBatches(inputs, labels, 20)
    before = [p.clone() for p in model.parameters()]
    found = nets.health(model, batches, 0.5, steps=1)
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    loss = F.cross_entropy(model(inputs), labels)
    slopes = torch.autograd.grad(loss, [model[1].weight, model[3].weight])
    for (ratio,), slope, layer in zip(found.ratios, slopes, (model[1], model[3]), strict=True):
        assert ratio == pytest.approx((0.5 * slope.norm() / layer.weight.norm()).item(), rel=1e-4)
    assert found.loss == [pytest.approx(loss.item(), rel=1e-5)]
    assert found.dead_first == [nets.dead_units(model[:3](inputs).detach())]
    assert found.row()["update / weight"] == [ratios[0] for ratios in found.ratios]


def test_health_says_when_a_run_explodes():
    images, labels = nets.digits(mnist().first(200).train)
    torch.manual_seed(0)
    found = nets.health(nets.mlp([784, 32, 10]), nets.ShuffledBatches(images, labels), 1e30, steps=200)
    assert len(found.loss) < 200
    assert math.isnan(found.row()["loss"])
    assert all(map(math.isnan, [*found.row()["update / weight"], *found.dead]))
    with pytest.raises(ValueError, match="above 0"):
        nets.health(nets.mlp([784, 10]), nets.ShuffledBatches(images, labels), 0)


def test_weights_that_start_too_large_die_by_the_steps_and_not_by_themselves():
    """What the experiment of the notebook finds."""
    images, labels = nets.digits(mnist().first(1000).train)
    torch.manual_seed(1)
    model = nets.mlp([784, 512, 256, 10])
    with torch.no_grad():
        model[1].weight *= 5
        model[3].weight *= 5
    fast, slow = (nets.health(model, nets.ShuffledBatches(images, labels), rate, 60) for rate in (0.18, 0.018))
    assert fast.dead_first == slow.dead_first == [0, 0]
    assert fast.dead[1] > 0.2 > 0.02 > max(slow.dead)


# --- capacity ---------------------------------------------------------------------------------------------------------


def test_a_capacity_run_is_repeatable_and_leaves_the_random_numbers_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, again = (nets.capacity_run(4, 0.5, examples=60, epochs=3, seed=2) for _ in range(2))
    assert first == again
    assert torch.equal(state, torch.get_rng_state())
    assert first["parameters"] == 50 * 4 + 5 * 10
    assert all(0 <= first[key] <= 1 for key in ("train error", "validation error"))
    with pytest.raises(ValueError, match="between 0 and 1"):
        nets.capacity_run(4, 1.5)
    with pytest.raises(ValueError, match="there is no block 7"):
        nets.capacity_run(4, seed=7)


def test_the_widest_network_is_best_with_true_labels_and_fits_the_wrong_ones_too():
    """What the claim check of the notebook says, on the first of its two sets of digits."""
    clean, noisy = ({w: nets.capacity_run(w, noise) for w in (40, 640)} for noise in (0.0, 0.4))
    assert clean[640]["train error"] == 0
    assert clean[640]["validation error"] < clean[40]["validation error"]
    assert noisy[640]["train error"] < 0.05 < noisy[40]["train error"]
    assert noisy[640]["validation error"] > noisy[40]["validation error"]


def test_every_run_has_digits_of_its_own():
    blocks = [nets._block(500, number)[0].flatten(1) for number in range(7)]
    everything = torch.cat(blocks)
    assert len(everything.unique(dim=0)) == len(nets.digits(mnist().train)[0].flatten(1).unique(dim=0))


def test_the_stored_figures_say_what_the_notebook_says():
    stored = results.load("neural_networks")
    for name in ("plain", "shifted"):
        assert len(stored[name]["test"]) == 3
        assert results.mean_interval(stored[name]["test"])[0] == pytest.approx(stored[name]["mean"])
    plain, shifted = stored["plain"], stored["shifted"]
    assert min(shifted["test"]) < min(plain["test"]) < max(plain["test"]) < max(shifted["test"])  # they do not decide
    assert min(plain["test"] + shifted["test"]) > stored["k-NN"]["test"][0] + 0.02
    assert min(plain["test"]) > stored["k-NN"]["test"][0] > stored["logistic regression"]["test"][0]
    for name in ("k-NN", "logistic regression"):  # the validation digits seem easier
        assert stored[name]["validation"] > stored[name]["test"][0]
    assert np.mean(plain["earlier"]["test"]) < min(plain["test"])
    folds = {name: np.array(values) for name, values in stored["folds"]["accuracy"].items()}
    assert (folds["final"] > folds["final, all pixels"]).all()  # in every fold it is the dropout of pixels
    assert folds["final"].mean() - folds["final, all pixels"].mean() > 0.5 * (folds["final"] - folds["first"]).mean()
    for more, less in (("final, all pixels", "final, no dropout"), ("shifted", "final")):
        differences = folds[more] - folds[less]
        assert min(differences) < 0 < max(differences)  # no clear difference


STORED = ("SHIFTED", "PLAIN", "EARLIER", "FOLDS")


def test_the_stored_settings_are_those_of_the_script():
    script = ROOT / "benchmarks" / "neural_networks.py"
    tree = ast.parse(script.read_text(encoding="utf-8"))
    space: dict = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id in STORED:
                space[target.id] = eval(compile(ast.Expression(node.value), str(script), "eval"), dict(space))
    stored = results.load("neural_networks")
    assert stored["plain"]["setting"] == space["PLAIN"]
    assert stored["plain"]["earlier"] == space["EARLIER"]
    assert stored["folds"]["settings"] == space["FOLDS"]
    # stored when the network's other settings had no names yet: ReLU, no dropout of inputs, and fit's weight decay
    unnamed = {"activation": "ReLU", "input_dropout": 0.0, "weight_decay": 0.01}
    assert {**stored["shifted"]["setting"], **unnamed} == space["SHIFTED"]


def test_no_training_of_the_notebook_moves_its_model_away_from_the_digits():
    file = ROOT / "notebooks" / "03_neural_networks.ipynb"
    cells = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    nodes = [node for cell in cells for node in ast.walk(ast.parse("".join(cell["source"])))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fit"]
    options = {  # the names of dicts that hold a device
        ast.unparse(node.targets[0])
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and "'device'" in ast.unparse(node.value)
    }
    assert len(calls) >= 4
    for call in calls:
        given = {keyword.arg or ast.unparse(keyword.value) for keyword in call.keywords}
        assert given & {"device", *options}, f"line {call.lineno} of its cell"


# --- the gallery ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs():
    return {fault: nets.broken_run(fault) for fault in nets.FAULTS}


def mean_of(values, first, last):
    return float(np.mean(values[first:last]))


def apart(run):
    """How far the two evaluations of the same weights lie apart, after each epoch."""
    return np.abs(np.diff(run.validation_loss, axis=1)).max()


def test_the_healthy_run_shows_none_of_the_signs(runs):
    run = runs["none"]
    assert run.loss[0] == pytest.approx(math.log(10), abs=0.05)
    assert run.validation_loss[0][0] == pytest.approx(math.log(10), abs=0.05)
    assert mean_of(run.loss, -50, None) < 0.1
    assert run.accuracy[-1][0] > 0.8
    assert apart(run) == 0
    assert max(run.loss) < 3
    assert mean_of(run.gradient_norm, -50, None) < mean_of(run.gradient_norm, 0, 50)


def test_a_summed_loss_starts_twenty_times_too_high_and_so_does_the_gradient(runs):
    run = runs["loss summed"]
    assert run.loss[0] == pytest.approx(20 * runs["none"].loss[0], rel=1e-4)
    assert run.gradient_norm[0] == pytest.approx(20 * runs["none"].gradient_norm[0], rel=1e-4)
    assert run.validation_loss[0] == runs["none"].validation_loss[0]
    assert [fault for fault in nets.FAULTS if runs[fault].loss[0] > 3] == ["loss summed"]


def test_without_zero_grad_the_gradient_climbs_after_a_good_start(runs):
    run = runs["no zero_grad"]
    assert run.loss[0] == runs["none"].loss[0]
    assert run.gradient_norm[0] == runs["none"].gradient_norm[0]
    quarters = np.reshape(run.gradient_norm, (4, -1)).mean(1)
    assert quarters[-1] > 10 * run.gradient_norm[0]
    assert (np.diff(quarters) >= 0).all()
    assert max(first for first, _ in run.accuracy) > 0.3 > run.accuracy[-1][0]


def test_softmax_twice_has_a_floor_and_a_ceiling_and_learns_all_the_same(runs):
    run, floor = runs["softmax twice"], math.log(math.e + 9) - 1
    assert floor == pytest.approx(1.4612, abs=1e-4)
    assert floor <= min(run.loss) < max(run.loss) <= math.log(math.e + 9)
    assert run.accuracy[-1][0] > 0.6
    assert run.gradient_norm[0] < 0.2 * runs["none"].gradient_norm[0]
    for fault in ("rate too high", "no zero_grad", "loss summed"):
        assert max(runs[fault].loss) > math.log(math.e + 9)
    for fault in ("labels shuffled", "dropout at evaluation", "none"):
        assert min(plots_mean(runs[fault].loss)) < floor


def plots_mean(values):
    return np.convolve(values, np.ones(10) / 10, "valid")


def test_shuffled_labels_are_memorised_and_validation_stays_at_chance(runs):
    run = runs["labels shuffled"]
    assert mean_of(run.loss, -50, None) < 1
    assert run.validation_loss[-1][0] > 3
    assert max(first for first, _ in run.accuracy) < 0.2
    assert run.loss[0] == pytest.approx(math.log(10), abs=0.05)


def test_too_high_a_rate_starts_right_jumps_at_once_and_learns_nothing(runs):
    run = runs["rate too high"]
    assert run.loss[0] == runs["none"].loss[0]
    assert max(run.loss[:50]) > 3 * math.log(10)
    assert run.accuracy[-1][0] < 0.3
    assert max(run.gradient_norm[:50]) > 5 * run.gradient_norm[0]
    assert mean_of(run.gradient_norm, -50, None) < run.gradient_norm[0]
    assert run.dead[-1] > 0.8 > 0.1 > runs["none"].dead[-1]


def test_only_dropout_at_evaluation_gives_two_answers(runs):
    assert [fault for fault in nets.FAULTS if apart(runs[fault]) > 0] == ["dropout at evaluation"]
    run = runs["dropout at evaluation"]
    assert run.accuracy[-1][0] > 0.7
    assert mean_of([first for first, _ in run.validation_loss], -10, None) > mean_of(
        [first for first, _ in runs["none"].validation_loss], -10, None
    )


def test_every_fault_is_a_case_once_and_its_exercise_knows_it():
    assert sorted(nets.CASES.values()) == sorted(nets.FAULTS[1:])
    from lessons.exercises.neural_networks import OPTIONS

    assert sorted(OPTIONS) == sorted(nets.CASES.values())
    for number, fault in nets.CASES.items():
        quiz = find(f"neural_networks.case_{number}")
        assert quiz.lettered[quiz.solution].text == OPTIONS[fault]


def test_a_run_leaves_the_random_numbers_alone_and_an_unknown_fault_is_named():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    first, again = (nets.broken_run("none", epochs=1, examples=50) for _ in range(2))
    assert first == again
    assert torch.equal(state, torch.get_rng_state())
    with pytest.raises(ValueError, match=r"no fault 'gremlins'\. Choose one of: none"):
        nets.broken_run("gremlins")


# --- figures ----------------------------------------------------------------------------------------------------------


def words_of(figure):
    return "\n".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_drawings_say_the_shapes():
    assert "W (784, 512)\nb (512,)" in words_of(figures.layers([784, 512, 256, 10]))
    assert "logits\n(batch, 10)" in words_of(figures.layers([784, 512, 256, 10]))
    assert "dS = dH × (S > 0)\n(batch, hidden)" in words_of(figures.two_layers())
    assert "h₂ = relu(x₁ + x₂ − 1)" in words_of(figures.xor_network())
    assert "He: variance 2 / n" in words_of(figures.summary())
    plt.close("all")


def test_rows_of_several_starts_go_from_the_lowest_to_the_highest():
    starts = [[(0.5, 0.8), (0.4, 0.85), (0.6, 0.9)], [(0.7, 0.7), (0.3, 0.88), (0.5, 0.86)]]
    histories = [
        SimpleNamespace(
            validation=[(step, {"loss": loss, "accuracy": right}) for step, (loss, right) in enumerate(run)]
        )
        for run in starts
    ]
    assert figures.cure_row(histories) == {
        "loss\nat the lowest": "0.30 to 0.40",
        "right\nat the lowest": "85.0% to 88.0%",
        "loss\nat the end": "0.50 to 0.60",
        "right\nat the end": "86.0% to 90.0%",
    }


def test_rows_of_the_stored_results_name_every_method_once():
    stored = results.load("neural_networks")
    tested = figures.tested_rows(stored)
    assert [row["right on 1,000 test digits"] for row in tested][:2] == ["logistic regression", "k-NN"]
    assert (tested[3]["lowest"], tested[3]["highest"]) == (min(stored["plain"]["test"]), max(stored["plain"]["test"]))
    folds = figures.fold_rows(stored)
    assert [row["right in three folds"] for row in folds] == [row["right on 1,000 test digits"] for row in tested][2:]
    assert folds[2]["each of 800 digits"] == stored["folds"]["accuracy"]["shifted"]
    assert stored["folds"]["settings"]["first"] == stored["plain"]["earlier"]["setting"]


def test_curves_show_what_they_are_given(runs):
    gallery = {"healthy": runs["none"], "case 1": runs["softmax twice"]}
    assert len(figures.runs(gallery).axes) == 8
    assert [row["run"] for row in figures.run_rows(gallery)] == ["healthy", "case 1"]
    assert figures.run_rows(gallery)[0]["train\nfirst"] == round(runs["none"].loss[0], 3)
    sizes = {"relu": {"0.1": nets.signal(0.1, nets.relu, 3, 20)}, "tanh": {"0.1": nets.signal(0.1, torch.tanh, 3, 20)}}
    assert len(figures.signals(sizes).axes) == 3
    assert figures.signal_rows(sizes)[1]["gradient at the inputs"] == sizes["tanh"]["0.1"][1][0]
    assert len(figures.pictures(torch.zeros(12, 28, 28), ["a"]).axes) == 20
    plt.close("all")


# --- the notebook -----------------------------------------------------------------------------------------------------


def functions_of_the_notebook():
    """What notebook 03 defines at the top of its cells, without the stubs of the exercises."""
    file = ROOT / "notebooks" / "03_neural_networks.ipynb"
    cells = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    nodes = [node for cell in cells for node in ast.parse("".join(cell["source"])).body]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    space = {"torch": torch, "math": math, "F": F, "np": np, "classification_loss": nets.classification_loss}
    exec(compile(ast.Module(functions, []), str(file), "exec"), space)
    return space


def test_the_notebook_builds_what_the_package_holds():
    notebook = functions_of_the_notebook()
    z, (logits, labels) = 3 * normal(4, 7), batch(12, 5, scale=100)
    assert_close(notebook["relu"](z), nets.relu(z), **EXACT)
    assert_close(notebook["log_softmax"](logits), nets.log_softmax(logits), **EXACT)
    assert_close(notebook["mean_cross_entropy"](logits, labels), nets.cross_entropy(logits, labels), **EXACT)
    net, inputs = nets.TwoLayers.random(6, 9, 5, torch.Generator().manual_seed(1)), normal(12, 6)
    ours, theirs = notebook["gradients"](inputs, labels, *net.parameters), net.gradients(inputs, labels)
    for mine, packaged in zip(ours, theirs, strict=True):
        assert_close(mine, packaged, **EXACT)
    np.testing.assert_allclose(
        notebook["signal"](0.1, torch.tanh, 3, 20), nets.signal(0.1, torch.tanh, 3, 20)[0], rtol=1e-12
    )
    step = torch.tensor([3.0, 4.0]), torch.tensor([3.003, 3.996])
    assert notebook["update_ratio"](*step) == nets.update_ratio(*step)
    assert notebook["dead_units"](logits.relu()) == nets.dead_units(logits.relu())


# --- labels about which nothing is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(7,), (2, 5), (2, 3, 4)])
@pytest.mark.parametrize("ignored", [-100, 3])
def test_cross_entropy_of_tokens_passes_over_ignored_ones(shape, ignored):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(*shape, 6, generator=generator, dtype=torch.float64).requires_grad_()
    labels = torch.randint(6, shape, generator=generator)
    labels[..., 0] = ignored
    expected = F.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=ignored)
    ours = nets.cross_entropy(logits, labels, ignored)
    torch.testing.assert_close(ours, expected, rtol=0, atol=1e-10)
    (gradient,) = torch.autograd.grad(expected, logits)
    found = nets.cross_entropy_gradient(logits.detach(), labels, ignored)
    torch.testing.assert_close(found, gradient, rtol=0, atol=1e-10)
    assert (found[..., 0, :] == 0).all()


def test_a_mean_over_nothing_asked_is_told():
    with pytest.raises(ValueError, match="passed over"):
        nets.cross_entropy(torch.zeros(2, 3), torch.full((2,), -100))


def test_an_error_in_the_middle_leaves_the_mode_as_it_was():
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5)).train()
    with pytest.raises(RuntimeError):
        nets.evaluate(model, torch.zeros(4, 5), torch.zeros(4, dtype=torch.long))
    assert all(module.training for module in model.modules())
