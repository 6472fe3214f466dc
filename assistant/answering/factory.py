"""Puts an answerer together from settings: quotes alone, or a model with quotes to fall back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.ranker import Ranker
from assistant.domain.budgets import Prices
from assistant.domain.turns import ConversationSummarizer, TurnClassifier
from assistant.ports.answering import Answerer, Rewrite
from assistant.ports.knowledge import TokenVectors
from assistant.ports.models import Embedder, MultiVectorEmbedder

if TYPE_CHECKING:
    from assistant.ports.models import ChatModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an answerer is put together from besides a model."""

    ranker: Ranker
    embedder: Embedder
    kept: TokenVectors
    prices: Prices = field(default_factory=Prices)


def make_answerer(model: ChatModel | None, parts: Parts, prompts: Path) -> Answerer:
    quotes = ExtractiveAnswerer(ranker=parts.ranker)
    if model is None:
        return quotes
    from assistant.answering.drafts.answerer import GroundedAnswerer
    from assistant.answering.grounding.checker import Readings
    from assistant.answering.prompts import Prompt

    return GroundedAnswerer(
        model,
        Prompt.read(prompts / "answer.md"),
        fallback=quotes,
        ranker=parts.ranker,
        readings=Readings(parts.embedder, parts.kept)
        if isinstance(parts.embedder, MultiVectorEmbedder)
        else None,
        prices=parts.prices,
    )


def make_rewrite(model: ChatModel | None, prompts: Path) -> Rewrite:
    """How a follow-up is made to stand alone: by the model, or by the conversation's words."""
    from assistant.answering.prompts import Prompt
    from assistant.answering.query_rewrite import ModelRewrite, from_conversation

    return from_conversation if model is None else ModelRewrite(model, Prompt.read(prompts / "rewrite.md"))


def make_summarise(model: ChatModel | None, prompts: Path) -> ConversationSummarizer | None:
    """How a conversation is summed up for an agent: by the model; None: by quotes alone."""
    if model is None:
        return None
    from assistant.answering.handoff_summary import ModelSummary
    from assistant.answering.prompts import Prompt

    return ModelSummary(model, Prompt.read(prompts / "summary.md"))


def make_vote(model: ChatModel | None, prompts: Path) -> TurnClassifier | None:
    """How a turn that is hard to read is voted on: by the model; None: not at all."""
    if model is None:
        return None
    from assistant.answering.prompts import Prompt
    from assistant.answering.turn_classifier import ModelVote

    return ModelVote(model, Prompt.read(prompts / "vote.md"))
