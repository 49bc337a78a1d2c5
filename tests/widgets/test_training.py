"""What the training monitor draws and how it hears, without a browser."""

from __future__ import annotations

import base64
import io
import math
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image
from torch import nn

from lessons.kit import plots
from lessons.kit.training import History, TrainingDiverged, fit
from lessons.widgets import training as tm

BATCHES = list(torch.randn(12, 4, 3, generator=torch.Generator().manual_seed(0)))


def train(monitor: tm.TrainingMonitor, batches=BATCHES, **options) -> History:
    torch.manual_seed(0)
    loss = options.pop("loss", lambda model, x: model(x).square().mean())
    options = {"device": "cpu", "progress": False, "monitor": monitor} | options
    return fit(nn.Linear(3, 1), batches, loss, **options)


def values(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed)


# --- what is drawn ----------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e6, 1e6), max_size=200), st.integers(1, 30))
def test_condensed_losses_keep_every_extreme_and_the_running_mean(losses, most):
    series = np.array(losses, dtype=float)
    size, lows, highs, means = tm.condense(series, most)
    assert len(lows) == len(highs) == len(means) == math.ceil(len(losses) / size) <= most
    assert size == 1 or len(losses) > most * size // 2  # no coarser than needed
    for group, (low, high, mean) in enumerate(zip(lows, highs, means, strict=True)):
        part = losses[group * size : (group + 1) * size]
        assert (low, high) == (min(part), max(part))
        end = min((group + 1) * size, len(losses))
        assert mean == pytest.approx(np.mean(losses[max(0, end - 20) : end]), rel=1e-10, abs=1e-8)


def test_the_running_mean_is_that_of_the_figures_and_survives_a_huge_beginning():
    losses = np.random.default_rng(0).exponential(size=300)
    np.testing.assert_allclose(tm.condense(losses)[3], plots.running_mean(losses), rtol=1e-10)
    after = tm.condense(np.concatenate([[1e200], losses]))[3]
    np.testing.assert_allclose(after[40:], tm.condense(losses)[3][39:], rtol=1e-10)


def test_at_most_a_thousand_points_of_the_loss_are_sent():
    for steps in (0, 1, 500, 501, 12_345, 1_000_000):
        _, lows, highs, _ = tm.condense(np.ones(steps))
        assert len(lows) + len(highs) <= 1000


def test_metrics_are_thinned_from_the_end_and_what_is_no_number_is_none():
    history = History(validation=[(step, {"accuracy": step / 10}) for step in range(1, 2001)])
    [[name, steps, numbers]] = tm.metrics_of(history)
    assert name == "accuracy"
    assert 250 <= len(steps) <= 500
    assert (steps[-1], numbers[-1]) == (2000, 200.0)
    history.validation = [(1, {"loss": math.nan}), (2, {"loss": math.inf, "f1": 0.5})]
    assert tm.metrics_of(history) == [["loss", [1, 2], [None, None]], ["f1", [2], [0.5]]]
    assert tm.metrics_of(History()) == []


# --- a training -------------------------------------------------------------------------------------------------------


def test_at_the_end_it_shows_the_whole_history():
    monitor = tm.training_monitor()
    assert monitor.run["state"] == "waiting"
    history = train(monitor, epochs=2, validate=lambda model: {"accuracy": 0.5})
    run = monitor.run
    assert (run["state"], run["step"], run["total"], run["size"]) == ("finished", 24, 24, 1)
    np.testing.assert_array_equal(values(run["lows"]), history.loss)
    np.testing.assert_array_equal(values(run["highs"]), history.loss)
    assert run["validation"] == [["accuracy", [12, 24], [0.5, 0.5]]]
    assert run["learning_rate"] == history.learning_rate[-1]


def test_it_serves_for_a_second_training_and_starts_anew():
    monitor = tm.training_monitor()
    train(monitor)
    monitor.paused.set()
    monitor.stopped.set()  # pressed too late: for the training that is over
    history = train(monitor, BATCHES[:5])
    assert history.state == "finished"
    assert (monitor.run["number"], monitor.run["step"]) == (2, 5)
    assert len(values(monitor.run["means"])) == 5


def test_it_draws_ten_times_a_second_at_most_but_every_change_of_state(monkeypatch):
    now, drawn = [0.0], []
    monkeypatch.setattr(tm.time, "monotonic", lambda: now[0])
    monitor = tm.training_monitor()
    monitor.observe(lambda change: drawn.append((change["new"]["state"], change["new"]["step"])), "run")
    history = History(total=100)
    for step in range(100):
        now[0] = step * 0.03
        monitor.update(history)
        history.loss.append(1.0)
        history.learning_rate.append(0.1)
    assert 20 <= len(drawn) <= 31
    history.state = "finished"
    monitor.update(history)
    assert drawn[-1] == ("finished", 100)


def test_an_interrupted_record_does_not_stay_in_the_picture():
    monitor, history = tm.training_monitor(), History(total=9, loss=[1.0, 2.0, 3.0], learning_rate=[0.1, 0.1])
    monitor.update(history)
    history.gradient_norm = [1.0, 1.0]
    history.cut()
    history.state = "interrupted"
    monitor.update(history)
    assert values(monitor.run["means"]).tolist() == [1.0, 1.5]


