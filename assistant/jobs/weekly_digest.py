"""Makes the week's digest when it is due, and mails it: once, however many processes there are."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from assistant.conversation.digest import MaskText, build_digest, build_week_range
from assistant.conversation.templates.digest import render_digest, render_digest_title
from assistant.conversation.webhook_events import publish_event
from assistant.domain.digest import DigestMail, DigestMailState, find_due_digest
from assistant.domain.errors import RetryLater, Unavailable, Undeliverable
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.policy import Policy
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

LOOK_SECONDS = 30.0
MAX_TRIES = 6

#: Sends (recipient, subject, text, key); the key is the same for each try of a mail.
SendMail = Callable[[str, str, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyDigest:
    database: Database[Store]
    policy: Policy
    #: None: no mail server is set.
    send_mail: SendMail | None
    mask_text: MaskText
    #: Where the console has the figures.
    link: str
    clock: Clock

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.make_digest()
                await self.send_mails()
            await asyncio.sleep(LOOK_SECONDS)

    async def make_digest(self) -> None:
        """Write its mails and tell other systems, in one transaction of one process."""
        now = self.clock()
        due = find_due_digest(self.policy.digest, self.policy.zone, now)
        if due is None:
            return
        week = due[0].date().isoformat()

        def add_digest(store: Store) -> None:
            if store.digests.add(week, self.policy.digest.to, now):
                publish_event(store, EventType.DIGEST_READY, now, week=week)

        await self.database.write(add_digest)

    async def send_mails(self) -> None:
        """Each is claimed before it is sent, so no other process sends it too."""
        while True:
            now = self.clock()
            mail = await self.database.write(partial(_claim_mail, now=now))
            if mail is None:
                return
            state, why = await self._try_mail(mail)
            await self.database.write(partial(_save_mail, mail=mail, state=state, why=why, now=now))

    async def _try_mail(self, mail: DigestMail) -> tuple[DigestMailState, str | None]:
        if self.send_mail is None:
            log.warning("the weekly digest is not mailed: no mail server is set", to=mail.recipient)
            return DigestMailState.FAILED, "no mail server"
        now, language = self.clock(), self.policy.digest.language
        week = build_week_range(mail.week, self.policy.zone, now)
        digest = await self.database.read(lambda store: build_digest(store, week, self.mask_text, now))
        title, text = render_digest_title(digest, language), render_digest(digest, language, self.link)
        try:
            await self.send_mail(mail.recipient, title, text, f"digest-{mail.week}-{mail.recipient}")
        except RetryLater as exc:
            last = mail.tries >= MAX_TRIES
            return (DigestMailState.FAILED if last else DigestMailState.PENDING), str(exc)[:200]
        except Undeliverable as exc:
            return DigestMailState.FAILED, str(exc)[:200]
        return DigestMailState.SENT, None


def _claim_mail(store: Store, *, now: datetime) -> DigestMail | None:
    return store.digests.claim_mail(now)


def _save_mail(
    store: Store, *, mail: DigestMail, state: DigestMailState, why: str | None, now: datetime
) -> None:
    store.digests.save_mail(mail, state, now, why)
