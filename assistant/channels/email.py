"""E-mail: in by Postmark's or Mailgun's webhook or by IMAP, out by SMTP."""

import asyncio
import base64
import hashlib
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from typing import Any, ClassVar

import structlog

from assistant.channels import email_parsing as mails
from assistant.channels import signatures
from assistant.channels.base import AppChannel, Setting, Wiring
from assistant.channels.email_composition import compose
from assistant.channels.email_mailgun_form import form, signed_fields
from assistant.channels.email_parsing import Mail
from assistant.channels.email_parts import as_file
from assistant.channels.email_sender import Proof, answered_by_machine, only_for_people, original, proof_of
from assistant.channels.email_servers import (
    LARGEST_MAIL,
    Server,
    deliver,
    fetch_unread,
    mark_as_read,
    outgoing,
    server,
)
from assistant.channels.email_threads import SignedThreads
from assistant.channels.formatting import Look
from assistant.channels.http import each, json_of
from assistant.domain.channels import Call, Event, Letter, Part, Said, Sent
from assistant.domain.errors import BadInput, NotYet, SetupError, Unauthorized, Undeliverable
from assistant.domain.messages import Author

log = structlog.get_logger()

#: Mails that the assistant writes to one address in an hour: more is a loop, or somebody's cannon.
MOST_PER_HOUR = 10
#: Bytes of a mail that people are shown as it is.
MOST_SHOWN = 10 * 1024 * 1024
#: Signatures of Mailgun that are remembered while they count as fresh.
MOST_TOKENS = 20_000
#: Characters of what we sent last, by which it is known again in a quote.
KNOWN_AGAIN = 6_000
#: Who a mail is from that does not say so: nothing can be sent there.
NOBODY = "unknown-sender@invalid"


