"""Between vectors and the bytes that a row keeps: halves for whole texts, four bits for tokens."""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.ports import Fine

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]

#: Rows and columns of each slot's token vectors.
HEAD = struct.Struct("<HH")


def whole_bytes(slots: Sequence[Fine]) -> bytes:
    """Half precision: cosines move by less than 0.0005, and the file is half as large."""
    return b"".join(slot.whole.astype("<f2").tobytes() for slot in slots)


def whole_from(data: bytes, dimensions: int) -> "Vectors":
    """One row per slot."""
    import numpy as np  # noqa: PLC0415 - most commands never read a vector

    return np.frombuffer(data, "<f2").reshape(-1, dimensions).astype(np.float32)


def token_bytes(slots: Sequence[Fine]) -> bytes:
    """Numbers from -7 to 7, two to a byte."""
    return b"".join(HEAD.pack(*slot.tokens.shape) + _packed(slot.tokens) for slot in slots)


def tokens_from(data: bytes) -> "list[Tokens]":
    """The token vectors of each slot."""
    import numpy as np  # noqa: PLC0415

    pairs = np.arange(256)
    numbers = np.stack([pairs & 15, pairs >> 4], axis=1).astype(np.int8) - 8
    found, at = [], 0
    while at < len(data):
        rows, columns = HEAD.unpack_from(data, at)
        at += HEAD.size
        packed = np.frombuffer(data, np.uint8, rows * columns // 2, at)
        at += len(packed)
        found.append(numbers[packed].reshape(rows, columns))
    return found


def _packed(tokens: "Tokens") -> bytes:
    pairs = (tokens.reshape(-1, 2) + 8).astype("u1")
    return bytes((pairs[:, 0] | pairs[:, 1] << 4).tobytes())
