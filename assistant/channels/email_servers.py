"""SMTP and IMAP connections: encrypted, with verified certificates.

Addresses are ``smtps://``, ``imaps://`` (implicit TLS) or ``smtp://``, ``imap://`` (mandatory STARTTLS).
``?certificate=unchecked`` accepts any certificate, ``?encryption=none`` disables encryption.
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

from assistant.domain.errors import RetryLater, SetupError, Undeliverable

#: Seconds for a whole send, or one call to a mailbox.
MAIL_TIMEOUT_SECONDS = 10.0
#: Mails fetched at a time, their bytes together, and bytes of one.
MAX_MAILS_PER_FETCH = 20
MAX_FETCH_BYTES = 50 * 1024 * 1024
MAX_MAIL_BYTES = 25 * 1024 * 1024
#: Hosts to which connections cannot be intercepted.
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server's address and connection parameters, parsed from an operator's setting."""

    host: str
    port: int
    user: str
    password: str
    #: The path of the address: a mailbox folder.
    path: str
    #: Implicit TLS; else STARTTLS.
    uses_implicit_tls: bool
    encrypted: bool
    verifies_certificate: bool
    #: The setting that holds the address.
    variable: str

    def build_ssl_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.verifies_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def explain_error(self, exc: BaseException) -> str:
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


def parse_mail_server(url: str, variable: str, ports: tuple[int, int]) -> MailServer:
    """*ports*: of implicit TLS and of STARTTLS. SetupError for an invalid address."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "imap", "imaps") or not parts.hostname:
        raise SetupError(
            f"{variable}: such an address is like smtps://user:password@host or imaps://user:password@host."
        )
    says = parse_qs(parts.query)
    at_once = parts.scheme.endswith("s")
    return MailServer(
        host=parts.hostname,
        port=parts.port or ports[0 if at_once else 1],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=unquote(parts.path.strip("/")),
        uses_implicit_tls=at_once,
        encrypted=at_once or says.get("encryption") != ["none"],
        verifies_certificate=says.get("certificate") != ["unchecked"],
        variable=variable,
    )


@contextlib.asynccontextmanager
async def open_smtp(to: MailServer) -> AsyncIterator[aiosmtplib.SMTP]:
    """An open, authenticated connection; RetryLater, Undeliverable; everything within
    MAIL_TIMEOUT_SECONDS.
    """
    client = aiosmtplib.SMTP(
        hostname=to.host,
        port=to.port,
        use_tls=to.uses_implicit_tls,
        # On this machine and without a password STARTTLS is used where it is offered.
        start_tls=False
        if to.uses_implicit_tls or not to.encrypted
        else None
        if _is_local_anonymous(to)
        else True,
        tls_context=to.build_ssl_context() if to.encrypted else None,
        timeout=MAIL_TIMEOUT_SECONDS,
    )
    try:
        async with asyncio.timeout(MAIL_TIMEOUT_SECONDS):
            await client.connect()
            if to.user:
                await client.login(to.user, to.password)
            yield client
    except aiosmtplib.SMTPAuthenticationError as exc:
        raise Undeliverable(f"the outgoing server does not accept our password: mend {to.variable}") from exc
    except aiosmtplib.SMTPRecipientsRefused as exc:
        raise _convert_refusal(exc) from exc
    except aiosmtplib.SMTPResponseException as exc:
        if isinstance(exc, aiosmtplib.SMTPConnectResponseError) or exc.code < 500:
            raise RetryLater(f"the outgoing server asks us to wait ({exc.code})") from exc
        raise Undeliverable(f"the outgoing server refuses it ({exc.code})") from exc
    except (OSError, TimeoutError, aiosmtplib.SMTPException) as exc:
        raise RetryLater(f"the outgoing server does not answer: {to.explain_error(exc)}") from exc
    finally:
        client.close()


def _is_local_anonymous(to: MailServer) -> bool:
    return to.host in LOOPBACK_HOSTS and not to.user


def _convert_refusal(exc: aiosmtplib.SMTPRecipientsRefused) -> RetryLater | Undeliverable:
    first = exc.recipients[0]
    said = f"{first.message[:200]} ({first.code})"
    if first.code < 500:
        return RetryLater(f"the outgoing server asks us to wait: {said}")
    return Undeliverable(f"the address is refused: {said}", gone=True)


async def deliver_mail(to: MailServer, message: EmailMessage) -> None:
    async with open_smtp(to) as client:
        await client.send_message(message)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()


class ImapSession:
    """An open mailbox, blocking; every failure is RetryLater."""

    def __init__(self, at: MailServer) -> None:
        self._at = at

    def __enter__(self) -> imaplib.IMAP4:
        box = None
        try:
            box = self._open_connection()
            box.login(self._at.user, self._at.password)
            box.select(self._at.path or "INBOX")
        except (OSError, imaplib.IMAP4.error) as exc:
            if box is not None:
                _shut_down_connection(box)
            raise RetryLater(f"the mailbox does not let us in: {self._at.explain_error(exc)}") from exc
        self._box = box
        return box

    def _open_connection(self) -> imaplib.IMAP4:
        at = self._at
        if at.uses_implicit_tls:
            return imaplib.IMAP4_SSL(
                at.host, at.port, ssl_context=at.build_ssl_context(), timeout=MAIL_TIMEOUT_SECONDS
            )
        box = imaplib.IMAP4(at.host, at.port, timeout=MAIL_TIMEOUT_SECONDS)
        try:
            if at.encrypted:
                box.starttls(at.build_ssl_context())
        except (OSError, imaplib.IMAP4.error):
            _shut_down_connection(box)
            raise
        return box

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._box.logout()
        if isinstance(error, (OSError, imaplib.IMAP4.error)):
            raise RetryLater(f"the mailbox does not answer ({type(error).__name__})") from error


def _shut_down_connection(box: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        box.shutdown()


def fetch_unread_mails(at: MailServer, tries: Callable[[bytes], int]) -> list[tuple[bytes, bytes]]:
    """(number, content) of some unread mails, which stay unread; RetryLater.

    Mails that failed before come last, so that they delay no others.
    """
    with ImapSession(at) as box:
        _, found = box.uid("SEARCH", "UNSEEN")
        numbers = sorted((found[0] or b"").split(), key=lambda number: (tries(number), int(number)))
        mails: list[tuple[bytes, bytes]] = []
        for number in numbers[:MAX_MAILS_PER_FETCH]:
            if sum(len(raw) for _, raw in mails) > MAX_FETCH_BYTES:
                break
            _, data = box.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{MAX_MAIL_BYTES}>)")
            mails.append((number, data[0][1] if data and isinstance(data[0], tuple) else b""))
        return mails


def mark_as_read(at: MailServer, numbers: list[bytes]) -> None:
    with ImapSession(at) as box:
        for number in numbers:
            box.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)")
