"""The translator: what is shared, the smoothed loss against PyTorch's, writing against 06's greedy."""

import pytest
import torch
from torch.nn import functional as F

from lessons.kit.datasets import Translation
from lessons.kit.training import fit
from lessons.translation import recipe, sentences, translator
from lessons.translation.sentences import END, START

PAIRS = [Translation(f"{a} {b}", f"{b} {a}", "") for a in "abc" for b in "defg"]


def small(shared: bool = True, vocab_size: int = 13) -> translator.Translator:
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "n_heads": 2, "n_layers": 2, "intermediate_size": 12, "max_length": 12}
    return translator.Translator(vocab_size, shared=shared, **sizes)


def test_sharing_saves_two_tables() -> None:
    apart, shared = (sum(p.numel() for p in small(s).parameters()) for s in (False, True))
    assert apart - shared == 2 * 13 * 8
    model = small()
    assert model.source.weight is model.target.weight is model.output.weight


def test_a_shared_table_gets_the_gradients_of_all_three() -> None:
    shared, apart = small(True).double(), small(False).double()
    state = shared.state_dict()
    apart.load_state_dict(state)
    batch = torch.tensor([[3, 4, 2]]), torch.tensor([[5, 6, 2]])
    for model in (shared, apart):
        translator.TranslationLoss(0.1)(model, batch).backward()
    tables = [apart.source.weight.grad, apart.target.weight.grad, apart.output.weight.grad]
    torch.testing.assert_close(shared.source.weight.grad, torch.stack(tables).sum(0), rtol=0, atol=1e-10)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1, 5), (3, 7, 11)])
def test_the_smoothed_loss_is_pytorchs(smoothing: float, shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    logits = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
    targets = torch.randint(0, shape[-1], shape[:2])
    targets[0, 0] = 1  # not padding
    ours = translator.smoothed_cross_entropy(logits, targets, smoothing)
    wanted = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=0, label_smoothing=smoothing)
    torch.testing.assert_close(ours, wanted, rtol=0, atol=1e-10)
    (first,) = torch.autograd.grad(ours, logits)
    (second,) = torch.autograd.grad(wanted, logits)
    torch.testing.assert_close(first, second, rtol=0, atol=1e-10)


def test_the_loss_that_fit_takes_is_the_one_from_scratch() -> None:
    model, batch = small().double(), (torch.tensor([[3, 4, 2, 0]]), torch.tensor([[5, 2, 0]]))
    logits = model(batch[0], translator.teacher_forcing(batch[1]))
    wanted = translator.smoothed_cross_entropy(logits, batch[1], 0.1)
    torch.testing.assert_close(translator.TranslationLoss(0.1)(model, batch), wanted, rtol=0, atol=1e-10)


def test_padding_of_a_pair_changes_no_loss() -> None:
    model = small().double()
    short = torch.tensor([[3, 4, 2]]), torch.tensor([[5, 2]])
    long = torch.tensor([[3, 4, 2, 0, 0]]), torch.tensor([[5, 2, 0, 0]])
    loss = translator.TranslationLoss(0.1)
    torch.testing.assert_close(loss(model, short), loss(model, long), rtol=0, atol=1e-10)


def trained() -> tuple[translator.Translator, sentences.BytePairTokenizer]:
    tokenizer = sentences.subwords(PAIRS, 262)
    model = small(vocab_size=len(tokenizer))
    batches = sentences.PairBatches(sentences.encoded_pairs(tokenizer, PAIRS), 200, n_batches=30)
    fit(model, batches, translator.TranslationLoss(0.0), learning_rate=2e-2, progress=False)
    return model, tokenizer


def test_a_beam_of_one_writes_what_06_writes() -> None:
    model, tokenizer = trained()
    texts = [pair.first for pair in PAIRS]
    (rows,) = [sentences.encoded(tokenizer, texts)]
    wanted = model.eval().greedy(sentences.padded(rows), START, 10).token_ids.tolist()
    found = translator.candidates(model, tokenizer, texts, beam_size=1, max_length=10, batch_size=5)
    for ids, (best,) in zip(wanted, found, strict=True):
        assert list(best.token_ids) == (ids[: ids.index(END) + 1] if END in ids else ids)
    assert translator.translate(model, tokenizer, texts, max_length=10) == [
        sentences.decoded(tokenizer, best.token_ids) for (best,) in found
    ]


def test_a_step_gives_log_probabilities() -> None:
    model = small().eval()
    step = translator.reader(model, torch.tensor([[3, 4, 2], [5, 2, 0]]))
    logs = step(torch.tensor([1, 0, 1]), torch.tensor([[1, 4], [1, 5], [1, 6]]))
    torch.testing.assert_close(logs.exp().sum(-1), torch.ones(3))
    wanted = model(torch.tensor([[5, 2]]), torch.tensor([[1, 6]]))[0, -1].log_softmax(-1)
    torch.testing.assert_close(logs[2], wanted)


def test_the_look_is_that_of_the_whole_model() -> None:
    model, tokenizer = trained()
    found = translator.alignment(model, tokenizer, "a d", "d a")
    assert found.weights.shape == (len(found.target_ids), len(found.source_ids))
    torch.testing.assert_close(found.weights.sum(-1), torch.ones(len(found.target_ids)))


@pytest.mark.parametrize(
    ("text", "n", "loops"),
    [("a b a b", 2, True), ("a b a b", 1, False), ("the the cat", 1, True), ("a b c a b", 3, False), ("", 2, False)],
)
def test_loops_are_found(text: str, n: int, loops: bool) -> None:
    assert translator.repeats(text, n) is loops


def test_what_is_no_target_is_refused() -> None:
    logits = torch.zeros(1, 2, 5)
    with pytest.raises(ValueError, match="nothing to learn"):
        translator.smoothed_cross_entropy(logits, torch.zeros(1, 2, dtype=torch.long))
    with pytest.raises(ValueError, match="share"):
        translator.smoothed_cross_entropy(logits, torch.ones(1, 2, dtype=torch.long), 1.5)
    with pytest.raises(ValueError, match="nothing to translate"):
        translator.candidates(small(), sentences.subwords(PAIRS, 262), [])


def test_vectors_are_read_longer_than_they_are_compared() -> None:
    model = small()
    ids = torch.tensor([[3, 5]])
    torch.testing.assert_close(model.source(ids), 8**0.5 * model.output.weight[ids])
    assert model.source.weight.norm(dim=-1).mean().item() == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("muon", [None, 0.02])
def test_the_recipe_moves_every_parameter(muon: float | None) -> None:
    pairs = [([3, 4, 5, 2], [6, 7, 2]), ([5, 8, 2], [9, 10, 11, 2])]
    model = recipe.new_translator(13, hidden_size=8, n_heads=2, n_layers=1, intermediate_size=16, max_length=4)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    history = recipe.train(model, pairs, steps=8, muon=muon, n_tokens=8, progress=False)
    assert history.loss[-1] < history.loss[0]
    still = [name for name, parameter in model.named_parameters() if torch.equal(parameter, before[name])]
    assert all("key" in name and name.endswith("bias") for name in still)  # added to all scores, it falls out
