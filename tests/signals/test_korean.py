"""Korean for customers: it is noticed, a person is within reach, answers say in which language they are."""

import re
from pathlib import Path

import pytest

from assistant.answering.quotes.rendering import _FOREIGN
from assistant.app.wiring import TOOLS
from assistant.conversation.actions.consent import Consent, read_consent, wants_way_out
from assistant.conversation.templates import LANGUAGES, WIDGET_WORDS, render_template
from assistant.domain.signals import HumanRequest
from assistant.signals.human_request import find_human_request
from assistant.signals.language import detect_language
from assistant.signals.normalization import normalize_text
from assistant.signals.small_talk import detect_small_talk
from assistant.tools.catalogue import load_tools

ALL = ("ja", "en", "ko")
WIDGET = Path(__file__).parents[2] / "web" / "widget"


@pytest.mark.parametrize(
    ("text", "previous", "language"),
    [
        ("안녕하세요", None, "ko"),
        ("주문한 상품이 아직 안 왔어요", "ja", "ko"),
        ("iPhone 케이스 반품하고 싶어요", "en", "ko"),
        ("返品したいです", "ko", "ja"),
        ("KR-12345", "ko", "ko"),
        ("Korean please", "en", "ko"),
    ],
)
def test_korean_is_noticed_where_it_is_spoken(text: str, previous: str | None, language: str) -> None:
    assert detect_language(normalize_text(text), ALL, previous) == language


@pytest.mark.parametrize(
    "text",
    [
        render_template("button_person", "ko"),
        "상담원 연결해 주세요",
        "상담원",
        "담당자 바꿔 주세요",
        "사람과 이야기하고 싶어요",
        "연결해 주세요",
        "agent please 부탁드려요",
        "답답하네요. 상담사님이랑 통화하고 싶습니다",
    ],
)
def test_a_person_is_within_reach_in_korean(text: str) -> None:
    assert find_human_request(normalize_text(text)).request is HumanRequest.CLEAR


@pytest.mark.parametrize(
    "text",
    [
        "상담원은 필요 없어요",
        render_template("button_cancel_handoff", "ko"),
        "반품은 언제까지 할 수 있나요?",
        "다른 사람이 쓰던 상품이 왔어요",
        "두 사람이 쓸 수 있나요",
        render_template("button_stay", "ko"),
    ],
)
def test_who_asks_for_no_person_gets_none(text: str) -> None:
    assert find_human_request(normalize_text(text)).request is not HumanRequest.CLEAR


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        (render_template("button_yes", "ko"), Consent.YES),
        ("네", Consent.YES),
        (render_template("button_no", "ko"), Consent.NO),
        ("아니요", Consent.NO),
        ("네, 그런데 주소가 달라요", Consent.UNCLEAR),
        ("네? 진행할까요", Consent.UNCLEAR),
        ("모르겠어요", Consent.UNCLEAR),
    ],
)
def test_only_a_plain_yes_is_one_in_korean_too(text: str, consent: Consent) -> None:
    assert read_consent(text) is consent


def test_the_button_that_ends_a_request_ends_it() -> None:
    assert wants_way_out(render_template("button_stop", "ko"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("안녕하세요!", "greeting"), ("감사합니다", "thanks"), ("네 알겠습니다", None), ("반품", None)],
)
def test_courtesies(text: str, kind: str | None) -> None:
    assert detect_small_talk(normalize_text(text)) == kind


def test_quotes_of_another_language_say_so_in_every_language() -> None:
    assert {language for language, _ in _FOREIGN} == set(LANGUAGES)
    assert "일본어" in _FOREIGN["ko", "ja"]


def test_tools_are_asked_for_in_english_where_they_have_no_korean() -> None:
    for tool in load_tools(TOOLS).values():
        assert tool.purpose["ko"] == tool.purpose["en"]
        assert all(slot.ask["ko"] for slot in tool.slots)


def test_the_widget_has_all_its_words_in_korean() -> None:
    files = [(WIDGET / name).read_text("utf-8") for name in ("outside.ts", "text.ts")]
    english = "".join(text.partition("const en")[2].partition("};")[0] for text in files)
    keys = re.findall(r"^  (\w+):", english, re.MULTILINE)
    assert len(keys) > 40
    assert list(WIDGET_WORDS["ko"]) == keys
    filled = set(re.findall(r"^  (\w+): \(", english, re.MULTILINE))
    assert {key for key, words in WIDGET_WORDS["ko"].items() if "{}" in words} == filled
    assert WIDGET_WORDS["ja"] == WIDGET_WORDS["en"] == {}
