"""The tiny BERT's pre-training against Hugging Face: its head, the statistics of its holes, its loss, clear errors."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close
from transformers import BertConfig, BertForMaskedLM, DataCollatorForLanguageModeling

from lessons.bert import BERTConfig, from_hugging_face
from lessons.bert import masked_language as mlm

TEXTS = ["the cat sat on the mat", "the dog sat on the cat", "a dog and a cat", "How are you today?", "so so"] * 20
SIZES = {
    "vocab_size": 60,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "max_position_embeddings": 20,
}


@pytest.fixture(scope="module")
def tokenizer():
    return mlm.train_wordpiece(TEXTS, vocab_size=60)


def model_pair(seed: int) -> tuple[mlm.MaskedLanguageModel, BertForMaskedLM]:
    """Ours and Hugging Face's with the same random weights, biases included, in float64."""
    torch.manual_seed(seed)
    theirs = BertForMaskedLM(BertConfig(**SIZES)).double().eval()
    torch.nn.init.normal_(theirs.cls.predictions.bias)
    ours = mlm.MaskedLanguageModel(BERTConfig(**SIZES)).double().eval()
    ours.bert.load_state_dict(from_hugging_face(theirs.state_dict()), strict=False)
    ours.transform.load_state_dict(theirs.cls.predictions.transform.dense.state_dict())
    ours.norm.load_state_dict(theirs.cls.predictions.transform.LayerNorm.state_dict())
    ours.bias.data.copy_(theirs.cls.predictions.bias)
    return ours, theirs


def random_batch(seed: int, batch: int, tokens: int) -> mlm.Masked:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(5, 60, (batch, tokens), generator=generator)
    lengths = torch.randint(1, tokens + 1, (batch,), generator=generator)
    mask = (torch.arange(tokens) < lengths[:, None]).long()
    holes, labels = mlm.mask_tokens(ids * mask, 60, generator, share=0.5)
    return mlm.Masked(holes, mask, labels)


# --- the vocabulary ---------------------------------------------------------------------------------------------------


def test_special_tokens_come_first_and_the_rest_is_sorted(tokenizer):
    tokens = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    assert tuple(tokens[:5]) == mlm.SPECIAL_TOKENS
    assert tokens[5:] == sorted(tokens[5:])
    assert (tokenizer.pad_token_id, tokenizer.mask_token_id) == (mlm.PAD, mlm.MASK)


def test_the_same_texts_give_the_same_ids_in_another_process(tokenizer):
    script = (
        "from lessons.bert.masked_language import train_wordpiece\n"
        f"print(sorted(train_wordpiece({TEXTS!r}, 60).get_vocab().items(), key=lambda item: item[1]))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip().splitlines()[-1] == str(sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]))


def test_texts_and_pairs_get_their_special_tokens(tokenizer):
    assert tokenizer.convert_ids_to_tokens(tokenizer("The CAT")["input_ids"])[::3] == ["[CLS]", "[SEP]"]
    pair = tokenizer("the cat", "the dog")
    assert pair["input_ids"].count(mlm.SEP) == 2
    assert pair["token_type_ids"] == [0, 0, 0, 0, 1, 1, 1]
    assert tokenizer.tokenize("the [MASK] sat") == ["the", "[MASK]", "sat"]


def test_characters_that_were_never_seen_are_unknown_and_nothing_is_empty(tokenizer):
    assert tokenizer("你好 🙂")["input_ids"][1:-1] == [mlm.UNKNOWN] * 3
    assert tokenizer("")["input_ids"] == [mlm.CLS, mlm.SEP]


def test_a_vocabulary_needs_a_list_and_room():
    with pytest.raises(TypeError, match="list of texts"):
        mlm.train_wordpiece("one text")
    with pytest.raises(TypeError, match="must be a string"):
        mlm.train_wordpiece(["a", None])
    with pytest.raises(ValueError, match="at least 9 here"):
        mlm.train_wordpiece(["aba"], vocab_size=8)  # a, b, ##a, ##b and five special tokens
    assert len(mlm.train_wordpiece([], vocab_size=5)) == 5
    enough = mlm.train_wordpiece(["aba abb"], vocab_size=100).get_vocab()
    assert mlm.train_wordpiece(["aba abb"], vocab_size=10**9).get_vocab() == enough  # no memory for a thousand million


def test_messages_and_suitable():
    assert mlm.messages(["hi\n\n there \n", "", "you"]) == ["hi", " there ", "you"]
    rows = [[0] * n for n in (0, mlm.SHORTEST - 1, mlm.SHORTEST, mlm.LONGEST, mlm.LONGEST + 1)]
    assert [len(row) for row in mlm.suitable(rows)] == [mlm.SHORTEST, mlm.LONGEST]


# --- the rule ---------------------------------------------------------------------------------------------------------


def shares(holes: torch.Tensor, labels: torch.Tensor, ids: torch.Tensor) -> dict[str, float]:
    asked = labels != mlm.IGNORED
    return {
        "asked": (asked.sum() / (ids >= 5).sum()).item(),
        "mask": (holes[asked] == mlm.MASK).double().mean().item(),
        "same": (holes == ids)[asked].double().mean().item(),
    }


def test_the_shares_are_those_of_hugging_face(tokenizer):
    """200,000 tokens: three standard errors of a share of 15 % are 0.0024, of 80 % among the 30,000 chosen 0.007."""
    ids = torch.randint(5, 60, (2000, 102), generator=torch.Generator().manual_seed(3))
    ids[:, 0], ids[:, -1] = mlm.CLS, mlm.SEP
    ours = shares(*mlm.mask_tokens(ids, 60, torch.Generator().manual_seed(4)), ids)
    collator = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, seed=5)
    batch = collator([{"input_ids": row} for row in ids])
    theirs = shares(batch["input_ids"], batch["labels"], ids)
    assert abs(ours["asked"] - 0.15) < 0.0024
    assert abs(theirs["asked"] - 0.15) < 0.0024
    assert abs(ours["mask"] - 0.8) < 0.007
    assert abs(theirs["mask"] - 0.8) < 0.007
    unchanged = 0.1 + 0.1 / 55  # a random token is the old one once in 55 times
    assert abs(ours["same"] - unchanged) < 0.006
    assert abs(theirs["same"] - unchanged) < 0.006


