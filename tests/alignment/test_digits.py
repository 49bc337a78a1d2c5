"""The task, who shows it how, what a model writes, and what is rewarded."""

from __future__ import annotations

import pytest
import torch

from lessons.alignment import digits
from lessons.alignment.answers import answer_loss
from lessons.gpt import GREEDY
from lessons.kit.training import fit
from tests.alignment import small


def rows(*texts: str) -> torch.Tensor:
    """Texts as token ids, filled up with full stops."""
    longest = max(map(len, texts))
    return torch.tensor([digits.encode(text.ljust(longest, ".")) for text in texts])


def test_splits_share_no_digits() -> None:
    every = {name: digits.every_prompt(name) for name in ("train", "validation", "test")}
    assert sum(map(len, every.values())) == 100_000
    collections = [{tuple(sorted(row)) for row in part.tolist()} for part in every.values()]
    assert sum(map(len, collections)) == len(set.union(*collections)) == 2002
    assert all(7_000 < len(every[name]) < 13_000 for name in ("validation", "test"))


def test_texts_and_back() -> None:
    assert digits.encode("08>.") == [0, 8, 10, 12]
    assert digits.decode([0, 2, 12, 12, 5]) == "02."
    assert digits.decode(torch.tensor([1, 11])) == "1,"
    with pytest.raises(ValueError, match="no 'x'"):
        digits.encode("x")


def test_right_answers_are_sorted() -> None:
    prompts = digits.draw(200, "test", 3)
    for prompt, answer in zip(prompts, digits.right_answers(prompts), strict=True):
        assert digits.decode(answer) == "".join(sorted(digits.decode(prompt)[:5])) + "."


@pytest.mark.parametrize("wrong", ["shuffled", "copied"])
def test_a_share_of_what_is_shown_is_right(wrong) -> None:
    prompts, generator = digits.draw(4000), torch.Generator().manual_seed(0)
    answers = digits.shown(prompts, generator, 0.5, wrong)
    assert 0.47 < digits.exact(prompts, answers).mean() < 0.56  # some shuffles are in order by chance
    assert digits.same_digits(prompts, answers).all()
    is_copy = (answers[:, :5] == prompts[:, :5]).all(1).float().mean()
    assert is_copy > 0.45 if wrong == "copied" else is_copy < 0.1


def test_an_answer_may_be_said_twice() -> None:
    prompts = digits.draw(2000)
    answers = digits.shown(prompts, torch.Generator().manual_seed(0), twice=0.5)
    is_twice = answers[:, 5] == digits.AGAIN
    assert 0.46 < is_twice.float().mean() < 0.54
    assert torch.equal(answers[is_twice, :5], answers[is_twice, 6:11])
    lengths = digits.answer_mask(answers).sum(1)
    assert lengths[is_twice].eq(12).all()
    assert lengths[~is_twice].eq(6).all()


def test_what_was_written_ends_with_the_first_full_stop() -> None:
    answers = rows("12.4.", "....", "12345")
    assert digits.answer_mask(answers).long().tolist() == [[1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]]


def test_rewards() -> None:
    prompts = rows("31254>").repeat(6, 1)
    answers = rows("12345.", "12354.", "123.", "11234.", "12345", "999999999.")
    assert digits.exact(prompts, answers).tolist() == [1, 0, 0, 0, 1, 0]  # full stops fill up: "12345" ends as well
    assert digits.in_order(prompts, answers).tolist() == [1, 0.75, 0.5, 1, 1, 2]
    assert digits.same_digits(prompts, answers).tolist() == [1, 1, 0, 0, 1, 0]
    assert digits.repaired(prompts, answers).tolist() == [1, 0.75, 0, 0, 1, 0]
    assert digits.in_order(prompts[:2], rows("1,2>3.", "54321.")).tolist() == [0, 0]
    assert digits.exact(prompts[:1], rows("123")).tolist() == [0]
    assert digits.same_digits(prompts[:1], rows("123")).tolist() == [0]


@pytest.mark.parametrize("seed", range(3))
def test_answers_are_drawn_as_the_model_says(seed) -> None:
    model, prompts = small.writer(seed), digits.draw(1, seed=seed).repeat(3000, 1)
    answers = digits.sample(model, prompts, 2, seed=seed)
    with torch.no_grad():
        wanted = model(prompts[:1])[0, -1].softmax(-1)
    found = torch.bincount(answers[:, 0], minlength=13) / len(answers)
    assert (found - wanted).abs().max() < 0.04
    after = answers[answers[:, 0] == digits.END]
    assert (after == digits.END).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_likeliest_answer_token_by_token(seed) -> None:
    model, prompts = small.writer(seed), digits.draw(5, seed=seed)
    found = digits.sample(model, prompts, digits.LONG, GREEDY)
    for prompt, answer in zip(prompts, found, strict=True):
        ids = prompt.tolist()
        while len(ids) < digits.MAX_LENGTH and ids[-1] != digits.END:
            with torch.no_grad():
                ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
        written = ids[6:] + [digits.END] * (digits.MAX_LENGTH - len(ids))
        assert answer.tolist() == written


def test_several_answers_belong_to_their_prompt() -> None:
    prompts = digits.draw(4)
    answers = digits.several(small.writer(), prompts, 3, seed=5)
    same = digits.sample(small.writer(), prompts.repeat_interleave(3, 0), seed=5)
    assert torch.equal(answers.flatten(0, 1), same)


def test_imitation_lowers_the_loss() -> None:
    model = small.writer()
    batches = digits.Imitation(60, 32)
    history = fit(model, batches, answer_loss, learning_rate=1e-2, progress=False)
    assert sum(history.loss[-10:]) < 0.8 * sum(history.loss[:10])
    assert sum(p.numel() for p in digits.untrained().parameters()) == 339_264


@pytest.mark.parametrize("bad", ["3125>4", "31254.", "31254"])
def test_what_is_no_prompt_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="A prompt is 5 digits"):
        digits.right_answers(rows(bad))


def test_more_than_the_model_has_places_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 18 tokens"):
        digits.sample(small.writer(), digits.draw(1), 19)
