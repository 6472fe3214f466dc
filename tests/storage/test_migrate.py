"""Migrations and the tables in the code describe the same schema; what cannot be used is refused."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from assistant.domain.errors import SetupError
from assistant.storage.database import sqlite_engine
from assistant.storage.migrate import migrate, revision
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore


def test_a_migrated_database_has_the_schema_of_the_code(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "new.db")
    assert migrate(engine) is True
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The tables that FTS5 keeps for itself are not ours to describe."""
    return kind != "table" or not (name or "").startswith("chunk_words")


def test_full_text_search_is_made_by_tables_and_by_migrations_alike(tmp_path: Path) -> None:
    migrated, created = sqlite_engine(tmp_path / "migrated.db"), sqlite_engine(None)
    migrate(migrated)
    metadata.create_all(created)
    assert _objects(migrated) == _objects(created)


def _objects(engine: sa.Engine) -> set[tuple[str, str]]:
    query = "SELECT type, name FROM sqlite_master WHERE name LIKE 'chunk_words%'"
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.exec_driver_sql(query)}


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "new.db")
    migrate(engine)
    assert migrate(engine) is False


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "new.db")
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupError, match="newer"):
        migrate(engine)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(b"this is not a database at all, " * 200)
    before = path.read_bytes()
    with pytest.raises(SetupError, match="not a usable database"):
        migrate(sqlite_engine(path))
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sqlite_engine(tmp_path / "new.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (id INTEGER)")
    with pytest.raises(SetupError):
        migrate(engine)
    with engine.connect() as connection:
        assert revision(connection) is None
        assert sa.inspect(connection).get_table_names() == ["messages"]


def test_the_store_reaches_every_table() -> None:
    engine = sqlite_engine(None)
    metadata.create_all(engine)
    with engine.begin() as connection:
        store = SqlStore(connection)
        assert store.articles.hashes() == {}
        assert store.conversations.counts("nobody") == {"assistant": 0, "queued": 0, "agent": 0, "mine": 0}
