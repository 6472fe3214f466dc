"""Who grows angry, worried or desperate while they wait moves up; nobody moves down by it."""

from collections.abc import Sequence

from assistant.conversation.handoff.waiting_news import DISTRESS_THRESHOLD, append_distress_notice
from assistant.conversation.transcript import save_conversation
from assistant.conversation.turn.think import TurnDependencies
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.conversation import State
from assistant.domain.messages import Author, Message
from assistant.domain.priorities import compute_priority, select_highest
from assistant.domain.signals import Decision, Signals, Verdict
from assistant.domain.turns import History, TextEmbedding
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Store

#: What is said while waiting is no turn: nothing is decided by it but the place in the queue.
NO_DECISION = Verdict(decision=Decision.ANSWER)


async def analyze_added_messages(mind: TurnDependencies, messages: Sequence[Message]) -> Signals | None:
    """What the customer wrote since anybody spoke, read; None: nothing."""
    added: list[Message] = []
    for message in reversed(messages):
        if message.author is not Author.CUSTOMER:
            break
        added.insert(0, message)
    if not added:
        return None
    before = build_utterances(messages[: -len(added)])
    text = "\n".join(message.text for message in added)
    labels = await mind.read_turn(text, before) if mind.read_turn else None
    return mind.reader.compute_signals(text, History(lines=before), TextEmbedding((), labels or {}))


def raise_priority(
    store: Store, conversation_id: str, signals: Signals | None, mind: TurnDependencies, clock: Clock
) -> None:
    """The place that fits what was said while waiting; helplines at once where it tells of distress."""
    conversation = store.conversations.get(conversation_id)
    if signals is None or conversation.state is not State.QUEUED:
        return
    policy, now = mind.policy.for_channel(conversation.channel), clock()
    priority = select_highest(conversation.priority, compute_priority(NO_DECISION, signals, policy))
    if priority is not conversation.priority:
        conversation = save_conversation(store, conversation.with_priority(priority), now)
    if signals.distress >= DISTRESS_THRESHOLD:
        append_distress_notice(store, conversation, policy, now)
