"""What messaging apps tell us, taken in: one transaction a call, each event once, through the one door."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from assistant.conversation.consents import record_app_consent
from assistant.conversation.handoff.handover import queue_without_reply
from assistant.conversation.inbound import attachments, customer_actions, customer_linking, message_updates
from assistant.conversation.inbound.attachments import truncate_text
from assistant.conversation.inbound.conversation_start import select_language, summarize_conversation
from assistant.conversation.inbound.dead_events import build_dead_event
from assistant.conversation.inbound.quoted_replies import strip_quoted_replies
from assistant.conversation.inbound.receive import receive_inbound
from assistant.conversation.surveys import build_survey
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.channels import (
    Address,
    ChannelEvent,
    DeliveryUpdate,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReachabilityChanged,
    Thread,
)
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, InternalError
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.messages import Author, InboundMessage
from assistant.domain.people import Customer, Identity
from assistant.domain.surveys import SurveyState
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.storage.store import Store

log = structlog.get_logger()

#: How long an unproven address gets no second automatic answer.
UNPROVEN_HOLDS = timedelta(days=7)
#: "1", "１", "1." or "(1)": an answer by number.
NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundContext:
    """What taking in needs to know."""

    timing: Timing
    languages: tuple[str, ...]


def apply_events(
    store: Store, events: Sequence[ChannelEvent], arrivals: InboundContext, now: datetime
) -> list[str]:
    """Store every event that is new; the conversations that changed, each once."""
    changed = []
    for event in events:
        if store.threads.is_duplicate_event(event.address.channel, event.address.account, event.id, now):
            continue
        try:
            with store.begin_savepoint():
                changed.append(_apply_event(store, event, arrivals, now))
        except BadInput:  # an empty message: no loss to anybody
            continue
        except InternalError as exc:  # it costs no other event of the call, nor is it sent again for ever
            where = f"{event.address.channel} {event.address.account}".strip()
            log.exception("event not taken in", channel=where, id=event.id[:80])
            store.jobs.dead_letter_event(build_dead_event(event, where, str(exc)), now)
    return list(dict.fromkeys(one for one in changed if one))


def _apply_event(store: Store, event: ChannelEvent, arrivals: InboundContext, now: datetime) -> str | None:
    match event:
        case MessageReceived():
            return _apply_message(store, event, arrivals, now)
        case MessageEdited():
            return message_updates.apply_edit(store, event, arrivals.timing, now)
        case MessageDeleted():
            return message_updates.apply_deletion(store, event, now)
        case ReachabilityChanged():
            return _apply_reachability(store, event, arrivals, now)
        case DeliveryUpdate():
            return message_updates.apply_delivery_update(store, event, now)
    return None


# -- messages


def _apply_message(
    store: Store, event: MessageReceived, arrivals: InboundContext, now: datetime
) -> str | None:
    event = _mark_empty_as_unknown(event)
    known = store.threads.find_by_address(event.address)
    if event.restarts and known and known.unreachable:
        return _apply_reachability(
            store, ReachabilityChanged(id=event.id, address=event.address), arrivals, now
        )
    if event.kind == "reaction" and not _has_open_conversation(store, known):
        return None
    if known and (answered := _apply_survey_answer(store, known, event, now)):
        return answered
    thread, conversation = _ensure_conversation(store, known, event, arrivals, now)
    event = _strip_quoted_text(event, thread)
    why = event.people_only or _explain_unproven(store, event, now)
    context = {**thread.context, **event.context, **_build_thread_marks(thread, event, why)}
    store.threads.save_thread(replace(thread, heard_at=now, context=context, unreachable=None))
    if why:
        conversation = queue_without_reply(store, conversation, why, now)
    if not event.unproven and (linked := customer_linking.redeem_code(store, thread, event.text, now)):
        return linked
    if attachments.needs_no_answer(store, conversation, event):
        attachments.append_without_answer(store, conversation, event, now)
    elif not event.text.strip():
        attachments.apply_files_only(store, conversation, event, arrivals.timing, now)
    else:
        text = _resolve_choice(
            store, conversation, attachments.render_transcript_text(event, conversation.language)
        )
        inbound = InboundMessage(
            conversation=conversation.id,
            message_id=event.message_id,
            text=truncate_text(text),
            is_proven=not event.unproven,
        )
        receive_inbound(store, inbound, arrivals.timing, now)
    attachments.save_attachments(store, conversation.id, event, now)
    return conversation.id


def _strip_quoted_text(event: MessageReceived, thread: Thread) -> MessageReceived:
    """Without what the customer's app quoted of ours; a reply without words is said to be one."""
    text = strip_quoted_replies(event.text, thread.context.get("sent_text", ""))
    empty = event.kind == "text" and not text.strip() and not event.attachments
    return replace(event, text=text, kind="reply" if empty else event.kind)


def _build_thread_marks(thread: Thread, event: MessageReceived, why: EvidenceReason | None) -> dict[str, str]:
    """What the channel must know before it sends anything automatic; a later message may lift it."""
    marked = why or event.unproven or "unproven" in thread.context
    return {"people_only": why or "", "unproven": "yes" if event.unproven else ""} if marked else {}


