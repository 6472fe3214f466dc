"""E-mail: received by Postmark's or Mailgun's webhook or by IMAP, sent by SMTP."""

import asyncio
import base64
import hashlib
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from email.parser import BytesHeaderParser
from typing import ClassVar

import structlog

from assistant.channels import email_parsing as mails
from assistant.channels import signatures
from assistant.channels.base import BaseChannel, ChannelConfig, ChannelSetting
from assistant.channels.email_composition import compose_mail
from assistant.channels.email_mailgun_form import parse_form, parse_signed_fields
from assistant.channels.email_parsing import Mail
from assistant.channels.email_parts import build_attachment
from assistant.channels.email_sender import (
    SenderProof,
    evaluate_sender_proof,
    explain_no_auto_reply,
    is_automatic_mail,
    restore_original_sender,
)
from assistant.channels.email_servers import (
    MAX_MAIL_BYTES,
    MailServer,
    deliver_mail,
    fetch_unread_mails,
    mark_as_read,
    open_smtp,
    parse_mail_server,
)
from assistant.channels.email_threads import ThreadSigner
from assistant.channels.file_limits import ANY_FILE
from assistant.channels.formatting import TextLimits
from assistant.channels.http import parse_each, parse_json_object
from assistant.domain.channels import (
    ChannelEvent,
    MessagePart,
    MessageReceived,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)
from assistant.domain.errors import BadInput, RetryLater, SetupError, Unauthorized, Undeliverable
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.messages import Author

log = structlog.get_logger()

#: Automatic mails to one address per hour: more indicate a mail loop or abuse.
MAX_AUTO_REPLIES_PER_HOUR = 10
#: Bytes of an unreadable mail that agents are shown.
MAX_ATTACHED_MAIL_BYTES = 10 * 1024 * 1024
#: Mailgun tokens remembered while their timestamps are valid.
MAX_REMEMBERED_TOKENS = 20_000
#: Characters of our last message that identify a quote of it.
MAX_SENT_TEXT_CHARACTERS = 6_000
#: Sender of a mail without one: nothing can be sent there.
NOBODY = "unknown-sender@invalid"


