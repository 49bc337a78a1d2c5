"""Progress: atomic, shared by several notebooks, and never lost to a damaged file or a read-only folder."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lessons import exercises
from lessons.commands import cli
from lessons.exercises import answer, catalogue
from lessons.tutor import overview, record
from lessons.tutor.record import Record

N_FINE_TUNING = sum(item.topic == "fine_tuning" for item in catalogue())
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_attempts_are_counted_and_the_first_success_is_kept() -> None:
    assert record.load() == {}
    record.record("a.b", "wrong")
    first = record.record("a.b", "correct")
    again = record.record("a.b", "raised an error")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", first.solved)
    assert again == Record(attempts=3, last="raised an error", solved=first.solved, hints=0)
    assert record.load() == {"a.b": again}


def test_hints_only_go_up() -> None:
    record.hint_seen("a.b", 2)
    record.hint_seen("a.b", 1)
    assert record.load()["a.b"].hints == 2


def test_a_reset_forgets_what_it_is_told(home: Path) -> None:
    for name in ("a.b", "a.c", "d.e"):
        record.record(name, "correct")
    record.reset(["a.b", "not.there"])
    assert set(record.load()) == {"a.c", "d.e"}
    record.reset()
    assert record.load() == {}
    assert json.loads((home / "progress.json").read_text(encoding="utf-8")) == {"version": 1, "exercises": {}}


def test_nothing_but_progress_is_left_behind(home: Path) -> None:
    for number in range(5):
        record.record(f"a.{number}", "wrong")
    assert {path.name for path in home.iterdir()} <= {"progress.json", "progress.lock"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"exercises": 3}',
        b'{"exercises": {"a.b": 3}}',
        b'{"exercises": {"a.b": {"attempts": "3"}}}',
        b'{"exercises": {"a.b": {"attempts": 1',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_moved_aside(home: Path, content: bytes) -> None:
    file = home / "progress.json"
    for number in (1, 2):
        file.write_bytes(content)
        assert record.record("x.y", "correct").attempts == 1
        assert (home / f"progress.json.damaged-{number}").read_bytes() == content
        assert set(record.load()) == {"x.y"}
    told = record.notices()
    assert len(told) == 2
    assert "progress.json.damaged-1" in told[0]
    assert record.notices() == []


def test_fields_of_a_later_version_do_no_harm(home: Path) -> None:
    content = {"version": 2, "exercises": {"a.b": {"attempts": 2, "mood": "good"}}}
    (home / "progress.json").write_text(json.dumps(content), encoding="utf-8")
    assert record.load() == {"a.b": Record(attempts=2)}


def _cannot_write(path: Path, records: record.Records) -> None:
    raise PermissionError(13, "Permission denied")


def test_one_failed_write_is_made_good_by_the_next(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    record.record("a.b", "wrong")
    with monkeypatch.context() as patch:
        patch.setattr(record, "_write", _cannot_write)
        assert record.record("a.b", "correct").attempts == 2
        assert record.hint_seen("c.d", 2).hints == 2
        assert saved(home) == {"a.b": 1}
        assert {key: value.attempts for key, value in record.load().items()} == {"a.b": 2, "c.d": 0}
    assert record.notices() == [
        f"Progress cannot be saved in {home} (Permission denied). "
        "It is kept until this kernel ends; each further exercise tries again."
    ]
    assert record.record("c.d", "wrong").attempts == 1
    assert saved(home) == {"a.b": 2, "c.d": 1}
    assert record.load()["c.d"].hints == 2
    assert record.notices() == [f"Progress is saved in {home} again."]
    record.record("c.d", "wrong")
    assert saved(home) == {"a.b": 2, "c.d": 2}
    assert record.notices() == []


def saved(home: Path) -> dict[str, int]:
    """The attempts in the file, by exercise."""
    exercises = json.loads((home / "progress.json").read_text(encoding="utf-8"))["exercises"]
    return {key: fields["attempts"] for key, fields in exercises.items()}


def test_what_waits_is_merged_with_what_another_notebook_saved(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in ("a.b", "e.f"):
        record.record(name, "wrong")
    with monkeypatch.context() as patch:
        patch.setattr(record, "_write", _cannot_write)
        record.record("a.b", "wrong")
        record.reset(["e.f"])
        record.record("g.h", "correct")
    code = "from lessons.tutor import record\nfor name in ('a.b', 'e.f', 'i.j'): record.record(name, 'correct')"
    subprocess.run([sys.executable, "-c", code], check=True)
    solved = record.load()["a.b"].solved
    assert solved
    record.record("k.l", "wrong")
    assert saved(home) == {"a.b": 3, "g.h": 1, "i.j": 1, "k.l": 1}
    assert record.load()["a.b"].solved == solved


def test_a_trouble_that_stays_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_write", _cannot_write)
    for _ in range(3):
        record.record("a.b", "wrong")
    assert len(record.notices()) == 1
    assert record.load()["a.b"].attempts == 3


def test_what_was_known_is_not_forgotten_while_the_file_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    record.record("a.b", "correct")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda file: (_ for _ in ()).throw(OSError(116, "Stale file handle")))
        assert record.record("a.b", "wrong").attempts == 2
        assert record.load()["a.b"].solved
    record.record("a.b", "wrong")
    assert saved(home) == {"a.b": 3}


def test_the_end_of_the_kernel_tries_once_more(home: Path) -> None:
    code = """
