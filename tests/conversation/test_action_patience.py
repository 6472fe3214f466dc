"""People who say yes in their own words, look for something first, or ask beside an open request."""

from dataclasses import replace

import pytest

from assistant.conversation.actions.consent import Consent, asks_aside, asks_to_wait, read_consent
from assistant.conversation.actions.slot_values import parse_address
from assistant.conversation.templates import render_template as words
from assistant.domain.actions import ProposalState
from tests.actions_harness import TOOLS, open_shop
from tests.conversation.test_actions import ORDER, propose_cancellation, states
from tests.harness import FixedScoreRetriever, Harness


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("はい、すすめちゃってください", "request_return"),
        ("わかりました、じゃあお願いします", "cancel_order"),
        ("ほな頼むわ", "request_return"),
        ("オッケーっす", "request_return"),
        ("うん、やっぱ返します。お願いします", "request_return"),
        ("はい、変えてください", "change_address"),
        ("はい、そのとおりです。よろしくお願いします", "change_address"),
        ("ええ、それで結構です", "cancel_order"),
        ("Ja, yes, correct", "change_address"),
        ("Yes, stop it", "cancel_order"),
    ],
)
def test_a_yes_in_everyday_words_is_one(text: str, tool: str) -> None:
    assert read_consent(text, TOOLS[tool].consent_words.values()) is Consent.YES


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("いいえ結構です", "cancel_order"),
        ("このままで結構です", "cancel_order"),
        ("やっぱりやめます", "request_return"),
        ("じゃあ、やめときます", "cancel_order"),
        ("はい、でもその前に返金は？", "cancel_order"),
        ("ほな、どないしよ", "cancel_order"),
        ("うん？", "cancel_order"),
        ("じゃあ", "cancel_order"),
        ("is it?", "change_address"),
        ("Stop it please", "cancel_order"),
        ("stop, yes stop", "cancel_order"),
        ("Yes, stop it", "change_address"),
        ("はい、でもキャンセルはやめます", "cancel_order"),
    ],
)
def test_what_is_no_plain_yes_stays_none(text: str, tool: str) -> None:
    assert read_consent(text, TOOLS[tool].consent_words.values()) is not Consent.YES


@pytest.mark.parametrize(
    ("text", "aside"), [("その前に、届くのはいつですか", True), ("住所を変えられますか、変えたいです", False)]
)
def test_a_question_beside_an_open_request_does_not_begin_another(text: str, aside: bool) -> None:
    assert asks_aside(text) is aside


@pytest.mark.parametrize(
    ("text", "waits"),
    [("ちょっと待って", True), ("hang on, it's upstairs", True), ("いつまで待てばいいですか？", False)],
)
def test_a_moment_is_asked_for_in_plain_words(text: str, waits: bool) -> None:
    assert asks_to_wait(text) is waits


async def test_who_asks_for_a_moment_gets_it_and_still_says_yes_to_what_was_shown(rig: Harness) -> None:
    talk = await propose_cancellation(rig, open_shop(rig))
    reply = await rig.ask(talk, "んー、一瞬まって")
    assert reply.text.startswith(words("action_wait", "ja"))
    assert ORDER in reply.text
    await rig.ask(talk, "うん、お願いします")
    assert await states(rig, talk) == [ProposalState.OK]


async def test_thanks_for_what_was_shown_get_the_question_again(rig: Harness) -> None:
    talk = await propose_cancellation(rig, open_shop(rig))
    reply = await rig.ask(talk, "ありがとう")
    assert ORDER in reply.text
    assert words("action_confirm_again", "ja") in reply.text
    assert await states(rig, talk) == [ProposalState.OPEN]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("あたらしい じゅうしょは 460-0008 愛知県名古屋市中区栄4-5-6", "460-0008 愛知県名古屋市中区栄4-5-6"),
        ("娘のおうちへ 〒460-0008 愛知県名古屋市中区栄4-5-6 です", "460-0008 愛知県名古屋市中区栄4-5-6"),
        ("愛知県名古屋市中区栄4-5-6 460-0008", "愛知県名古屋市中区栄4-5-6 460-0008"),
        (
            "Flat 405, 4-5-6 Sakae, Naka-ku, Nagoya 460-0008 instead",
            "Flat 405, 4-5-6 Sakae, Naka-ku, Nagoya 460-0008",
        ),
        ("4-5-6 Sakae, Nagoya 460-0008 instead, please. Thanks!", "4-5-6 Sakae, Nagoya 460-0008"),
        ("4-5-6 Sakae, Nagoya 460-0008 instead of mine :)", "4-5-6 Sakae, Nagoya 460-0008"),
        ("460-0008 4-5-6 Sakae, Nagoya, rose house please", "460-0008 4-5-6 Sakae, Nagoya, rose house"),
        ("460-0008 愛知県名古屋市中区栄4-5-6でお願いできますか？😊", "460-0008 愛知県名古屋市中区栄4-5-6"),
        ("４６０ー０００８ 名古屋市中区栄４ー５ グランドタワー", "460-0008 名古屋市中区栄4-5 グランドタワー"),
    ],
)
def test_the_words_around_an_address_are_no_part_of_it(text: str, address: str) -> None:
    assert parse_address(text) == address


async def test_an_order_that_was_proven_is_not_asked_for_again(rig: Harness) -> None:
    shop = open_shop(rig)
    shop.add(ORDER, "shipped")
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, f"{ORDER} はどこですか。郵便番号は150-0001です")
    assert ORDER in (await rig.ask(talk, "注文した商品はどこですか")).text


async def test_a_question_that_the_help_cannot_answer_is_no_bad_number(rig: Harness) -> None:
    open_shop(rig).add(ORDER, "shipped")
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, f"{ORDER} はどこですか")
    reply = await rig.ask(talk, "社長の趣味は何でしょう")
    assert reply.text.startswith(words("action_no_answer", "ja"))
    assert reply.text.endswith(words("action_ask_proof", "ja"))
    assert "発送済み" in (await rig.ask(talk, "150-0001")).text


async def test_a_question_about_what_is_asked_for_is_answered(rig: Harness) -> None:
    open_shop(rig).add(ORDER, "shipped")
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, f"{ORDER} はどこですか")
    reply = await rig.ask(talk, "下四桁って携帯のほう？")
    assert reply.text.startswith(words("action_proof_meaning", "ja"))


async def test_a_question_about_it_is_searched_with_what_was_begun(rig: Harness) -> None:
    open_shop(rig).add(ORDER, "delivered")
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, f"返品したい {ORDER}")
    await rig.ask(talk, "それの送料はいくらですか")
    turns = await rig.database.read(lambda store: store.turns.list_all(talk))
    assert turns[-1].query == "返品を申し込む / それの送料はいくらですか"


async def test_what_may_be_wanted_is_one_tap_away_where_the_help_knows_nothing(rig: Harness) -> None:
    open_shop(rig)
    rig.mind = replace(rig.mind, retriever=FixedScoreRetriever(0.0))
    rig.assistant = replace(rig.assistant, mind=rig.mind)
    reply = await rig.ask((await rig.open()).conversation.id, "返品の期限")
    assert reply.buttons[0].value == "返品を申し込む"
