"""Linear models against scikit-learn, NumPy and finite differences; the theory of descent; bad input."""

import ast
import itertools
import json

import numpy as np
import pytest
import scipy.stats
import sklearn.linear_model as sk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from lessons import linear_models as lm
from lessons.course.assets import ROOT
from lessons.exercises import Kind, find
from lessons.kit.datasets import penguins
from lessons.linear_models import pictures
from tests.support.figures import words

SHAPES = [(3, 1), (20, 1), (50, 4), (200, 7), (12, 12)]
EXACT = {"rtol": 1e-10, "atol": 1e-10}


def regression(n, d, seed=0):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    return inputs, inputs @ rng.normal(size=d) + 3 + 0.5 * rng.normal(size=n)


def classification(n, d, seed=0):
    """Overlapping classes: a third of the labels is drawn by lot."""
    inputs, targets = regression(n, d, seed)
    labels = (targets > np.median(targets)).astype(int)
    rng = np.random.default_rng(seed + 1)
    labels = np.where(rng.random(n) < 0.35, rng.integers(2, size=n), labels)
    labels[:2] = 0, 1
    return inputs, labels


def complex_step(function, point):
    """The derivative to the last digit: the imaginary part of the function after an imaginary step of 1e-30."""
    return np.array([function(point + 1e-30j * axis).imag / 1e-30 for axis in np.eye(len(point))])


def central(function, point, step=1e-5):
    return np.stack(
        [(function(point + step * a) - function(point - step * a)) / (2 * step) for a in np.eye(len(point))]
    )


# --- the table --------------------------------------------------------------------------------------------------------


def test_with_ones_puts_the_bias_last():
    assert_allclose(lm.with_ones([[2, 3], [4, 5]]), [[2, 3, 1], [4, 5, 1]])


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_standardise_is_scikit_learns_scaler_fitted_to_the_first_table(n, d):
    (train, _), (test, _) = regression(n, d), regression(5, d, seed=9)
    scaler = StandardScaler().fit(train)
    ours = lm.standardise(train, test, test[:1])
    for mine, table in zip(ours, (train, test, test[:1]), strict=True):
        assert_allclose(mine, scaler.transform(table), **EXACT)


def test_standardise_only_centres_a_constant_and_changes_no_input():
    train = np.column_stack([np.full(10, 0.1), np.arange(10.0)])
    before = train.copy()
    (scaled,) = lm.standardise(train)
    assert_allclose(scaled[:, 0], 0, atol=1e-12)
    assert_allclose(scaled.std(0)[1], 1)
    assert_allclose(train, before, rtol=0)


# --- least squares ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "d"), [*SHAPES, (5, 9), (1, 3)])
def test_least_squares_is_scikit_learn_s(n, d):
    inputs, targets = regression(n, d)
    reference = sk.LinearRegression().fit(inputs, targets)
    assert_allclose(lm.least_squares(inputs, targets), [*reference.coef_, reference.intercept_], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("n", "d"), SHAPES[1:4])
def test_least_squares_is_numpys_lstsq_and_solves_the_normal_equations(n, d):
    inputs, targets = regression(n, d)
    table, ours = lm.with_ones(inputs), lm.least_squares(inputs, targets)
    assert_allclose(ours, np.linalg.lstsq(table, targets, rcond=None)[0], **EXACT)
    assert_allclose(lm.squared_loss_gradient(ours, table, targets), 0, atol=1e-10)


@pytest.mark.parametrize("l2", [1e-3, 0.1, 10.0])
@pytest.mark.parametrize(("n", "d"), [*SHAPES, (5, 9)])
def test_the_penalty_is_scikit_learns_ridge_with_alpha_n_l2(n, d, l2):
    inputs, targets = regression(n, d)
    reference = sk.Ridge(alpha=n * l2, solver="svd").fit(inputs, targets)
    model = lm.LinearRegression(l2).fit(inputs, targets)
    assert_allclose(model.weights, reference.coef_, **EXACT)
    assert_allclose(model.bias, reference.intercept_, **EXACT)
    assert_allclose(model.predict(inputs), reference.predict(inputs), **EXACT)


def test_many_more_features_than_examples_are_quick_and_fit_perfectly():
    inputs, targets = regression(20, 2)
    wide = np.hstack([inputs, np.random.default_rng(0).normal(size=(20, 3000))])
    assert_allclose(lm.LinearRegression().fit(wide, targets).predict(wide), targets, **EXACT)


