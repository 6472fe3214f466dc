"""`data import` and `data undo`: facts about customers from a CSV file."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.domain.errors import BadInput, NotFound, TooLarge

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.domain.customer_data import CustomerFact
    from assistant.ports.storage.store import Database, Store

app = typer.Typer(help="What other systems know of customers.", no_args_is_help=True)

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
#: Facts that are kept in one transaction.
BATCH_FACTS = 500
#: How Japanese programs write CSV, beside UTF-8.
ENCODINGS = ("cp932", "euc_jp")
#: Characters that no text has: what is read as them is in another encoding.
_NO_TEXT = re.compile(r"[\0\ue000-\uf8ff]")
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
    file: Annotated[Path, typer.Argument(help="A CSV file with a header, in UTF-8, Shift_JIS or EUC-JP.")],
    column: Annotated[list[str], typer.Option("--map", help="KEY=COLUMN; only these become facts.")] = [],  # noqa: B006
    identity: Annotated[str, typer.Option(help="TYPE=COLUMN, whom a row is about.")] = "",
    encoding: Annotated[str, typer.Option(help="Of the file, where it cannot be told: cp932, euc_jp.")] = "",
    source: Annotated[str, typer.Option(help="The name that agents see beside it.")] = "csv",
    apply: Annotated[bool, typer.Option("--apply", help="Keep it; without it nothing is changed.")] = False,
) -> None:
    """Show what a file would change, and with --apply keep it."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings

    now = utc_now()
    preview = build_preview(read_rows(file, encoding), column, identity, source[:64], now)
    _print_preview(preview)
    if not apply:
        print("Nothing was changed; add --apply to keep it.")
        return
    database = open_database(load_settings())
    made = asyncio.run(apply_import(database, source[:64], preview.facts, now))
    print(f"Kept as import {made}; `assistant data undo {made}` takes it back.")


async def apply_import(
    database: Database[Store], source: str, facts: Sequence[CustomerFact], now: datetime
) -> str:
    """Keep the facts, a batch in a transaction, so that the service writes in between; the import's id."""
    from assistant.domain.audit import OPERATOR

    def start(store: Store) -> str:
        made = store.customer_facts.start_import(source, len(facts), now)
        # First, so that an import that broke off can be found and taken back.
        store.audit.append_entry(OPERATOR, "import facts", now, id=made, facts=len(facts))
        return made

    made = await database.write(start)
    for at in range(0, len(facts), BATCH_FACTS):
        batch = facts[at : at + BATCH_FACTS]
        await database.write(partial(_import_batch, import_id=made, facts=batch))
    return made


def _import_batch(store: Store, import_id: str, facts: Sequence[CustomerFact]) -> None:
    store.customer_facts.import_facts(import_id, facts)


@app.command()
def undo(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="As `data import` printed it.")],
) -> None:
    """Take an import back; what has changed since stays."""
    from assistant.app.knowledge_base import open_database, utc_now
    from assistant.app.settings import load_settings

    restored = asyncio.run(undo_import(open_database(load_settings()), import_id, utc_now()))
    print(f"{restored} facts were put back as they were.")


async def undo_import(database: Database[Store], import_id: str, now: datetime) -> int:
    """Put back what an import replaced, with its entry in the audit log; how many facts, or NotFound."""
    from assistant.domain.audit import OPERATOR

    def step(store: Store) -> int:
        restored = store.customer_facts.undo_import(import_id, now)
        if restored is None:
            raise NotFound(f"There is no import {import_id} that holds.")
        store.audit.append_entry(OPERATOR, "undo import", now, id=import_id)
        return restored

    return await database.write(step)


def read_rows(file: Path, encoding: str = "") -> list[dict[str, str]]:
    """The rows of a CSV file; BadInput, TooLarge."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise TooLarge(f"{file.name} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB.")
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from error
    rows = _parse_rows(_decode_text(content, encoding), file.name)
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
    _require_distinct_keys(columns)
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


def _parse_rows(text: str, name: str) -> list[dict[str, str]]:
    """Rows by their headers; BadInput names the line where a row begins that has no end."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    begin, rows = 1, []
    try:
        headers = [header.strip() for header in reader.fieldnames or () if header.strip()]
        begin = reader.line_num + 1
        for row in reader:
            rows.append(row)
            begin = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"{name} is no CSV file: a quote is wrong in line {begin} ({error}).") from error
    if twice := [header for header, count in Counter(headers).items() if count > 1]:
        raise BadInput(f"{name} has several columns {', '.join(map(repr, twice))}; rename them.")
    return rows


def _decode_text(content: bytes, encoding: str = "") -> str:
    """UTF-8, else the one Japanese encoding that makes text of it; BadInput where both do, or none."""
    if encoding:
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError) as error:
            raise BadInput(f"The file cannot be read as {encoding}.") from error
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig")
    found = []
    for one in ENCODINGS:
        with suppress(UnicodeDecodeError):
            text = content.decode(one)
            found += [] if _NO_TEXT.search(text) else [text]
    if not found:
        raise BadInput("The file is neither UTF-8 nor Shift_JIS nor EUC-JP.")
    if len(found) > 1:
        raise BadInput("The file may be Shift_JIS or EUC-JP: save it as UTF-8, or name its --encoding.")
    return found[0]


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


def _require_distinct_keys(columns: Mapping[str, str]) -> None:
    """BadInput where two columns would become the same fact."""
    from assistant.domain.customer_data import normalize_key

    by_key: dict[str, list[str]] = {}
    for column, key in columns.items():
        by_key.setdefault(normalize_key(key), []).append(column)
    for key, alike in by_key.items():
        if len(alike) > 1:
            names = ", ".join(map(repr, alike))
            raise BadInput(f"Columns {names} would all be the fact {key!r}; name each: --map KEY=COLUMN.")


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
