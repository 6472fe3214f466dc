"""What a turn is about: everything said since the last reply, and what came before it in this episode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from assistant.domain.actions import MAX_FLOW_AGE, ActionFlow
from assistant.domain.budgets import ModelBudget
from assistant.domain.conversation import Conversation
from assistant.domain.messages import Author, Message
from assistant.domain.people import Customer
from assistant.domain.signals import Signals
from assistant.domain.turns import History, PastTurn, TurnRecord, Utterance
from assistant.ports.storage.store import Store

#: Lines of an episode that a turn looks back on.
LOOK_BACK = 60
#: Kinds of a customer's message that say something; a picture, or what was taken back, does not.
WORDS = ("text",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnInput:
    """A burst of customer messages and its background, as of one moment."""

    conversation: Conversation
    customer: Customer
    #: The burst, joined by line breaks.
    text: str
    #: Its last message.
    message_id: str
    last_seq: int
    #: Number of this turn in the conversation, from 0.
    turn: int
    history: History
    #: What this turn may spend on models, all its calls together; None: nobody counts.
    allowance: ModelBudget | None = None
    #: Number of the first message of the burst.
    first_seq: int = 0
    #: What is being done for the customer and is not finished.
    flow: ActionFlow | None = None


def load_turn_input(store: Store, conversation_id: str, max_pause: timedelta) -> TurnInput | None:
    """The burst that waits for an answer; None when nothing does.

    A pause longer than *max_pause* ends it: what was written while nobody could answer is several bursts, and
    the later ones are turns of their own.
    """
    conversation = store.conversations.get(conversation_id)
    messages = store.messages.list_public(conversation.id, after=conversation.episode_from)
    turns, last_answered = store.turns.load_turn_counts(conversation.id)
    answered = max(conversation.episode_from, last_answered)
    burst = [m for m in messages if m.seq > answered and m.author is Author.CUSTOMER and m.kind in WORDS]
    if not burst:
        return None
    burst = list(_take_first_burst(burst, max_pause))
    before = [m for m in messages if m.seq < burst[0].seq]
    customer = store.customers.get(conversation.customer)
    # The language of its turns, else of the page or app that it began on; our default tells nothing.
    language = conversation.language if turns or customer.locale else None
    return TurnInput(
        conversation=conversation,
        customer=customer,
        text="\n".join(message.text for message in burst),
        message_id=burst[-1].id,
        last_seq=burst[-1].seq,
        turn=turns,
        history=_load_history(store, conversation, before, burst[0], language),
        first_seq=burst[0].seq,
        flow=_load_flow(store, conversation, burst[-1].created_at),
    )


def _load_flow(store: Store, conversation: Conversation, now: datetime) -> ActionFlow | None:
    """The unfinished request, if it was begun under the present owner."""
    flow = store.actions.load_flow(conversation.id, now - MAX_FLOW_AGE)
    return flow if flow is not None and flow.epoch == conversation.epoch else None


def _take_first_burst(messages: Sequence[Message], max_pause: timedelta) -> Sequence[Message]:
    for number, (sooner, later) in enumerate(pairwise(messages), start=1):
        if later.created_at - sooner.created_at > max_pause:
            return messages[:number]
    return messages


def _load_history(
    store: Store, conversation: Conversation, before: Sequence[Message], first: Message, language: str | None
) -> History:
    records = store.turns.list_all(conversation.id, after=conversation.episode_from)
    pause = (first.created_at - before[-1].created_at).total_seconds() if before else None
    return History(
        lines=build_utterances(before[-LOOK_BACK:]),
        turns=[build_past_turn(record) for record in records],
        language=language,
        earlier_conversations=store.conversations.count_by_customer(
            conversation.customer, before=conversation.id
        ),
        pause=pause,
    )


def build_utterances(messages: Sequence[Message], records: Sequence[TurnRecord] = ()) -> list[Utterance]:
    """The lines, with how they were read where *records* tell."""
    signals = find_message_signals(messages, records)
    return [
        Utterance(author=message.author, text=message.text, signals=signals.get(message.id))
        for message in messages
    ]


def find_message_signals(messages: Sequence[Message], records: Sequence[TurnRecord]) -> dict[str, Signals]:
    """Message id -> signals of its turn; a turn is everything of the customer's up to its last message."""
    ends = {record.message_id: record.signals for record in records}
    found: dict[str, Signals] = {}
    read: Signals | None = None
    for message in reversed(messages):
        if message.author is not Author.CUSTOMER:
            read = None
        elif message.id in ends or read is not None:
            read = ends.get(message.id) or read
            if read is not None:
                found[message.id] = read
    return found


def build_past_turn(record: TurnRecord) -> PastTurn:
    shown = tuple(source.article for source in record.sources if source.shown)
    return PastTurn(
        signals=record.signals,
        decision=record.verdict.decision,
        reason=record.verdict.reason,
        query=record.query,
        articles=shown,
    )
