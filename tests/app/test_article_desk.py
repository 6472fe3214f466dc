"""Articles written in the console reach customers, and a draft is tried without reaching anybody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.app.article_desk import ArticleDesk
from assistant.app.knowledge_base import KnowledgeBase
from assistant.domain.article_drafts import CONSOLE, ArticleFields
from assistant.domain.errors import BadInput
from assistant.domain.policy import Policy
from assistant.knowledge.ingest.run import IngestOptions
from assistant.models.embeddings.fake import LetterEmbedder
from evals.quality.pipeline import open_knowledge_over
from tests.harness import Harness, memory_database

RETURNS = "---\ntitle: 返品の期限\nlanguage: ja\n---\n\n返品の申し込み期限は、商品の到着から30日以内です。\n"
DRAFT = ArticleFields(
    title="ギフト券の有効期限", language="ja", text="ギフト券の有効期限は、発行日から3年間です。"
)


@pytest.fixture
async def knowledge(tmp_path: Path) -> AsyncIterator[KnowledgeBase]:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "returns.md").write_text(RETURNS, "utf-8")
    opened = await open_knowledge_over(folder, LetterEmbedder(), date(2026, 11, 23))
    yield opened
    await opened.close()


@pytest.fixture
def desk(knowledge: KnowledgeBase) -> ArticleDesk:
    mind = replace(
        Harness(memory_database()).mind,
        retriever=knowledge.retriever,
        policy=Policy(answer_score=0.0, clarify_score=0.0),
    )
    settings: Any = SimpleNamespace(
        embeddings="letters", public_url="http://localhost", models_dir=Path(), retriever=None
    )
    return ArticleDesk(knowledge, mind, settings)


async def articles(knowledge: KnowledgeBase) -> list[str]:
    found = await knowledge.database.read(lambda store: store.articles.list_articles())
    return [one.id for one in found]


async def test_a_published_article_is_found_at_once_and_gone_when_it_is_withdrawn(
    desk: ArticleDesk, knowledge: KnowledgeBase
) -> None:
    assert await desk.publish_article("ja/gift", replace(DRAFT, tags=("贈り物: 券",))) == []
    assert (await knowledge.retriever.search("ギフト券の有効期限"))[0].article == "ja/gift"
    found = await knowledge.database.read(lambda store: store.articles.find_article("ja/gift"))
    assert found is not None
    assert found.origin is not None
    assert (found.title, found.text, found.tags) == (DRAFT.title, DRAFT.text, ("贈り物: 券",))
    assert found.origin.source == CONSOLE
    await desk.withdraw_article("ja/gift")
    assert "ja/gift" not in await articles(knowledge)


async def test_a_draft_is_tried_without_reaching_anybody(desk: ArticleDesk, knowledge: KnowledgeBase) -> None:
    tried = await desk.ask_draft("ja/gift", DRAFT, "ギフト券の有効期限は何年間ですか")
    assert "3年間" not in tried.before["answer"]
    assert "3年間" in tried.after["answer"]
    assert await articles(knowledge) == ["returns.md"]


async def test_an_article_that_says_something_else_is_told_before(
    desk: ArticleDesk, knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.knowledge.contradictions.search.MIN_COSINE", 0.0)
    other = ArticleFields(
        title="返品の期限", language="ja", text="返品の申し込み期限は、商品の到着から14日以内です。"
    )
    check = await desk.check_draft("ja/deadline", other)
    assert [one.measure for one in check.contradictions] == ["days"]
    assert {check.contradictions[0].one.article, check.contradictions[0].other.article} == {
        "ja/deadline",
        "returns.md",
    }
    kept = await knowledge.database.read(
        lambda store: store.article_lifecycle.list_open_contradictions(date(2026, 11, 23))
    )
    assert kept == []
    replaced = await desk.check_draft("ja/deadline", replace(other, supersedes=("returns.md",)))
    assert replaced.contradictions == ()


async def test_what_cannot_be_published_says_why(desk: ArticleDesk) -> None:
    empty = replace(DRAFT, text="  \n")
    assert "text" in (await desk.check_draft("ja/gift", empty)).problem
    with pytest.raises(BadInput):
        await desk.publish_article("ja/gift", empty)


async def test_reading_files_again_leaves_articles_of_the_console_alone(
    desk: ArticleDesk, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    await desk.publish_article("ja/gift", DRAFT)
    folder = tmp_path / "kb"
    (folder / "ja").mkdir()
    (folder / "ja" / "gift").with_suffix(".md").write_text("# 別の記事\n\n本文です。", "utf-8")
    (folder / "returns.md").unlink()
    report = await knowledge.ingest_sources([str(folder)], IngestOptions(prune=True))
    assert report.removed == ["returns.md"]
    assert "ja/gift" in await articles(knowledge)


async def test_an_uploaded_sheet_becomes_articles_to_be_edited(desk: ArticleDesk) -> None:
    found = await desk.read_upload("faq.md", RETURNS.encode())
    assert [(one.title, one.language) for one in found] == [("返品の期限", "ja")]
    with pytest.raises(BadInput, match="cannot be read"):
        await desk.read_upload("virus.exe", b"MZ")


async def test_the_help_is_searched_in_the_customers_language(
    desk: ArticleDesk, knowledge: KnowledgeBase
) -> None:
    await desk.publish_article("ja/gift", replace(DRAFT, text="**ギフト券**の有効期限は[3年間](x.md)です。"))
    found = await desk.search_help("ギフト券の有効期限", "ja")
    assert (found[0].id, found[0].excerpt) == ("ja/gift", "ギフト券 の有効期限は 3年間 です。")
    assert await desk.search_help("ギフト券の有効期限", "en") == []
    assert await desk.search_help("xyzzy", "ja") == []
