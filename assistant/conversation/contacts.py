"""Where a customer who has left can be reached: what they wrote down, and writing to it from the desk."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.audit import format_actor as actor
from assistant.domain.channels import Address, Thread
from assistant.domain.conversation import Conversation
from assistant.domain.errors import BadInput, Conflict
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.people import Agent, normalize_email
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

EMAIL = "email"
#: The last messages in which contacts are looked for: reading 2,000 takes a tenth of a second.
MAX_MESSAGES = 200
#: Kinds of claims that are contacts -> the channel that can write to them, where there is one.
CONTACT_KINDS = {"e-mail": EMAIL, "phone": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address or a number; the customer's own claim."""

    #: e-mail or phone.
    kind: str
    value: str
    #: The account of the channel that can write to it; None: nothing can, somebody has to call.
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFinder:
    """What finding contacts needs to know."""

    pick_facts: FactPicker
    #: Messaging apps that are set up, by name and account.
    channels: Collection[tuple[str, str]]


def list_contacts(store: Store, conversation: Conversation, finder: ContactFinder) -> list[Contact]:
    """What the customer left in this conversation lately, and the address on their record; each once."""
    lately = store.messages.list_public(conversation.id, after=max(0, conversation.seq - MAX_MESSAGES))
    claimed = finder.pick_facts.extract_claimed(build_utterances(lately))
    email = store.customers.get(conversation.customer).email
    found = [*(fact.partition(": ")[::2] for fact in claimed), *([("e-mail", email)] if email else [])]
    contacts = {
        (kind, value.lower()): Contact(kind=kind, value=value, account=_find_account(kind, finder.channels))
        for kind, value in found
        if kind in CONTACT_KINDS
    }
    return list(contacts.values())


def continue_by_email(
    store: Store,
    conversation_id: str,
    agent: Agent,
    address: str,
    finder: ContactFinder,
    now: datetime,
) -> Conversation:
    """From now on what *agent* writes here goes to *address* too, and answers from there come in here.

    BadInput unless the customer left it; Conflict where no e-mail is set up or an app is written to already.
    """
    conversation = store.conversations.get(conversation_id)
    conversation.require_owner(agent.id)
    left = list_contacts(store, conversation, finder)
    contact = next((one for one in left if normalize_email(one.value) == normalize_email(address)), None)
    if contact is None or CONTACT_KINDS[contact.kind] is None:
        raise BadInput("The customer has left no such e-mail address in this conversation.")
    if contact.account is None:
        raise Conflict("No e-mail is set up to write from.")
    if conversation.channel != WEB or store.threads.find_by_conversation(conversation.id):
        raise Conflict("This conversation goes on in an app already.")
    store.threads.save_thread(
        Thread(
            id=uuid4().hex,
            address=Address(
                channel=EMAIL,
                account=contact.account,
                peer=normalize_email(contact.value),
                thread=uuid4().hex[:16],
            ),
            customer=conversation.customer,
            conversation=conversation.id,
            heard_at=now,
            context={
                "subject": words("mail_subject", conversation.language),
                # Until the customer answers from there, nothing but an agent's own words goes there.
                "people_only": EvidenceReason.ADDRESS_LEFT_IN_CHAT,
                "unproven": "yes",
            },
        )
    )
    store.audit.append_entry(actor(agent.id), "continue_by_email", now, conversation=conversation.id)
    return save_conversation(store, conversation, now)


def _find_account(kind: str, channels: Collection[tuple[str, str]]) -> str | None:
    accounts: Iterator[str] = (account for name, account in channels if name == CONTACT_KINDS[kind])
    return next(accounts, None)
