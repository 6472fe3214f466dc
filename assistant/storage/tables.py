"""The tables of people and conversations; importing this module defines all tables."""

import sqlalchemy as sa

from assistant.storage.action_tables import attempts as attempts
from assistant.storage.action_tables import customer_facts as customer_facts
from assistant.storage.action_tables import fact_import_changes as fact_import_changes
from assistant.storage.action_tables import one_time_codes as one_time_codes
from assistant.storage.agent_tables import agents as agents
from assistant.storage.agent_tables import credentials as credentials
from assistant.storage.desk_tables import conversation_tags as conversation_tags
from assistant.storage.desk_tables import customer_notes as customer_notes
from assistant.storage.desk_tables import draft_uses as draft_uses
from assistant.storage.desk_tables import presence_intervals as presence_intervals
from assistant.storage.desk_tables import read_marks as read_marks
from assistant.storage.desk_tables import saved_replies as saved_replies
from assistant.storage.desk_tables import search_entries as search_entries
from assistant.storage.desk_tables import sla_clocks as sla_clocks
from assistant.storage.desk_tables import tags as tags
from assistant.storage.desk_tables import team_members as team_members
from assistant.storage.desk_tables import teams as teams
from assistant.storage.desk_tables import views as views
from assistant.storage.foreign_desk_tables import desk_links as desk_links
from assistant.storage.insight_tables import digest_mails as digest_mails
from assistant.storage.insight_tables import digests as digests
from assistant.storage.insight_tables import gap_evidence as gap_evidence
from assistant.storage.insight_tables import gap_sentences as gap_sentences
from assistant.storage.insight_tables import gaps as gaps
from assistant.storage.insight_tables import outcomes as outcomes
from assistant.storage.insight_tables import questions as questions
from assistant.storage.insight_tables import surveys as surveys
from assistant.storage.insight_tables import theme_events as theme_events
from assistant.storage.insight_tables import theme_runs as theme_runs
from assistant.storage.insight_tables import themes as themes
from assistant.storage.job_tables import dead_letters as dead_letters
from assistant.storage.job_tables import due as due
from assistant.storage.job_tables import journal as journal
from assistant.storage.job_tables import proofs as proofs
from assistant.storage.job_tables import spending as spending
from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId, Label

Id = sa.String(64)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("locale", Label(35)),
    sa.Column("verified", sa.Boolean, nullable=False),
    sa.Column("familiarity", sa.Float),
    sa.Column("attributes", Json, nullable=False),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("id", ForeignId(255), primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("verified", sa.Boolean, nullable=False),
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
    sa.Column("closed_at", Moment, index=True),
    sa.Column("outcome", sa.String(32)),
    sa.Column("previous", Id),
    sa.Column("carried", sa.Text),
    #: Hash of the visitor's bearer token; None where the channel authenticates the sender.
    sa.Column("token_hash", sa.String(64)),
    #: A keyed hash of the address that it was opened from.
    sa.Column("origin", sa.String(64)),
    #: Until when its agent has put it aside.
    sa.Column("snoozed_until", Moment),
    #: The next deadline of its service level agreement: of what, when it is near, when it is over.
    sa.Column("sla_metric", sa.String(16)),
    sa.Column("sla_warn_at", Moment),
    sa.Column("sla_due_at", Moment),
    sa.Index("ix_conversations_state_waiting", "state", "waiting_since"),
    sa.Index("ix_conversations_state_updated", "state", "updated_at", "id"),
    sa.Index("ix_conversations_agent_updated", "agent", "updated_at", "id"),
    sa.Index("ix_conversations_updated", "updated_at", "id"),
    sa.Index("ix_conversations_sla_due_at", "sla_due_at"),
    #: Covers the counts of every screen.
    sa.Index("ix_conversations_counts", "state", "agent", "snoozed_until"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    #: The sender's own id of the message; unique per conversation, for idempotency.
    sa.Column("id", ForeignId, nullable=False),
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
    #: Seq of the customer's last message in the turn; tells which episode it belongs to.
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
    sa.Column("message", ForeignId),
    sa.Column("comment", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
)

#: Audit log: append-only (the database refuses the rest), without customers' words.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("created_at", Moment, nullable=False, index=True),
    #: customer, assistant, watchdog, operator, or ``agent:ID``.
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("conversation", Id, index=True),
    #: The epoch of the change of owner.
    sa.Column("epoch", sa.Integer),
    sa.Column("details", Json, nullable=False),
    sqlite_autoincrement=True,
)

#: Thread of a conversation in a messaging app, and what the app needs for a reply.
threads = sa.Table(
    "threads",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("account", ForeignId, nullable=False),
    sa.Column("peer", ForeignId(255), nullable=False),
    sa.Column("thread", ForeignId(255), nullable=False),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("heard_at", Moment, nullable=False),
    sa.Column("context", Json, nullable=False),
    sa.Column("unreachable", sa.Text),
    #: Full values of the address parts that exceed their columns; used for sending.
    sa.Column("whole", Json),
    sa.UniqueConstraint("channel", "account", "peer", "thread"),
)

#: Event ids of messaging apps that were received: a second delivery is dropped, also after a restart.
events = sa.Table(
    "events",
    metadata,
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("account", ForeignId, primary_key=True),
    sa.Column("id", ForeignId, primary_key=True),
    sa.Column("created_at", Moment, nullable=False, index=True),
)

#: Outbox: messages to be sent to an app, in order.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("message", ForeignId, nullable=False),
    sa.Column("thread", Id, sa.ForeignKey("threads.id"), nullable=False, index=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("platform_ids", Json, nullable=False),
    sa.Column("status", sa.String(16)),
    sa.Column("why", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
)

#: The app's ids of the parts we sent; delivery reports refer to them.
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("platform_id", ForeignId, primary_key=True),
    sa.Column("delivery", Id, sa.ForeignKey("deliveries.id"), nullable=False, index=True),
)

media = sa.Table(
    "media",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("message", ForeignId, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("type", sa.String(100)),
    sa.Column("size", sa.Integer),
    sa.Column("why", sa.Text),
    sa.Column("data", sa.LargeBinary),
    sa.Column("created_at", Moment, nullable=False),
)

#: Two customers who are one person, with the proof; ended, never deleted.
links = sa.Table(
    "links",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("one", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("other", Id, sa.ForeignKey("customers.id"), nullable=False, index=True),
    #: code or agent.
    sa.Column("proof", sa.String(16), nullable=False),
    sa.Column("agent", Id),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)

#: One-time codes that a customer reads on one channel and sends on another; only hashes are stored.
link_codes = sa.Table(
    "link_codes",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)
