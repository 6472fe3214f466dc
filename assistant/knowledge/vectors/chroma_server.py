"""Opens a collection of a Chroma server or of Chroma Cloud, which several processes can share."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
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
    from chromadb.config import Settings

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 20.0
#: Of servers without tenants, and what a server has when it is new.
DEFAULT_TENANT = "default_tenant"
DEFAULT_DATABASE = "default_database"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaAccess:
    """Where a Chroma server is, and what it asks for."""

    url: str
    #: Sent as `X-Chroma-Token`; Chroma Cloud calls it API key.
    token: str | None = field(default=None, repr=False)
    #: Unset: those of the token, or a new server's own.
    tenant: str | None = None
    database: str | None = None


def open_server_collection(access: ChromaAccess, name: str, dimensions: int) -> ChromaIndex:
    """The collection *name* at the server; IndexUnavailable when the server does not answer."""
    try:
        client, session = _connect_client(access)
        try:
            return ChromaIndex(client, open_collection(client, name, dimensions), session.close)
        except chroma_error_types():
            session.close()
            raise
    except chroma_error_types() as exc:
        remedy = "start it, or check ASSISTANT_CHROMA_URL"
        if access.token is not None:
            remedy += ", ASSISTANT_CHROMA_TOKEN, _TENANT and _DATABASE"
        raise IndexUnavailable(
            f"The Chroma server at {access.url} does not answer ({format_error(exc)}); {remedy}."
        ) from exc


def remove_server_collection(access: ChromaAccess, name: str) -> None:
    """Remove a collection that is no longer used; IndexUnavailable: the server does not answer."""
    try:
        client, session = _connect_client(access)
        with closing(session):
            client.delete_collection(name)
    except chroma_error_types() as exc:
        raise IndexUnavailable(
            f"The Chroma server at {access.url} does not answer ({format_error(exc)})."
        ) from exc


def _connect_client(access: ChromaAccess) -> tuple[Client, httpx.Client]:
    """The client and its HTTP client, which must be closed separately."""
    import chromadb
    import httpx

    # Chroma's client has no timeout: set one for a server that accepts connections but does not answer.
    httpx.get(
        f"{access.url.rstrip('/')}/api/v2/heartbeat", timeout=_build_timeout(), trust_env=False
    ).raise_for_status()
    parts = urlsplit(access.url)
    secure = parts.scheme == "https"
    opened = chromadb.HttpClient(
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 80),
        ssl=secure,
        settings=_build_client_settings(access),
        tenant=access.tenant or DEFAULT_TENANT,
        database=access.database or DEFAULT_DATABASE,
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


def _build_client_settings(access: ChromaAccess) -> Settings:
    from chromadb.auth.token_authn import TokenTransportHeader
    from chromadb.config import Settings

    if access.token is None:
        return Settings(anonymized_telemetry=False)
    return Settings(
        anonymized_telemetry=False,
        chroma_client_auth_provider="chromadb.auth.token_authn.TokenAuthClientProvider",
        chroma_client_auth_credentials=access.token,
        chroma_auth_token_transport_header=TokenTransportHeader.X_CHROMA_TOKEN,
        # Where tenant or database are left out, the server says which the token belongs to.
        chroma_overwrite_singleton_tenant_database_access_from_auth=not (access.tenant and access.database),
    )


def _raise_for_server_error(response: httpx.Response) -> None:
    if response.status_code >= 500:
        response.raise_for_status()


def _build_timeout() -> httpx.Timeout:
    import httpx

    return httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
