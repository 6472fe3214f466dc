"""The outbox: delivers messages to customers' apps in order, with retries and backoff."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import structlog

from assistant.domain.channels import (
    Delivery,
    DeliveryState,
    MessagePart,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Thread,
)
from assistant.domain.errors import RetryLater, Undeliverable
from assistant.domain.hours import JAPAN, to_local_time
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import PROACTIVE, Author, Message
from assistant.jobs.sendability import (
    NO_CHANNEL,
    STALE_NOTICE,
    STOPPED,
    TOO_LATE,
    explain_unsendable,
    is_introduction,
)
from assistant.ports.channels import Channel
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: Time after which a message that could not be sent has failed.
GIVE_UP_AFTER = timedelta(hours=1)
#: Seconds between tries: the first pause, and the longest.
FIRST_BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 300.0
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """One part of a message to send now."""

    delivery: Delivery
    outbound: OutboundMessage
    part: MessagePart
    #: Whether it is the last part of its message.
    last: bool


#: The outcome of a send task.
SendOutcome = SendResult | RetryLater | Undeliverable


class Outbox:
    """Sends pending deliveries, each conversation in order; a slow app delays no other conversation."""

    def __init__(
        self,
        database: Database[Store],
        channels: Mapping[tuple[str, str], Channel],
        notifier: Notifier,
        clock: Clock,
        build_file_url: Callable[[str, datetime], str],
        zone: str = JAPAN,
    ) -> None:
        self._database, self._channels, self._notifier, self._clock = database, channels, notifier, clock
        #: The public address of a file, by its id.
        self._build_file_url = build_file_url
        #: Months of quotas begin by its clock.
        self._zone = zone

    async def deliver_messages(self, item: Job) -> None:
        """Send every pending delivery of a conversation, or as many as its app accepts now."""
        task, outcome = None, None
        while True:
            before, result = task, outcome
            task = await self._database.write(
                lambda store: self._advance_delivery(store, item, before, result)  # noqa: B023 - runs before it changes
            )
            if before is not None:
                self._notifier.notify(item.conversation)
            if task is None:
                return
            outcome = await self._send_part(task)

    async def give_up(self, item: Job) -> None:
        """Mark the first delivery as failed after repeated failures of the job; the others continue."""

        now = self._clock()

        def step(store: Store) -> None:
            store.conversations.get(item.conversation)
            if delivery := store.deliveries.find_next(item.conversation):
                _mark_failed(store, delivery, "sending it failed several times; see the log", now)
            store.jobs.complete_job(JobKind.DELIVERY, item.conversation, item.lease)
            if store.deliveries.find_next(item.conversation):
                store.jobs.schedule_once(JobKind.DELIVERY, item.conversation, now, now)

        await self._database.write(step)
        self._notifier.notify(item.conversation)

    def with_typing_indicator(
        self, turn: Callable[[Job], Awaitable[None]]
    ) -> Callable[[Job], Awaitable[None]]:
        """Run *turn* with `show_typing_indicator` beside it, without waiting for it."""

        async def handle_turn(item: Job) -> None:
            courtesy = asyncio.create_task(self.show_typing_indicator(item.conversation))
            try:
                await turn(item)
            finally:
                # It had its time; if it is still running, it would appear after the answer.
                courtesy.cancel()
                await asyncio.gather(courtesy, return_exceptions=True)

        return handle_turn

    async def show_typing_indicator(self, conversation: str) -> None:
        """Show a typing indicator in the app and load the customer's name.

        Best effort; errors are ignored.
        """

        def load_thread(store: Store) -> tuple[Thread | None, bool]:
            thread = store.threads.find_by_conversation(conversation)
            return thread, bool(thread and store.customers.get(thread.customer).name is None)

        thread, nameless = await self._database.read(load_thread)
        channel = self._find_channel(thread) if thread else None
        if channel is None or thread is None or thread.unreachable:
            return
        with contextlib.suppress(RetryLater, Undeliverable):
            await channel.send_typing_indicator(thread)
            name = await channel.fetch_peer_name(thread) if nameless else None
            if name:
                customer, kept = thread.customer, name[:MAX_NAME_CHARACTERS]
                await self._database.write(lambda store: store.customers.set_name(customer, kept))

    # -- steps inside a transaction

    def _advance_delivery(
        self, store: Store, item: Job, task: SendTask | None, outcome: SendOutcome | None
    ) -> SendTask | None:
        """Store the last outcome and take the next task; None: done, or nothing can be sent now."""
        now = self._clock()
        store.conversations.get(item.conversation)  # lock: nobody adds a message meanwhile
        held = store.jobs.get(JobKind.DELIVERY, item.conversation)
        if held is None or held.lease != item.lease:
            # Another worker holds the lease since ours expired; the outcome is stored all the same.
            if task and isinstance(outcome, SendResult):
                self._mark_part_sent(store, task, outcome, now)
            return None
        if task and outcome is not None and (wait := self._record_outcome(store, task, outcome, now)):
            store.jobs.reschedule(item, now + wait)
            return None
        if following := self._take_next_task(store, item.conversation, now):
            return following
        store.jobs.complete_job(JobKind.DELIVERY, item.conversation, item.lease)
        return None

    def _record_outcome(
        self, store: Store, task: SendTask, outcome: SendOutcome, now: datetime
    ) -> timedelta | None:
        """Store the outcome; returns how long to wait before the next try, or None."""
        delivery = task.delivery
        if isinstance(outcome, SendResult):
            self._mark_part_sent(store, task, outcome, now)
            return None
        if isinstance(outcome, Undeliverable):
            _mark_failed(store, delivery, str(outcome), now)
            if outcome.gone:
                store.threads.save_thread(replace(task.outbound.thread, unreachable=str(outcome)))
            return None
        if now - delivery.created_at > GIVE_UP_AFTER:
            _mark_failed(store, delivery, str(outcome), now)
            return None
        tries = delivery.tries + 1
        waiting = replace(delivery, state=DeliveryState.WAITING, tries=tries, why=str(outcome))
        store.deliveries.save(waiting)
        store.journal.append_entry(delivery.conversation, delivery.message, now)
        return compute_backoff(tries, outcome.after)

    def _mark_part_sent(self, store: Store, task: SendTask, sent: SendResult, now: datetime) -> None:
        delivery = task.delivery
        done = replace(
            delivery,
            part=delivery.part + 1,
            tries=0,
            why=None,
            state=DeliveryState.SENT if task.last else DeliveryState.WAITING,
            platform_ids=(*delivery.platform_ids, sent.id) if sent.id else delivery.platform_ids,
            sent_at=now,
        )
        store.deliveries.save(done)
        thread = store.threads.get(delivery.thread) or task.outbound.thread
        if sent.is_push and task.outbound.message.kind != PROACTIVE:
            month = f"{to_local_time(now, self._zone):%Y-%m}"
            store.proactive.add_push(thread.address.channel, thread.address.account, month)
        if sent.id:
            store.deliveries.add_receipt(thread.address.channel, delivery.id, sent.id)
        if sent.spent or sent.context:
            kept = {
                key: value
                for key, value in thread.context.items()
                # Only the used token: the customer may have written again meanwhile.
                if not (key in sent.spent and task.outbound.thread.context.get(key) == value)
            }
            store.threads.save_thread(replace(thread, context=kept | dict(sent.context)))
        store.journal.append_entry(delivery.conversation, delivery.message, now)

    def _take_next_task(self, store: Store, conversation_id: str, now: datetime) -> SendTask | None:
        while delivery := store.deliveries.find_next(conversation_id):
            thread = store.threads.get(delivery.thread)
            message = store.messages.get(conversation_id, delivery.message)
            channel = self._find_channel(thread) if thread else None
            why_not = explain_unsendable(store, delivery, thread, channel, message, now)
            if why_not or thread is None or message is None or channel is None:
                withheld = why_not in (TOO_LATE, STALE_NOTICE, STOPPED)
                _mark_failed(store, delivery, why_not or NO_CHANNEL, now, withheld=withheld)
                continue
            return self._build_task(store, delivery, message, thread, now)
        return None

    def _build_task(
        self, store: Store, delivery: Delivery, message: Message, thread: Thread, now: datetime
    ) -> SendTask:
        channel = self._channels[thread.address.channel, thread.address.account]
        outbound = OutboundMessage(
            message=message,
            thread=thread,
            key=str(uuid5(NAMESPACE_URL, f"{delivery.id}/{delivery.part}")),
            # A try that was running when the process died may have arrived.
            tries=delivery.tries + (delivery.state is DeliveryState.SENDING),
            introduces=is_introduction(store, message),
            now=now,
            file=self._load_file(store, message, now),
        )
        parts = channel.split_message(outbound)
        sending = replace(delivery, state=DeliveryState.SENDING, tries=outbound.tries)
        store.deliveries.save(sending)
        number = min(delivery.part, len(parts) - 1)
        return SendTask(
            delivery=sending, outbound=outbound, part=parts[number], last=number == len(parts) - 1
        )

    def _load_file(self, store: Store, message: Message, now: datetime) -> OutboundFile | None:
        """The file that an agent's message carries."""
        if message.author is not Author.AGENT:
            return None
        for media in store.media.list_by_conversation(message.conversation):
            data = store.media.load_data(media.id) if media.message == message.id else None
            if data is not None and media.type:
                url = self._build_file_url(media.id, now)
                return OutboundFile(name=media.name, type=media.type, data=data, url=url)
        return None

    async def _send_part(self, task: SendTask) -> SendOutcome:
        address = task.outbound.thread.address
        try:
            return await self._channels[address.channel, address.account].send_part(task.outbound, task.part)
        except (RetryLater, Undeliverable) as exc:
            log.warning(
                "message not sent",
                channel=address.channel,
                account=address.account or None,
                conversation=task.delivery.conversation,
                tries=task.delivery.tries,
                final=isinstance(exc, Undeliverable),
                why=str(exc),
            )
            return exc

    def _find_channel(self, thread: Thread) -> Channel | None:
        return self._channels.get((thread.address.channel, thread.address.account))


def compute_backoff(tries: int, after: float | None) -> timedelta:
    """Exponential backoff with jitter, at least the pause that the app asked for."""
    pause = min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(tries - 1, 10)) * random.uniform(
        0.5, 1.0
    )
    return timedelta(seconds=max(pause, min(after or 0.0, GIVE_UP_AFTER.total_seconds())))


def _mark_failed(
    store: Store, delivery: Delivery, why: str, now: datetime, *, withheld: bool = False
) -> None:
    state = DeliveryState.WITHHELD if withheld else DeliveryState.FAILED
    store.deliveries.save(replace(delivery, state=state, why=why))
    store.journal.append_entry(delivery.conversation, delivery.message, now)
