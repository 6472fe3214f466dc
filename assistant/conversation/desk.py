"""What agents do with a conversation: steps inside a transaction, each all or nothing."""

from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.handoff.handover import HandoffRequest, store_packet
from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.inbound.customer_actions import build_survey
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import append_agent_message, append_reply, save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import AlreadyClaimed, Conflict, NotFound
from assistant.domain.jobs import ANSWER_KINDS, JobKind
from assistant.domain.messages import AgentMessage, Author, Button, Message, Reply
from assistant.domain.people import Agent
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


def claim_conversation(
    store: Store, conversation_id: str, agent: Agent, desk: Desk, now: datetime
) -> Conversation:
    """Take it; of several who try at once one wins and the others hear who has it (AlreadyClaimed)."""
    before = store.conversations.get(conversation_id)
    if _is_claimed_by_other(before, agent):
        raise _build_already_claimed(store, before)
    conversation = before.claim(agent.id, now)
    if conversation is before:
        return before
    store.jobs.complete_job(JobKind.TURN, conversation.id)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + desk.timing.agent_deadline, now)
    if before.state is State.ASSISTANT:
        store_packet(store, conversation, TOOK_OVER, desk.pick_facts, now)
    store.handoffs.mark_claimed(conversation.id, now)
    conversation = _append_notice(store, conversation, _render_joined_notice(conversation, agent), now)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def add_agent_message(
    store: Store, conversation_id: str, agent: Agent, written: AgentMessage, now: datetime
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
    conversation, message = append_agent_message(store, conversation, agent, written, now)
    save_conversation(store, conversation, now)
    return message


def release_conversation(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """Back to the queue for somebody else."""
    conversation = store.conversations.get(conversation_id).release(agent.id, now)
    schedule_waiting_news(store, conversation, now)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def transfer_conversation(
    store: Store, conversation_id: str, agent: Agent, to: str, now: datetime
) -> Conversation:
    """Give it to a colleague, named by id or e-mail address."""
    colleague = store.agents.get(to)
    if colleague is None or colleague.disabled_at:
        raise NotFound("There is no such agent.")
    conversation = store.conversations.get(conversation_id).transfer(agent.id, colleague.id, now)
    conversation = _append_notice(store, conversation, _render_joined_notice(conversation, colleague), now)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def return_to_assistant(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """The assistant answers again from the next message on; what was said before is over."""
    conversation = store.conversations.get(conversation_id)
    conversation.require_owner(agent.id)
    conversation = _append_notice(store, conversation, words("returned", conversation.language), now)
    conversation = conversation.return_to_assistant(agent.id, now)
    _cancel_answer_jobs(store, conversation)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def resolve_conversation(
    store: Store, conversation_id: str, agent: Agent, outcome: str, note: AgentMessage | None, now: datetime
) -> Conversation:
    """Close it with how it ended; the note stays on our side."""
    conversation = store.conversations.get(conversation_id).resolve(agent.id, outcome, now)
    if note is not None:
        append_agent_message(store, conversation, agent, note, now)
    conversation = _append_notice(store, conversation, words("closed", conversation.language), now)
    conversation = _append_survey(store, conversation, now)
    _cancel_answer_jobs(store, conversation)
    return save_conversation(store, conversation, now, new_owner_by=actor(agent.id))


def _append_survey(store: Store, conversation: Conversation, now: datetime) -> Conversation:
    """The survey as a message with choices where there is no widget to show it."""
    question = build_survey(store, conversation)
    shown_by_widget = conversation.channel == WEB
    if question is None or shown_by_widget or store.threads.find_by_conversation(conversation.id) is None:
        return conversation
    buttons = tuple(Button(label=label, value=label) for _, label in question.options)
    asked = Reply(text=question.question, language=conversation.language, buttons=buttons, kind="survey")
    conversation, _ = append_reply(store, conversation, Author.SYSTEM, asked, now)
    return conversation


def _append_notice(store: Store, conversation: Conversation, text: str, now: datetime) -> Conversation:
    notice = Reply(text=text, language=conversation.language, kind="notice")
    conversation, _ = append_reply(store, conversation, Author.SYSTEM, notice, now)
    return conversation


def _render_joined_notice(conversation: Conversation, agent: Agent) -> str:
    return words("agent_joined", conversation.language, name=agent.name)


def _cancel_answer_jobs(store: Store, conversation: Conversation) -> None:
    for kind in ANSWER_KINDS:
        store.jobs.complete_job(kind, conversation.id)


def _is_claimed_by_other(conversation: Conversation, agent: Agent) -> bool:
    return conversation.state is State.AGENT and conversation.agent not in (None, agent.id)


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
    asks = (pick_facts(build_utterances(part, records)).ask for part in (since, messages))
    return next((ask for ask in asks if ask), "")
