"""Builds answering, channels and notifier from the settings, for commands and the service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from assistant.app.knowledge_base import KnowledgeBase, build_policy, utc_now
from assistant.app.live_settings import LiveSettings
from assistant.app.resources import find_resource_folder
from assistant.app.settings import Settings
from assistant.domain.errors import SetupError
from assistant.domain.foreign_desks import PACKET_LINK_LIFETIME
from assistant.domain.signed_links import AGENT_FILE_LINK, FILE_LINK_LIFETIME, PACKET_LINK, sign_link

if TYPE_CHECKING:
    from assistant.conversation.actions.agent_tools import AgentTools
    from assistant.conversation.actions.aside import CustomerActions
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.actions import Tool
    from assistant.domain.budgets import Prices
    from assistant.notifications.notifier import LocalNotifier
    from assistant.ports.actions import ToolBackend
    from assistant.ports.answering import Answerer
    from assistant.ports.channels import Channel
    from assistant.ports.clock import Clock
    from assistant.ports.foreign_desks import ForeignDesk
    from assistant.ports.knowledge import Retriever
    from assistant.ports.models import ChatModel
    from assistant.ports.notifications import MessageBus
    from assistant.ports.storage.store import Database, Store
    from assistant.ports.trackers import IssueTracker
    from assistant.tools.mcp_calls import McpCaller

PROMPTS = find_resource_folder("prompts")
TOOLS = find_resource_folder("tools")


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
    from assistant.app.environment import load_environment
    from assistant.channels import has_channel_settings

    found = load_environment()
    if not has_channel_settings(found):
        return {}
    from assistant.channels.http import build_client
    from assistant.channels.registry import open_channels

    return open_channels(found, settings.public_url, build_client(), settings.load_signing_key())


def build_desks(settings: Settings) -> Mapping[str, ForeignDesk]:
    """The foreign desks that have settings in the environment; SetupError if handoffs go to none of them."""
    from assistant.app.environment import load_environment
    from assistant.desks import has_desk_settings

    found, target = load_environment(), settings.handoff_desk
    desks: Mapping[str, ForeignDesk] = {}
    if has_desk_settings(found):
        from assistant.channels.http import build_client
        from assistant.desks.registry import open_desks

        desks = open_desks(found, build_client())
    if target is not None and target not in desks:
        raise SetupError(f"ASSISTANT_HANDOFF_DESK is {target}, which is not set up: `assistant desk add`.")
    return desks


def build_packet_url(settings: Settings, link: str, now: datetime, media: str = "") -> str:
    """The signed address of a handoff's packet, or of a file in it; it expires."""
    signed = sign_link(settings.load_signing_key(), PACKET_LINK, link, now + PACKET_LINK_LIFETIME)
    path, _, query = signed.partition("?")
    file = f"/files/{media}" if media else ""
    return f"{settings.public_url.rstrip('/')}/v1/desks/packets/{path}{file}?{query}"


def build_file_url(settings: Settings, media: str, now: datetime) -> str:
    """The signed address from which an app loads an agent's file; it expires."""
    signed = sign_link(settings.load_signing_key(), AGENT_FILE_LINK, media, now + FILE_LINK_LIFETIME)
    return f"{settings.public_url.rstrip('/')}/v1/files/{signed}"


def list_trackers() -> list[str]:
    """Names of the issue trackers that have settings in the environment."""
    from assistant.app.environment import load_environment
    from assistant.trackers import list_configured_trackers

    return list_configured_trackers(load_environment())


def build_trackers(settings: Settings) -> Mapping[str, IssueTracker]:
    """The issue trackers that have settings; they go where outgoing webhooks may."""
    from assistant.app.environment import load_environment

    if not list_trackers():
        return {}
    from assistant.app.webhook_addresses import WebhookAddresses
    from assistant.trackers.http import build_client
    from assistant.trackers.registry import open_trackers

    addresses = WebhookAddresses(allow_private=settings.webhooks_private)
    return open_trackers(load_environment(), build_client(addresses.resolve_host))


def build_tools(settings: Settings) -> Mapping[str, Tool]:
    """The tools by name; none where no system of the business could run them."""
    from assistant.tools.catalogue import add_plugged_tools, load_tools

    if settings.backend_url is None:
        return {}
    return add_plugged_tools(load_tools(settings.tools or TOOLS))


def build_backend(settings: Settings) -> ToolBackend | None:
    """The business's system; None: there is none."""
    from assistant.app.environment import load_environment
    from assistant.domain.tool_sources import TOKEN_NAME
    from assistant.tools.api_calls import ApiCaller
    from assistant.tools.backend import HttpToolBackend
    from assistant.tools.routed_backend import RoutedBackend

    if settings.backend_url is None:
        return None
    secret = settings.load_backend_key()
    if secret is None:
        raise SetupError("ASSISTANT_BACKEND_URL needs ASSISTANT_BACKEND_SECRET, which signs the calls.")
    tokens = {name: value for name, value in load_environment().items() if TOKEN_NAME.fullmatch(name)}
    business = HttpToolBackend(settings.backend_url, secret, utc_now)
    return RoutedBackend(business, ApiCaller(tokens), _build_mcp_caller(settings, tokens))


