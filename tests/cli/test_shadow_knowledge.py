"""An article is tried in a shadow of the help: what it would answer, what it would take over."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.app.knowledge_base import KnowledgeBase, open_knowledge
from assistant.app.settings import Settings, load_settings
from assistant.app.shadow_knowledge import prove_gap, publish_gap
from assistant.domain.gaps import Gap, GapKind, GapState
from tests.cli.conftest import InProcessCli

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GAP = Gap(
    id="4711",
    kind=GapKind.MISSING,
    state=GapState.PROVING,
    language="ja",
    created_at=NOW,
    updated_at=NOW,
    title="ポイントを家族に譲る",
    text="ポイントを家族に譲ることはできません。家族でまとめて使うには、家族カードをお申し込みください。",
)
EVIDENCE = ["ポイントを家族に譲れますか", "家族カードはありますか", "火星に支店はありますか"]
STANDING = ["返品の期限は何日ですか"]


async def open_help(data: InProcessCli) -> tuple[Settings, KnowledgeBase]:
    settings = load_settings()
    return settings, await open_knowledge(settings, beside_serve=True)


async def count_articles(knowledge: KnowledgeBase) -> int:
    return len(await knowledge.database.read(lambda store: store.articles.list_articles()))


async def test_a_proof_changes_nothing_and_publishing_does(changes: InProcessCli) -> None:
    settings, knowledge = await open_help(changes)
    before = await count_articles(knowledge)
    proof = await prove_gap(settings, knowledge, GAP, EVIDENCE, STANDING)
    assert (proof["asked"], proof["standing"], proof["takes_over"]) == (3, 1, [])
    assert proof["answered"] == 2
    assert await count_articles(knowledge) == before
    article = await publish_gap(settings, knowledge, GAP)
    assert GAP.id in article
    assert await count_articles(knowledge) == before + 1
    assert await publish_gap(settings, knowledge, GAP) == article
    await knowledge.close()


async def test_what_an_article_takes_over_is_told(changes: InProcessCli) -> None:
    settings, knowledge = await open_help(changes)
    greedy = replace(GAP, title="返品の期限", text="返品の期限は何日ですか。返品の期限は10日です。")
    proof = await prove_gap(settings, knowledge, greedy, [], STANDING)
    (taken,) = proof["takes_over"]
    assert taken["questions"] == 1
    assert "返品" in taken["title"]
    await knowledge.close()


@pytest.mark.parametrize("title", ["../../etc/passwd"])
async def test_a_title_is_never_a_path(changes: InProcessCli, title: str) -> None:
    settings, knowledge = await open_help(changes)
    await publish_gap(settings, knowledge, replace(GAP, title=title))
    assert [path.name for path in (settings.data_dir / "published").iterdir()] == ["4711.md"]
    await knowledge.close()