def test_repeated_and_constant_features_share_the_weight():
    inputs, targets = regression(30, 2)
    doubled = np.column_stack([inputs, inputs, np.full(30, 7.0)])
    ours, reference = lm.least_squares(doubled, targets), sk.LinearRegression().fit(doubled, targets)
    assert_allclose(ours[:5], reference.coef_, **EXACT)
    assert_allclose(ours[:2], ours[2:4], **EXACT)
    assert_allclose(lm.with_ones(doubled) @ ours, reference.predict(doubled), **EXACT)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 40), d=st.integers(1, 6), l2=st.sampled_from([0.0, 0.01, 1.0]))
def test_no_other_parameters_have_a_smaller_loss(seed, n, d, l2):
    inputs, targets = regression(n, d, seed)
    table, best = lm.with_ones(inputs), lm.least_squares(inputs, targets, l2)
    lowest = lm.squared_loss(best, table, targets, l2)
    for other in best + np.random.default_rng(seed).normal(size=(20, d + 1)) * np.logspace(-3, 1, 20)[:, None]:
        assert lm.squared_loss(other, table, targets, l2) >= lowest * (1 - 1e-9) - 1e-12


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), shift=st.floats(-100, 100), scale=st.floats(0.01, 100))
def test_units_of_inputs_and_targets_do_not_change_the_predictions(seed, shift, scale):
    inputs, targets = regression(20, 3, seed)
    plain = lm.LinearRegression().fit(inputs, targets).predict(inputs)
    moved = lm.LinearRegression().fit(inputs * scale + shift, 10 * targets + 4).predict(inputs * scale + shift)
    assert_allclose(moved, 10 * plain + 4, rtol=1e-6, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_a_larger_penalty_gives_shorter_weights_and_a_larger_training_error(seed):
    inputs, targets = regression(15, 4, seed)
    models = [lm.LinearRegression(l2).fit(inputs, targets) for l2 in (0.0, 0.01, 0.1, 1.0, 10.0)]
    lengths = [np.linalg.norm(model.weights) for model in models]
    errors = [np.mean((model.predict(inputs) - targets) ** 2) for model in models]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(lengths))
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(errors))


