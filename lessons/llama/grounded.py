"""Answering from a text: find the passage, let the model answer from it, and see whether it did.

The facts are made up, so a model can have them from the passage alone. Each comes with its question, its answer and a
short passage; two passages of one kind differ in the name and in the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lessons.applications.search import BM25, terms
from lessons.kit import checks
from lessons.kit.texts import listed

# --- search -----------------------------------------------------------------------------------------------------------


class Passages:
    """Texts that can be searched for those that share the rare words of a question, with the BM25 of notebook 09."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        """Raises what `BM25` raises."""
        self.texts = listed(texts)
        self._by_words = BM25(self.texts, k1, b)

    def scores(self, question: str) -> list[float]:
        """One for each text; higher is better. Raises TypeError for what is no text."""
        return self._by_words.scores([question])[0].tolist()

    def search(self, question: str, k: int = 1) -> list[int]:
        """The places of the k best texts, the best first. Raises ValueError for k below 1, TypeError as `scores`."""
        checks.whole(k=k)
        scores = self.scores(question)
        return sorted(range(len(scores)), key=lambda place: -scores[place])[:k]


# --- facts that nobody can know ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """A question, its answer, and a passage that holds it. `kind` is what is asked for."""

    kind: str
    question: str
    answer: str
    passage: str


TEMPLATES = {  # kind -> question, passage; {name} is made up, {answer} drawn
    "capital": (
        "What is the capital of {name}?",
        "{name} is a small country between two rivers. The capital of {name} is {answer}. Most of its people farm.",
    ),
    "year": (
        "In which year was the bridge of {name} finished?",
        "The old town of {name} lies on a hill. Its stone bridge was finished in {answer}. It has seven arches.",
    ),
    "founder": (
        "Who founded the museum of {name}?",
        "The museum of {name} shows clocks and maps. It was founded by {answer}. On Mondays it is closed.",
    ),
    "height": (
        "How high is Mount {name} in metres?",
        "Mount {name} stands near the coast. It is {answer} metres high. Snow lies on its top until June.",
    ),
}
HEADS, MIDDLES = ("Vel", "Dor", "Kas", "Mar", "Tol", "Bri", "Zan", "Ost", "Lun", "Per"), ("mo", "ri", "ve", "ta", "lu")
TAILS = {"capital": ("nia", "land", "via"), "year": ("ton", "burg", "ford"), "founder": ("dale", "wick", "stead"),
         "height": ("kan", "dor", "mir"), "town": ("polis", "grad", "mouth")}  # fmt: skip
FIRST = ("Anna", "Peter", "Clara", "Hugo", "Nora", "Oscar", "Ruth", "Simon")
LAST = ("Bergman", "Castell", "Duval", "Engel", "Ferrant", "Holm", "Keller", "Lindqvist")


def facts(n: int = 40, seed: int = 0) -> tuple[Fact, ...]:
    """n made-up facts, the kinds in turn; no name and no answer occurs twice within a kind.

    Raises ValueError for n below 1, or more than there are names.
    """
    checks.whole(n=n)
    checks.whole(0, seed=seed)
    rng = np.random.default_rng(seed)
    per_kind = -(-n // len(TEMPLATES))
    if per_kind > len(HEADS) * len(MIDDLES):
        raise ValueError(f"There are names for {len(HEADS) * len(MIDDLES) * len(TEMPLATES)} facts, not for {n}.")
    made = {kind: _of_kind(kind, per_kind, rng) for kind in TEMPLATES}
    return tuple(made[kind][place] for place in range(per_kind) for kind in TEMPLATES)[:n]


def _of_kind(kind: str, n: int, rng: np.random.Generator) -> list[Fact]:
    question, passage = TEMPLATES[kind]
    drawn = {
        "capital": lambda: _names("town", n, rng),
        "year": lambda: rng.choice(np.arange(1601, 1990), n, replace=False).tolist(),
        "founder": lambda: rng.permutation([f"{a} {b}" for a in FIRST for b in LAST])[:n].tolist(),
        "height": lambda: rng.choice(np.arange(1011, 4990), n, replace=False).tolist(),
    }
    pairs = zip(_names(kind, n, rng), map(str, drawn[kind]()), strict=True)
    return [Fact(kind, question.format(name=name), answer, passage.format(name=name, answer=answer))
            for name, answer in pairs]  # fmt: skip


def _names(kind: str, n: int, rng: np.random.Generator) -> list[str]:
    stems = rng.permutation([head + middle for head in HEADS for middle in MIDDLES])[:n]
    return [f"{stem}{rng.choice(TAILS[kind])}" for stem in stems]


# Real capitals, each with a town of the same country that is not: a passage may contradict what a model has learnt.
CAPITALS = {
    "France": ("Paris", "Lyon"), "Italy": ("Rome", "Milan"), "Spain": ("Madrid", "Seville"),
    "Germany": ("Berlin", "Munich"), "Japan": ("Tokyo", "Osaka"), "Egypt": ("Cairo", "Alexandria"),
    "Russia": ("Moscow", "Kazan"), "China": ("Beijing", "Shanghai"), "Greece": ("Athens", "Patras"),
    "Portugal": ("Lisbon", "Porto"), "Poland": ("Warsaw", "Gdansk"), "Austria": ("Vienna", "Graz"),
    "Norway": ("Oslo", "Bergen"), "Ireland": ("Dublin", "Cork"), "Hungary": ("Budapest", "Szeged"),
    "Cuba": ("Havana", "Camaguey"), "Peru": ("Lima", "Cusco"), "Kenya": ("Nairobi", "Mombasa"),
    "Thailand": ("Bangkok", "Phuket"), "Sweden": ("Stockholm", "Malmo"),
}  # fmt: skip


def contradictions() -> tuple[Fact, ...]:
    """Questions for real capitals with passages that name another town of the country; the answer is the passage's."""
    question, passage = TEMPLATES["capital"]
    return tuple(
        Fact("capital", question.format(name=name), other, passage.format(name=name, answer=other))
        for name, (_, other) in CAPITALS.items()
    )


