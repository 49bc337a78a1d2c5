"""What others can do with it: a re-ranker and the vectors of a search come out of transformers' own pipelines."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F
from transformers import pipeline

from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.kit import pretrained
from lessons.start_here import minilm, sentence_vectors

PAIRS = [("a cat sleeps", "the cat is asleep"), ("a cat sleeps", "prices rise"), ("it is late", "time is up")]


def test_a_re_ranker_is_a_classifier_of_pairs_that_transformers_loads(tmp_path):
    torch.manual_seed(0)
    small = BERT(BERTConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64))
    model = TextClassifier(small, pretrained.tokenizer(), ("other", "same"))
    with torch.no_grad():
        model.get_parameter("classifier.weight").mul_(50)  # far from one half
    model.save(tmp_path / "model")
    ours = model.eval().predict_proba(PAIRS)
    theirs = pipeline("text-classification", model=str(tmp_path / "model"), top_k=None)
    for (first, second), row in zip(PAIRS, ours, strict=True):
        found = {each["label"]: each["score"] for each in theirs({"text": first, "text_pair": second})}
        assert [found[name] for name in model.label_names] == pytest.approx(row.tolist(), abs=1e-5)


def test_vectors_are_means_of_what_transformers_extracts():
    texts = ["Refunds take three days.", "How do I get my money back?"]
    extract = pipeline("feature-extraction", model=str(pretrained.folder()))
    theirs = [F.normalize(torch.tensor(extract(text))[0].mean(0), dim=0) for text in texts]
    torch.testing.assert_close(sentence_vectors(*minilm(), texts), torch.stack(theirs))
