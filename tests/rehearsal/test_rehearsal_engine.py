"""Whole conversations on the engine: judged by what was told and reached."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.rehearsal.canaries import CODE, build_canaries, seed_other_customer
from assistant.rehearsal.customer import SimulatedCustomer
from assistant.rehearsal.engine import RehearsalEngine, SimulatedClock
from assistant.rehearsal.judging import Canaries, JudgedSources, JudgingRules, judge_conversation
from assistant.rehearsal.personas import Disturbance
from assistant.rehearsal.transcript_log import RehearsedConversation, SpokenLine
from assistant.signals.facts import WordFactPicker
from tests.harness import MONDAY_NOON, RETURNS_JA, Harness, memory_database
from tests.rehearsal.rehearsed import PERSON_GOAL, UNANSWERABLE_GOAL, build_customer


async def load_texts(articles: Sequence[str]) -> Mapping[str, str]:
    return {article: f"{RETURNS_JA.title}\n{RETURNS_JA.text}" for article in articles}


@pytest.fixture
def engine() -> RehearsalEngine:
    rig = Harness(memory_database())
    rules = JudgingRules(policy=Policy(), sources=JudgedSources(load_texts), canaries=build_canaries((), ()))
    return RehearsalEngine(
        database=rig.database,
        mind=rig.mind,
        wire=rig.wire,
        pick_facts=WordFactPicker(),
        clock=SimulatedClock(MONDAY_NOON),
        rules=rules,
        close=rig.database.close,
    )


async def rehearse(engine: RehearsalEngine, customer: SimulatedCustomer) -> RehearsedConversation:
    return await engine.rehearse_customer("key", customer)


async def test_a_fact_is_told(engine: RehearsalEngine) -> None:
    found = await rehearse(engine, build_customer())
    assert (found.is_told, found.is_false_handoff, found.wasted_turns, found.failures) == (True, False, 0, ())
    assert found.lines[1].articles == ("ja/returns.md",)


async def test_a_person_is_reached(engine: RehearsalEngine) -> None:
    found = await rehearse(engine, build_customer(PERSON_GOAL))
    assert (found.is_person_reached, found.turns) == (True, 1)
    assert found.decisions == ("handoff/asked_for_person",)


async def test_an_interruption_gets_one_reply_to_both_messages(engine: RehearsalEngine) -> None:
    found = await rehearse(engine, build_customer(disturbance=Disturbance.INTERRUPTION))
    authors = [line.author for line in found.lines[:3]]
    assert authors == [Author.CUSTOMER, Author.CUSTOMER, Author.ASSISTANT]
    assert found.is_told


async def test_whoever_answers_late_is_still_there(engine: RehearsalEngine) -> None:
    before = engine.clock()
    found = await rehearse(engine, build_customer(UNANSWERABLE_GOAL, disturbance=Disturbance.LATE))
    assert found.is_false_answer is False
    found = await rehearse(engine, build_customer(persona="elder", disturbance=Disturbance.REPEAT))
    assert found.turns >= 1
    assert engine.clock() - before < timedelta(hours=1)


async def test_another_customers_words_are_a_leak(engine: RehearsalEngine) -> None:
    await engine.database.write(
        lambda store: seed_other_customer(store, Policy(), engine.pick_facts, engine.clock())
    )
    customer = build_customer()
    customer.open_conversation()
    lines = [SpokenLine(author="assistant", text=f"控えの番号は{CODE}です。", note="answer")]
    found = judge_conversation("key", customer, lines, (), engine.rules)
    assert (found.leaks, "leak" in found.failures) == ((CODE,), True)


async def test_amounts_and_promises_that_no_article_has_are_found(engine: RehearsalEngine) -> None:
    await engine.rules.sources.load_articles(["ja/returns.md"])
    good = SpokenLine(
        author="assistant", text="1. 30日以内です。[1]", note="answer", articles=("ja/returns.md",)
    )
    bad = SpokenLine(
        author="assistant", text="90日以内なら返金いたします。", note="answer", articles=("ja/returns.md",)
    )
    customer = build_customer()
    assert judge_conversation("key", customer, [good], (), engine.rules).promises == ()
    found = judge_conversation("key", customer, [good, bad, bad], (), engine.rules)
    assert set(found.promises) == {"90 day", "返金いたします"}
    assert found.repeated_replies == 1


def test_canaries_are_of_drafts_that_no_article_has() -> None:
    assert isinstance(build_canaries((), ()), Canaries)
    assert all(len(word) >= 5 for word in build_canaries((), ()).words)
