"""What customers do besides speaking: open, ask for a person, change their mind, rate, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.ending import save_outcome
from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.surveys import ask_survey
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.audit import CUSTOMER
from assistant.domain.cases import ASKED_AGAIN_PREFIX, CaseState
from assistant.domain.claimed_attributes import AttributeValue, merge_attributes
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, ConversationClosed
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.jobs import ANSWER_KINDS, JobKind
from assistant.domain.messages import HANDOFF_KINDS, Author, Message, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Evidence, Reason, Verdict
from assistant.domain.surveys import SurveyKind, SurveyState
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

#: Feedback kind -> smallest and largest value.
SCALES = {"thumb": (-1, 1), "helped": (0, 1), "csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}


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
                Evidence(
                    turn=store.turns.count_turns(conversation.id), text="", why=EvidenceReason.PRESSED_BUTTON
                ),
            ),
        ),
        decided_by="button",
    )
    return hand_over(store, conversation, why, policy.for_channel(conversation.channel), pick_facts, now)


def save_attributes(store: Store, customer_id: str, said: Mapping[str, AttributeValue]) -> None:
    """What a page says of its visitor, beside what was said before."""
    known = store.customers.get(customer_id).attributes
    merged = merge_attributes(known, said)
    if merged != known:
        store.customers.set_attributes(customer_id, merged)


def cancel_wait(store: Store, conversation_id: str, now: datetime) -> Conversation:
    """Back to the assistant; NotQueued unless the customer is waiting."""
    before = store.conversations.get(conversation_id)
    before.cancel_wait(now)
    text, again = words("handoff_cancelled", before.language), build_person_button(before.language)
    notice = Reply(text=text, language=before.language, kind="notice", buttons=(again,))
    spoken, _ = append_reply(store, before, Author.ASSISTANT, notice, now)
    store.jobs.complete_job(JobKind.DEADLINE, before.id)
    return save_conversation(store, spoken.cancel_wait(now), now, new_owner_by=CUSTOMER)


def close_conversation(
    store: Store,
    conversation_id: str,
    policy: Policy,
    pick_facts: FactPicker,
    now: datetime,
    *,
    helped: bool | None = None,
) -> Conversation:
    """The customer ends it; *helped*: what they answered to "did that help?"."""
    before = store.conversations.get(conversation_id)
    if before.state is State.CLOSED:
        return before
    if helped is not None:
        save_rating(store, before.id, Rating(kind="helped", value=int(helped)), now)
    ended = before.close(now)
    outcome = save_outcome(store, before, ended, CUSTOMER, pick_facts=pick_facts)
    ended = ask_survey(store, ended, outcome, policy, now)
    for kind in ANSWER_KINDS:
        store.jobs.complete_job(kind, before.id)
    return save_conversation(store, ended, now, new_owner_by=CUSTOMER)


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
    kind = rating.kind
    if kind in tuple(SurveyKind):
        case = store.cases.find_by_conversation(conversation.id)
        if case is not None and case.state is CaseState.ASKED_AGAIN:
            kind = f"{ASKED_AGAIN_PREFIX}{kind}"
        else:
            store.surveys.end_survey(conversation.id, SurveyState.ANSWERED)
        store.jobs.schedule(JobKind.CASE, conversation.id, now, now)
    store.feedback.add(about | {"kind": kind, "value": rating.value, "comment": rating.comment})
    store.journal.append_entry(conversation.id, None, now)


def _find_handoff_message(store: Store, conversation: Conversation) -> Message:
    told = [m for m in store.messages.list_public(conversation.id) if m.kind in HANDOFF_KINDS]
    if told:
        return told[-1]
    return store.messages.list_public(conversation.id)[-1]
