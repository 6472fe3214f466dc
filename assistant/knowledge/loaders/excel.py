"""Excel and OpenDocument workbooks of question–answer sheets."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from assistant.knowledge.loaders import sheet, zipped
from assistant.knowledge.loaders.document import Document, Unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def load_excel(data: bytes) -> list[Document]:
    """The rows of every visible sheet; those after the first carry their sheet's name in `part`."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    zipped.check(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = list(_sheets(workbook))
    except PasswordError as exc:
        raise Unreadable("it is locked with a password; save it without") from exc
    except CalamineError as exc:
        raise Unreadable("it is not a sound workbook; open it and save it again as .xlsx") from exc
    return list(_documents(sheets))


def _sheets(workbook: "CalamineWorkbook") -> Iterator[tuple[str, list[list[str]]]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for about in workbook.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        found = workbook.get_sheet_by_name(about.name)
        if found.total_height > sheet.MOST_ROWS:
            raise Unreadable(
                f"{about.name!r} has {found.total_height:,} rows, more than {sheet.MOST_ROWS:,}; split it"
            )
        rows = [[_text(cell) for cell in row] for row in found.to_python(skip_empty_area=False)]
        if any(cell for row in rows for cell in row):
            yield about.name, rows


def _documents(sheets: list[tuple[str, list[list[str]]]]) -> Iterator[Document]:
    if not sheets:
        raise Unreadable("the workbook is empty; write something in it or delete it")
    skipped: list[str] = []
    found: list[Document] = []
    for position, (name, rows) in enumerate(sheets):
        try:
            documents = sheet.documents(rows)
        except Unreadable as exc:
            skipped.append(f"sheet {name!r} left out: {exc}")
            continue
        found += (
            documents if position == 0 else [replace(one, part=f"{name}-{one.part}") for one in documents]
        )
    if not found:
        raise Unreadable(sheet.NO_COLUMNS)
    yield replace(found[0], warnings=(*found[0].warnings, *skipped))
    yield from found[1:]


def _text(cell: object) -> str:
    """What the spreadsheet would show, near enough."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
