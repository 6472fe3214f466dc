"""Tokens of passages from SQL: each where the passage says it; none where nothing is kept."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.retrieval.token_vectors import StoredTokenVectors
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
from assistant.models.embeddings.fake import LetterEmbedder
from assistant.ports.models import Embedder, MultiVector
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from evals.quality.retrieval_runs import EvalStore

ARTICLE = Article(id="returns.md", title="返品", language="ja", text="送料は770円です。", content_hash="1")
CHUNK = Chunk(position=0, headings=("費用",), text="送料は770円です。", tokens=9)


class CharacterEmbedder(LetterEmbedder):
    """A model whose tokens are characters, each with a direction of its own."""

    async def embed_query_tokens(self, text: str) -> MultiVector:
        return (await self.embed_passage_tokens([text]))[0]

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Sequence[MultiVector]:
        return [
            MultiVector(whole, np.stack([_direction(char) for char in text]))
            for text, whole in zip(texts, await self.embed_passages(texts), strict=True)
        ]

    def compute_token_spans(self, text: str) -> NDArray[np.intp]:
        return np.array([(place, place + 1) for place in range(len(text))], np.intp)


def _direction(char: str) -> NDArray[np.int8]:
    return np.random.default_rng(ord(char)).integers(-7, 8, 64).astype(np.int8)


async def stored(embedder: Embedder) -> tuple[HybridRetriever, StoredTokenVectors]:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, EvalStore)
    indexer = Indexer(database, embedder)
    await indexer.save_articles([(ARTICLE, [CHUNK])])
    await indexer.backfill_embeddings()
    retriever = HybridRetriever(database, embedder, SyncedVectorIndex())
    await retriever.start()
    return retriever, StoredTokenVectors(database, embedder)


async def test_each_token_stands_where_the_passage_says_it() -> None:
    retriever, kept = await stored(CharacterEmbedder())
    passages = await retriever.search("770円", language="ja")
    (tokens,) = await kept.load_passage_tokens(passages)
    assert tokens is not None
    text = "".join(passages[0].text[start:end] for start, end in tokens.spans if start >= 0)
    assert text == passages[0].text
    [yen] = [
        place
        for place, (start, end) in enumerate(tokens.spans)
        if start >= 0 and passages[0].text[start:end] == "円"
    ]
    assert (tokens.tokens[yen] == _direction("円")).all()


async def test_a_changed_passage_is_not_taken_for_the_one_that_is_kept() -> None:
    retriever, kept = await stored(CharacterEmbedder())
    passages = await retriever.search("770円", language="ja")
    assert await kept.load_passage_tokens([replace(passages[0], text="送料は当社が負担します。")]) == [None]


async def test_what_was_read_is_remembered() -> None:
    retriever, kept = await stored(CharacterEmbedder())
    passages = await retriever.search("770円", language="ja")
    assert (await kept.load_passage_tokens(passages))[0] is (await kept.load_passage_tokens(passages))[0]


async def test_a_model_that_keeps_no_tokens_has_none() -> None:
    retriever, kept = await stored(LetterEmbedder())
    assert await kept.load_passage_tokens(await retriever.search("770円", language="ja")) == [None]
