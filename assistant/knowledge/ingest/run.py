"""The ingest run: reads what was named, indexes what changed, says what failed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from assistant.domain.article_lifecycle import VANISHED, SourceCheck
from assistant.domain.article_lifecycle import SourceProblem as Failure
from assistant.domain.knowledge import Article, Chunk, Origin
from assistant.knowledge.ingest.article_builder import article_of
from assistant.knowledge.ingest.article_ids import Places
from assistant.knowledge.ingest.chunking import CHUNKER, CountTokens, chunked
from assistant.knowledge.ingest.files import File, Trouble, files
from assistant.knowledge.ingest.site_pages import pages
from assistant.knowledge.ingest.web import Page, Web
from assistant.knowledge.loaders import Document, Unreadable
from assistant.knowledge.loaders.reader import Reader, Reads

#: Articles per transaction.
GROUP = 16
#: Documents fetched ahead of the one being indexed.
AHEAD = 4
#: Characters of one place's remarks on record.
MOST_REMARKED = 1_000

#: Called with the stage (``read``, then ``embed``), how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


class Index(Protocol):
    """Where articles go; `assistant.knowledge.ingest.indexer.Indexer` is one."""

    async def load_content_hashes(self) -> Mapping[str, str]: ...  # article -> content hash
    async def load_origins(self) -> Mapping[str, Origin]: ...
    async def save_articles(
        self, articles: Sequence[tuple[Article, Sequence[Chunk]]]
    ) -> None: ...  # one transaction
    async def update_origins(self, origins: Mapping[str, Origin]) -> None: ...
    async def remove_articles(self, articles: Sequence[str]) -> None: ...
    async def record_run(
        self, sources: Sequence[str], troubles: Sequence[Failure], looks: Sequence[SourceCheck]
    ) -> Sequence[tuple[str, str]]: ...  # (article, what is wrong with what it says of others)
    async def backfill_embeddings(
        self, progress: Callable[[int, int], None]
    ) -> None: ...  # what has no vector yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the operator may choose."""

    #: Remove the articles whose document vanished from what was named.
    prune: bool = False
    #: Read web addresses in private networks too.
    allow_private: bool = False


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What a run did, by article id; failures and warnings as (where, why)."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    #: No longer where they were, and still answered from: nobody asked to remove them.
    vanished: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


async def ingest(
    sources: Sequence[str],
    *,
    index: Index,
    count_tokens: CountTokens,
    options: Options = Options(),
    progress: Progress = quiet,
    reader: Reads | None = None,
) -> IngestReport:
    """Bring the index up to date with files, folders, web addresses and sitemaps.

    One document's failure is reported and keeps its old version; it stops nothing else.
    """
    async with Reader() as child, Web(allow_private=options.allow_private) as web:
        places = Places(await index.load_origins())
        run = _Run(index, count_tokens, reader or child, places, await index.load_content_hashes())
        items = run.noted([item async for item in _found(sources, web, run.reader)])
        progress("read", 0, len(items))
        async for done, item, content in _ahead(items, run):
            await run.take(item, content)
            progress("read", done, len(items))
        await run.finish(prune=options.prune)
    await index.backfill_embeddings(lambda done, total: progress("embed", done, total))
    return run.report


async def _found(sources: Sequence[str], web: Web, reader: Reads) -> AsyncIterator[File | Page | Trouble]:
    for source in sources:
        if "://" in source:
            async for page in pages(source, web, reader):
                yield page
        else:
            for file in files(source):
                yield file


