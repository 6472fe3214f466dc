"""The parts of a raw mail: its text or HTML, and its files."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from assistant.channels.email_charsets import MAX_TEXT_BYTES, decode_header_text, decode_text
from assistant.domain.channels import Attachment

#: Most parts examined, and most files kept.
MAX_PARTS = 500
MAX_FILES = 50
#: The charset declaration of an HTML page.
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?([\w:.-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContents:
    """The content of a mail."""

    plain: str = ""
    html: str = ""
    files: tuple[Attachment, ...] = ()
    unreadable: bool = False


def extract_contents(message: Message) -> MailContents:
    """All text of the mail itself, and the rest as files."""
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    faults = 0
    for part in iterate_leaf_parts(message):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            files.append(_build_inner_attachment(part))
        elif kind in ("text/plain", "text/html") and not _is_file_part(part):
            text, readable = _decode_text_part(part, kind)
            faults += not readable
            (plain if kind == "text/plain" else html).append(text if readable else "")
        elif data := decode_payload(part):
            files.append(build_attachment(decode_header_text(_get_filename(part)), kind, data))
    words = "\n".join(one for one in plain if one.strip())
    if not words and not "".join(html).strip() and (inner := _extract_forwarded_words(message)):
        words = inner
    unreadable = bool(faults) and not words.strip() and not "".join(html).strip()
    kept = tuple(files[:MAX_FILES])
    return MailContents(plain=words, html="\n".join(html), files=kept, unreadable=unreadable)


def iterate_leaf_parts(message: Message) -> Iterator[Message]:
    """Leaf parts in order; an attached mail counts as one."""
    stack, seen = [message], 0
    while stack and seen < MAX_PARTS:
        part = stack.pop()
        seen += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            stack += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def decode_payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def build_attachment(name: str, type_: str, data: bytes) -> Attachment:
    """A file that came inside the webhook call."""
    kind = type_.partition("/")[0]
    source = "data:" + base64.b64encode(data).decode()
    return Attachment(
        kind=kind if kind in ("image", "video", "audio") else "file", source=source, name=name[:200]
    )


def _is_file_part(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _get_filename(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (LookupError, ValueError):
        return ""


def _decode_text_part(part: Message, kind: str) -> tuple[str, bool]:
    data = decode_payload(part)
    label = _get_parameter(part, "charset")
    if kind == "text/html" and (found := _META.search(data[:4000])) and not label:
        label = found[1].decode("ascii", "replace")
    text, readable = decode_text(data[:MAX_TEXT_BYTES], label)
    if kind == "text/plain" and _get_parameter(part, "format").lower() == "flowed":
        text = _unfold_lines(text, without_space=_get_parameter(part, "delsp").lower() == "yes")
    return text, readable


def _get_parameter(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value if isinstance(value, str) else str(value[2]) if value else ""


def _unfold_lines(text: str, *, without_space: bool) -> str:
    """Join the lines of format=flowed (RFC 3676); quoted lines stay as they are."""
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


def _build_inner_attachment(part: Message) -> Attachment:
    message = _get_inner_mail(part) or part
    subject = decode_header_text(str(message.get("subject", "")))
    return build_attachment(f"{subject[:80] or 'message'}.eml", "message/rfc822", message.as_bytes())


def _get_inner_mail(part: Message) -> Message | None:
    inner = part.get_payload()
    holds = part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner
    return inner[0] if holds and isinstance(inner, list) and isinstance(inner[0], Message) else None


def _extract_forwarded_words(message: Message) -> str:
    """The text of a mail attached to one without text."""
    for part in iterate_leaf_parts(message):
        inner = _get_inner_mail(part)
        if inner is not None:
            lines = [
                f"{name}: {decode_header_text(str(inner.get(name, '')))}"
                for name in ("From", "Date", "Subject")
            ]
            own = [one for one in iterate_leaf_parts(inner) if one.get_content_type() == "text/plain"]
            words = "\n".join(_decode_text_part(one, "text/plain")[0] for one in own)
            return "\n".join(["---------- Forwarded message ----------", *lines, "", words])
    return ""
