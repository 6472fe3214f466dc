"""The monthly report as a page that prints well: figures, a chart of days, tables, meanings."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

from assistant.conversation.report_files import format_value, list_styles
from assistant.conversation.report_tables import ReportTable, build_report_tables, describe_range, name_word
from assistant.conversation.templates.report_names import OUTCOME_NAMES

TEMPLATE = Path(__file__).with_name("report.html")
WIDTH = 900
HEIGHT = 200
#: Columns of the table of figures on paper: bounds are one column, meanings stand below the name.
FIGURE_COLUMNS = ("name", "value", "count", "total", "interval", "before", "difference")
OTHER_LANGUAGE = {"ja": "en", "en": "ja"}


def render_report_page(report: Mapping[str, Any], month: str, language: str, home: str) -> str:
    """*report* of the *month* (YYYY-MM); everything in it is shown as text."""
    title = f"{name_word('monthly', language)} {month}"
    figures, *tables = build_report_tables(report, language)
    parts = [
        _render_about(report, language),
        f'<p role="status">{escape(name_word("too_few", language))}</p>' if report["too_few"] else "",
        _render_figures(figures, language),
        _render_chart(report, language),
        *(_render_table(table, language) for table in tables),
    ]
    query = {"month": month, "lang": language}
    other = OTHER_LANGUAGE[language]
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        language=language,
        title=escape(title),
        home=escape(home),
        excel_word=name_word("excel", language),
        excel=escape(f"/v1/agent/insight/report.xlsx?{urlencode(query | {'compare': 'true'})}"),
        other=other,
        other_link=escape(f"/reports/monthly?{urlencode(query | {'lang': other})}"),
        other_name={"ja": "日本語", "en": "English"}[other],
        body="\n".join(parts),
    )


def _render_about(report: Mapping[str, Any], language: str) -> str:
    lines = (
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in describe_range(report, language)
    )
    return f'<dl class="about">{"".join(lines)}</dl>'


def _render_figures(table: ReportTable, language: str) -> str:
    head = "".join(f'<th scope="col">{escape(name_word(name, language))}</th>' for name in FIGURE_COLUMNS)
    rows = []
    for number, row in enumerate(table.rows):
        name, value, count, total, low, high, before, difference, young, meaning = (
            format_value(cell, style) for cell, style in zip(row, list_styles(table, number), strict=True)
        )
        interval = f"{low}–{high}" if row[4] is not None else "–"
        waiting = f"{name_word('young', language)}: {young}" if row[8] else ""
        cells = "".join(
            f"<td>{escape(text)}</td>" for text in (value, count, total, interval, before, difference)
        )
        notes = "".join(
            f"<small>{escape(text)}</small>" for text in (meaning, waiting) if text and text != "–"
        )
        rows.append(f'<tr><th scope="row">{escape(name)}{notes}</th>{cells}</tr>')
    return _wrap_table(table.title, head, rows)


def _render_table(table: ReportTable, language: str) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = []
    for row in table.rows:
        first, *rest = (
            escape(format_value(cell, style)) for cell, style in zip(row, table.styles, strict=True)
        )
        rows.append(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>')
    if not rows:
        return f"<section><h2>{escape(table.title)}</h2><p>{name_word('none', language)}</p></section>"
    return _wrap_table(table.title, head, rows)


def _wrap_table(title: str, head: str, rows: Sequence[str]) -> str:
    body = "\n".join(rows)
    return (
        f'<section><h2>{escape(title)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div></section>"
    )


def _render_chart(report: Mapping[str, Any], language: str) -> str:
    """Outcomes of each day as stacked bars, told apart by pattern too; the table of days has the same."""
    days, kinds = report["by_day"], [kind for kind in OUTCOME_NAMES if kind in report["outcomes"]]
    if not kinds:
        return ""
    most = max(1, *(sum(day["outcomes"].values()) for day in days))
    wide, bars = WIDTH / len(days), []
    for place, day in enumerate(days):
        ground = float(HEIGHT)
        for kind in kinds:
            tall = day["outcomes"].get(kind, 0) / most * HEIGHT
            ground -= tall
            if tall:
                bars.append(
                    f'<rect class="kind-{kind}" x="{place * wide + wide * 0.1:.1f}" y="{ground:.1f}" '
                    f'width="{wide * 0.8:.1f}" height="{tall:.1f}"/>'
                )
    legend = "".join(
        f'<li><svg width="14" height="14" aria-hidden="true">'
        f'<rect class="kind-{kind}" width="14" height="14"/></svg> '
        f"{escape(OUTCOME_NAMES[kind][language])} {report['outcomes'][kind]:,}</li>"
        for kind in kinds
    )
    title = name_word("days", language)
    return (
        f'<figure><svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="days-title" '
        f'preserveAspectRatio="none"><title id="days-title">{escape(title)}</title>{"".join(bars)}</svg>'
        f'<p class="ends"><span>{days[0]["day"]}</span><span>{days[-1]["day"]}</span></p>'
        f'<figcaption>{escape(title)}</figcaption><ul class="legend">{legend}</ul></figure>'
    )
