"""Migrations and the tables in the code describe the same schema; what cannot be used is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from assistant.domain.errors import SetupError
from assistant.storage.database import create_sqlite_engine
from assistant.storage.migrate import HERE, load_revision, migrate_schema
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from tests.postgres import new_database


def test_a_migrated_database_has_the_schema_of_the_code(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "new.db")
    assert migrate_schema(engine) is True
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The tables that FTS5 keeps for itself are not ours to describe."""
    return kind != "table" or not (name or "").startswith(("chunk_words", "search_words"))


def test_full_text_search_is_made_by_tables_and_by_migrations_alike(tmp_path: Path) -> None:
    migrated, created = create_sqlite_engine(tmp_path / "migrated.db"), create_sqlite_engine(None)
    migrate_schema(migrated)
    metadata.create_all(created)
    assert _objects(migrated) == _objects(created)


def _objects(engine: sa.Engine) -> set[tuple[str, str]]:
    query = "SELECT type, name FROM sqlite_master WHERE name LIKE '%_words%'"
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.exec_driver_sql(query)}


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "new.db")
    migrate_schema(engine)
    assert migrate_schema(engine) is False


def test_web_addresses_that_were_ingested_before_sources_were_kept_are_sources(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "old.db")
    upgrade(engine, "0006")
    origins = [
        '{"source":"https://help.example.jp/sitemap.xml","location":"https://help.example.jp/a","version":""}',
        '{"source":"/srv/articles","location":"/srv/articles/b.md","version":""}',
    ]
    with engine.begin() as connection:
        for origin in origins:
            connection.exec_driver_sql(
                "INSERT INTO articles (id, title, language, text, tags, content_hash, origin)"
                " VALUES (?, 'A', 'en', 'Text', '[]', 'h', ?)",
                (origin, origin),
            )
    migrate_schema(engine)
    with engine.begin() as connection:
        known = SqlStore(connection).sources.list_sources()
    assert [one.source for one in known] == ["https://help.example.jp/sitemap.xml"]
    assert known[0].due_at(timedelta(hours=6)) < datetime.now(UTC)


def upgrade(engine: sa.Engine, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def test_what_was_asked_before_is_sorted_too_and_what_was_silent_will_end(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "old.db")
    upgrade(engine, "0012")
    insert_talk(engine)
    migrate_schema(engine)
    with engine.connect() as connection:
        asked = connection.exec_driver_sql("SELECT conversation, turn, language, text FROM questions").all()
        due = connection.exec_driver_sql("SELECT conversation, kind FROM due").all()
    assert [tuple(row) for row in asked] == [("c", 1, "en", "returns?")]
    assert [tuple(row) for row in due] == [("c", "idle")]


def insert_talk(engine: sa.Engine) -> None:
    """An open conversation of the schema before insight, with a greeting and a question."""
    rows = (
        "INSERT INTO customers (id, created_at, verified, attributes) VALUES ('p', 1, false, '{}')",
        "INSERT INTO conversations (id, customer, channel, language, state, epoch, seq, episode_from,"
        " priority, created_at, updated_at)"
        " VALUES ('c', 'p', 'web', 'en', 'assistant', 1, 2, 0, 'normal', 1, 2)",
        *(
            "INSERT INTO turns (conversation, turn, seq, record, created_at, decision)"
            f" VALUES ('c', {turn}, {turn},"
            f""" '{{"query":"{query}","signals":{{"language":"en"}}}}', 2, 'answer')"""
            for turn, query in enumerate(["", "returns?"])
        ),
    )
    with engine.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row)


@pytest.mark.slow
def test_postgresql_sorts_what_was_asked_before(postgres: str) -> None:
    engine = create_postgres_engine(new_database(postgres))
    upgrade(engine, "0012")
    insert_talk(engine)
    migrate_schema(engine)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT conversation, turn, text FROM questions").all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("c", 1, "returns?")]


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "new.db")
    migrate_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupError, match="newer"):
        migrate_schema(engine)


