"""Submissions that attack the grader: each costs its own row and nothing else.

All are graded in one run, between two honest submissions. What each one tries is in its code; the tests look at its
verdict, at both honest rows, and at the harm that was meant.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import textwrap
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from lessons.exercises import Kind, find
from lessons.teaching.grading import grade, sandbox
from lessons.teaching.grading.report import Row
from lessons.teaching.grading.sandbox import Limits

SHORT = Limits(seconds=2.5, setup_seconds=2.5, submission_seconds=25, memory=600_000_000, processes=24)
MSE = find("linear_models.mse_gradient")
REPOSITORY = Path(sandbox.PACKAGE).parent


@pytest.fixture(scope="session")
def walls() -> None:
    """Passes over the tests of a machine without a sandbox; found out once, by starting one."""
    with sandbox.view() as view:
        missing = sandbox.build(view, [], Limits(start_seconds=60))[1]
    if missing:
        pytest.skip(f"there is no sandbox here: {missing}")


needs_walls = pytest.mark.usefixtures("walls")


def notebook(*cells: str, outputs: Any = ()) -> str:
    """A notebook file with these code cells."""
    made = [
        {"cell_type": "code", "source": textwrap.dedent(cell), "metadata": {}, "outputs": list(outputs)}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def attack(body: str, before: str = "") -> str:
    """A notebook whose function for `linear_models.mse_gradient` runs this body."""
    function = "@exercise('linear_models.mse_gradient')\ndef mse_gradient(weights, inputs, targets):\n"
    return notebook("import os, sys, time\nimport numpy as np", before, function + textwrap.indent(body, "    "))


GOOD = attack("return 2 * inputs.T @ (inputs @ weights - targets) / len(targets)")
RIGHT = "2 * inputs.T @ (inputs @ weights - targets) / len(targets)"
ANY_FAILURE = (Kind.WRONG, Kind.RAISED, Kind.TOO_SLOW)

# name -> (verdicts that are due, body, lines before)
ATTACKS: dict[str, tuple[tuple[Kind, ...], str, str]] = {
    "loops": ((Kind.TOO_SLOW,), "while True: pass", ""),
    "loops and catches": (
        (Kind.TOO_SLOW,),
        "while True:\n    try:\n        while True: 1 / 0\n    except:\n        pass",
        "",
    ),
    "loops while loading": ((Kind.TOO_SLOW, Kind.RAISED), "return X", "X = [0 for _ in iter(int, 1)]"),  # or memory
    "one long call into C": ((Kind.TOO_SLOW, Kind.RAISED), "return str(7 ** 30_000_000)", ""),
    "ignores the alarm": (
        (Kind.TOO_SLOW,),
        "import signal\nfor n in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):\n"
        "    signal.signal(n, signal.SIG_IGN)\n"
        "while True: pass",
        "",
    ),
    "sleeps": ((Kind.TOO_SLOW,), "time.sleep(100_000)", ""),
    "exits": ((Kind.RAISED,), "sys.exit(0)", ""),
    "exits at once": ((Kind.RAISED,), "os._exit(0)", ""),
    "crashes": ((Kind.RAISED,), "import ctypes\nctypes.string_at(0)", ""),
    "fork bomb": (
        (Kind.TOO_SLOW, Kind.RAISED),
        "while True:\n    try:\n        os.fork()\n    except OSError: pass",
        "",
    ),
    "starts threads": (
        (Kind.TOO_SLOW, Kind.RAISED),
        "import threading\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,)).start()",
        "",
    ),
    "leaves a process behind": (
        (Kind.CORRECT, Kind.RAISED),
        f"import subprocess\nsubprocess.Popen(['setsid', 'sleep', '98761'])\nreturn {RIGHT}",
        "",
    ),
    "prints a gigabyte": (
        (Kind.CORRECT, Kind.TOO_SLOW, Kind.RAISED),
        f"for _ in range(1000): print('x' * 1_000_000)\nreturn {RIGHT}",
        "",
    ),
    "writes a gigabyte to 1 and 2": (
        (Kind.CORRECT, Kind.TOO_SLOW, Kind.RAISED),
        f"for _ in range(500):\n    os.write(1, b'x' * 1_000_000); os.write(2, b'x' * 1_000_000)\nreturn {RIGHT}",
        "",
    ),
    "prints while loading": (
        ANY_FAILURE,  # a fast machine gets to the end of it
        "return X[0]",
        "X = [print('x' * 10**8) for _ in range(30)]",
    ),
    "deletes files": (
        ANY_FAILURE,
        "import shutil\nfor place in ('CANARY', 'SUBMISSIONS', 'REPOSITORY', os.path.expanduser('~'), '/'):\n"
        "    shutil.rmtree(place, ignore_errors=True)\n    try: os.unlink(place)\n    except OSError: pass\n"
        "    try: open(place, 'w')\n    except OSError: pass\nreturn 0",
        "",
    ),
    "fills the disk": (
        (Kind.RAISED, Kind.TOO_SLOW),
        "for i in range(10_000):\n    with open(f'/tmp/{i}', 'wb') as f: f.write(bytes(10_000_000))\nreturn 0",
        "",
    ),
    "patches the checker": (
        ANY_FAILURE,
        "import lessons.exercises, lessons.tutor.observe as o, lessons.tutor.values as v\n"
        "o.identical = v.identical = lambda a, b: True\no.observe = None\n"
        "for name in list(sys.modules):\n"
        "    if 'lessons' in name: sys.modules[name].__dict__['judge'] = lambda *a: True\n"
        "return np.zeros(len(weights))",
        "",
    ),
    "patches NumPy": (
        ANY_FAILURE,
        "np.isclose = np.allclose = lambda *a, **k: np.array(True)\nnp.asarray = np.array\n"
        "return np.zeros(len(weights))",
        "",
    ),
    "imports the solution": (
        (Kind.RAISED,),
        "from lessons.exercises.linear_models import MSE_GRADIENT\n"
        "return MSE_GRADIENT.solution(weights, inputs, targets)",
        "",
    ),
    "reads the solution": (
        (Kind.RAISED,),
        "s = {}\nexec(open('REPOSITORY/lessons/exercises/linear_models.py').read(), s)\nreturn s['mse_gradient']()",
        "",
    ),
    "looks for the solution everywhere": (
        (Kind.RAISED, Kind.TOO_SLOW),
        "for place in sys.path + ['/course', '/work', '/home', '/root', '/tmp', os.path.expanduser('~')]:\n"
        "    for here, _, files in os.walk(place):\n"
        "        if 'exercises' in here and 'linear_models.py' in files:\n"
        f"            return {RIGHT}\nraise LookupError('nothing here')",
        "",
    ),
    "reads another submission": ((Kind.RAISED,), "return open('SUBMISSIONS/aa/01_linear_models.ipynb').read()", ""),
    "fakes its progress": (
        ANY_FAILURE,
        "from lessons.tutor import record\nrecord.record('linear_models.mse_gradient', 'correct')\n"
        "open('HOME/progress.json', 'w').write('{}')\nreturn 0",
        "",
    ),
    "sends garbage to the checker": (
        ANY_FAILURE,
        "for n in range(3, 40):\n    try: os.write(n, b'garbage' * 100)\n    except OSError: pass\nreturn 0",
        "",
    ),
    "sends a frame of 2**60 bytes": (
        ANY_FAILURE,
        "for n in range(3, 40):\n    try: os.write(n, (2**60).to_bytes(8, 'little') * 2)\n"
        "    except OSError: pass\nreturn 0",
        "",
    ),
    "floods the checker": (
        ANY_FAILURE,
        "from lessons.teaching.grading import wire\nwhile True:\n    for n in range(3, 40):\n"
        "        try: os.write(n, wire.pack([0] * 1000) * 50)\n        except OSError: pass",
        "",
    ),
    "sends a verdict": (
        ANY_FAILURE,
        "from lessons.teaching.grading import wire\n"
        "row = {'value': 0.0, 'raised': None, 'stopped': '', 'printed': '', 'faults': [], 'gradients': ()}\n"
        "for made in ({'verdict': 'correct'}, {'outcomes': [row] * 50}, {'setup': ''}, 'ready'):\n"
        "    for n in range(3, 40):\n        try: os.write(n, wire.pack(made))\n        except OSError: pass\n"
        "os._exit(0)",
        "",
    ),
    "sends code": (
        ANY_FAILURE,
        "import json\nfrom lessons.teaching.grading.wire import LENGTHS\n"
        "evil = {'t': 'function', 'name': 'f', 'source': 'open(\"CANARY\", \"w\")\\nf = 1'}\n"
        "text = json.dumps(evil).encode()\n"
        "for n in range(3, 40):\n    try: os.write(n, LENGTHS.pack(len(text), 0) + text)\n"
        "    except OSError: pass\nreturn 0",
        "",
    ),
    "sends a bomb of nested lists": (
        ANY_FAILURE,
        "from lessons.teaching.grading.wire import LENGTHS\ntext = b'[' * 1_000_000\n"
        "for n in range(3, 40):\n    try: os.write(n, LENGTHS.pack(len(text), 0) + text)\n"
        "    except OSError: pass\nreturn 0",
        "",
    ),
    "allocates 100 GB": ((Kind.RAISED,), "return np.ones(100 * 10**9 // 8)", ""),
    "allocates bit by bit": ((Kind.RAISED, Kind.TOO_SLOW), "x = []\nwhile True: x.append(bytes(10_000_000))", ""),
    "recursion": (
        (Kind.RAISED, Kind.TOO_SLOW),
        "sys.setrecursionlimit(10**9)\nreturn mse_gradient(weights, inputs, targets)",
        "",
    ),
    "kills its parent": (
        ANY_FAILURE,
        "import signal\nfor n in (os.getppid(), 1, TEACHER, -1):\n"
        "    try: os.kill(n, signal.SIGKILL)\n    except OSError: pass\nreturn 0",
        "",
    ),
    "opens a socket": (
        (Kind.RAISED,),
        "import socket\nwith socket.create_connection(('127.0.0.1', PORT), 2) as s: s.send(b'here I am')\nreturn 0",
        "",
    ),
    "raises a BaseException": ((Kind.RAISED,), "class Odd(BaseException): pass\nraise Odd('odd')", ""),
    "lies in ==": (
        (Kind.WRONG,),
        "class Yes:\n    def __eq__(self, other): return True\n    __hash__ = None\n"
        "    shape = property(lambda self: weights.shape)\n    def __array__(self, *a, **k): return weights\n"
        "return Yes()",
        "",
    ),
    "lies as an array": (
        (Kind.WRONG, Kind.RAISED),
        "class Yes(np.ndarray):\n    def __eq__(self, o): return np.ones(1, bool)\n    def __sub__(self, o): return 0\n"
        "    def __array_ufunc__(self, *a, **k): return np.zeros(1)\nreturn np.zeros(len(weights)).view(Yes)",
        "",
    ),
    "an array of objects": (
        (Kind.WRONG,),
        "class E:\n    def __float__(self): os._exit(1)\nreturn np.array([E()] * len(weights), dtype=object)",
        "",
    ),
    "NaN": ((Kind.WRONG,), "return np.full(len(weights), np.nan)", ""),
    "an endless generator": ((Kind.WRONG,), "return (i for i in iter(int, 1))", ""),
    "a list in itself": (ANY_FAILURE, "x = []\nx.append(x)\nreturn x", ""),
    "a list of a billion parts": (ANY_FAILURE, "x = [0]\nfor _ in range(40): x = [x, x]\nreturn x", ""),
    "replaces builtins": (
        ANY_FAILURE,
        "import builtins\nfor name in ('open', 'isinstance', 'len', 'print', 'type', 'repr'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\nreturn 0",
        "",
    ),
    "knows the answers by heart": ((Kind.WRONG,), "return KNOWN.get(weights.tobytes(), weights)", "KNOWN = BY_HEART"),
    "HTML and formulas": ((Kind.RAISED,), "raise ValueError('<script>alert(1)</script>')", ""),
}

FORGE = (  # sends a value as the reply, in place of the process that is asked for one
    "from lessons.teaching.grading import wire\ndef forge(frame):\n"
    "    for n in range(3, 40):\n        try: wire.write(n, frame)\n        except OSError: pass\n"
    "    os._exit(0)\n"
    "row = {'value': 0.0, 'raised': None, 'stopped': '', 'printed': '', 'faults': [], 'gradients': ()}\n"
    "reply = {'stub': False, 'signature': '', 'ours': [], 'outcomes': []}\n"
)
HEADER = (
    FORGE + "import json\ndef raw(tree):\n    text = json.dumps(tree).encode()\n"
    "    forge(wire.LENGTHS.pack(len(text), 0) + text)\n"
)
LAWLESS = (  # calls of the system that must be refused; -1 is what the C library says then
    "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfor number, *args in {}:\n"
    "    assert libc.syscall(number, *args) == -1, number\nraise PermissionError('all refused')"
)

# what has stopped or slowed a class, or touched a neighbour, when it was tried
TRIED: dict[str, tuple[tuple[Kind, ...], str, str]] = {
    "forges a tensor for a setup": (
        ANY_FAILURE,
        FORGE + "import torch\nforge(wire.pack({'setup': torch.ones(2)}))",
        "",
    ),
    "forges infinite numbers": (
        ANY_FAILURE,
        FORGE + "row['raised'] = ('E', 'm', float('inf'), 'l')\nforge(wire.pack(reply | {'outcomes': [row] * 12}))",
        "",
    ),
    "forges a reply of colliding keys": (
        ANY_FAILURE,
        HEADER + "key = lambda k: {'t': 'int', 'v': hex(k * (2**61 - 1))}\n"
        "raw({'t': 'dict', 'v': [[key(k), 0] for k in range(1, 80_000)]})",
        "",
    ),
    "is busy 27 times": (
        (Kind.TOO_SLOW, Kind.RAISED),
        "for _ in range(20):\n    if not os.fork():\n        while True: pass\nwhile True: pass",
        "",
    ),
    "shares memory": (
        (Kind.RAISED, Kind.TOO_SLOW),
        "import mmap\nkept = []\nfor _ in range(8):\n    kept.append(mmap.mmap(-1, 200_000_000))\n"
        "    if not os.fork():\n        for at in range(0, 200_000_000, 4096): kept[-1][at] = 1\n"
        "        time.sleep(9)\n        os._exit(0)\n"
        "time.sleep(9)\nreturn 0",
        "",
    ),
    # ten new ones
    "hoards files in memory": (
        (Kind.RAISED, Kind.TOO_SLOW),
        "made = [os.memfd_create('x') for _ in range(90)]\nfor file in made: os.write(file, bytes(15_000_000))\n"
        "for file in made: os.write(file, bytes(900_000))\nraise MemoryError",
        "",
    ),
    "makes calls that are refused": (
        (Kind.RAISED,),
        LAWLESS.format("[(29, 0, 10**9, 0o1600), (272, 0x10000000), (101, 16, 1), (425, 8, 0), (321, 0), (250, 0)]"),
        "",
    ),
    "takes all cores": (
        (Kind.RAISED,),
        "before = os.sched_getaffinity(0)\ntry: os.sched_setaffinity(0, range(64))\nexcept OSError: pass\n"
        "assert os.sched_getaffinity(0) == before and len(before) == 1\nraise PermissionError('all refused')",
        "",
    ),
    "burns and forgets its children": (
        (Kind.TOO_SLOW, Kind.RAISED),
        "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True:\n    try:\n"
        "        if not os.fork():\n            end = time.time() + 0.05\n            while time.time() < end: pass\n"
        "            os._exit(0)\n    except OSError: pass\n    time.sleep(0.03)",
        "",
    ),
    "forges a million parts": (
        ANY_FAILURE,
        HEADER + "raw({'t': 'dict', 'v': [['outcomes', {'t': 'list', 'v': [{'t': 'list', 'v': []}] * 500_000}]]})",
        "",
    ),
    "forges endless shapes": (
        ANY_FAILURE,
        HEADER + "empty = {'t': 'array', 'code': 'f8', 'shape': [0, 2**62], 'at': 0}\n"
        "raw({'t': 'dict', 'v': [['outcomes', {'t': 'list', 'v': [empty] * 1000}]]})",
        "",
    ),
    "forges a signature": (
        ANY_FAILURE,
        FORGE + "said = '(a=' + '-' * 200 + '1): pass\\nopen(\"CANARY\", \"w\")\\ndef f()'\n"
        "forge(wire.pack(reply | {'signature': said}))",
        "",
    ),
    "forges names of the course": (
        ANY_FAILURE,
        FORGE + "ours = ['lessons.commands.cli.main', 'os.system'] * 9\n"
        "forge(wire.pack(reply | {'outcomes': [row] * 12, 'ours': ours}))",
        "",
    ),
    "says that it is still the stub": ((Kind.NOT_ATTEMPTED,), FORGE + "forge(wire.pack(reply | {'stub': True}))", ""),
    "leaves something for the next one": (
        (Kind.CORRECT,),
        "for place in ('/tmp', '/course', sys.prefix, os.path.expanduser('~')):\n"
        "    for name in ('sitecustomize.py', 'numpy.py', 'lessons/__init__.py'):\n"
        "        try: open(os.path.join(place, name), 'w').write('raise SystemExit')\n        except OSError: pass\n"
        f"return {RIGHT}",
        "",
    ),
}  # fmt: skip
ATTACKS |= TRIED

# file name -> (content, what the row says)
FILES: dict[str, tuple[bytes, str | None]] = {
    "syntax error": (notebook("@exercise('linear_models.mse_gradient')\ndef f(:\n  pass").encode(), ""),
    "not UTF-8": ("Schöne Grüße".encode("latin-1"), "not in UTF-8"),
    "deeply nested": (b"[" * 200_000, "not valid JSON"),
    "deep expression": (attack(f"return {'-' * 100_000}1").encode(), ""),
    "empty": (b"", "The file is empty"),
    "another JSON": (b'{"cells": 3}', "has no cells"),
    "half a notebook": (GOOD.encode()[:100], "not valid JSON"),
    "wrong notebook": (notebook("print('hello')").encode(), "No exercise of the course"),
    "an attribute 900 times": (attack("return X", "X = a" + ".b" * 900).encode(), None),
    "a decorator of 900 attributes": (attack("return X", f"@a{'.b' * 900}\ndef X(): pass").encode(), None),
    "a thousand elifs": (attack("return X", "if a: X = 1\n" + "elif a: X = 1\n" * 1000).encode(), None),
    "a unit larger than a frame": (attack("return X", "X = 0\n" * 1000 + f"X = {'9' * 900_000}").encode(), None),
    "24 KB of lines": (attack("return X", "a\n" * 12_000 + "X = 1").encode(), None),
    "a name bound by all lines": (attack("return X", "X = [X]\n" * 20_000).encode(), None),
    "claims that all is correct": (
        notebook(
            "while True: pass",
            "@exercise('linear_models.mse_gradient')\ndef f(weights, inputs, targets):\n    return 0",
            outputs=[{"metadata": {"lessons": {"exercise": MSE.id, "verdict": "correct"}}}],
        ).encode(),
        "does not",
    ),
    "a million cells": (json.dumps({"cells": [{}] * 1_000_000}).encode(), "No exercise"),
    "a million strings": (
        json.dumps({"cells": [{"cell_type": "code", "source": [""] * 3_000_000}]}).encode(),
        "No exercise",
    ),
    "odd cells": (json.dumps({"cells": [3, None, {"cell_type": "code", "source": [1, {}]}]}).encode(), "No exercise"),
}


@dataclass
class Run:
    rows: dict[str, Row]
    folder: Path
    out: Path
    unchanged: dict[Path, str]
    visits: list[bytes]
    peak: int  # megabytes of the checker


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def graded(walls: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("grading")
    folder, canary, home = place / "submissions", place / "canary.txt", place / "home"
    canary.write_text("still here")
    home.mkdir()
    (home / "progress.json").write_text('{"version": 1, "exercises": {}}')
    listener, visits = socket.create_server(("127.0.0.1", 0)), []

    def wait_for_visitors() -> None:
        while True:
            try:
                visits.append(listener.accept()[0].recv(100))
            except OSError:
                return

    threading.Thread(target=wait_for_visitors, daemon=True).start()
    by_heart = {args[0].tobytes(): seen.value.tolist() for args, seen in zip(MSE.draw(), MSE.expected, strict=True)}
    known = "{" + ", ".join(f"{key!r}: np.array({value!r})" for key, value in by_heart.items()) + "}"
    words = {"CANARY": canary, "SUBMISSIONS": folder, "REPOSITORY": REPOSITORY, "HOME": home, "TEACHER": os.getpid()}
    words |= {"PORT": listener.getsockname()[1], "BY_HEART": known}
    for name, (_, body, before) in ATTACKS.items():
        for word, value in words.items():
            body, before = body.replace(word, str(value)), before.replace(word, str(value))
        _put(folder, name, attack(body, before).encode())
    for name, (content, _) in FILES.items():
        _put(folder, name, content)
    for name in ("aa", "zz"):
        _put(folder, name, GOOD.encode())
    _put(folder, "nested", b"{}")
    for inner in ("submitted/zz", "zz_1_assignsubmission_file_"):
        _put(folder / "nested", inner, notebook("answer('linear_models.quiz_leak', 'a')").encode())
    _put(folder, "huge", b"")
    with (folder / "huge" / "01_linear_models.ipynb").open("wb") as stream:
        stream.truncate(200_000_000)
    (folder / "link").mkdir()
    (folder / "link" / "01_linear_models.ipynb").symlink_to(folder / "aa" / "01_linear_models.ipynb")
    claim = {
        "output_type": "display_data",
        "metadata": {"lessons": {"exercise": MSE.id, "verdict": "correct"}},
        "data": {},
    }
    wrong = "@exercise('linear_models.mse_gradient')\ndef f(weights, inputs, targets):\n    return weights"
    _put(folder, "fakes its outputs", notebook(wrong, outputs=[claim]).encode())
    watched = [canary, home / "progress.json", folder / "aa" / "01_linear_models.ipynb"]
    watched += sorted((REPOSITORY / "lessons" / "exercises").glob("linear_models.py"))
    unchanged = {file: digest(file) for file in watched}
    out = place / "grades.csv"
    rows = grade.grade(folder, out, SHORT, jobs=3)
    listener.close()
    peak = psutil.Process().memory_info().rss // 1_000_000
    return Run({row.student: row for row in rows}, folder, out, unchanged, visits, peak)


def _put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "01_linear_models.ipynb").write_bytes(content)


def no_harm(run: Run) -> None:
    """The honest submissions have their marks, and nothing outside was touched."""
    for name in ("aa", "zz"):
        verdict, _ = run.rows[name].results[MSE.id]
        assert verdict.kind is Kind.CORRECT, verdict
    assert {file: digest(file) for file in run.unchanged} == run.unchanged
    assert run.visits == []


@needs_walls
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_costs_its_own_row(name: str, graded: Run) -> None:
    verdict, _ = graded.rows[name].results[MSE.id]
    assert verdict.kind in ATTACKS[name][0], verdict
    assert len(verdict.sentence) + len(verdict.printed) < 5_000
    no_harm(graded)


@needs_walls
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_costs_its_own_row(name: str, graded: Run) -> None:
    row, clue = graded.rows[name], FILES[name][1]
    assert row.total == 0
    if clue:
        assert clue in " ".join(row.problems)
    elif clue is None:  # whatever is said of it
        assert row.problems or row.results[MSE.id][0].kind in ANY_FAILURE
    else:
        verdict, _ = row.results[MSE.id]
        assert verdict.kind is Kind.RAISED
        assert "not Python" in verdict.sentence
    no_harm(graded)


@needs_walls
def test_a_huge_file_a_link_and_faked_outputs(graded: Run) -> None:
    assert "too large (200 MB" in graded.rows["huge"].problems[0]
    assert "link to another place" in graded.rows["link"].problems[0]
    assert graded.rows["fakes its outputs"].results[MSE.id][0].kind is not Kind.CORRECT
    no_harm(graded)


@needs_walls
def test_what_was_known_by_heart_is_told(graded: Run) -> None:
    sentence = graded.rows["knows the answers by heart"].results[MSE.id][0].sentence
    assert "wrong on others" in sentence


@needs_walls
def test_nothing_is_left_behind(graded: Run) -> None:
    left = [process for process in psutil.process_iter() if "98761" in " ".join(_command(process))]
    assert left == []
    workers = [
        process for process in psutil.Process().children(recursive=True) if "bwrap" in " ".join(_command(process))
    ]
    assert workers == []
    assert graded.peak < 2_500
    pages = list((graded.out.parent / "grades-pages").glob("*.html"))
    assert len(pages) == len(graded.rows)
    assert not any("<script" in page.read_text(encoding="utf-8") for page in pages)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


# --- without bubblewrap -----------------------------------------------------------------------------------------------

PLAIN = ("loops", "ignores the alarm", "exits at once", "leaves a process behind", "sends a verdict", "NaN")


@pytest.mark.skipif(sys.platform == "win32", reason="the attacks use commands of Linux and macOS")
def test_without_a_sandbox_time_and_processes_are_bounded_and_a_warning_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folder = tmp_path / "submissions"
    for name in PLAIN:
        _put(folder, name, attack(ATTACKS[name][1].replace("98761", "98762")).encode())
    _put(folder, "aa", GOOD.encode())
    rows = {row.student: row for row in grade.grade(folder, tmp_path / "grades.csv", SHORT, jobs=3, wanted="off")}
    for name in PLAIN:
        assert rows[name].results[MSE.id][0].kind in ATTACKS[name][0]
    assert rows["aa"].results[MSE.id][0].kind is Kind.CORRECT
    assert [process for process in psutil.process_iter() if "98762" in " ".join(_command(process))] == []
    assert "without a sandbox" in capsys.readouterr().err
