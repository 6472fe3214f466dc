"""The servers by which mail goes out and comes in: encrypted, with certificates that are verified.

Addresses are ``smtps://``, ``imaps://`` (encrypted from the first byte) or ``smtp://``, ``imap://``
(STARTTLS, which the server has to offer). ``?certificate=unchecked`` accepts any certificate,
``?encryption=none`` does without encryption.
"""

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from assistant.domain.errors import NotYet, SetupError, Undeliverable

#: A whole send, or one call to a mailbox.
SECONDS = 10.0
#: Mails that are fetched at a time, their bytes together, and bytes of one.
MOST_MAILS, MOST_BYTES, LARGEST_MAIL = 20, 50 * 1024 * 1024, 25 * 1024 * 1024
#: Hosts on which nobody listens on the way.
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a server is and how it is spoken to; made from the address that an operator gives."""

    host: str
    port: int
    user: str
    password: str
    #: The rest of the address: a folder.
    path: str
    #: Encrypted from the first byte; else STARTTLS.
    at_once: bool
    encrypted: bool
    checked: bool
    #: The setting that holds the address.
    variable: str

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.checked:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def why(self, exc: BaseException) -> str:
        """What an operator can do about *exc*."""
        if isinstance(exc, ssl.SSLCertVerificationError) or "certificate verify failed" in str(exc).lower():
            return (
                "its certificate cannot be verified; mend it, or add ?certificate=unchecked "
                f"to {self.variable} if you know that server"
            )
        if "STARTTLS" in str(exc).upper() or "TLS not supported" in str(exc):
            return (
                "it offers no encryption (STARTTLS); use its encrypted port, or add ?encryption=none "
                f"to {self.variable} if mail and password may travel in the clear"
            )
        return type(exc).__name__


def server(url: str, variable: str, ports: tuple[int, int]) -> Server:
    """*ports*: encrypted from the first byte, and with STARTTLS. SetupError for another address."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "imap", "imaps") or not parts.hostname:
        raise SetupError(
            f"{variable}: such an address is like smtps://user:password@host or imaps://user:password@host."
        )
    says = parse_qs(parts.query)
    at_once = parts.scheme.endswith("s")
    return Server(
        host=parts.hostname,
        port=parts.port or ports[0 if at_once else 1],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=unquote(parts.path.strip("/")),
        at_once=at_once,
        encrypted=at_once or says.get("encryption") != ["none"],
        checked=says.get("certificate") != ["unchecked"],
        variable=variable,
    )


@contextlib.asynccontextmanager
async def outgoing(to: Server) -> AsyncIterator[aiosmtplib.SMTP]:
    """An open, signed-in connection; NotYet, Undeliverable. All of it within SECONDS."""
    client = aiosmtplib.SMTP(
        hostname=to.host,
        port=to.port,
        use_tls=to.at_once,
        # On this machine and without a password there is nothing to hide: STARTTLS where it is offered.
        start_tls=False if to.at_once or not to.encrypted else None if _harmless(to) else True,
        tls_context=to.context() if to.encrypted else None,
        timeout=SECONDS,
    )
    try:
        async with asyncio.timeout(SECONDS):
            await client.connect()
            if to.user:
                await client.login(to.user, to.password)
            yield client
    except aiosmtplib.SMTPAuthenticationError as exc:
        raise Undeliverable(f"the outgoing server does not accept our password: mend {to.variable}") from exc
    except aiosmtplib.SMTPRecipientsRefused as exc:
        raise _refused(exc) from exc
    except aiosmtplib.SMTPResponseException as exc:
        if isinstance(exc, aiosmtplib.SMTPConnectResponseError) or exc.code < 500:
            raise NotYet(f"the outgoing server asks us to wait ({exc.code})") from exc
        raise Undeliverable(f"the outgoing server refuses it ({exc.code})") from exc
    except (OSError, TimeoutError, aiosmtplib.SMTPException) as exc:
        raise NotYet(f"the outgoing server does not answer: {to.why(exc)}") from exc
    finally:
        client.close()


def _harmless(to: Server) -> bool:
    return to.host in HERE and not to.user


def _refused(exc: aiosmtplib.SMTPRecipientsRefused) -> NotYet | Undeliverable:
    first = exc.recipients[0]
    said = f"{first.message[:200]} ({first.code})"
    if first.code < 500:
        return NotYet(f"the outgoing server asks us to wait: {said}")
    return Undeliverable(f"the address is refused: {said}", gone=True)


async def deliver(to: Server, message: EmailMessage) -> None:
    async with outgoing(to) as client:
        await client.send_message(message)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()


class Mailbox:
    """An open mailbox, blocking; whatever goes wrong in it is NotYet."""

    def __init__(self, at: Server) -> None:
        self._at = at

    def __enter__(self) -> imaplib.IMAP4:
        box = None
        try:
            box = self._connected()
            box.login(self._at.user, self._at.password)
            box.select(self._at.path or "INBOX")
        except (OSError, imaplib.IMAP4.error) as exc:
            if box is not None:
                _hang_up(box)
            raise NotYet(f"the mailbox does not let us in: {self._at.why(exc)}") from exc
        self._box = box
        return box

    def _connected(self) -> imaplib.IMAP4:
        at = self._at
        if at.at_once:
            return imaplib.IMAP4_SSL(at.host, at.port, ssl_context=at.context(), timeout=SECONDS)
        box = imaplib.IMAP4(at.host, at.port, timeout=SECONDS)
        try:
            if at.encrypted:
                box.starttls(at.context())
        except (OSError, imaplib.IMAP4.error):
            _hang_up(box)
            raise
        return box

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._box.logout()
        if isinstance(error, (OSError, imaplib.IMAP4.error)):
            raise NotYet(f"the mailbox does not answer ({type(error).__name__})") from error


def _hang_up(box: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        box.shutdown()


def fetch_unread(at: Server, tries: Callable[[bytes], int]) -> list[tuple[bytes, bytes]]:
    """Number and content of some unread mails, which stay unread; NotYet.

    Those that were tried and failed come last: they are in nobody's way.
    """
    with Mailbox(at) as box:
        _, found = box.uid("SEARCH", "UNSEEN")
        numbers = sorted((found[0] or b"").split(), key=lambda number: (tries(number), int(number)))
        mails: list[tuple[bytes, bytes]] = []
        for number in numbers[:MOST_MAILS]:
            if sum(len(raw) for _, raw in mails) > MOST_BYTES:
                break
            _, data = box.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST_MAIL}>)")
            mails.append((number, data[0][1] if data and isinstance(data[0], tuple) else b""))
        return mails


def mark_as_read(at: Server, numbers: list[bytes]) -> None:
    with Mailbox(at) as box:
        for number in numbers:
            box.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)")
