"""The one door: everything a customer says comes in here, whichever channel carried it."""

from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.actions.agent_proposals import find_asked
from assistant.conversation.consents import apply_consent_words
from assistant.conversation.handoff.waiting_news import require_waiting_news
from assistant.conversation.snooze import end_snooze
from assistant.conversation.timing import IDLE_CHECK, MAX_TEXT, Timing
from assistant.conversation.transcript import insert_message, schedule_clocks
from assistant.domain.conversation import PEOPLE_STATES, Conversation, State
from assistant.domain.errors import BadInput, ConversationClosed, TooLarge
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, InboundMessage, Message
from assistant.ports.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundReceipt:
    message: Message
    state: State
    #: It had been received before; nothing was added.
    is_duplicate: bool = False


def receive_inbound(store: Store, inbound: InboundMessage, timing: Timing, now: datetime) -> InboundReceipt:
    """Store what the customer said and what is due because of it; all of it or nothing.

    Idempotent: a message that is stored already is returned as it is.
    Raises ConversationClosed, BadInput for a text without anything in it, TooLarge.
    """
    conversation = store.conversations.get(inbound.conversation)
    if known := store.messages.get(conversation.id, inbound.message_id):
        return InboundReceipt(message=known, state=conversation.state, is_duplicate=True)
    text = validate_text(inbound.text)
    _require_open(conversation)
    conversation = end_snooze(store, conversation, timing, now).with_next_seq(now)
    message = Message(
        id=inbound.message_id,
        conversation=conversation.id,
        seq=conversation.seq,
        author=Author.CUSTOMER,
        text=text,
        created_at=now,
    )
    insert_message(store, message)
    noted = apply_consent_words(store, conversation, message, now)
    conversation = noted or conversation
    store.conversations.save(conversation)
    schedule_clocks(store, conversation, now)
    if noted is None or conversation.state in PEOPLE_STATES:
        schedule_answer(store, conversation, timing, now)
    store.jobs.schedule_once(JobKind.IDLE, conversation.id, now + IDLE_CHECK, now)
    return InboundReceipt(message=message, state=conversation.state)


def _require_open(conversation: Conversation) -> None:
    if conversation.state is State.CLOSED:
        raise ConversationClosed


def validate_text(text: str) -> str:
    """The text as every database can keep it: no NUL, no half characters; BadInput when nothing is left."""
    if len(text) > MAX_TEXT:
        raise TooLarge(f"A message may have {MAX_TEXT} characters; this one has {len(text)}.")
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    if not text.strip():
        raise BadInput("The message is empty.")
    return text


def schedule_answer(store: Store, conversation: Conversation, timing: Timing, now: datetime) -> None:
    """Every unanswered message has a deadline; while the assistant owns the conversation, a turn too."""
    if conversation.state is State.ASSISTANT:
        _schedule_turn(store, conversation.id, timing, now)
    if conversation.state in PEOPLE_STATES:
        # What is added belongs into the packet; what is written to an agent is read for harassment.
        store.jobs.schedule(JobKind.PACKET, conversation.id, now + timing.debounce, now)
    if conversation.state is State.AGENT and find_asked(store, conversation) is not None:
        store.jobs.schedule(JobKind.ACTION, conversation.id, now, now)
    if conversation.state is State.QUEUED:
        require_waiting_news(store, conversation, now)
        return
    late = timing.turn_deadline if conversation.state is State.ASSISTANT else timing.agent_deadline
    store.jobs.schedule_once(JobKind.DEADLINE, conversation.id, now + late, now)


def _schedule_turn(store: Store, conversation: str, timing: Timing, now: datetime) -> None:
    """A message within the burst moves the turn, even one in hand, so that one reply answers all.

    After the longest burst a turn in hand is left alone, or who never stops would never be answered.
    """
    pending = store.jobs.get(JobKind.TURN, conversation)
    latest = (pending.since if pending else now) + timing.max_burst
    if pending is None or pending.lease is None or now < latest:
        store.jobs.schedule(JobKind.TURN, conversation, min(now + timing.debounce, max(latest, now)), now)
