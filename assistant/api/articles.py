"""Writing articles in the console: drafts, revisions, trying them, publishing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from assistant.api.agent_responses import IdOut
from assistant.api.article_html_cache import ArticleRenderer
from assistant.api.article_responses import (
    DraftCheckOut,
    DraftContradictionOut,
    DraftReceiptOut,
    PreviewOut,
    PublicationOut,
    TrialAnswerOut,
    TrialOut,
    UploadOut,
)
from assistant.api.article_schemas import (
    AskIn,
    DraftIn,
    PreviewIn,
    PublishIn,
    RevisionIn,
    WithdrawIn,
    serialize_answer,
    serialize_fields,
)
from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.knowledge_schemas import build_article_url
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.reply_html import render_reply
from assistant.domain.article_drafts import ArticleRevision
from assistant.domain.article_lifecycle import Contradiction
from assistant.domain.draft_checks import DraftCheck
from assistant.domain.errors import BadInput, Conflict, NotFound
from assistant.domain.knowledge import Article
from assistant.domain.messages import Citation
from assistant.lead import article_drafts
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/knowledge", tags=["lead"], route_class=RateLimitedRoute)

_previews = ArticleRenderer()


@router.post("/drafts", status_code=201)
async def save_draft(body: DraftIn, inside: CurrentLead, ctx: Ctx) -> DraftReceiptOut:
    """Save a text. 409 `draft_changed` if somebody else saved meanwhile: both are kept."""
    now, fields = ctx.clock(), body.fields.to_fields()
    if fields.valid_from and fields.valid_until and fields.valid_from > fields.valid_until:
        raise BadInput("The last day must not be before the first.")
    id_ = body.id or article_drafts.create_article_id(fields.language, body.slug or "")

    def save(store: Store) -> article_drafts.SavedDraft:
        if body.id is None and (article_drafts.find_head(store, id_) or store.articles.find_article(id_)):
            raise Conflict("Another article has this address; choose another one.")
        return article_drafts.save_draft(store, id_, body.base, fields, inside.agent, now)

    saved = await ctx.database.write(save)
    if (theirs := saved.theirs) is not None:
        raise DraftChanged(
            f"{theirs.agent_name} saved this article while you were writing; your text is kept as "
            f"version {saved.revision.revision}.",
            revision=saved.revision.revision,
            theirs=theirs.revision,
            by=theirs.agent_name,
        )
    return {"id": id_, "revision": saved.revision.revision}


class DraftChanged(Conflict):
    """Somebody else saved this article meanwhile."""

    code = "draft_changed"


class Contradicts(Conflict):
    """Other articles say something else; look at it, and publish once more if it is right."""

    code = "contradicts"


async def _load_revision(ctx: ApiContext, body: RevisionIn) -> ArticleRevision:
    found = await ctx.database.read(lambda store: store.article_drafts.load_revision(body.id, body.revision))
    if found is None:
        raise NotFound("There is no such version.")
    return found


@router.post("/drafts/check")
async def check_draft(body: RevisionIn, _inside: CurrentLead, ctx: Ctx) -> DraftCheckOut:
    """What would be wrong if this version were published, other articles that say something else included."""
    draft = await _load_revision(ctx, body)
    return _serialize_check(
        draft.article, await ctx.article_desk.check_draft(draft.article, draft.fields), ctx
    )


def _serialize_check(article: str, check: DraftCheck, ctx: ApiContext) -> DraftCheckOut:
    return {
        "problem": check.problem,
        "warnings": list(check.warnings),
        "contradictions": [_serialize_contradiction(article, one, ctx) for one in check.contradictions],
    }


def _serialize_contradiction(article: str, found: Contradiction, ctx: ApiContext) -> DraftContradictionOut:
    here, there = (found.one, found.other) if found.one.article == article else (found.other, found.one)
    return {
        "id": found.id,
        "measure": found.measure,
        "here": here.text,
        "there": there.text,
        "article": there.article,
        "title": there.title or there.article,
        "url": build_article_url(there.article, there.url, ctx),
    }


@router.post("/drafts/ask")
async def ask_draft(body: AskIn, _inside: CurrentLead, ctx: Ctx) -> TrialOut:
    """What customers get for a question now, and what they would get with this version."""
    draft = await _load_revision(ctx, body)
    tried = await ctx.article_desk.ask_draft(draft.article, draft.fields, body.question)

    def render(told: dict[str, Any]) -> TrialAnswerOut:
        cited = [Citation(**one) for one in told["citations"]]
        return serialize_answer(told, render_reply(told["answer"], cited, ctx.hosts))

    return {"before": render(tried.before), "after": render(tried.after)}


@router.post("/drafts/publish")
async def publish_draft(body: PublishIn, inside: CurrentLead, ctx: Ctx) -> PublicationOut:
    """Customers get this version from now on. 409 `contradicts` if others say otherwise, unless *seen*."""
    now = ctx.clock()
    draft = await ctx.database.read(
        lambda store: article_drafts.load_publishable(store, body.id, body.revision)
    )
    check = await ctx.article_desk.check_draft(draft.article, draft.fields)
    if check.problem:
        raise BadInput(check.problem)
    new = [one for one in check.contradictions if one.id not in body.seen]
    if new:
        told = [_serialize_contradiction(draft.article, one, ctx) for one in new]
        raise Contradicts(contradictions=told)
    warnings = await ctx.article_desk.publish_article(draft.article, draft.fields)
    await ctx.database.write(lambda store: article_drafts.record_publication(store, draft, inside.agent, now))
    return {"id": draft.article, "revision": draft.revision, "warnings": list(warnings)}


@router.post("/drafts/withdraw")
async def withdraw_article(body: WithdrawIn, inside: CurrentLead, ctx: Ctx) -> IdOut:
    """Customers do not get the article any more; its versions stay, and each can be published again."""
    now = ctx.clock()
    await ctx.database.read(lambda store: article_drafts.require_published(store, body.id))
    await ctx.article_desk.withdraw_article(body.id)
    await ctx.database.write(
        lambda store: article_drafts.record_withdrawal(store, body.id, inside.agent, now)
    )
    return {"id": body.id}


@router.post("/preview")
async def preview_article(body: PreviewIn, _inside: CurrentAgent) -> PreviewOut:
    """The text as its page will show it."""
    article = Article(id="", title="", language="", text=body.text)
    return {"html": await _previews.get_html(article)}


@router.post("/upload")
async def upload_document(
    request: Request,
    _inside: CurrentLead,
    ctx: Ctx,
    name: Annotated[str, Query(min_length=1, max_length=255)],
) -> UploadOut:
    """The articles in a file, its bytes being the body, ready to be edited; nothing is stored yet."""
    found = await ctx.article_desk.read_upload(name, await request.body())
    return {"articles": [serialize_fields(one) for one in found]}
