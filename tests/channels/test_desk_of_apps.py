"""What agents see of messaging apps, and who is known to be one person."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from assistant.api.auth import create_api_token
from assistant.conversation.inbound.customer_linking import issue_link_code
from assistant.domain.inbox import InboxFilter
from tests.channels.conftest import ChannelHarness
from tests.channels.line_platform import USER, LinePlatform, refusal, webhook

#: What is left of a name that would climb out of its folder.
PLAIN_NAME = '見積 "x".html'
PAGE = b"<html><script>alert(1)</script></html>"


async def headers(scene: ChannelHarness) -> dict[str, str]:
    mori = await scene.agent()
    token = await scene.rig.database.write(lambda store: create_api_token(store, mori, scene.rig.clock()))
    return {"Authorization": f"Bearer {token}"}


async def table(scene: ChannelHarness, conversation: str = "") -> dict[str, Any]:
    where = f"/v1/agent/conversations/{conversation or await scene.conversation()}"
    response = await scene.http.get(where, headers=await headers(scene))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_agents_see_what_became_of_each_message(scene: ChannelHarness, line: LinePlatform) -> None:
    line.revoked = True
    await scene.tell(webhook(line.message("返品の期限はいつまでですか", scene.rig.clock())))
    shown = await table(scene)
    assert shown["messages"][0]["delivery"] is None
    delivery = shown["messages"][1]["delivery"]
    assert (delivery["status"], "ASSISTANT_LINE_ACCESS_TOKEN" in delivery["error"]) == ("failed", True)
    assert (shown["channel"]["name"], shown["channel"]["limits"][0]["en"][:7]) == ("line", "Replies")


async def test_a_file_is_saved_and_never_shown(scene: ChannelHarness, line: LinePlatform) -> None:
    line.files["7"] = PAGE
    file = {"id": "7", "type": "file", "fileName": '../../見積 "x".html', "fileSize": 10}
    await scene.tell(webhook(line.event("message", scene.rig.clock(), message=file)))
    media = (await table(scene))["messages"][0]["media"][0]
    where = f"/v1/agent/media/{media['id']}"
    assert (await scene.http.get(where)).status_code == 401
    response = await scene.http.get(where, headers=await headers(scene))
    assert response.content == PAGE
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(PLAIN_NAME)}"


async def test_a_file_that_cannot_be_had_says_why(scene: ChannelHarness, line: LinePlatform) -> None:
    image = {"id": "9", "type": "image"}
    await scene.tell(webhook(line.event("message", scene.rig.clock(), message=image)))
    media = (await table(scene))["messages"][0]["media"][0]
    assert (media["type"], media["error"]) == (None, "the app does not give the file (404)")


async def test_a_code_said_on_another_channel_makes_one_person(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    visitor = await scene.rig.open()
    await scene.rig.ask(visitor.conversation.id, "返品の期限はいつまでですか")
    opened, token = visitor.conversation.id, visitor.token
    said = await scene.http.post(
        f"/v1/conversations/{opened}/link-code", headers={"Authorization": f"Bearer {token}"}
    )
    code = said.json()["code"]
    await scene.tell(webhook(line.message(f" {code.lower()} ", scene.rig.clock())))
    assert "ご本人であることを確認しました" in line.texts(USER)[-1]
    on_line = next(c for c in await conversations(scene) if c != opened)
    assert opened in [one["conversation"] for one in (await table(scene, on_line))["customer"]["previous"]]
    again = await scene.http.post(scene.url, content=b"", headers={})
    assert again.status_code == 401
    await scene.tell(webhook(line.message(code, scene.rig.clock())))
    assert len((await table(scene, on_line))["customer"]["links"]) == 1


async def conversations(scene: ChannelHarness) -> list[str]:
    page = await scene.rig.database.read(
        lambda s: s.conversations.list_inbox(InboxFilter(), after=None, limit=9)
    )
    return [one.id for one in page]


async def test_a_code_holds_for_ten_minutes(scene: ChannelHarness, line: LinePlatform) -> None:
    visitor = await scene.rig.open()
    customer = visitor.conversation.customer
    code, until = await scene.rig.database.write(
        lambda store: issue_link_code(store, customer, scene.rig.clock())
    )
    assert until - scene.rig.clock() == timedelta(minutes=10)
    scene.rig.clock.pass_(601)
    await scene.tell(webhook(line.message(code, scene.rig.clock())))
    assert await scene.count("links") == 0


async def test_an_agents_decision_has_a_reason_and_can_be_taken_back(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    visitor = await scene.rig.open()
    await scene.tell(webhook(line.message("返品の期限はいつまでですか", scene.rig.clock())))
    on_line = next(c for c in await conversations(scene) if c != visitor.conversation.id)
    where, known = f"/v1/agent/conversations/{on_line}/links", await headers(scene)
    body = {"conversation": visitor.conversation.id, "reason": ""}
    assert (await scene.http.post(where, json=body, headers=known)).status_code == 422
    body["reason"] = "同じ注文番号を電話で確認"
    made = await scene.http.post(where, json=body, headers=known)
    assert made.status_code == 201
    assert (await scene.http.post(where, json=body, headers=known)).status_code == 422
    customer = (await table(scene, on_line))["customer"]
    assert customer["links"][0]["reason"] == "同じ注文番号を電話で確認"
    gone = await scene.http.delete(f"/v1/agent/links/{made.json()['id']}", headers=known)
    assert gone.status_code == 204
    assert (await table(scene, on_line))["customer"]["links"] == []


async def test_metrics_count_calls_and_deliveries(scene: ChannelHarness, line: LinePlatform) -> None:
    await scene.post(webhook(), {})
    await scene.tell(webhook(line.message("返品の期限はいつまでですか", scene.rig.clock())))
    text = (await scene.http.get("/metrics", headers={"Host": "localhost"})).text
    assert 'assistant_channel_calls_total{channel="line",outcome="unauthorized"}' in text
    assert 'assistant_deliveries{channel="line",state="sent"} 1.0' in text


async def test_trouble_is_pending_until_it_is_over(scene: ChannelHarness, line: LinePlatform) -> None:
    line.troubles = [refusal(500, "x")]
    await scene.tell(webhook(line.message("返品の期限はいつまでですか", scene.rig.clock())))
    assert (await table(scene))["messages"][1]["delivery"]["status"] == "pending"
