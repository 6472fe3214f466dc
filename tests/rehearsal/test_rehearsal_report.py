"""Gates, what zero proves, coverage, and who fares otherwise than before."""

import json
from dataclasses import replace
from random import Random

import pytest

from assistant.app.wiring import TOOLS
from assistant.domain.actions import Tool
from assistant.domain.errors import BadInput
from assistant.domain.policy import Policy
from assistant.domain.rehearsals import REHEARSAL_LIMITS
from assistant.rehearsal.goals import ArticleFact, list_fixed_goals
from assistant.rehearsal.html_report import render_html
from assistant.rehearsal.plan import plan_customers
from assistant.rehearsal.rendering import render_flips, render_summary
from assistant.rehearsal.report import build_comparison, build_result, list_flips, load_conversations
from assistant.rehearsal.simulated_shop import invent_order
from assistant.rehearsal.transcript_log import RehearsedConversation
from assistant.tools.catalogue import load_tools
from tests.rehearsal.rehearsed import FACT_GOAL, build_conversation

LIMITS = {**REHEARSAL_LIMITS, "leak": 0.0}
TITLES = {"ja/returns.md": "返品の期限", "ja/points.md": "ポイント"}


def build(*conversations: RehearsedConversation) -> dict[str, object]:
    return build_result(conversations, TITLES, LIMITS, seed=1, seconds=30.0)


def test_gates_fail_by_name_and_zero_proves_little() -> None:
    told = [build_conversation(f"ja:{n}", is_told=True) for n in range(150)]
    result = build(*told, *[replace(one, key=f"{one.key}b", is_told=False) for one in told])
    assert (result["passed"], result["failed_gates"]) == (False, ["told"])
    text = render_summary(result)
    assert "0 of 300 proves at most 1.0% (rule of three)" in text
    assert "150/300 = 50%" in text
    assert "95 %: 44.4%–55.6%" in text
    assert "not: ポイント" in text


def test_one_leak_fails_whatever_the_limits() -> None:
    result = build(build_conversation(leaks=("CNR-58113-7Q",)))
    assert result["failed_gates"] == ["leak"]


def test_who_fares_otherwise_is_shown_beside_before() -> None:
    fine, missed = build_conversation(is_told=True), build_conversation(is_told=False)
    (flip,) = list_flips([fine], [missed])
    assert flip.is_worse
    text = render_flips([flip])
    assert "WORSE: ja:a|calm|none" in text
    assert "before: ok" in text
    assert "after: told" in text
    assert list_flips([fine], [fine]) == list_flips([fine], [build_conversation("other")]) == []
    comparison = build_comparison(build(fine), build(missed))
    assert (comparison["changed"], comparison["worse"], len(comparison["failed"])) == (1, 1, 1)


def test_a_stored_run_is_read_again_and_nothing_else_is() -> None:
    result = json.loads(json.dumps(build(build_conversation(is_told=True))))
    assert load_conversations(result) == [build_conversation(is_told=True)]
    for bad in ({}, {"version": 1, "conversations": [{"key": "a"}]}, {"version": 0}):
        with pytest.raises(BadInput):
            load_conversations(bad)


def test_the_page_shows_texts_and_no_markup_of_theirs() -> None:
    one = build_conversation(is_told=False)
    page = render_html(build(one), [one], list_flips([build_conversation(is_told=True)], [one]))
    assert "&lt;b&gt;いつまで" in page
    assert "<b>いつまで" not in page
    assert "<script" not in page


def test_the_same_seed_brings_the_same_customers_and_a_new_article_moves_none() -> None:
    fixed = list_fixed_goals("ja", Policy())
    goals = [replace(FACT_GOAL, key=f"ja:{n}#", fact=replace_article(n)) for n in range(10)]
    before = {one.key for one in plan_customers(goals, fixed, 20, 1)}
    assert before == {one.key for one in plan_customers(list(reversed(goals)), fixed, 20, 1)}
    assert before != {one.key for one in plan_customers(goals, fixed, 20, 2)}
    more = [*goals, replace(FACT_GOAL, key="ja:new#", fact=replace_article(99))]
    assert len(before - {one.key for one in plan_customers(more, fixed, 20, 1)}) <= 1
    assert len(plan_customers([], fixed, 15, 1)) == 15


def replace_article(number: int) -> ArticleFact:
    assert FACT_GOAL.fact is not None
    return replace(FACT_GOAL.fact, article=f"ja/{number}.md")


def test_order_numbers_fit_the_tool() -> None:
    tool = load_tools(TOOLS)["order_status"]
    order = invent_order(tool, Random(1))
    assert order is not None
    assert order.number.startswith("KM-")
    assert invent_order(_with_pattern(tool, "(a|b)+"), Random(1)) is None


def _with_pattern(tool: Tool, pattern: str) -> Tool:
    return replace(tool, schema={"properties": {tool.subject: {"pattern": pattern}}})
