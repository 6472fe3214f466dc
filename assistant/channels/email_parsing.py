"""Parses mails from each input format: raw, Postmark's JSON, Mailgun's form."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from itertools import islice
from typing import Any

from assistant.channels.email_charsets import MAX_HEADER_CHARACTERS, decode_header_text, decode_text
from assistant.channels.email_html import extract_newest_words_from_html
from assistant.channels.email_parts import MailContents, build_attachment, extract_contents
from assistant.channels.email_quotes import extract_newest_words
from assistant.channels.http import require_text
from assistant.domain.channels import Attachment
from assistant.domain.errors import BadInput
from assistant.domain.people import normalize_email

MAX_BODY_CHARACTERS = 200_000
#: Limits of a raw mail: bytes, lines, declared boundaries, nesting depth.
MAX_MAIL_BYTES = 32 * 1024 * 1024
MAX_MAIL_LINES = 600_000
MAX_BOUNDARIES = 40
#: Headers of a mail and of all its parts, lines of one, and bytes of the head of the mail.
MAX_HEADERS = 600
MAX_PART_HEADERS = 5_000
MAX_HEADER_LINES = 2_000
MAX_HEAD_BYTES = 256 * 1024
_UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
#: A deliverable address; those of Japanese phones may have dots anywhere.
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[\w.-]{1,190}")
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError, binascii.Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    message_id: str
    #: Address to reply to: Reply-To if present, else From.
    sender: str
    name: str | None
    #: Address of From.
    author: str
    to: tuple[str, ...]
    subject: str
    #: The sender's new text, without quotes.
    text: str
    #: Headers by lower-case name; of several the uppermost, which the last server wrote.
    headers: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    #: The charset is unknown: agents get the file.
    unreadable: bool = False

    @property
    def is_reply(self) -> bool:
        return is_reply(self.headers)


def is_reply(headers: Mapping[str, str]) -> bool:
    return bool(headers.get("in-reply-to", "").strip() or headers.get("references", "").strip())


def parse_raw_mail(raw: bytes) -> Mail:
    """A raw mail; BadInput when it is malformed or its parts exceed the limits."""
    if len(raw) > MAX_MAIL_BYTES or raw.count(b"\n") > MAX_MAIL_LINES:
        raise BadInput("The mail is too large to be read.")
    if len(re.findall(rb"boundary", raw, re.IGNORECASE)) > MAX_BOUNDARIES:
        raise BadInput("The mail is nested too deeply to be read.")
    _refuse_large_head(raw)
    try:
        message = BytesParser(_build_capped_message_class(), policy=policy.compat32).parsebytes(raw)
        headers = parse_headers(message)
        contents = extract_contents(message)
        mail = build_mail(headers, contents)
    except BadInput:
        raise
    except _BROKEN as exc:
        raise BadInput("This is no mail that can be read.") from exc
    return mail


def _refuse_large_head(raw: bytes) -> None:
    """BadInput for a head of more lines or bytes than any mailer writes, before anything of it is read."""
    end = re.search(rb"\r?\n\r?\n", raw[: MAX_HEAD_BYTES + 4])
    head = raw[: end.start()] if end else raw
    if len(head) > MAX_HEAD_BYTES or head.count(b"\n") > MAX_HEADER_LINES:
        raise BadInput("The head of the mail is too large to be read.")


def _build_capped_message_class() -> type[Message]:
    """Messages that count their headers as they are read, those of all parts together."""
    counted = 0

    class CappedMessage(Message):
        def set_raw(self, name: str, value: str) -> None:
            nonlocal counted
            counted += 1
            if counted > MAX_PART_HEADERS or len(self) >= MAX_HEADERS:
                raise BadInput("The mail has too many headers to be read.")
            super().set_raw(name, value)

    return CappedMessage


def parse_headers(message: Message) -> dict[str, str]:
    """The uppermost header of each name; addresses keep their encoded words until they are parsed."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        lower = name.lower()
        if lower not in found:
            text = str(value)[:MAX_HEADER_CHARACTERS]
            found[lower] = text if lower in ADDRESSES else _decode_header(lower, text)
    return found


def _decode_header(name: str, text: str) -> str:
    """The subject in whatever character set; what only programs write is ASCII, and nothing is guessed."""
    if name == "subject":
        return decode_header_text(text)
    plain = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(plain.replace("\x00", "").split())


ADDRESSES = ("from", "reply-to", "to", "cc", "sender", "x-original-from", "x-original-sender", "delivered-to")


