"""Looks into a mailbox every half minute; a mail counts as read only once it is stored."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

import structlog

from assistant.conversation.inbound.events import Arrivals, take_in
from assistant.domain.channels import Event
from assistant.domain.errors import BadInput, NotYet, Unavailable
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

T = TypeVar("T")

#: Seconds between looks, and for taking one mail apart.
PAUSE, READING_SECONDS = 30.0, 20.0
#: Looks without a pause between them.
MOST_LOOKS = 50
#: A mail that failed so often is given to people as it is; after the last try it is left alone, unread.
FAILURES, LAST_TRY = 2, 5
#: Calls to the server and the taking apart of mails: neither holds up anybody else's threads.
_SERVER = ThreadPoolExecutor(2, thread_name_prefix="mailbox")
_READING = ThreadPoolExecutor(2, thread_name_prefix="mail")


class Mailbox(Protocol):
    """A channel that has to be asked: blocking calls, each NotYet when the server does not let us."""

    #: How often each unread mail was begun with, by its number.
    tries: Counter[bytes]

    def fetch_unread(self) -> list[tuple[bytes, bytes]]: ...  # number and content of unread mails
    def mark_seen(self, numbers: list[bytes]) -> None: ...
    def parse_events(self, raw: bytes) -> list[Event]: ...  # BadInput
    def build_unreadable_events(
        self, raw: bytes, why: str
    ) -> list[Event]: ...  # the mail as it is, for people


async def watch(
    mailbox: Mailbox, database: Database[Store], arrivals: Arrivals, wire: Notifier, clock: Clock
) -> None:
    """Until cancelled."""
    while True:
        try:
            for _ in range(MOST_LOOKS):  # there may be more than one look takes
                if not await look(mailbox, database, arrivals, wire, clock):
                    break
        except (NotYet, Unavailable) as exc:
            log.warning("mailbox not read", why=str(exc))
        await asyncio.sleep(PAUSE)


async def look(
    mailbox: Mailbox, database: Database[Store], arrivals: Arrivals, wire: Notifier, clock: Clock
) -> int:
    """Store every unread mail, then mark it as read; one that cannot be read is given to people as it is.

    Returns how many were stored.
    """
    stored = 0
    for number, raw in await _apart(_SERVER, mailbox.fetch_unread):
        if mailbox.tries[number] >= LAST_TRY:
            continue
        # Counted before it begins: whatever this mail breaks, the next look begins with the others.
        mailbox.tries[number] += 1
        events = await _events(mailbox, raw, mailbox.tries[number])
        step = partial(take_in, events=events, arrivals=arrivals, now=clock())
        for conversation in await database.write(step):
            wire.notify(conversation)
        await _apart(_SERVER, partial(mailbox.mark_seen, [number]))
        del mailbox.tries[number]
        stored += 1
    return stored


async def _events(mailbox: Mailbox, raw: bytes, tries: int) -> list[Event]:
    why = "it could not be stored"
    if tries <= FAILURES:
        try:
            async with asyncio.timeout(READING_SECONDS):
                return await _apart(_READING, partial(mailbox.parse_events, raw))
        except BadInput as exc:
            why = str(exc)
        except TimeoutError:
            why = "taking it apart takes too long"
    log.warning("mail not understood", why=why)
    return mailbox.build_unreadable_events(raw, why)


async def _apart(pool: ThreadPoolExecutor, act: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, act)
