"""What the tests of chapter 16 share, and what captum and PyKEEN were asked: tiny models, made from seeds."""

from __future__ import annotations

import torch
from torch import Tensor

from lessons.fine_tuning import TextClassifier
from lessons.interpretability import attribution
from tests.efficient_models import small as others

N_MODELS = 3


class Numbers(others.Numbers):
    """As much of a tokenizer as attribution asks for: words are numbers, 0 is padding, 1 [CLS], 2 [SEP], 3 [MASK]."""

    mask_token_id = 3

    def __call__(self, texts: list[str], **options: object) -> dict[str, list[list[int]]]:
        return {"input_ids": [[1, *map(int, text.split()), 2] for text in texts]}

    def convert_ids_to_tokens(self, token_ids: list[int]) -> list[str]:
        return [chr(97 + token % 26) for token in token_ids]


def classifier(seed: int = 0, n_layers: int = 2, names: tuple[str, ...] = ("no", "yes")) -> TextClassifier:
    model = others.classifier(n_layers, seed, names)
    model.tokenizer = Numbers()  # type: ignore[assignment]
    return model


def asked(seed: int, label: int = 1) -> tuple[TextClassifier, Tensor, Tensor, Tensor, attribution.Score]:
    """A model in float64, a text of four words, its word vectors, a base, and the evidence for a label."""
    model = classifier(seed).double()
    generator = torch.Generator().manual_seed(seed)
    token_ids = torch.cat([torch.tensor([1]), torch.randint(4, 50, (4,), generator=generator), torch.tensor([2])])[None]
    words, base = attribution.word_vectors(model, token_ids), attribution.masked_base(model, token_ids)
    return model, token_ids, words, base, attribution.score_of(model, label)


def embeddings() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Heads and relations (5, 8), entities (7, 8), and angles (5, 4), in float64."""
    generator = torch.Generator().manual_seed(0)
    shapes = ((5, 8), (5, 8), (7, 8), (5, 4))
    first, second, third, fourth = (torch.randn(*s, generator=generator, dtype=torch.double) for s in shapes)
    return first, second, third, fourth


def as_complex(vectors: Tensor) -> Tensor:
    """The first half of the numbers are real parts, the second imaginary ones."""
    return torch.complex(*vectors.chunk(2, -1))


def ranked() -> tuple[Tensor, Tensor, Tensor]:
    """Scores (20, 9) with ties, right tails (20,), and which other tails are right, too."""
    generator = torch.Generator().manual_seed(1)
    scores = torch.randint(0, 5, (20, 9), generator=generator).double()
    tails = torch.randint(0, 9, (20,), generator=generator)
    return scores, tails, torch.rand(20, 9, generator=generator) < 0.3
