"""Request bodies and responses: validated input, and domain values as the JSON of contract.md."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, overload
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
)

from assistant.api.agent_responses import (
    AgentMessageOut,
    AgentOut,
    CustomerFields,
    EvidenceOut,
    IdentityOut,
    PreviousConversationOut,
    SignalsOut,
    SourceScoreOut,
    TurnOut,
    WithheldOut,
)
from assistant.api.reply_html import ANY_HOST, render_plain_text, render_reply
from assistant.api.responses import (
    AgentNameOut,
    ButtonOut,
    CitationOut,
    MessageFields,
    MessageOut,
    StateOut,
    WaitingOut,
)
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.messages import WARNING, Author, Citation, Message, get_public_kind
from assistant.domain.people import Agent, Customer, PastConversation
from assistant.domain.signals import Signals
from assistant.domain.turns import TurnRecord
from assistant.text.characters import clean_line, clean_text

MESSAGE_ID = "3f0e4b52-6a44-4c3c-9d5b-0f6a5a1f2c11"
#: One line without control and invisible characters; empty where it may be.
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)]
#: The same of which something can be seen.
ShownLine = Annotated[Line, StringConstraints(min_length=1)]
#: Years of which a request may speak; sums with the first and the last that Python knows overflow.
YEARS = range(1970, 2200)


def require_usual_year(moment: datetime) -> datetime:
    """ValueError for a time of another age."""
    if moment.year not in YEARS:
        raise ValueError(f"the year must be {YEARS.start} to {YEARS.stop - 1}")
    return moment


#: A time of a request: with its offset, and of our age.
Moment = Annotated[AwareDatetime, AfterValidator(require_usual_year)]
#: A text of several lines without control and invisible characters.
CleanText = Annotated[str, AfterValidator(clean_text)]


def build_example(**values: Any) -> ConfigDict:
    """A model's configuration with an example for the API's description."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class CustomerIn(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    name: Line | None = None
    email: Line | None = None
    signature: Annotated[str, StringConstraints(max_length=128)] | None = None


class PreviousIn(BaseModel):
    id: Annotated[str, StringConstraints(max_length=64)]
    token: Annotated[str, StringConstraints(max_length=200)]


class OpenIn(BaseModel):
    model_config = build_example(locale="ja", customer={"id": "c-1042", "name": "山田 花子"})

    locale: Annotated[str, StringConstraints(max_length=35)] | None = None
    customer: CustomerIn | None = None
    previous: PreviousIn | None = None


class MessageIn(BaseModel):
    model_config = build_example(id=MESSAGE_ID, text="返品の期限は何日ですか")

    id: UUID
    text: str


class AgentMessageIn(MessageIn):
    model_config = build_example(id=MESSAGE_ID, text="担当の森です。返金は本日手配しました。", private=False)

    private: bool = False
    #: Id of a saved reply: what sending it does is done too.
    macro: Annotated[str, StringConstraints(max_length=64)] | None = None


class TypingIn(BaseModel):
    on: bool = True


class FeedbackIn(BaseModel):
    model_config = build_example(kind="csat", value=5, comment="Quick and clear.")

    kind: Literal["thumb", "helped", "csat", "nps", "ces"]
    value: int
    message_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    comment: Annotated[str, StringConstraints(max_length=2000)] | None = None


class CloseIn(BaseModel):
    model_config = build_example(helped=True)

    #: The answer to "did that help?"; None: it was not asked.
    helped: bool | None = None


class LoginIn(BaseModel):
    model_config = build_example(email="mori@shop.example", password="correct horse battery")

    email: Annotated[str, StringConstraints(max_length=255)]
    password: Annotated[str, StringConstraints(max_length=1024)]


@overload
def format_timestamp(moment: datetime) -> str: ...
@overload
def format_timestamp(moment: datetime | None) -> str | None: ...
def format_timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def serialize_message(message: Message, hosts: Sequence[str]) -> MessageOut:
    """A message as its customer sees it."""
    agent = AgentNameOut(name=message.agent_name) if message.agent_name else None
    return {**_serialize_message_fields(message, hosts), "agent": agent, "media": []}


