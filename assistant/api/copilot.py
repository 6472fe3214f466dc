"""Beside the composer: what is open, what is like it, wording, translation; nothing is sent from here."""

import asyncio
from datetime import timedelta
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.agent_responses import SuggestionOut, SuggestionsOut
from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.copilot_responses import (
    DraftCountOut,
    DraftCountsOut,
    EditedTextOut,
    LanguagesOut,
    RelatedOut,
    WordingOut,
)
from assistant.api.desk_schemas import SuggestIn
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.related import load_related
from assistant.api.schemas import build_example, serialize_citations
from assistant.api.suggestions import render_suggestion
from assistant.conversation.desk import find_question
from assistant.conversation.inbound.receive import validate_text
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.desk_items import DraftKind, DraftStep, DraftUse
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.text_edits import LANGUAGE_NAMES, MAX_EDITED_CHARACTERS, TextEdit
from assistant.ports.storage.store import Store
from assistant.text.keigo import MAX_CHECKED_CHARACTERS, check_wording

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_EDITED_CHARACTERS)]


#: What the customer asks.
THEIR_QUESTION = SuggestIn()


class TranslateIn(BaseModel):
    model_config = build_example(text="返品は30日以内に承ります。", to="en")

    #: An agent's draft; or `message`: a message of the conversation.
    text: Annotated[str, StringConstraints(max_length=MAX_EDITED_CHARACTERS)] = ""
    message: Annotated[str, StringConstraints(max_length=64)] = ""
    #: One of `GET /v1/agent/languages`.
    to: Annotated[str, StringConstraints(max_length=16, to_lower=True)]


class RephraseIn(BaseModel):
    model_config = build_example(text="30日以内なら返品できます。", manner="polite")

    text: Text
    manner: Literal["polite", "shorter", "simpler"]


class WordingIn(BaseModel):
    model_config = build_example(text="ご確認してください。")

    text: Annotated[str, StringConstraints(max_length=MAX_CHECKED_CHARACTERS)]


class DraftUseIn(BaseModel):
    model_config = build_example(draft="b1946ac92492d234", kind="suggestion", step="shown")

    #: Any name that stays the same for the draft, such as a hash of its words.
    draft: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    kind: DraftKind
    #: sent: as it was; edited: sent with other words.
    step: DraftStep


class DraftUsesIn(BaseModel):
    model_config = build_example(uses=[{"draft": "b1946ac92492d234", "kind": "suggestion", "step": "shown"}])

    uses: Annotated[list[DraftUseIn], Field(min_length=1, max_length=20)]


@router.post("/conversations/{conversation}/suggest")
async def suggest_replies(
    conversation: str, _inside: CurrentAgent, ctx: Ctx, body: SuggestIn = THEIR_QUESTION
) -> SuggestionsOut:
    """Up to three drafts from the knowledge base with their sources; never sent automatically."""
    asked = " ".join(body.question.split())

    def load_question(store: Store) -> tuple[Conversation, str]:
        found = store.conversations.get(conversation)
        return found, asked or find_question(store, conversation, ctx.desk.pick_facts)

    found, question = await ctx.database.read(load_question)
    if not question:
        return {"suggestions": []}
    drafts = await ctx.suggest(found, question)
    return {
        "suggestions": [
            SuggestionOut(
                text=one.text,
                html=render_suggestion(one.text, ctx.hosts),
                citations=list(serialize_citations(one.citations)),
            )
            for one in drafts
        ]
    }


@router.get("/conversations/{conversation}/related")
async def get_related(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RelatedOut:
    """The customer's questions with what answers each, solved cases like this one, fitting saved replies."""

    def load(store: Store) -> RelatedOut:
        found = store.conversations.get(conversation)
        return load_related(store, found, inside.agent.id, ctx.pick_facts)

    return await ctx.database.read(load)


@router.post("/conversations/{conversation}/translate")
async def translate_text(
    conversation: str, body: TranslateIn, inside: CurrentAgent, ctx: Ctx
) -> EditedTextOut:
    """A draft, or a customer's message, in another language; says so where no chat model is set up."""
    if body.to not in LANGUAGE_NAMES:
        raise BadInput(f"Translation knows {', '.join(LANGUAGE_NAMES)}.", field="to")
    if bool(body.text.strip()) == bool(body.message):
        raise BadInput("Give either a text or a message.")

    def load_text(store: Store) -> tuple[Conversation, str]:
        found = store.conversations.get(conversation)
        if not body.message:
            return found, body.text
        message = store.messages.get(found.id, body.message)
        if message is None:
            raise NotFound("There is no such message.")
        # What agents have to ask for stays hidden.
        return found, mask_secrets(message.text)[:MAX_EDITED_CHARACTERS]

    found, text = await ctx.database.read(load_text)
    edit = TextEdit(kind="translate", text=validate_text(text), target=body.to, is_draft=not body.message)
    return await _edit_text(ctx, found, edit)


@router.post("/conversations/{conversation}/rephrase")
async def rephrase_text(conversation: str, body: RephraseIn, inside: CurrentAgent, ctx: Ctx) -> EditedTextOut:
    """A draft said more politely, more briefly or more simply; says so where no chat model is set up."""
    found = await ctx.database.read(lambda store: store.conversations.get(conversation))
    return await _edit_text(ctx, found, TextEdit(kind=body.manner, text=validate_text(body.text)))


async def _edit_text(ctx: ApiContext, conversation: Conversation, edit: TextEdit) -> EditedTextOut:
    edited = await ctx.edit_text(conversation, edit)
    return {"text": edited.text, "problem": edited.problem, "differing": list(edited.differing)}


@router.get("/languages")
async def list_languages(_inside: CurrentAgent) -> LanguagesOut:
    """Languages that texts can be translated into."""
    return {"languages": [{"code": code, "name": name} for code, name in LANGUAGE_NAMES.items()]}


@router.post("/wording")
async def check_draft_wording(body: WordingIn, _inside: CurrentAgent) -> WordingOut:
    """Faults of keigo and casual words in a Japanese draft, by rules; needs no model."""
    findings = await asyncio.to_thread(check_wording, body.text)
    return {
        "findings": [
            {
                "code": one.code,
                "start": one.start,
                "end": one.end,
                "excerpt": one.excerpt,
                "instead": one.instead,
            }
            for one in findings
        ]
    }


@router.post("/conversations/{conversation}/drafts", status_code=204)
async def record_draft_uses(conversation: str, body: DraftUsesIn, inside: CurrentAgent, ctx: Ctx) -> Response:
    """Note that drafts were shown, inserted, sent or sent with other words; each step once, no words."""
    now = ctx.clock()

    def record(store: Store) -> None:
        found = store.conversations.get(conversation)
        for use in body.uses:
            store.draft_uses.add(
                DraftUse(conversation=found.id, agent=inside.agent.id, **use.model_dump()), now
            )

    await ctx.database.write(record)
    return Response(status_code=204)


@router.get("/drafts")
async def count_draft_uses(
    _inside: CurrentAgent, ctx: Ctx, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> DraftCountsOut:
    """How many drafts of each kind were shown, inserted, sent and sent with other words."""
    since = ctx.clock() - timedelta(days=days)
    counts = await ctx.database.read(lambda store: store.draft_uses.count_steps(since))
    kinds = sorted({kind for kind, _ in counts})
    steps = ("shown", "inserted", "sent", "edited")
    rows = [{"kind": kind} | {step: counts.get((kind, step), 0) for step in steps} for kind in kinds]
    return {"drafts": cast(list[DraftCountOut], rows)}
