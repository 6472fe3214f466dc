"""Weights of an adapted model: the shipped E5 weights with a learned low-rank change, and heads of its own.

`reader.npz` was learned from: questions on invented help pages (`evals/cases/reading`, `evals/cases/faq`;
MIT, as this project); JaQuAD (SkelterLabsInc, CC BY-SA 3.0), PolicyQA (wasiahmad, MIT), XQuAD English
(google-deepmind, CC BY-SA 4.0). `turns.npz` from: dialogues of independent writers (`evals/cases/turns`),
our own (`evals/cases/dialogues`; both MIT, as this project); NAIST persuasive dialogue corpus (CC BY-SA
4.0), megagonlabs/asdc (CC BY 4.0), awslabs MultiDoGO (CDLA-Permissive-1.0), PolyAI banking77 and nlupp (CC
BY 4.0), clinc/oos-eval (CC BY 3.0), bitext customer support (CDLA-Sharing-1.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.llm.e5_weights import Weights
from assistant.llm.input_scales import input_scales

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy import float32
    from numpy.typing import NDArray

    Floats = NDArray[float32]

#: Written by `python -m evals train reader` and `train turns`; bytes with one scale a row.
READER = Path(__file__).with_name("reader.npz")
TURNS = Path(__file__).with_name("turns.npz")
#: The heads that a file may have: of each token's state, and of the first token's.
TOKEN_HEAD, WINDOW_HEAD = "token_head", "window_head"


class AdapterWeights(Weights):
    """The packaged weights as a file of learned ones changes them; same names and shapes."""

    def __init__(self, packaged: Path, learned: Path) -> None:
        import numpy as np

        super().__init__(packaged)
        with np.load(learned, allow_pickle=False) as kept:
            self._learned = {name: kept[name] for name in kept.files}

    def matrix(self, name: str, columns: int) -> Floats:
        base = super().matrix(name, columns)
        key = name.removesuffix(".w")
        if f"{key}.up" not in self._learned:
            return base
        changed: Floats = base + self.learned(f"{key}.up") @ self.learned(f"{key}.down")
        return changed

    def floats(self, name: str) -> Floats:
        return self.learned(name) if name in self._learned else super().floats(name)

    def outputs(self, head: str) -> int:
        """How many numbers *head* gives; 0: there is no such head."""
        bias = self._learned.get(f"{head}.bias")
        return 0 if bias is None else len(bias)

    def learned(self, name: str) -> Floats:
        """A learned tensor as floats; matrices are kept as bytes with a scale a row."""
        import numpy as np

        values = self._learned[name].astype(np.float32)
        scale = self._learned.get(f"{name}.scale")
        floats: Floats = values if scale is None else values * scale[:, None].astype(np.float32)
        return floats

    def input_scales(self) -> Mapping[str, Any]:
        """The scales of the dense layers' inputs, by layer."""
        end = ".input"
        return {
            name.removesuffix(end): input_scales(steps)
            for name, steps in self._learned.items()
            if name.endswith(end)
        }
