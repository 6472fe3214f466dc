"""Which collection of the vector index holds each model's vectors, who makes and who fills them."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.storage.article_tables import collections, knowledge

#: How long a process that fills is believed to be alive without a word from it.
LEASE = timedelta(seconds=30)
#: The same of one that makes vectors; it says a word with each of its small batches.
MAKING = timedelta(seconds=30)


class SqlCollections:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_name(self, model: str) -> str | None:
        """Chroma's name for the vectors of *model*; None: there is none yet."""
        query = sa.select(collections.c.name).where(collections.c.model == model)
        found: str | None = self._connection.execute(query).scalar()
        return found

    def ensure_name(self, model: str) -> str:
        """The same; made where there is none."""
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        made = insert(collections).values(model=model, name=generate_collection_name(model))
        self._connection.execute(made.on_conflict_do_nothing(index_elements=["model"]))
        return self.find_name(model) or ""

    def acquire_sync_lease(self, model: str, filler: str, version: int, now: datetime) -> bool:
        """Whether *filler* may bring the collection to *version*: nobody else does, and nothing is newer."""
        newest = self._connection.execute(sa.select(knowledge.c.version)).scalar() or 0
        if newest != version:
            return False
        c = collections.c
        free = sa.or_(c.lease.is_(None), c.lease == filler, c.lease_until <= now)
        taken = collections.update().where(c.model == model, free)
        return bool(self._connection.execute(taken.values(lease=filler, lease_until=now + LEASE)).rowcount)

    def release_sync_lease(self, model: str, filler: str) -> None:
        """Let others have it."""
        c = collections.c
        mine = collections.update().where(c.model == model, c.lease == filler)
        self._connection.execute(mine.values(lease=None, lease_until=None))

    def acquire_backfill_lease(self, model: str, maker: str, now: datetime, *, politely: bool) -> bool:
        """Whether *maker* may make vectors of *model*; *politely*: unless somebody else does."""
        self.ensure_name(model)
        c = collections.c
        free = sa.or_(c.maker.is_(None), c.maker == maker, c.maker_until <= now) if politely else sa.true()
        taken = collections.update().where(c.model == model, free)
        return bool(self._connection.execute(taken.values(maker=maker, maker_until=now + MAKING)).rowcount)

    def mark_complete(self, model: str, spec: str) -> None:
        """Every vector of *model* was made; *spec* is the setting that opens it."""
        self.ensure_name(model)
        self._connection.execute(
            collections.update().where(collections.c.model == model).values(spec=spec, maker=None)
        )

    def list_complete(self) -> Mapping[str, str]:
        """Models whose vectors were all made once, and the settings that open them."""
        c = collections.c
        rows = self._connection.execute(sa.select(c.model, c.spec).where(c.spec != "").order_by(c.model))
        return {row.model: row.spec for row in rows}

    def delete_collections(self, *, except_model: str) -> Sequence[str]:
        """Drop the other models' collections; their names, for whoever removes them from the index."""
        others = collections.c.model != except_model
        names = self._connection.execute(sa.select(collections.c.name).where(others)).scalars().all()
        self._connection.execute(collections.delete().where(others))
        return names


def generate_collection_name(model: str) -> str:
    """A new name that Chroma takes: 3-512 of letters, digits, dot, dash and underscore."""
    readable = re.sub("[^a-zA-Z0-9-]+", "-", model)[:60].strip("-")
    return f"passages-{readable or 'model'}-{secrets.token_hex(6)}"
