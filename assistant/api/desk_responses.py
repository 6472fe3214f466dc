"""What the calls for tags, views, saved replies, teams and preferences respond, as types."""

from typing import Literal

from typing_extensions import TypedDict

from assistant.api.agent_responses import AgentReferenceOut, TagOut
from assistant.api.responses import Timestamp
from assistant.domain.teams import Assignment, Availability

#: What a view filters by and somebody may remove.
FilteredItem = Literal["tag", "agent", "team"]


class RevealedTextOut(TypedDict):
    id: str
    text: str
    html: str


class RevealedMessageOut(TypedDict):
    message: RevealedTextOut


class TagsOut(TypedDict):
    tags: list[TagOut]


class ViewOut(TypedDict):
    id: str
    name: str
    shared: bool
    #: Those of `FilterIn` that matter.
    filters: dict[str, str]
    #: Conversations now, up to 999; None: something that it filters by is gone.
    count: int | None
    #: Why there is no count: it was removed.
    missing: FilteredItem | None


class ViewsOut(TypedDict):
    views: list[ViewOut]
    #: Whose conversations may be asked for.
    agents: list[AgentReferenceOut]


class SavedReplyOut(TypedDict):
    id: str
    name: str
    text: str
    language: str | None
    tags: list[str]
    #: What sending it does, one of the three at most.
    snooze_minutes: int | None
    team: str | None
    outcome: str | None
    shared: bool
    #: How often it was used.
    used: int


class SavedRepliesOut(TypedDict):
    replies: list[SavedReplyOut]
    #: What may stand in double braces.
    variables: list[str]


class FilledReplyOut(TypedDict):
    text: str


class ReplyImportOut(TypedDict):
    added: int
    changed: int


class BulkResultOut(TypedDict):
    conversation: str
    #: unchanged: it was so already.
    result: Literal["changed", "unchanged", "refused"]
    #: Why it was refused, as for a single one.
    code: str | None
    message: str | None


class BulkOut(TypedDict):
    #: What to undo; None: nothing that could be.
    batch: str | None
    undo_until: Timestamp | None
    results: list[BulkResultOut]


class TeamOut(TypedDict):
    id: str
    name: str
    assignment: Assignment
    language: str | None
    channel: str | None
    #: Ids of agents.
    members: list[str]


class DeskAgentOut(TypedDict):
    id: str
    name: str
    #: offline: not seen for `presence_seconds` of the policy.
    availability: Availability | Literal["offline"]
    capacity: int
    #: Conversations that the agent has and has not snoozed.
    load: int
    seen_at: Timestamp | None
    #: Names of tags.
    skills: list[str]
    #: Weekday -> hours, such as ``{mon: "10:00-12:00, 13:00-18:00"}``; empty: always.
    hours: dict[str, str]


class TeamsOut(TypedDict):
    teams: list[TeamOut]
    agents: list[DeskAgentOut]


class AvailabilityOut(TypedDict):
    availability: Availability


class PresenceOut(TypedDict):
    agent: str
    availability: Availability
    begun_at: Timestamp
    #: None: it goes on.
    ended_at: Timestamp | None


class PresenceListOut(TypedDict):
    intervals: list[PresenceOut]


class PreferencesOut(TypedDict):
    notify: bool
    sound: bool
