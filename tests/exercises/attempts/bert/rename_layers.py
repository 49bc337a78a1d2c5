import functools
import itertools
import re
from collections import OrderedDict

_TABLE = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward.expand",
    "output.dense": "feed_forward.contract",
    "output.LayerNorm": "feed_forward_norm",
}


# ---------------------------------------------------------------- right

def right_replace_chain(names):
    """A chain of replace, the longer names first."""
    result = []
    for name in names:
        name = name.replace("encoder.layer.", "layers.")
        name = name.replace("attention.self.", "attention.")
        name = name.replace("attention.output.dense", "attention.output")
        name = name.replace("attention.output.LayerNorm", "attention_norm")
        name = name.replace("intermediate.dense", "feed_forward.expand")
        name = name.replace("output.dense", "feed_forward.contract")
        name = name.replace("output.LayerNorm", "feed_forward_norm")
        result.append(name)
    return result


def right_split_lookup(names):
    """Splits at dots, looks the middle up in a dictionary."""
    out = []
    for name in names:
        words = name.split(".")
        number = words[2]
        part = ".".join(words[3:-1])
        out.append("layers." + number + "." + _TABLE[part] + "." + words[-1])
    return out


def right_regex_match(names):
    """One regular expression with three groups."""
    pattern = re.compile(r"^encoder\.layer\.(\d+)\.(.+)\.([^.]+)$")
    out = []
    for name in names:
        number, part, kind = pattern.match(name).groups()
        out.append(f"layers.{number}.{_TABLE[part]}.{kind}")
    return out


def right_re_sub_alternatives(names):
    """re.sub with all eight parts as alternatives, anchored after the number."""
    parts = "|".join(re.escape(p) for p in _TABLE)
    return [re.sub(r"^encoder\.layer\.(\d+)\.(" + parts + r")\.",
                   lambda m: "layers." + m.group(1) + "." + _TABLE[m.group(2)] + ".", name)
            for name in names]


def right_if_chain(names):
    """Eight ifs with startswith on what follows the number."""
    new = []
    for name in names:
        rest = name[len("encoder.layer."):]
        dot = rest.index(".")
        number = rest[:dot]
        rest = rest[dot + 1:]
        if rest.startswith("attention.self.query"):
            p = "attention.query"
        elif rest.startswith("attention.self.key"):
            p = "attention.key"
        elif rest.startswith("attention.self.value"):
            p = "attention.value"
        elif rest.startswith("attention.output.dense"):
            p = "attention.output"
        elif rest.startswith("attention.output.LayerNorm"):
            p = "attention_norm"
        elif rest.startswith("intermediate.dense"):
            p = "feed_forward.expand"
        elif rest.startswith("output.dense"):
            p = "feed_forward.contract"
        else:
            p = "feed_forward_norm"
        new.append("layers." + number + "." + p + rest[rest.rindex("."):])
    return new


def right_list_of_pairs(names):
    """Pairs in a list, with a dot on both sides, and an early break."""
    pairs = [
        (".output.dense.", ".feed_forward.contract."), (".output.LayerNorm.", ".feed_forward_norm."),
    ]
    longer = [
        (".attention.self.query.", ".attention.query."), (".attention.self.key.", ".attention.key."),
        (".attention.self.value.", ".attention.value."), (".attention.output.dense.", ".attention.output."),
        (".attention.output.LayerNorm.", ".attention_norm."), (".intermediate.dense.", ".feed_forward.expand."),
    ]
    answer = []
    for name in names:
        name = name.replace("encoder.layer", "layers")
        for old, new in longer + pairs:
            if old in name:
                name = name.replace(old, new)
                break
        answer.append(name)
    return answer


def right_sorted_by_length(names):
    """Sorts the table by length so that the longest part wins."""
    order = sorted(_TABLE, key=len, reverse=True)
    done = []
    for name in names:
        new = name
        for old in order:
            if old in name:
                new = name.replace(old, _TABLE[old])
                break
        done.append(new.replace("encoder.layer.", "layers."))
    return done


