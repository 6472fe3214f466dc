"""Who is answered: forms, groups, colleagues, machines, forged senders; what goes on in a conversation."""

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.channels import signatures
from assistant.domain.conversation import State
from assistant.domain.messages import Author
from tests.channels import test_contracts as apps
from tests.channels.conftest import ChannelHarness
from tests.channels.contract import QUESTION
from tests.channels.platform import body_of
from tests.channels.platforms import SmtpServer, now_seconds

APP = apps.TestEmail()
PEER = apps.TestEmail.peer
PLAIN = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def mail(make_scene: Callable[..., ChannelHarness]) -> AsyncIterator[ChannelHarness]:
    office = SmtpServer()
    async with office.open():
        settings = apps.email_settings(office.port) | {"ASSISTANT_EMAIL_TRUSTED_SERVER": "mx.shop.example"}
        yield make_scene(office, settings, "email", APP.sign)


def written(number: str = "m1", headers: dict[str, str] | None = None, **more: Any) -> bytes:
    """Postmark's call; *headers* beside its Message-ID."""
    made = APP.mail(QUESTION["ja"], number) | more
    made["Headers"] = [
        {"Name": "Message-ID", "Value": f"<{number}@customer.example>"},
        *({"Name": name, "Value": value} for name, value in (headers or {}).items()),
    ]
    return body_of(made)


async def state(scene: ChannelHarness) -> State:
    return (await scene.rig.state(await scene.conversation())).state


async def said(scene: ChannelHarness) -> list[str]:
    messages = await scene.rig.messages(await scene.conversation())
    return [m.text for m in messages if m.author is Author.CUSTOMER]


SHOWN: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"Precedence": "bulk"}, {}),
    ({"Precedence": "list", "List-ID": "<support.shop.example>"}, {}),
    ({"List-Unsubscribe": "<mailto:x@list.example>"}, {}),
    ({"X-Auto-Response-Suppress": "All"}, {}),
    ({}, {"From": "tanaka@shop.example"}),
    ({}, {"From": "no-reply@market.example"}),
    ({}, {"Subject": "Automatic reply: x"}),
    ({"Authentication-Results": "any.example; dmarc=fail header.from=customer.example"}, {}),
    ({"Received-SPF": "fail (not allowed)"}, {}),
]


@pytest.mark.parametrize(("headers", "more"), SHOWN, ids=range(len(SHOWN)))
async def test_people_see_what_no_program_may_answer(
    mail: ChannelHarness, headers: dict[str, str], more: dict[str, Any]
) -> None:
    await mail.tell(written("m1", headers, **more))
    assert (await said(mail), await state(mail)) == ([QUESTION["ja"]], State.QUEUED)
    assert mail.platform.phone == {}
    mori = await mail.agent()
    await mail.rig.claim(await mail.conversation(), mori)
    await mail.rig.reply(await mail.conversation(), mori, "森です。")
    await mail.rig.work()
    [answer] = [one for all_ in mail.platform.phone.values() for one in all_]
    assert ("森です。" in answer.get_body(("plain",)).get_content(), answer["Subject"][:4]) == (True, "Re: ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; type=vacation"},
        {"Auto-Submitted": "auto-notified"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
        {"Content-Type": "multipart/report; report-type=delivery-status"},
    ],
    ids=str,
)
async def test_programs_that_answer_stay_unanswered(mail: ChannelHarness, headers: dict[str, str]) -> None:
    await mail.tell(written("m1", headers))
    assert await mail.count("conversations") == 0


@pytest.mark.parametrize("automatic", [{}, {"Auto-Submitted": "auto-generated"}], ids=str)
async def test_the_customer_of_a_form_is_who_reply_to_names(
    mail: ChannelHarness, automatic: dict[str, str]
) -> None:
    form: dict[str, Any] = {
        "From": '"Shop form" <noreply@shop.example>',
        "ReplyTo": "山田 <yamada@mail.example>",
    }
    await mail.tell(written("m1", automatic, **form))
    assert (await state(mail), list(mail.platform.phone)) == (State.ASSISTANT, ["yamada@mail.example"])


