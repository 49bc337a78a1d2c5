"""The exercises of notebook 08, fine-tuning.

Each follows the same order: the inputs that an attempt must survive, the solution, the mistakes that people make, and
the exercise that ties them together with an independent reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

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
    minutes=10,
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

# --- macro F1 ---------------------------------------------------------------------------------------------------------


def _labels_and_predictions(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    for examples, n_labels in ((12, 2), (30, 3), (20, 6)):
        labels = torch.from_numpy(
            rng.choice(n_labels, size=examples, p=np.arange(1, n_labels + 1) / (n_labels * (n_labels + 1) / 2))
        )
        noise = torch.from_numpy(rng.integers(n_labels, size=examples))
        yield labels, torch.where(torch.from_numpy(rng.random(examples) < 0.6), labels, noise), n_labels
    yield torch.tensor([0, 0, 0, 1, 1, 2]), torch.tensor([0, 0, 0, 0, 1, 1]), 3  # nothing predicted as 2
    yield torch.tensor([0, 1, 1, 0]), torch.tensor([0, 1, 3, 0]), 4  # 2 occurs nowhere, 3 only as a prediction


def macro_f1(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    """Mean F1 over the labels 0 ... n_labels − 1: labels (examples,), predictions (examples,) -> number from 0 to 1.

    F1 = 2 TP / (2 TP + FP + FN), and 0 for a label without a true positive, even if it occurs nowhere.
    """
    total = 0.0
    for label in range(n_labels):
        predicted, actual = predictions == label, labels == label
        true_positives = (predicted & actual).sum().item()
        total += 2 * true_positives / max(1, predicted.sum().item() + actual.sum().item())
    return total / n_labels


@mistake("This is the accuracy (micro F1): a frequent label weighs more. Score each label, then take the mean.")
def _micro(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return (labels == predictions).double().mean().item()


def _counts(labels: Tensor, predictions: Tensor, n_labels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each label: how often it is rightly predicted, predicted, and true."""
    each = np.arange(n_labels)[:, None]
    predicted, actual = predictions.numpy() == each, labels.numpy() == each  # (labels, examples)
    return (predicted & actual).sum(1), predicted.sum(1), actual.sum(1)


def _precision_and_recall(labels: Tensor, predictions: Tensor, n_labels: int) -> tuple[np.ndarray, np.ndarray]:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return hits / np.maximum(1, predicted), hits / np.maximum(1, actual)


def _f1(labels: Tensor, predictions: Tensor, n_labels: int) -> np.ndarray:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return 2 * hits / np.maximum(1, predicted + actual)