def parse_postmark_mail(body: Mapping[str, Any]) -> Mail:
    """https://postmarkapp.com/developer/webhooks/inbound-webhook"""
    headers: dict[str, str] = {}
    for one in islice(body.get("Headers") or (), MAX_HEADERS):
        if isinstance(one, Mapping):  # one that is broken costs only itself
            headers.setdefault(
                str(one.get("Name", "")).lower(), str(one.get("Value", ""))[:MAX_HEADER_CHARACTERS]
            )
    headers |= {
        "from": require_text(body["From"]),
        "to": require_text(body.get("To", "")),
        "subject": require_text(body.get("Subject") or ""),
    }
    if reply_to := body.get("ReplyTo"):
        headers["reply-to"] = require_text(reply_to)
    headers.setdefault("message-id", require_text(body["MessageID"]))
    if hash_ := body.get("MailboxHash"):
        headers["x-mailbox-hash"] = require_text(hash_)
    files = tuple(_parse_postmark_file(one) for one in body.get("Attachments") or ())
    plain, html = str(body.get("TextBody") or ""), str(body.get("HtmlBody") or "")
    return build_mail(
        headers, MailContents(plain=plain[:MAX_BODY_CHARACTERS], html=html[:MAX_BODY_CHARACTERS], files=files)
    )


def _parse_postmark_file(one: Mapping[str, Any]) -> Attachment:
    try:
        data = base64.b64decode(require_text(one["Content"]))
    except (ValueError, KeyError):
        data = b""
    return build_attachment(str(one.get("Name", "")), str(one.get("ContentType", "")), data)


#: Fields of Mailgun's form -> mail header.
MAILGUN = {"recipient": "to", "X-Mailgun-Spf": "x-mailgun-spf"}


def parse_mailgun_mail(fields: Mapping[str, str], files: tuple[Attachment, ...]) -> Mail:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/"""
    headers = {
        MAILGUN.get(name, name.lower()): value[:MAX_HEADER_CHARACTERS]
        for name, value in fields.items()
        if not name.startswith(("body-", "stripped-"))
    }
    if not {"from", "sender"} & headers.keys():
        raise KeyError("from")
    plain, html = fields.get("body-plain", ""), fields.get("body-html", "")
    return build_mail(
        headers, MailContents(plain=plain[:MAX_BODY_CHARACTERS], html=html[:MAX_BODY_CHARACTERS], files=files)
    )


def build_mail(headers: Mapping[str, str], contents: MailContents) -> Mail:
    """Assemble a mail; BadInput when it has no sender."""
    name, author = parse_address(headers.get("from", ""))
    if "@" not in author:
        raise BadInput("The mail has no sender.")
    answered_name, answered = parse_address(headers.get("reply-to", ""))
    if "@" not in answered:
        answered_name, answered = name, author
    subject = " ".join(headers.get("subject", "").split())[:200]
    return Mail(
        message_id=get_message_id(headers, contents),
        sender=answered,
        name=answered_name or name or None,
        author=author,
        to=tuple(
            parse_addresses(headers.get("to", ""), headers.get("cc", ""), headers.get("delivered-to", ""))
        ),
        subject=subject,
        text=_extract_words(contents, subject, is_reply(headers)),
        headers=headers,
        attachments=contents.files,
        unreadable=contents.unreadable,
    )


def _extract_words(contents: MailContents, subject: str, reply: bool) -> str:
    """The new text, from the plain text part where there is one."""
    if contents.plain.strip():
        return extract_newest_words(contents.plain[:MAX_BODY_CHARACTERS], subject, reply=reply)
    return extract_newest_words_from_html(contents.html[:MAX_BODY_CHARACTERS], subject, reply=reply)


def get_message_id(headers: Mapping[str, str], contents: MailContents) -> str:
    """The Message-ID, or else a hash of the content, for dedup."""
    known = _UNPRINTED.sub("", headers.get("message-id", ""))
    if known:
        return known
    whole = repr(sorted(headers.items())) + contents.plain + contents.html
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def parse_address(header: str) -> tuple[str, str]:
    """(name, address in lower case); ("", "") when there is none."""
    header = _decode_raw_header(header)
    name, address = parseaddr(header)
    if "@" not in address and (found := re.search(r"[^\s<>@,;:\"]{1,100}@[^\s<>@,;:\"]{1,200}", header)):
        name, address = header[: found.start()].strip(' "<'), found[0]
    address = normalize_email(_UNPRINTED.sub("", address)).replace('"', "")
    return decode_header_text(name)[:200], address if _ADDRESS.fullmatch(address) else ""


def parse_addresses(*headers: str) -> list[str]:
    return [
        normalize_email(address) for _, address in getaddresses([_decode_raw_header(one) for one in headers])
    ]


def _decode_raw_header(header: str) -> str:
    """Decode non-ASCII bytes before the header is parsed: JIS contains commas and brackets."""
    header = header[:MAX_HEADER_CHARACTERS].replace("\r", " ").replace("\n", " ")
    if "\x1b" in header or re.search("[\udc80-\udcff]", header):
        return decode_text(header.encode("utf-8", "surrogateescape"), None)[0]
    return header
