"""What agents do with a conversation: steps inside a transaction, each all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.handoff.handover import Handover, lay_on_table
from assistant.conversation.inbound.customer_actions import survey
from assistant.conversation.templates import say as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import save, say, write
from assistant.domain.audit import agent as actor
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import AlreadyClaimed, Conflict, NotFound
from assistant.domain.jobs import ANSWERING, Kind
from assistant.domain.messages import Author, Button, Message, Reply, Written
from assistant.domain.people import Agent
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

TOOK_OVER = Handover(
    verdict=Verdict(decision=Decision.HANDOFF, reason=Reason.AGENT_TOOK_OVER), decided_by="agent"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What taking a conversation needs to know."""

    timing: Timing
    pick_facts: FactPicker


def claim(store: Store, conversation_id: str, agent: Agent, desk: Desk, now: datetime) -> Conversation:
    """Take it; of several who try at once one wins and the others hear who has it (AlreadyClaimed)."""
    before = store.conversations.get(conversation_id)
    if _taken(before, agent):
        raise _claimed_by(store, before)
    conversation = before.claim(agent.id, now)
    if conversation is before:
        return before
    store.jobs.complete_job(Kind.TURN, conversation.id)
    store.jobs.schedule(Kind.DEADLINE, conversation.id, now + desk.timing.agent_deadline, now)
    if before.state is State.ASSISTANT:
        lay_on_table(store, conversation, TOOK_OVER, desk.pick_facts, now)
    store.handoffs.mark_claimed(conversation.id, now)
    conversation = _tell(store, conversation, _joined(conversation, agent), now)
    return save(store, conversation, now, new_owner_by=actor(agent.id))


def reply(store: Store, conversation_id: str, agent: Agent, written: Written, now: datetime) -> Message:
    """Say something to the customer (only the owner may), or leave a private note (everybody may)."""
    conversation = store.conversations.get(conversation_id)
    if known := store.messages.get(conversation.id, written.message_id):
        if known.agent != agent.id:
            raise Conflict("Another message has this id; make a new one.")
        return known
    if not written.private:
        conversation.owned_by(agent.id)
        store.jobs.complete_job(Kind.DEADLINE, conversation.id)
    conversation, message = write(store, conversation, agent, written, now)
    save(store, conversation, now)
    return message


def release(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """Back to the queue for somebody else."""
    conversation = store.conversations.get(conversation_id).release(agent.id, now)
    return save(store, conversation, now, new_owner_by=actor(agent.id))


def transfer(store: Store, conversation_id: str, agent: Agent, to: str, now: datetime) -> Conversation:
    """Give it to a colleague, named by id or e-mail address."""
    colleague = store.agents.get(to)
    if colleague is None:
        raise NotFound("There is no such agent.")
    conversation = store.conversations.get(conversation_id).transfer(agent.id, colleague.id, now)
    conversation = _tell(store, conversation, _joined(conversation, colleague), now)
    return save(store, conversation, now, new_owner_by=actor(agent.id))


def give_back(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """The assistant answers again from the next message on; what was said before is over."""
    conversation = store.conversations.get(conversation_id)
    conversation.owned_by(agent.id)
    conversation = _tell(store, conversation, words("returned", conversation.language), now)
    conversation = conversation.give_back(agent.id, now)
    _nothing_due(store, conversation)
    return save(store, conversation, now, new_owner_by=actor(agent.id))


def resolve(
    store: Store, conversation_id: str, agent: Agent, outcome: str, note: Written | None, now: datetime
) -> Conversation:
    """Close it with how it ended; the note stays on our side."""
    conversation = store.conversations.get(conversation_id).resolve(agent.id, outcome, now)
    if note is not None:
        write(store, conversation, agent, note, now)
    conversation = _tell(store, conversation, words("closed", conversation.language), now)
    conversation = _ask_how_it_was(store, conversation, now)
    _nothing_due(store, conversation)
    return save(store, conversation, now, new_owner_by=actor(agent.id))


def _ask_how_it_was(store: Store, conversation: Conversation, now: datetime) -> Conversation:
    """The survey as a message with choices where there is no widget to show it."""
    question = survey(store, conversation)
    if question is None or store.threads.find_by_conversation(conversation.id) is None:
        return conversation
    buttons = tuple(Button(label=label, value=label) for _, label in question.options)
    asked = Reply(text=question.question, language=conversation.language, buttons=buttons, kind="survey")
    conversation, _ = say(store, conversation, Author.SYSTEM, asked, now)
    return conversation


def _tell(store: Store, conversation: Conversation, text: str, now: datetime) -> Conversation:
    notice = Reply(text=text, language=conversation.language, kind="notice")
    conversation, _ = say(store, conversation, Author.SYSTEM, notice, now)
    return conversation


def _joined(conversation: Conversation, agent: Agent) -> str:
    return words("agent_joined", conversation.language, name=agent.name)


def _nothing_due(store: Store, conversation: Conversation) -> None:
    for kind in ANSWERING:
        store.jobs.complete_job(kind, conversation.id)


def _taken(conversation: Conversation, agent: Agent) -> bool:
    return conversation.state is State.AGENT and conversation.agent not in (None, agent.id)


def _claimed_by(store: Store, conversation: Conversation) -> AlreadyClaimed:
    owner = store.agents.get(conversation.agent or "")
    name = owner.name if owner else "Another agent"
    who = {"id": conversation.agent, "name": name}
    return AlreadyClaimed(f"{name} already has this conversation.", agent=who)


def lines_about(messages: Sequence[Message]) -> str:
    """What the customer has been asking, for a suggestion: their last words since anybody answered."""
    words_since: list[str] = []
    for message in reversed(messages):
        if message.author is Author.CUSTOMER:
            words_since.insert(0, message.text)
        elif words_since and message.author is Author.AGENT:
            break
        if len(words_since) == LAST_WORDS:
            break
    return "\n".join(words_since)


LAST_WORDS = 3
