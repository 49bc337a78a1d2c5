"""docs/teaching.md tells what happens: each of its commands is run in order, and prints what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import walk
from tests.support.walk import Stage, Step

STEPS = [step for block in walk.steps(walk.PAGE.read_text(encoding="utf-8")) for step in block]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def printed(stage: Stage) -> dict[int, str]:
    """What each step has printed; a later one needs what an earlier one wrote."""
    return {}


@pytest.mark.parametrize(
    "number", range(len(STEPS)), ids=[f"{at}: {step.command[:40]}" for at, step in enumerate(STEPS)]
)
def test_a_command_prints_what_the_page_shows(number: int, stage: Stage, printed: dict[int, str]) -> None:
    for before in range(number + 1):
        if before not in printed:
            printed[before] = stage.play(STEPS[before].command)
    assert walk.plain(printed[number]) == walk.plain(STEPS[number].shown)


def test_the_first_day_and_the_last_are_walked_through() -> None:
    typed = " ".join(step.command for step in STEPS)
    for wanted in ("lessons solve", "lessons page", "@hw1.txt", "--export", "overrides.csv", "--exercises", "4712"):
        assert wanted in typed


def test_blocks_are_cut_into_commands() -> None:
    text = "x\n```console\n$ lessons a \\\n    b\none\n$ cat c\n```\n```\n$ no\n```\n"
    assert walk.steps(text) == [[Step("lessons a \\\n    b", "one\n"), Step("cat c", "")]]
    assert walk.plain("2 in 6.71 s: 3.3 s each, 0.5 MB") == "2 in N s: N s each, N MB"


def test_a_command_that_the_page_may_not_say_is_refused(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="may not say"):
        stage.play(f"rm -r {tmp_path}")
