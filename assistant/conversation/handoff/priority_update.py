"""Who grows angry, worried or desperate while they wait moves up; nobody moves down by it."""

from collections.abc import Sequence
from itertools import takewhile

from assistant.conversation.turn.think import TurnDependencies
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.conversation import Conversation
from assistant.domain.handoff import merge_signals
from assistant.domain.messages import Author, Message
from assistant.domain.policy import Policy
from assistant.domain.priorities import compute_priority, select_highest
from assistant.domain.signals import Decision, Signals, Verdict
from assistant.domain.turns import History, TextEmbedding
from assistant.ports.storage.store import Store

#: What is said while waiting is no turn: nothing is decided by it but the place in the queue.
NO_DECISION = Verdict(decision=Decision.ANSWER)


def list_unheard(messages: Sequence[Message]) -> list[Message]:
    """What the customer wrote since anybody spoke, and has not taken back."""
    since = takewhile(lambda message: message.author is Author.CUSTOMER, reversed(messages))
    return [message for message in since if message.kind != "unsent"][::-1]


async def analyze_added_messages(mind: TurnDependencies, messages: Sequence[Message]) -> Signals | None:
    """What the customer wrote since anybody spoke, read; None: nothing."""
    added = list_unheard(messages)
    if not added:
        return None
    before = build_utterances([message for message in messages if message.seq < added[0].seq])
    text = "\n".join(message.text for message in added)
    labels = await mind.read_turn(text, before) if mind.read_turn else None
    return mind.reader.compute_signals(text, History(lines=before), TextEmbedding((), labels or {}))


def raise_priority(queued: Conversation, signals: Signals, policy: Policy) -> Conversation:
    """The place that fits what was said while waiting; the caller saves."""
    priority = select_highest(queued.priority, compute_priority(NO_DECISION, signals, policy))
    return queued.with_priority(priority)


def save_added_signals(
    store: Store, conversation: Conversation, signals: Signals, messages: Sequence[Message]
) -> None:
    """The last packet remembers what was read in *messages*, which no turn covers."""
    packet = store.handoffs.load_last_packet(conversation.id)
    if packet is None:
        return
    ids = [message.id for message in messages]
    merged = merge_signals(packet, signals, conversation.priority, ids)
    if merged != packet:
        store.handoffs.replace_packet(merged)
