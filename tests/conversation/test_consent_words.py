"""Words that stop notices, in the ways in which people write them, and ordinary requests that are none."""

import pytest

from assistant.conversation.consent_words import is_bare_stop, match_consent_words
from assistant.domain.consents import ConsentState


@pytest.mark.parametrize(
    "text",
    [
        "配信停止をお願いします",
        "お知らせはいりません",
        "配信の停止をお願いします",
        "受信拒否",
        "Unsubscribe please",
        "メルマガの配信停止を希望します。",
        "すみません、今後のご案内は不要です。",
        "もうお知らせメールは送らないでください！",
        "配信停止 お願いします",
        "配信停止してください。よろしくお願いいたします。\n佐藤 さくら",
        "unsubscribe\n\nTaro Yamada",
        "配信停止\n山田太郎",
        "Please unsubscribe me, thank you",
        "I don't want any more notifications.",
        "Please stop sending me these emails\nThanks,\nMia O'Brien",
        "알림을 더 이상 보내지 마세요",
        "수신 거부 부탁드립니다",
        "광고는 받고 싶지 않아요.\n김민지 드림",
    ],
)
def test_a_plain_stop_of_notices_is_one_anywhere(text: str) -> None:
    assert match_consent_words(text) is ConsentState.WITHDRAWN


@pytest.mark.parametrize(
    "text",
    [
        "もう送らないでください",
        "停止してください",
        "please stop",
        "もう結構です。",
        "これ以上送ってこないでほしいです",
        "Stop sending me these, thanks",
        "no, thank you",
        "더 이상 보내지 마세요",
        "그만해 주세요",
    ],
)
def test_a_stop_without_what_is_one_only_in_answer_to_a_notice(text: str) -> None:
    assert is_bare_stop(text)
    assert match_consent_words(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "手続きを停止してください",
        "please stop my order",
        "発送を止めてください",
        "定期便の停止をお願いします",
        "商品を送らないでください",
        "注文はもう不要です",
        "配信停止\n返品希望",
        "配信停止。注文はどこですか",
        "通知を停止する方法は",
        "発送の通知が止まりません",
        "unsubscribe\nCancel My Order",
        "Please stop. Where is my parcel?",
        "Stop the payment please",
        "How do I unsubscribe?",
        "cancel",
        "do not send it to my old address",
        "주문을 중지해 주세요",
        "배송을 그만해 주세요",
        "알림이 오지 않아요",
        "수신 거부\n환불해 주세요",
    ],
)
def test_an_ordinary_request_is_neither(text: str) -> None:
    assert match_consent_words(text) is None
    assert not is_bare_stop(text)
