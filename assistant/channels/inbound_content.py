"""The content of an inbound message, independent of the app; unknown kinds are kept as UNKNOWN."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from assistant.channels.http import BROKEN, require_text
from assistant.domain.channels import Attachment

log = structlog.get_logger()

#: Characters of the description that agents see.
MAX_ABOUT_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContent:
    """The content fields of `MessageReceived`."""

    text: str = ""
    kind: str = "text"
    about: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def event_fields(self) -> Mapping[str, Any]:
        """As arguments: ``MessageReceived(**content.event_fields)``."""
        return {
            "text": self.text,
            "kind": self.kind,
            "about": self.about,
            "attachments": self.attachments,
        }


UNKNOWN = MessageContent(kind="unknown")


def try_parse_content(read: Callable[[Any], MessageContent], message: Any) -> MessageContent:
    """The content as *read* returns it; UNKNOWN when it cannot be parsed."""
    try:
        found = read(message)
        require_text(found.text)
        return found
    except BROKEN as exc:
        log.warning("message not understood", why=type(exc).__name__)
        return UNKNOWN


def join_words(*parts: Any) -> str:
    """Join the texts among *parts* in one short line."""
    words = " ".join(" ".join(one.split()) for one in parts if isinstance(one, str) and one.strip())
    return words if len(words) <= MAX_ABOUT_CHARACTERS else words[: MAX_ABOUT_CHARACTERS - 1] + "…"


def is_sentence(value: Any) -> bool:
    """Whether a button's payload is a sentence and not a program's name such as ``GET_STARTED``."""
    return isinstance(value, str) and (any(ord(c) > 0x2E7F for c in value) or " " in value.strip())
