"""Consent, proactive messages, purchase scores, and who read a customer's data."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

#: The database refuses to change a record of consent (storage/proactive_tables.py).
NO_UPDATE = {
    "sqlite": (
        "CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents are not changed'); END",
    ),
    "postgresql": (
        """CREATE FUNCTION yorisoi_consents_no_update() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'consents are not changed'; END $$""",
        """CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
FOR EACH ROW EXECUTE FUNCTION yorisoi_consents_no_update()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("identity_type", sa.String(32), nullable=False),
        sa.Column("identity", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("evidence", sa.String(255), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_identity", "consents", ["identity_type", "identity"])
    _create_notices()
    _create_small_tables()
    connection = op.get_bind()
    for statement in NO_UPDATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _create_notices() -> None:
    op.create_table(
        "proactive_notices",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("identity_type", sa.String(32), nullable=False),
        sa.Column("identity", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("order_id", sa.String(255)),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.String(32)),
        sa.Column("account", sa.String(64)),
        sa.Column("conversation", sa.String(64)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_proactive_notices_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_proactive_notices"),
        sa.UniqueConstraint("rule", "subject", "person", name="uq_proactive_notices_rule"),
    )
    for column in ("customer", "conversation"):
        op.create_index(f"ix_proactive_notices_{column}", "proactive_notices", [column])
    op.create_index("ix_proactive_notices_state_next", "proactive_notices", ["state", "next_at"])
    op.create_index("ix_proactive_notices_state_decided", "proactive_notices", ["state", "decided_at"])
    op.create_index("ix_proactive_notices_identity", "proactive_notices", ["identity_type", "identity"])


def _create_small_tables() -> None:
    op.create_table(
        "push_counts",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "month", name="pk_push_counts"),
    )
    op.create_table(
        "purchase_scores",
        sa.Column("identity_type", sa.String(32), nullable=False),
        sa.Column("identity", sa.String(255), nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("recency", "frequency", "monetary", "orders")
        ),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("identity_type", "identity", name="pk_purchase_scores"),
    )
    op.create_table(
        "data_reads",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_data_reads_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_data_reads"),
    )
    op.create_index("ix_data_reads_customer_at", "data_reads", ["customer", "at"])
