"""The product as it serves, with a fake mailbox and SMTP server, over three small articles."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from assistant.domain.channels import Thread
from assistant.domain.conversation import Conversation
from assistant.domain.inbox import InboxFilter
from assistant.domain.messages import Author, Message
from evals.world.post import FakeMailServer

ARTICLES = {
    "returns.md": "# 返品の期限\n\n返品の申し込み期限は30日以内です。\n\n## 返品の送料\n\n"
    "返品の送料はお客様のご負担です。\n",
    "delivery.md": "# 配送\n\n配送料は全国一律550円です。お届けまで3日ほどかかります。\n",
    "payment.md": "# 支払い方法\n\nクレジットカードと銀行振込が使えます。\n",
}
WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMail:
    """The result of a mail."""

    conversation: Conversation
    thread: Thread
    messages: tuple[Message, ...]

    @property
    def text(self) -> str:
        """The customer's last text."""
        return [m.text for m in self.messages if m.author is Author.CUSTOMER][-1]


class MailService:
    def __init__(self, post: FakeMailServer, service: object) -> None:
        from assistant.app.worker_app import AssistantService

        assert isinstance(service, AssistantService)
        self.post, self._service = post, service

    async def find_mail(self, peer: str, *, answered: bool = False) -> FoundMail | None:
        """The newest conversation with *peer*, with its answer if one comes; None: there is none."""
        end = asyncio.get_running_loop().time() + WAIT_SECONDS
        while self.post.unread and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        found = await self._find_conversation(peer)
        while answered and found and asyncio.get_running_loop().time() < end:
            if any(m.author is not Author.CUSTOMER for m in found.messages) and not self._is_waiting(peer):
                return found
            await asyncio.sleep(0.05)
            found = await self._find_conversation(peer)
        return found

    def _is_waiting(self, peer: str) -> bool:
        return not any(peer in str(mail["To"]) for mail in self.post.sent)

    async def count_conversations(self, peer: str) -> int:
        return len(
            await self._service.knowledge.database.read(lambda store: _list_conversations(store, peer))
        )

    async def _find_conversation(self, peer: str) -> FoundMail | None:
        def find_in_store(store: object) -> FoundMail | None:
            found = _list_conversations(store, peer)
            if not found:
                return None
            newest = max(found, key=lambda one: one[0].updated_at)
            messages = tuple(store.messages.list_public(newest[0].id))  # type: ignore[attr-defined]
            return FoundMail(conversation=newest[0], thread=newest[1], messages=messages)

        return await self._service.knowledge.database.read(find_in_store)


def _list_conversations(store: object, peer: str) -> list[tuple[Conversation, Thread]]:
    page = store.conversations.list_inbox(InboxFilter(), after=None, limit=1000)  # type: ignore[attr-defined]
    with_threads = [(one, store.threads.find_by_conversation(one.id)) for one in page]  # type: ignore[attr-defined]
    return [(one, thread) for one, thread in with_threads if thread and thread.address.peer == peer]


@asynccontextmanager
async def serve_mail(scratch: Path) -> AsyncIterator[MailService]:
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.settings import load_settings
    from assistant.app.worker_app import build_service
    from assistant.jobs import imap_poller
    from assistant.knowledge.ingest.run import IngestOptions, ingest_sources

    articles = scratch / "articles"
    articles.mkdir()
    for name, text in ARTICLES.items():
        (articles / name).write_text(text, "utf-8")
    async with FakeMailServer().serve_mail() as post:
        mailed = {
            "ASSISTANT_EMAIL_ADDRESS": "support@shop.example",
            "ASSISTANT_EMAIL_SECRET": "signs our addresses",
            "ASSISTANT_EMAIL_SMTP_URL": f"smtp://127.0.0.1:{post.smtp_port}",
            "ASSISTANT_EMAIL_IMAP_URL": f"imap://support:p%20w@127.0.0.1:{post.imap_port}?encryption=none",
        }
        own = {"data_dir": scratch / "data", "chat_model": "extractive"}
        settings = load_settings().model_copy(update=own)
        prepare_data_dir(settings.data_dir)
        with patch.dict(os.environ, mailed), patch.object(imap_poller, "POLL_SECONDS", 0.2):
            service = await build_service(settings)
            knowledge = service.knowledge
            await ingest_sources(
                [str(articles)],
                index=knowledge.indexer,
                count_tokens=knowledge.embedder.count_tokens,
                options=IngestOptions(),
            )
            await knowledge.refresh_index()
            async with service.run_tasks():
                yield MailService(post, service)
