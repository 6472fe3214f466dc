"""Carries out what a customer said yes to: once, and never again when nobody knows whether it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from assistant.conversation.actions import action_replies as replies
from assistant.conversation.actions.agent_proposals import read_answer
from assistant.conversation.actions.consent import is_withdrawal
from assistant.conversation.actions.proposal_moves import move_proposal
from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.domain.actions import AnswerKind, Proposal, ProposalState, Tool, ToolAnswer
from assistant.domain.audit import ASSISTANT, CUSTOMER
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Job
from assistant.domain.messages import Author, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Evidence, Reason, Verdict
from assistant.ports.actions import ToolBackend, ToolCall
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

OUTCOMES = {
    AnswerKind.OK: ProposalState.OK,
    AnswerKind.REFUSED: ProposalState.FAILED,
    AnswerKind.UNREACHED: ProposalState.FAILED,
    AnswerKind.UNKNOWN: ProposalState.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionExecutor:
    database: Database[Store]
    backend: ToolBackend
    tools: Mapping[str, Tool]
    policy: Policy
    pick_facts: FactPicker
    wire: Notifier
    clock: Clock

    async def execute_proposal(self, item: Job) -> None:
        """Carry out the approved proposal of a conversation; after a crash, find out what became of it."""
        begun = await self.database.write(lambda store: self._begin(store, item))
        if begun is not None:
            proposal, is_fresh = begun
            answer = await self._run(proposal) if is_fresh else await self._find_outcome(proposal)
            await self.database.write(lambda store: self._finish(store, item, proposal, answer))
        self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """What keeps failing has an outcome that nobody knows."""

        def step(store: Store) -> None:
            pending = _find_pending(store, item.conversation)
            if pending is None:
                store.jobs.complete_job(item.kind, item.conversation, item.lease)
            else:
                self._finish(store, item, pending, ToolAnswer(kind=AnswerKind.UNKNOWN))

        await self.database.write(step)
        self.wire.notify(item.conversation)

    def _begin(self, store: Store, item: Job) -> tuple[Proposal, bool] | None:
        """The proposal, and whether it is still to be called; committed before the call is made."""
        read_answer(store, item.conversation, self.tools, self.clock())
        proposal = _find_pending(store, item.conversation)
        if proposal is None:
            store.jobs.complete_job(item.kind, item.conversation, item.lease)
            return None
        if proposal.state is ProposalState.RUNNING:
            return proposal, False
        if store.conversations.get(item.conversation).epoch != proposal.epoch:
            self._drop(store, item, proposal, ProposalState.VOID, ASSISTANT)
            return None
        if self._is_withdrawn(store, proposal):
            self._drop(store, item, proposal, ProposalState.DECLINED, CUSTOMER)
            return None
        before, now = (ProposalState.APPROVED,), self.clock()
        is_ours = move_proposal(store, proposal, ProposalState.RUNNING, ASSISTANT, now, before=before)
        return (proposal, True) if is_ours else None

    def _drop(self, store: Store, item: Job, proposal: Proposal, state: ProposalState, by: str) -> None:
        """Leave what was said yes to undone, and say so."""
        now = self.clock()
        move_proposal(store, proposal, state, by, now, before=(ProposalState.APPROVED,), finished_at=now)
        told = "action_void" if state is ProposalState.VOID else "action_stopped"
        reply = Reply(text=words(told, proposal.language), language=proposal.language)
        self._tell(store, store.conversations.get(item.conversation), reply, now)
        store.jobs.complete_job(item.kind, item.conversation, item.lease)

    def _is_withdrawn(self, store: Store, proposal: Proposal) -> bool:
        """Whether the customer wrote a stop after the yes."""
        tool = self.tools.get(proposal.tool)
        own_words = list(tool.consent_words.values()) if tool is not None else []
        said = store.messages.list_public(proposal.conversation)
        yes = next((one.seq for one in said if one.id == proposal.approved_by), None)
        later = [one for one in said if one.author is Author.CUSTOMER and yes is not None and one.seq > yes]
        return any(is_withdrawal(one.text, own_words) for one in later)

    async def _run(self, proposal: Proposal) -> ToolAnswer:
        """One call; where its answer is lost, one question what became of it."""
        tool = self.tools.get(proposal.tool)
        if tool is None:
            return ToolAnswer(kind=AnswerKind.REFUSED, code="no such tool")
        call = ToolCall(
            tool=tool,
            arguments=proposal.arguments,
            level=proposal.level,
            key=proposal.id,
            agent=(proposal.agent or "") if proposal.is_by_agent else "",
        )
        answer = await self.backend.call_tool(call)
        return answer if answer.kind is not AnswerKind.UNKNOWN else await self._find_outcome(proposal)

    async def _find_outcome(self, proposal: Proposal) -> ToolAnswer:
        tool = self.tools.get(proposal.tool)
        return (
            await self.backend.find_operation(proposal.id, tool)
            if tool is not None
            else ToolAnswer(kind=AnswerKind.UNKNOWN)
        )

    def _finish(self, store: Store, item: Job, proposal: Proposal, answer: ToolAnswer) -> None:
        """Keep what came of it and say so; the first who finishes it does."""
        now, state = self.clock(), OUTCOMES[answer.kind]
        tool = self.tools.get(proposal.tool)
        result: dict[str, Any] = {"code": answer.code} if answer.code else {}
        if tool is not None:
            result |= replies.select_fields(tool, answer.fields, proposal.language)
        open_states = (ProposalState.APPROVED, ProposalState.RUNNING)
        changes = {"finished_at": now, "result": result}
        is_moved = move_proposal(store, proposal, state, ASSISTANT, now, before=open_states, **changes)
        store.jobs.complete_job(item.kind, item.conversation, item.lease)
        if not is_moved:
            return
        log.info("action finished", tool=proposal.tool, proposal=proposal.id, outcome=state.value)
        conversation = store.conversations.get(item.conversation)
        reply = Reply(text=self._render_outcome(tool, proposal, answer), language=proposal.language)
        if state is ProposalState.UNKNOWN and conversation.state is State.ASSISTANT:
            self._hand_over_unknown(store, conversation, proposal, reply, now)
        else:
            self._tell(store, conversation, reply, now)

    def _render_outcome(self, tool: Tool | None, proposal: Proposal, answer: ToolAnswer) -> str:
        language = proposal.language
        if answer.kind is AnswerKind.UNKNOWN or tool is None:
            return words("action_unknown", language)
        if answer.kind is AnswerKind.UNREACHED:
            return words("action_failed", language)
        if answer.kind is AnswerKind.REFUSED:
            return replies.render_refusal(tool, answer.code, language)
        # It was done, whatever the result lacks for the sentence about it.
        told = replies.render_result(tool, proposal.arguments, answer.fields, language)
        return told or words("action_done", language)

    def _tell(self, store: Store, conversation: Conversation, reply: Reply, now: datetime) -> None:
        """To the customer, whoever owns the conversation by now."""
        if conversation.state is State.CLOSED:
            return
        ours = conversation.state is State.ASSISTANT
        author = Author.ASSISTANT if ours else Author.SYSTEM
        told = replace(reply, kind="text" if ours else "notice")
        conversation, _ = append_reply(store, conversation, author, told, now)
        save_conversation(store, conversation, now)

    def _hand_over_unknown(
        self, store: Store, conversation: Conversation, proposal: Proposal, reply: Reply, now: datetime
    ) -> None:
        evidence = Evidence(
            turn=store.turns.count_turns(conversation.id),
            text=proposal.effect,
            why="the outcome of this change is unknown; find out before it is done again",
        )
        why = HandoffRequest(
            verdict=Verdict(decision=Decision.HANDOFF, reason=Reason.FAILURE, evidence=(evidence,)),
            decided_by="policy",
            answer=reply,
        )
        policy = self.policy.for_channel(conversation.channel)
        # What is said of the handoff stands in one message with the reply.
        told = conversation.with_language(reply.language)
        hand_over(store, told, why, policy, self.pick_facts, now)


def _find_pending(store: Store, conversation: str) -> Proposal | None:
    pending = (ProposalState.APPROVED, ProposalState.RUNNING)
    found = [one for one in store.actions.list_by_conversation(conversation) if one.state in pending]
    return found[0] if found else None
