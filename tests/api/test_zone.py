"""Days begin at midnight where the business is: for numbers, budgets, articles and the search."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.api.health import compute_dashboard_metrics, parse_moment
from assistant.app import knowledge_base
from assistant.app.settings import load_settings
from assistant.domain.budgets import ModelUsage, Spender
from assistant.domain.hours import to_local_time
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient
from tests.harness import Harness, ManualClock

#: In Tokyo it is half past midnight of the 1st of December.
NIGHT = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
TOKYO = "Asia/Tokyo"


def test_a_plain_date_begins_where_the_business_is() -> None:
    assert parse_moment("2026-12-01", TOKYO).astimezone(UTC) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert parse_moment("2026-12-01T00:00:00Z", TOKYO) == datetime(2026, 12, 1, tzinfo=UTC)


async def test_the_numbers_are_cut_into_the_businesss_days(database: SqlDatabase[SqlStore]) -> None:
    rig = Harness(database, clock=ManualClock(NIGHT))
    await rig.open()
    spender = Spender(conversation="c", customer="v")
    spent = ModelUsage(tokens=7, calls=1)
    await database.write(
        lambda s: s.spending.add_spending(list(spender.list_accounts(to_local_time(NIGHT, TOKYO))), spent)
    )
    start, end = (to_local_time(parse_moment(day, TOKYO), TOKYO) for day in ("2026-12-01", "2026-12-02"))
    today = await database.read(lambda store: compute_dashboard_metrics(store, start, end))
    assert today["by_day"] == [{"day": "2026-12-01", "conversations": 1, "handoffs": 0}]
    assert today["model"]["tokens"] == 7
    before = to_local_time(parse_moment("2026-11-30", TOKYO), TOKYO)
    yesterday = await database.read(lambda store: compute_dashboard_metrics(store, before, start))
    assert (yesterday["conversations"], yesterday["model"]["tokens"]) == (0, 0)


async def test_an_article_holds_from_midnight_where_the_business_is(
    database: SqlDatabase[SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_vectors(*_: Any) -> Any:
        return None

    monkeypatch.setattr(knowledge_base, "utc_now", lambda: NIGHT)
    monkeypatch.setattr(knowledge_base, "open_vectors", no_vectors)
    nobody: Any = None
    for zone, day in ((TOKYO, date(2026, 12, 1)), ("America/New_York", date(2026, 11, 30))):
        monkeypatch.setenv("TZ", zone)
        retriever = await knowledge_base._build_retriever(
            load_settings(), database, nobody, beside_serve=False
        )
        assert retriever._today() == day


async def test_the_dashboard_asks_for_days_and_is_told_the_zone(client: ApiClient) -> None:
    agent = await client.hire()
    await client.open()
    found = (await client.http.get("/v1/agent/metrics?days=1", headers=agent)).json()
    assert (found["zone"], found["conversations"]) == (TOKYO, 1)
    assert [one["day"] for one in found["by_day"]] == [str(to_local_time(client.rig.clock(), TOKYO).date())]
    assert (await client.http.get("/v1/agent/metrics?days=0", headers=agent)).status_code == 422
