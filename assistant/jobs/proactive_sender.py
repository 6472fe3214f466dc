"""Sends what nobody asked for just now, one notice at a time; takes the daily snapshot of purchases."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from functools import partial

import structlog

from assistant.conversation.proactive_sending import process_notice
from assistant.conversation.segments import update_scores
from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.hours import compute_business_day
from assistant.domain.policy import Policy
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

LOOK_SECONDS = 5.0
BATCH_SIZE = 100


class ProactiveSender:
    """*templates*: (channel, account) of apps with an approved template for closed windows."""

    def __init__(
        self,
        database: Database[Store],
        policy: Policy,
        notifier: Notifier,
        clock: Clock,
        templates: Collection[tuple[str, str]] = (),
    ) -> None:
        self._database, self._policy, self._notifier, self._clock = database, policy, notifier, clock
        self._templates = templates
        self._scored_on: date | None = None

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.update_scores()
                while await self.send_notices():
                    await asyncio.sleep(0)
            await asyncio.sleep(LOOK_SECONDS)

    async def send_notices(self) -> int:
        """Decide what is due, each in a transaction of its own; returns how many were decided."""
        now = self._clock()
        due = await self._database.read(lambda store: store.proactive.list_due(now, limit=BATCH_SIZE))
        decided = 0
        for notice in due:
            step = partial(
                process_notice, notice_id=notice, policy=self._policy, templates=self._templates, now=now
            )
            try:
                written_in = await self._database.write(step)
            except NotFound as exc:  # erased meanwhile; it costs no other notice
                log.warning("notice not decided", notice=notice, why=str(exc))
                continue
            decided += 1
            if written_in is not None:
                self._notifier.notify(written_in)
        return decided

    async def update_scores(self) -> None:
        """Once a day, where segments need them."""
        now = self._clock()
        today = compute_business_day(now, self._policy.zone)
        if self._policy.segments and self._scored_on != today:
            await self._database.write(lambda store: update_scores(store, now))
            self._scored_on = today