class Email(AppChannel):
    name = "email"
    max_webhook_bytes = 16 * 1024 * 1024
    look = Look(longest=20_000)
    settings = (
        Setting(name="ADDRESS", says="Our address, like support@shop.example", secret=False),
        Setting(name="SECRET", says="A random secret that signs our reply addresses", ours=True),
        Setting(
            name="SMTP_URL",
            says="smtps://user:password@host:465, or smtp://…:587 for STARTTLS; ?certificate=unchecked "
            "accepts any certificate, ?encryption=none sends mail and password in the clear",
        ),
        Setting(
            name="WEBHOOK_PASSWORD",
            says="Postmark: call the webhook as https://postmark:PASSWORD@…",
            required=False,
            ours=True,
        ),
        Setting(name="MAILGUN_KEY", says="Mailgun: the HTTP webhook signing key", required=False),
        Setting(
            name="IMAP_URL",
            says="imaps://user:password@host, or imap://… for STARTTLS: read a mailbox instead",
            required=False,
        ),
        Setting(
            name="TRUSTED_SERVER",
            says="The name that your mail server writes first in Authentication-Results, like "
            "mx.google.com: its checks of senders are then believed",
            secret=False,
            required=False,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "Postmark: Inbound webhookに {webhook} を postmark:パスワード つきで設定します。"
        "Mailgun: 受信ルートの forward に {webhook} を設定します。どちらも使わない場合はIMAPで受信します。",
        "en": "Postmark: set the inbound webhook to {webhook} with postmark:PASSWORD. Mailgun: a route that "
        "forwards to {webhook}. With neither, a mailbox is read by IMAP.",
    }

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self._domain = self.value("ADDRESS").lower().partition("@")[2]
        self._threads = SignedThreads(self.value("ADDRESS"), self.value("SECRET"))
        self._outgoing()  # a wrong address is said at the start, not when the first mail waits
        if self.has_mailbox:
            self._incoming()
        self._written: dict[str, deque[float]] = {}
        #: Tokens of Mailgun's signatures, with what they came with.
        self._tokens: dict[str, bytes] = {}
        #: How often each unread mail was begun with, by its number in the mailbox.
        self.tries: Counter[bytes] = Counter()

    def _outgoing(self) -> Server:
        return server(self.value("SMTP_URL"), self.variable("SMTP_URL"), (465, 587))

    def _incoming(self) -> Server:
        return server(self.value("IMAP_URL"), self.variable("IMAP_URL"), (993, 143))

    # -- in

    def verify_webhook(self, call: Call) -> None:
        """Postmark proves itself by password, Mailgun by a signature over its timestamp and token."""
        if call.headers.get("content-type", "").startswith("application/json"):
            password = self.value("WEBHOOK_PASSWORD")
            expected = "Basic " + base64.b64encode(f"postmark:{password}".encode()).decode()
            signatures.same(expected if password else "", call.headers.get("authorization"))
            return
        if not (key := self.value("MAILGUN_KEY")):
            raise Unauthorized("The signature is wrong.")
        try:
            fields = signed_fields(call.body, call.headers.get("content-type", ""))
        except BadInput as exc:
            raise Unauthorized("The signature is wrong.") from exc
        stamp = signatures.fresh(fields.get("timestamp"), time.time())
        token = fields.get("token", "")
        signatures.same(signatures.mailgun(key, stamp, token), fields.get("signature"))
        self._once(token, call.body)

    def _once(self, token: str, body: bytes) -> None:
        """Mailgun's signature covers no words: a token that was used proves nothing of another body."""
        digest = hashlib.sha256(body).digest()
        if self._tokens.setdefault(token, digest) != digest:
            raise Unauthorized("The signature was used before.")
        while len(self._tokens) > MOST_TOKENS:
            del self._tokens[next(iter(self._tokens))]

    def parse_webhook(self, call: Call) -> list[Event]:
        if call.headers.get("content-type", "").startswith("application/json"):
            return list(each([json_of(call.body)], lambda body: self.events(mails.from_postmark(body))))
        fields, files = form(call.body, call.headers.get("content-type", ""))
        return list(each([fields], lambda one: self.events(mails.from_mailgun(one, files))))

    def events(self, mail: Mail) -> Sequence[Event]:
        """The mail as a message, unless a machine answered us."""
        mail = original(mail, self.value("ADDRESS").lower())
        if answered_by_machine(mail) or self._threads.is_ours(mail):
            log.info("mail of a machine left unanswered", id=mail.message_id[:100])
            return ()
        thread, signed = self._threads.of(mail)
        proven = signed or self._threads.answered(mail) is not None
        proven = proven or proof_of(mail, self.value("TRUSTED_SERVER")) is Proof.PASSED
        text = mail.text or ("" if mail.is_reply else mail.subject)
        return (
            Said(
                id=mail.message_id,
                address=self.address(mail.sender, thread),
                message_id=mail.message_id,
                text=mail.subject if mail.unreadable else text,
                kind="mail" if mail.unreadable else "text" if text or mail.attachments else "reply",
                attachments=mail.attachments,
                name=mail.name,
                context={"subject": mail.subject, "in_reply_to": mail.message_id},
                # Anybody can write any sender; only an answer to a mail that we sent there proves it.
                verified=signed,
                unproven=not proven,
                people_only=self._only_for_people(mail),
            ),
        )

    def _only_for_people(self, mail: Mail) -> str | None:
        if mail.unreadable:
            return "its words are in no character set that we know; the mail is attached"
        if mail.sender == self.value("ADDRESS").lower():
            return "it names our own address as its sender"
        return only_for_people(mail, self._domain)

    def build_unreadable_events(self, raw: bytes, why: str) -> list[Event]:
        """A mail that cannot be taken apart, for people to look at."""
        digest = hashlib.sha256(raw).hexdigest()
        head = BytesHeaderParser().parsebytes(raw[:20_000])
        name, sender = mails.one_address(str(head.get("from", "")))
        return [
            Said(
                id=digest,
                address=self.address(sender or NOBODY, digest[:16]),
                message_id=digest,
                text="",
                kind="mail",
                attachments=(as_file("message.eml", "message/rfc822", raw[:MOST_SHOWN]),),
                name=name or None,
                verified=False,
                unproven=True,
                people_only=f"it cannot be read ({why}); the mail is attached",
            )
        ]

    # -- out

    async def send_part(self, letter: Letter, part: Part) -> Sent:
        message = compose(letter, part, self.value("ADDRESS"), self._threads)
        peer, context = letter.thread.address.peer, letter.thread.context
        if peer in (NOBODY, self.value("ADDRESS").lower()):
            raise Undeliverable("the mail names no sender that can be answered")
        if letter.message.author is not Author.AGENT:
            self._guard(peer, context)
        try:
            await deliver(self._outgoing(), message)
        except ValueError as exc:  # of the standard library, for an address that no mail can carry
            raise Undeliverable("the address cannot be written into a mail", gone=True) from exc
        sent = f"{context.get('sent_text', '')}\n{part.texts[0]}"[-KNOWN_AGAIN:]
        return Sent(
            id=str(message["Message-ID"]),
            context={"last_sent": str(message["Message-ID"]), "sent_text": sent},
        )

    def _guard(self, peer: str, context: Mapping[str, str]) -> None:
        """Undeliverable where no automatic mail may go."""
        if why := context.get("people_only"):
            raise Undeliverable(f"no automatic answer goes to this mail: {why}")
        if context.get("unproven") and context.get("last_sent"):
            raise Undeliverable(
                "one automatic mail went to this address; nothing shows that the writer owns it"
            )
        now, written = time.monotonic(), self._written.setdefault(peer, deque())
        while written and now - written[0] > 3600:
            written.popleft()
        if len(written) >= MOST_PER_HOUR:
            raise Undeliverable(f"{MOST_PER_HOUR} automatic mails went to this address within an hour")
        written.append(now)
        if len(self._written) > 10_000:
            self._written = {who: times for who, times in self._written.items() if times}

    # -- the mailbox

    def fetch_unread(self) -> list[tuple[bytes, bytes]]:
        """Number and content of unread mails, which stay unread; blocking. NotYet when it cannot be had."""
        return fetch_unread(self._incoming(), lambda number: self.tries[number])

    def mark_seen(self, numbers: list[bytes]) -> None:
        """These are stored: mark them as read."""
        mark_as_read(self._incoming(), numbers)

    def parse_events(self, raw: bytes) -> list[Event]:
        if len(raw) >= LARGEST_MAIL:
            raise BadInput(f"it is larger than {LARGEST_MAIL // 1024 // 1024} MB")
        return list(self.events(mails.from_bytes(raw)))

    @property
    def has_mailbox(self) -> bool:
        return bool(self.value("IMAP_URL"))

    async def check_setup(self) -> Sequence[str]:
        found = []
        try:
            async with outgoing(self._outgoing()):
                found.append("the outgoing server lets us in")
            if self.has_mailbox:
                await asyncio.to_thread(self.fetch_unread)
                found.append("the mailbox lets us in")
        except (NotYet, Undeliverable) as exc:
            raise SetupError(str(exc)) from exc
        if not any(map(self.value, ("WEBHOOK_PASSWORD", "MAILGUN_KEY", "IMAP_URL"))):
            raise SetupError(
                f"Nothing comes in: set {self.variable('MAILGUN_KEY')}, WEBHOOK_PASSWORD or IMAP_URL."
            )
        return found

    async def refresh_limits(self, now: datetime) -> None:
        """A mailbox has no limits to ask for."""

    def limits_now(self, thread: Any, now: datetime) -> Sequence[Mapping[str, Any]]:
        return ()
