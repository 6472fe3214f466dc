"""Tables of jobs, the journal, dead letters, the write probe and model spending."""

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

#: Dead letters: jobs that failed for good, whose conversation went to a person; kept for diagnosis.
dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    #: The class of the error, never a customer's words.
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    #: Of an event that could not be taken in: who sent it, and all of it as JSON.
    sa.Column("peer", ForeignId(255), index=True),
    sa.Column("content", sa.Text),
)

#: A single row that the health check rewrites to prove that writes work.
proofs = sa.Table(
    "proofs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
)

#: Spending on models, by conversation, by visitor and day, and by day.
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

#: Journal: which conversation or message changed, in order; readers load the row afresh.
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, nullable=False),
    sa.Column("message", ForeignId),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
