"""E-mail as a desk: each handoff is a mail to the team; replies come back to a signed address.

Received by Postmark's inbound webhook, or found in a mailbox by IMAP.
"""

import asyncio
import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import ClassVar

import aiosmtplib

from assistant.channels import email_parsing as mails
from assistant.channels.base import ChannelSetting
from assistant.channels.email_parsing import Mail
from assistant.channels.email_sender import is_automatic_mail
from assistant.channels.email_servers import (
    MAX_MAIL_BYTES,
    MAX_MAILS_PER_FETCH,
    ImapSession,
    MailServer,
    deliver_mail,
    open_smtp,
    parse_mail_server,
)
from assistant.channels.http import parse_each, parse_json_object
from assistant.channels.signatures import verify_signature
from assistant.conversation.foreign_desks.packet_text import FIELDS, render_packet, render_subject
from assistant.desks.base import BaseDesk, DeskConfig, render_message
from assistant.domain.channels import WebhookRequest
from assistant.domain.errors import BadInput, RetryLater, SetupError, Undeliverable
from assistant.domain.foreign_desks import (
    DeskCall,
    DeskDelivery,
    DeskEvent,
    DeskEventKind,
    DeskLink,
    DeskNews,
    DeskReceipt,
    DeskStep,
)

MAX_MAIL_CHARACTERS = 100_000
#: What needs more than text is behind the link.
WITHOUT = ("actions", "suggested")
SIGNATURE_CHARACTERS = 20
#: What the first line of a reply says of it.
COMMANDS = (
    (re.compile(r"#(close|終了)\b", re.IGNORECASE), DeskEventKind.CLOSED),
    (re.compile(r"#(reopen|再開)\b", re.IGNORECASE), DeskEventKind.REOPENED),
    (re.compile(r"#(note|メモ)\b[:：]?", re.IGNORECASE), DeskEventKind.NOTE),
)
HELP = {
    "ja": "このメールへの返信はお客様に届きます。1行目を #メモ にすると社内メモになり、"
    "#終了 にすると会話を終了します。",
    "en": "A reply to this mail goes to the customer. A first line #note makes it a note, #close ends the "
    "conversation.",
}


#: The first line of our mails: a reply ends where it is quoted, however a mail program quotes.
CUT_LINES = {"ja": "## この行より上に返信を書いてください ##", "en": "## Reply above this line ##"}
_CUT = re.compile("|".join(map(re.escape, CUT_LINES.values())))
#: What mail programs write above a quote: who wrote when, the mail's head, a border.
_QUOTE_HEAD = re.compile(
    r"[|>\s]*(?:(?:from|to|cc|date|sent|subject|差出人|宛先|日時|件名)\s*[:：|]|.{0,200}(?:wrote|書きました)[\s:：-]*$"
    r"|[-=_|>\s]*$)",
    re.IGNORECASE,
)


