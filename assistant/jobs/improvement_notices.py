"""Tells customers of improvements, one by one, by day."""

import asyncio
from contextlib import suppress
from functools import partial

from assistant.conversation.improvements import send_notice
from assistant.domain.errors import Unavailable
from assistant.domain.hours import to_local_time
from assistant.domain.policy import Policy
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

LOOK_SECONDS = 10.0
BATCH_SIZE = 50
#: Hours of the business's zone in which somebody may be written to who did not just write.
FIRST_HOUR = 8
LAST_HOUR = 21


class ImprovementNotifier:
    def __init__(self, database: Database[Store], policy: Policy, notifier: Notifier, clock: Clock) -> None:
        self._database, self._policy, self._notifier, self._clock = database, policy, notifier, clock

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.send_notices()
            await asyncio.sleep(LOOK_SECONDS)

    async def send_notices(self) -> None:
        """Each in a transaction of its own: whoever was told is never told again."""
        now = self._clock()
        if not FIRST_HOUR <= to_local_time(now, self._policy.zone).hour < LAST_HOUR:
            return
        pending = await self._database.read(
            lambda store: store.improvements.list_pending_notices(limit=BATCH_SIZE)
        )
        for improvement, customer in pending:
            step = partial(send_notice, improvement_id=improvement, customer=customer, now=now)
            written_in = await self._database.write(step)
            if written_in is not None:
                self._notifier.notify(written_in)
