"""An index that only remembers, for the tests of the ingest run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.domain.article_lifecycle import SourceCheck, SourceProblem
from assistant.domain.knowledge import Article, Chunk, Origin


@dataclass(slots=True)
class InMemoryIndex:
    """An Index in memory; *groups* keeps how many articles came in each transaction."""

    articles: dict[str, Article] = field(default_factory=dict)
    chunks: dict[str, Sequence[Chunk]] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    troubles: list[SourceProblem] = field(default_factory=list)
    remarks: list[SourceProblem] = field(default_factory=list)
    looks: list[SourceCheck] = field(default_factory=list)

    async def load_content_hashes(self) -> Mapping[str, str]:
        return {id: article.content_hash for id, article in self.articles.items()}

    async def load_origins(self) -> Mapping[str, Origin]:
        return {id: article.origin for id, article in self.articles.items() if article.origin}

    async def save_articles(self, articles: Sequence[tuple[Article, Sequence[Chunk]]]) -> None:
        self.groups.append(len(articles))
        for article, chunks in articles:
            self.articles[article.id] = article
            self.chunks[article.id] = chunks

    async def update_origins(self, origins: Mapping[str, Origin]) -> None:
        for id, origin in origins.items():
            self.articles[id] = replace(self.articles[id], origin=origin)

    async def remove_articles(self, articles: Sequence[str]) -> None:
        for id in articles:
            del self.articles[id]

    async def record_run(
        self, sources: Sequence[str], troubles: Sequence[SourceProblem], looks: Sequence[SourceCheck]
    ) -> list[tuple[str, str]]:
        self.troubles = [one for one in troubles if not one.harmless]
        self.remarks = [one for one in troubles if one.harmless]
        self.looks = list(looks)
        return []

    async def backfill_embeddings(self, progress: Callable[[int, int], None]) -> None:
        total = sum(len(chunks) for chunks in self.chunks.values())
        progress(total, total)
