"""Insight for support leads: the report, themes, gaps of the help."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import Ctx
from assistant.api.insight_schemas import GapOut, GapsOut, ThemeOut, ThemesOut
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import Line, Moment, build_example, format_timestamp
from assistant.conversation.insight_actions import GapChange, change_gap, change_theme, merge_theme
from assistant.domain.gaps import Gap, GapEvidence, GapState
from assistant.domain.themes import MAX_TITLE_CHARACTERS, Theme
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import mask_pii

router = APIRouter(prefix="/v1/agent/insight", tags=["agent"], route_class=RateLimitedRoute)

#: A theme is new for so long.
NEW_FOR = timedelta(days=7)
#: Longest range, in days, and the usual one.
MAX_DAYS = 400
USUAL_DAYS = 28
#: Questions shown of a theme or gap.
MAX_SHOWN = 50

Title = Annotated[Line, StringConstraints(max_length=MAX_TITLE_CHARACTERS)]
Days = Annotated[int, Query(ge=1, le=MAX_DAYS)]


class ThemeIn(BaseModel):
    model_config = build_example(title="Returns of opened goods", pinned=True)

    title: Title | None = None
    pinned: bool | None = None


class MergeIn(BaseModel):
    model_config = build_example(into="5d3b0c1e9a7f4e6c8b2d1f0a3c5e7b9d")

    into: Annotated[str, StringConstraints(max_length=64)]


class GapIn(BaseModel):
    model_config = build_example(action="approve", title="Opened goods", text="Opened goods can be …")

    action: Literal["draft", "approve", "publish", "dismiss", "reopen"] | None = None
    title: Title | None = None
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    reason: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] | None = None
    owner: Annotated[str, StringConstraints(max_length=255)] | None = None
    due_at: Moment | None = None


@router.get("/themes", response_model=ThemesOut)
async def list_themes(_inside: CurrentAgent, ctx: Ctx, days: Days = USUAL_DAYS) -> dict[str, Any]:
    """Themes with the number of conversations now and in as many days before, and what happened to them."""
    now = ctx.clock()
    return await ctx.database.read(partial(load_themes, now=now, span=timedelta(days=days)))


def load_themes(store: Store, now: datetime, span: timedelta) -> dict[str, Any]:
    recent = store.questions.count_by_theme(now - span, now)
    before = store.questions.count_by_theme(now - 2 * span, now - span)
    none = (0, 0)
    themes = sorted(store.themes.list_alive(), key=lambda theme: -recent.get(theme.id, none)[0])
    return {
        "themes": [
            _serialize_theme(theme, now)
            | {
                "conversations": recent.get(theme.id, none)[0],
                "conversations_before": before.get(theme.id, none)[0],
                "declined": recent.get(theme.id, none)[1],
            }
            for theme in themes
        ],
        "unsorted": recent.get(None, none)[0],
        "events": [
            {**asdict(event), "created_at": format_timestamp(event.created_at)}
            for event in store.themes.list_events(since=now - span)
        ],
    }


@router.get("/themes/{theme}", response_model=ThemeOut)
async def get_theme(theme: str, _inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """A theme with its latest questions."""
    now = ctx.clock()

    def load_theme(store: Store) -> dict[str, Any]:
        found = store.themes.get(theme)
        questions = store.questions.list_by_theme(theme, limit=MAX_SHOWN)
        return _serialize_theme(found, now) | {
            "questions": [
                {
                    "conversation": one.conversation,
                    "turn": one.turn,
                    "asked_at": format_timestamp(one.asked_at),
                    "text": mask_pii(one.text),
                    "decision": one.decision,
                }
                for one in questions
            ]
        }

    return await ctx.database.read(load_theme)


@router.post("/themes/{theme}", response_model=ThemeOut)
async def update_theme(theme: str, body: ThemeIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Rename or pin a theme; for leads."""
    lead, now = inside.agent, ctx.clock()
    found = await ctx.database.write(
        lambda store: change_theme(store, theme, lead, now, title=body.title, pinned=body.pinned)
    )
    return _serialize_theme(found, now)


