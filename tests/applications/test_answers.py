"""Answers: judged as SQuAD's published script does, the best span against brute force, questions that hold."""

from __future__ import annotations

import collections
import math
import re
import string

import numpy as np
import pytest
import torch

from lessons.applications import answers
from lessons.applications.answers import Question
from lessons.bert import BERT, BERTConfig
from lessons.kit import pretrained

# --- the rules of SQuAD's evaluation script (version 2.0), step by step as it is published ----------------------------


def normalize_answer(s):
    def remove_articles(text):
        return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text)

    exclude = set(string.punctuation)
    return " ".join(remove_articles("".join(ch for ch in s.lower() if ch not in exclude)).split())


def compute_f1(a_gold, a_pred):
    gold, pred = normalize_answer(a_gold).split(), normalize_answer(a_pred).split()
    same = sum((collections.Counter(gold) & collections.Counter(pred)).values())
    if len(gold) == 0 or len(pred) == 0:
        return int(gold == pred)
    if same == 0:
        return 0
    precision, recall = 1.0 * same / len(pred), 1.0 * same / len(gold)
    return (2 * precision * recall) / (precision + recall)


GIVEN = [
    "the Paris",
    "Paris, France",
    "paris",
    "",
    "a",
    "The",
    "1,234",
    "1234",
    "New  York City",
    "city of new york",
    ".",
]


@pytest.mark.parametrize("given", GIVEN)
def test_answers_are_judged_by_the_published_rules(given):
    for right in (["Paris"], ["New York City", "the City"], ["1,234"], [""], []):
        gold = [a for a in right if normalize_answer(a)] or [""]
        assert answers.exact_match(right, given) == max(normalize_answer(a) == normalize_answer(given) for a in gold)
        assert answers.answer_f1(right, given) == pytest.approx(max(compute_f1(a, given) for a in gold), abs=1e-12)


def test_a_mean_over_questions():
    asked = [Question("q", "p", ("Paris",)), Question("q", "p", ())]
    assert answers.judged(asked, ["Paris today", ""]) == {"EM": 0.5, "F1": pytest.approx((2 / 3 + 1) / 2, abs=1e-12)}
    with pytest.raises(ValueError, match="2 questions, but 1 answers"):
        answers.judged(asked, [""])
    with pytest.raises(TypeError, match="not one string"):
        answers.exact_match("Paris", "Paris")


# --- the best span ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_best_span_equals_brute_force(seed):
    rng = np.random.default_rng(seed)
    n, most = int(rng.integers(1, 15)), int(rng.integers(1, 6))
    start, end = rng.normal(size=n), rng.normal(size=n)
    start[rng.random(n) < 0.2] = end[rng.random(n) < 0.2] = -math.inf
    allowed = [
        (start[i] + end[j], i, j)
        for i in range(n)
        for j in range(i, min(n, i + most))
        if np.isfinite(start[i] + end[j])
    ]
    if not allowed:
        with pytest.raises(ValueError, match="No span is allowed"):
            answers.best_span(torch.tensor(start), torch.tensor(end), most)
        return
    score, i, j = max(allowed)
    assert answers.best_span(torch.tensor(start), torch.tensor(end), most) == (i, j, pytest.approx(score, abs=1e-10))


def test_the_end_is_not_before_the_start():
    start, end = torch.tensor([0.0, 0.0, 5.0]), torch.tensor([5.0, 0.0, 1.0])
    assert answers.best_span(start, end)[:2] == (2, 2)  # 5 + 1, and not 5 + 5 from the third token back to the first


# --- the small world --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("wordings", ["known", "unseen"])
def test_a_made_question_has_its_answer_where_it_says(split, wordings):
    made = answers.make_questions(200, split, wordings=wordings, seed=1)
    names = {country.name for country in answers.split_countries()[split]}
    for each in made:
        assert any(name in each.question for name in names)
        if each.answers:
            assert each.passage[each.start :].startswith(each.answers[0])
    share = np.mean([not each.answers for each in made])
    assert 0.1 < share < 0.3
    assert {each.kind for each in made} == set(answers.KINDS)


def test_what_is_held_out_is_not_in_training():
    parts = answers.split_countries()
    names = [{country.name for country in part} for part in parts.values()]
    assert len(set.union(*names)) == sum(map(len, names)) == len(answers.countries())
    known = {re.sub(" of .*| in .*", "", q.question) for q in answers.make_questions(300, seed=3)}
    unseen = {re.sub(" of .*| in .*", "", q.question) for q in answers.make_questions(300, wordings="unseen", seed=3)}
    assert not known & unseen
    assert not set(answers.distractors("train")) & set(answers.distractors("test"))


def test_the_same_seed_makes_the_same_questions():
    assert answers.make_questions(5, seed=7) == answers.make_questions(5, seed=7)
    assert answers.make_questions(5, seed=7) != answers.make_questions(5, seed=8)


