"""Sitemaps and indexes of sitemaps to the addresses they list; fetches nothing."""

import gzip
import io
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.knowledge.loaders import Unreadable

LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


def looks_like(address: str) -> bool:
    """Whether an address is a sitemap's: XML, packed or not."""
    return urlsplit(address).path.lower().endswith((".xml", ".xml.gz"))


def same_host(address: str, other: str) -> bool:
    """A sitemap speaks for its own host only, with or without www."""
    return _host(address) == _host(other)


def parse(content: bytes) -> Sitemap:
    """The addresses in a sitemap; entities and document types are refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(_unpacked(content), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as exc:
        raise Unreadable("it is not a valid sitemap; check it in a browser") from exc
    kind = root.tag.rpartition("}")[2]
    if kind not in ("urlset", "sitemapindex"):
        raise Unreadable(f"it is XML of the kind {kind[:40]!r}, not a sitemap")
    places = tuple(
        (child.text or "").strip()
        for entry in root
        for child in entry
        if child.tag.rpartition("}")[2] == "loc" and (child.text or "").strip()
    )
    if not places:
        raise Unreadable("the sitemap lists no pages")
    return Sitemap(places, ()) if kind == "urlset" else Sitemap((), places)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(content)).read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise Unreadable("its packing is broken; it is not valid gzip") from exc
    if len(unpacked) > LARGEST:
        raise Unreadable(f"unpacked it has more than {LARGEST // 1_000_000} MB; split the sitemap")
    return unpacked


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
