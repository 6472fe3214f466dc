"""Builds the embedding model that a setting names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.errors import SetupError
from assistant.domain.turns import TextEmbedding
from assistant.ports.models import Embedder

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from assistant.models.embeddings.e5_onnx_export import Progress

LOCAL = "local"
OPENAI = "openai:"


def build_embedder(
    spec: str,
    models: Path,
    *,
    openai: AsyncOpenAI | None = None,
    progress: Progress | None = None,
) -> Embedder:
    """The embedder for ``local``, ``openai:NAME`` or a folder; the first use of ``local`` prepares it.

    *progress* is called with (steps done, steps in all) while the local model is prepared.
    """
    if spec.startswith(OPENAI):
        from assistant.models.embeddings.openai import OpenAIEmbedder

        if openai is None:
            raise SetupError(f"ASSISTANT_EMBEDDINGS={spec} needs OPENAI_API_KEY or OPENAI_BASE_URL.")
        return OpenAIEmbedder(openai, spec.removeprefix(OPENAI))

    from assistant.models.embeddings.onnx import open_embedder

    if spec == LOCAL:
        from assistant.models.embeddings.e5_cache import prepare_e5

        return open_embedder(prepare_e5(models, progress))
    folder = Path(spec)
    if not folder.is_dir():
        raise SetupError(
            f"ASSISTANT_EMBEDDINGS={spec} is no folder; set it to local, openai:NAME or a model's folder."
        )
    return open_embedder(folder)


async def compute_meaning(embedder: Embedder, text: str) -> TextEmbedding:
    """The pooled vector of *text* as a question, (dimensions,)."""
    return TextEmbedding((await embedder.embed_query(text)).tolist())
