"""Figures and what is behind them agree; ranges are compared; files have what the screen has."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl  # type: ignore[import-untyped]
import pytest

from assistant.conversation.report import ReportRange, list_report_rows, load_report
from assistant.conversation.report_figures import DURABLE_SHARES, SHARES, SOURCES, SURVEY_SHARES
from assistant.conversation.report_files import render_report_csv
from assistant.conversation.report_tables import build_report_tables
from assistant.conversation.report_workbook import render_report_workbook
from assistant.conversation.templates.report import DEFINITIONS
from assistant.conversation.templates.report_names import FIGURE_NAMES, TABLE_WORDS
from assistant.domain.statistics import compute_rate_change
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.conversation.report_rows import add_random_ends
from tests.harness import memory_database

TOKYO = ZoneInfo("Asia/Tokyo")
END = datetime(2026, 12, 1, tzinfo=TOKYO)
NOW = END.astimezone(UTC)
RANGE = ReportRange(start=END - timedelta(days=30), end=END)
EMPTY = ReportRange(start=END - timedelta(days=300), end=END - timedelta(days=299))


@pytest.fixture(scope="module")
def database() -> SqlDatabase[SqlStore]:
    found = memory_database()
    asyncio.run(found.write(lambda store: add_random_ends(store, 0, 240, NOW, seed=1)))
    return found


async def load(database: SqlDatabase[SqlStore], wanted: ReportRange = RANGE, **more: Any) -> dict[str, Any]:
    found = await database.read(lambda store: load_report(store, wanted, NOW, **more))
    return found | {"zone": "Asia/Tokyo"}


async def count_behind(database: SqlDatabase[SqlStore], figure: str, *, counted: bool = True) -> int:
    rows = await database.read(
        lambda store: list_report_rows(store, RANGE, NOW, figure=figure, counted=counted)
    )
    assert rows is not None
    return len(rows)


async def test_every_share_lists_what_it_counts_and_what_it_does_not(database: SqlDatabase[SqlStore]) -> None:
    report = await load(database)
    for name in (*SHARES, *DURABLE_SHARES, *SURVEY_SHARES):
        rate = report["surveys"][name] if name in SURVEY_SHARES else report[name]
        assert rate["total"] > 20, name
        assert await count_behind(database, name) == rate["count"], name
        assert await count_behind(database, name, counted=False) == rate["total"] - rate["count"], name


async def test_other_figures_list_what_they_are_made_of(database: SqlDatabase[SqlStore]) -> None:
    report = await load(database)
    assert await count_behind(database, "wait_seconds") == report["wait_seconds"]["n"]
    assert await count_behind(database, "nps") == report["surveys"]["nps"]["answers"]
    assert await count_behind(database, "counted") == report["counted"]
    assert set(SOURCES) <= set(FIGURE_NAMES)
    unknown = await database.read(lambda store: list_report_rows(store, RANGE, NOW, figure="rank"))
    assert unknown is None


async def test_groups_add_up_and_filters_give_their_figures(database: SqlDatabase[SqlStore]) -> None:
    report = await load(database)
    for dimension, groups in report["groups"].items():
        for group in groups:
            only = await load(database, ReportRange(start=RANGE.start, end=END, **{dimension: group["key"]}))
            assert only["counted"] == group["conversations"], (dimension, group["key"])
            assert only["abandoned"] == group["abandoned"]
            assert only["durable_7d"]["count"] == group["durable_7d"]["count"]
    channels = report["groups"]["channel"]
    assert sum(group["conversations"] for group in channels) == report["counted"]


async def test_nothing_is_shown_of_an_agent_with_too_few(database: SqlDatabase[SqlStore]) -> None:
    week = ReportRange(start=END - timedelta(days=5), end=END, agent="mori")
    report = await load(database, week, compare=True)
    assert (report["too_few"], report["ended"], report["groups"]["agent"]) == (True, 0, [])
    assert await database.read(lambda store: list_report_rows(store, week, NOW)) == []
    assert not (await load(database, ReportRange(start=RANGE.start, end=END, agent="mori")))["too_few"]


async def test_a_range_is_compared_with_the_one_before(database: SqlDatabase[SqlStore]) -> None:
    half = ReportRange(start=END - timedelta(days=15), end=END)
    report, before = await load(database, half, compare=True), await load(database, half.build_previous())
    assert report["before"]["start"] == before["start"] == (END - timedelta(days=30)).isoformat()
    assert report["before"]["abandoned"] == before["abandoned"]
    change = report["before"]["changes"]["abandoned"]
    difference = report["abandoned"]["rate"] - before["abandoned"]["rate"]
    assert change["difference"] == pytest.approx(difference, abs=2e-4)
    assert change["low"] < change["difference"] < change["high"]


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ((2026, 3, 1), (2026, 4, 1), (2026, 2, 1)),
        ((2026, 1, 1), (2026, 2, 1), (2025, 12, 1)),
        ((2026, 1, 1), (2026, 4, 1), (2025, 10, 1)),
        ((2026, 3, 2), (2026, 3, 9), (2026, 2, 23)),
    ],
)
def test_months_are_compared_with_months(
    start: tuple[int, int, int], end: tuple[int, int, int], before: tuple[int, int, int]
) -> None:
    wanted = ReportRange(start=datetime(*start, tzinfo=TOKYO), end=datetime(*end, tzinfo=TOKYO))
    previous = wanted.build_previous()
    assert (previous.start, previous.end) == (datetime(*before, tzinfo=TOKYO), wanted.start)


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe 1998, example (a), method 10."""
    change = compute_rate_change(48, 80, 56, 70)
    assert change is not None
    assert [change.difference, change.low, change.high] == pytest.approx([0.2, 0.0524, 0.3339], abs=1e-4)
    assert compute_rate_change(0, 0, 5, 10) is None


