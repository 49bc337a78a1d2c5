"""Nothing wrong passes in silence: every public function gets junk in the place of one argument at a time.

`CASES` holds a valid call of each. Each argument is replaced by all junk of its kind (`junk`); nothing is drawn by lot.
What is accepted: a sentence of the package's own (`raise` in lessons/), or, for a plain wrong type, Python's TypeError
or AttributeError. A result is accepted only where `HARMLESS` says why, and if no NaN came out of finite numbers.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import linecache
import math
import random
import re
import traceback
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lessons import attention, fine_tuning, gpt, gradients, linear_models, neural_networks, start_here
from lessons.alignment import answers as of_answers
from lessons.alignment import digits, instructions, limits, preferences, reinforcement, steering, thinking
from lessons.applications import adapters, answers, entities, heads, search, summaries
from lessons.bert import masked_language
from lessons.bert import model as bert_model
from lessons.bert.model import BERT, BERTConfig
from lessons.course import assets
from lessons.course.errors import CourseError
from lessons.course.places import ROOT
from lessons.efficient_models import choices, costs, distillation, low_rank, pruning, quantization
from lessons.fine_tuning import classifier as classifiers
from lessons.fine_tuning import evaluation
from lessons.fine_tuning import examples as own_texts
from lessons.gpt import analysis as written_texts
from lessons.gpt import model as gpt_model
from lessons.gpt import recipe, sampling
from lessons.gpt import training as gpt_training
from lessons.gradients import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Array,
    Momentum,
    Neuron,
    Value,
    arrays,
    modes,
    optimizers,
    surfaces,
    values,
)
from lessons.interpretability import attribution, circuits, dictionaries, erasing, faithfulness, graphs, patching
from lessons.kit import batches, datasets, four_bit, results, tables, texts, training
from lessons.kit import low_rank as thin_maps
from lessons.linear_models import LinearRegression, LogisticRegression
from lessons.llama import analysis as chat_analysis
from lessons.llama import changes, chat, constrained, grounded
from lessons.llama import model as llama
from lessons.llama import tokenizer as chat_tokenizer
from lessons.llama import weights as stored_weights
from lessons.neural_networks import TwoLayers
from lessons.scaling import account, allocations, collectives, one_machine, planner, processes, quality, simulator
from lessons.speech import ctc, scoring, spectrogram, spoken, transcribing, wavenet, whisper
from lessons.speech import sound as sounds
from lessons.speech import weights as whisper_weights
from lessons.tokens import (
    BYTE_CHARACTERS,
    BytePairTokenizer,
    WordPieceTokenizer,
    byte_pair,
    language_models,
    word_piece,
)
from lessons.transformer import dates, letter_order
from lessons.transformer import model as transformer
from lessons.translation import bergamot, marian, recurrent, scores, spelling
from lessons.translation import search as searching
from lessons.translation import sentences as parallel
from lessons.translation import translator as languages
from lessons.vision import (
    convolution,
    efficientnet,
    emoji,
    identities,
    looking,
    networks,
    pictures,
    scenes,
    transfer,
    vit,
)

MODULES = (
    linear_models, values, arrays, modes, optimizers, surfaces,
    neural_networks, start_here, byte_pair, word_piece, language_models, attention,
    transformer, dates, letter_order, bert_model, masked_language, classifiers, evaluation, own_texts,
    heads, entities, answers, search, summaries, adapters,
    gpt_model, sampling, gpt_training, written_texts, recipe,
    batches, texts, training, tables, datasets, results, four_bit, thin_maps,
)  # fmt: skip
MODULES += (llama, changes, stored_weights, chat_tokenizer, chat, constrained, grounded, chat_analysis)
MODULES += (of_answers, digits, instructions, preferences, reinforcement, thinking, limits, steering)
MODULES += (parallel, languages, searching, scores, marian, bergamot, spelling, recurrent)
MODULES += (costs, quantization, pruning, distillation, low_rank, choices)
MODULES += (convolution, networks, efficientnet, pictures, emoji, transfer, vit, looking, scenes, identities)
MODULES += (account, allocations, one_machine, collectives, processes, simulator, planner, quality)
MODULES += (attribution, faithfulness, erasing, circuits, patching, dictionaries, graphs)
MODULES += (sounds, spectrogram, whisper_weights, whisper, transcribing, scoring, wavenet, spoken, ctc)
Call = tuple[Callable[..., Any], dict[str, Any]]

# --- valid arguments, made anew for each call -------------------------------------------------------------------------


def floats(*shape: int) -> Tensor:
    """The same numbers every time, none of them NaN."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(len(shape)))


def doubles(*shape: int) -> Tensor:
    return floats(*shape).double()


def array(*shape: int) -> np.ndarray:
    return doubles(*shape).numpy()


def ids(*shape: int, below: int = 10, least: int = 1) -> Tensor:
    return torch.randint(least, below, shape, generator=torch.Generator().manual_seed(0))


def ones(*shape: int) -> Tensor:
    return torch.ones(*shape, dtype=torch.long)


def torch_rng() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def spread(train: np.ndarray, other: np.ndarray) -> Any:
    return linear_models.standardise(train, other)


def signs() -> np.ndarray:
    return np.array([0, 1, 1, 0, 1, 0])


def table(n: int = 6) -> np.ndarray:
    return linear_models.with_ones(array(n, 2))


def fitted(kind: type) -> Any:
    return kind(l2=0.1).fit(array(6, 2), signs())


def weights() -> list[np.ndarray]:
    return [array(3, 2), array(2, 3)]


def bowl() -> np.ndarray:
    return np.diag([1.0, 4.0])


def parameters() -> list[Tensor]:
    return [floats(3).requires_grad_(), floats(2, 2).requires_grad_()]


def with_gradients() -> list[Tensor]:
    found = parameters()
    for parameter in found:
        parameter.grad = torch.ones_like(parameter)
    return found


def net() -> nn.Sequential:
    with seeded():
        return neural_networks.mlp([4, 5, 3])


@contextmanager
def seeded() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def config(**other: Any) -> BERTConfig:
    small = BERTConfig(12, 8, 1, 2, 8, max_position_embeddings=8)
    return dataclasses.replace(small, **other)


def a_bert(**fields: Any) -> BERT:
    return BERT(BERTConfig(**fields))


def bert() -> BERT:
    with seeded():
        return BERT(config()).eval()


def masked_model() -> masked_language.MaskedLanguageModel:
    with seeded():
        return masked_language.MaskedLanguageModel(config()).eval()


class WordNumbers:
    """As much of a Hugging Face tokenizer as the package calls: a word is its length, [MASK] is 4."""

    pad_token_id, mask_token, mask_token_id = 0, "[MASK]", 4

    def __call__(self, texts: Any, pairs: Any = None, **_: Any) -> dict[str, Any]:
        """Ids of one text, or of many."""
        if isinstance(texts, str):
            return {"input_ids": self._row(texts)}
        rows = [self._row(text) for text in texts]
        return {"input_ids": rows, "token_type_ids": [[0] * len(row) for row in rows]}

    def _row(self, text: str) -> list[int]:
        return [2, *(4 if word == "[MASK]" else 5 + len(word) % 7 for word in text.split()[:6]), 3]

    def convert_ids_to_tokens(self, token_ids: list[int]) -> list[str]:
        return [str(i) for i in token_ids]


def classifier() -> fine_tuning.TextClassifier:
    with seeded():
        return fine_tuning.TextClassifier(bert(), WordNumbers(), ("no", "yes")).eval()


def small_gpt() -> gpt.GPT:
    with seeded():
        return gpt.GPT(gpt.GPTConfig(10, 8, 1, 2, 8, dropout=0.0)).eval()


def filled() -> gpt.Cache:
    cache = gpt.Cache(small_gpt().config, batch=2)
    with torch.no_grad():
        small_gpt()(ids(2, 3), cache)
    return cache


