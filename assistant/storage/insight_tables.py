"""Tables of outcomes, themes and gaps."""

import sqlalchemy as sa

from assistant.storage.schema import Moment, metadata

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
