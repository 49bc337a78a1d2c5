"""Gradients against PyTorch, micrograd's results and closed forms; optimisers step for step; bad input."""

import copy
import json
import math
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import rosen

from lessons import gradients as g
from lessons.course.assets import ROOT
from lessons.exercises import Kind, find
from lessons.kit import plots
from lessons.widgets import base
from lessons.widgets.gradients import computation_graph

EXACT = {"rtol": 1e-10, "atol": 1e-10}
NUMBERS = st.floats(-3, 3, allow_subnormal=False)

# --- Value: numbers and slopes ----------------------------------------------------------------------------------------

OPERATIONS = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a ** b": lambda a, b: a**b,
    "number first": lambda a, b: (2 + a) * (3 - b) + 4 / a - 5 * b + 2**a,
    "number last": lambda a, b: (a + 2) * (b - 3) + a / 4 - b * 5 + a**3 + a**-2 + a**0.5 + b**0,
    "minus": lambda a, b: -(a - -b),
    "shared": lambda a, b: (a * a + a) * (a * b) + b * b * b,
    "functions": lambda a, b: (a * b).tanh() + (a - b).exp() * (a + b).log() + (a - b).relu() - (b - a).relu(),
    "no way to b": lambda a, b: a * 1.5,
}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_value_and_slopes_are_pytorchs(name, seed):
    start = np.random.default_rng(seed).uniform(0.3, 2.5, size=2)
    ours, theirs = [g.Value(x) for x in start], torch.tensor(start, requires_grad=True)
    mine, other = OPERATIONS[name](*ours), OPERATIONS[name](*theirs)
    mine.backward()
    other.backward()
    assert_allclose(mine.data, other.item(), **EXACT)
    assert_allclose([value.grad for value in ours], theirs.grad, **EXACT)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(NUMBERS, min_size=3, max_size=3), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=12)
)
def test_random_graphs_agree_with_pytorch(numbers, program):
    """Each step of the program applies one operation to values that are there already, so that many are shared."""
    ours, theirs = (
        [g.Value(x) for x in numbers],
        [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers],
    )
    steps = [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b * 0.5,
        lambda a, b: a / (b * b + 1),
        lambda a, b: a.tanh() + b,
        lambda a, b: a.relu() * 2 - b,
        lambda a, b: (a * a + 0.5).log() - b.tanh().exp(),
    ]
    for operation, place in program:
        for values in (ours, theirs):
            values.append(steps[operation](values[place % len(values)], values[(7 * place + 1) % len(values)]))
    ours[-1].backward()
    theirs[-1].backward()
    for mine, other in zip(ours[:3], theirs[:3], strict=True):
        slope = 0.0 if other.grad is None else other.grad.item()
        assert_allclose(mine.grad, slope, rtol=1e-8, atol=1e-10)


def test_a_shared_value_collects_from_all_its_uses():
    a = g.Value(3.0)
    (a * a + a).backward()
    assert a.grad == 7


def test_a_node_waits_for_all_that_use_it():
    a = g.Value(2.0)
    b = a * 3
    c = b * b  # b is reached directly from the end as well, before c has reported
    (b + c).backward()
    assert (c.grad, b.grad, a.grad) == (1, 13, 39)


def test_the_inputs_accumulate_over_calls_and_the_nodes_between_start_anew():
    x, y = g.Value(2.0), torch.tensor(2.0, requires_grad=True)
    mine, theirs = (x * x).tanh() * x, torch.tanh(y * y) * y
    for _ in range(3):
        mine.backward()
        theirs.backward(retain_graph=True)
    assert_allclose(x.grad, y.grad.item(), rtol=1e-6)
    middle = x * x
    first, second = middle * 2, middle * 5
    x.grad = 0.0
    first.backward()
    second.backward()
    assert (middle.grad, x.grad) == (5, 28)


def test_backward_of_an_input_is_one_and_accumulates():
    x = g.Value(4)
    x.backward()
    x.backward()
    assert x.grad == 2


def test_the_order_holds_each_value_once_after_its_parents():
    a, b = g.Value(1.0, "a"), g.Value(2.0, "b")
    root = (a * b + a).tanh() * (b - a)
    order = g.topological_order(root)
    assert order[-1] is root
    assert len(order) == len(set(order)) == 7
    for place, node in enumerate(order):
        assert all(order.index(parent) < place for parent in node.parents)


