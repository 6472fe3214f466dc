"""What agents write down about a person: shown in every later conversation, erased with the person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from assistant.domain.audit import format_actor as actor
from assistant.domain.desk_items import CustomerNote
from assistant.domain.errors import Conflict, Forbidden, NotFound
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

#: Notes of one person.
MAX_NOTES = 100


def add_customer_note(store: Store, customer_id: str, agent: Agent, text: str, now: datetime) -> CustomerNote:
    customer = store.customers.get(customer_id)
    if len(store.customer_notes.list_by_customers([customer.id])) >= MAX_NOTES:
        raise Conflict(f"A person may have {MAX_NOTES} notes; remove one first.", reason="full")
    note = CustomerNote(
        id=uuid4().hex,
        customer=customer.id,
        agent=agent.id,
        agent_name=agent.name,
        text=text.strip(),
        created_at=now,
    )
    store.customer_notes.add(note)
    store.audit.append_entry(actor(agent.id), "customer_note", now, customer=customer.id, note=note.id)
    return note


def remove_customer_note(store: Store, customer: str, note_id: str, agent: Agent, now: datetime) -> None:
    """Only who wrote it and leads may."""
    note = store.customer_notes.get(note_id)
    if note is None or note.customer not in _list_same_person(store, customer):
        raise NotFound("There is no such note.")
    if note.agent != agent.id and not agent.is_lead:
        raise Forbidden("Only who wrote a note, or a lead, removes it.")
    store.customer_notes.remove(note.id)
    store.audit.append_entry(
        actor(agent.id), "customer_note_removed", now, customer=note.customer, note=note.id
    )


def list_customer_notes(store: Store, customer: str) -> Sequence[CustomerNote]:
    """Newest first, those of the same person elsewhere too."""
    return store.customer_notes.list_by_customers(_list_same_person(store, customer))


def _list_same_person(store: Store, customer: str) -> list[str]:
    return [customer, *store.links.list_linked_customers(customer)]
