"""Where weights come from: packaged, a folder, the hub (which no test can reach)."""

import pytest
import torch

from lessons.course import assets
from lessons.kit import pretrained


def test_the_packaged_checkpoint_holds_weights_configuration_and_tokenizer():
    checkpoint = pretrained.load("minilm")
    assert checkpoint.config["hidden_size"] == 384
    assert sum(w.numel() for w in checkpoint.weights.values() if w.is_floating_point()) == 22_713_216
    assert checkpoint.tokenizer("film")["input_ids"] == [101, 2143, 102]
    assert checkpoint.weights["embeddings.word_embeddings.weight"].dtype == torch.float32


def test_a_damaged_tokenizer_is_noticed_before_anything_is_read(monkeypatch, tmp_path):
    original = assets.folder()
    for name in assets.manifest():
        if name.startswith(pretrained.PACKAGED["minilm"]):
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((original / name).read_bytes())
    (tmp_path / pretrained.PACKAGED["minilm"] / "vocab.txt").write_text("[PAD]\n")
    monkeypatch.setenv("LESSONS_ASSETS", str(tmp_path))
    with pytest.raises(assets.AssetError, match=r"vocab\.txt.*lessons doctor --repair"):
        pretrained.load("minilm")


def test_without_internet_a_hub_name_gets_one_clear_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(OSError, match=r"could not be reached.*the packaged model"):
        pretrained.load("bert-base-uncased")


def test_a_hub_model_is_asked_for_at_its_pinned_revision_and_without_pickles(monkeypatch, tmp_path):
    asked = {}

    def snapshot_download(name, **options):
        asked.update(options, name=name)
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert pretrained.folder("bert-base-uncased") == tmp_path
    assert asked["revision"] == pretrained.PINNED["bert-base-uncased"]
    assert not [p for p in asked["allow_patterns"] if p.endswith((".bin", ".pt", "*", ".pkl"))]


@pytest.mark.parametrize("revision", [None, "main", "86b5e09"])
def test_an_unpinned_hub_model_is_refused(revision):
    with pytest.raises(ValueError, match="exact revision"):
        pretrained.folder("somebody/some-model", revision)
