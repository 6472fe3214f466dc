"""Hosts from which files may be fetched, and which of them may get our credentials."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHosts:
    """Allowed hosts of files: webhooks contain arbitrary addresses, and a token must not be sent there."""

    #: Origin of the app's API, or of an operator's substitute for it.
    api: str
    #: Other hosts that get our credentials.
    trusted: tuple[str, ...] = ()
    #: Domains, with subdomains, that are called without credentials.
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
    """Scheme, host and port; None for an invalid address or one with a user name."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return None if parts.userinfo or not parts.host else (parts.scheme, parts.host, parts.port)
