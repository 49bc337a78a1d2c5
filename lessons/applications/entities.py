"""Entities: which words name a person, a place, a company? A label for every word, and how such labels are judged.

Tags are in the BIO scheme (Ramshaw & Marcus 1995): "B-person" where an entity begins, "I-person" where it goes on, "O"
outside. A span is what is judged: a name is found if its first word, its last word and its kind are right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import torch

from lessons.applications.heads import IGNORED, Encoded, EveryToken, token_loss
from lessons.bert import BERT
from lessons.kit import checks, pretrained, training

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Words = Sequence[str]
Tags = Sequence[str]
OUTSIDE = "O"


class Span(NamedTuple):
    """An entity: words start, start + 1, ..., end - 1, and its kind."""

    start: int
    end: int
    kind: str


class SpanScores(NamedTuple):
    """Of what was found, how much is right; of what is there, how much was found; their harmonic mean."""

    precision: float
    recall: float
    f1: float


# --- tags and spans ---------------------------------------------------------------------------------------------------


def _parted(tag: str) -> tuple[str, str]:
    """The letter and the kind of a tag. Raises ValueError for what is none."""
    if not isinstance(tag, str) or not re.fullmatch(r"O|[BI]-.+", tag):
        raise ValueError(f"A tag is O, B-kind or I-kind, not {tag!r:.60}.")
    return tag[0], tag[2:]


def spans(tags: Tags, strict: bool = False) -> list[Span]:
    """The entities in a row of tags, from left to right.

    An I-kind that continues nothing of its kind begins an entity of its own, as in the script of the CoNLL shared
    tasks; with `strict` it belongs to none. Raises ValueError for what is no tag, TypeError for one bare string.
    """
    if isinstance(tags, str):
        raise TypeError(f"Give a list of tags, not one string: [{tags!r:.60}].")
    found: list[Span] = []
    is_open = False  # whether the last span in `found` may go on
    for place, (letter, kind) in enumerate(map(_parted, tags)):
        if letter == "I" and is_open and found[-1].kind == kind:
            found[-1] = found[-1]._replace(end=place + 1)
        else:
            is_open = letter == "B" or (letter == "I" and not strict)
            if is_open:
                found.append(Span(place, place + 1, kind))
    return found


def bio(entities: Sequence[Span], n_words: int) -> list[str]:
    """The tags of n_words words with these entities in them: the inverse of `spans`.

    Raises ValueError for spans that are empty, overlap or go beyond the text, and for less than one word.
    """
    checks.sizes(n_words=n_words)
    tags = [OUTSIDE] * n_words
    for span in entities:
        if not isinstance(span, tuple) or len(span) != 3:
            raise ValueError(f"A span is (start, end, kind), not {span!r:.60}.")
        start, end, kind = span
        if not 0 <= start < end <= n_words or any(tag != OUTSIDE for tag in tags[start:end]):
            raise ValueError(f"A span lies within 0 to {n_words} and overlaps no other; this is {start} to {end}.")
        tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return tags


def _harmonic(right: int, found: int, there: int) -> SpanScores:
    precision = right / found if found else 0.0
    recall = right / there if there else 0.0
    return SpanScores(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def _checked(targets: Sequence[Tags], predictions: Sequence[Tags]) -> None:
    if not len(targets) or [*map(len, targets)] != [*map(len, predictions)]:
        raise ValueError("Give one list of tags for each text, as long in the predictions as in the targets.")


def span_scores(targets: Sequence[Tags], predictions: Sequence[Tags], strict: bool = False) -> SpanScores:
    """Precision, recall and F1 of all entities of all texts together (Tjong Kim Sang & De Meulder 2003, section 4).

    Raises ValueError for no text, other lengths and what is no tag, TypeError for bare strings.
    """
    _checked(targets, predictions)
    right = found = there = 0
    for wanted, given in zip(targets, predictions, strict=True):
        true, guessed = set(spans(wanted, strict)), set(spans(given, strict))
        right, found, there = right + len(true & guessed), found + len(guessed), there + len(true)
    return _harmonic(right, found, there)


def scores_by_kind(
    targets: Sequence[Tags], predictions: Sequence[Tags], strict: bool = False
) -> dict[str, tuple[SpanScores, int]]:
    """For each kind its scores, and how many entities of it there are. Raises as `span_scores`."""
    _checked(targets, predictions)
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("right", "found", "there")}
    for wanted, given in zip(targets, predictions, strict=True):
        true, guessed = set(spans(wanted, strict)), set(spans(given, strict))
        for name, these in (("right", true & guessed), ("found", guessed), ("there", true)):
            counts[name].update(span.kind for span in these)
    kinds = sorted(counts["there"] | counts["found"])
    return {k: (_harmonic(*(counts[n][k] for n in ("right", "found", "there"))), counts["there"][k]) for k in kinds}


def tag_accuracy(targets: Sequence[Tags], predictions: Sequence[Tags]) -> float:
    """The share of words with the right tag: high for "O everywhere". Raises as `span_scores`."""
    _checked(targets, predictions)
    pairs = [pair for rows in zip(targets, predictions, strict=True) for pair in zip(*rows, strict=True)]
    if not pairs:
        raise ValueError("There is no word in these texts.")
    return sum(true == guess for true, guess in pairs) / len(pairs)


# --- two baselines ----------------------------------------------------------------------------------------------------


class Gazetteer:
    """A list of the names that occur in training, found again word for word: the longest first, from left to right."""

    def __init__(self, texts: Sequence[Words], tags: Sequence[Tags], least: float = 0.5) -> None:
        """Keeps a name if it is an entity in at least that share of its occurrences, with its commonest kind.

        Raises ValueError for texts and tags that do not fit, and for what is no share, TypeError for what is no word.
        """
        _checked(_words(texts), tags)
        checks.shares(least=least)
        kinds: dict[tuple[str, ...], Counter[str]] = {}
        for words, row in zip(texts, tags, strict=True):
            for start, end, kind in spans(row):
                kinds.setdefault(_lower(words[start:end]), Counter())[kind] += 1
        self.longest = max(map(len, kinds), default=1)
        occurrences = Counter(name for words in texts for name in self._windows(words) if name in kinds)
        self.names: dict[tuple[str, ...], str] = {
            name: counts.most_common(1)[0][0]
            for name, counts in kinds.items()
            if counts.total() >= least * occurrences[name]
        }

    def _windows(self, words: Words) -> list[tuple[str, ...]]:
        lengths = range(1, self.longest + 1)
        return [_lower(words[i : i + n]) for n in lengths for i in range(len(words) - n + 1)]

    def predict(self, texts: Sequence[Words]) -> list[list[str]]:
        """Tags for each text. Raises TypeError for what is no list of words."""
        return [self._tags(words) for words in _words(texts)]

    def _tags(self, words: Words) -> list[str]:
        found, place = [], 0
        while place < len(words):
            for length in range(min(self.longest, len(words) - place), 0, -1):
                kind = self.names.get(_lower(words[place : place + length]))
                if kind:
                    found.append(Span(place, place + length, kind))
                    break
            else:
                length = 1
            place += length
        return bio(found, len(words)) if words else []


def _words(texts: Sequence[Words]) -> list[list[str]]:
    """Raises TypeError unless these are texts as lists of words."""
    if isinstance(texts, str) or any(isinstance(words, str) for words in texts):
        raise TypeError("A text is a list of words here, not one string.")
    rows = [list(words) for words in texts]
    if wrong := [word for row in rows for word in row if not isinstance(word, str)]:
        raise TypeError(f"A word is a text (str), not {wrong[0]!r:.60}.")
    return rows


def _lower(words: Words) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def word_features(words: Words, place: int) -> dict[str, float]:
    """What a linear model may know of a word: itself, its shape, its ends, its neighbours; name of a feature -> 1.

    The features that taggers used before neural networks (compare Ratinov & Roth 2009, section 3). Raises ValueError
    for a place outside the text, TypeError for what is no list of words.
    """
    checks.whole(0, place=place)
    (words,) = _words([words])
    if place >= len(words):
        raise ValueError(f"There are {len(words)} words; there is no place {place}.")
    word = words[place]
    before = words[place - 1] if place else "<start>"
    after = words[place + 1] if place + 1 < len(words) else "<end>"
    shape = re.sub("[0-9]+", "d", re.sub("[A-Z]+", "X", re.sub("[a-z]+", "x", word)))
    names = [
        f"word {word.lower()}", f"shape {shape}", f"start {word[:3].lower()}", f"end {word[-3:].lower()}",
        f"before {before.lower()}", f"after {after.lower()}",
        f"capitals {before[:1].isupper():d}{word[:1].isupper():d}{after[:1].isupper():d}",
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


# --- the head ---------------------------------------------------------------------------------------------------------


def aligned(word_numbers: Sequence[int | None], labels: Sequence[int]) -> list[int]:
    """A label for each word piece: the first piece of a word has the word's, all others and [CLS], [SEP] have IGNORED.

    Raises ValueError for the number of a word that has no label, and for what is no label.
    """
    if wrong := [label for label in labels if not isinstance(label, int) or label < 0]:
        raise ValueError(f"A label is a whole number from 0, not {wrong[0]!r:.60}.")
    row: list[int] = []
    for place, number in enumerate(word_numbers):
        if number is not None and not 0 <= number < len(labels):
            raise ValueError(f"There are {len(labels)} labels; a piece is of word {number}.")
        is_first = number is not None and (place == 0 or word_numbers[place - 1] != number)
        row.append(labels[number] if is_first and number is not None else IGNORED)
    return row


def tag_names(kinds: Sequence[str]) -> tuple[str, ...]:
    """O, then B and I of each kind. Raises ValueError for no kind, or one that is given twice."""
    if isinstance(kinds, str) or not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
        raise ValueError(f"Give a list of kinds, texts, one or more; not {kinds!r:.60}.")
    if len(set(kinds)) < len(kinds):
        raise ValueError(f"Every kind is given once, not {list(kinds)}.")
    return (OUTSIDE, *(f"{letter}-{kind}" for kind in kinds for letter in "BI"))


class EntityFinder(EveryToken):
    """BERT with a tag for every word, read at its first piece (Devlin et al. 2019, section 5.3).

    The layout is that of transformers' BertForTokenClassification, which can load what `save` writes.
    """

    head_name: ClassVar[str] = "classifier"
    architecture: ClassVar[str] = "BertForTokenClassification"

    def __init__(self, bert: BERT, tokenizer: PreTrainedTokenizerBase, label_names: Sequence[str]) -> None:
        """Raises ValueError unless the names are two or more different tags."""
        if isinstance(label_names, str) or len(set(label_names)) < max(2, len(label_names)):
            raise ValueError(f"Give two or more different tags, not {label_names!r:.60}.")
        for name in label_names:
            _parted(name)
        super().__init__(bert, tokenizer, len(label_names), max_tokens=128)
        self.label_names = tuple(label_names)

    @classmethod
    def from_pretrained(cls, kinds: Sequence[str], name: str = "minilm", *, seed: int = 0) -> Self:
        """A pretrained encoder under a new head for these kinds of entity. Raises ValueError as `tag_names`."""
        checks.whole(0, seed=seed)
        bert, tokenizer = BERT.from_pretrained(name), pretrained.tokenizer(name)
        torch.manual_seed(seed)
        return cls(bert, tokenizer, tag_names(kinds)).eval()

    def encode(self, texts: Sequence[Words]) -> Encoded:
        """Texts as lists of words -> word pieces with [CLS] and [SEP], cut to `max_tokens`.

        Raises TypeError for a text that is one string, ValueError for no text or one without words.
        """
        rows = _words(texts)
        if not rows or not all(rows):
            raise ValueError("Give one text or more, none of them empty.")
        found = self.tokenizer(rows, is_split_into_words=True, truncation=True, max_length=self.max_tokens)
        token_ids = found["input_ids"]
        return Encoded(token_ids, [[0] * len(row) for row in token_ids], [found.word_ids(i) for i in range(len(rows))])

    def fit(
        self,
        texts: Sequence[Words],
        tags: Sequence[Tags],
        *,
        epochs: int = 2,
        learning_rate: float = 2e-4,
        batch_size: int = 16,
        seed: int = 0,
        **how: Any,
    ) -> training.History:
        """Fine-tune every weight; `how` goes to `training.fit`.

        Raises ValueError for texts and tags that do not fit, and for tags that this model does not know.
        """
        _checked(texts, tags)
        numbers = {name: label for label, name in enumerate(self.label_names)}
        if unknown := {tag for row in tags for tag in row} - numbers.keys():
            raise ValueError(f"This model knows no tag {min(unknown)!r}; it knows {', '.join(self.label_names)}.")
        encoded = self.encode(texts)
        labels = [[numbers[tag] for tag in row] for row in tags]
        rows = [aligned(places, row) for places, row in zip(encoded.word_numbers, labels, strict=True)]
        how = {"epochs": epochs, "learning_rate": learning_rate, "batch_size": batch_size, **how}
        return self._train(encoded, rows, token_loss, seed, **how)

    def predict(self, texts: Sequence[Words]) -> list[list[str]]:
        """A tag for each word; words that were cut, or that have no piece, get O. Raises as `encode`."""
        encoded = self.encode(texts)
        found = []
        for words, numbers, logits in zip(texts, encoded.word_numbers, self._logits(encoded), strict=True):
            tags = [OUTSIDE] * len(words)
            for number, label in zip(reversed(numbers), reversed(logits.argmax(-1).tolist()), strict=True):
                if number is not None:
                    tags[number] = self.label_names[label]  # the first piece comes last, and stays
            found.append(tags)
        return found

    def _names(self) -> dict[str, Any]:
        names = {str(label): name for label, name in enumerate(self.label_names)}
        return {"id2label": names, "label2id": {name: int(label) for label, name in names.items()}}

    @classmethod
    def _made(cls, bert: BERT, found: pretrained.PretrainedModel) -> Self:
        names: Mapping[str, str] = found.config["id2label"]
        return cls(bert, found.tokenizer, [names[str(label)] for label in range(len(names))])
