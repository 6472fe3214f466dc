"""What the calls for callbacks respond, as types."""

from typing import Literal

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp
from assistant.domain.callbacks import CallbackOutcome


class CallbackOut(TypedDict):
    id: str
    number: str
    topic: str
    slot_from: Timestamp
    slot_to: Timestamp
    #: due: its time has begun.
    state: Literal["planned", "due", "missed", "done"]
    outcome: CallbackOutcome | None
    note: str


class CallbackPlanOut(TypedDict):
    slot_from: Timestamp
    slot_to: Timestamp


class CallbackSlotsOut(TypedDict):
    slots: list[CallbackPlanOut]
    #: The call that is agreed on already.
    planned: CallbackPlanOut | None
