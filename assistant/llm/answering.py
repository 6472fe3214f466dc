"""Puts an answerer together from settings: quotes alone, or a model with quotes to fall back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.budgets import Prices
from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.domain.turns import Summarise, Vote
from assistant.llm.extractive import ExtractiveAnswerer
from assistant.llm.ranking import Ranker
from assistant.ports import Answerer, Embedder, FineEmbedder, KeptTokens, Rewrite

if TYPE_CHECKING:
    from assistant.ports import ChatModel

EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an answerer is put together from besides a model."""

    ranker: Ranker
    embedder: Embedder
    kept: KeptTokens
    prices: Prices = field(default_factory=Prices)


def open_model(spec: str, *, api_key: str | None, base_url: str | None) -> ChatModel | None:
    """The model of *spec*; None: quotes alone. SetupError when it names no model that can be had.

    One for all that is asked of it: they share connections, the bound on calls and what is known of failures.
    """
    if spec == EXTRACTIVE:
        return None
    from assistant.llm.models import make_chat_model

    return make_chat_model(spec, api_key=api_key, base_url=base_url)


def make_answerer(model: ChatModel | None, parts: Parts, prompts: Path) -> Answerer:
    quotes = ExtractiveAnswerer(ranker=parts.ranker)
    if model is None:
        return quotes
    from assistant.llm.evidence import Readings
    from assistant.llm.grounded import GroundedAnswerer
    from assistant.llm.prompts import Prompt

    return GroundedAnswerer(
        model,
        Prompt.read(prompts / "answer.md"),
        fallback=quotes,
        ranker=parts.ranker,
        readings=Readings(parts.embedder, parts.kept) if isinstance(parts.embedder, FineEmbedder) else None,
        prices=parts.prices,
    )


def make_rewrite(model: ChatModel | None, prompts: Path) -> Rewrite:
    """How a follow-up is made to stand alone: by the model, or by the conversation's words."""
    from assistant.llm.prompts import Prompt
    from assistant.llm.rewrite import ModelRewrite, from_conversation

    return from_conversation if model is None else ModelRewrite(model, Prompt.read(prompts / "rewrite.md"))


def make_summarise(model: ChatModel | None, prompts: Path) -> Summarise | None:
    """How a conversation is summed up for an agent: by the model; None: by quotes alone."""
    if model is None:
        return None
    from assistant.llm.prompts import Prompt
    from assistant.llm.summary import ModelSummary

    return ModelSummary(model, Prompt.read(prompts / "summary.md"))


def make_vote(model: ChatModel | None, prompts: Path) -> Vote | None:
    """How a turn that is hard to read is voted on: by the model; None: not at all."""
    if model is None:
        return None
    from assistant.llm.prompts import Prompt
    from assistant.llm.vote import ModelVote

    return ModelVote(model, Prompt.read(prompts / "vote.md"))


def preload(spec: str) -> None:
    """Import and read what the first answer of the model would wait for; seconds of a processor's time."""
    from assistant.llm.tokens import count_tokens

    for name in spec.split(","):
        if name.strip() != EXTRACTIVE:
            count_tokens("", name.strip())
            if name.strip().startswith("openai:"):
                import langchain_openai  # noqa: F401


async def try_model(spec: str, *, api_key: str | None, base_url: str | None) -> str | None:
    """Ask the model for a word; None when it answers, else why not, with the mend."""
    try:
        model = open_model(spec, api_key=api_key, base_url=base_url)
        if model is None:
            return None
        async for _ in model.stream("Answer with one word.", "Say: ready"):
            return None
    except (ModelUnavailable, SetupError) as exc:
        mend = (
            "check OPENAI_BASE_URL, OPENAI_API_KEY and ASSISTANT_CHAT_MODEL; customers get quotes meanwhile"
        )
        return f"{exc} ({mend})"
    return "the model answered nothing"
