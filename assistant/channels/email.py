"""E-mail: in by Postmark's or Mailgun's webhook or by IMAP, out by SMTP."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import imaplib
import smtplib
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from assistant.channels import mail as mails
from assistant.channels import signatures
from assistant.channels.channel import AppChannel, Setting, Wiring
from assistant.channels.face import Look, as_html
from assistant.channels.mail import Mail
from assistant.channels.web_calls import each, json_of
from assistant.conversation.wording import say
from assistant.domain.channels import Call, Event, Letter, Part, Said, Sent
from assistant.domain.errors import BadInput, NotYet, SetupError, Unauthorized, Undeliverable
from assistant.domain.messages import Author

#: Mails that the assistant writes to one address in an hour: more is a loop, or somebody's cannon.
MOST_PER_HOUR = 10
SECONDS = 15


class Email(AppChannel):
    name = "email"
    largest_call = 16 * 1024 * 1024
    look = Look(longest=20_000)
    settings = (
        Setting(name="ADDRESS", says="Our address, like support@shop.example", secret=False),
        Setting(name="SECRET", says="A random secret that signs our reply addresses", ours=True),
        Setting(name="SMTP_URL", says="smtps://user:password@host:465, or smtp://…:587 for STARTTLS"),
        Setting(
            name="WEBHOOK_PASSWORD",
            says="Postmark: call the webhook as https://postmark:PASSWORD@…",
            required=False,
            ours=True,
        ),
        Setting(name="MAILGUN_KEY", says="Mailgun: the HTTP webhook signing key", required=False),
        Setting(name="IMAP_URL", says="imaps://user:password@host: read a mailbox instead", required=False),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "Postmark: Inbound webhookに {webhook} を postmark:パスワード つきで設定します。"
        "Mailgun: 受信ルートの forward に {webhook} を設定します。どちらも使わない場合はIMAPで受信します。",
        "en": "Postmark: set the inbound webhook to {webhook} with postmark:PASSWORD. Mailgun: a route that "
        "forwards to {webhook}. With neither, a mailbox is read by IMAP.",
    }

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self._local, _, self._domain = self.value("ADDRESS").lower().partition("@")
        self._written: dict[str, deque[float]] = {}

    # -- in

    def verify(self, call: Call) -> None:
        """Postmark proves itself by password, Mailgun by a signature over its timestamp and token."""
        if call.headers.get("content-type", "").startswith("application/json"):
            password = self.value("WEBHOOK_PASSWORD")
            expected = "Basic " + base64.b64encode(f"postmark:{password}".encode()).decode()
            signatures.same(expected if password else "", call.headers.get("authorization"))
            return
        if not (key := self.value("MAILGUN_KEY")):
            raise Unauthorized("The signature is wrong.")
        try:
            fields, _ = mails.form(call.body, call.headers.get("content-type", ""))
        except BadInput as exc:
            raise Unauthorized("The signature is wrong.") from exc
        stamp = signatures.fresh(fields.get("timestamp"), time.time())
        signatures.same(signatures.mailgun(key, stamp, fields.get("token", "")), fields.get("signature"))

    def parse(self, call: Call) -> list[Event]:
        if call.headers.get("content-type", "").startswith("application/json"):
            return list(each([json_of(call.body)], lambda body: self.events(mails.from_postmark(body))))
        fields, files = mails.form(call.body, call.headers.get("content-type", ""))
        return list(each([fields], lambda one: self.events(mails.from_mailgun(one, files))))

    def events(self, mail: Mail) -> Sequence[Event]:
        """The mail as a message, unless a machine wrote it."""
        if mails.automatic(mail, self._domain):
            return ()
        thread = self._thread(mail)
        return (
            Said(
                id=mail.message_id,
                address=self.address(mail.sender, thread),
                message_id=mail.message_id,
                text=mail.text or mail.subject,
                attachments=mail.attachments,
                name=mail.name,
                context={"subject": mail.subject, "in_reply_to": mail.message_id},
                # Anybody can write any sender; only an answer to a mail that we sent there proves it.
                verified=thread != _fresh_thread(mail),
            ),
        )

    def _thread(self, mail: Mail) -> str:
        """The thread that our own signed address names, if it was given to this sender; else a new one."""
        hashes = [a.partition("@")[0].partition("+")[2] for a in mail.to if a.startswith(f"{self._local}+")]
        for found in [*hashes, mail.headers.get("x-mailbox-hash", "")]:
            thread, _, signature = found.partition("-")
            if thread and hmac.compare_digest(signature.encode(), self._sign(thread, mail.sender).encode()):
                return thread
        return _fresh_thread(mail)

    def _sign(self, thread: str, peer: str) -> str:
        key = self.value("SECRET").encode()
        return hmac.digest(key, f"{thread} {peer}".encode(), hashlib.sha256).hex()[:20]

    # -- out

    async def send(self, letter: Letter, part: Part) -> Sent:
        message = self.compose(letter, part)
        if letter.message.author is not Author.AGENT:
            self._guard(letter.thread.address.peer)
        await asyncio.to_thread(_deliver, self.value("SMTP_URL"), message, self.variable("SMTP_URL"))
        return Sent(id=str(message["Message-ID"]), context={"last_sent": str(message["Message-ID"])})

    def compose(self, letter: Letter, part: Part) -> EmailMessage:
        """Plain and HTML, threaded, marked as automatic where a person did not write it."""
        address, context = letter.thread.address, letter.thread.context
        message = EmailMessage()
        message["From"] = f"{_name(letter)} <{self.value('ADDRESS')}>"
        message["To"] = address.peer
        signed = f"{self._local}+{address.thread}-{self._sign(address.thread, address.peer)}@{self._domain}"
        message["Reply-To"] = signed
        subject = context.get("subject") or self.value("ADDRESS")
        message["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        # The key is the same on every try, so a second copy is known as one by mail programs.
        message["Message-ID"] = f"<{letter.key}@{self._domain}>"
        if before := context.get("in_reply_to"):
            message["In-Reply-To"] = before
            message["References"] = " ".join(filter(None, (context.get("last_sent"), before)))
        if letter.message.author is not Author.AGENT:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content(part.texts[0])
        message.add_alternative(as_html(part.texts[0]), subtype="html")
        return message

    def _guard(self, peer: str) -> None:
        now, written = time.monotonic(), self._written.setdefault(peer, deque())
        while written and now - written[0] > 3600:
            written.popleft()
        if len(written) >= MOST_PER_HOUR:
            raise Undeliverable(f"{MOST_PER_HOUR} automatic mails went to this address within an hour")
        written.append(now)
        if len(self._written) > 10_000:
            self._written = {who: times for who, times in self._written.items() if times}

    # -- the mailbox

    def poll(self) -> list[tuple[bytes, bytes]]:
        """Number and content of unread mails, which stay unread; blocking. NotYet when it cannot be had."""
        with _Mailbox(self.value("IMAP_URL")) as box:
            _, found = box.search(None, "UNSEEN")
            mails_ = []
            for number in found[0].split()[:50]:
                _, data = box.fetch(number.decode(), "(BODY.PEEK[])")
                mails_.append((number, data[0][1] if isinstance(data[0], tuple) else b""))
            return mails_

    def seen(self, numbers: list[bytes]) -> None:
        """These are stored: mark them as read."""
        with _Mailbox(self.value("IMAP_URL")) as box:
            for number in numbers:
                box.store(number.decode(), "+FLAGS", "\\Seen")

    def events_of(self, raw: bytes) -> list[Event]:
        return list(self.events(mails.from_bytes(raw)))

    @property
    def has_mailbox(self) -> bool:
        return bool(self.value("IMAP_URL"))

    async def check(self) -> Sequence[str]:
        found = []
        try:
            await asyncio.to_thread(_try_smtp, self.value("SMTP_URL"), self.variable("SMTP_URL"))
            found.append("the outgoing server lets us in")
            if self.has_mailbox:
                await asyncio.to_thread(self.poll)
                found.append("the mailbox lets us in")
        except (NotYet, Undeliverable) as exc:
            raise SetupError(str(exc)) from exc
        if not any(map(self.value, ("WEBHOOK_PASSWORD", "MAILGUN_KEY", "IMAP_URL"))):
            raise SetupError(
                f"Nothing comes in: set {self.variable('MAILGUN_KEY')}, WEBHOOK_PASSWORD or IMAP_URL."
            )
        return found

    async def refresh(self, now: datetime) -> None:
        """A mailbox has no limits to ask for."""

    def standing(self, thread: Any, now: datetime) -> Sequence[Mapping[str, Any]]:
        return ()


class _Mailbox:
    """An open mailbox; whatever goes wrong in it is NotYet."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def __enter__(self) -> imaplib.IMAP4:
        secure = self._url.scheme != "imap"
        try:
            kind: type[imaplib.IMAP4] = imaplib.IMAP4_SSL if secure else imaplib.IMAP4
            self._box = kind(
                self._url.hostname or "", self._url.port or (993 if secure else 143), timeout=SECONDS
            )
            self._box.login(unquote(self._url.username or ""), unquote(self._url.password or ""))
            self._box.select(unquote(self._url.path.strip("/")) or "INBOX")
        except (OSError, imaplib.IMAP4.error) as exc:
            raise NotYet(f"the mailbox does not let us in ({type(exc).__name__})") from exc
        return self._box

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._box.logout()
        if isinstance(error, (OSError, imaplib.IMAP4.error)):
            raise NotYet(f"the mailbox does not answer ({type(error).__name__})") from error


