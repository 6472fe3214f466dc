"""Servers that files may be fetched from, and which of them may have our credentials."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHosts:
    """Servers that files may be fetched from: webhooks name addresses, and a token must not follow them."""

    #: The app's own API, which may be an operator's substitute for it.
    api: str
    #: Other hosts that get our credentials.
    trusted: tuple[str, ...] = ()
    #: Hosts, and all below them, that get a call without credentials.
    plain: tuple[str, ...] = ()

    def is_allowed(self, url: str) -> bool:
        return self.is_trusted(url) or _is_on_host(url, self.plain, below=True)

    def is_trusted(self, url: str) -> bool:
        return _parse_origin(url) == _parse_origin(self.api) is not None or _is_on_host(url, self.trusted)


def _is_on_host(url: str, hosts: Sequence[str], *, below: bool = False) -> bool:
    scheme, host, port = _parse_origin(url) or ("", "", None)
    named = host in hosts or (below and host.endswith(tuple(f".{one}" for one in hosts)))
    return scheme == "https" and port in (None, 443) and named


def _parse_origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no address, or hides another one behind a user name."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return None if parts.userinfo or not parts.host else (parts.scheme, parts.host, parts.port)
