"""The pages of a site: the one at an address, or all that its sitemap lists."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from assistant.knowledge.ingest import sitemap
from assistant.knowledge.ingest.files import ReadProblem
from assistant.knowledge.ingest.web import WebClient, WebPage
from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.reader import DocumentReader

MAX_PAGES = 2_000
MAX_SITEMAPS = 50


async def list_pages(
    address: str, web: WebClient, reader: DocumentReader
) -> AsyncIterator[WebPage | ReadProblem]:
    """The page at an address, or every page of the sitemap there; and problems with what is left out."""
    source = urldefrag(address.strip()).url
    if not sitemap.is_sitemap_address(source):
        yield WebPage(location=source, source=source, web=web)
        return
    listing = SiteListing(source)
    try:
        await listing.fetch_sitemaps(web, reader)
    except Unreadable as exc:
        yield ReadProblem(place=source, why=str(exc))
        return
    for location in list(listing.pages)[:MAX_PAGES]:
        yield WebPage(location=location, source=source, web=web)
    for problem in listing.list_problems():
        yield problem


@dataclass(slots=True)
class SiteListing:
    """The pages of a sitemap on its own host, nested sitemaps included."""

    source: str
    pages: dict[str, None] = field(default_factory=dict)
    elsewhere: dict[str, None] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unread: int = 0

    async def fetch_sitemaps(self, web: WebClient, reader: DocumentReader) -> None:
        """Fetch and parse all sitemaps; Unreadable when none could be listed."""
        waiting, seen = [self.source], {self.source}
        for _ in range(MAX_SITEMAPS):
            if not waiting:
                break
            place = waiting.pop(0)
            try:
                response = await web.fetch_address(place)
                assert response is not None
                found = await reader.parse_sitemap(response.content)
            except Unreadable as exc:
                if place == self.source:
                    raise
                self.failed[place] = str(exc)
                continue
            waiting += [one for one in self._select_own_host(place, found.sitemaps) if one not in seen]
            seen.update(waiting)
            self.pages |= dict.fromkeys(self._select_own_host(place, found.pages))
        self.unread = len(waiting)
        if not self.pages:
            raise Unreadable(self._explain_empty_listing())

    def _select_own_host(self, place: str, listed: Sequence[str]) -> list[str]:
        """Of the addresses in the sitemap at *place*, those on its own host."""
        places = [urldefrag(urljoin(place, one)).url for one in listed]
        self.elsewhere |= dict.fromkeys(one for one in places if not sitemap.is_same_host(one, self.source))
        return [one for one in places if one not in self.elsewhere]

    def _explain_empty_listing(self) -> str:
        if self.elsewhere:
            some = next(iter(self.elsewhere))
            return (
                f"all {len(self.elsewhere)} pages that it lists are on other hosts ({some}); give their own"
            )
        reasons = "; ".join(f"{place}: {why}" for place, why in list(self.failed.items())[:3])
        return f"none of its sitemaps can be read ({reasons})"

    def list_problems(self) -> Iterator[ReadProblem]:
        for place, why in self.failed.items():
            yield ReadProblem(
                place=place,
                why=f"this part of the sitemap is not read: {why}",
                harmless=True,
                partly=self.source,
            )
        if self.unread:
            why = f"only {MAX_SITEMAPS} of its sitemaps are read, {self.unread} are left out"
            yield ReadProblem(place=self.source, why=why, harmless=True, partly=self.source)
        if self.elsewhere:
            some = ", ".join(list(self.elsewhere)[:3])
            why = f"{len(self.elsewhere)} pages on other hosts left out ({some}); give their own sitemap"
            yield ReadProblem(place=self.source, why=why, harmless=True)
        if len(self.pages) > MAX_PAGES:
            why = f"only the first {MAX_PAGES} of {len(self.pages)} pages are read"
            yield ReadProblem(place=self.source, why=why, harmless=True)
