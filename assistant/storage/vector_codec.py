"""Encodes vectors as bytes: half precision for pooled vectors, four bits a number for token vectors."""

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
    """The slots' pooled vectors as float16, concatenated: cosines change by less than 0.0005."""
    return b"".join(slot.pooled.astype("<f2").tobytes() for slot in slots)


def decode_pooled(data: bytes, dimensions: int) -> "Vectors":
    """Pooled vectors as (slots, dimensions) float32."""
    import numpy as np  # noqa: PLC0415 - most commands never read a vector

    return np.frombuffer(data, "<f2").reshape(-1, dimensions).astype(np.float32)


def encode_tokens(slots: Sequence[MultiVector]) -> bytes:
    """Each slot's shape and token vectors; numbers from -7 to 7, two to a byte."""
    return b"".join(HEAD.pack(*slot.tokens.shape) + _pack_tokens(slot.tokens) for slot in slots)


def decode_packed(data: bytes) -> "list[Packed]":
    """The packed token vectors of each slot: (tokens, dimensions / 2) uint8, two numbers to a byte."""
    import numpy as np  # noqa: PLC0415

    found, at = [], 0
    while at < len(data):
        rows, columns = HEAD.unpack_from(data, at)
        at += HEAD.size
        found.append(np.frombuffer(data, np.uint8, rows * columns // 2, at).reshape(rows, columns // 2))
        at += rows * columns // 2
    return found


def unpack_tokens(packed: "Packed") -> "Tokens":
    """Unpack (tokens, dimensions / 2) bytes to (tokens, dimensions) int8 from -8 to 7."""
    import numpy as np  # noqa: PLC0415

    pairs = np.stack([packed & 15, packed >> 4], axis=2).astype(np.int8) - 8
    return pairs.reshape(len(packed), 2 * packed.shape[1])


def _pack_tokens(tokens: "Tokens") -> bytes:
    pairs = (tokens.reshape(-1, 2) + 8).astype("u1")
    return bytes((pairs[:, 0] | pairs[:, 1] << 4).tobytes())
