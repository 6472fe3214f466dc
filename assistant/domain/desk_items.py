"""What agents work with at the desk: tags, saved views, saved replies with variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.domain.errors import BadInput

#: What may stand in double braces in a saved reply.
VARIABLES = ("customer_name", "agent_name", "channel", "conversation_id")
NAME_WITH_TITLE = re.compile(r"\{\{\s*customer_name\s*\}\}[ \u3000]?様")
VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """Filters of the inbox under a name."""

    id: str
    #: None: everybody's.
    agent: str | None
    name: str
    #: As the inbox takes them.
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReply:
    """A text that is sent often."""

    id: str
    #: None: everybody's.
    agent: str | None
    name: str
    text: str
    #: None: for customers of any language.
    language: str | None = None
    #: Names of tags that using it adds.
    tags: tuple[str, ...] = ()
    #: What sending it does, one of the three: aside for so long, to this team (its id), ended like this.
    snooze_minutes: int | None = None
    team: str | None = None
    outcome: str | None = None
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNote:
    """What an agent wrote down about a person."""

    id: str
    customer: str
    agent: str
    agent_name: str
    text: str
    created_at: datetime


#: Where a draft for an agent comes from.
DraftKind = Literal["suggestion", "saved_reply", "similar", "translation", "rephrasing"]
#: sent: as it was; edited: sent with other words.
DraftStep = Literal["shown", "inserted", "sent", "edited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUse:
    """A step in the life of a draft for an agent."""

    conversation: str
    #: An id of the draft, or a hash of its words.
    draft: str
    kind: DraftKind
    step: DraftStep
    agent: str


def validate_variables(text: str) -> None:
    """BadInput for a variable that does not exist, so that no customer ever reads one."""
    for name in VARIABLE.findall(text):
        if name not in VARIABLES:
            known = ", ".join(f"{{{{{each}}}}}" for each in VARIABLES)
            raise BadInput(
                f"There is no variable {{{{{name[:40]}}}}}. Known are {known}.", variable=name[:40]
            )


def fill_variables(text: str, values: Mapping[str, str]) -> str:
    """*text* with the values in the place of its variables; a Japanese name brings its 様 along."""
    text = NAME_WITH_TITLE.sub("{{customer_name}}", text)
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