# --- gradients and Hessians -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize(("n", "d"), [*SHAPES, (1, 2)])
def test_squared_loss_its_gradient_and_hessian(n, d, l2):
    inputs, targets = regression(n, d)
    table, point = lm.with_ones(inputs), np.random.default_rng(3).normal(size=d + 1)

    def loss(p):
        return ((table @ p - targets) ** 2).mean() + l2 * (p[:-1] ** 2).sum()

    assert lm.squared_loss(point, table, targets, l2) == pytest.approx(loss(point), rel=1e-12)
    gradient = lm.squared_loss_gradient(point, table, targets, l2)
    assert_allclose(gradient, complex_step(loss, point), **EXACT)
    numeric = central(lambda p: lm.squared_loss_gradient(p, table, targets, l2), point)
    assert_allclose(lm.squared_loss_hessian(table, l2), numeric, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize(("n", "d"), [*SHAPES, (2, 2)])
def test_cross_entropy_its_gradient_and_hessian(n, d, l2):
    inputs, labels = classification(n, d)
    table, point = lm.with_ones(inputs), np.random.default_rng(3).normal(size=d + 1)

    def loss(p):
        return np.log1p(np.exp(-np.where(labels == 1, 1, -1) * (table @ p))).mean() + l2 * (p[:-1] ** 2).sum()

    assert lm.cross_entropy(point, table, labels, l2) == pytest.approx(loss(point), rel=1e-12)
    gradient = lm.cross_entropy_gradient(point, table, labels, l2)
    assert_allclose(gradient, complex_step(loss, point), **EXACT)
    numeric = central(lambda p: lm.cross_entropy_gradient(p, table, labels, l2), point)
    assert_allclose(lm.cross_entropy_hessian(point, table, l2), numeric, rtol=1e-6, atol=1e-8)


def test_nowhere_is_cross_entropy_more_curved_than_at_zeros():
    table = lm.with_ones(classification(40, 3)[0])
    at_zeros = lm.cross_entropy_hessian(np.zeros(4), table)
    for point in np.random.default_rng(0).normal(size=(20, 4)) * 3:
        assert np.linalg.eigvalsh(at_zeros - lm.cross_entropy_hessian(point, table)).min() >= -1e-12


# --- descent ----------------------------------------------------------------------------------------------------------


def bowl(curvatures):
    hessian = np.diag(curvatures)
    return hessian, lambda point: hessian @ point


@settings(deadline=None, max_examples=40)
@given(low=st.floats(0.01, 1), ratio=st.floats(1.5, 50), share=st.floats(0.05, 1.6))
def test_every_axis_shrinks_by_its_own_factor(low, ratio, share):
    hessian, gradient = bowl([low, low * ratio])
    fastest, edge = lm.learning_rates(hessian)
    rate = share * edge
    path = lm.gradient_descent(gradient, np.ones(2), rate, 12)
    assert_allclose(path[-1], (1 - rate * np.diag(hessian)) ** 12, rtol=1e-6, atol=1e-12)
    assert (np.abs(path[-1]).max() < 1) == (rate < edge) or np.isclose(rate, edge)
    shrinks = {r: np.abs(1 - r * np.diag(hessian)).max() for r in (rate, fastest, edge)}  # in the worst direction
    assert shrinks[fastest] <= shrinks[rate] + 1e-12
    assert shrinks[fastest] == pytest.approx((ratio - 1) / (ratio + 1))
    assert shrinks[edge] == pytest.approx(1)


def test_the_edge_on_real_data():
    inputs = penguins().train.inputs
    table, targets = lm.with_ones(inputs[:, 2:3] / 10 - 19), inputs[:, 3] / 1000
    hessian, best = lm.squared_loss_hessian(table), lm.least_squares(inputs[:, 2:3] / 10 - 19, targets)
    _, edge = lm.learning_rates(hessian)

    def gradient(parameters):
        return lm.squared_loss_gradient(parameters, table, targets)

    below, above = (lm.gradient_descent(gradient, [0, 0], share * edge, 2000) for share in (0.99, 1.01))
    assert_allclose(below[-1], best, atol=1e-8)
    assert np.linalg.norm(above[-1] - best) > 1e6
    steepest = np.linalg.eigh(hessian)[1][:, -1]
    signs = np.sign((below[:50] - best) @ steepest)
    assert (signs[1:] == -signs[:-1]).all()  # just below the edge every step lands on the other side


def test_descent_that_runs_away_is_returned_and_not_warned_about():
    _, gradient = bowl([1.0, 2.0])
    assert not np.isfinite(lm.gradient_descent(gradient, [1.0, 1.0], 100.0, 1000)[-1]).all()


def test_a_redundant_column_leaves_a_bowl_with_a_level_axis():
    for seed in range(20):
        inputs, targets = regression(30, 2, seed)
        (x,) = lm.standardise(np.column_stack([inputs, inputs.sum(1)]))
        hessian = lm.squared_loss_hessian(lm.with_ones(x))  # its smallest eigenvalue is 0, and comes out as ±2e-16
        fastest, edge = lm.learning_rates(hessian)
        assert edge == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1])
        assert fastest == pytest.approx(edge)
        assert fastest <= edge
        lm.LinearRegression().fit(x, targets, learning_rate=0.5 * edge)
    with pytest.raises(ValueError, match="Not a bowl"):
        lm.learning_rates(np.diag([-1e-9, 1.0]))


