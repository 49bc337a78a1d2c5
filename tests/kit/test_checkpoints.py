"""A training that was killed goes on to the same bits; files that it cannot go on from are refused with a sentence."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from lessons.course.errors import CourseError
from lessons.kit import checkpoints, training
from lessons.kit.checkpoints import LATEST, PREVIOUS, Checkpoint, CheckpointError

posix = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and fork exist on POSIX only")

# A process that imports torch once and trains in forks of itself, which may be killed. A line of JSON on stdin is one
# training; it answers with the fork's id, and, once that has ended, with its exit status.
TRAINER = '''
import json, os, pickle, random, signal, sys, traceback
from pathlib import Path
import numpy as np, torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, RandomSampler, TensorDataset
from lessons.kit import checkpoints, training
from lessons.kit.batches import TextBatches
from torch.utils.data import DataLoader, TensorDataset

class Own:
    """Order from a generator of its own, batch by batch; noise from the global ones, as dropout's."""
    def __init__(self, x, y, generator):
        self.x, self.y, self.generator = x, y, generator
    def __len__(self):
        return 6
    def __iter__(self):
        left = list(range(24))
        while left:
            chosen = [left.pop(int(self.generator.random() * len(left))) for _ in range(4)]
            noise = 0.1 * torch.randn(4, 5) + 0.1 * np.random.rand() + 0.1 * random.random()
            yield self.x[chosen] + noise, self.y[chosen]

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def set_trap(at, number):
    """Die at the given place: in a step, or at a stage of the writing of a checkpoint."""
    if at == "half a file":
        whole, written, cut = checkpoints.to_bytes, [], number
        def to_bytes(state):
            written.append(1)
            return whole(state) if len(written) < cut else whole(state)[: 1000 * cut]
        checkpoints.to_bytes = to_bytes
        at, number = "fsync", 2 * cut - 1  # a file, then its folder
    owner, name, after = {
        "fsync": (os, "fsync", False), "rename": (os, "replace", False), "renamed": (os, "replace", True),
        "step": (torch.optim.AdamW, "step", False), "stepped": (torch.optim.AdamW, "step", True),
    }[at]
    done, calls = getattr(owner, name), []
    def trapped(*arguments, **options):
        calls.append(1)
        if len(calls) == number and not after: kill()
        result = done(*arguments, **options)
        if len(calls) == number: kill()
        return result
    setattr(owner, name, trapped)

def train(kind, folder, out, trap=None):
    if trap: set_trap(*trap)
    torch.manual_seed(3); np.random.seed(4); random.seed(5)
    x = torch.randn(24, 5); y = (x.sum(1) > 0).long()
    if kind == "texts":
        rng = random.Random(1)
        texts = [[rng.randrange(30) for _ in range(rng.randrange(1, 9))] for _ in range(24)]
        batches = TextBatches(texts, y.numpy(), 4, seed=2)
        body = [nn.EmbeddingBag(30, 6)]
        inputs = lambda batch: batch["token_ids"]; labels = lambda batch: batch["labels"]
        held_out = torch.arange(30).reshape(6, 5)
    else:
        generator = torch.Generator().manual_seed(8) if kind == "loader with a generator" else None
        batches = DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True, generator=generator)
        if kind == "sampler":
            sampler = RandomSampler(x, generator=torch.Generator().manual_seed(8))
            batches = DataLoader(TensorDataset(x, y), batch_size=4, sampler=sampler)
        if kind == "own, NumPy": batches = Own(x, y, np.random.default_rng(5))
        if kind == "own, Python": batches = Own(x, y, random.Random(7))
        body = [nn.Linear(5, 6)]
        inputs = lambda batch: batch[0]; labels = lambda batch: batch[1]
        held_out = torch.randn(6, 5)
    model = nn.Sequential(*body, nn.BatchNorm1d(6), nn.Dropout(0.3), nn.Linear(6, 2))
    optimizer = training.adamw(model, 0.02, 0.1)
    def validate(model):  # draws numbers, too
        loss = F.cross_entropy(model(held_out), torch.zeros(6, dtype=torch.long))
        return {"loss": loss.item() + torch.rand(()).item()}
    history = training.fit(
        model, batches, lambda model, batch: F.cross_entropy(model(inputs(batch)), labels(batch)), epochs=20,
        optimizer=optimizer, warmup=0.2, validate=validate, progress=False, device="cpu",
        early_stopping=training.EarlyStopping("loss", "lower", patience=3),
        checkpoint=checkpoints.Checkpoint(folder, every_batches=4, every_seconds=None) if folder else None,
    )
    kept = {name: value for name, value in vars(history).items() if name not in ("seconds", "notes")}
    result = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "history": kept,
              "torch": torch.get_rng_state(), "numpy": np.random.get_state(), "python": random.getstate(),
              "next": [list(batch.values()) if kind == "texts" else batch for batch in batches]}
    Path(out).write_bytes(pickle.dumps(result))

