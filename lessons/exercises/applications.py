"""The exercises of notebook 09, applications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.applications.summaries import longest_common
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
    """A list of tags -> a list of spans (start, end, kind) from left to right; `end` is the place behind the last word.

    A span is a B-kind and each I-kind of the same kind that follows it without a gap. An I that continues no such span
    belongs to none. The kind is all that stands behind the first hyphen; it may hold hyphens itself, such as geo-loc.
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


@mistake("Each span is (start, end, kind), in this order. Yours begins with the kind.")
def _kind_first(tags: list[str]) -> list[tuple[str, int, int]]:
    return [(kind, start, end) for start, end, kind in strict_spans(tags)]


@mistake("Only the first span comes back. Return behind the loop, when all are found.")
def _first_alone(tags: list[str]) -> list[Span]:
    return strict_spans(tags)[:1]


@mistake("In place of the end you gave how many words the name has. The end is the place behind the last word.")
def _length_for_end(tags: list[str]) -> list[Span]:
    return [(start, end - start, kind) for start, end, kind in strict_spans(tags)]


@mistake("You count places from 1. The first word is at place 0.")
def _from_one(tags: list[str]) -> list[Span]:
    return [(start + 1, end + 1, kind) for start, end, kind in strict_spans(tags)]


@mistake("Of two names of one kind only the last is there. A text may hold several of a kind.")
def _one_of_each_kind(tags: list[str]) -> list[Span]:
    return list({kind: (start, end, kind) for start, end, kind in strict_spans(tags)}.values())


@mistake("The spans are not in the order of the text. Sort them by their start, or go through the tags once.")
def _by_kind(tags: list[str]) -> list[Span]:
    return sorted(strict_spans(tags), key=lambda span: span[2])


@mistake("An I of another kind, right behind a span, began a span of its own. Only a B begins one.")
def _i_behind_a_span_begins(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        is_behind = bool(found) and found[-1][1] == place
        if tag[0] == "I" and is_behind and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], place + 1, tag[2:])
        elif tag[0] == "B" or (tag[0] == "I" and is_behind):
            found.append((place, place + 1, tag[2:]))
    return found


@mistake("A span is lost if an I of another kind follows it. That I ends the span, and the span stays.")
def _broken_is_dropped(tags: list[str]) -> list[Span]:
    return [span for span in strict_spans(tags) if span[1] == len(tags) or tags[span[1]][0] != "I"]


