"""SQL for conversations and their messages."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import NotFound
from assistant.domain.messages import Author, Message
from assistant.storage import tables as t
from assistant.storage.row_mapping import (
    build_conversation_row,
    build_message_row,
    parse_conversation,
    parse_message,
)
from assistant.storage.statements import build_insert, build_select, build_update

#: Agents see the highest priority first, then the longest waiting; these ranks sort the priorities.
PRIORITY_RANK = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
#: A customer's conversations except one, newest first.
OTHERS = (
    build_select(t.conversations, "customer")
    .where(t.conversations.c.id != sa.bindparam("before"))
    .order_by(t.conversations.c.created_at.desc())
    .limit(20)
)
COUNTED_OTHERS = sa.select(sa.func.count()).where(
    t.conversations.c.customer == sa.bindparam("customer"),
    t.conversations.c.id != sa.bindparam("before"),
)
#: What a customer may see of a conversation after some seq, in order.
PUBLIC = (
    build_select(t.messages, "conversation")
    .where(t.messages.c.seq > sa.bindparam("after"), t.messages.c.private.is_(False))
    .order_by(t.messages.c.position)
)


class SqlConversations:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, conversation: str) -> Conversation:
        """The conversation, or NotFound. In a write transaction its row stays locked until the end."""
        writes = self._connection.get_execution_options().get("write", False)
        # One transaction at a time works on a conversation, so seqs have no gaps and messages a total order.
        row = self._load_row(build_select(t.conversations, "id", hold=writes), id=conversation)
        if row is None:
            raise NotFound("There is no such conversation.")
        return parse_conversation(row)

    def find_by_token(self, conversation: str, token_hash: str) -> Conversation | None:
        by_both = build_select(t.conversations, "id", "token_hash")
        row = self._load_row(by_both, id=conversation, token_hash=token_hash)
        return None if row is None else parse_conversation(row)

    def add(self, conversation: Conversation, token_hash: str | None) -> None:
        row = build_conversation_row(conversation) | {"token_hash": token_hash}
        self._connection.execute(build_insert(t.conversations), row)

    def save(self, conversation: Conversation) -> None:
        """Update a conversation and append the change to the journal."""
        row = build_conversation_row(conversation) | {"at_id": conversation.id}
        self._connection.execute(build_update(t.conversations, "id"), row)

    def list_existing(self, conversations: Sequence[str]) -> Sequence[Conversation]:
        """Those of *conversations* that exist."""
        query = sa.select(t.conversations).where(t.conversations.c.id.in_(conversations))
        return [parse_conversation(row) for row in self._connection.execute(query).mappings()]

    def list_by_customer(self, customer: str, *, before: str) -> Sequence[Conversation]:
        """The customer's other conversations, newest first."""
        rows = self._connection.execute(OTHERS, {"customer": customer, "before": before})
        return [parse_conversation(row) for row in rows.mappings()]

    def count_by_customer(self, customer: str, *, before: str) -> int:
        """How many other conversations the customer has."""
        found = self._connection.execute(COUNTED_OTHERS, {"customer": customer, "before": before})
        return int(found.scalar_one())

    def list_inbox(
        self, *, state: State | None, agent: str | None, after: int, limit: int
    ) -> Sequence[Conversation]:
        """A page of the inbox as agents see it; *after* is the offset."""
        c = t.conversations.c
        query = sa.select(t.conversations)
        if state is not None:
            query = query.where(c.state == state)
        if agent is not None:
            query = query.where(c.agent == agent, c.state == State.AGENT)
        if state in (State.QUEUED, State.AGENT):
            rank = sa.case(PRIORITY_RANK, value=c.priority)
            query = query.order_by(rank, sa.func.coalesce(c.waiting_since, c.updated_at))
        else:
            query = query.order_by(c.updated_at.desc())
        rows = self._connection.execute(query.order_by(c.id).offset(after).limit(limit)).mappings()
        return [parse_conversation(row) for row in rows]

    def count_by_state(self, agent: str) -> dict[str, int]:
        """Number of open conversations in each state, and of those owned by *agent*."""
        c = t.conversations.c
        query = sa.select(c.state, sa.func.count(), sa.func.sum(sa.case((c.agent == agent, 1), else_=0)))
        found = {row[0]: (row[1], row[2]) for row in self._connection.execute(query.group_by(c.state))}
        counts = {
            state.value: found.get(state.value, (0, 0))[0] for state in State if state is not State.CLOSED
        }
        return counts | {"mine": int(found.get(State.AGENT.value, (0, 0))[1])}

    def count_waiting_before(self, conversation: Conversation) -> int:
        """How many others wait for a person ahead of this one, in the order of `list_inbox`."""
        c = t.conversations.c
        rank, own = sa.case(PRIORITY_RANK, value=c.priority), PRIORITY_RANK[conversation.priority]
        earlier = sa.or_(
            c.waiting_since < conversation.waiting_since,
            sa.and_(c.waiting_since == conversation.waiting_since, c.id < conversation.id),
        )
        query = sa.select(sa.func.count()).where(
            c.state == State.QUEUED,
            c.id != conversation.id,
            sa.or_(rank < own, sa.and_(rank == own, earlier)),
        )
        return int(self._connection.execute(query).scalar_one())

    def count_queued(self, *, origin: str | None = None) -> int:
        """Number of queued conversations: all, or those opened from one address."""
        c = t.conversations.c
        query = sa.select(sa.func.count()).where(c.state == State.QUEUED)
        if origin is not None:
            query = query.where(c.origin == origin)
        return int(self._connection.execute(query).scalar_one())

    def list_queued(self, customer: str, *, besides: str) -> Sequence[Conversation]:
        """The customer's other queued conversations, longest waiting first."""
        c = t.conversations.c
        query = sa.select(t.conversations).where(
            c.customer == customer, c.state == State.QUEUED, c.id != besides
        )
        rows = self._connection.execute(query.order_by(c.waiting_since)).mappings()
        return [parse_conversation(row) for row in rows]

    def _load_row(self, query: sa.Select[Any], **values: str) -> Any:
        return self._connection.execute(query, values).mappings().first()