@dataclass(slots=True)
class _Run:
    index: Index
    count_tokens: CountTokens
    reader: Reads
    places: Places
    hashes: Mapping[str, str]
    report: IngestReport = field(default_factory=IngestReport)
    group: list[tuple[Article, Sequence[Chunk]]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    #: What was left out of what could be read.
    remarks: list[Failure] = field(default_factory=list)
    #: What was named, as articles know it.
    named: set[str] = field(default_factory=set)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def noted(self, found: Sequence[File | Page | Trouble]) -> list[File | Page]:
        """What can be tried, each place once; troubles go to the report."""
        items: dict[str, File | Page] = {}
        for item in found:
            if isinstance(item, Trouble):
                self._trouble(item)
            else:
                self.named.add(item.source)
                self.places.read(item.source)
                items.setdefault(item.location, item)
        return list(items.values())

    def version(self, item: File | Page) -> str:
        """The server's name for the version that is indexed, if it was cut as it would be today."""
        known = self.places.known(item.location)
        current = known is not None and self.hashes.get(known[0], "").startswith(f"{CHUNKER}.")
        return known[1].version if known and current else ""

    async def take(self, item: File | Page, content: asyncio.Task[bytes | None]) -> None:
        """One document, from bytes to the group that is written next."""
        try:
            data = await content
            if data is None:
                self._unmodified(item)
                return
            documents = (
                [Document(withheld=item.withheld)]
                if item.withheld
                else await self.reader.parse_documents(item.suffix, data)
            )
            await self._withhold(item, [one for one in documents if one.withheld])
            await self._put([self._article(item, one) for one in documents if not one.withheld])
        except Unreadable as exc:
            self.places.doubt(item.location)
            self._failed(next(item.ids()), item.source, str(exc))

    async def finish(self, *, prune: bool) -> None:
        await self._flush()
        await self.index.update_origins(self.places.moved)
        vanished = self.places.vanished()
        if prune and vanished:
            await self.index.remove_articles(vanished)
            self.report.removed += vanished
        elif vanished:
            self.report.vanished += vanished
            self.failures += [
                Failure(place=id, source=self.places.source(id), why=VANISHED, since=self.now)
                for id in vanished
            ]
        failing = {one.place for one in self.failures}
        looks = [
            SourceCheck(
                source=source,
                checked_at=self.now,
                is_readable=source not in failing,
                prune=prune,
                has_articles=self.places.holds(source),
            )
            for source in sorted(self.named)
        ]
        self.report.warnings += await self.index.record_run(
            self.places.sources, [*self.failures, *self.remarks], looks
        )
        for source, ids in self.places.prefixed.items():
            why = f"{len(ids)} ids carry the folder's name ({ids[0]} …): another folder has these already"
            self.report.warnings.append((source, why))

    def _trouble(self, trouble: Trouble) -> None:
        if trouble.partly:
            self.places.read_partly(trouble.partly)
        if trouble.harmless:
            inside = (source for source in self.places.sources if trouble.place.startswith(source))
            self._remark(trouble.place, trouble.partly or next(inside, trouble.place), trouble.why)
        else:
            if "://" in trouble.place:
                self.named.add(trouble.place)
            self.places.doubt(trouble.place)
            self._failed(trouble.place, trouble.place, trouble.why)

    def _remark(self, place: str, source: str, *whys: str) -> None:
        """What was left out: in the report, and on record until the source is looked at again."""
        self.report.warnings += [(place, why) for why in whys]
        if whys:
            why = "; ".join(whys)[:MOST_REMARKED]
            self.remarks.append(Failure(place=place, source=source, why=why, since=self.now, harmless=True))

    def _failed(self, place: str, source: str, why: str) -> None:
        self.report.failed.append((place, why))
        self.failures.append(Failure(place=place, source=source, why=why, since=self.now))

    def _unmodified(self, item: File | Page) -> None:
        known = self.places.known(item.location)
        assert known is not None
        self.places.keep(item.location)
        self.report.unchanged.append(known[0])

    async def _withhold(self, item: File | Page, documents: Sequence[Document]) -> None:
        """What its author keeps from customers goes at once, unlike a document that merely vanished."""
        for document in documents:
            part = f"#{document.part}" if document.part else ""
            location = item.location + part
            known = self.places.known(location)
            id = known[0] if known else next(item.ids()) + part
            why = f"left out, customers are not meant to read it ({document.withheld})"
            self._remark(id, item.source, why, *document.warnings)
            if known:
                self.places.keep(location)
                await self.index.remove_articles([id])
                self.report.removed.append(id)

    def _article(self, item: File | Page, document: Document) -> Article:
        part = f"#{document.part}" if document.part else ""
        origin = Origin(source=item.source, location=item.location + part, version=item.version)
        id = self.places.id((id + part for id in item.ids()), origin)
        self._remark(id, item.source, *document.warnings)
        return article_of(document, id=id, folders=item.folders, url=item.url, origin=origin)

    async def _put(self, articles: Sequence[Article]) -> None:
        for article in articles:
            if self.hashes.get(article.id) == article.content_hash:
                self.places.reread(article)
                self.report.unchanged.append(article.id)
                continue
            chunks = await asyncio.to_thread(chunked, article.text, self.count_tokens)
            if not chunks:
                raise Unreadable("it has no text")
            self.group.append((article, chunks))
            if len(self.group) >= GROUP:
                await self._flush()

    async def _flush(self) -> None:
        """Everything collected in one transaction; only then is it in the report."""
        group, self.group = self.group, []
        if not group:
            return
        await self.index.save_articles(group)
        for article, _ in group:
            known = article.id in self.hashes
            (self.report.updated if known else self.report.added).append(article.id)


async def _ahead(
    items: Sequence[File | Page], run: _Run
) -> AsyncIterator[tuple[int, File | Page, asyncio.Task[bytes | None]]]:
    """Each item, numbered from 1, with its content on the way and a few more under way behind it."""
    coming: deque[asyncio.Task[bytes | None]] = deque()
    try:
        for position, item in enumerate(items):
            for later in items[position + len(coming) : position + AHEAD]:
                coming.append(asyncio.ensure_future(later.content(run.version(later))))
            yield position + 1, item, coming.popleft()
    finally:
        for task in coming:
            task.cancel()
