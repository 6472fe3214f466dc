"""The report as files and as a page to print: the figures of the screen, in Japanese or English."""

import asyncio
import re
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, HTMLResponse

from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.pages import HERE
from assistant.api.pages.report import render_report_page
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.reports import Range, parse_range, read_report
from assistant.api.responses import describe_content
from assistant.conversation.report import ReportRange
from assistant.conversation.report_files import render_report_csv
from assistant.conversation.report_workbook import render_report_workbook
from assistant.domain.errors import BadInput
from assistant.domain.hours import to_local_time

router = APIRouter(tags=["agent"], route_class=RateLimitedRoute)

ReportLanguage = Annotated[Literal["ja", "en"], Query(alias="lang")]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@router.get(
    "/v1/agent/insight/report.csv",
    response_class=Response,
    responses=describe_content("The tables", "text/csv"),
)
async def export_report_csv(
    _inside: CurrentAgent, wanted: Range, ctx: Ctx, language: ReportLanguage = "ja", compare: bool = False
) -> Response:
    """The figures of the report as CSV in UTF-8 with BOM, with intervals and meanings."""
    report = await read_report(ctx, wanted, compare=compare)
    headers = {"Content-Disposition": 'attachment; filename="report.csv"'}
    return Response(
        render_report_csv(report, language), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.get(
    "/v1/agent/insight/report.xlsx",
    response_class=Response,
    responses=describe_content("The tables", WORKBOOK),
)
async def export_report_workbook(
    _inside: CurrentAgent,
    wanted: Range,
    ctx: Ctx,
    language: ReportLanguage = "ja",
    compare: bool = False,
    month: Annotated[str | None, Query(max_length=7)] = None,
) -> Response:
    """The figures of the report as an Excel workbook, a sheet for each table; of a *month* or a range."""
    if month is not None:
        wanted = build_month_range(ctx, month)
    report = await read_report(ctx, wanted, compare=compare)
    book = await asyncio.to_thread(render_report_workbook, report, language)
    name = f"report-{report['start'][:10]}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(book, media_type=WORKBOOK, headers=headers)


@router.get("/reports/monthly", include_in_schema=False)
async def show_monthly_report(
    _inside: CurrentAgent,
    ctx: Ctx,
    language: ReportLanguage = "ja",
    month: Annotated[str | None, Query(max_length=7)] = None,
) -> HTMLResponse:
    """The month's report as a page that prints; without a month the last whole one."""
    month = month or find_last_month(ctx)
    report = await read_report(ctx, build_month_range(ctx, month), compare=True)
    home = ctx.names.get(language) or "Yorisoi"
    return HTMLResponse(
        render_report_page(report, month, language, home), headers={"Cache-Control": "no-store"}
    )


@router.get("/reports/report.css", include_in_schema=False)
async def get_report_stylesheet() -> FileResponse:
    return FileResponse(HERE / "report.css", media_type="text/css", headers={"Cache-Control": "no-cache"})


def build_month_range(ctx: ApiContext, month: str) -> ReportRange:
    """A calendar month by the business's clock; BadInput for anything else."""
    parts = MONTH.fullmatch(month)
    if parts is None:
        raise BadInput(f"{month!r} is not a month such as 2026-11.")
    year, number = int(parts[1]), int(parts[2])
    following = f"{year + number // 12:04}-{number % 12 + 1:02}-01"
    start, end = parse_range(ctx.clock(), ctx.policy.zone, f"{month}-01", following, 1)
    return ReportRange(start=start, end=end)


def find_last_month(ctx: ApiContext) -> str:
    today = to_local_time(ctx.clock(), ctx.policy.zone)
    year, month = divmod(12 * today.year + today.month - 2, 12)
    return f"{year:04}-{month + 1:02}"
