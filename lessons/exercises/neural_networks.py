"""The exercises of notebook 03, neural networks: in PyTorch, in float64; and the gallery of broken training runs."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, Mistake, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _tensor(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- how many parameters? ---------------------------------------------------------------------------------------------

COUNT_PARAMETERS = NumberExercise(
    id="neural_networks.count_parameters",
    title="How many numbers does it learn?",
    stars=1,
    minutes=3,
    task="A network for digits has 784 inputs, hidden layers of 512 and 256 units, and 10 logits. How many parameters, "
    "weights and biases?",
    hints=[
        "A layer from m to n units has a weight for each pair, and a bias for each of its n units.",
        "Three layers: 784 to 512, 512 to 256, 256 to 10. Activations learn nothing.",
    ],
    solution=535_818,
    working="785 * 512 + 513 * 256 + 257 * 10",
    mistakes=[
        wrong_number(535_040, "These are the weights. Each of the 512 + 256 + 10 units has a bias too."),
        wrong_number(
            1_562,
            "You counted units. Weights sit on the connections: one for each pair of units in neighbouring layers.",
        ),
        wrong_number(
            536_592, "One bias for each unit that *receives*, not that sends: 512 + 256 + 10, without the 784."
        ),
        wrong_number(533_248, "The last layer, from 256 units to 10 logits, is missing."),
        wrong_number(133_898, "The first layer, from 784 inputs to 512 units, is missing."),
        wrong_number(401_920, "This is the first layer, with its biases. Two more follow."),
        wrong_number(401_408, "These are the weights of the first layer. Its biases and two more layers are missing."),
        wrong_number(203_530, "The layer of 512 units is missing: the inputs lead to it, and it leads to the 256."),
        wrong_number(407_050, "The layer of 256 units is missing: the 512 lead to it, and it leads to the 10 logits."),
        wrong_number(535_808, "The 10 logits have biases, too."),
        wrong_number(535_562, "The biases of the layer of 256 units are missing."),
        wrong_number(535_306, "The biases of the layer of 512 units are missing."),
        wrong_number(536_602, "The 784 inputs have no biases: only what a layer computes has one."),
        wrong_number(535_043, "Each *unit* of a layer has a bias of its own; yours has one for the whole layer."),
        wrong_number(778, "These are the biases. A weight for each pair of units in neighbouring layers comes on top."),
        wrong_number(1_027_604_480, "You multiplied all four sizes. Weights join neighbours only: add up the layers."),
        wrong_number(1_071_636, "This is twice the number. If you counted gradients: they are no parameters."),
        wrong_number(2_143_272, "These are bytes, four for each number. Count the numbers."),
        wrong_number(535.8, "In thousands it is right. The number itself was asked for.", within=1),
    ],
    remark="Three quarters of them are in the first layer, which sees the pixels.",
)

# --- a loss that survives any logits ----------------------------------------------------------------------------------


def _logits_and_labels(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for examples, classes in ((4, 3), (1, 5), (3, 3), (6, 10)):
        yield 2 * _tensor(rng, examples, classes), torch.from_numpy(rng.integers(classes, size=examples))
    yield torch.tensor([[1000.0, 0.0, -5.0], [2.0, 1.0, 0.0]]).double(), torch.tensor([1, 0])  # certain, and wrong
    yield torch.tensor([[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, -999.0]]).double(), torch.tensor([1, 0])


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean of −ln(probability of the right class), for logits from −1,000 to 1,000, without PyTorch's softmax or loss.

    logits (batch, classes), labels (batch,) -> a number.
    """
    shifted = logits - logits.max(1, keepdim=True).values
    log_probabilities = shifted - shifted.exp().sum(1, keepdim=True).log()  # (batch, classes)
    return -log_probabilities[torch.arange(len(labels)), labels].mean()


def _log_p(logits: Tensor) -> Tensor:
    return logits - logits.logsumexp(1, keepdim=True)


def _right_ones(table: Tensor, labels: Tensor) -> Tensor:
    return table[torch.arange(len(labels)), labels]


@mistake("Right for small logits. exp(1000) is infinite: subtract the largest logit of each row first.")
def _without_maximum(logits: Tensor, labels: Tensor) -> Tensor:
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    return -_right_ones(p, labels).log().mean()


def _less(logits: Tensor, shift: Tensor, labels: Tensor) -> Tensor:
    shifted = logits - shift
    return -_right_ones(shifted - shifted.exp().sum(1, keepdim=True).log(), labels).mean()


@mistake(
    "You subtracted the largest logit of the whole table. A row far below it becomes all zeros: take each row's own."
)
def _one_maximum(logits: Tensor, labels: Tensor) -> Tensor:
    return _less(logits, logits.max(), labels)


@mistake("You subtracted the largest logit of each *column*. Each row needs its own: the maximum over the classes.")
def _maximum_of_columns(logits: Tensor, labels: Tensor) -> Tensor:
    return _less(logits, logits.max(0, keepdim=True).values, labels)


@mistake(
    "You subtracted the largest *absolute* value. Where all logits of a row are far below 0, every exponential is then "
    "rounded to 0: subtract the largest logit."
)
def _largest_absolute(logits: Tensor, labels: Tensor) -> Tensor:
    return _less(logits, logits.abs().max(1, keepdim=True).values, labels)


@mistake(
    "You took the logarithm of a probability that was rounded to 0. Take it before: ln p = z − max − ln Σ exp(z − max)."
)
def _log_of_zero(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits).exp(), labels).log().mean()


@mistake("Your softmax runs over the batch. The classes of *one* example compete: the last axis.")
def _over_the_batch(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits.T).T, labels).mean()


@mistake("You added up over the examples. The loss is their mean: else it would grow with the batch.")
def _summed(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits), labels).sum()


@mistake("The minus is missing: a logarithm of a probability is negative, a loss is not.")
def _negative(logits: Tensor, labels: Tensor) -> Tensor:
    return _right_ones(_log_p(logits), labels).mean()


@mistake("These are bits: your logarithm has the base 2. The loss takes the natural one, `log`.")
def _in_bits(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits), labels).mean() / math.log(2)


@mistake("The logarithm is missing: this is the mean of the probabilities, with a minus.")
def _without_logarithm(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits).exp(), labels).mean()


@mistake("You took the logarithm of the mean probability. The loss is the mean of the logarithms.")
def _log_of_the_mean(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits).exp(), labels).mean().log()


