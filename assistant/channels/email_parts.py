"""The parts of a raw mail: its words in plain text or HTML, and its files."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from assistant.channels.email_charsets import MOST_BYTES, header_text, text_of_bytes
from assistant.domain.channels import Attachment

#: Parts that are looked at, and files that are kept.
MOST_PARTS, MOST_FILES = 500, 50
#: What a page says about its character set.
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?([\w:.-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in a mail."""

    plain: str = ""
    html: str = ""
    files: tuple[Attachment, ...] = ()
    unreadable: bool = False


def contents_of(message: Message) -> Contents:
    """All words that stand in the mail itself, and the rest as files."""
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    faults = 0
    for part in leaves(message):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            files.append(_inner(part))
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            text, readable = _text(part, kind)
            faults += not readable
            (plain if kind == "text/plain" else html).append(text if readable else "")
        elif data := bytes_of(part):
            files.append(as_file(header_text(_filename(part)), kind, data))
    words = "\n".join(one for one in plain if one.strip())
    if not words and not "".join(html).strip() and (inner := _passed_on(message)):
        words = inner
    unreadable = bool(faults) and not words.strip() and not "".join(html).strip()
    kept = tuple(files[:MOST_FILES])
    return Contents(plain=words, html="\n".join(html), files=kept, unreadable=unreadable)


def leaves(message: Message) -> Iterator[Message]:
    """Parts without parts, in their order; a mail inside the mail is one."""
    stack, seen = [message], 0
    while stack and seen < MOST_PARTS:
        part = stack.pop()
        seen += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            stack += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def as_file(name: str, type_: str, data: bytes) -> Attachment:
    """A file that came inside the call."""
    kind = type_.partition("/")[0]
    source = "data:" + base64.b64encode(data).decode()
    return Attachment(
        kind=kind if kind in ("image", "video", "audio") else "file", source=source, name=name[:200]
    )


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _filename(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (LookupError, ValueError):
        return ""


def _text(part: Message, kind: str) -> tuple[str, bool]:
    data = bytes_of(part)
    label = _parameter(part, "charset")
    if kind == "text/html" and (found := _META.search(data[:4000])) and not label:
        label = found[1].decode("ascii", "replace")
    text, readable = text_of_bytes(data[:MOST_BYTES], label)
    if kind == "text/plain" and _parameter(part, "format").lower() == "flowed":
        text = _unfolded(text, without_space=_parameter(part, "delsp").lower() == "yes")
    return text, readable


def _parameter(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value if isinstance(value, str) else str(value[2]) if value else ""


def _unfolded(text: str, *, without_space: bool) -> str:
    """Lines that a mailer folded (RFC 3676), put together; quoted ones stay as they are."""
    out: list[str] = []
    folded = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        line = line[1:] if line.startswith(" ") else line
        if folded and not quoted:
            before = out.pop()
            line = (before[:-1] if without_space else before) + line
        out.append(line)
        folded = line.endswith(" ") and not quoted and line != "-- "
    return "\n".join(out)


def _inner(part: Message) -> Attachment:
    message = _mail_inside(part) or part
    subject = header_text(str(message.get("subject", "")))
    return as_file(f"{subject[:80] or 'message'}.eml", "message/rfc822", message.as_bytes())


def _mail_inside(part: Message) -> Message | None:
    inner = part.get_payload()
    holds = part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner
    return inner[0] if holds and isinstance(inner, list) and isinstance(inner[0], Message) else None


def _passed_on(message: Message) -> str:
    """The words of a mail that is attached to one without words."""
    for part in leaves(message):
        inner = _mail_inside(part)
        if inner is not None:
            lines = [
                f"{name}: {header_text(str(inner.get(name, '')))}" for name in ("From", "Date", "Subject")
            ]
            own = [one for one in leaves(inner) if one.get_content_type() == "text/plain"]
            words = "\n".join(_text(one, "text/plain")[0] for one in own)
            return "\n".join(["---------- Forwarded message ----------", *lines, "", words])
    return ""
