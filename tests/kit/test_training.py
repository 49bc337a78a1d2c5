"""The training loop against plain PyTorch and transformers, and its behaviour when things go wrong."""

import contextlib
import itertools
import math
import signal
import threading
import time
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close
from torch.utils.data import DataLoader, IterableDataset
from transformers import get_linear_schedule_with_warmup

from lessons import gradients
from lessons.kit import training
from lessons.kit.checkpoints import Checkpoint

DATA = torch.Generator().manual_seed(0)
INPUTS = torch.randn(24, 3, generator=DATA, dtype=torch.float64)
TARGETS = INPUTS @ torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
BATCHES = [(INPUTS[i : i + 4], TARGETS[i : i + 4]) for i in range(0, 24, 4)]


class Pair(NamedTuple):
    left: torch.Tensor
    right: torch.Tensor


def linear_model(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Linear(3, 1).double()


def squared_error(model: nn.Module, batch) -> torch.Tensor:
    inputs, targets = batch
    return F.mse_loss(model(inputs).squeeze(-1), targets)


def fit(model: nn.Module, batches=BATCHES, loss=squared_error, **options) -> training.History:
    return training.fit(model, batches, loss, **{"progress": False, "device": "cpu", **options})


@pytest.mark.parametrize(("warmup", "total"), [(0, 7), (3, 10), (10, 10), (1, 1), (5, 200)])
def test_the_schedule_is_that_of_transformers(warmup, total):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    reference = get_linear_schedule_with_warmup(optimizer, warmup, total)
    for step in range(total):
        assert training.linear_warmup_decay(step, warmup, total) == pytest.approx(reference.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        reference.step()
    assert training.linear_warmup_decay(total, warmup, total) == 0 or warmup == total


def test_fit_takes_the_steps_of_a_loop_written_by_hand():
    ours, theirs = linear_model(), linear_model()
    history = fit(ours, epochs=3, learning_rate=0.05, weight_decay=0.1, max_norm=0.5)
    groups = [{"params": [theirs.weight], "weight_decay": 0.1}, {"params": [theirs.bias], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.05)
    schedule = get_linear_schedule_with_warmup(optimizer, 2, 18)
    losses, rates = [], []
    for inputs, targets in BATCHES * 3:
        loss = ((theirs(inputs).squeeze(-1) - targets) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    assert_close(torch.tensor(history.loss), torch.tensor(losses), rtol=0, atol=1e-10)
    assert_close(torch.tensor(history.learning_rate), torch.tensor(rates), rtol=0, atol=1e-12)
    assert_close(ours.state_dict(), theirs.state_dict(), rtol=0, atol=1e-10)
    assert history.examples == 72
    assert history.seconds > 0


def test_a_given_optimiser_is_used_and_the_model_learns():
    model = linear_model()
    history = fit(model, epochs=60, optimizer=torch.optim.SGD(model.parameters(), lr=0.1), max_norm=100.0)
    assert history.loss[-1] < 1e-3 < history.loss[0]
    assert_close(model.weight[0], torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64), rtol=0, atol=0.05)


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_with_an_explanation_and_keeps_the_weights(poison):
    model, calls = linear_model(), []

    def loss(model, batch):
        calls.append({name: p.detach().clone() for name, p in model.named_parameters()})
        return squared_error(model, batch) * (poison if len(calls) == 4 else 1.0)

    with pytest.raises(training.TrainingDiverged, match=r"in step 3.*learning rate") as caught:
        fit(model, loss=loss)
    assert len(caught.value.history.loss) == 3
    assert_close(dict(model.named_parameters()), calls[-1])
    assert all(p.isfinite().all() for p in model.parameters())


def test_divergence_through_a_huge_learning_rate_is_reported_too():
    model = linear_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e200)
    with pytest.raises(training.TrainingDiverged, match="too high"):
        fit(model, epochs=5, optimizer=optimizer, max_norm=1e300, warmup=0)


def test_interrupting_keeps_the_model_and_the_history():
    model, seen = linear_model(), []

    def loss(model, batch):
        seen.append(batch)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return squared_error(model, batch)

    history = fit(model, loss=loss)
    assert len(history.loss) == len(history.learning_rate) == len(history.gradient_norm) == 3
    assert "interrupted in step 3 of 6" in repr(history)


def test_validation_runs_after_every_epoch_without_gradients_and_in_evaluation_mode():
    model, modes = linear_model(), []

    def validate(model):
        modes.append((model.training, torch.is_grad_enabled()))
        return {"error": float(len(modes))}

    model.eval()
    history = fit(model, epochs=2, validate=validate)
    assert modes == [(False, False)] * 2
    assert history.validation == [(6, {"error": 1.0}), (12, {"error": 2.0})]
    assert not model.training  # as it was found
    assert "validation error 2.000" in repr(history)


@pytest.mark.parametrize(
    ("batches", "sentence"), [([], "batches is empty"), ((b for b in BATCHES), "a generator is used up")]
)
def test_batches_that_cannot_be_trained_on_get_a_sentence(batches, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(linear_model(), batches)


def test_a_loss_that_is_not_one_number_gets_a_sentence():
    with pytest.raises(ValueError, match=r"shape \(4,\). Is a .mean\(\) missing"):
        fit(linear_model(), loss=lambda model, batch: model(batch[0]).squeeze(-1))


def test_a_model_with_nothing_to_train_gets_a_sentence():
    with pytest.raises(ValueError, match="Nothing to train"):
        fit(linear_model().requires_grad_(False))


def test_a_gradient_that_is_not_finite_stops_too_and_keeps_the_weights():
    model = linear_model()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    with pytest.raises(training.TrainingDiverged, match="gradient is nan"):
        fit(model, loss=lambda model, batch: (0 * model(batch[0]).sum()).sqrt())
    assert_close(dict(model.named_parameters()), before, rtol=0, atol=0)
    assert model.training  # as it was found


def test_an_interrupt_in_the_middle_of_a_step_leaves_a_history_that_can_be_drawn():
    model = linear_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    steps = []

    def interrupt(*_):
        steps.append(1)
        if len(steps) == 3:
            raise KeyboardInterrupt

    optimizer.register_step_pre_hook(interrupt)
    history = fit(model, optimizer=optimizer)
    assert len(history.loss) == len(history.learning_rate) == len(history.gradient_norm) == 2
    assert len(history.plot().axes) == 2


def test_parameters_that_the_optimizer_does_not_hold_neither_pile_up_nor_count_in_the_clipping():
    def of_the_head(freeze: bool) -> tuple[list[float], torch.Tensor]:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        model[0].requires_grad_(not freeze)
        inputs, labels = 10 * torch.randn(30, 4), torch.randint(2, (30,))
        history = training.fit(
            model,
            [(inputs, labels)] * 10,
            lambda model, batch: F.cross_entropy(model(batch[0]), batch[1]),
            optimizer=torch.optim.SGD(model[2].parameters(), lr=0.5),
            max_norm=0.5,
            progress=False,
            device="cpu",
        )
        return history.gradient_norm, model[2].weight.detach()

    (norms, weights), (frozen_norms, frozen_weights) = of_the_head(freeze=False), of_the_head(freeze=True)
    assert norms == pytest.approx(frozen_norms)
    assert_close(weights, frozen_weights)


def test_a_single_step_still_trains():
    model = linear_model()
    before = model.weight.detach().clone()
    fit(model, BATCHES[:1])
    assert not torch.equal(model.weight, before)


def test_tied_embeddings_are_spared_and_other_matrices_decay():
    model = nn.ModuleDict({"word": nn.Embedding(5, 4), "attention": nn.MultiheadAttention(4, 2)})
    model["head"] = nn.Linear(4, 5)
    model["head"].weight = model["word"].weight
    decaying, spared = training.parameter_groups(model, 0.1)
    assert [tuple(p.shape) for p in decaying["params"]] == [(12, 4), (4, 4)]
    assert any(p is model["word"].weight for p in spared["params"])


def test_only_matrices_of_layers_decay():
    model = nn.ModuleDict({"word": nn.Embedding(5, 4), "norm": nn.LayerNorm(4), "out": nn.Linear(4, 2)})
    model["frozen"] = nn.Linear(2, 2).requires_grad_(False)
    decaying, spared = training.parameter_groups(model, 0.1)
    assert [p.shape for p in decaying["params"]] == [(2, 4)]
    assert decaying["weight_decay"] == 0.1
    assert spared["weight_decay"] == 0.0
    assert len(spared["params"]) == 4  # word, norm weight, norm bias, out bias


def test_frozen_parameters_stay_as_they_are():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1)).double()
    model[0].requires_grad_(False)
    before = model[0].weight.clone()
    fit(model)
    assert_close(model[0].weight, before, rtol=0, atol=0)


def test_nested_batches_move_to_the_device_and_are_counted():
    batch = {"x": [torch.zeros(5, 2), None], "y": ("text", torch.ones(5))}
    moved = training.to_device(batch, torch.device("meta"))
    assert moved["x"][0].device.type == moved["y"][1].device.type == "meta"
    assert moved["x"][1] is None
    pair = training.to_device(Pair(torch.zeros(1), torch.ones(1)), torch.device("meta"))
    assert isinstance(pair, Pair)
    assert pair.right.device.type == "meta"
    assert moved["y"][0] == "text"
    assert training._n_examples(batch) == 5
    assert training._n_examples(([[1, 2], [3], [4]], [[5], [6], [7]])) == 3  # texts as ids, of unequal lengths
    assert training._n_examples(torch.tensor(1.0)) == 1


def test_history_draws_itself_and_an_empty_one_says_so():
    history = fit(linear_model(), epochs=2, validate=lambda model: {"accuracy": 0.5})
    figure = history.plot()
    assert {axes.get_ylabel() for axes in figure.axes} >= {"training loss", "learning\nrate", "validation"}
    assert len(figure.axes[0].lines[0].get_xdata()) == 12
    assert repr(training.History()) == "<History: no step yet>"


def test_the_progress_bar_shows_loss_and_speed(capsys):
    training.fit(linear_model(), BATCHES, squared_error, device="cpu")
    shown = capsys.readouterr().out
    assert "6/6" in shown
    assert "loss" in shown
    assert "examples/s" in shown


# --- early stopping ---------------------------------------------------------------------------------------------------


def validation_of(*values: float, name: str = "loss"):
    """A `validate` that gives these values in turn, and notes the weights that it saw."""
    left, seen = list(values), []

    def validate(model: nn.Module) -> training.Metrics:
        seen.append({key: value.clone() for key, value in model.state_dict().items()})
        return {name: left.pop(0)}

    return validate, seen


@pytest.mark.parametrize(
    ("better", "values", "epochs", "best"),
    [
        ("lower", (5.0, 3.0, 4.0, 3.0), 4, 2),  # equal is not better
        ("higher", (0.5, 0.9, 0.8, 0.9), 4, 2),
        ("lower", (math.nan, 3.0, math.nan, math.nan), 4, 2),
        ("lower", (1.0, 2.0, 3.0), 3, 1),
        ("higher", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), 6, 6),  # never stops: all epochs
        ("higher", (0.1, 0.2, 0.3, 0.4, 0.5, 0.4), 6, 5),
    ],
)
def test_early_stopping_ends_the_run_and_brings_the_best_weights_back(better, values, epochs, best):
    model = linear_model()
    validate, seen = validation_of(*values)
    history = fit(model, epochs=6, validate=validate, early_stopping=training.EarlyStopping("loss", better, patience=2))
    assert len(seen) == epochs
    assert history.best_step == 6 * best
    assert_close(model.state_dict(), seen[best - 1], rtol=0, atol=0)
    if epochs < 6:
        reason = f"early after step {6 * epochs} of 36: no {better} validation loss for 2 epochs"
        assert (history.state, history.stopped) == ("stopped early", reason)
        assert reason in repr(history)
    else:
        assert (history.state, history.stopped) == ("finished", "")