def _explain_unproven(store: Store, event: MessageReceived, now: datetime) -> EvidenceReason | None:
    """Whoever forges a sender makes us write to a stranger: once, until the address is proven."""
    if event.unproven and store.threads.has_unproven_thread(event.address, now - UNPROVEN_HOLDS):
        return EvidenceReason.ADDRESS_UNPROVEN
    return None


def _mark_empty_as_unknown(event: MessageReceived) -> MessageReceived:
    """Whoever sends anything hears something, so nothing at all is a thing of a kind that we do not know."""
    nothing = event.kind == "text" and not event.text.strip("\x00 \t\r\n") and not event.attachments
    return replace(event, kind="unknown", text="") if nothing else event


def _has_open_conversation(store: Store, known: Thread | None) -> bool:
    before = store.conversations.get(known.conversation) if known else None
    return before is not None and before.state is not State.CLOSED


def _ensure_conversation(
    store: Store, known: Thread | None, event: ChannelEvent, arrivals: InboundContext, now: datetime
) -> tuple[Thread, Conversation]:
    """The thread, still to be stored, with a conversation that is open: the one that goes on there, or a new
    one."""
    before = store.conversations.get(known.conversation) if known else None
    if known and before and before.state is not State.CLOSED:
        return known, before
    said = event if isinstance(event, MessageReceived) else None
    customer = (
        store.customers.get(known.customer)
        if known
        else _find_or_add_customer(store, event.address, said, now)
    )
    locale = (said.locale if said else None) or customer.locale
    conversation = Conversation(
        id=uuid4().hex,
        customer=customer.id,
        channel=event.address.channel,
        language=before.language if before else _detect_language(said, locale, arrivals.languages),
        created_at=now,
        updated_at=now,
        previous=before.id if before else None,
        carried=summarize_conversation(store, before) if before else None,
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


def _detect_language(said: MessageReceived | None, locale: str | None, languages: tuple[str, ...]) -> str:
    """The app's locale, else the script of the first words; turns read it more closely later."""
    if locale:
        return select_language(locale, languages)
    if said and customer_linking.match_code(said.text):
        return languages[0]
    if said and "ko" in languages and re.search("[가-힣]", said.text):
        return "ko"
    if said and "ja" in languages and re.search("[぀-ヿ一-鿿]", said.text):
        return "ja"
    return "en" if said and "en" in languages and re.search("[A-Za-z]{2}", said.text) else languages[0]


def _find_or_add_customer(
    store: Store, address: Address, said: MessageReceived | None, now: datetime
) -> Customer:
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


def _resolve_choice(store: Store, conversation: Conversation, text: str) -> str:
    """A number answers the choices that were last numbered; 0 is a person."""
    found = NUMBER.fullmatch(fold_compatibility(text).strip())
    if not found:
        return text
    number = int(found[1])
    if number == 0:
        return build_person_button(conversation.language).value
    last = [m for m in store.messages.list_public(conversation.id) if m.author is not Author.CUSTOMER][-1:]
    buttons = [b for b in last[0].buttons if b != build_person_button(conversation.language)] if last else []
    return buttons[number - 1].value if 0 < number <= len(buttons) else text


# -- following and leaving


def _apply_reachability(
    store: Store, event: ReachabilityChanged, arrivals: InboundContext, now: datetime
) -> str | None:
    known = store.threads.find_by_address(event.address)
    if event.greet and event.why is None:
        thread, conversation = _ensure_conversation(store, known, event, arrivals, now)
        store.threads.save_thread(replace(thread, unreachable=None))
        text = words(event.template, conversation.language)
        conversation, _ = append_notice(store, conversation, Author.ASSISTANT, text, now)
        save_conversation(store, conversation, now)
        return conversation.id
    if known is None:
        return None
    store.threads.save_thread(replace(known, unreachable=event.why))
    if event.address.channel == "sms":  # where a word does it: STOP or START
        record_app_consent(store, known.conversation, event, now)
    store.journal.append_entry(known.conversation, None, now)
    return known.conversation


# -- the survey


def _apply_survey_answer(store: Store, thread: Thread, event: MessageReceived, now: datetime) -> str | None:
    """After the end, a number or a label of the question's answers is an answer to it."""
    conversation = store.conversations.get(thread.conversation)
    question = build_survey(store, conversation, now)
    if question is None:
        return None
    said = fold_compatibility(event.text).strip()
    number = NUMBER.fullmatch(said)
    values = [v for v, label in question.options if said == label or (number and int(number[1]) == v)]
    if not values:
        # Something else instead of an answer: it goes through, and the question is not asked again.
        store.surveys.end_survey(conversation.id, SurveyState.CANCELLED)
        return None
    customer_actions.save_rating(
        store, conversation.id, customer_actions.Rating(kind=question.kind, value=values[0]), now
    )
    text = words("csat_thanks", conversation.language)
    conversation, _ = append_notice(store, conversation, Author.SYSTEM, text, now)
    save_conversation(store, conversation, now)
    return conversation.id
