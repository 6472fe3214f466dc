"""Settings of the console in a running process: the policy file wins, and a misfit stops nothing."""

from pathlib import Path
from typing import Any

import pytest

from assistant.app.live_settings import LiveSettings
from assistant.app.settings import Settings
from assistant.domain.errors import BadInput
from assistant.domain.people import Agent
from tests.harness import MONDAY_NOON, memory_database

LEAD = Agent(id="lead", email="lead@shop.example", name="Lead", lead=True)


def settings(tmp_path: Path, policy: str) -> Settings:
    path = tmp_path / "policy.yaml"
    path.write_text(policy, "utf-8")
    return Settings.model_construct(policy=path, languages=("ja", "en"), name="Shop")


async def store(database: Any, **values: Any) -> None:
    for key, value in values.items():
        await database.write(
            lambda store, key=key, value=value: store.settings.add_change(
                f"policy.{key}", value, LEAD, MONDAY_NOON
            )
        )


async def test_the_file_wins_and_says_so(tmp_path: Path) -> None:
    database = memory_database()
    live = LiveSettings(settings(tmp_path, "answer_score: 0.7\n"), database)
    await store(database, answer_score=0.6, max_failed_turns=5)
    assert await live.load_changes() is True
    assert (live.policy.answer_score, live.policy.max_failed_turns) == (0.7, 5)
    assert live.policy.for_channel("web").max_failed_turns == 5
    assert live.file_keys == {"answer_score"}
    with pytest.raises(BadInput, match="change it there"):
        live.check_changes({}, {"policy.answer_score": 0.6})
    assert await live.load_changes() is False


async def test_values_that_a_new_file_contradicts_are_left_out_and_told(tmp_path: Path) -> None:
    database = memory_database()
    await store(database, offer_frustration=0.7, max_failed_turns=5)
    live = LiveSettings(settings(tmp_path, "handoff_frustration: 0.6\n"), database)
    await live.load_changes()
    assert (live.policy.offer_frustration, live.policy.handoff_frustration) == (0.5, 0.6)
    assert live.policy.max_failed_turns == 3
    assert "must rise" in (live.problem or "")
    await store(database, offer_frustration=None)
    await live.load_changes()
    assert (live.policy.max_failed_turns, live.problem) == (5, None)
