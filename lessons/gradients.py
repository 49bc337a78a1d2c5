"""Gradients: the chain rule on a graph, what PyTorch does with it, and the optimisers that use the result.

The first part is pure Python: `Value` is a number that remembers how it was computed. The second part is about
functions of vectors, in NumPy; the third is about lists of torch tensors, the parameters of a model.

Sources: Baydin, Pearlmutter, Radul & Siskind, Automatic Differentiation in Machine Learning: a Survey, JMLR 2018;
Griewank & Walther, Evaluating Derivatives, 2nd ed. 2008; Kingma & Ba, Adam, ICLR 2015; Loshchilov & Hutter, Decoupled
Weight Decay Regularization, ICLR 2019. `Value` follows the idea of Karpathy's micrograd.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from numbers import Real
from typing import Any, Union

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lessons.kit import checks

Array = NDArray[np.floating]

# --- a number that remembers ------------------------------------------------------------------------------------------

Operand = Union["Value", float]


class Value:
    """A number, how it was computed, and (after `backward` of a later one) that one's derivative in it.

    `parents` are the values it was computed from, and `local_gradients` its derivative in each of them: both are known
    as soon as `data` is, so nothing has to be kept for later but numbers. `-` and `/` are operations of their own, not
    `+ (-1 * ...)` and `* (... ** -1)`: the graph then shows what was written, with fewer nodes.
    """

    __slots__ = ("data", "grad", "label", "local_gradients", "operation", "parents")

    def __init__(
        self,
        data: float,
        label: str = "",
        *,
        operation: str = "",
        parents: tuple[Value, ...] = (),
        local_gradients: tuple[float, ...] = (),
    ) -> None:
        """An input, if only data and label are given. Raises TypeError if data is not a number."""
        self.data = data if type(data) is float else _number(data)
        self.grad = 0.0
        self.label = label
        self.operation = operation
        self.parents = parents
        self.local_gradients = local_gradients

    def __repr__(self) -> str:
        name = f"{self.label} = " if self.label else ""
        return f"Value({name}{self.data:g}, grad={self.grad:g})"

    def __add__(self, other: Operand) -> Value:
        other = _value(other)
        return Value(self.data + other.data, operation="+", parents=(self, other), local_gradients=(1.0, 1.0))

    def __sub__(self, other: Operand) -> Value:
        other = _value(other)
        return Value(self.data - other.data, operation="-", parents=(self, other), local_gradients=(1.0, -1.0))

    def __mul__(self, other: Operand) -> Value:
        other = _value(other)
        slopes = (other.data, self.data)
        return Value(self.data * other.data, operation="*", parents=(self, other), local_gradients=slopes)

    def __truediv__(self, other: Operand) -> Value:
        other = _value(other)
        if other.data == 0:
            raise ValueError(f"Division by zero: {self.data:g} / 0.")
        quotient = self.data / other.data
        slopes = (1 / other.data, -quotient / other.data)
        return Value(quotient, operation="/", parents=(self, other), local_gradients=slopes)

    def __pow__(self, exponent: Operand) -> Value:
        if isinstance(exponent, Value):
            return _power_of_values(self, exponent)
        n = _number(exponent)
        power = _power(self.data, n)  # first, for its errors name what was written
        return Value(power, operation=f"**{n:g}", parents=(self,), local_gradients=(_power_slope(self.data, n),))

    def __neg__(self) -> Value:
        return Value(-self.data, operation="neg", parents=(self,), local_gradients=(-1.0,))

    def __radd__(self, other: float) -> Value:
        return _value(other) + self

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float) -> Value:
        return _value(other) * self

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    def __rpow__(self, other: float) -> Value:
        return _power_of_values(_value(other), self)

    def relu(self) -> Value:
        """max(0, x). At 0 it has no derivative; like PyTorch, this takes 0."""
        slope = 1.0 if self.data > 0 else 0.0
        return Value(max(self.data, 0.0), operation="relu", parents=(self,), local_gradients=(slope,))

    def tanh(self) -> Value:
        """The hyperbolic tangent, between −1 and 1; its derivative is 1 − tanh²."""
        t = math.tanh(self.data)
        return Value(t, operation="tanh", parents=(self,), local_gradients=(1 - t * t,))

    def exp(self) -> Value:
        """The exponential, its own derivative. Raises ValueError if it is too large for a float."""
        if self.data > 709.782712893384:  # ln of the largest float
            raise ValueError(f"exp({self.data:g}) is too large for a float.")
        e = math.exp(self.data)
        return Value(e, operation="exp", parents=(self,), local_gradients=(e,))

    def log(self) -> Value:
        """The natural logarithm; its derivative is 1 / x. Raises ValueError for 0 and below."""
        if self.data <= 0:
            raise ValueError(f"log({self.data:g}) is not defined: a logarithm needs a number above 0.")
        return Value(math.log(self.data), operation="log", parents=(self,), local_gradients=(1 / self.data,))

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        """A copy of the whole graph below, without recursion, as deep as it may be."""
        for node in topological_order(self):
            if id(node) not in memo:
                new = memo[id(node)] = Value(node.data, node.label, operation=node.operation)
                new.grad, new.local_gradients = node.grad, node.local_gradients
                new.parents = tuple(memo[id(parent)] for parent in node.parents)
        return memo[id(self)]

    def backward(self) -> None:
        """Add to `grad` of every input the derivative of this value in it (reverse mode; Baydin et al. section 3.2).

        Inputs accumulate over several calls, as in PyTorch, until someone sets their `grad` to 0. Values in between
        start from 0 each time.
        """
        order = topological_order(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += slope * node.grad


def topological_order(root: Value) -> list[Value]:
    """All values that root was computed from, and root last: each one once, after its parents.

    Works without recursion, so that a long graph does not overflow Python's stack.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    waiting = [(root, False)]
    while waiting:
        node, parents_are_done = waiting.pop()
        if parents_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            for parent in node.parents:
                waiting.append((parent, False))
    return order


