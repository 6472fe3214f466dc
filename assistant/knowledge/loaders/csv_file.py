"""CSV files: detects the delimiter, parses quoting as spreadsheets do; sheet.py builds the articles."""

import csv
import io
import re
from collections.abc import Sequence

from assistant.knowledge.loaders import sheet
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.text import decode_text

DELIMITERS = ",\t;|"
#: Excel writes the delimiter on a line above the header.
STATED = re.compile(r'\A\s*"?sep=(.)"?[ \t]*\n')
#: Lines that are enough to detect the delimiter.
SAMPLE_LINES = 40


def load_csv(data: bytes) -> list[Document]:
    """One article per row; delimiters are commas, tabs, semicolons or bars."""
    text = decode_text(data)
    if not text.strip():
        raise Unreadable("the file is empty; write something in it or delete it")
    if stated := STATED.match(text):
        return sheet.build_documents(_parse_rows(text[stated.end() :], stated[1]), delimiter=stated[1])
    delimiter = max(DELIMITERS, key=lambda one: _score_delimiter(text, one))
    return sheet.build_documents(_parse_rows(text, delimiter), delimiter=delimiter)


def _parse_rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as exc:
        raise Unreadable(f"it is not valid CSV ({exc}); save it again from the spreadsheet") from exc


def _score_delimiter(text: str, delimiter: str) -> tuple[bool, int, int]:
    """How well a delimiter fits: (known header, rows of equal width, many columns), higher is better."""
    head = "".join(text.splitlines(keepends=True)[:SAMPLE_LINES])
    try:
        rows: Sequence[Sequence[str]] = list(csv.reader(io.StringIO(head), delimiter=delimiter))
    except csv.Error:
        return False, 0, 0
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    header = next((row for row in rows[: sheet.HEADER_WITHIN] if sheet.is_header(row)), None)
    width = len(header or rows[0])
    return header is not None, sum(len(row) == width for row in rows) * (width > 1), width
