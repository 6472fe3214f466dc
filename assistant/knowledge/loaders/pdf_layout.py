"""Layout analysis of a PDF page: text lines in reading order, column by column, tables apart.

Columns are separated at gutters of white space (recursive X-Y cut: Nagy & Seth, 1984), independent of the
order in which a program wrote the letters.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from assistant.knowledge.loaders.pdf_tables import (
    extract_ruled_tables,
    normalize_whitespace,
    render_markdown_table,
)
from assistant.knowledge.loaders.pdf_vertical import extract_vertical_columns, is_vertical

if TYPE_CHECKING:
    from pdfplumber.page import Page

#: Gaps in letter widths that separate two columns, and two words.
GUTTER = 1.5
SPACE = 0.25
#: Letters smaller than this share of their neighbours' size are furigana.
READING_SIZE = 0.62
#: Fewest lines of a column, and fewest letters in its lines, counted in kanji.
COLUMN_LINES = 2
COLUMN_LETTERS = 6
MAX_STROKES = 4_000


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page with its letter size; or a whole table in Markdown."""

    text: str
    size: float
    #: Position from the page's top, as a share of its height.
    place: float = 0.5
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class TextRun:
    """Letters of one line without a wide gap."""

    text: str
    size: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def letter_count(self) -> float:
        """Its length in letters; two Latin letters count as one kanji."""
        return sum(1.0 if char > "\u2e7f" else 0.5 for char in self.text)


def extract_lines(page: "Page") -> list[PdfLine]:
    """The lines of a page in reading order."""
    written = [char for char in page.chars if _is_on_page(char, page)]
    chars = [char for char in written if char["text"].strip()]
    if not chars or not (chars := _drop_furigana(_drop_struck_letters(chars, page))):
        return []
    height = float(page.height) or 1.0
    if is_vertical(chars):
        return [PdfLine(text, size) for text, size in extract_vertical_columns(chars)]
    tables = list(extract_ruled_tables(page))
    spaces = [char for char in written if not char["text"].strip()]
    free = [char for char in [*chars, *spaces] if not any(_is_within(char, box) for box, _ in tables)]
    runs = _group_runs(free)
    placed = [TextRun(text, 0.0, box[0], box[2], box[1], box[3]) for box, text in tables]
    found: list[PdfLine] = []
    before: TextRun | None = None
    for run in _order_runs([*runs, *placed]):
        if before is not None and _are_apart(before, run):
            found.append(PdfLine("", 0.0))
        is_table = run in placed or run.text.startswith("| ")
        found.append(PdfLine(run.text, round(run.size, 1), run.top / height, is_table))
        before = run
    return found


def _are_apart(above: TextRun, below: TextRun) -> bool:
    """Whether the vertical gap between two runs is wider than line spacing."""
    return below.top - above.bottom > 0.9 * max(above.size, below.size)


def _is_on_page(char: dict[str, Any], page: "Page") -> bool:
    left, top, right, bottom = page.bbox
    return bool(char["x1"] > left and char["x0"] < right and char["bottom"] > top and char["top"] < bottom)


# -- letters to runs ------------------------------------------------------------------------------------


def _drop_struck_letters(chars: list[dict[str, Any]], page: "Page") -> list[dict[str, Any]]:
    """Drop letters that a thin line crosses at half their height: struck-out text."""
    strokes = [shape for shape in [*page.lines, *page.rects] if shape["height"] < 2 < shape["width"]][
        :MAX_STROKES
    ]
    if not strokes or len(strokes) * len(chars) > 5_000_000:
        return chars

    def is_struck(char: dict[str, Any]) -> bool:
        third = (char["bottom"] - char["top"]) * 0.3
        middle = (char["x0"] + char["x1"]) / 2
        return any(
            one["x0"] <= middle <= one["x1"] and char["top"] + third < one["top"] < char["bottom"] - third
            for one in strokes
        )

    # Keep their space, so that the text around them stays one line.
    return [char | {"text": ""} if is_struck(char) else char for char in chars]