def _value(operand: Operand) -> Value:
    return operand if isinstance(operand, Value) else Value(operand)


def _number(data: object) -> float:
    if isinstance(data, Real):
        try:
            return float(data)
        except OverflowError:
            raise ValueError("This whole number is too large for a float.") from None
    raise TypeError(f"A Value is made of numbers and other Values, not of {data!r:.40} ({type(data).__name__}).")


def _power(base: float, exponent: float) -> float:
    """base ** exponent. Raises ValueError where there is no such real number, or it is too large for a float."""
    if base == 0 and exponent < 0:
        raise ValueError(f"Division by zero: 0 ** {exponent:g}.")
    if base < 0 and not exponent.is_integer():
        raise ValueError(
            f"({base:g}) ** {exponent:g} is not a real number: the base is negative, the exponent not whole."
        )
    try:
        return float(base**exponent)
    except OverflowError:
        raise ValueError(f"({base:g}) ** {exponent:g} is too large for a float.") from None


def _power_slope(base: float, exponent: float) -> float:
    """exponent * base ** (exponent − 1), and infinite where √x stands upright at 0."""
    if exponent == 0:
        return 0.0
    if base == 0 and exponent < 1:
        return math.inf
    return exponent * _power(base, exponent - 1)


def _power_of_values(base: Value, exponent: Value) -> Value:
    if base.data <= 0:
        raise ValueError(f"Where the exponent is a Value, the base must be above 0; it is {base.data:g}.")
    power = _power(base.data, exponent.data)
    slopes = (exponent.data * power / base.data, power * math.log(base.data))
    return Value(power, operation="**", parents=(base, exponent), local_gradients=slopes)


# --- a network of values ----------------------------------------------------------------------------------------------


class Neuron:
    """A weight for each input and a bias: their weighted sum, with everything below 0 cut off if `relu` is set."""

    def __init__(self, n_inputs: int, rng: random.Random, relu: bool = True) -> None:
        """Weights drawn uniformly from −1 to 1, the bias 0. Raises ValueError for less than one input."""
        checks.whole(n_inputs=n_inputs)
        self.weights = [Value(rng.uniform(-1, 1)) for _ in range(n_inputs)]
        self.bias = Value(0)
        self.relu = relu

    def __call__(self, inputs: Sequence[Operand]) -> Value:
        """Raises ValueError for another number of inputs."""
        if len(inputs) != len(self.weights):
            raise ValueError(f"This neuron has {len(self.weights)} inputs, not {len(inputs)}.")
        total = self.bias
        for weight, entry in zip(self.weights, inputs, strict=True):
            total = total + weight * entry
        return total.relu() if self.relu else total

    def parameters(self) -> list[Value]:
        """The weights and, last, the bias."""
        return [*self.weights, self.bias]