def test_a_metric_that_is_never_a_number_ends_the_run_with_the_latest_weights():
    validate, seen = validation_of(math.nan, math.nan)
    model = linear_model()
    history = fit(
        model, epochs=6, validate=validate, early_stopping=training.EarlyStopping("loss", "lower", patience=2)
    )
    assert (history.state, history.best_step) == ("stopped early", 0)
    assert_close(model.state_dict(), seen[-1], rtol=0, atol=0)


def test_early_stopping_that_cannot_work_gets_a_sentence():
    with pytest.raises(ValueError, match="'higher' or 'lower': which accuracy"):
        training.EarlyStopping("accuracy", "max")
    with pytest.raises(ValueError, match="1 or more; it is 0"):
        training.EarlyStopping("accuracy", "higher", patience=0)
    stopping = training.EarlyStopping("accuracy", "higher")
    with pytest.raises(ValueError, match="give validate, too"):
        fit(linear_model(), early_stopping=stopping)
    with pytest.raises(ValueError, match="validate returns loss, but no 'accuracy'"):
        fit(linear_model(), validate=lambda model: {"loss": 1.0}, early_stopping=stopping)


# --- a monitor --------------------------------------------------------------------------------------------------------


class Recorder:
    """A monitor without a picture: notes each state with its step, and sets flags as it is told to."""

    def __init__(self, **presses: int) -> None:
        self.paused, self.stopped, self.seen = threading.Event(), threading.Event(), []
        self.presses = presses

    def update(self, history: training.History) -> None:
        self.seen.append((history.state, len(history.loss)))
        for name, step in self.presses.items():
            if len(history.loss) == step and history.state == "running":
                getattr(self, name).set()


