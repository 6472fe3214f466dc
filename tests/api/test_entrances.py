"""Who may come in where: pages that are not framed, numbers for operators, sessions and tokens that end."""

import asyncio
import importlib
import pkgutil
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel, ValidationError

import assistant.api
from assistant.api import live_updates, rate_limit_rules
from assistant.api.metrics import MetricTotals, count_totals
from assistant.conversation.inbound.conversation_start import TOKEN_LASTS
from tests.api.conftest import PASSWORD, ApiClient, ApiConversation

STRANGER = {"X-Forwarded-For": "198.51.100.7"}


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/console", "/console/index.html", "/docs/index.html", "/demo/index.html", "/demo/nothing.js"),
        *("/help/ja/returns.md", "/v1/nothing", "/nothing", "/healthz", "/v1/widget"),
    ],
)
async def test_nothing_of_ours_can_be_framed(client: ApiClient, tmp_path: Path, path: str) -> None:
    for name in ("console", "docs", "demo"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "index.html").write_text("<!doctype html>")
    headers = (await client.http.get(path)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize("path", ["/demo", "/docs//", "/v1/agent/me/", "/console//evil.example"])
async def test_the_host_that_a_caller_names_decides_no_redirect(client: ApiClient, path: str) -> None:
    response = await client.http.get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in response.headers.get("location", "")


def list_request_models() -> list[type[BaseModel]]:
    for module in pkgutil.walk_packages(assistant.api.__path__, "assistant.api."):
        importlib.import_module(module.name)
    mine = [one for one in BaseModel.__subclasses__() if one.__module__.startswith("assistant.api.")]
    return [one for one in mine if one.__name__.endswith("In")]


def test_no_body_has_a_time_that_cannot_be_reckoned_with() -> None:
    times = [
        (model, name)
        for model in list_request_models()
        for name, field in model.model_fields.items()
        if re.search(r"AwareDatetime|datetime\.datetime", str(field.annotation))
    ]
    assert {"slot_from", "until", "due_at"} <= {name for _, name in times}
    for model, name in times:
        for moment in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-12-01T09:00:00"):
            with pytest.raises(ValidationError) as refused:
                model.model_validate({name: moment})
            assert (name,) in [error["loc"] for error in refused.value.errors()]


async def test_metrics_are_for_this_machine(client: ApiClient) -> None:
    for headers in ({}, {"Host": "localhost:8000"}, {"Host": "[::1]:8000"}):
        assert (await client.http.get("/metrics", headers=headers)).status_code == 200
    strangers = [STRANGER, {"Origin": "https://evil.example"}, {"Forwarded": "for=198.51.100.7"}]
    strangers += [
        {"X-Real-IP": "198.51.100.7"},
        {"X-Forwarded-Host": "shop.example"},
        {"Host": "shop.example"},
    ]
    for headers in strangers:
        assert (await client.http.get("/metrics", headers=headers)).status_code == 403


async def test_metrics_are_for_whoever_has_the_token(client: ApiClient) -> None:
    object.__setattr__(client.app.state.context, "metrics_token", "a token of operators")
    for sent, status in (("Bearer a token of operators", 200), ("Bearer wrong", 401), ("", 401)):
        headers = STRANGER | ({"Authorization": sent} if sent else {})
        assert (await client.http.get("/metrics", headers=headers)).status_code == status


async def test_metrics_are_counted_once_for_all_who_ask(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0

    def counting(*given: Any) -> MetricTotals:
        nonlocal counted
        counted += 1
        return count_totals(*given)

    monkeypatch.setattr("assistant.api.health.count_totals", counting)
    answers = await asyncio.gather(*(client.http.get("/metrics") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert counted == 1


async def test_the_api_describes_itself_to_this_machine_unless_told(client: ApiClient) -> None:
    assert (await client.http.get("/openapi.json")).status_code == 200
    assert (await client.http.get("/openapi.json", headers=STRANGER)).status_code == 404
    object.__setattr__(client.app.state.context, "public_docs", True)
    assert (await client.http.get("/openapi.json", headers=STRANGER)).status_code == 200


@pytest.mark.parametrize("query", ["after=9223372036854775808", "after=-1", "after=１", "after=1e3"])
async def test_a_cursor_that_no_page_gave_is_refused(client: ApiClient, query: str) -> None:
    agent = await client.hire()
    assert (await client.http.get(f"/v1/agent/conversations?{query}", headers=agent)).status_code == 422


async def test_a_long_conversation_is_read_in_pages(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.api.customer.MESSAGES", 3)
    monkeypatch.setattr(live_updates, "PAGE", 2)
    talk = await client.open()
    for number in range(7):
        await talk.say(f"{number}")
    await talk.post("close")
    first = await talk.get()
    url = f"/v1/conversations/{talk.id}?after={first['next']}"
    second = (await client.http.get(url, headers=talk.headers)).json()
    assert [one["seq"] for one in first["messages"]] == [1, 2, 3]
    assert [one["seq"] for one in second["messages"]] == [4, 5, 6]
    heard = await listened(client, talk, until='"seq":7')
    assert [f'"seq":{number},' in heard for number in range(1, 8)] == [True] * 7
    assert heard.count("event: message") == 7


async def listened(client: ApiClient, talk: ApiConversation, until: str) -> str:
    said, url = "", f"/v1/conversations/{talk.id}/events"
    async with asyncio.timeout(10), client.http.stream("GET", url, headers=talk.headers) as response:
        async for text in response.aiter_text():
            said += text
            if until in said:
                break
    return said


async def test_a_visitor_has_so_many_streams_and_no_more(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit_rules, "STREAMS_OF_TOKEN", 2)
    talk = await client.open()
    url = f"/v1/conversations/{talk.id}/events"
    async with client.http.stream("GET", url, headers=talk.headers):
        async with client.http.stream("GET", url, headers=talk.headers):
            assert (await client.http.get(url, headers=talk.headers)).status_code == 429
        async with asyncio.timeout(5):  # an ended one leaves room
            while True:
                async with client.http.stream("GET", url, headers=talk.headers) as again:
                    if again.status_code == 200:
                        break
                await asyncio.sleep(0.02)


async def test_an_agent_who_signs_out_hears_nothing_more(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_updates, "HEARTBEAT_SECONDS", 0.1)
    await client.hire()
    body = {"email": "mori@shop.example", "password": PASSWORD}
    csrf = {"X-CSRF-Token": (await client.http.post("/v1/agent/login", json=body)).json()["csrf"]}
    async with asyncio.timeout(10), client.http.stream("GET", "/v1/agent/events") as stream:
        assert (await client.http.post("/v1/agent/logout", headers=csrf)).status_code == 204
        async for _ in stream.aiter_text():
            pass  # until it ends


async def test_an_agent_who_is_disabled_hears_nothing_more(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within seconds, though nothing happens that would wake the stream."""
    monkeypatch.setattr(live_updates, "SESSION_CHECK_SECONDS", 0.1)
    assert live_updates.HEARTBEAT_SECONDS == 10
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    me = (await client.http.get("/v1/agent/me", headers=agent)).json()["agent"]["id"]
    async with asyncio.timeout(8), client.http.stream("GET", "/v1/agent/events", headers=agent) as stream:
        done = await client.http.post(f"/v1/agent/people/{me}/disable", headers=admin)
        assert done.status_code == 200
        async for _ in stream.aiter_text():
            pass  # until it ends


async def test_a_token_ends_some_time_after_its_conversation(client: ApiClient) -> None:
    talk = await client.open()
    await talk.say("こんにちは")
    await talk.post("close")
    assert await talk.get()

    def long_ago(store: Any) -> None:
        from dataclasses import replace

        found = store.conversations.get(talk.id)
        closed = found.closed_at - TOKEN_LASTS - timedelta(minutes=1)
        store.conversations.save(replace(found, closed_at=closed))

    await client.rig.database.write(long_ago)
    assert (await client.http.get(f"/v1/conversations/{talk.id}", headers=talk.headers)).status_code == 404
    again = await client.http.post(
        "/v1/conversations", json={"previous": {"id": talk.id, "token": talk.token}}
    )
    assert again.status_code == 201


async def test_links_and_logouts_are_noted(client: ApiClient) -> None:
    agent, one, other = await client.hire(), await client.open(), await client.open()
    url = f"/v1/agent/conversations/{one.id}/links"
    body = {"conversation": other.id, "reason": "the same order"}
    link: httpx2.Response = await client.http.post(url, json=body, headers=agent)
    await client.http.delete(f"/v1/agent/links/{link.json()['id']}", headers=agent)
    noted = await client.rig.database.read(lambda store: store.audit.list_entries())
    actions = [one.action for one in noted if one.actor.startswith("agent:")]
    assert actions == ["link", "unlink"]
    assert "the same order" not in str(noted)
