"""Parses the form of Mailgun's webhook, with limits checked before parsing."""

import re
from email.message import Message
from email.parser import HeaderParser
from urllib.parse import parse_qs

from assistant.channels.email_charsets import decode_header_text
from assistant.channels.email_parts import build_attachment
from assistant.domain.channels import Attachment
from assistant.domain.errors import BadInput

#: Number of parts, bytes of a part's header, bytes of a field.
MAX_PARTS = 500
MAX_HEAD_BYTES = 8_000
MAX_FIELD_BYTES = 2_000_000
#: Fields covered by the signature.
SIGNED = ("timestamp", "token", "signature")


def parse_signed_fields(body: bytes, content_type: str) -> dict[str, str]:
    """Only the fields of the signature, read before it is verified."""
    if _is_urlencoded(content_type):
        return {name: value for name, value in _parse_urlencoded(body).items() if name in SIGNED}
    found = {}
    for head, data in _split_parts(body, content_type):
        named = re.search(rb'name="?(timestamp|token|signature)"?', head[:500])
        if named and b"filename" not in head[:500] and len(data) < 500:
            found[named[1].decode()] = data.decode("utf-8", "replace")
    return found


def parse_form(body: bytes, content_type: str) -> tuple[dict[str, str], tuple[Attachment, ...]]:
    """Fields and files of a form in either encoding, or BadInput."""
    if _is_urlencoded(content_type):
        return _parse_urlencoded(body), ()
    fields: dict[str, str] = {}
    files = []
    for head, data in _split_parts(body, content_type):
        message = HeaderParser().parsestr(head.decode("utf-8", "replace"))
        name, filename = _get_parameter(message, "name"), _get_parameter(message, "filename")
        if filename:
            files.append(build_attachment(decode_header_text(filename), message.get_content_type(), data))
        elif name:
            fields[name] = data[:MAX_FIELD_BYTES].decode("utf-8", "replace")
    return fields, tuple(files)


def _is_urlencoded(content_type: str) -> bool:
    return content_type.startswith("application/x-www-form-urlencoded")


def _parse_urlencoded(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_PARTS)
    except ValueError as exc:
        raise BadInput("The body is not a form.") from exc
    return {name: values[0] for name, values in pairs.items()}


def _split_parts(body: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    """Header and content of each part; a form is flat (RFC 7578), so nested parts are not parsed."""
    named = re.match(
        r"multipart/form-data\s*;.{0,200}?boundary=\"?([^\s\";,]{1,200})", content_type, re.IGNORECASE
    )
    if named is None:
        raise BadInput("The body is neither JSON nor a form.")
    line = b"--" + named[1].encode("latin-1", "replace")
    if body.count(line) > MAX_PARTS:
        raise BadInput(f"A form may have {MAX_PARTS} parts.")
    found = []
    for part in (b"\r\n" + body).split(b"\r\n" + line)[1:]:
        head, gap, data = part.partition(b"\r\n\r\n")
        if gap and len(head) <= MAX_HEAD_BYTES and not part.startswith(b"--"):
            found.append((head.lstrip(b"\r\n") + b"\r\n\r\n", data))
    return found


def _get_parameter(message: Message, name: str) -> str:
    value = message.get_param(name, header="content-disposition")
    if isinstance(value, tuple):
        return value[2]
    return value or ""
