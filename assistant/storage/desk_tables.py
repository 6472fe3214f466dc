"""The tables of the agents' desk: what is searched, tags, saved views and replies, what has been read."""

import sqlalchemy as sa

from assistant.storage.article_tables import chunks
from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

#: What agents search: an entry for each message, and one for each conversation's customer and tags.
search_entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False),
    #: None: the entry of the conversation itself.
    sa.Column("message", ForeignId),
    #: The terms of text/search_terms.py.
    sa.Column("words", sa.Text, nullable=False),
    sa.Index("ix_search_entries_conversation_message", "conversation", "message"),
)
#: PostgreSQL shares the function that makes a tsvector of terms.
search_entries.add_is_dependent_on(chunks)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    sa.Column("created_at", Moment, nullable=False),
)

conversation_tags = sa.Table(
    "conversation_tags",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("tag", Id, sa.ForeignKey("tags.id"), primary_key=True, index=True),
)

#: Filters of the inbox under a name.
views = sa.Table(
    "views",
    metadata,
    sa.Column("id", Id, primary_key=True),
    #: Whose view it is; None: everybody's.
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("filters", Json, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

saved_replies = sa.Table(
    "saved_replies",
    metadata,
    sa.Column("id", Id, primary_key=True),
    #: Whose reply it is; None: everybody's.
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), index=True),
    sa.Column("name", sa.String(60), nullable=False),
    #: None: for customers of any language.
    sa.Column("language", sa.String(35)),
    sa.Column("text", sa.Text, nullable=False),
    #: What using it does besides: ``{tags: [name], snooze_minutes, team, outcome}``.
    sa.Column("actions", Json, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

#: Up to which message an agent has seen a conversation.
read_marks = sa.Table(
    "read_marks",
    metadata,
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True, index=True),
    sa.Column("seq", sa.Integer, nullable=False),
)

#: Agents who hear of a conversation that is not theirs.
followers = sa.Table(
    "followers",
    metadata,
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True, index=True),
    sa.Column("created_at", Moment, nullable=False),
)

#: Agents whom a private note names.
mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("message", ForeignId, primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.Index("ix_mentions_agent", "agent", "read_at"),
)

#: What was done to many conversations at once, for as long as it can be undone.
bulk_changes = sa.Table(
    "bulk_changes",
    metadata,
    sa.Column("batch", Id, primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True, index=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False),
    #: tag, snooze, assign or resolve.
    sa.Column("action", sa.String(16), nullable=False),
    #: The epoch of the conversation since then.
    sa.Column("epoch", sa.Integer, nullable=False),
    #: What undoing it needs.
    sa.Column("before", Json, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

#: Calls that were agreed on with customers.
callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("slot_from", Moment, nullable=False),
    sa.Column("slot_to", Moment, nullable=False),
    #: planned, missed or done.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(80), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_callbacks_conversation", "conversation", "slot_from"),
    sa.Index("ix_callbacks_state", "state", "slot_from"),
)

#: Who gets which waiting conversations, and how.
teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    #: manual, round_robin or least_loaded.
    sa.Column("assignment", sa.String(16), nullable=False),
    #: Only conversations in this language, on this channel; None: any.
    sa.Column("language", sa.String(35)),
    sa.Column("channel", sa.String(32)),
    sa.Column("created_at", Moment, nullable=False),
)

team_members = sa.Table(
    "team_members",
    metadata,
    sa.Column("team", Id, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), primary_key=True, index=True),
    #: When they were last given a conversation.
    sa.Column("assigned_at", Moment),
)

#: By when a customer was to be answered, and whether they were; a row for each target.
sla_clocks = sa.Table(
    "sla_clocks",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    #: first_reply, next_reply or resolution.
    sa.Column("metric", sa.String(16), primary_key=True),
    sa.Column("begun_at", Moment, primary_key=True, autoincrement=False),
    #: The rule's name and target.
    sa.Column("rule", sa.String(60), nullable=False),
    sa.Column("minutes", sa.Integer),
    sa.Column("warn_at", Moment),
    sa.Column("due_at", Moment),
    sa.Column("ended_at", Moment, index=True),
    sa.Column("is_dropped", sa.Boolean, nullable=False),
    sa.Column("warned_at", Moment),
    sa.Column("breached_at", Moment),
)

#: When agents were at the desk; an interval without an end goes on.
presence_intervals = sa.Table(
    "presence_intervals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False),
    #: online or away.
    sa.Column("availability", sa.String(16), nullable=False),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Index("ix_presence_intervals_agent", "agent", "begun_at"),
)

#: What agents wrote down about a person, for every later conversation; the name stays when its account goes.
customer_notes = sa.Table(
    "customer_notes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("agent", Id, nullable=False),
    sa.Column("agent_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_customer_notes_customer", "customer", "created_at"),
)

#: What became of a draft for agents: shown, inserted, sent or edited, each once; no words of it.
draft_uses = sa.Table(
    "draft_uses",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("draft", sa.String(64), primary_key=True),
    sa.Column("step", sa.String(16), primary_key=True),
    #: suggestion, saved_reply, similar, translation or rephrasing.
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("agent", Id, nullable=False),
    sa.Column("created_at", Moment, nullable=False, index=True),
)
