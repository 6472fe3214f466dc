"""What goes to a foreign desk: the next step of a link, and what comes of it; derived from what is stored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assistant.conversation.foreign_desks.incoming import (
    claim_for_desk,
    is_current,
    load_desk_agent,
    name_ticket,
    save_note,
)
from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.inbound.dead_events import build_dead_delivery
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import save_conversation
from assistant.domain.audit import ASSISTANT
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import RetryLater, Undeliverable
from assistant.domain.foreign_desks import (
    TAKEN_BACK_AT,
    DeskDelivery,
    DeskLink,
    DeskReceipt,
    DeskStep,
    LinkState,
)
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, Message
from assistant.ports.storage.store import Store

#: After which a step that could not be done has failed.
GIVE_UP_AFTER = timedelta(hours=24)
MIN_PAUSE = timedelta(seconds=2)
MAX_PAUSE = timedelta(minutes=5)

#: Link, and the id of a file or "" -> the address that shows the packet, or gives the file.
PacketUrlBuilder = Callable[[str, datetime, str], str]
DeskOutcome = DeskReceipt | RetryLater | Undeliverable


def take_next_delivery(
    store: Store, link: DeskLink, build_url: PacketUrlBuilder, now: datetime
) -> DeskDelivery | None:
    """What the desk is to hear next, marked as being sent; None: nothing, or not yet."""
    if not link.is_active or (link.retry_at is not None and link.retry_at > now):
        return None
    conversation = store.conversations.get(link.conversation)
    if link.state is LinkState.OPENING:
        if not link.sending and not (is_current(store, link) and conversation.state is State.QUEUED):
            store.desk_links.save(replace(link, state=LinkState.TAKEN_BACK))
            return None
        # What an earlier try may have brought there stays the same; what was said since follows.
        last = link.sent_seq if link.sending else conversation.seq
        opening = replace(link, sent_seq=last)
        return _mark_sending(store, opening, _build_opening(store, opening, conversation, build_url, now))
    message = _find_next_message(store, link, conversation)
    if message is not None:
        delivery = _build_delivery(link, conversation, DeskStep.MESSAGE, f"{link.id}-{message.seq}")
        masked = _mask_message(_add_files(store, link, message, build_url, now))
        return _mark_sending(store, link, replace(delivery, messages=(masked,)))
    if is_current(store, link) and link.owns(conversation):
        return None
    closing = _build_delivery(link, conversation, DeskStep.CLOSE, f"{link.id}-close")
    return _mark_sending(store, link, replace(closing, note=_explain_end(store, conversation)))


def _find_next_message(store: Store, link: DeskLink, conversation: Conversation) -> Message | None:
    """What the customer said while it was the desk's; who has it now reads the rest here."""
    if not is_current(store, link) or not (link.owns(conversation) or conversation.state is State.CLOSED):
        return None
    later = store.messages.list_public(conversation.id, after=link.sent_seq)
    return next((message for message in later if message.author is Author.CUSTOMER), None)


def _build_opening(
    store: Store, link: DeskLink, conversation: Conversation, build_url: PacketUrlBuilder, now: datetime
) -> DeskDelivery:
    customer, said = store.customers.get(conversation.customer), store.messages.list_public(conversation.id)
    return replace(
        _build_delivery(link, conversation, DeskStep.OPEN, link.id),
        packet=_mask_words(store.handoffs.load_last_packet(conversation.id) or {}),
        packet_url=build_url(link.id, now, ""),
        messages=tuple(_mask_message(one) for one in said if one.seq <= link.sent_seq),
        customer=customer.name or "",
        email=customer.email,
    )


def _add_files(
    store: Store, link: DeskLink, message: Message, build_url: PacketUrlBuilder, now: datetime
) -> Message:
    """With links to the files that came with it; like the packet's they expire."""
    files = [one for one in store.media.list_by_conversation(link.conversation) if one.message == message.id]
    lines = [f"{one.name or one.kind}: {build_url(link.id, now, one.id)}" for one in files]
    return replace(message, text="\n".join([message.text, *lines]))


def _mask_message(message: Message) -> Message:
    return replace(message, text=mask_secrets(message.text))


