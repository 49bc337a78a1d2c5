"""The classifier: the same logits as transformers, a file that transformers loads, clear errors, and it does learn."""

import json
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from torch.testing import assert_close
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
    get_linear_schedule_with_warmup,
)

from lessons import fine_tuning
from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.kit import pretrained, training
from lessons.kit.batches import TextBatches, pad

TEXTS = [
    "A quiet, honest and deeply moving film.",
    "Dull.",
    "It is neither as funny nor as clever as it believes itself to be, and it is far too long.",
    "这部电影很好看。",
    "🎬👨‍👩‍👧 wow",
    "",
    "é" * 3,
]


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    return TextClassifier.from_pretrained("minilm", ("bad", "mixed", "good"), seed=3).eval()


def small_classifier(seed: int = 0, **config) -> TextClassifier:
    """MiniLM's tokenizer on a tiny random BERT: fast enough to train in a test."""
    torch.manual_seed(seed)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    return TextClassifier(BERT(BERTConfig(**{**sizes, **config})), pretrained.tokenizer(), ("negative", "positive"))


def test_logits_equal_hugging_face_with_the_same_head(classifier):
    reference = BertForSequenceClassification.from_pretrained(pretrained.folder(), num_labels=3).double().eval()
    reference.classifier.load_state_dict(classifier.classifier.state_dict())
    token_ids, mask = pad(classifier.encode(TEXTS))
    with torch.no_grad():
        ours = classifier.double()(token_ids, mask)
        theirs = reference(token_ids, attention_mask=mask).logits
    classifier.float()
    assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_a_saved_model_loads_in_plain_transformers_and_here(classifier, tmp_path):
    folder = classifier.save(tmp_path / "my model é 电影")
    reference = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert reference.config.id2label == {0: "bad", 1: "mixed", 2: "good"}
    assert reference.config.label2id == {"bad": 0, "mixed": 1, "good": 2}
    inputs = tokenizer(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        theirs = reference(**inputs).logits.softmax(-1)
    assert_close(torch.from_numpy(classifier.predict_proba(TEXTS)), theirs)
    again = TextClassifier.load(folder)
    assert again.label_names == classifier.label_names
    assert_close(again.predict_proba(TEXTS), classifier.predict_proba(TEXTS), rtol=0, atol=0)
    assert not again.training


def test_saving_twice_replaces_and_leaves_no_half_file(tmp_path):
    model = small_classifier()
    model.save(tmp_path)
    with torch.no_grad():
        model.classifier.bias.add_(1.0)
    model.save(tmp_path)
    assert_close(TextClassifier.load(tmp_path).classifier.bias, model.classifier.bias)
    assert not list(tmp_path.glob("*.part"))


def test_loading_what_was_never_saved_gets_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no saved classifier"):
        TextClassifier.load(tmp_path)


def test_saved_weights_are_safetensors_and_nothing_is_pickled(tmp_path):
    small_classifier().save(tmp_path)
    assert (tmp_path / "model.safetensors").is_file()
    assert not [f for f in tmp_path.iterdir() if f.suffix in {".bin", ".pt", ".pth", ".pkl"}]
    assert json.loads((tmp_path / "config.json").read_text())["architectures"] == ["BertForSequenceClassification"]


def test_predictions_keep_the_order_of_the_texts_whatever_the_batches(classifier):
    texts = [" ".join(["good"] * n) for n in (9, 1, 30, 4, 2, 17)] * 3
    alone = np.concatenate([classifier.predict_proba([text]) for text in texts])
    together = classifier.predict_proba(texts, batch_size=4)
    assert_close(torch.from_numpy(together), torch.from_numpy(alone))
    assert together.shape == (18, 3)
    np.testing.assert_allclose(together.sum(1), 1, rtol=1e-5)
    assert classifier.predict(texts).tolist() == alone.argmax(1).tolist()
    assert classifier.accuracy(texts, alone.argmax(1)) == 1.0


def test_predicting_leaves_the_mode_as_it_was_and_uses_no_dropout():
    model = small_classifier().train()
    assert_close(model.predict_proba(TEXTS), model.predict_proba(TEXTS), rtol=0, atol=0)
    assert model.training
    assert model.predict_proba([]).shape == (0, 2)


def test_long_texts_are_cut_and_odd_ones_work(classifier):
    assert len(classifier.encode(["word " * 300])[0]) == 128
    assert np.isfinite(
        classifier.predict_proba([*TEXTS, "word " * 10_000, "\x00", "half an emoji: \ud83d", "  \n\t "])
    ).all()


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [("one string", "list of texts"), ([None], "NoneType"), (["a", 3], "int: 3"), ([b"x"], "bytes")],
)
def test_what_is_no_text_gets_a_sentence(classifier, texts, sentence):
    with pytest.raises(TypeError, match=sentence):
        classifier.encode(texts)


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [0.5, 1.0], ["good", "bad"], [0, None]])
def test_labels_that_do_not_fit_get_a_sentence(classifier, labels):
    with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
        classifier.fit(["a", "b"], labels)


