"""SQL for articles that are written in the console."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.article_drafts import ArticleFields, ArticleRevision
from assistant.storage.lead_tables import article_revisions
from assistant.storage.row_mapping import from_json, to_json
from assistant.storage.statements import build_insert_if_absent, build_select

NAMES = tuple(field.name for field in fields(ArticleRevision))


class SqlArticleDrafts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_heads(self) -> Sequence[ArticleRevision]:
        """The revision of each article that the next one goes on from."""
        c = article_revisions.c
        newest = sa.select(c.article, sa.func.max(c.revision).label("revision")).where(~c.beside)
        head = newest.group_by(c.article).subquery()
        query = sa.select(article_revisions).join(
            head, sa.and_(head.c.article == c.article, head.c.revision == c.revision)
        )
        return [
            _parse_revision(row) for row in self._connection.execute(query.order_by(c.article)).mappings()
        ]

    def list_revisions(self, article: str) -> Sequence[ArticleRevision]:
        """Every saved text of an article, newest first."""
        query = build_select(article_revisions, "article").order_by(article_revisions.c.revision.desc())
        return [
            _parse_revision(row) for row in self._connection.execute(query, {"article": article}).mappings()
        ]

    def load_revision(self, article: str, revision: int) -> ArticleRevision | None:
        values = {"article": article, "revision": revision}
        row = self._connection.execute(build_select(article_revisions, *values), values).mappings().first()
        return None if row is None else _parse_revision(row)

    def add_revision(self, revision: ArticleRevision) -> bool:
        """Store a revision; False: its number was taken by somebody else just now."""
        row = {name: getattr(revision, name) for name in NAMES}
        row["fields"] = to_json(ArticleFields, revision.fields)
        insert = build_insert_if_absent(self._connection, article_revisions)
        return bool(self._connection.execute(insert, row).rowcount)

    def mark_published(self, article: str, revision: int, now: datetime) -> None:
        """Customers get this revision from now on, and no other of the article."""
        self.mark_withdrawn(article, now)
        c = article_revisions.c
        where = sa.and_(c.article == article, c.revision == revision)
        self._connection.execute(
            sa.update(article_revisions).where(where).values(published_at=now, withdrawn_at=None)
        )

    def mark_withdrawn(self, article: str, now: datetime) -> bool:
        """Customers get no revision of the article any more; returns whether they did."""
        c = article_revisions.c
        where = sa.and_(c.article == article, c.published_at.is_not(None), c.withdrawn_at.is_(None))
        done = self._connection.execute(sa.update(article_revisions).where(where).values(withdrawn_at=now))
        return done.rowcount > 0


def _parse_revision(row: sa.RowMapping) -> ArticleRevision:
    values = {name: row[name] for name in NAMES}
    values["fields"] = from_json(ArticleFields, values["fields"])
    return ArticleRevision(**values)
