"""What pip's last words mean, with the words of three of its versions."""

from __future__ import annotations

import pytest

from lessons.course import conflicts

CONFLICT = """
INFO: pip is looking at multiple versions of <Python from Requires-Python> to determine which version is compatible.
ERROR: Cannot install lessons because these package versions have conflicting dependencies.

The conflict is caused by:
    beautifulsoup4 4.15.0 depends on soupsieve>=1.6.1
    The user requested (constraint) soupsieve==4.1.2

To fix this you could try to:
1. loosen the range of package versions you've specified

ERROR: ResolutionImpossible: for help visit the documentation
"""
ADDITIONALLY = CONFLICT.replace(
    "To fix this",
    "Additionally, some packages in these conflicts have no matching distributions available for your environment:\n"
    "    soupsieve\n\nTo fix this",
)
MISSING = """
ERROR: Could not find a version that satisfies the requirement soupsieve==4.1.2 (from versions: 2.9, 2.10)
ERROR: No matching distribution found for soupsieve==4.1.2
"""
OLD_PYTHON = """
ERROR: Ignored the following versions that require a different python version: 14.1.2 Requires-Python >=3.99; \
4.1.1 Requires-Python >=3.10; 4.1.2 Requires-Python >=3.11.5; 4.1.20 Requires-Python >=3.13
ERROR: Could not find a version that satisfies the requirement soupsieve<0 (from versions: 2.9, 2.10)
ERROR: No matching distribution found for soupsieve<0
"""
THERE = "ERROR: Could not find a version that satisfies the requirement x<0 (from versions: 2.9, 2.10, 4.1.2+cpu)"
OTHERS = "ERROR: Could not find a version that satisfies the requirement x<0 (from versions: 2.8, 2.9, 2.10, 4.1.3)"
NOTHING = "ERROR: Could not find a version that satisfies the requirement x<0 (from versions: none)"


def why(
    words: str, soupsieve: str, pip: str = NOTHING, has_index: bool = True, mirror: str = ""
) -> tuple[str, list[str]]:
    """The reason, and what pip was asked for, with these answers."""
    asked = []

    def ask(requirement: str) -> str:
        asked.append(requirement)
        return {"soupsieve<0": soupsieve, "pip<0": pip}[requirement]

    return conflicts.reason(words, ask, "3.11.2 on linux-x86_64", has_index, mirror), asked


@pytest.mark.parametrize("words", [CONFLICT, ADDITIONALLY, MISSING])
def test_a_pin_that_wants_another_python_is_named_with_what_it_wants(words: str) -> None:
    said, asked = why(words, OLD_PYTHON)
    assert said.startswith("soupsieve 4.1.2 needs Python 3.11.5, this is 3.11.2. ")
    assert "make course PYTHON=" in said
    assert "internet" not in said
    assert asked == ["soupsieve<0"]


def test_more_than_one_bound_is_told_as_it_is() -> None:
    said, _ = why(MISSING, OLD_PYTHON.replace(">=3.11.5", ">=3.8,<3.11"))
    assert said.startswith("soupsieve 4.1.2 needs Python >=3.8,<3.11, this is 3.11.2. ")


def test_the_package_itself_may_refuse_the_python() -> None:
    words = "ERROR: Package 'lessons' requires a different Python: 3.11.2 not in '<3.15,>=3.12'"
    assert why(words, "")[0].startswith("lessons needs Python <3.15,>=3.12, this is 3.11.2. ")


@pytest.mark.parametrize("words", [CONFLICT, ADDITIONALLY, MISSING])
def test_a_version_without_a_build_is_named_with_what_there_is(words: str) -> None:
    said, _ = why(words, OTHERS)
    assert said.startswith(
        "There is no build of soupsieve 4.1.2 for Python 3.11.2 on linux-x86_64 (there are: 2.9, 2.1"
    )
    assert "internet" not in said


def test_an_index_that_has_pip_was_reached() -> None:
    said, asked = why(MISSING, NOTHING, THERE)
    assert said.startswith("There is no build of soupsieve 4.1.2 for Python 3.11.2 on linux-x86_64. ")
    assert asked == ["soupsieve<0", "pip<0"]


@pytest.mark.parametrize("words", [CONFLICT, ADDITIONALLY, MISSING])
def test_an_index_that_has_not_even_pip_was_not_reached(words: str) -> None:
    assert why(words, NOTHING)[0] == conflicts.INTERNET


MIRROR = "https://mirror.example/simple"


def test_a_mirror_that_lacks_a_version_is_named_with_the_setting() -> None:
    said, _ = why(MISSING, OTHERS, mirror=MIRROR)
    assert said.startswith(f"Your package index, {MIRROR}, has no soupsieve 4.1.2 for Python 3.11.2")
    assert "PIP_INDEX_URL=https://pypi.org/simple" in said
    assert why(MISSING, NOTHING, THERE, mirror=MIRROR)[0].startswith(f"Your package index, {MIRROR}, has no soupsieve")


def test_a_mirror_that_gives_nothing_is_named_beside_the_internet() -> None:
    said, _ = why(MISSING, NOTHING, mirror=MIRROR)
    assert said.startswith(conflicts.INTERNET)
    assert f"It is {MIRROR}, as PIP_INDEX_URL" in said


def test_folders_alone_need_not_have_pip() -> None:
    said, asked = why(MISSING, NOTHING, has_index=False)
    assert said.startswith("There is no build of soupsieve 4.1.2 for Python 3.11.2 on linux-x86_64. ")
    assert asked == ["soupsieve<0"]


def test_two_that_do_not_go_together_are_told_as_pip_does() -> None:
    said, _ = why(CONFLICT, THERE)
    assert "beautifulsoup4 4.15.0 depends on soupsieve>=1.6.1, The user requested (constraint) soupsieve==4.1.2" in said
    assert "git pull" in said


@pytest.mark.parametrize("wanted", ["soupsieve>=2", "soupsieve[more]", "soupsieve~=2.9;python_version>'3'"])
def test_a_requirement_without_a_pin_is_looked_up_by_its_name(wanted: str) -> None:
    found = conflicts.look_up(wanted, lambda requirement: {"soupsieve<0": OTHERS}[requirement])
    assert (found.name, found.version, found.is_there) == ("soupsieve", "", True)
