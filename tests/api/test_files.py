"""Files in the web chat: known by content, limited, found by nobody else, shown safely."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from assistant.conversation import files
from assistant.conversation.templates import render_template
from assistant.domain.file_types import clean_file_name, detect_file_type
from assistant.domain.signed_links import FILE_LINK_LIFETIME
from tests.api.conftest import ApiClient, ApiConversation
from tests.harness import LINK_KEY, build_file_url

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
PDF = b"%PDF-1.7\n" + bytes(8)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (PDF, "application/pdf"),
        ("注文の控え\n1行目".encode(), "text/plain"),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_a_file_is_what_its_content_says(data: bytes, kind: str | None) -> None:
    assert detect_file_type(data) == kind


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\sato\\\\label.pdf", "label.pdf"),
        ("..", "file"),
        (" .htaccess", "htaccess"),
        ("a\x00b\x1f.png", "ab.png"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("領収書.pdf", "領収書.pdf"),
    ],
)
def test_a_files_name_is_only_a_name(name: str, plain: str) -> None:
    assert clean_file_name(name) == plain


async def send(
    client: ApiClient, url: str, headers: dict[str, str], data: bytes, name: str = "a.png", id_: str = ""
) -> httpx2.Response:
    query = {"id": id_ or str(uuid4()), "name": name}
    return await client.http.post(f"{url}/files", params=query, content=data, headers=headers)


def of(talk: ApiConversation) -> str:
    return f"/v1/conversations/{talk.id}"


async def load(client: ApiClient, url: str, headers: dict[str, str]) -> httpx2.Response:
    return await client.http.get(url, headers=headers)


async def claimed(client: ApiClient) -> tuple[dict[str, str], ApiConversation, str]:
    agent, talk = await client.hire(), await client.open()
    url = f"/v1/agent/conversations/{talk.id}"
    await client.http.post(f"{url}/claim", headers=agent)
    return agent, talk, url


async def test_a_customers_picture_reaches_the_agent_and_is_answered(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    sent = await send(client, of(talk), talk.headers, PNG, name="割れた皿.png")
    assert sent.status_code == 201, sent.text
    (file,) = sent.json()["message"]["media"]
    assert (file["name"], file["type"], file["kind"]) == ("割れた皿.png", "image/png", "image")
    assert (await talk.answered())[0]["text"] == render_template("cannot_read_file", "ja")
    table = (await load(client, f"/v1/agent/conversations/{talk.id}", agent)).json()
    assert table["messages"][0]["media"][0]["id"] == file["id"]
    shown = await load(client, f"/v1/agent/media/{file['id']}?inline=true", agent)
    assert shown.content == PNG
    assert shown.headers["content-disposition"].startswith("inline")
    assert "sandbox" in shown.headers["content-security-policy"]
    saved = await load(client, f"/v1/agent/media/{file['id']}", agent)
    assert saved.headers["content-disposition"].startswith("attachment")


async def test_an_agents_file_reaches_the_customer_and_nobody_else(client: ApiClient) -> None:
    agent, talk, url = await claimed(client)
    sent = await send(client, url, agent, PDF, name="../../label.pdf")
    assert sent.status_code == 201, sent.text
    message = (await talk.get())["messages"][-1]
    assert message["media"][0]["name"] == "label.pdf"
    media = f"/media/{message['media'][0]['id']}"
    assert (await load(client, of(talk) + media, talk.headers)).content == PDF
    stranger = await client.open()
    assert (await load(client, of(stranger) + media, stranger.headers)).status_code == 404
    assert (await load(client, of(talk) + media, stranger.headers)).status_code == 404
    inline = await load(client, f"/v1/agent{media}?inline=true", agent)
    assert inline.headers["content-disposition"].startswith("attachment")  # only pictures are shown


async def test_a_card_in_a_files_name_is_masked_and_nothing_in_it_is_invisible(client: ApiClient) -> None:
    agent, talk, url = await claimed(client)
    await send(client, of(talk), talk.headers, PNG, name="4111 1111 1111 1111 \u202egnp.exe.png")
    for said in (await talk.get(), (await client.http.get(url, headers=agent)).json()):
        (name,) = [media["name"] for message in said["messages"] for media in message["media"]]
        assert name == "••••1111 gnp.exe.png"


async def test_the_same_id_again_adds_nothing(client: ApiClient) -> None:
    agent, talk, url = await claimed(client)
    id_, other = str(uuid4()), str(uuid4())
    for _ in range(2):
        assert (await send(client, of(talk), talk.headers, PNG, id_=id_)).status_code == 201
        assert (await send(client, url, agent, PNG, id_=other)).status_code == 201
    said = [message for message in (await talk.get())["messages"] if message["media"]]
    assert [len(message["media"]) for message in said] == [1, 1]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"MZ\x90\x00", 422),
        (b"", 422),
        (PNG + bytes(8 * 1024 * 1024), 413),
        (PNG + bytes(10 * 1024 * 1024), 413),
    ],
    ids=["a program", "nothing", "too large", "much too large"],
)
async def test_what_is_not_taken(client: ApiClient, data: bytes, status: int) -> None:
    agent, talk, url = await claimed(client)
    assert (await send(client, of(talk), talk.headers, data)).status_code == status
    assert (await send(client, url, agent, data)).status_code == status
    assert not any(message["media"] for message in (await talk.get())["messages"])


async def test_only_the_owner_sends_files_and_a_conversation_has_room_for_some(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, talk, url = await claimed(client)
    assert (await send(client, url, await client.hire("Sato"), PNG)).status_code == 409
    monkeypatch.setattr(files, "MAX_FILES", 1)
    assert (await send(client, url, agent, PNG)).status_code == 201
    assert (await send(client, of(talk), talk.headers, PNG)).status_code == 413
    await client.http.post(f"{url}/resolve", json={"outcome": "solved"}, headers=agent)
    assert (await send(client, of(talk), talk.headers, PNG)).json()["error"]["code"] == "conversation_closed"


async def test_links_of_agents_lead_anywhere_and_those_of_customers_nowhere(client: ApiClient) -> None:
    agent, talk, url = await claimed(client)
    body: dict[str, Any] = {"id": str(uuid4()), "text": "こちらです https://track.example/1?a=b"}
    await client.http.post(f"{url}/messages", json=body, headers=agent)
    await talk.say("https://evil.example/x")
    html = [message["html"] for message in (await talk.get())["messages"] if message["author"] != "system"]
    assert 'href="https://track.example/1?a=b"' in html[0].replace("&amp;", "&")
    assert "noopener" in html[0]
    assert "href" not in html[1]


async def test_the_app_loads_an_agents_file_by_its_link_until_it_expires(client: ApiClient) -> None:
    agent, _, url = await claimed(client)
    sent = await send(client, url, agent, PNG)
    media = sent.json()["message"]["media"][0]["id"]
    link = build_file_url(media, client.rig.clock()).removeprefix("https://help.example.jp")
    client.app.state.context = replace(client.app.state.context, link_key=LINK_KEY)
    shown = await client.http.get(link)
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert (await client.http.get(link[:-1] + "x")).status_code == 404
    expired = build_file_url(media, client.rig.clock() - FILE_LINK_LIFETIME - timedelta(seconds=1))
    assert (await client.http.get(expired.removeprefix("https://help.example.jp"))).status_code == 404
