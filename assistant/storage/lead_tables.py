"""The tables of what support leads write: articles, settings, invitations, verdicts on replies."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.tables import Id
from assistant.storage.values import ForeignId

#: Every saved text of every article that is written in the console; rows are added, never replaced.
article_revisions = sa.Table(
    "article_revisions",
    metadata,
    sa.Column("article", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    #: The revision that its author saw before writing; 0: none.
    sa.Column("base", sa.Integer, nullable=False),
    #: Saved while somebody else had saved too: kept, but not what the next one goes on from.
    sa.Column("beside", sa.Boolean, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("agent", Id, nullable=False),
    sa.Column("agent_name", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    #: When it stopped being what customers get.
    sa.Column("withdrawn_at", Moment),
)

#: Every change of a setting; the last row of a key holds, and a row without a value resets it.
setting_changes = sa.Table(
    "setting_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(80), nullable=False, index=True),
    sa.Column("value", Json),
    sa.Column("agent", Id, nullable=False),
    sa.Column("agent_name", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

#: One-time links with which an agent chooses a password; only a hash of the secret is stored.
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("secret_hash", sa.String(64), primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False, index=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

#: What agents think of the assistant's replies; one verdict of each agent on each reply.
reply_verdicts = sa.Table(
    "reply_verdicts",
    metadata,
    sa.Column("conversation", Id, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("message", ForeignId, primary_key=True),
    sa.Column("agent", Id, primary_key=True),
    #: right, wrong, stale or missing.
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

#: Rehearsals with simulated customers that leads asked for; the newest few.
rehearsals = sa.Table(
    "rehearsals",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("agent", Id, nullable=False),
    sa.Column("agent_name", sa.Text, nullable=False),
    sa.Column("changes", Json, nullable=False),
    #: wanted, running, done or failed.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("result", Json),
    sa.Column("problem", sa.Text),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sa.Column("touched_at", Moment),
    sa.Column("finished_at", Moment),
)
