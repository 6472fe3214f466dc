"""SQL for conversations and their messages."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import NotFound
from assistant.domain.inbox import PRIORITY_RANK, InboxFilter, InboxPlace
from assistant.domain.messages import Author, Message
from assistant.storage import tables as t
from assistant.storage.inbox import RANK, build_conditions, build_inbox_page
from assistant.storage.row_mapping import (
    build_conversation_row,
    build_message_row,
    parse_conversation,
    parse_message,
)
from assistant.storage.search import index_conversation, index_message, reindex_message
from assistant.storage.statements import build_insert, build_select, build_update, build_upsert

OPEN_STATES = [state.value for state in State if state is not State.CLOSED]
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
        index_conversation(self._connection, conversation.id)

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
        self, wanted: InboxFilter, *, after: InboxPlace | None, limit: int
    ) -> Sequence[Conversation]:
        """A page of the inbox as agents see it, behind the place *after*."""
        query = build_inbox_page(wanted, after).limit(limit)
        return [parse_conversation(row) for row in self._connection.execute(query).mappings()]

    def count_inbox(self, wanted: InboxFilter, *, limit: int) -> int:
        """How many conversations *wanted* takes, at most *limit*."""
        found = sa.select(t.conversations.c.id).where(*build_conditions(wanted)).limit(limit).subquery()
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())

    def count_by_state(self, agent: str) -> dict[str, int]:
        """Open conversations in each state, those of *agent*, and those that the agent has snoozed."""
        c = t.conversations.c
        awake = c.snoozed_until.is_(None)
        own = sa.case((sa.and_(c.agent == agent, awake), 1), else_=0)
        asleep = sa.case((sa.and_(c.agent == agent, sa.not_(awake)), 1), else_=0)
        query = sa.select(c.state, sa.func.count(), sa.func.sum(own), sa.func.sum(asleep))
        query = query.where(c.state.in_(OPEN_STATES)).group_by(c.state)
        found = {row[0]: row[1:] for row in self._connection.execute(query)}
        none = (0, 0, 0)
        counts = {state: found.get(state, none)[0] for state in OPEN_STATES}
        _, mine, snoozed = found.get(State.AGENT.value, none)
        return counts | {"mine": int(mine), "snoozed": int(snoozed)}

    def count_waiting_before(self, conversation: Conversation) -> int:
        """How many others wait for a person ahead of this one, in the order of `list_inbox`."""
        c = t.conversations.c
        rank, own = RANK, PRIORITY_RANK[conversation.priority]
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
        index_message(self._connection, message)

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

    def load_many(self, messages: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Message]:
        """Those of *messages*, each a conversation and an id, that exist."""
        c = t.messages.c
        # SQLite has no index for a list of pairs: each side alone, then the pairs.
        conversations, ids = {pair[0] for pair in messages}, {pair[1] for pair in messages}
        query = sa.select(t.messages).where(c.conversation.in_(conversations), c.id.in_(ids))
        found = map(parse_message, self._connection.execute(query).mappings())
        wanted = set(messages)
        by_pair = {(message.conversation, message.id): message for message in found}
        return {pair: message for pair, message in by_pair.items() if pair in wanted}

    def list_speakers(self, conversation: str, since: datetime) -> Sequence[tuple[Author, datetime]]:
        """Which of customer and agents wrote to each other when, since then, in order."""
        c = t.messages.c
        query = sa.select(c.author, c.created_at).where(
            c.conversation == conversation,
            c.created_at >= since,
            c.private.is_(False),
            c.author.in_((Author.CUSTOMER, Author.AGENT)),
        )
        rows = self._connection.execute(query.order_by(c.position))
        return [(Author(row.author), row.created_at) for row in rows]

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
        reindex_message(self._connection, conversation, message, text)

    def count_unread(self, agent: str, own: Sequence[str], followed: Collection[str] = ()) -> dict[str, int]:
        """Conversation -> how many messages *agent* has not seen, where there are any.

        Of the agent's *own* those of the customer, of *followed* ones those of colleagues too.
        """
        c, r = t.messages.c, t.read_marks.c
        by_colleague = sa.and_(c.author == Author.AGENT, c.agent != agent, c.private.is_(False))
        mark = sa.and_(r.conversation == c.conversation, r.agent == agent)
        query = (
            sa.select(c.conversation, sa.func.count())
            .outerjoin(t.read_marks, mark)
            .where(c.conversation.in_({*own, *followed}))
            .where(sa.or_(c.author == Author.CUSTOMER, sa.and_(by_colleague, c.conversation.in_(followed))))
            .where(c.seq > sa.func.coalesce(r.seq, 0))
            .group_by(c.conversation)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def mark_read(self, agent: str, conversation: str, seq: int) -> None:
        """The agent has seen the conversation up to message *seq*; 0: it is unread again."""
        row = {"agent": agent, "conversation": conversation, "seq": seq}
        self._connection.execute(build_upsert(self._connection, t.read_marks, "seq"), row)
