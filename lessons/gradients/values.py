"""`Value`: a number that remembers how it was computed, in pure Python, and a small network made of such numbers.

Sources: Baydin, Pearlmutter, Radul & Siskind, Automatic Differentiation in Machine Learning: a Survey, JMLR 2018;
Griewank & Walther, Evaluating Derivatives, 2nd ed. 2008. `Value` follows the idea of Karpathy's micrograd (2020).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from numbers import Real
from typing import Any, Protocol, TypeVar, Union

from lessons.kit import checks

# --- a number that remembers ------------------------------------------------------------------------------------------

Operand = Union["Value", float]
Node = TypeVar("Node", bound="HasParents")


class HasParents(Protocol):
    """What stands in a graph: a `Value` or an `Array`."""

    @property
    def parents(self) -> tuple[Any, ...]:
        """What it was computed from."""


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


def topological_order(root: Node) -> list[Node]:
    """All values (or arrays) that root was computed from, and root last: each one once, after its parents.

    Works without recursion, so that a long graph does not overflow Python's stack.
    """
    order: list[Node] = []
    seen: set[Node] = set()
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