async def test_a_group_that_writes_its_own_address_names_the_sender_beside_it(mail: ChannelHarness) -> None:
    group = {"From": "'Yamada' via Support <support@shop.example>"}
    await mail.tell(written("m1", {"X-Original-From": "山田 <yamada@mail.example>"}, **group))
    assert await said(mail) == [QUESTION["ja"]]
    assert list(mail.platform.phone) == ["yamada@mail.example"]


async def test_our_own_mail_that_comes_back_is_not_read(mail: ChannelHarness) -> None:
    await mail.tell(written())
    ours = mail.platform.phone[PEER][0]
    back: dict[str, Any] = {"From": str(ours["From"]), "To": PEER}
    made = json.loads(written("m2", **back))
    made["Headers"] = [{"Name": "Message-ID", "Value": str(ours["Message-ID"])}]
    await mail.tell(body_of(made))
    assert await mail.count("conversations") == 1


async def test_an_answer_to_our_message_goes_on_in_its_conversation(mail: ChannelHarness) -> None:
    await mail.tell(written())
    ours = str(mail.platform.phone[PEER][0]["Message-ID"])
    await mail.tell(written("m2", {"In-Reply-To": ours}, TextBody="送料も教えてください"))
    assert (await mail.count("conversations"), len(await said(mail))) == (1, 2)
    await mail.tell(written("m3", {"In-Reply-To": ours}, From="mallory@evil.example"))
    assert await mail.count("conversations") == 2
    forged = ours.replace(ours[-30:-20], "0" * 10)
    await mail.tell(written("m4", {"References": f"<x@y.example> {forged}"}))
    assert await mail.count("conversations") == 3


async def test_the_signature_of_a_message_id_is_no_reply_address(mail: ChannelHarness) -> None:
    """A Message-ID travels in forwards: who has seen one must not pass as the customer."""
    await mail.tell(written())
    ours = str(mail.platform.phone[PEER][0]["Message-ID"])
    told = ours.partition(".")[2].partition("@")[0]
    await mail.tell(written("m2", To=f"support+{told}@shop.example"))
    assert await mail.count("conversations") == 2


async def test_our_own_words_are_cut_from_an_answer_in_any_form(mail: ChannelHarness) -> None:
    await mail.tell(written())
    ours = mail.platform.phone[PEER][0]
    words = ours.get_body(("plain",)).get_content()
    await mail.tell(written("m2", To=str(ours["Reply-To"]), TextBody=f"送料は？\n\n～～ {words}"))
    assert (await said(mail))[-1] == "送料は？"
    assert await state(mail) is State.ASSISTANT


async def test_an_answer_without_words_is_said_to_be_one(mail: ChannelHarness) -> None:
    await mail.tell(written())
    ours = mail.platform.phone[PEER][0]
    quoted = "\n".join(f"> {line}" for line in ours.get_body(("plain",)).get_content().split("\n"))
    again = {"To": str(ours["Reply-To"]), "TextBody": quoted, "Subject": "Re: 返品"}
    await mail.tell(written("m2", {"In-Reply-To": str(ours["Message-ID"])}, **again))
    assert (await said(mail))[-1] == "（本文のない返信）"


async def test_only_a_proven_address_gets_more_than_one_automatic_mail(mail: ChannelHarness) -> None:
    passed = {"Authentication-Results": "mx.shop.example; dmarc=pass header.from=customer.example"}
    for number in range(12):
        await mail.tell(written(f"n{number}", passed))
    assert len(mail.platform.phone[PEER]) == 10, "a loop, or somebody's cannon"


