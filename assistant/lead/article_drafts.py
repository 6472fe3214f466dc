"""Saving and publishing articles that are written in the console: nobody's text is lost."""

import re
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from assistant.domain.article_drafts import CONSOLE, ArticleFields, ArticleRevision
from assistant.domain.audit import format_actor
from assistant.domain.errors import BadInput, Conflict, NotFound
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

#: Tries to get a revision number while others save.
ATTEMPTS = 5
#: A path of at least two parts; files of other systems may have letters of any script.
ID = re.compile(r"(?!\.+(?:/|$))[\w.-]+(?:/(?!\.+(?:/|$))[\w.-]+)+")


class ReadOnlyArticle(Conflict):
    """This article is read from a file or a web page: change it there."""

    code = "read_only"


class NotPublished(NotFound):
    """That article is not published."""


class SavedDraft(NamedTuple):
    revision: ArticleRevision
    #: What somebody else had saved meanwhile; None: nobody had.
    theirs: ArticleRevision | None


def find_head(store: Store, article: str) -> ArticleRevision | None:
    """The revision that the next one goes on from."""
    return next((one for one in store.article_drafts.list_revisions(article) if not one.beside), None)


def create_article_id(language: str, slug: str) -> str:
    """The id, and the path under /help/, of a new article."""
    return f"{language}/{slug or uuid4().hex[:10]}"


def save_draft(
    store: Store, article: str, base: int, fields: ArticleFields, agent: Agent, now: datetime
) -> SavedDraft:
    """Save a text that was written over revision *base* (0: a new article).

    If somebody else saved meanwhile, both texts are kept, and theirs is what the next one goes on from.
    """
    if not ID.fullmatch(article) or ".." in article:
        raise BadInput("An address has letters, digits, hyphens and slashes, such as ja/return-deadline.")
    _require_writable(store, article)
    for _ in range(ATTEMPTS):
        known = store.article_drafts.list_revisions(article)
        head = next((one for one in known if not one.beside), None)
        if head is not None and head.fields == fields:
            return SavedDraft(head, None)
        theirs = head if head is not None and head.revision != base else None
        made = ArticleRevision(
            article=article,
            revision=known[0].revision + 1 if known else 1,
            base=base,
            beside=theirs is not None,
            fields=fields,
            agent=agent.id,
            agent_name=agent.name,
            created_at=now,
        )
        if store.article_drafts.add_revision(made):
            return SavedDraft(made, theirs)
    raise Conflict("Others are saving this article at the same moment; save again.")


def _require_writable(store: Store, article: str) -> None:
    found = store.articles.find_article(article)
    if found is not None and (found.origin is None or found.origin.source != CONSOLE):
        raise ReadOnlyArticle


def load_publishable(store: Store, article: str, revision: int) -> ArticleRevision:
    """The revision to publish: the head, so that nobody publishes what they have not seen."""
    head = find_head(store, article)
    if head is None:
        raise NotFound("There is no such article.")
    if head.revision != revision:
        raise Conflict(f"{head.agent_name} saved a newer text; look at it first.", newer=head.revision)
    _require_writable(store, article)
    return head


def record_publication(store: Store, published: ArticleRevision, agent: Agent, now: datetime) -> None:
    store.article_drafts.mark_published(published.article, published.revision, now)
    facts = {"article": published.article, "revision": published.revision}
    store.audit.append_entry(format_actor(agent.id), "article_published", now, **facts)


def require_published(store: Store, article: str) -> None:
    """NotPublished unless customers get a revision of the article."""
    if not any(one.is_live for one in store.article_drafts.list_revisions(article)):
        raise NotPublished


def record_withdrawal(store: Store, article: str, agent: Agent, now: datetime) -> None:
    if not store.article_drafts.mark_withdrawn(article, now):
        raise NotPublished
    store.audit.append_entry(format_actor(agent.id), "article_withdrawn", now, article=article)
