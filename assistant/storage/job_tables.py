"""The tables of due work, and of what the service notes about its own working."""

import sqlalchemy as sa

from assistant.storage.schema import Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

due = sa.Table(
    "due",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment, index=True),
)

#: Work that failed for good, its conversation in people's hands; kept for whoever mends the cause.
dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    #: The kind of error, never what somebody said.
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    #: Of an event that could not be taken in: who sent it, and all of it as JSON.
    sa.Column("peer", ForeignId(255), index=True),
    sa.Column("content", sa.Text),
)

#: One row, written again whenever somebody asks whether anything can be.
proofs = sa.Table(
    "proofs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
)

#: What was spent on models, by conversation, by visitor and day, and by day.
spending = sa.Table(
    "spending",
    metadata,
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("key", Id, primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("tokens", sa.BigInteger, nullable=False),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("cost", sa.Float, nullable=False),
)
