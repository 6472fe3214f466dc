"""A mailbox by IMAP: stored once, then marked as read; a mail that breaks something is in nobody's way."""

from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from typing import Any

import pytest

from assistant.conversation.inbound.events import InboundContext
from assistant.domain.conversation import State
from assistant.domain.errors import RetryLater
from assistant.domain.inbox import InboxFilter
from assistant.jobs.imap_poller import MAX_TRIES, process_unread
from evals.world.post import FakeMailServer
from tests.channels.conftest import ChannelHarness
from tests.channels.platform import SimulatedPlatform
from tests.channels.test_contracts import email_settings
from tests.harness import LANGUAGES


@pytest.fixture
async def post() -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer().serve_mail() as post:
        yield post


@pytest.fixture
def scene(make_scene: Callable[..., ChannelHarness], post: FakeMailServer) -> ChannelHarness:
    url = f"imap://support:p%20w@127.0.0.1:{post.imap_port}?encryption=none"
    settings = email_settings(post.smtp_port) | {"ASSISTANT_EMAIL_IMAP_URL": url}
    return make_scene(SimulatedPlatform(), settings, "email", lambda _body: {})


async def read(scene: ChannelHarness) -> None:
    mailbox: Any = scene.rig.channels["email", ""]
    arrivals = InboundContext(timing=scene.rig.timing, languages=LANGUAGES)
    await process_unread(mailbox, scene.rig.database, arrivals, scene.rig.wire, scene.rig.clock)


def mail(number: int = 1) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "花子 <hanako@customer.example>",
        "support@shop.example",
        "返品",
    )
    made["Message-ID"] = f"<i{number}@customer.example>"
    made.set_content("返品の期限はいつまでですか\n")
    return made.as_bytes()


async def test_mails_are_stored_once_and_then_marked_as_read(
    scene: ChannelHarness, post: FakeMailServer
) -> None:
    for raw in (mail(), mail()):
        post.add_mail(raw)
    await read(scene)
    assert (post.unread, post.seen) == ({}, [1, 2])
    messages = await scene.rig.messages(await scene.conversation())
    assert [m.text for m in messages] == ["返品の期限はいつまでですか"]


async def test_a_server_that_does_not_let_us_in_is_asked_again(
    scene: ChannelHarness, post: FakeMailServer
) -> None:
    post.password = "another"
    with pytest.raises(RetryLater):
        await read(scene)


def nested(depth: int) -> bytes:
    head = b"From: deep@evil.example\r\nMIME-Version: 1.0\r\n"
    parts = [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)]
    return head + b"".join(parts)


INSIDE = b"From: deep@evil.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"x"


@pytest.mark.parametrize(
    "raw", [b"\xff no mail", b"", nested(3_000), INSIDE, b"\r\n" * 700_000], ids=range(5)
)
async def test_what_cannot_be_read_is_shown_to_people_and_the_next_mail_goes_on(
    scene: ChannelHarness, post: FakeMailServer, raw: bytes
) -> None:
    post.add_mail(raw)
    post.add_mail(mail())
    await read(scene)
    assert post.seen == [1, 2]
    page = await scene.rig.database.read(
        lambda s: s.conversations.list_inbox(InboxFilter(), after=None, limit=9)
    )
    waiting = [one.id for one in page if one.state is State.QUEUED]
    assert (len(page), len(waiting)) == (2, 1)
    await scene.rig.work()
    [file] = await scene.rig.database.read(lambda s: s.media.list_by_conversation(waiting[0]))
    assert file.name == "message.eml"
    assert post.sent == []


class UnexpectedError(Exception):
    """Something that nobody thought of."""


async def test_a_mail_that_breaks_the_reading_comes_last_and_is_then_given_to_people(
    scene: ChannelHarness, post: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox: Any = scene.rig.channels["email", ""]
    events_of = mailbox.parse_events

    def breaks(raw: bytes) -> Any:
        if b"<i1@" in raw:
            raise UnexpectedError
        return events_of(raw)

    monkeypatch.setattr(mailbox, "parse_events", breaks)
    post.add_mail(mail(1))
    post.add_mail(mail(2))
    with pytest.raises(UnexpectedError):
        await read(scene)
    with pytest.raises(UnexpectedError):
        await read(scene)
    assert post.seen == [2]
    await read(scene)
    assert post.seen == [2, 1]
    assert await scene.count("conversations") == 2


async def test_a_mail_that_cannot_even_be_stored_stays_unread(
    scene: ChannelHarness, post: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox: Any = scene.rig.channels["email", ""]

    def breaks(*_: Any) -> Any:
        raise UnexpectedError

    monkeypatch.setattr(mailbox, "parse_events", breaks)
    monkeypatch.setattr(mailbox, "build_unreadable_events", breaks)
    post.add_mail(mail())
    for _ in range(MAX_TRIES):
        with pytest.raises(UnexpectedError):
            await read(scene)
    await read(scene)
    assert (list(post.unread), post.seen) == ([1], [])
