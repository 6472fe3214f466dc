"""SQL for handoffs to foreign desks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.foreign_desks import (
    ACTIVE_STATES,
    AGENT_PREFIX,
    DeskEvent,
    DeskEventKind,
    DeskLink,
    LinkState,
)
from assistant.storage import foreign_desk_tables as k
from assistant.storage import tables as t
from assistant.storage.statements import (
    build_insert,
    build_insert_if_absent,
    build_select,
    build_upsert,
)


class SqlDeskLinks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def set_target(self, desk: str | None, names: dict[str, str], now: datetime) -> None:
        """The desks that the settings know, each with the account that owns conversations for it.

        The account is disabled: nobody can sign in with it, and nothing is given to it by hand.
        """
        connection = self._connection
        connection.execute(sa.update(k.foreign_desks).values(is_target=False))
        for known, name in names.items():
            row = {"desk": known, "name": name, "is_target": known == desk}
            connection.execute(build_upsert(connection, k.foreign_desks), row)
            address = f"{known.replace(':', '.')}@desk.invalid"
            agent: dict[str, Any] = {"id": AGENT_PREFIX + known, "email": address, "name": name}
            agent |= {"admin": False, "password": "", "created_at": now, "disabled_at": now}
            values = sa.select(t.agents.c.id).where(t.agents.c.id == agent["id"])
            if connection.execute(values).first() is None:
                connection.execute(sa.insert(t.agents), agent)
            enabled = sa.and_(t.agents.c.id == agent["id"], t.agents.c.disabled_at.is_(None))
            connection.execute(sa.update(t.agents).where(enabled).values(disabled_at=now, password=""))

    def get_target(self) -> str | None:
        """Where handoffs go; None: to our own agents."""
        c = k.foreign_desks.c
        return self._connection.execute(sa.select(c.desk).where(c.is_target)).scalars().first()

    def list_names(self) -> dict[str, str]:
        return {row.desk: row.name for row in self._connection.execute(sa.select(k.foreign_desks))}

    def add(self, link: DeskLink) -> None:
        self._connection.execute(build_insert(k.desk_links), asdict(link))

    def save(self, link: DeskLink) -> None:
        """Update a link; one that was erased meanwhile stays erased."""
        c = k.desk_links.c
        self._connection.execute(sa.update(k.desk_links).where(c.id == link.id).values(**asdict(link)))

    def get(self, link: str) -> DeskLink | None:
        row = self._connection.execute(build_select(k.desk_links, "id"), {"id": link}).mappings().first()
        return None if row is None else _parse_link(row)

    def find_by_remote(self, desk: str, remote: str) -> DeskLink | None:
        c = k.desk_links.c
        query = sa.select(k.desk_links).where(c.desk == desk, c.remote == remote)
        row = self._connection.execute(query.order_by(c.created_at.desc()).limit(1)).mappings().first()
        return None if row is None else _parse_link(row)

    def find_last(self, conversation: str) -> DeskLink | None:
        """The link of the latest handoff that went to a foreign desk."""
        c = k.desk_links.c
        query = sa.select(k.desk_links).where(c.conversation == conversation)
        row = self._connection.execute(query.order_by(c.created_at.desc(), c.id).limit(1)).mappings().first()
        return None if row is None else _parse_link(row)

    def list_by_conversation(self, conversation: str) -> Sequence[DeskLink]:
        c = k.desk_links.c
        query = sa.select(k.desk_links).where(c.conversation == conversation).order_by(c.created_at, c.id)
        return [_parse_link(row) for row in self._connection.execute(query).mappings()]

    def list_unpolled(self, desk: str, before: datetime, *, limit: int) -> Sequence[DeskLink]:
        """Links that may have news there and were not asked for since, longest ago first."""
        c = k.desk_links.c
        where = sa.and_(c.desk == desk, c.state.in_(ACTIVE_STATES), c.remote.is_not(None))
        query = sa.select(k.desk_links).where(where, sa.or_(c.polled_at.is_(None), c.polled_at < before))
        rows = self._connection.execute(query.order_by(c.polled_at).limit(limit)).mappings()
        return [_parse_link(row) for row in rows]

    def add_event(self, link: str, event: DeskEvent, now: datetime) -> bool:
        """Keep an event until it is applied; False: it is known."""
        row: dict[str, Any] = {
            "link": link,
            "id": event.id,
            "position": event.position,
            "content": asdict(event),
        }
        row |= {"created_at": now, "applied_at": None, "why": None}
        added = self._connection.execute(build_insert_if_absent(self._connection, k.desk_events), row)
        return bool(added.rowcount > 0)

    def list_new_events(self, link: str) -> Sequence[DeskEvent]:
        c = k.desk_events.c
        query = sa.select(c.content).where(c.link == link, c.applied_at.is_(None))
        rows = self._connection.execute(query.order_by(c.position, c.id)).scalars()
        return [_parse_event(content) for content in rows]

    def mark_applied(self, link: str, event: str, now: datetime, why: str | None = None) -> None:
        """Its words are a message now, or a note: they are not kept twice."""
        c = k.desk_events.c
        statement = sa.update(k.desk_events).where(c.link == link, c.id == event)
        self._connection.execute(statement.values(applied_at=now, content=None, why=why))


def _parse_link(row: Any) -> DeskLink:
    return DeskLink(**{**row, "state": LinkState(row["state"])})


def _parse_event(content: dict[str, Any]) -> DeskEvent:
    files = tuple((name, address) for name, address in content["files"])
    return DeskEvent(**{**content, "kind": DeskEventKind(content["kind"]), "files": files})
