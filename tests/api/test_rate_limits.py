"""Every entrance has a limit, and nobody's limit is another's."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from assistant.api import rate_limit_rules
from assistant.api.client_address import get_client_address
from assistant.api.password_hashing import MAX_WAITING_LOGINS, PasswordVerifier
from assistant.api.rate_limit_rules import TABLE, RateLimitedRoute, get_route_limits
from assistant.api.rate_limits import LimitKey, Rate, RateLimit, RateLimiter
from assistant.domain.errors import RateLimited
from tests.api.conftest import PASSWORD, ApiClient, application

DOCS = (Path(__file__).parents[2] / "docs" / "limits.md").read_text("utf-8")
EVERY_LIMIT = [found for found in vars(rate_limit_rules).values() if isinstance(found, RateLimit)]


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the application; FastAPI keeps those of a router in the router."""
    found: list[APIRoute] = []
    for route in app.routes:
        inner: Any = getattr(route, "original_router", None)
        found += [one for one in inner.routes if isinstance(one, APIRoute)] if inner else []
        found += [route] if isinstance(route, APIRoute) else []
    return found


async def test_every_route_has_a_limit(client: ApiClient, tmp_path: Path) -> None:
    walked = routes(application(client.rig, {}, tmp_path))
    assert len(walked) > 45
    assert [route.path for route in walked if not isinstance(route, RateLimitedRoute)] == []
    rows = {f"{method} {route.path}" for route in walked for method in route.methods or ()}
    assert [row for row in rows if not row.startswith(("GET", "HEAD")) and row not in TABLE] == []
    assert sorted(set(TABLE) - rows) == [], "rows of calls that there are not"


def test_a_call_that_writes_and_has_no_limit_is_not_served() -> None:
    with pytest.raises(LookupError, match=r"rate_limit_rules\.py"):
        get_route_limits("POST", "/v1/new")


def test_the_docs_name_every_limit_with_its_numbers() -> None:
    for limit in EVERY_LIMIT:
        row = f"| {limit.name} | {limit.by} | {limit.rate.burst} | {limit.rate.per_second:g} |"
        assert row in DOCS, row


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("handoff", None),
        ("handoff/cancel", None),
        ("feedback", {"kind": "csat", "value": 5}),
        ("typing", {"on": True}),
        ("close", None),
        ("link-code", None),
    ],
)
async def test_whatever_a_customer_writes_is_limited(client: ApiClient, what: str, body: Any) -> None:
    talk = await client.open()
    codes = [(await talk.post(what, body)).status_code for _ in range(40)]
    assert 429 in codes
    other = await client.open()
    assert (await other.post(what, body)).status_code != 429, "another customer's limit is their own"


async def test_a_call_over_its_limit_is_not_read(client: ApiClient) -> None:
    """The body of a refused call is never parsed: 429 comes before 422."""
    talk = await client.open()
    codes = [(await talk.post("feedback", {"kind": "nonsense"})).status_code for _ in range(30)]
    assert set(codes) == {422, 429}


async def test_visitors_behind_a_proxy_have_limits_of_their_own(client: ApiClient) -> None:
    async def opened(address: str) -> int:
        headers = {"X-Forwarded-For": f"203.0.113.99, {address}"}
        return (await client.http.post("/v1/conversations", json={}, headers=headers)).status_code

    async def all_opened(*addresses: str) -> list[int]:
        return list(await asyncio.gather(*map(opened, addresses)))

    assert await all_opened(*(f"198.51.100.{number}" for number in range(70))) == [201] * 70
    # What a client itself writes before it changes nothing, and neighbours in one /64 are one.
    assert 429 in await all_opened(*["198.51.100.7"] * 61)
    assert 429 in await all_opened(*(f"2001:db8::{number:x}" for number in range(61)))


async def test_a_stranger_cannot_choose_an_address(client: ApiClient, tmp_path: Path) -> None:
    from starlette.requests import Request
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from assistant.api.client_address import get_client_address

    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(get_client_address(Request(scope)))

    trusting: Any = ProxyHeadersMiddleware(app, trusted_hosts=["10.0.0.0/8"])
    headers = [(b"x-forwarded-for", b"198.51.100.7")]
    for client_address in ("10.1.2.3", "203.0.113.5"):
        await trusting({"type": "http", "client": (client_address, 1), "headers": headers}, None, None)
    assert seen == ["198.51.100.7", "203.0.113.5"]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still, so that a busy machine gives nobody more."""
    monkeypatch.setattr(RateLimiter, "clock", staticmethod(lambda: 0.0))


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password fits, and no time is spent on finding that out."""
    monkeypatch.setattr("assistant.api.password_hashing.verify_password", lambda *_: False)


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("padding", ["", " ", "\t", "　", "  "])
async def test_an_account_is_one_however_it_is_typed(client: ApiClient, padding: str) -> None:
    await client.hire()
    codes = []
    for number in range(16):
        email = f"{padding * number}MORI@shop.example{padding * number}"
        body = {"email": email, "password": "wrong"}
        codes.append((await client.http.post("/v1/agent/login", json=body)).status_code)
    assert codes[0] == 401
    assert 429 in codes


