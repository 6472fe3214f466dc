"""What customers and the business's system may write to get something done that nobody asked for."""

import time
from datetime import timedelta

import pytest

from assistant.conversation.actions.action_replies import clean_text
from assistant.conversation.actions.consent import Consent, is_withdrawal, read_consent
from assistant.conversation.actions.identity import MAX_TRIES
from assistant.conversation.actions.slot_values import extract_values, parse_address
from assistant.conversation.templates import render_template as words
from assistant.domain.actions import ProposalState
from assistant.domain.errors import BadInput
from assistant.tools.catalogue import check_arguments
from tests.actions_harness import TOOLS, ShopSide, open_shop
from tests.harness import Harness

ORDER = "KM-482133"
#: How much longer than a short message a long one may take to read.
MAX_SLOWDOWN = 100


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    return open_shop(rig)


async def start(rig: Harness) -> str:
    return (await rig.open()).conversation.id


def read(text: str, tool: str) -> Consent:
    return read_consent(text, TOOLS[tool].consent_words.values())


@pytest.mark.parametrize("tool", [name for name, tool in TOOLS.items() if tool.is_write])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "cancel",
            "Cancel",
            "cancel please",
            "cancel it",
            "please cancel it",
            "cancel this change",
            "return it please",
        ),
        *("change it", "change it please", "so do i", "address please", "cancellation please", "send it"),
        *(
            "返品で",
            "変更で",
            "キャンセルで",
            "キャンセルして",
            "キャンセルしてください",
            "取り消してください",
            "して",
            "で",
            "それで",
        ),
    ],
)
def test_the_name_of_an_action_alone_is_no_yes(text: str, tool: str) -> None:
    assert read(text, tool) is not Consent.YES


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("yes, cancel it", "cancel_order"),
        ("confirm cancellation", "cancel_order"),
        ("はい、キャンセルしてください", "cancel_order"),
        ("はい、変更してください", "change_address"),
        ("yes, change the address", "change_address"),
        ("はい、返品をお願いします", "request_return"),
    ],
)
def test_a_yes_that_names_an_action_is_to_that_action_only(text: str, own: str) -> None:
    for tool in ("cancel_order", "change_address", "request_return"):
        assert read(text, tool) is (Consent.YES if tool == own else Consent.UNCLEAR)


#: Of a tool that the sample shop does not have: book a repair.
REPAIR_WORDS = ("修理(?:の予約)?|予約", r"\b(?:book|repair)\b(?: it)?")


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("はい、修理をお願いします", Consent.YES),
        ("はい、予約してください", Consent.YES),
        ("yes, book the repair", Consent.YES),
        ("はい", Consent.YES),
        ("修理で", Consent.UNCLEAR),
        ("repair", Consent.UNCLEAR),
        ("はい、キャンセルしてください", Consent.UNCLEAR),
        ("はい、返品をお願いします", Consent.UNCLEAR),
        ("yes, change the address", Consent.UNCLEAR),
        ("はい、交換をお願いします", Consent.UNCLEAR),
        ("修理は不要", Consent.NO),
        ("修理はしなくていい", Consent.NO),
    ],
)
def test_each_tool_brings_the_words_that_name_it(text: str, consent: Consent) -> None:
    assert read_consent(text, REPAIR_WORDS) is consent


def test_to_cancel_a_repair_after_the_yes_withdraws_it() -> None:
    assert is_withdrawal("修理はキャンセルして", REPAIR_WORDS)
    assert not is_withdrawal("修理はいつですか", REPAIR_WORDS)


async def test_cancel_while_a_return_is_open_asks_for_none(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "delivered")
    talk = await start(rig)
    await rig.ask(talk, f"{ORDER} を返品したい。電話の下4桁は5678")
    await rig.ask(talk, "届いたとき割れてました")
    await rig.ask(talk, "キャンセルして")
    await rig.work()
    assert shop.status(ORDER) == ("delivered", 0)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "大丈夫です、ありがとうございます",
            "いいです、ありがとう",
            "ありがとう、大丈夫です",
            "大丈夫です🙏",
            "どうも、結構です。",
        ),
        *(
            "all good thanks",
            "All good, thank you very much!",
            "thanks, I'm good",
            "I’m fine, thanks",
            "fine thanks mate",
        ),
    ],
)
def test_a_polite_no_thanks_is_asked_again(text: str) -> None:
    assert read(text, "cancel_order") is not Consent.YES


@pytest.mark.parametrize(
    "text",
    [
        *(
            "はい",
            "はい、大丈夫です、ありがとうございます",
            "お願いします",
            "その内容でお願いします",
            "問題ありません",
            "進めてください",
        ),
        *(
            "yes",
            "yes please, thanks",
            "sure, go ahead",
            "do it",
            "that's correct, thank you",
            "ok",
            "looks good",
        ),
    ],
)
def test_a_plain_yes_stays_one(text: str) -> None:
    assert read(text, "cancel_order") is Consent.YES


