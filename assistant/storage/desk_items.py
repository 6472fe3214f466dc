"""SQL of what the desk is worked with: tags, saved views, saved replies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.desk_items import SavedReply, SavedView, Tag
from assistant.storage import tables as t
from assistant.storage.search import index_conversation
from assistant.storage.statements import build_insert, build_insert_if_absent, build_select, build_upsert

#: Of a saved reply, besides its tags.
REPLY_ACTIONS = ("snooze_minutes", "team", "outcome")


class SqlTags:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_all(self) -> Sequence[Tag]:
        query = sa.select(t.tags.c.id, t.tags.c.name).order_by(t.tags.c.name)
        return [Tag(id=row.id, name=row.name) for row in self._connection.execute(query)]

    def find_by_name(self, name: str) -> Tag | None:
        row = self._connection.execute(build_select(t.tags, "name"), {"name": name}).first()
        return None if row is None else Tag(id=row.id, name=row.name)

    def add(self, tag: Tag, now: datetime) -> None:
        row = {"id": tag.id, "name": tag.name, "created_at": now}
        self._connection.execute(build_insert_if_absent(self._connection, t.tags), row)

    def remove(self, tag: str) -> int:
        """Delete the tag everywhere; returns how many conversations had it."""
        c = t.conversation_tags.c
        tagged = self._connection.execute(sa.select(c.conversation).where(c.tag == tag)).scalars().all()
        self._connection.execute(sa.delete(t.conversation_tags).where(c.tag == tag))
        self._connection.execute(sa.delete(t.tags).where(t.tags.c.id == tag))
        for conversation in tagged:
            index_conversation(self._connection, conversation)
        return len(tagged)

    def replace_tags(self, conversation: str, tags: Sequence[str]) -> None:
        """The conversation has exactly these tags from now on."""
        c = t.conversation_tags.c
        self._connection.execute(sa.delete(t.conversation_tags).where(c.conversation == conversation))
        for tag in tags:
            row = {"conversation": conversation, "tag": tag}
            self._connection.execute(build_insert_if_absent(self._connection, t.conversation_tags), row)
        index_conversation(self._connection, conversation)

    def load_by_conversation(self, conversations: Sequence[str]) -> dict[str, list[Tag]]:
        """Conversation -> its tags by name."""
        c = t.conversation_tags.c
        query = sa.select(c.conversation, t.tags.c.id, t.tags.c.name).join(t.tags, t.tags.c.id == c.tag)
        found: dict[str, list[Tag]] = {}
        rows = self._connection.execute(
            query.where(c.conversation.in_(conversations)).order_by(t.tags.c.name)
        )
        for row in rows:
            found.setdefault(row.conversation, []).append(Tag(id=row.id, name=row.name))
        return found


class SqlViews:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_visible(self, agent: str) -> Sequence[SavedView]:
        """Everybody's views and the agent's own, oldest first."""
        c = t.views.c
        query = sa.select(c.id, c.agent, c.name, c.filters).where(sa.or_(c.agent.is_(None), c.agent == agent))
        rows = self._connection.execute(query.order_by(c.created_at, c.id)).mappings()
        return [SavedView(**row) for row in rows]

    def get(self, view: str) -> SavedView | None:
        row = self._connection.execute(build_select(t.views, "id"), {"id": view}).first()
        if row is None:
            return None
        return SavedView(id=row.id, agent=row.agent, name=row.name, filters=row.filters)

    def add(self, view: SavedView, now: datetime) -> None:
        row: dict[str, Any] = {"id": view.id, "agent": view.agent, "name": view.name}
        row |= {"filters": dict(view.filters), "created_at": now}
        self._connection.execute(build_insert(t.views), row)

    def remove(self, view: str) -> None:
        self._connection.execute(sa.delete(t.views).where(t.views.c.id == view))


class SqlSavedReplies:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_visible(self, agent: str) -> Sequence[SavedReply]:
        """Everybody's replies and the agent's own, the most used first."""
        c = t.saved_replies.c
        query = sa.select(t.saved_replies).where(sa.or_(c.agent.is_(None), c.agent == agent))
        rows = self._connection.execute(query.order_by(c.used.desc(), c.name, c.id))
        return [_parse_reply(row) for row in rows]

    def get(self, reply: str) -> SavedReply | None:
        row = self._connection.execute(build_select(t.saved_replies, "id"), {"id": reply}).first()
        return None if row is None else _parse_reply(row)

    def save(self, reply: SavedReply, now: datetime) -> None:
        """Add a reply, or change the one with its id; how often it was used stays."""
        row: dict[str, Any] = {"id": reply.id, "agent": reply.agent, "name": reply.name}
        row |= {"language": reply.language}
        actions = {"tags": reply.tags} | {name: getattr(reply, name) for name in REPLY_ACTIONS}
        row |= {"text": reply.text, "actions": actions, "updated_at": now}
        changed = ("agent", "name", "language", "text", "actions", "updated_at")
        statement = build_upsert(self._connection, t.saved_replies, *changed)
        self._connection.execute(statement, row | {"used": 0, "created_at": now})

    def remove(self, reply: str) -> None:
        self._connection.execute(sa.delete(t.saved_replies).where(t.saved_replies.c.id == reply))

    def count_all(self) -> int:
        query = sa.select(sa.func.count()).select_from(t.saved_replies)
        return int(self._connection.execute(query).scalar_one())

    def count_use(self, reply: str, now: datetime) -> None:
        c = t.saved_replies.c
        values = {"used": c.used + 1, "used_at": now}
        self._connection.execute(sa.update(t.saved_replies).where(c.id == reply).values(**values))


def _parse_reply(row: sa.Row[tuple[object, ...]]) -> SavedReply:
    return SavedReply(
        id=row.id,
        agent=row.agent,
        name=row.name,
        language=row.language,
        text=row.text,
        tags=tuple(row.actions.get("tags", ())),
        **{name: row.actions.get(name) for name in REPLY_ACTIONS},
        used=row.used,
    )
