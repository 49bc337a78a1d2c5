"""What to do with a gradient: SGD, momentum, Adam, AdamW, clipping and a schedule, for lists of torch tensors.

Each is torch.optim's, number for number; the sources stand with the classes (Polyak 1964; Kingma & Ba, Adam, ICLR 2015;
Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR 2019).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from lessons.kit import checks


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
