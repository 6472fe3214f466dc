"""Closeness from stored token vectors: each word where the passage says it; nothing where nothing is kept."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge.index import Indexer
from assistant.knowledge.near import StoredCloseness
from assistant.knowledge.search import HybridRetriever
from assistant.knowledge.vector_index import KeptVectors
from assistant.llm.embeddings_letters import LetterEmbedder
from assistant.ports import Embedder, Fine
from assistant.storage.database import SqlDatabase, sqlite_engine
from assistant.storage.schema import metadata
from evals.retrieval_runs import Store

ARTICLE = Article(id="returns.md", title="返品", language="ja", text="送料は770円です。", content_hash="1")
CHUNK = Chunk(position=0, headings=("費用",), text="送料は770円です。", tokens=9)


class Characters(LetterEmbedder):
    """A model whose tokens are characters, each with a direction of its own."""

    async def fine_query(self, text: str) -> Fine:
        return (await self.fine_passages([text]))[0]

    async def fine_passages(self, texts: Sequence[str]) -> Sequence[Fine]:
        return [
            Fine(whole, np.stack([_direction(char) for char in text]))
            for text, whole in zip(texts, await self.passages(texts), strict=True)
        ]

    def spans(self, text: str) -> NDArray[np.intp]:
        return np.array([(place, place + 1) for place in range(len(text))], np.intp)


def _direction(char: str) -> NDArray[np.int8]:
    return np.random.default_rng(ord(char)).integers(-7, 8, 64).astype(np.int8)


async def stored(embedder: Embedder) -> tuple[HybridRetriever, StoredCloseness]:
    engine = sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, Store)
    indexer = Indexer(database, embedder)
    await indexer.put([(ARTICLE, [CHUNK])])
    await indexer.embed()
    retriever = HybridRetriever(database, embedder, KeptVectors())
    await retriever.start()
    return retriever, StoredCloseness(database, embedder)


async def test_each_word_of_the_question_is_found_where_the_passage_says_it() -> None:
    retriever, closeness = await stored(Characters())
    passages = await retriever.search("770円", language="ja")
    (near,) = await closeness.near("770円", passages)
    assert near is not None
    best = near.spans[near.cosines.argmax(axis=0)]
    assert [passages[0].text[start:end] for start, end in best] == ["7", "7", "0", "円"]
    assert near.cosines.max(axis=0).min() > 0.99


async def test_a_model_that_keeps_no_tokens_compares_nothing() -> None:
    retriever, closeness = await stored(LetterEmbedder())
    passages = await retriever.search("770円", language="ja")
    assert await closeness.near("770円", passages) == [None]


async def test_while_the_embedding_model_is_down_nothing_is_compared() -> None:
    embedder = Characters()
    retriever, closeness = await stored(embedder)
    passages = await retriever.search("770円", language="ja")
    embedder.broken = True
    assert await closeness.near("770円", passages) == [None]