def test_only_chosen_tokens_change_and_special_ones_never():
    ids = torch.arange(60).repeat(200, 1)
    holes, labels = mlm.mask_tokens(ids, 60, torch.Generator().manual_seed(0), share=0.5)
    asked = labels != mlm.IGNORED
    assert torch.equal(holes[~asked], ids[~asked])
    assert torch.equal(labels[asked], ids[asked])
    assert not asked[:, :5].any()
    assert holes[asked].min() >= mlm.MASK
    assert holes.max() < 60
    assert torch.equal(ids, torch.arange(60).repeat(200, 1))  # the input stays


@pytest.mark.parametrize(("replaced", "masks", "others"), [((1.0, 0.0), 1, 0), ((0.0, 1.0), 0, 1), ((0.0, 0.0), 0, 0)])
def test_the_rule_can_be_another(replaced, masks, others):
    ids = torch.randint(5, 2000, (50, 40), generator=torch.Generator().manual_seed(1))
    holes, labels = mlm.mask_tokens(ids, 2000, torch.Generator().manual_seed(2), replaced=replaced)
    asked = labels != mlm.IGNORED
    assert (holes[asked] == mlm.MASK).all() == bool(masks)
    assert (holes[asked] == ids[asked]).double().mean() < 0.01 if masks or others else torch.equal(holes, ids)


def test_share_zero_and_one():
    ids = torch.tensor([[2, 7, 8, 3, 0]])
    assert (mlm.mask_tokens(ids, 60, share=0.0)[1] == mlm.IGNORED).all()
    assert mlm.mask_tokens(ids, 60, share=1.0)[1].tolist() == [[-100, 7, 8, -100, -100]]
    for wrong in ({"share": 1.5}, {"share": -0.1}, {"share": float("nan")}, {"replaced": (0.8, 0.3)}):
        with pytest.raises(ValueError, match="shares of 1"):
            mlm.mask_tokens(ids, 60, **wrong)


# --- batches ----------------------------------------------------------------------------------------------------------


def test_every_text_is_in_one_batch_and_holes_are_fresh_unless_fixed():
    examples = [[2, *range(5, 5 + n), 3] for n in range(1, 30)]
    fresh, fixed = (mlm.MaskedBatches(examples, 60, batch_size=8, fixed=f) for f in (False, True))
    assert len(fresh) == 4 == len(list(fresh))
    for batch in fresh:
        full = torch.where(batch.labels == mlm.IGNORED, batch.token_ids, batch.labels)
        mask = torch.ones_like(full) if batch.attention_mask is None else batch.attention_mask
        lengths = mask.sum(1)
        assert lengths.max() == full.shape[1]
        assert (lengths.max() - lengths.min()) < 8
        for row, length in zip(full.tolist(), lengths.tolist(), strict=True):
            assert row[length:] == [0] * (len(row) - length)
    seen = [[batch.labels.tolist() for batch in batches] for batches in (fresh, fresh, fixed, fixed)]
    assert seen[0] != seen[1]
    assert seen[2] == seen[3]
    texts = sum(int((batch.token_ids == mlm.CLS).sum()) for batch in fixed)
    assert texts == len(examples)


def test_batches_need_texts():
    with pytest.raises(ValueError, match="no text"):
        mlm.MaskedBatches([], 60)


