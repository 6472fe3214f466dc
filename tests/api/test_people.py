"""The team's accounts over HTTP: invitations, roles, disabling, and everybody's own password and tokens."""

from typing import Any

import httpx2
import pytest

from assistant.domain.people import Agent
from tests.api.conftest import PASSWORD, ApiClient

URL = "/v1/agent"
Headers = dict[str, str]


@pytest.fixture
async def admin(client: ApiClient) -> Headers:
    return await client.hire("Admin", admin=True)


async def invite(client: ApiClient, admin: Headers, **body: Any) -> tuple[str, str]:
    """The id and the secret of an invited person."""
    person = {"email": "Sato@shop.example", "name": "佐藤", "role": "lead"} | body
    made = await client.http.post(f"{URL}/people", json=person, headers=admin)
    assert made.status_code == 201, made.text
    return made.json()["id"], made.json()["link"].rpartition("/welcome/")[2]


async def accept(client: ApiClient, secret: str, password: str = PASSWORD) -> httpx2.Response:
    return await client.http.post(f"{URL}/invitation", json={"secret": secret, "password": password})


async def sign_in(client: ApiClient, password: str, email: str = "sato@shop.example") -> httpx2.Response:
    return await client.http.post(f"{URL}/login", json={"email": email, "password": password})


async def people(client: ApiClient, admin: Headers) -> dict[str, dict[str, Any]]:
    found = (await client.http.get(f"{URL}/people", headers=admin)).json()["people"]
    return {one["email"]: one for one in found}


async def test_somebody_is_invited_chooses_a_password_and_is_in(client: ApiClient, admin: Headers) -> None:
    _, secret = await invite(client, admin)
    before = (await people(client, admin))["sato@shop.example"]
    assert (before["role"], before["invited_until"] is not None) == ("lead", True)
    assert (await sign_in(client, "")).status_code == 401
    assert (await accept(client, secret, "short")).status_code == 422
    entered = await accept(client, secret)
    assert entered.json()["agent"]["lead"] is True
    assert (await client.http.get(f"{URL}/me")).json()["agent"]["name"] == "佐藤"
    assert (await accept(client, secret)).status_code == 401
    assert (await sign_in(client, PASSWORD)).status_code == 200
    assert (await people(client, admin))["sato@shop.example"]["invited_until"] is None


async def test_a_new_link_ends_the_one_before(client: ApiClient, admin: Headers) -> None:
    agent, secret = await invite(client, admin)
    again = await client.http.post(f"{URL}/people/{agent}/invite", headers=admin)
    assert (await accept(client, secret)).status_code == 401
    assert (await accept(client, again.json()["link"].rpartition("/")[2])).status_code == 200


async def test_who_is_disabled_is_out_and_their_customers_wait_again(
    client: ApiClient, admin: Headers
) -> None:
    agent, secret = await invite(client, admin)
    csrf = {"X-CSRF-Token": (await accept(client, secret)).json()["csrf"]}
    talk = await client.open()
    await client.http.post(f"{URL}/conversations/{talk.id}/claim", headers=csrf)
    assert (await talk.get())["state"] == "agent"
    told = await client.http.post(f"{URL}/people/{agent}/disable", headers=admin)
    assert [one["disabled"] for one in told.json()["people"] if one["id"] == agent] == [True]
    assert (await client.http.get(f"{URL}/me")).status_code == 401
    assert (await sign_in(client, PASSWORD)).status_code == 401
    assert (await talk.get())["state"] == "queued"
    assert (await client.http.post(f"{URL}/people/{agent}/invite", headers=admin)).status_code == 409
    await client.http.post(f"{URL}/people/{agent}/enable", headers=admin)
    assert (await sign_in(client, PASSWORD)).status_code == 200


@pytest.mark.parametrize("step", ["transfer", "reassign"])
@pytest.mark.parametrize(("claimed", "is_disabled"), [(True, True), (True, False), (False, True)])
async def test_nobody_hands_a_conversation_to_a_colleague_who_cannot_sign_in(
    client: ApiClient, admin: Headers, step: str, claimed: bool, is_disabled: bool
) -> None:
    agent = (await invite(client, admin))[0]  # has chosen no password
    if is_disabled:
        await client.hire("Mori")
        agent = (await people(client, admin))["mori@shop.example"]["id"]
        assert (await client.http.post(f"{URL}/people/{agent}/disable", headers=admin)).status_code == 200
    talk = await client.open()
    if claimed:
        await client.http.post(f"{URL}/conversations/{talk.id}/claim", headers=admin)
    refused = await client.http.post(
        f"{URL}/conversations/{talk.id}/{step}", json={"agent": agent}, headers=admin
    )
    assert refused.status_code == 404
    capacity = await client.http.post(f"{URL}/agents/{agent}/capacity", json={"capacity": 1}, headers=admin)
    assert capacity.status_code == 404
    seen = (await client.http.get(f"{URL}/conversations/{talk.id}", headers=admin)).json()["agents"]
    assert [one["name"] for one in seen] == ["Admin"]


