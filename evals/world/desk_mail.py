"""A team that works in a shared mailbox: what was sent to it, and replies by mail program."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, ClassVar

import aiosmtplib
import httpx

from assistant.domain.errors import RetryLater, Undeliverable
from evals.world.desks import Callback, SimulatedDesk, SimulatedTicket, encode_json

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class SimulatedMailDesk(SimulatedDesk):
    name: ClassVar[str] = "email"
    settings: ClassVar[Mapping[str, str]] = {
        "ASSISTANT_DESK_EMAIL_TO": "team@shop.example",
        "ASSISTANT_DESK_EMAIL_ADDRESS": "handoffs@shop.example",
        "ASSISTANT_DESK_EMAIL_SECRET": "a secret of the mail desk",
        "ASSISTANT_DESK_EMAIL_SMTP_URL": "smtps://u:p@mail.example",
        "ASSISTANT_DESK_EMAIL_WEBHOOK_PASSWORD": "postmark-password",
    }
    seen: set[str] = field(default_factory=set)
    #: Reply addresses by ticket.
    addresses: dict[str, str] = field(default_factory=dict)
    mailbox: list[tuple[int, bytes]] = field(default_factory=list)

    def connect(self, adapter: Any) -> None:
        adapter.send_mail, adapter.search_mailbox = self.take_mail, self.search

    async def take_mail(self, message: EmailMessage) -> None:
        """As `deliver_mail` of channels/email_servers.py: its errors, and what the other side keeps."""
        if self.is_down:
            raise RetryLater("the outgoing server does not answer")
        if self.troubles:
            self._raise(self.troubles.pop(0))
        key = str(message["Message-ID"]).strip("<>").partition(".desk@")[0]
        text = message.get_content()
        if self.refusal and "-" in key and not key.endswith("close"):
            gone, self.refusal = self.refusal == 404, None
            raise Undeliverable("the address is refused", gone=gone)
        if key not in self.seen:
            self.seen.add(key)
            self._keep(key, text, str(message["Reply-To"]))
        if self.lost_answers:
            self.lost_answers -= 1
            raise RetryLater("the outgoing server does not answer: TimeoutError")

    def _keep(self, key: str, text: str, address: str) -> None:
        link = key.partition("-")[0]
        if key == link:
            self.tickets[link], self.addresses[link] = (
                SimulatedTicket(id=link, key=key, opening=text),
                address,
            )
        elif key.endswith("close"):
            self.tickets[link].is_open = False
        else:
            self.tickets[link].messages.append((key, text.strip()))

    def _raise(self, trouble: httpx.Response | Exception) -> None:
        if isinstance(trouble, httpx.Response) and trouble.status_code == 401:
            raise Undeliverable("the outgoing server does not accept our password") from (
                aiosmtplib.SMTPAuthenticationError(535, "no")
            )
        raise RetryLater("the outgoing server asks us to wait (451)")

    def search(self, tag: str, last: int) -> list[tuple[int, bytes]]:
        if self.is_down:
            raise RetryLater("the mailbox does not answer")
        return [(number, raw) for number, raw in self.mailbox if number > last and tag.encode() in raw]

    def _write(self, ticket: SimulatedTicket, text: str, author: str, **headers: str) -> Callback:
        number = self.next_id()
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{author} <aiko@shop.example>", self.addresses[ticket.id]
        mail["Subject"], mail["Message-ID"] = "Re: handoff", f"<m{number}@shop.example>"
        mail["Date"] = format_datetime(BEGIN + timedelta(seconds=number))
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        quoted = f"{text}\n\nOn Mon, 23 Nov 2026 at 12:00, handoffs@shop.example wrote:\n> earlier"
        mail.set_content(quoted)
        self.mailbox.append((number, mail.as_bytes()))
        body = {
            "From": str(mail["From"]),
            "FromFull": {"Email": "aiko@shop.example", "Name": author},
            "To": str(mail["To"]),
            "ToFull": [{"Email": str(mail["To"]), "MailboxHash": ""}],
            "Subject": str(mail["Subject"]),
            "MessageID": f"pm-{number}",
            "TextBody": quoted,
            "Headers": [{"Name": name, "Value": str(value)} for name, value in mail.items()],
            "Attachments": [],
        }
        data = encode_json(body)
        return data, self.sign(data)

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._write(ticket, text, author)

    def write_automatically(self, ticket: SimulatedTicket) -> Callback:
        """Somebody of the team is away."""
        return self._write(ticket, "I am out of office", "Aiko", Auto_Submitted="auto-replied")

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        return self._write(ticket, f"#note {text}", author)

    def close(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = False
        return self._write(ticket, "#close", "Aiko")

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        ticket.is_open = True
        return self._write(ticket, "#reopen", "Aiko")

    def sign(self, body: bytes) -> Mapping[str, str]:
        password = base64.b64encode(b"postmark:postmark-password").decode()
        return {"authorization": f"Basic {password}"}
