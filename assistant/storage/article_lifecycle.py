"""SQL for the article lifecycle: supersessions, contradictions, source problems."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.domain.article_lifecycle import (
    Contradiction,
    ContradictionSide,
    Dismissal,
    SourceProblem,
    Supersession,
)
from assistant.domain.article_listing import ArticleListing
from assistant.domain.knowledge import Origin
from assistant.domain.supersession import SupersessionClaims
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


class SqlArticleLifecycle:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # -- supersessions

    def list_claims(self) -> Sequence[SupersessionClaims]:
        """What every article states about superseding others."""
        c = articles.c
        rows = self._connection.execute(sa.select(c.id, c.url, c.supersedes, c.superseded_by).order_by(c.id))
        return [
            SupersessionClaims(
                id=row.id, url=row.url, supersedes=tuple(row.supersedes), superseded_by=row.superseded_by
            )
            for row in rows
        ]

    def save_supersessions(self, found: Mapping[str, str]) -> bool:
        """Store which article supersedes which. Returns whether anything changed."""
        before = {row.article: row.by for row in self._connection.execute(sa.select(replacements))}
        if before == dict(found):
            return False
        self._connection.execute(replacements.delete())
        if found:
            rows = [{"article": old, "by": new} for old, new in found.items()]
            self._connection.execute(replacements.insert(), rows)
        self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))
        return True

    def list_supersessions(self) -> Sequence[Supersession]:
        """Superseded article -> date from which it is superseded."""
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
            Supersession(
                article=row.article,
                title=row.title,
                by=row.by,
                by_title=row.by_title,
                since=row.valid_from,
            )
            for row in self._connection.execute(query)
        ]

    def list_inactive_chunks(self, today: date) -> Sequence[int]:
        """Chunks that are not yet valid *today*, or superseded; expiry is not checked here."""
        new = articles.alias()
        begun = sa.or_(new.c.valid_from.is_(None), new.c.valid_from <= today)
        replaced = sa.select(replacements.c.article).join(new, new.c.id == replacements.c.by).where(begun)
        c = articles.c
        query = sa.select(chunks.c.id).join(articles, c.id == chunks.c.article)
        rests = sa.or_(c.valid_from > today, c.id.in_(replaced))
        return self._connection.execute(query.where(rests).order_by(chunks.c.id)).scalars().all()

    def load_chunk_articles(self) -> Mapping[int, str]:
        """Chunk -> article."""
        rows = self._connection.execute(sa.select(chunks.c.id, chunks.c.article))
        return {row.id: row.article for row in rows}

    def list_expiring_articles(self, before: date) -> Sequence[tuple[str, str, date]]:
        """(article, title, last valid day) of articles that expire on or before *before*, earliest first."""
        c = articles.c
        query = sa.select(c.id, c.title, c.valid_until).where(c.valid_until <= before)
        return [tuple(row) for row in self._connection.execute(query.order_by(c.valid_until, c.id))]

    def list_upcoming_articles(self, after: date) -> Sequence[tuple[str, str, date]]:
        """(article, title, first valid day) of articles that are not valid yet."""
        c = articles.c
        query = sa.select(c.id, c.title, c.valid_from).where(c.valid_from > after)
        return [tuple(row) for row in self._connection.execute(query.order_by(c.valid_from, c.id))]

    # -- contradictions

    def list_uncompared_chunks(self, model: str) -> tuple[int, Sequence[int]]:
        """The highest chunk id that can be compared now, and the chunks that were not compared yet."""
        done = self._connection.execute(sa.select(knowledge.c.compared)).scalar() or 0
        has = sa.exists().where(vectors.c.chunk == chunks.c.id, vectors.c.model == model)
        waiting = self._connection.execute(sa.select(sa.func.min(chunks.c.id)).where(~has)).scalar()
        query = sa.select(chunks.c.id).where(chunks.c.id > done).order_by(chunks.c.id)
        if waiting is not None:
            query = query.where(chunks.c.id < waiting)
        found = self._connection.execute(query).scalars().all()
        return (found[-1] if found else done), found

    def save_contradictions(self, last: int, found: Sequence[Contradiction], now: datetime) -> None:
        """Store contradictions and mark all chunks up to *last* as compared.

        Contradictions of articles that were deleted meanwhile are skipped.
        """
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

    def list_open_contradictions(self, today: date) -> Sequence[Contradiction]:
        """Contradictions between articles that are both valid *today* and that nobody dismissed."""
        one, other = articles.alias(), articles.alias()
        c = contradictions.c
        gone = sa.select(replacements.c.article)
        query = (
            _select_sides(one, other)
            .where(_is_valid_on(one, today), _is_valid_on(other, today))
            .where(c.one_article.not_in(gone), c.other_article.not_in(gone))
            .where(c.id.not_in(sa.select(dismissals.c.id)))
            .order_by(c.found_at.desc(), c.id)
        )
        return [_parse_contradiction(row) for row in self._connection.execute(query)]

    def list_dismissals(self) -> Sequence[Dismissal]:
        """Dismissed contradictions of articles that still exist, latest first."""
        d = dismissals.c
        query = (
            _select_sides(articles.alias(), articles.alias())
            .add_columns(d.by, d.at, d.why)
            .join(dismissals, d.id == contradictions.c.id)
            .order_by(d.at.desc(), d.id)
        )
        return [
            Dismissal(contradiction=_parse_contradiction(row), by=row.by, at=row.at, why=row.why)
            for row in self._connection.execute(query)
        ]

    def dismiss_contradiction(self, contradiction: str, by: str, now: datetime, why: str = "") -> bool:
        """Dismiss a contradiction in the name of *by*. Returns False when it does not exist."""
        known = sa.select(contradictions.c.id).where(contradictions.c.id == contradiction)
        if self._connection.execute(known).first() is None:
            return False
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        row = insert(dismissals).values(id=contradiction, by=by, at=now, why=why)
        self._connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))
        self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))
        return True

    def restore_contradiction(self, contradiction: str) -> bool:
        """Undo a dismissal. Returns False when it was not dismissed."""
        gone = self._connection.execute(dismissals.delete().where(dismissals.c.id == contradiction)).rowcount
        self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1))
        return gone > 0

    # -- articles

    def list_article_listings(self) -> Sequence[ArticleListing]:
        """All articles with their metadata, without text."""
        new, c = articles.alias(), articles.c
        columns = (c.id, c.title, c.language, c.url, c.updated, c.valid_from, c.valid_until, c.origin)
        query = (
            sa.select(*columns, replacements.c.by, new.c.valid_from.label("replaced_from"))
            .join(replacements, replacements.c.article == c.id, isouter=True)
            .join(new, new.c.id == replacements.c.by, isouter=True)
            .order_by(c.title, c.id)
        )
        return [
            ArticleListing(
                **{name: row[name] for name in ("id", "title", "language", "url", "updated")},
                valid_from=row["valid_from"],
                valid_until=row["valid_until"],
                replaced_by=row["by"],
                replaced_from=row["replaced_from"],
                origin=Origin(**row["origin"]) if row["origin"] else None,
            )
            for row in self._connection.execute(query).mappings()
        ]

    # -- sources

    def save_source_problems(self, sources: Sequence[str], found: Sequence[SourceProblem]) -> None:
        """Store what of *sources* could not be read in this run, and clear the problems that are solved."""
        query = sa.select(troubles.c.place, troubles.c.since)
        since = {row.place: row.since for row in self._connection.execute(query)}
        self._connection.execute(troubles.delete().where(troubles.c.source.in_(sources)))
        # A source that cannot be read at all is reported as such, whatever was left out of it before.
        unique = {one.place: one for one in sorted(found, key=lambda one: not one.harmless)}
        self._connection.execute(troubles.delete().where(troubles.c.place.in_(list(unique))))
        rows = [
            {
                "place": one.place,
                "source": one.source,
                "why": one.why,
                "since": since.get(one.place, one.since),
                "harmless": one.harmless,
            }
            for one in unique.values()
        ]
        if rows:
            self._connection.execute(troubles.insert(), rows)

    def list_source_problems(self) -> Sequence[SourceProblem]:
        return self._list_problems(harmless=False)

    def list_source_remarks(self) -> Sequence[SourceProblem]:
        """Remarks about documents that were read only in part."""
        return self._list_problems(harmless=True)

    def _list_problems(self, *, harmless: bool) -> list[SourceProblem]:
        query = sa.select(troubles).where(troubles.c.harmless.is_(harmless))
        query = query.order_by(troubles.c.since.desc(), troubles.c.place)
        return [SourceProblem(**row) for row in self._connection.execute(query).mappings()]


def _is_valid_on(article: sa.FromClause, today: date) -> sa.ColumnElement[bool]:
    c = article.c
    begun = sa.or_(c.valid_from.is_(None), c.valid_from <= today)
    return sa.and_(begun, sa.or_(c.valid_until.is_(None), c.valid_until >= today))


def _select_sides(one: sa.FromClause, other: sa.FromClause) -> sa.Select[Any]:
    c = contradictions.c
    told = [
        side.c[name].label(f"{which}_{name}")
        for which, side in (("one", one), ("other", other))
        for name in ("title", "updated", "url", "language")
    ]
    joined = contradictions.join(one, one.c.id == c.one_article).join(other, other.c.id == c.other_article)
    return sa.select(contradictions, *told).select_from(joined)


def _parse_contradiction(row: Any) -> Contradiction:
    values = row._mapping
    one, other = (
        ContradictionSide(
            article=values[f"{which}_article"],
            title=values[f"{which}_title"],
            url=values[f"{which}_url"] or "",
            text=values[f"{which}_text"],
            language=values[f"{which}_language"],
            updated=values[f"{which}_updated"],
        )
        for which in ("one", "other")
    )
    return Contradiction(id=row.id, measure=row.measure, found_at=row.found_at, one=one, other=other)
