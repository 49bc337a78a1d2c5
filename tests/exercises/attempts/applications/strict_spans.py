import itertools
import re
from bisect import bisect_right
from collections import deque
from functools import reduce
from typing import NamedTuple


class _Span(NamedTuple):
    start: int
    end: int
    kind: str


# ---------------------------------------------------------------- right

def right_state_machine(tags):
    """Remembers the start and kind of the open span and closes it when something else comes."""
    found = []
    start = None
    kind = None
    for i, tag in enumerate(tags):
        if start is not None and tag == "I-" + kind:
            continue
        if start is not None:
            found.append((start, i, kind))
            start = None
        if tag.startswith("B-"):
            start, kind = i, tag[2:]
    if start is not None:
        found.append((start, len(tags), kind))
    return found


def right_as_in_the_text(tags):
    """The loop of the text, where only a B may append."""
    found = []
    for place, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        if letter == "B":
            found.append((place, place + 1, kind))
        elif letter == "I" and found and found[-1][1] == place and found[-1][2] == kind:
            found[-1] = (found[-1][0], place + 1, kind)
    return found


def right_while(tags):
    """At each B a while loop runs over the I of its kind."""
    found = []
    i = 0
    while i < len(tags):
        if tags[i][0] != "B":
            i += 1
            continue
        kind = tags[i][2:]
        j = i + 1
        while j < len(tags) and tags[j] == f"I-{kind}":
            j += 1
        found.append((i, j, kind))
        i = j
    return found


def right_sentinel(tags):
    """An O behind the last tag, in a list of its own, closes what is open."""
    result, begin, what = [], -1, ""
    for i, tag in enumerate([*tags, "O"]):
        if begin >= 0 and tag != "I-" + what:
            result.append((begin, i, what))
            begin = -1
        if tag[0] == "B":
            begin, what = i, tag[2:]
    return result


def right_regex(tags):
    """One letter for each tag, an x for an I that does not fit the tag before, then B I*."""
    letters = ""
    before = ""
    for tag in tags:
        letters += "x" if tag[0] == "I" and tag[2:] != before else tag[0]
        before = tag[2:]
    return [(m.start(), m.end(), tags[m.start()][2:]) for m in re.finditer("BI*", letters)]


def right_recursive(tags, offset=0):
    """The first span, then the rest of the tags with an offset."""
    if not tags:
        return []
    if tags[0][0] != "B":
        return right_recursive(tags[1:], offset + 1)
    kind, n = tags[0][2:], 1
    while n < len(tags) and tags[n] == "I-" + kind:
        n += 1
    return [(offset, offset + n, kind)] + right_recursive(tags[n:], offset + n)


def right_takewhile(tags):
    """A comprehension over the B, and takewhile behind each."""
    return [
        (i, i + 1 + len(list(itertools.takewhile(lambda t: t == "I" + tag[1:], tags[i + 1:]))), tag[2:])
        for i, tag in enumerate(tags)
        if tag[0] == "B"
    ]


def right_next(tags):
    """next() finds the first place behind a B that does not go on."""
    n = len(tags)
    found = []
    for i in range(n):
        if tags[i].startswith("B"):
            kind = tags[i].partition("-")[2]
            end = next((j for j in range(i + 1, n) if tags[j] != "I-" + kind), n)
            found.append((i, end, kind))
    return found


def right_generator_inside(tags):
    """A generator of spans, made into a list."""
    def walk():
        opened = None
        for i, tag in enumerate(tags):
            if opened and tag != "I-" + opened[1]:
                yield opened[0], i, opened[1]
                opened = None
            if tag[:1] == "B":
                opened = (i, tag[2:])
        if opened:
            yield opened[0], len(tags), opened[1]
    return list(walk())


def right_backwards(tags):
    """From right to left: an I remembers where its row ends, a B takes that end."""
    found = []
    pending = None
    for i in reversed(range(len(tags))):
        letter, kind = tags[i][0], tags[i][2:]
        if letter == "O":
            pending = None
            continue
        if pending is None or pending[0] != kind:
            pending = (kind, i + 1)
        if letter == "B":
            found.append((i, pending[1], kind))
            pending = None
    return found[::-1]


