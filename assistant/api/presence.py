"""Who is at the desk: noted from open consoles and calls, for what customers are told about waiting."""

from contextlib import suppress
from datetime import datetime, timedelta

from assistant.domain.errors import Unavailable
from assistant.ports.storage.store import Database, Store

#: An agent's presence is stored at most this often by one process.
RECORD_INTERVAL = timedelta(seconds=30)


class DeskPresence:
    """Notes in the database when agents were last seen, without a write for each call."""

    def __init__(self, database: Database[Store]) -> None:
        self._database = database
        self._recorded: dict[str, datetime] = {}

    async def record_presence(self, agent: str, now: datetime) -> None:
        """The agent is here now; a database that cannot be written to costs nobody their call."""
        before = self._recorded.get(agent)
        if before is not None and now - RECORD_INTERVAL < before <= now:
            return
        with suppress(Unavailable):
            await self._database.write(lambda store: store.agents.mark_present(agent, now))
            self._recorded[agent] = now

    async def end_presence(self, agent: str) -> None:
        """The agent has logged out."""
        self._recorded.pop(agent, None)
        await self._database.write(lambda store: store.agents.mark_absent(agent))
