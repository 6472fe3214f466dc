"""Between vectors and the bytes that a row keeps: halves for whole texts, four bits for tokens."""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.ports.models import MultiVector

if TYPE_CHECKING:
    from numpy import float32, int8, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Packed = NDArray[uint8]

#: Rows and columns of each slot's token vectors.
HEAD = struct.Struct("<HH")


def encode_pooled(slots: Sequence[MultiVector]) -> bytes:
    """Half precision: cosines move by less than 0.0005, and the file is half as large."""
    return b"".join(slot.pooled.astype("<f2").tobytes() for slot in slots)


def decode_pooled(data: bytes, dimensions: int) -> "Vectors":
    """One row per slot."""
    import numpy as np  # noqa: PLC0415 - most commands never read a vector

    return np.frombuffer(data, "<f2").reshape(-1, dimensions).astype(np.float32)


def encode_tokens(slots: Sequence[MultiVector]) -> bytes:
    """Numbers from -7 to 7, two to a byte."""
    return b"".join(HEAD.pack(*slot.tokens.shape) + _pack_tokens(slot.tokens) for slot in slots)


def decode_packed(data: bytes) -> "list[Packed]":
    """The token vectors of each slot as they are kept: a row per token, two numbers to a byte."""
    import numpy as np  # noqa: PLC0415

    found, at = [], 0
    while at < len(data):
        rows, columns = HEAD.unpack_from(data, at)
        at += HEAD.size
        found.append(np.frombuffer(data, np.uint8, rows * columns // 2, at).reshape(rows, columns // 2))
        at += rows * columns // 2
    return found


def unpack_tokens(packed: "Packed") -> "Tokens":
    """The numbers of token vectors, from -8 to 7."""
    import numpy as np  # noqa: PLC0415

    pairs = np.stack([packed & 15, packed >> 4], axis=2).astype(np.int8) - 8
    return pairs.reshape(len(packed), 2 * packed.shape[1])


def _pack_tokens(tokens: "Tokens") -> bytes:
    pairs = (tokens.reshape(-1, 2) + 8).astype("u1")
    return bytes((pairs[:, 0] | pairs[:, 1] << 4).tobytes())
