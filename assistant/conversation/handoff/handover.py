"""Hands a conversation to people: one step, used by the turn, the button and the watchdog alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.conversation.foreign_desks.links import open_desk_link
from assistant.conversation.handoff.queue_capacity import has_room, move_queue_place, refuse_queue_place
from assistant.conversation.handoff.verified_facts import list_actions, list_done, list_verified_facts
from assistant.conversation.handoff.wait_estimate import load_waiting_status
from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.inbound.conversation_start import WEB, summarize_conversation
from assistant.conversation.segments import raise_by_segments
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.conversation.webhook_events import publish_event
from assistant.domain.audit import ASSISTANT, CUSTOMER, WATCHDOG
from assistant.domain.conversation import Conversation, Priority, State
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.handoff import HandoffCase, build_packet
from assistant.domain.jobs import JobKind
from assistant.domain.messages import CONTACT_QUESTION, Author, Message, Reply
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.people import PastConversation
from assistant.domain.policy import Policy
from assistant.domain.priorities import compute_priority
from assistant.domain.signals import Decision, Evidence, Reason, Signals, Verdict
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

#: Who is behind a handoff, where it is not the assistant.
ACTORS = {"button": CUSTOMER, "watchdog": WATCHDOG}
#: Earlier conversations that travel with a handoff.
MAX_PREVIOUS_CONVERSATIONS = 5
#: Of each of them.
MAX_NOTES = 3
MAX_NOTE_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRequest:
    """Why a conversation goes to people, and what can be laid on the agent's table."""

    verdict: Verdict
    #: button, matcher, policy, model, watchdog or agent.
    decided_by: str
    signals: Signals | None = None
    suggested: Reply | None = None
    #: Said to the customer before the handoff is: a question that came with it, answered.
    answer: Reply | None = None


def hand_over(
    store: Store,
    conversation: Conversation,
    why: HandoffRequest,
    policy: Policy,
    pick_facts: FactPicker,
    now: datetime,
) -> tuple[Conversation, Message]:
    """Queue the conversation, tell the customer what happens, and keep the packet; the caller commits.

    Where the queue is full the customer is told that instead, and the assistant keeps the conversation.
    """
    conversation = move_queue_place(store, conversation, now)
    if not has_room(store, conversation, policy):
        return refuse_queue_place(store, conversation, now)
    reason = why.verdict.reason or Reason.RULE
    case = read_case(store, conversation, why, policy, pick_facts, now)
    queued = conversation.hand_off(reason, case.priority, "", now)
    packet = store_packet(store, queued, case, now)
    told = _compose_handoff_reply(store, queued, reason, policy, now)
    queued = replace(queued, told=told.text)
    store.handoffs.replace_packet(packet | {"told_customer": told.text})
    queued, message = append_reply(store, queued, Author.ASSISTANT, _put_answer_first(told, why.answer), now)
    store.jobs.complete_job(JobKind.TURN, queued.id)
    schedule_waiting_news(store, queued, now)
    about = {"reason": reason.value, "priority": queued.priority.value, "channel": queued.channel}
    publish_event(store, EventType.HANDOFF_REQUESTED, now, conversation=queued.id, **about)
    return save_conversation(store, queued, now, new_owner_by=ACTORS.get(why.decided_by, ASSISTANT)), message


def read_case(
    store: Store,
    conversation: Conversation,
    why: HandoffRequest,
    policy: Policy,
    pick_facts: FactPicker,
    now: datetime,
) -> HandoffCase:
    """All that is known of *conversation*, which is about to be handed over.

    Its place in the queue is by what the customer has been through in this episode; where nobody has read
    their last words (the button, or a deadline), by the words alone.
    """
    records = store.turns.list_all(conversation.id)
    episode = store.turns.list_all(conversation.id, after=conversation.episode_from)
    lines = build_utterances(store.messages.list_public(conversation.id), records)
    facts, customer = pick_facts(lines), store.customers.get(conversation.customer)
    priority = compute_priority(
        why.verdict,
        why.signals or facts.signals,
        policy,
        earlier=[record.signals for record in episode],
        verified=customer.verified,
    )
    priority = raise_by_segments(store, customer, policy, priority)
    return HandoffCase(
        conversation=conversation.id,
        epoch=conversation.epoch,
        created_at=now,
        channel=conversation.channel,
        verdict=why.verdict,
        decided_by=why.decided_by,
        signals=why.signals,
        priority=priority,
        customer=customer,
        previous=list_previous_conversations(store, conversation, pick_facts),
        lines=lines,
        records=records,
        first_turn=len(records) - len(episode),
        facts=facts,
        verified=list_verified_facts(store, conversation, customer, now),
        actions=list_actions(store, conversation.id, None),
        done=list_done(store, conversation.id),
        suggested=(why.suggested,) if why.suggested else (),
    )