@pytest.mark.parametrize("damage", ["DROP TABLE turns", "ALTER TABLE due DROP COLUMN lease"])
def test_a_schema_that_is_not_whole_is_refused(tmp_path: Path, damage: str) -> None:
    engine = create_sqlite_engine(tmp_path / "new.db")
    migrate_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(damage)
    with pytest.raises(SetupError, match="not a usable database"):
        migrate_schema(engine)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(b"this is not a database at all, " * 200)
    before = path.read_bytes()
    with pytest.raises(SetupError, match="not a usable database"):
        migrate_schema(create_sqlite_engine(path))
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_sqlite_engine(tmp_path / "new.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (id INTEGER)")
    with pytest.raises(SetupError):
        migrate_schema(engine)
    with engine.connect() as connection:
        assert load_revision(connection) is None
        assert sa.inspect(connection).get_table_names() == ["messages"]


def test_the_store_reaches_every_table() -> None:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    with engine.begin() as connection:
        store = SqlStore(connection)
        assert store.articles.load_content_hashes() == {}
        assert store.conversations.count_by_state("nobody") == {
            "assistant": 0,
            "queued": 0,
            "agent": 0,
            "mine": 0,
            "snoozed": 0,
        }


# -- PostgreSQL


@pytest.fixture
def empty(postgres: str) -> Iterator[sa.Engine]:
    engine = create_postgres_engine(new_database(postgres))
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_a_migrated_postgres_has_the_schema_of_the_code(empty: sa.Engine) -> None:
    assert migrate_schema(empty) is True
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_known_to_tables})
        assert compare_metadata(context, metadata) == []


def _is_known_to_tables(object_: sa.schema.SchemaItem, name: str | None, *_: object) -> bool:
    """The generated columns of words and their indexes are PostgreSQL's alone."""
    if isinstance(object_, sa.Column):
        return (object_.table.name, name) not in (("chunks", "words"), ("search_entries", "vector"))
    return name not in ("ix_chunks_words", "ix_search_entries_vector")


@pytest.mark.slow
def test_postgres_words_are_made_by_tables_and_migrations_alike(postgres: str, empty: sa.Engine) -> None:
    created = create_postgres_engine(new_database(postgres))
    metadata.create_all(created)
    migrate_schema(empty)
    assert _words(created) == _words(empty)
    created.dispose()


def _words(engine: sa.Engine) -> list[str]:
    queries = (
        "SELECT pg_get_functiondef('yorisoi_words'::regproc)",
        "SELECT generation_expression FROM information_schema.columns"
        " WHERE table_name = 'chunks' AND column_name = 'words'",
        "SELECT generation_expression FROM information_schema.columns"
        " WHERE table_name = 'search_entries' AND column_name = 'vector'",
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_chunks_words'",
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_search_entries_vector'",
    )
    with engine.connect() as connection:
        return [str(connection.exec_driver_sql(query).scalar_one()) for query in queries]


@pytest.mark.slow
def test_of_processes_that_migrate_at_once_one_does_it(empty: sa.Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(lambda _: migrate_schema(empty), range(4))) == [False, False, False, True]


@pytest.mark.slow
def test_a_migration_that_fails_on_postgres_leaves_nothing_behind(empty: sa.Engine) -> None:
    with empty.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (id INTEGER)")
    with pytest.raises(SetupError, match="not a usable database"):
        migrate_schema(empty)
    assert sa.inspect(empty).get_table_names() == ["messages"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer than this program"),
        ("DROP TABLE turns", "not a usable database"),
        ("ALTER TABLE due DROP COLUMN lease", "not a usable database"),
    ],
)
def test_a_newer_or_damaged_postgres_is_refused(empty: sa.Engine, damage: str, says: str) -> None:
    migrate_schema(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql(damage)
    with pytest.raises(SetupError, match=says) as refused:
        migrate_schema(empty)
    assert "\n" not in str(refused.value)


def test_a_server_that_does_not_answer_is_said_in_one_line_without_the_password() -> None:
    engine = create_postgres_engine("postgresql://yorisoi:hush-hush@127.0.0.1:1/help")
    with pytest.raises(SetupError, match="does not answer") as refused:
        migrate_schema(engine)
    assert "\n" not in str(refused.value)
    assert "hush-hush" not in str(refused.value)
