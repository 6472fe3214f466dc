"""Setup of `serve --demo`: the sample help, and a demo agent for the console."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from assistant.app.resources import find_resource_folder
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from assistant.app.settings import Settings
    from assistant.app.worker_app import AssistantService
    from assistant.cli.output import StageProgress
    from assistant.storage.database import SqlDatabase
    from assistant.storage.store import SqlStore

SAMPLE = find_resource_folder("knowledge_base")
#: When people of the sample shop answer.
POLICY = Path(__file__).parent / "demo_policy.yaml"
EMAIL = "demo@komorebi.example"
#: Name of the sample shop on help pages.
SHOP = {"ja": "こもれび商店", "en": "Komorebi Store"}


def with_demo_policy(settings: Settings) -> Settings:
    """Settings with the sample shop's opening hours, where no policy is named."""
    return settings if settings.policy else settings.model_copy(update={"policy": POLICY})


async def index_sample(settings: Settings, service: AssistantService, steps: StageProgress) -> None:
    """Ingest the sample help."""
    from assistant.cli.knowledge import index_sources

    report = await index_sources(service.knowledge, settings, [str(SAMPLE)], steps)
    if report.failed:
        raise SetupError(f"The sample help could not be read: {report.failed[0]}")


async def remove_demo_agent(settings: Settings, database: SqlDatabase[SqlStore]) -> None:
    """Remove the demo agent, so that its known password does not work in production."""
    from assistant.app.knowledge_base import utc_now
    from assistant.conversation.agent_access import remove_agent

    kept = settings.data_dir / "demo-agent.password"
    if not kept.exists():
        return

    def remove_if_known(store: SqlStore) -> None:
        if known := store.agents.find_by_email(EMAIL):
            remove_agent(store, known, utc_now())

    await database.write(remove_if_known)
    kept.unlink()


async def ensure_demo_agent(settings: Settings, database: SqlDatabase[SqlStore]) -> str:
    """Ensure that the demo agent exists; returns its password, which is stored in the data folder."""
    from assistant.api.password_hashing import hash_password
    from assistant.app.knowledge_base import utc_now
    from assistant.domain.people import Agent

    kept = settings.data_dir / "demo-agent.password"
    known = await database.read(lambda store: store.agents.get(EMAIL))
    if known and kept.exists():
        return kept.read_text().strip()
    password = secrets.token_urlsafe(9)
    password_hash = hash_password(password)
    agent = known or Agent(id=uuid4().hex, email=EMAIL, name="森 みどり", admin=True)
    if known:
        await database.write(lambda store: store.agents.set_password(agent.id, password_hash))
    else:
        await database.write(lambda store: store.agents.add(agent, password_hash, utc_now()))
    kept.touch(mode=0o600)
    kept.write_text(password + "\n")
    return password