def test_a_chain_of_100_000_neither_overflows_forwards_nor_backwards_nor_when_deleted():
    value = start = g.Value(1.0)
    for _ in range(100_000):
        value = value + 1
    value.backward()
    assert (value.data, start.grad) == (100_001, 1)
    del value
    assert start.parents == ()


def test_what_a_node_says_about_itself():
    a = g.Value(2, label="a")
    nodes = {"+": a + 1, "-": a - 1, "*": a * 3, "/": a / 4, "**3": a**3, "**": 2**a, "neg": -a, "tanh": a.tanh()}
    assert [node.operation for node in nodes.values()] == list(nodes)
    assert (a.operation, a.parents, a.local_gradients, a.label) == ("", (), (), "a")
    assert nodes["*"].local_gradients == (3.0, 2.0)
    assert nodes["/"].local_gradients == (0.25, -0.125)
    assert repr(a) == "Value(a = 2, grad=0)"
    assert isinstance(g.Value(True).data, float)


@pytest.mark.parametrize("number", [np.float64(2), np.float32(2), np.int64(2), True, 2])
def test_every_kind_of_real_number_takes_part(number):
    x = g.Value(3.0)
    for result in (x + number, number + x, number * x, x - number, number / x, x**number):
        assert isinstance(result, g.Value)
        assert type(result.data) is float


@pytest.mark.parametrize("at", [-1.0, 0.0, 1.0])
def test_relu_at_its_kink_does_as_pytorch_does(at):
    x, y = g.Value(at), torch.tensor(at, requires_grad=True)
    (x.relu() - (-x).relu()).backward()
    (torch.relu(y) - torch.relu(-y)).backward()
    assert x.grad == y.grad.item() == (at != 0)


@pytest.mark.parametrize("exponent", [0.5, 0, 1, 2, 3.0])
def test_the_slope_of_a_power_at_zero_is_pytorchs(exponent):
    x, y = g.Value(0.0), torch.tensor(0.0, requires_grad=True)
    (x**exponent).backward()
    (y**exponent).backward()
    assert x.grad == y.grad.item()


def test_negative_bases_with_whole_exponents():
    x = g.Value(-2.0)
    (x**3 + x**-1).backward()
    assert_allclose(x.grad, 12 - 0.25)


