"""`doctor`, `migrate` and `prepare`: check and prepare the installation, and print remedies."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.cli.output import AsJson, print_json
from assistant.domain.errors import AssistantError, SetupError

if TYPE_CHECKING:
    from assistant.app.knowledge_base import KnowledgeBase
    from assistant.app.settings import Settings
    from assistant.storage.store import SqlStore

#: Articles that expire within this time are reported, at most so many lines.
EXPIRY_WARNING = timedelta(days=30)
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    part: str
    well: bool
    says: str


def doctor(as_json: AsJson = False) -> None:
    """Check settings, data folder, database, index, search in every language, and the model."""
    findings = asyncio.run(_examine_installation())
    for finding in findings:
        if as_json:
            print_json(asdict(finding))
        else:
            print(f"{'ok  ' if finding.well else 'BAD '} {finding.part:<12} {finding.says}")
    if ill := [finding.part for finding in findings if not finding.well]:
        raise SetupError(f"Not well: {', '.join(ill)}; what is printed beside each says what mends it.")


async def _examine_installation() -> list[Finding]:
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.environment import list_unknown_settings, load_environment
    from assistant.app.knowledge_base import build_policy
    from assistant.app.settings import Settings, load_settings

    try:
        settings = load_settings()
        prepare_data_dir(settings.data_dir)
        zone = build_policy(settings).zone
    except AssistantError as exc:
        return [Finding(part="settings", well=False, says=str(exc))]
    unknown = list_unknown_settings(load_environment(), Settings.model_fields)
    says = f"languages {', '.join(settings.languages)}; days begin at midnight of {zone}"
    says = "; ".join([says, *unknown])
    findings = [
        Finding(part="settings", well=True, says=says),
        Finding(part="data folder", well=True, says=str(settings.data_dir.resolve())),
    ]
    findings += await _examine_knowledge(settings)
    findings += _examine_reading(settings)
    return [*findings, await _examine_model(settings), *await _examine_channels(settings)]


def _examine_reading(settings: Settings) -> list[Finding]:
    """The learned weights of the reader and the turn encoder, which the local model alone has."""
    from assistant.models.embeddings.adapter_weights import READER, TURNS, load_learned_tensors
    from assistant.models.embeddings.factory import LOCAL

    if settings.embeddings != LOCAL:
        return []
    try:
        for weights in (READER, TURNS):
            load_learned_tensors(weights)
    except SetupError as exc:
        return [Finding(part="reading", well=False, says=str(exc))]
    return [Finding(part="reading", well=True, says="passages and turns are read")]


async def _examine_knowledge(settings: Settings) -> list[Finding]:
    from assistant.app.knowledge_base import open_knowledge

    try:
        knowledge = await open_knowledge(settings)
    except AssistantError as exc:
        return [Finding(part="database", well=False, says=str(exc))]
    try:
        findings = [await _examine_articles(knowledge), await _examine_index(knowledge)]
        findings += [await _examine_content(knowledge), await _examine_work(knowledge)]
        return findings + [_examine_tokenizer(language) for language in settings.languages]
    finally:
        await knowledge.close()


async def _examine_articles(knowledge: KnowledgeBase) -> Finding:
    count = len(await knowledge.indexer.load_content_hashes())
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[knowledge.database.kind]
    hint = "no articles yet: run `assistant ingest knowledge_base` or name your own folder"
    return Finding(part="database", well=count > 0, says=f"{kind}, {f'{count} articles' if count else hint}")


async def _examine_content(knowledge: KnowledgeBase) -> Finding:
    """Report what support leads should look at: not a fault of the installation, so never BAD."""
    from assistant.cli.knowledge import format_contradiction

    today = knowledge.current_date()

    def list_remarks(store: SqlStore) -> list[str]:
        lifecycle = store.article_lifecycle
        return [
            *(f"disagree: {format_contradiction(one)}" for one in lifecycle.list_open_contradictions(today)),
            *(f"not read: {one.place} ({one.why})" for one in lifecycle.list_source_problems()),
            *(
                f"holds until {last}: {id_}"
                for id_, _, last in lifecycle.list_expiring_articles(today + EXPIRY_WARNING)
            ),
            *(f"holds from {first}: {id_}" for id_, _, first in lifecycle.list_upcoming_articles(today)),
            *(f"replaced: {one.article} by {one.by}" for one in lifecycle.list_supersessions()),
        ]

    seen = await knowledge.database.read(list_remarks)
    rest = f" … and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
    says = "; ".join(seen[:SHOWN]) + rest if seen else "no two articles disagree, none ends soon"
    return Finding(part="articles", well=True, says=says)


async def _examine_work(knowledge: KnowledgeBase) -> Finding:
    dead_letters = await knowledge.database.read(lambda store: store.jobs.count_dead_letters())
    says = f"given up so far: {dead_letters} (the log says which; customers were handed to a person)"
    return Finding(part="work", well=True, says=says if dead_letters else "nothing was given up")


async def _examine_index(knowledge: KnowledgeBase) -> Finding:
    """The same texts as `/readyz`: doctor opens what `serve` opens."""
    from assistant.knowledge.vectors.chroma_embedded import IN_USE

    missing = await knowledge.report_missing_vectors()
    health = knowledge.retriever.component_health().values()
    if problems := [why for why in health if why and why != IN_USE]:
        return Finding(part="index", well=False, says=f"degraded: {'; '.join(problems)}")
    says = "Chroma, open in another process (its /readyz tells)" if IN_USE in health else "Chroma, in step"
    if knowledge.retriever.is_switching:
        says += f"; another model takes over when `serve` has made its vectors ({missing:,} are missing)"
    elif missing:
        says += f"; {missing:,} passages wait for vectors, words find them (`serve` makes them)"
    return Finding(part="index", well=True, says=says)


def _examine_tokenizer(language: str) -> Finding:
    from assistant.knowledge.retrieval.lexical import list_broken_languages

    dead = list_broken_languages((language,))
    mend = "finds nothing; reinstall with `make install` (SudachiPy and its dictionary)"
    return Finding(
        part=f"words {language}", well=not dead, says=mend if dead else "the tokenizer finds words"
    )


async def _examine_model(settings: Settings) -> Finding:
    from assistant.models.factory import try_model

    if settings.effective_model == "extractive":
        return Finding(part="model", well=True, says="none set: answers quote the knowledge base")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    why = await try_model(
        settings.effective_model,
        api_key=key,
        base_url=settings.openai_base_url,
        parameters=settings.chat_parameters,
    )
    return Finding(part="model", well=why is None, says=why or f"{settings.effective_model} answers")


async def _examine_channels(settings: Settings) -> list[Finding]:
    """Check every configured messaging app with its own test calls."""
    from assistant.app.wiring import build_channels
    from assistant.domain.errors import RetryLater

    try:
        channels = build_channels(settings)
    except SetupError as exc:
        return [Finding(part="channels", well=False, says=str(exc))]
    findings = []
    for (name, account), channel in channels.items():
        try:
            well, says = True, "; ".join(await channel.check_setup())
        except (SetupError, RetryLater) as exc:
            well, says = False, str(exc)
        findings.append(Finding(part=f"{name} {account}".strip(), well=well, says=says))
    return findings


def migrate() -> None:
    """Migrate the database schema."""
    from assistant.app.knowledge_base import open_database
    from assistant.app.settings import load_settings

    database = open_database(load_settings(), migrating=True)
    database.close()
    print("The database schema is up to date.")


def prepare() -> None:
    """Prepare the models that passages and turns are read with; what builds an image calls it."""
    from assistant.app.embedder import prepare_models
    from assistant.app.settings import load_settings

    settings = load_settings()
    prepare_models(settings)
    print(f"The models are ready in {settings.models_dir}.")
