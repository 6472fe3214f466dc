"""Agents use the tools of customers: on a yes of theirs, or on their own authority."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from typing_extensions import TypedDict

from assistant.api.auth import CurrentAgent
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example
from assistant.conversation.actions.agent_tools import AgentToolRequest, Authority, decide_proposal
from assistant.domain.actions import Slot, Tool

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

Argument = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class Choice(StrEnum):
    YES = "yes"
    NO = "no"


class ToolRunIn(BaseModel):
    model_config = build_example(arguments={"order_number": "KM-482133"}, authority="agent")

    arguments: dict[Annotated[str, StringConstraints(max_length=64)], Argument] = Field(max_length=16)
    authority: Authority


class ProposalDecisionIn(BaseModel):
    model_config = build_example(answer="yes")

    answer: Choice


class SlotOut(TypedDict):
    name: str
    kind: str
    #: By language.
    ask: dict[str, str]
    #: Value -> label, by language.
    choices: dict[str, dict[str, str]]


class ToolOut(TypedDict):
    name: str
    effect: str
    min_identity: int
    #: By language.
    purpose: dict[str, str]
    slots: list[SlotOut]


class ToolListOut(TypedDict):
    tools: list[ToolOut]


class ToolRunOut(TypedDict):
    #: What a read says, the exact effect of a change, or why there is none; Markdown without links.
    text: str
    #: The change that waits for a yes.
    proposal: str | None
    #: Whether a read told something.
    done: bool


class ProposalDecisionOut(TypedDict):
    proposal: str
    answer: str


@router.get("/tools")
async def list_tools(_inside: CurrentAgent, ctx: Ctx) -> ToolListOut:
    """What can be done for customers; nothing where no system of the business is connected."""
    return {"tools": [_serialize_tool(tool) for tool in await ctx.agent_tools.list_tools()]}


@router.post("/conversations/{conversation}/tools/{tool}")
async def run_tool(
    conversation: str, tool: str, body: ToolRunIn, inside: CurrentAgent, ctx: Ctx
) -> ToolRunOut:
    """Read at once; a change becomes a proposal. Only for who has the conversation."""
    request = AgentToolRequest(
        conversation=conversation,
        agent=inside.agent.id,
        tool=tool,
        arguments=body.arguments,
        authority=body.authority,
    )
    told = await ctx.agent_tools.run_tool(request)
    ctx.notifier.notify(conversation)
    return {"text": told.text, "proposal": told.proposal, "done": told.is_done}


@router.post("/conversations/{conversation}/proposals/{proposal}")
async def answer_proposal(
    conversation: str, proposal: str, body: ProposalDecisionIn, inside: CurrentAgent, ctx: Ctx
) -> ProposalDecisionOut:
    """Yes to one's own proposal, once; or take back one that nobody has said yes to."""
    now, is_yes = ctx.clock(), body.answer is Choice.YES
    await ctx.database.write(
        lambda store: decide_proposal(store, conversation, proposal, inside.agent.id, now, is_yes=is_yes)
    )
    ctx.notifier.notify(conversation)
    return {"proposal": proposal, "answer": body.answer.value}


def _serialize_tool(tool: Tool) -> ToolOut:
    return {
        "name": tool.name,
        "effect": tool.effect.value,
        "min_identity": int(tool.min_identity),
        "purpose": dict(tool.purpose),
        "slots": [_serialize_slot(slot) for slot in tool.slots],
    }


def _serialize_slot(slot: Slot) -> SlotOut:
    choices = {value: dict(labels) for value, labels in slot.choices.items()}
    return {"name": slot.name, "kind": slot.kind.value, "ask": dict(slot.ask), "choices": choices}
