"""From a sound to a text: the tokens that Whisper writes, its timestamps, where each word was said, silence.

A transcript begins with `<|startoftranscript|>`. Then either `<|notimestamps|>` and text follow, or times in pairs
around pieces of text: the token number 50,363 + k is the time 0.02 · k seconds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lessons.course import assets
from lessons.kit import checks
from lessons.speech import weights
from lessons.speech.sound import HEARD, Sound, check_sound
from lessons.speech.spectrogram import whisper_features
from lessons.speech.whisper import Cache, Whisper, Word
from lessons.tokens import BytePairTokenizer

END, START, BEFORE, NO_SPEECH, NO_TIMES, TIMES = 50256, 50257, 50360, 50361, 50362, 50363
STEP = 0.02  # seconds from one time token to the next, and from one vector of the memory to the next
LATEST_START = 50  # the first time token is at most 1 second


@cache
def tokenizer() -> BytePairTokenizer:
    """04's byte pairs with the packaged vocabulary, which is GPT-2's with 106 more special tokens.

    Raises AssetError if the file is damaged.
    """
    stored = json.loads(assets.path(f"{weights.FOLDER}/tokenizer.json").read_text(encoding="utf-8"))
    special = {token["content"]: token["id"] for token in stored["added_tokens"]}
    merges = [merge.split(" ") for merge in stored["model"]["merges"]]
    return BytePairTokenizer({**stored["model"]["vocab"], **special}, merges, special)


class Transcript(NamedTuple):
    """What was written for a sound."""

    text: str
    token_ids: list[int]  # after the start, without the end
    probabilities: list[float]  # of each, and of the end if it was reached
    no_speech: float  # the probability that nobody speaks, which the model gives in its first step
    prompt: list[int]  # what the decoder was given

    @property
    def confidence(self) -> float:
        """The geometric mean of the probabilities."""
        return math.exp(sum(map(math.log, self.probabilities)) / len(self.probabilities))


def prompt(before: str = "", times: bool = False) -> list[int]:
    """What the decoder is given at the start: a text that came before, if any, then its signs.

    Raises ValueError for a text that is no str or longer than 200 tokens.
    """
    if not isinstance(before, str):
        raise ValueError(f"The text before is a str, not {type(before).__name__}.")
    earlier = tokenizer().encode(" " + before.strip()) if before.strip() else []
    if len(earlier) > 200 or any(token >= END for token in earlier):
        raise ValueError(f"At most 200 ordinary tokens can come before; this text has {len(earlier)}.")
    return [*([BEFORE, *earlier] if earlier else []), START, *([] if times else [NO_TIMES])]


@torch.no_grad()
def transcribe(
    model: Whisper, sound: Sound, *, before: str = "", times: bool = False, most: int = 100, suppress: bool = True
) -> Transcript:
    """The text of at most 30 seconds, always the most probable next token, at most so many of them.

    `before` is a text that the decoder takes for what was said earlier. With `times` it writes times around pieces.
    Without `suppress` it may also write what it is usually kept from, such as `[` or `♪`. Raises ValueError for what is
    no sound, too long a text before, or less than one token.
    """
    check_sound(sound)
    checks.sizes(most=most)
    memory = model.encoder(whisper_features(sound)[None].to(model.decoder.position))
    return write(model, memory, prompt(before, times), most, suppress)


@torch.no_grad()
def write(model: Whisper, memory: Tensor, given: Sequence[int], most: int = 100, suppress: bool = True) -> Transcript:
    """The same from a memory (1, places, hidden_size) and the ids that the decoder is given first.

    Raises ValueError unless `<|startoftranscript|>` is among these, and there is room for so many tokens.
    """
    checks.sizes(most=most)
    if START not in given:
        raise ValueError("The decoder must be given <|startoftranscript|>.")
    kept, times = Cache(model, memory), NO_TIMES not in given
    logits = model.decoder(torch.tensor([list(given)], device=memory.device), cache=kept)[0]
    no_speech = logits[given.index(START)].softmax(-1)[NO_SPEECH].item()
    token_ids: list[int] = []
    probabilities: list[float] = []
    while len(token_ids) < most:
        allowed = _allowed(logits[-1], token_ids, suppress)
        allowed = with_times(allowed, token_ids) if times else _without_times(allowed)
        chances = allowed.softmax(-1)
        chosen = int(chances.argmax())
        probabilities.append(chances[chosen].item())
        if chosen == END:
            break
        token_ids.append(chosen)
        logits = model.decoder(torch.tensor([[chosen]], device=memory.device), cache=kept)[0]
    words = tokenizer().decode([token for token in token_ids if token < END])
    return Transcript(words.strip(), token_ids, probabilities, no_speech, list(given))


def _allowed(logits: Tensor, written: Sequence[int], suppress: bool) -> Tensor:
    """Logits without the tokens that are never written, and without an end or a bare space at the beginning."""
    never = list(range(END + 1, TIMES - 1))  # all signs but the end and <|notimestamps|>
    if suppress:
        never += weights.config()["suppress_ids"]
    if not written:
        never += weights.config()["suppress_ids_begin"]
    return logits.index_fill(-1, torch.tensor(never, device=logits.device), -math.inf)


def _without_times(logits: Tensor) -> Tensor:
    kept = logits.clone()
    kept[NO_TIMES:] = -math.inf
    return kept


def with_times(logits: Tensor, written: Sequence[int]) -> Tensor:
    """Logits (vocab_size,) by the rules of times: in pairs, never backwards, first one within a second.

    A time is due when all times together are more probable than any word. These are the rules of Whisper's code
    (Radford et al. 2022, section 2.3, describes the format). Raises ValueError for other logits.
    """
    checks.vectors("logits", logits, logits.shape[-1], 1)
    if logits.shape[-1] <= TIMES:
        raise ValueError(f"Logits of more than {TIMES:,} tokens are due, not {logits.shape[-1]}.")
    kept = logits.clone()
    kept[NO_TIMES] = -math.inf
    if not written:
        kept[:TIMES] = -math.inf
        kept[TIMES + LATEST_START + 1 :] = -math.inf
        return kept
    is_open = _last_pair_is_open(written)
    if written[-1] >= TIMES and is_open:
        kept[:END] = -math.inf  # a time that ends a piece: the next one must begin, or the text ends
    elif written[-1] >= TIMES:
        kept[TIMES:] = -math.inf  # a piece has begun: words are due
    if said := [token for token in written if token >= TIMES]:
        latest = said[-1] + (0 if written[-1] >= TIMES and is_open else 1)  # a piece takes some time
        kept[TIMES:latest] = -math.inf
    shares = kept.log_softmax(-1)
    if shares[TIMES:].logsumexp(-1) > shares[:TIMES].max():
        kept[:TIMES] = -math.inf
    return kept


def _last_pair_is_open(written: Sequence[int]) -> bool:
    """Whether the last token follows a word, so that a time there ends a piece."""
    return len(written) > 1 and written[-2] < TIMES


def pieces(token_ids: Sequence[int]) -> list[Word]:
    """Pieces of text between two times, from ids that were written with times; what has no end is left out.

    Raises ValueError for what are no whole numbers.
    """
    found, start, inside = [], None, []
    for token in token_ids:
        checks.whole(0, token=token)
        if token < TIMES:
            inside.append(token)
            continue
        time = (token - TIMES) * STEP
        if inside and start is not None:
            found.append(Word(tokenizer().decode(inside).strip(), round(start, 2), round(time, 2)))
            start = None
        else:
            start = time
        inside = []
    return found


# --- which word was said when -----------------------------------------------------------------------------------------


def warping_path(costs: Tensor) -> tuple[list[int], list[int]]:
    """The cheapest way through a table (rows, columns) from its first corner to its last, by steps of 0 or 1 in each.

    Both lists are equally long: row and column of each place on the way (Sakoe & Chiba 1978). Raises ValueError for
    another shape or numbers that are not finite.
    """
    if costs.ndim != 2 or not costs.numel() or not costs.is_floating_point() or not costs.isfinite().all():
        raise ValueError(f"Finite costs (rows, columns) are due; these are {checks.described(costs)}.")
    n_rows, n_columns = costs.shape
    prices, cheapest = costs.tolist(), [[math.inf] * (n_columns + 1) for _ in range(n_rows + 1)]
    cheapest[0][0] = 0.0
    for i in range(n_rows):
        for j in range(n_columns):
            before = min(cheapest[i][j], cheapest[i][j + 1], cheapest[i + 1][j])
            cheapest[i + 1][j + 1] = prices[i][j] + before
    return _walked_back(cheapest)


def _walked_back(cheapest: list[list[float]]) -> tuple[list[int], list[int]]:
    i, j = len(cheapest) - 1, len(cheapest[0]) - 1
    rows, columns = [], []
    while i > 0 and j > 0:
        rows.append(i - 1)
        columns.append(j - 1)
        _, i, j = min((cheapest[i - 1][j - 1], i - 1, j - 1), (cheapest[i - 1][j], i - 1, j),
                      (cheapest[i][j - 1], i, j - 1), key=lambda step: step[0])  # fmt: skip
    return rows[::-1], columns[::-1]


def smoothed(values: Tensor, width: int = 7) -> Tensor:
    """The median of each number and its neighbours along the last axis, mirrored at its ends; (..., n) -> the same.

    Raises ValueError for other numbers, an even width, or one that reaches beyond the numbers.
    """
    checks.sizes(width=width)
    if not values.is_floating_point() or values.ndim < 1 or not values.numel():
        raise ValueError(f"Floating-point numbers (..., n) are due, not {checks.described(values)}.")
    if width % 2 == 0 or width // 2 >= values.shape[-1]:
        raise ValueError(f"An odd width below {2 * values.shape[-1]} is due, not {width}.")
    flat = values.reshape(1, -1, values.shape[-1])
    mirrored = torch.nn.functional.pad(flat, (width // 2, width // 2), mode="reflect")
    return mirrored.unfold(-1, width, 1).median(-1).values.reshape(values.shape)


@torch.no_grad()
def alignment(model: Whisper, sound: Sound, transcript: Transcript) -> Tensor:
    """How much each token of a transcript looks at each 20 ms of its sound: (tokens + 1, places), the end included.

    A mean over the heads that the package names for it; each head is first compared over tokens (mean 0, spread 1) and
    smoothed over time. Raises ValueError for a transcript without tokens.
    """
    check_sound(sound)
    if not transcript.token_ids:
        raise ValueError("A transcript without tokens aligns with nothing.")
    memory = model.encoder(whisper_features(sound)[None].to(model.decoder.position))
    ids = [*transcript.prompt, *transcript.token_ids, END]
    heard = min(memory.shape[1], max(8, math.ceil(sound.seconds / STEP)))
    seen = model.looks(torch.tensor([ids], device=memory.device), memory)
    weights_ = torch.stack([seen[layer, 0, head] for layer, head in weights.config()["alignment_heads"]])
    shown = weights_[..., :heard]  # (heads, tokens, places)
    spread, middle = torch.std_mean(shown, -2, keepdim=True, unbiased=False)
    compared = smoothed((shown - middle) / spread.clamp(min=1e-9))
    return compared.mean(0)[len(transcript.prompt) - 1 : -1]  # the place that writes a token is the one before it


def words_with_times(model: Whisper, sound: Sound, transcript: Transcript) -> list[Word]:
    """Each word of a transcript without times, and when it was said: the way of least resistance through `alignment`.

    Raises ValueError for a transcript that was written with times, or has no tokens.
    """
    if NO_TIMES not in transcript.prompt:
        raise ValueError("A transcript without times is due: transcribe(..., times=False).")
    rows, columns = warping_path(-alignment(model, sound, transcript))
    begins = [columns[rows.index(row)] * STEP for row in range(rows[-1] + 1)]  # of each token, and of the end
    found: list[list[Any]] = []
    for place, token in enumerate(transcript.token_ids):
        spelt = tokenizer().decode([token])
        if not found or spelt.startswith(" "):
            found.append([[], begins[place]])
        found[-1][0].append(token)
        found[-1][2:] = [begins[place + 1]]
    return [Word(tokenizer().decode(ids).strip(), round(start, 2), round(end, 2)) for ids, start, end in found]


# --- is anybody speaking? ---------------------------------------------------------------------------------------------


def loudness(sound: Sound, seconds: float = 0.02) -> Tensor:
    """Decibels of each piece of so many seconds, 0 for pressures of ±1: (pieces,). Raises ValueError for none."""
    check_sound(sound)
    checks.positive(seconds=seconds)
    size = max(1, round(seconds * sound.sample_rate))
    whole = sound.wave[: len(sound.wave) // size * size]
    if not len(whole):
        raise ValueError(f"The sound is shorter than a piece of {seconds} s.")
    power = whole.view(-1, size).square().mean(-1)
    return 10 * power.clamp(min=1e-10).log10()


def speech_spans(
    sound: Sound, above: float = 12.0, pause: float = 0.2, seconds: float = 0.02
) -> list[tuple[float, float]]:
    """When it is loud, as (start, end) in seconds: `above` decibels more than the quietest tenth of the sound.

    What is quieter than −60 decibels never counts; breaks shorter than `pause` seconds are closed. It hears loudness
    and not speech: a door counts as well. Raises ValueError for numbers that are not above 0.
    """
    checks.positive(above=above, pause=pause)
    decibels = loudness(sound, seconds)
    quiet = decibels.sort().values[: max(1, len(decibels) // 10)].mean()
    found: list[list[float]] = []
    for place in ((decibels > quiet + above) & (decibels > -60)).nonzero()[:, 0].tolist():
        start, end = place * seconds, (place + 1) * seconds
        if found and start - found[-1][1] < pause:
            found[-1][1] = end
        else:
            found.append([start, end])
    return [(round(start, 3), round(end, 3)) for start, end in found]


def without_silence(sound: Sound, margin: float = 0.1) -> Sound:
    """A sound from its first loud moment to its last, with a margin (seconds); as it is if nothing is loud.

    Raises ValueError for a margin below 0.
    """
    checks.not_negative(margin=margin)
    spans = speech_spans(sound)
    if not spans:
        return sound
    start, end = max(0.0, spans[0][0] - margin), spans[-1][1] + margin
    return Sound(sound.wave[round(start * sound.sample_rate) : round(end * sound.sample_rate)], sound.sample_rate)


def silence(seconds: float, sample_rate: int = HEARD) -> Sound:
    """Nothing at all, for so many seconds. Raises ValueError for none."""
    checks.positive(seconds=seconds)
    checks.sizes(sample_rate=sample_rate)
    return Sound(torch.zeros(max(1, round(seconds * sample_rate))), sample_rate)
