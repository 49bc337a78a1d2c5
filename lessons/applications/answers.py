"""Answers in a text: where does the answer begin, where does it end, and is there one at all?

Without a network there is no SQuAD (Rajpurkar et al. 2016), so passages and questions are made from facts about
countries. That is a small world: five kinds of question, in wordings that we wrote. `from_squad` reads the real one.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.applications.heads import Encoded, EveryToken, check_scores
from lessons.bert import BERT
from lessons.kit import checks, pretrained, training
from lessons.kit.batches import Batch
from lessons.kit.datasets import Country, countries, wikitext

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Question:
    """A question about a passage; `answers` are what counts as right, none of them if the passage does not say it.

    `start` is the place in the passage, in characters, where the first of the answers begins; 0 if there is none.
    """

    question: str
    passage: str
    answers: tuple[str, ...]
    start: int = 0
    kind: str = ""


class Answer(NamedTuple):
    """A piece of the passage ("" for no answer), its score, and how far the score is above that of no answer."""

    text: str
    score: float
    margin: float


# --- how answers are judged -------------------------------------------------------------------------------------------


def plain(answer: str) -> str:
    """An answer without case, punctuation, articles and double spaces, as SQuAD compares them.

    Raises ValueError for what is no text.
    """
    if not isinstance(answer, str):
        raise ValueError(f"An answer is a text (str), not {type(answer).__name__}.")
    without = "".join(character for character in answer.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", without).split())


def exact_match(answers: Sequence[str], given: str) -> float:
    """1 if what is given is one of the answers, as `plain`, else 0; without answers, "" is right.

    Raises ValueError for what is no text, TypeError for one bare string of answers.
    """
    return max(float(plain(given) == plain(answer)) for answer in _some(answers))


def answer_f1(answers: Sequence[str], given: str) -> float:
    """Shared words with the best of the answers: harmonic mean of precision and recall (Rajpurkar et al. 2016, 6.1).

    Raises as `exact_match`.
    """
    return max(_shared(plain(answer).split(), plain(given).split()) for answer in _some(answers))


def _some(answers: Sequence[str]) -> Sequence[str]:
    if isinstance(answers, str):
        raise TypeError(f"Give a list of answers, not one string: [{answers!r:.60}].")
    return answers if len(answers) else [""]


def _shared(answer: list[str], given: list[str]) -> float:
    if not answer or not given:
        return float(answer == given)
    shared = (Counter(answer) & Counter(given)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(given), shared / len(answer)
    return 2 * precision * recall / (precision + recall)


def judged(questions: Sequence[Question], given: Sequence[str]) -> dict[str, float]:
    """Mean exact match and F1. Raises ValueError for no question, or another number of answers."""
    if not len(questions) or len(questions) != len(given):
        raise ValueError(f"{len(questions)} questions, but {len(given)} answers.")
    pairs = list(zip(questions, given, strict=True))
    return {
        "EM": float(np.mean([exact_match(question.answers, answer) for question, answer in pairs])),
        "F1": float(np.mean([answer_f1(question.answers, answer) for question, answer in pairs])),
    }


# --- the best span ----------------------------------------------------------------------------------------------------


def best_span(start: Tensor, end: Tensor, max_tokens: int = 12) -> tuple[int, int, float]:
    """The first and the last token of the best span, and its score: start[i] + end[j] for i <= j < i + max_tokens.

    `start` and `end` are scores (tokens,), -inf where no answer may begin or end. Raises ValueError for other shapes
    and if no span is allowed.
    """
    checks.whole(max_tokens=max_tokens)
    if start.ndim != 1 or start.shape != end.shape or not len(start) or not start.is_floating_point():
        raise ValueError(f"start and end are scores (tokens,); these are {[*start.shape]} and {[*end.shape]}.")
    scores = start[:, None] + end[None, :]  # (first token, last token)
    place = torch.arange(len(start))
    length = place[None, :] - place[:, None]
    scores = scores.masked_fill((length < 0) | (length >= max_tokens), -torch.inf)
    best = int(scores.argmax())
    i, j = divmod(best, len(start))
    if not torch.isfinite(scores[i, j]):
        raise ValueError("No span is allowed: there must be a finite start at or before a finite end.")
    return i, j, scores[i, j].item()


# --- a small world of questions ---------------------------------------------------------------------------------------

# For each kind of question: what a passage says, and how one asks. The last two wordings are kept for the test.
STATEMENTS: dict[str, tuple[str, ...]] = {
    "capital": (
        "The capital of {name} is {answer}.",
        "{answer} is the capital city of {name}.",
        "The government of {name} sits in {answer}.",
        "{name} is ruled from {answer}, its capital.",
    ),
    "region": (
        "{name} lies in {answer}.",
        "{name} is part of {answer}.",
        "On the map, {name} is found in {answer}.",
    ),
    "area": (
        "{name} covers {answer} square kilometres.",
        "The land of {name} measures {answer} square kilometres.",
        "With {answer} square kilometres, {name} has its place among the countries of the world.",
    ),
    "population": (
        "{name} has {answer} inhabitants.",
        "Some {answer} people live in {name}.",
        "The population of {name} is {answer}.",
    ),
    "demonym": (
        "The people of {name} are called {answer}.",
        "Someone from {name} is {answer}.",
        "{answer} is the word for what comes from {name}.",
    ),
}
WORDINGS: dict[str, tuple[str, ...]] = {
    "capital": (
        "What is the capital of {name}?",
        "Which city is the capital of {name}?",
        "What is the name of the capital city of {name}?",
        "Where is the seat of government of {name}?",
        "From which city is {name} governed?",
    ),
    "region": (
        "On which continent is {name}?",
        "Which part of the world does {name} belong to?",
        "Which continent does {name} lie on?",
        "Where on the map is {name}?",
        "In what region of the world would you look for {name}?",
    ),
    "area": (
        "How large is {name}?",
        "What is the area of {name}?",
        "How many square kilometres does {name} cover?",
        "How big is {name}?",
        "What is the size of {name}?",
    ),
    "population": (
        "How many people live in {name}?",
        "What is the population of {name}?",
        "How many inhabitants does {name} have?",
        "How populous is {name}?",
        "What is the number of inhabitants of {name}?",
    ),
    "demonym": (
        "What are the people of {name} called?",
        "What is someone from {name} called?",
        "What does one call the people who live in {name}?",
        "What is the word for a person from {name}?",
        "How do you name somebody who comes from {name}?",
    ),
}
KINDS = tuple(STATEMENTS)
HELD_OUT_WORDINGS = 2


def _facts(country: Country) -> dict[str, str]:
    return {
        "capital": country.capital,
        "region": country.region,
        "area": f"{country.area:,}",
        "population": f"{country.population:,}",
        "demonym": country.demonym,
    }


def split_countries() -> dict[str, tuple[Country, ...]]:
    """The countries in three disjoint parts: 128 to learn from, 50 for validation, 50 for the test."""
    every = countries()
    return {"train": every[100:], "validation": every[50:100], "test": every[:50]}


@cache
def distractors(split: str = "train") -> tuple[str, ...]:
    """Sentences of 8 to 25 words from a split of WikiText-2, each in one of them. Raises ValueError for another."""
    if split not in ("train", "validation", "test"):
        raise ValueError(f"There is no split {split!r}: it is train, validation or test.")
    known = set() if split == "train" else set(distractors("train"))
    lines = (line.strip() for article in getattr(wikitext(), split) for line in article.split("\n"))
    sentences = (sentence for line in lines if not line.startswith("=") for sentence in re.split(r"(?<= \.) ", line))
    fits = (s for s in sentences if 8 <= len(s.split()) <= 25 and "@" not in s and s.endswith(" .") and s not in known)
    return tuple(dict.fromkeys(fits))


def make_questions(
    n: int,
    split: str = "train",
    *,
    wordings: str = "known",
    seed: int = 0,
    unanswerable: float = 0.2,
    n_facts: int = 2,
    n_distractors: int = 1,
) -> list[Question]:
    """n questions on passages that tell of two countries among sentences of WikiText, of these countries and wordings.

    Each passage says the same kinds of thing, `n_facts` of them, about both countries: a question must be read to be
    answered. A share of the questions asks for what the passage does not say. `wordings` are "known" or "unseen".

    Raises ValueError for an unknown split or wordings, n below 1 and what is no share.
    """
    checks.whole(n=n)
    checks.whole(n_facts=n_facts)
    checks.whole(0, seed=seed, n_distractors=n_distractors)
    checks.shares(unanswerable=unanswerable)
    if wordings not in ("known", "unseen"):
        raise ValueError(f"Wordings are 'known' or 'unseen', not {wordings!r}.")
    if split not in ("train", "validation", "test"):
        raise ValueError(f"There is no split {split!r}: it is train, validation or test.")
    if not 1 <= n_facts < len(KINDS):
        raise ValueError(f"A passage says from 1 to {len(KINDS) - 1} kinds of thing, not {n_facts!r}.")
    rng = np.random.default_rng(seed)
    world, fillers = split_countries()[split], distractors(split)
    how = _Recipe(wordings == "unseen", unanswerable, n_facts, n_distractors)
    return [_made(rng, world, fillers, how) for _ in range(n)]


class _Recipe(NamedTuple):
    is_unseen: bool
    unanswerable: float
    n_facts: int
    n_distractors: int


class _Sentence(NamedTuple):
    text: str
    about: tuple[str, str] = ("", "")  # the country, and the kind of fact
    answer: str = ""
    start: int = 0  # of the answer, in the sentence


def _made(
    rng: np.random.Generator,
    world: Sequence[Country],
    fillers: Sequence[str],
    how: _Recipe,
) -> Question:
    pair = [world[i] for i in rng.choice(len(world), 2, replace=False)]
    order = [KINDS[i] for i in rng.permutation(len(KINDS))]
    told, untold = order[: how.n_facts], order[how.n_facts :]
    sentences = [_statement(rng, country, kind) for country in pair for kind in told]
    sentences += [_Sentence(fillers[int(rng.integers(len(fillers)))]) for _ in range(how.n_distractors)]
    sentences = [sentences[i] for i in rng.permutation(len(sentences))]
    is_there = rng.random() >= how.unanswerable
    kind = str(rng.choice(told if is_there else untold))
    forms = WORDINGS[kind][-HELD_OUT_WORDINGS:] if how.is_unseen else WORDINGS[kind][:-HELD_OUT_WORDINGS]
    question = str(rng.choice(forms)).format(name=pair[0].name)
    passage = " ".join(sentence.text for sentence in sentences)
    if not is_there:
        return Question(question, passage, (), 0, kind)
    place = next(i for i, sentence in enumerate(sentences) if sentence.about == (pair[0].name, kind))
    before = sum(len(sentence.text) + 1 for sentence in sentences[:place])
    return Question(question, passage, (sentences[place].answer,), before + sentences[place].start, kind)


def _statement(rng: np.random.Generator, country: Country, kind: str) -> _Sentence:
    """One of the ways to say a fact."""
    answer = _facts(country)[kind]
    form = str(rng.choice(STATEMENTS[kind]))
    start = len(form.partition("{answer}")[0].format(name=country.name))  # not `index`: the name may hold the answer
    return _Sentence(form.format(name=country.name, answer=answer), (country.name, kind), answer, start)


def from_squad(rows: Iterable[dict[str, Any]]) -> list[Question]:
    """Questions of SQuAD 1.1 or 2.0, in the rows that the hub's data set has: question, context, answers.

    Raises ValueError for a row whose answer does not stand where it says.
    """
    found = []
    for row in rows:
        texts, starts = row["answers"]["text"], row["answers"]["answer_start"]
        if texts and row["context"][starts[0] : starts[0] + len(texts[0])] != texts[0]:
            raise ValueError(f"{texts[0]!r:.60} does not stand at {starts[0]} in its passage.")
        found.append(Question(row["question"], row["context"], tuple(texts), starts[0] if texts else 0))
    return found


def without_question(questions: Sequence[Question]) -> list[Question]:
    """The same passages with nothing asked: a control. What is still right did not need the question."""
    return [replace(question, question="?") for question in questions]


# --- a rule by hand ---------------------------------------------------------------------------------------------------


def hand_rule(question: Question) -> str:
    """An answer without learning: the sentence that shares most words with the question, and in it a number or a name.

    For "how many", "how large" and the like it takes the first number, else the first run of capitalised words that the
    question does not hold; "" if there is none.
    """
    asked = set(plain(question.question).split())
    sentences = re.split(r"(?<=\.) ", question.passage)
    best = max(sentences, key=lambda sentence: len(asked & set(plain(sentence).split())))
    if asked & {"many", "large", "big", "area", "population", "size", "number", "populous"}:
        numbers = re.findall(r"\d[\d,]*", best)
        return numbers[0] if numbers else ""
    names = re.findall(r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*", best)
    return next((name for name in names if not set(plain(name).split()) & asked and plain(name)), "")


# --- the head ---------------------------------------------------------------------------------------------------------


def answer_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy of the first and of the last token among all tokens of a text; labels are (batch, 2).

    Padding can be neither. Raises ValueError for labels that do not fit.
    """
    logits = model(batch["token_ids"], batch["attention_mask"], batch["token_type_ids"])  # (batch, tokens, 2)
    labels, mask = batch["labels"], batch["attention_mask"]
    check_scores(logits, labels)
    assert labels is not None
    if mask is not None:
        logits = logits.masked_fill(mask[..., None] == 0, torch.finfo(logits.dtype).min)
    checks.labels(logits.transpose(1, 2), labels)
    return F.cross_entropy(logits.transpose(1, 2).flatten(0, 1), labels.flatten())


