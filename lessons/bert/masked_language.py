"""Masked-language modelling: hide words of a text and learn to guess them (Devlin et al. 2019, section 3.1).

A small BERT of our own, with a vocabulary of its own, read top to bottom: the vocabulary, the rule that hides tokens
(80 % / 10 % / 10 %), batches, the model, its loss, how good its guesses are, and `guesses` for one's own sentence.
Ids are integers (batch, tokens); a label of `IGNORED` marks a token about which nothing is asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, BERTConfig, initialise
from lessons.kit import checks
from lessons.kit.batches import by_length, check_batches, pad
from lessons.kit.texts import listed, readable
from lessons.kit.training import evaluating, to_device

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")  # ids 0 to 4
PAD, UNKNOWN, CLS, SEP, MASK = range(5)
IGNORED = -100  # what F.cross_entropy skips

# The notebook's pre-training, chosen on validation messages (benchmarks/masked_language.py choose)
STEPS, BATCH, LEARNING_RATE, SHARE = 2000, 64, 2e-3, 0.3
SHORTEST, LONGEST = 6, 24  # tokens of a message, with [CLS] and [SEP]

# --- a vocabulary of its own ------------------------------------------------------------------------------------------


def train_wordpiece(texts: Iterable[str], vocab_size: int = 2000) -> PreTrainedTokenizerBase:
    """An uncased WordPiece tokenizer learnt from texts, which adds [CLS] and [SEP]; ids 0 to 4 are the special tokens.

    The library numbers single characters differently in every run, and a tie between two merges goes to the smaller
    numbers. So the characters are numbered here, and the pieces sorted: the same texts give the same ids.
    Raises TypeError for one bare string, ValueError for a size without room for the characters.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    texts = listed(texts)
    checks.whole(vocab_size=vocab_size)
    normaliser, words = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    learner.normalizer, learner.pre_tokenizer = normaliser, words
    first, later = _characters(normaliser.normalize_str(text) for text in texts)
    least = len(SPECIAL_TOKENS) + len(first) + len(later)
    if vocab_size < least:
        raise ValueError(f"vocab_size must be at least {least} here, for the characters and the special tokens.")
    most = least + sum(map(len, {word for text in texts for word in text.split()}))  # a merge for each character
    trainer = trainers.WordPieceTrainer(
        vocab_size=min(vocab_size, most),  # the library reserves memory for as many as it is asked for
        special_tokens=[*SPECIAL_TOKENS, *first, *later],
        initial_alphabet=first,
        limit_alphabet=len(first),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    pieces = sorted(learner.get_vocab().keys() - set(SPECIAL_TOKENS))
    vocabulary = {token: i for i, token in enumerate([*SPECIAL_TOKENS, *pieces])}
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normaliser, words
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)],
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL_TOKENS, strict=True))
    inputs = ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=inputs, **names)


def _characters(texts: Iterable[str], most: int = 100) -> tuple[list[str], list[str]]:
    """The most frequent characters of normalised texts, and those of them, after ##, that continue a word; sorted."""
    from tokenizers import pre_tokenizers

    chunks = Counter(chunk for text in texts for chunk in text.split())
    counts: Counter[str] = Counter()
    for chunk, n in chunks.items():
        counts.update({character: n * chunk.count(character) for character in set(chunk)})
    known = set(sorted(counts, key=lambda character: (-counts[character], character))[:most])
    splitter = pre_tokenizers.BertPreTokenizer()
    inside = {character for chunk in chunks for word, _ in splitter.pre_tokenize_str(chunk) for character in word[1:]}
    return sorted(known), sorted(f"##{character}" for character in inside & known)


def messages(conversations: Iterable[str]) -> list[str]:
    """The messages of conversations, one for each line that is not empty. Raises as `listed`."""
    return [line for talk in listed(conversations) for line in talk.split("\n") if line.strip()]


def suitable(examples: Iterable[Sequence[int]]) -> list[Sequence[int]]:
    """Those of SHORTEST to LONGEST tokens: long enough to guess from, short enough to be quick."""
    if isinstance(examples, str):
        raise TypeError("Give a list of examples, not one string.")
    return [example for example in examples if SHORTEST <= len(example) <= LONGEST]


# --- what is asked ----------------------------------------------------------------------------------------------------


class Masked(NamedTuple):
    """A batch with holes."""

    token_ids: Tensor  # (batch, tokens), some of them replaced
    attention_mask: Tensor | None  # (batch, tokens), 0 at padding; None if nothing is padded
    labels: Tensor  # (batch, tokens): the right id where a guess is asked, IGNORED elsewhere


