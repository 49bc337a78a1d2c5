"""Entities: spans and their scores equal seqeval's, words and pieces aligned, a folder that transformers reads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from seqeval import metrics
from seqeval.scheme import IOB2

from lessons.applications import entities, heads
from lessons.applications.entities import Span
from lessons.bert import BERT, BERTConfig
from lessons.kit import pretrained
from lessons.kit.datasets import tweets

TAGS = ("O", "B-a", "I-a", "B-b", "I-b", "B-c", "I-c")


def drawn(seed: int, n_texts: int = 40) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of tags, of which many break the rules of BIO, and rows that agree with them in two words of three."""
    rng = np.random.default_rng(seed)
    targets, predictions = [], []
    for _ in range(n_texts):
        n = int(rng.integers(1, 12))
        row = rng.choice(TAGS, size=n, p=(0.4, 0.1, 0.15, 0.1, 0.1, 0.05, 0.1))
        other = np.where(rng.random(n) < 0.67, row, rng.choice(TAGS, size=n))
        targets.append(row.tolist())
        predictions.append(other.tolist())
    return targets, predictions


def test_spans_by_hand():
    tags = ["B-a", "I-a", "O", "B-a", "B-a", "I-b", "I-b", "O", "I-c"]
    assert entities.spans(tags) == [Span(0, 2, "a"), Span(3, 4, "a"), Span(4, 5, "a"), Span(5, 7, "b"), Span(8, 9, "c")]
    assert entities.spans(tags, strict=True) == [Span(0, 2, "a"), Span(3, 4, "a"), Span(4, 5, "a")]
    assert entities.spans([]) == []


@pytest.mark.parametrize("seed", range(20))
def test_scores_equal_seqeval(seed):
    targets, predictions = drawn(seed)
    for strict, how in ((False, {}), (True, {"mode": "strict", "scheme": IOB2})):
        ours = entities.span_scores(targets, predictions, strict)
        named = (metrics.precision_score, metrics.recall_score, metrics.f1_score)
        theirs = [score(targets, predictions, **how) for score in named]
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_spans_equal_those_of_seqeval(seed):
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import Entities

    for row in drawn(seed)[0]:
        assert [(kind, start, end - 1) for start, end, kind in entities.spans(row)] == get_entities(row)
        strict = [(each.start, each.end, each.tag) for each in Entities([row], IOB2).entities[0]]
        assert entities.spans(row, strict=True) == strict


@pytest.mark.parametrize("seed", range(5))
def test_scores_of_each_kind_equal_seqeval(seed):
    targets, predictions = drawn(seed)
    report = metrics.classification_report(targets, predictions, output_dict=True)
    for kind, (scores, n) in entities.scores_by_kind(targets, predictions).items():
        theirs = [report[kind][name] for name in ("precision", "recall", "f1-score")]
        np.testing.assert_allclose(scores, theirs, rtol=0, atol=1e-10)
        assert n == report[kind]["support"]


def test_nothing_found_is_a_zero_not_an_error():
    assert entities.span_scores([["B-a", "O"]], [["O", "O"]]) == (0, 0, 0)
    assert entities.span_scores([["O"]], [["O"]]) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_bio_is_the_inverse_of_spans(seed):
    for row in drawn(seed)[0]:
        found = entities.spans(row)
        assert entities.spans(entities.bio(found, len(row))) == found
        assert entities.spans(entities.bio(found, len(row)), strict=True) == found


@pytest.mark.parametrize("span", [(0, 0, "a"), (1, 5, "a"), (-1, 1, "a"), (1, 3, "a")])
def test_spans_that_do_not_fit_are_refused(span):
    with pytest.raises(ValueError, match="lies within 0 to 4"):
        entities.bio([Span(2, 3, "b"), Span(*span)], 4)


@pytest.mark.parametrize("tag", ["X-a", "B", "B-", "I", "", "person", 3, None])
def test_what_is_no_tag_is_refused(tag):
    with pytest.raises(ValueError, match="A tag is O, B-kind or I-kind"):
        entities.spans(["O", tag])


def test_a_bare_string_and_texts_of_other_lengths_are_refused():
    with pytest.raises(TypeError, match="not one string"):
        entities.spans("O")
    with pytest.raises(ValueError, match="as long in the predictions"):
        entities.span_scores([["O", "O"]], [["O"]])
    with pytest.raises(ValueError, match="one list of tags for each text"):
        entities.span_scores([], [])


def test_the_tweets_tag_accuracy_of_saying_nothing_is_high():
    rows = tweets().validation
    nothing = [["O"] * len(row.words) for row in rows]
    true = [row.tags for row in rows]
    words = [tag for row in true for tag in row]
    assert entities.tag_accuracy(true, nothing) == pytest.approx(words.count("O") / len(words), abs=1e-12)
    assert entities.tag_accuracy(true, nothing) > 0.93
    assert entities.span_scores(true, nothing).f1 == 0


# --- baselines --------------------------------------------------------------------------------------------------------


