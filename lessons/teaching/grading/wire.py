"""What the checker and a student's process say to each other: a JSON header and the raw bytes of the arrays.

Nothing here is pickled, so nothing that arrives can run. A frame is two lengths (8 bytes each, little-endian), a JSON
tree and a block of numbers. Numbers, strings, lists, tuples, dictionaries, arrays and tensors pass as what they are;
anything else becomes its type's name and a short text (`Opaque`). Whatever does not fit these rules raises WireError.

Functions travel one way only, from the checker to the student's process, for exercises that take a function as an
argument: by name if they are a library's, else as their source. They are inputs and hold no solution.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import struct
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

LONGEST_FRAME = 16_000_000  # bytes of a header or of a block of numbers
DEEPEST = 50
MOST_VALUES = 200_000
LONGEST_INTEGER = 4_096  # bits
COLLIDING = 50  # keys of one hash that a dictionary may hold
DTYPES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
WHOLE = ("bool", "int8", "int16", "int32", "int64", "uint8")
TENSORS = (*WHOLE, "float16", "float32", "float64", "complex64", "complex128", "bfloat16")
LIBRARIES = ("torch", "torch.nn.functional", "numpy", "math", "builtins")
LENGTHS = struct.Struct("<QQ")


class WireError(ValueError):
    """A frame that does not follow the rules, or a value that cannot be sent."""


class Opaque:
    """Stands for a value that does not travel; its class has the name of the value's type, its repr the value's."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def opaque(type_name: str, text: str) -> Opaque:
    """A stand-in of this type's name."""
    return type(type_name if type_name.isidentifier() else "object", (Opaque,), {})(text)


# --- writing ----------------------------------------------------------------------------------------------------------


@dataclass
class _Writer:
    functions: bool = False
    blocks: list[bytes] = field(default_factory=list)
    size: int = 0
    values: int = 0

    def tree(self, value: Any, depth: int = 0) -> Any:
        """The JSON form of a value; arrays go to the block."""
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST:
            return _other("object", "a value of too many parts")
        try:
            return self._tree(value, depth)
        except WireError:
            raise
        except Exception as error:  # a value whose own methods fail
            return _other(type(value).__name__, f"a value that cannot be shown ({type(error).__name__})")

    def _tree(self, value: Any, depth: int) -> Any:
        if value is None or value is True or value is False:
            return value
        if value is ...:
            return {"t": "ellipsis"}
        if isinstance(value, np.generic):
            return self._scalar(value)
        if isinstance(value, str):
            return str.__str__(value)[:1_000_000]
        if isinstance(value, int):
            plain = int.__int__(value)
            return plain if abs(plain) < 2**63 else self._long(plain)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, complex):
            return {"t": "complex", "v": [value.real, value.imag]}
        if isinstance(value, list | tuple):
            items = list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)
            kind = "list" if isinstance(value, list) else "tuple"
            return {"t": kind, "v": [self.tree(item, depth + 1) for item in items]}
        if isinstance(value, dict):
            pairs = [[self.tree(key, depth + 1), self.tree(item, depth + 1)] for key, item in dict.items(value)]
            return {"t": "dict", "v": pairs}
        if isinstance(value, np.ndarray):
            return self._array("array", np.asarray(value))
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(torch, value)
        if self.functions and callable(value):
            return self._function(value, depth)
        return _other(type(value).__name__, _text(value))

    def _scalar(self, value: np.generic) -> Any:
        if isinstance(value, np.str_):
            return {"t": "npstr", "v": str.__str__(value)[:1_000_000]}
        return self._array("scalar", np.asarray(value))

    def _long(self, value: int) -> Any:
        if value.bit_length() > LONGEST_INTEGER:
            return _other("int", f"an integer of {value.bit_length()} bits")
        return {"t": "int", "v": hex(value)}

    def _tensor(self, torch: Any, value: Any) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        if name not in TENSORS:
            return _other("Tensor", _text(value))
        numbers = plain.view(torch.int16).numpy() if name == "bfloat16" else plain.numpy()
        tree = self._array("tensor", numbers)
        return tree | {"dtype": name, "grad": bool(value.requires_grad)} if tree["t"] == "tensor" else tree

    def _array(self, kind: str, array: np.ndarray) -> Any:
        code = array.dtype.str.lstrip("<>|=")
        if code not in DTYPES:
            return _other("ndarray", f"an array of {array.dtype}, of shape {array.shape}")
        if self.size + array.nbytes > LONGEST_FRAME:
            return _other("ndarray", f"an array of shape {array.shape}, too large to be sent")
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        at, self.size = self.size, self.size + len(raw)
        self.blocks.append(raw)
        return {"t": kind, "code": code, "shape": list(array.shape), "at": at}

    def _function(self, function: Callable[..., Any], depth: int) -> dict[str, Any]:
        """A function as a library's name, or as its source and what it uses. Raises WireError for any other."""
        name = getattr(function, "__name__", "")
        for library in LIBRARIES:
            if library in sys.modules and getattr(sys.modules[library], name, None) is function:
                return {"t": "library", "module": library, "name": name}
        from lessons.tutor.definition import imports_for

        if not inspect.isfunction(function) or name == "<lambda>":
            raise WireError(f"{function!r} cannot be sent: write it as a function with a name.")
        source = "\n".join([*imports_for(function), textwrap.dedent(inspect.getsource(function))])
        used = inspect.getclosurevars(function)
        given = {key: value for key, value in used.globals.items() if inspect.isfunction(value)} | dict(used.nonlocals)
        given = {key: value for key, value in given.items() if value is not function}
        pairs = [[key, self.tree(value, depth + 1)] for key, value in given.items()]
        source = f"from __future__ import annotations\n{source}"
        return {"t": "function", "name": name, "source": source, "given": pairs}


