"""Opens the embedding model of the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.app.settings import Settings
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from assistant.ports.models import Embedder

ProgressCallback = Callable[[int, int], None]


def open_embedder(settings: Settings, progress: ProgressCallback | None = None) -> Embedder:
    from assistant.models.embeddings.factory import OPENAI, build_embedder

    client = _build_openai_client(settings) if settings.embeddings.startswith(OPENAI) else None
    return build_embedder(settings.embeddings, settings.models_dir, openai=client, progress=progress)


def prepare_models(settings: Settings, progress: ProgressCallback | None = None) -> None:
    """Build what the local model is read with; the first search would do it otherwise."""
    from assistant.models.embeddings.adapter_weights import READER, TURNS
    from assistant.models.embeddings.e5_cache import prepare_adapter, prepare_e5
    from assistant.models.embeddings.factory import LOCAL

    if settings.embeddings == LOCAL:
        folder = prepare_e5(settings.models_dir, progress)
        for weights in (READER, TURNS):
            prepare_adapter(folder, weights)


def _build_openai_client(settings: Settings) -> Any:
    from openai import AsyncOpenAI

    if not settings.openai_api_key and not settings.openai_base_url:
        raise SetupError(f"ASSISTANT_EMBEDDINGS={settings.embeddings} needs OPENAI_API_KEY.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return AsyncOpenAI(api_key=key, base_url=settings.openai_base_url, timeout=30, max_retries=1)
