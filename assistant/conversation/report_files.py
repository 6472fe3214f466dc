"""A report as CSV; nothing in it runs in a spreadsheet."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from assistant.conversation.csv_export import BOM, format_cell
from assistant.conversation.report_tables import (
    Cell,
    ReportTable,
    Style,
    build_report_tables,
    describe_range,
)


def format_value(value: Cell, style: Style) -> str:
    """A value as it is read on the screen."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return (
        f"{value * 100:.1f}%"
        if style == "share"
        else f"{value:,.1f}"
        if style == "score"
        else f"{value:,.0f}"
    )


def render_report_csv(report: Mapping[str, Any], language: str) -> str:
    """The tables one below the other, in UTF-8 with BOM."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    for line in describe_range(report, language):
        writer.writerow(map(format_cell, line))
    for table in build_report_tables(report, language):
        writer.writerows([[], [format_cell(table.title)], list(map(format_cell, table.columns))])
        for number, row in enumerate(table.rows):
            writer.writerow(
                _format_csv_value(value, style)
                for value, style in zip(row, list_styles(table, number), strict=True)
            )
    return out.getvalue()


def list_styles(table: ReportTable, number: int) -> list[Style]:
    """How the values of a row are shown: in a table of figures each row has its own."""
    if table.row_styles is None:
        return list(table.styles)
    return [table.row_styles[number] if style == "score" else style for style in table.styles]


def _format_csv_value(value: Cell, style: Style) -> str | int | float:
    if value is None or isinstance(value, str):
        return format_cell(value)
    return format_value(value, style) if style == "share" else value