@pytest.mark.parametrize(
    "header",
    [
        "evil.example; dmarc=pass",
        "mx.shop.example; spf=pass smtp.mailfrom=evil.example",
        "mx.shop.example; dkim=pass header.d=evil.example",
        "mx.shop.example; dkim=pass header.d=example",
        "mx.shop.example; none",
    ],
)
async def test_proof_of_another_is_none(mail: ChannelHarness, header: str) -> None:
    for number in range(3):
        await mail.tell(written(f"n{number}", {"Authentication-Results": header}))
    assert len(mail.platform.phone[PEER]) == 1


async def test_a_forged_thread_gets_no_second_automatic_mail(mail: ChannelHarness) -> None:
    """Reminders of the queue are automatic too."""
    await mail.tell(written(TextBody="担当者と話したいです"))
    mail.rig.clock.pass_(7200)
    await mail.rig.work()
    assert len(mail.platform.phone[PEER]) == 1


# -- Mailgun


def form(**more: str) -> dict[str, str]:
    stamp, token = str(now_seconds()), "abc"
    return {
        "from": f"花子 <{PEER}>",
        "recipient": "support@shop.example",
        "subject": "返品",
        "body-plain": QUESTION["ja"],
        "Message-Id": "<g1@customer.example>",
        "timestamp": stamp,
        "token": token,
        "signature": signatures.sign_mailgun("key-mailgun", stamp, token),
    } | more


def parts(fields: dict[str, str], *more: bytes) -> bytes:
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}'
    made = [head.format(name, value).encode() for name, value in fields.items()]
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in (*made, *more)) + b"--b--\r\n"


MULTI = {"content-type": "multipart/form-data; boundary=b"}


async def test_a_form_in_parts_with_a_file(mail: ChannelHarness) -> None:
    file = 'Content-Disposition: form-data; name="attachment-1"; filename="領収書.txt"\r\n\r\nhello'.encode()
    assert (await mail.post(parts(form(), file), MULTI)).status_code == 200
    assert await said(mail) == [QUESTION["ja"]]
    await mail.rig.work()
    conversation = await mail.conversation()
    [media] = await mail.rig.database.read(lambda s: s.media.list_by_conversation(conversation))
    data = await mail.rig.database.read(lambda s: s.media.load_data(media.id))
    assert (media.name, data, media.source) == ("領収書.txt", b"hello", ""), "base64 is not kept beside it"


async def test_a_signature_that_was_used_proves_no_other_body(mail: ChannelHarness) -> None:
    fields = form()
    assert (await mail.post(urlencode(fields).encode(), PLAIN)).status_code == 200
    assert (await mail.post(urlencode(fields).encode(), PLAIN)).status_code == 200
    other = fields | {"from": "victim@mail.example", "Message-Id": "<g2@x>"}
    assert (await mail.post(urlencode(other).encode(), PLAIN)).status_code == 401
    assert await mail.count("conversations") == 1


NESTED = b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"


@pytest.mark.parametrize(
    "body",
    [
        parts(form(), *[b"Content-Disposition: form-data; name=x\r\n\r\ny"] * 200_000),
        parts(form(), NESTED * 100_000),
        parts(form(), b"X: " + b"y" * 5_000_000),
        b"--b\r\n" * 2_000_000,
        b"--b" * 4_000_000,
        parts(form() | {"signature": "wrong"}, NESTED * 100_000),
    ],
    ids=range(6),
)
async def test_a_hostile_form_is_refused_before_it_is_read(mail: ChannelHarness, body: bytes) -> None:
    started = time.process_time()
    response = await mail.post(body, MULTI)
    assert response.status_code in (200, 401, 422)
    assert time.process_time() - started < 5, "65 s of a busy machine before"


async def test_thousands_of_line_ends_are_read_in_no_time(mail: ChannelHarness) -> None:
    started = time.process_time()
    await mail.post(written(TextBody="返品" + "\n" * 30_000 + "x"))
    assert time.process_time() - started < 2
    assert len(await said(mail)) == 1