def queue_without_reply(
    store: Store, conversation: Conversation, why: EvidenceReason, now: datetime
) -> Conversation:
    """Queue the conversation without a word to whoever wrote: an automatic answer must not go there."""
    if conversation.state is not State.ASSISTANT:
        return conversation
    evidence = (Evidence(turn=store.turns.count_turns(conversation.id), text="", why=why),)
    verdict = Verdict(decision=Decision.HANDOFF, reason=Reason.RULE, evidence=evidence)
    queued = conversation.hand_off(Reason.RULE, Priority.NORMAL, "", now)
    # The facts follow with the message itself, which is about to be stored.
    records = store.turns.list_all(queued.id)
    case = HandoffCase(
        conversation=queued.id,
        epoch=queued.epoch,
        created_at=now,
        channel=queued.channel,
        verdict=verdict,
        customer=store.customers.get(queued.customer),
        previous=list_previous_conversations(store, queued),
        lines=build_utterances(store.messages.list_public(queued.id), records),
        records=records,
    )
    store_packet(store, queued, case, now)
    store.jobs.complete_job(JobKind.TURN, queued.id)
    schedule_waiting_news(store, queued, now)
    return save_conversation(store, queued, now, new_owner_by=ASSISTANT)


def store_packet(
    store: Store, conversation: Conversation, case: HandoffCase, now: datetime
) -> dict[str, Any]:
    """Keep the packet of a handoff that *conversation* has just gone through."""
    packet = build_packet(replace(case, epoch=conversation.epoch, told_customer=conversation.told))
    store.handoffs.add(conversation.id, conversation.epoch, case.verdict.reason or Reason.RULE, packet, now)
    store.jobs.schedule(JobKind.PACKET, conversation.id, now, now)
    open_desk_link(store, conversation, now)
    return packet


def _compose_handoff_reply(
    store: Store, queued: Conversation, reason: Reason, policy: Policy, now: datetime
) -> Reply:
    language = queued.language
    status = load_waiting_status(store, queued, policy, now)
    if status.is_distressed:
        # No place in a queue, and nothing to fill in.
        helplines = policy.helplines.get(language, "")
        lines = [words("handoff_distress", language, helplines=helplines)]
        lines += [status.absence] if status.absence else []
        return Reply(text="\n".join(lines), language=language, kind="handoff")
    lines = [
        words(f"handoff_{reason}", language),
        words("handoff_carried_over", language),
        status.text,
    ]
    kind = "handoff"
    if not (status.is_open and status.present) and _is_unreachable(store, queued):
        lines.append(words("ask_contact", language))
        kind = CONTACT_QUESTION
    return Reply(text="\n".join(lines), language=language, kind=kind)


def _put_answer_first(told: Reply, answer: Reply | None) -> Reply:
    """In one message: an answer by itself would be held back once a person has the conversation."""
    if answer is None:
        return told
    return replace(told, text=f"{answer.text}\n\n{told.text}", citations=answer.citations)


def _is_unreachable(store: Store, queued: Conversation) -> bool:
    """Whether an answer after they have left finds no way to them, and nobody has asked for one yet."""
    if queued.channel != WEB or store.customers.get(queued.customer).email is not None:
        return False
    return all(message.kind != CONTACT_QUESTION for message in store.messages.list_public(queued.id))


def list_previous_conversations(
    store: Store, conversation: Conversation, pick_facts: FactPicker | None = None
) -> Sequence[PastConversation]:
    """The customer's earlier conversations, newest first, each in a line, with the notes of colleagues;
    *pick_facts*: with what was promised too."""
    earlier = store.conversations.list_by_customer(conversation.customer, before=conversation.id)[
        :MAX_PREVIOUS_CONVERSATIONS
    ]
    scores = store.feedback.load_last_values("csat", [one.id for one in earlier])
    return [_load_past_conversation(store, one, scores.get(one.id), pick_facts) for one in earlier]


def _load_past_conversation(
    store: Store, one: Conversation, csat: int | None, pick_facts: FactPicker | None
) -> PastConversation:
    messages = store.messages.list_all(one.id)
    public = build_utterances([message for message in messages if not message.private])
    notes = [
        " ".join(message.text.split()) for message in messages if message.private and message.text.strip()
    ]
    promises = pick_facts.extract_promises(public) if pick_facts is not None else ()
    return PastConversation(
        conversation=one.id,
        channel=one.channel,
        closed_at=one.closed_at,
        summary=summarize_conversation(store, one),
        csat=csat,
        notes=tuple(note[:MAX_NOTE_CHARACTERS] for note in notes[-MAX_NOTES:] if note),
        promises=promises,
    )
