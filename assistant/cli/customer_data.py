"""`data import` and `data undo`: facts about customers from a CSV file."""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.domain.errors import BadInput, NotFound, TooLarge

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.domain.customer_data import CustomerFact

app = typer.Typer(help="What other systems know of customers.", no_args_is_help=True)

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
#: Headers that name whom a row is about -> type of the identity.
IDENTITY_HEADERS = {
    "email": ("email", "e-mail", "mail", "メール", "メールアドレス", "eメール"),
    "web": ("customer_id", "customer id", "member_id", "会員番号", "顧客番号", "顧客id", "会員id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do."""

    identity_type: str
    identity_column: str
    #: Column -> key of the fact.
    columns: Mapping[str, str]
    facts: Sequence[CustomerFact]
    rows: int
    #: Rows without an identity, and identities with more than one row: nobody can tell which is right.
    nameless: int
    ambiguous: Sequence[str]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header, in UTF-8 or Shift_JIS.")],
    column: Annotated[list[str], typer.Option("--map", help="KEY=COLUMN; only these become facts.")] = [],  # noqa: B006
    identity: Annotated[str, typer.Option(help="TYPE=COLUMN, whom a row is about.")] = "",
    source: Annotated[str, typer.Option(help="The name that agents see beside it.")] = "csv",
    apply: Annotated[bool, typer.Option("--apply", help="Keep it; without it nothing is changed.")] = False,
) -> None:
    """Show what a file would change, and with --apply keep it."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.audit import OPERATOR

    now = utc_now()
    preview = build_preview(read_rows(file), column, identity, source[:64], now)
    _print_preview(preview)
    if not apply:
        print("Nothing was changed; add --apply to keep it.")
        return
    database = open_database(load_settings())
    made = asyncio.run(
        database.write(lambda store: store.customer_facts.import_facts(source[:64], preview.facts, now))
    )
    asyncio.run(
        database.write(
            lambda store: store.audit.append_entry(
                OPERATOR, "import facts", now, id=made, facts=len(preview.facts)
            )
        )
    )
    print(f"Kept as import {made}; `assistant data undo {made}` takes it back.")


@app.command()
def undo(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="As `data import` printed it.")],
) -> None:
    """Take an import back; what has changed since stays."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.domain.audit import OPERATOR

    database, now = open_database(load_settings()), utc_now()
    restored = asyncio.run(database.write(lambda store: store.customer_facts.undo_import(import_id, now)))
    if restored is None:
        raise NotFound(f"There is no import {import_id} that holds.")
    asyncio.run(
        database.write(lambda store: store.audit.append_entry(OPERATOR, "undo import", now, id=import_id))
    )
    print(f"{restored} facts were put back as they were.")


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; BadInput, TooLarge."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise TooLarge(f"{file.name} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB.")
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from error
    text = _decode_text(content)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise BadInput(f"{file.name} is no CSV file ({error}).") from error
    if len(rows) > MAX_ROWS:
        raise TooLarge(f"{file.name} has more than {MAX_ROWS:,} rows.")
    return [{str(name).strip(): value or "" for name, value in row.items() if name} for row in rows]


def build_preview(
    rows: Sequence[Mapping[str, str]], mapping: Sequence[str], identity: str, source: str, now: datetime
) -> ImportPreview:
    from assistant.domain.customer_data import build_facts, normalize_identity

    if not rows:
        raise BadInput("The file has no rows.")
    kind, column = _select_identity(list(rows[0]), identity)
    columns = _select_columns(list(rows[0]), mapping, column)
    names = [normalize_identity(kind, row.get(column, "")) for row in rows]
    counts = Counter(name for name in names if name)
    facts = [
        fact
        for name, row in zip(names, rows, strict=True)
        if counts[name] == 1
        for fact in build_facts(
            (kind, name), {key: row[at] for at, key in columns.items() if row.get(at)}, source, now, now
        )
    ]
    return ImportPreview(
        identity_type=kind,
        identity_column=column,
        columns=columns,
        facts=facts,
        rows=len(rows),
        nameless=names.count(""),
        ambiguous=[name for name, count in counts.items() if count > 1],
    )


def _decode_text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("The file is neither UTF-8 nor Shift_JIS.")


def _select_identity(headers: Sequence[str], named: str) -> tuple[str, str]:
    if named:
        kind, _, column = named.partition("=")
        if column not in headers:
            raise BadInput(f"There is no column {column!r}; there are {', '.join(headers)}.")
        return kind, column
    for kind, known in IDENTITY_HEADERS.items():
        for header in headers:
            if header.strip().lower() in known:
                return kind, header
    raise BadInput("No column tells whom a row is about; name it: --identity email=COLUMN.")


def _select_columns(headers: Sequence[str], mapping: Sequence[str], identity: str) -> dict[str, str]:
    """Column -> key: those that were named, else all but the identity's."""
    if not mapping:
        return {header: header for header in headers if header != identity}
    found = {}
    for one in mapping:
        key, _, column = one.partition("=")
        if not key or column not in headers:
            raise BadInput(f"--map {one}: write KEY=COLUMN; columns are {', '.join(headers)}.")
        found[column] = key
    return found


def _print_preview(preview: ImportPreview) -> None:
    print(f"{preview.rows} rows; whom they are about: {preview.identity_column} ({preview.identity_type})")
    for column, key in preview.columns.items():
        example = next((fact.value for fact in preview.facts if fact.key == key), "")
        print(f"  {column} -> {key}   for example {example[:60]!r}")
    print(f"{len(preview.facts)} facts of {len({fact.identity for fact in preview.facts})} customers")
    if preview.nameless:
        print(f"{preview.nameless} rows are left out: nothing tells whom they are about")
    for name in preview.ambiguous[:20]:
        print(f"left out: {name} has several rows, and nobody can tell which is right")