def test_learning_rates_want_a_bowl():
    with pytest.raises(ValueError, match="Not a bowl"):
        lm.learning_rates(np.diag([-1.0, 1.0]))
    with pytest.raises(ValueError, match="Not a bowl"):
        lm.learning_rates(np.zeros((2, 2)))


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 50), batch_size=st.integers(1, 60), seed=st.integers(0, 99))
def test_minibatches_hold_every_example_once(n, batch_size, seed):
    batches = list(lm.minibatches(n, batch_size, np.random.default_rng(seed)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(n))
    assert {len(batch) for batch in batches[:-1]} <= {batch_size}
    assert 1 <= len(batches[-1]) <= batch_size


def test_stochastic_descent_with_one_batch_is_gradient_descent():
    inputs, targets = regression(30, 2)
    table = lm.with_ones(lm.standardise(inputs)[0])
    stochastic = lm.stochastic_gradient_descent(lm.squared_loss_gradient, table, targets, 0.1, 30, epochs=25)
    plain = lm.gradient_descent(lambda p: lm.squared_loss_gradient(p, table, targets), np.zeros(3), 0.1, 25)
    assert_allclose(stochastic, plain, **EXACT)


def test_stochastic_descent_repeats_itself_and_gets_near():
    inputs, targets = regression(200, 3)
    table = lm.with_ones(lm.standardise(inputs)[0])
    runs = [
        lm.stochastic_gradient_descent(lm.squared_loss_gradient, table, targets, 0.02, 20, 60, s) for s in (0, 0, 1)
    ]
    assert_allclose(runs[0], runs[1], rtol=0)
    assert not np.allclose(runs[0], runs[2])
    best = lm.least_squares(table[:, :-1], targets)
    assert runs[0].shape == (1 + 10 * 60, 4)
    assert lm.squared_loss(runs[0][-1], table, targets) < 1.05 * lm.squared_loss(best, table, targets)


def test_newton_takes_one_step_on_a_bowl_and_says_when_it_does_not_arrive():
    inputs, targets = regression(30, 3)
    table = lm.with_ones(inputs)
    functions = (
        lambda p: lm.squared_loss(p, table, targets),
        lambda p: lm.squared_loss_gradient(p, table, targets),
        lambda _: lm.squared_loss_hessian(table),
    )
    path = lm.newton(*functions, np.zeros(4))
    assert_allclose(path[1], lm.least_squares(inputs, targets), **EXACT)
    with pytest.raises(RuntimeError, match="not arrived after 0 steps"):
        lm.newton(*functions, np.zeros(4), max_steps=0)


# --- logistic regression ----------------------------------------------------------------------------------------------


def test_sigmoid_is_exact_far_out_and_symmetric():
    z = np.array([-1e6, -1000.0, -745.0, -40.0, -1.0, 0.0, 1.0, 40.0, 1000.0, 1e6])
    with np.errstate(all="raise", under="ignore"):
        p = lm.sigmoid(z)
    assert_allclose(p + lm.sigmoid(-z), 1, rtol=1e-15)
    assert_allclose(p[3:6], [np.exp(-40), 1 / (1 + np.e), 0.5], rtol=1e-12)
    assert p[0] == 0
    assert p[-1] == 1
    assert lm.sigmoid(0.0) == 0.5


def test_cross_entropy_survives_logits_of_1000():
    table, labels = np.array([[1000.0, 1.0], [-1000.0, 1.0], [1000.0, 1.0]]), np.array([1, 0, 0])
    with np.errstate(all="raise", under="ignore"):
        assert lm.cross_entropy(np.array([1.0, 0.0]), table, labels) == pytest.approx(1000 / 3)
        assert np.isfinite(lm.cross_entropy_gradient(np.array([1.0, 0.0]), table, labels)).all()
        assert lm.cross_entropy(np.array([0.04, 0.0]), table[:2], labels[:2]) == pytest.approx(np.exp(-40), rel=1e-9)


def test_cross_entropy_is_scikit_learns_log_loss():
    inputs, labels = classification(60, 3)
    model = lm.LogisticRegression(0.01).fit(inputs, labels)
    table, parameters = lm.with_ones(inputs), np.append(model.weights, model.bias)
    assert lm.cross_entropy(parameters, table, labels) == pytest.approx(log_loss(labels, model.predict_proba(inputs)))


@pytest.mark.parametrize("l2", [1e-4, 0.01, 1.0])
@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_logistic_regression_is_scikit_learns_with_c_1_over_2_n_l2(n, d, l2):
    inputs, labels = classification(n, d)
    reference = sk.LogisticRegression(C=1 / (2 * n * l2), solver="newton-cholesky", tol=1e-12).fit(inputs, labels)
    model = lm.LogisticRegression(l2).fit(inputs, labels)
    assert_allclose(model.weights, reference.coef_[0], rtol=1e-8, atol=1e-9)
    assert_allclose(model.bias, reference.intercept_[0], rtol=1e-8, atol=1e-9)
    assert_allclose(model.predict_proba(inputs), reference.predict_proba(inputs), rtol=1e-8, atol=1e-9)
    assert (model.predict(inputs) == reference.predict(inputs)).all()


@pytest.mark.parametrize(("n", "d"), [(50, 4), (200, 7)])
def test_logistic_regression_without_penalty(n, d):
    inputs, labels = classification(n, d)
    assert not lm.separable(inputs, labels)
    reference = sk.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12).fit(inputs, labels)
    model = lm.LogisticRegression().fit(inputs, labels)
    assert_allclose(model.weights, reference.coef_[0], rtol=1e-8)
    assert len(model.loss_history) < 15


def test_raw_penguins_in_millimetres_and_grams():
    data = penguins().train
    chosen = data.labels < 2
    inputs, labels = data.inputs[chosen][:, [0, 2]], data.labels[chosen]
    model = lm.LogisticRegression(1e-3).fit(inputs, labels)
    reference = sk.LogisticRegression(C=1 / (2e-3 * len(labels)), solver="newton-cholesky", tol=1e-12)
    assert_allclose(model.predict_proba(inputs), reference.fit(inputs, labels).predict_proba(inputs), atol=1e-8)