def test_labels_in_a_column_get_a_sentence(classifier):
    with pytest.raises(ValueError, match=r"their shape is \(2, 1\)"):
        classifier.fit(["a", "b"], [[0], [1]])


def test_texts_may_come_in_an_array(classifier):
    assert classifier.encode(np.array(["a film", "good"])) == classifier.encode(["a film", "good"])


def test_what_is_trained_and_what_is_used_is_cut_at_the_same_length():
    model = small_classifier()
    model.max_tokens = 5
    assert [len(ids) for ids in model.encode(["word " * 50, "word"])] == [5, 3]
    assert_close(model.eval().predict_proba(["word " * 50]), model.predict_proba(["word " * 60]), rtol=0, atol=0)


def test_a_new_classifier_is_in_evaluation_mode():
    assert not TextClassifier.from_pretrained().training


def test_a_folder_called_like_a_packaged_model_is_read_and_an_encoder_is_no_classifier(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_classifier().save("minilm")
    assert TextClassifier.load("minilm").bert.config.hidden_size == 32
    with pytest.raises(FileNotFoundError, match="no weights of a classifier"):
        TextClassifier.load(pretrained.folder("minilm"))


def test_a_saved_model_cuts_texts_where_the_trained_one_did(tmp_path):
    model = small_classifier().eval()
    for longest in (7, 512):
        model.max_tokens = longest
        folder = model.save(tmp_path / str(longest))
        again, text = TextClassifier.load(folder), "a film " * 400
        assert again.max_tokens == longest
        assert len(AutoTokenizer.from_pretrained(folder)(text, truncation=True)["input_ids"]) == longest
        assert_close(again.predict_proba([text]), model.predict_proba([text]), rtol=0, atol=0)
    assert model.tokenizer.model_max_length != 7  # that of the packaged model, which others use


def test_a_model_saved_in_the_middle_of_its_training_is_whole(tmp_path):
    model = small_classifier().eval()
    examples = model.encode(TEXTS)
    with fine_tuning.only_touched_rows(model.bert, examples):
        with torch.no_grad():
            model.bert.embeddings.word.weight.add_(1.0)
        expected = model.predict_proba([*TEXTS, "unseen words"])
        model.save(tmp_path)
    assert_close(TextClassifier.load(tmp_path).predict_proba([*TEXTS, "unseen words"]), expected, rtol=0, atol=0)


def test_a_folder_of_transformers_without_names_for_its_labels_is_read(tmp_path):
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32)
    reference = BertForSequenceClassification(config).eval()
    reference.save_pretrained(tmp_path)
    pretrained.tokenizer().save_pretrained(tmp_path)
    assert "id2label" not in json.loads((tmp_path / "config.json").read_text())
    model = TextClassifier.load(tmp_path)
    assert model.label_names == ("LABEL_0", "LABEL_1")
    inputs = model.tokenizer(TEXTS[:1], return_tensors="pt")
    with torch.no_grad():
        assert_close(torch.from_numpy(model.predict_proba(TEXTS[:1])), reference(**inputs).logits.softmax(-1))


