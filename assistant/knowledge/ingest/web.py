"""Fetches web pages with protection against SSRF, because an address may lead anywhere.

http and https only; every address a name resolves to must be public; the connection goes to the address that
was checked (the name stays in Host and TLS), and each redirect is checked anew. `ASSISTANT_INGEST_PRIVATE=1`
lifts the network and port rules, for an intranet's help centre.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx

from assistant.knowledge.ingest.addresses import resolve_public_addresses
from assistant.knowledge.ingest.files import KINDS
from assistant.knowledge.loaders import Unreadable

MAX_PAGE_BYTES = 10_000_000
SECONDS = 30.0
MAX_REDIRECTS = 5
PORTS = {80, 443}
MAX_PORT = 65_535
HEADERS = {"User-Agent": "Yorisoi-ingest/1", "Accept": "*/*", "Accept-Encoding": "identity"}

NOINDEX = re.compile(r"\b(?:noindex|none)\b", re.IGNORECASE)
LOGIN = re.compile(r"/(?:log-?in|sign-?in|sso|auth|oauth2?|saml2?|session/new|authorize)\b", re.IGNORECASE)

#: Content types that are read -> the suffix whose loader reads them.
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
#: Generic content types; the address's suffix decides.
VAGUE = {"text/plain": ".txt", "application/octet-stream": "", "binary/octet-stream": "", "": ""}
SITEMAP_TYPES = {"application/xml", "text/xml", "application/gzip", "application/x-gzip"}
BY_ADDRESS = {".md", ".markdown", ".txt", ".csv", ".pdf", ".docx", ".xlsx", ".html", ".htm", ".xml", ".gz"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResponse:
    """A response within all limits."""

    #: The final address after redirects.
    address: str
    #: Suffix of the loader that reads it; ``.xml`` for a sitemap.
    suffix: str
    #: Text is converted to UTF-8, whatever the server sent.
    content: bytes
    version: str
    #: The header that withholds it from customers, or empty.
    withheld: str = ""


@dataclass(slots=True, kw_only=True)
class WebPage:
    """A page to read; response headers are known once its content is fetched."""

    location: str
    #: The address that the operator named: this page, or the sitemap that lists it.
    source: str
    web: "WebClient"
    suffix: str = ".html"
    version: str = ""
    url: str | None = None
    withheld: str = ""
    _fetched: WebResponse | None = field(default=None, repr=False)

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(httpx.URL(self.location).path.strip("/").split("/")[:-1])

    def generate_ids(self) -> Iterator[str]:
        yield self.location

    async def read_content(self, version: str) -> bytes | None:
        """Its bytes; None when the server reports that the given version is current."""
        response = self._fetched or await self.web.fetch_address(self.location, version)
        self._fetched = None
        if response is None:
            return None
        if response.suffix == ".xml":
            raise Unreadable(f"it is XML, not an article; give {KINDS}")
        self.suffix, self.version, self.url = response.suffix, response.version, response.address
        self.withheld = response.withheld
        return response.content


class WebClient:
    """A web client for untrusted addresses."""

    def __init__(self, *, allow_private: bool = False, seconds: float = SECONDS) -> None:
        self._allow_private = allow_private
        self._seconds = seconds
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def fetch_address(self, address: str, version: str = "") -> WebResponse | None:
        """The response at the address; None when the given version is current; Unreadable with the reason."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow_redirects(address, version)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise Unreadable("the server takes too long to answer; try again later") from exc
        except httpx.RemoteProtocolError as exc:
            raise Unreadable("the server does not answer as a web server should; check the address") from exc
        except httpx.HTTPError as exc:
            if "CERTIFICATE" in str(exc):
                raise Unreadable(
                    "its certificate is not accepted; renew it, or trust its authority here"
                ) from exc
            raise Unreadable(f"the server cannot be reached ({type(exc).__name__}); try again later") from exc

    async def _follow_redirects(self, address: str, version: str) -> WebResponse | None:
        for _ in range(MAX_REDIRECTS + 1):
            url = parse_allowed_url(address, any_port=self._allow_private)
            async with self._send_request(url, version) as response:
                if response.status_code == HTTPStatus.NOT_MODIFIED and version:
                    return None
                if not response.has_redirect_location:
                    return await _read_response(response, str(url))
                address = str(url.join(response.headers["location"]))
                _refuse_detour(url, httpx.URL(address))
        raise Unreadable(f"it redirects more than {MAX_REDIRECTS} times; give the final address")

    @asynccontextmanager
    async def _send_request(self, url: httpx.URL, version: str) -> AsyncIterator[httpx.Response]:
        """Send one request to an address that was checked."""
        addresses = await resolve_public_addresses(
            url.host, _get_port(url), allow_private=self._allow_private
        )
        request = self._http_client.build_request(
            "GET",
            url.copy_with(host=addresses[0]),
            headers={"Host": url.netloc.decode("ascii"), **_build_condition_header(version)},
            extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": _build_timeout()},
        )
        response = await self._http_client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()
            self._http_client.cookies.clear()

    @property
    def _http_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=_build_ssl_context(),
                # No proxy from the environment: it would resolve names by itself, unchecked.
                trust_env=False,
                # No keep-alive: a kept connection was checked for another name that shares the address.
                limits=httpx.Limits(max_keepalive_connections=0),
                headers=HEADERS,
            )
        return self._client


