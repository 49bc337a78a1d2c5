"""The tokenizer that a GGUF file holds: notebook 04's byte pairs, with digits apart and roles as tokens of their own.

The Rust library `tokenizers` does the work. What a user types is always text: a `<|im_end|>` in it is spelt out and
ends nothing (`encode`), so nobody can play a role by typing its sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from lessons.kit.texts import readable
from lessons.tokens import BYTE_OF
from lessons.tokens.pieces import text_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from lessons.llama.weights import GGUF

SPECIAL = 3  # GGUF's mark of a token that stands for no text


class Tokenizer:
    """Byte pairs with each digit by itself. Of 256 bytes, 21 that hardly occur have no token, and are left out."""

    def __init__(self, vocabulary: Mapping[str, int], merges: Iterable[Sequence[str]], special_tokens: Sequence[str]):
        """Raises ValueError for a merge or special token that the vocabulary does not hold."""
        from tokenizers import AddedToken, decoders, models, pre_tokenizers
        from tokenizers import Tokenizer as Rust

        self.vocabulary, self.special_tokens = dict(vocabulary), tuple(special_tokens)
        pairs = [(first, second) for first, second in merges]
        needed = {*self.special_tokens, *(token for pair in pairs for token in (*pair, "".join(pair)))}
        if missing := needed - self.vocabulary.keys():
            raise ValueError(f"{len(missing)} tokens are needed but not in the vocabulary, one is {min(missing)!r}.")
        self._rust = Rust(models.BPE(vocab=self.vocabulary, merges=pairs))
        self._rust.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        self._rust.decoder = decoders.ByteLevel()
        self._rust.add_special_tokens([AddedToken(token, normalized=False) for token in self.special_tokens])
        self._rust.encode_special_tokens = True  # what is spelt like one stays text
        self._spelt = {i: token for token, i in self.vocabulary.items()}

    @classmethod
    def from_gguf(cls, file: GGUF) -> Self:
        """The one in a file's head. Raises ValueError if that holds none of this kind."""
        values = file.values
        kind = values.get("tokenizer.ggml.model"), values.get("tokenizer.ggml.pre")
        if kind != ("gpt2", "smollm"):
            raise ValueError(f"The file holds a tokenizer of the kind {kind}; here that of SmolLM is read.")
        tokens = values["tokenizer.ggml.tokens"]
        kinds = zip(tokens, values["tokenizer.ggml.token_type"], strict=True)
        merges = [merge.split(" ") for merge in values["tokenizer.ggml.merges"]]
        special = [token for token, kind in kinds if kind == SPECIAL]
        return cls({token: i for i, token in enumerate(tokens)}, merges, special)

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        return f"<Tokenizer: {len(self):,} tokens, {len(self.special_tokens)} of them special>"

    def encode(self, text: str) -> list[int]:
        """The ids of a text, none of them special. Raises ValueError for anything but a str."""
        return self._rust.encode(readable(text), add_special_tokens=False).ids

    def id(self, special: str) -> int:
        """The id of a special token, such as "<|im_end|>". Raises ValueError for anything else."""
        if special not in self.special_tokens:
            raise ValueError(f"{special!r:.60} is none of the special tokens {', '.join(self.special_tokens)}.")
        return self.vocabulary[special]

    def decode(self, token_ids: Iterable[int]) -> str:
        """The text of ids; special tokens are spelt out, and bytes that are no UTF-8 become "�".

        Raises ValueError for an id that the vocabulary does not have.
        """
        return b"".join(map(self._bytes, self.tokens(token_ids))).decode("utf-8", "replace")

    def tokens(self, token_ids: Iterable[int]) -> list[str]:
        """Each token as the vocabulary spells it. Raises ValueError as `decode`."""
        return text_of(token_ids, self._spelt)

    def spelt(self, token_id: int) -> bytes:
        """What one token stands for; nothing, if it is special. Raises ValueError as `decode`."""
        (token,) = self.tokens([token_id])
        return b"" if token in self.special_tokens else self._bytes(token)

    def _bytes(self, token: str) -> bytes:
        return token.encode() if token in self.special_tokens else bytes(BYTE_OF[letter] for letter in token)

    def to_hugging_face(self, template: str | None = None) -> PreTrainedTokenizerFast:
        """The same as transformers' class, which reads special tokens in a text; with a template of chats if given."""
        from transformers import PreTrainedTokenizerFast

        names: dict[str, Any] = {"eos_token": "<|im_end|>", "bos_token": "<|im_start|>", "pad_token": "<|im_end|>"}
        known = {role: token for role, token in names.items() if token in self.special_tokens}
        copy = type(self._rust).from_str(self._rust.to_str())
        return PreTrainedTokenizerFast(tokenizer_object=copy, chat_template=template, **known)
