"""Makes the packet of a handoff better once it lies on the table; no handoff waits for it, or fails by it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from assistant.conversation.templates import say as words
from assistant.conversation.transcript import save, say
from assistant.conversation.turn.suggestions import suggest
from assistant.conversation.turn.think import Mind
from assistant.conversation.turn.turn_input import said
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Unavailable
from assistant.domain.handoff import improved
from assistant.domain.jobs import Due
from assistant.domain.messages import Author, Message, Reply
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: After that an agent has read the packet as it is.
LONGEST_SECONDS = 20.0
#: Claims by which somebody can be reached.
CONTACTS = ("e-mail: ", "phone: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A conversation and its packet, as of one moment."""

    conversation: Conversation
    packet: dict[str, Any]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enricher:
    """Lays beside what was known at once: suggested replies, a model's summary, what is added meanwhile."""

    database: Database[Store]
    mind: Mind
    wire: Notifier
    pick_facts: FactPicker
    clock: Clock

    async def enrich(self, item: Due) -> None:
        """Harmless to call twice."""
        known = await self.database.read(lambda store: _known(store, item.conversation))
        better = await self._better(known) if known else None

        def step(store: Store) -> None:
            if not store.jobs.complete_job(item.kind, item.conversation, item.lease) or better is None:
                return
            store.handoffs.replace_packet(better)
            store.journal.append_entry(item.conversation, None, self.clock())
            self._note_contact(store, item.conversation)

        await self.database.write(step)
        self.wire.notify(item.conversation)

    async def give_up(self, item: Due) -> None:
        """The packet stays as it is."""
        await self.database.write(
            lambda store: store.jobs.complete_job(item.kind, item.conversation, item.lease)
        )

    async def _better(self, known: Known) -> dict[str, Any]:
        """The packet with what has been said since, and with what could be added in time."""
        lines = said(known.messages)
        suggested: Sequence[Reply] = ()
        summary: Mapping[str, str] = {}
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                suggested = await self._suggested(known)
                if self.mind.summarise is not None:
                    allowance = self.mind.allowance_of(known.conversation)
                    summary = await self.mind.summarise(lines, allowance)
        except TimeoutError:
            log.warning("a packet took too long to be made better", conversation=known.conversation.id)
        return improved(known.packet, lines, self.pick_facts(lines), suggested, summary)

    async def _suggested(self, known: Known) -> Sequence[Reply]:
        """What the knowledge base says to what they want, unless that lies there already."""
        ask = known.packet["issue"]["ask"]
        if known.packet["suggested"] or not ask:
            return ()
        try:
            drafts = await suggest(self.mind, known.conversation, ask)
        except Unavailable:
            return ()
        language = known.conversation.language
        return [Reply(text=one.text, language=language, citations=one.citations) for one in drafts]

    def _note_contact(self, store: Store, conversation_id: str) -> None:
        """Who was asked for an address and has given one hears that it arrived, once."""
        conversation = store.conversations.get(conversation_id)
        language = conversation.language
        question, noted = words("ask_contact", language), words("contact_noted", language)
        messages = store.messages.list_public(conversation_id)
        asked = next((m.seq for m in reversed(messages) if question in m.text), None)
        if asked is None or conversation.state is not State.QUEUED:
            return
        since = [message for message in messages if message.seq > asked]
        claimed = self.pick_facts(said(since)).claimed
        if any(fact.startswith(CONTACTS) for fact in claimed) and all(m.text != noted for m in since):
            now = self.clock()
            notice = Reply(text=noted, language=language, kind="notice")
            conversation, _ = say(store, conversation, Author.ASSISTANT, notice, now)
            save(store, conversation, now)


def _known(store: Store, conversation: str) -> Known | None:
    packet = store.handoffs.load_last_packet(conversation)
    if packet is None:
        return None
    messages = store.messages.list_public(conversation)
    return Known(conversation=store.conversations.get(conversation), packet=packet, messages=messages)