def _other(type_name: str, text: str) -> dict[str, str]:
    return {"t": "other", "type": type_name[:80], "v": text[:400]}


def _text(value: Any) -> str:
    """A short text for any value, whatever its own methods do."""
    try:
        return f"{value!r}"[:400]
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"


def pack(value: Any, functions: bool = False) -> bytes:
    """A value as one frame. `functions` allows functions, as the checker sends them. Raises WireError."""
    writer = _Writer(functions)
    header = json.dumps(writer.tree(value)).encode("ascii")
    if len(header) > LONGEST_FRAME:
        raise WireError("The value is too large to be sent.")
    return LENGTHS.pack(len(header), writer.size) + header + b"".join(writer.blocks)


# --- reading ----------------------------------------------------------------------------------------------------------


def read(descriptor: int, longest: int = LONGEST_FRAME) -> bytes | None:
    """The next frame from a file descriptor, or None at its end. Raises WireError for one that is too long or cut."""
    lengths = _exactly(descriptor, LENGTHS.size)
    if not lengths:
        return None
    header, block = LENGTHS.unpack(lengths)
    if max(header, block) > longest:
        raise WireError("A frame is too long.")
    body = _exactly(descriptor, header + block)
    if len(body) < header + block:
        raise WireError("A frame ends too early.")
    return lengths + body


