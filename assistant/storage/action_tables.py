"""Tables of actions: unfinished requests, proposals of changes, and how well it is known who asks."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

#: The unfinished request of a conversation.
action_flows = sa.Table(
    "action_flows",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("flow", Json, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

#: Changes that were shown to customers, and what became of them.
proposals = sa.Table(
    "proposals",
    metadata,
    #: Also the idempotency key at the business's system.
    sa.Column("id", Id, primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("tool", sa.String(64), nullable=False),
    sa.Column("arguments", Json, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("approved_by", ForeignId),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Column("result", Json, nullable=False),
    sa.Column("agent", ForeignId, index=True),
    sa.Column("shown_seq", sa.Integer),
)

#: Whose order somebody in a conversation proved to own.
identity_grants = sa.Table(
    "identity_grants",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("subject", ForeignId, primary_key=True),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("method", sa.String(16), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

#: Tries of what can be guessed; the key is a hash, and gone after a day.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

#: The last one-time code of a conversation; only its hash.
one_time_codes = sa.Table(
    "one_time_codes",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("subject", ForeignId, nullable=False),
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

#: What other systems of the business say of whoever has an identity; the latest state wins.
customer_facts = sa.Table(
    "customer_facts",
    metadata,
    sa.Column("identity_type", sa.String(32), primary_key=True),
    sa.Column("identity", ForeignId(255), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("as_of", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
)

#: Imports of such facts, to be taken back.
fact_imports = sa.Table(
    "fact_imports",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("undone_at", Moment),
)

#: What an import replaced: the value before, None where there was none.
fact_import_changes = sa.Table(
    "fact_import_changes",
    metadata,
    sa.Column("import_id", Id, sa.ForeignKey("fact_imports.id"), primary_key=True),
    sa.Column("identity_type", sa.String(32), primary_key=True),
    sa.Column("identity", ForeignId(255), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("before", Json),
)