@mistake("You asked whether the tag before has the same kind. It must belong to a span that a B began.")
def _tag_before(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((place, place + 1, tag[2:]))
        elif tag[0] == "I" and found and tags[place - 1][2:] == tag[2:]:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
    return found


@mistake("A span at the end of the text ends one place too early: its end is `len(tags)`.")
def _last_is_short(tags: list[str]) -> list[Span]:
    return [(start, end - (end == len(tags)), kind) for start, end, kind in strict_spans(tags)]


@mistake("The kind still has its hyphen: of `B-person` it is `person`, so `tag[2:]`.")
def _kind_with_hyphen(tags: list[str]) -> list[Span]:
    return [(start, end, f"-{kind}") for start, end, kind in strict_spans(tags)]


@mistake("A span is lost if a B follows it at once. A B ends the span before it, and that span stays.")
def _b_does_not_end(tags: list[str]) -> list[Span]:
    return [span for span in strict_spans(tags) if span[1] == len(tags) or tags[span[1]][0] != "B"]


@mistake("Your names have two words at most. Go on as long as there is an I of the same kind.")
def _two_words_at_most(tags: list[str]) -> list[Span]:
    return [(start, min(end, start + 2), kind) for start, end, kind in strict_spans(tags)]


@mistake("An I of another kind was passed over, and the span went on behind it. It ends the span.")
def _other_kind_skipped(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    is_open = False
    for place, tag in enumerate(tags):
        if tag[0] == "I" and is_open:
            if found[-1][2] == tag[2:]:
                found[-1] = (found[-1][0], place + 1, tag[2:])
        else:
            is_open = tag[0] == "B"
            if is_open:
                found.append((place, place + 1, tag[2:]))
    return found


@mistake("Your spans lack their kind: each is (start, end, kind).")
def _without_kind(tags: list[str]) -> list[tuple[int, int]]:
    return [(start, end) for start, end, _ in strict_spans(tags)]


@mistake("These are the words' places, one by one. A span is its first place, the place behind its last, and the kind.")
def _places_one_by_one(tags: list[str]) -> list[Span]:
    return [(place, place + 1, kind) for start, end, kind in strict_spans(tags) for place in range(start, end)]


@mistake("Your ends are one place too far: the end is the place right behind the last word.")
def _end_too_far(tags: list[str]) -> list[Span]:
    return [(start, end + 1, kind) for start, end, kind in strict_spans(tags)]


@mistake("Names of one word are missing. A B without an I behind it is a span, too.")
def _longer_ones_alone(tags: list[str]) -> list[Span]:
    return [span for span in strict_spans(tags) if span[1] - span[0] > 1]


@mistake("The spans come from right to left. Give them in the order of the text.")
def _from_the_right(tags: list[str]) -> list[Span]:
    return strict_spans(tags)[::-1]


@mistake("An I behind an O began a span. In the strict reading only a B begins one.")
def _i_behind_o_begins(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        is_behind = bool(found) and found[-1][1] == place
        if tag[0] == "I" and is_behind and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], place + 1, tag[2:])
        elif tag[0] == "B" or (tag[0] == "I" and (place == 0 or tags[place - 1] == "O")):
            found.append((place, place + 1, tag[2:]))
    return found


@mistake("The first tag began a span though it is an I. In the strict reading only a B begins one.")
def _i_at_the_start_begins(tags: list[str]) -> list[Span]:
    return strict_spans([f"B{tags[0][1:]}" if tags[0][0] == "I" else tags[0], *tags[1:]])


@mistake("An O is outside of any name, so it makes no span.")
def _o_is_a_span(tags: list[str]) -> list[Span]:
    outside = [(place, place + 1, tag[2:]) for place, tag in enumerate(tags) if tag == "O"]
    return sorted([*strict_spans(tags), *outside])


@mistake("A span took the kind of an I that does not belong to it. A name goes on with its own kind only.")
def _kind_of_the_last(tags: list[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((place, place + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1, tag[2:])
    return found


@mistake("Only the last span comes back. Collect all of them in a list.")
def _last_alone(tags: list[str]) -> list[Span]:
    return strict_spans(tags)[-1:]


@mistake("This is how many spans there are. Give the spans themselves.")
def _how_many(tags: list[str]) -> int:
    return len(strict_spans(tags))


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
        _an_i_begins, _any_kind_goes_on, _over_gaps, _end_is_the_last, _last_is_lost, _one_word_each,
        _kind_with_letter, _neighbours_joined, _cut_at_every_hyphen, _kind_first, _first_alone, _length_for_end,
        _from_one, _one_of_each_kind, _by_kind, _i_behind_a_span_begins, _broken_is_dropped, _tag_before,
        _last_is_short, _kind_with_hyphen, _b_does_not_end, _two_words_at_most, _other_kind_skipped, _without_kind,
        _places_one_by_one, _end_too_far, _longer_ones_alone, _from_the_right, _i_behind_o_begins,
        _i_at_the_start_begins, _o_is_a_span, _kind_of_the_last, _last_alone, _how_many,
    ],
)  # fmt: skip

# --- the best span at once --------------------------------------------------------------------------------------------


def _starts_and_ends(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    yield torch.tensor([0.0, 1, 0, 6], dtype=torch.double), torch.tensor([0.0, 5, 2, 1], dtype=torch.double), 3
    yield torch.tensor([6.0, 0, 1, 0], dtype=torch.double), torch.tensor([1.0, 0, 2, 5], dtype=torch.double), 2
    yield torch.tensor([1.0]), torch.tensor([2.0]), 4
    for n, most in ((8, 3), (12, 5), (20, 1), (15, 40)):
        start, end = (torch.from_numpy(rng.normal(size=n)) for _ in range(2))
        start[int(rng.integers(n))] = -torch.inf
        yield start, end, most
    yield -torch.from_numpy(rng.random(9)) - 5, -torch.from_numpy(rng.random(9)) - 5, 4  # all of them far below 0


def best_span_at_once(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    """Scores (tokens,), (tokens,) -> (i, j): the first and the last token of the best span, as whole numbers.

    Allowed are i <= j < i + max_tokens. The scores may be -inf; exactly one allowed span is best.
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


def _best_of(scores: Tensor, low: int, high: int) -> tuple[int, int]:
    """The best place of a table whose columns may be from `low` to `high` behind the row."""
    allowed = torch.ones(len(scores), len(scores), dtype=torch.bool).triu(low).tril(high)
    best = int(scores.masked_fill(~allowed, -torch.inf).argmax())
    return best // len(scores), best % len(scores)


@mistake("The longest spans are missing: from i, the last allowed end is i + max_tokens − 1.")
def _one_too_short(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] + end, 0, max(0, max_tokens - 2))


@mistake("This is the place in the table read as one long row. `divmod` by the number of tokens gives row and column.")
def _flat_place(start: Tensor, end: Tensor, max_tokens: int) -> int:
    i, j = best_span_at_once(start, end, max_tokens)
    return i * len(start) + j


@mistake(
    "You multiplied by a mask of 0 and 1. A forbidden span then scores 0, or NaN where a score is −inf: fill in −inf."
)
def _times_mask(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    allowed = torch.ones(n, n, dtype=start.dtype).triu().tril(max_tokens - 1)
    best = int(((start[:, None] + end) * allowed).argmax())
    return best // n, best % n


@mistake("You multiplied the two scores. The score of a span is their sum.")
def _product(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] * end, 0, max_tokens - 1)


@mistake("You chose the end first, and then the best start before it. A worse end may have a far better start.")
def _end_first(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    j = int(end.argmax())
    first = max(0, j - max_tokens + 1)
    return first + int(start[first : j + 1].argmax()), j


@mistake("You bounded the distance of both places in both directions. The end must not lie before the start.")
def _both_directions(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] + end, 1 - max_tokens, max_tokens - 1)


@mistake("You divided the place in the table by max_tokens. A row of the table has as many places as there are tokens.")
def _divided_by_most(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return divmod(_flat_place.attempt(start, end, max_tokens), max_tokens)


@mistake("Your second number is the place behind the last token. Here it is the last token itself.")
def _behind_the_end(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = best_span_at_once(start, end, max_tokens)
    return i, j + 1


@mistake(
    "Starts and ends are exchanged in your table: a row is a start, a column an end, and the mask is made for that."
)
def _ends_as_starts(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(end[:, None] + start, 0, max_tokens - 1)


@mistake("Your mask keeps the lower triangle, where the end lies before the start. Keep the upper one.")
def _lower_triangle(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] + end, 1 - max_tokens, 0)


@mistake("You added probabilities. Add the scores themselves: a softmax changes which sum is the largest.")
def _of_probabilities(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start.softmax(0)[:, None] + end.softmax(0), 0, max_tokens - 1)


@mistake("You allowed 4 tokens always. How many are allowed is `max_tokens`.")
def _four_tokens(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] + end, 0, 3)


@mistake("You counted with 8 tokens, those of the example. There are `len(start)`.")
def _eight_tokens(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return divmod(_flat_place.attempt(start, end, max_tokens), 8)


@mistake("Give the two places alone, without the score.")
def _with_score(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int, float]:
    i, j = best_span_at_once(start, end, max_tokens)
    return i, j, float(start[i] + end[j])


@mistake("You took the worst span. The best one has the largest sum.")
def _worst(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    n = len(start)
    allowed = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    best = int((start[:, None] + end).masked_fill(~allowed, torch.inf).argmin())
    return best // n, best % n


@mistake("Your second number counts from the start of the span. It is the place in the text: add i.")
def _counted_from_start(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = best_span_at_once(start, end, max_tokens)
    return i, j - i


@mistake("Behind the text you filled in 0, which may win where scores are below 0. Fill in −inf.")
def _filled_with_zero(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    best, step = F.pad(end, (0, max_tokens - 1)).unfold(0, max_tokens, 1).max(dim=1)
    i = int((start + best).argmax())
    return i, i + int(step[i])


@mistake("A span may begin at any token. Yours begins only where `max_tokens` tokens are left.")
def _whole_windows(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    best, step = end.unfold(0, max_tokens, 1).max(dim=1)
    i = int((start[: len(best)] + best).argmax())
    return i, i + int(step[i])


@mistake("Your second number is the length of the span. It is the last token's place.")
def _length_of_span(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = best_span_at_once(start, end, max_tokens)
    return i, j - i + 1


@mistake("Your spans have one token only. The end may also lie behind the start.")
def _one_token(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    best = int((start + end).argmax())
    return best, best


@mistake("Your spans have max_tokens tokens exactly. They may be shorter.")
def _longest_alone(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    most = min(max_tokens, len(start))
    return _best_of(start[:, None] + end, most - 1, most - 1)


@mistake("You count places from 1. The first token is at place 0.")
def _tokens_from_one(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = best_span_at_once(start, end, max_tokens)
    return i + 1, j + 1


@mistake("This is the score of the best span. Give its first and its last token.")
def _score_alone(start: Tensor, end: Tensor, max_tokens: int) -> float:
    i, j = best_span_at_once(start, end, max_tokens)
    return float(start[i] + end[j])


@mistake("You subtracted the two scores. The score of a span is their sum.")
def _difference(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] - end, 0, max_tokens - 1)


@mistake("You took the best start and the best end, and put them in order. Such a pair need not be the best span.")
def _put_in_order(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = sorted((int(start.argmax()), int(end.argmax())))
    return i, j


@mistake(
    "You took the best start and the best end, and moved the end to where it is allowed. Compare all allowed spans."
)
def _moved(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = int(start.argmax()), int(end.argmax())
    return i, min(max(i, j), i + max_tokens - 1)


@mistake("You moved an end that lies before its start onto the start. Compare all allowed spans.")
def _moved_up(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    i, j = int(start.argmax()), int(end.argmax())
    return i, max(i, j)


@mistake("You divided the score by the length of the span. The score is the sum of start and end alone.")
def _per_token(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    place = torch.arange(len(start))
    length = (place[None] - place[:, None] + 1).clamp(min=1)
    return _best_of((start[:, None] + end) / length, 0, max_tokens - 1)


@mistake("The end may lie one place before the start in yours: the diagonal itself is the lowest that is allowed.")
def _one_before(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    return _best_of(start[:, None] + end, -1, max_tokens - 1)


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
        _one_too_short, _flat_place, _times_mask, _product, _end_first, _both_directions, _divided_by_most,
        _behind_the_end, _ends_as_starts, _lower_triangle, _of_probabilities, _four_tokens, _eight_tokens, _with_score,
        _worst, _counted_from_start, _filled_with_zero, _whole_windows, _length_of_span, _one_token,
        _longest_alone, _tokens_from_one, _score_alone, _difference, _put_in_order, _moved, _moved_up, _per_token,
        _one_before,
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
        wrong_number(
            0.5, "F1 is the harmonic mean of 1/1 and 1/4. Only the article is left out, so the truth has four words."
        ),
        wrong_number(0.2, "You forgot the 2: F1 is 2 · P · R / (P + R)."),
        wrong_number(0.8, "There is a 2 too many: F1 is 2 · P · R / (P + R), with P = 1 and R = 1/4."),
        wrong_number(1 / 3, "Leave the article out of both texts: one word is given, and four are true.", 0.005),
        wrong_number(2 / 3, "The truth has four words, *in* and *Germany* among them; one of them is shared.", 0.005),
        wrong_number(40, "That is in percent. F1 is a share, from 0 to 1.", 0.5),
        wrong_number(2.5, "That is the mean of 1/P and 1/R. Turn it round: F1 is 1 over it."),
        wrong_number(1.25, "That is P + R. F1 is 2 · P · R / (P + R)."),
        wrong_number(1.6, "That is 2 / (P + R). The product P · R is missing above the line."),
        wrong_number(0.125, "That is P · R / 2. F1 is 2 · P · R / (P + R)."),
        wrong_number(0.75, "That is P − R. F1 is 2 · P · R / (P + R)."),
        wrong_number(
            2 / 7, "You counted the articles among the words, and not among the shared ones. Leave them out.", 0.005
        ),
        wrong_number(
            0.7, "You counted the articles, and took the plain mean. Leave them out; F1 is the harmonic mean.", 0.005
        ),
        wrong_number(
            0.632, "You counted the articles, and took the root. Leave them out; F1 is the harmonic mean.", 0.0015
        ),
        wrong_number(0.6, "That is 1 − F1."),
        wrong_number(4.0, "F1 is a share, from 0 to 1; is the decimal point where it belongs?"),
        wrong_number(0.04, "Is the decimal point where it belongs? With P = 1 and R = 1/4, F1 lies between them."),
        wrong_number(-0.4, "F1 is never below 0: look for a minus."),
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

    Similarities are cosines divided by the temperature, which is above 0; pair i is row i of both.
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


def _both(logits: Tensor, other: Tensor | None = None, labels: Tensor | None = None) -> Tensor:
    labels = torch.arange(len(logits)) if labels is None else labels
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T if other is None else other, labels)) / 2


@mistake("Everyone is to choose the first. The right column of row i is i: `torch.arange(len(first))`.")
def _all_choose_the_first(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(_logits(first, second, temperature), labels=torch.zeros(len(first), dtype=torch.long))


@mistake("Only the first vectors are 1 long. A cosine divides by both lengths.")
def _second_not_normalised(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(F.normalize(first, dim=-1) @ second.T / temperature)


@mistake("Only the second vectors are 1 long. A cosine divides by both lengths.")
def _first_not_normalised(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(first @ F.normalize(second, dim=-1).T / temperature)


@mistake("The logarithm is missing: a loss is minus the *logarithm* of the right one's probability.")
def _without_logarithm(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return -(logits.softmax(0).diagonal().mean() + logits.softmax(1).diagonal().mean()) / 2


@mistake("You divided by the temperature twice. Divide the cosines by it, once.")
def _temperature_twice(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, temperature**2)


@mistake("The right one is missing below the line: a softmax divides by the sum over all, its own pair included.")
def _own_left_out(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    others = logits.masked_fill(torch.eye(len(logits), dtype=torch.bool), -torch.inf)
    return ((others.logsumexp(0) + others.logsumexp(1)) / 2 - logits.diagonal()).mean()


@mistake("The first are compared with each other, too. A row chooses among the second alone, a column among the first.")
def _own_kind_too(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    both = torch.cat([first, second])
    logits = _logits(both, both, temperature).masked_fill(torch.eye(len(both), dtype=torch.bool), -torch.inf)
    return F.cross_entropy(logits, torch.arange(len(both)).roll(len(first)))


@mistake("You took the mean of two tables. Take both losses first, and then their mean.")
def _tables_averaged(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return F.cross_entropy((logits + logits.T) / 2, torch.arange(len(logits)))


@mistake("This is in bits. The loss takes the natural logarithm.")
def _in_bits(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, temperature) / torch.log(torch.tensor(2.0, dtype=first.dtype))


@mistake("This is a loss for each pair. Take the mean over the pairs.")
def _each_pair(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return -(logits.log_softmax(0).diagonal() + logits.log_softmax(1).diagonal()) / 2


@mistake("Each square is judged by itself, with a sigmoid. Here a row chooses one of its columns: a softmax.")
def _by_sigmoid(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return F.binary_cross_entropy_with_logits(logits, torch.eye(len(logits), dtype=logits.dtype))


@mistake("You took the larger of the two losses. Take their mean.")
def _larger(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits, labels = _logits(first, second, temperature), torch.arange(len(first))
    return torch.maximum(F.cross_entropy(logits, labels), F.cross_entropy(logits.T, labels))


@mistake("You divided by the squares of the lengths. The length is the root of the sum of squares.")
def _by_squared_length(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    a, b = (vectors / (vectors**2).sum(-1, keepdim=True) for vectors in (first, second))
    return _both(a @ b.T / temperature)


@mistake("Your temperature is always 0.05. Use the one that is given.")
def _always_the_same_temperature(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, 0.05)


@mistake(
    "In your second loss the first choose among themselves. The columns of the one table choose its rows: `logits.T`."
)
def _first_with_itself(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(_logits(first, second, temperature), _logits(first, first, temperature))


@mistake("There is a softmax too many: `cross_entropy` takes scores and does the softmax itself.")
def _softmax_twice(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return _both(logits.softmax(1), logits.T.softmax(1))


@mistake("Your softmax goes over the whole table. Each row has one of its own, and each column.")
def _one_softmax(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return -logits.flatten().log_softmax(0).view_as(logits).diagonal().mean()


@mistake("You divided the loss by the temperature. Divide the cosines by it, before the softmax.")
def _temperature_outside(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, 1.0) / temperature


@mistake("You multiplied the loss by the temperature. Divide the cosines by it, before the softmax.")
def _loss_times_temperature(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, 1.0) * temperature


@mistake("You divided by the sums of the absolute values. The length of a vector is the root of its sum of squares.")
def _by_absolute_sums(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(F.normalize(first, p=1, dim=-1) @ F.normalize(second, p=1, dim=-1).T / temperature)


@mistake("You divided by the root of the dimension, as attention does. Here it is the temperature.")
def _by_root_of_dim(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, first.shape[-1] ** 0.5)


@mistake("You took the root of the temperature. Divide by the temperature itself.")
def _root_of_temperature(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, temperature**0.5)


@mistake("Only one of the two losses is halved. Add both first: (rows + columns) / 2.")
def _half_forgotten(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits, labels = _logits(first, second, temperature), torch.arange(len(first))
    return F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels) / 2


@mistake("Only the pairs are drawn together. Without a softmax nothing keeps the others apart.")
def _pairs_alone(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return -_logits(first, second, temperature).diagonal().mean()


@mistake("You divided by one length of the whole table of vectors. Each row has a length of its own.")
def _one_length(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both((first / first.norm()) @ (second / second.norm()).T / temperature)


@mistake(
    "You multiplied by the exponential of the temperature, as CLIP does with a learnt factor. Here you divide by it."
)
def _exponential(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, float(torch.tensor(-temperature, dtype=torch.double).exp()))


@mistake("These are distances in place of cosines: near vectors must have a *high* score.")
def _distances(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _both(torch.cdist(F.normalize(first, dim=-1), F.normalize(second, dim=-1)) / temperature)


@mistake("You took the root of the product of both losses. Take their mean.")
def _root_of_product(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits, labels = _logits(first, second, temperature), torch.arange(len(first))
    return (F.cross_entropy(logits, labels) * F.cross_entropy(logits.T, labels)).sqrt()


@mistake("You divided by the batch twice: `cross_entropy` takes the mean over the pairs itself.")
def _divided_again(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    return _by_log_softmax(first, second, temperature) / len(first)


@mistake("You took the logarithm of a mean of probabilities. Take both losses first, and then their mean.")
def _logarithm_of_mean(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    logits = _logits(first, second, temperature)
    return -((logits.softmax(0) + logits.softmax(1)) / 2).diagonal().log().mean()


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
        _columns_normalised, _sum_over_pairs, _all_choose_the_first, _second_not_normalised, _first_not_normalised,
        _without_logarithm, _temperature_twice, _own_left_out, _own_kind_too, _tables_averaged, _in_bits, _each_pair,
        _by_sigmoid, _larger, _by_squared_length, _always_the_same_temperature, _first_with_itself, _softmax_twice,
        _one_softmax, _temperature_outside, _loss_times_temperature, _by_absolute_sums, _by_root_of_dim,
        _root_of_temperature, _half_forgotten, _pairs_alone, _one_length, _exponential, _distances, _root_of_product,
        _divided_again, _logarithm_of_mean,
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
        wrong_number(25 / 12, "That is the sum of 1/rank. Divide by the four places.", 0.004),
        wrong_number(0.5, "It is the mean of 1/rank over all four places, and not 1 over one place in the middle."),
        wrong_number(0.3208, "Your ranks go from 2 to 5. The first place has rank 1."),
        wrong_number(0.3611, "You left out the first place, where 1/rank is 1, and divided by 3."),
        wrong_number(0.2708, "You left out the first place: its 1/rank is 1, and 1 + 1/2 + 1/3 + 1/4 is divided by 4."),
        wrong_number(0.6111, "Your ranks go from 1 to 3. There are four places."),
        wrong_number(0.4583, "You left out the last place, where 1/rank is 1/4."),
        wrong_number(0.6944, "You divided by 3. The right document is equally often at each of *four* places."),
        wrong_number(0.4167, "You divided by 5, or took the middle of the four values. It is their mean: divide by 4."),
        wrong_number(0.4567, "That is for 5 documents. There are 4."),
        wrong_number(1.92, "That is 1 over the MRR. Take 1/rank first, and then the mean."),
        wrong_number(0.625, "That is the mean of the best and the worst. All four places count alike."),
        wrong_number(52.08, "That is in percent. MRR is a number from 0 to 1.", 0.06),
        wrong_number(1.0, "The right document is first in one order of four alone."),
        wrong_number(0.0, "Even at the last place 1/rank is 1/4, so the mean is above that."),
        wrong_number(0.3559, "You squared the ranks. It is the mean of 1/rank."),
        wrong_number(0.4518, "That is the geometric mean of 1/rank. The M of MRR is the plain mean."),
        wrong_number(0.6404, "You took logarithms, as another measure (nDCG) does. MRR is the mean of 1/rank."),
        wrong_number(0.4792, "That is 1 − MRR."),
        wrong_number(0.75, "That is how often the right one is *not* first. MRR is the mean of 1/rank."),
        wrong_number(0.125, "That is 1/4 · 1/2, the part of the second place alone. Add up all four."),
        wrong_number(0.2604, "That is half of it. Divide the sum of 1/rank by 4, once."),
        wrong_number(10.0, "That is the sum of the ranks. It is the mean of 1/rank."),
        wrong_number(24.0, "That is how many orders there are. In each place the right one stands equally often."),
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
    yield ["a", "bc", "d"], ["ab", "c", "d"]  # other pairs that read alike when glued together
    yield ["The", "cat", "sat"], ["the", "cat", "sat"]  # a capital makes another word
    for n, m in ((9, 12), (20, 6), (15, 15)):
        yield rng.choice(list("abcd"), size=n).tolist(), rng.choice(list("abcd"), size=m).tolist()


def rouge_2(reference: list[str], summary: list[str]) -> float:
    """Two lists of words -> the F1 of their shared pairs of neighbouring words, 0 if none is shared.

    A pair that stands several times is shared as often as it stands in both. Words are compared as they stand, and a
    list of fewer than two words has no pair.
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


def _pairs(words: list[str]) -> list[tuple[str, ...]]:
    return list(pairwise(words))


def _f1_of(first: Counter, second: Counter) -> float:
    shared = (first & second).total()
    return 2 * shared / (first.total() + second.total()) if shared else 0.0


@mistake(
    "A shared pair counts once in yours, however often it stands in both. Count it as often as both texts hold it."
)
def _shared_once(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    return 2 * len(set(wanted) & set(given)) / max(1, len(wanted) + len(given))


@mistake(
    "A pair is shared as often as it stands in *both* texts. You counted all of the summary that the reference has."
)
def _not_clipped(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    return 2 * sum(pair in wanted for pair in given) / max(1, len(wanted) + len(given))


@mistake("You glued the two words together, and other pairs may read alike then. Keep them as a tuple.")
def _glued(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter("".join(pair) for pair in pairwise(words)) for words in (reference, summary)))


@mistake("The last pair is missing: a text of n words has n − 1 pairs.")
def _without_last(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(_pairs(words)[:-1]) for words in (reference, summary)))


@mistake("You paired the last word with the first, as in a circle. A text of n words has n − 1 pairs.")
def _in_a_circle(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter((words[i - 1], words[i]) for i in range(len(words))) for words in (reference, summary)))


@mistake("Your pairs may have other words in between. Take neighbours alone.")
def _with_gaps(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(combinations(words, 2)) for words in (reference, summary)))


@mistake("Your pairs do not overlap. Each word but the last begins a pair.")
def _steps_of_two(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(_pairs(words)[::2]) for words in (reference, summary)))


@mistake("You forgot the 2: F1 is 2 · P · R / (P + R).")
def _without_two(reference: list[str], summary: list[str]) -> float:
    return rouge_2(reference, summary) / 2


@mistake("You compared pairs at the same place. A shared pair may stand anywhere.")
def _same_place(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    shared = sum(a == b for a, b in zip(wanted, given, strict=False))
    return 2 * shared / max(1, len(wanted) + len(given))


@mistake("Your result is rounded. Give the number as it is, to 6 digits at least.")
def _rounded(reference: list[str], summary: list[str]) -> float:
    return round(rouge_2(reference, summary), 2)


@mistake("Of a pair that both hold you took the larger count. It is shared as often as the smaller one says.")
def _larger_count(reference: list[str], summary: list[str]) -> float:
    wanted, given = Counter(pairwise(reference)), Counter(pairwise(summary))
    shared = sum(max(wanted[pair], given[pair]) for pair in wanted if pair in given)
    return 2 * shared / max(1, wanted.total() + given.total())


@mistake("You compared each pair of the one with each of the other: a pair that both hold twice counted four times.")
def _each_with_each(reference: list[str], summary: list[str]) -> float:
    wanted, given = Counter(pairwise(reference)), Counter(pairwise(summary))
    shared = sum(wanted[pair] * given[pair] for pair in wanted)
    return 2 * shared / max(1, wanted.total() + given.total())


@mistake(
    "You divided by the pairs of both together (Jaccard). F1 is 2 · shared / (pairs of the one + pairs of the other)."
)
def _jaccard(reference: list[str], summary: list[str]) -> float:
    wanted, given = Counter(pairwise(reference)), Counter(pairwise(summary))
    return (wanted & given).total() / max(1, (wanted | given).total())


@mistake("This is the root of precision times recall. F1 is their harmonic mean.")
def _geometric_mean(reference: list[str], summary: list[str]) -> float:
    shared, wanted, given = _counts(reference, summary)
    return shared / max(1, wanted * given) ** 0.5


@mistake("This is in percent. F1 is a share, from 0 to 1.")
def _percent(reference: list[str], summary: list[str]) -> float:
    return 100 * rouge_2(reference, summary)


@mistake("Two texts without a pair share none, so the F1 is 0.")
def _empty_is_perfect(reference: list[str], summary: list[str]) -> float:
    return rouge_2(reference, summary) if len(reference) > 1 or len(summary) > 1 else 1.0


@mistake("You took three words at a time. ROUGE-2 takes pairs.")
def _triples(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(zip(w, w[1:], w[2:], strict=False)) for w in (reference, summary)))


@mistake("You took pairs of letters. The lists hold words: take pairs of these.")
def _letters(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(pairwise(" ".join(words))) for words in (reference, summary)))