def test_units_and_zeros_of_the_features_do_not_change_the_lowest_cross_entropy():
    inputs, labels = classification(200, 2)
    (z,) = lm.standardise(inputs)
    lowest = lm.LogisticRegression().fit(z, labels).loss_history[-1]
    versions = {
        "far from 0": z + 1e4,
        "one of them tiny": z * [1, 1e-8],
        "time stamps": z * [1e7, 1] + [1.7e9, 0],
        "all tiny": z * 1e-8,
    }
    for name, version in versions.items():
        found = lm.LogisticRegression().fit(version, labels).loss_history[-1]
        assert found == pytest.approx(lowest, rel=1e-9), name


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_gradient_descent_and_newton_meet(l2):
    inputs, labels = classification(80, 3)
    (inputs,) = lm.standardise(inputs)
    descent = lm.LogisticRegression(l2).fit(inputs, labels, learning_rate=1.0, steps=5000)
    newton = lm.LogisticRegression(l2).fit(inputs, labels)
    assert_allclose(descent.weights, newton.weights, atol=1e-8)
    assert len(descent.loss_history) == 5001
    assert all(a >= b - 1e-12 for a, b in itertools.pairwise(descent.loss_history))
    line = lm.LinearRegression(l2).fit(inputs, labels, learning_rate=0.2, steps=5000)
    assert_allclose(line.weights, lm.LinearRegression(l2).fit(inputs, labels).weights, atol=1e-8)


def test_the_exercise_tells_a_nearly_certain_answer_from_a_certain_one():
    def careless(logits, labels):
        losses = np.logaddexp(0, np.where(labels == 1, -logits, logits))
        return np.where(losses < 1e-5, 0, losses).mean()

    item = find("linear_models.binary_cross_entropy")
    assert item.check(item.solution).kind is Kind.CORRECT
    assert item.check(careless).kind is not Kind.CORRECT


# --- separable classes ------------------------------------------------------------------------------------------------


def test_some_penguins_are_separable_and_some_are_not():
    data = penguins().train
    adelie_chinstrap, adelie_gentoo = data.labels < 2, data.labels != 1
    assert lm.separable(data.inputs[adelie_chinstrap], data.labels[adelie_chinstrap] == 1)
    assert not lm.separable(data.inputs[adelie_chinstrap][:, :2], data.labels[adelie_chinstrap] == 1)
    assert lm.separable(data.inputs[adelie_gentoo][:, :2], data.labels[adelie_gentoo] == 2)


def test_touching_classes_are_separable_and_overlapping_ones_are_not():
    labels = [0, 0, 1, 1]
    assert lm.separable([[0.0], [1.0], [1.0], [2.0]], labels)  # a plane through the shared point
    assert lm.separable([[0.0], [1.0], [1.1], [2.0]], labels)
    assert not lm.separable([[0.0], [1.1], [1.0], [2.0]], labels)
    assert not lm.separable([[5.0], [5.0], [5.0], [5.0]], labels)  # nothing to tell them apart by


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), n=st.integers(4, 40), d=st.integers(1, 4))
def test_classes_cut_by_a_plane_are_separable_until_a_middle_label_flips(seed, n, d):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n, d))
    inputs[0], inputs[1], inputs[2] = 3 * np.ones(d), -3 * np.ones(d), np.zeros(d)
    labels = (inputs.sum(1) > 0.01).astype(int)
    assert lm.separable(inputs, labels)
    doubled, contradicting = np.vstack([inputs, inputs]), np.concatenate([labels, 1 - labels])
    assert not lm.separable(doubled, contradicting)


def test_separable_classes_need_a_penalty_and_without_one_the_weights_grow():
    data = penguins().train
    chosen = data.labels != 1
    (inputs,), labels = lm.standardise(data.inputs[chosen]), data.labels[chosen] == 2
    with pytest.raises(ValueError, match="no weights are best"):
        lm.LogisticRegression().fit(inputs, labels)
    lengths, losses = [], []
    for steps in (100, 1000, 10_000):
        model = lm.LogisticRegression().fit(inputs, labels, learning_rate=1.0, steps=steps)
        lengths.append(np.linalg.norm(model.weights))
        losses.append(model.loss_history[-1])
    assert lengths[2] > lengths[1] > lengths[0]
    assert losses[0] > 5 * losses[1] > 25 * losses[2]
    assert (lengths[2] - lengths[1]) == pytest.approx(lengths[1] - lengths[0], rel=0.35)  # equal growth for each decade
    penalised = lm.LogisticRegression(1e-3).fit(inputs, labels)
    assert np.linalg.norm(penalised.weights) < lengths[2]


