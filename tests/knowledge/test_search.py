"""Hybrid search over a small knowledge base, with vectors, without them, and with hostile questions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.errors import IndexUnavailable
from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge.exact import ExactIndex
from assistant.knowledge.index import Indexer
from assistant.knowledge.search import HybridRetriever
from assistant.knowledge.vector_index import open_index
from assistant.llm.embeddings_letters import LetterEmbedder
from assistant.ports import VectorIndex
from assistant.storage.articles import SqlArticles
from assistant.storage.database import SqlDatabase, sqlite_engine
from assistant.storage.schema import metadata

TODAY = date(2026, 11, 23)
PAGES = {
    "ja/returns.md": ("返品の期限", "商品の到着から30日以内であれば返品できます。送料は当店が負担します。"),
    "ja/points.md": ("ポイントの有効期限", "ポイントは最後のご購入から1年間有効です。"),
    "ja/errors.md": ("エラーE-1042", "カードが承認されなかったときに表示されます。"),
    "en/returns.md": ("Returning an item", "You can return any item within 30 days. We pay the postage."),
    "en/invoice.md": ("Getting an invoice", "Invoices can be downloaded from your order history."),
    "ja/sale.md": ("夏のセール", "浴衣が半額です。"),
}


class Store:
    def __init__(self, connection: sa.Connection) -> None:
        self.articles = SqlArticles(connection)


class Shop:
    """A knowledge base, its indexer and a retriever."""

    def __init__(self, index: VectorIndex | None = None) -> None:
        engine = sqlite_engine(None)
        metadata.create_all(engine)
        self.database = SqlDatabase(engine, Store)
        self.embedder = LetterEmbedder()
        self.indexer = Indexer(self.database, self.embedder)
        self.retriever = self.serve(index or ExactIndex())

    def serve(self, index: VectorIndex) -> HybridRetriever:
        return HybridRetriever(self.database, self.embedder, index, today=lambda: TODAY)

    async def put(self, name: str, title: str, text: str, *, until: date | None = None) -> None:
        article = Article(
            id=name, title=title, language=name[:2], text=text, valid_until=until, content_hash=text
        )
        await self.indexer.put([(article, [Chunk(position=0, headings=(), text=text, tokens=9)])])

    async def fill(self) -> None:
        for name, (title, text) in PAGES.items():
            await self.put(name, title, text, until=date(2026, 8, 31) if "sale" in name else None)
        await self.indexer.embed()

    async def found(self, question: str, language: str | None = None) -> list[str]:
        return [passage.article for passage in await self.retriever.search(question, language=language)]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    await made.fill()
    await made.retriever.start()
    yield made
    await made.retriever.close()
    made.database.close()


@pytest.mark.parametrize(
    ("question", "language", "article"),
    [
        ("返品は何日以内ですか", "ja", "ja/returns.md"),
        ("ポイントはいつまで有効？", "ja", "ja/points.md"),
        ("E-1042と出ます", "ja", "ja/errors.md"),
        ("Ｅ－１０４２", "ja", "ja/errors.md"),
        ("How can I return an item?", "en", "en/returns.md"),
        ("where do i download invoices", "en", "en/invoice.md"),
    ],
)
async def test_the_right_article_comes_first(shop: Shop, question: str, language: str, article: str) -> None:
    assert (await shop.found(question, language))[0] == article


async def test_scores_are_probabilities_best_first(shop: Shop) -> None:
    scores = [passage.score for passage in await shop.retriever.search("返品の期限は？", language="ja")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_a_passage_carries_what_a_citation_needs(shop: Shop) -> None:
    best = (await shop.retriever.search("返品の期限は？", language="ja", limit=1))[0]
    assert (best.article, best.title, best.language) == ("ja/returns.md", "返品の期限", "ja")
    assert best.text == PAGES["ja/returns.md"][1]


async def test_an_expired_article_is_not_found(shop: Shop) -> None:
    assert "ja/sale.md" not in await shop.found("浴衣のセール", "ja")


async def test_an_empty_knowledge_base_finds_nothing() -> None:
    empty = Shop()
    await empty.retriever.start()
    assert await empty.found("返品したい") == []
    empty.database.close()


# -- changes while serving


async def test_what_another_process_wrote_is_found_after_a_refresh(shop: Shop) -> None:
    assert await shop.retriever.refresh() is False
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await shop.indexer.embed()
    assert await shop.retriever.refresh() is True
    assert (await shop.found("ギフト包装はいくら", "ja"))[0] == "ja/gift.md"


async def test_new_text_is_found_by_its_words_before_it_has_vectors(shop: Shop) -> None:
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await shop.retriever.refresh()
    assert "ja/gift.md" in await shop.found("ラッピング", "ja")


async def test_a_removed_article_is_not_found(shop: Shop) -> None:
    await shop.indexer.remove(["ja/points.md"])
    assert "ja/points.md" not in await shop.found("ポイント", "ja")
    await shop.retriever.refresh()
    assert "ja/points.md" not in await shop.found("ポイント", "ja")


async def test_a_change_between_ranking_and_reading_drops_the_passage(shop: Shop) -> None:
    """Another process removed it; the retriever has not refreshed yet."""
    await shop.indexer.remove(["ja/returns.md"])
    assert "ja/returns.md" not in await shop.found("返品の期限", "ja")


async def test_embedding_goes_on_where_it_was_interrupted(shop: Shop) -> None:
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    shop.embedder.broken = True
    with pytest.raises(Exception, match="switched off"):
        await shop.indexer.embed()
    shop.embedder.broken, shop.embedder.embedded = False, []
    steps: list[tuple[int, int]] = []
    await shop.indexer.embed(lambda done, total: steps.append((done, total)))
    assert steps == [(0, 1), (1, 1)]
    assert all("ギフト" in text for text in shop.embedder.embedded)


# -- parts that are down


async def test_without_the_embedding_model_words_still_answer(shop: Shop) -> None:
    shop.embedder.broken = True
    assert (await shop.found("返品の送料", "ja"))[0] == "ja/returns.md"
    assert shop.retriever.health()["embeddings"] == "The embedding model is switched off."
    shop.embedder.broken = False
    await shop.found("返品の送料", "ja")
    assert shop.retriever.health() == {"embeddings": None, "vectors": None, "words": None}


class BrokenIndex(ExactIndex):
    async def nearest(self, vector: object, *, limit: int) -> list[tuple[int, float]]:
        raise IndexUnavailable("The disk is gone.")


async def test_an_index_that_breaks_is_replaced_by_the_exact_one() -> None:
    broken = Shop(BrokenIndex())
    await broken.fill()
    await broken.retriever.start()
    assert (await broken.found("ポイントの期限", "ja"))[0] == "ja/points.md"
    assert broken.retriever.health()["vectors"] == "The disk is gone."
    broken.database.close()


# -- hostile questions


HOSTILE = (
    *("", "   ", "\0", "\ud800", "\u202e\u200b\ufeff", "😀" * 300, "a" * 20_000, "返品" * 10_000),
    *('"', "*", 'NEAR("a" "b", 5)', "title_terms:x", "' OR 1=1; --", "^{}[]()~!@#$%", "AND OR NOT"),
    "𠮷野家で返品 return it ﾍﾝﾋﾟﾝ",
)


@pytest.mark.parametrize("question", HOSTILE)
async def test_any_question_gets_an_orderly_answer(shop: Shop, question: str) -> None:
    for passage in await shop.retriever.search(question, language="ja"):
        assert 0 <= passage.score <= 1


Served = Callable[[str, str | None], int]
QUESTIONS = st.text(st.characters(exclude_categories=[]))


@settings(max_examples=60, deadline=None)
@given(question=QUESTIONS, language=st.sampled_from(["ja", "en", "xx", None]))
def test_no_question_breaks_the_search(served: Served, question: str, language: str | None) -> None:
    assert served(question, language) >= 0


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One shop for all examples: asks it a question, tells how many passages came back."""
    loop = asyncio.new_event_loop()
    made = Shop()
    loop.run_until_complete(made.fill())
    loop.run_until_complete(made.retriever.start())

    def ask(question: str, language: str | None) -> int:
        return len(loop.run_until_complete(made.retriever.search(question, language=language)))

    yield ask
    made.database.close()
    loop.close()


