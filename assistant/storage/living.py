"""What makes documents live: replacements, contradictions, troubles of sources, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.domain.living import Contradiction, Replaced, Side, Trouble
from assistant.domain.replacing import Stated
from assistant.storage.article_tables import (
    articles,
    chunks,
    contradictions,
    dismissals,
    knowledge,
    replacements,
    troubles,
    vectors,
)


class SqlLiving:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # -- replaced articles

    def stated(self) -> Sequence[Stated]:
        """What every article says of others."""
        c = articles.c
        rows = self._connection.execute(sa.select(c.id, c.url, c.supersedes, c.superseded_by).order_by(c.id))
        return [
            Stated(id=row.id, url=row.url, supersedes=tuple(row.supersedes), superseded_by=row.superseded_by)
            for row in rows
        ]

    def replace(self, found: Mapping[str, str]) -> bool:
        """Note which article replaces which; whether that is news."""
        before = {row.article: row.by for row in self._connection.execute(sa.select(replacements))}
        if before == dict(found):
            return False
        self._connection.execute(replacements.delete())
        if found:
            rows = [{"article": old, "by": new} for old, new in found.items()]
            self._connection.execute(replacements.insert(), rows)
        self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))
        return True

    def replaced(self) -> Sequence[Replaced]:
        """Replaced articles, and from when on."""
        old, new = articles.alias(), articles.alias()
        query = (
            sa.select(
                replacements.c.article,
                replacements.c.by,
                old.c.title,
                new.c.title.label("by_title"),
                new.c.valid_from,
            )
            .join(old, old.c.id == replacements.c.article)
            .join(new, new.c.id == replacements.c.by)
            .order_by(replacements.c.article)
        )
        return [
            Replaced(
                article=row.article,
                title=row.title,
                by=row.by,
                by_title=row.by_title,
                since=row.valid_from,
            )
            for row in self._connection.execute(query)
        ]

    def resting(self, today: date) -> Sequence[int]:
        """Chunks that are not answered from *today*, whatever their last day: not yet, or no longer."""
        new = articles.alias()
        begun = sa.or_(new.c.valid_from.is_(None), new.c.valid_from <= today)
        replaced = sa.select(replacements.c.article).join(new, new.c.id == replacements.c.by).where(begun)
        c = articles.c
        query = sa.select(chunks.c.id).join(articles, c.id == chunks.c.article)
        rests = sa.or_(c.valid_from > today, c.id.in_(replaced))
        return self._connection.execute(query.where(rests).order_by(chunks.c.id)).scalars().all()

    def owners(self) -> Mapping[int, str]:
        """Chunk -> article."""
        rows = self._connection.execute(sa.select(chunks.c.id, chunks.c.article))
        return {row.id: row.article for row in rows}

    def ending(self, before: date) -> Sequence[tuple[str, str, date]]:
        """(article, title, last day) of what holds no longer than *before*, the earliest first."""
        c = articles.c
        query = sa.select(c.id, c.title, c.valid_until).where(c.valid_until <= before)
        return [tuple(row) for row in self._connection.execute(query.order_by(c.valid_until, c.id))]

    def coming(self, after: date) -> Sequence[tuple[str, str, date]]:
        """(article, title, first day) of what does not hold yet."""
        c = articles.c
        query = sa.select(c.id, c.title, c.valid_from).where(c.valid_from > after)
        return [tuple(row) for row in self._connection.execute(query.order_by(c.valid_from, c.id))]

    # -- contradictions

    def uncompared(self, model: str) -> tuple[int, Sequence[int]]:
        """The last chunk that may be compared now, and those that were not yet."""
        done = self._connection.execute(sa.select(knowledge.c.compared)).scalar() or 0
        has = sa.exists().where(vectors.c.chunk == chunks.c.id, vectors.c.model == model)
        waiting = self._connection.execute(sa.select(sa.func.min(chunks.c.id)).where(~has)).scalar()
        query = sa.select(chunks.c.id).where(chunks.c.id > done).order_by(chunks.c.id)
        if waiting is not None:
            query = query.where(chunks.c.id < waiting)
        found = self._connection.execute(query).scalars().all()
        return (found[-1] if found else done), found

    def compared(self, last: int, found: Sequence[Contradiction], now: datetime) -> None:
        """Everything up to the chunk *last* is compared; articles that went meanwhile are left out."""
        self._connection.execute(knowledge.update().values(compared=last))
        sides = {side.article for one in found for side in (one.one, one.other)}
        there = set(
            self._connection.execute(sa.select(articles.c.id).where(articles.c.id.in_(sides))).scalars()
        )
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        for one in found:
            if {one.one.article, one.other.article} <= there:
                row = insert(contradictions).values(
                    id=one.id,
                    one_article=one.one.article,
                    one_text=one.one.text,
                    other_article=one.other.article,
                    other_text=one.other.text,
                    measure=one.measure,
                    found_at=now,
                )
                self._connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))
        if found:
            self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))

    def open(self, today: date) -> Sequence[Contradiction]:
        """Contradictions between articles that both hold *today* and that nobody dismissed."""
        one, other = articles.alias(), articles.alias()
        c = contradictions.c
        gone = sa.select(replacements.c.article)
        query = (
            sa.select(
                contradictions,
                one.c.title.label("one_title"),
                one.c.updated.label("one_updated"),
                one.c.url.label("one_url"),
                one.c.language.label("one_language"),
                other.c.title.label("other_title"),
                other.c.updated.label("other_updated"),
                other.c.url.label("other_url"),
                other.c.language.label("other_language"),
            )
            .join(one, one.c.id == c.one_article)
            .join(other, other.c.id == c.other_article)
            .where(_holds(one, today), _holds(other, today))
            .where(c.one_article.not_in(gone), c.other_article.not_in(gone))
            .where(c.id.not_in(sa.select(dismissals.c.id)))
            .order_by(c.found_at.desc(), c.id)
        )
        return [
            Contradiction(
                id=row.id,
                measure=row.measure,
                found_at=row.found_at,
                one=Side(
                    article=row.one_article,
                    title=row.one_title,
                    url=row.one_url or "",
                    text=row.one_text,
                    language=row.one_language,
                    updated=row.one_updated,
                ),
                other=Side(
                    article=row.other_article,
                    title=row.other_title,
                    url=row.other_url or "",
                    text=row.other_text,
                    language=row.other_language,
                    updated=row.other_updated,
                ),
            )
            for row in self._connection.execute(query)
        ]

    def dismiss(self, contradiction: str, by: str, now: datetime) -> bool:
        """It is none, says *by*; False when there is no such contradiction."""
        known = sa.select(contradictions.c.id).where(contradictions.c.id == contradiction)
        if self._connection.execute(known).first() is None:
            return False
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        row = insert(dismissals).values(id=contradiction, by=by, at=now)
        self._connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))
        self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))
        return True

    # -- sources

    def note_troubles(self, sources: Sequence[str], found: Sequence[Trouble]) -> None:
        """What of *sources* could not be read just now; what could is no trouble any more."""
        query = sa.select(troubles.c.place, troubles.c.since)
        since = {row.place: row.since for row in self._connection.execute(query)}
        self._connection.execute(troubles.delete().where(troubles.c.source.in_(sources)))
        unique = {one.place: one for one in found}
        self._connection.execute(troubles.delete().where(troubles.c.place.in_(list(unique))))
        rows = [
            {
                "place": one.place,
                "source": one.source,
                "why": one.why,
                "since": since.get(one.place, one.since),
            }
            for one in unique.values()
        ]
        if rows:
            self._connection.execute(troubles.insert(), rows)

    def troubles(self) -> Sequence[Trouble]:
        query = sa.select(troubles).order_by(troubles.c.since.desc(), troubles.c.place)
        return [Trouble(**row) for row in self._connection.execute(query).mappings()]


def _holds(article: sa.FromClause, today: date) -> sa.ColumnElement[bool]:
    c = article.c
    begun = sa.or_(c.valid_from.is_(None), c.valid_from <= today)
    return sa.and_(begun, sa.or_(c.valid_until.is_(None), c.valid_until >= today))
