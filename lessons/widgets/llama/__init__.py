"""Chat with the probability of each token: what a small model answers, what else it could have said, and what then.

The kernel writes; the view shows each token in the colour of its probability, its alternatives, and takes another
branch from any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import traitlets
from matplotlib.figure import Figure

from lessons.llama import SYSTEM, Choice, Llama, Message, Tokenizer, Writer, prompt
from lessons.llama.chat import END
from lessons.widgets import base
from lessons.widgets.base.text import MOST_CHARACTERS, TextWidget, looks_english, printable

TEXT = "What is the capital of France?"
MOST_WRITTEN = 40  # tokens for one press of a button
MOST_READ = 1000  # tokens of a conversation
LARGE_VOCABULARY = 2.2  # pieces that a word of English stays below, with 49,152 tokens
SMALL_MODEL = "135 million parameters that speak English: what they say may be wrong, however sure they are."

Turn = tuple[str, list[int]]  # what was asked, and the ids of what was answered
Tell = Callable[[list[dict[str, Any]]], None]


class _Reader:
    """A model that keeps what it has read, and what is said of a conversation."""

    def __init__(self, model: Llama, tokenizer: Tokenizer) -> None:
        self.writer, self.tokenizer = Writer(model), tokenizer

    def __call__(
        self, text: str, system: str, turns: Sequence[Turn], begun: Sequence[int], tell: Tell
    ) -> dict[str, Any]:
        """The answer that begins with the ids `begun`, each token with its probability and what else could be."""
        asked, note = self._asked(text, system, turns)
        end = self.tokenizer.id(END)
        tokens = [self._shown(self._choice([*asked, *begun[:at]], i)) for at, i in enumerate(begun)]
        for choice in self.writer.write([*asked, *begun], MOST_WRITTEN, stop=[end]):
            tokens.append(self._shown(choice))
            if len(tokens) % 4 == 0:
                tell(tokens)
        written = [token["id"] for token in tokens if token["id"] != end]
        answer = self.tokenizer.decode(written)  # together: a character may be cut into several tokens
        finished = tokens[-1]["id"] == end
        return {"tokens": tokens, "answer": answer, "finished": finished, "read": len(asked), "note": note}

    def _asked(self, text: str, system: str, turns: Sequence[Turn]) -> tuple[list[int], str]:
        """The ids of the conversation, cut to what fits, and what a reader should be told."""
        start = self.tokenizer.encode(text[:MOST_CHARACTERS])
        notes = []
        if len(start) > MOST_READ or len(text) > MOST_CHARACTERS:
            more = "more than " if len(text) > MOST_CHARACTERS else ""
            notes.append(f"The text has {more}{len(start):,} tokens; it was cut to the first {MOST_READ:,}.")
            text = self.tokenizer.decode(start[:MOST_READ])
        if not text.strip():
            notes.append("Nothing was asked, and the model answers all the same.")
        elif not looks_english(text[:MOST_CHARACTERS], self.tokenizer.tokens(start), LARGE_VOCABULARY):
            notes.append("This does not look like English, and this model was trained on English.")
        said = [(Message("user", asked), Message("assistant", self.tokenizer.decode(ids))) for asked, ids in turns]
        messages = [message for pair in said for message in pair]
        ids = prompt(self.tokenizer, [*messages, Message("user", text)], system or None)
        if len(ids) > 2 * MOST_READ and turns:
            ids = prompt(self.tokenizer, [Message("user", text)], system or None)
            notes.append("The conversation is too long for this widget, so its earlier turns were left out.")
        return ids, " ".join([*notes, SMALL_MODEL])

    def _choice(self, before: Sequence[int], token_id: int) -> Choice:
        """A token that was chosen by hand."""
        probabilities = self.writer.logits(before).double().softmax(-1)
        best = probabilities.topk(5)
        pairs = tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True))
        return Choice(token_id, probabilities[token_id].item(), pairs)

    def _shown(self, choice: Choice) -> dict[str, Any]:
        best = [[i, self._words(i), share] for i, share in choice.best]
        return {"id": choice.token_id, "text": self._words(choice.token_id), "share": choice.probability, "best": best}

    def _words(self, token_id: int) -> str:
        return self.tokenizer.decode([token_id])


class ChatWithProbabilities(TextWidget):
    """A conversation: `text` is what is asked, `turns` came before, `begun` are ids that the answer must begin with.

    Setting one of them in Python moves the picture; the answer is in `data["tokens"]`.
    """

    _esm = base.javascript("base/text.js", "llama/llama.js")
    _css = base.style("base/text.css", "llama/llama.css")

    name = "Chat with the probability of each token"
    task = (
        "Ask something that the model knows, and something that nobody can know. Where is it unsure? Then click a pale "
        "token, take another branch there, and see how the rest of the answer follows."
    )
    question = "A wrong answer often begins with a token that was nearly another one. Does a right one begin otherwise?"

    system = traitlets.Unicode(SYSTEM).tag(sync=True)
    turns: traitlets.List = traitlets.List().tag(sync=True)
    begun = traitlets.List(traitlets.Int()).tag(sync=True)
    progress: traitlets.List = traitlets.List().tag(sync=True)  # the tokens of the answer that is being written

    asks = ("text", "system", "turns", "begun")

    @traitlets.validate("system")
    def _clean_system(self, proposal: Any) -> Any:
        return proposal["value"].encode("utf-8", "replace").decode()

    @property
    def answer(self) -> str:
        """The answer so far, without its end."""
        return self.data["answer"]

    @property
    def probability(self) -> float:
        """Of the answer: the product over its tokens."""
        return math.prod(token["share"] for token in self.data["tokens"])

    def picture(self) -> Figure:
        """Every token of the answer with its probability."""
        tokens = self.data["tokens"][:24]
        figure = Figure(figsize=(9, 2.6), layout="constrained")
        axes = figure.subplots()
        axes.bar(range(len(tokens)), [token["share"] for token in tokens], color=base.COLOURS["blue"])
        axes.set_xticks(range(len(tokens)), [printable(repr(token["text"])[1:-1], 12) for token in tokens], rotation=60)
        axes.set(ylim=(0, 1), ylabel="probability", title=printable(self.text, 80))
        return figure


def chat_with_probabilities(
    model: Llama, tokenizer: Tokenizer, text: str = TEXT, system: str = SYSTEM
) -> ChatWithProbabilities:
    """Chat with a model and see the probability of each of its tokens; it is not copied, so leave its weights alone.

    Read `widget.answer`, `widget.probability` or `widget.data["tokens"]` in any later cell. Raises ValueError for
    another kind of model or tokenizer, one with another vocabulary, and what is no text.
    """
    if not isinstance(model, Llama) or not isinstance(tokenizer, Tokenizer):
        raise ValueError("A lessons.llama.Llama and its lessons.llama.Tokenizer are due: llama.smollm2() gives both.")
    if len(tokenizer) != model.config.vocab_size:
        raise ValueError(f"The model has {model.config.vocab_size:,} tokens and the tokenizer {len(tokenizer):,}.")
    if not isinstance(text, str) or not isinstance(system, str):
        raise ValueError("text and system must be strings.")
    reader = _Reader(model, tokenizer)
    told: list[Tell] = []

    def answer(text: str, system: str, turns: Sequence[Turn], begun: Sequence[int]) -> dict[str, Any]:
        return reader(text, system, turns, begun, lambda tokens: told[0](tokens))

    text, system = (each.encode("utf-8", "replace").decode() for each in (text, system))
    first = reader(text, system, [], [], lambda tokens: None)
    asked = {"text": text, "system": system, "turns": [], "begun": []}
    widget = ChatWithProbabilities(answer, data={**first, **asked}, text=text, system=system)
    told.append(lambda tokens: setattr(widget, "progress", list(tokens)))
    return widget
