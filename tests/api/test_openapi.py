"""The API's description: complete, stable, and what is really sent."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from assistant.api import build_routes
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient
from tests.harness import Harness
from tests.test_house import ROOT

DESCRIPTION: dict[str, Any] = build_routes().openapi()
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    (path, operation) for path, methods in DESCRIPTION["paths"].items() for operation in methods.values()
]
#: They carry a signature of the app, desk or link, a password, or nothing that is anybody's.
OPEN = re.compile(
    r"/v1/(conversations|widget(/logo)?|agent/(login|invitation|oidc(/start|/callback)?)|business/events|channels/.*|desks/.*|files/.*)"
    r"|/healthz|/readyz"
)


def test_the_stored_description_is_up_to_date() -> None:
    """Whoever changes the API sees in the diff what clients will see; `scripts/generate-types` writes it."""
    assert json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8")) == DESCRIPTION


def test_each_operation_id_is_there_once() -> None:
    ids = Counter(operation["operationId"] for _, operation in OPERATIONS)
    assert [name for name, times in ids.items() if times > 1 or not re.fullmatch("[a-z_]+", name)] == []


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=[one["operationId"] for _, one in OPERATIONS])
def test_every_operation_says_what_it_does_returns_and_asks_for(path: str, operation: dict[str, Any]) -> None:
    assert operation["description"]
    assert ("security" not in operation) == bool(OPEN.fullmatch(path))
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status in ("204", "303"):  # nothing, and a redirect
            continue
        assert all("additionalProperties" not in one["schema"] and one["schema"] for one in content.values())
        assert content, status
    assert operation["responses"]["4XX"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "/ErrorOut"
    )
    if body := operation.get("requestBody"):
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert name == "TypingIn" or DESCRIPTION["components"]["schemas"][name]["examples"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_an_agent_gets_every_part_of_a_packet(
    client: ApiClient, rig: Harness, database: SqlDatabase[SqlStore]
) -> None:
    """FastAPI leaves out what its type does not name: nothing of a packet may be lost so."""
    talk = await client.open()
    await talk.say(
        "注文番号 AB-12345 の商品が届きません。何度も連絡しています。もう限界です、責任者を出してください"
    )
    await talk.post("handoff")
    await talk.answered()
    stored = await database.read(lambda store: store.handoffs.load_last_packet(talk.id))
    shown = await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=await client.hire())
    assert stored is not None
    assert keys(shown.json()["handoff"]) >= keys(stored)


def keys(value: Any, path: str = "") -> set[str]:
    """Every key of *value*, with where it is."""
    if isinstance(value, dict):
        return {f"{path}/{name}" for name in value} | {
            found for name, inner in value.items() for found in keys(inner, f"{path}/{name}")
        }
    return {found for inner in value for found in keys(inner, path)} if isinstance(value, list) else set()
