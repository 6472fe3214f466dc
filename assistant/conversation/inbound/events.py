"""What messaging apps tell us, taken in: one transaction a call, each event once, through the one door."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from assistant.conversation.handoff.handover import leave_to_people
from assistant.conversation.inbound import attachments, customer_actions, customer_linking, message_updates
from assistant.conversation.inbound.attachments import fitting
from assistant.conversation.inbound.conversation_start import language_of, summary_of
from assistant.conversation.inbound.quoted_replies import without_ours
from assistant.conversation.inbound.receive import receive
from assistant.conversation.templates import say as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import save, say
from assistant.conversation.turn.reply import person_button
from assistant.domain.channels import (
    Address,
    Arrived,
    Edited,
    Event,
    Reachable,
    Said,
    Thread,
    Unsent,
)
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, Broken
from assistant.domain.messages import Author, Inbound, Reply
from assistant.domain.people import Customer, Identity
from assistant.ports.storage.store import Store

log = structlog.get_logger()

#: How long an unproven address gets no second automatic answer.
UNPROVEN_HOLDS = timedelta(days=7)
#: "1", "１", "1." or "(1)": an answer by number.
NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What taking in needs to know."""

    timing: Timing
    languages: tuple[str, ...]


def take_in(store: Store, events: Sequence[Event], arrivals: Arrivals, now: datetime) -> list[str]:
    """Store every event that is new; the conversations that changed, each once."""
    changed = []
    for event in events:
        if store.threads.is_duplicate_event(event.address.channel, event.address.account, event.id, now):
            continue
        try:
            with store.begin_savepoint():
                changed.append(_take(store, event, arrivals, now))
        except BadInput:  # an empty message: no loss to anybody
            continue
        except Broken as exc:  # it costs no other event of the call, nor is it sent again for ever
            where = f"{event.address.channel} {event.address.account}".strip()
            log.exception("event not taken in", channel=where, id=event.id[:80])
            store.jobs.dead_letter_event(where, str(exc), now)
    return list(dict.fromkeys(one for one in changed if one))


def _take(store: Store, event: Event, arrivals: Arrivals, now: datetime) -> str | None:
    match event:
        case Said():
            return _said(store, event, arrivals, now)
        case Edited():
            return message_updates.edited(store, event, arrivals.timing, now)
        case Unsent():
            return message_updates.unsent(store, event, now)
        case Reachable():
            return _reachable(store, event, arrivals, now)
        case Arrived():
            return message_updates.arrived(store, event, now)
    return None


# -- messages


def _said(store: Store, event: Said, arrivals: Arrivals, now: datetime) -> str | None:
    event = _never_empty(event)
    known = store.threads.find_by_address(event.address)
    if event.restarts and known and known.unreachable:
        return _reachable(store, Reachable(id=event.id, address=event.address), arrivals, now)
    if event.kind == "reaction" and not _is_open(store, known):
        return None
    if known and (answered := _answers_survey(store, known, event, now)):
        return answered
    thread, conversation = _open(store, known, event, arrivals, now)
    event = _own_words(event, thread)
    why = event.people_only or _why_unproven(store, event, now)
    context = {**thread.context, **event.context, **_marks(thread, event, why)}
    store.threads.save_thread(replace(thread, heard_at=now, context=context, unreachable=None))
    if why:
        conversation = leave_to_people(store, conversation, why, now)
    if linked := customer_linking.said_code(store, thread, event.text, now):
        return linked
    if attachments.needs_no_answer(store, conversation, event):
        attachments.only_noted(store, conversation, event, now)
    elif not event.text.strip():
        attachments.only_files(store, conversation, event, arrivals.timing, now)
    else:
        text = _choice(store, conversation, attachments.shown(event, conversation.language))
        receive(
            store,
            Inbound(conversation=conversation.id, message_id=event.message_id, text=fitting(text)),
            arrivals.timing,
            now,
        )
    attachments.keep_files(store, conversation.id, event, now)
    return conversation.id


def _own_words(event: Said, thread: Thread) -> Said:
    """Without what the customer's app quoted of ours; a reply without words is said to be one."""
    text = without_ours(event.text, thread.context.get("sent_text", ""))
    empty = event.kind == "text" and not text.strip() and not event.attachments
    return replace(event, text=text, kind="reply" if empty else event.kind)


def _marks(thread: Thread, event: Said, why: str | None) -> dict[str, str]:
    """What the channel must know before it sends anything automatic; a later message may lift it."""
    marked = why or event.unproven or "unproven" in thread.context
    return {"people_only": why or "", "unproven": "yes" if event.unproven else ""} if marked else {}


def _why_unproven(store: Store, event: Said, now: datetime) -> str | None:
    """Whoever forges a sender makes us write to a stranger: once, until the address is proven."""
    if event.unproven and store.threads.has_unproven_thread(event.address, now - UNPROVEN_HOLDS):
        return (
            "nothing shows that the address is the writer's own, and an automatic answer went there already"
        )
    return None


