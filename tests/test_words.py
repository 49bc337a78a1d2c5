"""One word for one thing: no public name of the package is one that `docs/words.md` has replaced."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lessons.course.places import ROOT

PAGE = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
TABLE, EXCEPTIONS = PAGE.split("## Exceptions")
FILES = sorted((ROOT / "lessons").rglob("*.py"))


def rows(table: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return lines[2:]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


WORDS = {quoted(word)[0]: quoted(replaced) for word, _, replaced in rows(TABLE)}
REPLACED = {pattern: word for word, patterns in WORDS.items() for pattern in patterns}
KEPT = {name for row in rows(EXCEPTIONS) for name in quoted(row[0])}


def public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (one.arg for one in every if one)


def attributes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """What a method sets on `self`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


def variables(node: ast.AST) -> Iterator[str]:
    """What an assignment binds."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def names(body: list[ast.stmt]) -> Iterator[str]:
    """Every public name of a module or class: functions, their parameters, attributes, classes, variables."""
    for node in body:
        if isinstance(node, ast.ClassDef) and public(node.name):
            yield node.name
            yield from names(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and public(node.name):
            yield from (node.name, *parameters(node), *attributes(node))
        yield from variables(node)


def names_of(file: Path) -> set[str]:
    found = names(ast.parse(file.read_text(encoding="utf-8")).body)
    return {name for name in found if public(name)}


def word_for(name: str) -> str | None:
    """The word that the page wants in place of a name, or None if the name may stay."""
    if name in KEPT or name in WORDS:
        return None
    return next((word for pattern, word in REPLACED.items() if fnmatchcase(name, pattern)), None)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT / "lessons").as_posix())
def test_no_name_is_a_replaced_word(file: Path) -> None:
    assert {name: word for name in names_of(file) if (word := word_for(name))} == {}


def test_every_word_and_every_exception_is_in_use() -> None:
    used = {name for file in FILES for name in names_of(file)}
    assert {word for word in WORDS if word not in used} == {"n_…"}
    assert used >= KEPT


def test_the_page_does_not_contradict_itself() -> None:
    replaced = Counter(pattern for patterns in WORDS.values() for pattern in patterns)
    assert [pattern for pattern, times in replaced.items() if times > 1] == []
    assert not set(replaced) & set(WORDS)
    assert all(word_for(pattern.replace("*", "x")) for pattern in replaced)


def test_the_class_checkpoint_is_one() -> None:
    where = [file.stem for file in FILES if re.search(r"^class Checkpoint\b", file.read_text("utf-8"), re.MULTILINE)]
    assert where == ["checkpoints"]


def test_a_replaced_word_would_be_found() -> None:
    source = (
        "class Model:\n    num_heads: int\n    def __init__(self, d_model, *, optimiser=None):\n"
        "        self.lr = 1\n    def run(self, _ids, ids): ...\ndef _private(lr): ...\nn_vocab = 3\n"
    )
    found = {name: word_for(name) for name in names(ast.parse(source).body) if public(name) and word_for(name)}
    assert found == {
        "num_heads": "n_…",
        "d_model": "hidden_size",
        "optimiser": "optimizer",
        "lr": "learning_rate",
        "ids": "token_ids",
        "n_vocab": "vocab_size",
    }