def _refuse_detour(asked: httpx.URL, led: httpx.URL) -> None:
    """Refuse redirects to the home page or a login page, by which servers report missing pages."""
    if LOGIN.search(led.path) and not LOGIN.search(asked.path):
        raise Unreadable("it leads to a login page; give a public page")
    if led.path == "/" and not led.query and asked.path.count("/") > 1 and asked.host == led.host:
        raise Unreadable("it leads to the site's start page, the page may be gone; check the address")


def parse_allowed_url(address: str, *, any_port: bool) -> httpx.URL:
    """The parsed address, or Unreadable when it must not be fetched."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise Unreadable("it is not a valid web address; check the spelling") from exc
    if url.scheme not in ("http", "https") or not url.host:
        raise Unreadable("only http and https addresses are read")
    if url.port is not None and not 0 < url.port <= MAX_PORT:
        raise Unreadable(f"ports are 1 to {MAX_PORT}; check the address")
    if url.userinfo:
        raise Unreadable("it carries a user name or password; give it without")
    if not any_port and _get_port(url) not in PORTS:
        raise Unreadable(
            f"port {_get_port(url)} is refused, a web page is on 80 or 443; "
            "set ASSISTANT_INGEST_PRIVATE=1 to allow it"
        )
    return url


async def _read_response(response: httpx.Response, address: str) -> WebResponse:
    if response.status_code != HTTPStatus.OK:
        raise Unreadable(_explain_status(response.status_code))
    if response.headers.get("content-encoding", "identity") not in ("identity", "gzip", "deflate"):
        raise Unreadable("the server packs it in a way that is not read")
    suffix = _detect_suffix(response, address)
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > MAX_PAGE_BYTES:
            raise Unreadable(f"it has more than {MAX_PAGE_BYTES // 1_000_000} MB; give a smaller page")
    version = _parse_version(response)
    return WebResponse(
        address=address,
        suffix=suffix,
        content=_convert_to_utf8(bytes(content), response, suffix),
        version=version,
        withheld="X-Robots-Tag: noindex" if NOINDEX.search(response.headers.get("x-robots-tag", "")) else "",
    )


def _detect_suffix(response: httpx.Response, address: str) -> str:
    stated = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    path = httpx.URL(address).path
    named = "." + path.rpartition("/")[2].rpartition(".")[2].lower()
    if stated in SUFFIXES:
        return SUFFIXES[stated]
    if stated in SITEMAP_TYPES:
        return ".xml"
    if stated in VAGUE and (suffix := named if named in BY_ADDRESS else VAGUE[stated]):
        return {".gz": ".xml", ".htm": ".html", ".markdown": ".md"}.get(suffix, suffix)
    raise Unreadable(f"a page of type {stated[:60] or 'unknown'} cannot be read; give {KINDS}")


def _convert_to_utf8(content: bytes, response: httpx.Response, suffix: str) -> bytes:
    """Text in the encoding that the server states, as UTF-8 with BOM so that nothing guesses it again."""
    stated = response.charset_encoding
    if stated is None or suffix in (".pdf", ".docx", ".xlsx", ".xml"):
        return content
    try:
        return content.decode(stated).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return content


def _explain_status(status: int) -> str:
    try:
        answer = f"the server answers {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"the server answers {status}; check the address"
    if status in (401, 403):
        return f"{answer}; it needs a login, give a public page"
    return f"{answer}; " + ("try again later" if status == 429 or status >= 500 else "check the address")


def _build_condition_header(version: str) -> dict[str, str]:
    kind, _, value = version.partition(":")
    header = {"etag": "If-None-Match", "modified": "If-Modified-Since"}.get(kind)
    return {header: value} if header else {}


def _parse_version(response: httpx.Response) -> str:
    for kind, header in (("etag", "etag"), ("modified", "last-modified")):
        if 0 < len(value := response.headers.get(header, "")) <= 200:
            return f"{kind}:{value}"
    return ""


@cache
def _build_ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _get_port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _build_timeout() -> dict[str, float | None]:
    return httpx.Timeout(10.0, connect=5.0).as_dict()
