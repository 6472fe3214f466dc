"""Tables of outcomes, themes and gaps."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

#: The outcome ledger: how each conversation ended, once.
outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    #: customer, assistant or ``agent:ID``.
    sa.Column("ended_by", sa.String(80), nullable=False),
    sa.Column("why", sa.String(32), nullable=False),
    sa.Column("ended_at", Moment, nullable=False, index=True),
    sa.Column("frustration_start", sa.Float),
    sa.Column("frustration_end", sa.Float),
)

#: The survey that was asked at the end of a conversation; its answer is in `feedback`.
surveys = sa.Table(
    "surveys",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    #: Of the question's words.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    #: asked, answered or cancelled.
    sa.Column("state", sa.String(16), nullable=False),
)

#: What was asked: one row per turn that searched the help. Unmasked; whoever shows it masks it.
questions = sa.Table(
    "questions",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    sa.Column("asked_at", Moment, nullable=False, index=True),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    #: Embedding model of the vector; None: not embedded yet.
    sa.Column("model", sa.String(120), index=True),
    sa.Column("vector", sa.LargeBinary),
    #: None: unsorted.
    sa.Column("theme", Id, index=True),
)

themes = sa.Table(
    "themes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    #: Given by an administrator; None: named by its most typical question.
    sa.Column("title", sa.Text),
    #: The most typical question.
    sa.Column("conversation", Id),
    sa.Column("turn", sa.Integer),
    #: Words that are typical of it, each from several conversations.
    sa.Column("terms", Json, nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    #: The theme that it was merged into; None: it is alive.
    sa.Column("merged_into", Id),
    sa.Column("created_at", Moment, nullable=False),
)

#: What happened to themes: found, split, merged, renamed, pinned.
theme_events = sa.Table(
    "theme_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("theme", Id, sa.ForeignKey("themes.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("other", Id),
    #: assistant or ``agent:ID``.
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

#: Runs over all themes, so that one of several processes does each.
theme_runs = sa.Table(
    "theme_runs",
    metadata,
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
)

#: Questions that the help does not answer, gathered; what is done about it.
gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("owner", Id),
    sa.Column("due_at", Moment),
    #: Why it was dismissed.
    sa.Column("reason", sa.Text),
    #: The article as an administrator wrote or approved it.
    sa.Column("title", sa.Text),
    sa.Column("text", sa.Text),
    #: What the shadow index answered with it: counts and ids, no words of customers.
    sa.Column("proof", Json),
    sa.Column("article", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
)

gap_evidence = sa.Table(
    "gap_evidence",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    sa.Column("gap", Id, sa.ForeignKey("gaps.id"), nullable=False, index=True),
    #: declined, rejected or disliked.
    sa.Column("why", sa.String(16), nullable=False),
)

#: Sentences of agents that a draft is made of, masked, each with where it was said.
gap_sentences = sa.Table(
    "gap_sentences",
    metadata,
    sa.Column("gap", Id, sa.ForeignKey("gaps.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("message", ForeignId, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    #: It holds what is true of one customer: a number, a date, an amount.
    sa.Column("personal", sa.Boolean, nullable=False),
)

#: Weeks that a digest was made for, so that one of several processes does it.
digests = sa.Table(
    "digests",
    metadata,
    #: Its first day, by the business's clock.
    sa.Column("week", sa.String(10), primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
)

#: The mails of a digest; what they say is made anew with each try.
digest_mails = sa.Table(
    "digest_mails",
    metadata,
    sa.Column("week", sa.String(10), sa.ForeignKey("digests.week"), primary_key=True),
    sa.Column("recipient", sa.String(255), primary_key=True),
    #: pending, sending, sent or failed.
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    #: Why it failed.
    sa.Column("why", sa.Text),
)