def test_a_monitor_hears_of_every_step_and_of_the_end():
    monitor = Recorder()
    fit(linear_model(), monitor=monitor)
    steps = [("running", step) for step in range(7)]
    assert list(dict.fromkeys(monitor.seen)) == [*steps, ("finished", 6)]


def test_stop_ends_the_run_between_two_batches_with_a_whole_history():
    monitor, model = Recorder(stopped=4), linear_model()
    model.eval()
    history = fit(model, epochs=3, monitor=monitor)
    assert (history.state, history.stopped) == ("stopped by you", "by you after step 4 of 18")
    assert len(history.loss) == len(history.learning_rate) == len(history.gradient_norm) == 4
    assert monitor.seen[-1] == ("stopped by you", 4)
    assert not model.training


def test_pause_holds_the_run_until_it_is_lifted_from_another_thread():
    monitor, model, reference = Recorder(paused=3), linear_model(), linear_model()
    expected = fit(reference)

    def lift() -> None:
        while ("paused", 3) not in monitor.seen:
            time.sleep(0.01)
        time.sleep(0.1)
        monitor.seen.append("lifted")
        monitor.presses = {}
        monitor.paused.clear()

    thread = threading.Thread(target=lift)
    thread.start()
    history = fit(model, monitor=monitor)
    thread.join()
    after = monitor.seen[monitor.seen.index("lifted") :]
    assert {step for entry in monitor.seen if entry != "lifted" and entry not in after for step in entry[1:]} == set(
        range(4)
    )
    assert after[1] == ("running", 3)
    assert history.state == "finished"
    assert history.loss == expected.loss


