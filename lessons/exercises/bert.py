"""The exercises of notebook 07, BERT: its inputs, names, a probe, sentence vectors, its holes and their loss."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, Quiz, mistake, right, wrong


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- two texts in one input -------------------------------------------------------------------------------------------


def _pairs(rng: Generator) -> Iterator[tuple[list[int], list[int], int, int]]:
    def ids(n: int) -> list[int]:
        return rng.integers(1000, 2000, size=n).tolist()

    for first, second in ((3, 2), (1, 1), (2, 5), (4, 0), (0, 3)):
        yield ids(first), ids(second), 101, 102
    yield ids(2), ids(4), 2, 3
    yield [1037, 102, 1012], [1996], 101, 102  # the first text holds a [SEP] of its own


def pack_pair(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    """Two lists of ids -> tensors (1, tokens): [CLS] first [SEP] second [SEP], and the segment of each token.

    Either list may be empty, or hold ids of special tokens.
    """
    opening, closing = [cls_id, *first, sep_id], [*second, sep_id]
    segments = [0] * len(opening) + [1] * len(closing)
    return torch.tensor([opening + closing]), torch.tensor([segments])


@mistake("The first [SEP] closes the first text, so it belongs to segment 0.")
def _first_sep_in_second(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    segments[0, len(first) + 1] = 1
    return ids, segments


@mistake("The last [SEP] closes the second text, so it belongs to segment 1.")
def _last_sep_in_first(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    segments[0, -1] = 0
    return ids, segments


@mistake("There are two [SEP]: one closes each text.")
def _one_sep(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids[:, :-1], segments[:, :-1]


@mistake("[CLS] stands once, at the very beginning. The second text has none of its own.")
def _two_cls(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    opening, closing = [cls_id, *first, sep_id], [cls_id, *second, sep_id]
    return torch.tensor([opening + closing]), torch.tensor([[0] * len(opening) + [1] * len(closing)])


@mistake("Segments count from 0: the table of segment vectors has the rows 0 and 1 only.")
def _segments_from_one(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids, segments + 1


@mistake("Every token is in segment 0 here. The tokens of the second text, and its [SEP], are in segment 1.")
def _one_segment(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids, torch.zeros_like(segments)


@mistake("The shape is (tokens,). A batch of one pair is (1, tokens): one more pair of brackets.")
def _without_batch(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids[0], segments[0]


@mistake("The shape is (tokens, 1): each token is a row of its own. Both results are one row, (1, tokens).")
def _as_a_column(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids.T.clone(), segments.T.clone()


@mistake("Nothing stands between the two texts. The first one is closed by a [SEP], too.")
def _no_sep_between(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids = [cls_id, *first, *second, sep_id]
    return torch.tensor([ids]), torch.tensor([[0] * (len(first) + 1) + [1] * (len(second) + 1)])


@mistake("The two results are in each other's place: first the ids, then the segments.")
def _segments_returned_first(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    return pack_pair(first, second, cls_id, sep_id)[::-1]


@mistake("The segments are the wrong way round: the first text is segment 0, the second is segment 1.")
def _segments_flipped(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids, 1 - segments


@mistake("[CLS] and [SEP] are in each other's place: [CLS] opens the input, [SEP] closes each text.")
def _special_exchanged(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    return pack_pair(first, second, sep_id, cls_id)


@mistake(
    "In yours each [SEP] is counted with what comes after it. It closes a text, and is in the segment of that text."
)
def _seps_counted(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, _ = pack_pair(first, second, cls_id, sep_id)
    return ids, (ids == sep_id).cumsum(1)


@mistake("There are fewer segments than ids: the special tokens have a segment, too.")
def _segments_of_words_alone(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, _ = pack_pair(first, second, cls_id, sep_id)
    return ids, torch.tensor([[0] * len(first) + [1] * len(second)])


@mistake("There is one segment fewer than ids. [CLS] and the first [SEP] both belong to the first text: count them in.")
def _one_segment_fewer(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return ids, segments[:, 1:].clone()


@mistake("An empty second text is closed by a [SEP] like any other.")
def _no_sep_after_nothing(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, segments = pack_pair(first, second, cls_id, sep_id)
    return (ids, segments) if second else (ids[:, :-1], segments[:, :-1])


@mistake("101 and 102 are the ids in one vocabulary. Other models have others: take `cls_id` and `sep_id`.")
def _ids_of_one_model(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    return pack_pair(first, second, 101, 102)


@mistake("The first text may hold a [SEP] of its own. Find its end by its length, not by searching for a [SEP].")
def _border_searched(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    ids, _ = pack_pair(first, second, cls_id, sep_id)
    return ids, (torch.arange(ids.shape[1]) > ids[0].tolist().index(sep_id)).long()[None]


def _packed_by_parts(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    parts = [[cls_id], first, [sep_id], second, [sep_id]]
    ids = torch.cat([torch.tensor(part, dtype=torch.long) for part in parts])
    return ids[None], (torch.arange(len(ids)) > len(first) + 1).long()[None]


PACK_PAIR = CodeExercise(
    id="bert.pack_pair",
    title="Two texts in one input",
    stars=1,
    minutes=7,
    task="Build the ids and the segments of a pair of texts.",
    hints=[
        "Python lists can be added: [cls_id] + first + [sep_id] is the first half.",
        "Segments: a 0 for each token of the first half, its [SEP] included, then a 1 for each of the second.",
    ],
    solution=pack_pair,
    reference=_packed_by_parts,
    inputs=_pairs,
    mistakes=[
        _first_sep_in_second,
        _last_sep_in_first,
        _one_sep,
        _two_cls,
        _segments_from_one,
        _one_segment,
        _without_batch,
        _as_a_column,
        _no_sep_between,
        _segments_returned_first,
        _segments_flipped,
        _special_exchanged,
        _seps_counted,
        _segments_of_words_alone,
        _one_segment_fewer,
        _no_sep_after_nothing,
        _ids_of_one_model,
        _border_searched,
    ],
)

# --- a checkpoint's names ---------------------------------------------------------------------------------------------

_PARTS = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward.expand",
    "output.dense": "feed_forward.contract",
    "output.LayerNorm": "feed_forward_norm",
}


def _layer_names(rng: Generator) -> Iterator[tuple[list[str]]]:
    def name(number: int, part: str) -> str:
        return f"encoder.layer.{number}.{part}.{'weight' if rng.random() < 0.5 else 'bias'}"

    yield ([name(number, list(_PARTS)[int(rng.integers(len(_PARTS)))]) for number in (0, 1, 7, 10, 11, 23)],)
    yield ([name(int(rng.integers(0, 24)), part) for part in _PARTS],)
    yield ([f"encoder.layer.{int(rng.integers(0, 10))}.intermediate.dense.weight"],)


def rename_layers(names: list[str]) -> list[str]:
    """The names in our model of these parameters of encoder layers in a checkpoint, in the same order.

    Each is `encoder.layer.`, a number, one of the eight parts, and `.weight` or `.bias`.
    """
    parts = {
        "attention.self.query": "attention.query",
        "attention.self.key": "attention.key",
        "attention.self.value": "attention.value",
        "attention.output.dense": "attention.output",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "feed_forward.expand",
        "output.dense": "feed_forward.contract",
        "output.LayerNorm": "feed_forward_norm",
    }
    renamed = []
    for name in names:
        number, rest = name.removeprefix("encoder.layer.").split(".", 1)
        part, kind = rest.rsplit(".", 1)
        renamed.append(f"layers.{number}.{parts[part]}.{kind}")
    return renamed


def _split(names: list[str]) -> Iterator[tuple[str, str, str]]:
    """Number, our part and kind of each name."""
    for name in rename_layers(names):
        _, number, rest = name.split(".", 2)
        part, kind = rest.rsplit(".", 1)
        yield number, part, kind


def _with(names: list[str], swaps: dict[str, str]) -> list[str]:
    """The right names, with one part taken for another."""
    return [f"layers.{number}.{swaps.get(part, part)}.{kind}" for number, part, kind in _split(names)]


@mistake("Both models count their layers from 0. Shifted by one, every shape would fit and every answer be wrong.")
def _shifted(names: list[str]) -> list[str]:
    return [f"layers.{int(number) + 1}.{part}.{kind}" for number, part, kind in _split(names)]


@mistake("Only one digit of the number was read: BERT-base has layers 10 and 11, and BERT-large goes to 23.")
def _one_digit(names: list[str]) -> list[str]:
    return [f"layers.{number[0]}.{part}.{kind}" for number, part, kind in _split(names)]


@mistake("query and key are in each other's place. Both are (dim, dim), so loading would not complain.")
def _query_for_key(names: list[str]) -> list[str]:
    return _with(names, {"attention.query": "attention.key", "attention.key": "attention.query"})


@mistake("The two LayerNorms are exchanged: attention.output.LayerNorm stands after the attention.")
def _norms_exchanged(names: list[str]) -> list[str]:
    return _with(names, {"attention_norm": "feed_forward_norm", "feed_forward_norm": "attention_norm"})


@mistake("`attention.output.dense` ends in `output.dense`, but it is not the feed-forward net's: match the whole part.")
def _ending_matched(names: list[str]) -> list[str]:
    return _with(names, {"attention.output": "feed_forward.contract", "attention_norm": "feed_forward_norm"})


@mistake(
    "`output.dense` is also the end of `attention.output.dense`, and was replaced there first: look up whole parts."
)
def _dense_replaced_first(names: list[str]) -> list[str]:
    return _with(names, {"attention.output": "attention.feed_forward.contract"})


@mistake(
    "`output.dense` and `output.LayerNorm` also end attention's parts, and were replaced there: look up whole parts."
)
def _endings_replaced_first(names: list[str]) -> list[str]:
    swaps = {"attention.output": "attention.feed_forward.contract", "attention_norm": "attention.feed_forward_norm"}
    return _with(names, swaps)


@mistake("`output.LayerNorm` is also the end of `attention.output.LayerNorm`, and was replaced there first.")
def _norm_replaced_first(names: list[str]) -> list[str]:
    return _with(names, {"attention_norm": "attention.feed_forward_norm"})


@mistake("Layer numbers can have two digits: cut at the dot, not after one character.")
def _cut_after_one_character(names: list[str]) -> list[str]:
    parts = _PARTS
    cut = [(name[14], *name[16:].rsplit(".", 1)) for name in names]
    return [f"layers.{number}.{parts[part]}.{kind}" for number, part, kind in cut]


@mistake("Only `encoder.layer` was renamed. The parts of a layer have other names here, too.")
def _only_prefix(names: list[str]) -> list[str]:
    return [name.replace("encoder.layer.", "layers.") for name in names]


@mistake("The last part, weight or bias, is missing.")
def _without_kind(names: list[str]) -> list[str]:
    return [f"layers.{number}.{part}" for number, part, _ in _split(names)]


@mistake("Every name ends in weight here: a bias stays a bias.")
def _always_weight(names: list[str]) -> list[str]:
    return [f"layers.{number}.{part}.weight" for number, part, _ in _split(names)]


@mistake("The parts are renamed, but `encoder.layer` still stands in front.")
def _front_kept(names: list[str]) -> list[str]:
    return ["encoder.layer" + name.removeprefix("layers") for name in rename_layers(names)]


@mistake("`encoder.` is gone, but our model has `layers`, in the plural.")
def _layer_in_singular(names: list[str]) -> list[str]:
    return ["layer" + name.removeprefix("layers") for name in rename_layers(names)]


@mistake("`encoder.` is still in front: in our model the names begin with `layers`.")
def _encoder_kept(names: list[str]) -> list[str]:
    return ["encoder." + name for name in rename_layers(names)]


@mistake("The front of layers with two digits has not changed: does your pattern allow for one digit only?")
def _two_digits_not_found(names: list[str]) -> list[str]:
    return ["encoder.layer" + name[6:] if name[8] != "." else name for name in rename_layers(names)]


@mistake("Layers with two digits keep their old names: does your pattern allow for one digit only?")
def _two_digits_left_out(names: list[str]) -> list[str]:
    ours = rename_layers(names)
    return [old if new[8] != "." else new for old, new in zip(names, ours, strict=True)]


@mistake("Query, key and value still have `self` in their names.")
def _self_kept(names: list[str]) -> list[str]:
    return _with(names, {f"attention.{part}": f"attention.self.{part}" for part in ("query", "key", "value")})


@mistake("`attention.output.dense` was left as it is: our model has no `dense` in its names.")
def _dense_kept(names: list[str]) -> list[str]:
    return _with(names, {"attention.output": "attention.output.dense"})


@mistake("expand and contract are in each other's place: `intermediate` is the wide one, so its map expands.")
def _expand_for_contract(names: list[str]) -> list[str]:
    swaps = {"feed_forward.expand": "feed_forward.contract", "feed_forward.contract": "feed_forward.expand"}
    return _with(names, swaps)


@mistake("Both LayerNorms are called attention_norm: one of them stands after the feed-forward net.")
def _one_norm(names: list[str]) -> list[str]:
    return _with(names, {"feed_forward_norm": "attention_norm"})


@mistake("Our norms have an underscore, not a dot: they are modules beside the attention and the feed-forward net.")
def _norms_inside(names: list[str]) -> list[str]:
    return _with(names, {"attention_norm": "attention.norm", "feed_forward_norm": "feed_forward.norm"})


@mistake("The names are right, but not in the order in which they were given.")
def _sorted_first(names: list[str]) -> list[str]:
    return rename_layers(sorted(names))


@mistake("Only the first name comes out: does the `return` stand inside the loop?")
def _first_alone(names: list[str]) -> list[str]:
    return rename_layers(names)[:1]


@mistake("This is a dictionary from their names to ours. A list of ours is asked for.")
def _as_a_dictionary(names: list[str]) -> dict[str, str]:
    return dict(zip(names, rename_layers(names), strict=True))


def _renamed_by_lookup(names: list[str]) -> list[str]:
    table = {
        f"encoder.layer.{i}.{theirs}.{kind}": f"layers.{i}.{ours}.{kind}"
        for i in range(24)
        for theirs, ours in _PARTS.items()
        for kind in ("weight", "bias")
    }
    return [table[name] for name in names]


RENAME_LAYERS = CodeExercise(
    id="bert.rename_layers",
    title="From their names to ours",
    stars=2,
    minutes=10,
    task="Turn the names of parameters of encoder layers into the names that they have in our model.",
    hints=[
        "Cut each name into number, part and kind: `removeprefix`, then `split('.', 1)` and `rsplit('.', 1)`.",
        "A dictionary from their eight parts to ours says the rest. Look up the whole part, not its ending.",
    ],
    solution=rename_layers,
    reference=_renamed_by_lookup,
    inputs=_layer_names,
    mistakes=[
        _shifted,
        _one_digit,
        _query_for_key,
        _norms_exchanged,
        _ending_matched,
        _dense_replaced_first,
        _endings_replaced_first,
        _norm_replaced_first,
        _cut_after_one_character,
        _only_prefix,
        _without_kind,
        _always_weight,
        _front_kept,
        _layer_in_singular,
        _encoder_kept,
        _two_digits_not_found,
        _two_digits_left_out,
        _self_kept,
        _dense_kept,
        _expand_for_contract,
        _one_norm,
        _norms_inside,
        _sorted_first,
        _first_alone,
        _as_a_dictionary,
    ],
)

# --- a probe ----------------------------------------------------------------------------------------------------------


def _clouds(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Clouds of points, one for each label, far from the origin and of unequal size; no new point is a near tie."""
    for sizes, dim, m in (((12, 9), 3, 14), ((4, 15, 9), 4, 14), ((11, 6, 8, 20), 6, 20)):
        labels = torch.from_numpy(rng.permutation(np.repeat(np.arange(len(sizes)), sizes)))
        centres = _normal(rng, len(sizes), dim) + 4 * _normal(rng, 1, dim).sign()
        vectors = centres[labels] + 0.7 * _normal(rng, len(labels), dim)
        new = centres[torch.from_numpy(rng.integers(len(sizes), size=12 * m))] + 0.9 * _normal(rng, 12 * m, dim)
        first, second = _outputs(vectors, labels, new).topk(2).values.unbind(1)
        yield vectors, labels, new[first - second > 0.02][:m].clone()
    line = torch.linspace(-1, 1, 9, dtype=torch.float64)[:, None]  # the middle one of three labels on a line
    yield 2 * line + 5, torch.tensor([0, 0, 0, 2, 2, 2, 1, 1, 1]), torch.tensor([[3.2], [6.9], [4.4]]).double()
    line = torch.tensor([0.0, 1.0, 0.5, 1.5, 1.8, 5.0, 6.0, 7.0]).double()[:, None]  # far out, one output is below -max
    yield line, torch.tensor([0, 0, 1, 1, 1, 2, 2, 2]), torch.tensor([[-20.0], [9.0], [0.2]]).double()


