"""Shrinks a model's vector of each token to a few small numbers that can be kept and compared."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Small = NDArray[int8]

#: In a model's folder: the middle of its token vectors and their principal directions.
FILE = "token_space.json"
#: Four bits a number: a unit vector's numbers times STEPS, cut at ±MOST. Finer steps rank no better.
STEPS = 28
MAX_STEP = 7


class TokenProjection:
    """The middle of a model's token vectors and the directions in which they differ most."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        numbers = np.frombuffer(base64.b64decode(kept["int8"]), np.int8).astype(np.float32)
        self._center = np.array(kept["center"], np.float32)
        self._directions = numbers.reshape(kept["rows"], kept["columns"]) * np.float32(kept["scale"])

    def project_tokens(self, hidden: Vectors) -> Small:
        """One row per token."""
        import numpy as np

        shrunk = (_normalize_rows(hidden) - self._center) @ self._directions
        return np.clip(np.rint(_normalize_rows(shrunk) * STEPS), -MAX_STEP, MAX_STEP).astype(np.int8)


def _normalize_rows(rows: Vectors) -> Vectors:
    import numpy as np

    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit
