"""Neural networks: layers, softmax and cross-entropy, back-propagation by hand, initialisation, dropout, broken runs.

`figures` draws what the notebook shows. Names and shapes throughout:

- `inputs` (batch, features), or images (batch, 28, 28) with pixels from 0 (paper) to 1 (ink);
- `labels` (batch,): the number of the right class; `logits` (batch, classes): a score for each class, before softmax;
- weights are (from, to), so that a layer is `inputs @ weights + bias`. PyTorch's `nn.Linear` stores them as (to, from).

Sources: Goodfellow, Bengio & Courville, Deep Learning, 2016, chapters 6 to 8, and the papers named below.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lessons.kit import checks
from lessons.kit.datasets import Split, mnist
from lessons.kit.training import Metrics, evaluating, fit

# --- activations ------------------------------------------------------------------------------------------------------


def relu(inputs: Tensor) -> Tensor:
    """max(x, 0) for each number, in any shape."""
    return inputs.clamp(min=0)


def gelu(inputs: Tensor) -> Tensor:
    """x Φ(x), where Φ(x) is the share of a standard normal distribution below x (Hendrycks & Gimpel 2016)."""
    return inputs * 0.5 * (1 + torch.erf(inputs / math.sqrt(2)))


def gelu_tanh(inputs: Tensor) -> Tensor:
    """The older approximation of `gelu`, of GPT-2 (Hendrycks & Gimpel 2016, section 2)."""
    return 0.5 * inputs * (1 + torch.tanh(math.sqrt(2 / math.pi) * (inputs + 0.044715 * inputs**3)))


# --- softmax and cross-entropy ----------------------------------------------------------------------------------------


def log_softmax(logits: Tensor) -> Tensor:
    """The logarithms of the probabilities, (..., classes); exact for logits of any size.

    Subtracting the largest logit changes no probability, and keeps every exponential at most 1 (Goodfellow et al. 2016,
    section 4.1).
    """
    shifted = logits - logits.max(-1, keepdim=True).values
    return shifted - shifted.exp().sum(-1, keepdim=True).log()


def cross_entropy(logits: Tensor, labels: Tensor, ignored: int = -100) -> Tensor:
    """The mean of −ln(probability of the right class), a scalar in nats: logits (batch, classes), labels (batch,).

    Or (batch, tokens, classes) and (batch, tokens), with any leading dimensions. Where the label is `ignored` nothing
    is asked, and nothing counted. Raises ValueError if nothing is asked at all, for shapes that do not fit, or for a
    label that is no class.
    """
    asked = _asked(logits, labels, ignored)
    return -log_softmax(logits[asked]).gather(-1, labels[asked][:, None]).mean()


def cross_entropy_gradient(logits: Tensor, labels: Tensor, ignored: int = -100) -> Tensor:
    """The gradient of `cross_entropy` in the logits, (batch, classes): (p − y) / n, with y one-hot and n labels asked.

    Bishop 2006, section 4.3.4. Raises ValueError like `cross_entropy`.
    """
    asked = _asked(logits, labels, ignored)
    if not logits.is_floating_point():
        raise ValueError(f"Logits are floating-point numbers; these are {logits.dtype}.")
    gradient = torch.zeros_like(logits)
    gradient[asked] = log_softmax(logits[asked]).exp() - F.one_hot(labels[asked], logits.shape[-1])
    return gradient / asked.sum()


def _asked(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """Where a label is asked about, boolean, in the shape of the labels. Raises ValueError for what does not fit."""
    checks.whole(None, ignored=ignored)
    if logits.ndim < 2 or labels.shape != logits.shape[:-1]:
        raise ValueError(
            f"Logits (batch, classes) and labels (batch,) are due; these are {tuple(logits.shape)} and "
            f"{tuple(labels.shape)}."
        )
    if labels.numel() == 0:
        raise ValueError("The batch is empty: there is no mean of nothing.")
    if labels.dtype != torch.int64:
        raise ValueError(f"Labels are class numbers of type int64; these are {labels.dtype}.")
    asked = labels != ignored
    if not asked.any():
        raise ValueError(f"Every label is {ignored}, which is passed over: there is no mean of nothing.")
    low, high = labels[asked].aminmax()
    if low < 0 or high >= logits.shape[-1]:
        raise ValueError(f"Labels go from 0 to {logits.shape[-1] - 1}; these from {low} to {high}.")
    return asked


# --- two layers, forwards and backwards by hand -----------------------------------------------------------------------


@dataclass
class TwoLayers:
    """logits = relu(inputs W₁ + b₁) W₂ + b₂, with W₁ (features, hidden), b₁ (hidden,), W₂ (hidden, classes), b₂."""

    weights_1: Tensor
    bias_1: Tensor
    weights_2: Tensor
    bias_2: Tensor

    @classmethod
    def random(cls, features: int, hidden: int, classes: int, generator: torch.Generator | None = None) -> TwoLayers:
        """Weights by `he_deviation`, biases 0, in float64. Raises ValueError for sizes below 1."""
        checks.sizes(features=features, hidden=hidden, classes=classes)

        def weights(n_from: int, n_to: int) -> Tensor:
            return torch.randn(n_from, n_to, generator=generator, dtype=torch.float64) * he_deviation(n_from)

        zeros = [torch.zeros(size, dtype=torch.float64) for size in (hidden, classes)]
        return cls(weights(features, hidden), zeros[0], weights(hidden, classes), zeros[1])

    @property
    def parameters(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """W₁, b₁, W₂, b₂."""
        return self.weights_1, self.bias_1, self.weights_2, self.bias_2

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The hidden activations (batch, hidden) and the logits (batch, classes).

        Raises ValueError for inputs of another shape or type than the weights'.
        """
        checks.vectors("inputs", inputs, len(self.weights_1), 2)
        if inputs.dtype != self.weights_1.dtype:
            raise ValueError(f"The inputs are {inputs.dtype}, and the weights {self.weights_1.dtype}: convert one.")
        hidden = relu(inputs @ self.weights_1 + self.bias_1)
        return hidden, hidden @ self.weights_2 + self.bias_2

    def gradients(self, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The gradient of the cross-entropy in W₁, b₁, W₂, b₂, by the chain rule from back to front.

        Rumelhart, Hinton & Williams 1986; Goodfellow et al. 2016, section 6.5. Raises ValueError like `cross_entropy`.
        """
        hidden, logits = self.forward(inputs)
        d_logits = cross_entropy_gradient(logits, labels)  # (batch, classes)
        d_hidden = d_logits @ self.weights_2.T  # (batch, hidden)
        d_sums = d_hidden * (hidden > 0)  # (batch, hidden): ReLU lets a gradient through where it let a number through
        return inputs.T @ d_sums, d_sums.sum(0), hidden.T @ d_logits, d_logits.sum(0)


# --- exclusive or -----------------------------------------------------------------------------------------------------


def xor_share(hidden_size: int, networks: int = 200, steps: int = 500, seed: int = 0) -> float:
    """The share of so many networks, each with random first weights, that learn all four cases of XOR.

    Two inputs, one hidden layer of ReLUs, one logit; all networks are trained side by side, each on its own mean loss.
    Raises ValueError for sizes below 1, and a seed below 0.
    """
    checks.sizes(hidden_size=hidden_size, networks=networks, steps=steps)
    checks.whole(0, seed=seed)
    points = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([0.0, 1.0, 1.0, 0.0]).view(1, 4, 1).expand(networks, 4, 1)
    generator = torch.Generator().manual_seed(seed)
    first = torch.randn(networks, 2, hidden_size, generator=generator).requires_grad_()
    first_bias = torch.zeros(networks, 1, hidden_size, requires_grad=True)
    second = (torch.randn(networks, hidden_size, 1, generator=generator) / math.sqrt(hidden_size)).requires_grad_()
    second_bias = torch.zeros(networks, 1, 1, requires_grad=True)
    optimizer = torch.optim.Adam([first, first_bias, second, second_bias], lr=0.03)
    logits = torch.zeros(networks, 4, 1)
    for _ in range(steps):
        logits = relu(points @ first + first_bias) @ second + second_bias  # (networks, 4, 1)
        optimizer.zero_grad()
        (networks * F.binary_cross_entropy_with_logits(logits, targets)).backward()
        optimizer.step()
    return ((logits > 0) == (targets == 1)).all(1).double().mean().item()


# --- initialisation ---------------------------------------------------------------------------------------------------


def he_deviation(n_from: int) -> float:
    """√(2 / n_from): as ReLU lets half of the mean square through, twice the variance is needed (He et al. 2015).

    Raises ValueError unless n_from is a whole number, 1 or more.
    """
    checks.whole(n_from=n_from)
    return math.sqrt(2 / n_from)


def signal(
    deviation: float,
    activation: Callable[[Tensor], Tensor],
    depth: int = 20,
    width: int = 256,
    examples: int = 500,
    seed: int = 0,
) -> tuple[list[float], list[float]]:
    """Random weights of this deviation: mean square of the activations after 0, 1, ... depth layers, and of gradients.

    The inputs are standard normal, and so is the gradient that arrives at the last layer's outputs (Schoenholz et al.
    2017, "Deep Information Propagation", section 4). Raises ValueError for sizes below 1, and a deviation or a
    seed below 0.
    """
    if min(depth, width, examples) < 1:
        raise ValueError(f"At least one of each is needed: depth {depth}, width {width}, examples {examples}.")
    checks.sizes(depth=depth, width=width, examples=examples)
    checks.not_negative(deviation=deviation)
    checks.whole(0, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    layers = [torch.randn(examples, width, generator=generator, dtype=torch.float64).requires_grad_()]
    for _ in range(depth):
        weights = deviation * torch.randn(width, width, generator=generator, dtype=torch.float64)
        layers.append(activation(layers[-1] @ weights))
    arriving = torch.randn(examples, width, generator=generator, dtype=torch.float64)
    gradients = [*torch.autograd.grad(layers[-1], layers[:-1], arriving), arriving]
    return [h.square().mean().item() for h in layers], [g.square().mean().item() for g in gradients]


# --- a network to use -------------------------------------------------------------------------------------------------


def dropout(inputs: Tensor, probability: float, training: bool = True) -> Tensor:
    """In training, each number becomes 0 with this probability, and the others grow by 1 / (1 − probability).

    So the expected value stays, and evaluation needs no change (Srivastava et al. 2014, section 10, "inverted").
    Raises ValueError unless 0 <= probability < 1.
    """
    if not 0 <= probability < 1:
        raise ValueError(f"The probability to drop must be at least 0 and below 1, not {probability}.")
    if not training or probability == 0:
        return inputs
    keep = torch.empty_like(inputs).bernoulli_(1 - probability)
    return inputs * keep / (1 - probability)


def mlp(
    sizes: Sequence[int],
    activation: Callable[[], nn.Module] = nn.ReLU,
    dropout: float = 0.0,
    input_dropout: float = 0.0,
) -> nn.Sequential:
    """A multi-layer perceptron: Flatten, dropout of inputs; Linear, activation and dropout in turn; a last Linear.

    `sizes` are the features, the width of each hidden layer, and the classes. Hidden weights by `he_deviation`; the
    last ones are small, so that the loss starts at ln(classes): no class is preferred before anything is learnt.
    Raises ValueError for fewer than two sizes, sizes below 1, or a share to drop that is not from 0 to 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"Two or more sizes of at least 1 are needed, not {list(sizes)}.")
    checks.sizes(**{f"sizes[{place}]": size for place, size in enumerate(sizes)})
    checks.shares(dropout=dropout, input_dropout=input_dropout)
    layers: list[nn.Module] = [nn.Flatten()]
    if input_dropout:
        layers.append(nn.Dropout(input_dropout))
    for n_from, n_to in itertools.pairwise(sizes[:-1]):
        layers += [_linear(n_from, n_to, he_deviation(n_from)), activation()]
        if dropout:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers, _linear(sizes[-2], sizes[-1], 0.01))


