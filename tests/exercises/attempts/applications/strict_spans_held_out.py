def right_extend_b(tags):
    """A helper says where a span that begins at a place ends."""
    def end_of(place):
        wanted = tags[place].replace("B-", "I-", 1)
        place += 1
        while place < len(tags) and tags[place] == wanted:
            place += 1
        return place

    return [(p, end_of(p), tags[p][2:]) for p in range(len(tags)) if tags[p][:2] == "B-"]


def right_pairs_b(tags):
    """zip with the next tag, to see where spans end; starts and ends are zipped afterwards."""
    inside = None
    starts, ends, kinds = [], [], []
    following = list(tags[1:]) + ["O"]
    for i, (tag, after) in enumerate(zip(tags, following)):
        if tag.startswith("B-"):
            inside = tag[2:]
            starts.append(i)
            kinds.append(inside)
        if inside is not None and after != "I-" + inside:
            ends.append(i + 1)
            inside = None
    return list(zip(starts, ends, kinds))


def right_iterator_b(tags):
    """An iterator of places and tags, asked by hand with next."""
    walk = iter(enumerate(tags))
    place, tag = next(walk, (0, None))
    answer = []
    while tag is not None:
        if tag[0] != "B":
            place, tag = next(walk, (len(tags), None))
            continue
        start, kind = place, tag[2:]
        place, tag = next(walk, (len(tags), None))
        while tag == "I-" + kind:
            place, tag = next(walk, (len(tags), None))
        answer.append((start, place, kind))
    return answer


def right_clean_first_b(tags):
    """First turns each I that belongs to no span into an O, then reads the clean tags."""
    clean = []
    for tag in tags:
        fits = tag[0] != "I" or (clean and clean[-1] != "O" and clean[-1][2:] == tag[2:])
        clean.append(tag if fits else "O")
    spans = []
    for i, tag in enumerate(clean):
        if tag[0] == "B":
            spans.append((i, i + 1, tag[2:]))
        elif tag[0] == "I":
            start, _, kind = spans.pop()
            spans.append((start, i + 1, kind))
    return spans


def right_recursion_on_end_b(tags):
    """Recursion on all but the last tag."""
    if len(tags) == 0:
        return []
    n = len(tags) - 1
    spans = right_recursion_on_end_b(tags[:-1])
    last = tags[-1]
    if last[0] == "B":
        spans.append((n, n + 1, last[2:]))
    elif last[0] == "I" and spans and spans[-1][1] == n and spans[-1][2] == last[2:]:
        spans[-1] = (spans[-1][0], n + 1, last[2:])
    return spans


def right_for_else_b(tags):
    """for with break and else."""
    spans = []
    for start, tag in enumerate(tags):
        head, _, kind = tag.partition("-")
        if head != "B":
            continue
        for end in range(start + 1, len(tags)):
            if tags[end] != "I-" + kind:
                break
        else:
            end = len(tags)
        spans.append((start, end, kind))
    return spans


def wrong_i_may_begin_text_b(tags):
    """Slip: the I at the very first place is let through as a beginning."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B" or (tag[0] == "I" and i == 0):
            spans.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and spans and spans[-1][1] == i and spans[-1][2] == tag[2:]:
            spans[-1] = (spans[-1][0], i + 1, tag[2:])
    return spans


def wrong_break_at_first_gap_b(tags):
    """Slip: stops reading at the first O behind a span."""
    spans = []
    for i, tag in enumerate(tags):
        if tag == "O" and spans:
            break
        if tag[0] == "B":
            spans.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and spans and spans[-1][1] == i and spans[-1][2] == tag[2:]:
            spans[-1] = (spans[-1][0], i + 1, tag[2:])
    return spans


def wrong_kind_of_last_word_b(tags):
    """Slip: the kind is not compared, and the span takes the kind of its last word."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            spans.append((i, i + 1, tag[2:]))
        elif tag[0] == "I" and spans and spans[-1][1] == i:
            spans[-1] = (spans[-1][0], i + 1, tag[2:])
    return spans


def wrong_resumes_b(tags):
    """Slip: an O keeps the kind in mind, so that an I of that kind opens a span behind the gap."""
    spans = []
    kind = None
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            kind = tag[2:]
            spans.append((i, i + 1, kind))
        elif tag[0] == "I" and tag[2:] == kind:
            if spans[-1][1] == i:
                spans[-1] = (spans[-1][0], i + 1, kind)
            else:
                spans.append((i, i + 1, kind))
    return spans


def wrong_reversed_b(tags):
    """Slip: goes from the right and does not turn the list round."""
    spans = []
    for i in range(len(tags) - 1, -1, -1):
        if tags[i][0] == "B":
            end = i + 1
            while end < len(tags) and tags[end] == "I" + tags[i][1:]:
                end += 1
            spans.append((i, end, tags[i][2:]))
    return spans


def wrong_without_kind_b(tags):
    """Slip: pairs (start, end), the kind is forgotten."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            end = i + 1
            while end < len(tags) and tags[end] == "I" + tag[1:]:
                end += 1
            spans.append((i, end))
    return spans


def wrong_needs_i_b(tags):
    """Slip: a span is kept only when at least one I follows."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            end = i + 1
            while end < len(tags) and tags[end] == "I" + tag[1:]:
                end += 1
            if end > i + 1:
                spans.append((i, end, tag[2:]))
    return spans


def wrong_pops_b(tags):
    """Slip: eats the list of the caller."""
    spans = []
    place = 0
    while tags:
        tag = tags.pop(0)
        if tag[0] == "B":
            spans.append((place, place + 1, tag[2:]))
        elif tag[0] == "I" and spans and spans[-1][1] == place and spans[-1][2] == tag[2:]:
            spans[-1] = (spans[-1][0], place + 1, tag[2:])
        place += 1
    return spans


def wrong_runs_past_end_b(tags):
    """Slip: no test against the length, so a name at the end raises an IndexError."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            end = i + 1
            while tags[end] == "I" + tag[1:]:
                end += 1
            spans.append((i, end, tag[2:]))
    return spans


def wrong_only_two_kinds_b(tags):
    """Slip: the kinds of the example are written into the code."""
    spans = []
    for kind in ("person", "place"):
        for i, tag in enumerate(tags):
            if tag == "B-" + kind:
                end = i + 1
                while end < len(tags) and tags[end] == "I-" + kind:
                    end += 1
                spans.append((i, end, kind))
    return sorted(spans)


def wrong_last_letter_b(tags):
    """Slip: takes the last letter of the tag as its kind."""
    spans = []
    for i, tag in enumerate(tags):
        if tag[0] == "B":
            spans.append((i, i + 1, tag[-1]))
        elif tag[0] == "I" and spans and spans[-1][1] == i and spans[-1][2] == tag[-1]:
            spans[-1] = (spans[-1][0], i + 1, tag[-1])
    return spans