@router.post("/themes/{theme}/merge", response_model=ThemeOut)
async def merge_into_theme(theme: str, body: MergeIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Merge a theme into another; for leads."""
    lead, now = inside.agent, ctx.clock()
    found = await ctx.database.write(lambda store: merge_theme(store, theme, body.into, lead, now))
    return _serialize_theme(found, now)


@router.get("/gaps", response_model=GapsOut)
async def list_gaps(_inside: CurrentAgent, ctx: Ctx, state: GapState | None = None) -> dict[str, Any]:
    """Gaps with their evidence counted, most wanted first."""
    now = ctx.clock()
    states = [state] if state else list(GapState)

    def load_gaps(store: Store) -> dict[str, Any]:
        gaps = store.gaps.list_in_states(states)
        by_gap: defaultdict[str, list[GapEvidence]] = defaultdict(list)
        for evidence in store.gaps.list_evidence([gap.id for gap in gaps]):
            by_gap[evidence.gap].append(evidence)
        rows = [_serialize_gap(gap, by_gap[gap.id], now) for gap in gaps]
        return {"gaps": sorted(rows, key=lambda row: -row["last_week"])}

    return await ctx.database.read(load_gaps)


@router.get("/gaps/{gap}", response_model=GapOut)
async def get_gap(gap: str, _inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """A gap with its questions, and its draft with the source of each sentence."""
    return await ctx.database.read(partial(_load_gap, gap_id=gap, now=ctx.clock()))


@router.post("/gaps/{gap}", response_model=GapOut)
async def update_gap(gap: str, body: GapIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Assign a gap, or take its next step; leads. The worker drafts, proves and publishes."""
    lead, now = inside.agent, ctx.clock()
    change = GapChange(**body.model_dump())

    def update(store: Store) -> dict[str, Any]:
        change_gap(store, gap, lead, change, now)
        return _load_gap(store, gap, now)

    return await ctx.database.write(update)


def _load_gap(store: Store, gap_id: str, now: datetime) -> dict[str, Any]:
    gap = store.gaps.get(gap_id)
    evidence = store.gaps.list_evidence([gap.id])
    sentences = store.gaps.list_sentences(gap.id)
    return _serialize_gap(gap, evidence, now) | {
        "text": gap.text or "\n\n".join(sentence.text for sentence in sentences) or None,
        "sentences": [asdict(sentence) for sentence in sentences],
        "evidence": [
            {
                "conversation": one.conversation,
                "turn": one.turn,
                "why": one.why,
                "asked_at": format_timestamp(one.asked_at),
                "text": mask_pii(one.text),
            }
            for one in evidence[:MAX_SHOWN]
        ],
    }


def _serialize_theme(theme: Theme, now: datetime) -> dict[str, Any]:
    return {
        "id": theme.id,
        "name": theme.name,
        "title": theme.title,
        "terms": list(theme.terms),
        "pinned": theme.pinned,
        "merged_into": theme.merged_into,
        "is_new": now - theme.created_at < NEW_FOR,
        "created_at": format_timestamp(theme.created_at),
    }


def _serialize_gap(gap: Gap, evidence: Sequence[GapEvidence], now: datetime) -> dict[str, Any]:
    newest = mask_pii(evidence[0].text) if evidence else None
    return {
        "id": gap.id,
        "kind": gap.kind,
        "state": gap.state,
        "language": gap.language,
        "owner": gap.owner,
        "due_at": format_timestamp(gap.due_at),
        "is_overdue": gap.state is GapState.OPEN and gap.due_at is not None and gap.due_at < now,
        "reason": gap.reason,
        "title": gap.title or newest,
        "questions": len(evidence),
        "conversations": len({one.conversation for one in evidence}),
        "last_week": sum(now - one.asked_at <= timedelta(days=7) for one in evidence),
        "proof": gap.proof,
        "article": gap.article,
        "created_at": format_timestamp(gap.created_at),
        "published_at": format_timestamp(gap.published_at),
    }
