"""Three processes and what they compute: equal to PyTorch's own, to one process, and to the whole model."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from lessons.course.errors import CourseError
from lessons.scaling import processes

HERE = Path(__file__).parent
EXACT = 1e-10


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run for all tests, since starting is what takes long: a process dies, all begin again, and do the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOLDER", str(tmp_path_factory.mktemp("training")))
        found = json.loads(processes.launch(HERE / "workers.py", 3, seconds=500, restarts=1).splitlines()[-1])
    return found | {"left over": processes.left_over()}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_sums_are_those_of_pytorch_and_bytes_those_of_the_formula(seen: dict[str, Any], size: int) -> None:
    sent, off = seen[f"ring {size}"]
    assert off == 0
    parts = [size // 3 + (place < size % 3) for place in range(3)]  # as tensor_split cuts
    assert sent == 8 * (2 * size - parts[1] - parts[2])  # process 0 lacks part 1 in the one half, 2 in the other
    sent, off = seen[f"star {size}"]
    assert off == 0
    assert sent == 8 * 2 * size


@pytest.mark.parametrize("way", ["by hand", "DDP", "sharded", "FSDP2"])
def test_every_way_to_share_data_is_one_process_with_the_whole_batch(seen: dict[str, Any], way: str) -> None:
    assert seen[way] < EXACT


def test_a_third_of_the_state_is_held(seen: dict[str, Any]) -> None:
    mine, whole = seen["state"]
    assert abs(mine - whole / 3) <= 16


def test_cuts_through_a_layer_and_between_layers_are_the_whole(seen: dict[str, Any]) -> None:
    assert seen["split"] < EXACT
    assert max(seen["pipeline"]) < EXACT


def test_what_cannot_be_shared_gets_a_sentence(seen: dict[str, Any]) -> None:
    assert "one piece" in seen["not in one piece"]
    assert "4 examples" in seen["unequal shares"]
    assert "5 inner numbers" in seen["odd"]


def test_a_worker_that_dies_changes_nothing(seen: dict[str, Any]) -> None:
    assert seen["died"] == {"begun": 2, "went on from step": 4, "equal": True}
    assert not seen["left over"]


def test_without_torchrun_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANK", raising=False)
    with pytest.raises(CourseError, match="torchrun"), processes.group():
        pass
    with pytest.raises(CourseError, match=r"no file none\.py"):
        processes.launch("none.py")


def test_what_takes_too_long_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In place of torchrun, which needs seconds to start: a process with a child that sleeps."""
    script = tmp_path / "sleep.py"
    script.write_text("")
    child = f"import subprocess, sys; subprocess.run([{sys.executable!r}, '-c', 'import time; time.sleep(60)'])"
    started = []

    def popen(command: list[str], **named: Any) -> subprocess.Popen[str]:
        started.append(real([sys.executable, "-c", child], **named))
        deadline = time.monotonic() + 20
        while not psutil.Process(started[0].pid).children() and time.monotonic() < deadline:
            time.sleep(0.05)
        started.append(psutil.Process(started[0].pid).children()[0])
        return started[0]

    real = subprocess.Popen
    monkeypatch.setattr(processes.subprocess, "Popen", popen)
    with pytest.raises(CourseError, match=r"longer than 0\.1 seconds"):
        processes.launch(script, seconds=0.1)
    assert not any(psutil.pid_exists(each.pid) and psutil.Process(each.pid).status() != "zombie" for each in started)
    assert not processes.left_over()


def test_a_worker_ends_when_its_starter_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before: what would end this process is noted down instead."""
    ended, codes = threading.Event(), []
    monkeypatch.setattr(processes.os, "_exit", lambda code: (codes.append(code), ended.set()))
    starter = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setenv(processes.STARTER, str(starter.pid))
    processes._watch_starter()
    assert not ended.wait(1.2)
    starter.communicate(b"\n")
    assert ended.wait(30)
    assert codes == [1]


def test_nobody_watches_without_a_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(processes.STARTER, raising=False)
    before = threading.active_count()
    processes._watch_starter()
    assert threading.active_count() == before
