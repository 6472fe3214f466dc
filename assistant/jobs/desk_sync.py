"""Keeps conversations and their tickets in a foreign desk in step: sends in order, asks what was missed."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.conversation.foreign_desks.incoming import (
    SETTLE,
    DeskRules,
    apply_desk_events,
    store_fetched_events,
)
from assistant.conversation.foreign_desks.outgoing import (
    DeskOutcome,
    PacketUrlBuilder,
    fail_link,
    record_desk_outcome,
    record_trouble,
    take_next_delivery,
)
from assistant.domain.errors import RetryLater, Unavailable, Undeliverable
from assistant.domain.foreign_desks import DeskDelivery, DeskLink, DeskNews
from assistant.domain.jobs import Job, JobKind
from assistant.ports.clock import Clock
from assistant.ports.foreign_desks import ForeignDesk
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: How often it is looked for links that are to be asked for again, and how many at a time.
LOOK_SECONDS = 15.0
MAX_POLLED_LINKS = 50
NOT_SET_UP = "this desk is not set up any more"
#: What keeps failing on our side is looked at again after this.
LATER = timedelta(minutes=10)


class DeskSync:
    """The handler of desk jobs. *desks*: by name, or ``name:account``."""

    def __init__(
        self,
        database: Database[Store],
        desks: Mapping[str, ForeignDesk],
        notifier: Notifier,
        rules: DeskRules,
        build_url: PacketUrlBuilder,
        clock: Clock,
    ) -> None:
        self._database, self._desks, self._notifier = database, desks, notifier
        self._rules, self._build_url, self._clock = rules, build_url, clock

    async def sync_conversation(self, item: Job) -> None:
        """Ask, apply, send: everything that is due between a conversation and its tickets."""
        links = await self._database.read(
            lambda store: store.desk_links.list_by_conversation(item.conversation)
        )
        for link in links:
            if self._is_poll_due(link):
                await self._poll_link(link)
            now = self._clock()
            apply = partial(apply_desk_events, link_id=link.id, rules=self._rules, now=now)
            if await self._database.write(apply):
                self._notifier.notify(item.conversation)
        delivery: DeskDelivery | None = None
        outcome: DeskOutcome | None = None
        while True:
            step = partial(self._advance, item=item, before=delivery, outcome=outcome)
            delivery = await self._database.write(step)
            self._notifier.notify(item.conversation)
            if delivery is None:
                return
            outcome = await self._deliver(delivery)

    async def give_up(self, item: Job) -> None:
        """What keeps failing on our side is tried again later; agents have the conversation meanwhile."""
        due_at = self._clock() + LATER
        await self._database.write(lambda store: store.jobs.reschedule(replace(item, tries=0), due_at))

    async def run_poller(self) -> None:
        """Have what callbacks missed asked for, at the pace that each desk bears."""
        while True:
            try:
                await self.schedule_polls()
            except Unavailable as exc:
                log.warning("desks not asked", why=str(exc))
            await asyncio.sleep(LOOK_SECONDS)

    async def schedule_polls(self) -> None:
        now = self._clock()

        def step(store: Store) -> None:
            for name, desk in self._desks.items():
                before = now - timedelta(seconds=desk.poll_seconds)
                for link in store.desk_links.list_unpolled(name, before, limit=MAX_POLLED_LINKS):
                    if link.retry_at is None or link.retry_at <= now:
                        store.jobs.hasten(JobKind.DESK, link.conversation, now, now)

        await self._database.write(step)

    # -- asking

    def _is_poll_due(self, link: DeskLink) -> bool:
        now, desk = self._clock(), self._desks.get(link.desk)
        if desk is None or link.remote is None:
            return False
        if link.polled_at is None:  # a callback came, so somebody is there
            return True
        if link.retry_at is not None and link.retry_at > now:
            return False
        return link.is_active and now - link.polled_at >= timedelta(seconds=desk.poll_seconds)

    async def _poll_link(self, link: DeskLink) -> None:
        began, outcome = self._clock(), None
        try:
            outcome = await self._desks[link.desk].reconcile(link)
        except (RetryLater, Undeliverable) as exc:
            log.warning("desk not asked", desk=link.desk, conversation=link.conversation, why=str(exc))
            await self._database.write(partial(_record_poll_failure, link=link, failure=exc, now=began))
            return
        await self._database.write(partial(_record_news, link=link, news=outcome, now=began))

    # -- sending

    async def _deliver(self, delivery: DeskDelivery) -> DeskOutcome:
        desk = self._desks.get(delivery.link.desk)
        if desk is None:
            return Undeliverable(NOT_SET_UP, gone=True)
        try:
            return await desk.deliver(delivery)
        except (RetryLater, Undeliverable) as exc:
            log.warning(
                "not sent to the desk",
                desk=delivery.link.desk,
                conversation=delivery.link.conversation,
                step=str(delivery.step),
                final=isinstance(exc, Undeliverable),
                why=str(exc),
            )
            return exc

    def _advance(
        self, store: Store, item: Job, before: DeskDelivery | None, outcome: DeskOutcome | None
    ) -> DeskDelivery | None:
        """Store the last outcome and take the next step; None: done, or nothing can be sent now."""
        now = self._clock()
        store.conversations.get(item.conversation)  # lock: nobody adds anything meanwhile
        if before is not None and outcome is not None:
            record_desk_outcome(store, before, outcome, self._rules.timing, now)
        held = store.jobs.get(JobKind.DESK, item.conversation)
        if held is None or held.lease != item.lease:
            return None  # another worker goes on
        links = store.desk_links.list_by_conversation(item.conversation)
        for link in links:
            if following := take_next_delivery(store, link, self._build_url, now):
                return following
        self._finish(store, item, now)
        return None

    def _finish(self, store: Store, item: Job, now: datetime) -> None:
        """The job ends, or waits for the next try."""
        links = store.desk_links.list_by_conversation(item.conversation)
        waiting = [link for link in links if link.is_active or link.polled_at is None]
        moments = [link.retry_at for link in waiting if link.retry_at is not None]
        if any(store.desk_links.list_new_events(link.id) or self._has_hint(link) for link in links):
            moments.append(now + SETTLE)
        if moments:
            store.jobs.reschedule(item, max(min(moments), now))
        else:
            store.jobs.complete_job(JobKind.DESK, item.conversation, item.lease)

    def _has_hint(self, link: DeskLink) -> bool:
        """Whether a callback came while the desk was being asked."""
        return link.remote is not None and link.polled_at is None and link.retry_at is None


def _record_news(store: Store, link: DeskLink, news: DeskNews, now: datetime) -> None:
    store.conversations.get(link.conversation)  # lock
    current = store.desk_links.get(link.id)
    if current is None:
        return
    # A callback that came while it was asked is asked for again.
    was_told = current.polled_at is None and link.polled_at is not None
    healthy = current if current.sending else replace(current, failing_since=None, why=None, retry_at=None)
    polled = replace(healthy, polled_at=None if was_told else now, cursor=news.cursor or current.cursor)
    store.desk_links.save(polled)
    store_fetched_events(store, polled, news.events, now)


def _record_poll_failure(
    store: Store, link: DeskLink, failure: RetryLater | Undeliverable, now: datetime
) -> None:
    store.conversations.get(link.conversation)  # lock
    current = store.desk_links.get(link.id)
    if current is None:
        return
    if isinstance(failure, RetryLater) and store.desk_links.list_new_events(link.id):
        store.desk_links.save(replace(current, polled_at=now))  # what the callbacks said is enough
    elif isinstance(failure, RetryLater):
        record_trouble(store, current, failure, now)
    elif current.is_active:
        fail_link(store, replace(current, polled_at=now), str(failure), now)
    else:
        store.desk_links.save(replace(current, polled_at=now))
