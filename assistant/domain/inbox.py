"""What agents ask of the inbox: which conversations, and from which place of the list on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.domain.conversation import Conversation, Priority, State
from assistant.domain.sla import SlaState

#: Agents see the highest priority first; these ranks sort the priorities.
PRIORITY_RANK = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """Which conversations; None: any."""

    state: State | None = None
    #: Conversations that this agent owns.
    agent: str | None = None
    channel: str | None = None
    language: str | None = None
    reason: str | None = None
    priority: str | None = None
    #: Id of a tag.
    tag: str | None = None
    #: Conversations that a member of the team with this id owns.
    team: str | None = None
    #: Only those that began then or earlier.
    begun_before: datetime | None = None
    #: Only customers who have waited since then or longer.
    waiting_since: datetime | None = None
    #: Only those in which a note names this agent, or that this agent follows.
    mentioned: str | None = None
    followed_by: str | None = None
    #: Only those in which a call is to be made.
    callback: bool = False
    #: Only snoozed ones, or only others.
    snoozed: bool | None = None
    #: The next deadline is near, or over, …
    sla: SlaState | None = None
    #: … at this moment.
    now: datetime | None = None

    @property
    def is_queue(self) -> bool:
        """Whether the list is sorted by who needs somebody first; else the latest change comes first."""
        return self.state is State.QUEUED


@dataclass(frozen=True, slots=True)
class InboxPlace:
    """A place in a list: the sort values of its row, so that a page is found without counting."""

    rank: int
    moment: datetime
    conversation: str


def find_place(wanted: InboxFilter, conversation: Conversation) -> InboxPlace:
    """Where the conversation stands in the list that *wanted* describes."""
    if wanted.is_queue:
        rank = PRIORITY_RANK[conversation.priority]
        return InboxPlace(rank, conversation.waiting_since or conversation.updated_at, conversation.id)
    return InboxPlace(0, conversation.updated_at, conversation.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """The newest place of a conversation in which everything that was searched stands."""

    #: Order of what is searched, by age.
    position: int
    conversation: str
    #: None: in the customer's names and numbers or in the conversation's tags.
    message: str | None
