"""Opens the vector index: Chroma, or the exact one in memory where Chroma cannot be had."""

from __future__ import annotations

from pathlib import Path

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.exact import ExactIndex
from assistant.ports import VectorIndex

FOLDER = "index"


def open_index(data_dir: Path, model: str) -> VectorIndex:
    """The index for vectors of *model*."""
    from assistant.knowledge.chroma import ChromaIndex

    try:
        return ChromaIndex(data_dir / FOLDER, model)
    except IndexUnavailable as exc:
        return ExactIndex(str(exc))
