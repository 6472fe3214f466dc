"""Downloads files that customers sent: limits their size, detects their type, reports failures to agents."""

import base64
from collections.abc import Mapping
from datetime import timedelta

import filetype  # type: ignore[import-untyped]

from assistant.domain.channels import Media, Thread
from assistant.domain.errors import RetryLater, Undeliverable
from assistant.domain.jobs import Job, JobKind
from assistant.ports.channels import Channel
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

#: Bytes of one file.
MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024
#: Tries before a download fails.
TRIES = 6
DEFAULT_MEDIA_TYPE = "application/octet-stream"
TEXT_MEDIA_TYPE = "text/plain"
#: A message text that is too long for a message, stored as a file.
OWN_TEXT = "text:"
#: A file that came inside the webhook call, in base64.
INLINE = "data:"


class AttachmentDownloader:
    def __init__(
        self,
        database: Database[Store],
        channels: Mapping[tuple[str, str], Channel],
        notifier: Notifier,
        clock: Clock,
    ) -> None:
        self._database, self._channels, self._notifier, self._clock = database, channels, notifier, clock

    async def download_attachments(self, item: Job) -> None:
        """Download every pending file of a conversation."""
        thread, wanted = await self._database.read(
            lambda store: (
                store.threads.find_by_conversation(item.conversation),
                list(store.media.list_pending(item.conversation)),
            )
        )
        for media in wanted:
            if not await self._download_one(item, media, thread):
                return
        await self._database.write(lambda store: self._complete_job(store, item))
        self._notifier.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """Mark every pending file of the conversation as failed."""

        def step(store: Store) -> None:
            for media in store.media.list_pending(item.conversation):
                store.media.mark_failed(media.id, "fetching it failed several times")
                store.journal.append_entry(media.conversation, media.message, self._clock())
            store.jobs.complete_job(JobKind.MEDIA, item.conversation, item.lease)

        await self._database.write(step)

    async def _download_one(self, item: Job, media: Media, thread: Thread | None) -> bool:
        """Download and store one file; returns False to try again later."""
        try:
            data = await self._fetch_data(media, thread)
        except RetryLater as exc:
            due_at, why = self._clock() + timedelta(seconds=2**item.tries), str(exc)
            if item.tries < TRIES:
                await self._database.write(lambda store: store.jobs.reschedule(item, due_at))
                return False
            await self._save_data(media, None, why)
        except Undeliverable as exc:
            await self._save_data(media, None, str(exc))
        else:
            too_large = (
                f"larger than {MAX_ATTACHMENT_BYTES // 1024 // 1024} MB"
                if len(data) > MAX_ATTACHMENT_BYTES
                else None
            )
            await self._save_data(media, None if too_large else data, too_large)
        return True

    async def _fetch_data(self, media: Media, thread: Thread | None) -> bytes:
        if media.source.startswith(OWN_TEXT):
            return media.source.removeprefix(OWN_TEXT).encode("utf-8", "replace")
        if media.source.startswith(INLINE):
            return base64.b64decode(media.source.removeprefix(INLINE))
        address = thread.address if thread else None
        channel = self._channels.get((address.channel, address.account)) if address else None
        if channel is None:
            raise Undeliverable("this channel is not set up any more")
        return await channel.fetch_media(media.source)

    async def _save_data(self, media: Media, data: bytes | None, why: str | None) -> None:
        def step(store: Store) -> None:
            if data is None:
                store.media.mark_failed(media.id, why or "it could not be had")
            else:
                store.media.save_data(media.id, detect_media_type(data, media.source), data)
            store.journal.append_entry(media.conversation, media.message, self._clock())

        await self._database.write(step)

    def _complete_job(self, store: Store, item: Job) -> None:
        store.conversations.get(item.conversation)
        store.jobs.complete_job(JobKind.MEDIA, item.conversation, item.lease)
        if store.media.list_pending(item.conversation):
            now = self._clock()
            store.jobs.schedule_once(JobKind.MEDIA, item.conversation, now, now)


def detect_media_type(data: bytes, source: str = "") -> str:
    """The media type of the content; the type that the sender claims is not trusted."""
    found = filetype.guess(data)
    if found is not None:
        return str(found.mime)
    return TEXT_MEDIA_TYPE if source.startswith(OWN_TEXT) else DEFAULT_MEDIA_TYPE
