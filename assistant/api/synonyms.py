"""The synonyms of the knowledge base for support leads: the list, and proposals for it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from typing_extensions import TypedDict

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import Line, build_example
from assistant.domain.audit import format_actor as actor
from assistant.domain.synonyms import (
    MAX_GROUP_WORDS,
    MAX_GROUPS,
    MAX_WORD_CHARACTERS,
    clean_groups,
    count_proposals,
)
from assistant.ports.storage.store import Store
from assistant.text.segmentation import tokenize_text

router = APIRouter(prefix="/v1/agent/knowledge/synonyms", tags=["agent"], route_class=RateLimitedRoute)

Word = Annotated[Line, StringConstraints(max_length=MAX_WORD_CHARACTERS)]
Group = Annotated[list[Word], Field(max_length=MAX_GROUP_WORDS)]


class SynonymsOut(TypedDict):
    groups: list[list[str]]


class SynonymProposalOut(TypedDict):
    word: str
    article: str
    title: str
    #: In how many the word failed.
    conversations: int


class SynonymProposalsOut(TypedDict):
    proposals: list[SynonymProposalOut]


class SynonymsIn(BaseModel):
    model_config = build_example(groups=[["skip", "pause a subscription"]])

    groups: Annotated[list[Group], Field(max_length=MAX_GROUPS)]


@router.get("")
async def list_synonyms(_inside: CurrentAgent, ctx: Ctx) -> SynonymsOut:
    """The groups of words that mean the same in this knowledge base."""
    groups = await ctx.database.read(lambda store: store.synonyms.list_groups())
    return {"groups": [list(group) for group in groups]}


@router.post("")
async def save_synonyms(body: SynonymsIn, inside: CurrentLead, ctx: Ctx) -> SynonymsOut:
    """Replace the whole list; questions are searched with it within seconds, in every process."""
    who, now, groups = inside.agent.id, ctx.clock(), clean_groups(body.groups)

    def save_and_audit(store: Store) -> None:
        store.synonyms.save_groups(groups)
        store.audit.append_entry(actor(who), "synonyms", now, groups=len(groups))

    await ctx.database.write(save_and_audit)
    return {"groups": groups}


@router.get("/proposals")
async def list_synonym_proposals(_inside: CurrentAgent, ctx: Ctx) -> SynonymProposalsOut:
    """Words that the help does not have, of questions that failed, beside the article that helped then."""

    def load_proposals(store: Store) -> list[SynonymProposalOut]:
        failed = store.synonyms.list_failed_questions()
        entered = {
            word for group in store.synonyms.list_groups() for one in group for word in tokenize_text(one)
        }
        known = store.synonyms.contains_word
        found = count_proposals(failed, tokenize_text, lambda word: word in entered or known(word))
        return [
            {
                "word": one.word,
                "article": one.article,
                "title": one.title,
                "conversations": one.conversations,
            }
            for one in found
        ]

    return {"proposals": await ctx.database.read(load_proposals)}
