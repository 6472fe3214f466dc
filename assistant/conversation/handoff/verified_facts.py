"""What is proven about a customer, and what was done for them: for the agent who takes over."""

from datetime import datetime
from typing import Any

from assistant.conversation.inbound.conversation_start import WEB
from assistant.domain.actions import FINAL_STATES, IdentityGrant, Proposal, ProposalState
from assistant.domain.conversation import Conversation
from assistant.domain.messages import Author
from assistant.domain.packet_customer import format_timestamp
from assistant.domain.people import Customer
from assistant.ports.storage.store import Store

#: How it was proven, for agents.
METHODS = {
    "lookup": "they knew its postcode or phone number",
    "code": "they read a code from the address of the order",
}


def list_verified_facts(
    store: Store, conversation: Conversation, customer: Customer, now: datetime
) -> list[str]:
    """``kind: value (proof)``, as claims are shown."""
    signed = [one.id for one in customer.identities if one.verified and one.channel == WEB]
    facts = [f"customer number: {one} (signed by the site)" for one in signed]
    grants = store.identity_proofs.load_grants(conversation.id, now).values()
    return facts + [_describe_grant(grant) for grant in grants]


def list_actions(store: Store, conversation: str, epoch: int | None) -> list[dict[str, Any]]:
    """Every change that was shown to the customer, with what came of it, oldest first.

    *epoch*: under another one nobody waits for a yes any more; None: as after a handoff.
    """
    return [serialize_proposal(one, epoch) for one in store.actions.list_by_conversation(conversation)]


def list_done(store: Store, conversation: str) -> list[str]:
    """What was changed for them and when, oldest first, in the words in which they were told."""
    told = {
        message.created_at: message.text
        for message in store.messages.list_public(conversation)
        if message.author in (Author.ASSISTANT, Author.SYSTEM)
    }
    return [
        f"{_join_lines(told.get(one.finished_at, one.effect))} ({format_timestamp(one.finished_at)})"
        for one in store.actions.list_by_conversation(conversation)
        if one.state is ProposalState.OK and one.finished_at is not None
    ]


def _join_lines(text: str) -> str:
    return " ".join(text.split())


def serialize_proposal(proposal: Proposal, epoch: int | None) -> dict[str, Any]:
    state = proposal.state
    if state not in FINAL_STATES and state is not ProposalState.RUNNING and proposal.epoch != epoch:
        state = ProposalState.VOID
    return {
        "id": proposal.id,
        "tool": proposal.tool,
        "arguments": dict(proposal.arguments),
        "effect": proposal.effect,
        "state": str(state),
        "identity_level": int(proposal.level),
        "shown_at": format_timestamp(proposal.created_at),
        "finished_at": format_timestamp(proposal.finished_at) if proposal.finished_at else None,
        "result": dict(proposal.result),
        "agent": proposal.agent if proposal.is_by_agent else None,
    }


def _describe_grant(grant: IdentityGrant) -> str:
    return f"order number: {grant.subject} ({METHODS[grant.method]})"
