"""What agents do with a conversation: steps inside a transaction, each all or nothing."""

from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.agent_access import get_active_agent
from assistant.conversation.ending import save_outcome
from assistant.conversation.following import save_mentions
from assistant.conversation.handoff.handover import HandoffRequest, read_case, store_packet
from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.snooze import end_snooze, keep_snooze
from assistant.conversation.surveys import ask_survey
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import IDLE_CHECK, Timing
from assistant.conversation.transcript import (
    append_agent_message,
    append_notice,
    save_conversation,
)
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import AlreadyClaimed, Conflict
from assistant.domain.foreign_desks import is_foreign_owner
from assistant.domain.jobs import ANSWER_KINDS, JobKind
from assistant.domain.messages import AgentMessage, Author, Message
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

TOOK_OVER = HandoffRequest(
    verdict=Verdict(decision=Decision.HANDOFF, reason=Reason.AGENT_TOOK_OVER), decided_by="agent"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What taking a conversation needs to know."""

    timing: Timing
    pick_facts: FactPicker
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How an agent ends a conversation."""

    outcome: str
    #: Stays on our side.
    note: AgentMessage | None = None


def claim_conversation(
    store: Store, conversation_id: str, agent: Agent, desk: Desk, now: datetime
) -> Conversation:
    """Take it; of several who try at once one wins and the others hear who has it (AlreadyClaimed)."""
    before = store.conversations.get(conversation_id)
    if _is_claimed_by_other(before, agent):
        raise _build_already_claimed(store, before)
    if before.state is State.AGENT and is_foreign_owner(before.agent):
        store.jobs.schedule(JobKind.DEADLINE, before.id, now + desk.timing.agent_deadline, now)
        store.handoffs.mark_claimed(before.id, now)
        return give_conversation(store, before.transfer(before.agent or "", agent.id, now), agent, agent, now)
    conversation = before.claim(agent.id, now)
    if conversation is before:
        return before
    if before.state is State.ASSISTANT:
        policy = desk.policy.for_channel(before.channel)
        case = read_case(store, before, TOOK_OVER, policy, desk.pick_facts, now)
        conversation = conversation.with_priority(case.priority)
        store_packet(store, conversation, case, now)
    store.jobs.complete_job(JobKind.TURN, conversation.id)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + desk.timing.agent_deadline, now)
    store.handoffs.mark_claimed(conversation.id, now)
    conversation, _ = append_notice(
        store, conversation, Author.SYSTEM, _render_joined_notice(conversation, agent), now
    )
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def add_agent_message(
    store: Store, conversation_id: str, agent: Agent, written: AgentMessage, timing: Timing, now: datetime
) -> Message:
    """Say something to the customer (only the owner may), or leave a private note (everybody may)."""
    conversation = store.conversations.get(conversation_id)
    if known := store.messages.get(conversation.id, written.message_id):
        if known.agent != agent.id:
            raise Conflict("Another message has this id; make a new one.")
        return known
    if not written.private:
        conversation.require_owner(agent.id)
        store.jobs.complete_job(JobKind.DEADLINE, conversation.id)
        keep_snooze(store, conversation, now)
    elif conversation.agent != agent.id:
        conversation = end_snooze(store, conversation, timing, now)
    conversation, message = append_agent_message(store, conversation, agent, written, now)
    if message.private:
        save_mentions(store, message, agent)
    save_conversation(store, conversation, now)
    return message


def release_conversation(
    store: Store, conversation_id: str, agent: Agent, now: datetime, *, by: Agent | None = None
) -> Conversation:
    """Back to the queue for somebody else; *by*: who takes back that the agent was given it."""
    conversation = store.conversations.get(conversation_id).release(agent.id, now)
    schedule_waiting_news(store, conversation, now)
    return save_conversation(store, conversation, now, new_owner_by=actor((by or agent).id))


def transfer_conversation(
    store: Store, conversation_id: str, agent: Agent, to: str, now: datetime
) -> Conversation:
    """Give it to a colleague, named by id or e-mail address."""
    colleague = get_active_agent(store, to)
    conversation = store.conversations.get(conversation_id).transfer(agent.id, colleague.id, now)
    return give_conversation(store, conversation, colleague, agent, now)


