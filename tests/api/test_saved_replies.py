"""Saved replies: filled in for the customer, counted, imported as a whole or not at all."""

from typing import Any

import pytest

from tests.api.conftest import ApiClient

URL = "/v1/agent/saved-replies"


async def save(client: ApiClient, agent: dict[str, str], **body: Any) -> dict[str, Any]:
    response = await client.http.post(URL, json={"name": "挨拶", "text": "こんにちは", **body}, headers=agent)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


async def use(client: ApiClient, agent: dict[str, str], reply: str, conversation: str) -> str:
    url = f"{URL}/{reply}/use"
    response = await client.http.post(url, json={"conversation": conversation}, headers=agent)
    assert response.status_code == 200, response.text
    return str(response.json()["text"])


@pytest.mark.parametrize(
    ("name", "text", "filled"),
    [
        ("田中花子", "{{customer_name}}、担当の{{ agent_name }}です。", "田中花子様、担当のMoriです。"),
        ("田中花子", "{{customer_name}}様 お待たせしました", "田中花子様 お待たせしました"),
        (None, "{{customer_name}} 様、こんにちは", "お客様、こんにちは"),
        ("{{agent_name}}", "{{customer_name}}へ", "{{agent_name}}様へ"),
        ("田中", "{{channel}} {{conversation_id}}", "web ID"),
    ],
)
async def test_variables_are_filled_in(client: ApiClient, name: str | None, text: str, filled: str) -> None:
    agent, talk = (
        await client.hire(),
        await client.open(customer={"id": "c1", "name": name} if name else None),
    )
    reply = await save(client, agent, text=text)
    assert await use(client, agent, reply["id"], talk.id) == filled.replace("ID", talk.id)


async def test_the_most_used_comes_first_and_its_tags_are_put_on(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    await save(client, agent, name="A")
    reply = await save(client, agent, name="B", tags=["挨拶済み", "挨拶\u200b済み"])
    assert reply["tags"] == ["挨拶済み"]
    known = (await client.http.get("/v1/agent/tags", headers=agent)).json()["tags"]
    assert [tag["name"] for tag in known] == ["挨拶済み"], "a tag exists from when a reply names it"
    await client.http.post(f"/v1/agent/conversations/{talk.id}/tags", json={"tags": ["VIP"]}, headers=agent)
    await use(client, agent, reply["id"], talk.id)
    listed = (await client.http.get(URL, headers=agent)).json()
    assert [(one["name"], one["used"]) for one in listed["replies"]] == [("B", 1), ("A", 0)]
    assert "customer_name" in listed["variables"]
    view = (await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)).json()
    assert {tag["name"] for tag in view["conversation"]["tags"]} == {"VIP", "挨拶済み"}


async def test_nothing_is_changed_into_being(client: ApiClient) -> None:
    agent = await client.hire()
    body = {"name": "挨拶", "text": "こんにちは"}
    assert (await client.http.post(f"{URL}/unknown", json=body, headers=agent)).status_code == 404
    assert (await client.http.get(URL, headers=agent)).json()["replies"] == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"text": "{{customer_nmae}}様"}, "customer_nmae"),
        ({"text": " "}, "text"),
        ({"text": "x" * 4_001}, "4000"),
        ({"name": " "}, "name"),
        ({"text": "\u200b\u3164"}, "text"),
    ],
)
async def test_what_customers_would_read_wrong_is_refused(
    client: ApiClient, body: dict[str, str], says: str
) -> None:
    agent = await client.hire()
    refused = await client.http.post(URL, json={"name": "A", "text": "B", **body}, headers=agent)
    assert refused.status_code == 422
    assert says in refused.json()["error"]["message"]
    assert (await client.http.get(URL, headers=agent)).json()["replies"] == []


async def test_ones_own_replies_are_ones_own_and_everybodys_are_the_leads(client: ApiClient) -> None:
    agent, other, admin = (
        await client.hire(),
        await client.hire("Sato"),
        await client.hire("Lead", admin=True),
    )
    own, body = await save(client, agent), {"name": "x", "text": "y"}
    assert (await client.http.get(URL, headers=other)).json()["replies"] == []
    assert (await client.http.post(f"{URL}/{own['id']}", json=body, headers=other)).status_code == 404
    assert (await client.http.delete(f"{URL}/{own['id']}", headers=other)).status_code == 404
    assert (await client.http.post(URL, json=body | {"shared": True}, headers=agent)).status_code == 403
    shared = await save(client, admin, shared=True)
    assert (await client.http.post(f"{URL}/{shared['id']}", json=body, headers=agent)).status_code == 403
    assert (await client.http.delete(f"{URL}/{shared['id']}", headers=agent)).status_code == 403
    assert (await client.http.delete(f"{URL}/{own['id']}", headers=agent)).status_code == 204
    assert [one["id"] for one in (await client.http.get(URL, headers=agent)).json()["replies"]] == [
        shared["id"]
    ]


async def test_an_import_adds_and_changes(client: ApiClient) -> None:
    agent = await client.hire()
    table = (
        "\ufeffname,text,language,tags\n"
        '挨拶,"{{customer_name}}様\nこんにちは",ja,初回;VIP\n'
        "Hello,Hi {{customer_name}},en,\n\n"
    )
    first = await client.http.post(f"{URL}/import", json={"csv": table}, headers=agent)
    assert first.json() == {"added": 2, "changed": 0}
    again = table.replace("こんにちは", "お世話になっております")
    assert (await client.http.post(f"{URL}/import", json={"csv": again}, headers=agent)).json() == {
        "added": 0,
        "changed": 2,
    }
    listed = (await client.http.get(URL, headers=agent)).json()["replies"]
    assert {(one["name"], tuple(one["tags"])) for one in listed} == {("挨拶", ("初回", "VIP")), ("Hello", ())}
    assert "お世話になっております" in "".join(one["text"] for one in listed)


@pytest.mark.parametrize(
    ("table", "says", "line"),
    [
        ("name,text\nA,ok\nB,{{oops}}", "Row 3: There is no variable {{oops}}", 3),
        ('name,text\nA,"o\nk"\nB,{{oops}}', "Row 3: There is no variable {{oops}}", 3),
        ("title,text\nA,b", "columns", 1),
        ("", "columns", 1),
        ('name,text\nA,"b', "Row 2 is no CSV", 2),
        ('name,text\nA,"o\nk"\nA,"b', "Row 3 is no CSV", 3),
        ("name,text\n" + "A,b\n" * 1_001, "1000 rows", None),
        ("name,text,tags\nA,b," + ";".join(map(str, range(21))), "20 tags", 2),
        ("name,text\n\u200b,b", "name", 2),
    ],
)
async def test_an_import_with_a_fault_adds_nothing(
    client: ApiClient, table: str, says: str, line: int | None
) -> None:
    agent = await client.hire()
    refused = await client.http.post(f"{URL}/import", json={"csv": table}, headers=agent)
    assert refused.status_code == 422
    assert says in refused.json()["error"]["message"]
    assert refused.json()["error"].get("line") == line
    assert (await client.http.get(URL, headers=agent)).json()["replies"] == []
