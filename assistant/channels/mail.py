"""A mail as we need it, from each of the forms in which it comes: raw, Postmark's JSON, Mailgun's form."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import parse_qs

from bs4 import BeautifulSoup
from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]

from assistant.channels.web_calls import text_of
from assistant.domain.channels import Attachment
from assistant.domain.errors import BadInput

#: Languages whose "On … wrote:" is known.
LANGUAGES = ["ja", "en"]
LONGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    message_id: str
    sender: str
    name: str | None
    to: tuple[str, ...]
    subject: str
    #: What the sender wrote, without what they quoted.
    text: str
    #: Names in lower case.
    headers: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()


def from_bytes(raw: bytes) -> Mail:
    """A mail as a server keeps it; BadInput when it is none."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        return _mail(message)
    except (ValueError, LookupError, AttributeError, TypeError) as exc:
        raise BadInput("This is no mail that can be read.") from exc


def _mail(message: EmailMessage) -> Mail:
    headers = {name.lower(): str(value) for name, value in message.items()}
    body = message.get_body(("plain", "html"))
    words = str(body.get_content()) if body else ""
    if body and body.get_content_type() == "text/html":
        words = without_html(words)
    files = tuple(
        inline(str(part.get_filename() or ""), part.get_content_type(), _bytes(part))
        for part in message.iter_attachments()
    )
    return make(headers, words, files)


def from_postmark(body: Mapping[str, Any]) -> Mail:
    """https://postmarkapp.com/developer/webhooks/inbound-webhook"""
    headers = {text_of(h["Name"]).lower(): text_of(h["Value"]) for h in body.get("Headers", ())}
    headers |= {
        "from": text_of(body["From"]),
        "to": text_of(body.get("To", "")),
        "subject": text_of(body.get("Subject", "")),
    }
    headers.setdefault("message-id", text_of(body["MessageID"]))
    if hash_ := body.get("MailboxHash"):
        headers["x-mailbox-hash"] = text_of(hash_)
    files = tuple(
        inline(str(a.get("Name", "")), str(a.get("ContentType", "")), base64.b64decode(text_of(a["Content"])))
        for a in body.get("Attachments", ())
    )
    return make(headers, body.get("TextBody") or without_html(str(body.get("HtmlBody", ""))), files)


def from_mailgun(fields: Mapping[str, str], files: tuple[Attachment, ...]) -> Mail:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/"""
    known = {"from": "from", "subject": "subject", "recipient": "to", "Message-Id": "message-id"}
    headers = {as_: fields[name] for name, as_ in known.items() if name in fields}
    for name in (
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "Precedence",
        "X-Auto-Response-Suppress",
        "Return-Path",
    ):
        if name in fields:
            headers[name.lower()] = fields[name]
    return make(headers, fields.get("body-plain") or without_html(fields.get("body-html", "")), files)


def make(headers: Mapping[str, str], words: str, files: tuple[Attachment, ...]) -> Mail:
    name, sender = parseaddr(headers.get("from", ""))
    if "@" not in sender:
        raise BadInput("The mail has no sender.")
    to = tuple(address.lower() for _, address in getaddresses([headers.get("to", ""), headers.get("cc", "")]))
    message_id = headers.get("message-id", "").strip()
    return Mail(
        # Without an id of its own, the same mail is known by what is in it.
        message_id=message_id
        or hashlib.sha256(
            repr(sorted(headers.items())).encode() + words.encode("utf-8", "replace")
        ).hexdigest(),
        sender=sender.lower(),
        name=name or None,
        to=to,
        subject=" ".join(headers.get("subject", "").split())[:200],
        text=unquoted(words[:LONGEST]),
        headers=headers,
        attachments=files,
    )


def inline(name: str, type_: str, data: bytes) -> Attachment:
    """A file that came inside the call."""
    kind = type_.partition("/")[0]
    source = "data:" + base64.b64encode(data).decode()
    return Attachment(kind=kind if kind in ("image", "video", "audio") else "file", source=source, name=name)


def unquoted(text: str) -> str:
    """The newest words, without quotes and signature."""
    text = text.replace("\r\n", "\n")
    found = EmailReplyParser(languages=LANGUAGES).parse_reply(text=text) or ""
    return (found or text).strip()


def without_html(html: str) -> str:
    return BeautifulSoup(html[:LONGEST], "lxml").get_text("\n", strip=True)


def form(body: bytes, content_type: str) -> tuple[dict[str, str], tuple[Attachment, ...]]:
    """Fields and files of a form in either encoding, or BadInput."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        try:
            pairs = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500)
        except ValueError as exc:
            raise BadInput("The body is not a form.") from exc
        return {name: values[0] for name, values in pairs.items()}, ()
    if not re.match(r"multipart/form-data;.*boundary=", content_type):
        raise BadInput("The body is neither JSON nor a form.")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    fields: dict[str, str] = {}
    files = []
    for part in message.iter_parts() if message.is_multipart() else ():
        data = _bytes(part)
        name = part.get_param("name", header="content-disposition")
        if part.get_filename():
            files.append(inline(str(part.get_filename()), part.get_content_type(), data))
        elif isinstance(name, str):
            fields[name] = data.decode("utf-8", "replace")
    return fields, tuple(files)


def automatic(mail: Mail, own_domain: str) -> bool:
    """Written by a machine: answering it could go on for ever (RFC 3834)."""
    headers = mail.headers
    return (
        headers.get("auto-submitted", "no").strip().lower() not in ("no", "")
        or headers.get("precedence", "").strip().lower() in ("bulk", "list", "junk", "auto_reply")
        or "x-auto-response-suppress" in headers
        or "list-id" in headers
        or headers.get("return-path", "x").strip() in ("", "<>")
        or mail.sender.split("@")[0] in ("mailer-daemon", "postmaster", "noreply", "no-reply")
        or mail.message_id.rstrip(">").endswith(f"@{own_domain}")
    )


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
