"""A report as tables in a language: the same for CSV, Excel and the page that is printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from assistant.conversation.report_figures import DIMENSIONS, DURABLE_SHARES, GROUP_SHARES, SHARES
from assistant.conversation.templates.report_names import (
    CHANNEL_NAMES,
    FIGURE_NAMES,
    LANGUAGE_NAMES,
    OUTCOME_NAMES,
    REASON_NAMES,
    TABLE_WORDS,
)

#: How numbers of a column are shown.
Style = Literal["text", "number", "share", "score"]
Cell = str | int | float | None

#: In the order of the screen: shares of conversations, then those of survey answers.
SHOWN_SHARES = (
    "resolved_by_assistant",
    "resolved_by_person",
    "confirmed",
    "abandoned",
    "contained",
    "handed_over",
    "durable_72h",
    "durable_7d",
    "frustrated_at_start",
    "frustrated_at_end",
)
SHOWN_SURVEY_SHARES = ("response", "csat", "csat_corrected", "ces_easy")
SCORES = ("nps", "ces")
#: Names of a group's keys; themes and agents have their own.
KEY_NAMES = {"channel": CHANNEL_NAMES, "language": LANGUAGE_NAMES, "reason": REASON_NAMES}


@dataclass(frozen=True, slots=True)
class ReportTable:
    key: str
    title: str
    columns: Sequence[str]
    styles: Sequence[Style]
    rows: Sequence[Sequence[Cell]]
    #: Row -> how its numbers are shown, where it differs from its column.
    row_styles: Sequence[Style] | None = None


def build_report_tables(report: Mapping[str, Any], language: str) -> list[ReportTable]:
    """Figures, outcomes, then each dimension, then the days."""
    return [
        _build_figures_table(report, language),
        _build_outcomes_table(report, language),
        *(_build_group_table(report, dimension, language) for dimension in DIMENSIONS),
        _build_days_table(report, language),
    ]


def describe_range(report: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """(name, value) of what the report is about: range, zone, filters."""
    start, end = (datetime.fromisoformat(report[name]) for name in ("start", "end"))
    last = (end - timedelta(microseconds=1)).date()
    filters = [
        f"{name_word(dimension, language)}: {_name_key(report, dimension, report[dimension], language)}"
        for dimension in DIMENSIONS
        if report[dimension] is not None
    ]
    return [
        (name_word("range", language), f"{start.date().isoformat()} – {last.isoformat()}"),
        (name_word("zone", language), report["zone"]),
        (name_word("filter", language), "; ".join(filters) or name_word("all", language)),
    ]


def name_word(key: str, language: str) -> str:
    return TABLE_WORDS[key][language]


def _build_figures_table(report: Mapping[str, Any], language: str) -> ReportTable:
    columns = ("name", "value", "count", "total", "low", "high", "before", "difference", "young", "meaning")
    lines = list(_list_figures(report))
    definitions = report["definitions"]
    return ReportTable(
        "figures",
        name_word("figures", language),
        [name_word(column, language) for column in columns],
        ["text", "score", "number", "number", "score", "score", "score", "score", "number", "text"],
        [
            [FIGURE_NAMES[name][language], *values, definitions.get(name, {}).get(language, "")]
            for name, _, values in lines
        ],
        [style for _, style, _ in lines],
    )


def _list_figures(report: Mapping[str, Any]) -> Iterator[tuple[str, Style, list[Cell]]]:
    """(figure, style, value, count, total, low, high, before, difference, young) as on the screen."""
    before = report["before"]
    changes = before["changes"] if before else {}
    for name in ("ended", "counted"):
        earlier = before[name] if before else None
        yield name, "number", [report[name], None, None, None, None, earlier, None, None]
    for name in (*SHOWN_SHARES, *SHOWN_SURVEY_SHARES):
        place, old = (
            (report, before)
            if name in {**SHARES, **DURABLE_SHARES}
            else (report["surveys"], before and before["surveys"])
        )
        rate = place[name]
        values = [rate["rate"], rate["count"], rate["total"], rate["low"], rate["high"]]
        change = changes.get(name)
        moved = change["difference"] if change else None
        yield name, "share", [*values, old[name]["rate"] if old else None, moved, rate.get("young")]
    for name in SCORES:
        score, old = report["surveys"][name], before["surveys"][name] if before else None
        values = [score["score"], None, score["answers"], score["low"], score["high"]]
        yield name, "score", [*values, old["score"] if old else None, None, None]
    wait, old = report["wait_seconds"], before["wait_seconds"] if before else None
    yield (
        "wait_seconds",
        "number",
        [wait["median"], None, wait["n"], None, None, old and old["median"], None, None],
    )


def _build_outcomes_table(report: Mapping[str, Any], language: str) -> ReportTable:
    return ReportTable(
        "outcomes",
        name_word("outcomes", language),
        [name_word("outcome", language), name_word("conversations", language)],
        ["text", "number"],
        [
            [OUTCOME_NAMES[kind][language], report["outcomes"][kind]]
            for kind in OUTCOME_NAMES
            if kind in report["outcomes"]
        ],
    )


def _build_group_table(report: Mapping[str, Any], dimension: str, language: str) -> ReportTable:
    titles = [FIGURE_NAMES[name][language] for name in (*GROUP_SHARES, "csat")]
    return ReportTable(
        dimension,
        name_word(dimension, language),
        [name_word(dimension, language), name_word("conversations", language), *titles],
        ["text", "number", *["share"] * len(titles)],  # type: ignore[list-item]
        [
            [
                _name_key(report, dimension, group["key"], language),
                group["conversations"],
                *(group[name]["rate"] for name in GROUP_SHARES),
                group["surveys"]["csat"]["rate"],
            ]
            for group in report["groups"][dimension]
        ],
    )


def _build_days_table(report: Mapping[str, Any], language: str) -> ReportTable:
    kinds = [kind for kind in OUTCOME_NAMES if kind in report["outcomes"]]
    return ReportTable(
        "days",
        name_word("days", language),
        [name_word("day", language), *(OUTCOME_NAMES[kind][language] for kind in kinds)],
        ["text", *["number"] * len(kinds)],  # type: ignore[list-item]
        [[day["day"], *(day["outcomes"].get(kind, 0) for kind in kinds)] for day in report["by_day"]],
    )


def _name_key(report: Mapping[str, Any], dimension: str, key: str, language: str) -> str:
    if dimension in KEY_NAMES:
        return KEY_NAMES[dimension].get(key, {}).get(language, key)
    known = {group["key"]: group["name"] for group in report["groups"][dimension]}
    return str(known.get(key, key[:32]))