class MLP:
    """A multi-layer perceptron: layers of neurons, each fed by all outputs of the layer before; no ReLU in the last."""

    def __init__(self, sizes: Sequence[int], seed: int = 0) -> None:
        """`sizes`: the number of inputs, then of neurons in each layer. Raises ValueError for one size alone or a 0."""
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(
                f"A network has inputs and at least one layer, none of them empty; these sizes are {sizes}."
            )
        checks.whole(**{f"sizes[{place}]": size for place, size in enumerate(sizes)})
        checks.whole(0, seed=seed)
        rng = random.Random(seed)
        self.layers = [
            [Neuron(n_inputs, rng, relu=layer < len(sizes) - 2) for _ in range(n_neurons)]
            for layer, (n_inputs, n_neurons) in enumerate(pairwise(sizes))
        ]

    def __call__(self, inputs: Sequence[Operand]) -> list[Value]:
        """As many numbers or Values as there are inputs -> one Value for each neuron of the last layer."""
        outputs: Sequence[Operand] = inputs
        for layer in self.layers:
            outputs = [neuron(outputs) for neuron in layer]
        return outputs  # type: ignore[return-value]

    def parameters(self) -> list[Value]:
        """All weights and biases, neuron by neuron."""
        return [parameter for layer in self.layers for neuron in layer for parameter in neuron.parameters()]


# --- gradients by differences -----------------------------------------------------------------------------------------


def numerical_gradient(function: Callable[[Array], float], point: ArrayLike, step: float | None = None) -> Array:
    """(f(x + h) − f(x − h)) / 2h along each axis, (dims,); its error shrinks like h² until rounding takes over.

    The default step is the cube root of eps, of the point's own type (Nocedal & Wright, Numerical Optimization, 2nd
    ed. 2006, section 8.1). Raises ValueError for a point that is not a list of numbers, and for a step that is not
    above 0 or that gets lost beside the point's numbers.
    """
    x, h = _point_and_step(point, step)
    return np.array([(function(x + row) - function(x - row)) / (2 * h) for row in h * np.eye(len(x), dtype=x.dtype)])


def _point_and_step(point: ArrayLike, step: float | None) -> tuple[Array, np.floating]:
    if step is not None and not 0 < step < math.inf:
        raise ValueError(f"The step must be above 0, not {step}.")
    x = np.asarray(point)
    if x.ndim != 1 or x.dtype.kind not in "fiu" or not np.isfinite(x).all():
        raise ValueError(f"The point must be a list of finite numbers, (dims,); this has shape {x.shape}, {x.dtype}.")
    x = x if x.dtype.kind == "f" else x.astype(float)
    h = x.dtype.type(np.finfo(x.dtype).eps ** (1 / 3) if step is None else step)
    if not h > 0:  # in half precision a tiny one becomes 0
        raise ValueError(f"The step must be above 0, not {step}.")
    if lost := [number for number in x if number + h == number or number - h == number]:
        apart = np.spacing(np.abs(lost[0]))
        raise ValueError(
            f"The step {h:.2g} gets lost beside {lost[0]:g}, where floating-point numbers are {apart:.2g} apart: "
            "give a larger one."
        )
    return x, h


# --- forwards and backwards through layers ----------------------------------------------------------------------------


def forward_mode(weights: Sequence[Array], inputs: Array, direction: Array) -> tuple[Array, Array]:
    """Layers h ← tanh(W h): the output (outputs,), and how it changes along a direction of the inputs, (outputs,).

    The second is J @ direction, a Jacobian-vector product, computed without J (Baydin et al. section 3.1). Raises
    ValueError for shapes that do not fit.
    """
    _check_layers(weights, inputs)
    if np.shape(direction) != np.shape(inputs):
        raise ValueError(f"A direction of the inputs is {np.shape(inputs)}, not {np.shape(direction)}.")
    hidden, change = inputs, direction
    for matrix in weights:
        hidden = np.tanh(matrix @ hidden)
        change = (1 - hidden**2) * (matrix @ change)
    return hidden, change