def sampling_of(change: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The distribution that a change of the logits leaves: minus infinity is a probability of 0."""

    @functools.wraps(change)
    def probabilities(logits: Tensor, *args: Any, **named: Any) -> Tensor:
        return change(logits, *args, **named).softmax(-1)

    return probabilities


def stepped_muon(parameters: list[Tensor], **named: Any) -> list[Tensor]:
    """One step of Muon."""
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    gpt.Muon(parameters, **named).step()
    return [parameter.detach() for parameter in parameters]


def said() -> list[str]:
    return ["good day", "a bad film", "yes"]


def two_layers() -> TwoLayers:
    return TwoLayers(doubles(4, 5), doubles(5), doubles(5, 3), doubles(3))


def multi_head() -> attention.MultiHeadAttention:
    with seeded():
        return attention.MultiHeadAttention(8, 2)


def allowed() -> Tensor:
    return attention.causal_mask(3)


def translator() -> transformer.Transformer:
    sizes = {"hidden_size": 8, "n_heads": 2, "n_layers": 1, "intermediate_size": 8, "max_length": 16}
    with seeded():
        return transformer.Transformer(12, dates.TARGETS, **sizes).eval()


def layer(kind: type, **options: Any) -> Any:
    with seeded():
        return kind(8, 2, 8, **options).eval()


def letters() -> dates.Characters:
    return dates.Characters(["12345-6.7"])


def pairs() -> dates.DatePairs:
    written = ("1.2.1954", "3.4.1951")
    return dates.DatePairs(written, ("1954-02-01", "1951-04-03"), ("de", "de"), ("short", "short"))


def pieces() -> WordPieceTokenizer:
    known = [*WordPieceTokenizer.special_tokens, "a", "b", "##b", "day"]
    return WordPieceTokenizer({token: i for i, token in enumerate(known)})


def byte_pairs() -> BytePairTokenizer:
    return BytePairTokenizer.train(["a day, a day"], 260, ["<end>"])


def labelled() -> datasets.LabelledData:
    part = datasets.Split(("a", "b", "c"), np.array([0, 1, 0]))
    return datasets.LabelledData("small", part, part, part, ("no", "yes"), "here", "none")


def bigram() -> language_models.Bigram:
    return language_models.Bigram(language_models.smoothed(doubles(10, 10).abs(), 1.0))


def next_token() -> language_models.NextToken:
    with seeded():
        return language_models.NextToken(10, 2, 3, 4)


def feed_forward() -> transformer.FeedForward:
    with seeded():
        return transformer.FeedForward(4, 5)


def in_order() -> letter_order.LetterOrder:
    with seeded():
        return letter_order.LetterOrder(causal=True)


def recall(kind: type) -> Any:
    with seeded():
        return kind(4)


def examples() -> list[list[int]]:
    return [[2, 5, 6, 3], [2, 7, 3], [2, 5, 6, 7, 8, 3]]


def masked_batches() -> masked_language.MaskedBatches:
    return masked_language.MaskedBatches(examples(), 12, share=0.9, fixed=True)


def masked() -> masked_language.Masked:
    return next(iter(masked_batches()))


def drawn(made: Callable[..., Iterable[Any]]) -> Callable[..., list[Any]]:
    """Make something and go through it once."""

    @functools.wraps(made)
    def whole(*args: Any, **named: Any) -> list[Any]:
        return list(made(*args, **named))

    return whole


def called(make: Callable[[], nn.Module], **named: Any) -> Callable[[], Call]:
    """A call of a module's `forward`."""
    return lambda: (make().forward, {name: value() for name, value in named.items()})


def small_fit(**named: Any) -> training.History:
    data = [(floats(6, 4), ids(6, below=3, least=0))]
    return training.fit(net(), data, neural_networks.classification_loss, device="cpu", progress=False, **named)


def square(x: Any) -> Any:
    return float(x @ x)


def stepped(kind: type, **named: Any) -> list[Tensor]:
    """One step of an optimiser made with these arguments."""
    mover = kind(**named)
    mover.step()
    return mover.parameters


def optimiser(kind: type, **named: Any) -> Callable[[], Call]:
    whole = functools.wraps(kind)(functools.partial(stepped, kind))
    return lambda: (whole, {"parameters": with_gradients(), "learning_rate": 0.1, "weight_decay": 0.1, **named})


def nearest(k: int) -> Any:
    return start_here.nearest(floats(4), floats(6, 4), k)


# --- what the applications of notebook 09 need ------------------------------------------------------------------------


class Cutter(WordNumbers):
    """As `WordNumbers`, with what the heads on every token ask for: whose word a piece is, and where it stands."""

    def __call__(self, texts: Any, pairs: Any = None, **_: Any) -> Any:
        rows = [row.split() if isinstance(row, str) else row for row in texts]
        others = [row.split() for row in pairs] if pairs is not None else [[] for _ in rows]
        return self.Cut(rows, others)

    class Cut(dict):
        def __init__(self, rows: list[list[str]], others: list[list[str]]) -> None:
            self.rows = rows
            both = [([1, *[5] * len(a), 3], [6] * len(b) + [3] * bool(b)) for a, b in zip(rows, others, strict=True)]
            self["input_ids"] = [first + second for first, second in both]
            self["token_type_ids"] = [[0] * len(first) + [1] * len(second) for first, second in both]
            self["offset_mapping"] = [[(0, 1)] * (len(first) + len(second)) for first, second in both]

        def word_ids(self, i: int) -> list[int | None]:
            return [None, *range(len(self.rows[i])), None]


def entity_finder() -> entities.EntityFinder:
    with seeded():
        return entities.EntityFinder(bert(), Cutter(), entities.tag_names(("a",))).eval()


def answer_finder() -> answers.AnswerFinder:
    with seeded():
        return answers.AnswerFinder(bert(), Cutter()).eval()


def asked() -> list[answers.Question]:
    return [answers.Question("where", "in Rome", ("in",), 0, "place"), answers.Question("who", "it was", ())]


def a_paper() -> datasets.Paper:
    said = ("one is here", "two", "three of it")
    sections = ("abstract", "introduction", "conclusion")
    return datasets.Paper("p", "t", said, sections, {"approach": "one"}, {"approach": (0,)})


def encoded() -> heads.Encoded:
    rows = [[2, 5, 3], [2, 6, 7, 3]]
    return heads.Encoded(rows, [[0] * len(row) for row in rows], [])


def towers() -> search.Towers:
    with seeded():
        return search.Towers(10, 12, 4)


def token_batch(**named: Any) -> Call:
    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        batch = {"token_ids": None, "attention_mask": None, "token_type_ids": None, "labels": labels}
        return named["loss"](lambda *_: logits, batch)

    return loss, {"logits": floats(2, 3, named["outputs"]), "labels": named["labels"]}


def with_low_rank() -> entities.EntityFinder:
    model = entity_finder()
    adapters.add_low_rank(model, 2)
    return model


L, G, N, T, D, A, M, K, P = (
    "linear_models", "gradients", "neural_networks", "transformer.model", "transformer.dates", "attention",
    "bert.masked_language", "tokens.language_models", "applications",
)  # fmt: skip


def sizes(**named: Any) -> dict[str, Any]:
    return named


# A name (module.function or module.Class.method) -> (callable, arguments by name). Functions, models, tokenizers and
# generators among the arguments are only carried along.
CASES: dict[str, Callable[[], Call]] = {
    # --- linear_models
    f"{L}.with_ones": lambda: (linear_models.with_ones, {"inputs": array(6, 2)}),
    f"{L}.standardise": lambda: (spread, {"train": array(6, 2), "other": array(4, 2)}),
    f"{L}.squared_loss": lambda: (
        linear_models.squared_loss,
        {"parameters": array(3), "table": table(), "targets": array(6), "l2": 0.1},
    ),
    f"{L}.squared_loss_gradient": lambda: (
        linear_models.squared_loss_gradient,
        {"parameters": array(3), "table": table(), "targets": array(6), "l2": 0.1},
    ),
    f"{L}.squared_loss_hessian": lambda: (linear_models.squared_loss_hessian, {"table": table(), "l2": 0.1}),
    f"{L}.least_squares": lambda: (
        linear_models.least_squares,
        {"inputs": array(6, 2), "targets": array(6), "l2": 0.1},
    ),
    f"{L}.gradient_descent": lambda: (
        linear_models.gradient_descent,
        {"gradient": lambda p: p, "start": array(2), "learning_rate": 0.1, "steps": 2},
    ),
    f"{L}.learning_rates": lambda: (linear_models.learning_rates, {"hessian": bowl()}),
    f"{L}.minibatches": lambda: (
        drawn(linear_models.minibatches),
        {"n": 5, "batch_size": 2, "rng": np.random.default_rng(0)},
    ),
    f"{L}.stochastic_gradient_descent": lambda: (
        linear_models.stochastic_gradient_descent,
        {
            "gradient": linear_models.squared_loss_gradient,
            **{"table": table(), "targets": array(6), "learning_rate": 0.1, "batch_size": 2, "epochs": 2, "seed": 1},
        },
    ),
    f"{L}.newton": lambda: (
        linear_models.newton,
        {"loss": square, "gradient": lambda p: 2 * p, "hessian": lambda p: 2 * np.eye(2), "start": array(2)}
        | {"max_steps": 5},
    ),
    f"{L}.sigmoid": lambda: (linear_models.sigmoid, {"logits": array(5)}),
    f"{L}.cross_entropy": lambda: (
        linear_models.cross_entropy,
        {"parameters": array(3), "table": table(), "labels": signs(), "l2": 0.1},
    ),
    f"{L}.cross_entropy_gradient": lambda: (
        linear_models.cross_entropy_gradient,
        {"parameters": array(3), "table": table(), "labels": signs(), "l2": 0.1},
    ),
    f"{L}.cross_entropy_hessian": lambda: (
        linear_models.cross_entropy_hessian,
        {"parameters": array(3), "table": table(), "l2": 0.1},
    ),
    f"{L}.separable": lambda: (linear_models.separable, {"inputs": array(6, 2), "labels": signs()}),
    f"{L}.LinearModel": lambda: (linear_models.LinearModel, {"l2": 0.1}),
    f"{L}.LinearRegression.fit": lambda: (
        LinearRegression(l2=0.1).fit,
        {"inputs": array(6, 2), "targets": array(6), "learning_rate": 0.1, "steps": 3},
    ),
    f"{L}.LinearRegression.predict": lambda: (fitted(LinearRegression).predict, {"inputs": array(4, 2)}),
    f"{L}.LogisticRegression.fit": lambda: (
        LogisticRegression(l2=0.1).fit,
        {"inputs": array(6, 2), "labels": signs(), "learning_rate": 0.1, "steps": 3},
    ),
    f"{L}.LogisticRegression.predict": lambda: (fitted(LogisticRegression).predict, {"inputs": array(4, 2)}),
    f"{L}.LogisticRegression.predict_proba": lambda: (
        fitted(LogisticRegression).predict_proba,
        {"inputs": array(4, 2)},
    ),
    # --- gradients
    f"{G}.values.Value": lambda: (Value, {"data": 2.0}),
    f"{G}.values.Value.__pow__": lambda: (Value(2.0).__pow__, {"exponent": 3.0}),
    f"{G}.values.Value.__add__": lambda: (Value(2.0).__add__, {"other": 3.0}),
    f"{G}.values.Value.__truediv__": lambda: (Value(2.0).__truediv__, {"other": 3.0}),
    f"{G}.values.Neuron": lambda: (Neuron, {"n_inputs": 2, "rng": random.Random(0)}),
    f"{G}.values.Neuron.__call__": lambda: (Neuron(2, random.Random(0)).__call__, {"inputs": [1.0, 2.0]}),
    f"{G}.values.MLP": lambda: (MLP, {"sizes": [2, 3, 1], "seed": 1}),
    f"{G}.values.MLP.__call__": lambda: (MLP([2, 3, 1]).__call__, {"inputs": [1.0, 2.0]}),
    f"{G}.values.topological_order": lambda: (gradients.topological_order, {"root": Value(2.0) * 3.0}),
    f"{G}.arrays.unbroadcast": lambda: (gradients.unbroadcast, {"gradient": array(4, 3), "shape": (3,)}),
    f"{G}.arrays.Array": lambda: (Array, {"data": array(2, 3)}),
    f"{G}.arrays.Array.__add__": lambda: (Array(array(2, 3)).__add__, {"other": array(2, 3)}),
    f"{G}.arrays.Array.__truediv__": lambda: (Array(array(2, 3)).__truediv__, {"other": array(2, 3)}),
    f"{G}.arrays.Array.__matmul__": lambda: (Array(array(4, 2)).__matmul__, {"other": array(2, 3)}),
    f"{G}.arrays.Array.__pow__": lambda: (Array(array(2, 3)).__pow__, {"exponent": 2.0}),
    f"{G}.arrays.Array.sum": lambda: (Array(array(2, 3)).sum, {"axis": 1}),
    f"{G}.arrays.Array.mean": lambda: (Array(array(2, 3)).mean, {"axis": 1}),
    f"{G}.modes.numerical_gradient": lambda: (
        gradients.numerical_gradient,
        {"function": square, "point": array(3), "step": 1e-5},
    ),
    f"{G}.modes.forward_mode": lambda: (
        gradients.forward_mode,
        {"weights": weights(), "inputs": array(2), "direction": array(2)},
    ),
    f"{G}.modes.reverse_mode": lambda: (
        gradients.reverse_mode,
        {"weights": weights(), "inputs": array(2), "sensitivity": array(2)},
    ),
    f"{G}.modes.multiplications": lambda: (gradients.multiplications, {"sizes": [2, 3, 1]}),
    f"{G}.optimizers.SGD": optimiser(SGD),
    f"{G}.optimizers.Momentum": optimiser(Momentum, momentum=0.9),
    f"{G}.optimizers.Adam": optimiser(Adam, betas=(0.9, 0.99), epsilon=1e-8),
    f"{G}.optimizers.AdamW": optimiser(AdamW, betas=(0.9, 0.99), epsilon=1e-8),
    f"{G}.optimizers.clip_gradients": lambda: (
        gradients.clip_gradients,
        {"parameters": with_gradients(), "max_norm": 1.0},
    ),
    f"{G}.optimizers.cosine_warmup_decay": lambda: (
        gradients.cosine_warmup_decay,
        {"step": 3, "warmup_steps": 2, "total_steps": 10},
    ),
    f"{G}.surfaces.valley": lambda: (gradients.valley, {"points": doubles(3, 2)}),
    f"{G}.surfaces.turned_valley": lambda: (gradients.turned_valley, {"points": doubles(3, 2)}),
    f"{G}.surfaces.banana": lambda: (gradients.banana, {"points": doubles(3, 2)}),
    f"{G}.surfaces.descend": lambda: (
        gradients.descend,
        {"optimizer": SGD, "surface": gradients.valley, "starts": doubles(3, 2), "learning_rate": 0.01, "steps": 2},
    ),
    f"{G}.surfaces.best_learning_rate": lambda: (
        gradients.best_learning_rate,
        {"optimizer": SGD, "surface": gradients.valley, "starts": doubles(3, 2)}
        | {"learning_rates": [0.001, 0.01], "steps": 2},
    ),
    # --- neural_networks
    f"{N}.relu": lambda: (neural_networks.relu, {"inputs": floats(3, 4)}),
    f"{N}.gelu": lambda: (neural_networks.gelu, {"inputs": floats(3, 4)}),
    f"{N}.gelu_tanh": lambda: (neural_networks.gelu_tanh, {"inputs": floats(3, 4)}),
    f"{N}.log_softmax": lambda: (neural_networks.log_softmax, {"logits": floats(3, 4)}),
    f"{N}.cross_entropy": lambda: (
        neural_networks.cross_entropy,
        {"logits": floats(3, 4), "labels": ids(3, below=4), "ignored": -100},
    ),
    f"{N}.cross_entropy_gradient": lambda: (
        neural_networks.cross_entropy_gradient,
        {"logits": floats(3, 4), "labels": ids(3, below=4), "ignored": -100},
    ),
    f"{N}.TwoLayers.random": lambda: (TwoLayers.random, {"features": 4, "hidden": 5, "classes": 3}),
    f"{N}.TwoLayers.forward": lambda: (two_layers().forward, {"inputs": doubles(6, 4)}),
    f"{N}.TwoLayers.gradients": lambda: (
        two_layers().gradients,
        {"inputs": doubles(6, 4), "labels": ids(6, below=3)},
    ),
    f"{N}.he_deviation": lambda: (neural_networks.he_deviation, {"n_from": 4}),
    f"{N}.signal": lambda: (
        neural_networks.signal,
        {"deviation": 0.5, "activation": torch.tanh, "depth": 2, "width": 3, "examples": 4, "seed": 1},
    ),
    f"{N}.dropout": lambda: (neural_networks.dropout, {"inputs": floats(3, 4), "probability": 0.5}),
    f"{N}.mlp": lambda: (neural_networks.mlp, {"sizes": [4, 5, 3], "dropout": 0.1, "input_dropout": 0.1}),
    f"{N}.count_parameters": lambda: (neural_networks.count_parameters, {"model": net()}),
    f"{N}.dead_units": lambda: (neural_networks.dead_units, {"activations": floats(5, 3).relu()}),
    f"{N}.digits": lambda: (
        lambda inputs, labels: neural_networks.digits(datasets.Split(inputs, labels)),
        {"inputs": np.full((2, 28, 28), 255, dtype=np.uint8), "labels": np.array([3, 4])},
    ),
    f"{N}.shifted": lambda: (neural_networks.shifted, {"images": floats(2, 5, 4), "pixels": 1}),
    f"{N}.ShuffledBatches": lambda: (
        drawn(neural_networks.ShuffledBatches),
        {"inputs": floats(6, 4), "labels": ids(6), "batch_size": 4},
    ),
    f"{N}.classification_loss": lambda: (
        lambda labels: neural_networks.classification_loss(net(), (floats(6, 4), labels)),
        {"labels": ids(6, below=3)},
    ),
    f"{N}.evaluate": lambda: (
        lambda labels: neural_networks.evaluate(net(), floats(6, 4), labels),  # inputs: what the model says to them
        {"labels": ids(6, below=3)},
    ),
    f"{N}.learning_rate_range_test": lambda: (
        neural_networks.learning_rate_range_test,
        {"model": net(), "batches": neural_networks.ShuffledBatches(floats(6, 4), ids(6, below=3))}
        | {"lowest": 0.01, "highest": 0.1, "steps": 3},
    ),
    f"{N}.steepest": lambda: (
        neural_networks.steepest,
        {"learning_rates": [0.01, 0.02, 0.04, 0.08], "losses": [2.3, 2.2, 1.5, 1.4], "window": 3},
    ),
    f"{N}.update_ratio": lambda: (neural_networks.update_ratio, {"before": floats(3, 4), "after": floats(3, 4) + 0.1}),
    f"{N}.health": lambda: (
        neural_networks.health,
        {"model": neural_networks.mlp([4, 5, 3])}
        | {"batches": neural_networks.ShuffledBatches(floats(6, 4), ids(6, below=3))}
        | {"learning_rate": 0.1, "steps": 3},
    ),
    f"{N}.xor_share": lambda: (
        neural_networks.xor_share,
        {"hidden_size": 3, "networks": 4, "steps": 2, "seed": 1},
    ),
    f"{N}.capacity_run": lambda: (
        neural_networks.capacity_run,
        {"width": 3, "noise": 0.5, "examples": 100, "epochs": 1, "seed": 1},
    ),
    f"{N}.broken_run": lambda: (
        neural_networks.broken_run,
        {"fault": "none", "epochs": 1, "examples": 20, "seed": 1},
    ),
    # --- start_here
    "start_here.sentence_vectors": lambda: (
        start_here.sentence_vectors,
        {"bert": bert(), "tokenizer": WordNumbers(), "texts": said(), "batch_size": 2},
    ),
    "start_here.word_vectors": lambda: (
        start_here.word_vectors,
        {"bert": bert(), "tokenizer": WordNumbers(), "word": "9", "texts": ["good day", "a book"]},  # 4 letters are 9
    ),
    "start_here.nearest": lambda: (start_here.nearest, {"query": floats(4), "vectors": floats(6, 4), "k": 2}),
    # --- tokens
    "tokens.byte_pair.pre_tokenise": lambda: (byte_pair.pre_tokenise, {"text": "a day"}),
    "tokens.byte_pair.spelling": lambda: (byte_pair.spelling, {"text": "a day"}),
    "tokens.byte_pair.BytePairTokenizer": lambda: (
        BytePairTokenizer,
        {"vocabulary": {c: i for i, c in enumerate([*BYTE_CHARACTERS, "ab", "<end>"])}, "merges": [("a", "b")]}
        | {"special_tokens": ["<end>"]},
    ),
    "tokens.byte_pair.BytePairTokenizer.train": lambda: (
        BytePairTokenizer.train,
        {"text": ["a day, a day"], "vocab_size": 260, "special_tokens": ["<end>"]},
    ),
    "tokens.byte_pair.BytePairTokenizer.encode": lambda: (byte_pairs().encode, {"text": "a day"}),
    "tokens.byte_pair.BytePairTokenizer.tokens": lambda: (byte_pairs().tokens, {"text": "a day"}),
    "tokens.byte_pair.BytePairTokenizer.encode_with_offsets": lambda: (
        byte_pairs().encode_with_offsets,
        {"text": "a day"},
    ),
    "tokens.byte_pair.BytePairTokenizer.decode": lambda: (byte_pairs().decode, {"token_ids": [1, 2, 3]}),
    "tokens.word_piece.WordPieceTokenizer": lambda: (WordPieceTokenizer, {"vocabulary": pieces().vocabulary}),
    "tokens.word_piece.WordPieceTokenizer.encode": lambda: (
        pieces().encode,
        {"text": "a day", "max_length": 5, "pair": "ab"},
    ),
    "tokens.word_piece.WordPieceTokenizer.tokens": lambda: (
        pieces().tokens,
        {"text": "a day", "max_length": 5, "pair": "ab"},
    ),
    "tokens.word_piece.WordPieceTokenizer.encode_with_offsets": lambda: (
        pieces().encode_with_offsets,
        {"text": "a day", "max_length": 5, "pair": "ab"},
    ),
    "tokens.word_piece.WordPieceTokenizer.__call__": lambda: (
        pieces().__call__,
        {"texts": ["a day", "ab"], "pairs": ["a", "b"], "max_length": 6},
    ),
    "tokens.word_piece.WordPieceTokenizer.decode": lambda: (pieces().decode, {"token_ids": [5, 6, 7]}),
    f"{K}.bigram_counts": lambda: (language_models.bigram_counts, {"token_ids": ids(8), "vocab_size": 10}),
    f"{K}.smoothed": lambda: (
        language_models.smoothed,
        {"counts": doubles(4, 4).abs(), "strength": 1.0, "prior": torch.full((4,), 0.25, dtype=torch.double)},
    ),
    f"{K}.unigram": lambda: (language_models.unigram, {"counts": doubles(4, 4).abs()}),
    f"{K}.Bigram": lambda: (language_models.Bigram, {"probabilities": doubles(4, 4).softmax(1)}),
    f"{K}.Bigram.forward": called(bigram, contexts=lambda: ids(3, 2)),
    f"{K}.NextToken": lambda: (
        language_models.NextToken,
        {"vocab_size": 10, "context": 2, "dim": 3, "hidden": 4},
    ),
    f"{K}.NextToken.forward": called(next_token, contexts=lambda: ids(3, 2)),
    f"{K}.compared": lambda: (
        language_models.compared,
        {"models": {"table": (bigram(), 1)}, "token_ids": ids(8), "tokenizer": byte_pairs()},
    ),
    f"{K}.windows": lambda: (language_models.windows, {"token_ids": ids(8), "context": 2}),
    f"{K}.WindowBatches": lambda: (
        drawn(language_models.WindowBatches),
        {"token_ids": ids(8), "context": 2, "batch_size": 3, "steps": 2, "seed": 1},
    ),
    f"{K}.next_token_loss": lambda: (
        lambda contexts, targets: language_models.next_token_loss(bigram(), (contexts, targets)),
        {"contexts": ids(3, 2), "targets": ids(3)},
    ),
    f"{K}.bits": lambda: (
        language_models.bits,
        {"model": bigram(), "token_ids": ids(8), "context": 2, "batch_size": 3},
    ),
    f"{K}.bits_per_character": lambda: (
        language_models.bits_per_character,
        {"token_bits": floats(4).abs(), "n_characters": 9},
    ),
    f"{K}.generate": lambda: (
        language_models.generate,
        {"model": bigram(), "token_ids": [1, 2, 3], "n": 2, "context": 2, "seed": 1},
    ),
    # --- attention
    f"{A}.masked_softmax": lambda: (attention.masked_softmax, {"scores": floats(2, 3, 3), "mask": allowed()}),
    f"{A}.scaled_dot_product_attention": lambda: (
        attention.scaled_dot_product_attention,
        {"query": floats(2, 3, 4), "key": floats(2, 3, 4), "value": floats(2, 3, 5), "mask": allowed()},
    ),
    f"{A}.causal_mask": lambda: (attention.causal_mask, {"n_queries": 2, "n_keys": 3}),
    f"{A}.padding_mask": lambda: (attention.padding_mask, {"attention_mask": ones(2, 3)}),
    f"{A}.split_heads": lambda: (attention.split_heads, {"vectors": floats(2, 3, 8), "n_heads": 2}),
    f"{A}.merge_heads": lambda: (attention.merge_heads, {"vectors": floats(2, 2, 3, 4)}),
    f"{A}.MultiHeadAttention": lambda: (
        attention.MultiHeadAttention,
        {"hidden_size": 8, "n_heads": 2, "dropout": 0.1},
    ),
    f"{A}.MultiHeadAttention.forward": called(
        multi_head, hidden=lambda: floats(2, 3, 8), memory=lambda: floats(2, 3, 8), mask=allowed
    ),
    f"{A}.MultiHeadAttention.scores": lambda: (
        multi_head().scores,
        {"hidden": floats(2, 3, 8), "memory": floats(2, 3, 8)},
    ),
    f"{A}.MultiHeadAttention.weights": lambda: (
        multi_head().weights,
        {"hidden": floats(2, 3, 8), "memory": floats(2, 3, 8), "mask": allowed()},
    ),
    f"{A}.recall_scenes": lambda: (
        attention.recall_scenes,
        {"n_scenes": 3, "generator": torch_rng(), "n_pairs": 2},
    ),
    f"{A}.BagRecall": lambda: (attention.BagRecall, {"dim": 4}),
    f"{A}.BagRecall.forward": called(
        lambda: recall(attention.BagRecall), names=lambda: ids(2, 3), colours=lambda: ids(2, 3), asked=lambda: ids(2)
    ),
    f"{A}.AttentionRecall": lambda: (attention.AttentionRecall, {"dim": 4, "divisor": 2.0}),
    f"{A}.AttentionRecall.forward": called(
        lambda: recall(attention.AttentionRecall),
        names=lambda: ids(2, 3),
        colours=lambda: ids(2, 3),
        asked=lambda: ids(2),
    ),
    f"{A}.kernel_smoothing": lambda: (
        attention.kernel_smoothing,
        {"x": floats(3), "known_x": floats(4), "known_y": floats(4), "bandwidth": 0.5},
    ),
    f"{A}.online_attention": lambda: (
        attention.online_attention,
        {"query": floats(2, 3, 4), "key": floats(2, 3, 4), "value": floats(2, 3, 5), "block_size": 2}
        | {"mask": allowed()},
    ),
    f"{A}.place_shares": lambda: (attention.place_shares, {"weights": floats(5, 5).softmax(-1)}),
    f"{A}.train_recall": lambda: (
        attention.train_recall,
        {"model": attention.BagRecall(4), "test": attention.recall_scenes(3, torch_rng())}
        | {"steps": 2, "learning_rate": 0.1, "seed": 1, "every": 1},
    ),
    f"{A}.attention_flops": lambda: (attention.attention_flops, {"n_tokens": 3, "hidden_size": 4}),
    # --- transformer
    f"{T}.sinusoidal_positions": lambda: (transformer.sinusoidal_positions, {"n": 3, "hidden_size": 4}),
    f"{T}.FeedForward": lambda: (transformer.FeedForward, {"hidden_size": 4, "intermediate_size": 5}),
    f"{T}.FeedForward.forward": called(feed_forward, hidden=lambda: floats(2, 3, 4)),
    f"{T}.EncoderLayer": lambda: (
        transformer.EncoderLayer,
        {"hidden_size": 8, "n_heads": 2, "intermediate_size": 8}
        | {"dropout": 0.1, "attention_dropout": 0.1, "epsilon": 1e-5},
    ),
    f"{T}.EncoderLayer.forward": called(
        lambda: layer(transformer.EncoderLayer), hidden=lambda: floats(2, 3, 8), mask=allowed
    ),
    f"{T}.EncoderLayer.forward, pre-norm": called(
        lambda: layer(transformer.EncoderLayer, norm_first=True), hidden=lambda: floats(2, 3, 8), mask=allowed
    ),
    f"{T}.DecoderLayer": lambda: (
        transformer.DecoderLayer,
        {"hidden_size": 8, "n_heads": 2, "intermediate_size": 8, "dropout": 0.1, "epsilon": 1e-5},
    ),
    f"{T}.DecoderLayer.forward": called(
        lambda: layer(transformer.DecoderLayer),
        **{"hidden": lambda: floats(2, 3, 8), "memory": lambda: floats(2, 4, 8), "mask": allowed},
        memory_mask=lambda: torch.ones(2, 1, 4, dtype=torch.bool),
    ),
    f"{T}.Transformer": lambda: (
        transformer.Transformer,
        {"source_vocab_size": 9, "target_vocab_size": 8, "hidden_size": 8, "n_heads": 2, "n_layers": 1}
        | {"intermediate_size": 8, "dropout": 0.1, "max_length": 5},
    ),
    f"{T}.Transformer.encode": lambda: (translator().encode, {"source_ids": ids(2, 3)}),
    f"{T}.Transformer.decode": lambda: (
        translator().decode,
        {"target_ids": ids(2, 3), "memory": floats(2, 4, 8), "memory_mask": ones(2, 1, 4).bool()},
    ),
    f"{T}.Transformer.alignment": lambda: (
        translator().alignment,
        {"target_ids": ids(2, 3), "memory": floats(2, 4, 8), "memory_mask": ones(2, 1, 4).bool()},
    ),
    f"{T}.Transformer.forward": called(translator, source_ids=lambda: ids(2, 4), target_ids=lambda: ids(2, 3)),
    f"{T}.Transformer.greedy": lambda: (
        translator().greedy,
        {"source_ids": ids(2, 4), "start_id": 1, "steps": 2},
    ),
    f"{T}.block_parameters": lambda: (transformer.block_parameters, {"hidden_size": 4, "intermediate_size": 5}),
    f"{T}.bert_parameters": lambda: (
        transformer.bert_parameters,
        {"vocab_size": 9, "hidden_size": 4, "n_layers": 2, "intermediate_size": 5, "max_length": 6, "segments": 2},
    ),
    f"{T}.gpt_parameters": lambda: (
        transformer.gpt_parameters,
        {"vocab_size": 9, "hidden_size": 4, "n_layers": 2, "max_length": 6},
    ),
    f"{T}.block_flops": lambda: (
        transformer.block_flops,
        {"n_tokens": 3, "hidden_size": 4, "intermediate_size": 5},
    ),
    f"{T}.gpt_flops": lambda: (
        transformer.gpt_flops,
        {"n_tokens": 3, "vocab_size": 9, "hidden_size": 4, "n_layers": 2},
    ),
    f"{D}.written": lambda: (dates.written, {"day": date(1987, 3, 14), "language": "de", "form": "long"}),
    f"{D}.split_of": lambda: (dates.split_of, {"day": date(1987, 3, 14)}),
    f"{D}.days": lambda: (dates.days, {"split": "test"}),
    f"{D}.days_meant": lambda: (dates.days_meant, {"text": "3/4/99"}),
    f"{D}.doubt": lambda: (dates.doubt, {"n": 40, "seed": 0}),
    f"{D}.date_pairs": lambda: (
        dates.date_pairs,
        {"split": "test", "n": 2, "seed": 1, "languages": ["de", "en"], "formats": ["long"]},
    ),
    f"{D}.kept": lambda: (dates.kept, {"pairs": pairs(), "keep": lambda text, iso: True}),
    f"{D}.is_trained": lambda: (dates.is_trained, {"text": "14. März 1987", "iso": "1987-03-14"}),
    f"{D}.Characters": lambda: (dates.Characters, {"texts": ["1.2.1954", "3.4.1951"]}),
    f"{D}.Characters.encode": lambda: (letters().encode, {"texts": ["1.2.1954", "3.4.1951"]}),
    f"{D}.iso_ids": lambda: (dates.iso_ids, {"isos": ["1954-02-01", "1951-04-03"]}),
    f"{D}.iso_texts": lambda: (dates.iso_texts, {"token_ids": ids(2, 10)}),
    f"{D}.DateBatches": lambda: (
        drawn(dates.DateBatches),
        {"pairs": pairs(), "characters": letters(), "batch_size": 1, "seed": 1},
    ),
    f"{D}.teacher_forcing": lambda: (dates.teacher_forcing, {"target_ids": ids(2, 10)}),
    f"{D}.translation_loss": lambda: (
        lambda source_ids, target_ids: dates.translation_loss(translator(), (source_ids, target_ids)),
        {"source_ids": ids(2, 4), "target_ids": ids(2, 10)},
    ),
    f"{D}.translate": lambda: (
        dates.translate,
        {"model": translator(), "characters": letters(), "texts": ["1.2.1954", "3.4.1951"]},
    ),
    f"{D}.translations": lambda: (
        dates.translations,
        {"model": translator(), "characters": letters(), "texts": ["1.2.1954", "3.4.1951"], "batch_size": 2},
    ),
    f"{D}.exact_match": lambda: (
        dates.exact_match,
        {"model": translator(), "characters": letters(), "pairs": pairs(), "batch_size": 2},
    ),
    f"{D}.parts_right": lambda: (
        dates.parts_right,
        {"guesses": ["1954-02-01", "1951-04-03"], "isos": ["1954-02-01", "1951-04-04"]},
    ),
    "transformer.letter_order.letter_rows": lambda: (
        letter_order.letter_rows,
        {"n": 3, "generator": torch_rng(), "length": 4},
    ),
    "transformer.letter_order.spelled": lambda: (letter_order.spelled, {"token_ids": ids(4)}),
    "transformer.letter_order.LetterOrder": lambda: (letter_order.LetterOrder, {"n_layers": 1}),
    "transformer.letter_order.LetterOrder.forward": called(in_order, token_ids=lambda: ids(2, 5)),
    "transformer.letter_order.accuracy_after_training": lambda: (
        letter_order.accuracy_after_training,
        {"seed": 1, "n_layers": 1, "steps": 1, "learning_rate": 0.01, "warmup": 0.1},
    ),
    # --- bert
    "bert.model.BERTConfig.from_dict": lambda: (BERTConfig.from_dict, {"values": {"vocab_size": 9}}),
    "bert.model.BERT": lambda: (a_bert, dict(vars(config(hidden_size=4)))),
    "bert.model.Embeddings": lambda: (bert_model.Embeddings, {"config": config()}),
    "bert.model.Embeddings.forward": called(
        lambda: bert().embeddings, token_ids=lambda: ids(2, 4), segment_ids=lambda: ids(2, 4, below=2)
    ),
    "bert.model.encoder_layer": lambda: (bert_model.encoder_layer, {"config": config()}),
    "bert.model.first_token": lambda: (
        bert_model.first_token,
        {"layer": layer(transformer.EncoderLayer), "hidden": floats(2, 4, 8), "mask": ones(2, 1, 4).bool()},
    ),
    "bert.model.BERT.forward": called(
        bert,
        **{"token_ids": lambda: ids(2, 4), "attention_mask": lambda: ones(2, 4)},
        token_type_ids=lambda: ids(2, 4, below=2),
    ),
    "bert.model.BERT.pooled": lambda: (
        bert().pooled,
        {"token_ids": ids(2, 4), "attention_mask": ones(2, 4), "token_type_ids": ids(2, 4, below=2)},
    ),
    "bert.model.initialise": lambda: (bert_model.initialise, {"module": nn.Linear(2, 3), "std": 0.1}),
    "bert.model.from_hugging_face": lambda: (
        bert_model.from_hugging_face,
        {"weights": bert_model.to_hugging_face(bert().state_dict())},
    ),
    "bert.model.to_hugging_face": lambda: (bert_model.to_hugging_face, {"weights": bert().state_dict()}),
    f"{M}.train_wordpiece": lambda: (masked_language.train_wordpiece, {"texts": ["ab ab"], "vocab_size": 20}),
    f"{M}.messages": lambda: (masked_language.messages, {"conversations": ["a\nb", "c"]}),
    f"{M}.suitable": lambda: (masked_language.suitable, {"examples": examples()}),
    f"{M}.mask_tokens": lambda: (
        masked_language.mask_tokens,
        {"token_ids": ids(2, 4), "vocab_size": 10, "share": 0.5, "replaced": (0.8, 0.1)},
    ),
    f"{M}.MaskedBatches": lambda: (
        drawn(masked_language.MaskedBatches),
        {"examples": examples(), "vocab_size": 12, "batch_size": 2, "seed": 1, "share": 0.5, "replaced": (0.8, 0.1)},
    ),
    f"{M}.tiny_config": lambda: (masked_language.tiny_config, {"vocab_size": 12}),
    f"{M}.MaskedLanguageModel": lambda: (masked_language.MaskedLanguageModel, {"config": config()}),
    f"{M}.MaskedLanguageModel.forward": called(
        masked_model, token_ids=lambda: ids(2, 4), attention_mask=lambda: ones(2, 4)
    ),
    f"{M}.MaskedLanguageModel.logits": lambda: (masked_model().logits, {"hidden": floats(2, 3, 8)}),
    f"{M}.chosen_logits": lambda: (masked_language.chosen_logits, {"model": masked_model(), "batch": masked()}),
    f"{M}.masked_loss": lambda: (
        lambda token_ids, attention_mask, labels: masked_language.masked_loss(
            masked_model(), masked_language.Masked(token_ids, attention_mask, labels)
        ),
        {"token_ids": ids(2, 4), "attention_mask": ones(2, 4), "labels": ids(2, 4)},
    ),
    f"{M}.quality": lambda: (masked_language.quality, {"model": masked_model(), "batches": list(masked_batches())}),
    f"{M}.unigram_quality": lambda: (
        masked_language.unigram_quality,
        {"examples": examples(), "batches": list(masked_batches()), "vocab_size": 12},
    ),
    f"{M}.guesses": lambda: (
        masked_language.guesses,
        {"model": masked_model(), "tokenizer": WordNumbers(), "text": "a [MASK] day", "k": 2},
    ),
    # --- fine_tuning
    "fine_tuning.classifier.TextClassifier": lambda: (
        fine_tuning.TextClassifier,
        {"bert": bert(), "tokenizer": WordNumbers(), "label_names": ["no", "yes"]},
    ),
    "fine_tuning.classifier.TextClassifier.forward": called(
        classifier,
        **{"token_ids": lambda: ids(2, 4), "attention_mask": lambda: ones(2, 4)},
        token_type_ids=lambda: ids(2, 4, below=2),
    ),
    "fine_tuning.classifier.TextClassifier.encode": lambda: (classifier().encode, {"texts": said()}),
    "fine_tuning.classifier.TextClassifier.fit": lambda: (
        functools.partial(classifier().fit, progress=False),
        {"texts": said(), "labels": [0, 1, 0], "epochs": 1, "learning_rate": 0.01, "batch_size": 2}
        | {"weight_decay": 0.1, "seed": 1},
    ),
    "fine_tuning.classifier.TextClassifier.predict_proba": lambda: (
        classifier().predict_proba,
        {"texts": said(), "batch_size": 2},
    ),
    "fine_tuning.classifier.TextClassifier.predict": lambda: (classifier().predict, {"texts": said()}),
    "fine_tuning.classifier.TextClassifier.accuracy": lambda: (
        classifier().accuracy,
        {"texts": said(), "labels": [0, 1, 0]},
    ),
    "fine_tuning.classifier.train_only_last": lambda: (
        fine_tuning.train_only_last,
        {"model": classifier(), "n_layers": 1},
    ),
    "fine_tuning.classifier.TouchedRows": lambda: (
        fine_tuning.TouchedRows,
        {"weight": floats(9, 4), "token_ids": torch.tensor([1, 5])},
    ),
    "fine_tuning.classifier.TouchedRows.forward": called(
        lambda: fine_tuning.TouchedRows(floats(10, 4), torch.tensor([1, 5])), token_ids=lambda: ids(2, 3)
    ),
    "fine_tuning.evaluation.mcnemar": lambda: (
        evaluation.mcnemar,
        {"right_first": np.array([True, False, True]), "right_second": np.array([True, True, False])},
    ),
    "fine_tuning.evaluation.paired_difference": lambda: (
        evaluation.paired_difference,
        {"right_first": [0.5, 1.0, 0.0], "right_second": [1.0, 0.5, 0.0], "draws": 5, "seed": 1},
    ),
    "fine_tuning.evaluation.accuracy_interval": lambda: (evaluation.accuracy_interval, {"accuracy": 0.8, "n": 10}),
    "fine_tuning.evaluation.calibration": lambda: (
        evaluation.calibration,
        {"probabilities": doubles(4, 2).softmax(-1).numpy(), "labels": np.array([0, 1, 1, 0]), "n_bins": 2},
    ),
    "fine_tuning.evaluation.tempered": lambda: (
        evaluation.tempered,
        {"probabilities": doubles(4, 2).softmax(-1).numpy(), "temperature": 2.0},
    ),
    "fine_tuning.evaluation.best_temperature": lambda: (
        evaluation.best_temperature,
        {"probabilities": doubles(4, 2).softmax(-1).numpy(), "labels": np.array([0, 1, 1, 0])},
    ),
    "fine_tuning.evaluation.shares_a_name": lambda: (
        evaluation.shares_a_name,
        {"known": ["a film by Woo", "b"], "texts": ["by Woo", "c"], "most": 2},
    ),
    "fine_tuning.examples.epochs_for": lambda: (own_texts.epochs_for, {"n": 100}),
    "fine_tuning.examples.own_examples": lambda: (
        own_texts.own_examples,
        {"source": [f"text {n}" for n in range(20)], "labels": ["a", "b"] * 10},
    ),
    "fine_tuning.classifier.classification_loss": lambda: (
        lambda token_ids, labels: fine_tuning.classification_loss(
            classifier(), {"token_ids": token_ids, "labels": labels}
        ),
        {"token_ids": ids(2, 4), "labels": ids(2, below=2)},
    ),
    # --- gpt
    "gpt.model.GPTConfig": lambda: (
        gpt.GPTConfig,
        {"vocab_size": 9, "hidden_size": 8, "n_layers": 1, "n_heads": 2, "max_length": 5, "dropout": 0.1}
        | {"epsilon": 1e-5, "std": 0.02},
    ),
    "gpt.model.GPT": lambda: (lambda n_heads: gpt.GPT(gpt.GPTConfig(9, 8, 1, n_heads, 5)), {"n_heads": 2}),
    "gpt.model.gpt_layer": lambda: (
        lambda n_heads: gpt.gpt_layer(gpt.GPTConfig(9, 8, 1, n_heads, 5)),
        {"n_heads": 2},
    ),
    "gpt.model.GPT.forward": called(small_gpt, token_ids=lambda: ids(2, 3)),
    "gpt.model.GPT.embed": lambda: (small_gpt().embed, {"token_ids": ids(2, 3), "start": 2}),
    "gpt.model.GPT.logits": lambda: (small_gpt().logits, {"hidden": floats(2, 3, 8)}),
    "gpt.model.GPT.every_layer": lambda: (small_gpt().every_layer, {"token_ids": ids(2, 3)}),
    "gpt.model.Cache": lambda: (
        lambda batch: gpt.Cache(small_gpt().config, batch).keys.shape,
        {"batch": 2},
    ),
    "gpt.model.Cache.next": lambda: (lambda token_ids: small_gpt()(token_ids, filled()), {"token_ids": ids(2, 2)}),
    "gpt.sampling.temperature": lambda: (gpt.temperature, {"logits": floats(2, 5), "degree": 0.5}),
    "gpt.sampling.top_k": lambda: (sampling_of(gpt.top_k), {"logits": floats(2, 5), "k": 2}),
    "gpt.sampling.top_p": lambda: (sampling_of(gpt.top_p), {"logits": floats(2, 5), "p": 0.5}),
    "gpt.sampling.min_p": lambda: (sampling_of(gpt.min_p), {"logits": floats(2, 5), "share": 0.5}),
    "gpt.sampling.repetition_penalty": lambda: (
        gpt.repetition_penalty,
        {"logits": floats(2, 5), "token_ids": ids(2, 3, below=5), "penalty": 1.3},
    ),
    "gpt.sampling.Sampler": lambda: (
        gpt.Sampler,
        {"temperature": 0.5, "top_k": 3, "top_p": 0.9, "min_p": 0.1, "repetition_penalty": 1.1},
    ),
    "gpt.sampling.Sampler.draw": lambda: (
        functools.partial(gpt.Sampler(top_k=2, repetition_penalty=1.1).draw, generator=torch_rng()),
        {"logits": floats(2, 5), "token_ids": ids(2, 3, below=5)},
    ),
    "gpt.sampling.generate": lambda: (
        functools.partial(gpt.generate, small_gpt()),
        {"token_ids": [1, 2], "n": 2, "seed": 1},
    ),
    "gpt.sampling.window_start": lambda: (sampling.window_start, {"n_tokens": 9, "max_length": 8}),
    "gpt.training.Chunks": lambda: (
        drawn(gpt.Chunks),
        {"token_ids": ids(9), "context": 3, "batch_size": 2, "steps": 2, "seed": 1},
    ),
    "gpt.training.causal_loss": lambda: (
        lambda inputs, targets: gpt.causal_loss(small_gpt(), (inputs, targets)),
        {"inputs": ids(2, 3), "targets": ids(2, 3)},
    ),
    "gpt.training.bits": lambda: (
        functools.partial(gpt.bits, small_gpt()),
        {"token_ids": ids(9), "context": 4, "stride": 2},
    ),
    "gpt.training.orthogonalised": lambda: (gpt.orthogonalised, {"matrix": floats(3, 4), "steps": 5}),
    "gpt.training.Muon": lambda: (
        stepped_muon,
        {"parameters": [floats(3, 4).requires_grad_()], "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.1},
    ),
    "gpt.training.muon_and_adamw": lambda: (
        functools.partial(gpt.muon_and_adamw, small_gpt()),
        {"learning_rate": 0.1, "muon_learning_rate": 0.1, "weight_decay": 0.1},
    ),
    "gpt.analysis.repeated_share": lambda: (written_texts.repeated_share, {"token_ids": [1, 2, 1, 2, 1], "n": 2}),
    "gpt.analysis.longest_overlap": lambda: (written_texts.longest_overlap, {"text": "a day", "corpus": "the day"}),
    "gpt.analysis.repeated_pattern": lambda: (
        written_texts.repeated_pattern,
        {"vocab_size": 10, "n": 4, "seed": 1},
    ),
    "gpt.analysis.bits_of_pattern": lambda: (
        functools.partial(written_texts.bits_of_pattern, small_gpt()),
        {"n": 4, "patterns": 2},
    ),
    "gpt.recipe.config": lambda: (recipe.config, {"hidden_size": 32, "n_layers": 1}),
    "gpt.recipe.batches": lambda: (lambda steps, seed: len(recipe.batches(steps, seed)), {"steps": 2, "seed": 1}),
    "gpt.recipe.train": lambda: (
        functools.partial(recipe.train, sizes=recipe.config(32, 1), progress=False),
        {"steps": 1, "seed": 1, "muon": 0.01, "learning_rate": 0.01},
    ),
    # --- kit
    "kit.batches.pad": lambda: (batches.pad, {"examples": examples(), "pad_id": 1}),
    "kit.batches.by_length": lambda: (
        batches.by_length,
        {"examples": examples(), "batch_size": 2, "order": [2, 0, 1]},
    ),
    "kit.batches.check_batches": lambda: (batches.check_batches, {"examples": examples(), "batch_size": 2}),
    "kit.batches.TextBatches": lambda: (
        drawn(batches.TextBatches),
        {"examples": examples(), "labels": [0, 1, 0], "batch_size": 2, "pad_id": 1, "seed": 1}
        | {"token_types": [[0] * len(example) for example in examples()]},
    ),
    "kit.texts.readable": lambda: (texts.readable, {"text": "a day"}),
    "kit.texts.listed": lambda: (texts.listed, {"texts": ["a day", "b"]}),
    "kit.training.fit": lambda: (
        functools.wraps(training.fit)(small_fit),
        {"epochs": 1, "learning_rate": 0.01, "weight_decay": 0.1, "warmup": 0.1, "max_norm": 1.0},
    ),
    "kit.training.EarlyStopping": lambda: (
        training.EarlyStopping,
        {"metric": "loss", "better": "lower", "patience": 2},
    ),
    "kit.training.linear_warmup_decay": lambda: (
        training.linear_warmup_decay,
        {"step": 3, "warmup_steps": 2, "total_steps": 10},
    ),
    "kit.training.parameter_groups": lambda: (training.parameter_groups, {"model": net(), "weight_decay": 0.1}),
    "kit.training.adamw": lambda: (
        training.adamw,
        {"model": net(), "learning_rate": 0.1, "weight_decay": 0.1},
    ),
    "kit.tables.text": lambda: (
        tables.text,
        {"rows": [{"n": 1, "loss": 0.5}], "columns": ["n", "loss"], "formats": ".2f", "longest": 9},
    ),
    "kit.datasets.LabelledData.first": lambda: (labelled().first, {"n_train": 2}),
    "kit.datasets.glove": lambda: (datasets.glove, {"n_words": 5}),
    "kit.datasets.normalised": lambda: (datasets.normalised, {"text": "A day"}),
    "kit.results.load": lambda: (results.load, {"name": "attention"}),
    "kit.results.rows": lambda: (
        lambda name, section: results.rows(name, section),
        {"name": "attention", "section": "scaling"},
    ),
    "kit.results.mean_interval": lambda: (results.mean_interval, {"values": [1.0, 2.0, 4.0]}),
    # --- applications
    f"{P}.heads.RowBatches": lambda: (
        drawn(heads.RowBatches),
        {"encoded": encoded(), "rows": [[0, 1, 0], [1, 1, 1, 0]], "batch_size": 2, "pad_id": 0, "seed": 1},
    ),
    f"{P}.heads.EveryToken": lambda: (
        heads.EveryToken,
        {"bert": bert(), "tokenizer": Cutter(), "n_outputs": 2, "max_tokens": 4},
    ),
    f"{P}.heads.EveryToken.forward": called(
        entity_finder, token_ids=lambda: ids(2, 3), attention_mask=lambda: ones(2, 3)
    ),
    f"{P}.heads.token_loss": lambda: token_batch(loss=heads.token_loss, outputs=3, labels=ids(2, 3, below=3, least=0)),
    f"{P}.entities.spans": lambda: (entities.spans, {"tags": ["B-a", "I-a", "O"]}),
    f"{P}.entities.bio": lambda: (entities.bio, {"entities": [entities.Span(0, 2, "a")], "n_words": 4}),
    f"{P}.entities.span_scores": lambda: (
        entities.span_scores,
        {"targets": [["B-a", "O"], ["O"]], "predictions": [["B-a", "O"], ["B-b"]]},
    ),
    f"{P}.entities.scores_by_kind": lambda: (
        entities.scores_by_kind,
        {"targets": [["B-a", "O"], ["O"]], "predictions": [["B-a", "O"], ["B-b"]]},
    ),
    f"{P}.entities.tag_accuracy": lambda: (
        entities.tag_accuracy,
        {"targets": [["B-a", "O"], ["O"]], "predictions": [["B-a", "O"], ["B-b"]]},
    ),
    f"{P}.entities.Gazetteer": lambda: (
        entities.Gazetteer,
        {"texts": [["in", "Rome"], ["no"]], "tags": [["O", "B-a"], ["O"]], "least": 0.5},
    ),
    f"{P}.entities.Gazetteer.predict": lambda: (
        entities.Gazetteer([["in", "Rome"]], [["O", "B-a"]]).predict,
        {"texts": [["in", "Rome"], ["no"]]},
    ),
    f"{P}.entities.word_features": lambda: (entities.word_features, {"words": ["in", "Rome"], "place": 1}),
    f"{P}.entities.aligned": lambda: (entities.aligned, {"word_numbers": (None, 0, 0, 1), "labels": [3, 4]}),
    f"{P}.entities.tag_names": lambda: (entities.tag_names, {"kinds": ["a", "b"]}),
    f"{P}.entities.EntityFinder": lambda: (
        entities.EntityFinder,
        {"bert": bert(), "tokenizer": Cutter(), "label_names": ["O", "B-a", "I-a"]},
    ),
    f"{P}.entities.EntityFinder.fit": lambda: (
        entity_finder().fit,
        {
            "texts": [["in", "Rome"], ["no"]],
            "tags": [["O", "B-a"], ["O"]],
            "epochs": 1,
            "batch_size": 2,
            "progress": False,
        },
    ),
    f"{P}.entities.EntityFinder.predict": lambda: (entity_finder().predict, {"texts": [["in", "Rome"], ["no"]]}),
    f"{P}.answers.plain": lambda: (answers.plain, {"answer": "The Rome!"}),
    f"{P}.answers.exact_match": lambda: (answers.exact_match, {"answers": ["Rome"], "given": "rome"}),
    f"{P}.answers.answer_f1": lambda: (answers.answer_f1, {"answers": ["Rome"], "given": "in rome"}),
    f"{P}.answers.judged": lambda: (answers.judged, {"questions": asked(), "given": ["in", "Rome"]}),
    f"{P}.answers.by_kind": lambda: (answers.by_kind, {"questions": asked(), "given": ["in", "Rome"]}),
    f"{P}.answers.best_span": lambda: (
        answers.best_span,
        {"start": doubles(5), "end": doubles(5), "max_tokens": 3},
    ),
    f"{P}.answers.distractors": lambda: (answers.distractors, {"split": "test"}),
    f"{P}.answers.make_questions": lambda: (
        answers.make_questions,
        {
            "n": 3,
            "split": "validation",
            "wordings": "known",
            "seed": 1,
            "unanswerable": 0.2,
            "n_facts": 2,
            "n_distractors": 1,
        },
    ),
    f"{P}.answers.from_squad": lambda: (
        answers.from_squad,
        {"rows": [{"question": "q", "context": "in Rome", "answers": {"text": ["Rome"], "answer_start": [3]}}]},
    ),
    f"{P}.answers.without_question": lambda: (answers.without_question, {"questions": asked()}),
    f"{P}.answers.hand_rule": lambda: (answers.hand_rule, {"question": asked()[0]}),
    f"{P}.answers.answer_tokens": lambda: (
        answers.answer_tokens,
        {"question": asked()[0], "offsets": [(0, 0), (0, 2), (3, 7)], "token_types": [0, 1, 1]},
    ),
    f"{P}.answers.answer_loss": lambda: token_batch(
        loss=answers.answer_loss, outputs=2, labels=ids(2, 2, below=3, least=0)
    ),
    f"{P}.answers.AnswerFinder": lambda: (
        answers.AnswerFinder,
        {"bert": bert(), "tokenizer": Cutter(), "max_tokens": 4},
    ),
    f"{P}.answers.AnswerFinder.predict": lambda: (
        answer_finder().predict,
        {"questions": asked(), "threshold": 0.5, "max_tokens": 3},
    ),
    f"{P}.search.terms": lambda: (search.terms, {"text": "A cat"}),
    f"{P}.search.BM25": lambda: (search.BM25, {"documents": ["a cat", "b"], "k1": 1.2, "b": 0.5}),
    f"{P}.search.BM25.scores": lambda: (search.BM25(["a cat", "b"]).scores, {"queries": ["cat", "b"]}),
    f"{P}.search.cosine_similarities": lambda: (
        search.cosine_similarities,
        {"queries": doubles(3, 4), "documents": doubles(5, 4)},
    ),
    f"{P}.search.Cells": lambda: (search.Cells, {"documents": floats(6, 4), "n_cells": 2, "rounds": 2, "seed": 1}),
    f"{P}.search.Cells.nearest": lambda: (
        search.Cells(floats(6, 4), 2).nearest,
        {"query": floats(4), "k": 2, "n_probe": 1},
    ),
    f"{P}.search.ranks": lambda: (search.ranks, {"scores": array(2, 4), "right": [[0], [1, 3]]}),
    f"{P}.search.recall_at": lambda: (search.recall_at, {"k": 1, "found": [1, 3]}),
    f"{P}.search.mean_reciprocal_rank": lambda: (search.mean_reciprocal_rank, {"found": [1, 3]}),
    f"{P}.search.in_batch_loss": lambda: (
        search.in_batch_loss,
        {"queries": doubles(3, 4), "documents": -doubles(3, 4), "temperature": 0.1},
    ),
    f"{P}.search.towers_loss": lambda: (
        lambda first, second: search.towers_loss(towers(), (first, second)),
        {"first": [[1, 2], [3]], "second": [[4], [5, 6]]},
    ),
    f"{P}.search.Towers": lambda: (search.Towers, {"n_first": 5, "n_second": 6, "dim": 3}),
    f"{P}.search.Towers.forward": lambda: (towers().forward, {"first": [[1, 2], [3]], "second": [[4], [5, 6]]}),
    f"{P}.search.PairBatches": lambda: (
        drawn(search.PairBatches),
        {"first": [[1, 2], [3]], "second": [[4], [5, 6]], "batch_size": 2, "seed": 1},
    ),
    f"{P}.search.train_towers": lambda: (
        search.train_towers,
        {"first": [[1, 2], [3]], "second": [[4], [5, 6]], "sizes": (10, 10), "batch_size": 2, "progress": False},
    ),
    f"{P}.summaries.rouge_terms": lambda: (summaries.rouge_terms, {"text": "A cat"}),
    f"{P}.summaries.rouge_n": lambda: (summaries.rouge_n, {"reference": "a cat", "summary": "a dog", "n": 1}),
    f"{P}.summaries.rouge_l": lambda: (summaries.rouge_l, {"reference": "a cat", "summary": "a dog"}),
    f"{P}.summaries.rouge": lambda: (summaries.rouge, {"reference": "a cat", "summary": "a dog"}),
    f"{P}.summaries.longest_common": lambda: (
        summaries.longest_common,
        {"first": ("a", "b"), "second": ("b", "c")},
    ),
    f"{P}.summaries.overlap": lambda: (summaries.overlap, {"sentences": ["a cat sat", "a cat", "b"]}),
    f"{P}.summaries.textrank": lambda: (
        summaries.textrank,
        {"similarities": np.ones((3, 3)), "damping": 0.5, "rounds": 5},
    ),
    f"{P}.summaries.centrality": lambda: (summaries.centrality, {"vectors": doubles(3, 4)}),
    f"{P}.summaries.best_sentence": lambda: (
        summaries.best_sentence,
        {"sentences": ["a", "b"], "scores": [0.5, 1.5]},
    ),
    f"{P}.summaries.sentence_features": lambda: (
        summaries.sentence_features,
        {"paper": a_paper(), "vectors": doubles(3, 4)},
    ),
    f"{P}.summaries.is_highlighted": lambda: (summaries.is_highlighted, {"paper": a_paper(), "aspect": "approach"}),
    f"{P}.summaries.mean_rouge": lambda: (
        summaries.mean_rouge,
        {"papers": [a_paper()], "aspect": "approach", "chosen": ["one"]},
    ),
    f"{P}.adapters.add_low_rank": lambda: (
        adapters.add_low_rank,
        {"model": entity_finder(), "rank": 2, "seed": 1},
    ),
    f"{P}.adapters.fold": lambda: (adapters.fold, {"model": with_low_rank()}),
    "kit.four_bit.from_blocks": lambda: (four_bit.from_blocks, {"stored": np.full((2, 18), 3, dtype=np.uint8)}),
    "kit.four_bit.renamed": lambda: (four_bit.renamed, {"name": "l3.q.w"}),
}

# --- llama

U = "llama"


def small_llama() -> llama.Llama:
    with seeded():
        return llama.Llama(llama.LlamaConfig(280, 8, 1, 2, 1, 8, 16)).eval()


def chat_words() -> chat_tokenizer.Tokenizer:
    special = ("<|im_start|>", "<|im_end|>")
    words = BytePairTokenizer.train("the user and the assistant " * 9, 280, special)
    return chat_tokenizer.Tokenizer(words.vocabulary, words.merges, special)


def grouped() -> llama.GroupedAttention:
    with seeded():
        return llama.GroupedAttention(8, 2, 1)


def written(token_ids: list[int], most: int, seed: int) -> list[chat.Choice]:
    return list(chat.Writer(small_llama()).write(token_ids, most, seed=seed))


CASES |= {
    f"{U}.model.LlamaConfig": lambda: (
        llama.LlamaConfig,
        {"vocab_size": 9, "hidden_size": 8, "n_layers": 1, "n_heads": 2, "n_key_heads": 1, "intermediate_size": 8}
        | {"max_length": 8, "base": 10.0, "epsilon": 1e-5, "std": 0.02},
    ),
    f"{U}.model.RMSNorm": lambda: (llama.RMSNorm, {"dim": 4, "epsilon": 1e-5}),
    f"{U}.model.RMSNorm.forward": called(lambda: llama.RMSNorm(4), hidden=lambda: floats(2, 3, 4)),
    f"{U}.model.frequencies": lambda: (llama.frequencies, {"head_dim": 4, "base": 10.0}),
    f"{U}.model.rotation": lambda: (llama.rotation, {"places": torch.arange(3), "head_dim": 4, "base": 10.0}),
    f"{U}.model.rotated": lambda: (
        llama.rotated,
        {"vectors": floats(2, 3, 4), "turn": llama.rotation(torch.arange(3), 4)},
    ),
    f"{U}.model.SwiGLU": lambda: (llama.SwiGLU, {"hidden_size": 4, "intermediate_size": 8}),
    f"{U}.model.SwiGLU.forward": called(lambda: llama.SwiGLU(4, 5), hidden=lambda: floats(2, 3, 4)),
    f"{U}.model.GroupedAttention": lambda: (
        llama.GroupedAttention,
        {"hidden_size": 8, "n_heads": 2, "n_key_heads": 1},
    ),
    f"{U}.model.GroupedAttention.forward": called(grouped, hidden=lambda: floats(2, 3, 8)),
    f"{U}.model.GroupedAttention.weights": lambda: (grouped().weights, {"hidden": floats(2, 3, 8), "mask": allowed()}),
    f"{U}.model.Llama.forward": called(small_llama, token_ids=lambda: ids(2, 3)),
    f"{U}.model.Llama.every_layer": lambda: (small_llama().every_layer, {"token_ids": ids(2, 3)}),
    f"{U}.model.Cache": lambda: (
        lambda batch: vars(llama.Cache(small_llama().config, batch)),
        {"batch": 2},
    ),
    f"{U}.changes.Changed": lambda: (
        functools.partial(changes.Changed, gpt.GPTConfig(9, 8, 1, 2, 8)),
        {"changes": ["RMSNorm", "no biases"]},
    ),
    f"{U}.weights.from_q4_1": lambda: (stored_weights.from_q4_1, {"blocks": np.zeros((2, 20), np.uint8)}),
    f"{U}.weights.from_q8_0": lambda: (stored_weights.from_q8_0, {"blocks": np.zeros((2, 34), np.uint8)}),
    f"{U}.weights.renamed": lambda: (stored_weights.renamed, {"name": "blk.0.attn_q.weight"}),
    f"{U}.weights.halves_apart": lambda: (
        stored_weights.halves_apart,
        {"matrix": array(8, 3).astype(np.float32), "n_heads": 2},
    ),
    f"{U}.tokenizer.Tokenizer.encode": lambda: (chat_words().encode, {"text": "the user"}),
    f"{U}.tokenizer.Tokenizer.decode": lambda: (chat_words().decode, {"token_ids": [5, 6]}),
    f"{U}.chat.turn": lambda: (
        functools.partial(chat.turn, chat_words()),
        {"role": "user", "content": "the user"},
    ),
    f"{U}.chat.opening": lambda: (functools.partial(chat.opening, chat_words()), {}),
    f"{U}.chat.prompt": lambda: (
        functools.partial(chat.prompt, chat_words(), [chat.Message("user", "the")]),
        {"system": "and"},
    ),
    f"{U}.chat.Writer.logits": lambda: (chat.Writer(small_llama()).logits, {"token_ids": [5, 6]}),
    f"{U}.chat.Writer.write": lambda: (written, {"token_ids": [5, 6], "most": 2, "seed": 1}),
    f"{U}.chat.log_probability": lambda: (
        functools.partial(chat.log_probability, small_llama()),
        {"token_ids": [5, 6], "answer_ids": [7]},
    ),
    f"{U}.chat.Chat.ask": lambda: (
        lambda text, most, seed: chat.Chat(small_llama(), chat_words()).ask(text, most, seed=seed).text,
        {"text": "the user", "most": 2, "seed": 1},
    ),
    f"{U}.constrained.JSONObject": lambda: (
        lambda longest: constrained.JSONObject(chat_words(), {"a": "text"}, longest).longest,
        {"longest": 3},
    ),
    f"{U}.grounded.terms": lambda: (grounded.terms, {"text": "a day"}),
    f"{U}.grounded.Passages": lambda: (
        lambda texts, k1, b: grounded.Passages(texts, k1, b).scores("a day"),
        {"texts": ["a day", "no"], "k1": 1.2, "b": 0.5},
    ),
    f"{U}.grounded.Passages.search": lambda: (
        grounded.Passages(["a day", "no", "day"]).search,
        {"question": "a day", "k": 2},
    ),
    f"{U}.grounded.facts": lambda: (
        lambda n, seed: [each.question for each in grounded.facts(n, seed)],
        sizes(n=4, seed=1),
    ),
    f"{U}.grounded.contradictions": lambda: (lambda: [each.answer for each in grounded.contradictions()], {}),
    f"{U}.grounded.asked": lambda: (grounded.asked, {"question": "why", "passage": "because"}),
    f"{U}.grounded.says": lambda: (grounded.says, {"reply": "in 1874", "answer": "1874"}),
    f"{U}.grounded.abstains": lambda: (grounded.abstains, {"reply": "I don't know."}),
    f"{U}.analysis.first_truth": lambda: (chat_analysis.first_truth, {"reply": "It is true."}),
    f"{U}.analysis.exam": lambda: (
        lambda n_made_up: [each.text for each in chat_analysis.exam(n_made_up)],
        {"n_made_up": 4},
    ),
    f"{U}.analysis.separation": lambda: (chat_analysis.separation, {"high": [0.5, 0.7], "low": [0.1, 0.6]}),
    f"{U}.analysis.separation_interval": lambda: (
        chat_analysis.separation_interval,
        {"high": [0.5, 0.7], "low": [0.1, 0.6], "draws": 9, "seed": 1},
    ),
    f"{U}.analysis.cache_bytes": lambda: (
        chat_analysis.cache_bytes,
        {"n_tokens": 3, "n_layers": 2, "n_key_heads": 1, "head_dim": 4, "bytes_per_number": 2},
    ),
    f"{U}.analysis.llama_parameters": lambda: (
        chat_analysis.llama_parameters,
        {"vocab_size": 9, "hidden_size": 8, "n_layers": 1, "n_heads": 2, "n_key_heads": 1, "intermediate_size": 8},
    ),
    f"{U}.analysis.tokens_a_second": lambda: (
        chat_analysis.tokens_a_second,
        {"weight_bytes": 500.0, "bytes_a_second": 1000.0},
    ),
    f"{U}.analysis.window_mask": lambda: (
        chat_analysis.window_mask,
        {"start": 2, "n": 3, "window": 2, "sinks": 1},
    ),
    f"{U}.analysis.obeys": lambda: (chat_analysis.obeys, {"rule": "one word", "reply": "Paris"}),
}

# --- translation

W = "translation"
TEXTS, REFERENCES = ["a b c d e", "f"], [["a b c d e"], ["g", "f"]]


def two_languages() -> BytePairTokenizer:
    return parallel.subwords([datasets.Translation("the day", "el dia", "")], 262)


def small_translator() -> languages.Translator:
    with seeded():
        return languages.Translator(262, hidden_size=8, n_heads=2, n_layers=1, intermediate_size=8).eval()


def small_bergamot() -> bergamot.Bergamot:
    with seeded():
        return bergamot.Bergamot(12, hidden_size=8, n_heads=2, intermediate_size=8, n_encoder_layers=1).eval()


def small_speller() -> spelling.Packaged:
    with seeded():
        return spelling.Packaged(spelling.Speller(12, hidden_size=8, intermediate_size=8).eval(), "____ab", "____xy")


def by_recurrence() -> recurrent.RecurrentTranslator:
    with seeded():
        return recurrent.RecurrentTranslator(9, 8, 4).eval()


def uniform(rows: Tensor, written: Tensor) -> Tensor:
    return torch.full((len(rows), 4), -math.log(4))


def an_item() -> marian.Item:
    return marian.Item(marian.INT8, (2, 3), bytes(6) + b"\0\0\x80?")


def a_shortlist() -> marian.Shortlist:
    return marian.Shortlist(2, np.array([0, 1, 2], dtype=np.uint64), np.array([5, 6], dtype=np.uint32))


ENDS = {"start_id": 0, "end_id": 1, "max_length": 2}
SEARCH = {"beam_size": 2, "length_power": 1.0, "max_length": 3}

CASES |= {
    f"{W}.sentences.subwords": lambda: (
        lambda vocab_size: len(parallel.subwords([datasets.Translation("the day", "el dia", "")], vocab_size)),
        {"vocab_size": 262},
    ),
    f"{W}.sentences.encoded": lambda: (functools.partial(parallel.encoded, two_languages()), {"texts": ["the", "a"]}),
    f"{W}.sentences.decoded": lambda: (functools.partial(parallel.decoded, two_languages()), {"token_ids": [70, 71]}),
    f"{W}.sentences.pieces": lambda: (functools.partial(parallel.pieces, two_languages()), {"token_ids": [70, 71]}),
    f"{W}.sentences.with_references": lambda: (
        functools.partial(parallel.with_references, [datasets.Translation("a", "b", "")]),
        {"n": 1},
    ),
    f"{W}.sentences.encoded_pairs": lambda: (
        functools.partial(parallel.encoded_pairs, two_languages(), [datasets.Translation("a", "b", "")]),
        {"max_length": 9},
    ),
    f"{W}.sentences.PairBatches": lambda: (
        lambda n_tokens, n_batches, seed: list(
            next(iter(parallel.PairBatches([([3], [4, 5])], n_tokens, n_batches, seed)))
        ),
        {"n_tokens": 9, "n_batches": 2, "seed": 1},
    ),
    f"{W}.sentences.padded": lambda: (parallel.padded, {"rows": [[1, 2], [3]]}),
    f"{W}.sentences.share_of_padding": lambda: (lambda: parallel.share_of_padding([(ones(1, 2), ones(1, 2))]), {}),
    f"{W}.translator.Translator": lambda: (
        lambda **named: len(list(languages.Translator(**named).parameters())),
        {"vocab_size": 9, "hidden_size": 8, "n_heads": 2, "n_layers": 1, "intermediate_size": 8, "dropout": 0.1}
        | {"max_length": 8},
    ),
    f"{W}.translator.teacher_forcing": lambda: (languages.teacher_forcing, {"target_ids": ids(2, 3)}),
    f"{W}.translator.smoothed_cross_entropy": lambda: (
        languages.smoothed_cross_entropy,
        {"logits": floats(2, 3, 10), "target_ids": ids(2, 3), "smoothing": 0.1},
    ),
    f"{W}.translator.TranslationLoss": lambda: (
        lambda smoothing: languages.TranslationLoss(smoothing).smoothing,
        {"smoothing": 0.1},
    ),
    f"{W}.translator.reader": lambda: (
        lambda source_ids: languages.reader(small_translator(), source_ids)(torch.tensor([0]), ones(1, 2)),
        {"source_ids": ids(2, 3)},
    ),
    f"{W}.translator.candidates": lambda: (
        functools.partial(languages.candidates, small_translator(), two_languages()),
        {"texts": ["the", "a"], "batch_size": 2, **SEARCH},
    ),
    f"{W}.translator.translate": lambda: (
        functools.partial(languages.translate, small_translator(), two_languages()),
        {"texts": ["the", "a"], "batch_size": 2, **SEARCH},
    ),
    f"{W}.translator.alignment": lambda: (
        lambda text, target: languages.alignment(small_translator(), two_languages(), text, target).weights,
        {"text": "the", "target": "el"},
    ),
    f"{W}.translator.repeats": lambda: (languages.repeats, {"text": "a b a b", "n": 2}),
    f"{W}.search.Hypothesis.score": lambda: (
        searching.Hypothesis((2, 1), -1.0).score,
        {"length_power": 0.5},
    ),
    f"{W}.search.greedy_search": lambda: (
        functools.partial(searching.greedy_search, uniform),
        {"n_sources": 1, **ENDS},
    ),
    f"{W}.search.beam_search": lambda: (
        functools.partial(searching.beam_search, uniform),
        {"n_sources": 1, "beam_size": 2, "length_power": 1.0, **ENDS},
    ),
    f"{W}.search.exhaustive_search": lambda: (
        functools.partial(searching.exhaustive_search, uniform),
        {"vocab_size": 4, "length_power": 1.0, **ENDS},
    ),
    f"{W}.search.continuations": lambda: (
        functools.partial(searching.continuations, uniform),
        {"widest": 2, **ENDS},
    ),
    f"{W}.search.sample": lambda: (
        functools.partial(searching.sample, uniform),
        {"n_samples": 2, "seed": 1, **ENDS},
    ),
    f"{W}.search.minimum_bayes_risk": lambda: (
        lambda texts: searching.minimum_bayes_risk(texts, lambda a, b: float(len(a) == len(b))),
        {"texts": ["a", "bb", "c"]},
    ),
    f"{W}.scores.words": lambda: (scores.words, {"text": "a, b"}),
    f"{W}.scores.runs": lambda: (scores.runs, {"items": ["a", "b"], "n": 1}),
    f"{W}.scores.bleu_counts": lambda: (scores.bleu_counts, {"texts": TEXTS, "references": REFERENCES}),
    f"{W}.scores.chrf_counts": lambda: (scores.chrf_counts, {"texts": TEXTS, "references": REFERENCES}),
    f"{W}.scores.bleu": lambda: (scores.bleu, {"texts": TEXTS, "references": REFERENCES}),
    f"{W}.scores.chrf": lambda: (scores.chrf, {"texts": TEXTS, "references": REFERENCES}),
    f"{W}.scores.bleu_of": lambda: (scores.bleu_of, {"counts": np.abs(array(2, 10))}),
    f"{W}.scores.chrf_of": lambda: (scores.chrf_of, {"counts": np.abs(array(2, 18))}),
    f"{W}.scores.resamples": lambda: (scores.resamples, {"n_sentences": 3, "n": 2, "seed": 1}),
    f"{W}.scores.bootstrap": lambda: (
        lambda n, seed: scores.bootstrap(scores.bleu_counts(TEXTS, REFERENCES), scores.bleu_of, n, seed),
        {"n": 2, "seed": 1},
    ),
    f"{W}.scores.compare": lambda: (
        lambda n, seed: scores.compare(*[scores.bleu_counts(TEXTS, REFERENCES)] * 2, scores.bleu_of, n, seed),
        {"n": 2, "seed": 1},
    ),
    f"{W}.marian.numbers": lambda: (lambda: marian.numbers(an_item()), {}),
    f"{W}.marian.int8_numbers": lambda: (lambda: marian.int8_numbers(an_item()), {}),
    f"{W}.marian.embedding": lambda: (lambda: marian.embedding(an_item()), {}),
    f"{W}.marian.Shortlist.may_follow": lambda: (
        a_shortlist().may_follow,
        {"source_ids": torch.tensor([[0, 1]]), "vocab_size": 9},
    ),
    f"{W}.bergamot.RecurrentUnit": lambda: (bergamot.RecurrentUnit, {"hidden_size": 4}),
    f"{W}.bergamot.RecurrentUnit.forward": called(
        lambda: bergamot.RecurrentUnit(4), hidden=lambda: floats(2, 3, 4), state=lambda: floats(2, 4)
    ),
    f"{W}.bergamot.RecurrentDecoderLayer": lambda: (
        bergamot.RecurrentDecoderLayer,
        {"hidden_size": 4, "n_heads": 2, "intermediate_size": 8, "epsilon": 1e-6},
    ),
    f"{W}.bergamot.halves_positions": lambda: (bergamot.halves_positions, {"n": 3, "hidden_size": 4, "start": 1}),
    f"{W}.bergamot.Bergamot": lambda: (
        lambda **named: len(list(bergamot.Bergamot(**named).parameters())),
        {"vocab_size": 9, "hidden_size": 8, "n_heads": 2, "intermediate_size": 8, "n_encoder_layers": 1}
        | {"n_decoder_layers": 1},
    ),
    f"{W}.bergamot.Bergamot.embed": lambda: (small_bergamot().embed, {"token_ids": ids(2, 3), "start": 1}),
    f"{W}.bergamot.Bergamot.encode": lambda: (small_bergamot().encode, {"source_ids": ids(2, 3)}),
    f"{W}.bergamot.Bergamot.forward": called(
        small_bergamot, source_ids=lambda: ids(2, 3), target_ids=lambda: ids(2, 4)
    ),
    f"{W}.bergamot.Bergamot.greedy": lambda: (
        lambda source_ids, max_length: small_bergamot().greedy(source_ids, max_length=max_length).token_ids,
        {"source_ids": ids(2, 3), "max_length": 2},
    ),
    f"{W}.spelling.Speller": lambda: (
        lambda **named: len(list(spelling.Speller(**named).parameters())),
        {"vocab_size": 9, "hidden_size": 8, "n_heads": 1, "n_layers": 1, "intermediate_size": 8, "max_length": 8},
    ),
    f"{W}.spelling.Speller.forward": called(
        lambda: small_speller().model, source_ids=lambda: ids(2, 3), target_ids=lambda: ids(2, 4)
    ),
    f"{W}.spelling.letter_ids": lambda: (
        functools.partial(spelling.letter_ids, small_speller()),
        {"words": ["ab", "b"]},
    ),
    f"{W}.spelling.spell": lambda: (
        functools.partial(spelling.spell, small_speller()),
        {"words": ["ab", "b"], "beam_size": 2},
    ),
    f"{W}.spelling.sounds": lambda: (functools.partial(spelling.sounds, small_speller()), {"token_ids": [4, 5]}),
    f"{W}.recurrent.AdditiveAttention": lambda: (
        recurrent.AdditiveAttention,
        {"query_size": 2, "key_size": 3, "hidden_size": 4},
    ),
    f"{W}.recurrent.AdditiveAttention.forward": called(
        lambda: recurrent.AdditiveAttention(2, 3, 4),
        query=lambda: floats(2, 2),
        keys=lambda: floats(2, 5, 3),
        mask=lambda: torch.ones(2, 5, dtype=torch.bool),
    ),
    f"{W}.recurrent.RecurrentTranslator": lambda: (
        lambda **named: len(list(recurrent.RecurrentTranslator(**named).parameters())),
        {"source_vocab_size": 5, "target_vocab_size": 6, "hidden_size": 4},
    ),
    f"{W}.recurrent.RecurrentTranslator.encode": lambda: (by_recurrence().encode, {"source_ids": ids(2, 3, below=8)}),
    f"{W}.recurrent.RecurrentTranslator.forward": called(
        by_recurrence, source_ids=lambda: ids(2, 3, below=8), target_ids=lambda: ids(2, 4, below=8)
    ),
    f"{W}.recurrent.RecurrentTranslator.greedy": lambda: (
        lambda source_ids, start_id, steps: by_recurrence().greedy(source_ids, start_id, steps).token_ids,
        {"source_ids": ids(2, 3, below=8), "start_id": 1, "steps": 2},
    ),
}

# --- efficient models

F = "efficient_models"


def six_layers() -> fine_tuning.TextClassifier:
    with seeded():
        model = BERT(config(num_hidden_layers=6))
        return fine_tuning.TextClassifier(model, WordNumbers(), ("no", "yes")).eval()


def linear_map() -> nn.Linear:
    with seeded():
        return nn.Linear(4, 2)


def lora_map() -> thin_maps.LoRALinear:
    with seeded():
        return thin_maps.LoRALinear(nn.Linear(4, 2), 2)


def with_lora() -> fine_tuning.TextClassifier:
    model = classifier()
    low_rank.add_low_rank(model, 2)
    return model


def rounding(way: Callable[..., quantization.Levels]) -> Callable[..., Tensor]:
    @functools.wraps(way)
    def numbers(*args: Any, **named: Any) -> Tensor:
        return way(*args, **named).numbers()

    return numbers


def masked_maps(share: float) -> list[Tensor]:
    return list(pruning.magnitude_masks(quantization.linear_maps(net()), share).values())


def fewer_heads(removed: list[int]) -> nn.Module:
    found = multi_head()
    pruning.remove_heads(found, removed)
    return found


def fewer_inner(removed: list[int]) -> nn.Module:
    found = feed_forward()
    pruning.remove_inner(found, removed)
    return found


def some_choices() -> list[choices.Choice]:
    return [choices.Choice("small", "a", 0.7, 1.0, 2.0, "x"), choices.Choice("large", "a", 0.8, 3.0, 4.0, "x")]


def a_lesson(teacher_logits: Tensor, temperature: float, soft: float) -> float:
    lesson = distillation.Lesson(examples(), [0, 1, 0], teacher_logits, temperature, soft)
    return sum(lesson.loss(classifier(), batch).item() for batch in lesson.batches(2))


CASES |= {
    f"{F}.costs.layer_operations": lambda: (
        costs.layer_operations,
        {"hidden_size": 4, "intermediate_size": 8, "tokens": 3},
    ),
    f"{F}.costs.first_token_operations": lambda: (
        costs.first_token_operations,
        {"hidden_size": 4, "intermediate_size": 8, "tokens": 3},
    ),
    f"{F}.costs.classifier_operations": lambda: (
        costs.classifier_operations,
        {"hidden_size": 4, "intermediate_size": 8, "n_layers": 2, "tokens": 3, "n_labels": 2},
    ),
    f"{F}.costs.least_seconds": lambda: (
        costs.least_seconds,
        {"operations": 8.0, "n_bytes": 4.0, "operations_a_second": 2.0, "bytes_a_second": 2.0},
    ),
    f"{F}.costs.amdahl": lambda: (costs.amdahl, {"share": 0.5, "times": 2.0}),
    f"{F}.costs.times_as_fast": lambda: (
        functools.partial(costs.times_as_fast, {"a": [1.0], "b": [2.0]}),
        {"name": "a", "than": "b"},
    ),
    f"{F}.quantization.symmetric": lambda: (
        rounding(quantization.symmetric),
        {"weights": floats(4, 8), "bits": 4, "group": 4},
    ),
    f"{F}.quantization.affine": lambda: (
        rounding(quantization.affine),
        {"weights": floats(4, 8), "bits": 4, "group": "channel"},
    ),
    f"{F}.quantization.bits_a_weight": lambda: (
        quantization.bits_a_weight,
        {"bits": 4.0, "size": 32, "bits_for_group": 16.0},
    ),
    f"{F}.quantization.room": lambda: (
        quantization.room,
        {"way": "4 bits, channel", "width": 32, "n_outputs": 8},
    ),
    f"{F}.quantization.to_q4_1": lambda: (quantization.to_q4_1, {"numbers": floats(3, 32).numpy()}),
    f"{F}.quantization.nf4_codes": lambda: (quantization.nf4_codes, {}),
    f"{F}.quantization.nf4": lambda: (rounding(quantization.nf4), {"weights": floats(4, 8), "size": 8}),
    f"{F}.quantization.relative_error": lambda: (
        quantization.relative_error,
        {"found": floats(4, 3), "wanted": doubles(4, 3) + 1},
    ),
    f"{F}.quantization.integer_linear": lambda: (
        lambda inputs, input_bits: quantization.integer_linear(
            inputs, quantization.symmetric(floats(5, 4)), input_bits=input_bits
        ),
        {"inputs": floats(2, 3, 4), "input_bits": 7},
    ),
    f"{F}.quantization.IntegerLinear": lambda: (
        quantization.IntegerLinear,
        {"linear": nn.Linear(4, 2), "group": "channel"},
    ),
    f"{F}.quantization.IntegerLinear.forward": called(
        lambda: quantization.IntegerLinear(linear_map()), inputs=lambda: floats(2, 3, 4)
    ),
    f"{F}.quantization.dynamic_int8": lambda: (
        lambda part: type(quantization.dynamic_int8(classifier(), part)).__name__,
        {"part": "bert.layers"},
    ),
    f"{F}.quantization.gptq": lambda: (
        quantization.gptq,
        {"weights": floats(3, 4), "inputs": floats(6, 4), "bits": 4, "damping": 0.1},
    ),
    f"{F}.quantization.steps_between": lambda: (
        drawn(quantization.steps_between),
        {"low": 0.5, "high": 1.0, "bits": 3},
    ),
    f"{F}.pruning.magnitude_masks": lambda: (masked_maps, {"share": 0.5}),
    f"{F}.pruning.two_of_four": lambda: (pruning.two_of_four, {"weights": floats(3, 8)}),
    f"{F}.pruning.remove_heads": lambda: (fewer_heads, {"removed": [1]}),
    f"{F}.pruning.remove_inner": lambda: (fewer_inner, {"removed": [1]}),
    f"{F}.pruning.inner_sizes": lambda: (pruning.inner_sizes, {"network": feed_forward()}),
    f"{F}.pruning.without_layers": lambda: (
        functools.partial(pruning.without_layers, six_layers()),
        {"removed": [1]},
    ),
    f"{F}.pruning.without_heads": lambda: (
        lambda heads: pruning.without_heads(classifier(), {0: heads}),
        {"heads": [1]},
    ),
    f"{F}.pruning.least_heads": lambda: (
        lambda scores, n: [[layer, *heads] for layer, heads in pruning.least_heads(scores, n).items()],
        {"scores": floats(3, 4), "n": 5},
    ),
    f"{F}.distillation.softened": lambda: (distillation.softened, {"logits": floats(2, 3), "temperature": 2.0}),
    f"{F}.distillation.distillation_loss": lambda: (
        distillation.distillation_loss,
        {"student": floats(4, 3), "teacher": doubles(4, 3), "labels": ids(4, below=3, least=0)}
        | {"temperature": 2.0, "soft": 0.5},
    ),
    f"{F}.distillation.student_of": lambda: (
        functools.partial(distillation.student_of, six_layers()),
        {"n_layers": 2},
    ),
    f"{F}.distillation.logits_of": lambda: (
        functools.partial(distillation.logits_of, classifier()),
        {"examples": examples(), "batch_size": 2},
    ),
    f"{F}.distillation.Lesson": lambda: (
        a_lesson,
        {"teacher_logits": floats(3, 2), "temperature": 2.0, "soft": 0.5},
    ),
    "kit.low_rank.LoRALinear": lambda: (
        thin_maps.LoRALinear,
        {"linear": nn.Linear(3, 2), "rank": 2, "alpha": 4.0},
    ),
    "kit.low_rank.put_in": lambda: (
        functools.partial(thin_maps.put_in, classifier().bert),
        {"rank": 2, "alpha": 4.0, "seed": 1},
    ),
    "kit.low_rank.LoRALinear.forward": called(lora_map, inputs=lambda: floats(2, 3, 4)),
    f"{F}.low_rank.add_low_rank": lambda: (
        functools.partial(low_rank.add_low_rank, classifier()),
        {"rank": 2, "alpha": 4.0, "where": ["query", "value"], "seed": 1},
    ),
    f"{F}.low_rank.merge": lambda: (low_rank.merge, {"model": with_lora()}),
    f"{F}.low_rank.Adapter": lambda: (low_rank.Adapter.of, {"model": with_lora()}),
    f"{F}.choices.frontier": lambda: (
        functools.partial(choices.frontier, some_choices()),
        {"cost": "milliseconds"},
    ),
    f"{F}.choices.best_within": lambda: (
        functools.partial(choices.best_within, some_choices()),
        {"budget": 2.0, "cost": "megabytes"},
    ),
    "kit.four_bit.unpack_halves": lambda: (
        four_bit.unpack_halves,
        {"packed": np.full((2, 4), 0x3F, dtype=np.uint8)},
    ),
    "kit.four_bit.pack_halves": lambda: (four_bit.pack_halves, {"whole": np.full((2, 4), 3, dtype=np.uint8)}),
}

# --- scaling

Z = "scaling"


def some_sizes(**named: Any) -> account.Sizes:
    return account.Sizes("x", **{"vocab_size": 9, "hidden_size": 4, "n_layers": 2, "n_heads": 2, "tokens": 3} | named)


def some_training(n_devices: int = 4, tokens: float = 1e6, batch_tokens: float = 99.0, bandwidth: float = 1e9) -> Any:
    return planner.Task(some_sizes(), planner.DEVICES["A100"], n_devices, tokens, batch_tokens, bandwidth)


def some_plan(**named: Any) -> planner.Plan | None:
    return planner.with_cuts(some_training(), **{"tensor": 1, "stages": 2, "recomputed": False, "sharded": 1, **named})


def gathered(sizes: list[int]) -> float:
    def loss(model: nn.Module, piece: Tensor) -> Tensor:
        return model(piece).square().mean()

    return one_machine.accumulated(linear_map(), [floats(2, 4), floats(2, 4)], loss, sizes)


def scaled(scale: float, patience: int) -> float:
    return one_machine.LossScaler(scale, patience).scale


def hashed(n: int, seed: int) -> np.ndarray:
    return quality.MinHash(n, seed)({"a", "b"})


def mixed(weights: list[float], context: int, batch_size: int, steps: int, seed: int) -> list[Tensor]:
    sources = [torch.arange(9), torch.arange(9)]
    return [pair[0] for pair in quality.MixedChunks(sources, weights, context, batch_size, steps, seed)]


def cleaned(clean: list[str], dirty: list[str], seed: int, epochs: int) -> np.ndarray:
    return quality.trained_filter(clean, dirty, seed, epochs).clean(["a b"])


CASES |= {
    f"{Z}.account.Sizes": lambda: (
        lambda **sizes: some_sizes(**sizes).parameters,
        {"vocab_size": 9, "hidden_size": 4, "n_layers": 2, "n_heads": 2, "tokens": 3, "n_key_heads": 1}
        | {"intermediate_size": 5},
    ),
    f"{Z}.account.six_n_d": lambda: (account.six_n_d, {"parameters": 2.0, "tokens": 3.0}),
    f"{Z}.account.state_bytes": lambda: (
        account.state_bytes,
        {"parameters": 8.0, "precision": "mixed", "n_shards": 2, "sharded": 1},
    ),
    f"{Z}.account.activation_bytes": lambda: (
        functools.partial(account.activation_bytes, some_sizes()),
        {"batch_size": 2, "n_tensor": 2},
    ),
    f"{Z}.account.predicted_peak": lambda: (
        functools.partial(account.predicted_peak, gpt.GPTConfig(9, 4, 2, 2, 6)),
        {"batch_size": 2, "tokens": 3},
    ),
    f"{Z}.account.kept_by_layer": lambda: (
        functools.partial(account.kept_by_layer, gpt.GPTConfig(9, 4, 2, 2, 6)),
        {"batch_size": 2, "tokens": 3},
    ),
    f"{Z}.account.Law": lambda: (
        lambda **named: account.Law(**named).loss(9.0, 9.0),
        {"floor": 1.0, "a": 2.0, "b": 3.0, "alpha": 0.5, "beta": 0.4},
    ),
    f"{Z}.account.Law.loss": lambda: (account.CHINCHILLA.loss, {"parameters": 1e6, "tokens": 1e7}),
    f"{Z}.account.Law.best_size": lambda: (account.CHINCHILLA.best_size, {"operations": 1e18}),
    f"{Z}.account.Law.tokens_for": lambda: (account.CHINCHILLA.tokens_for, {"parameters": 1e9, "loss": 3.0}),
    f"{Z}.one_machine.accumulated": lambda: (gathered, {"sizes": [2, 2]}),
    f"{Z}.one_machine.recomputed": lambda: (
        lambda hidden: one_machine.recomputed(
            linear_map(), hidden.requires_grad_() if hidden.is_floating_point() else hidden
        ),
        {"hidden": floats(3, 4)},
    ),
    f"{Z}.one_machine.layer_by_layer": lambda: (
        functools.partial(one_machine.layer_by_layer, small_gpt()),
        {"token_ids": ids(2, 3, below=8)},
    ),
    f"{Z}.one_machine.LossScaler": lambda: (scaled, {"scale": 8.0, "patience": 2}),
    f"{Z}.one_machine.lost": lambda: (
        lambda scale: one_machine.lost([floats(3)], torch.float16, scale),
        {"scale": 8.0},
    ),
    f"{Z}.one_machine.sizes_of_type": lambda: (one_machine.sizes_of_type, {"dtype": torch.float16}),
    f"{Z}.collectives.ring": lambda: (
        lambda devices: collectives.ring(devices).devices,
        {"devices": [floats(4), floats(4)]},
    ),
    f"{Z}.collectives.star": lambda: (
        lambda devices: collectives.star(devices).devices,
        {"devices": [floats(4), floats(4)]},
    ),
    f"{Z}.simulator.Line": lambda: (
        lambda bandwidth, latency: simulator.Line(bandwidth, latency).seconds(8.0),
        {"bandwidth": 4.0, "latency": 0.5},
    ),
    f"{Z}.simulator.Line.seconds": lambda: (simulator.Line(4.0).seconds, {"n_bytes": 8.0}),
    f"{Z}.simulator.Line.ring": lambda: (simulator.Line(4.0).ring, {"n_bytes": 8.0, "n_devices": 2}),
    f"{Z}.simulator.Line.star": lambda: (simulator.Line(4.0).star, {"n_bytes": 8.0, "n_devices": 2}),
    f"{Z}.simulator.play": lambda: (
        lambda seconds: simulator.play([simulator.Task("a", "p", seconds)]),
        {"seconds": 2.0},
    ),
    f"{Z}.simulator.idle": lambda: (
        lambda places: simulator.idle([simulator.Span("a", "p", 0.0, 2.0)], places),
        {"places": ["p", "q"]},
    ),
    f"{Z}.simulator.data_parallel": lambda: (
        lambda **named: simulator.play(simulator.data_parallel(line=simulator.Line(4.0), **named)),
        {"forward": 1.0, "backward": [1.0, 2.0], "n_bytes": [3.0, 4.0], "n_devices": 2, "slower": [1.0, 1.5]},
    ),
    f"{Z}.simulator.straggling": lambda: (
        simulator.straggling,
        {"n_devices": 3, "spread": 0.1, "steps": 5, "seed": 1},
    ),
    f"{Z}.simulator.pipeline": lambda: (
        lambda **named: simulator.play(simulator.pipeline(**named)),
        {"n_stages": 2, "n_pieces": 3, "forward": 1.0, "backward": 2.0, "hop": 0.1},
    ),
    f"{Z}.simulator.bubble": lambda: (simulator.bubble, {"n_stages": 2, "n_pieces": 3}),
    f"{Z}.simulator.kept_pieces": lambda: (
        functools.partial(simulator.kept_pieces, one_by_one=True),
        {"n_stages": 2, "n_pieces": 3},
    ),
    f"{Z}.simulator.scaling": lambda: (
        functools.partial(simulator.scaling, line=simulator.Line(4.0), weak=False),
        {"alone": 2.0, "n_bytes": 4.0, "devices": [1, 2], "fixed": 0.5},
    ),
    f"{Z}.planner.Device": lambda: (
        functools.partial(planner.Device, "x"),
        {"operations_a_second": 1.0, "memory": 2.0, "bandwidth": 3.0},
    ),
    f"{Z}.planner.Task": lambda: (
        lambda **named: planner.best(some_training(**named))[1],
        {"n_devices": 4, "tokens": 1e6, "batch_tokens": 99.0, "bandwidth": 1e9},
    ),
    f"{Z}.planner.with_cuts": lambda: (some_plan, {"tensor": 1, "stages": 2}),
    f"{Z}.planner.Plan": lambda: (some_plan().cost, {"price": 2.0}),
    f"{Z}.planner.doublings": lambda: (planner.doublings, {"most": 9}),
    f"{Z}.quality.exact_copies": lambda: (quality.exact_copies, {"texts": ["a", "b", "a"]}),
    f"{Z}.quality.shingles": lambda: (lambda text, n: sorted(quality.shingles(text, n)), {"text": "a b c", "n": 2}),
    f"{Z}.quality.MinHash": lambda: (hashed, {"n": 3, "seed": 1}),
    f"{Z}.quality.agreement": lambda: (quality.agreement, {"first": np.arange(3), "second": np.arange(3)}),
    f"{Z}.quality.candidates": lambda: (
        lambda bands: sorted(quality.candidates([np.arange(4)] * 2, bands)),
        {"bands": 2},
    ),
    f"{Z}.quality.caught": lambda: (quality.caught, {"similarity": 0.5, "bands": 2, "rows": 3}),
    f"{Z}.quality.near_copies": lambda: (
        quality.near_copies,
        {"texts": ["a b c d", "a b c d e"], "least": 0.4, "n": 2, "bands": 8, "size": 16},
    ),
    f"{Z}.quality.without_copies": lambda: (
        quality.without_copies,
        {"texts": ["a b c d", "a b c d e"], "least": 0.4},
    ),
    f"{Z}.quality.dirtied": lambda: (quality.dirtied, {"texts": ["a b c", "d e f"], "n": 3, "seed": 1}),
    f"{Z}.quality.JunkFilter": lambda: (lambda size: quality.JunkFilter(size)(["a b"]), {"size": 8}),
    f"{Z}.quality.JunkFilter.forward": lambda: (quality.JunkFilter(8), {"texts": ["a b", "c"]}),
    f"{Z}.quality.trained_filter": lambda: (
        cleaned,
        {"clean": ["a b", "c d"], "dirty": ["x y", "z x"], "seed": 1, "epochs": 1},
    ),
    f"{Z}.quality.shares": lambda: (
        lambda size, power: quality.shares({"a": size, "b": 2.0}, power),
        {"size": 3.0, "power": 0.5},
    ),
    f"{Z}.quality.MixedChunks": lambda: (
        mixed,
        {"weights": [0.5, 0.5], "context": 2, "batch_size": 3, "steps": 2, "seed": 1},
    ),
    f"{Z}.quality.contamination": lambda: (
        quality.contamination,
        {"text": "a b c d", "others": ["a b c", "d"], "n": 2},
    ),
}

# --- interpretability

Y = "interpretability"


class Named(WordNumbers):
    """As `WordNumbers`, with letters for tokens."""

    def convert_ids_to_tokens(self, token_ids: list[int]) -> list[str]:
        return [chr(97 + i % 26) for i in token_ids]


def two_label_model() -> fine_tuning.TextClassifier:
    model = classifier()
    model.tokenizer = Named()
    return model


def asked_text() -> faithfulness.Text:
    return faithfulness.Text(torch.tensor([[2, 5, 6, 7, 3]]), [1, 2, 3], 1)


def summed(words: Tensor) -> Tensor:
    return (words**2).sum((1, 2))


def small_copier() -> circuits.Copier:
    with seeded():
        return circuits.Copier(10, 8, 2, 2, 8).eval()


def two_layer_llama() -> llama.Llama:
    with seeded():
        return llama.Llama(llama.LlamaConfig(10, 8, 2, 2, 1, 8, 16)).eval()


def small_graph_model() -> graphs.GraphModel:
    with seeded():
        return graphs.GraphModel("ComplEx", 6, 2, 4)


def small_dictionary() -> dictionaries.SparseAutoencoder:
    with seeded():
        return dictionaries.SparseAutoencoder(4, 6)


def facts_of_three() -> Tensor:
    return torch.tensor([[0, 0, 1], [1, 1, 2], [5, 0, 3]])


def read_heads(layer: int, head: int) -> Tensor:
    model = small_copier()
    with circuits.silenced(model.layers, [(layer, head)]):
        return model(ids(2, 5)).detach()


def read_erased(layer: int) -> Tensor:
    model = two_label_model()
    with erasing.erased(model, layer, erasing.Eraser(torch.zeros(8), torch.eye(8)[0], torch.eye(8)[0])):
        return erasing.answers(model, examples()).double()


def taught(made: Callable[..., Any], make: Callable[[], nn.Module]) -> Callable[..., Any]:
    @functools.wraps(made)
    def whole(**named: Any) -> Any:
        return made(make(), **named)

    return whole


CASES |= {
    f"{Y}.attribution.evidence": lambda: (attribution.evidence, {"logits": floats(3, 2), "label": 1}),
    f"{Y}.attribution.word_vectors": lambda: (
        functools.partial(attribution.word_vectors, two_label_model()),
        {"token_ids": ids(2, 5)},
    ),
    f"{Y}.attribution.logits_of_words": lambda: (
        functools.partial(attribution.logits_of_words, two_label_model()),
        {"words": floats(2, 5, 8)},
    ),
    f"{Y}.attribution.gradients": lambda: (
        functools.partial(attribution.gradients, summed),
        {"words": floats(2, 3, 4)},
    ),
    f"{Y}.attribution.saliency": lambda: (functools.partial(attribution.saliency, summed), {"words": floats(2, 3, 4)}),
    f"{Y}.attribution.gradient_times_input": lambda: (
        functools.partial(attribution.gradient_times_input, summed),
        {"words": floats(2, 3, 4)},
    ),
    f"{Y}.attribution.integrated_gradients": lambda: (
        functools.partial(attribution.integrated_gradients, summed),
        {"words": floats(1, 3, 4), "base": floats(1, 3, 4), "steps": 2},
    ),
    f"{Y}.attribution.with_places": lambda: (
        attribution.with_places,
        {"token_ids": torch.tensor([[2, 5, 6, 3]]), "gone": [[1], []], "way": "mask", "mask_id": 4},
    ),
    f"{Y}.attribution.logits_of_lists": lambda: (
        functools.partial(attribution.logits_of_lists, two_label_model()),
        {"texts": examples(), "batch_size": 2},
    ),
    f"{Y}.attribution.leave_one_out": lambda: (
        functools.partial(attribution.leave_one_out, two_label_model(), torch.tensor([[2, 5, 6, 3]])),
        {"label": 1, "way": "mask"},
    ),
    f"{Y}.attribution.subsets": lambda: (attribution.subsets, {"n": 3}),
    f"{Y}.attribution.shapley": lambda: (attribution.shapley, {"values": floats(8)}),
    f"{Y}.attribution.rollout": lambda: (attribution.rollout, {"attentions": [floats(2, 3, 3).softmax(-1)]}),
    f"{Y}.attribution.explained": lambda: (
        functools.partial(attribution.explained, two_label_model()),
        {"text": "a bad film", "method": "saliency"},
    ),
    f"{Y}.faithfulness.order_of": lambda: (faithfulness.order_of, {"scores": floats(5), "places": [1, 2, 3]}),
    f"{Y}.faithfulness.random_order": lambda: (faithfulness.random_order, {"places": [1, 2, 3], "seed": 0}),
    f"{Y}.faithfulness.steps_of": lambda: (faithfulness.steps_of, {"order": [1, 2, 3], "kind": "deletion"}),
    f"{Y}.faithfulness.curve": lambda: (
        functools.partial(faithfulness.curve, two_label_model(), asked_text()),
        {"order": [1, 2, 3], "kind": "deletion", "way": "mask"},
    ),
    f"{Y}.faithfulness.at_shares": lambda: (faithfulness.at_shares, {"values": array(4)}),
    f"{Y}.faithfulness.area": lambda: (faithfulness.area, {"values": array(4)}),
    f"{Y}.faithfulness.randomised": lambda: (
        lambda n_layers, seed: faithfulness.randomised(two_label_model(), n_layers, seed).classifier.weight,
        {"n_layers": 1, "seed": 0},
    ),
    f"{Y}.faithfulness.rank_correlation": lambda: (
        faithfulness.rank_correlation,
        {"first": array(4), "second": array(4)[::-1].copy()},
    ),
    f"{Y}.erasing.eraser": lambda: (
        lambda vectors, labels, ridge: erasing.eraser(vectors, labels, ridge).away,
        {"vectors": floats(6, 2), "labels": torch.tensor(signs()), "ridge": 0.1},
    ),
    f"{Y}.erasing.cls_states": lambda: (
        functools.partial(erasing.cls_states, two_label_model()),
        {"texts": examples(), "batch_size": 2},
    ),
    f"{Y}.erasing.answers": lambda: (
        functools.partial(erasing.answers, two_label_model()),
        {"texts": examples(), "batch_size": 2},
    ),
    f"{Y}.erasing.erased": lambda: (read_erased, {"layer": 0}),
    f"{Y}.circuits.repeats": lambda: (
        lambda batch_size, vocab_size, length, low, high: (
            circuits.repeats(batch_size, vocab_size, length, torch_rng(), low, high).token_ids
        ),
        {"batch_size": 2, "vocab_size": 9, "length": 8, "low": 2, "high": 4},
    ),
    f"{Y}.circuits.Copier": lambda: (
        lambda **sizes: circuits.Copier(**sizes).norm.bias,
        {"vocab_size": 9, "hidden_size": 8, "n_layers": 1, "n_heads": 2, "max_length": 8},
    ),
    f"{Y}.circuits.Copier.forward": called(small_copier, token_ids=lambda: ids(2, 5)),
    f"{Y}.circuits.train_copier": lambda: (
        taught(circuits.train_copier, small_copier),
        {"steps": 1, "length": 8, "batch_size": 2, "learning_rate": 0.01, "seed": 0, "every": 1, "low": 2, "high": 4},
    ),
    f"{Y}.circuits.previous_score": lambda: (circuits.previous_score, {"weights": floats(2, 3, 5, 5)}),
    f"{Y}.circuits.induction_score": lambda: (
        circuits.induction_score,
        {"weights": floats(2, 3, 5, 5), "periods": torch.tensor([2, 3])},
    ),
    f"{Y}.circuits.silenced": lambda: (read_heads, {"layer": 0, "head": 1}),
    f"{Y}.circuits.strongest": lambda: (circuits.strongest, {"scores": [0.1, 0.4, 0.2, 0.3], "n_heads": 2, "n": 2}),
    f"{Y}.patching.preference": lambda: (
        patching.preference,
        {"logits": floats(2, 3, 5), "answer": 1, "other": 2},
    ),
    f"{Y}.patching.from_layer": lambda: (
        functools.partial(patching.from_layer, two_layer_llama()),
        {"hidden": floats(2, 3, 8), "layer": 1},
    ),
    f"{Y}.patching.handover": lambda: (
        patching.handover,
        {"found": torch.tensor([[1.0, 0.0], [0.0, 1.0]]), "differs": 0},
    ),
    f"{Y}.dictionaries.sparse_features": lambda: (
        lambda n, n_features, sparsity: dictionaries.sparse_features(n, n_features, sparsity, torch_rng()),
        {"n": 3, "n_features": 4, "sparsity": 0.5},
    ),
    f"{Y}.dictionaries.Squeezed": lambda: (
        lambda **sizes: dictionaries.Squeezed(**sizes).bias,
        {"n_features": 4, "dim": 2},
    ),
    f"{Y}.dictionaries.Squeezed.forward": called(lambda: dictionaries.Squeezed(4, 2), features=lambda: floats(3, 4)),
    f"{Y}.dictionaries.train_squeezed": lambda: (
        taught(dictionaries.train_squeezed, lambda: dictionaries.Squeezed(4, 2)),
        {"sparsity": 0.5, "steps": 1, "batch_size": 4, "learning_rate": 0.01, "seed": 0},
    ),
    f"{Y}.dictionaries.known_directions": lambda: (
        lambda n_features, dim: dictionaries.known_directions(n_features, dim, torch_rng()),
        {"n_features": 4, "dim": 3},
    ),
    f"{Y}.dictionaries.SparseAutoencoder": lambda: (
        lambda **sizes: dictionaries.SparseAutoencoder(**sizes).centre,
        {"dim": 3, "n_features": 4},
    ),
    f"{Y}.dictionaries.SparseAutoencoder.forward": called(small_dictionary, vectors=lambda: floats(3, 4)),
    f"{Y}.dictionaries.SparseAutoencoder.features": lambda: (small_dictionary().features, {"vectors": floats(3, 4)}),
    f"{Y}.dictionaries.dictionary_loss": lambda: (
        functools.partial(dictionaries.dictionary_loss, small_dictionary()),
        {"vectors": floats(3, 4), "penalty": 0.1},
    ),
    f"{Y}.dictionaries.train_dictionary": lambda: (
        taught(dictionaries.train_dictionary, small_dictionary),
        {"vectors": floats(3, 4), "penalty": 0.1, "steps": 1, "batch_size": 2, "learning_rate": 0.01, "seed": 0},
    ),
    f"{Y}.dictionaries.worth": lambda: (
        functools.partial(dictionaries.worth, small_dictionary()),
        {"vectors": floats(3, 4)},
    ),
    f"{Y}.dictionaries.recovered": lambda: (
        dictionaries.recovered,
        {"directions": floats(3, 4), "known": floats(2, 4), "least": 0.5},
    ),
    f"{Y}.dictionaries.strongest_places": lambda: (
        dictionaries.strongest_places,
        {"features": floats(5, 3), "feature": 1, "n": 2},
    ),
    f"{Y}.graphs.graph": lambda: (lambda name: graphs.graph(name).test, {"name": "nations"}),
    f"{Y}.graphs.both_ways": lambda: (graphs.both_ways, {"facts": facts_of_three(), "n_relations": 2}),
    f"{Y}.graphs.product": lambda: (graphs.product, {"first": floats(3, 4), "second": floats(3, 4)}),
    f"{Y}.graphs.turned": lambda: (graphs.turned, {"head": floats(3, 4), "angles": floats(3, 2)}),
    **{
        f"{Y}.graphs.{near.__name__}": lambda near=near: (near, {"query": floats(3, 4), "entities": floats(5, 4)})
        for near in (graphs.by_distance, graphs.by_product, graphs.by_complex_distance)
    },
    f"{Y}.graphs.GraphModel": lambda: (
        lambda **named: graphs.GraphModel(**named).entity.weight,
        {"kind": "RotatE", "n_entities": 4, "n_relations": 2, "dim": 4},
    ),
    f"{Y}.graphs.GraphModel.forward": called(
        small_graph_model, head=lambda: ids(3, below=6), relation=lambda: ids(3, below=4)
    ),
    f"{Y}.graphs.train_graph": lambda: (
        taught(graphs.train_graph, small_graph_model),
        {"facts": facts_of_three(), "epochs": 1, "batch_size": 2, "learning_rate": 0.1, "weight_decay": 0.1, "seed": 0},
    ),
    f"{Y}.graphs.filtered_ranks": lambda: (
        graphs.filtered_ranks,
        {"scores": floats(3, 5), "tails": ids(3, below=5), "known": floats(3, 5) > 0},
    ),
    f"{Y}.graphs.mean_reciprocal_rank": lambda: (graphs.mean_reciprocal_rank, {"ranks": torch.tensor([1.0, 2.5])}),
    f"{Y}.graphs.hits": lambda: (graphs.hits, {"ranks": torch.tensor([1.0, 2.5]), "n": 2}),
    f"{Y}.graphs.judged": lambda: (
        functools.partial(graphs.judged, small_graph_model()),
        {"asked": facts_of_three(), "facts": facts_of_three()},
    ),
    f"{Y}.graphs.flat": lambda: (graphs.flat, {"vectors": floats(5, 4)}),
    f"{Y}.graphs.offset_test": lambda: (
        graphs.offset_test,
        {"heads": floats(5, 4), "tails": floats(5, 4), "seed": 0},
    ),
    f"{Y}.graphs.pick": lambda: (graphs.pick, {"names": ["a", "b"], "wanted": ["b"]}),
}

# --- vision

V = "vision"


@functools.cache
def tiny_net() -> efficientnet.EfficientNetLite:
    with seeded():
        return efficientnet.EfficientNetLite(3).eval()


def small_vit(**named: Any) -> vit.ViT:
    with seeded():
        return vit.ViT(8, 4, hidden_size=8, n_layers=1, n_heads=2, intermediate_size=8, **named).eval()


def small_cnn(channels: int = 1) -> nn.Sequential:
    with seeded():
        return networks.small_cnn((2,), channels=channels, size=4).eval()


def embedding() -> identities.Embedding:
    with seeded():
        return identities.Embedding(3, 2)


def residual() -> networks.ResidualNet:
    with seeded():
        return networks.ResidualNet(1, 2).eval()


def a_picture(height: int = 6, width: int = 5) -> np.ndarray:
    return np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)


def two_boxes() -> Tensor:
    return torch.tensor([[0.0, 0.0, 3.0, 3.0], [2.0, 1.0, 5.0, 4.0]])


def briefly(labels: Tensor, steps: int, learning_rate: float, batch_size: int) -> nn.Module:
    return transfer.trained(net(), floats(6, 4), labels, steps, learning_rate, batch_size)


CASES |= {
    f"{V}.convolution.output_size": lambda: (
        convolution.output_size,
        {"size": 7, "kernel": 3, "stride": 2, "padding": 1},
    ),
    f"{V}.convolution.receptive_field": lambda: (convolution.receptive_field, {"layers": [(3, 1), (2, 2)]}),
    f"{V}.convolution.convolve_by_loops": lambda: (
        convolution.convolve_by_loops,
        {"image": floats(2, 4, 5), "filters": floats(3, 2, 2, 2), "bias": floats(3), "stride": 1, "padding": 1},
    ),
    f"{V}.convolution.convolve": lambda: (
        convolution.convolve,
        {"images": floats(2, 2, 4, 5), "filters": floats(3, 2, 2, 2), "bias": floats(3), "stride": 1, "padding": 1},
    ),
    f"{V}.convolution.patches": lambda: (
        convolution.patches,
        {"images": floats(2, 2, 4, 5), "kernel": 2, "stride": 1, "padding": 1},
    ),
    f"{V}.convolution.max_pool": lambda: (convolution.max_pool, {"images": floats(2, 2, 4, 5), "size": 2}),
    f"{V}.convolution.BatchNorm": lambda: (convolution.BatchNorm, {"channels": 3, "momentum": 0.1, "epsilon": 1e-5}),
    f"{V}.convolution.BatchNorm.forward": called(
        lambda: convolution.BatchNorm(2).eval(), images=lambda: floats(2, 2, 3, 3)
    ),
    f"{V}.networks.Channel": lambda: (networks.Channel, {"channels": 1, "size": 4}),
    f"{V}.networks.Channel.forward": called(lambda: networks.Channel(1, 4), images=lambda: floats(2, 4, 4)),
    f"{V}.networks.convolution": lambda: (networks.convolution, {"n_from": 2, "n_to": 3, "stride": 1}),
    f"{V}.networks.small_cnn": lambda: (
        networks.small_cnn,
        {"widths": [2, 3], "channels": 1, "size": 8, "classes": 3},
    ),
    f"{V}.networks.small_cnn.forward": called(small_cnn, input=lambda: floats(2, 4, 4)),
    f"{V}.networks.ResidualNet": lambda: (networks.ResidualNet, {"n": 1, "width": 2, "channels": 1, "classes": 3}),
    f"{V}.networks.ResidualNet.forward": called(residual, images=lambda: floats(2, 8, 8)),
    f"{V}.networks.gradient_norms": lambda: (
        functools.partial(networks.gradient_norms, residual()),
        {"images": floats(3, 8, 8), "labels": ids(3, below=3, least=0)},
    ),
    f"{V}.efficientnet.EfficientNetLite": lambda: (
        lambda classes: efficientnet.EfficientNetLite(classes).output.bias,
        {"classes": 3},
    ),
    f"{V}.efficientnet.EfficientNetLite.forward": called(tiny_net, images=lambda: floats(2, 3, 32, 32)),
    f"{V}.efficientnet.renamed": lambda: (efficientnet.renamed, {"name": "_bn0.bias"}),
    f"{V}.efficientnet.name_of": lambda: (efficientnet.name_of, {"label": 281}),
    f"{V}.efficientnet.top": lambda: (efficientnet.top, {"logits": floats(1000), "n": 2}),
    f"{V}.pictures.photograph": lambda: (lambda name: pictures.photograph(name)[:2, :2], {"name": "cat"}),
    f"{V}.pictures.read_picture": lambda: (
        lambda file: pictures.read_picture(file)[:2, :2],
        {"file": str(assets.path("skimage/data/chelsea.png"))},
    ),
    f"{V}.pictures.resized": lambda: (pictures.resized, {"picture": a_picture(), "height": 3, "width": 4}),
    f"{V}.pictures.square": lambda: (pictures.square, {"picture": a_picture(), "size": 4, "margin": 0.1}),
    f"{V}.pictures.as_input": lambda: (lambda picture: pictures.as_input(picture), {"picture": a_picture()}),
    f"{V}.pictures.collage": lambda: (pictures.collage, {"left": a_picture(), "right": a_picture()}),
    f"{V}.pictures.tiles_shuffled": lambda: (
        pictures.tiles_shuffled,
        {"images": floats(2, 3, 4, 6), "n": 2, "seed": 1},
    ),
    f"{V}.pictures.grey": lambda: (pictures.grey, {"images": floats(2, 3, 4, 4)}),
    f"{V}.pictures.silhouettes": lambda: (pictures.silhouettes, {"images": floats(2, 3, 4, 4)}),
    f"{V}.transfer.enlarged": lambda: (transfer.enlarged, {"images": floats(2, 3, 4, 4), "size": 6}),
    f"{V}.transfer.of_glyphs": lambda: (transfer.of_glyphs, {"pictures": np.stack([a_picture()] * 2), "size": 8}),
    f"{V}.transfer.features_of": lambda: (
        functools.partial(transfer.features_of, tiny_net()),
        {"images": floats(2, 3, 32, 32), "batch_size": 2},
    ),
    f"{V}.transfer.calibrated": lambda: (
        lambda images: transfer.calibrated(tiny_net(), images).stem[1].running_mean,
        {"images": floats(2, 3, 32, 32)},
    ),
    f"{V}.transfer.Transferred": lambda: (
        lambda classes, trained: transfer.Transferred(tiny_net(), classes, trained).output.weight,
        {"classes": 2, "trained": "frozen"},
    ),
    f"{V}.transfer.first_of_each": lambda: (
        transfer.first_of_each,
        {"labels": torch.tensor([0, 1, 1, 0, 1]), "n": 2, "seed": 0},
    ),
    f"{V}.transfer.linear_head": lambda: (
        transfer.linear_head,
        {"features": floats(6, 3), "labels": ids(6, below=2, least=0), "classes": 2, "weight_decay": 0.1},
    ),
    f"{V}.transfer.start": lambda: (
        lambda arm, classes, size: transfer.start(arm, tiny_net(), classes, size),
        {"arm": "scratch", "classes": 2, "size": 8},
    ),
    f"{V}.transfer.trained": lambda: (
        briefly,
        {"labels": ids(6, below=3, least=0), "steps": 2, "learning_rate": 0.1, "batch_size": 3},
    ),
    f"{V}.transfer.predictions": lambda: (
        functools.partial(transfer.predictions, small_cnn(3)),
        {"images": floats(3, 3, 4, 4), "batch_size": 2},
    ),
    f"{V}.transfer.agreement": lambda: (transfer.agreement, {"predictions": ids(4), "labels": ids(4)}),
    f"{V}.vit.ViT": lambda: (
        vit.ViT,
        {"size": 8, "patch": 4, "channels": 1, "classes": 3, "hidden_size": 8, "n_layers": 1, "n_heads": 2}
        | {"intermediate_size": 8, "dropout": 0.1, "epsilon": 1e-5},
    ),
    f"{V}.vit.ViT.forward": called(small_vit, images=lambda: floats(2, 8, 8)),
    f"{V}.vit.renamed": lambda: (vit.renamed, {"name": "classifier.bias"}),
    f"{V}.looking.class_map": lambda: (
        functools.partial(looking.class_map, tiny_net()),
        {"images": floats(2, 3, 64, 32), "label": 1},
    ),
    f"{V}.looking.gradient_map": lambda: (
        functools.partial(looking.gradient_map, tiny_net()),
        {"images": floats(2, 3, 64, 32), "label": 1},
    ),
    f"{V}.looking.spread_out": lambda: (looking.spread_out, {"values": floats(2, 3), "height": 4, "width": 6}),
    f"{V}.looking.box_of": lambda: (looking.box_of, {"values": floats(3, 3).abs(), "share": 0.5}),
    f"{V}.looking.overlap": lambda: (looking.overlap, {"boxes": two_boxes(), "others": two_boxes()}),
    f"{V}.looking.sliding_windows": lambda: (
        looking.sliding_windows,
        {"height": 6, "width": 5, "size": 3, "stride": 2},
    ),
    f"{V}.looking.cut_out": lambda: (looking.cut_out, {"image": floats(2, 6, 6), "boxes": two_boxes()}),
    f"{V}.looking.without_doubles": lambda: (
        looking.without_doubles,
        {"boxes": two_boxes(), "scores": floats(2), "most": 0.3},
    ),
    f"{V}.looking.hits": lambda: (
        looking.hits,
        {"boxes": two_boxes(), "scores": floats(2), "targets": two_boxes(), "least": 0.5},
    ),
    f"{V}.looking.average_precision": lambda: (
        looking.average_precision,
        {"scores": floats(3), "is_right": torch.tensor([True, False, True]), "n_targets": 2},
    ),
    f"{V}.scenes.scene": lambda: (
        lambda glyphs, labels, ground: scenes.scene(glyphs, labels, np.random.default_rng(0), ground),
        {"glyphs": [a_picture(3, 3), a_picture(2, 3)], "labels": [0, 1], "ground": a_picture(20, 20)},
    ),
    f"{V}.scenes.ink": lambda: (scenes.ink, {"glyph": a_picture()}),
    f"{V}.scenes.ink_box": lambda: (scenes.ink_box, {"glyph": a_picture()}),
    f"{V}.scenes.detections": lambda: (
        scenes.detections,
        {"image": floats(3, 6, 6), "boxes": two_boxes(), "probabilities": floats(2, 3).softmax(-1), "label": 1}
        | {"least": 0.1, "most": 0.3},
    ),
    f"{V}.scenes.partial_windows": lambda: (
        lambda size, stride, least: scenes.partial_windows(floats(3, 8, 8), [(0, 0, 3, 3)], size, stride, least),
        {"size": 3, "stride": 2, "least": 0.2},
    ),
    f"{V}.identities.triplet_loss": lambda: (
        identities.triplet_loss,
        {"anchors": floats(3, 2), "same": doubles(3, 2).float(), "other": floats(3, 2) + 1, "margin": 0.2},
    ),
    f"{V}.identities.hardest": lambda: (identities.hardest, {"anchors": floats(3, 2), "same": floats(3, 2)}),
    f"{V}.identities.Embedding": lambda: (identities.Embedding, {"features": 3, "dim": 2}),
    f"{V}.identities.Embedding.forward": called(embedding, features=lambda: floats(2, 3)),
    f"{V}.identities.batch_loss": lambda: (
        lambda features: identities.batch_loss(embedding(), (features, floats(4, 3))),
        {"features": floats(4, 3)},
    ),
    f"{V}.identities.recognised": lambda: (identities.recognised, {"known": floats(3, 2), "asked": floats(3, 2)}),
    f"{V}.identities.roc_area": lambda: (identities.roc_area, {"same": floats(4), "other": floats(5)}),
}

# --- speech

S = "speech"


def a_sound(n: int = 800) -> sounds.Sound:
    return sounds.Sound(0.1 * floats(n), 8000)


def an_utterance(label: int = 1) -> spoken.Utterance:
    return spoken.Utterance(a_sound(), {"label": label, "voice": f"v{label}"})


def same_weights(make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """A module whose weights are drawn alike every time."""

    def made() -> nn.Module:
        with seeded():
            return make().eval()

    return made


def small_wavenet() -> wavenet.WaveNet:
    with seeded():
        return wavenet.WaveNet(3, 4, (1, 2), 2).eval()


def small_whisper() -> whisper.Whisper:
    with seeded():
        return whisper.Whisper(whisper.WhisperConfig(20, 4, 6, 1, 2, 6, 8)).eval()


def log_shares(*shape: int) -> Tensor:
    return doubles(*shape).log_softmax(-1)


CASES |= {
    f"{S}.sound.tone": lambda: (
        sounds.tone,
        {"frequency": 5.0, "seconds": 0.1, "sample_rate": 100, "amplitude": 0.5},
    ),
    f"{S}.sound.heard_frequency": lambda: (sounds.heard_frequency, {"frequency": 5.0, "sample_rate": 8}),
    f"{S}.sound.resampled": lambda: (
        functools.partial(sounds.resampled, a_sound()),
        {"sample_rate": 6000, "zeros": 4},
    ),
    f"{S}.sound.fourier": lambda: (lambda wave: torch.view_as_real(sounds.fourier(wave)), {"wave": floats(2, 8)}),
    f"{S}.sound.fast_fourier": lambda: (
        lambda wave: torch.view_as_real(sounds.fast_fourier(wave)),
        {"wave": floats(2, 8)},
    ),
    f"{S}.sound.mu_law": lambda: (sounds.mu_law, {"wave": floats(2, 8), "levels": 16}),
    f"{S}.sound.from_mu_law": lambda: (sounds.from_mu_law, {"codes": ids(2, 5), "levels": 16}),
    f"{S}.sound.wav_bytes": lambda: (functools.partial(sounds.wav_bytes, a_sound()), {}),
    f"{S}.sound.mixed": lambda: (functools.partial(sounds.mixed, a_sound()), {"noise": floats(800), "decibels": 3.0}),
    f"{S}.spectrogram.hann": lambda: (spectrogram.hann, {"size": 4}),
    f"{S}.spectrogram.frames": lambda: (spectrogram.frames, {"wave": floats(2, 40), "size": 8, "hop": 4}),
    f"{S}.spectrogram.stft": lambda: (
        lambda wave, size, hop: torch.view_as_real(spectrogram.stft(wave, size, hop)),
        {"wave": floats(2, 40), "size": 8, "hop": 4},
    ),
    f"{S}.spectrogram.istft": lambda: (
        functools.partial(spectrogram.istft, spectrogram.stft(floats(40), 8, 4)),
        {"length": 40, "size": 8, "hop": 4},
    ),
    f"{S}.spectrogram.griffin_lim": lambda: (
        functools.partial(spectrogram.griffin_lim, spectrogram.stft(floats(40), 8, 4).abs(), size=8, hop=4),
        {"length": 40, "rounds": 2, "seed": 1},
    ),
    f"{S}.spectrogram.to_mel": lambda: (spectrogram.to_mel, {"hertz": floats(3, 2).abs()}),
    f"{S}.spectrogram.from_mel": lambda: (spectrogram.from_mel, {"mel": floats(3, 2).abs()}),
    f"{S}.spectrogram.mel_filters": lambda: (
        spectrogram.mel_filters,
        {"n_mels": 3, "size": 16, "sample_rate": 8000},
    ),
    f"{S}.spectrogram.log_mel": lambda: (
        spectrogram.log_mel,
        {"wave": floats(900), "n_mels": 4, "sample_rate": 8000},
    ),
    f"{S}.spectrogram.whisper_features": lambda: (
        functools.partial(spectrogram.whisper_features, a_sound()),
        {"seconds": 0.2},
    ),
    f"{S}.whisper.WhisperConfig": lambda: (
        whisper.WhisperConfig,
        {"vocab_size": 9, "n_mels": 4, "hidden_size": 8, "n_layers": 1, "n_heads": 2, "places": 5, "max_length": 6},
    ),
    f"{S}.whisper.Whisper.forward": called(
        small_whisper, features=lambda: floats(2, 4, 6), token_ids=lambda: ids(2, 3)
    ),
    f"{S}.whisper.Cache": lambda: (functools.partial(whisper.Cache, small_whisper()), {"memory": floats(2, 3, 6)}),
    f"{S}.transcribing.warping_path": lambda: (transcribing.warping_path, {"costs": floats(3, 4)}),
    f"{S}.transcribing.smoothed": lambda: (transcribing.smoothed, {"values": floats(2, 9), "width": 3}),
    f"{S}.transcribing.loudness": lambda: (functools.partial(transcribing.loudness, a_sound()), {"seconds": 0.02}),
    f"{S}.transcribing.speech_spans": lambda: (
        functools.partial(transcribing.speech_spans, a_sound()),
        {"above": 12.0, "pause": 0.2, "seconds": 0.02},
    ),
    f"{S}.transcribing.without_silence": lambda: (
        functools.partial(transcribing.without_silence, a_sound()),
        {"margin": 0.1},
    ),
    f"{S}.transcribing.silence": lambda: (transcribing.silence, {"seconds": 0.1, "sample_rate": 100}),
    f"{S}.scoring.edits": lambda: (scoring.edits, {"reference": ["a", "b"], "written": ["b"]}),
    f"{S}.scoring.spelt_alike": lambda: (scoring.spelt_alike, {"text": "One, 2!"}),
    f"{S}.scoring.word_error_rate": lambda: (
        scoring.word_error_rate,
        {"references": ["a b", "c"], "transcripts": ["a", "c"]},
    ),
    f"{S}.wavenet.receptive_field": lambda: (wavenet.receptive_field, {"dilations": [1, 2], "kernel": 2}),
    f"{S}.wavenet.CausalConvolution": lambda: (
        wavenet.CausalConvolution,
        {"n_from": 2, "n_to": 3, "dilation": 2},
    ),
    f"{S}.wavenet.CausalConvolution.forward": called(
        same_weights(lambda: wavenet.CausalConvolution(4, 3, 2)), hidden=lambda: floats(2, 5, 4)
    ),
    f"{S}.wavenet.WaveNet": lambda: (
        wavenet.WaveNet,
        {"channels": 2, "skips": 3, "dilations": [1, 2], "n_labels": 2},
    ),
    f"{S}.wavenet.WaveNet.forward": called(
        small_wavenet, codes=lambda: ids(2, 5), labels=lambda: ids(2, below=2, least=0)
    ),
    f"{S}.wavenet.Memory.next_logits": lambda: (
        wavenet.Memory(small_wavenet(), torch.tensor([0, 1])).next_logits,
        {"codes": ids(2)},
    ),
    f"{S}.wavenet.PieceBatches": lambda: (
        lambda steps, batch_size, length, seed: list(
            wavenet.PieceBatches([an_utterance()], steps, batch_size, length, seed)
        ),
        {"steps": 2, "batch_size": 3, "length": 8, "seed": 1},
    ),
    f"{S}.wavenet.loudness_by_frequency": lambda: (
        functools.partial(wavenet.loudness_by_frequency, a_sound()),
        {"bands": 5},
    ),
    f"{S}.spoken.digits": lambda: (lambda split: len(spoken.digits(split)), {"split": "test"}),
    f"{S}.spoken.digit_features": lambda: (spoken.digit_features, {"sounds": [a_sound(), a_sound(500)]}),
    f"{S}.spoken.labels": lambda: (spoken.labels, {"utterances": [an_utterance(), an_utterance(2)]}),
    f"{S}.spoken.DigitReader": lambda: (spoken.DigitReader, {"width": 2, "n_layers": 3}),
    f"{S}.spoken.DigitReader.forward": called(
        same_weights(lambda: spoken.DigitReader(2)), inputs=lambda: floats(2, 1, spoken.BANDS, 8)
    ),
    f"{S}.spoken.stretched": lambda: (functools.partial(spoken.stretched, a_sound()), {"speed": 0.8}),
    f"{S}.spoken.pitched": lambda: (functools.partial(spoken.pitched, a_sound()), {"semitones": 2.0}),
    f"{S}.spoken.augmented": lambda: (
        lambda kinds: spoken.augmented(a_sound(), kinds, np.random.default_rng(0)),
        {"kinds": ["noise", "pitch"]},
    ),
    f"{S}.ctc.collapsed": lambda: (ctc.collapsed, {"path": [1, 1, 0, 2]}),
    f"{S}.ctc.log_probability": lambda: (
        ctc.log_probability,
        {"log_probabilities": log_shares(4, 3), "target": [1]},
    ),
    f"{S}.ctc.ctc_loss": lambda: (
        ctc.ctc_loss,
        {"log_probabilities": log_shares(2, 5, 4), "targets": [[1], [2]], "lengths": [5, 4]},
    ),
    f"{S}.ctc.best_path": lambda: (ctc.best_path, {"log_probabilities": log_shares(4, 3)}),
    f"{S}.ctc.beam_search": lambda: (ctc.beam_search, {"log_probabilities": log_shares(4, 3), "width": 20}),
    f"{S}.ctc.spelt": lambda: (ctc.spelt, {"text": "one two"}),
    f"{S}.ctc.read_out": lambda: (ctc.read_out, {"symbols": [1, 2]}),
    f"{S}.ctc.Speller": lambda: (ctc.Speller, {"width": 3}),
    f"{S}.ctc.Speller.forward": called(
        same_weights(lambda: ctc.Speller(3)), features=lambda: floats(2, spoken.BANDS, 8)
    ),
    f"{S}.ctc.spoken_numbers": lambda: (
        functools.partial(ctc.spoken_numbers, [an_utterance(), an_utterance(2)]),
        {"n": 2, "seed": 1, "longest": 3},
    ),
    f"{S}.ctc.speller_features": lambda: (functools.partial(ctc.speller_features, a_sound()), {}),
    f"{S}.ctc.NumberBatches": lambda: (
        lambda batch_size, seed: [
            features for features, _, _ in ctc.NumberBatches([(a_sound(), "one")], batch_size, seed)
        ],
        {"batch_size": 2, "seed": 1},
    ),
}


# --- alignment

AL = "alignment"


def sorter() -> gpt.GPT:
    with seeded():
        return gpt.GPT(gpt.GPTConfig(len(digits.ALPHABET), 8, 1, 2, digits.MAX_LENGTH, dropout=0.0, std=0.3)).eval()


def some_prompts() -> Tensor:
    return digits.draw(2)


def some_answers(*shape: int) -> Tensor:
    return ids(*(shape or (2, 6)), below=len(digits.ALPHABET), least=0)


def two_pairs() -> preferences.Pairs:
    return preferences.Pairs(some_prompts(), some_answers(), digits.right_answers(some_prompts()))


def said_and_mask() -> dict[str, Tensor]:
    return {"said": -floats(2, 3).abs(), "answer_mask": torch.tensor([[True, True, True], [True, False, False]])}


def two_texts() -> list[instructions.Text]:
    return [([5, 6], [7]), ([8], [9, 5])]


def trainings() -> tuple[steering.Steered, ...]:
    row = {"beta": 0.5, "learning_rate": 0.1, "share": 1.0, "points": [[0, 0, 1, 1, 6], [2, 1, 2, 0.5, 7]]}
    return steering.steered([row])


CASES |= {
    f"{AL}.answers.log_probabilities": lambda: (
        functools.partial(of_answers.log_probabilities, small_gpt()),
        {"token_ids": ids(2, 3)},
    ),
    f"{AL}.answers.answer_loss": lambda: (
        lambda answer_mask: of_answers.answer_loss(small_gpt(), of_answers.Answered(ids(2, 3), answer_mask)),
        {"answer_mask": torch.tensor([[False, True, True]] * 2)},
    ),
    f"{AL}.answers.packed": lambda: (of_answers.packed, {"texts": two_texts()}),
    f"{AL}.answers.packed_mask": lambda: (of_answers.packed_mask, {"owners": ids(4)}),
    f"{AL}.digits.encode": lambda: (digits.encode, {"text": "31>"}),
    f"{AL}.digits.decode": lambda: (digits.decode, {"token_ids": [3, 1, 12]}),
    f"{AL}.digits.every_prompt": lambda: (lambda split: digits.every_prompt(split)[:2], {"split": "test"}),
    f"{AL}.digits.draw": lambda: (digits.draw, {"n": 2, "split": "test", "seed": 1}),
    f"{AL}.digits.right_answers": lambda: (digits.right_answers, {"prompts": some_prompts()}),
    f"{AL}.digits.answer_mask": lambda: (digits.answer_mask, {"answers": some_answers()}),
    f"{AL}.digits.shown": lambda: (
        lambda prompts, right, wrong, twice: digits.shown(prompts, torch_rng(), right, wrong, twice),
        {"prompts": some_prompts(), "right": 0.5, "wrong": "copied", "twice": 0.5},
    ),
    f"{AL}.digits.Imitation": lambda: (
        drawn(digits.Imitation),
        {"steps": 2, "batch_size": 3, "seed": 1, "right": 0.5, "wrong": "copied", "twice": 0.5},
    ),
    f"{AL}.digits.answered": lambda: (digits.answered, {"prompts": some_prompts(), "answers": some_answers()}),
    f"{AL}.digits.untrained": lambda: (lambda seed: digits.untrained(seed).norm.weight, {"seed": 1}),
    f"{AL}.digits.sample": lambda: (
        functools.partial(digits.sample, sorter()),
        {"prompts": some_prompts(), "most": 3, "seed": 1},
    ),
    f"{AL}.digits.several": lambda: (
        functools.partial(digits.several, sorter()),
        {"prompts": some_prompts(), "n": 2, "most": 3, "seed": 1},
    ),
    f"{AL}.digits.exact": lambda: (digits.exact, {"prompts": some_prompts(), "answers": some_answers()}),
    f"{AL}.digits.in_order": lambda: (digits.in_order, {"prompts": some_prompts(), "answers": some_answers()}),
    f"{AL}.digits.same_digits": lambda: (digits.same_digits, {"prompts": some_prompts(), "answers": some_answers()}),
    f"{AL}.digits.repaired": lambda: (digits.repaired, {"prompts": some_prompts(), "answers": some_answers()}),
    f"{AL}.preferences.win_probability": lambda: (
        preferences.win_probability,
        {"better": floats(3), "worse": -floats(3)},
    ),
    f"{AL}.preferences.preference_loss": lambda: (
        preferences.preference_loss,
        {"chosen": floats(3), "rejected": -floats(3)},
    ),
    f"{AL}.preferences.pairs_of": lambda: (
        preferences.pairs_of,
        {"prompts": some_prompts(), "answers": some_answers(2, 3, 6), "scores": floats(2, 3), "seed": 1},
    ),
    f"{AL}.preferences.PairBatches": lambda: (
        lambda steps, batch_size, seed: list(preferences.PairBatches(two_pairs(), sorter(), steps, batch_size, seed)),
        {"steps": 2, "batch_size": 2, "seed": 1},
    ),
    f"{AL}.preferences.implicit_reward": lambda: (
        preferences.implicit_reward,
        {"said": floats(3), "reference": -floats(3), "beta": 0.5},
    ),
    f"{AL}.preferences.dpo_loss": lambda: (
        preferences.dpo_loss,
        {"chosen": floats(3), "rejected": -floats(3), "reference_chosen": floats(3), "reference_rejected": floats(3)}
        | {"beta": 0.5},
    ),
    f"{AL}.preferences.mean_length": lambda: (preferences.mean_length, {"answers": some_answers()}),
    f"{AL}.reinforcement.reinforce_loss": lambda: (
        reinforcement.reinforce_loss,
        {**said_and_mask(), "rewards": floats(2)},
    ),
    f"{AL}.reinforcement.centred": lambda: (reinforcement.centred, {"rewards": floats(2, 3)}),
    f"{AL}.reinforcement.group_advantages": lambda: (
        reinforcement.group_advantages,
        {"rewards": floats(2, 3), "epsilon": 0.5},
    ),
    f"{AL}.reinforcement.clipped_loss": lambda: (
        reinforcement.clipped_loss,
        {**said_and_mask(), "before": -floats(2, 3).abs(), "advantages": floats(2), "clip_range": 0.2},
    ),
    f"{AL}.reinforcement.grpo_loss": lambda: (
        reinforcement.grpo_loss,
        {**said_and_mask(), "before": -floats(2, 3).abs(), "reference": -floats(2, 3).abs(), "advantages": floats(2)}
        | {"clip_range": 0.2, "beta": 0.1},
    ),
    f"{AL}.reinforcement.divergence": lambda: (
        reinforcement.divergence,
        {"said": -floats(2, 3).abs(), "reference": floats(2, 3)},
    ),
    f"{AL}.reinforcement.mean_of_answers": lambda: (
        reinforcement.mean_of_answers,
        {"values": floats(2, 3), "answer_mask": said_and_mask()["answer_mask"]},
    ),
    f"{AL}.reinforcement.Rollouts": lambda: (
        lambda steps, n_prompts, group, inner, most, way, seed: [
            batch.worth
            for batch in reinforcement.Rollouts(
                sorter(),
                digits.in_order,
                steps,
                n_prompts=n_prompts,
                group=group,
                inner=inner,
                most=most,
                way=way,
                seed=seed,
            )
        ],
        {"steps": 1, "n_prompts": 2, "group": 2, "inner": 2, "most": 3, "way": "grpo", "seed": 1},
    ),
    f"{AL}.reinforcement.mixed": lambda: (
        lambda share: reinforcement.mixed(digits.exact, digits.in_order, share)(some_prompts(), some_answers()),
        {"share": 0.5},
    ),
    f"{AL}.thinking.pass_at_k": lambda: (thinking.pass_at_k, {"n": 6, "n_right": 2, "k": 3}),
    f"{AL}.thinking.majority": lambda: (thinking.majority, {"answers": some_answers(2, 3, 6)}),
    f"{AL}.thinking.best_of": lambda: (thinking.best_of, {"scores": floats(2, 3)}),
    f"{AL}.thinking.longer": lambda: (
        thinking.longer,
        {"answers": some_answers(2, 3, 6), "right": torch.ones(2, 3), "scores": floats(2, 3), "many": [1, 3]},
    ),
    f"{AL}.instructions.as_json": lambda: (instructions.as_json, {"answer": "Rome", "topic": "geography"}),
    f"{AL}.instructions.fields_of": lambda: (instructions.fields_of, {"reply": "no"}),
    f"{AL}.instructions.json_examples": lambda: (instructions.json_examples, {}),
    f"{AL}.instructions.encoded": lambda: (
        functools.partial(instructions.encoded, chat_words()),
        {"examples": [("the user", "and")]},
    ),
    f"{AL}.instructions.replies": lambda: (
        functools.partial(instructions.replies, small_llama(), chat_words(), [[chat.Message("user", "the")]]),
        {"most": 2},
    ),
    f"{AL}.instructions.ReadBatches": lambda: (
        lambda first, batch_size, seed: list(
            instructions.ReadBatches(small_llama(), two_texts(), first, batch_size, seed)
        ),
        {"first": 1, "batch_size": 2, "seed": 1},
    ),
    f"{AL}.limits.gives_way": lambda: (limits.gives_way, {"reply": "I am sorry."}),
    f"{AL}.limits.refuses": lambda: (limits.refuses, {"reply": "I can't talk."}),
    f"{AL}.limits.refusal_examples": lambda: (limits.refusal_examples, {}),
    f"{AL}.limits.after": lambda: (
        functools.partial(limits.after, small_llama(), chat_words(), chat_analysis.exam(1)[:1], ["the"]),
        {"follow_up": "Are you sure?", "most": 2},
    ),
    f"{AL}.steering.steered": lambda: (
        steering.steered,
        {"rows": [{"beta": 0.5, "learning_rate": 0.1, "share": 1.0, "points": [[0, 0, 1, 1, 6]]}]},
    ),
    f"{AL}.steering.grid": lambda: (functools.partial(steering.grid, trainings()), {"name": "beta"}),
    f"{AL}.steering.chosen": lambda: (
        functools.partial(steering.chosen, trainings()),
        {"beta": 0.5, "learning_rate": 0.1, "share": 1.0},
    ),
    f"{AL}.steering.between": lambda: (functools.partial(steering.between, trainings()[0].points), {"step": 1.5}),
    f"{AL}.steering.objective": lambda: (
        functools.partial(steering.objective, trainings()[0].points[1]),
        {"beta": 0.5},
    ),
    f"{AL}.steering.best_exact": lambda: (steering.best_exact, {"points": list(trainings()[0].points)}),
}


# --- junk -------------------------------------------------------------------------------------------------------------

HUGE = 2**40
ENDLESS = (  # loops in Python
    *("steps", "epochs", "max_steps", "rounds", "n_distractors", "n", "n_layers", "num_hidden_layers", "n_inputs"),
    "depth",
)
WRONG_TYPES = (  # Python says that itself
    *("None", "a text for numbers", "texts for numbers", "a number for a text"),
    *("[None]", "[[]]", "['x']", "[['x']]", "[a number]"),
)


def junk(argument: str, value: Any) -> dict[str, Any]:
    """All junk for an argument, by name, after the kind of its valid value; none for functions, models and the like."""
    if isinstance(value, bool) or hasattr(value, "_fields"):
        return {}
    if isinstance(value, int):
        wrong = {"0": 0, "-1": -1, "1.5": 1.5, "True": True, "nan": math.nan, "a text for numbers": "3"}
        wrong |= {} if argument in ENDLESS else {"huge": HUGE}
    elif isinstance(value, float):
        wrong = {"-1.0": -1.0, "nan": math.nan, "inf": math.inf, "a text for numbers": "x"}
    elif isinstance(value, str):
        wrong = {"nothing": "", "emoji": "🙂", "half a character": "\ud800", "a number for a text": 3}
    elif isinstance(value, Tensor):
        wrong = _junk_tensors(value)
    elif isinstance(value, np.ndarray):
        wrong = {name: np.asarray(one) for name, one in _junk_tensors(torch.as_tensor(value)).items()}
        wrong["texts for numbers"] = ["a", "b"]
    elif isinstance(value, list | tuple) and value:
        wrong = _junk_lists(value)
    else:
        return {}
    return {**wrong, "None": None}


def _junk_tensors(value: Tensor) -> dict[str, Any]:
    wrong = {"no row": value[:0], "one axis more": value[None], "one axis less": value[0], "one row": value[:1]}
    if value.dtype.is_floating_point:
        wrong |= {"nan": torch.full_like(value, math.nan), "whole numbers": torch.ones_like(value, dtype=torch.long)}
    else:
        wrong |= {"fractions": value + 0.5}
    if value.dtype == torch.int64:
        wrong |= {"below 0": torch.full_like(value, -1), "far above": torch.full_like(value, 10**6)}
    return {**wrong, "texts for numbers": ["a", "b"]}


def _junk_lists(value: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    kind, first = type(value), value[0]
    bare = "a bare text" if isinstance(first, str) else "a text for numbers"
    wrong: dict[str, Any] = {"nothing": kind(), bare: "abc", "[None]": kind([None]), "[[]]": kind([[]])}
    if isinstance(first, str):
        wrong |= {"[3]": kind([3]), "[half a character]": kind(["\ud800"])}
    elif isinstance(first, float):
        wrong |= {"[nan]": kind([math.nan] * len(value)), "['x']": kind(["x"]), "one more": kind([*value, first])}
    elif isinstance(first, int):
        wrong |= {"[-1]": kind([-1] * len(value)), "[huge]": kind([HUGE]), "[1.5]": kind([1.5] * len(value))}
        wrong |= {"['x']": kind(["x"]), "one more": kind([*value, first])}
    elif isinstance(first, list):
        wrong |= {"[a number]": kind([3]), "[['x']]": kind([["x"]]), "[[-1]]": kind([[-1]]), "[[1.5]]": kind([[1.5]])}
    return wrong


def is_optional(function: Callable[..., Any], argument: str) -> bool:
    """Whether None is valid."""
    parameter = inspect.signature(function).parameters.get(argument)
    return parameter is not None and (parameter.default is None or "None" in str(parameter.annotation))


# --- what is accepted -------------------------------------------------------------------------------------------------

# (names of cases, names of arguments, junk, junk, ...) -> why this may pass.
HARMLESS: dict[tuple[str, str, str], str] = {
    # --- numbers
    ("*", "seed", "0, huge"): "a seed like any other",
    ("*", "batch_size", "huge"): "one batch of everything",
    ("*", "block_size", "huge"): "one block of everything",
    ("*", "max_length", "huge"): "nothing is cut",
    ("*", "k", "huge"): "all of them, best first",
    ("*", "steps", "0"): "no step: the start alone",
    ("*", "epochs", "0"): "no step: the start alone",
    ("*", "sizes", "one more"): "one layer more",
    ("*", "token_ids", "one more"): "one token more",
    ("*", "max_norm", "inf"): "no clipping, as `fit` says",
    ("*.train*", "vocab_size", "huge"): "learning ends when nothing is left to join",
    (
        "*_warmup_decay",
        "*steps",
        "0, 1.5, True, huge",
    ): "a place like any other on the way up or down, or behind its end",
    ("*_warmup_decay", "step", "0, 1.5, True, huge"): "a place like any other on the way up or down, or behind its end",
    (f"{T}.*_parameters", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
    (f"{T}.*_flops", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
    (f"{A}.attention_flops", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
    (f"{T}.gpt_*", "n_layers", "0"): "a model may lack layers",
    (f"{T}.bert_parameters", "n_layers", "0"): "a model may lack layers",
    (f"{T}.*_parameters", "max_length", "0"): "a model may lack learnt positions",
    (f"{T}.*_parameters", "segments", "0"): "a model may lack segments",
    (f"{T}.Transformer.greedy", "start_id", "0"): "an id like any other",
    (f"{A}.kernel_smoothing", "bandwidth", "inf"): "the plain average, which is the limit",
    (f"{G}.values.Value*", "*", "-1.0, nan, inf"): "a Value is any float; what is not finite is seen",
    (f"{G}.arrays.Array.*", "exponent", "-1.0"): "a power like any other",
    (f"{G}.arrays.Array.*", "axis", "0, -1, None"): "an axis, or all",
    (f"{G}.*.__call__", "inputs", "[nan]"): "a Value is any float; what is not finite is seen",
    (f"{G}.surfaces.best_learning_rate", "learning_rates", "one more"): "one rate more",
    (f"{N}.cross_entropy*", "ignored", "0, -1, huge"): "any whole number may mark what is passed over",
    (f"{N}.he_deviation", "n_from", "huge"): "nothing is made",
    (f"{N}.shifted", "pixels", "0"): "the images as they are",
    (f"{K}.bits_per_character", "n_characters", "huge"): "a long text",
    (f"{K}.generate", "n", "0"): "nothing is drawn: the first ids alone",
    ("gpt.sampling.generate", "n", "0"): "nothing is drawn: the first ids alone",
    ("gpt.sampling.Sampler", "top_k", "huge"): "all of them stay",
    ("gpt.model.GPT.embed", "start", "0"): "the first place",
    ("gpt.analysis.repeated_share", "token_ids", "a text for numbers, [-1], [1.5]"): "runs of anything can be counted",
    ("fine_tuning.classifier.train_only_last", "n_layers", "0"): "the head alone, as its docstring says",
    ("kit.batches.*", "pad_id", "0, -1, huge"): "any whole number may fill the places that the mask hides",
    (
        "kit.training.EarlyStopping",
        "patience",
        "huge",
    ): "it never stops; the best weights are brought back all the same",
    ("kit.tables.text", "longest", "huge"): "nothing is cut",
    ("kit.results.mean_interval", "values", "one more"): "one run more",
    # --- texts
    (
        "tokens.*",
        "text",
        "nothing, emoji, half a character",
    ): "any text can be cut into tokens; half a character is U+FFFD",
    (
        "tokens.*",
        "pair",
        "nothing, emoji, half a character",
    ): "any text can be cut into tokens; half a character is U+FFFD",
    ("*", "*", "[half a character]"): "half a character becomes U+FFFD, as in every tokenizer of the course",
    ("tokens.*.train", "text", "a bare text"): "one text or many",
    ("tokens.*.BytePairTokenizer*", "merges", "nothing"): "a tokenizer of single bytes",
    ("tokens.*.BytePairTokenizer*", "special_tokens", "nothing"): "there may be none",
    ("kit.texts.readable", "text", "emoji, half a character"): "any text is a text; half a character becomes U+FFFD",
    ("gpt.analysis.longest_overlap", "*", "emoji, half a character"): "any texts may overlap, or not",
    (f"{D}.days_meant", "text", "emoji, half a character"): "a text without three numbers means no day",
    ("kit.datasets.normalised", "text", "emoji, half a character"): "a text without letters is empty without them",
    ("kit.training.EarlyStopping", "metric", "emoji, half a character"): "any name that `validate` gives",
    (f"{D}.is_trained", "text", "nothing, emoji, half a character"): "no: no day is so written",
    ("kit.tables.text", "*", "nothing"): "no rows, all columns, no formats",
    # --- lists
    (f"{M}.suitable", "examples", "[[]], [['x']], [[-1]], [[1.5]]"): "only lengths are looked at",
    (
        "kit.batches.check_batches",
        "examples",
        "[None], [[]], [a number], [['x']], [[-1]], [[1.5]]",
    ): "only their number",
    ("kit.batches.by_length", "order", "one more"): "an example may come twice",
    ("kit.batches.pad", "examples", "[[-1]]"): "the vocabulary is the model's, which checks",
    # --- tensors
    (f"{L}.standardise", "*", "one row"): "one example is centred",
    (f"{L}.gradient_descent", "start", "one axis less, one row"): "any shape that its gradient takes",
    (f"{L}.*_hessian", "table", "one row"): "one example is enough",
    (f"{G}.arrays.Array.*", "other", "one axis less, one axis more, one row"): "broadcast, as in NumPy",
    (f"{G}.arrays.unbroadcast", "gradient", "no row, one axis more, one axis less, one row"): "so many copies",
    (f"{G}.arrays.unbroadcast", "shape", "nothing"): "a single number",
    (f"{G}.surfaces.descend", "starts", "one axis less, one row"): "any points (..., 2)",
    (f"{G}.surfaces.best_learning_rate", "starts", "one row"): "one start is enough",
    (f"{N}.dead_units", "activations", "one row"): "one example is enough",
    (f"{N}.digits", "labels", "far above"): "the loss knows the classes",
    (f"{N}.shifted", "images", "one row"): "one image is enough, moved by other numbers",
    (f"{N}.ShuffledBatches", "labels", "fractions, below 0, far above"): "targets of any kind; the loss looks at each",
    ("start_here.nearest", "vectors", "one row"): "one vector is enough",
    (f"{K}.windows", "token_ids", "below 0, far above"): "the vocabulary is the model's, which checks",
    (f"{K}.WindowBatches", "token_ids", "below 0, far above"): "the vocabulary is the model's, which checks",
    ("gpt.training.Chunks", "token_ids", "below 0, far above"): "the vocabulary is the model's, which checks",
    ("gpt.training.orthogonalised", "matrix", "one row"): "a matrix may have one row",
    (f"{K}.bits_per_character", "token_bits", "one row"): "one token is enough",
    (f"{M}.mask_tokens", "token_ids", "one row"): "one text is enough, with other holes",
    ("*", "mask", "one axis less, one row"): "a mask is broadcast: (batch, 1, keys) is the same for all queries",
    (f"{T}.*", "memory_mask", "one axis less, one row, None"): "a mask is broadcast; None: no padding",
    (f"{A}.*_attention", "*", "one axis less, one row"): "leading dimensions are broadcast, as by PyTorch's function",
    (f"{M}.masked_loss", "attention_mask", "None"): "no padding",
    (f"{M}.quality", "batches", "nothing"): "0 where nothing is asked, as its docstring says",
    (f"{M}.train_wordpiece", "texts", "nothing"): "the special tokens alone",
    (f"{L}.cross_entropy*", "labels", "below 0"): "−1 stands for 0, and the gradient reads it alike",
    ("fine_tuning.evaluation.shares_a_name", "most", "huge"): "a name may stand as often as it likes",
    # --- applications
    (f"{P}.heads.RowBatches", "pad_id", "0, -1, huge"): "the vocabulary is the model's, which checks",
    (f"{P}.entities.bio", "entities", "nothing"): "a text without entities",
    (f"{P}.entities.Gazetteer.predict", "texts", "[['x']]"): "another text",
    (f"{P}.entities.EntityFinder.predict", "texts", "[['x']]"): "another text",
    (f"{P}.entities.Gazetteer.predict", "texts", "[[]]"): "a text without words has no tags",
    (f"{P}.entities.word_features", "place", "0"): "the first word",
    (f"{P}.entities.aligned", "word_numbers", "[None]"): "a piece of no word",
    (f"{P}.entities.aligned", "labels", "one more"): "the last word may be cut",
    (f"{P}.answers.plain", "answer", "emoji, half a character"): "any text is a text",
    (f"{P}.answers.*", "given", "nothing, emoji, half a character"): "any text is a text; none is no answer",
    (f"{P}.answers.exact_match", "answers", "nothing"): "no answer is right",
    (f"{P}.answers.answer_f1", "answers", "nothing"): "no answer is right",
    (f"{P}.answers.*", "max_tokens", "huge"): "spans of any length",
    (f"{P}.answers.make_questions", "n_distractors", "0"): "facts alone",
    (f"{P}.answers.AnswerFinder.predict", "threshold", "-1.0, inf"): "always an answer, or never",
    (f"{P}.search.*", "found", "[huge], one more"): "ranks like others",
    (f"{P}.summaries.rouge_terms", "text", "emoji, half a character"): "a text without words",
    (f"{P}.summaries.rouge*", "reference", "nothing, emoji, half a character"): "a text without words shares none",
    (f"{P}.summaries.rouge*", "summary", "nothing, emoji, half a character"): "a text without words shares none",
    (
        f"{P}.summaries.longest_common",
        "*",
        "nothing, a bare text, [None], [[]], [3], [half a character]",
    ): "any sequence",
    (f"{P}.summaries.centrality", "vectors", "one row"): "one vector is its own mean",
    (f"{P}.search.terms", "text", "emoji, half a character"): "a text without words has no terms",
    (f"{P}.search.cosine_similarities", "documents", "one row"): "one document is enough",
}


HARMLESS |= {  # of llama
    (f"{U}.weights.from_*", "blocks", "no row"): "no block, no number",
    (f"{U}.tokenizer.*", "text", "nothing, emoji, half a character"): "any text can be cut into tokens",
    (f"{U}.chat.*", "content", "nothing, emoji, half a character"): "a turn may say anything",
    (f"{U}.chat.*", "system", "nothing, emoji, half a character"): "a turn may say anything",
    (f"{U}.chat.*", "text", "nothing, emoji, half a character"): "a turn may say anything",
    (f"{U}.chat.*", "most", "0"): "nothing is written",
    (f"{U}.chat.*", "answer_ids", "one more"): "one token more",
    (f"{U}.grounded.*", "text", "emoji, half a character"): "a text without words has no terms",
    (f"{U}.grounded.*", "question", "nothing, emoji, half a character"): "a question may have no words",
    (f"{U}.grounded.*", "passage", "nothing, emoji, half a character"): "a passage may have no words",
    (f"{U}.*", "reply", "nothing, emoji, half a character"): "a model may say anything",
    (f"{U}.analysis.separation*", "high", "one more"): "one answer more",
    (f"{U}.analysis.separation*", "low", "one more"): "one answer more",
    (f"{U}.analysis.llama_parameters", "n_layers", "0"): "a model may lack layers",
    (f"{U}.analysis.window_mask", "start", "0"): "the beginning of a text",
    (f"{U}.analysis.window_mask", "sinks", "0, huge"): "no sinks, or all of them",
    (f"{U}.changes.Changed", "changes", "nothing"): "10's GPT as it was",
    (f"{U}.model.*", "places", "below 0, far above, fractions, one row, no row"): "any place has its turn",
    (f"{U}.model.RMSNorm.forward", "hidden", "one axis less, one axis more, one row"): "each vector by itself",
    (f"{U}.model.SwiGLU.forward", "hidden", "one axis less, one axis more, one row"): "each vector by itself",
    (f"{U}.analysis.*_bytes", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
    (f"{U}.analysis.*_parameters", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
}


HARMLESS |= {  # of alignment
    (f"{AL}.digits.s*", "prompts", "one row"): "fewer numbers are drawn, so others",
    (f"{AL}.preferences.mean_length", "answers", "one row"): "the mean of one",
    (f"{AL}.answers.packed_mask", "owners", "below 0, far above"): "the number of a text is any number",
    (f"{AL}.thinking.majority", "answers", "below 0, far above"): "any tokens can be counted",
    (f"{AL}.thinking.longer", "answers", "below 0, far above"): "any tokens can be counted",
    (f"{AL}.thinking.longer", "many", "one more"): "one row more",
    (f"{AL}.thinking.pass_at_k", "n_right", "0"): "none was right",
    (f"{AL}.instructions.as_json", "*", "nothing, emoji, half a character"): "any text can be written so",
    (f"{AL}.*", "reply", "nothing, emoji, half a character"): "a model may say anything",
    (f"{AL}.*", "most", "0"): "nothing is written",
    (f"{AL}.*", "follow_up", "nothing, emoji, half a character"): "a user may say anything",
    (f"{AL}.instructions.ReadBatches", "first", "0"): "all layers learn",
}


HARMLESS |= {  # of translation
    (f"{W}.*", "texts", "[half a character]"): "any text can be read",
    (f"{W}.search.*", "*_id", "0, huge"): "any token may begin or end a text",
    (f"{W}.bergamot.*", "start", "0, huge"): "any place has its waves",
    (f"{W}.scores.runs", "items", "nothing, a bare text, [None], [3], [half a character]"): "runs of whatever it is",
    (f"{W}.translator.teacher_forcing", "target_ids", "far above"): "an id of a larger vocabulary",
    (f"{W}.sentences.subwords", "vocab_size", "huge"): "it learns until nothing is left to join",
    (f"{W}.sentences.encoded", "texts", "nothing"): "no text, no ids",
    (f"{W}.sentences.*", "token_ids", "nothing, one more"): "no ids spell no text",
    (f"{W}.translator.*", "text", "nothing, emoji, half a character"): "a text may be empty: its end is there",
    (f"{W}.translator.*", "target", "nothing, emoji, half a character"): "a text may be empty: its end is there",
    (f"{W}.scores.*", "text", "nothing, emoji, half a character"): "a text may have no words",
    (f"{W}.scores.*", "counts", "one row, one axis less"): "counts of one sentence",
    (f"{W}.search.minimum_bayes_risk", "texts", "[3], [None], [[]]"): "the utility says what a text is",
    (f"{W}.spelling.sounds", "token_ids", "nothing, one more"): "no ids sound like nothing",
    (f"{W}.spelling.*", "words", "[half a character]"): "a letter that is unknown",
    (f"{W}.sentences.PairBatches", "n_batches", "None"): "None stands for one pass",
    (f"{W}.sentences.padded", "rows", "[[-1]]"): "what a number stands for is the model's affair",
    (f"{W}.translator.reader", "source_ids", "one row"): "one text is enough",
    (f"{W}.marian.Shortlist.may_follow", "source_ids", "one row"): "one text is enough",
    (f"{W}.bergamot.RecurrentUnit.forward", "state", "whole numbers"): "numbers like others",
    (f"{W}.recurrent.RecurrentTranslator.greedy", "start_id", "0"): "any token may begin a text",
}

HARMLESS |= {  # of efficient models
    (f"{F}.costs.*_operations", "*", "huge"): "Python's whole numbers have no end, and nothing is made",
    (f"{F}.quantization.*", "weights", "one axis more, one axis less, one row"): "groups lie along the last axis",
    (f"{F}.quantization.nf4", "weights", "one axis more, one axis less, one row"): "blocks in any shape",
    (
        f"{F}.quantization.*nteger*",
        "inputs",
        "one axis less, one row",
    ): "the inputs share a scale, so fewer have another",
    (f"{F}.quantization.gptq", "inputs", "one row"): "one input is enough",
    (f"{F}.quantization.bits_a_weight", "size", "huge"): "a large group",
    (f"{F}.quantization.room", "[wn]*", "huge"): "a large map",
    (f"{F}.quantization.steps_between", "low", "-1.0"): "a number like any other",
    (f"{F}.pruning.least_heads", "n", "0"): "no head goes",
    (f"{F}.pruning.remove_heads", "removed", "nothing"): "no head goes",
    (f"{F}.pruning.remove_inner", "removed", "nothing"): "no number goes",
    (f"{F}.pruning.without_*", "removed", "nothing"): "all stays as it was",
    (f"{F}.pruning.without_*", "heads", "nothing"): "all stays as it was",
    (f"{F}.choices.best_within", "budget", "-1.0, inf"): "none can be afforded, or any",
}

HARMLESS |= {  # of scaling
    (f"{Z}.account.Sizes", "n_key_heads", "0"): "as many as there are heads",
    (f"{Z}.account.Sizes", "intermediate_size", "0, huge"): "four times hidden_size; nothing is made",
    (f"{Z}.account.*_bytes", "n_*", "huge"): "nothing is made",
    (f"{Z}.account.*_bytes", "batch_size", "huge"): "nothing is made",
    (f"{Z}.account.state_bytes", "sharded", "0"): "nothing is cut",
    (f"{Z}.one_machine.*", "hidden", "one axis more, one axis less, one row"): "a layer takes any rows",
    (f"{Z}.one_machine.*", "patience", "huge"): "the factor never doubles",
    (f"{Z}.simulator.Line.*", "n_devices", "huge"): "nothing is made",
    (f"{Z}.simulator.bubble", "*", "huge"): "nothing is made",
    (f"{Z}.simulator.kept_pieces", "*", "huge"): "nothing is made",
    (
        f"{Z}.simulator.idle",
        "places",
        "a bare text, [None], [[]], [3], [half a character]",
    ): "a place of no task is idle",
    (f"{Z}.simulator.scaling", "devices", "nothing, [huge], one more"): "nothing is made",
    (f"{Z}.planner.Task", "n_devices", "huge"): "more devices than texts",
    (f"{Z}.planner.with_cuts", "*", "huge"): "it cannot be cut like that",
    (f"{Z}.quality.*", "text", "nothing, emoji, half a character"): "a text may have no words",
    (f"{Z}.quality.*", "texts", "nothing, [half a character]"): "a text may have no words, and there may be none",
    (f"{Z}.quality.*", "clean", "[half a character]"): "a text may have no words",
    (f"{Z}.quality.*", "dirty", "[half a character]"): "a text may have no words",
    (f"{Z}.quality.*", "others", "nothing, [half a character]"): "a text may have no words, and there may be none",
    (f"{Z}.quality.caught", "*", "huge"): "nothing is made",
    (f"{Z}.quality.agreement", "*", "fractions, below 0, far above"): "other numbers, which do not agree",
    (f"{Z}.simulator.data_parallel", "slower", "nothing"): "all are equally fast",
}

HARMLESS |= {  # of interpretability
    (f"{Y}.attribution.*", "label", "0"): "the first label",
    (f"{Y}.attribution.explained", "text", "emoji, half a character"): "a word that is unknown",
    (f"{Y}.attribution.with_places", "gone", "[[]]"): "nothing goes",
    (f"{Y}.attribution.with_places", "mask_id", "0"): "the first token",
    (f"{Y}.faithfulness.randomised", "n_layers", "0"): "the head alone is new",
    (f"{Y}.erasing.erased", "layer", "0"): "the first layer",
    (f"{Y}.circuits.repeats", "high", "None"): "half of the length",
    (f"{Y}.circuits.*_score", "weights", "one row"): "one sequence is enough",
    (f"{Y}.circuits.silenced", "*", "0"): "the first one",
    (f"{Y}.patching.*", "answer", "0"): "the first token",
    (f"{Y}.patching.*", "other", "0"): "the first token",
    (f"{Y}.attribution.integrated_gradients", "words", "one row"): "one text is what it takes",
    (f"{Y}.attribution.integrated_gradients", "base", "one row"): "one text is what it takes",
    (f"{Y}.attribution.with_places", "token_ids", "one row, far above"): "one text is what it takes, of any ids",
    (f"{Y}.patching.*", "layer", "0"): "the first layer",
    (f"{Y}.patching.handover", "differs", "0"): "the first place",
    (f"{Y}.dictionaries.Squeezed.forward", "features", "one axis less, one axis more, one row"): "any rows",
    (f"{Y}.dictionaries.dictionary_loss", "vectors", "one row"): "one vector is enough",
    (f"{Y}.dictionaries.recovered", "directions", "one row"): "one direction is enough",
    (f"{Y}.dictionaries.recovered", "known", "one row"): "one direction is enough",
    (f"{Y}.dictionaries.strongest_places", "feature", "0"): "the first feature",
    (f"{Y}.graphs.both_ways", "facts", "one row"): "one fact is enough",
    (f"{Y}.graphs.both_ways", "n_relations", "huge"): "nothing is made",
    (f"{Y}.graphs.by_*", "entities", "one row"): "one entity is enough",
    (f"{Y}.graphs.train_graph", "facts", "one row"): "one fact is enough",
    (f"{Y}.graphs.*", "ranks", "one row"): "one rank is enough",
    (f"{Y}.graphs.judged", "*", "one row"): "one fact is enough",
}

HARMLESS |= {  # of vision
    (f"{V}.*", "padding", "0"): "no margin",
    (f"{V}.looking.average_precision", "n_targets", "huge"): "many were missed",
    (f"{V}.convolution.receptive_field", "layers", "nothing"): "without a layer a pixel sees itself",
    (f"{V}.networks.small_cnn", "widths", "one more"): "one stage more",
    (f"{V}.efficientnet.name_of", "label", "0"): "the first class",
    (f"{V}.looking.*_map", "label", "0"): "the first class",
    (f"{V}.pictures.*", "picture", "one row"): "a picture may be low",
    (f"{V}.transfer.first_of_each", "labels", "far above"): "any whole number from 0 on may be a class",
    (f"{V}.transfer.predictions", "images", "nan"): "a class is named all the same",
    (f"{V}.transfer.agreement", "*", "below 0, far above"): "a class that is not the right one",
    (f"{V}.looking.spread_out", "values", "one row"): "a map may have one row",
    (f"{V}.looking.box_of", "values", "one row"): "a map may have one row",
    (f"{V}.looking.overlap", "others", "one row"): "one box is enough",
    (f"{V}.looking.cut_out", "image", "one row"): "one channel is enough",
    (f"{V}.looking.hits", "targets", "no row, one row"): "there may be one target, or none",
    (f"{V}.identities.roc_area", "*", "one row"): "one pair is enough",
    (f"{V}.scenes.ink*", "glyph", "one row"): "a glyph may be low",
    (f"{V}.scenes.scene", "labels", "[-1], [1.5]"): "whatever a thing is called",
    (f"{V}.scenes.detections", "label", "0"): "the first class",
    (f"{V}.scenes.detections", "image", "one row, nan"): "ink in one channel is ink; what is no number is none",
}

HARMLESS |= {  # of speech
    (f"{S}.sound.mixed", "decibels", "-1.0"): "noise that is louder than the sound",
    (f"{S}.spectrogram.griffin_lim", "rounds", "0"): "the guess alone",
    (f"{S}.transcribing.warping_path", "costs", "one row"): "a table may have one row",
    (f"{S}.scoring.edits", "*", "nothing, a bare text, [None], [[]], [3]"): "any sequences can be compared",
    (f"{S}.scoring.spelt_alike", "text", "nothing, emoji, half a character"): "a text may hold no word",
    (f"{S}.wavenet.receptive_field", "dilations", "nothing"): "without a layer, the moment itself",
    (f"{S}.wavenet.*", "dilations", "one more"): "one layer more",
    (f"{S}.spoken.pitched", "semitones", "-1.0"): "lower",
    (f"{S}.spoken.augmented", "kinds", "nothing"): "the sound as it is",
    (f"{S}.ctc.collapsed", "path", "[huge], one more"): "any whole number may be a symbol",
    (f"{S}.ctc.log_probability", "target", "nothing, one more"): "another text, or none",
    (f"{S}.ctc.*", "log_probabilities", "one row"): "one frame is enough",
    (f"{S}.ctc.read_out", "symbols", "one more"): "one letter more",
}


def reason(name: str, argument: str, wrong: str) -> str | None:
    """Why this junk may pass, if it may."""
    for (cases, arguments, kinds), why in HARMLESS.items():
        if fnmatchcase(name, cases) and fnmatchcase(argument, arguments) and wrong in kinds.split(", "):
            return why
    return None


def leaves(found: Any) -> list[list[float] | str]:
    """The numbers of each array and each text in a result, one after the other."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, Tensor):
        return [[round(number, 4) for number in found.detach().double().flatten().tolist()]]
    if isinstance(found, np.ndarray):
        return leaves(torch.tensor(found)) if found.dtype.kind in "fiub" else []
    if isinstance(found, Value | float | int):
        return [[round(float(found.data if isinstance(found, Value) else found), 4)]]
    if isinstance(found, Array):
        return leaves(found.data)
    if isinstance(found, nn.Module):
        return leaves(found.state_dict())
    if isinstance(found, Mapping):
        return leaves(list(found.values()))
    if isinstance(found, list | tuple):
        return [leaf for value in found for leaf in leaves(value)]
    return leaves(vars(found)) if hasattr(found, "__dict__") else []


def numbers(found: Any) -> list[float]:
    return [number for leaf in leaves(found) if not isinstance(leaf, str) for number in leaf]


def is_ours(error: BaseException) -> bool:
    """Whether a `raise` in lessons/ gave it, and not a function that was called there."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    inside = Path(frame.filename).is_relative_to(ROOT / "lessons")
    return inside and linecache.getline(frame.filename, frame.lineno or 0).strip().startswith("raise ")


def is_sentence(message: str) -> bool:
    return re.fullmatch(r"[\w“‘\"'({\[].*[.?)\]]", message, re.DOTALL) is not None  # it may start with a name


def outcome(function: Callable[..., Any], arguments: dict[str, Any]) -> tuple[Any, BaseException | None]:
    with seeded(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(**arguments), None
        except Exception as error:
            return None, error


def verdict(name: str, argument: str, wrong: str) -> str | None:
    """What is wrong with how one call of a case took one piece of junk; None if nothing is."""
    function, arguments = CASES[name]()
    if wrong == "None" and is_optional(function, argument):
        return None
    arguments[argument] = junk(argument, arguments[argument])[wrong]
    found, error = outcome(function, arguments)
    if error is None:
        return _silence(name, argument, wrong, found)
    told = f"{type(error).__name__}: {error}"
    if wrong in WRONG_TYPES and isinstance(error, TypeError | AttributeError):
        return None
    if name == f"{L}.newton" and is_ours(error) and isinstance(error, RuntimeError):
        return None  # it has not arrived after so few steps, as its docstring says
    if not (is_ours(error) and isinstance(error, ValueError | TypeError | CourseError | FileNotFoundError)):
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"not ours ({Path(frame.filename).name}:{frame.lineno}): {told:.200}"
    return None if is_sentence(str(error)) else f"no sentence: {told:.200}"


def _silence(name: str, argument: str, wrong: str, found: Any) -> str | None:
    """What is wrong with a result in spite of junk; None if nothing is.

    Rules beside HARMLESS: NaN among the numbers may give NaN, which is seen; whole numbers may stand for floats where
    the result is that of the same numbers as floats; nothing may give nothing; and where each row is computed for
    itself, one row gives the beginning of the result, and another axis around all rows the same numbers.
    """
    function, arguments = CASES[name]()
    given, got = arguments[argument], numbers(found)
    is_finite = all(map(math.isfinite, got))
    if reason(name, argument, wrong) is not None:
        return None if is_finite or wrong in ("nan", "[nan]", "inf") else f"not finite: {found!r:.100}"
    if wrong == "whole numbers":
        arguments[argument] = torch.ones_like(given) if isinstance(given, Tensor) else np.ones_like(given)
    usual = outcome(function, arguments)[0]
    may_pass = {
        "nan": isinstance(given, Tensor | np.ndarray) and not is_finite,
        "no row": not any(leaves(found)),
        "nothing": not any(leaves(found)),
        "whole numbers": got == numbers(usual),
        "one axis more": got == numbers(usual),
        "one axis less": _is_part(found, usual),
        "one row": _is_part(found, usual),
    }
    return None if may_pass.get(wrong) else f"passed in silence: {found!r:.100}"


def _is_part(found: Any, usual: Any) -> bool:
    """Whether a result is the beginning of the usual one, in each of its arrays and texts, and is shorter."""
    parts, wholes = leaves(found), leaves(usual)
    begins = all(
        len(part) <= len(whole) and part == whole[: len(part)] for part, whole in zip(parts, wholes, strict=False)
    )
    return begins and sum(map(len, parts)) < sum(map(len, wholes))


@pytest.mark.parametrize("name", CASES)
def test_a_valid_call_gives_finite_numbers(name: str) -> None:
    function, arguments = CASES[name]()
    found, error = outcome(function, arguments)
    assert error is None
    assert all(map(math.isfinite, numbers(found)))


@pytest.mark.parametrize("name", CASES)
def test_junk_gets_a_sentence(name: str) -> None:
    tried = [(argument, wrong) for argument, value in CASES[name]()[1].items() for wrong in junk(argument, value)]
    told = {each: verdict(name, *each) for each in tried}
    assert {each: words for each, words in told.items() if words} == {}


# --- nothing is forgotten ---------------------------------------------------------------------------------------------

SKIPPED = {
    "reads files of the course, without an argument": "environment minilm mnist penguins shakespeare dialogue machine "
    "film_sentences trec_questions best_device tweets translations papers countries split_countries wikitext tokenizer "
    "clips vowels sentences config emoji split_rows code_points",
    "needs Whisper's weights or vocabulary, and is tried with them": "transcribe prompt pieces alignment "
    "words_with_times ear with_times",
    "takes seconds": "training_set imitator reward_model train_dpo improve fine_tune",
    "is a loss of batches that are tried": "spelling_loss next_code_loss read_loss of_answers",
    "judges models that it is given": "judged_pairs compared",
    "times what it is given, or this machine, or reads what was timed": "interleaved this_machine stored beside_whole",
    "changes, watches or measures a module that it is given": "round_maps input_sizes linear_maps n_bytes apply held "
    "head_scores n_trained training_bytes every_way has_low_rank places merge",
    "prints, draws, plays or writes": "table save example_file problems write player",
    "loads weights": "efficientnet_lite0 film_library load read contents tensor",
    "opens a packaged file, or what comes of it": "converted sizes folder GGUF Stored Kind read_shortlist dictionary "
    "renamed weights source_ids translate",
    "renames weights": "from_hugging_face to_hugging_face config_of_hugging_face",
    "names a split of the plays": "token_ids bits_per_character",
    "is a step inside of a model that is tried": "joined look_back",
    "looks at two heads of MiniLM, as notebook 00 does": "neighbour_shares",
    "moves, watches or switches what it is given": "to_device watched saved_bytes keeping_modes evaluating "
    "only_touched_rows",
    "holds what it is given": "Tagged TaggedData Translation ParallelData Paper PaperData Country WordVectors Encoded "
    "Span SpanScores Question Answer Score Contents Split LabelledData Corpus DatePairs Masked Run Health Scenes "
    "AttentionFLOPs BERTOutput GPTOutput Together History Metrics TrainingDiverged BERTConfig PairedTest "
    "Rotation Choice Message Reply State Fact Interval Comparison Alignment Item Written Translated Packaged "
    "Text Eraser Reading Repeats Growth Pair Handover Worth Graph Judged OffsetTest "
    "Answered Packed Pairs Rollout Read Point Steered "
    "Levels NF4 Machine Scene Sound Utterance Transcript Word Edits Peak Played Task",
    "counts of sizes that are tried": "of_gpt training_operations facts device_facts memory pieces step_seconds plans "
    "best seconds",
    "watches the memory of what it is given": "Allocations peak_bytes",
    "runs in several processes, and is tried there": "launch group left_over gathered_sum ring_sum ring_reduce "
    "ring_gather share_gradients my_share SharedCheckpoint ShardedAdamW SplitFeedForward pipeline_step",
    "compares sets, whatever is in them": "jaccard",
    "is a part of a model, whose `forward` is called with its own arguments": "LlamaLayer ChangedLayer Block SameConv "
    "InvertedBlock Layer Encoder Decoder RewardModel Upper ScaledEmbedding",
    "asks a classifier or SmolLM2 for what other functions, which are tried, put together": "score_of masked_base "
    "completeness_gap attentions_of last_attention word_places texts_of attributions curves sanity mean_curves "
    "intervene pair known_pairs recovery by_frequency",
    "measures a batch that is tried": "copying_loss copied",
    "checks for functions that are tried": "check_places check_answered check_prompts "
    "check_scores check_images check_picture check_wave check_sound",
    "is a protocol or hears of a training": "HasParents Batches Optimizer Monitor Listener Training ProgressBar Watch",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_and_class_has_a_case_or_a_reason(module: types.ModuleType) -> None:
    public = {
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and (inspect.isclass(thing) or callable(thing))
    }
    place = module.__name__.removeprefix("lessons.")
    tried = {
        name.removeprefix(f"{place}.").split(".")[0].split(",")[0] for name in CASES if name.startswith(f"{place}.")
    }
    assert public - tried - set(" ".join(SKIPPED.values()).split()) == set()


def test_every_exception_is_needed() -> None:
    """A pattern that meets no junk is a relic."""
    tried = [
        (name, argument, wrong)
        for name, make in CASES.items()
        for argument, value in make()[1].items()
        for wrong in junk(argument, value)
    ]
    for cases, arguments, kinds in HARMLESS:
        for kind in kinds.split(", "):
            assert any(
                fnmatchcase(name, cases) and fnmatchcase(argument, arguments) and wrong == kind
                for name, argument, wrong in tried
            ), (cases, arguments, kind)
