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
    return list(filter(lambda s: s[0] in "pc" or (s.startswith("layers") and s.split(".")[1] in trained), names))


def right_generator(names, n_last):
    """A small function for one name."""
    parts = [name.split(".") for name in names]
    n_layers = len({p[1] for p in parts if p[0] == "layers"})

    def stays(part):
        if part[0] == "layers":
            return int(part[1]) >= n_layers - n_last
        return part[0] != "embeddings"

    return [".".join(part) for part in parts if stays(part)]


def right_partition(names, n_last):
    """partition in place of split."""
    highest = -1
    for name in names:
        head, _, tail = name.partition(".")
        if head == "layers":
            highest = max(highest, int(tail.partition(".")[0]))
    frozen = {f"layers.{k}" for k in range(highest + 1 - n_last)} | {"embeddings"}
    result = []
    for name in names:
        head = name.split(".")
        key = ".".join(head[:2]) if head[0] == "layers" else head[0]
        if key not in frozen:
            result += [name]
    return result


def right_match(names, n_last):
    """Structural pattern matching."""
    n_layers = 1 + max(int(n.split(".")[1]) for n in names if n.startswith("layers."))
    kept = []
    for name in names:
        match name.split("."):
            case ["embeddings", *_]:
                pass
            case ["layers", number, *_] if int(number) < n_layers - n_last:
                pass
            case _:
                kept.append(name)
    return kept


def right_tuple_result(names, n_last):
    """A tuple of names."""
    return tuple(right_loop(names, n_last))


# ---------------------------------------------------------------- wrong


def _number(name):
    return int(name.split(".")[1]) if name.startswith("layers.") else None


def _layers(names):
    return 1 + max(_number(name) for name in names if name.startswith("layers."))


def _chosen(names, wanted):
    return [name for name in names if wanted(name)]


def wrong_first_layers(names, n_last):
    """The first layers instead of the last."""
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) < n_last))


def wrong_one_layer_more(names, n_last):
    """One layer too many."""
    least = _layers(names) - n_last - 1
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) >= least))


def wrong_one_layer_fewer(names, n_last):
    """One layer too few."""
    least = _layers(names) - n_last
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) > least))


def wrong_embeddings_too(names, n_last):
    """The embeddings are trained, too."""
    least = _layers(names) - n_last
    return _chosen(names, lambda n: _number(n) is None or _number(n) >= least)


def wrong_without_pooler(names, n_last):
    """Without the pooler."""
    least = _layers(names) - n_last
    wanted = lambda n: n.startswith("classifier") or (_number(n) is not None and _number(n) >= least)  # noqa: E731
    return _chosen(names, wanted)


def wrong_without_classifier(names, n_last):
    """Without the classifier."""
    least = _layers(names) - n_last
    wanted = lambda n: n.startswith("pooler") or (_number(n) is not None and _number(n) >= least)  # noqa: E731
    return _chosen(names, wanted)


def wrong_layers_alone(names, n_last):
    """Only the layers."""
    least = _layers(names) - n_last
    return _chosen(names, lambda n: _number(n) is not None and _number(n) >= least)


def wrong_frozen_names(names, n_last):
    """The names of what is frozen."""
    least = _layers(names) - n_last
    return _chosen(names, lambda n: n.startswith("emb") or (_number(n) is not None and _number(n) < least))


def right_prefix_without_dot(names, n_last):
    """layers.1 is the beginning of layers.10, too, but whoever trains layer 1 trains layer 10."""
    n = _layers(names)
    wanted = tuple(f"layers.{k}" for k in range(n - n_last, n)) + ("pooler", "classifier")
    return [name for name in names if name.startswith(wanted)]


def wrong_compared_as_text(names, n_last):
    """Numbers compared as text: "10" before "9"."""
    least = str(_layers(names) - n_last)
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or n.split(".")[1] >= least))


def wrong_one_digit(names, n_last):
    """Only the first digit of the number is read."""
    n = 1 + max(int(name[7]) for name in names if name.startswith("layers."))
    return _chosen(names, lambda s: not s.startswith("emb") and (not s.startswith("lay") or int(s[7]) >= n - n_last))


def wrong_sorted(names, n_last):
    """In alphabetical order."""
    return sorted(right_loop(names, n_last))


def wrong_six_layers(names, n_last):
    """As if there were always six layers."""
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) >= 6 - n_last))


def wrong_twelve_layers(names, n_last):
    """As if there were always twelve layers."""
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) >= 12 - n_last))


def wrong_negative_slice(names, n_last):
    """numbers[-n_last:]: at 0 that is all of them."""
    numbers = sorted({_number(name) for name in names if name.startswith("layers.")})[-n_last:]
    return _chosen(names, lambda n: not n.startswith("emb") and (_number(n) is None or _number(n) in numbers))


def wrong_last_names(names, n_last):
    """The last n_last names, and the head."""
    heads = [name for name in names if name.startswith(("pooler", "classifier"))]
    layers = [name for name in names if name.startswith("layers.")]
    return layers[len(layers) - n_last :] + heads


def wrong_everything(names, n_last):
    """All names."""
    return list(names)


def wrong_from_one(names, n_last):
    """As if layers counted from 1."""
    n = _layers(names) - 1
    return _chosen(names, lambda s: not s.startswith("emb") and (_number(s) is None or _number(s) > n - n_last + 1))


def wrong_weights_only(names, n_last):
    """Without the biases."""
    return [name for name in right_loop(names, n_last) if name.endswith("weight")]


def wrong_count(names, n_last):
    """How many there are."""
    return len(right_loop(names, n_last))