def right_partition(names):
    """str.partition from the left and rpartition from the right."""
    out = []
    for name in names:
        _, _, rest = name.partition("encoder.layer.")
        number, _, rest = rest.partition(".")
        part, _, kind = rest.rpartition(".")
        out.append(".".join(["layers", number, _TABLE[part], kind]))
    return out


def right_star_split(names):
    """Star unpacking of the split name in one comprehension."""
    def one(name):
        _, _, number, *part, kind = name.split(".")
        return ".".join(["layers", number, _TABLE[".".join(part)], kind])
    return [one(n) for n in names]


def right_map_reduce(names):
    """Functional: reduce over an OrderedDict of replacements."""
    steps = OrderedDict([("encoder.layer.", "layers."), ("attention.self", "attention"),
                         ("attention.output.LayerNorm", "attention_norm"), ("attention.output.dense", "attention.output"),
                         ("intermediate.dense", "feed_forward.expand"), ("output.dense", "feed_forward.contract"),
                         ("output.LayerNorm", "feed_forward_norm")])
    return list(map(lambda n: functools.reduce(lambda s, kv: s.replace(*kv), steps.items(), n), names))


def right_while_index(names):
    """While loop with an index, clumsy counting of dots."""
    out = []
    i = 0
    while i < len(names):
        pieces = names[i].split(".")
        part = ""
        k = 3
        while k < len(pieces) - 1:
            if part != "":
                part = part + "."
            part = part + pieces[k]
            k = k + 1
        out = out + ["layers." + pieces[2] + "." + _TABLE[part] + "." + pieces[-1]]
        i = i + 1
    return out


def right_recursive(names):
    """Recursive: the first name, then the rest."""
    if len(names) == 0:
        return []
    head = names[0].split(".", 3)
    part, kind = head[3].rsplit(".", 1)
    return [f"layers.{head[2]}.{_TABLE[part]}.{kind}"] + right_recursive(names[1:])


def right_match_tuple(names):
    """Compares lists of words: is attention among them, is it a norm?"""
    out = []
    for name in names:
        w = name.split(".")
        if "self" in w:
            part = "attention." + w[5]
        elif "attention" in w:
            part = "attention_norm" if "LayerNorm" in w else "attention.output"
        elif "intermediate" in w:
            part = "feed_forward.expand"
        elif "LayerNorm" in w:
            part = "feed_forward_norm"
        else:
            part = "feed_forward.contract"
        out.append("layers." + w[2] + "." + part + "." + w[-1])
    return out


def right_generator(names):
    """A generator inside, listed at the end."""
    def rename():
        for name in names:
            for old in _TABLE:
                middle = "." + old + "."
                at = name.find(middle)
                # a digit before the dot says that the part begins here
                if at > 0 and name[at - 1].isdigit():
                    yield "layers" + name[len("encoder.layer"):at] + "." + _TABLE[old] + "." + name[at + len(middle):]
                    break
    return list(rename())


def right_big_dictionary(names):
    """Writes out a dictionary of all full names that occur, by itertools.product."""
    numbers = {n.split(".")[2] for n in names}
    kinds = {n.split(".")[-1] for n in names}
    full = {}
    for number, old, kind in itertools.product(numbers, _TABLE, kinds):
        full[f"encoder.layer.{number}.{old}.{kind}"] = f"layers.{number}.{_TABLE[old]}.{kind}"
    return [full[n] for n in names]


def right_placeholder(names):
    """Protects the attention output with a placeholder before the short replacements."""
    out = []
    for n in names:
        n = n.replace("encoder.layer", "layers").replace("attention.output", "@@")
        n = n.replace("output.dense", "feed_forward.contract").replace("output.LayerNorm", "feed_forward_norm")
        n = n.replace("@@.dense", "attention.output").replace("@@.LayerNorm", "attention_norm")
        n = n.replace(".self.", ".").replace("intermediate.dense", "feed_forward.expand")
        out.append(n)
    return out


