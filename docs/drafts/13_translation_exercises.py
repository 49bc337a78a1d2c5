"""The exercises of notebook 13, translation: in PyTorch, in float64, or with plain lists."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- clipped precision ------------------------------------------------------------------------------------------------


def _sentences(rng: Generator) -> Iterator[tuple[list[str], list[list[str]], int]]:
    yield ["el", "el", "el", "gato"], [["el", "gato"], ["un", "gato", "el", "el"]], 1
    yield ["a", "b", "a", "b"], [["a", "b", "c"]], 2
    yield ["a", "b"], [["c", "d"]], 2
    yield ["el", "come", "el"], [["elena", "comen", "la", "el"], ["el", "gato", "comen", "la"]], 1
    for n in (1, 2, 3):
        words = ["el", "la", "gato", "come", "no"]
        written = [words[i] for i in rng.integers(5, size=7)]
        yield written, [[words[i] for i in rng.integers(5, size=6)] for _ in range(2)], n


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def clipped_precision(words: list[str], references: list[list[str]], n: int) -> float:
    """Of the runs of n words that were written, the share that the references hold.

    words is a list of n words or more, references a list of such lists, one or more. Each occurrence of a run counts,
    but at most as often as the run occurs in one reference: the one in which it occurs most often.
    """

    def runs(line: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(line[i : i + n]) for i in range(len(line) - n + 1))

    written = runs(words)
    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= runs(reference)  # of each run the greater count
    return (written & most).total() / written.total()


def _by_counting(words: list[str], references: list[list[str]], n: int) -> float:
    def found(line: list[str]) -> list[tuple[str, ...]]:
        return [tuple(line[i : i + n]) for i in range(len(line) - n + 1)]

    mine = found(words)
    hits = sum(min(mine.count(run), max(found(line).count(run) for line in references)) for run in set(mine))
    return hits / len(mine)


@mistake("A run that was written three times counted three times, although no reference holds it so often. Clip it.")
def _not_clipped(words: list[str], references: list[list[str]], n: int) -> float:
    known = {run for reference in references for run in _runs(reference, n)}
    written = _runs(words, n)
    return sum(count for run, count in written.items() if run in known) / written.total()


@mistake("You counted each run once. A run that was written twice, and is twice in a reference, counts twice.")
def _as_sets(words: list[str], references: list[list[str]], n: int) -> float:
    known = {run for reference in references for run in _runs(reference, n)}
    written = _runs(words, n)
    return len(known & set(written)) / len(written)


@mistake("You added the counts of all references. A run may count as often as the *one* that holds it most often.")
def _added_up(words: list[str], references: list[list[str]], n: int) -> float:
    known: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        known += _runs(reference, n)
    written = _runs(words, n)
    return (written & known).total() / written.total()


@mistake("Only the first reference was looked at. A run counts whichever of them holds it.")
def _first_alone(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words, references[:1], n)


@mistake("Only the last reference was looked at. A run counts whichever of them holds it.")
def _last_alone(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words, references[-1:], n)


@mistake("You divided by the runs of the first reference. That is recall; precision divides by what was written.")
def _recall(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words, references, n) * _runs(words, n).total() / _runs(references[0], n).total()


@mistake("You divided by the number of words. There are n − 1 runs of n words less than words.")
def _over_words(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words, references, n) * _runs(words, n).total() / len(words)


@mistake("The last run is missing: a text of m words has m − n + 1 runs of n.")
def _one_short(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words[:-1], [line[:-1] for line in references], n) if len(words) > n else 0.0


@mistake("n was not used: these are single words.")
def _single_words(words: list[str], references: list[list[str]], n: int) -> float:
    return clipped_precision(words, references, 1)


def _shared(words: list[str], references: list[list[str]], n: int) -> int:
    return round(clipped_precision(words, references, n) * _runs(words, n).total())


@mistake("Here a run counts only if *every* reference holds it. One is enough.")
def _in_all(words: list[str], references: list[list[str]], n: int) -> float:
    least = _runs(references[0], n)
    for reference in references[1:]:
        least &= _runs(reference, n)
    return (_runs(words, n) & least).total() / _runs(words, n).total()


@mistake("You took the best of the references as a whole. Each run may be found in another one.")
def _best_as_a_whole(words: list[str], references: list[list[str]], n: int) -> float:
    return max(clipped_precision(words, [reference], n) for reference in references)


@mistake("This is the mean over the references. A run that one of them holds counts in full.")
def _mean_of_each(words: list[str], references: list[list[str]], n: int) -> float:
    return sum(clipped_precision(words, [reference], n) for reference in references) / len(references)


@mistake("You divided by the runs that the references hold. That is recall; precision divides by what was written.")
def _recall_of_all(words: list[str], references: list[list[str]], n: int) -> float:
    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= _runs(reference, n)
    return _shared(words, references, n) / max(1, most.total())


@mistake("A run that was written twice, and is twice in a reference, counts twice. Here it counts once.")
def _once_each(words: list[str], references: list[list[str]], n: int) -> float:
    known = {run for reference in references for run in _runs(reference, n)}
    return len(known & set(_runs(words, n))) / _runs(words, n).total()


@mistake("The last of your runs are shorter than n words. A text of m words has m − n + 1 runs of n.")
def _cut_at_the_end(words: list[str], references: list[list[str]], n: int) -> float:
    def cut(line: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(line[i : i + n]) for i in range(len(line)))

    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= cut(reference)
    return (cut(words) & most).total() / len(words)


@mistake("This is how many runs count. Divide it by the number of runs that were written.")
def _how_many(words: list[str], references: list[list[str]], n: int) -> float:
    return float(_shared(words, references, n))


@mistake("This is a percentage. A share goes from 0 to 1.")
def _percentage(words: list[str], references: list[list[str]], n: int) -> float:
    return 100 * clipped_precision(words, references, n)


@mistake("The order of the words within a run does not count in your answer. “a b” and “b a” are different runs.")
def _any_order(words: list[str], references: list[list[str]], n: int) -> float:
    def mixed(line: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(sorted(line[i : i + n])) for i in range(len(line) - n + 1))

    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= mixed(reference)
    return (mixed(words) & most).total() / mixed(words).total()


@mistake("You cut the text into pieces. Runs overlap: a new one begins at every word.")
def _pieces(words: list[str], references: list[list[str]], n: int) -> float:
    def cut(line: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(line[i : i + n]) for i in range(0, len(line) - n + 1, n))

    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= cut(reference)
    return (cut(words) & most).total() / cut(words).total()


@mistake("`//` divides and drops what is behind the point. Use `/`.")
def _whole_numbers(words: list[str], references: list[list[str]], n: int) -> float:
    return float(int(clipped_precision(words, references, n)))


@mistake("The price for brevity is the third rule. Only the share is asked for.")
def _with_brevity(words: list[str], references: list[list[str]], n: int) -> float:
    shortest = min(len(reference) for reference in references)
    return min(1.0, math.exp(1 - shortest / len(words))) * clipped_precision(words, references, n)


@mistake("A word was found inside a longer one, as “el” in “elena”. Compare whole words.")
def _inside_words(words: list[str], references: list[list[str]], n: int) -> float:
    lines = [" ".join(reference) for reference in references]
    written = Counter(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    hits = sum(min(count, max(line.count(run) for line in lines)) for run, count in written.items())
    return hits / written.total()


@mistake("This is the second rule already. Only the runs of n words are asked for, no mean over lengths.")
def _mean_over_lengths(words: list[str], references: list[list[str]], n: int) -> float:
    return math.prod(clipped_precision(words, references, k) for k in range(1, n + 1)) ** (1 / n)


CLIPPED = CodeExercise(
    id="translation.clipped_precision",
    title="Clipped precision",
    stars=2,
    minutes=8,
    task=(
        "Write the precision that BLEU counts: of the runs of n words that were written, the share that the references "
        "hold. Each occurrence of a run counts, but at most as often as the run occurs in one reference, the one in "
        "which it occurs most often; each run has such a reference of its own. Words are compared as they stand."
    ),
    hints=[
        "“el el el gato” against “el gato” and “un gato el el”: el counts twice, gato once, so 3 of 4.",
        "A `Counter` of tuples: `a | b` keeps the greater count of each, `a & b` the smaller one.",
        "`(written & most).total() / written.total()`",
    ],
    solution=clipped_precision,
    reference=_by_counting,
    inputs=_sentences,
    mistakes=[
        _not_clipped, _as_sets, _added_up, _first_alone, _last_alone, _recall, _over_words, _one_short, _single_words,
        _in_all, _best_as_a_whole, _mean_of_each, _recall_of_all, _once_each, _cut_at_the_end, _how_many, _percentage,
        _any_order, _pieces, _whole_numbers, _mean_over_lengths, _with_brevity, _inside_words,
    ],
)  # fmt: skip

# --- the smoothed loss ------------------------------------------------------------------------------------------------


def _logits_and_targets(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([[0.0, 1.0, 3.0]], dtype=torch.double), torch.tensor([2]), 0.3
    for n, vocab_size, smoothing in ((4, 5, 0.1), (3, 2, 0.5), (6, 9, 0.0)):
        yield _normal(rng, n, vocab_size), torch.from_numpy(rng.integers(vocab_size, size=n)), smoothing


def smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """The mean cross-entropy, in nats, with the wanted distribution smoothed: (n, vocab_size), (n,) -> a number.

    targets are token ids, smoothing is from 0 to 1. The target gets 1 − smoothing, and on top of it, like every token,
    smoothing / vocab_size.
    """
    logs = logits.log_softmax(-1)
    surprise = -logs.gather(-1, targets[:, None])[:, 0]
    return ((1 - smoothing) * surprise - smoothing * logs.mean(-1)).mean()


def _by_distribution(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    wanted = torch.full_like(logits, smoothing / logits.shape[-1]).detach()
    wanted[torch.arange(len(targets)), targets] += 1 - smoothing
    return -(wanted * logits.log_softmax(-1)).sum(-1).mean()


def _surprise(logits: Tensor, targets: Tensor) -> Tensor:
    return -logits.log_softmax(-1).gather(-1, targets[:, None])[:, 0]


@mistake("Smoothing is not used: this is the plain cross-entropy.")
def _plain(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return _surprise(logits, targets).mean()


@mistake("You shared the rest among the *other* tokens. Here all get it, the target too.")
def _among_others(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    n = logits.shape[-1]
    logs, surprise = logits.log_softmax(-1), _surprise(logits, targets)
    return ((1 - smoothing) * surprise - smoothing * (logs.sum(-1) + surprise) / (n - 1)).mean()


@mistake("The second part is a sum over the vocabulary. Each token gets smoothing / vocab_size: take the mean.")
def _summed(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return ((1 - smoothing) * _surprise(logits, targets) - smoothing * logits.log_softmax(-1).sum(-1)).mean()


@mistake("The shares are exchanged: the target gets 1 − smoothing.")
def _exchanged(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits, targets, 1 - smoothing)


@mistake("The part of all tokens has the wrong sign: a log-probability is negative, a surprise is not.")
def _wrong_sign(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return ((1 - smoothing) * _surprise(logits, targets) + smoothing * logits.log_softmax(-1).mean(-1)).mean()


@mistake("The target's own part must be multiplied by 1 − smoothing.")
def _not_reduced(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return (_surprise(logits, targets) - smoothing * logits.log_softmax(-1).mean(-1)).mean()


@mistake("You added the losses of all places. Take their mean.")
def _total(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits, targets, smoothing) * len(targets)


@mistake("These are the logits themselves. Turn them into log-probabilities first.")
def _without_softmax(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    surprise = -logits.gather(-1, targets[:, None])[:, 0]
    return ((1 - smoothing) * surprise - smoothing * logits.mean(-1)).mean()


@mistake("Your softmax runs along the first axis. The tokens of one place lie along the last.")
def _wrong_axis(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    logs = logits.log_softmax(0)
    surprise = -logs.gather(-1, targets[:, None])[:, 0]
    return ((1 - smoothing) * surprise - smoothing * logs.mean(-1)).mean()


@mistake(
    "The target has 1 − smoothing in your answer. On top of it, it gets its part of the rest, as every token does."
)
def _without_its_part(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    own = smoothing / logits.shape[-1] * _surprise(logits, targets)
    return smoothed_loss(logits, targets, smoothing) - own.mean()


@mistake("The sign is wrong. A surprise is −log p, so the loss is above 0.")
def _negative(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return -smoothed_loss(logits, targets, smoothing)


@mistake("These are the losses of all places. One number is due: their mean.")
def _each_place(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return (1 - smoothing) * _surprise(logits, targets) - smoothing * logits.log_softmax(-1).mean(-1)


@mistake("This is in bits. The loss is in nats, with the natural logarithm.")
def _bits(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits, targets, smoothing) / math.log(2)


@mistake(
    "You divided by the size of the vocabulary once too often. Sum over the tokens, and take the mean over places."
)
def _over_all_cells(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits, targets, smoothing) / logits.shape[-1]


@mistake("You smoothed what the model *says*. Smooth what is *wanted* of it, and leave its probabilities alone.")
def _smoothed_prediction(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    probabilities = (1 - smoothing) * logits.softmax(-1) + smoothing / logits.shape[-1]
    return -probabilities.log().gather(-1, targets[:, None]).mean()


@mistake(
    "This is the divergence from the wanted distribution. The cross-entropy has that distribution's entropy added."
)
def _divergence(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    wanted = torch.full_like(logits, smoothing / logits.shape[-1]).detach()
    wanted[torch.arange(len(targets)), targets] += 1 - smoothing
    return (torch.special.xlogy(wanted, wanted) - wanted * logits.log_softmax(-1)).sum(-1).mean()


@mistake("The smoothing of the example, 0.3, stands in your code. Use the one that is given.")
def _always_the_same(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits, targets, 0.3)


@mistake("The rest is divided by 3, as in the example. There are `logits.shape[-1]` tokens.")
def _three_tokens(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return (1 - smoothing) * _surprise(logits, targets).mean() - smoothing / 3 * logits.log_softmax(-1).sum(-1).mean()


@mistake("The part of all tokens takes the mean of probabilities. It is a mean of their logarithms.")
def _mean_probability(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return (1 - smoothing) * _surprise(logits, targets).mean() - smoothing * logits.softmax(-1).mean()


@mistake("Your softmax runs over the whole table. Each place has a softmax of its own.")
def _one_softmax(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    logs = logits - logits.flatten().logsumexp(0)
    surprise = -logs.gather(-1, targets[:, None])[:, 0]
    return ((1 - smoothing) * surprise - smoothing * logs.mean(-1)).mean()


@mistake("The number is right, but no gradient flows through the part that all get: it was detached.")
def _detached(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    own = (1 - smoothing) * _surprise(logits, targets)
    return (own - smoothing * logits.log_softmax(-1).detach().mean(-1)).mean()


@mistake("Only the first place has a part in your answer. Is the `return` inside the loop?")
def _first_place(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    return smoothed_loss(logits[:1], targets[:1], smoothing)


SMOOTHED = CodeExercise(
    id="translation.smoothed_loss",
    title="A target that is not quite sure",
    stars=2,
    minutes=8,
    task=(
        "Write the cross-entropy with label smoothing, the mean over n places: the target gets the share "
        "1 − smoothing, and on top of it, like every token, smoothing / vocab_size."
    ),
    hints=[
        "By hand: three tokens, smoothing 0.3. The wanted shares are 0.1, 0.1, and 0.8 for the target.",
        "A cross-entropy is −Σ share · log p. Split the sum: the target's part, and the part that all get.",
        "`(1 - smoothing) * surprise - smoothing * logs.mean(-1)`, then the mean over places.",
    ],
    solution=smoothed_loss,
    reference=_by_distribution,
    inputs=_logits_and_targets,
    gradient=["logits"],
    forbidden=["cross_entropy", "CrossEntropyLoss"],
    mistakes=[
        _plain, _among_others, _summed, _exchanged, _wrong_sign, _not_reduced, _total, _without_softmax, _wrong_axis,
        _without_its_part, _negative, _each_place, _bits, _over_all_cells, _smoothed_prediction, _divergence,
        _always_the_same, _three_tokens, _mean_probability, _one_softmax, _first_place, _detached,
    ],
)  # fmt: skip

# --- one step of a beam -----------------------------------------------------------------------------------------------


def _beam_states(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    yield (
        torch.tensor([-0.5, -0.9], dtype=torch.double),
        torch.tensor([[0.6, 0.3, 0.1], [0.95, 0.04, 0.01]], dtype=torch.double).log(),
        2,
    )
    for live, vocab_size, beam_size in ((3, 5, 3), (1, 6, 4), (4, 4, 2)):
        yield -3 * torch.from_numpy(rng.random(live)), 2 * _normal(rng, live, vocab_size).log_softmax(-1), beam_size


def beam_step(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    """The best continuations of all live texts: a list of beam_size pairs (row of the text, token), the best first.

    sums (live,) are their log-probabilities so far, logs (live, vocab_size) those of the next token. There are
    beam_size continuations or more, and no two are equally probable.
    """
    totals = sums[:, None] + logs
    best = totals.flatten().topk(beam_size).indices
    return [(int(i) // logs.shape[1], int(i) % logs.shape[1]) for i in best]


def _by_sorting(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    every = [(float(sums[i] + logs[i, j]), (i, j)) for i in range(logs.shape[0]) for j in range(logs.shape[1])]
    return [pair for _, pair in sorted(every, reverse=True)[:beam_size]]


@mistake("What the texts have cost so far is missing: add `sums` to the log-probabilities of the next token.")
def _without_sums(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return beam_step(torch.zeros_like(sums), logs, beam_size)


@mistake("Each text kept its best token. All continuations of all texts compete: one text may give two, another none.")
def _best_of_each(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    totals = sums[:, None] + logs
    order = totals.max(-1).values.argsort(descending=True)
    return [(int(i), int(totals[i].argmax())) for i in order][:beam_size]


@mistake("You multiplied. Log-probabilities are added.")
def _multiplied(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    best = (sums[:, None] * logs).flatten().topk(beam_size).indices
    return [(int(i) // logs.shape[1], int(i) % logs.shape[1]) for i in best]


@mistake("The worst were kept. A log-probability nearer to 0 is better.")
def _worst(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    best = (sums[:, None] + logs).flatten().topk(beam_size, largest=False).indices
    return [(int(i) // logs.shape[1], int(i) % logs.shape[1]) for i in best]


@mistake("Text and token are exchanged in your pairs.")
def _pairs_turned(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return [(token, text) for text, token in beam_step(sums, logs, beam_size)]


@mistake("Only the best text went on. All live texts compete.")
def _first_text(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    text = int(sums.argmax())
    return [(text, int(i)) for i in logs[text].topk(min(beam_size, logs.shape[1])).indices]


@mistake("These are the right ones, the worst first. The best comes first.")
def _other_order(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return beam_step(sums, logs, beam_size)[::-1]


@mistake("The place in the flat list must be divided by the size of the vocabulary, not by the number of texts.")
def _wrong_divisor(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [(int(i) // logs.shape[0], int(i) % logs.shape[0]) for i in best]


def _pairs(totals: Tensor, beam_size: int) -> list[tuple[int, int]]:
    best = totals.flatten().topk(min(beam_size, totals.numel())).indices
    return [(int(i) // totals.shape[1], int(i) % totals.shape[1]) for i in best]


@mistake("Every text gave as many as the beam is wide. All continuations compete for the same places.")
def _many_of_each(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    tokens = logs.topk(min(beam_size, logs.shape[1]), dim=1).indices
    return [(row, token) for row, best in enumerate(tokens.tolist()) for token in best]


@mistake("These are places in the flat list. Make of each the row of its text and its token.")
def _flat(sums: Tensor, logs: Tensor, beam_size: int) -> list[int]:
    return (sums[:, None] + logs).flatten().topk(beam_size).indices.tolist()


@mistake("These are two lists, of rows and of tokens. A list of pairs is due.")
def _two_lists(sums: Tensor, logs: Tensor, beam_size: int) -> list[list[int]]:
    pairs = beam_step(sums, logs, beam_size)
    return [[row for row, _ in pairs], [token for _, token in pairs]]


@mistake("There is one pair too many: the beam holds `beam_size` texts.")
def _one_more(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return _pairs(sums[:, None] + logs, beam_size + 1)


@mistake("One pair is missing: the beam holds `beam_size` texts.")
def _one_less(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return beam_step(sums, logs, beam_size)[:-1]


@mistake("You gave as many pairs as there are live texts. The beam is `beam_size` wide, however many are live.")
def _as_many_as_live(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return _pairs(sums[:, None] + logs, len(sums))


@mistake("You added probabilities. Log-probabilities are added; probabilities would have to be multiplied.")
def _added_probabilities(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return _pairs(sums.exp()[:, None] + logs.exp(), beam_size)


@mistake("These are the right ones, in the order of texts and tokens. The most probable one comes first.")
def _in_order(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return sorted(beam_step(sums, logs, beam_size))


@mistake("A softmax of each row takes away what its text has cost so far. Compare the sums as they are.")
def _normalised(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    return _pairs((sums[:, None] + logs).log_softmax(1), beam_size)


@mistake("A vocabulary of 4 tokens, that of the example, stands in your code. Here it has `logs.shape[1]`.")
def _four_tokens(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [(int(i) // 4, int(i) % 4) for i in best]


@mistake("Each token is there only once. Two texts may go on with the same token.")
def _token_once(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[int, int]]:
    values, rows = (sums[:, None] + logs).max(0)
    return [(int(rows[token]), int(token)) for token in values.argsort(descending=True)[:beam_size]]


@mistake("The totals stand in your answer, too. A pair is the row of the text and the token, no more.")
def _with_totals(sums: Tensor, logs: Tensor, beam_size: int) -> list[tuple[float, int, int]]:
    return [(float(sums[row] + logs[row, token]), row, token) for row, token in beam_step(sums, logs, beam_size)]


BEAM_STEP = CodeExercise(
    id="translation.beam_step",
    title="One step of a beam",
    stars=2,
    minutes=10,
    task=(
        "Write one step of beam search: of all continuations of all live texts, give the best as pairs (row of the "
        "text, token), the best first, exactly as many as the beam is wide."
    ),
    hints=[
        "Every pair of a text and a token has a sum: the text's, plus the token's log-probability after it.",
        "`sums[:, None] + logs` holds them all, (live, vocab_size). Flatten it, and `topk` finds the best.",
        "A place p of the flat list is text p // vocab_size and token p % vocab_size.",
    ],
    solution=beam_step,
    reference=_by_sorting,
    inputs=_beam_states,
    mistakes=[
        _without_sums, _best_of_each, _multiplied, _worst, _pairs_turned, _first_text, _other_order, _wrong_divisor,
        _many_of_each, _flat, _two_lists, _one_more, _one_less, _as_many_as_live, _added_probabilities, _in_order,
        _normalised, _four_tokens, _token_once, _with_totals,
    ],
)  # fmt: skip

# --- by hand: where two lengths tie -----------------------------------------------------------------------------------

SHORT, N_SHORT, LONG, N_LONG = -4.0, 4, -6.6, 8
TIE = math.log(LONG / SHORT) / math.log(N_LONG / N_SHORT)  # 0.722

LENGTH_TIE = NumberExercise(
    id="translation.length_tie",
    title="Short or long?",
    stars=1,
    minutes=5,
    task=(
        "A beam found a text of 4 tokens with the log-probability −4.0 and one of 8 tokens with −6.6. Their scores are "
        "log-probability / length^α. At which α are the two equal?"
    ),
    hints=[
        "At α = 0 the short one wins, −4.0 against −6.6. At α = 1 the long one does, −0.825 against −1.",
        "Set −4.0 / 4^α equal to −6.6 / 8^α. Then 2^α = 6.6 / 4.0.",
        "α = log 1.65 / log 2.",
    ],
    solution=TIE,
    working="math.log(6.6 / 4.0) / math.log(2)",
    tolerance=0.01,
    mistakes=[
        wrong_number(1 / TIE, "That is the reciprocal: α = log 1.65 / log 2, not the other way round.", 0.01),
        wrong_number(1.65, "That is 2^α. Which power of 2 is 1.65?", 0.01),
        wrong_number(0.5 * 1.65, "That is −6.6 / 8 without its sign: the score at α = 1.", 0.005),
        wrong_number(math.log(1.65), "That is the natural logarithm of 1.65. Divide it by that of 2.", 0.01),
        wrong_number(
            math.log(1.65) / math.log(13 / 9), "That is the full form of Wu et al., with 5 added. Here: length^α.", 0.01
        ),
        wrong_number(math.log10(1.65), "That is the logarithm to the base 10. Divide it by that of 2.", 0.005),
        wrong_number(math.log(1.65, 4), "That is to the base 4. The lengths' ratio is 8 / 4.", 0.005),
        wrong_number(math.log(1.65, 8), "That is to the base 8. The lengths' ratio is 8 / 4.", 0.005),
        wrong_number(1.0, "At α = 1 the long one has −0.825 and the short one −1: no tie.", 0.001),
        wrong_number(0.0, "At α = 0 they have −4.0 and −6.6: no tie.", 0.001),
        wrong_number(0.5, "At α = 0.5 they have −2.0 and −2.33: no tie yet.", 0.001),
        wrong_number(0.7, "To within 0.01, please: two digits.", 0.005),
        wrong_number(100 * TIE, "α is no percentage.", 1.0),
        wrong_number(0.75, "At α = 0.75 they have −1.414 and −1.387: no tie, but near.", 0.001),
        wrong_number(0.65, "That is 1.65 − 1. Which power of 2 is 1.65?", 0.001),
        wrong_number(math.log(6.6, 8), "There the long one scores −1 by itself. Set the two scores equal.", 0.001),
        wrong_number(math.log(4, 6.6), "The lengths 4 and 8 have no part in your answer.", 0.001),
        wrong_number(4 / 6.6, "That is the ratio of the log-probabilities. The power asks for its logarithm.", 0.001),
        wrong_number(2.6, "That is the difference of the log-probabilities. Their ratio is 2^α.", 0.001),
        wrong_number(math.sqrt(1.65), "That is the root of 1.65. Which power of 2 is 1.65?", 0.001),
        wrong_number(-TIE, "The sign is wrong: a length is divided out, so α is above 0.", 0.01),
    ],
)

# --- the recurrent unit -----------------------------------------------------------------------------------------------


def _gates_and_candidates(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[0.5], [0.5]], dtype=torch.double), torch.tensor([[4.0], [-8.0]], dtype=torch.double)
    for tokens, dim in ((3, 2), (5, 4), (1, 3)):
        yield torch.from_numpy(rng.random((tokens, dim))), 2 * _normal(rng, tokens, dim)
    # Nothing is kept, or everything, but not at the first token: the state would be 0, where ReLU has no slope.
    yield torch.tensor([[0.5, 0.25], [0.0, 0.5], [0.75, 1.0]], dtype=torch.double), 2 * _normal(rng, 3, 2)


def recurrent_unit(keep: Tensor, new: Tensor) -> Tensor:
    """What a simple recurrent unit gives for each token, (tokens, dim): ReLU of its state after that token.

    keep (tokens, dim) are shares from 0 to 1, both included, and new (tokens, dim) the candidates, of one token or
    more. The state begins with zeros, and becomes keep · state + (1 − keep) · new. It stays without the ReLU itself.
    """
    state, found = torch.zeros_like(new[0]), []
    for share, candidate in zip(keep, new, strict=True):
        state = share * state + (1 - share) * candidate
        found.append(state.relu())
    return torch.stack(found)


def _by_products(keep: Tensor, new: Tensor) -> Tensor:
    rows = []
    for t in range(len(new)):
        parts = [keep[s + 1 : t + 1].prod(0) * (1 - keep[s]) * new[s] for s in range(t + 1)]
        rows.append(torch.stack(parts).sum(0).clamp(min=0))
    return torch.stack(rows)


def _loop(keep: Tensor, new: Tensor, swapped: bool = False, carried: bool = False, open_: bool = False) -> Tensor:
    state, found = torch.zeros_like(new[0]), []
    for share, candidate in zip(keep, new, strict=True):
        first, second = (1 - share, share) if swapped else (share, 1 - share)
        state = first * state + (candidate if open_ else second * candidate)
        state = state.relu() if carried else state
        found.append(state.relu())
    return torch.stack(found)


@mistake("The shares are exchanged: `keep` is what stays of the state.")
def _swapped(keep: Tensor, new: Tensor) -> Tensor:
    return _loop(keep, new, swapped=True)


@mistake("ReLU was applied to the state that goes on. Only what is given out passes through it.")
def _carried(keep: Tensor, new: Tensor) -> Tensor:
    return _loop(keep, new, carried=True)


@mistake("The candidate must be multiplied by 1 − keep.")
def _open(keep: Tensor, new: Tensor) -> Tensor:
    return _loop(keep, new, open_=True)


@mistake("ReLU is missing: what is given out is never below 0.")
def _no_relu(keep: Tensor, new: Tensor) -> Tensor:
    state, found = torch.zeros_like(new[0]), []
    for share, candidate in zip(keep, new, strict=True):
        state = share * state + (1 - share) * candidate
        found.append(state)
    return torch.stack(found)


@mistake("The state is not carried on: each token stands by itself.")
def _forgetful(keep: Tensor, new: Tensor) -> Tensor:
    return ((1 - keep) * new).relu()


@mistake("You gave the state *before* each token. It comes after.")
def _too_early(keep: Tensor, new: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(new[:1]), recurrent_unit(keep, new)[:-1]])


@mistake("The state begins with the first candidate in your answer. It begins with zeros.")
def _started(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(torch.cat([torch.zeros_like(keep[:1]), keep[1:]]), new)


@mistake("This runs from the last token to the first. A text is written from left to right.")
def _backwards(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(keep.flip(0), new.flip(0)).flip(0)


def _states(keep: Tensor, new: Tensor, start: Tensor) -> Tensor:
    state, found = start, []
    for share, candidate in zip(keep, new, strict=True):
        state = share * state + (1 - share) * candidate
        found.append(state)
    return torch.stack(found)


@mistake("ReLU comes last. You applied it to the candidates, before they were mixed.")
def _relu_first(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(keep, new.relu())


@mistake("This is the state after the last token alone. One is due after each token.")
def _last_alone_state(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(keep, new)[-1]


@mistake("The state begins with ones in your answer. It begins with zeros.")
def _ones(keep: Tensor, new: Tensor) -> Tensor:
    return _states(keep, new, torch.ones_like(new[0])).relu()


@mistake("The state begins as the first candidate in your answer. It begins with zeros, also before the first token.")
def _first_candidate(keep: Tensor, new: Tensor) -> Tensor:
    return _states(keep, new, new[0]).relu()


@mistake("You put keep through a sigmoid. It is a share already.")
def _sigmoid(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(keep.sigmoid(), new)


@mistake("Each token is mixed with the *candidate* before. It is mixed with the state, which holds all tokens before.")
def _one_before(keep: Tensor, new: Tensor) -> Tensor:
    return (keep * torch.cat([torch.zeros_like(new[:1]), new[:-1]]) + (1 - keep) * new).relu()


@mistake("The state is weighed with the share of the token before. Take the share of the token that is read.")
def _share_before(keep: Tensor, new: Tensor) -> Tensor:
    state, found = torch.zeros_like(new[0]), []
    for t in range(len(new)):
        state = keep[t - 1] * state + (1 - keep[t]) * new[t]
        found.append(state.relu())
    return torch.stack(found)


@mistake("This is another function in place of ReLU. ReLU leaves what is above 0 as it is.")
def _tanh(keep: Tensor, new: Tensor) -> Tensor:
    return _states(keep, new, torch.zeros_like(new[0])).tanh()


@mistake("ReLU drops what is below 0. You took its absolute value.")
def _absolute(keep: Tensor, new: Tensor) -> Tensor:
    return _states(keep, new, torch.zeros_like(new[0])).abs()


@mistake("Your loop runs over the numbers of a vector. It must run over the tokens, the first axis.")
def _along_dim(keep: Tensor, new: Tensor) -> Tensor:
    return recurrent_unit(keep.T, new.T).T


@mistake("The first token is passed over. It is read like every other, with a state of zeros before it.")
def _from_the_second(keep: Tensor, new: Tensor) -> Tensor:
    rest = recurrent_unit(keep[1:], new[1:]) if len(new) > 1 else new[:0]
    return torch.cat([torch.zeros_like(new[:1]), rest])


@mistake("Nothing is forgotten in your answer: the old state must be multiplied by keep.")
def _never_forgets(keep: Tensor, new: Tensor) -> Tensor:
    return ((1 - keep) * new).cumsum(0).relu()


@mistake("There is a row too many: the zeros of the beginning are not given out.")
def _with_the_start(keep: Tensor, new: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(new[:1]), recurrent_unit(keep, new)])


@mistake("There is a row too many, and ReLU was applied to the state that goes on.")
def _start_and_carried(keep: Tensor, new: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(new[:1]), _loop(keep, new, carried=True)])


@mistake("You divide by a product of shares. A share may be 0, and then nothing before it is left.")
def _divided_products(keep: Tensor, new: Tensor) -> Tensor:
    kept = keep.cumprod(0)
    return (kept * ((1 - keep) * new / kept).cumsum(0)).relu()


@mistake("The numbers are right, but the state was detached: a gradient must reach the tokens before, too.")
def _cut_off(keep: Tensor, new: Tensor) -> Tensor:
    state, found = torch.zeros_like(new[0]), []
    for share, candidate in zip(keep, new, strict=True):
        state = share * state.detach() + (1 - share) * candidate
        found.append(state.relu())
    return torch.stack(found)


UNIT = CodeExercise(
    id="translation.recurrent_unit",
    title="A memory of one vector",
    stars=2,
    minutes=8,
    task=(
        "Write the simple recurrent unit: the state begins with zeros and becomes keep · state + (1 − keep) · new with "
        "each token. Give the ReLU of the state after each token; the state itself stays without it. Gradients flow to "
        "keep and to new."
    ),
    hints=[
        "By hand: keep 0.5 and 0.5, new 4 and −8. The state is 2, then −3; given out are 2 and 0.",
        "Go through the tokens in a loop, and keep the state beside the list of results.",
        "`state = share * state + (1 - share) * candidate`, then append `state.relu()`.",
    ],
    solution=recurrent_unit,
    reference=_by_products,
    inputs=_gates_and_candidates,
    gradient=["keep", "new"],
    mistakes=[
        _swapped, _carried, _open, _no_relu, _forgetful, _too_early, _started, _backwards, _relu_first,
        _last_alone_state, _ones, _first_candidate, _sigmoid, _one_before, _share_before, _tanh, _absolute, _along_dim,
        _from_the_second, _never_forgets, _with_the_start, _start_and_carried, _divided_products, _cut_off,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_BLEU = Quiz(
    id="translation.quiz_bleu",
    title="What BLEU sees",
    task="“The drug is safe” was translated once as “is not safe” and once with a clumsy word. Both have BLEU 40. So:",
    hints=["What does BLEU compare?", "Does it know which word carries the meaning?"],
    options=[
        wrong("They are equally good", "BLEU counts shared runs of words. One of the two says the opposite."),
        right("BLEU cannot tell them apart; a reader must", "Each misses as many runs; one misses the meaning."),
        wrong("More references would make BLEU certain", "They help, yet a wrong “not” still costs only a few runs."),
        wrong("chrF would be certain", "It compares characters, and “not” has three of them."),
    ],
)

QUIZ_BEAM = Quiz(
    id="translation.quiz_beam",
    title="The wider beam",
    task="A beam of 64 finds texts that are more probable, to the model, than those of a beam of 4. Why may BLEU fall?",
    hints=["What is the log-probability of a text a sum of?", "Which text has the fewest summands?"],
    options=[
        wrong("The search makes more mistakes", "It makes fewer: it finds what is more probable."),
        right(
            "The most probable texts are often too short, or empty",
            "Each token costs probability, so short texts are ahead; a narrow beam did not find them.",
        ),
        wrong("It takes too long", "That is true, and no reason for a lower score."),
        wrong("Softmax is less exact with many texts", "Each text has its own softmax, whatever else is live."),
    ],
)

QUIZ_ALIGNMENT = Quiz(
    id="translation.quiz_alignment",
    title="What a look proves",
    task="In Bergamot's last layer the look at *banco* lies on *bank*. What follows?",
    hints=["Was that layer trained to look so?", "Which vectors stand at the place of *bank* after six layers?"],
    options=[
        wrong("*banco* was chosen because of *bank* alone", "The vector there has read the whole sentence by then."),
        wrong("Any Transformer aligns its words like that", "The other layer of the same model lags a word behind."),
        right(
            "That this layer aligns words here; the reason for the word has to be tested",
            "It was trained to align. What the choice depends on is seen when the source is changed.",
        ),
        wrong("Nothing at all", "It is a usable alignment: this layer was trained for it."),
    ],
)