# --- bad input --------------------------------------------------------------------------------------------------------

GOOD, TARGETS, LABELS = np.arange(8.0).reshape(4, 2) ** 1.5, np.arange(4.0), [0, 1, 0, 1]
BAD_INPUTS = {
    "one axis": (np.arange(4.0), r"inputs\[:, None\]"),
    "three axes": (np.ones((2, 2, 1)), "two axes"),
    "a number": (3.0, "two axes"),
    "no examples": (np.empty((0, 2)), "nothing to learn from"),
    "no features": (np.empty((4, 0)), "nothing to learn from"),
    "NaN": ([[1, 2], [3, np.nan], [5, 6], [7, 8]], r"1 NaN or infinite numbers, the first at \(1, 1\)"),
    "infinite": ([[1, np.inf], [3, 4], [5, 6], [7, 8]], "NaN or infinite"),
    "too few": (GOOD[:3], "3 inputs and 4 targets"),
    "text": ([["a", "b"]] * 4, "inputs must be numbers"),
}


@pytest.mark.parametrize(("inputs", "message"), BAD_INPUTS.values(), ids=BAD_INPUTS)
@pytest.mark.parametrize("model", [lm.LinearRegression, lm.LogisticRegression])
def test_bad_inputs_get_a_sentence(model, inputs, message):
    with pytest.raises(ValueError, match=message):
        model(0.1).fit(inputs, LABELS)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 2, 1], "Labels are 0 and 1; these are 0, 1, 2"),
        ([1, 1, 1, 1], "Two classes are needed"),
        ([[0], [1], [0], [1]], "one axis"),
        ([0, 1, np.nan, 1], "NaN"),
        ([-1, 1, -1, 1], "Labels are 0 and 1"),
    ],
)
def test_bad_labels_get_a_sentence(labels, message):
    with pytest.raises(ValueError, match=message):
        lm.LogisticRegression(0.1).fit(GOOD, labels)


def test_bad_targets_and_settings_get_a_sentence():
    with pytest.raises(ValueError, match="one axis"):
        lm.LinearRegression().fit(GOOD, TARGETS[:, None])
    with pytest.raises(ValueError, match="the first at \\(2,\\)"):
        lm.LinearRegression().fit(GOOD, [0, 1, np.nan, 1])
    for l2 in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="l2 must be"):
            lm.LinearRegression(l2)
    with pytest.raises(ValueError, match="batch"):
        lm.minibatches(5, 0, np.random.default_rng(0))
    for rate, steps in ((-0.1, 5), (0.1, -5), (np.nan, 5)):
        with pytest.raises(ValueError, match="below 0"):
            lm.gradient_descent(lambda p: p, [1.0], rate, steps)
    with pytest.raises(ValueError, match="differ in their features"):
        lm.standardise(GOOD, GOOD[:, :1])
    with pytest.raises(ValueError, match="table 2"):
        lm.standardise(GOOD, GOOD[0])


@pytest.mark.parametrize("model", [lm.LinearRegression, lm.LogisticRegression])
def test_too_large_a_learning_rate_is_named_with_the_edge(model):
    with pytest.raises(ValueError, match=r"Stay below 2 / λ_max"):
        model(1.0).fit(100 * GOOD, LABELS, learning_rate=1.0, steps=1000)


def test_a_rate_just_beyond_the_edge_is_refused_before_the_loss_shows_it():
    inputs, targets = regression(30, 2)
    table = lm.with_ones(inputs)
    _, edge = lm.learning_rates(lm.squared_loss_hessian(table, 0.1))
    with pytest.raises(ValueError, match=r"Stay below 2 / λ_max"):
        lm.LinearRegression(0.1).fit(inputs, targets, learning_rate=1.01 * edge, steps=5)
    model = lm.LinearRegression(0.1).fit(inputs, targets, learning_rate=0.99 * edge, steps=5)
    assert model.loss_history[-1] < model.loss_history[0]


@pytest.mark.parametrize("model", [lm.LinearRegression, lm.LogisticRegression])
def test_a_model_without_fit_and_inputs_of_another_width(model):
    with pytest.raises(RuntimeError, match="call fit"):
        model().predict(GOOD)
    fitted = model(0.1).fit(GOOD, LABELS)
    with pytest.raises(ValueError, match="fitted to 2 features, and these inputs have 1"):
        fitted.predict(GOOD[:, :1])