class EmailChannel(BaseChannel):
    name = "email"
    max_webhook_bytes = 16 * 1024 * 1024
    file_limits = ANY_FILE
    text_limits = TextLimits(max_length=20_000)
    links_surveys = True
    settings = (
        ChannelSetting(name="ADDRESS", description="Our address, like support@shop.example", secret=False),
        ChannelSetting(
            name="SECRET", description="A random secret that signs our reply addresses", is_generated=True
        ),
        ChannelSetting(
            name="SMTP_URL",
            description="smtps://user:password@host:465, or smtp://…:587 for STARTTLS; ?certificate=unchecked"
            " accepts any certificate, ?encryption=none sends mail and password in the clear",
        ),
        ChannelSetting(
            name="WEBHOOK_PASSWORD",
            description="Postmark: call the webhook as https://postmark:PASSWORD@…",
            required=False,
            is_generated=True,
        ),
        ChannelSetting(
            name="MAILGUN_KEY", description="Mailgun: the HTTP webhook signing key", required=False
        ),
        ChannelSetting(
            name="IMAP_URL",
            description="imaps://user:password@host, or imap://… for STARTTLS: read a mailbox instead",
            required=False,
        ),
        ChannelSetting(
            name="TRUSTED_SERVER",
            description="The name that your mail server writes first in Authentication-Results, like "
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

    def __init__(self, wiring: ChannelConfig) -> None:
        super().__init__(wiring)
        self._domain = self.get_setting("ADDRESS").lower().partition("@")[2]
        self._threads = ThreadSigner(self.get_setting("ADDRESS"), self.get_setting("SECRET"))
        self._parse_smtp_server()  # a wrong address fails at the start, not with the first mail
        if self.has_mailbox:
            self._parse_imap_server()
        self._written: dict[str, deque[float]] = {}
        #: Tokens of Mailgun's signatures, with a hash of the body they came with.
        self._tokens: dict[str, bytes] = {}
        #: Attempts per unread mail, by its number in the mailbox.
        self.tries: Counter[bytes] = Counter()

    def _parse_smtp_server(self) -> MailServer:
        return parse_mail_server(self.get_setting("SMTP_URL"), self.get_variable_name("SMTP_URL"), (465, 587))

    def _parse_imap_server(self) -> MailServer:
        return parse_mail_server(self.get_setting("IMAP_URL"), self.get_variable_name("IMAP_URL"), (993, 143))

    # -- receiving

    def verify_webhook(self, call: WebhookRequest) -> None:
        """Postmark authenticates by password, Mailgun by a signature over timestamp and token."""
        if call.headers.get("content-type", "").startswith("application/json"):
            password = self.get_setting("WEBHOOK_PASSWORD")
            expected = "Basic " + base64.b64encode(f"postmark:{password}".encode()).decode()
            signatures.verify_signature(expected if password else "", call.headers.get("authorization"))
            return
        if not (key := self.get_setting("MAILGUN_KEY")):
            raise Unauthorized("The signature is wrong.")
        try:
            fields = parse_signed_fields(call.body, call.headers.get("content-type", ""))
        except BadInput as exc:
            raise Unauthorized("The signature is wrong.") from exc
        stamp = signatures.verify_timestamp(fields.get("timestamp"), time.time())
        token = fields.get("token", "")
        signatures.verify_signature(signatures.sign_mailgun(key, stamp, token), fields.get("signature"))
        self._reject_replayed_token(token, call.body)

    def _reject_replayed_token(self, token: str, body: bytes) -> None:
        """Reject a used token with another body: Mailgun's signature does not cover the body."""
        digest = hashlib.sha256(body).digest()
        if self._tokens.setdefault(token, digest) != digest:
            raise Unauthorized("The signature was used before.")
        while len(self._tokens) > MAX_REMEMBERED_TOKENS:
            del self._tokens[next(iter(self._tokens))]

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        if call.headers.get("content-type", "").startswith("application/json"):
            return list(
                parse_each(
                    [parse_json_object(call.body)],
                    lambda body: self.build_events(mails.parse_postmark_mail(body)),
                )
            )
        fields, files = parse_form(call.body, call.headers.get("content-type", ""))
        return list(parse_each([fields], lambda one: self.build_events(mails.parse_mailgun_mail(one, files))))

    def build_events(self, mail: Mail) -> Sequence[ChannelEvent]:
        """The mail as an inbound message; no events for an automatic mail."""
        mail = restore_original_sender(mail, self.get_setting("ADDRESS").lower())
        if is_automatic_mail(mail) or self._threads.is_own_mail(mail):
            log.info("mail of a machine left unanswered", id=mail.message_id[:100])
            return ()
        thread, signed = self._threads.find_thread(mail)
        proven = signed or self._threads.find_answered_thread(mail) is not None
        trusted = self.get_setting("TRUSTED_SERVER")
        proven = proven or evaluate_sender_proof(mail, trusted) is SenderProof.PASSED
        text = mail.text or ("" if mail.is_reply else mail.subject)
        return (
            MessageReceived(
                id=mail.message_id,
                address=self.build_address(mail.sender, thread),
                message_id=mail.message_id,
                text=mail.subject if mail.unreadable else text,
                kind="mail" if mail.unreadable else "text" if text or mail.attachments else "reply",
                attachments=mail.attachments,
                name=mail.name,
                context={"subject": mail.subject, "in_reply_to": mail.message_id},
                # Anybody can write any sender; only a reply to a mail that we sent there proves it.
                verified=signed,
                unproven=not proven,
                people_only=self._explain_no_auto_reply(mail),
            ),
        )

    def _explain_no_auto_reply(self, mail: Mail) -> EvidenceReason | None:
        if mail.unreadable:
            return EvidenceReason.MAIL_IN_UNKNOWN_CHARSET
        if mail.sender == self.get_setting("ADDRESS").lower():
            return EvidenceReason.SENDER_IS_OUR_ADDRESS
        return explain_no_auto_reply(mail, self._domain)

    def build_unreadable_events(self, raw: bytes) -> list[ChannelEvent]:
        """A mail that cannot be parsed, as a message for agents."""
        digest = hashlib.sha256(raw).hexdigest()
        head = BytesHeaderParser().parsebytes(raw[:20_000])
        name, sender = mails.parse_address(str(head.get("from", "")))
        return [
            MessageReceived(
                id=digest,
                address=self.build_address(sender or NOBODY, digest[:16]),
                message_id=digest,
                text="",
                kind="mail",
                attachments=(
                    build_attachment("message.eml", "message/rfc822", raw[:MAX_ATTACHED_MAIL_BYTES]),
                ),
                name=name or None,
                verified=False,
                unproven=True,
                people_only=EvidenceReason.MAIL_UNREADABLE,
            )
        ]

    # -- sending

    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        message = compose_mail(outbound, part, self.get_setting("ADDRESS"), self._threads)
        peer, context = outbound.thread.address.peer, outbound.thread.context
        if peer in (NOBODY, self.get_setting("ADDRESS").lower()):
            raise Undeliverable("the mail names no sender that can be answered")
        if outbound.message.author is not Author.AGENT:
            self._check_auto_reply(peer, context)
        try:
            await deliver_mail(self._parse_smtp_server(), message)
        except ValueError as exc:  # raised by the standard library for an address that no mail can carry
            raise Undeliverable("the address cannot be written into a mail", gone=True) from exc
        sent = f"{context.get('sent_text', '')}\n{part.texts[0]}"[-MAX_SENT_TEXT_CHARACTERS:]
        return SendResult(
            id=str(message["Message-ID"]),
            context={"last_sent": str(message["Message-ID"]), "sent_text": sent},
        )

    def _check_auto_reply(self, peer: str, context: Mapping[str, str]) -> None:
        """Undeliverable when an automatic mail must not be sent."""
        if why := context.get("people_only"):
            raise Undeliverable(f"no automatic answer goes to this mail ({why})")
        if context.get("unproven") and context.get("last_sent"):
            raise Undeliverable(
                "one automatic mail went to this address; nothing shows that the writer owns it"
            )
        now, written = time.monotonic(), self._written.setdefault(peer, deque())
        while written and now - written[0] > 3600:
            written.popleft()
        if len(written) >= MAX_AUTO_REPLIES_PER_HOUR:
            raise Undeliverable(f"{MAX_AUTO_REPLIES_PER_HOUR} automatic mails went there within an hour")
        written.append(now)
        if len(self._written) > 10_000:
            self._written = {who: times for who, times in self._written.items() if times}

    # -- mailbox

    def fetch_unread(self) -> list[tuple[bytes, bytes]]:
        """(number, content) of unread mails, which stay unread; blocking; RetryLater."""
        return fetch_unread_mails(self._parse_imap_server(), lambda number: self.tries[number])

    def mark_seen(self, numbers: list[bytes]) -> None:
        """Mark these mails as read; they are stored."""
        mark_as_read(self._parse_imap_server(), numbers)

    def parse_events(self, raw: bytes) -> list[ChannelEvent]:
        if len(raw) >= MAX_MAIL_BYTES:
            raise BadInput(f"it is larger than {MAX_MAIL_BYTES // 1024 // 1024} MB")
        return list(self.build_events(mails.parse_raw_mail(raw)))

    @property
    def has_mailbox(self) -> bool:
        return bool(self.get_setting("IMAP_URL"))

    async def check_setup(self) -> Sequence[str]:
        found = []
        try:
            async with open_smtp(self._parse_smtp_server()):
                found.append("the outgoing server lets us in")
            if self.has_mailbox:
                await asyncio.to_thread(self.fetch_unread)
                found.append("the mailbox lets us in")
        except (RetryLater, Undeliverable) as exc:
            raise SetupError(str(exc)) from exc
        if not any(map(self.get_setting, ("WEBHOOK_PASSWORD", "MAILGUN_KEY", "IMAP_URL"))):
            key = self.get_variable_name("MAILGUN_KEY")
            raise SetupError(f"Nothing comes in: set {key}, WEBHOOK_PASSWORD or IMAP_URL.")
        return found
