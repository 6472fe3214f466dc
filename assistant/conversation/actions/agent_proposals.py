"""What customers answer to a change that an agent proposed to them."""

from collections.abc import Mapping
from datetime import datetime

from assistant.conversation.actions.consent import Consent, read_consent
from assistant.conversation.actions.proposal_moves import move_proposal
from assistant.domain.actions import MAX_PROPOSAL_AGE, Proposal, ProposalState, Tool
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation
from assistant.domain.messages import Author
from assistant.ports.storage.store import Store


def find_asked(store: Store, conversation: Conversation) -> Proposal | None:
    """The proposal of the agent who has the conversation that waits for the customer's yes."""
    for one in store.actions.list_by_conversation(conversation.id):
        is_asked = one.state is ProposalState.OPEN and one.shown_seq is not None
        if is_asked and one.epoch == conversation.epoch:
            return one
    return None


def read_answer(store: Store, conversation_id: str, tools: Mapping[str, Tool], now: datetime) -> None:
    """Approve or decline what the customer was asked; anything but plain words is left to the agent.

    All that was said since must be a yes: "to another address" and then "yes" is none.
    """
    proposal = find_asked(store, store.conversations.get(conversation_id))
    if proposal is None or proposal.tool not in tools:
        return
    since = proposal.shown_seq or 0
    answers = [
        one
        for one in store.messages.list_public(conversation_id)
        if one.author is Author.CUSTOMER and one.seq > since
    ]
    own_words = tools[proposal.tool].consent_words.values()
    read = [read_consent(one.text, own_words) for one in answers]
    before = (ProposalState.OPEN,)
    if Consent.NO in read:
        state, changes = ProposalState.DECLINED, {"decided_at": now, "finished_at": now}
        move_proposal(store, proposal, state, CUSTOMER, now, before=before, **changes)
    elif now - proposal.created_at > MAX_PROPOSAL_AGE:
        move_proposal(store, proposal, ProposalState.VOID, CUSTOMER, now, before=before, finished_at=now)
    elif read and all(one is Consent.YES for one in read):
        approved = {"approved_by": answers[-1].id, "decided_at": now}
        move_proposal(store, proposal, ProposalState.APPROVED, CUSTOMER, now, before=before, **approved)
