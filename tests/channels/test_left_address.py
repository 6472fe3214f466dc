"""An address that was left after hours can be written to from the desk, and its owner can answer."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from assistant.api.auth import create_api_token
from assistant.domain.hours import BusinessHours
from assistant.domain.messages import Author
from tests.channels import test_contracts as apps
from tests.channels.conftest import ChannelHarness
from tests.channels.platform import body_of
from tests.channels.platforms import SmtpServer

APP = apps.TestEmail()
#: It is Monday noon.
TUESDAYS = BusinessHours(days={1: ("10:00", "18:00")})


@pytest.fixture
async def mail(make_scene: Callable[..., ChannelHarness]) -> AsyncIterator[ChannelHarness]:
    office = SmtpServer()
    async with office.open():
        yield make_scene(office, apps.email_settings(office.port), "email", APP.sign)


async def leave_contacts(mail: ChannelHarness) -> str:
    """The id of a web conversation in which somebody left an address and a number after hours."""
    rig = mail.rig
    rig.policy = replace(rig.policy, hours=TUESDAYS)
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    await rig.ask(opened.conversation.id, f"{APP.peer} か 090-1234-5678 にお願いします")
    return opened.conversation.id


async def test_what_the_agent_writes_arrives_by_mail_and_the_answer_comes_back(mail: ChannelHarness) -> None:
    rig, conversation = mail.rig, await leave_contacts(mail)
    mori = await mail.agent()
    token = await rig.database.write(lambda store: create_api_token(store, mori, rig.clock()))
    desk = {"Authorization": f"Bearer {token}"}
    where = f"/v1/agent/conversations/{conversation}"
    assert (
        await mail.http.post(f"{where}/email", json={"address": APP.peer}, headers=desk)
    ).status_code == 409
    await rig.claim(conversation, mori)
    stranger = {"address": "mallory@evil.example"}
    assert (await mail.http.post(f"{where}/email", json=stranger, headers=desk)).status_code == 422
    for status in (200, 409):
        done = await mail.http.post(f"{where}/email", json={"address": APP.peer}, headers=desk)
        assert done.status_code == status
    await rig.reply(conversation, mori, "返品を承りました。")
    await rig.work()
    [sent] = mail.platform.phone[APP.peer]
    plain = sent.get_body(("plain",))
    assert "返品を承りました。" in plain.get_content()
    answer = APP.mail("ありがとうございます", "m9") | {"To": str(sent["Reply-To"])}
    await mail.tell(body_of(answer))
    last = (await rig.messages(conversation))[-1]
    assert (last.author, last.text) == (Author.CUSTOMER, "ありがとうございます")


async def test_nothing_automatic_goes_to_it_before_its_owner_has_answered(mail: ChannelHarness) -> None:
    rig, conversation = mail.rig, await leave_contacts(mail)
    mori = await mail.agent()
    await rig.claim(conversation, mori)
    token = await rig.database.write(lambda store: create_api_token(store, mori, rig.clock()))
    await mail.http.post(
        f"/v1/agent/conversations/{conversation}/email",
        json={"address": APP.peer},
        headers={"Authorization": f"Bearer {token}"},
    )
    await rig.give_back(conversation, mori)
    await rig.ask(conversation, "返品の期限は？")
    assert mail.platform.phone == {}
    deliveries = await rig.database.read(lambda store: store.deliveries.list_by_conversation(conversation))
    assert deliveries == {}, "nothing is shown as failed either"


async def test_the_desk_sees_contacts_by_kind_and_when_an_answer_was_promised(mail: ChannelHarness) -> None:
    rig = mail.rig
    conversation = await leave_contacts(mail)
    assert "明日10:00以降" in (await rig.answers(conversation))[0]
    mori = await mail.agent()
    token = await rig.database.write(lambda store: create_api_token(store, mori, rig.clock()))
    shown = await mail.http.get(
        f"/v1/agent/conversations/{conversation}", headers={"Authorization": f"Bearer {token}"}
    )
    contacts = {one["kind"]: one for one in shown.json()["contacts"]}
    assert (contacts["e-mail"]["value"], contacts["e-mail"]["writable"]) == (APP.peer, True)
    assert (contacts["phone"]["value"], contacts["phone"]["writable"]) == ("090-1234-5678", False)