BAD = {
    "division by zero": (lambda x: x / 0, ValueError, "Division by zero"),
    "zero to a negative power": (lambda x: (x * 0) ** -1, ValueError, "Division by zero"),
    "log of zero": (lambda x: (x * 0).log(), ValueError, r"log\(0\) is not defined"),
    "log of a negative number": (lambda x: (-x).log(), ValueError, r"log\(-3\) is not defined"),
    "root of a negative number": (lambda x: (-x) ** 0.5, ValueError, "not a real number"),
    "negative base, Value as exponent": (lambda x: (-x) ** x, ValueError, "must be above 0"),
    "too large an exponential": (lambda x: (x * 1000).exp(), ValueError, "too large"),
    "too large a power": (lambda x: x**10_000, ValueError, "too large"),
    "too large an integer": (lambda x: x + 10**400, ValueError, "too large"),
    "a string": (lambda x: x + "2", TypeError, "'2'"),
    "a string first": (lambda x: "2" * x, TypeError, "'2'"),
    "None": (lambda x: g.Value(None), TypeError, "None"),
    "a complex number": (lambda x: x * 1j, TypeError, "complex"),
    "a list": (lambda x: x - [1], TypeError, "list"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_sentence(name):
    action, error, words = BAD[name]
    with pytest.raises(error, match=words):
        action(g.Value(3.0))


# --- networks of Values -----------------------------------------------------------------------------------------------


def tensors_of(mlp):
    rows = []
    for layer in mlp.layers:
        rows.append(torch.tensor([[w.data for w in n.weights] for n in layer], dtype=torch.float64))
        rows.append(torch.tensor([n.bias.data for n in layer], dtype=torch.float64))
    return [row.requires_grad_() for row in rows]


def torch_network(tensors, x):
    for index in range(0, len(tensors), 2):
        x = x @ tensors[index].T + tensors[index + 1]
        x = x.relu() if index < len(tensors) - 2 else x
    return x


@pytest.mark.parametrize("sizes", [[1, 1], [3, 2], [2, 4, 3], [2, 5, 5, 1]])
def test_a_network_and_its_gradients_are_pytorchs(sizes):
    mlp = g.MLP(sizes, seed=3)
    tensors = tensors_of(mlp)
    x = np.random.default_rng(0).normal(size=sizes[0])
    outputs, expected = mlp(x.tolist()), torch_network(tensors, torch.tensor(x))
    assert_allclose([output.data for output in outputs], expected.detach(), **EXACT)
    sum((output * output for output in outputs), g.Value(0)).backward()
    (expected**2).sum().backward()
    for number, layer in enumerate(mlp.layers):
        assert_allclose([[w.grad for w in n.weights] for n in layer], tensors[2 * number].grad, **EXACT)
        assert_allclose([n.bias.grad for n in layer], tensors[2 * number + 1].grad, **EXACT)
    assert len(mlp.parameters()) == sum(tensor.numel() for tensor in tensors)


def test_a_network_is_drawn_by_its_seed_and_checks_its_sizes_and_inputs():
    data = [[p.data for p in g.MLP([2, 3, 1], seed=s).parameters()] for s in (0, 0, 1)]
    assert data[0] == data[1] != data[2]
    for sizes in ([3], [], [2, 0, 1]):
        with pytest.raises(ValueError, match="none of them empty"):
            g.MLP(sizes)
    with pytest.raises(ValueError, match="has 2 inputs, not 3"):
        g.MLP([2, 1])([1.0, 2.0, 3.0])


# --- differences ------------------------------------------------------------------------------------------------------


def wave(x):
    return np.sin(x).prod() + (x**3).sum()


def wave_gradient(x):
    point = torch.tensor(x, requires_grad=True)
    (torch.sin(point).prod() + (point**3).sum()).backward()
    return point.grad.numpy()


@pytest.mark.parametrize("dims", [1, 2, 5])
def test_differences_come_near_the_gradient(dims):
    x = np.random.default_rng(dims).normal(size=dims)
    assert_allclose(g.numerical_gradient(wave, x), wave_gradient(x), rtol=1e-8, atol=1e-8)
    assert_allclose(g.numerical_gradient(wave, x.astype(np.float32)), wave_gradient(x), rtol=1e-2, atol=1e-2)


def test_the_error_shrinks_like_the_square_of_the_step():
    x = np.array([0.7, -0.4])
    large, small = (np.abs(g.numerical_gradient(wave, x, step) - wave_gradient(x)).max() for step in (1e-2, 1e-3))
    assert_allclose(math.log10(large / small), 2, atol=0.05)


def test_whole_numbers_are_allowed_and_the_point_is_left_alone():
    x = np.array([1, 2])
    assert_allclose(g.numerical_gradient(lambda p: p @ p, x), [2, 4], rtol=1e-8)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("point", [3.0, [[1.0]], ["a"], [math.nan], [math.inf], [1j]])
def test_points_that_are_no_list_of_numbers_are_refused(point):
    with pytest.raises(ValueError, match="list of finite numbers"):
        g.numerical_gradient(wave, point)


@pytest.mark.parametrize("step", [0, -1e-3, math.nan])
def test_steps_that_are_not_above_0_are_refused(step):
    with pytest.raises(ValueError, match="step must be above 0"):
        g.numerical_gradient(wave, [1.0], step)


# --- forward and reverse mode -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(1, 1), (3, 2), (6, 5, 4, 3), (2, 7, 1)])
def test_both_modes_are_products_with_pytorchs_jacobian(sizes):
    rng = np.random.default_rng(len(sizes))
    weights = [rng.normal(size=(after, before)) for before, after in pairwise(sizes)]
    x, direction, sensitivity = rng.normal(size=sizes[0]), rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])

    def network(point):
        for matrix in weights:
            point = torch.tanh(torch.tensor(matrix) @ point)
        return point

    jacobian = torch.autograd.functional.jacobian(network, torch.tensor(x)).numpy()
    output, change = g.forward_mode(weights, x, direction)
    assert_allclose(output, network(torch.tensor(x)), **EXACT)
    assert_allclose(change, jacobian @ direction, **EXACT)
    output, gradient = g.reverse_mode(weights, x, sensitivity)
    assert_allclose(output, network(torch.tensor(x)), **EXACT)
    assert_allclose(gradient, sensitivity @ jacobian, **EXACT)


