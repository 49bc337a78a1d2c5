"""Examples of one's own: what is taken, how it is split, and the sentence for each thing that may be wrong."""

from pathlib import Path

import numpy as np
import pytest

from lessons import fine_tuning
from lessons.fine_tuning.examples import problems
from lessons.kit.datasets import trec_questions

TEXTS = [f"text number {n}" for n in range(40)]
LABELS = ["good" if n % 4 else "bad" for n in range(40)]


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "mine.csv"
    file.write_bytes(content.encode(encoding))
    return file


def test_every_label_is_in_every_split_and_nothing_is_lost_or_in_two():
    data = fine_tuning.own_examples(TEXTS, LABELS)
    assert data.label_names == ("bad", "good")
    parts = [data.train, data.validation, data.test]
    assert [len(part) for part in parts] == [24, 8, 8]
    assert [np.bincount(part.labels).tolist() for part in parts] == [[6, 18], [2, 6], [2, 6]]
    found = {text: int(label) for part in parts for text, label in zip(part.inputs, part.labels, strict=True)}
    assert found == {text: int(label == "good") for text, label in zip(TEXTS, LABELS, strict=True)}


def test_the_split_does_not_depend_on_the_order_and_repetitions_are_kept_once():
    data = fine_tuning.own_examples(TEXTS, LABELS)
    again = fine_tuning.own_examples([*TEXTS[::-1], "Text NUMBER 3!"], [*LABELS[::-1], LABELS[3]])
    assert [len(part) for part in (again.train, again.validation, again.test)] == [24, 8, 8]
    assert [text.casefold().strip("!") for text in again.test.inputs] == list(data.test.inputs)


def test_labels_are_not_the_order_of_the_training_texts():
    labels = fine_tuning.own_examples(TEXTS, LABELS).train.labels
    assert sorted(labels) != list(labels)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_file_is_read_with_commas_quotes_and_more_columns(tmp_path, encoding):
    rows = "".join(
        f'{n},"one, {text} ""here""",{label}\r\n' for n, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))
    )
    data = fine_tuning.own_examples(str(written(tmp_path, "id,text,label\r\n" + rows, encoding)))
    assert 'one, text number 7 "here"' in {*data.train.inputs, *data.validation.inputs, *data.test.inputs}
    assert data.name == "mine.csv"


def test_numbers_may_be_labels():
    assert fine_tuning.own_examples(TEXTS, [n % 2 for n in range(40)]).label_names == ("0", "1")


@pytest.mark.parametrize(
    ("texts", "labels", "sentence"),
    [
        ([], [], "no row"),
        (["", "a", "?!", None], ["x", "x", "y", "y"], "nothing but signs in it: rows 1, 3, 4"),
        (["a", "b"], ["x", " "], "Without a label: row 2"),
        (["a", "b"], ["x", None], "Without a label: row 2"),
        (["a", "", "b"], ["x", "x", None], "Without a text.*\n.*Without a label"),
        (["Great.", "Awful.", "great"], ["good", "bad", "bad"], "Rows 1 and 3 hold the same text and two labels"),
        (TEXTS, ["good"] * 40, "All 40 labels are 'good'"),
        (TEXTS, ["Good" if n % 2 else "good" for n in range(40)], "differ only in capitals"),
        (TEXTS, [str(n) for n in range(40)], "40 different labels for 40 texts"),
        (TEXTS, ["rare" if n < 3 else "usual" for n in range(40)], "'rare' has 3 different texts"),
        (["same"] * 20 + TEXTS, ["few"] * 20 + ["many"] * 40, "'few' has 1 different texts"),
        ("a bare text", ["x"], "Give a list of texts"),
        (TEXTS, "a bare text", "Give a list of labels"),
        (TEXTS, ["x"], "40 texts, 1 labels"),
    ],
)
def test_what_is_wrong_gets_a_sentence(texts, labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        fine_tuning.own_examples(texts, labels)


def test_many_rows_are_not_all_named():
    (found,) = problems([("", "x")] * 9)
    assert found.endswith("rows 1, 2, 3, 4, 5 and 4 more.")


def test_files_that_cannot_be_used_get_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        fine_tuning.own_examples("nowhere.csv")
    with pytest.raises(ValueError, match="Give the labels, too"):
        fine_tuning.own_examples(TEXTS)
    with pytest.raises(ValueError, match="must name the column 'label'; it names 'text', 'sentiment'"):
        fine_tuning.own_examples(written(tmp_path, "text,sentiment\na,b\n"))
    with pytest.raises(ValueError, match="names nothing"):
        fine_tuning.own_examples(written(tmp_path, ""))
    with pytest.raises(ValueError, match="is not UTF-8"):
        fine_tuning.own_examples(written(tmp_path, "text,label\ncafé,x\n", "latin-1"))
    with pytest.raises(ValueError, match="Without a label: row 1"):
        fine_tuning.own_examples(written(tmp_path, "text,label\nonly a text\n"))


def test_the_file_to_try_with_can_be_used(tmp_path):
    data = fine_tuning.own_examples(fine_tuning.example_file(tmp_path))
    assert data.label_names == ("human", "location", "number")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [72, 24, 24]
    assert set(data.test.inputs) <= set(trec_questions().train.inputs)
    assert data.first(12).train.inputs == data.train.inputs[:12]


@pytest.mark.parametrize(("n", "epochs"), [(1, 40), (50, 40), (100, 20), (500, 4), (1000, 2), (10**6, 2)])
def test_about_two_thousand_examples_are_seen(n, epochs):
    assert fine_tuning.epochs_for(n) == epochs
