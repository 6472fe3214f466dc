"""SQL of who else wants to know: followers of conversations, and colleagues named in notes."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.storage.desk_tables import followers, mentions
from assistant.storage.statements import build_insert_if_absent


class SqlFollowers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, agent: str, now: datetime) -> bool:
        """Whether the agent did not follow it yet."""
        row = {"conversation": conversation, "agent": agent, "created_at": now}
        statement = build_insert_if_absent(self._connection, followers)
        return self._connection.execute(statement, row).rowcount == 1

    def remove(self, conversation: str, agent: str) -> bool:
        """Whether the agent followed it."""
        c = followers.c
        where = sa.and_(c.conversation == conversation, c.agent == agent)
        return self._connection.execute(sa.delete(followers).where(where)).rowcount == 1

    def list_agents(self, conversation: str) -> Sequence[str]:
        """Ids of its followers, oldest first."""
        c = followers.c
        query = sa.select(c.agent).where(c.conversation == conversation).order_by(c.created_at, c.agent)
        return self._connection.execute(query).scalars().all()

    def select_followed(self, agent: str, conversations: Sequence[str]) -> set[str]:
        """Those of the conversations that the agent follows."""
        c = followers.c
        query = sa.select(c.conversation).where(c.agent == agent, c.conversation.in_(conversations))
        return set(self._connection.execute(query).scalars())


class SqlMentions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, message: str, agent: str, now: datetime) -> None:
        row = {"conversation": conversation, "message": message, "agent": agent, "created_at": now}
        self._connection.execute(build_insert_if_absent(self._connection, mentions), row)

    def has_named(self, conversation: str, message: str, agent: str) -> bool:
        """Whether the note names the agent."""
        c = mentions.c
        where = sa.and_(c.conversation == conversation, c.message == message, c.agent == agent)
        return self._connection.execute(sa.select(c.agent).where(where)).first() is not None

    def mark_read(self, conversation: str, agent: str, now: datetime) -> None:
        c = mentions.c
        where = sa.and_(c.conversation == conversation, c.agent == agent, c.read_at.is_(None))
        self._connection.execute(sa.update(mentions).where(where).values(read_at=now))

    def count_unread(self, agent: str, conversations: Sequence[str]) -> dict[str, int]:
        """Conversation -> notes that name the agent and that they have not seen, where there are any."""
        c = mentions.c
        query = sa.select(c.conversation, sa.func.count()).where(c.agent == agent, c.read_at.is_(None))
        query = query.where(c.conversation.in_(conversations)).group_by(c.conversation)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def count_conversations(self, agent: str) -> int:
        """In how many conversations there is a note that names the agent and that they have not seen."""
        c = mentions.c
        query = sa.select(sa.func.count(c.conversation.distinct()))
        found = self._connection.execute(query.where(c.agent == agent, c.read_at.is_(None)))
        return int(found.scalar_one())
