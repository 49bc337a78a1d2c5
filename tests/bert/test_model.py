"""Our BERT against Hugging Face's: the same numbers on every layer, the same gradients, clear errors."""

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode
from transformers import BertConfig, BertModel

from lessons.bert import BERT, BERTConfig, encoder_layer, first_token, from_hugging_face, to_hugging_face
from lessons.kit import pretrained
from lessons.transformer import EncoderLayer

TINY = {
    "vocab_size": 50,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": 16,
}


@pytest.fixture(scope="module")
def pair() -> tuple[BERT, BertModel]:
    """Ours and Hugging Face's with MiniLM's weights, in float64 and evaluation mode."""
    reference = BertModel.from_pretrained(pretrained.folder("minilm"), attn_implementation="eager")
    return BERT.from_pretrained("minilm").double(), reference.double().eval()


def tiny_pair() -> tuple[BERT, BertModel]:
    """Random small ones with the same weights, in float64."""
    reference = BertModel(BertConfig(**TINY, attn_implementation="eager")).double().eval()
    ours = BERT(BERTConfig(**TINY)).double().eval()
    ours.load_state_dict(from_hugging_face(reference.state_dict()))
    return ours, reference


def batch(
    n_sentences: int, n_tokens: int, vocab_size: int, seed: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    token_ids = torch.randint(0, vocab_size, (n_sentences, n_tokens), generator=generator)
    lengths = torch.randint(1, n_tokens + 1, (n_sentences,), generator=generator)
    segments = torch.randint(0, 2, (n_sentences, n_tokens), generator=generator)
    return token_ids, (torch.arange(n_tokens) < lengths[:, None]).long(), segments


def assert_all_equal(ours: BERT, reference: BertModel, token_ids, mask, segments, **tolerance) -> None:
    with torch.no_grad():
        mine = ours(token_ids, mask, segments, every_layer=True)
        fused = ours(token_ids, mask, segments)
        theirs = reference(token_ids, mask, segments, output_hidden_states=True, output_attentions=True)
    assert len(mine.hidden_states) == len(theirs.hidden_states) == len(mine.attentions) + 1
    assert mine.hidden_states[-1] is mine.last_hidden_state
    for a, b in zip(mine.hidden_states, theirs.hidden_states, strict=True):
        assert_close(a, b, **tolerance)
    for a, b in zip(mine.attentions, theirs.attentions, strict=True):
        assert_close(a, b, **tolerance)
    assert_close(mine.pooled, theirs.pooler_output, **tolerance)
    assert_close(fused.last_hidden_state, theirs.last_hidden_state, **tolerance)
    assert_close(fused.pooled, theirs.pooler_output, **tolerance)
    assert fused.hidden_states == fused.attentions == ()


@pytest.mark.parametrize(("n_sentences", "n_tokens"), [(4, 23), (1, 1), (3, 2), (1, 512), (7, 64)])
def test_every_layer_equals_hugging_face_in_float64(pair, n_sentences, n_tokens):
    token_ids, mask, segments = batch(n_sentences, n_tokens, 30522, seed=n_tokens)
    assert_all_equal(*pair, token_ids, mask, segments, rtol=0, atol=1e-10)


def test_every_layer_equals_hugging_face_in_float32():
    ours = BERT.from_pretrained("minilm")
    reference = BertModel.from_pretrained(pretrained.folder("minilm"), attn_implementation="eager").eval()
    assert_all_equal(ours, reference, *batch(5, 40, 30522, seed=0))


@pytest.mark.parametrize("seed", range(5))
def test_random_models_and_batches_agree(seed):
    torch.manual_seed(seed)
    assert_all_equal(*tiny_pair(), *batch(seed + 1, 3 * seed + 1, 50, seed), rtol=0, atol=1e-10)


def test_a_fully_padded_sentence_looks_nowhere_and_disturbs_no_other():
    """Hugging Face's two ways to compute attention disagree about such a sentence, so neither is a reference for it."""
    torch.manual_seed(0)
    ours, reference = tiny_pair()
    token_ids, _, segments = batch(2, 5, 50, seed=0)
    mask = torch.tensor([[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]])
    assert_all_equal(ours, reference, token_ids[:1], mask[:1], segments[:1], rtol=0, atol=1e-10)
    both = ours(token_ids, mask, segments, every_layer=True)
    assert_close(both.pooled[:1], ours(token_ids[:1], mask[:1], segments[:1]).pooled, rtol=0, atol=1e-10)
    assert all((weights[1] == 0).all() for weights in both.attentions)
    both.pooled.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in ours.parameters())


