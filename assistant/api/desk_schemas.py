"""Bodies of agents' actions on a conversation."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from assistant.api.schemas import Line, Moment, build_example


class TransferIn(BaseModel):
    model_config = build_example(agent="sato@shop.example")

    agent: Annotated[str, StringConstraints(max_length=255)]


class ActivityIn(BaseModel):
    model_config = build_example(activity="typing")

    #: ``draft``: something unsent stands in the composer.
    activity: Literal["viewing", "typing", "draft", "left"]


class SnoozeIn(BaseModel):
    model_config = build_example(until="2026-12-01T09:00:00+09:00")

    until: Moment


class TagsIn(BaseModel):
    model_config = build_example(tags=["returns", "vip"])

    #: Names.
    tags: Annotated[list[Line], Field(max_length=50)]


class ReadIn(BaseModel):
    model_config = build_example(seq=12)

    seq: Annotated[int, Field(ge=0, le=2_000_000_000)]


class ContactIn(BaseModel):
    model_config = build_example(address="hanako@mail.example")

    #: An e-mail address that the customer left in the conversation.
    address: Annotated[str, StringConstraints(min_length=3, max_length=320)]


class SuggestIn(BaseModel):
    model_config = build_example(question="送料はいくらですか")

    #: What the help is asked; empty: what the customer asks.
    question: Line = ""


class ResolveIn(BaseModel):
    model_config = build_example(outcome="solved", note="Refunded; told the customer 5 days.")

    #: solved, workaround, unsolved, no_reply, spam, or a team's own value
    outcome: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
    note: Annotated[str, StringConstraints(max_length=4000)] | None = None