class EmailDesk(BaseDesk):
    name = "email"
    title = "E-mail"
    max_webhook_bytes = 1024 * 1024
    poll_seconds = 60.0
    settings = (
        ChannelSetting(name="TO", description="The team's address, which gets handoffs", secret=False),
        ChannelSetting(
            name="ADDRESS",
            description="Our own address, like handoffs@shop.example; mail to handoffs+…@ must arrive too",
            secret=False,
        ),
        ChannelSetting(
            name="SECRET", description="A random secret that signs reply addresses", is_generated=True
        ),
        ChannelSetting(
            name="SMTP_URL", description="smtps://user:password@host:465, or smtp://…:587 for STARTTLS"
        ),
        ChannelSetting(
            name="IMAP_URL",
            description="imaps://user:password@host: the mailbox of our address",
            required=False,
        ),
        ChannelSetting(
            name="WEBHOOK_PASSWORD",
            description="Postmark: call the webhook as https://postmark:PASSWORD@…",
            required=False,
            is_generated=True,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "Postmark: Inbound webhook に {webhook} を postmark:パスワード つきで設定します。"
        "使わない場合は IMAP_URL の受信箱を1分ごとに確認します。",
        "en": "Postmark: set the inbound webhook to {webhook} with postmark:PASSWORD. Without it, the "
        "mailbox of IMAP_URL is looked through every minute.",
    }

    def __init__(self, config: DeskConfig) -> None:
        super().__init__(config)
        self._local, _, self._domain = self.get_setting("ADDRESS").lower().partition("@")
        self._smtp = parse_mail_server(
            self.get_setting("SMTP_URL"), self.get_variable_name("SMTP_URL"), (465, 587)
        )
        self._imap: MailServer | None = None
        if url := self.get_setting("IMAP_URL"):
            self._imap = parse_mail_server(url, self.get_variable_name("IMAP_URL"), (993, 143))

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt:
        """Its Message-ID is the same on every try, by which mail programs know a second copy."""
        message, loss = self._compose(delivery)
        try:
            await self.send_mail(message)
        except Undeliverable as exc:
            if isinstance(exc.__cause__, aiosmtplib.SMTPAuthenticationError):
                mend = self.get_variable_name("SMTP_URL")
                raise RetryLater(
                    f"the server does not accept our credentials: mend {mend}", after=60
                ) from exc
            raise
        if delivery.step is not DeskStep.OPEN:
            return DeskReceipt()
        label = f"<{self.get_setting('TO')}>"
        return DeskReceipt(remote=delivery.link.id, label=label, loss=loss, fields=len(FIELDS))

    async def send_mail(self, message: EmailMessage) -> None:
        await deliver_mail(self._smtp, message)

    def _compose(self, delivery: DeskDelivery) -> tuple[EmailMessage, Sequence[str]]:
        link, loss, cut = delivery.link, (), CUT_LINES.get(delivery.language, CUT_LINES["en"])
        message = EmailMessage()
        message["From"], message["To"] = self.get_setting("ADDRESS"), self.get_setting("TO")
        message["Reply-To"] = self.build_reply_address(link.id)
        message["Message-ID"] = self._build_message_id(delivery.key)
        message["Auto-Submitted"] = "auto-generated"
        if delivery.step is DeskStep.OPEN:
            message["Subject"] = subject = f"[{link.id[:6]}] {render_subject(delivery)}"
            rendered = render_packet(delivery, most=MAX_MAIL_CHARACTERS, without=WITHOUT)
            text = f"{HELP.get(delivery.language, HELP['en'])}\n\n{subject}\n\n{rendered.text}"
            message.set_content(f"{cut}\n\n{text}")
            return message, rendered.loss
        first = self._build_message_id(link.id)
        message["In-Reply-To"] = message["References"] = first
        message["Subject"] = f"Re: [{link.id[:6]}]"
        said = delivery.messages[0] if delivery.messages else None
        body = render_message(said, delivery.language) if said else delivery.note
        message.set_content(f"{cut}\n\n{body}")
        return message, loss

    def _build_message_id(self, key: str) -> str:
        return f"<{key}.desk@{self._domain}>"

    def build_reply_address(self, link: str) -> str:
        """Whoever has it got a mail of ours: it is what proves a reply."""
        return f"{self._local}+{link}-{self._sign(link)}@{self._domain}"

    def _sign(self, link: str) -> str:
        digest = hmac.digest(self.get_setting("SECRET").encode(), f"desk {link}".encode(), hashlib.sha256)
        return digest.hex()[:SIGNATURE_CHARACTERS]

    # -- coming in

    def inbound(self, call: WebhookRequest) -> DeskCall:
        password = self.get_setting("WEBHOOK_PASSWORD")
        expected = "Basic " + base64.b64encode(f"postmark:{password}".encode()).decode()
        verify_signature(expected if password else "", call.headers.get("authorization"))
        body = parse_json_object(call.body)
        return DeskCall(
            events=tuple(parse_each([body], lambda one: self._read_mail(mails.parse_postmark_mail(one))))
        )

    def _read_mail(self, mail: Mail) -> Sequence[DeskEvent]:
        """A reply to a mail of ours; machines' mails, as of who is away, never reach a customer."""
        link = self._find_link(mail)
        if link is None or is_automatic_mail(mail) or mail.sender == self.get_setting("ADDRESS").lower():
            return ()
        text, kind = self._cut_quote(mail.text), DeskEventKind.REPLY
        for pattern, meaning in COMMANDS:
            if found := pattern.match(text.lstrip()):
                kind, text = meaning, text.lstrip()[found.end() :]
        event = DeskEvent(
            id=mail.message_id,
            kind=kind,
            remote=link,
            position=_build_position(mail),
            text=text,
            author=mail.name or mail.sender,
        )
        if not mail.attachments:
            return (event,)
        names = ", ".join(one.name for one in mail.attachments)[:500]
        # Files of the team are not passed on: nobody has looked at what else they hold.
        about = DeskEvent(
            id=f"{mail.message_id}:files",
            kind=DeskEventKind.NOTE,
            remote=link,
            position=event.position,
            text=f"{names} (e-mail)",
            author=event.author,
        )
        return (event, about)

    def _cut_quote(self, text: str) -> str:
        """What stands above the quote of a mail of ours."""
        found = _CUT.search(text)
        if found is None:
            return text
        lines, own = text[: found.start()].split("\n"), self.get_setting("ADDRESS").lower()
        while lines and (own in lines[-1].lower() or _QUOTE_HEAD.match(lines[-1])):
            lines.pop()
        return "\n".join(lines)

    def _find_link(self, mail: Mail) -> str | None:
        """The link whose signed reply address the mail went to."""
        tags = [one.lower().partition("@")[0].partition("+")[2] for one in mail.to]
        for tag in [*tags, mail.headers.get("x-mailbox-hash", "").lower()]:
            link, _, signature = tag.partition("-")
            if link and hmac.compare_digest(signature.encode(), self._sign(link).encode()):
                return link
        return None

    async def reconcile(self, link: DeskLink) -> DeskNews:
        """Mails to the link's reply address since the last that is known."""
        tag, last = f"+{link.id}-", int(link.cursor or 0)
        found = await asyncio.to_thread(self.search_mailbox, tag, last)
        events: list[DeskEvent] = []
        for _, raw in found:
            try:
                mail = await asyncio.to_thread(mails.parse_raw_mail, raw)
            except BadInput:  # whoever wrote it finds it unanswered in the mailbox
                continue
            events += [event for event in self._read_mail(mail) if event.remote == link.id]
        return DeskNews(events=tuple(events), cursor=str(max([last, *(number for number, _ in found)])))

    def search_mailbox(self, tag: str, last: int) -> list[tuple[int, bytes]]:
        """(number, content) of mails whose recipient has *tag*, after number *last*; blocking."""
        if self._imap is None:
            return []
        with ImapSession(self._imap) as box:
            _, found = box.uid("SEARCH", "UID", f"{last + 1}:*", "HEADER", "To", f'"{tag}"')
            numbers = sorted(int(number) for number in (found[0] or b"").split())
            result = []
            for number in [one for one in numbers if one > last][:MAX_MAILS_PER_FETCH]:
                _, data = box.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{MAX_MAIL_BYTES}>)")
                result.append((number, data[0][1] if data and isinstance(data[0], tuple) else b""))
            return result

    async def health(self) -> Sequence[str]:
        lines = []
        try:
            async with open_smtp(self._smtp):
                lines.append("the outgoing server lets us in")
            if self._imap is not None:
                await asyncio.to_thread(self.search_mailbox, "+check-", 0)
                lines.append("the mailbox lets us in")
        except (RetryLater, Undeliverable) as exc:
            raise SetupError(str(exc)) from exc
        if self._imap is None and not self.get_setting("WEBHOOK_PASSWORD"):
            raise SetupError(f"Nothing comes in: set {self.get_variable_name('IMAP_URL')}.")
        return lines


def _build_position(mail: Mail) -> str:
    """By the time that the mail tells; without one it is the newest."""
    try:
        moment = parsedate_to_datetime(mail.headers.get("date", ""))
    except (ValueError, TypeError):
        moment = datetime.now(UTC)
    return f"{max(0, int(moment.timestamp())):020d}"
