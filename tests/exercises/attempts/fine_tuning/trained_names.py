import re

# ---------------------------------------------------------------- right


def right_loop(names, n_last):
    """Count first, then go through once."""
    n_layers = 0
    for name in names:
        if name.startswith("layers."):
            n_layers = max(n_layers, int(name.split(".")[1]) + 1)
    kept = []
    for name in names:
        if name.startswith("embeddings"):
            continue
        if name.startswith("layers.") and int(name.split(".")[1]) < n_layers - n_last:
            continue
        kept.append(name)
    return kept


def right_regular_expression(names, n_last):
    """The number by a pattern."""
    number = {name: int(found[1]) for name in names if (found := re.match(r"layers\.(\d+)\.", name))}
    first = max(number.values()) - n_last
    return [name for name in names if number.get(name, -1) > first or name.split(".")[0] in {"pooler", "classifier"}]


def right_prefixes_with_a_dot(names, n_last):
    """A dot after each number keeps 1 and 10 apart."""
    n = len({name.split(".")[1] for name in names if name.startswith("layers.")})
    wanted = tuple(f"layers.{k}." for k in range(n - n_last, n)) + ("pooler.", "classifier.")
    return [name for name in names if name.startswith(wanted)]


def right_set_of_numbers(names, n_last):
    """The numbers themselves, sorted as numbers."""
    numbers = sorted({int(name.split(".")[1]) for name in names if name.startswith("layers")})
    trained = {str(n) for n in numbers[len(numbers) - n_last :]}
    return list(
        filter(lambda s: s[0] in "pc" or (s.startswith("layers") and s.split(".")[1] in trained), names)
    )
