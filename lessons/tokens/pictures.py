"""The drawings of notebook 04: each function makes one figure, with the shapes of what it shows written on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from lessons.kit import results
from lessons.kit.plots import BLACK, BLUE, GREEN, ORANGE, SKY
from lessons.tokens.byte_pair import BytePairTokenizer
from lessons.tokens.unigram import cheapest_cut
from lessons.tokens.word_vectors import Directions, Pairs

PALE = "#EAF3FA"


def _blank(width: float, height: float, limits: tuple[float, float]) -> tuple[Figure, Axes]:
    """An empty canvas of so many inches; `limits` are its width and height in units, from the top left."""
    figure, axes = plt.subplots(figsize=(width, height))
    axes.set(xlim=(0, limits[0]), ylim=(limits[1], 0))
    axes.axis("off")
    return figure, axes


def _box(
    axes: Axes, x: float, y: float, width: float, height: float, words: str, colour: str = PALE, size: float = 10
) -> None:
    axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor=BLUE, linewidth=1))
    axes.text(x + width / 2, y + height / 2, words, ha="center", va="center", fontsize=size)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = BLACK) -> None:
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=colour, linewidth=1))


def from_text_to_rows(text: str, tokenizer: BytePairTokenizer, dim: int = 32) -> Figure:
    """A short text, its tokens, their ids, and the rows of the embedding table that the ids choose."""
    pieces, token_ids = tokenizer.tokens(text), tokenizer.encode(text)
    n, step = len(pieces), 1.5
    figure, axes = _blank(9.5, 4.4, (n * step + 6.2, 8.2))
    axes.text(0, 0.5, f"text\n{len(text)} characters", va="center", fontsize=10)
    axes.text(4 + n * step / 2, 0.5, f"“{text}”", ha="center", va="center", fontsize=13, family="monospace")
    for y, title in ((2.0, f"tokens\n({n},)"), (3.8, f"token ids\n({n},)"), (6.4, f"vectors\n({n}, {dim})")):
        axes.text(0, y + 0.4, title, va="center", fontsize=10)
    rng = np.random.default_rng(0)
    shades = plt.get_cmap("Blues")(rng.uniform(0.1, 0.8, size=(n, 6)))
    for i, (piece, token_id) in enumerate(zip(pieces, token_ids, strict=True)):
        x = 4 + i * step
        _box(axes, x, 2.0, step - 0.2, 0.8, piece, size=11)
        _box(axes, x, 3.8, step - 0.2, 0.8, str(token_id), "white", 11)
        for row in range(6):
            axes.add_patch(Rectangle((x + 0.3, 5.5 + 0.4 * row), 0.7, 0.4, facecolor=shades[i, row], edgecolor="white"))
        axes.text(x + 0.65, 8.1, "⋮", ha="center", fontsize=10)
        for top, bottom in ((0.95, 1.95), (2.85, 3.75), (4.65, 5.45)):
            _arrow(axes, (x + 0.65, top), (x + 0.65, bottom))
    for y, words in ((1.45, "cut"), (3.3, "number"), (5.05, f"look up in a table ({len(tokenizer)}, {dim})")):
        axes.text(4 + n * step + 0.1, y, words, va="center", fontsize=10, color=BLUE)
    return figure


def merge_tree(word: str, merges: Sequence[tuple[str, str]]) -> Figure:
    """How the letters of a word grow together, merge after merge; each joint has the number of its merge."""
    figure, axes = _blank(8, 2.4, (len(word), 1))
    parts = [(letter, i + 0.5, 0.0) for i, letter in enumerate(word)]  # what it spells, x, height
    for letter, x, _ in parts:
        axes.text(x, -0.35, letter, ha="center", va="center", fontsize=14, family="monospace")
    for number, pair in enumerate(merges, start=1):
        i = 0
        while i < len(parts) - 1:
            (a, ax, ay), (b, bx, by) = parts[i], parts[i + 1]
            if (a, b) == pair:
                x, y = (ax + bx) / 2, max(ay, by) + 0.9
                axes.plot([ax, ax, bx, bx], [ay, y, y, by], color=BLUE)
                ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                label = f"{number}: {a + b}"
                axes.text(x, y, label, ha="center", va="center", fontsize=11, bbox=ground, zorder=3)
                parts[i : i + 2] = [(a + b, x, y)]
            i += 1
    axes.set_ylim(-0.7, max(height for _, _, height in parts) + 0.4)
    return figure


def lattice(word: str, log_probabilities: Mapping[str, float]) -> Figure:
    """All known pieces of a word as arcs with their costs −ln p; the cheapest way from left to right is dark."""
    cut, start, chosen = cheapest_cut(word, {piece: -value for piece, value in log_probabilities.items()}), 0, set()
    for piece in cut:
        chosen.add((start, start + len(piece)))
        start += len(piece)
    figure, axes = _blank(8.5, 3.6, (len(word), 1))
    axes.set(xlim=(-0.3, len(word) + 0.3), ylim=(-1.7, 2.1))
    sides: dict[tuple[int, int], int] = {}
    for a in range(len(word)):
        for b in range(a + 1, len(word) + 1):
            if word[a:b] in log_probabilities:
                sides[a, b] = 1 if len(sides) % 2 == 0 or b - a == 1 else -1
    for (a, b), side in sides.items():
        on = (a, b) in chosen
        height = side * 0.36 * (b - a)
        t = np.linspace(0, np.pi, 40)
        colour, middle = BLUE if on else "#777777", (a + b) / 2
        axes.plot(middle - np.cos(t) * (b - a) / 2, height * np.sin(t), color=colour, lw=3 if on else 1)
        label = f"{word[a:b]}  {-log_probabilities[word[a:b]]:.1f}"
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        axes.text(middle, height + 0.14 * side, label, ha="center", va="center", fontsize=10, color=colour, bbox=ground)
    axes.plot(range(len(word) + 1), [0] * (len(word) + 1), "o", color=BLACK, markersize=6)
    return figure


def next_token_network(vocab_size: int = 512, context: int = 8, dim: int = 32, hidden: int = 128) -> Figure:
    """Bengio's network from left to right, with the shape of each step for one context."""
    figure, axes = _blank(9.5, 3.4, (19.5, 7.6))
    height = 6 / context
    for i in range(context):
        y = 0.9 + i * height
        _box(axes, 0.2, y, 1.3, height * 0.8, f"t−{context - i}", "white", 9)
        _box(axes, 3.0, y, 2.2, height * 0.8, f"{dim} numbers", size=8)
        _arrow(axes, (1.55, y + height * 0.4), (2.95, y + height * 0.4))
    _box(axes, 7.2, 0.9, 1.3, 6, f"{context * dim}\nnumbers\nside\nby\nside", size=9)
    _box(axes, 11.4, 2.2, 1.3, 3.4, f"{hidden}\nhidden", size=9)
    _box(axes, 15.8, 0.9, 1.5, 6, f"{vocab_size}\nlogits", size=9)
    for x0, x1, words in ((5.3, 7.1, "flatten"), (8.6, 11.3, f"W ({context * dim}, {hidden})\nthen GELU"),
                          (12.8, 15.7, f"W ({hidden}, {vocab_size})")):  # fmt: skip
        _arrow(axes, (x0, 3.9), (x1, 3.9))
        axes.text((x0 + x1) / 2, 3.65, words, ha="center", va="bottom", fontsize=9, color=BLUE)
    axes.text(17.5, 3.9, "softmax:\nP(next token)", va="center", fontsize=9)
    shapes = ((0.85, f"token ids\n({context},)"), (4.1, f"vectors\n({context}, {dim})"), (7.85, f"({context * dim},)"),
              (12.05, f"({hidden},)"), (16.55, f"({vocab_size},)"))  # fmt: skip
    for x, words in shapes:
        axes.text(x, 0.7, words, ha="center", va="bottom", fontsize=9)
    return figure


