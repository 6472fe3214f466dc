"""The tables of people, conversations and due work."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata

Id = sa.String(64)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("locale", sa.String(35)),
    sa.Column("verified", sa.Boolean, nullable=False),
    sa.Column("familiarity", sa.Float),
    sa.Column("attributes", Json, nullable=False),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("verified", sa.Boolean, nullable=False),
)

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("email", sa.String(255), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("admin", sa.Boolean, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

#: Sessions of the console and API tokens; only a hash of the secret is kept.
credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("secret_hash", sa.String(64), primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False, index=True),
    #: None for an API token, which needs no CSRF protection.
    sa.Column("csrf", sa.String(64)),
    sa.Column("expires_at", Moment),
    sa.Column("created_at", Moment, nullable=False),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("episode_from", sa.Integer, nullable=False),
    sa.Column("agent", Id, sa.ForeignKey("agents.id")),
    sa.Column("priority", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("waiting_since", Moment),
    sa.Column("told", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("outcome", sa.String(32)),
    sa.Column("previous", Id),
    sa.Column("carried", sa.Text),
    #: Hash of the visitor's bearer token; None where the channel proves who speaks.
    sa.Column("token_hash", sa.String(64)),
    sa.Index("ix_conversations_state_waiting", "state", "waiting_since"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    #: The sender's own id for it; unique per conversation, which makes a second delivery harmless.
    sa.Column("id", Id, nullable=False),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(35)),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("citations", Json, nullable=False),
    sa.Column("buttons", Json, nullable=False),
    sa.Column("agent", Id),
    sa.Column("agent_name", sa.Text),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("conversation", "id"),
    sa.Index("ix_messages_conversation_seq", "conversation", "seq"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    #: The seq of the customer's last message in it: tells which episode it belongs to.
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("record", Json, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
)

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True),
    sa.Column("packet", Json, nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("claimed_at", Moment),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("message", Id),
    sa.Column("comment", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
)

due = sa.Table(
    "due",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
)

#: What agents' screens follow: which conversation or message changed, in order; the row is read afresh.
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, nullable=False),
    sa.Column("message", Id),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
