"""Tables of the closed loop: cases, improvements, who was told of them; webhooks that tell other systems."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.tables import Id

#: What is made better for the customers of several cases.
improvements = sa.Table(
    "improvements",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    #: The theme whose conversations its effect is measured by.
    sa.Column("theme", Id),
    sa.Column("owner", Id),
    #: What is done, and by when.
    sa.Column("action", sa.Text),
    sa.Column("due_at", Moment),
    #: Language -> what the customers are told when it is done.
    sa.Column("texts", Json, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("done_at", Moment),
)

#: A customer whom we owe a word after the end of a conversation; one for each conversation at most.
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, unique=True),
    sa.Column("trigger", sa.String(16), nullable=False),
    #: The score or signal that opened it.
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("owner", Id),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("root_cause", sa.Text),
    #: What was done about it.
    sa.Column("remedy", sa.Text),
    #: Why it was dismissed.
    sa.Column("reason", sa.Text),
    sa.Column("improvement", Id, sa.ForeignKey("improvements.id"), index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

#: Customers who are to be told of an improvement, each once.
improvement_notices = sa.Table(
    "improvement_notices",
    metadata,
    sa.Column("improvement", Id, sa.ForeignKey("improvements.id"), primary_key=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), primary_key=True),
    #: pending, told, or why not: window, unreachable, unproven, language.
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Index("ix_improvement_notices_customer", "customer"),
)

#: Issues in other systems' trackers; one for each improvement at most.
tracked_issues = sa.Table(
    "tracked_issues",
    metadata,
    sa.Column("improvement", Id, sa.ForeignKey("improvements.id"), primary_key=True),
    sa.Column("tracker", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    #: Its name and address there.
    sa.Column("key", sa.Text),
    sa.Column("url", sa.Text),
    #: Failed tries since something last worked, and why the last one failed.
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("trouble", sa.String(16)),
    #: When it is created or looked at next.
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Index("ix_tracked_issues_state_due", "state", "due_at"),
)

#: Addresses of other systems that are told of events.
webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    #: Types of the events that it wants.
    sa.Column("events", Json, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    #: Signs too, until then, while the other side takes over the new one.
    sa.Column("previous_secret", sa.Text),
    sa.Column("previous_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("disabled_at", Moment),
    sa.Column("disabled_why", sa.Text),
)

#: Events on their way to an endpoint, and the log of those that were sent.
webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("endpoint", Id, sa.ForeignKey("webhook_endpoints.id"), nullable=False, index=True),
    #: The webhook-id; a replay has the same.
    sa.Column("message", Id, nullable=False),
    sa.Column("type", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    #: Whose conversation it tells of; erased with it.
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    #: What came of each try: ``{at, status, why, seconds}``.
    sa.Column("attempts", Json, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Index("ix_webhook_deliveries_state_due", "state", "due_at"),
)
