"""The outbox: takes what was said to the customer's app, in order, until it arrived or agents see why not."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import structlog

from assistant.domain.channels import Delivery, DeliveryState, Letter, Part, Sent, Thread
from assistant.domain.errors import NotYet, Undeliverable
from assistant.domain.jobs import Due, Kind
from assistant.domain.messages import Author, Message
from assistant.ports.channels import Channel
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: A message that could not be sent for this long has failed.
GIVE_UP_AFTER = timedelta(hours=1)
#: Seconds between tries: the first, and the longest.
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
LONGEST_NAME = 200
TOO_LATE = "a person took over before it was sent"
NO_CHANNEL = "this channel is not set up any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One part to be sent now."""

    delivery: Delivery
    letter: Letter
    part: Part
    #: It is the last one of its message.
    last: bool


#: What came of an errand.
Outcome = Sent | NotYet | Undeliverable


class Outbox:
    """Sends what waits, each conversation in order; none waits for another's app."""

    def __init__(
        self,
        database: Database[Store],
        channels: Mapping[tuple[str, str], Channel],
        wire: Notifier,
        clock: Clock,
    ) -> None:
        self._database, self._channels, self._wire, self._clock = database, channels, wire, clock

    async def deliver(self, item: Due) -> None:
        """Send everything that waits in a conversation, or as much as its app takes now."""
        errand, outcome = None, None
        while True:
            before, result = errand, outcome
            errand = await self._database.write(
                lambda store: self._step(store, item, before, result)  # noqa: B023 - runs before it changes
            )
            if before is not None:
                self._wire.notify(item.conversation)
            if errand is None:
                return
            outcome = await self._send(errand)

    async def give_up(self, item: Due) -> None:
        """The first one made the work fail again and again: it has failed, the others go on."""

        now = self._clock()

        def step(store: Store) -> None:
            store.conversations.get(item.conversation)
            if delivery := store.deliveries.find_next(item.conversation):
                _failed(store, delivery, "sending it failed several times; see the log", now)
            store.jobs.complete_job(Kind.DELIVERY, item.conversation, item.lease)
            if store.deliveries.find_next(item.conversation):
                store.jobs.schedule_once(Kind.DELIVERY, item.conversation, now, now)

        await self._database.write(step)
        self._wire.notify(item.conversation)

    def attending(self, turn: Callable[[Due], Awaitable[None]]) -> Callable[[Due], Awaitable[None]]:
        """*turn* with `attend` beside it: nobody waits for a courtesy."""

        async def attended(item: Due) -> None:
            courtesy = asyncio.create_task(self.attend(item.conversation))
            try:
                await turn(item)
            finally:
                # It has had its time; what is still under way would only come after the answer.
                courtesy.cancel()
                await asyncio.gather(courtesy, return_exceptions=True)

        return attended

    async def attend(self, conversation: str) -> None:
        """Show in the app that somebody is at it, and learn the customer's name; courtesies, so failing is
        nothing."""

        def look(store: Store) -> tuple[Thread | None, bool]:
            thread = store.threads.find_by_conversation(conversation)
            return thread, bool(thread and store.customers.get(thread.customer).name is None)

        thread, nameless = await self._database.read(look)
        channel = self._channel(thread) if thread else None
        if channel is None or thread is None or thread.unreachable:
            return
        with contextlib.suppress(NotYet, Undeliverable):
            await channel.send_typing_indicator(thread)
            name = await channel.fetch_peer_name(thread) if nameless else None
            if name:
                customer, kept = thread.customer, name[:LONGEST_NAME]
                await self._database.write(lambda store: store.customers.set_name(customer, kept))

    # -- one step inside a transaction

    def _step(self, store: Store, item: Due, errand: Errand | None, outcome: Outcome | None) -> Errand | None:
        """Store what came of *errand*, and take the next; None: done, or nothing can be done now."""
        now = self._clock()
        store.conversations.get(item.conversation)  # held: nobody adds a message meanwhile
        held = store.jobs.get(Kind.DELIVERY, item.conversation)
        if held is None or held.lease != item.lease:
            # Another worker has it since our lease ran out; what arrived is still worth knowing.
            if errand and isinstance(outcome, Sent):
                self._arrived(store, errand, outcome, now)
            return None
        if errand and outcome is not None and (wait := self._settle(store, errand, outcome, now)):
            store.jobs.reschedule(item, now + wait)
            return None
        if following := self._next(store, item.conversation, now):
            return following
        store.jobs.complete_job(Kind.DELIVERY, item.conversation, item.lease)
        return None

    def _settle(self, store: Store, errand: Errand, outcome: Outcome, now: datetime) -> timedelta | None:
        """What came of it; how long to wait before the next try, if there is one."""
        delivery = errand.delivery
        if isinstance(outcome, Sent):
            self._arrived(store, errand, outcome, now)
            return None
        if isinstance(outcome, Undeliverable):
            _failed(store, delivery, str(outcome), now)
            if outcome.gone:
                store.threads.save_thread(replace(errand.letter.thread, unreachable=str(outcome)))
            return None
        if now - delivery.created_at > GIVE_UP_AFTER:
            _failed(store, delivery, str(outcome), now)
            return None
        tries = delivery.tries + 1
        waiting = replace(delivery, state=DeliveryState.WAITING, tries=tries, why=str(outcome))
        store.deliveries.save(waiting)
        store.journal.append_entry(delivery.conversation, delivery.message, now)
        return wait_before(tries, outcome.after)

    def _arrived(self, store: Store, errand: Errand, sent: Sent, now: datetime) -> None:
        delivery = errand.delivery
        done = replace(
            delivery,
            part=delivery.part + 1,
            tries=0,
            why=None,
            state=DeliveryState.SENT if errand.last else DeliveryState.WAITING,
            platform_ids=(*delivery.platform_ids, sent.id) if sent.id else delivery.platform_ids,
            sent_at=now,
        )
        store.deliveries.save(done)
        thread = store.threads.get(delivery.thread) or errand.letter.thread
        if sent.id:
            store.deliveries.add_receipt(thread.address.channel, delivery.id, sent.id)
        if sent.spent or sent.context:
            kept = {
                key: value
                for key, value in thread.context.items()
                # Only what was used: the customer may have written again meanwhile.
                if not (key in sent.spent and errand.letter.thread.context.get(key) == value)
            }
            store.threads.save_thread(replace(thread, context=kept | dict(sent.context)))
        store.journal.append_entry(delivery.conversation, delivery.message, now)

    def _next(self, store: Store, conversation_id: str, now: datetime) -> Errand | None:
        while delivery := store.deliveries.find_next(conversation_id):
            thread = store.threads.get(delivery.thread)
            message = store.messages.get(conversation_id, delivery.message)
            channel = self._channel(thread) if thread else None
            why_not = _why_not(store, delivery, thread, channel, message)
            if why_not or thread is None or message is None or channel is None:
                withheld = why_not == TOO_LATE
                _failed(store, delivery, why_not or NO_CHANNEL, now, withheld=withheld)
                continue
            return self._errand(store, delivery, message, thread, now)
        return None

    def _errand(
        self, store: Store, delivery: Delivery, message: Message, thread: Thread, now: datetime
    ) -> Errand:
        channel = self._channels[thread.address.channel, thread.address.account]
        letter = Letter(
            message=message,
            thread=thread,
            key=str(uuid5(NAMESPACE_URL, f"{delivery.id}/{delivery.part}")),
            # A try that was out when the process died may have arrived.
            tries=delivery.tries + (delivery.state is DeliveryState.SENDING),
            introduces=_introduces(store, message),
            now=now,
        )
        parts = channel.split_message(letter)
        sending = replace(delivery, state=DeliveryState.SENDING, tries=letter.tries)
        store.deliveries.save(sending)
        number = min(delivery.part, len(parts) - 1)
        return Errand(delivery=sending, letter=letter, part=parts[number], last=number == len(parts) - 1)

    async def _send(self, errand: Errand) -> Outcome:
        address = errand.letter.thread.address
        try:
            return await self._channels[address.channel, address.account].send_part(
                errand.letter, errand.part
            )
        except (NotYet, Undeliverable) as exc:
            log.warning(
                "message not sent",
                channel=address.channel,
                account=address.account or None,
                conversation=errand.delivery.conversation,
                tries=errand.delivery.tries,
                final=isinstance(exc, Undeliverable),
                why=str(exc),
            )
            return exc

    def _channel(self, thread: Thread) -> Channel | None:
        return self._channels.get((thread.address.channel, thread.address.account))


