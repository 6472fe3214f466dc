"""Parses sitemaps and sitemap indexes; fetches nothing."""

import gzip
import io
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.knowledge.loaders.document import Unreadable

MAX_UNPACKED_BYTES = 50_000_000
CHUNK = 65_536
#: Limits of the sitemap protocol (sitemaps.org).
MAX_ENTRIES = 50_000
MAX_URL_CHARACTERS = 2_048


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses that a sitemap lists."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


def is_sitemap_address(address: str) -> bool:
    """Whether an address is a sitemap's: XML, compressed or not."""
    return urlsplit(address).path.lower().endswith((".xml", ".xml.gz"))


def is_same_host(address: str, other: str) -> bool:
    """Whether two hosts are equal but for www.: a sitemap is trusted only for its own host."""
    return _normalize_host(address) == _normalize_host(other)


def parse_sitemap(content: bytes) -> Sitemap:
    """The addresses of a sitemap, parsed as a stream; entities and document types are refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    try:
        kind, places = _parse_addresses(content)
    except (ParseError, DefusedXmlException, ValueError) as exc:
        raise Unreadable("it is not a valid sitemap; check it in a browser") from exc
    except (OSError, EOFError, zlib.error) as exc:
        raise Unreadable("its packing is broken; it is not valid gzip") from exc
    if kind not in ("urlset", "sitemapindex"):
        raise Unreadable(f"it is XML of the kind {kind[:40]!r}, not a sitemap")
    if not places:
        raise Unreadable("the sitemap lists no pages")
    return Sitemap(tuple(places), ()) if kind == "urlset" else Sitemap((), tuple(places))


def _parse_addresses(content: bytes) -> tuple[str, list[str]]:
    """The kind of a sitemap and its addresses; parsed elements are freed at once."""
    from defusedxml.ElementTree import iterparse

    kind, depth, places = "", 0, list[str]()
    for event, tag in iterparse(_CappedReader(content), events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        kind = kind or tag.tag.rpartition("}")[2]
        if event == "start":
            continue
        # <urlset><url><loc>; an <image:loc> is nested one level deeper.
        if depth == 2 and tag.tag.rpartition("}")[2] == "loc" and (place := (tag.text or "").strip()):
            places.append(place[:MAX_URL_CHARACTERS])
        if depth <= 1:
            tag.clear()
        if len(places) > MAX_ENTRIES:
            break
    return kind, places


class _CappedReader(io.RawIOBase):
    """Decompresses while reading, and at most as many bytes as a sitemap may have."""

    def __init__(self, content: bytes) -> None:
        packed = io.BytesIO(content)
        self._source = gzip.GzipFile(fileobj=packed) if content.startswith(b"\x1f\x8b") else packed
        self._left = MAX_UNPACKED_BYTES

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(min(size, CHUNK) if size > 0 else CHUNK)
        self._left -= len(part)
        if self._left < 0:
            raise Unreadable(
                f"unpacked it has more than {MAX_UNPACKED_BYTES // 1_000_000} MB; split the sitemap"
            )
        return part


def _normalize_host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
