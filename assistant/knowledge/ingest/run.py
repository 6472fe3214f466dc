"""The ingest run: reads sources, indexes what changed, reports failures."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from assistant.domain.article_lifecycle import VANISHED, SourceCheck
from assistant.domain.article_lifecycle import SourceProblem as Failure
from assistant.domain.knowledge import Article, Chunk, Origin
from assistant.knowledge.ingest.article_builder import build_article
from assistant.knowledge.ingest.article_ids import ArticleIds
from assistant.knowledge.ingest.chunking import CHUNKER, CountTokens, split_into_chunks
from assistant.knowledge.ingest.files import ReadProblem, SourceFile, list_files
from assistant.knowledge.ingest.site_pages import list_pages
from assistant.knowledge.ingest.web import WebClient, WebPage
from assistant.knowledge.loaders import Document, Unreadable
from assistant.knowledge.loaders.reader import ChildProcessReader, DocumentReader

#: Articles per transaction.
GROUP = 16
#: Documents fetched ahead of the one being indexed.
AHEAD = 4
#: Most characters stored of one document's remarks.
MAX_REMARK_CHARACTERS = 1_000

#: Called with the stage (``read``, then ``embed``), units done, and units in all.
Progress = Callable[[str, int, int], None]


class ArticleIndex(Protocol):
    """Where articles go; `assistant.knowledge.ingest.indexer.Indexer` implements it."""

    async def load_content_hashes(self) -> Mapping[str, str]: ...  # article -> content hash
    async def load_origins(self) -> Mapping[str, Origin]: ...
    async def save_articles(
        self, articles: Sequence[tuple[Article, Sequence[Chunk]]]
    ) -> None: ...  # one transaction
    async def update_origins(self, origins: Mapping[str, Origin]) -> None: ...
    async def remove_articles(self, articles: Sequence[str]) -> None: ...
    async def record_run(
        self, sources: Sequence[str], problems: Sequence[Failure], checks: Sequence[SourceCheck]
    ) -> Sequence[tuple[str, str]]: ...  # (article, what is wrong with its supersession)
    async def backfill_embeddings(
        self, progress: Callable[[int, int], None]
    ) -> None: ...  # embeds what has no vector yet


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """Options of the operator."""

    #: Delete the articles whose document vanished from its source.
    prune: bool = False
    #: Allow web addresses in private networks.
    allow_private: bool = False


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """The outcome of a run by article id; failures and warnings as (where, why)."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    #: Vanished documents that are still answered from, because pruning was not requested.
    vanished: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def ignore_progress(stage: str, done: int, total: int) -> None:
    """Discards progress."""


async def ingest_sources(
    sources: Sequence[str],
    *,
    index: ArticleIndex,
    count_tokens: CountTokens,
    options: IngestOptions = IngestOptions(),
    progress: Progress = ignore_progress,
    reader: DocumentReader | None = None,
) -> IngestReport:
    """Bring the index up to date with files, folders, web addresses and sitemaps.

    A document that fails is reported and keeps its old version; the run goes on.
    """
    async with ChildProcessReader() as child, WebClient(allow_private=options.allow_private) as web:
        places = ArticleIds(await index.load_origins())
        run = _IngestRun(index, count_tokens, reader or child, places, await index.load_content_hashes())
        items = run.collect_items([item async for item in _discover_items(sources, web, run.reader)])
        progress("read", 0, len(items))
        async for done, item, content in _prefetch_items(items, run):
            await run.process_item(item, content)
            progress("read", done, len(items))
        await run.finish_run(prune=options.prune)
    await index.backfill_embeddings(lambda done, total: progress("embed", done, total))
    return run.report


async def _discover_items(
    sources: Sequence[str], web: WebClient, reader: DocumentReader
) -> AsyncIterator[SourceFile | WebPage | ReadProblem]:
    for source in sources:
        if "://" in source:
            async for page in list_pages(source, web, reader):
                yield page
        else:
            for file in list_files(source):
                yield file


