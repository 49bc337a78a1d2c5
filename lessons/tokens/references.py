"""The Rust library `tokenizers` of Hugging Face, set up to do what the chapter builds: to compare the two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from lessons.kit import pretrained


def rust_byte_pair(texts: Iterable[str], vocab_size: int) -> tuple[Tokenizer, list[tuple[str, str]]]:
    """A byte-level BPE tokenizer with GPT-2's pre-tokenisation, learnt by Rust, and its merges in order."""
    model = Tokenizer(models.BPE())
    model.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    model.train_from_iterator(texts, trainer)
    return model, [(first, second) for first, second in json.loads(model.to_str())["model"]["merges"]]


def rust_word_pieces(words: Mapping[str, int], vocab_size: int) -> set[str]:
    """The vocabulary that the library's own WordPiece trainer learns from words and how often each occurs."""
    model = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    model.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    texts = [" ".join([word] * times) for word, times in words.items()]
    model.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=vocab_size, show_progress=False))
    return set(model.get_vocab())


def rust_minilm() -> Tokenizer:
    """MiniLM's WordPiece tokenizer, without padding and without truncation."""
    fast = Tokenizer.from_file(str(pretrained.folder() / "tokenizer.json"))
    fast.no_padding()
    fast.no_truncation()
    return fast


def rust_unigram(log_probabilities: Mapping[str, float], byte_fallback: bool = False) -> Tokenizer:
    """A Unigram tokenizer with these pieces. Of what it does not know it makes `<unk>`, or bytes if `byte_fallback`."""
    pieces: Sequence[tuple[str, float]] = [("<unk>", 0.0), *log_probabilities.items()]
    spare = [(f"<0x{byte:02X}>", min(log_probabilities.values())) for byte in range(256)] if byte_fallback else []
    return Tokenizer(models.Unigram([*pieces, *spare], unk_id=0, byte_fallback=byte_fallback))
