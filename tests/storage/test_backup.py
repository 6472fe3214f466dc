"""What was kept comes back, on the same kind of database or on the other."""

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from assistant.domain.errors import SetupError
from assistant.domain.knowledge import Article, Chunk, Origin, Terms
from assistant.ports.models import MultiVector
from assistant.storage.backup import export_database, restore_database
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from tests.harness import Harness
from tests.postgres import new_database


class InMemoryBackup:
    """A backup in memory."""

    def __init__(self) -> None:
        self.parts: dict[str, list[str]] = {}

    def keep(self, name: str, lines: Iterable[str]) -> None:
        self.parts[name] = list(lines)

    def kept(self, name: str) -> Iterable[str]:
        return self.parts[name]


async def _lived_in(rig: Harness) -> str:
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, "返品の期限は？ \\ 'x' 👨‍👩‍👧")
    await rig.press_person_button(conversation)
    article = Article(
        id="a.md", title="返品", language="ja", text="# 返品", content_hash="1",
        valid_until=date(2027, 1, 31), origin=Origin(source="kb", location="/kb/a.md"),
    )  # fmt: skip
    part = (
        Chunk(position=0, headings=("期限",), text="30日", tokens=3),
        Terms(title="返品", headings="", body="30 日"),
    )

    def fill(store: SqlStore) -> None:
        store.articles.save_article(article, [part])
        (chunk,) = store.articles.list_chunk_ids()
        store.articles.save_vectors(
            "m", {chunk: [MultiVector(np.ones(4, np.float32), np.zeros((0, 0), np.int8))]}
        )

    await rig.database.write(fill)
    return conversation


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        engine = create_sqlite_engine(tmp_path_factory.mktemp("restored") / "new.db")
    else:
        engine = create_postgres_engine(new_database(request.getfixturevalue("postgres")))
    yield engine
    engine.dispose()


def _rows(engine: sa.Engine) -> dict[str, list[object]]:
    with engine.connect() as connection:
        return {t.name: sorted(map(repr, connection.execute(sa.select(t)))) for t in metadata.sorted_tables}  # type: ignore[misc]


@pytest.fixture
def migrated(rig: Harness) -> Harness:
    """Tables in memory were made without migrations; a backup names the revision."""
    if rig.database.kind == "sqlite":
        with rig.database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
            newest = "(SELECT max(v) FROM (SELECT '0001' AS v))"
            connection.exec_driver_sql(f"INSERT INTO alembic_version SELECT {newest}")
            from assistant.storage.migrate import HERE

            last = max(path.stem.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (last,))
    return rig


async def test_everything_comes_back_and_goes_on(migrated: Harness, empty: sa.Engine) -> None:
    conversation = await _lived_in(migrated)
    box = InMemoryBackup()
    facts = export_database(migrated.database.engine, box.keep)
    restore_database(empty, box.kept, facts)
    assert _rows(empty) == _rows(migrated.database.engine)
    again = Harness(SqlDatabase(empty, SqlStore))
    said = await again.say(conversation, "続きです")
    assert said.message.seq == len(await migrated.messages(conversation)) + 1
    assert await again.database.read(lambda store: store.articles.search_words(["返品"], limit=3))
    again.database.close()


async def test_what_holds_something_is_not_overwritten(migrated: Harness, empty: sa.Engine) -> None:
    box = InMemoryBackup()
    facts = export_database(migrated.database.engine, box.keep)
    migrate_schema(empty)
    with pytest.raises(SetupError, match="holds something already"):
        restore_database(empty, box.kept, facts)
