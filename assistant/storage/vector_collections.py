"""SQL for vector collections: their names, and the leases for filling and backfilling them."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.storage.article_tables import collections, knowledge

#: Lease duration of a process that fills a collection.
LEASE = timedelta(seconds=30)
#: Lease duration of a process that makes vectors, renewed with each of its small batches.
MAKING = timedelta(seconds=30)


class SqlCollections:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_name(self, model: str) -> str | None:
        """Chroma's collection name for *model*; None: it has none yet."""
        query = sa.select(collections.c.name).where(collections.c.model == model)
        found: str | None = self._connection.execute(query).scalar()
        return found

    def ensure_name(self, model: str) -> str:
        """As `find_name`; creates the name if missing."""
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        made = insert(collections).values(model=model, name=generate_collection_name(model))
        self._connection.execute(made.on_conflict_do_nothing(index_elements=["model"]))
        return self.find_name(model) or ""

    def acquire_sync_lease(self, model: str, filler: str, version: int, now: datetime) -> bool:
        """Whether *filler* gets the lease to bring the collection to *version*.

        It does when no other process holds it and the collection is not newer.
        """
        newest = self._connection.execute(sa.select(knowledge.c.version)).scalar() or 0
        if newest != version:
            return False
        c = collections.c
        free = sa.or_(c.lease.is_(None), c.lease == filler, c.lease_until <= now)
        taken = collections.update().where(c.model == model, free)
        return bool(self._connection.execute(taken.values(lease=filler, lease_until=now + LEASE)).rowcount)

    def release_sync_lease(self, model: str, filler: str) -> None:
        """Release the sync lease."""
        c = collections.c
        mine = collections.update().where(c.model == model, c.lease == filler)
        self._connection.execute(mine.values(lease=None, lease_until=None))

    def acquire_backfill_lease(self, model: str, maker: str, now: datetime, *, politely: bool) -> bool:
        """Whether *maker* gets the lease to make vectors of *model*; *politely*: not while another process
        holds it.
        """
        self.ensure_name(model)
        c = collections.c
        free = sa.or_(c.maker.is_(None), c.maker == maker, c.maker_until <= now) if politely else sa.true()
        taken = collections.update().where(c.model == model, free)
        return bool(self._connection.execute(taken.values(maker=maker, maker_until=now + MAKING)).rowcount)

    def mark_complete(self, model: str, spec: str) -> None:
        """Record that every vector of *model* exists; *spec* is the setting that opens the model."""
        self.ensure_name(model)
        self._connection.execute(
            collections.update().where(collections.c.model == model).values(spec=spec, maker=None)
        )

    def list_complete(self) -> Mapping[str, str]:
        """Model -> setting, of the models whose vectors are complete."""
        c = collections.c
        rows = self._connection.execute(sa.select(c.model, c.spec).where(c.spec != "").order_by(c.model))
        return {row.model: row.spec for row in rows}

    def delete_collections(self, *, except_model: str) -> Sequence[str]:
        """Delete the other models' collections; returns their names, to remove them from the index."""
        others = collections.c.model != except_model
        names = self._connection.execute(sa.select(collections.c.name).where(others)).scalars().all()
        self._connection.execute(collections.delete().where(others))
        return names


def generate_collection_name(model: str) -> str:
    """A new name that Chroma accepts: 3-512 letters, digits, dots, dashes and underscores."""
    readable = re.sub("[^a-zA-Z0-9-]+", "-", model)[:60].strip("-")
    return f"passages-{readable or 'model'}-{secrets.token_hex(6)}"
