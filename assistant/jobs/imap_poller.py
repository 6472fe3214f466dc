"""Polls a mailbox; a mail is marked as read only after it is stored."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

import structlog

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.domain.channels import ChannelEvent
from assistant.domain.errors import BadInput, RetryLater, Unavailable
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

T = TypeVar("T")

#: Seconds between polls, and for parsing one mail.
POLL_SECONDS = 30.0
MAX_PARSE_SECONDS = 20.0
#: Polls in a row while there are more mails.
MAX_POLLS = 50
#: Attempts after which an unreadable mail is stored as a file for agents, and after which it stays unread.
MAX_PARSE_FAILURES = 2
MAX_TRIES = 5
#: Own threads for IMAP calls and parsing, so that they do not block other threads.
_SERVER = ThreadPoolExecutor(2, thread_name_prefix="mailbox")
_READING = ThreadPoolExecutor(2, thread_name_prefix="mail")


class PolledMailbox(Protocol):
    """A channel that is polled; its calls block, and raise RetryLater when the server fails."""

    #: Attempts per unread mail, by its number.
    tries: Counter[bytes]

    def fetch_unread(self) -> list[tuple[bytes, bytes]]: ...  # (number, content) of unread mails
    def mark_seen(self, numbers: list[bytes]) -> None: ...
    def parse_events(self, raw: bytes) -> list[ChannelEvent]: ...  # BadInput
    def build_unreadable_events(self, raw: bytes) -> list[ChannelEvent]: ...  # as a file for agents


async def poll_mailbox(
    mailbox: PolledMailbox,
    database: Database[Store],
    arrivals: InboundContext,
    notifier: Notifier,
    clock: Clock,
) -> None:
    """Poll until cancelled."""
    while True:
        try:
            for _ in range(MAX_POLLS):  # there may be more mails than one poll fetches
                if not await process_unread(mailbox, database, arrivals, notifier, clock):
                    break
        except (RetryLater, Unavailable) as exc:
            log.warning("mailbox not read", why=str(exc))
        await asyncio.sleep(POLL_SECONDS)


async def process_unread(
    mailbox: PolledMailbox,
    database: Database[Store],
    arrivals: InboundContext,
    notifier: Notifier,
    clock: Clock,
) -> int:
    """Store every unread mail, then mark it as read; returns how many were stored.

    A mail that cannot be parsed is stored as a file for agents.
    """
    stored = 0
    for number, raw in await _run_in_pool(_SERVER, mailbox.fetch_unread):
        if mailbox.tries[number] >= MAX_TRIES:
            continue
        # Count the attempt before it starts: if this mail crashes the process, the next poll begins with the
        # others.
        mailbox.tries[number] += 1
        events = await _parse_mail(mailbox, raw, mailbox.tries[number])
        step = partial(apply_events, events=events, arrivals=arrivals, now=clock())
        for conversation in await database.write(step):
            notifier.notify(conversation)
        await _run_in_pool(_SERVER, partial(mailbox.mark_seen, [number]))
        del mailbox.tries[number]
        stored += 1
    return stored


async def _parse_mail(mailbox: PolledMailbox, raw: bytes, tries: int) -> list[ChannelEvent]:
    why = "it could not be stored"
    if tries <= MAX_PARSE_FAILURES:
        try:
            async with asyncio.timeout(MAX_PARSE_SECONDS):
                return await _run_in_pool(_READING, partial(mailbox.parse_events, raw))
        except BadInput as exc:
            why = str(exc)
        except TimeoutError:
            why = "taking it apart takes too long"
    log.warning("mail not understood", why=why)
    return mailbox.build_unreadable_events(raw)


async def _run_in_pool(pool: ThreadPoolExecutor, act: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, act)
