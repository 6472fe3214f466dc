"""A small knowledge base with a retriever, for the tests of search and of the index."""

from datetime import date

import sqlalchemy as sa

from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
from assistant.models.embeddings.fake import LetterEmbedder
from assistant.ports.models import Embedder
from assistant.storage.article_lifecycle import SqlArticleLifecycle
from assistant.storage.articles import SqlArticles
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.sources import SqlSources
from assistant.storage.store import SqlStore
from assistant.storage.vector_collections import SqlCollections

TODAY = date(2026, 11, 23)
PAGES = {
    "ja/returns.md": ("返品の期限", "商品の到着から30日以内であれば返品できます。送料は当店が負担します。"),
    "ja/points.md": ("ポイントの有効期限", "ポイントは最後のご購入から1年間有効です。"),
    "ja/errors.md": ("エラーE-1042", "カードが承認されなかったときに表示されます。"),
    "en/returns.md": ("Returning an item", "You can return any item within 30 days. We pay the postage."),
    "en/invoice.md": ("Getting an invoice", "Invoices can be downloaded from your order history."),
    "ja/sale.md": ("夏のセール", "浴衣が半額です。"),
}


class KnowledgeStoreBundle:
    def __init__(self, connection: sa.Connection) -> None:
        self.articles = SqlArticles(connection)
        self.article_lifecycle = SqlArticleLifecycle(connection)
        self.sources = SqlSources(connection)
        self.collections = SqlCollections(connection)


class KnowledgeHarness:
    """A knowledge base, its indexer and a retriever."""

    def __init__(
        self,
        vectors: SyncedVectorIndex | None = None,
        *,
        engine: sa.Engine | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """On a database in memory, unless *engine* is one with our tables."""
        if engine is None:
            engine = create_sqlite_engine(None)
            metadata.create_all(engine)
        self.database = SqlDatabase(engine, KnowledgeStoreBundle)
        self.letters = LetterEmbedder()
        self.embedder = embedder or self.letters
        self.indexer = Indexer(self.database, self.embedder)
        self.retriever = self.serve(vectors or SyncedVectorIndex())
        #: Further ones, to be closed.
        self.opened: list[HybridRetriever] = []

    @classmethod
    def on(cls, database: SqlDatabase[SqlStore]) -> "KnowledgeHarness":
        """One that fills a database of the product's own."""
        made = cls()
        made.indexer = Indexer(database, made.embedder)
        return made

    def serve(self, vectors: SyncedVectorIndex) -> HybridRetriever:
        return HybridRetriever(self.database, self.embedder, vectors, today=lambda: TODAY)

    async def put(self, name: str, title: str, text: str, *, until: date | None = None) -> None:
        article = Article(
            id=name, title=title, language=name[:2], text=text, valid_until=until, content_hash=text
        )
        await self.indexer.save_articles([(article, [Chunk(position=0, headings=(), text=text, tokens=9)])])

    async def fill(self) -> None:
        for name, (title, text) in PAGES.items():
            await self.put(name, title, text, until=date(2026, 8, 31) if "sale" in name else None)
        await self.indexer.backfill_embeddings()

    async def found(self, question: str, language: str | None = None) -> list[str]:
        return [passage.article for passage in await self.retriever.search(question, language=language)]