@mistake("You averaged over all classes. Only the right class of each example counts: index with the labels.")
def _all_classes(logits: Tensor, labels: Tensor) -> Tensor:
    return -_log_p(logits).mean()


@mistake("Yours is divided by the number of classes, too. Divide the sum by the number of examples alone.")
def _divided_by_classes(logits: Tensor, labels: Tensor) -> Tensor:
    return -_right_ones(_log_p(logits), labels).mean() / logits.shape[1]


@mistake("`[:, labels]` takes every label's column for every row. Pair them: `[torch.arange(n), labels]`.")
def _every_pair(logits: Tensor, labels: Tensor) -> Tensor:
    return -_log_p(logits)[:, labels].mean()


@mistake("The maximum is missing again at the end: ln Σ exp(z) is m + ln Σ exp(z − m), and your z_y still holds its m.")
def _maximum_not_added_back(logits: Tensor, labels: Tensor) -> Tensor:
    shifted = logits - logits.max(1, keepdim=True).values
    return (shifted.exp().sum(1).log() - _right_ones(logits, labels)).mean()


def _capped(digits: int) -> Mistake:
    """A small number is added to the probability, so that its logarithm is finite."""

    def capped(logits: Tensor, labels: Tensor) -> Tensor:
        return -(_right_ones(_log_p(logits).exp(), labels) + 10.0**-digits).log().mean()

    most = f"{digits * math.log(10):.1f}"
    sentence = f"With your 1e-{digits} no loss exceeds {most}. Take the logarithm before anything is rounded to 0."
    return mistake(sentence)(capped)


CROSS_ENTROPY = CodeExercise(
    id="neural_networks.cross_entropy",
    title="A loss that survives any logits",
    stars=2,
    minutes=8,
    task="Write the cross-entropy for many classes from the logits, without PyTorch's own softmax or loss. It must "
    "survive 1,000 and −1,000.",
    hints=[
        "ln p = z − ln Σ exp(z), for the z of the right class. Which term overflows?",
        "ln Σ exp(z) = m + ln Σ exp(z − m) for any m. With the largest z of the row as m, no exponential exceeds 1.",
        "`logits.max(1, keepdim=True).values` is (batch, 1); `scores[torch.arange(n), labels]` picks one entry a row.",
    ],
    solution=cross_entropy,
    reference=lambda logits, labels: torch.nn.functional.cross_entropy(logits, labels),
    inputs=_logits_and_labels,
    forbidden=[
        "softmax",
        "log_softmax",
        "cross_entropy",
        "nll_loss",
        "Softmax",
        "LogSoftmax",
        "CrossEntropyLoss",
        "NLLLoss",
    ],
    mistakes=[
        _without_maximum,
        _one_maximum,
        _maximum_of_columns,
        _largest_absolute,
        _log_of_zero,
        _over_the_batch,
        _summed,
        _negative,
        _in_bits,
        _without_logarithm,
        _log_of_the_mean,
        _all_classes,
        _divided_by_classes,
        _every_pair,
        _maximum_not_added_back,
        *map(_capped, (15, 12, 10, 9, 8)),
    ],
)

# --- one example, by hand ---------------------------------------------------------------------------------------------

GRADIENT_BY_HAND = NumberExercise(
    id="neural_networks.gradient_by_hand",
    title="One weight, by hand",
    stars=1,
    minutes=3,
    task="One example has the inputs x = (3, 5). Two hidden units have the sums S = (2, −1), so H = (2, 0). Weights "
    "from the first hidden unit to the two logits are (4, 1), those from the second (−3, 6). The softmax gives "
    "P = (0.8, 0.2), and the first class is right. What is the gradient of the loss in the weight from the *second* "
    "input to the *first* hidden unit?",
    hints=[
        "Start at the logits: P − Y, where Y = (1, 0).",
        "The first hidden unit reaches the two logits by the weights 4 and 1: dH = 4 · (−0.2) + 1 · 0.2.",
        "Its sum is 2, above 0, so ReLU lets all of it through. The weight is multiplied by the second input.",
    ],
    solution=-3,
    working="5 * (4 * (0.8 - 1) + 1 * 0.2)",
    mistakes=[
        wrong_number(3, "The sign is turned: it is P − Y, probability minus truth."),
        wrong_number(-0.6, "This is the gradient in the sum of that unit. The weight is multiplied by an input."),
        wrong_number(0.6, "The sign is turned (P − Y), and the input that the weight is multiplied by is missing."),
        wrong_number(-1.8, "This is the weight from the *first* input, 3. The second input is 5."),
        wrong_number(9, "You went back by the weights of the second hidden unit, and left out its ReLU."),
        wrong_number(0, "This belongs to the second hidden unit, whose sum is below 0. The first one's sum is 2."),
        wrong_number(17, "You sent the probabilities back. It is P − Y that goes back: take 1 off the right class."),
        wrong_number(-6, "ReLU's derivative at 2 is 1, not 2: it lets the gradient through as it is."),
        wrong_number(-0.4, "This is a gradient in W₂, the layer above: H times P − Y. Go on, down to the input."),
        wrong_number(-4, "The second logit is missing: the first hidden unit reaches it, too, by the weight 1."),
        wrong_number(1, "The first logit is missing: the first hidden unit reaches it, too, by the weight 4."),
        wrong_number(-1, "This is 5 · (−0.2). The way back also goes by the weights 4 and 1, each with its own P − Y."),
        wrong_number(-5, "You subtracted. What comes back from the two logits is added."),
        wrong_number(-7, "You took (4, −3), what leads *into* the first logit. Unit 1 leads out by (4, 1)."),
        wrong_number(12, "Mind which class is right. It is the first: Y = (1, 0), and P − Y = (−0.2, 0.2)."),
        wrong_number(5, "Mind the signs of P − Y: it is −0.2 for the first logit and 0.2 for the second."),
        wrong_number(25, "P − Y is missing: on the way back, the weights 4 and 1 are each multiplied by theirs."),
        wrong_number(
            -1.2, "The second input, 5, is no factor of this. The gradient in the unit's sum is multiplied by it."
        ),
        wrong_number(-1.5, "This is half of it. There is one example, and the ways over the two logits are added."),
        wrong_number(-4.8, "Both inputs are in this. The weight leads from the second one alone: 5."),
        wrong_number(
            6, "This weight leads into the first hidden unit alone: nothing comes back to it from the second."
        ),
    ],
    remark="Each weight into the second hidden unit gets the gradient 0 here, as the sum of that unit is below 0.",
)

