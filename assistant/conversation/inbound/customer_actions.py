"""What customers do besides speaking: open, ask for a person, change their mind, rate, close."""

from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.templates import list_csat_options
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, ConversationClosed
from assistant.domain.jobs import ANSWER_KINDS, JobKind
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Evidence, Reason, Verdict
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

#: Feedback kind -> smallest and largest value.
SCALES = {"thumb": (-1, 1), "csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}


def request_human(
    store: Store, conversation_id: str, policy: Policy, pick_facts: FactPicker, now: datetime
) -> tuple[Conversation, Message]:
    """The button: a place in the queue, whatever else is down; pressing it again changes nothing."""
    conversation = store.conversations.get(conversation_id)
    if conversation.state is State.CLOSED:
        raise ConversationClosed
    if conversation.state is not State.ASSISTANT:
        return conversation, _find_handoff_message(store, conversation)
    why = HandoffRequest(
        verdict=Verdict(
            decision=Decision.HANDOFF,
            reason=Reason.ASKED_FOR_PERSON,
            evidence=(
                Evidence(turn=store.turns.count_turns(conversation.id), text="", why="pressed the button"),
            ),
        ),
        decided_by="button",
    )
    return hand_over(store, conversation, why, policy.for_channel(conversation.channel), pick_facts, now)


def cancel_wait(store: Store, conversation_id: str, now: datetime) -> Conversation:
    """Back to the assistant; NotQueued unless the customer is waiting."""
    before = store.conversations.get(conversation_id)
    before.cancel_wait(now)
    text, again = words("handoff_cancelled", before.language), build_person_button(before.language)
    notice = Reply(text=text, language=before.language, kind="notice", buttons=(again,))
    spoken, _ = append_reply(store, before, Author.ASSISTANT, notice, now)
    store.jobs.complete_job(JobKind.DEADLINE, before.id)
    return save_conversation(store, spoken.cancel_wait(now), now, new_owner_by=CUSTOMER)


def close_conversation(store: Store, conversation_id: str, now: datetime) -> Conversation:
    before = store.conversations.get(conversation_id)
    if before.state is State.CLOSED:
        return before
    for kind in ANSWER_KINDS:
        store.jobs.complete_job(kind, before.id)
    return save_conversation(store, before.close(now), now, new_owner_by=CUSTOMER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    kind: str
    value: int
    message_id: str | None = None
    comment: str | None = None


def save_rating(store: Store, conversation_id: str, rating: Rating, now: datetime) -> None:
    """Keep what the customer thinks; BadInput when the value is off its scale."""
    low, high = SCALES[rating.kind]
    if not low <= rating.value <= high:
        raise BadInput(f"A {rating.kind} value is between {low} and {high}.")
    conversation = store.conversations.get(conversation_id)
    if rating.message_id and store.messages.get(conversation.id, rating.message_id) is None:
        raise BadInput("There is no such message in this conversation.")
    about = {"conversation": conversation.id, "message": rating.message_id, "created_at": now}
    store.feedback.add(about | {"kind": rating.kind, "value": rating.value, "comment": rating.comment})
    store.journal.append_entry(conversation.id, None, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    kind: str
    question: str
    options: tuple[tuple[int, str], ...]


def build_survey(store: Store, conversation: Conversation) -> Survey | None:
    """The question that a closed conversation still asks; None when answered, or when there was no talk."""
    if conversation.state is not State.CLOSED or store.feedback.load_csat_scores([conversation.id]):
        return None
    helped = {m.author for m in store.messages.list_public(conversation.id)} & {
        Author.ASSISTANT,
        Author.AGENT,
    }
    if not helped:
        return None
    options = tuple(list_csat_options(conversation.language))
    return Survey(kind="csat", question=words("csat_question", conversation.language), options=options)


def _find_handoff_message(store: Store, conversation: Conversation) -> Message:
    told = [m for m in store.messages.list_public(conversation.id) if m.kind == "handoff"]
    if told:
        return told[-1]
    return store.messages.list_public(conversation.id)[-1]
