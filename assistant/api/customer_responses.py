"""What the calls about one person respond, as types."""

from typing import Literal

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp


class CustomerNoteOut(TypedDict):
    id: str
    #: Who wrote it.
    agent: str
    agent_name: str
    text: str
    created_at: Timestamp


class ContactWayOut(TypedDict):
    """Where a person may be written to first."""

    channel: str
    account: str | None
    #: Address, number or id in the app; empty on the web.
    peer: str
    #: Names the way when a conversation is started; None on the web.
    way: str | None
    #: None: they may be written to. web: nobody would see it; unset: the app is not set up; unreachable: they
    #: stopped or blocked us; unproven: nothing shows that the address is theirs; window: the app's time for
    #: answers is over; busy: a conversation goes on there.
    obstacle: Literal["web", "unset", "unreachable", "unproven", "window", "busy"] | None
    #: The conversation that goes on there.
    conversation: str | None
    #: They said that they want no notices; a word about their own case is none.
    has_stopped_notices: bool


class ContactWaysOut(TypedDict):
    ways: list[ContactWayOut]
