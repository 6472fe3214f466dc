"""`backup`, `restore`, `erase`: export, import and erasure of data."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.instance_lock import hold_instance_lock
from assistant.domain.errors import NotFound, SetupError

if TYPE_CHECKING:
    from assistant.ports.storage.store import Store

FACTS = "backup.json"
KEY = "secret.key"
#: What an erasure does beyond the rows of the database.
ERASURE_REACH = (
    "The search index and the database file were compacted. A running service forgets what it looked up of "
    "them within a minute. Backups from before still hold them."
)
#: Format of a backup; raised when it changes.
FORMAT = 1


def backup(file: Annotated[Path, typer.Argument(help="Where to write it; a zip.")]) -> None:
    """Write a backup to one file while the service runs; it contains customers' messages."""
    from assistant.app.knowledge_base import open_database
    from assistant.app.settings import load_settings
    from assistant.storage.backup import export_database

    settings = load_settings()
    database = open_database(settings)
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:

            def write_table(name: str, lines: Iterable[str]) -> None:
                with kept.open(f"{name}.jsonl", "w", force_zip64=True) as part:
                    part.writelines(f"{line}\n".encode() for line in lines)

            facts = export_database(database.engine, write_table) | {"format": FORMAT}
            if (settings.data_dir / KEY).exists():
                kept.write(settings.data_dir / KEY, KEY)
            kept.writestr(FACTS, json.dumps(facts))
        unfinished.replace(file)
    except OSError as exc:
        raise SetupError(f"{file} cannot be written ({exc.strerror}); name another place.") from exc
    finally:
        unfinished.unlink(missing_ok=True)
        database.close()
    print(f"Kept {sum(facts['rows'].values())} rows of {len(facts['rows'])} tables in {file}.")


def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Restore a backup into an empty database; the index is rebuilt at the next start."""
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.knowledge_base import open_engine
    from assistant.app.settings import load_settings
    from assistant.storage import backup as storage

    settings = load_settings()
    prepare_data_dir(settings.data_dir)
    with hold_instance_lock(settings), _open_backup(file) as kept:
        facts = json.loads(kept.read(FACTS))
        if facts.get("format") != FORMAT:
            raise SetupError(f"{file} was written by a newer program; restore it with that one.")

        def read_table(name: str) -> Iterator[str]:
            with kept.open(f"{name}.jsonl") as part:
                yield from TextIOWrapper(part, "utf-8")

        engine = open_engine(settings)
        storage.restore_database(engine, read_table, facts)
        engine.dispose()
        if KEY in kept.namelist():
            (settings.data_dir / KEY).touch(mode=0o600)
            (settings.data_dir / KEY).write_bytes(kept.read(KEY))
        with suppress(FileNotFoundError):
            shutil.rmtree(settings.data_dir / "index")
    print(f"Restored {sum(facts['rows'].values())} rows.")


def _open_backup(file: Path) -> zipfile.ZipFile:
    try:
        kept = zipfile.ZipFile(file)
        kept.getinfo(FACTS)
    except (OSError, KeyError, zipfile.BadZipFile) as exc:
        raise SetupError(f"{file} is no backup of ours ({exc}).") from exc
    return kept


def erase(
    customer: Annotated[str, typer.Argument(help="Id, e-mail address, or CHANNEL:ID of an identity.")],
) -> None:
    """Erase a customer with all messages and files; the audit log records only the erasure."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.audit import OPERATOR

    database = open_database(load_settings())

    def erase_customers(store: Store) -> tuple[int, int, dict[str, int]]:
        found = store.erasure.find_customers(customer)
        kept = {name: len(some) for name, some in store.erasure.export_customers(found).items() if some}
        rows = store.erasure.erase_customers(found)
        for one in found:
            store.audit.append_entry(OPERATOR, "erase", utc_now(), customer=one)
        told = store.erasure.erase_facts(customer)
        if told and not found:  # known only from imports or events; their name is in no log
            store.audit.append_entry(OPERATOR, "erase", utc_now(), facts=told)
        return len(found), rows + told, kept

    people, rows, kept = asyncio.run(database.write(erase_customers))
    database.purge_erased()
    database.close()
    if not people and not rows:
        raise NotFound(f"Nobody is known as {customer}.")
    print(f"Erased {people} customer{'' if people == 1 else 's'}: {rows} rows.")
    if kept:
        print("Where it was: " + ", ".join(f"{name} {count}" for name, count in kept.items()))
    print(ERASURE_REACH)
