"""Who changed what, without a word of what anybody said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CUSTOMER = "customer"
ASSISTANT = "assistant"
WATCHDOG = "watchdog"
OPERATOR = "operator"
#: Who tried to sign in to an account that is not there.
STRANGER = "stranger"


def format_actor(id_: str) -> str:
    """An agent as an actor."""
    return f"agent:{id_}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    created_at: datetime
    actor: str
    action: str
    conversation: str | None
    epoch: int | None
    details: Mapping[str, Any]
