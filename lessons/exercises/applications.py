"""The exercises of notebook 09, applications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Span = tuple[int, int, str]

# --- strict spans -----------------------------------------------------------------------------------------------------


def _rows_of_tags(rng: Generator) -> Iterator[tuple[list[str]]]:
    for row in (
        ["B-person", "I-person", "O", "B-place"],  # one that ends with the text
        ["B-a", "B-a", "I-a"],  # two names side by side
        ["O", "I-a", "I-a", "B-a"],  # an I that continues nothing
        ["B-a", "I-b", "I-b", "O"],  # an I of another kind
        ["B-a", "O", "I-a"],  # a gap
        ["B-a", "I-a", "I-b", "I-a"],  # back to the first kind, after a break
        ["O", "O"],
    ):
        yield (row,)
    for n in (6, 12, 20):
        yield (rng.choice(["O", "B-a", "I-a", "B-geo-loc", "I-geo-loc"], size=n).tolist(),)


def strict_spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Tags of a text -> spans (start, end, kind) from left to right; `end` is the place behind the last word.

    A span is a B-kind and each I-kind of the same kind that follows it without a gap. An I that continues no such span
    belongs to none.
    """
    found: list[tuple[int, int, str]] = []
    is_open = False
    for place, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        if letter == "I" and is_open and found[-1][2] == kind:
            found[-1] = (found[-1][0], place + 1, kind)
        else:
            is_open = letter == "B"
            if is_open:
                found.append((place, place + 1, kind))
    return found


def _by_looking_ahead(tags: list[str]) -> list[Span]:
    """The independent reference: from each B as far as its I go."""
    found = []
    for start, tag in enumerate(tags):
        if tag.startswith("B-"):
            end = start + 1
            while end < len(tags) and tags[end] == f"I-{tag[2:]}":
                end += 1
            found.append((start, end, tag[2:]))
    return found


def _lenient(tags: list[str], any_kind: bool = False) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag == "O":
            continue
        goes_on = tag[0] == "I" and found and found[-1][1] == place and (any_kind or found[-1][2] == tag[2:])
        if goes_on:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
        else:
            found.append((place, place + 1, tag[2:]))
    return found


@mistake("An I that continues nothing began a span of its own. In the strict reading only a B begins one.")
def _an_i_begins(tags: list[str]) -> list[Span]:
    return _lenient(tags)


