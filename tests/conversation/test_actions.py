"""Things done for a customer: found, proven, shown, said yes to, carried out once."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from assistant.conversation.actions.dialogue import MAX_CHANGES, MAX_MISSES
from assistant.conversation.actions.identity import MAX_TRIES
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import render_template as words
from assistant.domain.actions import MAX_PROPOSAL_AGE, ProposalState
from assistant.domain.conversation import State
from assistant.domain.people import Identity
from assistant.domain.signals import Reason
from assistant.ports.actions import CustomerRecord
from evals.fakes.faulty_shop import KilledWorker
from tests.actions_harness import TOOLS, ShopSide, open_shop
from tests.harness import IDENTITY_KEY, Harness

ORDER = "KM-482133"
YES, NO = words("button_yes", "ja"), words("button_no", "ja")
WRONG = words("action_proof_wrong", "ja")


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    return open_shop(rig)


async def start(rig: Harness) -> str:
    return (await rig.open()).conversation.id


async def propose_cancellation(rig: Harness, shop: ShopSide, order: str = ORDER) -> str:
    """The id of a conversation that was shown what a yes would do."""
    shop.add(order, "accepted")
    talk = await start(rig)
    shown = await rig.ask(talk, f"{order} をキャンセルしたい。郵便番号は150-0001です")
    assert order in shown.text
    return talk


async def states(rig: Harness, talk: str) -> list[ProposalState]:
    found = await rig.database.read(lambda store: store.actions.list_by_conversation(talk))
    return [one.state for one in found]


async def trace(rig: Harness) -> list[tuple[str, str]]:
    """Who did what to a proposal, from the audit log."""
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    return [(entry.actor, entry.action) for entry in entries if entry.details.get("proposal")]


def sign(customer: str) -> Visitor:
    signature = hmac.new(IDENTITY_KEY, customer.encode(), hashlib.sha256).hexdigest()
    return Visitor(locale="ja", id=customer, signature=signature)


async def test_a_guest_hears_where_their_order_is(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    talk = await start(rig)
    assert "ご注文番号" in (await rig.ask(talk, "注文した商品はどこですか")).text
    assert (await rig.ask(talk, "km482133")).text == words("action_ask_proof", "ja")
    answer = await rig.ask(talk, "１５０−０００１です")
    assert "発送済み" in answer.text
    assert "11月25日（水）" in answer.text


async def test_everything_in_one_message_is_answered_at_once(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "delayed")
    talk = await start(rig)
    answer = await rig.ask(talk, "Where is my order? KM-482133, phone ending 5678")
    assert answer.text.startswith(f"Order {ORDER}")
    assert "is late" in answer.text


async def test_a_signed_customer_is_asked_nothing(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped", customer="sato")
    talk = (await rig.open(sign("sato"))).conversation.id
    assert "発送済み" in (await rig.ask(talk, "注文した商品はどこですか")).text


async def test_own_orders_are_loaded_once_for_a_step(
    rig: Harness, shop: ShopSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add(ORDER, "shipped", customer="sato")
    talk, asked, original = (await rig.open(sign("sato"))).conversation.id, [], shop.backend.lookup_customer

    async def look_up(identities: Sequence[Identity]) -> CustomerRecord | None:
        asked.append(identities)
        return await original(identities)

    monkeypatch.setattr(shop.backend, "lookup_customer", look_up)
    assert "発送済み" in (await rig.ask(talk, "注文した商品はどこですか")).text
    assert len(asked) == 1


async def test_a_signed_customer_chooses_among_several(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped", customer="sato")
    shop.add("KM-482134", "accepted", customer="sato")
    talk = (await rig.open(sign("sato"))).conversation.id
    choice = await rig.ask(talk, "注文した商品はどこですか")
    assert {"KM-482133", "KM-482134"} <= {button.value for button in choice.buttons}
    assert "発送済み" in (await rig.ask(talk, "KM-482133")).text


async def test_a_signed_customer_does_not_get_at_anothers_order(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped", customer="suzuki")
    talk = (await rig.open(sign("sato"))).conversation.id
    assert (await rig.ask(talk, f"{ORDER}はどこですか")).text == words("action_ask_proof", "ja")


async def test_wrong_and_unknown_get_the_same_reply(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    replies = []
    for order in (ORDER, "KM-999999"):
        talk = await start(rig)
        replies.append((await rig.ask(talk, f"{order}はどこですか。郵便番号は999-9999")).text)
    assert replies == [WRONG, WRONG]


async def test_guessing_ends_after_five_tries_even_with_the_right_one(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    talk = await start(rig)
    await rig.ask(talk, f"{ORDER}はどこですか")
    for number in range(MAX_TRIES):
        assert (await rig.ask(talk, f"999-{number:04d}")).text == WRONG
    over = await rig.ask(talk, "150-0001")
    assert over.text == words("action_proof_over", "ja")
    assert words("button_person", "ja") in {button.value for button in over.buttons}


async def test_another_conversation_gives_no_more_tries_at_an_order(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    for number in range(MAX_TRIES):
        talk = await start(rig)
        await rig.ask(talk, f"{ORDER}はどこですか。郵便番号は999-{number:04d}")
    talk = await start(rig)
    last = await rig.ask(talk, f"{ORDER}はどこですか。郵便番号は150-0001")
    assert last.text == words("action_proof_over", "ja")


async def test_nothing_is_done_before_a_yes(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    assert shop.status(ORDER) == ("accepted", 0)
    shown = (await rig.messages(talk))[-1]
    assert "6,800円" in shown.text
    assert [button.value for button in shown.buttons][:2] == [YES, NO]


async def test_a_yes_is_carried_out_once_and_told(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "はい、お願いします")
    await rig.work()
    assert shop.status(ORDER) == ("cancelled", 1)
    assert "キャンセルしました" in (await rig.answers(talk))[-1]
    assert await states(rig, talk) == [ProposalState.OK]
    assert await trace(rig) == [
        ("assistant", "proposal shown"),
        ("customer", "proposal approved"),
        ("assistant", "proposal running"),
        ("assistant", "proposal ok"),
    ]


@pytest.mark.parametrize("text", ["いいえ", NO, "やっぱりいいです", "やめます"])
async def test_a_no_changes_nothing(rig: Harness, shop: ShopSide, text: str) -> None:
    talk = await propose_cancellation(rig, shop)
    assert (await rig.ask(talk, text)).text == words("action_stopped", "ja")
    await rig.ask(talk, "はい")
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)
    assert await states(rig, talk) == [ProposalState.DECLINED]


@pytest.mark.parametrize(
    "text", ["はい、でもその前に住所は？", "いいです", "ありがとう", "えーと", "KM-482133"]
)
async def test_what_is_no_plain_yes_is_asked_again(rig: Harness, shop: ShopSide, text: str) -> None:
    talk = await propose_cancellation(rig, shop)
    again = await rig.ask(talk, text)
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)
    assert "6,800円" in again.text, "a yes is to what was just shown"
    await rig.ask(talk, "はい")
    await rig.work()
    assert shop.status(ORDER) == ("cancelled", 1)


async def test_a_yes_from_before_the_proposal_is_none(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "accepted")
    talk = await start(rig)
    await rig.say(talk, f"{ORDER} をキャンセルしたい。郵便番号は150-0001です")
    take_turn = rig.assistant.take_turn
    rig.clock.pass_(1)
    due = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1))
    before = shop.transport.calls.copy()
    original = shop.backend.verify_order

    async def say_yes_meanwhile(subject: str, proof: dict[str, str]) -> bool | None:
        rig.clock.pass_(10)
        await rig.say(talk, "はい")
        return await original(subject, proof)

    shop.backend.verify_order = say_yes_meanwhile  # type: ignore[method-assign, assignment]
    await take_turn(due[0])
    shop.backend.verify_order = original  # type: ignore[method-assign]
    assert before == []
    await rig.settle()
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)


async def test_a_late_yes_is_not_carried_out(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    rig.clock.pass_(MAX_PROPOSAL_AGE.total_seconds() + 1)
    assert (await rig.ask(talk, "はい")).text == words("action_expired", "ja")
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)


async def test_a_person_who_takes_over_before_it_is_done_voids_it(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.say(talk, "はい")
    rig.clock.pass_(1)
    due = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1))
    await rig.assistant.take_turn(due[0])
    await rig.press_person_button(talk)
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)
    assert await states(rig, talk) == [ProposalState.VOID]
    assert words("action_void", "ja") in await rig.answers(talk)


async def test_what_cannot_be_done_any_more_is_said_before_anything_is_asked(
    rig: Harness, shop: ShopSide
) -> None:
    shop.add(ORDER, "shipped")
    talk = await start(rig)
    await rig.ask(talk, f"{ORDER} のお届け先を変更したい")
    refused = await rig.ask(talk, "5678")
    assert "発送済みのため、お届け先を変更できません" in refused.text
    assert await states(rig, talk) == []


async def test_an_address_takes_a_code_from_the_orders_own_mail(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "accepted")
    talk = await start(rig)
    await rig.ask(talk, f"{ORDER} のお届け先を変更したい")
    assert (await rig.ask(talk, "150-0001")).text == words("action_ask_code", "ja")
    code = shop.orders.find_last_mail() or ""
    wrong = "000000" if code != "000000" else "111111"
    assert (await rig.ask(talk, wrong)).text == words("action_code_wrong", "ja")
    assert "新しいお届け先" in (await rig.ask(talk, code)).text
    shown = await rig.ask(talk, "530-0001 大阪市北区梅田1-2-3 です")
    assert "530-0001 大阪市北区梅田1-2-3\n" in shown.text
    await rig.ask(talk, "はい")
    await rig.work()
    order = shop.orders.find_order(ORDER) or {}
    assert (order["address"], order["changes"]) == ("530-0001 大阪市北区梅田1-2-3", 1)


async def test_a_return_asks_its_reason_with_buttons(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "delivered")
    talk = await start(rig)
    reason = await rig.ask(talk, f"{ORDER} を返品したい。電話の下4桁は5678")
    assert "不良・破損" in {button.value for button in reason.buttons}
    assert "理由: 不良・破損" in (await rig.ask(talk, "届いたとき割れてました")).text
    await rig.ask(talk, "進めてください")
    await rig.work()
    assert shop.status(ORDER) == ("returning", 1)
    assert "R-482133" in (await rig.answers(talk))[-1]


async def test_a_corrected_number_is_checked_with_the_proof_that_was_given(
    rig: Harness, shop: ShopSide
) -> None:
    shop.add(ORDER, "shipped")
    talk = await start(rig)
    assert (await rig.ask(talk, "KM-482313 はどこですか。郵便番号は150-0001")).text == WRONG
    assert "発送済み" in (await rig.ask(talk, f"すみません、{ORDER}でした")).text


async def test_a_question_meanwhile_is_answered_and_the_request_stays_open(
    rig: Harness, shop: ShopSide
) -> None:
    talk = await propose_cancellation(rig, shop)
    answer = await rig.ask(talk, "返品の期限は何日ですか")
    assert "30日" in answer.text
    assert "6,800円" in answer.text
    assert shop.status(ORDER) == ("accepted", 0)


async def test_a_question_of_the_help_is_answered_with_the_action_one_tap_away(
    rig: Harness, shop: ShopSide
) -> None:
    talk = await start(rig)
    answer = await rig.ask(talk, "返品の期限は何日ですか")
    assert "30日" in answer.text
    assert answer.buttons[0].value == "返品を申し込む"


async def test_who_cannot_be_understood_is_offered_a_person(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    await rig.ask(talk, "注文した商品はどこですか")
    for _ in range(MAX_MISSES - 1):
        assert "読み取れませんでした" in (await rig.ask(talk, "ほげほげ")).text
    last = await rig.ask(talk, "ほげほげ")
    assert last.text == words("action_give_up", "ja")


async def test_who_is_frustrated_is_not_sent_into_a_form(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    reply = await rig.ask(talk, "いい加減にしてください！何度も聞いてるのに！注文した商品はどこですか！")
    assert "ご注文番号（KM-" not in reply.text
    asked = [button.value for button in reply.buttons]
    assert words("button_person", "ja") in asked or (await rig.state(talk)).state is State.QUEUED


@pytest.mark.parametrize(("fault", "changes"), [("lost", 1), ("error", 1)])
async def test_a_lost_answer_is_found_out_and_not_sent_again(
    rig: Harness, shop: ShopSide, fault: str, changes: int
) -> None:
    talk = await propose_cancellation(rig, shop)
    shop.transport.faults = {"/tools": fault}
    await rig.ask(talk, "はい")
    await rig.work()
    assert shop.status(ORDER) == ("cancelled", changes)
    assert await states(rig, talk) == [ProposalState.OK]
    real = [call for call in shop.transport.calls if call == "/tools/cancel_order"]
    assert len(real) == 2, "the dry run, and one call"


async def test_what_nobody_knows_goes_to_a_person(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    shop.transport.faults = {"/tools": "never", "/operations": "never"}
    await rig.say(talk, "はい")
    await rig.settle()
    await rig.work()
    assert await states(rig, talk) == [ProposalState.UNKNOWN]
    conversation = await rig.state(talk)
    assert (conversation.state, conversation.reason) == (State.QUEUED, Reason.FAILURE)
    assert words("action_unknown", "ja") in (await rig.answers(talk))[-1]
    shop.transport.faults = {}
    rig.clock.pass_(3600)
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0), "never a blind retry"


async def test_a_shop_that_is_down_changes_nothing_and_offers_a_person(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    shop.transport.faults = {"/": "down"}
    await rig.ask(talk, "はい")
    await rig.work()
    assert await states(rig, talk) == [ProposalState.FAILED]
    assert words("action_failed", "ja") in (await rig.answers(talk))[-1]


@pytest.mark.parametrize(
    ("fault", "outcome", "order"),
    [
        ("kill after", ProposalState.OK, ("cancelled", 1)),
        ("kill before", ProposalState.UNKNOWN, ("accepted", 0)),
    ],
)
async def test_a_worker_killed_while_it_is_done(
    rig: Harness, shop: ShopSide, fault: str, outcome: ProposalState, order: tuple[str, int]
) -> None:
    talk = await propose_cancellation(rig, shop)
    shop.transport.faults = {"/tools": fault}
    await rig.say(talk, "はい")
    with pytest.raises(KilledWorker):
        await rig.settle()
    shop.transport.faults = {}
    rig.clock.pass_(rig.timing.lease.total_seconds() + 1)
    await rig.work()
    assert shop.status(ORDER) == order
    assert await states(rig, talk) == [outcome]


async def test_a_worker_killed_between_yes_and_execution_loses_nothing(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.say(talk, "はい")
    rig.clock.pass_(1)
    due = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1))
    await rig.assistant.take_turn(due[0])
    # Here it dies: the next worker finds the row.
    assert shop.status(ORDER) == ("accepted", 0)
    await rig.work()
    assert shop.status(ORDER) == ("cancelled", 1)


async def test_a_customer_may_change_only_so_much_in_a_day(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    for number in range(MAX_CHANGES + 1):
        order = f"KM-48214{number}"
        shop.add(order, "accepted")
        rig.clock.pass_(timedelta(minutes=1).total_seconds())
        last = await rig.ask(talk, f"{order} をキャンセルしたい。郵便番号は150-0001です")
        if number < MAX_CHANGES:
            await rig.ask(talk, "はい")
            await rig.work()
    assert last.text == words("action_limit", "ja")
    assert shop.status(f"KM-48214{MAX_CHANGES}") == ("accepted", 0)


async def test_another_request_takes_the_place_of_an_open_proposal(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "返品したい")
    assert await states(rig, talk) == [ProposalState.VOID]
    await rig.ask(talk, "はい")
    await rig.work()
    assert shop.status(ORDER) == ("accepted", 0)


async def test_a_number_alone_goes_on_with_what_was_begun(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "accepted")
    talk = await start(rig)
    await rig.ask(talk, "キャンセルしたい")
    await rig.ask(talk, ORDER)
    assert "次の内容でキャンセルします" in (await rig.ask(talk, "150-0001")).text


async def test_an_agent_sees_what_was_proven_and_done(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "はい")
    await rig.work()
    await rig.press_person_button(talk)
    packet: Any = await rig.packet(talk)
    assert packet["facts"]["verified"] == [f"order number: {ORDER} (they knew its postcode or phone number)"]
    (action,) = packet["actions"]
    assert (action["tool"], action["state"]) == ("cancel_order", "ok")
    assert "6,800円" in action["effect"]


async def test_an_agent_reads_what_was_done_and_is_not_to_ask_for_it_again(
    rig: Harness, shop: ShopSide
) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "はい")
    await rig.work()
    await rig.press_person_button(talk)
    packet: Any = await rig.packet(talk)
    finished = packet["actions"][0]["finished_at"]
    for language, begun, step in (
        ("ja", "対応済み: ", "次に: ほかの"),
        ("en", "Done already: ", "Next: see what else"),
    ):
        [_, done, following] = packet["issue"]["summary"][language].split("\n")
        assert done.startswith(f"{begun}ご注文 {ORDER} をキャンセルしました。6,800円を返金します。")
        assert finished in done
        assert following.startswith(step)


@pytest.mark.parametrize("said", ["はい", "はい、お願いします", "ok"])
async def test_a_bare_yes_at_a_question_gets_the_question_again(
    rig: Harness, shop: ShopSide, said: str
) -> None:
    shop.add(ORDER, "accepted")
    talk = await start(rig)
    await rig.ask(talk, "届け先を変更したい")
    assert (await rig.ask(talk, f"{ORDER} 150-0001")).text == words("action_ask_code", "ja")
    assert (await rig.ask(talk, said)).text == words("action_code_again", "ja")


async def test_english_is_told_english_names(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    talk = await start(rig)
    answer = await rig.ask(talk, "Where is my order? KM-482133, phone ending 5678")
    assert "(Frying pan, Wooden spoon)" in answer.text
    assert "at Hayate Express" in answer.text


async def test_of_two_likely_things_a_tap_chooses(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    asked = await rig.ask(talk, "Please cancel it or change the address")
    assert asked.text == words("action_which", "en")
    assert [one.label for one in asked.buttons][:2] == ["Cancel my order", "Change the delivery address"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "I am 78 and have never used one of these chats, I have no idea what to do."
            " Where do I press to send back a jumper?",
            "en",
        ),
        ("こういうチャットは初めてで、使い方がよくわかりません。セーターを送り返したいのですが", "ja"),
    ],
)
async def test_a_newcomers_plain_request_is_begun_with_guidance(
    rig: Harness, shop: ShopSide, text: str, language: str
) -> None:
    shop.add(ORDER, "delivered")
    talk = await start(rig)
    begun = await rig.ask(talk, text)
    ending = words("guide_answered", language)
    assert begun.text == f"{TOOLS['request_return'].slots[0].ask[language]}\n\n{ending}"
    assert words("action_ask_proof", language) in (await rig.ask(talk, ORDER)).text


async def test_an_agent_sees_that_an_open_proposal_is_void(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.press_person_button(talk)
    packet: Any = await rig.packet(talk)
    assert [action["state"] for action in packet["actions"]] == ["void"]
