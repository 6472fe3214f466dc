"""The knowledge base for support leads: articles and their state, sources, contradictions."""

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.agent_responses import IdOut
from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import Ctx
from assistant.api.knowledge_responses import (
    ArticlePageOut,
    KnowledgeOverviewOut,
    SourceRequestOut,
)
from assistant.api.knowledge_schemas import (
    serialize_article,
    serialize_contradiction,
    serialize_dismissal,
    serialize_optional_problem,
    serialize_problem,
    serialize_source,
)
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example
from assistant.api.source_labels import SourceLabels
from assistant.domain.article_listing import STATES
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.hours import compute_business_day
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/knowledge", tags=["agent"], route_class=RateLimitedRoute)

PAGE = 50
#: Most problems and contradictions listed.
MAX_LISTED_ITEMS = 200


class DismissIn(BaseModel):
    model_config = build_example(reason="One is about gift cards, the other about goods.")

    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class SourceIn(BaseModel):
    model_config = build_example(source="https://help.shop.example/sitemap.xml")

    source: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@router.get("")
async def get_knowledge_overview(_inside: CurrentAgent, ctx: Ctx) -> KnowledgeOverviewOut:
    """Problems of the knowledge base, its sources, and the number of articles per state."""
    today = compute_business_day(ctx.clock(), ctx.policy.zone)

    def load_overview(store: Store) -> KnowledgeOverviewOut:
        articles, problems = (
            store.article_lifecycle.list_article_listings(),
            store.article_lifecycle.list_source_problems(),
        )
        by_place = {one.place: one for one in problems}
        read = Counter(article.origin.source for article in articles if article.origin)
        failing = Counter(one.source for one in problems)
        names = {agent.id: agent.name for agent in store.agents.list_all()}
        every = store.sources.list_sources()
        places = SourceLabels(one.source for one in every)
        return {
            "states": {
                state: sum(article.is_in_state(state, today, by_place) for article in articles)
                for state in STATES
            },
            "articles": len(articles),
            "sources": [
                {
                    **serialize_source(one, ctx, places),
                    "articles": read[one.source],
                    "troubles": failing[one.source],
                    "trouble": serialize_optional_problem(by_place.get(one.source), places),
                }
                for one in every
            ],
            "troubles": [serialize_problem(one, places) for one in problems[:MAX_LISTED_ITEMS]],
            "remarks": [
                serialize_problem(one, places)
                for one in store.article_lifecycle.list_source_remarks()[:MAX_LISTED_ITEMS]
            ],
            "contradictions": [
                serialize_contradiction(one, ctx)
                for one in store.article_lifecycle.list_open_contradictions(today)[:MAX_LISTED_ITEMS]
            ],
            "dismissed": [
                serialize_dismissal(one, ctx, names)
                for one in store.article_lifecycle.list_dismissals()[:MAX_LISTED_ITEMS]
            ],
        }

    return await ctx.database.read(load_overview)


@router.get("/articles")
async def list_knowledge_articles(
    _inside: CurrentAgent,
    ctx: Ctx,
    state: Literal["", "failed", "vanished", "ends_soon", "not_yet", "replaced", "ended", "holds"] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> ArticlePageOut:
    """A page of articles: all, or those in a state, whose title or id contains *q*."""
    today, wanted = compute_business_day(ctx.clock(), ctx.policy.zone), q.strip().casefold()

    def load_article_page(store: Store) -> ArticlePageOut:
        by_place = {one.place: one for one in store.article_lifecycle.list_source_problems()}
        sources = {one.source: one for one in store.sources.list_sources()}
        places = SourceLabels(sources)
        found = [
            article
            for article in store.article_lifecycle.list_article_listings()
            if (not state or article.is_in_state(state, today, by_place))
            and (wanted in article.title.casefold() or wanted in article.id.casefold())
        ]
        page = found[after : after + PAGE]
        return {
            "articles": [
                {
                    **serialize_article(one, sources, by_place, ctx, places),
                    "state": one.compute_state(today),
                    "ends_soon": one.ends_soon(today),
                }
                for one in page
            ],
            "found": len(found),
            "next": after + PAGE if len(found) > after + PAGE else None,
        }

    return await ctx.database.read(load_article_page)


@router.post("/contradictions/{contradiction}/dismiss")
async def dismiss_contradiction(contradiction: str, body: DismissIn, inside: CurrentLead, ctx: Ctx) -> IdOut:
    """Mark a contradiction as none: customers get answers from both articles again."""
    who, now = inside.agent.id, ctx.clock()

    def dismiss_and_audit(store: Store) -> bool:
        if not store.article_lifecycle.dismiss_contradiction(contradiction, who, now, body.reason):
            return False
        store.audit.append_entry(actor(who), "dismiss", now, contradiction=contradiction, reason=body.reason)
        return True

    if not await ctx.database.write(dismiss_and_audit):
        raise NotFound("There is no such contradiction; an article may have changed meanwhile.")
    return {"id": contradiction}


@router.post("/contradictions/{contradiction}/restore")
async def restore_contradiction(contradiction: str, inside: CurrentLead, ctx: Ctx) -> IdOut:
    """Undo a dismissal."""
    who, now = inside.agent.id, ctx.clock()

    def restore_and_audit(store: Store) -> bool:
        if not store.article_lifecycle.restore_contradiction(contradiction):
            return False
        store.audit.append_entry(actor(who), "restore", now, contradiction=contradiction)
        return True

    if not await ctx.database.write(restore_and_audit):
        raise NotFound("Nobody had dismissed that contradiction.")
    return {"id": contradiction}


@router.post("/sources/read", status_code=202)
async def request_source_resync(body: SourceIn, inside: CurrentLead, ctx: Ctx) -> SourceRequestOut:
    """Request a resync of a web source."""
    who, now = inside.agent.id, ctx.clock()
    if "://" not in body.source:
        raise BadInput("Folders and files are read by `assistant ingest`, with --watch as they change.")

    def request_and_audit(store: Store) -> bool:
        if not store.sources.request_resync(body.source):
            return False
        store.audit.append_entry(actor(who), "read_again", now, source=body.source)
        return True

    if not await ctx.database.write(request_and_audit):
        raise NotFound("No article was ever read from there.")
    return {"source": body.source}