@mistake("An I of another kind went on with the span before it. A name goes on with its own kind only.")
def _any_kind_goes_on(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((place, place + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
    return found


@mistake("A name went on after a gap. Between two words of a span there is no word outside of it.")
def _over_gaps(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((place, place + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], place + 1, tag[2:])
    return found


@mistake("Your `end` is the last word itself. It is the place *behind* it, as in a slice: `words[start:end]`.")
def _end_is_the_last(tags: list[str]) -> list[Span]:
    return [(start, end - 1, kind) for start, end, kind in strict_spans(tags)]


@mistake("A span that goes on to the last word is missing: after the loop one may still be open.")
def _last_is_lost(tags: list[str]) -> list[Span]:
    return [span for span in strict_spans(tags) if span[1] < len(tags)]


@mistake("Every name is one word long in yours: an I of the same kind carries it on.")
def _one_word_each(tags: list[str]) -> list[Span]:
    return [(start, start + 1, kind) for start, _, kind in strict_spans(tags)]


@mistake("The kind still has its letter: of `B-person` the kind is `person`.")
def _kind_with_letter(tags: list[str]) -> list[Span]:
    return [(start, end, f"B-{kind}") for start, end, kind in strict_spans(tags)]


@mistake("Two names of one kind side by side became one. A B begins a new name, whatever stands before it.")
def _neighbours_joined(tags: list[str]) -> list[Span]:
    joined: list[Span] = []
    for start, end, kind in strict_spans(tags):
        if joined and joined[-1][1:] == (start, kind):
            joined[-1] = (joined[-1][0], end, kind)
        else:
            joined.append((start, end, kind))
    return joined


@mistake("A kind may hold a hyphen, such as `geo-loc`: cut at the first one alone, `tag[2:]`.")
def _cut_at_every_hyphen(tags: list[str]) -> list[Span]:
    return [(start, end, kind.split("-")[-1]) for start, end, kind in strict_spans(tags)]


STRICT_SPANS = CodeExercise(
    id="applications.strict_spans",
    title="Strict spans",
    stars=2,
    minutes=10,
    task="Write the strict reading of BIO tags: only a B begins a name.",
    hints=[
        "Go from left to right, and keep whether the last span may still go on.",
        "It may not go on after an O, and not after an I that did not fit.",
        "From each B, look ahead as long as the tag is `I-` with the same kind.",
    ],
    solution=strict_spans,
    reference=_by_looking_ahead,
    inputs=_rows_of_tags,
    mistakes=[
        _an_i_begins, _any_kind_goes_on, _over_gaps, _end_is_the_last, _last_is_lost, _one_word_each, _kind_with_letter,
        _neighbours_joined, _cut_at_every_hyphen,
    ],
)  # fmt: skip

# --- the best span at once --------------------------------------------------------------------------------------------


def _starts_and_ends(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    yield torch.tensor([0.0, 1, 0, 6], dtype=torch.double), torch.tensor([0.0, 5, 2, 1], dtype=torch.double), 3
    yield torch.tensor([6.0, 0, 1, 0], dtype=torch.double), torch.tensor([1.0, 0, 2, 6], dtype=torch.double), 2
    yield torch.tensor([1.0]), torch.tensor([2.0]), 4
    for n, most in ((8, 3), (12, 5), (20, 1), (15, 40)):
        start, end = (torch.from_numpy(rng.normal(size=n)) for _ in range(2))
        start[int(rng.integers(n))] = -torch.inf
        yield start, end, most
    yield -torch.from_numpy(rng.random(9)) - 5, -torch.from_numpy(rng.random(9)) - 5, 4  # all of them far below 0


def best_span_at_once(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    """Scores (tokens,), (tokens,) -> (i, j): the first and the last token of the best span, as whole numbers.

    Allowed are i <= j < i + max_tokens. The scores may be -inf; some allowed span is finite.
    """
    n = len(start)
    scores = start[:, None] + end[None, :]
    allowed = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    best = int(scores.masked_fill(~allowed, -torch.inf).argmax())
    return best // n, best % n


def _brute_force(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    spans = [(i, j) for i in range(n) for j in range(i, min(n, i + max_tokens))]
    return max(spans, key=lambda span: float(start[span[0]] + end[span[1]]))


@mistake("You took the best start and the best end, each for itself. The end may then lie before the start.")
def _each_for_itself(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return int(start.argmax()), int(end.argmax())


@mistake("Your span is too long. It has `max_tokens` tokens at most.")
def _any_length(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return best_span_at_once(start, end, len(start))


@mistake("Your spans have one token too many: from i, the last allowed end is i + max_tokens − 1.")
def _one_too_long(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return best_span_at_once(start, end, max_tokens + 1)


@mistake("The end may lie before the start in yours: mask the lower triangle, too.")
def _backwards(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    scores = (start[:, None] + end[None, :]).masked_fill(torch.ones(n, n).triu(max_tokens) == 1, -torch.inf)
    return int(scores.argmax()) // n, int(scores.argmax()) % n


@mistake("You chose the start first, and then the best end after it. A worse start may have a far better end.")
def _greedy(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i = int(start.argmax())
    return i, i + int(end[i : i + max_tokens].argmax())


@mistake("You masked with 0. Where all scores are below 0, a forbidden span wins: mask with −inf.")
def _masked_with_zero(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    allowed = torch.ones(n, n).triu().tril(max_tokens - 1)
    scores = torch.where(allowed == 1, start[:, None] + end[None, :], torch.zeros(n, n, dtype=start.dtype))
    return int(scores.argmax()) // n, int(scores.argmax()) % n


@mistake("Your table has ends as rows and starts as columns, so the two places are exchanged.")
def _exchanged(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return best_span_at_once(start, end, max_tokens)[::-1]


@mistake("A span of one token is missing: the start itself may be the end.")
def _at_least_two(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    allowed = torch.ones(n, n, dtype=torch.bool).triu(1).tril(max_tokens - 1)
    best = int((start[:, None] + end[None, :]).masked_fill(~allowed, -torch.inf).argmax())
    return best // n, best % n


BEST_SPAN = CodeExercise(
    id="applications.best_span",
    title="The best span at once",
    stars=2,
    minutes=15,
    task="Find the span with the best sum of start and end, without a loop over places.",
    hints=[
        "`start[:, None] + end[None, :]` is a table of all spans: the row is the start, the column the end.",
        "`triu` and `tril` keep what lies on one side of a diagonal. Which diagonals bound the allowed spans?",
        "Fill the rest with −inf and take `argmax`; it counts row by row, so `divmod` by the tokens gives both places.",
    ],
    solution=best_span_at_once,
    reference=_brute_force,
    inputs=_starts_and_ends,
    mistakes=[
        _each_for_itself, _any_length, _one_too_long, _backwards, _greedy, _masked_with_zero, _exchanged, _at_least_two,
    ],
)  # fmt: skip

# --- F1 by hand -------------------------------------------------------------------------------------------------------

ANSWER_F1 = NumberExercise(
    id="applications.answer_f1",
    title="F1 by hand",
    stars=1,
    minutes=5,
    task="The truth is “the river Rhine in Germany”, the answer “the Rhine”. What is the F1? Articles do not count.",
    hints=[
        "Without articles the truth has four words, and the answer has one.",
        "Precision is 1/1, recall is 1/4.",
        "Of a precision P and a recall R, F1 is 2 · P · R / (P + R).",
    ],
    solution=0.4,
    working="2 * (1 / 1) * (1 / 4) / (1 / 1 + 1 / 4)",
    tolerance=0.005,
    mistakes=[
        wrong_number(4 / 7, "You counted the articles. Without them the answer is one word and the truth four.", 0.005),
        wrong_number(0.25, "That is the recall. F1 takes the precision, 1, into account as well.", 0.005),
        wrong_number(0.625, "That is the plain mean of 1 and 1/4. F1 is the *harmonic* mean.", 0.005),
        wrong_number(
            1.0, "That is the precision: all of the answer is right, but most of the truth is missing.", 0.005
        ),
        wrong_number(0.0, "That is the exact match. F1 counts the words that both share.", 0.005),
    ],
)

# --- both ways --------------------------------------------------------------------------------------------------------


def _pairs_of_vectors(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    for batch, dim, temperature in ((4, 6, 0.1), (2, 3, 1.0), (7, 5, 0.05), (3, 4, 0.5)):
        first = torch.from_numpy(rng.normal(size=(batch, dim)))
        yield first, first + torch.from_numpy(rng.normal(size=(batch, dim))) * 3, temperature
    yield torch.from_numpy(rng.normal(size=(5, 4))) * 7, torch.from_numpy(rng.normal(size=(5, 4))) * 0.2, 0.2


def both_ways(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """(batch, dim), (batch, dim) -> (): the mean of two in-batch losses, rows choosing columns and the reverse.

    Similarities are cosines divided by the temperature; pair i is row i of both.
    """
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    labels = torch.arange(len(logits))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def _logits(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return F.cosine_similarity(first[:, None], second[None], dim=-1) / temperature


def _by_log_softmax(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return -(logits.log_softmax(0).diagonal().mean() + logits.log_softmax(1).diagonal().mean()) / 2


@mistake("Only the first chooses among the second. Add the loss of the table turned round, `logits.T`, and halve.")
def _one_way(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return F.cross_entropy(_logits(first, second, temperature), torch.arange(len(first)))


@mistake("Only the second chooses among the first. Add the loss of the rows, too, and halve.")
def _other_way(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return F.cross_entropy(_logits(first, second, temperature).T, torch.arange(len(first)))


@mistake("This is the sum of both losses. Take their mean.")
def _summed(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return 2 * _by_log_softmax(first, second, temperature)


@mistake("The vectors keep their lengths: cosines are dot products of vectors made 1 long.")
def _not_normalised(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits, labels = first @ second.T / temperature, torch.arange(len(first))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


@mistake("You multiplied by the temperature. Divide by it: a low temperature makes the choice sharper.")
def _times_temperature(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, 1 / temperature)


@mistake("The temperature is missing.")
def _without_temperature(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, 1.0)


@mistake("The sign is missing: a loss is minus the logarithm of a probability.")
def _without_sign(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return -_by_log_softmax(first, second, temperature)


@mistake("You normalised the columns (dim=0). Each row is a vector: dim=-1.")
def _columns_normalised(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = F.normalize(first, dim=0) @ F.normalize(second, dim=0).T / temperature
    return -(logits.log_softmax(0).diagonal().mean() + logits.log_softmax(1).diagonal().mean()) / 2


@mistake("These are sums over the batch. Take the mean over the pairs.")
def _sum_over_pairs(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return len(first) * _by_log_softmax(first, second, temperature)


BOTH_WAYS = CodeExercise(
    id="applications.both_ways",
    title="Both ways",
    stars=2,
    minutes=10,
    task="Write the loss in which each row picks its column and each column its row.",
    hints=[
        "Make all vectors 1 long; then one matrix product gives all cosines.",
        "The right column of row i is i. What is the right row of column i?",
        "The mean of `F.cross_entropy(logits, labels)` and `F.cross_entropy(logits.T, labels)`.",
    ],
    solution=both_ways,
    reference=_by_log_softmax,
    inputs=_pairs_of_vectors,
    gradient=["first", "second"],
    mistakes=[
        _one_way, _other_way, _summed, _not_normalised, _times_temperature, _without_temperature, _without_sign,
        _columns_normalised, _sum_over_pairs,
    ],
)  # fmt: skip

# --- chance -----------------------------------------------------------------------------------------------------------

CHANCE_MRR = NumberExercise(
    id="applications.chance_mrr",
    title="How good is chance?",
    stars=1,
    minutes=5,
    task="A system puts 4 documents in random order; one of them is right. What is its expected MRR?",
    hints=[
        "The right document is equally often at each of the four places.",
        "What is 1/rank at each place?",
        "The mean of 1, 1/2, 1/3 and 1/4.",
    ],
    solution=(1 + 1 / 2 + 1 / 3 + 1 / 4) / 4,
    working="(1 + 1/2 + 1/3 + 1/4) / 4",
    tolerance=0.0006,
    mistakes=[
        wrong_number(0.25, "That is recall@1. The other three places count too, with 1/2, 1/3 and 1/4."),
        wrong_number(0.4, "You took 1 over the mean rank, 2.5. It is the mean of 1/rank."),
        wrong_number(2.5, "That is the mean rank. MRR is the mean of 1/rank."),
        wrong_number(25 / 12, "That is the sum of 1/rank. Divide by the four places.", 0.002),
    ],
)

# --- ROUGE-2 ----------------------------------------------------------------------------------------------------------


def _texts(rng: Generator) -> Iterator[tuple[list[str], list[str]]]:
    yield ["the", "cat", "sat", "on", "the", "mat"], ["the", "cat", "lay", "on", "a", "mat"]
    yield ["a", "b", "a", "b", "a", "b"], ["a", "b", "a", "c", "b", "a"]  # pairs that stand more than once
    yield ["a", "b", "c", "d"], ["a", "b"]  # of other lengths
    yield ["one", "two"], ["three", "four", "five"]
    yield ["a", "b", "c"], ["c", "b", "a"]  # the same words, no pair
    yield ["a"], ["a", "b"]  # too short for a pair
    yield ["a"], ["a"]  # both of them
    for n, m in ((9, 12), (20, 6), (15, 15)):
        yield rng.choice(list("abcd"), size=n).tolist(), rng.choice(list("abcd"), size=m).tolist()


def rouge_2(reference: list[str], summary: list[str]) -> float:
    """Two lists of words -> the F1 of their shared pairs of neighbouring words, 0 if none is shared.

    A pair that stands several times is shared as often as it stands in both.
    """
    wanted, given = Counter(pairwise(reference)), Counter(pairwise(summary))
    shared = (wanted & given).total()
    return 2 * shared / (wanted.total() + given.total()) if shared else 0.0


def _crossing_out(reference: list[str], summary: list[str]) -> float:
    left = [tuple(reference[i : i + 2]) for i in range(len(reference) - 1)]
    wanted, given = len(left), [tuple(summary[i : i + 2]) for i in range(len(summary) - 1)]
    shared = 0
    for pair in given:
        if pair in left:
            left.remove(pair)
            shared += 1
    if not shared:
        return 0.0
    precision, recall = shared / len(given), shared / wanted
    return 2 * precision * recall / (precision + recall)


def _counts(reference: list[str], summary: list[str]) -> tuple[int, int, int]:
    wanted, given = (Counter(pairwise(words)) for words in (reference, summary))
    return (wanted & given).total(), wanted.total(), given.total()


@mistake("You compared single words: that is ROUGE-1. Take pairs of neighbours.")
def _single_words(reference: list[str], summary: list[str]) -> float:
    shared = (Counter(reference) & Counter(summary)).total()
    return 2 * shared / (len(reference) + len(summary))


@mistake("A pair that stands several times counts once in yours. Count it as often as both texts hold it.")
def _as_sets(reference: list[str], summary: list[str]) -> float:
    wanted, given = (set(pairwise(words)) for words in (reference, summary))
    return 2 * len(wanted & given) / max(1, len(wanted) + len(given))


@mistake("This is the recall: shared pairs over those of the reference. F1 takes the precision into account as well.")
def _recall_alone(reference: list[str], summary: list[str]) -> float:
    shared, wanted, _ = _counts(reference, summary)
    return shared / max(1, wanted)


@mistake("This is the precision: shared pairs over those of the summary. F1 takes the recall into account as well.")
def _precision_alone(reference: list[str], summary: list[str]) -> float:
    shared, _, given = _counts(reference, summary)
    return shared / max(1, given)


@mistake("This is the plain mean of precision and recall. F1 is the harmonic mean.")
def _plain_mean(reference: list[str], summary: list[str]) -> float:
    shared, wanted, given = _counts(reference, summary)
    return (shared / max(1, given) + shared / max(1, wanted)) / 2


@mistake("A text of n words has n − 1 pairs; you divided by the words.")
def _divided_by_words(reference: list[str], summary: list[str]) -> float:
    return 2 * _counts(reference, summary)[0] / (len(reference) + len(summary))


@mistake("The order of a pair does not count in yours: “cat the” is another pair than “the cat”.")
def _without_order(reference: list[str], summary: list[str]) -> float:
    wanted, given = (Counter(tuple(sorted(p)) for p in pairwise(w)) for w in (reference, summary))
    return 2 * (wanted & given).total() / max(1, wanted.total() + given.total())


ROUGE_2 = CodeExercise(
    id="applications.rouge_2",
    title="ROUGE-2",
    stars=2,
    minutes=10,
    task="Write the F1 of the pairs of neighbouring words that a reference and a summary share.",
    hints=[
        "`zip(words, words[1:])` gives the pairs of neighbours.",
        "A `Counter` knows how often each stands; `a & b` keeps the smaller count of each.",
        "F1 is 2 · shared / (pairs of the reference + pairs of the summary).",
    ],
    solution=rouge_2,
    reference=_crossing_out,
    inputs=_texts,
    mistakes=[
        _single_words, _as_sets, _recall_alone, _precision_alone, _plain_mean, _divided_by_words, _without_order,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_ACCURACY = Quiz(
    id="applications.quiz_accuracy",
    title="What does it reach?",
    task="A tagger of names has an accuracy of 95 % over words. What do you know?",
    hints=["How many words of a text belong to names?", "What is the accuracy of answering O everywhere?"],
    options=[
        wrong("It finds 95 % of the names", "That is recall, of spans. Most words are no names at all."),
        wrong("95 % of the names that it gives are right", "That is precision, of spans."),
        right(
            "Nearly nothing: saying O everywhere may reach the same",
            "Ask for the F1 of spans, and for what a list of names reaches.",
        ),
        wrong("Its F1 is at least 90 %", "The two are not bound: with O everywhere the accuracy is high and F1 is 0."),
    ],
)

QUIZ_NEGATIVES = Quiz(
    id="applications.quiz_negatives",
    title="Where do the wrong answers come from?",
    task="Two towers learn from pairs of translations, in batches of 256. Which texts does a sentence learn to avoid?",
    hints=["The loss is a cross-entropy over a row of a table.", "Who else is in the batch?"],
    options=[
        wrong("None: only the pairs are pulled together", "Then all vectors could become one and the same."),
        right(
            "The 255 other translations of its batch",
            "They cost nothing, as they are encoded anyway. Larger batches have more of them, and harder ones.",
        ),
        wrong(
            "Random sentences, drawn for each query", "That would do, and would have to be encoded for nothing else."
        ),
        wrong("All other translations of the data set", "They would have to be encoded anew after every step."),
    ],
)

QUIZ_QUESTION = Quiz(
    id="applications.quiz_question",
    title="Does it read the question?",
    task="A model answers 80 % of questions about passages. You delete the questions, and it still answers 60 %. So?",
    hints=["What can it still see?", "What would an answerer who reads both lose?"],
    options=[
        wrong("It has learnt the answers by heart", "It may have, but the passages alone may say it as well."),
        right(
            "Most of its score comes from the passages alone",
            "The data let it guess what is asked. Only what is lost shows that the question was read.",
        ),
        wrong("It understands three quarters of the questions", "Without a question there is none to understand."),
        wrong(
            "The test is broken, so the 80 % are worthless", "They are a score on these data; its meaning is smaller."
        ),
    ],
)
