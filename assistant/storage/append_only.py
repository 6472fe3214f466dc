"""The audit log is append-only: database triggers refuse updates and deletes."""

import sqlalchemy as sa

from assistant.storage.tables import audit

_REFUSED = "the audit log is append-only"
#: Database objects that migrations create besides the table.
DDL = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for what in ("update", "delete")
    ),
    "postgresql": (
        f"""CREATE FUNCTION yorisoi_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$""",
        """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION yorisoi_append_only()""",
    ),
}


@sa.event.listens_for(audit, "after_create")
def _create_triggers(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for statement in DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)