@mistake("You took the longest common sequence: that is ROUGE-L. Count shared pairs.")
def _longest_sequence(reference: list[str], summary: list[str]) -> float:
    return 2 * longest_common(reference, summary) / (len(reference) + len(summary))


@mistake("Only the first pair of the reference was counted. Return behind the loop.")
def _first_pair_alone(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    shared = min(wanted.count(wanted[0]), given.count(wanted[0])) if wanted else 0
    return 2 * shared / max(1, len(wanted) + len(given))


@mistake("You divided by the pairs of the longer text. F1 divides by the mean of both numbers.")
def _by_the_longer(reference: list[str], summary: list[str]) -> float:
    shared, wanted, given = _counts(reference, summary)
    return shared / max(1, wanted, given)


@mistake("This is the sum of precision and recall. F1 is their harmonic mean.")
def _added(reference: list[str], summary: list[str]) -> float:
    return 2 * _plain_mean.attempt(reference, summary)


@mistake("This is precision times recall. F1 is their harmonic mean.")
def _multiplied(reference: list[str], summary: list[str]) -> float:
    return _geometric_mean.attempt(reference, summary) ** 2


@mistake("This is 1 − F1.")
def _complement(reference: list[str], summary: list[str]) -> float:
    return 1 - rouge_2(reference, summary)


@mistake("You counted single words as well as pairs. ROUGE-2 counts pairs alone.")
def _words_and_pairs(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter([*words, *pairwise(words)]) for words in (reference, summary)))