@dataclass(slots=True)
class _IngestRun:
    index: ArticleIndex
    count_tokens: CountTokens
    reader: DocumentReader
    places: ArticleIds
    hashes: Mapping[str, str]
    report: IngestReport = field(default_factory=IngestReport)
    group: list[tuple[Article, Sequence[Chunk]]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    #: Remarks about documents that were read only in part.
    remarks: list[Failure] = field(default_factory=list)
    #: The sources in the form in which articles store them.
    named: set[str] = field(default_factory=set)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def collect_items(
        self, found: Sequence[SourceFile | WebPage | ReadProblem]
    ) -> list[SourceFile | WebPage]:
        """The items to read, each once; problems go to the report."""
        items: dict[str, SourceFile | WebPage] = {}
        for item in found:
            if isinstance(item, ReadProblem):
                self._record_problem(item)
            else:
                self.named.add(item.source)
                self.places.mark_read(item.source)
                items.setdefault(item.location, item)
        return list(items.values())

    def find_known_version(self, item: SourceFile | WebPage) -> str:
        """The version that the server gave to the indexed article, if it was chunked by the current rules."""
        known = self.places.find_known(item.location)
        current = known is not None and self.hashes.get(known[0], "").startswith(f"{CHUNKER}.")
        return known[1].version if known and current else ""

    async def process_item(self, item: SourceFile | WebPage, content: asyncio.Task[bytes | None]) -> None:
        """Process one document: parse, build articles, compare, add to the current group."""
        try:
            data = await content
            if data is None:
                self._mark_unchanged(item)
                return
            documents = (
                [Document(withheld=item.withheld)]
                if item.withheld
                else await self.reader.parse_documents(item.suffix, data)
            )
            await self._withhold_documents(item, [one for one in documents if one.withheld])
            await self._chunk_articles(
                [self._build_article(item, one) for one in documents if not one.withheld]
            )
        except Unreadable as exc:
            self.places.mark_doubtful(item.location)
            self._record_failure(next(item.generate_ids()), item.source, str(exc))

    async def finish_run(self, *, prune: bool) -> None:
        await self._flush_group()
        await self.index.update_origins(self.places.moved)
        vanished = self.places.list_vanished()
        if prune and vanished:
            await self.index.remove_articles(vanished)
            self.report.removed += vanished
        elif vanished:
            self.report.vanished += vanished
            self.failures += [
                Failure(place=id, source=self.places.get_source(id), why=VANISHED, since=self.now)
                for id in vanished
            ]
        failing = {one.place for one in self.failures}
        checks = [
            SourceCheck(
                source=source,
                checked_at=self.now,
                is_readable=source not in failing,
                prune=prune,
                has_articles=self.places.has_articles(source),
            )
            for source in sorted(self.named)
        ]
        self.report.warnings += await self.index.record_run(
            self.places.listed_sources, [*self.failures, *self.remarks], checks
        )
        for source, ids in self.places.prefixed.items():
            why = f"{len(ids)} ids carry the folder's name ({ids[0]} …): another folder has these already"
            self.report.warnings.append((source, why))

    def _record_problem(self, problem: ReadProblem) -> None:
        if problem.partly:
            self.places.mark_partly_read(problem.partly)
        if problem.harmless:
            inside = (source for source in self.places.listed_sources if problem.place.startswith(source))
            self._record_warning(problem.place, problem.partly or next(inside, problem.place), problem.why)
        else:
            if "://" in problem.place:
                self.named.add(problem.place)
            self.places.mark_doubtful(problem.place)
            self._record_failure(problem.place, problem.place, problem.why)

    def _record_warning(self, place: str, source: str, *whys: str) -> None:
        """Report that a document was read only in part, and store it until the source is checked again."""
        self.report.warnings += [(place, why) for why in whys]
        if whys:
            why = "; ".join(whys)[:MAX_REMARK_CHARACTERS]
            self.remarks.append(Failure(place=place, source=source, why=why, since=self.now, harmless=True))

    def _record_failure(self, place: str, source: str, why: str) -> None:
        self.report.failed.append((place, why))
        self.failures.append(Failure(place=place, source=source, why=why, since=self.now))

    def _mark_unchanged(self, item: SourceFile | WebPage) -> None:
        known = self.places.find_known(item.location)
        assert known is not None
        self.places.mark_seen(item.location)
        self.report.unchanged.append(known[0])

    async def _withhold_documents(self, item: SourceFile | WebPage, documents: Sequence[Document]) -> None:
        """Delete at once what its author withholds from customers, unlike a document that merely vanished."""
        for document in documents:
            part = f"#{document.part}" if document.part else ""
            location = item.location + part
            known = self.places.find_known(location)
            id = known[0] if known else next(item.generate_ids()) + part
            why = f"left out, customers are not meant to read it ({document.withheld})"
            self._record_warning(id, item.source, why, *document.warnings)
            if known:
                self.places.mark_seen(location)
                await self.index.remove_articles([id])
                self.report.removed.append(id)

    def _build_article(self, item: SourceFile | WebPage, document: Document) -> Article:
        part = f"#{document.part}" if document.part else ""
        origin = Origin(source=item.source, location=item.location + part, version=item.version)
        id = self.places.assign_id((id + part for id in item.generate_ids()), origin)
        self._record_warning(id, item.source, *document.warnings)
        return build_article(document, id=id, folders=item.folders, url=item.url, origin=origin)

    async def _chunk_articles(self, articles: Sequence[Article]) -> None:
        for article in articles:
            if self.hashes.get(article.id) == article.content_hash:
                self.places.record_reread(article)
                self.report.unchanged.append(article.id)
                continue
            chunks = await asyncio.to_thread(split_into_chunks, article.text, self.count_tokens)
            if not chunks:
                raise Unreadable("it has no text")
            self.group.append((article, chunks))
            if len(self.group) >= GROUP:
                await self._flush_group()

    async def _flush_group(self) -> None:
        """Write the collected group in one transaction, and only then report it."""
        group, self.group = self.group, []
        if not group:
            return
        await self.index.save_articles(group)
        for article, _ in group:
            known = article.id in self.hashes
            (self.report.updated if known else self.report.added).append(article.id)


async def _prefetch_items(
    items: Sequence[SourceFile | WebPage], run: _IngestRun
) -> AsyncIterator[tuple[int, SourceFile | WebPage, asyncio.Task[bytes | None]]]:
    """Each item, numbered from 1, with its content; a few more are fetched ahead."""
    coming: deque[asyncio.Task[bytes | None]] = deque()
    try:
        for position, item in enumerate(items):
            for later in items[position + len(coming) : position + AHEAD]:
                coming.append(asyncio.ensure_future(later.read_content(run.find_known_version(later))))
            yield position + 1, item, coming.popleft()
    finally:
        for task in coming:
            task.cancel()
