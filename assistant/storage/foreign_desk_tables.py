"""The tables of foreign desks."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

#: The desks that the settings know.
foreign_desks = sa.Table(
    "foreign_desks",
    metadata,
    sa.Column("desk", Id, primary_key=True),
    #: What people call it.
    sa.Column("name", sa.Text, nullable=False),
    #: Handoffs go there.
    sa.Column("is_target", sa.Boolean, nullable=False),
)

#: Handoffs that went to a foreign desk.
desk_links = sa.Table(
    "desk_links",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("desk", Id, nullable=False),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("remote", ForeignId(255)),
    sa.Column("remote_url", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("context", Json, nullable=False),
    sa.Column("sent_seq", sa.Integer, nullable=False),
    #: What a call is out for, or was when the process died.
    sa.Column("sending", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("failing_since", Moment),
    sa.Column("why", sa.Text),
    sa.Column("retry_at", Moment),
    sa.Column("polled_at", Moment),
    sa.Column("cursor", sa.Text, nullable=False),
    #: Fields of the packet that do not fit there, of how many.
    sa.Column("loss", Json, nullable=False),
    sa.Column("fields", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_desk_links_desk_remote", "desk", "remote"),
    sa.Index("ix_desk_links_state_polled", "state", "polled_at"),
)

#: What happened in a foreign desk, each once; its words go as soon as they are applied.
desk_events = sa.Table(
    "desk_events",
    metadata,
    sa.Column("link", Id, sa.ForeignKey("desk_links.id"), primary_key=True),
    sa.Column("id", ForeignId(255), primary_key=True),
    sa.Column("position", sa.Text, nullable=False),
    sa.Column("content", Json),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("applied_at", Moment),
    #: Why it did not become a message to the customer.
    sa.Column("why", sa.Text),
)
