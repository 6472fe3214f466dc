"""Writes a database of this version as SQL, which later versions must migrate: `scripts/dump-release`."""

import asyncio
import gc
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from assistant import __version__
from assistant.domain.knowledge import Article, Chunk, Origin, Terms
from assistant.ports.models import MultiVector
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.store import SqlStore
from tests.harness import Harness

RELEASES = Path(__file__).parent / "releases"
#: Of full-text indexes: SQLite keeps these tables for itself.
SHADOWS = ("_config", "_content", "_data", "_docsize", "_idx")


def main() -> None:
    target = RELEASES / f"{__version__}.sql"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "yorisoi.db"
        asyncio.run(fill_database(file))
        gc.collect()
        with sqlite3.connect(file) as connection:
            target.write_text("\n".join(list_statements(connection)) + "\n", "utf-8")
    sys.stdout.write(f"Wrote {target}.\n")


async def fill_database(file: Path) -> None:
    """A customer who asked and was helped by an agent, one who waits, an article with its vector."""
    engine = create_sqlite_engine(file)
    migrate_schema(engine)
    database = SqlDatabase(engine, SqlStore)
    rig = Harness(database)
    done = (await rig.open()).conversation.id
    await rig.ask(done, "返品の期限は？ 'x' 👨‍👩‍👧")
    await rig.press_person_button(done)
    await rig.settle()
    mori = await rig.hire()
    await rig.claim(done, mori)
    await rig.reply(done, mori, "30日以内でしたら承ります。")
    await rig.reply(done, mori, "確認済み", private=True)
    await rig.resolve(done, mori)
    waits = (await rig.open()).conversation.id
    await rig.ask(waits, "What is the return deadline?")
    await rig.press_person_button(waits)
    await rig.settle()
    await database.write(save_article)
    await database.write(
        lambda store: store.audit.append_entry("operator", "release", rig.clock(), version="1")
    )
    database.close()


def save_article(store: SqlStore) -> None:
    article = Article(
        id="ja/returns.md",
        title="返品",
        language="ja",
        text="# 返品\n\n30日以内です。",
        content_hash="1",
        valid_until=date(2027, 1, 31),
        origin=Origin(source="kb", location="/kb/ja/returns.md"),
    )
    chunk = Chunk(position=0, headings=("期限",), text="30日以内です。", tokens=6)
    store.articles.save_article(article, [(chunk, Terms(title="返品", headings="期限", body="30 日 以内"))])
    vector = MultiVector(np.ones(4, np.float32), np.zeros((0, 0), np.int8))
    store.articles.save_vectors("m", {one: [vector] for one in store.articles.list_chunk_ids()})


def list_statements(connection: sqlite3.Connection) -> Iterator[str]:
    """Tables, then triggers, which fill the full-text indexes, then rows, then indexes."""
    objects = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    )
    own = [row for row in objects if not row[1].endswith(SHADOWS) and not row[1].startswith("sqlite_")]
    yield from (f"{sql};" for kind, _, sql in own if kind == "table")
    yield from (f"{sql};" for kind, _, sql in own if kind == "trigger")
    for kind, name, sql in own:
        if kind != "table" or "VIRTUAL TABLE" in sql:
            continue
        cursor = connection.execute(f'SELECT * FROM "{name}"')
        columns = ", ".join(f'"{column[0]}"' for column in cursor.description)
        for row in cursor:
            values = ", ".join(connection.execute("SELECT quote(?)", (value,)).fetchone()[0] for value in row)
            yield f'INSERT INTO "{name}" ({columns}) VALUES ({values});'
    yield from (f"{sql};" for kind, _, sql in own if kind == "index")


if __name__ == "__main__":
    main()
