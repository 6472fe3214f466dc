"""Brings the schema of a database up to date, all of it or nothing."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from assistant.domain.errors import SetupError

HERE = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine) -> bool:
    """Apply what is missing in one transaction; True: something was. SetupError when the file is no database
    of ours, damaged, or newer than this program."""
    if _is_current(engine):
        return False
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(HERE))
    try:
        with engine.execution_options(write=True).begin() as connection:
            before = revision(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return before != revision(connection)
    except CommandError as exc:
        raise SetupError(
            f"The database is newer than this program ({exc}); install that version or restore a backup."
        ) from exc
    except DatabaseError as exc:
        raise SetupError(
            f"{engine.url.database} is not a usable database ({exc.orig}); restore a backup, or move it away."
        ) from exc


def _is_current(engine: sa.Engine) -> bool:
    """A look at the version is enough for most starts, and Alembic takes half a second to import."""
    newest = max(path.stem.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    except DatabaseError:
        return False
    return found == [newest]


def revision(connection: sa.Connection) -> str | None:
    """The revision that the schema is at; None for a new database."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()