def _linear(n_from: int, n_to: int, deviation: float) -> nn.Linear:
    layer = nn.Linear(n_from, n_to)
    nn.init.normal_(layer.weight, std=deviation)
    nn.init.zeros_(layer.bias)
    return layer


def count_parameters(model: nn.Module) -> int:
    """How many numbers the model learns."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def dead_units(activations: Tensor) -> float:
    """The share of columns of (examples, units) that are 0 for every example: such a ReLU unit has no gradient.

    Raises ValueError for no examples, NaN, or another shape.
    """
    if activations.ndim != 2 or activations.numel() == 0 or activations.isnan().any():
        raise ValueError(
            f"Activations are (examples, units), one or more, without NaN; not {tuple(activations.shape)}."
        )
    return (activations <= 0).all(0).cpu().double().mean().item()


# --- digits -----------------------------------------------------------------------------------------------------------


def digits(split: Split[Any]) -> tuple[Tensor, Tensor]:
    """Images (n, 28, 28) from 0 (paper) to 1 (ink), and labels (n,), of a split of `datasets.mnist()`.

    The images have PyTorch's default dtype, as a new network has.

    Raises ValueError for what are no images with their labels.
    """
    if np.ndim(split.inputs) != 3 or np.shape(split.labels) != np.shape(split.inputs)[:1]:
        raise ValueError(
            f"Images (n, height, width) and labels (n,) are due, not {np.shape(split.inputs)} and "
            f"{np.shape(split.labels)}."
        )
    if split.inputs.dtype != np.uint8 or split.labels.dtype.kind not in "iu" or min(split.labels, default=0) < 0:
        raise ValueError(
            f"Pixels are uint8, labels integers from 0; these are {split.inputs.dtype} and {split.labels.dtype}."
        )
    return torch.tensor(split.inputs, dtype=torch.get_default_dtype()) / 255, torch.tensor(split.labels)


def shifted(images: Tensor, pixels: int = 2) -> Tensor:
    """Every image (batch, height, width) moved by up to so many pixels, at random in both directions; paper comes in.

    Raises ValueError if pixels is below 0, and for what are no images.
    """
    if pixels < 0:
        raise ValueError(f"Images move by 0 or more pixels, not {pixels}.")
    checks.whole(0, pixels=pixels)
    checks.sizes(pixels=pixels + 1)
    if images.ndim != 3:
        raise ValueError(f"Images are (batch, height, width), not {tuple(images.shape)}.")
    batch, height, width = images.shape
    padded = F.pad(images, (pixels,) * 4)
    down, right = torch.randint(2 * pixels + 1, (2, batch, 1))  # (batch, 1) each
    rows, columns = down + torch.arange(height), right + torch.arange(width)  # (batch, height), (batch, width)
    return padded[torch.arange(batch)[:, None, None], rows[:, :, None], columns[:, None, :]]


class ShuffledBatches:
    """Batches (inputs, labels) in a new random order in every epoch; `change` is applied to the inputs of each."""

    def __init__(
        self, inputs: Tensor, labels: Tensor, batch_size: int = 50, change: Callable[[Tensor], Tensor] | None = None
    ) -> None:
        """Raises ValueError if there is nothing to batch, lengths differ, or batch_size is below 1."""
        if not inputs.ndim or not labels.ndim or len(inputs) != len(labels) or len(inputs) == 0:
            shapes = f"{tuple(inputs.shape)} and {tuple(labels.shape)}"
            raise ValueError(f"As many inputs as labels are needed, one or more, not {shapes}.")
        if batch_size < 1:
            raise ValueError(f"A batch holds at least one example, not {batch_size}.")
        checks.whole(batch_size=batch_size)
        self.inputs, self.labels, self.batch_size, self.change = inputs, labels, batch_size, change

    def __len__(self) -> int:
        return math.ceil(len(self.labels) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for chosen in torch.randperm(len(self.labels)).split(self.batch_size):
            inputs = self.inputs[chosen]
            yield (self.change(inputs) if self.change else inputs), self.labels[chosen]


def classification_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """The cross-entropy of a batch (inputs, labels), a scalar: for `training.fit`.

    Raises ValueError for labels that do not fit the logits.
    """
    inputs, labels = batch
    logits = model(inputs)
    checks.labels(logits, labels)
    return F.cross_entropy(logits, labels)


def evaluate(model: nn.Module, inputs: Tensor, labels: Tensor) -> dict[str, float]:
    """Loss and accuracy, without dropout and without gradients; the model's mode is restored.

    The inputs are brought to the device of the model; the labels stay. Raises ValueError like `cross_entropy`.
    """
    with evaluating(model), torch.no_grad():
        logits = model(inputs.to(next(model.parameters()).device)).to(labels.device)
    return {"loss": cross_entropy(logits, labels).item(), "accuracy": _accuracy(logits, labels)}


def _accuracy(logits: Tensor, labels: Tensor) -> float:
    return (logits.argmax(-1) == labels).cpu().double().mean().item()


# --- which learning rate? ---------------------------------------------------------------------------------------------


def learning_rate_range_test(
    model: nn.Module,
    batches: ShuffledBatches,
    lowest: float = 1e-4,
    highest: float = 10.0,
    steps: int = 100,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.SGD,
) -> tuple[list[float], list[float]]:
    """Learning rates that grow by a constant factor in every step, and the loss of the batch before each step.

    Trains a copy of the model; ends early where the loss is four times its lowest, or no number (after Smith 2017,
    section 3.3, who raises the rate in equal steps and looks at the accuracy). Raises ValueError unless
    0 < lowest < highest and steps is 2 or more.
    """
    if not (0 < lowest < highest < math.inf and steps >= 2):
        raise ValueError(f"Two or more rates from low to high are needed, not {steps} from {lowest} to {highest}.")
    checks.whole(steps=steps)
    model = copy.deepcopy(model).train()
    stepper = optimizer(model.parameters(), lr=lowest)
    rates: list[float] = []
    losses: list[float] = []
    stream = (batch for _ in range(math.ceil(steps / len(batches))) for batch in batches)
    for step, batch in zip(range(steps), stream, strict=False):
        loss = classification_loss(model, batch)
        rates.append(lowest * (highest / lowest) ** (step / (steps - 1)))
        losses.append(loss.item())
        if not losses[-1] < 4 * min(losses):
            break
        stepper.param_groups[0]["lr"] = rates[-1]
        stepper.zero_grad()
        loss.backward()
        stepper.step()
    return rates, losses


def steepest(learning_rates: Sequence[float], losses: Sequence[float], window: int = 15) -> float:
    """The rate around which the loss of a range test falls fastest: the middle of the steepest stretch of steps.

    A straight line is laid through every `window` steps in a row; the steepest one counts. Raises ValueError for fewer
    steps than that, a window below 2, lists of different lengths, and for what are no finite numbers.
    """
    checks.whole(2, window=window)
    if len(learning_rates) != len(losses) or len(losses) < window:
        raise ValueError(f"{window} or more rates are needed, each with its loss, not {len(losses)}.")
    if not (np.isfinite(losses).all() and np.isfinite(learning_rates).all()):
        raise ValueError("Rates and losses are finite numbers; some of these are not.")
    along = np.arange(window) - (window - 1) / 2
    slopes = np.lib.stride_tricks.sliding_window_view(np.asarray(losses, dtype=float), window) @ along
    return float(learning_rates[int(slopes.argmin()) + window // 2])


# --- is every layer alive, and does it move? --------------------------------------------------------------------------


def update_ratio(before: Tensor, after: Tensor) -> float:
    """How far one step moved some weights, as a share of their length: |after − before| / |before|.

    Raises ValueError for different shapes, and for weights that are all 0.
    """
    if before.shape != after.shape or not before.is_floating_point():
        raise ValueError(f"The same weights twice are due, not {tuple(before.shape)} and {tuple(after.shape)}.")
    if not before.any():
        raise ValueError("These weights are all 0: no step is a share of that.")
    return ((after - before).norm() / before.norm()).item()


@dataclass
class Health:
    """What `health` saw: the loss of each step, the ratio of each layer in each step, and what is dead."""

    loss: list[float]  # (steps,)
    ratios: list[list[float]]  # (layers, steps): |update| / |weights|
    dead_first: list[float]  # (layers - 1,) the share of units that are 0 for every example, before the first step
    dead: list[float] = field(default_factory=list)  # (layers - 1,) the same after the last one

    def row(self) -> dict[str, Any]:
        """For a table: the mean loss of the last ten steps, the median ratio of each layer, dead units of each.

        Each is NaN if the loss exploded.
        """
        exploded = not math.isfinite(self.loss[-1])
        ratios = [math.nan if exploded else float(np.median(steps)) for steps in self.ratios]
        loss = math.nan if exploded else float(np.mean(self.loss[-10:]))
        return {"loss": loss, "update / weight": ratios, "dead at first": self.dead_first, "dead at last": self.dead}


def health(model: nn.Sequential, batches: ShuffledBatches, learning_rate: float, steps: int = 140) -> Health:
    """Train a copy of an `mlp` by plain SGD at one rate, and watch every layer (the ratio: Karpathy 2022, lecture 4).

    Dead units are looked for in the inputs of the batches. It ends where the loss is no number any more. Raises
    ValueError for a rate that is no number above 0, and for fewer steps than one.
    """
    checks.sizes(steps=steps)
    if not 0 < learning_rate < math.inf:
        raise ValueError(f"A learning rate is a number above 0, not {learning_rate}.")
    model = copy.deepcopy(model).train()
    layers = [module for module in model if isinstance(module, nn.Linear)]
    stepper = torch.optim.SGD(model.parameters(), lr=learning_rate)
    found = Health([], [[] for _ in layers], _dead_layers(model, batches.inputs))
    stream = (batch for _ in range(math.ceil(steps / len(batches))) for batch in batches)
    for _, batch in zip(range(steps), stream, strict=False):
        before = [layer.weight.detach().clone() for layer in layers]
        loss = classification_loss(model, batch)
        found.loss.append(loss.item())
        if not math.isfinite(found.loss[-1]):  # it has exploded: the weights say nothing any more
            found.dead = [math.nan] * (len(layers) - 1)
            return found
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        for ratios, old, layer in zip(found.ratios, before, layers, strict=True):
            ratios.append(update_ratio(old, layer.weight.detach()))
    found.dead = _dead_layers(model, batches.inputs)
    return found


def _dead_layers(model: nn.Sequential, inputs: Tensor) -> list[float]:
    """The share of dead units after each activation, in evaluation mode."""
    found, here = [], inputs
    with evaluating(model), torch.no_grad():
        for module in model:
            here = module(here)
            if not isinstance(module, nn.Flatten | nn.Linear | nn.Dropout):
                found.append(dead_units(here))
    return found


# --- capacity against data --------------------------------------------------------------------------------------------


def capacity_run(width: int, noise: float = 0.0, examples: int = 500, epochs: int = 100, seed: int = 0) -> Metrics:
    """Fit one hidden layer of so many units to digits shrunk to 7 x 7 pixels; this share of the labels is drawn by lot.

    Each seed has digits of its own: the training digits are shuffled once and cut into blocks, and seed s takes block
    s. Gives the number of "parameters", the "train error" on the labels as drawn, and the "validation error" on true
    ones. Raises ValueError unless 0 <= noise <= 1, for sizes or a seed that are none, and for a block beyond the end.
    """
    checks.sizes(width=width)
    checks.whole(0, seed=seed)
    if not 0 <= noise <= 1:
        raise ValueError(f"The share of labels drawn by lot is between 0 and 1, not {noise}.")
    (images, labels), (new_images, new_labels) = _block(examples, seed), digits(mnist().validation)
    images, new_images = (F.avg_pool2d(pictures[:, None], 4)[:, 0] for pictures in (images, new_images))  # (n, 7, 7)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        drawn = torch.randperm(examples)[: round(noise * examples)]
        labels[drawn] = torch.randint(10, (len(drawn),))
        model, batches = mlp([49, width, 10]), ShuffledBatches(images, labels, 100)
        fit(
            model,
            batches,
            classification_loss,
            epochs=epochs,
            learning_rate=1e-2,  # the same for every width
            weight_decay=0.0,
            progress=False,
            device="cpu",
        )
    return {
        "parameters": count_parameters(model),
        "train error": 1 - evaluate(model, images, labels)["accuracy"],
        "validation error": 1 - evaluate(model, new_images, new_labels)["accuracy"],
    }


def _block(examples: int, number: int) -> tuple[Tensor, Tensor]:
    """Block `number` of the shuffled training digits. Raises ValueError if there are not so many."""
    checks.sizes(examples=examples)
    images, labels = digits(mnist().train)
    blocks = len(labels) // examples
    if number >= blocks:
        raise ValueError(f"{len(labels)} digits hold {blocks} blocks of {examples}; there is no block {number}.")
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    chosen = shuffled[number * examples : (number + 1) * examples]
    return images[chosen], labels[chosen]


# --- a gallery of broken runs -----------------------------------------------------------------------------------------

FAULTS = (
    "none",
    "loss summed",
    "no zero_grad",
    "softmax twice",
    "labels shuffled",
    "rate too high",
    "dropout at evaluation",
)


CASES = {
    1: "softmax twice",
    2: "rate too high",
    3: "labels shuffled",
    4: "no zero_grad",
    5: "dropout at evaluation",
    6: "loss summed",
}  # the order of the gallery in the notebook


@dataclass
class Run:
    """The curves of a run: (steps,) what each step saw, (epochs + 1, 2) what was measured before and after each epoch.

    Every measurement is made *twice* without a step in between, on validation data.
    """

    loss: list[float] = field(default_factory=list)  # (steps,) of the batch
    gradient_norm: list[float] = field(default_factory=list)  # (steps,) the length of what the optimiser was given
    validation_loss: list[tuple[float, float]] = field(default_factory=list)  # (epochs + 1, 2)
    accuracy: list[tuple[float, float]] = field(default_factory=list)  # (epochs + 1, 2)
    dead: list[float] = field(
        default_factory=list
    )  # (epochs + 1,) the share of hidden units that are 0 for every digit


def broken_run(fault: str = "none", epochs: int = 40, examples: int = 500, seed: int = 0) -> Run:
    """Train a small network on MNIST digits with one thing broken, one of FAULTS, and return its curves.

    Deterministic for a seed, up to the rounding of the processor. Raises ValueError for an unknown fault, and for
    a number of epochs or examples or a seed that is none.
    """
    checks.whole(0, epochs=epochs, seed=seed)
    if fault not in FAULTS:
        raise ValueError(f"There is no fault {fault!r}. Choose one of: {', '.join(FAULTS)}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _train_broken(fault, epochs, examples)


def _train_broken(fault: str, epochs: int, examples: int) -> Run:
    images, labels = digits(mnist().first(examples).train)
    if fault == "labels shuffled":
        labels = labels[torch.randperm(len(labels))]
    model = mlp([784, 128, 10], dropout=0.5)
    if fault == "softmax twice":
        model.append(nn.Softmax(-1))  # and F.cross_entropy applies another one
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0 if fault == "rate too high" else 0.2)
    run = Run()
    _record_validation(model, fault, run)
    for _ in range(epochs):
        for inputs, targets in ShuffledBatches(images, labels, batch_size=20):
            if fault != "no zero_grad":
                optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), targets, reduction="sum" if fault == "loss summed" else "mean")
            loss.backward()
            run.loss.append(loss.item())
            run.gradient_norm.append(
                nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None]).item()
            )
            optimizer.step()
        _record_validation(model, fault, run)
    return run


def _record_validation(model: nn.Sequential, fault: str, run: Run) -> None:
    inputs, labels = digits(mnist().validation)
    model.train(fault == "dropout at evaluation")
    with torch.no_grad():
        logits, again = model(inputs), model(inputs)
        run.dead.append(dead_units(model[:3](inputs)))  # after Flatten, Linear, ReLU
    model.train()
    run.validation_loss.append((F.cross_entropy(logits, labels).item(), F.cross_entropy(again, labels).item()))
    run.accuracy.append((_accuracy(logits, labels), _accuracy(again, labels)))
