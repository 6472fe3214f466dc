"""Periodically refreshes the limits of messaging apps that agents are shown."""

import asyncio
from collections.abc import Iterable

from assistant.ports.channels import Channel
from assistant.ports.clock import Clock

#: Interval; a channel may refresh less often.
LIMITS_SECONDS = 60.0


async def poll_channel_limits(channels: Iterable[Channel], clock: Clock) -> None:
    asked = tuple(channels)
    while True:
        for channel in asked:
            await channel.refresh_limits(clock())
        await asyncio.sleep(LIMITS_SECONDS)