def test_fit_reads_only_and_takes_lists_tensors_and_booleans():
    frozen = GOOD.copy()
    frozen.setflags(write=False)
    model = lm.LogisticRegression(0.1).fit(frozen, np.array(LABELS, dtype=bool))
    again = lm.LogisticRegression(0.1).fit(GOOD.tolist(), LABELS)
    assert_allclose(model.weights, again.weights, rtol=0)
    assert model.predict_proba(GOOD).shape == (4, 2)
    assert_allclose(model.predict_proba(GOOD).sum(1), 1)
    assert model.predict(GOOD).dtype == np.int64


# --- the notebook -----------------------------------------------------------------------------------------------------


def functions_of_the_notebook() -> dict:
    """What notebook 01 defines at the top of its cells, without the stubs of the exercises."""
    file = ROOT / "notebooks" / "01_linear_models.ipynb"
    cells = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    nodes = [node for cell in cells for node in ast.parse("".join(cell["source"])).body]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    space: dict = {"np": np}
    exec(compile(ast.Module(functions, []), str(file), "exec"), space)
    return space


def test_the_notebook_builds_what_the_package_holds():
    notebook = functions_of_the_notebook()
    inputs, labels = classification(25, 3)
    table, point = lm.with_ones(inputs), np.random.default_rng(1).normal(size=4)
    for name in ("squared_loss", "squared_loss_gradient", "cross_entropy", "cross_entropy_gradient"):
        assert_allclose(notebook[name](point, table, labels), getattr(lm, name)(point, table, labels), **EXACT)
    assert_allclose(notebook["sigmoid"](300 * table), lm.sigmoid(300 * table), **EXACT)
    walks = [
        descent(lambda p: lm.cross_entropy_gradient(p, table, labels), np.zeros(4), 0.1, 9)
        for descent in (notebook["gradient_descent"], lm.gradient_descent)
    ]
    assert_allclose(*walks, **EXACT)


@pytest.mark.parametrize("offset", [1e3, 1e6, 1e8])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_a_column_of_millions_is_learnt_as_without_its_mean(offset, l2):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(200, 2))
    labels = (inputs @ [1.0, -2.0] + rng.normal(size=200) > 0).astype(int)
    plain = lm.LogisticRegression(l2).fit(inputs, labels)
    far = inputs + np.array([offset, -offset])
    moved = lm.LogisticRegression(l2).fit(far, labels)
    assert_allclose(moved.weights, plain.weights, rtol=1e-6)
    assert_allclose(moved.loss_history[-1], plain.loss_history[-1], rtol=1e-6)
    assert_allclose(moved.predict_proba(far), plain.predict_proba(inputs), rtol=1e-5, atol=1e-6)


def test_the_loss_and_its_gradient_read_labels_alike():
    rng = np.random.default_rng(0)
    table, parameters = rng.normal(size=(9, 3)), rng.normal(size=3)
    labels = rng.integers(2, size=9)
    for others in (2 * labels - 1, labels.astype(bool), labels.astype(float)):
        assert lm.cross_entropy(parameters, table, others) == lm.cross_entropy(parameters, table, labels)
        np.testing.assert_array_equal(
            lm.cross_entropy_gradient(parameters, table, others),
            lm.cross_entropy_gradient(parameters, table, labels),
        )