def test_the_gazetteer_finds_the_longest_name_and_leaves_ambiguous_words():
    texts = [["New", "York", "is", "big"], ["new", "york", "Times", "here"], ["Will", "will", "will", "go"]]
    tags = [["B-place", "I-place", "O", "O"], ["B-paper", "I-paper", "I-paper", "O"], ["B-person", "O", "O", "O"]]
    found = entities.Gazetteer(texts, tags)
    assert found.predict([["The", "NEW", "York", "times"], ["to", "New", "York"], ["Will", "go"]]) == [
        ["O", "B-paper", "I-paper", "I-paper"],
        ["O", "B-place", "I-place"],
        ["O", "O"],  # a name in one of three occurrences
    ]
    assert entities.Gazetteer(texts, tags, least=0.3).predict([["will"]]) == [["B-person"]]


def test_features_of_a_word():
    found = entities.word_features(["In", "iPhone4", "we"], 1)
    assert {"word iphone4", "shape xXxd", "start iph", "end ne4", "before in", "after we", "capitals 100"} == set(found)
    assert "before <start>" in entities.word_features(["one"], 0)
    with pytest.raises(ValueError, match="there is no place 1"):
        entities.word_features(["one"], 1)


# --- the head ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finder() -> entities.EntityFinder:
    return entities.EntityFinder.from_pretrained(("geo-loc", "person"))


def test_the_first_piece_of_a_word_has_its_label(finder):
    words = ["Empire", "Stttate", "Building", "@paulwalk"]
    encoded = finder.encode([words])
    row = entities.aligned(encoded.word_numbers[0], [3, 4, 4, 0])
    pieces = finder.tokenizer.convert_ids_to_tokens(encoded.token_ids[0])
    labelled = [(piece, label) for piece, label in zip(pieces, row, strict=True) if label != heads.IGNORED]
    assert [label for _, label in labelled] == [3, 4, 4, 0]
    assert [piece for piece, _ in labelled] == ["empire", "st", "building", "@"]
    assert len(pieces) > len(words) + 2


def test_a_word_without_pieces_keeps_the_others_in_their_places(finder):
    words = ["I", "\u200b", "like", "\u0000", "Paris"]  # of two of them the tokenizer leaves nothing
    encoded = finder.encode([words])
    assert {number for number in encoded.word_numbers[0] if number is not None} == {0, 2, 4}
    assert len(finder.predict([words])[0]) == 5
    assert finder.predict([words])[0][1] == "O"


def test_labels_that_do_not_fit_are_refused(finder):
    with pytest.raises(ValueError, match="a piece is of word 1"):
        entities.aligned([None, 0, 1], [0])
    with pytest.raises(ValueError, match="knows no tag 'B-film'"):
        finder.fit([["a"]], [["B-film"]])
    with pytest.raises(TypeError, match="list of words"):
        finder.predict(["one string"])
    with pytest.raises(ValueError, match="none of them empty"):
        finder.predict([[]])
    with pytest.raises(ValueError, match="two or more different tags"):
        entities.EntityFinder(finder.bert, finder.tokenizer, ["O", "O"])


def test_the_loss_counts_labelled_tokens_alone():
    torch.manual_seed(0)
    logits = torch.randn(2, 4, 3, dtype=torch.double)
    labels = torch.tensor([[-100, 2, 0, -100], [-100, 1, -100, -100]])
    batch = {"token_ids": None, "attention_mask": None, "token_type_ids": None, "labels": labels}
    costs = -logits.log_softmax(-1)
    by_hand = (costs[0, 1, 2] + costs[0, 2, 0] + costs[1, 1, 1]) / 3
    torch.testing.assert_close(heads.token_loss(lambda *_: logits, batch), by_hand, rtol=0, atol=1e-10)


def test_a_small_one_learns_and_transformers_loads_it_with_the_same_outputs(tmp_path):
    from transformers import AutoModelForTokenClassification, pipeline

    torch.manual_seed(0)
    tokenizer = pretrained.tokenizer()
    small = BERT(BERTConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64))
    model = entities.EntityFinder(small, tokenizer, entities.tag_names(("city",)))
    texts = [["I", "saw", "New", "York"], ["we", "like", "Paris"], ["nothing", "here"]] * 8
    tags = [["O", "O", "B-city", "I-city"], ["O", "O", "B-city"], ["O", "O"]] * 8
    model.fit(texts, tags, epochs=15, learning_rate=3e-3, progress=False)
    assert model.predict(texts) == tags
    model.save(tmp_path / "model")

    again = entities.EntityFinder.load(tmp_path / "model")
    assert again.label_names == ("O", "B-city", "I-city")
    assert again.predict(texts) == tags
    theirs = AutoModelForTokenClassification.from_pretrained(tmp_path / "model", attn_implementation="eager").eval()
    batch = tokenizer(["I saw New York"], return_tensors="pt")
    with torch.no_grad():
        ours = again(batch["input_ids"], batch["attention_mask"])
        torch.testing.assert_close(ours, theirs(**batch).logits)
    found = pipeline("token-classification", model=str(tmp_path / "model"), aggregation_strategy="first")(
        "I saw New York"
    )
    assert [(entity["entity_group"], entity["word"]) for entity in found] == [("city", "new york")]


def test_a_folder_without_such_a_head_gets_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="no saved model"):
        entities.EntityFinder.load(tmp_path)
    with pytest.raises(FileNotFoundError, match="no BertForTokenClassification"):
        entities.EntityFinder.load(pretrained.folder())
