"""The knowledge base for support leads: articles and their state, sources, contradictions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import format_timestamp
from assistant.api.source_labels import SourceLabels
from assistant.domain.article_lifecycle import Contradiction, KnowledgeSource, SourceProblem
from assistant.domain.article_listing import STATES, ArticleListing
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.hours import compute_business_day
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/knowledge", tags=["agent"], route_class=RateLimitedRoute)

PAGE = 50
#: Most problems and contradictions listed.
MAX_LISTED_ITEMS = 200


class DismissIn(BaseModel):
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class SourceIn(BaseModel):
    source: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@router.get("")
async def get_knowledge_overview(_inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """Problems of the knowledge base, its sources, and the number of articles per state."""
    today = compute_business_day(ctx.clock(), ctx.policy.zone)

    def load_overview(store: Store) -> dict[str, Any]:
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
                _serialize_source(one, ctx, places)
                | {
                    "articles": read[one.source],
                    "troubles": failing[one.source],
                    "trouble": _serialize_optional_problem(by_place.get(one.source), places),
                }
                for one in every
            ],
            "troubles": [_serialize_problem(one, places) for one in problems[:MAX_LISTED_ITEMS]],
            "remarks": [
                _serialize_problem(one, places)
                for one in store.article_lifecycle.list_source_remarks()[:MAX_LISTED_ITEMS]
            ],
            "contradictions": [
                _serialize_contradiction(one, ctx)
                for one in store.article_lifecycle.list_open_contradictions(today)[:MAX_LISTED_ITEMS]
            ],
            "dismissed": [
                _serialize_contradiction(one.contradiction, ctx)
                | {"by": names.get(one.by, one.by), "at": format_timestamp(one.at), "reason": one.why}
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
) -> dict[str, Any]:
    """A page of articles: all, or those in a state, whose title or id contains *q*."""
    today, wanted = compute_business_day(ctx.clock(), ctx.policy.zone), q.strip().casefold()

    def load_article_page(store: Store) -> dict[str, Any]:
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
                _serialize_article(one, sources, by_place, ctx, places)
                | {"state": one.compute_state(today), "ends_soon": one.ends_soon(today)}
                for one in page
            ],
            "found": len(found),
            "next": after + PAGE if len(found) > after + PAGE else None,
        }

    return await ctx.database.read(load_article_page)


@router.post("/contradictions/{contradiction}/dismiss")
async def dismiss_contradiction(
    contradiction: str, body: DismissIn, inside: CurrentLead, ctx: Ctx
) -> dict[str, Any]:
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
async def restore_contradiction(contradiction: str, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
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
async def request_source_resync(body: SourceIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
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


def _build_article_url(article: str, url: str | None, ctx: ApiContext) -> str:
    return url or f"{ctx.public_url.rstrip('/')}/help/{quote(article)}"


def _serialize_article(
    article: ArticleListing,
    sources: Mapping[str, KnowledgeSource],
    problems: Mapping[str, SourceProblem],
    ctx: ApiContext,
    places: SourceLabels,
) -> dict[str, Any]:
    origin, problem = article.origin, article.find_problem(problems)
    source = sources.get(origin.source) if origin else None
    return {
        "id": article.id,
        "title": article.title,
        "language": article.language,
        "url": _build_article_url(article.id, article.url, ctx),
        "updated": article.updated,
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
        "replaced_by": article.replaced_by,
        "source": places.label_source(origin.source) if origin else None,
        "location": places.label_location(origin.location, origin.source) if origin else None,
        "read_at": format_timestamp(source.read_at) if source else None,
        "trouble": _serialize_optional_problem(problem, places),
    }


def _serialize_problem(problem: SourceProblem, places: SourceLabels) -> dict[str, Any]:
    return asdict(problem) | {
        "place": places.label_location(problem.place, problem.source),
        "source": places.label_source(problem.source),
        "why": problem.why.replace(problem.source, places.label_source(problem.source)),
        "since": format_timestamp(problem.since),
        "vanished": problem.is_vanished,
    }


def _serialize_optional_problem(problem: SourceProblem | None, places: SourceLabels) -> dict[str, Any] | None:
    return _serialize_problem(problem, places) if problem else None


def _serialize_source(source: KnowledgeSource, ctx: ApiContext, places: SourceLabels) -> dict[str, Any]:
    every = ctx.resync if source.is_web_source and not source.wanted else None
    return {
        "source": places.label_source(source.source),
        "web": source.is_web_source,
        "prune": source.prune,
        "read_at": format_timestamp(source.read_at),
        "looked_at": format_timestamp(source.looked_at),
        "failures": source.failures,
        "next_at": format_timestamp(source.due_at(every)) if every else None,
        "reading": source.wanted or source.lease is not None,
    }


def _serialize_contradiction(found: Contradiction, ctx: ApiContext) -> dict[str, Any]:
    def serialize_side(which: Any) -> dict[str, Any]:
        return asdict(which) | {"url": _build_article_url(which.article, which.url, ctx)}

    newer = found.newer_side
    return {
        "id": found.id,
        "measure": found.measure,
        "found_at": format_timestamp(found.found_at),
        "one": serialize_side(found.one),
        "other": serialize_side(found.other),
        #: The side that customers get; None: both, with the offer of a person.
        "newer": None if newer is None else ("one" if newer is found.one else "other"),
    }
