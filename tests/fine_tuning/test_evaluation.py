"""Paired comparisons, calibration and shared names, each against an independent reference."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest
from torch.nn import functional as F

from lessons import fine_tuning
from lessons.fine_tuning import evaluation


@pytest.mark.parametrize(("only_first", "only_second"), [(3, 1), (0, 0), (0, 5), (199, 75), (7, 7), (1, 0), (40, 21)])
def test_mcnemar_is_an_exact_two_sided_coin(only_first, only_second):
    first = [True] * 6 + [True] * only_first + [False] * only_second + [False] * 3
    second = [True] * 6 + [False] * only_first + [True] * only_second + [False] * 3
    found = fine_tuning.mcnemar(first, second)
    assert found[:2] == (only_first, only_second)
    n = only_first + only_second
    assert found.p_value == pytest.approx(binomtest(only_first, n).pvalue if n else 1.0, rel=1e-10)
    assert fine_tuning.mcnemar(second, first).p_value == found.p_value


@pytest.mark.parametrize(
    ("first", "second"), [([True], [True, False]), ([], []), ([1, 0], [0, 1]), ([[True]], [[True]]), (["a"], ["b"])]
)
def test_mcnemar_of_what_is_no_judgement_gets_a_sentence(first, second):
    with pytest.raises(ValueError, match=r"one value for each text|True where"):
        fine_tuning.mcnemar(first, second)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_paired_interval_is_that_of_the_differences(seed):
    """Against the normal approximation of a mean of paired differences, which is close at 2,000 texts."""
    rng = np.random.default_rng(seed)
    first, second = rng.random(2000) < 0.8, rng.random(2000) < 0.75
    difference, low, high = fine_tuning.paired_difference(first, second, draws=4000, seed=seed)
    each = first.astype(float) - second
    assert difference == pytest.approx(first.mean() - second.mean(), abs=1e-12)
    half = 1.96 * each.std() / math.sqrt(len(each))
    assert (low, high) == pytest.approx((difference - half, difference + half), abs=0.15 * half)


def test_pairing_narrows_the_interval_of_models_that_agree():
    rng = np.random.default_rng(0)
    first = rng.random(1000) < 0.8
    second = np.where(rng.random(1000) < 0.03, ~first, first)
    _, low, high = fine_tuning.paired_difference(first, second, draws=2000)
    assert high - low < 1.5 * fine_tuning.accuracy_interval(0.8, 1000)  # unpaired: 2 * 1.4 times as wide


def test_shares_may_stand_for_truth_values_and_others_get_a_sentence():
    assert fine_tuning.paired_difference([0.5, 1.0], [0.5, 0.0], draws=10)[0] == 0.5
    for wrong in ([2.0], [math.nan], [], [[0.5]], ["x"]):
        with pytest.raises(ValueError, match="truth values or shares"):
            fine_tuning.paired_difference(wrong, [1.0])


def test_an_accuracy_has_the_interval_of_a_share():
    assert fine_tuning.accuracy_interval(0.5, 100) == pytest.approx(1.96 * 0.05)
    assert fine_tuning.accuracy_interval(1.0, 10) == 0
    for accuracy in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="share"):
            fine_tuning.accuracy_interval(accuracy, 10)
    with pytest.raises(ValueError, match="n must"):
        fine_tuning.accuracy_interval(0.5, 0)


def drawn(seed: int, n: int = 400, n_labels: int = 3, sharpness: float = 2.0):
    """Probabilities that promise too much, by a factor that is known, and labels drawn from the honest ones."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(n, n_labels, generator=generator, dtype=torch.float64)
    labels = torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0].numpy()
    return (sharpness * logits).softmax(-1).numpy(), labels, logits


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_tempered_is_a_softmax_of_divided_logits(temperature):
    logits = torch.randn(20, 4, dtype=torch.float64) * 5
    found = fine_tuning.tempered(logits.softmax(-1).numpy(), temperature)
    np.testing.assert_allclose(found, (logits / temperature).softmax(-1).numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_best_temperature_is_scipys(seed):
    probabilities, labels, logits = drawn(seed)

    def loss(temperature: float) -> float:
        return F.cross_entropy(2 * logits / temperature, torch.from_numpy(labels)).item()

    reference = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-9}).x
    assert fine_tuning.best_temperature(probabilities, labels) == pytest.approx(reference, rel=1e-5)
    assert 1.5 < reference < 2.7  # about the factor that was put in


def test_a_temperature_mends_what_is_promised_and_no_answer():
    probabilities, labels, _ = drawn(3, n=4000)
    softer = fine_tuning.tempered(probabilities, fine_tuning.best_temperature(probabilities, labels))
    assert (softer.argmax(1) == probabilities.argmax(1)).all()
    assert fine_tuning.calibration(softer, labels)[1] < 0.5 * fine_tuning.calibration(probabilities, labels)[1]


def test_calibration_by_hand():
    probabilities = [[0.9, 0.1], [0.05, 0.95], [0.55, 0.45], [0.4, 0.6]]
    rows, error = fine_tuning.calibration(probabilities, [0, 0, 0, 1], n_bins=5)
    assert [row["confidence"] for row in rows] == ["0.5 to 0.6", "0.8 to 0.9", "0.9 to 1.0"]
    assert [row["answers"] for row in rows] == [2, 1, 1]
    assert [row["kept"] for row in rows] == [1.0, 1.0, 0.0]
    assert error == pytest.approx(0.5 * (1 - 0.575) + 0.25 * 0.1 + 0.25 * 0.95)


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        ([[0.5, 0.5]], [2]),
        ([[0.5, 0.5]], [-1]),
        ([[0.5, 0.5]], [0.0]),
        ([[0.5, 0.5]], [0, 1]),
        ([[0.5, 0.6]], [0]),
        ([[2.0, -1.0]], [0]),
        ([[math.nan, 1.0]], [0]),
        ([0.5, 0.5], [0, 1]),
        ([[1.0]], [0]),
        ([["a", "b"]], [0]),
    ],
)
def test_what_are_no_probabilities_or_labels_gets_a_sentence(probabilities, labels):
    for function in (fine_tuning.calibration, fine_tuning.best_temperature):
        with pytest.raises(ValueError, match=r"probabilities|labels"):
            function(probabilities, labels)


@pytest.mark.parametrize("temperature", [0, -1.0, math.inf, math.nan, "2"])
def test_a_temperature_is_above_0(temperature):
    with pytest.raises(ValueError, match="temperature"):
        fine_tuning.tempered([[0.5, 0.5]], temperature)


def test_names_that_two_sides_share():
    known = ["A film by Woo. Not bad.", "The best of Steven Spielberg, they say.", "In Hollywood."]
    texts = ["Spielberg's best.", "I like Woo a lot.", "He said: Not good.", "all of Hollywood", "A woo"]
    assert evaluation.NAME.findall(known[0]) == ["Woo"]  # the beginning of a sentence explains its capital
    assert fine_tuning.shares_a_name(known, texts).tolist() == [False, True, False, True, False]
    assert fine_tuning.shares_a_name(known, texts, most=1).tolist() == [False] * 5
    with pytest.raises(ValueError, match="at least one"):
        fine_tuning.shares_a_name([], texts)
    with pytest.raises(TypeError, match="list"):
        fine_tuning.shares_a_name("A bare text", texts)
