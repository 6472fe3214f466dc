"""Proposals and unfinished requests as they are stored, with the reply of a turn."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from assistant.conversation.actions.proposal_moves import (
    add_proposal,
    move_proposal,
    void_open_proposals,
)
from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.actions import (
    ActionFlow,
    ActionUpdate,
    IdentityLevel,
    Proposal,
    ProposalState,
)
from assistant.domain.audit import ASSISTANT, CUSTOMER
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
    kept = {flow.proposal if flow else None, update.approved}
    void_open_proposals(store, conversation.id, ASSISTANT, now, kept=kept)
    if update.proposal is not None:
        add_proposal(store, update.proposal)
    if update.approved is not None:
        _decide(store, conversation, update.approved, ProposalState.APPROVED, turn, now)
        store.jobs.schedule(JobKind.ACTION, conversation.id, now, now)


def _decide(
    store: Store,
    conversation: Conversation,
    proposal_id: str,
    state: ProposalState,
    turn: TurnInput,
    now: datetime,
) -> None:
    """The customer's word on exactly this proposal, under this owner."""
    proposal = store.actions.get(proposal_id)
    if proposal is None or proposal.conversation != conversation.id or proposal.epoch != conversation.epoch:
        raise Conflict("This proposal is not open any more.")
    changes = {"approved_by": turn.message_id if state is ProposalState.APPROVED else None, "decided_at": now}
    if not move_proposal(store, proposal, state, CUSTOMER, now, before=(ProposalState.OPEN,), **changes):
        raise Conflict("This proposal is not open any more.")