def write(descriptor: int, frame: bytes) -> None:
    """All of a frame into a file descriptor."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def message(tree: dict[str, Any], block: bytes = b"") -> bytes:
    """A frame of plain JSON and raw bytes, between two processes of ours."""
    header = json.dumps(tree).encode("ascii")
    return LENGTHS.pack(len(header), len(block)) + header + block


def opened(frame: bytes) -> tuple[dict[str, Any], bytes]:
    """What is in a message."""
    header, _ = LENGTHS.unpack_from(frame)
    return json.loads(frame[LENGTHS.size : LENGTHS.size + header]), frame[LENGTHS.size + header :]


def _exactly(descriptor: int, wanted: int) -> bytes:
    """So many bytes, or fewer at the end of the file."""
    parts = bytearray()
    while len(parts) < wanted and (part := os.read(descriptor, min(wanted - len(parts), 1 << 20))):
        parts += part
    return bytes(parts)


def unpack(frame: bytes, functions: bool = False) -> Any:
    """The value in a frame. Raises WireError for anything that does not follow the rules.

    `functions` lets the frame define functions: only for what the checker itself has sent.
    """
    try:
        header, block = LENGTHS.unpack_from(frame)
        body = memoryview(frame)[LENGTHS.size :]
        if len(body) != header + block:
            raise WireError("A frame has the wrong length.")
        tree = json.loads(bytes(body[:header]))
        return _Reader(bytes(body[header:]), functions).value(tree)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, struct.error) as error:
        raise WireError(f"A frame cannot be read ({type(error).__name__}: {error}).") from None


def _mapping(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """A dictionary, unless its keys were chosen to collide: then each look-up would be a search through all."""
    hashes = sorted(hash(key) for key, _ in pairs)
    if any(hashes[place] == hashes[place - COLLIDING] for place in range(COLLIDING, len(hashes))):
        raise WireError("A dictionary of colliding keys.")
    return dict(pairs)


@dataclass
class _Reader:
    block: bytes
    functions: bool
    used: int = 0  # bytes of numbers handed out: a forged header may name the same bytes many times

    def value(self, tree: Any, depth: int = 0) -> Any:
        if depth > DEEPEST + 5:
            raise WireError("A value is nested too deeply.")
        if not isinstance(tree, dict):
            if isinstance(tree, list):
                raise WireError("A list without a type.")
            return tree
        kind, inner = tree["t"], tree.get("v", ())
        match kind:
            case "list" | "tuple":
                items = [self.value(item, depth + 1) for item in inner]
                return items if kind == "list" else tuple(items)
            case "dict":
                return _mapping([(self.value(key, depth + 1), self.value(item, depth + 1)) for key, item in inner])
            case "array" | "scalar" | "tensor":
                return self._array(kind, tree)
            case "ellipsis":
                return ...
            case "complex":
                return complex(float(inner[0]), float(inner[1]))
            case "int":
                return int(str(inner)[: LONGEST_INTEGER // 4 + 4], 16)
            case "npstr":
                return np.str_(inner)
            case "other":
                return opaque(str(tree["type"])[:80], str(inner)[:400])
            case "library" if self.functions and tree["module"] in LIBRARIES:
                return getattr(importlib.import_module(tree["module"]), tree["name"])
            case "function" if self.functions:
                space = {name: self.value(given, depth + 1) for name, given in tree["given"]}
                exec(tree["source"], space)
                return space[tree["name"]]
        raise WireError(f"A value of the unknown kind {str(kind)[:40]!r}.")

    def _array(self, kind: str, tree: dict[str, Any]) -> Any:
        code, at, shape = tree["code"], tree["at"], tuple(tree["shape"])
        if code not in DTYPES or len(shape) > 32:
            raise WireError("An array of an unknown type.")
        if any(type(n) is not int or n < 0 for n in (*shape, at)):
            raise WireError("An array of an odd shape.")
        dtype = np.dtype(f"<{code}")
        size = dtype.itemsize
        for length in shape:  # Python's integers do not overflow
            size *= length
        self.used += size
        if at + size > len(self.block) or self.used > LONGEST_FRAME:
            raise WireError("An array reaches beyond the frame.")
        array = np.frombuffer(self.block, dtype, size // dtype.itemsize, at).reshape(shape)
        array = array.astype(dtype.newbyteorder("="))  # a copy that can be written to
        if kind == "scalar":
            return array[()]
        return array if kind == "array" else self._tensor(array, tree)

    def _tensor(self, array: np.ndarray, tree: dict[str, Any]) -> Any:
        import torch

        name = tree["dtype"]
        if name not in TENSORS:
            raise WireError("A tensor of an unknown type.")
        tensor = torch.from_numpy(array)
        if name == "bfloat16":
            return tensor.view(torch.bfloat16)
        if str(tensor.dtype) != f"torch.{name}":
            raise WireError("A tensor whose numbers are of another type.")
        return tensor.requires_grad_(bool(tree["grad"]) and (tensor.is_floating_point() or tensor.is_complex()))
