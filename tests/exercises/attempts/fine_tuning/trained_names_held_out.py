import itertools
import re


def right_sub(names, n_last):
    """Numbers found by a pattern in all names together."""
    last = max(map(int, re.findall(r"\blayers\.(\d+)", " ".join(names))))
    return [
        n
        for n in names
        if not re.match(r"embeddings\b", n)
        and (not (m := re.match(r"layers\.(\d+)\.", n)) or int(m[1]) > last - n_last)
    ]


def right_groupby(names, n_last):
    """Groups of neighbours of the same layer."""
    groups = [
        (key, list(group))
        for key, group in itertools.groupby(names, lambda n: n.split(".")[: 1 + n.startswith("layers.")])
    ]
    n_layers = 1 + max(int(key[1]) for key, _ in groups if key[0] == "layers")
    kept = [
        group
        for key, group in groups
        if key[0] in ("pooler", "classifier") or (key[0] == "layers" and int(key[1]) >= n_layers - n_last)
    ]
    return list(itertools.chain.from_iterable(kept))


def right_removed(names, n_last):
    """A copy from which the frozen ones are taken."""
    kept = list(names)
    n = len({x.split(".")[1] for x in names if x.startswith("layers.")})
    for name in names:
        parts = name.split(".")
        if parts[0] == "embeddings" or (parts[0] == "layers" and int(parts[1]) + n_last < n):
            kept.remove(name)
    return kept


def wrong_reversed(names, n_last):
    """From the last to the first."""
    return right_sub(names, n_last)[::-1]


def wrong_embeddings_when_all(names, n_last):
    """The embeddings are trained if all layers are."""
    n = len({x.split(".")[1] for x in names if x.startswith("layers.")})
    return list(names) if n_last >= n else right_sub(names, n_last)


def wrong_set(names, n_last):
    """A set of names."""
    return set(right_sub(names, n_last))


def wrong_joined(names, n_last):
    """One text."""
    return ", ".join(right_sub(names, n_last))


def wrong_booleans(names, n_last):
    """For each name whether it is trained."""
    kept = right_sub(names, n_last)
    return [name in kept for name in names]


def wrong_head_only_at_zero(names, n_last):
    """Always the heads alone."""
    return right_sub(names, 0)
