"""The one door: everything a customer says comes in here, whichever channel carried it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.conversation.timing import MAX_TEXT, Timing
from assistant.conversation.transcript import keep
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, ConversationClosed, TooLarge
from assistant.domain.jobs import Kind
from assistant.domain.messages import Author, Inbound, Message
from assistant.ports.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    message: Message
    state: State
    #: It had been received before; nothing was added.
    repeated: bool = False


def receive(store: Store, inbound: Inbound, timing: Timing, now: datetime) -> Receipt:
    """Store what the customer said and what is due because of it; all of it or nothing.

    Raises ConversationClosed, BadInput for a text without anything in it, TooLarge.
    """
    conversation = store.conversations.get(inbound.conversation)
    if known := store.messages.get(conversation.id, inbound.message_id):
        return Receipt(message=known, state=conversation.state, repeated=True)
    text = readable(inbound.text)
    _refuse_closed(conversation)
    conversation = conversation.speaks(now)
    message = Message(
        id=inbound.message_id,
        conversation=conversation.id,
        seq=conversation.seq,
        author=Author.CUSTOMER,
        text=text,
        created_at=now,
    )
    keep(store, message)
    store.conversations.save(conversation)
    expect_an_answer(store, conversation, timing, now)
    return Receipt(message=message, state=conversation.state)


def _refuse_closed(conversation: Conversation) -> None:
    if conversation.state is State.CLOSED:
        raise ConversationClosed


def readable(text: str) -> str:
    """The text as every database can keep it: no NUL, no half characters; BadInput when nothing is left."""
    if len(text) > MAX_TEXT:
        raise TooLarge(f"A message may have {MAX_TEXT} characters; this one has {len(text)}.")
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    if not text.strip():
        raise BadInput("The message is empty.")
    return text


def expect_an_answer(store: Store, conversation: Conversation, timing: Timing, now: datetime) -> None:
    """Every unanswered message has a deadline; while the assistant owns the conversation, a turn too."""
    if conversation.state is State.ASSISTANT:
        _expect_a_turn(store, conversation.id, timing, now)
    if conversation.state is State.QUEUED:
        # What is added while waiting belongs into the packet.
        store.jobs.schedule(Kind.PACKET, conversation.id, now + timing.quiet, now)
    store.jobs.schedule_once(Kind.DEADLINE, conversation.id, now + _patience(conversation.state, timing), now)


def _expect_a_turn(store: Store, conversation: str, timing: Timing, now: datetime) -> None:
    """A message within the burst moves the turn, even one in hand, so that one reply answers all.

    After the longest burst a turn in hand is left alone, or who never stops would never be answered.
    """
    pending = store.jobs.get(Kind.TURN, conversation)
    latest = (pending.since if pending else now) + timing.longest_burst
    if pending is None or pending.lease is None or now < latest:
        store.jobs.schedule(Kind.TURN, conversation, min(now + timing.quiet, max(latest, now)), now)


def _patience(state: State, timing: Timing) -> timedelta:
    waits = {
        State.ASSISTANT: timing.turn_deadline,
        State.QUEUED: timing.queue_reminder,
        State.AGENT: timing.agent_deadline,
    }
    return waits[state]
