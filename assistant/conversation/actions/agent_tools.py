"""Agents use the same tools: with what the customer proved and a yes of theirs, or on their own authority."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from assistant.conversation.actions import action_replies as replies
from assistant.conversation.actions.dialogue import MAX_CHANGES
from assistant.conversation.actions.identity import IdentityCheck
from assistant.conversation.actions.proposal_moves import add_proposal, move_proposal, void_open_proposals
from assistant.conversation.templates import FALLBACK, LANGUAGES
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.domain.actions import (
    MAX_PROPOSAL_AGE,
    AnswerKind,
    IdentityLevel,
    Proposal,
    ProposalState,
    Tool,
    ToolAnswer,
)
from assistant.domain.audit import format_actor
from assistant.domain.conversation import Conversation
from assistant.domain.errors import BadInput, Conflict, Forbidden, NotFound, RateLimited
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author
from assistant.domain.people import Customer
from assistant.ports.actions import ToolBackend, ToolCall
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

#: Changes on their own authority, and looks at data, that one agent may make in a day.
MAX_AGENT_CHANGES = 30
MAX_AGENT_READS = 200
DAY = timedelta(days=1)
#: A proposal that is still on its way, or not carried out yet.
PENDING = (ProposalState.APPROVED, ProposalState.RUNNING)


class Authority(StrEnum):
    """On whose word a tool is used."""

    #: What the customer proved; a change takes their yes.
    CUSTOMER = "customer"
    #: The agent answers for it and confirms it.
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentToolRequest:
    conversation: str
    agent: str
    tool: str
    arguments: Mapping[str, str]
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentToolResult:
    """What a read says, why something is not done, or the proposal that waits for a yes."""

    text: str
    proposal: str | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTools:
    database: Database[Store]
    backend: ToolBackend
    tools: Mapping[str, Tool]
    identity: IdentityCheck
    clock: Clock

    async def list_tools(self) -> Sequence[Tool]:
        return list(self.tools.values())

    async def run_tool(self, request: AgentToolRequest) -> AgentToolResult:
        """Read at once; a change becomes a proposal. Forbidden, BadInput, RateLimited, NotOwner, Conflict."""
        tool = self.tools.get(request.tool)
        if tool is None:
            raise NotFound
        if set(request.arguments) != {slot.name for slot in tool.slots}:
            raise BadInput("Fill in every field of the tool, and no other.")
        conversation, customer = await self.database.read(lambda store: _load_owned(store, request))
        level = await self._find_level(conversation, customer, request.arguments[tool.subject])
        if request.authority is Authority.CUSTOMER and level < tool.min_identity:
            raise Forbidden("The customer has not proven enough for this; use your own authority.")
        await self.database.write(lambda store: self._reserve_call(store, request))
        call = ToolCall(
            tool=tool,
            arguments=request.arguments,
            level=level,
            is_dry_run=tool.is_write,
            agent=request.agent if request.authority is Authority.AGENT else "",
        )
        language, answer = select_tool_language(conversation), await self.backend.call_tool(call)
        if answer.kind is not AnswerKind.OK:
            return AgentToolResult(text=_render_refusal(tool, answer, language))
        if tool.is_write:
            return await self._propose(request, tool, level, answer)
        text = replies.render_result(tool, request.arguments, answer.fields, language)
        found = text or words("action_down", language)
        return AgentToolResult(text=found, is_done=text is not None)

    async def _find_level(
        self, conversation: Conversation, customer: Customer, subject: str
    ) -> IdentityLevel:
        orders = await self.identity.list_own_orders(customer)
        return await self.identity.find_level(conversation.id, subject, orders)

    def _reserve_call(self, store: Store, request: AgentToolRequest) -> None:
        """Count a call and write down that it was made; RateLimited after too many."""
        now = self.clock()
        key = hashlib.sha256(f"agent tools\x1f{request.agent}".encode()).hexdigest()
        if not store.identity_proofs.reserve_attempt({key: MAX_AGENT_READS}, now, now + DAY):
            raise RateLimited("You have used tools too often today.")
        store.audit.append_entry(
            format_actor(request.agent),
            "tool used",
            now,
            conversation=request.conversation,
            tool=request.tool,
            authority=request.authority.value,
        )

    async def _propose(
        self, request: AgentToolRequest, tool: Tool, level: IdentityLevel, preview: ToolAnswer
    ) -> AgentToolResult:
        def step(store: Store) -> AgentToolResult:
            conversation, customer = _load_owned(store, request)
            language, now = select_tool_language(conversation), self.clock()
            effect = replies.render_effect(tool, request.arguments, preview.fields, language)
            if effect is None:
                return AgentToolResult(text=words("action_refused", language))
            _require_room(store, request, customer, now)
            proposal = Proposal(
                id=uuid4().hex,
                conversation=conversation.id,
                customer=customer.id,
                tool=tool.name,
                arguments=request.arguments,
                epoch=conversation.epoch,
                effect=effect,
                language=language,
                level=level,
                created_at=now,
                agent=request.agent,
            )
            by = format_actor(request.agent)
            void_open_proposals(store, conversation.id, by, now)
            if request.authority is Authority.CUSTOMER:
                proposal = _show_customer(store, conversation, proposal, now)
            add_proposal(store, proposal, by)
            return AgentToolResult(text=effect, proposal=proposal.id)

        return await self.database.write(step)


def decide_proposal(
    store: Store, conversation_id: str, proposal_id: str, agent: str, now: datetime, *, is_yes: bool
) -> None:
    """The agent's yes to what they proposed on their own authority, or anybody's proposal taken back."""
    conversation = store.conversations.get(conversation_id)
    conversation.require_owner(agent)
    proposal = store.actions.get(proposal_id)
    if proposal is None or proposal.conversation != conversation.id:
        raise NotFound
    by, before = format_actor(agent), (ProposalState.OPEN,)
    if not is_yes:
        is_moved = move_proposal(
            store, proposal, ProposalState.DECLINED, by, now, before=before, decided_at=now, finished_at=now
        )
    elif not proposal.is_by_agent or proposal.agent != agent:
        raise Forbidden("This waits for the customer's yes.")
    elif now - proposal.created_at > MAX_PROPOSAL_AGE or proposal.epoch != conversation.epoch:
        raise Conflict("This proposal is not open any more.")
    else:
        is_moved = move_proposal(
            store, proposal, ProposalState.APPROVED, by, now, before=before, decided_at=now
        )
        store.jobs.schedule(JobKind.ACTION, conversation.id, now, now)
    if not is_moved:
        raise Conflict("This proposal is not open any more.")


def select_tool_language(conversation: Conversation) -> str:
    """The language of the conversation, where tools have texts in it."""
    spoken = conversation.language.split("-")[0]
    return spoken if spoken in LANGUAGES else FALLBACK


def _load_owned(store: Store, request: AgentToolRequest) -> tuple[Conversation, Customer]:
    """The conversation, which the agent owns, and its customer."""
    conversation = store.conversations.get(request.conversation)
    conversation.require_owner(request.agent)
    return conversation, store.customers.get(conversation.customer)


def _require_room(store: Store, request: AgentToolRequest, customer: Customer, now: datetime) -> None:
    """Conflict while another change is on its way, RateLimited after too many in a day."""
    if any(one.state in PENDING for one in store.actions.list_by_conversation(request.conversation)):
        raise Conflict("Another change is being carried out; wait for it.")
    day_ago = now - DAY
    if request.authority is Authority.CUSTOMER:
        if store.actions.count_decided(customer.id, day_ago) >= MAX_CHANGES:
            raise RateLimited("This customer has made all changes of a day.")
    elif store.actions.count_decided_by_agent(request.agent, day_ago) >= MAX_AGENT_CHANGES:
        raise RateLimited("You have made all changes of a day.")


def _show_customer(store: Store, conversation: Conversation, proposal: Proposal, now: datetime) -> Proposal:
    """The exact effect in the conversation, with a yes and a no."""
    reply = replies.build_confirmation(proposal.effect, proposal.language)
    asked = replace(reply, kind="notice", buttons=reply.buttons[:2])
    conversation, message = append_reply(store, conversation, Author.SYSTEM, asked, now)
    save_conversation(store, conversation, now)
    return replace(proposal, shown_seq=message.seq)


def _render_refusal(tool: Tool, answer: ToolAnswer, language: str) -> str:
    if answer.kind is AnswerKind.REFUSED:
        return replies.render_refusal(tool, answer.code, language)
    return words("action_down", language)
