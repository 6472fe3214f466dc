"""Web sources are read again when they are due: once across processes, and whatever goes wrong with one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from assistant.domain.article_lifecycle import KnowledgeSource, SourceCheck
from assistant.domain.errors import ModelUnavailable
from assistant.domain.knowledge import Origin
from assistant.jobs import web_resync
from assistant.jobs.web_resync import WebResync
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import IngestOptions, ingest_sources
from assistant.knowledge.loaders.reader import InProcessReader
from assistant.models.embeddings.fake import LetterEmbedder
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import Harness, ManualClock
from tests.knowledge.site import LoopbackSite, SiteResponse, serving

HOUR = timedelta(hours=1)
HELP = "https://help.example.jp/sitemap.xml"
SHOP = "https://shop.example.jp/faq"


class ResyncHarness:
    """Sources on a clock that is moved by hand, and what was read of them."""

    def __init__(self, database: SqlDatabase[SqlStore]) -> None:
        self.database, self.clock = database, ManualClock()
        self.read: list[str] = []
        self.broken: Exception | None = None

    async def look(self, *sources: str, well: bool = True, holds: bool = True) -> None:
        looks = [
            SourceCheck(source=s, checked_at=self.clock(), is_readable=well, prune=False, has_articles=holds)
            for s in sources
        ]
        await self.database.write(lambda store: store.sources.record_checks(looks))

    async def take(self, source: KnowledgeSource) -> dict[str, int]:
        self.read.append(source.source)
        await asyncio.sleep(0)
        if self.broken:
            raise self.broken
        await self.look(source.source)
        return {"updated": 1}

    def process(self, interval: timedelta | None = HOUR) -> WebResync:
        return WebResync(self.database, self.take, self.clock, interval)

    async def sources(self) -> list[KnowledgeSource]:
        return list(await self.database.read(lambda store: store.sources.list_sources()))


@pytest.fixture
def press(rig: Harness) -> ResyncHarness:
    return ResyncHarness(rig.database)


async def test_a_web_source_is_read_again_after_the_interval_and_folders_are_not(
    press: ResyncHarness,
) -> None:
    await press.look(HELP, "/srv/articles")
    assert await press.process().resync_next() is False
    press.clock.pass_(2 * 3600)
    assert await press.process().resync_next() is True
    assert await press.process().resync_next() is False
    assert press.read == [HELP]
    assert [one.read_at for one in await press.sources() if one.source == HELP] == [press.clock()]


async def test_of_several_processes_one_reads_a_source(press: ResyncHarness) -> None:
    await press.look(HELP, SHOP)
    press.clock.pass_(2 * 3600)
    assert sorted(await asyncio.gather(*(press.process().resync_next() for _ in range(4)))) == [
        False, False, True, True,
    ]  # fmt: skip
    assert sorted(press.read) == [HELP, SHOP]


async def test_what_a_killed_process_had_in_hand_is_taken_over(press: ResyncHarness) -> None:
    await press.look(HELP)
    press.clock.pass_(2 * 3600)
    now = press.clock()
    held = await press.database.write(lambda store: store.sources.claim_due(now, HOUR))
    assert held is not None
    press.clock.pass_(59)
    assert await press.process().resync_next() is False
    press.clock.pass_(2)
    assert await press.process().resync_next() is True
    later = press.clock()
    assert await press.database.write(lambda store: store.sources.renew_lease(held, later)) is False


async def test_who_lost_the_lease_stops(press: ResyncHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_resync, "RENEW_SECONDS", 0.01)
    await press.look(HELP)
    press.clock.pass_(2 * 3600)
    stopped = asyncio.Event()

    async def endless(source: KnowledgeSource) -> dict[str, int]:
        await press.database.write(lambda store: store.sources.release_lease(source))
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return {}

    async with asyncio.timeout(20):
        await WebResync(press.database, endless, press.clock, HOUR).resync_next()
    assert stopped.is_set()


@pytest.mark.parametrize(
    "broken", [ModelUnavailable("The embedding model does not answer."), RuntimeError("a fault of ours")]
)
async def test_a_source_that_fails_is_tried_again_soon_then_less_often(
    press: ResyncHarness, broken: Exception
) -> None:
    await press.look(HELP)
    press.clock.pass_(2 * 3600)
    press.broken = broken
    pauses = []
    for _ in range(4):
        assert await press.process().resync_next() is True
        [source] = await press.sources()
        pauses.append((source.due_at(HOUR) - press.clock()).total_seconds() / 60)
        press.clock.pass_(2 * 3600)
    assert [round(pause / 15) for pause in pauses] == [1, 2, 4, 4]
    assert source.failures == 4
    press.broken = None
    await press.process().resync_next()
    assert [one.failures for one in await press.sources()] == [0]


async def test_who_asks_for_it_gets_it_at_once_also_where_nothing_is_read_by_itself(
    press: ResyncHarness,
) -> None:
    await press.look(HELP, "/srv/articles")
    press.clock.pass_(2 * 3600)
    never = press.process(None)
    assert await never.resync_next() is False
    known = await press.database.write(
        lambda store: [store.sources.request_resync(source) for source in (HELP, "/srv/articles", SHOP)]
    )
    assert known == [True, False, False]
    assert await never.resync_next() is True
    assert await never.resync_next() is False


def test_sources_do_not_all_come_at_once() -> None:
    now = ManualClock()()
    many = [
        KnowledgeSource(source=f"https://help.example.jp/{n}", prune=False, looked_at=now).due_at(HOUR) - now
        for n in range(200)
    ]
    assert min(many) < HOUR * 0.93
    assert max(many) > HOUR * 1.07
    assert all(HOUR * 0.9 <= pause <= HOUR * 1.1 for pause in many)


async def test_a_slip_is_no_source(press: ResyncHarness) -> None:
    await press.look("https://hlep.example.jp/", well=False, holds=False)
    assert await press.sources() == []


# -- with a real site


class HelpSite:
    """A help centre on the web, ingested once."""

    def __init__(self, database: SqlDatabase[SqlStore], site: LoopbackSite) -> None:
        self.database, self.site = database, site
        self.source = site.address("/sitemap.xml")
        self.resync = WebResync(database, self.take, ManualClock(), None)

    def page(self, name: str, text: str, etag: str) -> None:
        main = f"<main><h1>{name}</h1><p>{text}</p></main>"
        body = f"<html lang=en><title>{name}</title><body>{main}</body></html>"
        self.site.answers[f"/{name}"] = SiteResponse(body.encode(), headers={"ETag": f'"{etag}"'})

    def listing(self, *names: str) -> None:
        pages = "".join(f"<url><loc>{self.site.address(f'/{name}')}</loc></url>" for name in names)
        self.site.answers["/sitemap.xml"] = SiteResponse(
            f"<urlset>{pages}</urlset>".encode(), headers={"Content-Type": "application/xml"}
        )

    async def take(self, source: KnowledgeSource, *, prune: bool | None = None) -> dict[str, int]:
        report = await ingest_sources(
            [source.source],
            index=Indexer(self.database, LetterEmbedder()),
            count_tokens=len,
            options=IngestOptions(prune=source.prune if prune is None else prune, allow_private=True),
            reader=InProcessReader(),
        )
        return {"updated": len(report.updated), "failed": len(report.failed)}

    async def first(self, *, prune: bool = False) -> None:
        self.page("a", "Thirty days.", "a1")
        self.page("b", "Fifty yen.", "b1")
        self.listing("a", "b")
        await self.take(KnowledgeSource(source=self.source, prune=prune, looked_at=ManualClock()()))

    async def again(self) -> list[str]:
        """Read it again; the first line of every request."""
        self.site.asked.clear()
        await self.database.write(lambda store: store.sources.request_resync(self.source))
        assert await self.resync.resync_next() is True
        return [asked.splitlines()[0].split(" ")[1] for asked in self.site.asked]

    async def text(self, name: str) -> str | None:
        article = await self.database.read(lambda s: s.articles.find_article(self.site.address(f"/{name}")))
        return article.text if article else None

    async def origin(self, name: str) -> Origin:
        origins = await self.database.read(lambda store: store.articles.load_origins())
        return origins[self.site.address(f"/{name}")]


@pytest.fixture
async def help_(rig: Harness) -> AsyncIterator[HelpSite]:
    async with serving() as site:
        yield HelpSite(rig.database, site)


async def test_what_is_unmodified_costs_a_304_and_changes_nothing(help_: HelpSite) -> None:
    await help_.first()
    before = await help_.database.read(lambda store: store.articles.load_version())
    assert sorted(await help_.again()) == ["/a", "/b", "/sitemap.xml"]
    assert sum("if-none-match" in asked.lower() for asked in help_.site.asked) == 2
    assert await help_.database.read(lambda store: store.articles.load_version()) == before


async def test_a_changed_page_is_taken_in_and_its_new_etag_kept(help_: HelpSite) -> None:
    await help_.first()
    help_.page("a", "Fourteen days.", "a2")
    help_.page("b", "Fifty yen.", "b2")  # only its name of the version is new
    await help_.again()
    assert "Fourteen days." in (await help_.text("a") or "")
    assert [(await help_.origin(name)).version for name in "ab"] == ['etag:"a2"', 'etag:"b2"']


@pytest.mark.parametrize("prune", [False, True])
async def test_a_page_that_is_listed_no_more_goes_only_where_pruning_was_asked_for(
    help_: HelpSite, prune: bool
) -> None:
    await help_.first(prune=prune)
    help_.listing("a")
    await help_.again()
    assert (await help_.text("b") is None) is prune
    told = await help_.database.read(
        lambda store: [one.why for one in store.article_lifecycle.list_source_problems()]
    )
    assert bool(told) is not prune


async def test_a_source_that_fails_keeps_its_articles_and_is_told(help_: HelpSite) -> None:
    await help_.first(prune=True)
    for answer in (SiteResponse(status="503 Service Unavailable"), SiteResponse(b"<html>Login</html>")):
        help_.site.answers["/sitemap.xml"] = answer
        await help_.again()
        assert await help_.text("a")
        assert await help_.text("b")
        [trouble] = await help_.database.read(lambda store: store.article_lifecycle.list_source_problems())
        assert trouble.source == help_.source
    [source] = await help_.database.read(lambda store: store.sources.list_sources())
    assert source.failures == 2
    help_.listing("a", "b")
    await help_.again()
    assert await help_.database.read(lambda store: store.article_lifecycle.list_source_problems()) == []