# --- back through the hidden layer ------------------------------------------------------------------------------------


def _network(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    for batch, features, hidden, classes in ((5, 3, 4, 3), (1, 2, 6, 4), (8, 4, 4, 4)):
        inputs, weights_2 = _tensor(rng, batch, features), _tensor(rng, hidden, classes)
        sums = inputs @ _tensor(rng, features, hidden) + _tensor(rng, hidden)
        labels = torch.from_numpy(rng.integers(classes, size=batch))
        yield inputs, sums, weights_2, _tensor(rng, classes), labels


def hidden_gradient(
    inputs: torch.Tensor, sums: torch.Tensor, weights_2: torch.Tensor, bias_2: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradient of the mean cross-entropy in W₁ (features, hidden) and b₁ (hidden,).

    inputs (batch, features), sums = inputs @ W₁ + b₁ (batch, hidden), logits = relu(sums) @ weights_2 + bias_2.
    No sum is exactly 0, and the logits are small.
    """
    hidden = sums.clamp(min=0)
    d_logits = (hidden @ weights_2 + bias_2).softmax(1)  # (batch, classes)
    d_logits[torch.arange(len(labels)), labels] -= 1
    d_logits /= len(labels)
    d_sums = d_logits @ weights_2.T * (sums > 0)  # (batch, hidden)
    return inputs.T @ d_sums, d_sums.sum(0)


def _d_logits(sums: Tensor, weights_2: Tensor, bias_2: Tensor, labels: Tensor) -> Tensor:
    p = (sums.clamp(min=0) @ weights_2 + bias_2).softmax(1)
    return (p - torch.nn.functional.one_hot(labels, len(bias_2))) / len(labels)


@mistake("ReLU's mask is missing: where its sum was below 0, no gradient passes. Multiply by (sums > 0).")
def _without_mask(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y) @ w.T
    return i.T @ d, d.sum(0)


@mistake("You multiplied by relu(sums). Its *derivative* is 1 or 0: multiply by (sums > 0).")
def _value_as_mask(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y) @ w.T * s.clamp(min=0)
    return i.T @ d, d.sum(0)


@mistake("You applied ReLU to the gradient. Its mask is decided by the sums on the way forwards.")
def _relu_of_gradient(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = (_d_logits(s, w, b, y) @ w.T).clamp(min=0)
    return i.T @ d, d.sum(0)


@mistake("Too large by the factor of the batch: the loss is a mean, so p − y is divided by the number of examples.")
def _not_averaged(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return weights * len(y), bias * len(y)


@mistake("The weights' gradient is right. The bias has one of its own: the column sums of d_sums, not their means.")
def _mean_bias(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return weights, bias / len(y)


@mistake("Transposed: a gradient has the shape of its weights, (features, hidden), so `inputs.T @ d_sums`.")
def _transposed(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return weights.T.clone(), bias


@mistake("The sign is turned: it is probability minus truth, p − y.")
def _turned(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return -weights, -bias


@mistake("You sent the probabilities back, not p − y: take 1 off the probability of the right class.")
def _without_truth(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    p = (s.clamp(min=0) @ w + b).softmax(1) / len(y)
    d = p @ w.T * (s > 0)
    return i.T @ d, d.sum(0)


@mistake("You compared y with the logits. Turn them into probabilities first, by a softmax.")
def _logits_minus_truth(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    z = s.clamp(min=0) @ w + b
    d = (z - torch.nn.functional.one_hot(y, len(b))) / len(y) @ w.T * (s > 0)
    return i.T @ d, d.sum(0)


@mistake("Your logits come from `sums`. They come from relu(sums): the hidden units are what the second layer sees.")
def _logits_of_the_sums(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    p = (s @ w + b).softmax(1)
    d = (p - torch.nn.functional.one_hot(y, len(b))) / len(y) @ w.T * (s > 0)
    return i.T @ d, d.sum(0)


@mistake("bias_2 is missing in your logits, so the probabilities are those of another network.")
def _without_last_bias(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return hidden_gradient(i, s, w, torch.zeros_like(b), y)


@mistake("Your softmax runs over the batch. The classes of *one* example compete: the last axis of the logits.")
def _softmax_over_the_batch(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    p = (s.clamp(min=0) @ w + b).softmax(0)
    d = (p - torch.nn.functional.one_hot(y, len(b))) / len(y) @ w.T * (s > 0)
    return i.T @ d, d.sum(0)


@mistake("Too small by the factor of the batch: divide by the number of examples once.")
def _averaged_twice(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return weights / len(y), bias / len(y)


@mistake("In yours the slope below 0 is −1. That of ReLU is 0 there: multiply by (sums > 0).")
def _sign_as_mask(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y) @ w.T * s.sign()
    return i.T @ d, d.sum(0)


@mistake("This is the gradient in the *second* layer's weights and biases. Go on, back through weights_2 and the ReLU.")
def _second_layer(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y)
    return s.clamp(min=0).T @ d, d.sum(0)


@mistake("Right, but the other way round: first the gradient in W₁, then the one in b₁.")
def _bias_first(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    weights, bias = hidden_gradient(i, s, w, b, y)
    return bias, weights


@mistake("Your weights_2 is reshaped, not transposed: `reshape` and `view` leave the order of the numbers as it is.")
def _weights_reshaped(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y) @ w.reshape(w.shape[::-1]) * (s > 0)
    return i.T @ d, d.sum(0)


@mistake("Your inputs are reshaped, not transposed: `reshape` and `view` leave the order of the numbers as it is.")
def _inputs_reshaped(i: Tensor, s: Tensor, w: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    d = _d_logits(s, w, b, y) @ w.T * (s > 0)
    return i.reshape(i.shape[::-1]) @ d, d.sum(0)


def _by_autograd(
    inputs: Tensor, sums: Tensor, weights_2: Tensor, bias_2: Tensor, labels: Tensor
) -> tuple[Tensor, Tensor]:
    """A change of W₁ and b₁ from zero is added to the sums, and PyTorch differentiates in it."""
    with torch.enable_grad():
        weights = torch.zeros(inputs.shape[1], sums.shape[1], dtype=torch.float64, requires_grad=True)
        bias = torch.zeros(sums.shape[1], dtype=torch.float64, requires_grad=True)
        hidden = (sums + inputs @ weights + bias).relu()
        loss = torch.nn.functional.cross_entropy(hidden @ weights_2 + bias_2, labels)
        found = torch.autograd.grad(loss, (weights, bias))
    return found[0], found[1]


HIDDEN_GRADIENT = CodeExercise(
    id="neural_networks.hidden_gradient",
    title="Back through the hidden layer",
    stars=3,
    minutes=15,
    task="Write the gradient of the loss in the weights and biases of the *first* of two layers, in matrices.",
    hints=[
        "Start at the end: the gradient in the logits is (p − y) / batch, with p their softmax: (batch, classes).",
        "Through a matrix one goes back with its transpose: d_hidden = d_logits @ weights_2.T, shape (batch, hidden).",
        "Through ReLU passes what was above 0: d_sums = d_hidden * (sums > 0).",
        "inputs.T @ d_sums has the shape of W₁; each bias was added to every row, so its gradient is a column sum.",
    ],
    solution=hidden_gradient,
    reference=_by_autograd,
    inputs=_network,
    mistakes=[
        _without_mask,
        _value_as_mask,
        _relu_of_gradient,
        _not_averaged,
        _mean_bias,
        _transposed,
        _turned,
        _without_truth,
        _logits_minus_truth,
        _logits_of_the_sums,
        _without_last_bias,
        _softmax_over_the_batch,
        _averaged_twice,
        _sign_as_mask,
        _second_layer,
        _bias_first,
        _weights_reshaped,
        _inputs_reshaped,
    ],
)

# --- how large should the weights be? ---------------------------------------------------------------------------------


def _layers(rng: Generator) -> Iterator[tuple[int, float]]:
    for slope in (0.5, 0.0, 0.01, 1.0):  # first the one that shows a slip plainly
        yield int(rng.integers(2, 1000)), slope
    yield 8, float(rng.uniform(0.1, 0.9))


def deviation(n_from: int, slope: float) -> float:
    """The standard deviation of weights that keeps the mean square of the signal, from n_from units.

    The activation is z for z > 0 and slope * z below (a *leaky* ReLU); z is as often above 0 as below, slope 0 to 1.
    """
    return np.sqrt(2 / (n_from * (1 + slope**2)))


@mistake("This is the variance. Its root, the standard deviation, was asked for.")
def _variance(n_from: int, slope: float) -> float:
    return 2 / (n_from * (1 + slope**2))


@mistake("Right for a plain ReLU only: below 0 a leaky one lets the share slope² of the mean square through.")
def _plain_relu(n_from: int, slope: float) -> float:
    return math.sqrt(2 / n_from)


@mistake(
    "Right where nothing is cut off (slope 1). A ReLU loses half of the mean square: the variance must make it up."
)
def _without_activation(n_from: int, slope: float) -> float:
    return math.sqrt(1 / n_from)


@mistake("The mean *square* counts: a slope of a lets a² of it through, not a.")
def _slope_not_squared(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (n_from * (1 + slope)))


@mistake("The number of inputs went missing: a sum of n_from products has n_from times the variance of one.")
def _without_inputs(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (1 + slope**2))


@mistake("The two halves are averaged: of the mean square, (1 + slope²) / 2 passes. The 2 went missing.")
def _not_halved(n_from: int, slope: float) -> float:
    return math.sqrt(1 / (n_from * (1 + slope**2)))


@mistake("slope² counts for the half of all z that is below 0 only, as 1 does for the other half.")
def _only_one_halved(n_from: int, slope: float) -> float:
    return math.sqrt(1 / (n_from * (1 / 2 + slope**2)))


@mistake("You squared the mean of 1 and slope. What counts is the mean of their squares.")
def _square_of_the_mean(n_from: int, slope: float) -> float:
    return math.sqrt(1 / n_from) / ((1 + slope) / 2)


@mistake("You subtracted slope². What passes below 0 is added to what passes above.")
def _subtracted(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (n_from * (1 - slope**2)))


@mistake("In yours 1 + slope² multiplies. The more passes, the *smaller* the weights: divide by it, in brackets.")
def _factor_on_top(n_from: int, slope: float) -> float:
    return math.sqrt(2 / n_from * (1 + slope**2))


@mistake("Your weights shrink where less passes. They must make up for what is lost: divide by the share that passes.")
def _times_the_share(n_from: int, slope: float) -> float:
    return math.sqrt((1 + slope**2) / 2 / n_from)


@mistake("With weights of deviation 1, a layer multiplies the signal by this. They have to undo it: take the inverse.")
def _upside_down(n_from: int, slope: float) -> float:
    return math.sqrt(n_from * (1 + slope**2) / 2)


@mistake("In yours n_from multiplies slope² alone. It multiplies all of 1 + slope²: brackets are missing.")
def _without_brackets(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (1 + slope**2 * n_from))


@mistake("In yours n_from stands outside the root. It divides the variance, so it belongs under it.")
def _inputs_outside_the_root(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (1 + slope**2)) / n_from


@mistake("In yours the root is over n_from alone. It is over the whole variance, 2 and 1 + slope² included.")
def _root_of_inputs_only(n_from: int, slope: float) -> float:
    return 2 / (1 + slope**2) / math.sqrt(n_from)


@mistake("In yours the slope is always 0.01, as in PyTorch's gain where none is given. Use `slope`.")
def _slope_of_the_library(n_from: int, slope: float) -> float:
    return math.sqrt(2 / (n_from * (1 + 0.01**2)))


@mistake("Too large by the root of 3: this is the bound of a uniform distribution, not its standard deviation.")
def _bound_of_uniform(n_from: int, slope: float) -> float:
    return math.sqrt(6 / (n_from * (1 + slope**2)))


@mistake("In yours the sum has n_from + 1 products. It has n_from: a bias starts at 0 and adds nothing.")
def _one_more_input(n_from: int, slope: float) -> float:
    return math.sqrt(2 / ((n_from + 1) * (1 + slope**2)))


def _by_quadrature(n_from: int, slope: float) -> float:
    """The mean square of the activation of a standard normal number, integrated numerically."""
    z, w = np.polynomial.hermite_e.hermegauss(40)
    passed = (w * np.where(z > 0, z, slope * z) ** 2).sum() / w.sum()
    return float(1 / np.sqrt(n_from * passed))


DEVIATION = CodeExercise(
    id="neural_networks.deviation",
    title="How large should the weights be?",
    stars=2,
    minutes=8,
    task="A leaky ReLU passes slope * z where z is below 0. Which deviation of the weights keeps the mean square?",
    hints=[
        "Before the activation, z has the variance n_from · σ² · (mean square of the inputs).",
        "Half of all z are above 0 and pass whole. The other half passes with slope² of its square.",
        "So n_from · σ² · (1 + slope²) / 2 must be 1. Solve for σ.",
    ],
    solution=deviation,
    reference=_by_quadrature,
    inputs=_layers,
    mistakes=[
        _variance,
        _plain_relu,
        _without_activation,
        _slope_not_squared,
        _without_inputs,
        _not_halved,
        _only_one_halved,
        _square_of_the_mean,
        _subtracted,
        _factor_on_top,
        _times_the_share,
        _upside_down,
        _without_brackets,
        _inputs_outside_the_root,
        _root_of_inputs_only,
        _slope_of_the_library,
        _bound_of_uniform,
        _one_more_input,
    ],
)

# --- dropout ----------------------------------------------------------------------------------------------------------


def _activations(rng: Generator) -> Iterator[tuple[Tensor, float, bool, Tensor]]:
    for probability, training in ((0.5, True), (0.2, True), (0.8, True), (0.3, False), (0.0, True)):
        shape = (int(rng.integers(2, 5)), 6)
        uniform = torch.from_numpy(rng.random(shape))
        uniform[0, 0], uniform[1, 1] = probability, 0.0  # exactly at the edge: it stays; and the smallest that there is
        yield _tensor(rng, *shape), probability, training, uniform


def dropout(activations: torch.Tensor, probability: float, training: bool, uniform: torch.Tensor) -> torch.Tensor:
    """Inverted dropout: in training, what has uniform < probability becomes 0; the expected value stays.

    activations (batch, units); uniform (batch, units): random numbers from 0 to 1; probability below 1.
    """
    if not training:
        return activations
    return activations * (uniform >= probability) / (1 - probability)


@mistake(
    "The survivors must grow by 1 / (1 − probability), or the next layer sees a smaller signal than in evaluation."
)
def _not_rescaled(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) if training else a.clone()


@mistake("It drops in evaluation too. Then the same image gets another answer each time.")
def _always_on(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) / (1 - p)


@mistake("You divided by the share that is *dropped*. Divide by the share that stays, 1 − probability.")
def _by_dropped(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) / p if training else a.clone()


@mistake("You kept what should be dropped: `uniform < probability` marks the dropped ones.")
def _the_others(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u < p) / (1 - p) if training else a.clone()


@mistake(
    "This is dropout as first published: it shrinks in evaluation. The inverted form grows in training, and leaves "
    "evaluation alone."
)
def _shrunk_in_evaluation(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) if training else a * (1 - p)


@mistake("You dropped whole units for all examples at once. Each entry has its own number in `uniform`.")
def _whole_columns(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u[0] >= p) / (1 - p) if training else a.clone()


@mistake("You multiplied by 1 − probability. The survivors must *grow*: divide by it.")
def _shrunk_in_training(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) * (1 - p) if training else a.clone()


@mistake(
    "You used the share that happened to survive. Scale by the share that survives *on average*, 1 − probability: "
    "else one example's answer would depend on the others in its batch."
)
def _by_share_that_survived(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) / (u >= p).double().mean() if training else a.clone()


@mistake(
    "You scaled back to the mean of this batch. Only the *expected* value stays: divide by 1 − probability, whatever "
    "was drawn."
)
def _to_the_measured_mean(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    kept = a * (u >= p)
    return kept * a.mean() / kept.mean() if training else a.clone()


@mistake("You took the probability for the share that is *kept*. It is the share that is dropped.")
def _as_share_kept(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u < p) / p if training else a.clone()


@mistake("A number exactly equal to the probability stays: only `uniform < probability` is dropped.")
def _edge_dropped(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u > p) / (1 - p) if training else a.clone()


@mistake("You scaled in evaluation, too. There nothing happens: the activations stay as they are.")
def _scaled_in_evaluation(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) / (1 - p) if training else a / (1 - p)


@mistake("The two modes are exchanged in yours. Units are dropped in training, and in evaluation nothing happens.")
def _modes_exchanged(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a.clone() if training else a * (u >= p) / (1 - p)


@mistake("The root of 1 − probability keeps the mean *square*. The expected value stays if you divide by it as it is.")
def _by_the_root(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) / math.sqrt(1 - p) if training else a.clone()


@mistake("A factor of 2 is right for a probability of 0.5 only. How much do the others grow if a share p is dropped?")
def _twice(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u >= p) * 2 if training else a.clone()


@mistake("Yours drops as many on average, but other ones: what has `uniform < probability` becomes 0.")
def _from_the_other_end(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a * (u < 1 - p) / (1 - p) if training else a.clone()


@mistake("You left the dropped ones out. They stay in their places as zeros, so that the shape is kept.")
def _left_out(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    return a[u >= p] / (1 - p) if training else a.clone()


def _by_where(a: Tensor, p: float, training: bool, u: Tensor) -> Tensor:
    kept = np.where(u.numpy() < p, 0.0, a.numpy() * (1 / (1 - p)))
    return torch.from_numpy(kept) if training else a.clone()


DROPOUT = CodeExercise(
    id="neural_networks.dropout",
    title="Switch units off at random",
    stars=2,
    minutes=10,
    task="Write inverted dropout: on in training, without effect in evaluation, the expected value unchanged.",
    hints=[
        "`uniform >= probability` is a mask of those that stay; as a factor it counts as 1 and 0.",
        "If a share p becomes 0, by which factor must the others grow, so that each stays as it was on average?",
        "In evaluation nothing happens, not even a scaling.",
    ],
    solution=dropout,
    reference=_by_where,
    inputs=_activations,
    may_share=True,
    mistakes=[
        _not_rescaled,
        _always_on,
        _by_dropped,
        _the_others,
        _shrunk_in_evaluation,
        _whole_columns,
        _shrunk_in_training,
        _by_share_that_survived,
        _to_the_measured_mean,
        _as_share_kept,
        _edge_dropped,
        _scaled_in_evaluation,
        _modes_exchanged,
        _by_the_root,
        _twice,
        _from_the_other_end,
        _left_out,
    ],
)

# --- when to stop -----------------------------------------------------------------------------------------------------


def _losses(rng: Generator) -> Iterator[tuple[list[float], int]]:
    yield [0.9, 0.6, 0.7, 0.5, 0.55, 0.6, 0.65, 0.4], 3
    yield [0.8, 0.5, 0.5, 0.5, 0.3], 2  # equal is not better
    yield [0.5, 0.9, 0.8, 0.7, 0.2], 3  # falling again, but not below the best
    yield [float(x) for x in rng.integers(10, 99, size=12) / 100], int(rng.integers(1, 4))
    yield [0.9, 0.8, 0.7, 0.6], 2  # never stopped
    yield [0.5, 0.5, 0.6], 5  # over before the patience is
    yield [0.5, 0.4999, 0.4998, 0.49975, 0.6, 0.7], 2  # a little lower is lower
    yield [230.0, 190.0, 200.0, 180.0, 210.0, 220.0, 170.0], 2  # a loss may be large
    yield [0.5, 0.6, 0.7, 0.4, 0.8, 0.9, 0.95], 2  # after the stop comes another one, in a run that was longer


def early_stop(losses: list[float], patience: int) -> tuple[int, int]:
    """The last epoch that is run, and the epoch whose weights are kept: the first with the lowest loss up to there.

    Both are counted from 0. It stops as soon as `patience` epochs in a row (1 or more) brought no validation loss below
    the lowest so far; else after the last one. There is at least one loss, and each is a finite number.
    """
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("You looked into the future: after stopping, no later loss is known. Keep the best epoch *up to* the stop.")
def _prophet(losses: list[float], patience: int) -> tuple[int, int]:
    return early_stop(losses, patience)[0], losses.index(min(losses))


@mistake("You kept the last weights. Early stopping goes back to those with the lowest validation loss.")
def _keeps_last(losses: list[float], patience: int) -> tuple[int, int]:
    stop = early_stop(losses, patience)[0]
    return stop, stop


@mistake(
    "You compared with the epoch before. Compare with the lowest so far: a loss can fall again and still be worse."
)
def _with_the_one_before(losses: list[float], patience: int) -> tuple[int, int]:
    bad = best = 0
    for epoch in range(1, len(losses)):
        bad = 0 if losses[epoch] < losses[epoch - 1] else bad + 1
        best = epoch if losses[epoch] < losses[best] else best
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("An equal loss counted as progress in yours. Only a lower one does.")
def _equal_is_better(losses: list[float], patience: int) -> tuple[int, int]:
    best = 0
    for epoch, loss in enumerate(losses):
        if loss <= losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("The count is never set back: after a new lowest loss, the patience starts anew.")
def _never_set_back(losses: list[float], patience: int) -> tuple[int, int]:
    best = bad = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            bad += 1
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("One epoch too late: with patience 2, the second epoch without progress is the last.")
def _one_late(losses: list[float], patience: int) -> tuple[int, int]:
    return early_stop(losses, patience + 1)


@mistake("You used losses from after the stop: the lowest of *all* is not known yet. Go through them one by one.")
def _from_the_end(losses: list[float], patience: int) -> tuple[int, int]:
    best = losses.index(min(losses))
    return min(best + patience, len(losses) - 1), best


@mistake("Right, but the other way round: first the last epoch that is run, then the one whose weights are kept.")
def _swapped(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = early_stop(losses, patience)
    return best, stop


@mistake("You counted epochs from 1. Here the first epoch is number 0.")
def _from_one(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = early_stop(losses, patience)
    return stop + 1, best + 1


@mistake("If it never stops, the last epoch has the number `len(losses) - 1`, as the first is number 0.")
def _one_past_the_end(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = early_stop(losses, patience)
    return (stop if stop - best >= patience else len(losses)), best


@mistake(
    "Nothing is returned where it never stops. Then the last epoch is run: return it and the best one after the loop."
)
def _no_end(losses: list[float], patience: int) -> tuple[int, int] | None:
    stop, best = early_stop(losses, patience)
    return (stop, best) if stop - best >= patience else None


@mistake("One epoch too early: the last of the epochs without progress was run, too.")
def _before_the_last(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = early_stop(losses, patience)
    return stop - (stop - best >= patience), best


@mistake("Your patience is over one epoch too soon: with patience 2, one epoch without progress does not stop it yet.")
def _less_patient(losses: list[float], patience: int) -> tuple[int, int]:
    return early_stop(losses, patience - 1)


def _starting_with(lowest: float, losses: list[float], patience: int) -> tuple[int, int]:
    best = bad = 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            lowest, best, bad = loss, epoch, 0
        else:
            bad += 1
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("Your lowest so far starts too low: a loss can be larger. Start with the first loss, or with infinity.")
def _starts_too_low(losses: list[float], patience: int) -> tuple[int, int]:
    return _starting_with(1.0, losses, patience)


@mistake(
    "In yours no loss ever counts as progress. Does the lowest so far start too low, or change before you compare?"
)
def _never_progress(losses: list[float], patience: int) -> tuple[int, int]:
    return _starting_with(0.0, losses, patience)


@mistake("In yours no epoch after the first is progress. Is the lowest so far too low, or changed before you compare?")
def _no_later_progress(losses: list[float], patience: int) -> tuple[int, int]:
    return min(patience, len(losses) - 1), 0


@mistake("In yours a higher loss is progress. The lower the loss, the better.")
def _higher_is_better(losses: list[float], patience: int) -> tuple[int, int]:
    return early_stop([-loss for loss in losses], patience)


@mistake("Yours always names the last epoch of the list, though the training may have stopped before.")
def _always_the_end(losses: list[float], patience: int) -> tuple[int, int]:
    return len(losses) - 1, early_stop(losses, patience)[1]


@mistake("The last epoch lies `patience` after the best only if so many follow. Otherwise it is the last of the list.")
def _beyond_the_end(losses: list[float], patience: int) -> tuple[int, int]:
    best = early_stop(losses, patience)[1]
    return best + patience, best


@mistake("You compared with the first epoch. Compare with the lowest so far, which each new lowest replaces.")
def _with_the_first(losses: list[float], patience: int) -> tuple[int, int]:
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[0]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


@mistake("Of equal lowest losses yours keeps the last. Only a lower one is better, so the first is kept.")
def _last_of_equals(losses: list[float], patience: int) -> tuple[int, int]:
    stop = early_stop(losses, patience)[0]
    return stop, max(range(stop + 1), key=lambda epoch: (-losses[epoch], epoch))


@mistake("The best epoch lies `patience` before the last one only if training was stopped. It may go on to the end.")
def _counted_back(losses: list[float], patience: int) -> tuple[int, int]:
    stop = early_stop(losses, patience)[0]
    return stop, max(stop - patience, 0)


@mistake("The second number is the lowest loss in yours. Its epoch was asked for.")
def _the_loss_itself(losses: list[float], patience: int) -> tuple[int, float]:
    stop, best = early_stop(losses, patience)
    return stop, losses[best]


@mistake("Your loop goes on after the stop, and a later stop takes its place. Return, or `break`, at the first.")
def _last_stop(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = len(losses) - 1, 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            stop = epoch
    return stop, best


@mistake(
    "Your loop goes on after the stop, and moves it to later epochs. Return, or `break`, as soon as it is reached."
)
def _moving_stop(losses: list[float], patience: int) -> tuple[int, int]:
    stop, best = len(losses) - 1, 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            stop = epoch
    return stop, best


def _by_running_minimum(losses: list[float], patience: int) -> tuple[int, int]:
    lowest = np.minimum.accumulate(losses)
    for epoch in range(patience, len(losses)):
        if lowest[epoch] == lowest[epoch - patience]:
            return epoch, int(np.argmin(losses[: epoch + 1]))
    return len(losses) - 1, int(np.argmin(losses))


EARLY_STOP = CodeExercise(
    id="neural_networks.early_stop",
    title="When to stop",
    stars=2,
    minutes=10,
    task="Given the validation loss of each epoch and a patience, find where training stops and which weights to keep.",
    hints=[
        "Go through the epochs and remember the one with the lowest loss so far.",
        "How many epochs have passed since that one? Compare with the patience.",
        "Return inside the loop as soon as it is exhausted; after the loop, return the last epoch and the best one.",
    ],
    solution=early_stop,
    reference=_by_running_minimum,
    inputs=_losses,
    mistakes=[
        _prophet,
        _keeps_last,
        _with_the_one_before,
        _equal_is_better,
        _never_set_back,
        _one_late,
        _from_the_end,
        _swapped,
        _from_one,
        _one_past_the_end,
        _no_end,
        _before_the_last,
        _less_patient,
        _starts_too_low,
        _never_progress,
        _no_later_progress,
        _higher_is_better,
        _always_the_end,
        _beyond_the_end,
        _with_the_first,
        _last_of_equals,
        _counted_back,
        _the_loss_itself,
        _last_stop,
        _moving_stop,
    ],
)

# --- the gallery: six broken runs -------------------------------------------------------------------------------------

OPTIONS = {
    "loss summed": "The loss is summed over the batch, not averaged.",
    "no zero_grad": "`optimizer.zero_grad()` is missing.",
    "softmax twice": "The model ends with a softmax, and the loss applies another.",
    "labels shuffled": "The training labels were shuffled.",
    "rate too high": "The learning rate is too high.",
    "dropout at evaluation": "The model was in training mode during validation.",
}


def _case(number: int, fault: str, hints: list[str], why: dict[str, str]) -> Quiz:
    """One run of the gallery: the six faults as options, each with what the curves say about it."""
    options = [(right if name == fault else wrong)(text, why[name]) for name, text in OPTIONS.items()]
    return Quiz(
        id=f"neural_networks.case_{number}",
        title=f"Case {number}",
        task=f"What is wrong in case {number} of the gallery?",
        hints=hints,
        options=options,
        stars=2,
        minutes=2,
    )


CASE_1 = _case(
    1,
    "softmax twice",
    [
        "It learns: about 85 % right, like the healthy run. Yet the loss is still near 1.6. Why is no answer sure?",
        "The most that a softmax makes of numbers between 0 and 1 is e / (e + 9): one of them 1, nine of them 0.",
    ],
    {
        "loss summed": "Then training would start at 20 × ln 10 = 46. It starts at ln 10, as it should.",
        "no zero_grad": "Then the gradient would climb far above 1, and the accuracy collapse. Here it keeps rising.",
        "softmax twice": "Probabilities taken for logits lie between 0 and 1, so the loss cannot fall below "
        "ln(e + 9) − 1 = 1.46, though most answers are right. The gradient starts ten times too small.",
        "labels shuffled": "Then the validation accuracy would stay at chance, 10 %.",
        "rate too high": "Then the loss would jump in the first steps. This one falls slowly and smoothly.",
        "dropout at evaluation": "Then the two evaluations would differ. They agree to the last digit.",
    },
)

CASE_2 = _case(
    2,
    "rate too high",
    [
        "Compare the first loss with ln 10, then look at the steps right after it.",
        "Loss and gradient shoot up at once, then rest with nothing learnt. What moves weights too far in one step?",
    ],
    {
        "loss summed": "That looks similar, but would start at 20 × ln 10 = 46. This starts at ln 10.",
        "no zero_grad": "Then the gradient would climb step by step and stay high. Here it jumps, and falls back.",
        "softmax twice": "Then the loss could never exceed ln(e + 9) = 2.46, whatever the weights. It does by far.",
        "labels shuffled": "Then the training loss would fall while the validation loss rises. Here nothing is learnt.",
        "rate too high": "A right start, then at once jumps far above ln 10, and rest at chance: the first steps "
        "overshot, and left most ReLUs dead.",
        "dropout at evaluation": "Then the two evaluations would differ, and the training would work.",
    },
)

CASE_3 = _case(
    3,
    "labels shuffled",
    [
        "Training and validation tell different stories. Which of the two learns?",
        "Low training loss, validation accuracy of 10 % from beginning to end: what can it have learnt?",
    ],
    {
        "loss summed": "Then training would start at 46. Both losses start at ln 10.",
        "no zero_grad": "Then the training loss would not go down for long. Here it falls all the way.",
        "softmax twice": "Then the training loss could not fall below 1.46. It does.",
        "labels shuffled": "The training loss falls, the validation loss rises far above ln 10, and the accuracy never "
        "leaves 10 %: it memorises labels that have nothing to do with the images.",
        "rate too high": "Then the training loss would not fall like this.",
        "dropout at evaluation": "Then the two evaluations would differ, and the accuracy would be good all the same.",
    },
)

CASE_4 = _case(
    4,
    "no zero_grad",
    [
        "Look at the gradient's length, step by step. Does it ever come down?",
        "It learns in the first steps, then everything collapses. What adds up over the steps?",
    ],
    {
        "loss summed": "Then training would start at 20 × ln 10 = 46, and the gradient would be large at once.",
        "no zero_grad": "Each step uses the sum of all gradients so far. So its length climbs, and stays up even when "
        "nearly all units are dead. The first steps still learn; then nothing stops the march in old directions.",
        "softmax twice": "Then the loss could never exceed 2.46, and the gradient would be small.",
        "labels shuffled": "The accuracy rises at first, far above chance: the labels do belong to the images.",
        "rate too high": "Then gradients would jump, and be small where nothing moves. Here they climb and stay.",
        "dropout at evaluation": "Then the two evaluations would differ. They agree.",
    },
)

CASE_5 = _case(
    5,
    "dropout at evaluation",
    [
        "Training looks healthy. Look at the last panel: the two validation losses of the same epoch.",
        "Between the two evaluations nothing was trained. What in the model draws random numbers?",
    ],
    {
        "loss summed": "Then training would start at 46.",
        "no zero_grad": "Then the gradient would climb and never come down. It falls, as it should.",
        "softmax twice": "Then no loss could fall below 1.46.",
        "labels shuffled": "Then the accuracy would be 10 %.",
        "rate too high": "The training loss falls as in the healthy run.",
        "dropout at evaluation": "The same data and weights give two different losses: dropout still draws. Without "
        "`model.eval()` every score is a lottery, and too low.",
    },
)

CASE_6 = _case(
    6,
    "loss summed",
    [
        "What is the first training loss divided by the first validation loss?",
        "A batch has 20 digits.",
    ],
    {
        "loss summed": "The training loss starts at 46 = 20 × ln 10, the validation loss at ln 10. So gradients are 20 "
        "times too long too, and this plain SGD behaves as with a rate 20 times too high.",
        "no zero_grad": "Then the first loss and the first gradient would be as in the healthy run.",
        "softmax twice": "Then no loss could exceed 2.46.",
        "labels shuffled": "Then the training loss would start at ln 10, and fall.",
        "rate too high": "Its effect is that of too high a rate. But a rate cannot change the loss *before* the first "
        "step, and that is 20 times too large.",
        "dropout at evaluation": "Then the two evaluations would differ. They agree.",
    },
)

# --- an experiment ----------------------------------------------------------------------------------------------------

EXPERIMENT_DEAD = Quiz(
    id="neural_networks.experiment_dead",
    title="Who killed the units?",
    stars=2,
    minutes=6,
    task="Hidden weights five times too large, rate 0.18: many units of the second hidden layer end up dead. Why?",
    hints=[
        "Count the dead units before the first step, and after.",
        "Let it start alike, and learn at a tenth of the rate. Are the units dead now?",
    ],
    options=[
        wrong(
            "Such weights are dead from the start.",
            "Before the first step no unit is dead: random weights of any size give sums above and below 0.",
        ),
        right(
            "The steps were too long for such a start.",
            "They start alive, and at a tenth of the rate they stay alive. The signal is 25 times larger after two "
            "layers, and the last layer's gradient grows with it: the first step moves that layer by 16 times its "
            "length, with He's weights by a third. So the second step gets a gradient far too long, and the hidden "
            "layers move by 16 to 18 % of their length, more than a hundred times as far as with He's weights. "
            "That pushes units so far that their sums are below 0 for every digit, and from there no gradient "
            "brings them back.",
        ),
        wrong(
            "ReLU always kills most units in time.",
            "With He's weights and the same rate and number of steps, no unit or hardly one died.",
        ),
        wrong(
            "The *median* ratio in the table was too large.",
            "It is *smaller* than in the healthy run, as the weights are larger. A few long steps at the beginning "
            "were enough, and the median does not show them.",
        ),
    ],
)

# --- three questions --------------------------------------------------------------------------------------------------

QUIZ_DEPTH = Quiz(
    id="neural_networks.quiz_depth",
    title="Twenty layers without activations",
    task="A network has 20 linear layers and no activations between them. What can it compute?",
    hints=["Write two layers as matrices: x W₁ W₂.", "Is W₁ W₂ anything else than a matrix?"],
    options=[
        wrong("XOR, if it is wide enough.", "Without a bend, x W₁ W₂ = x (W₁W₂) stays a line, however wide."),
        right("What one linear layer can, no more.", "A product of matrices is a matrix: it folds up into one layer."),
        wrong("Polynomials of degree 20.", "Inputs are never multiplied by inputs, only by weights."),
        wrong("Anything, it is deep.", "Depth helps only with something that is not linear in between."),
    ],
)

QUIZ_START = Quiz(
    id="neural_networks.quiz_start",
    title="Before the first step",
    task="A network for 10 classes, not yet trained, shows a cross-entropy of 14. What does that tell you?",
    hints=["What is the loss if all ten probabilities are 0.1?", "−ln p = 14: how large is p?"],
    options=[
        wrong("Nothing: it has not learnt yet.", "Who knows nothing says 0.1 for each class, and pays ln 10 = 2.3."),
        wrong("The classes are unbalanced.", "Equal probabilities cost ln 10 on any labels, however they are mixed."),
        right(
            "Its logits are far too large.", "It gives the truth about e⁻¹⁴: sure, and wrong. Weights start too big."
        ),
        wrong("The learning rate is too high.", "There was no step yet, so no rate can have had an effect."),
    ],
)

QUIZ_BELOW = Quiz(
    id="neural_networks.quiz_below",
    title="Better on what it has never seen?",
    task="With dropout 0.5, the validation loss of a run is *below* its training loss. Which measurement tells whether "
    "dropout is the reason?",
    hints=["In which mode is each of the two measured?", "Change one thing only: how the training loss is measured."],
    options=[
        right(
            "The training loss once more, in evaluation mode.",
            "Then both are measured alike, with the same weights. If training now lies below validation, the dropped "
            "units made the difference. If not, look further: validation digits may be easier, or have leaked.",
        ),
        wrong(
            "The validation loss on more digits.",
            "That makes chance smaller. It still compares one loss with dropout to another without.",
        ),
        wrong(
            "The same run with another seed.",
            "Whatever the reason is, most likely it is there again: a seed changes neither modes nor digits.",
        ),
        wrong(
            "The accuracy on the test digits.",
            "It says nothing about the training loss; and the test digits are for the end.",
        ),
    ],
)