@pytest.mark.usefixtures("never")
async def test_an_account_is_limited_from_many_addresses(client: ApiClient) -> None:
    await client.hire()
    codes = []
    for number in range(60):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        body = {"email": "mori@shop.example", "password": ""}
        codes.append((await client.http.post("/v1/agent/login", json=body, headers=headers)).status_code)
    assert codes.count(401) <= 52


async def test_nobody_waits_for_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop goes on while a password is hashed, and who comes when many wait is sent away."""
    done = threading.Event()
    monkeypatch.setattr("assistant.api.password_hashing.verify_password", lambda *_: done.wait(20))
    passwords = PasswordVerifier()
    waiting = [
        asyncio.create_task(passwords.verify_hash("hash", PASSWORD)) for _ in range(MAX_WAITING_LOGINS)
    ]
    await asyncio.sleep(0)
    with pytest.raises(RateLimited):
        await passwords.verify_hash("hash", PASSWORD)
    done.set()  # we could not get here if hashing held the loop
    assert await asyncio.gather(*waiting) == [True] * MAX_WAITING_LOGINS


@pytest.mark.usefixtures("never")
async def test_failed_logins_are_noted_with_their_address(client: ApiClient) -> None:
    await client.hire()
    for email in ("mori@shop.example", "nobody@shop.example"):
        body = {"email": email, "password": "wrong"}
        await client.http.post("/v1/agent/login", json=body, headers={"X-Forwarded-For": "198.51.100.9"})
    noted = await client.rig.database.read(lambda store: store.audit.list_entries())
    failed = [one for one in noted if one.action == "login_failed"]
    assert [one.actor.partition(":")[0] for one in failed] == ["agent", "stranger"]
    assert {one.details["address"] for one in failed} == {"198.51.100.9"}
    assert "nobody" not in str(failed)


def test_a_key_has_so_many_open_at_a_time() -> None:
    limits = RateLimiter()
    first, second = limits.reserve_slot("a", 2), limits.reserve_slot("a", 2)
    with pytest.raises(RateLimited):
        limits.reserve_slot("a", 2)
    limits.reserve_slot("b", 2)
    first()
    limits.reserve_slot("a", 2)
    second()


def test_a_limit_counts_by_key() -> None:
    limits, limit = RateLimiter(), RateLimit("x", LimitKey.ADDRESS, Rate(1, 0.001))
    limits.check_rate(limit, "a")
    limits.check_rate(limit, "b")
    with pytest.raises(RateLimited):
        limits.check_rate(limit, "a")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1:40000", "192.0.2.1"),
        ("[2001:db8::1]:40000", "2001:db8::/64"),
        ("[2001:db8::2]", "2001:db8::/64"),
        ("2001:db8::3", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_port_that_a_proxy_writes_makes_no_other_caller(host: str, counted: str) -> None:
    call = HTTPConnection({"type": "http", "client": (host, 0), "headers": []})
    assert get_client_address(call) == counted


async def test_a_response_tells_what_is_left_of_the_limit(client: ApiClient) -> None:
    talk = await client.open()
    first, second = [await talk.post("feedback", {"kind": "csat", "value": 5}) for _ in range(2)]
    assert first.headers["ratelimit-policy"] == '"feedback";q=20;w=100'
    assert [one.headers["ratelimit"] for one in (first, second)] == [
        '"feedback";r=19;t=5',
        '"feedback";r=18;t=5',
    ]


async def test_a_refusal_tells_the_limit_that_is_used_up(client: ApiClient) -> None:
    talk = await client.open()
    sent = [await talk.post("link-code") for _ in range(6)]
    assert [one.status_code for one in sent] == [201] * 5 + [429]
    assert (
        sent[-1].headers["ratelimit"]
        == f'"a code for another channel";r=0;t={sent[-1].headers["retry-after"]}'
    )


async def test_a_page_elsewhere_may_read_what_is_left(client: ApiClient) -> None:
    opened = await client.http.post("/v1/conversations", json={}, headers={"Origin": "https://shop.example"})
    exposed = opened.headers["access-control-expose-headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
