"""An embedder with a cache on disk, so that repeated experiments take seconds."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from numpy.typing import NDArray

from assistant.models.embeddings.factory import build_embedder
from assistant.ports.models import MultiVector, MultiVectorEmbedder

Vectors = NDArray[np.float32]
CACHE = Path(gettempdir()) / "yorisoi-evals"


class CachingEmbedder:
    """The local model with a cache on disk."""

    def __init__(self) -> None:
        CACHE.mkdir(exist_ok=True)
        inner = build_embedder("local", CACHE)
        if not isinstance(inner, MultiVectorEmbedder):
            raise TypeError("the local model tells tokens apart")
        self._inner = inner
        self.name, self.dimensions = inner.name, inner.dimensions
        self.count_tokens, self.compute_token_spans = inner.count_tokens, inner.compute_token_spans
        self._memory = sqlite3.connect(CACHE / "fine.db", timeout=60)
        # Other processes write there too; a power cut loses only cached vectors.
        self._memory.execute("PRAGMA journal_mode = WAL")
        self._memory.execute("PRAGMA synchronous = OFF")
        self._memory.execute("CREATE TABLE IF NOT EXISTS fine (k TEXT PRIMARY KEY, whole BLOB, tokens BLOB)")

    async def embed_query(self, text: str) -> Vectors:
        return (await self.embed_query_tokens(text)).pooled

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([fine.pooled for fine in await self.embed_passage_tokens(texts)])

    async def embed_query_tokens(self, text: str) -> MultiVector:
        known = self._load_cached("q", text)
        if known is None:
            known = await self._inner.embed_query_tokens(text)
            self._save_cached("q", [text], [known])
        return known

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Sequence[MultiVector]:
        missing = [text for text in texts if self._load_cached("p", text) is None]
        if missing:
            self._save_cached("p", missing, await self._inner.embed_passage_tokens(missing))
        found = [self._load_cached("p", text) for text in texts]
        return [fine for fine in found if fine is not None]

    def _build_key(self, kind: str, text: str) -> str:
        return hashlib.sha1((self.name + kind + text).encode("utf-8", "replace")).hexdigest()

    def _load_cached(self, kind: str, text: str) -> MultiVector | None:
        row = self._memory.execute(
            "SELECT whole, tokens FROM fine WHERE k = ?", (self._build_key(kind, text),)
        ).fetchone()
        if row is None:
            return None
        tokens = np.frombuffer(row[1], np.int8).reshape(-1, 128)
        return MultiVector(np.frombuffer(row[0], "<f2").astype(np.float32), tokens)

    def _save_cached(self, kind: str, texts: Sequence[str], made: Sequence[MultiVector]) -> None:
        rows = [
            (self._build_key(kind, text), fine.pooled.astype("<f2").tobytes(), fine.tokens.tobytes())
            for text, fine in zip(texts, made, strict=True)
        ]
        with self._memory:
            self._memory.executemany("INSERT OR REPLACE INTO fine VALUES (?, ?, ?)", rows)
