"""Events that the business's own systems push: only signed, each once, nothing of them but facts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.api.business import MAX_EVENT_BYTES
from assistant.domain.webhook_signatures import sign_payload
from tests.api.conftest import BACKEND_KEY, ApiClient

EVENT = {
    "type": "order.shipped",
    "timestamp": "2026-11-23T03:00:00Z",
    "data": {"customer": {"type": "web", "value": "sato"}, "order": {"id": "KM-1", "eta": "2026-11-25"}},
}


async def push(client: ApiClient, body: bytes, *, key: bytes = BACKEND_KEY, name: str = "msg_1") -> Any:
    headers = sign_payload(key, name, datetime.now(UTC), body)
    return await client.http.post("/v1/business/events", content=body, headers=headers)


async def test_an_event_is_taken_in_once(client: ApiClient) -> None:
    body = json.dumps(EVENT).encode()
    first, second = await push(client, body), await push(client, body)
    assert (first.status_code, first.json()) == (200, {"duplicate": False, "newer": 1, "notices": 0})
    assert (second.status_code, second.json()) == (200, {"duplicate": True, "newer": 0, "notices": 0})
    (fact,) = await client.rig.database.read(
        lambda store: store.customer_facts.list_by_identities([("web", "sato")])
    )
    assert (fact.key, fact.value) == ("order:KM-1", "status shipped; eta 2026-11-25")


async def test_nothing_unsigned_is_taken_in(client: ApiClient) -> None:
    body = json.dumps(EVENT).encode()
    assert (await push(client, body, key=b"somebody else's key")).status_code == 401
    assert (await client.http.post("/v1/business/events", content=body)).status_code == 401


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"type": 1}', b"[" * 20_000])
async def test_what_is_no_event_is_refused(client: ApiClient, body: bytes) -> None:
    assert (await push(client, body)).status_code == 422


async def test_a_large_event_is_refused(client: ApiClient) -> None:
    assert (await push(client, b" " * (MAX_EVENT_BYTES + 1))).status_code == 413