def test_stop_and_interrupt_work_while_it_is_paused():
    history = fit(linear_model(), monitor=Recorder(paused=2, stopped=2))
    assert history.stopped == "by you after step 2 of 6"

    class Interrupting(Recorder):
        def update(self, history: training.History) -> None:
            super().update(history)
            if history.state == "paused":
                threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        monitor = Interrupting(paused=2)
        history = fit(linear_model(), monitor=monitor)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (history.state, history.stopped) == ("interrupted", "interrupted in step 2 of 6")
    assert monitor.seen[-1] == ("interrupted", 2)


def test_stopped_or_paused_it_saves_and_can_go_on(tmp_path):
    whole, model = linear_model(), linear_model()
    fit(whole, epochs=2)
    checkpoint = Checkpoint(tmp_path, every_seconds=None)
    fit(linear_model(), epochs=2, monitor=Recorder(stopped=7), checkpoint=checkpoint)
    history = fit(model, epochs=2, checkpoint=checkpoint)
    assert "goes on after step 7 of 12" in history.notes[0]
    assert_close(model.state_dict(), whole.state_dict(), rtol=0, atol=0)


def test_an_error_and_a_divergence_are_told_to_the_monitor():
    monitor = Recorder()
    with pytest.raises(ZeroDivisionError):
        fit(linear_model(), loss=lambda model, batch: 1 / 0, monitor=monitor)
    assert monitor.seen[-1] == ("failed", 0)
    with pytest.raises(training.TrainingDiverged) as caught:
        fit(linear_model(), loss=lambda model, batch: squared_error(model, batch) * math.nan, monitor=monitor)
    assert monitor.seen[-1] == ("diverged", 0)
    assert caught.value.history.state == "diverged"


def test_a_history_that_was_interrupted_in_a_record_is_cut_to_whole_steps():
    history = training.History(loss=[1.0, 2.0, 3.0], learning_rate=[0.1, 0.1], gradient_norm=[1.0, 1.0, 1.0])
    history.cut()
    assert (history.loss, history.learning_rate, history.gradient_norm) == ([1.0, 2.0], [0.1, 0.1], [1.0, 1.0])