def reverse_mode(weights: Sequence[Array], inputs: Array, sensitivity: Array) -> tuple[Array, Array]:
    """The same layers: the output (outputs,), and the gradient of sensitivity · output in the inputs, (inputs,).

    The second is sensitivity @ J, a vector-Jacobian product: it needs the hidden values of the way forward. Raises
    ValueError for shapes that do not fit.
    """
    _check_layers(weights, inputs)
    if np.shape(sensitivity) != weights[-1].shape[:1]:
        raise ValueError(f"A sensitivity for each output is {weights[-1].shape[:1]}, not {np.shape(sensitivity)}.")
    hidden = [inputs]
    for matrix in weights:
        hidden.append(np.tanh(matrix @ hidden[-1]))
    for matrix, output in zip(reversed(weights), reversed(hidden), strict=False):
        sensitivity = (sensitivity * (1 - output**2)) @ matrix
    return hidden[-1], sensitivity


def _check_layers(weights: Sequence[Array], inputs: Array) -> None:
    """Matrices (to, from) one after the other; the first one takes the inputs (from,)."""
    if isinstance(weights, str) or not len(weights) or any(np.ndim(matrix) != 2 for matrix in weights):
        raise ValueError("weights must be a list of matrices (to, from), one for each layer.")
    arriving = [np.shape(inputs), *(matrix.shape[:1] for matrix in weights[:-1])]
    for layer, (matrix, shape) in enumerate(zip(weights, arriving, strict=True)):
        if shape != matrix.shape[1:]:
            raise ValueError(f"Layer {layer} takes {matrix.shape[1:]} numbers, and {shape} arrive.")


def multiplications(sizes: Sequence[int]) -> tuple[int, int]:
    """(forward, reverse): products of weights needed for all derivatives of a network with these layer sizes.

    A pass goes once through every weight. Forward mode needs one for each input, reverse mode one for each output.
    Raises ValueError for fewer than two sizes, or one below 1.
    """
    if len(sizes) < 2:
        raise ValueError(f"A network has inputs and at least one layer; these sizes are {sizes}.")
    checks.whole(**{f"sizes[{place}]": size for place, size in enumerate(sizes)})
    weights = sum(before * after for before, after in pairwise(sizes))
    return sizes[0] * weights, sizes[-1] * weights


# --- optimisers -------------------------------------------------------------------------------------------------------


class SGD:
    """θ ← θ − η (gradient + weight_decay θ). The other optimisers change only what happens to the gradient.

    `learning_rate` may be set between steps (a schedule), and may be a tensor that broadcasts with the parameters.
    A parameter whose gradient is None stays as it is.
    """

    def __init__(
        self, parameters: Iterable[Tensor], learning_rate: float | Tensor = 1e-3, weight_decay: float = 0.0
    ) -> None:
        """Raises ValueError for no parameters, computed ones, rates below 0 or infinite; TypeError for no tensors."""
        self.parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
        if not self.parameters:
            raise ValueError("There are no parameters to optimise. A generator can be used only once: pass a list.")
        if wrong := [one for one in self.parameters if not isinstance(one, Tensor)]:
            raise TypeError(f"Parameters are tensors; one of these is of type {type(wrong[0]).__name__}.")
        if not all(parameter.is_leaf for parameter in self.parameters):
            raise ValueError("One of these tensors was computed from others: optimise those it was computed from.")
        if not isinstance(learning_rate, Tensor | Real):
            raise TypeError(f"The learning rate is a number or a tensor, not of type {type(learning_rate).__name__}.")
        lowest, highest = torch.as_tensor(learning_rate).aminmax()
        if not (lowest >= 0 and highest < math.inf and 0 <= weight_decay < math.inf):
            raise ValueError(
                f"Neither may be below 0, or infinite: learning rate {learning_rate}, weight decay {weight_decay}."
            )
        # As torch.optim's: a schedule, or `training.fit`, sets the rate in here.
        self.param_groups: list[dict[str, Any]] = [{"params": self.parameters, "lr": learning_rate}]
        self.weight_decay = weight_decay

    @property
    def learning_rate(self) -> float | Tensor:
        """η, which may be set between steps."""
        return self.param_groups[0]["lr"]

    @learning_rate.setter
    def learning_rate(self, value: float | Tensor) -> None:
        self.param_groups[0]["lr"] = value

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on beside the parameters and their gradients, for `load_state_dict`."""
        return {name: value for name, value in vars(self).items() if name not in ("parameters", "param_groups")} | {
            "learning_rate": self.learning_rate
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave. Raises ValueError for the state of another kind of optimiser."""
        if state.keys() != self.state_dict().keys():
            raise ValueError(f"This is not the state of {type(self).__name__}: it holds {', '.join(state)}.")
        for name, value in copy.deepcopy(dict(state)).items():
            setattr(self, name, value)

    def zero_grad(self) -> None:
        """Forget the gradients; `backward` would add to them."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient, in place."""
        for index, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                self._move(index, parameter, parameter.grad)

    def _move(self, index: int, parameter: Tensor, gradient: Tensor) -> None:
        parameter -= self.learning_rate * (gradient + self.weight_decay * parameter)


