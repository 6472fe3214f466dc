"""Budgets on models: kept in the database, the same for every turn and process, never an error."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.app.policy_file import parse_policy
from assistant.conversation.turn.model_budget import TurnModelBudget
from assistant.domain.budgets import Budget, Budgets, ModelUsage, Price, Prices, Spender
from assistant.domain.errors import SetupError
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WIDE = Budget(tokens=10_000, calls=100)
NARROW = Budgets(message=WIDE, conversation=WIDE, visitor=WIDE, day=WIDE)
SPENDER = Spender(conversation="c1", customer="taro", origin="a1")


def allowance(
    database: SqlDatabase[SqlStore], budgets: Budgets, spender: Spender = SPENDER, at: datetime = NOON
) -> TurnModelBudget:
    return TurnModelBudget(database=database, budgets=budgets, spender=spender, clock=lambda: at)


@pytest.mark.parametrize(
    ("scope", "other", "shared"),
    [
        ("conversation", Spender(conversation="c1", customer="hana"), True),
        ("conversation", Spender(conversation="c2", customer="taro"), False),
        ("visitor", Spender(conversation="c2", customer="taro"), True),
        ("visitor", Spender(conversation="c2", customer="hana"), False),
        ("address", Spender(conversation="c2", customer="hana", origin="a1"), True),
        ("address", Spender(conversation="c2", customer="hana", origin="a2"), False),
        ("address", Spender(conversation="c2", customer="hana"), False),
        ("day", Spender(conversation="c2", customer="hana"), True),
    ],
)
async def test_a_spent_budget_refuses_whoever_shares_it(
    database: SqlDatabase[SqlStore], scope: str, other: Spender, shared: bool
) -> None:
    narrow = replace(NARROW, **{scope: Budget(tokens=1_000, calls=9)})
    assert await allowance(database, narrow).reserve_tokens(800) is None
    refused = await allowance(database, narrow, other).reserve_tokens(800)
    assert refused == (f"{scope}_budget_spent" if shared else None)


async def test_what_was_not_used_comes_back(database: SqlDatabase[SqlStore]) -> None:
    narrow = replace(NARROW, day=Budget(tokens=1_000, calls=9))
    first = allowance(database, narrow)
    assert await first.reserve_tokens(900) is None
    await first.record_usage(900, 100, 0.25)
    assert await allowance(database, narrow).reserve_tokens(900) is None
    spent = await database.read(lambda store: store.spending.sum_between(NOON, NOON))
    assert spent == ModelUsage(tokens=1_000, calls=2, cost=0.25)


async def test_tomorrow_a_visitor_begins_anew_but_a_conversation_does_not(
    database: SqlDatabase[SqlStore],
) -> None:
    tomorrow = NOON.replace(day=27)
    one = Budget(tokens=9_000, calls=1)
    visitor, conversation = replace(NARROW, visitor=one), replace(NARROW, conversation=one)
    assert await allowance(database, visitor).reserve_tokens(1) is None
    assert await allowance(database, visitor).reserve_tokens(1)
    assert await allowance(database, visitor, at=tomorrow).reserve_tokens(1) is None
    assert await allowance(database, conversation, at=tomorrow).reserve_tokens(1)


async def test_a_message_has_a_budget_of_its_own(database: SqlDatabase[SqlStore]) -> None:
    turn = allowance(database, replace(NARROW, message=Budget(tokens=500, calls=2)))
    assert await turn.reserve_tokens(400) is None
    assert await turn.reserve_tokens(400) == "message_budget_spent"


async def test_many_turns_at_once_never_spend_more_than_there_is(database: SqlDatabase[SqlStore]) -> None:
    turns = [allowance(database, replace(NARROW, day=Budget(tokens=1_000, calls=99))) for _ in range(20)]
    refused = await asyncio.gather(*(turn.reserve_tokens(300) for turn in turns))
    assert refused.count(None) == 3


def test_budgets_and_prices_are_read_from_the_policy() -> None:
    policy = parse_policy(
        {"budgets": {"day": {"tokens": 5}}, "prices": {"openai:x": {"input": 1, "output": 4}}}
    )
    assert policy.budgets.day == Budget(tokens=5, calls=Budgets().day.calls)
    assert policy.prices == Prices(models={"openai:x": Price(input=1, output=4)})
    assert policy.prices.compute_cost("openai:x", 1_000_000, 500_000) == 3
    assert policy.prices.compute_cost("openai:y", 1, 1) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"budgets": {"week": {}}},
        {"budgets": {"day": {"tokens": -1}}},
        {"budgets": {"day": {"euros": 3}}},
        {"prices": {"openai:x": {"input": 1}}},
    ],
)
def test_a_wrong_budget_or_price_is_one_clear_line(wrong: dict[str, object]) -> None:
    with pytest.raises(SetupError, match=r"policy: (budgets|prices)"):
        parse_policy(wrong)
