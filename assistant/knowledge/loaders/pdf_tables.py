"""Ruled tables of a PDF page as Markdown; merged cells are repeated in every place."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assistant.knowledge.loaders.text import clean_text

if TYPE_CHECKING:
    from pdfplumber.page import Page

#: A page with more lines is a drawing.
MAX_LINES = 4_000


def extract_ruled_tables(page: "Page") -> Iterator[tuple[tuple[float, float, float, float], str]]:
    """The bounding boxes of ruled tables, each with its Markdown."""
    drawn = len(page.lines) + len(page.rects) + len(page.curves)
    if not 4 <= drawn <= MAX_LINES:
        return
    for table in page.find_tables():
        cells = [[normalize_whitespace(cell or "") for cell in row] for row in table.extract()]
        if len(cells) < 2 or max(map(len, cells)) < 2 or not any(map(any, cells)):
            continue
        boxes = [row.cells for row in table.rows]
        yield table.bbox, render_markdown_table(_fill_merged_cells(cells, boxes))


def _fill_merged_cells(cells: list[list[str]], boxes: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Copy a merged cell's text to every place that it covers; such places have no box of their own."""
    for number, row in enumerate(boxes):
        for at, box in enumerate(row):
            if box is not None:
                continue
            above = boxes[number - 1][at] if number else None
            reach = next((b for b in row if b is not None), None)
            if number and (above is None or reach is None or above[3] > reach[1] + 1):
                cells[number][at] = cells[number - 1][at]
            elif at:
                cells[number][at] = cells[number][at - 1]
    return cells


def render_markdown_table(cells: Sequence[Sequence[str]]) -> str:
    width = max(map(len, cells))
    rows = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in [*row, *[""] * (width - len(row))]) + " |"
        for row in cells
    ]
    return "\n".join([rows[0], "|" + " --- |" * width, *rows[1:]])


def normalize_whitespace(text: str) -> str:
    return " ".join(clean_text(text).split())