@pytest.mark.parametrize("every_layer", [False, True])
def test_gradients_equal_hugging_face(every_layer):
    torch.manual_seed(1)
    ours, reference = tiny_pair()
    token_ids, mask, segments = batch(3, 9, 50, seed=1)
    token_ids = token_ids.clamp(min=1)  # Hugging Face gives the row of [PAD], id 0, no gradient even where it is a word
    (ours(token_ids, mask, segments, every_layer=every_layer).pooled ** 2).sum().backward()
    (reference(token_ids, mask, segments).pooler_output ** 2).sum().backward()
    theirs = from_hugging_face({name: p.grad for name, p in reference.named_parameters()})
    for name, parameter in ours.named_parameters():
        assert_close(parameter.grad, theirs[name], rtol=0, atol=1e-10, msg=name)


@pytest.mark.parametrize("padded", [True, False])
def test_pooled_alone_is_the_same_vector_with_the_same_gradients(padded):
    torch.manual_seed(2)
    ours, _ = tiny_pair()
    token_ids, mask, segments = batch(3, 9, 50, seed=2)
    gradients = []
    for pool in (lambda *inputs: ours(*inputs).pooled, ours.pooled):
        ours.zero_grad()
        pooled = pool(token_ids, mask if padded else None, segments)
        (pooled**3).sum().backward()
        gradients.append((pooled.detach(), [p.grad.clone() for p in ours.parameters()]))
    assert_close(gradients[0], gradients[1], rtol=0, atol=1e-10)


def test_pooled_alone_computes_less():
    ours, _ = tiny_pair()
    counts = []
    for pool in (ours, ours.pooled):
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            pool(torch.ones(2, 16, dtype=torch.long))
        counts.append(counter.get_total_flops())
    d, f, others = 24, 40, 2 * 15
    saved = others * (4 * d * d + 4 * d * f + 4 * 16 * d)  # query and output map, feed-forward net, scores and mixing
    assert counts[0] - counts[1] == saved


def test_each_of_the_two_dropouts_is_for_training_alone():
    token_ids = torch.randint(0, 50, (2, 7), generator=torch.Generator().manual_seed(0))
    for which in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        none = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        ours = BERT(BERTConfig(**{**TINY, **none, which: 0.5})).double()
        assert not torch.equal(ours.train()(token_ids).pooled, ours(token_ids).pooled)
        assert torch.equal(ours.eval()(token_ids).pooled, ours(token_ids).pooled)
        for module in ours.train().modules():  # as notebook 08 switches them off
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        assert torch.equal(ours(token_ids).pooled, ours(token_ids).pooled)


def test_padding_changes_nothing_for_the_real_tokens(pair):
    ours, _ = pair
    token_ids, _, _ = batch(1, 8, 30522, seed=3)
    padded = torch.nn.functional.pad(token_ids, (0, 5))
    mask = (torch.arange(13) < 8).long()[None]
    with torch.no_grad():
        alone, filled = ours(token_ids), ours(padded, mask)
    assert_close(filled.last_hidden_state[:, :8], alone.last_hidden_state, rtol=0, atol=1e-10)


def test_parameter_counts_are_the_published_ones():
    assert sum(p.numel() for p in BERT.from_pretrained("minilm").parameters()) == 22_713_216
    with torch.device("meta"):
        assert sum(p.numel() for p in BERT(BERTConfig()).parameters()) == 109_482_240