class Momentum(SGD):
    """A heavy ball: velocity ← momentum velocity + gradient; θ ← θ − η velocity (Polyak 1964; torch.optim.SGD)."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float | Tensor = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        """Raises ValueError as SGD does, and for a momentum that is not from 0 to below 1."""
        super().__init__(parameters, learning_rate, weight_decay)
        self.momentum = _share(momentum)
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]

    def _move(self, index: int, parameter: Tensor, gradient: Tensor) -> None:
        velocity = self.velocities[index]
        velocity.mul_(self.momentum).add_(gradient + self.weight_decay * parameter)
        parameter -= self.learning_rate * velocity


class Adam(SGD):
    """Each number has its own step: the running mean of its gradient over the root of that of its square.

    Both means start at 0 and are therefore too small at first: dividing by 1 − betaᵗ corrects that (Kingma & Ba 2015,
    algorithm 1). Weight decay is added to the gradient, and so is rescaled with it.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        """Raises ValueError as SGD does, for betas that are not two from 0 to below 1, and for an epsilon below 0."""
        if len(betas) != 2:
            raise ValueError(f"betas are two shares, of the mean and of the mean square, not {betas}.")
        checks.not_negative(epsilon=epsilon)
        super().__init__(parameters, learning_rate, weight_decay)
        self.betas = _share(betas[0]), _share(betas[1])
        self.epsilon = epsilon
        self.steps = [0] * len(self.parameters)
        self.means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.mean_squares = [torch.zeros_like(parameter) for parameter in self.parameters]

    def _move(self, index: int, parameter: Tensor, gradient: Tensor) -> None:
        parameter -= self.learning_rate * self._direction(index, gradient + self.weight_decay * parameter)

    def _direction(self, index: int, gradient: Tensor) -> Tensor:
        (beta_1, beta_2), mean, mean_square = self.betas, self.means[index], self.mean_squares[index]
        self.steps[index] += 1
        mean.mul_(beta_1).add_((1 - beta_1) * gradient)
        mean_square.mul_(beta_2).add_((1 - beta_2) * gradient**2)
        corrected = mean / (1 - beta_1 ** self.steps[index])
        corrected_square = mean_square / (1 - beta_2 ** self.steps[index])
        return corrected / (corrected_square.sqrt() + self.epsilon)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly: it never meets the gradient (Loshchilov & Hutter 2019).

    As in PyTorch the share is learning rate × decay (the paper's does not depend on that rate), and 0.01 the default.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        """Raises ValueError as Adam does."""
        super().__init__(parameters, learning_rate, betas, epsilon, weight_decay)

    def _move(self, index: int, parameter: Tensor, gradient: Tensor) -> None:
        parameter -= self.learning_rate * self.weight_decay * parameter
        parameter -= self.learning_rate * self._direction(index, gradient)


def _share(beta: float) -> float:
    if not 0 <= beta < 1:
        raise ValueError(f"The share of the old mean that is kept is at least 0 and below 1, not {beta}.")
    return beta


@torch.no_grad()
def clip_gradients(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Shorten all gradients together, in place, to the norm `max_norm` where it is larger; returns the norm before.

    The direction stays. Parameters without a gradient are passed over. The same numbers as torch's `clip_grad_norm_`
    (Pascanu, Mikolov & Bengio 2013, algorithm 1). Raises ValueError unless max_norm is above 0, and for no parameters.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be above 0, not {max_norm}.")
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not parameters:
        raise ValueError("There are no parameters to clip. A generator can be used only once: pass a list.")
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = math.sqrt(sum(gradient.double().square().sum().item() for gradient in gradients))
    for gradient in gradients:
        gradient.mul_(min(1.0, max_norm / (norm + 1e-6)))  # torch's own guard against a division by 0
    return norm


def cosine_warmup_decay(step: int, warmup_steps: int, total_steps: int) -> float:
    """What to multiply the learning rate with: up from 0 to 1, then down along half a cosine wave to 0 at the end.

    The same numbers as transformers' `get_cosine_schedule_with_warmup` (Loshchilov & Hutter 2017, SGDR, equation 5) up
    to the end. After it this stays at 0, where theirs follows the wave up again. The straight way down is
    `lessons.kit.training.linear_warmup_decay`. Raises ValueError for numbers below 0.
    """
    checks.not_negative(step=step, warmup_steps=warmup_steps, total_steps=total_steps)
    if step < warmup_steps:
        return step / warmup_steps
    share = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return (1 + math.cos(math.pi * share)) / 2


# --- surfaces to race on ----------------------------------------------------------------------------------------------

Surface = Callable[[Tensor], Tensor]  # points (..., 2) -> heights (...)


def valley(points: Tensor) -> Tensor:
    """A bowl 100 times as curved across as along: ½ (x² + 100 y²). Points (..., 2) -> heights (...).

    Raises ValueError, as the other surfaces do, for points with another number of coordinates.
    """
    x, y = _coordinates(points)
    return (x**2 + 100 * y**2) / 2


def turned_valley(points: Tensor) -> Tensor:
    """The same bowl, turned by 45 degrees."""
    x, y = _coordinates(points)
    return valley(torch.stack([x + y, y - x], dim=-1) / math.sqrt(2))


def banana(points: Tensor) -> Tensor:
    """A bent valley whose floor falls gently to (1, 1): (1 − x)² + 100 (y − x²)² (Rosenbrock 1960)."""
    x, y = _coordinates(points)
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _coordinates(points: Tensor) -> tuple[Tensor, ...]:
    if points.shape[-1:] != (2,):
        raise ValueError(f"Points are (..., 2), two coordinates for each; these are {tuple(points.shape)}.")
    return points.unbind(-1)


def _points(starts: ArrayLike | Tensor) -> Tensor:
    """Starting points in float64. Raises ValueError for what are no finite numbers."""
    try:
        points = torch.as_tensor(starts, dtype=torch.float64)
    except (ValueError, TypeError, RuntimeError):
        points = torch.tensor(math.nan)
    if not points.isfinite().all():
        raise ValueError(f"The starts must be finite numbers, points (..., 2); these are {starts!r:.60}.")
    return points


def descend(
    optimizer: Callable[[list[Tensor], float | Tensor], SGD],
    surface: Surface,
    starts: ArrayLike | Tensor,
    learning_rate: float | Tensor,
    steps: int,
) -> Tensor:
    """The points on the way from all starts (..., 2) at once, (steps + 1, ..., 2), in float64.

    One run is as good as many, because each optimiser here treats every number by itself. Raises ValueError for starts
    that are not finite, for steps below 0, and as the optimizer does.
    """
    checks.whole(0, steps=steps)
    points = _points(starts).clone().requires_grad_()
    mover = optimizer([points], learning_rate)
    path = [points.detach().clone()]
    for _ in range(steps):
        mover.zero_grad()
        surface(points).sum().backward()
        mover.step()
        path.append(points.detach().clone())
    return torch.stack(path)


def best_learning_rate(
    optimizer: Callable[[list[Tensor], float | Tensor], SGD],
    surface: Surface,
    starts: ArrayLike | Tensor,
    learning_rates: Sequence[float],
    steps: int,
) -> float:
    """The learning rate with the lowest height at the end, by the geometric mean over starts (n, 2).

    Raises ValueError if every rate diverges, for no rates, and for starts of another shape.
    """
    if not len(learning_rates) or not all(0 <= one < math.inf for one in learning_rates):
        raise ValueError(f"Give learning rates to choose from, each 0 or more; these are {learning_rates!r:.60}.")
    if (points := _points(starts)).ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"The starts must be (n, 2), one or more points; these are {tuple(points.shape)}.")
    rates = torch.tensor(learning_rates, dtype=torch.float64)  # (rates,)
    many = points.expand(len(learning_rates), -1, 2)  # (rates, n, 2)
    ends = descend(optimizer, surface, many, rates[:, None, None], steps)[-1]
    heights = surface(ends).clamp(min=1e-300).log().mean(-1).nan_to_num(nan=math.inf, posinf=math.inf)  # (rates,)
    if not heights.min() < math.inf:
        raise ValueError(
            f"Every rate diverges, from {min(learning_rates):g} to {max(learning_rates):g}: try smaller ones."
        )
    return learning_rates[int(heights.argmin())]
