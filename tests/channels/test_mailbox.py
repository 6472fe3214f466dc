"""A mailbox by IMAP: stored once, then marked as read."""

import imaplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from assistant.conversation.arriving import Arrivals
from assistant.domain.errors import NotYet
from assistant.work.mailbox import look
from tests.channels.conftest import Scene
from tests.channels.platform import Platform
from tests.channels.test_contracts import email_settings
from tests.rig import LANGUAGES


class Server:
    """As much of an IMAP server as `imaplib` needs."""

    unread: dict[str, bytes] = {}
    password = "p w"

    def __init__(self, host: str, port: int, timeout: float) -> None:
        assert (host, port) == ("mail.example", 993)

    def login(self, user: str, password: str) -> None:
        if password != self.password:
            raise imaplib.IMAP4.error("no")

    def select(self, folder: str) -> None:
        assert folder == "INBOX"

    def search(self, _charset: None, _what: str) -> tuple[str, list[bytes]]:
        return "OK", [" ".join(self.unread).encode()]

    def fetch(self, number: str, what: str) -> tuple[str, list[Any]]:
        assert what == "(BODY.PEEK[])"
        return "OK", [(b"", self.unread[number]), b")"]

    def store(self, number: str, _command: str, _flag: str) -> None:
        del self.unread[number]

    def logout(self) -> None:
        pass


@pytest.fixture
def scene(make_scene: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(imaplib, "IMAP4_SSL", Server)
    settings = email_settings(1) | {"ASSISTANT_EMAIL_IMAP_URL": "imaps://support:p%20w@mail.example"}
    return make_scene(Platform(), settings, "email", lambda _body: {})


async def read(scene: Scene) -> None:
    mailbox: Any = scene.rig.channels["email", ""]
    arrivals = Arrivals(timing=scene.rig.timing, languages=LANGUAGES)
    await look(mailbox, scene.rig.database, arrivals, scene.rig.wire, scene.rig.clock)


async def test_mails_are_stored_once_and_then_marked_as_read(scene: Scene) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "花子 <hanako@customer.example>",
        "support@shop.example",
        "返品",
    )
    mail["Message-ID"] = "<i1@customer.example>"
    mail.set_content("返品の期限はいつまでですか\n")
    Server.unread = {"1": mail.as_bytes(), "2": b"\xff no mail", "3": mail.as_bytes()}
    await read(scene)
    assert Server.unread == {}
    messages = await scene.rig.messages(await scene.conversation())
    assert [m.text for m in messages] == ["返品の期限はいつまでですか"]


async def test_a_server_that_does_not_let_us_in_is_asked_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "password", "another")
    with pytest.raises(NotYet):
        await read(scene)
