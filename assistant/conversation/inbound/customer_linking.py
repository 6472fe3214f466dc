"""Which customers are one person: only with proof, and always to be taken back."""

import re
import secrets
from datetime import datetime, timedelta

from assistant.conversation.inbound.conversation_start import hash_secret, summarize_conversation
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.domain.audit import CUSTOMER
from assistant.domain.audit import format_actor as actor
from assistant.domain.channels import Thread
from assistant.domain.conversation import Conversation
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.messages import Author
from assistant.domain.people import Agent, Customer, PastConversation
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.storage.store import Store

#: Letters that nobody mistakes for another when reading them aloud.
ALPHABET = "BCDFGHJKMPQRTVWXY2346789"
CODE = re.compile(rf"YR-?([{ALPHABET}]{{8}})")
#: How long a code holds.
CODE_HOLDS = timedelta(minutes=10)
#: Other conversations that an agent is shown.
MAX_LINKED_CONVERSATIONS = 10


def issue_link_code(store: Store, customer: str, now: datetime) -> tuple[str, datetime]:
    """A code to be said on another channel within ten minutes; an earlier one holds no longer."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    store.links.save_link_code(hash_secret(code), customer, now + CODE_HOLDS)
    return f"YR-{code}", now + CODE_HOLDS


def redeem_code(store: Store, thread: Thread, text: str, now: datetime) -> str | None:
    """The conversation, when what was said there is a code that holds: its owner is the same person."""
    found = match_code(text)
    owner = store.links.redeem_link_code(hash_secret(found[1]), now) if found else None
    if owner is None:
        return None
    if owner not in store.links.list_linked_customers(thread.customer):
        made = store.links.add(owner, thread.customer, {"proof": "code"}, now)
        store.audit.append_entry(CUSTOMER, "link", now, link=made)
    conversation = store.conversations.get(thread.conversation)
    text = words("linked", conversation.language)
    conversation, _ = append_notice(store, conversation, Author.SYSTEM, text, now)
    save_conversation(store, conversation, now)
    return conversation.id


def match_code(text: str) -> re.Match[str] | None:
    return CODE.fullmatch(fold_compatibility(text).strip().upper())


def link_customers(
    store: Store, conversation: str, other: str, agent: Agent, reason: str, now: datetime
) -> str:
    """An agent's decision that two conversations are one person's; the reason is kept."""
    one = store.conversations.get(conversation).customer
    two = store.conversations.get(other).customer
    if one == two or two in store.links.list_linked_customers(one):
        raise BadInput("These are one person's already.")
    found = store.links.add(one, two, {"proof": "agent", "agent": agent.id, "reason": reason}, now)
    store.audit.append_entry(actor(agent.id), "link", now, link=found)
    store.journal.append_entry(conversation, None, now)
    return found


def list_similar_conversations(store: Store, conversation: str) -> list[tuple[Conversation, Customer, str]]:
    """Conversations of others who may be the same person, for an agent to decide, with what speaks for it."""
    customer = store.customers.get(store.conversations.get(conversation).customer)
    known = store.links.list_linked_customers(customer.id)
    return [
        (latest, store.customers.get(other), why)
        for other, why in store.links.list_similar_customers(customer)
        if other not in known
        for latest in store.conversations.list_by_customer(other, before="")[:1]
    ]


def remove_link(store: Store, link_id: str, agent: Agent, now: datetime) -> None:
    """Take a link back; NotFound when there is none that holds."""
    if not store.links.end_link(link_id, now):
        raise NotFound("There is no such link.")
    store.audit.append_entry(actor(agent.id), "unlink", now, link=link_id)


def list_linked_conversations(store: Store, customer: str) -> list[PastConversation]:
    """The conversations that linked customers have on other channels, newest first.

    What was said before a link by somebody whom nobody verified is shown only as having been: no summary.
    """
    found = []
    links = {
        name: row for row in store.links.list_by_customer(customer) for name in (row["one"], row["other"])
    }
    for other in store.links.list_linked_customers(customer)[1:]:
        verified = any(identity.verified for identity in store.customers.get(other).identities)
        since = links[other]["created_at"] if other in links else None
        for one in store.conversations.list_by_customer(other, before=""):
            shown = verified or (since is not None and one.created_at >= since)
            found.append(
                PastConversation(
                    conversation=one.id,
                    channel=one.channel,
                    closed_at=one.closed_at,
                    summary=summarize_conversation(store, one) if shown else None,
                    csat=None,
                )
            )
    return found[:MAX_LINKED_CONVERSATIONS]
