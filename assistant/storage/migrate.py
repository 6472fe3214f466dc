"""Migrates the database schema in one transaction, and refuses databases that it does not know."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from assistant.domain.errors import SetupError
from assistant.storage import (  # noqa: F401 - they join the metadata
    append_only,
    article_tables,
    case_tables,
    lead_tables,
    tables,
)
from assistant.storage.schema import metadata

HERE = Path(__file__).parent / "migrations"
#: Advisory lock held while migrating, so that only one of several processes does it.
LOCK = 7_061_962


def migrate_schema(engine: sa.Engine) -> bool:
    """Apply missing migrations in one transaction; returns whether there were any.

    SetupError when the database is not ours, damaged, unreachable, or newer than this program.
    """
    if is_current(engine):
        return False
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(HERE))
    try:
        with engine.execution_options(write=True).begin() as connection:
            if engine.dialect.name != "sqlite":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            before = load_revision(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return before != load_revision(connection)
    except CommandError as exc:
        raise SetupError(
            f"The database is newer than this program ({exc}); install that version or restore a backup."
        ) from exc
    except DatabaseError as exc:
        raise _build_setup_error(engine, exc) from exc


def is_current(engine: sa.Engine) -> bool:
    """Whether the schema is at the newest revision.

    SetupError when it claims to be and tables are missing. Reading the revision is enough for most starts,
    and importing Alembic takes half a second.
    """
    newest = max(path.stem.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))
    try:
        with engine.connect() as connection:
            if not _has_version_table(connection):
                return False
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
            if found != [newest]:
                return False
            for table in metadata.sorted_tables:
                connection.execute(sa.select(table).limit(0))
    except DatabaseError as exc:
        raise _build_setup_error(engine, exc) from exc
    return True


def _has_version_table(connection: sa.Connection) -> bool:
    if connection.dialect.name == "sqlite":
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    else:
        query = "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
    return connection.exec_driver_sql(query).first() is not None


def _build_setup_error(engine: sa.Engine, exc: DatabaseError) -> SetupError:
    """A one-line error without the password."""
    name = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string()
    why = " ".join(str(exc.orig).split())
    if engine.dialect.name != "sqlite" and isinstance(exc, OperationalError):
        return SetupError(f"{name} does not answer ({why}); start it, or mend ASSISTANT_DATABASE_URL.")
    return SetupError(f"{name} is not a usable database ({why}); restore a backup, or move it away.")


def load_revision(connection: sa.Connection) -> str | None:
    """The schema's revision; None for a new database."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()
