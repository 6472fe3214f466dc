"""Validity, replacements and contradictions, from the file to what a customer is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.conversation.turn.contradictory_sources import (
    downgrade_to_offer,
    find_dispute,
    quote_both_sides,
)
from assistant.domain.article_lifecycle import Contradiction, ContradictionSide
from assistant.domain.knowledge import Article, Chunk
from assistant.domain.messages import Citation
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.knowledge.ingest.run import IngestOptions, ingest_sources
from assistant.knowledge.loaders.front_matter import parse_fields
from assistant.knowledge.loaders.reader import InProcessReader
from assistant.ports.answering import Draft
from tests.knowledge.shop import TODAY, KnowledgeHarness

RETURNS = "商品の到着から{}日以内であれば返品できます。"


@pytest.fixture
async def shop() -> AsyncIterator[KnowledgeHarness]:
    made = KnowledgeHarness()
    yield made
    await made.retriever.close()
    made.database.close()


async def take(shop: KnowledgeHarness, folder: Path, *, prune: bool = False) -> list[tuple[str, str]]:
    """Ingest *folder*; the warnings."""
    report = await ingest_sources(
        [str(folder)],
        index=shop.indexer,
        count_tokens=len,
        options=IngestOptions(prune=prune),
        reader=InProcessReader(),
    )
    await shop.retriever.load_changes()
    return report.warnings


def write(folder: Path, name: str, text: str, **front: str) -> None:
    lines = "".join(f"{key}: {value}\n" for key, value in front.items())
    (folder / name).write_text(f"---\n{lines}---\n# {name}\n\n{text}\n", "utf-8")


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ({"valid_from": "2026-12-01"}, (date(2026, 12, 1), None)),
        ({"適用開始日": "2026年12月1日", "有効期限": "2027/1/31"}, (date(2026, 12, 1), date(2027, 1, 31))),
        ({"effective": "someday"}, (None, None)),
        ({"valid_from": "2027-02-30"}, (None, None)),
        ({"valid_from": "2027-02-01", "valid_until": "2026-02-01"}, (None, None)),
    ],
)
def test_validity_as_authors_spell_it(front: dict[str, str], found: tuple[date | None, date | None]) -> None:
    read = parse_fields(front)
    assert (read.valid_from, read.valid_until) == found
    assert bool(read.warnings) == (found == (None, None))


async def test_only_what_holds_today_is_answered_from(shop: KnowledgeHarness, tmp_path: Path) -> None:
    write(tmp_path, "now.md", RETURNS.format(30), valid_until="2026-12-31")
    write(tmp_path, "soon.md", RETURNS.format(14), valid_from="2027-01-01")
    write(tmp_path, "past.md", RETURNS.format(7), valid_until="2026-01-01")
    await take(shop, tmp_path)
    assert await shop.found("返品は何日以内", "ja") == ["now.md"]


async def test_a_superseded_article_gives_way(shop: KnowledgeHarness, tmp_path: Path) -> None:
    write(tmp_path, "old.md", RETURNS.format(30))
    write(tmp_path, "new.md", RETURNS.format(14), supersedes="old.md")
    assert await take(shop, tmp_path) == []
    assert await shop.found("返品は何日以内", "ja") == ["new.md"]
    (found,) = await shop.database.read(lambda store: store.article_lifecycle.list_supersessions())
    assert (found.article, found.by) == ("old.md", "new.md")
    (tmp_path / "new.md").unlink()
    await take(shop, tmp_path, prune=True)
    assert await shop.found("返品は何日以内", "ja") == ["old.md"]


async def test_until_its_successor_holds_an_article_is_answered_from(
    shop: KnowledgeHarness, tmp_path: Path
) -> None:
    write(tmp_path, "old.md", RETURNS.format(30))
    write(tmp_path, "new.md", RETURNS.format(14), supersedes="old.md", valid_from="2027-01-01")
    await take(shop, tmp_path)
    assert await shop.found("返品は何日以内", "ja") == ["old.md"]


async def test_a_slip_takes_no_article_away(shop: KnowledgeHarness, tmp_path: Path) -> None:
    write(tmp_path, "old.md", RETURNS.format(30), superseded_by="nwe.md")
    assert "not in the knowledge base" in (await take(shop, tmp_path))[0][1]
    assert await shop.found("返品は何日以内", "ja") == ["old.md"]


async def test_what_vanished_is_flagged_and_removed_only_when_asked(
    shop: KnowledgeHarness, tmp_path: Path
) -> None:
    write(tmp_path, "a.md", RETURNS.format(30))
    write(tmp_path, "b.md", "送料は550円です。")
    await take(shop, tmp_path)
    (tmp_path / "a.md").unlink()
    await take(shop, tmp_path)
    (trouble,) = await shop.database.read(lambda store: store.article_lifecycle.list_source_problems())
    assert trouble.place == "a.md"
    assert "no longer there" in trouble.why
    assert (await shop.found("返品は何日以内", "ja"))[0] == "a.md"
    await take(shop, tmp_path, prune=True)
    assert await shop.database.read(lambda store: store.article_lifecycle.list_source_problems()) == []


async def disagreeing(shop: KnowledgeHarness, one: date | None, other: date | None) -> Contradiction:
    for name, days, updated in (("a.md", 30, one), ("b.md", 14, other)):
        text = RETURNS.format(days)
        article = Article(id=name, title=name, language="ja", text=text, updated=updated, content_hash=text)
        await shop.indexer.save_articles([(article, [Chunk(position=0, headings=(), text=text, tokens=9)])])
    sides = (
        ContradictionSide(article="a.md", text=RETURNS.format(30)),
        ContradictionSide(article="b.md", text=RETURNS.format(14)),
    )
    found = Contradiction.from_sides(*sides, "days")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    await shop.database.write(
        lambda store: store.article_lifecycle.save_contradictions(2, [found, found], now)
    )
    await shop.retriever.load_changes()
    return found


async def test_where_dates_tell_the_newer_article_answers(shop: KnowledgeHarness) -> None:
    await disagreeing(shop, date(2025, 1, 1), date(2026, 1, 1))
    (passage,) = await shop.retriever.search("返品は何日以内", language="ja")
    assert passage.article == "b.md"
    assert passage.disputes == ()


async def test_where_none_tells_both_are_told_and_a_person_is_offered(shop: KnowledgeHarness) -> None:
    await disagreeing(shop, None, date(2026, 1, 1))
    passages = await shop.retriever.search("返品は何日以内", language="ja")
    assert len(passages) == 2
    cited = Citation(n=1, article="a.md", title="a", url="u", quote=RETURNS.format(30))
    found = find_dispute([cited], passages)
    assert found is not None
    draft = quote_both_sides(Draft(text="30日です[1]"), found, "ja")
    assert "30日" in draft.text
    assert "14日" in draft.text
    assert [one.article for one in draft.citations] == ["a.md", "b.md"]
    assert downgrade_to_offer(Verdict(decision=Decision.ANSWER)).decision is Decision.OFFER
    taken = Verdict(decision=Decision.HANDOFF, reason=Reason.FRUSTRATED)
    assert downgrade_to_offer(taken) == taken
    assert find_dispute([replace(cited, quote="送料は550円です。")], passages) is None


async def test_a_dismissed_contradiction_is_none_and_stays_none(shop: KnowledgeHarness) -> None:
    found = await disagreeing(shop, None, None)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert (
        await shop.database.write(
            lambda store: store.article_lifecycle.dismiss_contradiction(found.id, "mori", now)
        )
        is True
    )
    assert (
        await shop.database.write(
            lambda store: store.article_lifecycle.dismiss_contradiction("nothing", "mori", now)
        )
        is False
    )
    await disagreeing(shop, None, None)
    assert (
        await shop.database.read(lambda store: store.article_lifecycle.list_open_contradictions(TODAY)) == []
    )
    assert all(not one.disputes for one in await shop.retriever.search("返品は何日以内", language="ja"))
