"""The agents' inbox: filtered lists, search over all time, saved views with live counts, tags."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, StringConstraints

from assistant.api.agent_responses import AgentReferenceOut, InboxCountsOut, InboxPageOut, TagOut
from assistant.api.auth import CurrentAdmin, CurrentAgent, require_admin
from assistant.api.context import Ctx
from assistant.api.desk_responses import FilteredItem, TagsOut, ViewOut, ViewsOut
from assistant.api.inbox_rows import load_found_rows, load_inbox_rows
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import ShownLine, build_example
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import State
from assistant.domain.desk_items import SavedView
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.inbox import InboxFilter, InboxPlace, find_place
from assistant.ports.storage.store import Store
from assistant.text.search_terms import parse_search_query

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

PAGE = 50
#: Conversations that the count of a view goes up to.
MAX_COUNT = 999
MAX_VIEWS = 200

Code = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]


class FilterIn(BaseModel):
    """Which conversations; what is empty does not matter."""

    state: Literal["", "assistant", "queued", "agent", "closed"] = ""
    #: Conversations of the caller.
    mine: Literal["", "true", "false", "1", "0"] = ""
    #: Conversations of the agent with this id.
    agent: Code = ""
    channel: Code = ""
    language: Code = ""
    reason: Code = ""
    priority: Literal["", "urgent", "high", "normal", "low"] = ""
    #: Id of a tag.
    tag: Code = ""
    #: A note names the caller; the caller follows it.
    mentioned: Literal["", "true", "1"] = ""
    following: Literal["", "true", "1"] = ""
    #: A call is to be made.
    callback: Literal["", "true", "1"] = ""
    #: The customer has waited for so many minutes at least.
    waiting: Annotated[str, StringConstraints(pattern=r"^\d{0,6}$")] = ""
    #: Id of a team: conversations of its members.
    team: Code = ""
    #: It began so many hours ago at least.
    age: Annotated[str, StringConstraints(pattern=r"^\d{0,6}$")] = ""
    snoozed: Literal["", "true", "false", "1", "0"] = ""
    #: The next deadline is near, or over.
    sla: Literal["", "at_risk", "breached"] = ""

    def to_filter(self, caller: str, now: datetime) -> InboxFilter:
        owner = caller if self.mine in ("true", "1") else self.agent or None
        since = now - timedelta(minutes=int(self.waiting)) if self.waiting else None
        return InboxFilter(
            state=State(self.state) if self.state else None,
            agent=owner,
            channel=self.channel or None,
            language=self.language or None,
            reason=self.reason or None,
            priority=self.priority or None,
            tag=self.tag or None,
            mentioned=caller if self.mentioned else None,
            followed_by=caller if self.following else None,
            callback=bool(self.callback),
            waiting_since=since,
            team=self.team or None,
            begun_before=now - timedelta(hours=int(self.age)) if self.age else None,
            snoozed=self.snoozed in ("true", "1") if self.snoozed else None,
            sla=self.sla or None,
            now=now,
        )


class PageIn(FilterIn):
    after: Annotated[str, StringConstraints(max_length=120)] = ""
    q: Annotated[str, StringConstraints(max_length=200)] = ""


class ViewIn(BaseModel):
    model_config = build_example(name="Waiting in English", filters={"state": "queued", "language": "en"})

    name: Annotated[ShownLine, StringConstraints(max_length=60)]
    filters: FilterIn
    #: Everybody's, not only the caller's own.
    shared: bool = False


@router.get("/conversations")
async def list_conversations(
    inside: CurrentAgent, ctx: Ctx, page: Annotated[PageIn, Query()]
) -> InboxPageOut:
    """A page of the inbox by priority, then longest waiting; with `q` what was found, newest first."""
    agent = inside.agent.id
    wanted = page.to_filter(agent, ctx.clock())
    load = load_search_page if page.q.strip() else load_inbox_page
    return await ctx.database.read(lambda store: load(store, page, wanted, agent))


def load_inbox_page(store: Store, page: PageIn, wanted: InboxFilter, agent: str) -> InboxPageOut:
    found = store.conversations.list_inbox(wanted, after=parse_place(page.after), limit=PAGE + 1)
    return {
        "conversations": load_inbox_rows(store, found[:PAGE], agent),
        "next": format_place(find_place(wanted, found[PAGE - 1])) if len(found) > PAGE else None,
        "counts": _count_by_state(store, agent),
    }


def load_search_page(store: Store, page: PageIn, wanted: InboxFilter, agent: str) -> InboxPageOut:
    if not parse_search_query(page.q):
        raise BadInput("q: write a word, a number or a name.")
    before = parse_position(page.after)
    hits = store.search.find_conversations(page.q, wanted, before=before, limit=PAGE + 1)
    return {
        "conversations": load_found_rows(store, hits[:PAGE], page.q, agent),
        "next": str(hits[PAGE - 1].position) if len(hits) > PAGE else None,
        "counts": _count_by_state(store, agent),
    }


def _count_by_state(store: Store, agent: str) -> InboxCountsOut:
    counts = store.conversations.count_by_state(agent)
    return {
        "assistant": counts["assistant"],
        "queued": counts["queued"],
        "agent": counts["agent"],
        "mine": counts["mine"],
        "snoozed": counts["snoozed"],
        "callbacks": store.callbacks.count_open(),
        "mentions": store.mentions.count_conversations(agent),
    }


def format_place(place: InboxPlace) -> str:
    """A place in a list as a cursor."""
    return f"{place.rank}.{round(place.moment.timestamp() * 1_000_000)}.{place.conversation}"


def parse_place(after: str) -> InboxPlace | None:
    """The place in a cursor; None for none; BadInput for one that we did not issue."""
    if not after:
        return None
    rank, _, rest = after.partition(".")
    micros, _, conversation = rest.partition(".")
    if not (conversation and _is_number(rank, 2) and _is_number(micros, 17)):
        raise BadInput("after: take the cursor from the page before.")
    return InboxPlace(int(rank), datetime.fromtimestamp(int(micros) / 1_000_000, UTC), conversation)


def parse_position(after: str) -> int | None:
    """The position in a cursor of a search."""
    if after and not _is_number(after, 18):
        raise BadInput("after: take the cursor from the page before.")
    return int(after) if after else None


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


@router.get("/tags")
async def list_tags(_inside: CurrentAgent, ctx: Ctx) -> TagsOut:
    """All tags by name."""
    found = await ctx.database.read(lambda store: store.tags.list_all())
    return TagsOut(tags=[TagOut(id=tag.id, name=tag.name) for tag in found])


@router.delete("/tags/{tag}", status_code=204)
async def remove_tag(tag: str, inside: CurrentAdmin, ctx: Ctx) -> Response:
    """Remove it from every conversation; administrators."""
    who, now = inside.agent.id, ctx.clock()

    def remove_and_audit(store: Store) -> None:
        removed = store.tags.remove(tag)
        store.audit.append_entry(actor(who), "tag_removed", now, tag=tag, conversations=removed)

    await ctx.database.write(remove_and_audit)
    return Response(status_code=204)


@router.get("/views")
async def list_views(inside: CurrentAgent, ctx: Ctx) -> ViewsOut:
    """Everybody's views and the caller's own, each with its present count."""
    now = ctx.clock()

    def load_views(store: Store) -> ViewsOut:
        agents = store.agents.list_all()
        known = {
            "tag": {tag.id for tag in store.tags.list_all()},
            "agent": {agent.id for agent in agents},
            "team": {team.id for team in store.teams.list_all()},
        }
        return ViewsOut(
            views=[
                _build_view(store, view, inside.agent.id, known, now)
                for view in store.views.list_visible(inside.agent.id)
            ],
            agents=[AgentReferenceOut(id=agent.id, name=agent.name) for agent in agents],
        )

    return await ctx.database.read(load_views)


def _build_view(
    store: Store, view: SavedView, caller: str, known: dict[str, set[str]], now: datetime
) -> ViewOut:
    filters = FilterIn.model_validate(view.filters)
    used: dict[FilteredItem, str] = {"tag": filters.tag, "agent": filters.agent, "team": filters.team}
    missing = next((kind for kind, one in used.items() if one and one not in known[kind]), None)
    wanted = filters.to_filter(caller, now)
    return ViewOut(
        id=view.id,
        name=view.name,
        shared=view.agent is None,
        filters=filters.model_dump(exclude_defaults=True),
        count=None if missing else store.conversations.count_inbox(wanted, limit=MAX_COUNT),
        missing=missing,
    )


@router.post("/views", status_code=201)
async def add_view(body: ViewIn, inside: CurrentAgent, ctx: Ctx) -> ViewOut:
    """Save filters under a name; a shared view is made by administrators."""
    if body.shared:
        require_admin(inside)
    owner, now = None if body.shared else inside.agent.id, ctx.clock()
    filters = body.filters.model_dump(exclude_defaults=True)
    view = SavedView(id=uuid4().hex, agent=owner, name=body.name, filters=filters)

    def add_and_audit(store: Store) -> ViewOut:
        if len(store.views.list_visible(inside.agent.id)) >= MAX_VIEWS:
            raise BadInput(f"There are {MAX_VIEWS} views already; remove some first.")
        store.views.add(view, now)
        store.audit.append_entry(actor(inside.agent.id), "view_added", now, view=view.id, shared=body.shared)
        named = body.filters
        known = {"tag": {named.tag}, "agent": {named.agent}, "team": {named.team}}
        return _build_view(store, view, inside.agent.id, known, now)

    return await ctx.database.write(add_and_audit)


@router.delete("/views/{view}", status_code=204)
async def remove_view(view: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """The caller's own; a shared one by administrators."""
    now = ctx.clock()

    def remove_and_audit(store: Store) -> None:
        found = store.views.get(view)
        if found is None or found.agent not in (None, inside.agent.id):
            raise NotFound("There is no such view.")
        if found.agent is None:
            require_admin(inside)
        store.views.remove(view)
        store.audit.append_entry(actor(inside.agent.id), "view_removed", now, view=view)

    await ctx.database.write(remove_and_audit)
    return Response(status_code=204)
