"""The attention explorer without a browser: its scores, its formulas, its texts and what it leaves in a notebook."""

from __future__ import annotations

import base64
import io
import math
import re
import threading
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image
from torch.nn import functional as F
from traitlets import TraitError

from lessons.attention import MultiHeadAttention
from lessons.bert import BERT, BERTConfig
from lessons.kit import datasets, pretrained
from lessons.widgets import attention as wa
from lessons.widgets import base
from lessons.widgets.base.text import looks_english

WORDS = ["[CLS]", "a", "b", "##c", "[SEP]", "[PAD]", "[PAD]"]


@pytest.fixture(scope="module")
def tokenizer():
    return pretrained.tokenizer("minilm")


@pytest.fixture(scope="module")
def theirs():
    """Hugging Face's MiniLM, which keeps its attention weights."""
    from transformers import AutoModel

    return AutoModel.from_pretrained(pretrained.folder("minilm"), attn_implementation="eager").eval()


@pytest.fixture(scope="module")
def tiny(tokenizer) -> BERT:
    """A small BERT of random weights: 2 layers of 3 heads, 20 positions."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 32}
    return BERT(BERTConfig(**sizes, max_position_embeddings=20))


def vectors(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Query and key at random."""
    rng = np.random.default_rng(0)
    return rng.normal(size=shape), rng.normal(size=shape)


def own(*shape: int) -> wa.AttentionExplorer:
    """The explorer on random vectors, with tokens out of WORDS."""
    query, key = vectors(*shape)
    return wa.attention_explorer(tokens=[WORDS[i % 7] for i in range(shape[-2])], query=query, key=key)


# --- the weights are those of the model -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["The bank of the river was muddy.", "我 🙂 unbelievably [MASK]", "", "hi [PAD] [PAD]"]
)
def test_weights_equal_those_of_hugging_face(text, tokenizer, theirs):
    widget = wa.attention_explorer(text)
    ids = torch.tensor([tokenizer.convert_tokens_to_ids(widget.tokens)])
    with torch.no_grad():
        output = theirs(ids, attention_mask=(ids != 0).long(), output_attentions=True)
    expected = torch.stack(output.attentions)[:, 0]  # (layers, heads, tokens, tokens)
    assert widget.scores.shape == expected.shape
    for widget.layer in range(6):
        for widget.head in range(12):
            found = torch.tensor(widget.weights, dtype=torch.float32)
            torch.testing.assert_close(found, expected[widget.layer, widget.head])


def test_tokens_are_those_of_the_tokenizer(tokenizer):
    text = "Unbelievably, 2 tokens [MASK] 我 🙂 are – naïve. " * 8
    expected = tokenizer(text, truncation=True, max_length=64)["input_ids"]
    assert wa.attention_explorer(text).tokens == tokenizer.convert_ids_to_tokens(expected)


