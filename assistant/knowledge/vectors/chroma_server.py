"""Opens a collection of a Chroma server, which several processes can share."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.vectors.chroma_collection import (
    ChromaIndex,
    chroma_error_types,
    format_error,
    open_collection,
)

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 20.0


def open_server_collection(url: str, name: str, dimensions: int) -> ChromaIndex:
    """The collection *name* at the server; IndexUnavailable when the server does not answer."""
    try:
        client, session = _connect_client(url)
        try:
            return ChromaIndex(client, open_collection(client, name, dimensions), session.close)
        except chroma_error_types():
            session.close()
            raise
    except chroma_error_types() as exc:
        remedy = "start it, or check ASSISTANT_CHROMA_URL"
        raise IndexUnavailable(
            f"The Chroma server at {url} does not answer ({format_error(exc)}); {remedy}."
        ) from exc


def remove_server_collection(url: str, name: str) -> None:
    """Remove a collection that is no longer used; IndexUnavailable: the server does not answer."""
    try:
        client, session = _connect_client(url)
        with closing(session):
            client.delete_collection(name)
    except chroma_error_types() as exc:
        raise IndexUnavailable(f"The Chroma server at {url} does not answer ({format_error(exc)}).") from exc


def _connect_client(url: str) -> tuple[Client, httpx.Client]:
    """The client and its HTTP client, which must be closed separately."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    # Chroma's client has no timeout: set one for a server that accepts connections but does not answer.
    httpx.get(
        f"{url.rstrip('/')}/api/v2/heartbeat", timeout=_build_timeout(), trust_env=False
    ).raise_for_status()
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    opened = chromadb.HttpClient(
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 80),
        ssl=secure,
        settings=Settings(anonymized_telemetry=False),
    )
    client = cast("Client", opened)
    admin: Any = client._admin_client
    # It has a connection of its own that is used only for opening.
    admin._server._session.close()
    server: Any = client._server
    session: httpx.Client = server._session
    session.timeout = _build_timeout()
    # Chroma's client raises a plain Exception for responses that it has no error class for.
    session.event_hooks = {"response": [_raise_for_server_error]}
    return client, session


def _raise_for_server_error(response: httpx.Response) -> None:
    if response.status_code >= 500:
        response.raise_for_status()


def _build_timeout() -> httpx.Timeout:
    import httpx

    return httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