async def test_somebody_who_can_sign_in_stays_administrator(client: ApiClient, admin: Headers) -> None:
    (one,) = (await people(client, admin)).values()
    await invite(client, admin, role="admin")  # has chosen no password
    await client.hire("Mori", admin=True)
    disabled = (await people(client, admin))["mori@shop.example"]["id"]
    assert (await client.http.post(f"{URL}/people/{disabled}/disable", headers=admin)).status_code == 200
    demoted = {"role": "lead"}
    for path, body in (("role", demoted), ("disable", None)):
        refused = await client.http.post(f"{URL}/people/{one['id']}/{path}", json=body, headers=admin)
        assert refused.json()["error"]["code"] == "last_admin"
    await client.hire("Second", admin=True)
    done = await client.http.post(f"{URL}/people/{one['id']}/role", json=demoted, headers=admin)
    assert done.status_code == 200
    assert (await client.http.get(f"{URL}/people", headers=admin)).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "people"),
        ("POST", "people"),
        ("POST", "people/x/role"),
        ("POST", "people/x/disable"),
        ("POST", "people/x/enable"),
        ("POST", "people/x/invite"),
        ("POST", "people/x/revoke"),
    ],
)
async def test_leads_look_after_no_accounts(client: ApiClient, method: str, path: str) -> None:
    lead = await client.hire("Lead", lead=True)
    body = {"email": "x@shop.example", "name": "x", "role": "admin"}
    refused = await client.http.request(method, f"{URL}/{path}", json=body, headers=lead)
    assert refused.status_code == 403


async def test_a_changed_password_ends_other_sessions(client: ApiClient, admin: Headers) -> None:
    _, secret = await invite(client, admin)
    await accept(client, secret)
    old = dict(client.http.cookies)
    csrf = {"X-CSRF-Token": (await sign_in(client, PASSWORD)).json()["csrf"]}
    wrong = {"current": "something else", "password": "a new password"}
    assert (await client.http.post(f"{URL}/password", json=wrong, headers=csrf)).status_code == 403
    right = wrong | {"current": PASSWORD}
    changed = await client.http.post(f"{URL}/password", json=right, headers=csrf)
    assert changed.status_code == 200
    assert (await client.http.get(f"{URL}/me")).status_code == 200
    other = httpx2.AsyncClient(base_url=client.http.base_url, cookies=old)
    assert (await other.get(f"{URL}/me")).status_code == 401
    await other.aclose()


async def test_tokens_are_made_listed_and_ended_by_their_owner(client: ApiClient, admin: Headers) -> None:
    made = await client.http.post(f"{URL}/tokens", json={"label": "nightly export"}, headers=admin)
    token = {"Authorization": f"Bearer {made.json()['token']}"}
    listed = (await client.http.get(f"{URL}/credentials", headers=token)).json()["credentials"]
    (mine,) = [one for one in listed if one["current"]]
    assert (mine["kind"], mine["label"]) == ("token", "nightly export")
    other = await client.hire("Other")
    stranger = await client.http.delete(f"{URL}/credentials/{mine['id']}", headers=other)
    assert stranger.status_code == 404
    assert (await client.http.delete(f"{URL}/credentials/{mine['id']}", headers=admin)).status_code == 204
    assert (await client.http.get(f"{URL}/me", headers=token)).status_code == 401


@pytest.mark.parametrize("email", ["sato", "a@b@c", "a b@c.example"])
async def test_what_is_no_address_is_refused(client: ApiClient, admin: Headers, email: str) -> None:
    person = {"email": email, "name": "x"}
    assert (await client.http.post(f"{URL}/people", json=person, headers=admin)).status_code == 422
    twice = {"email": "admin@shop.example", "name": "x"}
    assert (await client.http.post(f"{URL}/people", json=twice, headers=admin)).status_code == 409


def test_a_role_has_one_name() -> None:
    facts = {"id": "a", "email": "a@shop.example", "name": "A"}
    roles = [Agent(**facts, admin=admin, lead=lead).role for admin in (0, 1) for lead in (0, 1)]  # type: ignore[arg-type]
    assert roles == ["agent", "lead", "admin", "admin"]