def _drop_furigana(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop furigana: small kana beside larger kanji."""
    sizes = Counter(round(char["size"], 1) for char in chars)
    usual = sizes.most_common(1)[0][0]
    kana = [c for c in chars if c["size"] < usual * READING_SIZE and "\u3041" <= c["text"] <= "\u30ff"]
    if not kana:
        return chars
    large = [c for c in chars if c["size"] >= usual * READING_SIZE and "\u3400" <= c["text"] <= "\u9fff"]
    small = {
        id(one)
        for one in kana
        if any(
            abs((one["x0"] + one["x1"]) - (c["x0"] + c["x1"])) < 3 * c["size"]
            and abs((one["top"] + one["bottom"]) - (c["top"] + c["bottom"])) < 3 * c["size"]
            for c in large
        )
    }
    return [char for char in chars if id(char) not in small]


def _group_runs(chars: Sequence[dict[str, Any]]) -> list[TextRun]:
    """Letters grouped by line, split where a gap is as wide as a gutter."""
    rows: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda one: (one["top"] + one["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if rows and abs(_compute_middle(rows[-1]) - middle) < 0.4 * min(char["size"], rows[-1][-1]["size"]):
            rows[-1].append(char)
        else:
            rows.append([char])
    found: list[TextRun] = []
    for row in rows:
        row.sort(key=lambda one: one["x0"])
        part: list[dict[str, Any]] = []
        spaced = False
        for char in row:
            if char["text"].isspace():
                spaced = True
                continue
            if part and char["x0"] - part[-1]["x1"] > GUTTER * max(char["size"], part[-1]["size"]):
                found.append(_build_run(part))
                part = []
            part.append(char | {"spaced": spaced})
            spaced = False
        if part:
            found.append(_build_run(part))
    return [run for run in found if run.text]


def _compute_middle(row: Sequence[dict[str, Any]]) -> float:
    return float((row[0]["top"] + row[0]["bottom"]) / 2)


def _build_run(chars: Sequence[dict[str, Any]]) -> TextRun:
    text = chars[0]["text"]
    for before, char in pairwise(chars):
        gap = char["x0"] - before["x1"]
        apart = char["spaced"] or gap > SPACE * min(char["size"], before["size"])
        text += " " + char["text"] if apart else char["text"]
    sizes = Counter(round(char["size"], 1) for char in chars)
    return TextRun(
        normalize_whitespace(text),
        sizes.most_common(1)[0][0],
        min(char["x0"] for char in chars),
        max(char["x1"] for char in chars),
        min(char["top"] for char in chars),
        max(char["bottom"] for char in chars),
    )


# -- runs to reading order ------------------------------------------------------------------------------


def _order_runs(runs: list[TextRun], depth: int = 0) -> Iterator[TextRun]:
    """Order runs column by column; a run across several columns separates those above from those below."""
    gutter = _find_gutter(runs) if depth < 6 else None
    if gutter is None:
        yield from _order_rows(runs)
        return
    left: list[TextRun] = []
    right: list[TextRun] = []
    for run in sorted(runs, key=lambda one: (one.top, one.left)):
        if run.left < gutter < run.right:
            for column in (left, right):
                yield from _order_runs(column, depth + 1)
            left, right = [], []
            yield run
        else:
            (left if run.right <= gutter else right).append(run)
    for column in (left, right):
        yield from _order_runs(column, depth + 1)


def _find_gutter(runs: Sequence[TextRun]) -> float | None:
    """The x position of white space between two columns of prose, or None."""
    best: tuple[float, float] | None = None
    for at in sorted({(one.right + GUTTER) for one in runs}):
        left = [one for one in runs if one.right <= at]
        right = [one for one in runs if one.left >= at]
        crossing = len(runs) - len(left) - len(right)
        beside = [one for one in right if any(_are_level(one, other) for other in left)]
        if len(beside) < COLUMN_LINES or crossing > len(runs) * 0.5 or not _is_prose(left, right):
            continue
        if best is None or (crossing, -len(beside)) < best:
            best, place = (crossing, -len(beside)), at
    return place if best is not None else None


def _are_level(one: TextRun, other: TextRun) -> bool:
    return one.top < other.bottom and other.top < one.bottom


def _is_prose(left: Sequence[TextRun], right: Sequence[TextRun]) -> bool:
    """Whether both sides are lines of prose rather than cells of a table."""
    return all(
        len(side) >= COLUMN_LINES
        and median(one.letter_count for one in side) >= COLUMN_LETTERS
        and len(side) - len({round(one.top) for one in side}) <= len(side) * 0.3
        for side in (left, right)
    )


def _order_rows(runs: Sequence[TextRun]) -> Iterator[TextRun]:
    """Order rows top to bottom; rows of several runs in the same columns are a table without rules."""
    rows: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda one: (one.top, one.left)):
        if rows and _are_level(rows[-1][0], run) and run.top < (rows[-1][0].top + rows[-1][0].bottom) / 2:
            rows[-1].append(run)
        else:
            rows.append([run])
    waiting: list[list[TextRun]] = []
    for row in [sorted(row, key=lambda one: one.left) for row in rows]:
        if len(row) < 2 or (waiting and not _fits_header(row, waiting[0])):
            yield from _flush_rows(waiting)
            waiting = []
        if len(row) < 2:
            yield from row
        else:
            waiting.append(row)
    yield from _flush_rows(waiting)


def _fits_header(row: Sequence[TextRun], header: Sequence[TextRun]) -> bool:
    return len(row) <= len(header) and all(_find_column(run, header) is not None for run in row)


def _find_column(run: TextRun, header: Sequence[TextRun]) -> int | None:
    """The column with which a run overlaps most, else the nearest."""
    reach = [min(run.right, one.right) - max(run.left, one.left) for one in header]
    best = max(range(len(header)), key=reach.__getitem__)
    return best if reach[best] > -3 * run.size else None


def _flush_rows(rows: Sequence[Sequence[TextRun]]) -> Iterator[TextRun]:
    if len(rows) < 2:
        for row in rows:
            whole = "  ".join(run.text for run in row)
            yield replace(row[0], text=" ".join(whole.split()), right=row[-1].right)
        return
    header = rows[0]
    cells = [["" for _ in header] for _ in rows]
    for number, row in enumerate(rows):
        for run in row:
            at = _find_column(run, header) or 0
            cells[number][at] = f"{cells[number][at]} {run.text}".strip()
    text = render_markdown_table(cells)
    yield TextRun(text, 0.0, header[0].left, header[-1].right, header[0].top, rows[-1][-1].bottom)


def _is_within(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
