"""Excel and OpenDocument workbooks with question–answer sheets; cells as the spreadsheet shows them."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assistant.knowledge.loaders import sheet, zipped
from assistant.knowledge.loaders.cell_formats import format_cell
from assistant.knowledge.loaders.document import Document, Unreadable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]
    from python_calamine import CalamineWorkbook

#: Larger workbooks are read without number formats, which need ten times the memory.
MAX_FORMATTED_CELLS = 400_000
UNFORMATTED = (
    "numbers and days are read as they are stored, not as the spreadsheet shows them, and hidden rows and "
    "struck-out words like any other; save it as .xlsx"
)


@dataclass(slots=True)
class Sheet:
    """The cells of a sheet as text."""

    name: str
    rows: list[list[str]]
    #: Cells covered by a merged cell that begins above, as (row, column) from 0.
    continued: set[tuple[int, int]] = field(default_factory=set)
    #: Cells that hold a date, in whatever format it is shown.
    days: dict[tuple[int, int], str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def load_excel(data: bytes) -> list[Document]:
    """The rows of every visible sheet; `part` of rows after the first sheet begins with their
    sheet's name.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    zipped.check_archive(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = list(_load_sheets(workbook))
    except PasswordError as exc:
        raise Unreadable("it is locked with a password; save it without") from exc
    except CalamineError as exc:
        raise Unreadable("it is not a sound workbook; open it and save it again as .xlsx") from exc
    return list(_build_documents(_apply_formats(data, sheets)))


def _load_sheets(workbook: "CalamineWorkbook") -> Iterator[Sheet]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for about in workbook.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        found = workbook.get_sheet_by_name(about.name)
        if found.total_height > sheet.MAX_ROWS:
            raise Unreadable(
                f"{about.name!r} has {found.total_height:,} rows, more than {sheet.MAX_ROWS:,}; split it"
            )
        rows = [
            [_format_stored_value(cell) for cell in row] for row in found.to_python(skip_empty_area=False)
        ]
        if any(cell for row in rows for cell in row):
            yield _fill_merged_cells(Sheet(about.name, rows), _list_merged_ranges(found))


def _list_merged_ranges(found: Any) -> list[tuple[int, int, int, int]]:
    """First and last row, first and last column of merged cells, from 0."""
    ranges = found.merged_cell_ranges or []
    return [(top, bottom, left, right) for (top, left), (bottom, right) in ranges]


def _fill_merged_cells(one: Sheet, spans: list[tuple[int, int, int, int]]) -> Sheet:
    """Copy a merged cell's value to every row that it covers."""
    for top, bottom, left, _right in spans:
        if top >= len(one.rows) or left >= len(one.rows[top]):
            continue
        for row in range(top + 1, min(bottom + 1, len(one.rows))):
            if left < len(one.rows[row]):
                one.rows[row][left] = one.rows[top][left]
                one.continued.add((row, left))
                if (top, left) in one.days:
                    one.days[row, left] = one.days[top, left]
    return one


def _apply_formats(data: bytes, plain: list[Sheet]) -> list[Sheet]:
    """The sheets with cells as Excel shows them, without hidden and struck-out cells."""
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    cells = sum(len(row) for one in plain for row in one.rows)
    if not data.startswith(b"PK") or cells > MAX_FORMATTED_CELLS:
        return _warn_of_stored_values(plain)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
        return [_format_sheet(workbook[one.name], one) for one in plain]
    except (
        OSError,
        InvalidFileException,
        zipfile.BadZipFile,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ):
        # OpenDocument, or a file that only calamine accepts.
        return _warn_of_stored_values(plain)


def _warn_of_stored_values(plain: list[Sheet]) -> list[Sheet]:
    return [replace(one, warnings=[UNFORMATTED]) for one in plain]


def _format_sheet(found: "Worksheet", plain: Sheet) -> Sheet:
    one = Sheet(plain.name, [["" for _ in row] for row in plain.rows])
    columns = _find_hidden_columns(found)
    rows = {number - 1 for number, about in found.row_dimensions.items() if about.hidden}
    for number, row in enumerate(found.iter_rows(max_row=len(plain.rows))):
        for at, cell in enumerate(row[: len(one.rows[number])]):
            if cell.value is None or number in rows or at in columns or _is_void_cell(cell):
                continue
            one.rows[number][at] = _format_rich_text(cell)
            if isinstance(cell.value, date):
                one.days[number, at] = cell.value.isoformat()
    for kind, places in (("rows", rows), ("columns", columns)):
        if written := sorted(place for place in places if _has_content(plain, kind, place)):
            one.warnings.append(f"{len(written)} hidden {kind} left out")
    spans = [(r.min_row - 1, r.max_row - 1, r.min_col - 1, r.max_col - 1) for r in found.merged_cells.ranges]
    return _fill_merged_cells(one, spans)


def _find_hidden_columns(found: "Worksheet") -> set[int]:
    hidden = (about for about in found.column_dimensions.values() if about.hidden and about.min and about.max)
    return {at for about in hidden for at in range(about.min - 1, min(about.max, 1_000))}


def _has_content(plain: Sheet, kind: str, place: int) -> bool:
    if kind == "rows":
        return place < len(plain.rows) and any(plain.rows[place])
    return any(place < len(row) and row[place] for row in plain.rows)


def _is_void_cell(cell: Any) -> bool:
    """Whether the cell is struck out or an error of a formula."""
    return cell.data_type == "e" or bool(cell.font and cell.font.strike)


def _format_rich_text(cell: Any) -> str:
    from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]

    if isinstance(cell.value, CellRichText):
        return "".join(
            str(part) for part in cell.value if not (isinstance(part, TextBlock) and part.font.strike)
        )
    return format_cell(cell.value, cell.number_format or "General")


def _build_documents(sheets: list[Sheet]) -> Iterator[Document]:
    if not sheets:
        raise Unreadable("the workbook is empty; write something in it or delete it")
    skipped: list[str] = []
    found: list[Document] = []
    for position, one in enumerate(sheets):
        try:
            documents = sheet.build_documents(one.rows, continued=one.continued, days=one.days)
        except Unreadable as exc:
            skipped.append(f"sheet {one.name!r} left out: {exc}")
            continue
        skipped += [f"sheet {one.name!r}: {warning}" for warning in one.warnings]
        found += (
            documents
            if position == 0
            else [replace(document, part=f"{one.name}-{document.part}") for document in documents]
        )
    if not found:
        raise Unreadable(sheet.NO_COLUMNS)
    yield replace(found[0], warnings=(*found[0].warnings, *skipped))
    yield from found[1:]


def _format_stored_value(cell: object) -> str:
    """The stored value, where its number format is not known."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
