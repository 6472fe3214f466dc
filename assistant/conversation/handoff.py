"""Hands a conversation to people: one step, used by the turn, the button and the watchdog alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.gather import said
from assistant.conversation.opening import WEB, summary_of
from assistant.conversation.room import has_room, move_place, refuse_place
from assistant.conversation.speak import save, say
from assistant.conversation.waiting import expectation
from assistant.conversation.wording import say as words
from assistant.domain.audit import ASSISTANT, CUSTOMER, WATCHDOG
from assistant.domain.conversation import Conversation, Priority, State
from assistant.domain.due import Kind
from assistant.domain.handoff import Case, Facts, build_packet, priority
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.people import PastConversation
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Evidence, Reason, Signals, Verdict
from assistant.ports import FactPicker
from assistant.stores import Store

#: Who is behind a handoff, where it is not the assistant.
ACTORS = {"button": CUSTOMER, "watchdog": WATCHDOG}
#: From here on somebody is told of who listens at once, and of nothing else.
DISTRESSED = 0.5
#: Earlier conversations that travel with a handoff.
PREVIOUS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Why a conversation goes to people, and what can be laid on the agent's table."""

    verdict: Verdict
    #: button, matcher, policy, model, watchdog or agent.
    decided_by: str
    signals: Signals | None = None
    suggested: Reply | None = None


def hand_over(
    store: Store,
    conversation: Conversation,
    why: Handover,
    policy: Policy,
    pick_facts: FactPicker,
    now: datetime,
) -> tuple[Conversation, Message]:
    """Queue the conversation, tell the customer what happens, and keep the packet; the caller commits.

    Where the queue is full the customer is told that instead, and the assistant keeps the conversation.
    """
    conversation = move_place(store, conversation, now)
    if not has_room(store, conversation, policy):
        return refuse_place(store, conversation, now)
    urgent = priority(why.verdict, why.signals, policy)
    reason = why.verdict.reason or Reason.RULE
    queued = conversation.hand_off(reason, urgent, "", now)
    told = _told(store, queued, why, policy, now)
    queued = conversation.hand_off(reason, urgent, told.text, now)
    lay_on_table(store, queued, why, pick_facts, now)
    queued, message = say(store, queued, Author.ASSISTANT, told, now)
    store.due.done(Kind.TURN, queued.id)
    store.due.done(Kind.DEADLINE, queued.id)
    return save(store, queued, now, new_owner_by=ACTORS.get(why.decided_by, ASSISTANT)), message


def leave_to_people(store: Store, conversation: Conversation, why: str, now: datetime) -> Conversation:
    """Queue the conversation without a word to whoever wrote: an automatic answer must not go there."""
    if conversation.state is not State.ASSISTANT:
        return conversation
    evidence = (Evidence(turn=store.turns.count(conversation.id), text="", why=why),)
    verdict = Verdict(decision=Decision.HANDOFF, reason=Reason.RULE, evidence=evidence)
    queued = conversation.hand_off(Reason.RULE, Priority.NORMAL, "", now)
    # The facts follow with the message itself, which is about to be stored.
    lay_on_table(store, queued, Handover(verdict=verdict, decided_by="policy"), lambda _lines: Facts(), now)
    store.due.done(Kind.TURN, queued.id)
    return save(store, queued, now, new_owner_by=ASSISTANT)


def lay_on_table(
    store: Store, conversation: Conversation, why: Handover, pick_facts: FactPicker, now: datetime
) -> None:
    """Keep the packet of a handoff that *conversation* has just gone through."""
    packet = _packet(store, conversation, why, pick_facts, now)
    reason = why.verdict.reason or Reason.RULE
    store.handoffs.add(conversation.id, conversation.epoch, reason, packet, now)
    store.due.put(Kind.PACKET, conversation.id, now, now)


def _told(store: Store, queued: Conversation, why: Handover, policy: Policy, now: datetime) -> Reply:
    language, reason = queued.language, why.verdict.reason or Reason.RULE
    if why.signals is not None and why.signals.distress >= DISTRESSED:
        # No place in a queue, and nothing to fill in.
        helplines = policy.helplines.get(language, "")
        text = words("handoff_distress", language, helplines=helplines)
        return Reply(text=text, language=language, kind="handoff")
    lines = [
        words(f"handoff_{reason}", language),
        words("handoff_carried_over", language),
        expectation(store, queued, policy.hours, now),
    ]
    if not policy.hours.is_open(now) and _out_of_reach(store, queued):
        lines.append(words("ask_contact", language))
    return Reply(text="\n".join(lines), language=language, kind="handoff")


def _out_of_reach(store: Store, queued: Conversation) -> bool:
    """Whether an answer after they have left finds no way to them, and nobody has asked for one yet."""
    if queued.channel != WEB or store.customers.get(queued.customer).email is not None:
        return False
    question = words("ask_contact", queued.language)
    return not any(question in message.text for message in store.messages.public(queued.id))


def _packet(
    store: Store, queued: Conversation, why: Handover, pick_facts: FactPicker, now: datetime
) -> dict[str, object]:
    lines = said(store.messages.public(queued.id))
    case = Case(
        conversation=queued.id,
        epoch=queued.epoch,
        created_at=now,
        channel=queued.channel,
        verdict=why.verdict,
        decided_by=why.decided_by,
        signals=why.signals,
        customer=store.customers.get(queued.customer),
        previous=previous_of(store, queued),
        lines=lines,
        records=store.turns.all(queued.id),
        facts=pick_facts(lines),
        suggested=(why.suggested,) if why.suggested else (),
        told_customer=queued.told,
    )
    return build_packet(case)


def previous_of(store: Store, conversation: Conversation) -> Sequence[PastConversation]:
    """The customer's earlier conversations, newest first, each in a line."""
    earlier = store.conversations.of_customer(conversation.customer, before=conversation.id)[:PREVIOUS]
    scores = store.feedback.csat([one.id for one in earlier])
    return [
        PastConversation(
            conversation=one.id,
            channel=one.channel,
            closed_at=one.closed_at,
            summary=summary_of(store, one),
            csat=scores.get(one.id),
        )
        for one in earlier
    ]
