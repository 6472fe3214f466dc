"""Looks into a mailbox every half minute; a mail counts as read only once it is stored."""

import asyncio
from functools import partial
from typing import Protocol

import structlog

from assistant.conversation.arriving import Arrivals, take_in
from assistant.domain.channels import Event
from assistant.domain.errors import BadInput, NotYet, Unavailable
from assistant.ports import Clock, Database, Wire
from assistant.stores import Store

log = structlog.get_logger()

#: Seconds between looks.
PAUSE = 30.0


class Mailbox(Protocol):
    """A channel that has to be asked: blocking calls, each NotYet when the server does not let us."""

    def poll(self) -> list[tuple[bytes, bytes]]: ...  # number and content of unread mails
    def seen(self, numbers: list[bytes]) -> None: ...
    def events_of(self, raw: bytes) -> list[Event]: ...  # BadInput


async def watch(
    mailbox: Mailbox, database: Database[Store], arrivals: Arrivals, wire: Wire, clock: Clock
) -> None:
    """Until cancelled."""
    while True:
        try:
            await look(mailbox, database, arrivals, wire, clock)
        except (NotYet, Unavailable) as exc:
            log.warning("mailbox not read", why=str(exc))
        await asyncio.sleep(PAUSE)


async def look(
    mailbox: Mailbox, database: Database[Store], arrivals: Arrivals, wire: Wire, clock: Clock
) -> None:
    """Store every unread mail, then mark it as read; one that cannot be read is left to people."""
    found = await asyncio.to_thread(mailbox.poll)
    for number, raw in found:
        try:
            events = mailbox.events_of(raw)
        except BadInput as exc:
            log.warning("mail not understood", why=str(exc))
            events = []
        step = partial(take_in, events=events, arrivals=arrivals, now=clock())
        for conversation in await database.write(step):
            wire.ring(conversation)
        await asyncio.to_thread(mailbox.seen, [number])
