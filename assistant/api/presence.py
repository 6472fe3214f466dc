"""Presence of agents, from open consoles and API calls; used for what customers are told about waiting."""

from contextlib import suppress
from datetime import datetime, timedelta

from assistant.domain.errors import Unavailable
from assistant.ports.storage.store import Database, Store

#: Seconds between two writes of an agent's presence by one process.
RECORD_INTERVAL = timedelta(seconds=30)


class DeskPresence:
    """Stores when agents were last seen, with throttled writes."""

    def __init__(self, database: Database[Store]) -> None:
        self._database = database
        self._recorded: dict[str, datetime] = {}

    async def record_presence(self, agent: str, now: datetime) -> None:
        """Record that the agent is present; a failed write does not fail the call."""
        before = self._recorded.get(agent)
        if before is not None and now - RECORD_INTERVAL < before <= now:
            return
        with suppress(Unavailable):
            await self._database.write(lambda store: store.agents.mark_present(agent, now))
            self._recorded[agent] = now

    async def end_presence(self, agent: str, now: datetime) -> None:
        """The agent has logged out."""
        self._recorded.pop(agent, None)
        await self._database.write(lambda store: store.agents.mark_absent(agent, now))
