"""The first taste of the course: what this machine has, and words and sentences as vectors of a real BERT.

The drawings of the notebook are in `pictures`.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from lessons.bert import BERT
from lessons.kit import checks, pretrained
from lessons.kit.batches import by_length, pad
from lessons.kit.datasets import film_sentences
from lessons.kit.texts import listed
from lessons.kit.training import evaluating, to_device

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def environment() -> dict[str, str]:
    """What this notebook runs on: name of each part -> what was found."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none (the course needs none)"
    gpu = "Apple MPS" if torch.backends.mps.is_available() else gpu
    packages = {name: version(name) for name in ("torch", "transformers", "jupyterlab")}
    return {
        "Python": platform.python_version(),
        **packages,
        "processor cores": str(os.cpu_count()),
        "threads of torch": str(torch.get_num_threads()),
        "graphics card": gpu,
    }


@torch.no_grad()
def sentence_vectors(
    bert: BERT, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], batch_size: int = 32, progress: bool = False
) -> Tensor:
    """One vector of length 1 for each text: the mean of its token vectors; (n, dim).

    The mean, not the [CLS] vector, is what this MiniLM was trained to compare (its model card; on pooling see Reimers &
    Gurevych 2019, sections 3 and 6). Raises ValueError if there is no text, TypeError for one bare string
    or for what is no text.
    """
    texts = listed(texts)
    if not texts:
        raise ValueError("Give at least one text.")
    device, limit = bert.pooler.weight.device, bert.config.max_position_embeddings
    examples = tokenizer(texts, truncation=True, max_length=limit)["input_ids"]
    vectors = torch.empty(len(examples), bert.config.hidden_size)
    batches = by_length(examples, batch_size)
    with evaluating(bert):
        for chosen in tqdm(batches, desc="reading", unit="batch", disable=not progress, file=sys.stdout):
            token_ids, mask = to_device(pad([examples[i] for i in chosen]), device)
            hidden = bert(token_ids, mask).last_hidden_state  # (batch, tokens, dim)
            is_real = torch.ones_like(token_ids) if mask is None else mask
            means = (hidden * is_real[..., None]).sum(1) / is_real.sum(1, keepdim=True)
            vectors[chosen] = F.normalize(means, dim=-1).cpu()
    return vectors


@torch.no_grad()
def word_vectors(bert: BERT, tokenizer: PreTrainedTokenizerBase, word: str, texts: Sequence[str]) -> Tensor:
    """The vector of one word in each text, before the first layer and after every layer: (n, layers + 1, dim).

    The word must be one token, and its first place counts. Raises ValueError if there is no text or a text lacks it.
    """
    texts, found = listed(texts), []
    if not texts:
        raise ValueError("Give at least one text.")
    with evaluating(bert):
        for text in texts:
            row = tokenizer(text)["input_ids"]
            tokens = tokenizer.convert_ids_to_tokens(row)
            if word not in tokens:
                raise ValueError(f"“{word}” is no token of {text!r:.80}.")
            token_ids = to_device(torch.tensor([row]), bert.pooler.weight.device)
            states = bert(token_ids, every_layer=True).hidden_states  # (1, tokens, dim), before and after every layer
            found.append(torch.stack([state[0, tokens.index(word)] for state in states]).cpu())
    return torch.stack(found)


@torch.no_grad()
def neighbour_shares(bert: BERT, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> tuple[float, float]:
    """How often a token's largest share lies on the token before it (head 2 of layer 0), and on the one after (head 8
    of layer 1), among all tokens that have one. Raises ValueError if there is no text.
    """
    texts, before, after = listed(texts), [], []
    if not texts:
        raise ValueError("Give at least one text.")
    with evaluating(bert):
        for text in texts:
            token_ids = to_device(torch.tensor([tokenizer(text)["input_ids"]]), bert.pooler.weight.device)
            first, second = bert(token_ids, every_layer=True).attentions[:2]  # (1, heads, tokens, tokens) each
            place = torch.arange(token_ids.shape[1] - 1, device=token_ids.device)
            before.append(first[0, 2].argmax(-1)[1:] == place)
            after.append(second[0, 8].argmax(-1)[:-1] == place + 1)
    return torch.cat(before).float().mean().item(), torch.cat(after).float().mean().item()


@lru_cache(maxsize=1)
def minilm() -> tuple[BERT, PreTrainedTokenizerBase]:
    """MiniLM and its tokenizer, loaded once; do not train this model."""
    return BERT.from_pretrained("minilm").eval(), pretrained.tokenizer("minilm")


@lru_cache(maxsize=1)
def film_library(n: int = 1000) -> tuple[tuple[str, ...], Tensor]:
    """The first n film sentences of the training split and their vectors (n, 384), computed once in each kernel.

    Raises ValueError unless n is a whole number, 1 or more.
    """
    checks.whole(n=n)
    sentences = tuple(film_sentences().train.inputs[:n])
    return sentences, sentence_vectors(*minilm(), sentences, progress=True)


def nearest(query: Tensor, vectors: Tensor, k: int = 5) -> tuple[list[float], list[int]]:
    """Cosine similarity and index of the k rows of vectors (n, dim) closest to query (dim,), best first.

    Raises ValueError for shapes or types that do not fit, no vectors, and k below 1.
    """
    if vectors.ndim != 2 or not len(vectors) or query.shape != vectors.shape[1:] or query.dtype != vectors.dtype:
        found = f"{checks.described(query)} and {checks.described(vectors)}"
        raise ValueError(f"A query (dim,) and vectors (n, dim) of one type are due, not {found}.")
    checks.whole(k=k)
    similarities, indices = (vectors @ query).topk(min(k, len(vectors)))
    return similarities.tolist(), indices.tolist()
