import re


_PAIRS = [
    ("attention.self.query", "attention.query"),
    ("attention.self.key", "attention.key"),
    ("attention.self.value", "attention.value"),
    ("attention.output.dense", "attention.output"),
    ("attention.output.LayerNorm", "attention_norm"),
    ("intermediate.dense", "feed_forward.expand"),
    ("output.dense", "feed_forward.contract"),
    ("output.LayerNorm", "feed_forward_norm"),
]


def right_split_dict_b(names):
    """Splits at the points and looks the middle up in a dict."""
    table = dict(_PAIRS)
    result = []
    for name in names:
        parts = name.split(".")
        number = parts[2]
        middle = ".".join(parts[3:-1])
        result.append("layers." + number + "." + table[middle] + "." + parts[-1])
    return result


def right_replace_chain_b(names):
    """Beginner: a chain of replace, the longer names first."""
    result = []
    for name in names:
        name = name.replace("encoder.layer.", "layers.")
        name = name.replace("attention.self.", "attention.")
        name = name.replace("attention.output.LayerNorm", "attention_norm")
        name = name.replace("attention.output.dense", "attention.output")
        name = name.replace("intermediate.dense", "feed_forward.expand")
        name = name.replace("output.dense", "feed_forward.contract")
        name = name.replace("output.LayerNorm", "feed_forward_norm")
        result.append(name)
    return result


def right_regex_b(names: list[str]) -> list[str]:
    """One regular expression with groups, in a comprehension."""
    table = dict(_PAIRS)
    pattern = re.compile(r"encoder\.layer\.(\d+)\.(.+)\.(weight|bias)")
    found = [pattern.fullmatch(name) for name in names]
    return [f"layers.{m[1]}.{table[m[2]]}.{m[3]}" for m in found]


def right_if_chain_b(names):
    """if and elif, on what follows the number."""
    new_names = []
    for name in names:
        _, _, number, rest = name.split(".", 3)
        ending = "weight" if rest.endswith(".weight") else "bias"
        if rest.startswith("attention.self.query"):
            part = "attention.query"
        elif rest.startswith("attention.self.key"):
            part = "attention.key"
        elif rest.startswith("attention.self.value"):
            part = "attention.value"
        elif rest.startswith("attention.output.dense"):
            part = "attention.output"
        elif rest.startswith("attention.output.LayerNorm"):
            part = "attention_norm"
        elif rest.startswith("intermediate"):
            part = "feed_forward.expand"
        elif rest.startswith("output.dense"):
            part = "feed_forward.contract"
        else:
            part = "feed_forward_norm"
        new_names.append(f"layers.{number}.{part}.{ending}")
    return new_names


def right_halves_b(names):
    """Recursive: splits the list into halves, and renames a single name."""
    if len(names) == 0:
        return []
    if len(names) > 1:
        half = len(names) // 2
        return right_halves_b(names[:half]) + right_halves_b(names[half:])
    body, ending = names[0].rsplit(".", 1)
    number, part = body[len("encoder.layer."):].split(".", 1)
    return [".".join(["layers", number, dict(_PAIRS)[part], ending])]


def right_first_match_b(names):
    """Loops over the pairs in the order of the task and breaks at the first that fits."""
    out = []
    for name in names:
        for old, new in _PAIRS:
            if old in name:
                name = name.replace(old, new)
                break
        out.append(name.replace("encoder.layer", "layers"))
    return out


def right_two_lists_b(names):
    """Two parallel lists and index, while loop, partition."""
    theirs = [old for old, _ in _PAIRS]
    ours = [new for _, new in _PAIRS]
    result = []
    i = 0
    while i < len(names):
        tail = names[i][14:]
        number, _, tail = tail.partition(".")
        part, _, ending = tail.rpartition(".")
        result += ["layers.%s.%s.%s" % (number, ours[theirs.index(part)], ending)]
        i += 1
    return result


def wrong_short_first_b(names):
    """Replaces output.dense before attention.output.dense."""
    result = []
    for name in names:
        name = name.replace("encoder.layer.", "layers.")
        name = name.replace("attention.self.", "attention.")
        name = name.replace("intermediate.dense", "feed_forward.expand")
        name = name.replace("output.dense", "feed_forward.contract")
        name = name.replace("output.LayerNorm", "feed_forward_norm")
        name = name.replace("attention.output.dense", "attention.output")
        name = name.replace("attention.output.LayerNorm", "attention_norm")
        result.append(name)
    return result