def reassign_conversation(
    store: Store, conversation_id: str, lead: Agent, to: str, desk: Desk, now: datetime
) -> Conversation:
    """A lead gives it to a colleague, or takes it over, whoever has it."""
    colleague = get_active_agent(store, to)
    before = store.conversations.get(conversation_id)
    store.audit.append_entry(
        actor(lead.id), "reassigned", now, conversation=before.id, before=before.agent, to=colleague.id
    )
    if before.state is not State.AGENT or before.agent == colleague.id:
        return claim_conversation(store, conversation_id, colleague, desk, now)
    return give_conversation(
        store, before.transfer(before.agent or "", colleague.id, now), colleague, lead, now
    )


def give_conversation(
    store: Store, conversation: Conversation, colleague: Agent, by: Agent, now: datetime
) -> Conversation:
    """Store a conversation that is the colleague's now, and tell the customer."""
    conversation, _ = append_notice(
        store, conversation, Author.SYSTEM, _render_joined_notice(conversation, colleague), now
    )
    return save_conversation(store, conversation, now, new_owner_by=actor(by.id))


def return_to_assistant(
    store: Store, conversation_id: str, agent: Agent, now: datetime, *, by: Agent | None = None
) -> Conversation:
    """The assistant answers again from the next message on; what was said before is over.

    *by*: who takes back that the agent was given it.
    """
    conversation = store.conversations.get(conversation_id)
    conversation.require_owner(agent.id)
    conversation, _ = append_notice(
        store, conversation, Author.SYSTEM, words("returned", conversation.language), now
    )
    conversation = conversation.return_to_assistant(agent.id, now)
    _cancel_answer_jobs(store, conversation)
    return save_conversation(store, conversation, now, new_owner_by=actor((by or agent).id))


def resolve_conversation(
    store: Store,
    conversation_id: str,
    agent: Agent,
    resolution: Resolution,
    policy: Policy,
    now: datetime,
) -> Conversation:
    """Close it with how it ended; the note stays on our side."""
    outcome, note = resolution.outcome, resolution.note
    before = store.conversations.get(conversation_id)
    conversation = before.resolve(agent.id, outcome, now)
    kind = save_outcome(store, before, conversation, actor(agent.id), agents_word=outcome)
    if note is not None:
        _, kept = append_agent_message(store, conversation, agent, note, now)
        save_mentions(store, kept, agent)
    conversation, _ = append_notice(
        store, conversation, Author.SYSTEM, words("closed", conversation.language), now
    )
    conversation = ask_survey(store, conversation, kind, policy, now)
    _cancel_answer_jobs(store, conversation)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def reopen_conversation(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """A closed conversation goes on with this agent; Conflict when its thread has a newer conversation."""
    before = store.conversations.get(conversation_id)
    conversation = before.reopen(agent.id, now)
    if before.channel != WEB and store.threads.find_by_conversation(before.id) is None:
        raise Conflict("The customer has a newer conversation there; go on in that one.")
    store.jobs.schedule(JobKind.IDLE, conversation.id, now + IDLE_CHECK, now)
    conversation, _ = append_notice(
        store, conversation, Author.SYSTEM, _render_joined_notice(conversation, agent), now
    )
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def _render_joined_notice(conversation: Conversation, agent: Agent) -> str:
    return words("agent_joined", conversation.language, name=agent.name)


def _cancel_answer_jobs(store: Store, conversation: Conversation) -> None:
    for kind in ANSWER_KINDS:
        store.jobs.complete_job(kind, conversation.id)


def _is_claimed_by_other(conversation: Conversation, agent: Agent) -> bool:
    """A foreign desk's may be taken back by anybody here."""
    owner = conversation.agent
    return conversation.state is State.AGENT and owner not in (None, agent.id) and not is_foreign_owner(owner)


def _build_already_claimed(store: Store, conversation: Conversation) -> AlreadyClaimed:
    owner = store.agents.get(conversation.agent or "")
    name = owner.name if owner else "Another agent"
    who = {"id": conversation.agent, "name": name}
    return AlreadyClaimed(f"{name} already has this conversation.", agent=who)


def find_question(store: Store, conversation_id: str, pick_facts: FactPicker) -> str:
    """The matter since a colleague last wrote, else that of the whole conversation; empty: there is none."""
    messages, records = store.messages.list_public(conversation_id), store.turns.list_all(conversation_id)
    answered = max((message.seq for message in messages if message.author is Author.AGENT), default=0)
    since = [message for message in messages if message.seq > answered]
    asks = (pick_facts.extract_ask(build_utterances(part, records)) for part in (since, messages))
    return next((ask for ask in asks if ask), "")
