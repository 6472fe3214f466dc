"""What the worker process does for leads who write articles: publish, check, try a question, read a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.app.shadow_knowledge import open_shadow, publish_article, withdraw_article
from assistant.app.wiring import build_retriever
from assistant.domain.draft_checks import DraftCheck, TriedQuestion
from assistant.domain.errors import BadInput
from assistant.domain.markdown import strip_markdown
from assistant.text.terms import extract_terms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from assistant.app.knowledge_base import KnowledgeBase
    from assistant.app.settings import Settings
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.article_drafts import ArticleFields
    from assistant.domain.knowledge import HelpEntry, Passage

#: Characters of a draft that tell what comes near it.
MAX_NEAR_CHARACTERS = 1_500
#: Passages that a search of the help looks at, and the score below which one is not shown.
MAX_FOUND_PASSAGES = 24
MIN_FOUND_SCORE = 0.02
#: The score from which a passage is shown that has no word of what is searched for.
MIN_SCORE_WITHOUT_WORDS = 0.25
MAX_EXCERPT_CHARACTERS = 140
#: Contradictions of one draft that are told.
MAX_TOLD_CONTRADICTIONS = 20


class ArticleDesk:
    """The functions that the web process calls; one shadow copy at a time is in memory."""

    def __init__(self, knowledge: KnowledgeBase, mind: TurnDependencies, settings: Settings) -> None:
        self._knowledge, self._mind, self._settings = knowledge, mind, settings
        self._one_at_a_time = asyncio.Lock()

    async def publish_article(self, article: str, fields: ArticleFields) -> Sequence[str]:
        """Customers get it from now on; returns what was ignored in it."""
        from assistant.knowledge.loaders.reader import ChildProcessReader

        async with ChildProcessReader() as reader:
            return await publish_article(self._knowledge, article, fields, reader)

    async def withdraw_article(self, article: str) -> None:
        """Customers do not get it any more."""
        await withdraw_article(self._knowledge, article)

    async def check_draft(self, article: str, fields: ArticleFields) -> DraftCheck:
        """What would be wrong if the draft were published."""
        try:
            async with self._publish_to_shadow(article, fields) as (shadow, warnings):
                today = shadow.current_date()
                found = await shadow.database.read(
                    lambda store: store.article_lifecycle.list_open_contradictions(today)
                )
        except BadInput as exc:
            return DraftCheck(problem=str(exc))
        own = [one for one in found if article in (one.one.article, one.other.article)]
        return DraftCheck(warnings=tuple(warnings), contradictions=tuple(own[:MAX_TOLD_CONTRADICTIONS]))

    async def ask_draft(self, article: str, fields: ArticleFields, question: str) -> TriedQuestion:
        """What customers get for *question* now, and what they would get with the draft."""
        from assistant.conversation.turn.ask_once import answer_once

        before = await answer_once(self._mind, question)
        async with self._publish_to_shadow(article, fields, question) as (shadow, _warnings):
            retriever = build_retriever(self._settings, shadow)
            after = await answer_once(replace(self._mind, retriever=retriever), question)
        return TriedQuestion(before=before, after=after)

    async def search_help(self, question: str, language: str) -> Sequence[HelpEntry]:
        """Articles for a customer who searches the help, best first, each with what was found in it."""
        from assistant.domain.knowledge import HelpEntry

        found = await self._knowledge.retriever.search(question, language=language, limit=MAX_FOUND_PASSAGES)
        entries: dict[str, HelpEntry] = {}
        asked = extract_terms(question)
        for passage in found:
            if passage.language == language and _is_found(asked, passage):
                excerpt = strip_markdown(passage.text)[:MAX_EXCERPT_CHARACTERS]
                entry = HelpEntry(
                    id=passage.article, title=passage.title, language=passage.language, excerpt=excerpt
                )
                entries.setdefault(entry.id, entry)
        return list(entries.values())

    async def read_upload(self, name: str, data: bytes) -> list[ArticleFields]:
        """The articles in an uploaded file; Unreadable says how to fix it."""
        from assistant.knowledge.ingest.console_articles import read_upload
        from assistant.knowledge.loaders.reader import ChildProcessReader

        async with ChildProcessReader() as reader:
            return await read_upload(name, data, reader)

    @asynccontextmanager
    async def _publish_to_shadow(
        self, article: str, fields: ArticleFields, *near: str
    ) -> AsyncIterator[tuple[KnowledgeBase, Sequence[str]]]:
        """A copy of the knowledge base in which the draft is published."""
        from assistant.knowledge.loaders.reader import ChildProcessReader

        near = (*near, f"{fields.title}\n{fields.text}"[:MAX_NEAR_CHARACTERS])
        async with self._one_at_a_time, ChildProcessReader() as reader:
            shadow = await open_shadow(self._knowledge, self._settings, near)
            try:
                yield shadow, await publish_article(shadow, article, fields, reader)
            finally:
                await shadow.close()


def _is_found(asked: frozenset[str], passage: Passage) -> bool:
    """Whether it is likely enough; search always proposes something, also for words that mean nothing."""
    if passage.score >= MIN_SCORE_WITHOUT_WORDS:
        return True
    words = extract_terms(" ".join((passage.title, *passage.headings, passage.text)))
    return passage.score >= MIN_FOUND_SCORE and not asked.isdisjoint(words)
