"""`customer export`, `reads` and `consents`: what a person may ask for, and what they said elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.customer_data import IDENTITY_HEADERS, read_rows
from assistant.domain.errors import BadInput, NotFound, SetupError

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.domain.consents import ConsentRecord
    from assistant.ports.storage.store import Store

app = typer.Typer(help="What customers may ask for, and what they consented to.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="Id, e-mail address, or CHANNEL:ID of an identity.")]
#: Looks that are listed.
MAX_READS = 1_000
#: Columns of a file of consents; the others are ignored.
CONSENT_COLUMNS = ("purpose", "channel", "state", "wording", "version", "at", "by")
BATCH_ROWS = 500


@app.command("export")
def export_customer(
    customer: Named,
    out: Annotated[Path | None, typer.Option(help="A file for it; without, it is printed.")] = None,
) -> None:
    """Everything that is kept about a person, as JSON; the audit log records the export."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.policy_file import load_policy
    from assistant.app.settings import load_settings

    settings = load_settings()
    database = open_database(settings)
    rules = load_policy(settings.policy).attributes
    found = asyncio.run(database.write(partial(build_export, named=customer, now=utc_now())))
    found["attributes"] = {
        key: {"purpose": rule.purpose, "keep_days": rule.keep_days} for key, rule in rules.items()
    }
    database.close()
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if out is None:
        print(text)
        return
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as exc:
        raise SetupError(f"{out} cannot be written ({exc.strerror}); name another place.") from exc
    print(f"Kept {sum(map(len, found['tables'].values()))} rows in {out}.")


def build_export(store: Store, named: str, now: datetime) -> dict[str, Any]:
    """The export of whoever is called so, with its entries in the logs; NotFound."""
    from assistant.domain.audit import OPERATOR

    people = store.erasure.find_customers(named)
    if not people:
        raise NotFound(f"Nobody is known as {named}.")
    tables = store.erasure.export_customers(people)
    for one in people:
        store.consents.add_read(one, OPERATOR, "export", now)
        store.audit.append_entry(OPERATOR, "export", now, customer=one)
    return {"customers": list(people), "exported_at": now.isoformat(), "tables": tables}


@app.command("reads")
def list_reads(customer: Named) -> None:
    """Who looked at a person's data, newest first."""
    from assistant.app.knowledge_base import open_database
    from assistant.app.settings import load_settings

    database = open_database(load_settings())

    def load_lines(store: Store) -> list[str]:
        people = store.erasure.find_customers(customer)
        if not people:
            raise NotFound(f"Nobody is known as {customer}.")
        names = {f"agent:{agent.id}": agent.email for agent in store.agents.list_all()}
        found = [read for one in people for read in store.consents.list_reads(one, limit=MAX_READS)]
        return [f"{one.at:%Y-%m-%d %H:%M} {one.what} {names.get(one.actor, one.actor)}" for one in found]

    lines = asyncio.run(database.read(load_lines))
    database.close()
    print("\n".join(lines) or "Nobody has looked.")


@app.command("consents")
def import_consents(
    file: Annotated[Path, typer.Argument(help="CSV: email or customer_id, purpose, channel, state …")],
    identity: Annotated[str, typer.Option(help="TYPE=COLUMN, whom a row is about.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Keep it; without it nothing is changed.")] = False,
) -> None:
    """Read what customers consented to elsewhere, and with --apply enter it in the ledger."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.audit import OPERATOR

    now = utc_now()
    records = parse_consents(read_rows(file), identity, file.name, now)
    given = sum(one.state == "given" for one in records)
    print(f"{len(records)} rows: {given} given, {len(records) - given} withdrawn")
    if not apply:
        print("Nothing was changed; add --apply to keep it.")
        return
    database = open_database(load_settings())

    def add_records(store: Store) -> None:
        for record in records:
            store.consents.add(record)
        store.audit.append_entry(OPERATOR, "import consents", now, rows=len(records))

    asyncio.run(database.write(add_records))
    database.close()
    print("Kept.")


def parse_consents(
    rows: Sequence[dict[str, str]], identity: str, source: str, now: datetime
) -> list[ConsentRecord]:
    """The records of a file; BadInput names the row that is none."""
    from assistant.domain.consents import build_consent

    if not rows:
        raise BadInput("The file has no rows.")
    kind, column = _select_identity_column(list(rows[0]), identity)
    records = []
    for number, row in enumerate(rows, 2):
        values = {name: row.get(name, "") for name in CONSENT_COLUMNS} | {"identity": row.get(column, "")}
        try:
            records.append(build_consent(values, kind, source[:64], f"{source}:{number}", now))
        except BadInput as error:
            raise BadInput(f"Row {number}: {error}") from error
    return records


def _select_identity_column(headers: Sequence[str], named: str) -> tuple[str, str]:
    kind, _, column = named.partition("=")
    if named and column in headers:
        return kind, column
    for kind, known in IDENTITY_HEADERS.items():
        for header in headers:
            if not named and header.strip().lower() in known:
                return kind, header
    raise BadInput("No column tells whom a row is about; name it: --identity email=COLUMN.")
