"""The exercises of notebook 18, Speech: numbers and lists in Python, arrays in PyTorch, in float64."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import groupby, pairwise

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, Quiz, mistake, right, wrong


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- what is heard ----------------------------------------------------------------------------------------------------


def _tones(rng: Generator) -> Iterator[tuple[int, int]]:
    yield from ((5000, 8000), (3000, 8000), (4000, 8000), (8000, 8000), (9000, 8000), (13_000, 8000), (20_000, 8000))
    yield from ((5, 9), (40, 9), (16_000, 11_025))  # half of an odd rate is no whole number
    for sample_rate in (100, 16_000):
        yield int(rng.integers(1, 5 * sample_rate)), sample_rate


def heard(frequency: int, sample_rate: int) -> int:
    """The frequency, from 0 to sample_rate / 2, that a tone of `frequency` hertz sounds like when it is sampled.

    Both are whole numbers, the frequency 0 or more; it may be many times the rate. The result is a number. Half the
    rate itself stays as it is, and a multiple of the rate is heard as 0.
    """
    folded = frequency % sample_rate
    return min(folded, sample_rate - folded)


@mistake("You gave the frequency back as it is. What lies above half the rate is folded back.")
def _as_it_is(frequency: int, sample_rate: int) -> int:
    return frequency


@mistake("You cut off at half the rate. A higher tone is not heard at the edge, it is folded back from it.")
def _cut(frequency: int, sample_rate: int) -> float:
    return min(frequency, sample_rate / 2)


@mistake("You folded once, from the rate. At more than the whole rate it starts again from 0: take the rest first.")
def _once(frequency: int, sample_rate: int) -> int:
    return frequency if frequency <= sample_rate / 2 else abs(sample_rate - frequency)


@mistake("You took the rest of a division by the rate. Beyond half the rate the rest has to be folded back.")
def _rest(frequency: int, sample_rate: int) -> int:
    return frequency % sample_rate


@mistake("You divided by half the rate. The same values come again after the whole rate.")
def _rest_of_half(frequency: int, sample_rate: int) -> float:
    return frequency % (sample_rate / 2)


@mistake("You subtracted from the rate in every case. Below half the rate nothing is folded.")
def _always_folded(frequency: int, sample_rate: int) -> int:
    return sample_rate - frequency % sample_rate


@mistake("You folded around half the rate and lost a factor: a tone of the whole rate is heard as 0 Hz.")
def _around_half(frequency: int, sample_rate: int) -> float:
    return abs(sample_rate / 2 - frequency % sample_rate)


@mistake("The sign is lost on the way: a frequency is 0 or more.")
def _signed(frequency: int, sample_rate: int) -> float:
    folded = frequency % sample_rate
    return folded if folded <= sample_rate / 2 else folded - sample_rate


@mistake("You took the larger of the two. The lower of the rest and the rate minus the rest is heard.")
def _larger(frequency: int, sample_rate: int) -> int:
    return max(frequency % sample_rate, sample_rate - frequency % sample_rate)


@mistake("You folded once and went below 0. Above the whole rate it starts again: take the rest first.")
def _once_below_zero(frequency: int, sample_rate: int) -> int:
    return frequency if frequency <= sample_rate / 2 else sample_rate - frequency


@mistake("You took what is too high for silence. A sampled tone does not vanish: it is folded back.")
def _silent(frequency: int, sample_rate: int) -> int:
    return frequency if frequency <= sample_rate / 2 else 0


@mistake("You folded at the whole rate. The edge is half the rate.")
def _folded_at_the_rate(frequency: int, sample_rate: int) -> int:
    rest = frequency % (2 * sample_rate)
    return min(rest, 2 * sample_rate - rest)


@mistake("You gave how far it lies above half the rate. It is heard so far *below* half the rate.")
def _above_half(frequency: int, sample_rate: int) -> float:
    return frequency if frequency <= sample_rate / 2 else frequency - sample_rate / 2


@mistake("The two are exchanged: the frequency is divided by the rate, and its rest counts.")
def _exchanged_rest(frequency: int, sample_rate: int) -> int:
    rest = sample_rate % frequency if frequency else 0
    return min(rest, frequency - rest)


@mistake("That is a share of the rate. Hertz are asked for: multiply by the rate.")
def _as_a_share(frequency: int, sample_rate: int) -> float:
    share = frequency / sample_rate % 1
    return min(share, 1 - share)


@mistake("You wrote 8,000 for the rate. It is given as `sample_rate`.")
def _of_the_example(frequency: int, sample_rate: int) -> int:
    return min(frequency % 8000, 8000 - frequency % 8000)


@mistake("You mirrored below half the rate as well, where the tone stays as it is.")
def _mirrored_everywhere(frequency: int, sample_rate: int) -> float:
    return sample_rate / 2 - frequency % (sample_rate / 2)


@mistake("Far above the rate you give 0. It goes on: after each whole rate the same values come again.")
def _folded_to_zero(frequency: int, sample_rate: int) -> int:
    return frequency if frequency <= sample_rate / 2 else max(0, sample_rate - frequency)


@mistake("You went down by octaves. A tone that is too high is mirrored at half the rate, not halved.")
def _halved(frequency: float, sample_rate: int) -> float:
    while frequency > sample_rate / 2:
        frequency /= 2
    return frequency


@mistake("You took the rate away once. It may be many times the rate: `%` takes all of them away.")
def _taken_once(frequency: int, sample_rate: int) -> int:
    rest = frequency - sample_rate if frequency >= sample_rate else frequency
    return min(rest, sample_rate - rest)


@mistake("Yours is in kilohertz. Hertz are asked for.")
def _in_kilohertz(frequency: int, sample_rate: int) -> float:
    return heard(frequency, sample_rate) / 1000


@mistake("You took away how many whole rates there are. Take these rates themselves away: that is what `%` leaves.")
def _number_of_rates(frequency: int, sample_rate: int) -> int:
    rest = frequency - frequency // sample_rate
    return min(rest, abs(sample_rate - rest))


@mistake("Half of an odd rate is no whole number. `//` cuts it, and everything beyond it is moved.")
def _half_cut(frequency: int, sample_rate: int) -> int:
    folds, rest = divmod(frequency, sample_rate // 2)
    return sample_rate // 2 - rest if folds % 2 else rest


@mistake("At exactly half the rate the tone stays as it is.")
def _half_is_silent(frequency: int, sample_rate: int) -> int:
    return heard(frequency, sample_rate) if 2 * frequency % sample_rate or frequency % sample_rate == 0 else 0


def _by_nearest_multiple(frequency: int, sample_rate: int) -> float:
    return abs(frequency - sample_rate * math.floor(frequency / sample_rate + 0.5))


HEARD = CodeExercise(
    id="speech.heard",
    title="What is heard",
    stars=1,
    minutes=5,
    task="Say which frequency is heard.",
    hints=[
        "At 8,000 a second: 5,000 Hz is heard as 3,000, 8,000 as 0, 9,000 as 1,000.",
        "What is heard repeats after each whole rate: `frequency % sample_rate` comes first.",
        "Of what is left and the rate minus it, take the smaller one.",
    ],
    solution=heard,
    reference=_by_nearest_multiple,
    inputs=_tones,
    mistakes=[
        _as_it_is, _cut, _once, _rest, _rest_of_half, _always_folded, _around_half, _signed, _larger, _once_below_zero,
        _silent, _folded_at_the_rate, _above_half, _exchanged_rest, _as_a_share, _of_the_example, _mirrored_everywhere,
        _folded_to_zero, _halved, _taken_once, _in_kilohertz,
        _number_of_rates, _half_cut, _half_is_silent,
    ],
)  # fmt: skip

# --- Whisper's picture ------------------------------------------------------------------------------------------------


def _powers(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1.0, 100.0], [0.0, 1e-12]], dtype=torch.double), torch.eye(2, dtype=torch.double)
    yield torch.tensor([[1e2, 1e-9], [1e-3, 1e-9]], dtype=torch.double), torch.eye(2, dtype=torch.double)
    yield torch.tensor([[1e-6, 1e-10], [0.0, 3e-11]], dtype=torch.double), torch.eye(2, dtype=torch.double)
    yield torch.tensor([[1e-6, 0.0], [1e-6, 0.0]], dtype=torch.double), torch.tensor([[2.0, 3.0]], dtype=torch.double)
    yield torch.tensor([[1e4, 0.0]], dtype=torch.double), torch.tensor([[1e-3]], dtype=torch.double)
    yield torch.tensor([[1e-6, 1e-9], [1.0, 1e3]], dtype=torch.double), torch.eye(2, dtype=torch.double)  # loudest last
    yield torch.tensor([[1e-3, 1e-12]], dtype=torch.double), torch.ones(1, 1, dtype=torch.double)
    for frequencies, bands, frames in ((6, 3, 4), (5, 5, 2), (7, 2, 6)):
        power = torch.from_numpy(10.0 ** rng.uniform(-9, 3, size=(frequencies, frames)))
        yield power, torch.from_numpy(rng.uniform(size=(bands, frequencies)))


def log_mel(power: Tensor, filters: Tensor) -> Tensor:
    """Whisper's features from powers: (frequencies, frames), (bands, frequencies) -> (bands, frames).

    Both are tensors of one dtype without negative numbers. Sum the power in each band as the filters weight it,
    replace a sum below 1e-10 by 1e-10, and take the logarithm to base 10. Raise what is less than the largest of all
    bands and frames minus 8 to that value. Then add 4 and divide by 4.
    """
    exponents = (filters @ power).clamp(min=1e-10).log10()
    lifted = torch.maximum(exponents, exponents.max() - 8)
    return (lifted + 4) / 4


def _features(exponents: Tensor) -> Tensor:
    return (torch.maximum(exponents, exponents.max() - 8) + 4) / 4


@mistake("You took the natural logarithm. Whisper's is to base 10.")
def _natural(power: Tensor, filters: Tensor) -> Tensor:
    return _features((filters @ power).clamp(min=1e-10).log())


@mistake("These are decibels, ten times too large. The logarithm to base 10 is used as it is.")
def _decibels(power: Tensor, filters: Tensor) -> Tensor:
    return _features(10 * (filters @ power).clamp(min=1e-10).log10())


@mistake("What lies far below the loudest is still there. Lift it to the largest minus 8.")
def _not_lifted(power: Tensor, filters: Tensor) -> Tensor:
    return ((filters @ power).clamp(min=1e-10).log10() + 4) / 4


@mistake("You took the largest of each frame. It is the largest of all.")
def _by_frame(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(exponents, exponents.max(0, keepdim=True).values - 8) + 4) / 4


@mistake("You took the largest of each band. It is the largest of all.")
def _by_band(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(exponents, exponents.max(1, keepdim=True).values - 8) + 4) / 4


@mistake("You divided by 4 before adding 4. Add first.")
def _divided_first(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, filters) + 3


@mistake("The last step is missing: add 4 and divide by 4.")
def _without_shift(power: Tensor, filters: Tensor) -> Tensor:
    return 4 * log_mel(power, filters) - 4


@mistake(
    "You took the logarithm of each frequency and summed then. Power is summed in a band, then comes the logarithm."
)
def _log_first(power: Tensor, filters: Tensor) -> Tensor:
    return _features(filters @ power.clamp(min=1e-10).log10())


@mistake("You squared the power. What is given is power already.")
def _squared(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power**2, filters)


@mistake("You added 1e-10. It is the least that counts: take the larger of the two.")
def _added(power: Tensor, filters: Tensor) -> Tensor:
    return _features((filters @ power + 1e-10).log10())


@mistake("A band without power has no logarithm. Take 1e-10 at least before it.")
def _without_least(power: Tensor, filters: Tensor) -> Tensor:
    return _features((filters @ power).log10())


@mistake("The band is a mean in yours. The filters say what counts; their products are summed.")
def _mean_of_band(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power / len(power), filters)


@mistake("You raised to −8. It is the largest of all, minus 8.")
def _raised_to_minus_8(power: Tensor, filters: Tensor) -> Tensor:
    return ((filters @ power).clamp(min=1e-10).log10().clamp(min=-8) + 4) / 4


@mistake("What lies too low became the largest itself. It is raised to the largest minus 8.")
def _raised_to_the_largest(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.where(exponents < exponents.max() - 8, exponents.max(), exponents) + 4) / 4


@mistake("You took the smaller of the two, which cuts from above. What lies too low is raised: take the larger.")
def _lowered(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.minimum(exponents, exponents.max() - 8) + 4) / 4


@mistake("Only the 4 was divided by 4. Put the sum into brackets.")
def _without_brackets(power: Tensor, filters: Tensor) -> Tensor:
    return 4 * log_mel(power, filters) - 3


@mistake("You added 4 and did not divide by 4.")
def _not_divided(power: Tensor, filters: Tensor) -> Tensor:
    return 4 * log_mel(power, filters)


@mistake("You took 4 away. It is added.")
def _taken_away(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, filters) - 2


@mistake("You took 1e-10 at least for each frequency. It is the least for the sum of a band.")
def _least_of_frequencies(power: Tensor, filters: Tensor) -> Tensor:
    return _features((filters @ power.clamp(min=1e-10)).log10())


@mistake("Bands and frames are exchanged: the result is (bands, frames).")
def _frames_first(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, filters).T


@mistake("You divided by the sum of the weights. A band is the weighted sum, not a mean.")
def _weighted_mean(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, filters / filters.sum(1, keepdim=True))


@mistake("You moved the largest to 0. Only what lies too low is changed, by raising it.")
def _moved_to_zero(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return ((exponents - exponents.max()).clamp(min=-8) + 4) / 4


@mistake("What lies too low became 0. It is raised to the largest minus 8.")
def _zeroed(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (exponents.masked_fill(exponents < exponents.max() - 8, 0) + 4) / 4


@mistake("Each frequency counts whole or not at all in yours. The filters weight it.")
def _unweighted(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, (filters > 0).to(filters))


@mistake("You took the root. What is given is power, and power is summed.")
def _rooted(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power.sqrt(), filters)


@mistake("You used `log1p`. The least of 1e-10 is there so that a plain logarithm can be taken.")
def _one_added(power: Tensor, filters: Tensor) -> Tensor:
    return _features(torch.log1p(filters @ power))


@mistake("You counted 8 upwards from the smallest. It is 8 downwards from the largest.")
def _above_the_smallest(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(exponents, exponents.min() + 8) + 4) / 4


@mistake("These are the bands' powers. The logarithm and what follows it are missing.")
def _bands_alone(power: Tensor, filters: Tensor) -> Tensor:
    return filters @ power


@mistake("The largest is that of the frequencies in yours. It is the largest of the bands.")
def _largest_of_frequencies(power: Tensor, filters: Tensor) -> Tensor:
    exponents = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(exponents, power.max().clamp(min=1e-10).log10() - 8) + 4) / 4


def _exponents(power: Tensor, filters: Tensor) -> Tensor:
    return (filters @ power).clamp(min=1e-10).log10()


@mistake("You replaced sums of exactly 0. Whatever is below 1e-10 becomes 1e-10.")
def _zeros_replaced(power: Tensor, filters: Tensor) -> Tensor:
    sums = filters @ power
    return _features(torch.where(sums == 0, 1e-10, sums).log10())


@mistake("You divided by 8. Add 4 and divide by 4.")
def _by_eight(power: Tensor, filters: Tensor) -> Tensor:
    return log_mel(power, filters) / 2


@mistake("`argmax` is the place of the largest. How large it is, is asked for: `max`.")
def _place_of_largest(power: Tensor, filters: Tensor) -> Tensor:
    exponents = _exponents(power, filters)
    return (torch.maximum(exponents, exponents.argmax() - 8.0) + 4) / 4


@mistake("You took the largest size, whatever its sign. The largest logarithm is the one of the loudest band.")
def _largest_size(power: Tensor, filters: Tensor) -> Tensor:
    exponents = _exponents(power, filters)
    return (torch.maximum(exponents, exponents.abs().max() - 8) + 4) / 4


@mistake("You took the largest of the frames so far. It is the largest of all, those that come later included.")
def _loudest_so_far(power: Tensor, filters: Tensor) -> Tensor:
    exponents = _exponents(power, filters)
    return (torch.maximum(exponents, exponents.amax(0).cummax(0).values - 8) + 4) / 4


@mistake("The last band is missing where you look for the largest. It may be the loudest.")
def _without_last_band(power: Tensor, filters: Tensor) -> Tensor:
    exponents = _exponents(power, filters)
    return (torch.maximum(exponents, exponents[: max(1, len(exponents) - 1)].max() - 8) + 4) / 4


@mistake("You moved the mean to 0 and the deviation to 1. Here it is: add 4, divide by 4.")
def _standardised(power: Tensor, filters: Tensor) -> Tensor:
    exponents = log_mel(power, filters)
    return (exponents - exponents.mean()) / exponents.std()


@mistake("You spread the numbers from 0 to 1. Here it is: add 4, divide by 4.")
def _from_zero_to_one(power: Tensor, filters: Tensor) -> Tensor:
    exponents = log_mel(power, filters)
    return (exponents - exponents.min()) / (exponents.max() - exponents.min() + 1e-12)


def _in_numpy(power: Tensor, filters: Tensor) -> Tensor:
    import numpy as np

    bands = np.einsum("bf,ft->bt", filters.numpy(), power.numpy())
    exponents = np.log10(np.maximum(bands, 1e-10))
    return torch.from_numpy((np.maximum(exponents, exponents.max() - 8) + 4) / 4)


LOG_MEL = CodeExercise(
    id="speech.log_mel",
    title="Whisper's picture",
    stars=2,
    minutes=8,
    task="Write the last steps of Whisper's features.",
    hints=[
        "A matrix product sums the power in each band: `filters @ power`.",
        "`clamp(min=1e-10).log10()`; the largest of all is `exponents.max()`.",
        "`torch.maximum(exponents, exponents.max() - 8)`, then `(… + 4) / 4`.",
    ],
    solution=log_mel,
    reference=_in_numpy,
    inputs=_powers,
    mistakes=[
        _natural, _decibels, _not_lifted, _by_frame, _by_band, _divided_first, _without_shift, _log_first, _squared,
        _added, _without_least, _mean_of_band, _raised_to_minus_8, _raised_to_the_largest, _lowered, _without_brackets,
        _not_divided, _taken_away, _least_of_frequencies, _frames_first, _weighted_mean, _moved_to_zero, _zeroed,
        _unweighted, _rooted, _one_added, _above_the_smallest, _bands_alone, _largest_of_frequencies,
        _zeros_replaced, _by_eight, _place_of_largest, _largest_size, _loudest_so_far, _without_last_band,
        _standardised, _from_zero_to_one,
    ],
)  # fmt: skip

# --- the fewest changes -----------------------------------------------------------------------------------------------


def _pairs(rng: Generator) -> Iterator[tuple[list[str], list[str]]]:
    yield from (
        (["the", "cat", "sat"], ["a", "cat", "sat", "down"]),
        ([], ["a", "b"]),
        (["a", "b", "c"], []),
        (["a", "b", "a"], ["b", "a", "b"]),
        (["a", "b"], ["b", "a"]),
        (["No", "cat"], ["no", "cat"]),
        (["No,", "cats"], ["No", "cats."]),
        (["a", "b", "a", "c", "c", "a"], ["b", "c", "c", "b", "a", "c"]),
    )
    for _ in range(4):
        first, second = (rng.choice(["ja", "no", "so"], size=rng.integers(1, 8)).tolist() for _ in range(2))
        yield first, second
    said, written = (rng.choice(["ja", "no", "so"], size=30).tolist() for _ in range(2))
    yield said, written  # too long to try every way


def word_errors(said: list[str], written: list[str]) -> int:
    """The fewest words to replace, leave out or put in, to make the list `said` into the list `written`.

    Each of them counts 1; the result is a whole number. Two words are the same if they are equal as texts, capitals
    included. Either list may be empty. Neither is longer than 30 words, and the answer is due within seconds.
    """
    row = list(range(len(written) + 1))
    for i, word in enumerate(said, 1):
        before, row = row, [i]
        for j, other in enumerate(written, 1):
            row.append(min(before[j - 1] + (word != other), before[j] + 1, row[j - 1] + 1))
    return row[-1]


def _table(said: list[str], written: list[str], replaced: int = 1, left_out: int = 1, put_in: int = 1) -> int:
    row = [put_in * j for j in range(len(written) + 1)]
    for i, word in enumerate(said, 1):
        before, row = row, [left_out * i]
        for j, other in enumerate(written, 1):
            ways = (before[j - 1] + replaced * (word != other), before[j] + left_out, row[j - 1] + put_in)
            row.append(min(ways))
    return row[-1]


@mistake("You compared place by place. One word that is left out then makes all later ones wrong.")
def _place_by_place(said: list[str], written: list[str]) -> int:
    differing = sum(a != b for a, b in zip(said, written, strict=False))
    return differing + abs(len(said) - len(written))


@mistake("You count words that are in one list and not in the other. Their order counts as well.")
def _as_sets(said: list[str], written: list[str]) -> int:
    return len(set(said) ^ set(written))


@mistake("A replaced word counts 2 in yours: as left out and put in. It counts 1.")
def _replaced_twice(said: list[str], written: list[str]) -> int:
    return _table(said, written, replaced=2)


@mistake("Words that are put in count nothing in yours.")
def _free_insertions(said: list[str], written: list[str]) -> int:
    return _table(said, written, put_in=0)


@mistake("Words that are left out count nothing in yours.")
def _free_deletions(said: list[str], written: list[str]) -> int:
    return _table(said, written, left_out=0)


@mistake("That is the share of the words. The number of changes is asked for.")
def _share(said: list[str], written: list[str]) -> float:
    return word_errors(said, written) / max(1, len(said))


@mistake("You count letters. Whole words are compared here.")
def _letters(said: list[str], written: list[str]) -> int:
    return _table([*" ".join(said)], [*" ".join(written)])


@mistake("You count what is the same. What has to be changed is asked for.")
def _longest_same(said: list[str], written: list[str]) -> int:
    return max(len(said), len(written)) - word_errors(said, written)


@mistake("Only the difference in length is counted.")
def _lengths(said: list[str], written: list[str]) -> int:
    return abs(len(said) - len(written))


@mistake("The first column is missing: to make nothing out of i words, i words are left out.")
def _without_first_column(said: list[str], written: list[str]) -> int:
    row = list(range(len(written) + 1))
    for word in said:
        before, row = row, [0]
        for j, other in enumerate(written, 1):
            row.append(min(before[j - 1] + (word != other), before[j] + 1, row[j - 1] + 1))
    return row[-1]


@mistake("The first row is missing: to make j words out of nothing, j words are put in.")
def _without_first_row(said: list[str], written: list[str]) -> int:
    row = [0] * (len(written) + 1)
    for i, word in enumerate(said, 1):
        before, row = row, [i]
        for j, other in enumerate(written, 1):
            row.append(min(before[j - 1] + (word != other), before[j] + 1, row[j - 1] + 1))
    return row[-1]


@mistake("You compared as far as the shorter list goes. What the longer one has beyond that counts as well.")
def _shorter_alone(said: list[str], written: list[str]) -> int:
    return sum(a != b for a, b in zip(said, written, strict=False))


@mistake("A word that is the same counts 1 in yours. From both neighbours it costs nothing.")
def _same_costs(said: list[str], written: list[str]) -> int:
    return max(len(said), len(written))


def _filled(said: list[str], written: list[str], step: Callable[[int, int, int, bool], int]) -> int:
    """The table with another rule: from above, from the left, from both, and whether the words differ."""
    row = list(range(len(written) + 1))
    for i, word in enumerate(said, 1):
        before, row = row, [i]
        for j, other in enumerate(written, 1):
            row.append(step(before[j], row[j - 1], before[j - 1], word != other))
    return row[-1]


@mistake("The neighbour on the left is missing: inside the table a word may be put in as well.")
def _without_left(said: list[str], written: list[str]) -> int:
    return _filled(said, written, lambda above, left, both, differ: min(above + 1, both + differ))


@mistake("The neighbour above is missing: inside the table a word may be left out as well.")
def _without_above(said: list[str], written: list[str]) -> int:
    return _filled(said, written, lambda above, left, both, differ: min(left + 1, both + differ))


@mistake("Leaving out and putting in cost nothing where the words are the same. They cost 1 always.")
def _cost_on_all(said: list[str], written: list[str]) -> int:
    return _filled(said, written, lambda above, left, both, differ: min(above, left, both) + differ)


@mistake("You counted how often each word occurs. Their order counts as well.")
def _as_bags(said: list[str], written: list[str]) -> int:
    missing, extra = (Counter(a) - Counter(b) for a, b in ((said, written), (written, said)))
    return max(missing.total(), extra.total())


@mistake("Your table has no row and column for nothing, so that the last words are never compared.")
def _one_short(said: list[str], written: list[str]) -> int:
    if not said or not written:
        return len(said) + len(written)
    return word_errors(said[:-1], written[:-1])


@mistake("All rows of your table are the same list: `[row] * n` copies no row.")
def _one_row(said: list[str], written: list[str]) -> int:
    row = list(range(len(written) + 1))
    row[0] = len(said)
    for word in said:
        for j, other in enumerate(written, 1):
            row[j] = min(row[j] + 1, row[j - 1] + 1, row[j - 1] + (word != other))
    return row[-1]


@mistake("Capitals and small letters are the same in yours. Here they are not.")
def _small_letters(said: list[str], written: list[str]) -> int:
    return word_errors([word.lower() for word in said], [word.lower() for word in written])


@mistake("You counted the pieces of difflib. It looks for long equal blocks, not for the fewest changes.")
def _blocks(said: list[str], written: list[str]) -> int:
    found = SequenceMatcher(None, said, written, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in found if kind != "equal")


@mistake("You took the common words in their order away from the longer list. They may not lie one below the other.")
def _without_common(said: list[str], written: list[str]) -> int:
    row = [0] * (len(written) + 1)
    for word in said:
        before, row = row, [0]
        for j, other in enumerate(written, 1):
            row.append(before[j - 1] + 1 if word == other else max(before[j], row[-1]))
    return max(len(said), len(written)) - row[-1]


@mistake("You counted what was said and does not occur in what was written. Words that were put in count as well.")
def _not_found(said: list[str], written: list[str]) -> int:
    return sum(word not in written for word in said)


@mistake("If nothing was said, every word that was written was put in.")
def _nothing_said(said: list[str], written: list[str]) -> int:
    return word_errors(said, written) if said else 0


@mistake("You took the least of the last row. The number in the last corner is asked for.")
def _least_of_last_row(said: list[str], written: list[str]) -> int:
    return min(word_errors(said, written[:n]) for n in range(len(written) + 1))


@mistake("That is a share in percent. The number of changes is asked for.")
def _percent(said: list[str], written: list[str]) -> int:
    return round(100 * word_errors(said, written) / max(1, len(said)))


@mistake("You said whether they differ. Count the changes.")
def _whether(said: list[str], written: list[str]) -> int:
    return int(said != written)


@mistake("You left the common beginning and end out and called all between them wrong. Words there may be right, too.")
def _between_the_ends(said: list[str], written: list[str]) -> int:
    first, second = list(said), list(written)
    for place in (0, -1):
        while first and second and first[place] == second[place]:
            del first[place], second[place]
    return max(len(first), len(second))


@mistake("You took off commas and full stops. Words are compared as they stand.")
def _without_signs(said: list[str], written: list[str]) -> int:
    return word_errors([word.strip(".,!?") for word in said], [word.strip(".,!?") for word in written])


@mistake("Each word counts once in yours. What is said twice is two words.")
def _once_each(said: list[str], written: list[str]) -> int:
    return word_errors(list(dict.fromkeys(said)), list(dict.fromkeys(written)))


@mistake("What stands twice in a row is one word in yours. It is two.")
def _stutter_forgiven(said: list[str], written: list[str]) -> int:
    return word_errors([word for word, _ in groupby(said)], [word for word, _ in groupby(written)])


@mistake("That is how many words were right. How many have to be changed is asked for.")
def _right_words(said: list[str], written: list[str]) -> int:
    return len(said) - word_errors(said, written)


@mistake("Two neighbours that change places are one change in yours. Here they are two: no such step is allowed.")
def _swaps(said: list[str], written: list[str]) -> int:
    rows = [list(range(len(written) + 1))]
    for i, word in enumerate(said, 1):
        row = [i]
        for j, other in enumerate(written, 1):
            row.append(min(rows[-1][j - 1] + (word != other), rows[-1][j] + 1, row[-1] + 1))
            if i > 1 and j > 1 and (word, said[i - 2]) == (written[j - 2], other):
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


@mistake("A word costs nothing in yours if it was said anywhere. It has to be the word of this row.")
def _said_anywhere(said: list[str], written: list[str]) -> int:
    row = list(range(len(written) + 1))
    for i, _ in enumerate(said, 1):
        before, row = row, [i]
        for j, other in enumerate(written, 1):
            row.append(min(before[j - 1] + (other not in said), before[j] + 1, row[j - 1] + 1))
    return row[-1]


@mistake("You jumped to the next place where the word occurs. The nearest is not always the cheapest: fill the table.")
def _greedy(said: list[str], written: list[str]) -> int:
    i = j = changes = 0
    while i < len(said) and j < len(written):
        jump = written.index(said[i], j) if said[i] in written[j:] else None
        changes += 1 if jump is None else jump - j
        i, j = i + 1, j + 1 if jump is None else jump + 1
    return changes + len(said) - i + len(written) - j


def _by_recursion(said: list[str], written: list[str]) -> int:
    from functools import cache

    @cache
    def fewest(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        return min(fewest(i - 1, j - 1) + (said[i - 1] != written[j - 1]), fewest(i - 1, j) + 1, fewest(i, j - 1) + 1)

    return fewest(len(said), len(written))


WORD_ERRORS = CodeExercise(
    id="speech.word_errors",
    title="The fewest changes",
    stars=2,
    minutes=12,
    task="Count the changes.",
    hints=[
        "From nothing to j words are j changes, from i words to nothing i.",
        "Keep a row of the table for each word that was said; a new row begins with i.",
        "Each place is `min(before[j - 1] + (word != other), before[j] + 1, row[j - 1] + 1)`.",
    ],
    solution=word_errors,
    reference=_by_recursion,
    inputs=_pairs,
    mistakes=[
        _place_by_place, _as_sets, _replaced_twice, _free_insertions, _free_deletions, _share, _letters, _longest_same,
        _lengths, _without_first_column, _without_first_row, _shorter_alone, _same_costs, _without_left, _without_above,
        _cost_on_all, _as_bags, _one_short, _one_row, _small_letters, _blocks,
        _without_common, _not_found, _nothing_said, _least_of_last_row, _percent, _whether, _between_the_ends,
        _without_signs, _once_each, _stutter_forgiven, _right_words, _swaps, _said_anywhere, _greedy,
    ],
)  # fmt: skip

# --- a causal layer ---------------------------------------------------------------------------------------------------


def _layers(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    one = torch.ones(1, 1, dtype=torch.double)
    yield torch.tensor([[1.0], [10.0], [100.0], [1000.0]], dtype=torch.double), 2 * one, one, 2
    for moments, n_from, n_to, dilation in ((7, 3, 4, 1), (9, 2, 2, 4), (5, 4, 3, 3), (3, 2, 3, 3)):
        yield _normal(rng, moments, n_from), _normal(rng, n_to, n_from), _normal(rng, n_to, n_from), dilation


def dilated(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    """A causal dilated convolution: (moments, n_from), two matrices (n_to, n_from) and a number -> (moments, n_to).

    Moment t of the result is the matrix `before` times the vector hidden[t − dilation], plus the matrix `now` times
    hidden[t]. Where there is no such earlier moment, that part is zero. `dilation` is a whole number from 1 to the
    number of moments.
    """
    silence = torch.zeros_like(hidden[:1]).expand(dilation, -1)
    earlier = torch.cat([silence, hidden])[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


@mistake("You looked into the future: moment t + dilation. Only earlier moments may be read.")
def _future(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden.flip(0), before, now, dilation).flip(0)


@mistake("The matrices are exchanged: `before` belongs to the earlier moment.")
def _exchanged(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, now, before, dilation)


@mistake("Before the beginning you read from the end: `torch.roll` goes round. There it must be zero.")
def _rolled(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return hidden.roll(dilation, 0) @ before.T + hidden @ now.T


@mistake("Your earlier moment is always the one before. It is `dilation` moments back.")
def _neighbour(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, 1)


@mistake("The dilation is one too large: moment t − dilation, not t − dilation − 1.")
def _one_more(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation + 1)


@mistake("The present moment is missing.")
def _only_before(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, 0 * now, dilation)


@mistake("The earlier moment is missing.")
def _only_now(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return hidden @ now.T


@mistake("Where there is no earlier moment you repeat the first one. There it must be zero.")
def _repeated(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    earlier = torch.cat([hidden[:1].expand(dilation, -1), hidden])[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


@mistake("Your result is shorter than the wave. Where there is no earlier moment, its part is zero.")
def _shorter(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation)[dilation:]


@mistake("Every moment between is added as well. Two moments are read: t and t − dilation.")
def _all_between(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return hidden @ now.T + sum(dilated(hidden, before, 0 * now, step) for step in range(1, dilation + 1))


@mistake("At moment `dilation` there is an earlier one, moment 0: at least, not more than.")
def _late(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    is_later = torch.arange(len(hidden)) > dilation
    return torch.where(is_later[:, None], dilated(hidden, before, now, dilation), hidden @ now.T)


@mistake("Where there is no earlier moment, the present one still counts: only the earlier part is zero.")
def _nothing_at_first(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    is_whole = torch.arange(len(hidden)) >= dilation
    return dilated(hidden, before, now, dilation) * is_whole[:, None]


@mistake("There are `dilation` moments too many. Cut what was moved beyond the end.")
def _longer(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    silence = torch.zeros_like(hidden[:1]).expand(dilation, -1)
    return torch.cat([silence, hidden]) @ before.T + torch.cat([hidden, silence]) @ now.T


@mistake("The numbers are right, but no gradient reaches the earlier moments: do not detach them.")
def _detached(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden.detach(), before, now, dilation) - hidden.detach() @ now.T + hidden @ now.T


@mistake("The axes are exchanged: the result is (moments, n_to).")
def _turned(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation).T


@mistake("You moved the numbers inside of each moment. Move along the moments, the first axis.")
def _moved_numbers(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    moved = torch.cat([torch.zeros_like(hidden[:, :1]).expand(-1, dilation), hidden], 1)[:, : hidden.shape[1]]
    return moved @ before.T + hidden @ now.T


@mistake("You multiplied the two parts. They are added.")
def _multiplied(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    earlier = dilated(hidden, before, 0 * now, dilation)
    return earlier * (hidden @ now.T)


@mistake("You moved by half the dilation on each side. A causal layer looks back alone.")
def _centred(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    left, n = dilation // 2, len(hidden)
    padded = torch.nn.functional.pad(hidden, (0, 0, left, dilation - left))
    return padded[:n] @ before.T + padded[dilation:] @ now.T


@mistake("You put the silence at the end, so that `now` meets a later moment. It belongs in front.")
def _silence_at_the_end(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden.flip(0), now, before, dilation).flip(0)


@mistake("You added the input. A layer around this one may do so; here the two parts are the result.")
def _with_input(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    found = dilated(hidden, before, now, dilation)
    return found + hidden if found.shape == hidden.shape else found


@mistake("You put a tanh on it. The sum is the result as it is.")
def _bent(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return torch.tanh(dilated(hidden, before, now, dilation))


@mistake("The distance is one too small: moment t − dilation, not t − dilation + 1.")
def _one_less(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation - 1)


@mistake("You went back twice as far. The earlier moment is `dilation` back.")
def _twice_as_far(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, 2 * dilation)


@mistake("The two parts stand beside each other. They are added.")
def _beside(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return torch.cat([dilated(hidden, before, 0 * now, dilation), hidden @ now.T], 1)


@mistake("You took the mean of the two parts. Their sum is asked for.")
def _halved_sum(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation) / 2


@mistake("Both matrices read the earlier moment in yours. `now` belongs to hidden[t].")
def _both_earlier(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before + now, torch.zeros_like(now), dilation)


@mistake("You went back again and again. Two moments are read: t and t − dilation.")
def _every_multiple(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    found = hidden @ now.T
    for far in range(dilation, len(hidden), dilation):
        found = found + dilated(hidden, before, torch.zeros_like(now), far)
    return found


@mistake("You took the dilation for a stride. Every moment has a result.")
def _strided(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden[::dilation], before, now, 1)


@mistake("Where there is an earlier moment, `now` counts as well: the two parts are added.")
def _one_or_the_other(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return torch.cat([hidden[:dilation] @ now.T, hidden[: len(hidden) - dilation] @ before.T])


@mistake("That is the last moment alone. Every moment has a result.")
def _last_alone(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation)[-1:]


@mistake("You summed over the moments. Every moment has a result of its own.")
def _summed_moments(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation).sum(0)


@mistake("You divided by a root, as attention does. The two parts are added as they are.")
def _scaled(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, dilation) / hidden.shape[1] ** 0.5


@mistake("The dilation is given as it is: a number of moments, not a power of 2.")
def _power_of_two(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    return dilated(hidden, before, now, 2**dilation)


@mistake("You filled what is missing with ones. Where there is no earlier moment, that part is zero.")
def _ones_in_front(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    earlier = torch.cat([torch.ones_like(hidden[:1]).expand(dilation, -1), hidden])[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def _by_loop(hidden: Tensor, before: Tensor, now: Tensor, dilation: int) -> Tensor:
    rows = []
    for t in range(len(hidden)):
        row = now @ hidden[t]
        rows.append(row + before @ hidden[t - dilation] if t >= dilation else row)
    return torch.stack(rows)


DILATED = CodeExercise(
    id="speech.dilated",
    title="A causal layer",
    stars=2,
    minutes=10,
    task="Write the heart of it: two moments in, one out.",
    hints=[
        "By hand: before 2, now 1, dilation 2, the wave 1, 10, 100, 1000 gives 1, 10, 102, 1020.",
        "Put `dilation` rows of zeros in front, and cut the end off: row t is then hidden[t − dilation].",
        "The result is `earlier @ before.T + hidden @ now.T`.",
    ],
    solution=dilated,
    reference=_by_loop,
    inputs=_layers,
    gradient=["hidden", "before", "now"],
    forbidden=["conv1d", "conv2d", "Conv1d", "Conv2d"],
    mistakes=[
        _future, _exchanged, _rolled, _neighbour, _one_more, _only_before, _only_now, _repeated, _shorter, _all_between,
        _late, _nothing_at_first, _longer, _detached, _turned, _moved_numbers, _multiplied, _centred,
        _silence_at_the_end, _with_input, _bent, _one_less, _twice_as_far, _beside, _halved_sum,
        _both_earlier, _every_multiple, _strided, _one_or_the_other, _last_alone, _summed_moments, _scaled,
        _power_of_two, _ones_in_front,
    ],
)  # fmt: skip

# --- read a path ------------------------------------------------------------------------------------------------------


def _paths(rng: Generator) -> Iterator[tuple[list[int]]]:
    yield from (([0, 1, 1, 0, 2],), ([3, 3, 0, 3],), ([],), ([0, 0],), ([1, 2, 1],), ([2, 2, 2, 0, 0, 2, 1, 1],))
    yield from (([4, 4, 4, 4, 4, 0, 3, 3, 3, 3],), ([12, 12, 0, 1, 2, 30],))  # long runs; more than nine letters
    for _ in range(4):
        yield (rng.integers(3, size=rng.integers(3, 12)).tolist(),)


def collapsed(path: list[int]) -> list[int]:
    """What a path of frames reads as: a list of whole numbers from 0 on, of which 0 is the blank -> a list of them.

    What stands several times in a row is written once, then the blanks are left out: [2, 2, 0, 3] reads as [2, 3]. An
    empty path reads as an empty list.
    """
    found = []
    for place, symbol in enumerate(path):
        if symbol != 0 and (place == 0 or symbol != path[place - 1]):
            found.append(symbol)
    return found


@mistake("You left the blanks out first. Then a letter that stands twice, with a blank between, becomes one.")
def _blanks_first(path: list[int]) -> list[int]:
    return [symbol for symbol, _ in groupby(symbol for symbol in path if symbol)]


@mistake("Repeats are still there: what stands several times in a row is written once.")
def _with_repeats(path: list[int]) -> list[int]:
    return [symbol for symbol in path if symbol]


@mistake("The blanks are still there.")
def _with_blanks(path: list[int]) -> list[int]:
    return [symbol for symbol, _ in groupby(path)]


@mistake("Every letter occurs once in yours. Only neighbours that are equal are written once.")
def _as_a_set(path: list[int]) -> list[int]:
    return [symbol for symbol in dict.fromkeys(path) if symbol]


@mistake("Every letter occurs once in yours, in the order of its number. Only equal neighbours are written once.")
def _sorted_set(path: list[int]) -> list[int]:
    return sorted({symbol for symbol in path if symbol})


@mistake("Your result is back to front.")
def _backwards(path: list[int]) -> list[int]:
    return collapsed(path)[::-1]


@mistake("You kept the places, not the letters.")
def _places(path: list[int]) -> list[int]:
    return [place for place, symbol in enumerate(path) if symbol and (place == 0 or symbol != path[place - 1])]


@mistake("You kept the letters that stand several times in a row, and dropped the single ones.")
def _only_repeats(path: list[int]) -> list[int]:
    return [symbol for symbol, run in groupby(path) if symbol and len(list(run)) > 1]


@mistake("The first letter is missing: it has no letter before it, and is written.")
def _without_first(path: list[int]) -> list[int]:
    return [symbol for before, symbol in pairwise(path) if symbol and symbol != before]


@mistake("You compared the first frame with the last one: `path[-1]`. The first has nothing before it.")
def _round_the_end(path: list[int]) -> list[int]:
    return [symbol for place, symbol in enumerate(path) if symbol and symbol != path[place - 1]]


@mistake("The last letter is missing: comparing with the *next* frame leaves the last one without one.")
def _without_last(path: list[int]) -> list[int]:
    return [symbol for symbol, after in pairwise(path) if symbol and symbol != after]


@mistake("You jumped over one repeat. Of three in a row two are then written: repeats may be longer.")
def _in_pairs(path: list[int]) -> list[int]:
    return [symbol for symbol, run in groupby(path) if symbol for _ in range((len(list(run)) + 1) // 2)]


@mistake("What stands several times in a row is missing altogether. It is written once.")
def _repeats_left_out(path: list[int]) -> list[int]:
    return [symbol for symbol, run in groupby(path) if symbol and len(list(run)) == 1]


@mistake("You took 1 for the blank. It is 0.")
def _other_blank(path: list[int]) -> list[int]:
    return [symbol for symbol, _ in groupby(path) if symbol != 1]


@mistake("Your loop ends after its first frame: `return` stands inside of it.")
def _first_alone(path: list[int]) -> list[int]:
    return [symbol for symbol in path[:1] if symbol]


@mistake("You wrote only what follows a blank. Two letters that differ may stand next to each other.")
def _after_blanks(path: list[int]) -> list[int]:
    return [symbol for before, symbol in pairwise([0, *path]) if symbol and not before]


@mistake("You left blanks out at both ends alone. Those in between are left out as well.")
def _blanks_between(path: list[int]) -> list[int]:
    found = [symbol for symbol, _ in groupby(path)]
    return found[bool(found) and not found[0] : len(found) - (len(found) > 1 and not found[-1])]


@mistake("Two that are alike cancel each other in yours. One of them is written.")
def _cancelled(path: list[int]) -> list[int]:
    return [symbol for symbol, run in groupby(path) if symbol and len(list(run)) % 2]


@mistake("You looked two frames back. It is the frame just before that counts.")
def _two_back(path: list[int]) -> list[int]:
    return [symbol for place, symbol in enumerate(path) if symbol and (place < 2 or symbol != path[place - 2])]


@mistake("You took the largest symbol for the blank. It is 0.")
def _largest_blank(path: list[int]) -> list[int]:
    return [symbol for symbol, _ in groupby(path) if symbol != max(path)]


@mistake("You ended at the first blank after a letter. What follows it is read as well.")
def _first_run(path: list[int]) -> list[int]:
    found = collapsed(path)
    start = next((place for place, symbol in enumerate(path) if symbol), len(path))
    end = next((place for place in range(start, len(path)) if not path[place]), len(path))
    return found[: len(collapsed(path[:end]))]


@mistake("You took 1 away from each letter. The letters stay as they are.")
def _less_one(path: list[int]) -> list[int]:
    return [symbol - 1 for symbol in collapsed(path)]


@mistake("You kept what is more than 1. The blank is 0, and 1 is a letter.")
def _more_than_one(path: list[int]) -> list[int]:
    return [symbol for symbol in collapsed(path) if symbol > 1]


@mistake("You wrote a letter only if a blank follows. Two letters that differ may stand next to each other.")
def _before_blanks(path: list[int]) -> list[int]:
    return [symbol for symbol, after in pairwise([*path, 0]) if symbol and not after]


@mistake("A change downwards is lost: a letter after one with a larger number is another letter as well.")
def _rising(path: list[int]) -> list[int]:
    return [symbol for before, symbol in pairwise([0, *path]) if symbol > before]


@mistake("You cut at blanks, as if they were spaces. The letters go into one list.")
def _in_pieces(path: list[int]) -> list[list[int]]:
    runs = groupby(path, bool)
    return [[symbol for symbol, _ in groupby(run)] for letters, run in runs if letters]


@mistake("A long run is one letter, too, however many frames it has.")
def _long_runs_twice(path: list[int]) -> list[int]:
    return [symbol for symbol, run in groupby(path) if symbol for _ in range(1 + (len(list(run)) > 3))]


@mistake("A single blank between equal letters counts: [3, 0, 3] reads as [3, 3].")
def _single_blank_ignored(path: list[int]) -> list[int]:
    padded = [0, *path, 0]
    smooth = [a if not b and a == c else b for a, b, c in zip(padded, path, padded[2:], strict=False)]
    return collapsed(smooth)


@mistake("The blank between two equal letters is still there. It keeps them apart and is not written.")
def _blank_between_twins(path: list[int]) -> list[int]:
    runs = [symbol for symbol, _ in groupby(path)]
    around = zip([0, *runs], runs, [*runs[1:], 0], strict=False)
    return [symbol for before, symbol, after in around if symbol or (before == after != 0)]


@mistake("What lies between two blanks may be several letters.")
def _one_for_each_piece(path: list[int]) -> list[int]:
    return [Counter(run).most_common(1)[0][0] for letters, run in groupby(path, bool) if letters]


def _by_groups(path: list[int]) -> list[int]:
    return [symbol for symbol, _ in groupby(path) if symbol]


COLLAPSED = CodeExercise(
    id="speech.collapsed",
    title="Read a path",
    stars=1,
    minutes=5,
    task="Write the rule for reading.",
    hints=[
        "[3, 3, 0, 3] reads as [3, 3]: the blank keeps the two apart.",
        "Repeats first, blanks afterwards.",
        "Keep a symbol if it is no blank and differs from the one just before it in the *path*.",
    ],
    solution=collapsed,
    reference=_by_groups,
    inputs=_paths,
    mistakes=[
        _blanks_first, _with_repeats, _with_blanks, _as_a_set, _sorted_set, _backwards, _places, _only_repeats,
        _without_first, _round_the_end, _without_last, _in_pairs, _repeats_left_out, _other_blank,
        _first_alone, _after_blanks, _blanks_between, _cancelled, _two_back, _largest_blank, _first_run,
        _less_one, _more_than_one, _before_blanks, _rising, _in_pieces, _long_runs_twice, _single_blank_ignored,
        _blank_between_twins, _one_for_each_piece,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_ANGLES = Quiz(
    id="speech.quiz_angles",
    title="What a spectrogram loses",
    task="A spectrogram keeps the size of each number and drops its angle. What follows?",
    hints=["What did the three players sound like?", "What did the last column of the table say?"],
    options=[
        wrong("Nothing: the wave can be computed back exactly", "Many waves share the same sizes, or nearly so."),
        right(
            "The words can be read, and no quick way leads back to the exact wave",
            "The ear and the model read sizes. Angles can be repaired so that they agree, not brought back.",
        ),
        wrong("No speech can be recognised from it", "Whisper reads nothing else."),
        wrong("The pitch is lost", "It is the distance of the level lines, which the sizes show."),
    ],
)

QUIZ_SILENCE = Quiz(
    id="speech.quiz_silence",
    title="A text for no words",
    task="Whisper writes a word for four seconds of silence. Why?",
    hints=["What is its decoder?", "What did it see in training?"],
    options=[
        wrong("The microphone heard something", "The numbers are all zero."),
        right(
            "Its decoder is a language model that was trained on sound with text",
            "It gives the most probable text, whatever was heard. Whether anybody speaks has to be asked apart.",
        ),
        wrong("The spectrogram invents frequencies", "That of silence is the same number everywhere."),
        wrong("It has no token for an end", "It has one, and uses it after what it wrote."),
    ],
)

QUIZ_SHIFT = Quiz(
    id="speech.quiz_shift",
    title="A clean test split",
    task=(
        "A digit reader is right on all test voices of the program that also made its training voices. What does that "
        "say about recorded people?"
    ),
    hints=["What differs between the test voices and the other ones?", "Which split would have shown it?"],
    options=[
        wrong("It will be right there as well", "On another program's voices it already was not."),
        wrong("It has learnt the training voices by heart", "The test voices were new to it, and it was right."),
        right(
            "Nothing: people differ from these voices in ways that the split does not hold",
            "A test split measures what its own source varies, and no more.",
        ),
        wrong("More layers are needed", "The size of the network was not what failed."),
    ],
)
