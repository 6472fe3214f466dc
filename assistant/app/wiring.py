"""Builds answering, channels and notifier from the settings, for commands and the service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.app.knowledge_base import KnowledgeBase, build_policy, utc_now
from assistant.app.live_settings import LiveSettings
from assistant.app.settings import Settings

if TYPE_CHECKING:
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.budgets import Prices
    from assistant.notifications.notifier import LocalNotifier
    from assistant.ports.answering import Answerer
    from assistant.ports.channels import Channel
    from assistant.ports.models import ChatModel
    from assistant.ports.notifications import MessageBus

PROMPTS = Path(__file__).parents[2] / "prompts"


def build_notifier(settings: Settings, bus: MessageBus | None = None) -> LocalNotifier:
    """The notifier of streams and workers: between processes by PostgreSQL if configured, else by *bus*."""
    from assistant.notifications.notifier import LocalNotifier
    from assistant.notifications.shared_notifier import SharedNotifier

    if settings.postgres_url is not None:
        from assistant.storage.postgres import PostgresMessageBus

        bus = PostgresMessageBus(settings.postgres_url)
    return LocalNotifier() if bus is None else SharedNotifier(bus)


def open_answerer(model: ChatModel | None, knowledge: KnowledgeBase, prices: Prices) -> Answerer:
    from assistant.answering.factory import AnswererParts, build_answerer
    from assistant.answering.quotes.ranker import QuoteRanker
    from assistant.knowledge.retrieval.token_vectors import StoredTokenVectors

    embedder = knowledge.embedder
    kept = StoredTokenVectors(knowledge.database, embedder)
    ranker = QuoteRanker(embedder, kept)
    parts = AnswererParts(ranker=ranker, embedder=embedder, token_vectors=kept, prices=prices)
    return build_answerer(model, parts, PROMPTS)


def _get_openai_key(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None


def build_timing(settings: Settings) -> Timing:
    from assistant.conversation.timing import Timing

    return Timing(
        debounce=timedelta(seconds=settings.quiet_seconds),
        turn_deadline=timedelta(seconds=settings.turn_deadline_seconds),
        agent_deadline=timedelta(seconds=settings.agent_deadline_seconds),
    )


def build_channels(settings: Settings) -> Mapping[tuple[str, str], Channel]:
    """The messaging apps that have settings in the environment."""
    from assistant.app.settings import load_environment
    from assistant.channels import has_channel_settings

    found = load_environment()
    if not has_channel_settings(found):
        return {}
    from assistant.channels.http import build_client
    from assistant.channels.registry import open_channels

    return open_channels(found, settings.public_url, build_client())


def build_turn_dependencies(
    settings: Settings, knowledge: KnowledgeBase, live: LiveSettings | None = None
) -> TurnDependencies:
    """*live*: the settings of the console; without them those of the policy file alone."""
    from assistant.answering.factory import build_rewrite, build_summarizer, build_turn_classifier
    from assistant.answering.query_rewrite import prepend_subject
    from assistant.answering.quotes.cards import list_cards
    from assistant.answering.reader.cross_encoder import wrap_with_reader
    from assistant.answering.reader.turn_encoder import build_turn_reader, check_reading_health
    from assistant.conversation.turn.model_budget import build_budget_factory
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.hours import to_local_time
    from assistant.models.factory import open_chat_model
    from assistant.signals.signal_reader import RuleSignalReader

    policy = live.policy if live else build_policy(settings)
    key, base_url = _get_openai_key(settings), settings.openai_base_url
    model = open_chat_model(settings.effective_model, api_key=key, base_url=base_url)
    return TurnDependencies(
        reader=RuleSignalReader(languages=settings.languages),
        retriever=wrap_with_reader(knowledge.retriever, settings.embeddings, settings.models_dir),
        answerer=open_answerer(model, knowledge, policy.prices),
        embed_text=knowledge.compute_meaning,
        read_turn=build_turn_reader(settings.embeddings, settings.models_dir),
        rewrite=build_rewrite(model, PROMPTS),
        list_cards=list_cards,
        check_reading=partial(check_reading_health, settings.embeddings, settings.models_dir),
        prepend_subject=prepend_subject,
        policy=policy,
        languages=settings.languages,
        examples=knowledge.examples,
        classify_turn=build_turn_classifier(model, PROMPTS),
        summarise=build_summarizer(model, PROMPTS),
        budget_factory=build_budget_factory(
            knowledge.database, policy.budgets, lambda: to_local_time(utc_now(), policy.zone)
        ),
    )