def right_lists(tags):
    """Spans as lists that grow."""
    spans = []
    is_open = False
    for i, tag in enumerate(tags):
        if tag == "O":
            is_open = False
        elif tag[0] == "B":
            spans.append([i, i + 1, tag[2:]])
            is_open = True
        elif is_open and spans[-1][2] == tag[2:]:
            spans[-1][1] += 1
        else:
            is_open = False
    return spans


def right_named_tuples(tags):
    """Named tuples, with _replace for the end."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append(_Span(i, i + 1, tag[2:]))
        if tag[0] == "I" and found and found[-1].end == i and found[-1].kind == tag[2:]:
            found[-1] = found[-1]._replace(end=i + 1)
    return found


def right_tuple_of_tuples(tags):
    """A tuple comes back."""
    out = ()
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            out += ((i, i + 1, tag[2:]),)
        elif tag[0] == "I" and out and out[-1][1:] == (i, tag[2:]):
            out = out[:-1] + ((out[-1][0], i + 1, tag[2:]),)
    return out


def right_match(tags):
    """match on the split tag; split once only, as kinds may hold a hyphen."""
    found = []
    for i, tag in enumerate(tags):
        match tag.split("-", 1):
            case ["B", kind]:
                found.append((i, i + 1, kind))
            case ["I", kind] if found and found[-1][1:] == (i, kind):
                found[-1] = (found[-1][0], i + 1, kind)
    return found


def right_owner(tags):
    """Each word gets the place of the B that it belongs to; then the words of each are counted."""
    owner = [None] * len(tags)
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            owner[i] = i
        elif tag[0] == "I" and i and owner[i - 1] is not None and tags[i - 1][2:] == tag[2:]:
            owner[i] = owner[i - 1]
    return [(b, b + owner.count(b), tags[b][2:]) for b in range(len(tags)) if owner[b] == b]


def right_loose_then_filter(tags):
    """The loose spans of the text, of which those are kept that begin with a B."""
    found = []
    for place, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        if letter == "I" and found and found[-1][1] == place and found[-1][2] == kind:
            found[-1] = (found[-1][0], place + 1, kind)
        elif letter != "O":
            found.append((place, place + 1, kind))
    return [span for span in found if tags[span[0]][0] == "B"]


def right_breaks(tags):
    """Where a row of tags breaks, sorted; bisect finds the first break behind each B."""
    breaks = [
        j for j in range(1, len(tags)) if tags[j][0] != "I" or tags[j - 1][2:] != tags[j][2:]
    ] + [len(tags)]
    return [(i, breaks[bisect_right(breaks, i)], t[2:]) for i, t in enumerate(tags) if t[0] == "B"]


def right_groupby(tags):
    """Numbers the pieces with accumulate, groups equal numbers, keeps pieces that begin with B."""
    starts = [i == 0 or t[0] != "I" or tags[i - 1][2:] != t[2:] for i, t in enumerate(tags)]
    numbers = list(itertools.accumulate(starts))
    found = []
    for _, places in itertools.groupby(range(len(tags)), key=lambda i: numbers[i]):
        places = list(places)
        if tags[places[0]][0] == "B":
            found.append((places[0], places[-1] + 1, tags[places[0]][2:]))
    return found


def right_deque(tags):
    """Takes tags from the left of a deque, which is a copy."""
    rest = deque(tags)
    place, found = 0, []
    while rest:
        tag = rest.popleft()
        start, place = place, place + 1
        if tag[0] == "B":
            while rest and rest[0] == "I" + tag[1:]:
                rest.popleft()
                place += 1
            found.append((start, place, tag[2:]))
    return found


def right_reduce(tags):
    """A fold over the places."""
    def step(spans, i):
        letter, kind = tags[i][0], tags[i][2:]
        if letter == "B":
            return spans + [(i, i + 1, kind)]
        if letter == "I" and spans and spans[-1][1] == i and spans[-1][2] == kind:
            return spans[:-1] + [(spans[-1][0], i + 1, kind)]
        return spans
    return reduce(step, range(len(tags)), [])


# ---------------------------------------------------------------- wrong

def wrong_loose(tags):
    """The loose reading of the text: an I begins a span too."""
    found = []
    for place, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        if letter == "I" and found and found[-1][1] == place and found[-1][2] == kind:
            found[-1] = (found[-1][0], place + 1, kind)
        elif letter != "O":
            found.append((place, place + 1, kind))
    return found


def wrong_any_i(tags):
    """An I continues the span before it, whatever its kind."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1, found[-1][2])
    return found


