"""Opens the vector index that the settings name: in the data folder, at a Chroma server, in Chroma Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.app.settings import Settings

if TYPE_CHECKING:
    from assistant.knowledge.vectors.chroma_server import ChromaAccess
    from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
    from assistant.ports.clock import Clock
    from assistant.ports.models import Embedder
    from assistant.ports.storage.store import CollectionsTransaction, Database


def build_chroma_access(settings: Settings) -> ChromaAccess | None:
    """The Chroma server of the settings; None: the index is in the data folder."""
    from assistant.knowledge.vectors.chroma_server import ChromaAccess

    if settings.chroma_url is None:
        return None
    return ChromaAccess(
        url=settings.chroma_url,
        token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
    )


async def open_vectors(
    settings: Settings, database: Database[CollectionsTransaction], embedder: Embedder, clock: Clock
) -> SyncedVectorIndex:
    """The vector index of *embedder*: at the Chroma server if configured, else in the data folder."""
    from assistant.knowledge.vectors.synced_index import (
        SyncedVectorIndex,
        build_embedded_opener,
        build_lease,
        build_server_opener,
    )

    model, dimensions = embedder.name, embedder.dimensions
    name = await database.read(lambda store: store.collections.find_name(model))
    if name is None:
        name = await database.write(lambda store: store.collections.ensure_name(model))
    access = build_chroma_access(settings)
    if access is None:
        return SyncedVectorIndex(build_embedded_opener(settings.data_dir, name, dimensions))
    return SyncedVectorIndex(
        build_server_opener(access, name, dimensions), build_lease(database, model, clock)
    )