async def test_days_are_those_of_the_range_and_add_up(database: SqlDatabase[SqlStore]) -> None:
    report = await load(database)
    days = report["by_day"]
    assert (days[0]["day"], days[-1]["day"], len(days)) == ("2026-11-01", "2026-11-30", 30)
    assert sum(sum(day["outcomes"].values()) for day in days) == report["ended"]


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_workbook_and_the_csv_have_the_figures_of_the_screen(
    database: SqlDatabase[SqlStore], language: str
) -> None:
    report = await load(database, compare=True)
    book = openpyxl.load_workbook(io.BytesIO(render_report_workbook(report, language)))
    tables = build_report_tables(report, language)
    assert len(book.worksheets) == len(tables)
    for sheet, table in zip(book.worksheets, tables, strict=True):
        found = list(sheet.iter_rows(min_row=6, max_col=len(table.columns), values_only=True))
        expected = [tuple(value or None if value == "" else value for value in row) for row in table.rows]
        assert [tuple(cell if cell != "" else None for cell in row) for row in found] == expected
    lines = list(csv.reader(io.StringIO(render_report_csv(report, language).lstrip("\ufeff"))))
    name = FIGURE_NAMES["abandoned"][language]
    (line,) = [line for line in lines if line[:1] == [name] and len(line) > 5]
    rate = report["abandoned"]
    assert line[1:4] == [f"{rate['rate'] * 100:.1f}%", str(rate["count"]), str(rate["total"])]


async def test_no_name_is_a_formula_in_a_file(database: SqlDatabase[SqlStore]) -> None:
    report = await load(database)
    evil = '=HYPERLINK("http://x","a")'
    report["groups"]["theme"][0]["name"] = evil
    book = openpyxl.load_workbook(io.BytesIO(render_report_workbook(report, "en")))
    cell = book[TABLE_WORDS["theme"]["en"]].cell(6, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (evil, "s", True)
    assert "\r\n\"'=HYPERLINK" in render_report_csv(report, "en")


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_an_empty_month_makes_empty_tables(database: SqlDatabase[SqlStore], language: str) -> None:
    report = await load(database, EMPTY, compare=True)
    assert (report["ended"], report["before"]["changes"]) == (0, {})
    book = openpyxl.load_workbook(io.BytesIO(render_report_workbook(report, language)))
    assert book.worksheets[2].cell(6, 1).value == TABLE_WORDS["none"][language]
    assert render_report_csv(report, language)


def test_every_figure_has_a_name_and_a_meaning_in_both_languages() -> None:
    assert all(set(texts) == {"ja", "en"} for texts in (*FIGURE_NAMES.values(), *TABLE_WORDS.values()))
    assert set(FIGURE_NAMES) <= set(DEFINITIONS)
