"""One action on many conversations, and what undoing it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

BulkKind = Literal["tag", "snooze", "assign", "resolve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """What is done to each; of what it needs besides one field counts."""

    kind: BulkKind
    #: What is done together has one; it is what is undone.
    batch: str = ""
    #: Names of tags that are added.
    tags: tuple[str, ...] = ()
    #: Until when it is put aside.
    until: datetime | None = None
    #: Id or address of who gets it.
    agent: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """What one conversation was before."""

    batch: str
    conversation: str
    #: Who did it.
    agent: str
    action: BulkKind
    #: The epoch since then: a later one is somebody else's doing.
    epoch: int
    before: Mapping[str, Any]