# --- nothing wrong passes in silence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 1.5}, "epochs must be a whole number, 1 or more; it is 1.5"),
        ({"epochs": 0}, "epochs must be a whole number, 1 or more; it is 0"),
        ({"max_norm": 0}, "max_norm must be a number above 0"),
        ({"max_norm": -1}, "max_norm must be a number above 0"),
        ({"max_norm": math.nan}, "max_norm must be a number above 0"),
        ({"max_norm": None}, r"max_norm must be a number above 0 \(math.inf: no clipping\); it is None"),
        ({"warmup": 100}, "warmup must be a share of all steps, from 0 to 1; it is 100"),
        ({"warmup": -1}, "warmup must be a share of all steps"),
        ({"weight_decay": -5}, "weight_decay must be a number, 0 or more"),
        ({"learning_rate": -0.1}, "learning_rate must be a number, 0 or more"),
        ({"learning_rate": math.inf}, "learning_rate must be a number, 0 or more"),
    ],
    ids=str,
)
def test_settings_that_cannot_work_get_a_sentence_and_nothing_moves(options, sentence):
    model = linear_model()
    with pytest.raises(ValueError, match=sentence):
        fit(model, **options)
    assert_close(model.state_dict(), linear_model().state_dict(), rtol=0, atol=0)


def test_no_clipping_is_a_number_too():
    model, reference = linear_model(), linear_model()
    norms = fit(model, epochs=2, max_norm=math.inf).gradient_norm
    assert norms == fit(reference, epochs=2, max_norm=1e6).gradient_norm
    assert max(norms) > 1
    assert_close(model.state_dict(), reference.state_dict(), rtol=0, atol=0)


def test_the_optimizer_of_another_model_is_refused():
    optimizer = torch.optim.SGD(linear_model().parameters(), lr=0.1)
    with pytest.raises(ValueError, match="holds no parameter of this model"):
        fit(linear_model(), optimizer=optimizer)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda p: gradients.SGD(p, 0.05), lambda p: torch.optim.SGD(p, 0.05)),
        (lambda p: gradients.Momentum(p, 0.05), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
        (lambda p: gradients.AdamW(p, 0.05), lambda p: torch.optim.AdamW(p, 0.05)),
    ],
)
def test_the_optimizers_of_the_course_train_as_torchs_do(ours, theirs):
    model, reference = linear_model(), linear_model()
    optimizer = ours(list(model.parameters()))
    history = fit(model, epochs=3, optimizer=optimizer)
    expected = fit(reference, epochs=3, optimizer=theirs(list(reference.parameters())))
    torch.testing.assert_close(history.loss, expected.loss)
    assert history.learning_rate == expected.learning_rate
    assert_close(model.state_dict(), reference.state_dict())
    assert optimizer.learning_rate == 0.05  # as before the training


@pytest.mark.parametrize("wrong", [3, "adam", torch.optim.SGD, [torch.nn.Parameter(torch.zeros(1))]])
def test_what_is_no_optimizer_gets_a_sentence(wrong):
    with pytest.raises(TypeError, match=r"one of torch\.optim's"):
        fit(linear_model(), optimizer=wrong)


@pytest.mark.parametrize(
    ("loss", "kind", "sentence"),
    [
        (lambda model, batch: squared_error(model, batch).item(), TypeError, "it is of type float"),
        (lambda model, batch: None, TypeError, "it is None. A missing return"),
        (lambda model, batch: squared_error(model, batch).detach(), ValueError, "has no gradient"),
        (torch.no_grad()(squared_error), ValueError, "has no gradient"),
        (lambda model, batch: batch[0].clone().requires_grad_().sum(), ValueError, "does not depend on any parameter"),
    ],
    ids=["a float", "None", "detached", "no_grad", "of the input alone"],
)
def test_a_loss_that_nothing_can_be_learnt_from_gets_a_sentence(loss, kind, sentence):
    with pytest.raises(kind, match=sentence):
        fit(linear_model(), loss=loss)


class Announced:
    """Batches that say they are `length`, and give, in each epoch, what is left of an iterator."""

    def __init__(self, length: int, batches) -> None:
        self.length, self.batches = length, batches

    def __len__(self) -> int:
        return self.length

    def __iter__(self):
        return iter(self.batches)