training.adamw(nn.Linear(1, 1), 1.0)  # the first optimizer of a process imports for seconds: once, before the forks
for line in sys.stdin:
    process = os.fork()
    if not process:
        sys.stdout = open(os.devnull, "w")
        try:
            train(**json.loads(line))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
'''
KINDS = ["texts", "loader", "loader with a generator", "sampler", "own, NumPy", "own, Python"]


class Trainer:
    def __init__(self, place: Path) -> None:
        (place / "trainer.py").write_text(TRAINER, encoding="utf-8")
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "trainer.py"], cwd=place, **options)
        self.place, self.references = place, {}

    def start(self, **options) -> int:
        """Begin a training; returns the id of its process."""
        self.process.stdin.write(json.dumps(options) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def status(self) -> int:
        """Wait for the end of the training that was started."""
        return int(self.process.stdout.readline())

    def reference(self, kind: str) -> dict:
        """What the same training gives without checkpoints, never cut off."""
        if kind not in self.references:
            self.start(kind=kind, folder=None, out=str(self.place / "reference"))
            assert self.status() == 0
            self.references[kind] = outcome(self.place / "reference")
        return self.references[kind]


def outcome(file: Path) -> dict:
    """What a training left: model, optimizer, history, random states and the batches of one more epoch."""
    return pickle.loads(file.read_bytes())


def assert_same_bits(one: object, other: object, path: str = "") -> None:
    """Both are the same dicts, lists and tuples of the same numbers, arrays and tensors; NaN is NaN, 0 is not -0."""
    assert type(one) is type(other), path
    if isinstance(one, dict):
        assert list(one) == list(other), path
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list | tuple):
        assert len(one) == len(other), path
        for index, pair in enumerate(zip(one, other, strict=True)):
            assert_same_bits(*pair, f"{path}.{index}")
    elif isinstance(one, torch.Tensor | np.ndarray):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes()), path
    else:
        assert repr(one) == repr(other), path


@pytest.fixture(scope="module")
def trainer(tmp_path_factory) -> Iterator[Trainer]:
    trainer = Trainer(tmp_path_factory.mktemp("trainer"))
    yield trainer
    trainer.process.stdin.close()
    assert trainer.process.wait(60) == 0


@posix
def test_the_reference_is_a_hard_case(trainer):
    for kind in KINDS:
        history = trainer.reference(kind)["history"]
        assert history["state"] == "stopped early", kind
        assert 0 < history["best_step"] < len(history["loss"]) < history["total"]


TRAPS = [
    ["step", 1], ["stepped", 3], ["step", 7], ["stepped", 6],
    ["half a file", 1], ["half a file", 3], ["fsync", 1], ["fsync", 5], ["rename", 1], ["rename", 2], ["rename", 3],
    ["renamed", 1], ["renamed", 2], ["renamed", 4],
]  # fmt: skip


@posix
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_killed_again_and_again_it_ends_in_the_same_bits(trainer, tmp_path, kind, seed):
    traps = random.Random(f"{kind} {seed}").sample(TRAPS, 7)
    killed = 0
    for trap in traps:
        trainer.start(kind=kind, folder=str(tmp_path), out=str(tmp_path / "out"), trap=trap)
        status = trainer.status()
        assert status in (0, -signal.SIGKILL), trap
        killed += status != 0
    assert killed >= 5
    trainer.start(kind=kind, folder=str(tmp_path), out=str(tmp_path / "out"))
    assert trainer.status() == 0
    assert_same_bits(outcome(tmp_path / "out"), trainer.reference(kind))


@posix
def test_killed_from_outside_at_any_moment_it_ends_in_the_same_bits(trainer, tmp_path):
    moments, killed = random.Random(0), 0
    for _ in range(60):
        process = trainer.start(kind="own, NumPy", folder=str(tmp_path), out=str(tmp_path / "out"))
        time.sleep(moments.uniform(0, 0.02))  # it takes some tenths of a second
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            os.kill(process, signal.SIGKILL)
        if trainer.status() == 0 or (tmp_path / "out").exists():
            break
        killed += 1
    trainer.start(kind="own, NumPy", folder=str(tmp_path), out=str(tmp_path / "out"))
    assert trainer.status() == 0
    assert killed
    assert_same_bits(outcome(tmp_path / "out"), trainer.reference("own, NumPy"))


# --- a training in this process -------------------------------------------------------------------------------------

X = torch.randn(24, 3, generator=torch.Generator().manual_seed(0))
BATCHES = [X[i : i + 4] for i in range(0, 24, 4)]


def make_model(width: int = 5) -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, width), nn.Dropout(0.2), nn.Linear(width, 1))


def square(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return model(x).square().mean()


def fit(model: nn.Module, checkpoint: object, batches: object = BATCHES, loss=square, **options) -> training.History:
    if isinstance(checkpoint, Path):
        checkpoint = Checkpoint(checkpoint)
    return training.fit(
        model, batches, loss, **{"progress": False, "device": "cpu", "checkpoint": checkpoint} | options
    )


def stop_in(step: int):
    """A loss that interrupts the training in this step."""
    calls = []

    def loss(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        if len(calls) > step:
            raise KeyboardInterrupt
        return square(model, x)

    return loss


def weights(model: nn.Module) -> list[bytes]:
    return [tensor.numpy().tobytes() for tensor in model.state_dict().values()]


def test_interrupted_it_goes_on_to_the_same_bits_and_a_finished_one_is_returned_at_once(tmp_path, capsys):
    whole = make_model()
    expected = fit(whole, None, epochs=3)
    every = Checkpoint(tmp_path / "new" / "run", every_batches=2)
    first = fit(make_model(), every, epochs=3, loss=stop_in(9))
    assert first.state == "interrupted"
    assert first.stopped == "interrupted in step 9 of 18; the checkpoint is of step 8"
    model = make_model()
    history = fit(model, every, epochs=3)
    assert weights(model) == weights(whole)
    assert (history.loss, history.learning_rate, history.examples) == (expected.loss, expected.learning_rate, 72)
    assert history.state == "finished"
    assert history.notes == [f"The training in {every.folder} goes on after step 8 of 18."]
    assert history.notes[0] in capsys.readouterr().out

    again = make_model()
    history = fit(again, Checkpoint(str(every.folder)), epochs=3, loss=stop_in(0))
    assert weights(again) == weights(whole)
    assert history.loss == expected.loss
    assert history.state == "finished"
    assert "was finished after step 18 of 18" in history.notes[-1]


def test_checkpoints_change_nothing_and_cost_no_randomness(tmp_path):
    plain, kept = make_model(), make_model()
    expected, state = fit(plain, None, epochs=2).loss, torch.get_rng_state()
    kept = make_model()
    assert fit(kept, Checkpoint(tmp_path, every_batches=1), epochs=2).loss == expected
    assert torch.equal(torch.get_rng_state(), state)
    assert weights(kept) == weights(plain)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 4}, "epochs is 3 there, 4 here"),
        ({"batches": BATCHES[:5]}, "batches in an epoch is 6 there, 5 here"),
        ({"learning_rate": 0.5}, "lr of group 0 is 0.001 there, 0.5 here"),
        ({"warmup": 0.5}, "warmup is 0.1 there, 0.5 here"),
        ({"model": make_model(6)}, r"the tensor 0.weight is \(5, 3, .*\) there, \(6, 3, .*\) here"),
        ({"optimizer": torch.optim.SGD}, "optimizer is AdamW there, SGD here"),
        ({"batches": DataLoader(X, 4, generator=torch.Generator())}, "generators in batches is"),
    ],
    ids=["epochs", "batches", "rate", "warmup", "model", "optimizer", "generators"],
)  # fmt: skip
def test_the_checkpoint_of_another_training_is_refused_and_left_alone(tmp_path, options, sentence):
    fit(make_model(), tmp_path, epochs=3, loss=stop_in(7))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    model = options.pop("model", None) or make_model()
    untouched = weights(model)
    if "optimizer" in options:
        options = {"optimizer": options["optimizer"](model.parameters(), lr=0.1)}
    with pytest.raises(CheckpointError, match=f"belongs to another training: .*{sentence}.*start_over=True"):
        fit(model, tmp_path, **{"epochs": 3} | options)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert weights(model) == untouched


def test_start_over_replaces_what_is_there(tmp_path):
    fit(make_model(), tmp_path, epochs=3, loss=stop_in(7))
    history = fit(make_model(), Checkpoint(tmp_path, start_over=True), epochs=1)
    assert history.state == "finished"
    assert len(history.loss) == 6
    assert fit(make_model(), tmp_path, epochs=1).loss == history.loss


class Fickle:
    """Batches in an order that nobody can draw again: each new object has another."""

    orders = iter([[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]])

    def __init__(self) -> None:
        self.order = next(self.orders)

    def __len__(self) -> int:
        return 6

    def __iter__(self) -> Iterator[torch.Tensor]:
        return (BATCHES[index] for index in self.order)


def test_an_order_that_cannot_be_drawn_again_is_refused(tmp_path):
    every = Checkpoint(tmp_path, every_batches=2)
    fit(make_model(), every, Fickle(), loss=stop_in(4))
    for other in (Fickle(), [batch + 1 for batch in BATCHES]):
        with pytest.raises(
            CheckpointError, match=r"first batch of this epoch is not what it was.*`generator`.*start_over=True"
        ):
            fit(make_model(), every, other)


def test_randomness_that_cannot_be_kept_is_refused(tmp_path):
    class System:
        def __init__(self) -> None:
            self.generator = random.SystemRandom()

        def __len__(self) -> int:
            return 6

        def __iter__(self):
            return iter(self.generator.sample(BATCHES, 6))

    with pytest.raises(ValueError, match="SystemRandom cannot be drawn again"):
        fit(make_model(), tmp_path, System())


# --- files ---------------------------------------------------------------------------------------------------------


def stored(state: dict) -> dict:
    back = checkpoints.from_bytes(bytes(checkpoints.to_bytes(state | {"written by": checkpoints.WRITER})), Path("x"))
    assert back is not None
    return back


def test_a_state_comes_back_as_it_was():
    shared = torch.arange(4.0)
    state = {
        "numbers": [1, -0.0, 1e-300, math.inf, math.nan, True, None, "ü 中 🙂", 2**127],
        "pairs": ((1, (2,)), [(3, {"x": 4})]),
        3: {"half": torch.tensor([1.5], dtype=torch.float16), "flag": torch.tensor([True]), "none": torch.zeros(0, 2)},
        "scalar": torch.tensor(2.5, dtype=torch.float64),
        "tied": [shared, shared, shared[1:3], shared[::2], torch.eye(3).T],
        "random": checkpoints.random_state(),
        "generator": np.random.default_rng(3).bit_generator.state,
    }
    back = stored(state)
    assert_same_bits({name: back[name] for name in state}, state)
    assert back["tied"][0].data_ptr() == back["tied"][1].data_ptr()


def test_what_could_not_be_read_without_running_code_is_refused_before_the_first_step(tmp_path):
    class Counting(nn.Linear):
        def get_extra_state(self):
            return self.extra

        def set_extra_state(self, state) -> None:
            self.extra = state

    model = Counting(3, 1)
    for model.extra, name in ((Path("x"), "pathlib"), (lambda: 0, "lambda")):
        with pytest.raises(TypeError, match=f"tensors, numbers and texts only.*{name}"):
            fit(model, tmp_path, loss=stop_in(0))
    assert not list(tmp_path.iterdir())


def test_any_flipped_bit_is_found_or_harmless():
    state = {"written by": checkpoints.WRITER, "model": make_model().state_dict(), "numbers": [1.5, 2]}
    content, rng, found = bytes(checkpoints.to_bytes(state)), random.Random(0), 0
    for place in [
        *range(200),
        *(rng.randrange(len(content)) for _ in range(300)),
        *range(len(content) - 50, len(content)),
    ]:
        harmed = bytearray(content)
        harmed[place] ^= 1 << rng.randrange(8)
        back = checkpoints.from_bytes(bytes(harmed), Path("x"))
        found += back is None
        if back is not None:  # padding, or a date of the archive
            assert_same_bits(back, state)
    assert found > 300


@pytest.mark.parametrize("harm", ["cut", "flipped", "header", "empty", "noise"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before_and_is_kept(tmp_path, harm):
    whole = make_model()
    fit(whole, None, epochs=3)
    every = Checkpoint(tmp_path, every_batches=3)
    fit(make_model(), every, epochs=3, loss=stop_in(10))
    file = tmp_path / LATEST
    content = bytearray(file.read_bytes())
    if harm == "flipped":
        content[-100] ^= 1
    elif harm == "header":
        content[200] ^= 1
    file.write_bytes({"cut": content[:-50], "empty": b"", "noise": b"x" * 500}.get(harm, content))
    damaged = file.read_bytes()
    model = make_model()
    history = fit(model, every, epochs=3)
    assert "was damaged" in history.notes[0]
    assert "after step 6 of 18" in history.notes[1]
    assert (tmp_path / f"{LATEST}.damaged-1").read_bytes() == damaged
    assert weights(model) == weights(whole)


def test_if_all_are_damaged_it_says_so_and_overwrites_nothing(tmp_path):
    fit(make_model(), Checkpoint(tmp_path, every_batches=2), loss=stop_in(5))
    for name in (LATEST, PREVIOUS):
        (tmp_path / name).write_bytes(b"gone")
    with pytest.raises(CourseError, match=r"is damaged .*no whole one is left.*start_over=True"):
        fit(make_model(), tmp_path)
    assert (tmp_path / LATEST).read_bytes() == b"gone"


@pytest.mark.parametrize("content", [{"x": torch.ones(2)}, {"written by": "lessons fit, format 1"}, [1]])
def test_files_of_others_are_refused_and_left_alone(tmp_path, content):
    torch.save(content, tmp_path / LATEST)
    before = (tmp_path / LATEST).read_bytes()
    with pytest.raises(CheckpointError, match="was not written by fit"):
        fit(make_model(), tmp_path)
    assert (tmp_path / LATEST).read_bytes() == before


def test_a_checkpoint_can_be_opened_with_torch_alone(tmp_path):
    model = make_model()
    history = fit(model, tmp_path)
    opened = torch.load(tmp_path / LATEST, weights_only=True)
    assert torch.equal(opened["model"]["0.weight"], model[0].weight)
    assert opened["history"]["loss"] == history.loss
    assert {file.name for file in tmp_path.iterdir()} == {LATEST, PREVIOUS}


def test_drafts_of_a_killed_process_are_cleared_away(tmp_path):
    (tmp_path / f".{LATEST}.1a2b3c4d.part").write_bytes(b"half")
    (tmp_path / ".other.part").write_bytes(b"not ours")
    fit(make_model(), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {LATEST, PREVIOUS, ".other.part"}


def fill_disk(monkeypatch, after: int) -> list[str]:
    """From this write on the disk is full, as the system says it."""
    calls: list[str] = []
    fsync = os.fsync

    def full(descriptor: int) -> None:
        calls.append("fsync")
        if len(calls) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    return calls


def test_a_full_disk_is_reported_once_and_the_training_goes_on(tmp_path, monkeypatch, capsys):
    whole = make_model()
    fit(whole, None, epochs=2)
    calls = fill_disk(monkeypatch, after=4)  # two checkpoints: the start, and step 2
    model = make_model()
    history = fit(model, Checkpoint(tmp_path, every_batches=2), epochs=2)
    assert len(calls) > 6  # it went on trying
    assert weights(model) == weights(whole)
    assert history.state == "finished"
    [note] = history.notes
    assert "No space left on device" in note
    assert "The last one is of step 2" in note
    assert capsys.readouterr().out.count("No space left") == 1
    assert {file.name for file in tmp_path.iterdir()} == {LATEST, PREVIOUS}
    monkeypatch.undo()
    model = make_model()
    assert "goes on after step 2 of 12" in fit(model, tmp_path, epochs=2).notes[0]
    assert weights(model) == weights(whole)


def test_weights_that_are_no_longer_finite_are_not_written_over_good_ones(tmp_path):
    model = nn.Linear(2, 1)
    batches = [(torch.ones(4, 2), torch.zeros(4))] * 3
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=3e38)
    options = {"optimizer": optimizer, "warmup": 0, "max_norm": math.inf, "progress": False, "device": "cpu"}

    def loss(model, batch):
        return 1e3 * ((model(batch[0])[:, 0] - batch[1]) ** 2).mean()

    with pytest.raises(training.TrainingDiverged):
        training.fit(model, batches, loss, checkpoint=Checkpoint(tmp_path, every_batches=1), **options)
    state, _ = checkpoints.read(tmp_path)
    torch.testing.assert_close(state["model"], before, rtol=0, atol=0)


def test_a_folder_that_cannot_be_made_is_reported_and_the_training_goes_on(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    history = fit(make_model(), tmp_path / "file" / "run")
    assert len(history.loss) == 6
    [note] = history.notes
    assert "No checkpoint exists yet" in note


@posix
def test_a_file_that_may_not_grow_is_reported_by_the_real_system(tmp_path):
    script = """
import resource, signal, sys, torch
from torch import nn
from lessons.kit.checkpoints import Checkpoint
from lessons.kit.training import fit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
model = nn.Linear(3, 1)
options = {"checkpoint": Checkpoint(sys.argv[1]), "progress": False}
history = fit(model, [torch.ones(4, 3)] * 3, lambda model, x: model(x).mean(), **options)
print(len(history.loss), len(history.notes), "File too large" in history.notes[0])
"""
    options = {"capture_output": True, "text": True, "check": True}
    result = subprocess.run([sys.executable, "-c", script, str(tmp_path / "run")], **options)
    assert result.stdout.splitlines()[-1] == "3 1 True"
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize("options", [{"every_batches": 0}, {"every_seconds": -1.0}])
def test_intervals_must_be_positive(options):
    with pytest.raises(ValueError, match="must be more than 0"):
        Checkpoint("runs", **options)


def test_time_makes_a_checkpoint_due(tmp_path, monkeypatch):
    now, written = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(checkpoints, "write", lambda folder, state: written.append(len(state["history"]["loss"])))

    def loss(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
        now[0] += 4.0
        return square(model, x)

    fit(make_model(), Checkpoint(tmp_path, every_seconds=10), loss=loss)
    assert written == [0, 3, 6, 6]  # the start, every third step, the end
