"""Projects token vectors to a few 4-bit numbers, for storage and late interaction (PCA)."""

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

#: File in a model's folder: mean of its token vectors and their principal directions.
FILE = "token_space.json"
#: Four bits a number: components of a unit vector times STEPS, clipped to ±MAX_STEP. Finer steps rank no
#: better.
STEPS = 28
MAX_STEP = 7


class TokenProjection:
    """The mean of a model's token vectors and their principal directions."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        numbers = np.frombuffer(base64.b64decode(kept["int8"]), np.int8).astype(np.float32)
        self._center = np.array(kept["center"], np.float32)
        self._directions = numbers.reshape(kept["rows"], kept["columns"]) * np.float32(kept["scale"])

    def project_tokens(self, hidden: Vectors) -> Small:
        """(tokens, dimensions) float32 to (tokens, directions) int8."""
        import numpy as np

        shrunk = (_normalize_rows(hidden) - self._center) @ self._directions
        return np.clip(np.rint(_normalize_rows(shrunk) * STEPS), -MAX_STEP, MAX_STEP).astype(np.int8)


def _normalize_rows(rows: Vectors) -> Vectors:
    import numpy as np

    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit
