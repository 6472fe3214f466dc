"""The picture of the assistant in the chat's header, as leads upload it."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from assistant.domain.errors import BadInput, TooLarge
from assistant.domain.file_types import INLINE_TYPES, detect_file_type

MAX_LOGO_BYTES = 64 * 1024
_DATA_URL = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Logo:
    type: str
    data: bytes

    @property
    def version(self) -> str:
        """Another one for every picture."""
        return hashlib.sha256(self.data).hexdigest()[:12]


def parse_logo(value: object) -> Logo:
    """The picture of a data: address, by its content and not by what it is called; BadInput, TooLarge."""
    found = _DATA_URL.fullmatch(value) if isinstance(value, str) else None
    try:
        data = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        data = b""
    if len(data) > MAX_LOGO_BYTES:
        raise TooLarge(f"A logo may have {MAX_LOGO_BYTES // 1024} kB.")
    kind = detect_file_type(data)
    if kind not in INLINE_TYPES:  # an SVG is a document that can hold scripts
        raise BadInput("A logo is a picture: PNG, JPEG, GIF or WebP.", reason="file_type")
    return Logo(kind, data)
