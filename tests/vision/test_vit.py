"""The Transformer for pictures equals Hugging Face's with copied weights; its patches are a convolution."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F
from transformers import ViTConfig, ViTForImageClassification

from lessons.vision.vit import ViT, renamed

SIZES = [(8, 4, 1, 3, 8, 1, 2, 16), (12, 3, 3, 5, 12, 2, 3, 20), (28, 7, 1, 10, 16, 2, 4, 32)]


def theirs(size, patch, channels, classes, hidden, layers, heads, inside):
    torch.manual_seed(size)
    config = ViTConfig(
        image_size=size, patch_size=patch, num_channels=channels, num_labels=classes, hidden_size=hidden,
        num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=inside, attn_implementation="sdpa",
    )  # fmt: skip
    model = ViTForImageClassification(config).eval()  # its eager attention has a softmax in 32 bits, always
    for parameter in model.parameters():  # theirs begin with zeros in many places, where a mistake would hide
        torch.nn.init.normal_(parameter, std=0.3)
    return model


@pytest.mark.parametrize("sizes", SIZES)
def test_it_equals_hugging_face(sizes) -> None:
    reference = theirs(*sizes)
    size, channels = sizes[0], sizes[2]
    images = torch.randn(3, channels, size, size)
    with torch.no_grad():
        torch.testing.assert_close(ViT.from_hugging_face(reference)(images), reference(images).logits)
        double = ViT.from_hugging_face(reference.double())
        torch.testing.assert_close(double(images.double()), reference(images.double()).logits, rtol=0, atol=1e-10)


def test_gradients_equal_hugging_face() -> None:
    reference = theirs(*SIZES[1]).double()
    ours = ViT.from_hugging_face(reference)
    images, labels = torch.randn(2, 3, 12, 12, dtype=torch.float64), torch.tensor([0, 4])
    F.cross_entropy(ours(images), labels).backward()
    F.cross_entropy(reference(images).logits, labels).backward()
    for name, parameter in reference.named_parameters():
        found = ours.get_parameter(renamed(name)).grad
        torch.testing.assert_close(found, parameter.grad.reshape(found.shape), rtol=0, atol=1e-10)


def test_cutting_into_patches_is_a_convolution() -> None:
    model = ViT(12, 4, channels=2, hidden_size=8, n_heads=2, n_layers=1, intermediate_size=8).double()
    images = torch.randn(2, 2, 12, 12, dtype=torch.float64)
    filters = model.embed.weight.view(8, 2, 4, 4)
    expected = F.conv2d(images, filters, model.embed.bias, stride=4).flatten(2).mT + model.position[:, 1:]
    torch.testing.assert_close(model.tokens(images)[:, 1:], expected, rtol=0, atol=1e-10)


def test_without_positions_it_does_not_see_where_a_patch_is() -> None:
    torch.manual_seed(0)
    model = ViT(8, 4, hidden_size=8, n_heads=2, n_layers=2, intermediate_size=8).double().eval()
    torch.nn.init.normal_(model.output.weight)
    image = torch.randn(1, 1, 8, 8, dtype=torch.float64)
    swapped = torch.cat([image[..., 4:], image[..., :4]], -1)
    assert not torch.allclose(model(image), model(swapped))
    torch.nn.init.zeros_(model.position)
    torch.testing.assert_close(model(image), model(swapped), rtol=0, atol=1e-10)


def test_what_does_not_fit_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        ViT(28, 5)
    with pytest.raises(ValueError, match="Images are"):
        ViT(8, 4)(torch.zeros(1, 1, 12, 12))
    with pytest.raises(ValueError, match="ViTForImageClassification"):
        ViT.from_hugging_face(torch.nn.Linear(1, 1))
    with pytest.raises(ValueError, match="no weight"):
        renamed("vit.layers.0.mlp.fc3.bias")