def test_the_work_of_the_two_modes():
    assert g.multiplications([3, 4, 2]) == (3 * (12 + 8), 2 * (12 + 8))


# --- optimisers -------------------------------------------------------------------------------------------------------

PAIRS = {
    "SGD": (lambda p, wd: g.SGD(p, 0.05, wd), lambda p, wd: torch.optim.SGD(p, 0.05, weight_decay=wd)),
    "Momentum": (
        lambda p, wd: g.Momentum(p, 0.02, 0.8, wd),
        lambda p, wd: torch.optim.SGD(p, 0.02, momentum=0.8, weight_decay=wd),
    ),
    "Adam": (
        lambda p, wd: g.Adam(p, 0.03, (0.8, 0.99), 1e-6, wd),
        lambda p, wd: torch.optim.Adam(p, 0.03, (0.8, 0.99), 1e-6, wd),
    ),
    "AdamW": (
        lambda p, wd: g.AdamW(p, 0.03, weight_decay=wd),
        lambda p, wd: torch.optim.AdamW(p, 0.03, weight_decay=wd),
    ),
}


def parameters(seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(3, 2), (3,), (1, 3), ()]
    return [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes]


def loss_of(tensors):
    first, bias, last, scale = tensors
    x = torch.linspace(-1, 1, 10, dtype=first.dtype).reshape(5, 2)
    return ((torch.tanh(x @ first.T + bias) @ last.T * scale - 1) ** 2).mean()


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(3))
def test_every_one_of_100_steps_is_pytorchs(name, decay, seed):
    runs = [parameters(seed), parameters(seed)]
    optimizers = [make(run, decay) for make, run in zip(PAIRS[name], runs, strict=True)]
    for _ in range(100):
        for run, optimizer in zip(runs, optimizers, strict=True):
            optimizer.zero_grad()
            loss_of(run).backward()
            optimizer.step()
        torch.testing.assert_close(runs[0], runs[1], rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", PAIRS)
def test_in_float32_too(name):
    runs = [parameters(0, torch.float32), parameters(0, torch.float32)]
    for make, run in zip(PAIRS[name], runs, strict=True):
        optimizer = make(run, 0.1)
        for _ in range(20):
            optimizer.zero_grad()
            loss_of(run).backward()
            optimizer.step()
    torch.testing.assert_close(runs[0], runs[1], rtol=1.3e-6 * 20, atol=1e-5)  # 20 roundings add up


@pytest.mark.parametrize("name", PAIRS)
def test_a_parameter_without_gradient_stays_and_its_clock_stands_still(name):
    runs = [parameters(1), parameters(1)]
    optimizers = [make(run, 0.1) for make, run in zip(PAIRS[name], runs, strict=True)]
    for step in range(10):
        for run, optimizer in zip(runs, optimizers, strict=True):
            optimizer.zero_grad()
            loss_of(run).backward()
            if step % 3 == 1:
                run[0].grad = None
            optimizer.step()
        torch.testing.assert_close(runs[0], runs[1], rtol=0, atol=1e-10)


def test_a_learning_rate_may_change_between_steps():
    runs = [parameters(2), parameters(2)]
    ours, theirs = g.Adam(runs[0], 0.1), torch.optim.Adam(runs[1], 0.1)
    for step in range(30):
        ours.learning_rate = theirs.param_groups[0]["lr"] = 0.1 * g.cosine_warmup_decay(step, 5, 30)
        for run, optimizer in zip(runs, (ours, theirs), strict=True):
            optimizer.zero_grad()
            loss_of(run).backward()
            optimizer.step()
    torch.testing.assert_close(runs[0], runs[1], rtol=0, atol=1e-10)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -1e6])
