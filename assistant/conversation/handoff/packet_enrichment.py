"""Makes the packet of a handoff better once it lies on the table; no handoff waits for it, or fails by it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from assistant.conversation.customer_facts import add_customer_facts, build_lookup_facts
from assistant.conversation.handoff.priority_update import (
    analyze_added_messages,
    list_unheard,
    raise_priority,
    save_added_signals,
)
from assistant.conversation.handoff.waiting_replies import reply_while_waiting
from assistant.conversation.transcript import save_conversation
from assistant.conversation.turn.suggestions import draft_suggestions
from assistant.conversation.turn.think import TurnDependencies
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.conversation import PEOPLE_STATES, Conversation, State
from assistant.domain.customer_data import CustomerFact
from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.errors import Unavailable
from assistant.domain.handoff import PacketNews, tells_distress, update_packet
from assistant.domain.jobs import Job
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.people import Customer
from assistant.domain.signals import Signals
from assistant.domain.suggested_replies import is_said_already
from assistant.domain.turns import Utterance
from assistant.ports.actions import ToolBackend
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: After that an agent has read the packet as it is.
MAX_ENRICH_SECONDS = 20.0
#: How a message was read of which only that is kept.
HARASSMENT = Signals(harassment=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSnapshot:
    """A conversation and its packet, as of one moment."""

    conversation: Conversation
    customer: Customer
    packet: dict[str, Any]
    messages: Sequence[Message]
    lines: Sequence[Utterance]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketAdditions:
    """What takes longer: suggested replies, and language -> a model's summary."""

    suggested: Sequence[Reply] = ()
    summary: Mapping[str, str] = field(default_factory=dict)
    #: What the business's system says of the customer.
    looked_up: Sequence[CustomerFact] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketEnricher:
    """Lays beside what was known what is added meanwhile; then suggested replies and a model's summary."""

    database: Database[Store]
    mind: TurnDependencies
    wire: Notifier
    pick_facts: FactPicker
    clock: Clock
    #: The business's system; None: there is none to ask.
    backend: ToolBackend | None = None

    async def enrich_packet(self, item: Job) -> None:
        """Harmless to call twice."""
        known = await self.database.read(lambda store: _load_snapshot(store, item.conversation))
        if known is None:
            await self.give_up(item)
            return
        facts = self.pick_facts(known.lines)
        added = await analyze_added_messages(self.mind, known.messages)
        heard = await self.database.write(lambda store: self._apply_added(store, item, facts, known, added))
        self.wire.notify(item.conversation)
        if heard is None:
            return
        facts = self._pick_again(facts, known, heard)
        additions, looked_up = await asyncio.gather(
            self._draft_additions(heard, facts.ask), self._look_up_customer(heard)
        )
        additions = replace(additions, looked_up=looked_up)
        await self.database.write(lambda store: self._apply_additions(store, item, facts, heard, additions))
        self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """The packet stays as it is."""
        await self.database.write(
            lambda store: store.jobs.complete_job(item.kind, item.conversation, item.lease)
        )

    def _apply_added(
        self, store: Store, item: Job, facts: CustomerFacts, before: PacketSnapshot, added: Signals | None
    ) -> PacketSnapshot | None:
        """What was written since goes into packet and queue, and is answered while waiting.

        None: too late, or an agent has answered, who needs no better packet.
        """
        pending = store.jobs.get(item.kind, item.conversation)
        if pending is None or pending.lease != item.lease:
            return None
        conversation, now = store.conversations.get(item.conversation), self.clock()
        if added is not None and conversation.state in PEOPLE_STATES:
            self._save_added(store, conversation, before, added, now)
        if conversation.state is State.AGENT and _is_answered_by_agent(before):
            store.jobs.complete_job(item.kind, item.conversation, item.lease)
            store.journal.append_entry(item.conversation, None, now)
            return None
        return self._renew_packet(store, item, facts, before, PacketAdditions())

    def _save_added(
        self, store: Store, conversation: Conversation, before: PacketSnapshot, added: Signals, now: datetime
    ) -> None:
        policy = self.mind.policy.for_channel(conversation.channel)
        is_waiting = conversation.state is State.QUEUED
        raised = raise_priority(conversation, added, policy) if is_waiting else conversation
        save_added_signals(store, raised, added, list_unheard(before.messages))
        if raised != conversation:
            raised = save_conversation(store, raised, now)
        if is_waiting:
            reply_while_waiting(store, raised, added, policy, self.pick_facts, now)

    def _apply_additions(
        self,
        store: Store,
        item: Job,
        facts: CustomerFacts,
        before: PacketSnapshot,
        additions: PacketAdditions,
    ) -> None:
        if store.jobs.complete_job(item.kind, item.conversation, item.lease):
            store.customer_facts.save_facts(additions.looked_up)
            self._renew_packet(store, item, facts, before, additions)

    def _renew_packet(
        self,
        store: Store,
        item: Job,
        facts: CustomerFacts,
        before: PacketSnapshot,
        additions: PacketAdditions,
    ) -> PacketSnapshot | None:
        """The packet as it lies there now, with what was said by now: words taken back stay away.

        *facts* are those of *before*.
        """
        fresh = _load_snapshot(store, item.conversation)
        if fresh is None:
            return None
        news = PacketNews(
            lines=fresh.lines,
            facts=self._pick_again(facts, before, fresh),
            priority=fresh.conversation.priority,
            suggested=additions.suggested,
            summary=additions.summary,
        )
        packet = update_packet(fresh.packet, news)
        packet = add_customer_facts(store, packet, fresh.customer, self.clock())
        store.handoffs.replace_packet(packet)
        store.journal.append_entry(item.conversation, None, self.clock())
        return replace(fresh, packet=packet)

    def _pick_again(
        self, facts: CustomerFacts, before: PacketSnapshot, fresh: PacketSnapshot
    ) -> CustomerFacts:
        """The facts of *before*, or of *fresh* where people have said more, or it was read otherwise."""
        is_same = _list_peoples_lines(fresh) == _list_peoples_lines(before)
        return facts if is_same else self.pick_facts(fresh.lines)

    async def _look_up_customer(self, known: PacketSnapshot) -> Sequence[CustomerFact]:
        """What the business's system knows of a customer whom the site or the channel proved."""
        proven = [one for one in known.customer.identities if one.verified]
        if self.backend is None or not proven:
            return ()
        record = await self.backend.lookup_customer(proven)
        return build_lookup_facts(proven[0], record, self.clock()) if record is not None else ()

    async def _draft_additions(self, known: PacketSnapshot, ask: str | None) -> PacketAdditions:
        """What could be made in time."""
        suggested: Sequence[Reply] = ()
        summary: Mapping[str, str] = {}
        try:
            async with asyncio.timeout(MAX_ENRICH_SECONDS):
                suggested = await self._draft_suggestions(known, ask)
                if self.mind.summarise is not None:
                    allowance = self.mind.build_budget(known.conversation)
                    summary = await self.mind.summarise(known.lines, allowance)
        except TimeoutError:
            log.warning("a packet took too long to be made better", conversation=known.conversation.id)
        return PacketAdditions(suggested=suggested, summary=summary)

    async def _draft_suggestions(self, known: PacketSnapshot, ask: str | None) -> Sequence[Reply]:
        """What the knowledge base says to what they want, unless that lies there already."""
        if known.packet["suggested"] or not ask or tells_distress(known.packet):
            return ()
        try:
            drafts = await draft_suggestions(self.mind, known.conversation, ask)
        except Unavailable:
            return ()
        language = known.conversation.language
        replies = [Reply(text=one.text, language=language, citations=one.citations) for one in drafts]
        return [reply for reply in replies if not is_said_already(reply, known.lines)]


