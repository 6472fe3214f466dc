"""The tables of agents and of their ways in."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata

Id = sa.String(64)

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("email", sa.String(255), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("admin", sa.Boolean, nullable=False),
    sa.Column("lead", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    #: When they last had the console open or called; None: never, or they have logged out.
    sa.Column("seen_at", Moment),
    sa.Column("disabled_at", Moment),
    #: What they chose for their own screen: ``{notify, sound}``.
    sa.Column("preferences", Json),
    #: online or away; who is not seen is at neither.
    sa.Column("availability", sa.String(16), nullable=False, server_default="online"),
    #: Open conversations up to which they are given more.
    sa.Column("capacity", sa.Integer, nullable=False, server_default="5"),
    #: Ids of tags whose conversations they know how to handle; None: none.
    sa.Column("skills", Json),
    #: Weekday -> hours, as the policy has them, in which they are given conversations; None: always.
    sa.Column("working_hours", Json),
)

#: Sessions of the console and API tokens; only a hash of the secret is stored.
credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("secret_hash", sa.String(64), primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False, index=True),
    #: None for an API token, which needs no CSRF protection.
    sa.Column("csrf", sa.String(64)),
    sa.Column("expires_at", Moment),
    sa.Column("created_at", Moment, nullable=False),
    #: What its owner calls an API token.
    sa.Column("label", sa.Text, nullable=False, server_default=""),
)

#: Whom a sign-in provider knows an agent as; bound at the first sign-in through it.
provider_subjects = sa.Table(
    "provider_subjects",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("agent", Id, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("agent", "issuer"),
)

#: Hashes of the addresses and provider's ids of removed agents, who come back by an invitation only.
removed_people = sa.Table(
    "removed_people",
    metadata,
    sa.Column("mark", sa.String(64), primary_key=True),
    sa.Column("removed_at", Moment, nullable=False),
)
