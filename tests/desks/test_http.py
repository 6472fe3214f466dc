"""Callbacks and packets over HTTP, and what a foreign owner means for the rest of the desk."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from assistant.conversation.agent_access import remove_agent
from assistant.conversation.foreign_desks.incoming import SETTLE
from assistant.domain.errors import NotFound
from assistant.domain.messages import Author
from assistant.domain.signed_links import PACKET_LINK, SURVEY_LINK, is_link_valid, sign_link
from assistant.lead.accounts import get_agent
from assistant.ports.storage.store import Store
from evals.world.desk_webhook import SimulatedWebhookDesk
from evals.world.desk_zendesk import SimulatedZendesk
from tests.api.conftest import application
from tests.desks.conftest import DeskScene
from tests.harness import Harness

KEY = b"key of packet links"


@pytest.fixture
async def scene(rig: Harness) -> DeskScene:
    return await DeskScene.start(rig, SimulatedWebhookDesk())


@pytest.fixture
async def http(scene: DeskScene, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = application(scene.rig, {"database": None}, tmp_path)
    app.state.context = replace(app.state.context, desks=scene.rig.desks, link_key=KEY)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://inside"
    ) as client:
        yield client


async def test_a_callback_reaches_the_customer(scene: DeskScene, http: httpx2.AsyncClient) -> None:
    ticket = await scene.hand_over()
    body, headers = scene.desk.reply(ticket, "愛子です。")
    assert (
        await http.post("/v1/desks/webhook", content=body + b" ", headers=dict(headers))
    ).status_code == 401
    assert (await http.post("/v1/desks/webhook", content=body, headers=dict(headers))).status_code == 200
    await scene.wait(SETTLE.total_seconds() + 1)
    assert await scene.replies() == ["愛子です。"]
    assert (await http.post("/v1/desks/zendesk", content=body)).status_code == 404
    large = b"x" * (1024 * 1024 + 1)
    assert (await http.post("/v1/desks/webhook", content=large)).status_code == 413


async def test_the_packet_opens_by_its_link_until_it_expires(
    scene: DeskScene, http: httpx2.AsyncClient
) -> None:
    await scene.rig.say(scene.conversation, "<b>カード</b>は4111 1111 1111 1111です")
    await scene.hand_over()
    link, now = (await scene.link()).id, scene.rig.clock()
    path = f"/v1/desks/packets/{sign_link(KEY, PACKET_LINK, link, now + timedelta(days=1))}"
    page = await http.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/plain")
    assert page.headers["cache-control"] == "private, no-store"
    assert "担当者と話したい" in page.text
    assert "4111 1111 1111" not in page.text
    assert (await http.get(path[:-1] + "x")).status_code == 404
    assert (await http.get(path.replace("until=1", "until=2"))).status_code == 404
    scene.rig.clock.pass_(90_000)
    assert (await http.get(path)).status_code == 404


def test_without_a_key_no_link_is_valid(rig: Harness) -> None:
    later = rig.clock() + timedelta(days=1)
    query = _parse_query(sign_link(b"", PACKET_LINK, "l1", later))
    assert not is_link_valid(b"", PACKET_LINK, "l1", query["until"], query["signature"], rig.clock())


def test_a_link_of_one_purpose_opens_nothing_of_another(rig: Harness) -> None:
    query = _parse_query(sign_link(KEY, PACKET_LINK, "l1", rig.clock() + timedelta(days=1)))
    given = ("l1", query["until"], query["signature"], rig.clock())
    assert is_link_valid(KEY, PACKET_LINK, *given)
    assert not is_link_valid(KEY, SURVEY_LINK, *given)


def _parse_query(signed: str) -> dict[str, str]:
    return dict(part.split("=") for part in signed.partition("?")[2].split("&"))


async def test_nobody_waits_in_silence_and_the_desk_keeps_it(scene: DeskScene) -> None:
    await scene.hand_over()
    await scene.say("まだでしょうか")
    owner = await scene.state()
    await scene.wait(scene.rig.timing.agent_deadline.total_seconds() + 1)
    last = (await scene.rig.messages(scene.conversation))[-1]
    assert last.author is Author.ASSISTANT
    assert "お預かり" in last.text
    assert await scene.state() == owner


async def test_what_was_erased_leaves_nothing(scene: DeskScene) -> None:
    ticket = await scene.hand_over()
    late = scene.desk.reply(ticket, "遅い返信")
    scene.desk.refusal = 422
    await scene.say("届かないもの")
    customer = (await scene.rig.state(scene.conversation)).customer
    await scene.rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    link = await scene.rig.database.read(lambda store: store.desk_links.find_last(scene.conversation))
    assert link is None
    assert await scene.rig.database.read(lambda store: store.jobs.count_dead_letters()) == 0
    await scene.hear(late)


async def test_a_long_reply_is_several_messages(scene: DeskScene) -> None:
    ticket = await scene.hand_over()
    await scene.hear(scene.desk.reply(ticket, "長" * 9_000))
    assert [len(text) for text in await scene.replies()] == [4_000, 4_000, 1_000]


async def test_what_does_not_fit_is_told_to_agents(scene: DeskScene) -> None:
    other = await DeskScene.start(scene.rig, SimulatedZendesk())
    await other.hand_over()
    notes = [note.text for note in await other.notes()]
    assert any("14 項目のうち 3 項目" in text and "署名付きリンク" in text for text in notes)


async def test_the_packet_ends_where_the_conversation_was_taken_back(
    scene: DeskScene, http: httpx2.AsyncClient
) -> None:
    await scene.hand_over()
    later = scene.rig.clock() + timedelta(days=1)
    path = f"/v1/desks/packets/{sign_link(KEY, PACKET_LINK, (await scene.link()).id, later)}"
    await scene.rig.claim(scene.conversation, await scene.rig.hire())
    await scene.say("新しい秘密の用件")
    page = await http.get(path)
    assert "担当者と話したい" in page.text
    assert "新しい秘密の用件" not in page.text
    assert "表示されません" in page.text


async def test_the_account_of_a_desk_is_no_persons(scene: DeskScene) -> None:
    database, now = scene.rig.database, scene.rig.clock()
    mori, address = await scene.rig.hire(), "desk:webhook"
    with pytest.raises(NotFound):
        await database.write(lambda store: get_agent(store, address))
    with pytest.raises(NotFound):
        await database.write(lambda store: remove_by_id(store, address))
    listed = await database.read(lambda store: store.accounts.list_accounts(now))
    assert [one.agent.id for one in listed] == [mori.id]
    await database.write(lambda store: store.accounts.set_disabled(address, None))
    await database.write(lambda store: store.desk_links.set_target("webhook", {"webhook": "Webhook"}, now))
    desk = await database.read(lambda store: store.agents.get(address))
    assert desk is not None
    assert desk.disabled_at is not None


def remove_by_id(store: Store, agent: str) -> None:
    found = store.agents.get(agent)
    assert found is not None
    remove_agent(store, found, datetime.now(UTC))
