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

from assistant.domain.errors import SetupError
from assistant.models.embeddings.e5_input_scales import compute_input_scales
from assistant.models.embeddings.e5_weights import E5Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy import float32
    from numpy.typing import NDArray

    Floats = NDArray[float32]

#: Written by `python -m evals train reader` and `train turns`; int8 matrices with one scale per row.
READER = Path(__file__).with_name("reader.npz")
TURNS = Path(__file__).with_name("turns.npz")
#: The heads that a file may have: of each token's state, and of the first token's.
TOKEN_HEAD = "token_head"
WINDOW_HEAD = "window_head"


class AdapterWeights(E5Weights):
    """The packaged weights with the learned changes of a file applied; same names and shapes."""

    def __init__(self, packaged: Path, learned: Path) -> None:
        """SetupError when *learned* cannot be read or holds no numbers."""
        super().__init__(packaged)
        self._learned = load_learned_tensors(learned)

    def read_matrix(self, name: str, columns: int) -> Floats:
        base = super().read_matrix(name, columns)
        key = name.removesuffix(".w")
        if f"{key}.up" not in self._learned:
            return base
        changed: Floats = base + self.read_learned(f"{key}.up") @ self.read_learned(f"{key}.down")
        return changed

    def read_floats(self, name: str) -> Floats:
        return self.read_learned(name) if name in self._learned else super().read_floats(name)

    def count_outputs(self, head: str) -> int:
        """The number of outputs of *head*; 0 when there is no such head."""
        bias = self._learned.get(f"{head}.bias")
        return 0 if bias is None else len(bias)

    def read_learned(self, name: str) -> Floats:
        """A learned tensor as float32; matrices are stored as int8 with one scale per row."""
        import numpy as np

        values = self._learned[name].astype(np.float32)
        scale = self._learned.get(f"{name}.scale")
        floats: Floats = values if scale is None else values * scale[:, None].astype(np.float32)
        return floats

    def read_input_scales(self) -> Mapping[str, Any]:
        """The input scales of the dense layers, by layer."""
        end = ".input"
        return {
            name.removesuffix(end): compute_input_scales(steps)
            for name, steps in self._learned.items()
            if name.endswith(end)
        }


def load_learned_tensors(path: Path) -> dict[str, Any]:
    """Name -> tensor of a file of learned changes; SetupError when it is missing or damaged."""
    from zipfile import BadZipFile, is_zipfile

    import numpy as np

    if not is_zipfile(path):
        raise SetupError(f"{path} is missing or cut off; install the package again.")
    try:
        with np.load(path, allow_pickle=False) as kept:
            learned = {name: kept[name] for name in kept.files}
    except (BadZipFile, OSError, ValueError, KeyError, EOFError) as exc:
        raise SetupError(f"{path} cannot be read ({exc}); install the package again.") from exc
    if not all(np.isfinite(values).all() for values in learned.values() if values.dtype.kind == "f"):
        raise SetupError(f"{path} is damaged; install the package again.")
    return learned
