"""Token vectors of passages from SQL, for quote selection and the grounding check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.knowledge.ingest.index_fields import prepend_headings
from assistant.lru_cache import LruCache
from assistant.ports.knowledge import PassageTokens
from assistant.ports.models import Embedder, MultiVectorEmbedder
from assistant.ports.storage.store import ArticlesTransaction, Database

if TYPE_CHECKING:
    from numpy import int8
    from numpy.typing import NDArray

#: Cached passages, about 30 kB each; good passages recur with every question about them.
CACHE_SIZE = 1_000


class StoredTokenVectors:
    """Token vectors from SQL; none for models without token vectors."""

    def __init__(self, database: Database[ArticlesTransaction], embedder: Embedder) -> None:
        self._database, self._embedder = database, embedder
        self._recent: LruCache[tuple[int, str], PassageTokens] = LruCache(CACHE_SIZE)

    async def load_passage_tokens(self, passages: Sequence[Passage]) -> Sequence[PassageTokens | None]:
        """In the order of *passages*; None where a passage has no token vectors (yet)."""
        embedder, named = self._embedder, {(each.chunk, each.text): each for each in passages}
        if not isinstance(embedder, MultiVectorEmbedder):
            return [None] * len(passages)

        async def read(keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], PassageTokens]:
            model, chunks = self._embedder.name, [chunk for chunk, _ in keys]
            kept = await self._database.read(lambda store: store.articles.load_tokens(model, chunks))
            here = {key: kept[key[0]][0] for key in keys if key[0] in kept}
            made = {key: build_passage_tokens(embedder, named[key], tokens) for key, tokens in here.items()}
            return {key: tokens for key, tokens in made.items() if tokens}

        try:
            found = await self._recent.get_many(list(named), read)
        except Unavailable:
            return [None] * len(passages)
        return [found.get((each.chunk, each.text)) for each in passages]


def build_passage_tokens(
    embedder: MultiVectorEmbedder, passage: Passage, tokens: NDArray[int8]
) -> PassageTokens | None:
    """The *tokens* of a passage with their spans in its text; None when they do not belong to this text."""
    heading, whole = prepend_headings(passage.title, passage.headings, passage.text)
    spans = embedder.compute_token_spans(whole) - len(heading)
    if not tokens.size or len(spans) != len(tokens):
        return None
    return PassageTokens(spans=spans, tokens=tokens)