from lessons.tutor import record
write = record._write
record._write = lambda path, records: (_ for _ in ()).throw(OSError(28, "No space left on device"))
record.record("a.b", "correct")
record._write = write
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert saved(home) == {"a.b": 1}


NO_LOCKS = [
    OSError(errno.ENOLCK, "No locks available"),
    OSError(errno.EOPNOTSUPP, "Not supported"),
    NotImplementedError(),
]


@pytest.mark.parametrize("error", NO_LOCKS, ids=repr)
def test_a_file_system_without_locks_saves_all_the_same(
    monkeypatch: pytest.MonkeyPatch, home: Path, error: Exception
) -> None:
    def refuse(lock: object) -> None:
        raise error

    monkeypatch.setattr("filelock.FileLock._acquire", refuse)
    for _ in range(2):
        record.record("a.b", "correct")
    assert saved(home) == {"a.b": 2}
    assert record.notices() == []
    assert {path.name for path in home.iterdir()} <= {"progress.json", "progress.lock"}


def test_two_processes_lose_nothing_without_locks_either(home: Path) -> None:
    code = (
        "import filelock\n"
        "def refuse(lock): raise NotImplementedError\n"
        "filelock.FileLock._acquire = refuse\n"
        "from lessons.tutor import record\n"
        "for i in range(40): record.record('both.one', 'wrong')"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    assert saved(home) == {"both.one": 80}


def test_the_day_of_the_solution_is_the_one_on_the_learners_clock() -> None:
    evening = Record(solved="2026-01-31T20:30:00+00:00")
    for zone, day in (("XXX-13", "2026-02-01"), ("XXX+11", "2026-01-31"), ("UTC0", "2026-01-31")):
        assert on_a_clock(zone, f"print({evening!r}.solved_on)") == day
    night = Record(solved="2026-01-31T05:30:00+00:00")
    assert on_a_clock("XXX+11", f"print({night!r}.solved_on)") == "2026-01-30"
    assert (Record().solved_on, Record(solved="once").solved_on) == ("", "once")


def test_the_panel_says_the_day_on_the_learners_clock(home: Path) -> None:
    solved = {"exercises": {"fine_tuning.quiz_buckets": {"attempts": 1, "solved": "2026-01-31T20:30:00+00:00"}}}
    (home / "progress.json").write_text(json.dumps(solved), encoding="utf-8")
    code = """
from lessons.exercises import find
from lessons.tutor.panel import Panel
from lessons.tutor.verdict import Kind, Verdict
print(Panel(find("fine_tuning.quiz_buckets"), Verdict(Kind.NOT_ATTEMPTED, "")).message)
"""
    assert on_a_clock("XXX-13", code) == "Solved before, on 2026-02-01."


def on_a_clock(zone: str, code: str) -> str:
    """What a process prints whose system has this time zone."""
    if os.name == "nt":
        pytest.skip("Windows takes no time zone from the environment")
    done = subprocess.run(
        [sys.executable, "-c", f"from lessons.tutor.record import Record\n{code}"],
        env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_a_home_that_cannot_be_made_is_survived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("LESSONS_HOME", str(tmp_path / "file" / "home"))
    assert record.load() == {}
    assert record.record("a.b", "correct").attempts == 1
    assert "cannot be saved" in record.notices()[0]
    assert record.load()["a.b"].solved


@pytest.mark.skipif(
    AS_ROOT or os.name == "nt", reason="the superuser may write anywhere; Windows folders have no modes"
)
def test_a_real_read_only_folder(home: Path) -> None:
    home.chmod(0o500)
    try:
        assert record.record("a.b", "correct").attempts == 1
        assert "cannot be saved" in record.notices()[0]
    finally:
        home.chmod(0o700)


def test_a_held_lock_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    from filelock import FileLock

    monkeypatch.setattr(record, "WAIT", 0.1)
    with FileLock(home / "progress.lock"):
        assert record.record("a.b", "correct").attempts == 1
    assert "another notebook or command holds it" in record.notices()[0]


def test_a_write_that_fails_half_way_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    record.record("a.b", "correct")
    before = (home / "progress.json").read_bytes()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    record.record("c.d", "correct")
    assert (home / "progress.json").read_bytes() == before
    assert {path.name for path in home.iterdir()} <= {"progress.json", "progress.lock"}


def test_two_processes_lose_nothing(home: Path) -> None:
    code = (
        "import sys; from lessons.tutor import record\n"
        "for i in range(40): record.record(f'{sys.argv[1]}.{i % 4}', 'wrong'); record.record('both.one', 'wrong')"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("left", "right")]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    found = record.load()
    assert found["both.one"].attempts == 80
    assert [found[f"{side}.{i}"].attempts for side in ("left", "right") for i in range(4)] == [10] * 8


def test_two_threads_lose_nothing() -> None:
    threads = [threading.Thread(target=lambda: [record.record("a.b", "wrong") for _ in range(20)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert record.load()["a.b"].attempts == 60


def test_the_command_shows_a_table_and_forgets(capsys: pytest.CaptureFixture) -> None:
    answer("fine_tuning.quiz_buckets", "c")
    answer("fine_tuning.quiz_new_head", "a")
    capsys.readouterr()
    assert cli.main(["progress"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "fine_tuning" in line)
    assert f"1 of {N_FINE_TUNING:2}" in line
    assert line.endswith("≈✔○")
    assert cli.main(["progress", "--reset", "fine_tuning.quiz_new_head"]) == 0
    assert set(record.load()) == {"fine_tuning.quiz_buckets"}
    assert cli.main(["progress", "--reset", "nonsense"]) == 1
    assert "no exercise or lesson nonsense" in capsys.readouterr().err
    assert set(record.load()) == {"fine_tuning.quiz_buckets"}
    assert cli.main(["progress", "--reset", "fine_tuning"]) == 0
    assert record.load() == {}
    answer("linear_models.least_squares", 3)
    assert cli.main(["progress", "--reset"]) == 0
    assert record.load() == {}


def test_lessons_are_found_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "_numbers", lambda: {"fine_tuning": "08", "gradients": "02"})
    assert [row.topic for row in overview.rows(exercises.catalogue())][:2] == ["gradients", "fine_tuning"]
    forgotten = [overview.forget([name], exercises.catalogue()) for name in ("8", "08", "fine_tuning")]
    assert [len(ids) for ids in forgotten] == [N_FINE_TUNING] * 3
    assert forgotten[0] == forgotten[1] == forgotten[2]


def test_the_picture_has_words_and_symbols(capsys: pytest.CaptureFixture) -> None:
    answer("fine_tuning.quiz_buckets", "c")
    capsys.readouterr()
    picture = overview.picture(exercises.catalogue())
    assert 'role="img"' in picture
    assert f"fine_tuning: 1 of {N_FINE_TUNING} solved" in picture
    assert "What sorting by length buys: solved" in picture
    exercises.show_progress()
    assert f"1 of {N_FINE_TUNING:2}" in capsys.readouterr().out
