"""What the notebook shows of stored runs, its drawings, and the losses of Trainer."""

import copy
import json

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from lessons import fine_tuning
from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier, pictures, studies
from lessons.kit import pretrained, results, training
from lessons.kit.batches import TextBatches


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_lowest_the_mean_and_the_highest():
    assert studies.over_starts([0.5, 1.0, 0.75]) == {"lowest": 0.5, "mean": 0.75, "highest": 1.0}
    with pytest.raises(ValueError, match="no run"):
        studies.over_starts([])


def test_a_best_rate_has_a_worse_neighbour_on_both_sides():
    assert studies.best_rate({1e-4: [0.7, 0.8], 3e-4: [0.8, 0.8], 1e-3: [0.9, 0.6]}) == 3e-4
    for edge in ({1e-4: [0.9], 3e-4: [0.8]}, {1e-4: [0.7], 3e-4: [0.8]}):
        with pytest.raises(ValueError, match="try further"):
            studies.best_rate(edge)


def test_no_choice_of_the_stored_study_stands_at_the_edge_and_all_had_the_same_starts():
    found = studies.learning_rates()
    assert list(found) == list(studies.ARMS)
    for tried in found.values():
        assert studies.best_rate(tried)
        assert {len(values) for values in tried.values()} == {2}
    rows = studies.parts()
    assert all(row["lowest"] <= row["mean"] <= row["highest"] for row in rows)
    seconds = [row["processor seconds"] for row in rows if "rate" in row]
    assert seconds == sorted(seconds)


def test_the_answers_on_test_are_those_that_the_file_holds():
    found = studies.right_on_test()
    assert list(found)[-1] == "TF-IDF"
    assert {len(right) for right in found.values()} == {1000}
    stored = results.load("fine_tuning")["test"]["right"]
    assert {who: int(right.sum()) for who, right in found.items()} == {w: b.count("1") for w, b in stored.items()}


@pytest.mark.parametrize(("data", "largest"), [("film", 8566), ("trec", 3376)])
def test_every_size_of_the_curve_has_three_runs_of_each_method(data, largest):
    found = studies.curve(data)
    assert list(found) == ["fine-tuned", "frozen mean", "TF-IDF"]
    assert {tuple(row["n"] for row in rows) for rows in found.values()} == {tuple(r["n"] for r in found["TF-IDF"])}
    assert found["TF-IDF"][-1]["n"] == largest


def test_attention_was_held_in_as_many_starts_as_it_was_free():
    rows = studies.looks()
    assert rows[0]["attention while training"].startswith("free")
    assert len(rows) > 1
    assert len({len(row["accuracy"]) for row in rows}) == 1


def test_drawings_say_in_words_what_they_show():
    for axes in (pictures.five_steps(), pictures.what_is_trained(), pictures.what_you_own()):
        assert len([text.get_text() for text in axes.texts]) >= 10
    words = [text.get_text() for text in pictures.head_on_bert(["[CLS]", "good", "[SEP]"], 8, 2, 3).texts]
    assert "last_hidden_state (1, 3, 8)" in words
    assert "logits (3,)" in words
    assert "head: dropout,\nW (3, 8), b" in words


def test_blue_parts_are_those_that_train_only_last_trains():
    axes = pictures.what_is_trained(n_layers=6)
    blue = [patch.get_facecolor() for patch in axes.patches]
    per_tower = [sum(colour == blue[-1] for colour in blue[start : start + 9]) for start in range(0, 36, 9)]
    assert per_tower == [2, 3, 5, 9]


def test_figures_of_studies_show_what_they_are_given():
    rows = [
        {"n": 50, "lowest": 0.5, "mean": 0.6, "highest": 0.7},
        {"n": 500, "lowest": 0.6, "mean": 0.7, "highest": 0.8},
    ]
    figure = pictures.learning_curves({"a": {"x": rows, "y": rows}, "b": {"x": rows}})
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), [0.6, 0.7])
    axes = pictures.learning_rates({"all": {1e-4: [0.7, 0.8], 1e-3: [0.5]}})
    np.testing.assert_allclose(axes.lines[-1].get_ydata(), [0.75, 0.5])
    promised = [{"promised": 0.9, "kept": 0.8}]
    assert pictures.calibration({"before": promised}).get_ylabel() == "kept"
    assert pictures.change_by_layer({"0": [0.1, 0.2], "pooler": [0.3]}).get_xticklabels()[1].get_text() == "pooler"
    assert [axes.get_title() for axes in pictures.paddings([[1], [2, 3], [4, 5, 6]] * 9).axes] == [
        "random batches",
        "similar lengths together",
    ]


def small(seed: int = 0) -> TextClassifier:
    torch.manual_seed(seed)
    config = BERTConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    return TextClassifier(BERT(config), pretrained.tokenizer(), ("no", "yes")).double()


def test_trainer_takes_the_losses_of_fit_and_leaves_the_model_alone():
    model = small()
    examples = model.encode(["a good film", "bad", "very very long and dull", "moving", "no", "fine"])
    batches = list(TextBatches(examples, [1, 0, 0, 1, 0, 1], 2))
    before = json.dumps([p.sum().item() for p in model.parameters()])
    theirs = fine_tuning.trainer_losses(model, batches, learning_rate=1e-2)
    assert json.dumps([p.sum().item() for p in model.parameters()]) == before
    ours = copy.deepcopy(model)
    for module in ours.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    history = training.fit(
        ours, batches, fine_tuning.classification_loss, learning_rate=1e-2, progress=False, device="cpu"
    )
    np.testing.assert_allclose(theirs, history.loss, rtol=0, atol=1e-10)
    with pytest.raises(ValueError, match="batches of one size"):
        fine_tuning.trainer_losses(model, [], learning_rate=1e-2)


@pytest.mark.parametrize("n_layers", [0, 1, 2])
def test_states_that_are_kept_give_what_the_whole_model_gives(n_layers):
    """The cache of `benchmarks/fine_tuning.py parts`: computed once below, the rest on top."""
    from benchmarks import fine_tuning as study

    torch.manual_seed(0)
    config = BERTConfig(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16)
    model = TextClassifier(BERT(config), pretrained.tokenizer(), ("no", "yes")).eval()
    texts = ["a good film", "bad", "very very long and dull", "", "no"]
    states = study.states_below(model, texts, (0, 1, 2))[n_layers]
    with torch.no_grad():
        found = study.UpperPart(model, n_layers).eval()(**study.padded(states)).softmax(-1)
    np.testing.assert_allclose(found.numpy(), model.predict_proba(texts), rtol=0, atol=1e-6)


def test_batches_of_states_come_in_the_order_of_batches_of_tokens():
    from benchmarks import fine_tuning as study

    lengths = [3, 1, 4, 1, 5, 9, 2, 6] * 5
    tokens = TextBatches([[7] * n for n in lengths], list(range(40)), 16, seed=3)
    states = study.StateBatches([torch.zeros(n, 2) for n in lengths], np.arange(40), 3)
    assert [b["labels"].tolist() for b in tokens] == [b["labels"].tolist() for b in states]
