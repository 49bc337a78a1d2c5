"""Bytes: counted as PyTorch's profiler counts them, and predicted within a tenth, with and without recomputing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from lessons.course.errors import CourseError
from lessons.gpt import GPT, GPTConfig
from lessons.kit.training import adamw
from lessons.scaling import Allocations, layer_by_layer, peak_bytes
from lessons.scaling.account import predicted_peak

SHAPES = [  # vocabulary, d, layers, heads, tokens, batch; each moment of `Peak` is the fullest of some
    (100, 64, 3, 4, 32, 4), (1024, 64, 4, 4, 64, 8), (500, 64, 8, 2, 64, 2), (50, 128, 2, 4, 16, 2),
    (2000, 48, 2, 4, 32, 4), (3000, 96, 3, 3, 8, 3), (50, 64, 12, 4, 16, 1),
]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _what_is_there_stays() -> Iterator[None]:
    """Each count empties the garbage first; what was imported before need not be looked through every time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def prepared(shape: tuple[int, ...], recompute: bool) -> tuple[GPTConfig, Callable[[], None], list[Tensor]]:
    vocab_size, d, layers, heads, tokens, batch = shape
    config = GPTConfig(vocab_size, d, layers, heads, tokens, dropout=0.0)
    model = GPT(config)
    optimizer = adamw(model, 1e-3)
    inputs, targets = torch.randint(vocab_size, (2, batch, tokens))

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(layer_by_layer(model, inputs, recompute).flatten(0, 1), targets.flatten()).backward()
        optimizer.step()

    step()
    optimizer.zero_grad()
    state = (each for held in optimizer.state.values() for each in held.values())
    return config, step, [*model.parameters(), *state]


@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_peak_is_predicted_within_a_tenth(shape: tuple[int, ...], recompute: bool) -> None:
    config, step, held = prepared(shape, recompute)
    assert predicted_peak(config, shape[-1], shape[-2], recompute).bytes == pytest.approx(
        peak_bytes(step, held), rel=0.1
    )


@pytest.mark.parametrize("recompute", [False, True])
def test_bytes_are_those_of_the_profiler(recompute: bool) -> None:
    _, step, held = prepared(SHAPES[1], recompute)
    counted = peak_bytes(step, held)
    for each in held:
        each.grad = None
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        step()
    assert most(held, found.profiler.kineto_results.events()) == pytest.approx(counted, rel=0.01)


def most(held: Iterable[Tensor], events: Iterable) -> int:
    """The peak from the allocator's own notes: bytes taken and given back, in order of time."""
    notes = sorted((event.start_ns(), event.nbytes()) for event in events if event.name() == "[memory]")
    now = peak = sum(each.nbytes for each in held)
    for _, change in notes:
        now += change
        peak = max(peak, now)
    return peak


def test_blocks_count_once_and_go() -> None:
    held = torch.zeros(10)
    with Allocations([held, held[:3]]) as found:
        assert found.now == 40
        new = torch.ones(5, dtype=torch.double)
        view = new[1:]
        assert found.now == 80
        del new
        assert found.now == 80  # the view keeps it
        del view
        assert found.now == 40
    assert found.peak == 80
    assert max(found.trace) <= found.peak


def test_junk_gets_a_sentence() -> None:
    with pytest.raises(CourseError, match="tensors"):
        Allocations([1])  # type: ignore[list-item]
    with pytest.raises(CourseError, match="function"):
        peak_bytes(3)  # type: ignore[arg-type]