def right_regex_lookbehind(names):
    """re.sub with look-behinds, several passes."""
    rules = [
        (r"^encoder\.layer\.", "layers."),
        (r"(?<=\d\.)attention\.self\.(query|key|value)(?=\.)", r"attention.\1"),
        (r"(?<=\d\.)attention\.output\.dense(?=\.)", "attention.output"),
        (r"(?<=\d\.)attention\.output\.LayerNorm(?=\.)", "attention_norm"),
        (r"(?<=\d\.)intermediate\.dense(?=\.)", "feed_forward.expand"),
        (r"(?<=\d\.)output\.dense(?=\.)", "feed_forward.contract"),
        (r"(?<=\d\.)output\.LayerNorm(?=\.)", "feed_forward_norm"),
    ]
    result = list(names)
    for pattern, new in rules:
        result = [re.sub(pattern, new, r) for r in result]
    return result


def right_removeprefix_defensive(names):
    """Defensive: checks that exactly one part of the table ends the name's middle."""
    renamed = []
    for name in names:
        stem, kind = name.rsplit(".", 1)
        number, part = stem.removeprefix("encoder.layer.").split(".", maxsplit=1)
        if part not in _TABLE:
            raise ValueError(f"unknown part: {name}")
        renamed.append(f"layers.{int(number)}.{_TABLE[part]}.{kind}")
    return renamed


# ---------------------------------------------------------------- wrong

def wrong_short_first(names):
    """Replaces output.dense before attention.output.dense."""
    out = []
    for n in names:
        n = n.replace("encoder.layer", "layers")
        n = n.replace("output.dense", "feed_forward.contract")
        n = n.replace("output.LayerNorm", "feed_forward_norm")
        n = n.replace("attention.self", "attention")
        n = n.replace("attention.output.dense", "attention.output")
        n = n.replace("attention.output.LayerNorm", "attention_norm")
        n = n.replace("intermediate.dense", "feed_forward.expand")
        out.append(n)
    return out


def wrong_one_digit(names):
    """The pattern takes one digit only; layers 10 and 11 keep their old front."""
    out = []
    for n in names:
        n = re.sub(r"^encoder\.layer\.(\d)\.", r"layers.\1.", n)
        for old, new in _TABLE.items():
            if old in n:
                n = n.replace(old, new)
                break
        out.append(n)
    return out


def wrong_digit_by_position(names):
    """Takes the character at place 14 as the layer's number."""
    out = []
    for n in names:
        number = n[14]
        part, kind = n.split(".", 3)[3].rsplit(".", 1)
        out.append("layers." + number + "." + _TABLE[part] + "." + kind)
    return out


def wrong_norms_equal(names):
    """Every LayerNorm becomes attention_norm."""
    out = []
    for n in names:
        w = n.split(".")
        if "LayerNorm" in w:
            part = "attention_norm"
        else:
            part = _TABLE[".".join(w[3:-1])]
        out.append(".".join(["layers", w[2], part, w[-1]]))
    return out


def wrong_kind_lost(names):
    """Drops .weight and .bias at the end."""
    return ["layers." + n.split(".")[2] + "." + _TABLE[".".join(n.split(".")[3:-1])] for n in names]


def wrong_always_weight(names):
    """Writes .weight at the end of every name."""
    out = []
    for n in names:
        w = n.split(".")
        out.append(f"layers.{w[2]}.{_TABLE['.'.join(w[3:-1])]}.weight")
    return out


def wrong_front_kept(names):
    """Forgets the front: encoder.layer.3 stays."""
    out = []
    for n in names:
        for old, new in _TABLE.items():
            if old in n:
                n = n.replace(old, new)
                break
        out.append(n)
    return out


