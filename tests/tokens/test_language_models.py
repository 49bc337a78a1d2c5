"""Language models: against counting by hand, PyTorch's cross-entropy and an independent network."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from benchmarks import data_quality, language_models
from lessons.kit import results
from lessons.kit.training import fit
from lessons.tokens import BytePairTokenizer
from lessons.tokens import language_models as lm

ROWS = st.lists(st.integers(0, 4), min_size=2, max_size=40)


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


class TestCounting:
    @given(ids=ROWS)
    @settings(deadline=None)
    def test_every_pair_is_counted(self, ids):
        counts, seen = lm.bigram_counts(ids, 5), Counter(pairwise(ids))
        assert counts.dtype == torch.float64
        assert counts.tolist() == [[seen[a, b] for b in range(5)] for a in range(5)]

    def test_a_tensor_and_a_list_count_alike(self):
        assert torch.equal(lm.bigram_counts([0, 2, 2], 3), lm.bigram_counts(torch.tensor([0, 2, 2]), 3))

    @pytest.mark.parametrize(
        ("ids", "size", "clue"),
        [
            ([], 3, "2 or more"),
            ([1], 3, "2 or more"),
            ([[0, 1], [1, 0]], 3, "2 or more"),
            ([0, 3], 3, "from 0 to 3; the vocabulary has 3"),
            ([-1, 0], 3, "from -1 to 0"),
        ],
    )
    def test_bad_ids_get_a_sentence(self, ids, size, clue):
        with pytest.raises(ValueError, match=clue):
            lm.bigram_counts(ids, size)


class TestSmoothing:
    @given(ids=ROWS, alpha=st.floats(1e-3, 10))
    @settings(deadline=None)
    def test_it_adds_alpha_to_each_count(self, ids, alpha):
        counts = lm.bigram_counts(ids, 5)
        expected = (counts + alpha) / (counts.sum(1, keepdim=True) + 5 * alpha)
        close(lm.smoothed(counts, strength=5 * alpha), expected)

    @given(ids=ROWS, strength=st.floats(1e-3, 100))
    @settings(deadline=None)
    def test_rows_add_up_to_one_and_unseen_tokens_follow_the_prior(self, ids, strength):
        counts = lm.bigram_counts(ids, 6)  # token 5 never occurs
        prior = lm.unigram(counts)
        table = lm.smoothed(counts, strength, prior)
        close(table.sum(1), torch.ones(6, dtype=torch.float64))
        close(prior.sum(), torch.tensor(1.0, dtype=torch.float64))
        close(table[5], prior)
        assert (table > 0).all()

    @pytest.mark.parametrize("strength", [0, -1, math.nan, math.inf])
    def test_a_strength_that_is_no_positive_number_is_refused(self, strength):
        with pytest.raises(ValueError, match="positive number"):
            lm.smoothed(torch.ones(2, 2), strength)


class TestBits:
    def test_they_are_minus_the_logarithm_of_the_probability(self):
        probabilities = torch.tensor([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [1 / 3] * 3], dtype=torch.float64)
        ids = torch.tensor([0, 1, 0, 0, 2, 1])
        by_hand = [-math.log2(probabilities[a, b]) for a, b in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True)]
        close(lm.bits(lm.Bigram(probabilities), ids, context=1), torch.tensor(by_hand, dtype=torch.float64))

    @pytest.mark.parametrize("batch_size", [1, 7, 1000])
    def test_any_batch_size_gives_the_same(self, batch_size):
        torch.manual_seed(0)
        model, ids = lm.NextToken(11, context=4, dim=3, hidden=5).double(), torch.randint(11, (60,))
        contexts, targets = lm.windows(ids, 4)
        expected = F.cross_entropy(model(contexts), targets, reduction="none") / math.log(2)
        close(lm.bits(model, ids, context=4, batch_size=batch_size), expected.detach())

    @pytest.mark.parametrize("training", [True, False])
    def test_dropout_is_off_while_measuring_and_the_mode_comes_back(self, training):
        torch.manual_seed(0)
        plain = lm.NextToken(5, context=2)
        model, ids = torch.nn.Sequential(plain, torch.nn.Dropout(0.9)), torch.arange(40) % 5
        model.train(training)
        assert torch.equal(lm.bits(model, ids, context=2), lm.bits(plain, ids, context=2))
        assert model.training is model[1].training is training

    def test_counting_gives_the_lowest_loss_of_a_table(self):
        """No other table does better on the text that was counted: the gradient is 0, and the loss is convex."""
        counts = lm.bigram_counts(torch.randint(4, (200,), generator=torch.Generator().manual_seed(1)), 4)
        logits = (counts / counts.sum(1, keepdim=True)).log().requires_grad_()
        (-(counts * logits.log_softmax(1)).sum() / counts.sum()).backward()
        assert logits.grad.abs().max() < 1e-12

    def test_bits_per_character_does_not_depend_on_how_the_text_is_cut(self):
        """The same probability for a text, spread over 4 tokens or over 2."""
        four, two = torch.full((4,), 3.0, dtype=torch.float64), torch.full((2,), 6.0, dtype=torch.float64)
        assert lm.bits_per_character(four, 8) == lm.bits_per_character(two, 8) == 1.5
        with pytest.raises(ValueError, match="without characters"):
            lm.bits_per_character(four, 0)


class TestWindows:
    def test_each_token_comes_with_the_tokens_before_it(self):
        contexts, targets = lm.windows(torch.arange(6), 3)
        assert contexts.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        assert targets.tolist() == [3, 4, 5]

    def test_one_window_is_enough_and_none_is_refused(self):
        assert len(lm.windows(torch.arange(4), 3)[1]) == 1
        with pytest.raises(ValueError, match="3 tokens are too few"):
            lm.windows(torch.arange(3), 3)

    def test_batches_are_windows_of_the_text_and_depend_on_the_seed(self):
        ids = torch.arange(100)
        batches = lm.WindowBatches(ids, context=4, batch_size=8, steps=3, seed=5)
        first = list(batches)
        assert len(first) == len(batches) == 3
        for contexts, targets in first:
            assert contexts.shape == (8, 4)
            assert torch.equal(contexts[:, -1] + 1, targets)
        again = list(lm.WindowBatches(ids, context=4, batch_size=8, steps=3, seed=5))
        assert all(torch.equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
        assert not torch.equal(first[0][1], next(iter(batches))[1])  # the next pass draws anew


class TestNextToken:
    def test_it_is_the_network_of_the_paper(self):
        """Written out with matrices, independent of nn.Linear and nn.Embedding."""
        torch.manual_seed(3)
        model = lm.NextToken(7, context=3, dim=4, hidden=6).double()
        contexts = torch.randint(7, (5, 3))
        one_hot = torch.eye(7, dtype=torch.float64)[contexts]  # (5, 3, 7)
        x = torch.cat([one_hot[:, place] @ model.embedding.weight for place in range(3)], dim=1)
        z = x @ model.hidden.weight.T + model.hidden.bias
        hidden = z * 0.5 * (1 + torch.erf(z / math.sqrt(2)))
        close(model(contexts), hidden @ model.output.weight.T + model.output.bias)

    def test_the_loss_is_the_mean_surprise(self):
        model = lm.Bigram(torch.full((4, 4), 0.25, dtype=torch.float64))
        loss = lm.next_token_loss(model, (torch.zeros(3, 2, dtype=torch.long), torch.tensor([0, 1, 2])))
        assert loss.item() == pytest.approx(math.log(4), abs=1e-12)

    def test_it_learns_what_a_bigram_cannot(self):
        """0 0 1 1 0 0 1 1 ...: what follows a token depends on the one before it."""
        torch.manual_seed(0)
        ids = torch.tensor([0, 0, 1, 1] * 50)
        model = lm.NextToken(2, context=2, dim=4, hidden=16)
        fit(model, lm.WindowBatches(ids, 2, 32, 150), lm.next_token_loss, learning_rate=0.02, progress=False)
        table = lm.Bigram(lm.smoothed(lm.bigram_counts(ids, 2), 0.1))
        assert lm.bits(model, ids, 2).mean() < 0.1
        assert lm.bits(table, ids, 2).mean() > 0.9


class TestGenerate:
    def test_it_draws_by_the_probabilities(self):
        table = torch.tensor([[0.2, 0.8], [0.5, 0.5]], dtype=torch.float64)
        written = lm.generate(lm.Bigram(table), [0], 4000, context=1, seed=1)
        counts = lm.bigram_counts(written, 2)
        torch.testing.assert_close(counts / counts.sum(1, keepdim=True), table, rtol=0, atol=0.04)

    def test_the_start_stays_and_a_seed_repeats(self):
        model = lm.NextToken(9, context=3)
        first = lm.generate(model, [1, 2, 3, 4], 10, context=3, seed=7)
        assert first[:4] == [1, 2, 3, 4]
        assert len(first) == 14
        assert first == lm.generate(model, [1, 2, 3, 4], 10, context=3, seed=7)
        assert first != lm.generate(model, [1, 2, 3, 4], 10, context=3, seed=8)

    @pytest.mark.parametrize("training", [True, False])
    def test_dropout_is_off_while_writing_and_the_mode_comes_back(self, training):
        torch.manual_seed(0)
        plain = lm.NextToken(9, context=3)
        model = torch.nn.Sequential(plain, torch.nn.Dropout(0.9)).train(training)
        assert lm.generate(model, [1, 2, 3], 30, context=3) == lm.generate(plain, [1, 2, 3], 30, context=3)
        assert model.training is model[1].training is training

    def test_too_short_a_start_is_refused(self):
        with pytest.raises(ValueError, match="needs 8 tokens, not 2"):
            lm.generate(lm.NextToken(9), [1, 2], 3)


class TestComparing:
    def test_models_of_any_context_are_measured_on_the_same_tokens(self):
        tokenizer = BytePairTokenizer.train("to be or not to be", 260)
        token_ids = torch.tensor(tokenizer.encode("to be or not to be, that is it"))
        torch.manual_seed(0)
        table = lm.Bigram(torch.full((260, 260), 1 / 260, dtype=torch.float64))
        network = lm.NextToken(260, 3, 2, 4)
        short, long = lm.compared({"table": (table, 1), "network": (network, 3)}, token_ids, tokenizer)
        assert (short["model"], short["parameters"]) == ("table", 260 * 260)
        assert short["bits per token"] == pytest.approx(math.log2(260), abs=1e-10)
        assert short["perplexity"] == pytest.approx(260, abs=1e-6)
        n = len(tokenizer.decode(token_ids[3:].tolist()))
        assert short["bits per character"] == pytest.approx(math.log2(260) * (len(token_ids) - 3) / n, abs=1e-10)
        assert long["bits per token"] == pytest.approx(lm.bits(network, token_ids, 3).mean().item(), abs=1e-10)
        assert long["parameters"] == sum(p.numel() for p in network.parameters())

    def test_nothing_to_compare_is_said(self):
        with pytest.raises(ValueError, match="at least one model"):
            lm.compared({}, torch.arange(5), BytePairTokenizer.train("a", 256))


def ngram_bits(train: np.ndarray, held_out: np.ndarray, vocab_size: int, strengths: list[float]) -> np.ndarray:
    found = language_models.ngram_counts(train, held_out, vocab_size, len(strengths))
    return language_models.mixed_bits(found, strengths)


class TestStudies:
    """What the committed studies compute with, in benchmarks/."""

    @pytest.mark.parametrize("strength", [0.5, 30])
    def test_counts_without_a_table_are_those_of_the_table(self, strength):
        rng = np.random.default_rng(0)
        train, held_out = rng.integers(6, size=80), rng.integers(7, size=40)  # token 6 is new, token 7 never occurs
        counts = lm.bigram_counts(torch.tensor(train), 8)
        prior = torch.tensor((np.bincount(train, minlength=8) + 1) / (80 + 8))
        table = lm.Bigram(lm.smoothed(counts, strength, prior))
        found = torch.tensor(ngram_bits(train, held_out, 8, [strength]))
        close(found, lm.bits(table, torch.tensor(held_out), context=1))

    def test_longer_contexts_are_counted_as_by_hand(self):
        rng = np.random.default_rng(1)
        train, held_out = rng.integers(3, size=60).tolist(), rng.integers(3, size=30).tolist()
        strengths, joined = [2.0, 5.0, 0.5], [*train, *held_out]

        def chance(place: int, back: int) -> float:
            if not back:
                return (train.count(joined[place]) + 1) / (60 + 3)
            context = joined[place - back : place]
            followers = [train[i] for i in range(back, 60) if train[i - back : i] == context]
            below = strengths[back - 1] * chance(place, back - 1)
            return (followers.count(joined[place]) + below) / (len(followers) + strengths[back - 1])

        expected = [-math.log2(chance(place, 3)) for place in range(63, 90)]
        found = ngram_bits(np.array(train), np.array(held_out), 3, strengths)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)

    def test_rows_are_counted_as_a_set_of_tuples(self):
        train = np.random.default_rng(2).integers(4, size=90)
        for context in (1, 2, 3):
            rows = {tuple(train[i : i + context + 1].tolist()) for i in range(90 - context)}
            assert language_models.n_rows(train, 4, context) == len(rows)

    def test_a_pass_has_each_token_once_with_what_stands_before_it(self):
        token_ids = torch.arange(50)
        batches = language_models.OnePass(token_ids, context=4, batch_size=8, seed=3)
        seen = [pair for contexts, targets in batches for pair in zip(contexts.tolist(), targets.tolist(), strict=True)]
        assert len(batches) == 6
        assert sorted(target for _, target in seen) == list(range(4, 50))
        assert all(context == list(range(target - 4, target)) for context, target in seen)
        assert [target for _, target in seen] != list(range(4, 50))

    def test_the_stored_rows_are_what_the_notebook_says_of_them(self):
        rows = results.rows("language_models", "contexts")
        assert {(row["model"], row["context"]) for row in rows} == {
            (model, context) for model in ("counts", "network") for context in language_models.CONTEXTS
        }
        networks = [*rows, *results.rows("language_models", "vocabulary")]
        for row in networks:
            tried = sorted(map(float, row.get("tried", {})))
            assert not tried or tried[0] < row["learning_rate"] < tried[-1]  # not at the edge of what was tried
            assert len({row["tokens"] for row in networks if row["vocabulary"] == 512 and row["plays"] == 9}) == 1

    @pytest.mark.parametrize("one_sided", [False, True])
    def test_a_share_of_all_labels_is_turned(self, one_sided):
        study, labels = data_quality, np.arange(200) % 2
        kept = labels.copy()
        noisy = study.flipped(labels, 0.3, seed=1, one_sided=one_sided)
        turned = noisy != labels
        assert (labels == kept).all()
        assert turned.sum() == 60
        assert set(labels[turned]) == ({1} if one_sided else {0, 1})
        assert (noisy == study.flipped(labels, 0.3, seed=1, one_sided=one_sided)).all()
        assert (noisy != study.flipped(labels, 0.3, seed=2, one_sided=one_sided)).any()

    def test_the_score_on_repeated_and_new_texts_makes_that_on_all(self):
        study = data_quality
        texts = np.array([f"a question of number{i % 37}" for i in range(60)])
        row = study.split_and_score(texts, np.arange(60) % 37 % 2, seed=0)
        share = row["share_repeated"]
        assert 0 < share < 1
        assert row["nearest_repeated"] == 1
        for name in ("logistic", "nearest"):
            both = share * row[f"{name}_repeated"] + (1 - share) * row[f"{name}_new"]
            assert row[f"{name}_all"] == pytest.approx(both, abs=1e-12)


def test_an_error_in_the_middle_leaves_the_mode_as_it_was():
    class Broken(nn.Module):
        def forward(self, contexts):
            raise RuntimeError("in the middle")

    model = Broken().train()
    for run in (
        lambda: lm.bits(model, torch.zeros(20, dtype=torch.long)),
        lambda: lm.generate(model, [0] * 8, 1),
    ):
        with pytest.raises(RuntimeError, match="in the middle"):
            run()
        assert model.training


def test_a_batch_of_nothing_is_told():
    for size in (0, -1):
        with pytest.raises(ValueError, match="batch_size"):
            lm.bits(nn.Identity(), torch.zeros(20, dtype=torch.long), batch_size=size)