def test_renaming_there_and_back_loses_nothing():
    weights = BERT(BERTConfig(**TINY)).state_dict()
    reference = BertModel(BertConfig(**TINY)).state_dict()
    renamed = to_hugging_face(weights)
    assert set(renamed) == set(reference)
    assert set(from_hugging_face(renamed)) == set(weights)


def test_checkpoints_of_2018_with_prefix_and_old_layer_norm_names_are_read():
    modern = to_hugging_face(BERT(BERTConfig(**TINY)).state_dict())
    old = {f"bert.{n.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta')}": t
           for n, t in modern.items()}  # fmt: skip
    old["cls.predictions.bias"] = torch.zeros(50)
    assert set(from_hugging_face(old)) == set(from_hugging_face(modern))


@pytest.mark.parametrize(
    ("token_ids", "sentence"),
    [
        (torch.zeros(1, 513, dtype=torch.long), "knows 512 positions; the batch has 513"),
        (torch.tensor([1, 2, 3]), "must be (batch, tokens)"),
        (torch.zeros(0, 4, dtype=torch.long), "with at least one token"),
        (torch.zeros(2, 0, dtype=torch.long), "with at least one token"),
        (torch.tensor([[5, 30522]]), "vocabulary has 30,522"),
        (torch.tensor([[-1]]), "vocabulary has 30,522"),
    ],
)
def test_input_that_no_bert_can_take_gets_a_sentence(pair, token_ids, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        pair[0](token_ids)


def test_configurations_that_are_no_bert_get_a_sentence():
    with pytest.raises(ValueError, match="'llama' model"):
        BERTConfig.from_dict({"model_type": "llama"})
    with pytest.raises(ValueError, match="activation 'relu'"):
        BERTConfig.from_dict({"hidden_act": "relu"})
    with pytest.raises(ValueError, match="'relative_key' positions"):
        BERTConfig.from_dict({"position_embedding_type": "relative_key"})
    with pytest.raises(ValueError, match="shared equally by 5 heads"):
        BERT(BERTConfig(**{**TINY, "num_attention_heads": 5}))


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (torch.zeros(2, 4), "integers 1 for real tokens"),  # to be added to scores: it hides nothing
        (torch.tensor([[0.0, 0.0, -1e4, -1e4]] * 2), "integers 1 for real tokens"),
        (torch.tensor([[1, 1, 2, 0]] * 2), "integers 1 for real tokens"),
        (torch.ones(2, 1, 1, 4, dtype=torch.long), "needs the shape of token_ids"),
        (torch.ones(2, 1, dtype=torch.long), "needs the shape of token_ids"),
        (torch.ones(4, 2, dtype=torch.long), "needs the shape of token_ids"),
    ],
)
def test_masks_that_no_tokenizer_gives_get_a_sentence(mask, sentence):
    ours, _ = tiny_pair()
    for ask in (ours, ours.pooled):
        with pytest.raises(ValueError, match=sentence):
            ask(torch.ones(2, 4, dtype=torch.long), mask)
    true_or_false = torch.tensor([[True, True, True, False]])
    assert_close(ours(torch.ones(1, 4).long(), true_or_false), ours(torch.ones(1, 4).long(), true_or_false.long()))


def test_the_first_token_alone_needs_a_post_norm_layer():
    config = BERTConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    layer = EncoderLayer(8, 2, 16, norm_first=True)
    with pytest.raises(ValueError, match="pre-norm"):
        first_token(layer, torch.zeros(1, 3, 8), None)
    assert first_token(encoder_layer(config), torch.zeros(1, 3, 8), None).shape == (1, 1, 8)


def test_token_types_of_another_shape_are_refused():
    model = BERT(BERTConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=2))
    with pytest.raises(ValueError, match="token_type_ids needs the shape of token_ids"):
        model(torch.ones(2, 3, dtype=torch.long), token_type_ids=torch.zeros(1, 3, dtype=torch.long))