@mistake("This says only whether a pair is shared. Count how many are, and give the F1.")
def _any_shared(reference: list[str], summary: list[str]) -> float:
    return float(_counts(reference, summary)[0] > 0)


@mistake(
    "A pair is shared as often as it stands in *both* texts. You counted all of the reference that the summary has."
)
def _not_clipped_either(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    return 2 * sum(pair in given for pair in wanted) / max(1, len(wanted) + len(given))


@mistake(
    "Precision and recall count other pairs in yours. Both divide the same number: pairs as often as both hold them."
)
def _two_counts(reference: list[str], summary: list[str]) -> float:
    wanted, given = _pairs(reference), _pairs(summary)
    precision = sum(pair in wanted for pair in given) / max(1, len(given))
    recall = sum(pair in given for pair in wanted) / max(1, len(wanted))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@mistake("The first pair is missing: a text of n words has n − 1 pairs.")
def _without_first(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(_pairs(words)[1:]) for words in (reference, summary)))


@mistake("You divided by the pairs of the shorter text. F1 divides by the mean of both numbers.")
def _by_the_shorter(reference: list[str], summary: list[str]) -> float:
    shared, wanted, given = _counts(reference, summary)
    return shared / min(wanted, given) if shared else 0.0


@mistake("`//` cuts off what stands behind the point. Divide with `/`.")
def _cut_off(reference: list[str], summary: list[str]) -> float:
    return float(int(rouge_2(reference, summary)))