@pytest.mark.parametrize("mark", ["。", ".", " ", "、", "!", "\n", "-", "1", "です。"])
def test_an_address_is_read_in_linear_time(mark: str) -> None:
    address = "530-0001 大阪市北区梅田1-2-3"

    def measure(text: str) -> float:
        begun = time.perf_counter()
        for tool in TOOLS.values():
            extract_values(tool, text, "new_address")
        return time.perf_counter() - begun

    short = min(measure(address) for _ in range(5))
    long = min(measure(address + mark * 940 + "x") for _ in range(3))
    assert long < MAX_SLOWDOWN * max(short, 1e-4)


def test_only_the_beginning_of_a_message_is_searched() -> None:
    assert extract_values(TOOLS["order_status"], "あ" * 301 + ORDER, "order_number") == {}


@pytest.mark.parametrize(
    "ending", ["です。", "です", "。 ", " please.", "に変更してください。", ", thanks!", "でお願いします！"]
)
def test_the_sentence_around_an_address_is_taken_off(ending: str) -> None:
    assert parse_address(f"530-0001 大阪市北区梅田1-2-3{ending}") == "530-0001 大阪市北区梅田1-2-3"


@pytest.mark.parametrize("digits", ["٤٨٢١٣٣", "४८२१३३", "48213३", "482133٣"])
def test_only_plain_digits_are_an_order_number(digits: str) -> None:
    for tool in TOOLS.values():
        assert "order_number" not in extract_values(tool, f"KM-{digits}", "order_number")
        assert "order_number" not in extract_values(tool, digits, "order_number")


def test_digits_of_full_width_are_read_and_others_do_not_fit() -> None:
    assert extract_values(TOOLS["order_status"], "ＫＭ−４８２１３３", "")["order_number"] == ORDER
    with pytest.raises(BadInput):
        check_arguments(TOOLS["order_status"], {"order_number": "KM-٤٨٢١٣٣"})


async def test_who_has_no_tries_left_uses_up_nobody_elses(rig: Harness, shop: ShopSide) -> None:
    now, later = rig.clock(), rig.clock() + timedelta(days=1)

    async def try_once(who: str) -> bool:
        limits = {who: 2, "order": 3}
        return await rig.database.write(
            lambda store: store.identity_proofs.reserve_attempt(limits, now, later)
        )

    assert [await try_once("attacker") for _ in range(9)] == [True, True] + 7 * [False]
    assert [await try_once("owner") for _ in range(2)] == [True, False]


async def test_only_wrong_tries_count(rig: Harness, shop: ShopSide) -> None:
    shop.add(ORDER, "shipped")
    for _ in range(MAX_TRIES + 2):
        answer = await rig.ask(await start(rig), f"{ORDER}はどこですか。郵便番号は150-0001")
        assert "発送済み" in answer.text


@pytest.mark.parametrize("stop", ["やっぱりやめます", "待って", "stop", "No, don't", "返品はキャンセルして"])
async def test_a_stop_after_the_yes_withdraws_what_is_not_done_yet(
    rig: Harness, shop: ShopSide, stop: str
) -> None:
    shop.add(ORDER, "delivered")
    talk = await start(rig)
    await rig.ask(talk, f"{ORDER} を返品したい。電話の下4桁は5678")
    await rig.ask(talk, "届いたとき割れてました")
    await rig.say(talk, "はい")
    rig.clock.pass_(1)
    due = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1))
    await rig.assistant.take_turn(due[0])
    await rig.say(talk, stop)
    await rig.work()
    assert shop.status(ORDER) == ("delivered", 0)
    found = await rig.database.read(lambda store: store.actions.list_by_conversation(talk))
    assert [one.state for one in found] == [ProposalState.DECLINED]
    assert words("action_stopped", "ja") in await rig.answers(talk)


def test_other_words_after_the_yes_withdraw_nothing() -> None:
    own_words = list(TOOLS["cancel_order"].consent_words.values())
    assert not any(
        is_withdrawal(text, own_words) for text in ("ありがとう", "thanks", "いつ返金されますか", "cancel it")
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "evil.example",
            "see evil.com/login now",
            "https://evil.com",
            "ｈｔｔｐｓ：／／ｅｖｉｌ．ｃｏｍ／ｘ",
            "ｅｖｉｌ．ｃｏｍ",
        ),
        *("ｗｗｗ．evil", "a@evil.com", "例え.jp", "evil.xn--p1ai", "evil｡com", "evil。com", "//evil.com"),
    ],
)
def test_no_result_holds_an_address(text: str) -> None:
    shown = clean_text(text)
    assert "http" not in shown
    assert "www" not in shown
    assert not any(end in shown for end in (".com", ".example", ".jp", ".xn", "。com"))


def test_other_dots_stay() -> None:
    assert clean_text("1.5 kg") == "1.5 kg"
    assert clean_text("11月25日（水）") == "11月25日（水）"
