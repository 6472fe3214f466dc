"""A mail as we need it, from each of the forms in which it comes: raw, Postmark's JSON, Mailgun's form."""

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
from typing import Any

from assistant.channels.email_charsets import MOST_HEADER, header_text, text_of_bytes
from assistant.channels.email_html import newest_words_of_html
from assistant.channels.email_parts import Contents, as_file, contents_of
from assistant.channels.email_quotes import newest_words
from assistant.channels.http import text_of
from assistant.domain.channels import Attachment
from assistant.domain.errors import BadInput

LONGEST = 200_000
#: A raw mail: bytes, lines, and declared boundaries, which are nested at most so deep.
MOST_BYTES, MOST_LINES, MOST_BOUNDARIES = 32 * 1024 * 1024, 600_000, 40
_UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
#: An address to which mail can go; those of Japanese phones have dots in any place.
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[\w.-]{1,190}")
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError, binascii.Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    message_id: str
    #: Who is to be answered: the address of Reply-To, where one is given.
    sender: str
    name: str | None
    #: The address of From.
    author: str
    to: tuple[str, ...]
    subject: str
    #: What the sender wrote, without what they quoted.
    text: str
    #: Names in lower case; of several with one name the uppermost, which the last server wrote.
    headers: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    #: Its words are in no character set that we know: people look at the file.
    unreadable: bool = False

    @property
    def is_reply(self) -> bool:
        return is_reply(self.headers)


def is_reply(headers: Mapping[str, str]) -> bool:
    return bool(headers.get("in-reply-to", "").strip() or headers.get("references", "").strip())


def from_bytes(raw: bytes) -> Mail:
    """A mail as a server keeps it; BadInput when it is none, or when its parts are without end."""
    if len(raw) > MOST_BYTES or raw.count(b"\n") > MOST_LINES:
        raise BadInput("The mail is too large to be read.")
    if len(re.findall(rb"boundary", raw, re.IGNORECASE)) > MOST_BOUNDARIES:
        raise BadInput("The mail is nested too deeply to be read.")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        headers = headers_of(message)
        contents = contents_of(message)
        mail = make(headers, contents)
    except BadInput:
        raise
    except _BROKEN as exc:
        raise BadInput("This is no mail that can be read.") from exc
    return mail


def headers_of(message: Message) -> dict[str, str]:
    """The uppermost header of each name; addresses keep their encoded words until they are taken apart."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        lower = name.lower()
        if lower not in found:
            text = str(value)[:MOST_HEADER]
            found[lower] = text if lower in ADDRESSES else header_text(text)
    return found


ADDRESSES = ("from", "reply-to", "to", "cc", "sender", "x-original-from", "x-original-sender", "delivered-to")


def from_postmark(body: Mapping[str, Any]) -> Mail:
    """https://postmarkapp.com/developer/webhooks/inbound-webhook"""
    headers: dict[str, str] = {}
    for one in body.get("Headers") or ():
        if isinstance(one, Mapping):  # one that is broken costs only itself
            headers.setdefault(str(one.get("Name", "")).lower(), str(one.get("Value", ""))[:MOST_HEADER])
    headers |= {
        "from": text_of(body["From"]),
        "to": text_of(body.get("To", "")),
        "subject": text_of(body.get("Subject") or ""),
    }
    if reply_to := body.get("ReplyTo"):
        headers["reply-to"] = text_of(reply_to)
    headers.setdefault("message-id", text_of(body["MessageID"]))
    if hash_ := body.get("MailboxHash"):
        headers["x-mailbox-hash"] = text_of(hash_)
    files = tuple(_of_postmark(one) for one in body.get("Attachments") or ())
    plain, html = str(body.get("TextBody") or ""), str(body.get("HtmlBody") or "")
    return make(headers, Contents(plain=plain[:LONGEST], html=html[:LONGEST], files=files))


def _of_postmark(one: Mapping[str, Any]) -> Attachment:
    try:
        data = base64.b64decode(text_of(one["Content"]))
    except (ValueError, KeyError):
        data = b""
    return as_file(str(one.get("Name", "")), str(one.get("ContentType", "")), data)


#: Fields of Mailgun's form that are headers of the mail under another name.
MAILGUN = {"recipient": "to", "X-Mailgun-Spf": "x-mailgun-spf"}


def from_mailgun(fields: Mapping[str, str], files: tuple[Attachment, ...]) -> Mail:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/"""
    headers = {
        MAILGUN.get(name, name.lower()): value[:MOST_HEADER]
        for name, value in fields.items()
        if not name.startswith(("body-", "stripped-"))
    }
    if not {"from", "sender"} & headers.keys():
        raise KeyError("from")
    plain, html = fields.get("body-plain", ""), fields.get("body-html", "")
    return make(headers, Contents(plain=plain[:LONGEST], html=html[:LONGEST], files=files))


def make(headers: Mapping[str, str], contents: Contents) -> Mail:
    """BadInput for a mail without a sender."""
    name, author = one_address(headers.get("from", ""))
    if "@" not in author:
        raise BadInput("The mail has no sender.")
    answered_name, answered = one_address(headers.get("reply-to", ""))
    if "@" not in answered:
        answered_name, answered = name, author
    subject = " ".join(headers.get("subject", "").split())[:200]
    return Mail(
        message_id=message_id_of(headers, contents),
        sender=answered,
        name=answered_name or name or None,
        author=author,
        to=tuple(
            all_addresses(headers.get("to", ""), headers.get("cc", ""), headers.get("delivered-to", ""))
        ),
        subject=subject,
        text=_words(contents, subject, is_reply(headers)),
        headers=headers,
        attachments=contents.files,
        unreadable=contents.unreadable,
    )


def _words(contents: Contents, subject: str, reply: bool) -> str:
    """The newest words, from the plain text where there is one."""
    if contents.plain.strip():
        return newest_words(contents.plain[:LONGEST], subject, reply=reply)
    return newest_words_of_html(contents.html[:LONGEST], subject, reply=reply)


def message_id_of(headers: Mapping[str, str], contents: Contents) -> str:
    """Without an id of its own, the same mail is known by what is in it."""
    known = _UNPRINTED.sub("", headers.get("message-id", ""))
    if known:
        return known
    whole = repr(sorted(headers.items())) + contents.plain + contents.html
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def one_address(header: str) -> tuple[str, str]:
    """Name and address, in lower case; ("", "") when there is none."""
    header = _readable(header)
    name, address = parseaddr(header)
    if "@" not in address and (found := re.search(r"[^\s<>@,;:\"]{1,100}@[^\s<>@,;:\"]{1,200}", header)):
        name, address = header[: found.start()].strip(' "<'), found[0]
    address = _UNPRINTED.sub("", address).lower().replace('"', "")
    return header_text(name)[:200], address if _ADDRESS.fullmatch(address) else ""


def all_addresses(*headers: str) -> list[str]:
    return [address.lower() for _, address in getaddresses([_readable(one) for one in headers])]


def _readable(header: str) -> str:
    """Bytes that are no ASCII are read before it is taken apart: JIS has commas and brackets in it."""
    header = header[:MOST_HEADER].replace("\r", " ").replace("\n", " ")
    if "\x1b" in header or re.search("[\udc80-\udcff]", header):
        return text_of_bytes(header.encode("utf-8", "surrogateescape"), None)[0]
    return header
