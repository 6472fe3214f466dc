"""Maps frozen domain values to table rows and back."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from pydantic import TypeAdapter

from assistant.domain.conversation import Conversation, Priority, State
from assistant.domain.messages import Author, Button, Citation, Message
from assistant.domain.signals import Reason

T = TypeVar("T")
MESSAGE_FIELDS = tuple(field.name for field in fields(Message))


@cache
def _build_adapter(kind: Any) -> TypeAdapter[Any]:
    """Dumps and validates values of *kind*, dataclasses included."""
    return TypeAdapter(kind)


def to_json(kind: Any, value: Any) -> Any:
    return _build_adapter(kind).dump_python(value, mode="json")


def from_json(kind: type[T], value: Any) -> T:
    adapter: TypeAdapter[T] = _build_adapter(cast(Any, kind))
    return adapter.validate_python(value)


def build_conversation_row(conversation: Conversation) -> dict[str, Any]:
    return {field.name: getattr(conversation, field.name) for field in fields(Conversation)}


def parse_conversation(row: sa.RowMapping) -> Conversation:
    values = {field.name: row[field.name] for field in fields(Conversation)}
    values["state"] = State(values["state"])
    values["priority"] = Priority(values["priority"])
    values["reason"] = Reason(values["reason"]) if values["reason"] else None
    return Conversation(**values)


def build_message_row(message: Message) -> dict[str, Any]:
    row = {name: getattr(message, name) for name in MESSAGE_FIELDS}
    row["citations"] = to_json(tuple[Citation, ...], message.citations)
    row["buttons"] = to_json(tuple[Button, ...], message.buttons)
    return row


def parse_message(row: sa.RowMapping) -> Message:
    values = {name: row[name] for name in MESSAGE_FIELDS}
    values["author"] = Author(values["author"])
    values["citations"] = tuple(Citation(**one) for one in values["citations"])
    values["buttons"] = tuple(Button(**one) for one in values["buttons"])
    return Message(**values)