def _is_answered_by_agent(known: PacketSnapshot) -> bool:
    """Whether an agent has written to the customer in this episode."""
    began = known.conversation.episode_from
    return any(message.author is Author.AGENT and message.seq > began for message in known.messages)


def _list_peoples_lines(known: PacketSnapshot) -> list[Utterance]:
    """What people said, and how it was read: the facts are picked from that."""
    return [line for line in known.lines if line.author in (Author.CUSTOMER, Author.AGENT)]


def _load_snapshot(store: Store, conversation: str) -> PacketSnapshot | None:
    packet = store.handoffs.load_last_packet(conversation)
    if packet is None:
        return None
    messages = store.messages.list_public(conversation)
    found = store.conversations.get(conversation)
    lines = build_utterances(messages, store.turns.list_all(conversation))
    return PacketSnapshot(
        conversation=found,
        customer=store.customers.get(found.customer),
        packet=packet,
        messages=messages,
        lines=_mark_harassing_lines(lines, messages, packet),
    )


def _mark_harassing_lines(
    lines: Sequence[Utterance], messages: Sequence[Message], packet: Mapping[str, Any]
) -> list[Utterance]:
    """The lines of messages that harassed people, which are in no turn, are nobody's matter."""
    harassing = packet.get("harassing_messages", ())
    return [
        replace(line, signals=HARASSMENT) if message.id in harassing and line.signals is None else line
        for message, line in zip(messages, lines, strict=True)
    ]
