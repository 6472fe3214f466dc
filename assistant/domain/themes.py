"""Themes: what customers ask about, found in their questions and kept from month to month."""

from dataclasses import dataclass
from datetime import datetime

from assistant.domain.confidential import mask_secrets
from assistant.domain.errors import BadInput

MAX_TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """What a turn asked, with its sentence vector where it is embedded."""

    conversation: str
    turn: int
    asked_at: datetime
    language: str
    decision: str
    text: str
    #: As the embedding model made it, float16 bytes.
    vector: bytes | None = None
    theme: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.conversation, self.turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    id: str
    created_at: datetime
    #: Given by a lead; None: named by its most typical question.
    title: str | None = None
    #: Conversation and turn of the most typical question, and its words, masked, where it still exists.
    conversation: str | None = None
    turn: int | None = None
    example: str | None = None
    #: Typical words, each from several conversations.
    terms: tuple[str, ...] = ()
    pinned: bool = False
    #: The theme that it was merged into; None: it is alive.
    merged_into: str | None = None

    @property
    def name(self) -> str:
        return mask_secrets(self.title or self.example or " · ".join(self.terms) or self.id[:8])


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeEvent:
    """``found``, ``split`` (came from *other*), ``merged`` (into *other*), ``renamed``, ``pinned``."""

    theme: str
    kind: str
    actor: str
    created_at: datetime
    other: str | None = None


def require_mergeable(theme: Theme, into: Theme) -> None:
    """BadInput unless *theme* can be merged into *into*."""
    if theme.id == into.id:
        raise BadInput("A theme cannot be merged into itself.")
    if theme.merged_into or into.merged_into:
        raise BadInput("One of the themes was merged already; reload the list.")