def wrong_end_inclusive(tags):
    """The end is the last word itself, not the place behind it."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((i, i, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1] == i - 1 and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], i, tag[2:])
    return found


def wrong_last_never_closed(tags):
    """A span that is open at the end of the text is lost."""
    found = []
    start = kind = None
    for i, tag in enumerate(tags):
        if start is not None and tag != f"I-{kind}":
            found.append((start, i, kind))
            start = None
        if tag[0] == "B":
            start, kind = i, tag[2:]
    return found


def wrong_over_gaps(tags):
    """Does not look at the gap: an I of the same kind continues the last span even behind an O."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], i + 1, tag[2:])
    return found


def wrong_other_kind_skipped(tags):
    """An I of another kind is passed over, and the span stays open."""
    found = []
    start = kind = None
    end = 0
    for i, tag in enumerate([*tags, "O"]):
        if tag[0] == "I":
            if start is not None and tag[2:] == kind:
                end = i + 1
            continue
        if start is not None:
            found.append((start, end, kind))
            start = None
        if tag[0] == "B":
            start, end, kind = i, i + 1, tag[2:]
    return found


def wrong_whole_tag_as_kind(tags):
    """Returns B-person where person is asked."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            j = i + 1
            while j < len(tags) and tags[j] == "I-" + tag[2:]:
                j += 1
            found.append((i, j, tag))
    return found


def wrong_kind_first(tags):
    """(kind, start, end)."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            j = i + 1
            while j < len(tags) and tags[j] == "I-" + tag[2:]:
                j += 1
            found.append((tag[2:], i, j))
    return found


def wrong_neighbours_merged(tags):
    """A B behind a span of its own kind is taken into that span."""
    found = []
    for i, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        if letter != "O" and found and found[-1][1] == i and found[-1][2] == kind:
            found[-1] = (found[-1][0], i + 1, kind)
        elif letter == "B":
            found.append((i, i + 1, kind))
    return found


def wrong_returns_first(tags):
    """return inside the loop: the first span only."""
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            j = i + 1
            while j < len(tags) and tags[j] == "I-" + tag[2:]:
                j += 1
            return [(i, j, tag[2:])]
    return []


def wrong_prints(tags):
    """Prints the spans."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1:] == (i, tag[2:]):
            found[-1] = (found[-1][0], i + 1, tag[2:])
    print(found)


def wrong_one_word(tags):
    """Only the word of the B, no I at all."""
    return [(i, i + 1, tag[2:]) for i, tag in enumerate(tags) if tag.startswith("B")]


def wrong_length(tags):
    """The number of words in place of the end."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            n = 1
            while i + n < len(tags) and tags[i + n] == "I-" + tag[2:]:
                n += 1
            found.append((i, n, tag[2:]))
    return found


def wrong_from_one(tags):
    """Counts places from one."""
    found = []
    for i, tag in enumerate(tags, start=1):
        if tag[0] == "B":
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and found and found[-1][1:] == (i, tag[2:]):
            found[-1] = (found[-1][0], i + 1, tag[2:])
    return found


def wrong_appends_to_input(tags):
    """Puts an O behind the tags of the caller."""
    tags.append("O")
    found = []
    start = kind = None
    for i, tag in enumerate(tags):
        if start is not None and tag != f"I-{kind}":
            found.append((start, i, kind))
            start = None
        if tag[0] == "B":
            start, kind = i, tag[2:]
    return found


