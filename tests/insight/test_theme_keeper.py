"""Questions of all conversations become themes that stay; one process at a time looks after them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assistant.conversation.insight_actions import merge_theme
from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import NotFound
from assistant.domain.people import Agent
from assistant.domain.themes import Theme
from assistant.insight import theme_keeper
from assistant.insight.theme_keeper import ThemeKeeper
from tests.harness import Harness
from tests.insight.topics import TopicEmbedder

QUESTIONS = [
    f"{place}への送料はいくら" for place in ("沖縄", "北海道", "東京", "大阪", "離島", "海外", "九州")
]
QUESTIONS += [f"{thing}は返品できますか" for thing in ("靴", "本", "服", "食品", "家具", "時計", "鞄")]
QUESTIONS += [f"How much is delivery to {place}" for place in ("Nara", "Kobe", "Gifu", "Oita", "Saga")]
QUESTIONS += [f"Can I return {thing}" for thing in ("shoes", "books", "a coat", "food", "a lamp")]
LEAD = Agent(id="lead", email="lead@shop.example", name="Lead", admin=True)


async def ask_all(rig: Harness, texts: list[str]) -> list[str]:
    """One conversation each."""
    talks = []
    for text in texts:
        talk = (await rig.open()).conversation.id
        await rig.ask(talk, text)
        talks.append(talk)
    return talks


async def list_themes(rig: Harness) -> dict[str, Theme]:
    themes = await rig.database.read(lambda store: store.themes.list_alive())
    return {theme.id: theme for theme in themes}


async def themes_of(rig: Harness, talks: list[str]) -> list[str | None]:
    rows = await rig.database.read(
        lambda store: store.questions.list_between(rig.clock() - timedelta(days=99), rig.clock())
    )
    found = {row.conversation: row.theme for row in rows}
    return [found[talk] for talk in talks]


@pytest.fixture
def keeper(rig: Harness) -> ThemeKeeper:
    return ThemeKeeper(rig.database, TopicEmbedder(), rig.clock)


async def test_questions_of_both_languages_become_themes_with_names(
    rig: Harness, keeper: ThemeKeeper
) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    themes = await list_themes(rig)
    assert len(themes) == 2
    found = await themes_of(rig, talks)
    assert len(set(found[:7] + found[14:19])) == 1
    assert len(set(found[7:14] + found[19:])) == 1
    delivery = themes[found[0] or ""]
    assert delivery.name in QUESTIONS[:7] + QUESTIONS[14:19]
    assert "送料" in delivery.terms
    events = await rig.database.read(lambda store: store.themes.list_events(since=rig.clock()))
    assert {(event.kind, event.actor) for event in events} == {("found", ASSISTANT)}


async def test_what_is_asked_next_joins_at_once_or_stays_unsorted(rig: Harness, keeper: ThemeKeeper) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    new = await ask_all(rig, ["島根への送料は", "ログインの方法"])
    rig.clock.pass_(60)
    # After a start the themes are read again.
    again = ThemeKeeper(rig.database, TopicEmbedder(), rig.clock)
    await again.keep_themes()
    assert await themes_of(rig, new) == [(await themes_of(rig, talks))[0], None]


async def test_a_theme_keeps_its_id_over_months(rig: Harness, keeper: ThemeKeeper) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    before = await themes_of(rig, talks)
    for month in range(2):
        rig.clock.pass_(29 * 86_400)
        await ask_all(rig, [f"{month}月の{text}" for text in QUESTIONS])
        rig.clock.pass_(1)
        await keeper.keep_themes()
    assert await themes_of(rig, talks) == before
    assert set(await list_themes(rig)) == set(before)


async def test_one_process_does_a_run_and_one_that_died_is_done_again(rig: Harness) -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)

    async def claim() -> bool:
        return await rig.database.write(
            lambda store: store.themes.claim_run("discovery", rig.clock(), day, hour)
        )

    assert [await claim(), await claim()] == [True, False]
    rig.clock.pass_(3601)
    assert await claim()
    await rig.database.write(lambda store: store.themes.finish_run("discovery", rig.clock()))
    rig.clock.pass_(3601)
    assert not await claim()
    rig.clock.pass_(86_400)
    assert await claim()


async def test_a_leads_title_and_pin_survive_a_review(
    rig: Harness, keeper: ThemeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    theme = (await themes_of(rig, talks))[0] or ""
    titled = replace((await list_themes(rig))[theme], title="送料", pinned=True)
    await rig.database.write(lambda store: store.themes.save(titled))
    monkeypatch.setattr(theme_keeper, "REVIEW_INTERVAL", timedelta(0))
    rig.clock.pass_(1)
    await keeper.keep_themes()
    assert (await list_themes(rig))[theme].name == "送料"
    assert (await list_themes(rig))[theme].pinned


async def test_a_theme_that_a_lead_merged_stays_merged(rig: Harness, keeper: ThemeKeeper) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    delivery, returns = [(await themes_of(rig, talks))[place] or "" for place in (0, 7)]
    all_else = Theme(id="all-else", created_at=rig.clock())
    await rig.database.write(lambda store: store.themes.save(all_else))
    for theme, into in ((delivery, returns), (returns, all_else.id)):
        await rig.database.write(
            lambda store, a=theme, b=into: merge_theme(store, a, b, LEAD, rig.clock())  # type: ignore[misc]
        )
    # The worker still knows the merged themes.
    new = await ask_all(rig, ["島根への送料は"])
    rig.clock.pass_(1)
    await keeper.keep_themes()
    assert await themes_of(rig, new) == [all_else.id]
    rig.clock.pass_(86_400)
    await keeper.keep_themes()
    assert list(await list_themes(rig)) == [all_else.id]
    assert set(await themes_of(rig, talks)) == {all_else.id}


@pytest.mark.parametrize("review", [False, True])
async def test_a_theme_that_a_lead_merges_during_a_run_stays_merged(
    rig: Harness, keeper: ThemeKeeper, monkeypatch: pytest.MonkeyPatch, review: bool
) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    delivery, returns = [(await themes_of(rig, talks))[place] or "" for place in (0, 7)]
    to_thread = asyncio.to_thread

    async def merge_meanwhile(plan: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if plan is theme_keeper._plan_themes:
            await rig.database.write(lambda store: merge_theme(store, delivery, returns, LEAD, rig.clock()))
        return await to_thread(plan, *args, **options)

    monkeypatch.setattr(asyncio, "to_thread", merge_meanwhile)
    await keeper.update_themes(review=review)
    assert list(await list_themes(rig)) == [returns]
    assert set(await themes_of(rig, talks)) == {returns}


async def test_erasing_a_customer_takes_their_question_and_the_name_that_it_gave(
    rig: Harness, keeper: ThemeKeeper
) -> None:
    talks = await ask_all(rig, QUESTIONS)
    rig.clock.pass_(1)
    await keeper.keep_themes()
    theme = next(iter((await list_themes(rig)).values()))
    customer = (await rig.state(theme.conversation or "")).customer
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    left = (await list_themes(rig))[theme.id]
    assert left.example is None
    assert left.name != theme.name
    gone = await rig.database.read(
        lambda store: [q.conversation for q in store.questions.list_by_theme(theme.id, limit=99)]
    )
    assert theme.conversation in talks
    assert theme.conversation not in gone


async def test_a_message_that_was_taken_back_is_no_question_any_more(rig: Harness) -> None:
    (talk,) = await ask_all(rig, ["返品の期限は？"])
    await rig.database.write(lambda store: store.turns.redact_turn(talk, 1))
    rows = await rig.database.read(
        lambda store: store.questions.list_between(rig.clock() - timedelta(1), rig.clock() + timedelta(1))
    )
    assert rows == []


async def test_an_unknown_theme_is_not_found(rig: Harness) -> None:
    with pytest.raises(NotFound):
        await rig.database.read(lambda store: store.themes.get("nothing"))
