"""A database of every released version, with data in it, is brought to this one; a newer one is refused."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from assistant.domain.messages import Author
from assistant.storage.database import create_sqlite_engine
from assistant.storage.migrate import is_current, migrate_schema
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from tests.storage.release_dump import RELEASES
from tests.storage.test_migrate import _is_ours

DUMPS = sorted(RELEASES.glob("*.sql"))


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder's database as that version left it."""
    file = tmp_path / "yorisoi.db"
    connection = sqlite3.connect(file)
    connection.executescript(request.param.read_text("utf-8"))
    connection.close()
    return file


def count_rows(file: Path) -> dict[str, int]:
    connection = sqlite3.connect(file)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    connection.close()
    return counts


def test_there_is_a_database_of_the_first_release() -> None:
    assert DUMPS[0].stem == "0.2.0"


def test_an_old_database_gets_the_schema_of_the_code_and_keeps_its_rows(old: Path) -> None:
    before = count_rows(old)
    assert before["messages"] > 5
    engine = create_sqlite_engine(old)
    migrate_schema(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    after = count_rows(old)
    kept = (
        "customers",
        "conversations",
        "messages",
        "turns",
        "agents",
        "articles",
        "chunks",
        "audit",
        "journal",
    )
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_what_was_said_is_read_and_found_as_before(old: Path) -> None:
    engine = create_sqlite_engine(old)
    migrate_schema(engine)
    with engine.begin() as connection:
        store = SqlStore(connection)
        article = store.articles.find_article("ja/returns.md")
        assert article is not None
        assert article.valid_until == date(2027, 1, 31)
        ids = connection.execute(sa.text("SELECT id FROM conversations ORDER BY created_at")).scalars().all()
        done, waits = (store.messages.list_all(id_) for id_ in ids)
        assert done[0].text == "返品の期限は？ 'x' 👨‍👩‍👧"
        assert {message.author for message in done} == set(Author)
        assert waits[0].text == "What is the return deadline?"
        assert store.conversations.count_by_state("nobody")["queued"] == 1
        found = connection.execute(
            sa.text("SELECT count(*) FROM search_words WHERE search_words MATCH 'deadline'")
        )
        assert found.scalar_one() > 0
    engine.dispose()
