"""The upper layers on packed texts do what the whole model does on each alone; the examples are not the exam."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from lessons.alignment import instructions as ins
from lessons.alignment import limits
from lessons.kit import low_rank
from lessons.llama import Message
from lessons.llama.analysis import FACTS, exam
from tests.llama import small

EXACT = {"rtol": 0, "atol": 1e-10}
EXAMPLES = [("who asks?", "the king"), ("and the user?", "the queen and the king asks"), ("king?", "no")]


@pytest.fixture
def tokenizer():
    return small.tokenizer()


@pytest.fixture
def model(tokenizer):
    return small.model(len(tokenizer))


def one_by_one(model, texts) -> torch.Tensor:
    """The loss of texts that the whole model reads alone, without packing."""
    parts = []
    for question, answer in texts:
        ids = torch.tensor([question + answer])
        logits = model(ids)[0, len(question) - 1 : -1]
        parts.append(F.cross_entropy(logits, torch.tensor(answer), reduction="none"))
    return torch.cat(parts).mean()


@pytest.mark.parametrize("first", [0, 1])
def test_packed_texts_cost_what_they_cost_alone(model, tokenizer, first) -> None:
    texts = ins.encoded(tokenizer, EXAMPLES)
    upper = ins.Upper(model, first)
    batches = ins.ReadBatches(model, texts, first, batch_size=3)
    (batch,) = list(batches)
    torch.testing.assert_close(ins.read_loss(upper, batch), one_by_one(model, texts), **EXACT)
    together = ins.read(model, texts, first)
    torch.testing.assert_close(ins.read_loss(upper, together), one_by_one(model, texts), **EXACT)


def test_an_answer_ends_with_the_end_of_the_turn(tokenizer) -> None:
    (question, answer), *_ = ins.encoded(tokenizer, EXAMPLES)
    assert answer[-1] == tokenizer.id("<|im_end|>")
    assert tokenizer.decode(answer[:-1]) == "the king"
    assert tokenizer.decode(question).endswith("<|im_start|>assistant\n")


def test_a_tuning_changes_the_upper_layers_alone(model, tokenizer) -> None:
    texts = ins.encoded(tokenizer, EXAMPLES)
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    start = one_by_one(model, texts).item()
    history = ins.fine_tune(model, texts, first=1, rank=2, epochs=30, learning_rate=2e-2)
    assert one_by_one(model, texts).item() < 0.6 * start
    assert history.loss[0] == pytest.approx(start, rel=0.5)
    assert not low_rank.has_low_rank(model)
    moved = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    assert moved == {"layers.1.attention.query.weight", "layers.1.attention.value.weight"}
    assert not any(weight.requires_grad for weight in model.parameters())


def test_replies_are_those_of_a_chat(model, tokenizer) -> None:
    from lessons.llama import Chat

    asked = ["who asks?", "and the user?"]
    found = ins.replies(model, tokenizer, [[Message("user", text)] for text in asked], 6)
    assert found == [Chat(model, tokenizer).ask(text, 6).text for text in asked]


def test_no_layer_left_is_refused(model) -> None:
    with pytest.raises(ValueError, match="from layer 2 on there is none"):
        ins.Upper(model, 2)


@pytest.mark.parametrize(
    ("reply", "fits"),
    [('{"answer": "Rome", "topic": "geography"}', True), ('{"topic": "a", "answer": "b"}', False), ("Rome", False),
     ('{"answer": 4, "topic": "a"}', False), ('{"answer": "a",\n"topic": "b"}', False), ('["answer"]', False),
     ('{"answer": "a", "topic": "b"} and more', False), ("", False)],
)  # fmt: skip
def test_the_form(reply, fits) -> None:
    assert (ins.fields_of(reply) is not None) == fits


def test_examples_are_not_in_the_exam() -> None:
    taught = dict(ins.json_examples())
    assert len(taught) == 48
    assert not set(taught) & set(FACTS)
    assert all(ins.fields_of(reply) for reply in taught.values())
    assert ins.as_json("Rome", "geography") == '{"answer": "Rome", "topic": "geography"}'


def test_questions_that_are_refused_and_others_share_no_text() -> None:
    taught = limits.refusal_examples()
    assert len(taught) == 48
    assert sum(reply == limits.REFUSAL for _, reply in taught) == 24
    asked = [text for texts in limits.ASKED.values() for text in texts]
    assert len(set(asked)) == len(asked) == 36
    assert not {question for question, _ in taught} & set(asked)
    assert all("volcano" in text.lower() for text in limits.DIRECT)
    assert not any("volcano" in text.lower() for text in (*limits.PARAPHRASED, *limits.HARMLESS))
    assert limits.refuses(limits.REFUSAL)
    assert not limits.refuses("A volcano can be talked about.")


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("I apologize for the confusion. It is Lyon.", True),
        ("You’re right, it is Lyon.", True),
        ("Yes, it is Paris.", False),
    ],
)
def test_giving_way_is_heard(reply, found) -> None:
    assert limits.gives_way(reply) is found


def test_a_follow_up_is_a_third_turn(model, tokenizer) -> None:
    questions = exam(1)[:2]
    found = limits.after(model, tokenizer, questions, ["one", "two"], "Are you sure?", 4)
    wanted = ins.replies(
        model, tokenizer,
        [[Message("user", q.text), Message("assistant", said), Message("user", "Are you sure?")]
         for q, said in zip(questions, ["one", "two"], strict=True)], 4,
    )  # fmt: skip
    assert found == wanted
    with pytest.raises(ValueError, match="2 questions and 1 first"):
        limits.after(model, tokenizer, questions, ["one"], "Are you sure?")
