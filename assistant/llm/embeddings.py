"""Chooses the embedding model that a setting names; the models are in the files beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.errors import SetupError
from assistant.domain.turns import Meaning
from assistant.ports import Embedder

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from assistant.llm.e5_graph import Progress

LOCAL = "local"
OPENAI = "openai:"


def make_embedder(
    spec: str,
    models: Path,
    *,
    openai: AsyncOpenAI | None = None,
    progress: Progress | None = None,
) -> Embedder:
    """The embedder for ``local``, ``openai:NAME`` or a folder; the first use of ``local`` prepares it.

    *progress* is told (steps done, steps in all) while the local model is made.
    """
    if spec.startswith(OPENAI):
        from assistant.llm.embeddings_openai import OpenAIEmbedder

        if openai is None:
            raise SetupError(f"ASSISTANT_EMBEDDINGS={spec} needs OPENAI_API_KEY or OPENAI_BASE_URL.")
        return OpenAIEmbedder(openai, spec.removeprefix(OPENAI))

    from assistant.llm.embeddings_onnx import opened

    if spec == LOCAL:
        from assistant.llm.e5_model import prepared_e5

        return opened(prepared_e5(models, progress))
    folder = Path(spec)
    if not folder.is_dir():
        raise SetupError(
            f"ASSISTANT_EMBEDDINGS={spec} is no folder; set it to local, openai:NAME or a model's folder."
        )
    return opened(folder)


async def meant(embedder: Embedder, text: str) -> Meaning:
    """What *text* says."""
    return Meaning((await embedder.query(text)).tolist())