def test_both_countries_of_a_passage_are_told_of_in_the_same_kinds():
    """So a passage alone does not say which answer is wanted."""
    for n_facts in (2, 3):
        for each in answers.make_questions(50, unanswerable=0, seed=2, n_facts=n_facts, n_distractors=0):
            assert len(re.findall(r"\.(?: |$)", each.passage)) >= 2 * n_facts


def test_squad_is_read():
    context = "The Normans were in Normandy."
    rows = [
        {
            "question": "Where?",
            "context": context,
            "answers": {"text": ["Normandy", "in Normandy"], "answer_start": [20, 17]},
        },
        {"question": "When?", "context": context, "answers": {"text": [], "answer_start": []}},
    ]
    first, second = answers.from_squad(rows)
    assert first == Question("Where?", context, ("Normandy", "in Normandy"), 20)
    assert second.answers == ()
    rows[0]["answers"]["answer_start"] = [3, 17]
    with pytest.raises(ValueError, match="does not stand at 3"):
        answers.from_squad(rows)


def test_the_rule_by_hand():
    passage = "Chad lies in Africa. Peru has 30,814,175 inhabitants. Chad has 13,214,000 inhabitants. Paris is nice."
    assert answers.hand_rule(Question("How many inhabitants does Chad have?", passage, ())) == "13,214,000"
    assert answers.hand_rule(Question("Which continent lies Chad in?", passage, ())) == "Africa"
    assert answers.hand_rule(Question("?", "nothing", ())) == ""


# --- the head ---------------------------------------------------------------------------------------------------------


def small(seed: int = 0) -> answers.AnswerFinder:
    torch.manual_seed(seed)
    config = BERTConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128)
    return answers.AnswerFinder(BERT(config), pretrained.tokenizer())


def test_the_tokens_of_an_answer_are_those_of_its_characters():
    model, made = small(), answers.make_questions(60, "validation", seed=4)
    encoded, rows = model.encode(made)
    for question, ids, (first, last) in zip(made, encoded.token_ids, rows, strict=True):
        if not question.answers:
            assert (first, last) == (0, 0)
        else:
            read = model.tokenizer.decode(ids[first : last + 1]).replace(" ", "")
            wanted = model.tokenizer.decode(model.tokenizer(question.answers[0])["input_ids"][1:-1]).replace(" ", "")
            assert read == wanted


def test_an_answer_that_was_cut_is_no_answer():
    model = small()
    model.max_tokens = 24
    long = Question("Where is it?", "Nothing is said here. " * 10 + "It is in Rome.", ("Rome",), 22 * 10 + 9)
    assert model.encode([long])[1] == [[0, 0]]
    assert len(model.encode([long])[0].token_ids[0]) == 24


def test_padding_has_no_part_in_the_loss():
    torch.manual_seed(0)
    logits = torch.randn(2, 5, 2, dtype=torch.double)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    labels = torch.tensor([[1, 3], [0, 2]])
    batch = {"token_ids": None, "attention_mask": mask, "token_type_ids": None, "labels": labels}
    by_hand = 0.0
    for i, n in enumerate((5, 3)):
        for which in (0, 1):
            by_hand -= logits[i, :n, which].log_softmax(0)[labels[i, which]] / 4
    torch.testing.assert_close(answers.answer_loss(lambda *_: logits, batch), by_hand, rtol=0, atol=1e-10)


def test_a_small_one_learns_by_heart_and_transformers_loads_it_with_the_same_outputs(tmp_path):
    from transformers import AutoModelForQuestionAnswering

    model, made = small(), answers.make_questions(8, seed=5, n_distractors=0)
    model.fit(made, epochs=60, learning_rate=2e-3, batch_size=8, weight_decay=0.0, progress=False)
    given = [answer.text for answer in model.predict(made)]
    assert answers.judged(made, given)["EM"] > 0.8
    model.save(tmp_path / "model")
    again = answers.AnswerFinder.load(tmp_path / "model")
    assert [answer.text for answer in again.predict(made)] == given
    assert again.max_tokens == 256

    theirs = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "model", attn_implementation="eager").eval()
    batch = again.tokenizer([made[0].question], [made[0].passage], return_tensors="pt")
    with torch.no_grad():
        found = theirs(**batch)
        ours = again(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    torch.testing.assert_close(ours[..., 0], found.start_logits)
    torch.testing.assert_close(ours[..., 1], found.end_logits)


def test_a_threshold_above_all_margins_answers_nothing():
    model, made = small(), answers.make_questions(3, seed=6)
    assert all(answer.text == "" for answer in model.predict(made, threshold=1e9))
    assert all(answer.text for answer in model.predict(made, threshold=-1e9))