def test_batches_that_are_used_up_or_miscounted_get_a_sentence():
    with pytest.raises(ValueError, match=r"length 6, but gave only 0 in epoch 2.*used up after the first"):
        fit(linear_model(), Announced(6, iter(BATCHES)), epochs=2)
    with pytest.raises(ValueError, match="length 7, but gave only 6 in epoch 1"):
        fit(linear_model(), Announced(7, BATCHES))
    with pytest.raises(ValueError, match="length 5, but gives more than that"):
        fit(linear_model(), Announced(5, itertools.cycle(BATCHES)))
    history = fit(linear_model(), Announced(6, BATCHES), epochs=2)
    assert (history.state, len(history.loss)) == ("finished", 12)


def test_a_loader_without_a_length_gets_a_sentence():
    class Endless(IterableDataset):
        def __iter__(self):
            return itertools.cycle(BATCHES)

    with pytest.raises(ValueError, match="must be a list, a DataLoader or the like"):
        fit(linear_model(), DataLoader(Endless()))


def test_a_last_step_that_breaks_the_weights_is_reported():
    model = linear_model().float()
    optimizer, batch = torch.optim.SGD(model.parameters(), lr=1e38), [part.float() for part in BATCHES[0]]
    with pytest.raises(training.TrainingDiverged, match="no longer finite after step 1, the last one") as caught:
        fit(model, [batch], optimizer=optimizer, max_norm=1e30)
    assert (caught.value.history.state, len(caught.value.history.loss)) == ("diverged", 1)


def test_what_validate_returns_is_kept_as_plain_numbers():
    history = fit(linear_model(), validate=lambda model: {"loss": torch.tensor(0.5), "accuracy": np.float32(0.25)})
    assert repr(history.validation) == "[(6, {'loss': 0.5, 'accuracy': 0.25})]"
    with pytest.raises(TypeError, match=r"must return a dict such as .* it is None"):
        fit(linear_model(), validate=lambda model: None)


def test_a_folder_alone_is_no_checkpoint():
    with pytest.raises(TypeError, match="such as Checkpoint"):
        fit(linear_model(), checkpoint="runs/digits")


def test_an_optimizer_serves_for_a_second_training_with_its_own_rate():
    model = linear_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    first, second = (fit(model, epochs=2, optimizer=optimizer).learning_rate for _ in range(2))
    assert first == second
    assert max(first) == 0.1
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_each_parameter_group_keeps_its_own_rate():
    model, seen = linear_model(), []
    optimizer = torch.optim.SGD([{"params": [model.weight], "lr": 0.2}, {"params": [model.bias], "lr": 0.01}])
    optimizer.register_step_pre_hook(lambda *_: seen.append([group["lr"] for group in optimizer.param_groups]))
    fit(model, optimizer=optimizer)
    shares = [training.linear_warmup_decay(step, 1, 6) for step in range(6)]
    assert_close(torch.tensor(seen), torch.tensor([[0.2 * share, 0.01 * share] for share in shares]))


# --- evaluation mode for a moment -------------------------------------------------------------------------------------


def test_evaluating_gives_each_module_its_own_mode_back_also_after_an_error():
    model, other = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Dropout())), nn.Linear(1, 1)
    model[1].eval()
    with pytest.raises(KeyError), training.evaluating(model, other):  # noqa: PT012
        assert not any(module.training for module in [*model.modules(), other])
        raise KeyError
    assert [module.training for module in model.modules()] == [True, True, False, False]
    assert other.training


def test_an_error_in_validate_leaves_the_mode_as_it_was():
    model = linear_model()
    for mode in (True, False):
        with pytest.raises(ZeroDivisionError):
            fit(model.train(mode), validate=lambda model: {"loss": 1 / 0})
        assert model.training is mode


@pytest.mark.parametrize("error", [None, ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("mode", [True, False])
def test_evaluation_mode_lasts_for_a_moment_whatever_ends_it(mode, error):
    model = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 3))).train(mode)
    model[1][0].train(not mode)  # one part in another mode than the rest, as a frozen encoder is
    before = [module.training for module in model.modules()]
    with contextlib.suppress(ZeroDivisionError, KeyboardInterrupt), training.evaluating(model):
        assert not any(module.training for module in model.modules())
        if error:
            raise error
    assert [module.training for module in model.modules()] == before


def test_doubles_stay_on_the_processor_of_a_mac(monkeypatch):
    monkeypatch.setattr(training, "best_device", lambda: torch.device("mps"))
    assert training._device_for(torch.nn.Linear(1, 1)).type == "mps"
    assert training._device_for(torch.nn.Linear(1, 1).double()).type == "cpu"
