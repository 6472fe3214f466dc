"""What kind of file something is, by its content and never by its name; and names that are only names."""

import re

#: Signature at the beginning -> type.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
#: Shown where they stand: browsers run nothing in them.
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: Of a file's name.
MAX_NAME_CHARACTERS = 120
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def detect_file_type(data: bytes) -> str | None:
    """image/png, image/jpeg, image/gif, image/webp, application/pdf or text/plain; None: nothing we take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if text.strip() and not _CONTROL.search(text) else None


def clean_file_name(name: str) -> str:
    """A plain name: without folders, control characters and dots in front; the end stays, with the ending."""
    name = re.split(r"[/\\]", re.sub(r"[\x00-\x1f\x7f]", "", name))[-1]
    return name.strip().lstrip(". ")[-MAX_NAME_CHARACTERS:] or "file"