def wrong_split_of_o(tags):
    """letter, kind = tag.split("-") cannot split an O."""
    found = []
    for i, tag in enumerate(tags):
        letter, kind = tag.split("-")
        if letter == "B":
            found.append((i, i + 1, kind))
        elif letter == "I" and found and found[-1][1:] == (i, kind):
            found[-1] = (found[-1][0], i + 1, kind)
    return found


def wrong_dictionary_of_kinds(tags):
    """A dictionary with kinds as keys keeps one span of each."""
    latest = {}
    for i, tag in enumerate(tags):
        kind = tag[2:]
        if tag[0] == "B":
            latest[kind] = (i, i + 1, kind)
        elif tag[0] == "I" and kind in latest and latest[kind][1] == i:
            latest[kind] = (latest[kind][0], i + 1, kind)
    return list(latest.values())


def wrong_sorted_by_kind(tags):
    """All spans of one kind, then all of the next: not from left to right."""
    found = []
    for kind in sorted({t[2:] for t in tags if t != "O"}):
        for i, tag in enumerate(tags):
            if tag == "B-" + kind:
                j = i + 1
                while j < len(tags) and tags[j] == "I-" + kind:
                    j += 1
                found.append((i, j, kind))
    return found


def wrong_other_kind_begins(tags):
    """An I of another kind begins a span, and only an I behind an O is dropped."""
    found = []
    for i, tag in enumerate(tags):
        letter, kind = tag[0], tag[2:]
        touches = bool(found) and found[-1][1] == i
        if letter == "I" and touches and found[-1][2] == kind:
            found[-1] = (found[-1][0], i + 1, kind)
        elif letter == "B" or (letter == "I" and touches):
            found.append((i, i + 1, kind))
    return found


def wrong_drops_broken(tags):
    """Drops the whole span if an I of another kind follows it."""
    found = []
    start = kind = None
    for i, tag in enumerate([*tags, "O"]):
        if tag[0] == "I":
            if tag[2:] != kind:
                start = None
            continue
        if start is not None:
            found.append((start, i, kind))
        start, kind = (i, tag[2:]) if tag[0] == "B" else (None, None)
    return found


def wrong_only_tag_before(tags):
    """Asks whether the tag before has the same kind, not whether it belongs to a span."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and found and tags[i - 1][2:] == tag[2:]:
            found[-1] = (found[-1][0], i + 1, found[-1][2])
    return found


def wrong_last_end_short(tags):
    """A span at the end of the text is closed at len(tags) - 1."""
    found = []
    start = kind = None
    for i, tag in enumerate(tags):
        if start is not None and tag != f"I-{kind}":
            found.append((start, i, kind))
            start = None
        if tag[0] == "B":
            start, kind = i, tag[2:]
    if start is not None:
        found.append((start, len(tags) - 1, kind))
    return found


def wrong_hyphen_in_kind(tags):
    """The kind with its hyphen, tag[1:]."""
    found = []
    for i, tag in enumerate(tags):
        letter, kind = tag[0], tag[1:]
        if letter == "B":
            found.append((i, i + 1, kind))
        elif letter == "I" and found and found[-1][1:] == (i, kind):
            found[-1] = (found[-1][0], i + 1, kind)
    return found


def wrong_b_does_not_close(tags):
    """Only an O closes a span, so that a B behind an open span throws that one away."""
    found = []
    start = kind = None
    for i, tag in enumerate([*tags, "O"]):
        if tag[0] == "B":
            start, kind = i, tag[2:]
        elif tag != f"I-{kind}" and start is not None:
            found.append((start, i, kind))
            start = kind = None
    return found


def wrong_two_words(tags):
    """Looks at one I behind the B and no further."""
    found = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            longer = i + 1 < len(tags) and tags[i + 1] == "I-" + tag[2:]
            found.append((i, i + 2 if longer else i + 1, tag[2:]))
    return found
