"""What a small chat model knows: an exam with right answers, and whether its probability tells right from made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lessons.kit import checks
from lessons.llama.grounded import abstains, facts, says


@dataclass(frozen=True)
class Question:
    """One question of the exam, and the answers that count as right; none, if nobody can know it."""

    subject: str  # "facts", "arithmetic", "negation" or "made up"
    text: str
    answers: tuple[str, ...]

    def is_right(self, reply: str) -> bool:
        """Whether a reply holds a right answer; where there is none, whether it says so."""
        if self.subject == "negation":
            return first_truth(reply) == self.answers[0]
        if self.subject == "made up":
            return abstains(reply)
        return any(says(reply, answer) for answer in self.answers)


def first_truth(reply: str) -> str | None:
    """The first "true" or "false" of a reply, in lower case; None if there is neither."""
    found = re.search(r"\b(true|false)\b", reply, re.IGNORECASE)
    return found[0].lower() if found else None


FACTS = {
    "What is the capital of France?": "Paris", "What is the capital of Japan?": "Tokyo",
    "What is the capital of Egypt?": "Cairo", "What is the capital of Peru?": "Lima",
    "What is the capital of Kenya?": "Nairobi", "What is the capital of Norway?": "Oslo",
    "What is the chemical symbol of gold?": "Au", "What is the chemical symbol of iron?": "Fe",
    "What gas do plants take in from the air?": "carbon dioxide|CO2", "What is frozen water called?": "ice",
    "Which planet is nearest to the sun?": "Mercury", "Which planet is the largest of the solar system?": "Jupiter",
    "Who wrote Romeo and Juliet?": "Shakespeare", "Who wrote The Origin of Species?": "Darwin",
    "Who painted the Mona Lisa?": "Leonardo|Vinci", "Who developed the theory of relativity?": "Einstein",
    "In which year did the Second World War end?": "1945", "In which year did people first land on the moon?": "1969",
    "How many days are in a week?": "seven|7", "How many legs does a spider have?": "eight|8",
    "What is the largest ocean on Earth?": "Pacific", "On which continent is Brazil?": "South America",
    "Which animal is known as the king of the jungle?": "lion", "What language is spoken in Mexico?": "Spanish",
}  # fmt: skip
STATEMENTS = (  # what is denied by "not" in its place
    ("A cat is {}an animal.", True), ("A stone is {}an animal.", False), ("Fire is {}hot.", True),
    ("Ice is {}hot.", False), ("The sun is {}a star.", True), ("The moon is {}a star.", False),
    ("Paris is {}in France.", True), ("Paris is {}in Japan.", False), ("A week does {}have seven days.", True),
    ("A week does {}have nine days.", False), ("Birds do {}lay eggs.", True), ("Dogs do {}lay eggs.", False),
)  # fmt: skip


def exam(n_made_up: int = 24) -> tuple[Question, ...]:
    """Facts, sums and products, statements with and without a "not", and questions about things that do not exist.

    Raises ValueError for less than one made-up question, or more than there are.
    """
    checks.whole(n_made_up=n_made_up)
    known = [Question("facts", text, tuple(answer.split("|"))) for text, answer in FACTS.items()]
    denied = [
        Question("negation", f"True or false: {text.format(word)}", (("false", "true")[is_true != bool(word)],))
        for text, is_true in STATEMENTS
        for word in ("", "not ")
    ]
    made_up = [Question("made up", fact.question, ()) for fact in facts(n_made_up, seed=1)]
    return (*known, *_sums(), *denied, *made_up)


def _sums(n: int = 8, seed: int = 0) -> list[Question]:
    """n each: sums of one digit, sums of two digits, products of one digit."""
    rng = np.random.default_rng(seed)
    found = []
    for low, high, sign in ((2, 10, "+"), (11, 100, "+"), (2, 10, "×")):
        for a, b in rng.integers(low, high, (n, 2)).tolist():
            found.append(Question("arithmetic", f"What is {a} {sign} {b}?", (str(a + b if sign == "+" else a * b),)))
    return found


# --- does its probability tell? ---------------------------------------------------------------------------------------


def _two_groups(high: ArrayLike, low: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    try:
        groups = np.asarray(high, dtype=float), np.asarray(low, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Each group must be numbers: {error}.") from error
    if any(group.ndim != 1 or not group.size or not np.isfinite(group).all() for group in groups):
        raise ValueError("Each group must be one row of finite numbers, one or more.")
    return groups


def separation(high: ArrayLike, low: ArrayLike) -> float:
    """How often a number of the first group is above one of the second, ties as half: (n,), (m,) -> 0 to 1.

    ½ if the groups are alike, 1 if all of the first are above all of the second: the area under the ROC curve (Hanley &
    McNeil 1982). Raises ValueError for a group without numbers, or with some that are not finite.
    """
    first, second = _two_groups(high, low)
    difference = first[:, None] - second  # (n, m)
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


def separation_interval(high: ArrayLike, low: ArrayLike, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """A 95 % interval of `separation` over other questions of the same kinds: a bootstrap within each group.

    Raises ValueError as there, and for no draws.
    """
    checks.sizes(draws=draws)
    checks.whole(0, seed=seed)
    first, second = _two_groups(high, low)
    rng = np.random.default_rng(seed)
    found = [separation(rng.choice(first, len(first)), rng.choice(second, len(second))) for _ in range(draws)]
    low_end, high_end = np.quantile(found, [0.025, 0.975])
    return float(low_end), float(high_end)


# --- memory and speed by formula --------------------------------------------------------------------------------------


def cache_bytes(n_tokens: int, n_layers: int, n_key_heads: int, head_dim: int, bytes_per_number: int = 4) -> int:
    """What keys and values of so many tokens take: 2 · layers · tokens · key heads · head_dim numbers.

    Raises ValueError for sizes below 1.
    """
    checks.whole(n_tokens=n_tokens, n_layers=n_layers, n_key_heads=n_key_heads)
    checks.whole(head_dim=head_dim, bytes_per_number=bytes_per_number)
    return 2 * n_layers * n_tokens * n_key_heads * head_dim * bytes_per_number


def llama_parameters(
    vocab_size: int, hidden_size: int, n_layers: int, n_heads: int, n_key_heads: int, intermediate_size: int
) -> int:
    """A Llama with tied embeddings: embedding, layers of two maps d × d, two d × (d · key share), three d × f, norms.

    Raises ValueError for sizes below 1, or heads that do not fit.
    """
    checks.whole(vocab_size=vocab_size, hidden_size=hidden_size, n_heads=n_heads, n_key_heads=n_key_heads)
    checks.whole(intermediate_size=intermediate_size)
    checks.whole(0, n_layers=n_layers)
    if hidden_size % n_heads or n_heads % n_key_heads:
        raise ValueError(f"{n_heads} and {n_key_heads} heads cannot share hidden_size {hidden_size}.")
    d, shared = hidden_size, hidden_size // n_heads * n_key_heads
    layer = 2 * d * d + 2 * d * shared + 3 * d * intermediate_size + 2 * d
    return vocab_size * d + n_layers * layer + d


def tokens_a_second(weight_bytes: float, bytes_a_second: float) -> float:
    """The most that one text can get: every weight is read once for each token (Pope et al. 2022, section 2.1).

    Raises ValueError for numbers that are not above 0.
    """
    checks.positive(weight_bytes=weight_bytes, bytes_a_second=bytes_a_second)
    return bytes_a_second / weight_bytes


def window_mask(start: int, n: int, window: int, sinks: int = 0) -> Tensor:
    """Who may look where if only the last `window` tokens, itself among them, and the first `sinks` are kept.

    (n, start + n) for n tokens of which the first stands at place `start` (Xiao et al. 2023, section 3.2). Raises
    ValueError for a window below 1, or other numbers that are none.
    """
    checks.whole(0, start=start, sinks=sinks)
    checks.sizes(n=n, window=window, end=start + n)
    query, key = torch.arange(start, start + n)[:, None], torch.arange(start + n)
    return (key <= query) & ((key > query - window) | (key < sinks))


def obeys(rule: str, reply: str) -> bool:
    """Whether a reply keeps one of `RULES`. Raises ValueError for another rule."""
    if rule not in RULES:
        raise ValueError(f"The rules are {', '.join(RULES)}; there is no {rule!r:.60}.")
    words: Sequence[str] = re.findall(r"\w+", reply)
    letters = [letter for letter in reply if letter.isalpha()]
    kept = {
        "one word": len(words) == 1,
        "capitals": bool(letters) and all(not letter.islower() for letter in letters),
        "ends with DONE": reply.rstrip(" .!\n").endswith("DONE"),
        "never says the": bool(words) and "the" not in [word.lower() for word in words],
    }
    return kept[rule]


RULES = {  # name -> the system prompt that sets it
    "one word": "Answer with exactly one word.",
    "capitals": "WRITE IN CAPITAL LETTERS ONLY.",
    "ends with DONE": "End every answer with the word DONE.",
    "never says the": "Never use the word 'the' in an answer.",
}