@pytest.mark.parametrize(("want", "end"), [("stop", "stopped by you"), ("pause", "finished")])
def test_messages_of_the_view_set_the_flags_from_another_thread(want, end):
    monitor, paused = tm.training_monitor(), []

    def loss(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        if len(calls) == 3:
            for content in ({"want": want, "number": 1, "id": 1}, {"want": "stop", "number": 0, "id": 2}, "nonsense"):
                thread = threading.Thread(target=monitor._hear, args=(monitor, content, []))
                thread.start()
                thread.join()
        return model(x).square().mean()

    def resume(change) -> None:
        if change["new"]["state"] == "paused":
            paused.append(change["new"]["step"])
            threading.Timer(0.1, monitor._hear, (monitor, {"want": "resume", "number": 1, "id": 3}, [])).start()

    calls: list[int] = []
    monitor.observe(resume, "run")
    history = train(monitor, loss=loss)
    assert history.state == monitor.run["state"] == end
    assert paused == ([3] if want == "pause" else [])
    assert len(history.loss) == (12 if want == "pause" else 3)


def test_a_divergence_and_an_error_are_shown():
    monitor = tm.training_monitor()
    with pytest.raises(TrainingDiverged):
        train(monitor, loss=lambda model, x: model(x).square().mean() * math.nan)
    assert (monitor.run["state"], monitor.run["step"]) == ("diverged", 0)
    with pytest.raises(KeyError):
        train(monitor, loss=lambda model, x: {}["x"])
    assert monitor.run["state"] == "failed"


# --- what stays in a notebook -----------------------------------------------------------------------------------------


def test_the_output_is_view_picture_and_a_constant_text():
    monitor = tm.training_monitor()
    before = monitor.bundle()
    train(monitor, epochs=2, validate=lambda model: {"loss": 0.1, "accuracy": 0.5})
    after = monitor.bundle()
    assert set(after) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert (
        after["text/plain"]
        == before["text/plain"]
        == "Training monitor: run this cell in JupyterLab to use the widget."
    )
    assert after["image/png"] != before["image/png"]
    picture = base64.b64decode(after["image/png"])
    assert image.imread(io.BytesIO(picture)).shape[:2] == (272, 720)
    assert len(picture) < 40_000


def test_the_picture_puts_losses_together_and_other_metrics_beside_them():
    monitor = tm.training_monitor()
    assert len(monitor.picture().axes) == 1
    train(monitor, validate=lambda model: {"loss": 0.1, "accuracy": 0.5})
    left, right = monitor.picture().axes
    labels = [line.get_label() for line in left.lines]
    assert labels == ["each batch", "running mean of 20", "validation loss"]
    assert [line.get_label() for line in right.lines] == ["validation accuracy"]
    assert (left.get_xlabel(), left.get_ylabel(), right.get_ylabel()) == ("step", "loss", "validation")
    assert left.get_ylim()[0] == right.get_ylim()[0] == 0


def test_a_long_history_is_drawn_from_its_extremes():
    monitor, losses = tm.training_monitor(), np.random.default_rng(0).exponential(size=3001)
    monitor.update(History(loss=losses.tolist(), learning_rate=[0.1] * 3001, total=3001, state="finished"))
    line = monitor.picture().axes[0].lines[0]
    assert (line.get_ydata().min(), line.get_ydata().max()) == (losses.min(), losses.max())
    assert len(line.get_xdata()) <= 1000
    assert line.get_xdata()[-1] == 3001


def test_in_plain_python_it_is_silent_and_does_not_wait():
    script = """
import torch
from torch import nn
from lessons.kit.training import fit
from lessons.widgets.training import training_monitor
history = fit(nn.Linear(3, 1), [torch.ones(4, 3)] * 30, lambda model, x: model(x).square().mean(),
              progress=False, monitor=training_monitor())
assert history.state == "finished"
"""
    result = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", script], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_run_without_a_front_end_a_notebook_keeps_the_final_picture():
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    train_ = """
from torch import nn
from lessons.kit.training import fit
loss = lambda model, x: model(x).square().mean()
options = {"progress": False, "device": "cpu", "monitor": monitor}
history = fit(nn.Linear(3, 1), [torch.ones(4, 3)] * 30, loss, **options)
"""
    first = "import torch\nfrom lessons.widgets.training import training_monitor\nmonitor = training_monitor()\n"
    cells = [first + "monitor", train_, "monitor = training_monitor()\n" + train_]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown, silent, by_fit = (cell.outputs for cell in notebook.cells)
    assert silent == []
    for outputs in (shown, by_fit):
        assert [output.output_type for output in outputs] == ["display_data"] * 2
        assert outputs[1].data["text/plain"].startswith("Training monitor: run this cell")
    empty = tm.training_monitor().bundle()["image/png"]
    assert shown[1].data["image/png"].strip() != empty.strip()
    assert by_fit[1].data["image/png"].strip() != empty.strip()
