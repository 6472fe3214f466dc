"""Proposals and unfinished requests as they are stored, with the reply of a turn."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.actions import (
    ActionFlow,
    ActionUpdate,
    IdentityLevel,
    Proposal,
    ProposalState,
    hash_arguments,
)
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation
from assistant.domain.errors import Conflict
from assistant.domain.jobs import JobKind
from assistant.ports.storage.store import Store


def build_proposal(
    turn: TurnInput, flow: ActionFlow, level: IdentityLevel, effect: str, now: datetime
) -> Proposal:
    return Proposal(
        id=uuid4().hex,
        conversation=turn.conversation.id,
        customer=turn.customer.id,
        tool=flow.tool,
        arguments=flow.values,
        arguments_hash=hash_arguments(flow.tool, flow.values),
        epoch=turn.conversation.epoch,
        effect=effect,
        language=flow.language,
        level=level,
        created_at=now,
    )


def store_action_update(
    store: Store, conversation: Conversation, update: ActionUpdate, turn: TurnInput, now: datetime
) -> None:
    """What a turn changed, after its reply was appended; Conflict where a proposal is not open any more."""
    flow = update.flow
    shown = replace(flow, shown_seq=conversation.seq) if flow is not None else None
    store.actions.save_flow(conversation.id, shown, now)
    if update.declined is not None:
        _decide(store, conversation, update.declined, ProposalState.DECLINED, turn, now)
    _void_open_proposals(store, conversation, {flow.proposal if flow else None, update.approved}, now)
    if update.proposal is not None:
        store.actions.add(update.proposal)
    if update.approved is not None:
        _decide(store, conversation, update.approved, ProposalState.APPROVED, turn, now)
        store.jobs.schedule(JobKind.ACTION, conversation.id, now, now)


def _void_open_proposals(
    store: Store, conversation: Conversation, kept: Collection[str | None], now: datetime
) -> None:
    """What was shown before something else was asked for is not waited for any more."""
    for one in store.actions.list_by_conversation(conversation.id):
        if one.state is ProposalState.OPEN and one.id not in kept:
            store.actions.move(one.id, ProposalState.VOID, before=(ProposalState.OPEN,), finished_at=now)


def _decide(
    store: Store,
    conversation: Conversation,
    proposal_id: str,
    state: ProposalState,
    turn: TurnInput,
    now: datetime,
) -> None:
    """The customer's word on exactly this proposal: its arguments, under this owner."""
    proposal = store.actions.get(proposal_id)
    if proposal is None or proposal.conversation != conversation.id or proposal.epoch != conversation.epoch:
        raise Conflict("This proposal is not open any more.")
    if proposal.arguments_hash != hash_arguments(proposal.tool, proposal.arguments):
        raise Conflict("This proposal was changed after it was shown.")
    approved_by = turn.message_id if state is ProposalState.APPROVED else None
    before = (ProposalState.OPEN,)
    if not store.actions.move(proposal_id, state, before=before, approved_by=approved_by, decided_at=now):
        raise Conflict("This proposal is not open any more.")
    store.audit.append_entry(
        CUSTOMER, str(state), now, conversation=conversation.id, proposal=proposal_id, tool=proposal.tool
    )
