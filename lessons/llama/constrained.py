"""Constrained writing: JSON with given fields, by taking away every token that would break it.

A small machine reads the text letter by letter and knows what may come next. A token may come if the machine can read
all its letters. Of what is left the model chooses, so the form is certain and the content is the model's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from lessons.kit import checks
from lessons.llama.chat import END
from lessons.llama.tokenizer import Tokenizer

Kind = Literal["text", "whole"]
MOST_DIGITS = 9
DONE = -1  # the part after the last one


class State(NamedTuple):
    """Where the machine is: in which part, and what of it was read; of a text only whether something was."""

    part: int
    read: str


class JSONObject:
    """An object with these fields in this order: `{"town": "text", "year": "whole", "sure": [True, False]}`.

    A field is a "text" (without quotes, backslashes and control characters), a "whole" number from 0 on, or one of the
    listed values. Use it as the `form` of a chat: it says which token may come after those that were written.
    """

    def __init__(self, tokenizer: Tokenizer, fields: Mapping[str, Kind | Sequence[object]], longest: int = 20) -> None:
        """A text has `longest` tokens at most. Raises ValueError for no field, and one of another kind."""
        checks.sizes(longest=longest)
        self.tokenizer, self.longest = tokenizer, longest
        self.parts = _parts(fields)
        self._pieces = [_text(tokenizer.spelt(i)) for i in range(len(tokenizer))]
        self._mask = lru_cache(None)(self._masks)

    def __call__(self, written: Sequence[int]) -> Tensor:
        """Which token may come after these, (vocab_size,). Raises ValueError for ids that have broken the form."""
        state, inside = State(0, ""), 0  # how many tokens the machine has been in this part
        for token_id in written:
            after = self.after(state, self._pieces[token_id] or "")
            if after is None or not self._pieces[token_id]:
                raise ValueError(f"What was written is not of this form: {self.tokenizer.decode(written)!r:.100}.")
            inside = inside + 1 if after.part == state.part else 0
            state = after
        allowed, leaving = self._mask(state)
        return leaving if inside >= self.longest and self._kind(state) == "text" else allowed

    def after(self, state: State, letters: str) -> State | None:
        """Where the machine is when it has read some more letters; None if it cannot."""
        for letter in letters:
            found = self._step(state, letter)
            if found is None:
                return None
            state = found
        return state

    def _kind(self, state: State) -> str | None:
        part = self.parts[state.part] if state.part != DONE else None
        return part if isinstance(part, str) else None

    def _step(self, state: State, letter: str) -> State | None:
        if state.part == DONE:
            return None
        part, read = self.parts[state.part], state.read
        if part == "text":
            if letter == '"':
                return self._next(state) if read else None
            return State(state.part, "…") if letter.isprintable() and letter != "\\" else None
        if part == "whole" and letter.isascii() and letter.isdigit():
            return State(state.part, read + letter) if read != "0" and len(read) < MOST_DIGITS else None
        if not isinstance(part, str) and any(option.startswith(read + letter) for option in part):
            state = State(state.part, read + letter)
            return self._next(state) if part == [state.read] else state  # a single option ends by itself
        is_whole = bool(read) if part == "whole" else read in part
        return self._step(self._next(state), letter) if is_whole else None  # the letter belongs to the next part

    def _next(self, state: State) -> State:
        following = state.part + 1
        return State(following if following < len(self.parts) else DONE, "")

    def _masks(self, state: State) -> tuple[Tensor, Tensor]:
        """Which tokens may come, and which of them lead out of the part."""
        after = [self.after(state, piece) if piece else None for piece in self._pieces]
        allowed = torch.tensor([found is not None for found in after])
        leaving = torch.tensor([found is not None and found.part != state.part for found in after])
        if state.part == DONE:
            allowed[self.tokenizer.id(END)] = leaving[self.tokenizer.id(END)] = True
        return allowed, leaving


def _parts(fields: Mapping[str, Kind | Sequence[object]]) -> list[str | list[str]]:
    """What the machine reads one after the other: fixed letters as a list of one option, and the fields' values."""
    if not fields:
        raise ValueError("Give one field or more.")
    parts: list[str | list[str]] = []
    before = "{"
    for name, kind in fields.items():
        before += f"{json.dumps(name)}: "
        if kind not in ("text", "whole") and (isinstance(kind, str) or not kind):
            raise ValueError(f'The field {name} must be "text", "whole" or a list of values, not {kind!r:.60}.')
        is_text = kind == "text"
        parts.append([before + '"' * is_text])
        parts.append(kind if isinstance(kind, str) else [json.dumps(value) for value in kind])
        before = ", "
    return [*parts, ["}"]]


def _text(spelt: bytes) -> str | None:
    """The letters of a token; None if it is special, or holds a part of a letter."""
    try:
        return spelt.decode() or None
    except UnicodeDecodeError:
        return None
