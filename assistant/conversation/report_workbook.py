"""A report as an Excel workbook: numbers are numbers, texts stay texts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.conversation.report_files import list_styles
from assistant.conversation.report_tables import Cell, Style, build_report_tables, describe_range, name_word
from assistant.domain.confidential import mask_secrets

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

NUMBER_FORMATS: Mapping[Style, str] = {"text": "@", "number": "#,##0", "share": "0.0%", "score": "0.0"}
HEADER_COLOR = "E9EEE9"
#: Characters that a column is wide at least and at most.
WIDTHS = (10, 60)


def render_report_workbook(report: Mapping[str, Any], language: str) -> bytes:
    """A sheet for each table."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]

    header = PatternFill("solid", fgColor=HEADER_COLOR)
    book = Workbook()
    book.remove(book.active)
    about = describe_range(report, language)
    head = len(about) + 2
    for table in build_report_tables(report, language):
        sheet = book.create_sheet(table.title[:31])
        for number, line in enumerate(about, start=1):
            _write_row(sheet, number, line, ["text", "text"])
        _write_row(sheet, head, table.columns, ["text"] * len(table.columns))
        for cell in sheet[head]:
            cell.font, cell.fill = Font(bold=True), header
        for number, row in enumerate(table.rows):
            _write_row(sheet, head + 1 + number, row, list_styles(table, number))
        if not table.rows:
            _write_row(sheet, head + 1, [name_word("none", language)], ["text"])
        _lay_out(sheet, head)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_row(sheet: Worksheet, number: int, row: Sequence[Cell], styles: Sequence[Style]) -> None:
    from openpyxl.styles import Alignment

    for column, (value, style) in enumerate(zip(row, styles, strict=True), start=1):
        cell = sheet.cell(number, column)
        if isinstance(value, str):
            # A text stays a text, also where it begins like a formula, and after somebody edits the cell.
            cell.value = clean_cell_text(value)
            cell.data_type = "s"
            cell.quotePrefix = True
        else:
            cell.value = value
            cell.number_format = NUMBER_FORMATS[style]
        cell.alignment = Alignment(vertical="top", wrap_text=style == "text")


def clean_cell_text(text: str) -> str:
    """Without secrets, and without control characters, which a workbook cannot hold."""
    return "".join(letter for letter in mask_secrets(text) if letter >= " " or letter in "\n\t")


def _lay_out(sheet: Worksheet, head: int) -> None:
    """Widths of the longest cell; the header stays, and is repeated on each printed page."""
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    for number in range(1, sheet.max_column + 1):
        cells = (sheet.cell(row, number).value for row in range(head, sheet.max_row + 1))
        longest = max((_measure_width(str(value)) for value in cells if value is not None), default=0)
        width = min(max(longest + 2, WIDTHS[0]), WIDTHS[1])
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True


def _measure_width(text: str) -> int:
    """Japanese letters are two wide."""
    return max(
        (sum(2 if letter > "\u2e80" else 1 for letter in line) for line in text.split("\n")), default=0
    )