def _outputs(vectors: Tensor, labels: Tensor, new_vectors: Tensor, ones: bool = True) -> Tensor:
    """The outputs (m, labels) of a probe for each new vector, with or without a bias."""
    column = torch.ones_like(vectors[:, :1])
    inputs = torch.cat([vectors, column], 1) if ones else vectors
    weights = torch.linalg.pinv(inputs) @ F.one_hot(labels).to(vectors.dtype)
    new = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1) if ones else new_vectors
    return new @ weights


def linear_probe(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    """The labels that a probe reads from new vectors: (n, dim), (n,), (m, dim) -> (m,) whole numbers.

    Least squares, with a bias, on 0/1 targets. Labels are 0, 1, 2, ..., each there; n > dim + 1; no ties.
    """
    inputs = torch.cat([vectors, torch.ones(len(vectors), 1)], 1)  # (n, dim + 1)
    targets = F.one_hot(labels).to(vectors.dtype)  # (n, labels)
    weights = torch.linalg.lstsq(inputs, targets).solution  # (dim + 1, labels)
    new_inputs = torch.cat([new_vectors, torch.ones(len(new_vectors), 1)], 1)  # (m, dim + 1)
    return (new_inputs @ weights).argmax(1)


@mistake("The column of ones is missing, so your probe has no bias: every output is 0 at the origin.")
def _without_bias(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors, ones=False).argmax(1)


@mistake("The labels are names, not amounts: give each a column of 0 and 1 instead of fitting the number itself.")
def _number_fitted(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    inputs = torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)
    weights = torch.linalg.pinv(inputs) @ labels.to(vectors.dtype)
    outputs = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1) @ weights
    return outputs.round().long().clamp(0, int(labels.max()))