def wait_before(tries: int, after: float | None) -> timedelta:
    """The pause before the next try: doubling, spread so that not all come back at once, never less than
    what the app asked for."""
    pause = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10)) * random.uniform(0.5, 1.0)
    return timedelta(seconds=max(pause, min(after or 0.0, GIVE_UP_AFTER.total_seconds())))


def _why_not(
    store: Store,
    delivery: Delivery,
    thread: Thread | None,
    channel: Channel | None,
    message: Message | None,
) -> str | None:
    """Why it must not be sent, looked up just before sending."""
    if thread is None or channel is None or message is None:
        return NO_CHANNEL
    if thread.unreachable:
        return thread.unreachable
    conversation = store.conversations.get(delivery.conversation)
    own_words = message.author is Author.ASSISTANT and message.kind == "text"
    if own_words and conversation.epoch != delivery.epoch and delivery.part == 0:
        return TOO_LATE
    return None


def _introduces(store: Store, message: Message) -> bool:
    """Nobody has spoken for us before, or a person did last: the assistant says that it is one."""
    if message.author is not Author.ASSISTANT:
        return False
    before = [m for m in store.messages.list_public(message.conversation) if m.seq < message.seq]
    ours = [m for m in before if m.author in (Author.ASSISTANT, Author.AGENT)]
    return not ours or ours[-1].author is Author.AGENT


def _failed(store: Store, delivery: Delivery, why: str, now: datetime, *, withheld: bool = False) -> None:
    state = DeliveryState.WITHHELD if withheld else DeliveryState.FAILED
    store.deliveries.save(replace(delivery, state=state, why=why))
    store.journal.append_entry(delivery.conversation, delivery.message, now)
