"""Opens a collection of a Chroma server, which several processes may use."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.vectors.chroma_collection import ChromaIndex, brief, collection_of, refusals

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 20.0


def open_served(url: str, name: str, dimensions: int) -> ChromaIndex:
    """The collection *name* at the server; IndexUnavailable when it does not answer."""
    try:
        client, session = _connected(url)
        try:
            return ChromaIndex(client, collection_of(client, name, dimensions), session.close)
        except refusals():
            session.close()
            raise
    except refusals() as exc:
        mend = "start it, or check ASSISTANT_CHROMA_URL"
        raise IndexUnavailable(f"The Chroma server at {url} does not answer ({brief(exc)}); {mend}.") from exc


def remove_served(url: str, name: str) -> None:
    """Remove a collection that nobody answers by any more; IndexUnavailable: the server does not answer."""
    try:
        client, session = _connected(url)
        with closing(session):
            client.delete_collection(name)
    except refusals() as exc:
        raise IndexUnavailable(f"The Chroma server at {url} does not answer ({brief(exc)}).") from exc


def _connected(url: str) -> tuple[Client, httpx.Client]:
    """The client, and what carries it: it is not closed with it."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    # Chroma's client waits for ever; a server that is there but does not answer is found out here.
    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=_patience(), trust_env=False).raise_for_status()
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
    # It has a connection of its own, of which only the opening has use.
    admin._server._session.close()
    server: Any = client._server
    session: httpx.Client = server._session
    session.timeout = _patience()
    # An answer that Chroma's client has no error for becomes a plain Exception there.
    session.event_hooks = {"response": [_refuse]}
    return client, session


def _refuse(response: httpx.Response) -> None:
    if response.status_code >= 500:
        response.raise_for_status()


def _patience() -> httpx.Timeout:
    import httpx

    return httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
