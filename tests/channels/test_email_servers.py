"""Servers for mail: encrypted and verified, unless an operator says otherwise in plain words."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from assistant.channels import email_servers
from assistant.channels.email_servers import ImapSession, deliver_mail, parse_mail_server
from assistant.domain.errors import RetryLater, SetupError
from evals.world.post import FakeMailServer

CA = trustme.CA()


def certificate(ca: trustme.CA = CA, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine trusts CA."""
    path = tmp_path / "ca.pem"
    CA.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@asynccontextmanager
async def post(
    context: ssl.SSLContext | None = None, *, at_once: bool = False
) -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer(certificate=context, at_once=at_once).serve_mail() as opened:
        yield opened


async def send(port: int, rest: str = "", *, scheme: str = "smtp", user: str = "shop:p%20w@") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@shop.example", "b@mail.example", "x"
    message.set_content("hello")
    to = parse_mail_server(f"{scheme}://{user}127.0.0.1:{port}{rest}", "ASSISTANT_EMAIL_SMTP_URL", (465, 587))
    await deliver_mail(to, message)


def words_in_the_clear(post: FakeMailServer) -> str:
    return " ".join(post.in_the_clear).upper()


async def test_a_server_with_a_verified_certificate_gets_password_and_mail_encrypted(known: None) -> None:
    async with post(certificate()) as office:
        await send(office.smtp_port)
        assert len(office.sent) == 1
        assert "AUTH" not in words_in_the_clear(office)


@pytest.mark.parametrize(
    "make",
    [lambda: certificate(trustme.CA()), lambda: certificate(host="elsewhere.example")],
    ids=["self-signed", "another-name"],
)
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_certificate_that_cannot_be_verified_gets_nothing(
    known: None, make: Callable[[], ssl.SSLContext], at_once: bool
) -> None:
    async with post(make(), at_once=at_once) as office:
        with pytest.raises(RetryLater, match="certificate=unchecked to ASSISTANT_EMAIL_SMTP_URL"):
            await send(office.smtp_port, scheme="smtps" if at_once else "smtp")
        assert (office.sent, "AUTH" in words_in_the_clear(office)) == ([], False)
        await send(office.smtp_port, "?certificate=unchecked", scheme="smtps" if at_once else "smtp")
        assert len(office.sent) == 1


async def test_a_server_that_hides_its_encryption_gets_no_password() -> None:
    async with post() as office:
        with pytest.raises(RetryLater, match="encryption=none to ASSISTANT_EMAIL_SMTP_URL"):
            await send(office.smtp_port)
        assert (office.sent, "AUTH" in words_in_the_clear(office)) == ([], False)
        await send(office.smtp_port, "?encryption=none")
        assert len(office.sent) == 1


async def test_without_a_password_this_machine_is_trusted() -> None:
    async with post() as office:
        await send(office.smtp_port, user="")
        assert len(office.sent) == 1


def looks(port: int, rest: str = "", scheme: str = "imap") -> None:
    at = parse_mail_server(
        f"{scheme}://shop:p%20w@127.0.0.1:{port}{rest}", "ASSISTANT_EMAIL_IMAP_URL", (993, 143)
    )
    with ImapSession(at) as box:
        box.uid("SEARCH", "UNSEEN")


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_mailbox_is_verified_too(known: None, at_once: bool) -> None:
    scheme = "imaps" if at_once else "imap"
    async with post(certificate(), at_once=at_once) as office:
        await asyncio.to_thread(looks, office.imap_port, "", scheme)
        assert "LOGIN" not in words_in_the_clear(office)
    async with post(certificate(trustme.CA()), at_once=at_once) as office:
        with pytest.raises(RetryLater, match="certificate=unchecked"):
            await asyncio.to_thread(looks, office.imap_port, "", scheme)
        await asyncio.to_thread(looks, office.imap_port, "?certificate=unchecked", scheme)


async def test_a_mailbox_without_encryption_gets_no_password() -> None:
    async with post() as office:
        with pytest.raises(RetryLater, match="encryption=none to ASSISTANT_EMAIL_IMAP_URL"):
            await asyncio.to_thread(looks, office.imap_port)
        assert "LOGIN" not in words_in_the_clear(office)


async def test_a_whole_send_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer comes in time, all of them together do not."""
    monkeypatch.setattr(email_servers, "MAIL_TIMEOUT_SECONDS", 0.5)
    async with FakeMailServer(slow=0.2).serve_mail() as office:
        started = time.monotonic()
        with pytest.raises(RetryLater):
            await send(office.smtp_port, "?encryption=none")
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("url", ["", "host", "http://host", "smtp://", "smtps:host"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(SetupError):
        parse_mail_server(url, "ASSISTANT_EMAIL_SMTP_URL", (465, 587))
