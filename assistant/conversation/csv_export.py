"""Conversations as CSV for spreadsheets: with a BOM, and nothing that a spreadsheet would run."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

from assistant.domain.confidential import mask_secrets
from assistant.domain.report_rows import ReportRow

#: Excel reads UTF-8 only behind it.
BOM = "\ufeff"
#: A cell that begins like this is a formula to a spreadsheet, also behind blanks and in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = [field.name for field in fields(ReportRow)]


def render_csv(rows: Sequence[ReportRow], themes: Mapping[str, str]) -> str:
    """One line for each conversation; *themes*: theme -> its name."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "theme_name"])
    for row in rows:
        values = [getattr(row, name) for name in COLUMNS]
        writer.writerow([format_cell(value) for value in (*values, themes.get(row.theme or ""))])
    return out.getvalue()


def format_cell(value: object) -> str | int | float:
    """A value as a cell; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return value
    text = mask_secrets(str(value))
    return "'" + text if text.lstrip(" \u3000").startswith(FORMULA) or text.startswith(FORMULA) else text