# --- what the model reads, and what it said ---------------------------------------------------------------------------

WAY_OUT = {True: " If the text does not say it, answer: I don't know.", False: ""}
FROM_TEXT = "Answer the question from the text.{way_out}\n\nText: {passage}\n\nQuestion: {question}"


def asked(question: str, passage: str | None = None, way_out: bool = True) -> str:
    """What a user would type: the question alone, or behind a passage, with or without leave not to know.

    Raises TypeError for what is no text.
    """
    (question,) = listed([question])
    if passage is None:
        return question
    (passage,) = listed([passage])
    return FROM_TEXT.format(way_out=WAY_OUT[way_out], passage=passage, question=question)


def says(reply: str, answer: str) -> bool:
    """Whether a reply holds an answer, as whole words and whatever the case, with or without commas in numbers."""

    def plain(text: str) -> str:
        return " ".join(terms(re.sub(r"(?<=\d),(?=\d{3})", "", text)))

    if not plain(answer):
        raise ValueError(f"An answer has a word or a number; {answer!r:.60} has none.")
    return f" {plain(answer)} " in f" {plain(reply)} "


ABSTAINS = re.compile(
    r"(do|does|did|is|was|am|are|can|could)(n[o']?t| not)\b.{0,40}\b(know|say|mention|specif|provide|state|given|find)"
    r"|\bnot (sure|certain|aware|clear)\b|\bunknown\b|no information|not enough information|unable to",
    re.IGNORECASE,
)


def abstains(reply: str) -> bool:
    """Whether a reply says that it does not know: by its wording, so a new wording may be missed."""
    return ABSTAINS.search(reply.replace("’", "'")) is not None
