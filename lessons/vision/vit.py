"""A Transformer that reads pictures: patches are its tokens, a class token carries the answer.

Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", section 3.1. The layers are those of notebook 06, pre-norm
with GELU; what is new is how a picture becomes tokens.
"""

from __future__ import annotations

from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.transformer.model import EncoderLayer
from lessons.vision.convolution import patches
from lessons.vision.networks import Channel


class ViT(nn.Module):
    """Square pictures, cut into square patches without overlap, through an encoder to logits."""

    def __init__(
        self,
        size: int = 28,
        patch: int = 7,
        *,
        channels: int = 1,
        classes: int = 10,
        hidden_size: int = 64,
        n_layers: int = 4,
        n_heads: int = 4,
        intermediate_size: int = 256,
        dropout: float = 0.0,
        epsilon: float = 1e-5,
    ) -> None:
        """Raises ValueError for sizes below 1, a dropout that is no share, a patch that does not divide the size."""
        super().__init__()
        checks.sizes(size=size, patch=patch, channels=channels, classes=classes, n_layers=n_layers)
        checks.sizes(hidden_size=hidden_size)
        if size % patch:
            raise ValueError(f"Patches of {patch} pixels do not fill a picture of {size}.")
        self.patch = patch
        n_patches = (size // patch) ** 2
        self.read = Channel(channels, size)
        self.embed = nn.Linear(channels * patch * patch, hidden_size)
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_size))
        self.position = nn.Parameter(0.02 * torch.randn(1, 1 + n_patches, hidden_size))
        options: dict[str, Any] = {"dropout": dropout, "norm_first": True, "activation": F.gelu, "epsilon": epsilon}
        layers = (EncoderLayer(hidden_size, n_heads, intermediate_size, **options) for _ in range(n_layers))
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(hidden_size, epsilon)
        self.output = nn.Linear(hidden_size, classes)

    def tokens(self, images: Tensor) -> Tensor:
        """Class token and patches with their positions, (batch, 1 + patches, hidden_size).

        Raises ValueError for pictures of another size or number of channels.
        """
        words = self.embed(patches(self.read(images), self.patch, self.patch))
        return torch.cat([self.class_token.expand(len(words), -1, -1), words], 1) + self.position

    def forward(self, images: Tensor) -> Tensor:
        """(batch, height, width) or with channels -> logits (batch, classes). Raises ValueError as `tokens`."""
        hidden = self.tokens(images)
        for layer in self.layers:
            hidden = layer(hidden)
        return self.output(self.norm(hidden)[:, 0])

    @classmethod
    def from_hugging_face(cls, theirs: Any) -> Self:
        """One with a copy of the weights of a `ViTForImageClassification`, in evaluation mode.

        Raises ValueError for a model that has no such weights, or another activation than GELU.
        """
        config: Any = getattr(theirs, "config", None)
        stored: dict[str, Tensor] = getattr(theirs, "state_dict", dict)()
        if (
            getattr(config, "model_type", "") != "vit"
            or "classifier.weight" not in stored
            or config.hidden_act != "gelu"
        ):
            raise ValueError("A ViTForImageClassification with GELU is due.")
        ours = cls(
            config.image_size, config.patch_size, channels=config.num_channels, classes=config.num_labels,
            hidden_size=config.hidden_size, n_layers=config.num_hidden_layers, n_heads=config.num_attention_heads,
            intermediate_size=config.intermediate_size, epsilon=config.layer_norm_eps,
        ).to(stored["classifier.weight"])  # fmt: skip
        ours.load_state_dict({renamed(name): _flat(name, tensor) for name, tensor in stored.items()})
        return ours.eval()


OUTSIDE = {
    "vit.embeddings.cls_token": "class_token", "vit.embeddings.position_embeddings": "position",
    "vit.embeddings.patch_embeddings.projection": "embed", "vit.layernorm": "norm", "classifier": "output",
}  # fmt: skip
PARTS = {
    "attention.q_proj": "attention.query", "attention.k_proj": "attention.key", "attention.v_proj": "attention.value",
    "attention.o_proj": "attention.output", "layernorm_before": "attention_norm",
    "layernorm_after": "feed_forward_norm", "mlp.fc1": "feed_forward.expand", "mlp.fc2": "feed_forward.contract",
}  # fmt: skip


def renamed(name: str) -> str:
    """Our name of a weight of Hugging Face's ViT: "vit.layers.1.mlp.fc1.bias" is "layers.1.feed_forward.expand.bias".

    Raises ValueError for a name that it does not have.
    """
    stem, _, last = name.rpartition(".")
    if name in OUTSIDE or stem in OUTSIDE:
        return OUTSIDE[name] if name in OUTSIDE else f"{OUTSIDE[stem]}.{last}"
    *start, part = stem.split(".", 3)
    if len(start) != 3 or start[:2] != ["vit", "layers"] or part not in PARTS:
        raise ValueError(f"A ViT has no weight {name!r:.60}.")
    return f"layers.{start[2]}.{PARTS[part]}.{last}"


def _flat(name: str, tensor: Tensor) -> Tensor:
    """Filters of a patch (hidden, channels, patch, patch) as the matrix that they are: (hidden, numbers)."""
    return tensor.flatten(1) if name.endswith("projection.weight") else tensor
