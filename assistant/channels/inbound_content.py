"""What a message carries, whatever the app calls it; what nobody knows is still something that came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from assistant.channels.http import BROKEN, text_of
from assistant.domain.channels import Attachment

log = structlog.get_logger()

#: Characters of what came, as agents see it.
LONGEST_ABOUT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """As in `Said`."""

    text: str = ""
    kind: str = "text"
    about: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def parts(self) -> Mapping[str, Any]:
        """For ``Said(**content.parts)``."""
        return {
            "text": self.text,
            "kind": self.kind,
            "about": self.about,
            "attachments": self.attachments,
        }


UNKNOWN = Content(kind="unknown")


def content_of(read: Callable[[Any], Content], message: Any) -> Content:
    """What *read* makes of it; UNKNOWN where we know who wrote, and not what."""
    try:
        found = read(message)
        text_of(found.text)
        return found
    except BROKEN as exc:
        log.warning("message not understood", why=type(exc).__name__)
        return UNKNOWN


def listed(*parts: Any) -> str:
    """The words among *parts* in one short line; whatever is no text is left out."""
    words = " ".join(" ".join(one.split()) for one in parts if isinstance(one, str) and one.strip())
    return words if len(words) <= LONGEST_ABOUT else words[: LONGEST_ABOUT - 1] + "…"


def is_words(value: Any) -> bool:
    """Whether a button's hidden value is a sentence and not a name for programs such as ``GET_STARTED``."""
    return isinstance(value, str) and (any(ord(c) > 0x2E7F for c in value) or " " in value.strip())
