"""Rehearses with simulated customers: the product's own engine in memory, on the operator's knowledge base.

Nothing of the operator's is written, and no system of theirs is called.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.app.knowledge_base import KnowledgeBase, open_knowledge, utc_now
from assistant.app.settings import Settings
from assistant.app.wiring import build_turn_dependencies
from assistant.domain.errors import BadInput, SetupError

if TYPE_CHECKING:
    from assistant.answering.reader.cross_encoder import CrossEncoderReader
    from assistant.answering.reader.turn_encoder import TurnEncoder
    from assistant.conversation.actions.consent_reader import ConsentReader
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.actions import Tool
    from assistant.domain.knowledge import Passage
    from assistant.domain.policy import Policy
    from assistant.ports.actions import ToolMatcher
    from assistant.ports.storage.store import Store
    from assistant.rehearsal.customer import OrderInHand
    from assistant.rehearsal.engine import RehearsalEngine
    from assistant.rehearsal.judging import JudgingRules
    from assistant.rehearsal.plan import PlannedCustomer
    from assistant.rehearsal.transcript_log import RehearsedConversation
    from assistant.storage.store import SqlStore

#: Called with customers done and in all.
CountProgress = Callable[[int, int], None]
#: Conversations at a time: while one waits for a model, the other goes on.
LANES = 2
#: Seconds that a reading of a text may take.
MODEL_SECONDS = 120.0
#: Passages that questions are made from.
MAX_PASSAGES = 5_000
#: Noon in Tokyo: people are there, days are whole.
HOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalOptions:
    policy: Policy
    most: int
    seed: int = 1
    tools: Mapping[str, Tool] = field(default_factory=dict)


@contextmanager
def _wait_for_models(settings: Settings) -> Iterator[None]:
    """Readings take what they take: a busy machine must not decide what a rehearsal finds."""
    from assistant.answering.reader.cross_encoder import open_reader
    from assistant.answering.reader.turn_encoder import open_turn_encoder
    from assistant.models.embeddings.factory import LOCAL

    models = settings.models_dir
    readers: list[CrossEncoderReader | TurnEncoder] = []
    if settings.embeddings == LOCAL:
        readers = [open_reader(models), open_turn_encoder(models)]
    before = [reader.seconds for reader in readers]
    for reader in readers:
        reader.seconds = MODEL_SECONDS
    try:
        yield
    finally:
        for reader, seconds in zip(readers, before, strict=True):
            reader.seconds = seconds


@asynccontextmanager
async def open_folder_knowledge(settings: Settings, folder: Path) -> AsyncIterator[KnowledgeBase]:
    """The articles of a folder in a temporary database, with a draft beside them that must be withheld."""
    from assistant.knowledge.ingest.run import IngestOptions
    from assistant.rehearsal.canaries import WITHHELD_DOCUMENT, WITHHELD_FILE

    if not folder.is_dir():
        raise SetupError(f"{folder} is no folder; name one with articles.")
    with TemporaryDirectory(prefix="rehearsal-") as data:
        apart: dict[str, Any] = {"data_dir": Path(data), "models": settings.models_dir}
        apart |= {"database_url": None, "chroma_url": None}
        draft = Path(data) / WITHHELD_FILE
        draft.write_text(WITHHELD_DOCUMENT, "utf-8")
        knowledge = await open_knowledge(settings.model_copy(update=apart), beside_serve=True, at_once=True)
        try:
            await knowledge.ingest_sources([str(folder), str(draft)], IngestOptions())
            await knowledge.load_examples()
            await knowledge.load_words()
            yield knowledge
        finally:
            await knowledge.close()


def load_simulated_tools(settings: Settings) -> Mapping[str, Tool]:
    """What can be done for customers, where the operator named a system or tools; nothing is called."""
    from assistant.app.wiring import TOOLS
    from assistant.tools.catalogue import add_plugged_tools, load_tools

    if settings.backend_url is None and settings.tools is None:
        return {}
    return add_plugged_tools(load_tools(settings.tools or TOOLS))


async def load_policy_in_force(settings: Settings, knowledge: KnowledgeBase, changes: Any = None) -> Policy:
    """The policy of file and console, with *changes* of settings; BadInput if they are wrong."""
    from assistant.app.live_settings import LiveSettings

    live = LiveSettings(settings, knowledge.database)
    await live.load_changes()
    current = await knowledge.database.read(lambda store: store.settings.load_current())
    values = {key: one.value for key, one in current.items()}
    if changes is not None and not isinstance(changes, Mapping):
        raise BadInput("Changes are one JSON object: setting -> value.")
    return live.check_changes(values, live.clean_changes(changes or {}))


async def rehearse(
    settings: Settings, knowledge: KnowledgeBase, options: RehearsalOptions, progress: CountProgress
) -> dict[str, Any]:
    """Talk to all customers; the result as JSON."""
    from assistant.rehearsal.report import build_result

    passages, titles = await _load_passages(knowledge)
    customers = _plan(settings, passages, options)
    started = time.monotonic()
    engines = await _open_engines(settings, knowledge, options, passages)
    found: dict[str, RehearsedConversation] = {}
    orders = _invent_orders(options)

    async def run_lane(number: int, engine: RehearsalEngine) -> None:
        for one in customers[number::LANES]:
            customer = one.build_customer(orders.get(one.goal.tool.name) if one.goal.tool else None)
            found[one.key] = await engine.rehearse_customer(one.key, customer)
            progress(len(found), len(customers))

    try:
        with _wait_for_models(settings):
            await _run_lanes([run_lane(number, engine) for number, engine in enumerate(engines)])
    finally:
        for engine in engines:
            engine.close()
    ordered = [found[one.key] for one in customers]
    seconds = time.monotonic() - started
    limits = {**options.policy.rehearsal, "leak": 0.0}
    return build_result(ordered, titles, limits, seed=options.seed, seconds=seconds)


async def _run_lanes(lanes: Sequence[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(lane)


def _plan(
    settings: Settings, passages: Sequence[Passage], options: RehearsalOptions
) -> list[PlannedCustomer]:
    from assistant.rehearsal.article_goals import list_article_goals
    from assistant.rehearsal.goals import list_fixed_goals
    from assistant.rehearsal.phrases import SPOKEN_LANGUAGES
    from assistant.rehearsal.plan import plan_customers

    tools = list(options.tools.values())
    spoken = [language for language in settings.languages if language in SPOKEN_LANGUAGES]
    articles = [goal for goal in list_article_goals(passages) if goal.language in spoken]
    fixed = [goal for language in spoken for goal in list_fixed_goals(language, options.policy, tools)]
    customers = plan_customers(articles, fixed, options.most, options.seed)
    if not customers:
        raise SetupError("There is nobody to rehearse with; set ASSISTANT_LANGUAGES to ja or en.")
    return customers


async def _load_passages(knowledge: KnowledgeBase) -> tuple[list[Passage], dict[str, str]]:
    """Passages that are valid today, of a large knowledge base an even selection; and titles of articles."""
    today = knowledge.current_date()

    def load(store: SqlStore) -> tuple[list[Passage], dict[str, str]]:
        valid = {id_: title for id_, title, _ in store.articles.list_titles(today)}
        owners = store.article_lifecycle.load_chunk_articles()
        inactive = set(store.article_lifecycle.list_inactive_chunks(today))
        chunks = sorted(
            chunk for chunk, article in owners.items() if article in valid and chunk not in inactive
        )
        found = store.articles.load_passages(chunks[:: 1 + len(chunks) // MAX_PASSAGES])
        passages = [found[chunk] for chunk in sorted(found)]
        return passages, {passage.article: valid[passage.article] for passage in passages}

    return await knowledge.database.read(load)


def _invent_orders(options: RehearsalOptions) -> dict[str, OrderInHand]:
    """An order for each tool whose numbers we can make up."""
    from assistant.rehearsal.simulated_shop import invent_order

    rng = Random(options.seed)
    found = {name: invent_order(tool, rng) for name, tool in options.tools.items()}
    return {name: order for name, order in found.items() if order is not None}


async def _open_engines(
    settings: Settings, knowledge: KnowledgeBase, options: RehearsalOptions, passages: Sequence[Passage]
) -> list[RehearsalEngine]:
    from assistant.conversation.actions.consent_reader import ConsentReader
    from assistant.rehearsal.canaries import build_canaries
    from assistant.rehearsal.judging import JudgedSources, JudgingRules
    from assistant.tools.consent_classifier import ConsentClassifier
    from assistant.tools.matcher import ExampleMatcher

    quoting = settings.model_copy(update={"chat_model": "extractive"})
    mind = replace(build_turn_dependencies(quoting, knowledge), policy=options.policy)
    drafts = await knowledge.database.read(lambda store: store.article_drafts.list_heads())
    canaries = build_canaries(drafts, [passage.text for passage in passages])
    sources = JudgedSources(partial(_load_texts, knowledge))
    slots = [slot for tool in options.tools.values() for slot in tool.slots]
    asks = [text for slot in slots for text in (*slot.ask.values(), *slot.ask_again.values())]
    rules = JudgingRules(policy=options.policy, sources=sources, canaries=canaries, own_texts=tuple(asks))
    matcher = ExampleMatcher(options.tools, knowledge.compute_meaning) if options.tools else None
    consent = ConsentReader(options.tools, ConsentClassifier(knowledge.compute_meaning).score_yes)
    return [await _open_engine(mind, options, rules, matcher, consent) for _ in range(LANES)]


async def _load_texts(knowledge: KnowledgeBase, articles: Sequence[str]) -> Mapping[str, str]:
    def load(store: Store) -> Mapping[str, str]:
        found = (store.articles.find_article(article) for article in articles)
        return {one.id: f"{one.title}\n{one.text}" for one in found if one is not None}

    return await knowledge.database.read(load)


async def _open_engine(
    mind: TurnDependencies,
    options: RehearsalOptions,
    rules: JudgingRules,
    matcher: ToolMatcher | None,
    consent: ConsentReader,
) -> RehearsalEngine:
    from assistant.conversation.actions.aside import CustomerActions
    from assistant.conversation.actions.dialogue import ActionDialogue
    from assistant.conversation.actions.identity import IdentityCheck
    from assistant.notifications.notifier import LocalNotifier
    from assistant.rehearsal.canaries import seed_other_customer
    from assistant.rehearsal.engine import RehearsalEngine, SimulatedClock
    from assistant.rehearsal.simulated_shop import SimulatedToolBackend
    from assistant.signals.facts import WordFactPicker
    from assistant.storage.database import SqlDatabase, create_sqlite_engine
    from assistant.storage.schema import metadata
    from assistant.storage.store import SqlStore

    database = SqlDatabase(create_sqlite_engine(None), SqlStore)
    metadata.create_all(database.engine)
    clock = SimulatedClock(datetime.combine(utc_now().date(), datetime.min.time(), UTC).replace(hour=HOUR))
    if matcher is not None:
        backend = SimulatedToolBackend()
        dialogue = ActionDialogue(
            database=database,
            backend=backend,
            tools=options.tools,
            matcher=matcher,
            consent=consent,
            identity=IdentityCheck(database=database, backend=backend, clock=clock),
            clock=clock,
        )
        mind = replace(mind, actions=CustomerActions(dialogue=dialogue))
    await database.write(lambda store: seed_other_customer(store, options.policy, WordFactPicker(), clock()))
    clock.advance(86_400)
    return RehearsalEngine(
        database=database,
        mind=mind,
        wire=LocalNotifier(),
        pick_facts=WordFactPicker(),
        clock=clock,
        rules=rules,
        close=database.close,
    )
