"""The knowledge base as support leads look after it: articles and their state, sources, contradictions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import Entered, Inside
from assistant.api.context import Context, Ctx
from assistant.api.rate_limit_rules import LimitedRoute
from assistant.api.schemas import stamp
from assistant.api.source_labels import Places
from assistant.domain.article_lifecycle import Contradiction, Source, Trouble
from assistant.domain.article_listing import STATES, Listed
from assistant.domain.audit import agent as actor
from assistant.domain.errors import BadInput, Forbidden, NotFound
from assistant.domain.hours import business_day
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/knowledge", tags=["agent"], route_class=LimitedRoute)

PAGE = 50
#: Troubles and contradictions beyond these wait until some are dealt with.
MOST = 200


class DismissIn(BaseModel):
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class SourceIn(BaseModel):
    source: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@router.get("")
async def overview(_inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """What is wrong with the knowledge base, where it comes from, how many articles are in which state."""
    today = business_day(ctx.clock(), ctx.policy.zone)

    def step(store: Store) -> dict[str, Any]:
        articles, troubles = (
            store.article_lifecycle.list_article_listings(),
            store.article_lifecycle.list_source_problems(),
        )
        by_place = {one.place: one for one in troubles}
        read = Counter(article.origin.source for article in articles if article.origin)
        failing = Counter(one.source for one in troubles)
        names = {agent.id: agent.name for agent in store.agents.list_all()}
        every = store.sources.list_sources()
        places = Places(one.source for one in every)
        return {
            "states": {
                state: sum(article.is_in(state, today, by_place) for article in articles) for state in STATES
            },
            "articles": len(articles),
            "sources": [
                _source_out(one, ctx, places)
                | {
                    "articles": read[one.source],
                    "troubles": failing[one.source],
                    "trouble": _told(by_place.get(one.source), places),
                }
                for one in every
            ],
            "troubles": [_trouble_out(one, places) for one in troubles[:MOST]],
            "remarks": [
                _trouble_out(one, places) for one in store.article_lifecycle.list_source_remarks()[:MOST]
            ],
            "contradictions": [
                _contradiction_out(one, ctx)
                for one in store.article_lifecycle.list_open_contradictions(today)[:MOST]
            ],
            "dismissed": [
                _contradiction_out(one.contradiction, ctx)
                | {"by": names.get(one.by, one.by), "at": stamp(one.at), "reason": one.why}
                for one in store.article_lifecycle.list_dismissals()[:MOST]
            ],
        }

    return await ctx.database.read(step)


@router.get("/articles")
async def articles(
    _inside: Inside,
    ctx: Ctx,
    state: Literal["", "failed", "vanished", "ends_soon", "not_yet", "replaced", "ended", "holds"] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """A page of articles: all, or those of a state, whose title or id holds *q*."""
    today, wanted = business_day(ctx.clock(), ctx.policy.zone), q.strip().casefold()

    def step(store: Store) -> dict[str, Any]:
        by_place = {one.place: one for one in store.article_lifecycle.list_source_problems()}
        sources = {one.source: one for one in store.sources.list_sources()}
        places = Places(sources)
        found = [
            article
            for article in store.article_lifecycle.list_article_listings()
            if (not state or article.is_in(state, today, by_place))
            and (wanted in article.title.casefold() or wanted in article.id.casefold())
        ]
        page = found[after : after + PAGE]
        return {
            "articles": [
                _article_out(one, sources, by_place, ctx, places)
                | {"state": one.state(today), "ends_soon": one.ends_soon(today)}
                for one in page
            ],
            "found": len(found),
            "next": after + PAGE if len(found) > after + PAGE else None,
        }

    return await ctx.database.read(step)


@router.post("/contradictions/{contradiction}/dismiss")
async def dismiss(contradiction: str, body: DismissIn, inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """The two articles do not disagree: customers get both as they are from now on."""
    who, now = _lead(inside), ctx.clock()

    def step(store: Store) -> bool:
        if not store.article_lifecycle.dismiss_contradiction(contradiction, who, now, body.reason):
            return False
        store.audit.append_entry(actor(who), "dismiss", now, contradiction=contradiction, reason=body.reason)
        return True

    if not await ctx.database.write(step):
        raise NotFound("There is no such contradiction; an article may have changed meanwhile.")
    return {"id": contradiction}


@router.post("/contradictions/{contradiction}/restore")
async def restore(contradiction: str, inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """The two articles disagree after all."""
    who, now = _lead(inside), ctx.clock()

    def step(store: Store) -> bool:
        if not store.article_lifecycle.restore_contradiction(contradiction):
            return False
        store.audit.append_entry(actor(who), "restore", now, contradiction=contradiction)
        return True

    if not await ctx.database.write(step):
        raise NotFound("Nobody had dismissed that contradiction.")
    return {"id": contradiction}


@router.post("/sources/read", status_code=202)
async def read_again(body: SourceIn, inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """Have a web source read again now."""
    who, now = _lead(inside), ctx.clock()
    if "://" not in body.source:
        raise BadInput("Folders and files are read by `assistant ingest`, with --watch as they change.")

    def step(store: Store) -> bool:
        if not store.sources.request_resync(body.source):
            return False
        store.audit.append_entry(actor(who), "read_again", now, source=body.source)
        return True

    if not await ctx.database.write(step):
        raise NotFound("No article was ever read from there.")
    return {"source": body.source}


def _lead(inside: Entered) -> str:
    """The agent, if they may change the knowledge base."""
    if not inside.agent.admin:
        raise Forbidden("Only administrators change the knowledge base.")
    return inside.agent.id


def _link(article: str, url: str | None, ctx: Context) -> str:
    return url or f"{ctx.public_url.rstrip('/')}/help/{quote(article)}"


def _article_out(
    article: Listed,
    sources: Mapping[str, Source],
    troubles: Mapping[str, Trouble],
    ctx: Context,
    places: Places,
) -> dict[str, Any]:
    origin, trouble = article.origin, article.trouble(troubles)
    source = sources.get(origin.source) if origin else None
    return {
        "id": article.id,
        "title": article.title,
        "language": article.language,
        "url": _link(article.id, article.url, ctx),
        "updated": article.updated,
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
        "replaced_by": article.replaced_by,
        "source": places.source(origin.source) if origin else None,
        "location": places.inside(origin.location, origin.source) if origin else None,
        "read_at": stamp(source.read_at) if source else None,
        "trouble": _told(trouble, places),
    }


def _trouble_out(trouble: Trouble, places: Places) -> dict[str, Any]:
    return asdict(trouble) | {
        "place": places.inside(trouble.place, trouble.source),
        "source": places.source(trouble.source),
        "why": trouble.why.replace(trouble.source, places.source(trouble.source)),
        "since": stamp(trouble.since),
        "vanished": trouble.vanished,
    }


def _told(trouble: Trouble | None, places: Places) -> dict[str, Any] | None:
    return _trouble_out(trouble, places) if trouble else None


def _source_out(source: Source, ctx: Context, places: Places) -> dict[str, Any]:
    every = ctx.resync if source.on_the_web and not source.wanted else None
    return {
        "source": places.source(source.source),
        "web": source.on_the_web,
        "prune": source.prune,
        "read_at": stamp(source.read_at),
        "looked_at": stamp(source.looked_at),
        "failures": source.failures,
        "next_at": stamp(source.due_at(every)) if every else None,
        "reading": source.wanted or source.lease is not None,
    }


def _contradiction_out(found: Contradiction, ctx: Context) -> dict[str, Any]:
    def side(which: Any) -> dict[str, Any]:
        return asdict(which) | {"url": _link(which.article, which.url, ctx)}

    newer = found.newer
    return {
        "id": found.id,
        "measure": found.measure,
        "found_at": stamp(found.found_at),
        "one": side(found.one),
        "other": side(found.other),
        #: Customers get this side; None: both, and a person is offered.
        "newer": None if newer is None else ("one" if newer is found.one else "other"),
    }