class AnswerFinder(EveryToken):
    """BERT with two scores for every token: that the answer begins here, and that it ends here.

    "No answer" is the span of [CLS] alone (Devlin et al. 2019, sections 4.2 and 4.3). The layout is that of
    transformers' BertForQuestionAnswering.
    """

    head_name: ClassVar[str] = "qa_outputs"
    architecture: ClassVar[str] = "BertForQuestionAnswering"

    def __init__(self, bert: BERT, tokenizer: PreTrainedTokenizerBase, max_tokens: int = 256) -> None:
        """Raises ValueError for less than one token."""
        super().__init__(bert, tokenizer, 2, max_tokens)

    @classmethod
    def from_pretrained(cls, name: str = "minilm", *, seed: int = 0) -> Self:
        """A pretrained encoder under a new head. Raises ValueError for a seed below 0."""
        checks.whole(0, seed=seed)
        bert, tokenizer = BERT.from_pretrained(name), pretrained.tokenizer(name)
        torch.manual_seed(seed)
        return cls(bert, tokenizer).eval()

    def _cut(self, questions: Sequence[Question]) -> Any:
        """The tokenizer's encoding of question and passage; of a pair that is too long the passage is cut."""
        if isinstance(questions, str) or not len(questions):
            raise ValueError("Give a list of questions, one or more.")
        texts = [question.question for question in questions], [question.passage for question in questions]
        how = {"truncation": "only_second", "max_length": self.max_tokens, "return_offsets_mapping": True}
        return self.tokenizer(*texts, return_token_type_ids=True, **how)

    def encode(self, questions: Sequence[Question]) -> tuple[Encoded, list[list[int]]]:
        """[CLS] question [SEP] passage [SEP], and for each the first and the last token of its answer, or [0, 0].

        Raises ValueError for no question.
        """
        found = self._cut(questions)
        encoded = Encoded(found["input_ids"], found["token_type_ids"], [])
        rows = zip(questions, found["offset_mapping"], found["token_type_ids"], strict=True)
        return encoded, [answer_tokens(question, offsets, types) for question, offsets, types in rows]

    def fit(
        self,
        questions: Sequence[Question],
        *,
        epochs: int = 1,
        learning_rate: float = 3e-4,
        batch_size: int = 16,
        seed: int = 0,
        **how: Any,
    ) -> training.History:
        """Fine-tune every weight; `how` goes to `training.fit`. Raises ValueError as `encode`."""
        encoded, rows = self.encode(questions)
        how = {"epochs": epochs, "learning_rate": learning_rate, "batch_size": batch_size, **how}
        return self._train(encoded, rows, answer_loss, seed, **how)

    def predict(self, questions: Sequence[Question], threshold: float = 0.0, max_tokens: int = 12) -> list[Answer]:
        """The best span of each passage, or "" if its score is not more than `threshold` above that of no answer.

        Raises ValueError as `encode`, and for a threshold that is NaN.
        """
        if math.isnan(threshold):
            raise ValueError("The threshold must be a number; it is NaN.")
        found = self._cut(questions)
        encoded = Encoded(found["input_ids"], found["token_type_ids"], [])
        answers = []
        for i, logits in enumerate(self._logits(encoded)):
            is_passage = torch.tensor(found["token_type_ids"][i]) == 1
            is_passage[-1] = False  # the last [SEP]
            start, end = logits.masked_fill(~is_passage[:, None], -torch.inf).unbind(-1)
            nothing = (logits[0, 0] + logits[0, 1]).item()
            first, last, score = best_span(start, end, max_tokens)
            offsets = found["offset_mapping"][i]
            text = questions[i].passage[offsets[first][0] : offsets[last][1]]
            margin = score - nothing
            answers.append(Answer(text if margin > threshold else "", score, margin))
        return answers

    @classmethod
    def _made(cls, bert: BERT, found: pretrained.PretrainedModel) -> Self:
        return cls(bert, found.tokenizer)


