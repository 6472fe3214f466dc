"""A look at earlier messages is no wish for a person, and a new question is no yes to one."""

import pytest

from assistant.domain.messages import Author
from assistant.domain.signals import HumanRequest
from assistant.domain.turns import History, Utterance
from assistant.signals.human_request import find_human_request
from assistant.signals.normalization import normalize_text
from assistant.signals.progress import score_progress

OFFERS = {
    "en": "I am sorry. A person on our team can help. Shall I connect you?",
    "ja": "担当者がご案内できます。おつなぎしましょうか。",
    "ko": "담당자에게 연결해 드릴까요?",
}


@pytest.mark.parametrize(
    "text",
    [
        "昨日のスタッフとの会話を読み返したいです",
        "オペレーターとのチャットの記録をダウンロードできますか",
        "以前相談した人とのメールを表示してほしい",
        "Send me the transcript of my chat with the agent",
        "I want to read my previous conversation with your representative",
        "상담원과의 대화 기록을 보여 주세요",
    ],
)
def test_earlier_messages_are_no_person(text: str) -> None:
    found = find_human_request(normalize_text(text))
    assert (found.request, found.is_denied) == (HumanRequest.NONE, True)


@pytest.mark.parametrize(
    "text",
    [
        "担当者とのやり取りを希望します",
        "記録は見ました。担当者と話したいです",
        "前回の担当者に代わってください",
        "I read the transcript, now let me talk to an agent",
        "상담원과 대화하고 싶어요",
    ],
)
def test_a_person_beside_earlier_messages_is_a_wish(text: str) -> None:
    assert find_human_request(normalize_text(text)).request is HumanRequest.CLEAR


@pytest.mark.parametrize(
    ("language", "text", "is_yes"),
    [
        ("en", "Please tell me the warranty period", False),
        ("en", "Ok, please show me the fee. Sure", False),
        ("en", "Yes. But first, what is the repair fee?", False),
        ("en", "Sure. I have another question about gift cards", False),
        ("ja", "はい。その前に送料を教えてください", False),
        ("ja", "うん、まず保証期間が知りたい", False),
        ("ja", "それで、発送はいつですか", False),
        ("ko", "좋아요. 먼저 배송비를 알려 주세요", False),
        ("en", "Yes please, how long will I have to wait?", True),
        ("en", "Sure, go ahead", True),
        ("ja", "はい。どのくらい待ちますか", True),
        ("ja", "では担当の方をお願いします", True),
        ("ko", "네, 연결해 주세요", True),
    ],
)
def test_a_new_question_is_no_yes(language: str, text: str, is_yes: bool) -> None:
    lines = [
        Utterance(author=Author.CUSTOMER, text="hello there"),
        Utterance(author=Author.ASSISTANT, text=OFFERS[language]),
    ]
    assert score_progress(normalize_text(text), History(lines=lines), 1).consents is is_yes
