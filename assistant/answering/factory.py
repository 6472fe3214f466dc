"""Builds the answerer from settings: quotes only, or a model with quotes as the fallback."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.domain.budgets import Prices
from assistant.domain.text_edits import TextEditor
from assistant.domain.turns import ConversationSummarizer, TurnClassifier
from assistant.ports.answering import Answerer, Rewrite
from assistant.ports.knowledge import TokenVectors
from assistant.ports.models import Embedder, MultiVectorEmbedder

if TYPE_CHECKING:
    from assistant.ports.models import ChatModel


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswererParts:
    """The dependencies of an answerer besides a model."""

    ranker: QuoteRanker
    embedder: Embedder
    token_vectors: TokenVectors
    prices: Prices = field(default_factory=Prices)


def build_answerer(model: ChatModel | None, parts: AnswererParts, prompts: Path) -> Answerer:
    quotes = ExtractiveAnswerer(ranker=parts.ranker)
    if model is None:
        return quotes
    from assistant.answering.drafts.answerer import GroundedAnswerer
    from assistant.answering.grounding.checker import EncodedTexts
    from assistant.answering.prompts import Prompt

    return GroundedAnswerer(
        model,
        Prompt.from_file(prompts / "answer.md"),
        fallback=quotes,
        ranker=parts.ranker,
        readings=EncodedTexts(parts.embedder, parts.token_vectors)
        if isinstance(parts.embedder, MultiVectorEmbedder)
        else None,
        prices=parts.prices,
    )


def build_rewrite(model: ChatModel | None, prompts: Path) -> Rewrite:
    """The query rewriter: by the model, or by rules on the conversation."""
    from assistant.answering.prompts import Prompt
    from assistant.answering.query_rewrite import ModelQueryRewriter, rewrite_from_conversation

    return (
        rewrite_from_conversation
        if model is None
        else ModelQueryRewriter(model, Prompt.from_file(prompts / "rewrite.md"))
    )


def build_summarizer(model: ChatModel | None, prompts: Path) -> ConversationSummarizer | None:
    """The conversation summarizer for agents; None without a model."""
    if model is None:
        return None
    from assistant.answering.handoff_summary import ModelSummarizer
    from assistant.answering.prompts import Prompt

    return ModelSummarizer(model, Prompt.from_file(prompts / "summary.md"))


def build_text_editor(model: ChatModel | None, prompts: Path) -> TextEditor | None:
    """What translates and rephrases for agents; None without a model."""
    if model is None:
        return None
    from assistant.answering.prompts import Prompt
    from assistant.answering.text_editor import ModelTextEditor

    return ModelTextEditor(
        model, Prompt.from_file(prompts / "translate.md"), Prompt.from_file(prompts / "rephrase.md")
    )


def build_turn_classifier(model: ChatModel | None, prompts: Path) -> TurnClassifier | None:
    """The model's turn classifier; None without a model."""
    if model is None:
        return None
    from assistant.answering.prompts import Prompt
    from assistant.answering.turn_classifier import ModelTurnClassifier

    return ModelTurnClassifier(model, Prompt.from_file(prompts / "vote.md"))