def answer_tokens(question: Question, offsets: Sequence[tuple[int, int]], token_types: Sequence[int]) -> list[int]:
    """The first and the last token of the answer, from the characters of each token; [0, 0] if it is not there or cut.

    Raises ValueError unless each token has two places, and a type that is 0 or 1.
    """
    if len(offsets) != len(token_types) or not set(token_types) <= {0, 1}:
        raise ValueError(f"Give a type, 0 or 1, for each of {len(offsets)} tokens, not {token_types!r:.60}.")
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in offsets):
        raise ValueError(f"Each token has a first and a last place, not {offsets!r:.60}.")
    if not question.answers:
        return [0, 0]
    start, end = question.start, question.start + len(question.answers[0])
    inside = [
        place
        for place, ((a, b), kind) in enumerate(zip(offsets, token_types, strict=True))
        if kind == 1 and a < end and b > start and b > a
    ]
    is_whole = bool(inside) and offsets[inside[-1]][1] >= end
    return [inside[0], inside[-1]] if is_whole else [0, 0]


def by_kind(
    questions: Sequence[Question], given: Sequence[str], measure: Callable[..., float] = exact_match
) -> dict[str, float]:
    """The mean of a measure for each kind of question, and for those without an answer. Raises as `judged`."""
    if len(questions) != len(given):
        raise ValueError(f"{len(questions)} questions, but {len(given)} answers.")
    found: dict[str, list[float]] = {}
    for question, answer in zip(questions, given, strict=True):
        kind = question.kind if question.answers else "no answer"
        found.setdefault(kind, []).append(measure(question.answers, answer))
    return {kind: float(np.mean(values)) for kind, values in sorted(found.items())}
