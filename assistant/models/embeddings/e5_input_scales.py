"""Input scales of quantised dense layers (Xiao et al., SmoothQuant, 2023).

Inputs are divided and weights multiplied by them, so that one large input does not coarsen the quantisation
of all others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray

    #: Layer -> one number per input.
    InputScales = Mapping[str, NDArray[float32]]

#: Scales of the embedding model's layers, written by `python -m evals train embedding`.
INPUT_SCALES = Path(__file__).with_name("e5_input_scales.json")
#: Steps per power of two; a scale is stored as its number of steps, in one byte.
SCALE_STEPS = 8
#: Share of an input's range that goes into the weights: of .5, .7, .8 and .9 the closest to the float model.
INPUT_SHARE = 0.7


def load_input_scales(path: Path) -> InputScales:
    """The input scales of each dense layer, by layer."""
    import numpy as np

    kept = json.loads(path.read_text(encoding="utf-8"))["layers"]
    return {
        name: compute_input_scales(np.frombuffer(base64.b64decode(text), np.int8))
        for name, text in kept.items()
    }


def compute_input_scales(steps: NDArray[int8]) -> NDArray[float32]:
    """Scales from the steps of `compute_scale_steps`."""
    import numpy as np

    scales: NDArray[float32] = np.exp2(steps / np.float32(SCALE_STEPS)).astype(np.float32)
    return scales


def compute_scale_steps(largest: NDArray[float32], matrix: NDArray[float32]) -> NDArray[int8]:
    """Input scales of a dense layer in eighths of powers of two.

    *largest* is the greatest magnitude of each input, *matrix* the weights, (outputs, inputs). Each input's
    range is split between inputs and weights; INPUT_SHARE of it goes into the weights.
    """
    import numpy as np

    weight = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    scale = np.maximum(largest, 1e-5) ** INPUT_SHARE / weight ** (1 - INPUT_SHARE)
    steps = np.log2(scale / np.exp(np.log(scale).mean())) * SCALE_STEPS
    found: NDArray[int8] = np.clip(np.rint(steps), -127, 127).astype(np.int8)
    return found
