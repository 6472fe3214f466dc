"""Ragged arrays: rows of different lengths in one array.

They take a hundredth of the memory and time of one array per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

    Values = NDArray[Any]
    Rows = NDArray[intp]


@dataclass(frozen=True, slots=True, eq=False)
class RaggedArray:
    """Rows concatenated in *values*; row i is ``values[starts[i]:starts[i + 1]]``."""

    values: Values
    starts: Rows

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def row_lengths(self) -> Rows:
        import numpy as np

        return np.diff(self.starts)

    def select_rows(self, rows: Rows) -> RaggedArray:
        """Some rows, in the order given."""
        import numpy as np

        lengths = self.row_lengths[rows]
        starts = _compute_starts(lengths)
        place = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return RaggedArray(self.values[place], starts)

    def compute_row_indices(self) -> Rows:
        """The row number of each value."""
        import numpy as np

        return np.repeat(np.arange(len(self)), self.row_lengths)

    def sum_rows(self, amounts: Values) -> Values:
        """Sum *amounts*, one per value, by row."""
        import numpy as np

        return np.bincount(self.compute_row_indices(), amounts, len(self))


def build_ragged(rows: Sequence[Values], kind: Any) -> RaggedArray:
    """Concatenate *rows*; *kind* is the dtype of their values."""
    import numpy as np

    lengths = np.array([len(row) for row in rows], np.intp)
    return RaggedArray(np.concatenate([np.zeros(0, kind), *rows]), _compute_starts(lengths))


def merge_ragged(parts: Sequence[RaggedArray], order: Rows) -> RaggedArray:
    """Concatenate the rows of several arrays, then permute them by *order*."""
    import numpy as np

    values = np.concatenate([part.values for part in parts])
    lengths = np.concatenate([part.row_lengths for part in parts])
    return RaggedArray(values, _compute_starts(lengths)).select_rows(order)


def _compute_starts(lengths: Rows) -> Rows:
    import numpy as np

    return np.concatenate([np.zeros(1, np.intp), np.cumsum(lengths, dtype=np.intp)])
