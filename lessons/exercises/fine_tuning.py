"""The exercises of notebook 08, fine-tuning.

Each follows the same order: the inputs that an attempt must survive, the solution, the mistakes that people make, and
the exercise that ties them together with an independent reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, Mistake, NumberExercise, Quiz, mistake, right, wrong, wrong_number

# --- padding and the attention mask -----------------------------------------------------------------------------------


def _token_lists(rng: Generator) -> Iterator[tuple[list[list[int]], int]]:
    for lengths, pad_id in (((3, 1, 4), 0), ((2, 5), 7), ((4,), 0), ((2, 2), 1), ((1, 6, 3, 2), 9)):
        yield [rng.integers(10, 99, size=length).tolist() for length in lengths], pad_id
    yield [[5, 0, 8], [0, 6], [3]], 0  # a real token whose id is that of the padding
    yield [[4, 5, 6], [9, 2]], 1  # the longest list is not the one with the greatest tokens


def pad_batch(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Lists of token ids, none empty -> (token_ids, attention_mask), both (batch, tokens) of integers.

    In the mask 1 marks a real token, 0 padding. Shorter lists are filled up on the right with `pad_id`, to the length
    of the longest.
    """
    longest = max(map(len, token_lists))
    token_ids = [tokens + [pad_id] * (longest - len(tokens)) for tokens in token_lists]
    attention_mask = [[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in token_lists]
    return torch.tensor(token_ids), torch.tensor(attention_mask)


@mistake("Your mask is upside down: 1 marks a real token, which may be attended to, and 0 marks padding.")
def _mask_inverted(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, attention_mask = pad_batch(token_lists, pad_id)
    return token_ids, 1 - attention_mask


@mistake("You padded on the left. BERT expects [CLS] at position 0 in every row: put the padding behind the tokens.")
def _padded_on_the_left(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    flipped = pad_batch([tokens[::-1] for tokens in token_lists], pad_id)
    return flipped[0].flip(1), flipped[1].flip(1)


@mistake("You took the mask from `token_ids != pad_id`, which hides a real token with that id. Use the lengths.")
def _mask_from_ids(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, _ = pad_batch(token_lists, pad_id)
    return token_ids, (token_ids != pad_id).long()


@mistake("You filled up with 0, whatever `pad_id` is. Other tokenizers have another padding id (RoBERTa's is 1).")
def _padded_with_zero(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return pad_batch(token_lists, 0)


@mistake("Your mask hides the ids that are 0, whatever `pad_id` is, and a real token may be 0. Use the lengths.")
def _mask_from_zeros(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, _ = pad_batch(token_lists, pad_id)
    return token_ids, (token_ids != 0).long()


@mistake("Your mask is 1 everywhere. Was it made after the padding was added, or is each of its rows the same list?")
def _mask_of_ones(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, _ = pad_batch(token_lists, pad_id)
    return token_ids, torch.ones_like(token_ids)


@mistake("In your mask the first padding of each row is 1, too. A list of n tokens has the places 0 to n − 1.")
def _mask_one_too_far(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, _ = pad_batch(token_lists, pad_id)
    lengths = torch.tensor([len(tokens) for tokens in token_lists])
    return token_ids, (torch.arange(token_ids.shape[1]) <= lengths[:, None]).long()


@mistake("You gave the mask first. The ids come first, then the mask.")
def _mask_first(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return pad_batch(token_lists, pad_id)[::-1]


@mistake("You gave the ids alone. Give the mask, too: `return token_ids, attention_mask`.")
def _ids_alone(token_lists: list[list[int]], pad_id: int) -> Tensor:
    return pad_batch(token_lists, pad_id)[0]


def _of_width(token_lists: list[list[int]], pad_id: int, width: int) -> tuple[Tensor, Tensor]:
    """Cut or filled up to a width of one's own choice."""
    token_ids, attention_mask = pad_batch([*token_lists, [pad_id] * width], pad_id)
    return token_ids[:-1, :width], attention_mask[:-1, :width]


@mistake("You cut every list to the shortest one. Nothing may be lost: fill the others up to the longest.")
def _cut_to_the_shortest(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return _of_width(token_lists, pad_id, min(map(len, token_lists)))


@mistake("Yours are as wide as the first list is long, which need not be the longest. Nothing may be lost.")
def _as_long_as_the_first(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return _of_width(token_lists, pad_id, len(token_lists[0]))


@mistake(
    "`max(token_lists)` is the list with the greatest first token, not the longest. Take the `max` of the lengths."
)
def _as_long_as_the_greatest(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return _of_width(token_lists, pad_id, len(max(token_lists)))


@mistake("You padded to 512 tokens, whatever is in the batch. The longest list of the batch is long enough.")
def _as_long_as_bert_can(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return _of_width(token_lists, pad_id, 512)


@mistake("Yours are one column too wide: even the longest list is padded.")
def _one_column_too_many(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return _of_width(token_lists, pad_id, max(map(len, token_lists)) + 1)


@mistake("Yours are (tokens, batch). Each sentence is a row here; with `pad_sequence` that is `batch_first=True`.")
def _transposed(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, attention_mask = pad_batch(token_lists, pad_id)
    return token_ids.T, attention_mask.T


@mistake("The shapes are right, but the tokens of several sentences are mixed: turn columns into rows with `.T`.")
def _reshaped(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, attention_mask = pad_batch(token_lists, pad_id)
    return token_ids.T.reshape(token_ids.shape), attention_mask.T.reshape(token_ids.shape)


def _pad_with_torch(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    rows = [torch.tensor(tokens) for tokens in token_lists]
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad_id), mask


PAD_BATCH = CodeExercise(
    id="fine_tuning.pad_batch",
    title="One rectangle out of ragged sentences",
    stars=1,
    minutes=10,
    task="Turn sentences of different lengths into one tensor of token ids and the mask that tells the two apart.",
    hints=[
        "How long is the longest list? Every other one lacks the difference.",
        "In Python, `[pad_id] * n` is a list of n paddings, and `+` joins two lists.",
        "The mask of one sentence is `[1] * len(tokens)` followed by zeros. It does not look at the ids at all.",
    ],
    solution=pad_batch,
    reference=_pad_with_torch,
    inputs=_token_lists,
    mistakes=[
        _mask_inverted,
        _padded_on_the_left,
        _mask_from_ids,
        _padded_with_zero,
        _mask_from_zeros,
        _mask_of_ones,
        _mask_one_too_far,
        _mask_first,
        _ids_alone,
        _cut_to_the_shortest,
        _as_long_as_the_first,
        _as_long_as_the_greatest,
        _as_long_as_bert_can,
        _one_column_too_many,
        _transposed,
        _reshaped,
    ],
)

# --- the head ---------------------------------------------------------------------------------------------------------


def _encoded(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    for batch, tokens, dim, n_labels in ((2, 4, 3, 2), (3, 5, 4, 3), (1, 1, 3, 2), (4, 2, 5, 5), (2, 3, 2, 2)):
        shapes = ((batch, tokens, dim), (dim, dim), (dim,), (n_labels, dim), (n_labels,))
        yield tuple(torch.from_numpy(rng.normal(size=shape)) for shape in shapes)  # type: ignore[misc]


def head_logits(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Logits (batch, labels) from BERT's last layer: hidden (batch, tokens, dim), [CLS] first.

    The pooler is a linear layer and a tanh on the vector of [CLS]: pooler_weight (dim, dim), pooler_bias (dim,). The
    head is a linear layer on what it gives: weight (labels, dim), bias (labels,). As in PyTorch, the rows of a weight
    are what comes out.
    """
    pooled = torch.tanh(hidden[:, 0] @ pooler_weight.T + pooler_bias)  # (batch, dim)
    return pooled @ weight.T + bias


@mistake("You took the mean over the tokens. This head reads one vector, that of [CLS], at place 0 of each sentence.")
def _mean_of_tokens(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden.mean(1, keepdim=True), pooler_weight, pooler_bias, weight, bias)


@mistake("You took the vector of the last token. [CLS] stands first, at place 0.")
def _last_token(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden[:, -1:], pooler_weight, pooler_bias, weight, bias)


@mistake("You took the largest value over the tokens. This head reads one vector, that of [CLS], at place 0.")
def _max_of_tokens(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden.amax(1, keepdim=True), pooler_weight, pooler_bias, weight, bias)


@mistake("`hidden[0]` is the first sentence, with all its tokens. The first token of every sentence is `hidden[:, 0]`.")
def _first_sentence(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden[0][:, None], pooler_weight, pooler_bias, weight, bias)


@mistake("These are logits for every token. The head reads [CLS] alone: take `hidden[:, 0]` first.")
def _every_token(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.tanh(hidden @ pooler_weight.T + pooler_bias) @ weight.T + bias


@mistake("The axis of tokens is still there, with length 1. `hidden[:, 0]` takes one token away with its axis.")
def _axis_kept(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return _every_token.attempt(hidden[:, :1], pooler_weight, pooler_bias, weight, bias)


@mistake("The tanh of the pooler is missing.")
def _no_tanh(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (hidden[:, 0] @ pooler_weight.T + pooler_bias) @ weight.T + bias


@mistake("You left out the pooler: the head reads what the pooler makes of [CLS].")
def _no_pooler(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return hidden[:, 0] @ weight.T + bias


@mistake("You multiplied by the pooler's weight as it lies. Its rows are what comes out: multiply by its `.T`.")
def _not_transposed(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight.T, pooler_bias, weight, bias)


@mistake("The pooler's bias is missing.")
def _no_pooler_bias(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, torch.zeros_like(pooler_bias), weight, bias)


@mistake("The pooler's bias comes before its tanh, not after it.")
def _pooler_bias_after(
    hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    return (torch.tanh(hidden[:, 0] @ pooler_weight.T) + pooler_bias) @ weight.T + bias


@mistake("The head's bias is missing.")
def _no_bias(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, torch.zeros_like(bias))


@mistake("There is a tanh on your logits. It belongs to the pooler; logits may be any number.")
def _tanh_at_the_end(
    hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    return torch.tanh(head_logits(hidden, pooler_weight, pooler_bias, weight, bias))


@mistake("The tanh belongs to the pooler, between the two layers. You have it on the logits, and there alone.")
def _tanh_on_the_logits_alone(
    hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    return torch.tanh(_no_tanh.attempt(hidden, pooler_weight, pooler_bias, weight, bias))


@mistake("You gave probabilities. Logits come before the softmax, which the loss brings itself.")
def _probabilities(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, bias).softmax(-1)


@mistake("You gave logarithms of probabilities. Logits come before the softmax, which the loss brings itself.")
def _log_probabilities(
    hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, bias).log_softmax(-1)


@mistake("You put each logit through a sigmoid. Logits come before that; the loss needs them as they are.")
def _sigmoids(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, bias).sigmoid()


@mistake("You gave the label with the largest logit. Give all logits, (batch, labels).")
def _labels_alone(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, bias).argmax(-1)


@mistake("The pooler of BERT has a tanh; yours cuts off at 0 (ReLU).")
def _relu(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (hidden[:, 0] @ pooler_weight.T + pooler_bias).relu() @ weight.T + bias


@mistake("You gave what the pooler makes of [CLS]. The head, with `weight` and `bias`, is still to come.")
def _pooled_alone(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.tanh(hidden[:, 0] @ pooler_weight.T + pooler_bias)


@mistake("Yours are (labels, batch). Each sentence is a row.")
def _labels_as_rows(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return head_logits(hidden, pooler_weight, pooler_bias, weight, bias).T.contiguous()


@mistake("The tanh of the pooler comes *after* its linear layer. Yours bends the vector of [CLS] before it.")
def _tanh_before(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (hidden[:, 0].tanh() @ pooler_weight.T + pooler_bias) @ weight.T + bias


@mistake("The pooler of BERT has a tanh, from −1 to 1; yours has a sigmoid, from 0 to 1.")
def _sigmoid_pooler(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.sigmoid(hidden[:, 0] @ pooler_weight.T + pooler_bias) @ weight.T + bias


@mistake("Both biases are missing: the pooler's before its tanh, and the head's.")
def _no_biases(hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.tanh(hidden[:, 0] @ pooler_weight.T) @ weight.T


def _head_by_modules(
    hidden: Tensor, pooler_weight: Tensor, pooler_bias: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    first = torch.stack([sentence[0] for sentence in hidden])
    pooled = torch.nn.functional.linear(first, pooler_weight, pooler_bias).tanh()
    return torch.nn.functional.linear(pooled, weight, bias)


HEAD_LOGITS = CodeExercise(
    id="fine_tuning.head_logits",
    title="A head on BERT",
    stars=1,
    minutes=8,
    task="Turn what BERT's last layer gives into one score for each label: its pooler, then a new linear layer.",
    hints=[
        "Which of the three axes of `hidden` has to go, and which place on it is that of [CLS]?",
        "A linear layer on vectors v in rows is `v @ weight.T + bias`. You need two of them, and a tanh between.",
        "Begin with `first = hidden[:, 0]`, which is (batch, dim). Then `torch.tanh(first @ pooler_weight.T + ...)`.",
    ],
    solution=head_logits,
    reference=_head_by_modules,
    inputs=_encoded,
    mistakes=[
        _tanh_before,
        _sigmoid_pooler,
        _no_biases,
        _mean_of_tokens,
        _last_token,
        _max_of_tokens,
        _first_sentence,
        _every_token,
        _axis_kept,
        _no_tanh,
        _no_pooler,
        _not_transposed,
        _no_pooler_bias,
        _pooler_bias_after,
        _no_bias,
        _tanh_at_the_end,
        _tanh_on_the_logits_alone,
        _probabilities,
        _log_probabilities,
        _sigmoids,
        _labels_alone,
        _relu,
        _pooled_alone,
        _labels_as_rows,
    ],
    remark="Five lines make a classifier of an encoder; all that it knows of language is in what it is given.",
)

# --- which parameters are trained -------------------------------------------------------------------------------------

_OF_A_LAYER = ("attention.query.weight", "feed_forward.expand.bias")


def _parameter_names(rng: Generator) -> Iterator[tuple[list[str], int]]:
    for n_layers, n_last in ((6, 2), (12, 3), (12, 10), (2, 1), (6, 0), (3, 3), (12, 1), (int(rng.integers(4, 13)), 2)):
        names = ["embeddings.word.weight", "embeddings.norm.bias"]
        names += [f"layers.{number}.{part}" for number in range(n_layers) for part in _OF_A_LAYER]
        yield [*names, "pooler.weight", "pooler.bias", "classifier.weight", "classifier.bias"], n_last


def trained_names(names: list[str], n_last: int) -> list[str]:
    """Names of the parameters that stay trainable, in their order, when only the last `n_last` layers are trained.

    Names are such as "embeddings.word.weight", "layers.0.attention.query.weight" (layers count from 0), "pooler.weight"
    and "classifier.bias". Pooler and classifier are always trained, the embeddings never; `n_last` may be 0.
    """
    numbers = [int(name.split(".")[1]) for name in names if name.startswith("layers.")]
    first = max(numbers) + 1 - n_last

    def is_trained(name: str) -> bool:
        part, number = name.split(".")[:2]
        return part in ("pooler", "classifier") or (part == "layers" and int(number) >= first)

    return [name for name in names if is_trained(name)]


def _chosen(names: list[str], numbers: range | list[int] | set[int], *always: str) -> list[str]:
    """The names of some layers, and of what begins with one of the other words."""
    layers = {f"layers.{number}" for number in numbers}
    return [name for name in names if ".".join(name.split(".")[:2]) in layers or name.startswith(always)]


def _n_layers(names: list[str]) -> int:
    return len({name.split(".")[1] for name in names if name.startswith("layers.")})


_ALWAYS = ("pooler", "classifier")


@mistake("You train the *first* layers. The last ones, nearest to the head, have the highest numbers.")
def _first_layers(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(n_last), *_ALWAYS)


@mistake("You gave the frozen parameters. Give those that stay trainable.")
def _frozen_names(names: list[str], n_last: int) -> list[str]:
    trained = set(trained_names(names, n_last))
    return [name for name in names if name not in trained]


@mistake("With n_last = 0 you train every layer: `[-0:]` is the whole list. No layer is trained then.")
def _all_for_none(names: list[str], n_last: int) -> list[str]:
    return trained_names(names, n_last or _n_layers(names))


@mistake("You train one layer too many. Of 6 layers, counted from 0, the last two are 4 and 5.")
def _one_layer_more(names: list[str], n_last: int) -> list[str]:
    n = _n_layers(names)
    return _chosen(names, range(max(0, n - n_last - 1), n), *_ALWAYS)


@mistake("You train one layer too few. Of 6 layers, counted from 0, the last two are 4 and 5.")
def _one_layer_less(names: list[str], n_last: int) -> list[str]:
    n = _n_layers(names)
    return _chosen(names, range(n - n_last + 1, n), *_ALWAYS)


@mistake('You compared the numbers as texts, where "10" comes before "9". Make them numbers with `int`.')
def _compared_as_texts(names: list[str], n_last: int) -> list[str]:
    first = str(_n_layers(names) - n_last)
    numbers = [number for number in range(_n_layers(names)) if str(number) >= first]
    return _chosen(names, numbers, *_ALWAYS)


@mistake('Your "layers.1" also freezes "layers.10" and "layers.11". Compare numbers, or look for "layers.1." instead.')
def _beginnings(names: list[str], n_last: int) -> list[str]:
    frozen = ("embeddings", *(f"layers.{number}" for number in range(_n_layers(names) - n_last)))
    return [name for name in names if not name.startswith(frozen)]


@mistake("The pooler is missing. It is always trained, as the classifier is.")
def _without_pooler(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(_n_layers(names) - n_last, _n_layers(names)), "classifier")


@mistake("The classifier is missing. Its weights are random: it has to be trained.")
def _without_classifier(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(_n_layers(names) - n_last, _n_layers(names)), "pooler")


@mistake("Pooler and classifier are missing. They are always trained.")
def _layers_alone(names: list[str], n_last: int) -> list[str]:
    n = _n_layers(names)
    return [name for name in _chosen(names, range(n - n_last, n), "layers") if int(name.split(".")[1]) >= n - n_last]


@mistake("You train the embeddings, too. They lie below every layer, and stay as they are.")
def _embeddings_too(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(_n_layers(names) - n_last, _n_layers(names)), *_ALWAYS, "embeddings")


@mistake("You counted on six layers. How many there are is in the names.")
def _six_layers(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(6 - n_last, _n_layers(names)), *_ALWAYS)


@mistake("You counted on twelve layers. How many there are is in the names.")
def _twelve_layers(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, range(12 - n_last, 12), *_ALWAYS)


@mistake("You gave the last names of the list, not those of the last layers: a layer has several parameters.")
def _last_names(names: list[str], n_last: int) -> list[str]:
    layers = [name for name in names if name.startswith("layers.")]
    return [*(layers[-n_last:] if n_last else []), *_chosen(names, [], *_ALWAYS)]


@mistake("You train one layer alone, the first of the last ones. All from there on are trained.")
def _one_layer_alone(names: list[str], n_last: int) -> list[str]:
    return _chosen(names, [_n_layers(names) - n_last], *_ALWAYS)


@mistake("The names are right, but not in their order: go through `names` once, from its beginning.")
def _sorted_names(names: list[str], n_last: int) -> list[str]:
    return sorted(trained_names(names, n_last))


@mistake("The names are right, but not in their order: pooler and classifier come after the layers, as in `names`.")
def _always_first(names: list[str], n_last: int) -> list[str]:
    found = trained_names(names, n_last)
    return sorted(found, key=lambda name: name.startswith("layers."))


def _names_by_blocks(names: list[str], n_last: int) -> list[str]:
    n = _n_layers(names)
    frozen = {"embeddings", *(f"layers.{number}" for number in range(n - n_last))}
    return [name for name in names if not {name.split(".")[0], ".".join(name.split(".")[:2])} & frozen]


@mistake("You gave every name. The embeddings and the lower layers are frozen.")
def _every_name(names: list[str], n_last: int) -> list[str]:
    return list(names)


@mistake("The biases are missing. A layer is trained with its weights *and* biases.")
def _weights_alone(names: list[str], n_last: int) -> list[str]:
    return [name for name in trained_names(names, n_last) if not name.endswith(".bias")]


@mistake("You read one digit of the layer's number, so 10 and 11 count as 1. Split at the dots.")
def _one_digit(names: list[str], n_last: int) -> list[str]:
    read = [int(name[7]) if name.startswith("layers.") else -1 for name in names]
    least = max(read) + 1 - n_last
    kept = zip(names, read, strict=True)
    return [name for name, number in kept if not name.startswith("embeddings") and (number < 0 or number >= least)]


@mistake("You gave True and False. Give the names themselves.")
def _whether_trained(names: list[str], n_last: int) -> list[bool]:
    return [name in trained_names(names, n_last) for name in names]


TRAINED_NAMES = CodeExercise(
    id="fine_tuning.trained_names",
    title="What stays trainable",
    stars=2,
    minutes=8,
    task="Choose, by their names, the parameters that are trained when all but the last layers are frozen.",
    hints=[
        "How many layers are there, by the names? From which number on are they trained?",
        'The number of a layer\'s parameter is `int(name.split(".")[1])`: texts compare "10" before "9".',
        "Go through `names` once and keep each that is of the pooler, of the classifier, or of a layer from there on.",
    ],
    solution=trained_names,
    reference=_names_by_blocks,
    inputs=_parameter_names,
    mistakes=[
        _every_name,
        _weights_alone,
        _one_digit,
        _whether_trained,
        _first_layers,
        _frozen_names,
        _all_for_none,
        _one_layer_more,
        _one_layer_less,
        _compared_as_texts,
        _beginnings,
        _without_pooler,
        _without_classifier,
        _layers_alone,
        _embeddings_too,
        _six_layers,
        _twelve_layers,
        _last_names,
        _one_layer_alone,
        _sorted_names,
        _always_first,
    ],
    remark="`parameter.requires_grad = name in trained` for each of `model.named_parameters()` does the rest.",
)

# --- the loop ---------------------------------------------------------------------------------------------------------

_Steps = tuple[Tensor, Tensor, list[tuple[Tensor, Tensor]], list[float], float]


def _trainings(rng: Generator) -> Iterator[_Steps]:
    for n_labels, dim, sizes, max_norm in ((2, 3, (4, 2, 3), 0.5), (3, 4, (5, 5), 1.5), (2, 2, (1, 4, 2, 3), 100.0)):
        start = rng.normal(size=(n_labels, dim)), rng.normal(size=n_labels)
        batches = [(rng.normal(size=(n, dim)) * 4, rng.integers(n_labels, size=n)) for n in sizes]
        rates = rng.uniform(0.1, 0.9, size=len(sizes)).tolist()
        weight, bias = map(torch.from_numpy, start)
        yield weight, bias, [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in batches], rates, max_norm


def train_head(
    weight: Tensor,
    bias: Tensor,
    batches: list[tuple[Tensor, Tensor]],
    learning_rates: list[float],
    max_norm: float,
) -> tuple[Tensor, Tensor, list[float]]:
    """Train a linear head on frozen vectors -> (weight, bias, losses), the parameters after the last step.

    weight is (labels, dim), bias (labels,). Each batch is (vectors (batch, dim), labels (batch,)), and has its own
    learning rate. For each batch in turn: note the mean cross-entropy as a float, take its gradients, shorten both by
    the same factor if the norm of all their numbers together is above `max_norm`, so that it is `max_norm`, and take a
    step of plain gradient descent. The tensors that are given stay as they are.
    """
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    losses = []
    for (vectors, labels), learning_rate in zip(batches, learning_rates, strict=True):
        loss = torch.nn.functional.cross_entropy(vectors @ weight.T + bias, labels)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, [weight, bias])
        norm = math.sqrt(sum(gradient.pow(2).sum().item() for gradient in gradients))
        factor = min(1.0, max_norm / norm)
        with torch.no_grad():
            weight -= learning_rate * factor * gradients[0]
            bias -= learning_rate * factor * gradients[1]
    return weight.detach(), bias.detach(), losses


def _loop(
    arguments: _Steps,
    *,
    keep: float = 0.0,
    clip: str = "norm",
    sign: float = -1.0,
    rates: str = "each",
    reduction: str = "mean",
    when: str = "before",
    move_bias: bool = True,
    fresh: bool = True,
    softmax: bool = False,
) -> tuple[Tensor, Tensor, list[float]]:
    """The loop with one thing changed, by hand: the gradient of cross-entropy is (probabilities − one-hot)."""
    weight, bias, batches, learning_rates, max_norm = arguments
    weight, bias, losses = weight.clone(), bias.clone(), []
    start, kept = (weight.clone(), bias.clone()), (torch.zeros_like(weight), torch.zeros_like(bias))
    for step, (vectors, labels) in enumerate(batches):
        loss, gradients = _loss_and_gradients(weight, bias, vectors, labels, reduction, softmax)
        kept = tuple(keep * old + new for old, new in zip(kept, gradients, strict=True))  # type: ignore[assignment]
        changes = _clipped(list(kept), max_norm, clip)
        rate = learning_rates[{"each": step, "first": 0, "last": -1, "backwards": -1 - step}[rates]]
        if not fresh:
            weight, bias = start[0].clone(), start[1].clone()
        weight += sign * rate * changes[0]
        bias += sign * rate * changes[1] * move_bias
        after = _loss_and_gradients(weight, bias, vectors, labels, reduction, softmax)[0]
        losses.append(loss if when == "before" else after)
    return weight, bias, losses


def _loss_and_gradients(
    weight: Tensor, bias: Tensor, vectors: Tensor, labels: Tensor, reduction: str, softmax: bool
) -> tuple[float, tuple[Tensor, Tensor]]:
    w, b = weight.detach().clone().requires_grad_(), bias.detach().clone().requires_grad_()
    logits = vectors @ w.T + b
    logits = logits.softmax(-1) if softmax else logits
    loss = torch.nn.functional.cross_entropy(logits, labels, reduction=reduction)
    first, second = torch.autograd.grad(loss, [w, b])
    return loss.item(), (first, second)


def _clipped(gradients: list[Tensor], max_norm: float, how: str) -> list[Tensor]:
    norms = [gradient.norm() for gradient in gradients]
    whole = torch.stack(norms).norm()
    if how == "each":
        return [g * torch.clamp(max_norm / n, max=1) for g, n in zip(gradients, norms, strict=True)]
    if how == "values":
        return [g.clamp(-max_norm, max_norm) for g in gradients]
    if how == "weight":
        return [gradients[0] * torch.clamp(max_norm / whole, max=1), gradients[1]]
    factors = {"norm": torch.clamp(max_norm / whole, max=1), "always": max_norm / whole, "never": torch.ones(())}
    factors |= {"sum": torch.clamp(max_norm / sum(norms), max=1), "squared": torch.clamp(max_norm / whole**2, max=1)}
    return [g * factors[how] for g in gradients]


def _loop_with(sentence: str, **changed: Any) -> Mistake:
    """A known mistake: the loop with something changed."""

    def attempt(
        weight: Tensor, bias: Tensor, batches: list[tuple[Tensor, Tensor]], learning_rates: list[float], max_norm: float
    ) -> tuple[Tensor, Tensor, list[float]]:
        return _loop((weight, bias, batches, learning_rates, max_norm), **changed)

    return mistake(sentence)(attempt)


_not_zeroed = _loop_with(
    "Your gradients pile up: those of the step before are still in. Set them to zero in each step.", keep=1.0
)
_never_clipped = _loop_with(
    "Your gradients are never shortened. Where their norm is above `max_norm`, multiply both by max_norm / norm.",
    clip="never",
)
_clipped_each = _loop_with(
    "You shortened each gradient by its own norm. One norm is meant, that of both together, and one factor.",
    clip="each",
)
_clipped_values = _loop_with(
    "You cut each number of the gradient off at `max_norm`, which turns its direction. Shorten it as a whole.",
    clip="values",
)
_clipped_always = _loop_with(
    "You give every gradient the norm `max_norm`, short ones as well. Those that are shorter stay as they are.",
    clip="always",
)
_norms_added = _loop_with(
    "You added the two norms. The norm of both together is the root of the sum of *all* squares.", clip="sum"
)
_norm_squared = _loop_with("Your norm lacks its root: it is the root of the sum of all squares.", clip="squared")
_uphill = _loop_with("You stepped along the gradient, where the loss grows. Subtract it.", sign=1.0)
_first_rate = _loop_with("You took the first learning rate for every step. Each batch has its own.", rates="first")
_last_rate = _loop_with("You took the last learning rate for every step. Each batch has its own.", rates="last")
_backwards = _loop_with("You took the learning rates from the last to the first. They are in order.", rates="backwards")
_weight_shortened_alone = _loop_with(
    "You shortened the gradient of the weight alone. The bias's is multiplied by the same factor.", clip="weight"
)
_half_kept = _loop_with(
    "Half of the gradient before is still in yours. A plain step keeps nothing from the step before.", keep=0.5
)
_sum_over_the_batch = _loop_with(
    "Your loss is the sum over the batch. Take the mean, so that a step does not depend on how many there are.",
    reduction="sum",
)
_noted_after = _loop_with(
    "You noted each loss after its step. Note what the gradient was taken of: the loss before.", when="after"
)
_bias_left = _loop_with("The bias stays where it began. It is trained, too.", move_bias=False)
_from_the_start = _loop_with(
    "Each of your steps sets out from the given parameters. It goes on from where the step before has ended.",
    fresh=False,
)
_softmax_twice = _loop_with(
    "You took a softmax before the cross-entropy, which takes one itself. Give it the logits.", softmax=True
)


@mistake("You gave the last loss. Give the list of all, one for each batch.")
def _last_loss(
    weight: Tensor, bias: Tensor, batches: list[tuple[Tensor, Tensor]], learning_rates: list[float], max_norm: float
) -> tuple[Tensor, Tensor, float]:
    trained = train_head(weight, bias, batches, learning_rates, max_norm)
    return trained[0], trained[1], trained[2][-1]


@mistake("You took only the first step. Go through all batches.")
def _one_step(
    weight: Tensor, bias: Tensor, batches: list[tuple[Tensor, Tensor]], learning_rates: list[float], max_norm: float
) -> tuple[Tensor, Tensor, list[float]]:
    return train_head(weight, bias, batches[:1], learning_rates[:1], max_norm)


@mistake("You gave the parameters that you were given: nothing was trained.")
def _nothing_trained(
    weight: Tensor, bias: Tensor, batches: list[tuple[Tensor, Tensor]], learning_rates: list[float], max_norm: float
) -> tuple[Tensor, Tensor, list[float]]:
    losses = train_head(weight, bias, batches, learning_rates, max_norm)[2]
    return weight.clone(), bias.clone(), losses


def _by_hand(
    weight: Tensor,
    bias: Tensor,
    batches: list[tuple[Tensor, Tensor]],
    learning_rates: list[float],
    max_norm: float,
) -> tuple[Tensor, Tensor, list[float]]:
    """In NumPy, without autograd: the gradient in the logits is (probabilities - one-hot) / batch."""
    table, losses = np.column_stack([weight.numpy(), bias.numpy()]), []  # (labels, dim + 1)
    for (vectors, labels), learning_rate in zip(batches, learning_rates, strict=True):
        x, rows = np.column_stack([vectors.numpy(), np.ones(len(labels))]), np.arange(len(labels))
        logits = x @ table.T
        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        losses.append(float(-logs[rows, labels.numpy()].mean()))
        errors = np.exp(logs)
        errors[rows, labels.numpy()] -= 1
        gradient = errors.T @ x / len(labels)
        table = table - learning_rate * gradient * min(1.0, max_norm / np.linalg.norm(gradient))
    return torch.from_numpy(table[:, :-1].copy()), torch.from_numpy(table[:, -1].copy()), losses


TRAIN_HEAD = CodeExercise(
    id="fine_tuning.train_head",
    title="The loop",
    stars=2,
    minutes=12,
    task="Write the training loop, for a head on vectors that stay as they are.",
    hints=[
        "One step: logits `vectors @ weight.T + bias`, loss, gradients, shorten, subtract. What is kept between steps?",
        "`weight = weight.clone().requires_grad_()` is a copy with a gradient; `torch.autograd.grad(loss, [weight, "
        "bias])` gives both gradients, and nothing piles up.",
        "norm = root of (sum of the squares of both gradients); factor = min(1, max_norm / norm); then, inside "
        "`with torch.no_grad():`, `weight -= learning_rate * factor * gradient`.",
    ],
    solution=train_head,
    reference=_by_hand,
    inputs=_trainings,
    forbidden=["clip_grad_norm_"],
    mistakes=[
        _not_zeroed,
        _never_clipped,
        _clipped_each,
        _clipped_values,
        _clipped_always,
        _norms_added,
        _norm_squared,
        _uphill,
        _first_rate,
        _last_rate,
        _backwards,
        _weight_shortened_alone,
        _half_kept,
        _sum_over_the_batch,
        _noted_after,
        _bias_left,
        _from_the_start,
        _softmax_twice,
        _last_loss,
        _one_step,
        _nothing_trained,
    ],
    remark="PyTorch's optimizer and `clip_grad_norm_` do just this; with more parameters, nothing else changes.",
)

# --- the learning rate over the steps ---------------------------------------------------------------------------------


def _steps(rng: Generator) -> Iterator[tuple[int, int, int, float]]:
    for warmup_steps, total_steps in ((10, 100), (0, 20), (3, 8), (int(rng.integers(2, 50)), 200)):
        peak = float(rng.uniform(0.1, 0.9))  # at 5e-5 the rounding of float32 would hide what is wrong
        for step in {0, 1, warmup_steps, warmup_steps + 2, total_steps - 1, total_steps, total_steps + 5}:
            yield step, warmup_steps, total_steps, peak


def linear_warmup_decay(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    """The learning rate at a step: 0 at step 0, up to `peak` at `warmup_steps`, down to 0 at `total_steps` and after.

    Both slopes are straight lines. With `warmup_steps` 0 it starts at the peak.
    """
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * max(0.0, (total_steps - step) / (total_steps - warmup_steps))


@mistake("There is no warm-up: your rate starts at the peak, where the new head still sends large random gradients.")
def _no_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * max(0.0, (total_steps - step) / total_steps)


@mistake("Before `warmup_steps` your rate is the peak already. There it climbs from 0.")
def _peak_during_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(max(step, warmup_steps), warmup_steps, total_steps, peak)


@mistake("Before `warmup_steps` your rate is above the peak. There it climbs from 0, on a line of its own.")
def _falling_from_the_start(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * max(0.0, (total_steps - step) / (total_steps - warmup_steps))


@mistake("Your decay counts from step 0: at `warmup_steps` the rate is below the peak. Count from `warmup_steps`.")
def _decay_from_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else max(0.0, 1 - step / total_steps))


@mistake("After `total_steps` your rate is negative, and training would climb the loss. Hold it at 0.")
def _below_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else (total_steps - step) / (total_steps - warmup_steps))


@mistake("`//` rounds down to a whole number, here to 0. Divide with `/`.")
def _whole_numbers(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step // warmup_steps)
    return peak * max(0, (total_steps - step) // (total_steps - warmup_steps))


@mistake("You are one step ahead: step 0 has the rate 0, and step `warmup_steps` has the peak.")
def _one_step_ahead(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step + 1, warmup_steps, total_steps, peak)


@mistake("Your decay counts from step 0, and is negative after `total_steps`. Count from `warmup_steps`; stop at 0.")
def _decay_from_zero_below_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else 1 - step / total_steps)


@mistake("You gave the share of the peak. Multiply it by `peak`.")
def _share(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step, warmup_steps, total_steps, 1.0)


@mistake("Your warm-up is one step ahead: it should start at 0 in step 0.")
def _warmup_one_step_ahead(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step + (step < warmup_steps), warmup_steps, total_steps, peak)


@mistake("You hold the peak after the warm-up. Let the rate fall in a straight line to 0 at `total_steps`.")
def _no_decay(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * min(1.0, step / warmup_steps if warmup_steps else 1.0)


@mistake("You hold the peak after the warm-up, up to `total_steps`. Let the rate fall in a straight line to 0 there.")
def _no_decay_before_the_end(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * min(1.0, step / warmup_steps if warmup_steps else 1.0) if step < total_steps else 0.0


@mistake("Your rate is the peak at every step before `total_steps`. If you take one of two lines, take the lower.")
def _the_higher_line(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak if step < total_steps else 0.0


@mistake("With warmup_steps = 0 your rate stays at the peak. It starts there, and falls from the next step on.")
def _no_decay_without_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step, warmup_steps, total_steps, peak) if warmup_steps else peak


@mistake("After the warm-up your rate climbs from 0 again. Multiply by the share of steps that is left, not done.")
def _climbing_again(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    if step < warmup_steps or step >= total_steps:
        return linear_warmup_decay(step, warmup_steps, total_steps, peak)
    return peak * (step - warmup_steps) / (total_steps - warmup_steps)


@mistake("After `total_steps` your rate climbs again. Hold it at 0.")
def _climbing_after_the_end(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (
        step / warmup_steps if step < warmup_steps else abs(total_steps - step) / (total_steps - warmup_steps)
    )


@mistake("Your rate falls too slowly. From `warmup_steps` to `total_steps` there are fewer than `total_steps` steps.")
def _decay_too_slow(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else max(0.0, 1 - (step - warmup_steps) / total_steps))


@mistake("Your rate is 0 one step before `total_steps`. It is 0 at `total_steps`, and not yet before.")
def _zero_too_early(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step, warmup_steps, total_steps - 1, peak)


@mistake("Your rate falls along a cosine. Here it falls in a straight line.")
def _cosine(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    if step < warmup_steps or step >= total_steps:
        return linear_warmup_decay(step, warmup_steps, total_steps, peak)
    return peak * (1 + math.cos(math.pi * (step - warmup_steps) / (total_steps - warmup_steps))) / 2


@mistake("At step `warmup_steps` itself your rate is 0. It is the peak there: one of the two slopes has to hold it.")
def _hole_at_the_peak(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step, warmup_steps, total_steps, peak) if step != warmup_steps else 0.0


@mistake("With warmup_steps = 0 there is nothing to climb: the rate at step 0 is the peak. You gave 0.")
def _zero_without_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    left = (total_steps - step) / (total_steps - warmup_steps)
    return peak * max(0.0, min(step / max(1, warmup_steps), left))


def _interpolated(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    steps, rates = ([0, warmup_steps, total_steps], [0, peak, 0]) if warmup_steps else ([0, total_steps], [peak, 0])
    return float(np.interp(step, steps, rates))


LINEAR_WARMUP_DECAY = CodeExercise(
    id="fine_tuning.linear_warmup_decay",
    title="Warm up, then cool down",
    stars=1,
    minutes=8,
    task="Write the learning-rate schedule that BERT was trained with (Devlin et al. 2019, appendix A.2).",
    hints=[
        "Draw it: two straight lines that meet at the peak. Which two points does each line join?",
        "Before the peak the share of the peak is step / warmup_steps.",
        "After the peak, (total_steps − step) steps are left of (total_steps − warmup_steps). Never fewer than none.",
    ],
    solution=linear_warmup_decay,
    reference=_interpolated,
    inputs=_steps,
    mistakes=[
        _no_warmup,
        _peak_during_warmup,
        _falling_from_the_start,
        _decay_from_zero,
        _decay_from_zero_below_zero,
        _below_zero,
        _whole_numbers,
        _one_step_ahead,
        _warmup_one_step_ahead,
        _share,
        _no_decay,
        _no_decay_before_the_end,
        _the_higher_line,
        _no_decay_without_warmup,
        _climbing_again,
        _climbing_after_the_end,
        _decay_too_slow,
        _zero_too_early,
        _cosine,
        _hole_at_the_peak,
        _zero_without_warmup,
    ],
)

# --- the decision threshold -------------------------------------------------------------------------------------------


def _costly_answers(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    for examples, miss_cost in ((12, 1.0), (20, 5.0), (20, 0.25), (24, 10.0)):
        labels = torch.from_numpy(rng.integers(2, size=examples))
        noise = torch.from_numpy(rng.normal(size=examples))
        yield labels, torch.sigmoid(1.5 * labels - 0.75 + noise), miss_cost
    yield torch.tensor([1]), torch.tensor([0.3]), 2.0  # a single text
    yield torch.tensor([0, 0, 0]), torch.tensor([0.2, 0.9, 0.4]), 3.0  # no text of label 1: one false alarm at best
    yield torch.tensor([0, 1, 0, 1, 1]), torch.tensor([0.4, 0.4, 0.6, 0.6, 0.9]), 1.0  # equal probabilities
    yield torch.tensor([1, 0, 1, 0, 1]), torch.tensor([0.5, 0.3, 0.1, 0.7, 0.9]), 1.0  # three thresholds cost the same
    yield torch.tensor([1, 0, 0, 1]), torch.tensor([0.02, 0.01, 0.03, 0.04]), 1.0  # all far below 0.5
    yield torch.tensor([0, 1, 0, 0]), torch.tensor([0.9, 0.2, 0.8, 0.7]), 0.5  # best at a text of label 0
    yield torch.tensor([0, 1, 1]), torch.tensor([0.4, 0.6, 0.2]), 5.0  # misses are dear: best at the lowest
    yield torch.tensor([1, 0, 0, 0, 1]), torch.tensor([0.5, 0.5, 0.5, 0.5, 0.8]), 1.0  # a tie cannot be split
    yield torch.tensor([0, 0, 0, 1, 1]), torch.tensor([0.5, 0.5, 0.5, 0.5, 0.8]), 1.0  # ... in whatever order it stands


def _costs(labels: Tensor, probabilities: Tensor, miss_cost: float, thresholds: Tensor) -> Tensor:
    says_one = probabilities >= thresholds[:, None]  # (thresholds, n)
    alarms = (says_one & (labels == 0)).sum(1)
    misses = (~says_one & (labels == 1)).sum(1)
    return alarms + miss_cost * misses


def cheapest_threshold(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    """The cheapest threshold among the probabilities: labels (n,) of 0 and 1, probabilities (n,) of label 1 -> number.

    The answer is 1 where the probability is at least the threshold; a false alarm costs 1, a miss `miss_cost`. Of
    equally cheap thresholds it is the lowest. None above all probabilities is tried: at least one answer is 1.
    """

    def cost(threshold: float) -> Tensor:
        says_one = probabilities >= threshold
        false_alarms = (says_one & (labels == 0)).sum()
        misses = (~says_one & (labels == 1)).sum()
        return false_alarms + miss_cost * misses

    return min(sorted(probabilities.tolist()), key=cost)  # the first of equals, which is the lowest


@mistake("You counted both mistakes alike. A miss costs `miss_cost`, a false alarm 1.")
def _most_accurate(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return cheapest_threshold(labels, probabilities, 1.0)


@mistake("You gave the price of a miss to the false alarms. A miss is an answer of 0 where the truth is 1.")
def _costs_swapped(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    says_one = probabilities >= thresholds[:, None]
    cost = miss_cost * (says_one & (labels == 0)).sum(1) + (~says_one & (labels == 1)).sum(1)
    return thresholds[cost.argmin()].item()


@mistake(
    "You said 1 only where the probability is *above* the threshold. At the threshold itself the answer is 1, too."
)
def _above(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    says_one = probabilities > thresholds[:, None]
    cost = (says_one & (labels == 0)).sum(1) + miss_cost * (~says_one & (labels == 1)).sum(1)
    return thresholds[cost.argmin()].item()


@mistake("Of equally cheap thresholds you gave the highest. Keep the first one if you go upwards: compare with `<`.")
def _highest_of_equals(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort(descending=True).values
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("Of equally cheap thresholds you gave the one that stands first in `probabilities`. Give the lowest.")
def _first_of_equals(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return probabilities[_costs(labels, probabilities, miss_cost, probabilities).argmin()].item()


@mistake("Yours is the lowest probability, always. Do false alarms count, and does each threshold begin to count at 0?")
def _always_the_lowest(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return probabilities.min().item()


@mistake("Yours is the cheapest if misses cost nothing. A miss is an answer of 0 where the truth is 1.")
def _misses_for_nothing(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return cheapest_threshold(labels, probabilities, 0.0)


@mistake("You never tried the lowest probability, with which every answer is 1. It may be the cheapest.")
def _lowest_left_out(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values[min(1, len(probabilities) - 1) :]
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("You stopped where the cost rose for the first time. It may fall again: try all probabilities.")
def _first_valley(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    costs = _costs(labels, probabilities, miss_cost, thresholds)
    rises = (costs.diff() > 0).nonzero().flatten().tolist()
    return thresholds[costs[: rises[0] + 1 if rises else None].argmin()].item()


@mistake("You sorted the probabilities, but not the labels with them, so they belong to other texts.")
def _labels_left_behind(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return cheapest_threshold(labels, probabilities.sort().values, miss_cost)


@mistake("You parted texts of one probability. Either all of them are at least the threshold, or none.")
def _ties_parted(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds, order = probabilities.sort(stable=True)
    ones, zeros = (labels[order] == 1).long(), (labels[order] == 0).long()
    cost = zeros.flip(0).cumsum(0).flip(0) + miss_cost * (ones.cumsum(0) - ones)
    return thresholds[cost.argmin()].item()


@mistake("In yours a wrong answer weighs more if its label is rare, as in shares of a label. Count the wrong answers.")
def _shares(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    relative = miss_cost * (labels == 0).sum().item() / max(1, (labels == 1).sum().item())
    return cheapest_threshold(labels, probabilities, relative)


@mistake("You tried the middles between neighbours. The threshold that is asked for is one of the probabilities.")
def _halfway(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    values = probabilities.unique()
    thresholds = torch.cat([values[:1], (values[1:] + values[:-1]) / 2])
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("You gave the cost. Give the threshold that has it.")
def _the_cost(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return _costs(labels, probabilities, miss_cost, probabilities).min().item()


@mistake("Yours is the most expensive threshold. Look for the smallest cost, with the answer 1 from the threshold on.")
def _dearest(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmax()].item()


@mistake("1 / (1 + miss_cost) is best if the probabilities are exactly right. Yours are not: count on the data.")
def _from_theory(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return 1 / (1 + miss_cost)


@mistake("You took the first probability from 1 / (1 + miss_cost) on, as if all were exactly right. Count on the data.")
def _next_to_theory(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    enough = thresholds[thresholds >= 1 / (1 + miss_cost)]
    return (enough[0] if len(enough) else thresholds[-1]).item()


@mistake("You tried round thresholds only. Try the given probabilities: between two of them no answer changes.")
def _on_a_grid(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = torch.arange(0, 101) / 100
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("You gave the place of the threshold in the list. Give the probability that stands there.")
def _the_index(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return float(_costs(labels, probabilities, miss_cost, probabilities).argmin())


@mistake("You gave the place of the threshold among the sorted ones. Give the probability that stands there.")
def _the_rank(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return float(_costs(labels, probabilities, miss_cost, probabilities.sort().values).argmin())


def _cheapest_of_the_table(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    p, y = probabilities.numpy(), labels.numpy()
    table = [(((p >= t) * (y == 0)).sum() + miss_cost * ((p < t) * (y == 1)).sum(), float(t)) for t in p]
    return min(table)[1]


CHEAPEST_THRESHOLD = CodeExercise(
    id="fine_tuning.cheapest_threshold",
    title="The cheapest threshold",
    stars=2,
    minutes=15,
    task="Choose the probability from which on the answer is 1, when a miss and a false alarm do not cost the same.",
    hints=[
        "Which thresholds need trying? Between two neighbouring probabilities no answer changes.",
        "For one threshold: `says_one = probabilities >= threshold`. Count the false alarms and the misses.",
        "Go through the sorted probabilities, and keep a threshold only if its cost is *smaller* than the best so far.",
    ],
    solution=cheapest_threshold,
    reference=_cheapest_of_the_table,
    inputs=_costly_answers,
    mistakes=[
        _most_accurate,
        _costs_swapped,
        _above,
        _highest_of_equals,
        _first_of_equals,
        _always_the_lowest,
        _misses_for_nothing,
        _lowest_left_out,
        _first_valley,
        _labels_left_behind,
        _ties_parted,
        _shares,
        _halfway,
        _the_cost,
        _dearest,
        _from_theory,
        _next_to_theory,
        _on_a_grid,
        _the_index,
        _the_rank,
    ],
    remark="If the probabilities were exactly right, the best threshold would be 1 / (1 + miss_cost) without any data.",
)

# --- a number, and three questions ------------------------------------------------------------------------------------

PADDING_SHARE = NumberExercise(
    id="fine_tuning.padding_share",
    title="How much of a batch is padding?",
    stars=1,
    minutes=3,
    task=(
        "Four sentences of 4, 6, 7 and 15 tokens, [CLS] and [SEP] included, are padded to the longest. "
        "Which share (0 to 1) of the places is padding?"
    ),
    hints=[
        "The batch is a rectangle of 4 rows. How many columns does it have?",
        "4 × 15 places, 4 + 6 + 7 + 15 real tokens.",
    ],
    solution=1 - 32 / 60,
    working="1 - (4 + 6 + 7 + 15) / (4 * 15)",
    tolerance=0.005,
    mistakes=[
        wrong_number(32 / 60, "This is the share of real tokens. The padding is the rest."),
        wrong_number(
            28 / 32, "You compared the padding with the real tokens. The share is of all places in the batch."
        ),
        wrong_number(32 / 28, "You divided the real tokens by the padding. The share is of all places in the batch."),
        wrong_number(28.0, "You counted the padding. Divide it by the number of places in the batch."),
        wrong_number(100 * 28 / 60, "That is in per cent. Give a share between 0 and 1.", within=0.5),
        wrong_number(32.0, "You counted the real tokens. Count the padding, and divide by the number of places."),
        wrong_number(60.0, "You counted all places of the batch. Which share of them is padding?"),
        wrong_number(60 / 32, "That is how many places there are for each real token. How many of them are padding?"),
        wrong_number(7.0, "That is the padding of a sentence on average. Divide it by the length of a row."),
        wrong_number(28 / 15, "That is the padding in rows of 15. There are four rows: divide by them, too."),
        wrong_number(28 / 45, "You left out the row without padding. Its places are in the batch, too."),
        wrong_number(11 / 15, "That is the share in the shortest sentence's row. Take all four rows together."),
        wrong_number(24 / 56, "That would be right for rows of 14. The longest sentence has 15 tokens.", within=0.002),
        wrong_number(32 / 64, "That would be right for rows of 16. The longest sentence has 15 tokens."),
        wrong_number(
            28 / 68, "That would be right for sentences two tokens longer. [CLS] and [SEP] are counted already."
        ),
        wrong_number(1 - 32 / (4 * 512), "That would be right for rows of 512. These end with the longest sentence."),
        wrong_number(3 / 4, "Three of four sentences are padded, but not all of their places. Count places."),
    ],
    remark="Nearly half of the arithmetic would be spent on nothing, which is why batches are sorted by length.",
)

QUIZ_NEW_HEAD = Quiz(
    id="fine_tuning.quiz_new_head",
    title="The first loss",
    task="A pretrained BERT gets a new two-label head. What is its mean loss before the first training step?",
    hints=["What has the head learnt so far?", "With no opinion, both labels get a probability of about 1/2."],
    options=[
        wrong(
            "About 0: the model is pretrained.", "The encoder is pretrained, the head is not: its weights are random."
        ),
        right("About 0.69, or ln 2.", "The head is random and small, so both labels get about 1/2, and −ln ½ = 0.69."),
        wrong("About 0.5, like its accuracy.", "The accuracy is about 0.5; the loss is −ln of the probability, 0.69."),
        wrong(
            "It cannot be said; the logits may be anything.", "Small random weights give logits near 0, in every run."
        ),
    ],
)

QUIZ_BUCKETS = Quiz(
    id="fine_tuning.quiz_buckets",
    title="What sorting by length buys",
    task="Batches are made of sentences of similar length instead of random ones. What changes most?",
    hints=["Which places of a batch are computed and then ignored?", "The mask keeps padding out of the result."],
    options=[
        wrong("The accuracy, because padding confuses the model.", "The mask hides padding: the result is the same."),
        wrong(
            "Memory only: the masked places are skipped.", "Masked places are computed like all others, then ignored."
        ),
        right("The time of an epoch.", "Less padding, less arithmetic: the same steps take about half the time here."),
        wrong("The number of steps in an epoch.", "The batches hold as many sentences as before, so the steps stay."),
    ],
)

QUIZ_TEST_SPLIT = Quiz(
    id="fine_tuning.quiz_test_split",
    title="When the test split may be used",
    task="You tried five learning rates. Where do you pick the best, and how often do you look at the test split?",
    hints=["Which data played no part in any choice?", "The best of five noisy scores is higher than its own mean."],
    options=[
        wrong(
            "Pick on the test split: it is the one that counts.",
            "Then the winner's score is partly luck, and is reported as skill.",
        ),
        wrong("Pick on the training split, then test once.", "Training data favours the rate that memorises fastest."),
        wrong(
            "Pick on validation, and test all five.",
            "Five looks tempt you to report the luckiest, which is a choice made on test.",
        ),
        right(
            "Pick on validation, and test the winner once.", "Only then has the test split played no part in a choice."
        ),
    ],
)