def test_a_folder_whose_files_do_not_belong_together_gets_a_sentence(tmp_path):
    folder = small_classifier().save(tmp_path)
    config, weights = (folder / "config.json").read_text(), (folder / "model.safetensors").read_bytes()
    (folder / "config.json").write_text(json.dumps(json.loads(config) | {"id2label": {"0": "a", "1": "b", "2": "c"}}))
    with pytest.raises(ValueError, match="names the labels 0, 1, 2; the weights have 2"):
        TextClassifier.load(folder)
    (folder / "config.json").write_text(json.dumps(json.loads(config) | {"is_decoder": True}))
    with pytest.raises(ValueError, match="is a decoder"):
        TextClassifier.load(folder)
    (folder / "config.json").write_text(json.dumps(json.loads(config) | {"hidden_size": 64}))
    with pytest.raises(ValueError, match=r"the weight embeddings\.\w+\.\w+ has the shape"):
        TextClassifier.load(folder)
    (folder / "config.json").write_text(config)
    for damaged in (weights[:-5], weights[:100], b""):
        (folder / "model.safetensors").write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged or not complete"):
            TextClassifier.load(folder)
    named = {name: tensor for name, tensor in load(weights).items() if "pooler" not in name}
    (folder / "model.safetensors").write_bytes(save(named))
    with pytest.raises(ValueError, match=r"lacks 2 of the .* saved without its pooler"):
        TextClassifier.load(folder)