def _serialize_message_fields(message: Message, hosts: Sequence[str]) -> MessageFields:
    """Customers' messages are plain text, not Markdown."""
    theirs = message.author is Author.CUSTOMER
    allowed = [ANY_HOST] if message.author is Author.AGENT else hosts
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "html": render_plain_text(message.text)
        if theirs
        else render_reply(message.text, message.citations, allowed),
        "citations": serialize_citations(message.citations),
        "buttons": [ButtonOut(label=button.label, value=button.value) for button in message.buttons],
        "created_at": format_timestamp(message.created_at),
        "lang": message.language,
        "kind": get_public_kind(message.kind),
    }


def serialize_citations(citations: Sequence[Citation]) -> list[CitationOut]:
    return [
        CitationOut(n=one.n, article=one.article, title=one.title, url=one.url, quote=one.quote)
        for one in citations
    ]


def serialize_agent_message(message: Message, hosts: Sequence[str]) -> AgentMessageOut:
    """A message as agents see it; `mask_secrets`: masked parts are shown only by `reveal`."""
    text = mask_secrets(message.text)
    hidden = text != message.text
    return {
        **_serialize_message_fields(replace(message, text=text) if hidden else message, hosts),
        "warning": message.kind == WARNING,
        "hidden": hidden,
        "private": message.private,
        "agent": {"id": message.agent, "name": message.agent_name or ""} if message.agent else None,
        "delivery": None,
        "media": [],
    }


def serialize_wait(conversation: Conversation) -> WaitingOut | None:
    return {"told": conversation.told} if conversation.waiting_since and conversation.told else None


def serialize_state(conversation: Conversation, agent: Agent | None) -> StateOut:
    """The snapshot at the start of every stream."""
    return {
        "state": conversation.state,
        "agent": {"name": agent.name} if agent else None,
        "language": conversation.language,
        "waiting": serialize_wait(conversation),
        "closed_at": format_timestamp(conversation.closed_at),
    }


def serialize_agent(agent: Agent) -> AgentOut:
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "admin": agent.admin,
        "lead": agent.is_lead,
        "role": agent.role,
    }


def serialize_customer(customer: Customer, previous: Sequence[PastConversation]) -> CustomerFields:
    """The customer as agents see them; `claimed` are unverified identities."""
    return {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email,
        "verified": customer.verified,
        "familiarity": customer.familiarity,
        "locale": customer.locale,
        "attributes": customer.attributes,
        "claimed": [name for name in ("name", "email") if getattr(customer, name)],
        "identities": [
            IdentityOut(channel=i.channel, id=i.id, verified=i.verified) for i in customer.identities
        ],
        "previous": [_serialize_previous(one) for one in previous],
    }


def _serialize_previous(past: PastConversation) -> PreviousConversationOut:
    return {
        "conversation": past.conversation,
        "channel": past.channel,
        "closed_at": format_timestamp(past.closed_at),
        "summary": past.summary,
        "csat": past.csat,
        "notes": list(past.notes),
        "promises": list(past.promises),
    }


def serialize_turn(record: TurnRecord) -> TurnOut:
    """How a reply was made."""
    return {
        "turn": record.turn,
        "message_id": record.message_id,
        "reply_id": record.reply_id,
        "signals": _serialize_signals(record.signals),
        "decision": record.verdict.decision,
        "reason": record.verdict.reason,
        "evidence": [
            EvidenceOut(turn=one.turn, text=one.text, why=one.why, detail=one.detail)
            for one in record.verdict.evidence or record.signals.evidence
        ],
        "sources": [
            SourceScoreOut(article=one.article, title=one.title, score=one.score, shown=one.shown)
            for one in record.sources
        ],
        "query": record.query,
        "model": record.model,
        "prompt_version": record.prompt_version,
        "withheld": [WithheldOut(text=one.text, why=one.why) for one in record.withheld],
        "tokens": record.tokens,
        "cost": record.cost,
        "instead": record.instead,
        "ms": record.milliseconds,
    }


def _serialize_signals(signals: Signals) -> SignalsOut:
    return {
        "frustration": round(signals.frustration, 3),
        "unfamiliarity": round(signals.unfamiliarity, 3),
        "no_progress": round(signals.no_progress, 3),
        "worry": round(signals.worry, 3),
        "distress": round(signals.distress, 3),
        "harassment": round(signals.harassment, 3),
        "complaint": round(signals.complaint, 3),
        "reply_missed": round(signals.reply_missed, 3),
        "asked_for_person": signals.asked_for_person,
        "language": signals.language,
    }