# --- the model --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "batch", "tokens"), [(0, 3, 7), (1, 1, 1), (2, 5, 20)])
def test_logits_loss_and_gradients_are_hugging_faces(seed, batch, tokens):
    ours, theirs = model_pair(seed)
    data = random_batch(seed, batch, tokens)
    labels = data.labels.clone()
    labels[0, 0] = 7  # at least one question
    data = data._replace(labels=labels)
    output = theirs(input_ids=data.token_ids, attention_mask=data.attention_mask, labels=labels)
    assert_close(ours(data.token_ids, data.attention_mask), output.logits, rtol=0, atol=1e-10)
    loss = mlm.masked_loss(ours, data)
    assert_close(loss, output.loss, rtol=0, atol=1e-10)
    loss.backward()
    output.loss.backward()
    assert_close(ours.bias.grad, theirs.cls.predictions.bias.grad, rtol=0, atol=1e-10)
    tied = theirs.bert.embeddings.word_embeddings.weight.grad  # theirs gives row 0, [PAD], no gradient from below
    assert_close(ours.bert.embeddings.word.weight.grad[5:], tied[5:], rtol=0, atol=1e-10)


def test_the_word_vectors_are_tied_and_counted_once():
    model = mlm.MaskedLanguageModel(mlm.tiny_config(2000))
    theirs = BertForMaskedLM(
        BertConfig(
            vocab_size=2000,
            hidden_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=512,
            max_position_embeddings=mlm.LONGEST,
        )
    )
    pooler = 128 * 128 + 128  # ours keeps BERT's pooler; theirs leaves it out
    assert sum(p.numel() for p in model.parameters()) == theirs.num_parameters() + pooler


def test_a_batch_without_questions_has_loss_zero_and_a_gradient():
    model = mlm.MaskedLanguageModel(mlm.tiny_config(60))
    batch = mlm.Masked(torch.tensor([[2, 7, 3]]), None, torch.full((1, 3), mlm.IGNORED))
    loss = mlm.masked_loss(model, batch)
    loss.backward()
    assert loss.item() == 0
    assert mlm.quality(model, [batch]) == {"bits": 0.0, "accuracy": 0.0}


def test_quality_is_the_mean_over_tokens_not_over_batches():
    ours, _ = model_pair(0)
    batches = [random_batch(seed, batch, 9) for seed, batch in ((1, 2), (2, 7))]
    logits = torch.cat([ours(b.token_ids, b.attention_mask)[b.labels != mlm.IGNORED] for b in batches])
    labels = torch.cat([b.labels[b.labels != mlm.IGNORED] for b in batches])
    found = mlm.quality(ours.train(), batches)
    assert ours.training
    assert found["bits"] == pytest.approx(F.cross_entropy(logits, labels).item() / math.log(2), abs=1e-10)
    assert found["accuracy"] == (logits.argmax(-1) == labels).double().mean().item()


def test_unigram_quality_by_hand():
    batches = [mlm.Masked(torch.tensor([[2, 4, 4]]), None, torch.tensor([[-100, 5, 6]]))]
    found = mlm.unigram_quality([[2, 5, 5, 5, 3], [6]], batches, 8)  # counts + 1: 4, 2, 1 of 7
    assert found["bits"] == pytest.approx(-(math.log2(4 / 7) + math.log2(2 / 7)) / 2, abs=1e-12)
    assert found["accuracy"] == 0.5


def test_it_learns_what_stands_between(tokenizer):
    from lessons.kit.training import fit

    torch.manual_seed(0)
    model = mlm.MaskedLanguageModel(mlm.tiny_config(len(tokenizer)))
    examples = tokenizer(TEXTS * 4)["input_ids"]
    fit(model, mlm.MaskedBatches(examples, len(tokenizer), 16), mlm.masked_loss, epochs=4, progress=False)
    assert mlm.guesses(model, tokenizer, "the [MASK] sat on the mat", 2)[0][0] in ("cat", "dog")
    asked = list(mlm.MaskedBatches(examples, len(tokenizer), fixed=True))
    unigram = mlm.unigram_quality(examples, asked, len(tokenizer))
    assert mlm.quality(model, asked)["bits"] < unigram["bits"] - 1


# --- guesses ----------------------------------------------------------------------------------------------------------


def test_guesses_are_the_best_probabilities_of_the_place(tokenizer):
    torch.manual_seed(1)
    model = mlm.MaskedLanguageModel(mlm.tiny_config(len(tokenizer)))
    found = mlm.guesses(model, tokenizer, "the [MASK] sat 🙂 \ud800", k=1000)
    assert len(found) == len(tokenizer)
    assert sum(p for _, p in found) == pytest.approx(1, abs=1e-5)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    ids = torch.tensor([tokenizer("the [MASK] sat 🙂 \ufffd")["input_ids"]])
    at = (ids[0] == mlm.MASK).nonzero().item()
    expected = model.eval()(ids)[0, at].softmax(-1)
    assert found[0] == (tokenizer.convert_ids_to_tokens(expected.argmax().item()), expected.max().item())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no hole", "needs one .MASK., and has 0"),
        ("", "and has 0"),
        ("[MASK] and [MASK]", "and has 2"),
        (None, "not NoneType"),
        (3, "not int"),
        ("the " * 100 + "[MASK]", "positions"),
    ],
)
def test_texts_without_one_hole_get_a_sentence(tokenizer, text, sentence):
    model = mlm.MaskedLanguageModel(mlm.tiny_config(len(tokenizer)))
    with pytest.raises(ValueError, match=sentence):
        mlm.guesses(model, tokenizer, text)
    assert model.training  # as it was, although the model itself refused the long text