def mask_tokens(
    token_ids: Tensor,
    vocab_size: int,
    generator: torch.Generator | None = None,
    *,
    share: float = 0.15,
    replaced: tuple[float, float] = (0.8, 0.1),
) -> tuple[Tensor, Tensor]:
    """The 80/10/10 rule: (batch, tokens) -> the ids with holes, and labels, both (batch, tokens).

    Each token but the special ones is chosen with probability `share`. Of those chosen, the first share of `replaced`
    becomes [MASK], the second a random ordinary token, and the others stay as they are; all of them get a label.
    (Devlin et al. 2019, section 3.1 and appendix A.1.) Raises ValueError for shares that are none, and
    for ids that are no whole numbers of the vocabulary.
    """
    _check_shares(share, replaced)
    checks.sizes(vocab_size=vocab_size)
    checks.token_ids("token_ids", token_ids, vocab_size, "batch", "tokens")
    if vocab_size <= len(SPECIAL_TOKENS):
        raise ValueError(f"vocab_size must be more than {len(SPECIAL_TOKENS)}, the special tokens; it is {vocab_size}.")
    to_mask, to_random = replaced
    device = token_ids.device
    chosen = torch.rand(token_ids.shape, generator=generator).to(device) < share
    chosen &= token_ids >= len(SPECIAL_TOKENS)
    labels = token_ids.masked_fill(~chosen, IGNORED)
    fate = torch.rand(token_ids.shape, generator=generator).to(device)
    others = torch.randint(len(SPECIAL_TOKENS), vocab_size, token_ids.shape, generator=generator).to(device)
    holes = token_ids.masked_fill(chosen & (fate < to_mask), MASK)
    return torch.where(chosen & (fate >= to_mask) & (fate < to_mask + to_random), others, holes), labels


def _check_shares(share: float, replaced: tuple[float, float]) -> None:
    fits = len(replaced) == 2 and min(replaced) >= 0 and sum(replaced) <= 1
    if not (0 <= share <= 1 and fits):
        raise ValueError(f"share and the two of replaced must be shares of 1, not {share} and {replaced}.")


class MaskedBatches:
    """Batches of texts of similar length with fresh holes in every pass: for `training.fit`.

    With `fixed=True` every pass has the same holes, as an evaluation needs. Raises ValueError if there is no text, and
    for sizes, a seed or shares that are none.
    """

    def __init__(
        self,
        examples: Sequence[Sequence[int]],
        vocab_size: int,
        batch_size: int = 64,
        *,
        seed: int = 0,
        fixed: bool = False,
        share: float = 0.15,
        replaced: tuple[float, float] = (0.8, 0.1),
    ) -> None:
        check_batches(examples, batch_size)
        checks.sizes(vocab_size=vocab_size)
        checks.whole(0, seed=seed)
        _check_shares(share, replaced)
        self.examples, self.vocab_size, self.batch_size = examples, vocab_size, batch_size
        self.seed, self.fixed, self.share, self.replaced = seed, fixed, share, replaced
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.examples) // self.batch_size)

    def __iter__(self) -> Iterator[Masked]:
        if self.fixed:
            self.generator.manual_seed(self.seed)
        order = torch.randperm(len(self.examples), generator=self.generator).tolist()
        batches = by_length(self.examples, self.batch_size, order)
        for index in torch.randperm(len(batches), generator=self.generator).tolist():
            chosen = batches[index]
            token_ids, attention_mask = pad([self.examples[i] for i in chosen], PAD)
            holes = mask_tokens(token_ids, self.vocab_size, self.generator, share=self.share, replaced=self.replaced)
            yield Masked(holes[0], attention_mask, holes[1])


# --- the model --------------------------------------------------------------------------------------------------------


def tiny_config(vocab_size: int) -> BERTConfig:
    """A BERT that learns something in a minute on one processor core."""
    return BERTConfig(
        vocab_size=vocab_size,
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=512,
        max_position_embeddings=LONGEST,
        hidden_dropout_prob=0.0,  # one pass through the data: nothing is seen often enough to be learnt by heart
        attention_probs_dropout_prob=0.0,
        initializer_range=0.05,  # 0.02 is for 768 numbers; with 128 a sum of as many products needs larger ones
    )


