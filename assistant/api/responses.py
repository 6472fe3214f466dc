"""What the API responds, as types: customers' and operators' calls, and errors.

mypy checks the dictionaries that the routes build against them, FastAPI checks what is sent, and the front
end's types are generated from them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from assistant.domain.conversation import State
from assistant.domain.messages import Author

#: RFC 3339 in UTC.
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ErrorDetail(BaseModel):
    """What went wrong; some errors tell more beside it, such as `agent` or `parts`."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(description="For programs; it stays the same.", examples=["conversation_closed"])
    message: str = Field(
        description="For people, in English.", examples=["This conversation is closed; start a new one."]
    )


class ErrorOut(BaseModel):
    """Every error of the API, whatever its status."""

    error: ErrorDetail


def _describe_error(description: str, *headers: str) -> dict[str, Any]:
    described = {name: {"schema": {"type": "string"}} for name in headers}
    return {"model": ErrorOut, "description": description, "headers": described}


#: The errors that every call may respond with.
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": _describe_error("The call cannot be served as it is; `error.code` says why."),
    429: _describe_error("Too many calls.", "Retry-After", "RateLimit", "RateLimit-Policy"),
    "5XX": _describe_error("A part of the service does not answer, or something of ours failed."),
    503: _describe_error("A part of the service does not answer just now.", "Retry-After"),
}


def describe_content(description: str, media_type: str, format_: str | None = None) -> dict[int | str, Any]:
    """The description of a response that is no JSON; its route has the response class `Response`."""
    schema = {"type": "string"} | ({"format": format_} if format_ else {})
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


class CitationOut(TypedDict):
    n: int
    article: str
    title: str
    url: str | None
    quote: str


class ButtonOut(TypedDict):
    label: str
    value: str


class MessageFields(TypedDict):
    """A message, without who wrote it on the agents' side."""

    id: str
    seq: int
    author: Author
    text: str
    html: str
    citations: list[CitationOut]
    buttons: list[ButtonOut]
    created_at: Timestamp
    lang: str | None
    kind: str


class AgentNameOut(TypedDict):
    name: str


MediaKind = Literal["image", "video", "audio", "file"]


class MediaOut(TypedDict):
    id: str
    kind: MediaKind
    name: str
    type: str | None
    size: int | None
    error: str | None


class MessageOut(MessageFields):
    """A message as its customer sees it."""

    agent: AgentNameOut | None
    media: list[MediaOut]


class WaitingOut(TypedDict):
    told: str


class StateOut(TypedDict):
    """What the event `state` carries."""

    state: State
    agent: AgentNameOut | None
    language: str
    waiting: WaitingOut | None
    closed_at: Timestamp | None


class SurveyOptionOut(TypedDict):
    label: str
    value: int | str


class SurveyEndsOut(TypedDict):
    """Names of the smallest and the largest number of a scale."""

    low: str
    high: str


class SurveyOut(TypedDict):
    kind: str
    question: str
    options: list[SurveyOptionOut]
    ends: SurveyEndsOut | None


class ConversationOut(StateOut):
    """A conversation with a page of its messages."""

    id: str
    messages: list[MessageOut]
    next: int | None
    survey: SurveyOut | None


class ConversationStartOut(TypedDict):
    id: str
    token: str
    state: State


class AssistantOut(TypedDict):
    name: str
    #: A path of this service, or null: the product's own mark.
    logo: str | None


class WidgetConfigOut(TypedDict):
    assistant: AssistantOut
    greeting: str
    disclosure: str
    examples: list[str]
    #: Messaging apps that take a code which links the person there with this conversation.
    apps: list[str]
    languages: list[str]
    #: In which of them this is.
    language: str
    #: The widget's own words, of a language that it does not bring itself; else empty.
    text: dict[str, str]


class MessageReceiptOut(TypedDict):
    message: MessageOut


class HandoffReceiptOut(MessageReceiptOut):
    state: State


class ConversationStateOut(TypedDict):
    state: State


class EmptyOut(TypedDict):
    """Nothing but the status."""


class LinkCodeOut(TypedDict):
    code: str
    expires_at: Timestamp


class LivenessOut(TypedDict):
    status: Literal["ok"]


class ReadinessOut(TypedDict):
    status: Literal["ready", "degraded"]


class DeadlineOut(TypedDict):
    """The next deadline of the conversation's service level agreement."""

    #: first_reply, next_reply or resolution.
    metric: str
    #: When it is near, and when it is over; None: the clock rests while we wait for the customer.
    warn_at: Timestamp | None
    due_at: Timestamp | None