def test_adams_first_step_is_the_learning_rate(gradient):
    weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weight.grad = torch.tensor([gradient], dtype=torch.float64)
    g.Adam([weight], 0.01).step()
    assert_allclose(weight.item(), -math.copysign(0.01, gradient), rtol=1e-4)


def test_weight_decay_is_a_penalty_for_sgd_and_not_for_adam():
    shrunk = {}
    for kind in (g.SGD, g.Adam, g.AdamW):
        weights = torch.ones(2, dtype=torch.float64, requires_grad=True)
        optimizer = kind([weights], 1e-3, weight_decay=0.1)
        for step in range(200):
            weights.grad = torch.tensor([0.01, 100.0], dtype=torch.float64) * (-1) ** step
            optimizer.step()
        shrunk[kind] = 1 - weights.detach()
    assert shrunk[g.Adam][0] > 5 * shrunk[g.AdamW][0]
    assert shrunk[g.Adam][1] < shrunk[g.AdamW][1] / 2
    assert_allclose(shrunk[g.SGD][0], 1 - (1 - 1e-4) ** 200, rtol=0.01)


def test_bad_settings_get_a_sentence():
    weight = torch.zeros(2, requires_grad=True)
    with pytest.raises(ValueError, match="no parameters"):
        g.SGD([], 0.1)
    with pytest.raises(ValueError, match="computed from others"):
        g.SGD([weight * 2], 0.1)
    for rate, decay in ((-0.1, 0.0), (0.1, -1.0), (math.nan, 0.0)):
        with pytest.raises(ValueError, match="below 0"):
            g.AdamW([weight], rate, weight_decay=decay)
    for betas in ((1.0, 0.9), (0.9, -0.1)):
        with pytest.raises(ValueError, match="below 1"):
            g.Adam([weight], betas=betas)
    with pytest.raises(ValueError, match="below 1"):
        g.Momentum([weight], momentum=1.5)


@pytest.mark.parametrize(("warmup", "total"), [(0, 10), (3, 10), (10, 10), (5, 100)])
def test_the_cosine_is_that_of_transformers(warmup, total):
    from transformers.optimization import get_cosine_schedule_with_warmup

    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule = get_cosine_schedule_with_warmup(optimizer, warmup, total)
    for step in range(total + 1):
        assert_allclose(g.cosine_warmup_decay(step, warmup, total), optimizer.param_groups[0]["lr"], **EXACT)
        optimizer.step()
        schedule.step()
    assert g.cosine_warmup_decay(10 * total, warmup, total) == 0


# --- the race ---------------------------------------------------------------------------------------------------------

