"""Whether more may be told is asked once, in one sentence, beside news of an order."""

from dataclasses import replace

import pytest

from assistant.conversation.actions.consent import Consent, read_consent
from assistant.conversation.consents import list_consents
from assistant.conversation.templates import LANGUAGES
from assistant.conversation.templates import render_template as words
from assistant.domain.consents import ConsentRecord, ConsentState, Purpose
from assistant.domain.messages import CONSENT_QUESTION, Message
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy, ProactiveRule
from tests.actions_harness import ShopSide, open_shop
from tests.conversation.test_actions import ORDER
from tests.harness import Harness

CARE = ProactiveRule(name="care", events=frozenset({"order.delivered"}), purpose=Purpose.TIPS)
NEWS = replace(CARE, name="news", purpose=Purpose.ORDERS)
ON = Policy(proactive=ProactivePolicy(rules=(CARE, NEWS)), proactive_on=frozenset({"care"}))
QUESTION = f"{ORDER} はどこですか。郵便番号は150-0001です"


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    shop = open_shop(rig)
    shop.add(ORDER, "shipped")
    use_policy(rig, ON)
    return shop


def use_policy(rig: Harness, policy: Policy) -> None:
    rig.mind = replace(rig.mind, policy=policy)
    rig.assistant = replace(rig.assistant, mind=rig.mind)


async def load_last(rig: Harness, talk: str) -> Message:
    return (await rig.database.read(lambda store: store.messages.list_public(talk)))[-1]


async def load_ledger(rig: Harness, talk: str) -> list[ConsentRecord]:
    customer = (await rig.state(talk)).customer
    return await rig.database.read(lambda store: list_consents(store, [customer]))


async def ask_order(rig: Harness) -> str:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, QUESTION)
    return talk


@pytest.mark.parametrize(
    ("answer", "state"),
    [("はい", "given"), ("はい、お願いします", "given"), ("いいえ", "withdrawn"), ("No thanks", "withdrawn")],
)
async def test_the_answer_is_kept_with_the_sentence_that_was_shown(
    rig: Harness, shop: ShopSide, answer: str, state: str
) -> None:
    talk = await ask_order(rig)
    asked = await load_last(rig, talk)
    assert (asked.kind, asked.text) == (CONSENT_QUESTION, words("consent_question", "ja"))
    assert [button.value for button in asked.buttons] == ["はい、お願いします", "いいえ、結構です"]
    await rig.say(talk, answer)
    (record,) = await load_ledger(rig, talk)
    assert (record.purpose, record.channel, record.state) == ("tips", "web", state)
    assert (record.wording, record.by, record.source) == (asked.text, "customer", "message")
    said, told = (await rig.database.read(lambda store: store.messages.list_public(talk)))[-2:]
    assert record.evidence == said.id
    assert (told.kind, told.text) == ("notice", words(f"consent_tips_{state}", "ja"))
    await rig.ask(talk, QUESTION)
    assert (await load_last(rig, talk)).kind == "text"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_buttons_say_a_plain_yes_and_no(language: str) -> None:
    assert read_consent(words("button_consent_yes", language)) is Consent.YES
    assert read_consent(words("button_consent_no", language)) is Consent.NO


async def test_what_is_no_plain_answer_is_answered_itself_and_the_question_is_over(
    rig: Harness, shop: ShopSide
) -> None:
    talk = await ask_order(rig)
    assert "30日" in (await rig.ask(talk, "返品の期限は何日ですか")).text
    assert await load_ledger(rig, talk) == []
    await rig.ask(talk, "はい")
    assert await load_ledger(rig, talk) == []
    await rig.ask(talk, QUESTION)
    assert (await load_last(rig, talk)).kind == "text"


async def test_a_no_to_tips_stops_nothing_else_and_a_stop_is_not_asked_again(
    rig: Harness, shop: ShopSide
) -> None:
    talk = await ask_order(rig)
    await rig.say(talk, "お知らせ停止")
    (record,) = await load_ledger(rig, talk)
    assert (record.purpose, record.channel, record.state) == ("*", "*", ConsentState.WITHDRAWN)
    await rig.ask(talk, QUESTION)
    assert (await load_last(rig, talk)).kind == "text"


@pytest.mark.parametrize("on", [(), ("news",)])
async def test_nothing_is_asked_where_no_rule_would_send_tips(
    rig: Harness, shop: ShopSide, on: tuple[str, ...]
) -> None:
    use_policy(rig, replace(ON, proactive_on=frozenset(on)))
    assert (await load_last(rig, await ask_order(rig))).kind == "text"


@pytest.mark.parametrize(
    "text",
    ["返品の期限は何日ですか", "注文した商品はどこですか", f"{ORDER} はどこですか。郵便番号は999-9999です"],
)
async def test_nothing_is_asked_beside_other_answers(rig: Harness, shop: ShopSide, text: str) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, text)
    assert (await load_last(rig, talk)).kind == "text"


async def test_who_is_new_to_chats_is_not_asked(rig: Harness, shop: ShopSide) -> None:
    use_policy(rig, replace(ON, guide_unfamiliarity=0.0))
    assert (await load_last(rig, await ask_order(rig))).kind == "text"
