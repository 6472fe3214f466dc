"""Request bodies and responses: validated input, and domain values as the JSON of contract.md."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from assistant.api.reply_html import render_plain_text, render_reply
from assistant.conversation.inbound.customer_actions import Survey
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.messages import Author, Citation, Message
from assistant.domain.people import Agent, Customer, PastConversation
from assistant.domain.turns import TurnRecord

Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class CustomerIn(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    name: Line | None = None
    email: Line | None = None
    signature: Annotated[str, StringConstraints(max_length=128)] | None = None


class PreviousIn(BaseModel):
    id: Annotated[str, StringConstraints(max_length=64)]
    token: Annotated[str, StringConstraints(max_length=200)]


class OpenIn(BaseModel):
    locale: Annotated[str, StringConstraints(max_length=35)] | None = None
    customer: CustomerIn | None = None
    previous: PreviousIn | None = None


class MessageIn(BaseModel):
    id: UUID
    text: str


class AgentMessageIn(MessageIn):
    private: bool = False


class TypingIn(BaseModel):
    on: bool = True


class FeedbackIn(BaseModel):
    kind: Literal["thumb", "csat", "nps", "ces"]
    value: int
    message_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    comment: Annotated[str, StringConstraints(max_length=2000)] | None = None


class LoginIn(BaseModel):
    email: Annotated[str, StringConstraints(max_length=255)]
    password: Annotated[str, StringConstraints(max_length=1024)]


class TransferIn(BaseModel):
    agent: Annotated[str, StringConstraints(max_length=255)]


class ContactIn(BaseModel):
    #: An e-mail address that the customer left in the conversation.
    address: Annotated[str, StringConstraints(min_length=3, max_length=320)]


class ResolveIn(BaseModel):
    #: solved, workaround, unsolved, no_reply, spam, or a team's own value
    outcome: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
    note: Annotated[str, StringConstraints(max_length=4000)] | None = None


def format_timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def serialize_message(message: Message, hosts: Sequence[str]) -> dict[str, Any]:
    """A message as its customer sees it; customers' messages are plain text, not Markdown."""
    theirs = message.author is Author.CUSTOMER
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "html": render_plain_text(message.text)
        if theirs
        else render_reply(message.text, message.citations, hosts),
        "citations": serialize_citations(message.citations),
        "buttons": [asdict(button) for button in message.buttons],
        "created_at": format_timestamp(message.created_at),
        "lang": message.language,
        "kind": message.kind,
        "agent": {"name": message.agent_name} if message.agent_name else None,
    }


def serialize_citations(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    return [asdict(citation) for citation in citations]


def serialize_agent_message(message: Message, hosts: Sequence[str]) -> dict[str, Any]:
    """A message as agents see it; `mask_secrets`: masked parts are shown only by `reveal`."""
    shown = replace(message, text=mask_secrets(message.text))
    who = {"id": message.agent, "name": message.agent_name} if message.agent else None
    return serialize_message(shown, hosts) | {
        "hidden": shown.text != message.text,
        "private": message.private,
        "agent": who,
        "delivery": None,
        "media": [],
    }


def serialize_wait(conversation: Conversation) -> dict[str, Any] | None:
    return {"told": conversation.told} if conversation.waiting_since and conversation.told else None


def serialize_state(conversation: Conversation, agent: Agent | None) -> dict[str, Any]:
    """The snapshot at the start of every stream."""
    return {
        "state": conversation.state,
        "agent": {"name": agent.name} if agent else None,
        "language": conversation.language,
        "waiting": serialize_wait(conversation),
        "closed_at": format_timestamp(conversation.closed_at),
    }


def serialize_survey(survey: Survey | None) -> dict[str, Any] | None:
    if survey is None:
        return None
    options = [{"label": label, "value": value} for value, label in survey.options]
    return {"kind": survey.kind, "question": survey.question, "options": options}


def serialize_agent(agent: Agent) -> dict[str, Any]:
    facts = {"id": agent.id, "name": agent.name, "email": agent.email}
    return facts | {"admin": agent.admin, "lead": agent.is_lead, "role": agent.role}


def serialize_customer(customer: Customer, previous: Sequence[PastConversation]) -> dict[str, Any]:
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
            {"channel": i.channel, "id": i.id, "verified": i.verified} for i in customer.identities
        ],
        "previous": [asdict(one) | {"closed_at": format_timestamp(one.closed_at)} for one in previous],
    }


def serialize_turn(record: TurnRecord) -> dict[str, Any]:
    """How a reply was made."""
    signals = record.signals
    return {
        "turn": record.turn,
        "message_id": record.message_id,
        "reply_id": record.reply_id,
        "signals": {
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
        },
        "decision": record.verdict.decision,
        "reason": record.verdict.reason,
        "evidence": [
            {"turn": one.turn, "text": one.text, "why": one.why}
            for one in record.verdict.evidence or signals.evidence
        ],
        "sources": [asdict(source) for source in record.sources],
        "query": record.query,
        "model": record.model,
        "prompt_version": record.prompt_version,
        "withheld": [asdict(one) for one in record.withheld],
        "tokens": record.tokens,
        "cost": record.cost,
        "instead": record.instead,
        "ms": record.milliseconds,
    }