class MaskedLanguageModel(nn.Module):
    """An encoder with the head that guesses tokens: a linear map, GELU, LayerNorm, and the word vectors once more.

    The last step compares with every word vector: the table of the embeddings is used a second time ("tied"), plus a
    bias for each token of the vocabulary. The same parts as Hugging Face's BertForMaskedLM.
    """

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.bert = BERT(config)
        self.transform = nn.Linear(config.hidden_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))
        initialise(self.transform, config.initializer_range)

    def forward(self, token_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """(batch, tokens) -> logits (batch, tokens, vocabulary). Raises ValueError as `BERT.forward` does."""
        return self.logits(self.bert(token_ids, attention_mask).last_hidden_state)

    def logits(self, hidden: Tensor) -> Tensor:
        """Vectors (..., dim) -> a score for each token of the vocabulary, (..., vocabulary).

        Raises ValueError for other vectors.
        """
        checks.vectors("hidden", hidden, self.transform.in_features)
        transformed = self.norm(F.gelu(self.transform(hidden)))
        return F.linear(transformed, self.bert.embeddings.word.weight, self.bias)


def chosen_logits(model: MaskedLanguageModel, batch: Masked) -> tuple[Tensor, Tensor]:
    """The logits (n, vocabulary) and labels (n,) of the n tokens that are asked about; the others cost nothing.

    Raises ValueError as `BERT.forward` does, and for labels of another shape or outside the vocabulary.
    """
    asked = batch.labels != IGNORED
    if batch.labels.shape != batch.token_ids.shape or batch.labels.dtype != torch.int64:
        raise ValueError(f"A label for each token is due, int64; these are {checks.described(batch.labels)}.")
    if asked.any():
        checks.token_ids("labels", batch.labels[asked], model.bert.config.vocab_size, "asked")
    hidden = model.bert(batch.token_ids, batch.attention_mask).last_hidden_state
    return model.logits(hidden[asked]), batch.labels[asked]


def masked_loss(model: nn.Module, batch: Masked) -> Tensor:
    """Mean cross-entropy over the tokens that are asked about, in nats; 0 if there is none.

    Raises ValueError as `chosen_logits` does.
    """
    logits, labels = chosen_logits(cast(MaskedLanguageModel, model), batch)
    return F.cross_entropy(logits, labels, reduction="sum") / max(1, len(labels))


# --- how good the guesses are -----------------------------------------------------------------------------------------


@torch.no_grad()
def quality(model: MaskedLanguageModel, batches: Iterable[Masked]) -> dict[str, float]:
    """Over all tokens that are asked about: "bits" (mean of −log2 of the right token's probability) and "accuracy".

    Both are 0 if there is none. Raises ValueError as `chosen_logits` does.
    """
    nats, right, n = 0.0, 0, 0
    with evaluating(model):
        for batch in batches:
            logits, truth = chosen_logits(model, to_device(batch, model.bias.device))
            nats += F.cross_entropy(logits, truth, reduction="sum").item()
            right += int((logits.argmax(-1) == truth).sum())
            n += len(truth)
    return {"bits": nats / max(1, n) / math.log(2), "accuracy": right / max(1, n)}


def unigram_quality(examples: Iterable[Sequence[int]], batches: Iterable[Masked], vocab_size: int) -> dict[str, float]:
    """The same two figures for whoever knows only how frequent each token is in `examples` (counts + 1).

    Raises ValueError for no examples, ids outside the vocabulary, or batches in which nothing is asked.
    """
    checks.sizes(vocab_size=vocab_size)
    counts = torch.ones(vocab_size, dtype=torch.float64)
    batches = list(batches)
    if not len(examples := list(examples)) or not any((batch.labels != IGNORED).any() for batch in batches):
        raise ValueError("Examples to count in, and batches with tokens that are asked about, are due.")
    token_ids = torch.cat([pad([example])[0][0] for example in examples])
    checks.token_ids("examples", token_ids, vocab_size, "tokens")
    counts += torch.bincount(token_ids, minlength=vocab_size)
    counts[: len(SPECIAL_TOKENS)] = 0  # these are never asked about
    truth = torch.cat([labels[labels != IGNORED] for _, _, labels in batches])
    log2 = (counts / counts.sum()).log2()
    return {"bits": -log2[truth].mean().item(), "accuracy": (truth == counts.argmax()).double().mean().item()}


@torch.no_grad()
def guesses(
    model: MaskedLanguageModel, tokenizer: PreTrainedTokenizerBase, text: str, k: int = 5
) -> list[tuple[str, float]]:
    """The k most probable tokens in the place of [MASK] with their probabilities, best first.

    Raises ValueError if the text is no string, has not exactly one [MASK], or is longer than the model's positions,
    and for k below 1.
    """
    checks.whole(k=k)
    token_ids = torch.tensor([tokenizer(readable(text))["input_ids"]], device=model.bias.device)  # (1, tokens)
    places = (token_ids[0] == tokenizer.mask_token_id).nonzero()[:, 0]
    if len(places) != 1:
        raise ValueError(f"The text needs one {tokenizer.mask_token}, and has {len(places)}.")
    with evaluating(model):
        probabilities = model(token_ids)[0, places[0]].softmax(-1)  # (vocabulary,)
    best = probabilities.topk(min(k, len(probabilities)))
    return list(zip(tokenizer.convert_ids_to_tokens(best.indices.tolist()), best.values.tolist(), strict=True))