# --- what the studies found -------------------------------------------------------------------------------------------


def _points(axes: Axes, rows: Sequence[Mapping], x: str, colour: str, marker: str, name: str) -> None:
    """A line through the mean of each row's test values, and the single starts as points."""
    axes.plot([row[x] for row in rows], [np.mean(row["test"]) for row in rows], marker=marker, color=colour, label=name)
    for row in rows:
        if len(row["test"]) > 1:
            axes.plot([row[x]] * len(row["test"]), row["test"], ".", color=BLACK, markersize=3, zorder=3)


def contexts() -> Figure:
    """Bits per character on the test plays, by how far back counts and networks look."""
    figure, axes = plt.subplots(figsize=(7.5, 3.6))
    for model, colour, marker in (("counts", ORANGE, "s"), ("network", BLUE, "o")):
        rows = results.rows("language_models", "contexts", model=model)
        _points(axes, rows, "context", colour, marker, model)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 2, 4, 8], ["1", "2", "4", "8"])
    axes.set(xlabel="tokens that the model looks back", ylabel="bits per character\n(test plays)", ylim=(2, 3))
    axes.legend(fontsize=10)
    return figure


def vocabularies() -> Figure:
    """Bits per character on the test plays by size of vocabulary, and how many tokens are rare."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.9), width_ratios=(3, 2))
    counts, network = (results.rows("language_models", "vocabulary", model=model) for model in ("counts", "network"))
    few = [row for row in counts if row["plays"] != max(r["plays"] for r in counts)]
    many = [row for row in counts if row not in few]
    for rows, colour, marker, name in (
        (few, ORANGE, "s", "counts"),
        (many, GREEN, "D", "counts"),
        (network, BLUE, "o", "network"),
    ):
        _points(left, rows, "vocabulary", colour, marker, f"{name}, {rows[0]['plays']} plays")
    for rows, colour, marker in ((few, ORANGE, "s"), (many, GREEN, "D")):
        right.plot([row["vocabulary"] for row in rows], [100 * row["seen_less_than_100_times"] for row in rows],
                   marker=marker, color=colour, label=f"{rows[0]['plays']} plays")  # fmt: skip
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_xticks([256, 512, 1024, 2048, 4096], ["256", "512", "1,024", "2,048", "4,096"], fontsize=10)
        axes.set_xlabel("tokens in the vocabulary")
        axes.legend(fontsize=10)
    left.set(ylabel="bits per character\n(test plays)", ylim=(2, 3))
    right.set(ylabel="% of tokens seen\nless than 100 times", ylim=(0, 100))
    return figure


def label_noise() -> Figure:
    """Validation accuracy by the share of wrong training labels, for TF-IDF and MiniLM's sentence vectors."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True)
    kinds = (("any label wrong", False, "accuracy", "o-"), ("only positive labels wrong", True, "accuracy", "s-"),
             ("any, scored on noisy labels", False, "accuracy_on_noisy_labels", "D--"))  # fmt: skip
    for axes, inputs, title in zip(panels, ("tfidf", "minilm"), ("TF-IDF", "MiniLM's sentence vectors"), strict=True):
        for name, one_sided, measure, style in kinds:
            rows = results.rows("data_quality", "label_noise", inputs=inputs, one_sided=one_sided)
            shares = sorted({row["share"] for row in rows})
            means = [np.mean([row[measure] for row in rows if row["share"] == share]) for share in shares]
            axes.plot(shares, means, style, label=name)
        axes.set(xlabel="share of training labels that are wrong", title=title, ylim=(0, 1))
    panels[0].set_ylabel("validation accuracy")
    panels[0].legend(fontsize=10, loc="lower left")
    return figure