# -- Chroma


async def test_chroma_finds_the_same_and_survives_a_restart(tmp_path: Path) -> None:
    first = Shop(open_index(tmp_path, "letters"))
    await first.fill()
    await first.retriever.start()
    before = await first.found("返品は何日以内ですか", "ja")
    await first.retriever.close()

    again = first.serve(open_index(tmp_path, "letters"))
    await first.indexer.remove(["ja/points.md"])
    await again.start()
    hits = await again.search("返品は何日以内ですか", language="ja")
    assert hits[0].article == before[0] == "ja/returns.md"
    assert again.health()["vectors"] is None
    await again.close()
    first.database.close()


async def test_a_second_process_searches_exactly_instead(tmp_path: Path) -> None:
    holder = open_index(tmp_path, "letters")
    second = Shop(open_index(tmp_path, "letters"))
    await second.fill()
    await second.retriever.start()
    assert (await second.found("ポイント", "ja"))[0] == "ja/points.md"
    assert second.retriever.health()["vectors"] == "Another process has the vector index open."
    await holder.close()
    second.database.close()


async def test_damaged_files_are_set_aside_and_made_again(tmp_path: Path) -> None:
    (await_closed := open_index(tmp_path, "letters"))
    await await_closed.close()
    (tmp_path / "index" / "files" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    shop = Shop(open_index(tmp_path, "letters"))
    await shop.fill()
    await shop.retriever.start()
    assert (await shop.found("ポイント", "ja"))[0] == "ja/points.md"
    assert (tmp_path / "index" / "damaged").is_dir()
    assert shop.retriever.health()["vectors"] is None
    await shop.retriever.close()
    shop.database.close()


async def test_another_model_gets_a_collection_of_its_own(tmp_path: Path) -> None:
    one = open_index(tmp_path, "letters")
    await one.put([16], (await LetterEmbedder().passages(["a b"])))
    await one.close()
    other = open_index(tmp_path, "openai-text/embedding 3")
    assert await other.ids() == set()
    await other.close()


async def test_scores_do_not_depend_on_the_limit(shop: Shop) -> None:
    one = await shop.retriever.search("返品の期限", language="ja", limit=1)
    five = await shop.retriever.search("返品の期限", language="ja", limit=5)
    assert replace(one[0], score=0) == replace(five[0], score=0)
    assert one[0].score == five[0].score


async def test_a_stand_in_gives_way_when_the_index_can_be_had(tmp_path: Path) -> None:
    holder = open_index(tmp_path, "letters")
    shop = Shop(open_index(tmp_path, "letters"))
    await shop.put("ja/new.md", "新しい記事", "新しい記事です。")
    await shop.retriever.start()
    assert shop.retriever.health()["vectors"]
    await holder.close()
    await shop.retriever.move_to(open_index(tmp_path, "letters"))
    assert shop.retriever.health()["vectors"] is None
    assert [passage.article for passage in await shop.retriever.search("新しい記事")] == ["ja/new.md"]
    await shop.retriever.close()
    shop.database.close()
