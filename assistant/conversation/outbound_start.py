"""Conversations that agents begin: with people who wrote to us before, where their app allows it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.consents import list_consents
from assistant.conversation.contacts import EMAIL
from assistant.conversation.desk import add_agent_message
from assistant.conversation.follow_ups import find_thread_obstacle
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import IDLE_CHECK, Timing
from assistant.domain.audit import format_actor as actor
from assistant.domain.channels import Thread
from assistant.domain.consents import ConsentState, Purpose, compute_consent
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Conflict, NotFound, RateLimited
from assistant.domain.jobs import JobKind
from assistant.domain.messages import AgentMessage
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

#: Of a mail that begins a conversation.
MAX_SUBJECT_CHARACTERS = 120
#: Conversations that agents begin with one person in 24 hours, whichever agents and addresses.
MAX_STARTS_PER_PERSON_DAY = 3
#: Conversations that one agent begins in an hour.
MAX_STARTS_PER_AGENT_HOUR = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay:
    """A place where a person may be written to first, or why not."""

    channel: str
    account: str
    #: Address, number or id in the app; "" on the web.
    peer: str
    #: Names the way in a request; None: it is the web.
    thread: str | None
    #: web, unset, unreachable, unproven, window or busy; None: they may be written to.
    obstacle: str | None = None
    #: The conversation that goes on there.
    conversation: str | None = None
    #: They stopped notices: a word about their own case is none, and the agent is told before writing.
    has_stopped_notices: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRules:
    """What beginning a conversation needs to know."""

    timing: Timing
    #: Messaging apps that are set up, by name and account.
    channels: Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundStart:
    """What an agent wants to begin with."""

    #: The thread of a `ContactWay`.
    way: str
    message: AgentMessage
    #: Of a mail; empty: a general one.
    subject: str = ""


def list_contact_ways(
    store: Store, customer_id: str, channels: Collection[tuple[str, str]], now: datetime
) -> list[ContactWay]:
    """Every address of the person once, those of linked customers too, the latest first."""
    customer = store.customers.get(customer_id)
    same_person = [customer.id, *store.links.list_linked_customers(customer.id)]
    said = list_consents(store, same_person)
    ways: dict[tuple[str, str, str], ContactWay] = {}
    for thread in store.threads.list_by_customers(same_person):
        address = thread.address
        way = ContactWay(
            channel=address.channel,
            account=address.account,
            peer=address.peer,
            thread=thread.id,
            has_stopped_notices=compute_consent(said, Purpose.ORDERS, address.channel)
            is ConsentState.WITHDRAWN,
        )
        place = (address.channel, address.account, address.peer)
        ways.setdefault(place, _with_obstacle(store, way, thread, channels, now))
    has_web = any(identity.channel == WEB for identity in customer.identities)
    web = ContactWay(channel=WEB, account="", peer="", thread=None, obstacle="web")
    return [*ways.values(), *([web] if has_web else [])]


def start_conversation(
    store: Store,
    customer: str,
    agent: Agent,
    wanted: OutboundStart,
    rules: OutboundRules,
    now: datetime,
) -> Conversation:
    """A new conversation of *agent* that begins with their message; a second try finds the first one.

    Conflict with the reason where the person may not be written to; RateLimited when it is too often.
    """
    if chosen := store.threads.get(wanted.way):
        store.conversations.get(chosen.conversation)  # lock: a second try waits for the first
    if known := next(_find_started(store, customer, wanted.message.message_id), None):
        return known
    ways = list_contact_ways(store, customer, rules.channels, now)
    way = next((way for way in ways if way.thread == wanted.way), None)
    thread = store.threads.get(wanted.way) if way else None
    if way is None or thread is None:
        raise NotFound("This person has no such address.")
    if way.obstacle is not None:
        raise Conflict(
            "This person cannot be written to there now.", reason=way.obstacle, conversation=way.conversation
        )
    _require_few_starts(store, customer, agent, now)
    conversation = _open_conversation(store, thread, agent, now)
    _lead_thread_there(store, thread, conversation, wanted.subject)
    add_agent_message(store, conversation.id, agent, wanted.message, rules.timing, now)
    return store.conversations.get(conversation.id)


def _require_few_starts(store: Store, customer: str, agent: Agent, now: datetime) -> None:
    """RateLimited when the person was begun with, or the agent began, too often; one start at a time."""
    store.proactive.hold_turn()
    began = store.audit.count_entries(actor(agent.id), "start_conversation", now - timedelta(hours=1))
    if began >= MAX_STARTS_PER_AGENT_HOUR:
        raise RateLimited("You began too many conversations in this hour.", reason="agent_limit")
    talks = [
        talk
        for one in store.links.list_linked_customers(customer)
        for talk in store.conversations.list_by_customer(one, before="")
        if talk.created_at > now - timedelta(days=1)
    ]
    if sum(_is_started_by_agent(store, talk.id) for talk in talks) >= MAX_STARTS_PER_PERSON_DAY:
        raise RateLimited("This person was written to first too often today.", reason="person_limit")


def _is_started_by_agent(store: Store, conversation: str) -> bool:
    """Whether an agent was its first owner."""
    entries = store.audit.list_entries(conversation=conversation)
    return bool(entries) and entries[0].actor.startswith("agent:")


def _with_obstacle(
    store: Store, way: ContactWay, thread: Thread, channels: Collection[tuple[str, str]], now: datetime
) -> ContactWay:
    if (way.channel, way.account) not in channels:
        return replace(way, obstacle="unset")
    if obstacle := find_thread_obstacle(thread, now):
        return replace(way, obstacle=obstacle)
    if way.channel != EMAIL and store.conversations.get(thread.conversation).state is not State.CLOSED:
        return replace(way, obstacle="busy", conversation=thread.conversation)
    return way


def _find_started(store: Store, customer: str, message: str) -> Iterator[Conversation]:
    """The conversation that an earlier try with the same message began, in any thread of the person."""
    for thread in store.threads.list_by_customers([customer, *store.links.list_linked_customers(customer)]):
        if store.messages.get(thread.conversation, message):
            yield store.conversations.get(thread.conversation)


def _open_conversation(store: Store, thread: Thread, agent: Agent, now: datetime) -> Conversation:
    before = store.conversations.get(thread.conversation)
    conversation = Conversation(
        id=uuid4().hex,
        customer=thread.customer,
        channel=thread.address.channel,
        language=before.language,
        created_at=now,
        updated_at=now,
        state=State.AGENT,
        agent=agent.id,
        previous=before.id,
    )
    store.conversations.add(conversation, None)
    store.jobs.schedule(JobKind.IDLE, conversation.id, now + IDLE_CHECK, now)
    store.audit.append_owner_change(conversation, actor(agent.id), now)
    store.audit.append_entry(
        actor(agent.id), "start_conversation", now, conversation=conversation.id, channel=conversation.channel
    )
    return conversation


def _lead_thread_there(store: Store, thread: Thread, conversation: Conversation, subject: str) -> None:
    """Their answer comes into the new conversation; a mail begins a thread of its own."""
    if thread.address.channel != EMAIL:
        store.threads.save_thread(replace(thread, conversation=conversation.id))
        return
    title = " ".join(subject.split())[:MAX_SUBJECT_CHARACTERS]
    store.threads.save_thread(
        replace(
            thread,
            id=uuid4().hex,
            address=replace(thread.address, thread=uuid4().hex[:16]),
            conversation=conversation.id,
            context={"subject": title or words("mail_subject", conversation.language)},
        )
    )