def wrong_norm_first_b(names):
    """Only the two norms in the wrong order: output.LayerNorm comes first."""
    steps = {
        "encoder.layer": "layers",
        "attention.self": "attention",
        "attention.output.dense": "attention.output",
        "intermediate.dense": "feed_forward.expand",
        "output.dense": "feed_forward.contract",
        "output.LayerNorm": "feed_forward_norm",
        "attention.output.LayerNorm": "attention_norm",
    }
    result = []
    for name in names:
        for old, new in steps.items():
            name = name.replace(old, new)
        result.append(name)
    return result


def wrong_layer_singular_b(names):
    """Cuts encoder. off and forgets that layer becomes layers."""
    table = dict(_PAIRS)
    result = []
    for name in names:
        parts = name.split(".")
        result.append(".".join(["layer", parts[2], table[".".join(parts[3:-1])], parts[-1]]))
    return result


def wrong_one_digit_b(names):
    """Takes one character for the number: layers 10 and 11 go wrong."""
    result = []
    for name in names:
        number = name[len("encoder.layer.")]
        for old, new in _PAIRS:
            if "." + old + "." in name:
                ending = name.split(".")[-1]
                result.append(f"layers.{number}.{new}.{ending}")
                break
    return result


def wrong_drops_ending_b(names):
    """Forgets .weight and .bias."""
    table = dict(_PAIRS)
    out = []
    for name in names:
        _, _, number, *part, _ = name.split(".")
        out.append(f"layers.{number}.{table['.'.join(part)]}")
    return out


def wrong_in_place_b(names):
    """Writes into the list that it was given."""
    for i in range(len(names)):
        for old, new in _PAIRS:
            if old in names[i]:
                names[i] = names[i].replace(old, new)
                break
        names[i] = names[i].replace("encoder.layer", "layers")
    return names


def wrong_every_match_b(names):
    """Appends for every pair that fits: attention.output.dense fits two."""
    result = []
    for name in names:
        for old, new in _PAIRS:
            if old in name:
                result.append(name.replace(old, new).replace("encoder.layer", "layers"))
    return result


def wrong_last_two_pieces_b(names):
    """The last two pieces as the key: output.dense of the attention and of the feed-forward are one."""
    table = {
        "self.query": "attention.query",
        "self.key": "attention.key",
        "self.value": "attention.value",
        "intermediate.dense": "feed_forward.expand",
        "output.dense": "feed_forward.contract",
        "output.LayerNorm": "feed_forward_norm",
    }
    result = []
    for name in names:
        p = name.split(".")
        result.append("layers." + p[2] + "." + table[p[-3] + "." + p[-2]] + "." + p[-1])
    return result


def wrong_double_point_b(names):
    """Replaces self by nothing, and leaves two points."""
    result = []
    for name in names:
        name = name.replace("encoder.layer", "layers").replace("self", "")
        for old, new in _PAIRS[3:]:
            if old in name:
                name = name.replace(old, new)
                break
        result.append(name)
    return result


def wrong_swapped_b(names):
    """Takes output.dense for the expansion and intermediate.dense for the contraction."""
    table = dict(_PAIRS)
    table["intermediate.dense"] = "feed_forward.contract"
    table["output.dense"] = "feed_forward.expand"
    pattern = re.compile(r"^encoder\.layer\.(\d+)\.(.*)\.(\w+)$")
    return [pattern.sub(lambda m: f"layers.{m.group(1)}.{table[m.group(2)]}.{m.group(3)}", n) for n in names]


def wrong_count_layers_b(names):
    """Numbers the layers by itself: sixteen names a layer, from 0."""
    table = dict(_PAIRS)
    return [
        f"layers.{i // 16}.{table['.'.join(name.split('.')[3:-1])]}.{name.split('.')[-1]}"
        for i, name in enumerate(names)
    ]


def wrong_replace_all_pairs_b(names):
    """Checks the short endings first with endswith-like conditions; the attention's branches are never reached."""
    result = []
    for name in names:
        head, kind = name.rsplit(".", 1)
        number = head.split(".")[2]
        if head.endswith("query") or head.endswith("key") or head.endswith("value"):
            part = "attention." + head.split(".")[-1]
        elif head.endswith("intermediate.dense"):
            part = "feed_forward.expand"
        elif head.endswith("dense"):
            part = "feed_forward.contract"
        elif head.endswith("attention.output.LayerNorm"):
            part = "attention_norm"
        elif head.endswith("attention.output.dense"):
            part = "attention.output"
        else:
            part = "feed_forward_norm"
        result.append("layers." + number + "." + part + "." + kind)
    return result