# --- the drawings -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("closed_figures")
class TestPictures:
    def test_the_table_is_drawn_with_its_numbers_and_shapes(self):
        table, parameters = lm.with_ones([[0.9], [3.0], [0.3], [7.7]]), np.array([0.3, 4.0])
        drawn = words(pictures.dot_products(table, parameters))
        assert [word for word in drawn if word in ("4.27", "4.90", "4.09")] == ["4.27", "4.90", "4.09"]
        assert {"table X  (4, 2)\ncm beyond 19,  1", "parameters θ\n(2,)", "predictions\n(4,)"} <= set(drawn)
        assert "= 0.9·0.3 + 1.0·4.0" in drawn
        assert "7.7" not in drawn  # three rows stand for all

    def test_the_structures_name_their_shapes(self):
        assert {"parameters θ\n(2,)", "errors Xθ − y\n(206,)"} <= set(words(pictures.training_loop(206, 2)))
        assert any("(n, 4)" in word for word in words(pictures.what_you_own()))

    def test_the_bowl_is_cut_through_its_lowest_point(self):
        rng = np.random.default_rng(0)
        table, targets = lm.with_ones(rng.normal(size=(30, 1))), rng.normal(size=30)
        best = lm.least_squares(table[:, :1], targets)
        left, right = pictures.bowl(table, targets, best).axes
        weights, losses = left.lines[0].get_data()
        assert_allclose(weights[np.argmin(losses)], best[0], atol=0.011)
        assert_allclose(min(losses), np.mean((table @ best - targets) ** 2), **EXACT)
        assert_allclose(*left.lines[1].get_ydata(), **EXACT)  # a parabola is as steep on both sides
        assert_allclose(right.lines[0].get_xydata(), [best], **EXACT)

    def test_a_walk_ends_at_the_loss_that_stands_above_it(self):
        table, targets = lm.with_ones([[0.0], [1.0], [3.0]]), np.array([1.0, 2.0, 5.0])
        path = np.array([[0.0, 0.0], [1.0, 1.0]])
        figure = pictures.walks(table, targets, np.array([1.4, 0.8]), {0.1: path, 0.2: path[:1]})
        assert [axes.get_title() for axes in figure.axes] == ["rate 0.1:\nloss 0.333", "rate 0.2:\nloss 10.000"]

    def test_odds_stand_at_their_logarithm(self):
        axes = pictures.sigmoid_and_odds().axes[0]
        marked = np.array([line.get_xydata()[0] for line in axes.lines if line.get_marker() == "o"])
        assert_allclose(np.exp(marked[:, 0]), marked[:, 1] / (1 - marked[:, 1]), rtol=1e-10)

    def test_the_right_panel_is_the_slope_of_the_left_one(self):
        left, right = pictures.price_of_an_answer().axes
        for price, slope in zip(left.lines, right.lines, strict=True):
            z, heights = price.get_data()
            assert_allclose(np.gradient(heights, z)[1:-1], slope.get_ydata()[1:-1], atol=1e-4)

    def test_the_border_is_where_both_labels_are_as_probable(self):
        inputs, labels = np.array([[-1.0, 0.0], [1.0, 0.5], [2.0, 1.0]]), np.array([0, 1, 0])
        parameters = np.array([2.0, -1.0, 0.5])
        axes = pictures.border(inputs, labels, parameters, ["a", "b"])
        line = max((path for each in axes.collections for path in each.get_paths()), key=lambda path: _straight(path))
        assert_allclose(lm.with_ones(line.vertices) @ parameters, 0, atol=1e-8)
        ringed = next(each for each in axes.lines if each.get_label() == "on the wrong side")
        assert ringed.get_xydata().tolist() == [[2.0, 1.0]]

    def test_the_average_of_the_fits_is_drawn(self):
        fits = [lambda x: x, lambda x: 3 * x]
        axes = pictures.scattered_fits(np.array([0.0, 2.0]), np.array([0.0, 4.0]), {"two lines": fits}).axes[0]
        thick = next(line for line in axes.lines if line.get_label() == "average of all 2")
        assert_allclose(thick.get_ydata(), 2 * thick.get_xdata(), **EXACT)

    def test_curves_show_what_they_are_given(self):
        strengths, errors = np.array([0.1, 1.0, 10.0]), np.array([5.0, 3.0, 4.0])
        axes = pictures.two_parts(strengths, errors, errors - 1, np.ones(3))
        assert [line.get_ydata().tolist() for line in axes.lines[:3]] == [[5, 3, 4], [4, 2, 3], [1, 1, 1]]
        assert axes.lines[3].get_xdata() == [1.0, 1.0]
        axes = pictures.many_features(np.array([10, 100]), np.array([9.0, 0.0]), np.array([11.0, 90.0]), 12.0)
        assert axes.lines[0].get_ydata().tolist() == [9, 1]
        axes = pictures.steps_needed(strengths, [30, 20, 40], 1.0, 10.0)
        assert axes.get_legend().get_texts()[0].get_text().endswith("20 steps")
        axes = pictures.remainders(strengths, [1.0, 2.0, 3.0], errors)
        assert axes.lines[1].get_ydata().tolist() == errors.tolist()

    def test_the_bell_is_the_normal_density_of_the_same_spread(self):
        errors = np.random.default_rng(0).normal(size=400)
        x, heights = pictures.bell(errors).lines[0].get_data()
        assert_allclose(heights, scipy.stats.norm(scale=errors.std()).pdf(x), rtol=1e-10)

    def test_every_bird_of_the_training_split_is_drawn(self):
        drawn = [line.get_xydata() for line in pictures.penguins(penguins()).lines]
        assert sorted(map(tuple, np.vstack(drawn))) == sorted(map(tuple, penguins().train.inputs[:, 2:]))


def _straight(path):
    """The line of p = ½ is the only path whose points lie on one line."""
    if len(path.vertices) < 3:
        return -np.inf
    return -np.linalg.svd(path.vertices - path.vertices.mean(0))[1][1]
