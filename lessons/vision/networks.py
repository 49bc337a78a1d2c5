"""VGG's stack of small filters, and ResNet's shortcut as one line, small enough for handwritten digits.

Images are (batch, height, width) or (batch, channels, height, width); logits (batch, classes).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks

# --- a stack ----------------------------------------------------------------------------------------------------------


class Channel(nn.Module):
    """Gives grey images (batch, height, width) their one channel; others pass if they have these channels."""

    def __init__(self, channels: int = 1, size: int | None = None) -> None:
        """`size` is that of both sides, None for any. Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(channels=channels, size=1 if size is None else size)
        self.channels, self.size = channels, size

    def forward(self, images: Tensor) -> Tensor:
        """(batch, height, width) -> (batch, 1, height, width). Raises ValueError for other shapes or whole numbers."""
        wanted = (self.channels, *([self.size] * 2 if self.size else images.shape[-2:]))
        given = images[:, None] if images.ndim == 3 and self.channels == 1 else images
        if given.ndim != 4 or given.shape[1:] != wanted or not given.numel() or not given.is_floating_point():
            raise ValueError(
                f"Images are floating-point numbers (batch, {self.channels}, {self.size or 'height'}, "
                f"{self.size or 'width'}); these are {checks.described(images)}."
            )
        return given


def convolution(n_from: int, n_to: int, batch_norm: bool = True, stride: int = 1) -> nn.Sequential:
    """3 x 3 filters that keep the size (or halve it, with stride 2), batch norm unless it is not wanted, ReLU.

    Weights as He et al. 2015 draw them for a ReLU. Raises ValueError for sizes below 1.
    """
    checks.sizes(n_from=n_from, n_to=n_to, stride=stride)
    filters = nn.Conv2d(n_from, n_to, 3, stride, padding=1, bias=not batch_norm)  # a norm takes any constant away
    nn.init.kaiming_normal_(filters.weight, nonlinearity="relu")
    return nn.Sequential(filters, *([nn.BatchNorm2d(n_to)] if batch_norm else []), nn.ReLU())


def small_cnn(
    widths: Sequence[int] = (16, 32), batch_norm: bool = True, channels: int = 1, size: int = 28, classes: int = 10
) -> nn.Sequential:
    """As VGG: twice 3 x 3 filters, then half the size, for each of the widths; a linear layer reads what is left.

    Simonyan & Zisserman 2015, section 2. Raises ValueError for sizes below 1, and for more halvings than pixels.
    """
    checks.sizes(channels=channels, size=size, classes=classes, **{f"widths[{i}]": w for i, w in enumerate(widths)})
    if not widths or size >> len(widths) < 1:
        raise ValueError(f"Pictures of {size} pixels can be halved {size.bit_length() - 1} times, not {len(widths)}.")
    layers: list[nn.Module] = [Channel(channels, size)]
    for n_from, n_to in zip([channels, *widths], widths, strict=False):
        layers += [convolution(n_from, n_to, batch_norm), convolution(n_to, n_to, batch_norm), nn.MaxPool2d(2)]
    last = nn.Linear(widths[-1] * (size >> len(widths)) ** 2, classes)
    nn.init.normal_(last.weight, std=0.01)  # no class is preferred at first
    return nn.Sequential(*layers, nn.Flatten(), last)


# --- a shortcut -------------------------------------------------------------------------------------------------------


class Block(nn.Module):
    """Two layers of filters; with the shortcut they learn what to *add* to their input (He et al. 2016, figure 2)."""

    def __init__(self, n_from: int, n_to: int, stride: int, shortcut: bool) -> None:
        super().__init__()
        self.first = convolution(n_from, n_to, stride=stride)
        self.second = convolution(n_to, n_to)[:2]  # its ReLU comes after the sum
        self.shortcut, self.stride, self.wider = shortcut, stride, n_to - n_from

    def forward(self, hidden: Tensor) -> Tensor:
        """(batch, n_from, height, width) -> (batch, n_to, height / stride, width / stride)."""
        changed = self.second(self.first(hidden))
        return F.relu(self._kept(hidden) + changed) if self.shortcut else F.relu(changed)

    def _kept(self, hidden: Tensor) -> Tensor:
        """The input in the new shape, without a parameter: every stride-th pixel, zeros for the new channels."""
        kept = hidden[:, :, :: self.stride, :: self.stride]
        return F.pad(kept, (0, 0, 0, 0, 0, self.wider)) if self.wider else kept


class ResidualNet(nn.Module):
    """6 n + 2 layers in three stages, each half as large and twice as wide as the one before (He et al. 2016, 4.2).

    Without shortcuts it is the plain net of the same layers and the same number of parameters. The first layer halves
    the size, other than theirs, because a digit has few pixels and we have few processors.
    """

    def __init__(self, n: int = 1, width: int = 8, shortcut: bool = True, channels: int = 1, classes: int = 10) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(n=n, width=width, channels=channels, classes=classes)
        blocks, n_from = [], width
        for stage in range(3):
            for place in range(n):
                stride = 2 if stage and not place else 1
                blocks.append(Block(n_from, width << stage, stride, shortcut))
                n_from = width << stage
        self.stem = nn.Sequential(Channel(channels), convolution(channels, width, stride=2))
        self.blocks = nn.Sequential(*blocks)
        self.output = nn.Linear(n_from, classes)
        nn.init.normal_(self.output.weight, std=0.01)

    @property
    def depth(self) -> int:
        """Layers with weights, as its authors count them."""
        return 2 * len(self.blocks) + 2

    def forward(self, images: Tensor) -> Tensor:
        """(batch, height, width) or with channels -> (batch, classes). Raises ValueError for other shapes."""
        return self.output(self.blocks(self.stem(images)).mean((2, 3)))


def gradient_norms(model: ResidualNet, images: Tensor, labels: Tensor) -> list[float]:
    """The length of the loss's gradient in the first filters of every block, from the picture to the output.

    In training mode and with the batch's own statistics, as the first step sees it; the model is left as it was.
    Raises ValueError for fewer than two images, and for labels that do not fit.
    """
    if len(images) < 2:
        raise ValueError("One image alone has no variance for a batch norm: give two or more.")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    was_training = model.training
    model.train()
    logits = model(images)
    checks.labels(logits, labels)
    filters = [block.first[0].weight for block in model.blocks]  # type: ignore[index, union-attr]
    found = torch.autograd.grad(F.cross_entropy(logits, labels), filters)
    model.load_state_dict(before)
    model.train(was_training)
    return [gradient.norm().item() for gradient in found]