SURFACES = {"valley": (g.valley, (0, 0)), "turned": (g.turned_valley, (0, 0)), "banana": (g.banana, (1, 1))}


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_is_lowest_at_its_bottom(name):
    surface, bottom = SURFACES[name]
    assert surface(torch.tensor(bottom, dtype=torch.float64)) == 0
    points = torch.randn(1000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert surface(points).shape == (1000,)
    assert (surface(points) > 0).all()


def test_the_surfaces_are_what_they_are_called():
    points = torch.randn(100, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    turn = torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=torch.float64) / math.sqrt(2)
    torch.testing.assert_close(g.turned_valley(points), g.valley(points @ turn))
    for surface, corner in ((g.valley, 0.0), (g.turned_valley, 49.5)):
        hessian = torch.func.hessian(surface)(points[0])
        torch.testing.assert_close(torch.linalg.eigvalsh(hessian), torch.tensor([1.0, 100.0], dtype=torch.float64))
        assert abs(hessian[0, 1].abs().item() - corner) < 1e-10
    assert_allclose(g.banana(points), rosen(points.numpy().T), **EXACT)


def test_the_best_rate_is_best_by_the_geometric_mean():
    class Fixed(g.SGD):
        """Ends at heights that the rate alone decides: (1e-8, 1) for rate 1, (1e-2, 1e-2) for rate 2."""

        def _move(self, index, parameter, gradient):
            small = torch.where(self.learning_rate == 1, torch.tensor(1e-8), torch.tensor(1e-2))
            large = torch.where(self.learning_rate == 1, torch.tensor(1.0), torch.tensor(1e-2))
            parameter.copy_(torch.cat([small, large], dim=1).expand_as(parameter))

    def first(points):
        return points[..., 0]

    assert g.best_learning_rate(Fixed, first, np.zeros((2, 2)), [1.0, 2.0], 1) == 1.0  # by the mean it would be 2


@pytest.mark.parametrize("kind", [g.SGD, g.Momentum, g.Adam, g.AdamW])
def test_many_descents_at_once_are_the_single_ones(kind):
    starts, rates = torch.tensor([[1.0, 0.5], [-1.0, 2.0]], dtype=torch.float64), (0.001, 0.01)
    many = g.descend(kind, g.banana, starts.expand(2, 2, 2), torch.tensor(rates, dtype=torch.float64)[:, None, None], 9)
    for row, rate in enumerate(rates):
        for column, start in enumerate(starts):
            alone = g.descend(kind, g.banana, start, rate, 9)
            # some of these runs diverge: NaN in one is NaN in the other
            torch.testing.assert_close(many[:, row, column], alone, rtol=1e-10, atol=1e-10, equal_nan=True)


def test_sgd_walks_the_path_that_theory_says():
    path = g.descend(g.SGD, g.valley, [1.0, 1.0], 0.01, 50)
    steps = torch.arange(51, dtype=torch.float64)
    torch.testing.assert_close(path[:, 0], 0.99**steps, rtol=0, atol=1e-10)
    torch.testing.assert_close(path[1:, 1], torch.zeros(50, dtype=torch.float64), rtol=0, atol=1e-10)


def test_the_best_rate_is_chosen_and_divergence_is_never_best():
    starts = np.random.default_rng(0).normal(size=(5, 2))
    assert g.best_learning_rate(g.SGD, g.valley, starts, [1e-4, 0.0198, 0.5, 1e3], 300) == 0.0198
    with pytest.raises(ValueError, match="Every rate diverges"):
        g.best_learning_rate(g.SGD, g.banana, starts, [1e3, 1e6], 50)  # ends as NaN
    with pytest.raises(ValueError, match="Every rate diverges"):
        g.best_learning_rate(g.SGD, g.valley, starts, [1e3], 40)  # ends as infinity


# --- the measured speed -----------------------------------------------------------------------------------------------


def test_the_stored_comparison_found_equal_gradients_and_is_complete():
    stored = json.loads((ROOT / "benchmarks" / "results" / "autograd.json").read_text(encoding="utf-8"))["micrograd"]
    assert stored["largest_difference"] < 1e-12
    assert stored["both"]["ratio_quartiles"][1] > 1
    assert {"forward", "backward", "both", "machine", "rounds", "nodes"} <= set(stored)


def test_gradients_equal_micrograds():
    engine = pytest.importorskip("micrograd.engine", reason="micrograd belongs to the extra [bench]")
    numbers = [0.7, -1.3, 2.1]

    def formula(a, b, c):
        d = (a * b + c) ** 2 + (a - b / c).relu()
        return d * a - d / (b * b + 1) + -c

    ours, theirs = [g.Value(x) for x in numbers], [engine.Value(x) for x in numbers]
    formula(*ours).backward()
    formula(*theirs).backward()
    assert_allclose([value.grad for value in ours], [value.grad for value in theirs], **EXACT)


# --- what the exercises answer ----------------------------------------------------------------------------------------


def test_nudging_is_told_from_rounding():
    def nudged(x, w, b, y, little=1e-6):
        def loss(w, b):
            return (math.tanh(w * x + b) - y) ** 2

        return (loss(w + little, b) - loss(w, b)) / little, (loss(w, b + little) - loss(w, b)) / little

    verdict = find("gradients.neuron_gradient").check(nudged)
    assert verdict.kind is Kind.WRONG
    assert "but only by" in verdict.sentence
    assert "approximates" in verdict.sentence


def test_following_every_path_is_right_and_told_its_price():
    def all_paths(parents, slopes, root):
        gradient = np.zeros(len(parents))

        def follow(node, product):
            gradient[node] += product
            for parent, slope in zip(parents[node], slopes[node], strict=True):
                follow(parent, product * slope)

        follow(root, 1.0)
        return gradient

    verdict = find("gradients.backward").check(all_paths)
    assert verdict.kind is Kind.CORRECT
    assert "2⁴⁰ paths" in verdict.sentence


def test_a_changed_point_is_explained_even_if_the_attempt_puts_it_back():
    def restored(function, point, step):
        gradient = np.zeros_like(point)
        for i in range(len(point)):
            point[i] += step
            ahead = function(point)
            point[i] -= 2 * step
            behind = function(point)
            point[i] += step
            gradient[i] = (ahead - behind) / (2 * step)
        return gradient

    verdict = find("gradients.numerical_gradient").check(restored)
    assert verdict.kind is Kind.KNOWN_MISTAKE
    assert "do not quite undo it" in verdict.sentence


# --- in the notebook --------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_the_graph_of_the_notebook_is_drawn_without_a_warning_in_the_style_of_the_course():
    with plt.rc_context():
        plots.use_style()
        assert base.png(computation_graph("(a * b + c).tanh()", a=2, b=-3, c=6.5).picture()).startswith(b"\x89PNG")


# --- graphs that are copied, steps that are lost, gradients that are cut ----------------------------------------------


def test_a_deep_graph_is_copied_without_recursion():
    x = start = g.Value(1.0, "start")
    for _ in range(20_000):
        x = x * 0.9999 + start
    x.backward()
    again, also = copy.deepcopy([x, start])
    assert again is not x
    assert (again.data, again.grad, also.grad, also.label) == (x.data, x.grad, start.grad, "start")
    also.grad = 0.0
    again.backward()
    assert also.grad == start.grad  # the copies belong together, and nothing is shared
    assert len(g.topological_order(again)) == len(g.topological_order(x))


@pytest.mark.parametrize(("point", "step"), [([1.0, 1e12], None), ([1e12], 1e-6), ([-3e20, 0.0], 1.0)])
def test_a_step_that_gets_lost_beside_the_point_is_told(point, step):
    with pytest.raises(ValueError, match="gets lost beside"):
        g.numerical_gradient(lambda x: float(x @ x), point, step)


def test_beside_a_large_number_a_large_step_works():
    found = g.numerical_gradient(lambda x: float(x @ x), [1e12], 1e6)
    assert_allclose(found, [2e12], rtol=1e-6)


@pytest.mark.parametrize("max_norm", [1e-3, 1.0, 1e6])
def test_clipping_is_torchs(max_norm):
    generator = torch.Generator().manual_seed(0)
    shapes = ((3, 4), (5,), (), (2,))
    ours, theirs = ([torch.zeros(shape, dtype=torch.float64) for shape in shapes] for _ in range(2))
    for index, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if index != 1:  # a parameter without a gradient
            a.grad = torch.randn(a.shape, generator=generator, dtype=torch.float64)
            b.grad = a.grad.clone()
    norm = g.clip_gradients(ours, max_norm)
    torch.testing.assert_close(
        torch.tensor(norm, dtype=torch.float64), torch.nn.utils.clip_grad_norm_(theirs, max_norm)
    )
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, rtol=0, atol=1e-10)


def test_clipping_needs_a_norm_and_bears_zeros():
    for wrong in (0, -1.0, math.nan):
        with pytest.raises(ValueError, match="must be above 0"):
            g.clip_gradients([torch.zeros(2)], wrong)
    still = torch.zeros(2)
    still.grad = torch.zeros(2)
    assert g.clip_gradients([still], 1.0) == 0.0
    assert still.grad.tolist() == [0, 0]
    assert g.clip_gradients([torch.zeros(2)], 1.0) == 0.0


@pytest.mark.parametrize("kind", [g.SGD, g.Momentum, g.Adam, g.AdamW])
def test_an_optimiser_goes_on_from_its_state(kind):
    def steps(mover, parameter, n):
        for i in range(n):
            parameter.grad = (parameter + i).detach()
            mover.step()

    x = torch.tensor([1.0, -2.0])
    first = kind([x], 0.1)
    steps(first, x, 3)
    y = x.clone()
    second = kind([y], 0.5)
    second.load_state_dict(first.state_dict())
    steps(first, x, 2)
    steps(second, y, 2)
    torch.testing.assert_close(x, y, rtol=0, atol=0)
    with pytest.raises(ValueError, match="not the state of"):
        second.load_state_dict({"learning_rate": 0.1})