def _never_empty(event: Said) -> Said:
    """Whoever sends anything hears something, so nothing at all is a thing of a kind that we do not know."""
    nothing = event.kind == "text" and not event.text.strip("\x00 \t\r\n") and not event.attachments
    return replace(event, kind="unknown", text="") if nothing else event


def _is_open(store: Store, known: Thread | None) -> bool:
    before = store.conversations.get(known.conversation) if known else None
    return before is not None and before.state is not State.CLOSED


def _open(
    store: Store, known: Thread | None, event: Event, arrivals: Arrivals, now: datetime
) -> tuple[Thread, Conversation]:
    """The thread, still to be stored, with a conversation that is open: the one that goes on there, or a new
    one."""
    before = store.conversations.get(known.conversation) if known else None
    if known and before and before.state is not State.CLOSED:
        return known, before
    said = event if isinstance(event, Said) else None
    customer = store.customers.get(known.customer) if known else _customer(store, event.address, said, now)
    locale = (said.locale if said else None) or customer.locale
    conversation = Conversation(
        id=uuid4().hex,
        customer=customer.id,
        channel=event.address.channel,
        language=before.language if before else _language(said, locale, arrivals.languages),
        created_at=now,
        updated_at=now,
        previous=before.id if before else None,
        carried=summary_of(store, before) if before else None,
    )
    store.conversations.add(conversation, None)
    store.journal.append_entry(conversation.id, None, now)
    thread = Thread(
        id=known.id if known else uuid4().hex,
        address=event.address,
        customer=customer.id,
        conversation=conversation.id,
        heard_at=now,
        context=known.context if known else {},
    )
    return thread, conversation


def _language(said: Said | None, locale: str | None, languages: tuple[str, ...]) -> str:
    """The app's locale, else the script of the first words; turns read it more closely later."""
    if locale:
        return language_of(locale, languages)
    if said and customer_linking.is_code(said.text):
        return languages[0]
    if said and "ja" in languages and re.search("[぀-ヿ一-鿿]", said.text):
        return "ja"
    return "en" if said and "en" in languages and re.search("[A-Za-z]{2}", said.text) else languages[0]


def _customer(store: Store, address: Address, said: Said | None, now: datetime) -> Customer:
    """Whoever the app says they are: its signature on the call proves it."""
    known = store.customers.find_by_identity(address.channel, address.peer)
    if known:
        return known
    customer = Customer(
        id=uuid4().hex,
        created_at=now,
        name=said.name if said else None,
        email=address.peer if address.channel == "email" else None,
        locale=said.locale if said else None,
        identities=(
            Identity(channel=address.channel, id=address.peer, verified=said is None or said.verified),
        ),
    )
    store.customers.add(customer)
    return customer


def _choice(store: Store, conversation: Conversation, text: str) -> str:
    """A number answers the choices that were last numbered; 0 is a person."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return text
    number = int(found[1])
    if number == 0:
        return person_button(conversation.language).value
    last = [m for m in store.messages.list_public(conversation.id) if m.author is not Author.CUSTOMER][-1:]
    buttons = [b for b in last[0].buttons if b != person_button(conversation.language)] if last else []
    return buttons[number - 1].value if 0 < number <= len(buttons) else text


# -- following and leaving


def _reachable(store: Store, event: Reachable, arrivals: Arrivals, now: datetime) -> str | None:
    known = store.threads.find_by_address(event.address)
    if event.greet and event.why is None:
        thread, conversation = _open(store, known, event, arrivals, now)
        store.threads.save_thread(replace(thread, unreachable=None))
        language = conversation.language
        greeting = Reply(text=words(event.says, language), language=language, kind="notice")
        conversation, _ = say(store, conversation, Author.ASSISTANT, greeting, now)
        save(store, conversation, now)
        return conversation.id
    if known is None:
        return None
    store.threads.save_thread(replace(known, unreachable=event.why))
    store.journal.append_entry(known.conversation, None, now)
    return known.conversation


# -- the survey


def _answers_survey(store: Store, thread: Thread, event: Said, now: datetime) -> str | None:
    """After the end, a number or a label of the question's answers is an answer to it."""
    conversation = store.conversations.get(thread.conversation)
    question = customer_actions.survey(store, conversation)
    if question is None:
        return None
    said = unicodedata.normalize("NFKC", event.text).strip()
    number = NUMBER.fullmatch(said)
    values = [v for v, label in question.options if said == label or (number and int(number[1]) == v)]
    if not values:
        return None
    customer_actions.rate(
        store, conversation.id, customer_actions.Rating(kind=question.kind, value=values[0]), now
    )
    text = words("csat_thanks", conversation.language)
    notice = Reply(text=text, language=conversation.language, kind="notice")
    conversation, _ = say(store, conversation, Author.SYSTEM, notice, now)
    save(store, conversation, now)
    return conversation.id