def _build_mcp_caller(settings: Settings, tokens: Mapping[str, str]) -> McpCaller | None:
    """None: no tool needs it, and its package may be missing."""
    from assistant.domain.tool_sources import McpOperation

    if not any(isinstance(tool.source, McpOperation) for tool in build_tools(settings).values()):
        return None
    from assistant.tools.mcp_calls import McpCaller

    return McpCaller(tokens)


def build_actions(
    settings: Settings, knowledge: KnowledgeBase, backend: ToolBackend | None, clock: Clock
) -> CustomerActions | None:
    """What can be done for customers; None: nothing."""
    from assistant.conversation.actions.aside import CustomerActions
    from assistant.conversation.actions.consent_reader import ConsentReader
    from assistant.conversation.actions.dialogue import ActionDialogue
    from assistant.conversation.actions.identity import IdentityCheck
    from assistant.tools.consent_classifier import ConsentClassifier
    from assistant.tools.matcher import ExampleMatcher

    if backend is None:
        return None
    tools, database = build_tools(settings), knowledge.database
    dialogue = ActionDialogue(
        database=database,
        backend=backend,
        tools=tools,
        matcher=ExampleMatcher(tools, knowledge.compute_meaning),
        consent=ConsentReader(tools, ConsentClassifier(knowledge.compute_meaning).score_yes),
        identity=IdentityCheck(database=database, backend=backend, clock=clock),
        clock=clock,
    )
    return CustomerActions(dialogue=dialogue)


def build_agent_tools(
    settings: Settings, database: Database[Store], backend: ToolBackend | None
) -> AgentTools | None:
    """What agents can do for customers; None: nothing."""
    from assistant.conversation.actions.agent_tools import AgentTools
    from assistant.conversation.actions.identity import IdentityCheck

    if backend is None:
        return None
    identity = IdentityCheck(database=database, backend=backend, clock=utc_now)
    tools = build_tools(settings)
    return AgentTools(database=database, backend=backend, tools=tools, identity=identity, clock=utc_now)


def build_retriever(settings: Settings, knowledge: KnowledgeBase) -> Retriever:
    """The search that answers come from: synonyms and other spellings, then the reader."""
    from assistant.answering.reader.cross_encoder import wrap_with_reader
    from assistant.knowledge.retrieval.question_words import ExpandingRetriever

    reading = wrap_with_reader(knowledge.retriever, settings.embeddings, settings.models_dir)
    found = ExpandingRetriever(reading, knowledge.words)
    if settings.retriever is None:
        return found
    from assistant.plugins import RETRIEVERS, load_plugin

    wrapped: Retriever = load_plugin(RETRIEVERS, settings.retriever)(found)
    return wrapped


def build_turn_dependencies(
    settings: Settings,
    knowledge: KnowledgeBase,
    backend: ToolBackend | None = None,
    clock: Clock = utc_now,
    live: LiveSettings | None = None,
) -> TurnDependencies:
    """*live*: the settings of the console; without them those of the policy file alone."""
    from assistant.answering import factory
    from assistant.answering.query_rewrite import prepend_subject
    from assistant.answering.quotes.cards import list_cards
    from assistant.answering.reader.turn_encoder import build_turn_reader, check_reading_health
    from assistant.conversation.turn.model_budget import build_budget_factory
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.hours import to_local_time
    from assistant.models.factory import open_chat_models
    from assistant.signals.bare_turn import strip_refusal
    from assistant.signals.signal_reader import RuleSignalReader

    policy = live.policy if live else build_policy(settings)
    key, base_url = _get_openai_key(settings), settings.openai_base_url
    models = open_chat_models(
        settings.effective_model, api_key=key, base_url=base_url, parameters=settings.chat_parameters
    )
    return TurnDependencies(
        reader=RuleSignalReader(languages=settings.languages),
        retriever=build_retriever(settings, knowledge),
        answerer=open_answerer(models.answer, knowledge, policy.prices),
        embed_text=knowledge.compute_meaning,
        read_turn=build_turn_reader(settings.embeddings, settings.models_dir),
        rewrite=factory.build_rewrite(models.rewrite, PROMPTS),
        strip_refusal=strip_refusal,
        list_cards=list_cards,
        check_reading=partial(check_reading_health, settings.embeddings, settings.models_dir),
        prepend_subject=prepend_subject,
        policy=policy,
        languages=settings.languages,
        examples=knowledge.examples,
        actions=build_actions(settings, knowledge, backend, clock),
        classify_turn=factory.build_turn_classifier(models.vote, PROMPTS),
        summarise=factory.build_summarizer(models.summary, PROMPTS),
        edit_text=factory.build_text_editor(models.edit, PROMPTS),
        budget_factory=build_budget_factory(
            knowledge.database, policy.budgets, lambda: to_local_time(utc_now(), policy.zone)
        ),
    )
