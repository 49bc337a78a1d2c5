"""A training monitor: curves that grow while `fit` runs in the kernel, with Pause and Stop.

`fit` runs in the kernel's main thread and calls `update` between batches. The buttons are heard in another thread
(JupyterLab opens one for widgets, a subshell), which only sets a flag; `fit` reads the flags between batches. Where no
such thread exists the buttons cannot be heard while a cell runs, and the view says to use Interrupt instead.
"""

from __future__ import annotations

import math
import threading
import time
from array import array
from typing import Any

import numpy as np
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import HTML, DisplayHandle, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.kit.training import History
from lessons.widgets import base

MOST_GROUPS = 500  # of each, the lowest and the highest loss are drawn: 1,000 points
INTERVAL = 0.1  # seconds between two pictures
WINDOW = 20  # steps in a running mean, as in plots.training_history


# --- what is drawn ----------------------------------------------------------------------------------------------------


def condense(losses: np.ndarray, most: int = MOST_GROUPS) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Losses (steps,) -> size, lows, highs, means: of at most `most` groups of `size` steps, a power of 2.

    `means` holds the running mean of 20 steps at the end of each group; the last group may be smaller.
    """
    size = 1
    while len(losses) > most * size:
        size *= 2
    starts = np.arange(0, len(losses), size)
    if not len(losses):
        return size, losses, losses, losses
    ends = np.minimum(starts + size, len(losses))  # exclusive
    window = ends[:, None] - 1 - np.arange(WINDOW)  # (groups, 20); below 0: before the first step
    values = np.where(window >= 0, losses[np.maximum(window, 0)], 0.0)
    means = values.sum(1) / (window >= 0).sum(1)
    return size, np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts), means


def metrics_of(history: History, most: int = MOST_GROUPS) -> list[list[Any]]:
    """[name, steps, values] of each validation metric, at most about `most` points; None where it is not a number."""
    names = list(dict.fromkeys(name for _, metrics in history.validation for name in metrics))
    result = []
    for name in names:
        places = [(step, float(metrics[name])) for step, metrics in history.validation if name in metrics]
        stride = math.ceil(len(places) / most)
        places = places[::-1][::stride][::-1]  # the latest is always there
        result.append([name, [step for step, _ in places], [v if math.isfinite(v) else None for _, v in places]])
    return result


# --- the widget -------------------------------------------------------------------------------------------------------


class TrainingMonitor(base.Widget):
    """Draws a `History` while it grows. `paused` and `stopped` are the flags that `fit` reads between batches."""

    _esm = base.javascript("training/training.js")
    _css = base.style("training/training.css")

    name = "Training monitor"
    task = "Watch the loss while the training runs. Pause and Stop take effect after the current batch."

    run = traitlets.Dict().tag(sync=True)  # all that the view draws; set in the training thread only

    def __init__(self) -> None:
        super().__init__()
        self.paused, self.stopped = threading.Event(), threading.Event()
        self._history: History | None = None
        self._number = 0
        self._losses = array("d")
        self._handles: list[DisplayHandle] = []
        self._next = 0.0
        self.run = self._shown()
        self.on_msg(self._hear)
        # ipykernel 7.4 hands an answer to the thread that last sent something: the one that is busy training. The
        # answer names the thread that should have it, as in earlier versions (comm/comm.py, BaseComm.publish_msg).
        if self.comm is not None:
            self.comm._reply_subshell_for = lambda data, named: named

    def update(self, history: History) -> None:
        """Draw this history if it is time; a new one starts the monitor anew. Called in the training thread."""
        if history is not self._history:
            self._begin(history)
        begun = time.monotonic()
        if begun < self._next and history.state == self.run["state"]:
            return
        self.run = self._shown()
        cost = time.monotonic() - begun
        self._next = begun + max(INTERVAL, 20 * cost)
        if history.state not in ("running", "paused"):
            self._finish()

    def _begin(self, history: History) -> None:
        self._history, self._losses, self._next = history, array("d"), 0.0
        self._number += 1
        self.paused.clear()
        self.stopped.clear()
        if not self._handles and _in_kernel():
            display(self)

    def _finish(self) -> None:
        """Put the final picture where the monitor was shown: a stored notebook keeps it."""
        if self._handles and _in_kernel():
            bundle = self.bundle()
            for handle in self._handles:
                handle.update(bundle, raw=True)

    def _shown(self) -> dict[str, Any]:
        history = self._history
        if history is None:
            return {"number": 0, "state": "waiting", "step": 0, "total": 0, "size": 1, "validation": []}
        losses = self._read(history)
        size, lows, highs, means = condense(losses)
        return {
            "number": self._number,
            "state": history.state,
            "step": len(losses),
            "total": history.total,
            "size": size,
            "lows": lows.tobytes(),
            "highs": highs.tobytes(),
            "means": means.tobytes(),
            "learning_rate": history.learning_rate[-1] if history.learning_rate else None,
            "validation": metrics_of(history),
            "stopped": history.stopped,
            "notes": list(history.notes),
        }

    def _read(self, history: History) -> np.ndarray:
        if len(history.loss) < len(self._losses):  # an interrupt cut off what was half recorded
            self._losses = array("d")
        self._losses.extend(history.loss[len(self._losses) :])
        return np.array(self._losses)

    def _hear(self, _: Any, content: Any, __: Any) -> None:
        """A message of the view, in whatever thread it comes: answer it, and set the flag that it asks for."""
        if not isinstance(content, dict):
            return
        self.send({"heard": content.get("id")})
        if content.get("number") != self._number:  # pressed for a training that is over
            return
        if content.get("want") == "stop":
            self.stopped.set()
        elif content.get("want") == "pause":
            self.paused.set()
        elif content.get("want") == "resume":
            self.paused.clear()

    def _ipython_display_(self) -> None:
        display(HTML(self.heading()))
        self._handles.append(display(self.bundle(), raw=True, display_id=True))

    def picture(self) -> Figure:
        """The curves as they are now: loss on the left, validation metrics on the right if there are any."""
        history = self._history or History()
        apart = [metric for metric in metrics_of(history) if not _is_loss(metric[0])]
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        axes = figure.subplots(1, 2 if apart else 1, squeeze=False)[0]
        _draw_losses(axes[0], history)
        if apart:
            _draw_metrics(axes[1], apart)
            axes[1].set(xlabel="step", ylabel="validation", xlim=(0, max(1, history.total)))
            highest = max((v for _, _, values in apart for v in values if v is not None), default=1)
            axes[1].set_ylim(min(0, axes[1].get_ylim()[0]), 1.02 if highest <= 1 else None)
        return figure


def _is_loss(name: str) -> bool:
    return "loss" in name.lower()


def _draw_losses(axes: Axes, history: History) -> None:
    size, lows, highs, means = condense(np.array(history.loss, dtype=float))
    steps = np.minimum(np.arange(1, len(means) + 1) * size, len(history.loss))
    zigzag = np.column_stack([lows, highs]).ravel() if size > 1 else lows
    axes.plot(
        np.repeat(steps, 2) if size > 1 else steps,
        zigzag,
        color=base.COLOURS["sky"],
        alpha=0.6,
        linewidth=1,
        label="each batch",
    )
    axes.plot(steps, means, color=base.COLOURS["blue"], label=f"running mean of {WINDOW}")
    _draw_metrics(axes, [metric for metric in metrics_of(history) if _is_loss(metric[0])])
    axes.set(xlabel="step", ylabel="loss", xlim=(0, max(1, history.total)))
    if history.loss:
        axes.set_ylim(min(0, float(lows.min())), None)
        axes.legend(fontsize=9)


def _draw_metrics(axes: Axes, metrics: list[list[Any]]) -> None:
    looks = zip(metrics, ("orange", "green", "pink"), "osD", strict=False)
    for (name, steps, values), colour, marker in looks:
        numbers = [math.nan if value is None else value for value in values]
        label = f"validation {name}"
        axes.plot(steps, numbers, marker=marker, markersize=5, color=base.COLOURS[colour], label=label)
    if metrics:
        axes.legend(fontsize=9)


def _in_kernel() -> bool:
    return hasattr(get_ipython(), "kernel")


def training_monitor() -> TrainingMonitor:
    """A monitor for `fit(..., monitor=monitor)`; show it before, or leave that to the training.

    It may serve for one training after another. Without a front end it does nothing.
    """
    return TrainingMonitor()
