"""Makes the packet of a handoff better once it lies on the table; no handoff waits for it, or fails by it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from assistant.conversation.handoff.priority_update import analyze_added_messages, raise_priority
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.suggestions import draft_suggestions
from assistant.conversation.turn.think import TurnDependencies
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Unavailable
from assistant.domain.handoff import is_distressed, update_packet
from assistant.domain.jobs import Job
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.suggested_replies import is_said_already
from assistant.domain.turns import TurnRecord
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: After that an agent has read the packet as it is.
MAX_ENRICH_SECONDS = 20.0
#: Claims by which somebody can be reached.
CONTACTS = ("e-mail: ", "phone: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSnapshot:
    """A conversation and its packet, as of one moment."""

    conversation: Conversation
    packet: dict[str, Any]
    messages: Sequence[Message]
    records: Sequence[TurnRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketEnricher:
    """Lays beside what was known at once: suggested replies, a model's summary, what is added meanwhile."""

    database: Database[Store]
    mind: TurnDependencies
    wire: Notifier
    pick_facts: FactPicker
    clock: Clock

    async def enrich_packet(self, item: Job) -> None:
        """Harmless to call twice."""
        known = await self.database.read(lambda store: _load_snapshot(store, item.conversation))
        better = await self._build_enriched_packet(known) if known else None
        added = await analyze_added_messages(self.mind, known.messages) if known else None

        def step(store: Store) -> None:
            if not store.jobs.complete_job(item.kind, item.conversation, item.lease) or better is None:
                return
            store.handoffs.replace_packet(better)
            store.journal.append_entry(item.conversation, None, self.clock())
            self._confirm_contact(store, item.conversation)
            raise_priority(store, item.conversation, added, self.mind, self.clock)

        await self.database.write(step)
        self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """The packet stays as it is."""
        await self.database.write(
            lambda store: store.jobs.complete_job(item.kind, item.conversation, item.lease)
        )

    async def _build_enriched_packet(self, known: PacketSnapshot) -> dict[str, Any]:
        """The packet with what has been said since, and with what could be added in time."""
        lines = build_utterances(known.messages, known.records)
        facts = self.pick_facts(lines)
        suggested: Sequence[Reply] = ()
        summary: Mapping[str, str] = {}
        try:
            async with asyncio.timeout(MAX_ENRICH_SECONDS):
                suggested = await self._draft_suggestions(known, facts.ask)
                if self.mind.summarise is not None:
                    allowance = self.mind.build_budget(known.conversation)
                    summary = await self.mind.summarise(lines, allowance)
        except TimeoutError:
            log.warning("a packet took too long to be made better", conversation=known.conversation.id)
        return update_packet(known.packet, lines, facts, suggested, summary)

    async def _draft_suggestions(self, known: PacketSnapshot, ask: str | None) -> Sequence[Reply]:
        """What the knowledge base says to what they want, unless that lies there already."""
        if known.packet["suggested"] or not ask or is_distressed(known.packet):
            return ()
        try:
            drafts = await draft_suggestions(self.mind, known.conversation, ask)
        except Unavailable:
            return ()
        language = known.conversation.language
        replies = [Reply(text=one.text, language=language, citations=one.citations) for one in drafts]
        lines = build_utterances(known.messages)
        return [reply for reply in replies if not is_said_already(reply, lines)]

    def _confirm_contact(self, store: Store, conversation_id: str) -> None:
        """Who was asked for an address and has given one hears that it arrived, once."""
        conversation = store.conversations.get(conversation_id)
        language = conversation.language
        question, noted = words("ask_contact", language), words("contact_noted", language)
        messages = store.messages.list_public(conversation_id)
        asked = next((m.seq for m in reversed(messages) if question in m.text), None)
        if asked is None or conversation.state is not State.QUEUED:
            return
        since = [message for message in messages if message.seq > asked]
        claimed = self.pick_facts(build_utterances(since)).claimed
        if any(fact.startswith(CONTACTS) for fact in claimed) and all(m.text != noted for m in since):
            now = self.clock()
            notice = Reply(text=noted, language=language, kind="notice")
            conversation, _ = append_reply(store, conversation, Author.ASSISTANT, notice, now)
            save_conversation(store, conversation, now)


def _load_snapshot(store: Store, conversation: str) -> PacketSnapshot | None:
    packet = store.handoffs.load_last_packet(conversation)
    if packet is None:
        return None
    messages = store.messages.list_public(conversation)
    return PacketSnapshot(
        conversation=store.conversations.get(conversation),
        packet=packet,
        messages=messages,
        records=store.turns.list_all(conversation),
    )