@mistake("You skipped a word: the neighbour of `words[i]` is `words[i + 1]`.")
def _one_between(reference: list[str], summary: list[str]) -> float:
    return _f1_of(*(Counter(zip(words, words[2:], strict=False)) for words in (reference, summary)))


@mistake("Give the F1 alone, without precision and recall.")
def _three_numbers(reference: list[str], summary: list[str]) -> tuple[float, float, float]:
    shared, wanted, given = _counts(reference, summary)
    return shared / max(1, given), shared / max(1, wanted), rouge_2(reference, summary)


@mistake("Your loop takes pairs off the list that it reads, and so skips the next one. Go through a copy.")
def _removed_while_read(reference: list[str], summary: list[str]) -> float:
    wanted, given, shared = _pairs(reference), _pairs(summary), 0
    n = len(wanted) + len(given)
    for pair in given:
        if pair in wanted:
            wanted.remove(pair)
            given.remove(pair)
            shared += 1
    return 2 * shared / max(1, n)


@mistake("This is how many pairs are shared. F1 divides by how many there are: 2 · shared / (those of both added up).")
def _shared_alone(reference: list[str], summary: list[str]) -> float:
    return float(_counts(reference, summary)[0])


@mistake("You divided by 5, the pairs of the example. Count the pairs of the two texts.")
def _five_pairs(reference: list[str], summary: list[str]) -> float:
    return _counts(reference, summary)[0] / 5


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
        _shared_once, _not_clipped, _glued, _without_last, _in_a_circle, _with_gaps, _steps_of_two, _without_two,
        _same_place, _rounded, _larger_count, _each_with_each, _jaccard, _geometric_mean, _percent, _empty_is_perfect,
        _triples, _letters, _longest_sequence, _first_pair_alone, _by_the_longer, _added, _multiplied, _complement,
        _words_and_pairs, _any_shared, _not_clipped_either, _two_counts, _without_first, _by_the_shorter, _cut_off,
        _one_between, _three_numbers, _removed_while_read, _shared_alone, _five_pairs,
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