def test_padding_goes_to_the_end_and_is_hidden_at_first():
    widget = wa.attention_explorer("[PAD] so [PAD] it is")
    assert widget.tokens == ["[CLS]", "so", "it", "is", "[SEP]", "[PAD]", "[PAD]"]
    assert (widget.weights[:, 5:] == 0).all()
    alone = wa.attention_explorer("so it is")
    assert widget.weights[:5, :5] == pytest.approx(alone.weights, abs=1e-5)
    widget.hide_padding = False
    assert (widget.weights[:, 5:] > 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_module_gives_its_own_weights(dtype):
    torch.manual_seed(1)
    module, hidden = MultiHeadAttention(12, 3).to(dtype), torch.randn(5, 12, dtype=dtype)
    widget = wa.attention_explorer(tokens=list("abcde"), module=module, hidden=hidden, head=2)
    assert (widget.layer, widget.head, widget.editable) == (0, 2, False)
    with torch.no_grad():
        expected = module.weights(hidden[None])[0, 2]
    torch.testing.assert_close(torch.tensor(widget.weights, dtype=torch.float32), expected.float())
    batch_of_one = wa.attention_explorer(tokens=list("abcde"), module=module, hidden=hidden[None])
    assert np.array_equal(batch_of_one.scores, widget.scores)


@pytest.mark.parametrize(
    ("shape", "found"),
    [((4, 6), (1, 1)), ((3, 4, 6), (1, 3)), ((2, 3, 4, 6), (2, 3)), ((1, 1), (1, 1)), ((64, 2), (1, 1))],
    ids=str,
)
def test_vectors_of_all_shapes(shape, found):
    widget = own(*shape)
    query, key = vectors(*shape)
    assert widget.scores.shape == (*found, shape[-2], shape[-2])
    expected = np.einsum("...id,...jd->...ij", query, key) / math.sqrt(shape[-1])
    assert widget.scores.ravel() == pytest.approx(expected.ravel(), rel=1e-6, abs=1e-6)


def test_a_model_of_ones_own_is_copied_and_may_know_few_positions(tiny, tokenizer):
    widget = wa.attention_explorer("a " * 30, model=tiny, tokenizer=tokenizer, layer=1, head=2)
    assert len(widget.tokens) == 20
    assert "cut to the first 20" in widget.data["note"]
    assert tiny.training  # its dropout is still on; that of the copy is off
    before = widget.weights
    with torch.no_grad():
        tiny.layers[0].attention.query.weight.mul_(3)
    widget.text = "b"
    widget.text = "a " * 30
    assert np.array_equal(widget.weights, before)


# --- formulas ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 12), st.floats(0.1, 10), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 9))
def test_weights_are_pytorchs(n, temperature, causal, padding, special, seed):
    rng = np.random.default_rng(seed)
    tokens = rng.choice(["[CLS]", "[SEP]", "[PAD]", "a", "b"], n).tolist()
    scores = 10 * rng.normal(size=(n, n))
    hidden = [(padding and token == "[PAD]") or (special and token in ("[CLS]", "[SEP]")) for token in tokens]
    mask = torch.tensor([[not hidden[j] and (j <= i or not causal) for j in range(n)] for i in range(n)])
    allowed = wa.allowed_pairs(tokens, causal, padding, special)
    assert torch.equal(allowed, mask)
    found = wa.attention_weights(scores, allowed, temperature)
    eye = torch.eye(n, dtype=torch.float64)
    some = mask.any(-1)
    logits = torch.tensor(scores) / temperature  # as queries, with the unit vectors as keys and values
    expected = F.scaled_dot_product_attention(logits[some], eye, eye, mask[some], scale=1.0)
    torch.testing.assert_close(torch.tensor(found)[some], expected, rtol=1e-10, atol=1e-10)
    assert (found[~some.numpy()] == 0).all()
    for row in expected:
        bits = torch.distributions.Categorical(probs=row).entropy().item() / math.log(2)
        assert wa.entropy_bits(row.numpy()) == pytest.approx(bits, rel=1e-6, abs=1e-6)  # Categorical clamps at 1e-16


@pytest.mark.parametrize("k", [1, 2, 8, 64])
def test_entropy_of_an_even_spread(k):
    assert wa.entropy_bits([1 / k] * k + [0.0] * 3) == pytest.approx(math.log2(k), abs=1e-10)
    assert wa.entropy_bits([0.0] * 5) == 0


def test_the_first_row_has_nothing_to_look_at_when_causal_and_without_special_tokens():
    widget = wa.attention_explorer()
    widget.causal = widget.hide_special = True
    assert (widget.weights[0] == 0).all()
    assert widget.weights[1:].sum(1) == pytest.approx(1)


# --- texts ------------------------------------------------------------------------------------------------------------

ENGLISH = "trained on English"


@pytest.mark.parametrize(
    ("text", "tokens", "note"),
    [
        ("", ["[CLS]", "[SEP]"], "no word"),
        ("  \n", ["[CLS]", "[SEP]"], "no word"),
        ("🙂🎉", ["[CLS]", "[UNK]", "[SEP]"], ENGLISH),
        ("我北", ["[CLS]", "我", "北", "[SEP]"], ENGLISH),
        ("muddy", ["[CLS]", "muddy", "[SEP]"], ""),
        ("token 🙂 is one of many", None, ""),
        ("\ud83d hi", ["[CLS]", "?", "hi", "[SEP]"], ""),
        ("a" * 10_000, ["[CLS]", "[UNK]", "[SEP]"], ENGLISH),
        ("the cat " * 5_000, None, "more than"),
        ("word " * 100, None, "The text has 102 tokens; it was cut to the first 64"),
        ("$x$ \x00 <b>&amp;", None, ""),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_texts(text, tokens, note):
    widget = wa.attention_explorer("hello")
    widget.text = text
    assert tokens is None or widget.tokens == tokens
    assert widget.data["text"] == widget.text  # the browser knows by this that it has the answer
    assert note in widget.data["note"] if note else widget.data["note"] == ""
    assert len(widget.tokens) <= 64
    assert widget.weights.sum(1) == pytest.approx(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing letter in the font would be one
        assert base.png(widget.picture()).startswith(b"\x89PNG")


FOREIGN = (
    "Ich weiß nicht, was soll es bedeuten.|Der Hund schläft.|Je ne sais pas pourquoi elle est partie.|Où est la gare ?"
    "|El perro duerme en la casa.|Il gatto dorme sul divano.|Non capisco niente di questa storia."
    "|Ik weet het niet, maar zij wel.|Eu não sei onde fica a estação.|Jag vet inte vad det är.|Nie wiem, co powiedzieć."
    "|Bu çok güzel bir gün.|Hyvää päivää, mitä kuuluu?|Jó napot kívánok, hogy van?|Мама мыла раму|今日はいい天気ですね"
    "|오늘 날씨가 좋네요|שלום עולם|مرحبا بالعالم|यह एक वाक्य है|Γειά σου Κόσμε|สวัสดีชาวโลก"
)


@pytest.mark.parametrize("text", FOREIGN.split("|"))
def test_other_languages_are_noticed(text, tokenizer):
    assert not looks_english(text, tokenizer.tokenize(text))


def test_english_is_left_in_peace(tokenizer):
    texts = [*datasets.film_sentences().validation.inputs[:500], *datasets.trec_questions().validation.inputs[:500]]
    doubted = [text for text in texts if not looks_english(text, tokenizer.tokenize(text))]
    assert len(doubted) <= 2, doubted  # of a thousand
    for text in ("Rio de Janeiro", "naïve café", "Stop!", "x = 2", "Wow :)"):
        assert looks_english(text, tokenizer.tokenize(text))


# --- the widget without its view --------------------------------------------------------------------------------------


def test_a_text_is_read_in_another_thread_and_only_once():
    widget = wa.attention_explorer("one")
    seen = []
    widget.observe(lambda change: seen.append(change["new"]["tokens"]), "data")
    thread = threading.Thread(target=setattr, args=(widget, "text", "two words"))
    thread.start()
    thread.join()
    widget.text = "two words"
    assert seen == [["[CLS]", "two", "words", "[SEP]"]]


def test_an_error_becomes_a_sentence_and_the_picture_stays():
    def broken(text: str) -> wa.Scores:
        raise OSError("the weights are gone.")

    widget = wa.AttentionExplorer(wa.scores_of_vectors(["a"], [[1.0]], [[2.0]]), wa.MODEL, broken, text="one")
    widget.text = "two"
    assert widget.tokens == ["a"]
    assert widget.data["text"] == "two"
    assert widget.data["note"].endswith("is that of the one before: the weights are gone.")


BAD = {
    "text no string": ({"text": 3}, "text must be a string"),
    "text and vectors": ({"text": "a", "tokens": ["a"], "query": [[1]], "key": [[1]]}, "nothing else goes together"),
    "query alone": ({"query": [[1]]}, "nothing else goes together"),
    "model alone": ({"model": torch.nn.Linear(1, 1)}, "nothing else goes together"),
    "no BERT": ({"model": torch.nn.Linear(1, 1), "tokenizer": 1}, "must be a lessons.bert.BERT, not Linear"),
    "string of tokens": ({"tokens": "ab", "query": [[1], [1]], "key": [[1], [1]]}, "not one string"),
    "no tokens": ({"tokens": [], "query": [[1]], "key": [[1]]}, "1 to 64 tokens, not 0"),
    "too many": ({"tokens": ["a"] * 65, "query": np.ones((65, 1)), "key": np.ones((65, 1))}, "not 65"),
    "shapes differ": ({"tokens": ["a"], "query": [[1]], "key": [[1, 2]]}, "same shape"),
    "other count": ({"tokens": ["a", "b"], "query": [[1]], "key": [[1]]}, "There are 2 tokens"),
    "no axes": ({"tokens": ["a"], "query": 1, "key": 1}, "query must be"),
    "empty": ({"tokens": ["a"], "query": np.ones((1, 0)), "key": np.ones((1, 0))}, "query must be"),
    "NaN": ({"tokens": ["a"], "query": [[math.nan]], "key": [[1]]}, "not finite"),
    "too large": ({"tokens": ["a"], "query": [[1e30]], "key": [[1e30]]}, "not finite"),
    "ragged": ({"tokens": ["a"], "query": [[1], [1, 2]], "key": [[1]]}, "query must be numbers"),
    "words": ({"tokens": ["a"], "query": [["x"]], "key": [[1]]}, "query must be numbers"),
    "no attention": ({"tokens": ["a"], "module": torch.nn.Linear(1, 1), "hidden": [[1]]}, "module needs `query`"),
    "batch": ({"tokens": ["a"], "module": MultiHeadAttention(2, 1), "hidden": np.ones((2, 1, 2))}, "hidden must be"),
    "size": ({"tokens": ["a"], "module": MultiHeadAttention(2, 1), "hidden": [[1]]}, "must be (tokens, 2)"),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_shown_is_refused_with_a_sentence(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        wa.attention_explorer(**options)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("layer", 2), ("layer", -1), ("head", 3), ("token", -1), ("direction", "sideways")],
        *[("temperature", 0), ("temperature", math.nan), ("temperature", 11.0)],
    ],
)
def test_values_that_no_picture_can_show_are_refused(name, value):
    widget = own(2, 3, 4, 6)
    with pytest.raises(TraitError):
        setattr(widget, name, value)


@pytest.mark.parametrize("make", [lambda: wa.attention_explorer(), lambda: own(3, 64, 8), lambda: own(1, 2)])
def test_the_output_is_view_picture_and_a_constant_text(make):
    first, second = make().bundle(), make().bundle()
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert first["text/plain"] == second["text/plain"]
    assert first["image/png"] == second["image/png"]
    picture = base64.b64decode(first["image/png"])
    height, width, _ = image.imread(io.BytesIO(picture)).shape
    assert width == 720
    assert 304 <= height <= 640
    assert len(picture) < 60_000


@pytest.mark.parametrize("direction", ["from", "to"])
def test_the_picture_follows_the_values(direction):
    widget = own(2, 3, 4, 6)
    widget.layer, widget.head, widget.token, widget.direction = 1, 2, 3, direction
    left, right = widget.picture().axes
    values = widget.weights[3] if direction == "from" else widget.weights[:, 3]
    assert [text.get_text() for text in left.texts][::3] == [f"{value:.3f}" for value in values]
    assert "layer 1, head 2" in right.get_title()


def test_the_heading_has_the_task_and_question_of_its_source_and_the_note(tiny, tokenizer):
    real, model = wa.attention_explorer(), wa.attention_explorer(model=tiny, tokenizer=tokenizer)
    headings = [widget.heading() for widget in (real, model, own(3, 4))]
    assert ["√32" in heading for heading in headings] == [True, False, False]  # what is true of MiniLM alone
    assert len(set(headings)) == 3
    for heading in headings:
        assert "Open question" in heading
        assert "Run this cell to bring “Attention explorer” to life." in heading


def test_what_the_task_says_about_minilm_is_so():
    widget = wa.attention_explorer()
    n = len(widget.tokens)
    before = [np.diag(w, -1).mean() for widget.head in range(12) for w in [widget.weights]]
    assert np.sort(before)[-2:] == pytest.approx([0.28, 0.99], abs=0.1)  # one head of layer 0, and no other
    every = []
    for widget.layer in range(6):
        every += [widget.weights for widget.head in range(12)]
    assert max(np.diag(w, 1).mean() for w in every) > 0.5
    assert max(w[:, 0].mean() for w in every) > 0.8
    assert n == 10


def test_the_module_is_one_file_with_the_colours_of_the_figures():
    source = wa.AttentionExplorer._esm
    assert source.count("export default") == 1
    assert "import " not in source.replace("no imports", "")
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(wa.AttentionExplorer._css)
    assert len(source) < 50_000


def test_the_view_asks_its_model_for_nothing_that_a_page_without_python_lacks():
    assert set(re.findall(r"model\.(\w+)\(", wa.AttentionExplorer._esm)) <= {"get", "set", "save_changes", "on"}