def wrong_layer_not_plural(names):
    """Only takes away 'encoder.': layer.3 and not layers.3."""
    result = []
    for n in names:
        n = n.replace("encoder.", "")
        number, rest = n.split(".", 2)[1:]
        part, kind = rest.rsplit(".", 1)
        result.append("layer." + number + "." + _TABLE[part] + "." + kind)
    return result


def wrong_encoder_kept(names):
    """layer becomes layers, but encoder. stays in front."""
    def one(n):
        w = n.split(".")
        return "encoder.layers." + w[2] + "." + _TABLE[".".join(w[3:-1])] + "." + w[-1]
    return list(map(one, names))


def wrong_counts_from_one(names):
    """Thinks that our layers count from 1."""
    out = []
    for n in names:
        w = n.split(".")
        out.append(f"layers.{int(w[2]) + 1}.{_TABLE['.'.join(w[3:-1])]}.{w[-1]}")
    return out


def wrong_self_kept(names):
    """Query, key and value keep the .self."""
    table = dict(_TABLE)
    for p in ["query", "key", "value"]:
        table["attention.self." + p] = "attention.self." + p
    return [re.sub(r"^encoder\.layer\.(\d+)\.(.*)\.(\w+)$",
                   lambda m: f"layers.{m[1]}.{table[m[2]]}.{m[3]}", n) for n in names]


def wrong_dense_kept(names):
    """attention.output.dense keeps its .dense, as attention.output is there already."""
    out = []
    for n in names:
        n = n.replace("encoder.layer.", "layers.").replace("attention.self.", "attention.")
        n = n.replace("attention.output.LayerNorm", "attention_norm")
        n = n.replace("intermediate.dense", "feed_forward.expand")
        if "attention" not in n:
            n = n.replace("output.dense", "feed_forward.contract").replace("output.LayerNorm", "feed_forward_norm")
        out.append(n)
    return out


def wrong_expand_contract_swapped(names):
    """Expand and contract in the wrong places."""
    table = {**_TABLE, "intermediate.dense": "feed_forward.contract", "output.dense": "feed_forward.expand"}
    out = []
    for n in names:
        _, _, number, *part, kind = n.split(".")
        out.append(".".join(["layers", number, table[".".join(part)], kind]))
    return out


def wrong_sorted(names):
    """Sorts the names first; the order is another one."""
    out = []
    for n in sorted(names):
        w = n.split(".")
        out.append(".".join(["layers", w[2], _TABLE[".".join(w[3:-1])], w[-1]]))
    return out


def wrong_in_place(names):
    """Writes the new names into the list that was given."""
    for i in range(len(names)):
        w = names[i].split(".")
        names[i] = ".".join(["layers", w[2], _TABLE[".".join(w[3:-1])], w[-1]])
    return names


def wrong_returns_dict(names):
    """Returns a dictionary from old to new and not the list of the new."""
    return {n: ".".join(["layers", n.split(".")[2], _TABLE[".".join(n.split(".")[3:-1])], n.split(".")[-1]]) for n in names}


def wrong_return_in_loop(names):
    """The return stands inside the loop: only the first name comes out."""
    out = []
    for n in names:
        w = n.split(".")
        out.append(".".join(["layers", w[2], _TABLE[".".join(w[3:-1])], w[-1]]))
        return out
    return out


def wrong_norm_with_dot(names):
    """feed_forward.norm and attention.norm with a dot, by analogy with the other parts."""
    out = []
    for n in names:
        n = n.replace("encoder.layer", "layers").replace(".self.", ".")
        n = n.replace("attention.output.LayerNorm", "attention.norm").replace("output.LayerNorm", "feed_forward.norm")
        n = n.replace("attention.output.dense", "attention.output").replace("output.dense", "feed_forward.contract")
        n = n.replace("intermediate.dense", "feed_forward.expand")
        out.append(n)
    return out