@mistake("The labels are names, not amounts: a number was fitted and rounded, which can even give a label below 0.")
def _number_rounded(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    inputs = torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)
    weights = torch.linalg.pinv(inputs) @ labels.to(vectors.dtype)
    return (torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1) @ weights).round().long()


@mistake("These are the outputs, one for each label. Read is the label of the largest: `argmax` over axis 1.")
def _outputs_returned(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors)


@mistake("These are the largest outputs themselves. Asked is *which* label has it: `argmax` in place of `max`.")
def _largest_output(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).amax(1)


@mistake("Your `argmax` runs over the vectors. For each new vector it goes over the labels, axis 1.")
def _wrong_axis(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).argmax(0)


@mistake("You took the label of the smallest output. The largest one is read.")
def _smallest(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).argmin(1)


@mistake("This is what the probe reads from the vectors that it was fitted on. It is judged on the new ones.")
def _read_from_the_old(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, vectors).argmax(1)


@mistake("Each new vector got the label of the nearest *mean*. That is a probe, too, but least squares is asked for.")
def _nearest_mean(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    means = torch.stack([vectors[labels == label].mean(0) for label in range(int(labels.max()) + 1)])
    return torch.cdist(new_vectors, means).argmin(1)


@mistake("Each new vector got the label of its nearest neighbour. A probe is a linear map, fitted by least squares.")
def _nearest_neighbour(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return labels[torch.cdist(new_vectors, vectors).argmin(1)]


@mistake("Every new vector got the commonest label. That is the figure to beat, not the probe.")
def _commonest(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return labels.bincount().argmax().expand(len(new_vectors)).clone()


@mistake("These are columns of 0 and 1. Give the label itself, one whole number for each new vector.")
def _still_columns(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return F.one_hot(_outputs(vectors, labels, new_vectors).argmax(1), int(labels.max()) + 1)


@mistake("Your labels begin at 1. The first column of the targets is label 0.")
def _from_one(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).argmax(1) + 1


@mistake("The axis of the outputs is still there, with size 1: `keepdim` keeps it. The result is (m,).")
def _axis_kept(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).argmax(1, keepdim=True)


@mistake(
    "Your probe's weights are Xᵀ times the targets. Least squares undoes the inputs' own sizes: `torch.linalg.lstsq`."
)
def _transpose_alone(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    inputs = torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)
    new = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1)
    return (new @ (inputs.T @ F.one_hot(labels).to(vectors.dtype))).argmax(1)


@mistake(
    "The new vectors were centred by their own mean. What is done to the old vectors is done to the new: same numbers."
)
def _centred_apart(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    moved = new_vectors - new_vectors.mean(0) + vectors.mean(0)
    return _outputs(vectors, labels, moved).argmax(1)


@mistake("The probe was fitted with a bias and read without it. The new vectors need their column of ones, too.")
def _bias_dropped(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return (_outputs(vectors, labels, new_vectors) - _outputs(vectors, labels, 0 * new_vectors)).argmax(1)


@mistake("The column of ones comes first in one table and last in the other. It needs the same place in both.")
def _ones_on_different_sides(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    last = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1)
    weights = torch.linalg.pinv(torch.cat([torch.ones_like(vectors[:, :1]), vectors], 1))
    return (last @ (weights @ F.one_hot(labels).to(vectors.dtype))).argmax(1)


@mistake(
    "The vectors were centred and the bias left out. With centred vectors it is the mean of each column of targets."
)
def _centred_without_bias(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    shares = labels.bincount() / len(labels)  # what a probe gives for the mean vector
    return (_outputs(vectors, labels, new_vectors) - shares).argmax(1)


@mistake("Old and new vectors were each standardised by their own figures. The new ones need those of the old ones.")
def _standardised_apart(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    own = (new_vectors - new_vectors.mean(0)) / new_vectors.std(0)
    return _outputs(vectors, labels, own * vectors.std(0) + vectors.mean(0)).argmax(1)


@mistake("This is least squares with a penalty of 1 on the weights, ridge. Plain least squares is asked for.")
def _with_a_penalty(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    inputs = torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)
    new = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1)
    square = inputs.T @ inputs + torch.eye(inputs.shape[1], dtype=inputs.dtype)
    return (new @ torch.linalg.solve(square, inputs.T @ F.one_hot(labels).to(vectors.dtype))).argmax(1)


@mistake("One number came out, the place of the largest of *all* outputs. `argmax(1)` gives one for each new vector.")
def _one_place_for_all(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).argmax()


@mistake("The inputs were fitted to the targets. It is the other way round: `lstsq(inputs, targets)`.")
def _fitted_backwards(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    inputs = torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)
    new = torch.cat([new_vectors, torch.ones_like(new_vectors[:, :1])], 1)
    return (new @ (torch.linalg.pinv(F.one_hot(labels).to(vectors.dtype)) @ inputs).T).argmax(1)


@mistake("Label 0 can never be read: it has no output of its own. Give every label a column, 0 as well.")
def _without_label_0(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors)[:, 1:].argmax(1) + 1


@mistake("Only 0 and 1 can come out of this. There may be more labels: a column for each, and the largest output.")
def _two_labels(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return (_outputs(vectors, labels, new_vectors)[:, 0] < 0.5).long()


@mistake("The sign of the outputs was dropped. A large negative output speaks against its label.")
def _largest_in_size(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    return _outputs(vectors, labels, new_vectors).abs().argmax(1)


def _label_by_label(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    """Centred instead of with ones, one label after the other, by the normal equations."""
    centre = vectors.mean(0)
    x, columns = vectors - centre, []
    for label in range(int(labels.max()) + 1):
        target = (labels == label).to(vectors.dtype)
        slope = torch.linalg.solve(x.T @ x, x.T @ (target - target.mean()))
        columns.append((new_vectors - centre) @ slope + target.mean())
    return torch.stack(columns, 1).argmax(1)


LINEAR_PROBE = CodeExercise(
    id="bert.linear_probe",
    title="A probe of your own",
    stars=2,
    minutes=12,
    task="Fit a linear map from vectors to labels, and read the labels of new vectors with it.",
    hints=[
        "A column of ones: `torch.cat([vectors, torch.ones(len(vectors), 1)], 1)`.",
        "Targets: `F.one_hot(labels).to(vectors.dtype)`, a column for each label. `torch.linalg.lstsq(a, b).solution`.",
        "The new vectors need their column of ones, too. Then `(new_inputs @ weights).argmax(1)`.",
    ],
    solution=linear_probe,
    reference=_label_by_label,
    inputs=_clouds,
    mistakes=[
        _without_bias,
        _number_fitted,
        _number_rounded,
        _outputs_returned,
        _largest_output,
        _wrong_axis,
        _smallest,
        _read_from_the_old,
        _nearest_mean,
        _nearest_neighbour,
        _commonest,
        _still_columns,
        _from_one,
        _axis_kept,
        _transpose_alone,
        _centred_apart,
        _bias_dropped,
        _ones_on_different_sides,
        _centred_without_bias,
        _standardised_apart,
        _with_a_penalty,
        _one_place_for_all,
        _fitted_backwards,
        _without_label_0,
        _two_labels,
        _largest_in_size,
    ],
)

# --- one vector for a sentence ----------------------------------------------------------------------------------------


def _padded_vectors(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for lengths, dim in (((5, 3, 2), 4), ((3,), 2), ((6, 6), 3), ((2, 7, 4, 3), 5)):
        tokens = max(lengths)
        mask = (torch.arange(tokens) < torch.tensor(lengths)[:, None]).long()
        yield _normal(rng, len(lengths), tokens, dim) + 2, mask
    yield _normal(rng, 2, 4, 3) + 1, torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1]])  # padding on the left


def mean_pool(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """The mean of the real tokens' vectors: (batch, tokens, dim), (batch, tokens) of 1 and 0 -> (batch, dim).

    Every sentence has a real token; the vectors of padding are any finite numbers.
    """
    is_real = attention_mask[..., None]  # (batch, tokens, 1)
    return (hidden * is_real).sum(1) / is_real.sum(1)


@mistake("You averaged over padding as well. Its vectors are not zero: hide them with the mask.")
def _over_padding(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return hidden.mean(1)


@mistake("Padding is hidden in the sum, but still counted: divide by the number of *real* tokens of each sentence.")
def _divided_by_all(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).mean(1)


@mistake("This is the sum. Long sentences would get long vectors: divide by the number of real tokens.")
def _sum_alone(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).sum(1)


@mistake("This is the first token's vector, [CLS] in BERT, not the mean.")
def _first_token(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return hidden[:, 0].clone()


@mistake("You divided every sentence by the tokens of the whole batch. Each sentence has a number of its own.")
def _by_batch(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).sum(1) / attention_mask.sum()


@mistake("The mask is the wrong way round: 1 marks a real token, 0 padding.")
def _only_padding(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return mean_pool(hidden, 1 - attention_mask)


@mistake("This averages over the sentences of the batch. The tokens are axis 1.")
def _over_the_batch(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).sum(0) / attention_mask.sum(0)[:, None]


@mistake(
    "You took the first vectors, as many as there are real tokens. Padding may stand in front: let the mask choose."
)
def _first_ones(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return torch.stack([x[: int(real.sum())].mean(0) for x, real in zip(hidden, attention_mask, strict=True)])


@mistake("This is one mean for the whole batch. Each sentence gets its own: sum over axis 1 alone.")
def _one_for_all(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).sum((0, 1)) / attention_mask.sum()


@mistake("These are the means of the padding: in the mask a 1 is a real token.")
def _only_padding_or_zero(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    is_padding = 1 - attention_mask[..., None]
    return (hidden * is_padding).sum(1) / is_padding.sum(1).clamp(min=1)


@mistake("In yours each sentence goes on from the total of those before it: begin every sentence at zero.")
def _never_reset(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    total, count = (hidden * attention_mask[..., None]).sum(1).cumsum(0), attention_mask.sum(1).cumsum(0)
    return total / count[:, None]


@mistake("In yours the token at place 0 is left out. [CLS] is a real token, too.")
def _without_the_first(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return mean_pool(hidden[:, 1:], attention_mask[:, 1:])


@mistake("You divided by one more than the number of real tokens.")
def _one_more(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return (hidden * attention_mask[..., None]).sum(1) / (attention_mask.sum(1)[:, None] + 1)


@mistake("This is the largest number of each column among the real tokens. The mean is asked for.")
def _largest(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return hidden.masked_fill(attention_mask[..., None] == 0, -math.inf).amax(1)


@mistake("`reshape` does not exchange axes: it reads the same numbers on, in rows of another length. Take `transpose`.")
def _reshaped(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    exchanged = hidden.reshape(len(hidden), hidden.shape[2], hidden.shape[1])
    return (exchanged * attention_mask[:, None]).sum(2) / attention_mask.sum(1)[:, None]


@mistake("The axis of the tokens is still there, with size 1: `keepdim` keeps it, and so does a matrix product.")
def _token_axis_kept(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return mean_pool(hidden, attention_mask)[:, None]


@mistake("Your vectors are scaled to length 1. Asked is the mean itself; the cosine divides by the length later.")
def _length_one(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return F.normalize(mean_pool(hidden, attention_mask), dim=-1)


def _pooled_one_by_one(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    return torch.stack([x[real == 1].mean(0) for x, real in zip(hidden, attention_mask, strict=True)])


MEAN_POOL = CodeExercise(
    id="bert.mean_pool",
    title="One vector for a sentence",
    stars=1,
    minutes=7,
    task="Average the vectors of each sentence's real tokens.",
    hints=[
        "`attention_mask[..., None]` is (batch, tokens, 1) and multiplies every number of a token's vector.",
        "Sum over the tokens (axis 1), then divide by how many of them are real.",
    ],
    solution=mean_pool,
    reference=_pooled_one_by_one,
    inputs=_padded_vectors,
    gradient=["hidden"],
    mistakes=[
        _over_padding,
        _divided_by_all,
        _sum_alone,
        _first_token,
        _by_batch,
        _only_padding,
        _over_the_batch,
        _first_ones,
        _one_for_all,
        _only_padding_or_zero,
        _never_reset,
        _without_the_first,
        _one_more,
        _largest,
        _reshaped,
        _token_axis_kept,
        _length_one,
    ],
)

# --- the holes --------------------------------------------------------------------------------------------------------

_FIRST_WORD = 5  # ids below it are special tokens
_MASK = 4


def _dice(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    token_ids = torch.tensor([[2, 17, 5, 30, 41, 3]])  # after [CLS] a token of each fate, and one that is not chosen
    chance = torch.tensor([[0.05, 0.1, 0.02, 0.14, 0.6, 0.9]], dtype=torch.float64)
    fate = torch.tensor([[0.3, 0.5, 0.85, 0.95, 0.1, 0.2]], dtype=torch.float64)
    yield token_ids, chance, fate, torch.tensor([[9, 8, 7, 6, 11, 10]])
    for batch, tokens in ((3, 8), (4, 40)):
        token_ids = torch.from_numpy(rng.integers(_FIRST_WORD, 60, size=(batch, tokens)))
        token_ids[:, 0], token_ids[:, -1] = 2, 3
        if tokens > 8:
            token_ids[0, 20:] = 0  # [PAD]
        chance, fate = torch.from_numpy(rng.uniform(size=(2, batch, tokens)))
        chance = chance * 0.5  # more chosen tokens
        chance[0, 1:4] = 0.01  # one of each fate
        fate[0, 1:4] = torch.tensor([0.5, 0.85, 0.95])
        if tokens > 8:
            token_ids[1, 5], token_ids[1, 6] = 1, 4  # [UNK], and a [MASK] that the text has already
            chance[1, 5:7] = 0.01
            fate[1, 5:7] = 0.85
        others = torch.from_numpy(rng.integers(_FIRST_WORD, 60, size=(batch, tokens)))
        yield token_ids, chance, fate, others


def hide_tokens(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """The 80/10/10 rule on (batch, tokens); no die falls on a border. Returns the ids with holes, and the labels."""
    chosen = (chance < 0.15) & (token_ids >= 5)
    labels = token_ids.masked_fill(~chosen, -100)
    holes = token_ids.masked_fill(chosen & (fate < 0.8), 4)
    replaced = chosen & (fate >= 0.8) & (fate < 0.9)
    return torch.where(replaced, others, holes), labels


def _hide(token_ids: Tensor, chosen: Tensor, fate: Tensor, others: Tensor) -> Tensor:
    holes = torch.where(chosen & (fate < 0.8), _MASK, token_ids)
    return torch.where(chosen & (fate >= 0.8) & (fate < 0.9), others, holes)


def _chosen(token_ids: Tensor, chance: Tensor) -> Tensor:
    return (chance < 0.15) & (token_ids >= _FIRST_WORD)


@mistake("You chose special tokens, too. [CLS], [SEP], [PAD] and [UNK] have ids below 5: nothing is asked about them.")
def _special_tokens(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = chance < 0.15
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, -100)


@mistake("[PAD] and [CLS] are spared, but other ids below 5 are not: [SEP] and [UNK] are special, too.")
def _only_some_special(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = (chance < 0.15) & (token_ids != 0) & (token_ids != 2)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, -100)


@mistake("[UNK] and [MASK] were chosen. Their ids, 1 and 4, are special, too.")
def _unknown_and_mask(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = (chance < 0.15) & (token_ids != 0) & (token_ids != 2) & (token_ids != 3)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, -100)


@mistake("A [MASK] that the text has already was chosen. Its id, 4, is special, too: ordinary ids begin at 5.")
def _mask_is_ordinary(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = (chance < 0.15) & (token_ids > 3)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, -100)


@mistake("No chosen token became [MASK] in yours: `others` belongs to 0.8 ≤ fate < 0.9 only.")
def _masks_overwritten(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return torch.where(chosen & (fate < 0.9), others, token_ids), torch.where(chosen, token_ids, -100)


@mistake("Only tokens that changed have a label. The tenth that stays as it is is asked about, too.")
def _labels_where_changed(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    holes = _hide(token_ids, _chosen(token_ids, chance), fate, others)
    return holes, torch.where(holes != token_ids, token_ids, -100)


@mistake("The two results are in each other's place: first the ids with holes, then the labels.")
def _labels_first(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    holes, labels = hide_tokens(token_ids, chance, fate, others)
    return labels, holes


@mistake("Every token has a label here, so the loss would be taken everywhere. Where nothing is asked, it is -100.")
def _labels_everywhere(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    return _hide(token_ids, _chosen(token_ids, chance), fate, others), token_ids.clone()


@mistake("Only tokens that became [MASK] have a label. The replaced and the unchanged ones are asked about, too.")
def _labels_at_masks(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen & (fate < 0.8), token_ids, -100)


@mistake("The labels hold what stands there *after* hiding. They must say what stood there before.")
def _labels_after(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    holes = _hide(token_ids, chosen, fate, others)
    return holes, torch.where(chosen, holes, -100)


@mistake("All chosen tokens became [MASK]. Of them, a tenth is replaced by `others` and a tenth stays.")
def _always_mask(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return torch.where(chosen, _MASK, token_ids), torch.where(chosen, token_ids, -100)


@mistake("The last tenth, fate from 0.9 on, stays as it is; you replaced it, too.")
def _none_stays(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    holes = torch.where(chosen, torch.where(fate < 0.8, _MASK, others), token_ids)
    return holes, torch.where(chosen, token_ids, -100)


@mistake("80 % of *all* ordinary tokens were hidden. The 80 % are of those that were chosen, 15 % of the text.")
def _of_all(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    ordinary = token_ids >= _FIRST_WORD
    return _hide(token_ids, ordinary, fate, others), torch.where(_chosen(token_ids, chance), token_ids, -100)


@mistake("The label of a token about which nothing is asked is -100, not 0: 0 is the id of [PAD].")
def _zero_labels(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, 0)


@mistake("The first ordinary id, 5, is never chosen in yours: special are 0 to 4.")
def _five_is_special(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = (chance < 0.15) & (token_ids > _FIRST_WORD)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, token_ids, -100)


@mistake("The labels are the wrong way round: the id stands where a token is chosen, -100 where none is.")
def _labels_reversed(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return _hide(token_ids, chosen, fate, others), torch.where(chosen, -100, token_ids)


@mistake("103 is [MASK] in the vocabulary of BERT-base. Here it is 4.")
def _mask_of_bert_base(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    holes = _hide(token_ids, chosen, fate, others)
    return holes.masked_fill(chosen & (fate < 0.8), 103), torch.where(chosen, token_ids, -100)


@mistake("Your shares begin at the other end: a fate *below* 0.8 is [MASK], the unchanged tenth begins at 0.9.")
def _shares_reversed(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    return _hide(token_ids, chosen, 1 - fate, others), torch.where(chosen, token_ids, -100)


@mistake("The last two tenths are in each other's place: below 0.9 comes the token in `others`, then what stays.")
def _tenths_exchanged(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    holes = torch.where(chosen, torch.where(fate < 0.8, _MASK, torch.where(fate < 0.9, token_ids, others)), token_ids)
    return holes, torch.where(chosen, token_ids, -100)


@mistake("`others` has a token for every place: take the one at the same place, not the next that is left.")
def _others_in_order(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    replaced = chosen & (fate >= 0.8) & (fate < 0.9)
    holes = token_ids.masked_fill(chosen & (fate < 0.8), _MASK).masked_scatter(replaced, others)
    return holes, torch.where(chosen, token_ids, -100)


@mistake(
    "Both results hold the same numbers. Is it one tensor with two names? `labels = ids` makes no copy, `clone()` does."
)
def _one_tensor(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    chosen = _chosen(token_ids, chance)
    both = _hide(token_ids, chosen, fate, others).masked_fill(~chosen, -100)
    return both, both


def _token_by_token(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    holes, labels = token_ids.clone(), torch.full_like(token_ids, -100)
    for at in torch.cartesian_prod(*(torch.arange(n) for n in token_ids.shape)).tolist():
        place = tuple(at)
        if token_ids[place] < _FIRST_WORD or chance[place] >= 0.15:
            continue
        labels[place] = token_ids[place]
        if fate[place] < 0.8:
            holes[place] = _MASK
        elif fate[place] < 0.9:
            holes[place] = others[place]
    return holes, labels


HIDE_TOKENS = CodeExercise(
    id="bert.hide_tokens",
    title="The 80/10/10 rule",
    stars=2,
    minutes=12,
    task="Hide tokens as BERT's pre-training does; the dice have been thrown already.",
    hints=[
        "First a boolean table: which tokens are chosen? `(chance < 0.15) & (token_ids >= 5)`.",
        "Labels: `token_ids.masked_fill(~chosen, -100)`. `torch.where(condition, a, b)` takes a where it is true.",
        "fate below 0.8: [MASK], id 4. From 0.8 to 0.9: the id in `others`. From 0.9 on: as it was.",
    ],
    solution=hide_tokens,
    reference=_token_by_token,
    inputs=_dice,
    mistakes=[
        _special_tokens,
        _only_some_special,
        _unknown_and_mask,
        _mask_is_ordinary,
        _masks_overwritten,
        _labels_where_changed,
        _labels_first,
        _labels_everywhere,
        _labels_at_masks,
        _labels_after,
        _always_mask,
        _none_stays,
        _of_all,
        _zero_labels,
        _five_is_special,
        _labels_reversed,
        _mask_of_bert_base,
        _shares_reversed,
        _tenths_exchanged,
        _others_in_order,
        _one_tensor,
    ],
)

# --- the loss ---------------------------------------------------------------------------------------------------------


def _logits_and_labels(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for batch, tokens, size in ((2, 5, 4), (1, 3, 6), (3, 8, 10)):
        labels = torch.from_numpy(rng.integers(0, size, size=(batch, tokens)))
        hidden = torch.from_numpy(rng.uniform(size=(batch, tokens))) < 0.6
        hidden[0, 0], hidden[0, -1] = True, False
        yield _normal(rng, batch, tokens, size) * 2, labels.masked_fill(hidden, -100)
    labels = torch.tensor([[-100, 0, -100, 2], [1, 2, 0, 1]])  # rows with different numbers of labels
    yield _normal(rng, 2, 4, 3), labels
    yield 1000 * _normal(rng, 2, 4, 3), labels  # too large for exp
    yield _normal(rng, 1, 3, 101), torch.tensor([[100, -100, 7]])  # 100 is a label like any other


def masked_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy (nats) where a label is not -100: (batch, tokens, vocabulary), (batch, tokens) -> a number.

    At least one label is not -100; logits may be in the thousands.
    """
    asked = labels != -100  # (batch, tokens)
    return F.cross_entropy(logits[asked], labels[asked])


@mistake("This is the mean over *all* tokens: those with the label -100 add 0, but are counted. Divide by those asked.")
def _mean_over_all(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum") / labels.numel()


@mistake("The loss is taken at every token: -100 was read as a class. Only tokens with a label count.")
def _loss_everywhere(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), labels.clamp(min=0).flatten())


@mistake("This is the sum. Divide by the number of tokens that are asked about.")
def _sum_of_all(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")


@mistake("You averaged in each sentence first. Every asked *token* counts the same, however many its sentence has.")
def _mean_of_means(logits: Tensor, labels: Tensor) -> Tensor:
    rows = [F.cross_entropy(x, y) for x, y in zip(logits, labels, strict=True) if (y != -100).any()]
    return torch.stack(rows).mean()


@mistake("The minus is missing: the loss is minus the logarithm of the right token's probability.")
def _without_minus(logits: Tensor, labels: Tensor) -> Tensor:
    return -masked_loss(logits, labels)


@mistake("This is in bits. The natural logarithm is asked for, as `F.cross_entropy` has it.")
def _in_bits(logits: Tensor, labels: Tensor) -> Tensor:
    return masked_loss(logits, labels) / math.log(2)


@mistake("The softmax was taken twice: `F.cross_entropy` takes the logits as they are.")
def _softmax_twice(logits: Tensor, labels: Tensor) -> Tensor:
    return masked_loss(logits.softmax(-1), labels)


@mistake("With large scores exp(...) is too large for a number: take `F.cross_entropy` or `log_softmax` of the logits.")
def _exp_by_hand(logits: Tensor, labels: Tensor) -> Tensor:
    rows, truth = logits[labels != -100], labels[labels != -100]
    probabilities = rows.exp() / rows.exp().sum(-1, keepdim=True)
    return -probabilities[torch.arange(len(truth)), truth].log().mean()


@mistake("With large scores softmax gives exactly 0, and log(0) is no number: take `F.cross_entropy` or `log_softmax`.")
def _log_of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    rows, truth = logits[labels != -100], labels[labels != -100]
    return -rows.softmax(-1)[torch.arange(len(truth)), truth].log().mean()


@mistake("This is in bits, and softmax may give 0, whose logarithm is no number: take `log_softmax`, which is in nats.")
def _bits_of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    rows, truth = logits[labels != -100], labels[labels != -100]
    return -rows.softmax(-1)[torch.arange(len(truth)), truth].log2().mean()


@mistake("`reshape` does not exchange axes. `transpose(1, 2)` brings the vocabulary to axis 1.")
def _vocabulary_reshaped(logits: Tensor, labels: Tensor) -> Tensor:
    batch, tokens, size = logits.shape
    return F.cross_entropy(logits.reshape(batch, size, tokens), labels)


@mistake("Tokens whose label is 0 are left out. 0 is a label like any other: only -100 means that nothing is asked.")
def _zero_lost(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits[labels > 0], labels[labels > 0])


@mistake("This is the logarithm of a mean. First the logarithm at every asked token, then the mean.")
def _log_of_the_mean(logits: Tensor, labels: Tensor) -> Tensor:
    rows, truth = logits[labels != -100], labels[labels != -100]
    return -rows.softmax(-1)[torch.arange(len(truth)), truth].mean().log()


@mistake("You averaged over the vocabulary as well. Add up over it, and average over the asked tokens.")
def _mean_over_words(logits: Tensor, labels: Tensor) -> Tensor:
    return masked_loss(logits, labels) / logits.shape[-1]


@mistake("Your softmax runs over the tokens. The probabilities of all *words* at one place add up to 1: the last axis.")
def _over_the_tokens(logits: Tensor, labels: Tensor) -> Tensor:
    asked = labels != -100
    return F.nll_loss(logits.log_softmax(1)[asked], labels[asked])


@mistake(
    "You shifted by one place, as for the next token. Here the label of a place belongs to the logits of that place."
)
def _shifted_labels(logits: Tensor, labels: Tensor) -> Tensor:
    return masked_loss(logits[:, :-1], labels[:, 1:])


@mistake("Logits of 0 do not take a token out of the loss: they say that all words are equally likely. Leave it out.")
def _logits_of_zero(logits: Tensor, labels: Tensor) -> Tensor:
    asked = labels != -100
    return F.cross_entropy((logits * asked[..., None]).flatten(0, 1), (labels * asked).flatten())


@mistake("The softmax is missing: this is the mean of minus the right words' logits.")
def _no_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    asked = labels != -100
    return F.nll_loss(logits[asked], labels[asked])


def _loss_by_hand(logits: Tensor, labels: Tensor) -> Tensor:
    log_probabilities = logits - torch.logsumexp(logits, -1, keepdim=True)
    asked = (labels >= 0).to(logits.dtype)
    right_ones = log_probabilities.gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return -(right_ones * asked).sum() / asked.sum()


MASKED_LOSS = CodeExercise(
    id="bert.masked_loss",
    title="Only where something is asked",
    stars=2,
    minutes=8,
    task="Average the cross-entropy over the tokens that have a label.",
    hints=[
        "`logits[labels != -100]` picks the rows of the asked tokens: (n, vocabulary).",
        "`F.cross_entropy(rows, their_labels)` is the mean. It would skip -100 by itself; here you see how.",
    ],
    solution=masked_loss,
    reference=_loss_by_hand,
    inputs=_logits_and_labels,
    gradient=["logits"],
    mistakes=[
        _mean_over_all,
        _loss_everywhere,
        _sum_of_all,
        _mean_of_means,
        _without_minus,
        _in_bits,
        _softmax_twice,
        _exp_by_hand,
        _log_of_softmax,
        _bits_of_softmax,
        _vocabulary_reshaped,
        _zero_lost,
        _log_of_the_mean,
        _mean_over_words,
        _over_the_tokens,
        _shifted_labels,
        _logits_of_zero,
        _no_softmax,
    ],
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_BOTH_SIDES = Quiz(
    id="bert.quiz_both_sides",
    title="Why the holes?",
    task="BERT reads to both sides. Why was it not simply trained to predict every next token?",
    hints=[
        "What would a token's vector contain after the first layer, if attention looks to both sides?",
        "Think of the word on its right: where is it in the input?",
    ],
    options=[
        wrong("Because that is slower", "It is faster to learn from: every token is a question, not one in seven."),
        right(
            "Because it would see the answer",
            "With attention to both sides the next token is part of the input. So some tokens are hidden instead.",
        ),
        wrong("Because an encoder has no output layer", "The head is one more linear map; any model can have one."),
        wrong(
            "Because the softmax over 30,522 words is too large",
            "The same softmax stands behind every hole, and behind GPT's next token.",
        ),
    ],
)

QUIZ_TEN_PERCENT = Quiz(
    id="bert.quiz_ten_percent",
    title="Unchanged, and asked about",
    task="A tenth of the chosen tokens stays as it is and still counts in the loss. What is that good for?",
    hints=[
        "What does the model see in training, and never in use, if every chosen token becomes [MASK]?",
        "And about which places would it never be asked?",
    ],
    options=[
        wrong("It saves time", "Every token of the batch is computed either way."),
        wrong(
            "It makes the task harder",
            "It makes it easier: the answer stands there. The random tenth makes it harder.",
        ),
        right(
            "The model must work on real words, too",
            "In use there is no [MASK]. So it is also asked about words that it sees, and must not ignore them.",
        ),
        wrong("It teaches the special tokens", "Special tokens are never chosen."),
    ],
)

QUIZ_CLS = Quiz(
    id="bert.quiz_cls",
    title="A vector for a sentence",
    task="You need vectors of sentences from a pretrained encoder that you cannot train. Which do you take?",
    hints=[
        "What was this encoder trained to do with the vector of [CLS], and with the others?",
        "In the probes, which layer had the best [CLS], and what became of it one layer later?",
    ],
    options=[
        wrong("[CLS], it stands for the sentence", "It stands for what training made of it; in MiniLM that is little."),
        wrong(
            "The pooled vector, it was made for that",
            "The pooler serves one training task. In MiniLM it looks untrained: its biases are exactly 0.",
        ),
        wrong("The last token's, it has seen all", "In an encoder every token has seen all, the first as much."),
        right(
            "What it was trained for; test it on your task",
            "Its description says which pooling it was trained with, and a validation split says which serves you.",
        ),
    ],
)