# --- word vectors and the recap ---------------------------------------------------------------------------------------


def pair_map(space: Directions, pairs: Pairs, title: str = "") -> Figure:
    """Pairs of words in the two directions in which these words vary most (principal components), joined by arrows."""
    words = [word for pair in pairs for word in pair]
    vectors = np.stack([space[word] for word in words])
    centred = vectors - vectors.mean(0)
    flat = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T  # (words, 2)
    figure, axes = plt.subplots(figsize=(7.5, 4.2))
    for (a, b), start, end in zip(pairs, flat[::2], flat[1::2], strict=True):
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": SKY})
        axes.text(start[0], start[1], a, ha="center", va="center", fontsize=11, color=BLUE)
        axes.text(end[0], end[1], b, ha="center", va="center", fontsize=11, color="#A84300")
    low, high = flat.min(0) - 0.12, flat.max(0) + 0.12
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), title=title, xticks=[], yticks=[])
    axes.grid(False)
    return figure


def what_you_own() -> Figure:
    """The chapter in one picture: three ways to cut, one number for each piece, three things to do with them."""
    figure, axes = _blank(9.5, 4.6, (20, 10.4))
    _box(axes, 0.2, 4.2, 2.6, 2, "text", "white")
    cuts = (("byte-pair encoding", "merges, in the order learnt"), ("WordPiece", "longest piece first, or [UNK]"),
            ("Unigram", "cheapest row of pieces"))  # fmt: skip
    for i, (name, how) in enumerate(cuts):
        _box(axes, 4.2, 0.6 + 3.3 * i, 4.8, 2.4, f"{name}\n{how}")
        _arrow(axes, (2.9, 5.2), (4.1, 1.8 + 3.3 * i))
        _arrow(axes, (9.1, 1.8 + 3.3 * i), (10.1, 5.2))
    _box(axes, 10.2, 4.2, 2.6, 2, "token ids\n(tokens,)", "white")
    uses = (("counts", "bag of words, TF-IDF:\n(texts, words)"),
            ("a vector for each token", "embedding table:\n(vocabulary, dim)"),
            ("the next token", "language model, measured\nin bits per character"))  # fmt: skip
    for i, (name, how) in enumerate(uses):
        _box(axes, 14.2, 0.6 + 3.3 * i, 5.4, 2.4, f"{name}\n{how}")
        _arrow(axes, (12.9, 5.2), (14.1, 1.8 + 3.3 * i))
    axes.text(6.6, 0.3, "three ways to cut", ha="center", fontsize=11, color=BLUE)
    axes.text(16.9, 0.3, "three things to do with the numbers", ha="center", fontsize=11, color=BLUE)
    return figure
