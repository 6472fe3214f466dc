"""Simplifies HTML tables: merged cells repeated in every place, one header row, layout tables unwrapped."""

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

MAX_COLUMNS = 100
MAX_CELLS = 50_000
#: Most characters that merged cells may repeat in a table.
MAX_REPEATED_CHARACTERS = 200_000
#: Elements that only a layout table contains.
FRAMED = "table, h1, h2, h3, nav, form, article, main"

Grid = list[list[Tag | None]]


def flatten_tables(element: Tag) -> None:
    """Rewrite every table below *element* in place, innermost first."""
    for table in element.find_all("table"):
        if table.parent is None:
            continue
        if _is_frame(table):
            _unwrap_frame(table)
        elif rows := [row for row in table.find_all("tr") if row.find_parent("table") is table]:
            _rebuild_table(table, rows)


def _is_frame(table: Tag) -> bool:
    if table.get("role") in ("presentation", "none") or table.select_one(FRAMED) is not None:
        return True
    return len(table.find_all(["td", "th"], limit=2)) == 1


def _unwrap_frame(table: Tag) -> None:
    """Replace a layout table by its content, without columns of links."""
    own = [tag for tag in table.find_all(["tr", "td", "th", "tbody", "thead", "tfoot", "caption"])]
    for tag in [tag for tag in own if tag.find_parent("table") is table]:
        if tag.name in ("td", "th") and _is_link_list(tag):
            tag.decompose()
        else:
            tag.name, tag.attrs = "div", {}
    table.name, table.attrs = "div", {}


def _is_link_list(cell: Tag) -> bool:
    words = cell.get_text().strip()
    linked = sum(len(link.get_text().strip()) for link in cell.find_all("a"))
    return cell.select_one("table, p, h1, h2, h3") is None and bool(words) and linked >= len(words) * 0.8


def _rebuild_table(table: Tag, rows: list[Tag]) -> None:
    grid = _build_grid(rows)
    if grid is None:
        return
    headers = _count_header_rows(rows, grid)
    announced = [_get_text(table.caption)] if isinstance(table.caption, Tag) else []
    while headers and (whole := _get_full_width_text(grid[0])):
        announced.append(whole)
        grid, headers = grid[1:], headers - 1
    fresh = BeautifulSoup("", "lxml")
    made = fresh.new_tag("table")
    if headers == 0 and _is_sideways(grid):
        made.append(_build_row(fresh, ["" for _ in grid[0]], "th"))
    elif headers > 1:
        made.append(
            _build_row(
                fresh,
                [_join_header_cells([row[at] for row in grid[:headers]]) for at in range(len(grid[0]))],
                "th",
            )
        )
        grid = grid[headers:]
    budget = MAX_REPEATED_CHARACTERS
    for number, cells in enumerate(grid):
        budget -= _append_row(fresh, made, cells, header=headers == 1 and number == 0, budget=budget)
    for words in filter(None, announced):
        note = fresh.new_tag("p")
        note.string = words
        table.insert_before(note)
    table.replace_with(made)


def _build_grid(rows: list[Tag]) -> Grid | None:
    """Each row's cells by column, a merged cell in each of its places; None when it is not a table."""
    grid: Grid = [[] for _ in rows]
    for number, row in enumerate(rows):
        column = 0
        for cell in [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]:
            while column < len(grid[number]) and grid[number][column] is not None:
                column += 1
            wide = min(_parse_span(cell, "colspan") or 1, MAX_COLUMNS)
            high = min(_parse_span(cell, "rowspan") or len(rows), len(rows) - number)
            if column + wide > MAX_COLUMNS or len(grid) * (column + wide) > MAX_CELLS:
                return None
            for below in grid[number : number + high]:
                below += [None] * (column + wide - len(below))
                below[column : column + wide] = [cell] * wide
            column += wide
    width = max(map(len, grid))
    for cells in grid:
        cells += [None] * (width - len(cells))
    return [cells for cells in grid if any(cell is not None for cell in cells)] or None


def _parse_span(cell: Tag, name: str) -> int:
    stated = str(cell.get(name) or "1").strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 5 else 1


def _count_header_rows(rows: list[Tag], grid: Grid) -> int:
    """Number of header rows at the top."""
    within = sum(1 for row in rows if row.parent is not None and row.parent.name == "thead")
    if within:
        return min(within, len(grid))
    count = 0
    for cells in grid:
        if any(cell is None or cell.name != "th" for cell in cells):
            break
        count += 1
    # All rows are <th>: formatting only; the first row is the header.
    return count if count < len(grid) else 1


def _get_full_width_text(cells: list[Tag | None]) -> str:
    """The text of a row that is a single cell over the whole width."""
    first = cells[0]
    return (
        _get_text(first)
        if first is not None and len(cells) > 1 and all(cell is first for cell in cells)
        else ""
    )


def _is_sideways(grid: Grid) -> bool:
    """Whether the first cell of each row is its header; then there is no header row."""
    first, others = [row[0] for row in grid], [cell for row in grid for cell in row[1:]]
    return all(cell is not None and cell.name == "th" for cell in first) and any(
        cell is not None and cell.name == "td" for cell in others
    )


def _join_header_cells(cells: list[Tag | None]) -> str:
    """The header of a column that has several header rows."""
    words = (_get_text(cell) for cell in dict.fromkeys(cells) if cell is not None)
    return " ".join(dict.fromkeys(filter(None, words)))


def _append_row(
    fresh: BeautifulSoup, table: Tag, cells: list[Tag | None], *, header: bool, budget: int
) -> int:
    """Append a row; returns the number of repeated characters in it."""
    whole = bool(_get_full_width_text(cells))
    row = fresh.new_tag("tr")
    repeated = 0
    for at, cell in enumerate(cells):
        made = fresh.new_tag("th" if header else "td")
        if cell is not None and not (whole and at):
            if cell.parent is not None:
                cell.extract()
                for child in list(cell.contents):
                    made.append(child)
                cell["data-text"] = made.get_text(" ", strip=True)
            elif repeated + len(words := str(cell["data-text"])) <= budget:
                made.append(NavigableString(words))
                repeated += len(words)
        row.append(made)
    table.append(row)
    return repeated


def _build_row(fresh: BeautifulSoup, words: list[str], name: str) -> Tag:
    row = fresh.new_tag("tr")
    for word in words:
        cell = fresh.new_tag(name)
        cell.string = word
        row.append(cell)
    return row


def _get_text(cell: Tag | None) -> str:
    return cell.get_text(" ", strip=True) if cell is not None else ""
