"""The dashboard over HTTP: the report from kept rows equals the raw one; drill-down, files, month, live."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa

from assistant.api.report_cache import OLD_SECONDS, ReportCache
from assistant.conversation.report import ReportRange, load_report
from assistant.storage import tables as t
from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient
from tests.conversation.report_rows import add_random_ends

URL = "/v1/agent/insight"
NOW = datetime.now(UTC)
START = (NOW - timedelta(days=20)).isoformat()
END = (NOW + timedelta(minutes=1)).isoformat()
PARAMS = {"from": START, "to": END, "compare": "true"}
WANTED = ReportRange(start=datetime.fromisoformat(START), end=datetime.fromisoformat(END))


async def load_shown_and_raw(
    client: ApiClient, headers: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the dashboard shows, and what `assistant report` prints."""
    shown = (await client.http.get(f"{URL}/report", params=PARAMS, headers=headers)).json()
    now = client.rig.clock()
    raw = await client.rig.database.read(lambda store: load_report(store, WANTED, now, compare=True))
    return {name: value for name, value in shown.items() if name != "zone"}, raw


def drop_durable(value: Any) -> Any:
    """Without the figures on whether somebody came back, of which no mark tells."""
    if isinstance(value, list):
        return [drop_durable(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: drop_durable(each) for name, each in value.items() if not name.startswith("durable")}


async def compare_with_raw_rows(client: ApiClient, headers: dict[str, str]) -> dict[str, Any]:
    """Both are the same: at once but for who came back, and in everything once old rows are read anew."""
    shown, raw = await load_shown_and_raw(client, headers)
    assert drop_durable(shown) == drop_durable(raw)
    reports: ReportCache = client.app.state.context.reports
    for block in reports._blocks.values():
        block.read_at -= OLD_SECONDS
    await reports.refresh_stale(client.rig.database, client.rig.clock)
    shown, raw = await load_shown_and_raw(client, headers)
    assert shown == raw
    return shown


def rate_something(store: SqlStore) -> None:
    connection, f = store.report._connection, t.feedback.c
    happy = sa.select(f.conversation).where(f.kind == "csat", f.value >= 4)
    told = connection.execute(happy.order_by(f.created_at.desc()).limit(1)).scalar_one()
    about = {"conversation": told, "kind": "csat", "value": 1, "created_at": NOW}
    connection.execute(sa.insert(t.feedback), about)


async def test_the_dashboard_is_what_the_raw_rows_say_also_after_changes(client: ApiClient) -> None:
    lead = await client.hire("Lead", admin=True)
    database = client.rig.database
    await database.write(lambda store: add_random_ends(store, 0, 150, NOW, seed=3))
    first = await compare_with_raw_rows(client, lead)
    assert first["ended"] > 50
    assert first["before"]["ended"] > 10
    await database.write(lambda store: add_random_ends(store, 150, 20, NOW, seed=4))
    second = await compare_with_raw_rows(client, lead)
    assert second["ended"] > first["ended"]
    await database.write(rate_something)
    third = await compare_with_raw_rows(client, lead)
    assert third["surveys"]["csat"] != second["surveys"]["csat"]
    assert {group["key"] for group in third["groups"]["theme"]} == {"a", "b"}
    merged = await client.http.post(f"{URL}/themes/b/merge", json={"into": "a"}, headers=lead)
    assert merged.status_code == 200
    last = await compare_with_raw_rows(client, lead)
    assert [group["key"] for group in last["groups"]["theme"]] == ["a"], "a theme that is gone"


async def test_a_figure_leads_to_its_conversations(client: ApiClient) -> None:
    mori = await client.hire()
    await client.rig.database.write(lambda store: add_random_ends(store, 0, 60, NOW, seed=5))
    report = (await client.http.get(f"{URL}/report", params=PARAMS, headers=mori)).json()
    for figure in ("contained", "durable_72h"):
        for counted in (True, False):
            query = PARAMS | {"figure": figure, "counted": str(counted).lower(), "channel": "line"}
            found = (await client.http.get(f"{URL}/conversations", params=query, headers=mori)).json()
            of_line = (await client.http.get(f"{URL}/report", params=query, headers=mori)).json()[figure]
            assert found["found"] == (of_line["count"] if counted else of_line["total"] - of_line["count"])
            assert {row["channel"] for row in found["conversations"]} <= {"line"}
    assert report["contained"]["count"] > 0
    refused = await client.http.get(f"{URL}/conversations", params={"figure": "rank"}, headers=mori)
    assert refused.status_code == 422


async def test_a_month_is_a_page_and_a_workbook(client: ApiClient) -> None:
    mori = await client.hire()
    end = datetime(NOW.year, NOW.month, 1, tzinfo=UTC)
    month = f"{end - timedelta(days=1):%Y-%m}"
    await client.rig.database.write(lambda store: add_random_ends(store, 0, 60, end, seed=6, days=20))

    def name_theme(store: SqlStore) -> None:
        store.report._connection.execute(sa.update(t.themes).values(title="<script>alert(1)</script>"))

    await client.rig.database.write(name_theme)
    for language, title in (("ja", "月次報告"), ("en", "Monthly report")):
        query = {"month": month, "lang": language}
        page = await client.http.get("/reports/monthly", params=query, headers=mori)
        assert f"<h1>{title} {month}</h1>" in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "<script" not in page.text
        assert 'role="img"' in page.text
    book = await client.http.get(f"{URL}/report.xlsx", params={"month": month}, headers=mori)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert sheet["B1"].value.startswith(f"{month}-01 – {month}-")
    csv = await client.http.get(f"{URL}/report.csv", params={"lang": "en"}, headers=mori)
    assert csv.content.startswith(b"\xef\xbb\xbfRange,")


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "x", "9999-12", "0001-01"])
async def test_what_is_no_month_is_refused(client: ApiClient, month: str) -> None:
    mori = await client.hire()
    assert (
        await client.http.get("/reports/monthly", params={"month": month}, headers=mori)
    ).status_code == 422


async def test_a_report_is_for_agents(client: ApiClient) -> None:
    for path in ("/reports/monthly", f"{URL}/report.xlsx", f"{URL}/report.csv", f"{URL}/live"):
        assert (await client.http.get(path)).status_code == 401, path


async def test_an_empty_month_is_a_page_too(client: ApiClient) -> None:
    mori = await client.hire()
    page = await client.http.get("/reports/monthly", params={"month": "2020-02"}, headers=mori)
    assert (page.status_code, "この期間にはありません" in page.text) == (200, True)


async def test_live_figures_tell_who_waits_and_who_is_there(client: ApiClient) -> None:
    mori = await client.hire()
    talk = await client.open()
    await talk.say("返品の期限は？")
    await talk.answered()
    await talk.post("handoff")
    now = client.rig.clock()
    await client.rig.database.write(
        lambda store: store.agents.mark_present(store.agents.list_all()[0].id, now)
    )
    found = (await client.http.get(f"{URL}/live", headers=mori)).json()
    assert (found["waiting"], found["with_agent"], found["active"]) == (1, 0, 1)
    assert found["waiting_since"] is not None
    assert found["agents"]["online"] == 1
    assert found["capacity"] > 0
    assert set(found["definitions"]["waiting"]) == {"ja", "en"}
    # Within two seconds everybody gets the same count.
    assert (await client.http.get(f"{URL}/live", headers=mori)).json()["as_of"] == found["as_of"]
