"""Ids of requests, durations, what a log line tells."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from tests.api.conftest import ApiClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What is logged, with what is known in its context."""
    capture, before = LogCapture(), structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, capture], cache_logger_on_first_use=False
    )
    yield capture.entries
    structlog.configure(**before)


async def test_a_response_names_the_request_and_a_proxys_name_is_kept(client: ApiClient) -> None:
    own = (await client.http.get("/healthz")).headers["x-request-id"]
    other = (await client.http.get("/healthz")).headers["x-request-id"]
    assert len(own) == 32
    assert own != other
    given = await client.http.get("/healthz", headers={"X-Request-ID": "lb-0123456789"})
    assert given.headers["x-request-id"] == "lb-0123456789"
    hostile = await client.http.get("/healthz", headers={"X-Request-ID": '"><script>alert(1)'})
    assert "script" not in hostile.headers["x-request-id"]


async def test_durations_are_counted_by_route_and_never_by_path(client: ApiClient) -> None:
    talk = await client.open()
    await talk.get()
    await client.http.get(f"/nothing/{talk.id}")
    text = (await client.http.get("/metrics")).text
    route = 'method="GET",route="/v1/conversations/{conversation}",status="200"'
    assert f'http_server_request_duration_seconds_bucket{{le="0.5",{route}}}' in text
    assert 'route="other",status="404"' in text
    assert talk.id not in text


async def test_a_line_of_a_request_has_its_ids(
    client: ApiClient, lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await client.open()
    monkeypatch.setattr("assistant.api.customer.customer_actions.save_rating", None)
    failed = await talk.post("feedback", {"kind": "csat", "value": 5})
    assert failed.status_code == 500
    (line,) = [line for line in lines if line["event"] == "request failed"]
    assert line["conversation"] == talk.id
    assert line["request"]


async def test_a_line_of_a_job_has_its_conversation(
    client: ApiClient, lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("assistant.conversation.turn.think.analyze_turn", fail)
    talk = await client.open()
    await talk.say("返品の期限は？")
    async with asyncio.timeout(5):
        while not (found := [line for line in lines if line["event"] == "work failed"]):
            await asyncio.sleep(0.02)
    assert found[0]["conversation"] == talk.id
    assert found[0]["job"] == "turn"