@mistake(
    "You averaged precision and recall over the labels and took one F1 of those. Take each label's F1, then the mean."
)
def _f1_of_means(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = (part.mean() for part in _precision_and_recall(labels, predictions, n_labels))
    return float(2 * precision * recall / (precision + recall))


@mistake("A label that is never right gives 0 / 0. Its F1 is 0 by definition; guard the division.")
def _nan_for_a_missing_label(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = _precision_and_recall(labels, predictions, n_labels)
    return float(np.mean(2 * precision * recall / (precision + recall)))


@mistake("A label that is neither truth nor answer gives 0 / 0. Its F1 is 0 by definition; guard the division.")
def _nan_for_an_absent_label(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return float(np.mean(2 * hits / (predicted + actual)))


@mistake("You took the plain mean of precision and recall. F1 is their harmonic mean, which the smaller one rules.")
def _arithmetic_mean(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(np.mean(np.add(*_precision_and_recall(labels, predictions, n_labels)) / 2))


@mistake("You weighted each label by how often it occurs. In macro F1 a rare label counts as much as a frequent one.")
def _weighted(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    f1 = _f1(labels, predictions, n_labels)
    return float(f1 @ np.bincount(labels.numpy(), minlength=n_labels) / len(labels))


@mistake("You left out the labels that are not among the true ones. Every label from 0 to n_labels − 1 counts.")
def _without_absent_labels(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_f1(labels, predictions, n_labels)[labels.unique().numpy()].mean())


@mistake("You left out the labels that are neither truth nor answer. They count with 0 (`f1_score` has `labels=`).")
def _without_unused_labels(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_f1(labels, predictions, n_labels)[torch.cat([labels, predictions]).unique().numpy()].mean())


@mistake("You left out the labels that are never right. They count with 0: divide by n_labels.")
def _without_zeros(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    f1 = _f1(labels, predictions, n_labels)
    return float(f1[f1 > 0].mean())


@mistake("Label 0 adds nothing to your mean. The labels are 0 to n_labels − 1, as `range(n_labels)` gives them.")
def _without_label_zero(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_f1(labels, predictions, n_labels)[1:].sum() / n_labels)


@mistake("A label that is neither truth nor answer counts 1 in yours. Without a true positive it counts 0.")
def _one_for_an_absent_label(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    _, predicted, actual = _counts(labels, predictions, n_labels)
    return float(np.mean(np.where(predicted + actual == 0, 1.0, _f1(labels, predictions, n_labels))))


@mistake("You divided the sum of the scores by the number of examples. It is a mean over the labels.")
def _mean_over_examples(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_f1(labels, predictions, n_labels).sum() / len(labels))


@mistake("Your counts go on from one label to the next. Each label begins to count at 0.")
def _counts_go_on(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = (part.cumsum() for part in _counts(labels, predictions, n_labels))
    return float(np.mean(2 * hits / np.maximum(1, predicted + actual)))


@mistake("TP / (TP + FP + FN) is another measure, the Jaccard index. In F1 the true positives count twice.")
def _jaccard(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return float(np.mean(hits / np.maximum(1, predicted + actual - hits)))


@mistake("Below the line your true positives count once. They count twice, as above it.")
def _hits_once_below(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return float(np.mean(2 * hits / np.maximum(1, predicted + actual - hits)))


@mistake("Below the line your true positives count three times. FP and FN are wrong answers only.")
def _hits_thrice_below(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    return float(np.mean(2 * hits / np.maximum(1, predicted + actual + hits)))


@mistake("You counted as TP where truth and answer both are another label, too. Both have to be this label.")
def _true_negatives_too(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    hits, predicted, actual = _counts(labels, predictions, n_labels)
    errors = predicted + actual - 2 * hits
    return float(np.mean(2 * (len(labels) - errors) / (2 * (len(labels) - errors) + errors)))


@mistake("This is the mean precision: examples whose label was missed (FN) do not lower it. F1 counts them.")
def _precision_alone(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_precision_and_recall(labels, predictions, n_labels)[0].mean())


@mistake("This is the mean recall: sentences that were wrongly given a label (FP) do not lower it. F1 counts them.")
def _recall_alone(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_precision_and_recall(labels, predictions, n_labels)[1].mean())


def _f1_of_sklearn(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(labels, predictions, labels=range(n_labels), average="macro", zero_division=0))


MACRO_F1 = CodeExercise(
    id="fine_tuning.macro_f1",
    title="A score in which rare labels count",
    stars=2,
    minutes=15,
    task="Accuracy hides a label that a classifier never finds. Write macro F1, which does not.",
    hints=[
        "For one label: how often was it predicted, how often is it the truth, and how often both?",
        "predicted = TP + FP and actual = TP + FN, so F1 = 2 TP / (predicted + actual).",
        "Where predicted + actual is 0 there is no true positive either: dividing by `max(1, ...)` gives 0.",
    ],
    solution=macro_f1,
    reference=_f1_of_sklearn,
    inputs=_labels_and_predictions,
    mistakes=[
        _micro,
        _f1_of_means,
        _nan_for_a_missing_label,
        _nan_for_an_absent_label,
        _arithmetic_mean,
        _weighted,
        _without_absent_labels,
        _without_unused_labels,
        _without_zeros,
        _without_label_zero,
        _one_for_an_absent_label,
        _mean_over_examples,
        _counts_go_on,
        _jaccard,
        _hits_once_below,
        _hits_thrice_below,
        _true_negatives_too,
        _precision_alone,
        _recall_alone,
    ],
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