class SqlMessages:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, message: Message) -> None:
        self._connection.execute(build_insert(t.messages), build_message_row(message))

    def get(self, conversation: str, message: str) -> Message | None:
        values = {"conversation": conversation, "id": message}
        row = self._connection.execute(build_select(t.messages, *values), values).mappings().first()
        return None if row is None else parse_message(row)

    def list_public(
        self, conversation: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Message]:
        """Messages that the customer may see, in order; at most *limit*."""
        query = PUBLIC if limit is None else PUBLIC.limit(limit)
        rows = self._connection.execute(query, {"conversation": conversation, "after": after})
        return [parse_message(row) for row in rows.mappings()]

    def list_all(self, conversation: str) -> Sequence[Message]:
        """All messages as agents see them, private notes included, in order."""
        query = build_select(t.messages, "conversation").order_by(t.messages.c.position)
        rows = self._connection.execute(query, {"conversation": conversation})
        return [parse_message(row) for row in rows.mappings()]

    def load_last(self, conversations: Sequence[str]) -> dict[str, Message]:
        """The last public message of each conversation."""
        c = t.messages.c
        newest = (
            sa.select(sa.func.max(c.position))
            .where(c.conversation.in_(conversations), c.private.is_(False))
            .group_by(c.conversation)
        )
        rows = self._connection.execute(sa.select(t.messages).where(c.position.in_(newest))).mappings()
        return {row["conversation"]: parse_message(row) for row in rows}

    def load_last_customer_texts(self, conversations: Sequence[str]) -> dict[str, str]:
        """The customer's last text in each conversation, for lists."""
        c = t.messages.c
        newest = (
            sa.select(sa.func.max(c.position))
            .where(c.conversation.in_(conversations), c.author == Author.CUSTOMER)
            .group_by(c.conversation)
        )
        rows = self._connection.execute(sa.select(c.conversation, c.text).where(c.position.in_(newest)))
        return {row.conversation: row.text for row in rows}

    def update_text(self, conversation: str, message: str, text: str, kind: str) -> None:
        """Replace the text of a message that its sender edited or deleted."""
        c = t.messages.c
        where = sa.and_(c.conversation == conversation, c.id == message)
        self._connection.execute(sa.update(t.messages).where(where).values(text=text, kind=kind))