def test_a_folder_without_a_tokenizer_is_no_model_to_which_every_word_is_unknown(tmp_path):
    folder = small_classifier().save(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        (folder / file).unlink(missing_ok=True)
    for read in (TextClassifier.load, lambda place: pretrained.tokenizer(place)):
        with pytest.raises(FileNotFoundError, match="holds no tokenizer"):
            read(folder)


PAIRS = [("Is it good?", "Yes, very."), ("Where?", "in the cinema " * 90), ("long " * 200, "short"), ("", "only this")]


def test_pairs_of_texts_are_read_as_transformers_reads_them(classifier):
    reference = BertForSequenceClassification.from_pretrained(pretrained.folder(), num_labels=3).eval()
    reference.classifier.load_state_dict(classifier.classifier.state_dict())
    columns = [list(column) for column in zip(*PAIRS, strict=True)]
    inputs = classifier.tokenizer(*columns, truncation=True, max_length=128, padding=True, return_tensors="pt")
    assert inputs["token_type_ids"].max() == 1
    with torch.no_grad():
        expected = reference(**inputs).logits.softmax(-1)
    assert_close(torch.from_numpy(classifier.predict_proba(PAIRS, batch_size=3)), expected)
    assert classifier.encode(PAIRS)[0] == classifier.tokenizer(*PAIRS[0])["input_ids"]
    assert classifier.predict([list(pair) for pair in PAIRS]).tolist() == expected.argmax(1).tolist()


def test_pairs_are_learnt_by_which_text_says_it():
    """Both texts hold the same words in all pairs: only the order of the two tells the label."""
    rows = [("good", "bad"), ("bad", "good")] * 16
    labels = [0, 1] * 16
    model = small_classifier(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model.fit(rows, labels, epochs=10, learning_rate=3e-3, batch_size=8, progress=False, validation=(rows, labels))
    assert model.accuracy(rows, labels) == 1.0


@pytest.mark.parametrize("rows", [[("a", "b"), "c"], [("a", "b"), ("c",)], [("a", "b", "c")], [("a", 3)]])
def test_what_is_no_pair_gets_a_sentence(classifier, rows):
    with pytest.raises(TypeError, match="must be a"):
        classifier.encode(rows)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["good", "bad"], "whole numbers"),
        ([[0], [1]], r"shape is \(2, 1\)"),
        ([0], "2 texts, 1 labels"),
        ([0, 3], "0 to 2"),
    ],
)
def test_accuracy_takes_one_label_for_each_text(classifier, labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        classifier.accuracy(["a", "b"], labels)


def test_accuracy_of_nothing_and_batches_of_nothing_get_a_sentence(classifier):
    with pytest.raises(ValueError, match="0 texts"):
        classifier.accuracy([], [])
    for size in (0, -3, 1.5):
        with pytest.raises(ValueError, match="batch_size must be a whole number"):
            classifier.predict_proba(["a"], batch_size=size)


def test_half_a_character_is_read_as_everywhere_in_the_course(classifier):
    assert classifier.encode(["half \ud83d"]) == classifier.encode(["half \ufffd"])


def test_names_of_labels_are_a_list(classifier):
    with pytest.raises(ValueError, match="not one text"):
        TextClassifier(classifier.bert, classifier.tokenizer, "ab")


def test_every_label_needs_its_own_name():
    with pytest.raises(ValueError, match="name of its own"):
        TextClassifier(BERT(BERTConfig(num_hidden_layers=1)), pretrained.tokenizer(), ["same", "same"])


def test_a_classifier_needs_two_labels():
    with pytest.raises(ValueError, match="two or more labels"):
        TextClassifier(BERT(BERTConfig(num_hidden_layers=1)), pretrained.tokenizer(), ["only"])


def test_it_learns_a_simple_task_and_generalises():
    words = {0: ["awful", "boring", "bad", "dull"], 1: ["lovely", "brilliant", "good", "moving"]}
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 96)
    texts = [f"{generator.choice(['a', 'the', 'this'])} {generator.choice(words[y])} film" for y in labels]
    model = small_classifier(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    history = model.fit(
        texts[:64],
        labels[:64],
        validation=(texts[64:], labels[64:]),
        epochs=12,
        batch_size=8,
        learning_rate=5e-3,
        progress=False,
    )
    assert history.loss[0] == pytest.approx(np.log(2), abs=0.05)
    assert history.validation[-1][1]["accuracy"] == 1.0
    assert len(history.validation) == 12


def test_the_same_seed_gives_the_same_model():
    runs = [small_classifier(seed=1) for _ in range(2)]
    for model in runs:
        model.fit(TEXTS, [0, 1, 0, 1, 0, 1, 0], epochs=1, batch_size=2, seed=5, progress=False)
    assert_close(runs[0].state_dict(), runs[1].state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("interrupted", [False, True])
def test_training_only_the_touched_rows_changes_nothing_in_the_result(interrupted):
    examples = [[101, 2143, 2204, 102], [101, 2919, 102], [101, 102], [101, 2143, 2143, 102]]
    runs = []
    for partial in (False, True):
        model = small_classifier(seed=2).double()
        batches = TextBatches(examples, [0, 1, 0, 1], 2)
        calls = []

        def loss(model, batch, calls=calls):
            calls.append(batch)
            if interrupted and len(calls) == 5:
                raise KeyboardInterrupt
            return fine_tuning.classification_loss(model, batch)

        torch.manual_seed(0)
        with fine_tuning.only_touched_rows(model.bert, examples) if partial else nullcontext():
            history = training.fit(
                model, batches, loss, epochs=4, learning_rate=1e-2, max_norm=0.5, progress=False, device="cpu"
            )
        runs.append((history.loss, dict(model.state_dict())))
    assert_close(runs[0], runs[1], rtol=0, atol=1e-10)
    assert len(runs[0][0]) == (4 if interrupted else 8)


def test_tokens_that_were_not_touched_can_be_validated_while_training():
    model = small_classifier(seed=2).eval()
    before = model.predict_proba(TEXTS)
    with fine_tuning.only_touched_rows(model.bert, [[101, 102]]):
        assert_close(model.predict_proba(TEXTS), before)
        assert sum(p.numel() for p in model.bert.embeddings.word.parameters()) == 2 * 32
    assert isinstance(model.bert.embeddings.word, torch.nn.Embedding)


def test_frozen_word_vectors_stay_frozen():
    model = small_classifier(seed=2)
    model.bert.embeddings.word.requires_grad_(False)
    before = model.bert.embeddings.word.weight.clone()
    model.fit(TEXTS, [0, 1] * 3 + [0], epochs=1, learning_rate=1e-2, progress=False)
    assert_close(model.bert.embeddings.word.weight, before, rtol=0, atol=0)


def test_the_loss_is_the_mean_cross_entropy_of_the_batch(classifier):
    batch = next(iter(TextBatches(classifier.encode(TEXTS[:4]), [0, 1, 2, 1], 4)))
    with torch.no_grad():
        value = fine_tuning.classification_loss(classifier, batch)
        probabilities = classifier(batch["token_ids"], batch["attention_mask"]).softmax(-1)
    expected = -torch.stack(
        [row[label].log() for row, label in zip(probabilities, batch["labels"], strict=True)]
    ).mean()
    assert_close(value, expected)


@pytest.mark.parametrize("n_layers", [0, 1, 2])
def test_only_the_last_layers_change_and_the_head_always_does(n_layers):
    model = small_classifier(seed=4)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    fine_tuning.train_only_last(model, n_layers)
    model.fit(TEXTS, [0, 1] * 3 + [0], epochs=3, learning_rate=1e-2, progress=False)
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}
    expected = ["bert.pooler.", "classifier.", *(f"bert.layers.{number}." for number in range(2 - n_layers, 2))]
    trainable = {name for name, _ in model.named_parameters() if name.startswith(tuple(expected))}
    assert changed <= trainable
    assert {"bert.pooler.weight", "classifier.weight"} <= changed
    assert {name.split(".")[2] for name in changed if "layers" in name} == {str(n) for n in range(2 - n_layers, 2)}


def test_layers_trained_again_after_they_were_frozen():
    model = small_classifier()
    fine_tuning.train_only_last(model, 0)
    fine_tuning.train_only_last(model, 2)
    assert all(parameter.requires_grad for parameter in model.bert.layers.parameters())


@pytest.mark.parametrize("n_layers", [-1, 3])
def test_layers_that_are_not_there_get_a_sentence(n_layers):
    with pytest.raises(ValueError, match="has 2 layers"):
        fine_tuning.train_only_last(small_classifier(), n_layers)


def test_twenty_steps_give_the_losses_of_transformers_trainer(tmp_path):
    """Same start, dropout 0, batch order, parameter groups, schedule and clipping: then the loops are one."""
    model = small_classifier(seed=6, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0).double()
    generator = np.random.default_rng(6)
    words = ["good", "bad", "film", "a", "very", "long", "dull", "moving", "not"]
    texts = [" ".join(generator.choice(words, size=generator.integers(1, 12))) for _ in range(78)]
    labels = generator.integers(0, 2, 78)
    batches = list(TextBatches(model.encode(texts), labels, 4))  # 20 batches, the last of 2
    assert sorted({len(batch["labels"]) for batch in batches}) == [2, 4]
    batches.sort(key=lambda batch: -len(batch["labels"]))  # Trainer can only have its short batch at the end
    theirs = AutoModelForSequenceClassification.from_pretrained(model.save(tmp_path / "start"), dtype=torch.float64)

    losses = []

    class Recorder(Trainer):
        def compute_loss(self, *arguments, **options):
            loss = super().compute_loss(*arguments, **options)
            losses.append(loss.item())
            return loss

    rows = []
    for batch in batches:
        mask = batch["attention_mask"]
        mask = torch.ones_like(batch["token_ids"]) if mask is None else mask
        rows += [
            {"input_ids": ids, "attention_mask": real, "labels": label}
            for ids, real, label in zip(batch["token_ids"], mask, batch["labels"], strict=True)
        ]
    settings = TrainingArguments(
        str(tmp_path / "trainer"),
        num_train_epochs=1,
        per_device_train_batch_size=4,
        train_sampling_strategy="sequential",
        max_grad_norm=0.5,
        use_cpu=True,
        report_to="none",
        disable_tqdm=True,
        save_strategy="no",
        logging_strategy="no",
    )
    optimizer = training.adamw(theirs, 5e-3, weight_decay=0.1)
    schedule = get_linear_schedule_with_warmup(optimizer, 2, 20)
    Recorder(theirs, settings, train_dataset=rows, optimizers=(optimizer, schedule)).train()
    history = training.fit(
        model,
        batches,
        fine_tuning.classification_loss,
        learning_rate=5e-3,
        weight_decay=0.1,
        max_norm=0.5,
        progress=False,
        device="cpu",
    )
    assert len(history.loss) == 20
    assert max(history.gradient_norm) > 0.5  # clipping had something to do
    assert_close(torch.tensor(losses), torch.tensor(history.loss), rtol=0, atol=1e-10)


def test_an_error_in_the_middle_leaves_the_mode_as_it_was(monkeypatch):
    model = small_classifier().train()

    def broken(*_):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(model.bert, "pooled", broken)
    with pytest.raises(RuntimeError, match="in the middle"):
        model.predict_proba(["a"])
    assert all(module.training for module in model.modules())