def _mask_words(value: Any) -> Any:
    """Card numbers and secrets stay here."""
    match value:
        case str():
            return mask_secrets(value)
        case dict():
            return {name: _mask_words(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_mask_words(inner) for inner in value]
    return value


def _build_delivery(link: DeskLink, conversation: Conversation, step: DeskStep, key: str) -> DeskDelivery:
    return DeskDelivery(
        step=step, link=link, key=key, may_have_arrived=link.sending == key, language=conversation.language
    )


def _mark_sending(store: Store, link: DeskLink, delivery: DeskDelivery) -> DeskDelivery:
    store.desk_links.save(replace(link, sending=delivery.key))
    return delivery


def _explain_end(store: Store, conversation: Conversation) -> str:
    agent = store.agents.get(conversation.agent or "")
    if conversation.state is State.CLOSED:
        return words("desk_end_closed", conversation.language)
    if conversation.state is State.AGENT and agent is not None:
        return words("desk_end_taken", conversation.language, name=agent.name)
    return words("desk_end_returned", conversation.language)


# -- what came of it


def record_desk_outcome(
    store: Store, delivery: DeskDelivery, outcome: DeskOutcome, timing: Timing, now: datetime
) -> None:
    link = store.desk_links.get(delivery.link.id)
    if link is None or not link.is_active:
        return
    match outcome:
        case DeskReceipt():
            _record_success(store, link, delivery, outcome, now)
            if delivery.step is DeskStep.OPEN:
                _give_to_desk(store, link.id, timing, now)
        case RetryLater():
            record_trouble(store, link, outcome, now, delivery)
        case Undeliverable():
            _record_failure(store, link, delivery, str(outcome), outcome.gone, now)


def record_trouble(
    store: Store, link: DeskLink, trouble: RetryLater, now: datetime, delivery: DeskDelivery | None = None
) -> None:
    """It waits, longer each time; a step that failed for a day has failed for good."""
    since = link.failing_since or now
    if delivery is not None and now - since > GIVE_UP_AFTER:
        _record_failure(store, link, delivery, str(trouble), True, now)
        return
    # Half of the time that it has been failing: doubles with each try, and needs no count.
    pause = min(max((now - since) / 2, MIN_PAUSE), MAX_PAUSE)
    asked = min(timedelta(seconds=trouble.after or 0), timedelta(hours=1))
    waiting = replace(link, failing_since=since, why=str(trouble)[:300], tries=link.tries + 1)
    store.desk_links.save(replace(waiting, retry_at=now + max(pause, asked)))
    store.journal.append_entry(link.conversation, None, now)


def _clear_trouble(link: DeskLink) -> DeskLink:
    return replace(link, sending=None, tries=0, failing_since=None, why=None, retry_at=None)


def _record_success(
    store: Store, link: DeskLink, delivery: DeskDelivery, receipt: DeskReceipt, now: datetime
) -> None:
    done = replace(_clear_trouble(link), context=dict(link.context) | dict(receipt.context))
    conversation = store.conversations.get(link.conversation)
    match delivery.step:
        case DeskStep.OPEN:
            done = replace(
                done,
                state=LinkState.OPEN,
                remote=receipt.remote,
                remote_url=receipt.remote_url,
                label=receipt.label,
                loss=tuple(receipt.loss),
                fields=receipt.fields,
                sent_seq=max((message.seq for message in delivery.messages), default=0),
                polled_at=now,
            )
            store.desk_links.save(done)
            _note_opening(store, done, now)
        case DeskStep.MESSAGE:
            store.desk_links.save(replace(done, sent_seq=delivery.messages[0].seq))
        case DeskStep.CLOSE:
            is_closed = conversation.state is State.CLOSED and TAKEN_BACK_AT not in link.context
            ended = LinkState.CLOSED if is_closed else LinkState.TAKEN_BACK
            store.desk_links.save(replace(done, state=ended))


def _give_to_desk(store: Store, link_id: str, timing: Timing, now: datetime) -> None:
    """Unless somebody here has taken it meanwhile: then the next step closes the ticket again."""
    link = store.desk_links.get(link_id)
    conversation = store.conversations.get(link.conversation) if link else None
    if link and conversation and is_current(store, link) and conversation.state is State.QUEUED:
        claim_for_desk(store, conversation, link, timing, now)


def _note_opening(store: Store, link: DeskLink, now: datetime) -> None:
    """Agents here see where it went, and what did not fit."""
    language = store.conversations.get(link.conversation).language
    text = words("desk_opened", language, desk=name_ticket(store, link))
    if link.loss:
        lost, names = str(len(link.loss)), ", ".join(link.loss)
        text += "\n" + words("desk_loss", language, lost=lost, fields=str(link.fields), names=names)
    save_note(store, link, load_desk_agent(store, link), f"desk-opened-{link.id}", text, now)


def _record_failure(
    store: Store, link: DeskLink, delivery: DeskDelivery, why: str, gone: bool, now: datetime
) -> None:
    """People see what did not arrive; a conversation that the desk cannot have waits in our queue."""
    store.jobs.dead_letter_event(build_dead_delivery(delivery, why), now)
    text = words(f"desk_failed_{delivery.step}", delivery.language, desk=name_ticket(store, link), why=why)
    save_note(store, link, load_desk_agent(store, link), f"desk-failed-{delivery.key}", text, now)
    after = replace(_clear_trouble(link), why=why[:300])
    if delivery.step is DeskStep.MESSAGE and not gone:
        store.desk_links.save(replace(after, sent_seq=delivery.messages[0].seq))
    elif delivery.step is DeskStep.CLOSE:
        store.desk_links.save(replace(after, state=LinkState.TAKEN_BACK))
    else:
        fail_link(store, after, why, now)


def fail_link(store: Store, link: DeskLink, why: str, now: datetime) -> None:
    """The desk cannot have it: whoever waited for an answer from there waits for our own people."""
    store.desk_links.save(replace(link, state=LinkState.FAILED, why=why[:300], retry_at=None))
    conversation = store.conversations.get(link.conversation)
    if is_current(store, link) and link.owns(conversation):
        queued = conversation.expire_claim(now)
        schedule_waiting_news(store, queued, now)
        save_conversation(store, queued, now, new_owner_by=ASSISTANT)
    elif conversation.state is State.QUEUED and store.teams.has_automatic():
        store.jobs.schedule(JobKind.ASSIGN, conversation.id, now, now)
