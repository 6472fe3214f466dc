"""One question to a model: what it may take, and what it took, also where it fails."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from assistant.answering.completion import request_completion
from assistant.models.scripted import ScriptedModel
from assistant.models.token_count import count_tokens
from assistant.ports.models import TokenUsage
from tests.answering.speaking import FakeBudget

PROMPT = ("Be brief.", "返品できますか")
WORDS = "はい、30日以内に返品できます。"
TAKEN = count_tokens("".join(PROMPT))


class SlowModel(ScriptedModel):
    """Speaks, and then thinks for too long."""

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]:
        async for part in super().stream_completion(system, user, usage):
            yield part
        await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("model", "written", "given"),
    [
        (ScriptedModel(WORDS), WORDS, WORDS),
        (ScriptedModel(), None, ""),
        (ScriptedModel(WORDS, breaks_off=True), None, WORDS),
        (SlowModel(WORDS), None, WORDS),
    ],
    ids=["well", "down", "breaks off", "slow"],
)
async def test_what_a_call_took_is_paid_for(model: ScriptedModel, written: str | None, given: str) -> None:
    budget = FakeBudget(calls=1)
    assert await request_completion(model, PROMPT, budget, max_tokens=100, seconds=0.05) == written
    assert budget.settled == [(TAKEN + 100, TAKEN + count_tokens(given))]


async def test_without_a_budget_nobody_counts_and_a_spent_one_asks_nobody() -> None:
    model = ScriptedModel(WORDS)
    assert await request_completion(model, PROMPT, FakeBudget(0), max_tokens=9, seconds=1) is None
    assert model.asked == []
    assert await request_completion(model, PROMPT, None, max_tokens=9, seconds=1) == WORDS
