"""SQL for questions and their themes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.errors import NotFound
from assistant.domain.signals import Decision
from assistant.domain.themes import AskedQuestion, Theme, ThemeEvent
from assistant.storage import tables as t
from assistant.storage.statements import build_insert, build_insert_if_absent, build_upsert
from assistant.text.pii_masking import mask_pii

#: Of every question but its text.
COLUMNS = ("conversation", "turn", "asked_at", "language", "decision", "text", "vector", "theme")


class SqlQuestions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_unembedded(self, model: str, *, limit: int) -> Sequence[AskedQuestion]:
        """Questions without a vector of *model*, oldest first."""
        c = t.questions.c
        query = _select_questions().where(sa.or_(c.model.is_(None), c.model != model))
        return self._load(query.order_by(c.asked_at).limit(limit))

    def list_embedded(self, model: str, *, since: datetime, limit: int) -> Sequence[AskedQuestion]:
        """Questions with a vector of *model*, newest first."""
        c = t.questions.c
        query = _select_questions().where(c.model == model, c.asked_at >= since)
        return self._load(query.order_by(c.asked_at.desc(), c.conversation, c.turn).limit(limit))

    def save_vectors(self, model: str, vectors: Mapping[tuple[str, int], bytes]) -> None:
        c = t.questions.c
        statement = sa.update(t.questions).where(
            c.conversation == sa.bindparam("at_conversation"), c.turn == sa.bindparam("at_turn")
        )
        rows = [
            {"at_conversation": key[0], "at_turn": key[1], "model": model, "vector": vector}
            for key, vector in vectors.items()
        ]
        if rows:
            self._connection.execute(statement, rows)

    def assign_themes(self, themes: Mapping[tuple[str, int], str | None]) -> None:
        """Give each question its theme; one that was merged meanwhile stands for the theme it went into."""
        c, merges = t.questions.c, _load_merges(self._connection)
        statement = sa.update(t.questions).where(
            c.conversation == sa.bindparam("at_conversation"), c.turn == sa.bindparam("at_turn")
        )
        rows = [
            {"at_conversation": key[0], "at_turn": key[1], "theme": _follow_merges(theme, merges)}
            for key, theme in themes.items()
        ]
        if rows:
            self._connection.execute(statement, rows)

    def list_by_theme(self, theme: str, *, limit: int) -> Sequence[AskedQuestion]:
        """Questions of a theme, newest first."""
        query = _select_questions().where(t.questions.c.theme == theme)
        return self._load(query.order_by(t.questions.c.asked_at.desc()).limit(limit))

    def count_by_theme(self, start: datetime, end: datetime) -> Mapping[str | None, tuple[int, int]]:
        """Theme -> conversations that asked about it in [start, end), and questions that were declined."""
        c = t.questions.c
        declined = sa.func.sum(sa.case((c.decision == Decision.ABSTAIN, 1), else_=0))
        query = sa.select(c.theme, sa.func.count(c.conversation.distinct()), declined)
        rows = self._connection.execute(query.where(c.asked_at >= start, c.asked_at < end).group_by(c.theme))
        return {row[0]: (row[1], int(row[2])) for row in rows}

    def list_between(self, start: datetime, end: datetime) -> Sequence[AskedQuestion]:
        """Questions asked in [start, end), in order, without their vectors."""
        c = t.questions.c
        columns = [c[name] for name in COLUMNS if name != "vector"]
        query = sa.select(*columns).where(c.asked_at >= start, c.asked_at < end)
        return self._load(query.order_by(c.asked_at, c.conversation, c.turn))

    def _load(self, query: Any) -> list[AskedQuestion]:
        return [AskedQuestion(**row) for row in self._connection.execute(query).mappings()]


def _load_merges(connection: sa.Connection) -> dict[str, str]:
    """Merged theme -> the theme it went into, which may have been merged as well."""
    c = t.themes.c
    rows = connection.execute(sa.select(c.id, c.merged_into).where(c.merged_into.is_not(None)))
    return {row.id: row.merged_into for row in rows}


def _follow_merges(theme: str | None, merges: Mapping[str, str]) -> str | None:
    while theme is not None and theme in merges:
        theme = merges[theme]
    return theme


def _select_questions() -> Any:
    return sa.select(*(t.questions.c[name] for name in COLUMNS))


class SqlThemes:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, theme: str) -> Theme:
        """The theme, or NotFound."""
        found = self._load(_select_themes().where(t.themes.c.id == theme))
        if not found:
            raise NotFound("There is no such theme.")
        return found[0]

    def list_alive(self) -> Sequence[Theme]:
        """Themes that were not merged into another, oldest first."""
        c = t.themes.c
        return self._load(_select_themes().where(c.merged_into.is_(None)).order_by(c.created_at, c.id))

    def save(self, theme: Theme) -> None:
        row = {column.name: getattr(theme, column.name) for column in t.themes.c}
        self._connection.execute(build_upsert(self._connection, t.themes), row | {"terms": list(theme.terms)})

    def move_questions(self, theme: str, into: str) -> None:
        """Give all questions of *theme* to *into*."""
        statement = sa.update(t.questions).where(t.questions.c.theme == theme).values(theme=into)
        self._connection.execute(statement)

    def add_event(self, event: ThemeEvent) -> None:
        row = {column.name: getattr(event, column.name) for column in t.theme_events.c if column.name != "id"}
        self._connection.execute(build_insert(t.theme_events), row)

    def list_events(self, *, since: datetime) -> Sequence[ThemeEvent]:
        """What happened to themes, in order."""
        c = t.theme_events.c
        rows = self._connection.execute(
            sa.select(t.theme_events).where(c.created_at >= since).order_by(c.id)
        ).mappings()
        return [ThemeEvent(**{name: row[name] for name in row if name != "id"}) for row in rows]

    def claim_run(self, kind: str, now: datetime, every: timedelta, retry_after: timedelta) -> bool:
        """Whether this process does the run: none was within *every*, and none began within *retry_after*."""
        c = t.theme_runs.c
        row = {"kind": kind, "started_at": now, "finished_at": None}
        free = sa.or_(
            sa.and_(c.finished_at.is_(None), c.started_at <= now - retry_after),
            c.finished_at <= now - every,
        )
        updated = self._connection.execute(
            sa.update(t.theme_runs).where(c.kind == kind, free).values(started_at=now, finished_at=None)
        )
        if updated.rowcount:
            return True
        first = self._connection.execute(build_insert_if_absent(self._connection, t.theme_runs), row)
        return first.rowcount > 0

    def finish_run(self, kind: str, now: datetime) -> None:
        c = t.theme_runs.c
        self._connection.execute(sa.update(t.theme_runs).where(c.kind == kind).values(finished_at=now))

    def _load(self, query: Any) -> list[Theme]:
        rows = self._connection.execute(query).mappings()
        return [_parse_theme(row) for row in rows]


def _parse_theme(row: sa.RowMapping) -> Theme:
    """A theme whose example says nothing of who asked: it names the theme wherever that is shown."""
    example = None if row["example"] is None else mask_pii(row["example"])
    return Theme(**{**row, "terms": tuple(row["terms"]), "example": example})


def _select_themes() -> Any:
    """Themes with the words of their most typical question, while it exists."""
    q, c = t.questions.c, t.themes.c
    same = sa.and_(q.conversation == c.conversation, q.turn == c.turn)
    return sa.select(t.themes, q.text.label("example")).select_from(t.themes.outerjoin(t.questions, same))
