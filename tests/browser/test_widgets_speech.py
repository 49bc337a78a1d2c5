"""See and hear a spectrogram in a real Chromium: the arithmetic is Python's, the brush works by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from lessons.speech import Sound, stft
from lessons.widgets import speech as shown
from tests.browser.test_widgets_bert import BARE

pytestmark = pytest.mark.browser

OPEN = """
from lessons.speech import Sound, tone
from lessons.widgets.speech import spectrogram_brush

low, high = tone(500, 0.5, 8000, 0.3).wave, tone(2000, 0.5, 8000, 0.3).wave
widget = spectrogram_brush({"two tones": Sound(low + high, 8000), "one tone": Sound(low, 8000)})
widget
"""
READ = "print(len(widget.strokes), f'{100 * widget.share_left:.1f} %', widget.chosen)"
TEXTS = [("dt", "color"), ("dd", "color"), (".lw-message", "color"), ("label", "color")]
SETUP = {"rate": shown.SAMPLE_RATE, "size": shown.SIZE, "hop": shown.HOP}
STROKES = [[0.01, 0.04, 300.0, 900.0], [0.0, 1.0, 3000.0, 4000.0]]


def noise(n: int = 1000) -> Sound:
    return Sound(0.1 * torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64), 8000)


def shown_numbers(out: Any) -> dict[str, str]:
    out.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return dict(out.locator("dd").evaluate_all("all => all.map((dd) => [dd.dataset.name, dd.textContent])"))


def test_numbers_in_javascript_are_pythons(javascript: Callable) -> None:
    module, sound = javascript(shown.SpectrogramBrush._esm), noise()
    wave = sound.wave.tolist()
    spectrum = module("stft", wave, shown.SIZE, shown.HOP)
    expected = stft(sound.wave, shown.SIZE, shown.HOP)
    parts = {name: np.array(spectrum[name]) for name in ("real", "imaginary")}
    np.testing.assert_allclose(parts["real"], expected.real.T.flatten(), atol=1e-9)
    np.testing.assert_allclose(parts["imaginary"], expected.imag.T.flatten(), atol=1e-9)
    found = module("filtered", wave, STROKES, SETUP)
    np.testing.assert_allclose(found, shown.filtered(sound, STROKES).numpy(), atol=1e-9)
    np.testing.assert_allclose(module("filtered", wave, [], SETUP), wave, atol=1e-9)
    stored = shown._stored(Sound(sound.wave.float(), 8000))
    np.testing.assert_allclose(module("decoded", stored), (sound.wave * 32767).round() / 32767, atol=1e-6)
    assert module("slower", [1, 3, 5, 7], 16_000, 8000) == [2, 6]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_in_jupyterlab_by_mouse_and_by_keyboard(open_notebook: Callable, looks: Callable, theme: str) -> None:
    notebook = open_notebook(OPEN, READ, theme=theme)
    notebook.run_all()
    page, out = notebook.page, notebook.output(0)
    canvas = out.locator(".lw-spectrogram")
    canvas.wait_for()
    looks(out.locator(".lessons-widget"), TEXTS, [])
    assert shown_numbers(out)["power left"] == "100.0 %"

    canvas.focus()
    for _ in range(16):  # from 1,500 Hz, where neither tone is, to 500 Hz in steps of 62.5 Hz
        page.keyboard.press("ArrowDown")
    assert shown_numbers(out)["at the brush"] == "0.40 s, 500 Hz"
    page.keyboard.press("Space")
    assert shown_numbers(out)["power left"] != "100.0 %"
    out.get_by_role("button", name="Undo", exact=True).click()
    assert shown_numbers(out)["power left"] == "100.0 %"
    out.get_by_role("button", name="Rub out above the brush").press("Enter")
    left = shown_numbers(out)["power left"]
    page.wait_for_timeout(200)
    notebook.run_cell(1)
    assert notebook.output(1).locator("pre").text_content().strip() == f"1 {left} two tones"

    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * (1 - 500 / 4000))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] * (1 - 500 / 4000), steps=4)
    page.mouse.up()
    assert float(shown_numbers(out)["power left"].split()[0]) < float(left.split()[0])
    out.get_by_role("button", name="Undo", exact=True).click()
    assert shown_numbers(out)["power left"] == left  # the whole move of the pointer is taken back
    out.locator("select").select_option("one tone")
    assert shown_numbers(out)["power left"] == "100.0 %"
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2


def test_a_page_without_python_works_and_asks_for_no_microphone_by_itself(
    javascript: Callable, looks: Callable
) -> None:
    module = javascript(shown.SpectrogramBrush._esm)
    widget = shown.spectrogram_brush({"noise": Sound(noise(4000).wave.float(), 8000)})
    page = module.page
    page.set_viewport_size({"width": 360, "height": 1000})
    page.evaluate("""() => { window.asked = 0; const media = navigator.mediaDevices;
        if (media) media.getUserMedia = () => { window.asked += 1; return Promise.reject(new Error("no")); }; }""")
    names = ("sounds", "chosen", "strokes", "setup")
    page.evaluate(BARE, [shown.SpectrogramBrush._css, {name: getattr(widget, name) for name in names}])
    page.get_by_role("button", name="Rub out below the brush").click()
    widget.strokes = [[0, 4, 0, 1500]]
    assert shown_numbers(page.locator(".lessons-widget"))["power left"] == f"{100 * widget.share_left:.1f} %"
    assert page.evaluate("() => window.asked") == 0
    page.get_by_role("button", name="Use my microphone").click()
    page.wait_for_timeout(100)
    assert (
        "nothing was heard" in page.locator(".lw-message").text_content()
        or "may not use" in page.locator(".lw-message").text_content()
    )
    looks(page.locator(".lessons-widget"), TEXTS, [])
