"""Tables of consent, of messages that nobody asked for, of segments, and of who read a customer's data."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata
from assistant.storage.values import ForeignId

Id = sa.String(64)

#: What whoever has an identity said about being written to; rows are added, and erased with the person.
consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("identity_type", sa.String(32), nullable=False),
    sa.Column("identity", ForeignId(255), nullable=False),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("evidence", ForeignId(255), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Index("ix_consents_identity", "identity_type", "identity"),
)

#: What a rule wants to tell somebody of an event: each once.
proactive_notices = sa.Table(
    "proactive_notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("rule", sa.String(64), nullable=False),
    #: What it is about, such as ``order.shipped KM-1``: the same of a repeated event.
    sa.Column("subject", ForeignId(255), nullable=False),
    #: Whose: the person if we know them, else their identity.
    sa.Column("person", ForeignId(255), nullable=False),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), index=True),
    sa.Column("identity_type", sa.String(32), nullable=False),
    sa.Column("identity", ForeignId(255), nullable=False),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("order_id", ForeignId(255)),
    #: What the sentence is filled with.
    sa.Column("details", Json, nullable=False),
    #: waiting, sent, dropped or held_out, and why.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("channel", sa.String(32)),
    sa.Column("account", ForeignId),
    sa.Column("conversation", Id, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.UniqueConstraint("rule", "subject", "person"),
    sa.Index("ix_proactive_notices_state_next", "state", "next_at"),
    sa.Index("ix_proactive_notices_state_decided", "state", "decided_at"),
    sa.Index("ix_proactive_notices_identity", "identity_type", "identity"),
)

#: Pushes of a month that were no proactive messages, by account: what is left of the app's quota.
push_counts = sa.Table(
    "push_counts",
    metadata,
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("account", ForeignId, primary_key=True),
    #: 2026-12, by the business's clock.
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

#: Recency, frequency and amount of whoever has an identity, as quintiles of one snapshot.
purchase_scores = sa.Table(
    "purchase_scores",
    metadata,
    sa.Column("identity_type", sa.String(32), primary_key=True),
    sa.Column("identity", ForeignId(255), primary_key=True),
    sa.Column("recency", sa.Integer, nullable=False),
    sa.Column("frequency", sa.Integer, nullable=False),
    sa.Column("monetary", sa.Integer, nullable=False),
    sa.Column("orders", sa.Integer, nullable=False),
    sa.Column("taken_at", Moment, nullable=False),
)

#: Who looked at a customer's data, and how.
data_reads = sa.Table(
    "data_reads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("customer", Id, sa.ForeignKey("customers.id"), nullable=False),
    #: ``agent:ID`` or operator.
    sa.Column("actor", sa.String(80), nullable=False),
    #: card or export.
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_data_reads_customer_at", "customer", "at"),
)

_REFUSED = "consents are not changed"
#: The database refuses to change a record of consent; erasing a person removes theirs.
CONSENT_DDL = {
    "sqlite": (
        "CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    ),
    "postgresql": (
        f"""CREATE FUNCTION yorisoi_consents_no_update() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$""",
        """CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
FOR EACH ROW EXECUTE FUNCTION yorisoi_consents_no_update()""",
    ),
}


@sa.event.listens_for(consents, "after_create")
def _create_consent_triggers(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for statement in CONSENT_DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)
