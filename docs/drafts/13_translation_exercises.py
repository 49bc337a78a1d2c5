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
    for n in (1, 2, 3):
        words = ["el", "la", "gato", "come", "no"]
        written = [words[i] for i in rng.integers(5, size=7)]
        yield written, [[words[i] for i in rng.integers(5, size=6)] for _ in range(2)], n


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def clipped_precision(words: list[str], references: list[list[str]], n: int) -> float:
    """Of the runs of n words that were written, the share that the references hold.

    A run counts at most as often as the one reference holds it that holds it most often.
    """
    written, most = _runs(words, n), Counter()
    for reference in references:
        most |= _runs(reference, n)
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


CLIPPED = CodeExercise(
    id="translation.clipped_precision",
    title="Clipped precision",
    stars=2,
    minutes=8,
    task=(
        "Write the precision that BLEU counts: of the runs of n words that were written, the share that the references "
        "hold. A run counts at most as often as the one reference holds it that holds it most often."
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
    ],
)  # fmt: skip

# --- the smoothed loss ------------------------------------------------------------------------------------------------


def _logits_and_targets(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([[0.0, 1.0, 3.0]], dtype=torch.double), torch.tensor([2]), 0.3
    for n, vocab_size, smoothing in ((4, 5, 0.1), (3, 2, 0.5), (6, 9, 0.0)):
        yield _normal(rng, n, vocab_size), torch.from_numpy(rng.integers(vocab_size, size=n)), smoothing


def smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """The mean cross-entropy, in nats, with the wanted distribution smoothed: (n, vocab_size), (n,) -> a number.

    The target gets 1 − smoothing; the rest is shared equally among all tokens, the target included.
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


SMOOTHED = CodeExercise(
    id="translation.smoothed_loss",
    title="A target that is not quite sure",
    stars=2,
    minutes=8,
    task=(
        "Write the cross-entropy with label smoothing: the target gets the share 1 − smoothing, and the rest is shared "
        "equally among all tokens, the target included."
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
    forbidden=["torch.nn.functional.cross_entropy", "torch.nn.CrossEntropyLoss"],
    mistakes=[
        _plain, _among_others, _summed, _exchanged, _wrong_sign, _not_reduced, _total, _without_softmax, _wrong_axis,
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
    """The best continuations of all live texts: pairs (place of the text, token), the best first.

    sums (live,) are their log-probabilities so far, logs (live, vocab_size) those of the next token. Exactly beam_size.
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


BEAM_STEP = CodeExercise(
    id="translation.beam_step",
    title="One step of a beam",
    stars=2,
    minutes=10,
    task=(
        "Write one step of beam search: of all continuations of all live texts, give the best as pairs (place of the "
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
        wrong_number(-TIE, "The sign is wrong: a length is divided out, so α is above 0.", 0.01),
    ],
)

# --- the recurrent unit -----------------------------------------------------------------------------------------------


def _gates_and_candidates(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[0.5], [0.5]], dtype=torch.double), torch.tensor([[4.0], [-8.0]], dtype=torch.double)
    for tokens, dim in ((3, 2), (5, 4), (1, 3)):
        yield torch.from_numpy(rng.random((tokens, dim))), 2 * _normal(rng, tokens, dim)


def recurrent_unit(keep: Tensor, new: Tensor) -> Tensor:
    """What a simple recurrent unit gives for each token, (tokens, dim): ReLU of its state after that token.

    keep (tokens, dim) are shares from 0 to 1, new (tokens, dim) the candidates. The state begins with zeros, and
    becomes keep · state + (1 − keep) · new.
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


UNIT = CodeExercise(
    id="translation.recurrent_unit",
    title="A memory of one vector",
    stars=2,
    minutes=8,
    task=(
        "Write the simple recurrent unit: the state begins with zeros and becomes keep · state + (1 − keep) · new with "
        "each token. Give the ReLU of the state after each token."
    ),
    hints=[
        "By hand: keep 0.5 and 0.5, new 4 and −8. The state is 2, then −3; given out are 2 and 0.",
        "Go through the tokens in a loop, and keep the state beside the list of results.",
        "`state = share * state + (1 - share) * candidate`, then append `state.relu()`.",
    ],
    solution=recurrent_unit,
    reference=_by_products,
    inputs=_gates_and_candidates,
    gradient=["new"],
    mistakes=[_swapped, _carried, _open, _no_relu, _forgetful, _too_early, _started, _backwards],
)

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
