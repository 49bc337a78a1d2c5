"""Vision: convolution and what was built on it, a real network for photographs, patches for a Transformer.

- `convolution`: sliding a filter, by loops and as a matrix product; pooling, receptive fields, batch norm.
- `networks`: VGG's stack and ResNet's shortcut, small enough for digits.
- `efficientnet`: EfficientNet-lite0 in plain PyTorch with its published weights. `pictures`: photographs for it.
- `emoji`: things drawn by two artists. `transfer`: what a trained network gives to few labels.
- `vit`: a Transformer that reads patches.
- `looking`: class activation maps, boxes, sliding windows, average precision. `scenes`: things at known places.
- `identities`: who is it, by distance.
- `drawings`: the pictures of the notebook.

Images are (batch, channels, height, width) everywhere, rows from the top, columns from the left.
"""

from .convolution import BatchNorm, convolve, convolve_by_loops, max_pool, output_size, patches, receptive_field
from .efficientnet import EfficientNetLite, efficientnet_lite0
from .networks import ResidualNet, small_cnn
from .vit import ViT

__all__ = [
    "convolve_by_loops", "convolve", "patches", "output_size", "receptive_field", "max_pool", "BatchNorm",
    "small_cnn", "ResidualNet", "EfficientNetLite", "efficientnet_lite0", "ViT",
]  # fmt: skip