def _fresh_thread(mail: Mail) -> str:
    return hashlib.sha256(mail.message_id.encode()).hexdigest()[:16]


def _name(letter: Letter) -> str:
    name = letter.message.agent_name or say("assistant_name", letter.message.language or "en")
    return " ".join(name.replace("<", "").replace(">", "").replace('"', "").split())


def _connected(url: str, variable: str) -> smtplib.SMTP:
    """An open, signed-in connection."""
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    try:
        kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
        server = kind(parts.hostname or "", parts.port or (465 if secure else 587), timeout=SECONDS)
        if not secure and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server
    except smtplib.SMTPAuthenticationError as exc:
        raise Undeliverable(f"the outgoing server does not accept our password: mend {variable}") from exc
    except (OSError, smtplib.SMTPException) as exc:
        raise NotYet(f"the outgoing server does not answer ({type(exc).__name__})") from exc


def _deliver(url: str, message: EmailMessage, variable: str) -> None:
    server = _connected(url, variable)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as exc:
        code, words = next(iter(exc.recipients.values()))
        said = f"{words.decode('utf-8', 'replace')[:200]} ({code})"
        if code < 500:
            raise NotYet(f"the outgoing server asks us to wait: {said}") from exc
        raise Undeliverable(f"the address is refused: {said}", gone=True) from exc
    except smtplib.SMTPResponseException as exc:
        kind = NotYet if exc.smtp_code < 500 else Undeliverable
        raise kind(f"the outgoing server refuses it ({exc.smtp_code})") from exc
    except (OSError, smtplib.SMTPException) as exc:
        raise NotYet(f"the outgoing server does not answer ({type(exc).__name__})") from exc
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()


def _try_smtp(url: str, variable: str) -> None:
    _connected(url, variable).quit()
