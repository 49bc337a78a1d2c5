"""Search against the formula written out, facts that do not repeat, and what counts as said."""

from __future__ import annotations

import math

import pytest

from lessons.llama import grounded
from lessons.llama.grounded import Passages, abstains, asked, contradictions, facts, says


def bm25(texts: list[str], question: str, k1: float, b: float) -> list[float]:
    """Robertson & Zaragoza 2009, equation 3.15, word by word."""
    words = [grounded.terms(text) for text in texts]
    mean = sum(map(len, words)) / len(words)
    found = []
    for row in words:
        score = 0.0
        for term in grounded.terms(question):
            n = sum(term in other for other in words)
            times = row.count(term)
            norm = k1 * (1 - b + b * len(row) / mean)
            score += (
                math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) * times * (k1 + 1) / (times + norm) if times else 0
            )
        found.append(score)
    return found


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.0, 0.0), (2.0, 1.0)])
def test_search_equals_the_formula(k1, b) -> None:
    texts = [fact.passage for fact in facts(20)] + ["the the the", "one"]
    for question in ("What is the capital of Velmonia?", "the the arches", "", "xyz"):
        assert Passages(texts, k1, b).scores(question) == pytest.approx(bm25(texts, question, k1, b))


def test_each_question_finds_its_passage() -> None:
    every = facts(40)
    passages = Passages([fact.passage for fact in every])
    assert [passages.search(fact.question)[0] for fact in every] == list(range(40))
    assert len(passages.search(every[0].question, 3)) == 3


def test_facts_are_different_and_in_their_passages() -> None:
    every = facts(200)
    assert len({fact.question for fact in every}) == len({fact.passage for fact in every}) == 200
    for fact in every:
        assert says(fact.passage, fact.answer)
        assert not says(fact.question, fact.answer)
    for kind in grounded.TEMPLATES:
        answers = [fact.answer for fact in facts(40) if fact.kind == kind]
        assert len(answers) == len(set(answers)) == 10
    assert facts(8) == facts(8) != facts(8, seed=1)
    assert len(facts(3)) == 3


@pytest.mark.parametrize("n", [0, 201, 1.5])
def test_facts_that_cannot_be_made_are_refused(n) -> None:
    with pytest.raises(ValueError, match=r"n must|names for"):
        facts(n)


def test_contradictions_name_a_town_that_is_no_capital() -> None:
    for fact in contradictions():
        assert says(fact.passage, fact.answer)
        country = fact.question.removeprefix("What is the capital of ").removesuffix("?")
        assert not says(fact.passage, grounded.CAPITALS[country][0])
    assert len(contradictions()) == 20


def test_what_is_said_is_found_as_whole_words() -> None:
    assert says("It is 1,874 metres.", "1874")
    assert says("the VELMOPOLIS!", "Velmopolis")
    assert says("Anna  Keller did", "anna keller")
    assert not says("It is 18745.", "1874")
    assert not says("Parisian", "Paris")
    with pytest.raises(ValueError, match="has none"):
        says("something", "?!")


@pytest.mark.parametrize(
    "reply",
    [
        "I don't know.",
        "I do not know who",
        "The text doesn’t say it.",
        "It is unknown.",
        "I'm not sure.",
        "There is no information about it.",
        "The text does not mention a year.",
    ],
)
def test_not_knowing_is_recognised(reply) -> None:
    assert abstains(reply)


@pytest.mark.parametrize("reply", ["It was founded in 1874.", "I know it: Paris.", "", "Nobody is sure of you"])
def test_knowing_is_no_abstention(reply) -> None:
    assert not abstains(reply)


def test_a_question_stands_behind_its_passage() -> None:
    whole = asked("Why?", "Because.")
    assert whole.index("Because.") < whole.index("Why?")
    assert "don't know" in whole
    assert "don't know" not in asked("Why?", "Because.", way_out=False)
    assert asked("Why?") == "Why?"


@pytest.mark.parametrize("texts", [[], "one bare text", [1]])
def test_texts_that_are_none_are_refused(texts) -> None:
    with pytest.raises((ValueError, TypeError)):
        Passages(texts)
