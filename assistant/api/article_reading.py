"""Reading articles that are written in the console: the list, one with its versions, how two differ."""

import asyncio
from array import array
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from assistant.api.article_responses import (
    DraftRowOut,
    DraftsOut,
    DraftState,
    EditableArticleOut,
    RevisionTextOut,
    TranslationOut,
)
from assistant.api.article_schemas import serialize_fields, serialize_revision
from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.knowledge_schemas import build_article_url
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import format_timestamp
from assistant.api.source_labels import SourceLabels
from assistant.domain.article_drafts import CONSOLE, ArticleFields, ArticleRevision, find_translation_id
from assistant.domain.errors import NotFound
from assistant.domain.knowledge import Article
from assistant.lead import article_drafts
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/knowledge", tags=["lead"], route_class=RateLimitedRoute)

#: Lines of each text that are compared; longer ones are shown one after the other, each in one piece.
MAX_COMPARED_LINES = 3_000
#: Pairs of lines between the first and the last difference; more are not compared, which takes half a second.
MAX_COMPARED_PAIRS = 500_000

DiffLine = tuple[Literal[" ", "+", "-"], str]

Id = Annotated[str, Query(min_length=1, max_length=500)]


@router.get("/drafts")
async def list_drafts(_inside: CurrentAgent, ctx: Ctx) -> DraftsOut:
    """Every article that is written here, with its state."""

    def load_rows(store: Store) -> list[DraftRowOut]:
        return [_serialize_row(store, head) for head in store.article_drafts.list_heads()]

    return {"drafts": await ctx.database.read(load_rows)}


def _serialize_row(store: Store, head: ArticleRevision) -> DraftRowOut:
    return {
        "id": head.article,
        "title": head.fields.title,
        "language": head.fields.language,
        "by": head.agent_name,
        "at": format_timestamp(head.created_at),
        "state": _find_state(store, head),
    }


def _find_state(store: Store, head: ArticleRevision) -> DraftState:
    if head.is_live:
        return "live"
    known = store.article_drafts.list_revisions(head.article)
    if any(one.is_live for one in known):
        return "changed"
    return "withdrawn" if any(one.published_at for one in known) else "draft"


@router.get("/article")
async def get_article(id: Id, _inside: CurrentAgent, ctx: Ctx) -> EditableArticleOut:
    """An article for writing: its last text here, or what a file or web page says and why it is read-only."""
    return await ctx.database.read(lambda store: _load_article(store, id, ctx))


def _load_article(store: Store, id_: str, ctx: ApiContext) -> EditableArticleOut:
    found, revisions = store.articles.find_article(id_), store.article_drafts.list_revisions(id_)
    head = next((one for one in revisions if not one.beside), None)
    foreign = found is not None and (found.origin is None or found.origin.source != CONSOLE)
    if found is None and head is None:
        raise NotFound("There is no such article.")
    fields = head.fields if head is not None and not foreign else _copy_fields(found)
    origin = found.origin if found and foreign else None
    places = SourceLabels([origin.source] if origin else [])
    return {
        "id": id_,
        "read_only": ("web" if origin and "://" in origin.source else "file") if foreign else None,
        "location": places.label_location(origin.location, origin.source) if origin else None,
        "fields": serialize_fields(fields),
        "revision": head.revision if head and not foreign else 0,
        "url": build_article_url(id_, None, ctx),
        "revisions": [] if foreign else [serialize_revision(one) for one in revisions],
        "translations": _find_translations(store, id_, fields.language, ctx),
    }


def _copy_fields(article: Article | None) -> ArticleFields:
    assert article is not None
    names = ("title", "language", "text", "valid_from", "valid_until", "supersedes", "tags")
    return ArticleFields(**{name: getattr(article, name) for name in names})


def _find_translations(store: Store, id_: str, language: str, ctx: ApiContext) -> dict[str, TranslationOut]:
    found: dict[str, TranslationOut] = {}
    for other in ctx.languages:
        theirs = find_translation_id(id_, language, other)
        if other != language and theirs:
            exists = bool(store.articles.find_article(theirs) or article_drafts.find_head(store, theirs))
            found[other] = TranslationOut(id=theirs, exists=exists)
    return found


@router.get("/revision")
async def get_revision(
    id: Id,
    revision: Annotated[int, Query(ge=1)],
    _inside: CurrentAgent,
    ctx: Ctx,
    against: Annotated[int, Query(ge=0)] = 0,
) -> RevisionTextOut:
    """A saved text, and how it differs from the one *against* (0: the one that it was written over)."""

    def load_pair(store: Store) -> tuple[ArticleRevision | None, ArticleRevision | None]:
        one = store.article_drafts.load_revision(id, revision)
        other = store.article_drafts.load_revision(id, against or (one.base if one else 0))
        return one, other

    one, other = await ctx.database.read(load_pair)
    if one is None:
        raise NotFound("There is no such version.")
    before = _to_lines(other.fields) if other else []
    return {
        "revision": one.revision,
        "by": one.agent_name,
        "at": format_timestamp(one.created_at),
        "fields": serialize_fields(one.fields),
        "diff": await asyncio.to_thread(compute_diff, before, _to_lines(one.fields)),
    }


def _to_lines(fields: ArticleFields) -> list[str]:
    facts = {
        "title": fields.title,
        "valid_from": fields.valid_from,
        "valid_until": fields.valid_until,
        "supersedes": ", ".join(fields.supersedes),
        "tags": ", ".join(fields.tags),
    }
    return [*(f"{name}: {value}" for name, value in facts.items() if value), *fields.text.split("\n")]


def compute_diff(before: Sequence[str], after: Sequence[str]) -> list[DiffLine]:
    """Lines that were kept ( ), added (+) and removed (-).

    The standard library's difflib takes minutes for two texts that are made for it.
    """
    if max(len(before), len(after)) > MAX_COMPARED_LINES:
        return [("-", "\n".join(before)), ("+", "\n".join(after))]
    start = _count_equal(before, after)
    end = _count_equal(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    return [
        *((" ", line) for line in before[:start]),
        *_compare_lines(old, new),
        *((" ", line) for line in before[len(before) - end :]),
    ]


def _count_equal(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _compare_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    """The longest common subsequence by dynamic programming, of bounded cost whatever the lines say."""
    at = beside = 0
    if len(old) * len(new) <= MAX_COMPARED_PAIRS:
        common = _count_common(old, new)
        while at < len(old) and beside < len(new):
            if old[at] == new[beside]:
                yield " ", old[at]
                at, beside = at + 1, beside + 1
            elif common[at + 1][beside] >= common[at][beside + 1]:
                yield "-", old[at]
                at += 1
            else:
                yield "+", new[beside]
                beside += 1
    yield from (("-", line) for line in old[at:])
    yield from (("+", line) for line in new[beside:])


def _count_common(old: Sequence[str], new: Sequence[str]) -> list[Sequence[int]]:
    """Cell [i][j]: how many lines old[i:] and new[j:] have in common, in order."""
    rows: list[Sequence[int]] = [array("H", bytes(2 * (len(new) + 1)))]
    for line in reversed(old):
        below = rows[-1]
        row = array("H", bytes(2 * len(below)))
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if line == new[j] else max(below[j], row[j + 1])
        rows.append(row)
    return rows[::-1]
