"""`report` and `export`: the dashboard's figures and rows, from the database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import print_json
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.conversation.report import ReportRange
    from assistant.ports.storage.store import Store
    from assistant.storage.database import SqlDatabase
    from assistant.storage.store import SqlStore

export_app = typer.Typer(help="Write data for other programs.", no_args_is_help=True)

From = Annotated[str | None, typer.Option("--from", help="A day or time; without it, the last --days.")]
To = Annotated[str | None, typer.Option("--to", help="A day or time; without it, now.")]
Days = Annotated[int, typer.Option("--days", help="Whole days until today.", min=1, max=400)]
Channel = Annotated[str | None, typer.Option("--channel", help="Only this channel.")]
Language = Annotated[str | None, typer.Option("--language", help="Only this language.")]


def report(
    from_: From = None, to: To = None, days: Days = 28, channel: Channel = None, language: Language = None
) -> None:
    """Print the figures of the dashboard as JSON, with intervals and definitions."""
    from assistant.conversation.report import load_report

    database, wanted, now = _open_range(from_, to, days, channel, language)
    print_json(asyncio.run(database.read(lambda store: load_report(store, wanted, now))))


@export_app.command("conversations")
def export_conversations(
    file: Annotated[Path, typer.Argument(help="Where to write it; CSV in UTF-8 with BOM.")],
    from_: From = None,
    to: To = None,
    days: Days = 28,
    channel: Channel = None,
    language: Language = None,
) -> None:
    """Write one line for each conversation that ended in the range."""
    from assistant.conversation.csv_export import render_csv
    from assistant.conversation.report import list_report_rows

    database, wanted, now = _open_range(from_, to, days, channel, language)

    def load_csv(store: Store) -> tuple[int, str]:
        rows = list_report_rows(store, wanted, now) or []
        return len(rows), render_csv(rows, {theme.id: theme.name for theme in store.themes.list_alive()})

    count, text = asyncio.run(database.read(load_csv))
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            out.write(text)
    except OSError as exc:
        raise SetupError(f"{file} cannot be written ({exc.strerror}); name another place.") from exc
    print(f"{count} conversation(s) written to {file}.")


def _open_range(
    from_: str | None, to: str | None, days: int, channel: str | None, language: str | None
) -> tuple[SqlDatabase[SqlStore], ReportRange, datetime]:
    from assistant.api.reports import parse_range
    from assistant.app.knowledge_base import build_policy, open_database, utc_now
    from assistant.app.settings import load_settings
    from assistant.conversation.report import ReportRange

    settings, now = load_settings(), utc_now()
    start, end = parse_range(now, build_policy(settings).zone, from_, to, days)
    wanted = ReportRange(start=start, end=end, channel=channel, language=language)
    return open_database(settings), wanted, now
